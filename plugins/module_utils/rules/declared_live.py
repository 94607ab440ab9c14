# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules across: what a checkout declares against what is live in the clusters (rules.rst, rows D14 to D17).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, NamedTuple, Protocol

from ..model.config_sets import ConfigSet, reference, sources_in
from ..model.flux_objects import FluxObject, text_of
from ..model.git_urls import normal_url, url_scheme
from ..model.manifests import KUSTOMIZATION, RELEASE, SOURCE, Manifest
from ..model.readings import Entry, Reading
from ..model.repositories import PRIVATE
from ..model.shapes import is_true, mapping, mappings, nearest
from ..model.sources import EffectiveRef, GitRepository
from ..model.subjects import Subject
from ..model.text import clean_text, some_of
from ..model.units import duration
from ..model.verdicts import F_R, U_T, U
from .declared import KIND_OF, Policy, in_file, place_in

DECLARED = "declared"  # endpoint
SOURCES, CONFIG_SETS, FLUX = "ucs_repository_source", "ucs_config_set", "flux"  # endpoints that tell what is live
LIVE = (SOURCES, CONFIG_SETS, FLUX)
NAMES_SHOWN = 3
HIDING = ("API_SHAPE", "LIST_INCOMPLETE")  # with one of these, what is not in a list may be there


class Checked(Protocol):
    """A reading with its check, as ``rules/across.py`` has it."""

    check: str
    endpoint: str
    advisory: bool
    options: Mapping[str, Any]
    reading: Reading


class Sample(Protocol):
    """The readings of one sample, as ``rules/across.py`` has it."""

    checked: Sequence[Any]
    subjects: list[list[Subject]]

    def entries(self, *endpoints: str) -> list[tuple[Any, Entry, list[Subject]]]:
        """What was read from some endpoints."""

    def of_kind(self, *kinds: str) -> list[tuple[Any, Subject]]:
        """All objects of some kinds."""


@dataclass
class LiveCluster:
    """What is live in a cluster.

    :ivar objects: by kind and namespace and name, of the kinds that were read
    :ivar whole: the kinds of which everything was read
    """

    cluster_id: str
    name: str | None = None
    objects: dict[str, dict[tuple[str, str], FluxObject]] = field(default_factory=dict)
    whole: set[str] = field(default_factory=set)

    def add(self, kind: str, objects: Sequence[FluxObject], is_whole: bool) -> None:
        """Takes up objects of a kind."""
        known = self.objects.setdefault(kind, {})
        known.update({(each.namespace, each.name): each for each in objects})
        self.name = self.name or next((each.cluster_name for each in objects if each.cluster_name), None)
        if is_whole:
            self.whole.add(kind)

    def fits(self, globs: Sequence[str]) -> bool:
        """Whether one of some globs is for it."""
        return any(name and fnmatchcase(name.lower(), glob.strip().lower()) for glob in globs for name in (self.cluster_id, self.name))

    def get(self, manifest: Manifest) -> FluxObject | None:
        """The live object of a manifest; one whose namespace is not stated is known by its name, where that is unique."""
        known = self.objects.get(manifest.kind, {})
        if manifest.namespace:
            return known.get((manifest.namespace, manifest.name))
        named = self.named(manifest)
        return named[0] if len(named) == 1 else None

    def named(self, manifest: Manifest) -> list[FluxObject]:
        """The live objects of a manifest's kind and name, in any namespace."""
        return [each for (_namespace, name), each in self.objects.get(manifest.kind, {}).items() if name == manifest.name]


def live_clusters(sample: Sample) -> dict[str, LiveCluster]:
    """The clusters of which anything was read, by id in lower case."""
    clusters: dict[str, LiveCluster] = {}
    for endpoint, add in ((SOURCES, _add_sources), (CONFIG_SETS, _add_config_sets), (FLUX, _add_flux)):
        for item, entry, subjects in sample.entries(endpoint):
            cluster = clusters.setdefault(entry.target.lower(), LiveCluster(entry.target))
            # The lists of Flux are whole where they are there, unless they were asked for of some namespaces alone.
            add(cluster, entry, not item.options.get("namespaces") if endpoint == FLUX else not _hides(subjects))
            cluster.name = cluster.name or next((subject.cluster_name for subject in subjects if subject.cluster_name), None)
    return clusters


def _hides(subjects: Sequence[Subject]) -> bool:
    """Whether a list may hold more than was read of it."""
    return any(subject.notice and any(finding.code in HIDING for finding in subject.findings) for subject in subjects)


def _add_sources(cluster: LiveCluster, entry: Entry, is_whole: bool) -> None:
    sources = [GitRepository.parse(item) for item in mappings(entry.fields.get("repository_sources"))]
    cluster.add(SOURCE, [source for source in sources if source.supported], is_whole)


def _add_config_sets(cluster: LiveCluster, entry: Entry, is_whole: bool) -> None:
    items = mappings(entry.fields.get("config_sets"))
    known = [ConfigSet.parse(item) for item in items]
    cluster.add(SOURCE, sources_in(items), is_whole=False)  # only those that something follows
    cluster.add(KUSTOMIZATION, [each for each in known if each.kind == KUSTOMIZATION], is_whole)
    releases = [each for each in known if each.kind == RELEASE]
    if releases:  # UCS does not say that it lists them
        cluster.add(RELEASE, releases, is_whole=False)


def _add_flux(cluster: LiveCluster, entry: Entry, is_whole: bool) -> None:
    cluster.name = cluster.name or text_of(entry.fields.get("cluster")) or None
    repositories = entry.fields.get("git_repositories")
    if isinstance(repositories, list):
        parsed = [GitRepository.parse({"repoType": SOURCE, "gitRepository": each}) for each in mappings(repositories)]
        cluster.add(SOURCE, parsed, is_whole)
    for kind, name in ((KUSTOMIZATION, "kustomizations"), (RELEASE, "helm_releases")):
        if isinstance(entry.fields.get(name), list):
            cluster.add(kind, [ConfigSet.of(kind, each) for each in mappings(entry.fields[name])], is_whole)


class _Declared(NamedTuple):
    """An entry of a check of declared manifests; ``place``: the number of its reading."""

    place: int
    item: Checked
    entry: Entry
    subjects: list[Subject]
    clusters: list[LiveCluster]


def declared_against_live(sample: Sample) -> None:
    """Every declared object is live as it is declared, and every live one is declared; where a check names clusters, only these count."""
    entries = sample.entries(DECLARED)
    if not entries:
        return
    clusters = live_clusters(sample)
    joined = []
    for index, item in enumerate(sample.checked):
        for known, entry, subjects in entries:
            if known is item:
                joined.append(_Declared(index, item, entry, subjects, _meant(sample, index, item, entry, clusters)))
    for declared in joined:
        unread(sample, declared)
        for cluster in declared.clusters:
            for candidates in _objects(declared.subjects):
                _compare(declared.item, cluster, candidates)
            for subject in declared.subjects:
                not_identified(declared.item, cluster, subject)
    _undeclared(sample, joined)


def _meant(sample: Sample, index: int, item: Checked, entry: Entry, clusters: Mapping[str, LiveCluster]) -> list[LiveCluster]:
    """D17: the clusters that an entry is for; those that it names and nobody read are said to be so."""
    globs = [str(glob) for glob in item.options.get("clusters") or []]
    if not globs:
        return list(clusters.values())
    meant = [cluster for cluster in clusters.values() if cluster.fits(globs)]
    lost = [glob for glob in globs if not any(cluster.fits([glob]) for cluster in meant)]
    if lost:
        subject = place_in(entry, str(entry.fields.get("start") or entry.target))
        hint = nearest(lost[0], [name for cluster in clusters.values() for name in (cluster.cluster_id, cluster.name)])
        message = f"{entry.target} is for the cluster {', '.join(lost)}, and no check of this gate has read what is live there.{hint}"
        # What could not be read now may be the cluster.
        mark = U if any(live.reading.errors for live in sample.checked if live.endpoint in LIVE) else U_T
        subject.say("DECLARED_NOT_COMPARED", mark, message, "clusters", expected=", ".join(lost), check=item.check)
        sample.subjects[index].append(subject)
    return meant


def unread(sample: Sample, declared: _Declared) -> None:
    """D17: a check that only warns could not read all that is live, so that nothing else holds up the decision for it."""
    names = [
        live.check
        for live, subjects in zip(sample.checked, sample.subjects)
        if live.endpoint in LIVE and live.advisory and (live.reading.errors or _hides(subjects))
    ]
    if names:
        subject = place_in(declared.entry, str(declared.entry.fields.get("start") or declared.entry.target))
        message = f"{declared.entry.target} cannot be compared with all that is live: {', '.join(names)} could not read it whole."
        subject.say("DECLARED_NOT_COMPARED", U, message, check=declared.item.check)
        sample.subjects[declared.place].append(subject)


def _objects(subjects: Sequence[Subject]) -> list[list[Subject]]:
    """The declared objects that would be applied, each with all that declare it: of bases and overlays one is the cluster's."""
    found: dict[tuple[str, str, str], list[Subject]] = {}
    for subject in subjects:
        manifest = subject.origin
        if isinstance(manifest, Manifest) and manifest.listed and manifest.is_known and manifest.name:
            found.setdefault((manifest.kind, manifest.namespace, manifest.name), []).append(subject)
    return list(found.values())


def _compare(item: Checked, cluster: LiveCluster, candidates: Sequence[Subject]) -> None:
    manifests: list[Manifest] = [subject.origin for subject in candidates]
    kind = manifests[0].kind
    if kind not in cluster.objects:
        return
    if all(
        not manifest.is_settled or manifest.is_open("metadata.name") or manifest.is_open("metadata.namespace") for manifest in manifests
    ):
        not_compared(item, cluster, candidates[0], "")
        return
    compared = [(subject, cluster.get(subject.origin)) for subject in candidates]
    there = [(subject, live) for subject, live in compared if live is not None]
    if not there:
        several = next((subject for subject in candidates if not subject.origin.namespace and cluster.named(subject.origin)), None)
        if several:
            not_told_apart(item, cluster, several)
        elif kind in cluster.whole:
            not_live(item, cluster, candidates[0])
        return
    best = min(there, key=lambda pair: len(list(differences(pair[0].origin, pair[1]))))
    for difference in differences(best[0].origin, best[1]):
        differs(item, cluster, best[0], difference)


def not_live(item: Checked, cluster: LiveCluster, subject: Subject) -> None:
    """D14: it is declared, and not in the complete list of the cluster."""
    manifest: Manifest = subject.origin
    name = "/".join(part for part in (manifest.namespace, manifest.name) if part)
    hint = nearest(manifest.name, [live for _namespace, live in cluster.objects[manifest.kind]])
    message = in_file(manifest, manifest.line, f"it is declared, and is not in cluster {cluster.name or cluster.cluster_id}")
    subject.say("DECLARED_NOT_LIVE", F_R, message + hint, "metadata.name", None, name, **_place(item, cluster))


def not_told_apart(item: Checked, cluster: LiveCluster, subject: Subject) -> None:
    """D17: several live objects have its name, and it states no namespace that would tell which one it is."""
    manifest: Manifest = subject.origin
    places = some_of(sorted(f"{live.namespace}/{live.name}" for live in cluster.named(manifest)), ", ", NAMES_SHOWN)
    where = cluster.name or cluster.cluster_id
    words = f"it cannot be compared with cluster {where}, since it states no namespace and could be {places}"
    message = in_file(manifest, manifest.line, words)
    subject.say("DECLARED_NOT_COMPARED", U, message, "metadata.namespace", **_place(item, cluster))


def not_identified(item: Checked, cluster: LiveCluster, subject: Subject) -> None:
    """D17: it has no name, or the fields of its version are not known; held where D4 says so: a waiver of that does not prove it live."""
    manifest = subject.origin
    if not isinstance(manifest, Manifest) or not manifest.listed or manifest.kind not in cluster.objects:
        return
    if manifest.is_known and manifest.name:
        return
    why, path = ("its name is not known", "metadata.name") if manifest.is_known else ("its version is not known", "apiVersion")
    first, where = len(subject.findings), cluster.name or cluster.cluster_id
    is_said = any(finding.code in ("DECLARED_INVALID", "DECLARED_VERSION_UNKNOWN") for finding in subject.findings)
    message = in_file(manifest, manifest.line, f"it cannot be compared with cluster {where}, since {why}")
    subject.say("DECLARED_NOT_COMPARED", U, message, path, **_place(item, cluster))
    if is_said:
        subject.hold(first)


class Difference(NamedTuple):
    """A field that is live otherwise than declared; ``known``: whether the live object states it at all, and the file is not changed."""

    field: str
    live: Any
    declared: Any
    known: bool = True


def differs(item: Checked, cluster: LiveCluster, subject: Subject, difference: Difference) -> None:
    """D16: a field is live otherwise than declared."""
    manifest: Manifest = subject.origin
    if not difference.known:
        not_compared(item, cluster, subject, difference.field, difference.declared)
        return
    observed, expected = (clean_text(value, 200) if isinstance(value, str) else value for value in (difference.live, difference.declared))
    line, where = manifest.line_of(difference.field), cluster.name or cluster.cluster_id
    words = f"{difference.field} is {_shown(observed)} in cluster {where}, declared is {_shown(expected)}"
    message = in_file(manifest, line, words)
    subject.say("DECLARED_LIVE_DIFFERS", F_R, message, difference.field, observed, expected, line=line, **_place(item, cluster))


def not_compared(item: Checked, cluster: LiveCluster, subject: Subject, path: str, declared: Any = None) -> None:
    """D17: it cannot be told whether it is live as declared: something changes it on the way, or the service does not state the field."""
    manifest: Manifest = subject.origin
    line, where = manifest.line_of(path) if path else manifest.line, cluster.name or cluster.cluster_id
    if declared is not None and not manifest.is_open(path):
        why = f"{path} is declared as {_shown(declared)}, and what is read of the cluster does not state it"
    else:
        constructs = [f"{change.get('construct')} at {change.get('file')}:{change.get('line')}" for change in manifest.changed_by]
        why = f"{path or 'it'} is changed before it is applied, by {', '.join(constructs[:2])}"
    message = in_file(manifest, line, f"it cannot be compared with cluster {where}, since {why}")
    subject.say("DECLARED_NOT_COMPARED", U, message, path or None, line=line, **_place(item, cluster))


def _place(item: Checked, cluster: LiveCluster) -> dict[str, Any]:
    return {"check": item.check, "cluster_id": cluster.cluster_id, "cluster_name": cluster.name}


def _shown(value: Any) -> str:
    return "not stated" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


# --- Fields ------------------------------------------------------------------------------------------------------------------------


def differences(manifest: Manifest, live: FluxObject) -> Iterator[Difference]:
    """The fields that differ, and those of which it cannot be told."""
    for path, declared_value, live_value in _FIELDS[manifest.kind](manifest, live):
        if manifest.is_open(path):
            yield Difference(path, live_value, declared_value, known=False)
        elif declared_value != live_value:
            unstated = live_value is None and path in _MAY_BE_UNSTATED
            yield Difference(path, live_value, declared_value, known=not unstated)


_MAY_BE_UNSTATED = ("spec.suspend", "spec.prune", "spec.path", "spec.interval")  # not in every model of the services
_Fields = Iterator["tuple[str, Any, Any]"]


def _common(manifest: Manifest, live: FluxObject) -> _Fields:
    declared, stated = manifest.spec("interval"), live.spec("interval")
    same = duration(declared) is not None and duration(declared) == duration(stated)
    yield "spec.interval", declared, declared if same else stated
    suspended = is_true(live.spec("suspend"))
    if is_true(manifest.spec("suspend")) != suspended:
        yield "spec.suspend", is_true(manifest.spec("suspend")), suspended if live.spec("suspend") is not None else None


def _source_fields(manifest: Manifest, live: FluxObject) -> _Fields:
    url, stated = text_of(manifest.spec("url")), text_of(live.spec("url"))
    same = normal_url(url) == normal_url(stated) and url_scheme(url) == url_scheme(stated)
    yield "spec.url", url, url if same else stated or None
    yield "spec.ref", EffectiveRef.parse(manifest.spec("ref")).words, EffectiveRef.parse(live.spec("ref")).words
    yield "spec.secretRef", mapping(manifest.spec("secretRef")).get("name"), mapping(live.spec("secretRef")).get("name")
    yield from _common(manifest, live)


def _follower_fields(manifest: Manifest, live: FluxObject) -> _Fields:
    _kind, namespace, name = manifest.source_ref
    declared = "/".join(part for part in (namespace or live.namespace, name) if part)
    where = "spec.sourceRef" if manifest.kind == KUSTOMIZATION else "spec.chart"
    yield where, declared or None, "/".join(reference(live.content, live.namespace)) or None
    yield from _common(manifest, live)


def _kustomization_fields(manifest: Manifest, live: FluxObject) -> _Fields:
    paths = [text_of(value) for value in (manifest.spec("path"), live.spec("path"))]
    declared, stated = (posixpath.normpath(f"./{path}") for path in paths)
    yield "spec.path", paths[0] or "./", paths[0] or "./" if declared == stated else paths[1] or None
    yield "spec.prune", manifest.spec("prune"), live.spec("prune")
    yield from _follower_fields(manifest, live)


_FIELDS: dict[str, Callable[[Manifest, FluxObject], _Fields]] = {
    SOURCE: _source_fields,
    KUSTOMIZATION: _kustomization_fields,
    RELEASE: _follower_fields,
}


# --- The other way round -------------------------------------------------------------------------------------------------------------


def _undeclared(sample: Sample, joined: Sequence[_Declared]) -> None:
    """Everything live in the clusters that entries are for, that none of these declares."""
    clusters = {id(cluster): cluster for declared in joined for cluster in declared.clusters}
    for cluster in clusters.values():
        own = [declared for declared in joined if any(each is cluster for each in declared.clusters)]
        manifests = [subject.origin for declared in own for subject in declared.subjects if isinstance(subject.origin, Manifest)]
        names = {(manifest.kind, manifest.name): set[str]() for manifest in manifests}
        for manifest in manifests:
            names[manifest.kind, manifest.name].add(manifest.namespace)
        for kind, objects in cluster.objects.items():
            for namespace, name in objects:
                namespaces = names.get((kind, name), set())
                if namespace not in namespaces and "" not in namespaces:
                    nowhere(sample, own[0], cluster, kind, (namespace, name))


def nowhere(sample: Sample, declared: _Declared, cluster: LiveCluster, kind: str, key: tuple[str, str]) -> None:
    """D15: it is live, and declared nowhere; by the policy a warning or a failure."""
    mark = Policy.of(declared.item.options).mark("undeclared")
    if mark is None:
        return
    namespace, name = key
    place = str(declared.entry.fields.get("start") or declared.entry.target)
    subject = Subject(
        KIND_OF[kind],
        name,
        declared.entry.target,
        declared.entry.read_at,
        namespace=namespace or None,
        is_state=True,
        notice=True,
        file=place,
    )
    looked = ", ".join(dict.fromkeys(entry.target for entry in declared.item.reading.entries))
    message = f"{kind} {namespace}/{name} is in cluster {cluster.name or cluster.cluster_id}, and is declared nowhere below {looked}."
    subject.say("DECLARED_NOWHERE", mark, message, **_place(declared.item, cluster))
    sample.subjects[declared.place].append(subject)


def declared_without_secret(sample: Sample) -> None:
    """D11: the repository that a declared source fetches is private, as CodeArts says, and it names no secret."""
    declared = sample.of_kind(KIND_OF[SOURCE])
    private = {
        url
        for _item, subject in (sample.of_kind("Repository") if declared else [])
        if subject.origin is not None and subject.origin.visibility == PRIVATE
        for url in subject.origin.urls
    }
    for item, subject in declared if private else []:
        manifest: Manifest = subject.origin
        mark, url = Policy.of(item.options).mark("no_secret"), text_of(manifest.spec("url"))
        known = manifest.is_settled and not manifest.is_open("spec.secretRef") and not manifest.is_open("spec.url")
        if mark and known and url and normal_url(url) in private and not mapping(manifest.spec("secretRef")).get("name"):
            if any(finding.code == "DECLARED_NO_SECRET" for finding in subject.findings):
                continue
            line = manifest.line_of("spec.secretRef")
            message = in_file(manifest, line, "the repository is private, and spec.secretRef names no secret")
            subject.say("DECLARED_NO_SECRET", mark, message, "spec.secretRef", None, "a secret", line=line, check=item.check)

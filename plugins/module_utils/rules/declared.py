# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules for what a checkout declares: is it whole, and does it keep to the policy? (rules.rst, "Declared in code")

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any
from urllib.parse import urlsplit

from ..model.errors import OptionError
from ..model.git_urls import INSECURE_SCHEMES, is_scp_style, normal_url, url_scheme
from ..model.history import History
from ..model.manifests import KUSTOMIZATION, RELEASE, SOURCE, Manifest
from ..model.readings import Entry, Reading
from ..model.shapes import mapping, mappings
from ..model.sources import EffectiveRef
from ..model.subjects import Judgement, Subject
from ..model.text import clean_text
from ..model.units import duration, span
from ..model.verdicts import F_T, U_T, Mark, W
from .common import nothing_read
from .errors import judge_errors

OFF, WARN, BLOCK = "off", "warning", "blocking"
# The rules that can be switched, with what each is by default.
POLICY = {
    "url_insecure": BLOCK,
    "url_credentials": BLOCK,
    "host_not_allowed": BLOCK,
    "ref_not_pinned": BLOCK,
    "no_secret": WARN,
    "prune_off": WARN,
    "interval_long": WARN,
    "duplicate": BLOCK,
    "not_resolved": WARN,
    "undeclared": WARN,
}
PINS = ("branch", "tag", "commit")  # each is at least as much as the one before
_PINNED = {"branch": 0, "name": 0, "semver": 1, "tag": 1, "commit": 2}
FILE = "File"  # the kind of a place without an object
KIND_OF = {SOURCE: "DeclaredGitRepository", KUSTOMIZATION: "DeclaredKustomization", RELEASE: "DeclaredHelmRelease"}
PROBLEMS: dict[str, tuple[str, Mark]] = {
    "broken": ("DECLARED_YAML_INVALID", F_T),  # D1
    "duplicate_key": ("DECLARED_KEY_DUPLICATE", F_T),  # D2
    "too_much": ("DECLARED_UNREAD", U_T),  # D3
    "unread": ("DECLARED_UNREAD", U_T),  # D3
}
URL_BEGINNINGS = ("https://", "ssh://", "http://", "git://")  # git: D7 speaks of it
_INTERVAL = re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h))+")  # what the schemas of Flux take: no days, no blanks
_COMMIT = re.compile(r"[0-9A-Fa-f]{7,}")
PROVIDERS_WITHOUT_SECRET = ("azure", "github")  # of spec.provider: these sign in by workload identity


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """What is declared below each path of a reading of ``declared``.

    Entries: ``target`` the path, ``fields`` as ``checkout/reader.py`` gives them.
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="API_SHAPE", id_field="path")
    for entry in reading.entries:
        subjects += _judge_entry(entry, Policy.of(options))
    return Judgement(subjects or [nothing_read(reading)], later)


@dataclass(frozen=True)
class Policy:
    """What is demanded of manifests.

    :ivar levels: off, warning or blocking, by the rule's name
    :ivar max_interval: seconds; None where none is demanded
    """

    levels: Mapping[str, str]
    allowed_hosts: Sequence[str]
    pinned_to: str | None
    allowed_branches: Sequence[str]
    private_repositories: Sequence[str]
    max_interval: float | None

    @classmethod
    def of(cls, options: Mapping[str, Any]) -> Policy:
        """The policy in a check's options."""
        levels = {**POLICY, **{name: str(level) for name, level in mapping(options.get("policy")).items() if level is not None}}
        lists = {
            name: [str(text) for text in options.get(name) or []] for name in ("allowed_hosts", "allowed_branches", "private_repositories")
        }
        longest = options.get("max_interval")
        return cls(levels, pinned_to=options.get("pinned_to"), max_interval=None if longest is None else duration(longest), **lists)

    def mark(self, rule: str) -> Mark | None:
        """The mark of a rule's findings; None where it is off."""
        return {WARN: W, BLOCK: F_T}.get(self.levels[rule])


def validate_policy(options: Mapping[str, Any], path: str) -> None:
    """Refuses demands that nothing could meet, or that are empty.

    :param path: where the options stand, e.g. ``checks[0].declared.``
    :raises OptionError: naming the option
    """
    longest = options.get("max_interval")
    if longest is not None and not duration(longest):
        raise OptionError(f"{path}max_interval", longest, "a duration such as 10m or 1h")
    for name in ("allowed_hosts", "allowed_branches", "private_repositories", "clusters"):
        given = options.get(name)
        if given is not None and not given:
            raise OptionError(path + name, given, "at least one; left out, nothing is demanded")
        for index, text in enumerate(given or []):
            if not str(text).strip():
                raise OptionError(f"{path}{name}[{index}]", text, "a text, which may have * in it")


# --- A path ------------------------------------------------------------------------------------------------------------------------


def _judge_entry(entry: Entry, policy: Policy) -> list[Subject]:
    manifests = [Manifest.parse(raw) for raw in mappings(entry.fields.get("manifests"))]
    subjects = [_judged(entry, manifest, policy) for manifest in manifests]
    _duplicates(manifests, subjects, policy)
    places = [unreadable(entry, problem) for problem in mappings(entry.fields.get("problems"))]
    places += not_resolved(entry, policy)
    if not manifests:
        places.append(nothing_declared(entry, places))
    return [*subjects, *places]


def place_in(entry: Entry, name: str, line: int | None = None, notice: bool = True) -> Subject:
    """A place in a file for what is to be said of no object."""
    return Subject(FILE, name, entry.target, entry.read_at, is_state=True, notice=notice, file=name, line=line)


def nothing_declared(entry: Entry, places: Sequence[Subject]) -> Subject:
    """D0: there is no manifest of Flux below the path."""
    subject = place_in(entry, str(entry.fields.get("start") or entry.target))
    looked = entry.fields.get("files")
    seen = f"files of YAML or JSON that were looked at: {looked}" if looked else "it has no file of YAML or JSON"
    rest = "; what could not be read may hold one" if any(place.findings for place in places) else ""
    message = f"There is no GitRepository, Kustomization or HelmRelease of Flux below {entry.target} ({seen}{rest})."
    subject.say("DECLARED_NONE", U_T, message, observed=0)
    return subject


def unreadable(entry: Entry, problem: Mapping[str, Any]) -> Subject:
    """D1, D2, D3: a file is no YAML, says something twice, or was not read."""
    name, line, words = str(problem.get("file")), problem.get("line"), clean_text(problem.get("message"))
    kind = str(problem.get("kind"))
    subject = place_in(entry, name, line if isinstance(line, int) else None, notice=False)
    code, mark = PROBLEMS.get(kind, PROBLEMS["unread"])
    place = f"{name}:{line}:{problem.get('column')}" if line else name
    message = f"{place}: {words}." if kind != "unread" else f"{name} {words}, so what it declares is not known."
    subject.say(code, mark, message)
    return subject


def not_resolved(entry: Entry, policy: Policy) -> list[Subject]:
    """D6: something changes manifests before they are applied, and is not resolved here."""
    mark, subjects = policy.mark("not_resolved"), []
    manifests = [Manifest.parse(raw) for raw in mappings(entry.fields.get("manifests"))]
    for construct in mappings(entry.fields.get("not_resolved")) if mark else []:
        what, name, line = str(construct.get("construct")), str(construct.get("file")), construct.get("line")
        subject = place_in(entry, name, line if isinstance(line, int) else 1)
        changed = [manifest for manifest in manifests if any(_is_same(construct, each) for each in manifest.changed_by)]
        whom = (
            f"changes {', '.join(f'{manifest.kind} {manifest.name}' for manifest in changed[:3])}"
            if changed
            else "takes in what is not in this checkout"
        )
        more = f" and {len(changed) - 3} more" if len(changed) > 3 else ""
        subject.say("DECLARED_NOT_RESOLVED", mark or W, f"{name}:{line}: {what} {whom}{more}, and is not resolved here.", what)
        subjects.append(subject)
    return subjects


def _is_same(construct: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    return all(construct.get(name) == other.get(name) for name in ("construct", "file", "line", "column"))


def _duplicates(manifests: Sequence[Manifest], subjects: Sequence[Subject], policy: Policy) -> None:
    """D5: two documents that are applied together declare one object."""
    mark = policy.mark("duplicate")
    first: dict[tuple[str, ...], Manifest] = {}
    for manifest, subject in zip(manifests, subjects):
        if not manifest.listed or not manifest.name or mark is None:
            continue
        before = first.setdefault((posixpath.dirname(manifest.file), manifest.kind, manifest.namespace, manifest.name), manifest)
        if before is not manifest:
            _say(subject, manifest, "DECLARED_DUPLICATE", mark, f"it is declared a second time, first in {before.place}", "metadata.name")


# --- A manifest --------------------------------------------------------------------------------------------------------------------


def _judged(entry: Entry, manifest: Manifest, policy: Policy) -> Subject:
    subject = Subject(
        KIND_OF.get(manifest.kind, FILE),
        manifest.name or None,
        entry.target,
        entry.read_at,
        namespace=manifest.namespace or None,
        is_state=True,
        origin=manifest,
        observed={"file": manifest.file, "line": manifest.line},
        file=manifest.file,
        line=manifest.line,
    )
    if unknown_version(subject, manifest):
        for rule in _RULES.get(manifest.kind, ()):
            if rule is not invalid:  # what another version needs is not known
                rule(subject, manifest, policy)
        subject.hold(1)  # what a waiver of that does not prove
        return subject
    for rule in _RULES[manifest.kind]:
        rule(subject, manifest, policy)
    return subject


def _say(
    subject: Subject, manifest: Manifest, code: str, mark: Mark, message: str, field: str, observed: Any = None, expected: Any = None
) -> None:
    """A finding at the line of the field.

    :param message: a clause without its full stop
    """
    line = manifest.line_of(field)
    subject.say(code, mark, in_file(manifest, line, message), field, observed, expected, line=line)


def in_file(manifest: Manifest, line: int, message: str) -> str:
    """What is to be said of a manifest, with file and line before it, as editors and logs make links of them."""
    # The name stands at the end: before a colon, one such as "token" would make a secret of what follows.
    return f"{manifest.file}:{line}: {message} ({manifest.kind} {manifest.name or 'without a name'})."


def unknown_version(subject: Subject, manifest: Manifest) -> bool:
    """D4: the fields of the API version are not known; gives whether it is so."""
    if manifest.is_known:
        return False
    message = f"the version {manifest.version or 'it states'} is not known, so it cannot be judged"
    _say(subject, manifest, "DECLARED_VERSION_UNKNOWN", U_T, message, "apiVersion", manifest.raw.get("api_version"))
    return True


def invalid(subject: Subject, manifest: Manifest, policy: Policy) -> None:  # noqa: ARG001
    """D4: Flux cannot take it: a field is missing or unreadable. What is filled in or patched later on may still be made good."""
    missing = (
        [] if manifest.name or manifest.raw.get("name") or manifest.is_open("metadata.name") else [("metadata.name", "it has no name")]
    )
    for name in ("name", "namespace"):
        stated = manifest.raw.get(name)
        if stated and not isinstance(stated, str):
            missing.append((f"metadata.{name}", f"metadata.{name} is {clean_text(stated, 60)}, which is no text without quotes"))
    if not isinstance(manifest.raw.get("spec"), dict):
        missing.append(("spec", "it has no spec"))
    else:
        missing += [(field, words) for field, words in _faults(manifest) if not manifest.is_open(field)]
    for field, words in missing:
        if manifest.is_settled or manifest.spec(*field.split(".")[1:]) is not None:
            _say(subject, manifest, "DECLARED_INVALID", F_T, f"{words}, and Flux refuses it", field)


def _faults(manifest: Manifest) -> list[tuple[str, str]]:
    interval = manifest.spec("interval")
    found = []
    if interval is None:
        found.append(("spec.interval", "spec.interval is missing"))
    elif not isinstance(interval, str) or not _INTERVAL.fullmatch(interval):
        found.append(("spec.interval", f"spec.interval {clean_text(interval, 60)!r} is no duration such as 10m"))
    if manifest.kind == SOURCE:
        url = manifest.spec("url")
        if not isinstance(url, str) or not url.strip():
            found.append(("spec.url", f"spec.url is {'missing' if url is None else 'no text with a URL'}"))
        elif is_scp_style(url):
            found.append(("spec.url", f"spec.url is written like {clean_text(url, 200)}; write ssh://git@host/path"))
        elif not url.startswith(URL_BEGINNINGS):
            found.append(
                (
                    "spec.url",
                    f"spec.url {clean_text(url, 200)} does not begin with https:// or ssh:// in lower case, without a blank before it",
                )
            )
    elif not all((manifest.source_ref[0], manifest.source_ref[2])):
        where = "spec.sourceRef" if manifest.kind == KUSTOMIZATION else "spec.chart"
        found.append((where, f"{where} names no source by kind and name"))
    if manifest.kind == KUSTOMIZATION and not isinstance(manifest.spec("prune"), bool):
        found.append(("spec.prune", "spec.prune is missing" if manifest.spec("prune") is None else "spec.prune is neither true nor false"))
    return found


def url_insecure(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D7: the URL is plain http or git."""
    mark, scheme = policy.mark("url_insecure"), url_scheme(manifest.spec("url"))
    if mark and scheme in INSECURE_SCHEMES:
        _say(
            subject,
            manifest,
            "DECLARED_URL_INSECURE",
            mark,
            f"spec.url uses {scheme}://, which anybody on the way can read and change",
            "spec.url",
            scheme,
            "https or ssh",
        )


def url_credentials(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D8: the URL holds a password or a token."""
    mark = policy.mark("url_credentials")
    if mark and manifest.raw.get("url_credentials"):
        message = (
            "spec.url holds credentials, which everybody who reads the repository can use. Change them, and put the new ones into a secret"
        )
        _say(subject, manifest, "DECLARED_URL_CREDENTIALS", mark, message, "spec.url", expected="spec.secretRef")


def host_not_allowed(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D9: the host of the URL is not among those allowed. A URL without a host, or with none that can be read, is on none of them."""
    mark, url = policy.mark("host_not_allowed"), manifest.spec("url")
    host = host_in(url)
    if mark and policy.allowed_hosts and url and not manifest.is_open("spec.url") and not (host and _matches(host, policy.allowed_hosts)):
        allowed = ", ".join(policy.allowed_hosts)
        _say(
            subject,
            manifest,
            "DECLARED_HOST_NOT_ALLOWED",
            mark,
            f"{f'the host {host}' if host else 'the host, which cannot be read,'} of spec.url is none of {allowed}",
            "spec.url",
            host,
            allowed,
        )


def host_in(url: Any) -> str:
    """The host of a Git URL in lower case, without its port; empty where there is none."""
    text = url.strip() if isinstance(url, str) else ""
    try:
        return (urlsplit(text if "://" in text else f"//{normal_url(text)}").hostname or "").lower()
    except ValueError:
        return ""


def _matches(text: str, globs: Sequence[str]) -> bool:
    return any(fnmatchcase(text.lower(), glob.strip().lower()) for glob in globs)


def ref_not_pinned(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D10: it does not follow what is demanded: a stated branch (or other name) of those allowed, a tag, or a commit."""
    mark = policy.mark("ref_not_pinned")
    stated = {kind: value for kind, value in mapping(manifest.spec("ref")).items() if kind in _PINNED and value}
    if mark is None or manifest.is_open("spec.ref") or not manifest.is_settled:
        return
    ref = EffectiveRef.parse(stated)
    seen = ref.words if stated else f"no ref, so {ref.words}"
    if policy.pinned_to and (not stated or _pinned(ref) < PINS.index(policy.pinned_to)):
        commit = "a commit by its hash"
        least = {"branch": "a branch, a tag or a commit", "tag": f"a tag or {commit}", "commit": commit}[policy.pinned_to]
        _say(
            subject, manifest, "DECLARED_REF_NOT_PINNED", mark, f"it follows {seen}, and {least} is demanded", "spec.ref", ref.words, least
        )
    elif policy.allowed_branches and not _pinned(ref) and not any(fnmatchcase(ref.value, glob) for glob in policy.allowed_branches):
        allowed = ", ".join(policy.allowed_branches)
        _say(
            subject,
            manifest,
            "DECLARED_REF_NOT_PINNED",
            mark,
            f"it follows {seen}, and allowed are {allowed}",
            "spec.ref",
            ref.words,
            allowed,
        )


def _pinned(ref: EffectiveRef) -> int:
    """How far a ref is pinned, as the place in PINS. A commit that is no hash, such as HEAD, may be another one tomorrow."""
    return 0 if ref.kind == "commit" and not _COMMIT.fullmatch(ref.value) else _PINNED.get(ref.kind, 0)


def no_secret(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D11: what needs a secret names none: every ssh URL, and a repository known to be private."""
    mark, url = policy.mark("no_secret"), manifest.spec("url")
    if (
        mark is None
        or not isinstance(url, str)
        or not manifest.is_settled
        or manifest.is_open("spec.secretRef")
        or mapping(manifest.spec("secretRef")).get("name")
    ):
        return
    if manifest.spec("provider") in PROVIDERS_WITHOUT_SECRET:
        return
    if url_scheme(url) == "ssh" and not is_scp_style(url):
        _say(
            subject,
            manifest,
            "DECLARED_NO_SECRET",
            mark,
            "spec.url uses ssh, and without spec.secretRef there is no key for it",
            "spec.secretRef",
            None,
            "a secret",
        )
    elif _matches(normal_url(url), policy.private_repositories):
        _say(
            subject,
            manifest,
            "DECLARED_NO_SECRET",
            mark,
            "the repository is private, and spec.secretRef names no secret",
            "spec.secretRef",
            None,
            "a secret",
        )


def prune_off(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D12: what is taken out of the repository stays in the cluster."""
    mark = policy.mark("prune_off")
    if mark and manifest.spec("prune") is False:
        _say(
            subject,
            manifest,
            "DECLARED_PRUNE_OFF",
            mark,
            "spec.prune is false: what is taken out of the repository stays in the cluster",
            "spec.prune",
            False,
            True,
        )


def interval_long(subject: Subject, manifest: Manifest, policy: Policy) -> None:
    """D13: the interval is longer than demanded."""
    mark, seconds = policy.mark("interval_long"), duration(manifest.spec("interval"))
    if mark and policy.max_interval is not None and seconds is not None and seconds > policy.max_interval:
        longest = span(policy.max_interval)
        _say(
            subject,
            manifest,
            "DECLARED_INTERVAL_LONG",
            mark,
            f"spec.interval is {span(seconds)}, at most {longest} is demanded",
            "spec.interval",
            span(seconds),
            longest,
        )


_Rule = Callable[[Subject, Manifest, Policy], None]
_RULES: dict[str, tuple[_Rule, ...]] = {
    SOURCE: (invalid, url_insecure, url_credentials, host_not_allowed, ref_not_pinned, no_secret, interval_long),
    KUSTOMIZATION: (invalid, prune_off, interval_long),
    RELEASE: (invalid, interval_long),
}

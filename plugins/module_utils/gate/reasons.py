# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Findings as reasons: what has one cause is one reason, and what only follows from it is counted under it (rules.rst, "Reasons").

Nothing is taken out of the findings, and no verdict is touched: this is how a decision is told.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any, NamedTuple

from ..model.codes import CATALOGUE
from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED, cluster_label
from ..model.pods import NAMESPACE
from ..model.shapes import lower
from ..model.text import message_shape, some_of
from ..model.verdicts import SEVERITY, UNKNOWN, WARNING
from ..rules.failure_classes import cause_words, without_names

OBJECTS_SHOWN = 3
LINES_SHOWN = 20  # of files; each has to be looked at
_SOURCES = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")  # kinds of Flux sources
Item = Mapping[str, Any]  # a finding as it stands in a result

# By kind, what an object is called in a sentence; one, and several.
NOUNS = {
    "Authorization": ("authorization", "authorizations"),
    "Cluster": ("cluster", "clusters"),
    "Commit": ("commit", "commits"),
    "ConfigSet": ("config set", "config sets"),
    "DeclaredGitRepository": ("declared source", "declared sources"),
    "DeclaredHelmRelease": ("declared Helm release", "declared Helm releases"),
    "DeclaredKustomization": ("declared kustomization", "declared kustomizations"),
    "File": ("file", "files"),
    **dict.fromkeys(_SOURCES, ("source", "sources")),
    "Pod": ("pod", "pods"),
    "Repository": ("repository", "repositories"),
    "Workload": ("workload", "workloads"),
}
# What an object says while something worse is wrong with it: not a second reason.
SYMPTOMS = frozenset(
    {
        "AUTH_PROBE_REFUSED",  # beside AUTH_EXPIRED and AUTH_UNAUTHENTICATED
        "CFG_BEHIND_SOURCE",
        "CFG_GENERATION_STALE",
        "CFG_READY_CONTROLLER_DOWN",
        "CFG_RECONCILING",
        "CFG_REVISION_NOT_PICKED_UP",
        "CFG_REVISION_NOT_YET",
        "CFG_STATUS_CONTRADICTION",
        "CLUSTER_NOT_READY",
        "CLUSTER_PHASE_UNDOCUMENTED",
        "GITOPS_NOT_FOUND",  # beside SRC_CLUSTER_NOT_FOUND
        "POD_READY_CONDITION_FALSE",
        "ROLLOUT_IN_PROGRESS",
        "SRC_ARTIFACT_OTHER_REF",
        "SRC_ARTIFACT_OUTDATED",
        "SRC_FETCH_RETRYING",
        "SRC_GENERATION_STALE",
        "SRC_NEVER_RECONCILED",
        "SRC_NOT_OBSERVED",
        "SRC_NOT_READY",
        "SRC_NOT_VERIFIED",
        "SRC_NO_CONDITIONS",
        "SRC_READY_CONTROLLER_DOWN",
        "SRC_READY_UNKNOWN",
        "SRC_READY_WITHOUT_ARTIFACT",
        "SRC_RECONCILE_REQUESTED",
        "SRC_RECONCILING",
        "SRC_REPOSTATUS_FAILED",
        "SRC_RETRYING",
        "SRC_REVISION_NOT_PICKED_UP",
        "SRC_REVISION_NOT_YET",
        "SRC_STATUS_CONTRADICTION",
    }
)
# What says only that UCS and an object do not agree: what else the object says is told in its place.
DISAGREEMENTS = frozenset({"CFG_STATUS_CONTRADICTION", "SRC_STATUS_CONTRADICTION"})
# By kind, the controller that it needs unless its finding names another, and what those that need it are to it.
CONTROLLERS = {
    "ConfigSet": ("kustomize-controller", "to be applied by it", "that nothing applies"),
    **dict.fromkeys(_SOURCES, ("source-controller", "to be reconciled by it", "that nothing reconciles")),
}
CONTROLLER_OF = {"HelmRelease": "helm-controller"}  # by the kind that commands know it by, where it needs another one
# By kind, what those that name an object of it as their root cause are to it.
ROOTS = {"Authorization": "at its host", "Commit": "expected to have it", "Repository": "to be fetched from it"}
# What means that no controller runs in a cluster at all.
NO_CONTROLLERS = frozenset({"CLUSTER_NOT_FOUND", "GITOPS_NOT_FOUND", "GITOPS_NOT_ENABLED", "GITOPS_NO_WORKLOAD", "SRC_CLUSTER_NOT_FOUND"})
CAUSES_ALONE = NO_CONTROLLERS | {"AUTH_PROBE_REFUSED"}  # these others may follow from, though beside something worse they are symptoms
MARKS = {TOLERATED: "TOLERATED (did not block)"}  # by weight, where the weight alone does not say it
_REPLICA = re.compile(r"-[a-z0-9]{6,10}-[a-z0-9]{5}\Z")  # what a Deployment adds to the name of a pod
_WITH_DIGIT = re.compile(r"\S*\d\S*")
_DETERMINERS = ("A", "An", "Another", "It", "No", "Not", "Nothing", "Several", "The", "There", "Whether")
_PLURAL = {"is": "are", "has": "have", "was": "were", "does": "do", "says": "say", "states": "state", "reports": "report"}
_PLURAL |= {verb: verb for verb in ("cannot", "could", "ended", "failed", "may")}


class Place(NamedTuple):
    """An object of a reason."""

    kind: str
    namespace: str | None
    name: str | None
    cluster_id: str | None
    cluster_name: str | None

    @property
    def label(self) -> str:
        """The object without its cluster: ``GitRepository shop/frontend``; empty for a cluster itself."""
        name = "/".join(part for part in (self.namespace, self.name) if part)
        if self.kind == "Cluster" and not self.cluster_id and name:
            return name  # what clusters were asked for by: fleet prod
        if self.kind == "Cluster" or not name:
            return "" if self.cluster_id else self.kind
        return name if self.kind == "API" else f"{self.kind} {name}"

    @property
    def workload(self) -> Place:
        """What a pod is a replica of, as far as its name tells; any other object itself."""
        if self.kind == "Pod" and self.name and _REPLICA.search(self.name):
            return self._replace(kind="Workload", name=_REPLICA.sub("", self.name))
        return self


@dataclass
class Cause:
    """A cause of one object or of many, with all findings that come from it.

    :ivar findings: that say the same of an object each, worst first; ``symptoms``: what these objects say because of it
    :ivar followers: findings of other objects that only follow from it, by what these are to it: ``to be fetched from it``
    """

    findings: list[Item]
    symptoms: list[Item] = field(default_factory=list)
    followers: dict[str, list[Item]] = field(default_factory=dict)

    @property
    def first(self) -> Item:
        """The worst finding, by which it weighs."""
        return self.findings[0]

    @property
    def telling(self) -> Item:
        """The finding that names it: the first, unless a symptom of its object says more than that UCS and the object disagree."""
        if self.first["code"] not in DISAGREEMENTS:
            return self.first
        return next((symptom for symptom in self.symptoms if symptom["verdict"] != WARNING), self.first)

    @property
    def weighs(self) -> tuple[Any, ...]:
        """Where it stands among the others: what decides first, the worst first, then what concerns the most objects."""
        first = self.first
        weight = (DECIDES, ADVISORY, TOLERATED, WAIVED).index(first["weight"])
        concerned = {_key_of(finding) for finding in (*self.findings, *chain(*self.followers.values()))}
        return weight, -SEVERITY[first["verdict"]], not first["terminal"], -len(concerned), first["code"]

    @property
    def counts(self) -> bool:
        """Whether it takes part in the decision."""
        return bool(self.first["weight"] == DECIDES and self.first["verdict"] != WARNING)


def reasons_of(findings: Sequence[Item], names: Mapping[str, str | None] | None = None) -> list[dict[str, Any]]:
    """The reasons of a decision, worst first.

    :param findings: as they stand in a result, worst first; what is beside the question is no reason
    :param names: of clusters by their ids, where the findings themselves do not know them
    :return: for each ``summary`` (a sentence without its full stop), ``short`` (the same for a headline), ``detail``, ``remediation``,
        ``consequences`` (texts), ``text`` (all of it in one line), ``verdict``, ``weight``, ``code``, ``codes`` (all that it stands for),
        ``count`` (of its objects), ``objects`` ({kind, namespace, name, cluster_id, cluster_name}), ``checks``, ``since``
    """
    known = {lower(key): name for key, name in (names or {}).items() if name}
    for finding in findings:
        if finding["cluster_id"] and finding["cluster_name"]:
            known.setdefault(lower(finding["cluster_id"]), finding["cluster_name"])
    causes = _fold(_causes([finding for finding in findings if finding["weight"] != BESIDE]))
    return [_told(cause, known) for cause in sorted(causes, key=lambda cause: cause.weighs)]


def plain_reason(text: str) -> dict[str, Any]:
    """The reason of a gate that could not decide at all: a sentence, and no finding behind it."""
    sentence = text if text.endswith((".", "!", "?")) else f"{text}."
    summary = sentence[:-1]
    empty: dict[str, Any] = {"codes": [], "count": 0, "objects": [], "checks": [], "since": None, "consequences": []}
    words = {"summary": summary, "short": summary, "detail": "", "remediation": "", "text": sentence}
    return {**words, "verdict": UNKNOWN, "weight": DECIDES, "code": None, **empty}


# --- What has one cause ------------------------------------------------------------------------------------------------------------------


def _causes(findings: Sequence[Item]) -> list[Cause]:
    """One cause for each thing that is wrong: the symptoms of an object under its own, the same of many objects in one."""
    by_object: dict[tuple[Any, ...], list[Item]] = {}
    for finding in findings:
        by_object.setdefault((finding["weight"], *_key_of(finding)), []).append(finding)
    groups: dict[tuple[Any, ...], Cause] = {}
    for own in by_object.values():
        for cause in _own_causes(own):
            first = cause.first
            told = (cause.telling["code"], _shape(first))
            key = (first["weight"], first["verdict"], first["code"], first["cause"], bool(first["root_cause"]), *told)
            same = groups.setdefault(key, Cause([]))
            same.findings += cause.findings
            same.symptoms += cause.symptoms
    return list(groups.values())


def _own_causes(findings: Sequence[Item]) -> list[Cause]:
    """What is wrong with one object. A symptom belongs to the worst cause of its object, and leads only where there is none."""
    leads = [finding for finding in findings if finding["code"] not in SYMPTOMS]
    against = [finding for finding in leads if finding["verdict"] != WARNING]
    causes = [Cause([finding]) for finding in leads]
    for finding in findings:
        if finding["code"] not in SYMPTOMS:
            continue
        home = next((cause for cause in causes if cause.first in against or cause.first["code"] in SYMPTOMS), None)
        if home is None or SEVERITY[home.first["verdict"]] < SEVERITY[finding["verdict"]]:
            causes.append(Cause([finding]))
        else:
            home.symptoms.append(finding)
    return causes


def _key_of(finding: Item) -> tuple[Any, ...]:
    """What names an object, whichever check it was seen in."""
    place = (lower(finding["cluster_id"]), finding["namespace"], finding["name"])
    return (finding["kind"], *place, "" if any(place) else finding["check"])


def _shape(finding: Item) -> str:
    """What is equal for the same failure of another object: a message without names, numbers and durations."""
    text = without_names(finding["message"])
    for name in filter(None, (finding["name"], finding["cluster_name"])):
        text = re.sub(rf"(?<![\w-]){re.escape(name)}(?![\w-])", "*", text)
    return message_shape(_WITH_DIGIT.sub("*", text))


# --- What follows from another object ------------------------------------------------------------------------------------------------


def _fold(causes: Sequence[Cause]) -> list[Cause]:
    """The causes, with each finding that only follows from another one counted under that."""
    folded = []
    for cause in causes:
        rest = []
        for finding in cause.findings:
            explained = ((other, _relation(other, finding)) for other in causes if other is not cause and _may_explain(other, finding))
            home, words = next(((other, words) for other, words in explained if words), (None, ""))
            if home:
                home.followers.setdefault(words, []).append(finding)
            else:
                rest.append(finding)
        if rest:
            cause.findings = rest
            folded.append(cause)
    return folded


def _may_explain(cause: Cause, finding: Item) -> bool:
    """Whether a cause weighs and is as bad at least as a finding that may follow from it: nothing is played down."""
    first = cause.first
    return first["weight"] in (DECIDES, finding["weight"]) and SEVERITY[first["verdict"]] >= SEVERITY[finding["verdict"]]


def _relation(cause: Cause, finding: Item) -> str:
    """What an object is to a cause from which its finding follows, for several of them; empty where it does not follow."""
    code = cause.first["code"]
    if code in SYMPTOMS - CAUSES_ALONE or cause.first["verdict"] == WARNING:
        return ""
    # Looked for in all findings of a cause, so only where there can be any: of a large fleet both are thousands.
    if finding["code"] in SYMPTOMS and finding["kind"] in CONTROLLERS and any(_is_controller(own, finding) for own in cause.findings):
        return CONTROLLERS[finding["kind"]][2 if code in NO_CONTROLLERS else 1]
    if code == finding["code"] == "READING_MISSING" and not cause.first["check"] and finding["check"]:
        return "without a reading"  # the task that should have read it has failed, which is told
    if finding["root_cause"] and any(_is_root(own, finding) for own in cause.findings):
        return ROOTS.get(cause.first["kind"], "depending on it")
    return ""


def _is_controller(own: Item, finding: Item) -> bool:
    """Whether a finding says of the cluster of another that the controller which its object needs is down."""
    if lower(own["cluster_id"]) != lower(finding["cluster_id"]):
        return False
    named, _blank, cluster = str(finding["root_cause"] or "").partition(" in cluster ")
    controller = named if cluster else CONTROLLER_OF.get(finding["object_kind"], CONTROLLERS[finding["kind"]][0])
    place = _place(own, {}).workload
    return own["code"] in NO_CONTROLLERS or (place.kind, place.namespace, place.name) == ("Workload", NAMESPACE, controller)


def _is_root(own: Item, finding: Item) -> bool:
    """Whether a finding names the object of another as its root cause."""
    kind, _blank, rest = str(finding["root_cause"]).partition(" ")
    if not own["name"] or kind != own["kind"]:
        return False
    return own["name"] in rest.split(", ") or (kind == "Commit" and rest == f"{own['name']} of {own['namespace']}")


# --- In words --------------------------------------------------------------------------------------------------------------------------


def _told(cause: Cause, names: Mapping[str, str]) -> dict[str, Any]:
    first, telling = cause.first, cause.telling
    places = list(dict.fromkeys(_place(finding, names) for finding in cause.findings))
    consequences = [_following(words, followers, names) for words, followers in cause.followers.items()]
    every = [*cause.findings, *cause.symptoms, *(finding for followers in cause.followers.values() for finding in followers)]
    reason = {
        "summary": _summary(telling, places, whole=True),
        "short": _summary(telling, places, whole=False),
        "verdict": first["verdict"],
        "weight": first["weight"],
        "code": telling["code"],
        "codes": list(dict.fromkeys(finding["code"] for finding in every)),
        "count": len(places),
        "objects": [place._asdict() for place in places],
        "checks": list(dict.fromkeys(finding["check"] for finding in cause.findings if finding["check"])),
        "since": min((finding["since"] for finding in cause.findings if finding["since"]), default=None),
        "detail": " ".join(filter(None, (_detail(first), _other_lines(cause.findings)))),
        "remediation": _remediation(cause.findings if telling is first else [telling]),
        "consequences": consequences,
    }
    return {**reason, "text": " ".join(lines_of(reason))}


def _other_lines(findings: Sequence[Item]) -> str:
    """Where else in files the same stands, as a sentence; empty where it is in one place, or in no file.

    :param findings: of one reason; the message of the first has its own place
    """
    lines = [f"{finding['file']}:{finding['line']}" for finding in findings if finding.get("file") and finding.get("line")]
    others = list(dict.fromkeys(line for line in lines if line != lines[0]))
    return f"Also at {some_of(others, ', ', LINES_SHOWN)}." if others else ""


def lines_of(reason: Mapping[str, Any]) -> list[str]:
    """A reason in lines: what is wrong, what follows from it, what to do."""
    if reason["code"] is None:
        return [str(reason["text"])]
    mark = MARKS.get(reason["weight"]) or (reason["verdict"] if reason["weight"] == DECIDES else reason["weight"]).upper()
    since = f", since {reason['since']} at least" if reason["since"] else ""
    detail = f" {reason['detail']}" if reason["detail"] else ""
    lines = [f"{mark}: {reason['summary']}{since}.{detail} [{reason['code']}]"]
    if reason["consequences"]:
        lines.append(f"With it: {', '.join(reason['consequences'])}.")
    return [*lines, f"To do: {reason['remediation']}"]


def _place(finding: Item, names: Mapping[str, str]) -> Place:
    name = finding["name"] or (None if finding["cluster_id"] else finding["check"] or None)
    cluster_name = finding["cluster_name"] or names.get(lower(finding["cluster_id"]))
    if cluster_name == finding["cluster_id"]:
        cluster_name = None
    kind = finding["kind"] if finding["name"] or finding["cluster_id"] else "API"
    return Place(kind, finding["namespace"], name, finding["cluster_id"], cluster_name)


def _summary(finding: Item, places: Sequence[Place], whole: bool) -> str:
    """The objects and what is wrong with them.

    :param whole: with the ids of clusters and the names of the first objects; without, as a headline has it
    """
    if len(places) > 1:
        places = [place.workload for place in places]
    title = _title(finding)
    if finding["code"].startswith("GATE_"):
        return title
    if finding["code"] == "READING_MISSING":
        return str(finding["message"]).rstrip(". ")
    fails_by = CATALOGUE[finding["code"]].by_cause if finding["code"] in CATALOGUE else {}
    words = cause_words(finding["cause"], finding["message"]) if fails_by or finding["code"] == "SRC_FETCH_RETRYING" else ""
    ending = f" ({words})" if words else ""
    several = len({place.label for place in places}) > 1 or (len(places) > 1 and not places[0].label)
    predicate = _predicate(title, finding["kind"], several)
    who = _several(places, whole) if several else _same(places, whole)
    return f"{who} {predicate}{ending}" if predicate else f"{who}: {_lowered(title)}{ending}"


def _same(places: Sequence[Place], whole: bool) -> str:
    """One object, or the same one in several clusters."""
    label = places[0].label
    clusters = list(
        {place.cluster_id: cluster_label(place.cluster_id, place.cluster_name, whole) for place in places if place.cluster_id}.values()
    )
    if not clusters:
        return label
    if not label:
        return f"Cluster {clusters[0]}"
    if len(clusters) == 1:
        return f"{label} in {clusters[0] if places[0].cluster_name else f'cluster {clusters[0]}'}"
    return f"{label} in {len(clusters)} clusters" + (f" ({some_of(clusters, ', ', OBJECTS_SHOWN)})" if whole else "")


def _several(places: Sequence[Place], whole: bool) -> str:
    """Several objects, by their number."""
    kinds = {place.kind for place in places}
    noun = NOUNS.get(places[0].kind, ("object", "objects"))[1] if len(kinds) == 1 else "objects"
    clusters = {place.cluster_id for place in places if place.cluster_id}
    where = f" in {len(clusters)} clusters" if len(clusters) > 1 and noun != "clusters" else ""
    if len(clusters) == 1:
        label = cluster_label(places[0].cluster_id, places[0].cluster_name, whole)
        where = f" in {label if places[0].cluster_name else f'cluster {label}'}"
    shown = [_in_list(place, len(clusters) > 1) for place in places]
    return f"{len(places)} {noun}{where}" + (f" ({some_of(shown, ', ', OBJECTS_SHOWN)})" if whole else "")


def _in_list(place: Place, with_cluster: bool, with_id: bool = True) -> str:
    """An object in a list of its kind."""
    name = "/".join(part for part in (place.namespace, place.name) if part)
    cluster = cluster_label(place.cluster_id, place.cluster_name, with_id) if place.cluster_id and (with_cluster or not name) else ""
    return " in ".join(part for part in (name, cluster) if part)


def _predicate(title: str, kind: str, several: bool) -> str:
    """What a title says of an object of a kind: ``is suspended``; empty where its subject is another, such as a container."""
    begin = f"The {NOUNS.get(kind, ('',))[0]} "
    if not title.startswith(begin):
        return ""
    verb, _blank, rest = title[len(begin) :].partition(" ")
    if not several:
        return f"{verb} {rest}"
    return f"{_PLURAL[verb]} {rest}" if verb in _PLURAL else ""


def _title(finding: Item) -> str:
    """What its code means; the code itself where a later version wrote it."""
    return CATALOGUE[finding["code"]].title if finding["code"] in CATALOGUE else str(finding["code"])


def _lowered(title: str) -> str:
    """A title in the middle of a sentence."""
    return title[0].lower() + title[1:] if title.split(" ", maxsplit=1)[0] in _DETERMINERS else title


def _detail(finding: Item) -> str:
    """What the message says beyond the title of its code, as a sentence; empty where it says nothing more."""
    message, title = finding["message"].strip(), _title(finding)
    if finding["code"] == "READING_MISSING":
        return ""
    if message.lower().startswith(title.lower()) and not message[len(title) :][:1].isalnum():
        message = re.sub(r"\A\(([^()]*)\)", r"\1", message[len(title) :].lstrip(" ,;:."))
    if not message:
        return ""
    message = message[0].upper() + message[1:] if re.match(r"[a-z]+(?= )", message) else message
    return message if message.endswith((".", "!", "?", "…")) else f"{message}."


def _remediation(findings: Sequence[Item]) -> str:
    texts = list(dict.fromkeys(finding["remediation"] for finding in findings))
    return texts[0] if len(texts) == 1 else f"{texts[0].rstrip('.')} (likewise for the other {len(texts) - 1})"


def _following(words: str, findings: Sequence[Item], names: Mapping[str, str]) -> str:
    """``27 sources to be reconciled by it (shop/frontend, shop/backend, shop/cart, and 24 more)``."""
    places = list(dict.fromkeys(_place(finding, names) for finding in findings))
    one, many = NOUNS.get(places[0].kind, ("object", "objects"))
    several = len({place.cluster_id for place in places}) > 1
    shown = some_of([_in_list(place, several, with_id=False) for place in places], ", ", OBJECTS_SHOWN)
    return f"{len(places)} {one if len(places) == 1 else many} {words} ({shown})"

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A decision in words: what an engineer reads at night (rules.rst, "Result").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from ..model.findings import ADVISORY, DECIDES, TOLERATED, WAIVED, cluster_label
from ..model.selections import FLEETS, IDS, LABELS, NAMES
from ..model.text import some_of
from ..model.units import span
from ..model.verdicts import READY, WARNING, worst
from .reasons import NOUNS, OBJECTS_SHOWN, lines_of

REASONS_SHOWN = 10
UNCOUNTED = ("File",)  # kinds of which only those are objects that something is wrong with
PASSED = {"passed": "everything is {}", "passed_with_warnings": "everything that counts is {}"}
OUTCOMES = {
    **{outcome: words.format("ready") for outcome, words in PASSED.items()},
    "failed": "something has failed",
    "timeout": "not ready in time",
    "undecidable": "it could not be found out",
}


class Words(NamedTuple):
    """What a decision is called, and objects that are as they should be."""

    allow: str
    block: str
    ready: str


# By what is decided on.
DEPLOYMENT, CODE = "deployment", "code"
WORDS = {
    DEPLOYMENT: Words("Deployment allowed", "Deployment blocked", "ready"),
    CODE: Words("Check passed", "Check failed", "in order"),
}
EXIT_CODES = {"passed": 0, "passed_with_warnings": 0, "failed": 1, "timeout": 2, "undecidable": 3}


def headline(result: Mapping[str, Any]) -> str:
    """The decision in one line: the worst cause, how many more there are, and how many of the objects are ready.

    :param result: a result of the gate with its reasons
    """
    allowed, ready = result["decision"] == "allow", WORDS[result["decides_on"]].ready
    said = _allowed(result, ready) if allowed else _blocked(result)
    waited = f"after {span(result['waited_seconds'])}" if result["waited_seconds"] >= 1 else ""
    numbers = ", ".join(filter(None, (ready_counts(result["checks"], ready), waited)))
    without = set_aside_in_words(result["tolerance"]) if allowed else ""
    return f"{title(result)}: {said}{f' ({numbers})' if numbers else ''}.{without}"


def title(result: Mapping[str, Any]) -> str:
    """The decision in two words.

    :param result: a result of the gate
    """
    words = WORDS[result["decides_on"]]
    return words.allow if result["decision"] == "allow" else words.block


def set_aside_in_words(tolerance: Mapping[str, Any]) -> str:
    """The clusters that are not ready and were not needed, as sentences that begin with a blank; empty where there are none.

    :param tolerance: as it stands in a result
    """
    sentences = []
    for group in tolerance["groups"]:
        missing = [cluster_label(cluster["id"], cluster["name"]) for cluster in group["missing"]]
        if missing:
            of = f" of fleet {group['fleet']}" if group["fleet"] else ""
            enough = f"{group['ready']} of {group['clusters']} clusters are ready, {tolerance['require']} must be"
            sentences.append(f" Without {some_of(missing, ', ', OBJECTS_SHOWN)}{of}: {enough}.")
    return "".join(sentences)


def _blocked(result: Mapping[str, Any]) -> str:
    cause = worst_cause(result["causes"])
    if not cause:
        return OUTCOMES[result["outcome"]]
    return f"{OUTCOMES['timeout']}: {cause}" if result["outcome"] == "timeout" else cause


def worst_cause(reasons: Sequence[Mapping[str, Any]]) -> str:
    """The worst reason that speaks against the deployment, and how many more there are; empty where there is none."""
    against = [reason for reason in reasons if reason["weight"] == DECIDES and reason["verdict"] != WARNING]
    more = f", and {len(against) - 1} more" if len(against) > 1 else ""
    return f"{against[0]['short']}{more}" if against else ""


def _allowed(result: Mapping[str, Any], ready: str) -> str:
    weights = Counter(WARNING if finding["weight"] == DECIDES else finding["weight"] for finding in result["findings"])
    words = {WAIVED: "waived finding", TOLERATED: "tolerated finding", ADVISORY: "advisory finding", WARNING: "warning"}
    beside = [f"{weights[weight]} {word}{'s' if weights[weight] > 1 else ''}" for weight, word in words.items() if weights[weight]]
    return PASSED[result["outcome"]].format(ready) + (f", with {_joined(beside)}" if beside else "")


def ready_counts(checks: Sequence[Mapping[str, Any]], word: str = WORDS[DEPLOYMENT].ready) -> str:
    """How many of the objects are ready: ``263 of 300 clusters and 2 of 2 authorizations ready``. What only advises is not counted.

    A cluster is ready when every check of it is. A kind is left out where its list could not be read whole, or where several checks have
    it and not all of it is listed: then nobody knows how many there are.

    :param checks: those of a result
    :param word: for what is ready
    """
    verdicts: dict[str, dict[tuple[str, ...], list[str]]] = {}
    unread: set[str] = set()
    reads, more = Counter[str](), Counter[str]()  # by kind: the checks that have it, and what is ready and not listed
    for check in checks:
        if check["advisory"]:
            continue
        objects: list[tuple[str, tuple[str, ...], str]]
        if _is_of_clusters(check):
            objects = [("Cluster", (target["id"].lower(),), target["verdict"]) for target in check["targets"] if target["id"]]
        else:
            objects = [(item["kind"], (item["namespace"] or "", item["name"] or ""), item["verdict"]) for item in check["observed"]]
            listed = len(objects) + sum(check["not_listed"].values())
            unread |= {kind for kind, _key, _verdict in objects} if sum(check["counts"].values()) > listed else set()
            more.update(check["not_listed"])
        reads.update({kind for kind, _key, _verdict in objects})
        for kind, key, verdict in objects:
            verdicts.setdefault(kind, {}).setdefault(key, []).append(verdict)
    parts = []
    unread |= {*UNCOUNTED, *(kind for kind in more if reads[kind] > 1)}
    for kind, known in verdicts.items():
        ready, count = sum(worst(each) == READY for each in known.values()) + more[kind], len(known) + more[kind]
        one, many = NOUNS.get(kind, ("object", "objects"))
        parts += [f"{ready} of {count} {one if count == 1 else many}"] if kind not in unread else []
    return f"{_joined(parts)} {word}" if parts else ""


def _joined(parts: Sequence[str]) -> str:
    """``a, b and c``."""
    return " and ".join(filter(None, (", ".join(parts[:-1]), parts[-1])))


def _is_of_clusters(check: Mapping[str, Any]) -> bool:
    """Whether its ids are clusters: then its question names them, or they were selected from the list of all."""
    return bool(check.get("selection")) or any(name in check["question"] for name in (IDS, NAMES, FLEETS, LABELS))


def message(first: str, reasons: Sequence[Mapping[str, Any]]) -> str:
    """The headline, and the reasons numbered below it; past the worst ten only how many there are of each code."""
    lines = [first]
    for number, reason in enumerate(reasons[:REASONS_SHOWN], 1):
        own, *more = lines_of(reason)
        lines += [f"{number}. {own}", *(f"   {line}" for line in more)]
    rest = reasons[REASONS_SHOWN:]
    if rest:
        codes = Counter(reason["code"] for reason in rest)
        counts = ", ".join(f"{code} {count}x" for code, count in codes.most_common())
        lines.append(f"And {len(rest)} more reason{'s' if len(rest) > 1 else ''}: {counts}. See reasons for all of them.")
    return "\n".join(lines)

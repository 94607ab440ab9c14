# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A decision in words: what an engineer reads at night (rules.rst, "Result").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from ..model.codes import CATALOGUE
from ..model.findings import BESIDE, DECIDES, Finding
from ..model.selections import cluster_in_words
from ..model.text import message_shape, some_of
from ..model.units import span
from ..model.verdicts import FAILED, PROGRESSING, READY, UNKNOWN, VERDICTS

REASONS_SHOWN = 10
OBJECTS_SHOWN = 5
OUTCOMES = {
    "passed": "everything is ready",
    "passed_with_warnings": "everything is ready, with warnings",
    "failed": "something has failed",
    "timeout": "not ready in time",
    "undecidable": "it could not be found out",
}
EXIT_CODES = {"passed": 0, "passed_with_warnings": 0, "failed": 1, "timeout": 2, "undecidable": 3}


def headline(result: Mapping[str, Any]) -> str:
    """The decision in one line, with the same numbers as the table of checks.

    :param result: a result of the gate
    """
    checks = [check for check in result["checks"] if not check["advisory"]]
    counts = {verdict: sum(check["counts"][verdict] for check in checks) for verdict in VERDICTS}
    parts = [f"{counts[verdict]} {verdict}" for verdict in (FAILED, UNKNOWN, PROGRESSING, READY) if counts[verdict]]
    ready = sum(check["verdict"] == READY for check in checks)
    decision = "Deployment allowed" if result["decision"] == "allow" else "Deployment blocked"
    waited = f", after {span(result['waited_seconds'])}" if result["waited_seconds"] >= 1 else ""
    objects = f"; objects: {', '.join(parts)}" if parts else ""
    without = set_aside_in_words(result["tolerance"]) if result["decision"] == "allow" else ""
    return f"{decision}: {OUTCOMES[result['outcome']]} ({ready} of {len(checks)} checks ready{objects}{waited}).{without}"


def set_aside_in_words(tolerance: Mapping[str, Any]) -> str:
    """The clusters that are not ready and were not needed, as sentences that begin with a blank; empty where there are none.

    :param tolerance: as it stands in a result
    """
    sentences = []
    for group in tolerance["groups"]:
        missing = [cluster_in_words(cluster["id"], cluster["name"]) for cluster in group["missing"]]
        if missing:
            of = f" of fleet {group['fleet']}" if group["fleet"] else ""
            enough = f"{group['ready']} of {group['clusters']} clusters are ready, {tolerance['require']} must be"
            sentences.append(f" Without {some_of(missing, ', ', OBJECTS_SHOWN)}{of}: {enough}.")
    return "".join(sentences)


def message(first: str, lines: Sequence[str]) -> str:
    """The headline, and the reasons numbered below it."""
    return "\n".join([first, *(f"{number}. {line}" for number, line in enumerate(lines, 1))])


def reasons(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """Each reason once, worst first: what object, what is wrong, since when, what to do. The same cause of many objects is one reason;
    past the worst ten only the counts per code are given.

    :param findings: as they stand in a result, worst first
    """
    groups: dict[tuple[Any, ...], list[Mapping[str, Any]]] = {}
    for finding in findings:
        if finding["weight"] != BESIDE:
            key = (finding["code"], finding["verdict"], finding["weight"], finding["root_cause"] or message_shape(finding["message"]))
            groups.setdefault(key, []).append(finding)
    lines = [_reason(group) for group in list(groups.values())[:REASONS_SHOWN]]
    rest = list(groups.values())[REASONS_SHOWN:]
    if rest:
        counts = Counter(group[0]["code"] for group in rest for _one in group)
        lines.append(
            "And more: " + ", ".join(f"{code} {count}x" for code, count in counts.most_common()) + ". See findings for all of them."
        )
    return lines


def _reason(group: Sequence[Mapping[str, Any]]) -> str:
    first = group[0]
    shown = some_of(_objects(group), "; ", OBJECTS_SHOWN)
    since = f" Since {first['since']}." if first["since"] else ""
    cause = f" Root cause: {first['root_cause']}." if first["root_cause"] else ""
    weight = "" if first["weight"] == DECIDES else f" ({first['weight']})"
    message = first["message"] if first["message"].endswith((".", "!", "?")) else f"{first['message']}."
    title = CATALOGUE[first["code"]].title
    said = f"{title} [{first['code']}]. {message}" if title.lower() not in message.lower() else f"{message[:-1]} [{first['code']}]."
    return f"{first['verdict'].upper()}{weight}: {shown}: {said}{since}{cause} To do: {first['remediation']}"


def _objects(group: Sequence[Mapping[str, Any]]) -> list[str]:
    """The objects of a reason; the same name in many clusters is one object in these clusters."""
    places: dict[str, list[str]] = {}
    for finding in group:
        known = Finding.from_dict(finding)
        name = known.label or finding["check"]
        places.setdefault(name, []).extend([known.cluster] if known.cluster else [])
    return [_in_clusters(name, list(dict.fromkeys(clusters))) for name, clusters in places.items()]


def _in_clusters(name: str, clusters: list[str]) -> str:
    if not clusters:
        return name
    lead = f"{name} in " if name else ""
    return lead + (
        f"cluster {clusters[0]}" if len(clusters) == 1 else f"{len(clusters)} clusters ({some_of(clusters, ', ', OBJECTS_SHOWN)})"
    )

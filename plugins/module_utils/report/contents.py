# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the reports for people say, whatever their format: the parts of a receipt in words and in their order. Nothing is escaped yet.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ..model.codes import CATALOGUE
from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED
from ..model.times import parse_time
from ..model.units import span
from ..model.verdicts import FAILED, PROGRESSING, READY, SEVERITY, UNKNOWN, VERDICTS, WARNING, worst

Item = Mapping[str, Any]  # a finding, or an observed object

FOUND = (FAILED, UNKNOWN, PROGRESSING, WARNING)
WEIGHTS = {
    DECIDES: "count",
    ADVISORY: "advisory, do not count",
    TOLERATED: "of clusters that were not needed, do not count",
    WAIVED: "waived, do not count",
    BESIDE: "beside what was asked for, do not count",
}
PROVES = (
    "The revision of a source is the commit that was fetched: it does not prove that it was applied. "
    "Ready means ready at the time of the decision."
)
_UNITS = {"wait_timeout", "interval", "steady_for", "failure_grace", "stuck_after", "max_reading_age"}
_COLUMNS = {"kind", "namespace", "name", "cluster_id", "cluster_name", "target", "verdict", "weight", "revision", "since"}


def title(receipt: Item) -> str:
    """The decision in two words."""
    return "Deployment allowed" if receipt["decision"] == "allow" else "Deployment blocked"


def subtitle(receipt: Item) -> str:
    """The headline without the words of the title."""
    lead, headline = title(receipt) + ": ", str(receipt["headline"])
    return headline[len(lead) :] if headline.startswith(lead) else headline


def facts(receipt: Item) -> list[tuple[str, str]]:
    """When, where and with what was decided."""
    samples, waited = receipt["samples"], receipt["waited_seconds"]
    effort = f"{samples} sample{'s' if samples != 1 else ''}" + (f" and {span(waited)}" if waited >= 1 else "")
    return [
        ("Outcome", f"{receipt['outcome']} (exit code {receipt['exit_code']})"),
        ("Started", receipt["started_at"]),
        ("Decided", f"{receipt['decided_at']}, after {effort}"),
        ("Valid until", receipt["valid_until"]),
        ("Would waiting help", "yes" if receipt["waiting_helps"] else "no"),
        ("Region", receipt["region"] or "not set"),
        ("Version", f"huaweicloud.gitops {receipt['collection_version']}"),
    ]


def cluster_of(item: Item) -> str:
    """The cluster by name and id."""
    name, cluster = item["cluster_name"], item["cluster_id"]
    return f"{name} ({cluster})" if name and cluster and name != cluster else cluster or name or ""


def label_of(item: Item) -> str:
    """The object without its cluster: ``GitRepository default/podinfo``."""
    name = "/".join(part for part in (item["namespace"], item["name"]) if part)
    if item["kind"] == "Cluster" and not name:
        return f"Cluster {cluster_of(item)}".strip()
    return name if item["kind"] == "API" and name else f"{item['kind']} {name}".strip()


def object_of(item: Item) -> str:
    """The object with its cluster."""
    label, cluster = label_of(item), cluster_of(item)
    return f"{label} in cluster {cluster}" if cluster and item["kind"] != "Cluster" else label


def seen_of(finding: Item) -> str:
    """The field that decided, what stood there and what was expected; empty where no field did."""
    if not finding["field"]:
        return ""
    expected = finding.get("expected")
    return f"{finding['field']}: {finding.get('observed')}" + (f", expected {expected}" if expected is not None else "")


def weighing(receipt: Item) -> list[tuple[str, list[int]]]:
    """How many findings of each verdict there are, by what they weigh: what was found, and what of it counted."""
    counts = Counter((finding["weight"], finding["verdict"]) for finding in receipt["findings"])
    rows = [(words, [counts[weight, verdict] for verdict in FOUND]) for weight, words in WEIGHTS.items()]
    return [row for row in rows if any(row[1])]


def of_weight(receipt: Item, weight: str) -> list[Item]:
    """The findings of a weight, in their order."""
    return [finding for finding in receipt["findings"] if finding["weight"] == weight]


class CheckRow(NamedTuple):
    """A check: what was found, what of it counted, and the numbers of objects."""

    name: str
    found: str
    counted: str
    numbers: list[int]  # failed, unknown, progressing, ready, warnings, beside


def check_rows(receipt: Item) -> list[CheckRow]:
    """The checks in their order. ``counted`` is empty for an advisory check, which does not count."""
    deciding: dict[str, list[str]] = {}
    for finding in of_weight(receipt, DECIDES):
        deciding.setdefault(finding["check"], []).append(finding["verdict"])
    rows = []
    for check in receipt["checks"]:
        numbers = [check["counts"][verdict] for verdict in VERDICTS]
        counted = "" if check["advisory"] else worst(deciding.get(check["name"], []))
        rows.append(CheckRow(check["name"], check["verdict"], counted, [*numbers, check["warnings"], check["beside"]]))
    return rows


TargetRow = tuple[str, Mapping[str, str]]


def target_rows(receipt: Item) -> tuple[list[TargetRow], list[TargetRow]]:
    """What each check found of each id asked for (by check): first the rows where something is not ready, then those where all is."""
    rows: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for check in receipt["checks"]:
        for target in check["targets"]:
            rows.setdefault(target["id"], {})[check["name"]] = target["verdict"]
            if target["name"] and target["name"] != target["id"]:
                names[target["id"]] = f"{target['name']} ({target['id']})"
    labelled: list[TargetRow] = [(names.get(key, key), cells) for key, cells in rows.items()]
    ready = [row for row in labelled if set(row[1].values()) == {READY}]
    return [row for row in labelled if set(row[1].values()) != {READY}], ready


def observed_rows(check: Item) -> tuple[list[Item], list[Item]]:
    """The objects of a check: those that are not ready, the worst first, and those that are."""
    others = sorted((item for item in check["observed"] if item["verdict"] != READY), key=lambda item: -SEVERITY[item["verdict"]])
    return others, [item for item in check["observed"] if item["verdict"] == READY]


def more_of(item: Item) -> str:
    """What was observed of an object beside its verdict, revision and since when."""
    return ", ".join(f"{name}: {plain(value)}" for name, value in item.items() if name not in _COLUMNS and value not in (None, "", [], {}))


def plain(value: Any) -> str:
    """A value in words."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name} {plain(inner)}" for name, inner in value.items() if inner not in (None, "", [], {}))
    if isinstance(value, list):
        return "; ".join(map(plain, value))
    return "not set" if value is None else str(value)


def question_rows(check: Item) -> list[tuple[str, list[str]]]:
    """What was asked, option by option; those that were not set are left out."""
    return [
        (name, [plain(inner) for inner in value] if isinstance(value, list) else [plain(value)])
        for name, value in check["question"].items()
        if value not in (None, "", [], {})
    ]


def threshold_rows(receipt: Item) -> list[tuple[str, str]]:
    """The thresholds that counted."""
    return [
        (name, span(value) if name in _UNITS and isinstance(value, (int, float)) and not isinstance(value, bool) else plain(value))
        for name, value in receipt["thresholds"].items()
    ]


def days_left(waiver: Item) -> str:
    """How long a waiver lasts, in words."""
    days = waiver["days_left"]
    if waiver["state"] == "expired" or days < 0:
        return "ended"
    return "last day" if days == 0 else f"{days} day{'s' if days != 1 else ''} left"


def waiver_rows(receipt: Item) -> list[list[str]]:
    """code, object, reason, owner, end, state."""
    return [
        [
            waiver["code"],
            f"{waiver['kind']} {waiver['name']}" + (f" in cluster {waiver['cluster']}" if waiver["cluster"] else ""),
            waiver["reason"],
            waiver["owner"],
            f"{waiver['expires']} ({days_left(waiver)})",
            waiver["state"],
        ]
        for waiver in receipt["waivers"]
    ]


WAIVER_HEADS = ("code", "object", "reason", "owner", "end", "state")
CHECK_HEADS = ("check", "found", "counted", "failed", "unknown", "progressing", "ready", "warnings", "beside")


def title_of(finding: Item) -> str:
    """What the code of a finding means."""
    return CATALOGUE[finding["code"]].title if finding["code"] in CATALOGUE else ""


def by_code(findings: Iterable[Item]) -> list[Sequence[Item]]:
    """Findings grouped by code and verdict, in their order."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for finding in findings:
        groups.setdefault((finding["code"], finding["verdict"]), []).append(finding)
    return list(groups.values())


def stamp(receipt: Item) -> str:
    """The time of the decision as ``2026-01-31T08:00:00``, UTC."""
    moment = parse_time(receipt["decided_at"])
    return moment.earliest.strftime("%Y-%m-%dT%H:%M:%S") if moment else ""

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the reports for people say, whatever their format: the parts of a receipt in words and in their order. Nothing is escaped yet.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import lru_cache
from typing import Any, NamedTuple

from ..gate.waivers import Waiver
from ..gate.words import title
from ..model.codes import CATALOGUE
from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED, Finding
from ..model.text import some_of
from ..model.times import parse_time
from ..model.units import span
from ..model.verdicts import FAILED, PROGRESSING, READY, SEVERITY, UNKNOWN, VERDICTS, WARNING, worst

Item = Mapping[str, Any]  # a finding, or an observed object

# Where the documentation can be read; galaxy.yml names the same repository.
DOCUMENTATION = "https://github.com/huaweicloud/ansible-collection-gitops/blob/main/docs/docsite/rst"
# The checks in words, by endpoint.
CHECK_TITLES = {
    "ucs_gitops": "GitOps pods",
    "ucs_repository_source": "Repository sources",
    "ucs_config_set": "Config sets",
    "ucs_cluster": "Clusters",
    "codearts_project_repository": "CodeArts repositories of projects",
    "codearts_repository": "CodeArts repositories",
    "codearts_commit": "CodeArts commits",
    "servicestage_git_authorization": "Git authorizations",
    "declared": "Declared in code",
    "flux": "Flux",
}
OBJECTS_SHOWN = 3  # of a group, while it is folded
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
    "That of a config set was applied; under 'applied' it stands only where it is the expected one. "
    "Ready means ready at the time of the decision."
)
_UNITS = {"wait_timeout", "interval", "steady_for", "failure_grace", "stuck_after", "max_reading_age"}
_COLUMNS = {"kind", "namespace", "name", "cluster_id", "cluster_name", "target", "verdict", "weight", "revision", "since"}


def subtitle(receipt: Item) -> str:
    """The headline without the words of the title."""
    rest = str(receipt["headline"]).removeprefix(f"{title(receipt)}: ")
    return rest[:1].upper() + rest[1:]


def facts(receipt: Item) -> list[tuple[str, str]]:
    """When, where and with what was decided."""
    samples, waited = receipt["samples"], receipt["waited_seconds"]
    effort = f"{samples} sample{'s' if samples != 1 else ''}" + (f" and {span(waited)}" if waited >= 1 else "")
    return [
        ("Outcome", f"{receipt['outcome']} (exit code {receipt['exit_code']})"),
        ("Started", receipt["started_at"]),
        ("Decided", f"{receipt['decided_at']}, after {effort}"),
        ("Valid until", receipt["valid_until"]),
        *([("Would waiting help", "yes" if receipt["waiting_helps"] else "no")] if receipt["decision"] == "block" else []),
        ("Region", receipt["region"] or "not set"),
        ("Version", f"huaweicloud.gitops {receipt['collection_version']}"),
    ]


def check_title(name: str) -> str:
    """A check in words: ``Repository sources`` for ``ucs_repository_source``; what its caller named it otherwise stays."""
    for endpoint, words in CHECK_TITLES.items():
        name = name.replace(endpoint, words)
    return name


def cluster_of(item: Item) -> str:
    """The cluster by name and id."""
    name, cluster = item["cluster_name"], item["cluster_id"]
    return f"{name} ({cluster})" if name and cluster and name != cluster else cluster or name or ""


def place_of(item: Item) -> tuple[str, str]:
    """Where an object is: the name of its cluster (or whatever id it was asked for by), and the cluster's id where that is another text."""
    name, cluster = item["cluster_name"], item["cluster_id"]
    if name and cluster and name != cluster:
        return name, cluster
    return cluster or name or item["target"] or "", ""


def label_of(item: Item) -> str:
    """The object without its cluster: ``GitRepository default/podinfo``."""
    if item["kind"] == "Cluster" and not item["name"] and not item["namespace"]:
        return f"Cluster {cluster_of(item)}".strip()
    return _label(item["kind"], item["namespace"], item["name"])


@lru_cache(4096)  # the same objects are in many clusters
def _label(kind: str, namespace: str | None, name: str | None) -> str:
    whole = "/".join(part for part in (namespace, name) if part)
    return whole if kind == "API" and whole else f"{kind} {whole}".strip()


def object_of(item: Item) -> str:
    """The object with its cluster."""
    label, cluster = label_of(item), cluster_of(item)
    return f"{label} in cluster {cluster}" if cluster and item["kind"] != "Cluster" else label


def objects_of(findings: Iterable[Item]) -> str:
    """The first few objects of some findings, each once, with the clusters it was seen in."""
    places: dict[str, list[str]] = {}
    for finding in findings:
        clusters = places.setdefault(label_of(finding), [])
        if finding["kind"] != "Cluster" and (finding["cluster_name"] or finding["cluster_id"]):
            clusters.append(finding["cluster_name"] or finding["cluster_id"])
    shown = [label + _in_clusters(list(dict.fromkeys(clusters))) for label, clusters in places.items()]
    return some_of(shown, "; ", OBJECTS_SHOWN)


def _in_clusters(names: Sequence[str]) -> str:
    return f" in {some_of(names, ', ', OBJECTS_SHOWN)}" if names else ""


def seen_of(finding: Item) -> str:
    """The field that decided, what stood there and what was expected; empty where no field did."""
    if not finding["field"]:
        return ""
    expected = finding.get("expected")
    return f"{finding['field']}: {finding.get('observed')}" + (f", expected {expected}" if expected is not None else "")


def reason_head(reason: Item) -> str:
    """What is wrong, and since when."""
    return f"{reason['summary']}, since {reason['since']}" if reason["since"] else str(reason["summary"])


def reason_lines(receipt: Item, reason: Item) -> list[str]:
    """What else there is to say of a reason: the service's own words, what follows from it, who let it pass, and what to do."""
    with_it = f"With it: {', '.join(reason['consequences'])}." if reason["consequences"] else ""
    todo = f"To do: {reason['remediation']}" if reason["remediation"] else ""
    waived = ""
    if reason["weight"] == WAIVED and reason["objects"]:
        waived = waived_by(receipt, {**reason["objects"][0], **{name: reason[name] for name in ("code", "verdict")}, "message": ""})
    return [line for line in (reason["detail"], with_it, waived[:1].upper() + waived[1:], todo) if line]


def weighing(receipt: Item) -> list[tuple[str, list[int]]]:
    """How many findings of each verdict there are, by what they weigh: what was found, and what of it counted."""
    counts = Counter((finding["weight"], finding["verdict"]) for finding in receipt["findings"])
    rows = [(words, [counts[weight, verdict] for verdict in FOUND]) for weight, words in WEIGHTS.items()]
    return [row for row in rows if any(row[1])]


def of_weight(receipt: Item, weight: str) -> list[Item]:
    """The findings of a weight, in their order."""
    return [finding for finding in receipt["findings"] if finding["weight"] == weight]


class CheckRow(NamedTuple):
    """A check in words: what was found, what of it counted, and the numbers of objects."""

    title: str
    found: str
    counted: str
    numbers: list[int]  # failed, unknown, progressing, ready, warnings, beside

    @property
    def words(self) -> str:
        """The numbers of objects in words: ``3 failed, 297 ready of 300; 1 warning``."""
        names = (*VERDICTS, "warnings", "beside")
        objects, (warnings, beside) = self.numbers[: len(VERDICTS)], self.numbers[len(VERDICTS) :]
        counted = ", ".join(f"{number} {name}" for name, number in zip(names, objects) if number) or "none"
        total = f" of {sum(objects)}" if sum(map(bool, objects)) > 1 else ""
        more = [f"{warnings} warning{'s' if warnings != 1 else ''}" if warnings else "", f"{beside} beside" if beside else ""]
        return "; ".join(filter(None, [counted + total, *more]))


def check_rows(receipt: Item) -> list[CheckRow]:
    """The checks in their order. ``counted`` is empty for an advisory check, which does not count."""
    deciding: dict[str, list[str]] = {}
    for finding in of_weight(receipt, DECIDES):
        deciding.setdefault(finding["check"], []).append(finding["verdict"])
    rows = []
    for check in receipt["checks"]:
        numbers = [check["counts"][verdict] for verdict in VERDICTS]
        counted = "" if check["advisory"] else worst(deciding.get(check["name"], []))
        rows.append(CheckRow(check_title(check["name"]), check["verdict"], counted, [*numbers, check["warnings"], check["beside"]]))
    return rows


TargetRow = tuple[str, str, Mapping[str, str]]  # name, the id where that is another text, verdicts by check


def target_rows(receipt: Item) -> tuple[list[TargetRow], list[TargetRow]]:
    """What each check found of each id asked for (by check): first the rows where something is not ready, then those where all is."""
    rows: dict[str, dict[str, str]] = {}
    names: dict[str, str] = {}
    for check in receipt["checks"]:
        for target in check["targets"]:
            rows.setdefault(target["id"], {})[check["name"]] = target["verdict"]
            if target["name"] and target["name"] != target["id"]:
                names[target["id"]] = target["name"]
    labelled: list[TargetRow] = [(names.get(key, key), key if key in names else "", cells) for key, cells in rows.items()]
    ready = [row for row in labelled if set(row[2].values()) == {READY}]
    return [row for row in labelled if set(row[2].values()) != {READY}], ready


class FleetRow(NamedTuple):
    """A fleet, how many of its clusters must be ready, and the names of those that are not, each with what was found."""

    fleet: str
    clusters: int
    ready: int
    required: str
    missing: list[str]


FLEET_HEADS = ("fleet", "clusters", "ready", "must be ready", "not ready")


def fleet_rows(receipt: Item) -> list[FleetRow]:
    """How each fleet stands against what was demanded; none where no fleet was named and all clusters must be ready."""
    tolerance = receipt["tolerance"]
    return [
        FleetRow(
            group["fleet"] or "all clusters asked for",
            group["clusters"],
            group["ready"],
            f"{group['required']} ({tolerance['require']})" if str(group["required"]) != tolerance["require"] else tolerance["require"],
            [f"{each['name'] or each['id']} ({each['verdict']})" for each in group["missing"]],
        )
        for group in tolerance["groups"]
        if group["fleet"] or tolerance["require"] != "all"
    ]


def observed_rows(check: Item) -> tuple[list[Item], list[Item]]:
    """The objects of a check: those that are not ready, the worst first, and those that are."""
    others = sorted((item for item in check["observed"] if item["verdict"] != READY), key=lambda item: -SEVERITY[item["verdict"]])
    return others, [item for item in check["observed"] if item["verdict"] == READY]


def not_listed(check: Item) -> str:
    """How many more objects of a check are ready, in words; empty where all are listed."""
    count = sum(check["not_listed"].values())
    return f"{count} more that {'is' if count == 1 else 'are'} ready" if count else ""


def more_of(item: Item) -> str:
    """What was observed of an object beside its verdict, revision and since when."""
    # What is empty is left out; a zero and a no are not.
    return ", ".join([f"{name}: {plain(value)}" for name, value in item.items() if name not in _COLUMNS and (value or value == 0)])


def plain(value: Any) -> str:
    """A value in words."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return ", ".join(f"{name} {plain(inner)}" for name, inner in value.items() if inner or inner == 0)
    if isinstance(value, list):
        return "; ".join(map(plain, value))
    return "not set" if value is None else str(value)


def question_rows(check: Item) -> list[tuple[str, list[str]]]:
    """What was asked, option by option; those that were not set are left out."""
    return [
        (name, [plain(inner) for inner in value] if isinstance(value, list) else [_setting(name, value)])
        for name, value in check["question"].items()
        if value or value == 0
    ]


class SourceRow(NamedTuple):
    """A source with the same revision in one or more clusters: since when, and how many of these are ready."""

    source: str
    revision: str
    since: str
    clusters: str
    ready: str


def source_rows(receipt: Item) -> list[SourceRow]:
    """The revision of each source that was asked for, and since when: what goes with a decision, or would have gone with it."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for check in receipt["checks"]:
        for item in check["observed"]:
            if item.get("revision") and item["weight"] != BESIDE:
                groups.setdefault((label_of(item), str(item["revision"])), []).append(item)
    return [
        SourceRow(source, revision, _span_of(items), _clusters_of(items), _how_many_ready(items))
        for (source, revision), items in groups.items()
    ]


def _how_many_ready(items: Sequence[Item]) -> str:
    """How many of an object's places are ready; what two checks read of one place is one object, and ready where both say so."""
    places: dict[Any, bool] = {}
    for item in items:
        place = item["cluster_id"] or item["target"]
        places[place] = places.get(place, True) and item["verdict"] == READY
    return f"{sum(places.values())} of {len(places)}"


SOURCE_HEADS = ("source", "revision", "since", "where", "ready")


def sources_title(receipt: Item) -> str:
    """What the revisions of the sources mean: they went with the decision, or would have."""
    return "What was let through" if receipt["decision"] == "allow" else "Revisions of the sources"


def _span_of(items: Sequence[Item]) -> str:
    times = sorted({str(item["since"]) for item in items if item.get("since")})
    return " to ".join(times[:1] + times[1:][-1:])


def _clusters_of(items: Sequence[Item]) -> str:
    return some_of(list(dict.fromkeys(place_of(item)[0] for item in items)), ", ", OBJECTS_SHOWN)


def threshold_rows(receipt: Item) -> list[tuple[str, str]]:
    """The thresholds that counted."""
    return [(name, _setting(name, value)) for name, value in receipt["thresholds"].items()]


def _setting(name: str, value: Any) -> str:
    """The value of an option; durations with their units."""
    return span(value) if name in _UNITS and isinstance(value, (int, float)) and not isinstance(value, bool) else plain(value)


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


def waiver_of(receipt: Item, finding: Item) -> Item | None:
    """The waiver of a receipt that let a waived finding pass; None where none covers it."""
    known = Finding.from_dict(finding)
    for waiver in receipt["waivers"]:
        named = {name: waiver[name] for name in ("code", "kind", "name", "reason", "owner", "cluster")}
        if waiver["state"] == "used" and Waiver(**named, expires=date.max).covers(known):
            return waiver  # type: ignore[no-any-return]
    return None


def waived_by(receipt: Item, finding: Item) -> str:
    """Who let a waived finding pass, why, and until when; empty where no waiver of the receipt covers it."""
    waiver = waiver_of(receipt, finding)
    return f"waived by {waiver['owner']} until {waiver['expires']} ({days_left(waiver)}): {waiver['reason']}" if waiver else ""


WAIVER_HEADS = ("code", "object", "reason", "owner", "end", "state")
CHECK_HEADS = ("check", "found", "counted", "failed", "unknown", "progressing", "ready", "warnings", "beside")


def title_of(finding: Item) -> str:
    """What the code of a finding means; a code that is not in the catalogue stands for itself."""
    return CATALOGUE[finding["code"]].title if finding["code"] in CATALOGUE else str(finding["code"])


def page_of(code: str) -> str:
    """Where the documentation tells of a code; empty for one that it does not know."""
    return f"{DOCUMENTATION}/finding_codes.rst#{code.lower().replace('_', '-')}" if code in CATALOGUE else ""


def by_code(findings: Iterable[Item]) -> list[Sequence[Item]]:
    """Findings grouped by code and verdict, in their order."""
    groups: dict[tuple[str, str], list[Item]] = {}
    for finding in findings:
        groups.setdefault((finding["code"], finding["verdict"]), []).append(finding)
    return list(groups.values())


def stamp(receipt: Item) -> str:
    """When the gate began, as ``2026-01-31T08:00:00``, UTC."""
    moment = parse_time(receipt["started_at"])
    return moment.earliest.strftime("%Y-%m-%dT%H:%M:%S") if moment else ""

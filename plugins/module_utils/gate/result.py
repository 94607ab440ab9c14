# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A decision as the gate's result, which is also the receipt (services and pipelines read it; docs/receipt.schema.json).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..model.findings import ADVISORY, DECIDES, TOLERATED, WAIVED, by_severity
from ..model.readings import SCHEMA_VERSION
from ..model.selections import asked_by_name
from ..model.subjects import Subject
from ..model.times import format_time
from ..model.verdicts import READY, VERDICTS, WARNING, worst
from .checked import CheckedSample
from .engine import Decision, Gate
from .words import EXIT_CODES, headline, message, reasons


def gate_result(gate: Gate, decision: Decision, thresholds: Mapping[str, Any], receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The decision with all its reasons.

    :param thresholds: the options that decided, by name
    :param receipt: what a receipt tells beside the decision: version, region, pipeline
    """
    sample, policy = decision.sample, gate.policy
    result = {
        "decision": "allow" if decision.allows else "block",
        "outcome": decision.outcome,
        "exit_code": EXIT_CODES[decision.outcome],
        "findings": [finding.as_dict() for finding in by_severity(sample.findings)],
        "checks": [_check_result(checked) for checked in sample.checks],
        "thresholds": dict(thresholds),
        "waivers": [waiver.as_dict(sample.now, waiver in sample.used) for waiver in policy.waivers],
        "tolerance": {"require": str(policy.require), "groups": [count.as_dict() for count in sample.counts]},
        "samples": gate.samples,
        "timeline": gate.timeline,
        "waited_seconds": round(gate.waited, 3),
        "waiting_helps": decision.waiting_helps,
        "started_at": format_time(gate.started_at),
        "decided_at": format_time(sample.now),
        "valid_until": format_time(_oldest(decision) + timedelta(seconds=policy.max_reading_age)),
        **receipt,
        "schema_version": SCHEMA_VERSION,
    }
    return worded(result)


def worded(result: dict[str, Any]) -> dict[str, Any]:
    """A result with its headline, its reasons, and both as one message."""
    first, lines = headline(result), reasons(result["findings"])
    return {**result, "headline": first, "reasons": lines, "msg": message(first, lines)}


def _oldest(decision: Decision) -> Any:
    """The time of the oldest entry, from which a receipt is valid for max_reading_age."""
    times = [checked.reading.read_at for checked in decision.sample.checks if checked.reading.read_at]
    return min([decision.sample.now, *times])


def _check_result(checked: CheckedSample) -> dict[str, Any]:
    asked = [subject for subject in checked.subjects if subject.asked]
    objects = [subject for subject in asked if not subject.notice]
    # What stands for no object is counted where it is shown: an incomplete list, a cluster that could not be read.
    counts = Counter(subject.verdict for subject in asked if not subject.notice or subject.verdict != READY)
    return {
        "name": checked.check.name,
        "endpoint": checked.check.endpoint.name,
        "advisory": checked.check.advisory,
        "verdict": checked.verdict,
        "counts": {verdict: counts[verdict] for verdict in VERDICTS},
        "warnings": sum(finding.verdict == WARNING for subject in asked for finding in subject.findings if finding.weight != WAIVED),
        "beside": len(checked.subjects) - len(asked),
        "question": checked.check.question,
        "targets": _targets(checked),
        "selection": checked.reading.selection.as_dict() if checked.reading.selection else None,
        "observed": [_observed(subject, checked) for subject in objects],
    }


def _targets(checked: CheckedSample) -> list[dict[str, Any]]:
    """Every id asked for with the worst verdict found under it, whatever came."""
    verdicts: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for subject in checked.subjects:
        if subject.asked:
            verdicts.setdefault(subject.target, []).append(subject.verdict)
        if subject.cluster_name:
            names[subject.target] = subject.cluster_name
    asked = list(dict.fromkeys([*(checked.check.ids or []), *checked.reading.targets]))
    if asked_by_name(checked.check.options):
        asked = [target for target in asked if target]  # what could not be looked up is of all
    everywhere = verdicts.get("", []) if "" not in asked else []
    return [{"id": target, "name": names.get(target), "verdict": worst([*verdicts.get(target, []), *everywhere])} for target in asked]


def _observed(subject: Subject, checked: CheckedSample) -> dict[str, Any]:
    """An object that was asked for, as a receipt shows it."""
    place = {name: getattr(subject, name) for name in ("kind", "namespace", "name", "cluster_id", "cluster_name", "target")}
    tolerated = checked.is_set_aside(subject) and subject.verdict != READY
    weight = ADVISORY if checked.check.advisory else WAIVED if subject.waived else TOLERATED if tolerated else DECIDES
    return {**place, "verdict": subject.verdict, "weight": weight, **subject.observed}

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A decision as the gate's result, which is also the receipt (services and pipelines read it; docs/receipt.schema.json).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from ..model.findings import by_severity
from ..model.readings import SCHEMA_VERSION
from ..model.times import format_time
from .engine import Decision, Gate
from .reasons import reasons_of
from .words import DEPLOYMENT, EXIT_CODES, headline, message


def gate_result(gate: Gate, decision: Decision, thresholds: Mapping[str, Any], receipt: Mapping[str, Any]) -> dict[str, Any]:
    """The decision with all its reasons.

    :param thresholds: the options that decided, by name
    :param receipt: what a receipt tells beside the decision: version, region, pipeline, and what it decides on where that is no deployment
    """
    sample, policy = decision.sample, gate.policy
    result = {
        "decision": "allow" if decision.allows else "block",
        "outcome": decision.outcome,
        "decides_on": DEPLOYMENT,
        "exit_code": EXIT_CODES[decision.outcome],
        "findings": [finding.as_dict() for finding in by_severity(sample.findings)],
        "checks": [checked.as_dict() for checked in sample.checks],
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
    names = {target["id"]: target["name"] for check in result["checks"] for target in check["targets"]}
    causes = reasons_of(result["findings"], names)
    first = headline({**result, "causes": causes})
    texts = [cause["text"] for cause in causes]
    return {**result, "headline": first, "reasons": texts, "causes": causes, "msg": message(first, causes)}


def _oldest(decision: Decision) -> Any:
    """The time of the oldest entry, from which a receipt is valid for max_reading_age."""
    times = [checked.reading.read_at for checked in decision.sample.checks if checked.reading.read_at]
    return min([decision.sample.now, *times])

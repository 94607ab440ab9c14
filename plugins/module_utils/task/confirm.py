# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Going on with the decision of an earlier step: a receipt that allows, is in time, and answers the same question.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, cast

from ..endpoints.endpoint import THRESHOLDS
from ..endpoints.registry import ENDPOINTS
from ..gate.checks import Check
from ..gate.undecided import undecided
from ..gate.waivers import valid_waivers, waivers_of
from ..model.errors import GitopsError
from ..model.history import THRESHOLDS as DEFAULT_THRESHOLDS
from ..model.requirements import Requirement
from ..model.text import clean_text
from ..model.times import CLOCK_SKEW_LIMIT, Instant, format_time, parse_time
from ..report.receipt import read_receipt
from .version import COLLECTION_VERSION


def confirm(path: str, checks: Sequence[Check], options: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    """The receipt's result where it allows and still counts, else a block that says why.

    :param path: of the receipt, as JSON
    :param checks: the question that it must answer
    :param now: the local time
    """
    try:
        receipt = read_receipt(path)
    except GitopsError as error:
        return _block(str(error), options, now)
    reason = _why_not(receipt, checks, options, now)
    return _block(f"The receipt {path} {reason}", options, now) if reason else {**receipt, "confirmed_at": format_time(now)}


def _why_not(receipt: Mapping[str, Any], checks: Sequence[Check], options: Mapping[str, Any], now: datetime) -> str:
    """What speaks against a receipt, in words; empty when nothing does."""
    if receipt.get("decision") != "allow":
        return f"does not allow: {clean_text(receipt.get('headline') or 'no headline')}"
    decided, until = (_moment(receipt[name]) for name in ("decided_at", "valid_until"))
    if (decided - now).total_seconds() > CLOCK_SKEW_LIMIT:
        return f"was decided in the future, at {format_time(decided)}: check the clocks."
    until = min(until, decided + timedelta(seconds=options["max_reading_age"]))  # whatever it says of itself
    if now >= until:
        return f"was valid until {format_time(until)}: take the decision anew."
    differences = _differences(receipt, checks, options) or _waived_by_others(receipt, options, now)
    return f"answers another question: {differences}" if differences else ""


def _moment(text: str) -> datetime:
    """A time of a receipt, which ``read_receipt`` has checked."""
    return cast(Instant, parse_time(text)).latest


def _differences(receipt: Mapping[str, Any], checks: Sequence[Check], options: Mapping[str, Any]) -> str:
    """The first difference between the question of a receipt and that of the checks, in words."""
    if receipt["decides_on"] != options["decides_on"]:
        return f"it decides on {receipt['decides_on']}, expected {options['decides_on']}"
    if receipt.get("region") != options.get("region"):
        return f"region {receipt.get('region')}, expected {options.get('region')}"
    required = receipt["thresholds"].get("require", "all")
    if required != str(Requirement.of(options.get("require", "all"))):
        return f"require {required}, expected {options.get('require', 'all')}"
    steady = _threshold(receipt, "steady_for", 0.0)
    if steady < options["steady_for"]:
        return f"steady_for {steady:g}, expected at least {options['steady_for']:g}"
    oldest = _threshold(receipt, "max_reading_age", math.inf)
    if oldest > options["max_reading_age"]:
        return f"max_reading_age {oldest:g}, expected at most {options['max_reading_age']:g}"
    answered = {_canonical(check["endpoint"], check["advisory"], check["question"]) for check in receipt["checks"]}
    for index, check in enumerate(checks):
        if _canonical(check.endpoint.name, check.advisory, check.question) not in answered:
            return f"it was not asked for the check {check.name} with these ids and expectations{_unlike(receipt, index, check)}"
    return ""


def _threshold(receipt: Mapping[str, Any], name: str, otherwise: float) -> float:
    """A number that decided, in seconds."""
    stated = receipt["thresholds"].get(name)
    return stated if isinstance(stated, (int, float)) else otherwise


def _unlike(receipt: Mapping[str, Any], index: int, check: Check) -> str:
    """The options in which the check of a receipt that comes nearest differs, in words; empty where it has none of this kind."""
    mine = _in_order(check.endpoint.name, check.question)
    kind = (check.endpoint.name, check.advisory)
    others = [_in_order(each["endpoint"], each["question"]) for each in receipt["checks"] if (each["endpoint"], each["advisory"]) == kind]
    differing = [[name for name in sorted({*mine, *other}) if mine.get(name) != other.get(name)] for other in others]
    names = min(differing, key=len, default=[])
    paths = [name if name in (*THRESHOLDS, "region", "project_id") else f"checks[{index}].{check.endpoint.name}.{name}" for name in names]
    shown = [f"Option '{path}'" for path in paths]
    return f": {', '.join(shown)} {'differ' if len(paths) > 1 else 'differs'}" if paths else ""


def _waived_by_others(receipt: Mapping[str, Any], options: Mapping[str, Any], now: datetime) -> str:
    """The first waiver that a receipt allows by and that the question does not have, or has no longer, in words."""
    mine = waivers_of(options, now)
    valid, known = ({_covered(each.as_dict(now, used=False)) for each in waivers} for waivers in (valid_waivers(mine, now), mine))
    for waiver in receipt["waivers"]:
        if waiver["state"] == "used" and _covered(waiver) not in valid:
            why = "has ended" if _covered(waiver) in known else "this question does not have"
            return f"it allows by a waiver for {waiver['code']} of {waiver['kind']} {waiver['name']}, which {why}"
    return ""


def _covered(waiver: Mapping[str, Any]) -> tuple[str, ...]:
    """What a waiver covers, as a receipt tells it."""
    return tuple(clean_text(waiver[part]) for part in ("code", "kind", "name", "cluster"))


def _canonical(endpoint: str, advisory: bool, question: Mapping[str, Any]) -> str:
    """A question as a text that is equal for equal questions: ids are the same in any order.

    Thresholds count, too: an allow by looser ones is no answer.
    """
    return json.dumps([endpoint, advisory, _in_order(endpoint, question)], sort_keys=True, default=str)


def _in_order(endpoint: str, question: Mapping[str, Any]) -> dict[str, Any]:
    """A question with each of its ids once, in order, and with the thresholds that count where none are given."""
    lists = {name for name in (ENDPOINTS[endpoint].ids if endpoint in ENDPOINTS else ()) if isinstance(question.get(name), list)}
    return {**DEFAULT_THRESHOLDS, **question, **{name: sorted(set(map(str, question[name]))) for name in lists}}


def _block(reason: str, options: Mapping[str, Any], now: datetime) -> dict[str, Any]:
    return undecided(reason, now, COLLECTION_VERSION, options["decides_on"])

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From the task gitops_gate to its result: options or readings into checks, and the decision into a task that succeeds or fails."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from .arguments import CONNECTION, THRESHOLDS
from .auth import utc_now
from .client import Client, segment
from .cross_rules import Placed
from .endpoint import SCHEMA_VERSION, check_thresholds, reading_time
from .errors import OptionError, Said
from .findings import UNKNOWN, Finding
from .gate import Check, Clock, Gate, Policy
from .judging import make_finding
from .registry import ENDPOINTS
from .task import Surroundings, run_module
from .values import clean_text, parse_time, span
from .waivers import FIELDS, parse_waivers
from .wording import headline, reasons

# Seconds. More than the clocks of a service and of this machine can differ where requests are signed, and than the slowest reads take.
OLDEST_READING = 3600.0

# What AnsibleModule takes beside the argument spec.
VALIDATION: dict[str, Any] = {"mutually_exclusive": [("checks", "readings")], "required_one_of": [("checks", "readings")]}


def argument_spec() -> dict[str, Any]:
    """The argument spec of gitops_gate; the entries of ``checks`` are built from the registry."""
    entry = {
        "name": {"type": "str"},
        "advisory": {"type": "bool", "default": False},
        "region": {"type": "str"},
        "project_id": {"type": "str"},
        **{name: {"type": "dict", "options": {**endpoint.ids, **endpoint.judging}} for name, endpoint in ENDPOINTS.items()},
    }
    only_one = {"mutually_exclusive": [tuple(ENDPOINTS)], "required_one_of": [tuple(ENDPOINTS)]}
    return {
        **CONNECTION,
        **THRESHOLDS,
        "checks": {"type": "list", "elements": "dict", "options": entry, **only_one},
        "readings": {"type": "list", "elements": "dict"},
        "expect_readings": {"type": "int"},
        "wait_timeout": {"type": "float", "default": 600.0},
        "interval": {"type": "float", "default": 10.0},
        "steady_for": {"type": "float", "default": 30.0},
        "fail_fast": {"type": "str", "choices": ["terminal", "any", "never"], "default": "terminal"},
        "error_limit": {"type": "int", "default": 4},
        "restart_max": {"type": "int"},
        "enforce": {"type": "bool", "default": True},
        "waivers": {"type": "list", "elements": "dict", "options": {name: {"type": "str", "required": True} for name in FIELDS}},
    }


def decide(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """The result of the gate: ``failed`` when the decision is to block and ``enforce`` is on. In check mode it takes one sample.

    :raises GitopsError: for bad options or missing credentials
    """
    check_thresholds(options)
    given = options.get("readings") is not None
    if options.get("expect_readings") is not None and not given:
        raise OptionError("expect_readings", options["expect_readings"], "readings beside it")
    policy = _policy(options, one_sample=given or around.check_mode)
    clock = Clock(time.monotonic, time.sleep, random.uniform)
    if given:
        checks, readings, missing = _from_readings(options)
        gate = Gate(checks, policy, clock)
        sample = gate.observe(readings, list(_stale(checks, readings, around.now())))
        sample.findings += missing
        result = gate.result(sample, gate.outcome(sample))
    else:
        checks = list(_from_checks(options))
        with ExitStack() as stack:
            read, spacing = _reader(checks, options, policy, around, stack)
            result = Gate(checks, policy, clock, around.say, around.say_more).run(read, spacing)
    first, lines = headline(result), reasons(result["findings"])
    message = "\n".join([first, *(f"{number}. {line}" for number, line in enumerate(lines, 1))])
    failed = result["decision"] == "block" and options["enforce"]
    return {**({"failed": True} if failed else {}), **result, "headline": first, "reasons": lines, "msg": message}


def _policy(options: Mapping[str, Any], one_sample: bool) -> Policy:
    for name, lowest in (("wait_timeout", 0), ("steady_for", 0), ("interval", 0.1), ("error_limit", 1), ("restart_max", 0)):
        value = options.get(name)
        if value is not None and not lowest <= value < 1e9:
            raise OptionError(name, value, f"a number from {lowest} on")
    wait = 0.0 if one_sample else options["wait_timeout"]
    if 0 < wait < options["steady_for"]:
        raise OptionError("steady_for", options["steady_for"], f"at most wait_timeout, {wait:g} seconds")
    names = ("interval", "steady_for", "fail_fast", "failure_grace", "stuck_after", "error_limit")
    waivers = parse_waivers(options.get("waivers") or [], utc_now())
    return Policy(wait_timeout=wait, waivers=waivers, **{name: options[name] for name in names})


def _thresholds(options: Mapping[str, Any]) -> dict[str, Any]:
    return {name: options.get(name) for name in THRESHOLDS}


def _from_checks(options: Mapping[str, Any]) -> Iterator[Check]:
    """The checks of the option, each with the gate's thresholds.

    :raises OptionError: naming the entry and the option
    """
    if not options["checks"]:
        raise OptionError("checks", [], "at least one check: a gate without checks would prove nothing")
    names: set[str] = set()
    for index, entry in enumerate(options["checks"]):
        endpoint = next((one for name, one in ENDPOINTS.items() if entry.get(name) is not None), None)
        if endpoint is None:
            raise OptionError(f"checks[{index}]", None, f"the options of one of {', '.join(ENDPOINTS)}; {{}} where it needs none")
        mine = entry[endpoint.name]
        given = {**mine, **_thresholds(options)}
        if "restart_max" in endpoint.judging and given.get("restart_max") is None:
            given["restart_max"] = options.get("restart_max")
        endpoint.validate(given, f"checks[{index}].{endpoint.name}.")
        for name in ("region", "project_id"):
            given[name] = entry.get(name) or options.get(name)
        if entry.get("project_id"):
            segment(f"checks[{index}].project_id", entry["project_id"])
        yield Check(_unique(entry.get("name") or endpoint.name, names), endpoint, given, entry["advisory"])


def _unique(name: str, names: set[str]) -> str:
    """``name``, with a number behind it when it is taken already."""
    chosen, number = name, 2
    while chosen in names:
        chosen, number = f"{name} ({number})", number + 1
    names.add(chosen)
    return chosen


def _reader(
    checks: Sequence[Check], options: Mapping[str, Any], policy: Policy, around: Surroundings, stack: ExitStack
) -> tuple[Callable[[], list[Mapping[str, Any]]], Callable[[], float]]:
    """What takes one reading of each check side by side, and what tells the spacing of samples that the services' limits ask for.

    Checks of one region and project share a client.
    """
    clients: dict[tuple[Any, Any], Client] = {}
    for check in checks:
        place = (check.options["region"], check.options["project_id"])
        if place not in clients:
            mine = {**options, "region": place[0], "project_id": place[1]}
            clients[place] = stack.enter_context(Client.from_options(mine, around.environ))
    pool = ThreadPoolExecutor(max_workers=len(checks), thread_name_prefix="check")
    # A gate that is stopped (by its task's timeout, say) does not wait for what is still being read.
    stack.callback(pool.shutdown, wait=False, cancel_futures=True)
    wait = policy.wait_timeout
    ends = time.monotonic() + wait

    def take(check: Check) -> Mapping[str, Any]:
        client = clients[(check.options["region"], check.options["project_id"])]
        return check.endpoint.summarise(check.endpoint.take(client, check.options))

    def read() -> list[Mapping[str, Any]]:
        # The time for waiting is the budget of the samples, too; the last one has the time for one attempt.
        limit = ("total_timeout", options["total_timeout"])
        if wait:
            limit = min(limit, ("wait_timeout", max(ends - time.monotonic(), options["request_timeout"])), key=lambda one: one[1])
        for client in clients.values():
            client.begin_sample(limit[1], limit[0])
        try:
            return list(pool.map(take, checks))
        finally:
            for client in clients.values():
                around.secrets.update(client.secrets)

    return read, lambda: max(client.spacing for client in clients.values())


def _from_readings(options: Mapping[str, Any]) -> tuple[list[Check], list[Mapping[str, Any]], list[Finding]]:
    """The checks that the readings are, the readings, and a finding for each that is missing.

    :raises OptionError: for an entry that is no result of an info module
    """
    checks: list[Check] = []
    readings: list[Mapping[str, Any]] = []
    missing: list[Finding] = []
    names: set[str] = set()
    for path, one in _flat(options["readings"]):
        endpoint = ENDPOINTS.get(str(one.get("endpoint")))
        if endpoint is None and (one.get("failed") or one.get("unreachable")):
            missing.append(_lost(path, one))
        elif endpoint is None or not isinstance(one.get(endpoint.collection, ""), (list, type(None))):
            seen = "a skipped task" if one.get("skipped") else f"a dict with {', '.join(sorted(map(str, one))[:8]) or 'nothing'}"
            raise OptionError(path, Said(seen), f"a registered result of one of {', '.join(f'{name}_info' for name in ENDPOINTS)}")
        else:
            for name, fits, wanted in (
                ("read_at", parse_time(one.get("read_at")), "the time it was read"),
                (
                    "schema_version",
                    one.get("schema_version") == SCHEMA_VERSION,
                    f"{SCHEMA_VERSION}, as this version of the collection writes it",
                ),
            ):
                if not fits:
                    raise OptionError(f"{path}.{name}", one.get(name), wanted)
            thresholds = {name: value for name, value in _thresholds(options).items() if value is not None}
            given = {**(one.get("criteria") or {}), **thresholds}
            if "restart_max" in endpoint.judging and given.get("restart_max") is None:
                given["restart_max"] = options.get("restart_max")
            checks.append(Check(_unique(str(one.get("check") or endpoint.name), names), endpoint, given, bool(one.get("advisory"))))
            readings.append(one)
    expected = options.get("expect_readings")
    if expected is not None and len(readings) < expected:
        message = f"{len(readings)} of {expected} readings are there."
        fields = {"kind": "API", "name": "readings", "observed": len(readings), "expected": expected}
        missing.append(Finding("READING_MISSING", UNKNOWN, message, terminal=True, **fields))
    elif not readings and not missing:
        raise OptionError("readings", [], "at least one reading: a gate without readings would prove nothing")
    return checks, readings, missing


def _lost(path: str, one: Mapping[str, Any]) -> Finding:
    """The finding for a task that failed before it read anything, or whose host could not be reached."""
    name = clean_text(one["check"], 253) if one.get("check") else path
    happened = "could not be run on its host" if one.get("unreachable") else "failed"
    message = f"The task behind {name} {happened}: {clean_text(one.get('msg') or 'no message')}"
    return Finding("READING_MISSING", UNKNOWN, message, terminal=True, kind="API", name=name)


def _stale(checks: Sequence[Check], readings: Sequence[Mapping[str, Any]], now: datetime) -> Iterator[Placed]:
    """A finding for each reading that is too old to be one sample with the others and with the moment of the decision."""
    times = [reading_time(reading) for reading in readings]
    now = max([now, *times])
    for index, (check, taken) in enumerate(zip(checks, times)):
        old = (now - taken).total_seconds()
        if old > OLDEST_READING:
            message = f"It was read {span(old)} before the decision, more than {span(OLDEST_READING)}."
            fields = {"kind": "API", "name": check.name, "observed": round(old), "expected": OLDEST_READING, "since": taken}
            yield index, make_finding("READING_STALE", UNKNOWN, message, **fields)


def _flat(readings: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The readings with their paths; a task in a loop has registered several of them in one."""
    for index, one in enumerate(readings):
        if "endpoint" not in one and isinstance(one.get("results"), list):
            for number, inner in enumerate(one["results"]):
                yield f"readings[{index}].results[{number}]", inner if isinstance(inner, Mapping) else {}
        else:
            yield f"readings[{index}]", one


def run_gate(module: AnsibleModule) -> None:
    """Runs the gate to its end."""
    run_module(module, decide)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From the task gitops_gate to its result: options into checks and readings, and the decision into a task that succeeds or fails.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import Any

from ansible.module_utils.basic import AnsibleModule

from ..endpoints.registry import ENDPOINTS
from ..gate.checks import Check, checks_of
from ..gate.engine import Clock, FirstSample, Gate
from ..gate.given import checks_of_readings, first_sample, given_readings, readings_for_checks
from ..gate.policy import Policy
from ..gate.result import gate_result
from ..gate.tolerance import refuse_without_clusters
from ..gate.waivers import FIELDS, MANDATORY, waivers_of
from ..gate.words import DEPLOYMENT, WORDS
from ..http.client import Client
from ..http.pacing import Limiter
from ..model.errors import OptionError
from ..model.history import THRESHOLDS as DEFAULT_THRESHOLDS
from ..model.readings import Entry, Reading
from ..model.selections import Selection
from ..model.shapes import lower
from ..report.receipt import pipeline_url
from .arguments import CONNECTION, THRESHOLDS, check_thresholds
from .check_options import validated_checks
from .confirm import confirm
from .run import Surroundings, run_module
from .version import COLLECTION_VERSION

PULSE = 5.0  # seconds of a reading between two looks at the clock
# What AnsibleModule takes beside the argument spec.
VALIDATION: dict[str, Any] = {
    "required_one_of": [("checks", "readings")],
    "mutually_exclusive": [("receipt", "readings")],  # a receipt is all that is looked at
}


def argument_spec() -> dict[str, Any]:
    """The argument spec of gitops_gate; the entries of ``checks`` are built from the registry, the options in them from ``check_options``.

    The thresholds have no defaults here: with readings alone, those of the readings count where the caller gives none.
    """
    entry = {
        "name": {"type": "str"},
        "advisory": {"type": "bool", "default": False},
        "region": {"type": "str"},
        "project_id": {"type": "str"},
        **{name: {"type": "dict"} for name in ENDPOINTS},
    }
    return {
        **CONNECTION,
        **{name: {"type": spec["type"]} for name, spec in THRESHOLDS.items()},
        "checks": {"type": "list", "elements": "dict", "options": entry},
        "readings": {"type": "list", "elements": "dict"},
        "expect_readings": {"type": "int"},
        "max_reading_age": {"type": "float", "default": Policy.max_reading_age},
        "receipt": {"type": "path"},
        "require": {"type": "raw", "default": "all"},
        "wait_timeout": {"type": "float", "default": Policy.wait_timeout},
        "interval": {"type": "float", "default": Policy.interval},
        "steady_for": {"type": "float", "default": Policy.steady_for},
        "fail_fast": {"type": "str", "choices": ["terminal", "any", "never"], "default": Policy.fail_fast},
        "error_limit": {"type": "int", "default": Policy.error_limit},
        "restart_max": {"type": "int"},
        "enforce": {"type": "bool", "default": True},
        "decides_on": {"type": "str", "choices": list(WORDS), "default": DEPLOYMENT},
        "waivers": {
            "type": "list",
            "elements": "dict",
            "options": {name: {"type": "str", "required": name in MANDATORY} for name in FIELDS},
        },
    }


def gate_work(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """The result of the gate: ``failed`` when the decision is to block and ``enforce`` is on. In check mode it takes one sample.

    :raises GitopsError: for bad options or missing credentials
    """
    result = _decide(options, around)
    return {**({"failed": True} if result["decision"] == "block" and options["enforce"] else {}), **result}


def _decide(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    # Everything is refused before the first request, whatever is asked for.
    check_thresholds(options)
    if options.get("checks") is None and options.get("readings") is None:
        # Ansible takes null for given.
        raise OptionError("checks", None, "at least one check: a gate without checks would prove nothing")
    waivers = waivers_of(options, around.now())
    checks = None
    if options.get("checks") is not None:
        checks = checks_of({**options, "checks": validated_checks(options["checks"])})
    policy = Policy.of(options, waivers, one_sample=checks is None or around.check_mode)
    first = None
    if options.get("readings") is not None:
        checks, first = _from_readings(options, checks, around)
    elif options.get("expect_readings") is not None:
        raise OptionError("expect_readings", options["expect_readings"], "readings beside it")
    if options.get("receipt") is not None:
        return confirm(str(Path(around.started_in) / options["receipt"]), checks or [], options, around.now())
    refuse_without_clusters(policy.require, checks or [])
    gate = Gate(checks or [], policy, Clock(time.monotonic, _pause, random.uniform, around.now), around.say, around.say_more)
    with ExitStack() as stack:
        reader = Reader(checks or [], options, policy, around, stack, gate.pulse, gate.judge_ahead)
        reader.fix(first.readings if first else [])
        decision = gate.run(reader.read, first, reader.spacing)
    around.kept += [gate, decision]
    return gate_result(gate, decision, _thresholds(options, policy), _about(options, around))


def _pause(seconds: float) -> None:
    """Sleeps, and before that takes the time to look for rubbish: the process may not do so by itself (plugin_utils/in_process.py)."""
    gc.collect()
    time.sleep(seconds)


def _from_readings(options: Mapping[str, Any], checks: list[Check] | None, around: Surroundings) -> tuple[list[Check], FirstSample]:
    """The readings as the first sample of the checks, or as checks of their own."""
    readings, lost = given_readings(options["readings"])
    if checks is not None:
        return checks, readings_for_checks(options, checks, readings, lost, around.now())
    if not readings and not lost and not options.get("expect_readings"):
        raise OptionError("readings", [], "at least one reading: a gate without readings would prove nothing")
    checks = checks_of_readings(options, readings)
    return checks, first_sample(options, checks, readings, lost, around.now())


class Reader:
    """Takes one reading of each check, side by side. Checks of one kind of client, region and project share one; all share one limiter.

    Nothing is opened, and no credentials are looked for, before the first reading.

    :param stack: closes what is opened
    :param pulse: is called now and then while a reading takes its time
    :param seen: is called with the number of a check and an entry of its reading while others are still being read
    """

    def __init__(
        self,
        checks: Sequence[Check],
        options: Mapping[str, Any],
        policy: Policy,
        around: Surroundings,
        stack: ExitStack,
        pulse: Callable[[], None] = lambda: None,
        seen: Callable[[int, Entry], None] = lambda _index, _entry: None,
    ) -> None:
        self.checks, self.options, self.policy, self.around, self.stack = checks, options, policy, around, stack
        self.pulse, self.seen = pulse, seen
        self._ends = time.monotonic() + policy.wait_timeout
        self._clients: dict[tuple[Any, ...], Client] = {}
        self._pool: ThreadPoolExecutor | None = None
        self._limiter: Limiter | None = None
        self._fixed: dict[int, Selection] = {}  # by index of the check
        self._proven: list[dict[str, Entry]] = []  # for each check, what the answers to another one have proven so far

    def fix(self, readings: Sequence[Reading]) -> None:
        """Fixes the clusters of a sample for all later ones, where it is clear which ones are meant (rules.rst, N4)."""
        for index, reading in enumerate(readings):
            if reading.selection and reading.selection.clear:
                self._fixed.setdefault(index, reading.selection)

    def read(self) -> list[Reading]:
        """One reading of each check, in their order."""
        pool = self._pool or self._open()
        # The time for waiting is the budget of the samples, too; the last one has the time for one attempt.
        limit = ("total_timeout", self.options["total_timeout"])
        if self.policy.wait_timeout:
            left = ("wait_timeout", max(self._ends - time.monotonic(), self.options["request_timeout"]))
            limit = min(limit, left, key=lambda option: option[1])
        if self._limiter:
            self._limiter.begin_sample()
        for client in self._clients.values():
            client.begin_sample(limit[1], limit[0])
        self._proven = [{} for _check in self.checks]
        taken: dict[int, Future[Reading]] = {}
        for index in self._order:
            check = self.checks[index]
            held = [taken[other] for other in taken if self._holds(self.checks[other], check)]
            taken[index] = pool.submit(self._take, index, held)
        while wait(taken.values(), PULSE).not_done:
            self.pulse()
        readings = [taken[index].result() for index in range(len(self.checks))]
        self.fix(readings)
        return readings

    def _take(self, index: int, held: Sequence[Future[Reading]]) -> Reading:
        """The reading of a check.

        :param held: readings that may hold a part of it already
        """
        check = self.checks[index]
        client = self._clients[check.endpoint.connect, check.place]
        known = [reading.result() for reading in held]
        return check.endpoint.take(client, check.options, known, self._fixed.get(index), partial(self._see, index), self._proven[index])

    def _see(self, index: int, entry: Entry) -> None:
        """Hands on an entry of a check, and what it proves of another one."""
        self.seen(index, entry)
        for other, check in enumerate(self.checks):
            part = check.endpoint.entry_within(entry, check.options) if self._holds(self.checks[index], check) else None
            if part:
                self._proven[other][lower(part.target)] = part
                self.seen(other, part)

    @property
    def _order(self) -> list[int]:
        """The checks by their numbers, those last whose answers another one may hold."""
        return sorted(range(len(self.checks)), key=lambda index: bool(self.checks[index].endpoint.within))

    @staticmethod
    def _holds(other: Check, check: Check) -> bool:
        """Whether the answers of one check may hold those of another."""
        return other.endpoint is check.endpoint.within and other.place == check.place

    def spacing(self) -> float:
        """Seconds between two samples that keep the services' documented limits of calls."""
        return self._limiter.spacing if self._limiter else 0.0

    def _open(self) -> ThreadPoolExecutor:
        self._limiter = Limiter(self.options["max_concurrency"])
        for connect, (region, project_id) in dict.fromkeys((check.endpoint.connect, check.place) for check in self.checks):
            mine = {**self.options, "region": region, "project_id": project_id}
            client = connect(mine, self.around.environ, self._limiter, self.around.masker)
            self._clients[connect, (region, project_id)] = self.stack.enter_context(client)
        self._pool = ThreadPoolExecutor(max_workers=len(self.checks), thread_name_prefix="check")
        # A gate that is stopped (by its task's timeout, say) does not wait for what is still being read.
        self.stack.callback(self._pool.shutdown, wait=False, cancel_futures=True)
        return self._pool


def _thresholds(options: Mapping[str, Any], policy: Policy) -> dict[str, Any]:
    """The numbers that decided, for the receipt."""
    names = ("interval", "steady_for", "fail_fast", "error_limit", "max_reading_age")
    known = {name: getattr(policy, name) for name in (*names, *DEFAULT_THRESHOLDS)}
    rest = {name: options.get(name) for name in ("restart_max", "codearts_timezone")}
    return {"wait_timeout": policy.wait_timeout, **known, **rest, "require": str(policy.require)}


def _about(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """What a receipt tells of the run."""
    return {
        "decides_on": options["decides_on"],
        "collection_version": COLLECTION_VERSION,
        "region": options.get("region"),
        "pipeline_url": pipeline_url(around.environ),
    }


def run_gate(module: AnsibleModule) -> None:
    """Runs the gate to its end."""
    run_module(module, gate_work)

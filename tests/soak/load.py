# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A gate over many clusters, some of them throttled, slow or failing: does it decide rightly, in time, and under the services' limits?

What is expected is computed here, from what the simulator was told to do; the simulator's journal says what the gate did.
"""

from __future__ import annotations

import json
import random
from collections import Counter, deque
from dataclasses import asdict, dataclass, field
from itertools import pairwise
from typing import Any

from bench.measure import LATENCY, ROOT, THREADS, Simulator, clusters, play

GRACE = 30.0  # seconds for ansible-playbook around the gate, and for the sample that has begun
REQUEST_TIMEOUT, RETRIES, ERROR_LIMIT = 5.0, 3, 2
THROTTLED_TIMES = 3  # a request that meets all of them passes with its last attempt
RETRY_AFTER = ("1", "6")  # the longer is more than the client would wait by itself
LIMIT, WINDOW = 600, 60.0  # calls of one CodeArts API, in seconds
REPOSITORIES = LIMIT + 60
RESULT = ROOT / ".build" / "bench" / "gate.json"
PODS, CONFIG_SETS, SOURCES, DETAILS = "ucs_gitops", "ucs_config_set", "ucs_repository_source", "codearts_repository"
FLEET = "f1000000-0000-4000-8000-000000000001"

Found = tuple[str, str, str]  # code, check, id


@dataclass
class Case:
    """One gate: what the cloud does to it, what it must decide, and with how many requests for a number of samples."""

    name: str
    scenario: dict[str, Any]
    checks: list[dict[str, Any]]
    wait: float
    expected: tuple[str, str]
    findings: set[Found]
    fewest: int
    retries: int = 0  # once
    retries_each: int = 0  # in each sample
    require: str = "all"


@dataclass
class Played:
    """What became of a case: the figures, and what is wrong with it."""

    name: str
    decision: str
    outcome: str
    findings: int
    wall: float  # seconds
    budget: float  # seconds
    waited: float  # seconds, by the gate's own clock
    samples: int
    requests: int
    fewest: int
    retries: int
    per_second: float
    busiest_minute: int
    peak: int
    connections: int
    wrong: list[str] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        return asdict(self)


def cases(count: int) -> list[Case]:
    """The gates over so many clusters, and one over more repositories than a minute allows calls."""
    ids = clusters(count)
    mixed = random.Random(1).sample(ids, count)
    few = max(1, count // 100)
    throttled, slow, failing = mixed[: 5 * few], mixed[5 * few : 7 * few], mixed[7 * few : 8 * few]
    timed_out = slow[: max(1, few // 2)]
    throttling = [
        {"cluster": one, "error": "APIG.0308", "times": THROTTLED_TIMES, "headers": {"Retry-After": RETRY_AFTER[number % 10 == 0]}}
        for number, one in enumerate(throttled)
    ]
    slowness = [{"cluster": one, "delay": REQUEST_TIMEOUT + 2, "times": 1} for one in timed_out]
    slowness += [{"cluster": one, "delay": 2} for one in slow]
    errors = [{"cluster": one, "error": "UCS.00000005"} for one in failing]
    healthy = {"pods": "healthy", "sources": [{"name": "shop", "secret": "credentials"}]}
    crashing, refused = failing[: (few + 1) // 2], failing[(few + 1) // 2 :]
    unready = {
        **{one: {**healthy, "pods": "crashing"} for one in crashing},
        **{one: {**healthy, "sources": [{"name": "shop", "template": "auth_failed"}]} for one in refused},
    }
    estate = {"clusters": {"*": healthy}, "latency": LATENCY}
    both = [{PODS: {"cluster_ids": ids}}, {SOURCES: {"cluster_ids": ids}}]
    faults = throttling + slowness
    retries, reads = THROTTLED_TIMES * len(throttled) + len(timed_out), 2 * count
    uuids = [f"{number:032x}" for number in range(REPOSITORIES)]
    return [
        Case(
            "1 % answer 500 for ever",
            {**estate, "faults": faults + errors},
            both,
            300.0,
            ("block", "undecidable"),
            {("API_UNAVAILABLE", check, one) for one in failing for check in (PODS, SOURCES)},
            reads,
            retries,
            2 * RETRIES * len(failing),
        ),
        Case("the same without them", {**estate, "faults": faults}, both, 300.0, ("allow", "passed"), set(), reads, retries),
        Case(
            "1 % are not ready",
            {**estate, "clusters": {"*": healthy, **unready}, "faults": faults},
            both,
            0.0,
            ("block", "failed"),
            {("POD_CRASH_LOOP", PODS, one) for one in crashing}
            | {("SRC_READY_CONTROLLER_DOWN", SOURCES, one) for one in crashing}
            | {("SRC_FETCH_FAILED", SOURCES, one) for one in refused},
            reads,
            retries,
        ),
        _fleet(ids, throttled, failing),
        Case(
            f"{REPOSITORIES} repositories, {LIMIT} calls a minute",
            {"repositories": {"*": {}}, "latency": LATENCY, "throttle": {"codearts_repo": {"limit": LIMIT, "seconds": WINDOW}}},
            [{DETAILS: {"repository_uuids": uuids}}],
            300.0,
            ("allow", "passed"),
            set(),
            len(uuids),
        ),
    ]


def _fleet(ids: list[str], throttled: list[str], failing: list[str]) -> Case:
    """A fleet by its name, in which 5 % are throttled, 1 % answer 500 for ever, and every kustomization reconciles for 5 s of each minute.

    The config sets hold the sources, of which the statistics are asked for once. Where they cannot be read, the sources cannot either.
    """
    source = {"name": "shop", "namespace": "shop", "secret": "credentials"}
    reconciling = {"name": "shop", "namespace": "shop", "reconciles": {"every": 60.0, "for": 5.0}}
    shops = {
        one: {"cluster": {"name": f"prod-{number}", "fleet": FLEET}, "pods": "healthy", "sources": [source], "config_sets": [reconciling]}
        for number, one in enumerate(ids)
    }
    faults = [
        {"cluster": one, "error": "APIG.0308", "times": THROTTLED_TIMES, "headers": {"Retry-After": RETRY_AFTER[number % 10 == 0]}}
        for number, one in enumerate(throttled)
    ]
    faults += [{"cluster": one, "error": "UCS.00000005"} for one in failing]
    asked = {"fleets": ["prod"]}
    checks = [{PODS: asked}, {CONFIG_SETS: asked}, {SOURCES: {**asked, "expect": [{"name": "shop", "namespace": "shop"}]}}]
    return Case(
        "a fleet that reconciles, 1 % answer 500",
        {"clusters": shops, "fleets": {FLEET: {"name": "prod"}}, "latency": LATENCY, "faults": faults},
        checks,
        600.0,  # a sample of 2,000 clusters takes a minute, and it must hold over several
        ("allow", "passed_with_warnings"),
        {("API_UNAVAILABLE", check, one) for one in failing for check in (PODS, CONFIG_SETS, SOURCES)},
        2 + 2 * len(ids) + len(failing),
        THROTTLED_TIMES * len(throttled),
        3 * RETRIES * len(failing),
        "98%",
    )


def played(simulator: Simulator, case: Case) -> Played:
    """Runs a whole ``ansible-playbook`` with the gate and compares it with what it must be.

    :raises Failed: when the run itself fails
    """
    simulator.load(case.scenario)
    simulator.ask("DELETE", "/journal")
    RESULT.unlink(missing_ok=True)
    options = {
        **simulator.connection,
        "checks": case.checks,
        "wait_timeout": case.wait,
        "request_timeout": REQUEST_TIMEOUT,
        "request_retries": RETRIES,
        "error_limit": ERROR_LIMIT,
        "max_concurrency": THREADS,
        "enforce": False,
        "require": case.require,
    }
    keep = {"content": "{{ gate | to_json }}", "dest": str(RESULT), "mode": "0644"}
    tasks = [
        {"name": "Gate", "huaweicloud.gitops.gitops_gate": options, "register": "gate"},
        {"name": "Keep", "ansible.builtin.copy": keep},
    ]
    budget = (case.wait or options.get("total_timeout", 300.0)) + GRACE
    done = play(tasks, limit=int(budget + 10 * GRACE))
    result = json.loads(RESULT.read_text(encoding="utf-8"))
    journal = simulator.ask("GET", "/journal")
    counted = simulator.ask("GET", "/connections")
    times = sorted(one["at"] for one in journal)
    found = Played(
        case.name,
        result["decision"],
        result["outcome"],
        len(result["findings"]),
        round(done.wall, 1),
        budget,
        result["waited_seconds"],
        result["samples"],
        len(journal),
        case.fewest * result["samples"],
        len(journal) - len({(one["path"], one["query"]) for one in journal}) * result["samples"],
        round(len(journal) / (times[-1] - times[0]), 1),
        most_within(times, WINDOW),
        counted["peak"],
        sum(counted["connections"].values()),
    )
    found.wrong = list(complaints(case, found, result, journal))
    return found


def complaints(case: Case, found: Played, result: dict[str, Any], journal: list[dict[str, Any]]) -> list[str]:
    """What is not as it must be."""
    wrong = []
    if (found.decision, found.outcome) != case.expected:
        wrong.append(f"decided {found.decision}, {found.outcome}, expected {', '.join(case.expected)}: {result['headline']}")
    named = {(one["code"], one["check"], one["cluster_id"] or "") for one in result["findings"]}
    wrong += [f"not found: {' '.join(one)}" for one in sorted(case.findings - named)[:5]]
    wrong += [f"found, and should not be: {' '.join(one)}" for one in sorted(named - case.findings)[:5]]
    if found.wall > found.budget:
        wrong.append(f"took {found.wall} s, {found.budget} s at most")
    expected = found.fewest + case.retries + case.retries_each * found.samples
    if found.requests != expected:
        wrong.append(f"sent {found.requests} requests, expected {expected}")
    if found.peak > THREADS:
        wrong.append(f"{found.peak} requests at once, max_concurrency is {THREADS}")
    most = most_within(sorted(one["at"] for one in journal if one["service"] == "codearts_repo"), WINDOW)
    if most > LIMIT:
        wrong.append(f"{most} calls of CodeArts within {WINDOW:g} s, the limit is {LIMIT}")
    return wrong + too_soon(case, journal)


def too_soon(case: Case, journal: list[dict[str, Any]]) -> list[str]:
    """Requests that were sent again before the service's Retry-After was over."""
    asked = {fault["cluster"]: float(fault["headers"]["Retry-After"]) for fault in case.scenario.get("faults", []) if "headers" in fault}
    sent: dict[str, list[dict[str, Any]]] = {}
    for entry in sorted(journal, key=lambda entry: float(entry["at"])):
        sent.setdefault(f"{entry['path']}?{entry['query']}", []).append(entry)
    wrong, seen = [], Counter[str]()
    for target, entries in sent.items():
        for before, after in pairwise(entries):
            if before["status"] == 429:
                wait = next((seconds for cluster, seconds in asked.items() if cluster in target), 0.0)  # none: over the limit of calls
                seen[f"{wait:g} s"] += 1
                if after["at"] - before["at"] < wait:
                    wrong.append(f"{target} again after {after['at'] - before['at']:.2f} s, Retry-After was {wait:g} s")
    if len(seen) < len(set(asked.values())):
        wrong.append(f"the services' Retry-After was not tried: {dict(seen)}")
    return wrong[:5]


def most_within(times: list[float], seconds: float) -> int:
    """The most of some moments, in order, that lie within a span of time."""
    recent: deque[float] = deque()
    most = 0
    for moment in times:
        recent.append(moment)
        while recent[0] <= moment - seconds:
            recent.popleft()
        most = max(most, len(recent))
    return most

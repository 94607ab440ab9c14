# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever comes in whatever order: an "allow" is proved as rules.rst, "Steady", demands, and what is proved is allowed.

A series is a list of estates, as its samples meet them; the last one lasts. What is ready, since when, and what has changed is known here
from how the estates are made, and not from how they are judged.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import FirstSample, Gate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.result import gate_result
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import Waiver
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import EXIT_CODES
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import GONE, OTHER_SHA, SHA, examples
from unit.answers_codearts import repository
from unit.answers_pods import container, pod, waiting
from unit.answers_sources import condition, failing, source
from unit.builders import GITOPS, LIST, SOURCE, Time, gating

pytestmark = pytest.mark.once

OLD = 86400.0
CHECKS = [
    gating(GITOPS, controllers=[], cluster_ids=["c1"]),
    gating(SOURCE, cluster_ids=["c1", "c2"]),
    gating(LIST, project_uuids=["p1"]),
    gating(LIST, "beside", advisory=True, project_uuids=["p2"]),
]
WAIVER = Waiver("SRC_SUSPENDED", "GitRepository", "b", "moved", "ops", date(2026, 1, 1))
REVISIONS = {"first": f"main@sha1:{SHA}", "first, as before": f"main/{SHA}", "second": f"main@sha1:{OTHER_SHA}"}


@dataclass(frozen=True)
class PodState:
    """The pod of source-controller, and one beside it.

    :ivar started, turned: seconds before it is read; None: not stated (of ``turned``: no condition Ready at all)
    :ivar beside: another pod: ``going`` away, ``evicted``, or of an ``older`` version
    """

    state: str = "ready"
    uid: str = "u"
    restarts: int = 0
    started: float | None = OLD
    turned: float | None = None
    beside: str = ""


@dataclass(frozen=True)
class SourceState:
    """A source; ``since``: seconds before it is read, None where that is not stated."""

    state: str = "ready"
    since: float | None = OLD
    revision: str = "first"


@dataclass(frozen=True)
class Estate:
    """What one sample meets.

    :ivar b: a second source of the first cluster; None: not there
    :ivar c: the source of the second cluster; None: its request fails
    :ivar repository: status of the repository; None: its request fails
    :ivar durations: the seconds that each of four requests takes
    """

    pod: PodState = PodState()
    a: SourceState = SourceState()
    b: SourceState | None = SourceState()
    c: SourceState | None = SourceState()
    repository: int | None = 0
    advisory: int | None = 0
    durations: tuple[float, float, float, float] = (0.0, 0.0, 0.0, 0.0)


HEALTHY = Estate()


def without_times(estate: Estate) -> Estate:
    """The same, but nothing proves since when the pod has been ready: the gate has to watch."""
    return replace(estate, pod=replace(estate.pod, started=None))


AGES = st.sampled_from([OLD, OLD, OLD, 0.0, 5.0, 29.0, 30.0, 31.0, None])


def mostly(usual: Any, *others: Any) -> st.SearchStrategy[Any]:
    """The usual value in most cases."""
    return st.sampled_from([usual] * 5 * max(1, len(others)) + [*others])


SOURCE_STATES = st.builds(SourceState, mostly("ready", "reconciling", "refused", "suspended"), AGES, mostly(*REVISIONS))
POD_STATES = st.builds(
    PodState,
    mostly("ready", "starting", "crashing"),
    mostly("u", "v"),
    mostly(0, 1),
    AGES,
    mostly(None, OLD, 5.0),
    mostly("", "going", "evicted", "older"),
)
DURATIONS = st.tuples(*[mostly(0.0, 0.3, 4.0, 33.0)] * 4)
ESTATES = st.builds(
    Estate,
    POD_STATES,
    SOURCE_STATES,
    st.one_of(SOURCE_STATES, SOURCE_STATES, st.none()),
    st.one_of(*[SOURCE_STATES] * 5, st.none()),
    mostly(0, 1, 3, None),
    mostly(0, 3, None),
    DURATIONS,
)
ONE_CHANGE = [
    HEALTHY,
    *[
        replace(HEALTHY, pod=PodState(**fields))
        for fields in ({"uid": "v"}, {"restarts": 1}, {"started": None}, {"started": 5.0}, {"turned": 5.0})
    ],
    *[replace(HEALTHY, pod=PodState(beside=beside)) for beside in ("going", "evicted")],
    *[replace(HEALTHY, a=SourceState(revision=revision)) for revision in REVISIONS],
    *[replace(HEALTHY, b=state) for state in (None, SourceState("suspended", None), SourceState("suspended", revision="second"))],
    *[replace(HEALTHY, c=SourceState(since=since)) for since in (5.0, None)],
]
WAIVED = [without_times(replace(HEALTHY, b=SourceState("suspended", revision=revision))) for revision in REVISIONS]
CALM = st.builds(replace, st.sampled_from(ONE_CHANGE), durations=DURATIONS)
SERIES = st.one_of(
    st.lists(st.one_of(ESTATES, CALM, CALM), min_size=1, max_size=6),
    st.lists(CALM, min_size=1, max_size=6),
    st.lists(st.sampled_from(WAIVED), min_size=1, max_size=6),
    st.lists(CALM, min_size=1, max_size=6).map(lambda series: [without_times(estate) for estate in series]),
)
POLICIES = st.builds(
    dict,
    wait_timeout=st.sampled_from([0.0, 60.0, 150.0]),
    steady_for=st.sampled_from([0.0, 30.0, 30.0, 45.0]),
    interval=st.sampled_from([5.0, 10.0, 25.0]),
    fail_fast=st.sampled_from(["terminal", "any", "never", "never"]),
    waivers=st.sampled_from([(), (WAIVER,)]),
)


# --- What an estate answers ---------------------------------------------------------------------------------------------------------------


def stamp(read_at: datetime, seconds: float | None) -> str:
    """A time so many seconds before it is read; without: none that can be read."""
    return "not a time" if seconds is None else (read_at - timedelta(seconds=seconds)).isoformat()


def pods_of(state: PodState, read_at: datetime) -> dict[str, Any]:
    running = {"running": {"startedAt": stamp(read_at, state.started)}}
    statuses = {
        "ready": container(restarts=state.restarts, state=running),
        "starting": waiting("ContainerCreating"),
        "crashing": waiting("CrashLoopBackOff", restarts=4),
    }
    ready = [{"type": "Ready", "status": "True", "lastTransitionTime": stamp(read_at, state.turned)}]
    stated = GONE if state.turned is None or state.state != "ready" else ready
    pods = [pod(uid=state.uid, start="not a time", containers=[statuses[state.state]], conditions=stated)]
    beside = {
        "going": pod(index="1", deleting=stamp(read_at, 1.0)),
        "evicted": pod(index="2", phase="Failed", containers=[], reason="Evicted"),
        "older": pod(index="3", hash_="0", age=2 * OLD),
    }
    pods += [beside[state.beside]] if state.beside else []
    return {"cluster_id": "c1", "metadata": {}, "pods": pods}


def source_of(name: str, state: SourceState, read_at: datetime) -> dict[str, Any]:
    ready = condition("Ready", since=stamp(read_at, state.since))
    stated = {
        "refused": failing("authentication required"),
        "reconciling": [ready, condition("Reconciling", reason="NewRevision", since=1)],
    }
    suspended = {"suspend": True} if state.state == "suspended" else {}
    return source(*stated.get(state.state, [ready]), name=name, revision=REVISIONS[state.revision], spec=suspended)


def sources_of(cluster: str, items: list[dict[str, Any]]) -> dict[str, Any]:
    return {"cluster_id": cluster, "total": len(items), "repository_sources": items}


def refusal(target: str, read_at: datetime) -> ReadError:
    return ReadError(target, read_at, ApiError("refused", status=503, service="ucs", path="/v1/x", retryable=True))


# --- What a sample was, and what that proves ----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Taken:
    """What is known of a sample from how it was made.

    :ivar own: by object, for how many seconds its own times say that it has been ready; None where they say nothing
    :ivar things: what must not change from one ready sample to the next, by object
    :ivar waived: the objects that are ready by a waiver only
    """

    began: float
    ended: float
    ready: bool
    failed_requests: int
    own: dict[str, float | None]
    things: dict[str, Any]
    waived: frozenset[str]


@dataclass
class World:
    """Takes the samples of a series, and remembers what they were."""

    series: list[Estate]
    waives: bool
    time: Time = field(default_factory=Time)
    taken: list[Taken] = field(default_factory=list)
    _restarts: dict[str, int] = field(default_factory=dict)

    def take(self) -> list[Reading]:
        """One reading of each check; each entry has a time of its own."""
        estate, began = self.series[min(len(self.taken), len(self.series) - 1)], self.time.at
        moments = []
        for seconds in estate.durations:
            moments.append(self.time.now())
            self.time.at += seconds
        self.taken.append(self._known(estate, began))
        items = [("a", estate.a), *([("b", estate.b)] if estate.b else [])]
        entries = [Entry("c1", moments[1], sources_of("c1", [source_of(name, state, moments[1]) for name, state in items]))]
        if estate.c:
            entries.append(Entry("c2", moments[2], sources_of("c2", [source_of("c", estate.c, moments[2])])))
        return [
            Reading(GITOPS.name, {}, (Entry("c1", moments[0], pods_of(estate.pod, moments[0])),)),
            Reading(SOURCE.name, {}, tuple(entries), () if estate.c else (refusal("c2", moments[2]),)),
            self._listed("p1", estate.repository, moments[3]),
            self._listed("p2", estate.advisory, moments[3]),
        ]

    @staticmethod
    def _listed(project: str, status: int | None, read_at: datetime) -> Reading:
        if status is None:
            return Reading(LIST.name, {}, errors=(refusal(project, read_at),))
        items = [repository(status=status, repository_uuid=project, created_at="not a time")]
        return Reading(LIST.name, {}, (Entry(project, read_at, {"project_uuid": project, "total": 1, "repositories": items}),))

    def _known(self, estate: Estate, began: float) -> Taken:
        sources = {name: state for name, state in (("a", estate.a), ("b", estate.b), ("c", estate.c)) if state}
        waived = frozenset(name for name, state in sources.items() if self.waives and name == "b" and state.state == "suspended")
        up = all(state.state == "ready" or name in waived for name, state in sources.items())
        restarted = estate.pod.restarts > self._restarts.get(estate.pod.uid, estate.pod.restarts)
        self._restarts = {estate.pod.uid: 4 if estate.pod.state == "crashing" else estate.pod.restarts}
        serving = estate.pod.state == "ready" and estate.pod.beside != "older" and not restarted
        errors = (estate.c is None) + (estate.repository is None)
        own = {
            name: None if name not in waived and state.since is None else OLD if name in waived else state.since
            for name, state in sources.items()
        }
        times = [estate.pod.started, *([] if estate.pod.turned is None else [estate.pod.turned])]
        own["pod"] = None if None in times else min(seconds for seconds in times if seconds is not None)
        things: dict[str, Any] = {name: state.revision.split(",")[0] for name, state in sources.items()}
        things["pod"] = (estate.pod.uid, estate.pod.restarts)
        ready = up and serving and errors == 0 and estate.repository == 0
        return Taken(began, self.time.at, ready, errors, own, things, waived)


def broke(before: Taken, now: Taken, strictly: bool) -> bool:
    """Whether something between two samples is a break.

    :param strictly: whether an object that begins or ceases to need its waiver counts as another one; rules.rst leaves that open
    """
    if not (before.ready and now.ready) or set(before.things) != set(now.things):
        return True
    if strictly and before.waived != now.waived:
        return True
    waived = before.waived | now.waived
    return any(before.things[name] != now.things[name] for name in now.things if name not in waived)


def is_proved(samples: list[Taken], steady_for: float, strictly: bool) -> bool:
    """Whether the last of these samples may be allowed: by the times in its answers, or by the samples themselves."""
    slack = 1e-6 if strictly else -1e-6
    last, unbroken = samples[-1], last_row(samples, strictly)
    if not last.ready:
        return False
    by_times = all(seconds is not None and seconds >= steady_for + slack for seconds in last.own.values())
    watched = max(0.0, last.began - unbroken[0].ended)
    return (by_times and len(unbroken) == len(samples)) or watched >= steady_for + (slack if steady_for else 0.0)


def last_row(samples: list[Taken], strictly: bool) -> list[Taken]:
    """The samples since the last break."""
    row = samples[-1:]
    for sample in reversed(samples[:-1]):
        if broke(sample, row[0], strictly):
            break
        row.insert(0, sample)
    return row


def run(world: World, policy: dict[str, Any], factor: float = 1.0, first: bool = False) -> dict[str, Any]:
    """Runs a gate to its end.

    :param first: whether the first sample is handed in as readings
    """
    world.time.factor = factor
    gate = Gate(CHECKS, Policy(**policy), world.time.clock)
    given = FirstSample(world.take(), {}) if first else None
    if given:
        world.taken[0] = replace(world.taken[0], began=world.taken[0].ended)
    return gate_result(gate, gate.run(world.take, given), {}, {})


# --- The properties -----------------------------------------------------------------------------------------------------------------------


@drawn(SERIES, POLICIES, st.sampled_from([0.8, 1.0, 1.2]), st.booleans())
@examples(500)
def test_an_allow_is_proved_and_what_is_proved_is_allowed(series: list[Estate], policy: dict[str, Any], factor: float, first: bool) -> None:
    """rules.rst, "Steady" and "Samples"."""
    world = World(series, bool(policy["waivers"]))
    result = run(world, policy, factor, first)
    samples, steady_for = world.taken, policy["steady_for"]
    for count in range(1, len(samples)):
        assert not is_proved(samples[:count], steady_for, strictly=True), f"sample {count} of {len(samples)} was not allowed"
    if result["decision"] == "allow":
        assert samples[-1].ready
        assert not samples[-1].failed_requests
        assert is_proved(samples, steady_for, strictly=False)
    else:
        assert not is_proved(samples, steady_for, strictly=True)


@drawn(SERIES, POLICIES, st.sampled_from([0.8, 1.0, 1.2]), st.booleans())
@examples(150)
def test_a_result_explains_itself(series: list[Estate], policy: dict[str, Any], factor: float, first: bool) -> None:
    """rules.rst, "Verdicts and outcomes" and "Result"."""
    world = World(series, bool(policy["waivers"]))
    result = run(world, policy, factor, first)
    longest = max(sum(estate.durations) for estate in series)
    assert (result["exit_code"], result["samples"]) == (EXIT_CODES[result["outcome"]], len(world.taken))
    assert (result["decision"] == "allow") == (result["outcome"] in ("passed", "passed_with_warnings"))
    assert 0 <= result["waited_seconds"] <= policy["wait_timeout"] + longest + 0.001
    assert policy["wait_timeout"] or result["samples"] == 1
    deciding = {finding["verdict"] for finding in result["findings"] if finding["weight"] == "decides"} - {"warning"}
    assert bool(deciding) == (result["decision"] == "block")
    assert result["decision"] == "allow" or result["causes"]
    if result["outcome"] == "passed":
        assert not result["findings"]
    if result["outcome"] in ("failed", "undecidable"):
        assert {"failed": "failed", "undecidable": "unknown"}[result["outcome"]] in deciding
    check_timeline(result)


def check_timeline(result: dict[str, Any]) -> None:
    """Each check begins with its first verdict, changes with each further entry, and ends with the verdict of the result."""
    seconds = [change["seconds"] for change in result["timeline"]]
    assert seconds == sorted(seconds)
    assert not seconds or 0 <= seconds[0] <= seconds[-1] <= result["waited_seconds"] + 0.001
    for check in result["checks"]:
        verdicts = [change["verdict"] for change in result["timeline"] if change["check"] == check["name"]]
        assert verdicts[-1] == check["verdict"]
        assert all(before != after for before, after in pairwise(verdicts))


@drawn(
    SERIES,
    st.builds(Estate, *[st.builds(PodState, started=AGES)], *[st.builds(SourceState, since=AGES)] * 3, durations=DURATIONS),
    POLICIES,
)
@examples(150)
def test_a_healthy_estate_is_never_refused_for_ever(series: list[Estate], estate: Estate, policy: dict[str, Any]) -> None:
    """Whatever came before: allowed at once where the times prove it, else after steady_for of watching."""
    policy = {**policy, "wait_timeout": 1000.0, "fail_fast": "never", "error_limit": 100}
    alone, took, pause = World([estate], False), sum(estate.durations), policy["interval"]
    result = run(alone, policy)
    old = all(seconds is not None and seconds >= policy["steady_for"] for seconds in alone.taken[0].own.values())
    assert result["decision"] == "allow"
    assert result["samples"] == 1 or not old
    assert result["waited_seconds"] <= took + policy["steady_for"] + took + pause + took
    later = World([*series, estate], False)
    assert run(later, policy)["decision"] == "allow"
    if len(later.taken) > len(series):
        assert later.taken[-1].ended - later.taken[len(series)].ended <= policy["steady_for"] + 2 * took + pause

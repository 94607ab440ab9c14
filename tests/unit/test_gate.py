# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate's engine: rules.rst, "The engine". Clock and reader are handed in, so no test waits."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import TIMELINE_LIMIT, FirstSample, Gate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import OWN
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import Waiver, waivers_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import REASONS_SHOWN
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import FAILED, READY, SEVERITY, WARNING, worst
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import U as U_MARK
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.arguments import CONNECTION
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.gate import argument_spec
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.gate import gate_work as decide
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import CLUSTER, NOW, OTHER_SHA, SHA, ago, examples
from unit.answers_codearts import authorization, repository
from unit.answers_config_sets import config_set
from unit.answers_config_sets import config_sets as read_config_sets
from unit.answers_config_sets import ready as config_set_ready
from unit.answers_pods import condition as pod_condition
from unit.answers_pods import container, pod, waiting
from unit.answers_sources import condition, failing, source
from unit.builders import (
    AUTH,
    DETAIL,
    GITOPS,
    LIST,
    SOURCE,
    Time,
    authorizations,
    details,
    error,
    found_in,
    gating,
    pods,
    read,
    repositories,
    run_gate,
    sources,
)

F, U, P, R = "failed", "unknown", "progressing", "ready"
PODS, SOURCES = gating(GITOPS, controllers=[]), gating(SOURCE)
LISTED, AUTHS = gating(LIST), gating(AUTH)
NO_TIMES = {"running": {}}  # a container that runs, without saying since when

READY_PODS = pods(pod())
TIMELESS_PODS = pods(pod(containers=[container(state=NO_TIMES, restarts=None)]))
STARTING = pods(pod(containers=[waiting("ContainerCreating")], age=20, phase="Pending"))
READY_SOURCE = sources(source())
FROZEN, SHOP = repositories(repository(status=3)), repositories(repository())
PATIENT = gating(LIST, stuck_after=86400)  # whatever is being created is never called stuck (C8)
CREATING = repositories(repository(status=1, created_at="x"))
EXPIRED = authorizations(authorization(status=1))


def young(at: float) -> dict[str, Any]:
    """Pods that became ready when the gate began."""
    return pods(pod(containers=[container(age=-0.0)], age=0))


def lost(status: int | None = 503, key: str = "clusters", **fields: Any) -> dict[str, Any]:
    """A reading that is nothing but a failed request."""
    return {key: [], "errors": [error(status, retryable=status in (None, 429, 500, 502, 503, 504), **fields)]}


class EveryTenSeconds(Time):
    """Sleeps ten seconds whenever it is asked to sleep: without back-off and jitter it is plain which sample stops the gate."""

    def sleep(self, seconds: float) -> None:
        super().sleep(10)


def outcome(result: dict[str, Any]) -> tuple[str, str, int]:
    """Decision, outcome and exit code."""
    return result["decision"], result["outcome"], result["exit_code"]


# --- Verdicts and outcomes -------------------------------------------------------------------------------------------------------


@drawn(st.permutations(sorted(SEVERITY)), st.lists(st.sampled_from(sorted(SEVERITY))))
@examples(100)
def test_worst_decides_whatever_the_order(order: list[str], some: list[str]) -> None:
    assert worst(order) == FAILED
    assert worst(some) == worst(reversed(some))
    assert worst(some) != WARNING
    assert (worst(some) == READY) == (not set(some) - {READY, WARNING})


OUTCOMES = {
    "passed": ([(PODS, READY_PODS), (SOURCES, READY_SOURCE), (LISTED, SHOP)], ("allow", "passed", 0)),
    "warnings": ([(LISTED, SHOP), (PODS, pods(pod(containers=[container(restarts=6)])))], ("allow", "passed_with_warnings", 0)),
    "failed": ([(PODS, READY_PODS), (LISTED, FROZEN)], ("block", "failed", 1)),
    "timeout": ([(PODS, READY_PODS), (LISTED, CREATING)], ("block", "timeout", 2)),
    "unknown": ([(PODS, READY_PODS), (LISTED, repositories(repository(status=6)))], ("block", "undecidable", 3)),
    "forbidden": ([(PODS, READY_PODS), (SOURCES, lost(403)), (LISTED, SHOP)], ("block", "undecidable", 3)),
    "failed-and-unknown": ([(LISTED, FROZEN), (SOURCES, lost(403))], ("block", "failed", 1)),
    "progressing-and-unknown": ([(LISTED, CREATING), (AUTHS, authorizations(authorization(status=9)))], ("block", "undecidable", 3)),
}


@pytest.mark.parametrize("wait", [0, 60], ids=["one-sample", "waiting"])
@pytest.mark.parametrize("name", OUTCOMES)
def test_outcome(name: str, wait: float) -> None:
    checks, expected = OUTCOMES[name]
    result = run_gate(*checks, wait_timeout=wait)
    assert outcome(result) == expected
    assert wait or result["samples"] == 1
    assert [(one["name"], one["advisory"]) for one in result["checks"]] == [(check.name, False) for check, _plan in checks]


def test_shape_of_the_result() -> None:
    """rules.rst, "Result"."""
    result = run_gate((PODS, READY_PODS), (LISTED, FROZEN), wait_timeout=60)
    assert {"decision", "outcome", "exit_code", "findings", "checks", "samples", "timeline", "waited_seconds", "schema_version"} <= set(
        result
    )
    fields = """code verdict terminal retryable cause check kind cluster_id namespace name field observed expected since message remediation
    waived""".split()
    assert set(fields) <= set(result["findings"][0])
    frozen = found_in(result, "REPO_FROZEN")[0]
    assert (frozen["check"], frozen["kind"], frozen["name"], frozen["terminal"], frozen["retryable"]) == (
        LIST.name,
        "Repository",
        "shop",
        True,
        False,
    )
    assert result["checks"][1]["counts"] == {F: 1, U: 0, P: 0, R: 0}
    assert result["checks"][0]["counts"] == {F: 0, U: 0, P: 0, R: 1}
    assert result["checks"][1]["verdict"] == F


def test_all_reasons_are_there() -> None:
    """The gate stops only at the end of a complete sample."""
    result = run_gate((LISTED, FROZEN), (AUTHS, EXPIRED), (SOURCES, sources(source(*failing("x509")))), wait_timeout=60)
    assert [one["code"] for one in result["findings"]] == ["AUTH_EXPIRED", "REPO_FROZEN", "SRC_FETCH_FAILED", "SRC_AUTHORIZATION_FAILED"]


def test_a_check_that_found_nothing_to_judge_is_never_ready() -> None:
    result = run_gate((gating(DETAIL), details()), wait_timeout=0)
    assert outcome(result) == ("block", "undecidable", 3)
    assert found_in(result, "API_SHAPE")


# --- Steady ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "checks",
    [
        [(PODS, READY_PODS)],
        [(SOURCES, READY_SOURCE)],
        [(LISTED, SHOP)],
        [(AUTHS, authorizations(authorization()))],
        [(PODS, READY_PODS), (SOURCES, READY_SOURCE), (LISTED, SHOP), (AUTHS, authorizations(authorization()))],
        [(PODS, pods(pod(containers=[container(state=NO_TIMES)], age=30)))],
        [(PODS, pods(pod(), pod(index="1", phase="Failed", containers=[], reason="Evicted")))],
    ],
    ids=["pods", "source", "repository", "authorization", "all", "startTime", "evicted-leftover"],
)
@pytest.mark.parametrize("wait", [0, 600], ids=["one-sample", "waiting"])
def test_steady_by_own_times(checks: list[Any], wait: float) -> None:
    """A healthy estate is allowed on the first sample."""
    result = run_gate(*checks, wait_timeout=wait)
    assert (result["decision"], result["samples"], result["waited_seconds"]) == ("allow", 1, 0)


@pytest.mark.parametrize(
    "reading",
    [
        TIMELESS_PODS,
        pods(pod(containers=[container(state=NO_TIMES, restarts=1)])),
        sources(source(condition("Ready", since="x"))),
        pods(pod(), pod("b", containers=[container(state=NO_TIMES, restarts=None)])),
    ],
    ids=["no-times", "restarted", "source-without-time", "one-of-two-workloads"],
)
def test_steady_by_sampling(reading: dict[str, Any]) -> None:
    """Without times the gate has to see steady_for of ready samples itself."""
    check = PODS if "pods" in reading["clusters"][0] else SOURCES
    time = Time()
    result = run_gate((check, reading), time=time)
    assert (result["outcome"], result["waited_seconds"], result["samples"]) == ("passed", 30, 4)
    assert time.sleeps == [10, 10, 10]


def test_steady_when_own_times_are_old_enough() -> None:
    """Times that are too young on the first sample become old enough."""
    result = run_gate((PODS, pods(pod(containers=[container(age=12)], age=12))))
    assert (result["outcome"], result["waited_seconds"]) == ("passed", 20)


def test_one_sample_cannot_prove_what_is_too_young() -> None:
    result = run_gate((PODS, TIMELESS_PODS), wait_timeout=0)
    assert outcome(result) == ("block", "timeout", 2)
    assert found_in(result, "GATE_NOT_STEADY")
    assert not found_in(result, "GATE_TIMEOUT_TOO_SHORT")


def test_what_is_too_young_is_named() -> None:
    result = run_gate((PODS, pods(pod(), pod("b", containers=[container(age=12)], age=12))), (LISTED, SHOP), wait_timeout=0)
    found = found_in(result, "GATE_NOT_STEADY")[0]
    assert (found["observed"], found["expected"]) == (12, 30)
    assert "but b has provably lasted only for 12 s" in found["message"]
    watched = run_gate((PODS, lambda at: TIMELESS_PODS if at >= 80 else STARTING), wait_timeout=100, time=EveryTenSeconds())
    assert found_in(watched, "GATE_TIMEOUT_TOO_SHORT")[0]["observed"] == 20


def test_steady_for_0_needs_one_ready_sample() -> None:
    assert run_gate((PODS, TIMELESS_PODS), steady_for=0, wait_timeout=0)["outcome"] == "passed"


@pytest.mark.parametrize(("plan", "samples"), [([TIMELESS_PODS], 1), ([STARTING, TIMELESS_PODS], 2)], ids=["at-once", "after-a-break"])
def test_steady_for_0_needs_one_ready_sample_however_long_reading_takes(plan: list[Any], samples: int) -> None:
    """Steady: ready for 0 s is what one ready sample shows, though no time passes between it and itself."""
    time = Time()
    gate = Gate([PODS], Policy(steady_for=0), time.clock)

    def take() -> list[Any]:
        time.at += 4
        return [read(GITOPS, plan[min(gate.samples, len(plan) - 1)], NOW)]

    assert (gate.run(take).outcome, gate.samples) == ("passed", samples)


def restart(count: int, uid: str = "u", **fields: Any) -> dict[str, Any]:
    """A ready pod without times that has restarted so often."""
    return pods(pod(containers=[container(state=NO_TIMES, restarts=count)], start="x", uid=uid, **fields))


def timeless(revision: str) -> dict[str, Any]:
    """A ready source without times."""
    return sources(source(condition("Ready", since="x"), revision=revision))


RESETS: dict[str, tuple[Any, list[Any], float]] = {
    # what happens, the check, its readings by sample (10 s apart; the last one lasts), when it is allowed
    "nothing": (PODS, [restart(1)], 30),
    "restart": (PODS, [restart(1), restart(1), restart(2), restart(2)], 60),
    "another-uid": (PODS, [restart(1), restart(1), restart(1, "v")], 50),
    "another-revision": (SOURCES, [timeless(f"main@sha1:{OTHER_SHA}"), timeless(f"main@sha1:{SHA}")], 40),
    "another-format-of-the-revision": (SOURCES, [timeless(f"main/{SHA}"), timeless(f"main@sha1:{SHA}")], 30),
    "progressing": (PODS, [restart(1), STARTING, restart(1)], 50),
    "api-error": (PODS, [restart(1), lost(), restart(1)], 50),
    "another-object": (PODS, [restart(1), pods(*restart(1)["clusters"][0]["pods"], pod("b"))], 40),
}


@pytest.mark.parametrize("name", RESETS)
def test_steady_starts_again(name: str) -> None:
    check, readings, allowed = RESETS[name]
    result = run_gate((check, readings))
    assert (result["outcome"], result["waited_seconds"]) == ("passed", allowed)


def test_restart_during_steady_is_said() -> None:
    time, said = Time(), []
    run_gate((PODS, RESETS["restart"][1]), time=time, say=said.append)
    assert any("must hold for" in line for line in said)
    assert any("restarted while the gate watched" in line for line in said)


def test_own_times_prove_no_more_than_the_gate_has_seen() -> None:
    """A pod that has run for an hour but was seen not ready a moment ago is not steady yet."""
    unready = pods(pod(containers=[container(ready=False)]))
    result = run_gate((PODS, [unready, READY_PODS]))
    assert (result["outcome"], result["waited_seconds"]) == ("passed", 40)


def test_after_a_break_own_times_prove_nothing() -> None:
    """A sample that is not ready is a break for all objects, those that were ready all along included (rules.rst, "Steady")."""
    result = run_gate((PODS, READY_PODS), (LISTED, [CREATING, CREATING, SHOP]))
    assert (result["outcome"], result["samples"], result["waited_seconds"]) == ("passed", 6, 52.5)


def test_flapping_never_passes() -> None:
    """R P R P without times, and P R P R of a pod that has run for an hour all the while."""
    unready = pods(pod(containers=[container(ready=False)]))
    for even, odd in ((TIMELESS_PODS, STARTING), (unready, READY_PODS)):
        result = run_gate((PODS, lambda at, even=even, odd=odd: even if at % 20 < 10 else odd), wait_timeout=200)
        assert outcome(result) == ("block", "timeout", 2)
        assert result["samples"] > 10


def test_no_latching() -> None:
    """Two workloads, the first regresses while the second becomes ready: each was ready once, never both."""

    def reading(at: float) -> dict[str, Any]:
        first = pod("a", containers=[container(ready=at < 60, state=NO_TIMES)], start="x")
        return pods(first, pod("b", containers=[container(ready=at >= 60, state=NO_TIMES)], start="x"))

    result = run_gate((PODS, reading), wait_timeout=200)
    assert outcome(result) == ("block", "timeout", 2)
    assert [one["name"] for one in found_in(result, "POD_NOT_READY")] == ["a-97bdcd8cf-0"]


def test_no_latching_across_checks() -> None:
    pods_ = gating(GITOPS, controllers=[])
    result = run_gate(
        (pods_, lambda at: TIMELESS_PODS if at < 60 else STARTING),
        (LISTED, lambda at: CREATING if at < 60 else SHOP),
        wait_timeout=200,
    )
    assert outcome(result) == ("block", "timeout", 2)


def test_too_little_time_left_is_said_before_waiting() -> None:
    """Ready only when the time left cannot hold steady_for."""
    time, said = Time(), []
    result = run_gate((PODS, lambda at: TIMELESS_PODS if at >= 75 else STARTING), time=time, wait_timeout=100, say=said.append)
    assert outcome(result) == ("block", "timeout", 2)
    assert found_in(result, "GATE_TIMEOUT_TOO_SHORT")
    assert not found_in(result, "GATE_NOT_STEADY")
    assert [line for line in said if "cannot hold steady_for" in line]


def test_own_times_can_hold_where_the_gates_cannot() -> None:
    """What will be old enough in time is not called too short."""
    said: list[str] = []
    result = run_gate((PODS, pods(pod(containers=[container(age=25)], age=25))), wait_timeout=20, say=said.append)
    assert result["outcome"] == "passed"
    assert not [line for line in said if "cannot hold" in line]


# --- Stopping early --------------------------------------------------------------------------------------------------------------

CRASHING = pods(pod(containers=[waiting("CrashLoopBackOff", restarts=5)]))  # F r, no time of its own
REFUSED = sources(source(*failing("authentication required")))  # F r, class auth
BOOM = sources(source(*failing("boom")))  # P, then F r after failure_grace
STALLED = sources(source(condition("Ready"), condition("Stalled", since=30)))  # F T with a time of its own
DOCUMENTED = sources(source(*failing("i/o timeout"), condition("Reconciling", reason="NoArtifact", since=9000), revision=None))

STOPS: dict[str, tuple[Any, Any, dict[str, Any], float]] = {
    # what, the check, its readings, the policy, when the gate stops (100 s is the deadline where nothing else is said)
    "terminal-needs-two-samples": (LISTED, FROZEN, {}, 10),
    "terminal-that-proves-itself": (SOURCES, STALLED, {}, 0),
    "terminal-that-goes-away": (LISTED, [FROZEN, SHOP], {}, 40),  # after the break the gate's own watch counts
    "terminal-never": (LISTED, FROZEN, {"fail_fast": "never"}, 100),
    "terminal-any": (LISTED, FROZEN, {"fail_fast": "any"}, 10),
    "retryable-terminal": (PODS, CRASHING, {}, 100),
    "retryable-terminal-after-stuck": (PODS, CRASHING, {"stuck_after": 40}, 40),
    "retryable-any-after-grace": (PODS, CRASHING, {"fail_fast": "any", "failure_grace": 40}, 40),
    "retryable-never": (PODS, CRASHING, {"fail_fast": "never", "failure_grace": 1, "stuck_after": 1}, 100),
    "retryable-that-proves-itself": (SOURCES, DOCUMENTED, {}, 0),
    "retryable-that-proves-itself-never": (SOURCES, DOCUMENTED, {"fail_fast": "never"}, 100),
    "class-auth-terminal": (SOURCES, REFUSED, {}, 100),
    "class-auth-any": (SOURCES, REFUSED, {"fail_fast": "any"}, 0),
    "class-tls-any": (SOURCES, sources(source(*failing("x509"))), {"fail_fast": "any"}, 0),
    "class-config-any": (SOURCES, sources(source(*failing("reference not found"))), {"fail_fast": "any"}, 0),
    "class-other-any": (SOURCES, BOOM, {"fail_fast": "any", "failure_grace": 50}, 50),
    "no-grace-still-two-samples": (PODS, CRASHING, {"fail_fast": "any", "failure_grace": 0}, 10),
    "unknown": (LISTED, repositories(repository(status=6)), {}, 100),
    "unknown-terminal": (LISTED, repositories(repository(status=None)), {}, 0),
    "unknown-terminal-never": (LISTED, repositories(repository(status=None)), {"fail_fast": "never"}, 100),
    "progressing": (LISTED, CREATING, {}, 100),
}


@pytest.mark.parametrize("name", STOPS)
def test_when_it_stops(name: str) -> None:
    check, readings, policy, stopped = STOPS[name]
    result = run_gate((check, readings), time=EveryTenSeconds(), **{"wait_timeout": 100, **policy})
    assert result["decision"] == ("allow" if name == "terminal-that-goes-away" else "block")
    assert result["waited_seconds"] == stopped


def test_a_blip_of_60_s_does_not_stop_it() -> None:
    def reading(at: float) -> dict[str, Any]:
        return BOOM if 20 <= at < 80 else sources(source(condition("Ready", since="x")))

    assert run_gate((SOURCES, reading))["outcome"] == "passed"


def test_failures_that_alternate_do_not_add_up() -> None:
    """Two consecutive samples: a failure that is gone in between begins anew."""
    result = run_gate((LISTED, lambda at: FROZEN if at % 20 < 10 else CREATING), wait_timeout=100, interval=10, time=Time())
    assert result["samples"] > 2


def test_failure_outweighs_an_error() -> None:
    result = run_gate((LISTED, FROZEN), (SOURCES, lost(503)), wait_timeout=100)
    assert outcome(result) == ("block", "failed", 1)


def test_failed_at_first_sample() -> None:
    """Fail-fast needs no transition: the documented source blocks on the first sample."""
    result = run_gate((SOURCES, DOCUMENTED))
    assert (result["outcome"], result["samples"], result["waited_seconds"]) == ("failed", 1, 0)


def test_timeout_with_a_partial_result() -> None:
    result = run_gate((PODS, READY_PODS), (LISTED, CREATING), wait_timeout=50)
    assert [one["verdict"] for one in result["checks"]] == [R, P]
    assert result["waited_seconds"] == 50
    assert [one["code"] for one in result["findings"]] == ["REPO_CREATING"]


# --- Errors ----------------------------------------------------------------------------------------------------------------------


def test_three_errors_then_recovery_passes() -> None:
    result = run_gate((PODS, [lost(), lost(), lost(), READY_PODS]))
    assert result["outcome"] == "passed"


def test_five_errors_are_undecidable() -> None:
    result = run_gate((PODS, [*[lost()] * 5, READY_PODS]))
    assert outcome(result) == ("block", "undecidable", 3)
    assert result["samples"] == 4


@pytest.mark.parametrize("limit", [1, 2, 7])
def test_error_limit(limit: int) -> None:
    assert run_gate((PODS, lost()), error_limit=limit)["samples"] == limit


def test_errors_count_in_a_row_only() -> None:
    result = run_gate((PODS, [lost(), lost(), lost(), STARTING, lost(), lost(), lost(), READY_PODS]))
    assert result["outcome"] == "passed"


def test_errors_of_different_checks_count_together() -> None:
    result = run_gate((PODS, [lost(), READY_PODS, lost(), READY_PODS]), (SOURCES, [READY_SOURCE, lost(), READY_SOURCE, lost()]))
    assert (result["outcome"], result["samples"]) == ("undecidable", 4)


def test_error_limit_holds_even_when_nothing_else_stops() -> None:
    assert run_gate((PODS, lost(403)), fail_fast="never")["samples"] == 4


def test_forbidden_stops_at_once() -> None:
    result = run_gate((PODS, READY_PODS), (SOURCES, lost(403)))
    assert (outcome(result), result["samples"]) == (("block", "undecidable", 3), 1)


def test_enabling_is_no_error() -> None:
    """A 404 that is being waited for does not use up error_limit."""
    check = gating(GITOPS, controllers=[], enabling=True)
    result = run_gate((check, lambda at: lost(404) if at < 200 else TIMELESS_PODS))
    assert result["outcome"] == "passed"


@pytest.mark.parametrize(("reading", "code"), [(lost(404), "GITOPS_NOT_FOUND"), (pods(), "GITOPS_NOT_ENABLED")], ids=["404", "no-pods"])
def test_enabling_ends_as_timeout_then_as_failure(reading: dict[str, Any], code: str) -> None:
    check = gating(GITOPS, controllers=[], enabling=True)
    result = run_gate((check, reading), wait_timeout=100)
    assert (outcome(result), [one["code"] for one in result["findings"]]) == (("block", "timeout", 2), [code])
    assert run_gate((check, reading), wait_timeout=600)["outcome"] == "failed"


# --- Pace ------------------------------------------------------------------------------------------------------------------------


def test_back_off() -> None:
    """interval, times 1.25 each time up to 60 s, cut at the deadline."""
    time = Time()
    run_gate((PATIENT, CREATING), time=time, wait_timeout=600)
    assert time.sleeps[:5] == [10, 12.5, 15.625, 19.53125, 24.414062]
    assert max(time.sleeps) == 60
    assert time.at == 600


def test_back_off_starts_again_after_a_change_of_verdict() -> None:
    time = Time()
    run_gate((LISTED, [CREATING, CREATING, CREATING, repositories(repository(status=6)), CREATING]), time=time, wait_timeout=100)
    assert time.sleeps[:6] == [10, 12.5, 15.625, 10, 10, 12.5]


def test_a_long_interval_is_kept() -> None:
    time = Time()
    run_gate((LISTED, CREATING), time=time, wait_timeout=600, interval=90)
    assert time.sleeps[:4] == [60, 30, 60, 30]  # after a minute of each pause, it is said what is waited for


@pytest.mark.parametrize("factor", [0.8, 1.2])
def test_jitter(factor: float) -> None:
    time = Time(factor=factor)
    run_gate((LISTED, CREATING), time=time, wait_timeout=100)
    assert set(time.bounds) == {(0.8, 1.2)}
    assert time.sleeps[:2] == [10 * factor, 12.5 * factor]


def test_never_longer_than_the_time_left() -> None:
    time = Time()
    result = run_gate((LISTED, CREATING), time=time, wait_timeout=25)
    assert (time.at, result["samples"]) == (25, 4)


def test_ready_is_looked_at_again_when_it_can_be_allowed() -> None:
    """While ready, the gate does not sleep past the moment that decides, nor backs off."""
    time = Time()
    run_gate((PODS, TIMELESS_PODS), time=time, steady_for=35, interval=20)
    assert time.sleeps == [20, 15]


# --- Advisory --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("endpoint", "reading"),
    [
        (LIST, FROZEN),
        (LIST, CREATING),
        (LIST, repositories(repository(status=None))),
        (GITOPS, lost(403)),
        (GITOPS, lost(503)),
        (GITOPS, lost(404)),
        (GITOPS, pods()),
        (GITOPS, pods(pod(containers=[container(state=NO_TIMES, restarts=6)]))),
        (DETAIL, details()),
    ],
    ids=["failed", "progressing", "unknown", "forbidden", "unavailable", "not-found", "not-enabled", "not-steady", "nothing"],
)
@pytest.mark.parametrize("wait", [0, 100], ids=["one-sample", "waiting"])
def test_advisory_is_never_worse_than_a_warning(endpoint: Any, reading: dict[str, Any], wait: float) -> None:
    """Nor does it keep the gate waiting."""
    result = run_gate((SOURCES, READY_SOURCE), (gating(endpoint, "extra", advisory=True), reading), wait_timeout=wait)
    assert (outcome(result), result["samples"]) == (("allow", "passed_with_warnings", 0), 1)
    mine = [one for one in result["findings"] if one["check"] == "extra"]
    assert {one["weight"] for one in mine} == {"advisory"}
    assert result["checks"][1]["verdict"] == max((one["verdict"] for one in mine), key=SEVERITY.__getitem__)


def test_advisory_does_not_reset_steady() -> None:
    flapping = gating(GITOPS, "extra", advisory=True, controllers=[])
    result = run_gate((PODS, TIMELESS_PODS), (flapping, lambda at: restart(int(at))))
    assert (result["decision"], result["waited_seconds"]) == ("allow", 30)


def test_advisory_errors_do_not_use_up_error_limit() -> None:
    result = run_gate((PODS, lambda at: STARTING if at < 100 else TIMELESS_PODS), (gating(SOURCE, advisory=True), lost()))
    assert result["outcome"] == "passed_with_warnings"


def test_others_do_not_make_it_a_pass_with_warnings() -> None:
    """What is listed beside the expected ones does not count."""
    check = gating(SOURCE, expect=[{"name": "podinfo"}])
    other = source(condition("Ready"), name="other", repo_status="Unknown")
    assert run_gate((check, sources(source(), other)))["outcome"] == "passed"


# --- Timeline --------------------------------------------------------------------------------------------------------------------


def test_timeline_holds_changes_only() -> None:
    said: list[str] = []
    result = run_gate(
        (LISTED, [CREATING, CREATING, repositories(repository(status=6)), SHOP]), (AUTHS, authorizations(authorization())), say=said.append
    )
    assert result["timeline"] == [
        {"time": "2025-12-01T12:00:00Z", "seconds": 0, "check": LIST.name, "verdict": P},
        {"time": "2025-12-01T12:00:00Z", "seconds": 0, "check": AUTH.name, "verdict": R},
        {"time": "2025-12-01T12:00:22Z", "seconds": 22.5, "check": LIST.name, "verdict": U},
        {"time": "2025-12-01T12:00:32Z", "seconds": 32.5, "check": LIST.name, "verdict": R},
    ]
    counts = "0 of 1 repository and 1 of 1 authorization ready"
    assert said == [
        f"Waiting, 10 min at most: Repository Demo/shop is being created ({counts}).",
        f"Waited 22 s, 9 min 38 s left: Repository Demo/shop: the repository's status is not documented ({counts}).",
        "Waited 32 s, 9 min 28 s left: 1 of 1 repository and 1 of 1 authorization ready; it must hold for 30 s more (steady_for: 30 s).",
        "Decided after 1 min 2 s: everything is ready.",
    ]


def test_a_long_wait_keeps_the_begin_and_the_end_of_its_timeline() -> None:
    changes = 2 * TIMELINE_LIMIT
    flapping = [CREATING, repositories(repository(status=6))] * (changes // 2)
    result = run_gate((LISTED, flapping), time=EveryTenSeconds(), wait_timeout=10 * (changes - 1), fail_fast="never")
    seconds = [change["seconds"] / 10 for change in result["timeline"]]
    half = TIMELINE_LIMIT // 2
    assert result["samples"] == changes
    assert seconds == [*range(half), *range(changes - half, changes)]


# --- Waivers ---------------------------------------------------------------------------------------------------------------------

TODAY = NOW.date()
GIVEN = {"code": "REPO_FROZEN", "kind": "Repository", "name": "sh*", "reason": "r", "owner": "o", "expires": "2025-12-31"}


def waiver(**fields: Any) -> Waiver:
    """A waiver for the frozen repository, valid until today."""
    known = {"code": "REPO_FROZEN", "kind": "Repository", "name": "shop", "reason": "r", "owner": "o", "expires": TODAY}
    return Waiver(**{**known, **fields})


def waived(*waivers: Waiver, reading: Any = None) -> dict[str, Any]:
    """The result of a gate over a frozen repository, or another reading, with waivers."""
    return run_gate((LISTED, FROZEN if reading is None else reading), wait_timeout=60, waivers=waivers)


def test_waived_finding_stays_and_does_not_decide() -> None:
    result = waived(waiver())
    assert outcome(result) == ("allow", "passed_with_warnings", 0)
    assert [(one["code"], one["verdict"], one["waived"]) for one in result["findings"]] == [("REPO_FROZEN", F, True)]
    assert result["checks"][0]["counts"][R] == 1


@pytest.mark.parametrize(
    ("fields", "covered"),
    [
        ({"name": "*"}, True),
        ({"name": "Demo/shop"}, True),
        ({"name": "sho?"}, True),
        ({"name": "Shop"}, False),
        ({"name": "cart"}, False),
        ({"code": "REPO_CLOSED"}, False),
        ({"kind": "Pod"}, False),
    ],
    ids=["any", "with-group", "glob", "other-case", "other-name", "other-code", "other-kind"],
)
def test_what_a_waiver_covers(fields: dict[str, str], covered: bool) -> None:
    result = waived(waiver(**fields))
    assert (result["decision"] == "allow") == covered
    assert bool(found_in(result, "WAIVER_UNUSED")) != covered


def test_a_waiver_names_a_cluster_by_its_id() -> None:
    found = Finding("SRC_SUSPENDED", F, "x", kind="Cluster", cluster_id="c1")
    assert waiver(code="SRC_SUSPENDED", kind="Cluster", name="c1").covers(found)
    assert not waiver(code="SRC_SUSPENDED", kind="Cluster", name="c2").covers(found)


def test_waiver_ends_with_its_day_in_utc() -> None:
    """Valid to the end of that day; then the finding counts again, with a warning beside it."""
    assert waived(waiver(expires=TODAY))["decision"] == "allow"
    result = waived(waiver(expires=TODAY - timedelta(days=1)))
    assert outcome(result) == ("block", "failed", 1)
    assert not found_in(result, "REPO_FROZEN")[0]["waived"]
    assert found_in(result, "WAIVER_EXPIRED")[0]["verdict"] == WARNING
    last = waiver(expires=TODAY)
    assert not last.expired(datetime(2025, 12, 1, 23, 59, 59, tzinfo=timezone.utc))
    assert last.expired(datetime(2025, 12, 2, tzinfo=timezone.utc))


def test_unused_waiver_is_a_warning() -> None:
    result = waived(waiver(), reading=SHOP)
    assert outcome(result) == ("allow", "passed_with_warnings", 0)
    assert [(one["code"], one["verdict"]) for one in result["findings"]] == [("WAIVER_UNUSED", WARNING)]


@pytest.mark.parametrize(
    ("fields", "wanted", "codes", "against"),
    [
        ({"spec": {"suspend": True}}, SHA, ["SRC_SUSPENDED"], []),
        ({"spec": {"suspend": True}}, OTHER_SHA, ["SRC_SUSPENDED"], ["SRC_REVISION_NOT_YET"]),
        ({"spec": {"suspend": True}}, OTHER_SHA, ["SRC_SUSPENDED", "SRC_REVISION_NOT_YET"], []),
        ({"spec": {"verify": {"mode": "HEAD"}}}, OTHER_SHA, ["SRC_NOT_VERIFIED"], ["SRC_REVISION_NOT_YET"]),
        ({"revision": ""}, SHA, ["SRC_READY_WITHOUT_ARTIFACT"], ["SRC_REVISION_UNPARSABLE"]),
        ({"spec": {"suspend": True}}, OTHER_SHA, ["SRC_SPEC_MISMATCH"], ["SRC_SUSPENDED", "WAIVER_UNUSED"]),
    ],
    ids=["there", "another", "another-waived-too", "unverified", "no-artifact", "not-waived"],
)
def test_a_waiver_proves_no_expected_revision(fields: dict[str, Any], wanted: str, codes: list[str], against: list[str]) -> None:
    """What is waived says nothing of the revision that is demanded of the same source."""
    check = gating(SOURCE, expect=[{"name": "podinfo", "revision": wanted}])
    waivers = [waiver(code=code, kind="GitRepository", name="*") for code in codes]
    result = run_gate((check, sources(source(**fields))), wait_timeout=0, waivers=waivers)
    assert [one["code"] for one in result["findings"] if not one["waived"]] == against
    assert result["decision"] == ("block" if against else "allow")


RELEASE = "helmRelease"
READY_FALSE = config_set_ready("False", reason="HealthCheckFailed", og=2)
UNREADY, RESTARTED = container(ready=False, restarts=0), container(name="sidecar", restarts=9)
CONFIG_SETS = ENDPOINTS["ucs_config_set"]


def config_sets(*items: Any) -> dict[str, Any]:
    """A reading of ucs_config_set for one cluster."""
    return {"endpoint": CONFIG_SETS.name, "clusters": [read_config_sets(*items)], "errors": []}


READING_OF = {GITOPS.name: pods, SOURCE.name: sources, CONFIG_SETS.name: config_sets}


@pytest.mark.parametrize(
    ("endpoint", "options", "answer", "code", "kind", "hidden"),
    [
        (SOURCE, {"url": "https://example.org/other"}, source(repo_type="x"), "SRC_UNSUPPORTED", "GitRepository", "SRC_SPEC_MISMATCH"),
        (SOURCE, {"branch": "master"}, {**source(), "gitRepository": None}, "SRC_UNSUPPORTED", "GitRepository", "SRC_SPEC_MISMATCH"),
        (SOURCE, {"revision": OTHER_SHA}, source(repo_type="x"), "SRC_UNSUPPORTED", "GitRepository", "SRC_REVISION_NOT_YET"),
        (SOURCE, {"revision": SHA}, {**source(), "gitRepository": None}, "SRC_UNSUPPORTED", "GitRepository", "SRC_REVISION_UNPARSABLE"),
        (
            SOURCE,
            {},
            source(*failing("dial tcp: i/o timeout"), condition("Stalled", "True", "X", "other", since=5)),
            "SRC_STALLED",
            "GitRepository",
            "SRC_FETCH_RETRYING",
        ),
        (CONFIG_SETS, {"revision": SHA}, config_set(kind=RELEASE), "CFG_UNSUPPORTED", "ConfigSet", "CFG_REVISION_UNPARSABLE"),
        (CONFIG_SETS, {}, config_set(READY_FALSE, spec={"suspend": True}), "CFG_SUSPENDED", "ConfigSet", "CFG_UNDOCUMENTED"),
        (SOURCE, {}, source(spec={"suspend": True}, repo_status="Failed"), "SRC_SUSPENDED", "GitRepository", "SRC_STATUS_CONTRADICTION"),
        (CONFIG_SETS, {}, config_set(spec={"suspend": True}, status="Failed"), "CFG_SUSPENDED", "ConfigSet", "CFG_STATUS_CONTRADICTION"),
        (GITOPS, {"restart_max": 3}, pod(containers=[UNREADY, RESTARTED]), "POD_NOT_READY", "Pod", "POD_MANY_RESTARTS"),
        (
            GITOPS,
            {"restart_max": 3},
            pod(containers=[UNREADY, container(name="sidecar", restarts=None)]),
            "POD_NOT_READY",
            "Pod",
            "POD_RESTARTS_UNKNOWN",
        ),
        (GITOPS, {"restart_max": 3}, pod(containers=[RESTARTED], reason="NodeLost"), "POD_PHASE_UNKNOWN", "Pod", "POD_MANY_RESTARTS"),
        (
            GITOPS,
            {},
            pod(phase="Strange", containers=[waiting("CrashLoopBackOff", restarts=9)]),
            "POD_PHASE_UNDOCUMENTED",
            "Pod",
            "POD_CRASH_LOOP",
        ),
        (
            GITOPS,
            {},
            pod(spec={"containers": [{}, {}]}, conditions=pod_condition("False")),
            "POD_NO_CONTAINER_STATUS",
            "Pod",
            "POD_READY_CONDITION_FALSE",
        ),
        (
            GITOPS,
            {},
            pod(spec={"containers": [{}, {}]}, phase="Pending", age=60),
            "POD_NO_CONTAINER_STATUS",
            "Pod",
            "POD_STARTING",
        ),
    ],
)
def test_a_waiver_hides_nothing_else(
    endpoint: Any, options: dict[str, Any], answer: dict[str, Any], code: str, kind: str, hidden: str
) -> None:
    """What the rules pass over where another row speaks is judged as soon as that is waived, and may be waived as well."""
    given = {"controllers": [], **options} if endpoint is GITOPS else {"expect": [{"name": answer["name"], **options}]}
    reading = READING_OF[endpoint.name](answer)
    check, accepted = gating(endpoint, **given), waiver(code=code, kind=kind, name="*")
    result = run_gate((check, reading), wait_timeout=0, waivers=[accepted], stuck_after=7200)
    assert [one["code"] for one in result["findings"] if not one["waived"]] == [hidden]
    assert result["decision"] == "block"
    both = [accepted, waiver(code=hidden, kind=kind, name="*")]
    assert run_gate((check, reading), wait_timeout=0, waivers=both, stuck_after=7200)["decision"] == "allow"
    assert not found_in(run_gate((check, reading), wait_timeout=0, stuck_after=7200), hidden)


@pytest.mark.parametrize(
    ("old", "hidden"),
    [
        ({"containers": [container(restarts=None)]}, "POD_RESTARTS_UNKNOWN"),
        ({"containers": [container(ready=False, restarts=9)]}, "POD_MANY_RESTARTS"),
        ({"phase": "Unknown"}, "POD_PHASE_UNKNOWN"),
    ],
    ids=["restarts-not-stated", "restarts", "lost"],
)
def test_a_waived_roll_out_does_not_prove_how_the_old_pods_are(old: dict[str, Any], hidden: str) -> None:
    """P24: where no pod of the newest version is ready, they are all that runs."""
    check = gating(GITOPS, controllers=[], restart_max=3)
    waivers = [waiver(code=code, kind=kind, name="*") for code, kind in (("POD_NOT_READY", "Pod"), ("ROLLOUT_IN_PROGRESS", "Workload"))]
    reading = pods(pod(containers=[UNREADY], index="1", age=60), pod(hash_="5f6d7c8b9", age=7200, **old))
    result = run_gate((check, reading), wait_timeout=0, waivers=waivers, stuck_after=7200)
    against = [one["code"] for one in result["findings"] if not one["waived"]]
    assert hidden in against
    assert result["decision"] == "block"
    newest_ready = pods(pod(index="1", age=600), pod(hash_="5f6d7c8b9", age=7200, **old))
    assert run_gate((check, newest_ready), wait_timeout=0, waivers=waivers, stuck_after=7200)["decision"] == "allow"


@pytest.mark.parametrize(
    ("conditions", "fields", "hidden"),
    [
        ((), {"deleting": ago(5)}, "CFG_TERMINATING"),  # K3
        ((), {"spec": {"suspend": True}}, "CFG_SUSPENDED"),
        ((condition("Stalled", "True", "x", og=3), config_set_ready()), {}, "CFG_STALLED"),
        ((config_set_ready("False", reason="InstallFailed"),), {}, "CFG_NOT_READY"),
        ((config_set_ready("Unknown", reason="Progressing"),), {}, "CFG_RECONCILING"),
        ((), {"og": 2}, "CFG_GENERATION_STALE"),
        ((config_set_ready("Perhaps"),), {}, "CFG_UNDOCUMENTED"),
    ],
)
def test_a_waived_type_hides_nothing_that_conditions_say(conditions: Any, fields: dict[str, Any], hidden: str) -> None:
    """K3 to K7 beside a waived K2, which alone says that a revision cannot be expected of a HelmRelease."""
    check = gating(CONFIG_SETS, expect=[{"name": "apps", "revision": SHA}])
    reading = config_sets(config_set(*conditions, kind=RELEASE, **fields))
    waivers = [waiver(code=code, kind="ConfigSet", name="*") for code in ("CFG_UNSUPPORTED", "CFG_REVISION_UNPARSABLE")]
    result = run_gate((check, reading), wait_timeout=0, waivers=waivers)
    assert [one["code"] for one in result["findings"] if not one["waived"]] == [hidden]
    assert result["decision"] == "block"
    assert hidden not in {one["code"] for one in run_gate((check, reading), wait_timeout=0)["findings"]}


def test_a_waived_refusal_proves_no_commit() -> None:
    """A11 beside a waived A9: the authorization does not open the repository, so the commit was not looked for."""
    probe = {"clone_url": "https://github.com/shop/tools.git", "commit": SHA}
    check = gating(AUTH, expect=[{"name": "github", "probe": probe}])
    refusal = error(400, "SVCSTG.REPO.0451", service="servicestage")
    answer = {**probe, "name": "github", "ref": None, "project": {}, "commits": None, "error": refusal}
    reading = {**authorizations(authorization(name="github")), "probes": [answer]}
    accepted = waiver(code="AUTH_PROBE_REFUSED", kind="Authorization", name="*")
    result = run_gate((check, reading), wait_timeout=0, waivers=[accepted])
    assert [one["code"] for one in result["findings"] if not one["waived"]] == ["AUTH_PROBE_COMMIT_MISSING"]
    assert outcome(result)[:2] == ("block", "undecidable")


def test_a_waiver_of_the_restart_limit_is_not_needed_below_it() -> None:
    check = gating(GITOPS, controllers=[], restart_max=9)
    accepted = waiver(code="POD_NOT_READY", kind="Pod", name="*")
    result = run_gate((check, pods(pod(containers=[UNREADY, RESTARTED]))), wait_timeout=0, waivers=[accepted], stuck_after=7200)
    assert result["decision"] == "allow"


def test_waiver_covers_its_code_only() -> None:
    result = waived(waiver(), reading=repositories(repository(status=3, project_is_deleted=True)))
    assert outcome(result) == ("block", "failed", 1)
    assert [one["code"] for one in result["findings"] if one["waived"]] == ["REPO_FROZEN"]


@pytest.mark.parametrize("expires", ["2025-12-01", "2025-11-01", "2026-03-01"])
def test_waivers_are_read(expires: str) -> None:
    """Even an expired one: it is told of, not refused. 90 days ahead are allowed."""
    assert str(waivers_of({"waivers": [{**GIVEN, "expires": expires}]}, NOW)[0].expires) == expires


@pytest.mark.parametrize(
    ("fields", "path"),
    [
        *[({name: ""}, f"waivers[0].{name}") for name in GIVEN],
        ({"code": "NO_SUCH_CODE"}, "waivers[0].code"),
        ({"kind": "Repo"}, "waivers[0].kind"),
        ({"expires": "2026-03-02"}, "waivers[0].expires"),
        ({"expires": "soon"}, "waivers[0].expires"),
        ({"reason": "  "}, "waivers[0].reason"),
    ],
)
def test_bad_waivers_are_refused(fields: dict[str, str], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        waivers_of({"waivers": [{**GIVEN, **fields}]}, NOW)
    assert raised.value.option == path


NEVER = [
    *[code for code in CATALOGUE if code.startswith("API_") or code.endswith("_NOT_FOUND")],
    *["LIST_INCOMPLETE", "SRC_VERIFICATION_FAILED", "SRC_MISSING", "CONTROLLER_MISSING", "READING_MISSING"],
]


@pytest.mark.parametrize("code", NEVER)
def test_never_waivable(code: str) -> None:
    """Refused before the first request."""
    with pytest.raises(OptionError, match="never can"):
        waivers_of({"waivers": [{**GIVEN, "code": code}]}, NOW)


@pytest.mark.parametrize("code", ["REPO_STATUS_MISSING", "SRC_SUSPENDED", "POD_CRASH_LOOP", "AUTH_EXPIRED", "ROLLOUT_IN_PROGRESS"])
def test_waivable(code: str) -> None:
    assert waivers_of({"waivers": [{**GIVEN, "code": code}]}, NOW)


def test_a_waived_object_does_not_hide_that_its_controller_is_down() -> None:
    """X1 for a source, X7 for a config set, of which everything else is waived."""
    loop = [waiting("CrashLoopBackOff", restarts=9)]
    crashing = pods(pod(containers=loop), pod("kustomize-controller", containers=loop))
    accepted = [
        waiver(code=code, kind=kind, name="*")
        for code, kind in (("POD_CRASH_LOOP", "Pod"), ("SRC_NOT_VERIFIED", "GitRepository"), ("CFG_SUSPENDED", "ConfigSet"))
    ]
    unverified = sources(source(spec={"verify": {"mode": "HEAD"}}))
    idle = config_sets(config_set(spec={"suspend": True}))
    for live, code in (((SOURCES, unverified), "SRC_READY_CONTROLLER_DOWN"), ((gating(CONFIG_SETS), idle), "CFG_READY_CONTROLLER_DOWN")):
        result = run_gate((PODS, crashing), live, wait_timeout=0, waivers=accepted)
        assert (result["outcome"], len(found_in(result, code))) == ("undecidable", 1)
        assert "counts as ready by a waiver" in found_in(result, code)[0]["message"]


def test_cross_rules_see_what_is_waived() -> None:
    """A waiver takes a finding out of the decision; the rules across readings still go by what is there."""
    crashing = pods(pod(containers=[waiting("CrashLoopBackOff", restarts=9)]))
    accepted = waiver(code="POD_CRASH_LOOP", kind="Pod", name="*")
    result = run_gate((PODS, crashing), (SOURCES, READY_SOURCE), wait_timeout=0, waivers=[accepted])
    assert (result["outcome"], len(found_in(result, "SRC_READY_CONTROLLER_DOWN"))) == ("undecidable", 1)


# --- Readings --------------------------------------------------------------------------------------------------------------------


def options(**given: Any) -> dict[str, Any]:
    """The gate's options as Ansible hands them over, with the defaults of the argument spec."""
    defaults = {name: spec.get("default") for name, spec in argument_spec().items()}
    return {**defaults, **dict.fromkeys(CONNECTION), **given}


def decided(*readings: Any, **given: Any) -> dict[str, Any]:
    """The gate's decision on readings, without a request."""
    return decide(options(readings=list(readings), **given), Surroundings({}, Masker(), now=lambda: NOW))


def registered(answer: dict[str, Any], criteria: Any = None, **fields: Any) -> dict[str, Any]:
    """What an Ansible task registers of an answer that was read at the answer's own time."""
    endpoint = ENDPOINTS[answer["endpoint"]]
    ids = [one[endpoint.id_field] for one in [*answer.get(endpoint.collection, []), *answer["errors"]]] if endpoint.ids else []
    question = {**({endpoint.ids_option: ids} if endpoint.ids else {}), **(criteria or {})}
    return {"changed": False, "failed": False, **endpoint.as_dict(read(endpoint, answer, question=question)), **fields}


def test_readings_are_judged_as_one_sample() -> None:
    result = decided(registered(READY_SOURCE), registered(SHOP), registered(READY_PODS, criteria={"controllers": []}))
    assert (outcome(result), result["samples"]) == (("allow", "passed", 0), 1)
    assert [one["name"] for one in result["checks"]] == [SOURCE.name, LIST.name, GITOPS.name]


@pytest.mark.parametrize(
    ("reading", "expected"),
    [
        (registered(FROZEN), ("block", "failed", 1)),
        (registered(CREATING), ("block", "timeout", 2)),
        (registered(repositories(repository(status=6))), ("block", "undecidable", 3)),
        (registered(TIMELESS_PODS, criteria={"controllers": []}), ("block", "timeout", 2)),
        (registered({**lost(403), "endpoint": GITOPS.name, "read_at": ago(0)}, failed=True, msg="x"), ("block", "undecidable", 3)),
        (registered({**authorizations(), "authorizations": None}), ("block", "undecidable", 3)),
        (registered(FROZEN, advisory=True), ("allow", "passed_with_warnings", 0)),
    ],
    ids=["failed", "progressing", "unknown", "not-steady", "failed-read", "A0", "advisory"],
)
def test_one_reading_decides(reading: dict[str, Any], expected: tuple[str, str, int]) -> None:
    assert outcome(decided(registered(READY_SOURCE), reading)) == expected


def test_a_null_list_is_a_wrong_shape() -> None:
    assert found_in(decided(registered({**authorizations(), "authorizations": None})), "API_SHAPE")


def test_the_criteria_travel_with_a_reading() -> None:
    """The gate judges by the same options as the info module did."""
    frozen = registered(FROZEN, criteria={"expect": [{"name": "cart"}]})
    assert [one["code"] for one in decided(frozen)["findings"]] == ["REPO_NOT_FOUND", "REPO_FROZEN"]


def test_cross_rules_apply_to_readings() -> None:
    listed = registered(repositories(repository(status=None)))
    assert decided(listed)["decision"] == "block"
    assert decided(listed, registered(details(repository())))["decision"] == "allow"


def test_waivers_apply_to_readings() -> None:
    assert outcome(decided(registered(FROZEN), waivers=[GIVEN])) == ("allow", "passed_with_warnings", 0)


def test_results_of_a_loop() -> None:
    loop = {"results": [registered(SHOP), registered(repositories(repository(status=3), project="p2"))], "changed": False}
    result = decided(loop, expect_readings=2)
    assert (result["outcome"], [one["name"] for one in result["checks"]]) == ("failed", [LIST.name, f"{LIST.name} (2)"])


def test_expected_readings() -> None:
    assert decided(registered(SHOP), registered(READY_SOURCE), expect_readings=2)["decision"] == "allow"
    result = decided(registered(SHOP), expect_readings=2)
    assert outcome(result) == ("block", "undecidable", 3)
    assert [(one["code"], one["observed"], one["expected"]) for one in result["findings"]] == [("READING_MISSING", 1, 2)]
    assert outcome(decided(registered(FROZEN), expect_readings=2)) == ("block", "failed", 1)


def test_a_failed_task_is_a_missing_reading() -> None:
    result = decided(registered(SHOP), {"failed": True, "msg": "no token=abcdef"})
    assert outcome(result) == ("block", "undecidable", 3)
    assert "abcdef" not in str(found_in(result, "READING_MISSING"))


def test_a_host_that_cannot_be_reached_is_a_missing_reading() -> None:
    lost = {"unreachable": True, "changed": False, "msg": "Failed to connect to the host via ssh", "check": "runner2: pods"}
    result = decided(registered(SHOP), lost)
    assert outcome(result) == ("block", "undecidable", 3)
    (found,) = found_in(result, "READING_MISSING")
    expected = "The task behind runner2: pods could not be run on its host: Failed to connect to the host via ssh"
    assert (found["name"], found["message"]) == ("runner2: pods", expected)


@pytest.mark.parametrize(
    ("ages", "stale"),
    [((0, 599), []), ((0, 600), [LIST.name]), ((86400, 86400), [SOURCE.name, LIST.name]), ((-7200, 0), [LIST.name])],
    ids=["an-hour", "one", "all", "beside-a-later-one"],
)
def test_a_reading_that_is_too_old_decides_nothing(ages: tuple[int, int], stale: list[str]) -> None:
    source_read, list_read = (registered({**reading, "read_at": ago(age)}) for reading, age in zip((READY_SOURCE, SHOP), ages))
    result = decided(source_read, list_read)
    assert sorted(one["check"] for one in found_in(result, "READING_STALE")) == sorted(stale)
    assert outcome(result) == (("block", "undecidable", 3) if stale else ("allow", "passed", 0))
    assert [one["verdict"] for one in result["checks"]] == ["unknown" if name in stale else "ready" for name in (SOURCE.name, LIST.name)]
    assert result["waiting_helps"] is bool(stale)


def test_an_old_reading_that_is_advisory_only_warns() -> None:
    result = decided(registered(READY_SOURCE), registered({**SHOP, "read_at": ago(3601)}, advisory=True))
    assert outcome(result) == ("allow", "passed_with_warnings", 0)


CRASHING_PODS = pods(pod(containers=[waiting("CrashLoopBackOff", restarts=9)]))


AT = ago(0)


@pytest.mark.parametrize(
    ("mine", "theirs", "expected", "words"),
    [
        (READY_PODS, READY_PODS, "passed_with_warnings", []),
        (READY_PODS, CRASHING_PODS, "failed", [("ready", "failed")]),
        (CRASHING_PODS, READY_PODS, "failed", [("failed", "ready")]),
        (READY_PODS, pods(pod(), pod("extra")), "passed_with_warnings", [("not there", "ready")]),
        (READY_PODS, pods(pod(containers=[waiting("CrashLoopBackOff", restarts=9)]), cluster="c2"), "failed", []),
    ],
    ids=["same", "worse", "better", "one-more", "another-cluster"],
)
def test_two_readings_of_the_same_cluster(
    mine: dict[str, Any], theirs: dict[str, Any], expected: str, words: list[tuple[str, str]]
) -> None:
    """G3, G4: the worse one decides, warnings name the copy, and both where they contradict each other."""
    readings = [registered(one, criteria={"controllers": []}, check=name) for name, one in (("north", mine), ("south", theirs))]
    result = decided(*readings)
    said = [f"north as read at {AT} says {then}; south as read at {AT} says {now}." for then, now in words]
    assert (result["outcome"], [one["message"] for one in found_in(result, "READING_CONTRADICTED")]) == (expected, said)
    same = mine["clusters"][0]["cluster_id"] == theirs["clusters"][0]["cluster_id"]
    assert [one["check"] for one in found_in(result, "READING_DUPLICATE")] == (["south"] if same else [])


def test_readings_with_other_expectations_may_differ() -> None:
    other = registered(CRASHING_PODS, criteria={"controllers": ["source-controller"]})
    result = decided(registered(READY_PODS, criteria={"controllers": []}), other)
    assert (result["outcome"], found_in(result, "READING_CONTRADICTED")) == ("failed", [])


@pytest.mark.parametrize(
    ("readings", "path"),
    [
        ([], "readings"),
        ([{"skipped": True}], "readings[0]"),
        ([registered(SHOP), {}], "readings[1]"),
        ([{"results": [registered(SHOP), {"skipped": True}]}], "readings[0].results[1]"),
        ([{"endpoint": "x", "clusters": []}], "readings[0]"),
        ([{**registered(SHOP), "projects": "x"}], "readings[0].projects"),
        ([{"endpoint": LIST.name}], "readings[0].schema_version"),
        ([{**registered(SHOP), "projects": [{**registered(SHOP)["projects"][0], "read_at": None}]}], "readings[0].projects[0]"),
        ([{**registered(SHOP), "projects": ["x"]}], "readings[0].projects[0]"),
        ([{**registered(SHOP), "errors": [{"project_uuid": "p1"}]}], "readings[0].errors[0]"),
        ([{**registered(SHOP), "question": None}], "readings[0].question"),
        ([{**registered(SHOP), "schema_version": 1}], "readings[0].schema_version"),
        ([{**registered(SHOP), "advisory": "perhaps"}], "readings[0].advisory"),
        ([registered(SHOP, advisory="yes")], "readings"),
    ],
    ids=[
        "none",
        "skipped",
        "empty",
        "skipped-in-a-loop",
        "other-endpoint",
        "other-shape",
        "no-collection",
        "no-time",
        "no-entry",
        "half-an-error",
        "no-question",
        "version-1",
        "advisory",
        "all-advisory",
    ],
)
def test_what_is_no_reading_is_refused(readings: list[Any], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        decided(*readings)
    assert raised.value.option == path


def test_no_checks_are_refused() -> None:
    with pytest.raises(OptionError) as raised:
        decide(options(checks=[]), Surroundings({}, Masker(), now=lambda: NOW))
    assert raised.value.option == "checks"


@pytest.mark.parametrize(
    ("given", "path"),
    [
        ({"wait_timeout": -1.0}, "wait_timeout"),
        ({"interval": 0.0}, "interval"),
        ({"steady_for": -1.0}, "steady_for"),
        ({"error_limit": 0}, "error_limit"),
        ({"restart_max": -1}, "restart_max"),
        ({"stuck_after": -1.0}, "stuck_after"),
        ({"failure_grace": float("nan")}, "failure_grace"),
        ({"codearts_timezone": "Mars/Olympus"}, "codearts_timezone"),
    ],
)
def test_bad_options_are_refused(given: dict[str, Any], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        decided(registered(SHOP), **given)
    assert raised.value.option == path


# --- Words -----------------------------------------------------------------------------------------------------------------------


def test_headline_and_reasons() -> None:
    result = run_gate((PODS, READY_PODS), (LISTED, FROZEN), wait_timeout=60)
    assert (
        result["headline"]
        == "Deployment blocked: Repository Demo/shop is frozen (1 of 1 workload and 0 of 1 repository ready, after 10 s)."
    )
    for part in ("FAILED", "Repository Demo/shop", "[REPO_FROZEN]", CATALOGUE["REPO_FROZEN"].remediation):
        assert part in result["causes"][0]["text"]


def test_reasons_of_many_objects_are_grouped() -> None:
    many = [source(*failing("authentication required"), name=f"s{index}") for index in range(50)]
    (reason,) = run_gate((SOURCES, sources(*many)), wait_timeout=0)["causes"]
    assert (reason["count"], "and 47 more" in reason["summary"]) == (50, True)


def test_only_the_worst_reasons_are_shown() -> None:
    many = [source(*failing(f"authentication required for {'x' * index}y"), name=f"s{index}") for index in range(REASONS_SHOWN + 3)]
    result = run_gate((SOURCES, sources(*many)), wait_timeout=0)
    assert len(result["causes"]) == REASONS_SHOWN + 3
    assert result["msg"].splitlines()[-1] == "And 3 more reasons: SRC_FETCH_FAILED 3x. See reasons for all of them."


# --- Properties ------------------------------------------------------------------------------------------------------------------

SERIES = {
    "ready": TIMELESS_PODS,
    "starting": STARTING,
    "crashing": CRASHING,
    "unknown": pods(pod(phase="Unknown")),
    "lost": lost(),
    "forbidden": lost(403),
    "gone": pods(),
}


@drawn(st.lists(st.sampled_from(sorted(SERIES)), min_size=1, max_size=12), st.sampled_from(["terminal", "any", "never"]))
@examples(150)
def test_allowed_means_ready_for_steady_for_without_a_break(names: list[str], fail_fast: str) -> None:
    """Whatever the series: it ends in time, and it is allowed exactly when the last steady_for seconds were ready."""
    seen: list[tuple[float, str]] = []

    def reading(at: float) -> dict[str, Any]:
        name = names[min(len(seen), len(names) - 1)]
        seen.append((at, name))
        return SERIES[name]

    result = run_gate((PODS, reading), wait_timeout=200, fail_fast=fail_fast)
    assert result["waited_seconds"] <= 200
    assert result["decision"] == ("allow" if result["exit_code"] == 0 else "block")
    assert result["samples"] == len(seen)
    if result["decision"] == "allow":
        last = [at for at, _name in seen][-1]
        since = next((at for at, name in reversed(seen) if name != "ready"), None)
        steady = [at for at, name in seen if name == "ready" and (since is None or at > since)]
        assert last - steady[0] >= 30
    else:
        assert result["findings"]


@drawn(st.permutations([(PODS, READY_PODS), (SOURCES, lost(403)), (LISTED, FROZEN), (AUTHS, EXPIRED)]))
@examples(24)
def test_order_of_the_checks_does_not_matter(checks: list[Any]) -> None:
    result = run_gate(*checks, wait_timeout=0)
    assert outcome(result) == ("block", "failed", 1)
    assert [one["code"] for one in result["findings"]] == ["AUTH_EXPIRED", "REPO_FROZEN", "API_FORBIDDEN"]


@pytest.mark.parametrize(("spacing", "first", "lines"), [(0.0, 10.0, 0), (25.0, 25.0, 1)])
def test_the_interval_is_stretched_to_what_the_services_allow_and_said_once(spacing: float, first: float, lines: int) -> None:
    time, said = Time(), []
    gate = Gate([PODS], Policy(steady_for=0), time.clock, said.append)
    plan = [SERIES["starting"], SERIES["starting"], READY_PODS]
    decision = gate.run(lambda: [read(GITOPS, plan[min(gate.samples, 2)], time.now())], spacing=lambda: spacing)
    assert decision.allows
    assert time.sleeps[0] == first
    assert min(time.sleeps) >= spacing
    assert len([line for line in said if "limit of calls" in line]) == lines


# --- A first sample of readings, and what a decision states ----------------------------------------------------------------------------


def begun(plan: list[Any], subjects: Any = None, incomplete: bool = False, **policy: Any) -> tuple[Any, Time, Gate]:
    """The decision of a gate whose first sample was read already, its clock, and the gate."""
    time = Time()
    gate = Gate([PODS], Policy(**policy), time.clock)

    def take() -> list[Any]:
        return [read(GITOPS, plan[min(gate.samples, len(plan) - 1)], time.now())]

    return gate.run(take, FirstSample([read(GITOPS, plan[0], time.now())], subjects or {}, incomplete)), time, gate


@pytest.mark.parametrize(("incomplete", "sleeps"), [(False, [10, 10, 10]), (True, [0, 10, 10, 10])])
def test_what_no_reading_says_is_asked_for_at_once(incomplete: bool, sleeps: list[float]) -> None:
    """Readings that do not suffice are followed by a sample of the gate's own: at once where one of them is missing."""
    decision, time, gate = begun([STARTING, TIMELESS_PODS] if incomplete else [TIMELESS_PODS], incomplete=incomplete)
    assert (decision.outcome, decision.allows, decision.waiting_helps, time.sleeps) == ("passed", True, False, sleeps)
    assert gate.samples == len(sleeps) + 1


@pytest.mark.parametrize(("incomplete", "wait", "outcome"), [(True, 100, "passed"), (False, 100, "undecidable"), (True, 0, "undecidable")])
def test_what_would_end_the_wait_is_read_again_where_a_reading_is_missing(incomplete: bool, wait: float, outcome: str) -> None:
    cut = pods(pod(), metadata={"continue": "x"})
    decision, _time, gate = begun([cut, READY_PODS], incomplete=incomplete, wait_timeout=wait)
    assert decision.outcome == outcome
    assert (gate.samples > 1) is (outcome == "passed")


def test_readings_that_suffice_are_all_that_is_needed() -> None:
    decision, time, gate = begun([READY_PODS])
    assert (decision.outcome, time.sleeps, gate.samples) == ("passed", [], 1)


@pytest.mark.parametrize("index", [0, OWN], ids=["of-a-check", "of-the-gate"])
def test_what_is_known_of_the_readings_counts_in_the_first_sample_only(index: int) -> None:
    missing = Subject("API", "readings", "", NOW, is_state=True, notice=True)
    missing.say("READING_MISSING", U_MARK, "x.")
    decision, time, _gate = begun([READY_PODS], {index: [missing]}, incomplete=True)
    assert decision.outcome == "passed"
    assert time.sleeps == [0, 10, 10, 10]  # after the break the gate's own watch counts


@pytest.mark.parametrize(("wait", "helps"), [(100.0, True), (0.0, True)])
def test_a_decision_for_want_of_time(wait: float, helps: bool) -> None:
    decision, time, _gate = begun([STARTING], wait_timeout=wait)
    assert (decision.outcome, decision.allows, decision.waiting_helps, time.at) == ("timeout", False, helps, wait)


def test_a_decision_that_no_time_would_change() -> None:
    decision, _time, _gate = begun([lost(403)])
    assert (decision.outcome, decision.waiting_helps) == ("undecidable", False)


def test_not_steady_states_how_long_and_since_when() -> None:
    """G5: a finding of the gate itself."""
    decision, _time, _gate = begun([pods(pod(containers=[container(age=12)], age=12))], wait_timeout=0.0)
    (subject,) = decision.sample.own
    (found,) = subject.findings
    assert (subject.kind, subject.name, subject.target, subject.notice, subject.is_state) == ("API", "steady_for", "", True, True)
    assert (found.code, str(found.mark), found.observed, found.expected, found.since) == ("GATE_NOT_STEADY", "P", 12, 30, ago(12))
    assert "but source-controller has provably lasted only for 12 s; steady_for is 30 s." in found.message


def test_not_steady_after_a_break_names_nothing() -> None:
    decision, _time, _gate = begun([TIMELESS_PODS, STARTING, TIMELESS_PODS], wait_timeout=20.0)
    assert "but that has provably lasted" in decision.sample.own[-1].findings[0].message


@pytest.mark.parametrize(("ahead", "decided_at"), [(None, 0), (-100, 0), (100, -100)])
def test_the_later_clock_decides(ahead: float | None, decided_at: float) -> None:
    """This machine's, or the newest that a service states."""
    service = None if ahead is None else NOW + timedelta(seconds=ahead)
    sample = Gate([PODS], Policy(), Time().clock).observe([read(GITOPS, READY_PODS, NOW, service_time=service)], {})
    assert sample.now == NOW - timedelta(seconds=decided_at)


def test_a_sample_lasts_from_its_first_request_to_its_last_answer() -> None:
    time = Time(at=7)
    gate = Gate([PODS], Policy(), time.clock)
    sample = gate.observe([read(GITOPS, READY_PODS, NOW)], {}, began=3)
    assert (sample.began, sample.ended, gate.samples) == (3, 7, 1)
    assert gate.observe([read(GITOPS, READY_PODS, NOW)], {}).began == 7


def test_what_takes_long_to_read_has_to_hold_longer() -> None:
    """steady_for runs from the end of the first ready sample to the beginning of the last."""
    time = Time()
    gate = Gate([PODS], Policy(), time.clock)

    def take() -> list[Any]:
        time.at += 4
        return [read(GITOPS, TIMELESS_PODS, time.now())]

    assert gate.run(take).outcome == "passed"
    assert time.sleeps == [10, 10, 2]
    assert time.at == 4 + 14 + 14 + 6


def test_a_reading_without_one_of_its_ids_is_refused() -> None:
    """Nothing narrows silently: what was asked for has an entry or an error."""
    part = registered(READY_SOURCE, criteria={"cluster_ids": ["c1", "c2"]})
    with pytest.raises(OptionError, match="without c2"):
        decided(part)


def test_an_id_in_other_letters_is_no_other_id() -> None:
    """G1: fewer different readings than expected; ids are compared without case (E8)."""
    loud = sources(source(), cluster=CLUSTER.upper())
    assert outcome(decided(registered(READY_SOURCE), registered(loud), expect_readings=2)) == ("block", "undecidable", 3)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The checks of the gate, its policy, and how the findings of a sample are weighed."""

from __future__ import annotations

import ast
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints import registry
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checks import checks_of, unique
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import Judge, clock_warnings
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import Waiver
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, U_T, P, U, W

from unit.answers import NOW
from unit.answers_pods import pod
from unit.answers_sources import condition, source
from unit.builders import AUTH, GITOPS, SOURCE, error, gating, pods, read, sources
from unit.gates import AUTHS, PODS, SOURCES, check, reading, said, sample, saying, subject

# --- Checks ----------------------------------------------------------------------------------------------------------------------------


def checks(*entries: dict[str, Any], **options: Any) -> list[Any]:
    """The checks of the option."""
    return checks_of({"checks": list(entries), **options})


def entry(endpoint: str = PODS, **fields: Any) -> dict[str, Any]:
    """An entry of the option, as Ansible completes it."""
    asked = {} if endpoint == AUTHS else {"cluster_ids": ["c1"]}
    return {**dict.fromkeys(ENDPOINTS), "name": None, "advisory": None, endpoint: {**asked, **fields.pop("asked", {})}, **fields}


def test_a_check() -> None:
    given = {"stuck_after": 60.0, "failure_grace": None, "restart_max": 3, "region": "r1", "project_id": "p1", "wait_timeout": 5.0}
    (mine,) = checks(entry(name="north", advisory=False), **given)
    assert (mine.name, mine.endpoint.name, mine.advisory) == ("north", PODS, False)
    assert mine.options == {"cluster_ids": ["c1"], "stuck_after": 60.0, "restart_max": 3, "region": "r1", "project_id": "p1"}
    assert mine.question == {"cluster_ids": ["c1"], "stuck_after": 60.0, "restart_max": 3, "region": "r1", "project_id": "p1"}
    assert (mine.place, mine.ids) == (("r1", "p1"), ["c1"])


def test_what_an_entry_says_wins_over_the_gate() -> None:
    (mine,) = checks(entry(asked={"restart_max": 0}, region="r2", project_id="p2"), restart_max=3, region="r1", project_id="p1")
    assert (mine.options["restart_max"], mine.place) == (0, ("r2", "p2"))


def test_what_nobody_says_is_not_asked() -> None:
    (mine,) = checks(entry(asked={"cluster_ids": [" c1", "c1", "c2 "]}))
    assert (mine.place, mine.ids) == ((None, None), ["c1", "c2"])
    assert set(mine.question) == {"cluster_ids"}
    assert check("a", AUTHS).ids is None
    assert check().ids == []


def test_names_are_unique() -> None:
    assert [each.name for each in checks(*[entry()] * 3, entry(SOURCES))] == [PODS, f"{PODS} (2)", f"{PODS} (3)", SOURCES]
    names = {"a", "a (2)"}
    assert (unique("a", names), names) == ("a (3)", {"a", "a (2)", "a (3)"})


@pytest.mark.parametrize(
    ("entries", "option"),
    [
        ([], "checks"),
        ([entry(advisory=True), entry(advisory=True)], "checks"),
        ([entry(), {**dict.fromkeys(ENDPOINTS), "name": "x"}], "checks[1]"),
        ([entry(), entry(asked={"cluster_ids": []})], "checks[1].ucs_gitops.cluster_ids"),
        ([entry(), entry(project_id="../x")], "checks[1].project_id"),
    ],
    ids=["none", "advisory-only", "no-endpoint", "no-ids", "project"],
)
def test_what_is_refused(entries: list[dict[str, Any]], option: str) -> None:
    with pytest.raises(OptionError) as raised:
        checks(*entries)
    assert raised.value.option == option


def test_one_check_that_decides_is_enough() -> None:
    assert [each.advisory for each in checks(entry(advisory=True), entry())] == [True, False]


def test_an_endpoint_that_needs_nothing() -> None:
    assert checks(entry(AUTHS))[0].endpoint is AUTH


# --- Policy ----------------------------------------------------------------------------------------------------------------------------

ASKED: dict[str, Any] = {"wait_timeout": 600.0, "steady_for": 30.0, "checks": []}


def test_a_policy() -> None:
    waiver = Waiver("POD_CRASH_LOOP", "Pod", "a", "r", "o", date(2025, 12, 1))
    given = {"interval": 5.0, "fail_fast": "any", "failure_grace": 1.0, "stuck_after": 2.0, "error_limit": 7, "max_reading_age": 9.0}
    expected = Policy(600.0, 5.0, 30.0, "any", 1.0, 2.0, 7, 9.0, (waiver,))
    assert Policy.of({**ASKED, **given}, [waiver], one_sample=False) == expected
    assert Policy.of(ASKED, [], one_sample=False) == Policy() == Policy(600.0, 10.0, 30.0, "terminal", 120.0, 300.0, 4, 600.0)
    assert Policy.of({**ASKED, "stuck_after": None}, [], one_sample=True) == Policy(wait_timeout=0.0)


NUMBERS = {
    "wait_timeout": 0,
    "steady_for": 0,
    "interval": 0.1,
    "error_limit": 1,
    "max_reading_age": 1,
    "restart_max": 0,
    "expect_readings": 1,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_have_a_range(name: str) -> None:
    given = {**ASKED, "checks": None}
    Policy.of({**given, name: NUMBERS[name]}, [], one_sample=False)
    Policy.of({**given, name: 1e9 - 1}, [], one_sample=False)
    for value in (NUMBERS[name] - 0.01, 1e9, float("inf"), float("nan")):
        with pytest.raises(OptionError) as raised:
            Policy.of({**given, name: value}, [], one_sample=False)
        assert raised.value.option == name


@pytest.mark.parametrize(
    ("wait", "steady", "checks_", "refused"),
    [(30, 30, [], False), (29, 30, [], True), (0, 30, [], False), (29, 30, None, False), (1, 2, [], True)],
)
def test_a_wait_must_hold_steady_for(wait: float, steady: float, checks_: Any, refused: bool) -> None:
    given = {"wait_timeout": wait, "steady_for": steady, "checks": checks_}
    if refused:
        with pytest.raises(OptionError) as raised:
            Policy.of(given, [], one_sample=False)
        assert raised.value.option == "steady_for"
        assert f"{steady} s" in str(raised.value)
    else:
        assert Policy.of(given, [], one_sample=False).wait_timeout == wait


@pytest.mark.parametrize(
    ("interval", "pause", "changed", "following"),
    [
        (10, 0, False, 10),
        (10, 10, False, 12.5),
        (10, 50, False, 60),
        (10, 60, False, 60),
        (90, 90, False, 90),
        (10, 40, True, 10),
        (90, 60, False, 75),
    ],
)
def test_next_pause(interval: float, pause: float, changed: bool, following: float) -> None:
    assert Policy(interval=interval).next_pause(pause, changed) == following


# --- Samples ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("seconds", "warns"), [(300, False), (301, True), (-300, False), (-301, True)])
def test_g7_clocks(seconds: float, warns: bool) -> None:
    subjects = clock_warnings([reading(PODS, "c1", clocks={"host": seconds + (0.4 if seconds > 0 else -0.4) * warns})], NOW)
    assert said(subjects) == [("API", "host", "CLOCK_SKEW", "W", "Date", seconds, None, None)] * warns
    for each in subjects:
        way = "ahead of" if seconds > 0 else "behind"
        assert each.findings[0].message == f"The clock of host is 5 min 1 s {way} the local one."
        assert (each.target, each.asked, each.notice, each.is_state, each.read_at) == ("", True, True, True, NOW)


def test_g7_each_host_once() -> None:
    readings = [reading(PODS, "c1", clocks={"b": 400, "a": 500, "c": 5}), reading(PODS, "c2", clocks={"b": 450})]
    assert [(each.name, each.findings[0].observed) for each in clock_warnings(readings, NOW)] == [("a", 500), ("b", 450)]


WAIVER = Waiver("POD_RESTARTS", "Pod", "*", "r", "o", date(2025, 12, 31))


@pytest.mark.parametrize(
    ("advisory", "asked", "waivers", "weight"),
    [
        (False, True, [], "decides"),
        (True, True, [], "advisory"),
        (False, False, [], "beside"),
        (True, False, [], "beside"),
        (False, True, ["SRC_SUSPENDED"], "waived"),
        (True, True, ["SRC_SUSPENDED"], "waived"),
        (False, False, ["SRC_SUSPENDED"], "beside"),
        (False, True, ["SRC_STALLED"], "decides"),
    ],
)
def test_weights(advisory: bool, asked: bool, waivers: list[str], weight: str) -> None:
    """What is waived is waived whether it decides or warns; what is beside stays beside."""
    expect = {} if asked else {"expect": [{"name": "other"}]}
    mine = gating(SOURCE, "mine", advisory, **expect)
    valid = [Waiver(code, "GitRepository", "*", "r", "o", date(2025, 12, 31)) for code in waivers]
    judge = Judge([mine], valid, 0.0)
    answer = sources(source(name="a", spec={"suspend": True}), *([] if asked else [source(name="other")]))
    judged = judge.judge([read(SOURCE, answer)], {}, NOW)
    (finding,) = [each for each in judged.findings if each.code == "SRC_SUSPENDED"]
    assert (finding.weight, finding.check) == (weight, "mine")
    assert judged.used == ({valid[0]} if weight == "waived" else set())


def test_what_is_known_already_comes_with_its_check() -> None:
    """A subject of a check is weighed with it; those of the gate itself decide."""
    stale = saying(subject("mine", kind="API", notice=True), "READING_STALE", U)
    own = saying(subject("readings", kind="API", notice=True), "READING_MISSING", U_T)
    judge = Judge([gating(GITOPS, "mine", advisory=True, controllers=[])], [WAIVER], 0.0)
    judged = judge.judge([read(GITOPS, pods(pod()), clocks={"h": 900})], {0: [stale], -1: [own]}, NOW)
    assert [(each.code, each.check, each.weight) for each in judged.findings] == [
        ("READING_STALE", "mine", "advisory"),
        ("READING_MISSING", "", "decides"),
        ("CLOCK_SKEW", "", "decides"),
        ("WAIVER_UNUSED", "", "decides"),
    ]
    assert (judged.verdict, judged.now, judged.checks[0].verdict) == ("unknown", NOW, "unknown")
    assert [each.name for each in judged.checks[0].subjects] == ["source-controller", "mine"]
    assert judged.checks[0].deciding == []


def test_a_clock_that_differs_can_be_waived() -> None:
    """G6, G7: it is a finding of the gate itself, and a waiver for it is none that matches nothing."""
    waiver = Waiver("CLOCK_SKEW", "API", "h", "r", "o", date(2025, 12, 31))
    judge = Judge([gating(GITOPS, controllers=[])], [waiver], 0.0)
    judged = judge.judge([read(GITOPS, pods(pod()), clocks={"h": 900, "other": 900})], {}, NOW)
    assert [(each.code, each.name, each.weight) for each in judged.findings] == [
        ("CLOCK_SKEW", "h", "waived"),
        ("CLOCK_SKEW", "other", "decides"),
    ]
    assert judged.used == {waiver}


def test_each_check_has_a_history_of_its_own() -> None:
    """The second sample knows what its check saw in the first."""
    judge = Judge([gating(SOURCE, "a"), gating(SOURCE, "b")], [], 600.0)
    lasting, fresh = source(condition("Ready", "False", "GitOperationFailed", "boom", since="x")), source(name="other")
    judge.judge([read(SOURCE, sources(lasting)), read(SOURCE, sources(fresh))], {}, NOW)
    later = [read(SOURCE, sources(lasting), NOW.replace(minute=2)) for _number in (1, 2)]
    assert [each.verdict for each in judge.judge(later, {}, NOW).checks] == ["failed", "progressing"]


@pytest.mark.parametrize(
    ("about", "is_error"),
    [
        (saying(subject(), "API_UNAVAILABLE", U, cause="api"), True),
        (saying(subject(), "API_FORBIDDEN", U_T, cause="api"), True),
        (saying(subject(), "API_UNAVAILABLE", U, cause="api", weight="advisory"), False),
        (saying(subject(), "GITOPS_NOT_FOUND", F_R, cause="api"), False),
        (saying(subject(), "GITOPS_NOT_FOUND", P, cause="api"), False),
        (saying(subject(), "POD_READY_UNKNOWN", U), False),
    ],
)
def test_what_is_an_error_of_a_service(about: Any, is_error: bool) -> None:
    assert sample(about).has_api_error is is_error


@pytest.mark.parametrize(("weight", "warns"), [("decides", True), ("advisory", True), ("waived", True), ("beside", False)])
def test_what_makes_it_a_pass_with_warnings(weight: str, warns: bool) -> None:
    assert sample(saying(subject(), "POD_RECENT_RESTART", W, weight=weight)).has_warning is warns
    assert not sample(subject()).has_warning


def test_a_lost_cluster_does_not_hide_the_others() -> None:
    judge = Judge([gating(GITOPS, controllers=[])], [], 0.0)
    judged = judge.judge([read(GITOPS, pods(pod(), errors=[error(503)]))], {}, NOW)
    assert (judged.verdict, judged.has_api_error, len(judged.deciding)) == ("unknown", True, 1)


def test_the_packer_of_modules_takes_all_endpoints_along() -> None:
    """It follows static imports alone; a gate that runs as a module of its own would lack an endpoint that is not among them."""
    tree = ast.parse(Path(registry.__file__).read_text(encoding="utf-8"))
    froms = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.level == 1 and not node.module]
    imported = {name.name for node in froms for name in node.names}
    assert imported == set(ENDPOINTS)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate says while it waits: rules.rst, "While it waits"."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waiting import LONGEST_SILENCE, Waiting
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, P, U, W

from unit.answers_codearts import repository
from unit.builders import LIST, Time, gating, repositories, run_gate
from unit.gates import sample, saying, subject

STARTING = sample(saying(subject(), "POD_STARTING", P))
FROZEN = sample(saying(subject(), "POD_IMAGE_INVALID", F_T))
CREATING, SHOP = repositories(repository(status=1)), repositories(repository())
PATIENT = gating(LIST, stuck_after=1e6)


class Heard:
    """What was said, by a gate that may wait for ten minutes."""

    def __init__(self, **policy: Any) -> None:
        self.lines: list[str] = []
        self.waiting = Waiting(Policy(**policy), self.lines.append)


@pytest.fixture
def heard() -> Heard:
    return Heard()


def test_what_is_waited_for_why_how_long_and_how_long_still(heard: Heard) -> None:
    heard.waiting.sample(STARTING, 0.2, 10, 30)
    heard.waiting.sample(sample(saying(subject(), "POD_CRASH_LOOP", F_R)), 130, 10, 30)
    heard.waiting.end("failed", 131)
    assert heard.lines == [
        "Waiting, 10 min at most: Workload flux-system/a in cluster c1: the pod is starting (0 of 1 workload ready).",
        "Waited 2 min 10 s, 7 min 50 s left: Workload flux-system/a in cluster c1: the container keeps crashing (0 of 1 workload ready).",
        "Decided after 2 min 11 s: something has failed.",
    ]


def test_ready_says_for_how_long_it_must_hold(heard: Heard) -> None:
    heard.waiting.sample(sample(subject()), 60, 10, 18)
    assert heard.lines == ["Waited 1 min, 9 min left: 1 of 1 workload ready; it must hold for 18 s more (steady_for: 30 s)."]


@pytest.mark.parametrize(("fail_fast", "said"), [("terminal", True), ("any", True), ("never", False)])
def test_a_failure_that_is_final_may_end_the_wait(fail_fast: str, said: bool) -> None:
    heard = Heard(fail_fast=fail_fast)
    heard.waiting.sample(FROZEN, 0, 10, 30)
    assert heard.lines[0].endswith("; the wait ends if the next reading says the same.") is said


def test_a_gate_that_decides_at_once_says_nothing(heard: Heard) -> None:
    heard.waiting.end("passed", 0.3)
    assert heard.lines == []


def test_nothing_new_is_said_once_a_minute(heard: Heard) -> None:
    for waited in range(0, 200, 10):
        heard.waiting.sample(STARTING, waited, 10, 30)
    assert [re.match(r"Wait\w+,? ([^,:]+)", line)[1] for line in heard.lines] == ["10 min at most", "1 min", "2 min", "3 min"]  # type: ignore[index]


@pytest.mark.parametrize("code", ["POD_CRASH_LOOP", "CLOCK_SKEW"])
def test_a_change_of_a_rule_is_said_and_no_warning(heard: Heard, code: str) -> None:
    heard.waiting.sample(STARTING, 0, 10, 30)
    mark = W if code == "CLOCK_SKEW" else P
    heard.waiting.sample(sample(saying(saying(subject(), "POD_STARTING", P), code, mark)), 10, 10, 30)
    assert len(heard.lines) == (1 if mark is W else 2)


def test_a_reading_that_takes_its_time_is_said_too(heard: Heard) -> None:
    heard.waiting.pulse(LONGEST_SILENCE - 1, reading=True)
    heard.waiting.pulse(LONGEST_SILENCE, reading=True)
    heard.waiting.sample(sample(saying(subject(), "POD_READY_UNKNOWN", U)), 70, 10, 30)
    heard.waiting.pulse(129, reading=True)
    heard.waiting.pulse(131, reading=True)
    assert [line.partition(": ")[2] for line in heard.lines] == [
        "still reading.",
        "Workload flux-system/a in cluster c1: whether the pod is ready is not known (0 of 1 workload ready).",
        "still reading; Workload flux-system/a in cluster c1: whether the pod is ready is not known (0 of 1 workload ready).",
    ]


@pytest.mark.parametrize("interval", [0.5, 10, 50, 90, 400])
def test_a_gate_is_never_silent_for_more_than_a_minute(interval: float) -> None:
    time, times = Time(factor=1.2), []
    run_gate((PATIENT, [CREATING] * 40 + [SHOP]), time=time, wait_timeout=900, interval=interval, say=lambda _line: times.append(time.at))
    assert times[0] == 0
    pauses = [later - earlier for earlier, later in zip(times, [*times[1:], time.at])]
    assert max(pauses) <= LONGEST_SILENCE

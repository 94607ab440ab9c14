# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ready has lasted: rules.rst, "Steady"."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.steadiness import Steadiness
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import WAIVED
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Part, Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, P, W

from unit.gates import check, sample, saying, subject

NEVER = float("inf")


def seen(*samples: Any) -> Steadiness:
    """What 30 s of ``steady_for`` have come to after some samples."""
    steadiness = Steadiness(30)
    for observed in samples:
        steadiness.observe(observed)
    return steadiness


def waived(**fields: Any) -> Subject:
    """An object that is ready only because its failure is waived."""
    return saying(subject(age=None, **fields), "POD_CRASH_LOOP", F_R, weight=WAIVED)


@pytest.mark.parametrize(
    ("subjects", "missing"),
    [
        ([subject(age=30)], 0),
        ([subject(age=29)], 1),
        ([subject(age=12), subject("b", age=20)], 18),
        ([subject(age=45)], -15),
        ([subject(age=0)], 30),
        ([subject(age=None)], 30),
        ([subject(), subject("b", age=None)], 30),
        ([subject(age=None, is_state=True)], 0),
        ([waived()], 0),
        ([subject(age=None, asked=False)], 0),
        ([subject(age=None, notice=True)], 0),
        ([], 0),
    ],
    ids=["30s", "29s", "the-youngest", "45s", "0s", "no-time", "one-without", "state", "waived", "beside", "notice", "none"],
)
def test_own_times_prove_it_on_the_first_sample(subjects: list[Subject], missing: float) -> None:
    """The sample took 2 s, which the gate's own watch does not count: it has just begun, and 30 s are missing by it."""
    first = sample(*subjects, began=0, ended=2)
    steadiness = seen(first)
    assert steadiness.missing(first) == missing
    assert steadiness.lasted(first) is (missing <= 0)
    assert steadiness.lasted_for(first) == min(max(0, 30 - missing), 45)


@pytest.mark.parametrize(("began", "missing"), [(10, 22), (31.5, 0.5), (32, 0), (40, -8)])
def test_the_watch_runs_from_the_end_of_the_first_sample_to_the_beginning_of_the_last(began: float, missing: float) -> None:
    last = sample(subject(age=None), began=began, ended=began + 5)
    steadiness = seen(sample(subject(age=None), began=0, ended=2), last)
    assert (steadiness.missing(last), steadiness.lasted(last), steadiness.due()) == (missing, missing <= 0, 32)
    assert steadiness.lasted_for(last) == max(0, 30 - missing)


def test_whichever_proves_more_counts() -> None:
    """Ten seconds by the gate's watch, fifteen by the object's own time."""
    last = sample(subject(age=15), began=12, ended=12)
    assert seen(sample(subject(age=15), ended=2), last).missing(last) == 15
    last = sample(subject(age=5), began=12, ended=12)
    assert seen(sample(subject(age=5), ended=2), last).missing(last) == 20


BOTH = (subject(), subject("b"))
CHANGES: dict[str, tuple[list[Subject], list[Subject], bool]] = {
    # what is seen first, what then, whether it is a break
    "nothing": ([subject(parts={"pod": 1})], [subject(parts={"pod": 1})], False),
    "order": ([*BOTH], [*reversed(BOTH)], False),
    "restart": ([subject(parts={"pod": 1})], [subject(parts={"pod": 2})], True),
    "pod-came": ([subject()], [subject(parts={"pod": 1})], True),
    "pod-went": ([subject(parts={"pod": 1})], [subject()], True),
    "passing-pod-came": ([subject()], [subject(parts={"pod": Part(1, passing=True)})], False),
    "passing-pod-went": ([subject(parts={"pod": Part(1, passing=True)})], [subject()], False),
    "passing-pod-and-a-restart": (
        [subject(parts={"old": Part(1, passing=True), "pod": 1})],
        [subject(parts={"pod": 2, "new": Part(1, passing=True)})],
        True,
    ),
    "restart-of-a-pod-that-begins-to-go": ([subject(parts={"pod": 1})], [subject(parts={"pod": Part(2, passing=True)})], True),
    "restart-of-an-ignored-pod": ([subject(parts={"pod": 1})], [subject(parts={"pod": Part(None, passing=True)})], False),
    "object-came": ([subject()], [*BOTH], True),
    "object-went": ([*BOTH], [subject()], True),
    "passing-object-went": ([subject(), subject("b", passing=True)], [subject()], False),
    "other-cluster": ([subject()], [subject(target="c2")], True),
    "other-kind": ([subject()], [subject(kind="GitRepository")], True),
    "other-namespace": ([subject()], [subject(namespace="b")], True),
    "pods-of-waived": ([waived(parts={"pod": 1})], [waived(parts={"pod": 2, "other": 1})], False),
    "pods-of-a-waived-one-that-is-ready-again": ([waived(parts={"pod": 1})], [subject(parts={"pod": 1})], False),
    "pods-of-what-is-waived-now": ([subject(parts={"pod": 1})], [waived(parts={"pod": 2, "other": 1})], False),
    "restart-of-a-waived-one-that-is-ready-again": ([waived(parts={"pod": 1})], [subject(parts={"pod": 2})], True),
    "waived-object-went": ([subject(), waived(name="b")], [subject()], True),
    "beside": ([subject()], [subject(), subject("b", asked=False)], False),
    "notice": ([subject()], [subject(), saying(subject("b", notice=True), "CLOCK_SKEW", W)], False),
    "warning": ([subject()], [saying(subject(), "POD_RECENT_RESTART", W)], False),
    "not-ready": ([subject()], [saying(subject(), "POD_NOT_READY", P)], True),
}


@pytest.mark.parametrize("name", CHANGES)
def test_break(name: str) -> None:
    """After a break the watch begins again and the objects' own times prove nothing; else both go on."""
    before, now, breaks = CHANGES[name]
    again = [subject()] if name == "not-ready" else now
    last = sample(*again, began=20, ended=21)
    steadiness = seen(sample(*before, ended=2), sample(*now, began=10, ended=11), last)
    begins = 21 if name == "not-ready" else 11 if breaks else 2
    assert steadiness.due() == begins + 30
    assert steadiness.missing(last) == (min(30, begins + 10) if breaks else -3570 if not last.deciding[-1].waived else 0)
    assert steadiness.lasted(last) is not breaks


def test_a_sample_that_is_not_ready_stops_the_watch() -> None:
    last = sample(saying(subject(), "POD_NOT_READY", P), began=20, ended=21)
    steadiness = seen(sample(subject(), ended=2), last)
    assert (steadiness.due(), steadiness.missing(last), steadiness.lasted(last), steadiness.lasted_for(last)) == (None, 30, False, 0)


def test_an_advisory_check_breaks_nothing() -> None:
    mine = check(advisory=True)
    last = sample(subject(parts={"pod": 2}), began=40, ended=41, of=mine)
    assert seen(sample(subject(parts={"pod": 1}), ended=2, of=mine), last).due() == 32


def test_the_same_object_of_two_checks_is_two() -> None:
    first, last = sample(subject(), ended=2), sample(subject(), began=10, ended=11, of=check("other"))
    assert seen(first, last).due() == 41


def test_what_is_young_is_named_until_a_break() -> None:
    young, old = subject("young", age=29), subject("old", age=30)
    last = sample(young, old, subject("none", age=None), ended=2)
    assert [each.name for each in seen(last).young(last)] == ["young", "none"]
    assert seen(sample(subject(), ended=1), last).young(last) == []

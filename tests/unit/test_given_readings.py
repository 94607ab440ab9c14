# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Readings that are given to the gate: rules.rst, "Checks and readings", rows G1 to G3."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checks import Check
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import FirstSample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.given import (
    GivenReading,
    LostReading,
    checks_of_readings,
    first_sample,
    given_readings,
    readings_for_checks,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import OWN
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError, OptionError

from unit.answers import NOW, ago
from unit.builders import GITOPS, pods
from unit.builders import read as read_answer
from unit.gates import AUTHS, PODS, SOURCES, check, given, reading, said

LIMITS = {"max_reading_age": 600.0}
NOTICE = (True, True, True, "")  # asked, notice, a state, no target


def registered(**fields: Any) -> dict[str, Any]:
    """What a task registers of the pods of a cluster."""
    return {"changed": False, **GITOPS.as_dict(read_answer(GITOPS, pods(), question={"cluster_ids": ["c1"]})), **fields}


def sampled(*readings: GivenReading, lost: Sequence[LostReading] = (), **options: Any) -> FirstSample:
    """Readings that are the checks themselves, as the first sample."""
    asked = {**LIMITS, **options}
    return first_sample(asked, checks_of_readings(asked, readings), readings, lost, NOW)


def placed(checks: Sequence[Check], *readings: GivenReading, lost: Sequence[LostReading] = (), **options: Any) -> FirstSample:
    """Readings for checks, as the first sample."""
    return readings_for_checks({**LIMITS, **options}, checks, readings, lost, NOW)


# --- How they are read ---------------------------------------------------------------------------------------------------------------


def test_what_a_reading_is() -> None:
    (read,), lost = given_readings([registered(check="north: pods", advisory=True)])
    assert (read.path, read.name, read.endpoint.name, read.advisory, lost) == ("readings[0]", "north: pods", PODS, True, [])
    assert (read.reading.question, read.reading.read_at) == ({"cluster_ids": ["c1"]}, NOW)
    assert given_readings([registered()])[0][0].name == PODS
    assert len(given_readings([registered(check="x" * 300)])[0][0].name) == 253


@pytest.mark.parametrize("value", [True, "true", "Yes", " on ", 1, "1", "y", "T"])
def test_advisory(value: Any) -> None:
    assert given_readings([registered(advisory=value)])[0][0].advisory is True


@pytest.mark.parametrize("value", [None, False, "false", "No", " off ", 0, "0", "n", "F"])
def test_not_advisory(value: Any) -> None:
    assert given_readings([registered(advisory=value)])[0][0].advisory is False


@pytest.mark.parametrize("value", ["", "perhaps", 2, []])
def test_advisory_that_is_neither(value: Any) -> None:
    with pytest.raises(OptionError) as raised:
        given_readings([registered(advisory=value)])
    assert raised.value.option == "readings[0].advisory"


@pytest.mark.parametrize(
    ("value", "name", "message"),
    [
        ({"failed": True, "msg": "no"}, "readings[0]", "The task behind readings[0] failed: no"),
        ({"failed": True}, "readings[0]", "The task behind readings[0] failed: no message"),
        ({"failed": True, "msg": "no", "check": "pods"}, "pods", "The task behind pods failed: no"),
        ({"unreachable": True, "msg": "no"}, "readings[0]", "The task behind readings[0] could not be run on its host: no"),
        ({"failed": True, "unreachable": True, "msg": "no"}, "readings[0]", "The task behind readings[0] could not be run on its host: no"),
    ],
)
def test_lost_readings(value: dict[str, Any], name: str, message: str) -> None:
    assert given_readings([value]) == ([], [LostReading(name, message)])


def test_the_name_of_a_lost_reading_is_short() -> None:
    assert len(given_readings([{"failed": True, "check": "x" * 300}])[1][0].name) == 253


@pytest.mark.parametrize(
    ("fields", "failure"),
    [
        ({}, ""),
        ({"failed": False}, ""),
        ({"failed": True, "msg": "x"}, "The task behind pods failed: x"),
        ({"failed": True, "failed_when_result": True}, "The task behind pods failed: no message"),
        ({"unreachable": True, "msg": "x"}, "The task behind pods could not be run on its host: x"),
        ({"failed": True, "msg": "x", "errors": [{"cluster_id": "c1", "read_at": ago(0), **ApiError("x", 500).as_dict()}]}, ""),
    ],
    ids=["none", "not failed", "failed", "by its condition", "unreachable", "with an error that says why"],
)
def test_a_failed_task_that_has_read_something_is_a_reading(fields: dict[str, Any], failure: str) -> None:
    (read,), lost = given_readings([registered(check="pods", **fields)])
    assert (read.failure, lost) == (failure, [])


@pytest.mark.parametrize(
    ("value", "path", "seen"),
    [
        ({"skipped": True}, "readings[0]", "got a skipped task"),
        ({}, "readings[0]", "got a dict with nothing"),
        ({"b": 1, "a": 2}, "readings[0]", "got a dict with a, b"),
        (dict.fromkeys("abcdefghij", 1), "readings[0]", "got a dict with a, b, c, d, e, f, g, h,"),
        ({"results": [{"failed": True}, {"skipped": True}]}, "readings[0].results[1]", "got a skipped task"),
        ({"results": ["x"]}, "readings[0].results[0]", "got a dict with nothing"),
        ({"results": "x"}, "readings[0]", "got a dict with results"),
        ({"results": [], "changed": False}, "readings[0]", "got a loop over nothing"),
        ({"results": [], "skipped": True, "skipped_reason": "No items in the list"}, "readings[0]", "got a loop over nothing"),
        ({"endpoint": "x", "results": []}, "readings[0]", "got a dict with endpoint, results"),
    ],
)
def test_what_is_none(value: dict[str, Any], path: str, seen: str) -> None:
    with pytest.raises(OptionError) as raised:
        given_readings([value])
    assert raised.value.option == path
    assert seen in str(raised.value)
    assert "ucs_gitops_info" in str(raised.value)


def test_a_loop_is_many() -> None:
    readings, lost = given_readings([registered(), {"results": [registered(), {"failed": True}, registered()]}, registered()])
    assert [each.path for each in readings] == ["readings[0]", "readings[1].results[0]", "readings[1].results[2]", "readings[2]"]
    assert [each.name for each in lost] == ["readings[1].results[1]"]


@pytest.mark.parametrize("results", [[], [registered()]], ids=["of nothing", "of a reading"])
def test_a_loop_that_failed_by_itself_is_lost(results: list[Any]) -> None:
    """G1: none of its items says that it failed."""
    readings, lost = given_readings([registered(), {"results": results, "failed": True, "msg": "no"}])
    assert len(readings) == 1 + len(results)
    assert lost == [LostReading("readings[1]", "The task behind readings[1] failed: no")]


def test_a_loop_that_failed_with_an_item_is_no_other_loss() -> None:
    failed = {"results": [registered(), registered(failed=True, msg="x")], "failed": True, "msg": "One or more items failed"}
    readings, lost = given_readings([failed])
    assert (len(readings), lost) == (2, [])


# --- Checks that are readings --------------------------------------------------------------------------------------------------------


def test_their_checks() -> None:
    """Each has a name of its own, its own question, and the gate's thresholds where its caller gave them."""
    options = {"stuck_after": 60.0, "failure_grace": None, "restart_max": 3, "codearts_timezone": "UTC", "wait_timeout": 5.0}
    first, second = checks_of_readings(options, [given(0, PODS, "c1"), given(1, PODS, "c2", advisory=True)])
    assert (first.name, first.endpoint.name, first.advisory, second.name, second.advisory) == (PODS, PODS, False, f"{PODS} (2)", True)
    assert first.options == {"cluster_ids": ["c1"], "stuck_after": 60.0, "restart_max": 3, "codearts_timezone": "UTC"}
    assert checks_of_readings({"restart_max": 0}, [given(0, PODS, "c1")])[0].options["restart_max"] == 0
    assert checks_of_readings({}, [given(0, PODS, "c1")])[0].options == {"cluster_ids": ["c1"]}


def test_only_advisory_readings_are_refused() -> None:
    with pytest.raises(OptionError) as raised:
        checks_of_readings({}, [given(0, PODS, "c1", advisory=True)])
    assert raised.value.option == "readings"
    assert checks_of_readings({}, []) == []


def test_a_first_sample_of_readings() -> None:
    readings = given(0, PODS, "c1"), given(1, SOURCES, "c1")
    first = sampled(*readings)
    assert (first.readings, first.subjects, first.incomplete) == ([each.reading for each in readings], {OWN: [], 0: [], 1: []}, False)


# --- G1: readings that are missing ---------------------------------------------------------------------------------------------------

LOST = LostReading("north: pods", "The task failed.")


@pytest.mark.parametrize("expected", [None, 0, 1, 2])
def test_g1_all_are_there(expected: int | None) -> None:
    assert sampled(given(0, PODS, "c1"), given(1, PODS, "c2"), expect_readings=expected).subjects[OWN] == []


def test_g1_fewer_than_expected() -> None:
    (missing,) = sampled(given(0, PODS, "c1"), expect_readings=3).subjects[OWN]
    assert said([missing]) == [("API", "readings", "READING_MISSING", "U T", None, 1, 3, None)]
    assert (missing.asked, missing.notice, missing.is_state, missing.target) == NOTICE
    assert missing.read_at == NOW


def test_g1_a_copy_is_not_one_more() -> None:
    assert said(sampled(given(0, PODS, "c1"), given(1, PODS, "c1"), expect_readings=2).subjects[OWN])[0][5:7] == (1, 2)


def test_g1_a_lost_one() -> None:
    (missing,) = sampled(given(0, PODS, "c1"), lost=[LOST]).subjects[OWN]
    assert said([missing]) == [("API", "north: pods", "READING_MISSING", "U T", None, None, None, None)]
    assert missing.findings[0].message == "The task failed."
    assert (missing.asked, missing.notice, missing.is_state, missing.target, missing.read_at) == (*NOTICE, NOW)
    assert len(sampled(given(0, PODS, "c1"), lost=[LOST], expect_readings=2).subjects[OWN]) == 2


def test_g1_a_whole_reading_of_a_task_that_failed() -> None:
    """It is judged, and that its task failed is said beside it; beside checks it may still be read."""
    read = replace(given(0, PODS, "c1"), failure="The task failed.")
    for first, mark in ((sampled(read), "U T"), (placed([check(PODS, cluster_ids=["c1"])], read), "U")):
        assert said(first.subjects[0]) == [("API", PODS, "READING_MISSING", mark, None, None, None, None)]
        assert first.subjects[0][0].findings[0].message == "The task failed."
        assert (first.readings, first.subjects[OWN]) == ([read.reading], [])


# --- G2: readings that are too old ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("age", "limit", "stale"), [(0, 600, 0), (599, 600, 0), (600, 600, 1), (601, 600, 1), (60, 60, 1), (59, 60, 0)])
def test_g2_too_old(age: float, limit: float, stale: int) -> None:
    first = sampled(given(0, PODS, "c1", age=age), max_reading_age=limit)
    since = ago(age)
    assert said(first.subjects[0]) == [("API", PODS, "READING_STALE", "U", "read_at", since, None, since)] * stale
    for subject in first.subjects[0]:
        assert (subject.asked, subject.notice, subject.is_state, subject.target) == NOTICE
        assert subject.read_at == NOW - timedelta(seconds=age)
        assert subject.findings[0].message.startswith(f"It was read {age // 60} min")


@pytest.mark.parametrize("service", [False, True], ids=["its-entry", "its-service"])
def test_g2_a_reading_from_the_future_makes_the_others_old(service: bool) -> None:
    """By the later clock: this machine's, or the newest time that a service states."""
    later = {"service_time": NOW + timedelta(seconds=600)} if service else {"age": -600}
    first = sampled(given(0, PODS, "c1"), given(1, PODS, "c2", **later))
    codes = [[row[2] for row in said(first.subjects[index])] for index in (0, 1)]
    assert codes == [["READING_STALE"], ["READING_STALE" if service else "CLOCK_SKEW"]]


def test_g2_by_the_oldest_entry() -> None:
    entries = (*reading(PODS, "c1", age=10).entries, *reading(PODS, "c2", age=700).entries)
    assert said(sampled(given(0, PODS, "c1", "c2", entries=entries)).subjects[0])[0][5] == ago(700)


def test_g2_a_reading_without_an_entry_has_no_age() -> None:
    assert sampled(given(0, PODS, entries=())).subjects[0] == []


# --- G7: readings that are ahead -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("ahead", "skewed"), [(0, 0), (300, 0), (301, 1), (86400, 1)])
def test_g7_ahead(ahead: float, skewed: int) -> None:
    """By the latest of its entries."""
    entries = (*reading(PODS, "c1").entries, *reading(PODS, "c2", age=-ahead).entries)
    read = given(0, PODS, "c1", "c2", entries=entries)
    for first in (sampled(read, max_reading_age=1e6), placed([check(PODS, cluster_ids=["c1", "c2"])], read, max_reading_age=1e6)):
        assert said(first.subjects[0]) == [("API", PODS, "CLOCK_SKEW", "W", "read_at", ago(-ahead), ago(0), None)] * skewed


# --- G3: copies ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "second", "copy"),
    [
        (given(0, PODS, "c1"), given(1, PODS, "c1"), True),
        (given(0, PODS, "c1", "c2"), given(1, PODS, "c2", "c1"), True),
        (given(0, PODS, "c1"), given(1, PODS, " c1 ", "c1"), True),
        (given(0, PODS, "c1"), given(1, PODS, "c2"), False),
        (given(0, PODS, "c1"), given(1, PODS, "c1", "c2"), False),
        (given(0, PODS, "c1"), given(1, SOURCES, "c1"), False),
        (given(0, AUTHS, "p1"), given(1, AUTHS, "p1"), True),
        (given(0, AUTHS, "p1"), given(1, AUTHS, "p2"), False),
    ],
    ids=["same", "order", "blanks", "other-id", "one-more", "other-endpoint", "same-project", "other-project"],
)
def test_g3_copy(first: GivenReading, second: GivenReading, copy: bool) -> None:
    subjects = sampled(first, second).subjects
    name = f"{second.endpoint.name} (2)"
    assert subjects[0] == []
    assert said(subjects[1]) == [("API", name, "READING_DUPLICATE", "W", None, None, None, None)] * copy
    for subject in subjects[1]:
        assert (subject.asked, subject.notice, subject.is_state, subject.target, subject.read_at) == (*NOTICE, NOW)
        assert subject.findings[0].message == f"It is of the same ids as {first.endpoint.name}, and counts once."


def test_g3_each_copy_names_the_first() -> None:
    subjects = sampled(*(given(number, PODS, "c1") for number in range(3))).subjects
    assert [len(subjects[number]) for number in range(3)] == [0, 1, 1]


# --- Readings for checks -----------------------------------------------------------------------------------------------------------------

FITS = {
    "same": (check(cluster_ids=["c1"]), given(0, PODS, "c1"), True),
    "order": (check(cluster_ids=["c2", "c1"]), given(0, PODS, "c1", "c2"), True),
    "twice": (check(cluster_ids=["c1", " c1"]), given(0, PODS, "c1"), True),
    "other-id": (check(cluster_ids=["c1"]), given(0, PODS, "c2"), False),
    "one-more": (check(cluster_ids=["c1"]), given(0, PODS, "c1", "c2"), False),
    "one-less": (check(cluster_ids=["c1", "c2"]), given(0, PODS, "c1"), False),
    "other-endpoint": (check(cluster_ids=["c1"]), given(0, SOURCES, "c1"), False),
    "project": (check("a", AUTHS, project_id="p1"), given(0, AUTHS, "p1"), True),
    "other-project": (check("a", AUTHS, project_id="p1"), given(0, AUTHS, "p2"), False),
    "project-not-stated": (check("a", AUTHS), given(0, AUTHS, "p2"), True),
}


@pytest.mark.parametrize("name", FITS)
def test_which_check_a_reading_belongs_to(name: str) -> None:
    mine, read, fits = FITS[name]
    if fits:
        first = placed([mine], read)
        assert (first.readings, first.subjects, first.incomplete) == ([read.reading], {OWN: [], 0: []}, False)
    else:
        with pytest.raises(OptionError) as raised:
            placed([mine], read)
        assert raised.value.option == "readings[0]"
        assert f"got a reading of {read.endpoint.name} of {', '.join(read.reading.targets)}," in str(raised.value)


def test_a_second_reading_of_a_check_is_refused() -> None:
    with pytest.raises(OptionError, match=r"readings\[1\].*got another reading of ucs_gitops of c1, c2, c3,"):
        placed([check(cluster_ids=["c1", "c2", "c3", "c4"])], *(given(number, PODS, "c4", "c3", "c2", "c1") for number in (0, 1)))


def test_a_reading_of_nothing_is_refused() -> None:
    with pytest.raises(OptionError, match="got a reading of ucs_gitops of nothing,"):
        placed([check(cluster_ids=["c1"])], given(0, PODS, entries=()))


def test_two_checks_of_the_same_ids_take_two_readings() -> None:
    checks = [check(cluster_ids=["c1"]), check("again", cluster_ids=["c1"])]
    readings = given(0, PODS, "c1", age=5), given(1, PODS, "c1", age=9)
    assert placed(checks, *readings).readings == [each.reading for each in readings]


def test_the_order_of_the_readings_does_not_matter() -> None:
    checks = [check(cluster_ids=["c1"]), check("sources", SOURCES, cluster_ids=["c1"])]
    sources, pods_ = given(0, SOURCES, "c1", age=700), given(1, PODS, "c1")
    first = placed(checks, sources, pods_)
    assert first.readings == [pods_.reading, sources.reading]
    assert [len(first.subjects[index]) for index in (0, 1)] == [0, 1]
    assert first.subjects[1][0].name == "sources"
    assert first.incomplete is True


def test_a_check_without_a_reading_is_undecided() -> None:
    checks = [check(cluster_ids=["c1"]), check("sources", SOURCES, cluster_ids=["c1"])]
    first = placed(checks, given(0, PODS, "c1"))
    assert said(first.subjects[1]) == [("API", "sources", "READING_MISSING", "U", None, None, None, None)]
    (missing,) = first.subjects[1]
    assert (missing.asked, missing.notice, missing.is_state, missing.target, missing.read_at) == (*NOTICE, NOW)
    assert missing.findings[0].message == "There is no reading of the check sources among those given."
    assert (first.subjects[0], first.subjects[OWN], first.incomplete) == ([], [], True)
    assert (first.readings[1].endpoint, first.readings[1].question, first.readings[1].targets) == (SOURCES, {"cluster_ids": ["c1"]}, [])


@pytest.mark.parametrize(("age", "incomplete"), [(599, False), (600, True)])
def test_a_reading_that_is_too_old_is_none_that_can_be_used(age: float, incomplete: bool) -> None:
    first = placed([check(cluster_ids=["c1"])], given(0, PODS, "c1", age=age))
    assert [each[2] for each in said(first.subjects[0])] == ["READING_STALE"] * incomplete
    assert first.incomplete is incomplete


def test_what_is_missing_beside_checks_may_still_be_read() -> None:
    """So it is no reason to end the wait: U, where readings alone make it U T."""
    first = placed([check(cluster_ids=["c1"])], given(0, PODS, "c1"), lost=[LOST], expect_readings=2)
    assert [(each[1], each[3], each[5], each[6]) for each in said(first.subjects[OWN])] == [
        ("north: pods", "U", None, None),
        ("readings", "U", 1, 2),
    ]
    assert first.incomplete is True

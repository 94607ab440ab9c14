# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Times are read as rules.rst says under "Time", and nothing that comes in makes a reader raise."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import Instant, age, format_time, parse_time, parse_zone
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unit.answers import ANY_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

UNHURRIED = settings(deadline=None)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
EPOCH = 1709208000  # NOON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2024-02-29T12:00:00Z", NOON, id="Z"),
        pytest.param("2024-02-29t12:00:00z", NOON, id="lower case"),
        pytest.param("  2024-02-29T12:00:00Z\n", NOON, id="blanks around"),
        pytest.param("2024-02-29 12:00:00Z", NOON, id="blank instead of T"),
        pytest.param("2024-02-29T20:00:00+08:00", NOON, id="offset"),
        pytest.param("2024-02-29T20:00:00+0800", NOON, id="offset without a colon"),
        pytest.param("2024-02-29T07:30:00-04:30", NOON, id="offset to the west"),
        pytest.param("2024-02-29T12:00:00.5Z", NOON + timedelta(milliseconds=500), id="1 digit"),
        pytest.param("2024-02-29T12:00:00.701000Z", NOON + timedelta(milliseconds=701), id="6 digits"),
        pytest.param("2024-02-29T12:00:00.123456789Z", NOON + timedelta(microseconds=123456), id="9 digits"),
        pytest.param(EPOCH, NOON, id="s"),
        pytest.param(EPOCH * 10**3 + 250, NOON + timedelta(milliseconds=250), id="ms"),
        pytest.param(EPOCH * 10**6 + 1, NOON + timedelta(microseconds=1), id="us"),
        pytest.param(f" {EPOCH}000 ", NOON, id="ms as text"),
        pytest.param(float(EPOCH), NOON, id="whole float"),
        pytest.param(946684800, datetime(2000, 1, 1, tzinfo=timezone.utc), id="first of 2000"),
    ],
)
def test_exact_times(value: object, expected: datetime) -> None:
    found = parse_time(value)
    assert found is not None
    assert found.exact
    assert abs(found.earliest - expected) < timedelta(microseconds=1)
    assert str(found) == format_time(expected)


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            True,
            False,
            "",
            "-",
            "null",
            [],
            {},
            b"2024-02-29T12:00:00Z",
            0,
            -EPOCH,
            12345678,
            EPOCH + 0.5,
            float("nan"),
            float("inf"),
        ),
        *(10**18, 99999999999, "9" * 30, "٣٣٣٣٣٣٣٣٣٣"),
        *("2024-02-30T12:00:00Z", "2024-02-29T25:00:00Z", "2024-02-29T12:00:60Z", "2024-02-29", "2024-02-29T12:00Z"),
        *("2024-02-29T12:00:00", "2024-02-29T12:00:00.1234567890Z", "2024-02-29T12:00:00+25:00", "2024-02-29 12:00:00 GMT"),
        *("29.02.2024 12:00:00", "2024/02/29 12:00:00", "٢٠٢٤-02-29 12:00:00", "2024-02-29 12:00:00.5"),
        *("1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    ],
    ids=repr,
)
def test_unreadable_times(value: object) -> None:
    assert parse_time(value) is None
    assert age(value, NOON) is None


def test_a_time_without_a_zone_is_an_interval() -> None:
    found = parse_time("2024-02-29 12:00:00")
    assert found == Instant(NOON - timedelta(hours=14), NOON + timedelta(hours=12), "2024-02-29 12:00:00")
    assert not found.exact
    assert str(found) == "2024-02-29 12:00:00 (zone unknown)"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(SHANGHAI, NOON - timedelta(hours=8)), (timezone.utc, NOON), (ZoneInfo("America/New_York"), NOON + timedelta(hours=5))],
    ids=str,
)
def test_a_zone_makes_it_exact(zone: tzinfo, expected: datetime) -> None:
    found = parse_time("2024-02-29 12:00:00", zone)
    assert found is not None
    assert found.exact
    assert found.earliest == expected


def test_a_zone_changes_no_time_that_states_one() -> None:
    assert parse_time("2024-02-29T12:00:00Z", SHANGHAI) == parse_time("2024-02-29T12:00:00Z")
    assert parse_time(EPOCH, SHANGHAI) == parse_time(EPOCH)


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        pytest.param("2024-02-29T11:58:30Z", None, 90.0, id="exact"),
        pytest.param("2024-02-29T13:00:00Z", None, 0.0, id="future"),
        pytest.param("2024-02-28 12:00:00", None, 12 * 3600.0, id="the youngest it can be"),
        pytest.param("2024-02-29 12:00:00", None, 0.0, id="undecided"),
        pytest.param("2024-02-29 12:00:00", SHANGHAI, 8 * 3600.0, id="zone"),
        pytest.param(Instant(NOON, NOON + timedelta(hours=1), ""), None, 0.0, id="instant"),
    ],
)
def test_age(value: object, zone: tzinfo | None, expected: float) -> None:
    assert age(value, NOON, zone) == expected


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b", "Europe", "x" * 5000], ids=lambda name: repr(name)[:20]
)
def test_no_such_zone(name: str) -> None:
    assert parse_zone(name) is None


def test_zones() -> None:
    assert parse_zone("utc") is timezone.utc
    assert parse_zone("Asia/Shanghai") == SHANGHAI


@UNHURRIED
@given(st.datetimes(datetime(2000, 1, 3), datetime(2099, 12, 30), timezones=st.timezones()))  # noqa: DTZ001 the bounds have to be without a zone
def test_what_is_written_is_read(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = parse_time(format_time(moment))
    assert found is not None
    assert found.earliest == moment.astimezone(timezone.utc)


# Text that looks as if it were right gets further than any text.
LIKELY = st.from_regex(r"\A[0-9+:TtZz. -]{1,40}\Z") | st.from_regex(
    r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?\Z"
)


@pytest.mark.parametrize(
    "reader",
    [
        parse_time,
        pytest.param(lambda value: parse_time(value, SHANGHAI), id="parse_time in a zone"),
        pytest.param(lambda value: parse_zone(str(value)), id="parse_zone"),
        pytest.param(lambda value: age(value, NOON), id="age"),
    ],
)
@given(value=ANY_VALUE | LIKELY)
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)

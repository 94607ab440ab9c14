# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers, sizes and durations are read as rules.rst says, and nothing that comes in makes a reader raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.shapes import nested
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.units import duration, number, size_in_bytes, span
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unit.answers import ANY_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            ("0.06M", 62914),
            ("1.20G", 1288490188),
            ("512B", 512),
            ("0B", 0),
            ("1K", 1024),
            ("1k", 1024),
            ("2T", 2 * 1024**4),
            (" 3 M ", 3 * 1024**2),
        ),
        *(("1KB", 1024), ("1KiB", 1024), ("1MiB", 1024**2), ("1iB", 1), ("0.5B", 0)),
        *(
            ("1,024M", None),
            ("", None),
            ("-", None),
            ("12", None),
            ("1.5", None),
            ("-1M", None),
            ("1.M", None),
            (".5M", None),
            ("1e3M", None),
        ),
        *(("M", None), ("1P", None), ("1 M B", None), ("٣M", None), (None, None), (12, None), (True, None), (["1M"], None)),
        *((f"{10**17}T", 10**17 * 1024**4), (f"{10**18}T", None)),
    ],
    ids=repr,
)
def test_sizes(value: object, expected: int | None) -> None:
    assert size_in_bytes(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((0, 0), (-3, -3), ("20", 20), (" -7\n", -7), ("007", 7), (2.0, 2)),
        *((True, None), (False, None), (2.5, None), (float("nan"), None), (float("inf"), None)),
        *(
            ("", None),
            ("1.0", None),
            ("1e3", None),
            ("+1", None),
            ("1_000", None),
            ("٣", None),
            ("9" * 5000, None),
            (None, None),
            ([1], None),
        ),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_numbers(value: object, expected: int | None) -> None:
    found = number(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            ("1m0s", 60),
            ("1h30m", 5400),
            ("10s", 10),
            ("90d", 90 * 86400),
            ("2w", 14 * 86400),
            ("1.5h", 5400),
            (".5s", 0.5),
            ("1.s", 1),
            ("0s", 0),
            ("0", 0),
        ),
        *(("100ms", 0.1), ("1us", 1e-6), ("1µs", 1e-6), ("1μs", 1e-6), ("1ns", 1e-9), (" 5m ", 300), ("1h0m0.25s", 3600.25)),
        *(
            ("", None),
            ("5", None),
            ("-5s", None),
            ("5 m", None),
            ("m", None),
            ("5M", None),
            ("5s!", None),
            ("1h,30m", None),
            ("s5", None),
            ("٣s", None),
        ),
        *((None, None), (60, None), (True, None), ("9" * 70 + "s", None)),
    ],
    ids=repr,
)
def test_durations(value: object, expected: float | None) -> None:
    assert duration(value) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        *(
            (0, "0 s"),
            (0.4, "0 s"),
            (-5, "0 s"),
            (1, "1 s"),
            (59.6, "1 min"),
            (60, "1 min"),
            (250, "4 min 10 s"),
            (3600, "1 h"),
            (3661, "1 h 1 min"),
        ),
        *((3605, "1 h 5 s"), (86400, "1 d"), (266400, "3 d 2 h"), (90 * 86400, "90 d")),
    ],
)
def test_spans(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


def test_nested() -> None:
    value = {"a": {"b": [1], "c": None}}
    assert nested(value, "a", "b") == [1]
    assert nested(value) is value
    for path in (["x"], ["a", "x"], ["a", "b", "c"], ["a", "c", "d"]):
        assert nested(value, *path) is None
    assert nested(None, "a") is None
    assert nested("text", "a") is None


# Text that looks as if it were right gets further than any text.
LIKELY = st.from_regex(r"\A[0-9.]{1,30}[KMGTsmhdwiBnu ]{0,4}\Z")


@pytest.mark.parametrize("reader", [size_in_bytes, duration, number, pytest.param(lambda value: nested(value, "a", "b"), id="nested")])
@given(value=ANY_VALUE | LIKELY)
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_span_is_short(seconds: float) -> None:
    assert 1 <= len(span(seconds).split()) // 2 <= 2

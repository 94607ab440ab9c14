# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Numbers, sizes and durations as the services write them (rules.rst, "How the tables are read").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from decimal import Decimal
from functools import lru_cache


def number(value: object) -> int | None:
    """An integer, or a text that is one; a boolean is never a number (rules.rst, "Types")."""
    if isinstance(value, int):
        return None if isinstance(value, bool) else value
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value):
        return int(value)
    return None


def largest(*numbers: int | None) -> int | None:
    """The largest of some numbers; None where there is none."""
    return max((number for number in numbers if number is not None), default=None)


_SIZE = re.compile(r"^\s*([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([KMGT]?)(i?B)?\s*$", re.IGNORECASE)


def size_in_bytes(value: object) -> int | None:
    """``"0.06M"``, ``"1.20G"`` or ``"512B"`` in bytes, powers of 1024; None without a unit (rules.rst, "Sizes")."""
    match = _SIZE.match(value) if isinstance(value, str) else None
    if not match or not (match.group(2) or match.group(3)):
        return None
    return int(Decimal(match.group(1)) * 1024 ** " KMGT".index(match.group(2).upper() or " "))


_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def duration(value: object) -> float | None:
    """A Go duration such as ``1m0s`` or ``1h30m`` (also ``90d``, ``2w``) in seconds; None when it is none."""
    return _seconds_of(value.strip()) if isinstance(value, str) else None


@lru_cache(1024)  # a fleet has the same few
def _seconds_of(text: str) -> float | None:
    seconds = 0.0
    if not text or len(text) > 64 or _DURATION_PART.sub("", text):
        return 0.0 if text == "0" else None
    for amount, unit in _DURATION_PART.findall(text):
        seconds += float(amount) * _SECONDS[unit]
    return seconds


def span(seconds: float) -> str:
    """A duration for people: the two largest units, ``4 min 10 s``, ``3 d 2 h``."""
    whole = max(0, round(seconds))
    parts = [(whole // 86400, "d"), (whole % 86400 // 3600, "h"), (whole % 3600 // 60, "min"), (whole % 60, "s")]
    shown = [f"{amount} {unit}" for amount, unit in parts if amount]
    return " ".join(shown[:2]) or "0 s"

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Timestamps of the services: instants, and intervals where the zone is not stated (rules.rst, "Time").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from .units import number

# Also as Go prints a time, with the offset and the name of the zone: 2023-11-02 06:33:35.558128 +0000 UTC
_RFC3339 = re.compile(r"^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s*([Zz]|[+-]\d{2}:?\d{2})(?: [A-Z]{3,5})?$", re.ASCII)
_ZONELESS = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", re.ASCII)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=timezone.utc), datetime(2100, 1, 1, tzinfo=timezone.utc)
_MOST_AHEAD, _MOST_BEHIND = timedelta(hours=14), timedelta(hours=12)  # of UTC
CLOCK_SKEW_LIMIT = 300.0  # seconds; rules.rst, G7


@dataclass(frozen=True)
class Instant:
    """A stated time; ``earliest`` and ``latest`` differ when its zone is unknown (rules.rst, "Time")."""

    earliest: datetime
    latest: datetime
    raw: str

    @property
    def exact(self) -> bool:
        """Whether the zone is known."""
        return self.earliest == self.latest

    def __str__(self) -> str:
        return format_time(self.earliest) if self.exact else f"{self.raw} (zone unknown)"


def parse_time(value: object, zone: tzinfo | None = None) -> Instant | None:
    """RFC3339, the form of Go, epoch numbers (s, ms, us by their digits) or ``YYYY-MM-DD HH:MM:SS``.

    None when it is unreadable, or outside 2000 to 2100.

    :param zone: the zone of times that state none; without it they are an interval from UTC+14 to UTC-12
    """
    if value is None:
        return None
    try:
        if isinstance(value, str) and not value.strip().isdigit():
            return _parse_text(value.strip(), zone)
        return _parse_count(value)
    except (ValueError, OverflowError):
        return None


@lru_cache(maxsize=4096)
def _parse_text(text: str, zone: tzinfo | None) -> Instant | None:
    """A time as text; the same ones come again and again, in each sample."""
    match = _RFC3339.match(text)
    if match:
        day, clock, fraction, offset = match.groups()
        micro = (fraction or "0")[:6].ljust(6, "0")
        offset = "+00:00" if offset in "Zz" else f"{offset[:3]}:{offset[-2:]}"
        return _in_range(datetime.fromisoformat(f"{day}T{clock}.{micro}{offset}"), text)
    if not _ZONELESS.match(text):
        return None
    if zone is not None:
        return _in_range(datetime.fromisoformat(text).replace(tzinfo=zone), text)
    utc = datetime.fromisoformat(f"{text}+00:00")
    return _in_range(utc - _MOST_AHEAD, text, utc + _MOST_BEHIND)


def _parse_count(value: object) -> Instant | None:
    """A time as a number since 1970, whose digits tell its unit."""
    count = number(value)
    digits = len(str(count)) if count is not None and count > 0 else 0
    scale = 1 if 9 <= digits <= 11 else 1_000 if 12 <= digits <= 14 else 1_000_000 if 15 <= digits <= 17 else 0
    if count is None or not scale:
        return None
    return _in_range(datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=count / scale), str(value))


def _in_range(earliest: datetime, raw: str, latest: datetime | None = None) -> Instant | None:
    earliest, latest = earliest.astimezone(timezone.utc), (latest or earliest).astimezone(timezone.utc)
    return Instant(earliest, latest, raw) if earliest >= _EARLIEST and latest <= _LATEST else None


def utc_now() -> datetime:
    """The local clock in UTC."""
    return datetime.now(timezone.utc)


def parse_zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None when there is none of that name."""
    try:
        return timezone.utc if name.upper() == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def format_time(moment: datetime) -> str:
    """RFC3339 in UTC to the second."""
    return f"{moment.astimezone(timezone.utc).isoformat(timespec='seconds')[:19]}Z"


def age(value: object, now: datetime, zone: tzinfo | None = None) -> float | None:
    """Seconds since a stated time, at least: with an unknown zone the youngest it can be. None when unreadable, 0 when in the future."""
    instant = value if isinstance(value, Instant) else parse_time(value, zone)
    return None if instant is None else max(0.0, (now - instant.latest).total_seconds())

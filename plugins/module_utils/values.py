# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Reading foreign values: text made safe to show, URLs, durations, sizes and timestamps (readiness.md sections 1, 2.3, 2.5 and 2.6)."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone, tzinfo
from decimal import Decimal
from typing import Any
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo

TEXT_LIMIT = 2000  # characters

# --- Text --------------------------------------------------------------------------------------------------------------------------

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
# A URL with user information. What follows the first slash belongs to it only when a colon stands before, with no port behind: then the
# slash is one of a password. Every repetition ends at the next URL or is bounded, so that a long text costs no square of its length.
_USERINFO = re.compile(
    r"""
    (?P<scheme>[a-z][a-z0-9+.-]{0,19}:(?:\\?/){2})
    (?P<info>
        (?=(?!\[)[^/:\s"\\]*(?::|%3A)(?!\d{1,5}(?:[/?\#\\\s"]|$)))
        (?:[^/\\\s"]|\\(?!/))*  (?:\\?/(?:(?!:(?:\\?/){2})[^\s"?\#])*)?
        | (?:[^/\\\s"]|\\(?!/))*
    )
    @(?!sha\d{1,3}:[0-9a-f]{7})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The same without a scheme, where the host is known by what follows it. No scp-like address and no digest of an image.
_BARE_USERINFO = re.compile(
    r"""
    (?<![^\s"'(<=,;\[{])(?P<scheme>(?://)?)
    (?P<info>(?!mailto:)[^\s"'(<=,;\[{@/:]{1,64}:(?!git@)[^\s"/]{1,256})
    @(?!sha\d{1,3}:[0-9a-f]{7})(?=(?:\[[0-9a-f:]{2,45}\]|[a-z0-9][a-z0-9._-]{0,252})[:/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
# And percent-encoded, as in the query of another URL, any number of times over.
_ENCODED_USERINFO = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{0,19}%(?P<times>(?:25){0,3})3A(?:%(?P=times)2F){2})"
    r"(?P<info>(?:(?!%(?P=times)2F)[^\s\"/&@])*)(?P<at>%(?P=times)40)",
    re.IGNORECASE,
)
_USERINFOS = (_USERINFO, _BARE_USERINFO, _ENCODED_USERINFO)
_COLON = re.compile(r":|%(?:25){0,3}3A", re.IGNORECASE)
_SECRET_WORDS = re.compile(
    r"((?:\btoken|\bauthorization|\bx-auth-token|\bx-security-token|\bpassword)[\"']?\s*[=:]\s*[\"']?(?:basic |bearer )?)[^\s\"'&,;]+",
    re.IGNORECASE,
)


def mask_urls(text: str) -> str:
    """``text`` without the user part of http(s) URLs, and of URLs that leave the scheme out, and without the password of other URLs
    (``ssh://git@host`` stays)."""
    if "@" in text:
        text = _BARE_USERINFO.sub(_hide, _USERINFO.sub(_hide, text))
    return _ENCODED_USERINFO.sub(_hide, text) if "%" in text else text


def _hide(match: re.Match[str]) -> str:
    scheme, at = match["scheme"], match[0][match.end("info") - match.start() :]
    if "http" in scheme.lower() or not scheme.strip("/"):
        return f"{scheme}***{at}"
    colon = _COLON.search(match["info"])
    return f"{scheme}{match['info'][: colon.end()]}***{at}" if colon else match[0]


def clean_text(value: object, limit: int = TEXT_LIMIT) -> str:
    """Foreign text as it may be shown: secrets masked, control characters stripped, capped in characters (readiness.md section 1)."""
    text = _CONTROL.sub(" ", str(value)[: 4 * limit])
    text = _SECRET_WORDS.sub(r"\1***", mask_urls(text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def spellings(secret: str) -> list[str]:
    """A secret as it is and as JSON, HTML, URLs and Python write it, longest first."""
    written = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret), repr(secret)[1:-1])
    return sorted({secret, *written, quote(secret), quote(secret, safe="")}, key=len, reverse=True) if secret else []


def passwords_in_urls(value: object) -> list[str]:
    """What stands before the @ of URLs, without the name before a colon; a short one is a name such as ``git`` (and would mask words)."""
    text = json.dumps(value, default=str)
    if "@" not in text and "%" not in text:
        return []
    found = {_COLON.split(match["info"], maxsplit=1)[-1] for pattern in _USERINFOS for match in pattern.finditer(text)}
    # Up to the first slash it may be all there is: https://user:password@host/name@version.
    found |= {one.partition("/")[0].rpartition("@")[0] for one in found}
    return [spelling for one in sorted(found) if len(one) >= 8 for spelling in spellings(one)]


_CHANGING = re.compile(
    "|".join(
        [
            r"\b\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?\b",  # durations as this collection writes them
            r"\b(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+\b",  # and as Go does
            r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",  # addresses with ports
            r"\b(?=[a-f]*\d)[0-9a-f]{7,}\b",  # hashes
            r"https?://[^\s'\"]+",
        ]
    ),
    re.IGNORECASE,
)


def message_shape(message: object) -> str:
    """A message without addresses, ports, hex, durations and URLs: equal shapes are the same failure (readiness.md 2.2 and X6)."""
    return _CHANGING.sub("*", str(message))


def some_of(texts: Sequence[str], joint: str, most: int) -> str:
    """The first few of a list, and how many there are beside."""
    more = f"{joint}and {len(texts) - most} more" if len(texts) > most else ""
    return joint.join(texts[:most]) + more


# --- URLs --------------------------------------------------------------------------------------------------------------------------

_SCP_STYLE = re.compile(r"^(?:[^@/\s]+@)?([^:/\s]+):(?!//)(.+)$")


def is_scp_style(url: object) -> bool:
    """Whether a Git URL has the form ``git@host:group/name``, which Flux refuses (readiness.md X4)."""
    return isinstance(url, str) and "://" not in url and bool(_SCP_STYLE.match(url))


def normal_url(url: object) -> str:
    """A Git URL as ``host/path`` for comparison: lower host, no user, default port, .git or trailing slash (readiness.md X4)."""
    text = str(url or "").strip()
    scp = _SCP_STYLE.match(text) if "://" not in text else None
    if scp:
        text = f"ssh://{scp.group(1)}/{scp.group(2)}"
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return text
    path = parts.path.strip("/")
    return f"{host}{f':{port}' if port not in (None, 22, 80, 443) else ''}/{path[:-4] if path.endswith('.git') else path}"


def normal_host(url: object) -> str:
    """The host of a URL or bare host for comparison; ``api.github.com`` is ``github.com`` (readiness.md A3)."""
    host = normal_url(url).split("/", 1)[0]
    return host[4:] if host.startswith("api.") else host


# --- Numbers -----------------------------------------------------------------------------------------------------------------------


def number(value: object) -> int | None:
    """An integer, or a text that is one; a boolean is never a number (readiness.md 2.0, "Types")."""
    if isinstance(value, bool):
        return None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    if isinstance(value, int):
        return value
    if isinstance(value, str) and re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value):
        return int(value)
    return None


def largest(*numbers: int | None) -> int | None:
    """The largest of some numbers; None where there is none."""
    return max((one for one in numbers if one is not None), default=None)


_SIZE = re.compile(r"^\s*([0-9]{1,18}(?:\.[0-9]{1,18})?)\s*([KMGT]?)(i?B)?\s*$", re.IGNORECASE)


def size_in_bytes(value: object) -> int | None:
    """``"0.06M"``, ``"1.20G"`` or ``"512B"`` in bytes, powers of 1024; None without a unit (readiness.md 2.3, "Sizes")."""
    match = _SIZE.match(value) if isinstance(value, str) else None
    if not match or not (match.group(2) or match.group(3)):
        return None
    return int(Decimal(match.group(1)) * 1024 ** " KMGT".index(match.group(2).upper() or " "))


_DURATION_PART = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h|d|w)")
_SECONDS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0, "w": 604800.0}


def duration(value: object) -> float | None:
    """A Go duration such as ``1m0s`` or ``1h30m`` (also ``90d``, ``2w``) in seconds; None when it is none."""
    if not isinstance(value, str):
        return None
    text, seconds = value.strip(), 0.0
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


# --- Timestamps --------------------------------------------------------------------------------------------------------------------

_RFC3339 = re.compile(r"^(\d{4}-\d{2}-\d{2})[Tt ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?\s*([Zz]|[+-]\d{2}:?\d{2})$", re.ASCII)
_ZONELESS = re.compile(r"^\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2}$", re.ASCII)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=timezone.utc), datetime(2100, 1, 1, tzinfo=timezone.utc)
_MOST_AHEAD, _MOST_BEHIND = timedelta(hours=14), timedelta(hours=12)  # of UTC
CLOCK_SKEW_LIMIT = 300.0  # seconds; readiness.md 2.5


@dataclass(frozen=True)
class Instant:
    """A stated time; ``earliest`` and ``latest`` differ when its zone is unknown (readiness.md 2.5)."""

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
    """RFC3339, epoch numbers (s, ms, us by their digits) or ``YYYY-MM-DD HH:MM:SS``; None when unreadable or outside 2000 to 2100.

    :param zone: the zone of times that state none; without it they are an interval from UTC+14 to UTC-12
    """
    try:
        if isinstance(value, str) and not value.strip().isdigit():
            text = value.strip()
            match = _RFC3339.match(text)
            if match:
                day, clock, fraction, offset = match.groups()
                micro = (fraction or "0")[:6].ljust(6, "0")
                offset = "+00:00" if offset in "Zz" else offset if ":" in offset else f"{offset[:3]}:{offset[3:]}"
                return _in_range(datetime.fromisoformat(f"{day}T{clock}.{micro}{offset}"), text)
            if not _ZONELESS.match(text):
                return None
            if zone is not None:
                return _in_range(datetime.fromisoformat(text).replace(tzinfo=zone), text)
            utc = datetime.fromisoformat(f"{text}+00:00")
            return _in_range(utc - _MOST_AHEAD, text, utc + _MOST_BEHIND)
        count = number(value)
        digits = len(str(count)) if count is not None and count > 0 else 0
        scale = 1 if 9 <= digits <= 11 else 1_000 if 12 <= digits <= 14 else 1_000_000 if 15 <= digits <= 17 else 0
        if count is None or not scale:
            return None
        return _in_range(datetime.fromtimestamp(0, timezone.utc) + timedelta(seconds=count / scale), str(value))
    except (ValueError, OverflowError):
        return None


def _in_range(earliest: datetime, raw: str, latest: datetime | None = None) -> Instant | None:
    earliest, latest = earliest.astimezone(timezone.utc), (latest or earliest).astimezone(timezone.utc)
    return Instant(earliest, latest, raw) if earliest >= _EARLIEST and latest <= _LATEST else None


def parse_zone(name: str) -> tzinfo | None:
    """The time zone of an IANA name; None when there is none of that name."""
    try:
        return timezone.utc if name.upper() == "UTC" else ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return None


def format_time(moment: datetime) -> str:
    """RFC3339 in UTC to the second."""
    return moment.astimezone(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")


def age(value: object, now: datetime, zone: tzinfo | None = None) -> float | None:
    """Seconds since a stated time, at least: with an unknown zone the youngest it can be. None when unreadable, 0 when in the future."""
    instant = value if isinstance(value, Instant) else parse_time(value, zone)
    return None if instant is None else max(0.0, (now - instant.latest).total_seconds())


def nested(value: Any, *path: str) -> Any:
    """``value[path[0]][path[1]]...``, None as soon as something on the way is no dict: answers need not be what the documentation says."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""When a request is sent again, and after how long (services.rst, "Errors and retries").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import parsedate_to_datetime
from functools import lru_cache

from ..model.errors import STALE_ANSWER, ApiError

RETRY_AFTER_CAP = 60.0  # seconds
BACKOFF_CAP = 30.0  # seconds
THROTTLED = 429  # the HTTP status

_RETRYABLE_500 = re.compile(r"^(UCS\.0[01]00000[56]|APIGW?\.06\d\d)$")
_WINDOW = re.compile(r"time:\s*1 (minute|second)", re.IGNORECASE)


def is_retryable(status: int, code: str) -> bool:
    """Whether a refusal may be another answer the next time.

    :param status: the HTTP status
    :param code: the service's own error code
    """
    return status in (THROTTLED, 502, 503, 504) or (status == 500 and bool(_RETRYABLE_500.match(code))) or code == "CH.10000"


def is_tried_again(error: ApiError, attempt: int, retries: int) -> bool:
    """Whether the client itself sends the request again, at once. Not to a cache: that would answer the same.

    :param attempt: how often it was sent already
    :param retries: how often it may be sent again
    """
    return error.retryable and error.code != STALE_ANSWER and attempt <= retries


def backoff(error: ApiError, attempt: int, uniform: Callable[[float, float], float]) -> float:
    """Seconds until the next attempt: what the service asked for, else a random part of a time that doubles.

    :param attempt: how often the request was sent already
    :param uniform: the dice: a number between two others
    """
    if error.retry_after is not None:
        return min(error.retry_after, RETRY_AFTER_CAP)
    if error.status != THROTTLED:
        return uniform(0.0, min(max(2.0, 2.0**attempt), BACKOFF_CAP))
    window = _WINDOW.search(error.message)
    if window and window.group(1).lower() == "second":
        return uniform(1.0, 2.0)
    return min(uniform(2.0, 5.0) * 2.0 ** (attempt - 1), RETRY_AFTER_CAP)


@lru_cache(64)  # the answers of a second state the same
def http_date(text: str | None, zone: timezone | None = None) -> datetime | None:
    """A date as HTTP headers write it, in UTC; None when absent or unreadable.

    :param zone: the zone of dates that state none; without it they are unreadable
    """
    try:
        moment = parsedate_to_datetime(text or "")
        return moment.astimezone(timezone.utc) if moment.tzinfo else zone and moment.replace(tzinfo=zone)
    except (TypeError, ValueError, IndexError, OverflowError):
        return None


def retry_after_seconds(header: str | None, now: datetime) -> float | None:
    """A Retry-After header, seconds or an HTTP date, as seconds from now; None when absent or senseless.

    :param now: by the clock of the service that sent it
    """
    if re.fullmatch(r"\s*\d{1,9}\s*", header or "", re.ASCII):
        return float(header or 0)
    moment = http_date(header, timezone.utc)
    return max(0.0, (moment - now).total_seconds()) if moment else None

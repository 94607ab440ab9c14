# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A reading: what one check got in one go, an entry for each id that was asked for.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from .errors import ApiError

SCHEMA_VERSION = 2  # of results, readings and receipts


@dataclass(frozen=True)
class Entry:
    """What was read for one id.

    :ivar read_at: the moment before its first request, by the earlier of both clocks (rules.rst, "Time"): the "now" of its objects
    :ivar fields: as they stand in a result, e.g. ``{"total": 1, "repository_sources": [...]}``
    """

    target: str
    read_at: datetime
    fields: Mapping[str, Any]


@dataclass(frozen=True)
class ReadError:
    """A failed request, after all attempts."""

    target: str
    read_at: datetime
    error: ApiError


@dataclass(frozen=True)
class Reading:
    """What one check got in one go.

    :ivar question: the ids asked for and the judging options, by option name
    :ivar clocks: by host, the seconds that the service's clock is ahead of the local one (negative: behind)
    :ivar service_time: the newest time that a service stated with its answers
    """

    endpoint: str
    question: Mapping[str, Any]
    entries: tuple[Entry, ...] = ()
    errors: tuple[ReadError, ...] = ()
    clocks: Mapping[str, float] = field(default_factory=dict)
    service_time: datetime | None = None

    @property
    def read_at(self) -> datetime | None:
        """The time of its oldest entry."""
        return min((part.read_at for part in self._parts), default=None)

    @property
    def targets(self) -> list[str]:
        """Every id that was asked for, whatever came."""
        return list(dict.fromkeys(part.target for part in self._parts))

    @property
    def _parts(self) -> list[Entry | ReadError]:
        return [*self.entries, *self.errors]

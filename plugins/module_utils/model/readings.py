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
from .selections import Selection

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
    :ivar selection: where clusters are asked for by names, fleets or labels, which ones these are
    :ivar reselection: the same, looked up anew for a later sample of the gate, which goes on asking for those of ``selection``
    :ivar beside: what else was read, by its key in the result; nothing of it is judged
    """

    endpoint: str
    question: Mapping[str, Any]
    entries: tuple[Entry, ...] = ()
    errors: tuple[ReadError, ...] = ()
    clocks: Mapping[str, float] = field(default_factory=dict)
    service_time: datetime | None = None
    selection: Selection | None = None
    reselection: Selection | None = None
    beside: Mapping[str, Any] = field(default_factory=dict)

    @property
    def read_at(self) -> datetime | None:
        """The time of its oldest entry, or of the look at the clusters' names before it."""
        looked = self.reselection or self.selection
        return min((*(part.read_at for part in self._parts), *([looked.read_at] if looked else [])), default=None)

    @property
    def targets(self) -> list[str]:
        """Every id that was asked for, whatever came."""
        selected = self.selection.cluster_ids if self.selection else ()
        return list(dict.fromkeys([*(part.target for part in self._parts), *selected]))

    @property
    def answered(self) -> list[str]:
        """Every id that has an entry or an error."""
        return [part.target for part in self._parts]

    @property
    def _parts(self) -> list[Entry | ReadError]:
        return [*self.entries, *self.errors]

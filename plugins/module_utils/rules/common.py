# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules that hold for the answers of every endpoint.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any

from ..model.history import Watch
from ..model.readings import Reading
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.times import CLOCK_SKEW_LIMIT, Instant, parse_time
from ..model.units import span
from ..model.verdicts import U, W

_NEVER = datetime.fromtimestamp(0, timezone.utc)


def stated_in_the_future(subject: Subject, watch: Watch, *values: Any) -> None:
    """G7: a time that an object states is ahead of the entry's by more than 5 minutes, in whatever zone it is; the latest is named."""
    latest: Instant | None = None
    for value in values:
        instant = value if isinstance(value, Instant) else parse_time(value, watch.zone)
        if instant and (latest is None or instant.earliest > latest.earliest):
            latest = instant
    ahead = (latest.earliest - watch.now).total_seconds() if latest else 0.0
    if ahead > CLOCK_SKEW_LIMIT:
        subject.say("CLOCK_SKEW", W, f"A stated time lies {span(ahead)} in the future: {latest}.", observed=str(latest))


def nothing_read(reading: Reading) -> Subject:
    """The finding of a reading without an entry and without an error: no object to judge is never ready (rules.rst, "What decides")."""
    subject = Subject("API", reading.endpoint, "", reading.read_at or reading.service_time or _NEVER, is_state=True, notice=True)
    subject.say("API_SHAPE", U, "Nothing was read, so there is no object to judge.")
    return subject


class Shown(Mapping[str, Any]):
    """Some fields of an answer's object as a receipt shows them, made when somebody looks: of a large project most are never shown."""

    def __init__(self, raw: Mapping[str, Any], names: Sequence[str]) -> None:
        self._raw, self._names = raw, names

    def __getitem__(self, name: str) -> Any:
        if name not in self._names:
            raise KeyError(name)
        return shown(self._raw.get(name))

    def __contains__(self, name: object) -> bool:
        return name in self._names

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def shown(value: Any) -> Any:
    """A value of an answer as a receipt shows it: numbers, booleans and null as they are, the rest as short, safe text."""
    return value if value is None or isinstance(value, (bool, int)) else clean_text(value, 200)

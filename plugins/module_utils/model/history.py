# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What one gate remembers of its earlier samples, and the time of an entry (rules.rst, "Since when").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from .times import age, parse_zone

THRESHOLDS = {"stuck_after": 300.0, "failure_grace": 120.0}  # seconds


@dataclass
class History:
    """What the earlier samples of one gate leave behind; empty for an info module alone. Keys start with the target (the id asked for).

    :ivar started: the time of each target's first entry
    :ivar seen: since when something has been seen without a gap
    :ivar facts: values of the last sample that had them
    """

    started: dict[str, datetime] = field(default_factory=dict)
    seen: dict[tuple[str, ...], datetime] = field(default_factory=dict)
    facts: dict[tuple[str, ...], Any] = field(default_factory=dict)

    def add(self, other: History) -> None:
        """Takes up another one, of other targets."""
        self.started.update(other.started)
        self.seen.update(other.seen)
        self.facts.update(other.facts)


class Watch:
    """The time of one entry, the thresholds, and what this gate saw under the same target before.

    :param options: of the check: ``stuck_after``, ``failure_grace`` (seconds), ``codearts_timezone``, ...
    :param now: the entry's ``read_at``
    :param earlier: the history up to the sample before; never changed
    :param later: the history that this sample leaves behind; written to
    """

    def __init__(self, options: Mapping[str, Any], target: str, now: datetime, earlier: History, later: History) -> None:
        self.options, self.target, self.now, self.earlier, self.later = options, target, now, earlier, later
        self.stuck_after, self.failure_grace = (_seconds(options, name) for name in ("stuck_after", "failure_grace"))
        zone = options.get("codearts_timezone")
        self.zone: tzinfo | None = parse_zone(zone) if zone else None
        later.started[target] = earlier.started.get(target, now)

    def age(self, value: object) -> float | None:
        """Seconds since a stated time; None when it is not stated or cannot be read."""
        return age(value, self.now, self.zone)

    def seconds_since(self, moment: datetime) -> float:
        """Seconds from a moment to the time of the entry, 0 for one in the future."""
        return max(0.0, (self.now - moment).total_seconds())

    def since_seen(self, *key: str) -> datetime:
        """The first sample of this gate, without a gap until now, that saw what ``key`` names; remembers it for the next sample."""
        whole = (self.target, *key)
        return self.later.seen.setdefault(whole, self.earlier.seen.get(whole, self.now))

    def seen_for(self, *key: str) -> float:
        """Seconds since ``since_seen``."""
        return self.seconds_since(self.since_seen(*key))

    def remember(self, value: Any, *key: str) -> Any:
        """Keeps a value for the next sample and gives that of the earlier one, None if there was none."""
        whole = (self.target, *key)
        self.later.facts[whole] = value
        return self.earlier.facts.get(whole)

    def recall(self, *key: str) -> Any:
        """The value that an earlier sample kept, None if there was none."""
        return self.earlier.facts.get((self.target, *key))

    def keep(self, *key: str) -> None:
        """Takes over all that is known of a target (with a key: of that part of it) that could not be read this time: an error is no
        gap."""
        begins = (self.target, *key)
        for mine, theirs in ((self.later.seen, self.earlier.seen), (self.later.facts, self.earlier.facts)):
            mine.update({known: value for known, value in theirs.items() if known[: len(begins)] == begins})

    @property
    def gate_age(self) -> float:
        """Seconds since this gate's first sample of the target."""
        return self.seconds_since(self.later.started[self.target])


def _seconds(options: Mapping[str, Any], name: str) -> float:
    value = options.get(name)
    return THRESHOLDS[name] if value is None else float(value)

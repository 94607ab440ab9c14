# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What every object of Flux states alike: generations, conditions, and whether these are of now (rules.rst, "Current").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from .shapes import lower, mapping, nested
from .times import parse_time
from .units import duration, number

DEFAULT_INTERVAL = 60.0  # seconds, where spec.interval or spec.timeout is absent or unreadable
UNNAMED = "unnamed"
STATUSES = ("true", "false", "unknown")
OWN_ROWS = ("ready", "sourceverified", "sourceverifiedcondition")  # conditions of which a row speaks, whatever their status is
POSITIVE = (*OWN_ROWS, "artifactinstorage")  # True is the good one of these conditions


class Condition(NamedTuple):
    """A condition of a source.

    :ivar kind: its type as it is written
    :ivar status: ``true``, ``false``, ``unknown``, any other value in lower case, or empty where it is not stated
    :ivar generation: that it speaks of; None where it states none, or 0
    :ivar since: its lastTransitionTime; None where it is not stated or cannot be read
    """

    kind: str
    status: str
    raw_status: Any
    reason: str
    message: str
    generation: int | None
    since: datetime | None

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Condition:
        """A condition from its JSON."""
        status = raw.get("status")
        return cls(
            kind=str(raw.get("type")).strip(),
            status="" if status is None else str(status).strip().lower(),
            raw_status=status,
            reason=text_of(raw.get("reason")),
            message=text_of(raw.get("message")),
            generation=number(raw.get("observedGeneration")) or None,
            since=moment_of(raw.get("lastTransitionTime")),
        )

    @property
    def field(self) -> str:
        """Where it stands in the answer."""
        return f"status.conditions[{self.kind}]"

    @property
    def words(self) -> str:
        """Reason and message."""
        return ": ".join(part for part in (self.reason, self.message) if part) or "no reason stated"


@dataclass(frozen=True)
class FluxObject:
    """An object of Flux with what the rules look at.

    :ivar raw: the JSON that it stands in, unchanged
    :ivar content: its own JSON, with ``metadata``, ``spec`` and ``status``; anything else where it is none
    :ivar generation: metadata.generation; None where it states none, or one below 1, which no object has
    :ivar observed: status.observedGeneration
    :ivar conditions: by their types in lower case; of one that is stated twice the worse
    :ivar duplicated: the types that are stated more than once
    :ivar unreadable: how many elements of the list of conditions are none, or cannot be read
    """

    raw: Mapping[str, Any]
    content: Any
    name: str
    namespace: str
    cluster_name: str | None
    generation: int | None
    observed: int | None
    conditions: Mapping[str, Condition]
    duplicated: tuple[str, ...]
    unreadable: int

    @staticmethod
    def parsed(raw: Mapping[str, Any], content: Any) -> dict[str, Any]:
        """The fields of this class, from the element of a list and the object in it."""
        generation = number(nested(content, "metadata", "generation"))
        conditions, duplicated, unreadable = _conditions(nested(content, "status", "conditions"))
        cluster = mapping(raw.get("clusterInfo"))
        named = lower(cluster.get("clusterName")) not in ("", lower(cluster.get("clusterID")))  # an id in its place is no name
        return {
            "raw": raw,
            "content": content,
            "name": text_of(raw.get("name") or nested(content, "metadata", "name")) or UNNAMED,
            "namespace": text_of(raw.get("namespace") or nested(content, "metadata", "namespace")),
            "cluster_name": cluster["clusterName"] if named else None,
            "generation": generation if generation and generation > 0 else None,
            "observed": number(nested(content, "status", "observedGeneration")),
            "conditions": conditions,
            "duplicated": duplicated,
            "unreadable": unreadable,
        }

    @property
    def key(self) -> tuple[str, ...]:
        """What it is remembered by from sample to sample."""
        raise NotImplementedError

    def metadata(self, *path: str) -> Any:
        """A field of its metadata."""
        return nested(self.content, "metadata", *path)

    def spec(self, *path: str) -> Any:
        """A field of its spec."""
        return nested(self.content, "spec", *path)

    def status(self, *path: str) -> Any:
        """A field of its status."""
        return nested(self.content, "status", *path)

    def spec_seconds(self, name: str, default: float = DEFAULT_INTERVAL) -> float:
        """A duration of its spec in seconds.

        :param default: seconds, where it is absent or unreadable
        """
        stated = duration(self.spec(name))
        return default if stated is None else stated

    @property
    def never_succeeded(self) -> bool:
        """Whether the controller has never come to an end with it: Flux states the observed generation on success only."""
        return self.observed is None or self.observed < 1

    @property
    def created(self) -> datetime | None:
        """creationTimestamp, where it is the time of what is there now: of an object that never succeeded and was never changed."""
        return moment_of(self.metadata("creationTimestamp")) if self.never_succeeded and self.generation == 1 else None

    @property
    def ready(self) -> Condition | None:
        """The condition Ready."""
        return self.conditions.get("ready")

    @property
    def says_ready(self) -> bool:
        """Whether it states Ready=True, of whatever generation."""
        return self.ready is not None and self.ready.status == "true"

    def has(self, kind: str, status: str) -> Condition | None:
        """The condition of a type, where it has this status and is current; None where not."""
        condition = self.conditions.get(kind)
        return condition if condition and condition.status == status and self.is_current(condition) else None

    def failing(self, kind: str) -> Condition | None:
        """The condition of a type, where it says that something failed, and is not of another generation; None where not."""
        condition = self.conditions.get(kind)
        bad = "false" if kind in POSITIVE else "true"
        return condition if condition and condition.status == bad and self.is_current(condition, failing=True) else None

    def is_current(self, condition: Condition, failing: bool = False) -> bool:
        """Whether a condition is of the object's generation.

        :param failing: it says that something failed: then it counts where no generation is stated
        """
        if failing and (condition.generation is None or self.generation is None):
            return True
        stated = self.observed if condition.generation is None else condition.generation
        return stated is not None and stated == self.generation

    @property
    def more_times(self) -> Mapping[str, Any]:
        """The times, by field, that this kind of object states beside those that every one does."""
        return {}

    @property
    def stated_times(self) -> Iterator[tuple[str, datetime]]:
        """The times that it states, each with its field."""
        stated = {f"metadata.{name}": self.metadata(name) for name in ("creationTimestamp", "deletionTimestamp")}
        for field, value in {**stated, **self.more_times}.items():
            moment = moment_of(value) if value is not None else None
            if moment:
                yield field, moment
        for condition in self.conditions.values():
            if condition.since:
                yield condition.field, condition.since


def _conditions(listed: Any) -> tuple[dict[str, Condition], tuple[str, ...], int]:
    """The conditions by type, the types stated twice, and the number of elements that are no conditions, or cannot be read."""
    conditions: dict[str, Condition] = {}
    duplicated: dict[str, str] = {}
    unreadable = 0
    for raw in listed if isinstance(listed, list) else []:
        kind = lower(nested(raw, "type"))
        if not kind:
            unreadable += 1
            continue
        condition = Condition.parse(raw)
        unreadable += not _is_readable(raw, condition)
        if kind in conditions:
            duplicated[kind] = condition.kind
            condition = min(conditions[kind], condition, key=_goodness)
        conditions[kind] = condition
    return conditions, tuple(duplicated.values()), unreadable


def _is_readable(raw: Mapping[str, Any], condition: Condition) -> bool:
    """Whether its status is one of the three, and its generation a number where it states one.

    Rows of their own speak of any other status of Ready and SourceVerified (rules.rst, S15, S23, K6).
    """
    generation = raw.get("observedGeneration")
    known = condition.status in STATUSES or condition.kind.lower() in OWN_ROWS
    return known and (generation in (None, "") or number(generation) is not None)


def _goodness(condition: Condition) -> tuple[int, float, float]:
    """By the status; of two good ones the one of the older generation is worse, then the younger one, then the one without a time. Of two
    bad ones it is that of the later generation."""
    good = "true" if condition.kind.lower() in POSITIVE else "false"
    bad = "false" if good == "true" else "true"
    status = {good: 2, bad: 0}.get(condition.status, 1)
    generation = float("inf") if condition.generation is None else float(condition.generation)
    age = -condition.since.timestamp() if condition.since else float("-inf")
    return status, generation if status == 2 else -generation, age


def text_of(value: Any) -> str:
    """A value as text; empty where it is not stated."""
    return value if isinstance(value, str) else "" if value is None else str(value)


def moment_of(value: Any) -> datetime | None:
    """A stated time; None where it is not stated or cannot be read."""
    instant = parse_time(value)
    return instant.latest if instant else None

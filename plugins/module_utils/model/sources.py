# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A repository source: Flux's GitRepository as the services list it (rules.rst, "Repository sources").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from .revisions import HEADS, TAGS, Revision, is_commit, parse_revision, short_name
from .shapes import lower, mapping, nested
from .times import parse_time
from .units import duration, number

DEFAULT_INTERVAL = 60.0  # seconds, where spec.interval or spec.timeout is absent or unreadable
UNNAMED = "unnamed"
DEFAULT_BRANCH = "master"  # Flux's own, where spec.ref names nothing
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
POSITIVE = ("ready", "sourceverified", "sourceverifiedcondition", "artifactinstorage")  # True is the good one of these conditions
VERIFIED = ("sourceverified", "sourceverifiedcondition")


@dataclass(frozen=True)
class Condition:
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
            reason=_text(raw.get("reason")),
            message=_text(raw.get("message")),
            generation=number(raw.get("observedGeneration")) or None,
            since=_moment(raw.get("lastTransitionTime")),
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
class EffectiveRef:
    """What a source follows: of the fields of spec.ref the one that Flux obeys.

    :ivar kind: ``commit``, ``name``, ``semver``, ``tag`` or ``branch``
    :ivar field: where it stands in the answer
    """

    kind: str
    value: str
    field: str

    @classmethod
    def parse(cls, ref: Any) -> EffectiveRef:
        """Commit wins over name, name over semver, that over tag, that over branch; nothing at all is the branch master."""
        for kind in ("commit", "name", "semver", "tag", "branch"):
            value = _text(mapping(ref).get(kind)).strip()
            if value:
                return cls._named(value) if kind == "name" else cls(kind, value, f"spec.ref.{kind}")
        return cls("branch", DEFAULT_BRANCH, "spec.ref.branch")

    @classmethod
    def _named(cls, value: str) -> EffectiveRef:
        for prefix, kind in ((HEADS, "branch"), (TAGS, "tag")):
            if value.startswith(prefix):
                return cls(kind, short_name(value, prefix), "spec.ref.name")
        return cls("name", value, "spec.ref.name")

    @property
    def words(self) -> str:
        """The ref for people: ``branch main``."""
        return f"{self.kind} {self.value}"

    def is_moving(self, text: str) -> bool:
        """Whether a text is the name of the branch, or of the other ref, that is followed: every revision of it would fit."""
        return self.kind in ("branch", "name") and short_name(text.strip(), HEADS) == short_name(self.value, HEADS)

    def holds(self, revision: Revision) -> bool:
        """Whether an artifact is of this ref; True where that cannot be compared (rules.rst, S18)."""
        if self.kind == "commit":
            return revision.hex is not None and is_commit(self.value, revision.hex)
        if self.kind == "semver" or revision.pointer is None:
            return True
        prefix = {"branch": HEADS, "tag": TAGS}.get(self.kind, "")
        return short_name(revision.pointer, prefix) == short_name(self.value, prefix)


@dataclass(frozen=True)
class GitRepository:
    """A source of the answer, with what the rules look at.

    :ivar raw: its JSON, unchanged
    :ivar generation: metadata.generation
    :ivar observed: status.observedGeneration
    :ivar conditions: by their types in lower case; of one that is stated twice the worse
    :ivar duplicated: the types that are stated more than once
    :ivar unreadable: how many elements of the list of conditions are none
    :ivar revision: of the artifact; its text is empty where there is none
    """

    raw: Mapping[str, Any]
    name: str
    namespace: str
    cluster_name: str | None
    generation: int | None
    observed: int | None
    conditions: Mapping[str, Condition]
    duplicated: tuple[str, ...]
    unreadable: int
    revision: Revision
    ref: EffectiveRef

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> GitRepository:
        """A source from its JSON: an element of ``items`` of the list."""
        repository = raw.get("gitRepository")
        conditions, duplicated, unreadable = _conditions(nested(repository, "status", "conditions"))
        revision = nested(repository, "status", "artifact", "revision")
        cluster_name = nested(raw.get("clusterInfo"), "clusterName")
        return cls(
            raw=raw,
            name=_text(raw.get("name") or nested(repository, "metadata", "name")) or UNNAMED,
            namespace=_text(raw.get("namespace") or nested(repository, "metadata", "namespace")),
            cluster_name=cluster_name if isinstance(cluster_name, str) and cluster_name.strip() else None,
            generation=number(nested(repository, "metadata", "generation")),
            observed=number(nested(repository, "status", "observedGeneration")),
            conditions=conditions,
            duplicated=duplicated,
            unreadable=unreadable,
            revision=parse_revision(revision if isinstance(revision, str) else ""),
            ref=EffectiveRef.parse(nested(repository, "spec", "ref")),
        )

    @property
    def key(self) -> tuple[str, str, str]:
        """What it is remembered by from sample to sample."""
        return ("source", self.namespace, self.name)

    @property
    def supported(self) -> bool:
        """Whether it is a GitRepository with its content (rules.rst, S3)."""
        return lower(self.raw.get("repoType")) == "gitrepository" and isinstance(self.raw.get("gitRepository"), dict)

    def metadata(self, *path: str) -> Any:
        """A field of its metadata."""
        return nested(self.raw.get("gitRepository"), "metadata", *path)

    def spec(self, *path: str) -> Any:
        """A field of its spec."""
        return nested(self.raw.get("gitRepository"), "spec", *path)

    def status(self, *path: str) -> Any:
        """A field of its status."""
        return nested(self.raw.get("gitRepository"), "status", *path)

    @property
    def url(self) -> str:
        """spec.url as it stands there; empty where it is no text."""
        url = self.spec("url")
        return url.strip() if isinstance(url, str) else ""

    @property
    def never_succeeded(self) -> bool:
        """Whether the controller has never come to an end with it: Flux states the observed generation on success only."""
        return self.observed is None or self.observed < 1

    @property
    def created(self) -> datetime | None:
        """creationTimestamp, where it is the time of what is there now: of a source that never succeeded and was never changed."""
        return _moment(self.metadata("creationTimestamp")) if self.never_succeeded and self.generation == 1 else None

    @property
    def pickup_time(self) -> float:
        """Seconds that Flux may take until a pushed revision is its artifact: 2 x interval + timeout."""
        interval, timeout = duration(self.spec("interval")), duration(self.spec("timeout"))
        return 2 * (DEFAULT_INTERVAL if interval is None else interval) + (DEFAULT_INTERVAL if timeout is None else timeout)

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
        """Whether a condition is of the source's generation.

        :param failing: it says that something failed: then it counts where no generation is stated
        """
        if failing and (condition.generation is None or self.generation is None):
            return True
        stated = self.observed if condition.generation is None else condition.generation
        return stated is not None and stated == self.generation

    @property
    def stated_times(self) -> Iterable[tuple[str, datetime]]:
        """The times that it states, each with its field."""
        stated = (
            ("metadata.creationTimestamp", self.metadata("creationTimestamp")),
            ("metadata.deletionTimestamp", self.metadata("deletionTimestamp")),
            (f"metadata.annotations[{REQUESTED_AT}]", self.metadata("annotations", REQUESTED_AT)),
            ("status.artifact.lastUpdateTime", self.status("artifact", "lastUpdateTime")),
        )
        times = [
            *((field, _moment(value)) for field, value in stated),
            *((condition.field, condition.since) for condition in self.conditions.values()),
        ]
        return [(field, moment) for field, moment in times if moment]


def _conditions(listed: Any) -> tuple[dict[str, Condition], tuple[str, ...], int]:
    """The conditions by type, the types stated twice, and the number of elements that are no conditions."""
    conditions: dict[str, Condition] = {}
    duplicated: dict[str, str] = {}
    unreadable = 0
    for raw in listed if isinstance(listed, list) else []:
        kind = lower(nested(raw, "type"))
        if not kind:
            unreadable += 1
            continue
        condition = Condition.parse(raw)
        if kind in conditions:
            duplicated[kind] = condition.kind
            condition = min(conditions[kind], condition, key=_goodness)
        conditions[kind] = condition
    return conditions, tuple(duplicated.values()), unreadable


def _goodness(condition: Condition) -> tuple[int, float, float]:
    """By the status; of two good ones the one of the older generation is worse, then the younger one, then the one without a time. Of two
    bad ones it is that of the later generation."""
    good = "true" if condition.kind.lower() in POSITIVE else "false"
    bad = "false" if good == "true" else "true"
    status = {good: 2, bad: 0}.get(condition.status, 1)
    generation = float("inf") if condition.generation is None else float(condition.generation)
    age = -condition.since.timestamp() if condition.since else float("-inf")
    return status, generation if status == 2 else -generation, age


def _text(value: Any) -> str:
    return value if isinstance(value, str) else "" if value is None else str(value)


def _moment(value: Any) -> datetime | None:
    instant = parse_time(value)
    return instant.latest if instant else None

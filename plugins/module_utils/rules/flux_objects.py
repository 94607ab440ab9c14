# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the rules for every object of Flux do alike (rules.rst, "Current", "Failing-since", "repoStatus").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, ClassVar, Generic, NamedTuple, TypeVar

from ..model.codes import CATALOGUE
from ..model.findings import Finding
from ..model.flux_objects import UNNAMED, Condition, FluxObject
from ..model.history import Watch
from ..model.shapes import is_false, is_true, lower
from ..model.subjects import Subject
from ..model.text import message_shape
from ..model.times import CLOCK_SKEW_LIMIT, format_time
from ..model.units import span
from ..model.verdicts import PROGRESSING, SEVERITY, UNKNOWN, Mark, U, W
from .common import shown

V1_PROGRESS_REASONS = ("progressing", "progressingwithretry")
Object = TypeVar("Object", bound=FluxObject)
Want = Mapping[str, Any]


# --- A list of them ------------------------------------------------------------------------------------------------------------------


def with_expectations(
    objects: Sequence[Object], expect: Sequence[Want], meant: Sequence[Sequence[Object]]
) -> list[tuple[Object, list[Want]]]:
    """Each object with the expectations that mean it.

    :param meant: for each expectation the objects that it means
    """
    wanted: dict[int, list[Want]] = {}
    for want, matches in zip(expect, meant):
        for item in matches:
            wanted.setdefault(id(item), []).append(want)
    return [(item, wanted.get(id(item), [])) for item in objects]


def distinct(objects: Sequence[FluxObject]) -> int:
    """How many objects came: one that is listed twice is one, and stands where another is missing (rules.rst, S1)."""
    named = {item.key for item in objects if item.name != UNNAMED}
    return len(named) + sum(item.name == UNNAMED for item in objects)


def keep_unread(watch: Watch, first: str, objects: Sequence[FluxObject]) -> None:
    """What is known of objects that did not come with an incomplete list: that is no gap.

    :param first: what the keys of such objects begin with
    """
    came = {item.key for item in objects}
    known = {key[1:4] for key in (*watch.earlier.seen, *watch.earlier.facts) if key[:2] == (watch.target, first)}
    for key in known - came:
        watch.keep(*key)


def incomplete(notice: Subject, total: int | None, count: int, unfound: str, noun: str = "sources") -> bool:
    """S1: there are more objects than were read; gives whether it is so.

    :param unfound: those that were expected and not found, in words
    """
    if total is None or total <= count:
        return False
    message = f"{count} of {total} {noun} were read" + (f"; not found in them: {unfound}." if unfound else ".")
    notice.say("LIST_INCOMPLETE", U, message, "total", count, total)
    return True


# --- One of them ---------------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class FluxLook(Generic[Object]):
    """An object at the time of its entry, and the subject that its findings go to.

    :cvar failing_kinds: the types of conditions, in lower case, that can say that it failed
    :cvar progress_reasons: in lower case, with which a Ready=False is no failure
    """

    item: Object
    subject: Subject
    watch: Watch
    failing_kinds: ClassVar[tuple[str, ...]] = ("stalled", "ready")
    progress_reasons: ClassVar[tuple[str, ...]] = V1_PROGRESS_REASONS

    def seen_for(self, *row: str) -> float:
        """Seconds since the first sample that saw, without a gap, what a row speaks of."""
        return self.watch.seen_for(*self.item.key, *row)

    def since(self, stated: datetime | None, *row: str) -> datetime:
        """A stated time, where there is one, else the first sample that saw what a row speaks of."""
        seen = self.watch.since_seen(*self.item.key, *row)
        return seen if stated is None else min(stated, self.watch.now)

    def is_stuck(self, since: datetime) -> bool:
        """Whether this has lasted for ``stuck_after``."""
        return self.watch.seconds_since(since) >= self.watch.stuck_after

    @cached_property
    def failures(self) -> list[Condition]:
        """The conditions that say that something failed, and are current."""
        conditions = [self.item.failing(kind) for kind in self.failing_kinds]
        return [condition for condition in conditions if condition]

    @cached_property
    def reconciling(self) -> Condition | None:
        """Reconciling=True, where it is current."""
        return self.item.has("reconciling", "true")

    @property
    def stalled(self) -> Condition | None:
        """Stalled=True, where it is current."""
        return self.item.failing("stalled")

    @cached_property
    def is_settled(self) -> bool:
        """Whether it says that it is ready, and nothing that failed or goes on."""
        return self.item.says_ready and not self.failures and not self.reconciling

    def failing_since(self, row: str) -> datetime:
        """Since when the object has been without success (rules.rst, "Failing-since").

        :param row: what counts from the first sample that saw it: ``failing`` or ``reconciling``
        """
        times = [self.watch.since_seen(*self.item.key, row), self.item.created]
        times += [condition.since for condition in self.failures]
        if self.reconciling and self.reconciling.reason.lower() not in V1_PROGRESS_REASONS:
            times.append(self.reconciling.since)
        return min(moment for moment in times if moment)

    def bridge(self) -> None:
        """What was failing or reconciling before is not over as long as there is no success; it fails since the first sample that saw it,
        whatever row says so."""
        if not self.is_settled:
            for row in ("failing", "reconciling"):
                self.watch.keep(*self.item.key, row)
        if any(condition.reason.lower() not in self.progress_reasons for condition in self.failures):
            self.watch.since_seen(*self.item.key, "failing")


def at_least(lasted: float) -> str:
    """For how long something has failed, in words; empty for what was only seen once.

    :param lasted: seconds
    """
    return f", failing for at least {span(int(lasted))}" if lasted >= 1 else ""


def is_said_by(condition: Condition, other: Condition | None) -> bool:
    """Whether another condition has the same text."""
    if other is None:
        return False
    texts = [message_shape(stated.message or stated.reason) for stated in (condition, other)]
    return texts[0] == texts[1]


def duplicated(look: FluxLook[Any]) -> None:
    """A condition that is stated more than once: the worse counts (rules.rst, "Current")."""
    for kind in look.item.duplicated:
        message = f"The condition {kind} is stated more than once; the worse one counts."
        look.subject.say("SRC_DUPLICATE_CONDITION", W, message, f"status.conditions[{kind}]")


def unreadable_suspend(look: FluxLook[Any], code: str, noun: str) -> None:
    """What is neither true nor false does not tell whether it is suspended (rules.rst, "Current").

    :param noun: what it is, in words
    """
    value = look.item.spec("suspend")
    if not is_true(value) and not is_false(value):
        message = f"Whether the {noun} is suspended cannot be told: spec.suspend is {shown(value)}."
        look.subject.say(code, U, message, "spec.suspend", shown(value), False)


def clock_skew(look: FluxLook[Any]) -> None:
    """G7: it states a time in the future."""
    field, moment = max(look.item.stated_times, key=lambda stated: stated[1], default=("", look.watch.now))
    ahead_by = (moment - look.watch.now).total_seconds()
    if ahead_by > CLOCK_SKEW_LIMIT:
        message = f"{field} is {span(ahead_by)} in the future."
        look.subject.say("CLOCK_SKEW", W, message, field, format_time(moment), format_time(look.watch.now))


# --- What UCS says beside it ---------------------------------------------------------------------------------------------------------

# By the status that UCS states, for what the object itself says: what is to be said as well. "none": no conditions.
NONE = "none"
Matrix = Mapping[str, Mapping[str, Mark]]


class Witness(NamedTuple):
    """What UCS states of an object beside what the object itself says.

    :ivar raw: the status
    :ivar says: what the object says: a verdict, or ``none``
    :ivar mark: what is to be said of the two; None where they agree
    """

    raw: Any
    says: str
    mark: Mark | None

    @classmethod
    def compare(cls, raw: Any, item: FluxObject, verdict: str, matrix: Matrix) -> Witness:
        """What UCS states against the verdict of the object's own conditions."""
        bare = not item.conditions and verdict in (PROGRESSING, UNKNOWN)
        mark = None if raw is None else matrix.get(_status_of(raw), matrix["other"]).get(NONE if bare else verdict)
        worse = mark is not None and (mark is W or SEVERITY[mark.verdict] > SEVERITY[verdict])
        return cls(raw, NONE if bare else verdict, mark if worse else None)

    @property
    def stated(self) -> str:
        """The status as text; an empty one in quotes."""
        return self.raw if isinstance(self.raw, str) and self.raw.strip() else json.dumps(self.raw)

    @property
    def expected(self) -> str | None:
        """What should be stated; None where it is, and what speaks against it is the object itself."""
        return None if _status_of(self.raw) == "health" else "Health"

    def words(self, field: str, noun: str, findings: Sequence[Finding]) -> str:
        """Both in a sentence.

        :param field: of the answer, in which the status stands; ``findings``: what the object itself says
        """
        said = next((CATALOGUE[finding.code].title for finding in findings if finding.verdict == self.says), None)
        if self.says == NONE:
            says = f"the {noun} states no conditions"
        else:
            says = said[0].lower() + said[1:] if said and said.startswith("The ") else f"by its own fields the {noun} is {self.says}"
        return f"{field} is {self.stated}, but {says}."


def _status_of(raw: Any) -> str:
    """A status as a matrix has it."""
    return {"healthy": "health"}.get(lower(raw), lower(raw))

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Is the revision there that was expected? (rules.rst, "Expected revisions")

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from ..model.config_sets import ConfigSet
from ..model.findings import remedy
from ..model.history import Watch
from ..model.revisions import (
    ABBREVIATED,
    TAGS,
    could_be_tag,
    how_it_fits,
    is_commit,
    parse_expected,
    parse_revision,
    same_artifact,
    short_name,
)
from ..model.sources import EffectiveRef, GitRepository
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.units import span
from ..model.verdicts import F_R, F_T, U_T, Mark, P, U, W

ON_SUPERSEDED = {"block": F_T, "wait": P, "allow": W}
FIELD = "status.artifact.revision"
FITTING = {"S19": "fetched", "K9": "applied"}  # what a receipt calls the revision that is the expected one


class ArtifactClock(NamedTuple):
    """What this gate saw of an artifact: its first revision, the last one, and the first sample that saw that."""

    baseline: str
    revision: str
    since: datetime

    @property
    def changed(self) -> bool:
        """Whether the artifact is another one than at first."""
        return not same_artifact(self.baseline, self.revision)


def artifact_clock(watch: Watch, revision: str, *key: str) -> ArtifactClock | None:
    """The clock of an artifact; None as long as none was seen. It goes on through samples without an artifact, and starts again with
    another one.

    :param revision: of the artifact in this sample; empty where it has none
    :param key: what the object is remembered by
    """
    clock: ArtifactClock | None = watch.recall(*key, "artifact")
    if revision:
        if clock is None:
            clock = ArtifactClock(revision, revision, watch.now)
        elif not same_artifact(clock.revision, revision):
            clock = clock._replace(revision=revision, since=watch.now)
    if clock is not None:
        watch.remember(clock, *key, "artifact")
    return clock


class RevisionCodes(NamedTuple):
    """The codes of what may be wrong with a revision."""

    not_yet: str
    not_picked_up: str
    superseded: str
    unparsable: str


# By the row that asks.
CODES = {
    "S19": RevisionCodes("SRC_REVISION_NOT_YET", "SRC_REVISION_NOT_PICKED_UP", "SRC_REVISION_SUPERSEDED", "SRC_REVISION_UNPARSABLE"),
    "K9": RevisionCodes("CFG_REVISION_NOT_YET", "CFG_REVISION_NOT_PICKED_UP", "CFG_REVISION_SUPERSEDED", "CFG_REVISION_UNPARSABLE"),
}


class Compared(NamedTuple):
    """What is held against an expected revision: the artifact that a source fetched, or what a config set has applied.

    :ivar row: of rules.rst: ``S19`` or ``K9``
    :ivar noun: what messages call it
    :ivar field: where it stands in the answer
    :ivar revision: its text; empty where there is none
    :ivar ref: what its source follows; None where that is not known
    :ivar item: what it is the revision of
    :ivar interval: spec.interval of the source, where its length is to be warned about (S21)
    :ivar aside: a sentence that belongs to every message about it
    """

    row: str
    noun: str
    field: str
    revision: str
    ref: EffectiveRef | None
    item: GitRepository | ConfigSet
    interval: Any = None
    aside: str = ""

    @property
    def limit(self) -> float:
        """Seconds that Flux may take until it is a new one."""
        return self.item.pickup_time

    @classmethod
    def of_source(cls, source: GitRepository) -> Compared:
        """The artifact of a source."""
        interval = source.spec("interval")
        return cls("S19", "artifact", FIELD, source.revision.text, source.ref, source, interval)


@dataclass(frozen=True)
class Question:
    """An expected revision of one object, and where the answer goes.

    :ivar texts: the expected revision, then those that are as good
    :ivar clock: of what is compared with them
    """

    subject: Subject
    compared: Compared
    watch: Watch
    texts: Sequence[str]
    clock: ArtifactClock

    @property
    def codes(self) -> RevisionCodes:
        """The codes of the row that asks."""
        return CODES[self.compared.row]

    @property
    def expected(self) -> str:
        """The expected revision."""
        return self.texts[0]

    @property
    def observed(self) -> str:
        """The last revision that was seen."""
        return self.clock.revision

    @property
    def lasted(self) -> float:
        """Seconds since the first sample that saw this revision."""
        return self.watch.seconds_since(self.clock.since)

    @property
    def overdue(self) -> bool:
        """Whether the revision is the first one still, for longer than Flux may take."""
        return not self.clock.changed and self.lasted >= self.compared.limit

    def say(self, code: str, mark: Mark, message: str, **more: Any) -> None:
        """Adds a finding about the revision."""
        aside = f" {self.compared.aside}" if self.compared.aside else ""
        self.subject.say(code, mark, message + aside, self.compared.field, self.observed, self.expected, **more)


def expected_texts(want: Mapping[str, Any]) -> list[str]:
    """The revisions that an expectation accepts, the expected one first; empty where it expects none."""
    return [str(text) for text in (want["revision"], *(want.get("acceptable_revisions") or []))] if want.get("revision") else []


def fit(texts: Sequence[str], revision: str, ref: EffectiveRef | None) -> str:
    """How a revision fits one of the texts: ``hash``, ``abbreviated``, ``tag``, or empty.

    :param ref: what the source follows; None where that is not known
    """
    return next(filter(None, (how_it_fits(text, revision, ref.kind if ref else "") for text in texts)), "")


def judge_revisions(
    subject: Subject, compared: Compared, wants: Sequence[Mapping[str, Any]], watch: Watch, in_order: bool
) -> dict[str, Any]:
    """The expected revisions of an object, and what a receipt tells of them: those expected, and the one that fits (null: none).

    :param wants: the expectations that mean this object
    :param in_order: whether its conditions say that it is ready: only then equality proves anything, and only then another revision
        speaks against it; else that is held. That the expected one was not picked up is said in every sample once it is so.
    """
    clock = artifact_clock(watch, compared.revision, *compared.item.key)
    questions = list(dict.fromkeys(tuple(expected_texts(want)) for want in wants if expected_texts(want)))
    fits = [fit(texts, clock.revision, compared.ref) if clock else "" for texts in questions]
    for texts, fitting in zip(questions, fits):
        said, overdue = len(subject.findings), False
        if clock and not fitting:
            overdue = _judge(Question(subject, compared, watch, texts, clock))
        elif not compared.revision:
            not_stated(subject, compared, texts[0])
        if not (in_order or overdue):
            subject.hold(said)
    observed: dict[str, Any] = {
        "expected": [texts[0] for texts in questions],
        FITTING[compared.row]: clean_text(compared.revision) if in_order and compared.revision and any(fits) else None,
    }
    return {**observed, "abbreviated": True} if in_order and ABBREVIATED in fits else observed


def _judge(question: Question) -> bool:
    """Says what is wrong with a revision; gives whether it is that the expected one was not picked up."""
    row = next(row for applies, row in ROWS if applies(question))
    row(question)
    return row is not_picked_up


def not_stated(subject: Subject, compared: Compared, expected: str) -> None:
    """S19, K9: it says that it is ready, and states no revision that could be compared."""
    message = f"No {compared.noun} is stated, so it cannot be compared with {expected}."
    subject.say(CODES[compared.row].unparsable, U, message, compared.field, None, expected)


def is_pinned_elsewhere(question: Question) -> bool:
    """Whether spec.ref holds the source to something else: a commit, or a tag that none of the texts is."""
    ref = question.compared.ref
    return question.compared.row == "S19" and ref is not None and all(_elsewhere(text, ref) for text in question.texts)


def _elsewhere(text: str, ref: EffectiveRef) -> bool:
    if ref.kind == "commit":
        return not is_commit(text, ref.value)
    return ref.kind == "tag" and could_be_tag(parse_expected(text)) and short_name(text.strip(), TAGS) != ref.value


def pinned_elsewhere(question: Question) -> None:
    """S19: the source is pinned to another commit or tag."""
    ref = question.compared.ref
    if ref:
        message = f"The source is pinned to {ref.words}, expected {question.expected}."
        question.subject.say("SRC_PINNED_ELSEWHERE", F_T, message, ref.field, ref.value, question.expected)


def names_what_is_followed(question: Question) -> bool:
    """Whether the expected text is the name of the branch, or of another ref that moves, which the source follows."""
    ref = question.compared.ref
    return ref is not None and could_be_tag(parse_expected(question.expected)) and ref.is_moving(question.expected)


def branch_expected(question: Question) -> None:
    """S19, K9: a branch is no revision."""
    words = question.compared.ref.words if question.compared.ref else ""
    message = f"A branch is not a revision: the source follows {words}, and every revision of it would fit."
    question.say(question.codes.unparsable, U_T, message, remediation=remedy(question.codes.unparsable, "branch", {}))


def is_opaque(question: Question) -> bool:
    """Whether the revision that was seen holds no hash."""
    return parse_revision(question.observed).opaque


def unparsable(question: Question) -> None:
    """S19, K9: the revision that was seen proves nothing."""
    what = "artifact's revision" if question.compared.row == "S19" else question.compared.noun
    message = f"The {what} {question.observed} holds no hash, so it cannot be compared with {question.expected}."
    question.say(question.codes.unparsable, U, message)


def is_superseded(question: Question) -> bool:
    """Whether the revision has changed since this gate's first sample."""
    return question.clock.changed


def superseded(question: Question) -> None:
    """S19, K9: another revision came."""
    mark = ON_SUPERSEDED[question.watch.options.get("on_superseded") or "block"]
    message = f"The {question.compared.noun} went from {question.clock.baseline} to {question.observed}, not to {question.expected}."
    question.say(question.codes.superseded, mark, message)
    if mark is P:
        interval_too_long(question)


def is_overdue(question: Question) -> bool:
    """Whether the revision has been the same for longer than Flux may take."""
    return question.overdue


def not_picked_up(question: Question) -> None:
    """S19, K9: the expected revision did not come in time."""
    lasted, limit = span(int(question.lasted)), span(question.compared.limit)
    message = f"The {question.compared.noun} is still {question.observed} after {lasted}, not {question.expected}; Flux may take {limit}."
    question.say(question.codes.not_picked_up, F_R, message, since=question.clock.since)


def not_yet(question: Question) -> None:
    """S19, K9: the expected revision is not there yet."""
    limit = span(question.compared.limit)
    message = f"The {question.compared.noun} is {question.observed}, not yet {question.expected}; Flux may take {limit}."
    question.say(question.codes.not_yet, P, message, since=question.clock.since)
    interval_too_long(question)


def interval_too_long(question: Question) -> None:
    """S21: the gate waits for a shorter time than Flux may need."""
    wait, limit = question.watch.options.get("wait_timeout"), question.compared.limit
    said = any(finding.code == "SRC_INTERVAL_LONGER_THAN_TIMEOUT" for finding in (*question.subject.findings, *question.subject.held))
    if question.compared.row == "S19" and wait and limit > wait and not said:
        message = f"Flux may take {span(limit)} until it has a new revision, and the wait is {span(wait)}."
        interval, expected = question.compared.interval, f"2 x interval + timeout of at most {span(wait)}"
        question.subject.say("SRC_INTERVAL_LONGER_THAN_TIMEOUT", W, message, "spec.interval", interval, expected)


# The first that applies decides.
ROWS = (
    (is_pinned_elsewhere, pinned_elsewhere),
    (names_what_is_followed, branch_expected),
    (is_opaque, unparsable),
    (is_superseded, superseded),
    (is_overdue, not_picked_up),
    (lambda _question: True, not_yet),
)

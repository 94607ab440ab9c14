# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Is the revision there that was expected? (rules.rst, "Expected revisions")

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

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
from ..model.verdicts import F_R, F_T, U_T, P, U, W

ON_SUPERSEDED = {"block": F_T, "wait": P, "allow": W}
FIELD = "status.artifact.revision"


@dataclass(frozen=True)
class ArtifactClock:
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
            clock = replace(clock, revision=revision, since=watch.now)
    if clock is not None:
        watch.remember(clock, *key, "artifact")
    return clock


@dataclass(frozen=True)
class Question:
    """An expected revision of one source, and where the answer goes.

    :ivar texts: the expected revision, then those that are as good
    :ivar clock: of the source's artifact
    """

    subject: Subject
    source: GitRepository
    watch: Watch
    texts: Sequence[str]
    clock: ArtifactClock

    @property
    def expected(self) -> str:
        """The expected revision."""
        return self.texts[0]

    @property
    def observed(self) -> str:
        """The last revision of the artifact that was seen."""
        return self.clock.revision

    @property
    def lasted(self) -> float:
        """Seconds since the first sample that saw this artifact."""
        return self.watch.seconds_since(self.clock.since)

    @property
    def overdue(self) -> bool:
        """Whether the artifact is the first one still, for longer than Flux may take."""
        return not self.clock.changed and self.lasted >= self.source.pickup_time


def expected_texts(want: Mapping[str, Any]) -> list[str]:
    """The revisions that an expectation accepts, the expected one first; empty where it expects none."""
    return [str(text) for text in (want["revision"], *(want.get("acceptable_revisions") or []))] if want.get("revision") else []


def fit(texts: Sequence[str], revision: str, ref: EffectiveRef) -> str:
    """How an artifact fits one of the texts: ``hash``, ``abbreviated``, ``tag``, or empty."""
    return next(filter(None, (how_it_fits(text, revision, ref.kind) for text in texts)), "")


def judge_revisions(
    subject: Subject, source: GitRepository, wants: Sequence[Mapping[str, Any]], watch: Watch, in_order: bool
) -> dict[str, Any]:
    """The expected revisions of a source, and what a receipt tells of them.

    :param wants: the expectations that mean this source
    :param in_order: whether its conditions say that it is ready: only then equality proves anything, and only then a revision is judged
        that is another one. That the expected one was not picked up is said in every sample once it is so.
    """
    clock = artifact_clock(watch, source.revision.text, *source.key)
    questions = list(dict.fromkeys(tuple(expected_texts(want)) for want in wants if expected_texts(want)))
    fits = [fit(texts, clock.revision, source.ref) if clock else "" for texts in questions]
    for texts, fitting in zip(questions, fits):
        if clock and not fitting:
            _judge(Question(subject, source, watch, texts, clock), in_order)
    observed: dict[str, Any] = {
        "expected": [texts[0] for texts in questions],
        "fetched": clean_text(source.revision.text) if in_order and any(fits) else None,
    }
    return {**observed, "abbreviated": True} if in_order and ABBREVIATED in fits else observed


def _judge(question: Question, in_order: bool) -> None:
    row = next(row for applies, row in ROWS if applies(question))
    if in_order or row is not_picked_up:
        row(question)


def is_pinned_elsewhere(question: Question) -> bool:
    """Whether spec.ref holds the source to something else: a commit, or a tag that none of the texts is."""
    return all(_elsewhere(text, question.source.ref) for text in question.texts)


def _elsewhere(text: str, ref: EffectiveRef) -> bool:
    if ref.kind == "commit":
        return not is_commit(text, ref.value)
    return ref.kind == "tag" and could_be_tag(parse_expected(text)) and short_name(text.strip(), TAGS) != ref.value


def pinned_elsewhere(question: Question) -> None:
    """S19: the source is pinned to another commit or tag."""
    ref, expected = question.source.ref, question.expected
    message = f"The source is pinned to {ref.words}, expected {expected}."
    question.subject.say("SRC_PINNED_ELSEWHERE", F_T, message, ref.field, ref.value, expected)


def names_what_is_followed(question: Question) -> bool:
    """Whether the expected text is the name of the branch, or of another ref that moves, which the source follows."""
    return could_be_tag(parse_expected(question.expected)) and question.source.ref.is_moving(question.expected)


def branch_expected(question: Question) -> None:
    """S19: a branch is no revision."""
    message = f"A branch is not a revision: the source follows {question.source.ref.words}, and every revision of it would fit."
    question.subject.say("SRC_REVISION_UNPARSABLE", U_T, message, FIELD, question.observed, question.expected)


def is_opaque(question: Question) -> bool:
    """Whether the artifact's revision holds no hash."""
    return parse_revision(question.observed).opaque


def unparsable(question: Question) -> None:
    """S19: the artifact's revision proves nothing."""
    message = f"The artifact's revision {question.observed} holds no hash, so it cannot be compared with {question.expected}."
    question.subject.say("SRC_REVISION_UNPARSABLE", U, message, FIELD, question.observed, question.expected)


def is_superseded(question: Question) -> bool:
    """Whether the artifact has changed since this gate's first sample."""
    return question.clock.changed


def superseded(question: Question) -> None:
    """S19: another revision came."""
    mark = ON_SUPERSEDED[question.watch.options.get("on_superseded") or "block"]
    message = f"The artifact went from {question.clock.baseline} to {question.observed}, not to {question.expected}."
    question.subject.say("SRC_REVISION_SUPERSEDED", mark, message, FIELD, question.observed, question.expected)
    if mark is P:
        interval_too_long(question)


def is_overdue(question: Question) -> bool:
    """Whether the artifact has been the same for longer than Flux may take."""
    return question.overdue


def not_picked_up(question: Question) -> None:
    """S19: the expected revision was not picked up in time."""
    lasted, limit = span(int(question.lasted)), span(question.source.pickup_time)
    message = f"The artifact is still {question.observed} after {lasted}, not {question.expected}; Flux may take {limit}."
    since = question.clock.since
    question.subject.say("SRC_REVISION_NOT_PICKED_UP", F_R, message, FIELD, question.observed, question.expected, since=since)


def not_yet(question: Question) -> None:
    """S19: the expected revision is not there yet."""
    limit = span(question.source.pickup_time)
    message = f"The artifact is {question.observed}, not yet {question.expected}; Flux may take {limit}."
    since = question.clock.since
    question.subject.say("SRC_REVISION_NOT_YET", P, message, FIELD, question.observed, question.expected, since=since)
    interval_too_long(question)


def interval_too_long(question: Question) -> None:
    """S21: the gate waits for a shorter time than Flux may need."""
    wait, limit = question.watch.options.get("wait_timeout"), question.source.pickup_time
    said = any(finding.code == "SRC_INTERVAL_LONGER_THAN_TIMEOUT" for finding in question.subject.findings)
    if wait and limit > wait and not said:
        message = f"Flux may take {span(limit)} until it has a new revision, and the wait is {span(wait)}."
        interval, expected = question.source.spec("interval"), f"2 x interval + timeout of at most {span(wait)}"
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

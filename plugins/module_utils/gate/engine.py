# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The gate: whole samples until it can decide, with one history and one timeline (rules.rst, "The engine").

The only place with a loop and a clock; both, and the reader, are handed in.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from ..model.readings import Entry, Reading
from ..model.subjects import Subject
from ..model.text import some_of
from ..model.times import format_time
from ..model.units import span
from ..model.verdicts import FAILED, READY, UNKNOWN, P
from .checks import Check
from .policy import JITTER, Policy
from .samples import Judge, Sample
from .steadiness import Steadiness
from .stopping import Stopping
from .waiting import LONGEST_SILENCE, Waiting

TIMELINE_LIMIT = 1000  # changes of verdict; of more, those in the middle are left out
SHORTEST_PAUSE = 0.05  # seconds
NAMES_SHOWN = 3

Subjects = Mapping[int, "list[Subject]"]


@dataclass
class Clock:
    """The gate's clocks, its sleep, and its dice for the jitter.

    :ivar monotonic: seconds that only go forward
    :ivar now: the local time
    """

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    uniform: Callable[[float, float], float]
    now: Callable[[], datetime]


@dataclass(frozen=True)
class FirstSample:
    """Readings that are there already, one for each check, and what is known of them.

    :ivar subjects: by the index of their check, ``samples.OWN`` for those of the gate itself
    :ivar incomplete: whether a check has no reading that can be used: there is none, or it is too old; then the gate decides on it only
        where it may not wait
    """

    readings: Sequence[Reading]
    subjects: Subjects
    incomplete: bool = False


@dataclass(frozen=True)
class Decision:
    """The last sample and what it came to.

    :ivar waiting_helps: whether a later sample could have come to something else
    """

    sample: Sample
    outcome: str
    waiting_helps: bool

    @property
    def allows(self) -> bool:
        """Whether the deployment may go on."""
        return self.outcome in ("passed", "passed_with_warnings")


class Gate:
    """Samples until it can decide.

    :param say: is told what is waited for, as lines for people; ``say_more`` of each sample
    """

    def __init__(
        self,
        checks: Sequence[Check],
        policy: Policy,
        clock: Clock,
        say: Callable[[str], None] = lambda _line: None,
        say_more: Callable[[str], None] = lambda _line: None,
    ) -> None:
        self.policy, self.clock, self.say, self.say_more = policy, clock, say, say_more
        self.samples = 0
        self.timeline: list[dict[str, Any]] = []
        self.started, self.started_at = clock.monotonic(), clock.now()
        self._judge = Judge(checks, policy.waivers, policy.wait_timeout, policy.require)
        self._steadiness, self._stopping = Steadiness(policy.steady_for, not policy.wait_timeout), Stopping(policy)
        self._verdicts: dict[str, str] = {}
        self._waiting = Waiting(policy, say)
        self._too_short = self._stretched = False

    @property
    def left(self) -> float:
        """Seconds of the wait that are left."""
        return self.started + self.policy.wait_timeout - self.clock.monotonic()

    @property
    def waited(self) -> float:
        """Seconds since the gate began."""
        return self.clock.monotonic() - self.started

    def run(
        self,
        read: Callable[[], Sequence[Reading]],
        first: FirstSample | None = None,
        spacing: Callable[[], float] = lambda: 0.0,
    ) -> Decision:
        """Samples until it can decide, or the time is over.

        :param read: takes one reading for each check, in the order of the checks
        :param first: the first sample, where it was read already
        :param spacing: the seconds between two samples that the services' documented limits ask for, known once a sample was taken
        """
        sample = self.observe(first.readings, first.subjects) if first else self._read(read)
        undecided = first is not None and first.incomplete
        pause = 0.0 if undecided else self.policy.interval
        before: dict[str, str] = {}
        while True:
            outcome, left = self.outcome(sample), self.left
            self.say_more(f"sample {self.samples}: {sample.verdict}, {len(sample.findings)} findings, {span(left)} left")
            if (outcome and not undecided) or left <= 0:
                decision = self._decision(sample, outcome)
                self._waiting.end(decision.outcome, self.waited)
                return decision
            pause = self.policy.next_pause(pause, self._verdicts != before) if self.samples > 1 else pause
            before = dict(self._verdicts)
            wanted = min(left, self._pause(sample, pause, spacing()))
            if pause:  # else there is only half a first sample, and the next reading follows at once
                self._waiting.sample(sample, self.waited, wanted, self._steadiness.missing(sample))
            self._sleep(wanted)
            sample, undecided = self._read(read), False

    def pulse(self) -> None:
        """Is called while a reading takes its time; says so once a minute."""
        self._waiting.pulse(self.waited, reading=True)

    def judge_ahead(self, index: int, entry: Entry) -> None:
        """Is called with an entry of a check's reading while others are still waited for, which leaves time to judge it."""
        self._judge.judge_ahead(index, entry)

    def _sleep(self, seconds: float) -> None:
        """Sleeps; in a pause of more than a minute it says now and then what is waited for."""
        while seconds > LONGEST_SILENCE:
            self.clock.sleep(LONGEST_SILENCE)
            seconds -= LONGEST_SILENCE
            self._waiting.pulse(self.waited)
        self.clock.sleep(seconds)

    def _read(self, read: Callable[[], Sequence[Reading]]) -> Sample:
        began = self.clock.monotonic()
        return self.observe(read(), {}, began)

    def observe(self, readings: Sequence[Reading], subjects: Subjects, began: float | None = None) -> Sample:
        """Judges one complete sample, together with what earlier samples left behind.

        :param began: when its first request could be sent; None for readings that are there already
        """
        self.samples += 1
        ended = self.clock.monotonic()
        now = max([self.clock.now(), *(reading.service_time for reading in readings if reading.service_time)])
        sample = replace(self._judge.judge(readings, subjects, now), began=ended if began is None else began, ended=ended)
        self._steadiness.observe(sample)
        self._stopping.observe(sample)
        self._note_verdicts(sample)
        return sample

    def outcome(self, sample: Sample) -> str | None:
        """The outcome if this sample decides, None while waiting may still change it."""
        if sample.verdict == READY and self._steadiness.lasted(sample):
            return "passed_with_warnings" if sample.has_warning else "passed"
        return _verdict_outcome(sample) if sample.verdict != READY and self._stopping.stops(sample) else None

    def _pause(self, sample: Sample, pause: float, spacing: float) -> float:
        """Seconds until the next sample: jittered, no later than a ready estate can be allowed, stretched by a service's limit."""
        wanted = pause * self.clock.uniform(1 - JITTER, 1 + JITTER)
        if sample.verdict == READY:
            if not self._too_short and self._steadiness.missing(sample) > self.left:
                self._too_short = True
                self.say(f"Ready, but the {span(self.left)} left cannot hold steady_for, {span(self.policy.steady_for)}")
            due = self._steadiness.due() or 0.0
            wanted = min(wanted, self.policy.interval, max(SHORTEST_PAUSE, due - self.clock.monotonic()))
        if spacing > self.policy.interval and not self._stretched:
            self._stretched = True
            limit = "a service's limit of calls allows no more"
            self.say(f"One reading every {span(spacing)} instead of {span(self.policy.interval)}: {limit}")
        return max(wanted, spacing)

    def _note_verdicts(self, sample: Sample) -> None:
        for checked in sample.checks:
            if self._verdicts.get(checked.check.name) == checked.verdict:
                continue
            self._verdicts[checked.check.name] = checked.verdict
            if len(self.timeline) == TIMELINE_LIMIT:
                del self.timeline[TIMELINE_LIMIT // 2]
            seconds = round(sample.ended - self.started, 3)
            change = {"time": format_time(sample.now), "seconds": seconds, "check": checked.check.name, "verdict": checked.verdict}
            self.timeline.append(change)

    def _decision(self, sample: Sample, outcome: str | None) -> Decision:
        final = outcome or _verdict_outcome(sample)
        if final == "timeout" and sample.verdict == READY:
            sample = replace(sample, own=[*sample.own, self._not_steady(sample)])
        return Decision(sample, final, waiting_helps=outcome is None)

    def _not_steady(self, sample: Sample) -> Subject:
        """G5: why an estate that is ready was not allowed."""
        young = sorted({subject.name or subject.target for subject in self._steadiness.young(sample)})
        which = f"{some_of(young, ', ', NAMES_SHOWN)} has" if young else "that has"
        seen, wanted = self._steadiness.lasted_for(sample), self.policy.steady_for
        subject = Subject("API", "steady_for", "", sample.now, is_state=True, notice=True)
        code = "GATE_TIMEOUT_TOO_SHORT" if self._too_short else "GATE_NOT_STEADY"
        message = f"Everything is ready, but {which} provably lasted only for {span(seen)}; steady_for is {span(wanted)}."
        subject.say(code, P, message, observed=round(seen), expected=round(wanted), since=sample.now - timedelta(seconds=seen))
        return subject


def _verdict_outcome(sample: Sample) -> str:
    return {FAILED: "failed", UNKNOWN: "undecidable"}.get(sample.verdict, "timeout")

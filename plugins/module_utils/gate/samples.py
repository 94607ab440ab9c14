# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A sample: one reading of every check, judged together, each finding with its weight (rules.rst, "The engine").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property

from ..endpoints.endpoint import Ahead
from ..model.findings import ADVISORY, BESIDE, WAIVED, Finding
from ..model.history import History
from ..model.readings import Entry, Reading
from ..model.requirements import Requirement
from ..model.shapes import lower
from ..model.subjects import Judgement, Subject
from ..model.times import CLOCK_SKEW_LIMIT
from ..model.units import span
from ..model.verdicts import READY, UNKNOWN, W, worst
from ..rules.across import CheckedReading, judge_across, merge_repositories
from .checked import CheckedSample
from .checks import Check
from .tolerance import Count, tolerate
from .waivers import Waiver, used_waivers, valid_waivers, waiver_warnings, with_held

OWN = -1  # the index of subjects of the gate itself


@dataclass(frozen=True)
class Sample:
    """One complete sample.

    :ivar own: subjects of the gate itself: waivers, clocks, readings that are missing
    :ivar used: the waivers that cover a finding
    :ivar counts: how many clusters of each fleet are ready; ``set_aside``: the ids, in lower case, of those it can do without
    :ivar now: the time of the decision, by the later clock (rules.rst, "Time")
    :ivar began: when its first request could be sent, in seconds of the monotonic clock; ``ended``: when the last answer was there
    """

    checks: Sequence[CheckedSample]
    own: Sequence[Subject]
    used: set[Waiver]
    now: datetime
    began: float
    ended: float
    counts: Sequence[Count] = ()
    set_aside: frozenset[str] = frozenset()

    @property
    def subjects(self) -> Iterator[Subject]:
        """All subjects, those of the checks first."""
        for checked in self.checks:
            yield from checked.subjects
        yield from self.own

    @cached_property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for subject in self.subjects for finding in subject.findings]

    @cached_property
    def verdict(self) -> str:
        """The worst of all findings that decide."""
        return worst(finding.verdict for finding in self.findings if finding.decides)

    @cached_property
    def deciding(self) -> list[Subject]:
        """The objects that take part in the decision."""
        return [subject for checked in self.checks for subject in checked.deciding]

    @property
    def has_api_error(self) -> bool:
        """Whether a request of a check that decides failed; a 404 is an answer."""
        return any(finding.cause == "api" and finding.decides and finding.verdict == UNKNOWN for finding in self.findings)

    @property
    def has_warning(self) -> bool:
        """Whether it is ready only with a warning, an exception, without some clusters, or with an advisory check that is not."""
        return bool(self.set_aside) or any(finding.weight != BESIDE for finding in self.findings)


@dataclass
class Judge:
    """Judges the samples of one gate one after the other, in this order: place, rules across, waive, soften, set aside."""

    checks: Sequence[Check]
    waivers: Sequence[Waiver]
    wait_timeout: float
    requirement: Requirement = field(default_factory=Requirement)

    def __post_init__(self) -> None:
        self._histories = [History() for _check in self.checks]
        self._options = [{**check.options, "wait_timeout": self.wait_timeout} for check in self.checks]
        self._ahead: list[Ahead] = [{} for _check in self.checks]

    def judge_ahead(self, index: int, entry: Entry) -> None:
        """Judges an entry of a check's reading, for the sample that it is going to be a part of. May be called by several threads."""
        self.checks[index].endpoint.judge_ahead(self._ahead[index], self._options[index], self._histories[index], entry)

    def _judgement(self, index: int, reading: Reading) -> Judgement:
        """What a reading by itself comes to."""
        ahead, self._ahead[index] = self._ahead[index], {}
        return self.checks[index].endpoint.judge(reading, self._options[index], self._histories[index], ahead)

    def judge(self, readings: Sequence[Reading], more: Mapping[int, list[Subject]], now: datetime) -> Sample:
        """Judges one reading of each check together.

        :param more: subjects that are known already, by the index of their check; ``OWN`` for those of the gate itself
        :param now: the later clock
        """
        checked = []
        merged = merge_repositories(readings, [check.advisory for check in self.checks])
        for index, (check, reading) in enumerate(zip(self.checks, merged)):
            known = more.get(index, [])
            if not reading.targets and any(subject.verdict != READY for subject in known):
                judgement = Judgement([], self._histories[index])  # there is no answer that could be judged, and it is said why
            else:
                judgement = self._judgement(index, reading)
            self._histories[index] = judgement.history
            whole = Judgement([*judgement.subjects, *known], judgement.history)
            checked.append(CheckedReading(check.name, check.endpoint.name, check.advisory, check.options, reading, whole))
        named = _named([judgement.subjects for judgement in judge_across(checked)], readings)
        valid = valid_waivers(self.waivers, now)
        across = [[with_held(subject, valid) for subject in subjects] for subjects in named] if valid else named
        clocks = clock_warnings(readings, now)
        findings = [finding for subjects in (*across, clocks) for subject in subjects for finding in subject.findings]
        used = used_waivers(self.waivers, findings, now)
        samples = [
            CheckedSample(check, reading, [_weighed(subject, check, used) for subject in subjects])
            for check, reading, subjects in zip(self.checks, readings, across)
        ]
        tolerated = tolerate(samples, self.requirement, now)
        clocks = [subject.weighed(lambda finding: replace(finding, weight=_weight(finding, used))) for subject in clocks]
        own = [*more.get(OWN, []), *tolerated.subjects, *clocks, *waiver_warnings(self.waivers, used, now)]
        return Sample(tolerated.checks, own, used, now, 0.0, 0.0, tolerated.counts, tolerated.set_aside)


def _named(across: Sequence[Sequence[Subject]], readings: Sequence[Reading]) -> list[list[Subject]]:
    """The subjects with the names of their clusters, whichever check knows them."""
    names = {lower(subject.cluster_id): subject.cluster_name for subjects in across for subject in subjects if subject.cluster_name}
    for chosen in (chosen for reading in readings for chosen in (reading.selection, reading.reselection) if chosen):
        names.update({lower(cluster): name for cluster, name in chosen.names.items()})
    if not names:
        return list(map(list, across))
    return [[subject.with_cluster_name(names) for subject in subjects] for subjects in across]


def _weighed(subject: Subject, check: Check, used: set[Waiver]) -> Subject:
    """A subject whose findings have the name of their check and their weight."""

    def weigh(finding: Finding) -> Finding:
        weight = _weight(finding, used)
        if check.advisory and weight not in (BESIDE, WAIVED):
            weight = ADVISORY
        return replace(finding, check=check.name, weight=weight)

    return subject.weighed(weigh) if subject.findings else subject


def _weight(finding: Finding, used: set[Waiver]) -> str:
    return WAIVED if finding.weight != BESIDE and any(waiver.covers(finding) for waiver in used) else finding.weight


def clock_warnings(readings: Sequence[Reading], now: datetime) -> list[Subject]:
    """G7: a warning for each host whose clock differs from the local one by more than five minutes."""
    offsets = {host: seconds for reading in readings for host, seconds in reading.clocks.items() if abs(seconds) > CLOCK_SKEW_LIMIT}
    subjects = []
    for host, seconds in sorted(offsets.items()):
        subject = Subject("API", host, "", now, is_state=True, notice=True)
        way = "ahead of" if seconds > 0 else "behind"
        subject.say("CLOCK_SKEW", W, f"The clock of {host} is {span(abs(seconds))} {way} the local one.", "Date", round(seconds))
        subjects.append(subject)
    return subjects

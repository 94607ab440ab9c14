# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A sample: one reading of every check, judged together, each finding with its weight (rules.rst, "The engine").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..model.findings import ADVISORY, BESIDE, DECIDES, WAIVED, Finding
from ..model.history import History
from ..model.readings import Reading
from ..model.subjects import Judgement, Subject
from ..model.times import CLOCK_SKEW_LIMIT
from ..model.units import span
from ..model.verdicts import READY, UNKNOWN, VERDICTS, WARNING, W, worst
from ..rules.across import CheckedReading, judge_across, merge_repositories
from .checks import Check
from .waivers import Waiver, used_waivers, waiver_warnings

OWN = -1  # the index of subjects of the gate itself


@dataclass(frozen=True)
class CheckedSample:
    """What one check came to in a sample: its reading, and its subjects with weighed findings."""

    check: Check
    reading: Reading
    subjects: Sequence[Subject]

    @property
    def verdict(self) -> str:
        """What was found of what was asked for, without what is waived."""
        return worst(subject.verdict for subject in self.subjects if subject.asked)

    @property
    def deciding(self) -> list[Subject]:
        """The objects that take part in the decision."""
        return [] if self.check.advisory else [subject for subject in self.subjects if subject.asked and not subject.notice]

    def as_dict(self) -> dict[str, Any]:
        """The check as it stands in a result."""
        asked = [subject for subject in self.subjects if subject.asked]
        objects = [subject for subject in asked if not subject.notice]
        # What stands for no object is counted where it is shown: an incomplete list, a cluster that could not be read.
        counts = Counter(subject.verdict for subject in asked if not subject.notice or subject.verdict != READY)
        return {
            "name": self.check.name,
            "endpoint": self.check.endpoint.name,
            "advisory": self.check.advisory,
            "verdict": self.verdict,
            "counts": {verdict: counts[verdict] for verdict in VERDICTS},
            "warnings": sum(finding.verdict == WARNING for subject in asked for finding in subject.findings if finding.weight != WAIVED),
            "beside": len(self.subjects) - len(asked),
            "question": self.check.question,
            "targets": _targets(self),
            "observed": [_observed(subject, self.check.advisory) for subject in objects],
        }


def _targets(checked: CheckedSample) -> list[dict[str, Any]]:
    """Every id asked for with the worst verdict found under it, whatever came."""
    verdicts: dict[str, list[str]] = {}
    names: dict[str, str] = {}
    for subject in checked.subjects:
        if subject.asked:
            verdicts.setdefault(subject.target, []).append(subject.verdict)
        if subject.cluster_name:
            names[subject.target] = subject.cluster_name
    asked = list(dict.fromkeys([*(checked.check.ids or []), *checked.reading.targets]))
    everywhere = verdicts.get("", []) if "" not in asked else []
    return [{"id": target, "name": names.get(target), "verdict": worst([*verdicts.get(target, []), *everywhere])} for target in asked]


def _observed(subject: Subject, advisory: bool) -> dict[str, Any]:
    """An object that was asked for, as a receipt shows it."""
    place = {name: getattr(subject, name) for name in ("kind", "namespace", "name", "cluster_id", "cluster_name", "target")}
    weight = ADVISORY if advisory else WAIVED if subject.waived else DECIDES
    return {**place, "verdict": subject.verdict, "weight": weight, **subject.observed}


@dataclass(frozen=True)
class Sample:
    """One complete sample.

    :ivar own: subjects of the gate itself: waivers, clocks, readings that are missing
    :ivar used: the waivers that cover a finding
    :ivar now: the time of the decision, by the later clock (rules.rst, "Time")
    :ivar began: when its first request could be sent, in seconds of the monotonic clock; ``ended``: when the last answer was there
    """

    checks: Sequence[CheckedSample]
    own: Sequence[Subject]
    used: set[Waiver]
    now: datetime
    began: float
    ended: float

    @property
    def subjects(self) -> Iterator[Subject]:
        """All subjects, those of the checks first."""
        for checked in self.checks:
            yield from checked.subjects
        yield from self.own

    @property
    def findings(self) -> list[Finding]:
        """All findings."""
        return [finding for subject in self.subjects for finding in subject.findings]

    @property
    def verdict(self) -> str:
        """The worst of all findings that decide."""
        return worst(finding.verdict for finding in self.findings if finding.decides)

    @property
    def deciding(self) -> list[Subject]:
        """The objects that take part in the decision."""
        return [subject for checked in self.checks for subject in checked.deciding]

    @property
    def has_api_error(self) -> bool:
        """Whether a request of a check that decides failed; a 404 is an answer."""
        return any(finding.cause == "api" and finding.decides and finding.verdict == UNKNOWN for finding in self.findings)

    @property
    def has_warning(self) -> bool:
        """Whether it is ready only with a warning, an exception or an advisory check that is not."""
        return any(finding.weight != BESIDE for finding in self.findings)


@dataclass
class Judge:
    """Judges the samples of one gate one after the other, in this order: place, rules across, waive, soften."""

    checks: Sequence[Check]
    waivers: Sequence[Waiver]
    wait_timeout: float

    def __post_init__(self) -> None:
        self._histories = [History() for _check in self.checks]

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
                judgement = check.endpoint.judge(reading, {**check.options, "wait_timeout": self.wait_timeout}, self._histories[index])
            self._histories[index] = judgement.history
            whole = Judgement([*judgement.subjects, *known], judgement.history)
            checked.append(CheckedReading(check.name, check.endpoint.name, check.advisory, check.options, reading, whole))
        across = [judgement.subjects for judgement in judge_across(checked)]
        findings = [finding for subjects in across for subject in subjects for finding in subject.findings]
        used = used_waivers(self.waivers, findings, now)
        samples = [
            CheckedSample(check, reading, [_weighed(subject, check, used) for subject in subjects])
            for check, reading, subjects in zip(self.checks, readings, across)
        ]
        own = [*more.get(OWN, []), *clock_warnings(readings, now), *waiver_warnings(self.waivers, used, now)]
        return Sample(samples, own, used, now, 0.0, 0.0)


def _weighed(subject: Subject, check: Check, used: set[Waiver]) -> Subject:
    """A subject whose findings have the name of their check and their weight."""

    def weigh(finding: Finding) -> Finding:
        weight = finding.weight
        if weight != BESIDE and any(waiver.covers(finding) for waiver in used):
            weight = WAIVED
        elif weight != BESIDE and check.advisory:
            weight = ADVISORY
        return replace(finding, check=check.name, weight=weight)

    return subject.weighed(weigh) if subject.findings else subject


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

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a gate says while it waits: a line at each change, and one a minute at least (rules.rst, "While it waits").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable

from ..model.findings import DECIDES, by_severity
from ..model.units import span
from ..model.verdicts import FAILED, READY, WARNING
from .policy import Policy
from .reasons import reasons_of
from .samples import Sample
from .words import OUTCOMES, ready_counts, worst_cause

LONGEST_SILENCE = 60.0  # seconds


class Waiting:
    """Says what is waited for, why, how long already and how long still. Nothing of a gate that decides on its first sample.

    :param say: is told each line
    """

    def __init__(self, policy: Policy, say: Callable[[str], None]) -> None:
        self.policy, self.say = policy, say
        self._seen: frozenset[tuple[str, ...]] | None = None
        self._state = ""
        self._last: float | None = None  # seconds waited at the last line

    def sample(self, sample: Sample, waited: float, pause: float, missing: float) -> None:
        """Tells of a sample that does not decide, where something changed, or where the next one comes too late for that.

        :param waited: seconds since the gate began; ``pause``: seconds until the next sample
        :param missing: seconds that a ready sample must still hold
        """
        seen = _seen(sample)
        if seen != self._seen or self.overdue(waited + pause):
            self._seen, self._state = seen, self._state_of(sample, missing)
            self._tell(self._state, waited)

    def overdue(self, waited: float) -> bool:
        """Whether nothing would have been said for too long."""
        return waited - (self._last or 0.0) > LONGEST_SILENCE

    def pulse(self, waited: float, reading: bool = False) -> None:
        """A line where nothing was said for a minute: in a long pause, or while a reading takes its time."""
        if waited - (self._last or 0.0) >= LONGEST_SILENCE:
            lead = ("still reading" + ("; " if self._state else "")) if reading else ""
            self._tell(lead + self._state, waited)

    def end(self, outcome: str, waited: float) -> None:
        """The last line of a gate that has waited."""
        if self._last is not None:
            self.say(f"Decided after {span(waited)}: {OUTCOMES[outcome]}.")

    def _tell(self, state: str, waited: float) -> None:
        limit = self.policy.wait_timeout
        time = f"Waited {span(waited)}, {span(limit - waited)} left" if waited >= 1 else f"Waiting, {span(limit)} at most"
        self.say(f"{time}: {state}.")
        self._last = waited

    def _state_of(self, sample: Sample, missing: float) -> str:
        counts = ready_counts([checked.as_dict() for checked in sample.checks])
        if sample.verdict == READY:
            hold = f"it must hold for {span(missing)} more (steady_for: {span(self.policy.steady_for)})"
            return f"{counts or 'everything is ready'}; {hold}"
        names = {subject.cluster_id: subject.cluster_name for subject in sample.subjects if subject.cluster_id}
        cause = worst_cause(reasons_of([finding.as_dict() for finding in by_severity(sample.findings)], names))
        ends = "; the wait ends if the next reading says the same" if self._may_end(sample) else ""
        return f"{cause}{f' ({counts})' if counts else ''}{ends}"

    def _may_end(self, sample: Sample) -> bool:
        """Whether a failure that is final needs only to be seen once more."""
        final = any(finding.decides and finding.verdict == FAILED and finding.terminal for finding in sample.findings)
        return final and self.policy.fail_fast != "never"


def _seen(sample: Sample) -> frozenset[tuple[str, ...]]:
    """What a change is told of: the verdict of each check, and which rules speak against the deployment."""
    verdicts = {(checked.check.name, checked.verdict) for checked in sample.checks}
    against = {(finding.check, finding.code, finding.verdict) for finding in sample.findings if finding.weight == DECIDES}
    return frozenset(verdicts | {key for key in against if key[2] != WARNING})

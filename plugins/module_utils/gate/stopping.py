# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Which findings end the wait early (rules.rst, "Stopping early").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..model.findings import Finding
from ..model.times import format_time, parse_time
from ..model.verdicts import FAILED, UNKNOWN
from .policy import SAMPLES_TO_FAIL, Policy
from .samples import Sample

CERTAIN_CAUSES = ("config", "auth", "tls")  # that no retry heals


class Stopping:
    """Follows since when each finding has been seen without a gap, and how many samples in a row had an API error."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self._seen: dict[tuple[Any, ...], tuple[float, int]] = {}
        self._errors_in_a_row = 0
        self._read_at: set[str] = set()  # when samples were read: no times of a reading, where a finding counts from one of them

    def observe(self, sample: Sample) -> None:
        """Takes up the next sample."""
        seen = {}
        for finding in sample.findings:
            first, count = self._seen.get(_key(finding), (sample.ended, 0))
            seen[_key(finding)] = (first, count + 1)
        self._seen = seen
        if self.policy.wait_timeout:  # else one sample is enough, whatever its times
            self._read_at.update(map(format_time, {subject.read_at for subject in sample.subjects}))
        self._errors_in_a_row = self._errors_in_a_row + 1 if sample.has_api_error else 0

    def stops(self, sample: Sample) -> bool:
        """Whether the wait ends with this sample, because waiting cannot help or has helped too little."""
        if self._errors_in_a_row >= self.policy.error_limit:
            return True
        return any(self._ends(finding, subject.read_at, sample) for subject in sample.subjects for finding in subject.findings)

    def _ends(self, finding: Finding, read_at: datetime, sample: Sample) -> bool:
        if not finding.decides or self.policy.fail_fast == "never":
            return False
        if finding.verdict != FAILED:
            return finding.verdict == UNKNOWN and finding.terminal
        first, count = self._seen[_key(finding)]
        since = parse_time(finding.since)
        by_times = (read_at - since.latest).total_seconds() if since else 0.0
        proven = by_times > 0 and finding.since not in self._read_at
        if count < SAMPLES_TO_FAIL and not proven and self.policy.wait_timeout:
            return False
        if finding.terminal or (self.policy.fail_fast == "any" and finding.cause in CERTAIN_CAUSES):
            return True
        patience = self.policy.stuck_after if self.policy.fail_fast == "terminal" else self.policy.failure_grace
        return max(sample.ended - first, by_times) >= patience


def _key(finding: Finding) -> tuple[Any, ...]:
    return (finding.check, finding.code, finding.kind, finding.cluster_id, finding.namespace, finding.name, finding.verdict)

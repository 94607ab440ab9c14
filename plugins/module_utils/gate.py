# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The gate: whole samples over any set of checks, one decision with all its reasons (readiness.md section 1).

The only place with a loop and a clock; both, and the reader, are handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from .cross_rules import Placed, cross_findings, merge_repositories
from .endpoint import Endpoint, reading_time
from .findings import FAILED, PROGRESSING, READY, SEVERITY, UNKNOWN, WARNING, Finding, by_severity, worst
from .judging import Context, History, Judged, Judgement, make_finding
from .values import format_time, parse_time, span
from .waivers import Waiver, apply_waivers

SCHEMA_VERSION = 1
BACKOFF, INTERVAL_CAP, JITTER = 1.25, 60.0, 0.2
TIMELINE_LIMIT = 1000  # changes of verdict; of more, those in the middle are left out
SAMPLES_TO_FAIL = 2  # consecutive samples before a failure stops a wait
EXIT_CODES = {"passed": 0, "passed_with_warnings": 0, "failed": 1, "timeout": 2, "undecidable": 3}


@dataclass(frozen=True)
class Policy:
    """The gate's options (readiness.md section 1, "Options"); times in seconds."""

    wait_timeout: float = 600.0
    interval: float = 10.0
    steady_for: float = 30.0
    fail_fast: str = "terminal"
    failure_grace: float = 120.0
    stuck_after: float = 300.0
    error_limit: int = 4
    waivers: Sequence[Waiver] = ()


@dataclass(frozen=True)
class Check:
    """One thing to be ready: an endpoint with its options. An advisory check never becomes worse than a warning."""

    name: str
    endpoint: Endpoint
    options: Mapping[str, Any]
    advisory: bool = False


@dataclass
class Clock:
    """The gate's clock, in seconds that only go forward, its sleep, and its dice for the jitter."""

    monotonic: Callable[[], float]
    sleep: Callable[[float], None]
    uniform: Callable[[float, float], float]


@dataclass
class Sample:
    """One complete sample: what each check was found to be, all its findings, and what they add up to.

    ``objects``: all that decide; those of advisory checks do not.
    """

    judgements: list[Judgement]
    findings: list[Finding]
    objects: list[Judged]
    targets: list[list[str]]
    now: datetime
    at: float

    @property
    def verdict(self) -> str:
        """The worst of all findings that decide."""
        return worst(finding.verdict for finding in self.findings if finding.decides)


@dataclass
class Gate:
    """Judges samples one after the other and says when to stop, and with what outcome.

    :param say: is told of each change of verdict, as a line for people; ``say_more`` of each sample
    """

    checks: Sequence[Check]
    policy: Policy
    clock: Clock
    say: Callable[[str], None] = lambda _line: None
    say_more: Callable[[str], None] = lambda _line: None
    samples: int = 0
    timeline: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._started = self.clock.monotonic()
        self._histories = [History() for _check in self.checks]
        self._first_seen: dict[tuple[Any, ...], tuple[float, int]] = {}
        self._verdicts: dict[str, str] = {}
        self._errors_in_a_row = 0
        self._steady_from: float | None = None
        self._fingerprint: Any = None
        self._ready_since: dict[tuple[Any, ...], tuple[float, Any]] = {}
        self._too_short = False
        self._spaced = False

    def run(self, read: Callable[[], Sequence[Mapping[str, Any]]], spacing: Callable[[], float] = lambda: 0.0) -> dict[str, Any]:
        """Samples until it can decide, and gives the result.

        :param read: takes one reading for each check, in the order of the checks
        :param spacing: the seconds between two samples that the services' documented limits ask for, known once a sample was taken
        """
        pause = self.policy.interval
        while True:
            before = dict(self._verdicts)
            sample = self.observe(read())
            outcome = self.outcome(sample)
            left = self._started + self.policy.wait_timeout - self.clock.monotonic()
            self.say_more(f"sample {self.samples}: {sample.verdict}, {len(sample.findings)} findings, {span(left)} left")
            if outcome or left <= 0:
                return self.result(sample, outcome)
            pause = self.policy.interval if self._verdicts != before else min(pause * BACKOFF, max(INTERVAL_CAP, self.policy.interval))
            wanted = pause * self.clock.uniform(1 - JITTER, 1 + JITTER)
            if not self._too_short and self._steady_in(sample) > left:
                self._too_short = True
                self.say(f"Ready, but the {span(left)} left cannot hold steady_for, {span(self.policy.steady_for)}")
            if self._steady_from is not None:
                # Ready already: no use in looking later than the moment it can be allowed.
                wanted = min(wanted, self.policy.interval, max(0.05, self._steady_from + self.policy.steady_for - self.clock.monotonic()))
            wanted = self._stretched(wanted, spacing())
            self.clock.sleep(min(wanted, left))

    def _stretched(self, wanted: float, spacing: float) -> float:
        """A pause no shorter than the services' limits allow; said once."""
        if spacing > self.policy.interval and not self._spaced:
            self._spaced = True
            self.say(
                f"One reading every {span(spacing)} instead of {span(self.policy.interval)}: a service's limit of calls allows no more"
            )
        return max(wanted, spacing)

    def observe(self, readings: Sequence[Mapping[str, Any]], more: Sequence[Placed] = ()) -> Sample:
        """Judges one complete sample, together with what earlier samples left behind.

        :param more: findings that are known already, with the index of their check
        """
        self.samples += 1
        merged, differing = merge_repositories([check.endpoint.name for check in self.checks], readings)
        judgements = []
        for index, (check, reading) in enumerate(zip(self.checks, merged)):
            options = {**check.options, "wait_timeout": self.policy.wait_timeout}
            judgement = check.endpoint.judge(reading, options, Context(reading_time(reading), self._histories[index]))
            self._histories[index] = judgement.history
            if not judgement.objects and judgement.verdict == UNKNOWN and not any(one.verdict == UNKNOWN for one in judgement.findings):
                judgement.findings.append(Finding("API_SHAPE", UNKNOWN, "The check found nothing to judge.", kind="API"))
            judgements.append(judgement)
        for index, finding in [*differing, *more, *cross_findings(self.checks, merged, judgements)]:
            judgements[index].findings.append(finding)
        for check, judgement in zip(self.checks, judgements):
            for finding in judgement.findings:
                finding.check = check.name
                if check.advisory and SEVERITY[finding.verdict] > SEVERITY[WARNING]:
                    finding.verdict, finding.terminal, finding.retryable = WARNING, False, False
        now = max((reading_time(reading) for reading in readings), default=datetime.now(timezone.utc))
        findings = [finding for judgement in judgements for finding in judgement.findings]
        findings += apply_waivers(self.policy.waivers, findings, now)
        objects = [found for check, judgement in zip(self.checks, judgements) if not check.advisory for found in judgement.objects]
        targets = [_targets(check.endpoint, reading) for check, reading in zip(self.checks, readings)]
        sample = Sample(judgements, findings, objects, targets, now, self.clock.monotonic())
        self._remember(sample)
        return sample

    def _remember(self, sample: Sample) -> None:
        """The timeline, and since when each finding and readiness itself have been seen without a break."""
        for check, judgement in zip(self.checks, sample.judgements):
            verdict = judgement.verdict if not check.advisory else READY
            if self._verdicts.get(check.name) != verdict:
                before = self._verdicts.get(check.name)
                self._verdicts[check.name] = verdict
                seconds = round(sample.at - self._started, 3)
                if len(self.timeline) == TIMELINE_LIMIT:
                    del self.timeline[TIMELINE_LIMIT // 2]
                self.timeline.append({"time": format_time(sample.now), "seconds": seconds, "check": check.name, "verdict": verdict})
                left = max(0.0, self._started + self.policy.wait_timeout - sample.at)
                self.say(f"{check.name}: {f'{before} -> ' if before else ''}{verdict}, {span(left)} left")
        seen = {}
        for finding in sample.findings:
            first, count = self._first_seen.get(_key(finding), (sample.at, 0))
            seen[_key(finding)] = (first, count + 1)
        self._first_seen = seen
        # Neither a 404, which is an answer, nor an error of an advisory check keeps the gate from deciding.
        errors = [finding for finding in sample.findings if finding.cause == "api" and finding.decides and finding.verdict == UNKNOWN]
        self._errors_in_a_row = self._errors_in_a_row + 1 if errors else 0
        fingerprint = sorted(((_identity(found), found.fingerprint) for found in sample.objects), key=repr)
        if sample.verdict != READY:
            self._steady_from = None
        elif self._steady_from is None or fingerprint != self._fingerprint:
            self._steady_from = sample.at
        self._fingerprint = fingerprint
        ready = {}
        for found in (one for one in sample.objects if one.verdict == READY):
            first = float("-inf") if self.samples == 1 else sample.at
            since, before = self._ready_since.get(_identity(found), (first, found.fingerprint))
            ready[_identity(found)] = (since if before == found.fingerprint else sample.at, found.fingerprint)
        self._ready_since = ready

    def outcome(self, sample: Sample) -> str | None:
        """The outcome if this sample decides, else None: then waiting may still change it."""
        if sample.verdict == READY and self._steady(sample):
            warned = any(finding.counts and (finding.verdict == WARNING or finding.waived) for finding in sample.findings)
            return "passed_with_warnings" if warned else "passed"
        if self._errors_in_a_row >= self.policy.error_limit or any(self._stops(finding, sample) for finding in sample.findings):
            return self._final_outcome(sample)
        return None

    def _steady(self, sample: Sample) -> bool:
        """Whether readiness has lasted: by the reading's own times, or seen by the gate itself (readiness.md section 1, "Steady")."""
        if self._steady_from is None:
            return False
        if sample.at - self._steady_from >= self.policy.steady_for:
            return True
        return all(found.is_state or self._lasted(found, sample) >= self.policy.steady_for for found in sample.objects)

    def _steady_in(self, sample: Sample) -> float:
        """Seconds until a ready sample can be allowed, by the gate's own clock or by the reading's times; 0 if it is not ready."""
        if self._steady_from is None:
            return 0.0
        lasted = [self._lasted(found, sample) for found in sample.objects if not found.is_state]
        by_times = self.policy.steady_for - min(lasted) if lasted and min(lasted) >= 0 else float("inf")
        return min(by_times, self._steady_from + self.policy.steady_for - sample.at)

    def _lasted(self, found: Judged, sample: Sample) -> float:
        """Seconds that an object has been ready by its own times, which prove no more than the gate has seen itself; -1 without any."""
        if found.steady_since is None:
            return -1.0
        since, _fingerprint = self._ready_since.get(_identity(found), (sample.at, None))
        return min((sample.now - found.steady_since).total_seconds(), sample.at - since)

    def _stops(self, finding: Finding, sample: Sample) -> bool:
        """Whether a finding ends the wait (readiness.md section 1, "Stopping early")."""
        if not finding.decides or self.policy.fail_fast == "never":
            return False
        if finding.verdict == UNKNOWN:
            return finding.terminal
        if finding.verdict != FAILED:
            return False
        first, count = self._first_seen[_key(finding)]
        stated = parse_time(finding.since)
        lasted = max(sample.at - first, (sample.now - stated.latest).total_seconds() if stated else 0.0)
        if count < SAMPLES_TO_FAIL and lasted <= 0:
            return False
        at_once = finding.terminal or (self.policy.fail_fast == "any" and finding.cause in ("config", "auth", "tls"))
        return at_once or lasted >= (self.policy.stuck_after if self.policy.fail_fast == "terminal" else self.policy.failure_grace)

    def _final_outcome(self, sample: Sample) -> str:
        return {FAILED: "failed", UNKNOWN: "undecidable"}.get(sample.verdict, "timeout")

    def result(self, sample: Sample, outcome: str | None) -> dict[str, Any]:
        """The decision with all its reasons, as the module returns it.

        :param outcome: what the sample decides, None when it does not and the time is over
        """
        waiting_helps = outcome is None
        outcome = outcome or self._final_outcome(sample)
        findings = list(sample.findings)
        if outcome == "timeout" and sample.verdict == READY:
            findings.append(self._not_steady(sample))
        return {
            "decision": "allow" if outcome.startswith("passed") else "block",
            "outcome": outcome,
            "exit_code": EXIT_CODES[outcome],
            "findings": [finding.as_dict() for finding in by_severity(findings)],
            "checks": [_check_result(*one) for one in zip(self.checks, sample.judgements, sample.targets)],
            "samples": self.samples,
            "timeline": self.timeline,
            "waiting_helps": waiting_helps,
            "decided_at": format_time(sample.now),
            "waited_seconds": round(self.clock.monotonic() - self._started, 3),
            "schema_version": SCHEMA_VERSION,
        }

    def _not_steady(self, sample: Sample) -> Finding:
        """Why an estate that is ready was not allowed."""
        young = [found for found in sample.objects if not found.is_state and self._lasted(found, sample) < self.policy.steady_for]
        shortest = min((max(0.0, self._lasted(found, sample)) for found in young), default=0.0)
        names = ", ".join(sorted(found.name for found in young)[:3])
        seen = max(shortest, sample.at - (self._steady_from if self._steady_from is not None else sample.at))
        wanted = span(self.policy.steady_for)
        message = f"Everything is ready, but {names} only for {span(seen)}, or not known for longer; steady_for is {wanted}."
        code = "GATE_TIMEOUT_TOO_SHORT" if self._too_short else "GATE_NOT_STEADY"
        return make_finding(code, PROGRESSING, message, kind="API", observed=round(seen), expected=self.policy.steady_for)


def _identity(found: Judged) -> tuple[Any, ...]:
    return (found.kind, found.scope, found.namespace, found.name)


def _key(finding: Finding) -> tuple[Any, ...]:
    return (finding.check, finding.code, finding.kind, finding.cluster_id, finding.namespace, finding.name, finding.verdict)


def _targets(endpoint: Endpoint, reading: Mapping[str, Any]) -> list[str]:
    """The ids a reading was asked for, those that could not be read included."""
    name = endpoint.id_field
    entries = reading.get(endpoint.collection) if endpoint.ids else [reading]
    return list(dict.fromkeys(str(one.get(name)) for one in [*(entries or []), *(reading.get("errors") or [])] if isinstance(one, Mapping)))


def _check_result(check: Check, judgement: Judgement, targets: Sequence[str]) -> dict[str, Any]:
    found_for: dict[str | None, list[str]] = {}
    for finding in judgement.findings:
        if finding.decides:
            found_for.setdefault(finding.scope, []).append(finding.verdict)
    counts = dict.fromkeys((FAILED, UNKNOWN, PROGRESSING, READY), 0)
    for found in judgement.objects:
        counts[found.verdict] += 1
    return {
        "name": check.name,
        "endpoint": check.endpoint.name,
        "advisory": check.advisory,
        "verdict": judgement.verdict,
        "counts": counts,
        "targets": [{"id": one, "verdict": worst([*found_for.get(one, []), *found_for.get(None, [])])} for one in targets],
        "warnings": sum(finding.verdict == WARNING for finding in judgement.findings),
    }

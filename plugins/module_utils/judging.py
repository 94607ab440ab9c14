# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the judges of all endpoints share: context, history, notes, and the meaning of API errors (readiness.md sections 1 and 2.0)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, tzinfo
from typing import Any

from .errors import TLS_FAILED, UNEXPECTED_ANSWER
from .findings import FAILED, PROGRESSING, READY, UNKNOWN, WARNING, Finding, worst
from .values import CLOCK_SKEW_LIMIT, Instant, age, clean_text, format_time, number, parse_time, parse_zone

THRESHOLDS = {"stuck_after": 300.0, "failure_grace": 120.0, "codearts_timezone": None, "restart_max": None}


@dataclass
class History:
    """What the earlier samples of one gate leave behind; empty for an info module alone. Keys start with the scope (the id asked for).

    ``seen``: since when something has been seen without a break; ``facts``: values of the last sample that had them.
    """

    started: datetime | None = None
    seen: dict[tuple[str, ...], datetime] = field(default_factory=dict)
    facts: dict[tuple[str, ...], Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Context:
    """What a judge knows besides the reading: the time of the sample and the samples before it."""

    now: datetime
    history: History = field(default_factory=History)


def make_finding(code: str, verdict: str, message: str, **fields: Any) -> Finding:
    """A finding; failures that are not terminal are retryable. Foreign text is made safe here, for every row alike."""
    for name in ("observed", "expected"):
        if isinstance(fields.get(name), str):
            fields[name] = clean_text(fields[name])
        elif isinstance(fields.get(name), (list, dict)):
            fields[name] = clean_text(str(fields[name]), 200)
    if isinstance(fields.get("since"), datetime):
        fields["since"] = format_time(fields["since"])
    for name in ("name", "namespace", "field", "since", "root_cause"):
        if fields.get(name) is not None:
            fields[name] = clean_text(fields[name], 253)
    fields.setdefault("retryable", verdict == FAILED and not fields.get("terminal"))
    return Finding(code, verdict, clean_text(message), **fields)


@dataclass
class Judged:
    """An object that decides: its findings, since when it has been ready by the reading's own times, and what must not change while steady.

    ``steady_since`` None: the reading proves nothing. ``is_state``: the verdict is a state, not progress, and steady at once.
    """

    kind: str
    name: str
    findings: list[Finding]
    scope: str | None = None
    cluster_id: str | None = None
    namespace: str | None = None
    steady_since: datetime | None = None
    is_state: bool = False
    fingerprint: Any = None

    @property
    def verdict(self) -> str:
        """failed, unknown, progressing or ready; waived findings do not count."""
        return worst(finding.verdict for finding in self.findings if finding.decides)

    @property
    def place(self) -> dict[str, Any]:
        """The fields of a finding that say which object it is about."""
        return {name: getattr(self, name) for name in ("kind", "name", "namespace", "cluster_id", "scope")}

    def note(self, code: str, verdict: str, message: str, **fields: Any) -> Finding:
        """Adds a finding about this object."""
        finding = make_finding(code, verdict, message, **{**self.place, **fields})
        self.findings.append(finding)
        return finding


@dataclass
class Judgement:
    """The findings of one reading, the objects that decide, and the history for the next sample."""

    findings: list[Finding]
    objects: list[Judged]
    history: History

    @property
    def verdict(self) -> str:
        """failed, unknown, progressing or ready; without an object to judge never ready (readiness.md 2.0, "What decides")."""
        found = worst(finding.verdict for finding in self.findings if finding.decides)
        return UNKNOWN if found == READY and not self.objects else found


class Notes:
    """Collects the findings, objects and memories of one judgement."""

    def __init__(self, options: Mapping[str, Any], context: Context) -> None:
        self.options, self.context, self.now = options, context, context.now
        self.stuck_after = _threshold(options, "stuck_after")
        self.failure_grace = _threshold(options, "failure_grace")
        zone = options.get("codearts_timezone")
        self.zone: tzinfo | None = parse_zone(zone) if zone else None
        self.findings: list[Finding] = []
        self.objects: list[Judged] = []
        self.history = History(started=context.history.started or context.now)

    def add(self, code: str, verdict: str, message: str, **fields: Any) -> Finding:
        """Makes a finding and records it."""
        finding = self.make(code, verdict, message, **fields)
        self.findings.append(finding)
        return finding

    def make(self, code: str, verdict: str, message: str, **fields: Any) -> Finding:
        """A finding that is not recorded yet."""
        return make_finding(code, verdict, message, **fields)

    def since_seen(self, *key: str) -> datetime:
        """The first sample of this gate, without a break until now, that saw what ``key`` names; remembers it for the next sample."""
        first = self.context.history.seen.get(key, self.now)
        self.history.seen[key] = first
        return first

    def seen_for(self, *key: str) -> float:
        """Seconds since ``since_seen``."""
        return (self.now - self.since_seen(*key)).total_seconds()

    def remember(self, value: Any, *key: str) -> Any:
        """Keeps a value for the next sample and gives that of the earlier one, None if there was none."""
        self.history.facts[key] = value
        return self.context.history.facts.get(key)

    @property
    def gate_age(self) -> float:
        """Seconds since the first sample of this gate."""
        return (self.now - (self.context.history.started or self.now)).total_seconds()

    def age(self, value: object) -> float | None:
        """Seconds since a stated time; None when unreadable."""
        return age(value, self.now)

    def keep(self, scopes: set[str]) -> None:
        """Takes over what earlier samples know of scopes that could not be read this time."""
        for mine, theirs in ((self.history.seen, self.context.history.seen), (self.history.facts, self.context.history.facts)):
            mine.update({key: value for key, value in theirs.items() if key[0] in scopes})

    def judged(self, kind: str, name: str, findings: list[Finding], counts: bool = True, **fields: Any) -> Judged:
        """Records an object and its findings; one beside those that were expected is listed but does not decide (readiness.md 2.0)."""
        found = Judged(kind, name, findings, **fields)
        if counts:
            self.objects.append(found)
        for finding in findings:
            finding.counts = counts
        return found

    def result(self) -> Judgement:
        """The judgement so far."""
        return Judgement(self.findings, self.objects, self.history)

    def note_skew(self, *values: object, **fields: Any) -> None:
        """A stated time in the future is a sign of clocks that differ; the latest of some is named (readiness.md 2.5)."""
        instants = [value if isinstance(value, Instant) else parse_time(value, self.zone) for value in values]
        instant = max((one for one in instants if one), key=lambda one: one.earliest, default=None)
        ahead = (instant.earliest - self.now).total_seconds() if instant else 0.0
        if ahead > CLOCK_SKEW_LIMIT:
            self.add(
                "CLOCK_SKEW", WARNING, f"A stated time lies {ahead / 60:.0f} min in the future: {instant}.", observed=str(instant), **fields
            )


def _threshold(options: Mapping[str, Any], name: str) -> float:
    value = options.get(name)
    return float(THRESHOLDS[name] if value is None else value)  # type: ignore[arg-type]


def judge_errors(notes: Notes, errors: Iterable[Mapping[str, Any]], id_field: str, not_found: str) -> None:
    """The findings for the requests of a reading that failed (readiness.md section 1, "Errors", and 2.0, "Not found").

    :param id_field: the field of an error that holds the id asked for
    :param not_found: the endpoint's code for a 404
    """
    errors = list(errors)
    notes.keep({str(error.get(id_field) or "") for error in errors})
    for error in errors:
        scope = str(error.get(id_field) or "")
        verdict, terminal, code = _error_verdict(error, not_found)
        if code == "GITOPS_NOT_FOUND" and notes.options.get("enabling") and notes.gate_age < notes.stuck_after:
            verdict, terminal = PROGRESSING, False
        status = f"HTTP {error['status']}" if error.get("status") else "no answer"
        detail = ", ".join(
            str(part) for part in (status, error.get("code"), error.get("request_id") and f"request id {error['request_id']}") if part
        )
        cluster = scope if id_field == "cluster_id" else None
        notes.add(
            code,
            verdict,
            f"{error.get('message') or 'no message'} ({detail})",
            terminal=terminal,
            cause="api",
            kind="Cluster" if cluster else "API",
            cluster_id=cluster,
            name=None if cluster else f"{id_field} {scope}",
            observed=error.get("status"),
            scope=scope,
        )


def _error_verdict(error: Mapping[str, Any], not_found: str) -> tuple[str, bool, str]:
    """Verdict, terminal and code of an ApiError."""
    status, code = number(error.get("status")), str(error.get("code") or "")
    if code == "CH.080401" and status == 401:
        return UNKNOWN, True, "REPO_NO_PERMISSION_OR_ABSENT"
    if code == UNEXPECTED_ANSWER:
        return UNKNOWN, True, "API_SHAPE"
    if status == 410 or (status == 404 and re.fullmatch(r"APIGW?\.0101", code)):
        return UNKNOWN, True, "API_WITHDRAWN"
    if status == 404 and error.get("service") not in ("iam", "metadata"):
        return FAILED, True, not_found
    if status in (400, 401, 403):
        return UNKNOWN, True, {400: "API_BAD_REQUEST", 401: "API_UNAUTHORIZED", 403: "API_FORBIDDEN"}[status]
    if status is not None and 200 <= status < 300:
        return UNKNOWN, code in ("CH.080401", "CH.010001"), "REPO_API_ERROR"
    hopeless = code == TLS_FAILED or (status is not None and 400 <= status < 500 and not error.get("retryable"))
    return UNKNOWN, hopeless, "API_UNAVAILABLE"


def nearest(wanted: str, names: Iterable[object]) -> str:
    """A hint at names close to the one that was not found; empty when there is none at all."""
    known = sorted({str(name) for name in names if name})
    close = difflib.get_close_matches(wanted, known, 3, 0.5)
    if close:
        return f" Nearest: {', '.join(close)}."
    return f" There are: {', '.join(known[:5])}{', ...' if len(known) > 5 else ''}." if known else ""


def text(value: Any) -> str:
    """A value that should be text, in lower case for comparison; empty for anything else."""
    return value.strip().lower() if isinstance(value, str) else ""


def is_true(value: Any) -> bool:
    """true, as a boolean or as text."""
    return value is True or text(value) == "true"

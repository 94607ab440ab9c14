# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Waivers: named exceptions to a rule, with an owner and an end (readiness.md section 1, "Waivers")."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta, timezone
from fnmatch import fnmatchcase
from typing import Any

from .errors import OptionError
from .findings import CATALOGUE, WARNING, Finding

KINDS = ("Cluster", "Workload", "Pod", "GitRepository", "Repository", "Authorization", "API")
FIELDS = ("code", "kind", "name", "reason", "owner", "expires")
DAYS_AHEAD = 90


@dataclass(frozen=True)
class Waiver:
    """One exception: findings of this code, for objects of this kind whose name matches, until the end of a day in UTC."""

    code: str
    kind: str
    name: str
    reason: str
    owner: str
    expires: date

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver means this finding; the name may be given with its namespace."""
        name = finding.name or finding.cluster_id or ""
        names = (name, f"{finding.namespace}/{name}")
        return finding.code == self.code and finding.kind == self.kind and any(fnmatchcase(one, self.name) for one in names)

    def expired(self, now: datetime) -> bool:
        """Whether its last day is over."""
        return now >= datetime(self.expires.year, self.expires.month, self.expires.day, tzinfo=timezone.utc) + timedelta(days=1)


def parse_waivers(given: Sequence[Mapping[str, Any]], now: datetime) -> list[Waiver]:
    """The waivers of the option.

    :raises OptionError: for one that is not complete, not allowed or ends too far ahead
    """
    waivers = []
    for index, one in enumerate(given):
        here = f"waivers[{index}]"
        for name in FIELDS:
            if not str(one.get(name) or "").strip():
                raise OptionError(f"{here}.{name}", one.get(name), "a text; a waiver needs code, kind, name, reason, owner and expires")
        if one["code"] not in CATALOGUE:
            raise OptionError(f"{here}.code", one["code"], "a code from the catalogue of findings")
        if not CATALOGUE[one["code"]].waivable:
            raise OptionError(f"{here}.code", one["code"], "a code that can be waived; this one never can")
        if one["kind"] not in KINDS:
            raise OptionError(f"{here}.kind", one["kind"], f"one of {', '.join(KINDS)}")
        try:
            ends = date.fromisoformat(str(one["expires"]))
        except ValueError:
            raise OptionError(f"{here}.expires", one["expires"], "a date such as 2026-12-31") from None
        latest = now.date() + timedelta(days=DAYS_AHEAD)
        if ends > latest:
            raise OptionError(f"{here}.expires", one["expires"], f"a date at most {DAYS_AHEAD} days ahead, {latest} or earlier")
        waivers.append(Waiver(**{**{name: str(one[name]) for name in FIELDS}, "expires": ends}))  # type: ignore[arg-type]
    return waivers


def apply_waivers(waivers: Iterable[Waiver], findings: Iterable[Finding], now: datetime) -> list[Finding]:
    """Marks the findings that are waived, and gives a warning for each waiver that is expired or unused."""
    found = list(findings)
    warnings = []
    for waiver in waivers:
        covered = [finding for finding in found if waiver.covers(finding) and finding.counts]
        place: dict[str, Any] = {"kind": waiver.kind, "name": waiver.name, "expected": waiver.code}
        if waiver.expired(now):
            message = f"The waiver for {waiver.code} of {waiver.owner} ended on {waiver.expires} and no longer counts."
            warnings.append(Finding("WAIVER_EXPIRED", WARNING, message, **place))
        elif not covered:
            message = f"The waiver for {waiver.code} of {waiver.owner} matches nothing."
            warnings.append(Finding("WAIVER_UNUSED", WARNING, message, **place))
        else:
            for finding in covered:
                finding.waived = True
    return warnings

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Waivers: named exceptions to a rule, with an owner and an end (rules.rst, "Waivers").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta, timezone
from fnmatch import fnmatchcase
from typing import Any

from ..model.codes import CATALOGUE
from ..model.errors import OptionError
from ..model.findings import DECIDES, Finding
from ..model.shapes import lower, nearest_names
from ..model.subjects import Subject
from ..model.verdicts import WARNING, W

KINDS = (
    "Cluster",
    "Workload",
    "Pod",
    "GitRepository",
    "OCIRepository",
    "Bucket",
    "HelmRepository",
    "ConfigSet",
    "Repository",
    "Commit",
    "Authorization",
    "DeclaredGitRepository",
    "DeclaredKustomization",
    "DeclaredHelmRelease",
    "File",
    "API",
)
MANDATORY = ("code", "kind", "name", "reason", "owner", "expires")
FIELDS = (*MANDATORY, "cluster")
DAYS_AHEAD = 90


@dataclass(frozen=True)
class Waiver:
    """One exception: findings of this code, for objects of this kind whose name matches, until the end of a day in UTC.

    :ivar name: a glob on the object's name, alone or with its namespace
    :ivar cluster: a glob on the cluster's id or name; None covers every cluster
    """

    code: str
    kind: str
    name: str
    reason: str
    owner: str
    expires: date
    cluster: str | None = None

    def covers(self, finding: Finding) -> bool:
        """Whether the waiver means this finding."""
        name = finding.name or finding.cluster_id or ""
        return (
            finding.code == self.code
            and finding.kind == self.kind
            and _matches(self.name, name, f"{finding.namespace}/{name}")
            and (self.cluster is None or self._means(self.cluster, finding))
        )

    @staticmethod
    def _means(cluster: str, finding: Finding) -> bool:
        """Whether a glob means the cluster of a finding: its name as it is, its id without case."""
        return _matches(cluster, finding.cluster_name) or _matches(lower(cluster), lower(finding.cluster_id))

    @property
    def end(self) -> datetime:
        """The end of its last day, in UTC."""
        return datetime(self.expires.year, self.expires.month, self.expires.day, tzinfo=timezone.utc) + timedelta(days=1)

    def expired(self, now: datetime) -> bool:
        """Whether its last day is over."""
        return now >= self.end

    def as_dict(self, now: datetime, used: bool) -> dict[str, Any]:
        """The waiver as a receipt shows it."""
        state = "expired" if self.expired(now) else "used" if used else "unused"
        return {**asdict(self), "expires": self.expires.isoformat(), "days_left": max(0, (self.end - now).days), "state": state}


def _matches(glob: str, *names: str | None) -> bool:
    return any(name and fnmatchcase(name, glob) for name in names)


def waivers_of(options: Mapping[str, Any], now: datetime) -> list[Waiver]:
    """The waivers of the option ``waivers``.

    :raises OptionError: for one that is not complete, not allowed or ends too far ahead
    """
    return [_waiver(f"waivers[{index}]", given, now) for index, given in enumerate(options.get("waivers") or [])]


def _waiver(path: str, given: Mapping[str, Any], now: datetime) -> Waiver:
    for name in MANDATORY:
        if not str(given.get(name) or "").strip():
            raise OptionError(f"{path}.{name}", given.get(name), f"a text; a waiver needs {', '.join(MANDATORY[:-1])} and {MANDATORY[-1]}")
    if given.get("cluster") is not None and not given["cluster"].strip():
        raise OptionError(f"{path}.cluster", given["cluster"], "the id or name of a cluster, as a glob; left out, every cluster")
    if given["code"] not in CATALOGUE:
        close = nearest_names(given["code"], CATALOGUE)
        raise OptionError(f"{path}.code", given["code"], f"a code from the catalogue of findings{', such as ' + close[0] if close else ''}")
    if not CATALOGUE[given["code"]].waivable:
        raise OptionError(f"{path}.code", given["code"], "a code that can be waived; this one never can")
    if given["kind"] not in KINDS:
        close = nearest_names(given["kind"], KINDS)
        raise OptionError(f"{path}.kind", given["kind"], f"one of {', '.join(KINDS)}{'; nearest: ' + close[0] if close else ''}")
    texts = {name: str(given[name]) for name in MANDATORY if name != "expires"}
    return Waiver(**texts, expires=_expires(path, given["expires"], now), cluster=given.get("cluster"))


def _expires(path: str, given: str, now: datetime) -> date:
    ends: date | None = None
    with suppress(ValueError):
        ends = date.fromisoformat(given)
    if ends is None or str(ends) != given:  # from Python 3.11 on 20261231 and 2026-W53-4 are dates, too
        raise OptionError(f"{path}.expires", given, "a date such as 2026-12-31")
    latest = now.date() + timedelta(days=DAYS_AHEAD)
    if ends > latest:
        raise OptionError(f"{path}.expires", given, f"a date at most {DAYS_AHEAD} days ahead, {latest} or earlier")
    return ends


def valid_waivers(waivers: Sequence[Waiver], now: datetime) -> list[Waiver]:
    """The waivers that have not ended."""
    return [waiver for waiver in waivers if not waiver.expired(now)]


def with_held(subject: Subject, valid: Sequence[Waiver]) -> Subject:
    """The subject with what is held of it, where everything else that speaks against it is waived: a waiver of that proves no demand.

    :param valid: the waivers that have not ended
    """
    against = [finding for finding in subject.findings if finding.verdict != WARNING] if subject.held and valid else []
    if not against or not all(any(waiver.covers(finding) for waiver in valid) for finding in against):
        return subject
    return subject.copied(findings=[*subject.findings, *subject.held])


def used_waivers(waivers: Sequence[Waiver], findings: Iterable[Finding], now: datetime) -> set[Waiver]:
    """The waivers that cover a finding and have not ended."""
    deciding = [finding for finding in findings if finding.weight == DECIDES]
    return {waiver for waiver in valid_waivers(waivers, now) if any(waiver.covers(finding) for finding in deciding)}


def waiver_warnings(waivers: Sequence[Waiver], used: set[Waiver], now: datetime) -> list[Subject]:
    """G6: a subject with a warning for each waiver that has ended, or that matches nothing."""
    subjects = []
    for waiver in waivers:
        subject = Subject(waiver.kind, waiver.name, "", now, is_state=True, notice=True)
        if waiver.expired(now):
            subject.say(
                "WAIVER_EXPIRED", W, f"The waiver for {waiver.code} of {waiver.owner} ended on {waiver.expires} and no longer counts."
            )
        elif waiver not in used:
            subject.say("WAIVER_UNUSED", W, f"The waiver for {waiver.code} of {waiver.owner} matches nothing.")
        subjects.append(subject)
    return [subject for subject in subjects if subject.findings]

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Subjects: what has a verdict. An object of an answer with its findings, or the answer itself where there is no object.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from .findings import BESIDE, DECIDES, NAME_LIMIT, WAIVED, Finding, make_finding
from .history import History
from .text import clean_text
from .verdicts import READY, WARNING, Mark, worst


class Part(NamedTuple):
    """What must not change while a subject is ready: a pod's restarts, an artifact's revision.

    ``passing``: it may appear or vanish without a break (rules.rst, "Steady"): ignored, ended, or going away.
    """

    value: Any
    passing: bool = False


@dataclass
class Subject:
    """An object that was judged.

    :ivar target: the id asked for, under which it was read
    :ivar asked: whether it decides; False for an object beside those that were expected
    :ivar notice: no object of its own, but a place for findings about the answer: listed only when it has any that are not warnings
    :ivar ready_since: since when it has been ready by the answer's own times; None where these prove nothing
    :ivar is_state: its verdict is a state, not progress: steady at once
    :ivar parts: what must not change while it is ready, by a key that is unique within the subject
    :ivar passing: it may appear or vanish without a break, as a ``Part`` may
    :ivar origin: the object that it was parsed from (a Workload, a GitRepository, ...)
    :ivar observed: what a receipt tells of it beside its verdict, e.g. ``{"revision": ..., "since": ...}``
    :ivar read_at: the time of its entry
    :ivar file: where it stands in a checkout, with its ``line``
    :ivar held: what is found of it as well, and only counts where everything else that speaks against it is waived
    """

    kind: str
    name: str | None
    target: str
    read_at: datetime
    cluster_id: str | None = None
    cluster_name: str | None = None
    namespace: str | None = None
    asked: bool = True
    notice: bool = False
    ready_since: datetime | None = None
    is_state: bool = False
    parts: Mapping[tuple[str, ...], Part] = field(default_factory=dict)
    passing: bool = False
    origin: Any = None
    observed: Mapping[str, Any] = field(default_factory=dict)
    file: str | None = None
    line: int | None = None
    findings: list[Finding] = field(default_factory=list)
    held: list[Finding] = field(default_factory=list)

    def say(
        self, code: str, mark: Mark, message: str, field: str | None = None, observed: Any = None, expected: Any = None, **more: Any
    ) -> Finding:
        """Adds a finding about this subject.

        :param field: the field of the answer that decided
        :param more: other fields of ``Finding``, to replace the subject's own (a pod of a workload) or beside them (``since``, ``cause``)
        """
        place = {
            name: getattr(self, name) for name in ("kind", "name", "namespace", "cluster_id", "cluster_name", "target", "file", "line")
        }
        weight = DECIDES if self.asked else BESIDE
        # A config set is a Kustomization or a HelmRelease, and commands know it by that name.
        object_kind = (getattr(self.origin, "kind", "") or None) if self.kind == "ConfigSet" else None
        values = {**place, "object_kind": object_kind, "field": field, "observed": observed, "expected": expected, "weight": weight, **more}
        self.findings.append(make_finding(code, mark, message, **values))
        return self.findings[-1]

    def hold(self, first: int) -> None:
        """Holds its findings from the ``first`` one on: they count only where everything else that speaks against it is waived."""
        self.held = [*self.held, *self.findings[first:]]
        del self.findings[first:]

    @property
    def identity(self) -> tuple[Any, ...]:
        """What names it within its check."""
        return (self.kind, self.target, self.namespace, self.name)

    @property
    def verdict(self) -> str:
        """What was found: failed, unknown, progressing or ready, without what is waived."""
        return READY if not self.findings else worst(finding.verdict for finding in self.findings if finding.weight != WAIVED)

    @property
    def waived(self) -> bool:
        """Whether it is ready only because what speaks against it is waived: then nothing about it is a break (rules.rst, "Steady")."""
        against = [finding for finding in self.findings if finding.verdict != WARNING]
        return bool(against) and self.verdict == READY

    def with_cluster_name(self, names: Mapping[str, str]) -> Subject:
        """The subject, and what it says, with the name of its cluster where nobody has stated one yet.

        :param names: by id of the cluster, in lower case
        """
        name = names.get((self.cluster_id or "").lower())
        if not name or (self.cluster_name and all(finding.cluster_name for finding in self.findings)):
            return self
        safe = clean_text(name, NAME_LIMIT)
        findings, held = (
            [replace(each, cluster_name=safe) if each.cluster_id and not each.cluster_name else each for each in said]
            for said in (self.findings, self.held)
        )
        return self.copied(findings=findings, held=held, cluster_name=self.cluster_name or safe)

    def copied(self, **changes: Any) -> Subject:
        """A copy with other values of some fields, that takes findings of its own; ``dataclasses.replace`` takes five times as long."""
        copy = object.__new__(Subject)
        copy.__dict__.update(self.__dict__)
        copy.findings = [*self.findings]
        copy.__dict__.update(changes)
        return copy

    def weighed(self, weigh: Callable[[Finding], Finding]) -> Subject:
        """A copy whose findings have other weights."""
        return self.copied(findings=[weigh(finding) for finding in self.findings])


@dataclass
class Judgement:
    """The subjects of one reading, and what the next sample must know."""

    subjects: list[Subject]
    history: History

    def add(self, other: Judgement) -> None:
        """Takes up the subjects of another one, and its history."""
        self.subjects += other.subjects
        self.history.add(other.history)

    @property
    def findings(self) -> list[Finding]:
        """All findings, subject by subject."""
        return [finding for subject in self.subjects for finding in subject.findings]

    @property
    def verdict(self) -> str:
        """What was found of what was asked for; never ready without an object (rules.rst, "What decides")."""
        return worst(subject.verdict for subject in self.subjects if subject.asked)

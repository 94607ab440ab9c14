# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Samples, subjects and readings made by hand, for the tests of the gate's own files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checks import Check
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.given import GivenReading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import CheckedSample, Sample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Part, Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import Mark

from unit.answers import NOW

PODS, SOURCES, AUTHS = "ucs_gitops", "ucs_repository_source", "servicestage_git_authorization"


def check(name: str = "pods", endpoint: str = PODS, advisory: bool = False, **options: Any) -> Check:
    """A check of the gate."""
    return Check(name, ENDPOINTS[endpoint], options, advisory)


def subject(name: str = "a", age: float | None = 3600, parts: Any = None, **fields: Any) -> Subject:
    """A ready object, for an hour; ``parts``: the values that must not change, by name."""
    known: dict[str, Any] = {"kind": "Workload", "target": "c1", "read_at": NOW, "cluster_id": "c1", "namespace": "flux-system"}
    since = None if age is None else NOW - timedelta(seconds=age)
    kept = {(key,): value if isinstance(value, Part) else Part(value) for key, value in (parts or {}).items()}
    return Subject(**{**known, "name": name, "ready_since": since, "parts": kept, **fields})


def saying(about: Subject, code: str, mark: Mark, message: str = "Something was seen.", **more: Any) -> Subject:
    """A subject with one finding more."""
    about.say(code, mark, message, **more)
    return about


def sample(*subjects: Subject, began: float = 0.0, ended: float | None = None, of: Check | None = None, own: Any = ()) -> Sample:
    """A sample of one check."""
    checked = CheckedSample(of or check(), Reading(PODS, {}), subjects)
    return Sample([checked], list(own), set(), NOW, began, began if ended is None else ended)


def reading(endpoint: str = PODS, *targets: str, age: float = 0, **more: Any) -> Reading:
    """A reading with an entry for each target, asked for by these ids."""
    name = ENDPOINTS[endpoint].ids_option
    question = {name: list(targets)} if name else {}
    entries = tuple(Entry(target, NOW - timedelta(seconds=age), {}) for target in targets)
    return Reading(endpoint, **{"question": question, "entries": entries, **more})


def given(number: int, endpoint: str = PODS, *targets: str, advisory: bool = False, **more: Any) -> GivenReading:
    """A reading that was given to the gate."""
    return GivenReading(f"readings[{number}]", endpoint, ENDPOINTS[endpoint], reading(endpoint, *targets, **more), advisory)


def said(subjects: Any) -> list[tuple[Any, ...]]:
    """Kind and name of each subject, with code, mark, field, observed, expected and since of its findings."""
    return [
        (about.kind, about.name, finding.code, str(finding.mark), finding.field, finding.observed, finding.expected, finding.since)
        for about in subjects
        for finding in about.findings
    ]

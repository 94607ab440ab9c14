# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What one check came to in a sample, and how a result shows it.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..model.findings import ADVISORY, DECIDES, NAME_LIMIT, TOLERATED, WAIVED
from ..model.readings import Reading
from ..model.selections import asked_by_name
from ..model.shapes import lower
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.verdicts import READY, VERDICTS, WARNING, worst
from ..rules.across import CONFIG_SET
from .checks import Check

READY_LISTED = 1000  # objects of a check; all of a large project would make a result and reports of many megabytes


@dataclass(frozen=True)
class CheckedSample:
    """What one check came to in a sample: its reading, and its subjects with weighed findings.

    :ivar set_aside: the ids, in lower case, of clusters that the decision can do without (rules.rst, "Enough clusters")
    """

    check: Check
    reading: Reading
    subjects: Sequence[Subject]
    set_aside: frozenset[str] = frozenset()

    @cached_property
    def verdict(self) -> str:
        """What was found of what was asked for, without what is waived or set aside."""
        return worst(subject.verdict for subject in self.subjects if subject.asked and not self.is_set_aside(subject))

    @cached_property
    def deciding(self) -> list[Subject]:
        """The objects that take part in the decision."""
        if self.check.advisory:
            return []
        return [subject for subject in self.subjects if subject.asked and not subject.notice and not self.is_set_aside(subject)]

    def is_set_aside(self, subject: Subject) -> bool:
        """Whether a subject belongs to a cluster that the decision can do without."""
        return bool(self.set_aside) and lower(subject.target) in self.set_aside

    def as_dict(self) -> dict[str, Any]:
        """The check as it stands in a result."""
        asked = [subject for subject in self.subjects if subject.asked]
        objects = [subject for subject in asked if not subject.notice]
        listed, not_listed = _listed(objects)
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
            "selection": self.reading.selection.as_dict() if self.reading.selection else None,
            "observed": [_observed(subject, self) for subject in listed],
            "not_listed": not_listed,
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
    if asked_by_name(checked.check.options):
        asked = [target for target in asked if target]  # what could not be looked up is of all
    everywhere = verdicts.get("", []) if "" not in asked else []
    return [{"id": target, "name": names.get(target), "verdict": worst([*verdicts.get(target, []), *everywhere])} for target in asked]


def _listed(objects: Sequence[Subject]) -> tuple[list[Subject], dict[str, int]]:
    """The objects that are listed, and by kind how many are not: those past READY_LISTED of which there is nothing to tell but ready."""
    if len(objects) <= READY_LISTED:
        return list(objects), {}
    # What is known of a source is told by the config sets that follow it, which state its revision.
    config_sets = [each for each in objects if each.kind == CONFIG_SET]
    followed = {(each.target, each.observed.get("source"), each.observed.get("source_revision")) for each in config_sets}
    listed: list[Subject] = []
    plain, rest = 0, Counter[str]()
    for subject in objects:
        seen = subject.observed
        told = "revision" not in seen or (subject.target, f"{subject.namespace}/{subject.name}", seen["revision"]) in followed
        if told and not subject.findings:
            plain += 1
            if plain > READY_LISTED:
                rest[subject.kind] += 1
                continue
        listed.append(subject)
    return listed, dict(rest)


def _observed(subject: Subject, checked: CheckedSample) -> dict[str, Any]:
    """An object that was asked for, as a receipt shows it."""
    names = {name: getattr(subject, name) for name in ("kind", "namespace", "name", "cluster_id", "cluster_name", "target")}
    place = {name: clean_text(value, NAME_LIMIT) if isinstance(value, str) else value for name, value in names.items()}
    tolerated = checked.is_set_aside(subject) and subject.verdict != READY
    weight = ADVISORY if checked.check.advisory else WAIVED if subject.waived else TOLERATED if tolerated else DECIDES
    return {**place, "verdict": subject.verdict, "weight": weight, **subject.observed}

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What one check came to in a sample.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ..model.readings import Reading
from ..model.shapes import lower
from ..model.subjects import Subject
from ..model.verdicts import worst
from .checks import Check


@dataclass(frozen=True)
class CheckedSample:
    """What one check came to in a sample: its reading, and its subjects with weighed findings.

    :ivar set_aside: the ids, in lower case, of clusters that the decision can do without (rules.rst, "Enough clusters")
    """

    check: Check
    reading: Reading
    subjects: Sequence[Subject]
    set_aside: frozenset[str] = frozenset()

    @property
    def verdict(self) -> str:
        """What was found of what was asked for, without what is waived or set aside."""
        return worst(subject.verdict for subject in self.subjects if subject.asked and not self.is_set_aside(subject))

    @property
    def deciding(self) -> list[Subject]:
        """The objects that take part in the decision."""
        if self.check.advisory:
            return []
        return [subject for subject in self.subjects if subject.asked and not subject.notice and not self.is_set_aside(subject)]

    def is_set_aside(self, subject: Subject) -> bool:
        """Whether a subject belongs to a cluster that the decision can do without."""
        return lower(subject.target) in self.set_aside

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Verdicts, and the marks of rules.rst that stand for them.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import Enum

FAILED, UNKNOWN, PROGRESSING, WARNING, READY = "failed", "unknown", "progressing", "warning", "ready"
SEVERITY = {FAILED: 4, UNKNOWN: 3, PROGRESSING: 2, WARNING: 1, READY: 0}
VERDICTS = (FAILED, UNKNOWN, PROGRESSING, READY)  # of an object or a check: a warning leaves it ready


class Mark(Enum):
    """What a row says of an object: a verdict, and for failed and unknown whether only a change by somebody can help (T)."""

    F_T = (FAILED, True)
    F_R = (FAILED, False)
    U = (UNKNOWN, False)
    U_T = (UNKNOWN, True)
    P = (PROGRESSING, False)
    W = (WARNING, False)

    @property
    def verdict(self) -> str:
        """failed, unknown, progressing or warning."""
        return self.value[0]

    @property
    def terminal(self) -> bool:
        """Whether waiting is useless."""
        return self.value[1]

    @property
    def retryable(self) -> bool:
        """Whether a failure may heal by itself."""
        return self is Mark.F_R

    def __str__(self) -> str:
        return {"F_T": "F T", "F_R": "F r", "U_T": "U T"}.get(self.name, self.name)


F_T, F_R, U, U_T, P, W = Mark.F_T, Mark.F_R, Mark.U, Mark.U_T, Mark.P, Mark.W


def worst(verdicts: Iterable[str]) -> str:
    """The worst of some verdicts, whatever their order; a warning does not take readiness away."""
    worst_stated = max(verdicts, key=SEVERITY.__getitem__, default=READY)
    return READY if worst_stated == WARNING else worst_stated

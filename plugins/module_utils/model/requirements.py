# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""How many clusters must be ready (rules.rst, "Enough clusters").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from .errors import OptionError

_AMOUNT = re.compile(r"(?P<number>[1-9][0-9]{0,5})\s*(?P<percent>%)?", re.ASCII)


@dataclass(frozen=True)
class Requirement:
    """How many clusters must be ready.

    :ivar number: of clusters, or per cent of them; None for all
    """

    number: int | None = None
    percent: bool = False

    @classmethod
    def of(cls, value: Any) -> Requirement:
        """The requirement of the option ``require``.

        :raises OptionError: for what is none, and for less than one cluster
        """
        text = "" if isinstance(value, bool) else str(value).strip().lower()
        if text == "all":
            return cls()
        match = _AMOUNT.fullmatch(text)
        if not match or (match["percent"] and int(match["number"]) > 100):
            raise OptionError("require", value, "all, a number of clusters from 1 on, or a percentage from 1% to 100%")
        return cls(int(match["number"]), bool(match["percent"]))

    def __str__(self) -> str:
        return "all" if self.number is None else f"{self.number}{'%' if self.percent else ''}"

    def needed(self, clusters: int) -> int:
        """How many of some clusters must be ready; a part of one counts as one."""
        if self.number is None:
            return clusters
        return -(-clusters * self.number // 100) if self.percent else self.number

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guides as their readers see them: text, and blocks of code with the name of the file they belong to."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from textwrap import dedent

ROOT = Path(__file__).resolve().parent.parent.parent
DOCSITE = ROOT / "docs" / "docsite"
GUIDES = sorted(path.stem for path in (DOCSITE / "rst").glob("guide_*.rst"))
_BLOCK = re.compile(r"^( *)\.\. code-block:: (\w+)\n(?:\1   :caption: (\S+)\n)?\n((?:\1 +\S.*\n|\n)+)", re.MULTILINE)


@dataclass(frozen=True)
class Block:
    """A block of code of a guide: the line it begins in, its language, its file ("" for none) and its text."""

    line: int
    language: str
    caption: str
    text: str


def text(guide: str) -> str:
    """A guide as it is written."""
    return (DOCSITE / "rst" / f"{guide}.rst").read_text(encoding="utf-8")


def blocks(guide: str) -> list[Block]:
    """The blocks of code of a guide, in order."""
    whole = text(guide)
    found = [
        Block(whole.count("\n", 0, one.start()) + 1, one.group(2), one.group(3) or "", dedent(one.group(4)).strip("\n") + "\n")
        for one in _BLOCK.finditer(whole)
    ]
    assert len(found) == whole.count(".. code-block::"), f"{guide}: a block of code is not written as the others are"
    return found


def changed(before: str, change: str) -> str:
    """A file after a change that is shown as lines with + and -, its parts between lines with @@.

    :raises AssertionError: when a part does not stand in the file exactly once
    """
    for part in re.split(r"^@@\n", change, flags=re.MULTILINE):
        lines = [(line[:1], line[1:] + "\n") for line in part.splitlines()]
        old, new = ("".join(line for mark, line in lines if mark != other) for other in "+-")
        assert before.count(old) == 1, f"not there exactly once:\n{old}"
        before = before.replace(old, new)
    return before

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkouts for tests: the shapes of GitOps repositories as people have them, each a text with all files in it."""

from __future__ import annotations

import re
from pathlib import Path

FOLDER = Path(__file__).with_name("data") / "checkouts"
CLEAN = ("overlays", "monorepo", "tenants", "generated", "sops")


def files_of(layout: str) -> dict[str, str]:
    """The files of a layout by name."""
    _head, *parts = re.split(r"^=== (.+)\n", FOLDER.joinpath(f"{layout}.txt").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return dict(zip(parts[::2], parts[1::2], strict=True))


def write_files(folder: Path, files: dict[str, str]) -> Path:
    """Writes files into a folder, which is given back."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return folder


def check_out(layout: str, folder: Path) -> Path:
    """A layout as a checkout: a folder with ``.git``."""
    folder.joinpath(".git").mkdir(parents=True)
    return write_files(folder, files_of(layout))


def planted(layout: str = "faults") -> set[tuple[str, str, int]]:
    """The codes that the comments of a layout name, each with file and line."""
    return {
        (code, name, number)
        for name, text in files_of(layout).items()
        for number, line in enumerate(text.splitlines(), 1)
        for code in re.findall(r"# (DECLARED_\w+)$", line)
    }

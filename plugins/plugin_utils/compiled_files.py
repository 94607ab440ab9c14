# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Lets Python keep the compiled files of this collection in ``__pycache__``, as it does for everything else.

The loader of ansible-core compiles a collection's files anew in each process: a tenth of a second for every run of a gate. What cannot be
written, or is switched off with ``PYTHONDONTWRITEBYTECODE``, is compiled as before.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from importlib.machinery import SOURCE_SUFFIXES, FileFinder, ModuleSpec, SourceFileLoader
from types import ModuleType

PLUGINS = __name__.rpartition(".plugin_utils")[0]


class _CompiledFiles:
    """Finds the Python files of the plugins; packages are left to the loader of ansible-core."""

    @staticmethod
    def find_spec(name: str, path: Sequence[str] | None = None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Python's own way to load a file, or None for what is not ours."""
        if not name.startswith(f"{PLUGINS}."):
            return None
        specs = (FileFinder(folder, (SourceFileLoader, SOURCE_SUFFIXES)).find_spec(name, target) for folder in path or ())
        return next((spec for spec in specs if spec and spec.loader), None)


def keep_compiled_files() -> None:
    """From now on; before the loader of ansible-core, which would take all."""
    if _CompiledFiles not in sys.meta_path:
        sys.meta_path.insert(0, _CompiledFiles)

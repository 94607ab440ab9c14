# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is done once in the process of ansible-playbook, before anything else of this collection is imported.

Python keeps the compiled files of the plugins in ``__pycache__``, as it does for everything else. The loader of ansible-core compiles a
collection's files anew in each process: a tenth of a second for every run of a gate. What cannot be written, or is switched off with
``PYTHONDONTWRITEBYTECODE``, is compiled as before.

What ansible-core has loaded so far stays loaded, so the garbage collector need not search it again and again, here and in every process
that is forked for a task, which would copy its memory for that: another tenth.
"""

from __future__ import annotations

import gc
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


def _keep_compiled_files() -> None:
    """Comes before the loader of ansible-core, which would take all; where that is not at work, Python keeps them anyway."""
    loaders = [index for index, finder in enumerate(sys.meta_path) if type(finder).__module__.startswith("ansible.")]
    if loaders:
        sys.meta_path.insert(loaders[0], _CompiledFiles)


_keep_compiled_files()
gc.freeze()

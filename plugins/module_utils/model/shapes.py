# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Reading answers and options that need not be what the documentation says.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any


def nested(value: Any, *path: str) -> Any:
    """``value[path[0]][path[1]]...``, None as soon as something on the way is no dict."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def mapping(value: Any) -> dict[str, Any]:
    """The value if it is a dict, else an empty one."""
    return value if isinstance(value, dict) else {}


def mappings(value: Any) -> list[dict[str, Any]]:
    """The dicts of a list; empty for anything else."""
    return [element for element in value if isinstance(element, dict)] if isinstance(value, list) else []


def lower(value: Any) -> str:
    """A value that should be text, trimmed and in lower case for comparison; empty for anything else."""
    return value.strip().lower() if isinstance(value, str) else ""


def is_true(value: Any) -> bool:
    """true, as a boolean or as text."""
    return value is True or lower(value) == "true"


def is_false(value: Any) -> bool:
    """false, as a boolean or as text, or nothing at all."""
    return value is None or value is False or (isinstance(value, str) and lower(value) in ("", "false"))


def nearest_names(wanted: str, names: Iterable[object]) -> list[str]:
    """Up to three names that are close to the one that was not found, whatever their case."""
    known: dict[str, list[str]] = {}
    for name in sorted({str(name) for name in names if name}):
        known.setdefault(name.lower(), []).append(name)
    return [name for close in difflib.get_close_matches(wanted.lower(), known, 3, 0.5) for name in known[close]][:3]


def nearest(wanted: str, names: Iterable[object]) -> str:
    """A sentence with names close to the one that was not found, else with some that there are; empty when there is none at all."""
    known = sorted({str(name) for name in names if name})
    close = nearest_names(wanted, known)
    if close:
        return f" Nearest: {', '.join(close)}."
    return f" There are: {', '.join(known[:5])}{', ...' if len(known) > 5 else ''}." if known else ""

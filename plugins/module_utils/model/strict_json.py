# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""JSON that every parser reads in the same way (rules.rst, E6).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

from .text import clean_text


class NotStrict(ValueError):
    """JSON that parsers read in different ways; the text says why."""


def strict_json(text: str) -> Any:
    """The value of a JSON text.

    :raises NotStrict: for a name that an object has twice, and for numbers that JSON does not have
    :raises ValueError: for what is no JSON
    """
    return _STRICT.decode(text)


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        names = [name for name, _value in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotStrict(f"an object has the member {clean_text(json.dumps(twice), 80)} more than once")
    return members


def _no_number(name: str) -> Any:
    raise NotStrict(f"a number is {name}")


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise NotStrict(f"a number is too large: {text[:40]}")
    return value


_STRICT = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_number, parse_float=_finite)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a finding is known by from run to run, for formats whose readers tell new findings from old ones.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

# Not the line and not the words: neither lines that move nor a better message make another finding of it.
_NAMED_BY = ("code", "check", "kind", "namespace", "name", "file", "field", "cluster_id")


def fingerprints(findings: Sequence[Mapping[str, Any]]) -> list[str]:
    """For each finding 64 hexadecimal digits, different within a receipt; of several that are alike, in the order of their lines."""
    order = sorted(range(len(findings)), key=lambda index: (findings[index].get("line") or 0, index))
    seen: Counter[str] = Counter()
    prints = [""] * len(findings)
    for index in order:
        named = json.dumps([findings[index].get(name) for name in _NAMED_BY])
        prints[index] = hashlib.sha256(f"{named} {seen[named]}".encode()).hexdigest()
        seen[named] += 1
    return prints

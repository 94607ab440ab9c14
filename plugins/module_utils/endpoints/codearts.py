# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the two CodeArts endpoints share: the expectations, and what a summary keeps of a repository.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from typing import Any

EXPECT: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str"},
        "uuid": {"type": "str"},
        "min_role": {"type": "int", "choices": [20, 30, 40]},
        "private": {"type": "bool"},
        "max_size": {"type": "str"},
        "max_age": {"type": "str"},
    },
}

SUMMARY = dict.fromkeys(
    """repository_uuid repository_id repository_name group_name project_uuid project_is_deleted status userRole visibility_level
    repository_size created_at updated_at ssh_url https_url""".split(),
    0,
)

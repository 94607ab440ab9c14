# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to happen before the first test imports from the collection.

The collection goes onto Ansible's path, so that imports and Ansible's loaders see the same modules; and settings of this machine that its
options would fall back to are forgotten.
"""

from __future__ import annotations

import os
from pathlib import Path

from ansible.plugins.loader import init_plugin_loader

ROOT = Path(__file__).resolve().parent.parent
COLLECTIONS = ROOT / ".build" / "collections"
LINK = COLLECTIONS / "ansible_collections" / "huaweicloud" / "gitops"

if not LINK.is_symlink():
    LINK.parent.mkdir(parents=True, exist_ok=True)
    LINK.symlink_to("../../../..")
init_plugin_loader([str(COLLECTIONS)])

for name in [*os.environ]:
    if name.startswith(("HUAWEICLOUD_SDK_", "HW_")) or name in {"REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"}:
        del os.environ[name]

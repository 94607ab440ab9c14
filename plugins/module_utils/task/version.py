# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The version of the collection, as receipts state it; a test holds it to galaxy.yml.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

COLLECTION_VERSION = "1.0.0"

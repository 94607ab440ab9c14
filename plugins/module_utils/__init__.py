# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the modules are made of. Where the target's Python is too old, one sentence says so, before an import ends in a traceback.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import os
import sys

OLDEST = (3, 9)

if sys.version_info[:2] < OLDEST:
    seen, oldest = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
    said = f"huaweicloud.gitops needs Python {oldest} or later on the machine that runs the module; {sys.executable} is Python {seen}."
    os.write(1, ('{{"failed": true, "changed": false, "msg": "{}"}}\n'.format(said.replace("\\", "/").replace('"', "'"))).encode())
    raise SystemExit(1)

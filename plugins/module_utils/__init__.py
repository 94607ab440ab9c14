# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the modules are made of. On a target whose Python is too old, it says so in one sentence, where the imports would end in a traceback.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import os
import sys

OLDEST = (3, 9)

if sys.version_info[:2] < OLDEST:
    seen, oldest = (".".join(map(str, version[:2])) for version in (sys.version_info, OLDEST))
    said = "huaweicloud.gitops needs Python %s or later on the machine that runs the module; %s is Python %s." % (
        oldest,
        sys.executable,
        seen,
    )
    os.write(1, ('{"failed": true, "changed": false, "msg": "%s"}\n' % said.replace("\\", "/").replace('"', "'")).encode())
    raise SystemExit(1)

# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
name: unpaced
type: aggregate
short_description: Takes the pacing off the client in this process, for the benchmark alone
description: At 600 calls a minute, the documented limit, a thousand pages take 105 seconds of waiting.
"""

from ansible.plugins.callback import CallbackBase
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import pacing


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "unpaced"

    def v2_playbook_on_start(self, playbook: object) -> None:
        pacing.PACES.clear()

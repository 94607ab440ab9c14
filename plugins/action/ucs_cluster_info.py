# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from ..plugin_utils.in_process import InProcessAction  # first, so that Python keeps the compiled files of the rest
from ..module_utils.endpoints.ucs_cluster import ENDPOINT
from ..module_utils.task import info
from ..modules.ucs_cluster_info import main

# ansible-lint checks the arguments of tasks through main.
__all__ = ["ActionModule", "main"]


class ActionModule(InProcessAction):
    work = staticmethod(info.info_work(ENDPOINT))
    argument_spec = info.argument_spec(ENDPOINT)

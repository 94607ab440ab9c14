# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
---
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return the same as without it, without changing anything.
    support: full
    details: It only ever reads.
  diff_mode:
    description: Returns details on what has changed, or would be changed, in diff mode.
    support: none
    details: It changes nothing.
  action_group:
    description: Use C(group/huaweicloud.gitops.api) in C(module_defaults) to set the options of all
      modules at once.
    support: full
    membership:
      - huaweicloud.gitops.api
  action:
    description: Has an action plugin of the same name, so that it can run in the process of the controller.
    support: full
    details:
      - On a local connection the requests are sent from the controller's process, which saves the time
        to start a module.
      - Otherwise, and with C(become), C(async), C(environment) or the variable C(huaweicloud_gitops_in_process)
        set to V(false), it runs as an ordinary module. The result is the same.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

    # For modules that send nothing, so that there is nothing to connect to.
    LOCAL = r"""
---
options: {}
attributes:
  check_mode:
    description: Can run in check mode and return the same as without it, without changing anything.
    support: full
    details: It only ever reads.
  diff_mode:
    description: Returns details on what has changed, or would be changed, in diff mode.
    support: none
    details: It changes nothing.
  action:
    description: Has an action plugin of the same name, so that it can run in the process of the controller.
    support: full
    details:
      - On a local connection the files are read by the controller's process.
      - Otherwise, and with C(become), C(async), C(environment) or the variable C(huaweicloud_gitops_in_process)
        set to V(false), it runs as an ordinary module. The result is the same.
  async:
    description: Supports being used with the C(async) keyword.
    support: full
"""

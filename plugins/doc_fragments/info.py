# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # Options of the info modules alone.
    DOCUMENTATION = r"""
---
options:
  detail:
    description: How much of each object to return. Judging always uses everything.
    type: str
    default: full
    choices:
      full: Everything the API sends.
      summary: Only what identifies the object, its state and its times.
      packed: As V(summary), with the list of objects as one JSON text in RV(packed), for the option C(readings)
        of M(huaweicloud.gitops.gitops_gate). Ansible looks at each value of a result several times, which
        takes longer than to read a thousand clusters.
  on_error:
    description:
      - What to do when something could not be read. What was read is in the result either way.
      - Wrong options and missing credentials always fail the task.
    type: str
    default: fail
    choices:
      fail: Read the rest, then fail the task with all errors.
      report: Return the errors in RV(errors) and as findings, without failing the task.
"""

    # Options that the info modules and the gate share.
    JUDGING = r"""
---
options:
  stuck_after:
    description: After how many seconds without an end something that is in progress counts as failed
      or unknown.
    type: float
    default: 300
  failure_grace:
    description: How many seconds a failure that may pass by itself must last before it counts as one.
    type: float
    default: 120
  codearts_timezone:
    description:
      - IANA name of the time zone of CodeArts times, for example V(Asia/Shanghai). The service does
        not tell it.
      - Left out, a time decides only when the answer is the same in every time zone.
    type: str
"""

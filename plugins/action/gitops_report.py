# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.task import report
from ..modules.gitops_report import main
from ..plugin_utils.in_process import InProcessAction

# ansible-lint checks the arguments of tasks through main.
__all__ = ["ActionModule", "main"]


class ActionModule(InProcessAction):
    _supports_async = False

    work = staticmethod(report.report_work)
    argument_spec = report.argument_spec()
    validation = report.VALIDATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, with the report from the variable that ``report_var`` names."""
        self._task.args = report.with_report(self._task.args, task_vars or {}, self._templar.template)
        return super().run(tmp, task_vars)

    def _why_not_here(self, variables: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Nothing: the reports are for whoever started the run, whatever host the task is for."""
        return ""

# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..plugin_utils.in_process import InProcessAction, failed_with  # first, so that Python keeps the compiled files of the rest
from ..module_utils.task import report
from ..modules.gitops_report import main

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
        result = super().run(tmp, task_vars)
        lines = result.get("msg")
        if not isinstance(lines, list):
            return result  # an error
        # Line by line; of an allow without reasons, the name of the role's task says it all.
        told = {**result, "_ansible_verbose_always": bool(result.get("failed")) or (self._task.args.get("path") is None and len(lines) > 1)}
        return failed_with(lines[0], told) if result.get("failed") else told

    def _why_not_here(self, variables: Mapping[str, Any]) -> str:  # noqa: ARG002
        """Nothing: the reports are for whoever started the run, whatever host the task is for."""
        return ""

# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..module_utils.gate.result import worded
from ..module_utils.gate.undecided import undecided
from ..module_utils.model.times import utc_now
from ..module_utils.task import gate
from ..module_utils.task.role_names import role_findings, role_words
from ..module_utils.task.version import COLLECTION_VERSION
from ..modules.gitops_gate import main
from ..plugin_utils.in_process import InProcessAction

# ansible-lint checks the arguments of tasks through main.
__all__ = ["ActionModule", "main"]

ROLE_MARK = "__gitops_gate_purpose"  # a variable that the tasks of the role set, and nobody else


class ActionModule(InProcessAction):
    work = staticmethod(gate.gate_work)
    argument_spec = gate.argument_spec()
    validation = gate.VALIDATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """In the role, options have the names of its variables, and a gate that fails before it decides blocks: whatever goes on in spite
        of the failure finds a decision."""
        result = super().run(tmp, task_vars)
        if ROLE_MARK not in (task_vars or {}):
            if result.get("failed") and "decision" in result:
                self.show_message(result["msg"])
            return result
        if "decision" in result:
            return worded({**result, "findings": role_findings(result)}) if result["findings"] else result
        if not result.get("failed"):
            return result
        why = role_words(" ".join(str(result.get("msg") or "no message").split()))
        return {**result, **undecided(why, utc_now(), COLLECTION_VERSION)}

    def hand_over(self, reason: str, variables: Mapping[str, Any], /) -> None:
        """A module can say nothing before it ends, which may take long."""
        super().hand_over(reason, variables)
        if self._task.args.get("checks") and str(self._task.args.get("wait_timeout")) not in ("0", "0.0") and not self._task.no_log:
            self.tell(f"The gate runs as a module of its own ({reason}): it says nothing until it has decided.", variables)

    def in_words(self, line: str, variables: Mapping[str, Any], /) -> str:
        return role_words(line) if ROLE_MARK in variables else line

# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..plugin_utils.in_process import InProcessAction  # first, so that Python keeps the compiled files of the rest
from ..module_utils.gate.result import worded
from ..module_utils.gate.undecided import undecided
from ..module_utils.gate.words import CODE, DEPLOYMENT
from ..module_utils.model.times import utc_now
from ..module_utils.task import gate
from ..module_utils.task.role_names import check_words, findings_in_words, role_words
from ..module_utils.task.version import COLLECTION_VERSION
from ..modules.gitops_gate import main

# ansible-lint checks the arguments of tasks through main.
__all__ = ["ActionModule", "main"]

# Variables that the role and the playbook check set, and nobody else; with what names options by its variables, and what is decided on.
CALLERS = {"__gitops_gate_purpose": (role_words, DEPLOYMENT), "__gitops_check_known": (check_words, CODE)}


class ActionModule(InProcessAction):
    work = staticmethod(gate.gate_work)
    argument_spec = gate.argument_spec()
    validation = gate.VALIDATION

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """In the role and the playbook check, options have the names of their variables, and a gate that fails before it decides blocks:
        whatever goes on in spite of the failure finds a decision."""
        caller = caller_of(task_vars or {})
        try:
            result = super().run(tmp, task_vars)
        except (Exception, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # the task's own timeout, which each ansible-core has in another place
            if caller is None:
                raise
            result = {"failed": True, "changed": False, "msg": f"The gate was stopped before it decided. {error}".strip()}
        if caller is None:
            if result.get("failed") and "decision" in result:
                self.show_message(result["msg"])
            return result
        words_of, decides_on = caller
        if "decision" in result:
            if not result["findings"] and result["decision"] != "allow":  # a receipt that does not count
                return {**result, **undecided(words_of(" ".join(result["reasons"])), utc_now(), COLLECTION_VERSION, decides_on)}
            return worded({**result, "findings": findings_in_words(result, words_of)}) if result["findings"] else result
        if not result.get("failed"):
            return result
        why = words_of(" ".join(str(result.get("msg") or "no message").split()))
        return {**result, **undecided(why, utc_now(), COLLECTION_VERSION, decides_on)}

    def hand_over(self, reason: str, variables: Mapping[str, Any], /) -> None:
        """A module can say nothing before it ends, which may take long."""
        super().hand_over(reason, variables)
        if self._task.args.get("checks") and str(self._task.args.get("wait_timeout")) not in ("0", "0.0") and not self._task.no_log:
            self.tell(f"The gate runs as a module of its own ({reason}): it says nothing until it has decided.", variables)

    def in_words(self, line: str, variables: Mapping[str, Any], /) -> str:
        caller = caller_of(variables)
        return caller[0](line) if caller else line


def caller_of(variables: Mapping[str, Any]) -> tuple[Callable[..., str], str] | None:
    """What the role or the playbook check does with words, where one of them runs the task."""
    return next((caller for mark, caller in CALLERS.items() if mark in variables), None)

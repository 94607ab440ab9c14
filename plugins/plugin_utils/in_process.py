# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Runs a module of this collection in the controller's own process when it can, and hands over to the plain module when it must.

What is needed of ansible-core without being promised by it stands here and nowhere else: ``_execute_module``, ``_used_interpreter``,
``_no_log_values``, and that ``DEFAULT_LOCAL_TMP`` is a folder of one run; and of Python: ``threading._register_atexit``.
"""

from __future__ import annotations

import gc
import os
import re
import shlex
import sys
import threading
from collections.abc import Mapping
from datetime import date
from multiprocessing import parent_process
from pathlib import Path
from typing import Any, ClassVar

from ansible import constants
from ansible.errors import AnsibleAction
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator, ValidationResult
from ansible.module_utils.errors import NoLogError, UnsupportedError
from ansible.plugins.action import ActionBase
from ansible.utils.display import Display
from ansible.utils.vars import merge_hash

from . import controller_process  # noqa: F401 pylint: disable=unused-import # it holds for what comes after it
from ..module_utils.http.client import REQUESTS_IMPORT_ERROR
from ..module_utils.model.errors import GitopsError
from ..module_utils.model.secrets import Masker
from ..module_utils.task.check_options import refuse_unknown
from ..module_utils.task.run import RESULTS, Surroundings, finish, masked

display = Display()

SWITCH = "huaweicloud_gitops_in_process"
OLDEST = (3, 9)  # Python that runs the modules
VERSION = "import sys; print('%d.%d' % sys.version_info[:2])"  # prints its own, whichever it is
# From 2.19 on ansible-core shows the message of a failed task before its result.
SHOWS_MESSAGES = hasattr(AnsibleAction, "omit_exception_key")

_last: list[Surroundings] = []  # of the task that this process ran last: to take apart what it keeps would delay its result


class InProcessAction(ActionBase):
    """An action plugin for a module of the same name; a subclass says what to do and what options there are.

    The library requests is imported with this file, not in run(): the strategy loads it once, and each worker inherits it.
    """

    _supports_async = True
    _supports_check_mode = True

    argument_spec: ClassVar[Mapping[str, Any]]
    validation: ClassVar[Mapping[str, Any]] = {}

    @staticmethod
    def work(options: Mapping[str, Any], around: Surroundings, /) -> dict[str, Any]:
        """What the module does."""
        raise NotImplementedError

    def in_words(self, line: str, _variables: Mapping[str, Any], /) -> str:
        """A line for people, by the names that they know, with the variables of the task."""
        return line

    def run(self, tmp: str | None = None, task_vars: dict[str, Any] | None = None) -> dict[str, Any]:
        """The result of the task, the same either way apart from ``invocation``."""
        result: dict[str, Any] = super().run(tmp, task_vars)
        variables = task_vars or {}
        reason = self._why_not_here(variables)
        if reason:
            self.hand_over(reason, variables)
            validated, masker = self._validated()
            if any(isinstance(error, (NoLogError, UnsupportedError)) for error in validated.errors.errors):
                # The module would refuse it, too, but show its options with secrets that it does not know to be such.
                return {**result, **self._refused(validated, masker)}
            wrap_async = bool(self._task.async_val) and not self._connection.has_native_async
            result = merge_hash(result, self._execute_module(task_vars=task_vars, wrap_async=wrap_async))
            if result.get("failed") and "invocation" not in result:
                result = {**result, **self._too_old()}
            if not wrap_async:
                self._remove_tmp_path(self._connection._shell.tmpdir)  # type: ignore[no-untyped-call]  # noqa: SLF001
            return result
        display.vvv(f"{self._task.action} runs in the controller's process", host=variables.get("inventory_hostname"))
        return {**result, **self._run_here(variables)}

    def hand_over(self, reason: str, variables: Mapping[str, Any]) -> None:
        """Says that the module runs by itself, and why."""
        display.vvv(f"{self._task.action} runs as a module of its own: {reason}", host=variables.get("inventory_hostname"))

    def tell(self, line: str, variables: Mapping[str, Any]) -> None:
        """Shows a line for people, whatever the verbosity; not in the midst of what a program reads."""
        display.display(f"[{variables.get('inventory_hostname', '')}] {self.in_words(line, variables)}", stderr=_stdout_is_data())

    def _too_old(self) -> dict[str, Any]:
        """What is said of a module that did not begin because the Python that should run it is too old; empty where it is another reason.

        Each ansible-core says it in another way, and hardly one in words.
        """
        interpreter = str(self._used_interpreter or "").lstrip("#!")  # a shebang
        asked = f"{interpreter} -c {shlex.quote(VERSION)}"
        done = self._low_level_execute_command(asked) if interpreter else {"stdout": ""}  # type: ignore[no-untyped-call]
        version = done["stdout"].strip()
        if not re.fullmatch(r"\d\.\d+", version) or tuple(map(int, version.split("."))) >= OLDEST:
            return {}
        oldest = ".".join(map(str, OLDEST))
        message = f"{interpreter} is Python {version}, and {oldest} or later is needed: name another one in ansible_python_interpreter."
        return {"msg": message, "exception": None, "module_stderr": "", "module_stdout": ""}

    def show_message(self, message: str) -> None:
        """Shows the message of a failed task line by line, where ansible-core itself shows it only within the result."""
        if not SHOWS_MESSAGES and not self._task.no_log:
            display.display(message, color=constants.COLOR_ERROR, stderr=_stdout_is_data())  # type: ignore[attr-defined]

    def _why_not_here(self, variables: Mapping[str, Any]) -> str:
        """What only a run as a module honours, or why the controller cannot; empty when it can."""
        if self._connection.transport != "local":
            return f"the connection is {self._connection.transport}"
        if self._play_context.become:
            return "become is set"
        if self._task.async_val:
            return "async is set"
        if any(self._task.environment or []):
            return "environment is set"
        if sys.platform == "darwin":
            return "a forked process of this system may not look up its proxies"
        if REQUESTS_IMPORT_ERROR:
            return "the controller's Python has no requests"
        wanted = self._templar.template(variables.get(SWITCH, True))
        return "" if str(wanted).lower() not in ("false", "no", "off", "0") else f"{SWITCH} is {wanted}"

    def _validated(self) -> tuple[ValidationResult, Masker]:
        """The task's arguments as they are to be taken, and a masker that knows their secrets."""
        given = _plain(self._task.args)
        # The validator copies what it is given. It looks no deeper into results of other tasks than their types.
        results = {name: given[name] for name in RESULTS if _is_result(given.get(name))}
        stand_ins: dict[str, Any] = {name: {} if isinstance(value, dict) else [{} for _reading in value] for name, value in results.items()}
        validated = ArgumentSpecValidator(dict(self.argument_spec), **self.validation).validate({**given, **stand_ins})
        validated.validated_parameters.update(results)
        masker = Masker(*validated._no_log_values)  # noqa: SLF001
        # Beside an option that should be a dictionary and is none, the validator finds no secret.
        masker.add(*(str(given[name]) for name, option in self.argument_spec.items() if option.get("no_log") and given.get(name)))
        return validated, masker

    def _refused(self, validated: ValidationResult, masker: Masker) -> dict[str, Any]:
        """The result of a task whose arguments are wrong."""
        message = str(validated.errors.msg)
        try:
            refuse_unknown(self.argument_spec, self._task.args, of=f" for ({self._task.action}) module")
        except GitopsError as error:
            message = str(error)
        return masked({"failed": True, "changed": False, "msg": message}, masker)

    def _run_here(self, variables: Mapping[str, Any]) -> dict[str, Any]:
        validated, masker = self._validated()
        if validated.error_messages:
            return self._refused(validated, masker)
        host = str(variables.get("inventory_hostname", ""))
        quiet = self._task.no_log

        # The process has not been anywhere else yet. What PWD says may be old, or of another process.
        started_in = Path.cwd()
        around = Surroundings(
            environ=os.environ,
            masker=masker,
            check_mode=bool(self._task.check_mode),
            say=(lambda _line: None) if quiet else lambda line: self.tell(line, variables),
            say_more=(lambda _line: None) if quiet else lambda line: display.v(f"[{host}] {line}"),
            started_in=str(started_in),
            run=Path(constants.DEFAULT_LOCAL_TMP).name,  # type: ignore[attr-defined]
        )
        if parent_process():
            # What ansible-core has loaded stays, and what answers become is no rubbish: to look for some again and again takes an eighth of
            # the CPU of a large fleet. A gate looks for it while it waits.
            gc.freeze()
            gc.disable()
            _last[:] = [around]
        os.chdir(self._loader.get_basedir())  # where a local connection starts modules
        try:
            result = finish(self.work, validated.validated_parameters, around)
        except BaseException:
            if parent_process():
                # The task's own timeout, say. Once this process has told its result it shall end: the next task waits for that, and Python
                # would wait for every thread that still reads.
                threading._register_atexit(os._exit, 0)  # type: ignore[attr-defined]  # noqa: SLF001
            raise
        finally:
            os.chdir(started_in)
        twice = validated._warnings  # noqa: SLF001
        if twice:
            aliases = [f"Both option {pair['option']} and its alias {pair['alias']} are set." for pair in twice]
            result["warnings"] = [*aliases, *result.get("warnings", [])]
        return masked(result, masker)


def failed_with(headline: str, result: dict[str, Any]) -> dict[str, Any]:
    """A failed result, before which ansible-core from 2.19 on shows the headline; else it would show all of ``msg`` twice.

    :raises AnsibleAction: there
    """
    if SHOWS_MESSAGES:
        raise AnsibleAction(headline, result={name: value for name, value in result.items() if name != "failed"})
    return result


def _is_result(value: Any) -> bool:
    """Whether it is a dictionary, or a list of such."""
    return isinstance(value, dict) or (isinstance(value, list) and all(isinstance(entry, dict) for entry in value))


def _stdout_is_data() -> bool:
    """Whether what ansible-playbook prints is for a program, so that a line between would break it."""
    return "json" in str(constants.DEFAULT_STDOUT_CALLBACK)  # type: ignore[attr-defined]


def _plain(value: Any) -> Any:
    """A task's arguments as a module would get them: without tags, vaulted texts decrypted."""
    if isinstance(value, Mapping):
        return {str(name): _plain(item) for name, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [_plain(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)

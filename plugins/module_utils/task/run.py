# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From a task's options to its result; the same for a module in a process of its own and for an action plugin in the controller's.

The one place where an error becomes a failed task.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import os
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible.module_utils.basic import AnsibleModule, missing_required_lib
from ansible.module_utils.common.parameters import remove_values

from ..model.errors import ApiError, GitopsError, MissingRequestsError
from ..model.secrets import Masker, passwords_in_urls
from ..model.text import plain_json
from ..model.times import utc_now


def _silent(_line: str) -> None:
    """Says nothing: a module has nobody to talk to before it ends."""


@dataclass
class Surroundings:
    """What a task runs in, beside its options.

    :ivar masker: takes up every secret that is given or fetched on the way
    :ivar say: is told what happens while the task waits, as a line for people; ``say_more`` more of it
    :ivar started_in: the folder in which ansible-playbook was started; ``run``: what names that run (empty where nobody knows)
    :ivar kept: what the task need not take apart when it has its result, since its process is about to end
    """

    environ: Mapping[str, str]
    masker: Masker
    check_mode: bool = False
    say: Callable[[str], None] = _silent
    say_more: Callable[[str], None] = _silent
    now: Callable[[], datetime] = utc_now
    started_in: str = ""
    run: str = ""
    kept: list[object] = field(default_factory=list)


# Options that are results of tasks: their secrets are masked already, and they may be large.
RESULTS = ("readings", "report", "config_sets")
Work = Callable[[Mapping[str, Any], Surroundings], "dict[str, Any]"]


def finish(work: Work, options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """The result of a task, ``failed`` with one clear ``msg`` for every error of the collection.

    What nobody foresaw becomes a result, too: a traceback may quote secrets, and only results are masked.
    """
    around.masker.add(*passwords_in_urls({name: value for name, value in options.items() if name not in RESULTS}))
    try:
        return {"changed": False, **work(options, around)}
    except MissingRequestsError as error:
        return {"changed": False, "failed": True, "msg": missing_required_lib("requests"), "exception": error.reason}
    except ApiError as error:
        return {"changed": False, "failed": True, "msg": str(error), "error": error.as_dict()}
    except GitopsError as error:
        return {"changed": False, "failed": True, "msg": str(error)}
    except Exception as error:  # noqa: BLE001
        message = f"This is a mistake in huaweicloud.gitops, please report it: {type(error).__name__}: {error}"
        return {"changed": False, "failed": True, "msg": message, "exception": traceback.format_exc()}


def masked(result: dict[str, Any], masker: Masker) -> dict[str, Any]:
    """A result without secrets, and one that every reader of JSON takes.

    Its text is searched first: to walk a large result for what is not in it takes longer than to read it.
    """
    result = plain_json(result)
    if not masker.holds(json.dumps(result, default=str)):
        return result
    # As in AnsibleModule: no secret, however short, may turn false into a text, which would count as true.
    kept = {name: value for name, value in result.items() if value is None or isinstance(value, bool)}
    # The longest first, or a short one could take a piece out of a long one, which ansible-core before 2.19 would then not know.
    return {**remove_values(result, sorted(masker.secrets, key=len, reverse=True)), **kept}


def run_module(module: AnsibleModule, work: Work) -> None:
    """Runs a module to its end."""
    masker = Masker()
    masker.add(*module.no_log_values)
    around = Surroundings(os.environ, masker, module.check_mode, started_in=os.getcwd())  # noqa: PTH109
    result = masked(finish(work, module.params, around), masker)
    module.no_log_values.update(masker.secrets)
    if result.pop("failed", False):
        module.fail_json(**result)
    module.exit_json(**result)

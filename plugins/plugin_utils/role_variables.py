# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question of the role gitops_gate, from the variables of a host."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from jinja2.exceptions import UndefinedError

from ..module_utils.gate.undecided import undecided
from ..module_utils.model.times import utc_now
from ..module_utils.task.role_question import NOT_FILLED_IN, OTHER_NAMES, PREFIX, PURPOSES, plain, question
from ..module_utils.task.version import COLLECTION_VERSION


def questions(purposes: Sequence[str], variables: Mapping[str, Any], templar: Any) -> list[dict[str, Any]]:
    """A question for each purpose.

    :param variables: all variables of the host, not filled in
    :param templar: that of the lookup
    :raises AnsibleLookupError: for a purpose that is not known
    """
    names = [str(name) for name in variables if str(name).startswith(PREFIX) and name not in OTHER_NAMES]
    given = {name: _filled_in(variables[name], templar) for name in names}  # to fill in an earlier decision takes seconds, for nothing
    return [_asked(given, purpose) for purpose in purposes]


def _filled_in(value: Any, templar: Any) -> Any:
    """A variable as plain data; ansible-core from 2.19 on fills in what is nested only when it is looked at."""
    try:
        return plain(templar.template(value))
    except (AnsibleError, UndefinedError):
        return NOT_FILLED_IN


def _asked(given: Mapping[str, Any], purpose: str) -> dict[str, Any]:
    if purpose not in PURPOSES:
        raise AnsibleLookupError(f"gate_question: got {purpose}, expected one of {', '.join(PURPOSES)}.")
    now = utc_now()
    asked = question(given, now, purpose)
    if asked["refused"]:
        asked["block"] = undecided(asked["refused"], now, COLLECTION_VERSION)
    return asked

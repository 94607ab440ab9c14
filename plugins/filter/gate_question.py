# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleFilterError
from jinja2.exceptions import UndefinedError

from ..module_utils.gate.undecided import undecided
from ..module_utils.model.times import utc_now
from ..module_utils.task.role_question import NOT_FILLED_IN, PURPOSES, plain, question
from ..module_utils.task.version import COLLECTION_VERSION

DOCUMENTATION = r"""
---
name: gate_question
short_description: Turn the variables of the role gitops_gate into its question
version_added: 1.0.0
description:
  - Takes the variables of the role, and gives the checks they ask for, the options that the info modules read with,
    and how it is decided.
  - It accepts what people and surveys send, such as V(false) as a text, V(10m) for ten minutes, or a list as one text.
  - It refuses a variable that is misspelt, empty or of the wrong shape, and one that nobody would look at. It then
    says so in RV(_value) and asks for nothing; it does not fail, so that the report can tell.
  - The role P(huaweicloud.gitops.gitops_gate#role) uses it. It sends nothing.
positional: purpose, names
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
options:
  _input:
    description: The variables by name.
    type: dict
    required: true
  purpose:
    description: What the question is for.
    type: str
    default: gate
    choices:
      gate: Hold a deployment until it may go on.
      audit: Find out whether it could. One reading, and it is never enforced.
      confirm: Compare it with the question of an earlier decision, by its receipt.
      runner: Read one slice of a decision over several runners.
  names:
    description: More names that are there. Those that begin with C(gitops_gate_) must be variables of the role.
    type: list
    elements: str
    default: []
"""

EXAMPLES = r"""
- name: Show what would be checked
  vars:
    variables:
      gitops_gate_clusters: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
      gitops_gate_check_sources: "false"
  ansible.builtin.debug:
    msg: "{{ (variables | huaweicloud.gitops.gate_question).checks }}"
    # [{"advisory": false, "ucs_gitops": {"cluster_ids": ["8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d"], ...}}]

- name: Show why a question is refused
  ansible.builtin.debug:
    msg: "{{ ({'gitops_gate_cluster': 'c1'} | huaweicloud.gitops.gate_question).refused }}"
    # gitops_gate_cluster is no variable of this role. Nearest: gitops_gate_clusters, ...
"""

RETURN = r"""
_value:
  description:
    - C(refused), a sentence that says why, or V(null). With it comes C(block), a decision that says so.
    - C(endpoints), the kinds of checks in order. C(asks), the same with their ids, as texts. C(advisory), the kinds that
      only warn. C(checks), as M(huaweicloud.gitops.gitops_gate) takes them. C(reads),
      the options of the info module by kind.
    - C(policy), options of M(huaweicloud.gitops.gitops_gate). C(waivers), C(enforce), C(receipt) and C(connection).
    - C(report), with C(path) and C(formats) for M(huaweicloud.gitops.gitops_report).
  type: dict
"""


def gate_question(variables: Any, purpose: str = "gate", names: Sequence[str] = ()) -> dict[str, Any]:
    """The question that the variables of the role ask; see DOCUMENTATION.

    :raises AnsibleFilterError: when this is no dictionary, or the purpose is not known
    """
    if not isinstance(variables, Mapping):
        raise AnsibleFilterError(f"gate_question: got {type(variables).__name__}, expected a dictionary of variables.")
    if purpose not in PURPOSES:
        raise AnsibleFilterError(f"gate_question: purpose is {purpose}, expected one of {', '.join(PURPOSES)}.")
    beside = dict.fromkeys(str(name) for name in names)
    now = utc_now()
    asked = question({**beside, **{str(name): _filled_in(variables, name) for name in variables}}, now, purpose)
    if asked["refused"]:
        asked["block"] = undecided("Deployment blocked: the question cannot be asked.", [asked["refused"]], now, COLLECTION_VERSION)
    return asked


def _filled_in(variables: Mapping[str, Any], name: str) -> Any:
    """A variable as plain data; ansible-core from 2.19 on fills in what is nested only now."""
    try:
        return plain(variables[name])
    except (AnsibleError, UndefinedError):
        return NOT_FILLED_IN


class FilterModule:
    """The filter by its name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters of this file."""
        return {"gate_question": gate_question}

# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: gate_question
author: Contributors to the huaweicloud.gitops project (!UNKNOWN)
short_description: Turn the variables of the role gitops_gate into its question
version_added: 1.0.0
description:
  - Takes the variables of the role, whose names begin with C(gitops_gate_), and gives the checks they ask for, the options
    that the info modules read with, and how it is decided.
  - It accepts what people and surveys send, such as V(false) as a text, V(10m) for ten minutes, or a list as one text.
  - It refuses a variable that is misspelt, empty or of the wrong shape, and one that nobody would look at. It then
    says so in RV(_value) and asks for nothing; it does not fail, so that the report can tell.
  - The role P(huaweicloud.gitops.gitops_gate#role) uses it. It sends nothing.
options:
  _terms:
    description:
      - What the question is for.
      - V(gate), hold a deployment until it may go on. V(audit), find out whether it could; it is never enforced.
        V(confirm), compare it with the question of an earlier decision, by its receipt. V(runner), read one slice of a
        decision over several runners.
    type: list
    elements: str
    required: true
  for_all:
    description:
      - Whether to refuse a variable that another host of the play has otherwise, where one host asks for all of them because the role
        runs with C(run_once).
    type: bool
    default: false
"""

EXAMPLES = r"""
- name: Show what would be checked
  vars:
    gitops_gate_clusters: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
    gitops_gate_check_sources: "false"
  ansible.builtin.debug:
    msg: "{{ lookup('huaweicloud.gitops.gate_question', 'gate').gate.checks }}"
    # [{"advisory": false, "ucs_gitops": {"cluster_ids": ["8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d"], ...}}]

- name: Show why a question is refused
  vars:
    gitops_gate_cluster: c1
  ansible.builtin.debug:
    msg: "{{ lookup('huaweicloud.gitops.gate_question', 'gate').refused }}"
    # gitops_gate_cluster is no variable of this role. Nearest: gitops_gate_clusters, ...
"""

RETURN = r"""
_value:
  description:
    - For each term a dictionary.
    - C(refused), a sentence that says why, or V(null). With it comes C(block), a decision that says so.
    - C(endpoints), the kinds of checks in order. C(asks), the same with their ids, as texts. C(advisory), the kinds that only warn.
    - C(reads), the options of the info module by kind. C(gate), the options of M(huaweicloud.gitops.gitops_gate). C(connection),
      those that both take.
    - C(report), with C(path) and C(formats) for M(huaweicloud.gitops.gitops_report). C(enforce) and C(receipt).
  type: list
  elements: dict
"""


from typing import Any

from ansible.plugins.lookup import LookupBase

from ..plugin_utils import controller_process  # noqa: F401 pylint: disable=unused-import # it holds for what comes after it
from ..plugin_utils.role_variables import questions


class LookupModule(LookupBase):
    """The lookup; see DOCUMENTATION."""

    def run(self, terms: list[Any], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[dict[str, Any]]:
        """A question for each purpose.

        :raises AnsibleLookupError: for a purpose that is not known
        """
        self.set_options(var_options=variables, direct=kwargs)  # type: ignore[no-untyped-call]
        for_all = bool(self.get_option("for_all"))  # type: ignore[no-untyped-call]
        return questions([str(purpose) for purpose in terms], variables or {}, self._templar, for_all)

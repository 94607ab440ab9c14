# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
name: terraform_expectations
author: Contributors to the huaweicloud.gitops project (!UNKNOWN)
short_description: Turn what Terraform has made into expectations of a gate
version_added: 1.0.0
description:
  - Takes what C(terraform show -json) prints of a state or a plan, and gives what a gate can expect of it.
  - Read are C(huaweicloud_codearts_repository), C(huaweicloud_ucs_cluster) and C(huaweicloud_ucs_fleet), as resources, also in modules.
    Data sources are not, since they are not made by this code.
  - Of a plan it takes the planned values. What a plan does not know yet is left out.
  - What C(terraform output -json) prints is taken as well. Then an output is a list or dictionary that has the keys of RV(_value),
    and the outputs are put together.
  - It fails where there is nothing to expect, so that a gate does not ask for less than was meant.
options:
  _input:
    description: The text, or what C(from_json) made of it.
    type: raw
    required: true
  output:
    description:
      - The name of the output to take, where the input is that of C(terraform output -json).
      - Left out, every one that has such keys.
    type: str
"""

EXAMPLES = r"""
- name: Ask Terraform
  ansible.builtin.command:
    cmd: terraform show -json
    chdir: "{{ playbook_dir }}/terraform"
  register: state
  changed_when: false

- name: Hold the deployment until what it made is ready
  ansible.builtin.include_role:
    name: huaweicloud.gitops.gitops_gate
  vars:
    expected: "{{ state.stdout | huaweicloud.gitops.terraform_expectations }}"
    gitops_gate_projects: "{{ expected.projects }}"
    gitops_gate_repositories: "{{ expected.repositories }}"
    gitops_gate_clusters: "{{ expected.clusters }}"
"""

RETURN = r"""
_value:
  description:
    - C(repositories), for C(gitops_gate_repositories), each with C(name), C(uuid) where it is known, and C(private).
    - C(projects), the CodeArts projects of the repositories, for C(gitops_gate_projects).
    - C(repository_uuids), for C(gitops_gate_repository_uuids).
    - C(clusters), ids of UCS clusters, for C(gitops_gate_clusters).
    - C(cluster_names), names of those whose ids are not known yet, for C(gitops_gate_cluster_names). That variable may not be empty.
    - C(fleets), names of UCS fleets, for C(gitops_gate_fleets). That variable may not be empty.
  type: dict
"""

from collections.abc import Callable
from typing import Any

from ansible.errors import AnsibleFilterError

from ..module_utils.model.errors import GitopsError
from ..module_utils.task.terraform import expectations


def terraform_expectations(value: Any, output: str | None = None) -> dict[str, list[Any]]:
    """What Terraform has made, as expectations of a gate.

    :raises AnsibleFilterError: for what is no output of Terraform, and where there is nothing to expect
    """
    try:
        return expectations(value, output)
    except GitopsError as error:
        raise AnsibleFilterError(f"terraform_expectations: {error}") from error


class FilterModule:
    """The filters of this file."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """The filters by name."""
        return {"terraform_expectations": terraform_expectations}

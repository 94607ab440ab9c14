# Copyright: Contributors to the huaweicloud.gitops project
# GNU General Public License v3.0+ (see LICENSES/GPL-3.0-or-later.txt or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
---
module: gitops_report
short_description: Report the decision of a gate as JSON, Markdown, JUnit XML and HTML, and fail when it blocks
version_added: 1.0.0
description:
  - Writes what M(huaweicloud.gitops.gitops_gate) returned as files, in one task.
  - The JSON file is a receipt. It has the whole question, what was observed, what was decided, and until when
    that is valid. The file C(docs/receipt.schema.json) of the collection is its JSON Schema.
  - The files are written on the controller, by the user that runs C(ansible-playbook). The host, its connection,
    C(become) and C(environment) make no difference.
  - Each file is there whole or not at all. Formats that are not asked for do not stay behind from an earlier run
    under the same O(name). A hidden file C(.NAME.lock) in the same folder keeps writers apart.
  - Within one run of C(ansible-playbook), an allow never takes the place of a block. When a gate of this run has
    blocked under the same O(path) and O(name), the reports of one that allows are written to C(NAME.allowed.json)
    and so on, with a warning.
  - A folder that cannot be written is a warning and no failure. The decision stands without its reports.
  - With O(enforce), it fails on a block, with the headline and the reasons, a line each. The reports are written first.
author:
  - Contributors to the huaweicloud.gitops project (!UNKNOWN)
attributes:
  check_mode:
    description: Can run in check mode and return the same as without it.
    support: full
    details: The reports are written in check mode, too. They say what the gate found in check mode.
  diff_mode:
    description: Returns details on what has changed, or would be changed, in diff mode.
    support: none
  action:
    description: Has an action plugin of the same name, so that it runs in the process of the controller.
    support: full
  async:
    description: Supports being used with the C(async) keyword.
    support: none
options:
  report:
    description:
      - The registered result of M(huaweicloud.gitops.gitops_gate), also of one that failed.
      - One of O(report) and O(report_var) is needed.
    type: dict
  report_var:
    description:
      - The name of the variable that holds it, as in O(ansible.builtin.debug#module:var). Ansible does not look for
        templates in it then, which saves a second for a thousand clusters.
    type: str
  path:
    description:
      - Folder for the files. It is made, with mode C(0755), when it is not there.
      - A relative path begins in the directory in which C(ansible-playbook) was started. V(~) is the home of the
        user.
      - Left out, nothing is written. One of O(path) and O(enforce) is needed.
    type: path
  formats:
    description:
      - The formats to write.
      - The files end with C(.json), C(.md), C(.xml), C(.html), C(.sarif) and C(.codequality.json).
      - V(sarif) is SARIF 2.1.0, and V(codequality) is for GitLab. Their findings are those in the files of a checkout,
        see M(huaweicloud.gitops.flux_manifest_info).
    type: list
    elements: str
    choices: [json, markdown, junit, html, sarif, codequality]
    default: [json, markdown, junit, html]
  name:
    description:
      - Name of the files, without the ending. Give each gate of a play a name of its own.
    type: str
    default: gitops-gate
  enforce:
    description: Whether to fail the task when the decision is to block.
    type: bool
seealso:
  - module: huaweicloud.gitops.gitops_gate
"""

EXAMPLES = r"""
---
- name: Decide
  huaweicloud.gitops.gitops_gate:
    region: cn-north-4
    enforce: false
    checks:
      - ucs_gitops:
          cluster_ids: 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d
  register: gate

- name: Write every report
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: reports

- name: Write a receipt, and results for the pipeline
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: receipts
    formats: [json, junit]
    name: before-deployment

- name: Write only what a merge request shows
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: reports
    formats: markdown
    name: summary

- name: Write two gates of one play side by side
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: reports
    name: shop-prod-eu

- name: Keep a receipt of each run
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    path: "receipts/{{ gate.decided_at | replace(':', '') }}"
    formats: json
  register: receipt

- name: Show where it is
  ansible.builtin.debug:
    msg: "{{ receipt.files | map(attribute='path') | join(', ') }}"

- name: Stop when the gate blocks
  huaweicloud.gitops.gitops_report:
    report: "{{ gate }}"
    enforce: true
"""

RETURN = r"""
---
msg:
  description: The headline and the numbered reasons, a line each.
  type: list
  elements: str
  returned: when the report is one of a gate, also when the task fails
  sample:
    - 'Deployment allowed: everything is ready (2 of 2 clusters ready).'
written:
  description: Whether the reports were written. When V(false), RV(warnings) says why.
  type: bool
  returned: with O(path), also when the task fails
  sample: true
files:
  description: The files of this report. Empty when they could not be written.
  type: list
  elements: dict
  returned: with O(path), also when the task fails
  contains:
    path:
      description: Path of the file on the controller.
      type: str
      returned: always
      sample: /builds/shop/reports/gitops-gate.json
    format:
      description: Format of the file, one of those in O(formats).
      type: str
      returned: always
      sample: json
warnings:
  description:
    - Why the reports could not be written.
    - Or that a gate of the same run blocks, and its reports were left as they are.
  type: list
  elements: str
  returned: when there are any
  sample:
    - 'The reports could not be written to /builds/shop/reports: Permission denied. The decision stands: Deployment
      allowed: everything is ready (2 of 2 clusters ready).'
"""

from ansible.module_utils.basic import AnsibleModule

from ..module_utils.task.report import VALIDATION, argument_spec, report_work
from ..module_utils.task.run import run_module


def main() -> None:
    run_module(AnsibleModule(argument_spec=argument_spec(), supports_check_mode=True, **VALIDATION), report_work)


if __name__ == "__main__":
    main()

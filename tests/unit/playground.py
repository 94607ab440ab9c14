# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A folder with an inventory and a deploying playbook, to be run with ansible-playbook against the simulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import yaml

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

CLUSTER = "c1000000-0000-4000-8000-000000000001"
LOCAL = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}


class Playground:
    """A folder with an inventory of hosts to deploy to, and the variables that lead the role to the simulator."""

    def __init__(self, folder: Path, simulator: Simulator, hosts: tuple[str, ...] = ("web1", "web2")) -> None:
        self.folder = folder
        self.simulator = simulator
        self.inventory: dict[str, Any] = {"web": {"hosts": {host: {} for host in hosts}, "vars": {**LOCAL, "folder": str(folder)}}}
        self.variables: dict[str, Any] = {
            "gitops_gate_connection": {"region": REGION, "endpoints": {name: simulator.urls[name] for name in SERVICES}},
            "gitops_gate_clusters": [CLUSTER],
            "gitops_gate_check_sources": False,
            "gitops_gate_wait_timeout": 0,
        }
        folder.mkdir(exist_ok=True)
        self.write("deploy.yml", [deployment()])

    def write(self, name: str, content: Any) -> None:
        """Writes a YAML file into the folder."""
        self.folder.joinpath(name).write_text(yaml.safe_dump(content, sort_keys=False))

    def play(
        self, playbook: str, *arguments: str, answers: str = "", settings: dict[str, str] | None = None, **variables: Any
    ) -> subprocess.CompletedProcess[str]:
        """Runs a playbook with credentials and settings in the environment, and with answers to what it asks."""
        self.write("inventory.yml", self.inventory)
        self.folder.joinpath("vars.json").write_text(json.dumps({**self.variables, **variables}))
        command = ["ansible-playbook", "-i", "inventory.yml", playbook, "-e", "@vars.json", *arguments]
        environment = {**os.environ, "HUAWEICLOUD_SDK_AK": ACCESS_KEY, "HUAWEICLOUD_SDK_SK": SECRET_KEY, "ANSIBLE_NOCOLOR": "1"}
        environment |= settings or {}
        return subprocess.run(command, cwd=self.folder, env=environment, input=answers, capture_output=True, text=True, check=False)

    @property
    def deployed(self) -> list[str]:
        """The hosts that were deployed to."""
        return self._left("deployed")

    @property
    def tied(self) -> list[str]:
        """The hosts that the deployment came to that is tied to the decision."""
        return self._left("tied")

    def _left(self, ending: str) -> list[str]:
        return sorted(path.stem for path in self.folder.glob(f"*.{ending}"))

    @property
    def reads(self) -> int:
        """How many requests went to the services themselves."""
        return sum(one["service"] not in ("iam", "metadata") for one in self.simulator.journal)


def deployment(
    play: dict[str, Any] | None = None,
    include: dict[str, Any] | None = None,
    apply: dict[str, Any] | None = None,
    rescue: bool = False,
) -> dict[str, Any]:
    """The play of the README: the gate as the first task of the play that deploys. A second deployment is tied to the decision.

    :param play: keywords for the play; ``include``: for the task that includes the role; ``apply``: for what it applies to the role's tasks
    :param rescue: whether the gate stands in a block with a ``rescue``
    """
    gate = {
        "name": "May I deploy now?",
        "ansible.builtin.include_role": {
            "name": "huaweicloud.gitops.gitops_gate",
            "apply": {"run_once": True, "delegate_to": "localhost", "tags": ["always"], **(apply or {})},
        },
        "tags": ["always"],
        **(include or {}),
    }
    rescued = {"tags": ["always"], "block": [gate], "rescue": [{"ansible.builtin.debug": {"msg": "Never mind"}}]}
    tied = {"when": "gitops_gate_report.decision == 'allow'", "block": [deploy_task("Deploy what was allowed", "tied")]}
    tasks = [rescued if rescue else gate, deploy_task("Deploy", "deployed"), tied]
    return {"name": "Deploy the shop", "hosts": "web", "gather_facts": False, **(play or {}), "tasks": tasks}


def deploy_task(name: str, ending: str) -> dict[str, Any]:
    """A task that leaves a file for each host, in check mode, too: to see whether Ansible would have come here."""
    touch = f"touch {{{{ folder }}}}/{{{{ inventory_hostname }}}}.{ending}"
    return {"name": name, "ansible.builtin.raw": touch, "check_mode": False, "become": False, "tags": ["deploy"]}

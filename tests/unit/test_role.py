# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role in a deploying play, and the playbooks, run with ansible-playbook (design.md, "A gate must not be skippable")."""

from __future__ import annotations

import json
import os
import subprocess
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, SERVICES

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

CLUSTER = "c1000000-0000-4000-8000-000000000001"
HOSTS = ("web1", "web2")

DEPLOYMENT = """
- hosts: web
  gather_facts: false
  tasks:
    - name: May I deploy now?
      ansible.builtin.include_role:
        name: huaweicloud.gitops.gitops_gate
        apply: {run_once: true, delegate_to: localhost, tags: [always]}
      tags: [always]
    - name: Deploy
      ansible.builtin.file: {path: "{{ folder }}/{{ inventory_hostname }}.deployed", state: touch, mode: "0644"}
      check_mode: false
      tags: [deploy]
"""


class Playground:
    """A folder with an inventory and a deploying playbook, and the variables that lead the role to the simulator."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.simulator = simulator
        hosts = {"ansible_connection": "local", "ansible_python_interpreter": "{{ ansible_playbook_python }}", "folder": str(folder)}
        folder.joinpath("inventory.yml").write_text(yaml.safe_dump({"web": {"hosts": dict.fromkeys(HOSTS), "vars": hosts}}))
        folder.joinpath("deploy.yml").write_text(DEPLOYMENT)
        self.variables: dict[str, Any] = {
            "gitops_gate_connection": {"region": REGION, "endpoints": {name: simulator.urls[name] for name in SERVICES}},
            "gitops_gate_clusters": [CLUSTER],
            "gitops_gate_check_sources": False,
            "gitops_gate_wait_timeout": 0,
        }

    def play(self, playbook: str, *arguments: str, **variables: Any) -> subprocess.CompletedProcess[str]:
        """Runs a playbook with credentials in the environment."""
        self.folder.joinpath("vars.json").write_text(json.dumps({**self.variables, **variables}))
        command = ["ansible-playbook", "-i", "inventory.yml", playbook, "-e", "@vars.json", *arguments]
        environment = {**os.environ, "HUAWEICLOUD_SDK_AK": ACCESS_KEY, "HUAWEICLOUD_SDK_SK": SECRET_KEY, "ANSIBLE_NOCOLOR": "1"}
        return subprocess.run(command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False)

    @property
    def deployed(self) -> list[str]:
        """The hosts that were deployed to."""
        return sorted(path.stem for path in self.folder.glob("*.deployed"))

    @property
    def reads(self) -> int:
        """How many requests went to the services themselves."""
        return sum(one["service"] not in ("iam", "metadata") for one in self.simulator.journal)


@pytest.fixture
def playground(tmp_path: Path, simulator: Simulator) -> Playground:
    return Playground(tmp_path, simulator)


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param([], id="plain"),
        pytest.param(["--limit", "web2"], id="limit"),
        pytest.param(["--tags", "deploy"], id="tags"),
        pytest.param(["--skip-tags", "smoke"], id="skip-tags"),
        pytest.param(["--check"], id="check"),
    ],
)
def test_the_gate_in_the_deploying_play_cannot_be_left_out(playground: Playground, arguments: list[str]) -> None:
    done = playground.play("deploy.yml", *arguments)
    assert done.returncode == 2, done.stdout
    assert "Deployment blocked: something has failed" in done.stdout
    assert "POD_STUCK_CREATING" in done.stdout
    assert playground.reads == 1
    assert playground.deployed == []


@pytest.mark.parametrize(
    ("arguments", "deployed", "reads"),
    [
        pytest.param([], ["web1", "web2"], 1, id="plain"),
        pytest.param(["--limit", "web2"], ["web2"], 1, id="limit"),
        pytest.param(["--tags", "deploy"], ["web1", "web2"], 1, id="tags"),
    ],
)
def test_a_healthy_estate_is_deployed_to(playground: Playground, arguments: list[str], deployed: list[str], reads: int) -> None:
    playground.simulator.load("healthy")
    done = playground.play("deploy.yml", *arguments)
    assert done.returncode == 0, done.stdout
    assert "Deployment allowed: everything is ready" in done.stdout
    assert (playground.deployed, playground.reads) == (deployed, reads)


def test_each_batch_of_a_serial_play_is_gated(playground: Playground) -> None:
    playground.simulator.load("healthy")
    text = DEPLOYMENT.replace("gather_facts: false", "gather_facts: false\n  serial: 1")
    playground.folder.joinpath("serial.yml").write_text(text)
    done = playground.play("serial.yml")
    assert done.returncode == 0, done.stdout
    assert (playground.deployed, playground.reads) == (["web1", "web2"], 2)


def test_the_playbook_gate_blocks_and_audit_only_tells(playground: Playground) -> None:
    gate = playground.play("huaweicloud.gitops.gate")
    assert gate.returncode == 2, gate.stdout
    audit = playground.play("huaweicloud.gitops.audit")
    assert audit.returncode == 0, audit.stdout
    for done in (gate, audit):
        assert "Deployment blocked: something has failed" in done.stdout
        assert "POD_STUCK_CREATING" in done.stdout


def test_an_audit_without_credentials_tells_what_is_missing_and_does_not_fail(playground: Playground) -> None:
    playground.variables["gitops_gate_connection"]["access_key"] = "half-a-pair"
    done = playground.play("huaweicloud.gitops.audit")
    assert done.returncode == 0, done.stdout
    assert "Deployment blocked: it could not be found out" in done.stdout
    assert "Half a set of credentials in task options: got access_key, expected secret_key as well." in done.stdout


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"gitops_gate_clusters": []}, "Nothing to check: set at least one of gitops_gate_clusters", id="nothing to check"),
        pytest.param({"gitops_gate_revision": "abcdef0123"}, "but gitops_gate_sources is empty", id="revision without a source"),
        pytest.param({"gitops_gate_fail_fast": "sometimes"}, "value of gitops_gate_fail_fast must be one of", id="no such choice"),
        pytest.param({"gitops_gate_advisory": ["ucs"]}, "value of gitops_gate_advisory must be one or more of", id="no such endpoint"),
    ],
)
def test_bad_variables_are_refused_before_the_first_request(playground: Playground, variables: dict[str, Any], message: str) -> None:
    done = playground.play("huaweicloud.gitops.gate", **variables)
    assert done.returncode == 2, done.stdout
    assert message in done.stdout
    assert playground.reads == 0


def test_an_advisory_check_does_not_block(playground: Playground) -> None:
    done = playground.play("deploy.yml", gitops_gate_advisory=["ucs_gitops"])
    assert done.returncode == 0, done.stdout
    assert "Deployment allowed: everything is ready, with warnings" in done.stdout
    assert playground.deployed == ["web1", "web2"]


def test_waiting_goes_on_while_it_can_help(playground: Playground) -> None:
    """The service is down for the role's own reading, which decides nothing; the gate reads again."""
    playground.simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]})
    playground.variables["gitops_gate_connection"]["request_retries"] = 0
    done = playground.play("deploy.yml", gitops_gate_wait_timeout=60, gitops_gate_interval=0.2)
    assert done.returncode == 0, done.stdout
    assert playground.reads == 2
    assert playground.deployed == ["web1", "web2"]
    assert "[web1] ucs_gitops: ready" in done.stderr
    assert "sample 1" not in done.stdout + done.stderr


def test_with_v_each_sample_is_told(playground: Playground) -> None:
    playground.simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]})
    playground.variables["gitops_gate_connection"]["request_retries"] = 0
    done = playground.play("deploy.yml", "-v", gitops_gate_wait_timeout=60, gitops_gate_interval=0.2)
    assert done.returncode == 0, done.stdout
    assert "sample 1: ready" in done.stdout + done.stderr

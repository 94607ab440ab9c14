# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""One decision over several accounts: playbooks/gate_over_runners.yml on three hosts, each an sshd with credentials of its own."""

from __future__ import annotations

import json
import re
import sys
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from simulator import Simulator

from .conftest import REGION, SERVICES
from .kube import write_kubeconfig
from .playground import Playground, deploy_task
from .ssh import SSHD, free_port, ssh_host

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path

pytestmark = pytest.mark.skipif(not SSHD, reason="no sshd on this machine: install openssh-server")

PLAYBOOK = "huaweicloud.gitops.gate_over_runners"
RUNNERS = ("north", "south", "west")
KEYS = {name: (f"ACCESSKEYOF{name.upper()}", f"secret-key-of-{name}") for name in RUNNERS}
CLUSTERS = {name: f"c1000000-0000-4000-8000-00000000000{number}" for number, name in enumerate(RUNNERS, 1)}
ACCOUNTS = {
    name: {"domain_id": f"d000000000000000000000000000000{number}", "projects": {REGION: f"a000000000000000000000000000000{number}"}}
    | {"keys": dict([KEYS[name]])}
    for number, name in enumerate(RUNNERS, 1)
}
HEALTHY = {"extends": "healthy", "accounts": ACCOUNTS}
ONE_CRASHES = {**HEALTHY, "clusters": {CLUSTERS["north"]: {"pods": "crashing"}}}


@pytest.fixture(scope="module")
def runners(tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Three hosts: one with keys in its environment, one with those of other tools, one with a profile file."""
    folder = tmp_path_factory.mktemp("runners")
    (north, south, west), profile = (KEYS[name] for name in RUNNERS), folder / "profile"
    profile.write_text(f"[basic]\nak = {west[0]}\nsk = {west[1]}\n")
    with ExitStack() as stack:
        yield {
            "north": stack.enter_context(ssh_host(folder / "north", HUAWEICLOUD_SDK_AK=north[0], HUAWEICLOUD_SDK_SK=north[1])),
            "south": stack.enter_context(ssh_host(folder / "south", HW_ACCESS_KEY=south[0], HW_SECRET_KEY=south[1])),
            "west": stack.enter_context(ssh_host(folder / "west", HUAWEICLOUD_SDK_CREDENTIALS_FILE=str(profile))),
        }


class Runners(Playground):
    """A playground with the three runners, each with a cluster of its own."""

    def __init__(self, folder: Path, simulator: Simulator, hosts: dict[str, Any]) -> None:
        super().__init__(folder, simulator)
        mine = {name: {**variables, "gitops_gate_clusters": [CLUSTERS[name]]} for name, variables in hosts.items()}
        self.runners: dict[str, dict[str, Any]] = mine
        self.inventory["gitops_gate_runners"] = {
            "hosts": mine,
            "vars": {"gitops_gate_connection": self.variables["gitops_gate_connection"]},
        }
        # Extra variables would win over those of each host.
        self.variables = {"gitops_gate_wait_timeout": 0}

    def decide(
        self, *arguments: str, playbook: str = PLAYBOOK, **variables: Any
    ) -> tuple[dict[str, Any], subprocess.CompletedProcess[str]]:
        """Plays it and gives the receipt, empty where there is none."""
        reports = {"gitops_gate_report_dir": str(self.folder / "reports")}
        done = self.play(playbook, *arguments, settings={"ANSIBLE_PIPELINING": "1"}, **{**reports, **variables})
        receipt = self.folder / "reports" / "gitops-gate.json"
        return json.loads(receipt.read_text(encoding="utf-8")) if receipt.exists() else {}, done


@pytest.fixture
def field(tmp_path: Path, running: Simulator, runners: dict[str, Any]) -> Runners:
    running.load(HEALTHY)
    running.clear()
    return Runners(tmp_path, running, runners)


def test_each_runner_reads_its_slice_with_its_own_credentials(field: Runners) -> None:
    _decision, done = field.decide()
    assert done.returncode == 0, done.stdout + done.stderr
    read = {
        (name, one["service"])
        for one in field.simulator.journal
        for name in RUNNERS
        if f"Access={KEYS[name][0]}" in one["headers"].get("authorization", "") and CLUSTERS[name] in one["path"] + one["query"]
    }
    assert read == {(name, "ucs") for name in RUNNERS}
    assert field.reads == 2 * len(RUNNERS)


def test_runners_that_are_lost_block_and_are_named(field: Runners, tmp_path: Path) -> None:
    """One cannot be reached, one has no requests, one has no credentials."""
    stub = tmp_path / "stub"
    stub.mkdir()
    stub.joinpath("requests.py").write_text("raise ImportError('no requests here')")
    field.runners["north"]["ansible_port"] = free_port()
    field.runners["south"]["ansible_python_interpreter"] = python_with(tmp_path / "south", PYTHONPATH=stub)
    field.runners["west"]["ansible_python_interpreter"] = python_with(tmp_path / "west", HUAWEICLOUD_SDK_CREDENTIALS_FILE=stub / "none")
    decision, done = field.decide()
    assert (decision["decision"], decision["outcome"], done.returncode) == ("block", "undecidable", 2), done.stdout
    told = {one["name"]: one["message"] for one in decision["findings"] if one["code"] == "READING_MISSING"}
    assert sorted(told) == sorted(
        ["readings", *(f"{name}: {what}" for name in RUNNERS for what in ("ucs_gitops", "ucs_repository_source"))]
    )
    assert "could not be run on its host" in told["north: ucs_gitops"]
    assert "Failed to import the required Python library (requests)" in told["south: ucs_gitops"]
    assert "No credentials" in told["west: ucs_repository_source"]
    assert told["readings"] == "0 of 6 readings are there."


def python_with(path: Path, **environment: Path) -> str:
    """An interpreter that runs with more variables in its environment."""
    settings = " ".join(f"{name}={value}" for name, value in environment.items())
    path.write_text(f'#!/bin/sh\n{settings} exec {sys.executable} "$@"\n')
    path.chmod(0o755)
    return str(path)


def test_two_runners_that_see_the_same_cluster_differently_block(field: Runners) -> None:
    """Through another network, say, which leads one of them to another service."""
    with Simulator(ONE_CRASHES) as elsewhere:
        connection = {"region": REGION, "endpoints": {name: elsewhere.urls[name] for name in SERVICES}}
        field.runners["south"] |= {"gitops_gate_clusters": [CLUSTERS["north"]], "gitops_gate_connection": connection}
        del field.runners["west"]
        decision, done = field.decide()
    assert (decision["decision"], decision["outcome"], done.returncode) == ("block", "failed", 2), done.stdout
    assert {one["check"] for one in decision["findings"] if one["verdict"] == "failed"} == {"south: ucs_gitops"}
    differing = {one["message"] for one in decision["findings"] if one["code"] == "READING_CONTRADICTED" and one["kind"] == "Workload"}
    (message,) = {re.sub(r" as read at \S+", "", message) for message in differing}
    # Which was read first is by chance.
    assert sorted(message.rstrip(".").split("; ")) == ["north: ucs_gitops says ready", "south: ucs_gitops says failed"]


@pytest.mark.parametrize(
    ("hosts", "arguments", "words"),
    [
        pytest.param({}, [], "gitops_gate_readings: got [], expected at least one reading", id="zero runners"),
        pytest.param(None, [], "gitops_gate_readings: got [], expected at least one reading", id="no such group"),
        pytest.param(RUNNERS, ["--limit", "north", "--tags", "deploy"], "2 of 4 readings are there.", id="limit to one runner"),
    ],
)
def test_fewer_runners_than_there_are_block(field: Runners, hosts: Any, arguments: list[str], words: str) -> None:
    if hosts is None:
        del field.inventory["gitops_gate_runners"]
    elif not hosts:
        field.inventory["gitops_gate_runners"]["hosts"] = {}
    _decision, done = field.decide(*arguments)
    assert done.returncode == 2, done.stdout + done.stderr
    assert words in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("arguments", "deployed", "status"),
    [
        pytest.param([], ["web1", "web2"], 0, id="plain"),
        pytest.param(["--limit", "web"], [], 2, id="limit"),
        pytest.param(["--skip-tags", "always"], [], 2, id="skip-tags"),
    ],
)
def test_a_deployment_follows_what_all_runners_see(field: Runners, arguments: list[str], deployed: list[str], status: int) -> None:
    """The form of the guide. One runner reads what is not ready yet, and goes on."""
    fault = {"service": "ucs", "cluster": CLUSTERS["west"], "error": "APIG.0613", "times": 1}
    field.simulator.load({**HEALTHY, "faults": [fault]})
    field.inventory["gitops_gate_runners"]["vars"]["gitops_gate_connection"]["request_retries"] = 0
    tied = {"when": "hostvars['localhost'].gitops_gate_report.decision == 'allow'", "block": [deploy_task("Deploy", "deployed")]}
    plays = [{"import_playbook": PLAYBOOK}, {"hosts": "web", "gather_facts": False, "tasks": [tied]}]
    field.write("deploy.yml", plays)
    waiting = {"gitops_gate_wait_timeout": 60, "gitops_gate_interval": 0.2, "gitops_gate_steady_for": 0}
    _decision, done = field.decide(*arguments, playbook="deploy.yml", **waiting)
    assert (field.deployed, done.returncode) == (deployed, status), done.stdout + done.stderr
    # Once for the wait and once for the decision, pods and sources, and again where there was an error.
    assert (field.reads >= 2 * 2 * len(RUNNERS) + 2) if deployed else not field.reads


def test_a_runner_whose_question_is_refused_blocks_and_says_why(field: Runners) -> None:
    field.runners["south"]["gitops_gate_steady"] = 5
    decision, done = field.decide()
    assert (decision["decision"], done.returncode) == ("block", 2), done.stdout
    told = {finding["name"]: finding["message"] for finding in decision["findings"] if finding["code"] == "READING_MISSING"}
    assert "gitops_gate_steady is no variable of this role" in told["south: question"]
    assert "The runners differ" not in decision["msg"]  # it decides nothing


def test_runners_that_would_decide_differently_are_refused(field: Runners) -> None:
    field.runners["south"]["gitops_gate_steady_for"] = 300
    field.runners["south"]["gitops_gate_wait_timeout"] = 0
    del field.variables["gitops_gate_wait_timeout"]
    for name in ("north", "west"):
        field.runners[name]["gitops_gate_wait_timeout"] = 0
    decision, done = field.decide()
    assert (decision["decision"], done.returncode) == ("block", 2), done.stdout
    assert "The runners differ in how it is decided" in decision["msg"]


@pytest.mark.parametrize("lenient", RUNNERS[:2])
def test_a_difference_is_enforced_where_one_runner_enforces(lenient: str, field: Runners) -> None:
    field.runners[lenient]["gitops_gate_enforce"] = False
    decision, done = field.decide()
    assert (decision["decision"], done.returncode) == ("block", 2), done.stdout
    assert "The runners differ in how it is decided" in decision["msg"]


def test_every_variable_of_the_role_counts(field: Runners) -> None:
    """A project beside the clusters, pods that only warn, and no failure at the end."""
    frozen = {"b0000000000000000000000000000001": {"repositories": [{"name": "frontend", "template": "frozen"}]}}
    field.simulator.load({**ONE_CRASHES, "projects": frozen})
    field.runners["west"]["gitops_gate_projects"] = "b0000000000000000000000000000001"
    decision, done = field.decide(gitops_gate_advisory="ucs_gitops", gitops_gate_enforce="no")
    assert done.returncode == 0, done.stdout + done.stderr
    verdicts = {check["name"]: (check["verdict"], check["advisory"]) for check in decision["checks"]}
    assert len(verdicts) == 7
    assert verdicts["north: ucs_gitops"] == ("failed", True)
    assert verdicts["west: codearts_project_repository"] == ("failed", False)
    assert decision["decision"] == "block"


def test_runners_ask_for_fleets_for_config_sets_and_for_contexts(field: Runners, tmp_path: Path) -> None:
    """One asks for a fleet by name, of which one cluster may be missing, one for contexts of a kubeconfig, one for clusters as ever."""
    field.simulator.load(ONE_CRASHES)
    for name in ("north", "south"):
        del field.runners[name]["gitops_gate_clusters"]
    sources = {"gitops_gate_sources": [{"name": "frontend", "namespace": "shop"}], "gitops_gate_check_config_sets": True}
    field.runners["north"] |= {"gitops_gate_fleets": "prod", "gitops_gate_cluster_health": True, **sources}
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", field.simulator)
    field.runners["south"] |= {"gitops_gate_flux_contexts": ["test"], "gitops_gate_flux_kubeconfig": kubeconfig, **sources}
    revision = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"
    for name in ("north", "south"):
        field.runners[name]["gitops_gate_revision"] = revision
    decision, done = field.decide(gitops_gate_require="50%")
    assert done.returncode == 0, done.stdout + done.stderr
    assert sorted(check["name"] for check in decision["checks"]) == sorted(
        [
            *(f"north: {kind}" for kind in ("ucs_cluster", "ucs_config_set", "ucs_gitops", "ucs_repository_source")),
            "south: flux",
            *(f"west: {kind}" for kind in ("ucs_gitops", "ucs_repository_source")),
        ]
    )
    (group,) = decision["tolerance"]["groups"]
    assert (group["fleet"], group["clusters"], group["required"], [each["name"] for each in group["missing"]]) == (
        "prod",
        2,
        1,
        ["prod-eu"],
    )
    applied = [item["applied"] for check in decision["checks"] for item in check["observed"] if item.get("applied")]
    assert {text.rpartition(":")[2] for text in applied} == {revision}


def test_a_requirement_that_runners_state_differently_is_refused(field: Runners) -> None:
    field.runners["south"]["gitops_gate_require"] = "50%"
    decision, done = field.decide()
    assert (decision["decision"], done.returncode) == ("block", 2), done.stdout
    assert "The runners differ in how it is decided" in decision["msg"]

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The artifact, installed, in what else runs Ansible: ansible-runner, ansible-navigator without a container, ansible-builder."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, SERVICES
from .playground import CLUSTER, LOCAL

if TYPE_CHECKING:
    from simulator import Simulator

pytestmark = pytest.mark.once  # the tools are not in requirements/test.txt
ROOT = Path(__file__).resolve().parent.parent.parent
BIN = Path(sys.executable).parent
GATE = "huaweicloud.gitops.gate"
PATH = os.pathsep.join([str(BIN), os.environ.get("PATH", "")])
BLOCKED = "Deployment blocked: Pod flux-system/"
WAITING = {"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]}


def needs(tool: str) -> Any:
    reason = f"{tool} is not installed in this environment: see requirements/development.txt"
    return pytest.mark.skipif(not (BIN / tool).exists(), reason=reason)


def run(*command: Any, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Runs a tool of this environment, in a home of its own."""
    settings = {**os.environ, "HOME": str(cwd), "PATH": PATH, "NO_COLOR": "1", "ANSIBLE_NOCOLOR": "1", **environment}
    return subprocess.run(
        [str(BIN / command[0]), *map(str, command[1:])], cwd=cwd, env=settings, capture_output=True, text=True, check=False, timeout=120
    )


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of collections with nothing but the artifact, as ansible-galaxy installs it."""
    folder = tmp_path_factory.mktemp("artifact")
    collections = folder / "collections"
    built = run("ansible-galaxy", "collection", "build", "--output-path", folder, ROOT, cwd=folder)
    assert built.returncode == 0, built.stderr
    (artifact,) = folder.glob("*.tar.gz")
    install = ("collection", "install", artifact, "-p", collections)
    done = run("ansible-galaxy", *install, cwd=folder, ANSIBLE_COLLECTIONS_PATH=str(collections))
    assert "was installed successfully" in done.stdout, done.stdout + done.stderr
    return collections


class Job:
    """A folder as ansible-runner wants it, with an inventory and the variables that lead the gate to the simulator."""

    def __init__(self, folder: Path, simulator: Simulator, collections: Path) -> None:
        self.folder = folder
        self.environment = {
            "ANSIBLE_COLLECTIONS_PATH": str(collections),
            "HUAWEICLOUD_SDK_AK": ACCESS_KEY,
            "HUAWEICLOUD_SDK_SK": SECRET_KEY,
            "HOME": str(folder),
            "PATH": PATH,
        }
        urls = {name: simulator.urls[name] for name in SERVICES}
        variables = {
            "gitops_gate_connection": {"region": REGION, "request_retries": 0, "endpoints": urls},
            "gitops_gate_clusters": [CLUSTER],
            "gitops_gate_check_sources": False,
            "gitops_gate_wait_timeout": 60,
            "gitops_gate_interval": 0.2,
            "gitops_gate_steady_for": 0,
        }
        for name, content in (("env/extravars", variables), ("inventory/hosts.yml", {"all": {"hosts": {"localhost": LOCAL}}})):
            folder.joinpath(name).parent.mkdir()
            folder.joinpath(name).write_text(yaml.safe_dump(content))
        folder.joinpath("project").mkdir()

    def run(self, *command: Any) -> subprocess.CompletedProcess[str]:
        """Runs a tool with credentials in the environment."""
        return run(*command, cwd=self.folder, **self.environment)


@pytest.fixture
def job(tmp_path: Path, running: Simulator, installed: Path) -> Job:
    return Job(tmp_path, running, installed)


@needs("ansible-runner")
def test_what_is_told_while_waiting_is_an_event_of_ansible_runner(job: Job, running: Simulator) -> None:
    """The reading before the wait fails, the first one of the wait does not."""
    running.load(WAITING)
    done = job.run("ansible-runner", "run", job.folder, "-p", GATE, "--json")
    assert (done.returncode, done.stderr) == (0, "")
    events = [json.loads(line) for line in done.stdout.splitlines()]
    assert [event["counter"] for event in events] == [*range(1, len(events) + 1)]
    said = [event["stdout"].strip() for event in events if "[localhost]" in event["stdout"] and event["event"] == "verbose"]
    first, last = said
    assert re.fullmatch(r"\[localhost\] Waiting, 1 min at most: Cluster .* the service does not answer .*\.", first)
    assert re.fullmatch(r"\[localhost\] Decided after .*: everything is ready\.", last)
    assert "Deployment allowed: everything is ready" in done.stdout


@pytest.mark.parametrize(("scenario", "ended"), [("healthy", ("successful", 0)), ("documented", ("failed", 2))])
def test_the_decision_is_in_the_events_that_ansible_runner_hands_to_python(
    job: Job, running: Simulator, scenario: str, ended: tuple[str, int]
) -> None:
    """As AWX reads it."""
    ansible_runner = pytest.importorskip("ansible_runner", reason="ansible-runner is not installed: see requirements/development.txt")
    running.load(scenario)
    done = ansible_runner.run(private_data_dir=str(job.folder), playbook=GATE, envvars=job.environment, quiet=True)
    assert (done.status, done.rc) == ended
    results = [event.get("event_data", {}).get("res", {}) for event in done.events]
    begun = [result["ansible_facts"]["gitops_gate_report"]["decision"] for result in results if "ansible_facts" in result]
    assert begun == ["block"]
    decided = [result["decision"] for result in results if "decision" in result]
    assert decided == ["block" if done.rc else "allow"]
    failed = [event["event_data"]["res"]["msg"] for event in done.events if event["event"] == "runner_on_failed"]
    assert len(failed) == (1 if done.rc else 0)
    assert all(message[0].startswith(BLOCKED) for message in failed)


@needs("ansible-navigator")
def test_ansible_navigator_plays_the_gate_and_shows_its_documentation(job: Job, running: Simulator) -> None:
    """Without an execution environment, and without a screen."""
    running.load("documented")
    common = ("--ee", "false", "-m", "stdout", "--lf", job.folder / "navigator.log")
    played = (
        "run",
        GATE,
        "-i",
        job.folder / "inventory",
        "-e",
        f"@{job.folder / 'env' / 'extravars'}",
        "--pas",
        job.folder / "played.json",
    )
    with ThreadPoolExecutor() as pool:
        done, shown = pool.map(
            # Each with a cache of its own: where one has just begun to make it, the other one would find it read-only.
            lambda command: job.run("ansible-navigator", *command, *common, "--cdcp", job.folder / f"{command[0]}.db"),
            (played, ("doc", f"{GATE[:-4]}gitops_gate")),
        )
    assert done.returncode != 0, done.stdout + done.stderr
    assert BLOCKED in done.stdout
    artifact = json.loads((job.folder / "played.json").read_text(encoding="utf-8"))
    assert artifact["status"] == "failed"
    assert any(BLOCKED in line for line in artifact["stdout"])
    assert (shown.returncode, "expect_readings" in shown.stdout) == (0, True), shown.stderr


@needs("ansible-builder")
def test_ansible_builder_makes_the_context_of_an_execution_environment(tmp_path: Path) -> None:
    shutil.copy(ROOT / "execution-environment.yml", tmp_path)
    done = run("ansible-builder", "create", "--output-filename", "Containerfile", cwd=tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    wanted = yaml.safe_load((tmp_path / "context" / "_build" / "requirements.yml").read_text(encoding="utf-8"))
    assert wanted == {"collections": [{"name": "huaweicloud.gitops"}]}
    steps = (tmp_path / "context" / "Containerfile").read_text(encoding="utf-8")
    assert 'ARG ANSIBLE_INSTALL_REFS="ansible-core>=2.17 ansible-runner>=2.4"' in steps
    assert "ansible-galaxy collection install" in steps


@needs("ansible-builder")
def test_ansible_builder_finds_what_the_collection_needs(installed: Path) -> None:
    """The same requirement as the repository's own, from the artifact alone."""
    done = run("ansible-builder", "introspect", installed, cwd=installed)
    assert done.returncode == 0, done.stdout + done.stderr
    found = yaml.safe_load(done.stdout)
    (required,) = (line for line in (ROOT / "requirements.txt").read_text(encoding="utf-8").splitlines() if not line.startswith("#"))
    assert [line.partition("#")[0].strip() for line in found["python"]] == [required]
    assert found["system"] == []

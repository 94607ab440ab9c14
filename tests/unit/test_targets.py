# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module on another host over ssh, with the oldest Python and the oldest libraries that the documentation promises to run with."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from simulator import Simulator

from .kube import write_kubeconfig
from .ssh import SSHD, ssh_host
from .test_in_process import ASKED, ESTATE, MODULES, NO_CLUSTER, PODS, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
PYTHON = "3.9"
LIBRARIES = ["requests==2.25.0", "urllib3==1.26.0", "ruamel.yaml==0.18.0"]

pytestmark = pytest.mark.skipif(not SSHD, reason="no sshd on this machine: install openssh-server")


@pytest.fixture(scope="module")
def interpreter() -> str:
    """The path of the Python, in an environment that is made once."""
    found = subprocess.run([sys.executable, ROOT / "tools" / "matrix", "--find", PYTHON], capture_output=True, text=True, check=False)
    if not found.stdout.strip():
        pytest.skip(f"no Python {PYTHON} on this machine")
    folder = ROOT / ".build" / f"target-{PYTHON}"
    python, made = folder / "bin" / "python", folder / "made"
    if not made.exists() or made.read_text(encoding="utf-8") != " ".join(LIBRARIES):
        subprocess.run([found.stdout.strip(), "-m", "venv", "--clear", folder], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *LIBRARIES], check=True)
        made.write_text(" ".join(LIBRARIES), encoding="utf-8")
    return str(python)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(ESTATE) as running:
        yield running


def test_all_modules_run_on_the_oldest_target(interpreter: str, simulator: Simulator, tmp_path: Path) -> None:
    stage = Stage(tmp_path, simulator)
    told = "import sys, requests, urllib3; print(*sys.version_info[:2], requests.__version__, urllib3.__version__)"
    with ssh_host(tmp_path) as far:
        stage.hosts = {"here": stage.local, "far": {**far, "ansible_python_interpreter": interpreter}}
        tasks = [stage.task(module, module, ASKED[module]) for module in MODULES]
        tasks.append(stage.task("failing", PODS, {"cluster_ids": [NO_CLUSTER]}))
        python = {"ansible.builtin.command": {"argv": ["{{ ansible_python_interpreter }}", "-c", told]}, "register": "python"}
        played = stage.play([*tasks, python])
    assert played.results["far"]["python"]["stdout"] == "3 9 2.25.0 1.26.0"
    for task in tasks:
        here, there = played.both(task["name"], ("here", "far"))
        assert here == there
        assert here["failed"] == (task["name"] == "failing")
    assert played.reasons("far") == {"the connection is ssh": len(tasks)}


def test_flux_info_runs_on_a_target_and_says_there_what_is_missing(interpreter: str, simulator: Simulator, tmp_path: Path) -> None:
    """On a target with the library kubernetes it reads as here; on one without it says so in one line."""
    stage = Stage(tmp_path, simulator)
    asked = {"contexts": ["prod", "test"], "kubeconfig": write_kubeconfig(tmp_path / "kubeconfig", simulator)}
    with ssh_host(tmp_path) as far:
        stage.hosts = {"here": stage.local, "far": far, "without": {**far, "ansible_python_interpreter": interpreter}}
        played = stage.play([stage.task("flux", "flux_info", asked, connection=False)])
    here, there = played.both("flux", ("here", "far"))
    assert here == there
    assert (here["failed"], here["ready"], len(here["contexts"])) == (False, True, 2)
    without = played.results["without"]["flux"]
    missing = f"The Python library 'kubernetes' is missing in {interpreter}. Install it with: {interpreter} -m pip install kubernetes"
    assert (without["failed"], missing in without["msg"]) == (True, True)
    assert {finding["code"] for finding in without["readiness"]["findings"]} == {"KUBE_NO_ACCESS"}

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate as the first task of the deploying play: what leaves no host ungated, and what goes around it, since
nobody should skip a gate by accident. Every way is tried for real, with an estate that must be blocked and with one that is ready."""

from __future__ import annotations

import re
import shutil
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator import Simulator

from .playground import Playground, deployment
from .ssh import CLIENT_OPTIONS, free_port

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

GUIDE = Path(__file__).resolve().parent.parent.parent / "docs" / "docsite" / "rst" / "guide_gate.rst"
HOSTS = ("web1", "web2", "web3")
FACTS = {"gather_facts": True, "gather_subset": ["!all", "!min"]}
CLOSED = {"ansible_connection": "ssh", "ansible_host": "127.0.0.1", "ansible_ssh_args": CLIENT_OPTIONS}


@dataclass(frozen=True)
class Case:
    """A way to run the deploying play: its command line, its keywords and its hosts.

    ``closed``: the hosts whose ssh port is closed. ``reads``, ``status``: requests, and the status that ansible-playbook ends with, for an
    estate that must be blocked; ``least``: the fewest requests, where the block of one host may come before the others have read.
    ``ready``: the same for one that is ready, after the hosts that are deployed to; None leaves it out.
    """

    id: str
    arguments: tuple[str, ...] = ()
    keywords: dict[str, Any] = field(default_factory=dict)
    closed: tuple[str, ...] = ()
    answers: str = ""
    reads: int = 1
    least: int | None = None
    status: int = 2
    ready: tuple[tuple[str, ...], int, int] | None = None
    word: str = ""  # by which the guide names it as a way around the gate


def keywords(**play: Any) -> dict[str, Any]:
    return {"play": play}


GATED = [
    Case("plain", ready=(HOSTS, 1, 0)),
    Case("limit", ("--limit", "web2"), ready=(("web2",), 1, 0)),
    Case("tags", ("--tags", "deploy"), ready=(HOSTS, 1, 0)),
    Case("skip-tags", ("--skip-tags", "smoke")),
    Case("skip-the-deployment", ("--skip-tags", "deploy")),
    Case("check", ("--check",), ready=(HOSTS, 1, 0)),
    Case("serial-1", keywords=keywords(serial=1), ready=(HOSTS, 3, 0)),
    Case("serial-2", keywords=keywords(serial=2, any_errors_fatal=True), ready=(HOSTS, 2, 0)),
    Case("first-host-unreachable", closed=("web1",), ready=(HOSTS[1:], 1, 4)),
    Case("first-host-without-facts", keywords=keywords(**FACTS), closed=("web1",), status=4, ready=(HOSTS[1:], 1, 4)),
    Case("first-host-ignored", keywords=keywords(**FACTS, ignore_unreachable=True), closed=("web1",)),
    Case("first-batch-unreachable", keywords=keywords(**FACTS, serial=1), closed=("web1",), reads=0, status=4),
    Case("all-unreachable", closed=HOSTS),
    Case("controller-unreachable", closed=("localhost",), reads=0, status=4),
    Case("controller-ignored", keywords=keywords(ignore_unreachable=True), closed=("localhost",), reads=0),
    Case("ignore-errors-on-the-include", keywords={"include": {"ignore_errors": True}}),
    Case("any-errors-fatal", keywords=keywords(any_errors_fatal=True)),
    Case("no-error-fatal", keywords=keywords(any_errors_fatal=False, max_fail_percentage=100)),
    Case("strategy-free", keywords=keywords(strategy="free"), reads=3, least=1, ready=(HOSTS, 3, 0)),
    Case("become", keywords={"play": {"become": True, "become_method": "none.such"}, "apply": {"become": False}}, ready=(HOSTS, 1, 0)),
]
AROUND = [
    Case("skip-always", ("--skip-tags", "always"), reads=0, word="--skip-tags always"),
    Case("start-at", ("--start-at-task", "Deploy"), reads=0, word="--start-at-task"),
    Case("step", ("--step",), answers="n\nc\n", reads=0, word="--step"),
    Case("ignore-errors", keywords=keywords(ignore_errors=True), status=0, word="ignore_errors: true"),
    Case("ignore-errors-applied", keywords={"apply": {"ignore_errors": True}}, status=0, word="in ``apply``"),
    Case("rescue", keywords={"rescue": True}, status=0, word="rescue"),
    Case("not-enforced", ("-e", "gitops_gate_enforce=false"), status=0, word="gitops_gate_enforce=false"),
]


@pytest.fixture(scope="module")
def estates() -> Iterator[tuple[Simulator, Simulator]]:
    """One that must be blocked, and one that is ready."""
    with Simulator("documented") as blocked, Simulator("healthy") as ready:
        yield blocked, ready


def played(case: Case, folder: Path, estate: Simulator) -> tuple[Playground, subprocess.CompletedProcess[str]]:
    estate.clear()
    playground = Playground(folder, estate, HOSTS)
    for host in case.closed:
        group = "web" if host in HOSTS else "controllers"
        playground.inventory.setdefault(group, {"hosts": {}})["hosts"][host] = {**CLOSED, "ansible_port": free_port()}
    playground.write("deploy.yml", [deployment(**case.keywords)])
    return playground, playground.play("deploy.yml", *case.arguments, answers=case.answers)


def every(cases: list[Case]) -> Any:
    no_ssh = pytest.mark.skipif(not shutil.which("ssh"), reason="no ssh on this machine: install openssh-client")
    return pytest.mark.parametrize("case", [pytest.param(case, id=case.id, marks=[no_ssh] if case.closed else []) for case in cases])


@every(GATED)
def test_every_host_is_gated(case: Case, tmp_path: Path, estates: tuple[Simulator, Simulator]) -> None:
    with ThreadPoolExecutor() as pool:
        attempts = [pool.submit(played, case, tmp_path / str(number), estates[number]) for number in range(2 if case.ready else 1)]
    playground, done = attempts[0].result()
    assert (playground.deployed, playground.tied, done.returncode) == ([], [], case.status), done.stdout
    assert (case.reads if case.least is None else case.least) <= playground.reads <= case.reads, done.stdout
    if case.reads:
        assert "Deployment blocked: Pod flux-system/" in done.stdout
        assert "POD_STUCK_CREATING" in done.stdout
    if case.ready:
        playground, done = attempts[1].result()
        hosts, reads, status = case.ready
        assert (playground.deployed, playground.tied, playground.reads, done.returncode) == ([*hosts], [*hosts], reads, status), done.stdout
        assert "Deployment allowed: everything is ready" in done.stdout


@every(AROUND)
def test_what_goes_around_the_gate_is_in_the_guide_and_stops_at_a_tied_deployment(
    case: Case, tmp_path: Path, estates: tuple[Simulator, Simulator]
) -> None:
    playground, done = played(case, tmp_path, estates[0])
    assert (playground.deployed, playground.tied, playground.reads, done.returncode) == ([*HOSTS], [], case.reads, case.status), done.stdout
    if not case.reads:
        assert "'gitops_gate_report' is undefined" in done.stdout + done.stderr
    section = re.search(r"\nWhat still goes around it\n~+\n(.*?)\n~~~", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    assert section
    assert case.word in section[1]


def test_a_limit_that_leaves_the_play_without_hosts_deploys_nothing(tmp_path: Path, estates: tuple[Simulator, Simulator]) -> None:
    playground = Playground(tmp_path, estates[1], HOSTS)
    playground.inventory["other"] = {"hosts": {"other1": {}}}
    done = playground.play("deploy.yml", "--limit", "other1")
    assert (playground.deployed, done.returncode) == ([], 0)
    assert "no hosts matched" in done.stdout


def test_with_the_strategy_free_ansible_warns(tmp_path: Path, estates: tuple[Simulator, Simulator]) -> None:
    """That run_once does not count there; the guide says so, too."""
    case = Case("free", ("--tags", "never"), keywords(strategy="free"))
    _playground, done = played(case, tmp_path, estates[1])
    assert "Using run_once with the free strategy is not currently supported" in " ".join((done.stdout + done.stderr).split())

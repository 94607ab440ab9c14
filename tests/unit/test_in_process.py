# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module both ways, in the controller's process and as a plain module, run with ansible-playbook: the same result either way
(design.md, "In the controller's process when it can, as a plain module when it must").

In each play the host `here` runs tasks in process and the host `there` is told not to.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from simulator import Simulator

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, SERVICES
from .ssh import SSHD, ssh_host

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = "huaweicloud.gitops"
SOURCES, PODS, LISTS, DETAILS, AUTHS, GATE = MODULES = (
    "ucs_repository_source_info",
    "ucs_gitops_info",
    "codearts_project_repository_info",
    "codearts_repository_info",
    "servicestage_git_authorization_info",
    "gitops_gate",
)
CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
NO_CLUSTER = "c1000000-0000-4000-8000-000000000009"
PROJECT, TELLTALE = "b0000000000000000000000000000001", "b0000000000000000000000000000002"
REPOSITORY = "e0000000000000000000000000000001"
ASKED: dict[str, dict[str, Any]] = {
    SOURCES: {"cluster_ids": CLUSTERS[:2]},
    PODS: {"cluster_ids": CLUSTERS},
    LISTS: {"project_uuids": [PROJECT]},
    DETAILS: {"repository_uuids": [REPOSITORY]},
    AUTHS: {},
    GATE: {
        "checks": [{"ucs_gitops": {"cluster_ids": CLUSTERS}}, {"codearts_project_repository": {"project_uuids": [PROJECT]}}],
        "wait_timeout": 0,
    },
}
# As a service may write it: with characters that JSON may escape, and some that it must.
ODD_KEY, ODD_SECRET = "DEMOACCESSKEY0000002", 'demo "secret" <key> für/the simulator'
ESTATE: dict[str, Any] = {
    "extends": "healthy",
    "accounts": {"demo": {"keys": {ACCESS_KEY: SECRET_KEY, ODD_KEY: ODD_SECRET}}},
    "projects": {TELLTALE: {"repositories": [{"name": f"copy-of-{SECRET_KEY}"}, {"name": ODD_SECRET}, {"name": "shop"}]}},
    "faults": [{"service": "codearts_repo", "path": "*/escaped", "status": 200, "body": f'{{"status": "success", "result": {{"repository_name": "copy-of-{SECRET_KEY}"}}}}'.replace("demo", "d\\u0065mo")}],
}
SWITCH = "huaweicloud_gitops_in_process"
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@dataclass(frozen=True)
class Case:
    """One task: a module, its options beside the connection's, its keywords, and what its result must hold either way."""

    id: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    keywords: dict[str, Any] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    lacks: tuple[str, ...] = ()
    failed: bool = False
    connection: bool = True

    def task(self, name: str, reach: dict[str, Any]) -> dict[str, Any]:
        """The task in a play, its result registered under a name."""
        defaults = {"group/huaweicloud.gitops.api": {**reach, **(KEYS if self.connection else {})}}
        return {
            "name": self.id,
            f"{COLLECTION}.{self.module}": self.options,
            "register": name,
            "ignore_errors": True,
            "module_defaults": defaults,
            **self.keywords,
        }


KEYS = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}


def asking(module: str, **more: Any) -> dict[str, Any]:
    """What a module is asked for in these tests, and more options."""
    return {**ASKED[module], **more}


def refused(case_id: str, module: str, options: dict[str, Any], *words: str) -> Case:
    """A task whose options are refused."""
    return Case(case_id, module, options, holds=words, failed=True)


def unsupported(case_id: str, module: str, options: dict[str, Any], name: str) -> Case:
    """A task with an option that does not exist; the message has the module's name and the option's path."""
    return refused(case_id, module, options, f"Unsupported parameters for ({COLLECTION}.{module}) module: {name}. Supported parameters include")


STAMP = datetime(2031, 5, 1, 12, 30, tzinfo=timezone.utc)
WAIVER = {"code": "CONTROLLER_NOT_READY", "until": STAMP, "reason": "known"}
CASES = [
    *(Case(f"{module}", module, ASKED[module], holds=('"failed": false',)) for module in MODULES),
    *(Case(f"{module} in check mode", module, ASKED[module], {"check_mode": True}, holds=('"failed": false',)) for module in MODULES),
    Case("a waiting gate in check mode", GATE, {"checks": ASKED[GATE]["checks"], "enforce": False}, {"check_mode": True}),
    Case("summary", LISTS, asking(LISTS, detail="summary")),
    Case("one of the reads fails", PODS, {"cluster_ids": [*CLUSTERS, NO_CLUSTER]}, failed=True, holds=(NO_CLUSTER, "clusters")),
    Case("a failed read reported", PODS, {"cluster_ids": [*CLUSTERS, NO_CLUSTER], "on_error": "report"}, holds=(NO_CLUSTER,)),
    Case("every read fails", SOURCES, {"cluster_ids": [NO_CLUSTER]}, failed=True),
    Case("the gate blocks", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": [NO_CLUSTER]}}], "wait_timeout": 0}, failed=True),
    Case("the gate blocks without force", GATE, asking(GATE, checks=[{"ucs_gitops": {"cluster_ids": NO_CLUSTER}}], enforce=False)),
    Case("the gate on readings", GATE, {"readings": ["{{ case_0 }}", "{{ case_1 }}"]}),
    Case("no credentials", AUTHS, connection=False, failed=True, holds=("No credentials found",)),
    Case("half a set", AUTHS, {"access_key": ACCESS_KEY}, connection=False, failed=True, holds=("Half a set of credentials",)),
    Case("the wrong secret", AUTHS, {"access_key": ACCESS_KEY, "secret_key": "wrong"}, connection=False, failed=True, holds=("APIG",)),
    Case("no answer", AUTHS, {"endpoints": {"servicestage": "http://127.0.0.1:9", "iam": None}, "request_retries": 0}, failed=True),
    # masking
    Case("a secret in an answer", LISTS, {"project_uuids": [TELLTALE]}, holds=("copy-of-********", "shop")),
    Case("a secret in a summary", LISTS, {"project_uuids": [TELLTALE], "detail": "summary"}, holds=("copy-of-********", "shop")),
    Case("a secret in an answer, escaped", DETAILS, {"repository_uuids": ["escaped"]}, holds=("copy-of-********",)),
    Case("a secret in an option", LISTS, asking(LISTS, expect=[{"name": f"is-{SECRET_KEY}"}]), holds=("is-********",)),
    Case("a secret that must be escaped", LISTS, {"project_uuids": [TELLTALE], "access_key": ODD_KEY, "secret_key": ODD_SECRET}, holds=(MASK,)),
    Case("a secret of another set", LISTS, {"project_uuids": [TELLTALE], "password": "shop"}, holds=(MASK, SECRET_KEY[:0])),
    Case("a secret in an error", AUTHS, {"project_id": SECRET_KEY}, failed=True, holds=("********",)),
    Case("a secret that is everywhere", AUTHS, {"secret_key": "e"}, failed=True, holds=(MASK, '"ready": ')),
    Case("a fetched token", AUTHS, {"username": "deployer", "password": "demo-password", "domain_name": "demo"}, connection=False),
    Case("a censored task", PODS, ASKED[PODS], {"no_log": True}),
    # options
    *(unsupported(f"unknown option of {module}", module, asking(module, clusterz=1), "clusterz") for module in MODULES),
    unsupported("unknown nested option", PODS, asking(PODS, endpoints={"ucz": "x"}), "endpoints.ucz"),
    unsupported("unknown option of a check", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": "c"}, "advise": True}]}, "checks.advise"),
    unsupported(
        "unknown option in a check", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": "c", "detail": "full"}}]}, "checks.ucs_gitops.detail"
    ),
    refused("wrong type", PODS, asking(PODS, max_concurrency="many"), "max_concurrency", "<class 'str'>"),
    refused("wrong nested type", LISTS, asking(LISTS, endpoints="ucs"), "endpoints"),
    refused("wrong type, with a secret", LISTS, asking(LISTS, max_concurrency=SECRET_KEY), "max_concurrency", "********"),
    refused("missing option", PODS, {}, "missing required arguments: cluster_ids"),
    refused("missing option of a check", GATE, {"checks": [{"ucs_gitops": {}}]}, "missing required arguments: cluster_ids found in checks"),
    refused("no such choice", PODS, asking(PODS, detail="some"), "value of detail must be one of: full, summary, got: some"),
    refused("mutually exclusive", GATE, asking(GATE, readings=[]), "parameters are mutually exclusive: checks|readings"),
    refused("neither", GATE, {}, "one of the following is required: checks, readings"),
    refused("two in one check", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": "c"}, "ucs_repository_source": {"cluster_ids": "c"}}]}, "mutually"),
    refused("number out of range", PODS, asking(PODS, max_concurrency=0), "Option 'max_concurrency': got 0"),
    refused("not an identifier", PODS, {"cluster_ids": ["a/b"]}, "Option 'cluster_ids': got \\\"a/b\\\""),
    refused("several mistakes", PODS, asking(PODS, detail="some", max_concurrency="many", clusterz=1), "detail"),
    Case(
        "alias beside its option",
        PODS,
        {"cluster_ids": [CLUSTERS[0]], "clusterid": CLUSTERS[1], "cluster_id": CLUSTERS[1]},
        holds=("Both option cluster_ids and its alias clusterid are set.", "Both option cluster_ids and its alias cluster_id are set."),
    ),
    Case("alias", PODS, {"clusterid": CLUSTERS[0]}, holds=(CLUSTERS[0],)),
    # kinds of values
    Case("timestamps", GATE, asking(GATE, waivers=[WAIVER]), holds=("2031-05-01T12:30:00",)),
    Case("a date", LISTS, asking(LISTS, expect=[{"name": STAMP.date()}]), holds=("2031-05-01",)),
    Case("texts for numbers", PODS, asking(PODS, max_concurrency="4", stuck_after="{{ 60 }}", validate_certs="yes", cluster_ids=CLUSTERS[0])),
    Case("numbers for texts", LISTS, {"project_uuids": [12, 1.5, True, None]}, failed=True),
    Case("null and omitted", PODS, asking(PODS, region=None, cloud="{{ omit }}", detail="{{ omit }}")),
    Case("a vaulted secret", AUTHS, {"access_key": ACCESS_KEY, "secret_key": "{{ vaulted }}"}, connection=False),
    Case("a path beside the playbook", AUTHS, {"ca_path": "own.pem", "endpoints": {"servicestage": "https://127.0.0.1:9"}}, failed=True),
    # keywords
    Case("a loop", PODS, {"cluster_ids": "{{ item }}"}, {"loop": [CLUSTERS[0], NO_CLUSTER]}, failed=True),
    Case("until", PODS, asking(PODS), {"until": "false", "retries": 1, "delay": 0}, failed=True),
    Case("own verdicts", PODS, asking(PODS), {"changed_when": True, "failed_when": "true"}, failed=True),
    Case("delegated", PODS, asking(PODS), {"delegate_to": "localhost"}),
    Case("skipped", PODS, asking(PODS), {"when": False}),
]


@dataclass
class Played:
    """What became of a playbook: the registered results by host and name, and everything that was printed."""

    results: dict[str, dict[str, Any]]
    printed: str
    status: int


class Stage:
    """A folder with an inventory of two hosts, and a way to play tasks on both of them side by side."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.reach = {"region": REGION, "endpoints": {name: simulator.urls[name] for name in SERVICES}}
        self.connection = {**self.reach, **KEYS}
        self.local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self.hosts: dict[str, dict[str, Any]] = {"here": self.local, "there": {**self.local, SWITCH: False}}

    def play(self, tasks: list[dict[str, Any]], *arguments: str, keywords: dict[str, Any] | None = None, **environment: str) -> Played:
        """Plays tasks on every host, also after one has failed, and collects what they registered."""
        names = [task["register"] for task in tasks if "register" in task]
        registered = ", ".join(f"'{name}': {name}" for name in names)
        content = f"{{{{ {{{registered}}} | to_json }}}}"
        keep = {"ansible.builtin.copy": {"content": content, "dest": f"{self.folder}/{{{{ inventory_hostname }}}}.json", "mode": "0600"}}
        play = {"hosts": "all", "gather_facts": False, "strategy": "free", **(keywords or {})}
        play["tasks"] = [*({"ignore_errors": True, **task} for task in tasks), {**keep, "delegate_to": "localhost"}]
        playbooks = self.folder / "playbooks"
        playbooks.mkdir(exist_ok=True)
        playbooks.joinpath("play.yml").write_text(yaml.safe_dump([play], sort_keys=False))
        inventory = self.folder / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": {**self.hosts, "localhost": self.local}, "vars": {}}}))
        command = ["ansible-playbook", "-vvv", "-i", "inventory.yml", "--limit", ",".join(self.hosts), "playbooks/play.yml", *arguments]
        settings = {"ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", "ANSIBLE_TASK_TIMEOUT": "0", **environment}
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **settings}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
        )
        kept = {host: self.folder / f"{host}.json" for host in self.hosts}
        assert all(path.exists() for path in kept.values()), done.stdout
        return Played({host: json.loads(path.read_text()) for host, path in kept.items()}, done.stdout, done.returncode)


def comparable(value: Any) -> Any:
    """A result without what differs from one run to the next, whichever way it ran."""
    if isinstance(value, dict):
        return {name: comparable(one) for name, one in value.items() if name not in CHANGING}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    return re.sub(r"\breq-[0-9a-f]+", "REQUEST", value) if isinstance(value, str) else value


CHANGING = {"invocation", "request_id", "read_at", "decided_at", "waited_seconds"}


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(ESTATE) as running:
        yield running


@pytest.fixture(scope="module")
def played(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All the cases, played once, each on both hosts."""
    stage = Stage(tmp_path_factory.mktemp("both-ways"), simulator)
    stage.folder.joinpath("vault-password").write_text("vault")
    vaulted = VaultLib([("default", VaultSecret(b"vault"))]).encrypt(SECRET_KEY).decode()
    stage.folder.joinpath("vaulted.yml").write_text("vaulted: !vault |\n" + "".join(f"  {line}\n" for line in vaulted.splitlines()))
    stage.folder.joinpath("playbooks").mkdir()
    stage.folder.joinpath("playbooks", "own.pem").write_text(Path(certifi.where()).read_text())
    tasks = [case.task(f"case_{number}", stage.reach) for number, case in enumerate(CASES)]
    return stage.play(tasks, "-e", "@vaulted.yml", "--vault-password-file", "vault-password")


@pytest.mark.parametrize(("number", "case"), [pytest.param(number, case, id=case.id) for number, case in enumerate(CASES)])
def test_the_result_is_the_same_either_way(played: Played, number: int, case: Case) -> None:
    here, there = (comparable(played.results[host][f"case_{number}"]) for host in ("here", "there"))
    assert here == there
    text = json.dumps(here, ensure_ascii=False)
    assert here["failed"] is case.failed, text
    for words in case.holds:
        assert words in text

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every module both ways, in the controller's process and as a plain module, run with ansible-playbook: the same result either way.

In each play the host `here` runs tasks in process and the host `there` is told not to.
"""

from __future__ import annotations

import getpass
import inspect
import json
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import certifi
import pytest
import yaml
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible.module_utils.errors import UnsupportedError
from ansible.parsing.vault import VaultLib, VaultSecret
from ansible.plugins.action import ActionBase

from simulator import Simulator

from .conftest import ACCESS_KEY, REGION, SECRET_KEY, SERVICES
from .ssh import SSHD, ssh_host

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTION = "huaweicloud.gitops"
SOURCES, CONFIG_SETS, PODS, STATES, LISTS, DETAILS, COMMITS, AUTHS, MANIFESTS, GATE = MODULES = (
    "ucs_repository_source_info",
    "ucs_config_set_info",
    "ucs_gitops_info",
    "ucs_cluster_info",
    "codearts_project_repository_info",
    "codearts_repository_info",
    "codearts_commit_info",
    "servicestage_git_authorization_info",
    "flux_manifest_info",
    "gitops_gate",
)
CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
STARTING_CLUSTER, NO_CLUSTER = "c1000000-0000-4000-8000-000000000008", "c1000000-0000-4000-8000-000000000009"
PROJECT, TELLTALE, ODD_PROJECT = (f"b000000000000000000000000000000{number}" for number in (1, 2, 3))
MANIFEST = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: shop, namespace: flux-system}
spec: {interval: 1m, url: "http://git.example.com/shop/deploy"}
"""
REPOSITORY = "e0000000000000000000000000000001"
ASKED: dict[str, dict[str, Any]] = {
    SOURCES: {"cluster_ids": CLUSTERS[:2]},
    CONFIG_SETS: {"cluster_ids": CLUSTERS[:2]},
    PODS: {"cluster_ids": CLUSTERS},
    STATES: {"fleets": "prod", "cluster_labels": {"env": "staging"}, "list_fleets": True},
    LISTS: {"project_uuids": [PROJECT]},
    DETAILS: {"repository_uuids": [REPOSITORY]},
    COMMITS: {"repository_ids": ["1001"], "expect": [{"commit": "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "branch": "main", "ci": True}]},
    AUTHS: {},
    MANIFESTS: {"rendered": MANIFEST},
    GATE: {
        "checks": [
            {"ucs_gitops": {"cluster_ids": CLUSTERS, "fleets": ["prod"]}},
            {"codearts_project_repository": {"project_uuids": [PROJECT]}},
        ],
        "wait_timeout": 0,
    },
}
# As a service may write it: with characters that JSON may escape, and some that it must.
ODD_KEY, ODD_SECRET = "DEMOACCESSKEY0000002", 'demo-"odd"-<one>-\\for/the-simulator'
ESCAPED = json.dumps({"status": "success", "result": {"repository_name": f"copy-of-{SECRET_KEY}"}}).replace("demo", "\\u0064emo")
HANGING, ONCE = "c1000000-0000-4000-8000-000000000007", "c1000000-0000-4000-8000-000000000006"
ESTATE: dict[str, Any] = {
    "extends": "healthy",
    "accounts": {"demo": {"keys": {ACCESS_KEY: SECRET_KEY, ODD_KEY: ODD_SECRET}}},
    "clusters": {STARTING_CLUSTER: {"pods": "starting"}, ONCE: {"pods": "healthy"}},
    "projects": {
        TELLTALE: {"repositories": [{"name": f"copy-of-{SECRET_KEY}"}, {"name": "shop"}]},
        ODD_PROJECT: {"repositories": [{"name": ODD_SECRET}, {"name": "shop"}]},
    },
    "faults": [
        {"service": "codearts_repo", "path": "*/escaped", "status": 200, "body": ESCAPED},
        {"service": "ucs", "path": f"*/{HANGING}/*", "action": "hang"},
    ],
}
SWITCH = "huaweicloud_gitops_in_process"
PASSWORD = {"username": "deployer", "password": "{{ password }}", "domain_name": "demo"}
STARTING = [{"ucs_gitops": {"cluster_ids": [STARTING_CLUSTER]}}]
CHANGING = {"invocation", "request_id", "read_at", "service_time", "clocks", "started_at", "decided_at", "valid_until"} | {
    *("waited_seconds", "time", "seconds", "ansible_job_id", "results_file", "attempts", "exception", "frame"),
}
MASK = "VALUE_SPECIFIED_IN_NO_LOG_PARAMETER"


@dataclass(frozen=True)
class Case:
    """One task: a module, its options beside the connection's, its keywords, and what its result must hold either way."""

    id: str
    module: str
    options: dict[str, Any] = field(default_factory=dict)
    keywords: dict[str, Any] = field(default_factory=dict)
    holds: tuple[str, ...] = ()
    failed: bool = False
    connection: bool = True
    reason: str = ""  # of a task that is handed over


KEYS = {"access_key": ACCESS_KEY, "secret_key": "{{ secret }}"}


def asking(module: str, **more: Any) -> dict[str, Any]:
    """What a module is asked for in these tests, and more options."""
    return {**ASKED[module], **more}


def refused(case_id: str, module: str, options: dict[str, Any], *words: str) -> Case:
    """A task whose options are refused."""
    return Case(case_id, module, options, holds=words, failed=True)


def unsupported(case_id: str, module: str, options: dict[str, Any], name: str) -> Case:
    """A task with an option that does not exist; the message has the module's name, the option's path, and what is near."""
    return refused(case_id, module, options, f"Unsupported parameters for ({COLLECTION}.{module}) module: {name}")


NOWHERE = dict.fromkeys(SERVICES, "https://127.0.0.1:9")
# No secret: Ansible writes the environment into the command line of a module.
ENVIRONMENT = {"HUAWEICLOUD_SDK_CREDENTIALS_FILE": "{{ playbook_dir }}/profile"}
# To become who one is already needs no password, and no ``su``.
BECOME = {"become": True, "become_method": "su", "become_user": getpass.getuser(), "remote_user": getpass.getuser()}
STAMP = datetime(2031, 5, 1, 12, 30, tzinfo=timezone.utc)
WAIVER = {"code": "POD_STARTING", "kind": "Pod", "name": "x", "reason": "known", "owner": "me", "expires": STAMP}
CASES = [
    *(Case(module, module, ASKED[module], holds=('"failed": false',)) for module in MODULES),
    Case("check mode", PODS, ASKED[PODS], {"check_mode": True}),
    Case("a gate that would wait, in check mode", GATE, {"checks": STARTING, "enforce": False}, {"check_mode": True}, ("POD_STARTING",)),
    Case("a gate that blocks", GATE, {"checks": STARTING, "wait_timeout": 0}, failed=True),
    Case("a gate on readings", GATE, {"readings": ["{{ case_0 }}", "{{ case_2 }}"]}),
    # failures
    Case("one of the reads fails", PODS, {"cluster_ids": [*CLUSTERS, NO_CLUSTER]}, holds=("UCS.00030001", CLUSTERS[0]), failed=True),
    Case("no answer", AUTHS, {"endpoints": NOWHERE, "request_retries": 0}, holds=("CONNECTION_FAILED",), failed=True),
    Case("no credentials", AUTHS, connection=False, holds=("No credentials found",), failed=True),
    Case("the wrong secret", AUTHS, {"secret_key": "wrong"}, holds=("verify aksk signature fail",), failed=True),
    # secrets
    Case("a secret in an answer", LISTS, {"project_uuids": [TELLTALE]}, holds=("copy-of-********", "shop")),
    Case("a secret in an answer, escaped", DETAILS, {"repository_uuids": ["escaped"]}, holds=("copy-of-********",)),
    Case("a secret in an option", LISTS, asking(LISTS, expect=[{"name": "is-{{ secret }}"}]), holds=("is-********",)),
    Case(
        "a secret that must be escaped",
        LISTS,
        {"project_uuids": [ODD_PROJECT], "access_key": ODD_KEY, "secret_key": "{{ odd_secret }}"},
        holds=(MASK, "shop"),
    ),
    Case("a secret that is not used", LISTS, {"project_uuids": [TELLTALE], "password": "shop"}, holds=(MASK,)),
    Case("a secret in an error", AUTHS, {"project_id": "{{ secret }}"}, holds=("/v1/********/git",), failed=True),
    Case(
        "a secret in a refused option",
        LISTS,
        asking(LISTS, max_concurrency="{{ secret }}"),
        holds=("max_concurrency",),
        failed=True,
    ),
    Case("a secret that is everywhere", LISTS, {"project_uuids": [TELLTALE], "password": "s"}, holds=('"ready": true', '"failed": false')),
    Case("a token that was fetched", AUTHS, PASSWORD, connection=False),
    Case("a vaulted secret", AUTHS, {"access_key": ACCESS_KEY, "secret_key": "{{ vaulted }}"}, connection=False),
    # options
    unsupported("an unknown option", PODS, asking(PODS, clusterz=1), "clusterz"),
    refused("a text in place of a dictionary", PODS, asking(PODS, endpoints="nothing"), "dictionary requested"),
    unsupported(
        "an unknown option of a check", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": "c"}, "advise": True}]}, "checks[0].advise"
    ),
    refused(
        "a wrong type", PODS, asking(PODS, max_concurrency="many"), "argument 'max_concurrency' is of type", "unable to convert to int"
    ),
    refused("a missing option", LISTS, {}, "missing required arguments: project_uuids"),
    refused("an option beside another", GATE, {"readings": [], "receipt": "gate.json"}, "mutually exclusive: receipt|readings"),
    Case(
        "aliases beside their option",
        PODS,
        {"cluster_ids": [CLUSTERS[0]], "clusterid": CLUSTERS[1], "cluster_id": CLUSTERS[1]},
        holds=tuple(f"Both option cluster_ids and its alias {alias} are set." for alias in ("cluster_id", "clusterid")),
    ),
    # kinds of values
    refused("a timestamp", GATE, asking(GATE, waivers=[WAIVER]), "Option 'waivers[0].expires': got", "2031-05-01T12:30:00"),
    Case(
        "texts for numbers, nothing, and less",
        PODS,
        asking(
            PODS,
            max_concurrency="4",
            stuck_after="{{ 60 }}",
            validate_certs="yes",
            cluster_ids=CLUSTERS[0],
            cloud=None,
            detail="{{ omit }}",
        ),
    ),
    Case("numbers for texts", LISTS, {"project_uuids": [12, 1.5, True, None]}, failed=True),
    Case(
        "a path beside the playbook",
        AUTHS,
        {"ca_path": "own.pem", "endpoints": NOWHERE, "request_retries": 0},
        holds=("CONN",),
        failed=True,
    ),
    # keywords
    Case("a loop", PODS, {"cluster_ids": "{{ item }}"}, {"loop": [CLUSTERS[0], NO_CLUSTER]}, holds=(NO_CLUSTER,), failed=True),
    Case("asynchronous", PODS, ASKED[PODS], {"async": 60, "poll": 1}, reason="async is set"),
    Case(
        "a profile named in the environment",
        LISTS,
        {"project_uuids": [TELLTALE]},
        {"environment": ENVIRONMENT},
        ("of-********",),
        connection=False,
        reason="environment is set",
    ),
    Case("become", PODS, ASKED[PODS], BECOME, reason="become is set"),
    Case("become, by a variable", AUTHS, {}, {**BECOME, "become": False, "vars": {"ansible_become": True}}, reason="become is set"),
    Case("a short name", PODS, asking(PODS, clusterz=1), {"collections": [COLLECTION]}, holds=("Unsupported",), failed=True),
]


@dataclass
class Played:
    """What became of a playbook: the registered results by host and name, and everything that was printed."""

    results: dict[str, dict[str, Any]]
    printed: str

    def both(self, name: str, hosts: tuple[str, str] = ("here", "there")) -> list[dict[str, Any]]:
        """The results of one task on both hosts, without what differs from one run to the next."""
        return [comparable(self.results[host][name]) for host in hosts]

    def reasons(self, host: str) -> Counter[str]:
        """Why tasks of a host were handed over, and how often; empty for those that were not."""
        words = rf"<{host}> (?:{re.escape(COLLECTION)}\.)?\w+ runs (?:as a module of its own: (.*)|in the controller's process)\n"
        return Counter(re.findall(words, self.printed))


def comparable(value: Any) -> Any:
    """A result without what differs from one run to the next, whichever way it ran."""
    if isinstance(value, dict):
        return {name: comparable(one) for name, one in value.items() if name not in CHANGING}
    if isinstance(value, list):
        return [comparable(one) for one in value]
    return re.sub(r"request id [0-9a-f]+", "request id", value) if isinstance(value, str) else value


# What tasks have registered, by host and name.
KEPT = """
{%% set kept = {} %%}
{%% for host in %(hosts)s %%}{%% set ignored = kept.update({host: {}}) %%}
{%% for name in %(names)s %%}{%% set ignored = kept[host].update({name: hostvars[host][name]}) %%}{%% endfor %%}{%% endfor %%}
{{ kept | to_json }}
"""


class Stage:
    """A folder with an inventory, and a way to play tasks on all its hosts side by side."""

    def __init__(self, folder: Path, simulator: Simulator) -> None:
        self.folder = folder
        self.reach = {"region": REGION, "endpoints": {name: simulator.urls[name] for name in SERVICES}}
        self.local = {"ansible_connection": "local", "ansible_python_interpreter": sys.executable}
        self.hosts: dict[str, dict[str, Any]] = {"here": self.local, "there": {**self.local, SWITCH: "false"}}
        folder.joinpath("playbooks").mkdir()

    def task(self, name: str, module: str, options: dict[str, Any], *, connection: bool = True, **keywords: Any) -> dict[str, Any]:
        """A task that is told by module_defaults where the services are and, unless it has its own, with what credentials."""
        # Secrets are in variables, for ansible-core quotes the lines of a task that fails.
        defaults = {"group/huaweicloud.gitops.api": {**self.reach, **(KEYS if connection else {})}}
        return {
            "name": name,
            f"{COLLECTION}.{module}" if "collections" not in keywords else module: options,
            "module_defaults": defaults,
            "register": name,
            **keywords,
        }

    def play(self, tasks: list[dict[str, Any]], *arguments: str, strategy: str = "linear", **environment: str) -> Played:
        """Plays tasks, also after one has failed, and collects what they registered.

        :param strategy: with ``free``, no host waits for another; ``run_once`` does not count then
        """
        names = [name for name in (task.get("register") for task in tasks) if name]
        keep = {"content": KEPT % {"hosts": list(self.hosts), "names": names}, "dest": str(self.folder / "results.json"), "mode": "0600"}
        every = {"hosts": "all:!localhost", "gather_facts": False}
        plays = [
            {**every, "strategy": strategy, "ignore_errors": True, "tasks": tasks},
            {**every, "tasks": [{"ansible.builtin.copy": keep, "delegate_to": "localhost", "run_once": True}]},
        ]
        self.folder.joinpath("playbooks", "play.yml").write_text(yaml.safe_dump(plays, sort_keys=False))
        inventory = {
            "hosts": {**self.hosts, "localhost": self.local},
            "vars": {"secret": SECRET_KEY, "odd_secret": ODD_SECRET, "password": "demo-password"},
        }
        self.folder.joinpath("inventory.yml").write_text(yaml.safe_dump({"all": inventory}))
        command = ["ansible-playbook", "-vvv", "-i", "inventory.yml", "playbooks/play.yml", *arguments]
        settings = {**os.environ, "ANSIBLE_NOCOLOR": "1", "ANSIBLE_PIPELINING": "1", **environment}
        # The limit is no measure of time: it ends what would hang for ever.
        done = subprocess.run(command, cwd=self.folder, env=settings, capture_output=True, text=True, check=False, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
        results = json.loads(self.folder.joinpath("results.json").read_text())
        return Played(results, done.stdout + done.stderr)


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator(ESTATE) as running:
        yield running


@pytest.fixture
def stage(tmp_path: Path, simulator: Simulator) -> Stage:
    return Stage(tmp_path, simulator)


@pytest.fixture(scope="module")
def played(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All the cases, played once on both hosts."""
    stage = Stage(tmp_path_factory.mktemp("both-ways"), simulator)
    stage.folder.joinpath("vault-password").write_text("vault")
    vaulted = VaultLib([("default", VaultSecret(b"vault"))]).encrypt(SECRET_KEY).decode()
    stage.folder.joinpath("vaulted.yml").write_text("vaulted: !vault |\n" + "".join(f"  {line}\n" for line in vaulted.splitlines()))
    shutil.copy(certifi.where(), stage.folder / "playbooks" / "own.pem")
    stage.folder.joinpath("playbooks", "profile").write_text(f"[basic]\nak = {ACCESS_KEY}\nsk = {SECRET_KEY}\n")
    tasks = [
        stage.task(f"case_{number}", case.module, case.options, connection=case.connection, **case.keywords)
        for number, case in enumerate(CASES)
    ]
    tasks += [
        stage.task("started", PODS, ASKED[PODS], **{"async": 60, "poll": 0}),
        {
            "ansible.builtin.async_status": {"jid": "{{ started.ansible_job_id }}"},
            "register": "finished",
            "until": "finished.finished",
            "retries": 600,
            "delay": 0.1,
        },
    ]
    return stage.play(tasks, "-e", "@vaulted.yml", "--vault-password-file", "vault-password")


def test_a_gate_that_cannot_speak_while_it_waits_says_so(played: Played) -> None:
    words = r"^\[(\w+)\] The gate runs as a module of its own \((.+?)\): it says nothing until it has decided\.$"
    assert {host for host, _reason in re.findall(words, played.printed, re.MULTILINE)} == {"there"}


@pytest.mark.parametrize(("number", "case"), [pytest.param(number, case, id=case.id) for number, case in enumerate(CASES)])
def test_the_result_is_the_same_either_way(played: Played, number: int, case: Case) -> None:
    here, there = played.both(f"case_{number}")
    assert here == there
    assert here["failed"] is case.failed
    text = json.dumps(here, ensure_ascii=False)
    for words in case.holds:
        assert words in text


def test_a_job_in_the_background_has_the_same_result(played: Played) -> None:
    for here, there in (played.both("started"), played.both("finished")):
        assert here == there
        assert not here["failed"]
    started, finished = played.results["here"]["started"], comparable(played.results["here"]["finished"])
    assert started["ansible_job_id"]
    in_process = comparable(played.results["here"][f"case_{MODULES.index(PODS)}"])
    assert {name: finished[name] for name in in_process} == in_process


def test_the_way_that_was_taken_is_told_and_no_secret_is(played: Played) -> None:
    expected = Counter(case.reason for case in CASES) + Counter({"": 1, "async is set": 1})  # the loop is two
    assert played.reasons("here") == expected
    del expected[""]
    there = played.reasons("there")
    assert there.pop(f"{SWITCH} is false") == played.reasons("here")[""]
    assert there == expected
    # The plays above give secrets as options and find them in answers; the callback prints every result.
    for secret in (SECRET_KEY, json.dumps(ODD_SECRET)[1:-1], "demo-password"):
        assert secret not in played.printed


@pytest.fixture(scope="module")
def from_environment(simulator: Simulator, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """Tasks with credentials from the environment of ansible-playbook."""
    stage = Stage(tmp_path_factory.mktemp("environment"), simulator)
    # Requests that hang would be waited for until the limit on the whole play.
    hanging = {"request_timeout": 3600, "total_timeout": 3600, "request_retries": 0}
    short = {"wait_timeout": 0.5, "interval": 0.1, "steady_for": 0, "enforce": False}
    tasks = [
        stage.task("masked", LISTS, {"project_uuids": [TELLTALE]}, connection=False),
        stage.task("once", PODS, {"cluster_ids": ONCE}, connection=False, run_once=True, delegate_to="localhost"),
        stage.task("loud", GATE, {"checks": [{**STARTING[0], "name": "loud"}], **short}, connection=False),
        stage.task("quiet", GATE, {"checks": [{**STARTING[0], "name": "quiet"}], **short}, connection=False, no_log=True),
        stage.task("late", PODS, {"cluster_ids": [HANGING], **hanging}, connection=False, timeout=1),
        stage.task("late_gate", GATE, {"checks": [{"ucs_gitops": {"cluster_ids": [HANGING]}}], **hanging}, connection=False, timeout=1),
        stage.task("afterwards", PODS, ASKED[PODS], connection=False),
    ]
    return stage.play(tasks, HUAWEICLOUD_SDK_AK=ACCESS_KEY, HUAWEICLOUD_SDK_SK=SECRET_KEY)


def test_a_secret_from_the_environment_is_masked(from_environment: Played) -> None:
    here, there = from_environment.both("masked")
    assert here == there
    assert "copy-of-********" in json.dumps(here)
    assert SECRET_KEY not in from_environment.printed


def test_a_task_that_runs_once_asks_once(from_environment: Played, simulator: Simulator) -> None:
    here, there = from_environment.both("once")
    assert here == there
    assert not here["failed"]
    assert sum(ONCE in one["path"] for one in simulator.journal) == 1


def test_waiting_is_told_in_process_unless_the_task_is_censored(from_environment: Played) -> None:
    for name in ("loud", "quiet"):
        here, there = from_environment.both(name)
        assert here["findings"][0]["code"] == there["findings"][0]["code"] == "POD_STARTING"
    # Of the four tasks only the one in process that is not censored tells it: when it begins to wait, and when it has decided.
    assert re.findall(r"^\[(\w+)\] (Waiting|Decided)", from_environment.printed, re.MULTILINE) == [("here", "Waiting"), ("here", "Decided")]


@pytest.mark.parametrize("name", ["late", "late_gate"])
def test_the_timeout_of_a_task_ends_what_hangs(from_environment: Played, name: str) -> None:
    here, there = from_environment.both(name)
    assert here == there
    assert here["failed"]
    assert re.search(r"Timed out after 1 second|in the expected time frame \(1\)", here["msg"])
    here, there = from_environment.both("afterwards")
    assert here == there
    assert not here["failed"]


def test_without_requests_in_the_controller_the_module_says_what_is_missing(stage: Stage) -> None:
    """Or it works, where it runs with another Python."""
    stub = stage.folder / "stub"
    stub.mkdir()
    stub.joinpath("requests.py").write_text("raise ImportError('no requests here')")
    other = stage.folder / "python"
    other.write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec {sys.executable} "$@"\n')
    other.chmod(0o755)
    stage.hosts["other"] = {**stage.local, "ansible_python_interpreter": str(other)}
    played = stage.play([stage.task("pods", PODS, ASKED[PODS]), stage.task("gate", GATE, ASKED[GATE])], PYTHONPATH=str(stub))
    for name in ("pods", "gate"):
        here, there = played.both(name)
        assert here == there
        assert here["failed"]
        assert "Failed to import the required Python library (requests)" in here["msg"]
        assert not played.results["other"][name]["failed"]
    assert played.reasons("here") == played.reasons("other") == {"the controller's Python has no requests": 2}


@pytest.mark.skipif(not SSHD, reason="no sshd on this machine: install openssh-server")
def test_on_another_host_over_ssh(stage: Stage) -> None:
    with ssh_host(stage.folder) as far:
        stage.hosts = {"here": stage.local, "far": far}
        tasks = [
            stage.task("gate", GATE, ASKED[GATE]),
            stage.task("failing", SOURCES, {"cluster_ids": [NO_CLUSTER]}),
            stage.task("delegated", PODS, ASKED[PODS], delegate_to="localhost"),
        ]
        played = stage.play(tasks)
    for task in tasks:
        here, there = played.both(task["name"], ("here", "far"))
        assert here == there
    assert played.reasons("far") == {"the connection is ssh": 2, "": 1}
    assert played.reasons("here") == {"": 3}


@pytest.mark.once
def test_ansible_lint_checks_the_arguments(tmp_path: Path) -> None:
    """Through the `main` that each action plugin exports; without it the misspelled option would pass."""
    tasks = [
        {"name": f"Ask {module}", f"{COLLECTION}.{module}": {"regiom": REGION, **ASKED[module]}, "register": "answer"} for module in MODULES
    ]
    play = [{"name": "Ask", "hosts": "localhost", "gather_facts": False, "tasks": tasks}]
    tmp_path.joinpath("playbook.yml").write_text("---\n" + yaml.safe_dump(play, sort_keys=False))
    command = ["ansible-lint", "--offline", "--nocolor", "--parseable", "--project-dir", str(tmp_path), "playbook.yml"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert len(re.findall(r"args\[module\].*Unsupported parameters .*: regiom", done.stdout)) == len(MODULES), done.stdout


def test_what_is_used_of_ansible_core_without_a_promise_is_there() -> None:
    """What in_process.py and Ansible's own plugin `normal` need of an action plugin and of the validator."""
    assert callable(threading._register_atexit)
    execute = inspect.signature(ActionBase._execute_module).parameters
    assert {"task_vars", "wrap_async"} <= set(execute)
    assert list(inspect.signature(ActionBase._remove_tmp_path).parameters)[:2] == ["self", "tmp_path"]
    assert "_supports_async" in vars(ActionBase)
    assert "_supports_check_mode" in vars(ActionBase)
    spec = {"name": {"aliases": ["called"]}, "key": {"no_log": True}}
    validated = ArgumentSpecValidator(spec).validate({"name": "a", "called": "b", "key": "secret"})
    assert validated._no_log_values == {"secret"}
    assert validated._warnings == [{"option": "name", "alias": "called"}]
    assert validated.validated_parameters["name"] == "b"
    assert not validated.error_messages
    assert isinstance(ArgumentSpecValidator(spec).validate({"nome": "a"}).errors[0], UnsupportedError)


def compiled_files(folder: Path, *command: str) -> tuple[str, set[str]]:
    """What an ad hoc command prints, and the names of the module_utils whose compiled files it has kept."""
    environment = {**os.environ, "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    done = subprocess.run(["ansible", "localhost", *command], env=environment, cwd=folder, capture_output=True, text=True, check=False)
    kept = {path.name.split(".")[0] for path in folder.rglob("*/gitops/plugins/module_utils/**/*.pyc")}
    return done.stdout + done.stderr, kept


def test_compiled_files_are_kept_where_python_keeps_them(tmp_path: Path) -> None:
    """The loader of ansible-core would compile them anew in each process: plugin_utils/controller_process.py."""
    question = "{{ lookup('huaweicloud.gitops.gate_question', 'gate').refused }}"
    printed, kept = compiled_files(tmp_path, "-m", "ansible.builtin.debug", "-a", f"msg={question}")
    assert "Nothing to check" in printed, printed
    assert {"role_question", "undecided", "units"} <= kept


def test_an_info_module_imports_no_other_endpoint(tmp_path: Path) -> None:
    """All of them would take as long as all else that it does: endpoints/registry.py."""
    printed, kept = compiled_files(tmp_path, "-m", "huaweicloud.gitops.ucs_gitops_info", "-a", "cluster_ids=c1 region=cn-north-4")
    assert "No credentials found" in printed, printed
    assert {"ucs_gitops", "pods", "client"} <= kept
    assert not {"declared", "flux", "codearts_commit"} & kept

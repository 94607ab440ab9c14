# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures shared by all unit tests: a simulator, the options that lead to it, and a way to run a module as Ansible does."""

from __future__ import annotations

import importlib
import json
import os
import socket
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from ansible.module_utils import basic
from ansible.module_utils.common import warnings
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock, Limiter
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker

from simulator import Simulator
from unit.kube import CLUSTERS, write_kubeconfig
from unit.wire import IDS, Connect, FakeClock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Play = Callable[..., tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]]

ROOT = Path(__file__).resolve().parent.parent.parent
COLLECTION = "ansible_collections.huaweicloud.gitops.plugins"
ACCESS_KEY, SECRET_KEY = "DEMOACCESSKEY0000001", "demo-secret-key-for-the-simulator-only-1"
DOMAIN_ID, PROJECT_ID = "d0000000000000000000000000000001", "a0000000000000000000000000000001"
REGION = "cn-north-4"
SERVICES = ("ucs", "codearts_repo", "servicestage", "iam", "metadata")

RunModule = "Callable[..., dict[str, Any]]"


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    """A simulator for all tests of a file, for those that start from a scenario of their own each time."""
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    """A running simulator with the documented examples; `load` gives it another scenario."""
    with Simulator() as running:
        yield running


@pytest.fixture
def reach(simulator: Simulator) -> dict[str, Any]:
    """The connection options that lead to the simulator, without credentials."""
    return {"region": REGION, "endpoints": {name: simulator.urls[name] for name in SERVICES}}


@pytest.fixture
def options(reach: dict[str, Any]) -> dict[str, Any]:
    """The connection options that lead to the simulator, with an access key."""
    return {**reach, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY}


@pytest.fixture
def kubeconfig(simulator: Simulator, tmp_path: Path) -> str:
    """A kubeconfig that leads to the simulator, with the contexts prod and test."""
    return write_kubeconfig(tmp_path / "kubeconfig", simulator)


@pytest.fixture
def clock() -> FakeClock:
    """A clock that passes only while somebody sleeps."""
    return FakeClock()


@pytest.fixture
def connect(options: dict[str, Any], clock: FakeClock) -> Iterator[Connect]:
    """Makes clients with an access key, the ids it needs and the test's clock; ``options`` change all that."""
    with ExitStack() as stack:

        def make(clock: Clock = clock, limiter: Limiter | None = None, **changes: Any) -> Client:
            wanted = {**options, **IDS, **changes}
            limiter = limiter or Limiter(wanted.get("max_concurrency") or 16, clock)
            return stack.enter_context(Client.from_options(wanted, os.environ, limiter, Masker(), clock))

        yield make


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody's real credentials may be found."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path_factory.getbasetemp() / "no-such-profile"))


@pytest.fixture
def closed_port() -> Iterator[str]:
    """The URL of a port where nobody listens; it stays taken, so that nobody else begins to."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        yield f"http://127.0.0.1:{taken.getsockname()[1]}"


@pytest.fixture
def no_exceptions(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which proxies are used for loopback, too."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    return monkeypatch


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Runs a module's main() in this process, with its arguments on the way Ansible hands them over; gives what it prints as a dict.

    `_check_mode=True` runs it in check mode.
    """

    def run(name: str, /, _check_mode: bool = False, **arguments: Any) -> dict[str, Any]:
        module = importlib.import_module(f"{COLLECTION}.modules.{name}")
        capsys.readouterr()
        handed = {"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": _check_mode}}
        # As ansible.module_utils.testing does it, which ansible-core 2.17 does not have. The profile is of 2.19 and later.
        known = {"_ANSIBLE_ARGS": json.dumps(handed).encode(), "_ANSIBLE_PROFILE": "legacy"}
        # Warnings belong to the process: those of the test before would come again.
        none = {name: type(getattr(warnings, name))() for name in ("_global_warnings", "_global_deprecations")}
        with (
            mock.patch.multiple(basic, create=True, **known),
            mock.patch.multiple(warnings, **none),
            pytest.raises(SystemExit) as ended,
        ):
            module.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        assert bool(ended.value.code) == bool(result.get("failed"))
        return result

    return run


@pytest.fixture
def play(tmp_path: Path) -> Play:
    """Runs plays by ansible-playbook against a simulator that the environment leads to; gives what came of it, and the requests.

    `_collections=PATH` takes the collection from somewhere else.
    """
    vault = {
        "vault_access_key": ACCESS_KEY,
        "vault_secret_key": SECRET_KEY,
        "vault_username": "deployer",
        "vault_password": "demo-password",
        "vault_domain_name": "demo",
    }

    def run(
        plays: list[dict[str, Any]], estate: Any, _collections: Path = ROOT / ".build" / "collections", **variables: Any
    ) -> tuple[subprocess.CompletedProcess[str], list[dict[str, Any]]]:
        playbook = tmp_path / "playbook.yml"
        playbook.write_text(json.dumps(plays), encoding="utf-8")
        with Simulator(estate) as simulator:
            (tmp_path / ".kube").mkdir(exist_ok=True)
            contexts = {name: {"cluster": cluster} for name, cluster in zip(("prod", "prod-eu", "test"), CLUSTERS)}
            for name in ("config", "prod.yaml"):
                write_kubeconfig(tmp_path / ".kube" / name, simulator, contexts)
            environment = {
                **os.environ,
                "HOME": str(tmp_path),
                "HUAWEICLOUD_SDK_AK": ACCESS_KEY,
                "HUAWEICLOUD_SDK_SK": SECRET_KEY,
                "HUAWEICLOUD_SDK_REGION_UCS_CN_NORTH_4": simulator.urls["ucs"],
                "HUAWEICLOUD_SDK_REGION_CODEARTSREPO_CN_NORTH_4": simulator.urls["codearts_repo"],
                "HUAWEICLOUD_SDK_REGION_SERVICESTAGE_CN_NORTH_4": simulator.urls["servicestage"],
                "HUAWEICLOUD_SDK_IAM_ENDPOINT": simulator.urls["iam"],
                "ANSIBLE_COLLECTIONS_PATH": str(_collections),
                "ANSIBLE_HOME": str(tmp_path / "ansible"),
                "ANSIBLE_LOCAL_TEMP": str(tmp_path / "ansible" / "tmp"),
                "ANSIBLE_REMOTE_TMP": str(tmp_path / "ansible" / "tmp"),
                "ANSIBLE_LOCALHOST_WARNING": "False",
                "ANSIBLE_INVENTORY_UNPARSED_WARNING": "False",
                "ANSIBLE_PIPELINING": "True",
                "ANSIBLE_NOCOLOR": "1",
                "no_proxy": "127.0.0.1",
            }
            command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "-c", "local", str(playbook)]
            done = subprocess.run(
                [*command, "-e", f"ansible_python_interpreter={sys.executable}", "-e", json.dumps({**vault, **variables})],
                env=environment,
                cwd=tmp_path,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=300,
                check=False,
            )
            return done, simulator.journal

    return run

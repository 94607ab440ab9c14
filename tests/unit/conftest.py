# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures shared by all unit tests: a simulator, the options that lead to it, and a way to run a module as Ansible does."""

from __future__ import annotations

import importlib
import json
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from ansible.module_utils import basic

from simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

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


@pytest.fixture(autouse=True)
def no_profile(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nobody's real credentials may be found."""
    monkeypatch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(tmp_path_factory.getbasetemp() / "no-such-profile"))


@pytest.fixture
def run_module(capsys: pytest.CaptureFixture[str]) -> RunModule:
    """Runs a module's main() in this process, with its arguments on the way Ansible hands them over; gives what it prints as a dict.

    `_check_mode=True` runs it in check mode.
    """

    def run(name: str, _check_mode: bool = False, **arguments: Any) -> dict[str, Any]:
        module = importlib.import_module(f"{COLLECTION}.modules.{name}")
        capsys.readouterr()
        handed = {"ANSIBLE_MODULE_ARGS": {**arguments, "_ansible_check_mode": _check_mode}}
        # As ansible.module_utils.testing does it, which ansible-core 2.17 does not have. The profile is of 2.19 and later.
        known = {"_ANSIBLE_ARGS": json.dumps(handed).encode(), "_ANSIBLE_PROFILE": "legacy"}
        with mock.patch.multiple(basic, create=True, **known), pytest.raises(SystemExit) as ended:
            module.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out.strip().splitlines()[-1])
        assert bool(ended.value.code) == bool(result.get("failed"))
        return result

    return run

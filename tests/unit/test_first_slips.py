# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The slips of a first user: each is one sentence, and the guide to errors has it word for word."""

from __future__ import annotations

import json
import re
import sys
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import client
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.text import clean_text
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_names import role_words
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question

from .playground import CLUSTER, Playground
from .receipts import allowed
from .test_guide_errors import pattern, tables, usual

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator import Simulator

IAM_PROJECT = "a0000000000000000000000000000001"
GITOPS, LIST, AUTH = "ucs_gitops_info", "codearts_project_repository_info", "servicestage_git_authorization_info"
SLIPS: dict[str, Callable[[Any], str]] = {}


def slip(name: str) -> Callable[[Callable[[Any], str]], Callable[[Any], str]]:
    """What makes a slip and gives what is said of it; ``name``: how the guide calls it."""

    def keep(make: Callable[[Any], str]) -> Callable[[Any], str]:
        SLIPS[name] = make
        return make

    return keep


class Beginner:
    """Somebody who runs the modules for the first time, against the simulator."""

    def __init__(self, simulator: Simulator, run_module: Any, patch: pytest.MonkeyPatch, folder: Path) -> None:
        self.simulator, self.run_module, self.patch, self.folder = simulator, run_module, patch, folder

    def runs(self, module: str, **options: Any) -> dict[str, Any]:
        """The result of a module."""
        result: dict[str, Any] = self.run_module(module, **{**usual(self.simulator), **options})
        return result

    def finding(self, module: str, **options: Any) -> str:
        """The message of the one finding of a reading."""
        (finding,) = self.runs(module, on_error="report", **options)["readiness"]["findings"]
        return str(finding["message"])

    def refused(self, **variables: Any) -> str:
        """Why the role does not ask."""
        return str(question(variables, datetime.now(timezone.utc))["refused"])


@slip("no credentials")
def _no_credentials(user: Beginner) -> str:
    said = user.runs(GITOPS, cluster_ids=CLUSTER, access_key=None, secret_key=None)["msg"]
    assert clean_text(said) == said, "no text about credentials looks like one of them"
    return str(said)


@slip("no region")
def _no_region(user: Beginner) -> str:
    said = user.runs(GITOPS, cluster_ids=CLUSTER, region=None, endpoints=None)["msg"]
    assert role_words(said).startswith("gitops_gate_connection.region: got null, expected a region such as cn-north-4")
    return str(said)


@slip("a typo in the name of a region")
def _region(user: Beginner) -> str:
    return str(user.runs(GITOPS, cluster_ids=CLUSTER, region="cn-nort-4", endpoints=None)["msg"])


@slip("a typo in a variable of the role")
def _variable(user: Beginner) -> str:
    return user.refused(gitops_gate_cluster=CLUSTER)


@slip("a typo in a kind of check")
def _kind(user: Beginner) -> str:
    said = user.runs("gitops_gate", checks=[{"ucs_repository_source": {"cluster_id": CLUSTER, "expcet": []}}])["msg"]
    assert said == "Unsupported parameters: checks[0].ucs_repository_source.expcet. Nearest: expect, fleet, fleets."
    return user.refused(gitops_gate_clusters=CLUSTER, gitops_gate_advisory="ucs_repository_sources")


@slip("a name, or an id of another kind, in the place of an id")
def _id(user: Beginner) -> str:
    assert user.finding(GITOPS, cluster_ids="prod-eu").endswith("it looks like a name")
    assert "it looks like the id of a cluster" in user.finding(LIST, project_uuids=CLUSTER)
    return user.finding(GITOPS, cluster_ids=IAM_PROJECT)


@slip("the id of the IAM project in the place of the CodeArts project's")
def _project(user: Beginner) -> str:
    (finding,) = user.runs(LIST, project_uuids=IAM_PROJECT, on_error="report")["readiness"]["findings"]
    assert finding["code"] == "REPO_NO_PERMISSION_OR_ABSENT"
    return str(finding["remediation"])


@slip("a text in the place of a list")
def _list(user: Beginner) -> str:
    assert question({"gitops_gate_clusters": f"{CLUSTER}, c2"}, datetime.now(timezone.utc))["refused"] is None  # of names, it is one
    return user.refused(gitops_gate_clusters=[CLUSTER], gitops_gate_sources="shop")


@slip("a name, or what else should tell which one is meant, that several have")
def _ambiguous(user: Beginner) -> str:
    user.simulator.load({"extends": "healthy", "authorizations": [{"name": name, "repo_type": "github"} for name in ("a", "b")]})
    return user.finding(AUTH, expect=[{"repo_type": "github"}])


@slip("a folder for the reports that cannot be written to")
def _folder(user: Beginner) -> str:
    user.folder.joinpath("file").write_text("")
    result = user.run_module("gitops_report", report=allowed(), path=str(user.folder / "file" / "reports"))
    assert not result.get("failed")
    return str(result["warnings"][0])


@slip("no library requests")
def _requests(user: Beginner) -> str:
    user.patch.setattr(client, "REQUESTS_IMPORT_ERROR", "no such module")
    return str(user.runs(GITOPS, cluster_ids=CLUSTER)["msg"])


@slip("an old Python on the target")
def _python(user: Beginner) -> str:
    old = user.folder / "python3"
    version = f"'{sys.executable}' -c \"import sys; sys.version_info = (3, 6); $2\""
    old.write_text(f'#!/bin/sh\n[ "$1" != -c ] || exec {version}\necho SyntaxError >&2\nexit 1\n')
    old.chmod(0o755)
    playground = Playground(user.folder / "play", user.simulator)
    task = {
        f"huaweicloud.gitops.{GITOPS}": {"region": "cn-north-4", "cluster_ids": CLUSTER},
        "vars": {"huaweicloud_gitops_in_process": False},
    }
    playground.write("old.yml", [{"hosts": "web1", "gather_facts": False, "tasks": [task]}])
    done = playground.play("old.yml", ansible_python_interpreter=str(old))
    assert done.returncode == 2
    result = re.search(r"^fatal: .*? => ({.*})$", done.stdout, re.MULTILINE)
    return str(json.loads(result[1])["msg"]) if result else done.stdout


@slip("a typo in the address of the proxy")
def _proxy(user: Beginner) -> str:
    for name, value in {"no_proxy": "", "NO_PROXY": "", "http_proxy": "htp://proxy:3128"}.items():
        user.patch.setenv(name, value)
    return user.finding(GITOPS, cluster_ids=CLUSTER)


def rows() -> dict[str, str]:
    """The slips of the guide with what it says of each."""
    return {row["Slip"]: row["What is said"] for table in tables() for row in table if "Slip" in row}


def test_the_guide_has_the_slips() -> None:
    assert list(rows()) == list(SLIPS)


@pytest.mark.parametrize("name", SLIPS)
def test_a_slip_is_one_sentence_of_the_guide(
    name: str, running: Simulator, run_module: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    running.load("healthy")
    said = SLIPS[name](Beginner(running, run_module, monkeypatch, tmp_path))
    assert pattern(rows()[name]).fullmatch(said), said
    assert "\n" not in said


def test_in_the_role_a_slip_is_told_once(tmp_path: Path, running: Simulator) -> None:
    """By the last task: the tasks before it go on, so that every host stops."""
    running.load("healthy")
    playground = Playground(tmp_path / "play", running)
    done = playground.play("deploy.yml", gitops_gate_connection={"region": "cn-nort-4"})
    assert (done.returncode, playground.deployed) == (2, [])
    assert len(re.findall(r"^fatal: ", done.stdout, re.MULTILINE)) == 1
    assert "Deployment blocked: The task behind readings[0] failed: gitops_gate_connection.region: got " in done.stdout, done.stdout
    assert "nearest: cn-north-4" in done.stdout

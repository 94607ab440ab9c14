# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "Check a GitOps repository": its recipes at work, with real Git repositories, and what it says of the policy."""

from __future__ import annotations

import os
import re
import subprocess
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.declared import POLICY

from .checkouts import check_out, write_files
from .guides import blocks, text
from .playground import Playground
from .test_declared_live import PROD, manifest

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

GUIDE = "guide_check"
BLOCKS = {block.caption: block.text for block in blocks(GUIDE) if block.caption}
FRONTEND, BACKEND = (manifest(name, f"https://repo.example.com/shop/{name}.git") for name in ("frontend", "backend"))
IDENTITY = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in (("NAME", "a"), ("EMAIL", "a@example.com"))}


def git(folder: Path, *arguments: str) -> str:
    """What a command of Git prints."""
    environment = {**os.environ, **IDENTITY, "GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}
    command = ["git", "-c", "init.defaultBranch=main", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A repository of the sources that are live in the healthy scenario."""
    folder = tmp_path / "checkout"
    write_files(folder, {"clusters/production/frontend.yaml": FRONTEND, "clusters/production/backend.yaml": BACKEND, "notes.md": "x"})
    git(folder, "init", "-q")
    git(folder, "remote", "add", "origin", "git@repo.example.com:shop/frontend.git")
    git(folder, "add", "-A")
    git(folder, "commit", "-qm", "Declare")
    return folder


def expect(simulator: Simulator, folder: Path, checkout: Path, live: str) -> subprocess.CompletedProcess[str]:
    """Plays the recipe that expects what is checked out, against a frontend that has fetched ``live``."""
    known = {"namespace": "shop", "branch": "main", "secret": "repo-credentials", "cluster_name": "prod-eu"}
    frontend = {"name": "frontend", "url": "https://repo.example.com/shop/frontend.git", "revision": live, **known}
    backend = {"name": "backend", "url": "https://repo.example.com/shop/backend.git", "revision": "0" * 39 + "2", **known}
    simulator.load({"clusters": {PROD: {"sources": [frontend, backend], "pods": "healthy"}}})
    ground = Playground(folder, simulator, ("localhost",))
    folder.joinpath("expect.yml").write_text(BLOCKS["expect.yml"], encoding="utf-8")
    return ground.play(
        "expect.yml", checkout=str(checkout), gitops_gate_clusters=[PROD], gitops_gate_check_sources=True, gitops_gate_check_gitops=False
    )


def test_the_commit_that_is_checked_out_is_expected(simulator: Simulator, checkout: Path, tmp_path: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    done = expect(simulator, tmp_path / "a", checkout, head)
    assert done.returncode == 0, done.stdout + done.stderr
    done = expect(simulator, tmp_path / "b", checkout, "f" * 40)
    assert done.returncode == 2
    assert "SRC_REVISION" in done.stdout


@pytest.mark.parametrize("name", ["clusters/production/frontend.yaml", "clusters/production/new.yaml"])
def test_a_dirty_checkout_is_refused_where_it_matters(name: str, simulator: Simulator, checkout: Path, tmp_path: Path) -> None:
    head = git(checkout, "rev-parse", "HEAD")
    write_files(checkout, {"notes.md": "changed"})
    assert expect(simulator, tmp_path / "a", checkout, head).returncode == 0
    write_files(checkout, {name: f"# changed\n{FRONTEND}"})
    done = expect(simulator, tmp_path / "b", checkout, head)
    assert done.returncode == 2
    assert f"{name}: commit this first" in done.stdout


def test_the_last_change_is_refused_in_a_shallow_clone_only(simulator: Simulator, checkout: Path, tmp_path: Path) -> None:
    changed = git(checkout, "rev-parse", "HEAD")
    write_files(checkout, {"notes.md": "another"})
    git(checkout, "commit", "-qam", "Note")
    git(tmp_path, "clone", "-q", "--depth=1", f"file://{checkout}", "shallow")
    ground = Playground(tmp_path / "ground", simulator, ("localhost",))
    ground.folder.joinpath("last-change.yml").write_text(BLOCKS["last-change.yml"], encoding="utf-8")
    whole = ground.play("last-change.yml", checkout=str(checkout))
    assert whole.returncode == 0
    assert changed in whole.stdout
    shallow = ground.play("last-change.yml", checkout=str(tmp_path / "shallow"))
    assert shallow.returncode == 2
    assert "The clone is shallow" in shallow.stdout


def test_the_policy_of_the_guide_is_that_of_the_code() -> None:
    assert dict(re.findall(r"^``(\w+)``\s+(blocking|warning|off) ", text(GUIDE), re.MULTILINE)) == POLICY


def commands(where: str) -> list[str]:
    """The commands of a recipe."""
    recipe: dict[Any, Any] = yaml.safe_load(BLOCKS[where])
    if where.startswith(".github"):
        return [step["run"] for step in recipe["jobs"]["check"]["steps"] if "run" in step]
    if where == ".gitlab-ci.yml":
        return list(recipe["gitops-check"]["script"])
    return [recipe["repos"][0]["hooks"][0]["entry"]]


def bash(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Runs a script in a checkout, as the step of a pipeline."""
    environment = {**os.environ, "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(["bash", "-ec", script], cwd=folder, env=environment, capture_output=True, text=True, check=False)


@pytest.mark.parametrize(
    ("status", "files"),
    [
        (0, {"sources.yaml": FRONTEND}),
        (1, {"sources.yaml": FRONTEND.replace("https:", "http:")}),
        (3, {"notes.md": "Nothing for Flux."}),
        (3, {"sources.yaml": FRONTEND, "gitops-check.yml": "gitops_check_max_interval: soon"}),
        (3, {"gitops-check.yml": "[]"}),  # the play does not reach the check; there is no report
    ],
    ids=["passed", "failed", "undecidable", "bad variable", "no report"],
)
def test_the_exit_code_is_that_of_the_receipt(status: int, files: dict[str, str], tmp_path: Path) -> None:
    old = {"reports/gitops-check.json": '{"exit_code": 1}', "gitops-check.yml": "gitops_check_enforce: true"}
    write_files(tmp_path, {**old, **files})
    done = bash(BLOCKS["check.sh"], tmp_path)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("Check passed" in done.stdout) == (status == 0)
    assert "Deployment" not in done.stdout


@pytest.mark.parametrize("where", [".github/workflows/gitops-check.yml", ".gitlab-ci.yml", ".pre-commit-config.yaml"])
def test_the_command_of_a_recipe_works_and_writes_what_the_recipe_takes(where: str, tmp_path: Path) -> None:
    folder = check_out("monorepo", tmp_path)
    soon = (datetime.now(timezone.utc) + timedelta(days=30)).date().isoformat()
    demands = re.sub(r"expires: \S+", f"expires: {soon}", BLOCKS["gitops-check.yml"]).replace(
        "[git.example.com,", "[git.example.com, github.com,"
    )
    write_files(folder, {"gitops-check.yml": demands})
    (command,) = [each for each in commands(where) if "huaweicloud.gitops.check" in each]
    done = bash(command, folder)
    # The only fault by these demands is an interval of an hour; a warning.
    assert done.returncode == 0, done.stdout + done.stderr
    assert "DECLARED_INTERVAL_LONG" in done.stdout
    taken = re.findall(r"reports/[\w.-]+", BLOCKS[where])
    assert [name for name in taken if not folder.joinpath(name).is_file()] == []
    assert bool(taken) is (where != ".pre-commit-config.yaml")

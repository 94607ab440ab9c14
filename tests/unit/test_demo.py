# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ``make demo`` says: a line for each story at the end, and everything else only when it is asked for."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import datetime, timezone
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question

from simulator.scenario import SCENARIOS

ROOT = Path(__file__).resolve().parent.parent.parent

pytestmark = [pytest.mark.once, pytest.mark.slow]


def demo(*arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
    command = [sys.executable, ROOT / "tools" / "demo", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120, check=False)


def test_it_ends_with_a_line_for_each_story_that_says_why() -> None:
    done = demo("documented", "healthy")
    assert done.returncode == 0, done.stdout + done.stderr
    blocked, allowed = done.stdout.splitlines()[-2:]
    assert blocked.startswith("1. documented: Deployment blocked: Pod flux-system/source-controller-97bdcd8cf-5fs52 in cluster 8f0a1c52")
    assert allowed.startswith("2. healthy: Deployment allowed: everything is ready (2 of 2 clusters")
    assert "TASK [" not in done.stdout
    assert "TASK [" in (ROOT / ".build" / "demo" / "healthy" / "log").read_text(encoding="utf-8")


def test_each_story_has_an_estate_and_a_question_that_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    loader = SourceFileLoader("demo", str(ROOT / "tools" / "demo"))
    spec = spec_from_loader("demo", loader)
    assert spec
    tool = module_from_spec(spec)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(tool)
    for name, scenario, _allowed, _about in tool.STORY:
        assert (SCENARIOS / f"{scenario}.yml").is_file(), name
        variables = yaml.safe_load((ROOT / "demo" / f"{name}.yml").read_text(encoding="utf-8"))
        assert question(variables, datetime.now(timezone.utc))["refused"] is None, name


def test_it_shows_the_logs_when_it_is_asked_to() -> None:
    done = demo("--verbose", "healthy")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "TASK [Deploy the new version (the demo only leaves a marker)]" in done.stdout
    assert done.stdout.splitlines()[-1].startswith("1. healthy: Deployment allowed")


def test_a_story_that_is_not_there_is_refused() -> None:
    done = demo("hapy")
    assert (done.returncode, "there is no story hapy" in done.stderr) == (2, True)

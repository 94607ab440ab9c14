# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "Add an endpoint", followed to the letter in a copy of the repository: its endpoint is built from it, and works."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from .guides import ROOT, blocks, changed

if TYPE_CHECKING:
    from .conftest import Play

pytestmark = pytest.mark.once  # ruff is not in requirements/test.txt
GUIDE = "guide_add_endpoint"
EXPECTED = [{"name": "main", "protected": True}]
ASKED = {"region": "cn-north-4", "repository_ids": "7", "expect": EXPECTED}
ANSWER = {"result": {"branches": [{"name": "main", "is_protected": True}], "total": 1}, "status": "success"}
LEFT_BEHIND = shutil.ignore_patterns(".*", "__pycache__", "output")


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of what a clone has."""
    clone = tmp_path_factory.mktemp("clone") / "gitops"
    shutil.copytree(ROOT, clone, ignore=LEFT_BEHIND)
    return clone


def run(clone: Path, commands: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "VENV": str(Path(sys.executable).parent.parent), "PYTHONDONTWRITEBYTECODE": ""}
    return subprocess.run(
        ["bash", "-euc", commands],
        cwd=clone,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


WITHOUT_TIME = "map('dict2items') | map('rejectattr', 'key', 'equalto', 'read_at') | map('list') | list"

# The module both ways, and the gate as a module: then what the packer of modules finds is all there is.
PLAY = [
    {
        "hosts": "localhost",
        "gather_facts": False,
        "tasks": [
            *(
                {"huaweicloud.gitops.codearts_branch_info": ASKED, "register": way, "vars": {"huaweicloud_gitops_in_process": here}}
                for way, here in (("in_process", True), ("as_module", False))
            ),
            {
                "huaweicloud.gitops.gitops_gate": {
                    "region": "cn-north-4",
                    "checks": [{"codearts_branch": {"repository_ids": "7", "expect": EXPECTED}}],
                },
                "register": "gate",
                "vars": {"huaweicloud_gitops_in_process": False},
            },
            {
                "ansible.builtin.assert": {
                    "that": [
                        "in_process.ready and as_module.ready",
                        f"in_process.repositories | {WITHOUT_TIME} == as_module.repositories | {WITHOUT_TIME}",
                        "in_process.repositories[0].branches == [{'name': 'main', 'is_protected': true}]",
                        "gate.decision == 'allow'",
                    ]
                }
            },
        ],
    }
]


@pytest.mark.slow
def test_the_endpoint_of_the_guide_works(clone: Path, play: Play) -> None:
    shown = ""
    for block in blocks(GUIDE):
        file = clone / block.caption
        if block.language == "console":
            commands = re.sub(r"^[$>] ", "", block.text, flags=re.MULTILINE)
            done = run(clone, f". tools/environment.sh\n{commands}")
            assert done.returncode == 0, f"{commands}\n{done.stdout}{done.stderr}"
            shown += done.stdout
        elif block.language == "diff":
            file.write_text(changed(file.read_text(encoding="utf-8"), block.text), encoding="utf-8")
        else:
            assert block.caption, f"the block in line {block.line} belongs to no file"
            assert not file.exists(), f"{block.caption} is there already"
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text, encoding="utf-8")
    assert "> MODULE huaweicloud.gitops.codearts_branch_info" in shown
    assert "REPO_BRANCH_NOT_FOUND" in (clone / "docs" / "docsite" / "rst" / "finding_codes.rst").read_text(encoding="utf-8")
    assert re.search(r"\b[1-9]\d* passed", shown)
    estate = {"extends": "healthy", "faults": [{"service": "codearts_repo", "path": "/v1/repositories/7/branches", "body": ANSWER}]}
    done, journal = play(PLAY, estate, _collections=clone / ".build" / "collections")
    assert done.returncode == 0, done.stdout + done.stderr
    assert [entry["path"] for entry in journal].count("/v1/repositories/7/branches") == 3

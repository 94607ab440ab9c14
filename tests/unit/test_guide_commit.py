# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "From a commit to a deployment": its variables, run over the whole way of a commit."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE

from .checkouts import write_files
from .guides import blocks, text
from .test_whole_way import FRONTEND

if TYPE_CHECKING:
    from pathlib import Path

    from .conftest import Play

pytestmark = [pytest.mark.once, pytest.mark.slow]
GUIDE = "guide_commit"
PUSHED, BEFORE = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"
ROLE = {"ansible.builtin.include_role": {"name": "huaweicloud.gitops.gitops_gate"}, "vars": {"rolespec_validate": False}}
CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]


def variables() -> dict[str, Any]:
    """The variables of the guide's gate, with shorter times."""
    (shown,) = [block for block in blocks(GUIDE) if block.caption == "gate-vars.yml"]
    quick = {"wait_timeout": 60, "interval": 0.5, "steady_for": 0, "report_dir": "reports"}
    return {**yaml.safe_load(shown.text), **{f"gitops_gate_{name}": value for name, value in quick.items()}}


def gate(play: Play, tmp_path: Path, estate: Any, **more: Any) -> dict[str, Any]:
    """The receipt of the guide's gate, in a checkout of what is live."""
    write_files(tmp_path, {".git/HEAD": "", "clusters/production/frontend.yaml": FRONTEND})
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [ROLE]}]
    done, _journal = play(plays, estate, **{**variables(), "gitops_gate_enforce": False, **more})
    assert done.returncode == 0, done.stdout + done.stderr
    receipt: dict[str, Any] = json.loads((tmp_path / "reports" / "gitops-gate.json").read_text(encoding="utf-8"))
    return receipt


def test_the_whole_way(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMIT", PUSHED)
    receipt = gate(play, tmp_path, "commit")
    assert (receipt["decision"], receipt["findings"]) == ("allow", [])
    checks = {check["endpoint"]: check for check in receipt["checks"]}
    assert checks.keys() == {"declared", "codearts_commit", "ucs_repository_source", "ucs_config_set", "ucs_gitops"}
    seen = [(each["kind"], each["name"], each["file"], each["verdict"]) for each in checks["declared"]["observed"]]
    file = "clusters/production/frontend.yaml"
    assert seen == [("DeclaredGitRepository", "frontend", file, "ready"), ("DeclaredKustomization", "frontend", file, "ready")]
    (commit,) = checks["codearts_commit"]["observed"]
    assert {name: commit[name] for name in ("commit", "branch", "on_branch", "ci", "protected")} == {
        "commit": PUSHED,
        "branch": "main",
        "on_branch": True,
        "ci": "success",
        "protected": True,
    }
    for endpoint, kind, word in (("ucs_repository_source", "GitRepository", "fetched"), ("ucs_config_set", "ConfigSet", "applied")):
        seen = {each["cluster_id"]: each[word] for each in checks[endpoint]["observed"] if each["kind"] == kind}
        assert seen.keys() == set(CLUSTERS)
        assert all(PUSHED in revision for revision in seen.values())
    # Each stage became ready in its turn: built, fetched everywhere, applied everywhere.
    ready = {change["check"]: change["seconds"] for change in receipt["timeline"] if change["verdict"] == "ready"}
    assert ready["ucs_config_set"] >= max(ready["codearts_commit"], ready["ucs_repository_source"])


def test_live_on_the_fleet(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (shown,) = [block for block in blocks(GUIDE) if block.caption == "live.yml"]
    monkeypatch.setenv("COMMIT", PUSHED)
    plays = [{"hosts": "localhost", "gather_facts": False, "tasks": [ROLE]}]
    variables = {
        **yaml.safe_load(shown.text),
        "gitops_gate_wait_timeout": 0,
        "gitops_gate_steady_for": 0,
        "gitops_gate_report_dir": "reports",
    }
    done, _journal = play(plays, "rollout_stuck", **variables)
    assert "Deployment blocked" in done.stdout
    receipt = json.loads((tmp_path / "reports" / "gitops-gate.json").read_text(encoding="utf-8"))
    behind = {target["name"] for check in receipt["checks"] for target in check["targets"] if target["verdict"] != "ready"}
    assert {"prod-asia", "prod-us"} <= behind


def test_a_commit_that_was_never_pushed(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COMMIT", "f" * 40)
    receipt = gate(play, tmp_path, "commit", gitops_gate_wait_timeout=0)
    found = {finding["code"]: finding for finding in receipt["findings"]}
    assert receipt["decision"] == "block"
    assert "COMMIT_NOT_FOUND" in found
    assert found["SRC_REVISION_NOT_YET"]["message"].endswith("The commit was never pushed to shop/frontend.")


def test_a_variable_that_was_not_set_is_refused(play: Play, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COMMIT", raising=False)
    receipt = gate(play, tmp_path, "commit")
    assert receipt["decision"] == "block"
    assert "gitops_gate_revision: got an empty text" in receipt["msg"]


def test_the_codes_of_the_table_exist() -> None:
    assert set(re.findall(r"``((?:COMMIT|SRC|CFG|DECLARED)_[A-Z_]+)``", text(GUIDE))) <= set(CATALOGUE)

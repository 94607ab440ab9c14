# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every example in the documentation of the modules, run by ansible-playbook against the simulator."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, timezone
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS

from .checkouts import write_files

if TYPE_CHECKING:
    from .conftest import Play

ROOT = Path(__file__).resolve().parent.parent.parent
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
CLUSTERS = ["8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d", "51d3f1d2-9c1e-11ee-8f5b-0255ac100c5d"]
PROJECT, OTHER_PROJECT = "0605767fa80010e02f0bc01d9b1d9a52", "0605767fa80010e02f0bc01d9b1d9a53"
LISTED, DETAILED = "d0457f74cc5b43d989ded7248f71b4e5", "045ceabb9aea40579d5a759e84fa7f0a"
PODINFO = {
    "name": "official-podinfo-repo-06",
    "url": "https://github.com/GitHubxsy/podinfo",
    "branch": "master",
    "revision": "132f4e719209eb10b9485302f8593fc0e680f4fc",
    "secret": "https-ca-credentials",
}
COMMIT, OTHER_COMMIT = "5394cb7f48332b2de7c17dd8b8384bbc84b7e738", "0123456789abcdef0123456789abcdef01234567"
# What the examples name, in good order.
ESTATE = {
    "extends": "healthy",
    "accounts": {"demo": {"projects": {"cn-north-4": PROJECT, "cn-north-4_other": OTHER_PROJECT}}},
    "clusters": {cluster: {"pods": "healthy", "sources": [PODINFO]} for cluster in CLUSTERS},
    "projects": {
        "4838955a48e2492bbe44b31bc4c272f6": {"repositories": [{"name": "CreatRepository_2qD5i", "uuid": LISTED}]},
        "4838955a48e2492bbe44b31bc4c272f7": {"repositories": [{"name": "CreatRepository_MI9Af", "uuid": DETAILED}]},
    },
    "authorizations": [{"name": "test", "repo_type": "github", "user": "tom-repo"}],
    "code": {
        "1001": {
            "repository": {"name": "shop", "group": "Demo"},
            "branches": {"main": {"commits": [COMMIT], "protected": True}},
            "commits": {COMMIT: {"status": "success"}},
        },
        "1002": {
            "repository": {"name": "cart", "group": "Demo"},
            "branches": {"release/2": [OTHER_COMMIT]},
            "commits": {OTHER_COMMIT: {"signed": True}},
        },
    },
    "clone_urls": {"https://github.com/shop/tools.git": {"authorizations": ["test"], "refs": {"main": [COMMIT]}}},
}

LOCAL = {endpoint.module for endpoint in ENDPOINTS.values() if endpoint.is_local}
SOURCE = """
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: podinfo, namespace: flux-system}
spec:
  interval: 1m
  url: https://git.example.com/shop/podinfo
  ref: {tag: v1.0.0}
"""
MANIFESTS = {"clusters/production/podinfo.yaml": SOURCE, "apps/other.yaml": SOURCE, "apps.rendered": SOURCE}


def examples(module: str) -> list[dict[str, Any]]:
    text = import_module(f"ansible_collections.huaweicloud.gitops.plugins.modules.{module}").EXAMPLES
    # The end of a waiver is written out in an example, and is 90 days ahead at most.
    soon = (datetime.now(timezone.utc) + timedelta(days=30)).date().isoformat()
    tasks: list[dict[str, Any]] = yaml.safe_load(re.sub(r'expires: "\d{4}-\d\d-\d\d"', f'expires: "{soon}"', text))
    return tasks


def flat(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The tasks, those in blocks instead of the blocks."""
    return [inner for task in tasks for inner in (flat(task["block"]) if "block" in task else [task])]


def test_every_module_has_examples_of_itself() -> None:
    for module in MODULES:
        used = [task for task in flat(examples(module)) if f"huaweicloud.gitops.{module}" in task]
        assert len(used) >= 5, module
        assert all(re.fullmatch(r"[A-Z].*[^.]", task["name"]) for task in flat(examples(module)))


@pytest.mark.slow
@pytest.mark.parametrize("module", MODULES)
def test_the_examples_run(module: str, play: Play, tmp_path: Path) -> None:
    tasks = examples(module)
    write_files(tmp_path, MANIFESTS if module in LOCAL else {})
    token = "demo-domain-token" if module.startswith("ucs_") or module == "gitops_gate" else "demo-project-token"
    done, journal = play([{"hosts": "localhost", "gather_facts": False, "tasks": tasks}], ESTATE, vault_token=token)
    assert done.returncode == 0, done.stdout + done.stderr
    recap = dict(re.findall(r"(\w+)=(\d+)", done.stdout.rpartition("PLAY RECAP")[2]))
    none = dict.fromkeys(("unreachable", "failed", "skipped", "rescued", "ignored"), 0)
    # Only what writes a file changes anything.
    counts = {"ok": len(flat(tasks)), "changed": sum("path" in task.get("huaweicloud.gitops.gitops_report", {}) for task in flat(tasks))}
    assert {name: int(count) for name, count in recap.items()} == {**counts, **none}
    # Not only did no task fail: everything that was asked for was there.
    assert bool(journal) is (module not in LOCAL)
    assert {(entry["service"], entry["path"], entry["status"]) for entry in journal if entry["status"] not in (200, 201)} == set()
    assert "WARNING" not in done.stdout + done.stderr

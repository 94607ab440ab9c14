# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way of a commit as one gate: declared, the branch, the build, what is fetched and what is applied; and each of them broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .checkouts import write_files
from .test_declared_live import PROD, manifest

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

COMMIT, OTHER = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee00000000a1"
URL = "https://repo.example.com/shop/frontend.git"
FRONTEND = f"""\
{manifest("frontend", URL)}---
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata: {{name: frontend, namespace: shop}}
spec:
  interval: 1m
  path: ./deploy/prod
  prune: true
  sourceRef: {{kind: GitRepository, name: frontend}}
"""
SOURCE = {"name": "frontend", "namespace": "shop", "cluster_name": "prod-eu", "url": URL, "branch": "main", "secret": "repo-credentials"}
APPLIED = {"name": "frontend", "namespace": "shop", "path": "./deploy/prod"}
WANTED = {"name": "frontend", "namespace": "shop", "revision": COMMIT}


@pytest.fixture
def ask(simulator: Simulator, options: dict[str, Any], run_module: Any, tmp_path: Path) -> Any:
    """Asks the gate of the whole way, once.

    :param declared: the manifests; ``ci``: the state of the commit's pipeline; ``branch``: which it must be on; ``source`` and
        ``config_set``: what is live
    """

    def run(
        declared: str = FRONTEND,
        ci: str = "success",
        branch: str = "main",
        source: dict[str, Any] | None = None,
        config_set: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        live = {"revision": COMMIT, **SOURCE, **(source or {})}
        cluster = {"pods": "healthy", "sources": [live], "config_sets": [{**APPLIED, **(config_set or {})}]}
        code = {"1001": {"commits": {COMMIT: {"status": ci}}}}
        simulator.load({"extends": "healthy", "clusters": {PROD: cluster}, "code": code})
        write_files(tmp_path, {"clusters/prod/frontend.yaml": declared})
        checks = [
            {"declared": {"checkout": str(tmp_path), "paths": ["clusters/prod"], "allowed_branches": ["main"]}},
            {
                "codearts_commit": {
                    "repository_ids": [1001],
                    "expect": [{"commit": COMMIT, "branch": branch, "ci": True, "protected": True}],
                }
            },
            {"ucs_repository_source": {"cluster_ids": [PROD], "expect": [{**WANTED, "url": URL, "branch": "main"}]}},
            {"ucs_config_set": {"cluster_ids": [PROD], "expect": [{"source": "shop/frontend", "revision": COMMIT}]}},
            {"ucs_gitops": {"cluster_ids": [PROD]}},
        ]
        result: dict[str, Any] = run_module("gitops_gate", **options, checks=checks, wait_timeout=0)
        return result

    return run


def test_a_commit_that_has_arrived_is_allowed(ask: Any) -> None:
    result = ask()
    assert (result["outcome"], result["findings"]) == ("passed", [])
    assert [check["endpoint"] for check in result["checks"]] == [
        "declared",
        "codearts_commit",
        "ucs_repository_source",
        "ucs_config_set",
        "ucs_gitops",
    ]


BROKEN = {
    "code": ({"declared": FRONTEND.replace("https:", "http:")}, "declared", "DECLARED_URL_INSECURE"),
    "branch": ({"branch": "develop"}, "codearts_commit", "COMMIT_NOT_ON_BRANCH"),
    "build": ({"ci": "failed"}, "codearts_commit", "COMMIT_CI_FAILED"),
    "fetched": ({"source": {"revision": OTHER}}, "ucs_repository_source", "SRC_REVISION_NOT_YET"),
    "applied": ({"config_set": {"revision": OTHER}}, "ucs_config_set", "CFG_BEHIND_SOURCE"),
    "as declared": ({"config_set": {"path": "./deploy/test"}}, "declared", "DECLARED_LIVE_DIFFERS"),
}


@pytest.mark.parametrize("stage", BROKEN)
def test_a_commit_that_was_lost_on_the_way_is_told_with_its_place(stage: str, ask: Any) -> None:
    broken, check, code = BROKEN[stage]
    result = ask(**broken)
    assert result["decision"] == "block"
    assert (check, code) in [(finding["check"], finding["code"]) for finding in result["findings"]]

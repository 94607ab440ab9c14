# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "From UCS to Kubernetes in ten minutes": its role is all that a gate needs, and its examples run."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.flux import KINDS, POD

from simulator import Simulator

from .guides import ROOT, blocks, text
from .kube import FIELDS, write_kubeconfig
from .playground import Playground

if TYPE_CHECKING:
    from collections.abc import Iterator

GUIDE = "guide_kubernetes"
COMMIT = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"
ROLE, ACCOUNT = (
    next(yaml.safe_load(block.text) for block in blocks(GUIDE) if block.caption == name)
    for name in ("gitops-gate.yaml", "gitops-gate-account.yaml")
)
EXAMPLES = [yaml.safe_load(block.text) for block in blocks(GUIDE) if block.language == "yaml" and not block.caption]
PLAYS = [example for example in EXAMPLES if isinstance(example, list)]
VARIABLES = next(example for example in EXAMPLES if isinstance(example, dict))


def estate(rules: list[dict[str, Any]]) -> dict[str, Any]:
    """Healthy clusters, in which the gate may do what the rules allow."""
    return {"extends": "healthy", "kubernetes": {"rules": {"reader": rules}}}


@pytest.fixture
def field(running: Simulator, tmp_path: Path) -> Iterator[Playground]:
    """A folder to play in, with a kubeconfig for clusters in which the gate has the role of the guide."""
    running.load(estate(ROLE["rules"]))
    playground = Playground(tmp_path, running)
    playground.variables = {"commit": COMMIT}
    write_kubeconfig(tmp_path / "kubeconfig", running)
    return playground


def test_the_role_only_lists_what_is_read_and_no_secrets() -> None:
    assert (ROLE["kind"], ROLE["apiVersion"]) == ("ClusterRole", "rbac.authorization.k8s.io/v1")
    allowed = {(group, resource) for rule in ROLE["rules"] for group in rule["apiGroups"] for resource in rule["resources"]}
    assert allowed == {(kind.group, kind.plural) for kind in (POD, *KINDS)}
    assert {verb for rule in ROLE["rules"] for verb in rule["verbs"]} == {"list"}


def test_the_role_is_bound_to_the_account() -> None:
    account, binding = ACCOUNT["items"]
    assert binding["roleRef"] == {"apiGroup": "rbac.authorization.k8s.io", "kind": ROLE["kind"], "name": ROLE["metadata"]["name"]}
    assert binding["subjects"] == [{"kind": account["kind"], **account["metadata"]}]


def test_with_the_role_everything_can_be_read(field: Playground, run_module: Any) -> None:
    kubeconfig = str(field.folder / "kubeconfig")
    result = run_module("flux_info", kubeconfig=kubeconfig, contexts=["prod", "test"])
    assert result["ready"]
    assert all(set(FIELDS) <= entry.keys() for entry in result["contexts"])


@pytest.mark.parametrize(("group", "resource"), [(kind.group, kind.plural) for kind in (POD, *KINDS)])
def test_no_part_of_the_role_can_be_left_out(field: Playground, run_module: Any, group: str, resource: str) -> None:
    rules = [
        {
            **rule,
            "resources": [name for name in rule["resources"] if (group, name) != (group if group in rule["apiGroups"] else None, resource)],
        }
        for rule in ROLE["rules"]
    ]
    field.simulator.load(estate(rules))
    result = run_module("flux_info", kubeconfig=str(field.folder / "kubeconfig"), contexts=["prod"], on_error="report")
    assert not result["ready"]
    [finding] = [finding for finding in result["readiness"]["findings"] if finding["code"] == "API_FORBIDDEN"]
    assert f'cannot list resource "{resource}"' in finding["message"]


@pytest.mark.parametrize("number", range(len(PLAYS)))
def test_the_plays_run(field: Playground, number: int) -> None:
    field.write("guide.yml", PLAYS[number])
    done = field.play("guide.yml", settings={"KUBECONFIG": str(field.folder / "kubeconfig")})
    assert done.returncode == 0, done.stdout + done.stderr
    assert {entry["service"] for entry in field.simulator.journal} == {"kubernetes"}


def test_the_variables_of_the_role_do_the_same(field: Playground) -> None:
    given = {**VARIABLES, "gitops_gate_flux_kubeconfig": str(field.folder / "kubeconfig")}
    for commit, code in ((COMMIT, 0), ("0" * 40, 2)):
        done = field.play("deploy.yml", commit=commit, gitops_gate_wait_timeout=0, **given)
        assert done.returncode == code, done.stdout + done.stderr


def test_the_findings_of_the_table_exist() -> None:
    listed = [line.split("``")[1] for line in text(GUIDE).splitlines() if line.startswith("``") and "``  " in line and line[2].isupper()]
    assert listed
    assert set(listed) <= set(CATALOGUE)
    assert {code for code in CATALOGUE if code.startswith("KUBE_")} <= set(listed)


@pytest.mark.slow
def test_the_library_is_imported_only_to_read_kubernetes() -> None:
    program = """
import sys
from ansible.plugins.loader import init_plugin_loader
init_plugin_loader([sys.argv[1]])
from importlib import import_module
for name in sys.argv[2:]:
    import_module(f"ansible_collections.huaweicloud.gitops.plugins.{name}")
print("kubernetes" in sys.modules)
"""
    modules = ["action.gitops_gate", "action.ucs_gitops_info", "action.flux_info", "modules.flux_info"]
    command = [sys.executable, "-c", program, str(ROOT / ".build" / "collections"), *modules]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"

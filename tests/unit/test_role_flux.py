# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role over contexts of a kubeconfig: what its variables ask for, what is refused, and a deployment that it holds or lets go."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question

from .kube import CLUSTERS, write_kubeconfig
from .playground import Playground

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

NOW = datetime(2025, 12, 1, 12, tzinfo=timezone.utc)
SHA = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"


def ask(purpose: str = "gate", **variables: Any) -> dict[str, Any]:
    """The question for variables without their prefix; two contexts are asked for, unless they say otherwise."""
    return question({f"gitops_gate_{name}": value for name, value in {"flux_contexts": "prod, test", **variables}.items()}, NOW, purpose)


def test_what_contexts_alone_ask_for() -> None:
    asked = ask()
    flux = {
        "contexts": ["prod", "test"],
        "controllers": ["source-controller", "kustomize-controller"],
        "enabling": False,
        "expect": [],
        "expect_kustomizations": [],
        "on_superseded": "block",
    }
    assert asked["refused"] is None
    assert asked["checks"] == [{"flux": flux, "advisory": False}]
    assert asked["reads"]["flux"] == {**flux, "failure_grace": 120.0, "stuck_after": 300.0}
    assert asked["asks"] == ["flux of prod, test"]
    assert asked["steps"] == ["read/flux", "decide"]
    assert asked["connection"] == {}


def test_what_is_expected_counts_for_contexts_as_for_clusters() -> None:
    variables = {
        "sources": [{"name": "frontend"}, {"name": "backend", "kind": "GitRepository", "revision": "abcdef0"}],
        "config_sets": {"source": "shop/frontend"},
        "revision": SHA,
        "restart_max": 3,
        "on_superseded": "wait",
    }
    flux = ask(**variables)["reads"]["flux"]
    both = ask(clusters="c1", **variables)
    assert both["endpoints"] == ["ucs_gitops", "ucs_config_set", "ucs_repository_source", "flux"]
    assert both["reads"]["flux"] == flux
    assert flux["expect"] == [
        {"revision": SHA, "name": "frontend"},
        {"revision": "abcdef0", "name": "backend", "kind": "GitRepository"},
    ]
    assert flux["expect_kustomizations"] == both["reads"]["ucs_config_set"]["expect"] == [{"revision": SHA, "source": "shop/frontend"}]
    assert (flux["restart_max"], flux["on_superseded"]) == (3, "wait")
    assert [source.get("kind") for source in both["reads"]["ucs_repository_source"]["expect"]] == [None, None]


def test_the_config_sets_that_follow_the_sources_are_expected_where_that_is_asked_for() -> None:
    asked = ask(sources=[{"name": "frontend", "namespace": "shop"}], check_config_sets=True, revision=SHA)
    assert asked["reads"]["flux"]["expect_kustomizations"] == [{"revision": SHA, "source": "shop/frontend"}]
    assert asked["endpoints"] == ["flux"]


def test_the_kubeconfig_is_an_option_of_the_connection() -> None:
    asked = ask(flux_kubeconfig="kube.yml", connection={"request_timeout": 5}, flux_namespaces=["shop"])
    assert asked["connection"] == {"request_timeout": 5, "kubeconfig": "kube.yml"}
    assert asked["reads"]["flux"]["namespaces"] == ["shop"]


def test_another_kind_of_source_may_be_expected_where_ucs_is_not_asked_for_sources() -> None:
    source = [{"name": "manifests", "kind": "OCIRepository"}]
    assert ask(sources=source)["reads"]["flux"]["expect"] == source
    assert ask(sources=source, clusters="c1", check_sources=False)["refused"] is None


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "off": ({"check_flux": False}, "gitops_gate_flux_contexts is given, but gitops_gate_check_flux is off: nobody would look at it."),
    "on without contexts": (
        {"flux_contexts": [], "check_flux": True, "clusters": "c1"},
        "gitops_gate_check_flux is on, but gitops_gate_flux_contexts names no context: nobody would look at it.",
    ),
    "namespaces": (
        {"flux_contexts": [], "flux_namespaces": "shop", "clusters": "c1"},
        "gitops_gate_flux_namespaces is given, but gitops_gate_flux_contexts names no context: nobody would look at it.",
    ),
    "kubeconfig": (
        {"flux_contexts": [], "flux_kubeconfig": "kube.yml", "clusters": "c1"},
        "gitops_gate_flux_kubeconfig is given, but gitops_gate_flux_contexts names no context: nobody would look at it.",
    ),
    "sources without a place": (
        {"flux_contexts": [], "sources": [{"name": "x"}], "projects": "p"},
        (
            "gitops_gate_sources is given, but gitops_gate_clusters names no cluster and gitops_gate_flux_contexts no context: nobody "
            "would look at it."
        ),
    ),
    "kind": (
        {"clusters": "c1", "sources": [{"name": "x"}, {"name": "y", "kind": "Bucket"}]},
        (
            "gitops_gate_sources[1].kind is Bucket, but gitops_gate_clusters names clusters whose sources UCS lists, which are of the kind "
            "GitRepository alone."
        ),
    ),
    "kind misspelt": (
        {"sources": [{"name": "x", "kind": "OCIRepo"}]},
        (
            'gitops_gate_sources[0].kind: got "OCIRepo", expected one of GitRepository, OCIRepository, Bucket, HelmRepository. '
            "Nearest: OCIRepository, GitRepository."
        ),
    ),
    "branch": (
        {"sources": [{"name": "x", "kind": "Bucket", "branch": "main"}]},
        'gitops_gate_sources[0].branch: got "main", expected none: Bucket follows no branch.',
    ),
    "revision of a kustomization": (
        {"config_sets": [{"name": "x", "revision": "12"}]},
        (
            'gitops_gate_config_sets[0].revision: got "12", expected a commit hash, at least 7 hex digits of one, a revision such as '
            "main@sha1:..., or a tag."
        ),
    ),
    "all advisory": (
        {"advisory": ["flux"]},
        (
            "gitops_gate_advisory names every check (flux), expected at least one that decides. A gate in which nothing decides would "
            "prove nothing."
        ),
    ),
    "empty context": (
        {"flux_contexts": ["prod", ""]},
        "gitops_gate_flux_contexts[1]: got an empty text, expected a text; leave the variable out (or null) to ask for nothing.",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
@pytest.mark.parametrize("purpose", ["gate", "audit"])
def test_it_is_refused_in_one_sentence(name: str, purpose: str) -> None:
    given, sentence = REFUSED[name]
    asked = ask(purpose, **given)
    assert asked["refused"] == sentence
    assert (asked["endpoints"], asked["checks"]) == ([], [])


@pytest.fixture
def field(tmp_path: Path, running: Simulator) -> Playground:
    """A deployment behind the role, which asks for two contexts and for nothing else."""
    running.load("healthy")
    running.clear()
    playground = Playground(tmp_path, running)
    playground.variables = {
        "gitops_gate_flux_contexts": ["prod", "test"],
        "gitops_gate_flux_kubeconfig": write_kubeconfig(tmp_path / "kubeconfig", running),
        "gitops_gate_wait_timeout": 0,
        "gitops_gate_report_dir": "reports",
    }
    return playground


def test_the_role_lets_a_deployment_go_when_the_commit_is_applied(field: Playground) -> None:
    expected = {"gitops_gate_sources": [{"name": "frontend", "namespace": "shop"}], "gitops_gate_check_config_sets": True}
    done = field.play("deploy.yml", **expected, gitops_gate_revision=SHA)
    assert done.returncode == 0, done.stdout + done.stderr
    assert field.deployed == ["web1", "web2"]
    assert {entry["service"] for entry in field.simulator.journal} == {"kubernetes"}
    done = field.play("deploy.yml", **expected, gitops_gate_revision="0" * 40)
    assert done.returncode != 0
    assert "[SRC_REVISION_NOT_YET]" in done.stdout
    assert "[CFG_REVISION_NOT_YET]" in done.stdout


def test_the_role_reads_each_list_once_to_decide(field: Playground) -> None:
    assert field.play("deploy.yml").returncode == 0
    lists = [entry["path"] for entry in field.simulator.journal if entry["path"].endswith("/gitrepositories")]
    assert sorted(lists) == sorted(f"/clusters/{cluster}/apis/source.toolkit.fluxcd.io/v1/gitrepositories" for cluster in CLUSTERS[:2])


def test_a_context_that_is_not_there_blocks_in_one_line(field: Playground) -> None:
    done = field.play("deploy.yml", gitops_gate_flux_contexts=["prod", "prd"])
    assert done.returncode != 0
    assert field.deployed == []
    assert "has no context prd. Nearest: prod." in done.stdout
    assert "[KUBE_CONTEXT_NOT_FOUND]" in done.stdout


def test_the_audit_blocks_nothing(field: Playground) -> None:
    field.simulator.load("failing")
    done = field.play("huaweicloud.gitops.audit")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "Deployment blocked" in done.stdout


def test_a_later_step_goes_on_with_the_receipt(field: Playground) -> None:
    assert field.play("deploy.yml").returncode == 0
    field.simulator.clear()
    done = field.play("huaweicloud.gitops.confirm")
    assert done.returncode == 0, done.stdout + done.stderr
    assert field.simulator.journal == []
    assert field.play("huaweicloud.gitops.confirm", gitops_gate_flux_contexts=["prod"]).returncode != 0

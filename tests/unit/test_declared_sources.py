# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a gate expects from code: the sources of a checkout, at the commit that is checked out; and the role that asks so."""

from __future__ import annotations

from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import GitopsError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.declared_sources import declared_sources
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question

from .checkouts import check_out, write_files
from .playground import Playground
from .test_declared_live import PROD, manifest

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

COMMIT = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"
FRONTEND, BACKEND = (manifest(name, f"https://repo.example.com/shop/{name}.git") for name in ("frontend", "backend"))
OWN_URL = "git@repo.example.com:shop/frontend.git"


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    return write_files(tmp_path / "checkout", {"prod/frontend.yaml": FRONTEND, "prod/backend.yaml": BACKEND})


def test_the_declared_sources_are_expected_and_the_commit_of_those_that_are_checked_out(checkout: Path) -> None:
    assert declared_sources([str(checkout)], None, COMMIT, OWN_URL) == [
        {"name": "backend", "namespace": "shop", "url": "https://repo.example.com/shop/backend.git", "branch": "main"},
        {
            "name": "frontend",
            "namespace": "shop",
            "url": "https://repo.example.com/shop/frontend.git",
            "branch": "main",
            "revision": COMMIT,
        },
    ]


@pytest.mark.parametrize(
    ("layout", "path", "expected"),
    [
        ("generated", "rendered", [{"name": "shop", "namespace": "shop", "url": "https://git.example.com/shop/deploy"}]),
        (
            "overlays",
            "clusters",
            [{"name": "flux-system", "namespace": "flux-system", "url": "ssh://git@git.example.com/platform/fleet", "branch": "main"}],
        ),
    ],
)
def test_what_layouts_expect(layout: str, path: str, expected: list[dict[str, str]], tmp_path: Path) -> None:
    assert declared_sources([path], str(check_out(layout, tmp_path))) == expected


def test_only_what_is_known_is_expected(tmp_path: Path) -> None:
    files = {
        "a.yaml": manifest("open", "https://repo.example.com/${team}/x").replace("branch: main", 'branch: "${branch}"'),
        "b.yaml": manifest('"${name}"', "https://repo.example.com/x"),
        "one/c.yaml": manifest("twice", "https://repo.example.com/x", branch="one"),
        "two/c.yaml": manifest("twice", "https://repo.example.com/x", branch="two"),
    }
    write_files(tmp_path, files)
    assert declared_sources(["."], str(tmp_path)) == [
        {"name": "open", "namespace": "shop"},
        {"name": "twice", "namespace": "shop", "url": "https://repo.example.com/x"},
    ]


def test_a_revision_that_no_source_would_have_is_refused(checkout: Path) -> None:
    with pytest.raises(GitopsError, match=r"^no declared source has the url https://x.example.com/y; there are https://repo"):
        declared_sources([str(checkout)], None, COMMIT, "https://x.example.com/y")


def test_a_path_without_sources_is_refused(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.yaml": "kind: ConfigMap\n"})
    with pytest.raises(GitopsError, match=r"a.yaml declares no GitRepository whose name is known.$"):
        declared_sources([str(tmp_path / "a.yaml")], None)


# --- the role


def ask(purpose: str = "gate", **variables: Any) -> dict[str, Any]:
    given = {f"gitops_gate_{name}": value for name, value in variables.items()}
    return question(given, datetime(2025, 12, 1, tzinfo=timezone.utc), purpose)


def test_the_role_expects_what_is_declared(checkout: Path) -> None:
    asked = ask(clusters=["c1"], manifests=str(checkout), revision=COMMIT, manifests_url=OWN_URL, manifest_options={"max_interval": "10m"})
    assert asked["refused"] is None
    assert asked["endpoints"] == ["ucs_gitops", "ucs_repository_source", "declared"]
    assert [want.get("revision") for want in asked["reads"]["ucs_repository_source"]["expect"]] == [None, COMMIT]
    assert asked["reads"]["declared"] == {"paths": [str(checkout)], "max_interval": "10m"}


@pytest.mark.parametrize(
    "where", [{"cluster_names": "prod-eu"}, {"fleets": "prod"}, {"cluster_labels": "env=prod"}, {"flux_contexts": "prod"}]
)
def test_the_declared_sources_are_expected_wherever_sources_are_read(where: dict[str, str], checkout: Path) -> None:
    asked = ask(manifests=str(checkout), revision=COMMIT, manifests_url=OWN_URL, **where)
    assert asked["refused"] is None
    wanted = asked["reads"]["flux" if "flux_contexts" in where else "ucs_repository_source"]["expect"]
    assert [(want["name"], want.get("revision")) for want in wanted] == [("backend", None), ("frontend", COMMIT)]


def test_a_config_set_that_is_named_must_have_applied_the_revision(checkout: Path) -> None:
    """Whether sources are taken from code or not read at all."""
    given = {"clusters": "c1", "manifests": str(checkout), "revision": COMMIT, "manifests_url": OWN_URL}
    for more in ({}, {"check_sources": False}):
        named = ask(**given, config_sets=[{"name": "shop"}], **more)
        assert named["reads"]["ucs_config_set"]["expect"] == [{"name": "shop", "revision": COMMIT}]
    followed = ask(**given, check_config_sets=True)["reads"]["ucs_config_set"]["expect"]
    assert followed == [{"source": "shop/backend"}, {"source": "shop/frontend", "revision": COMMIT}]


def test_what_is_declared_is_judged_without_a_cluster(checkout: Path) -> None:
    assert ask(manifests=[str(checkout)])["endpoints"] == ["declared"]


@pytest.mark.parametrize(
    ("variables", "purpose", "refused"),
    [
        (
            {"revision": COMMIT, "clusters": "c1"},
            "gate",
            "gitops_gate_revision is given with gitops_gate_manifests, but gitops_gate_manifests_url is empty",
        ),
        ({"clusters": "c1"}, "runner", "gitops_gate_manifests is given to a runner, but the checkout is on the controller"),
        ({"manifests": "/nowhere", "clusters": "c1"}, "gate", "gitops_gate_manifests: Option 'paths[0]': got \"/nowhere\""),
        ({"manifests": [], "manifests_url": "https://x"}, "gate", "gitops_gate_manifests_url is given, but gitops_gate_manifests is empty"),
    ],
)
def test_what_the_role_refuses(variables: dict[str, Any], purpose: str, refused: str, checkout: Path) -> None:
    assert str(ask(purpose, **{"manifests": [str(checkout)], **variables})["refused"]).startswith(refused)


def test_the_role_holds_a_deployment_that_is_not_live_as_declared(simulator: Simulator, checkout: Path, tmp_path: Path) -> None:
    simulator.load("healthy")
    ground = Playground(tmp_path / "ground", simulator, ("web1",))
    own = {"gitops_gate_manifests": str(checkout), "gitops_gate_revision": COMMIT, "gitops_gate_manifests_url": OWN_URL}
    asked = {"gitops_gate_clusters": [PROD], "gitops_gate_check_sources": True, "gitops_gate_check_gitops": False, **own}
    done = ground.play("deploy.yml", **asked)
    assert (done.returncode, ground.deployed) == (0, ["web1"]), done.stdout
    write_files(checkout, {"prod/frontend.yaml": FRONTEND.replace("1m", "5m")})
    ground.folder.joinpath("web1.deployed").unlink()
    done = ground.play("deploy.yml", **asked)
    assert (done.returncode, ground.deployed) == (2, []), done.stdout
    assert "prod/frontend.yaml:5: spec.interval is 1m0s in cluster prod-eu, declared is 5m" in done.stdout

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Expectations from Terraform: states, plans and outputs, written after the schema of the provider and the JSON format of Terraform."""

from __future__ import annotations

import json
from datetime import datetime, timezone
from typing import Any

import pytest
from ansible.errors import AnsibleFilterError
from ansible_collections.huaweicloud.gitops.plugins.filter.terraform_expectations import FilterModule
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question

expect = FilterModule().filters()["terraform_expectations"]
PROJECT, UUID, CLUSTER = "4838955a48e2492bbe44b31bc4c272f6", "0ce123456a00f2591fabc00385ff1234", "b84c0d09-26cc-11ee-b6b2-0255ac100263"
NOTHING: dict[str, list[Any]] = {
    name: [] for name in ("repositories", "projects", "repository_uuids", "clusters", "cluster_names", "fleets")
}


def resource(kind: str, mode: str = "managed", **values: Any) -> dict[str, Any]:
    """A resource as Terraform prints it."""
    lead = {"managed": "", "data": "data."}[mode]
    known = {"address": f"{lead}{kind}.this", "mode": mode, "type": kind, "name": "this"}
    return {**known, "provider_name": "registry.terraform.io/huaweicloud/huaweicloud", "schema_version": 0, "values": values}


def repository(**values: Any) -> dict[str, Any]:
    """A CodeArts repository with all attributes of the provider's schema."""
    known = {
        "capacity": "0.06M",
        "create_at": "2026-01-31 08:00:00",
        "description": "",
        "enable_readme": 1,
        "gitignore_id": None,
        "https_url": "https://codehub.example.com/shop/deploy.git",
        "id": UUID,
        "import_members": 1,
        "import_url": None,
        "lfs_size": "0M",
        "license_id": 1,
        "name": "deploy",
        "project_id": PROJECT,
        "region": "cn-north-4",
        "ssh_url": "git@codehub.example.com:shop/deploy.git",
        "status": 0,
        "update_at": "2026-01-31 08:00:00",
        "visibility_level": 0,
        "web_url": "https://example.com/repo/1",
    }
    return resource("huaweicloud_codearts_repository", **{**known, **values})


def state(*resources: dict[str, Any], **modules: list[dict[str, Any]]) -> dict[str, Any]:
    """What ``terraform show -json`` prints of a state."""
    inner = [{"address": f"module.{name}", "resources": listed} for name, listed in modules.items()]
    root = {"resources": [*resources], **({"child_modules": inner} if inner else {})}
    return {"format_version": "1.0", "terraform_version": "1.9.8", "values": {"outputs": {}, "root_module": root}}


def plan(*resources: dict[str, Any]) -> dict[str, Any]:
    """What ``terraform show -json`` prints of a plan, with the state before it."""
    before = state(repository(name="old", id="old"))
    planned = {
        "planned_values": {"root_module": {"resources": [*resources]}},
        "prior_state": before,
        "resource_changes": [],
        "configuration": {},
    }
    return {"format_version": "1.2", "terraform_version": "1.9.8", **planned}


def unknown(made: dict[str, Any], *names: str) -> dict[str, Any]:
    """A resource of a plan, without what is known only after it was made."""
    return {**made, "values": {name: value for name, value in made["values"].items() if name not in names}}


FLEET = resource("huaweicloud_ucs_fleet", name="fleet-1", cluster_ids=[CLUSTER], description="", id="f1", permissions=[])
MADE = {"repositories": [{"name": "deploy", "uuid": UUID, "private": True}], "repository_uuids": [UUID], "projects": [PROJECT]}


def cluster(**values: Any) -> dict[str, Any]:
    """A UCS cluster."""
    known = {"category": "self", "cluster_id": "cce-1", "cluster_name": "prod-eu", "cluster_type": "cce", "fleet_id": "f1", "id": CLUSTER}
    return resource("huaweicloud_ucs_cluster", **{**known, **values})


@pytest.mark.parametrize(
    ("printed", "expected"),
    [
        pytest.param(state(repository()), MADE, id="repository"),
        pytest.param(state(repository(visibility_level=20)), {**MADE, "repositories": [{"name": "deploy", "uuid": UUID}]}, id="public"),
        pytest.param(state(repository(), repository()), MADE, id="twice"),
        pytest.param(state(cluster()), {"clusters": [CLUSTER]}, id="cluster"),
        pytest.param(state(shop=[repository()], fleet=[cluster()]), {**MADE, "clusters": [CLUSTER]}, id="modules"),
        pytest.param(
            state(cluster(), resource("huaweicloud_ucs_cluster", mode="data", id="x")), {"clusters": [CLUSTER]}, id="data sources"
        ),
        pytest.param(state(cluster(), resource("huaweicloud_vpc", id="v")), {"clusters": [CLUSTER]}, id="others"),
        pytest.param(
            plan(unknown(repository(), "id", "https_url")),
            {"repositories": [{"name": "deploy", "private": True}], "projects": [PROJECT]},
            id="plan",
        ),
        pytest.param(plan(unknown(cluster(), "id")), {"cluster_names": ["prod-eu"]}, id="planned cluster"),
        pytest.param(
            {"repositories": {"value": [{"name": "a"}], "sensitive": False, "type": []}}, {"repositories": [{"name": "a"}]}, id="output"
        ),
        pytest.param(
            {"gate": {"value": {"clusters": ["c1"], "other": 1}}, "clusters": {"value": ["c1", "c2"]}, "id": {"value": "x"}},
            {"clusters": ["c1", "c2"]},
            id="outputs",
        ),
    ],
)
def test_what_is_expected(printed: dict[str, Any], expected: dict[str, Any]) -> None:
    assert expect(printed) == expect(json.dumps(printed)) == {**NOTHING, **expected}


def test_a_fleet_has_a_name() -> None:
    assert expect(state(FLEET))["fleets"] == ["fleet-1"]


def test_one_output_of_several() -> None:
    printed = {"one": {"value": {"clusters": ["c1"]}}, "two": {"value": {"clusters": ["c2"]}}}
    assert expect(printed, output="two")["clusters"] == ["c2"]


@pytest.mark.parametrize(
    ("printed", "arguments", "message"),
    [
        ("", {}, "got a text that is no JSON"),
        ("Error: no state", {}, "got a text that is no JSON"),
        ([], {}, "got a list, expected what terraform show -json or terraform output -json prints."),
        ({"format_version": "2.0"}, {}, "got format_version 2.0, expected 1.x."),
        (
            {"format_version": "1.0"},
            {},
            "there is no huaweicloud_codearts_repository, huaweicloud_ucs_cluster or huaweicloud_ucs_fleet in it",
        ),
        (state(resource("huaweicloud_vpc", id="v")), {}, "so there is nothing to expect."),
        ({}, {}, "there is no output with repositories, projects"),
        ({"a": {"value": 1}}, {"output": "b"}, "there is no output b; there are a."),
        (state(cluster()), {"output": "b"}, "got the output name b, expected what terraform output -json prints beside it."),
    ],
)
def test_what_is_refused(printed: Any, arguments: dict[str, str], message: str) -> None:
    with pytest.raises(AnsibleFilterError, match=f"^terraform_expectations: .*{message.replace('.', '[.]')}"):
        expect(printed, **arguments)


def test_the_role_takes_it() -> None:
    expected = expect(state(repository(), cluster(), unknown(cluster(cluster_name="prod-us"), "id"), FLEET))
    variables = {f"gitops_gate_{name}": listed for name, listed in expected.items()}
    asked = question(variables, datetime(2026, 1, 1, tzinfo=timezone.utc))
    assert asked["refused"] is None
    assert asked["reads"]["codearts_repository"]["expect"] == expected["repositories"]
    clusters = {"cluster_ids": [CLUSTER], "cluster_names": ["prod-us"], "fleets": ["fleet-1"]}
    assert asked["reads"]["ucs_gitops"].items() >= clusters.items()

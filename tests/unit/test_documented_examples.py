# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented example answers, read over the wire by the modules: nothing lost on the way, and judged as rules.rst says."""

from __future__ import annotations

import copy
import json
import os
from dataclasses import dataclass
from datetime import datetime, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from simulator.templates import DOCUMENTED

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Simulator

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "api" / "reference"
NOW = datetime(2025, 12, 1, 8, 0, 0, tzinfo=timezone.utc)  # the examples' ages are judged at this time
CLUSTER = "8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d"
PROJECT, LISTED = "4838955a48e2492bbe44b31bc4c272f6", "d0457f74cc5b43d989ded7248f71b4e5"
DETAILED = "045ceabb9aea40579d5a759e84fa7f0a"


def fixture(name: str) -> dict[str, Any]:
    body: dict[str, Any] = json.loads((DOCUMENTED / f"{name}.json").read_text(encoding="utf-8"))
    return body


def leaves(value: Any, path: str = "") -> dict[str, Any]:
    """Every leaf of a JSON value by its path; an empty list or dict is a leaf."""
    if isinstance(value, (dict, list)) and value:
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
        return {where: leaf for key, inner in pairs for where, leaf in leaves(inner, f"{path}/{key}").items()}
    return {path: value}


def without(value: Any, name: str) -> Any:
    if isinstance(value, dict):
        return {key: without(inner, name) for key, inner in value.items() if key != name}
    return [without(inner, name) for inner in value] if isinstance(value, list) else value


@dataclass(frozen=True)
class Example:
    """``objects`` takes the documented objects from the example, ``found`` the same ones from the module's result."""

    fixture: str
    module: str
    ids: dict[str, Any]
    objects: Callable[[dict[str, Any]], list[Any]]
    found: Callable[[dict[str, Any]], list[Any]]
    verdict: str
    findings: list[tuple[str, str, bool]]
    token: str = "demo-domain-token"


EXAMPLES = [
    Example(
        "ucs_repository_sources",
        "ucs_repository_source_info",
        {"cluster_ids": CLUSTER},
        lambda body: body["items"],
        lambda result: result["clusters"][0]["repository_sources"],
        "failed",
        [("SRC_FETCH_FAILED", "failed", False), ("SRC_RECONCILING", "failed", False)],
    ),
    Example(
        "ucs_gitops",
        "ucs_gitops_info",
        {"cluster_ids": CLUSTER},
        lambda body: body["items"],
        lambda result: result["clusters"][0]["pods"],
        "failed",
        [("POD_STUCK_CREATING", "failed", False), ("CONTROLLER_MISSING", "progressing", False)],
    ),
    Example(
        "codearts_project_repositories",
        "codearts_project_repository_info",
        {"project_uuids": PROJECT},
        lambda body: [body["result"]["repositories"]],  # an object in the place of the list
        lambda result: result["projects"][0]["repositories"],
        "unknown",
        [("LIST_INCOMPLETE", "unknown", False)],
        "demo-project-token",
    ),
    Example(
        "codearts_repository",
        "codearts_repository_info",
        {"repository_uuids": DETAILED},
        lambda body: [body["result"]],
        lambda result: [{key: value for key, value in one.items() if key != "readiness"} for one in result["repositories"]],
        "unknown",
        [("REPO_STATUS_MISSING", "unknown", True)],
        "demo-project-token",
    ),
    Example(
        "servicestage_git_authorizations",
        "servicestage_git_authorization_info",
        {"project_id": "a0000000000000000000000000000001"},
        lambda body: body["authorizations"],
        lambda result: result["authorizations"],
        "ready",
        [],
        "demo-project-token",
    ),
]
every_example = pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: example.fixture)


@pytest.fixture
def read(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> Callable[..., dict[str, Any]]:
    """Reads an example at NOW by the service's clock. With a token: a signature would be as old as the clocks are apart."""
    offset = (NOW - datetime.now(timezone.utc)).total_seconds()
    simulator.load({"extends": "documented", "clock_offset": offset})

    def read(example: Example, **more: Any) -> dict[str, Any]:
        result: dict[str, Any] = run_module(example.module, **reach, auth_token=example.token, **example.ids, **more)
        assert "failed" not in result, result["msg"]
        return result

    return read


# --- the fixtures


@every_example
def test_fixture_is_the_json_of_the_reference_page(example: Example) -> None:
    pages = list(REFERENCE.glob(f"{example.fixture}.*.txt"))
    if not pages:
        pytest.skip("the reference pages are not at hand")
    page = pages[0].read_text(encoding="utf-8")
    start = min(position for position in (page.find("\n{\n"), page.find("\n{ ")) if position >= 0) + 1
    documented, length = json.JSONDecoder().raw_decode(page[start:])
    assert documented == fixture(example.fixture)
    assert page[start : start + length] == (DOCUMENTED / f"{example.fixture}.json").read_text(encoding="utf-8").strip()


def test_every_fixture_is_an_example() -> None:
    assert sorted(example.fixture for example in EXAMPLES) == sorted(path.stem for path in DOCUMENTED.glob("*.json"))


# --- the fields


@every_example
def test_every_documented_field_comes_out_unchanged(example: Example, read: Any) -> None:
    documented = without(copy.deepcopy(example.objects(fixture(example.fixture))), "managedFields")
    result = read(example)
    found = without(copy.deepcopy(example.found(result)), "read_at")  # of an entry that is the object itself
    assert leaves(found) == leaves(documented)
    assert found == documented


@pytest.mark.parametrize("example", EXAMPLES[:2], ids=lambda example: example.fixture)
def test_managed_fields_come_when_asked_for(example: Example, read: Any) -> None:
    documented = example.objects(fixture(example.fixture))
    assert any("managedFields" in path for path in leaves(documented))
    assert leaves(example.found(read(example, managed_fields=True))) == leaves(documented)


@every_example
def test_summary_takes_fields_away_and_changes_none(example: Example, read: Any) -> None:
    full, summary = read(example), read(example, detail="summary")
    # Where a summary leaves nothing of an object, an empty one may stand in its place.
    kept = {path: leaf for path, leaf in leaves(example.found(summary)).items() if leaf != {}}
    assert kept.items() <= leaves(example.found(full)).items()
    assert summary["readiness"] == full["readiness"]
    assert summary["ready"] == full["ready"]


@every_example
def test_what_stands_around_the_objects_comes_out(example: Example, read: Any) -> None:
    body, result = fixture(example.fixture), read(example)
    around = {
        "ucs_repository_sources": lambda: (result["clusters"][0]["total"], body["total"]),
        "ucs_gitops": lambda: (result["clusters"][0]["metadata"], body["metadata"]),
        "codearts_project_repositories": lambda: (result["projects"][0]["total"], body["result"]["total"]),
        "codearts_repository": lambda: (result["repositories"][0]["repository_uuid"], body["result"]["repository_uuid"]),
        "servicestage_git_authorizations": lambda: (result["count"], body["count"]),
    }
    seen, documented = around[example.fixture]()
    assert seen == documented


def test_an_object_in_the_place_of_the_list_becomes_a_list(read: Any) -> None:
    projects = read(EXAMPLES[2])["projects"]
    assert isinstance(fixture("codearts_project_repositories")["result"]["repositories"], dict)
    assert [one["repository_uuid"] for one in projects[0]["repositories"]] == [LISTED]


# --- the judgement


@every_example
def test_verdict_and_findings(example: Example, read: Any) -> None:
    result = read(example)
    assert result["readiness"]["verdict"] == example.verdict
    assert result["ready"] is (example.verdict == "ready")
    assert [(one["code"], one["verdict"], one["terminal"]) for one in result["readiness"]["findings"]] == example.findings
    # By the earlier clock, which is the service's; its Date has whole seconds.
    assert result["read_at"][:17] in ("2025-12-01T07:59:", "2025-12-01T08:00:")
    assert {one["check"] for one in result["readiness"]["findings"]} <= {result["endpoint"]}


def test_the_source_has_been_without_success_since_2023(read: Any) -> None:
    fetch, reconciling = read(EXAMPLES[0])["readiness"]["findings"]
    condition = fixture("ucs_repository_sources")["items"][0]["gitRepository"]["status"]["conditions"][2]
    assert fetch["message"] == f"GitOperationFailed: {condition['message'].rstrip('.')}, failing for at least 991 d 1 min."
    assert fetch["cause"] == "network"
    assert fetch["since"] == "2023-03-16T07:58:56Z"
    assert (fetch["kind"], fetch["cluster_id"], fetch["namespace"], fetch["name"]) == (
        "GitRepository",
        CLUSTER,
        "default",
        "official-podinfo-repo-06",
    )
    assert (fetch["field"], fetch["observed"]) == ("status.conditions[FetchFailed]", "True")
    assert reconciling["message"] == (
        "The source is being reconciled (NoArtifact: no artifact for resource in storage), without success for at least 991 d 1 min."
    )


def test_the_pod_has_been_creating_for_too_long(read: Any) -> None:
    stuck, missing = read(EXAMPLES[1])["readiness"]["findings"]
    assert stuck["message"] == "Container manager is waiting (ContainerCreating) for 26 d 4 h."
    assert (stuck["kind"], stuck["namespace"], stuck["name"]) == ("Pod", "flux-system", "source-controller-97bdcd8cf-5fs52")
    assert stuck["since"] == "2025-11-05T03:48:06Z"
    assert stuck["retryable"] is True
    assert missing["message"] == "The answer has no pod of the expected controller kustomize-controller. Nearest: source-controller."
    assert (missing["kind"], missing["name"]) == ("Workload", "kustomize-controller")


def test_the_list_announces_more_than_it_holds(read: Any) -> None:
    (finding,) = read(EXAMPLES[2])["readiness"]["findings"]
    assert finding["message"] == f"1 of 14 repositories of project {PROJECT} were read."
    assert (finding["observed"], finding["expected"]) == (1, 14)


def test_the_listed_repository_itself_is_ready(read: Any) -> None:
    result = read(EXAMPLES[2], expect=[{"uuid": LISTED.upper(), "private": True, "max_size": "1M"}])
    assert result["readiness"]["verdict"] == "ready"
    assert [(one["code"], one["verdict"]) for one in result["readiness"]["findings"]] == [("LIST_INCOMPLETE", "warning")]


def test_a_status_that_is_null_is_unknown_in_the_details_alone(read: Any) -> None:
    (finding,) = read(EXAMPLES[3])["readiness"]["findings"]
    assert finding["message"] == "The repository's status is not stated."
    assert (finding["kind"], finding["name"], finding["field"], finding["observed"]) == (
        "Repository",
        "CreatRepository_MI9Af",
        "status",
        None,
    )


def test_the_details_are_ready_together_with_a_list_that_states_their_status(
    simulator: Simulator, reach: dict[str, Any], run_module: Any
) -> None:
    listed = {**fixture("codearts_repository")["result"], "status": 0}
    body = {"result": {"total": 1, "repositories": [listed]}, "status": "success"}
    simulator.load({"extends": "documented", "faults": [{"path": "/v2/projects/*/repositories", "body": body}]})
    options = {**reach, "auth_token": "demo-project-token"}
    readings = [
        run_module("codearts_project_repository_info", **options, project_uuids=PROJECT),
        run_module("codearts_repository_info", **options, repository_uuids=DETAILED),
    ]
    assert [reading["readiness"]["verdict"] for reading in readings] == ["ready", "unknown"]
    together = run_module("gitops_gate", readings=readings)
    assert (together["decision"], together["findings"]) == ("allow", [])

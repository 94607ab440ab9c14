# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Version 4 of the API of CodeArts Repo in the place of version 2: the option `api` of both endpoints."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.repositories import from_v4

if TYPE_CHECKING:
    from simulator import Simulator

PROJECT = "b0000000000000000000000000000001"
UUID = "e0000000000000000000000000000001"
LISTED = [
    {"name": "frontend", "group": "shop", "uuid": UUID, "id": 2001},
    {"name": "charts", "group": "shop", "uuid": UUID[:-1] + "3", "id": 2003, "visibility": 20},
]
ESTATE: dict[str, Any] = {"extends": "healthy", "projects": {PROJECT: {"repositories": LISTED}}, "code": {}}
LIST, DETAILS = {"project_uuids": [PROJECT], "api": "v4"}, {"repository_uuids": ["2001"], "api": "v4"}


def read(run_module: Any, options: dict[str, Any], **asked: Any) -> Any:
    """The result of the module of the list or of the details, its errors as findings."""
    name = "codearts_project_repository_info" if "project_uuids" in asked else "codearts_repository_info"
    return run_module(name, **options, **asked, on_error="report")


def said(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Codes and names of the findings."""
    return [(found["code"], found["name"]) for found in result["readiness"]["findings"]]


def of_size(count: int, **more: Any) -> dict[str, Any]:
    """An estate with so many repositories."""
    return {**ESTATE, "projects": {PROJECT: {"repositories": [{"count": count, "name": "repo-{n}"}]}}, **more}


# --- the same fields


def test_the_fields_of_version_4_get_the_names_of_version_2() -> None:
    raw = {
        "id": 7,
        "name": "shop",
        "namespace": {"name": "Demo", "full_path": "Demo/team"},
        "uuid": UUID,
        "project_id": PROJECT,
        "http_url_to_repo": "https://x/shop.git",
        "ssh_url_to_repo": "git@x:shop.git",
        "visibility": "Public",
        "starred": True,
        "status": "0",
        "archived": False,
    }
    assert from_v4(raw) == {
        "repository_id": 7,
        "repository_name": "shop",
        "group_name": "Demo/team",
        "repository_uuid": UUID,
        "project_uuid": PROJECT,
        "https_url": "https://x/shop.git",
        "ssh_url": "git@x:shop.git",
        "visibility": "Public",
        "visibility_level": 20,
        "star": True,
        "status": "0",
        "archived": False,
    }


@pytest.mark.parametrize(
    ("visibility", "level"), [("private", 0), ("public", 20), ("internal", None), ("odd", None), (None, None), (20, None), (True, None)]
)
def test_visibility(visibility: Any, level: int | None) -> None:
    assert from_v4({"visibility": visibility}).get("visibility_level") == level


def test_both_versions_say_the_same(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    second, fourth = (read(run_module, options, project_uuids=[PROJECT], api=api)["projects"][0] for api in ("v2", "v4"))
    for before, after in zip(second["repositories"], fourth["repositories"]):
        common = before.keys() & after.keys()
        assert {"repository_id", "repository_name", "group_name", "visibility_level", "status"} <= common
        assert {name: before[name] for name in common - {"status"}} == {name: after[name] for name in common - {"status"}}
        assert str(before["status"]) == after["status"]
    old = read(run_module, options, repository_uuids=[UUID])["repositories"][0]
    new = read(run_module, options, **DETAILS)["repositories"][0]
    common = old.keys() & new.keys() - {"read_at", "readiness"}
    assert {"repository_id", "repository_uuid", "https_url", "ssh_url", "project_uuid", "created_at", "updated_at"} <= common
    assert {name: old[name] for name in common} == {name: new[name] for name in common}


# --- the list


def test_the_list(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    result = read(run_module, options, **LIST, expect=[{"name": "frontend", "private": True}])
    (project,) = result["projects"]
    assert (project["project_uuid"], project["total"], project["complete"], result["ready"]) == (PROJECT, None, True, True)
    assert result["question"]["api"] == "v4"


@pytest.mark.parametrize(("count", "offsets"), [(0, [0]), (99, [0]), (100, [0, 100]), (250, [0, 100, 200])])
def test_a_page_that_is_not_full_is_the_last(
    count: int, offsets: list[int], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(of_size(count))
    result = read(run_module, options, **LIST)
    sent = [parse_qs(entry["query"]) for entry in simulator.journal if entry["service"] == "codearts_repo"]
    assert [(int(query["offset"][0]), query["limit"]) for query in sent] == [(offset, ["100"]) for offset in offsets]
    assert (len(result["projects"][0]["repositories"]), result["projects"][0]["complete"]) == (count, True)
    assert said(result) == ([] if count else [("REPO_NONE", f"project {PROJECT}")])


@pytest.mark.parametrize(
    ("asked", "complete"),
    [({"page_size": 20}, False), ({"page_index": 3, "page_size": 10}, False), ({"page_size": 30}, True), ({"page_index": 1}, False)],
)
def test_one_page_proves_no_end_unless_it_is_the_first_and_not_full(
    asked: dict[str, int], complete: bool, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(of_size(25))
    result = read(run_module, options, **LIST, **asked)
    assert result["projects"][0]["complete"] is complete
    assert said(result) == ([] if complete else [("LIST_INCOMPLETE", f"project {PROJECT}")])
    found = read(run_module, options, **LIST, **asked, expect=[{"name": "repo-99"}])
    assert [code for code, _name in said(found)] == (["REPO_NOT_FOUND"] if complete else ["LIST_INCOMPLETE"])
    assert found["readiness"]["verdict"] == ("failed" if complete else "unknown")


def test_pages_that_repeat_themselves_prove_no_end(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    page = [{"id": number, "name": f"r{number}", "status": "0"} for number in range(1, 101)]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": page}]})
    result = read(run_module, options, **LIST)
    assert ([code for code, _name in said(result)], result["ready"]) == (["LIST_INCOMPLETE"], False)
    assert len([entry for entry in simulator.journal if entry["service"] == "codearts_repo"]) == 2
    assert "nothing shows that these are all" in result["readiness"]["findings"][0]["message"]


@pytest.mark.parametrize("states", [("0", "3"), ("3", "0")])
def test_of_two_statements_on_one_page_the_worse_counts(
    states: tuple[str, str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    page = [{"id": number, "name": "shop", "status": state} for number, state in zip((1, "1"), states)]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": page}]})
    result = read(run_module, options, **LIST)
    assert (result["readiness"]["verdict"], said(result)) == ("failed", [("REPO_FROZEN", "shop")])


def test_a_search_is_handed_on(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    result = read(run_module, options, **LIST, search="front")
    assert [each["repository_name"] for each in result["projects"][0]["repositories"]] == ["frontend"]


@pytest.mark.parametrize(
    ("item", "codes"),
    [
        pytest.param({"status": None}, ["REPO_STATUS_MISSING"], id="no status"),
        pytest.param({"status": "normal"}, ["REPO_STATUS_UNDOCUMENTED"], id="another status"),
        pytest.param({"status": "3"}, ["REPO_FROZEN"], id="frozen"),
        pytest.param({"visibility": "public"}, ["REPO_PUBLIC"], id="public"),
        pytest.param({"visibility": "internal"}, ["REPO_PUBLIC"], id="internal"),
        pytest.param({"visibility": "odd"}, ["REPO_VISIBILITY_UNKNOWN"], id="odd visibility"),
        pytest.param({}, [], id="private"),
    ],
)
def test_the_rules_are_the_same(
    item: dict[str, Any], codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    listed = [{"id": 1, "name": "shop", "status": "0", "visibility": "private", **item}]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": listed}]})
    result = read(run_module, options, **LIST, expect=[{"name": "shop", "private": True}])
    assert ([code for code, _name in said(result)], result["ready"]) == (codes, not codes)


@pytest.mark.parametrize("demand", [{"min_role": 20}, {"max_size": "2G"}, {"max_age": "90d"}])
def test_what_the_list_does_not_state_is_unknown(
    demand: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(ESTATE)
    result = read(run_module, options, **LIST, expect=[{"name": "frontend", **demand}])
    assert result["readiness"]["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([{"name": "shop"}], "A repository in the answer has no id"),
        (["shop"], "A repository in the answer has no id"),
        ({"result": {"repositories": []}, "status": "success"}, "Expected a JSON array, got an object"),
        ({"error_code": "DEV.1", "error_msg": "no"}, "states an error beside its content"),
    ],
)
def test_a_list_that_is_none(body: Any, words: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": body}]})
    result = read(run_module, options, **LIST)
    assert [code for code, _name in said(result)] == ["API_SHAPE"]
    assert words in result["readiness"]["findings"][0]["message"]


@pytest.mark.parametrize(
    ("stated", "codes"),
    [
        pytest.param("ffffffffffffffffffffffffffffffff", ["API_ANSWER_MISMATCH"], id="another project"),
        pytest.param(PROJECT.upper(), [], id="in upper case"),
        pytest.param(" ", [], id="nothing"),
        pytest.param(2001, [], id="the number of the repository, as commits have it"),
    ],
)
def test_a_list_of_another_project_is_no_answer(
    stated: Any, codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    """E8."""
    listed = [{"id": 2001, "name": "shop", "status": "0", "project_id": stated}]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": listed}]})
    result = read(run_module, options, **LIST)
    assert ([code for code, _name in said(result)], result["ready"]) == (codes, not codes)
    assert len([entry for entry in simulator.journal if entry["service"] == "codearts_repo"]) == 1 + len(codes)


@pytest.mark.parametrize("states", [["3", "0"], ["0", "3"], [3, 0]])
def test_a_page_that_contradicts_itself_counts_twice(
    states: list[Any], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    listed = [{"id": 2001, "name": "shop", "status": state} for state in states]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/projects/*", "body": listed}]})
    result = read(run_module, options, **LIST, expect=[{"name": "shop"}])
    assert "REPO_FROZEN" in [code for code, _name in said(result)]
    assert result["ready"] is False


# --- the details


def test_details_alone_do_not_state_the_status(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    result = read(run_module, options, **DETAILS)
    assert said(result) == [("REPO_STATUS_MISSING", "frontend")]
    (repository,) = result["repositories"]
    assert (repository["repository_id"], repository["repository_uuid"]) == (2001, UUID)
    error = read(run_module, options, repository_ids="9", api="v4")["errors"][0]
    assert (error["repository_id"], error["code"]) == ("9", "CH.010117")


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("apis", "expect"), [(("v4", "v4"), {"name": "frontend"}), (("v2", "v4"), {"uuid": UUID})])
def test_the_gate_merges_list_and_details(
    order: int, apis: tuple[str, str], expect: dict[str, str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(ESTATE)
    checks = [
        {"codearts_project_repository": {"project_uuids": [PROJECT], "api": apis[0], "expect": [expect]}},
        {"codearts_repository": {**DETAILS, "api": apis[1], "expect": [{"uuid": UUID}]}},
    ][::order]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, steady_for=0)
    assert (result["decision"], result["findings"]) == ("allow", [])
    frozen = {**ESTATE, "projects": {PROJECT: {"repositories": [{**LISTED[0], "template": "frozen"}, LISTED[1]]}}}
    simulator.load(frozen)
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    assert (result["decision"], {found["code"] for found in result["findings"]}) == ("block", {"REPO_FROZEN"})


@pytest.mark.parametrize(
    ("listed", "detailed", "verdict"),
    [
        ("private", "private", "ready"),
        ("private", "odd", "unknown"),
        ("odd", "private", "unknown"),
        ("odd", "odd", "unknown"),
        ("private", "internal", "failed"),
        ("internal", "private", "failed"),
        ("odd", "public", "failed"),
        ("public", "odd", "failed"),
        (None, "private", "ready"),
        ("private", None, "ready"),
        (0, "private", "unknown"),
    ],
)
@pytest.mark.parametrize("demanding", ["codearts_project_repository", "codearts_repository"])
def test_of_two_visibilities_the_worse_counts(
    demanding: str, listed: Any, detailed: Any, verdict: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    """C14: whichever of list and details states it, and whichever of them the demand stands at."""
    known = {"id": 2001, "name": "frontend", "status": "0"}
    bodies = {"/v4/projects/*": [{**known, "visibility": listed}], "/v4/repositories/*": {**known, "visibility": detailed}}
    simulator.load({**ESTATE, "faults": [{"path": path, "body": body} for path, body in bodies.items()]})
    checks = [
        {name: {**asked, "expect": [{"name": "frontend", **({"private": True} if name == demanding else {})}]}}
        for name, asked in (("codearts_project_repository", LIST), ("codearts_repository", DETAILS))
    ]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    outcome = {"ready": "passed", "unknown": "undecidable", "failed": "failed"}[verdict]
    assert result["outcome"] == outcome, result["findings"]
    differ = None not in (listed, detailed) and listed != detailed
    assert ("REPO_LIST_DETAIL_DIFFER" in {found["code"] for found in result["findings"]}) is differ


@pytest.mark.parametrize(
    ("visibility", "codes"), [("odd", ["REPO_VISIBILITY_UNDOCUMENTED"]), (0, ["REPO_VISIBILITY_UNDOCUMENTED"]), ("internal", [])]
)
def test_an_undocumented_visibility_is_warned_about(
    visibility: Any, codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    listed = [{"id": 1, "name": "shop", "status": "0", "visibility": visibility}]
    simulator.load({**ESTATE, "faults": [{"path": "/v4/projects/*", "body": listed}]})
    result = read(run_module, options, **LIST)
    assert ([code for code, _name in said(result)], result["ready"]) == (codes, True)
    assert all(found["field"] == "visibility" for found in result["readiness"]["findings"])


def test_another_number_is_another_repository(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    checks = [{"codearts_project_repository": LIST}, {"codearts_repository": {**DETAILS, "repository_uuids": ["2003"]}}]
    simulator.load({**ESTATE, "faults": [{"path": "/v4/projects/*", "body": [{"id": 2001, "name": "frontend", "status": "0"}]}]})
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    assert [found["code"] for found in result["findings"]] == ["REPO_STATUS_MISSING"]


@pytest.mark.parametrize(
    ("body", "code"),
    [({"id": 7}, "API_ANSWER_MISMATCH"), ({"name": "shop"}, "API_SHAPE"), ([{"id": 2001}], "API_SHAPE"), ({}, "API_SHAPE")],
)
def test_details_that_are_none(body: Any, code: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/repositories/*", "body": body}]})
    assert [found for found, _name in said(read(run_module, options, **DETAILS))] == [code]


def test_a_reading_of_version_4_can_be_handed_on(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    for detail in ("summary", "packed"):
        readings = [
            run_module("codearts_project_repository_info", **options, **LIST, detail=detail),
            run_module("codearts_repository_info", **options, **DETAILS, detail=detail),
        ]
        assert run_module("gitops_gate", readings=readings)["decision"] == "allow"


# --- which version


@pytest.mark.parametrize("error", ["APIG.0101", "APIGW.0101", "APIG.0101@410"])
@pytest.mark.parametrize("asked", [{"project_uuids": [PROJECT]}, {"repository_uuids": [UUID]}])
def test_a_withdrawn_version_2_names_version_4(
    error: str, asked: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v2/*", "error": error}]})
    result = read(run_module, options, **asked)
    assert [code for code, _name in said(result)] == ["API_WITHDRAWN"]
    assert "set 'api' to v4 to ask version 4" in result["readiness"]["findings"][0]["message"]
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/*", "error": error}]})
    asked = LIST if "project_uuids" in asked else DETAILS
    assert "'api'" not in read(run_module, options, **asked)["readiness"]["findings"][0]["message"]


@pytest.mark.parametrize(
    ("module", "asked", "words"),
    [
        ("codearts_repository", {"repository_uuids": [UUID], "api": "v4"}, "the number of a repository"),
        ("codearts_repository", {"repository_uuids": [], "api": "v4"}, "at least one identifier"),
        ("codearts_project_repository", {**LIST, "expect": [{"name": "a"}, {"uuid": UUID}]}, "expect[1].uuid"),
    ],
)
def test_what_version_4_cannot_tell_is_refused(
    module: str, asked: dict[str, Any], words: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    result = run_module(f"{module}_info", **options, **asked)
    assert result["failed"]
    assert words in result["msg"]
    assert f"checks[0].{module}." in run_module("gitops_gate", **options, checks=[{module: asked}])["msg"]
    assert simulator.journal == []

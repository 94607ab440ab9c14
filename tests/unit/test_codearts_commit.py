# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Commits over the wire: the module and the check codearts_commit, against the simulator."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

if TYPE_CHECKING:
    from simulator import Simulator

FIRST, SECOND, THIRD, ASIDE, LOOSE = ("a" * 40, "b" * 40, "c" * 40, "d" * 40, "e" * 40)
UNKNOWN = "f" * 40
SHOP = {
    "repository": {"name": "shop", "group": "Demo", "uuid": "e" * 32},
    "branches": {
        "main": {"commits": [THIRD, SECOND, FIRST], "protected": True},
        "develop": [ASIDE, FIRST],
    },
    "commits": {
        FIRST: {"status": "success", "signed": True},
        SECOND: {"status": "running"},
        THIRD: {"status": "failed", "signed": False},
        LOOSE: {"status": "success"},
    },
}
ESTATE: dict[str, Any] = {"extends": "healthy", "code": {"1": SHOP, "2": {**SHOP, "repository": {"name": "cart", "group": "Demo"}}}}
COMMITS = "/v4/repositories/1/repository/commits"


def want(commit: str = FIRST, **more: Any) -> dict[str, Any]:
    """What is asked of a commit of the first repository."""
    return {"repository_ids": ["1"], "expect": [{"commit": commit, "branch": "main", **more}]}


def ask(run_module: Any, options: dict[str, Any], **asked: Any) -> Any:
    """The result of the module, its errors as findings."""
    return run_module("codearts_commit_info", **options, **asked, on_error="report")


def said(result: dict[str, Any]) -> list[str]:
    """The codes of the findings."""
    return [found["code"] for found in result["readiness"]["findings"]]


@pytest.mark.parametrize(
    ("asked", "verdict", "codes"),
    [
        pytest.param(want(ci=True, protected=True, signed=True), "ready", [], id="all is well"),
        pytest.param(want(FIRST[:7]), "ready", [], id="abbreviated"),
        pytest.param(want(f"main@sha1:{FIRST}"), "ready", [], id="as a revision"),
        pytest.param(want(UNKNOWN), "failed", ["COMMIT_NOT_FOUND"], id="never pushed"),
        pytest.param(want(ASIDE), "failed", ["COMMIT_NOT_ON_BRANCH"], id="on another branch"),
        pytest.param(want(LOOSE), "failed", ["COMMIT_NOT_ON_BRANCH"], id="on no branch"),
        pytest.param(want(branch="mian"), "failed", ["COMMIT_BRANCH_NOT_FOUND"], id="no such branch"),
        pytest.param(want(SECOND, ci=True), "progressing", ["COMMIT_CI_RUNNING"], id="being built"),
        pytest.param(want(THIRD, ci=True), "failed", ["COMMIT_CI_FAILED"], id="not built"),
        pytest.param(want(ASIDE, branch="develop", ci=True), "unknown", ["COMMIT_CI_UNKNOWN"], id="no build"),
        pytest.param(want(ASIDE, branch="develop", protected=True), "failed", ["COMMIT_BRANCH_UNPROTECTED"], id="not protected"),
        pytest.param(want(THIRD, signed=True), "failed", ["COMMIT_UNSIGNED"], id="not verified"),
        pytest.param(want(SECOND, signed=True), "unknown", ["COMMIT_SIGNATURE_UNKNOWN"], id="signature not stated"),
    ],
)
def test_what_is_demanded(
    asked: dict[str, Any], verdict: str, codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(ESTATE)
    result = ask(run_module, options, **asked)
    assert (result["readiness"]["verdict"], said(result), result["ready"]) == (verdict, codes, verdict == "ready")
    gate = run_module("gitops_gate", **options, checks=[{"codearts_commit": asked}], wait_timeout=0, enforce=False)
    assert gate["decision"] == ("allow" if verdict == "ready" else "block")


def test_the_answers_stand_in_the_result(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    (repository,) = ask(run_module, options, **want())["repositories"]
    assert (repository["repository_id"], repository["repository"]["path_with_namespace"]) == (1, "Demo/shop")
    (commit,) = repository["commits"]
    assert (commit["sha"], commit["branch"], commit["commit"]["status"]) == (FIRST, "main", "success")
    assert (commit["branches"], commit["branch_details"]["commit"]["id"]) == (["main", "develop"], THIRD)
    assert [each["id"] for each in commit["compare"]["commits"]] == [THIRD, SECOND]
    assert commit["commit"]["gpg_primary_key_id"] == "4AEE18F83AFDEB23"


def test_no_more_is_asked_than_is_needed(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)

    def paths(**asked: Any) -> list[str]:
        simulator.clear()
        ask(run_module, options, **asked)
        return [entry["path"].removeprefix("/v4/repositories/1") for entry in simulator.journal if entry["service"] == "codearts_repo"]

    commits, branch, refs = "/repository/commits", "/repository/branch", f"/repository/commits/{FIRST}/refs"
    assert paths(**want()) == ["", commits, branch, refs, "/compare"]
    assert paths(repository_ids="1", expect=[{"commit": FIRST}]) == ["", commits, refs]
    assert paths(**want(UNKNOWN)) == ["", commits, branch]
    assert paths(**want(THIRD)) == ["", commits, branch, refs.replace(FIRST, THIRD)], "it is the newest"
    assert paths(**want(ASIDE)) == ["", commits, branch, refs.replace(FIRST, ASIDE)], "it is not on the branch"


def test_a_commit_of_two_expectations_is_read_once(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    expect = [{"commit": FIRST, "branch": "main"}, {"commit": FIRST.upper(), "branch": "refs/heads/main", "ci": True}]
    result = ask(run_module, options, repository_ids=["1"], expect=expect)
    assert len(result["repositories"][0]["commits"]) == 1
    assert [entry["path"] for entry in simulator.journal].count(COMMITS) == 1


def test_several_repositories(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    expect = [{"repository_id": "1", "commit": FIRST}, {"repository_id": "2", "commit": SECOND}, {"repository_id": "9", "commit": FIRST}]
    result = ask(run_module, options, repository_ids=["1", "9", "2"], expect=expect)
    assert [each["repository_id"] for each in result["repositories"]] == [1, 2]
    assert [each["readiness"]["verdict"] for each in result["repositories"]] == ["ready", "ready"]
    assert ([error["repository_id"] for error in result["errors"]], said(result)) == (["9"], ["REPO_NOT_FOUND"])


def test_branches_are_read_page_by_page_until_the_one_is_there(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    names = [f"b{number:03d}" for number in range(250)]
    branches = {name: [FIRST] for name in names}

    def pages(branch: str) -> list[int]:
        simulator.clear()
        result = ask(run_module, options, repository_ids="1", expect=[{"commit": FIRST, "branch": branch}])
        assert result["ready"], said(result)
        sent = [parse_qs(entry["query"]) for entry in simulator.journal if entry["path"].endswith("/refs")]
        assert {(query["type"][0], query["limit"][0]) for query in sent} == {("branch", "100")}
        return [int(query["offset"][0]) for query in sent]

    simulator.load({**ESTATE, "code": {"1": {**SHOP, "branches": branches}}})
    assert pages("b005") == [0]
    assert pages("b249") == [0, 100, 200]


def test_branches_without_an_end_are_no_answer(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    full = [f"b{number}" for number in range(100)]
    simulator.load({**ESTATE, "faults": [{"path": "*/refs", "body": full}]})
    result = ask(run_module, options, **want())
    assert said(result) == ["API_SHAPE"]
    assert "does not end within 5000 names" in result["readiness"]["findings"][0]["message"]


# --- answers that are none


def answer(path: str, body: Any) -> dict[str, Any]:
    """The estate with one answer in the place of the right one."""
    return {**ESTATE, "faults": [{"service": "codearts_repo", "path": path, "body": body}]}


@pytest.mark.parametrize(
    ("path", "body", "code", "words"),
    [
        pytest.param("/v4/repositories/1", {"name": "shop"}, "API_SHAPE", "names no id of the repository", id="repository without its id"),
        pytest.param(COMMITS, {"status": "success"}, "API_SHAPE", "names no id of the commit", id="commit without its id"),
        pytest.param("*/branch", {"protected": True}, "API_SHAPE", "names no branch", id="branch without its name"),
        pytest.param("*/refs", {"branches": ["main"]}, "API_SHAPE", "Expected a JSON array, got an object", id="no array"),
        pytest.param("*/refs", [1], "API_SHAPE", "no list of branches", id="no names"),
        pytest.param(COMMITS, [{"id": FIRST}], "API_SHAPE", "Expected a JSON object, got a list", id="no object"),
        pytest.param("/v4/repositories/1", {"id": 2}, "API_ANSWER_MISMATCH", "Asked for repository 1", id="another repository"),
        pytest.param(COMMITS, {"id": SECOND}, "API_ANSWER_MISMATCH", f"Asked for commit {FIRST}", id="another commit"),
        pytest.param(COMMITS, {"id": FIRST, "project_id": 2}, "API_ANSWER_MISMATCH", "about 2", id="commit of another repository"),
        pytest.param("*/branch", {"name": "develop"}, "API_ANSWER_MISMATCH", "Asked for branch main", id="another branch"),
        pytest.param(COMMITS, {"error_code": "X", "id": FIRST}, "API_SHAPE", "states an error beside its content", id="an error inside"),
    ],
)
def test_an_answer_that_is_none(
    path: str, body: Any, code: str, words: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(answer(path, body))
    result = ask(run_module, options, **want())
    assert (said(result), result["ready"], result["readiness"]["verdict"]) == ([code], False, "unknown")
    assert words in result["readiness"]["findings"][0]["message"]


def test_a_branch_that_is_named_like_a_hash_is_not_taken_for_it(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    branches = {"main": [THIRD, FIRST], FIRST[:8]: [THIRD]}
    simulator.load({**ESTATE, "code": {"1": {**SHOP, "branches": branches}}})
    assert said(ask(run_module, options, **want(FIRST[:8]))) == ["API_ANSWER_MISMATCH"]


@pytest.mark.parametrize(
    ("error", "code", "verdict"),
    [
        ("APIG.0302", "API_FORBIDDEN", "unknown"),
        ("DEV.00000003", "API_UNAUTHORIZED", "unknown"),
        ("APIG.0201", "API_BAD_REQUEST", "unknown"),
        ("APIG.0101", "API_WITHDRAWN", "unknown"),
        ("CH.010117@410", "API_WITHDRAWN", "unknown"),
        ("CH.010117", "REPO_NOT_FOUND", "failed"),
        ("empty@202", "API_SHAPE", "unknown"),
    ],
)
@pytest.mark.parametrize("path", ["/v4/repositories/1", COMMITS, "*/branch", "*/refs", "*/compare"])
def test_an_error_is_said_once(
    error: str, code: str, verdict: str, path: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": path, "error": error}]})
    result = ask(run_module, options, **want())
    absent = {COMMITS: ["COMMIT_NOT_FOUND"], "*/branch": ["COMMIT_BRANCH_NOT_FOUND"]}
    expected = absent.get(path, [code]) if code == "REPO_NOT_FOUND" else [code]
    assert (said(result), result["readiness"]["verdict"]) == (expected, verdict)


def test_a_token_without_permission_is_one_message(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({**ESTATE, "faults": [{"service": "codearts_repo", "path": "/v4/*", "error": "APIG.0302"}]})
    expect = [{"repository_id": number, "commit": sha} for number in "12" for sha in (FIRST, SECOND)]
    result = run_module("codearts_commit_info", **options, repository_ids=["1", "2"], expect=expect)
    assert result["msg"] == (
        "2 of the reads failed: codearts_repo: GET /v4/repositories/{repository_id}: The IAM user is not authorized to access the API "
        "(HTTP 403, APIG.0302) [repository_id 1, 2]"
    )


def test_a_token_of_the_domain_is_refused(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    result = ask(run_module, {**reach, "auth_token": "demo-domain-token"}, **want())
    assert said(result) == ["API_UNAUTHORIZED"]
    assert "codearts_repo wants a project-scoped token" in result["readiness"]["findings"][0]["message"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        pytest.param({**want(), "repository_ids": ["e" * 32]}, "repository_ids': got \"eeee", id="uuid"),
        pytest.param({**want(), "repository_ids": ["shop"]}, "it is no UUID and no name", id="name"),
        pytest.param({**want(), "repository_ids": ["0"]}, "from 1 to 2147483647", id="zero"),
        pytest.param({**want(), "repository_ids": ["2147483648"]}, "from 1 to 2147483647", id="too large"),
        pytest.param({**want(), "repository_ids": []}, "at least one identifier", id="none"),
        pytest.param(want("main"), "Option 'expect[0].commit': got \"main\"", id="a branch as a commit"),
        pytest.param({"repository_ids": "1", "expect": []}, "at least one commit", id="nothing"),
    ],
)
def test_a_bad_option_is_refused_before_the_first_request(
    asked: dict[str, Any], words: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(ESTATE)
    result = run_module("codearts_commit_info", **options, **asked)
    assert result["failed"]
    assert words in result["msg"]
    gate = run_module("gitops_gate", **options, checks=[{"codearts_commit": asked}])
    assert gate["failed"]
    assert "checks[0].codearts_commit." in gate["msg"]
    assert simulator.journal == []


# --- in a gate


def test_the_gate_waits_for_a_build(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    built = {**SHOP["commits"], SECOND: {"status": "running", "timeline": [{"from": 1, "status": "success"}]}}  # type: ignore[dict-item]
    simulator.load({**ESTATE, "code": {"1": {**SHOP, "commits": built}}})
    checks = [{"codearts_commit": want(SECOND, ci=True)}]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=20, interval=0.3, steady_for=0)
    assert result["outcome"] == "passed"
    assert [change["verdict"] for change in result["timeline"]] == ["progressing", "ready"]


def test_readings_are_decided_on_alone(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ESTATE)
    for detail in ("full", "summary", "packed"):
        reading = run_module("codearts_commit_info", **options, **want(ci=True), detail=detail)
        simulator.clear()
        assert run_module("gitops_gate", readings=[reading])["decision"] == "allow"
        beside = run_module("gitops_gate", **options, readings=[reading], checks=[{"codearts_commit": want(SECOND)}], wait_timeout=0)
        assert (beside["decision"], beside["findings"][0]["code"]) == ("block", "API_SHAPE"), "it was not read for this commit"
        assert simulator.journal == []


def test_a_source_is_told_where_the_commit_is(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    shop = {"name": "shop", "url": "https://repo.example.com/Demo/shop.git", "revision": FIRST}
    simulator.load({**ESTATE, "clusters": {"c1": {"sources": [shop]}}})

    def message(commit: str, branch: str = "main") -> str:
        checks = [
            {"ucs_repository_source": {"cluster_ids": "c1", "expect": [{"name": "shop", "revision": commit}]}},
            {"codearts_commit": want(commit, branch=branch)},
        ]
        result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
        assert result["decision"] == "block"
        return str(next(found["message"] for found in result["findings"] if found["code"] == "SRC_REVISION_NOT_YET"))

    assert message(UNKNOWN).endswith("The commit was never pushed to Demo/shop.")
    assert message(ASIDE).endswith("The commit is on develop, not on main, which the source follows.")
    assert message(SECOND).endswith("The commit is on main in Demo/shop.")

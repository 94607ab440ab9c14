# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether a Git authorization still works: the demand `probe`, by its rows A9 to A11 and over the wire."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.authorizations import judge

from unit.answers import GONE, SHA, rows
from unit.answers_codearts import F, R, Row, U, authorization, authorizations, codes, failed, judged

if TYPE_CHECKING:
    from simulator import Simulator

URL = "https://github.com/shop/tools.git"
NEWEST, OLDER = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000004", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee00000000b1"
LISTED = authorization(name="test")


def wanting(**probe: Any) -> dict[str, Any]:
    """The options that expect an authorization that opens a repository."""
    return {"expect": [{"name": "test", "probe": {"clone_url": URL, **probe}}]}


def probed(commits: Any = ({"sha": SHA},), status: int | None = None, code: str = "", **fields: Any) -> Any:
    """A reading with what came through the authorization: commits, or an error."""
    error = failed(status, code, service="servicestage", **fields).error.as_dict() if status or code else None
    listed = None if error else list(commits) if isinstance(commits, tuple) else commits
    return with_probes({"name": "test", "clone_url": URL, "ref": None, "project": {}, "commits": listed, "error": error})


def with_probes(*probes: Any) -> Any:
    """A reading with some probes."""
    return authorizations(LISTED, probes=list(probes))


def many(count: int) -> tuple[dict[str, str], ...]:
    """So many other commits."""
    return tuple({"sha": f"{number:040x}"} for number in range(count))


ROWS = (
    *(
        Row(f"A9-{code}", probed(status=400, code=code), F, "AUTH_PROBE_REFUSED", "F T", wanting())
        for code in ("SVCSTG.REPO.0450", "SVCSTG.REPO.0451", "SVCSTG.REPO.0452")
    ),
    Row("A9-not-demanded", probed(status=400, code="SVCSTG.REPO.0451"), R, options={"expect": [{"name": "test"}]}),
    Row("A10", probed(status=404), F, "AUTH_PROBE_NOT_FOUND", "F T", wanting()),
    Row("A10-400", probed(status=400, code="SVCSTG.REPO.0402"), U, "API_BAD_REQUEST", "U T", wanting()),
    Row("A10-403", probed(status=403), U, "API_FORBIDDEN", "U T", wanting()),
    Row("A10-410", probed(status=410), U, "API_WITHDRAWN", "U T", wanting()),
    Row("A10-503", probed(status=503, retryable=True), U, "API_UNAVAILABLE", "U", wanting()),
    Row("A10-no-answer", probed(code="TIMEOUT", retryable=True), U, "API_UNAVAILABLE", "U", wanting()),
    Row("A10-null", probed(None), U, "API_SHAPE", "U T", wanting()),
    Row("A10-no-objects", probed(("x",)), U, "API_SHAPE", "U T", wanting()),
    Row("A10-not-probed", with_probes(), U, "API_SHAPE", "U T", wanting()),
    Row("A10-no-probes", authorizations(LISTED, probes=GONE), U, "API_SHAPE", "U T", wanting()),
    Row("A10-probed-elsewhere", probed(), U, "API_SHAPE", "U T", wanting(clone_url="https://github.com/shop/other.git")),
    Row("A10-another-ref", probed(), U, "API_SHAPE", "U T", wanting(ref="main")),
    Row("A11", probed(many(9)), F, "AUTH_PROBE_COMMIT_MISSING", "F r", wanting(commit=SHA)),
    Row("A11-none-at-all", probed(()), F, "AUTH_PROBE_COMMIT_MISSING", "F r", wanting(commit=SHA)),
    Row("A11-of-ten", probed(many(10)), U, "AUTH_PROBE_COMMIT_MISSING", "U", wanting(commit=SHA)),
    Row("A11-without-its-hash", probed(({"sha": None},)), F, "AUTH_PROBE_COMMIT_MISSING", "F r", wanting(commit=SHA)),
    Row("A11-there", probed(), R, options=wanting(commit=SHA)),
    Row("A11-abbreviated", probed(), R, options=wanting(commit=SHA[:7].upper())),
    Row("A11-not-demanded", probed(many(10)), R, options=wanting()),
)


@rows(*ROWS)
def test_row(row: Row) -> None:
    row.check(judge)


def test_an_authorization_that_is_not_there_is_said_once() -> None:
    assert codes(judged(judge, authorizations(authorization(), probes=[]), **wanting())) == ["AUTH_NOT_FOUND"]


# --- over the wire


def expected(name: str = "github-shop", **probe: Any) -> list[dict[str, Any]]:
    """What is expected of the healthy estate."""
    return [{"name": name, "probe": {"clone_url": URL, **probe}}]


def ask(run_module: Any, options: dict[str, Any], expect: Any) -> Any:
    """The result of the module, its errors as findings."""
    return run_module("servicestage_git_authorization_info", **options, expect=expect, on_error="report")


def said(result: dict[str, Any]) -> list[str]:
    """The codes of the findings."""
    return [found["code"] for found in result["readiness"]["findings"]]


def test_nothing_is_probed_unless_it_is_demanded(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("healthy")
    assert ask(run_module, options, [{"name": "github-shop"}])["probes"] == []
    assert not [entry for entry in simulator.journal if "/git/repos/" in entry["path"]]


def test_a_probe(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("healthy")
    result = ask(run_module, options, expected(ref="main", commit=OLDER))
    assert (result["ready"], said(result)) == (True, [])
    (probe,) = result["probes"]
    assert (probe["name"], probe["clone_url"], probe["ref"], probe["error"]) == ("github-shop", URL, "main", None)
    assert (probe["project"]["project"], [commit["sha"] for commit in probe["commits"]]) == ("tools", [NEWEST, OLDER])
    info, commits = [entry for entry in simulator.journal if "/git/repos/" in entry["path"]]
    assert {entry["headers"]["x-repo-auth"] for entry in (info, commits)} == {"github-shop"}
    assert parse_qs(info["query"]) == {"clone_url": [URL]}
    assert (commits["path"].partition("/git")[2], commits["query"]) == ("/repos/shop/79/commits", "ref=main")
    gate = run_module("gitops_gate", **options, checks=[{"servicestage_git_authorization": {"expect": expected()}}], wait_timeout=0)
    assert gate["decision"] == "allow"


@pytest.mark.parametrize(
    ("change", "expect", "codes"),
    [
        pytest.param({}, expected(commit=SHA), ["AUTH_PROBE_COMMIT_MISSING"], id="no such commit"),
        pytest.param({}, expected("gitlab-shop"), ["AUTH_PROBE_REFUSED"], id="another authorization"),
        pytest.param({}, expected(clone_url="https://github.com/shop/none.git"), ["API_BAD_REQUEST"], id="no such repository"),
        pytest.param({}, expected(ref="none"), ["API_BAD_REQUEST"], id="no such branch"),
        pytest.param({"faults": [{"path": "*/project-info", "body": {"project": "tools"}}]}, expected(), ["API_SHAPE"], id="half a name"),
        pytest.param({"faults": [{"path": "*/commits", "error": "k8s"}]}, expected(), ["AUTH_PROBE_NOT_FOUND"], id="404"),
        pytest.param({"faults": [{"path": "*/commits", "body": {"commits": None}}]}, expected(), ["API_SHAPE"], id="null"),
    ],
)
def test_a_probe_that_shows_nothing(
    change: dict[str, Any], expect: Any, codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load({"extends": "healthy", **change})
    result = ask(run_module, options, expect)
    assert (said(result), result["ready"], len(result["authorizations"])) == (codes, False, 2)


def test_a_slash_in_a_name_is_written_as_a_colon(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    behind = {"namespace": "group/team", "project": "sub/tools", "refs": {"main": [NEWEST]}}
    simulator.load({"extends": "healthy", "clone_urls": {"https://gitlab.example.com/group/team/tools.git": behind}})
    result = ask(run_module, options, expected("gitlab-shop", clone_url="https://gitlab.example.com/group/team/tools.git", commit=NEWEST))
    assert result["ready"], said(result)
    assert simulator.journal[-1]["path"].endswith("/repos/group%3Ateam/sub%3Atools/commits")


@pytest.mark.parametrize(
    ("expect", "option", "words"),
    [
        pytest.param([{"probe": {"clone_url": URL}, "host": "github.com"}], "expect[0].name", "the name of an authorization", id="no name"),
        *(
            pytest.param(expected(name), "expect[0].name", "printable ASCII without blanks", id=repr(name))
            for name in ("授权", "my token", "a\r\nX-Auth-Token: b", "tab\t", "é")
        ),
        pytest.param(expected(clone_url="tools"), "expect[0].probe.clone_url", "the clone URL of a repository", id="no URL"),
        pytest.param(expected(clone_url="https://github.com"), "expect[0].probe.clone_url", "the clone URL", id="no path"),
        pytest.param(expected(clone_url="ftp://x/y"), "expect[0].probe.clone_url", "the clone URL", id="another scheme"),
        pytest.param(expected(ref=""), "expect[0].probe.ref", "a branch or tag", id="empty ref"),
        pytest.param(expected(commit="main"), "expect[0].probe.commit", "a commit hash", id="a branch as a commit"),
    ],
)
def test_what_cannot_work_is_refused_before_the_first_request(
    expect: Any, option: str, words: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    result = run_module("servicestage_git_authorization_info", **options, expect=expect)
    assert result["failed"]
    assert f"Option '{option}'" in result["msg"]
    assert words in result["msg"]
    assert simulator.journal == []


def test_a_password_in_the_url_is_refused_and_not_shown(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    for secret in ("https://bot:hunter2@github.com/a/b.git", "https://hunter2@github.com/a/b.git"):
        result = run_module("servicestage_git_authorization_info", **options, expect=expected(clone_url=secret))
        assert "a URL with a user or password" in result["msg"]
        assert "hunter2" not in result["msg"]
    assert simulator.journal == []

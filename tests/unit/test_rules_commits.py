# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for commits: rows M of rules.rst."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.commits import Commit, commit_hash
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.commits import judge, validate_expect
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import GONE, JSON, OTHER_SHA, SHA, changed, examples, rows
from unit.answers_codearts import F, P, R, Row, U, codes, deciding, failed, finding, judged
from unit.answers_commits import AFTER, NUMBER, REPOSITORY, THIRD_SHA, URL, branch, commit, commits, details, later, wanting

ABSENT = commit(commit=None, branches=None)
ALL = wanting(ci=True, protected=True, signed=True)


def built(status: Any, last: Any = None, **fields: Any) -> Reading:
    """A commit in a CI state; its last pipeline is in the state `last`, or there is none."""
    pipeline = None if last is None else {"sha": SHA, "status": last, **fields}
    return commits(commit(commit=details(status=status, last_pipeline=pipeline)))


def signature(**fields: Any) -> Reading:
    """A commit with another signature."""
    return commits(commit(commit=details(**fields)))


ROWS = (
    Row("M0-null", commits(commits=None), U, "API_SHAPE", "U T", wanting()),
    Row("M0-absent", commits(commits=GONE), U, "API_SHAPE", "U T", wanting()),
    Row("M0-no-object", commits("x"), U, "API_SHAPE", "U T", wanting()),
    Row("M0-another-commit", commits(commit(sha=OTHER_SHA)), U, "API_SHAPE", "U T", wanting()),
    Row("M0-another-branch", commits(commit(branch="develop")), U, "API_SHAPE", "U T", wanting()),
    Row("M0-without-its-id", commits(commit(commit=details(id=None))), U, "API_SHAPE", "U T", wanting()),
    Row("M1", commits(ABSENT), F, "COMMIT_NOT_FOUND", "F r", ALL),
    Row("M1-there", commits(commit()), R, options=wanting()),
    Row("M2", commits(commit(branch_details=None, branches=["develop"])), F, "COMMIT_BRANCH_NOT_FOUND", "F r", ALL),
    Row("M3", commits(commit(branches=["develop", "release"])), F, "COMMIT_NOT_ON_BRANCH", "F r", wanting()),
    Row("M3-case-matters", commits(commit(branches=["Main"])), F, "COMMIT_NOT_ON_BRANCH", "F r", wanting()),
    Row("M3-on-none", commits(commit(branches=[])), F, "COMMIT_NOT_ON_BRANCH", "F r", wanting()),
    Row("M3-null", commits(commit(branches=None)), F, "COMMIT_NOT_ON_BRANCH", "F r", wanting()),
    Row("M3-any-branch", commits(commit(branch=None, branch_details=None)), R, options=wanting(branch=GONE)),
    Row(
        "M3-any-branch-and-none",
        commits(commit(branch=None, branch_details=None, branches=[])),
        F,
        "COMMIT_NOT_ON_BRANCH",
        "F r",
        wanting(branch=GONE),
    ),
    Row("M3-as-a-ref", commits(commit()), R, options=wanting(branch="refs/heads/main")),
    *(Row(f"M4-{state}", built(state), P, "COMMIT_CI_RUNNING", "P", ALL) for state in ("pending", "running", "Running")),
    Row("M4-by-its-pipeline", built("success", "running"), P, "COMMIT_CI_RUNNING", "P", ALL),
    Row("M4-for-a-long-time", built("running"), P, "COMMIT_CI_RUNNING", "P", ALL, again=(3600, 7200)),
    Row("M4-not-demanded", built("running"), R, options=wanting()),
    *(Row(f"M5-{state}", built(state), F, "COMMIT_CI_FAILED", "F T", ALL) for state in ("failed", "canceled", "timedout", "FAILED")),
    Row("M5-by-its-pipeline", built("success", "failed"), F, "COMMIT_CI_FAILED", "F T", ALL),
    Row("M5-though-a-pipeline-succeeded", built("failed", "success"), F, "COMMIT_CI_FAILED", "F T", ALL),
    Row("M5-not-demanded", built("failed", "failed"), R, options=wanting()),
    Row("M6", built("skipped"), U, "COMMIT_CI_SKIPPED", "U T", ALL),
    Row("M6-not-demanded", built("skipped"), R, options=wanting()),
    *(Row(f"M7-{state!r}", built(state), U, "COMMIT_CI_UNKNOWN", "U", ALL) for state in (None, "", "manual", True, 0, ["success"])),
    Row("M7-absent", commits(commit(commit=details(status=GONE, last_pipeline=GONE))), U, "COMMIT_CI_UNKNOWN", "U", ALL),
    Row("M7-by-its-pipeline", built("success", "manual"), U, "COMMIT_CI_UNKNOWN", "U", ALL),
    *(Row(f"M7-by-its-pipeline-{state!r}", built("success", state), U, "COMMIT_CI_UNKNOWN", "U", ALL) for state in (0, False, [])),
    Row("M7-of-another-commit", built("success", "success", sha=OTHER_SHA), U, "COMMIT_CI_UNKNOWN", "U", ALL),
    Row("M7-not-demanded", built(None), R, options=wanting()),
    Row("M8", commits(commit(branch_details=branch(protected=False))), F, "COMMIT_BRANCH_UNPROTECTED", "F T", ALL),
    *(
        Row(f"M8-{value!r}", commits(commit(branch_details=branch(protected=value))), U, "COMMIT_BRANCH_UNPROTECTED", "U T", ALL)
        for value in (None, GONE, "true", 1)
    ),
    Row("M8-not-demanded", commits(commit(branch_details=branch(protected=False))), R, options=wanting()),
    Row("M9", signature(verification_status=0), F, "COMMIT_UNSIGNED", "F T", ALL),
    Row("M9-as-text", signature(verification_status="0"), F, "COMMIT_UNSIGNED", "F T", ALL),
    *(
        Row(f"M9-{value!r}", signature(verification_status=value), U, "COMMIT_SIGNATURE_UNKNOWN", "U T", ALL)
        for value in (None, GONE, 2, 5, True, "verified")
    ),
    Row("M9-not-checked", signature(open_gpg_verified=False), U, "COMMIT_SIGNATURE_UNKNOWN", "U T", ALL),
    *(
        Row(f"M9-no-key-{key!r}", signature(gpg_primary_key_id=key), U, "COMMIT_SIGNATURE_UNKNOWN", "U T", ALL)
        for key in (None, GONE, " ", True, ["x"])
    ),
    Row("M9-not-demanded", signature(verification_status=0), R, options=wanting()),
    Row("M10", commits(commit()), R, options=ALL),
    Row("M10-not-the-newest", commits(AFTER), R, options=ALL),
    Row("M10-abbreviated", commits(commit(sha=SHA[:7])), R, options=wanting(commit=SHA[:7])),
    Row("M10-as-a-revision", commits(commit()), R, options=wanting(commit=f"main@sha1:{SHA.upper()}")),
    Row("G7-clock-skew", commits(commit(commit=details(committed_date="2025-12-01T12:06:00Z"))), R, "CLOCK_SKEW", "W", ALL),
    Row("404", commits(errors=[failed(404, "CH.010117", NUMBER)]), F, "REPO_NOT_FOUND", "F T", ALL),
    Row("403", commits(errors=[failed(403, "APIG.0302", NUMBER)]), U, "API_FORBIDDEN", "U T", ALL),
    Row("410", commits(errors=[failed(410, "", NUMBER)]), U, "API_WITHDRAWN", "U T", ALL),
    Row("nothing-read", Reading("codearts_commit", {}), U, "API_SHAPE", "U", ALL),
)


@rows(*ROWS)
def test_row(row: Row) -> None:
    row.check(judge)


def test_a_commit_that_is_not_there_is_said_once() -> None:
    judgement = judged(judge, commits(commit(commit=None, branches=None, branch_details=branch(protected=False))), **ALL)
    assert codes(judgement) == ["COMMIT_BRANCH_UNPROTECTED", "COMMIT_NOT_FOUND"]
    assert finding(judgement, "COMMIT_NOT_FOUND").message == f"The repository Demo/shop has no commit {SHA}: it was never pushed there."


def test_a_branch_that_is_not_there_is_said_once() -> None:
    assert codes(judged(judge, commits(commit(branch_details=None, branches=["develop"])), **ALL)) == ["COMMIT_BRANCH_NOT_FOUND"]


def test_the_branches_that_a_commit_is_on_are_named() -> None:
    found = finding(judged(judge, commits(commit(branches=["develop", "release"])), **wanting()), "COMMIT_NOT_ON_BRANCH")
    assert found.message == "The commit is on develop, release, not on main."
    assert (found.kind, found.namespace, found.name, found.target) == ("Commit", "Demo/shop", f"main@{SHA}", NUMBER)


def test_what_is_not_stated_of_a_signature_is_said_to_be_so() -> None:
    found = finding(judged(judge, signature(verification_status=GONE, gpg_primary_key_id=None), **ALL), "COMMIT_SIGNATURE_UNKNOWN")
    assert found.message == (
        "Nothing shows that the signature of the commit was verified with a key: verification_status is not stated, "
        "open_gpg_verified is True, gpg_primary_key_id is not stated."
    )


def test_a_state_that_is_missing_beside_that_of_a_pipeline_is_said_to_be_so() -> None:
    found = finding(judged(judge, built(None, "success"), **ALL), "COMMIT_CI_UNKNOWN")
    assert (found.field, found.message) == ("commit.status", "The state of its pipeline is not stated.")


def test_a_failed_pipeline_is_linked() -> None:
    found = finding(judged(judge, built("failed", "failed", web_url="https://devcloud.example.com/7"), **ALL), "COMMIT_CI_FAILED")
    assert found.message == "The pipeline of the commit failed. See https://devcloud.example.com/7."


def test_the_subject_of_a_commit() -> None:
    (subject,) = judged(judge, commits(AFTER), **ALL).subjects
    assert (subject.kind, subject.name, subject.namespace, subject.is_state) == ("Commit", f"main@{SHA}", "Demo/shop", True)
    assert subject.observed == {
        "commit": SHA,
        "branch": "main",
        "on_branch": True,
        "ci": "success",
        "protected": True,
        "verification_status": 1,
        "newer": 2,
    }


def test_the_demands_of_all_expectations_that_mean_a_commit_count() -> None:
    options = {"repository_ids": [NUMBER], "expect": [{"commit": SHA, "branch": "main"}, {"commit": SHA, "branch": "main", "ci": True}]}
    assert codes(judged(judge, built("failed"), **options)) == ["COMMIT_CI_FAILED"]


def test_expectations_of_other_repositories_do_not_count() -> None:
    expect = [{"repository_id": NUMBER, "commit": SHA, "branch": "main"}, {"repository_id": "2", "commit": OTHER_SHA}]
    judgement = judged(judge, commits(commit()), repository_ids=[NUMBER, "2"], expect=expect)
    assert (judgement.verdict, [subject.name for subject in deciding(judgement)]) == (R, [f"main@{SHA}"])


# --- what came later


@pytest.mark.parametrize(
    ("compare", "revision", "count", "known"),
    [
        pytest.param(later((THIRD_SHA, [OTHER_SHA]), (OTHER_SHA, [SHA])), THIRD_SHA, 2, True, id="two after"),
        pytest.param(later((THIRD_SHA, [OTHER_SHA]), (OTHER_SHA, [SHA])), f"main@sha1:{OTHER_SHA}", 1, True, id="one after"),
        pytest.param(later((THIRD_SHA, [OTHER_SHA]), (OTHER_SHA, [SHA])), OTHER_SHA[:7], 1, True, id="abbreviated"),
        pytest.param(later((OTHER_SHA, [SHA])), THIRD_SHA, None, True, id="not among them"),
        pytest.param(later((THIRD_SHA, [OTHER_SHA]), (OTHER_SHA, ["f" * 40])), THIRD_SHA, None, True, id="beside it"),
        pytest.param(later((THIRD_SHA, [SHA, OTHER_SHA]), (OTHER_SHA, ["f" * 40])), THIRD_SHA, 2, True, id="a merge"),
        pytest.param(later((THIRD_SHA, [OTHER_SHA]), count=2), THIRD_SHA, None, False, id="cut in between"),
        pytest.param(later((OTHER_SHA, [SHA]), count=2), OTHER_SHA, 1, False, id="cut elsewhere"),
        pytest.param(later((OTHER_SHA, [SHA]), compare_timeout=True), THIRD_SHA, None, False, id="timed out"),
        pytest.param(None, THIRD_SHA, None, False, id="not compared"),
        pytest.param({"commits": "x", "commits_count": 1}, THIRD_SHA, None, False, id="no list"),
    ],
)
def test_how_far_another_commit_is(compare: Any, revision: str, count: int | None, known: bool) -> None:
    found = Commit(commit(branch_details=branch(THIRD_SHA), compare=compare), REPOSITORY)
    assert (found.newer_by(revision), found.knows_all_later) == (count, known)


def test_nothing_came_after_the_newest() -> None:
    newest = Commit(commit(), REPOSITORY)
    assert (newest.behind, newest.knows_all_later, newest.newer_by(OTHER_SHA)) == (0, True, None)
    assert newest.urls == ["codehub.example.com/Demo/shop"]
    assert URL.endswith("/Demo/shop.git")


# --- options

UUID_ID = "d0457f74cc5b43d989ded7248f71b4e5"


@pytest.mark.parametrize(
    ("options", "option", "words"),
    [
        pytest.param({"expect": []}, "x.expect", "at least one commit", id="nothing expected"),
        pytest.param({"expect": None}, "x.expect", "at least one commit", id="null"),
        pytest.param({"expect": [{"commit": "main"}]}, "x.expect[0].commit", "a branch or a tag is no commit", id="a branch"),
        pytest.param({"expect": [{"commit": "v1.0.0"}]}, "x.expect[0].commit", "a commit hash", id="a tag"),
        pytest.param({"expect": [{"commit": "abcdef"}]}, "x.expect[0].commit", "at least 7 hex digits", id="six digits"),
        pytest.param({"expect": [{"commit": "a" * 65}]}, "x.expect[0].commit", "a commit hash", id="too long"),
        pytest.param({"expect": [{"commit": ""}]}, "x.expect[0].commit", "a commit hash", id="empty"),
        pytest.param({"expect": [{"commit": SHA, "branch": " "}]}, "x.expect[0].branch", "the name of a branch", id="empty branch"),
        pytest.param({"expect": [{"commit": SHA, "branch": "a\nb"}]}, "x.expect[0].branch", "the name of a branch", id="line break"),
        pytest.param({"expect": [{"commit": SHA, "protected": True}]}, "x.expect[0].branch", "must be protected", id="no branch"),
        pytest.param({"expect": [{"commit": SHA, "repository_id": "7"}]}, "x.expect[0].repository_id", "one of repository_ids", id="other"),
        pytest.param({"expect": [{"commit": SHA, "repository_id": UUID_ID}]}, "x.expect[0].repository_id", "no UUID", id="uuid"),
        pytest.param(
            {"repository_ids": ["1", "2"], "expect": [{"commit": SHA}]}, "x.expect[0].repository_id", "there are several", id="which one"
        ),
        pytest.param(
            {"repository_ids": ["1", "2"], "expect": [{"commit": SHA, "repository_id": "1"}]},
            "x.repository_ids",
            "nothing would be looked for",
            id="idle",
        ),
    ],
)
def test_what_cannot_work_is_refused(options: dict[str, Any], option: str, words: str) -> None:
    with pytest.raises(OptionError) as raised:
        validate_expect({"repository_ids": [NUMBER], **options}, "x.")
    assert raised.value.option == option
    assert words in str(raised.value)


def test_what_can_work_is_taken() -> None:
    validate_expect(ALL, "")
    validate_expect({"repository_ids": ["1", "2"], "expect": [{"commit": SHA, "repository_id": number} for number in "12"]}, "")
    assert commit_hash(f" {SHA.upper()} ") == SHA
    assert commit_hash(12345678) is None


# --- anything at all


@drawn(JSON)
@examples(150)
def test_arbitrary_json_as_the_ci_state_is_never_ready(value: Any) -> None:
    succeeded = isinstance(value, str) and value.strip().lower() == "success"
    assert judged(judge, built(value), **ALL).verdict != R or succeeded


@drawn(st.sampled_from(["commit", "branches", "branch_details", "compare", "commit.id", "commit.status", "branch_details.protected"]), JSON)
@examples(200)
def test_arbitrary_json_anywhere_never_crashes(path: str, value: Any) -> None:
    judged(judge, commits(changed(AFTER, path, value)), **ALL)


@drawn(JSON)
@examples(100)
def test_arbitrary_json_as_the_list_is_never_ready(value: Any) -> None:
    assert judged(judge, commits(commits=value), **ALL).verdict != R

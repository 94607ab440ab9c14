# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a check of commits adds to a source that has another revision than is expected: row X8 of rules.rst."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import CheckedReading, judge_across
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.commits import judge as judge_commits

from unit.answers import CLUSTER, NOW, OTHER_SHA, SHA, copy_of
from unit.answers_commits import AFTER, REPOSITORY, THIRD_SHA, URL, branch, commit, commits, later, wanting
from unit.answers_sources import judge_series, only

if TYPE_CHECKING:
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement

OPTIONS = {"expect": [{"name": "podinfo", "revision": SHA}]}
OLD_SHA = "1" * 40
ABSENT = commit(commit=None, branches=None)


def fetched(sha: str, **spec: Any) -> dict[str, Any]:
    """A source with an artifact."""
    return only(revision=f"main@sha1:{sha}", spec={"url": URL, **spec})


NOT_YET = [(0, fetched(OLD_SHA))]
NOT_PICKED_UP = [(0, fetched(OLD_SHA)), (181, fetched(OLD_SHA))]


def superseded_by(sha: str) -> list[tuple[float, Any]]:
    """Samples in which another revision comes."""
    return [(0, fetched(OLD_SHA)), (30, fetched(sha))]


def across(samples: Any, *objects: Any, repository: Any = None, **options: Any) -> tuple[Judgement, Judgement]:
    """The last judgement of a source by itself, and together with a reading of commits."""
    alone = judge_series(samples, **{**OPTIONS, **options})[-1]
    reading = Reading("ucs_repository_source", OPTIONS, (Entry(CLUSTER, NOW, samples[-1][1]),))
    answer = commits(*objects, repository=repository)
    both = [
        CheckedReading("sources", "ucs_repository_source", False, OPTIONS, reading, copy_of(alone)),
        CheckedReading("commits", "codearts_commit", False, wanting(), answer, judge_commits(answer, wanting(), History())),
    ]
    return alone, judge_across(both)[0]


def revision(judgement: Judgement) -> Finding:
    """The finding about the expected revision."""
    return next(found for found in judgement.findings if found.code.startswith("SRC_REVISION_"))


PUSHED = commit(branch_details=branch(OLD_SHA), compare=None)
ROWS = [
    pytest.param(NOT_YET, ABSENT, "never pushed to Demo/shop.", True, id="not yet, never pushed"),
    pytest.param(NOT_PICKED_UP, ABSENT, "never pushed to Demo/shop.", True, id="not picked up, never pushed"),
    pytest.param(superseded_by(THIRD_SHA), ABSENT, "never pushed to Demo/shop.", True, id="superseded, never pushed"),
    pytest.param(
        NOT_PICKED_UP,
        commit(branches=["develop"]),
        "The commit is on develop, not on main, which the source follows.",
        True,
        id="on another branch",
    ),
    pytest.param(NOT_PICKED_UP, PUSHED, "The commit is on main in Demo/shop.", False, id="pushed, not fetched"),
    pytest.param(superseded_by(THIRD_SHA), AFTER, "The new one is newer by 2 commits of the same branch, main.", False, id="newer by two"),
    pytest.param(superseded_by(OTHER_SHA), AFTER, "The new one is newer by 1 commit of the same branch, main.", False, id="newer by one"),
    pytest.param(superseded_by("2" * 40), AFTER, "it is older, or of another branch.", False, id="older"),
    pytest.param(
        superseded_by("2" * 40), commit(branch_details=branch(SHA)), "it is older, or of another branch.", False, id="older than the newest"
    ),
]


@pytest.mark.parametrize(("samples", "raw", "words", "is_cause"), ROWS)
def test_a_commit_explains_a_revision(samples: Any, raw: dict[str, Any], words: str, is_cause: bool) -> None:
    alone, both = across(samples, raw)
    before, after = revision(alone), revision(both)
    assert after.message.startswith(before.message)
    assert after.message.endswith(words), after.message
    assert after.root_cause == (f"Commit main@{SHA} of Demo/shop" if is_cause else None)
    assert replace(after, message="", root_cause=None) == replace(before, message="", root_cause=None), "only words and cause"


@pytest.mark.parametrize(
    ("samples", "raw", "repository"),
    [
        pytest.param(
            NOT_YET, ABSENT, {**REPOSITORY, "http_url_to_repo": "https://codehub.example.com/Demo/cart.git"}, id="another repository"
        ),
        pytest.param(NOT_YET, ABSENT, {**REPOSITORY, "http_url_to_repo": None}, id="no URL"),
        pytest.param(NOT_YET, commit(sha=OTHER_SHA, commit=None), None, id="another commit"),
        pytest.param(
            superseded_by(THIRD_SHA), commit(compare=later((OTHER_SHA, [SHA]), count=9), branch_details=branch(THIRD_SHA)), None, id="cut"
        ),
        pytest.param(
            superseded_by(THIRD_SHA),
            commit(compare=later((OTHER_SHA, [SHA]), compare_timeout=True), branch_details=branch(THIRD_SHA)),
            None,
            id="timed out",
        ),
        pytest.param([(0, fetched(SHA))], ABSENT, None, id="the expected one is there"),
    ],
)
def test_what_is_not_known_is_not_said(samples: Any, raw: dict[str, Any], repository: Any) -> None:
    alone, both = across(samples, raw, repository=repository)
    assert both.findings == alone.findings
    assert both.verdict == alone.verdict


@pytest.mark.parametrize("mode", ["block", "wait", "allow"])
def test_the_verdict_stays(mode: str) -> None:
    alone, both = across(superseded_by(THIRD_SHA), AFTER, on_superseded=mode)
    assert both.verdict == alone.verdict
    assert str(revision(both).mark) == {"block": "F T", "wait": "P", "allow": "W"}[mode]

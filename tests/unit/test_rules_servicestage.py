# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the ServiceStage Git authorizations: rules.rst, A0 to A8."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.errors import OptionError
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    AUTH,
    GONE,
    IAM_PROJECT,
    JSON,
    NOW,
    Row,
    authorization,
    authorizations,
    check,
    codes,
    documented,
    error,
    examples,
    finding,
    judge,
    rows,
)

F, U, P, R, W = "failed", "unknown", "progressing", "ready", "warning"
GITLAB = authorization(name="gitlab", repo_type="gitlab", repo_host="https://gitlab.example.com:443/")


def one(**fields: Any) -> dict[str, Any]:
    """A reading with one authorization."""
    return authorizations(authorization(**fields))


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one authorization."""
    return {"expect": [fields]}


TOM = {"repo_type": "github", "host": "github.com", "user": "tom-repo"}
ROWS = (
    Row("A0-null", {**one(), "authorizations": None}, U, "API_SHAPE", terminal=True),
    Row("A0-absent", {"project_id": IAM_PROJECT, "count": 0}, U, "API_SHAPE", terminal=True),
    Row("A0-null-with-an-expectation", {**one(), "authorizations": None}, U, "API_SHAPE", terminal=True, options=wanting(name="x")),
    Row("A0-no-objects", authorizations("x"), U, "API_SHAPE", terminal=True),
    Row("A1-expected", authorizations(), F, "AUTH_NONE", terminal=True, options=wanting(name="github-tom")),
    Row("A1-none-expected", authorizations(), U, "AUTH_NONE", terminal=True),
    Row("A2", authorizations(authorization(), count=2), R, "LIST_INCOMPLETE", of=W),
    Row("A2-fewer", authorizations(authorization(), count=0), R, "LIST_INCOMPLETE", of=W),
    Row("A2-as-text", authorizations(authorization(), count="2"), R, "LIST_INCOMPLETE", of=W),
    Row("A2-not-found", authorizations(authorization(), count=2), U, "LIST_INCOMPLETE", options=wanting(name="x")),
    Row("A2-found", authorizations(authorization(), count=2), R, "LIST_INCOMPLETE", of=W, options=wanting(name="github-tom")),
    Row("A2-nothing-came", authorizations(count=2), U, "LIST_INCOMPLETE", of=W),
    Row("A2-nothing-came-but-expected", authorizations(count=2), U, "LIST_INCOMPLETE", options=wanting(name="x")),
    Row("A2-count-absent", {**one(), "count": None}, R),
    Row("A3-name", one(), F, "AUTH_NOT_FOUND", terminal=True, options=wanting(name="gitlab")),
    Row("A3-type", one(), F, "AUTH_NOT_FOUND", terminal=True, options=wanting(**{**TOM, "repo_type": "gitee"})),
    Row("A3-host", one(), F, "AUTH_NOT_FOUND", terminal=True, options=wanting(**{**TOM, "host": "gitlab.com"})),
    Row("A3-user", one(), F, "AUTH_NOT_FOUND", terminal=True, options=wanting(**{**TOM, "user": "jerry"})),
    Row("A3-found", one(), R, options=wanting(**TOM)),
    Row("A3-api-host", one(), R, options=wanting(host="https://API.github.com/")),
    Row("A3-type-in-other-case", one(), R, options=wanting(repo_type="GitHub")),
    *(
        Row(f"A3-{name}", one(repo_type=name.lower()), R, options=wanting(repo_type=name))
        for name in ("GitHub", "GitLab", "Bitbucket", "Gitee", "DevCloud")
    ),
    Row("A3-scheme-port-and-slash", authorizations(GITLAB), R, options=wanting(host="gitlab.example.com")),
    Row("A3-other-port", authorizations(GITLAB), R, options=wanting(host="gitlab.example.com:8443")),
    Row("A3-other-domain", authorizations(GITLAB), F, "AUTH_NOT_FOUND", terminal=True, options=wanting(host="example.com")),
    Row("A4", one(status=0), R),
    Row("A4-as-text", one(status="0"), R),
    Row("A5", one(status=1), F, "AUTH_EXPIRED", terminal=True),
    Row("A5-as-text", one(status="1"), F, "AUTH_EXPIRED", terminal=True),
    Row("A6", one(status=2), F, "AUTH_UNAUTHENTICATED", terminal=True),
    *(
        Row(f"A7-{value!r}", one(status=value), U, "AUTH_STATUS_UNDOCUMENTED", terminal=True)
        for value in (None, True, False, 3, -1, "ok", "", [0])
    ),
    Row("A7-absent", one(status=GONE), U, "AUTH_STATUS_UNDOCUMENTED", terminal=True),
    Row("A8", authorizations(authorization(name="a"), authorization(name="b")), R, "AUTH_AMBIGUOUS", of=W, options=wanting(**TOM)),
    Row(
        "A8-best-of-them",
        authorizations(authorization(name="a", status=1), authorization(name="b")),
        R,
        "AUTH_AMBIGUOUS",
        of=W,
        options=wanting(**TOM),
    ),
    Row(
        "A8-none-is-good",
        authorizations(authorization(name="a", status=1), authorization(name="b", status=2)),
        F,
        "AUTH_AMBIGUOUS",
        of=W,
        options=wanting(**TOM),
    ),
    Row("2.5-clock-skew", one(update_time=(int(NOW.timestamp()) + 301) * 1000), R, "CLOCK_SKEW", of=W),
    Row("2.5-clock-skew-300s", one(update_time=(int(NOW.timestamp()) + 300) * 1000), R),
    Row("404", authorizations(errors=[error(404, project_id=IAM_PROJECT)]), F, "AUTH_PROJECT_NOT_FOUND", terminal=True),
    Row("403", authorizations(errors=[error(403, project_id=IAM_PROJECT)]), U, "API_FORBIDDEN", terminal=True),
)


@rows(*ROWS)
def test_row(row: Row) -> None:
    row.check(AUTH)


def test_documented_example() -> None:
    example = documented("servicestage_git_authorizations")
    judgement = judge(AUTH, authorizations(*example["authorizations"], count=example["count"]))
    check(judgement, R)
    assert [(found.kind, found.name, found.is_state) for found in judgement.objects] == [("Authorization", "test", True)]


def test_others_are_listed_but_do_not_count() -> None:
    judgement = judge(AUTH, authorizations(authorization(), authorization(name="old", status=1)), **wanting(name="github-tom"))
    check(judgement, R, "AUTH_EXPIRED", of=F, terminal=True)
    assert not finding(judgement, "AUTH_EXPIRED").counts
    assert [found.name for found in judgement.objects] == ["github-tom"]


def test_the_worse_of_several_does_not_count() -> None:
    judgement = judge(AUTH, authorizations(authorization(name="a", status=1), authorization(name="b")), **wanting(**TOM))
    assert [found.name for found in judgement.objects] == ["b"]


def test_an_expired_one_is_called_expired() -> None:
    """The English documentation says "overdue" where the Chinese one says expired (A5)."""
    found = finding(judge(AUTH, one(status=1)), "AUTH_EXPIRED")
    assert "expired" in found.message
    assert (found.kind, found.name, found.scope, found.observed) == ("Authorization", "github-tom", IAM_PROJECT, 1)


def test_every_authorization_decides_without_an_expectation() -> None:
    check(judge(AUTH, authorizations(authorization(), authorization(name="b", status=2))), F, "AUTH_UNAUTHENTICATED", terminal=True)


def test_an_expectation_of_nothing_is_refused() -> None:
    with pytest.raises(OptionError) as raised:
        AUTH.validate({"expect": [{"name": "a"}, {}]}, "")
    assert raised.value.option == "expect[1]"


@drawn(st.permutations([authorization(name=str(value), status=value) for value in (0, 1, 2, 3, None)]))
@examples(40)
def test_order_does_not_matter(items: list[Any]) -> None:
    judgement = judge(AUTH, authorizations(*items))
    assert judgement.verdict == F
    assert codes(judgement) == ["AUTH_EXPIRED", "AUTH_STATUS_UNDOCUMENTED", "AUTH_STATUS_UNDOCUMENTED", "AUTH_UNAUTHENTICATED"]
    best = judge(AUTH, authorizations(*items), **wanting(**TOM))
    assert (best.verdict, [found.name for found in best.objects]) == (R, ["0"])


@drawn(JSON)
@examples(150)
def test_arbitrary_json_as_status_is_never_ready(value: Any) -> None:
    """Deciding: status."""
    zero = not isinstance(value, bool) and str(value).strip() in ("0", "0.0", "-0", "-0.0", "00")
    assert judge(AUTH, one(status=value)).verdict != R or zero


@drawn(JSON)
@examples(100)
def test_arbitrary_json_as_the_list_is_never_ready(value: Any) -> None:
    """Deciding: authorizations. Nothing that hypothesis draws here is a valid authorization."""
    assert judge(AUTH, {**one(), "authorizations": value}).verdict != R


@drawn(st.dictionaries(st.sampled_from(sorted(authorization())), JSON))
@examples(150)
def test_arbitrary_json_anywhere_never_crashes(fields: dict[str, Any]) -> None:
    reading = authorizations(authorization(**fields), authorization(**fields))
    judge(AUTH, reading)
    judge(AUTH, reading, expect=[{"name": "github-tom"}, TOM])

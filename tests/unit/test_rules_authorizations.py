# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the ServiceStage Git authorizations: rows A of rules.rst."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.authorizations import host_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.authorizations import judge, validate_expect
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import GONE, IAM_PROJECT, JSON, NOW, documented, examples, rows
from unit.answers_codearts import F, R, Row, U, authorization, authorizations, codes, deciding, failed, finding, judged


def one(**fields: Any) -> Reading:
    """A reading with one authorization."""
    return authorizations(authorization(**fields))


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one authorization."""
    return {"expect": [fields]}


def errors_only(status: int) -> Reading:
    """A reading that holds nothing but a failed request."""
    return replace(authorizations(), entries=(), errors=(failed(status, target=IAM_PROJECT, service="servicestage"),))


def on_host(host: Any) -> Reading:
    """A reading with one authorization of a host."""
    return one(name="gitlab", repo_type="gitlab", repo_host=host)


TOM = {"repo_type": "github", "host": "github.com", "user": "tom-repo"}
SECONDS = int(NOW.timestamp())
TWO = (authorization(name="a"), authorization(name="b"))
ROWS = (
    Row("A0-null", authorizations(authorizations=None), U, "API_SHAPE", "U T"),
    Row("A0-absent", authorizations(authorizations=GONE), U, "API_SHAPE", "U T"),
    Row("A0-null-with-an-expectation", authorizations(authorizations=None), U, "API_SHAPE", "U T", wanting(name="x")),
    Row("A0-no-objects", authorizations("x"), U, "API_SHAPE", "U T"),
    Row("A1-expected", authorizations(), F, "AUTH_NONE", "F T", wanting(name="github-tom")),
    Row("A1-none-expected", authorizations(), U, "AUTH_NONE", "U T"),
    Row("A1-count-absent", authorizations(count=None), U, "AUTH_NONE", "U T"),
    Row("A2", authorizations(authorization(), count=2), R, "LIST_INCOMPLETE", "W"),
    Row("A2-fewer", authorizations(authorization(), count=0), R, "LIST_INCOMPLETE", "W"),
    Row("A2-as-text", authorizations(authorization(), count="2"), R, "LIST_INCOMPLETE", "W"),
    Row("A2-not-found", authorizations(authorization(), count=2), U, "LIST_INCOMPLETE", "U", wanting(name="x")),
    Row("A2-found", authorizations(authorization(), count=2), R, "LIST_INCOMPLETE", "W", wanting(name="github-tom")),
    Row("A2-nothing-came", authorizations(count=2), U, "LIST_INCOMPLETE", "U"),
    Row("A2-nothing-came-but-expected", authorizations(count=2), U, "LIST_INCOMPLETE", "U", wanting(name="x")),
    *(Row(f"A2-count-{value!r}", authorizations(authorization(), count=value), R) for value in (None, GONE, True, "many")),
    Row("A3-name", one(), F, "AUTH_NOT_FOUND", "F T", wanting(name="gitlab")),
    Row("A3-name-is-exact", one(), F, "AUTH_NOT_FOUND", "F T", wanting(name="GitHub-Tom")),
    Row("A3-type", one(), F, "AUTH_NOT_FOUND", "F T", wanting(**{**TOM, "repo_type": "gitee"})),
    Row("A3-host", one(), F, "AUTH_NOT_FOUND", "F T", wanting(**{**TOM, "host": "gitlab.com"})),
    Row("A3-user", one(), F, "AUTH_NOT_FOUND", "F T", wanting(**{**TOM, "user": "jerry"})),
    Row("A3-user-not-stated", one(repo_user=None), F, "AUTH_NOT_FOUND", "F T", wanting(**TOM)),
    Row("A3-found", one(), R, options=wanting(**TOM)),
    Row("A3-user-in-other-case", one(), R, options=wanting(**{**TOM, "user": "Tom-Repo"})),
    Row("A3-type-in-other-case", one(), R, options=wanting(repo_type="GitHub")),
    *(
        Row(f"A3-{name}", one(repo_type=name.lower()), R, options=wanting(repo_type=name))
        for name in ("GitHub", "GitLab", "Bitbucket", "Gitee", "DevCloud")
    ),
    Row("A3-api-host", one(), R, options=wanting(host="https://API.github.com/")),
    Row("A3-api-of-another-host", on_host("https://api.example.com"), F, "AUTH_NOT_FOUND", "F T", wanting(host="example.com")),
    Row("A3-scheme-port-and-slash", on_host("https://Git.corp.example:8443/"), R, options=wanting(host="git.corp.example")),
    Row("A3-the-port-that-is-expected", on_host("https://git.corp.example:8443/"), R, options=wanting(host="git.corp.example:8443")),
    Row("A3-the-port-with-a-scheme", on_host("git.corp.example:8443"), R, options=wanting(host="https://git.corp.example:8443/")),
    Row("A3-another-port", on_host("https://git.corp.example:8443"), F, "AUTH_NOT_FOUND", "F T", wanting(host="git.corp.example:443")),
    Row("A3-no-port", on_host("https://git.corp.example"), F, "AUTH_NOT_FOUND", "F T", wanting(host="git.corp.example:8443")),
    Row("A3-the-usual-port", on_host("https://git.corp.example"), R, options=wanting(host="git.corp.example:443")),
    Row("A3-other-domain", on_host("https://git.corp.example"), F, "AUTH_NOT_FOUND", "F T", wanting(host="corp.example")),
    Row("A3-host-not-stated", on_host(None), F, "AUTH_NOT_FOUND", "F T", wanting(host="corp.example")),
    Row("A4", one(status=0), R),
    Row("A4-as-text", one(status="0"), R),
    Row("A5", one(status=1), F, "AUTH_EXPIRED", "F T"),
    Row("A5-as-text", one(status="1"), F, "AUTH_EXPIRED", "F T"),
    Row("A6", one(status=2), F, "AUTH_UNAUTHENTICATED", "F T"),
    *(
        Row(f"A7-{value!r}", one(status=value), U, "AUTH_STATUS_UNDOCUMENTED", "U T")
        for value in (None, GONE, True, False, 3, -1, "ok", "", [0])
    ),
    Row("A8", authorizations(*TWO), R, "AUTH_AMBIGUOUS", "W", wanting(**TOM)),
    Row("A8-of-one-name", authorizations(authorization(), authorization()), R, "AUTH_AMBIGUOUS", "W", wanting(name="github-tom")),
    Row("A8-not-without-an-expectation", authorizations(*TWO), R),
    Row("A8-best", authorizations(authorization(name="a", status=1), TWO[1]), R, "AUTH_AMBIGUOUS", "W", wanting(**TOM)),
    Row(
        "A8-none-is-good",
        authorizations(authorization(name="a", status=1), authorization(name="b", status=2)),
        F,
        "AUTH_AMBIGUOUS",
        "W",
        wanting(**TOM),
    ),
    Row("G7-clock-skew", one(update_time=(SECONDS + 301) * 1000), R, "CLOCK_SKEW", "W"),
    Row("G7-clock-skew-created", one(create_time=(SECONDS + 301) * 1000), R, "CLOCK_SKEW", "W"),
    Row("G7-clock-skew-300s", one(update_time=(SECONDS + 300) * 1000), R),
    Row("404", errors_only(404), F, "AUTH_PROJECT_NOT_FOUND", "F T"),
    Row("403", errors_only(403), U, "API_FORBIDDEN", "U T"),
    Row("nothing-read", Reading("servicestage_git_authorization", {}), U, "API_SHAPE", "U"),
)


@rows(*ROWS)
def test_row(row: Row) -> None:
    row.check(judge)


def test_documented_example() -> None:
    example = documented("servicestage_git_authorizations")
    judgement = judged(judge, authorizations(*example["authorizations"], count=example["count"]))
    assert (judgement.verdict, codes(judgement)) == (R, [])
    assert [(found.kind, found.name, found.is_state) for found in judgement.subjects] == [("Authorization", "test", True)]


def test_subject_of_an_authorization() -> None:
    (subject,) = judged(judge, one()).subjects
    assert (subject.kind, subject.name, subject.target, subject.is_state) == ("Authorization", "github-tom", IAM_PROJECT, True)
    assert subject.observed == {"status": 0, "repo_type": "github", "host": "github.com"}
    assert subject.origin.raw == authorization()


def test_others_are_listed_but_do_not_count() -> None:
    judgement = judged(judge, authorizations(authorization(), authorization(name="old", status=1)), **wanting(name="github-tom"))
    assert judgement.verdict == R
    assert finding(judgement, "AUTH_EXPIRED").weight == "beside"
    assert [subject.name for subject in deciding(judgement)] == ["github-tom"]


def test_the_worse_of_several_does_not_count() -> None:
    judgement = judged(judge, authorizations(authorization(name="a", status=1), TWO[1]), **wanting(**TOM))
    assert [subject.name for subject in deciding(judgement)] == ["b"]
    ambiguous = finding(judgement, "AUTH_AMBIGUOUS")
    assert (ambiguous.name, ambiguous.message) == ("b", "2 authorizations match repo_type github host github.com user tom-repo: a, b.")


def test_one_that_is_named_by_itself_counts_though_another_is_better() -> None:
    listed = authorizations(authorization(name="a", status=1), TWO[1])
    assert judged(judge, listed, expect=[TOM, {"name": "a"}]).verdict == F


def test_an_expired_one_is_called_expired() -> None:
    found = finding(judged(judge, one(status=1)), "AUTH_EXPIRED")
    assert "expired" in found.message
    assert (found.kind, found.name, found.target, found.observed) == ("Authorization", "github-tom", IAM_PROJECT, 1)


def test_what_could_not_be_found_is_named() -> None:
    incomplete = finding(judged(judge, authorizations(authorization(), count=2), **wanting(name="billing")), "LIST_INCOMPLETE")
    assert incomplete.message == "1 authorizations were read, the answer counts 2. Not found among them: billing."
    missing = finding(judged(judge, one(), **wanting(name="github-tim")), "AUTH_NOT_FOUND")
    assert (missing.kind, missing.name) == ("Authorization", "github-tim")
    assert "Nearest: github-tom." in missing.message


def test_every_authorization_decides_without_an_expectation() -> None:
    assert judged(judge, authorizations(authorization(), authorization(name="b", status=2))).verdict == F


def test_an_expectation_of_nothing_is_refused() -> None:
    with pytest.raises(OptionError) as raised:
        validate_expect({"expect": [{"name": "a"}, {}]}, "checks[1].")
    assert raised.value.option == "checks[1].expect[1]"
    validate_expect({"expect": [{"host": "x"}]}, "")
    validate_expect({}, "")


@pytest.mark.parametrize(
    ("url", "name", "port"),
    [
        ("https://api.github.com", "github.com", None),
        ("github.com/", "github.com", None),
        ("GITHUB.com:443", "github.com", 443),
        ("https://user:pass@github.com:8443/x", "github.com", 8443),
        ("ssh://git@github.com:22/a/b", "github.com", 22),
        ("git@github.com:a/b.git", "github.com", None),
        ("//github.com", "github.com", None),
        ("https://[::1]:8443/", "[::1]", 8443),
        ("", "", None),
        (None, "", None),
        (5, "", None),
    ],
)
def test_hosts(url: Any, name: str, port: int | None) -> None:
    assert host_of(url)[:2] == (name, port)


@drawn(st.permutations([authorization(name=str(value), status=value) for value in (0, 1, 2, 3, None)]))
@examples(40)
def test_order_does_not_matter(items: list[Any]) -> None:
    judgement = judged(judge, authorizations(*items))
    assert judgement.verdict == F
    assert codes(judgement) == ["AUTH_EXPIRED", "AUTH_STATUS_UNDOCUMENTED", "AUTH_STATUS_UNDOCUMENTED", "AUTH_UNAUTHENTICATED"]
    best = judged(judge, authorizations(*items), **wanting(**TOM))
    assert (best.verdict, [subject.name for subject in deciding(best)]) == (R, ["0"])


@drawn(JSON)
@examples(150)
def test_arbitrary_json_as_status_is_never_ready(value: Any) -> None:
    """Deciding: status."""
    zero = not isinstance(value, bool) and str(value).strip() in ("0", "0.0", "-0", "-0.0", "00")
    assert judged(judge, one(status=value)).verdict != R or zero


@drawn(JSON)
@examples(100)
def test_arbitrary_json_as_the_list_is_never_ready(value: Any) -> None:
    """Deciding: authorizations. Nothing that hypothesis draws here is a valid authorization."""
    assert judged(judge, authorizations(authorizations=value)).verdict != R


@drawn(st.dictionaries(st.sampled_from(sorted(authorization())), JSON))
@examples(150)
def test_arbitrary_json_anywhere_never_crashes(fields: dict[str, Any]) -> None:
    listed = authorizations(authorization(**fields), authorization(**fields))
    judged(judge, listed)
    judged(judge, listed, expect=[{"name": "github-tom"}, TOM])


@pytest.mark.parametrize(
    ("want", "near"),
    [
        ({"name": "github-tim"}, "github-tom"),
        ({"repo_type": "githup"}, "github"),
        ({"user": "tom-rep"}, "tom-repo"),
        ({"host": "https://api.github.co"}, "https://api.github.com"),
    ],
    ids=["name", "type", "user", "host"],
)
def test_what_is_nearly_there_is_named(want: dict[str, Any], near: str) -> None:
    assert near in finding(judged(judge, one(), expect=[want]), "AUTH_NOT_FOUND").message

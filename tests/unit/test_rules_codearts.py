# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the CodeArts repositories: rules.rst, C0 to C17, and how list and details are merged."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.cross_rules import merge_repositories
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.codearts_project_repository import page_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.errors import ApiError, OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.values import size_in_bytes
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    DETAIL,
    GONE,
    JSON,
    LIST,
    PROJECT,
    UUID,
    Row,
    check,
    codes,
    details,
    documented,
    error,
    examples,
    finding,
    judge,
    local,
    repositories,
    repository,
    rows,
    shown,
)

F, U, P, R, W = "failed", "unknown", "progressing", "ready", "warning"
HOURS = 3600
BOTH = (LIST.name, DETAIL.name)


def one(**fields: Any) -> dict[str, Any]:
    """A list with one repository."""
    return repositories(repository(**fields))


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one repository."""
    return {"expect": [{"name": "shop", **fields}]}


def failed(status: int | None, code: str = "", id_field: str = "project_uuid", **fields: Any) -> dict[str, Any]:
    """A failed request for a project or a repository."""
    return error(status, code, service="codearts_repo", **{id_field: PROJECT if id_field == "project_uuid" else UUID}, **fields)


ROWS = (
    Row("C0", repositories(errors=[failed(200, "CH.080002")], project="p2"), U, "REPO_API_ERROR"),
    Row("C0-permission", {"projects": [], "errors": [failed(200, "CH.080401")]}, U, "REPO_API_ERROR", terminal=True),
    Row("C0-parameter", {"projects": [], "errors": [failed(200, "CH.010001")]}, U, "REPO_API_ERROR", terminal=True),
    Row("C1-C2-not-the-shape", {"projects": [], "errors": [failed(200, "UNEXPECTED_ANSWER")]}, U, "API_SHAPE", terminal=True),
    Row("C3", repositories(repository(), total=14), U, "LIST_INCOMPLETE"),
    Row("C3-total-as-text", repositories(repository(), total="14"), U, "LIST_INCOMPLETE"),
    Row("C3-expected-found", repositories(repository(), total=14), R, "LIST_INCOMPLETE", of=W, options=wanting()),
    Row("C3-expected-found-but-failed", repositories(repository(status=3), total=14), F, "LIST_INCOMPLETE", of=W, options=wanting()),
    Row("C3-expected-not-among-them", repositories(repository(), total=14), U, "LIST_INCOMPLETE", options={"expect": [{"name": "cart"}]}),
    Row("C3-nothing-came", repositories(total=3), U, "LIST_INCOMPLETE"),
    Row("C3-total-missing", {"projects": [{"project_uuid": PROJECT, "total": None, "repositories": [repository()]}]}, R),
    Row("C4", one(), F, "REPO_NOT_FOUND", terminal=True, options={"expect": [{"name": "cart"}]}),
    Row("C4-uuid", one(), F, "REPO_NOT_FOUND", terminal=True, options={"expect": [{"uuid": "0" * 32}]}),
    Row("C4-name-of-another-uuid", one(), F, "REPO_NOT_FOUND", terminal=True, options={"expect": [{"name": "shop", "uuid": "0" * 32}]}),
    Row("C4-name-is-exact", one(), F, "REPO_NOT_FOUND", terminal=True, options={"expect": [{"name": "Shop"}]}),
    Row("C4-uuid-in-other-case", one(), R, options={"expect": [{"uuid": UUID.upper()}]}),
    Row("C4-empty-list", repositories(), F, "REPO_NOT_FOUND", terminal=True, options=wanting()),
    Row("C4-not-while-a-list-is-missing", repositories(errors=[failed(503, retryable=True)]), U, "API_UNAVAILABLE", options=wanting()),
    Row("C5", repositories(), U, "REPO_NONE", terminal=True),
    *(
        Row(f"C6-{value!r}", one(project_is_deleted=value), F, "REPO_PROJECT_DELETED", terminal=True)
        for value in (True, "true", "TRUE", "1", 1)
    ),
    *(Row(f"C6-no-{value!r}", one(project_is_deleted=value), R) for value in ("false", "False", False, 0, "0", "", None)),
    Row("C6-absent", one(project_is_deleted=GONE), R),
    *(Row(f"C6-other-{value!r}", one(project_is_deleted=value), U, "REPO_PROJECT_DELETED_UNKNOWN") for value in ("none", "yes", 2, [], {})),
    Row("C7", one(status=0), R),
    Row("C7-as-text", one(status="0"), R),
    Row("C8", one(status=1), F, "REPO_CREATING"),
    Row("C8-young", one(status=1, created_at=local(60)), P, "REPO_CREATING"),
    Row("C8-zone-unknown-12h", one(status=1, created_at=local(12 * HOURS)), P, "REPO_CREATING"),
    Row("C8-zone-unknown-12h-and-300s", one(status=1, created_at=local(12 * HOURS + 300)), F, "REPO_CREATING"),
    Row("C8-zone-unknown-future", one(status=1, created_at=local(-14 * HOURS)), P, "REPO_CREATING"),
    Row("C8-zone-known-299s", one(status=1, created_at=local(299)), P, "REPO_CREATING", options={"codearts_timezone": "UTC"}),
    Row("C8-zone-known-300s", one(status=1, created_at=local(300)), F, "REPO_CREATING", options={"codearts_timezone": "UTC"}),
    Row(
        "C8-shanghai", one(status=1, created_at=local(300 - 8 * HOURS)), F, "REPO_CREATING", options={"codearts_timezone": "Asia/Shanghai"}
    ),
    Row("C8-epoch-ms", one(status=1, created_at=1764590100000), F, "REPO_CREATING"),
    Row("C8-unparsable", one(status=1, created_at="yesterday"), P, "REPO_CREATING"),
    Row("C8-absent", one(status=1, created_at=None), P, "REPO_CREATING"),
    Row("C9", one(status=2), F, "REPO_CREATE_FAILED", terminal=True),
    Row("C10-3", one(status=3), F, "REPO_FROZEN", terminal=True),
    Row("C10-4", one(status=4), F, "REPO_CLOSED", terminal=True),
    Row("C10-5", one(status=5), F, "REPO_CLEARING", terminal=True),
    Row("C10-7", one(status=7), F, "REPO_DELETING", terminal=True),
    Row("C10-7-as-text", one(status="7"), F, "REPO_DELETING", terminal=True),
    *(
        Row(f"C11-{value!r}", one(status=value), U, "REPO_STATUS_UNDOCUMENTED")
        for value in (6, 8, -1, "normal", "", True, False, 0.5, [0], {})
    ),
    Row("C12", one(status=None), U, "REPO_STATUS_MISSING", terminal=True),
    Row("C12-absent", one(status=GONE), U, "REPO_STATUS_MISSING", terminal=True),
    Row("C13", one(userRole=20), F, "REPO_ROLE_TOO_LOW", terminal=True, options=wanting(min_role=30)),
    Row("C13-as-text", one(userRole="20"), F, "REPO_ROLE_TOO_LOW", terminal=True, options=wanting(min_role=30)),
    Row("C13-equal", one(userRole=30), R, options=wanting(min_role=30)),
    Row("C13-above", one(userRole=40), R, options=wanting(min_role=30)),
    Row("C13-null", one(userRole=None), R, "REPO_ROLE_UNKNOWN", of=W, options=wanting(min_role=20)),
    Row("C13-boolean", one(userRole=True), R, "REPO_ROLE_UNKNOWN", of=W, options=wanting(min_role=20)),
    Row("C13-not-asked-for", one(userRole=None), R, options=wanting()),
    Row("C14", one(visibility_level=20), F, "REPO_PUBLIC", terminal=True, options=wanting(private=True)),
    Row("C14-0", one(visibility_level=0), R, options=wanting(private=True)),
    Row("C14-10", one(visibility_level=10), R, "REPO_VISIBILITY_UNDOCUMENTED", of=W, options=wanting(private=True)),
    Row("C14-boolean", one(visibility_level=False), R, "REPO_VISIBILITY_UNDOCUMENTED", of=W, options=wanting(private=True)),
    Row("C14-null", one(visibility_level=None), R, "REPO_VISIBILITY_UNDOCUMENTED", of=W, options=wanting(private=True)),
    Row("C14-public-is-fine-when-not-asked", one(visibility_level=20), R, options=wanting(private=False)),
    Row("C16", one(repository_size="2.01M"), F, "REPO_TOO_LARGE", terminal=True, options=wanting(max_size="2M")),
    Row("C16-equal", one(repository_size="2.00M"), R, options=wanting(max_size="2M")),
    Row("C16-other-units", one(repository_size="1025K"), F, "REPO_TOO_LARGE", terminal=True, options=wanting(max_size="1M")),
    Row("C16-null", one(repository_size=None), R, "REPO_SIZE_UNKNOWN", of=W, options=wanting(max_size="2M")),
    Row("C16-unparsable", one(repository_size="1,024M"), R, "REPO_SIZE_UNKNOWN", of=W, options=wanting(max_size="2M")),
    Row("C17", one(), R, "REPO_STALE", of=W, options=wanting(max_age="9d")),
    Row("C17-not-yet", one(), R, options=wanting(max_age="10d")),
    Row("C17-zone-unknown", one(updated_at=local(35 * HOURS)), R, options=wanting(max_age="1d")),
    Row(
        "C17-zone-known",
        one(updated_at=local(24 * HOURS)),
        R,
        "REPO_STALE",
        of=W,
        options={**wanting(max_age="1d"), "codearts_timezone": "UTC"},
    ),
    Row("C17-unparsable", one(updated_at="?"), R, options=wanting(max_age="1d")),
    Row("2.5-clock-skew", one(updated_at=local(-15 * HOURS)), R, "CLOCK_SKEW", of=W),
    Row("2.5-no-skew-while-the-zone-is-unknown", one(updated_at=local(-14 * HOURS)), R),
    Row("404", {"projects": [], "errors": [failed(404)]}, F, "REPO_PROJECT_NOT_FOUND", terminal=True),
)


@rows(*ROWS)
def test_list(row: Row) -> None:
    row.check(LIST)


STATES = [row for row in ROWS if row.id.split("-")[0] in ("C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C16", "C17")]


@rows(*STATES)
def test_details(row: Row) -> None:
    """One repository is judged by the same rows, from whichever endpoint it comes."""
    reading = details(*row.reading["projects"][0]["repositories"])
    Row(row.id, reading, row.verdict, row.code, row.of, row.terminal, row.options).check(DETAIL)


DETAILS = (
    Row("404", details(errors=[failed(404, id_field="repository_uuid")]), F, "REPO_NOT_FOUND", terminal=True),
    Row("no-permission", details(errors=[failed(401, "CH.080401", "repository_uuid")]), U, "REPO_NO_PERMISSION_OR_ABSENT", terminal=True),
    Row("C4", details(repository()), F, "REPO_NOT_FOUND", terminal=True, options={"expect": [{"name": "cart"}]}),
    Row("nothing-read", details(), U),
)


@rows(*DETAILS)
def test_details_alone(row: Row) -> None:
    row.check(DETAIL)


def test_expected_repository_may_be_in_any_project() -> None:
    two = {**repositories(repository(repository_name="cart", repository_uuid="2" * 32)), "errors": []}
    two["projects"] += repositories(repository(), project="p2")["projects"]
    check(judge(LIST, two, **wanting()), R)
    check(judge(LIST, two, expect=[{"name": "shop"}, {"name": "till"}]), F, "REPO_NOT_FOUND", terminal=True)


def test_others_are_listed_but_do_not_count() -> None:
    judgement = judge(LIST, repositories(repository(), repository(repository_name="cart", repository_uuid="2" * 32, status=3)), **wanting())
    check(judgement, R, "REPO_FROZEN", of=F, terminal=True)
    assert not finding(judgement, "REPO_FROZEN").counts
    assert [found.name for found in judgement.objects] == ["shop"]


def test_states_are_steady_at_once() -> None:
    assert all(found.is_state for found in judge(LIST, one()).objects)


def test_zone_unknown_is_said() -> None:
    assert finding(judge(LIST, one(status=1)), "REPO_CREATING").since == "2019-10-15 09:40:26 (zone unknown)"
    assert finding(judge(LIST, one(status=1), codearts_timezone="Asia/Shanghai"), "REPO_CREATING").since == "2019-10-15T01:40:26Z"


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0.06M", 62_914),
        ("1.20G", 1_288_490_188),
        ("512B", 512),
        ("0.00M", 0),
        (" 3 KiB ", 3072),
        ("2t", 2 * 1024**4),
        ("1,024M", None),
        ("", None),
        ("-", None),
        ("5", None),
        ("-5M", None),
        (5, None),
        (None, None),
        (True, None),
    ],
)
def test_sizes(text: Any, size: int | None) -> None:
    assert size_in_bytes(text) == size


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ([{"min_role": 20}], "expect[0]"),
        ([{"name": "a"}, {"name": "b", "max_size": "5"}], "expect[1].max_size"),
        ([{"uuid": UUID, "max_age": "soon"}], "expect[0].max_age"),
        ([{"uuid": UUID, "max_age": "0d"}], "expect[0].max_age"),
    ],
)
def test_bad_expectations_are_refused(expect: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        LIST.validate({"project_uuids": [PROJECT], "expect": expect}, "")
    assert raised.value.option == path


# --- The shape of the answer -----------------------------------------------------------------------------------------------------

SHOP = repository()


@pytest.mark.parametrize(
    ("listed", "expected"),
    [([SHOP], [SHOP]), (SHOP, [SHOP]), (None, []), ({}, []), ([], [])],
    ids=["list", "C2-object", "C2-null", "C2-empty-object", "empty"],
)
def test_repositories_of_an_answer(listed: Any, expected: list[Any]) -> None:
    assert page_of({"result": {"total": 3, "repositories": listed}}, "/x") == (expected, 3)


@pytest.mark.parametrize(
    "body",
    [
        {"result": None},
        {},
        {"result": "x"},
        {"result": {"repositories": '[{"status": 0}]'}},
        {"result": {"repositories": ["x"]}},
        {"result": {"repositories": 5}},
    ],
    ids=["C1-null", "C1-absent", "C1-text", "C2-JSON-text", "no-objects", "number"],
)
def test_other_shapes_are_errors(body: dict[str, Any]) -> None:
    """C1 and C2; the error is judged API_SHAPE, as the first table shows."""
    with pytest.raises(ApiError) as raised:
        page_of(body, "/x")
    assert (raised.value.status, raised.value.code) == (200, "UNEXPECTED_ANSWER")


# --- List and details merged -----------------------------------------------------------------------------------------------------


def merged(listed: dict[str, Any], detailed: dict[str, Any]) -> tuple[Any, Any, list[str]]:
    """The judgements of list and details after merging, and the codes of what differs."""
    readings, differing = merge_repositories(BOTH, [listed, detailed])
    return judge(LIST, readings[0]), judge(DETAIL, readings[1]), [found.code for _index, found in differing]


def test_a_value_wins_over_null() -> None:
    lists, single, differing = merged(one(userRole=None), details(repository(status=None, repository_uuid=UUID.upper())))
    assert (lists.verdict, single.verdict, differing) == (R, R, [])


def test_details_fill_the_list() -> None:
    lists, single, differing = merged(one(status=None), details(repository(status=0)))
    assert (lists.verdict, single.verdict, differing) == (R, R, [])


def test_null_in_both_stays_missing() -> None:
    lists, single, differing = merged(one(status=None), details(repository(status=None)))
    assert (codes(lists), codes(single), differing) == (["REPO_STATUS_MISSING"], ["REPO_STATUS_MISSING"], [])


@pytest.mark.parametrize(("first", "second"), [(0, 3), (3, 0)])
def test_two_values_give_the_worse_and_a_warning(first: int, second: int) -> None:
    lists, single, differing = merged(one(status=first), details(repository(status=second)))
    assert sorted((lists.verdict, single.verdict)) == [F, R]
    assert differing == ["REPO_LIST_DETAIL_DIFFER"]


@pytest.mark.parametrize(
    ("name", "first", "second", "differ"),
    [
        ("status", 0, "0", False),
        ("project_is_deleted", "false", False, False),
        ("project_is_deleted", "false", "true", True),
        ("visibility_level", 0, 20, True),
        ("userRole", 20, 30, True),
        ("repository_size", "0.06M", "0.07M", False),
        ("updated_at", "2019-10-15 09:40:26", "2019-10-16 09:40:26", False),
    ],
)
def test_what_counts_as_a_difference(name: str, first: Any, second: Any, differ: bool) -> None:
    """Fields that decide; the same value in another type is none, and sizes and times age."""
    differing = merged(one(**{name: first}), details(repository(**{name: second})))[2]
    assert differing == (["REPO_LIST_DETAIL_DIFFER"] if differ else [])


def test_other_repositories_are_left_alone() -> None:
    lists, single, _differing = merged(one(status=0), details(repository(status=None, repository_uuid="2" * 32)))
    assert (lists.verdict, single.verdict) == (R, U)


def test_two_lists_are_no_list_and_details() -> None:
    readings, differing = merge_repositories((LIST.name, LIST.name), [one(status=None), one(status=0)])
    assert readings == [one(status=None), one(status=0)]
    assert not differing


def test_foreign_text_in_a_difference_is_made_safe() -> None:
    _readings, differing = merge_repositories(BOTH, [one(status="x"), details(repository(status="token=abcdef \x1b[1m" + "x" * 9000))])
    text = shown(differing[0][1])
    assert "abcdef" not in text
    assert "\x1b" not in text
    assert len(differing[0][1].message) <= 2000


# --- The documented examples -----------------------------------------------------------------------------------------------------


def documented_list() -> dict[str, Any]:
    """The reading of the documented list: 14 announced, one came, as an object."""
    listed, total = page_of(documented("codearts_project_repositories"), "/x")
    return repositories(*listed, total=total)


def test_documented_list() -> None:
    judgement = judge(LIST, documented_list())
    check(judgement, U, "LIST_INCOMPLETE")
    assert [found.verdict for found in judgement.objects] == [R]
    named = judge(LIST, documented_list(), expect=[{"uuid": UUID, "private": True}])
    check(named, R, "LIST_INCOMPLETE", of=W)


def test_documented_details() -> None:
    check(judge(DETAIL, details(documented("codearts_repository")["result"])), U, "REPO_STATUS_MISSING", terminal=True)


def test_documented_details_with_a_list() -> None:
    """All null alone; the list's 0 decides."""
    single = documented("codearts_repository")["result"]
    listed = repositories({**single, "status": 0})
    lists, judgement, differing = merged(listed, details(single))
    assert (lists.verdict, judgement.verdict, differing) == (R, R, [])


# --- Properties ------------------------------------------------------------------------------------------------------------------


@drawn(st.permutations([repository(status=value, repository_name=str(value), repository_uuid=str(value)) for value in (0, 1, 3, 6, None)]))
@examples(40)
def test_order_does_not_matter(items: list[Any]) -> None:
    judgement = judge(LIST, repositories(*items))
    assert judgement.verdict == F
    assert codes(judgement) == ["REPO_CREATING", "REPO_FROZEN", "REPO_STATUS_MISSING", "REPO_STATUS_UNDOCUMENTED"]


@drawn(st.sampled_from(["status", "project_is_deleted"]), JSON)
@examples(150)
def test_arbitrary_json_in_a_deciding_field_is_never_ready(name: str, value: Any) -> None:
    """Deciding: status and project_is_deleted; ready only with the values of C7 and with "no" of C6."""
    allowed = {"status": ("0", "0.0", "-0", "-0.0"), "project_is_deleted": ("false", "0", "", "none", "-0")}[name]
    for endpoint, reading in ((LIST, one(**{name: value})), (DETAIL, details(repository(**{name: value})))):
        said = str(value).strip().lower() if not isinstance(value, bool) or name == "project_is_deleted" else "a boolean"
        assert judge(endpoint, reading).verdict != R or said in allowed or (name == "status" and said.lstrip("-0") == "")


@drawn(st.dictionaries(st.sampled_from(sorted(repository())), JSON), st.dictionaries(st.sampled_from(sorted(repository())), JSON))
@examples(150)
def test_arbitrary_json_anywhere_never_crashes(fields: dict[str, Any], others: dict[str, Any]) -> None:
    options = wanting(min_role=20, private=True, max_size="1M", max_age="1d")
    listed, single = one(**fields), details(repository(**others))
    for reading, endpoint in zip(merge_repositories(BOTH, [listed, single])[0], (LIST, DETAIL)):
        judge(endpoint, reading)
        judge(endpoint, reading, **options)


@drawn(JSON)
@examples(100)
def test_arbitrary_json_as_an_answer_gives_a_list_or_an_error(value: Any) -> None:
    for body in ({"result": value}, {"result": {"repositories": value}}):
        try:
            listed, _total = page_of(body, "/x")
        except ApiError:
            continue
        assert all(isinstance(found, dict) for found in listed)

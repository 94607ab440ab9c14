# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the CodeArts repositories: rows C of rules.rst, and how list and details are merged."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History, Watch
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.repositories import Repository, repositories_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.units import size_in_bytes
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import CheckedReading, judge_across, merge_repositories
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.repositories import (
    NOTHING,
    STATE,
    Case,
    judge_details,
    judge_projects,
    validate_expect,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.repositories import ROWS as ROWS_OF_A_REPOSITORY
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import GONE, JSON, NOW, PROJECT, UUID, documented, examples, local, rows
from unit.answers_codearts import (
    DAYS,
    HOURS,
    OTHER_UUID,
    F,
    P,
    R,
    Row,
    U,
    codes,
    deciding,
    details,
    failed,
    finding,
    judged,
    projects,
    repository,
    shown,
    summary,
)


def one(**fields: Any) -> Reading:
    """A list with one repository."""
    return projects(repository(**fields))


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one repository."""
    return {"expect": [{"name": "shop", **fields}]}


def errors_only(status: int | None, code: str = "", **fields: Any) -> Reading:
    """A reading that holds nothing but a failed request."""
    return replace(projects(errors=[failed(status, code, **fields)]), entries=())


UTC = {"codearts_timezone": "UTC"}
CART = {"expect": [{"name": "cart"}]}
NO_LIST = Reading("codearts_project_repository", {}, (Entry(PROJECT, NOW, {"total": 1, "repositories": '[{"status": 0}]'}),))
NO_TOTAL = Reading("codearts_project_repository", {}, (Entry(PROJECT, NOW, {"total": None, "repositories": [repository()]}),))

ROWS = (
    Row("C0", errors_only(200, "CH.080002"), U, "REPO_API_ERROR", "U"),
    Row("C0-permission", errors_only(200, "CH.080401"), U, "REPO_API_ERROR", "U T"),
    Row("C0-parameter", errors_only(200, "CH.010001"), U, "REPO_API_ERROR", "U T"),
    Row("C1-C2-not-the-shape", errors_only(200, "UNEXPECTED_ANSWER"), U, "API_SHAPE", "U T"),
    Row("C2-JSON-text", NO_LIST, U, "API_SHAPE", "U T"),
    Row("C2-JSON-text-with-an-expectation", NO_LIST, U, "API_SHAPE", "U T", CART),
    Row("C3", projects(repository(), total=14), U, "LIST_INCOMPLETE", "U"),
    Row("C3-total-as-text", projects(repository(), total="14"), U, "LIST_INCOMPLETE", "U"),
    Row("C3-expected-found", projects(repository(), total=14), R, "LIST_INCOMPLETE", "W", wanting()),
    Row("C3-expected-found-but-failed", projects(repository(status=3), total=14), F, "LIST_INCOMPLETE", "W", wanting()),
    Row("C3-expected-not-among-them", projects(repository(), total=14), U, "LIST_INCOMPLETE", "U", CART),
    Row("C3-nothing-came", projects(total=3), U, "LIST_INCOMPLETE", "U"),
    Row("C3-nothing-came-but-expected", projects(total=3), U, "LIST_INCOMPLETE", "U", CART),
    Row("C3-total-missing", NO_TOTAL, R),
    Row("C3-total-boolean", projects(repository(), total=True), R),
    Row("C3-more-than-total", projects(repository(), total=0), R),
    Row("C4", one(), F, "REPO_NOT_FOUND", "F T", CART),
    Row("C4-uuid", one(), F, "REPO_NOT_FOUND", "F T", {"expect": [{"uuid": "0" * 32}]}),
    Row("C4-name-of-another-uuid", one(), F, "REPO_NOT_FOUND", "F T", {"expect": [{"name": "shop", "uuid": "0" * 32}]}),
    Row("C4-name-is-exact", one(), F, "REPO_NOT_FOUND", "F T", {"expect": [{"name": "Shop"}]}),
    Row("C4-uuid-in-other-case", one(), R, options={"expect": [{"uuid": UUID.upper()}]}),
    Row("C4-empty-list", projects(), F, "REPO_NOT_FOUND", "F T", wanting()),
    Row("C4-not-while-a-list-is-missing", projects(errors=[failed(503, target="p2", retryable=True)]), U, "API_UNAVAILABLE", "U", CART),
    Row("C5", projects(), U, "REPO_NONE", "U T"),
    *(Row(f"C6-{value!r}", one(project_is_deleted=value), F, "REPO_PROJECT_DELETED", "F T") for value in (True, "true", "TRUE", "1", 1)),
    *(Row(f"C6-no-{value!r}", one(project_is_deleted=value), R) for value in ("false", "False", False, 0, "0", "", None, GONE)),
    *(
        Row(f"C6-other-{value!r}", one(project_is_deleted=value), U, "REPO_PROJECT_DELETED_UNKNOWN", "U")
        for value in ("none", "yes", 2, -1, [], {})
    ),
    Row("C7", one(status=0), R),
    Row("C7-as-text", one(status="0"), R),
    Row("C8", one(status=1), F, "REPO_CREATING", "F r"),
    Row("C8-as-text", one(status="1"), F, "REPO_CREATING", "F r"),
    Row("C8-young", one(status=1, created_at=local(60)), P, "REPO_CREATING", "P"),
    Row("C8-zone-unknown-12h", one(status=1, created_at=local(12 * HOURS)), P, "REPO_CREATING", "P"),
    Row("C8-zone-unknown-12h-and-299s", one(status=1, created_at=local(12 * HOURS + 299)), P, "REPO_CREATING", "P"),
    Row("C8-zone-unknown-12h-and-300s", one(status=1, created_at=local(12 * HOURS + 300)), F, "REPO_CREATING", "F r"),
    Row("C8-zone-unknown-future", one(status=1, created_at=local(-14 * HOURS)), P, "REPO_CREATING", "P"),
    Row("C8-zone-known-299s", one(status=1, created_at=local(299)), P, "REPO_CREATING", "P", UTC),
    Row("C8-zone-known-300s", one(status=1, created_at=local(300)), F, "REPO_CREATING", "F r", UTC),
    Row(
        "C8-shanghai",
        one(status=1, created_at=local(300 - 8 * HOURS)),
        F,
        "REPO_CREATING",
        "F r",
        {"codearts_timezone": "Asia/Shanghai"},
    ),
    Row("C8-stuck-after-of-the-options", one(status=1, created_at=local(60)), F, "REPO_CREATING", "F r", {**UTC, "stuck_after": 60}),
    Row("C8-epoch-ms", one(status=1, created_at=1764590100000), F, "REPO_CREATING", "F r"),
    Row("C8-boolean-time", one(status=1, created_at=True), P, "REPO_CREATING", "P"),
    Row("C8-unparsable", one(status=1, created_at="yesterday"), P, "REPO_CREATING", "P"),
    Row("C8-absent", one(status=1, created_at=None), P, "REPO_CREATING", "P"),
    Row("C8-absent-seen-for-299s", one(status=1, created_at=None), P, "REPO_CREATING", "P", again=(150, 299)),
    Row("C8-absent-seen-for-300s", one(status=1, created_at=None), F, "REPO_CREATING", "F r", again=(150, 300)),
    Row("C8-zone-unknown-seen-for-300s", one(status=1, created_at=local(60)), F, "REPO_CREATING", "F r", again=(300,)),
    Row("C9", one(status=2), F, "REPO_CREATE_FAILED", "F T"),
    Row("C10-3", one(status=3), F, "REPO_FROZEN", "F T"),
    Row("C10-4", one(status=4), F, "REPO_CLOSED", "F T"),
    Row("C10-5", one(status=5), F, "REPO_CLEARING", "F T"),
    Row("C10-7", one(status=7), F, "REPO_DELETING", "F T"),
    Row("C10-7-as-text", one(status="7"), F, "REPO_DELETING", "F T"),
    *(
        Row(f"C11-{value!r}", one(status=value), U, "REPO_STATUS_UNDOCUMENTED", "U")
        for value in (6, 8, -1, "normal", "", True, False, 0.5, [0], {})
    ),
    Row("C12", one(status=None), U, "REPO_STATUS_MISSING", "U T"),
    Row("C12-absent", one(status=GONE), U, "REPO_STATUS_MISSING", "U T"),
    Row("C13", one(userRole=20), F, "REPO_ROLE_TOO_LOW", "F T", wanting(min_role=30)),
    Row("C13-as-text", one(userRole="20"), F, "REPO_ROLE_TOO_LOW", "F T", wanting(min_role=30)),
    Row("C13-undocumented-and-lower", one(userRole=0), F, "REPO_ROLE_TOO_LOW", "F T", wanting(min_role=20)),
    Row("C13-equal", one(userRole=30), R, options=wanting(min_role=30)),
    Row("C13-above", one(userRole=40), R, options=wanting(min_role=30)),
    *(
        Row(f"C13-{value!r}", one(userRole=value), U, "REPO_ROLE_UNKNOWN", "U", wanting(min_role=20))
        for value in (None, GONE, True, "owner", "", [30])
    ),
    Row("C13-not-demanded", one(userRole=None), R, options=wanting()),
    Row("C14", one(visibility_level=20), F, "REPO_PUBLIC", "F T", wanting(private=True)),
    Row("C14-as-text", one(visibility_level="20"), F, "REPO_PUBLIC", "F T", wanting(private=True)),
    Row("C14-0", one(visibility_level=0), R, options=wanting(private=True)),
    *(
        Row(f"C14-{value!r}", one(visibility_level=value), U, "REPO_VISIBILITY_UNKNOWN", "U", wanting(private=True))
        for value in (10, False, None, GONE, "private")
    ),
    *(
        Row(f"C14-not-demanded-{value!r}", one(visibility_level=value), R, "REPO_VISIBILITY_UNDOCUMENTED", "W", options)
        for value, options in ((10, {}), (False, {}), ("", {}), (10, wanting()), (10, wanting(private=False)))
    ),
    *(Row(f"C14-not-demanded-ready-{value!r}", one(visibility_level=value), R) for value in (0, 20, "20", None, GONE)),
    Row("C16", one(repository_size="2.01M"), F, "REPO_TOO_LARGE", "F r", wanting(max_size="2M")),
    Row("C16-equal", one(repository_size="2.00M"), R, options=wanting(max_size="2M")),
    Row("C16-other-units", one(repository_size="1025K"), F, "REPO_TOO_LARGE", "F r", wanting(max_size="1M")),
    Row("C16-no-unit-of-size", one(repository_size="512B"), R, options=wanting(max_size="1M")),
    *(
        Row(f"C16-{value!r}", one(repository_size=value), U, "REPO_SIZE_UNKNOWN", "U", wanting(max_size="2M"))
        for value in (None, GONE, "1,024M", "", "-", "5", 5, True)
    ),
    Row("C17", one(), F, "REPO_STALE", "F r", wanting(max_age="9d")),
    Row("C17-not-yet", one(), R, options=wanting(max_age="11d")),
    Row("C17-zone-unknown", one(updated_at=local(35 * HOURS)), R, "REPO_AGE_UNKNOWN", "W", wanting(max_age="1d")),
    Row("C17-zone-unknown-36h", one(updated_at=local(36 * HOURS)), F, "REPO_STALE", "F r", wanting(max_age="1d")),
    Row("C17-zone-unknown-10h", one(updated_at=local(10 * HOURS)), R, "REPO_AGE_UNKNOWN", "W", wanting(max_age="1d")),
    Row("C17-zone-unknown-9h", one(updated_at=local(9 * HOURS)), R, options=wanting(max_age="1d")),
    Row("C17-zone-known", one(updated_at=local(24 * HOURS)), F, "REPO_STALE", "F r", {**wanting(max_age="1d"), **UTC}),
    Row("C17-zone-known-1s-less", one(updated_at=local(24 * HOURS - 1)), R, options={**wanting(max_age="1d"), **UTC}),
    *(
        Row(f"C17-{value!r}", one(updated_at=value), U, "REPO_AGE_UNKNOWN", "U", wanting(max_age="1d"))
        for value in (None, GONE, "?", "0001-01-01 00:00:00", True)
    ),
    Row("C17-not-demanded", one(updated_at=None), R, options=wanting()),
    Row("G7-clock-skew", one(updated_at=local(-15 * HOURS)), R, "CLOCK_SKEW", "W"),
    Row("G7-301s", one(created_at=local(-301)), R, "CLOCK_SKEW", "W", UTC),
    Row("G7-300s", one(created_at=local(-300)), R, options=UTC),
    Row("G7-no-skew-while-the-zone-is-unknown", one(updated_at=local(-14 * HOURS)), R),
    Row("404", errors_only(404), F, "REPO_PROJECT_NOT_FOUND", "F T"),
    Row("nothing-read", Reading("codearts_project_repository", {}), U, "API_SHAPE", "U"),
)


@rows(*ROWS)
def test_list(row: Row) -> None:
    row.check(judge_projects)


STATES = [row for row in ROWS if row.id.split("-")[0] in ("C6", "C7", "C8", "C9", "C10", "C11", "C12", "C13", "C14", "C16", "C17", "G7")]


@rows(*STATES)
def test_details(row: Row) -> None:
    """One repository is judged by the same rows, from whichever endpoint it comes."""
    replace(row, reading=details(*row.reading.entries[0].fields["repositories"])).check(judge_details)


DETAILS = (
    Row("404", details(errors=[failed(404, target=UUID)]), F, "REPO_NOT_FOUND", "F T"),
    Row("no-permission", details(errors=[failed(401, "CH.080401", UUID)]), U, "REPO_NO_PERMISSION_OR_ABSENT", "U T"),
    Row("C4", details(repository()), F, "REPO_NOT_FOUND", "F T", CART),
    Row(
        "C4-not-while-one-is-missing",
        details(repository(), errors=[failed(503, target="r2", retryable=True)]),
        U,
        "API_UNAVAILABLE",
        "U",
        CART,
    ),
    Row("nothing-read", details(), U, "API_SHAPE", "U"),
)


@rows(*DETAILS)
def test_details_alone(row: Row) -> None:
    row.check(judge_details)


def two_projects() -> Reading:
    """A cart in the first project, a shop in the second."""
    first, second = projects(repository(repository_name="cart", repository_uuid=OTHER_UUID)), projects(repository(), project="p2")
    return replace(first, entries=first.entries + second.entries)


def test_expected_repository_may_be_in_any_project() -> None:
    assert judged(judge_projects, two_projects(), **wanting()).verdict == R
    missing = finding(judged(judge_projects, two_projects(), expect=[{"name": "shop"}, {"name": "till"}]), "REPO_NOT_FOUND")
    assert (missing.name, missing.kind, missing.target) == ("till", "Repository", "")


def test_a_project_without_repositories_beside_another() -> None:
    both = replace(one(), entries=one().entries + projects(project="p2").entries)
    judgement = judged(judge_projects, both)
    assert (judgement.verdict, finding(judgement, "REPO_NONE").target) == (U, "p2")
    assert judged(judge_projects, both, **wanting()).verdict == R


def test_what_could_not_be_found_is_named() -> None:
    """C3: what is expected and missing, and nothing that is there."""
    message = finding(
        judged(judge_projects, projects(repository(), total=14), expect=[{"name": "shop"}, {"name": "billing-api"}]), "LIST_INCOMPLETE"
    )
    assert message.message == "1 of 14 repositories of project p1 were read. Not found among them: billing-api."


def test_near_names_are_given() -> None:
    assert "Nearest: shop." in finding(judged(judge_projects, one(), expect=[{"name": "shops"}]), "REPO_NOT_FOUND").message


def test_others_are_listed_but_do_not_count() -> None:
    other = repository(repository_name="cart", repository_uuid=OTHER_UUID, status=3)
    judgement = judged(judge_projects, projects(repository(), other), **wanting())
    assert judgement.verdict == R
    assert finding(judgement, "REPO_FROZEN").weight == "beside"
    assert [subject.name for subject in deciding(judgement)] == ["shop"]


def test_the_strictest_of_several_demands_counts() -> None:
    expect = [
        {"name": "shop", "min_role": 20, "max_size": "1M"},
        {"uuid": UUID, "min_role": 40, "private": True, "max_size": "1K", "max_age": "1d"},
    ]
    judgement = judged(judge_projects, one(visibility_level=20), expect=expect)
    assert codes(judgement) == ["REPO_PUBLIC", "REPO_ROLE_TOO_LOW", "REPO_STALE", "REPO_TOO_LARGE"]


def test_subject_of_a_repository() -> None:
    (subject,) = judged(judge_projects, one()).subjects
    assert (subject.kind, subject.name, subject.namespace, subject.target, subject.is_state) == (
        "Repository",
        "shop",
        "Demo",
        PROJECT,
        True,
    )
    assert subject.observed == {
        "status": 0,
        "updated_at": "2025-11-21 12:00:00",
        "visibility_level": 0,
        "userRole": 30,
        "repository_size": "0.06M",
    }
    assert subject.origin.raw == repository()
    (subject,) = judged(judge_details, details(repository())).subjects
    assert (subject.name, subject.target) == ("shop", UUID)


def test_every_subject_is_a_state() -> None:
    answers = [one(status=1), projects(), projects(repository(), total=9), errors_only(503), one()]
    assert all(subject.is_state for answer in answers for subject in judged(judge_projects, answer, **CART).subjects)


def test_zone_unknown_is_said() -> None:
    assert finding(judged(judge_projects, one(status=1)), "REPO_CREATING").since == "2019-10-15 09:40:26 (zone unknown)"
    shanghai = judged(judge_projects, one(status=1), codearts_timezone="Asia/Shanghai")
    assert finding(shanghai, "REPO_CREATING").since == "2019-10-15T01:40:26Z"
    undecided = judged(judge_projects, one(updated_at=local(1 * DAYS)), **wanting(max_age="1d"))
    assert "2025-11-30 12:00:00 (zone unknown)" in finding(undecided, "REPO_AGE_UNKNOWN").message


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
        validate_expect({"expect": expect}, "checks[0].")
    assert raised.value.option == f"checks[0].{path}"


def test_good_expectations_are_not_refused() -> None:
    validate_expect({"expect": [{"name": "a", "max_size": "5M", "max_age": "90d"}, {"uuid": UUID}]}, "")
    validate_expect({}, "")


# --- The shape of the answer -----------------------------------------------------------------------------------------------------

SHOP = repository()


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        ({"repositories": [SHOP]}, [SHOP]),
        ({"repositories": SHOP}, [SHOP]),
        ({"repositories": None}, []),
        ({"repositories": {}}, []),
        ({"repositories": []}, []),
        ({}, []),
        (None, None),
        ("x", None),
        ({"repositories": '[{"status": 0}]'}, None),
        ({"repositories": ["x"]}, None),
        ({"repositories": 5}, None),
        ({"repositories": False}, None),
    ],
    ids="list C2-object C2-null C2-empty-object empty absent C1-null C1-text C2-JSON-text no-objects number boolean".split(),
)
def test_repositories_of_an_answer(result: Any, expected: Any) -> None:
    assert repositories_of(result) == expected


# --- List and details merged -----------------------------------------------------------------------------------------------------


def merged(listed: Reading, detailed: Reading, advisory: tuple[bool, bool] = (False, False), **options: Any) -> Any:
    """The judgements of list and details after merging, the list judged by the options."""
    readings = merge_repositories([listed, detailed], advisory)
    judgements = [judge_projects(readings[0], options, History()), judge_details(readings[1], {}, History())]
    names = ("the list", "the details")
    return judge_across(
        [CheckedReading(*row) for row in zip(names, (listed.endpoint, detailed.endpoint), advisory, (options, {}), readings, judgements)]
    )


def test_a_value_wins_over_null() -> None:
    lists, single = merged(one(userRole=None), details(repository(status=None, repository_uuid=UUID.upper())), **wanting(min_role=30))
    assert (lists.verdict, single.verdict, codes(lists) + codes(single)) == (R, R, [])


def test_details_fill_the_list() -> None:
    lists, single = merged(one(status=None), details(repository(status=0)))
    assert (lists.verdict, single.verdict, codes(lists) + codes(single)) == (R, R, [])


def test_null_in_both_stays_missing() -> None:
    lists, single = merged(one(status=None), details(repository(status=GONE)))
    assert (codes(lists), codes(single)) == (["REPO_STATUS_MISSING"], ["REPO_STATUS_MISSING"])


def test_a_name_in_the_list_finds_the_expected_details() -> None:
    readings = merge_repositories([one(), details(repository(repository_name=None))])
    assert judged(judge_details, readings[1], **wanting()).verdict == R


@pytest.mark.parametrize(("first", "second"), [(0, 3), (3, 0)])
def test_two_values_give_the_worse_and_a_warning(first: int, second: int) -> None:
    lists, single = merged(one(status=first), details(repository(status=second)))
    assert (lists.verdict, single.verdict) == (F, F)
    assert (codes(lists), codes(single)) == (["REPO_FROZEN"], ["REPO_FROZEN", "REPO_LIST_DETAIL_DIFFER"])
    warning = finding(single, "REPO_LIST_DETAIL_DIFFER")
    assert (str(warning.mark), warning.observed, warning.expected, warning.field, warning.check) == (
        "W",
        second,
        first,
        "status",
        "the details",
    )


def test_the_worse_is_found_by_what_is_demanded() -> None:
    """The demand stands at the list, the value that does not meet it in the details."""
    lists, _single = merged(
        one(userRole=40, visibility_level=0), details(repository(userRole=20, visibility_level=20)), **wanting(min_role=30, private=True)
    )
    assert codes(lists) == ["REPO_PUBLIC", "REPO_ROLE_TOO_LOW"]


def test_details_that_only_warn_do_not_speak_against_the_list() -> None:
    lists, single = merged(one(), details(repository(status=3)), advisory=(False, True))
    assert (lists.verdict, codes(single)) == (R, ["REPO_FROZEN", "REPO_LIST_DETAIL_DIFFER"])


@pytest.mark.parametrize(
    ("name", "first", "second", "differ"),
    [
        ("status", 0, "0", False),
        ("project_is_deleted", "false", False, False),
        ("project_is_deleted", "0", "", False),
        ("project_is_deleted", "false", "true", True),
        ("visibility_level", 0, 20, True),
        ("visibility_level", 0, False, True),
        ("userRole", 20, 30, True),
        ("repository_size", "1.00M", "1024K", False),
        ("repository_size", "0.06M", "0.07M", True),
        ("updated_at", "2019-10-15 09:40:26", "2019-10-16 09:40:26", True),
        ("star", True, False, False),
    ],
)
def test_what_counts_as_a_difference(name: str, first: Any, second: Any, differ: bool) -> None:
    """Fields that are judged; the same value in another type is none."""
    single = merged(one(**{name: first}), details(repository(**{name: second})))[1]
    assert [code for code in codes(single) if code == "REPO_LIST_DETAIL_DIFFER"] == (["REPO_LIST_DETAIL_DIFFER"] if differ else [])


def test_other_repositories_are_left_alone() -> None:
    lists, single = merged(one(status=0), details(repository(status=None, repository_uuid=OTHER_UUID)))
    assert (lists.verdict, single.verdict) == (R, U)


def test_two_lists_are_no_list_and_details() -> None:
    assert merge_repositories([one(status=None), one(status=0)]) == [one(status=None), one(status=0)]


def test_readings_of_other_endpoints_are_left_alone() -> None:
    other = Reading("ucs_gitops", {}, (Entry("c1", NOW, {"repositories": [repository()]}),))
    assert merge_repositories([other, details(repository(status=None))])[0] is not None
    assert merge_repositories([other])[0] == other


def test_foreign_text_in_a_difference_is_made_safe() -> None:
    nasty = "token=abcdef \x1b[1m" + "x" * 9000
    warning = finding(merged(one(status="x"), details(repository(status=nasty)))[1], "REPO_LIST_DETAIL_DIFFER")
    assert "abcdef" not in shown(warning)
    assert "\x1b" not in shown(warning)
    assert len(warning.message) <= 2000


# --- The documented examples -----------------------------------------------------------------------------------------------------


def documented_list() -> Reading:
    """The reading of the documented list: 14 announced, one came, as an object."""
    result = documented("codearts_project_repositories")["result"]
    return projects(*(repositories_of(result) or []), total=result["total"])


def test_documented_list() -> None:
    judgement = judged(judge_projects, documented_list())
    assert (judgement.verdict, codes(judgement), [subject.verdict for subject in deciding(judgement)]) == (U, ["LIST_INCOMPLETE"], [R])
    named = judged(judge_projects, documented_list(), expect=[{"uuid": UUID, "private": True}])
    assert (named.verdict, codes(named)) == (R, ["LIST_INCOMPLETE"])


def test_documented_details() -> None:
    judgement = judged(judge_details, details(documented("codearts_repository")["result"]))
    assert (judgement.verdict, codes(judgement)) == (U, ["REPO_STATUS_MISSING"])


def test_documented_details_with_a_list() -> None:
    """All null alone; the list's 0 decides."""
    single = documented("codearts_repository")["result"]
    lists, judgement = merged(projects({**single, "status": 0}), details(single))
    assert (lists.verdict, judgement.verdict, codes(judgement)) == (R, R, [])


# --- Properties ------------------------------------------------------------------------------------------------------------------


@drawn(st.permutations([repository(status=value, repository_name=str(value), repository_uuid=str(value)) for value in (0, 1, 3, 6, None)]))
@examples(40)
def test_order_does_not_matter(items: list[Any]) -> None:
    judgement = judged(judge_projects, projects(*items))
    assert judgement.verdict == F
    assert codes(judgement) == ["REPO_CREATING", "REPO_FROZEN", "REPO_STATUS_MISSING", "REPO_STATUS_UNDOCUMENTED"]


@drawn(st.sampled_from(["status", "project_is_deleted"]), JSON)
@examples(150)
def test_arbitrary_json_in_a_deciding_field_is_never_ready(name: str, value: Any) -> None:
    """Deciding: status and project_is_deleted; ready only with the values of C7 and with "no" of C6."""
    allowed = {"status": ("0", "0.0", "-0", "-0.0"), "project_is_deleted": ("false", "0", "", "none", "-0", "0.0", "-0.0")}[name]
    for judge, answer in ((judge_projects, one(**{name: value})), (judge_details, details(repository(**{name: value})))):
        said = str(value).strip().lower() if not isinstance(value, bool) or name == "project_is_deleted" else "a boolean"
        assert judged(judge, answer).verdict != R or said in allowed or said.lstrip("-0") == ""


@drawn(st.dictionaries(st.sampled_from(sorted(repository())), JSON), st.dictionaries(st.sampled_from(sorted(repository())), JSON))
@examples(150)
def test_arbitrary_json_anywhere_never_crashes(fields: dict[str, Any], others: dict[str, Any]) -> None:
    for options in ({}, wanting(min_role=20, private=True, max_size="1M", max_age="1d")):
        assert all(summary(judgement) is not None for judgement in merged(one(**fields), details(repository(**others)), **options))


@drawn(JSON)
@examples(100)
def test_arbitrary_json_as_an_answer_gives_a_list_of_objects_or_none(value: Any) -> None:
    for result in (value, {"repositories": value}):
        listed = repositories_of(result)
        assert listed is None or all(isinstance(found, dict) for found in listed)


class Noting(dict):  # type: ignore[type-arg]
    """An object of an answer that notes which of its fields are read."""

    def __init__(self, values: dict[str, Any]) -> None:
        super().__init__(values)
        self.read: set[str] = set()

    def get(self, name: str, default: Any = None) -> Any:
        self.read.add(name)
        return super().get(name, default)


STATED = st.one_of(st.sampled_from([None, 0, 1, 3, 6, 20, "0", "20", "false", "True", False, True, 0.0, 1.0, "internal", {}, []]), JSON)


@drawn(st.fixed_dictionaries(dict.fromkeys(STATE, STATED)))
def test_rows_read_no_more_than_the_state_where_nothing_is_demanded(state: dict[str, Any]) -> None:
    """Else two repositories of one state could not be judged alike."""
    raw = Noting({**repository(), **state})
    subject = Subject("Repository", "shop", PROJECT, NOW)
    watch = Watch({"stuck_after": 900.0}, PROJECT, NOW, History(), History())
    for row in ROWS_OF_A_REPOSITORY:
        row(Case(subject, Repository.parse(raw), watch, NOTHING))
    assert raw.read <= {*STATE, "created_at", "repository_uuid", "repository_name"}
    assert raw.read <= set(STATE) or subject.findings


@drawn(st.lists(st.fixed_dictionaries(dict.fromkeys(STATE, STATED)), min_size=2, max_size=6))
def test_each_of_a_list_is_judged_as_it_is_alone(states: list[dict[str, Any]]) -> None:
    listed = [repository(repository_uuid=f"{number:032x}", repository_name=f"r{number}", **state) for number, state in enumerate(states)]
    together, alone = (
        {
            subject.name: subject.findings
            for reading in readings
            for subject in judged(judge_projects, reading).subjects
            if not subject.notice
        }
        for readings in ([projects(*listed)], [projects(each) for each in listed])
    )
    assert together == alone

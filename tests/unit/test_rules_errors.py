# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed request means: rows E of rules.rst, for every kind of id."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History, Watch
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.common import nothing_read, stated_in_the_future
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.errors import judge_errors
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import NOW, examples
from unit.answers_codearts import F, P, U, failed, shown

# endpoint: its service, the id that it asks for, the code for one that is not there
IDS = {
    "ucs_repository_source": ("ucs", "cluster_id", "SRC_CLUSTER_NOT_FOUND"),
    "ucs_gitops": ("ucs", "cluster_id", "GITOPS_NOT_FOUND"),
    "codearts_project_repository": ("codearts_repo", "project_uuid", "REPO_PROJECT_NOT_FOUND"),
    "codearts_repository": ("codearts_repo", "repository_uuid", "REPO_NOT_FOUND"),
    "servicestage_git_authorization": ("servicestage", "project_id", "AUTH_PROJECT_NOT_FOUND"),
}
ERRORS = [
    # id, HTTP status, the service's code, whether the client held it worth another try; code (None: the endpoint's own), mark
    ("E2-400", 400, "UCS.00000001", False, "API_BAD_REQUEST", "U T"),
    ("E2-400-with-digits-of-a-403", 400, "SVCSTG.REPO.0403", False, "API_BAD_REQUEST", "U T"),
    ("E1-401", 401, "APIG.0301", False, "API_UNAUTHORIZED", "U T"),
    ("E1-401-of-CodeArts", 401, "CH.080401", False, "REPO_NO_PERMISSION_OR_ABSENT", "U T"),
    ("E2-403", 403, "UCS.00000013", False, "API_FORBIDDEN", "U T"),
    ("E4-404", 404, "", False, None, "F T"),
    ("E4-404-of-the-service", 404, "UCS.00000013", False, None, "F T"),
    ("E4-404-other-APIG-code", 404, "APIG.0201", False, None, "F T"),
    ("E3-404-no-such-API", 404, "APIG.0101", False, "API_WITHDRAWN", "U T"),
    ("E3-404-no-such-API-APIGW", 404, "APIGW.0101", False, "API_WITHDRAWN", "U T"),
    ("E3-410", 410, "", False, "API_WITHDRAWN", "U T"),
    ("E5-E6-200-not-the-shape", 200, "UNEXPECTED_ANSWER", False, "API_SHAPE", "U T"),
    ("E5-202", 202, "UNEXPECTED_ANSWER", False, "API_SHAPE", "U T"),
    ("E6-not-the-shape-after-retries", 200, "UNEXPECTED_ANSWER", True, "API_SHAPE", "U T"),
    ("E7-stale", 200, "STALE_ANSWER", True, "API_STALE", "U"),
    ("E8-mismatch", 200, "ANSWER_MISMATCH", False, "API_ANSWER_MISMATCH", "U T"),
    ("C0-200-error-in-the-body", 200, "CH.080002", False, "REPO_API_ERROR", "U"),
    ("C0-200-no-permission", 200, "CH.080401", False, "REPO_API_ERROR", "U T"),
    ("C0-200-bad-parameter", 200, "CH.010001", False, "REPO_API_ERROR", "U T"),
    ("E9-300", 300, "", False, "API_UNAVAILABLE", "U T"),
    ("E9-405", 405, "", False, "API_UNAVAILABLE", "U T"),
    ("E9-408", 408, "", True, "API_UNAVAILABLE", "U"),
    ("E9-429", 429, "APIG.0308", True, "API_UNAVAILABLE", "U"),
    ("E9-500", 500, "", True, "API_UNAVAILABLE", "U"),
    ("E9-501", 501, "", False, "API_UNAVAILABLE", "U T"),
    ("E9-503", 503, "", True, "API_UNAVAILABLE", "U"),
    ("E9-no-answer", None, "CONNECTION_FAILED", True, "API_UNAVAILABLE", "U"),
    ("E9-timeout", None, "TIMEOUT", True, "API_UNAVAILABLE", "U"),
    ("E9-tls", None, "TLS_FAILED", False, "API_UNAVAILABLE", "U T"),
    ("E9-tls-tried-again", None, "TLS_FAILED", True, "API_UNAVAILABLE", "U T"),
]


def judged(
    endpoint: str, *errors: ReadError, earlier: History | None = None, later: History | None = None, **options: Any
) -> list[Subject]:
    """The subjects of a reading that holds nothing but failed requests."""
    _service, id_field, not_found = IDS[endpoint]
    answer = Reading(endpoint, {}, (), errors)
    return judge_errors(answer, options, earlier or History(), later or History(), not_found=not_found, id_field=id_field)


@pytest.mark.parametrize("endpoint", IDS)
@pytest.mark.parametrize(("status", "code", "retryable", "found", "mark"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS])
def test_error(endpoint: str, status: Any, code: str, retryable: bool, found: str | None, mark: str) -> None:
    service, _id_field, not_found = IDS[endpoint]
    (subject,) = judged(endpoint, failed(status, code, "x1", retryable=retryable, service=service))
    (finding,) = subject.findings
    if service != "codearts_repo" and found == "REPO_NO_PERMISSION_OR_ABSENT":
        found = "API_UNAUTHORIZED"  # only CodeArts says it of a repository
    assert (finding.code, str(finding.mark), finding.cause) == (found or not_found, mark, "api")
    assert (subject.notice, subject.asked, subject.is_state, subject.target) == (True, True, True, "x1")
    assert subject.kind == ("Cluster" if service == "ucs" else "API")


@pytest.mark.parametrize("service", ["iam", "metadata"])
def test_a_404_of_another_service_is_not_the_id(service: str) -> None:
    """E9: IAM does not know the user's domain; that says nothing of the cluster."""
    (subject,) = judged("ucs_gitops", failed(404, service=service))
    assert [(finding.code, str(finding.mark)) for finding in subject.findings] == [("API_UNAVAILABLE", "U T")]


@pytest.mark.parametrize("endpoint", IDS)
def test_an_error_is_told_with_its_circumstances(endpoint: str) -> None:
    (subject,) = judged(endpoint, failed(403, "X.1", "x1", request_id="abc", message="no"))
    (finding,) = subject.findings
    assert finding.message == "no (HTTP 403, X.1, request id abc)"
    assert (finding.observed, finding.target) == (403, "x1")
    assert "x1" in (finding.cluster_id or finding.label)


OF_CLUSTER, OF_PROJECT = "8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d", "41fbd1e3b4d04ab9b4d2f5e8c5c5aa70"


@pytest.mark.parametrize(
    ("endpoint", "target", "looks"),
    [
        ("ucs_gitops", OF_CLUSTER, ""),
        ("ucs_gitops", OF_CLUSTER.upper(), ""),
        ("ucs_gitops", OF_PROJECT, "the id of a project or of a repository"),
        ("ucs_gitops", "prod-eu", "a name"),
        ("codearts_project_repository", OF_PROJECT, ""),
        ("codearts_project_repository", OF_CLUSTER, "the id of a cluster"),
        ("codearts_project_repository", "shop", "a name"),
    ],
)
def test_an_id_of_another_kind_is_told(endpoint: str, target: str, looks: str) -> None:
    service, id_field, not_found = IDS[endpoint]
    (subject,) = judged(endpoint, failed(404, "", target, service=service))
    (finding,) = subject.findings
    assert finding.code == not_found
    assert (f"It is no {id_field}" in finding.message, finding.message.partition("it looks like ")[2]) == (bool(looks), looks)


def test_an_error_without_a_message() -> None:
    (subject,) = judged("ucs_gitops", failed(None, "TIMEOUT", message="", request_id=""))
    assert subject.findings[0].message == "no message (no answer, TIMEOUT)"


def test_every_error_is_said() -> None:
    subjects = judged("ucs_gitops", failed(503, target="c2", retryable=True), failed(404, target="c3"))
    assert [(subject.cluster_id, subject.verdict) for subject in subjects] == [("c2", U), ("c3", F)]


@pytest.mark.parametrize(
    ("endpoint", "enabling", "seconds", "verdict"),
    [
        ("ucs_gitops", True, 0, P),
        ("ucs_gitops", True, 299, P),
        ("ucs_gitops", True, 300, F),
        ("ucs_gitops", False, 0, F),
        ("ucs_repository_source", True, 0, F),
    ],
)
def test_gitops_that_is_being_enabled(endpoint: str, enabling: bool, seconds: float, verdict: str) -> None:
    """L1: a 404 is progress until stuck_after, from the gate's first sample of the cluster."""
    first = History()
    judged(endpoint, failed(404), later=first, enabling=enabling)
    again = ReadError("p1", NOW + timedelta(seconds=seconds), failed(404).error)
    (subject,) = judged(endpoint, again, earlier=first, enabling=enabling)
    assert subject.verdict == verdict


def test_an_error_is_no_gap() -> None:
    """What earlier samples know of an id goes on, and nothing of others."""
    earlier = History(seen={("p1", "a"): NOW, ("p2", "a"): NOW}, facts={("p1", "b"): 5})
    later = History()
    judged("codearts_project_repository", failed(503), earlier=earlier, later=later)
    assert (later.seen, later.facts) == ({("p1", "a"): NOW}, {("p1", "b"): 5})


def test_messages_are_made_safe() -> None:
    nasty = "<html>https://user:hunter2@x/ \x1b[0m Authorization: Bearer abcdef" + "x" * 9000
    (subject,) = judged("ucs_repository_source", failed(500, nasty, message=nasty, request_id=nasty))
    text = shown(subject.findings[0])
    assert "hunter2" not in text
    assert "abcdef" not in text
    assert "\x1b" not in text
    assert len(subject.findings[0].message) <= 2000


@drawn(st.integers(100, 599) | st.none(), st.text(max_size=12), st.booleans())
@examples(150)
def test_no_error_is_ever_ready(status: int | None, code: str, retryable: bool) -> None:
    for endpoint in IDS:
        (subject,) = judged(endpoint, failed(status, code, retryable=retryable), enabling=True)
        assert subject.verdict in (F, U, P)
        assert subject.verdict != P or (endpoint == "ucs_gitops" and status == 404)


@pytest.mark.parametrize(
    ("values", "stated"),
    [
        ((), None),
        ((None, "", "x"), None),
        (("2025-12-01T12:05:00Z",), None),
        (("2025-12-01T12:05:01Z",), "2025-12-01T12:05:01Z"),
        (("2025-12-01T12:06:00Z", "2025-12-01T12:09:00Z", None), "2025-12-01T12:09:00Z"),
    ],
    ids=["none", "unreadable", "5-min", "5-min-1-s", "the-latest"],
)
def test_g7_a_stated_time_in_the_future(values: tuple[Any, ...], stated: str | None) -> None:
    """G7: a time that an object states is ahead by more than 5 minutes."""
    subject = Subject("Repository", "shop", "p1", NOW)
    stated_in_the_future(subject, Watch({}, "p1", NOW, History(), History()), *values)
    assert [(each.code, str(each.mark), each.observed) for each in subject.findings] == ([("CLOCK_SKEW", "W", stated)] if stated else [])


def test_a_reading_of_nothing_has_the_time_of_its_service() -> None:
    """What was read, or else what the service stated."""
    assert nothing_read(Reading("ucs_gitops", {}, service_time=NOW)).read_at == NOW
    assert nothing_read(Reading("ucs_gitops", {}, errors=(failed(503),))).read_at == NOW

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a failed request means: rules.rst, rows E."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    AUTH,
    CLUSTER,
    DETAIL,
    GITOPS,
    IAM_PROJECT,
    LIST,
    PROJECT,
    SOURCE,
    UUID,
    check,
    error,
    examples,
    finding,
    judge,
    pod,
    pods,
    shown,
)

F, U, P, R = "failed", "unknown", "progressing", "ready"
IDS = {
    SOURCE.name: (SOURCE, "cluster_id", CLUSTER, "SRC_CLUSTER_NOT_FOUND"),
    GITOPS.name: (GITOPS, "cluster_id", CLUSTER, "GITOPS_NOT_FOUND"),
    LIST.name: (LIST, "project_uuid", PROJECT, "REPO_PROJECT_NOT_FOUND"),
    DETAIL.name: (DETAIL, "repository_uuid", UUID, "REPO_NOT_FOUND"),
    AUTH.name: (AUTH, "project_id", IAM_PROJECT, "AUTH_PROJECT_NOT_FOUND"),
}
ERRORS = [
    # id, HTTP status, the service's code, whether the client held it worth another try; verdict, code (None: the endpoint's own), terminal
    ("400", 400, "UCS.00000001", False, U, "API_BAD_REQUEST", True),
    ("400-with-digits-of-a-403", 400, "SVCSTG.REPO.0403", False, U, "API_BAD_REQUEST", True),
    ("401", 401, "APIG.0301", False, U, "API_UNAUTHORIZED", True),
    ("401-of-CodeArts", 401, "CH.080401", False, U, "REPO_NO_PERMISSION_OR_ABSENT", True),
    ("403", 403, "UCS.00000013", False, U, "API_FORBIDDEN", True),
    ("404", 404, "", False, F, None, True),
    ("404-of-the-service", 404, "UCS.00000013", False, F, None, True),
    ("404-no-such-API", 404, "APIG.0101", False, U, "API_WITHDRAWN", True),
    ("404-no-such-API-APIGW", 404, "APIGW.0101", False, U, "API_WITHDRAWN", True),
    ("404-other-APIG-code", 404, "APIG.0201", False, F, None, True),
    ("405", 405, "", False, U, "API_UNAVAILABLE", True),
    ("408", 408, "", True, U, "API_UNAVAILABLE", False),
    ("410", 410, "", False, U, "API_WITHDRAWN", True),
    ("429", 429, "APIG.0308", True, U, "API_UNAVAILABLE", False),
    ("500", 500, "", True, U, "API_UNAVAILABLE", False),
    ("502", 502, "", True, U, "API_UNAVAILABLE", False),
    ("503", 503, "", True, U, "API_UNAVAILABLE", False),
    ("504", 504, "", True, U, "API_UNAVAILABLE", False),
    ("no-answer", None, "CONNECTION_FAILED", True, U, "API_UNAVAILABLE", False),
    ("timeout", None, "TIMEOUT", True, U, "API_UNAVAILABLE", False),
    ("tls", None, "TLS_FAILED", False, U, "API_UNAVAILABLE", True),
    ("200-not-the-shape", 200, "UNEXPECTED_ANSWER", False, U, "API_SHAPE", True),
    ("502-not-the-shape", 200, "UNEXPECTED_ANSWER", True, U, "API_SHAPE", True),
    ("200-error-in-the-body", 200, "CH.080002", False, U, "REPO_API_ERROR", False),
    ("200-no-permission", 200, "CH.080401", False, U, "REPO_API_ERROR", True),
    ("200-bad-parameter", 200, "CH.010001", False, U, "REPO_API_ERROR", True),
    ("status-as-text", "403", "", False, U, "API_FORBIDDEN", True),
]


def reading(name: str, *errors: dict[str, Any]) -> dict[str, Any]:
    """A reading that holds nothing but failed requests."""
    endpoint = IDS[name][0]
    return {endpoint.collection: [], "errors": list(errors)}


@pytest.mark.parametrize("name", IDS)
@pytest.mark.parametrize(
    ("status", "code", "retryable", "verdict", "found", "terminal"), [row[1:] for row in ERRORS], ids=[row[0] for row in ERRORS]
)
def test_error(name: str, status: Any, code: str, retryable: bool, verdict: str, found: str | None, terminal: bool) -> None:
    endpoint, id_field, asked, not_found = IDS[name]
    judgement = judge(endpoint, reading(name, error(status, code, retryable=retryable, **{id_field: asked})))
    check(judgement, verdict, found or not_found, terminal=terminal)
    assert len(judgement.findings) == 1
    assert finding(judgement, found or not_found).cause == "api"
    assert not judgement.objects


@pytest.mark.parametrize("name", IDS)
def test_an_error_is_told_with_its_circumstances(name: str) -> None:
    endpoint, id_field, asked, _not_found = IDS[name]
    found = finding(judge(endpoint, reading(name, error(403, "X.1", request_id="abc", message="no", **{id_field: asked}))), "API_FORBIDDEN")
    assert found.message == "no (HTTP 403, X.1, request id abc)"
    assert (found.observed, found.scope) == (403, asked)
    assert asked in (found.cluster_id or found.label)


def test_forbidden_is_never_empty() -> None:
    """A 403 is said as such and nothing else, whatever was expected."""
    for name, (endpoint, id_field, asked, _not_found) in IDS.items():
        judgement = judge(endpoint, reading(name, error(403, **{id_field: asked})), expect=[{"name": "x"}], controllers=["x"])
        assert [found.code for found in judgement.findings] == ["API_FORBIDDEN"], name


def test_one_error_does_not_hide_the_others() -> None:
    judgement = judge(GITOPS, pods(pod(phase="Unknown"), errors=[error(503, cluster_id="c2"), error(404, cluster_id="c3")]), controllers=[])
    assert judgement.verdict == F
    assert {found.cluster_id: found.code for found in judgement.findings} == {
        "c1": "POD_PHASE_UNKNOWN",
        "c2": "API_UNAVAILABLE",
        "c3": "GITOPS_NOT_FOUND",
    }


def test_messages_are_made_safe() -> None:
    nasty = "<html>https://user:hunter2@x/ \x1b[0m Authorization: Bearer abcdef" + "x" * 9000
    found = judge(SOURCE, reading(SOURCE.name, error(500, nasty, message=nasty, request_id=nasty))).findings[0]
    text = shown(found)
    assert "hunter2" not in text
    assert "abcdef" not in text
    assert "\x1b" not in text
    assert len(found.message) <= 2000


@drawn(st.integers(100, 599) | st.none(), st.text(max_size=12), st.booleans())
@examples(150)
def test_no_error_is_ever_ready(status: int | None, code: str, retryable: bool) -> None:
    for name, (endpoint, id_field, asked, _not_found) in IDS.items():
        judgement = judge(endpoint, reading(name, error(status, code, retryable=retryable, **{id_field: asked})), enabling=True)
        assert judgement.verdict in (F, U, P)
        assert judgement.verdict != P or (name == GITOPS.name and status == 404)

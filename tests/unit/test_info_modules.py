# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The five info modules, run as Ansible runs them, against the simulator: one idea five times, and what each has of its own."""

from __future__ import annotations

import errno
import json
import os
import re
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest
from ansible.module_utils.basic import missing_required_lib

from simulator import Simulator
from simulator.errors import error_answer, names

if TYPE_CHECKING:
    from collections.abc import Iterator

COLLECTIONS = Path(__file__).resolve().parent.parent.parent / ".build" / "collections"
CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
PROJECTS = [f"b000000000000000000000000000000{number}" for number in (1, 2, 3)]
REPOSITORIES = [f"e000000000000000000000000000000{number}" for number in (1, 2, 3)]
IAM_PROJECT = "a0000000000000000000000000000001"
ESTATE: dict[str, Any] = {
    "extends": "healthy",
    "projects": {PROJECTS[1]: {"repositories": [{"name": "two"}]}, PROJECTS[2]: {"repositories": [{"name": "three"}]}},
}
IDENTIFIER = "an identifier: not empty, not '.' or '..', without '/', '\\' or control characters"
KEYS = {"endpoint", "schema_version", "read_at", "question", "clocks", "service_time", "errors", "ready", "readiness", "changed"}


@dataclass(frozen=True)
class Case:
    """An info module with what a test of any of them has to know."""

    module: str
    option: str
    ids: list[str]
    collection: str
    id_field: str
    service: str
    token: str
    aliases: tuple[str, ...] = ()
    not_found: str = ""

    @property
    def endpoint(self) -> str:
        return self.module.removesuffix("_info")

    def asked(self, *numbers: int) -> dict[str, Any]:
        """The id option with the ids of these numbers; ServiceStage is asked for the one project of the caller."""
        return {self.option: [self.ids[number] for number in numbers]} if self.aliases else {}

    def fault(self, number: int, **what: Any) -> dict[str, Any]:
        """A fault that hits the requests for one of the ids alone."""
        where = self.ids[number]
        if self.module == "ucs_repository_source_info":
            return {"service": "ucs", "query": f"*clusterid={where}*", **what}
        return {"service": self.service, "path": f"*/{where}*", **what}

    def read(self, result: dict[str, Any]) -> list[str]:
        """The ids of what stands in a result."""
        return [one[self.id_field] for one in result[self.collection]]


SOURCES = Case(
    "ucs_repository_source_info",
    "cluster_ids",
    CLUSTERS,
    "clusters",
    "cluster_id",
    "ucs",
    "demo-domain-token",
    ("cluster_id", "clusterid"),
    "SRC_CLUSTER_NOT_FOUND",
)
PODS = Case(
    "ucs_gitops_info",
    "cluster_ids",
    CLUSTERS,
    "clusters",
    "cluster_id",
    "ucs",
    "demo-domain-token",
    ("cluster_id", "clusterid"),
    "GITOPS_NOT_FOUND",
)
LISTS = Case(
    "codearts_project_repository_info",
    "project_uuids",
    PROJECTS,
    "projects",
    "project_uuid",
    "codearts_repo",
    "demo-project-token",
    ("project_uuid",),
    "REPO_PROJECT_NOT_FOUND",
)
DETAILS = Case(
    "codearts_repository_info",
    "repository_uuids",
    REPOSITORIES,
    "repositories",
    "repository_uuid",
    "codearts_repo",
    "demo-project-token",
    ("repository_uuid",),
    "REPO_NOT_FOUND",
)
AUTHS = Case(
    "servicestage_git_authorization_info",
    "project_id",
    [IAM_PROJECT],
    "authorizations",
    "project_id",
    "servicestage",
    "demo-project-token",
    (),
    "AUTH_PROJECT_NOT_FOUND",
)
CASES = [SOURCES, PODS, LISTS, DETAILS, AUTHS]
by_name = {case.module: case for case in CASES}
every_module = pytest.mark.parametrize("case", CASES, ids=lambda case: case.endpoint)
every_list_module = pytest.mark.parametrize("case", CASES[:4], ids=lambda case: case.endpoint)


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load(ESTATE)
    running.clear()
    return running


def faulty(*faults: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {**ESTATE, **more, "faults": list(faults)}


def asked_of(simulator: Simulator, service: str) -> list[dict[str, Any]]:
    return [entry for entry in simulator.journal if entry["service"] == service]


def queries(simulator: Simulator, service: str) -> list[dict[str, str]]:
    return [{name: values[0] for name, values in parse_qs(entry["query"]).items()} for entry in asked_of(simulator, service)]


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["readiness"]["findings"]]


def timeless(value: Any) -> Any:
    """A result without what differs from one second or one request to the next."""
    changing = {"clocks", "invocation", "waited_seconds", "seconds"}
    if isinstance(value, dict):
        return {key: timeless(inner) for key, inner in value.items() if key not in changing}
    if isinstance(value, list):
        return [timeless(inner) for inner in value]
    if not isinstance(value, str):
        return value
    return TIMES.sub(recent, re.sub(r"\b\d+ (d|h|min|s)\b( \d+ (h|min|s)\b)?|\b[0-9a-f]{32}\b", "T", value))


TIMES = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")


def recent(found: re.Match[str]) -> str:
    """The time of a match, or words for one of the last or the next ten minutes, the validity of a reading included."""
    away = datetime.strptime(found[0], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) - datetime.now(timezone.utc)
    return "recent" if abs(away) < timedelta(minutes=11) else found[0]


# --- reading


@every_module
def test_one_id(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    one = {case.option: case.ids[0]}
    result = run_module(case.module, **options, **one)
    own = {"count", "project_id", "probes"} if case is AUTHS else {"selection"} if case.option == "cluster_ids" else set()
    assert set(result) - {"invocation"} == KEYS | {case.collection} | own  # which ansible-core asks for from 2.20 on
    assert result["changed"] is False
    assert (result["endpoint"], result["schema_version"], result["errors"]) == (case.endpoint, 2, [])
    for time in (result["read_at"], result["service_time"], result[case.collection][0]["read_at"] if case.aliases else result["read_at"]):
        taken = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
        assert abs(datetime.now(timezone.utc) - taken) < timedelta(minutes=1)
    assert result["clocks"]
    assert all(abs(seconds) < 60 for seconds in result["clocks"].values())
    assert (result["ready"], result["readiness"]) == (True, {"verdict": "ready", "findings": []})
    assert result[case.collection]
    assert len(asked_of(simulator, case.service)) == 1
    assert result["question"]["stuck_after"] == 300.0
    if case is not AUTHS:
        assert case.read(result) == case.ids[:1]
        assert result[case.collection][0]["readiness"] == {"verdict": "ready", "findings": []}


@every_list_module
def test_many_ids_keep_their_order_and_are_asked_for_once_each(
    case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    result = run_module(case.module, **options, **case.asked(2, 0, 1, 0, 2))
    assert case.read(result) == [case.ids[2], case.ids[0], case.ids[1]]
    assert len(asked_of(simulator, case.service)) == 3
    assert len(asked_of(simulator, "iam")) == 1  # the domain's or the project's id, once for all


@every_list_module
def test_the_order_is_that_of_the_question_when_the_first_answer_comes_last(
    case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(faulty(case.fault(0, delay=0.2)))
    assert case.read(run_module(case.module, **options, **case.asked(0, 1, 2))) == case.ids


@every_list_module
def test_aliases_and_text_with_commas_are_lists_of_ids_too(case: Case, options: dict[str, Any], run_module: Any) -> None:
    for name in (case.option, *case.aliases):
        assert case.read(run_module(case.module, **options, **{name: ",".join(case.ids)})) == case.ids
    assert case.read(run_module(case.module, **options, **{case.option: f" {case.ids[0]} "})) == case.ids[:1]


@every_module
def test_check_mode_reads_all_the_same(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    checked = run_module(case.module, _check_mode=True, **options, **case.asked(0))
    assert timeless(checked) == timeless(run_module(case.module, **options, **case.asked(0)))
    assert checked["changed"] is False
    assert len(asked_of(simulator, case.service)) == 2


@every_module
@pytest.mark.parametrize("scenario", ["healthy", "documented", "failing", "empty"])
def test_a_summary_is_judged_as_the_whole(
    case: Case, scenario: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(scenario)
    whole = run_module(case.module, **options, **case.asked(0), on_error="report")
    short = run_module(case.module, **options, **case.asked(0), on_error="report", detail="summary")
    full, summary = timeless(whole), timeless(short)
    assert summary["readiness"] == full["readiness"]
    assert summary["ready"] == full["ready"]
    if case.aliases:
        assert [one["readiness"] for one in summary[case.collection]] == [one["readiness"] for one in full[case.collection]]
    if scenario != "empty" and full[case.collection]:
        assert len(json.dumps(summary[case.collection])) < len(json.dumps(full[case.collection]))
    # What the gate makes of a summary is what it makes of the whole: the summary holds all that the judge reads.
    decided = [timeless(run_module("gitops_gate", readings=[reading], enforce=False)) for reading in (whole, short)]
    assert decided[0]["decision"] in ("allow", "block")
    assert decided[0] == decided[1]


@every_module
def test_summary_keeps_what_the_full_answer_says(case: Case, options: dict[str, Any], run_module: Any) -> None:
    def inside(small: Any, large: Any) -> bool:
        if isinstance(small, dict):
            return all(name in large and inside(value, large[name]) for name, value in small.items())
        return len(small) == len(large) and all(map(inside, small, large)) if isinstance(small, list) else bool(small == large)

    full, summary = (run_module(case.module, **options, **case.asked(0), detail=detail) for detail in ("full", "summary"))
    assert inside(timeless(summary[case.collection]), timeless(full[case.collection]))


# --- failures


@every_list_module
@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_one_that_fails_does_not_lose_the_others(
    case: Case, on_error: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(faulty(case.fault(1, error="APIG.0302")))
    result = run_module(case.module, **options, **case.asked(0, 1, 2), on_error=on_error)
    assert case.read(result) == [case.ids[0], case.ids[2]]
    (error,) = result["errors"]
    request_id = error.pop("request_id")
    assert re.fullmatch("[0-9a-f]{32}", request_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", error.pop("read_at"))
    path = asked_of(simulator, case.service)[0]["path"] if case is SOURCES else error["path"]
    assert error == {
        case.id_field: case.ids[1],
        "service": case.service,
        "status": 403,
        "code": "APIG.0302",
        "message": "The IAM user is not authorized to access the API",
        "method": "GET",
        "path": path,
        "attempts": 1,
        "retryable": False,
    }
    assert (result["ready"], result["readiness"]["verdict"], codes(result)) == (False, "unknown", ["API_FORBIDDEN"])
    assert not result.get("changed")
    assert [one["readiness"]["verdict"] for one in result[case.collection]] == ["ready", "ready"]
    if on_error == "report":
        assert "failed" not in result
        return
    assert result["failed"] is True
    which = f" [{case.id_field} {case.ids[1]}]" if case is SOURCES else ""
    assert result["msg"] == (
        f"The read failed: {case.service}: GET {path}: The IAM user is not authorized to access the API"
        f" (HTTP 403, APIG.0302, request id {request_id}){which}"
    )


@every_list_module
def test_many_that_fail_alike_are_one_reason_with_all_their_ids(
    case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(faulty(case.fault(0, error="APIG.0302"), case.fault(1, error="APIG.0302"), case.fault(2, error="APIG.0310")))
    result = run_module(case.module, **options, **case.asked(0, 1, 2))
    path = result["errors"][0]["path"].replace(case.ids[0], f"{{{case.id_field}}}")
    assert result["msg"] == (
        f"3 of the reads failed: {case.service}: GET {path}: The IAM user is not authorized to access the API (HTTP 403, APIG.0302)"
        f" [{case.id_field} {case.ids[0]}, {case.ids[1]}]; "
        f"{case.service}: GET {path}: The project is unavailable (HTTP 403, APIG.0310) [{case.id_field} {case.ids[2]}]"
    )
    assert [error[case.id_field] for error in result["errors"]] == case.ids
    assert result[case.collection] == []
    assert result["readiness"]["verdict"] == "unknown"


def test_a_long_list_of_failures_is_cut(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    ids = [f"absent-{number}" for number in range(12)]
    result = run_module("ucs_gitops_info", **options, cluster_ids=ids)
    assert len(result["errors"]) == 12
    assert result["msg"].startswith("12 of the reads failed: ucs: GET /v1/clusters/{cluster_id}/gitops: Cluster Not Found (HTTP 404, ")
    assert result["msg"].endswith(f" [cluster_id {', '.join(ids[:10])}, and 2 more]")


@pytest.mark.parametrize("on_error", ["fail", "report"])
def test_authorizations_that_cannot_be_read(on_error: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty({"service": "servicestage", "error": "APIG.0302"}))
    result = run_module("servicestage_git_authorization_info", **options, on_error=on_error)
    assert bool(result.get("failed")) is (on_error == "fail")
    assert (result["authorizations"], result["project_id"]) == ([], IAM_PROJECT)
    assert "count" not in result
    assert (result["readiness"]["verdict"], codes(result)) == ("unknown", ["API_FORBIDDEN"])
    (error,) = result["errors"]
    assert error["project_id"] == IAM_PROJECT
    if on_error == "fail":
        assert result["msg"] == (
            f"The read failed: servicestage: GET /v1/{IAM_PROJECT}/git/auths: The IAM user is not authorized to access the API"
            f" (HTTP 403, APIG.0302, request id {error['request_id']})"
        )


# What becomes of each error: the code, whether the same request may succeed later, and the finding (rules.rst, rows E).
BAD, REFUSED, FORBIDDEN = ("API_BAD_REQUEST", True), ("API_UNAUTHORIZED", True), ("API_FORBIDDEN", True)
GONE, DOWN, BUSY = ("GITOPS_NOT_FOUND", True), ("API_UNAVAILABLE", True), ("API_UNAVAILABLE", False, "retryable")
GATEWAY = {
    "0101": ("API_WITHDRAWN", True),
    "0201": BAD,
    **dict.fromkeys(("0301", "0303", "0305", "0307"), REFUSED),
    **dict.fromkeys(("0302", "0304", "0306", "0310", "0802"), FORBIDDEN),
    **dict.fromkeys(("0308", "0601", "0606", "0610", "0613"), BUSY),
}
MEANING: dict[str, tuple[Any, ...]] = {
    **{f"{prefix}.{digits}": meaning for prefix in ("APIG", "APIGW") for digits, meaning in GATEWAY.items()},
    **dict.fromkeys(("UCS.00000004", "UCS.01000004"), FORBIDDEN),
    **dict.fromkeys(("UCS.00000005", "UCS.00000006", "UCS.01000005", "UCS.01000006", "UCS.01000002"), BUSY),
    "UCS.00000011": BAD,
    **dict.fromkeys(("UCS.00000013", "UCS.00030001", "UCS.01030001"), GONE),
    **dict.fromkeys(("UCS.00000018", "UCS.01000003"), REFUSED),
    **{f"SVCSTG.REPO.{digits}": BAD for digits in ("0400", "0401", "0402", "0403", "0450", "0451", "0452")},
    "CH.010001": BAD,
    "CH.080401": ("REPO_NO_PERMISSION_OR_ABSENT", True),
    "CH.080002": ("REPO_API_ERROR", False),
    "CH.10000": BUSY,
    **dict.fromkeys(("CH.010117", "CH.010118"), ("REPO_PROJECT_NOT_FOUND", True)),
    "DEV.00000003": REFUSED,
    "CH.010001@200": ("REPO_API_ERROR", True),
    "CH.080401@200": ("REPO_API_ERROR", True),
    "CH.10000@200": ("REPO_API_ERROR", False, "retryable"),
    "IAM.400": BAD,
    "IAM.401": REFUSED,
    "IAM.403": FORBIDDEN,
    "IAM.404": DOWN,  # says nothing about the cluster
    "IAM.500": DOWN,
    "IAM.503": BUSY,
    "camel": BAD,
    "code_message": BAD,
    "k8s": GONE,
    "encoded_authorization": FORBIDDEN,
    "json_string": BAD,
    "json_list": BAD,
    "json_null": DOWN,
    "text": DOWN,
    "not_json": ("API_SHAPE", True),
    "empty": BUSY,
    "html": BUSY,
    "redirect": DOWN,
}
SHAPES = {
    "camel": (400, "UCS.00000011", "The request could not be executed"),
    "code_message": (400, "UCS.00000011", "The request could not be executed"),
    "k8s": (404, "404", "The request could not be executed"),
    "encoded_authorization": (403, "IAM.0003", "The request could not be executed"),
    "json_string": (400, "400", "The request could not be executed"),
    "json_list": (400, "400", '["The request could not be executed"]'),
    "json_null": (500, "500", "HTTP status 500 without a message"),
    "text": (500, "500", "The request could not be executed"),
    "not_json": (200, "UNEXPECTED_ANSWER", 'Expected a JSON object, got text: {"items": [.'),
    "empty": (503, "503", "HTTP status 503 without a message"),
    "html": (502, "502", "502 Bad Gateway 502 Bad Gateway"),
    "redirect": (302, "302", "The service redirects to https://login.example.com/ui/; redirects are not followed."),
}


def test_every_error_of_the_catalogue_has_a_meaning() -> None:
    assert set(names()) <= set(MEANING)
    assert {name for name in names() if "." not in name} == set(SHAPES)


@pytest.mark.parametrize("name", MEANING)
def test_every_error_body(name: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    family = name.split(".", maxsplit=1)[0]
    case = {"CH": LISTS, "SVCSTG": AUTHS}.get(family, PODS)
    simulator.load(faulty({"service": "iam" if family == "IAM" else case.service, "error": name}))
    result = run_module(case.module, **options, **case.asked(0), request_retries=0)

    answer = error_answer(name)
    base = name.partition("@")[0]
    code = base.removeprefix("IAM.")
    body = json.loads(answer.body) if base not in SHAPES else {}
    message = body.get("error_msg") or body.get("error", {}).get("message")
    status, code, message = SHAPES.get(base, (answer.status, code, message))
    (error,) = result["errors"]
    if base.endswith(".0101"):
        message += ". UCS may have withdrawn this API: the check flux and the module flux_info read the same from Kubernetes itself."
    assert (error["status"], error["code"], error["message"]) == (status, code, message)
    assert error["request_id"]
    assert error["attempts"] == 1
    finding_code, terminal, *more = MEANING[name]
    assert error["retryable"] is ("retryable" in more)
    assert result["msg"].startswith(f"The read failed: {error['service']}: GET {error['path']}: {message} (HTTP {status}, ")
    (finding,) = result["readiness"]["findings"]
    assert (finding["code"], finding["terminal"], finding["cause"]) == (finding_code, terminal, "api")
    assert finding["verdict"] == ("failed" if finding_code.endswith("_NOT_FOUND") else "unknown")
    assert finding["message"] == f"{message.rstrip('. ')} (HTTP {status}, {code}, request id {error['request_id']})"
    assert result["ready"] is False
    assert [entry["status"] for entry in asked_of(simulator, error["service"])] == [status]


@every_module
@pytest.mark.parametrize(("status", "code"), [(404, "X.1"), (404, "APIG.0101"), (404, "APIGW.0101"), (410, "X.1")])
def test_not_found_and_withdrawn(
    case: Case, status: int, code: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(faulty({"service": case.service, "status": status, "body": {"error_code": code, "error_msg": "gone"}}))
    result = run_module(case.module, **options, **case.asked(0), on_error="report")
    withdrawn = (status, code) != (404, "X.1")
    expected = ("API_WITHDRAWN", "unknown") if withdrawn else (case.not_found, "failed")
    (finding,) = result["readiness"]["findings"]
    assert (finding["code"], finding["verdict"], finding["terminal"]) == (*expected, True)


def test_a_repository_that_is_absent_or_not_permitted(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("empty")
    result = run_module("codearts_repository_info", **options, repository_uuids=REPOSITORIES[0])
    assert codes(result) == ["REPO_NO_PERMISSION_OR_ABSENT"]
    assert len(asked_of(simulator, "codearts_repo")) == 1
    assert result["errors"][0]["code"] == "CH.080401"


@every_module
def test_a_failure_that_passes_is_tried_again(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty({"service": case.service, "error": "APIG.0308", "headers": {"Retry-After": "0"}, "times": 2}))
    result = run_module(case.module, **options, **case.asked(0))
    assert result["ready"] is True
    assert [entry["status"] for entry in asked_of(simulator, case.service)] == [429, 429, 200]


@every_module
def test_after_all_attempts_their_number_is_told(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty({"service": case.service, "error": "APIG.0613", "headers": {"Retry-After": "0"}}))
    result = run_module(case.module, **options, **case.asked(0), request_retries=2)
    assert [entry["status"] for entry in asked_of(simulator, case.service)] == [503] * 3
    assert result["errors"][0]["attempts"] == 3
    assert "after 3 attempts)" in result["msg"]
    assert codes(result) == ["API_UNAVAILABLE"]


# --- who asks, and where


def anonymous(tmp_path_factory: pytest.TempPathFactory) -> str:
    return (
        "No credentials found: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, say. "
        "Looked for access_key + secret_key or auth_token or username + password + domain_name in task options; "
        "HUAWEICLOUD_SDK_AK + HUAWEICLOUD_SDK_SK in environment (HUAWEICLOUD_SDK_*); "
        "HW_ACCESS_KEY + HW_SECRET_KEY or HW_AUTH_TOKEN or HW_USER_NAME + HW_USER_PASSWORD + HW_DOMAIN_NAME in environment (HW_*); "
        f"ak + sk in profile file {tmp_path_factory.getbasetemp() / 'no-such-profile'}; "
        "ECS agency: not asked for (use_ecs_agency)."
    )


@every_module
def test_no_credentials(
    case: Case, simulator: Simulator, reach: dict[str, Any], run_module: Any, tmp_path_factory: pytest.TempPathFactory
) -> None:
    result = run_module(case.module, **reach, **case.asked(0))
    assert (result["failed"], result["msg"]) == (True, anonymous(tmp_path_factory))
    assert simulator.journal == []


@every_module
@pytest.mark.parametrize(
    ("given", "variables", "message"),
    [
        (
            {"access_key": "AK-without-its-half"},
            {},
            "Half a set of credentials in task options: got access_key, expected secret_key as well. Sources are never mixed.",
        ),
        (
            {"secret_key": "SK-without-its-half"},
            {"HUAWEICLOUD_SDK_AK": "DEMOACCESSKEY0000001"},
            "Half a set of credentials in task options: got secret_key, expected access_key as well. Sources are never mixed.",
        ),
        (
            {"username": "deployer", "password": "demo-password"},
            {},
            "Half a set of credentials in task options: got username, password, expected domain_name as well. Sources are never mixed.",
        ),
        (
            {},
            {"HUAWEICLOUD_SDK_AK": "DEMOACCESSKEY0000001", "HW_SECRET_KEY": "the-other-half"},
            (
                "Half a set of credentials in environment (HUAWEICLOUD_SDK_*): got HUAWEICLOUD_SDK_AK, expected HUAWEICLOUD_SDK_SK as well."
                " Sources are never mixed."
            ),
        ),
        (
            {"access_key": "AK", "secret_key": "a-secret-key", "auth_token": "a-token-as-well"},
            {},
            "Option 'auth_token': got access_key + secret_key and auth_token, expected one set of credentials only.",
        ),
    ],
)
def test_half_a_set_of_credentials(
    case: Case,
    given: dict[str, str],
    variables: dict[str, str],
    message: str,
    simulator: Simulator,
    reach: dict[str, Any],
    run_module: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    assert run_module(case.module, **reach, **case.asked(0), **given)["msg"] == message
    assert simulator.journal == []


@every_module
def test_an_expired_token(case: Case, simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    result = run_module(case.module, **reach, **{case.option: case.ids[0]}, auth_token="demo-expired-token")
    (error,) = result["errors"]
    scope = "domain" if case.service == "ucs" else "project"
    which = f" [cluster_id {case.ids[0]}]" if case is SOURCES else ""
    assert result["msg"] == (
        f"The read failed: {case.service}: GET {error['path']}: The token must be updated. The auth_token (task options) may be expired or"
        f" of the wrong scope: {case.service} wants a {scope}-scoped token. access_key and secret_key serve every scope."
        f" (HTTP 401, APIG.0307, request id {error['request_id']}){which}"
    )
    assert codes(result) == ["API_UNAUTHORIZED"]
    assert len(simulator.journal) == 1  # a token that was given is never renewed


@every_module
def test_a_token_of_the_wrong_scope(case: Case, simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    wrong = {"demo-domain-token": "demo-project-token", "demo-project-token": "demo-domain-token"}[case.token]
    result = run_module(case.module, **reach, **{case.option: case.ids[0]}, auth_token=wrong)
    (error,) = result["errors"]
    status, code, message = {
        "ucs": (403, "UCS.00000004", "Forbidden: a token scoped to the domain is required"),
        "codearts_repo": (401, "APIG.0301", "Incorrect IAM authentication information: a token scoped to a project is required"),
        "servicestage": (403, "APIG.0306", "API access denied: tenantId in token is not the same with in URL"),
    }[case.service]
    scope = "domain" if case.service == "ucs" else "project"
    which = f" [cluster_id {case.ids[0]}]" if case is SOURCES else ""
    assert result["msg"] == (
        f"The read failed: {case.service}: GET {error['path']}: {message}. The auth_token (task options) may be expired or"
        f" of the wrong scope: {case.service} wants a {scope}-scoped token. access_key and secret_key serve every scope."
        f" (HTTP {status}, {code}, request id {error['request_id']}){which}"
    )


@every_module
@pytest.mark.parametrize("kind", ["access_key", "temporary_key", "auth_token", "password"])
def test_every_kind_of_credentials(case: Case, kind: str, simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    given = {
        "access_key": {"access_key": "DEMOACCESSKEY0000001", "secret_key": "demo-secret-key-for-the-simulator-only-1"},
        "temporary_key": {
            "access_key": "DEMOTEMPORARYKEY0001",
            "secret_key": "demo-temporary-secret-key-only-1",
            "security_token": "demo-security-token",
        },
        "auth_token": {"auth_token": case.token},
        "password": {"username": "deployer", "password": "demo-password", "domain_name": "demo"},
    }[kind]
    assert run_module(case.module, **reach, **case.asked(0), **given)["ready"] is True


@every_module
def test_a_host_that_cannot_be_reached(case: Case, closed_port: str, run_module: Any) -> None:
    result = run_module(
        case.module,
        region="cn-north-4",
        endpoints={case.service: closed_port},
        auth_token=case.token,
        request_retries=0,
        **{case.option: case.ids[0]},
    )
    which = f" [cluster_id {case.ids[0]}]" if case is SOURCES else ""
    host = closed_port.removeprefix("http://")
    assert result["msg"] == (
        f"The read failed: {case.service}: GET {result['errors'][0]['path']}: The connection to {host} failed:"
        f" Failed to establish a new connection: [Errno {errno.ECONNREFUSED}] {os.strerror(errno.ECONNREFUSED)}. (CONNECTION_FAILED){which}"
    )
    assert result["errors"][0]["status"] is None
    assert codes(result) == ["API_UNAVAILABLE"]


@pytest.fixture(scope="module", params=["valid", "wrong_name", "expired"])
def secure(request: pytest.FixtureRequest) -> Iterator[tuple[str, Simulator]]:
    with Simulator(ESTATE, tls=request.param) as simulator:
        yield request.param, simulator


@every_module
def test_certificates_are_checked(case: Case, secure: tuple[str, Simulator], run_module: Any) -> None:
    kind, simulator = secure
    options = {
        "region": "cn-north-4",
        "endpoints": {name: simulator.urls[name] for name in ("ucs", "codearts_repo", "servicestage", "iam")},
        "auth_token": case.token,
        case.option: case.ids[0],
    }
    host = simulator.urls[case.service].partition("//")[2]
    reasons = {
        "wrong_name": "IP address mismatch, certificate is not valid for '127.0.0.1'",
        "expired": "certificate has expired",
        "unknown": "unable to get local issuer certificate",
    }

    def message(reason: str) -> str:
        which = f" [cluster_id {case.ids[0]}]" if case is SOURCES else ""
        hint = " Give the authority's certificates in ca_path." if reason == reasons["unknown"] else ""
        failed = f"The TLS connection to {host} failed: [SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: {reason} (_ssl.c:N)."
        return f"{failed}{hint} (TLS_FAILED){which}"

    def said(result: dict[str, Any]) -> str:
        assert codes(result) == ["API_UNAVAILABLE"]
        assert (result["errors"][0]["retryable"], result["errors"][0]["attempts"]) == (False, 1)
        assert result["readiness"]["findings"][0]["terminal"] is True
        return re.sub(r"\.? \(_ssl\.c:\d+\)", " (_ssl.c:N)", result["msg"].partition(f"{result['errors'][0]['path']}: ")[2])

    assert said(run_module(case.module, **options)) == message(reasons["unknown"])
    trusting = run_module(case.module, **options, ca_path=simulator.urls["ca_path"])
    if kind == "valid":
        assert trusting["ready"] is True
    else:
        assert said(trusting) == message(reasons[kind])
    assert run_module(case.module, **options, validate_certs=False)["ready"] is True


# --- options


BAD_OPTIONS: list[tuple[dict[str, Any], str]] = [
    ({"stuck_after": -1}, "Option 'stuck_after': got -1.0, expected a number of seconds, 0 or more."),
    ({"failure_grace": -0.5}, "Option 'failure_grace': got -0.5, expected a number of seconds, 0 or more."),
    ({"stuck_after": "nan"}, "Option 'stuck_after': got NaN, expected a number of seconds, 0 or more."),
    (
        {"codearts_timezone": "Mars/Olympus"},
        "Option 'codearts_timezone': got \"Mars/Olympus\", expected an IANA time zone such as Asia/Shanghai or UTC.",
    ),
    (
        {"codearts_timezone": "../../etc/passwd"},
        "Option 'codearts_timezone': got \"../../etc/passwd\", expected an IANA time zone such as Asia/Shanghai or UTC.",
    ),
    ({"request_timeout": 0}, "Option 'request_timeout': got 0.0, expected a number from above 0 to 86400."),
    ({"total_timeout": -1}, "Option 'total_timeout': got -1.0, expected a number from above 0 to 86400."),
    ({"request_retries": -1}, "Option 'request_retries': got -1, expected a number from 0 to 86400."),
    ({"max_concurrency": 0}, "Option 'max_concurrency': got 0, expected a number from 1 to 86400."),
    ({"detail": "some"}, "value of detail must be one of: full, summary, packed, got: some"),
    ({"on_error": "ignore"}, "value of on_error must be one of: fail, report, got: ignore"),
    (
        {"region": "xx-nowhere-1", "endpoints": {}},
        (
            "Option 'region': got \"xx-nowhere-1\", expected a region where iam is known in myhuaweicloud.com"
            " (nearest: cn-north-1, af-north-1, cn-north-12), or the host in 'endpoints.iam'."
        ),
    ),
    (
        {"region": None, "endpoints": {}},
        "Option 'region': got null, expected a region such as cn-north-4, or the host of the service in 'endpoints.iam'.",
    ),
    (
        {"cloud": "cloud.example.com", "endpoints": {}},
        (
            "Option 'cloud': got \"cloud.example.com\", expected one of myhuaweicloud.com, international, myhuaweicloud.eu,"
            " otc.t-systems.com, or the host of the service in 'endpoints.iam'."
        ),
    ),
    (
        {"endpoints": {"iam": "https://someone:canary-password@iam.example.com"}},
        (
            "Option 'endpoints.iam': got \"iam.example.com\", expected a URL of a host, such as https://ucs.myhuaweicloud.com,"
            " without user, path or query."
        ),
    ),
]


@every_module
@pytest.mark.parametrize(("given", "message"), BAD_OPTIONS, ids=lambda value: None if isinstance(value, str) else "-".join(value))
def test_bad_options(
    case: Case, given: dict[str, Any], message: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    if given.get("region", "") is None and case.service != "ucs":
        message = "Option 'project_id': got null, expected the IAM project's id, or a region to look it up by."
    result = run_module(case.module, **{**options, **case.asked(0), **given})
    assert (result["failed"], result["msg"]) == (True, message)
    assert simulator.journal == []
    assert set(result) <= {"failed", "msg", "invocation", "changed"}


@every_module
def test_a_region_that_the_service_is_not_in(case: Case, run_module: Any) -> None:
    result = run_module(case.module, region="eu-de", auth_token="some-token", **{case.option: case.ids[0]})
    assert result["msg"] == (
        f"Option 'region': got \"eu-de\", expected a region where {case.service} is known in otc.t-systems.com (none),"
        f" or the host in 'endpoints.{case.service}'."
    )


@every_module
@pytest.mark.parametrize("bad", ["", " ", "a/b", "/", ".", "..", " .. ", "a\\b", "a\nb", "a\x00b"])
def test_ids_that_would_change_the_path(case: Case, bad: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    given = [case.ids[0], bad] if case.aliases else bad
    result = run_module(case.module, **options, **{case.option: given})
    expected = f"Option '{case.option}': got {json.dumps(bad)}, expected {IDENTIFIER}."
    if "\0" in bad and not case.aliases and sys.version_info >= (3, 12):  # whose syslog takes none: ansible-core refuses it
        expected = (
            "Failed to log to syslog (embedded null character). To proceed anyway, disable syslog logging by setting no_target_syslog to"
            " True in your Ansible config."
        )
    assert (result["failed"], result["msg"]) == (True, expected)
    assert simulator.journal == []


@every_list_module
def test_no_id_at_all(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    result = run_module(case.module, **options, **{case.option: []})
    assert result["msg"] == f"Option '{case.option}': got [], expected at least one identifier."
    by_name = (
        "Option 'cluster_ids': got nothing, expected at least one identifier, or cluster_names, fleets or cluster_labels in its place."
    )
    needed = by_name if case.option == "cluster_ids" else f"missing required arguments: {case.option}"
    assert run_module(case.module, **options)["msg"] == needed
    assert simulator.journal == []


@every_list_module
def test_strange_ids_are_quoted(case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    strange = "ä b?c#d%2Fe&f=g"
    result = run_module(case.module, **options, **{case.option: [strange]}, on_error="report")
    assert result["errors"][0][case.id_field] == strange
    (entry,) = asked_of(simulator, case.service)
    assert "%C3%A4%20b%3Fc%23d%252Fe%26f%3Dg" in (entry["query"] if case is SOURCES else entry["path"])
    assert entry["status"] in (401, 404)  # the signature was right, the id is not known
    assert result["errors"][0]["code"] in ("CH.080401", "UCS.00030001")


REVISION = "a commit hash, at least 7 hex digits of one, a revision such as main@sha1:..., or a tag"
EXPECTATIONS: list[tuple[Case, dict[str, Any], str]] = [
    (SOURCES, {}, "Option 'expect[0]': got nothing, expected a name or a url, to know which source is meant."),
    (
        SOURCES,
        {"namespace": "shop", "revision": "1f0c2a5b"},
        "Option 'expect[0]': got namespace, revision, expected a name or a url, to know which source is meant.",
    ),
    (SOURCES, {"name": "a", "revision": "abc123"}, f"Option 'expect[0].revision': got \"abc123\", expected {REVISION}."),
    (SOURCES, {"name": "a", "revision": ""}, f"Option 'expect[0].revision': got \"\", expected {REVISION}."),
    (SOURCES, {"name": "a", "revision": "two words"}, f"Option 'expect[0].revision': got \"two words\", expected {REVISION}."),
    (
        SOURCES,
        {"url": "a", "revision": "v1.0", "acceptable_revisions": ["v1.1", "12ab"]},
        (
            "Option 'expect[0].acceptable_revisions[1]': got \"12ab\","
            " expected a commit hash, at least 7 hex digits of one, a revision such as main@sha1:..., or a tag."
        ),
    ),
    *[
        (case, given, message)
        for case in (LISTS, DETAILS)
        for given, message in (
            ({}, "Option 'expect[0]': got nothing, expected a name or a uuid, to know which repository is meant."),
            ({"private": True}, "Option 'expect[0]': got private, expected a name or a uuid, to know which repository is meant."),
            (
                {"name": "a", "max_size": "12"},
                "Option 'expect[0].max_size': got \"12\", expected a size with its unit, such as 512M or 2G.",
            ),
            (
                {"uuid": "a", "max_size": "1,024M"},
                "Option 'expect[0].max_size': got \"1,024M\", expected a size with its unit, such as 512M or 2G.",
            ),
            ({"name": "a", "max_age": "90"}, "Option 'expect[0].max_age': got \"90\", expected a duration such as 90d or 12h."),
            ({"name": "a", "min_role": 25}, "value of min_role must be one of: 20, 30, 40, got: 25 found in expect"),
        )
    ],
    (
        AUTHS,
        {},
        "Option 'expect[0]': got nothing, expected a name, or repo_type, host or user, to know which authorization is meant.",
    ),
]


@pytest.mark.parametrize(("case", "given", "message"), EXPECTATIONS, ids=lambda value: getattr(value, "endpoint", None))
def test_expectations_that_cannot_work(
    case: Case, given: dict[str, Any], message: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    result = run_module(case.module, **options, **case.asked(0), expect=[given])
    assert (result["failed"], result["msg"]) == (True, message)
    assert simulator.journal == []


@pytest.mark.parametrize(
    ("case", "given", "message"),
    [
        (LISTS, {"page_size": 0}, "Option 'page_size': got 0, expected a number from 1 to 100; left out, every page is read."),
        (LISTS, {"page_size": 101}, "Option 'page_size': got 101, expected a number from 1 to 100; left out, every page is read."),
        (LISTS, {"page_index": 0}, "Option 'page_index': got 0, expected a number from 1 to 2147483647; left out, every page is read."),
        (
            LISTS,
            {"page_index": 2147483648},
            "Option 'page_index': got 2147483648, expected a number from 1 to 2147483647; left out, every page is read.",
        ),
        (LISTS, {"search": "x" * 129}, "Option 'search': got 129 characters, expected at most 128 characters."),
        (SOURCES, {"limit": 0}, "Option 'limit': got 0, expected a number from 1 on; left out, all sources are read at once."),
        (SOURCES, {"limit": -1}, "Option 'limit': got -1, expected a number from 1 on; left out, all sources are read at once."),
        (SOURCES, {"offset": -1}, "Option 'offset': got -1, expected a number from 0 on; left out, all sources are read at once."),
        (SOURCES, {"order": "up"}, "value of order must be one of: desc, asc, got: up"),
        (SOURCES, {"order_by": "name"}, "value of order_by must be one of: create_at, update_at, got: name"),
        (SOURCES, {"on_superseded": "ask"}, "value of on_superseded must be one of: block, wait, allow, got: ask"),
        (
            PODS,
            {"restart_max": -1},
            "Option 'restart_max': got -1, expected a number from 0 on; left out, many restarts are only a warning.",
        ),
    ],
    ids=lambda value: getattr(value, "endpoint", None),
)
def test_listing_and_judging_options_out_of_range(
    case: Case, given: dict[str, Any], message: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    result = run_module(case.module, **options, **case.asked(0), **given)
    assert (result["failed"], result["msg"]) == (True, message)
    assert simulator.journal == []


@pytest.mark.parametrize(
    ("case", "given"),
    [
        (SOURCES, {"expect": [{"name": "frontend", "namespace": "shop"}], "on_superseded": "wait"}),
        (PODS, {"controllers": ["source-controller"], "enabling": True, "restart_max": 3}),
        (LISTS, {"expect": [{"name": "frontend", "min_role": 30}], "api": "v2"}),
        (DETAILS, {"expect": [{"name": "frontend", "private": True, "max_size": "1G", "max_age": "90d"}], "api": "v2"}),
        (AUTHS, {"expect": [{"repo_type": "GitHub", "host": "github.com", "user": "shop"}]}),
    ],
    ids=lambda value: getattr(value, "endpoint", None),
)
def test_the_question_is_the_ids_and_the_judging_options(
    case: Case, given: dict[str, Any], options: dict[str, Any], run_module: Any
) -> None:
    result = run_module(case.module, **options, **case.asked(0), **given, stuck_after=60, failure_grace=5, codearts_timezone="UTC")
    assert result["ready"] is True, result["readiness"]
    question = result["question"]
    thresholds = {"stuck_after": 60.0, "failure_grace": 5.0, "codearts_timezone": "UTC"}
    assert {name: question.pop(name) for name in thresholds} == thresholds
    ids = case.asked(0)
    assert {name: question.pop(name) for name in ids} == ids
    assert question.keys() == given.keys()
    for name, value in given.items():
        mine = [{key: inner for key, inner in one.items() if inner is not None} for one in question[name]] if name == "expect" else None
        assert (mine or question[name]) == value


# --- lists of CodeArts


def envelope(repositories: Any, total: Any) -> dict[str, Any]:
    return {"result": {"total": total, "repositories": repositories}, "status": "success"}


def repositories(*numbers: int) -> list[dict[str, Any]]:
    return [{"repository_uuid": f"{number:032x}", "repository_name": f"repo-{number}", "status": 0} for number in numbers]


def pages(*bodies: dict[str, Any]) -> dict[str, Any]:
    """The answers to one request after the other; the last one again and again."""
    faults = [{"service": "codearts_repo", "body": body, "times": 1} for body in bodies[:-1]]
    return faulty(*faults, {"service": "codearts_repo", "body": bodies[-1]})


def read_list(run_module: Any, options: dict[str, Any], **more: Any) -> tuple[dict[str, Any], list[int]]:
    result = run_module("codearts_project_repository_info", **options, project_uuids=PROJECTS[0], **more)
    (project,) = result["projects"]
    return result, [int(one["repository_uuid"], 16) for one in project["repositories"]]


def test_paging_goes_to_the_end(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({"projects": {PROJECTS[0]: {"repositories": [{"count": 250, "name": "repo-{n}"}]}}})
    result, _numbers = read_list(run_module, options)
    (project,) = result["projects"]
    assert [one["repository_name"] for one in project["repositories"]] == [f"repo-{number}" for number in range(1, 251)]
    assert project["total"] == 250
    assert queries(simulator, "codearts_repo") == [{"page_index": str(index), "page_size": "100"} for index in (1, 2, 3)]
    assert max(Counter(one["repository_uuid"] for one in project["repositories"]).values()) == 1
    assert result["ready"] is True


@pytest.mark.parametrize("total", [None, 20])
def test_full_pages_that_repeat_themselves_without_a_total_to_believe_prove_no_end(
    total: int | None, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load(pages(envelope(repositories(*range(1, 101)), total)))
    result, numbers = read_list(run_module, options)
    (finding,) = result["readiness"]["findings"]
    assert (len(numbers), finding["code"], result["ready"]) == (100, "LIST_INCOMPLETE", False)
    assert "100 repositories of project" in finding["message"]
    assert "nothing shows that these are all" in finding["message"]


@pytest.mark.parametrize(
    ("asked", "codes"),
    [
        ({"page_index": 2}, ["LIST_INCOMPLETE"]),
        ({"page_size": 2}, ["LIST_INCOMPLETE"]),
        ({"page_size": 3}, []),
        ({}, []),
    ],
)
def test_a_single_page_without_a_total_is_all_only_where_it_is_the_first_and_not_full(
    asked: dict[str, int], codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    page = [{"repository_uuid": "", "repository_name": name, "status": 0} for name in ("shop", "cart")]  # an empty uuid states nothing
    simulator.load(
        {"extends": "healthy", "faults": [{"service": "codearts_repo", "body": {"result": {"repositories": page}, "status": "success"}}]}
    )
    result = run_module("codearts_project_repository_info", **options, project_uuids=PROJECTS[:1], **asked, on_error="report")
    assert [repository["repository_name"] for repository in result["projects"][0]["repositories"]] == ["shop", "cart"]
    assert [finding["code"] for finding in result["readiness"]["findings"]] == codes


def test_a_list_that_grows_while_it_is_read_shows_nothing_twice(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    # One was created in front between the first page and the second, which therefore begins with what the first one ended with.
    simulator.load(
        pages(
            envelope(repositories(*range(1, 101)), 150),
            envelope(repositories(*range(100, 151)), 151),
            envelope([], 151),
        )
    )
    result, numbers = read_list(run_module, options)
    assert numbers == list(range(1, 151))
    assert result["projects"][0]["total"] == 151
    assert codes(result) == ["LIST_INCOMPLETE"]  # the new one was not read
    assert result["readiness"]["findings"][0]["message"] == f"150 of 151 repositories of project {PROJECTS[0]} were read."
    assert len(asked_of(simulator, "codearts_repo")) == 3


def test_a_list_that_shrinks_while_it_is_read_is_not_whole(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    # One was deleted in front, so that number 101 slipped onto the first page after that had been read.
    simulator.load(pages(envelope(repositories(*range(1, 101)), 150), envelope(repositories(*range(102, 151)), 149), envelope([], 149)))
    result, numbers = read_list(run_module, options)
    assert numbers == [*range(1, 101), *range(102, 151)]
    assert codes(result) == ["LIST_INCOMPLETE"]
    assert result["ready"] is False


def test_a_repository_that_differs_only_in_the_case_of_its_uuid_is_the_same(
    simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    again = [{**one, "repository_uuid": one["repository_uuid"].upper()} for one in repositories(0xAB)]
    simulator.load(pages(envelope(repositories(0xAB), 2), envelope(again + repositories(2), 2)))
    assert read_list(run_module, options)[1] == [0xAB, 2]


@pytest.mark.parametrize(
    ("bodies", "expected", "requests", "finding"),
    [
        # It announces more than there are: bounded, and said.
        ([envelope(repositories(1, 2), 1000), envelope([], 1000)], [1, 2], 2, "LIST_INCOMPLETE"),
        # The same page for ever: nothing new is the end.
        ([envelope(repositories(1, 2), 250)], [1, 2], 2, "LIST_INCOMPLETE"),
        # It announces fewer than there are, also none: what came is kept.
        ([envelope(repositories(1, 2, 3), 2)], [1, 2, 3], 1, None),
        ([envelope(repositories(1, 2), 0)], [1, 2], 1, None),
        # A total that vanishes behind the first page must not hide what is missing.
        ([envelope(repositories(1), 14), envelope([], 0)], [1], 2, "LIST_INCOMPLETE"),
        # No total at all: until nothing new comes.
        ([envelope(repositories(1), None), envelope(repositories(2), None), envelope([], None)], [1, 2], 3, None),
        ([envelope(repositories(1), None)], [1], 2, None),
        # A short page is not the last one: the service may filter by permission after paging.
        ([envelope(repositories(1), 3), envelope(repositories(2, 3), 3)], [1, 2, 3], 2, None),
        # An object, null and {} in the place of the list.
        ([envelope(repositories(7)[0], 1)], [7], 1, None),
        ([envelope(None, 0)], [], 1, "REPO_NONE"),
        ([envelope({}, 0)], [], 1, "REPO_NONE"),
        ([{"result": {}, "status": "success"}], [], 1, "REPO_NONE"),
    ],
)
def test_totals_and_lists_that_are_not_what_they_should_be(
    bodies: list[dict[str, Any]],
    expected: list[int],
    requests: int,
    finding: str | None,
    simulator: Simulator,
    options: dict[str, Any],
    run_module: Any,
) -> None:
    simulator.load(pages(*bodies))
    result, numbers = read_list(run_module, options)
    assert numbers == expected
    assert len(asked_of(simulator, "codearts_repo")) == requests
    assert codes(result) == ([finding] if finding else [])
    assert result["ready"] is (finding is None)


@pytest.mark.parametrize(
    "body",
    [
        envelope("none", 0),
        envelope(7, 0),
        envelope(["text"], 1),
        {"result": None, "status": "success"},
        {"result": [], "status": "success"},
        {"status": "success"},
    ],
)
def test_a_list_that_is_none(body: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(pages(body))
    result = run_module("codearts_project_repository_info", **options, project_uuids=PROJECTS[0])
    assert result["msg"] == (
        f"The read failed: codearts_repo: GET /v2/projects/{PROJECTS[0]}/repositories: There is no list of repositories in the answer."
        " (HTTP 200, UNEXPECTED_ANSWER)"
    )
    assert codes(result) == ["API_SHAPE"]


def test_one_page(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({"projects": {PROJECTS[0]: {"repositories": [{"count": 250, "name": "repo-{n}"}]}}})

    def page(**asked: int) -> list[str]:
        simulator.clear()
        result = run_module("codearts_project_repository_info", **options, project_uuids=PROJECTS[0], **asked)
        assert codes(result) == ["LIST_INCOMPLETE"]
        assert result["readiness"]["verdict"] == "unknown"
        assert result["projects"][0]["total"] == 250
        return [one["repository_name"] for one in result["projects"][0]["repositories"]]

    assert page(page_index=3, page_size=50) == [f"repo-{number}" for number in range(101, 151)]
    assert queries(simulator, "codearts_repo") == [{"page_index": "3", "page_size": "50"}]
    assert page(page_size=7) == [f"repo-{number}" for number in range(1, 8)]
    assert queries(simulator, "codearts_repo") == [{"page_index": "1", "page_size": "7"}]
    assert page(page_index=2) == [f"repo-{number}" for number in range(21, 41)]  # the service's own page size
    assert queries(simulator, "codearts_repo") == [{"page_index": "2", "page_size": "20"}]
    assert page(page_index=2147483647) == []


def test_one_page_is_enough_when_all_that_is_expected_stands_on_it(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({"projects": {PROJECTS[0]: {"repositories": [{"count": 30, "name": "repo-{n}"}]}}})
    result, _numbers = read_list(run_module, options, page_size=10, expect=[{"name": "repo-4"}])
    assert [(one["code"], one["verdict"]) for one in result["readiness"]["findings"]] == [("LIST_INCOMPLETE", "warning")]
    assert result["ready"] is True
    result, _numbers = read_list(run_module, options, page_size=10, expect=[{"name": "repo-14"}])
    assert [(one["code"], one["verdict"]) for one in result["readiness"]["findings"]] == [("LIST_INCOMPLETE", "unknown")]


def test_search(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({"projects": {PROJECTS[0]: {"repositories": [{"count": 120, "name": "repo-{n}"}, {"name": "Größe & mehr"}]}}})
    result, _numbers = read_list(run_module, options, search="größe &")
    assert [one["repository_name"] for one in result["projects"][0]["repositories"]] == ["Größe & mehr"]
    assert queries(simulator, "codearts_repo") == [{"page_index": "1", "page_size": "100", "search": "größe &"}]
    assert result["ready"] is True
    result, _numbers = read_list(run_module, options, search="repo-")
    assert len(result["projects"][0]["repositories"]) == 120


# --- lists of UCS


def ucs_estate(count: int, **more: Any) -> dict[str, Any]:
    sources = [{"name": f"source-{number:02}", "age": f"{number + 1}h", "since": f"{count - number}m"} for number in range(count)]
    return {"clusters": {CLUSTERS[0]: {"sources": sources, **more}}}


def test_all_sources_come_in_one_answer(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ucs_estate(25))
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[0])
    assert queries(simulator, "ucs") == [{"clusterid": CLUSTERS[0]}]
    assert len(result["clusters"][0]["repository_sources"]) == 25


@pytest.mark.parametrize(
    ("asked", "offsets", "first", "finding"),
    [
        ({"limit": 10}, [0, 10, 20], 0, None),
        ({"limit": 10, "offset": 0}, [0, 10, 20], 0, None),
        ({"limit": 10, "offset": 5}, [5, 15], 5, "LIST_INCOMPLETE"),
        ({"limit": 25}, [0], 0, None),
        ({"limit": 100}, [0], 0, None),
        ({"offset": 20}, [20], 20, "LIST_INCOMPLETE"),
    ],
)
def test_sources_page_by_page(
    asked: dict[str, int],
    offsets: list[int],
    first: int,
    finding: str | None,
    simulator: Simulator,
    options: dict[str, Any],
    run_module: Any,
) -> None:
    simulator.load(ucs_estate(25))
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[0], **asked)
    (cluster,) = result["clusters"]
    assert [one["name"] for one in cluster["repository_sources"]] == [f"source-{number:02}" for number in range(first, 25)]
    assert cluster["total"] == 25
    assert [query["offset"] for query in queries(simulator, "ucs")] == [str(offset) for offset in offsets]
    assert {query.get("limit") for query in queries(simulator, "ucs")} == {str(asked["limit"]) if "limit" in asked else None}
    assert codes(result) == ([finding] if finding else [])
    assert result["ready"] is (finding is None)


@pytest.mark.parametrize(
    ("asked", "first"),
    [
        ({"order_by": "create_at", "order": "desc"}, "source-00"),
        ({"order_by": "create_at", "order": "asc"}, "source-04"),
        ({"order_by": "update_at", "order": "desc"}, "source-04"),
        ({"order_by": "update_at", "order": "asc"}, "source-00"),
        ({"order_by": "update_at"}, "source-04"),
        ({"order": "asc"}, "source-04"),
    ],
)
def test_sources_in_order(asked: dict[str, str], first: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(ucs_estate(5))
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[0], **asked)
    assert result["clusters"][0]["repository_sources"][0]["name"] == first
    assert queries(simulator, "ucs") == [{"clusterid": CLUSTERS[0], **asked}]


def source(number: int) -> dict[str, Any]:
    return {"uid": f"uid-{number}", "name": f"source-{number}", "namespace": "default", "repoType": "GitRepository"}


@pytest.mark.parametrize(
    ("bodies", "seen", "offset", "total"),
    [
        # offset counts something else than sources
        ([{"items": [source(1), source(2)], "total": 4}], "a source that was there already", 2, 4),
        ([{"items": [source(1), source(2)], "total": 4}, {"items": [], "total": 4}], "an empty page", 2, 4),
        # a total that vanishes must not hide what is missing
        ([{"items": [source(1), source(2)], "total": 4}, {"items": [], "total": 0}], "an empty page", 2, 4),
    ],
)
def test_unexpected_paging_is_an_error(
    bodies: list[dict[str, Any]], seen: str, offset: int, total: int, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    faults = [{"service": "ucs", "body": body, "times": 1} for body in bodies[:-1]]
    simulator.load(faulty(*faults, {"service": "ucs", "body": bodies[-1]}))
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[0], limit=2)
    assert result["msg"] == (
        f"The read failed: ucs: GET /v1/configsets/repos: Unexpected paging: offset {offset} of {total} sources gave {seen}."
        f" Leave out limit and offset to read all at once. (HTTP 200, UNEXPECTED_ANSWER) [cluster_id {CLUSTERS[0]}]"
    )
    assert codes(result) == ["API_SHAPE"]
    assert len(asked_of(simulator, "ucs")) == 2


@pytest.mark.parametrize("field", ["uid", "name", "namespace"])
def test_pages_of_items_whose_ids_are_no_texts(field: str, simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    item = {**source(1), "uid": None, field: ["x"]}
    simulator.load(faulty({"service": "ucs", "body": {"items": [item], "total": 2}}))
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[0], limit=1)
    assert codes(result) == ["API_SHAPE"]
    assert "gave a source that was there already" in result["msg"]


@pytest.mark.parametrize("case", [SOURCES, PODS], ids=lambda case: case.endpoint)
@pytest.mark.parametrize("body", [{"items": None}, {}, {"items": {}}, {"items": "none"}, {"items": ["text"]}])
def test_a_ucs_list_that_is_none(case: Case, body: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty({"service": "ucs", "body": body}))
    result = run_module(case.module, **options, **case.asked(0))
    assert "failed" not in result
    assert (result["ready"], codes(result)) == (False, ["API_SHAPE"])


@pytest.mark.parametrize("case", [SOURCES, PODS], ids=lambda case: case.endpoint)
def test_managed_fields_only_when_asked_for(case: Case, options: dict[str, Any], run_module: Any) -> None:
    without = run_module(case.module, **options, **case.asked(0))
    assert "managedFields" not in json.dumps(without[case.collection])
    assert "managedFields" in json.dumps(run_module(case.module, **options, **case.asked(0), managed_fields=True)[case.collection])


# --- secrets

CANARY = "CanaryOf"
NESTED_URL = f"https://bot:{CANARY}Url@repo.example.com/shop/frontend.git"
LEAKY: dict[str, Any] = {
    "accounts": {
        "demo": {
            "users": {"deployer": f"{CANARY}Password"},
            "keys": {
                "DEMOACCESSKEY0000001": f"{CANARY}SecretKey",
                "DEMOTEMPORARYKEY0001": {"secret": f"{CANARY}TemporarySecret", "security_token": f"{CANARY}SecurityToken"},
            },
            "tokens": {f"{CANARY}DomainToken": {"scope": "domain"}, f"{CANARY}ProjectToken": {"scope": "cn-north-4"}},
        }
    },
    "clusters": {
        CLUSTERS[0]: {
            "pods": "healthy",
            "sources": [
                {
                    "name": "frontend",
                    "url": NESTED_URL,
                    "secret": "repo-credentials",
                    "set": {
                        "secretInfo": {"secret": {"password": f"{CANARY}SecretInfo", "inner": [f"{CANARY}SecretInfo"]}},
                        "gitRepository": {"spec": {"url": NESTED_URL}},
                    },
                },
                {"name": "broken", "template": "auth_failed", "url": NESTED_URL, "secret": "repo-credentials"},
            ],
        }
    },
    "projects": {PROJECTS[0]: {"repositories": [{"name": "frontend", "uuid": REPOSITORIES[0], "set": {"https_url": NESTED_URL}}]}},
    "authorizations": [{"name": "github", "set": {"repo_host": f"https://bot:{CANARY}Url@github.com"}}],
}


def credentials_of(kind: str, case: Case) -> dict[str, str]:
    return {
        "access_key": {"access_key": "DEMOACCESSKEY0000001", "secret_key": f"{CANARY}SecretKey"},
        "temporary_key": {
            "access_key": "DEMOTEMPORARYKEY0001",
            "secret_key": f"{CANARY}TemporarySecret",
            "security_token": f"{CANARY}SecurityToken",
        },
        "auth_token": {"auth_token": f"{CANARY}DomainToken" if case.service == "ucs" else f"{CANARY}ProjectToken"},
        "password": {"username": "deployer", "password": f"{CANARY}Password", "domain_name": "demo"},
    }[kind]


@every_module
@pytest.mark.parametrize("kind", ["access_key", "temporary_key", "auth_token", "password"])
@pytest.mark.parametrize("detail", ["full", "summary"])
def test_no_secret_comes_out(case: Case, kind: str, detail: str, simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    simulator.load(LEAKY)
    result = run_module(case.module, **reach, **case.asked(0), **credentials_of(kind, case), detail=detail)
    assert "failed" not in result
    assert CANARY not in json.dumps(result)
    assert "MII" not in json.dumps(result)  # how the simulator's tokens begin
    if case is SOURCES:
        frontend = next(one for one in result["clusters"][0]["repository_sources"] if one["name"] == "frontend")
        assert frontend["gitRepository"]["spec"]["url"] == "https://***:***@repo.example.com/shop/frontend.git"
        assert frontend.get("secretInfo", {"authMode": "HTTPS"}) == {"authMode": "HTTPS"}


@every_module
@pytest.mark.parametrize("kind", ["access_key", "temporary_key", "auth_token", "password"])
@pytest.mark.parametrize("source", ["options", "environment"])
def test_no_secret_comes_out_of_a_failure(
    case: Case,
    kind: str,
    source: str,
    simulator: Simulator,
    reach: dict[str, Any],
    run_module: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    given = credentials_of(kind, case)
    echo = f"refused: {' '.join(given.values())} {NESTED_URL} token={CANARY}Echo Authorization: {CANARY}Echo"
    simulator.load({**LEAKY, "faults": [{"service": case.service, "error": "APIG.0302", "message": echo}]})
    if source == "environment":
        variables = {"username": "HW_USER_NAME", "password": "HW_USER_PASSWORD"}
        for name, value in given.items():
            monkeypatch.setenv(variables.get(name, f"HW_{name.upper()}"), value)
        given = {}
    result = run_module(case.module, **reach, **case.asked(0), **given)
    assert result["failed"] is True
    assert "refused: " in result["msg"]
    assert CANARY not in json.dumps(result)


# --- the library requests


@pytest.mark.parametrize("module", [*(case.module for case in CASES), "gitops_gate"])
def test_without_requests_the_message_says_what_to_install(module: str, tmp_path: Path) -> None:
    (tmp_path / "requests.py").write_text("raise ImportError('no requests here')\n")
    arguments = by_name[module].asked(0) if module in by_name else {"checks": [{"servicestage_git_authorization": {}}]}
    given = {"ANSIBLE_MODULE_ARGS": {"region": "cn-north-4", "auth_token": "token", **arguments}}
    done = subprocess.run(
        [sys.executable, "-m", f"ansible_collections.huaweicloud.gitops.plugins.modules.{module}"],
        input=json.dumps(given),
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(tmp_path), str(COLLECTIONS)])},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    result = json.loads(done.stdout)
    assert (done.returncode, result["failed"]) == (1, True)
    assert result["msg"] == missing_required_lib("requests")

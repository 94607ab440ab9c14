# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who the client says it is: credentials on the wire, ids and tokens that are fetched, kept and renewed."""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import (
    CONNECTION_FAILED,
    TIMEOUT,
    UNEXPECTED_ANSWER,
    OptionError,
)

from simulator import Simulator
from unit.wire import (
    AGENCY,
    AUTHORIZATIONS,
    DOMAIN_ID,
    DOMAIN_TOKEN,
    GITOPS,
    IDS,
    PASSWORD,
    PROJECT_ID,
    PROJECT_TOKEN,
    REPOSITORY,
    TEMPORARY,
    Connect,
    FakeClock,
    asked,
    failure,
    fault,
)

# --- who asks


@pytest.mark.parametrize(
    ("changes", "names_signed"),
    [
        pytest.param({}, "host;{};x-sdk-date", id="keys"),
        pytest.param(TEMPORARY, "host;{};x-sdk-date;x-security-token", id="temporary keys"),
        pytest.param(AGENCY, "host;{};x-sdk-date;x-security-token", id="ECS agency"),
        pytest.param(PASSWORD, None, id="password"),
    ],
)
@pytest.mark.parametrize("ids", [IDS, {"project_id": None, "domain_id": None}], ids=["ids given", "ids looked up"])
def test_every_kind_of_credentials_serves_every_service(
    simulator: Simulator, connect: Connect, changes: dict[str, Any], names_signed: str | None, ids: dict[str, Any]
) -> None:
    client = connect(**changes, **ids)
    for service, path in (GITOPS, REPOSITORY, AUTHORIZATIONS):
        assert client.get(service, path)
        sent = [entry for entry in simulator.journal if entry["service"] == service]
        assert [entry["status"] for entry in sent] == [200]
        headers = sent[0]["headers"]
        assert ("x-auth-token" in headers) is (names_signed is None)
        assert ("authorization" in headers) is (names_signed is not None)
        if names_signed is not None:
            scope = "x-domain-id" if service == "ucs" else "x-project-id"
            assert f"SignedHeaders={names_signed.format(scope)}, " in headers["authorization"]
            assert headers[scope] == (DOMAIN_ID if service == "ucs" else PROJECT_ID)


def test_a_token_of_the_user_goes_out_as_it_is(simulator: Simulator, connect: Connect) -> None:
    connect(**DOMAIN_TOKEN).get(*GITOPS)
    client = connect(**PROJECT_TOKEN)
    client.get(*REPOSITORY)
    client.get(*AUTHORIZATIONS)
    assert [entry["headers"]["x-auth-token"] for entry in simulator.journal] == ["demo-domain-token", *["demo-project-token"] * 2]
    assert [entry["headers"].get("x-project-id") for entry in simulator.journal] == [None, PROJECT_ID, PROJECT_ID]
    assert not any("authorization" in entry["headers"] for entry in simulator.journal)


def test_a_token_without_ids_sends_none(simulator: Simulator, connect: Connect) -> None:
    connect(**DOMAIN_TOKEN, domain_id=None).get(*GITOPS)
    client = connect(**PROJECT_TOKEN, project_id=None)
    client.get(*REPOSITORY)
    assert not any({"x-domain-id", "x-project-id"} & entry["headers"].keys() for entry in simulator.journal)
    assert client.project_id == PROJECT_ID
    assert asked(simulator, "iam") == [("/v3/projects", "name=cn-north-4")]


def test_what_every_request_says(simulator: Simulator, connect: Connect) -> None:
    connect().get("ucs", "/v1/configsets/repos", [("order", "asc"), ("clusterid", "c 1/~"), ("limit", None)])
    (entry,) = simulator.journal
    assert (entry["method"], entry["path"], entry["query"]) == ("GET", "/v1/configsets/repos", "clusterid=c%201%2F~&order=asc")
    assert entry["headers"]["content-type"] == entry["headers"]["accept"] == "application/json"
    assert entry["headers"]["user-agent"] == "huaweicloud.gitops"
    assert entry["headers"]["cache-control"] == "no-cache"
    assert "cookie" not in entry["headers"]
    assert entry["body"] == ""


# --- ids and tokens: fetched once


def test_ids_are_looked_up_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(project_id=None, domain_id=None)
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS, REPOSITORY] * 10)
    assert not any(outcome.error for outcome in outcomes)
    assert sorted(asked(simulator, "iam")) == [("/v3/auth/domains", ""), ("/v3/projects", "name=cn-north-4")]
    assert client.project_id == PROJECT_ID


def test_ids_that_are_given_are_not_looked_up(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    client.get(*GITOPS)
    client.get(*REPOSITORY)
    assert client.project_id == PROJECT_ID
    assert asked(simulator, "iam") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({"projects": []}, "0 projects are named cn-north-4, expected one; set project_id.", id="none"),
        pytest.param({"projects": [{"id": "a"}, {"id": "b"}]}, "2 projects are named cn-north-4", id="two"),
        pytest.param({"projects": [{"id": 1}, None, "x"]}, "0 projects are named", id="nonsense"),
        pytest.param({"projects": {"id": "a"}}, "0 projects are named", id="no list"),
        pytest.param({"projects": [{"id": "a", "name": "cn-north-1"}]}, "0 projects are named", id="another one"),
        pytest.param({"projects": [{"id": "a\nb"}, {"id": ""}, {"id": "\u4e2d"}]}, "0 projects are named", id="ids for no header"),
        pytest.param({}, "0 projects are named", id="nothing"),
    ],
)
def test_a_project_that_cannot_be_found(simulator: Simulator, connect: Connect, body: Any, expected: str) -> None:
    simulator.load(fault("iam", body=body))
    error = failure(lambda: connect(project_id=None).get(*REPOSITORY))
    assert expected in error.message
    assert (error.code, error.service, error.path) == (UNEXPECTED_ANSWER, "iam", "/v3/projects")
    assert asked(simulator, "codearts_repo") == []


@pytest.mark.parametrize(
    "more", [{"id": "a", "name": "cn-north-4_apps"}, {"id": "a", "name": "MOS"}, {"id": "\ud800", "name": "cn-north-4"}], ids=repr
)
def test_of_several_projects_the_one_of_the_name_counts(simulator: Simulator, connect: Connect, more: dict[str, str]) -> None:
    simulator.load(fault("iam", body={"projects": [more, {"id": PROJECT_ID, "name": "cn-north-4"}]}))
    assert connect(project_id=None).project_id == PROJECT_ID


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"domains": []},
        {"domains": [None]},
        {"domains": [{"id": 1}]},
        {"domains": "x"},
        *({"domains": [{"id": text}]} for text in ("", "a\r\nX-Project-Id: b", "\u4e2d", "\ud800")),
    ],
    ids=repr,
)
def test_a_domain_that_cannot_be_found(simulator: Simulator, connect: Connect, body: Any) -> None:
    simulator.load(fault("iam", body=body))
    error = failure(lambda: connect(domain_id=None).get(*GITOPS))
    assert (error.code, error.service, error.path) == (UNEXPECTED_ANSWER, "iam", "/v3/auth/domains")
    assert "set domain_id" in error.message


@pytest.mark.parametrize("changes", [{}, PASSWORD, AGENCY], ids=["keys", "password", "ECS agency"])
def test_without_a_region_the_project_must_be_given(connect: Connect, changes: dict[str, Any]) -> None:
    with pytest.raises(OptionError) as caught:
        connect(**changes, region=None, project_id=None).get(*REPOSITORY)
    assert caught.value.option == "project_id"


def scopes(simulator: Simulator) -> list[Any]:
    """The scopes of the tokens asked for."""
    return [json.loads(entry["body"])["auth"]["scope"] for entry in simulator.journal if entry["path"] == "/v3/auth/tokens"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        pytest.param({"project_id": None}, [{"domain": {"name": "demo"}}, {"project": {"name": "cn-north-4"}}], id="region"),
        pytest.param({}, [{"domain": {"name": "demo"}}, {"project": {"id": PROJECT_ID}}], id="project_id"),
    ],
)
def test_one_token_for_each_scope(simulator: Simulator, connect: Connect, changes: dict[str, Any], expected: list[Any]) -> None:
    client = connect(**PASSWORD, **changes)
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS, REPOSITORY, AUTHORIZATIONS] * 7)
    assert not any(outcome.error for outcome in outcomes)
    assert sorted(scopes(simulator), key=str) == expected
    assert client.project_id == PROJECT_ID  # said by the token's answer
    assert {query for _path, query in asked(simulator, "iam")} == {"nocatalog=true"}
    tokens = {entry["headers"]["x-auth-token"] for entry in simulator.journal if entry["service"] != "iam"}
    assert len(tokens) == 2
    assert {"demo-password", *tokens} <= client.masker.secrets


def test_the_project_is_found_before_the_first_read(simulator: Simulator, connect: Connect) -> None:
    client = connect(**PASSWORD, project_id=None)
    assert client.project_id == PROJECT_ID
    client.get(*AUTHORIZATIONS)
    assert scopes(simulator) == [{"project": {"name": "cn-north-4"}}]


def test_the_scope_for_ucs_is_an_option(simulator: Simulator, connect: Connect) -> None:
    client = connect(**PASSWORD, ucs_token_scope="project")
    client.get(*REPOSITORY)
    assert failure(lambda: client.get(*GITOPS)).code == "UCS.00000004"
    assert scopes(simulator) == [{"project": {"id": PROJECT_ID}}]


def test_a_wrong_password_is_sent_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(**{**PASSWORD, "password": "hunter2"})
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS] * 20)
    client.begin_sample(100)
    errors = [outcome.error for outcome in outcomes] + [failure(lambda: client.get(*GITOPS))]
    assert len(simulator.journal) == 1
    for error in errors:
        assert error is not None
        assert (error.status, error.code, error.service, error.path) == (401, "401", "iam", "/v3/auth/tokens")
        assert error.message == "The username or password is wrong."
        assert len(error.request_id) == 32  # X-IAM-Trace-Id
        assert "hunter2" not in str(error)


def test_a_passing_failure_of_iam_is_kept_for_one_sample(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault("iam", error="IAM.503"))
    client = connect(**PASSWORD, request_retries=1)
    assert failure(lambda: client.get(*GITOPS)).attempts == 2
    assert failure(lambda: client.get(*GITOPS)).status == 503
    assert len(simulator.journal) == 2
    simulator.load("documented")
    client.begin_sample(100)
    assert client.get(*GITOPS)


@pytest.mark.parametrize("answer", [{"headers": {}}, {"headers": {"X-Subject-Token": ""}}, {"headers": {"X-Subject-Token": "a b"}}])
def test_an_answer_without_a_token(simulator: Simulator, connect: Connect, answer: dict[str, Any]) -> None:
    simulator.load(fault("iam", status=201, body={"token": {}}, **answer))
    error = failure(lambda: connect(**PASSWORD).get(*GITOPS))
    assert (error.message, error.method) == ("the answer has no X-Subject-Token header", "POST")


@pytest.mark.parametrize(
    ("changes", "call", "stated", "asked_for"),
    [
        ({}, GITOPS, {"domain": {"name": "other"}}, "the domain"),
        ({}, REPOSITORY, {"project": {"id": "other", "name": "cn-north-4"}}, "the project"),
        ({"project_id": None}, REPOSITORY, {"project": {"id": PROJECT_ID, "name": "other"}}, "the project cn-north-4"),
    ],
)
def test_a_token_of_another_scope_is_not_used(
    simulator: Simulator, connect: Connect, changes: dict[str, Any], call: tuple[str, str], stated: dict[str, Any], asked_for: str
) -> None:
    simulator.load(fault("iam", status=201, body={"token": stated}, headers={"X-Subject-Token": "demo-domain-token"}))
    error = failure(lambda: connect(**{**PASSWORD, **changes}).get(*call))
    assert error.message.startswith(f"asked for a token of {asked_for}")
    assert error.message.endswith("the answer is about other")
    assert (error.code, error.method, asked(simulator, call[0])) == (UNEXPECTED_ANSWER, "POST", [])


@pytest.mark.parametrize("expires_at", [None, "soon", 5, {}], ids=repr)
def test_a_token_without_a_readable_end_is_used(simulator: Simulator, connect: Connect, expires_at: Any) -> None:
    token = {"X-Subject-Token": "demo-domain-token"}
    simulator.load(fault("iam", status=201, body={"token": {"expires_at": expires_at, "project": []}}, headers=token))
    client = connect(**PASSWORD)
    client.get(*GITOPS)
    client.get(*GITOPS)
    assert len(asked(simulator, "iam")) == 1


@pytest.mark.parametrize(
    ("lifetime", "later", "tokens"),
    [
        pytest.param(86400, 85700, 1, id="eleven minutes left"),
        pytest.param(86400, 85900, 2, id="less than ten minutes left"),
        pytest.param(900, 440, 1, id="short: first half"),
        pytest.param(900, 460, 2, id="short: second half"),
    ],
)
def test_a_token_is_renewed_before_its_end(
    simulator: Simulator, connect: Connect, clock: FakeClock, lifetime: int, later: int, tokens: int
) -> None:
    account = {"accounts": {"demo": {"token_lifetime": lifetime}}}
    simulator.load({"extends": "documented", **account})
    client = connect(**PASSWORD, total_timeout=86400)
    client.get(*GITOPS)
    clock.sleep(later)
    simulator.load({"extends": "documented", **account, "clock_offset": later})
    client.get(*GITOPS)
    client.get(*GITOPS)
    assert len(scopes(simulator)) == tokens
    assert {entry["status"] for entry in simulator.journal} == {200, 201}


@pytest.mark.parametrize("offset", [0, 40000, -40000])
def test_tokens_are_renewed_as_often_as_they_end(simulator: Simulator, connect: Connect, clock: FakeClock, offset: int) -> None:
    """By the clock of IAM: that of this machine, and those of the services, may be off."""
    client = connect(**PASSWORD, total_timeout=86400)
    for number in range(4):
        account = {"accounts": {"demo": {"token_lifetime": 3600}}}
        simulator.load({"extends": "documented", **account, "clock_offset": offset + clock.monotonic()})
        client.get(*GITOPS)
        clock.sleep(2900)
        simulator.load({"extends": "documented", **account, "clock_offset": offset + clock.monotonic()})
        client.get(*GITOPS)
        assert len(scopes(simulator)) == number + 1
        simulator.load({"clock_offset": 9 * 3600, **fault(body={})})  # a service whose clock runs ahead
        client.get(*GITOPS)
        client.get(*GITOPS)
        assert len(scopes(simulator)) == number + 1
        clock.sleep(600)


def test_a_token_that_has_ended_when_it_comes_is_not_fetched_for_each_call(simulator: Simulator, connect: Connect) -> None:
    simulator.load({"extends": "documented", "accounts": {"demo": {"token_lifetime": -100}}, "faults": [{"service": "ucs", "body": {}}]})
    client = connect(**PASSWORD)
    for _round in range(3):
        client.get(*GITOPS)
    assert len(scopes(simulator)) == 1


@pytest.mark.parametrize("code", ["APIG.0301", "APIG.0303", "APIG.0307", "APIGW.0301", "APIGW.0307", "UCS.00000018"])
def test_a_refused_token_is_renewed_once(simulator: Simulator, connect: Connect, code: str) -> None:
    """E1: whatever the code of the 401."""
    client = connect(**PASSWORD)
    simulator.load(fault(error=code, times=1))
    assert client.get(*GITOPS)
    assert len(scopes(simulator)) == 2
    first, second = [entry["headers"]["x-auth-token"] for entry in simulator.journal if entry["service"] == "ucs"]
    assert first != second
    simulator.load(fault(error=code))
    for _round in range(3):  # the second had been accepted, so it is renewed, once; the third is not
        assert failure(lambda: client.get(*GITOPS)).code == code
    assert len(scopes(simulator)) == 3
    simulator.load("documented")
    client.get(*GITOPS)
    assert len(scopes(simulator)) == 3


def test_tokens_are_renewed_as_often_as_they_are_refused(simulator: Simulator, connect: Connect) -> None:
    client = connect(**PASSWORD)
    client.get(*GITOPS)
    for number in range(4):
        simulator._issued.clear()
        assert client.get(*GITOPS)
        assert len(scopes(simulator)) == number + 2


def test_a_service_that_refuses_every_token_does_not_cost_the_others_theirs(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault("servicestage", error="APIG.0301"))
    client = connect(**PASSWORD)
    for _round in range(3):
        assert failure(lambda: client.get(*AUTHORIZATIONS)).code == "APIG.0301"
        assert client.get(*REPOSITORY)
    assert len(scopes(simulator)) == 2


def test_a_token_that_is_missed_by_the_service_counts_as_accepted(simulator: Simulator, connect: Connect) -> None:
    """What comes after the token was accepted, a refusal of the service's own, is no refusal of the token."""
    client = connect(**PASSWORD)
    refused, missing = {"service": "ucs", "error": "APIG.0307", "times": 1}, {"service": "ucs", "error": "UCS.00000013"}
    for number in range(3):
        simulator.load({"extends": "documented", "faults": [dict(refused), missing]})
        assert failure(lambda: client.get(*GITOPS)).code == "UCS.00000013"
        assert failure(lambda: client.get(*GITOPS)).code == "UCS.00000013"
        assert len(scopes(simulator)) == number + 2


def test_who_waits_for_one_scope_holds_up_nobody_else(simulator: Simulator, connect: Connect) -> None:
    simulator.load({"extends": "documented", "faults": [{"service": "iam", "action": "hang", "seconds": 3600, "times": 1}]})
    client = connect(Clock(), **PASSWORD, request_timeout=2, request_retries=0)
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(failure, lambda: client.get(*GITOPS))
        while not simulator.journal:
            time.sleep(0.01)
        assert client.get(*REPOSITORY)
        assert not waiting.done()
        assert waiting.result().code == TIMEOUT


def test_a_token_refused_to_all_is_renewed_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(**PASSWORD)
    client.get(*GITOPS)
    simulator._issued.clear()  # as when the user's permissions change
    simulator.load({"extends": "documented", "latency": 0.05})
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS] * 20)
    assert not any(outcome.error for outcome in outcomes)
    assert len(scopes(simulator)) == 2


def test_each_scope_has_its_renewal(simulator: Simulator, connect: Connect) -> None:
    client = connect(**PASSWORD)
    for call in (GITOPS, REPOSITORY):
        client.get(*call)
        simulator._issued.clear()
        client.get(*call)
    assert len(scopes(simulator)) == 4


@pytest.mark.parametrize(
    ("changes", "call", "code"),
    [
        pytest.param(PASSWORD, REPOSITORY, "CH.080401", id="CodeArts refuses a repository"),
        pytest.param(PASSWORD, REPOSITORY, "CH.080401@401", id="and says so"),
        pytest.param(PASSWORD, GITOPS, "APIG.0302", id="not allowed"),
        pytest.param(DOMAIN_TOKEN, GITOPS, "APIG.0307", id="the user's token"),
        pytest.param({}, GITOPS, "APIG.0301", id="keys"),
    ],
)
def test_what_no_new_token_helps(simulator: Simulator, connect: Connect, changes: dict[str, Any], call: tuple[str, str], code: str) -> None:
    words = {"message": "The token must be updated"} if "@" in code else {}
    simulator.load(fault(call[0], error=code, **words))
    error = failure(lambda: connect(**changes).get(*call))
    assert (error.code, error.attempts) == (code.partition("@")[0], 1)
    assert len(asked(simulator, call[0])) == 1
    assert len(scopes(simulator)) == (1 if changes is PASSWORD else 0)


# --- the ECS agency

ISSUED = {"access": "AGENCYKEY", "secret": "agency-secret", "securitytoken": "agency-token", "expires_at": "2099-01-01T00:00:00Z"}


def test_the_agencys_keys_are_fetched_once(simulator: Simulator, connect: Connect) -> None:
    client = connect(**AGENCY)
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS, REPOSITORY] * 10)
    assert not any(outcome.error for outcome in outcomes)
    token, key = [entry for entry in simulator.journal if entry["service"] == "metadata"]
    assert (token["method"], token["path"]) == ("PUT", "/meta-data/latest/api/token")
    assert token["headers"]["x-metadata-token-ttl-seconds"] == "21600"
    assert (key["method"], key["path"]) == ("GET", "/openstack/latest/securitykey")
    assert key["headers"]["x-metadata-token"]
    assert "authorization" not in key["headers"]
    assert {TEMPORARY["secret_key"], TEMPORARY["security_token"], key["headers"]["x-metadata-token"]} <= client.masker.secrets


@pytest.mark.parametrize(
    "scenario", [{"metadata": "v1"}, {"metadata": "v1", "faults": [{"service": "metadata", "method": "PUT", "error": "empty"}]}]
)
def test_an_older_metadata_service(simulator: Simulator, connect: Connect, clock: FakeClock, scenario: dict[str, Any]) -> None:
    simulator.load({"extends": "documented", **scenario})
    assert connect(**AGENCY).get(*GITOPS)
    token, key = [entry for entry in simulator.journal if entry["service"] == "metadata"]
    assert token["status"] in (405, 503)
    assert "x-metadata-token" not in key["headers"]
    assert clock.slept == []


@pytest.mark.parametrize(
    ("scenario", "status", "message"),
    [
        pytest.param({"metadata": "off"}, 404, "Not Found", id="off"),
        pytest.param({"metadata": "no_agency"}, 401, "Please configure Cloud Service Agency first", id="no agency"),
        pytest.param(
            {"faults": [{"service": "metadata", "method": "GET", "body": {"credential": {}}}]},
            None,
            "does this machine have an agency?",
            id="no keys",
        ),
        pytest.param(
            {"faults": [{"service": "metadata", "method": "GET", "body": {"credential": {**ISSUED, "securitytoken": "a\nb"}}}]},
            None,
            "no temporary keys",
            id="none that a header can hold",
        ),
        pytest.param(
            {"faults": [{"service": "metadata", "method": "GET", "body": {"credential": None}}]}, None, "no temporary keys", id="null"
        ),
        pytest.param(
            {"faults": [{"service": "metadata", "error": "html@200"}]}, 200, "Expected a JSON object, got HTML", id="not the service"
        ),
    ],
)
def test_no_agency(simulator: Simulator, connect: Connect, scenario: dict[str, Any], status: int | None, message: str) -> None:
    simulator.load({"extends": "documented", **scenario})
    client = connect(**AGENCY)
    outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS] * 5)
    for outcome in outcomes:
        assert outcome.error is not None
        assert (outcome.error.service, outcome.error.status, outcome.error.attempts) == ("metadata", status, 1)
        assert message in outcome.error.message
    assert len(simulator.journal) == 2


def test_where_no_metadata_service_is_nobody_waits(connect: Connect, clock: FakeClock, reach: dict[str, Any], closed_port: str) -> None:
    client = connect(**AGENCY, endpoints={**reach["endpoints"], "metadata": closed_port})
    error = failure(lambda: client.get(*GITOPS))
    assert (error.service, error.code, error.attempts) == ("metadata", CONNECTION_FAILED, 1)
    assert clock.slept == []


def test_the_agencys_keys_are_renewed_before_their_end(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect(**AGENCY, total_timeout=86400)
    client.get(*GITOPS)
    for later, fetched in ((85000, 1), (1000, 2)):
        clock.sleep(later)
        client.begin_sample(100)
        simulator.load({"extends": "documented", "clock_offset": clock.monotonic()})
        assert client.get(*GITOPS)
        assert [path for path, _query in asked(simulator, "metadata")].count("/openstack/latest/securitykey") == fetched


# --- a token of the wrong scope


@pytest.mark.parametrize(
    ("changes", "call", "hint"),
    [
        pytest.param(PROJECT_TOKEN, GITOPS, "ucs wants a domain-scoped token", id="ucs"),
        pytest.param({**PROJECT_TOKEN, "auth_token": "demo-expired-token"}, GITOPS, "may be expired", id="expired"),
        pytest.param({**PROJECT_TOKEN, "auth_token": "nonsense"}, GITOPS, "The auth_token (task options)", id="nonsense"),
        pytest.param(DOMAIN_TOKEN, REPOSITORY, "codearts_repo wants a project-scoped token", id="codearts_repo"),
        pytest.param(DOMAIN_TOKEN, AUTHORIZATIONS, "servicestage wants a project-scoped token", id="servicestage"),
    ],
)
def test_the_wrong_scope_is_named(
    simulator: Simulator, connect: Connect, changes: dict[str, Any], call: tuple[str, str], hint: str
) -> None:
    error = failure(lambda: connect(**changes).get(*call))
    assert error.status in (401, 403)
    assert hint in error.message
    assert "access_key and secret_key serve every scope" in error.message
    assert len(simulator.journal) == 1


@pytest.mark.parametrize("changes", [{}, PASSWORD], ids=["keys", "password"])
def test_the_scope_is_not_blamed(simulator: Simulator, connect: Connect, changes: dict[str, Any]) -> None:
    simulator.load(fault(error="UCS.00000004"))
    assert failure(lambda: connect(**changes).get(*GITOPS)).message == "Forbidden"

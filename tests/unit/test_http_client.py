# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client over the wire: who it says it is, when it tries again, when it gives up, and what it says then. No test sleeps for long:
clocks are handed in, and what must really hang does so for a few tenths of a second."""

from __future__ import annotations

import base64
import gc
import json
import os
import re
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils import client as client_module
from ansible_collections.huaweicloud.gitops.plugins.module_utils.auth import Credentials, utc_now
from ansible_collections.huaweicloud.gitops.plugins.module_utils.client import PACES, Client, Clock, Pacer, Settings, segment
from ansible_collections.huaweicloud.gitops.plugins.module_utils.errors import (
    CONNECTION_FAILED,
    TIMEOUT,
    TLS_FAILED,
    UNEXPECTED_ANSWER,
    ApiError,
    CredentialsError,
    MissingRequestsError,
    OptionError,
)
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.connection import HTTPConnection

from simulator import Simulator
from simulator.errors import names

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

DOMAIN_ID, PROJECT_ID = "d0000000000000000000000000000001", "a0000000000000000000000000000001"
SERVICES = ("ucs", "codearts_repo", "servicestage", "iam", "metadata")
GITOPS = ("ucs", "/v1/clusters/c1/gitops")
REPOSITORY = ("codearts_repo", "/v2/repositories/r1")
AUTHORIZATIONS = ("servicestage", f"/v1/{PROJECT_ID}/git/auths")

NOBODY: dict[str, Any] = {"access_key": None, "secret_key": None}
TEMPORARY = {
    "access_key": "DEMOTEMPORARYKEY0001",
    "secret_key": "demo-temporary-secret-key-only-1",
    "security_token": "demo-security-token",
}
PASSWORD = {**NOBODY, "username": "deployer", "password": "demo-password", "domain_name": "demo"}
AGENCY = {**NOBODY, "use_ecs_agency": True}
DOMAIN_TOKEN, PROJECT_TOKEN = {**NOBODY, "auth_token": "demo-domain-token"}, {**NOBODY, "auth_token": "demo-project-token"}
IDS = {"project_id": PROJECT_ID, "domain_id": DOMAIN_ID}

Connect = Callable[..., Client]


class FakeClock(Clock):
    """Time that passes only in ``sleep``, which takes none; the dice always fall on the highest number."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._start, self._elapsed, self._lock = utc_now(), 0.0, threading.Lock()

    def monotonic(self) -> float:
        return self._elapsed

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._elapsed += seconds

    def uniform(self, low: float, high: float) -> float:
        return high


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def connect(options: dict[str, Any], clock: FakeClock) -> Iterator[Connect]:
    """Makes clients with an access key, the ids it needs and the test's clock; ``options`` change all that."""
    with ExitStack() as stack:

        def make(clock: Clock = clock, **changes: Any) -> Client:
            return stack.enter_context(Client.from_options({**options, **IDS, **changes}, os.environ, clock))

        yield make


def fault(service: str = "ucs", **what: Any) -> dict[str, Any]:
    """The documented scenario with one fault."""
    return {"extends": "documented", "faults": [{"service": service, **what}]}


def failure(read: Callable[[], object]) -> ApiError:
    """The error that a read ends in."""
    with pytest.raises(ApiError) as caught:
        read()
    return caught.value


def asked(simulator: Simulator, service: str) -> list[tuple[str, str]]:
    """What a service was asked."""
    return [(entry["path"], entry["query"]) for entry in simulator.journal if entry["service"] == service]


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
        pytest.param({}, "0 projects are named", id="nothing"),
    ],
)
def test_a_project_that_cannot_be_found(simulator: Simulator, connect: Connect, body: Any, expected: str) -> None:
    simulator.load(fault("iam", body=body))
    error = failure(lambda: connect(project_id=None).get(*REPOSITORY))
    assert expected in error.message
    assert (error.code, error.service, error.path) == (UNEXPECTED_ANSWER, "iam", "/v3/projects")
    assert asked(simulator, "codearts_repo") == []


@pytest.mark.parametrize("body", [{}, {"domains": []}, {"domains": [None]}, {"domains": [{"id": 1}]}, {"domains": "x"}], ids=repr)
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
    assert {*client.secrets} == {"demo-password", *tokens}


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


@pytest.mark.parametrize("answer", [{"headers": {}}, {"headers": {"X-Subject-Token": ""}}], ids=["none", "empty"])
def test_an_answer_without_a_token(simulator: Simulator, connect: Connect, answer: dict[str, Any]) -> None:
    simulator.load(fault("iam", status=201, body={"token": {}}, **answer))
    error = failure(lambda: connect(**PASSWORD).get(*GITOPS))
    assert (error.message, error.method) == ("the answer has no X-Subject-Token header", "POST")


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
def test_a_token_is_renewed_before_its_end(simulator: Simulator, connect: Connect, lifetime: int, later: int, tokens: int) -> None:
    account = {"accounts": {"demo": {"token_lifetime": lifetime}}}
    simulator.load({"extends": "documented", **account})
    client = connect(**PASSWORD)
    client.get(*GITOPS)
    simulator.load({"extends": "documented", **account, "clock_offset": later})
    client.get(*GITOPS)  # tells the client how late it is
    client.get(*GITOPS)
    assert len(scopes(simulator)) == tokens
    assert {entry["status"] for entry in simulator.journal} == {200, 201}


@pytest.mark.parametrize("code", ["APIG.0301", "APIG.0307", "APIGW.0301", "APIGW.0307"])
def test_a_refused_token_is_renewed_once(simulator: Simulator, connect: Connect, code: str) -> None:
    client = connect(**PASSWORD)
    simulator.load(fault(error=code, times=1))
    assert client.get(*GITOPS)
    assert len(scopes(simulator)) == 2
    first, second = [entry["headers"]["x-auth-token"] for entry in simulator.journal if entry["service"] == "ucs"]
    assert first != second
    simulator.load(fault(error=code))
    for _round in range(3):
        assert failure(lambda: client.get(*GITOPS)).code == code
    assert len(scopes(simulator)) == 2


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
        pytest.param(PASSWORD, GITOPS, "APIG.0303", id="not the token"),
        pytest.param(PASSWORD, GITOPS, "APIG.0302", id="not allowed"),
        pytest.param(PASSWORD, GITOPS, "UCS.00000018", id="the service refuses"),
        pytest.param(DOMAIN_TOKEN, GITOPS, "APIG.0307", id="the user's token"),
        pytest.param({}, GITOPS, "APIG.0301", id="keys"),
    ],
)
def test_what_no_new_token_helps(simulator: Simulator, connect: Connect, changes: dict[str, Any], call: tuple[str, str], code: str) -> None:
    simulator.load(fault(call[0], error=code))
    error = failure(lambda: connect(**changes).get(*call))
    assert (error.code, error.attempts) == (code, 1)
    assert len(asked(simulator, call[0])) == 1
    assert len(scopes(simulator)) == (1 if changes is PASSWORD else 0)


# --- the ECS agency


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
    assert {*client.secrets} == {TEMPORARY["secret_key"], TEMPORARY["security_token"], key["headers"]["x-metadata-token"]}


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


def test_the_agencys_keys_are_renewed_before_their_end(simulator: Simulator, connect: Connect) -> None:
    client = connect(**AGENCY)
    client.get(*GITOPS)
    simulator.load({"extends": "documented", "clock_offset": 86000})
    # One refusal, as the client learns the time from it; then the keys are old.
    assert failure(lambda: client.get(*GITOPS)).code == "APIG.0303"
    assert client.get(*GITOPS)
    assert [path for path, _query in asked(simulator, "metadata")].count("/openstack/latest/securitykey") == 2


# --- ~/.netrc, proxies, redirects


@pytest.mark.parametrize("changes", [{}, DOMAIN_TOKEN, PASSWORD, AGENCY], ids=["keys", "token", "password", "ECS agency"])
@pytest.mark.parametrize("variable", ["HOME", "NETRC"])
def test_netrc_replaces_no_signature(
    simulator: Simulator, connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variable: str, changes: dict[str, Any]
) -> None:
    path = tmp_path / ".netrc"
    path.write_text("machine 127.0.0.1 login somebody password hunter2\n", encoding="utf-8")
    path.chmod(0o600)
    monkeypatch.delenv("NETRC", raising=False)
    monkeypatch.setenv(variable, str(tmp_path if variable == "HOME" else path))
    connect(**changes, domain_id=None).get(*GITOPS)
    basic = "Basic " + base64.b64encode(b"somebody:hunter2").decode()
    assert simulator.journal
    for entry in simulator.journal:
        assert entry["headers"].get("authorization") != basic
        assert entry["status"] in (200, 201)


def test_proxies_of_the_environment_are_used(simulator: Simulator, connect: Connect, no_exceptions: pytest.MonkeyPatch) -> None:
    no_exceptions.setenv("http_proxy", simulator.urls["servicestage"])
    error = failure(lambda: connect(endpoints={"ucs": "http://ucs.invalid"}).get(*GITOPS))
    (entry,) = simulator.journal
    assert (entry["service"], entry["path"]) == ("servicestage", "http://ucs.invalid/v1/clusters/c1/gitops")
    assert entry["headers"]["host"] == "ucs.invalid"
    assert error.code == "APIG.0101"


def test_exceptions_from_the_proxy_are_kept(connect: Connect, no_exceptions: pytest.MonkeyPatch, closed_port: str) -> None:
    no_exceptions.setenv("http_proxy", closed_port)
    no_exceptions.setenv("no_proxy", "127.0.0.1")
    assert connect().get(*GITOPS)


@pytest.mark.parametrize("user", ["", "user:hunter2@"])
def test_a_dead_proxy_is_named(connect: Connect, no_exceptions: pytest.MonkeyPatch, closed_port: str, user: str) -> None:
    no_exceptions.setenv("http_proxy", closed_port.replace("://", f"://{user}"))
    error = failure(lambda: connect(request_retries=1).get(*GITOPS))
    assert error.message.startswith("The proxy cannot be used: ")
    assert "refused" in error.message
    assert (error.code, error.attempts, error.status) == (CONNECTION_FAILED, 2, None)
    assert "hunter2" not in str(error)


@pytest.mark.parametrize(
    "address", ["http://user:hunter2@127.0.0.1:port", "http://user:hunter2@*.example.com", "gopher://user:hunter2@127.0.0.1:1"]
)
def test_a_proxy_that_is_none_is_named(connect: Connect, no_exceptions: pytest.MonkeyPatch, address: str) -> None:
    no_exceptions.setenv("http_proxy", address)
    error = failure(lambda: connect(request_retries=0).get(*GITOPS))
    assert error.message.startswith("The proxy cannot be used: ")
    assert "hunter2" not in str(error)


def test_the_metadata_service_is_never_asked_through_a_proxy(
    simulator: Simulator, connect: Connect, no_exceptions: pytest.MonkeyPatch, closed_port: str
) -> None:
    no_exceptions.setenv("http_proxy", closed_port)
    error = failure(lambda: connect(**AGENCY, request_retries=0).get(*GITOPS))
    assert (error.service, error.code) == ("ucs", CONNECTION_FAILED)
    assert [(entry["service"], entry["status"]) for entry in simulator.journal] == [("metadata", 200)] * 2


def test_redirects_are_not_followed(simulator: Simulator, connect: Connect) -> None:
    elsewhere = simulator.urls["codearts_repo"] + "/v2/repositories/r1"
    simulator.load(fault(error="redirect", headers={"Location": elsewhere, "Set-Cookie": "a=b"}))
    client = connect()
    error = failure(lambda: client.get(*GITOPS))
    assert error.message == f"The service redirects to {elsewhere}; redirects are not followed."
    assert (error.status, error.code, error.attempts, error.retryable) == (302, UNEXPECTED_ANSWER, 1, False)
    simulator.load(fault(status=307, body={}, headers={}))
    assert "redirects to nowhere" in failure(lambda: client.get(*GITOPS)).message
    simulator.load(fault(error="redirect", headers={"Location": "https://user:hunter2@login.example.com/"}))
    assert "redirects to https://***@login.example.com/;" in failure(lambda: client.get(*GITOPS)).message
    assert asked(simulator, "codearts_repo") == []
    assert not any("cookie" in entry["headers"] for entry in simulator.journal)


# --- TLS


@pytest.fixture(scope="module", params=["valid", "wrong_name", "expired"])
def secure(request: pytest.FixtureRequest) -> Iterator[tuple[str, Simulator]]:
    with Simulator(tls=request.param) as running:
        yield request.param, running


def tls_options(running: Simulator, **changes: Any) -> dict[str, Any]:
    return {"endpoints": {name: running.urls[name] for name in SERVICES}, **changes}


def test_certificates(secure: tuple[str, Simulator], connect: Connect, clock: FakeClock) -> None:
    kind, running = secure
    running.clear()
    client = connect(**tls_options(running, ca_path=running.urls["ca_path"]))
    if kind == "valid":
        assert client.get(*GITOPS)
        return
    error = failure(lambda: client.get(*GITOPS))
    reason = {"wrong_name": "not valid for '127.0.0.1'|'127.0.0.1' doesn't match", "expired": "certificate has expired"}[kind]
    assert re.search(reason, error.message)
    assert "ca_path" not in error.message  # it would not help
    assert (error.code, error.attempts, error.retryable, error.status) == (TLS_FAILED, 1, False, None)
    assert not running.journal
    assert not clock.slept


def test_an_unknown_authority(secure: tuple[str, Simulator], connect: Connect, clock: FakeClock) -> None:
    _kind, running = secure
    running.clear()
    error = failure(lambda: connect(**tls_options(running)).get(*GITOPS))
    host = running.urls["ucs"].removeprefix("https://")
    assert error.message.startswith(f"The TLS connection to {host} failed: ")
    assert "certificate verify failed" in error.message
    assert error.message.endswith(" Give the authority's certificates in ca_path.")
    assert (error.code, error.attempts) == (TLS_FAILED, 1)
    assert not running.journal
    assert not clock.slept


def test_the_check_can_be_switched_off(secure: tuple[str, Simulator], connect: Connect, recwarn: pytest.WarningsRecorder) -> None:
    assert connect(**tls_options(secure[1], validate_certs=False, ca_path="/does/not/exist")).get(*GITOPS)
    assert not recwarn.list


def test_authorities_of_the_environment(secure: tuple[str, Simulator], connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    kind, running = secure
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", running.urls["ca_path"])
    client = connect(**tls_options(running))
    if kind == "valid":
        assert client.get(*GITOPS)
    else:
        assert failure(lambda: client.get(*GITOPS)).code == TLS_FAILED


def test_ca_path_wins_over_the_environment(
    secure: tuple[str, Simulator], connect: Connect, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    kind, running = secure
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "none"))
    client = connect(**tls_options(running, ca_path=running.urls["ca_path"]))
    if kind == "valid":
        assert client.get(*GITOPS)
    else:
        assert failure(lambda: client.get(*GITOPS)).code == TLS_FAILED


@pytest.mark.parametrize("content", [None, "no certificate\n"], ids=["no file", "no certificate"])
def test_a_ca_path_that_cannot_be_used(secure: tuple[str, Simulator], connect: Connect, tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "ca.pem"
    if content:
        path.write_text(content, encoding="utf-8")
    error = failure(lambda: connect(**tls_options(secure[1], ca_path=str(path))).get(*GITOPS))
    assert (error.code, error.attempts) == (TLS_FAILED, 1)
    assert "ca_path" in error.message


# --- trying again


@pytest.mark.parametrize(
    ("service", "error", "again"),
    [
        *(("ucs", name, True) for name in ("APIG.0308", "APIGW.0308", "UCS.01000002", "html@429")),
        *(("ucs", name, True) for name in ("UCS.00000005", "UCS.00000006", "UCS.01000005", "UCS.01000006")),
        *(("ucs", name, True) for name in ("APIG.0601", "APIG.0606", "APIGW.0601", "APIG.0610", "APIG.0613")),
        *(("ucs", name, True) for name in ("html", "text@502", "empty", "text@503", "html@504", "empty@504")),
        *(("codearts_repo", name, True) for name in ("CH.10000", "CH.10000@200", "CH.10000@400")),
        *(("ucs", name, False) for name in ("text", "json_null", "html@500", "UCS.00000004@500", "UCS.00000005@400", "APIG.0601@403")),
        *(("ucs", name, False) for name in ("text@501", "text@505", "text@408", "text@405", "text@494")),
        *(
            ("ucs", name, False)
            for name in ("UCS.00000011", "APIG.0201", "camel", "k8s", "UCS.00000013", "APIG.0101", "APIG.0302", "APIG.0301")
        ),
        *(
            ("ucs", name, False)
            for name in ("redirect", "not_json", "html@200", "empty@200", "json_list@200", "json_null@200", "empty@204")
        ),
        *(("codearts_repo", name, False) for name in ("CH.080401", "CH.010001", "CH.080002", "CH.080401@200")),
        *(("servicestage", name, False) for name in ("SVCSTG.REPO.0401", "SVCSTG.REPO.0452")),
    ],
)
def test_what_is_tried_again(simulator: Simulator, connect: Connect, clock: FakeClock, service: str, error: str, again: bool) -> None:
    simulator.load(fault(service, error=error))
    found = failure(lambda: connect(request_retries=2).get(service, "/v1/x"))
    assert found.retryable is again
    assert found.attempts == len(simulator.journal) == (3 if again else 1)
    assert len(clock.slept) == found.attempts - 1


@pytest.mark.parametrize("action", ["reset", "truncate"])
def test_broken_connections_are_tried_again(simulator: Simulator, connect: Connect, clock: FakeClock, action: str) -> None:
    simulator.load(fault(action=action, body={"x": "y" * 1000}, times=2))
    assert connect(request_retries=2).get(*GITOPS)["items"]
    assert len(simulator.journal) == 3
    simulator.load(fault(action=action, body={"x": "y" * 1000}))
    error = failure(lambda: connect(request_retries=2).get(*GITOPS))
    assert (error.code, error.attempts, error.retryable, error.status) == (CONNECTION_FAILED, 3, True, None)
    assert ("broke off" if action == "truncate" else "reset") in error.message


def test_a_refused_connection_is_tried_again(connect: Connect, clock: FakeClock, closed_port: str) -> None:
    error = failure(lambda: connect(endpoints={"ucs": closed_port}, request_retries=2).get(*GITOPS))
    assert (error.code, error.attempts, error.retryable) == (CONNECTION_FAILED, 3, True)
    assert error.message.startswith(f"The connection to {closed_port.removeprefix('http://')} failed: ")
    assert error.message.endswith("Connection refused.")
    assert "0x" not in error.message
    assert clock.slept == [2.0, 4.0]


def test_a_connection_closed_after_an_answer_is_no_failure(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    client.get(*GITOPS)
    simulator.load(fault(action="close", body={"items": []}))
    assert client.get(*GITOPS) == client.get(*GITOPS) == {"items": []}
    simulator.load("documented")
    assert client.get(*GITOPS)["items"]


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_request_retries(simulator: Simulator, connect: Connect, retries: int) -> None:
    simulator.load(fault(error="empty"))
    client = connect(request_retries=retries)
    assert failure(lambda: client.get(*GITOPS)).attempts == len(simulator.journal) == client.sent.total() == retries + 1


def test_the_last_request_id_and_the_attempts_are_said(simulator: Simulator, connect: Connect) -> None:
    ids = ["first", "second", "third"]
    faults = [{"service": "ucs", "error": "APIG.0613", "headers": {"X-Request-Id": name}, "times": 1} for name in ids]
    simulator.load({"extends": "documented", "faults": faults})
    error = failure(lambda: connect(request_retries=2).get(*GITOPS))
    assert error.request_id == "third"
    assert str(error) == (
        "ucs: GET /v1/clusters/c1/gitops: IAM is temporarily unavailable (HTTP 503, APIG.0613, request id third, after 3 attempts)"
    )
    assert error.as_dict() == {
        "message": "IAM is temporarily unavailable",
        "status": 503,
        "code": "APIG.0613",
        "request_id": "third",
        "service": "ucs",
        "method": "GET",
        "path": "/v1/clusters/c1/gitops",
        "attempts": 3,
        "retryable": True,
    }


def test_every_attempt_is_signed_anew(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(action="reset", times=2))
    assert connect(request_retries=2).get(*GITOPS)
    assert clock.slept == [2.0, 4.0]
    headers = [entry["headers"] for entry in simulator.journal]
    assert len({one["x-sdk-date"] for one in headers}) == 3
    assert len({one["authorization"] for one in headers}) == 3


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        pytest.param({"Retry-After": "7"}, [7.0] * 3, id="seconds"),
        pytest.param({"Retry-After": " 0 "}, [0.0] * 3, id="at once"),
        pytest.param({"Retry-After": "86400"}, [60.0] * 3, id="absurd"),
        pytest.param({"Retry-After": "Thu, 01 Jan 2099 00:00:00 GMT"}, [60.0] * 3, id="absurd date"),
        pytest.param({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, [0.0] * 3, id="date gone by"),
        pytest.param({"Retry-After": "Thu, 01 Jan 1970 00:00:00"}, [0.0] * 3, id="date without a zone"),
        *(
            pytest.param({"Retry-After": value}, [5.0, 10.0, 20.0], id=f"senseless {value[:30]!r}")
            for value in ("", "soon", "-5", "1.5", "9" * 20, "Thu, 01 Jan 99999999999 00:00:00 GMT", "Thu, 32 Jan 2099 00:00:00 GMT", "٣")
        ),
        pytest.param({}, [5.0, 10.0, 20.0], id="none"),
    ],
)
def test_waiting_after_a_throttled_call(
    simulator: Simulator, connect: Connect, clock: FakeClock, headers: dict[str, str], slept: list[float]
) -> None:
    simulator.load(fault(error="APIG.0308", headers=headers))
    failure(lambda: connect().get(*GITOPS))
    assert clock.slept == slept


def test_waiting_until_a_date(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    date = format_datetime((clock.now() + timedelta(seconds=20)).astimezone(timezone.utc), usegmt=True)
    simulator.load(fault(error="APIG.0613", headers={"Retry-After": date}, times=1))
    assert connect().get(*GITOPS)
    assert len(clock.slept) == 1
    assert 15 < clock.slept[0] <= 20


@pytest.mark.parametrize(
    ("error", "message", "slept"),
    [
        ("APIG.0308", "over ratelimit,limit:60,time:1 minute", [5.0, 10.0, 20.0, 40.0, 60.0, 60.0]),
        ("APIG.0308", "over ratelimit,limit:60,time:1 second", [2.0] * 6),
        ("APIG.0610", None, [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
    ],
)
def test_waiting_grows_to_a_limit(
    simulator: Simulator, connect: Connect, clock: FakeClock, error: str, message: str | None, slept: list[float]
) -> None:
    simulator.load(fault(error=error, **({"message": message} if message else {})))
    failure(lambda: connect(request_retries=6).get(*GITOPS))
    assert clock.slept == slept


# --- time limits


def test_the_deadline_is_kept(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "60"}))
    client = connect(total_timeout=100)
    error = failure(lambda: client.get(*GITOPS))
    assert clock.slept == [60.0]
    assert (error.status, error.code, error.attempts) == (429, "APIG.0308", 2)
    assert error.message.endswith(" The next attempt, in 60 s, would be too late (total_timeout 100 s).")


def test_after_the_deadline_nothing_is_sent(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect(total_timeout=100)
    clock.sleep(100)
    for _round in range(2):
        error = failure(lambda: client.get(*GITOPS))
        assert error.code == TIMEOUT
        assert "The task's time is over (total_timeout 100 s)." in error.message
    assert simulator.journal == []
    client.begin_sample(50)
    assert client.get(*GITOPS)
    clock.sleep(50)
    assert failure(lambda: client.get(*GITOPS)).code == TIMEOUT


@pytest.mark.parametrize(
    ("what", "limits", "which"),
    [
        pytest.param({"action": "hang"}, {"request_timeout": 0.1}, "0.1 s (request_timeout)", id="hanging"),
        pytest.param({"delay": 30}, {"request_timeout": 0.1}, "0.1 s (request_timeout)", id="slow"),
        pytest.param({"action": "drip", "seconds": 30}, {"request_timeout": 0.1}, "0.1 s (request_timeout)", id="stuck in the middle"),
        pytest.param({"action": "hang"}, {"total_timeout": 0.2}, "s (what is left of total_timeout)", id="hanging, deadline"),
    ],
)
def test_an_answer_has_its_time(simulator: Simulator, connect: Connect, what: dict[str, Any], limits: dict[str, float], which: str) -> None:
    simulator.load(fault(body={"items": []}, **what) if "action" in what else fault(**what))
    error = failure(lambda: connect(Clock(), request_retries=0, **limits).get(*GITOPS))
    assert (error.code, error.retryable, error.status) == (TIMEOUT, True, None)
    assert "No complete answer within 0." in error.message
    assert which in error.message


@pytest.mark.parametrize("action", ["drip", "drip_head"])
@pytest.mark.parametrize(
    ("limits", "which"), [({"request_timeout": 0.3}, "request_timeout"), ({"total_timeout": 0.3}, "what is left of total_timeout")]
)
@pytest.mark.parametrize("proxied", [False, True], ids=["", "through a proxy"])
def test_an_answer_that_drips_has_its_time(
    simulator: Simulator,
    connect: Connect,
    no_exceptions: pytest.MonkeyPatch,
    action: str,
    limits: dict[str, float],
    which: str,
    proxied: bool,
) -> None:
    simulator.load(fault(action=action, seconds=0.02, body={"x": "y" * 1000}))
    if proxied:
        no_exceptions.setenv("http_proxy", simulator.urls["ucs"])
    client = connect(Clock(), request_retries=0, **limits, **({"endpoints": {"ucs": "http://ucs.invalid"}} if proxied else {}))
    started = time.monotonic()
    error = failure(lambda: client.get(*GITOPS))
    assert time.monotonic() - started < 3  # the whole answer would take twenty seconds and more
    assert (error.code, error.retryable, error.status) == (TIMEOUT, True, None)
    assert error.message.endswith(f" s ({which}).")


def test_a_secure_answer_that_drips_has_its_time(connect: Connect) -> None:
    with Simulator(fault(action="drip_head", seconds=0.02), tls=True) as secure:
        reach = {"endpoints": {"ucs": secure.urls["ucs"]}, "ca_path": secure.urls["ca_path"]}
        error = failure(lambda: connect(Clock(), request_retries=0, request_timeout=0.5, **reach).get(*GITOPS))
    assert (error.code, error.message) == (TIMEOUT, "No complete answer within 0.5 s (request_timeout).")


def test_the_time_of_an_answer_counts_anew_on_a_kept_connection(simulator: Simulator, connect: Connect) -> None:
    client = connect(Clock(), request_timeout=1)
    simulator.load(fault(delay=0.4))
    for _round in range(3):
        assert client.get(*GITOPS)
    assert simulator.connections["ucs"] == 1


def test_a_slow_answer_is_tried_again(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(action="hang", times=2))
    assert connect(request_timeout=0.3, request_retries=2).get(*GITOPS)
    assert clock.slept == [2.0, 4.0]


def test_answers_have_a_limit(simulator: Simulator, connect: Connect, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "BODY_LIMIT", 1024**2)
    simulator.load(fault(body={"x": "y" * 1024**2}))
    error = failure(lambda: connect().get(*GITOPS))
    assert (error.message, error.status, error.attempts) == ("The answer is larger than 1 MiB.", 200, 1)


# --- pacing


@given(st.lists(st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 120)), max_size=300), st.integers(0, 700))
@settings(deadline=None, max_examples=50)
def test_no_minute_has_more_calls_than_allowed(pauses: list[float], burst: int) -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    calls = []
    for pause in [*pauses, *[0.0] * burst]:
        clock.sleep(pause)
        calls.append(clock.monotonic() + pacer.delay())
    assert calls == sorted(calls)
    for number, call in enumerate(calls[590:]):  # ten fewer than the limit: on their way, calls move together
        assert call - calls[number] > 60 - 1e-6


def test_the_pace_is_that_of_the_limit() -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    delays = [pacer.delay() for _round in range(590)]
    assert delays[:50] == [0.0] * 50
    assert delays[50] == pytest.approx(1 / 9)
    assert delays[-1] == pytest.approx(60.0)
    clock.sleep(3600)
    assert [pacer.delay() for _round in range(51)] == [*[0.0] * 50, pytest.approx(1 / 9)]


def test_codearts_is_paced(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect()
    for _round in range(60):
        client.get(*REPOSITORY)
    assert clock.slept == pytest.approx([1 / 9] * 10)
    assert len(simulator.journal) == 60


def test_the_others_are_not(connect: Connect, clock: FakeClock) -> None:
    client = connect()
    for _round in range(70):
        client.get(*GITOPS)
    assert clock.slept == []


def test_a_place_after_the_deadline_is_not_waited_for(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect(request_retries=0)
    for _round in range(50):
        client.get(*REPOSITORY)
    client.begin_sample(0.1)
    assert failure(lambda: client.get(*REPOSITORY)).code == TIMEOUT
    assert len(simulator.journal) == 50
    assert clock.slept == []


# --- side by side


def test_fan_out_keeps_order_and_failures_apart(simulator: Simulator, connect: Connect) -> None:
    items = [f"c{number}" for number in range(20)]
    slow_start = {"service": "ucs", "path": "/v1/clusters/c0/gitops", "delay": 0.1}
    simulator.load(
        {"clusters": {name: {"pods": [], "metadata": {"continue": name}} for name in items if name != "c7"}, "faults": [slow_start]}
    )
    client = connect()
    outcomes = client.fan_out(lambda item: client.get("ucs", f"/v1/clusters/{item}/gitops"), items)
    assert [outcome.item for outcome in outcomes] == items
    for number, outcome in enumerate(outcomes):
        if number == 7:
            assert outcome.error is not None
            assert (outcome.error.code, outcome.error.path, outcome.value) == ("UCS.00030001", "/v1/clusters/c7/gitops", None)
        else:
            assert outcome.value is not None
            assert outcome.value["metadata"]["continue"] == f"c{number}"
            assert outcome.error is None


@pytest.mark.parametrize(
    ("what", "code"),
    [
        pytest.param({"error": "UCS.00000004"}, "UCS.00000004", id="refused"),
        pytest.param({"error": "not_json"}, UNEXPECTED_ANSWER, id="no object"),
        pytest.param({"action": "reset"}, CONNECTION_FAILED, id="reset"),
        pytest.param({"action": "truncate"}, CONNECTION_FAILED, id="truncated"),
        pytest.param({"action": "hang"}, TIMEOUT, id="hanging"),
    ],
)
def test_failures_leave_no_connection_open(simulator: Simulator, options: dict[str, Any], what: dict[str, Any], code: str) -> None:
    """A process that gates for hours would run out of files before the garbage collector sees to it."""
    simulator.load({"extends": "documented", "faults": [{"path": "*/c7/*", **what}]})
    patience = {"request_retries": 0, "request_timeout": 0.5 if code == TIMEOUT else 30}

    def still_open() -> set[int]:
        return {id(one) for one in gc.get_objects() if isinstance(one, HTTPConnection) and one.sock}

    gc.collect()
    gc.disable()
    try:
        before = still_open()
        with Client.from_options({**options, **IDS, **patience}, os.environ) as client:
            outcomes = client.fan_out(lambda item: client.get("ucs", f"/v1/clusters/{item}/gitops"), [f"c{number}" for number in range(20)])
        assert still_open() == before
        assert {outcome.error.code for outcome in outcomes if outcome.error} == {code}
    finally:
        gc.enable()


def test_fan_out_over_nothing(connect: Connect) -> None:
    assert connect().fan_out(lambda item: item, []) == []


def test_fan_out_lets_other_errors_through(connect: Connect) -> None:
    with pytest.raises(OptionError):
        connect().fan_out(lambda item: segment("cluster_ids", item), ["c1", "a/b"])


@pytest.mark.parametrize("most", [1, 4, 16])
def test_connections_are_kept_and_limited(simulator: Simulator, connect: Connect, most: int) -> None:
    simulator.load({"extends": "documented", "latency": 0.005})
    client = connect(max_concurrency=most)
    for _round in range(3):
        outcomes = client.fan_out(lambda call: client.get(*call), [GITOPS] * 20)
        assert not any(outcome.error for outcome in outcomes)
    assert client.sent.total() == len(simulator.journal) == 60
    assert 1 <= simulator.connections["ucs"] <= most
    assert simulator.peak <= most


def test_a_refusal_keeps_the_connection(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault(error="UCS.00000011", times=5))
    client = connect()
    for _round in range(5):
        failure(lambda: client.get(*GITOPS))
    client.get(*GITOPS)
    assert simulator.connections["ucs"] == 1


def test_nothing_is_left_running(options: dict[str, Any]) -> None:
    with Client.from_options({**options, **IDS}, os.environ) as client:
        client.fan_out(lambda call: client.get(*call), [GITOPS] * 4)
        assert [thread for thread in threading.enumerate() if thread.name.startswith("gitops")]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gitops")]


# --- what errors say

TEXT = "What the service says"
SHAPES = {
    "camel": (400, "UCS.00000011", TEXT),
    "code_message": (400, "UCS.00000011", TEXT),
    "k8s": (404, "404", TEXT),
    "encoded_authorization": (403, "IAM.0003", TEXT),
    "json_string": (400, "400", TEXT),
    "json_list": (400, "400", f'["{TEXT}"]'),
    "json_null": (500, "500", "HTTP status 500 without a message"),
    "text": (500, "500", TEXT),
    "not_json": (200, UNEXPECTED_ANSWER, 'Expected a JSON object, got text: {"items": [.'),
    "empty": (503, "503", "HTTP status 503 without a message"),
    "html": (502, "502", "502 Bad Gateway 502 Bad Gateway"),
    "redirect": (302, UNEXPECTED_ANSWER, "The service redirects to https://login.example.com/ui/; redirects are not followed."),
}


@pytest.mark.parametrize("name", names())
def test_every_error_body_is_understood(simulator: Simulator, connect: Connect, name: str) -> None:
    simulator.load(fault("codearts_repo", error=name, message=TEXT))
    error = failure(lambda: connect(request_retries=0).get(*REPOSITORY))
    status, code, message = SHAPES.get(name, (simulator.journal[0]["status"], name.removeprefix("IAM."), TEXT))
    assert (error.status, error.code, error.message) == (status, code, message)
    assert len(error.request_id) == 32
    assert (error.service, error.method, error.path, error.attempts) == (*REPOSITORY[:1], "GET", REPOSITORY[1], 1)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        pytest.param({"error_code": "X", "error_msg": ""}, "X", "HTTP status 400 without a message", id="no message"),
        pytest.param({"error_msg": "m"}, "400", "m", id="no code"),
        pytest.param({"error_code": 17, "error_msg": "m"}, "17", "m", id="number"),
        pytest.param({"error_code": None, "error_msg": None}, "400", '{"error_code": null, "error_msg": null}', id="nulls"),
        pytest.param({"error_code": {}, "error_msg": []}, "400", '{"error_code": {}, "error_msg": []}', id="objects"),
        pytest.param({"message": "m"}, "400", "m", id="only a message"),
        pytest.param({"a": {"b": {"error_code": "X", "error_msg": "m"}}}, "X", "m", id="deep"),
        pytest.param({"a": {}, "b": {"code": 5, "message": "m"}}, "5", "m", id="second"),
        pytest.param({"detail": [1]}, "400", '{"detail": [1]}', id="unknown"),
        *(pytest.param(body, "400", "HTTP status 400 without a message", id=repr(body)) for body in ({}, [], None)),
        *(pytest.param(body, "400", str(body).lower(), id=repr(body)) for body in (0, 1.5, True)),
        pytest.param("<p>Not <b>here</b></p>", "400", "Not here", id="HTML"),
        pytest.param("two\x1b[31m\x00 lines\u202e", "400", "two [31m  lines", id="control characters"),
        pytest.param("m" * 5000, "400", "m" * 1999 + "…", id="long"),
        pytest.param({"error_code": "X" * 5000, "error_msg": "m"}, "X" * 99 + "…", "m", id="long code"),
        pytest.param({"error_code": "\x1b[31m", "error_msg": "m"}, "[31m", "m", id="code with control characters"),
    ],
)
def test_other_error_bodies(simulator: Simulator, connect: Connect, body: Any, code: str, message: str) -> None:
    simulator.load(fault(status=400, body=body))
    error = failure(lambda: connect().get(*GITOPS))
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"error_code": "X", "request_id": "body"}, {"X-Request-Id": "header"}, "header"),
        ({"error_code": "X", "request_id": "body"}, {"X-Request-Id": ""}, "body"),
        ({"error_code": "X", "request_id": 5}, {"X-Request-Id": ""}, "5"),
        ({"error_code": "X"}, {"X-Request-Id": "", "X-IAM-Trace-Id": "iam"}, "iam"),
        ({"error_code": "X"}, {"X-Request-Id": ""}, ""),
        ("text", {"X-Request-Id": ""}, ""),
        ({"error_code": "X"}, {"X-Request-Id": "x" * 500}, "x" * 99 + "…"),
    ],
)
def test_request_ids(simulator: Simulator, connect: Connect, body: Any, headers: dict[str, str], expected: str) -> None:
    simulator.load(fault(status=400, body=body, headers=headers))
    assert failure(lambda: connect().get(*GITOPS)).request_id == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"status": "failed"}, "200", id="failed"),
        pytest.param({"status": "fail", "result": {}}, "200", id="fail"),
        pytest.param({"result": {}}, "200", id="no status"),
        pytest.param({"status": None}, "200", id="null"),
        pytest.param({"status": True}, "200", id="true"),
        pytest.param({"status": "success", "error": {"code": "CH.080401", "message": "No"}}, "CH.080401", id="both"),
        pytest.param({"status": "success", "error": "No"}, "200", id="text"),
        pytest.param({"status": "failed", "error": {"code": "CH.010001", "message": "No"}}, "CH.010001", id="documented"),
        pytest.param({}, "200", id="empty"),
    ],
)
def test_a_failure_with_status_200(simulator: Simulator, connect: Connect, body: Any, code: str) -> None:
    simulator.load(fault("codearts_repo", body=body))
    error = failure(lambda: connect().get(*REPOSITORY))
    assert (error.status, error.code, error.attempts) == (200, code, 1)
    simulator.load(fault("ucs", body=body))
    assert connect().get(*GITOPS) == body  # the envelope is CodeArts' own


@pytest.mark.parametrize(
    "body",
    [
        {"status": "success"},
        {"status": "Success", "error": None},
        {"status": "success", "error": {}},
        {"status": "success", "error": {"code": None, "message": None}},
    ],
    ids=repr,
)
def test_success_in_an_envelope(simulator: Simulator, connect: Connect, body: Any) -> None:
    simulator.load(fault("codearts_repo", body=body))
    assert connect().get(*REPOSITORY) == body


@pytest.mark.parametrize(
    ("what", "message"),
    [
        pytest.param({"error": "html@200"}, "got HTML: <html><head><title>502 Bad Gateway</title>", id="HTML"),
        pytest.param({"error": "empty@200"}, "got an empty body.", id="empty"),
        pytest.param({"body": " \n"}, "got an empty body.", id="blank"),
        pytest.param({"status": 204, "error": "empty"}, "got an empty body.", id="204"),
        pytest.param({"body": [{"items": []}]}, 'got a list: [{"items": []}].', id="list"),
        pytest.param({"body": "plain"}, "got text: plain.", id="text"),
        pytest.param({"error": "json_string@200", "message": "quoted"}, "got text: quoted.", id="string"),
        pytest.param({"error": "json_null@200"}, "got null: null.", id="null"),
        pytest.param({"body": True}, "got a boolean: true.", id="boolean"),
        pytest.param({"body": 5}, "got a number: 5.", id="number"),
        pytest.param({"error": "not_json"}, 'got text: {"items": [.', id="broken"),
        pytest.param({"body": "\ufeff{}"}, "got text: {}.", id="byte order mark"),
        pytest.param({"body": "1" * 5000}, "got text: " + "1" * 79 + "….", id="huge number"),
        pytest.param({"body": "[" * 100000}, "nested too deeply", id="deep"),
        pytest.param({"body": '{"a":' * 900 + '"secretInfo"' + "}" * 900}, "nested too deeply", id="deep object"),
    ],
)
@pytest.mark.parametrize("call", [GITOPS, REPOSITORY], ids=["ucs", "codearts_repo"])
def test_success_that_is_none(simulator: Simulator, connect: Connect, call: tuple[str, str], what: dict[str, Any], message: str) -> None:
    simulator.load(fault(call[0], **what))
    error = failure(lambda: connect().get(*call))
    assert (error.code, error.attempts, error.retryable) == (UNEXPECTED_ANSWER, 1, False)
    assert message in error.message


def test_other_successes(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault(status=201, body={"items": None, "unknown": [1]}))
    assert connect().get(*GITOPS) == {"items": None, "unknown": [1]}


# --- secrets in answers


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"secretInfo": {"authMode": "basic", "secret": {"password": "hunter2"}}}, {"secretInfo": {"authMode": "basic"}}, id="secret"
        ),
        pytest.param({"items": [{"secretInfo": {"secret": "hunter2"}}]}, {"items": [{"secretInfo": {}}]}, id="in a list"),
        pytest.param({"secretInfo": "hidden", "x": {"secret": "kept"}}, {"secretInfo": "hidden", "x": {"secret": "kept"}}, id="only there"),
        pytest.param({"secretInfo": None}, {"secretInfo": None}, id="null"),
        pytest.param(
            {"secretInfo": {"secret": 1, "url": "https://u:hunter2@h/r"}},
            {"secretInfo": {"url": "https://***@h/r"}},
            id="beside the secret",
        ),
        pytest.param({"url": "https://u:hunter2@h/r.git"}, {"url": "https://***@h/r.git"}, id="user in a URL"),
        pytest.param({"url": ["http://hunter2@h"]}, {"url": ["http://***@h"]}, id="token in a URL"),
        pytest.param({"url": "ssh://git:hunter2@h/r"}, {"url": "ssh://git:***@h/r"}, id="ssh with a password"),
        pytest.param({"url": "ssh://git@h/r"}, {"url": "ssh://git@h/r"}, id="ssh without"),
        pytest.param({"m": "cannot clone 'https://u:hunter2@h/r': x"}, {"m": "cannot clone 'https://***@h/r': x"}, id="in a message"),
        pytest.param('{"url": "https:\\/\\/u:hunter2@h\\/r"}', {"url": "https://***@h/r"}, id="escaped slashes"),
        pytest.param('{"url": "https://u:hunter2\\u0040h/r"}', {"url": "https://***@h/r"}, id="escaped at"),
        pytest.param('{"url": "https:\\u002f\\u002Fu:hunter2@h/r"}', {"url": "https://***@h/r"}, id="escaped slashes, too"),
        pytest.param('{"secretInf\\u006f": {"secret": "hunter2"}}', {"secretInfo": {}}, id="escaped name"),
    ],
)
def test_secrets_stay_behind(simulator: Simulator, connect: Connect, body: Any, expected: Any) -> None:
    simulator.load(fault(body=body))
    assert connect().get(*GITOPS) == expected
    for status in (400, 500):
        simulator.load(fault(body=body, status=status))
        assert "hunter2" not in str(failure(lambda: connect().get(*GITOPS)).as_dict())


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"items": [{"secretInfo": {"secret": "hunter2"}}', id="broken JSON"),
        pytest.param("{'secretInfo': {'secret': 'hunter2'}}", id="no JSON"),
        pytest.param([{"secretInfo": {"secret": "hunter2"}}], id="list"),
        pytest.param('[{"secretInf\\u006f": {"secret": "hunter2"}}]', id="list with an escaped name"),
        pytest.param('"{\\"secretInfo\\": {\\"secret\\": \\"hunter2\\"}}"', id="JSON in JSON"),
        pytest.param("cannot clone https://u:hunter2@h/r", id="text"),
        pytest.param("<html>https://u:hunter2@h/r</html>", id="HTML"),
        pytest.param({"error_code": "X", "error_msg": "https://u:hunter2@h/r"}, id="message"),
        pytest.param({"error_code": "https://u:hunter2@h/r", "error_msg": "m"}, id="code"),
        pytest.param({"error_code": "X", "error_msg": "m", "request_id": "https://u:hunter2@h/r"}, id="request id"),
        pytest.param({"error_code": "X", "error_msg": "Authorization: Basic hunter2"}, id="header"),
    ],
)
def test_secrets_stay_out_of_errors(simulator: Simulator, connect: Connect, body: Any, status: int) -> None:
    simulator.load(fault("codearts_repo", body=body, status=status, headers={"X-Request-Id": ""}))
    assert "hunter2" not in str(failure(lambda: connect(request_retries=0).get(*REPOSITORY)).as_dict())


@pytest.mark.parametrize(
    "changes", [{}, TEMPORARY, PASSWORD, DOMAIN_TOKEN, AGENCY], ids=["keys", "temporary", "password", "token", "agency"]
)
@pytest.mark.parametrize("what", [{"error": "APIG.0302"}, {"action": "reset"}, {"error": "html@200"}], ids=["refused", "reset", "HTML"])
def test_credentials_stay_out_of_errors(simulator: Simulator, connect: Connect, changes: dict[str, Any], what: dict[str, Any]) -> None:
    simulator.load(fault(**what))
    client = connect(**changes, request_retries=0)
    shown = str(failure(lambda: client.get(*GITOPS)))
    assert client.secrets
    assert not [secret for secret in client.secrets if secret in shown]


# --- the service's clock


def test_the_services_clock(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    client.get(*GITOPS)
    assert client.now() == client.clock.now()  # as good as ours, and ours is finer
    simulator.load({"extends": "documented", "clock_offset": 600})
    client.get(*GITOPS)
    assert 595 < (client.now() - client.clock.now()).total_seconds() < 605
    simulator.load("documented")
    client.get(*GITOPS)
    assert client.now() == client.clock.now()


@pytest.mark.parametrize(
    "date", ["", "now", "Thu, 32 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 99999999999 00:00:00 GMT", "2024-02-29", "Thu, 01 Jan 2099 00:00:00"]
)
def test_a_senseless_date_changes_no_clock(simulator: Simulator, connect: Connect, date: str) -> None:
    simulator.load(fault(body={}, headers={"Date": date}))
    client = connect()
    client.get(*GITOPS)
    assert client.now() == client.clock.now()


@pytest.mark.parametrize(("offset", "way"), [(1200, "20 min behind the service's"), (-1200, "20 min ahead of the service's")])
@pytest.mark.parametrize("ids", [IDS, {"project_id": None, "domain_id": None}], ids=["ids given", "ids looked up"])
def test_a_clock_that_is_off_is_named(simulator: Simulator, connect: Connect, offset: int, way: str, ids: dict[str, Any]) -> None:
    simulator.load({"extends": "documented", "clock_offset": offset})
    client = connect(**ids)
    error = failure(lambda: client.get(*GITOPS))
    assert error.status == 401
    assert "signature expired" in error.message
    assert error.message.endswith(f" This machine's clock is {way}; a signature may be 15 min off.")
    if ids is IDS:
        assert client.get(*GITOPS)  # signed with the service's time


@pytest.mark.parametrize(
    ("changes", "scenario"),
    [
        pytest.param({}, {"clock_offset": 120, "faults": [{"service": "ucs", "error": "APIG.0301"}]}, id="clock is right"),
        pytest.param(DOMAIN_TOKEN, {"clock_offset": 1200, "faults": [{"service": "ucs", "error": "APIG.0301"}]}, id="token"),
        pytest.param({}, {"clock_offset": 600, "faults": [{"service": "ucs", "error": "UCS.00000004"}]}, id="not the gateway"),
        pytest.param({}, {"clock_offset": 600, "faults": [{"service": "ucs", "error": "APIG.0101"}]}, id="not found"),
    ],
)
def test_the_clock_is_not_blamed(simulator: Simulator, connect: Connect, changes: dict[str, Any], scenario: dict[str, Any]) -> None:
    simulator.load({"extends": "documented", **scenario})
    assert "clock" not in failure(lambda: connect(**changes).get(*GITOPS)).message


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


# --- options


@pytest.mark.parametrize(
    "value", ["c1", "8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d", "a b", "集群", "a~b_c.d", "...", "%2F", "a?b#c", "a+b", " c1 "]
)
def test_segments(simulator: Simulator, connect: Connect, value: str) -> None:
    connect().get("ucs", f"/v1/clusters/{segment('cluster_ids', value)}/gitops")
    (entry,) = simulator.journal
    assert entry["status"] == 200  # signed as sent
    assert entry["path"].count("/") == 4
    assert entry["query"] == ""


@pytest.mark.parametrize(
    "value",
    ["", " ", ".", "..", " .. ", "a/b", "/", "a\\b", "a\nb", "a\tb", "a\x00", "\u202e", "\ud800", None, 5, True, ["c1"], {}],
    ids=repr,
)
def test_segments_that_would_change_the_path(value: object) -> None:
    with pytest.raises(OptionError, match=r"^Option 'cluster_ids': got .*, expected an identifier: ") as caught:
        segment("cluster_ids", value)
    assert caught.value.option == "cluster_ids"


@settings(deadline=None)
@given(st.text(max_size=20))
def test_any_segment_is_one_segment_or_an_option_error(value: str) -> None:
    try:
        quoted = segment("cluster_ids", value)
    except OptionError:
        return
    assert quoted not in ("", ".", "..")
    assert not set("/?#\\ ") & set(quoted)
    assert quoted.isascii()


def test_settings_come_from_options() -> None:
    assert Settings.from_options({"unknown": 1, "region": None}) == Settings()
    found = Settings.from_options({"region": "cn-north-4", "request_retries": 0, "total_timeout": 0.5, "validate_certs": False})
    assert found == Settings(region="cn-north-4", request_retries=0, total_timeout=0.5, validate_certs=False)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("request_timeout", value) for value in (0, -1, 86401, float("nan"), float("inf"))),
        *(("total_timeout", value) for value in (0, -1, 86401)),
        *(("request_retries", value) for value in (-1, 86401)),
        *(("max_concurrency", value) for value in (0, -1)),
    ],
)
def test_settings_out_of_range(name: str, value: float) -> None:
    with pytest.raises(OptionError, match=f"^Option '{name}': got "):
        Settings.from_options({name: value})


def test_options_without_credentials(reach: dict[str, Any]) -> None:
    with pytest.raises(CredentialsError, match=r"^No credentials found\."):
        Client.from_options(reach, os.environ)


def test_an_unknown_host_is_found_before_anything_is_sent(simulator: Simulator, connect: Connect) -> None:
    with pytest.raises(OptionError, match=r"'endpoints\.ucs'"):
        connect(region="eu-de", endpoints={}).get(*GITOPS)
    assert simulator.journal == []


def test_the_library_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    with pytest.raises(MissingRequestsError) as caught:
        Client(Settings(), Credentials("token", "task options"), {})
    assert caught.value.reason == "Traceback ..."

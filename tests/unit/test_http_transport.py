# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a host: proxies, TLS, connections, names with several addresses, and one time limit for all of it."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import CONNECTION_FAILED, TLS_FAILED, UNEXPECTED_ANSWER

from simulator import Simulator
from unit.wire import AGENCY, DOMAIN_TOKEN, GITOPS, PASSWORD, SERVICES, Connect, FakeClock, asked, failure, fault

if TYPE_CHECKING:
    from collections.abc import Iterator


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

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The way to a host: proxies, TLS, connections, names with several addresses, and one time limit for all of it."""

from __future__ import annotations

import base64
import re
import socket
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack, closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client, Settings
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.credentials import find_credentials
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock, Limiter
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.transport import Deadline, TimedAdapter, look_up
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import (
    CONNECTION_FAILED,
    TIMEOUT,
    TLS_FAILED,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker

from simulator import Simulator
from unit.wire import AGENCY, DOMAIN_TOKEN, GITOPS, IDS, PASSWORD, SERVICES, Connect, FakeClock, asked, failure, fault

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
    "address",
    [
        *("http://user:hunter2@127.0.0.1:port", "gopher://user:hunter2@127.0.0.1:1"),
        *("http://user:hunter2@[bad", "http://[bad", "htp:/x", "htp://user:hunter2@x", "http://user:hunter2@127.0.0.1:99999", "http://"),
        *("http://user:hunter2@", "http:///x", "http://user:hunter2@a b", "http://user:hunter2@[::1]x", "://user:hunter2@x", "http://:1"),
        *(
            f"http://user:hunter2@{'a' * 64}.example.com",
            "http://user:hunter2@a..b",
            "http://user:hunter2@\\x",
        ),
        *("http://user:hunter2@127.0.0.1:-1", "http://user:hunter2@\u96c6\u7fa4:x", "hunter2:hunter2@x:y"),
    ],
)
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_a_proxy_that_is_none_is_named(connect: Connect, no_exceptions: pytest.MonkeyPatch, address: str, scheme: str) -> None:
    no_exceptions.setenv(f"{scheme}_proxy", address)
    client = connect(request_retries=0, endpoints={"ucs": f"{scheme}://ucs.invalid"})
    error = failure(lambda: client.get(*GITOPS))
    assert error.message == "The proxy cannot be used: its address in the environment is none that the library requests understands."
    assert (error.code, error.status, error.retryable) == (CONNECTION_FAILED, None, False)


@pytest.mark.parametrize("host", ["*.example.com", "a..b", f"{'a' * 64}.example.com"])
def test_a_proxy_that_cannot_be_found_is_named(connect: Connect, no_exceptions: pytest.MonkeyPatch, host: str) -> None:
    no_exceptions.setenv("http_proxy", f"http://user:hunter2@{host}")
    error = failure(lambda: connect(request_retries=0, endpoints={"ucs": "http://ucs.invalid"}).get(*GITOPS))
    assert error.message.startswith("The proxy cannot be used: ")
    assert error.code == CONNECTION_FAILED
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
    assert (error.status, error.code, error.attempts, error.retryable) == (302, "302", 1, False)
    simulator.load(fault(status=307, body={}, headers={}))
    assert failure(lambda: client.get(*GITOPS)).message == "HTTP status 307 without a message"
    simulator.load(fault(error="redirect", headers={"Location": "https://user:hunter2@login.example.com/"}))
    assert "redirects to https://***:***@login.example.com/;" in failure(lambda: client.get(*GITOPS)).message
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


# --- names with several addresses, and looking them up

Resolved = list[tuple[Any, ...]]


@pytest.fixture
def black_hole() -> Iterator[tuple[str, int]]:
    """An address that never answers: a socket that accepts nobody, with a full queue."""
    with ExitStack() as stack:
        deaf = stack.enter_context(socket.socket())
        deaf.bind(("127.0.0.1", 0))
        deaf.listen(0)
        for _number in range(4):
            caller = stack.enter_context(socket.socket())
            caller.setblocking(False)
            caller.connect_ex(deaf.getsockname())
        yield deaf.getsockname()


@pytest.fixture
def named(options: dict[str, Any]) -> Iterator[Callable[..., Client]]:
    """Makes clients for a host that has a name, and whose addresses the test gives."""
    with ExitStack() as stack:

        def make(resolve: Callable[..., Resolved], clock: Clock | None = None, **changes: Any) -> Client:
            wanted = {**options, **IDS, "request_retries": 0, "endpoints": {"ucs": "http://ucs.example.com"}, **changes}
            limiter = Limiter(16, clock or Clock())
            client = Client(Settings.from_options(wanted), find_credentials(wanted, {}), {}, limiter, Masker(), resolve=resolve)
            return stack.enter_context(client)

        yield make


def addresses(*hosts: tuple[str, int]) -> Callable[..., Resolved]:
    """A resolver that knows one name."""

    def resolve(host: str, port: int, family: int, kind: int) -> Resolved:
        assert (host, port, family, kind) == ("ucs.example.com", 80, 0, socket.SOCK_STREAM)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", address) for address in hosts]

    return resolve


def address_of(url: str) -> tuple[str, int]:
    host, _colon, port = url.removeprefix("http://").partition(":")
    return host, int(port)


def test_a_dead_address_is_passed_over(simulator: Simulator, named: Callable[..., Client], black_hole: tuple[str, int]) -> None:
    alive = address_of(simulator.urls["ucs"])
    for order in ([black_hole, alive], [alive, black_hole], [black_hole] * 4 + [alive]):
        assert named(addresses(*order), request_timeout=5).get(*GITOPS)["items"]
    assert simulator.connections["ucs"] == 3
    assert {entry["headers"]["host"] for entry in simulator.journal} == {"ucs.example.com"}


def test_five_dead_addresses_keep_the_time_of_one(named: Callable[..., Client], black_hole: tuple[str, int]) -> None:
    started = time.monotonic()
    error = failure(lambda: named(addresses(*[black_hole] * 5), request_timeout=0.8).get(*GITOPS))
    assert time.monotonic() - started < 3  # five times as long would be 4
    assert (error.code, error.message) == (TIMEOUT, "No complete answer within 0.8 s (request_timeout).")


def test_addresses_that_refuse_are_passed_over(simulator: Simulator, named: Callable[..., Client], closed_port: str) -> None:
    closed, alive = address_of(closed_port), address_of(simulator.urls["ucs"])
    assert named(addresses(closed, closed, alive)).get(*GITOPS)["items"]
    error = failure(lambda: named(addresses(closed, closed)).get(*GITOPS))
    assert error.message.startswith("The connection to ucs.example.com failed: ")
    assert error.message.endswith("Connection refused.")
    assert (error.code, error.retryable) == (CONNECTION_FAILED, True)


def test_a_family_that_this_machine_does_not_know(simulator: Simulator, named: Callable[..., Client]) -> None:
    alive = address_of(simulator.urls["ucs"])

    def resolve(*_question: Any) -> Resolved:
        return [(255, socket.SOCK_STREAM, 6, "", alive), *addresses(alive)("ucs.example.com", 80, 0, socket.SOCK_STREAM)]

    assert named(resolve).get(*GITOPS)["items"]


@pytest.mark.parametrize(
    ("outcome", "reason"),
    [
        (socket.gaierror(-2, "Name or service not known"), "Failed to resolve 'ucs.example.com': [Errno -2] Name or service not known."),
        ([], "the name has no addresses."),
    ],
    ids=["unknown", "no addresses"],
)
def test_a_name_that_leads_nowhere(named: Callable[..., Client], outcome: Any, reason: str) -> None:
    def resolve(*_question: Any) -> Resolved:
        if isinstance(outcome, Exception):
            raise outcome
        return list(outcome)

    error = failure(lambda: named(resolve).get(*GITOPS))
    assert error.message.startswith("The connection to ucs.example.com failed: ")
    assert error.message.endswith(reason)
    assert (error.code, error.retryable) == (CONNECTION_FAILED, True)


@pytest.mark.parametrize(
    ("limits", "which"), [({"request_timeout": 0.3}, "request_timeout"), ({"total_timeout": 0.3}, "what is left of total_timeout")]
)
def test_a_look_up_has_its_time(named: Callable[..., Client], limits: dict[str, float], which: str) -> None:
    enough = threading.Event()

    def resolve(*_question: Any) -> Resolved:
        enough.wait(60)
        return []

    try:
        error = failure(lambda: named(resolve, **limits).get(*GITOPS))
        assert (error.code, error.retryable) == (TIMEOUT, True)
        assert error.message.endswith(f" s ({which}).")
        assert [thread.daemon for thread in threading.enumerate() if thread.name == "look up ucs.example.com"] == [True]
    finally:
        enough.set()


def test_a_look_up_takes_from_the_time_of_the_request(simulator: Simulator, named: Callable[..., Client]) -> None:
    simulator.load(fault(action="hang"))

    def resolve(*_question: Any) -> Resolved:
        time.sleep(0.2)
        return addresses(address_of(simulator.urls["ucs"]))("ucs.example.com", 80, 0, socket.SOCK_STREAM)

    deadline = Deadline(0.4)
    adapter = TimedAdapter(resolve)
    with closing(adapter), pytest.raises(requests.exceptions.ReadTimeout):
        adapter.send(requests.Request("GET", "http://ucs.example.com/").prepare(), timeout=deadline)
    assert deadline.left == pytest.approx(0.001)


def test_numbers_are_not_looked_up(simulator: Simulator, named: Callable[..., Client]) -> None:
    def resolve(host: str, *question: Any) -> Any:
        assert threading.current_thread() is threading.main_thread()
        return socket.getaddrinfo(host, *question)

    assert named(resolve, endpoints={"ucs": simulator.urls["ucs"]}).get(*GITOPS)["items"]


def test_a_tls_handshake_has_its_time(named: Callable[..., Client]) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))
        silent.listen(5)
        endpoints = {"ucs": f"https://127.0.0.1:{silent.getsockname()[1]}"}
        error = failure(lambda: named(socket.getaddrinfo, endpoints=endpoints, request_timeout=0.3).get(*GITOPS))
    assert (error.code, error.message) == (TIMEOUT, "No complete answer within 0.3 s (request_timeout).")


@pytest.mark.parametrize(
    ("families", "expected"),
    [("666444", "646464"), ("4466", "4646"), ("64", "64"), ("6", "6"), ("", ""), ("6444", "6444"), ("46664", "46466")],
)
def test_families_take_turns(families: str, expected: str) -> None:
    known = {"6": socket.AF_INET6, "4": socket.AF_INET}
    resolved = [(known[family], number) for number, family in enumerate(families)]
    mixed = look_up(lambda *_question: resolved, "ucs.example.com", 80, 5)
    assert [family for family, _number in mixed] == [known[family] for family in expected]
    assert sorted(mixed) == sorted(resolved)
    assert all([number for other, number in mixed if other == family] for family in {family for family, _number in mixed})

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The client over the wire: its time, its clocks, and reading side by side. What must really hang does so for a few tenths of a second."""

from __future__ import annotations

import gc
import json
import os
import threading
import time
from datetime import timedelta, timezone
from email.utils import format_datetime
from typing import Any
from urllib.parse import quote

import pytest
import requests
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import client as client_module
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import transport as transport_module
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.answers import Call
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client, EntryRequests, Settings, Trace, segment
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.credentials import Credentials
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock, Limiter
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.signing import canonical_query
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import (
    ANSWER_MISMATCH,
    CONNECTION_FAILED,
    STALE_ANSWER,
    TIMEOUT,
    UNEXPECTED_ANSWER,
    CredentialsError,
    MissingRequestsError,
    OptionError,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
from hypothesis import given, settings
from hypothesis import strategies as st
from urllib3.connection import HTTPConnection

from simulator import Simulator
from unit.wire import DOMAIN_TOKEN, GITOPS, IDS, REPOSITORY, Connect, FakeClock, failure, fault

# --- time limits


def test_the_deadline_is_kept(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "60"}))
    client = connect(total_timeout=100)
    error = failure(lambda: client.get(*GITOPS))
    assert clock.slept == [65.0]
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
    monkeypatch.setattr(transport_module, "BODY_LIMIT", 1024**2)
    simulator.load(fault(body={"x": "y" * 1024**2}))
    error = failure(lambda: connect().get(*GITOPS))
    assert (error.message, error.status, error.attempts) == ("The answer is larger than 1 MiB.", 200, 1)


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
        with Client.from_options({**options, **IDS, **patience}, os.environ, Limiter(16), Masker()) as client:
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
    assert len(simulator.journal) == 60
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
    with Client.from_options({**options, **IDS}, os.environ, Limiter(16), Masker()) as client:
        client.fan_out(lambda call: client.get(*call), [GITOPS] * 4)
        assert [thread for thread in threading.enumerate() if thread.name.startswith("gitops")]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("gitops")]


# --- the service's clock


def test_the_services_clock(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    host = simulator.urls["ucs"].removeprefix("http://")
    assert (client.clocks, client.service_time) == ({}, None)
    client.get(*GITOPS)
    assert client.clocks == {host: 0.0}  # as good as ours, and ours is finer
    assert client.time_of("ucs") == client.clock.now()
    simulator.load({"extends": "documented", "clock_offset": 600})
    client.get(*GITOPS)
    assert client.clocks[host] == pytest.approx(600, abs=5)
    newest = client.service_time
    assert newest is not None
    assert 595 < (newest - client.clock.now()).total_seconds() < 605
    simulator.load("documented")
    client.get(*GITOPS)
    assert client.clocks == {host: 0.0}
    assert client.service_time == newest


def test_each_host_has_its_clock(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    client.get(*REPOSITORY)
    simulator.load({"extends": "documented", "clock_offset": -600})
    client.get(*GITOPS)
    ucs, codearts = (simulator.urls[name].removeprefix("http://") for name in ("ucs", "codearts_repo"))
    assert client.clocks == {codearts: 0.0, ucs: pytest.approx(-600, abs=5)}
    assert client.time_of("codearts_repo") == client.clock.now()
    assert (client.clock.now() - client.time_of("servicestage")).total_seconds() == pytest.approx(600, abs=5)  # not known: the last one's


@pytest.mark.parametrize(("offset", "counts"), [(1.5, False), (-1.5, False), (2.0, False), (2.5, True), (-2.5, True)])
def test_whole_seconds_make_no_difference(connect: Connect, clock: FakeClock, offset: float, counts: bool) -> None:
    clock._start = clock._start.replace(microsecond=500_000 if offset % 1 else 0)
    client = connect()
    trace = Trace()
    date = format_datetime((clock.now() + timedelta(seconds=offset)).astimezone(timezone.utc), usegmt=True)
    client._take_times("host", {"date": date}, trace)
    assert client.clocks == {"host": offset if counts else 0.0}
    assert trace.offsets == [client.clocks["host"]]


SENSELESS = [
    *("", "now", "Thu, 32 Jan 2099 00:00:00 GMT", "Thu, 01 Jan 99999999999 00:00:00 GMT", "2024-02-29", "Thu, 01 Jan 2099 00:00:00"),
    *("Thu, 01 Jan 1970 00:00:00 GMT", "Fri, 31 Dec 1999 23:59:59 GMT", "Fri, 01 Jan 2100 00:00:00 GMT", "Fri, 31 Dec 9999 23:59:59 GMT"),
    *(
        "Fri, 31 Dec 9999 23:59:59 -1400",
        "Mon, 01 Jan 0001 00:00:00 +1400",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Thu, 01 Jan 2099 00:00:00 -0000",
        "Thu, 01 Jan 2099 00:00:00 X",
    ),
    *("Thu, 01 Jan 2099 00:00:00 -9999", "Thu, 01 Jan 2099 00:00:00 +999999"),
]


@pytest.mark.parametrize("date", SENSELESS)
def test_a_senseless_date_changes_no_clock(simulator: Simulator, connect: Connect, date: str) -> None:
    simulator.load(fault(body={}, headers={"Date": date}))
    client = connect()
    requests = EntryRequests(client)
    assert requests.get(*GITOPS) == {}
    assert requests.read_at == client.time_of("ucs") == client.clock.now()
    assert (client.clocks, client.service_time) == ({}, None)


def test_the_date_of_an_answer_from_a_cache_changes_no_clock(simulator: Simulator, connect: Connect) -> None:
    simulator.load({"clock_offset": 600, **fault(body={}, headers={"Age": "0"})})
    client = connect()
    client.get(*GITOPS)
    assert (client.clocks, client.service_time) == ({}, None)


def test_clocks_are_read_when_the_headers_arrive(simulator: Simulator, connect: Connect) -> None:
    """A body that takes ten seconds must not make the service's clock ten seconds late."""
    simulator.load(fault(body={"x": "y" * 10}))
    client = connect()
    read, clock = client_module.read_body, client.clock

    def slow(response: Any) -> bytes:
        clock.sleep(10)
        return read(response)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(client_module, "read_body", slow)
        client.get(*GITOPS)
    assert set(client.clocks.values()) == {0.0}


# --- the time of an entry


@pytest.mark.parametrize("offset", [0, 600, -600])
def test_an_entry_is_as_old_as_its_first_request(simulator: Simulator, connect: Connect, clock: FakeClock, offset: int) -> None:
    simulator.load({"extends": "documented", "clock_offset": offset})
    client = connect(**DOMAIN_TOKEN)
    requests = EntryRequests(client)
    assert requests.read_at == clock.now()
    clock.sleep(50)
    simulator.load({"extends": "documented", "clock_offset": 50 + offset})
    begun = clock.now()
    assert requests.get(*GITOPS)["items"]
    clock.sleep(100)
    simulator.load({"extends": "documented", "clock_offset": 150 + offset})
    requests.get(*GITOPS)
    expected = begun + timedelta(seconds=min(0, offset))
    assert (requests.read_at - expected).total_seconds() == pytest.approx(0, abs=5)
    assert requests.read_at == begun if offset >= 0 else requests.read_at < begun - timedelta(seconds=590)
    other = EntryRequests(client)
    other.get(*GITOPS)
    assert (other.read_at - requests.read_at).total_seconds() == pytest.approx(100, abs=5)


def test_an_entry_is_older_by_the_time_in_caches(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    faults = [{"service": "ucs", "body": {}, "headers": {"Age": age}, "times": 1} for age in ("20", "40", "3", "600")]
    simulator.load({"extends": "documented", "clock_offset": -600, "faults": faults})
    requests = EntryRequests(connect())
    begun = clock.now()
    for seconds in (20, 40, 40):
        requests.get(*GITOPS)
        assert requests.read_at == begun - timedelta(seconds=seconds)  # by the local clock alone
    assert failure(lambda: requests.get(*GITOPS)).code == STALE_ANSWER
    assert requests.read_at == begun - timedelta(seconds=40)


def test_an_entry_that_failed_has_a_time(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load({"clock_offset": -600, **fault(error="APIG.0613")})
    requests = EntryRequests(connect(request_retries=0))
    begun = clock.now()
    failure(lambda: requests.get(*GITOPS))
    assert (begun - requests.read_at).total_seconds() == pytest.approx(600, abs=5)


# --- an answer about something else


def mismatch(body: dict[str, Any]) -> str | None:
    """What an endpoint may say of an answer."""
    return None if body.get("id") == "c1" else f"Asked for c1, got an answer about {body.get('id')}."


def test_an_answer_about_something_else_is_asked_for_once_more(simulator: Simulator, connect: Connect) -> None:
    faults = [{"service": "ucs", "body": {"id": "c2"}, "after": 1, "times": 1}, {"service": "ucs", "body": {"id": "c1"}}]
    simulator.load({"extends": "documented", "faults": [faults[0], faults[1]]})
    client = connect()
    client.get(*GITOPS)
    requests = EntryRequests(client)
    assert requests.get(*GITOPS, confirm=mismatch) == {"id": "c1"}
    assert len(simulator.journal) == 3
    assert simulator.connections["ucs"] == 2  # the third on a connection of its own
    client.get(*GITOPS)
    assert simulator.connections["ucs"] == 2


def test_an_answer_that_stays_about_something_else(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(body={"id": "c2"}))
    error = failure(lambda: EntryRequests(connect()).get(*GITOPS, [("limit", 5)], confirm=mismatch))
    assert (error.message, error.status, error.code) == ("Asked for c1, got an answer about c2.", 200, ANSWER_MISMATCH)
    assert (error.service, error.method, error.path, error.attempts, error.retryable) == (GITOPS[0], "GET", GITOPS[1], 2, False)
    assert error.request_id
    assert [entry["query"] for entry in simulator.journal] == ["limit=5"] * 2
    assert simulator.connections["ucs"] == 2
    assert clock.slept == []


def test_the_second_answer_may_be_a_failure(simulator: Simulator, connect: Connect) -> None:
    faults = [{"service": "ucs", "body": {"id": "c2"}, "times": 1}, {"service": "ucs", "error": "UCS.00000013"}]
    simulator.load({"extends": "documented", "faults": faults})
    assert failure(lambda: EntryRequests(connect()).get(*GITOPS, confirm=mismatch)).code == "UCS.00000013"


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


@given(
    st.lists(st.text(min_size=1).filter(lambda text: text.strip(".") != "" and quote(text, safe="", errors="ignore") != ""), max_size=3),
    st.lists(st.tuples(st.text("abc_", min_size=1), st.one_of(st.text(), st.integers(), st.booleans())), max_size=3),
    st.sampled_from([("GET", None), ("POST", {"name": "\u00fc"}), ("PUT", None)]),
)
def test_requests_are_prepared_as_the_library_would(segments: list[str], query: list[tuple[str, Any]], what: tuple[str, Any]) -> None:
    """It takes twice as long for the same."""
    path, (method, body) = "".join(f"/{quote(each, safe='', errors='ignore')}" for each in segments) or "/v1", what
    client = Client(Settings(), Credentials("token", "task options"), {}, Limiter(1), Masker())
    prepared = client._prepared(Call("ucs", method, path, tuple(query), {"X-Other": "1"}, body), "https://ucs.example.com:8443", None)
    text = canonical_query(query)
    url, data = f"https://ucs.example.com:8443{path}" + (f"?{text}" if text else ""), None if body is None else json.dumps(body).encode()
    same = requests.Request(method, url, headers={**client_module.HEADERS, "X-Other": "1"}, data=data).prepare()
    assert (prepared.method, prepared.url, prepared.body, dict(prepared.headers)) == (same.method, same.url, same.body, dict(same.headers))


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
    with pytest.raises(CredentialsError, match=r"^No credentials found:"):
        Client.from_options(reach, os.environ, Limiter(16), Masker())


def test_an_unknown_host_is_found_before_anything_is_sent(simulator: Simulator, connect: Connect) -> None:
    with pytest.raises(OptionError, match=r"'endpoints\.ucs'"):
        connect(region="eu-de", endpoints={}).get(*GITOPS)
    assert simulator.journal == []


def test_the_library_may_be_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "REQUESTS_IMPORT_ERROR", "Traceback ...")
    with pytest.raises(MissingRequestsError) as caught:
        Client(Settings(), Credentials("token", "task options"), {}, Limiter(16), Masker())
    assert caught.value.reason == "Traceback ..."

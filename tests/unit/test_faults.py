# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the table in faults.py, in every info module and in the gate: one clear message or the right verdict, no traceback,
no hang, nothing lost, and never a deployment that is allowed by mistake."""

from __future__ import annotations

import json
import re
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock

from simulator import Simulator

from .faults import RETRIES, ROWS, Row, number_of
from .test_info_modules import AUTHS, CASES, ESTATE, LISTS, PODS, SOURCES, Case, faulty

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HASTE = 10.0  # seconds within which a task of these tests must have ended, however slow the machine; it would hang for a minute and more
PATIENT = {"total_timeout": 3000}  # several requests that wait at the same time wait one after the other here
NOT_SAID = re.compile("Traceback|MODULE FAILURE|Unexpected failure|This is a mistake|RecursionError|object at 0x")

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load(ESTATE)
    running.clear()
    return running


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of the client, which take no time, but let the time of its clock pass."""
    pauses: list[float] = []
    monkeypatch.setattr(Clock, "sleep", staticmethod(pauses.append))
    monkeypatch.setattr(Clock, "monotonic", staticmethod(lambda: time.monotonic() + sum(pauses)))
    return pauses


@pytest.fixture(autouse=True)
def in_time() -> Iterator[None]:
    """Whatever happens, it ends."""
    started = time.monotonic()
    yield
    assert time.monotonic() - started < HASTE


def clean(result: dict[str, Any]) -> None:
    """Asserts that a result tells of no mistake of the collection."""
    assert not NOT_SAID.search(json.dumps(result)[:100_000])
    assert "exception" not in result


def asked_for(simulator: Simulator, case: Case) -> int:
    """How many requests there were for the id that suffers."""
    where = case.ids[number_of(case)]
    return sum(where in f"{entry['path']}?{entry['query']}" for entry in simulator.journal if entry["service"] == case.service)


CHOSEN = [pytest.param(row, case, id=f"{row.name}-{case.endpoint}") for row in ROWS for case in row.cases]


@pytest.mark.parametrize(("row", "case"), CHOSEN)
def test_an_info_module(row: Row, case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any, slept: list[float]) -> None:
    simulator.load(faulty(row.fault(case)))
    result = run_module(case.module, **options, **row.options, **PATIENT, **case.asked(0, 1, 2))
    clean(result)
    assert asked_for(simulator, case) == row.tries
    if not row.throttled:  # else the requests for the other ids may have to wait as well
        assert len(slept) == row.tries - 1
        assert all(row.pauses[0] <= pause <= row.pauses[1] for pause in slept), slept
    hit = case.ids[number_of(case)]
    if not row.finding:
        assert (result["ready"], result["errors"]) == (True, [])
        return
    assert result["ready"] is False
    found = [one for one in result["readiness"]["findings"] if one["target"] == hit]
    assert [(one["code"], one["verdict"], one["terminal"]) for one in found] == [(row.code_of(case), row.verdict, row.terminal)]
    if result["errors"]:
        (error,) = result["errors"]
        assert (error["code"], error["status"], error["attempts"]) == (row.code or "UNEXPECTED_ANSWER", row.status, row.tries)
        assert error[case.id_field] == hit
        assert error["service"] == case.service
        assert re.search(row.says, error["message"])
        assert error["message"] in result["msg"]
        assert result["failed"] is True
        assert result["msg"].startswith(f"The read failed: {case.service}: GET /")
        assert hit in result["msg"]
        assert "\n" not in result["msg"]
    else:
        assert row.code == ""  # read, but not what it should be
    if case is not AUTHS:
        others = [one for one in result[case.collection] if one[case.id_field] != hit]
        assert [one[case.id_field] for one in others] == [case.ids[0], case.ids[2]]
        assert [one["readiness"]["verdict"] for one in others] == ["ready", "ready"]


@pytest.mark.parametrize(("row", "case"), [chosen for chosen in CHOSEN if chosen.values[0].throttled])  # type: ignore[attr-defined]
def test_the_pauses_of_a_throttled_request(
    row: Row, case: Case, simulator: Simulator, options: dict[str, Any], run_module: Any, slept: list[float]
) -> None:
    """As long as the service asked for, and up to a tenth or five seconds more, so that not all come back at the same moment."""
    simulator.load(faulty(row.fault(case)))
    result = run_module(case.module, **options, **row.options, **case.asked(number_of(case)))
    clean(result)
    assert result["ready"] is not bool(row.finding)
    assert asked_for(simulator, case) == row.tries
    shortest, longest = row.pauses
    assert len(slept) == (row.tries - 1 if longest else 0)
    assert all(shortest - 0.5 <= pause <= longest + min(5, longest / 10) for pause in slept), slept  # part of it is over when it begins


def checks_of(cases: tuple[Case, ...]) -> list[dict[str, Any]]:
    """A check for each endpoint, of all its ids."""
    return [{case.endpoint: case.asked(0, 1, 2)} for case in cases]


@every_row
def test_the_gate(row: Row, simulator: Simulator, options: dict[str, Any], run_module: Any, slept: list[float]) -> None:
    simulator.load(faulty(*(row.fault(case) for case in row.cases)))
    result = run_module("gitops_gate", **options, **row.options, **PATIENT, checks=checks_of(row.cases), wait_timeout=0)
    clean(result)
    if not row.finding:
        assert result["decision"] == "allow", result["msg"]
        return
    assert (result["decision"], result["failed"]) == ("block", True)
    assert result["outcome"] == ("failed" if row.verdict == "failed" else "undecidable")
    assert result["waiting_helps"] is not row.terminal
    for case, check in zip(row.cases, result["checks"]):
        hit = case.ids[number_of(case)]
        found = [one for one in result["findings"] if one["check"] == case.endpoint and one["code"] == row.code_of(case)]
        assert [(one["target"], one["verdict"], one["terminal"]) for one in found] == [(hit, row.verdict, row.terminal)]
        assert re.search(in_a_finding(row.says), found[0]["message"])
        assert found[0]["remediation"]
        assert check["verdict"] == row.verdict
        verdicts = {one["id"]: one["verdict"] for one in check["targets"]}
        assert verdicts.pop(hit) == row.verdict
        assert set(verdicts.values()) <= {"ready"}
    assert row.code_of(row.cases[0]) in json.dumps(result["findings"])


# --- a service that cannot be reached at all


def in_a_finding(says: str) -> str:
    """What an error says as the message of a finding: its full stop comes after status, code and request id."""
    return says.removesuffix(r"\.")


@dataclass(frozen=True)
class World:
    """What an outage may use: a simulator, a port where nobody listens, the environment, and simulators with certificates by their kind."""

    simulator: Simulator
    closed: str
    environment: pytest.MonkeyPatch
    secure: dict[str, Simulator]

    def tls(self, kind: str, *services: str, known: bool = True) -> dict[str, Any]:
        """The options that lead to a simulator with a certificate."""
        there = self.secure[kind].urls
        return {"endpoints": {name: there[name] for name in services}, **({"ca_path": there["ca_path"]} if known else {})}

    def moved(self, url: Callable[[str], str], *services: str) -> dict[str, Any]:
        """The options that lead elsewhere."""
        return {"endpoints": {name: url(self.simulator.urls[name]) for name in services}}

    def offset(self, seconds: int) -> dict[str, Any]:
        """No options: the services' clocks are off."""
        self.simulator.load({**ESTATE, "clock_offset": seconds})
        return {}

    def proxy(self) -> dict[str, Any]:
        """No options: the environment names a proxy that is down."""
        self.environment.setenv("http_proxy", self.closed)
        return {}


@dataclass(frozen=True)
class Outage:
    """What makes services unreachable, by giving options or changing the world, and its outcome; ``everywhere``: it spares no service."""

    name: str
    made: Callable[..., dict[str, Any]]
    says: str
    code: str
    finding: str = "API_UNAVAILABLE"
    tries: int = 1 + RETRIES
    everywhere: bool = False

    @property
    def terminal(self) -> bool:
        """Whether it is not worth waiting for."""
        return self.tries == 1


FAILED = r"The connection to \S+ failed: "
TLS = r"The TLS connection to 127\.0\.0\.1:\d+ failed: "
OUTAGES = [
    Outage("refused", lambda world, *which: world.moved(lambda _url: world.closed, *which), FAILED + ".*refused", "CONNECTION_FAILED"),
    Outage("no such host", lambda world, *which: world.moved(lambda _url: "http://nowhere.invalid", *which), FAILED, "CONNECTION_FAILED"),
    Outage("no TLS", lambda world, *which: world.moved(lambda url: url.replace("http:", "https:"), *which), TLS, "TLS_FAILED", tries=1),
    Outage(
        "only TLS",
        lambda world, *which: {"endpoints": {name: world.secure["valid"].urls[name].replace("https:", "http:") for name in which}},
        FAILED,
        "CONNECTION_FAILED",
    ),
    Outage(
        "unknown authority",
        lambda world, *which: world.tls("valid", *which, known=False),
        TLS + r".*Give the authority's certificates in ca_path\.",
        "TLS_FAILED",
        tries=1,
    ),
    Outage(
        "wrong name", lambda world, *which: world.tls("wrong_name", *which), TLS + ".*(not valid for|doesn't match)", "TLS_FAILED", tries=1
    ),
    Outage("expired", lambda world, *which: world.tls("expired", *which), TLS + ".*certificate has expired", "TLS_FAILED", tries=1),
    Outage("proxy down", lambda world, *_which: world.proxy(), "The proxy cannot be used: .*refused", "CONNECTION_FAILED", everywhere=True),
    *(
        Outage(
            f"clock {way}",
            lambda world, *_which, seconds=seconds: world.offset(seconds),
            f"This machine's clock is 20 min {way} the service's; a signature may be 15 min off",
            "APIG.0303",
            "API_UNAUTHORIZED",
            tries=1,
            everywhere=True,
        )
        for way, seconds in (("behind", 1200), ("ahead of", -1200))
    ),
]
every_outage = pytest.mark.parametrize("outage", OUTAGES, ids=lambda outage: outage.name)
# Without ids looked up, IAM is not asked, so that it is the service that fails.
IDS = {"project_id": AUTHS.ids[0], "domain_id": "d0000000000000000000000000000001"}


@pytest.fixture(scope="module")
def secure() -> Iterator[dict[str, Simulator]]:
    """A simulator for each kind of certificate."""
    running = {kind: Simulator(ESTATE, tls=kind).start() for kind in ("valid", "wrong_name", "expired")}
    yield running
    for one in running.values():
        one.stop()


@pytest.fixture
def world(simulator: Simulator, closed_port: str, no_exceptions: pytest.MonkeyPatch, secure: dict[str, Simulator]) -> World:
    return World(simulator, closed_port, no_exceptions, secure)


def led(options: dict[str, Any], changes: dict[str, Any]) -> dict[str, Any]:
    """Options with changes, and the endpoints that they do not change."""
    return {**options, **IDS, **changes, "endpoints": {**options["endpoints"], **changes.get("endpoints", {})}, "request_retries": RETRIES}


@every_outage
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.endpoint)
def test_an_info_module_and_an_outage(
    outage: Outage, case: Case, world: World, options: dict[str, Any], run_module: Any, slept: list[float]
) -> None:
    result = run_module(case.module, **led(options, outage.made(world, case.service)), **case.asked(0))
    clean(result)
    assert (result["failed"], result["ready"]) == (True, False)
    (error,) = result["errors"]
    assert (error["code"], error["attempts"], len(slept)) == (outage.code, outage.tries, outage.tries - 1)
    assert re.search(outage.says, error["message"])
    assert error["message"] in result["msg"]
    (found,) = result["readiness"]["findings"]
    assert (found["code"], found["verdict"], found["terminal"]) == (outage.finding, "unknown", outage.terminal)


@every_outage
def test_the_gate_and_an_outage(outage: Outage, world: World, options: dict[str, Any], run_module: Any, slept: list[float]) -> None:
    changed = led(options, outage.made(world, "ucs"))
    result = run_module("gitops_gate", **changed, checks=[{case.endpoint: case.asked(0)} for case in CASES], wait_timeout=0)
    clean(result)
    assert (result["decision"], result["outcome"], result["failed"]) == ("block", "undecidable", True)
    for case, check in zip(CASES, result["checks"]):
        hit = outage.everywhere or case.service == "ucs"
        # Once an answer has told the time, the next requests are signed with it.
        assert check["verdict"] == ("unknown" if hit else "ready") or "signature" in outage.says
    warned = {"CLOCK_SKEW"} if "signature" in outage.says else set()
    assert {one["code"] for one in result["findings"]} == {outage.finding} | warned
    assert all(re.search(in_a_finding(outage.says), one["message"]) for one in result["findings"] if one["code"] == outage.finding)


@pytest.mark.parametrize("offset", [1200, -1200])
def test_a_clock_that_is_off_does_not_matter_to_tokens(offset: int, simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    """An age is over a limit only where both clocks say so (rules.rst, "Time"); that they differ is told (G7)."""
    simulator.load({**ESTATE, "clock_offset": offset})
    for case in CASES:
        result = run_module(case.module, **reach, auth_token=case.token, **case.asked(0))
        assert (result["ready"], result["readiness"]["findings"]) == (True, [])
        decided = run_module("gitops_gate", **reach, auth_token=case.token, checks=[{case.endpoint: case.asked(0)}], wait_timeout=0)
        assert (decided["decision"], decided["outcome"]) == ("allow", "passed_with_warnings")
        assert {(one["code"], one["verdict"]) for one in decided["findings"]} == {("CLOCK_SKEW", "warning")}


# --- what takes several requests


def listed(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Repositories, numbered."""
    return [{"repository_uuid": f"e{number:031d}", "repository_name": f"r{number}", "status": 0} for number in range(first, first + count)]


def page(number: int, repositories: list[dict[str, Any]], total: Any, project: str = LISTS.ids[1]) -> dict[str, Any]:
    """The fault that answers one page of a project's list."""
    body = {"result": {"repositories": repositories, "total": total}, "status": "success"}
    return {"service": "codearts_repo", "path": f"*/{project}/*", "query": f"*page_index={number}&*", "body": body}


PASSWORD = {"username": "deployer", "password": "demo-password", "domain_name": "demo"}
AFTER = {"service": "codearts_repo", "path": f"*/{LISTS.ids[1]}/*", "query": "*page_index=2&*"}


def lists(run_module: Any, options: dict[str, Any], **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """The result of the list module for all projects, and the gate's."""
    asked = LISTS.asked(0, 1, 2)
    gate = run_module("gitops_gate", **options, checks=[{LISTS.endpoint: {**asked, **more}}], wait_timeout=0)
    result = run_module(LISTS.module, **options, **asked, **more)
    for one in (result, gate):
        clean(one)
    return result, gate


def test_a_token_that_ends_between_two_pages(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    pages = [page(1, listed(100), 150), page(2, listed(50, 100), 150)]
    simulator.load(faulty({**AFTER, "error": "APIG.0307", "times": 1}, *pages))
    result = run_module(LISTS.module, **reach, **PASSWORD, **LISTS.asked(0, 1, 2))
    clean(result)
    assert [len(one["repositories"]) for one in result["projects"]] == [3, 150, 1]
    assert result["ready"] is True
    assert [entry["path"] for entry in simulator.journal if entry["service"] == "iam"].count("/v3/auth/tokens") == 2


def test_a_given_token_that_ends_between_two_pages(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty({**AFTER, "error": "APIG.0307"}, page(1, listed(100), 150)))
    result, gate = lists(run_module, {**reach, "auth_token": LISTS.token})
    assert re.search(r"The token must be updated\. The auth_token \(task options\) may be expired", result["msg"])
    assert LISTS.read(result) == [LISTS.ids[0], LISTS.ids[2]]
    assert (gate["decision"], [one["code"] for one in gate["findings"]]) == ("block", ["API_UNAUTHORIZED"])


@pytest.mark.parametrize(
    ("pages", "read", "missing"),
    [
        pytest.param([(listed(100), 150), (listed(50, 100), 150)], 150, 0, id="it does not shift"),
        pytest.param([(listed(100), 150), (listed(51, 99), 151), ([], 151)], 150, 1, id="one more at its beginning"),
        pytest.param([(listed(100), 150), (listed(49, 101), 149), ([], 149)], 149, 1, id="one less at its beginning"),
        pytest.param([(listed(100), 100)], 100, 0, id="full page"),
        pytest.param([(listed(100), 200)] * 2, 100, 100, id="the same page again and again"),
        pytest.param([([{"status": 0}], 10**18)] * 2, 1, 10**18 - 1, id="the same page again and again, without ids"),
        pytest.param([(listed(100), 10**18)] * 2, 100, 10**18 - 100, id="the same page again and again, without measure"),
        pytest.param([(listed(100), 250), ([], 250)], 100, 150, id="total too large"),
        pytest.param([(listed(100), 10**30), ([], 10**30)], 100, 10**30 - 100, id="total without measure"),
        pytest.param([(listed(100), 20), (listed(50, 100), 20)], 150, 0, id="total too small"),
        pytest.param([(listed(100), -1), (listed(50, 100), -1)], 150, 0, id="total less than nothing"),
        pytest.param([(listed(100), None), (listed(50, 100), None), ([], None)], 150, 0, id="no total"),
        pytest.param([(listed(100), True), (listed(50, 100), "many"), ([], {})], 150, 0, id="totals that are none"),
        pytest.param([(listed(100), "150"), (listed(50, 100), "150")], 150, 0, id="total as text"),
        pytest.param([(listed(100), 150), (listed(50, 100), 60)], 150, 0, id="total that shrinks"),
    ],
)
def test_a_list_that_shifts_or_lies(
    pages: list[tuple[list[dict[str, Any]], Any]],
    read: int,
    missing: int,
    simulator: Simulator,
    options: dict[str, Any],
    run_module: Any,
    slept: list[float],
) -> None:
    simulator.load(faulty(*(page(number, *one) for number, one in enumerate(pages, 1))))
    result, gate = lists(run_module, options)
    assert asked_for(simulator, LISTS) == 2 * len(pages)
    assert [len(one["repositories"]) for one in result["projects"]] == [3, read, 1]
    assert result["ready"] is not bool(missing)
    assert gate["decision"] == ("block" if missing else "allow")
    for findings in (result["readiness"]["findings"], gate["findings"]):
        assert [one["code"] for one in findings] == (["LIST_INCOMPLETE"] if missing else [])
    if missing:
        assert f"{read} of {read + missing} repositories" in gate["msg"]


def test_a_state_that_changes_between_pages(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """A repository that moves to the next page while the list is read, and is frozen meanwhile."""
    changed = [{**listed(1, 99)[0], "status": 3}, *listed(50, 100)]
    simulator.load(faulty(page(1, listed(100), 150), page(2, changed, 150)))
    result, gate = lists(run_module, options)
    assert len(result["projects"][1]["repositories"]) == 150
    assert (gate["decision"], [one["code"] for one in gate["findings"]]) == ("block", ["REPO_FROZEN"])


def test_a_page_that_contradicts_itself(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    first = listed(1)[0]
    for states in ([0, 3], [3, 0]):
        simulator.load(faulty(page(1, [{**first, "status": state} for state in states], 2)))
        _result, gate = lists(run_module, options)
        assert (gate["decision"], [one["code"] for one in gate["findings"]]) == ("block", ["REPO_FROZEN"])


SHIFTED = {"service": "ucs", "path": "/v1/configsets/repos"}


def sources(count: int, first: int = 0) -> list[dict[str, Any]]:
    """Sources, numbered."""
    return [{"name": f"s{number}", "namespace": "shop", "uid": f"u{number}"} for number in range(first, first + count)]


@pytest.mark.parametrize("again", [sources(2, 1), [], sources(2)], ids=["shifted", "ended", "repeated"])
def test_sources_that_shift(again: list[dict[str, Any]], simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    where = f"*clusterid={SOURCES.ids[1]}*"
    faults = [
        {**SHIFTED, "query": f"{where}limit=2&offset={offset}*", "body": {"items": items, "total": 4}}
        for offset, items in ((0, sources(2)), (2, again))
    ]
    simulator.load(faulty(*faults))
    result = run_module(SOURCES.module, **options, **SOURCES.asked(0, 1, 2), limit=2)
    clean(result)
    assert SOURCES.read(result) == [SOURCES.ids[0], SOURCES.ids[2]]
    assert re.search(r"Unexpected paging: offset 2 of 4 sources gave .*Leave out limit and offset", result["msg"])


@pytest.mark.parametrize(
    ("case", "estate", "decision", "codes"),
    [
        (SOURCES, {"clusters": {SOURCES.ids[1]: {"total": 7}}}, "block", ["LIST_INCOMPLETE"]),
        (SOURCES, {"clusters": {SOURCES.ids[1]: {"total": 0}}}, "allow", []),
        (SOURCES, {"clusters": {SOURCES.ids[1]: {"total": "many"}}}, "allow", []),
        (PODS, {"clusters": {PODS.ids[1]: {"metadata": {"remainingItemCount": 3}}}}, "block", ["LIST_INCOMPLETE"]),
        (PODS, {"clusters": {PODS.ids[1]: {"metadata": {"continue": "x"}}}}, "block", ["LIST_INCOMPLETE"]),
        (AUTHS, {"authorization_count": 5}, "allow", ["LIST_INCOMPLETE"]),
        (AUTHS, {"authorization_count": 0}, "allow", ["LIST_INCOMPLETE"]),
    ],
)
def test_other_totals_that_lie(
    case: Case, estate: dict[str, Any], decision: str, codes: list[str], simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load({"extends": "healthy", **estate})
    result = run_module("gitops_gate", **options, checks=[{case.endpoint: case.asked(0, 1, 2)}], wait_timeout=0)
    clean(result)
    assert (result["decision"], [one["code"] for one in result["findings"]]) == (decision, codes)


# --- time


SLOW = [
    pytest.param({"action": "hang"}, id="hang"),
    pytest.param({"action": "drip", "seconds": 0.02}, id="drip"),
    pytest.param({"action": "drip_head", "seconds": 0.02}, id="drip_head"),
]


@pytest.mark.parametrize("what", SLOW)
def test_the_time_of_a_task(what: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty(PODS.fault(1, body={"items": "x" * 3000}, **what)))
    started = time.monotonic()
    result = run_module(PODS.module, **options, **PODS.asked(0, 1, 2), total_timeout=0.6)
    assert time.monotonic() - started < 4
    clean(result)
    assert PODS.read(result) == [PODS.ids[0], PODS.ids[2]]
    assert re.search(r"within 0\.\d+ s \(what is left of total_timeout\)", result["msg"])


def test_no_pause_goes_beyond_the_time_of_a_task(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(faulty(PODS.fault(1, error="APIG.0308", headers={"Retry-After": 86400}, delay=1)))
    result = run_module(PODS.module, **options, **PODS.asked(0, 1, 2), total_timeout=50)
    assert PODS.read(result) == [PODS.ids[0], PODS.ids[2]]
    assert "The next attempt, in 60 s, would be too late (total_timeout 50 s)." in result["msg"]
    assert asked_for(simulator, PODS) == 1


@pytest.mark.parametrize("what", SLOW)
def test_the_time_of_a_gate(what: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """``total_timeout`` is left at its 300 seconds, and ``request_retries`` at 3."""
    simulator.load(faulty(PODS.fault(1, body={"items": "x" * 3000}, **what)))
    started = time.monotonic()
    checks = checks_of((PODS, LISTS))
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0.8, request_timeout=0.6, steady_for=0, interval=0.1)
    assert time.monotonic() - started < 5
    clean(result)
    assert (result["decision"], result["outcome"]) == ("block", "undecidable")
    assert [one["verdict"] for one in result["checks"]] == ["unknown", "ready"]
    assert [one["code"] for one in result["findings"]] == ["API_UNAVAILABLE"]


def test_a_gate_waits_out_what_passes(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    faults = [case.fault(number_of(case), error="html", times=2) for case in CASES]
    simulator.load(faulty(*faults))
    waits = {"wait_timeout": 60, "interval": 0.1, "steady_for": 0, "request_retries": 0}
    result = run_module("gitops_gate", **options, checks=checks_of(tuple(CASES)), **waits)
    clean(result)
    assert (result["decision"], result["samples"]) == ("allow", 3)
    simulator.load(faulty(*({**fault, "times": 1000} for fault in faults)))
    result = run_module("gitops_gate", **options, checks=checks_of(tuple(CASES)), **waits, error_limit=3)
    assert (result["decision"], result["outcome"], result["samples"]) == ("block", "undecidable", 3)

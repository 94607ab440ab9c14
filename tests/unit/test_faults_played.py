# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The faults of faults.py in real plays, in the controller's process and as plain modules: the same result either way, nothing lost, no
traceback, and no gate that allows. One task asks for all the ids that have a fault, and for healthy ones."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from simulator import Simulator

from .conftest import SERVICES
from .faults import ROWS, Row
from .test_in_process import GATE, Played, Stage, comparable
from .test_info_modules import AUTHS, CASES, ESTATE, PODS, Case

if TYPE_CHECKING:
    from collections.abc import Iterator

# With one try many rows are alike, and 50 MB take their time: one module has to do for them.
ALIKE = re.compile("401 |429 with (a |less)|50[34] |410")
# A host that asks for a pause is asked by nobody meanwhile, and here time is real: of these rows only the one without a pause is played.
PLAYED = [
    replace(row, cases=(PODS,)) if row.name == "50 MB" else row
    for row in ROWS
    if row.finding and not ALIKE.match(row.name) and not (row.throttled and row.pauses[1])
]
# Attempts would only take time. What is slow has this long, and whatever is not comes within it.
ONE_TRY = {"request_retries": 0, "request_timeout": 2}
MANY = CASES[:4]
# ServiceStage and single faults of a gate take a task each.
SOME = {"reset in the middle of the answer", "headers that drip", "300 levels deep"}
AHEAD = 7270  # seconds that a clock is ahead; a second more or less is the same in minutes
NOT_SAID = re.compile(r"Traceback|MODULE FAILURE|Unexpected failure|Task result omitted|This is a mistake|recursion|Callback dispatch")

pytestmark = pytest.mark.slow


# Whatever id is asked for is there.
EVERYTHING: dict[str, Any] = {
    "extends": "healthy",
    "clusters": {"*": {"pods": "healthy", "sources": [{"name": "shop"}]}},
    "projects": {"*": {"repositories": [{"name": "shop"}]}},
    "repositories": {"*": {"name": "shop"}},
}


def where(row: Row, case: Case) -> str:
    """The id of an endpoint whose requests have the fault of a row."""
    return f"f{CASES.index(case)}{PLAYED.index(row):030d}"


def faulty_ids(case: Case) -> list[str]:
    """The ids with a fault, between two healthy ones."""
    return [case.ids[0], *(where(row, case) for row in PLAYED if case in row.cases), case.ids[2]]


def faults() -> list[dict[str, Any]]:
    """Every row for every endpoint, each for an id of its own."""
    return [
        replace(case, ids=[where(row, case)]).fault(0, **(row.what(case) if callable(row.what) else row.what))
        for row in PLAYED
        for case in row.cases
    ]


@pytest.fixture(scope="module")
def simulator() -> Iterator[Simulator]:
    with Simulator({**EVERYTHING, "faults": faults()}) as running:
        yield running


@pytest.fixture(scope="module")
def elsewhere() -> Iterator[dict[str, Simulator]]:
    """Simulators that cannot be used: their certificates or their clocks are wrong."""
    running = {kind: Simulator(ESTATE, tls=kind).start() for kind in ("valid", "wrong_name", "expired")}
    running["clock"] = Simulator({**ESTATE, "clock_offset": AHEAD}).start()
    yield running
    for one in running.values():
        one.stop()


def urls(simulator: Simulator) -> dict[str, str]:
    return {name: simulator.urls[name] for name in SERVICES}


@pytest.fixture(scope="module")
def outages(elsewhere: dict[str, Simulator]) -> dict[str, tuple[dict[str, Any], str]]:
    """Options that lead to no answer, and the words for it."""
    known = {kind: {"endpoints": urls(one), "ca_path": one.urls.get("ca_path")} for kind, one in elsewhere.items()}
    return {
        "refused": ({"endpoints": dict.fromkeys(SERVICES, "http://127.0.0.1:9")}, "The connection to 127.0.0.1:9 failed: "),
        "no such host": ({"endpoints": dict.fromkeys(SERVICES, "http://nowhere.invalid")}, "The connection to nowhere.invalid failed: "),
        "unknown authority": ({**known["valid"], "ca_path": None}, "Give the authority's certificates in ca_path."),
        "wrong name": (known["wrong_name"], "'127.0.0.1'"),
        "expired": (known["expired"], "certificate has expired"),
        "clock": (known["clock"], "This machine's clock is 121 min behind the service's"),
    }


@pytest.fixture(scope="module")
def played(simulator: Simulator, outages: dict[str, tuple[dict[str, Any], str]], tmp_path_factory: pytest.TempPathFactory) -> Played:
    """All tasks, played once on both hosts."""
    stage = Stage(tmp_path_factory.mktemp("faults"), simulator)
    some = [row for row in PLAYED if row.name in SOME]
    tasks = [stage.task(case.endpoint, case.module, {case.option: faulty_ids(case), "detail": "summary", **ONE_TRY}) for case in MANY]
    each = [AUTHS.ids[0], *(where(row, AUTHS) for row in some)]
    tasks.append(stage.task(AUTHS.endpoint, AUTHS.module, {"project_id": "{{ item }}", **ONE_TRY}, loop=each))
    checks = [{case.endpoint: {case.option: faulty_ids(case)}} for case in MANY]
    tasks.append(stage.task("all", GATE, {"checks": checks, "wait_timeout": 0, **ONE_TRY}))
    single = [{PODS.endpoint: {PODS.option: [PODS.ids[0], "{{ item }}"]}}, {AUTHS.endpoint: {}}]
    tasks.append(stage.task("single", GATE, {"checks": single, "wait_timeout": 0, **ONE_TRY}, loop=[where(row, PODS) for row in some]))
    # Each outage in another module, the last one in the gate.
    for number, (options, _words) in enumerate(outages.values()):
        module, asked = [*((case.module, case.asked(0)) for case in CASES), (GATE, {"checks": single[1:], "wait_timeout": 0})][number]
        tasks.append(stage.task(f"outage_{number}", module, {**options, **ONE_TRY, **asked}))
    return stage.play(tasks, strategy="free")


def both(played: Played, name: str) -> dict[str, Any]:
    """The result of a task, which is the same on both hosts."""
    measured = re.compile(rf"\bafter \d+ s\b|\b\d{{8}}T\d{{6}}Z|(?<=\"observed\": )({AHEAD - 1}|{AHEAD})\b")
    here, there = (json.loads(measured.sub("0", json.dumps(one))) for one in played.both(name))
    assert here == there
    found: dict[str, Any] = here
    return found


def told(row: Row, case: Case, result: dict[str, Any]) -> None:
    """Asserts that a result tells of the fault of a row, by its error and by its finding."""
    hit = where(row, case)
    (finding,) = [one for one in result["readiness"]["findings"] if one["target"] == hit]
    assert (finding["code"], finding["verdict"], finding["terminal"]) == (row.code_of(case), row.verdict, row.terminal)
    errors = [one for one in result["errors"] if one[case.id_field] == hit]
    assert len(errors) == 1 if row.code else not [one for one in errors if one["code"] != "UNEXPECTED_ANSWER"]
    for error in errors:
        assert (error["status"], error["service"]) == (row.status, case.service)
        assert re.search(row.says.replace(r"0\.4 s", "2 s"), error["message"])


@pytest.mark.parametrize("case", MANY, ids=lambda case: case.endpoint)
def test_an_info_module(played: Played, case: Case) -> None:
    result = both(played, case.endpoint)
    assert (result["failed"], result["ready"]) == (True, False)
    assert re.match(r"\d+ of the reads failed: ", result["msg"])
    for row in PLAYED:
        if case in row.cases:
            told(row, case, result)
    verdicts = {one[case.id_field]: one["readiness"]["verdict"] for one in result[case.collection]}
    assert [verdicts[case.ids[number]] for number in (0, 2)] == ["ready", "ready"]


def test_servicestage(played: Played) -> None:
    results = both(played, AUTHS.endpoint)["results"]
    healthy, *others = results
    assert (healthy["failed"], healthy["ready"]) == (False, True)
    for row, result in zip([row for row in PLAYED if row.name in SOME], others, strict=True):
        assert (result["failed"], result["ready"]) == (True, False)
        assert where(row, AUTHS) in result["msg"]
        told(row, AUTHS, result)


def test_a_gate_on_everything(played: Played) -> None:
    result = both(played, "all")
    assert (result["decision"], result["failed"]) == ("block", True)
    for case, check in zip(MANY, result["checks"], strict=True):
        verdicts = {one["id"]: one["verdict"] for one in check["targets"]}
        assert list(verdicts) == sorted(verdicts, key=faulty_ids(case).index) or len(verdicts) == len(faulty_ids(case))
        assert {verdicts.pop(case.ids[number]) for number in (0, 2)} == {"ready"}
        assert verdicts == {where(row, case): row.verdict for row in PLAYED if case in row.cases}


def test_a_gate_on_single_faults(played: Played) -> None:
    results = both(played, "single")["results"]
    for row, result in zip([row for row in PLAYED if row.name in SOME], results, strict=True):
        assert (result["decision"], result["outcome"], result["failed"]) == ("block", "undecidable", True)
        assert [one["verdict"] for one in result["checks"]] == ["unknown", "ready"]
        assert [one["code"] for one in result["findings"]] == [row.finding]


def test_outages(played: Played, outages: dict[str, tuple[dict[str, Any], str]]) -> None:
    for number, (_options, words) in enumerate(outages.values()):
        result = both(played, f"outage_{number}")
        assert result["failed"] is True
        assert result.get("ready", False) is False
        assert result.get("decision", "block") == "block"
        assert words in result["msg"]


def test_a_proxy_that_is_down(simulator: Simulator, tmp_path: Any, closed_port: str) -> None:
    stage = Stage(tmp_path, simulator)
    tasks = [
        stage.task("info", PODS.module, {**PODS.asked(0), **ONE_TRY}),
        stage.task("gate", GATE, {"checks": [{PODS.endpoint: PODS.asked(0)}], "wait_timeout": 0, **ONE_TRY}),
    ]
    result = stage.play(tasks, http_proxy=closed_port, no_proxy="", NO_PROXY="")
    assert "The proxy cannot be used: " in both(result, "info")["msg"]
    gate = both(result, "gate")
    assert (gate["decision"], gate["findings"][0]["code"]) == ("block", "API_UNAVAILABLE")
    assert not NOT_SAID.search(result.printed)


def test_nothing_is_printed_that_is_no_message(played: Played) -> None:
    assert not NOT_SAID.search(played.printed)
    assert "exception" not in json.dumps(comparable(played.results))
    assert not [line for line in played.printed.splitlines() if line.startswith("[WARNING]") and "huaweicloud" in line]

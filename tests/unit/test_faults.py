# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every fault of the table in faults.py, in every info module and in the gate: one clear message or the right verdict, no traceback,
no hang, nothing lost, and never a deployment that is allowed by mistake."""

from __future__ import annotations

import json
import re
import time
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.client import Clock

from .faults import ROWS, Row, number_of
from .test_info_modules import AUTHS, ESTATE, Case, faulty

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator import Simulator

HASTE = 10.0  # seconds within which a task of these tests must have ended, however slow the machine; it would hang for a minute and more
NOT_SAID = re.compile("Traceback|MODULE FAILURE|Unexpected failure|This is a mistake|RecursionError|object at 0x")

every_row = pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load(ESTATE)
    running.clear()
    return running


@pytest.fixture
def slept(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The waits of the client, which take no time."""
    pauses: list[float] = []
    monkeypatch.setattr(Clock, "sleep", staticmethod(pauses.append))
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
    result = run_module(case.module, **options, **row.options, **case.asked(0, 1, 2))
    clean(result)
    assert asked_for(simulator, case) == row.tries
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


def checks_of(cases: tuple[Case, ...]) -> list[dict[str, Any]]:
    """A check for each endpoint, of all its ids."""
    return [{case.endpoint: case.asked(0, 1, 2)} for case in cases]


@every_row
def test_the_gate(row: Row, simulator: Simulator, options: dict[str, Any], run_module: Any, slept: list[float]) -> None:
    simulator.load(faulty(*(row.fault(case) for case in row.cases)))
    result = run_module("gitops_gate", **options, **row.options, checks=checks_of(row.cases), wait_timeout=0)
    clean(result)
    if not row.finding:
        assert result["decision"] == "allow", result["msg"]
        return
    assert (result["decision"], result["failed"]) == ("block", True)
    assert result["outcome"] == ("failed" if row.verdict == "failed" else "undecidable")
    assert result["waiting_helps"] is not (row.terminal and row.verdict == "unknown")  # a failure takes two samples to be believed
    for case, check in zip(row.cases, result["checks"]):
        hit = case.ids[number_of(case)]
        found = [one for one in result["findings"] if one["check"] == case.endpoint and one["code"] == row.code_of(case)]
        assert [(one["target"], one["verdict"], one["terminal"]) for one in found] == [(hit, row.verdict, row.terminal)]
        assert re.search(row.says, found[0]["message"])
        assert found[0]["remediation"]
        assert check["verdict"] == row.verdict
        verdicts = {one["id"]: one["verdict"] for one in check["targets"]}
        assert verdicts.pop(hit) == row.verdict
        assert set(verdicts.values()) <= {"ready"}
    assert row.code_of(row.cases[0]) in json.dumps(result["findings"])

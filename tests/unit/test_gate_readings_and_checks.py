# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate with checks and something that was there before: readings as the first sample, or the receipt of an earlier decision.

Over the wire to the simulator, whose journal tells what was sent; where nothing may be sent, no credentials are given either.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import WORDS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import format_time, utc_now

from simulator import Simulator

from . import receipts
from .conftest import REGION

if TYPE_CHECKING:
    from pathlib import Path

CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
PODS, SOURCES = {"ucs_gitops": {"cluster_ids": CLUSTERS[:1]}}, {"ucs_repository_source": {"cluster_ids": CLUSTERS[:1]}}
PROJECT = "b0000000000000000000000000000001"
CONTROLLERS = ("source-controller", "kustomize-controller")
QUICK = {"steady_for": 0, "interval": 0.1, "wait_timeout": 60}
Result = dict[str, Any]


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load("healthy")
    running.clear()
    return running


@pytest.fixture
def gate(simulator: Simulator, options: dict[str, Any], run_module: Any) -> Any:
    """Runs the gate with an access key."""
    return lambda **given: run_module("gitops_gate", **{**options, **given})


@pytest.fixture
def alone(simulator: Simulator, run_module: Any) -> Any:
    """Runs the gate with nothing to log in with and nowhere to go, and sees that nothing was sent."""

    def run(**given: Any) -> Result:
        simulator.clear()
        result: Result = run_module("gitops_gate", **{"region": REGION, **given})
        assert simulator.journal == []
        return result

    return run


@pytest.fixture
def read(simulator: Simulator, options: dict[str, Any], run_module: Any) -> Any:
    """The results of info modules for the ids and options of some checks, as a play would register them."""

    def run(*checks: dict[str, Any], scenario: Any = "healthy") -> list[Result]:
        simulator.load(scenario)
        readings = []
        for check in checks:
            ((endpoint, asked),) = check.items()
            readings.append(run_module(f"{endpoint}_info", **options, **asked, on_error="report"))
        simulator.load("healthy")
        simulator.clear()
        return readings

    return run


def estate(*pods: dict[str, Any], sources: Any = ("ready",)) -> dict[str, Any]:
    """A cluster with these pods."""
    return {"clusters": {CLUSTERS[0]: {"pods": list(pods), "sources": list(sources)}}}


def earlier(reading: Result, seconds: float) -> Result:
    """The same reading, taken so many seconds before."""
    copy: Result = json.loads(json.dumps(reading))
    for part in (copy, *copy["clusters"], *copy["errors"]):
        part["read_at"] = moved(part["read_at"], -seconds)
    return copy


def moved(time: str, seconds: float) -> str:
    moment = datetime.strptime(time, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


def from_now(seconds: float) -> str:
    return moved(datetime.now(timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ"), seconds)


def codes(result: Result) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def asked(simulator: Simulator) -> int:
    """How often a cluster was read."""
    return sum(entry["service"] == "ucs" for entry in simulator.journal)


# --- readings as the first sample


def test_readings_that_are_ready_allow_without_a_request(read: Any, alone: Any) -> None:
    result = alone(checks=[PODS, SOURCES], readings=read(PODS, SOURCES))
    assert (result["decision"], result["outcome"], result["samples"], result["findings"]) == ("allow", "passed", 1, [])
    assert [(check["name"], check["verdict"]) for check in result["checks"]] == [
        ("ucs_gitops", "ready"),
        ("ucs_repository_source", "ready"),
    ]


def test_readings_belong_to_their_checks_in_any_order_and_from_a_loop(read: Any, alone: Any) -> None:
    other = {"ucs_gitops": {"cluster_ids": CLUSTERS[1:]}}
    pods, sources, more = read(PODS, SOURCES, other, scenario={**estate(*({"app": app} for app in CONTROLLERS)), "extends": "healthy"})
    result = alone(
        checks=[{"name": "one", **PODS}, {"name": "two", **SOURCES}, {"name": "three", **other}],
        readings=[more, {"results": [sources, pods]}],
    )
    assert (result["decision"], [check["name"] for check in result["checks"]]) == ("allow", ["one", "two", "three"])
    assert [[target["id"] for target in check["targets"]] for check in result["checks"]] == [CLUSTERS[:1], CLUSTERS[:1], CLUSTERS[1:]]


def test_the_reading_of_a_search_is_none_of_the_whole_project(read: Any, alone: Any) -> None:
    project = {"project_uuids": [PROJECT]}
    (reading,) = read({"codearts_project_repository": {**project, "search": "front"}})
    assert (reading["ready"], reading["question"]["search"]) == (True, "front")
    result = alone(checks=[{"codearts_project_repository": project}], readings=[reading])
    assert result["failed"] is True
    assert (
        f"got a reading of codearts_project_repository of {PROJECT}, search front, expected a reading of one of the checks" in result["msg"]
    )


def test_two_searches_are_two_readings(read: Any, alone: Any) -> None:
    project = {"project_uuids": [PROJECT]}
    readings = read(*({"codearts_project_repository": {**project, "search": text}} for text in ("front", "back")))
    result = alone(readings=readings, expect_readings=2)
    assert (result["decision"], codes(result)) == ("allow", [])
    assert [check["question"]["search"] for check in result["checks"]] == ["front", "back"]


def test_ids_are_the_same_in_any_order(read: Any, alone: Any) -> None:
    (reading,) = read({"ucs_gitops": {"cluster_ids": [*CLUSTERS, f" {CLUSTERS[0]}"]}})
    assert alone(checks=[{"ucs_gitops": {"cluster_ids": CLUSTERS[::-1]}}], readings=[reading])["decision"] == "allow"


def test_progress_goes_on_with_requests_that_are_counted(read: Any, gate: Any, simulator: Simulator) -> None:
    readings = read(PODS, SOURCES, scenario=estate(*({"template": "creating", "app": app} for app in CONTROLLERS)))
    result = gate(checks=[PODS, SOURCES], readings=readings, **QUICK)
    assert (result["decision"], result["outcome"], result["samples"]) == ("allow", "passed", 2)
    assert asked(simulator) == 2  # the second sample, with one request for each check
    assert [(change["check"], change["verdict"]) for change in result["timeline"]] == [
        ("ucs_gitops", "progressing"),
        ("ucs_repository_source", "ready"),
        ("ucs_gitops", "ready"),
    ]


def test_the_reading_and_the_samples_after_it_have_one_history(read: Any, gate: Any, simulator: Simulator) -> None:
    """A controller that is missing is so since the reading (L5), and not since the gate took its own first look."""
    lacking = estate({"app": CONTROLLERS[0]})
    reading = earlier(read(PODS, scenario=lacking)[0], 200)
    simulator.load(lacking)
    result = gate(checks=[PODS], readings=[reading], stuck_after=250, wait_timeout=0)
    assert (result["outcome"], codes(result), asked(simulator)) == ("timeout", ["CONTROLLER_MISSING"], 0)
    result = gate(checks=[PODS], readings=[reading], stuck_after=100, **QUICK)
    # Seen twice, as no time of the reading proves it.
    assert (result["outcome"], result["samples"], asked(simulator)) == ("failed", 3, 2)
    (finding,) = result["findings"]
    assert (finding["code"], finding["verdict"], finding["since"]) == ("CONTROLLER_MISSING", "failed", reading["read_at"])


def test_what_changed_since_the_reading_is_a_break(read: Any, gate: Any, simulator: Simulator) -> None:
    """A restart between the reading and the next sample is seen (P17), as between two samples of the gate."""
    before = [{"app": app, "restarts": 1, "since": "2h"} for app in CONTROLLERS]
    readings = read(PODS, SOURCES, scenario={**estate(*before), "clusters": {CLUSTERS[0]: {"pods": before, "sources": ["progressing"]}}})
    simulator.load(estate({**before[0], "restarts": 2}, before[1]))
    result = gate(checks=[PODS, SOURCES], readings=readings, wait_timeout=0.3, interval=60, steady_for=0, fail_fast="never")
    assert result["samples"] == 2
    assert "POD_RESTARTED_DURING_WAIT" in codes(result)


@pytest.mark.parametrize("given", [{"wait_timeout": 0}, {"_check_mode": True}], ids=["wait_timeout-0", "check-mode"])
@pytest.mark.parametrize("pods", ["creating", "ready"])
def test_nothing_is_sent_where_the_gate_may_not_wait(pods: str, given: dict[str, Any], read: Any, alone: Any) -> None:
    readings = read(PODS, scenario=estate(*({"template": pods, "app": app} for app in CONTROLLERS)))
    result = alone(checks=[PODS], readings=readings, **given)
    assert (result["outcome"], result["samples"]) == ("passed" if pods == "ready" else "timeout", 1)


def test_a_certain_failure_needs_no_request_where_the_gate_may_not_wait(read: Any, alone: Any) -> None:
    invalid = estate({"template": "image_invalid", "app": CONTROLLERS[0]}, {"app": CONTROLLERS[1]})
    result = alone(checks=[PODS], readings=read(PODS, scenario=invalid), wait_timeout=0)
    assert (result["outcome"], codes(result)) == ("failed", ["POD_IMAGE_INVALID"])


def test_the_options_of_the_checks_count(read: Any, alone: Any) -> None:
    readings = read(PODS, scenario=estate(*({"app": app, "restarts": 4, "since": "2h"} for app in CONTROLLERS)))
    assert alone(checks=[PODS], readings=readings, wait_timeout=0)["decision"] == "allow"
    strict = {"ucs_gitops": {**PODS["ucs_gitops"], "restart_max": 3}}
    assert codes(alone(checks=[strict], readings=readings, wait_timeout=0)) == ["POD_MANY_RESTARTS"] * 2
    more = {"ucs_gitops": {**PODS["ucs_gitops"], "controllers": [*CONTROLLERS, "helm-controller"]}}
    assert codes(alone(checks=[more], readings=readings, wait_timeout=0)) == ["CONTROLLER_MISSING"]


@pytest.mark.parametrize(
    ("check", "seen"),
    [
        ({"ucs_gitops": {"cluster_ids": CLUSTERS[1:2]}}, f"a reading of ucs_gitops of {CLUSTERS[1]}"),
        (SOURCES, f"a reading of ucs_repository_source of {CLUSTERS[0]}"),
        ({"ucs_gitops": {"cluster_ids": CLUSTERS[:2]}}, f"a reading of ucs_gitops of {CLUSTERS[0]}, {CLUSTERS[1]}"),
        (PODS, f"another reading of ucs_gitops of {CLUSTERS[0]}"),
    ],
    ids=["other-cluster", "other-endpoint", "one-cluster-more", "the-same-twice"],
)
def test_a_reading_that_belongs_to_no_check_is_refused(check: dict[str, Any], seen: str, read: Any, alone: Any) -> None:
    result = alone(checks=[PODS], readings=read(PODS, check))
    expected = "expected a reading of one of the checks, with the same ids, each once."
    assert (result["failed"], result["msg"]) == (True, f"Option 'readings[1]': got {seen}, {expected}")
    assert "decision" not in result


def test_two_checks_of_the_same_ids_take_a_reading_each(read: Any, alone: Any) -> None:
    result = alone(checks=[PODS, PODS], readings=read(PODS, PODS))
    assert (result["decision"], len(result["checks"])) == ("allow", 2)


LOST = {"failed": True, "check": "pods", "msg": "The runner went away"}


@pytest.mark.parametrize(
    ("more", "messages"),
    [
        ([], ["There is no reading of the check ucs_gitops among those given."]),
        ([LOST], ["The task behind pods failed: The runner went away", "There is no reading of the check ucs_gitops among those given."]),
    ],
    ids=["not-there", "lost"],
)
def test_a_missing_reading_is_read_or_leaves_it_undecided(
    more: list[Result], messages: list[str], read: Any, alone: Any, gate: Any, simulator: Simulator
) -> None:
    readings = [*read(SOURCES), *more]
    result = alone(checks=[PODS, SOURCES], readings=readings, wait_timeout=0)
    assert (result["decision"], result["outcome"], set(codes(result))) == ("block", "undecidable", {"READING_MISSING"})
    assert sorted(finding["message"] for finding in result["findings"]) == sorted(messages)
    assert [(finding["verdict"], finding["terminal"]) for finding in result["findings"]] == [("unknown", False)] * len(messages)
    assert [check["verdict"] for check in result["checks"]] == ["unknown", "ready"]
    result = gate(checks=[PODS, SOURCES], readings=readings, **QUICK)
    assert (result["decision"], result["samples"], asked(simulator)) == ("allow", 2, 2)


def test_readings_that_are_all_missing_are_read(gate: Any, alone: Any, simulator: Simulator) -> None:
    assert alone(checks=[PODS], readings=[], wait_timeout=0)["outcome"] == "undecidable"
    assert gate(checks=[PODS], readings=[], **QUICK)["decision"] == "allow"
    assert asked(simulator) == 1


def test_fewer_readings_than_expected_leave_it_undecided(read: Any, alone: Any, gate: Any) -> None:
    readings = read(PODS)
    result = alone(checks=[PODS], readings=readings, expect_readings=2, wait_timeout=0)
    assert (result["outcome"], codes(result)) == ("undecidable", ["READING_MISSING"])
    assert result["findings"][0]["message"] == "1 of 2 readings are there."
    assert gate(checks=[PODS], readings=readings, expect_readings=2, **QUICK)["decision"] == "allow"


def test_a_stale_reading_is_read_again_or_leaves_it_undecided(read: Any, alone: Any, gate: Any, simulator: Simulator) -> None:
    (fresh,) = read(PODS)
    for seconds, limit, fits in ((590, 600, True), (610, 600, False), (100, 120, True), (121, 120, False)):
        result = alone(checks=[PODS], readings=[earlier(fresh, seconds)], max_reading_age=limit, wait_timeout=0)
        assert (result["outcome"], codes(result)) == (("passed", []) if fits else ("undecidable", ["READING_STALE"]))
    old = earlier(fresh, 700)
    result = gate(checks=[PODS], readings=[old], **QUICK)
    assert (result["decision"], result["samples"], asked(simulator)) == ("allow", 2, 1)


def test_a_slow_clock_makes_no_reading_younger(read: Any, alone: Any) -> None:
    """The age of a reading is measured by the later clock, that of a service included (rules.rst, "Time")."""
    (reading,) = read(PODS)
    reading["service_time"] = from_now(700)
    assert codes(alone(checks=[PODS], readings=[reading], wait_timeout=0)) == ["READING_STALE"]


def test_a_reading_with_a_failed_request_is_judged_and_read_again(read: Any, gate: Any, alone: Any, simulator: Simulator) -> None:
    refused = {"extends": "healthy", "faults": [{"service": "ucs", "error": "html"}]}
    readings = read({"ucs_gitops": {"cluster_ids": CLUSTERS[:1]}}, scenario=refused)
    result = alone(checks=[PODS], readings=readings, wait_timeout=0)
    assert (result["outcome"], codes(result)) == ("undecidable", ["API_UNAVAILABLE"])
    assert gate(checks=[PODS], readings=readings, **QUICK)["decision"] == "allow"
    assert asked(simulator) == 1


# --- the receipt of an earlier decision


@pytest.fixture
def receipt(gate: Any, run_module: Any, tmp_path: Path, simulator: Simulator) -> Any:
    """The path of the receipt of a gate, which another may have changed: ``change`` takes its text, and gives another or None."""

    def write(checks: list[dict[str, Any]], change: Callable[[str], str] | None = None, scenario: Any = "healthy", **given: Any) -> str:
        simulator.load(scenario)
        decided = gate(checks=checks, wait_timeout=0, enforce=False, **given)
        written = run_module("gitops_report", report=decided, path=str(tmp_path), formats=["json"])
        path = tmp_path / "gitops-gate.json"
        assert [file["path"] for file in written["files"]] == [str(path)]
        if change:
            path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")
        return str(path)

    return write


def field(name: str, value: Any) -> Callable[[str], str]:
    """Another value for a field of a receipt."""
    return lambda text: json.dumps({**json.loads(text), name: value})


def aged(seconds: float) -> Callable[[str], str]:
    """Decided some time ago, and valid until long after."""
    decided = format_time(utc_now() - timedelta(seconds=seconds))
    return lambda text: json.dumps({**json.loads(text), "decided_at": decided, "valid_until": "2099-01-01T00:00:00Z"})


def against_its_findings(text: str) -> str:
    """An allow with a failure that decides."""
    return json.dumps({**json.loads(text), "findings": receipts.blocked()["findings"][:1]})


def test_a_receipt_that_counts_allows_without_a_request(receipt: Any, alone: Any) -> None:
    path = receipt([PODS, SOURCES])
    known = json.loads(open(path, encoding="utf-8").read())  # noqa: PTH123, SIM115
    for checks in ([PODS, SOURCES], [SOURCES, PODS], [PODS]):  # what was asked beside does no harm
        result = alone(checks=checks, receipt=path)
        assert "failed" not in result
        assert (result["decision"], result["outcome"], result["exit_code"]) == ("allow", "passed", 0)
        assert result["decided_at"] == known["decided_at"]
        assert result["confirmed_at"] >= known["decided_at"]
        assert result["changed"] is False


SHORT = "it was not asked for the check ucs_gitops with these ids and expectations"
BLOCKS: list[tuple[str, dict[str, Any], Any, str]] = [
    # id, what the second gate asks for otherwise, what becomes of the text, the one reason
    (
        "two decisions",
        {},
        lambda text: text.replace('"decision": "allow"', '"decision": "block", "decision": "allow"'),
        r'The receipt \S+ is no JSON, or was cut short: an object has the member "decision" more than once\.',
    ),
    ("truncated", {}, lambda text: text[: len(text) // 2], r"The receipt \S+ is no JSON, or was cut short: .+\."),
    ("empty", {}, lambda _text: "", r"The receipt \S+ is no JSON, or was cut short: .+\."),
    ("no-receipt", {}, lambda _text: '{"decision": "allow"}', r"\S+ is no receipt of a gate: its schema_version is nothing, expected 2\."),
    ("a-list", {}, lambda _text: "[]", r"\S+ is no receipt of a gate: it is no dictionary\."),
    (
        "a-part-missing",
        {},
        lambda text: text.replace('"valid_until"', '"valid"'),
        r"\S+ is no receipt of a gate: valid_until is nothing, .+",
    ),
    (
        "later-schema",
        {},
        field("schema_version", 3),
        r"The receipt \S+ has schema_version 3, which a later version of the collection wrote; .+",
    ),
    ("earlier-schema", {}, field("schema_version", 1), r"The receipt \S+ has schema_version 1, which an earlier version .+"),
    ("expired", {}, field("valid_until", "2026-01-01T00:00:00Z"), r"The receipt \S+ was valid until 2026-01-01T00:00:00Z: take .+ anew"),
    ("of-the-future", {}, field("decided_at", "2099-01-01T00:00:00Z"), r"The receipt \S+ was decided in the future, at 2099-.+ clocks"),
    (
        "other-decision",
        {},
        field("decision", "block"),
        r'\S+ is no receipt of a gate: decision is "block", expected allow, as the outcome is .+',
    ),
    (
        "other-cluster",
        {"checks": [{"ucs_gitops": {"cluster_ids": CLUSTERS[1:2]}}]},
        None,
        rf"The receipt \S+ answers another question: {SHORT}: Option 'checks\[0\]\.ucs_gitops\.cluster_ids' differs",
    ),
    ("one-cluster-more", {"checks": [{"ucs_gitops": {"cluster_ids": CLUSTERS[:2]}}]}, None, rf".+ another question: {SHORT}: .+ differs"),
    (
        "expectation",
        {"checks": [{"ucs_gitops": {**PODS["ucs_gitops"], "restart_max": 1}}]},
        None,
        rf".+ {SHORT}: Option 'checks\[0\]\.ucs_gitops\.restart_max' differs",
    ),
    ("threshold", {"stuck_after": 9}, None, rf".+ {SHORT}: Option 'stuck_after' differs"),
    ("thresholds", {"stuck_after": 9, "failure_grace": 1}, None, rf".+ {SHORT}: Option 'failure_grace', Option 'stuck_after' differ"),
    ("steadiness", {"steady_for": 60}, None, ".+ answers another question: steady_for 30, expected at least 60"),
    ("no-steadiness", {}, field("thresholds", {}), ".+ answers another question: steady_for 0, expected at least 30"),
    ("older readings", {"max_reading_age": 60}, None, ".+ answers another question: max_reading_age 600, expected at most 60"),
    ("readings of any age", {}, field("thresholds", {"steady_for": 30}), ".+: max_reading_age inf, expected at most 600"),
    ("valid for longer than it may", {}, aged(601), r"The receipt \S+ was valid until \S+: take the decision anew"),
    (
        "against its findings",
        {},
        against_its_findings,
        r'\S+ is no receipt of a gate: findings\[0\]\.verdict is "failed", expected warning, as the decision is allow',
    ),
    ("other-check", {"checks": [PODS, SOURCES]}, None, ".+ it was not asked for the check ucs_repository_source with these ids .+"),
    ("code", {"decides_on": "code"}, None, r".+ answers another question: it decides on deployment, expected code"),
    ("other-region", {"region": "ap-southeast-3"}, None, r".+ answers another question: region cn-north-4, expected ap-southeast-3"),
]


@pytest.mark.parametrize(("given", "change", "reason"), [row[1:] for row in BLOCKS], ids=[row[0] for row in BLOCKS])
def test_a_receipt_that_does_not_count_blocks(given: dict[str, Any], change: Any, reason: str, receipt: Any, alone: Any) -> None:
    result = alone(**{"checks": [PODS], "receipt": receipt([PODS], change), **given})
    blocked(result, reason)
    assert result["decides_on"] == given.get("decides_on", "deployment")


def blocked(result: Result, reason: str) -> None:
    """Asserts that a receipt was refused for this one reason."""
    assert (result["failed"], result["decision"], result["outcome"], result["exit_code"]) == (True, "block", "undecidable", 3)
    (said,) = result["causes"]
    assert re.fullmatch(reason.removesuffix(r"\.") + r"\.", said["text"])
    assert (said["code"], said["verdict"]) == (None, "unknown")
    assert result["msg"] == result["headline"] == f"{WORDS[result['decides_on']].block}: {said['text']}"


def test_a_receipt_that_is_not_there_blocks(alone: Any, tmp_path: Path) -> None:
    blocked(alone(checks=[PODS], receipt=str(tmp_path / "none.json")), r"There is no receipt at \S+none\.json\.")


def test_a_receipt_that_cannot_be_read_blocks(alone: Any, tmp_path: Path) -> None:
    blocked(alone(checks=[PODS], receipt=str(tmp_path)), r"The receipt \S+ cannot be read: Is a directory\.")


def test_a_receipt_that_blocks_is_no_leave(receipt: Any, alone: Any) -> None:
    path = receipt([PODS], scenario=estate({"template": "image_invalid", "app": CONTROLLERS[0]}, {"app": CONTROLLERS[1]}))
    blocked(alone(checks=[PODS], receipt=path), r"The receipt \S+ does not allow: Deployment blocked: .+ \(0 of 1 cluster ready\)\.")


def test_a_receipt_that_does_not_count_without_enforce(alone: Any, tmp_path: Path) -> None:
    result = alone(checks=[PODS], receipt=str(tmp_path / "none.json"), enforce=False)
    assert (result.get("failed"), result["decision"]) == (None, "block")


def test_an_allow_of_a_check_that_only_warned_is_no_answer_to_one_that_decides(receipt: Any, alone: Any) -> None:
    path = receipt([PODS, {"advisory": True, **SOURCES}])
    blocked(alone(checks=[PODS, SOURCES], receipt=path), ".+ it was not asked for the check ucs_repository_source with these ids .+")


@pytest.mark.parametrize("waivers", [[], [{"name": "pod*"}], [{"code": "SRC_TERMINATING"}], [{"cluster": "prod-*"}]])
def test_an_allow_by_a_waiver_is_no_answer_to_a_question_without_it(waivers: list[dict[str, Any]], receipt: Any, alone: Any) -> None:
    path = receipt([SOURCES], scenario=estate(sources=("suspended",)), waivers=[waiver()])
    assert alone(checks=[SOURCES], receipt=path, waivers=[waiver(reason="CHG-2", owner="shop")])["outcome"] == "passed_with_warnings"
    result = alone(checks=[SOURCES], receipt=path, waivers=[waiver(**other) for other in waivers])
    blocked(result, r".+ answers another question: it allows by a waiver for SRC_SUSPENDED of GitRepository \*, which .+ does not have")


def test_an_allow_by_a_waiver_counts_only_while_the_waiver_does(receipt: Any, alone: Any) -> None:
    """A receipt may be valid past the end of the day of its waiver."""
    path = receipt([SOURCES], scenario=estate(sources=("suspended",)), waivers=[waiver()])
    result = alone(checks=[SOURCES], receipt=path, waivers=[waiver(expires="2025-11-30")])
    blocked(result, r".+ it allows by a waiver for SRC_SUSPENDED of GitRepository \*, which has ended")


def test_a_receipt_is_no_answer_to_no_question(receipt: Any, alone: Any) -> None:
    """Ansible takes null for given."""
    result = alone(checks=None, receipt=receipt([PODS]))
    assert result["failed"]
    assert result["msg"] == "Option 'checks': got null, expected at least one check: a gate without checks would prove nothing."


def test_ids_of_a_receipt_are_the_same_in_any_order(receipt: Any, alone: Any) -> None:
    path = receipt([{"ucs_gitops": {"cluster_ids": CLUSTERS[:2]}}])
    again = [CLUSTERS[1], *CLUSTERS[:2]]
    assert alone(checks=[{"ucs_gitops": {"cluster_ids": again}}], receipt=path)["decision"] == "allow"


@pytest.mark.parametrize(("first", "second"), [({}, {"stuck_after": 300}), ({"failure_grace": 120}, {})])
def test_a_threshold_that_is_left_out_is_its_default(first: dict[str, Any], second: dict[str, Any], receipt: Any, alone: Any) -> None:
    assert alone(checks=[PODS], receipt=receipt([PODS], **first), **second)["decision"] == "allow"


def test_a_receipt_is_found_where_the_play_began(receipt: Any, alone: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    receipt([PODS])
    monkeypatch.chdir(tmp_path)
    assert alone(checks=[PODS], receipt="gitops-gate.json")["decision"] == "allow"


# --- bad options, whatever else is given


def waiver(**more: Any) -> dict[str, Any]:
    known = {
        "code": "SRC_SUSPENDED",
        "kind": "GitRepository",
        "name": "*",
        "reason": "CHG-1",
        "owner": "platform",
        "expires": from_now(86400)[:10],
    }
    return {**known, **more}


BAD: list[tuple[dict[str, Any], str]] = [
    ({"checks": []}, "Option 'checks': got [], expected at least one check"),
    ({"checks": [{"advisory": True, **PODS}]}, "Option 'checks': got \"advisory checks only\""),
    ({"checks": [{"ucs_gitops": {"cluster_ids": []}}]}, "Option 'checks[0].ucs_gitops.cluster_ids': got []"),
    ({"checks": [{"ucs_gitops": {"cluster_ids": ["a/b"]}}]}, "Option 'checks[0].ucs_gitops.cluster_ids': got \"a/b\""),
    ({"checks": [{"ucs_gitops": {"cluster_ids": CLUSTERS, "restart_max": -1}}]}, "Option 'checks[0].ucs_gitops.restart_max': got -1"),
    (
        {"checks": [{"ucs_repository_source": {"cluster_ids": CLUSTERS, "expect": [{}]}}]},
        "Option 'checks[0].ucs_repository_source.expect[0]'",
    ),
    ({"checks": [{"project_id": "a/b", **PODS}]}, "Option 'checks[0].project_id': got \"a/b\""),
    ({"checks": [{"ucs_gitops": None}]}, "Option 'checks[0]': got no kind of check"),
    ({"wait_timeout": -1}, "Option 'wait_timeout': got -1.0"),
    ({"wait_timeout": "nan"}, "Option 'wait_timeout': got NaN"),
    ({"wait_timeout": "inf"}, "Option 'wait_timeout': got Infinity"),
    ({"wait_timeout": 10, "steady_for": 11}, "Option 'steady_for': got 11 s, expected at most wait_timeout, which is 10 s."),
    ({"steady_for": -1}, "Option 'steady_for': got -1.0"),
    ({"interval": 0}, "Option 'interval': got 0.0"),
    ({"error_limit": 0}, "Option 'error_limit': got 0"),
    ({"max_reading_age": 0}, "Option 'max_reading_age': got 0.0"),
    ({"restart_max": -1}, "Option 'restart_max': got -1"),
    ({"stuck_after": -1}, "Option 'stuck_after': got -1.0"),
    ({"failure_grace": "nan"}, "Option 'failure_grace': got NaN"),
    ({"codearts_timezone": "Mars/Olympus"}, "Option 'codearts_timezone': got \"Mars/Olympus\""),
    ({"fail_fast": "always"}, "value of fail_fast must be one of: terminal, any, never"),
    ({"waivers": [waiver(owner=" ")]}, "Option 'waivers[0].owner': got \" \""),
    ({"waivers": [waiver(code="API_SHAPE")]}, "Option 'waivers[0].code': got \"API_SHAPE\""),
    ({"waivers": [waiver(code="NO_SUCH")]}, "Option 'waivers[0].code': got \"NO_SUCH\""),
    ({"waivers": [waiver(kind="House")]}, "Option 'waivers[0].kind': got \"House\""),
    ({"waivers": [waiver(cluster=" ")]}, "Option 'waivers[0].cluster': got \" \""),
    ({"waivers": [waiver(expires="soon")]}, "Option 'waivers[0].expires': got \"soon\""),
    ({"waivers": [waiver(expires="2999-12-31")]}, "Option 'waivers[0].expires': got \"2999-12-31\""),
]
BAD_READINGS: list[tuple[dict[str, Any], str]] = [
    ({"expect_readings": 0}, "Option 'expect_readings': got 0"),
    ({"expect_readings": -1}, "Option 'expect_readings': got -1"),
    ({"readings": [{}]}, "Option 'readings[0]': got a dict with nothing"),
    ({"readings": [{"skipped": True}]}, "Option 'readings[0]': got a skipped task"),
    ({"readings": [{"endpoint": "ucs_gitops", "schema_version": 1}]}, "Option 'readings[0].schema_version': got 1"),
]


def told(value: Any) -> str | None:
    return json.dumps(value)[:60] if isinstance(value, dict) else None


@pytest.mark.parametrize(("bad", "message"), BAD, ids=told)
@pytest.mark.parametrize("way", ["checks", "readings", "receipt"])
def test_bad_options_are_refused_before_the_first_request(
    way: str, bad: dict[str, Any], message: str, read: Any, receipt: Any, gate: Any, simulator: Simulator
) -> None:
    given: dict[str, Any] = {"checks": [PODS]}
    if way == "readings":
        given["readings"] = read(PODS)
    if way == "receipt":
        given["receipt"] = receipt([PODS])
    refused(gate, {**given, **bad}, message, simulator)


@pytest.mark.parametrize(("bad", "message"), BAD_READINGS, ids=told)
def test_bad_readings_are_refused_before_the_first_request(
    bad: dict[str, Any], message: str, read: Any, gate: Any, simulator: Simulator
) -> None:
    refused(gate, {"checks": [PODS], "readings": read(PODS), **bad}, message, simulator)
    refused(gate, {"readings": read(PODS), **bad}, message, simulator)


def refused(gate: Any, given: dict[str, Any], message: str, simulator: Simulator) -> None:
    """Asserts one message, no decision and no request."""
    simulator.clear()
    result = gate(**given)
    assert result["failed"] is True
    assert message in result["msg"]
    assert "\n" not in result["msg"]
    assert "decision" not in result
    assert simulator.journal == []


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"readings": [], "receipt": "x.json"}, "parameters are mutually exclusive: receipt|readings"),
        ({"receipt": "x.json"}, "one of the following is required: checks, readings"),
        ({"checks": [PODS], "expect_readings": 1}, "Option 'expect_readings': got 1, expected readings beside it."),
        ({}, "one of the following is required: checks, readings"),
    ],
    ids=told,
)
def test_what_does_not_go_together(given: dict[str, Any], message: str, gate: Any, simulator: Simulator) -> None:
    refused(gate, given, message, simulator)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate's result: rules.rst, "Result". Its numbers agree with one another, whatever was found."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checked import READY_LISTED
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import Decision, Gate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.reasons import lines_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.result import gate_result, worded
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import CheckedSample, Sample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import Waiver
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import ready_counts
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, U_T, P, U, W
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report import html, junit, markdown
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.receipt import receipt_of

from unit import receipts
from unit.answers import NOW, ago
from unit.answers_codearts import repository
from unit.answers_pods import container, pod, waiting
from unit.answers_sources import source
from unit.builders import DETAIL, GITOPS, LIST, SOURCE, Time, details, error, gating, pods, repositories, run_gate, sources
from unit.gates import PODS, check, reading, saying, subject

FAILED, UNKNOWN, PROGRESSING, READY = "failed", "unknown", "progressing", "ready"


def counts(failed: int = 0, unknown: int = 0, progressing: int = 0, ready: int = 0) -> dict[str, int]:
    """The counts of a check, in the order of a result."""
    return {FAILED: failed, UNKNOWN: unknown, PROGRESSING: progressing, READY: ready}


def result_of(*subjects: Subject, advisory: bool = False, asked: Any = ("c1",), outcome: str = "failed", **more: Any) -> dict[str, Any]:
    """The result of a sample with one check."""
    mine = check(advisory=advisory, cluster_ids=list(asked), region="r1")
    checked = CheckedSample(mine, more.pop("read", reading(PODS, *asked)), subjects)
    sample = Sample([checked], [], set(more.pop("used", ())), more.pop("now", NOW), 0.0, 0.0)
    gate = Gate([mine], Policy(**more), Time().clock)
    gate.samples = 3
    return gate_result(gate, Decision(sample, outcome, waiting_helps=True), {"interval": 10.0}, {"region": "r1"})


def checked(*subjects: Subject, **more: Any) -> dict[str, Any]:
    """The check of such a result."""
    only: dict[str, Any] = result_of(*subjects, **more)["checks"][0]
    return only


# --- Counts --------------------------------------------------------------------------------------------------------------------------

BROKEN = saying(subject("broken"), "POD_CRASH_LOOP", F_R)
ACCEPTED = saying(subject("accepted"), "POD_CRASH_LOOP", F_R, weight="waived")
COUNTED: dict[str, tuple[list[Subject], dict[str, int], int, int]] = {
    # what there is, its counts, warnings, how many are beside
    "ready": ([subject(), subject("b")], counts(ready=2), 0, 0),
    "each": (
        [BROKEN, saying(subject("u"), "POD_READY_UNKNOWN", U), saying(subject("p"), "POD_STARTING", P), subject()],
        counts(1, 1, 1, 1),
        0,
        0,
    ),
    "worst-of-an-object": ([saying(saying(subject(), "POD_STARTING", P), "POD_CRASH_LOOP", F_R)], counts(failed=1), 0, 0),
    "warning": ([saying(subject(), "POD_RECENT_RESTART", W)], counts(ready=1), 1, 0),
    "two-warnings": (
        [saying(saying(subject(), "POD_RECENT_RESTART", W), "CLOCK_SKEW", W), saying(subject("b"), "CLOCK_SKEW", W)],
        counts(ready=2),
        3,
        0,
    ),
    "waived-warning": ([saying(subject(), "POD_RECENT_RESTART", W, weight="waived")], counts(ready=1), 0, 0),
    "waived": ([saying(subject(), "POD_CRASH_LOOP", F_R, weight="waived")], counts(ready=1), 0, 0),
    "beside": ([subject(), saying(subject("b", asked=False), "POD_CRASH_LOOP", F_R)], counts(ready=1), 0, 1),
    "warning-beside": ([subject(), saying(subject("b", asked=False), "CLOCK_SKEW", W)], counts(ready=1), 0, 1),
    "missing": ([saying(subject("kustomize-controller"), "CONTROLLER_MISSING", F_R)], counts(failed=1), 0, 0),
    "incomplete": ([subject(), saying(subject(None, notice=True), "LIST_INCOMPLETE", U_T)], counts(unknown=1, ready=1), 0, 0),  # type: ignore[arg-type]
    "incomplete-but-enough": ([subject(), saying(subject(None, notice=True), "LIST_INCOMPLETE", W)], counts(ready=1), 1, 0),  # type: ignore[arg-type]
    "none": ([], counts(), 0, 0),
}


@pytest.mark.parametrize("name", COUNTED)
def test_counts(name: str) -> None:
    subjects, expected, warnings, beside = COUNTED[name]
    result = checked(*subjects)
    assert (result["counts"], result["warnings"], result["beside"]) == (expected, warnings, beside)
    objects = [each for each in subjects if each.asked and not each.notice]
    assert [each["name"] for each in result["observed"]] == [each.name for each in objects]
    unread = [each for each in subjects if each.notice and each.verdict != READY]
    assert sum(result["counts"].values()) == len(result["observed"]) + len(unread)


def test_of_many_objects_that_are_just_ready_a_thousand_are_listed_and_the_rest_is_counted() -> None:
    many = [subject(f"r{index}") for index in range(READY_LISTED + 2)]
    source = replace(subject("shop"), observed={"revision": "main@sha1:5394cb7f48332b2de7c17dd8b8384bbc84b7e738"})
    warned = saying(subject("warned"), "CLOCK_SKEW", W)
    result = checked(*many, source, warned, saying(subject("broken"), "POD_CRASH_LOOP", F_R))
    assert [each["name"] for each in result["observed"]] == [each.name for each in many[:READY_LISTED]] + ["shop", "warned", "broken"]
    assert (result["not_listed"], sum(result["counts"].values())) == ({many[0].kind: 2}, READY_LISTED + 5)


def test_of_many_sources_those_that_a_config_set_tells_of_are_as_good_as_just_ready() -> None:
    revision, other = "main@sha1:5394cb7f48332b2de7c17dd8b8384bbc84b7e738", "main@sha1:0123456789abcdef0123456789abcdef01234567"
    many = [subject(f"r{index}") for index in range(READY_LISTED)]
    applied = replace(subject("app"), kind="ConfigSet", observed={"revision": None, "source": "default/shop", "source_revision": revision})
    told = replace(subject("shop"), kind="GitRepository", namespace="default", observed={"revision": revision})
    sources = {
        "told": told,
        "other-revision": replace(told, observed={"revision": other}),
        "other-name": replace(told, name="other"),
        "other-namespace": replace(told, namespace="other"),
        "other-cluster": replace(told, target="other"),
        "warned": saying(told.copied(), "CLOCK_SKEW", W),
    }
    result = checked(*many, applied, *sources.values())
    listed = [each for each in result["observed"] if each["kind"] == "GitRepository"]
    assert [(each["name"], each["namespace"], each["target"], each["revision"]) for each in listed] == [
        (each.name, each.namespace, each.target, each.observed["revision"]) for name, each in sources.items() if name != "told"
    ]
    assert result["not_listed"] == {"GitRepository": 1}


@pytest.mark.parametrize("listed", [True, False], ids=["all", "some"])
def test_what_is_not_listed_is_counted_in_the_headline_and_in_every_report(listed: bool) -> None:
    count = 3 if listed else READY_LISTED + 3
    of_project = checked(*(replace(subject(f"r{index}"), kind="Repository") for index in range(count)))
    report = receipts.result("passed", [{**of_project, "question": {"project_uuids": ["p1"]}}])
    assert ready_counts(report["checks"]) == f"{count} of {count} repositories ready"
    for render in (html.render, markdown.render, junit.render):
        assert ("3 more that are ready" in render(receipt_of(report))) != listed


ESTATES = {
    "missing-controller": (gating(GITOPS), pods(pod()), counts(progressing=1, ready=1)),
    "incomplete-pods": (gating(GITOPS, controllers=[]), pods(pod(), metadata={"continue": "x"}), counts(unknown=1, ready=1)),
    "no-pods": (gating(GITOPS, controllers=[]), pods(), counts(failed=1)),
    "lost-cluster": (gating(GITOPS), pods(pod(), errors=[error(503)]), None),
    "incomplete-repositories": (gating(LIST), repositories(repository(), total=3), counts(unknown=1, ready=1)),
    "missing-repository": (gating(LIST, expect=[{"name": "cart"}]), repositories(repository()), counts(failed=1)),
    "missing-source": (gating(SOURCE, expect=[{"name": "x"}]), sources(source()), counts(failed=1)),
    "nothing": (gating(DETAIL), details(), counts(unknown=1)),
    "crashing": (gating(GITOPS, controllers=[]), pods(pod(containers=[waiting("CrashLoopBackOff", restarts=9)])), counts(failed=1)),
}


@pytest.mark.parametrize("advisory", [False, True], ids=["deciding", "advisory"])
@pytest.mark.parametrize("name", ESTATES)
def test_what_is_not_ready_is_counted_where_it_is_shown(name: str, advisory: bool) -> None:
    """The headline has the numbers of objects; what an advisory check looked at is not among them."""
    mine, answer, expected = ESTATES[name]
    mine = gating(mine.endpoint, "mine", advisory, **mine.options)
    result = run_gate((mine, answer), (gating(SOURCE, "sources"), sources(source())), wait_timeout=0)
    first, second = result["checks"]
    assert expected is None or first["counts"] == expected
    worst = next(verdict for verdict in (FAILED, UNKNOWN, PROGRESSING, READY) if first["counts"][verdict])
    assert first["verdict"] == worst
    counted = ready_counts([second] if advisory else [first, second])
    assert counted
    assert f"({counted}" in result["headline"]
    assert result["decision"] == ("allow" if advisory else "block")


# --- The table of checks ---------------------------------------------------------------------------------------------------------------


def test_a_check() -> None:
    result = checked(subject(), saying(subject("b", asked=False), "POD_CRASH_LOOP", F_R), advisory=True)
    assert {name: result[name] for name in ("name", "endpoint", "advisory", "verdict", "question")} == {
        "name": "pods",
        "endpoint": PODS,
        "advisory": True,
        "verdict": READY,
        "question": {"cluster_ids": ["c1"], "region": "r1"},
    }


@pytest.mark.parametrize(
    ("about", "advisory", "weight"),
    [(BROKEN, False, "decides"), (BROKEN, True, "advisory"), (ACCEPTED, False, "waived")],
    ids=["decides", "advisory", "waived"],
)
def test_what_is_observed(about: Subject, advisory: bool, weight: str) -> None:
    about.observed = {"pods": 2, "since": "x"}
    about.cluster_name = "prod"
    assert checked(about, advisory=advisory)["observed"] == [
        {
            "kind": "Workload",
            "namespace": "flux-system",
            "name": about.name,
            "cluster_id": "c1",
            "cluster_name": "prod",
            "target": "c1",
            "verdict": READY if weight == "waived" else FAILED,
            "weight": weight,
            "pods": 2,
            "since": "x",
        }
    ]


def test_every_id_that_was_asked_for() -> None:
    """With the worst found under it, ready where nothing was; the name where one is known, from something beside, too."""
    subjects = [
        saying(subject(target="c1", cluster_name="one"), "POD_STARTING", P),
        saying(subject("b", target="c1"), "POD_CRASH_LOOP", F_R),
        subject(target="c2"),
        saying(subject("b", target="c2", asked=False, cluster_name="two"), "POD_CRASH_LOOP", F_R),
    ]
    assert checked(*subjects, asked=["c2", "c1", "c3"])["targets"] == [
        {"id": "c2", "name": "two", "verdict": READY},
        {"id": "c1", "name": "one", "verdict": FAILED},
        {"id": "c3", "name": None, "verdict": READY},
    ]


def test_what_belongs_to_no_id_belongs_to_all() -> None:
    stale = saying(subject("pods", target="", notice=True, kind="API"), "READING_STALE", U)
    targets = checked(subject(target="c1"), stale, asked=["c1", "c2"])["targets"]
    assert [each["verdict"] for each in targets] == [UNKNOWN, UNKNOWN]


def test_an_id_that_is_empty_is_one_of_its_own() -> None:
    lost = saying(subject("pods", target="", notice=True, kind="API"), "API_UNAVAILABLE", U)
    targets = checked(lost, asked=["c1"], read=reading(PODS, "", "c1"))["targets"]
    assert [(each["id"], each["verdict"]) for each in targets] == [("c1", READY), ("", UNKNOWN)]


# --- The whole -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("outcome", "decision", "code"),
    [
        ("passed", "allow", 0),
        ("passed_with_warnings", "allow", 0),
        ("failed", "block", 1),
        ("timeout", "block", 2),
        ("undecidable", "block", 3),
    ],
)
def test_outcome(outcome: str, decision: str, code: int) -> None:
    result = result_of(subject(), outcome=outcome)
    assert (result["decision"], result["outcome"], result["exit_code"]) == (decision, outcome, code)


def test_what_else_it_holds() -> None:
    waivers = [Waiver("POD_CRASH_LOOP", "Pod", "a", "r", "o", (NOW + timedelta(days=days)).date()) for days in (0, 1)]
    result = result_of(BROKEN, waivers=waivers, used=waivers[:1], now=NOW + timedelta(seconds=90))
    assert {name: result[name] for name in ("thresholds", "samples", "timeline", "waiting_helps", "region", "schema_version")} == {
        "thresholds": {"interval": 10.0},
        "samples": 3,
        "timeline": [],
        "waiting_helps": True,
        "region": "r1",
        "schema_version": 2,
    }
    assert [(each["state"], each["days_left"]) for each in result["waivers"]] == [("used", 0), ("unused", 1)]
    assert (result["started_at"], result["decided_at"]) == (ago(0), ago(-90))
    assert [each["code"] for each in result["findings"]] == ["POD_CRASH_LOOP"]
    (reason,) = result["causes"]
    assert result["msg"].splitlines()[:2] == [result["headline"], f"1. {lines_of(reason)[0]}"]


def test_waited() -> None:
    time = Time()
    gate = Gate([check()], Policy(), time.clock)
    time.sleep(1.23456)
    sample = Sample([CheckedSample(check(), reading(PODS), [])], [], set(), NOW, 0.0, 0.0)
    assert gate_result(gate, Decision(sample, "timeout", waiting_helps=False), {}, {})["waited_seconds"] == 1.235


@pytest.mark.parametrize(("age", "until"), [(0, -600), (100, -500), (-100, -600)])
def test_it_is_valid_as_long_as_its_oldest_entry(age: float, until: float) -> None:
    assert result_of(subject(), read=reading(PODS, "c1", age=age))["valid_until"] == ago(until)


def test_of_an_empty_reading_it_is_valid_from_the_decision() -> None:
    assert result_of(read=reading(PODS, entries=()), max_reading_age=60.0)["valid_until"] == ago(-60)


def test_worst_findings_first() -> None:
    mixed = saying(saying(saying(subject(), "CLOCK_SKEW", W), "POD_STARTING", P), "POD_IMAGE_INVALID", F_T)
    assert [each["code"] for each in result_of(mixed)["findings"]] == ["POD_IMAGE_INVALID", "POD_STARTING", "CLOCK_SKEW"]


def test_words_can_be_made_anew() -> None:
    result = result_of(BROKEN)
    assert worded({**result, "headline": "x", "reasons": [], "causes": [], "msg": ""}) == result


def test_a_ready_pod_is_observed_with_what_a_receipt_tells() -> None:
    result = run_gate((gating(GITOPS, controllers=[]), pods(pod(containers=[container(restarts=2)]))), wait_timeout=0)
    (seen,) = result["checks"][0]["observed"]
    assert (seen["kind"], seen["pods"], seen["ready_pods"], seen["restarts"]) == ("Workload", 1, 1, 2)

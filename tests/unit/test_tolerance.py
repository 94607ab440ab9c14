# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many clusters must be ready, and which ones may be set aside: rules.rst, "Enough clusters", and how that could be fooled."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checked import CheckedSample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import Sample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.steadiness import Steadiness
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.tolerance import Tolerated, tolerate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import WAIVED
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.requirements import Requirement
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.selections import Choice
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, U_T, Mark, P, U, W

from unit.answers import NOW
from unit.answers_clusters import reading, selection
from unit.answers_pods import pod
from unit.gates import PODS, SOURCES, check, saying, subject

if TYPE_CHECKING:
    from collections.abc import Callable

    from simulator import Simulator

    Run = Callable[..., dict[str, Any]]

# --- The requirement


@pytest.mark.parametrize(
    ("given", "clusters", "needed"),
    [
        ("all", 10, 10),
        ("ALL ", 3, 3),
        (1, 10, 1),
        ("8", 10, 8),
        ("12", 10, 12),
        ("90%", 10, 9),
        ("90%", 11, 10),
        ("90 %", 1, 1),
        ("1%", 200, 2),
        ("1%", 201, 3),
        ("1%", 1, 1),
        ("99%", 3, 3),
        ("50%", 3, 2),
        ("100%", 7, 7),
        ("33%", 100, 33),
        ("90%", 0, 0),
    ],
)
def test_needed(given: Any, clusters: int, needed: int) -> None:
    requirement = Requirement.of(given)
    assert requirement.needed(clusters) == needed
    assert Requirement.of(str(requirement)) == requirement


@pytest.mark.parametrize(
    "given", [0, "0", "0%", "101%", "-1", "-5%", "1.5", "90.5%", "most", "", None, True, False, [], 1.5, "%", "1%%", "٣", "all%"]
)
def test_what_is_no_requirement(given: Any) -> None:
    with pytest.raises(OptionError, match=r"^Option 'require': got "):
        Requirement.of(given)


# --- One sample


def about(cluster: str, *findings: tuple[str, Mark], **fields: Any) -> Subject:
    """An object of a cluster, with what is said of it."""
    found = subject(f"of-{cluster}", target=cluster, cluster_id=cluster, cluster_name=f"name-{cluster}", **fields)
    for code, mark in findings:
        saying(found, code, mark)
    return found


LATE, STUCK, GONE_BAD = ("POD_STARTING", P), ("POD_NOT_READY", F_R), ("SRC_SUSPENDED", F_T)
UNREAD, NO_CLUSTER, FORBIDDEN = ("API_UNAVAILABLE", U), ("GITOPS_NOT_FOUND", F_T), ("API_FORBIDDEN", U_T)
FORGED = ("SRC_VERIFICATION_FAILED", F_T)


def checked(
    *subjects: Subject, fleets: dict[str, Any] | None = None, targets: Any = None, endpoint: str = PODS, **more: Any
) -> CheckedSample:
    """What a check came to; ``fleets``: the clusters of each fleet, where it asks by fleet."""
    ids = targets if targets is not None else list(dict.fromkeys(each.target for each in subjects))
    chosen = selection(*(Choice("fleets", name, tuple(of), f"id-{name}") for name, of in (fleets or {}).items())) if fleets else None
    options = {"fleets": list(fleets)} if fleets else {"cluster_ids": list(ids)}
    return CheckedSample(check(more.pop("name", "pods"), endpoint, **options, **more), reading(chosen, *ids, endpoint=endpoint), subjects)


def judged(require: Any, *checks: CheckedSample) -> tuple[Tolerated, str]:
    """What is set aside, and what is left of it as a verdict."""
    tolerated = tolerate(checks, Requirement.of(require), NOW)
    return tolerated, sampled(tolerated).verdict


def sampled(tolerated: Tolerated, at: float = 0.0) -> Sample:
    """A sample of it."""
    return Sample(tolerated.checks, tolerated.subjects, set(), NOW, at, at, tolerated.counts, tolerated.set_aside)


READY, UNKNOWN, PROGRESSING, FAILED = "ready", "unknown", "progressing", "failed"
# Of four clusters a to d: what is said of some, the requirement, the verdict that is left, who is set aside.
FOUR: list[tuple[str, dict[str, Any], Any, str, str]] = [
    ("all", {"a": LATE}, "all", PROGRESSING, ""),
    ("all, as a percentage", {"a": LATE}, "100%", PROGRESSING, ""),
    ("one late of one that may be", {"a": LATE}, "75%", READY, "a"),
    ("one late of none that may be", {"a": LATE}, "76%", PROGRESSING, ""),
    ("by number", {"a": LATE}, 3, READY, "a"),
    ("by number, too many", {"a": LATE, "b": LATE}, 3, PROGRESSING, "b"),
    ("one that failed for good does not end the wait of the others", {"a": GONE_BAD, "b": LATE}, 3, PROGRESSING, "a"),
    ("two that failed for good do", {"a": GONE_BAD, "b": GONE_BAD}, 3, FAILED, "b"),
    ("the worst first", {"a": LATE, "b": UNREAD, "c": STUCK, "d": GONE_BAD}, 3, FAILED, "d"),
    ("the worst first, two", {"a": LATE, "b": UNREAD, "c": STUCK, "d": GONE_BAD}, 2, UNKNOWN, "cd"),
    ("the worst first, three", {"a": LATE, "b": UNREAD, "c": STUCK, "d": GONE_BAD}, 1, PROGRESSING, "bcd"),
    ("a reading that failed is not ready", {"a": UNREAD}, 4, UNKNOWN, ""),
    ("a reading that failed may be missing", {"a": UNREAD}, 3, READY, "a"),
    ("a cluster that is not there is never tolerated", {"a": NO_CLUSTER}, 1, FAILED, ""),
    ("nor one that may not be read", {"a": FORBIDDEN}, 1, UNKNOWN, ""),
    ("nor a forged commit", {"a": FORGED}, 1, FAILED, ""),
    ("nor beside another finding", {"a": [LATE, FORGED]}, 1, FAILED, ""),
    ("a warning is ready", {"a": ("POD_RECENT_RESTART", W)}, 4, READY, ""),
]


@pytest.mark.parametrize(("said", "require", "verdict", "without"), [row[1:] for row in FOUR], ids=[row[0] for row in FOUR])
def test_four_clusters(said: dict[str, Any], require: Any, verdict: str, without: str) -> None:
    subjects = [about(each, *(said[each] if isinstance(said.get(each), list) else [said[each]] if each in said else [])) for each in "abcd"]
    for given in (checked(*subjects), checked(*subjects, fleets={"prod": "abcd"})):
        tolerated, left = judged(require, given)
        assert (left, "".join(sorted(tolerated.set_aside))) == (verdict, without)
        assert tolerated.subjects == []
        assert [finding.verdict for each in tolerated.checks[0].subjects for finding in each.findings] == [
            finding.verdict for each in subjects for finding in each.findings
        ]  # what was found stays
        assert sampled(tolerated).has_warning is bool(without or said)


def test_more_than_there_are() -> None:
    """G8: five of four are never there, however good they are."""
    for given, words in (
        (checked(*map(about, "abcd"), fleets={"prod": "abcd"}), "5 clusters must be ready, and fleet prod has only 4."),
        (checked(*map(about, "abcd")), "5 clusters must be ready, and the question has only 4."),
    ):
        tolerated, left = judged(5, given)
        (finding,) = (finding for each in tolerated.subjects for finding in each.findings)
        assert (left, finding.code, finding.mark, finding.message) == (FAILED, "GATE_TOO_FEW_CLUSTERS", F_T, words)


def test_a_cluster_that_no_check_has_anything_to_say_of_is_not_ready() -> None:
    """G8: neither set aside unseen where all are needed, nor silently taken for ready."""
    silent = checked(*map(about, "abc"), targets="abcd")
    tolerated, left = judged(4, silent)
    assert (left, [finding.code for each in tolerated.subjects for finding in each.findings]) == (UNKNOWN, ["GATE_TOO_FEW_CLUSTERS"])
    assert "3 of 4 clusters" in tolerated.subjects[0].findings[0].message
    tolerated, left = judged(3, silent)
    assert (left, tolerated.set_aside, sampled(tolerated).has_warning) == (READY, {"d"}, True)


def test_a_cluster_that_one_check_is_silent_about_is_not_ready() -> None:
    pods, sources = checked(*map(about, "ab")), checked(about("a"), targets="ab", endpoint=SOURCES, name="sources")
    assert judged(2, pods, sources)[1] == UNKNOWN
    assert judged(1, pods, sources)[0].set_aside == {"b"}


def test_every_check_counts() -> None:
    """Half of the clusters fail in one check, the others in another: none is ready."""
    pods = checked(about("a", STUCK), about("b"))
    sources = checked(about("a"), about("b", STUCK), endpoint=SOURCES, name="sources")
    tolerated, left = judged("50%", pods, sources)
    assert (left, len(tolerated.set_aside)) == (FAILED, 1)
    assert [count.ready for count in tolerated.counts] == [0]


def test_each_fleet_counts_by_itself() -> None:
    """Nine ready clusters of one fleet do not make up for the two of another."""
    big, small = "abcdefghi", "xy"
    given = checked(*map(about, big), about("x", LATE), about("y", LATE), fleets={"big": big, "small": small})
    tolerated, left = judged("80%", given)
    assert (left, tolerated.set_aside) == (PROGRESSING, set())
    assert [(count.group.fleet, count.ready, count.required) for count in tolerated.counts] == [("big", 9, 8), ("small", 0, 2)]


def test_a_cluster_in_no_fleet_must_be_ready() -> None:
    prod = checked(*map(about, "abcd"), fleets={"prod": "abcd"})
    alone = checked(about("z", LATE), endpoint=SOURCES, name="sources")
    beside = checked(*map(about, "abcd"), about("z", LATE), fleets={"prod": "abcd"})
    for given in ((prod, alone), (beside,)):
        tolerated, left = judged("50%", *given)
        assert (left, tolerated.set_aside) == (PROGRESSING, set())


def test_a_cluster_of_two_fleets_is_set_aside_only_where_both_can_do_without() -> None:
    fleets = {"one": "abx", "two": "xy"}
    tolerated, left = judged("60%", checked(about("a"), about("b"), about("y"), about("x", LATE), fleets=fleets))
    assert (left, tolerated.set_aside) == (PROGRESSING, set())
    tolerated, left = judged("50%", checked(about("a"), about("b"), about("y"), about("x", LATE), fleets=fleets))
    assert (left, tolerated.set_aside) == (READY, {"x"})


def test_a_fleet_without_clusters_makes_nothing_ready() -> None:
    nothing = saying(subject("fleet prod", kind="Cluster", target="", cluster_id=None, notice=True), "CLUSTER_NONE", U_T)
    for require in ("1%", 1):
        tolerated, left = judged(require, checked(nothing, targets=[], fleets={"prod": ""}))
        assert (left, tolerated.set_aside) == (UNKNOWN, set())


def test_the_question_itself_is_never_tolerated() -> None:
    for code, mark in (("CLUSTER_NOT_FOUND", F_T), ("CLUSTER_AMBIGUOUS", F_T), ("LIST_INCOMPLETE", U), ("API_FORBIDDEN", U_T)):
        question = saying(subject("fleet prod", kind="Cluster", target="", cluster_id=None, notice=True), code, mark)
        given = checked(question, *map(about, "abcd"), targets="abcd", fleets={"prod": "abcd"})
        assert judged(1, given)[1] == mark.verdict


def test_an_advisory_check_neither_counts_nor_is_needed() -> None:
    pods = checked(*map(about, "abcd"))
    warns = checked(about("a", STUCK), about("b", STUCK), fleets={"prod": "ab"}, advisory=True, endpoint=SOURCES, name="sources")
    tolerated, _left = judged("100%", pods, warns)
    assert [(count.group.fleet, count.ready) for count in tolerated.counts] == [(None, 4)]
    assert tolerated.set_aside == set()


def test_what_is_waived_is_ready() -> None:
    found = about("a", STUCK)
    covered = replace(found, findings=[replace(each, weight=WAIVED) for each in found.findings])
    tolerated, left = judged(4, checked(covered, *map(about, "bcd")))
    assert (left, tolerated.set_aside, tolerated.counts[0].ready) == (READY, set(), 4)


def test_ids_are_compared_without_case() -> None:
    tolerated, left = judged(
        "50%", checked(about("A"), about("b", LATE)), checked(about("a"), about("B"), endpoint=SOURCES, name="sources")
    )
    assert (left, tolerated.set_aside, tolerated.counts[0].ready) == (READY, {"b"}, 1)


# --- Steady


def series(*samples: dict[str, Any], require: Any = 3) -> list[float]:
    """How long is missing to 30 s of ready, for samples of four clusters a to d ten seconds apart."""
    steadiness, missing = Steadiness(30), []
    for number, said in enumerate(samples):
        subjects = [
            about(each, *([said[each]] if each in said else []), age=None if each in said else 3600, parts={"p": 1}) for each in "abcd"
        ]
        seen = sampled(judged(require, checked(*subjects))[0], at=10.0 * number)
        steadiness.observe(seen)
        missing.append(steadiness.missing(seen))
    return missing


def test_a_cluster_that_was_not_needed_need_not_have_lasted() -> None:
    assert series({"a": LATE})[0] <= 0


def test_a_ready_cluster_that_is_set_aside_is_a_break() -> None:
    assert series({}, {"a": LATE})[-1] == 30
    assert series({"a": LATE}, {"b": LATE})[-1] == 30
    assert series({"a": LATE}, {"b": LATE}, {"b": LATE}, {"b": LATE}, {"b": LATE})[-1] == 0


def test_one_that_becomes_ready_is_no_break() -> None:
    assert series({"a": LATE}, {})[-1] <= 0
    assert series({"a": LATE, "b": LATE}, {"a": LATE}, {"a": STUCK}, {}, {})[-1] == 0


def test_what_goes_on_in_it_is_no_break() -> None:
    assert series({"a": LATE}, {"a": STUCK}, {"a": UNREAD}, {"a": LATE})[-1] <= 0


# --- Over the wire

FLEET = "f1000000-0000-4000-8000-00000000000a"
IDS = [f"c1000000-0000-4000-8000-0000000000{number:02d}" for number in range(10, 20)]


def fleet(**others: Any) -> dict[str, Any]:
    """Ten clusters of a fleet, healthy but for some, by their last digit."""
    entries = {}
    for number, identifier in enumerate(IDS):
        cluster = {"name": f"edge-{number}", "fleet": FLEET, "labels": {"env": "edge"}}
        entries[identifier] = {"pods": "healthy", "cluster": cluster, **others.get(f"c{number}", {})}
    return {"extends": "healthy", "clusters": entries, "fleets": {FLEET: {"name": "edge"}}}


CRASHING = {"pods": "crashing"}


def asking(run_module: Run, options: dict[str, Any], require: Any, **more: Any) -> dict[str, Any]:
    """The decision over the fleet's pods."""
    known = {"checks": [{"ucs_gitops": {"fleets": "edge"}}], "wait_timeout": 0, "enforce": False}
    return run_module("gitops_gate", **options, **{**known, **more}, require=require)


def test_no_name_of_a_cluster_is_a_command(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    """rules.rst, "Foreign text", in the headline and wherever a result lists clusters."""
    named = {"name": "::error::x\n##vso[task.complete]", "fleet": FLEET}
    simulator.load(fleet(c3={**CRASHING, "cluster": named}, c4={"cluster": named}))
    result = asking(run_module, options, "90%", checks=[{"ucs_gitops": {"fleets": "edge"}}, {"ucs_cluster": {"fleets": "edge"}}])
    assert f"Without : :error::x ## vso[task.complete] ({IDS[3]}) of fleet edge" in result["headline"]
    whole = repr({name: value for name, value in result.items() if name != "invocation"})
    assert whole.count(": :error::x ## vso[task.complete]") > 5
    assert "##vso[" not in whole
    assert "'::error" not in whole


def test_no_name_of_a_pod_is_a_command(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    body = {"items": [pod("::error::x"), pod("source-controller"), pod("kustomize-controller")]}
    simulator.load({**fleet(), "faults": [{"path": f"/v1/clusters/{IDS[3]}/gitops", "status": 200, "body": body}]})
    result = asking(run_module, options, "all", checks=[{"ucs_gitops": {"cluster_ids": IDS[3]}}])
    assert {each["name"] for each in result["checks"][0]["observed"]} == {": :error::x", "source-controller", "kustomize-controller"}


def test_what_is_missing_is_named(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load(fleet(c3=CRASHING))
    assert asking(run_module, options, "all")["decision"] == "block"
    assert asking(run_module, options, "91%")["decision"] == "block"
    result = asking(run_module, options, "90%")
    assert (result["decision"], result["outcome"]) == ("allow", "passed_with_warnings")
    assert f"Without edge-3 ({IDS[3]}) of fleet edge: 9 of 10 clusters are ready, 90% must be." in result["headline"]
    missing = [{"id": IDS[3], "name": "edge-3", "verdict": "failed"}]
    assert result["tolerance"]["groups"] == [
        {"fleet": "edge", "fleet_id": FLEET, "clusters": 10, "required": 9, "ready": 9, "missing": missing}
    ]
    against = [finding for finding in result["findings"] if finding["verdict"] != "warning"]
    assert {(finding["weight"], finding["verdict"], finding["cluster_name"]) for finding in against} == {("tolerated", "failed", "edge-3")}
    assert result["checks"][0]["verdict"] == "ready"
    assert {one["id"]: one["verdict"] for one in result["checks"][0]["targets"]}[IDS[3]] == "failed"
    assert {one["weight"] for one in result["checks"][0]["observed"] if one["verdict"] == "failed"} == {"tolerated"}


def test_readings_alone_are_counted_as_well(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load(fleet(c3=CRASHING))
    readings = [run_module("ucs_gitops_info", **options, fleets="edge", detail="summary")]
    for require, decision in (("all", "block"), (9, "allow"), ("9", "allow"), (10, "block"), (11, "block")):
        assert run_module("gitops_gate", readings=readings, require=require, enforce=False)["decision"] == decision


def test_an_unread_cluster_may_be_missing_and_an_unknown_one_may_not(
    simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    faults = [{"service": "ucs", "path": f"/v1/clusters/{IDS[3]}/gitops", "status": 503}]
    simulator.load({**fleet(), "faults": faults})
    result = asking(run_module, {**options, "request_retries": 0}, "90%")
    assert (result["outcome"], result["tolerance"]["groups"][0]["missing"][0]["verdict"]) == ("passed_with_warnings", "unknown")
    for error in ("UCS.00030001", "APIG.0302"):
        simulator.load({**fleet(), "faults": [{"service": "ucs", "path": f"/v1/clusters/{IDS[3]}/gitops", "error": error}]})
        assert asking(run_module, options, "50%")["decision"] == "block"


def test_what_is_in_no_cluster_must_be_ready(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load({**fleet(), "repositories": {"e9": {"template": "frozen", "uuid": "e9"}}})
    checks = [{"ucs_gitops": {"fleets": "edge"}}, {"codearts_repository": {"repository_uuids": "e9"}}]
    assert asking(run_module, options, "10%", checks=checks)["outcome"] == "failed"


def test_a_fleet_on_its_way(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    """One cluster fails for good at once, the others come: the gate waits for them, and goes on without the one."""
    slow = [{"service": "ucs", "path": f"/v1/clusters/{identifier}/gitops", "status": 503, "times": 2} for identifier in IDS[:5]]
    suspended = {"pods": [{"template": "image_invalid", "app": "source-controller"}]}
    simulator.load({**fleet(c9=suspended), "faults": slow})
    patient = {"wait_timeout": 60, "interval": 0.1, "steady_for": 0, "error_limit": 99}
    result = asking(run_module, {**options, "request_retries": 0}, "90%", **patient)
    assert (result["outcome"], result["samples"]) == ("passed_with_warnings", 3)
    assert [one["name"] for one in result["tolerance"]["groups"][0]["missing"]] == ["edge-9"]
    stopped = asking(run_module, options, "all", **patient)
    assert (stopped["outcome"], stopped["samples"]) == ("failed", 2)

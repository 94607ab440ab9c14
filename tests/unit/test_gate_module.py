# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The gate as a module: from checks, read from the simulator, and from readings, without a request. What a user puts in and gets out."""

from __future__ import annotations

import json
from collections import Counter
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS as REGISTRY

from simulator import Simulator

if TYPE_CHECKING:
    pass

CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
PROJECT, IAM_PROJECT, OTHER_PROJECT = (
    "b0000000000000000000000000000001",
    "a0000000000000000000000000000001",
    "a0000000000000000000000000000002",
)
REPOSITORY = "e0000000000000000000000000000001"
ENDPOINTS = {
    "ucs_repository_source": {"cluster_ids": CLUSTERS},
    "ucs_gitops": {"cluster_ids": CLUSTERS},
    "codearts_project_repository": {"project_uuids": [PROJECT]},
    "codearts_repository": {"repository_uuids": [REPOSITORY]},
    "servicestage_git_authorization": {},
}
EVERYTHING = [{name: options} for name, options in ENDPOINTS.items()]
PODS, SOURCES = {"ucs_gitops": {"cluster_ids": CLUSTERS[0]}}, {"ucs_repository_source": {"cluster_ids": CLUSTERS[0]}}
NAMES = ", ".join(REGISTRY)
MODULES = ", ".join(endpoint.module for endpoint in REGISTRY.values())
NOW = datetime(2025, 12, 1, 8, 0, 0, tzinfo=timezone.utc)
PASSWORD = {"username": "deployer", "password": "demo-password", "domain_name": "demo"}
every_endpoint = pytest.mark.parametrize("endpoint", ENDPOINTS)


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load("healthy")
    running.clear()
    return running


@pytest.fixture
def ask(options: dict[str, Any], run_module: Any) -> Any:
    """Asks the gate once, with an access key; with what is given over that."""

    def ask(checks: list[dict[str, Any]] | None = None, **more: Any) -> dict[str, Any]:
        given = {} if checks is None else {"checks": checks}
        result: dict[str, Any] = run_module("gitops_gate", **{**options, "wait_timeout": 0, **given, **more})
        return result

    return ask


@pytest.fixture
def readings(simulator: Simulator, options: dict[str, Any], run_module: Any) -> Any:
    """The results of the five info modules for a scenario, as a play would register them."""

    def take(scenario: str | dict[str, Any], **more: Any) -> list[dict[str, Any]]:
        simulator.load(scenario)
        taken = [run_module(f"{name}_info", **options, **asked, on_error="report", **more) for name, asked in ENDPOINTS.items()]
        simulator.clear()
        return taken

    return take


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def in_words(result: dict[str, Any]) -> tuple[str, str, int]:
    return result["decision"], result["outcome"], result["exit_code"]


# --- the example estates


def test_healthy_is_allowed_on_the_first_sample(simulator: Simulator, ask: Any) -> None:
    result = ask(EVERYTHING)
    assert "failed" not in result
    assert result["changed"] is False
    assert in_words(result) == ("allow", "passed", 0)
    assert (result["findings"], result["reasons"], result["causes"]) == ([], [], [])
    assert result["msg"] == (
        "Deployment allowed: everything is ready (3 of 3 clusters, 3 of 3 repositories and 2 of 2 authorizations ready)."
    )
    assert result["samples"] == 1
    assert [(one["name"], one["endpoint"], one["advisory"], one["verdict"], one["counts"]["ready"]) for one in result["checks"]] == [
        ("ucs_repository_source", "ucs_repository_source", False, "ready", 6),
        ("ucs_gitops", "ucs_gitops", False, "ready", 12),
        ("codearts_project_repository", "codearts_project_repository", False, "ready", 3),
        ("codearts_repository", "codearts_repository", False, "ready", 1),
        ("servicestage_git_authorization", "servicestage_git_authorization", False, "ready", 2),
    ]
    assert [(one["check"], one["verdict"]) for one in result["timeline"]] == [(name, "ready") for name in ENDPOINTS]
    # Every cluster once for each of both, a list, the details, the authorizations; and each id that was looked up once.
    assert Counter(entry["service"] for entry in simulator.journal) == {"ucs": 6, "codearts_repo": 2, "servicestage": 1, "iam": 2}


def test_the_documented_examples_are_blocked_with_every_reason(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    simulator.load({"extends": "documented", "clock_offset": (NOW - datetime.now(timezone.utc)).total_seconds()})
    project, repository = "4838955a48e2492bbe44b31bc4c272f6", "045ceabb9aea40579d5a759e84fa7f0a"  # which the examples are about
    codearts = [{"codearts_project_repository": {"project_uuids": project}}, {"codearts_repository": {"repository_uuids": repository}}]
    result = run_module("gitops_gate", **reach, **PASSWORD, wait_timeout=0, checks=[SOURCES, PODS, *codearts, EVERYTHING[4]])
    assert result["failed"] is True
    assert in_words(result) == ("block", "failed", 1)
    place = f"in cluster {CLUSTERS[0]}"
    lookup = "read udp 172.17.0.16:60193->10.247.3.10:53: i/o timeout"
    pod, source = "source-controller-97bdcd8cf-5fs52", "official-podinfo-repo-06"
    reasons = [
        (
            f"FAILED: Pod flux-system/{pod} {place} has been starting for too long, since 2025-11-05T03:48:06Z at least."
            " Container manager is waiting (ContainerCreating) for 26 d 4 h. [POD_STUCK_CREATING]"
            " To do: Often a volume, the network or the image is missing. See its events:"
            f" kubectl describe pod {pod} -n flux-system"
        ),
        (
            f"FAILED: GitRepository default/{source} {place} cannot be fetched (DNS), since 2023-03-16T07:58:56Z at least."
            " GitOperationFailed: failed to checkout and determine revision: unable to fetch-connect to remote"
            " 'https://github.com/GitHubxsy/podinfo': Get \"https://github.com/GitHubxsy/podinfo/info/refs?service=git-upload-pack\":"
            f" dial tcp: lookup github.com on 10.247.3.10:53: {lookup}, failing for at least 991 d 1 min. [SRC_FETCH_FAILED]"
            " To do: Check the DNS of the cluster (CoreDNS, the DNS servers of its VPC): it cannot look up the host of the URL;"
            f" then: flux reconcile source git {source} -n default"
        ),
        (
            "UNKNOWN: Repository Demo00228/CreatRepository_MI9Af: the repository's status is not stated. [REPO_STATUS_MISSING]"
            " To do: Check the project's list of repositories as well: it states the status."
        ),
        (
            f"UNKNOWN: project {project}: not everything was read. 1 of 14 repositories of project {project} were read. [LIST_INCOMPLETE]"
            " To do: Leave out listing options where some are set; otherwise read again, a list can shift while it is read."
        ),
        f"PROGRESSING: Workload flux-system/kustomize-controller {place}: an expected controller has no pod, since 2025-12-01T",
        "WARNING: 4 objects (127.0.0.1:",
    ]
    assert result["headline"] == (
        f"Deployment blocked: Pod flux-system/{pod} {place} has been starting for too long, and 4 more"
        " (0 of 1 cluster and 1 of 1 authorization ready)."
    )
    for seen, expected in zip(result["causes"], reasons):
        assert seen["text"].startswith(expected)
    assert len(result["causes"]) == len(reasons), result["causes"][len(reasons) :]
    # The source is also being reconciled, which is no second reason.
    assert result["causes"][1]["codes"] == ["SRC_FETCH_FAILED", "SRC_RECONCILING"]
    assert "SRC_RECONCILING" in codes(result)
    assert [line[:3] for line in result["msg"].splitlines()[1:]] == [
        begin for number in range(1, len(reasons) + 1) for begin in (f"{number}. ", "   ")
    ]
    # The later clock is that of this machine (rules.rst, "Time"); a receipt is not valid for longer because the service's is slow.
    decided = datetime.strptime(result["decided_at"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    assert abs(datetime.now(timezone.utc) - decided) < timedelta(minutes=1)
    assert result["valid_until"].startswith("2025-12-01T08:")
    assert {one["name"]: one["verdict"] for one in result["checks"]} == {
        "ucs_repository_source": "failed",
        "ucs_gitops": "failed",
        "codearts_project_repository": "unknown",
        "codearts_repository": "unknown",
        "servicestage_git_authorization": "ready",
    }


def test_failing_is_blocked(simulator: Simulator, ask: Any) -> None:
    simulator.load("failing")
    result = ask(EVERYTHING)
    assert result["failed"] is True
    assert in_words(result) == ("block", "failed", 1)
    failed = {(one["code"], one["name"].split("-")[0]) for one in result["findings"] if one["verdict"] == "failed"}
    assert failed == {
        ("AUTH_EXPIRED", "github"),
        ("AUTH_UNAUTHENTICATED", "gitlab"),
        ("POD_CRASH_LOOP", "source"),
        ("POD_IMAGE_PULL", "kustomize"),
        ("REPO_CREATE_FAILED", "backend"),
        ("REPO_FROZEN", "frontend"),
        ("SRC_FETCH_FAILED", "backend"),
        ("SRC_FETCH_FAILED", "frontend"),
        ("SRC_RECONCILING", "frontend"),
        ("SRC_SUSPENDED", "frontend"),
    }
    assert [one["verdict"] for one in result["checks"]] == ["failed"] * 5
    verdicts = [one["verdict"] for one in result["findings"]]
    assert verdicts == sorted(verdicts, key=["failed", "unknown", "progressing", "warning"].index)
    terminal = [one["terminal"] for one in result["findings"] if one["verdict"] == "failed"]
    assert terminal == sorted(terminal, reverse=True)
    # A cause each: what only follows from it, and what the same object says because of it, is told with it.
    told = [(reason["code"], reason["count"], reason["consequences"]) for reason in result["causes"]]
    assert told == [
        ("AUTH_EXPIRED", 1, ["1 source at its host (platform/tools)"]),
        ("REPO_CREATE_FAILED", 1, ["1 source to be fetched from it (shop/backend)"]),
        ("AUTH_UNAUTHENTICATED", 1, []),
        ("REPO_FROZEN", 1, []),
        ("SRC_SUSPENDED", 1, []),
        ("POD_CRASH_LOOP", 1, []),
        ("POD_IMAGE_PULL", 1, []),
        ("SRC_FETCH_FAILED", 1, []),
        ("REPO_PRIVATE_NO_SECRET", 1, []),
    ]


@every_endpoint
def test_empty_is_never_allowed(endpoint: str, simulator: Simulator, ask: Any) -> None:
    simulator.load("empty")
    result = ask([{endpoint: ENDPOINTS[endpoint]}])
    assert result["failed"] is True
    assert result["decision"] == "block"
    assert result["checks"][0]["verdict"] in ("failed", "unknown")
    code, outcome, verdict, clusters = {
        "ucs_repository_source": ("SRC_NONE", "undecidable", "unknown", 3),
        "ucs_gitops": ("GITOPS_NOT_ENABLED", "failed", "failed", 3),
        "codearts_project_repository": ("REPO_NONE", "undecidable", "unknown", 1),
        "codearts_repository": ("REPO_NO_PERMISSION_OR_ABSENT", "undecidable", "unknown", 1),
        "servicestage_git_authorization": ("AUTH_NONE", "undecidable", "unknown", 1),
    }[endpoint]
    # What was asked for and holds nothing is what is counted: a cluster, a project.
    assert result["checks"][0]["counts"] == {"failed": 0, "unknown": 0, "progressing": 0, "ready": 0, verdict: clusters}
    assert (set(codes(result)), result["outcome"]) == ({code}, outcome)


@every_endpoint
def test_one_refused_endpoint_makes_the_rest_undecidable(endpoint: str, simulator: Simulator, ask: Any) -> None:
    path = {
        "ucs_repository_source": "/v1/configsets/repos",
        "ucs_gitops": "/v1/clusters/*/gitops",
        "codearts_project_repository": "/v2/projects/*",
        "codearts_repository": "/v2/repositories/*",
        "servicestage_git_authorization": "/v1/*/git/auths",
    }[endpoint]
    simulator.load({"extends": "healthy", "faults": [{"path": path, "error": "APIG.0302"}]})
    result = ask(EVERYTHING)
    assert in_words(result) == ("block", "undecidable", 3)
    assert {one["name"]: one["verdict"] for one in result["checks"]} == {
        name: "unknown" if name == endpoint else "ready" for name in ENDPOINTS
    }
    assert {(one["code"], one["check"]) for one in result["findings"]} == {("API_FORBIDDEN", endpoint)}
    # Each id that was asked for is one that could not be read.
    unknown = result["checks"][list(ENDPOINTS).index(endpoint)]["counts"]["unknown"]
    assert unknown == (3 if endpoint.startswith("ucs_") else 1)
    who = "3 clusters" if endpoint.startswith("ucs_") else result["findings"][0]["name"]
    assert result["headline"].startswith(f"Deployment blocked: {who}: the credentials may not read this")


# --- the same from readings


@pytest.mark.parametrize("scenario", ["documented", "healthy", "empty", "failing"])
@pytest.mark.parametrize("detail", ["full", "summary", "packed"])
def test_readings_are_judged_as_checks_are(
    scenario: str, detail: str, simulator: Simulator, ask: Any, readings: Any, run_module: Any
) -> None:
    taken = readings(scenario, detail=detail)
    result = run_module("gitops_gate", readings=taken, expect_readings=5)
    assert simulator.journal == []  # nothing was sent, and no credentials were needed
    asked = ask(EVERYTHING)
    assert bool(result.get("failed")) is bool(asked.get("failed")) is (scenario != "healthy")
    assert in_words(result) == in_words(asked)
    assert codes(result) == codes(asked)
    assert [(one["name"], one["verdict"], one["counts"]) for one in result["checks"]] == [
        (one["name"], one["verdict"], one["counts"]) for one in asked["checks"]
    ]
    assert result["samples"] == 1


def test_a_reading_is_judged_by_its_own_question(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    expect = [{"name": "frontend", "min_role": 40}, {"name": "nowhere"}]
    reading = run_module("codearts_project_repository_info", **options, project_uuids=PROJECT, expect=expect, on_error="report")
    result = run_module("gitops_gate", readings=[reading], enforce=False)
    assert [(one["code"], one["name"], one["terminal"]) for one in result["findings"]] == [("REPO_NOT_FOUND", "nowhere", True)]


def test_the_verdict_is_made_anew(simulator: Simulator, readings: Any, run_module: Any) -> None:
    taken = readings("failing")
    for reading in taken:
        reading["ready"], reading["readiness"] = True, {"verdict": "ready", "findings": []}
    assert run_module("gitops_gate", readings=taken, enforce=False)["outcome"] == "failed"


def test_readings_of_a_loop(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    looped = {
        "results": [run_module("ucs_gitops_info", **options, cluster_ids=one) for one in CLUSTERS[:2]],
        "changed": False,
        "msg": "All items completed",
    }
    result = run_module("gitops_gate", readings=[looped], expect_readings=2)
    assert (result["decision"], [one["name"] for one in result["checks"]]) == ("allow", ["ucs_gitops", "ucs_gitops (2)"])


@pytest.mark.parametrize(
    ("count", "failed", "message"),
    [
        (3, False, "2 of 3 readings are there."),
        (2, False, None),
        (1, False, None),
        (None, True, "The task behind readings[2] failed: The control node ran out of memory"),
    ],
)
def test_missing_readings_block(count: int | None, failed: bool, message: str | None, readings: Any, run_module: Any) -> None:
    taken = readings("healthy")[:2] + ([{"failed": True, "msg": "The control node ran out of memory"}] if failed else [])
    result = run_module("gitops_gate", readings=taken, expect_readings=count)
    if message is None:
        assert in_words(result) == ("allow", "passed", 0)
        return
    assert result["failed"] is True
    assert in_words(result) == ("block", "undecidable", 3)
    (finding,) = result["findings"]
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("READING_MISSING", "unknown", True)
    assert finding["message"] == message
    assert result["headline"] == f"Deployment blocked: {message.removesuffix('.')} (3 of 3 clusters ready)."


def test_no_reading_although_some_were_expected(simulator: Simulator, run_module: Any) -> None:
    result = run_module("gitops_gate", readings=[], expect_readings=1)
    assert in_words(result) == ("block", "undecidable", 3)
    assert result["findings"][0]["message"] == "0 of 1 readings are there."


@every_endpoint
def test_the_result_of_a_failed_info_task_is_a_reading_too(
    endpoint: str, simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    simulator.load({"extends": "healthy", "faults": [{"error": "APIG.0302"}]})
    reading = run_module(f"{endpoint}_info", **options, **ENDPOINTS[endpoint], project_id=IAM_PROJECT, domain_id="d" * 32)
    assert reading["failed"] is True
    result = run_module("gitops_gate", readings=[reading], enforce=False)
    assert (result["outcome"], set(codes(result))) == ("undecidable", {"API_FORBIDDEN"})


def test_the_restart_limit_of_the_gate_outweighs_that_of_a_reading(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    pods = [{"app": "source-controller", "restarts": 4, "since": "1h"}, {"app": "kustomize-controller"}]
    simulator.load({"clusters": {CLUSTERS[0]: {"pods": pods}}})
    reading = run_module("ucs_gitops_info", **options, cluster_ids=CLUSTERS[0])
    assert run_module("gitops_gate", readings=[reading], enforce=False)["decision"] == "allow"
    strict = run_module("gitops_gate", readings=[reading], enforce=False, restart_max=3)
    assert (strict["decision"], codes(strict)) == ("block", ["POD_MANY_RESTARTS"])
    generous = run_module("ucs_gitops_info", **options, cluster_ids=CLUSTERS[0], restart_max=9)
    assert run_module("gitops_gate", readings=[generous], enforce=False)["decision"] == "allow"
    assert run_module("gitops_gate", readings=[generous], enforce=False, restart_max=3)["decision"] == "block"
    narrow = run_module("ucs_gitops_info", **options, cluster_ids=CLUSTERS[0], restart_max=3)
    assert run_module("gitops_gate", readings=[narrow], enforce=False)["decision"] == "block"


# --- how it ends


def test_enforce_off_gives_the_same_result_without_failing(simulator: Simulator, ask: Any) -> None:
    simulator.load("failing")
    on, off = ask(EVERYTHING), ask(EVERYTHING, enforce=False)
    assert (on["failed"], off.get("failed", False)) == (True, False)
    assert off["changed"] is False
    for name in ("decision", "outcome", "exit_code", "checks", "samples", "schema_version"):
        assert on[name] == off[name]
    assert codes(on) == codes(off)
    assert on.keys() - {"failed", "changed"} == off.keys() - {"changed"}


def test_check_mode_takes_one_sample_and_blocks_all_the_same(simulator: Simulator, ask: Any) -> None:
    simulator.load({"clusters": {CLUSTERS[0]: {"pods": "starting"}}})
    result = ask([PODS], _check_mode=True, wait_timeout=600)
    assert result["failed"] is True
    assert in_words(result) == ("block", "timeout", 2)
    assert result["samples"] == 1
    assert set(codes(result)) == {"POD_STARTING"}
    assert result["headline"] == (
        f"Deployment blocked: not ready in time: 4 workloads in cluster {CLUSTERS[0]} are starting (0 of 1 cluster ready)."
    )
    simulator.load("healthy")
    assert ask([PODS], _check_mode=True, wait_timeout=600)["decision"] == "allow"


def test_it_goes_on_until_everything_is_ready(simulator: Simulator, ask: Any) -> None:
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "UCS.00000013", "times": 1}]})
    check = {"name": "controllers", "ucs_gitops": {"cluster_ids": CLUSTERS[0], "enabling": True}}
    result = ask([check], wait_timeout=60, steady_for=0, interval=0.1)
    assert in_words(result) == ("allow", "passed", 0)
    assert result["samples"] == 2
    assert [(one["check"], one["verdict"]) for one in result["timeline"]] == [("controllers", "progressing"), ("controllers", "ready")]


def test_it_stops_at_once_when_waiting_cannot_help(simulator: Simulator, ask: Any) -> None:
    simulator.load("empty")
    result = ask([SOURCES], wait_timeout=600)
    assert in_words(result) == ("block", "undecidable", 3)
    assert result["samples"] == 1


def test_an_advisory_check_only_warns(simulator: Simulator, ask: Any) -> None:
    simulator.load("failing")
    checks = [{"name": "pods", "ucs_gitops": {"cluster_ids": CLUSTERS[0]}}, {"name": "extra", "advisory": True, **EVERYTHING[4]}]
    result = ask(checks)
    assert in_words(result) == ("allow", "passed_with_warnings", 0)
    assert [(one["code"], one["verdict"], one["terminal"], one["check"], one["weight"]) for one in result["findings"]] == [
        ("AUTH_EXPIRED", "failed", True, "extra", "advisory"),
        ("AUTH_UNAUTHENTICATED", "failed", True, "extra", "advisory"),
    ]
    assert result["headline"] == "Deployment allowed: everything that counts is ready, with 2 advisory findings (1 of 1 cluster ready)."
    assert result["causes"][0]["text"].startswith("ADVISORY: Authorization github")
    extra = result["checks"][1]
    assert (extra["advisory"], extra["verdict"], extra["counts"]["failed"], extra["warnings"]) == (True, "failed", 2, 0)


def test_an_advisory_check_of_nothing_warns_and_makes_nothing_else_ready(simulator: Simulator, ask: Any) -> None:
    simulator.load({"clusters": {CLUSTERS[0]: {"pods": "healthy", "sources": []}}})
    beside = ask([{"advisory": True, **SOURCES}, PODS])
    assert in_words(beside) == ("allow", "passed_with_warnings", 0)
    assert [(one["code"], one["verdict"], one["weight"]) for one in beside["findings"]] == [("SRC_NONE", "unknown", "advisory")]
    simulator.load("empty")
    assert ask([{"advisory": True, **SOURCES}, PODS])["decision"] == "block"


def test_a_gate_of_advisory_checks_alone_is_refused(simulator: Simulator, ask: Any) -> None:
    refused = 'got "advisory checks only", expected at least one check that is not advisory: else nothing decides.'
    assert ask([{"advisory": True, **SOURCES}, {"advisory": True, **PODS}])["msg"] == f"Option 'checks': {refused}"
    assert simulator.journal == []


def test_every_check_may_have_its_own_region_and_project(simulator: Simulator, ask: Any) -> None:
    simulator.load({"authorizations": {IAM_PROJECT: ["normal"], OTHER_PROJECT: ["expired"]}})
    checks = [
        {"name": "here", "servicestage_git_authorization": {}},
        {"name": "there", "region": "ap-southeast-3", "servicestage_git_authorization": {}},
        {"name": "by id", "project_id": OTHER_PROJECT, "servicestage_git_authorization": {}},
    ]
    result = ask(checks, enforce=False)
    assert {one["name"]: one["verdict"] for one in result["checks"]} == {"here": "ready", "there": "failed", "by id": "failed"}
    asked = [entry for entry in simulator.journal if entry["service"] == "servicestage"]
    assert Counter(entry["path"].split("/")[2] for entry in asked) == {IAM_PROJECT: 1, OTHER_PROJECT: 2}
    assert sorted(entry["query"] for entry in simulator.journal if entry["service"] == "iam") == ["name=ap-southeast-3", "name=cn-north-4"]


def test_the_project_of_the_task_is_that_of_every_check_without_its_own(simulator: Simulator, ask: Any) -> None:
    ask([{"servicestage_git_authorization": {}}], project_id=OTHER_PROJECT)
    assert [entry["path"] for entry in simulator.journal] == [f"/v1/{OTHER_PROJECT}/git/auths"]


def test_names_of_checks_are_unique(simulator: Simulator, ask: Any) -> None:
    result = ask([PODS, PODS, {"name": "ucs_gitops (2)", **PODS}, {"name": "mine", **PODS}, {"name": "mine", **SOURCES}])
    assert [one["name"] for one in result["checks"]] == ["ucs_gitops", "ucs_gitops (2)", "ucs_gitops (2) (2)", "mine", "mine (2)"]


def test_details_and_list_complete_each_other(simulator: Simulator, ask: Any) -> None:
    listed = {"repositories": [{"name": "frontend", "uuid": REPOSITORY}], "details": {REPOSITORY: {"status": None}}}
    simulator.load({"projects": {PROJECT: listed}})
    alone = ask([EVERYTHING[3]], enforce=False)
    assert (alone["outcome"], codes(alone)) == ("undecidable", ["REPO_STATUS_MISSING"])
    together = ask(EVERYTHING[2:4])
    assert (together["outcome"], codes(together)) == ("passed", [])


def test_a_source_says_nothing_while_its_controller_is_down(simulator: Simulator, ask: Any) -> None:
    pods = [{"template": "crash", "app": "source-controller"}, {"app": "kustomize-controller"}]
    simulator.load({"clusters": {CLUSTERS[0]: {"pods": pods, "sources": ["ready"]}}})
    assert ask([SOURCES])["decision"] == "allow"
    result = ask([PODS, SOURCES], enforce=False)
    assert codes(result) == ["POD_CRASH_LOOP", "SRC_READY_CONTROLLER_DOWN"]
    assert result["checks"][1]["verdict"] == "unknown"


# --- waivers


def waiver(days: int = 30, **more: Any) -> dict[str, Any]:
    expires = (datetime.now(timezone.utc) + timedelta(days=days)).date().isoformat()
    given = {
        "code": "SRC_SUSPENDED",
        "kind": "GitRepository",
        "name": "shop/*",
        "reason": "CHG-1234",
        "owner": "platform",
        "expires": expires,
    }
    return {**given, **more}


SUSPENDED = {
    "clusters": {
        CLUSTERS[0]: {
            "sources": [{"template": "suspended", "name": "frontend", "namespace": "shop", "repo_status": None}, {"name": "backend"}]
        }
    }
}


def test_a_waiver_lets_through_and_stays_visible(simulator: Simulator, ask: Any) -> None:
    simulator.load(SUSPENDED)
    assert (ask([SOURCES])["outcome"], codes(ask([SOURCES]))) == ("failed", ["SRC_SUSPENDED"])
    result = ask([SOURCES], waivers=[waiver()])
    assert in_words(result) == ("allow", "passed_with_warnings", 0)
    (finding,) = result["findings"]
    assert (finding["code"], finding["verdict"], finding["waived"]) == ("SRC_SUSPENDED", "failed", True)
    assert result["causes"][0]["text"].startswith("WAIVED: GitRepository shop/frontend in ")
    for day in (0, 90):
        assert ask([SOURCES], waivers=[waiver(days=day)])["decision"] == "allow"


def test_an_expired_waiver_counts_no_longer(simulator: Simulator, ask: Any) -> None:
    simulator.load(SUSPENDED)
    old = waiver(days=-1)
    result = ask([SOURCES], waivers=[old])
    assert in_words(result) == ("block", "failed", 1)
    assert codes(result) == ["SRC_SUSPENDED", "WAIVER_EXPIRED"]
    assert result["findings"][1]["message"] == (f"The waiver for SRC_SUSPENDED of platform ended on {old['expires']} and no longer counts.")


@pytest.mark.parametrize("more", [{"name": "other/*"}, {"kind": "Pod"}, {"code": "SRC_STALLED"}])
def test_a_waiver_that_fits_nothing_is_told(more: dict[str, str], simulator: Simulator, ask: Any) -> None:
    simulator.load("healthy")
    result = ask([SOURCES], waivers=[waiver(**more)])
    assert in_words(result) == ("allow", "passed_with_warnings", 0)
    assert codes(result) == ["WAIVER_UNUSED"]


def late() -> str:
    return (datetime.now(timezone.utc).date() + timedelta(days=90)).isoformat()


BAD_WAIVERS = [
    ({"owner": ""}, "Option 'waivers[1].owner': got \"\", expected a text; a waiver needs code, kind, name, reason, owner and expires."),
    (
        {"reason": " "},
        "Option 'waivers[1].reason': got \" \", expected a text; a waiver needs code, kind, name, reason, owner and expires.",
    ),
    ({"expires": "soon"}, "Option 'waivers[1].expires': got \"soon\", expected a date such as 2026-12-31."),
    ({"expires": "31.12.2026"}, "Option 'waivers[1].expires': got \"31.12.2026\", expected a date such as 2026-12-31."),
    (
        {"code": "SRC_GONE"},
        ("Option 'waivers[1].code': got \"SRC_GONE\", expected a code from the catalogue of findings, such as SRC_NONE."),
    ),
    *[
        ({"code": code}, f"Option 'waivers[1].code': got \"{code}\", expected a code that can be waived; this one never can.")
        for code in (
            "API_UNAVAILABLE",
            "API_FORBIDDEN",
            "LIST_INCOMPLETE",
            "SRC_VERIFICATION_FAILED",
            "SRC_MISSING",
            "REPO_NOT_FOUND",
            "AUTH_NOT_FOUND",
            "CONTROLLER_MISSING",
            "GITOPS_NOT_FOUND",
            "READING_MISSING",
            "GATE_NOT_STEADY",
            "WAIVER_EXPIRED",
        )
    ],
    (
        {"kind": "Deployment"},
        (
            "Option 'waivers[1].kind': got \"Deployment\","
            " expected one of Cluster, Workload, Pod, GitRepository, OCIRepository, Bucket, HelmRepository, ConfigSet, Repository,"
            " Commit, Authorization, DeclaredGitRepository, DeclaredKustomization, DeclaredHelmRelease, File, API."
        ),
    ),
]


@pytest.mark.parametrize(("more", "message"), BAD_WAIVERS, ids=lambda value: "-".join(value.values()) if isinstance(value, dict) else None)
def test_waivers_that_are_refused(more: dict[str, str], message: str, simulator: Simulator, ask: Any) -> None:
    result = ask([SOURCES], waivers=[waiver(), waiver(**more)])
    assert (result["failed"], result["msg"]) == (True, message)
    assert simulator.journal == []


def test_a_waiver_must_not_last_for_ever(simulator: Simulator, ask: Any) -> None:
    far = waiver(days=91)
    result = ask([SOURCES], waivers=[far])
    assert result["msg"] == (
        f"Option 'waivers[0].expires': got \"{far['expires']}\", expected a date at most 90 days ahead, {late()} or earlier."
    )
    assert simulator.journal == []


@pytest.mark.parametrize("name", ["code", "kind", "name", "reason", "owner", "expires"])
def test_every_part_of_a_waiver_is_needed(name: str, simulator: Simulator, ask: Any) -> None:
    incomplete = {key: value for key, value in waiver().items() if key != name}
    assert ask([SOURCES], waivers=[incomplete])["msg"] == f"missing required arguments: {name} found in waivers"


# --- bad input


NOT_ONE = f"expected exactly one of {NAMES}, with its options ({{}} where it needs none)."
OF_BASIC = "Unsupported parameters for (basic.py) module:"  # a module by itself says it in Ansible's words
SOME_OF_THEM = "There are: cluster_id, cluster_ids, cluster_labels, cluster_name, cluster_names, ...."
OF_AN_ENTRY = f"Supported parameters include: {', '.join(sorted(['advisory', 'name', 'project_id', 'region', *REGISTRY]))}."
BAD_CHECKS: list[tuple[str, list[Any], str]] = [
    ("none", [], "Option 'checks': got [], expected at least one check: a gate without checks would prove nothing."),
    ("two endpoints", [{**PODS, **SOURCES}], f"Option 'checks[0]': got ucs_repository_source and ucs_gitops, {NOT_ONE}"),
    ("no endpoint", [{}], f"Option 'checks[0]': got no kind of check, {NOT_ONE}"),
    ("only a name", [PODS, {"name": "controllers", "advisory": True}], f"Option 'checks[1]': got no kind of check, {NOT_ONE}"),
    ("endpoint unknown", [{"ucs_pods": {"cluster_ids": CLUSTERS[0]}}], f"{OF_BASIC} checks.ucs_pods. {OF_AN_ENTRY}"),
    (
        "endpoint without its options",
        [PODS, {"servicestage_git_authorization": None}],
        f"Option 'checks[1]': got no kind of check, {NOT_ONE}",
    ),
    (
        "no ids",
        [{"ucs_gitops": {}}],
        (
            "Option 'checks[0].ucs_gitops.cluster_ids': got nothing, expected at least one identifier, or cluster_names, fleets or "
            "cluster_labels in its place."
        ),
    ),
    (
        "empty ids",
        [PODS, {"ucs_gitops": {"cluster_ids": []}}],
        "Option 'checks[1].ucs_gitops.cluster_ids': got [], expected at least one identifier.",
    ),
    (
        "an id that changes the path",
        [{"ucs_repository_source": {"cluster_ids": "../clusters"}}],
        (
            "Option 'checks[0].ucs_repository_source.cluster_ids': got \"../clusters\","
            " expected an identifier: not empty, not '.' or '..', without '/', '\\' or control characters."
        ),
    ),
    (
        "listing option",
        [{"ucs_gitops": {**PODS["ucs_gitops"], "limit": 3}}],
        f"Unsupported parameters: checks[0].ucs_gitops.limit. {SOME_OF_THEM}",
    ),
    (
        "misspelt option",
        [{"ucs_gitops": {**PODS["ucs_gitops"], "enable": True}}],
        "Unsupported parameters: checks[0].ucs_gitops.enable. Nearest: enabling.",
    ),
    ("credentials in an entry", [{**PODS, "access_key": "AK"}], f"{OF_BASIC} checks.access_key. {OF_AN_ENTRY}"),
    (
        "credentials in an endpoint",
        [{"ucs_gitops": {**PODS["ucs_gitops"], "secret_key": "a-secret-key"}}],
        f"Unsupported parameters: checks[0].ucs_gitops.secret_key. {SOME_OF_THEM}",
    ),
    (
        "misspelt option in an expectation",
        [{"ucs_repository_source": {"cluster_ids": CLUSTERS[0], "expect": [{"nam": "frontend"}]}}],
        "Unsupported parameters: checks[0].ucs_repository_source.expect[0].nam. Nearest: name, namespace.",
    ),
    (
        "expectation of nothing",
        [PODS, {"ucs_repository_source": {"cluster_ids": CLUSTERS[0], "expect": [{"name": "a"}, {"branch": "main"}]}}],
        "Option 'checks[1].ucs_repository_source.expect[1]': got branch, expected a name or a url, to know which source is meant.",
    ),
    (
        "expectation with an empty text",
        [PODS, {"ucs_repository_source": {"cluster_ids": CLUSTERS[0], "expect": [{"name": "a"}, {"name": "b", "url": " "}]}}],
        "Option 'checks[1].ucs_repository_source.expect[1].url': got \" \", expected a text, or to be left out where nothing is demanded.",
    ),
    (
        "size without unit",
        [{"codearts_project_repository": {"project_uuids": PROJECT, "expect": [{"name": "a", "max_size": "100"}]}}],
        (
            "Option 'checks[0].codearts_project_repository.expect[0].max_size': got \"100\","
            " expected a size with its unit, such as 512M or 2G."
        ),
    ),
    (
        "negative restarts",
        [{"ucs_gitops": {**PODS["ucs_gitops"], "restart_max": -1}}],
        "Option 'checks[0].ucs_gitops.restart_max': got -1, expected a number from 0 on; left out, many restarts are only a warning.",
    ),
]


@pytest.mark.parametrize(("checks", "message"), [given[1:] for given in BAD_CHECKS], ids=[given[0] for given in BAD_CHECKS])
def test_bad_checks(checks: list[Any], message: str, simulator: Simulator, ask: Any) -> None:
    result = ask(checks)
    assert (result["failed"], result["msg"]) == (True, message)
    assert "decision" not in result
    assert simulator.journal == []


NO_READING = f"expected a registered result of one of {MODULES}."
READING: dict[str, Any] = {"endpoint": "ucs_gitops", "schema_version": 2, "question": {}, "errors": [], "clusters": []}
OF_THIS_VERSION = "expected 2, as this version of the collection writes it; read again with this version."
BAD_READINGS: list[tuple[str, list[Any], str]] = [
    ("none", [], "Option 'readings': got [], expected at least one reading: a gate without readings would prove nothing."),
    ("empty", [{}], f"Option 'readings[0]': got a dict with nothing, {NO_READING}"),
    ("of something else", [{"stdout": "", "rc": 0}], f"Option 'readings[0]': got a dict with rc, stdout, {NO_READING}"),
    ("skipped", [{"skipped": True, "changed": False}], f"Option 'readings[0]': got a skipped task, {NO_READING}"),
    (
        "of another endpoint",
        [{"endpoint": "x", "read_at": ""}],
        f"Option 'readings[0]': got a dict with endpoint, read_at, {NO_READING}",
    ),
    (
        "without its list",
        [{**READING, "clusters": None}],
        "Option 'readings[0].clusters': got null, expected a list: the whole registered result of ucs_gitops_info.",
    ),
    (
        "without its question",
        [{**READING, "question": "none"}],
        "Option 'readings[0].question': got \"none\", expected a dict: the whole registered result of ucs_gitops_info.",
    ),
    ("skipped in a loop", [{"results": [{"skipped": True}]}], f"Option 'readings[0].results[0]': got a skipped task, {NO_READING}"),
    ("an empty loop", [{"results": []}], f"Option 'readings[0]': got a loop over nothing, {NO_READING}"),
    ("an empty loop beside a reading", [READING, {"results": []}], f"Option 'readings[1]': got a loop over nothing, {NO_READING}"),
    (
        "of another version",
        [{**READING, "schema_version": 1}],
        f"Option 'readings[0].schema_version': got 1, {OF_THIS_VERSION}",
    ),
    ("without its version", [{"endpoint": "ucs_gitops"}], f"Option 'readings[0].schema_version': got null, {OF_THIS_VERSION}"),
    (
        "without the time of an entry",
        [{**READING, "clusters": [{"cluster_id": CLUSTERS[0], "read_at": "soon", "pods": []}]}],
        "Option 'readings[0].clusters[0]': got half an entry, expected cluster_id and read_at, as ucs_gitops_info returns them.",
    ),
    (
        "without the id of an entry",
        [{**READING, "clusters": [{"read_at": "2026-11-21T12:00:00Z", "pods": []}]}],
        "Option 'readings[0].clusters[0]': got half an entry, expected cluster_id and read_at, as ucs_gitops_info returns them.",
    ),
    (
        "half an error",
        [{**READING, "errors": [{"cluster_id": CLUSTERS[0], "read_at": "2026-11-21T12:00:00Z"}]}],
        "Option 'readings[0].errors[0]': got half an error, expected an error as ucs_gitops_info returns it.",
    ),
    (
        "of advisory checks alone",
        [{**READING, "advisory": "yes"}],
        "Option 'readings': got \"advisory checks only\", expected at least one check that is not advisory: else nothing decides.",
    ),
    ("advisory or not", [{**READING, "advisory": "perhaps"}], "Option 'readings[0].advisory': got \"perhaps\", expected true or false."),
]


@pytest.mark.parametrize(("readings_given", "message"), [given[1:] for given in BAD_READINGS], ids=[given[0] for given in BAD_READINGS])
def test_bad_readings(readings_given: list[Any], message: str, run_module: Any) -> None:
    result = run_module("gitops_gate", readings=readings_given)
    assert (result["failed"], result["msg"]) == (True, message)
    assert "decision" not in result


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"checks": None}, "one of the following is required: checks, readings"),
        ({"checks": None, "readings": [], "receipt": "gate.json"}, "parameters are mutually exclusive: receipt|readings"),
        ({"readings": [{"failed": True, "msg": "lost"}], "receipt": "gate.json"}, "parameters are mutually exclusive: receipt|readings"),
        ({"expect_readings": 1}, "Option 'expect_readings': got 1, expected readings beside it."),
        ({"wait_timeout": 600, "steady_for": 601}, "Option 'steady_for': got 10 min 1 s, expected at most wait_timeout, which is 10 min."),
        ({"wait_timeout": 10}, "Option 'steady_for': got 30 s, expected at most wait_timeout, which is 10 s."),
        ({"wait_timeout": -1}, "Option 'wait_timeout': got -1.0, expected a number from 0 on."),
        ({"steady_for": -1}, "Option 'steady_for': got -1.0, expected a number from 0 on."),
        ({"interval": 0}, "Option 'interval': got 0.0, expected a number from 0.1 on."),
        ({"checks": None, "readings": [], "expect_readings": -1}, "Option 'expect_readings': got -1, expected a number from 1 on."),
        ({"error_limit": 0}, "Option 'error_limit': got 0, expected a number from 1 on."),
        ({"restart_max": -1}, "Option 'restart_max': got -1, expected a number from 0 on."),
        ({"stuck_after": -1}, "Option 'stuck_after': got -1.0, expected a number of seconds, 0 or more."),
        ({"failure_grace": -1}, "Option 'failure_grace': got -1.0, expected a number of seconds, 0 or more."),
        (
            {"codearts_timezone": "Mars/Olympus"},
            "Option 'codearts_timezone': got \"Mars/Olympus\", expected an IANA time zone such as Asia/Shanghai or UTC.",
        ),
        ({"fail_fast": "always"}, "value of fail_fast must be one of: terminal, any, never, got: always"),
        ({"max_concurrency": 0}, "Option 'max_concurrency': got 0, expected a number from 1 to 86400."),
        (
            {"secret_key": None},
            "Half a set of credentials in task options: got access_key, expected secret_key as well. Sources are never mixed.",
        ),
    ],
    ids=lambda value: "-".join(value) if isinstance(value, dict) else None,
)
def test_bad_options(given: dict[str, Any], message: str, simulator: Simulator, ask: Any) -> None:
    result = ask(**{"checks": [PODS], **given})
    assert (result["failed"], result["msg"]) == (True, message)
    assert simulator.journal == []


def test_an_unknown_region_fails_instead_of_being_a_finding(simulator: Simulator, ask: Any) -> None:
    result = ask([{**PODS, "region": "xx-nowhere-1"}], endpoints={"iam": simulator.urls["iam"]})
    assert result["msg"].startswith("Option 'region': got \"xx-nowhere-1\", expected a region where ucs is known in myhuaweicloud.com (")
    assert result["msg"].endswith("), or the host in 'endpoints.ucs'.")


# --- secrets


def test_no_secret_in_the_result(simulator: Simulator, reach: dict[str, Any], run_module: Any) -> None:
    secrets = {"users": {"deployer": "CanaryPassword"}, "keys": {"DEMOACCESSKEY0000001": "CanarySecretKey"}}
    url = "https://bot:CanaryUrl@repo.example.com/shop.git"
    broken = {"template": "auth_failed", "url": url, "secret": "s", "set": {"secretInfo": {"secret": {"password": "CanaryInfo"}}}}
    simulator.load(
        {
            "extends": "failing",
            "accounts": {"demo": secrets},
            "clusters": {CLUSTERS[0]: {"sources": [broken]}},
            "faults": [{"service": "codearts_repo", "error": "APIG.0302", "message": f"CanaryPassword CanarySecretKey {url}"}],
        }
    )
    for given in (
        {"username": "deployer", "password": "CanaryPassword", "domain_name": "demo"},
        {"access_key": "DEMOACCESSKEY0000001", "secret_key": "CanarySecretKey"},
    ):
        result = run_module("gitops_gate", **reach, **given, wait_timeout=0, checks=EVERYTHING)
        text = json.dumps(result)
        assert {"SRC_FETCH_FAILED", "API_FORBIDDEN"} <= set(codes(result))
        assert "MII" not in text
        for secret in ("CanaryUrl", "CanaryInfo", given.get("password") or given["secret_key"]):
            assert secret not in text


def test_a_new_cluster_is_watched_in_real_time_until_it_is_steady(simulator: Simulator, run_module: Any, options: dict[str, Any]) -> None:
    """The engine, the clock and the wire together; everything else about waiting is tested with a clock that does not run."""
    simulator.load("healing", elapsed=3.5)
    cluster = "c1000000-0000-4000-8000-000000000001"
    checks = [{"ucs_gitops": {"cluster_ids": [cluster]}}, {"ucs_repository_source": {"cluster_ids": [cluster]}}]
    result = run_module("gitops_gate", checks=checks, wait_timeout=60, interval=0.3, steady_for=0.6, **options)
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    sources = [change["verdict"] for change in result["timeline"] if change["check"] == "ucs_repository_source"]
    assert sources == ["progressing", "ready"]
    assert result["samples"] >= 3
    assert result["waited_seconds"] >= 0.6
    reads = [one for one in simulator.journal if one["service"] == "ucs"]
    assert len(reads) == 2 * result["samples"]

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters and fleets over the wire: read, selected by name, fleet and labels, fixed and watched by the gate (rules.rst, "Clusters")."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.clusters import Cluster
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.selections import label_text
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.receipt import receipt_of, render

from .guides import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator import Simulator

    Run = Callable[..., dict[str, Any]]

EU, ASIA, STAGING = (f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3))
PROD, STAGE = (f"f1000000-0000-4000-8000-00000000000{number}" for number in (1, 2))
NEW = "c1000000-0000-4000-8000-000000000004"
LISTS = ["/v1/clustergroups", "/v1/clusters"]
EVERY_CHECK = ("ucs_gitops", "ucs_repository_source", "ucs_config_set", "ucs_cluster")


def asked(simulator: Simulator) -> list[str]:
    """The paths asked of UCS, in order of their names."""
    return sorted(entry["path"] for entry in simulator.journal if entry["service"] == "ucs")


def codes(result: dict[str, Any]) -> list[str]:
    """The codes of a result's findings."""
    return [finding["code"] for finding in (result.get("readiness") or result)["findings"]]


def estate(**clusters: Any) -> dict[str, Any]:
    """The healthy estate with other words for some clusters."""
    return {"extends": "healthy", "clusters": {globals()[name]: words for name, words in clusters.items()}}


# --- The lists


def test_all_clusters_and_fleets(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    result = run_module("ucs_cluster_info", **options, list_fleets=True)
    assert [(one["cluster_id"], one["metadata"]["name"], one["readiness"]["verdict"]) for one in result["clusters"]] == [
        (EU, "prod-eu", "ready"),
        (ASIA, "prod-asia", "ready"),
        (STAGING, "staging", "ready"),
    ]
    assert [(fleet["metadata"]["uid"], fleet["metadata"]["name"]) for fleet in result["fleets"]] == [(PROD, "prod"), (STAGE, "staging")]
    assert (result["ready"], result["errors"], asked(simulator)) == (True, [], LISTS)
    assert result["selection"]["lists"] == [{"of": "clusters", "came": 3, "total": 3, "unreadable": 0}]


@pytest.mark.parametrize(
    ("given", "query"),
    [
        ({"category": "self"}, "category=self"),
        ({"managetype": "discrete"}, "managetype=discrete"),
        ({"clustergroupid": PROD}, f"clustergroupid={PROD}"),
        ({"enablestatus": False}, "enablestatus=false"),
        ({"limit": 2, "offset": 1}, "limit=2&offset=1"),
        ({"order_by": "update_at", "order": "asc"}, "order=asc&order_by=update_at"),
    ],
)
def test_filters_are_handed_on(given: dict[str, Any], query: str, simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    result = run_module("ucs_cluster_info", **options, **given)
    assert [entry["query"] for entry in simulator.journal if entry["service"] == "ucs"] == [query]
    assert result["question"]["filters"]
    expected = {"managetype": 0, "clustergroupid": 2, "limit": 2}
    assert len(result["clusters"]) == next((count for name, count in expected.items() if name in given), 3)
    # A page is no whole list, and a filter that leaves nothing is no estate that is ready.
    assert codes(result) == (["LIST_INCOMPLETE"] if "limit" in given else ["CLUSTER_NONE"] if "managetype" in given else [])


def test_a_narrowed_reading_is_none_of_a_check(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    reading = run_module("ucs_cluster_info", **options, category="self")
    result = run_module("gitops_gate", **options, checks=[{"ucs_cluster": {}}], readings=[reading], wait_timeout=0)
    assert "expected a reading of one of the checks" in result["msg"]
    whole = run_module("ucs_cluster_info", **options)
    assert run_module("gitops_gate", **options, checks=[{"ucs_cluster": {}}], readings=[whole], wait_timeout=0)["decision"] == "allow"


@pytest.mark.parametrize("most", [1, 2, 3])
def test_further_pages_are_read(most: int, simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load({"extends": "healthy", "most_per_page": most})
    result = run_module("ucs_cluster_info", **options, fleets="prod", cluster_names="staging")
    assert [one["cluster_id"] for one in result["clusters"]] == [STAGING, EU, ASIA]
    assert asked(simulator).count("/v1/clusters") == -(-3 // most)
    assert result["ready"]


def test_a_page_that_repeats_itself_ends_the_list(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    body = {"items": [{"metadata": {"uid": EU, "name": "prod-eu"}, "status": {"phase": "Available"}}], "total": 2}
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clusters", "body": body}]})
    result = run_module("ucs_gitops_info", **options, cluster_names="prod-eu")
    assert codes(result) == ["LIST_INCOMPLETE"]
    assert (result["ready"], asked(simulator).count("/v1/clusters")) == (False, 2)


@pytest.mark.parametrize("uid", [{"id": EU}, [EU], 7, None])
def test_a_cluster_whose_id_is_no_text_is_none_that_was_meant(
    uid: Any, simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    body = {"items": [{"metadata": {"uid": uid, "name": "prod-eu"}, "status": {"phase": "Available"}}], "total": 1}
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clusters", "body": body}]})
    for asked_for in ({"cluster_names": "prod-eu"}, {"cluster_ids": EU}, {}):
        result = run_module("ucs_cluster_info", **options, **asked_for)
        assert (codes(result), result["ready"]) == (["API_SHAPE"], False)


# --- By name


def test_what_is_asked_is_the_union(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    by_name = {"cluster_ids": [STAGING.upper(), ASIA], "cluster_names": ["prod-asia"], "fleets": [PROD], "cluster_labels": {"env": "prod"}}
    result = run_module("ucs_cluster_info", **options, **by_name)
    assert [one["cluster_id"] for one in result["clusters"]] == [STAGING, ASIA, EU]
    simulator.clear()
    result = run_module("ucs_repository_source_info", **options, fleets="prod", cluster_names=["prod-eu", "staging"])
    assert [one["cluster_id"] for one in result["clusters"]] == [EU, STAGING, ASIA]
    assert asked(simulator) == [*LISTS, *["/v1/configsets/repos"] * 3]
    assert result["selection"]["names"] == {EU: "prod-eu", STAGING: "staging", ASIA: "prod-asia"}


def test_ids_alone_are_not_looked_up(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    result = run_module("ucs_gitops_info", **options, cluster_ids=[EU])
    assert (asked(simulator), result["selection"]) == ([f"/v1/clusters/{EU}/gitops"], None)


def test_labels_need_not_be_texts(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load(estate(EU={"cluster": {"labels": {"tier": "1", "main": "true"}}}))
    result = run_module("ucs_cluster_info", **options, cluster_labels={"tier": 1, "main": True})
    assert [one["cluster_id"] for one in result["clusters"]] == [EU]
    assert result["selection"]["choices"][0]["asked"] == "main=true, tier=1"


@pytest.mark.parametrize("labels", [{"7": "x", "main": "true"}, {"7": "x", "main": True}])
def test_labels_are_compared_as_texts(labels: dict[str, Any]) -> None:
    """YAML makes numbers of names, too; and a cluster must not be left out because its labels are no texts."""
    asked = {7: "x", "main": True}
    assert Cluster({"metadata": {"labels": labels}}).has_labels(asked)
    assert not Cluster({"metadata": {"labels": {**labels, "main": None}}}).has_labels(asked)
    assert label_text(asked) == "7=x, main=true"


UNCLEAR: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("no cluster", {}, {"cluster_names": "prod-ue"}, "CLUSTER_NOT_FOUND", "There is no cluster of the name prod-ue. Nearest: prod-eu"),
    ("other case", {}, {"cluster_names": "Prod-EU"}, "CLUSTER_NOT_FOUND", "There is no cluster of the name Prod-EU. Nearest: prod-eu"),
    ("no fleet", {}, {"fleets": "production"}, "CLUSTER_NOT_FOUND", "There is no fleet of the name production. Nearest: prod."),
    (
        "a name twice",
        {"extends": "same_names"},
        {"cluster_names": "prod-eu"},
        "CLUSTER_AMBIGUOUS",
        f"2 clusters have the name prod-eu: {EU}, {ASIA}.",
    ),
    (
        "a fleet's name twice",
        {"extends": "same_names"},
        {"fleets": "prod"},
        "CLUSTER_AMBIGUOUS",
        f"2 fleets have the name prod: {PROD}, {STAGE}.",
    ),
    (
        "a fleet without clusters",
        {"fleets": {"f9": {"name": "edge"}}},
        {"fleets": "edge"},
        "CLUSTER_NONE",
        "The fleet edge has no cluster.",
    ),
    ("labels nobody has", {}, {"cluster_labels": {"env": "edge"}}, "CLUSTER_NONE", "No cluster has the labels env=edge."),
    ("not all labels", {}, {"cluster_labels": {"env": "prod", "x": "y"}}, "CLUSTER_NONE", "No cluster has the labels env=prod, x=y."),
]


@pytest.mark.parametrize("endpoint", EVERY_CHECK)
@pytest.mark.parametrize(("more", "question", "code", "message"), [row[1:] for row in UNCLEAR], ids=[row[0] for row in UNCLEAR])
def test_what_is_not_clear_is_never_ready(
    endpoint: str,
    more: dict[str, Any],
    question: dict[str, Any],
    code: str,
    message: str,
    simulator: Simulator,
    options: dict[str, Any],
    run_module: Run,
) -> None:
    simulator.load({"extends": "healthy", **more})
    info = run_module(f"{endpoint}_info", **options, **question)
    (finding,) = info["readiness"]["findings"]
    assert finding["code"] == code
    assert finding["message"].startswith(message)
    gate = run_module("gitops_gate", **options, checks=[{endpoint: question}], wait_timeout=0, enforce=False)
    assert (gate["decision"], codes(gate)) == ("block", [code])
    again = run_module("gitops_gate", readings=[info], enforce=False)
    assert (again["decision"], codes(again)) == ("block", [code])
    # Beside a cluster that is ready, it blocks as well.
    beside = {**question, "cluster_ids": [STAGING]}
    assert run_module("gitops_gate", **options, checks=[{endpoint: beside}], wait_timeout=0, enforce=False)["decision"] == "block"


@pytest.mark.parametrize(
    ("item", "question"),
    [
        ({"metadata": {"name": "x"}}, {"cluster_names": "prod-eu"}),
        ({"metadata": {"uid": 7, "name": "x"}}, {"fleets": "prod"}),
        ({"metadata": {"uid": "x", "labels": ["env=prod"]}}, {"cluster_labels": {"env": "prod"}}),
        ({"metadata": {"uid": "x"}, "spec": {"clusterGroupID": [PROD]}}, {"fleets": "prod"}),
        ("x", {"cluster_names": "prod-eu"}),
    ],
)
def test_a_cluster_that_cannot_be_told_from_those_meant(
    item: Any, question: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    known = {"metadata": {"uid": EU, "name": "prod-eu", "labels": {"env": "prod"}}, "spec": {"clusterGroupID": PROD}}
    simulator.load(
        {"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clusters", "body": {"items": [known, item], "total": 2}}]}
    )
    result = run_module("ucs_gitops_info", **options, **question)
    assert (result["ready"], codes(result)) == (False, ["API_SHAPE"])


@pytest.mark.parametrize("order", [1, -1])
def test_of_a_cluster_that_is_listed_twice_both_statements_count(
    order: int, simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    """The worse state decides, it is meant by either name or fleet, and one name is not ambiguous for it."""
    items = [cluster_item("Available", PROD), cluster_item("Unavailable", STAGE, uid=EU.upper())][::order]
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clusters", "body": {"items": items, "total": 1}}]})
    for question in ({"cluster_names": "prod-eu"}, {"fleets": "prod"}, {"fleets": "staging"}, {"cluster_ids": EU}, {}):
        result = run_module("ucs_cluster_info", **options, **question)
        assert (result["ready"], codes(result)) == (False, ["CLUSTER_PHASE_UNDOCUMENTED"])


@pytest.mark.parametrize("question", [{"cluster_names": "prod-eu"}, {"fleets": "prod"}], ids=repr)
@pytest.mark.parametrize("module", ["ucs_cluster", "ucs_gitops"])
def test_a_cluster_that_is_listed_twice_stands_where_another_is_missing(
    module: str, question: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    """The one that did not come may be of the same name or fleet."""
    items = [cluster_item("Available", PROD), cluster_item("Available", PROD, uid=EU.upper())]
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clusters", "body": {"items": items, "total": 2}}]})
    result = run_module("gitops_gate", **options, checks=[{module: question}], wait_timeout=0, enforce=False)
    assert (result["outcome"], codes(result)) == ("undecidable", ["LIST_INCOMPLETE"])
    assert result["findings"][0]["message"].startswith("1 of 2 clusters came")


def cluster_item(phase: str, fleet: str, uid: str = EU) -> dict[str, Any]:
    """A cluster as the list has it."""
    return {"metadata": {"uid": uid, "name": "prod-eu"}, "spec": {"clusterGroupID": fleet}, "status": {"phase": phase}}


@pytest.mark.parametrize(("error", "code"), [("APIG.0302", "API_FORBIDDEN"), ("APIG.0101", "API_WITHDRAWN")])
def test_lists_that_may_not_be_read(error: str, code: str, simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "path": "/v1/clustergroups", "error": error}]})
    failed = run_module("ucs_gitops_info", **options, fleets="prod")
    assert failed["failed"]
    assert "/v1/clustergroups" in failed["msg"]
    checks = [{name: {"fleets": "prod"}} for name in EVERY_CHECK]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    assert (result["decision"], set(codes(result))) == ("block", {code})
    assert [check["targets"] for check in result["checks"][:3]] == [[], [], []]


# --- What another task found


def test_what_another_task_found_is_not_looked_up_again(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    first = run_module("ucs_cluster_info", **options, fleets=["prod"], cluster_ids=[STAGING])
    simulator.clear()
    second = run_module("ucs_gitops_info", **options, fleets=["prod"], cluster_ids=[EU], selection=first["selection"])
    assert asked(simulator) == [f"/v1/clusters/{cluster}/gitops" for cluster in (EU, ASIA)]
    assert second["selection"]["choices"] == [choice for choice in first["selection"]["choices"] if choice["by"] == "fleets"]
    # It is as old as what it stands on.
    assert second["selection"]["read_at"] == first["selection"]["read_at"] == second["read_at"] <= second["clusters"][0]["read_at"]
    checks = [{"ucs_gitops": {"fleets": ["prod"], "cluster_ids": [EU]}}]
    assert run_module("gitops_gate", **options, checks=checks, readings=[second])["outcome"] == "passed"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ({"fleets": ["staging"]}, "got what fleets prod stands for, expected what fleets staging stands for"),
        ({"fleets": ["prod", "staging"]}, "got what fleets prod stands for, expected what fleets prod, fleets staging stands for"),
        ({"cluster_names": ["prod"]}, "got what fleets prod stands for, expected what cluster_names prod stands for"),
        ({"cluster_ids": [EU]}, "got what fleets prod stands for, expected what nothing stands for"),
    ],
)
@pytest.mark.parametrize("endpoint", EVERY_CHECK[:3])
def test_what_another_question_came_to_is_refused(
    endpoint: str, question: dict[str, Any], said: str, simulator: Simulator, options: dict[str, Any], run_module: Run
) -> None:
    simulator.load("healthy")
    found = run_module("ucs_cluster_info", **options, fleets=["prod"])["selection"]
    simulator.clear()
    result = run_module(f"{endpoint}_info", **options, **question, selection=found)
    assert (result["failed"], result["msg"], asked(simulator)) == (True, f"Option 'selection': {said}, as this task asks for it.", [])


@pytest.mark.parametrize("broken", [{}, {"choices": "prod"}, {"read_at": "soon"}, {"choices": [{"by": "fleets"}]}, {"lists": [1]}])
def test_half_a_selection_is_refused(broken: dict[str, Any], simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    whole = run_module("ucs_cluster_info", **options, fleets=["prod"])["selection"]
    given = {**whole, **broken} if broken else {}
    result = run_module("ucs_gitops_info", **options, fleets=["prod"], selection=given)
    assert (result["failed"], "Option 'selection': got half a selection" in result["msg"]) == (True, True)


def test_what_was_not_clear_is_looked_up_again(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load({"extends": "healthy", "fleets": {PROD: {"name": "other"}}})
    unclear = run_module("ucs_cluster_info", **options, fleets=["prod"])["selection"]
    simulator.load("healthy")
    simulator.clear()
    result = run_module("ucs_gitops_info", **options, fleets=["prod"], selection=unclear)
    assert ([one["cluster_id"] for one in result["clusters"]], result["ready"]) == ([EU, ASIA], True)
    assert set(LISTS) <= set(asked(simulator))


# --- The gate


def test_a_gate_looks_up_once_for_all_its_checks(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    checks = [{name: {"fleets": ["prod"]}} for name in EVERY_CHECK]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0)
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    pods = [f"/v1/clusters/{cluster}/gitops" for cluster in (EU, ASIA)]
    # The sources are those that the config sets hold, as many as the statistics count.
    assert asked(simulator) == sorted([*LISTS, *pods, *["/v1/configsets"] * 2, "/v1/configsets/statistics"])
    for check in result["checks"]:
        assert [(target["id"], target["name"]) for target in check["targets"]] == [(EU, "prod-eu"), (ASIA, "prod-asia")]
        assert check["selection"]["choices"][0]["cluster_ids"] == [EU, ASIA]
    assert result["tolerance"]["groups"] == [{"fleet": "prod", "fleet_id": PROD, "clusters": 2, "required": 2, "ready": 2, "missing": []}]
    jsonschema.Draft202012Validator(__import__("json").loads((ROOT / "docs" / "receipt.schema.json").read_text())).validate(
        receipt_of(result)
    )


def test_readings_by_fleet_are_the_first_sample_of_checks_by_fleet(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    readings = [run_module(f"{name}_info", **options, fleets=["prod"], detail="summary") for name in EVERY_CHECK]
    simulator.clear()
    checks = [{name: {"fleets": ["prod"]}} for name in EVERY_CHECK]
    assert run_module("gitops_gate", **options, checks=checks, readings=readings)["outcome"] == "passed"
    assert asked(simulator) == []
    by_ids = [{"ucs_gitops": {"cluster_ids": [EU, ASIA]}}]
    refused = run_module("gitops_gate", **options, checks=by_ids, readings=readings[:1])
    assert "got a reading of ucs_gitops of prod" in refused["msg"]


# --- A rollout over a fleet, as the shipped scenarios have it


PUSHED = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002"
APPLIED_IN_PROD = [
    {"ucs_config_set": {"fleets": ["prod"], "expect": [{"name": "frontend", "revision": PUSHED}]}},
    {"ucs_cluster": {"fleets": ["prod"]}},
]


@pytest.mark.parametrize(
    ("scenario", "elapsed", "outcome", "seen"),
    [
        (
            "rollout",
            4,
            "timeout",
            {("prod-asia", "CFG_RECONCILING"), ("prod-us", "CFG_BEHIND_SOURCE"), ("prod-us", "CFG_REVISION_NOT_YET")},
        ),
        ("rollout", 8, "passed", set()),
        ("rollout_frozen", 8, "failed", {("prod-us", "CLUSTER_FROZEN"), ("prod-us", "CFG_REVISION_NOT_YET")}),
        (
            "rollout_stuck",
            600,
            "failed",
            {("prod-asia", "CFG_BEHIND_SOURCE"), ("prod-asia", "CFG_REVISION_NOT_YET"), ("prod-us", "CFG_NOT_READY")},
        ),
        ("rollout_shrinking", 5, "passed", set()),
    ],
)
def test_a_rollout_that_moves_over_time(
    scenario: str,
    elapsed: float,
    outcome: str,
    seen: set[tuple[str, str]],
    simulator: Simulator,
    options: dict[str, Any],
    run_module: Run,
) -> None:
    simulator.load(scenario, elapsed=elapsed)
    result = run_module("gitops_gate", **options, checks=APPLIED_IN_PROD, wait_timeout=0, steady_for=0, enforce=False)
    assert (result["outcome"], {(finding["cluster_name"], finding["code"]) for finding in result["findings"]}) == (outcome, seen)


# Estates that change with the number of requests, not with time: nothing here depends on how fast a machine is.


def listed(name: str, cluster_id: str, fleet: str = PROD, **status: Any) -> dict[str, Any]:
    """A cluster in a list."""
    known = {"phase": "Available", "conditions": [{"type": "Ready", "status": "True"}]}
    return {"metadata": {"name": name, "uid": cluster_id}, "spec": {"clusterGroupID": fleet}, "status": {**known, **status}}


def then(*items: dict[str, Any], **when: int) -> dict[str, Any]:
    """The list of clusters from the second request on, or for as many requests as ``times`` says."""
    return {"service": "ucs", "path": "/v1/clusters", "body": {"items": list(items), "total": len(items)}, **(when or {"after": 1})}


def refused(path: str, times: int, after: int = 0) -> dict[str, Any]:
    """Errors that may pass, for as many requests."""
    return {"service": "ucs", "path": path, "status": 503, "times": times, "after": after}


BUSY = refused(f"/v1/clusters/{EU}/gitops", times=2)
THE_EU, THE_ASIA = listed("prod-eu", EU), listed("prod-asia", ASIA)


@pytest.fixture
def wait(simulator: Simulator, options: dict[str, Any], run_module: Run) -> Run:
    """A gate that waits over an estate with these faults."""

    def run(*faults: dict[str, Any], checks: Any, **more: Any) -> dict[str, Any]:
        simulator.load({"extends": "healthy", "faults": list(faults)})
        patient = {"wait_timeout": 60, "interval": 0.1, "steady_for": 0, "error_limit": 99, "enforce": False, "request_retries": 0}
        return run_module("gitops_gate", **{**options, **patient, **more}, checks=checks)

    return run


PODS_OF_PROD = [{"ucs_gitops": {"fleets": "prod"}}]


def test_a_cluster_that_leaves_the_fleet_while_the_gate_waits(wait: Run, options: dict[str, Any], run_module: Run) -> None:
    result = wait(BUSY, then(THE_EU, listed("prod-asia", ASIA, STAGE)), checks=PODS_OF_PROD)
    assert (result["outcome"], codes(result), result["samples"]) == ("passed_with_warnings", ["CLUSTER_SET_CHANGED"], 3)
    assert f"prod-asia ({ASIA}) left" in result["findings"][0]["message"]
    assert [target["id"] for target in result["checks"][0]["targets"]] == [EU, ASIA]  # the set that was fixed
    again = run_module("gitops_gate", **options, wait_timeout=0, checks=PODS_OF_PROD)
    assert (again["outcome"], [target["id"] for target in again["checks"][0]["targets"]]) == ("passed", [EU])


def test_a_cluster_that_comes_while_the_gate_waits_is_not_asked(wait: Run, simulator: Simulator) -> None:
    result = wait(BUSY, then(THE_EU, THE_ASIA, listed("prod-us", NEW)), checks=PODS_OF_PROD)
    assert (result["outcome"], codes(result), result["samples"]) == ("passed_with_warnings", ["CLUSTER_SET_CHANGED"], 3)
    assert f"prod-us ({NEW}) came and was not asked" in result["findings"][0]["message"]
    assert f"/v1/clusters/{NEW}/gitops" not in asked(simulator)


@pytest.mark.parametrize(("endpoint", "gone"), [("ucs_gitops", "GITOPS_NOT_FOUND"), ("ucs_cluster", "CLUSTER_NOT_FOUND")])
def test_a_cluster_that_is_deleted_while_the_gate_waits(endpoint: str, gone: str, wait: Run) -> None:
    unready = listed("prod-eu", EU, conditions=[{"type": "Ready", "status": "False"}])
    absent = {"service": "ucs", "path": f"/v1/clusters/{ASIA}/gitops", "error": "UCS.00030001", "after": 1}
    busy = refused(f"/v1/clusters/{EU}/gitops", times=99)
    result = wait(then(unready, THE_ASIA, times=1), then(unready, after=0), absent, busy, checks=[{endpoint: {"fleets": "prod"}}])
    assert (result["decision"], result["outcome"], result["waiting_helps"]) == ("block", "failed", False)
    found = {finding["code"]: finding for finding in result["findings"]}
    assert {gone, "CLUSTER_SET_CHANGED"} <= found.keys()
    assert (found[gone]["cluster_id"], found[gone]["cluster_name"]) == (ASIA, "prod-asia")
    assert f"Cluster prod-asia ({ASIA})" in result["msg"]


def test_the_set_is_fixed_once_it_is_clear(wait: Run) -> None:
    result = wait(then(THE_EU, times=1), checks=[{"ucs_gitops": {"cluster_names": ["prod-eu", "prod-asia"]}}], fail_fast="never")
    assert (result["outcome"], codes(result), result["samples"]) == ("passed", [], 2)
    assert [target["name"] for target in result["checks"][0]["targets"]] == ["prod-eu", "prod-asia"]


def test_a_name_that_stays_unknown_ends_the_wait(wait: Run) -> None:
    result = wait(checks=[{"ucs_gitops": {"cluster_names": ["prod-eu", "prod-us"]}}])
    assert (result["outcome"], codes(result), result["samples"]) == ("failed", ["CLUSTER_NOT_FOUND"], 2)


def test_an_error_of_the_lists_is_waited_for(wait: Run) -> None:
    result = wait(BUSY, refused("/v1/clusters", times=1, after=2), checks=PODS_OF_PROD)
    assert (result["outcome"], codes(result), result["samples"]) == ("passed", [], 4)
    first = wait(refused("/v1/clustergroups", times=1), checks=PODS_OF_PROD)
    assert (first["outcome"], first["samples"]) == ("passed", 2)


def test_frozen_for_debt(wait: Run) -> None:
    debt = listed("prod-eu", EU, arrearFreeze="true")
    checks = [*PODS_OF_PROD, {"ucs_cluster": {"fleets": "prod"}}]
    result = wait(refused(f"/v1/clusters/{EU}/gitops", times=99), then(debt, THE_ASIA), checks=checks)
    assert (result["outcome"], codes(result)[0], result["samples"]) == ("failed", "CLUSTER_FROZEN", 3)
    assert result["causes"][0]["summary"] == f"Cluster prod-eu ({EU}) is frozen"


FOREIGN = {"items": [{"name": "shop", "clusterInfo": {"clusterID": STAGING}}], "total": 1}
SOURCE = {"name": "frontend", "namespace": "shop"}
ZERO = {"type": "Ready", "status": "False", "lastTransitionTime": "0001-01-01T00:00:00Z"}
GO = {**ZERO, "lastTransitionTime": "2025-12-01 11:54:59.558128 +0000 UTC"}
BAD_ANSWERS: dict[str, tuple[str, dict[str, Any], str, str, str]] = {
    "config sets of another cluster": (
        "ucs_config_set",
        {"faults": [{"path": "/v1/configsets", "status": 200, "body": FOREIGN}]},
        "unknown",
        "API_ANSWER_MISMATCH",
        f"Asked for cluster {EU}, the answer is about {STAGING}",
    ),
    "a source that is not in the answer": (
        "ucs_config_set",
        {"clusters": {EU: {"sources": [SOURCE], "config_sets": [{**SOURCE, "drop": ["gitRepository"], "revision": PUSHED}]}}},
        "unknown",
        "CFG_BEHIND_SOURCE",
        "is not in the answer",
    ),
    "frozen as a text": (
        "ucs_cluster",
        {"faults": [then(listed("prod-eu", EU, arrearFreeze="TRUE"), after=0)]},
        "failed",
        "CLUSTER_FROZEN",
        "",
    ),
    "a time of the year 1": (
        "ucs_cluster",
        {"faults": [then(listed("prod-eu", EU, conditions=[ZERO]), after=0)]},
        "progressing",
        "CLUSTER_NOT_READY",
        "",
    ),
    "a time as Go writes it": (
        "ucs_cluster",
        {"faults": [then(listed("prod-eu", EU, conditions=[GO]), after=0)]},
        "failed",
        "CLUSTER_NOT_READY",
        "",
    ),
}


@pytest.mark.parametrize("name", BAD_ANSWERS)
def test_a_bad_answer_is_one_reason(name: str, simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    endpoint, more, verdict, code, words = BAD_ANSWERS[name]
    simulator.load({"extends": "healthy", **more})
    result = run_module("gitops_gate", **options, checks=[{endpoint: {"cluster_ids": [EU]}}], wait_timeout=0, enforce=False)
    (finding,) = result["findings"]
    assert (result["decision"], finding["verdict"], finding["code"], finding["cluster_id"]) == ("block", verdict, code, EU)
    assert words in finding["message"]
    assert len(result["reasons"]) == 1
    assert code in result["reasons"][0]


def test_statuses_side_by_side_are_both_ready(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    both = [{"type": "Ready", "status": status} for status in ("Available", "True")]
    simulator.load({"extends": "healthy", "faults": [then(listed("prod-eu", EU, conditions=both), after=0)]})
    result = run_module("gitops_gate", **options, checks=[{"ucs_cluster": {"cluster_ids": [EU]}}], wait_timeout=0, steady_for=0)
    assert (result["outcome"], result["findings"]) == ("passed", [])


def test_a_waiver_for_a_cluster_by_its_name(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    waiver = {"code": "CLUSTER_FROZEN", "kind": "Cluster", "name": "*", "reason": "x", "owner": "x", "expires": "2026-12-31"}
    simulator.load(estate(EU={"cluster": {"name": "prod-eu", "fleet": PROD, "template": "frozen"}}))
    for cluster, decision in (("prod-*", "allow"), (EU, "allow"), ("prod-asia", "block"), (ASIA, "block")):
        checks = [{"ucs_cluster": {"cluster_ids": [EU]}}]
        waivers = [{**waiver, "cluster": cluster}]
        assert run_module("gitops_gate", **options, checks=checks, wait_timeout=0, waivers=waivers, enforce=False)["decision"] == decision


def test_a_name_that_one_check_knows_counts_in_all(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load(estate(EU={"pods": "crashing"}))
    checks = [{"ucs_gitops": {"cluster_ids": [EU]}}, {"ucs_cluster": {"cluster_ids": [EU]}}]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    assert {(finding["cluster_id"], finding["cluster_name"]) for finding in result["findings"]} == {(EU, "prod-eu")}


def test_a_cluster_has_its_name_in_every_check(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    shop = {"name": "shop", "namespace": "shop"}  # whose answers have the id in the place of the cluster's name
    simulator.load(estate(EU={"sources": [shop], "config_sets": [shop]}))
    checks = [{kind: {"fleets": [PROD]}} for kind in ("ucs_gitops", "ucs_config_set", "ucs_repository_source")]
    result = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, enforce=False)
    names = [{each["id"]: each["name"] for each in check["targets"]} for check in result["checks"]]
    assert names == [{EU: "prod-eu", ASIA: "prod-asia"}] * 3
    assert {each["cluster_name"] for check in result["checks"] for each in check["observed"]} == {"prod-eu", "prod-asia"}


def test_a_receipt_is_of_the_same_names(simulator: Simulator, options: dict[str, Any], run_module: Run, tmp_path: Path) -> None:
    simulator.load("healthy")
    receipt = tmp_path / "receipt.json"
    checks = [{"ucs_gitops": {"fleets": ["prod"]}}]
    receipt.write_text(render(receipt_of(run_module("gitops_gate", **options, checks=checks, wait_timeout=0))), encoding="utf-8")
    confirmed = run_module("gitops_gate", **options, checks=checks, receipt=str(receipt))
    assert confirmed["decision"] == "allow"
    assert confirmed["checks"][0]["selection"]["names"] == {EU: "prod-eu", ASIA: "prod-asia"}
    for other, words in (
        ({"checks": [{"ucs_gitops": {"fleets": ["staging"]}}]}, "another question"),
        ({"checks": [{"ucs_gitops": {"cluster_ids": [EU, ASIA]}}]}, "another question"),
        ({"checks": checks, "require": "50%"}, "require all, expected 50%"),
    ):
        result = run_module("gitops_gate", **options, **other, receipt=str(receipt), enforce=False)
        assert (result["decision"], words in result["msg"]) == ("block", True)


def test_readings_that_got_other_clusters_for_the_same_fleet(simulator: Simulator, options: dict[str, Any], run_module: Run) -> None:
    simulator.load("healthy")
    pods = run_module("ucs_gitops_info", **options, fleets="prod")
    simulator.load(estate(STAGING={"cluster": {"name": "staging", "fleet": PROD}}))
    sources = run_module("ucs_repository_source_info", **options, fleets="prod")
    result = run_module("gitops_gate", readings=[pods, sources])
    assert (result["outcome"], codes(result)) == ("passed_with_warnings", ["CLUSTER_SET_CHANGED"])
    assert STAGING in result["findings"][0]["message"]

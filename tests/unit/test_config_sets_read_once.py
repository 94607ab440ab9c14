# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config sets and sources of a cluster with one request, where that proves as much (rules.rst, "Read once"); counted by the simulator."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from simulator import Simulator

if TYPE_CHECKING:
    from collections.abc import Iterator

CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
LIST, CONFIG_SETS, STATISTICS = "/v1/configsets/repos", "/v1/configsets", "/v1/configsets/statistics"
UNUSED = {"name": "unused", "namespace": "shop", "template": "suspended"}


@pytest.fixture(scope="module")
def running() -> Iterator[Simulator]:
    with Simulator() as simulator:
        yield simulator


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load("healthy")
    running.clear()
    return running


def asked(simulator: Simulator) -> dict[str, int]:
    """How often each path was asked for."""
    return dict(Counter(entry["path"] for entry in simulator.journal if entry["service"] == "ucs"))


def checks(expect: Any = None, clusters: Any = CLUSTERS, config_sets: Any = None) -> list[dict[str, Any]]:
    """Both checks of the same clusters, that of the sources first."""
    return [
        {"ucs_repository_source": {"cluster_ids": clusters, **({"expect": expect} if expect else {})}},
        {"ucs_config_set": {"cluster_ids": config_sets or clusters}},
    ]


FRONTEND = {"name": "frontend", "namespace": "shop"}


def with_unused(**cluster: Any) -> dict[str, Any]:
    """The healthy estate with a source in the first cluster that no config set follows."""
    sources = [{**FRONTEND, "revision": "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"}, UNUSED]
    return {"extends": "healthy", "clusters": {CLUSTERS[0]: {"sources": sources, "config_sets": [FRONTEND], **cluster}}}


def test_named_sources_are_taken_from_the_config_sets(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks([FRONTEND]))
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    assert asked(simulator) == {CONFIG_SETS: 3}
    sources = result["checks"][0]
    assert [(one["name"], one["verdict"]) for one in sources["observed"]] == [("frontend", "ready")] * 3
    assert [target["verdict"] for target in sources["targets"]] == ["ready"] * 3


def test_a_list_that_ucs_counts_is_complete(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks())
    assert result["decision"] == "allow"
    assert asked(simulator) == {CONFIG_SETS: 3, STATISTICS: 1}
    assert result["checks"][0]["counts"]["ready"] == 6


def test_each_sample_counts_again(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    clusters = {CLUSTERS[0]: {"pods": "healthy", "sources": [{**FRONTEND, "since": "0s"}]}}
    simulator.load({"extends": "healthy", "clusters": clusters})
    asking = {"steady_for": 0.3, "interval": 0.1, "wait_timeout": 30}
    result = run_module("gitops_gate", **options, **asking, checks=checks())
    assert result["decision"] == "allow"
    assert asked(simulator) == {CONFIG_SETS: 3 * result["samples"], STATISTICS: result["samples"]}


def test_a_source_that_nothing_follows_is_not_lost(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """It decides where none is expected, and only the list has it."""
    simulator.load(with_unused())
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks(), enforce=False)
    assert (result["decision"], result["outcome"]) == ("block", "failed")
    assert ("SRC_SUSPENDED", "unused") in {(finding["code"], finding["name"]) for finding in result["findings"]}
    assert asked(simulator) == {CONFIG_SETS: 3, STATISTICS: 1, LIST: 1}


@pytest.mark.parametrize(
    "expect",
    [
        pytest.param([{"name": "unused", "namespace": "shop"}], id="expected"),
        pytest.param([FRONTEND, {"name": "unused", "namespace": "shop"}], id="one-of-two"),
        pytest.param([{"name": "unused"}], id="by-name-alone"),
    ],
)
def test_an_expected_source_that_nothing_follows_is_asked_for(
    simulator: Simulator, options: dict[str, Any], run_module: Any, expect: Any
) -> None:
    simulator.load(with_unused())
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks(expect, CLUSTERS[:1]), enforce=False)
    assert "SRC_SUSPENDED" in {finding["code"] for finding in result["findings"]}
    assert asked(simulator) == {CONFIG_SETS: 1, LIST: 1}


def test_a_name_alone_may_mean_another_source(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """Of two sources of one name both decide, also the one that nothing follows."""
    simulator.load(with_unused(sources=[FRONTEND, {**FRONTEND, "namespace": "other", "template": "suspended"}]))
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks([{"name": "frontend"}]), enforce=False)
    assert (result["decision"], result["checks"][0]["verdict"]) == ("block", "failed")
    assert asked(simulator)[LIST] == 1


def test_the_url_alone_may_mean_another_source(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    url = "https://repo.example.com/shop/frontend.git"
    simulator.load(with_unused(sources=[{**FRONTEND, "url": url}, {**UNUSED, "url": url}]))
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks([{"url": url}], CLUSTERS[:1]), enforce=False)
    assert result["checks"][0]["verdict"] == "failed"
    assert asked(simulator) == {CONFIG_SETS: 1, LIST: 1}


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param({"path": STATISTICS, "error": "APIG.0101"}, id="withdrawn"),
        pytest.param({"path": STATISTICS, "error": "UCS.00000004"}, id="forbidden"),
        pytest.param({"path": STATISTICS, "status": 200, "body": {"items": None}}, id="empty"),
    ],
)
def test_without_statistics_the_list_is_asked_for(simulator: Simulator, options: dict[str, Any], run_module: Any, fault: Any) -> None:
    simulator.load({"extends": "healthy", "faults": [fault]})
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks())
    assert result["decision"] == "allow"
    assert asked(simulator) == {CONFIG_SETS: 3, STATISTICS: 1, LIST: 3}


@pytest.mark.parametrize("number", [1, 3, "2", None, True], ids=["fewer", "more", "as-text", "none", "a-boolean"])
def test_only_an_equal_number_proves_it(simulator: Simulator, options: dict[str, Any], run_module: Any, number: Any) -> None:
    simulator.load({"extends": "healthy", "clusters": {CLUSTERS[0]: {"statistics": {"sourceRepoNum": number}}}})
    assert run_module("gitops_gate", **options, wait_timeout=0, checks=checks())["decision"] == "allow"
    assert asked(simulator).get(LIST, 0) == (0 if number == "2" else 1)


def test_clusters_of_one_check_only_are_asked_as_before(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    run_module("gitops_gate", **options, wait_timeout=0, checks=checks([FRONTEND], CLUSTERS, CLUSTERS[1:2]))
    assert asked(simulator) == {CONFIG_SETS: 1, LIST: 2}
    simulator.clear()
    run_module("gitops_gate", **options, wait_timeout=0, checks=checks([FRONTEND], CLUSTERS[:2])[:1])
    assert asked(simulator) == {LIST: 2}


def test_another_region_has_other_clusters(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    sources, config_sets = checks([FRONTEND], CLUSTERS[:1])
    run_module("gitops_gate", **options, wait_timeout=0, checks=[sources, {**config_sets, "region": "ap-southeast-3"}])
    assert asked(simulator) == {CONFIG_SETS: 1, LIST: 1}


def test_a_cluster_whose_config_sets_cannot_be_read_is_asked_for_its_sources(
    simulator: Simulator, options: dict[str, Any], run_module: Any
) -> None:
    fault = {"path": CONFIG_SETS, "cluster": CLUSTERS[1], "error": "UCS.00000004"}
    simulator.load({"extends": "healthy", "faults": [fault]})
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=checks([FRONTEND]), enforce=False)
    assert [check["verdict"] for check in result["checks"]] == ["ready", "unknown"]
    assert asked(simulator) == {CONFIG_SETS: 3, LIST: 1}


def test_the_module_takes_a_reading_of_config_sets(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """As the role hands it over, in each form."""
    whole = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS, expect=[FRONTEND])
    for detail in ("full", "summary", "packed"):
        held = run_module("ucs_config_set_info", **options, cluster_ids=CLUSTERS, detail=detail)
        simulator.clear()
        result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS, expect=[FRONTEND], config_sets=held)
        assert asked(simulator) == {}
        assert (result["ready"], whole["ready"], result["readiness"]["findings"]) == (True, True, [])
        assert [cluster["cluster_id"] for cluster in result["clusters"]] == CLUSTERS
        assert result["read_at"] == held["read_at"]  # what was read then is of then


def test_what_is_no_reading_of_config_sets_is_refused(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    other = run_module("ucs_gitops_info", **options, cluster_ids=CLUSTERS[:1])
    result = run_module("ucs_repository_source_info", **options, cluster_ids=CLUSTERS[:1], config_sets=other)
    assert result["msg"].startswith("Option 'config_sets': got something else, expected the registered result of ucs_config_set_info")

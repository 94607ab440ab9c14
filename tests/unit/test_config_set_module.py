# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The module ucs_config_set_info and its check over the wire: what comes back, listing options, secrets, and answers that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import pytest

if TYPE_CHECKING:
    from simulator import Simulator

CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
SECRET = "SimulatorSecretMustNotLeak"
MODULE = "ucs_config_set_info"


def many(number: int) -> dict[str, Any]:
    """A cluster with so many config sets of one source."""
    source = {"name": "shop", "namespace": "shop", "secret": "repo-credentials"}
    listed = {"count": number, "name": "part-{n}", "namespace": "shop", "source": "shop", "age": "1d"}
    return {"clusters": {CLUSTERS[0]: {"sources": [source], "config_sets": [listed]}}}


def test_everything_of_the_answer_but_secrets_comes_back(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    more = {"set": {"newField": {"deep": [1]}, "kustomization": {"spec": {"wait": True}}}, "last_applied": True}
    source = {"name": "shop", "namespace": "shop", "secret": "repo-credentials"}
    simulator.load({"clusters": {CLUSTERS[0]: {"sources": [source], "config_sets": [{"name": "shop", "namespace": "shop", **more}]}}})
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0])
    assert (result["ready"], result["changed"], result["clusters"][0]["total"]) == (True, False, 1)
    (item,) = result["clusters"][0]["config_sets"]
    assert (item["newField"], item["kustomization"]["spec"]["wait"]) == ({"deep": [1]}, True)
    assert item["kustomization"]["status"]["lastAppliedRevision"] == item["gitRepository"]["status"]["artifact"]["revision"]
    assert item["secretInfo"] == {"authMode": "HTTPS"}
    assert SECRET not in json.dumps(result)
    assert "managedFields" not in json.dumps(result)
    whole = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], managed_fields=True)["clusters"][0]["config_sets"][0]
    assert whole["kustomization"]["metadata"]["managedFields"]
    assert whole["gitRepository"]["metadata"]["managedFields"]


def test_listing_options_are_passed_on(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load(many(5))
    simulator.clear()
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], limit=2, order_by="update_at", order="asc")
    assert len(result["clusters"][0]["config_sets"]) == 5
    asked = [parse_qs(entry["query"]) for entry in simulator.journal if entry["service"] == "ucs"]
    assert [(query["limit"], query["offset"]) for query in asked] == [(["2"], ["0"]), (["2"], ["2"]), (["2"], ["4"])]
    assert all((query["order_by"], query["order"], query["clusterid"]) == (["update_at"], ["asc"], [CLUSTERS[0]]) for query in asked)
    part = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], offset=3)
    assert [finding["code"] for finding in part["readiness"]["findings"]] == ["LIST_INCOMPLETE"]
    assert not part["ready"]


def test_pages_that_do_not_fit_together(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load({**many(3), "faults": [{"service": "ucs", "status": 200, "body": {"items": [], "total": 3}}]})
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], limit=2)
    assert "Unexpected paging: offset 0 of 3 config sets gave an empty page." in result["msg"]


@pytest.mark.parametrize("paging", [{}, {"limit": 2}, {"offset": 1}], ids=repr)
@pytest.mark.parametrize("items", [None, {}, "none"], ids=repr)
def test_a_page_that_is_no_list_is_no_answer(
    simulator: Simulator, options: dict[str, Any], run_module: Any, paging: Any, items: Any
) -> None:
    """E6, whether or not pages are asked for."""
    simulator.load({**many(3), "faults": [{"service": "ucs", "status": 200, "body": {"items": items, "total": 0}}]})
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], expect=[{"name": "x"}], **paging)
    assert [finding["code"] for finding in result["readiness"]["findings"]] == ["API_SHAPE"]


@pytest.mark.parametrize("stated", [2, ["c2"], {"id": "c2"}, True], ids=repr)
def test_an_id_that_is_no_text_is_another_one(simulator: Simulator, options: dict[str, Any], run_module: Any, stated: Any) -> None:
    """E8: only null and what is empty state nothing."""
    foreign = {"items": [{"name": "x", "clusterInfo": {"clusterID": stated}}], "total": 1}
    simulator.load({"extends": "healthy", "faults": [{"path": "/v1/configsets", "status": 200, "body": foreign, "times": 2}]})
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], on_error="report")
    assert [finding["code"] for finding in result["readiness"]["findings"]] == ["API_ANSWER_MISMATCH"]


def test_config_sets_of_another_cluster_are_no_answer(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """E8: asked for once more, on a fresh connection, then refused."""
    foreign = {"items": [{"name": "x", "clusterInfo": {"clusterID": CLUSTERS[1]}}], "total": 1}
    simulator.load({"extends": "healthy", "faults": [{"path": "/v1/configsets", "status": 200, "body": foreign, "times": 2}]})
    simulator.clear()
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], on_error="report")
    assert [finding["code"] for finding in result["readiness"]["findings"]] == ["API_ANSWER_MISMATCH"]
    assert len([entry for entry in simulator.journal if entry["service"] == "ucs"]) == 2
    simulator.load({"extends": "healthy", "faults": [{"path": "/v1/configsets", "status": 200, "body": foreign, "times": 1}]})
    assert run_module(MODULE, **options, cluster_ids=CLUSTERS[0])["ready"]


@pytest.mark.parametrize("error", ["APIG.0101", "APIGW.0101", "APIG.0101@410"])
@pytest.mark.parametrize("module", ["ucs_config_set_info", "ucs_repository_source_info", "ucs_gitops_info"])
def test_a_withdrawn_api_says_what_the_other_way_is(
    simulator: Simulator, options: dict[str, Any], run_module: Any, module: str, error: str
) -> None:
    simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": error}]})
    other_way = "UCS may have withdrawn this API: the check flux and the module flux_info read the same from Kubernetes itself."
    failed = run_module(module, **options, cluster_ids=CLUSTERS[0])
    assert other_way in failed["msg"]
    check = {module.removesuffix("_info"): {"cluster_ids": CLUSTERS[0]}}
    result = run_module("gitops_gate", **options, wait_timeout=0, checks=[check])
    assert (result["outcome"], [finding["code"] for finding in result["findings"]]) == ("undecidable", ["API_WITHDRAWN"])
    assert other_way.removesuffix(".") in result["findings"][0]["message"]  # which goes on with the status


def test_an_unknown_cluster_is_no_withdrawn_api(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("healthy")
    result = run_module(MODULE, **options, cluster_ids="c9", on_error="report")
    (finding,) = result["readiness"]["findings"]
    assert (finding["code"], finding["terminal"]) == ("SRC_CLUSTER_NOT_FOUND", True)
    assert "withdrawn" not in finding["message"]


@pytest.mark.parametrize("items", [None, {}, "none", [None], [1]], ids=str)
def test_what_is_no_list_is_never_ready(simulator: Simulator, options: dict[str, Any], run_module: Any, items: Any) -> None:
    simulator.load({"extends": "healthy", "faults": [{"path": "/v1/configsets", "status": 200, "body": {"items": items, "total": 0}}]})
    result = run_module(MODULE, **options, cluster_ids=CLUSTERS[0], on_error="report")
    assert [finding["code"] for finding in result["readiness"]["findings"]] == ["API_SHAPE"]
    assert result["readiness"]["verdict"] == "unknown"

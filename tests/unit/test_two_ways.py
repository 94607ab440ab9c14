# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""One estate read through UCS and from Kubernetes itself: object by object the same verdicts with the same codes.

What UCS adds of its own (repoStatus, configSetStatus) is left out of this estate, for Kubernetes has no such second witness.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import worst

from simulator.config_sets import _CONFIG_SETS
from simulator.templates import _PODS, _SOURCES

from .kube import CLUSTERS, write_kubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from simulator import Simulator

SHA, OTHER = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002"
HEALTHY = ("source-controller", "kustomize-controller")
AGES = [{}, {"age": "5s", "since": "5s"}, {"age": "2d", "since": "1d"}]
Seen = set[tuple[Any, ...]]


def estate() -> dict[str, Any]:
    """Every template of a source, a config set and a pod, young and old, each in a cluster beside a healthy one of its kind."""
    sources = [
        {"template": template, "name": f"{template.replace('_', '-')}-{number}", "repo_status": None, "revision": SHA, **age}
        for template in _SOURCES
        for number, age in enumerate(AGES)
    ]
    config_sets = [
        {"template": template, "name": f"{template.replace('_', '-')}-{number}", "source": "ready-0", "status": None, **age}
        for template in _CONFIG_SETS
        for number, age in enumerate(AGES)
    ]
    more = [
        {"name": "no-such-source", "source": "missing", "status": None},
        {"name": "behind", "source": "ready-0", "revision": OTHER, "attempted": OTHER, "status": None},
        {"name": "old-generation", "source": "ready-0", "status": None, "set": {"kustomization": {"metadata": {"generation": 9}}}},
        {"name": "going", "source": "ready-0", "status": None, "set": {"kustomization": {"metadata": {"deletionTimestamp": "${now-1m}"}}}},
    ]
    asked = {"requestedAt": "${now-1h}"}
    annotated = {
        "metadata": {"annotations": {"reconcile.fluxcd.io/requestedAt": asked["requestedAt"]}},
        "status": {"lastHandledReconcileAt": "x"},
    }
    sources += [
        {"name": "asked", "repo_status": None, "set": {"gitRepository": annotated}},
        {"name": "ahead", "repo_status": None, "set": {"gitRepository": {"status": {"observedGeneration": 7}}}},
        {"name": "http", "repo_status": None, "url": "http://bot:pass@example.com/http"},
        {"name": "bare", "repo_status": None, "set": {"gitRepository": {"status": {"artifact": None}}}},
    ]
    pods = [*HEALTHY, "helm-controller"]
    crowd = [
        {"template": template, "app": f"{template.replace('_', '-')}-{number}", **age}
        for template in _PODS
        for number, age in enumerate(AGES)
    ]
    return {
        "extends": "empty",
        "clusters": {
            CLUSTERS[0]: {"pods": [{"app": app} for app in pods], "sources": sources, "config_sets": [*config_sets, *more]},
            CLUSTERS[1]: {"pods": [{"app": app} for app in pods] + crowd, "sources": [{"name": "podinfo", "repo_status": None}]},
            CLUSTERS[2]: {
                "pods": [{"app": "helm-controller"}, {"template": "crash", "app": "kustomize-controller", "age": "1d", "since": "1d"}],
                "sources": [{"name": "podinfo", "repo_status": None}],
                "config_sets": [{"name": "podinfo", "status": None}],
            },
        },
    }


@pytest.fixture(scope="module")
def both(running: Simulator) -> Iterator[Simulator]:
    """The simulator with the estate."""
    running.load(estate())
    return running


@pytest.fixture
def through(both: Simulator, tmp_path: Path, run_module: Any) -> Any:
    """What the gate finds: ``through("ucs", cluster)`` or ``through("flux", cluster)``, with what is expected of it."""
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", both, {cluster: {"cluster": cluster} for cluster in CLUSTERS})
    account = {"access_key": "DEMOACCESSKEY0000001", "secret_key": "demo-secret-key-for-the-simulator-only-1"}
    endpoints = {name: both.urls[name] for name in ("ucs", "iam")}
    reach = {"region": "cn-north-4", "endpoints": endpoints, "kubeconfig": kubeconfig, **account}

    def run(way: str, cluster: str, sources: Any = None, config_sets: Any = None, **more: Any) -> dict[str, Any]:
        ucs = [
            {"ucs_repository_source": {"cluster_ids": [cluster], "expect": sources}},
            {"ucs_config_set": {"cluster_ids": [cluster], "expect": config_sets}},
            {"ucs_gitops": {"cluster_ids": [cluster]}},
        ]
        flux = [{"flux": {"contexts": [cluster], "expect": sources, "expect_kustomizations": config_sets}}]
        report: dict[str, Any] = run_module(
            "gitops_gate", **reach, checks={"ucs": ucs, "flux": flux}[way], wait_timeout=0, enforce=False, **more
        )
        return report

    return run


def verdicts(report: dict[str, Any]) -> dict[tuple[Any, ...], str]:
    """Each object that decides, with its revision and the worst verdict that a check has for it: UCS shows a source to two of them."""
    found: dict[tuple[Any, ...], list[str]] = {}
    for check in report["checks"]:
        for seen in check["observed"]:
            key = (*(seen[name] for name in ("kind", "namespace", "name", "cluster_id")), seen.get("revision"))
            found.setdefault(key, []).append(seen["verdict"])
    return {key: worst(each) for key, each in found.items()}


def findings(report: dict[str, Any]) -> Seen:
    """Each finding that decides: what it is about, its code, its verdict with its mark, its cause, and the field that decided."""
    names = ("kind", "namespace", "name", "cluster_id", "code", "verdict", "terminal", "retryable", "cause", "field")
    return {tuple(finding[name] for name in names) for finding in report["findings"] if finding["weight"] == "decides"}


@pytest.mark.parametrize("cluster", CLUSTERS)
def test_every_object_has_the_same_verdict_and_findings_both_ways(through: Any, cluster: str) -> None:
    ucs, flux = through("ucs", cluster), through("flux", cluster)
    assert findings(flux) == findings(ucs)
    assert verdicts(flux) == verdicts(ucs)
    assert (flux["decision"], flux["outcome"]) == (ucs["decision"], ucs["outcome"]) == ("block", "failed")


def test_the_estate_shows_what_it_is_for(through: Any) -> None:
    """So that equal does not mean empty."""
    codes = {finding["code"] for cluster in CLUSTERS for finding in through("flux", cluster)["findings"]}
    assert len(codes) > 30, sorted(codes)
    assert {"SRC_READY_CONTROLLER_DOWN", "CFG_READY_CONTROLLER_DOWN", "POD_CRASH_LOOP", "CFG_BEHIND_SOURCE", "SRC_SUSPENDED"} <= codes


EXPECTED: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]], str]] = {
    "applied": ([{"name": "ready-0", "revision": SHA}], [{"name": "applied-0", "revision": SHA}], "passed"),
    "another revision": ([{"name": "ready-0", "revision": OTHER}], [{"name": "applied-0", "revision": OTHER}], "timeout"),
    "missing": ([{"name": "redy"}], [{"name": "appled"}], "failed"),
    "other branch": (
        [{"url": "https://github.com/example/ready-0", "branch": "develop"}],
        [{"source": "ready-0", "name": "applied-2"}],
        "failed",
    ),
    "behind": ([{"name": "ready-0"}], [{"name": "behind", "revision": SHA}], "timeout"),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_what_is_expected_is_judged_alike(through: Any, name: str) -> None:
    sources, config_sets, outcome = EXPECTED[name]
    ucs, flux = (through(way, CLUSTERS[0], sources, config_sets, steady_for=0) for way in ("ucs", "flux"))
    assert findings(flux) == findings(ucs)
    assert verdicts(flux) == verdicts(ucs)
    assert flux["outcome"] == ucs["outcome"] == outcome

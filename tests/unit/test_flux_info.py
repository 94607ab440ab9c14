# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""flux_info and the check flux, over the wire: what is asked of a cluster's Kubernetes API, and what becomes of answers that are none."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from .kube import CLUSTERS, FIELDS, flux_object, write_kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from simulator import Simulator

    Read = Callable[..., dict[str, Any]]

SOURCE = "source.toolkit.fluxcd.io"
GIT, PODS = f"/apis/{SOURCE}/v1/gitrepositories", "/api/v1/namespaces/flux-system/pods"
EXPIRED = {
    "kind": "Status",
    "apiVersion": "v1",
    "status": "Failure",
    "reason": "Expired",
    "code": 410,
    "message": "The provided continue parameter is too old to display a consistent list result.",
}


@pytest.fixture
def cluster(running: Simulator) -> Simulator:
    """The simulator with healthy clusters; ``load`` gives it others."""
    running.load("healthy")
    running.clear()
    return running


@pytest.fixture
def read(cluster: Simulator, run_module: Any, tmp_path: Path) -> Read:
    """Reads the contexts prod and test, or those named, and reports what cannot be read."""
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", cluster)

    def run(*contexts: str, **options: Any) -> dict[str, Any]:
        asked = {"kubeconfig": kubeconfig, "contexts": list(contexts or ["prod"]), "on_error": "report", "request_retries": 0}
        result: dict[str, Any] = run_module("flux_info", **{**asked, **options})
        return result

    return run


def paths(simulator: Simulator, cluster: str = CLUSTERS[0]) -> list[str]:
    """The paths that a cluster's API was asked for."""
    return [entry["path"].removeprefix(f"/clusters/{cluster}") for entry in simulator.journal if cluster in entry["path"]]


def findings(result: dict[str, Any]) -> list[tuple[str, str]]:
    """Code and verdict of each finding."""
    return [(finding["code"], finding["verdict"]) for finding in result["readiness"]["findings"]]


def holding(objects: dict[str, Any], **more: Any) -> dict[str, Any]:
    """The healthy estate whose first cluster also holds these objects, by kind."""
    own = {"objects": objects, **more}
    return {"extends": "healthy", "clusters": {CLUSTERS[0]: {"kubernetes": own}}}


# --- What is asked


def test_only_lists_of_the_named_kinds_are_asked_for(cluster: Simulator, read: Read) -> None:
    result = read()
    assert result["ready"]
    asked = paths(cluster)
    assert [path for path in asked if path.count("/") > 3 and not path.endswith(("v1", "v1beta2", "v2"))] == [
        PODS,
        GIT,
        f"/apis/{SOURCE}/v1beta2/ocirepositories",
        f"/apis/{SOURCE}/v1/buckets",
        f"/apis/{SOURCE}/v1/helmrepositories",
        "/apis/kustomize.toolkit.fluxcd.io/v1/kustomizations",
        "/apis/helm.toolkit.fluxcd.io/v2/helmreleases",
    ]
    assert {entry["method"] for entry in cluster.journal} == {"GET"}
    assert not any("secrets" in path for path in asked)
    [entry] = result["contexts"]
    assert set(FIELDS) <= entry.keys()
    assert (entry["context"], entry["cluster"]) == ("prod", "prod-cluster")
    assert entry["server"] == f"{cluster.urls['kubernetes']}/clusters/{CLUSTERS[0]}"
    assert [source["kind"] for source in entry["git_repositories"]] == ["GitRepository"] * 2


def test_several_contexts_are_read_side_by_side_in_the_order_asked(cluster: Simulator, read: Read) -> None:
    cluster.load({"extends": "healthy", "latency": 0.02})
    result = read("test", "prod")
    assert [entry["context"] for entry in result["contexts"]] == ["test", "prod"]
    assert cluster.peak > 1


def test_the_requests_at_the_same_time_are_limited(cluster: Simulator, read: Read) -> None:
    cluster.load({"extends": "healthy", "latency": 0.01})
    assert read("test", "prod", max_concurrency=1)["ready"]
    assert cluster.peak == 1


@pytest.mark.parametrize("versions", [["v1"], ["v1beta2"], ["v1beta2", "v1"]], ids="+".join)
def test_the_version_that_the_server_prefers_is_read(cluster: Simulator, read: Read, versions: list[str]) -> None:
    kinds = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")
    cluster.load(holding({}, versions=dict.fromkeys(kinds, versions)))
    assert read()["ready"]
    assert f"/apis/{SOURCE}/{versions[0]}/gitrepositories" in paths(cluster)


def test_namespaces_narrow_what_is_asked(cluster: Simulator, read: Read) -> None:
    result = read(namespaces=["shop", "other"])
    assert [source["metadata"]["namespace"] for source in result["contexts"][0]["git_repositories"]] == ["shop", "shop"]
    assert f"/apis/{SOURCE}/v1/namespaces/shop/gitrepositories" in paths(cluster)
    assert PODS in paths(cluster)
    assert result["question"]["namespaces"] == ["shop", "other"]


def test_a_namespace_that_is_named_twice_is_read_once(read: Read) -> None:
    result = read(namespaces=["shop", " shop "])
    assert result["errors"] == []
    assert [source["metadata"]["namespace"] for source in result["contexts"][0]["git_repositories"]] == ["shop", "shop"]


def test_a_reading_of_some_namespaces_is_none_of_a_check_of_all(read: Read, run_module: Any) -> None:
    reading = read(namespaces=["shop"])
    result = run_module("gitops_gate", checks=[{"flux": {"contexts": ["prod"]}}], readings=[reading], wait_timeout=0)
    assert result["failed"] is True
    assert "got a reading of flux of namespaces shop, prod, expected a reading of one of the checks" in result["msg"]


@pytest.mark.parametrize("keep", [False, True])
def test_managed_fields_only_where_they_are_asked_for(read: Read, keep: bool) -> None:
    [entry] = read(managed_fields=keep)["contexts"]
    objects = [*entry["git_repositories"], *entry["pods"]]
    assert objects
    assert {"managedFields" in item["metadata"] for item in objects} == {keep}


@pytest.mark.parametrize("detail", ["full", "summary", "packed"])
def test_the_gate_judges_a_summary_as_the_whole(read: Read, run_module: Any, cluster: Simulator, detail: str) -> None:
    cluster.load("failing")
    taken = read("prod", "test", detail=detail)
    report = run_module("gitops_gate", readings=[taken], enforce=False)
    assert report["decision"] == "block"
    assert sorted((finding["code"], finding["name"]) for finding in report["findings"]) == sorted(
        (finding["code"], finding["name"]) for finding in taken["readiness"]["findings"]
    )


# --- Pages


def test_a_list_is_read_to_its_end_page_by_page(cluster: Simulator, read: Read) -> None:
    cluster.load({**holding({"Bucket": [flux_object(f"bucket-{number}") for number in range(7)]}), "kubernetes": {"page": 3}})
    result = read()
    assert result["errors"] == []
    [entry] = result["contexts"]
    assert [bucket["metadata"]["name"] for bucket in entry["buckets"]] == [f"bucket-{number}" for number in range(7)]
    queries = [entry["query"] for entry in cluster.journal if entry["path"].endswith("/buckets")]
    assert [query.partition("=")[0] for query in queries] == ["limit", "continue", "continue"]


def expiring(times: int) -> dict[str, Any]:
    """Two pages of sources, the second of which expires so many times."""
    fault = {"service": "kubernetes", "path": "*/gitrepositories", "query": "*continue=*", "status": 410, "body": EXPIRED, "times": times}
    return {"extends": "healthy", "kubernetes": {"page": 1}, "faults": [fault]}


def test_f6_a_list_that_expires_is_read_anew_from_its_beginning(cluster: Simulator, read: Read) -> None:
    cluster.load(expiring(1))
    result = read()
    assert len(result["contexts"][0]["git_repositories"]) == 2
    assert result["ready"]


def test_f6_a_list_that_expires_again_is_no_list(cluster: Simulator, read: Read) -> None:
    cluster.load(expiring(9))
    result = read()
    assert "git_repositories" not in result["contexts"][0]
    assert ("API_UNAVAILABLE", "unknown") in findings(result)
    [error] = result["errors"]
    assert (error["status"], error["code"], error["retryable"]) == (410, "EXPIRED_LIST", True)


def test_e3_a_list_that_is_gone_from_its_beginning_has_not_expired(cluster: Simulator, read: Read) -> None:
    fault = {"service": "kubernetes", "path": "*/kustomizations", "status": 410, "body": EXPIRED}
    cluster.load({"extends": "healthy", "faults": [fault]})
    assert findings(read())[0] == ("API_WITHDRAWN", "unknown")


ENDLESS: dict[str, dict[str, Any]] = {
    "the same token again": {"metadata": {"continue": "x"}, "items": []},
    "no list": {"metadata": {}, "items": None},
    "no objects": {"metadata": {}, "items": ["x"]},
    "another kind": {"kind": "SecretList", "metadata": {}, "items": []},
    "another version": {"apiVersion": "example.com/v1", "metadata": {}, "items": []},
    "objects of another kind": {"metadata": {}, "items": [{"kind": "Secret"}]},
    "more remain": {"metadata": {"remainingItemCount": 3}, "items": []},
}


@pytest.mark.parametrize("name", ENDLESS)
def test_an_answer_that_is_no_list_loses_no_other(cluster: Simulator, read: Read, name: str) -> None:
    cluster.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": "*/kustomizations", "body": ENDLESS[name]}]})
    result = read()
    code = "API_ANSWER_MISMATCH" if "another" in name else "API_SHAPE"
    assert findings(result)[0] == (code, "unknown")
    [entry] = result["contexts"]
    assert "kustomizations" not in entry
    assert len(entry["git_repositories"]) == 2


HELM = "helm.toolkit.fluxcd.io"
# Answers of the discovery that do not prove that a kind is not there: the path below /apis, the status and the body.
DISCOVERY: dict[str, tuple[str, int, Any, str]] = {
    "no kinds": (f"{HELM}/v2", 200, {}, "API_SHAPE"),
    "kinds null": (f"{HELM}/v2", 200, {"kind": "APIResourceList", "resources": None}, "API_SHAPE"),
    "kinds that are none": (f"{HELM}/v2", 200, {"kind": "APIResourceList", "resources": ["helmreleases"]}, "API_SHAPE"),
    "kinds of another group": (f"{HELM}/v2", 200, {"groupVersion": "example.com/v2", "resources": []}, "API_ANSWER_MISMATCH"),
    "another group": (HELM, 200, {"name": "example.com", "versions": [{"version": "v1"}]}, "API_ANSWER_MISMATCH"),
    "versions that are none": (HELM, 200, {"name": HELM, "versions": ["v1", {"version": "v2beta2"}]}, "API_SHAPE"),
    "a version that would change the path": (HELM, 200, {"name": HELM, "versions": [{"version": "../v1"}]}, "API_SHAPE"),
    "an API that the gateway does not offer": (HELM, 404, {"error_code": "APIG.0101", "error_msg": "not offered"}, "API_WITHDRAWN"),
    "gone": (HELM, 410, {"kind": "Status", "reason": "Gone", "message": "gone"}, "API_WITHDRAWN"),
}


@pytest.mark.parametrize("name", DISCOVERY)
def test_a_kind_is_only_missing_where_the_answer_proves_it(cluster: Simulator, read: Read, name: str) -> None:
    path, status, body, code = DISCOVERY[name]
    cluster.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": f"*/apis/{path}", "status": status, "body": body}]})
    result = read()
    assert findings(result) == [(code, "unknown")]
    assert "helm_releases" not in result["contexts"][0]


def test_a_group_that_cannot_be_looked_for_is_told_once(cluster: Simulator, read: Read) -> None:
    fault = {"service": "kubernetes", "path": f"*/apis/{SOURCE}", "status": 403, "body": {"kind": "Status", "reason": "Forbidden"}}
    cluster.load({"extends": "healthy", "faults": [fault]})
    assert [error["path"] for error in read()["errors"]] == [f"/apis/{SOURCE}"]
    assert paths(cluster).count(f"/apis/{SOURCE}") == 1


def test_what_was_refused_first_is_told_beside_what_gave_no_answer(cluster: Simulator, read: Read) -> None:
    forbidden = {"service": "kubernetes", "path": "*/pods", "status": 403, "body": {"kind": "Status", "reason": "Forbidden"}}
    cluster.load({"extends": "healthy", "faults": [forbidden, {"service": "kubernetes", "path": f"*/apis/{SOURCE}", "action": "reset"}]})
    assert findings(read()) == [("API_FORBIDDEN", "unknown"), ("API_UNAVAILABLE", "unknown")]


@pytest.mark.parametrize("namespace", ["kube-system", ["flux-system"], {"name": "flux-system"}], ids=repr)
def test_e8_pods_of_another_namespace(cluster: Simulator, read: Read, namespace: Any) -> None:
    body = {"kind": "PodList", "metadata": {}, "items": [{"metadata": {"name": "x", "namespace": namespace}}]}
    cluster.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": "*/pods", "body": body}]})
    result = read()
    assert findings(result)[0] == ("API_ANSWER_MISMATCH", "unknown")
    assert len([path for path in paths(cluster) if path == PODS]) == 2, "asked once more"


def test_a_preferred_version_that_is_none_is_passed_over(cluster: Simulator, read: Read) -> None:
    body = {"kind": "APIGroup", "preferredVersion": {"version": ["v1"]}, "versions": [{"version": "v1"}]}
    cluster.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": f"*/apis/{SOURCE}", "body": body}]})
    assert read()["ready"]


# --- What may not be read


def test_what_is_forbidden_is_told_kind_by_kind_and_loses_no_other(cluster: Simulator, read: Read) -> None:
    rules = [
        {"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]},
        {"apiGroups": [SOURCE], "resources": ["*"], "verbs": ["list"]},
        {"apiGroups": ["helm.toolkit.fluxcd.io"], "resources": ["helmreleases"], "verbs": ["list"]},
    ]
    cluster.load({"extends": "healthy", "kubernetes": {"rules": {"reader": rules}}})
    result = read()
    [finding] = result["readiness"]["findings"]
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("API_FORBIDDEN", "unknown", True)
    assert finding["message"].startswith(
        'kustomizations.kustomize.toolkit.fluxcd.io is forbidden: User "reader" cannot list resource "kustomizations" in API group '
        '"kustomize.toolkit.fluxcd.io" at the cluster scope (HTTP 403, Forbidden, '
    )
    assert set(FIELDS) - result["contexts"][0].keys() == {"kustomizations"}


def test_pods_that_may_not_be_read_are_no_pods_that_are_missing(cluster: Simulator, read: Read, run_module: Any) -> None:
    rules = [
        {
            "apiGroups": ["*"],
            "resources": ["gitrepositories", "ocirepositories", "buckets", "helmrepositories", "kustomizations", "helmreleases"],
            "verbs": ["list"],
        }
    ]
    cluster.load({"extends": "healthy", "kubernetes": {"rules": {"reader": rules}}})
    report = run_module("gitops_gate", readings=[read()], enforce=False)
    assert [finding["code"] for finding in report["findings"]] == ["API_FORBIDDEN"], "X1 and X7 say nothing"


def test_on_error_fail_fails_with_every_error_and_keeps_what_was_read(cluster: Simulator, read: Read) -> None:
    cluster.load(
        {"extends": "healthy", "kubernetes": {"rules": {"reader": [{"apiGroups": [""], "resources": ["pods"], "verbs": ["list"]}]}}}
    )
    result = read("prod", "test", on_error="fail")
    assert result["failed"]
    assert result["msg"].startswith(
        "12 of the reads failed: kubernetes: GET /apis/source.toolkit.fluxcd.io/v1/gitrepositories: gitrepositories."
    )
    assert "(HTTP 403, Forbidden) [context prod, test]" in result["msg"]
    assert [len(entry["pods"]) for entry in result["contexts"]] == [4, 4]


@pytest.mark.parametrize("action", ["reset", "hang"])
def test_a_cluster_that_stops_answering_keeps_what_was_read_of_it(cluster: Simulator, read: Read, action: str) -> None:
    fault = {"service": "kubernetes", "path": f"*{CLUSTERS[0]}*/kustomize*", "action": action}
    cluster.load({"extends": "healthy", "faults": [fault]})
    result = read("prod", "test", request_timeout=0.5)
    broken, whole = result["contexts"]
    assert set(FIELDS) - broken.keys() == {"kustomizations", "helm_releases"}, "the rest was not asked for"
    assert set(FIELDS) <= whole.keys()
    assert findings(result)[0] == ("API_UNAVAILABLE", "unknown")
    assert [entry["readiness"]["verdict"] for entry in result["contexts"]] == ["unknown", "ready"]


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_server_that_asks_to_wait_is_asked_again(cluster: Simulator, read: Read, status: int) -> None:
    body = {"kind": "Status", "status": "Failure", "message": "etcdserver: request timed out", "reason": "InternalError", "code": status}
    fault = {"service": "kubernetes", "path": "*/pods", "status": status, "body": body, "headers": {"Retry-After": "0"}, "times": 1}
    cluster.load({"extends": "healthy", "faults": [fault]})
    assert read(request_retries=1)["ready"]


# --- What is not installed


@pytest.mark.parametrize("enabling", [False, True])
def test_f3_a_cluster_without_flux(cluster: Simulator, read: Read, enabling: bool) -> None:
    kinds = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository", "Kustomization", "HelmRelease")
    own = {"pods": [], "sources": [], "kubernetes": {"versions": {key: [] for key in kinds}}}
    cluster.load({"extends": "healthy", "clusters": {CLUSTERS[0]: own}})
    result = read(enabling=enabling)
    verdict = "progressing" if enabling else "failed"
    assert ("GITOPS_NOT_FOUND", verdict) in findings(result)
    assert ("GITOPS_NOT_ENABLED", verdict) in findings(result)
    words = [finding["message"] for finding in result["readiness"]["findings"] if finding["code"] == "GITOPS_NOT_FOUND"]
    assert words == [
        f"The cluster does not know {kind}: {controller} of Flux is not installed in it (HTTP 404, NotFound)"
        for kind, controller in (
            (f"gitrepositories.{SOURCE}", "source-controller"),
            ("kustomizations.kustomize.toolkit.fluxcd.io", "kustomize-controller"),
        )
    ]


def test_f3_what_no_demanded_controller_needs_may_be_missing(cluster: Simulator, read: Read) -> None:
    cluster.load(holding({}, versions={"HelmRelease": [], "Bucket": [], "OCIRepository": []}))
    result = read()
    assert result["ready"]
    assert result["contexts"][0]["buckets"] == result["contexts"][0]["helm_releases"] == []
    demanding = read(controllers=["source-controller", "kustomize-controller", "helm-controller"])
    assert findings(demanding) == [("GITOPS_NOT_FOUND", "failed")]


def test_a_kind_that_is_installed_while_the_gate_waits_is_read(cluster: Simulator, run_module: Any, tmp_path: Path) -> None:
    not_yet = {"service": "kubernetes", "path": "*/apis/helm.toolkit.fluxcd.io", "status": 404, "body": {}, "times": 1}
    cluster.load({**holding({"HelmRelease": [flux_object("late")]}), "faults": [not_yet]})
    check = {"contexts": ["prod"], "controllers": ["source-controller", "helm-controller"], "enabling": True}
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", cluster)
    report = run_module("gitops_gate", kubeconfig=kubeconfig, checks=[{"flux": check}], interval=0.1, steady_for=0, wait_timeout=60)
    assert report["decision"] == "allow"
    assert [change["verdict"] for change in report["timeline"]] == ["progressing", "ready"]
    assert "late" in [seen["name"] for seen in report["checks"][0]["observed"]]


# --- The gate


def test_the_gate_takes_the_check_beside_others(cluster: Simulator, options: dict[str, Any], run_module: Any, tmp_path: Path) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", cluster)
    reach = {name: cluster.urls[name] for name in ("ucs", "iam")}
    checks = [{"flux": {"contexts": ["prod", "test"]}}, {"ucs_gitops": {"cluster_ids": CLUSTERS}}]
    asked = {**options, "endpoints": reach, "kubeconfig": kubeconfig, "checks": checks, "wait_timeout": 0}
    report = run_module("gitops_gate", **asked)
    assert (report["decision"], report["exit_code"]) == ("allow", 0)
    assert [target["id"] for target in report["checks"][0]["targets"]] == ["prod", "test"]
    assert [target["name"] for target in report["checks"][0]["targets"]] == ["prod-cluster", "test-cluster"]
    cluster.load("failing")
    report = run_module("gitops_gate", **asked, enforce=False)
    assert report["decision"] == "block"
    assert {finding["check"] for finding in report["findings"]} == {"flux", "ucs_gitops"}


def test_the_gate_needs_no_credentials_of_huawei_cloud_for_it(cluster: Simulator, run_module: Any, tmp_path: Path) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", cluster)
    report = run_module("gitops_gate", kubeconfig=kubeconfig, checks=[{"flux": {"contexts": "prod"}}], wait_timeout=0)
    assert report["decision"] == "allow"
    assert {entry["service"] for entry in cluster.journal} == {"kubernetes"}


def test_the_api_of_flux_is_looked_up_once_for_all_samples(cluster: Simulator, run_module: Any, tmp_path: Path) -> None:
    cluster.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": "*/pods", "status": 503, "body": {}, "times": 1}]})
    asked = {"kubeconfig": write_kubeconfig(tmp_path / "kubeconfig", cluster), "request_retries": 0}
    report = run_module("gitops_gate", **asked, checks=[{"flux": {"contexts": "prod"}}], interval=0.1, steady_for=0)
    assert (report["decision"], report["samples"]) == ("allow", 2)
    assert paths(cluster).count(f"/apis/{SOURCE}") == 1
    assert paths(cluster).count(GIT) == 2


@pytest.mark.parametrize(("versions", "decision"), [(["v1"], "allow"), ([], "block")], ids=["upgraded", "uninstalled"])
def test_a_version_that_is_dropped_while_the_gate_waits_is_looked_for_anew(
    cluster: Simulator, run_module: Any, tmp_path: Path, versions: list[str], decision: str
) -> None:
    """In the first sample, kustomizations are served as v1beta2, which is busy; in the later ones no more."""
    group = "kustomize.toolkit.fluxcd.io"
    old = {"kind": "APIGroup", "name": group, "versions": [{"version": "v1beta2"}]}
    kinds = {"kind": "APIResourceList", "groupVersion": f"{group}/v1beta2", "resources": [{"name": "kustomizations"}]}
    first = [(f"*/apis/{group}", 200, old), (f"*/apis/{group}/v1beta2", 200, kinds), ("*/v1beta2/kustomizations", 503, {})]
    faults = [{"service": "kubernetes", "path": path, "status": status, "body": body, "times": 1} for path, status, body in first]
    cluster.load({**holding({}, versions={"Kustomization": versions}), "faults": faults})
    asked = {"kubeconfig": write_kubeconfig(tmp_path / "kubeconfig", cluster), "request_retries": 0, "enforce": False}
    report = run_module("gitops_gate", **asked, checks=[{"flux": {"contexts": "prod"}}], interval=0.1, steady_for=0)
    assert report["decision"] == decision
    assert ["GITOPS_NOT_FOUND" in finding["code"] for finding in report["findings"]] == [True] * (decision == "block")


BAD: dict[str, tuple[dict[str, Any], str]] = {
    "none": ({"contexts": []}, "Option 'contexts': got [], expected at least one context of the kubeconfig."),
    "empty": ({"contexts": [" "]}, "Option 'contexts': got \" \", expected the name of a context of the kubeconfig."),
    "alike": (
        {"contexts": ["prod", "Prod"]},
        "Option 'contexts': got \"Prod\", expected names that differ in more than upper and lower case.",
    ),
    "no namespace": ({"namespaces": []}, "Option 'namespaces': got [], expected at least one namespace; left out, all of them."),
    "a path": (
        {"namespaces": ["a/b"]},
        "Option 'namespaces': got \"a/b\", expected an identifier: not empty, not '.' or '..', without '/', '\\' or control characters.",
    ),
    "restarts": (
        {"restart_max": -1},
        "Option 'restart_max': got -1, expected a number from 0 on; left out, many restarts are only a warning.",
    ),
    "source": (
        {"expect": [{"namespace": "x"}]},
        "Option 'expect[0]': got namespace, kind, expected a name or a url, to know which source is meant.",
    ),
    "branch": (
        {"expect": [{"name": "x", "kind": "Bucket", "branch": "main"}]},
        "Option 'expect[0].branch': got \"main\", expected none: Bucket follows no branch.",
    ),
    "kustomization": (
        {"expect_kustomizations": [{"namespace": "x"}]},
        "Option 'expect_kustomizations[0]': got namespace, expected a name or a source, to know which config set is meant.",
    ),
    "revision": (
        {"expect_kustomizations": [{"name": "x", "revision": "12"}]},
        (
            "Option 'expect_kustomizations[0].revision': got \"12\", expected a commit hash, at least 7 hex digits of one, a revision such "
            "as main@sha1:..., or a tag."
        ),
    ),
}


@pytest.mark.parametrize("name", BAD)
def test_options_that_cannot_work_are_refused_before_the_first_request(cluster: Simulator, read: Read, name: str) -> None:
    given, words = BAD[name]
    result = read(**given)
    assert (result["failed"], result["msg"]) == (True, words)
    assert cluster.journal == []


def test_contexts_are_needed_and_have_no_default(run_module: Any, cluster: Simulator) -> None:
    assert run_module("flux_info")["msg"] == "missing required arguments: contexts"
    report = run_module("gitops_gate", checks=[{"flux": {}}])
    assert report["msg"] == "The options of 'checks[0].flux': missing required arguments: contexts"


def test_nothing_of_a_secret_comes_out(cluster: Simulator, read: Read) -> None:
    url = "https://bot:SimulatorSecretMustNotLeak@repo.example.com/shop.git"
    cluster.load(holding({"GitRepository": [flux_object("shop", spec={"url": url})]}))
    assert "SimulatorSecretMustNotLeak" not in json.dumps(read())

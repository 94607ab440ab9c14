# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Flux as Kubernetes states it, row by row (rules.rst, rows F), and the rows S for kinds of sources that UCS does not know."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.flux import ENDPOINT
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import CONTEXT_NOT_FOUND, LIST_EXPIRED, NO_ACCESS, ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.flux import KINDS, POD
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import CheckedReading, judge_across
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_names import role_words

from .answers import NOW, changed, rows
from .answers_pods import pod
from .kube import flux_object

SHA, DIGEST = "5394cb7f48332b2de7c17dd8b8384bbc84b7e738", "3b6cdcc7adcc9a84d3214ee1c029543789d90b5ae69debe9efa3f66e982875de"
NOTHING: dict[str, Any] = {kind.field: [] for kind in KINDS}
CONTROLLERS = [pod(app=name) for name in ("source-controller", "kustomize-controller", "helm-controller")]


def artifact(revision: str) -> dict[str, Any]:
    return {"artifact": {"revision": revision}}


def git(name: str = "podinfo", **more: Any) -> dict[str, Any]:
    return flux_object(name, {"url": f"https://example.com/{name}", "ref": {"branch": "main"}, **more}, artifact(f"main@sha1:{SHA}"))


def oci(ref: dict[str, Any] | None, revision: str, **more: Any) -> dict[str, Any]:
    return flux_object("manifests", {"url": "oci://example.com/manifests", **({"ref": ref} if ref else {}), **more}, artifact(revision))


def bucket(**more: Any) -> dict[str, Any]:
    return flux_object("files", {"bucketName": "files", "endpoint": "example.com", **more}, artifact(f"sha256:{DIGEST}"))


def helm(**more: Any) -> dict[str, Any]:
    return flux_object("charts", {"url": "https://example.com/charts", **more}, artifact(f"sha256:{DIGEST}"))


def static(**metadata: Any) -> dict[str, Any]:
    return {**flux_object("registry", {"type": "oci", "url": "oci://example.com/charts"}, **metadata), "status": {}}


def kustomization(
    name: str = "podinfo", revision: str = f"main@sha1:{SHA}", follows: str = "podinfo", kind: str = "GitRepository"
) -> dict[str, Any]:
    spec = {"sourceRef": {"kind": kind, "name": follows}}
    return flux_object(name, spec, {"lastAttemptedRevision": revision, "lastAppliedRevision": revision})


def release(ref: dict[str, Any] | None = None, **status: Any) -> dict[str, Any]:
    """A HelmRelease: of a chart that a source has, or that is a source itself."""
    of_source = {"chart": {"spec": {"sourceRef": {"kind": "HelmRepository", "name": "charts"}}}}
    return flux_object("podinfo", {"chartRef": ref} if ref else of_source, status)


def failing(item: dict[str, Any], reason: str, message: str) -> dict[str, Any]:
    """An object that says Ready=False."""
    condition = {**item["status"]["conditions"][0], "status": "False", "reason": reason, "message": message}
    return changed(item, "status.conditions", [condition])


def judged(lists: dict[str, Any], error: ApiError | None = None, **options: Any) -> Judgement:
    """What is judged of a cluster with these lists, beside controllers that run."""
    fields = {"cluster": "prod", "server": "https://example.com", POD.field: CONTROLLERS, **NOTHING, **lists}
    entry = Entry("prod", NOW, {name: value for name, value in fields.items() if value is not GONE})
    errors = (ReadError("prod", NOW, error),) if error else ()
    return ENDPOINT.judge(Reading("flux", {}, (entry,), errors), options, History())


class _Gone:
    pass


GONE = _Gone()


@dataclass(frozen=True)
class Row:
    """Lists of a cluster, and what comes of them: the verdict of what decides, and the codes of what does, kind and name before each."""

    id: str
    lists: dict[str, Any]
    verdict: str
    codes: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


def expecting(**want: Any) -> dict[str, Any]:
    return {"expect": [want]}


def applying(**want: Any) -> dict[str, Any]:
    return {"expect_kustomizations": [want]}


GIT = {"git_repositories": [git()], "kustomizations": [kustomization()]}


ROWS = (
    Row("git", GIT, "ready"),
    Row("F5 null", {**GIT, "buckets": None}, "unknown", ["Cluster None API_SHAPE"]),
    Row("F5 absent", {**GIT, "buckets": GONE}, "unknown", ["Cluster None API_SHAPE"]),
    Row("F5 texts", {**GIT, "kustomizations": ["x"]}, "unknown", ["Cluster None API_SHAPE"]),
    Row("F5 pods", {**GIT, "pods": GONE}, "unknown", ["Cluster None API_SHAPE"]),
    Row("nothing", {}, "unknown", ["Cluster None SRC_NONE", "Cluster None CFG_NONE"]),
    Row("no source, one expected", {}, "failed", ["Cluster None SRC_NONE"], expecting(name="podinfo")),
    Row("no kustomization", {"git_repositories": [git()]}, "unknown", ["Cluster None CFG_NONE"]),
    Row("no kustomization, a release", {"git_repositories": [git()], "helm_releases": [release()]}, "ready"),
    # The rows S for the other kinds
    Row("OCI latest", {**GIT, "oci_repositories": [oci(None, f"latest@sha256:{DIGEST}")]}, "ready"),
    Row("OCI tag", {**GIT, "oci_repositories": [oci({"tag": "v1"}, f"v1@sha256:{DIGEST}")]}, "ready"),
    Row("OCI digest", {**GIT, "oci_repositories": [oci({"digest": f"sha256:{DIGEST}", "tag": "v1"}, f"sha256:{DIGEST}")]}, "ready"),
    Row("OCI semver", {**GIT, "oci_repositories": [oci({"semver": ">=1", "tag": "v1"}, f"2.0.0@sha256:{DIGEST}")]}, "ready"),
    Row(
        "S18 OCI tag",
        {**GIT, "oci_repositories": [oci({"tag": "v1"}, f"v2@sha256:{DIGEST}")]},
        "progressing",
        ["OCIRepository manifests SRC_ARTIFACT_OTHER_REF"],
    ),
    Row(
        "S18 OCI digest",
        {**GIT, "oci_repositories": [oci({"digest": f"sha256:{'0' * 64}"}, f"sha256:{DIGEST}")]},
        "progressing",
        ["OCIRepository manifests SRC_ARTIFACT_OTHER_REF"],
    ),
    Row(
        "S5 OCI",
        {**GIT, "oci_repositories": [oci(None, "latest@sha256:0", suspend=True)]},
        "failed",
        ["OCIRepository manifests SRC_SUSPENDED"],
    ),
    Row(
        "S23 OCI",
        {**GIT, "oci_repositories": [oci(None, f"latest@sha256:{DIGEST}", verify={"provider": "cosign"})]},
        "progressing",
        ["OCIRepository manifests SRC_NOT_VERIFIED"],
    ),
    Row("bucket", {**GIT, "buckets": [bucket()]}, "ready"),
    Row(
        "S9 bucket",
        {**GIT, "buckets": [failing(bucket(), "AuthenticationFailed", "Access Denied")]},
        "failed",
        ["Bucket files SRC_NOT_READY"],
    ),
    Row(
        "S17 bucket",
        {**GIT, "buckets": [changed(bucket(), "status.artifact", None)]},
        "unknown",
        ["Bucket files SRC_READY_WITHOUT_ARTIFACT"],
    ),
    Row("helm", {**GIT, "helm_repositories": [helm()]}, "ready"),
    Row(
        "S4 helm",
        {**GIT, "helm_repositories": [changed(helm(), "metadata.deletionTimestamp", "2025-12-01T11:00:00Z")]},
        "failed",
        ["HelmRepository charts SRC_TERMINATING"],
    ),
    Row(
        "S13 helm",
        {**GIT, "helm_repositories": [changed(helm(), "metadata.generation", 2)]},
        "progressing",
        ["HelmRepository charts SRC_GENERATION_STALE"],
    ),
    Row(
        "S25 helm",
        {**GIT, "helm_repositories": [helm(url="http://example.com/charts")]},
        "ready",
        ["HelmRepository charts SRC_URL_INSECURE"],
    ),
    Row(
        "kinds of one name are two objects",
        {**GIT, "buckets": [failing(flux_object("podinfo", {"bucketName": "x"}), "AuthenticationFailed", "x")]},
        "ready",
        [],
        expecting(name="podinfo", revision=SHA),
    ),
    Row(
        "S2 kind",
        {**GIT, "oci_repositories": []},
        "failed",
        ["OCIRepository podinfo SRC_MISSING"],
        expecting(name="podinfo", kind="OCIRepository"),
    ),
    Row(
        "S19 OCI",
        {**GIT, "oci_repositories": [oci(None, f"latest@sha256:{DIGEST}")]},
        "ready",
        [],
        expecting(name="manifests", kind="OCIRepository", revision=DIGEST),
    ),
    Row(
        "S19 OCI another",
        {**GIT, "oci_repositories": [oci({"semver": ">1"}, f"1.1.0@sha256:{DIGEST}")]},
        "progressing",
        ["OCIRepository manifests SRC_REVISION_NOT_YET"],
        expecting(name="manifests", kind="OCIRepository", revision="0" * 64),
    ),
    # F7
    Row("F7", {**GIT, "helm_repositories": [static()]}, "ready"),
    Row("F7 expected", {**GIT, "helm_repositories": [static()]}, "ready", [], expecting(name="registry", kind="HelmRepository")),
    Row(
        "F7 expected with a revision",
        {**GIT, "helm_repositories": [static()]},
        "unknown",
        ["HelmRepository registry SRC_UNSUPPORTED"],
        expecting(name="registry", kind="HelmRepository", revision=DIGEST),
    ),
    Row(
        "F7 expected, deleted",
        {**GIT, "helm_repositories": [static(deletionTimestamp="2025-12-01T11:00:00Z")]},
        "failed",
        ["HelmRepository registry SRC_TERMINATING"],
        expecting(name="registry", kind="HelmRepository"),
    ),
    Row(
        "F7 with conditions, without an artifact",
        {**GIT, "helm_repositories": [changed(helm(type="oci"), "status.artifact", None)]},
        "ready",
    ),
    Row(
        "F7 with conditions, expected with a revision",
        {**GIT, "helm_repositories": [changed(helm(type="oci"), "status.artifact", None)]},
        "unknown",
        ["HelmRepository charts SRC_UNSUPPORTED"],
        expecting(name="charts", kind="HelmRepository", revision=DIGEST),
    ),
    Row(
        "F7 with conditions, by S",
        {**GIT, "helm_repositories": [failing(helm(type="oci"), "URLInvalid", "x")]},
        "failed",
        ["HelmRepository charts SRC_NOT_READY"],
    ),
    # F8
    Row(
        "F8 other sources and kustomizations are beside",
        {
            "git_repositories": [git(), failing(git("other"), "AuthenticationFailed", "x")],
            "kustomizations": [kustomization(), failing(kustomization("other", follows="other"), "BuildFailed", "x")],
        },
        "ready",
        [],
        expecting(name="podinfo"),
    ),
    Row(
        "F8 what follows an expected source decides",
        {"git_repositories": [git()], "kustomizations": [failing(kustomization("apps"), "BuildFailed", "x")]},
        "failed",
        ["ConfigSet apps CFG_NOT_READY"],
        expecting(name="podinfo"),
    ),
    Row(
        "F8 a release of a chart of an expected source decides",
        {**GIT, "helm_repositories": [helm()], "helm_releases": [failing(release(), "InstallFailed", "x")]},
        "failed",
        ["ConfigSet podinfo CFG_NOT_READY"],
        expecting(name="charts", kind="HelmRepository"),
    ),
    Row(
        "F8 a release of a chart that is an expected source decides",
        {
            **GIT,
            "oci_repositories": [oci(None, f"latest@sha256:{DIGEST}")],
            "helm_releases": [failing(release({"kind": "OCIRepository", "name": "manifests"}), "InstallFailed", "x")],
        },
        "failed",
        ["ConfigSet podinfo CFG_NOT_READY"],
        expecting(name="manifests", kind="OCIRepository"),
    ),
    Row(
        "F8 what an expected kustomization follows decides",
        {"git_repositories": [failing(git(), "AuthenticationFailed", "x"), git("other")], "kustomizations": [kustomization("apps")]},
        "failed",
        ["GitRepository podinfo SRC_NOT_READY"],
        applying(name="apps"),
    ),
    Row(
        "F8 both are demanded for themselves",
        {
            "git_repositories": [git(), git("other")],
            "kustomizations": [failing(kustomization("apps"), "BuildFailed", "x"), kustomization("more", follows="other")],
        },
        "ready",
        [],
        {**expecting(name="podinfo"), **applying(name="more")},
    ),
    # The rows K, for objects that are all there
    Row("K9", GIT, "ready", [], applying(source="default/podinfo", revision=SHA)),
    Row(
        "K8",
        {"git_repositories": [git()], "kustomizations": [kustomization(revision=f"main@sha1:{'0' * 40}")]},
        "progressing",
        ["ConfigSet podinfo CFG_BEHIND_SOURCE"],
    ),
    Row(
        "K8 its source is not in the answer",
        {"git_repositories": [git("other")], "kustomizations": [kustomization()]},
        "unknown",
        ["ConfigSet podinfo CFG_BEHIND_SOURCE"],
    ),
    Row(
        "K8 a source of another kind of that name",
        {"git_repositories": [git()], "kustomizations": [kustomization(kind="OCIRepository")]},
        "unknown",
        ["ConfigSet podinfo CFG_BEHIND_SOURCE"],
    ),
    Row(
        "K8 of an OCIRepository",
        {
            **GIT,
            "oci_repositories": [oci(None, f"latest@sha256:{DIGEST}")],
            "kustomizations": [kustomization(kind="OCIRepository", follows="manifests", revision=f"latest@sha256:{DIGEST}")],
        },
        "ready",
    ),
    Row("K1", GIT, "failed", ["ConfigSet missing CFG_MISSING"], applying(name="missing")),
    Row(
        "K1 a release of that name is none",
        {**GIT, "kustomizations": [], "helm_releases": [release()]},
        "failed",
        ["ConfigSet podinfo CFG_MISSING"],
        applying(name="podinfo"),
    ),
    Row("K5 release", {**GIT, "helm_releases": [failing(release(), "InstallFailed", "x")]}, "failed", ["ConfigSet podinfo CFG_NOT_READY"]),
    Row(
        "K2 release without conditions",
        {**GIT, "helm_releases": [changed(release(), "status.conditions", [])]},
        "unknown",
        ["ConfigSet podinfo CFG_UNSUPPORTED"],
    ),
)


@rows(*ROWS)
def test_rows(row: Row) -> None:
    judgement = judged(row.lists, **row.options)
    said = [f"{finding.kind} {finding.name} {finding.code}" for finding in judgement.findings if finding.weight == "decides"]
    assert (judgement.verdict, said) == (row.verdict, row.codes)


FORBIDDEN = ApiError("forbidden", 403, "Forbidden", service="kubernetes", path="/apis/x")


@pytest.mark.parametrize(
    ("error", "verdict", "code"),
    [
        pytest.param(ApiError("x", code=CONTEXT_NOT_FOUND), "failed", "KUBE_CONTEXT_NOT_FOUND", id="F1"),
        pytest.param(ApiError("x", code=NO_ACCESS), "unknown", "KUBE_NO_ACCESS", id="F2"),
        pytest.param(ApiError("x", code=NO_ACCESS, retryable=True), "unknown", "KUBE_NO_ACCESS", id="F2 again"),
        pytest.param(ApiError("x", 404, "NotFound", service="kubernetes"), "failed", "GITOPS_NOT_FOUND", id="F3"),
        pytest.param(FORBIDDEN, "unknown", "API_FORBIDDEN", id="F4"),
        pytest.param(ApiError("x", 410, LIST_EXPIRED, retryable=True), "unknown", "API_UNAVAILABLE", id="F6"),
    ],
)
def test_an_error_is_told_once_and_stands_for_the_missing_list(error: ApiError, verdict: str, code: str) -> None:
    judgement = judged({**GIT, "buckets": GONE}, error)
    assert [(finding.code, finding.verdict, finding.cluster_id) for finding in judgement.findings] == [(code, verdict, "prod")]
    terminal = not error.retryable
    assert [finding.terminal for finding in judgement.findings] == [terminal]


@pytest.mark.parametrize(
    ("missing", "expect"),
    [
        ("git_repositories", expecting(name="podinfo")),
        ("kustomizations", applying(name="podinfo")),
        ("oci_repositories", expecting(name="manifests", kind="OCIRepository")),
    ],
)
def test_f4_nothing_is_missing_of_a_kind_that_was_not_read(missing: str, expect: dict[str, Any]) -> None:
    judgement = judged({**GIT, missing: GONE}, FORBIDDEN, **expect)
    deciding = [finding.code for finding in judgement.findings if finding.weight == "decides"]
    assert "SRC_MISSING" not in deciding
    assert "SRC_NONE" not in deciding
    assert "CFG_MISSING" not in deciding
    assert judgement.verdict == "unknown"


def test_what_is_missing_names_the_option_that_expects_it() -> None:
    options = {**expecting(name="no-source"), **applying(name="no-kustomization")}
    told = {finding.code: finding.remediation for finding in judged(GIT, **options).findings if finding.code.endswith("_MISSING")}
    assert "correct 'expect'" in told["SRC_MISSING"]
    assert told["CFG_MISSING"] == "Create the config set, or correct 'expect_kustomizations'."
    assert role_words(told["CFG_MISSING"], "flux") == "Create the config set, or correct gitops_gate_config_sets."


def test_f4_no_source_at_all_is_not_said_where_a_kind_was_not_read() -> None:
    judgement = judged({"git_repositories": [], "kustomizations": [kustomization()], "buckets": GONE}, FORBIDDEN)
    assert "SRC_NONE" not in [finding.code for finding in judgement.findings]


def test_a_context_is_a_cluster_with_the_name_that_the_kubeconfig_gives_it() -> None:
    judgement = judged({**GIT, "buckets": [bucket()], "helm_releases": [release()]})
    named = [subject for subject in judgement.subjects if subject.kind != "Pod"]
    assert {(subject.target, subject.cluster_id, subject.cluster_name) for subject in named} == {("prod", "prod", "prod")}
    assert [subject.kind for subject in named] == ["GitRepository", "Bucket", "ConfigSet", "ConfigSet", *["Workload"] * 3]


def test_only_what_is_asked_for_makes_a_check_ready() -> None:
    judgement = judged({"helm_repositories": [static()], "helm_releases": []}, controllers=[])
    assert judgement.verdict != "ready"


@pytest.mark.parametrize(
    ("down", "codes"),
    [
        ("source-controller", {"SRC_READY_CONTROLLER_DOWN"}),
        ("kustomize-controller", {"CFG_READY_CONTROLLER_DOWN"}),
        ("helm-controller", {"CFG_READY_CONTROLLER_DOWN"}),
    ],
)
def test_x1_and_x7_hold_for_the_pods_and_objects_of_one_context(down: str, codes: set[str]) -> None:
    pods = [item for item in CONTROLLERS if item["metadata"]["labels"]["app"] != down]
    lists = {**GIT, "buckets": [bucket()], "helm_releases": [release()], "pods": pods}
    judgement = judged(lists, controllers=[])
    entry = Entry("prod", NOW, lists)
    [across] = judge_across([CheckedReading("flux", "flux", False, {}, Reading("flux", {}, (entry,)), judgement)])
    said = {(finding.kind, finding.code, subject.origin.kind) for subject in across.subjects for finding in subject.findings}
    assert {code for _kind, code, _origin in said} == codes
    expected = {
        "source-controller": {"GitRepository", "Bucket"},
        "kustomize-controller": {"Kustomization"},
        "helm-controller": {"HelmRelease"},
    }
    assert {origin for _kind, _code, origin in said} == expected[down]


def test_x1_says_nothing_where_the_pods_were_not_read() -> None:
    judgement = judged({**GIT, "pods": GONE}, FORBIDDEN)
    entry = Entry("prod", NOW, GIT)
    [across] = judge_across([CheckedReading("flux", "flux", False, {}, Reading("flux", {}, (entry,)), judgement)])
    assert [finding.code for finding in across.findings] == ["API_FORBIDDEN"]


def test_what_to_do_names_the_kind_of_the_object() -> None:
    suspended = {"suspend": True}
    releases = [changed(release(), "spec.suspend", True)]
    judgement = judged({"git_repositories": [git()], "oci_repositories": [oci(None, DIGEST, **suspended)], "helm_releases": releases})
    told = {finding.code: finding.remediation for finding in judgement.findings if finding.code.endswith("SUSPENDED")}
    assert "flux resume source oci manifests -n default" in told["SRC_SUSPENDED"]
    assert "flux resume helmrelease podinfo -n default" in told["CFG_SUSPENDED"]

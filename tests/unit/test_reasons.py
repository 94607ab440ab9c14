# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Findings as reasons: rules.rst, "Reasons". Each cause once, what follows from it under it, and nothing played down."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate import reasons as module
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.reasons import lines_of, plain_reason, reasons_of
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import by_severity, cluster_label, make_finding
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, Mark, P, U, W

LOOKUP = "GitOperationFailed: dial tcp: lookup repo.example.com on 10.247.3.10:53: i/o timeout"


def source(code: str = "SRC_FETCH_FAILED", mark: Mark = F_R, message: str = "It was refused.", **fields: Any) -> Any:
    """A finding about a source."""
    place = {"kind": "GitRepository", "namespace": "shop", "name": "frontend", "cluster_id": "c1", "check": "sources"}
    return make_finding(code, mark, message, **{**place, **fields})


def pod(code: str = "POD_CRASH_LOOP", mark: Mark = F_R, message: str = "Container manager keeps crashing.", **fields: Any) -> Any:
    """A finding about a pod of source-controller."""
    name = "source-controller-97bdcd8cf-5fs52"
    return source(code, mark, message, **{"kind": "Pod", "namespace": "flux-system", "name": name, "check": "pods", **fields})


def told(*findings: Any, **names: str) -> list[dict[str, Any]]:
    """The reasons of findings, ordered as a result has them."""
    return reasons_of([finding.as_dict() for finding in by_severity(findings)], names)


def only(*findings: Any, **names: str) -> dict[str, Any]:
    (reason,) = told(*findings, **names)
    return reason


def codes(*findings: Any) -> list[list[str]]:
    """For each reason the codes that it stands for."""
    return [reason["codes"] for reason in told(*findings)]


# --- One reason --------------------------------------------------------------------------------------------------------------------------


def test_a_reason_says_it_all() -> None:
    finding = source(message=LOOKUP, cause="network", cluster_name="prod-eu", since="2025-12-01T12:00:00Z", remediation="Look.")
    assert only(finding) == {
        "summary": "GitRepository shop/frontend in prod-eu (c1) cannot be fetched (DNS)",
        "short": "GitRepository shop/frontend in prod-eu cannot be fetched (DNS)",
        "verdict": "failed",
        "weight": "decides",
        "code": "SRC_FETCH_FAILED",
        "codes": ["SRC_FETCH_FAILED"],
        "count": 1,
        "objects": [{"kind": "GitRepository", "namespace": "shop", "name": "frontend", "cluster_id": "c1", "cluster_name": "prod-eu"}],
        "checks": ["sources"],
        "since": "2025-12-01T12:00:00Z",
        "detail": f"{LOOKUP}.",
        "remediation": "Look.",
        "consequences": [],
        "text": (
            "FAILED: GitRepository shop/frontend in prod-eu (c1) cannot be fetched (DNS), since 2025-12-01T12:00:00Z at least."
            f" {LOOKUP}. [SRC_FETCH_FAILED] To do: Look."
        ),
    }


SUMMARIES = {
    "no-name-known": (source(), "GitRepository shop/frontend in cluster c1 cannot be fetched"),
    "a-name-like-the-id": (source(cluster_name="c1"), "GitRepository shop/frontend in cluster c1 cannot be fetched"),
    "no-cluster": (source(cluster_id=None), "GitRepository shop/frontend cannot be fetched"),
    "another-subject": (pod(), "Pod flux-system/source-controller-97bdcd8cf-5fs52 in cluster c1: the container keeps crashing"),
    "cluster": (
        source("SRC_CLUSTER_NOT_FOUND", F_T, kind="Cluster", namespace=None, name=None, cluster_name="prod-eu"),
        "Cluster prod-eu (c1) is unknown",
    ),
    "api": (
        source("API_FORBIDDEN", U, kind="API", namespace=None, name="project p1", cluster_id=None),
        "project p1: the credentials may not read this",
    ),
    "no-object": (
        source("API_SHAPE", U, kind="API", namespace=None, name=None, cluster_id=None),
        "sources: the answer is not what is documented",
    ),
    "the-gate": (
        source("GATE_NOT_STEADY", P, kind="API", namespace=None, name="steady_for", cluster_id=None),
        "Everything is ready, but not for long enough",
    ),
    "authentication": (source(cause="auth"), "GitRepository shop/frontend in cluster c1 cannot be fetched (authentication)"),
    "network": (source(cause="network", message="EOF"), "GitRepository shop/frontend in cluster c1 cannot be fetched (network)"),
    "other": (source(cause="other"), "GitRepository shop/frontend in cluster c1 cannot be fetched"),
    "no-words-for-an-api": (
        source("SRC_SUSPENDED", F_T, cause="network"),
        "GitRepository shop/frontend in cluster c1 is suspended",
    ),
}


@pytest.mark.parametrize("name", SUMMARIES)
def test_summary(name: str) -> None:
    finding, summary = SUMMARIES[name]
    assert only(finding)["summary"] == summary


DETAILS = {
    "nothing-more": ("SRC_SUSPENDED", "The source is suspended.", ""),
    "more-behind": ("SRC_SUSPENDED", "The source is suspended: it does not follow its repository.", "It does not follow its repository."),
    "another-word": (
        "SRC_STALLED",
        "The source cannot be reconciled as it issues no ref.",
        "The source cannot be reconciled as it issues no ref.",
    ),
    "something-else": ("SRC_SUSPENDED", "Somebody wants it so", "Somebody wants it so."),
    "in-brackets": ("SRC_RECONCILING", "The source is being reconciled (NoArtifact).", "NoArtifact."),
    "cut": ("SRC_SUSPENDED", "And so on…", "And so on…"),
}


@pytest.mark.parametrize("name", DETAILS)
def test_what_the_summary_says_is_not_said_again(name: str) -> None:
    code, message, detail = DETAILS[name]
    assert only(source(code, F_T, message))["detail"] == detail


@pytest.mark.parametrize(("weight", "begin"), [("decides", "FAILED: "), ("advisory", "ADVISORY: "), ("waived", "WAIVED: ")])
def test_what_does_not_decide_is_not_worded_as_a_failure(weight: str, begin: str) -> None:
    assert lines_of(only(source(weight=weight)))[0].startswith(f"{begin}GitRepository")


def test_what_is_beside_the_question_is_no_reason() -> None:
    assert told(source(weight="beside")) == []


def test_the_name_of_a_cluster_may_be_known_from_elsewhere() -> None:
    assert only(pod(), c1="prod-eu")["objects"][0]["cluster_name"] == "prod-eu"
    assert "in prod-eu (c1)" in told(pod(), source("SRC_SPEC_MISMATCH", W, cluster_name="prod-eu"))[0]["summary"]


def test_a_gate_that_could_not_decide_has_a_reason_of_the_same_shape() -> None:
    plain = plain_reason("It was not asked")
    assert plain.keys() == only(source()).keys()
    assert (plain["text"], plain["summary"], plain["code"], lines_of(plain)) == (
        "It was not asked.",
        "It was not asked",
        None,
        [plain["text"]],
    )


def test_cluster_label() -> None:
    assert [cluster_label("c1", "prod"), cluster_label("c1", "prod", with_id=False)] == ["prod (c1)", "prod"]
    assert [cluster_label("c1", None), cluster_label("c1", "c1"), cluster_label(None, "prod"), cluster_label(None)] == [
        "c1",
        "c1",
        "prod",
        "",
    ]


# --- Many objects ------------------------------------------------------------------------------------------------------------------------


def test_the_same_object_in_many_clusters_is_one_reason() -> None:
    reason = only(*(source(cluster_id=f"c{number}", cluster_name=f"prod-{number}", remediation="Look.") for number in range(1, 38)))
    assert reason["summary"] == (
        "GitRepository shop/frontend in 37 clusters (prod-1 (c1), prod-10 (c10), prod-11 (c11), and 34 more) cannot be fetched"
    )
    assert (reason["short"], reason["count"]) == ("GitRepository shop/frontend in 37 clusters cannot be fetched", 37)
    assert len(reason["objects"]) == 37


def test_clusters_of_one_name_are_several() -> None:
    assert only(source(cluster_name="prod"), source(cluster_id="c2", cluster_name="prod"))["short"].startswith(
        "GitRepository shop/frontend in 2 clusters"
    )


def test_several_objects_of_a_cluster() -> None:
    reason = only(*(source("SRC_SUSPENDED", F_T, name=name, cluster_name="prod-eu") for name in "abcd"))
    assert reason["summary"] == "4 sources in prod-eu (c1) (shop/a, shop/b, shop/c, and 1 more) are suspended"
    assert reason["short"] == "4 sources in prod-eu are suspended"
    assert reason["remediation"] == "Resume it: flux resume source git a -n shop (likewise for the other 3)"


def test_several_objects_of_several_clusters() -> None:
    reason = only(source("SRC_SUSPENDED", F_T, name="a"), source("SRC_SUSPENDED", F_T, name="b", cluster_id="c2"))
    assert reason["summary"] == "2 sources in 2 clusters (shop/a in c1, shop/b in c2) are suspended"
    named = only(*(source("SRC_SUSPENDED", F_T, name=name, cluster_id=f"c-{name}", cluster_name=f"prod-{name}") for name in "ab"))
    assert named["summary"] == "2 sources in 2 clusters (shop/a in prod-a (c-a), shop/b in prod-b (c-b)) are suspended"


def test_clusters_themselves() -> None:
    place = {"kind": "Cluster", "namespace": None, "name": None}
    reason = only(*(source("SRC_CLUSTER_NOT_FOUND", F_T, cluster_id=identifier, **place) for identifier in ("c1", "c2")))
    assert reason["summary"] == "2 clusters (c1, c2) are unknown"


def test_replicas_in_many_clusters_are_their_workload() -> None:
    names = ["source-controller-97bdcd8cf-5fs52", "source-controller-6c8f9b7d5-abcde"]
    messages = [
        f"Container manager keeps crashing after {count} restarts: back-off pod={name}_flux-system(uid)."
        for count, name in zip((5, 7), names)
    ]
    reason = only(*(pod(name=name, message=message, cluster_id=name[-5:]) for name, message in zip(names, messages)))
    assert reason["short"] == "Workload flux-system/source-controller in 2 clusters: the container keeps crashing"
    assert {each["name"] for each in reason["objects"]} == set(names)


@pytest.mark.parametrize(
    "other",
    [
        {"code": "SRC_STALLED"},
        {"mark": U},
        {"weight": "waived"},
        {"root_cause": "cluster egress/DNS"},
        {"message": "It was lost."},
        {"cause": "tls"},
    ],
    ids=["code", "verdict", "weight", "root-cause", "message", "cause"],
)
def test_what_is_another_reason(other: dict[str, Any]) -> None:
    assert len(told(source(name="a"), source(name="b", **other))) == 2


def test_durations_addresses_and_names_do_not_make_another_reason() -> None:
    messages = [f"frontend-{name}: dial tcp 10.0.0.{name}:443, failing for at least {name} min." for name in (1, 2)]
    assert only(*(source(name=f"frontend-{index}", message=text) for index, text in enumerate(messages, 1)))["count"] == 2


def test_every_line_of_a_file_is_named() -> None:
    def at(file: str, line: int, name: str = "frontend") -> Any:
        message = f"{file}:{line}: spec.url uses http:// (GitRepository {name})."
        place = {"kind": "DeclaredGitRepository", "cluster_id": None, "check": "declared", "file": file, "line": line}
        return source("DECLARED_URL_INSECURE", F_T, message, name=name, **place)

    reason = only(at("prod/a.yaml", 8), at("test/a.yaml", 8), at("test/b.yaml", 21, name="cart"), at("prod/a.yaml", 8, name="shop"))
    assert reason["detail"] == "test/b.yaml:21: spec.url uses http:// (GitRepository cart). Also at prod/a.yaml:8, test/a.yaml:8."


def test_since_is_the_earliest() -> None:
    """In whatever form an answer states them: as texts they could not be compared."""
    times = ("2025-12-01T13:00:00Z", "2025-12-01T19:59:59+08:00", "2025-12-01 12:30:00.5 +0000 UTC", "2025-12-01T12:00:00Z")
    assert only(*(source(name=time, since=time) for time in times))["since"] == "2025-12-01T11:59:59Z"


# --- What follows ------------------------------------------------------------------------------------------------------------------------


def test_a_symptom_is_told_with_its_cause() -> None:
    symptoms = [source(code, mark, "x.") for code, mark in (("SRC_RECONCILING", F_R), ("SRC_STATUS_CONTRADICTION", W))]
    assert codes(source(), *symptoms) == [["SRC_FETCH_FAILED", "SRC_RECONCILING", "SRC_STATUS_CONTRADICTION"]]
    assert codes(*symptoms) == [["SRC_RECONCILING", "SRC_STATUS_CONTRADICTION"]]


def test_that_ucs_and_an_object_disagree_is_told_only_where_the_object_says_nothing_else() -> None:
    disagree = source("SRC_STATUS_CONTRADICTION", U, "repoStatus is Unknown, but the source states no conditions.")
    reason = only(disagree, source("SRC_NOT_OBSERVED", P, "No controller has looked at the source yet."))
    assert (reason["verdict"], reason["code"]) == ("unknown", "SRC_NOT_OBSERVED")
    assert reason["codes"] == ["SRC_STATUS_CONTRADICTION", "SRC_NOT_OBSERVED"]
    assert reason["short"].endswith(": no controller has looked at the source yet")
    assert reason["detail"] == "repoStatus is Unknown, but the source states no conditions."
    assert only(disagree)["code"] == "SRC_STATUS_CONTRADICTION"
    assert only(disagree, source("SRC_RECONCILE_REQUESTED", W, "x."))["code"] == "SRC_STATUS_CONTRADICTION"


UNFOLDED = {
    "of-another-object": (source(), source("SRC_RECONCILING", F_R, "x.", name="backend")),
    "of-another-cluster": (source(), source("SRC_RECONCILING", F_R, "x.", cluster_id="c2")),
    "worse-than-its-cause": (source(mark=P), source("SRC_RECONCILING", F_R, "x.")),
    "beside-a-warning": (source("SRC_URL_INSECURE", W), source("SRC_RECONCILING", P, "x.")),
    "of-another-weight": (source(weight="waived"), source("SRC_RECONCILING", F_R, "x.")),
    "no-symptom": (source("SRC_SUSPENDED", F_T), source("SRC_FETCH_FAILED", F_R)),
    "a-pod-that-only-warns": (pod(mark=W), source("SRC_READY_CONTROLLER_DOWN", U, "x.")),
    "a-pod-that-is-waived": (pod(weight="waived"), source("SRC_READY_CONTROLLER_DOWN", U, "x.")),
    "a-pod-of-an-advisory-check": (pod(weight="advisory"), source("SRC_READY_CONTROLLER_DOWN", U, "x.")),
    "a-pod-of-another-cluster": (pod(cluster_id="c2"), source("SRC_READY_CONTROLLER_DOWN", U, "x.")),
    "another-controller": (pod(name="kustomize-controller-97bdcd8cf-5fs52"), source("SRC_RECONCILING", P, "x.")),
    "another-namespace": (pod(namespace="default"), source("SRC_RECONCILING", P, "x.")),
    "a-failure-of-its-own": (pod(), source()),
    "a-pod-less-bad": (pod(mark=P), source("SRC_NEVER_RECONCILED", F_R, "x.")),
}


@pytest.mark.parametrize("name", UNFOLDED)
def test_nothing_is_played_down(name: str) -> None:
    assert sorted(codes(*UNFOLDED[name])) == sorted([finding.code] for finding in UNFOLDED[name])


def test_the_sources_of_a_controller_that_is_down_are_one_consequence() -> None:
    sources = [source("SRC_READY_CONTROLLER_DOWN", U, "x.", name=f"s{number:02}") for number in range(27)]
    reason = only(pod(), *sources)
    assert reason["consequences"] == ["27 sources to be reconciled by it (shop/s00, shop/s01, shop/s02, and 24 more)"]
    assert (reason["count"], reason["codes"]) == (1, ["POD_CRASH_LOOP", "SRC_READY_CONTROLLER_DOWN"])
    assert lines_of(reason)[1] == f"With it: {reason['consequences'][0]}."


def test_every_kind_of_source_is_a_source() -> None:
    kinds = ("OCIRepository", "Bucket", "HelmRepository")
    for kind, command in zip(kinds, ("oci", "bucket", "helm")):
        reason = only(source("SRC_SUSPENDED", F_T, "The source is suspended.", kind=kind))
        assert reason["summary"] == f"{kind} shop/frontend in cluster c1 is suspended"
        assert f"flux resume source {command} frontend -n shop" in reason["remediation"]
        several = only(*(source("SRC_SUSPENDED", F_T, "The source is suspended.", kind=kind, name=name) for name in "ab"))
        assert several["summary"] == "2 sources in cluster c1 (shop/a, shop/b) are suspended"
    down = [source("SRC_READY_CONTROLLER_DOWN", U, "x.", kind=kind, name=kind.lower()) for kind in kinds]
    assert only(pod(), *down)["consequences"] == ["3 sources to be reconciled by it (shop/bucket, shop/helmrepository, shop/ocirepository)"]


def test_what_is_not_applied_follows_from_kustomize_controller() -> None:
    waiting = source("CFG_RECONCILING", P, "The config set is being applied.", kind="ConfigSet", check="config sets")
    down = only(pod(name="kustomize-controller-97bdcd8cf-5fs52"), waiting)
    assert down["consequences"] == ["1 config set to be applied by it (shop/frontend)"]
    assert len(told(pod(), waiting)) == 2  # another controller
    release = replace(waiting, object_kind="HelmRelease")
    assert len(told(pod(name="kustomize-controller-97bdcd8cf-5fs52"), release)) == 2
    helm = only(pod(name="helm-controller-97bdcd8cf-5fs52"), release)
    assert helm["consequences"] == ["1 config set to be applied by it (shop/frontend)"]


def test_a_release_follows_from_the_controller_that_its_finding_names() -> None:
    helm = pod(name="helm-controller-97bdcd8cf-5fs52")
    release = {"kind": "ConfigSet", "check": "flux", "root_cause": "helm-controller in cluster c1", "object_kind": "HelmRelease"}
    reason = only(helm, source("CFG_READY_CONTROLLER_DOWN", U, "x.", **release))
    assert reason["consequences"] == ["1 config set to be applied by it (shop/frontend)"]
    assert len(told(pod(name="kustomize-controller-97bdcd8cf-5fs52"), source("CFG_READY_CONTROLLER_DOWN", U, "x.", **release))) == 2
    suspended = only(source("CFG_SUSPENDED", F_T, "The config set is suspended.", **{**release, "root_cause": None}))
    assert "flux resume helmrelease frontend -n shop" in suspended["remediation"]


def test_a_missing_controller_and_gitops_that_is_off_explain_as_well() -> None:
    missing = pod("CONTROLLER_MISSING", F_R, "x.", kind="Workload", name="source-controller")
    assert only(missing, source("SRC_NEVER_RECONCILED", F_R, "x."))["consequences"] == ["1 source to be reconciled by it (shop/frontend)"]
    off = source("GITOPS_NOT_ENABLED", F_T, "x.", kind="Cluster", namespace=None, name=None)
    assert only(off, source("SRC_NOT_OBSERVED", P, "x."))["consequences"] == ["1 source that nothing reconciles (shop/frontend)"]


def test_in_many_clusters_each_source_follows_from_its_own_controller() -> None:
    clusters = [f"c{number}" for number in range(5)]
    down = [pod(cluster_id=cluster) for cluster in clusters]
    reason = only(*down, *(source("SRC_READY_CONTROLLER_DOWN", U, "x.", cluster_id=cluster) for cluster in clusters))
    assert reason["consequences"] == [
        "5 sources to be reconciled by it (shop/frontend in c0, shop/frontend in c1, shop/frontend in c2, and 2 more)"
    ]


def test_what_an_unknown_cluster_lacks_follows_from_that() -> None:
    place = {"kind": "Cluster", "namespace": None, "name": None}
    found = [source("SRC_CLUSTER_NOT_FOUND", F_T, "x.", **place), source("GITOPS_NOT_FOUND", F_T, "y.", **{**place, "check": "pods"})]
    assert codes(*found) == [["SRC_CLUSTER_NOT_FOUND", "GITOPS_NOT_FOUND"]]


def test_what_names_another_object_as_its_root_cause_follows_from_it() -> None:
    repository = source("REPO_FROZEN", F_T, "The repository is frozen.", kind="Repository", name="shop", namespace="Demo", cluster_id=None)
    assert only(repository, source(cause="auth", root_cause="Repository shop"))["consequences"] == [
        "1 source to be fetched from it (shop/frontend)"
    ]
    other = source(cause="auth", root_cause="Repository cart")
    assert len(told(repository, other)) == 2
    expired = source("AUTH_EXPIRED", F_T, "x.", kind="Authorization", name="github", namespace=None, cluster_id=None)
    warned = source("SRC_AUTHORIZATION_FAILED", W, "x.", root_cause="Authorization gitlab, github")
    assert only(expired, warned)["consequences"] == ["1 source at its host (shop/frontend)"]


def test_a_source_that_lacks_a_commit_follows_from_its_not_being_pushed() -> None:
    place = {"kind": "Commit", "namespace": "shop/frontend", "name": "main@5394cb7", "cluster_id": None, "check": "commits"}
    commit = source("COMMIT_NOT_FOUND", message="It was never pushed there.", **place)
    reason = only(commit, source("SRC_REVISION_NOT_YET", P, "x.", root_cause="Commit main@5394cb7 of shop/frontend"))
    assert (reason["code"], reason["consequences"]) == ("COMMIT_NOT_FOUND", ["1 source expected to have it (shop/frontend)"])
    assert reason["summary"] == "Commit shop/frontend/main@5394cb7 was never pushed"
    assert len(told(commit, source("SRC_REVISION_NOT_YET", P, "x.", root_cause="Commit main@5394cb7 of shop/cart"))) == 2


def test_a_probe_that_is_refused_is_a_symptom_beside_a_cause_and_a_cause_alone() -> None:
    place = {"kind": "Authorization", "namespace": None, "name": "gitlab", "cluster_id": None, "check": "authorizations"}
    refused, expired = source("AUTH_PROBE_REFUSED", F_T, "x.", **place), source("AUTH_EXPIRED", F_T, "y.", **place)
    warned = source("SRC_AUTHORIZATION_FAILED", W, "z.", root_cause="Authorization gitlab")
    assert codes(refused, expired) == [["AUTH_EXPIRED", "AUTH_PROBE_REFUSED"]]
    assert codes(refused, warned) == [["AUTH_PROBE_REFUSED", "SRC_AUTHORIZATION_FAILED"]]


def test_a_check_without_a_reading_follows_from_the_task_that_failed() -> None:
    place = {"kind": "API", "namespace": None, "cluster_id": None}
    lost = source("READING_MISSING", U, "The task behind readings[0] failed: no route.", **place, name="readings[0]")
    lost = replace(lost, check="")
    reason = only(lost, source("READING_MISSING", U, "There is no reading of the check pods.", **{**place, "check": "pods"}, name="pods"))
    assert (reason["summary"], reason["detail"]) == ("The task behind readings[0] failed: no route", "")
    assert reason["consequences"] == ["1 object without a reading (pods)"]


# --- Order -------------------------------------------------------------------------------------------------------------------------------


def test_the_worst_comes_first_then_what_concerns_the_most() -> None:
    findings = [
        source("SRC_SPEC_MISMATCH", F_R, "a."),
        *(source("SRC_MISSING", F_R, "b.", name=name) for name in "xy"),
        source("SRC_SUSPENDED", F_T, "c."),
        source("SRC_NO_CONDITIONS", U, "d.", name="z"),
        source("SRC_STALLED", F_T, "e.", weight="waived"),
        source("SRC_URL_INSECURE", W, "f."),
    ]
    expected = ["SRC_SUSPENDED", "SRC_MISSING", "SRC_SPEC_MISMATCH", "SRC_NO_CONDITIONS", "SRC_URL_INSECURE", "SRC_STALLED"]
    assert [reason["code"] for reason in told(*findings)] == expected


def test_every_symptom_is_a_code() -> None:
    assert set(CATALOGUE) >= module.SYMPTOMS | module.NO_CONTROLLERS

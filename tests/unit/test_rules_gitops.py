# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the GitOps pods: rules.rst, "GitOps pods", row by row, and what makes a workload ready."""

from __future__ import annotations

import contextlib
import json
import random
from typing import Any

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    CLUSTER,
    GITOPS,
    GONE,
    JSON,
    NOW,
    Row,
    ago,
    changed,
    check,
    codes,
    container,
    documented,
    ended,
    error,
    examples,
    finding,
    judge,
    judge_series,
    lasting,
    pod,
    pods,
    ready_condition,
    rows,
    waiting,
)

F, U, P, R, W = "failed", "unknown", "progressing", "ready", "warning"
OFF: dict[str, Any] = {"controllers": []}  # any workload will do: for the rows of single pods
JOB = {"owner": ("Job", "install"), "policy": "Never", "app": "install", "hash_": ""}
KUSTOMIZE = pod("kustomize-controller")


def one(*containers: Any, **fields: Any) -> dict[str, Any]:
    """A reading with one pod of source-controller."""
    return pods(pod(**{"containers": list(containers) if containers else None, **fields}))


def young(*containers: Any, age: float = 60, **fields: Any) -> dict[str, Any]:
    """A reading with one pod that was made a minute ago."""
    return one(*containers, age=age, **fields)


# --- The list --------------------------------------------------------------------------------------------------------------------

NOT_FOUND = {"clusters": [], "errors": [error(404, "UCS.00000013")]}
LISTS = (
    Row("L1", NOT_FOUND, F, "GITOPS_NOT_FOUND", terminal=True),
    Row("L1-enabling", NOT_FOUND, P, "GITOPS_NOT_FOUND", options={"enabling": True}),
    Row("L1-enabling-for-299s", lasting(NOT_FOUND, 299), P, "GITOPS_NOT_FOUND", options={"enabling": True}),
    Row("L1-enabling-for-300s", lasting(NOT_FOUND, 300), F, "GITOPS_NOT_FOUND", terminal=True, options={"enabling": True}),
    Row("L2-null", {"clusters": [{"cluster_id": CLUSTER, "metadata": {}, "pods": None}]}, U, "API_SHAPE", terminal=True),
    Row("L2-absent", {"clusters": [{"cluster_id": CLUSTER}]}, U, "API_SHAPE", terminal=True),
    Row("L2-text", {"clusters": [{"cluster_id": CLUSTER, "pods": "none"}]}, U, "API_SHAPE", terminal=True),
    Row("L2-no-objects", pods("pod", 1), U, "API_SHAPE", terminal=True),
    Row("L3", pods(), F, "GITOPS_NOT_ENABLED", terminal=True),
    Row("L3-enabling", pods(), P, "GITOPS_NOT_ENABLED", options={"enabling": True}),
    Row("L3-enabling-for-300s", lasting(pods(), 10, 300), F, "GITOPS_NOT_ENABLED", terminal=True, options={"enabling": True}),
    Row("L4-continue", pods(pod(), KUSTOMIZE, metadata={"continue": "abc"}), U, "LIST_INCOMPLETE", terminal=True),
    Row("L4-remaining", pods(pod(), KUSTOMIZE, metadata={"remainingItemCount": 3}), U, "LIST_INCOMPLETE", terminal=True),
    Row("L4-remaining-as-text", pods(pod(), KUSTOMIZE, metadata={"remainingItemCount": "3"}), U, "LIST_INCOMPLETE", terminal=True),
    Row("L4-complete", pods(pod(), KUSTOMIZE, metadata={"continue": "", "remainingItemCount": 0}), R),
    Row("L4-metadata-null", changed(pods(pod(), KUSTOMIZE), "clusters.0.metadata", None), R),
    Row("L5", pods(pod()), P, "CONTROLLER_MISSING"),
    Row("L5-for-299s", lasting(pods(pod()), 299), P, "CONTROLLER_MISSING"),
    Row("L5-for-300s", lasting(pods(pod()), 300), F, "CONTROLLER_MISSING"),
    Row("L5-seen-in-between", [(0, pods(pod())), (200, pods(pod(), KUSTOMIZE)), (310, pods(pod()))], P, "CONTROLLER_MISSING"),
    Row("L5-own-stuck-after", lasting(pods(pod()), 60), F, "CONTROLLER_MISSING", options={"stuck_after": 60}),
    Row("L5-off", pods(pod()), R, options=OFF),
    Row("L5-own-list", pods(pod()), R, options={"controllers": ["source-controller"]}),
    Row("L5-none-of-them-has-a-pod", pods(pod("other")), P, "CONTROLLER_MISSING"),
    Row("L5-both-there", pods(pod(), KUSTOMIZE), R),
    Row("L-only-completed-one-shot-pods", pods(pod(phase="Succeeded", **JOB)), U, "GITOPS_NO_WORKLOAD", terminal=True, options=OFF),
)


@rows(*LISTS)
def test_list(row: Row) -> None:
    row.check(GITOPS)


# --- Single pods -----------------------------------------------------------------------------------------------------------------

PULL = ("ErrImagePull", "ImagePullBackOff", "RegistryUnavailable", "ImageInspectError", "SignatureValidationFailed")
CONFIG = (
    "CreateContainerConfigError",
    "CreateContainerError",
    "RunContainerError",
    "PreStartHookError",
    "PostStartHookError",
    "ContainerCannotRun",
)
OTHER = ("ErrStrange", "StrangeError", "StrangeBackOff")
UNSCHEDULABLE = [{"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": "0/3 nodes are available"}]
RAN = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(3000)}}
EVICTED = {"phase": "Failed", "containers": [], "reason": "Evicted", "message": "The node was low on memory"}

PODS = (
    Row("P1-newest-ready", pods(pod(), pod(hash_="old", age=9000, deleting=ago(5))), R),
    Row("P1-same-hash-ready", pods(pod(), pod(index="1", deleting=ago(5))), R),
    Row("P1-nothing-else", pods(pod(deleting=ago(5))), P, "POD_TERMINATING"),
    Row(
        "P1-newest-not-ready", pods(young(waiting(None))["clusters"][0]["pods"][0], pod(hash_="old", deleting=ago(5))), P, "POD_TERMINATING"
    ),
    Row("P1-for-309s", pods(pod(), pod(index="1", deleting=ago(309))), R),
    Row("P1-for-310s", pods(pod(), pod(index="1", deleting=ago(310))), R, "POD_TERMINATING", of=W),
    Row("P1-for-310s-nothing-else", pods(pod(deleting=ago(310))), P, "POD_TERMINATING"),
    Row("P1-unparsable-time", pods(pod(), pod(index="1", deleting="soon")), R),
    Row("P2-job", pods(pod(), pod(phase="Succeeded", **JOB)), R),
    Row("P2-bare-never", pods(pod(), pod(phase="Succeeded", policy="Never")), R),
    Row("P2-bare-on-failure", pods(pod(), pod(phase="Succeeded", policy="OnFailure")), R),
    Row("P2-going-away", pods(pod(), pod(phase="Succeeded", deleting=ago(5), **JOB)), R),
    Row("P3", pods(pod(), pod(phase="Failed", **JOB)), F, "POD_JOB_FAILED"),
    Row(
        "P3-later-one-succeeded",
        pods(pod(), pod(phase="Failed", age=900, **JOB), pod(phase="Succeeded", age=800, index="1", **JOB)),
        R,
        "POD_JOB_FAILED",
        of=W,
    ),
    Row(
        "P3-earlier-one-succeeded",
        pods(pod(), pod(phase="Failed", age=800, **JOB), pod(phase="Succeeded", age=900, index="1", **JOB)),
        F,
        "POD_JOB_FAILED",
    ),
    Row(
        "P3-one-of-the-same-second-succeeded",
        pods(pod(), pod(phase="Failed", age=900, **JOB), pod(phase="Succeeded", age=900, index="1", **JOB)),
        F,
        "POD_JOB_FAILED",
    ),
    Row(
        "P3-later-one-of-another-owner",
        pods(pod(), pod(phase="Failed", age=900, **JOB), pod(phase="Succeeded", age=800, **{**JOB, "owner": ("Job", "upgrade")})),
        F,
        "POD_JOB_FAILED",
    ),
    Row(
        "P3-unparsable-time-proves-nothing",
        pods(
            pod(),
            changed(pod(phase="Failed", **JOB), "metadata.creationTimestamp", "x"),
            pod(phase="Succeeded", age=800, index="1", **JOB),
        ),
        F,
        "POD_JOB_FAILED",
    ),
    Row("P4-evicted-sibling", pods(pod(), pod(index="1", **EVICTED)), R, "POD_EVICTED", of=W),
    Row("P4-evicted-of-old-hash", pods(pod(), pod(hash_="old", age=9000, **EVICTED)), R),
    Row("P4-evicted-alone", pods(pod(**EVICTED)), P, "POD_EVICTED"),
    Row("P4-evicted-alone-for-119s", lasting(pods(pod(**EVICTED)), 119), P, "POD_EVICTED"),
    Row("P4-evicted-alone-for-120s", lasting(pods(pod(**EVICTED)), 120), F, "POD_EVICTED"),
    Row("P4-completed-sibling", pods(pod(), pod(index="1", phase="Succeeded", containers=[])), R, "POD_COMPLETED_UNEXPECTED", of=W),
    Row("P4-completed-alone", pods(pod(phase="Succeeded")), P, "POD_COMPLETED_UNEXPECTED"),
    Row("P4-completed-alone-for-120s", lasting(pods(pod(phase="Succeeded")), 120), F, "POD_COMPLETED_UNEXPECTED"),
    Row("P5", one(phase="Unknown"), U, "POD_PHASE_UNKNOWN"),
    Row("P5-seen-for-299s", lasting(one(phase="Unknown"), 299), U, "POD_PHASE_UNKNOWN"),
    Row("P5-seen-for-300s", lasting(one(phase="Unknown"), 300), F, "POD_PHASE_UNKNOWN"),
    Row("P5-ready-lost-299s-ago", one(phase="Unknown", conditions=ready_condition("Unknown", 299)), U, "POD_PHASE_UNKNOWN"),
    Row("P5-ready-lost-300s-ago", one(phase="Unknown", conditions=ready_condition("Unknown", 300)), F, "POD_PHASE_UNKNOWN"),
    Row("P6-missing", one(phase=GONE), P, "POD_PHASE_UNDOCUMENTED"),
    Row("P6-other", one(phase="Sleeping"), P, "POD_PHASE_UNDOCUMENTED"),
    Row("P6-other-for-300s", lasting(one(phase="Sleeping"), 300), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P6-phase-in-other-case", one(phase="running"), R),
    *(
        Row(f"P7-{reason}", young(waiting(reason)), F, "POD_IMAGE_INVALID", terminal=True)
        for reason in ("InvalidImageName", "ErrImageNeverPull")
    ),
    Row("P7-init-container", one(initContainerStatuses=[waiting("InvalidImageName")]), F, "POD_IMAGE_INVALID", terminal=True),
    *(Row(f"P8-{reason}-119s", young(waiting(reason), age=119, phase="Pending"), P, "POD_IMAGE_PULL") for reason in PULL),
    *(Row(f"P8-{reason}-120s", young(waiting(reason), age=120, phase="Pending"), F, "POD_IMAGE_PULL") for reason in PULL),
    *(Row(f"P9-{reason}-119s", young(waiting(reason), age=119, phase="Pending"), P, "POD_CONTAINER_CONFIG") for reason in CONFIG),
    *(Row(f"P9-{reason}-120s", young(waiting(reason), age=120, phase="Pending"), F, "POD_CONTAINER_CONFIG") for reason in CONFIG),
    Row("P8-has-run-before", one(waiting("ImagePullBackOff", last=RAN)), P, "POD_IMAGE_PULL"),
    Row("P8-has-run-before-lastState-as-text", one(waiting("ImagePullBackOff", last="{'terminated': {}}")), P, "POD_IMAGE_PULL"),
    Row("P8-empty-lastState-as-text", one(waiting("ImagePullBackOff", last="{}")), F, "POD_IMAGE_PULL"),
    Row("P8-has-restarted-before", one(waiting("ImagePullBackOff", restarts=1)), P, "POD_IMAGE_PULL"),
    Row("P8-has-run-before-seen-for-120s", lasting(one(waiting("ImagePullBackOff", last=RAN)), 120), F, "POD_IMAGE_PULL"),
    Row(
        "P8-back-off-between-tries",
        [(0, one(waiting("ErrImagePull", last=RAN))), (120, one(waiting("ImagePullBackOff", last=RAN)))],
        F,
        "POD_IMAGE_PULL",
    ),
    Row("P8-unparsable-startTime", one(waiting("ErrImagePull"), start="x"), F, "POD_IMAGE_PULL"),
    Row(
        "P8-no-readable-time",
        changed(one(waiting("ErrImagePull"), start="x"), "clusters.0.pods.0.metadata.creationTimestamp", 1),
        P,
        "POD_IMAGE_PULL",
    ),
    Row("P10-3-restarts", young(waiting("CrashLoopBackOff", restarts=3, last=RAN)), F, "POD_CRASH_LOOP"),
    Row("P10-2-restarts", one(waiting("CrashLoopBackOff", restarts=2, last=RAN)), P, "POD_CRASH_LOOP"),
    Row("P10-2-restarts-for-long", lasting(one(waiting("CrashLoopBackOff", restarts=2)), 900), P, "POD_CRASH_LOOP"),
    Row("P10-count-null", one(waiting("CrashLoopBackOff", restarts=None)), P, "POD_CRASH_LOOP"),
    Row("P10-count-absent-for-119s", lasting(one(waiting("CrashLoopBackOff", restarts=GONE)), 119), P, "POD_CRASH_LOOP"),
    Row("P10-count-absent-for-120s", lasting(one(waiting("CrashLoopBackOff", restarts=GONE)), 120), F, "POD_CRASH_LOOP"),
    *(Row(f"P11-{reason}-119s", young(waiting(reason), age=119), P, "POD_WAITING_ERROR") for reason in OTHER),
    *(Row(f"P11-{reason}-120s", young(waiting(reason), age=120), F, "POD_WAITING_ERROR") for reason in OTHER),
    Row("P11-neither", one(waiting("Meditating")), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P12-starting", young(waiting("ContainerCreating"), phase="Pending"), P, "POD_STARTING"),
    Row("P12-299s", young(waiting("ContainerCreating"), age=299, phase="Pending"), P, "POD_STARTING"),
    Row("P12-stuck", young(waiting("ContainerCreating"), age=300, phase="Pending"), F, "POD_STUCK_CREATING"),
    Row("P12-initializing", young(waiting("PodInitializing"), phase="Pending"), P, "POD_STARTING"),
    Row("P12-no-reason", young(waiting(None)), P, "POD_STARTING"),
    Row("P12-no-statuses", young(containers=[], phase="Pending"), P, "POD_STARTING"),
    Row("P12-no-statuses-stuck", one(containers=[], phase="Pending"), F, "POD_STUCK_CREATING"),
    Row("P12-unschedulable", young(containers=[], phase="Pending", conditions=UNSCHEDULABLE), P, "POD_UNSCHEDULABLE"),
    Row("P12-unschedulable-stuck", one(containers=[], phase="Pending", conditions=UNSCHEDULABLE), F, "POD_UNSCHEDULABLE"),
    Row("P12-restarting-container", one(waiting("ContainerCreating", restarts=1)), P, "POD_STARTING"),
    Row(
        "P12-startTime-absent", changed(young(waiting(None), age=300), "clusters.0.pods.0.status.startTime", GONE), F, "POD_STUCK_CREATING"
    ),
    Row("P12-pending-but-ready", one(phase="Pending", start=ago(60)), P, "POD_STARTING"),
    Row("P13", one(ended()), P, "POD_CONTAINER_EXITED"),
    Row("P13-2-restarts", one(ended(restarts=2)), P, "POD_CONTAINER_EXITED"),
    Row("P13-3-restarts", one(ended(restarts=3)), F, "POD_CONTAINER_EXITED"),
    Row("P13-one-shot-about-to-complete", pods(pod(), pod(containers=[ended(code=0)], **JOB)), P, "POD_CONTAINER_EXITED"),
    Row("P14-null", young(containers=None, containerStatuses=None), P, "POD_NO_CONTAINER_STATUS"),
    Row("P14-empty-299s", young(containers=[], age=299), P, "POD_NO_CONTAINER_STATUS"),
    Row("P14-empty-300s", young(containers=[], age=300), U, "POD_NO_CONTAINER_STATUS"),
    Row("P14-unparsable-startTime", young(containers=[], age=300, start="x"), U, "POD_NO_CONTAINER_STATUS"),
    Row("P15", one(container(ready=False)), P, "POD_NOT_READY"),
    Row("P15-ready-missing", one(container(ready=GONE)), P, "POD_NOT_READY"),
    Row("P15-ready-null", one(container(ready=None)), P, "POD_NOT_READY"),
    Row("P15-ready-1", one(container(ready=1)), P, "POD_NOT_READY"),
    Row("P15-ready-as-text", one(container(ready="true")), R),
    Row("P15-one-of-two", one(container(), container("proxy", ready=False)), P, "POD_NOT_READY"),
    Row("P15-299s", one(container(ready=False), conditions=ready_condition("False", 299)), P, "POD_NOT_READY"),
    Row("P15-stuck", one(container(ready=False), conditions=ready_condition("False", 300)), F, "POD_STUCK_NOT_READY"),
    Row("P15-startTime-does-not-count", one(container(ready=False)), P, "POD_NOT_READY"),
    Row("P15-seen-for-300s", lasting(one(container(ready=False)), 300), F, "POD_STUCK_NOT_READY"),
    Row("P15-ready-in-between", [(0, one(container(ready=False))), (200, one()), (310, one(container(ready=False)))], P, "POD_NOT_READY"),
    Row("P16", one(conditions=ready_condition("False", 4000)), P, "POD_READY_CONDITION_FALSE"),
    Row("P16-true", one(conditions=ready_condition("True", 4000)), R),
    Row("P17", [(0, one()), (10, one(container(restarts=1)))], P, "POD_RESTARTED_DURING_WAIT"),
    Row("P17-once-only", [(0, one()), (10, one(container(restarts=1))), (20, one(container(restarts=1)))], R),
    Row("P17-another-pod", [(0, one()), (10, one(container(restarts=1), uid="new"))], R),
    Row("P17-each-container-for-itself", lasting(one(container("proxy", restarts=5), container(restarts=1)), 10), R),
    Row("P17-was-null", [(0, one(container(restarts=GONE))), (10, one(container(restarts=1)))], R),
    Row(
        "P18-599s", one(container(restarts=1, last={"terminated": {"exitCode": 1, "finishedAt": ago(599)}})), R, "POD_RECENT_RESTART", of=W
    ),
    Row(
        "P18-as-text", one(container(restarts=1, last=json.dumps({"terminated": {"finishedAt": ago(599)}}))), R, "POD_RECENT_RESTART", of=W
    ),
    Row("P18-600s", one(container(restarts=1, last={"terminated": {"exitCode": 1, "finishedAt": ago(600)}})), R),
    Row("P19-5", one(container(restarts=5)), R),
    Row("P19-6", one(container(restarts=6)), R, "POD_MANY_RESTARTS", of=W),
    Row("P19-6-as-text", one(container(restarts="6")), R, "POD_MANY_RESTARTS", of=W),
    Row("P19-restart_max-2", one(container(restarts=2)), R, options={"restart_max": 2}),
    Row("P19-over-restart_max", one(container(restarts=3)), F, "POD_MANY_RESTARTS", options={"restart_max": 2}),
    Row("P19-restart_max-above", one(container(restarts=6)), R, "POD_MANY_RESTARTS", of=W, options={"restart_max": 9}),
    Row("P20", one(), R),
    Row("P20-restartCount-absent", one(container(restarts=GONE)), R),
    Row("P20-spec-empty", changed(one(), "clusters.0.pods.0.spec", GONE), R),
    Row("P-state-empty", one(container(state={})), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P-state-null", changed(one(), "clusters.0.pods.0.status.containerStatuses.0.state", None), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P-state-other", one(container(state={"paused": {}})), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P-container-no-object", one(5), U, "POD_PHASE_UNDOCUMENTED"),
    Row("P-clock-skew-301s", young(age=-301), R, "CLOCK_SKEW", of=W),
    Row("P-clock-skew-299s", young(age=-299), R),
)


@rows(*PODS)
def test_pod(row: Row) -> None:
    Row(row.id, row.reading, row.verdict, row.code, row.of, row.terminal, {**OFF, **row.options}).check(GITOPS)


# --- Workloads -------------------------------------------------------------------------------------------------------------------

OLD = {"hash_": "old", "age": 9000}
CRASHING = waiting("CrashLoopBackOff", restarts=9, last=RAN)
WORKLOADS = (
    Row("old-pods-still-there", pods(pod(), pod(**OLD)), P, "ROLLOUT_IN_PROGRESS"),
    Row("old-pods-going-away", pods(pod(), pod(deleting=ago(5), **OLD)), R),
    Row("old-failing-pod-newest-ready", pods(pod(), pod(containers=[CRASHING], **OLD)), P, "ROLLOUT_IN_PROGRESS"),
    Row("old-pod-ready-newest-failing", pods(pod(containers=[CRASHING]), pod(**OLD)), F, "POD_CRASH_LOOP"),
    Row("two-replicas-one-failing", pods(pod(), pod(index="1", containers=[CRASHING])), F, "POD_CRASH_LOOP"),
    Row("two-replicas-one-starting", pods(pod(), pod(index="1", containers=[waiting(None)], age=20)), P, "POD_STARTING"),
    Row("one-of-two-workloads-failing", pods(pod(), pod("kustomize-controller", containers=[CRASHING])), F, "POD_CRASH_LOOP"),
    Row("running-one-shot-pod-not-ready", pods(pod(), pod(containers=[container(ready=False)], **JOB)), P, "POD_NOT_READY"),
    Row("newest-by-creation-not-by-name", pods(pod(hash_="aaa"), pod(hash_="zzz", age=9000)), P, "ROLLOUT_IN_PROGRESS"),
)


@rows(*WORKLOADS)
def test_workload(row: Row) -> None:
    Row(row.id, row.reading, row.verdict, row.code, row.of, row.terminal, {**OFF, **row.options}).check(GITOPS)


@pytest.mark.parametrize(
    ("metadata", "workload"),
    [
        ({"labels": {"app": "helm"}, "ownerReferences": [{"name": "x", "controller": True}]}, "helm"),
        ({"labels": {"pod-template-hash": "77"}, "ownerReferences": [{"name": "helm-77", "controller": True}]}, "helm"),
        ({"ownerReferences": [{"name": "helm", "controller": True}]}, "helm"),
        ({"ownerReferences": [{"name": "node", "controller": False}], "generateName": "helm-"}, "helm"),
        ({"generateName": "helm-"}, "helm"),
        ({"generateName": "helm-", "labels": {"app": 5}}, "helm"),
        ({}, "helm"),
    ],
    ids=["label", "owner-and-hash", "owner", "owner-is-no-controller", "generateName", "label-is-no-text", "name"],
)
def test_grouping_by_workload(metadata: dict[str, Any], workload: str) -> None:
    """labels.app, else the controller's name without the hash, else generateName, else the pod's name."""
    item = {**pod(), "metadata": {"name": "helm", "uid": "u", "creationTimestamp": ago(9), **metadata}}
    assert [found.name for found in judge(GITOPS, pods(item), **OFF).objects] == [workload]


def test_others_are_listed_but_do_not_count() -> None:
    """With `controllers` only those decide; what is beside them is judged and listed."""
    judgement = judge(GITOPS, pods(pod(), pod("other", containers=[CRASHING])), controllers=["source-controller"])
    check(judgement, R, "POD_CRASH_LOOP", of=F)
    assert not finding(judgement, "POD_CRASH_LOOP").counts
    assert [found.name for found in judgement.objects] == ["source-controller"]


def test_one_sample_says_everything() -> None:
    """All rows that match give a finding; the worst decides."""
    restarted = container(restarts=8, last={"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(60)}})
    judgement = judge(GITOPS, pods(pod(containers=[restarted, waiting("InvalidImageName"), waiting("CrashLoopBackOff", 4)])), **OFF)
    assert codes(judgement) == ["POD_CRASH_LOOP", "POD_IMAGE_INVALID"]
    assert codes(judge(GITOPS, pods(pod(containers=[restarted])), **OFF)) == ["POD_MANY_RESTARTS", "POD_RECENT_RESTART"]


def test_findings_name_their_object() -> None:
    judgement = judge(
        GITOPS, pods(pod(containers=[waiting("ErrImagePull", message="toomanyrequests: you have reached your limit")])), **OFF
    )
    found = finding(judgement, "POD_IMAGE_PULL")
    assert (found.kind, found.cluster_id, found.namespace, found.name) == ("Pod", CLUSTER, "flux-system", "source-controller-97bdcd8cf-0")
    assert (found.field, found.observed, found.since) == ("state.waiting.reason", "ErrImagePull", ago(3600))
    assert "repo/flux:v1" in found.message
    assert "toomanyrequests" in found.message
    assert found.label == "Pod flux-system/source-controller-97bdcd8cf-0"


def test_crash_says_how_it_ended() -> None:
    message = finding(judge(GITOPS, one(CRASHING), **OFF), "POD_CRASH_LOOP").message
    assert "137" in message
    assert "OOMKilled" in message


@pytest.mark.parametrize(
    ("item", "since"),
    [
        (pod(containers=[container(age=50), container("proxy", age=40)], age=900), 40),
        (pod(containers=[container(state={"running": {}}, restarts=0)], age=900), 900),
        (pod(containers=[container(state={"running": {}}, restarts=GONE)], age=900), None),
        (pod(containers=[container(state={"running": {}}, restarts=1)], age=900), None),
    ],
    ids=["startedAt", "startTime-without-restarts", "restartCount-absent", "restarted"],
)
def test_times_that_prove_steadiness(item: dict[str, Any], since: float | None) -> None:
    found = judge(GITOPS, pods(item), **OFF).objects[0].steady_since
    assert (found and (NOW - found).total_seconds()) == since


def test_leftover_does_not_take_the_proof_away() -> None:
    """A healthy estate with an evicted leftover is still allowed on the first sample."""
    leftover = pod(index="1", **{**EVICTED, "containers": [ended()]})
    found = judge(GITOPS, pods(pod(), leftover), **OFF).objects[0].steady_since
    assert found
    assert (NOW - found).total_seconds() == 3600


def test_api_error_is_no_break() -> None:
    """What has been seen before a cluster could not be read goes on counting afterwards."""
    missing, lost = pods(pod()), {"clusters": [], "errors": [error(503)]}
    check(judge_series(GITOPS, [(0, missing), (200, lost), (300, missing)])[-1], F, "CONTROLLER_MISSING")


def test_each_cluster_for_itself() -> None:
    one_, two = pods(pod(), cluster="c1"), pods(pod(containers=[CRASHING]), cluster="c2")
    judgement = judge(GITOPS, {**one_, "clusters": one_["clusters"] + two["clusters"]}, **OFF)
    assert {found.cluster_id: found.verdict for found in judgement.objects} == {"c1": R, "c2": F}
    result = GITOPS.result({**one_, "clusters": one_["clusters"] + two["clusters"], "criteria": OFF})
    assert [entry["readiness"]["verdict"] for entry in result["clusters"]] == [R, F]
    assert (result["ready"], result["readiness"]["verdict"]) == (False, F)


def test_documented_example() -> None:
    """A pod that has been creating its container since the 5th of November; one read is enough."""
    judgement = judge(GITOPS, pods(*documented("ucs_gitops")["items"]))
    check(judgement, F, "POD_STUCK_CREATING")
    assert finding(judgement, "POD_STUCK_CREATING").since == "2025-11-05T03:48:06Z"
    assert finding(judgement, "CONTROLLER_MISSING").verdict == P


# --- Properties ------------------------------------------------------------------------------------------------------------------

ESTATE = [
    pod(),
    pod(index="1", containers=[container(), waiting("ImagePullBackOff", last=RAN)]),
    pod(**OLD),
    pod(deleting=ago(20), **{**OLD, "index": "2"}),
    pod("kustomize-controller"),
    pod("kustomize-controller", index="1", **EVICTED),
    pod(phase="Failed", age=900, **JOB),
    pod(phase="Succeeded", age=800, index="1", **JOB),
]


@drawn(st.permutations(ESTATE), st.randoms(use_true_random=False))
@examples(60)
def test_order_does_not_matter(items: list[Any], rng: random.Random) -> None:
    expected = judge(GITOPS, pods(*ESTATE))
    for item in items:
        rng.shuffle(item["status"].get("containerStatuses") or [])
    judgement = judge(GITOPS, pods(*items))
    assert judgement.verdict == expected.verdict
    assert codes(judgement) == codes(expected)
    assert {one.name: (one.verdict, one.fingerprint) for one in judgement.objects} == {
        one.name: (one.verdict, one.fingerprint) for one in expected.objects
    }


# The fields that make a pod ready; and for each what may stand there without taking readiness away.
DECIDING = {
    "status": (),
    "status.phase": ("running",),
    "status.containerStatuses": (),
    "status.containerStatuses.0": (),
    "status.containerStatuses.0.state": (),
    "status.containerStatuses.0.state.running": ({},),
    "status.containerStatuses.0.ready": (True, "true"),
}


@drawn(st.sampled_from(sorted(DECIDING)), JSON)
@examples(150)
def test_arbitrary_json_in_a_deciding_field_is_never_ready(path: str, value: Any) -> None:
    """Deciding: phase, containerStatuses, state, state.running and ready (`DECIDING`)."""
    judgement = judge(GITOPS, pods(changed(pod(), path, value)), **OFF)
    kept = value.strip().lower() if isinstance(value, str) else value
    if path.endswith("running") and isinstance(value, dict):
        return  # an object without startedAt still says that the container runs
    assert judgement.verdict != R or any(kept is allowed or (kept == allowed and isinstance(kept, str)) for allowed in DECIDING[path])


# Fields that say more about a pod: whatever stands there, nothing may crash.
OTHERS = (
    "metadata",
    "metadata.name",
    "metadata.uid",
    "metadata.labels",
    "metadata.labels.app",
    "metadata.labels.pod-template-hash",
    "metadata.creationTimestamp",
    "metadata.generateName",
    "metadata.ownerReferences",
    "metadata.ownerReferences.0",
    "metadata.ownerReferences.0.name",
    "spec",
    "spec.restartPolicy",
    "status.startTime",
    "status.conditions",
    "status.initContainerStatuses",
    "status.containerStatuses.0.name",
    "status.containerStatuses.0.restartCount",
    "status.containerStatuses.0.lastState",
    "status.containerStatuses.0.started",
)


@drawn(st.sampled_from(OTHERS), JSON, st.sampled_from(OTHERS), JSON)
@examples(150)
def test_arbitrary_json_elsewhere_never_crashes(path: str, value: Any, other: str, more: Any) -> None:
    item = pod(conditions=ready_condition("True", 9), initContainerStatuses=[ended(0)])
    broken = changed(item, path, value)
    with contextlib.suppress(KeyError, TypeError, IndexError):  # the first change may have taken the place of the second one away
        broken = changed(broken, other, more)
    judge_series(GITOPS, [(0, pods(broken, pod())), (10, pods(broken, broken))])

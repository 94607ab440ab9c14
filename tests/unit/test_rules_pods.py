# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the GitOps pods, row by row (rules.rst, "GitOps pods"), and how the rows become the verdict of a workload."""

from __future__ import annotations

import contextlib
import json
import random
from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.pods import Pod
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.pods import judge
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import CLUSTER, GONE, JSON, NOW, ago, changed, documented, lasting, rows
from unit.answers_pods import (
    KUSTOMIZE,
    Row,
    answer,
    condition,
    container,
    ended,
    finding,
    job,
    judge_series,
    judged,
    marks,
    pod,
    refused,
    row,
    run,
    subject,
    waiting,
)

F, U, P, R = "failed", "unknown", "progressing", "ready"
OFF: dict[str, Any] = {"controllers": []}  # any workload will do: for the rows of single pods
ENABLING: dict[str, Any] = {"enabling": True}


def single(*containers: Any, **fields: Any) -> dict[str, Any]:
    """An answer with one pod of source-controller."""
    return answer(pod(**{"containers": list(containers) if containers else None, **fields}))


def beside(*pods: Any) -> dict[str, Any]:
    """An answer with a ready pod of source-controller beside others."""
    return answer(pod(), *pods)


# --- The list --------------------------------------------------------------------------------------------------------------------

MISSING = "CONTROLLER_MISSING P"
INSTALL = answer(job())
LISTS = (
    row("L1", refused(), F, "GITOPS_NOT_FOUND F T"),
    row("L1-enabling", refused(), P, "GITOPS_NOT_FOUND P", **ENABLING),
    row("L1-enabling-for-299s", lasting(refused(), 299), P, "GITOPS_NOT_FOUND P", **ENABLING),
    row("L1-enabling-for-300s", lasting(refused(), 300), F, "GITOPS_NOT_FOUND F T", **ENABLING),
    row("L2-null", {"cluster_id": CLUSTER, "metadata": {}, "pods": None}, U, "API_SHAPE U T"),
    row("L2-absent", {"cluster_id": CLUSTER}, U, "API_SHAPE U T"),
    row("L2-text", {"cluster_id": CLUSTER, "pods": "none"}, U, "API_SHAPE U T"),
    row("L2-no-objects", answer("pod", 1), U, "API_SHAPE U T"),
    row("L2-enabling", {"cluster_id": CLUSTER, "pods": None}, U, "API_SHAPE U T", **ENABLING),
    row("L3", answer(), F, "GITOPS_NOT_ENABLED F T"),
    row("L3-controllers-off", answer(), F, "GITOPS_NOT_ENABLED F T", **OFF),
    row("L3-enabling", answer(), P, "GITOPS_NOT_ENABLED P", **ENABLING),
    row("L3-enabling-for-299s", lasting(answer(), 10, 299), P, "GITOPS_NOT_ENABLED P", **ENABLING),
    row("L3-enabling-for-300s", lasting(answer(), 10, 300), F, "GITOPS_NOT_ENABLED F T", **ENABLING),
    row("L3-counts-from-the-first-sample", [(0, refused()), (200, answer()), (300, answer())], F, "GITOPS_NOT_ENABLED F T", **ENABLING),
    row("L4-continue", answer(pod(), KUSTOMIZE, metadata={"continue": "abc"}), U, "LIST_INCOMPLETE U T"),
    row("L4-remaining", answer(pod(), KUSTOMIZE, metadata={"remainingItemCount": 3}), U, "LIST_INCOMPLETE U T"),
    row("L4-remaining-as-text", answer(pod(), KUSTOMIZE, metadata={"remainingItemCount": "3"}), U, "LIST_INCOMPLETE U T"),
    row("L4-remaining-true-is-no-number", answer(pod(), KUSTOMIZE, metadata={"remainingItemCount": True}), R),
    row("L4-complete", answer(pod(), KUSTOMIZE, metadata={"continue": "", "remainingItemCount": 0}), R),
    row("L4-metadata-null", {**answer(pod(), KUSTOMIZE), "metadata": None}, R),
    row("L5", answer(pod()), P, MISSING),
    row("L5-default-is-null", answer(pod()), P, MISSING, controllers=None),
    row("L5-both-missing", answer(pod("other")), P, MISSING, MISSING),
    row("L5-for-299s", lasting(answer(pod()), 299), P, MISSING),
    row("L5-for-300s", lasting(answer(pod()), 300), F, "CONTROLLER_MISSING F r"),
    row("L5-seen-in-between", [(0, answer(pod())), (200, answer(pod(), KUSTOMIZE)), (310, answer(pod()))], P, MISSING),
    row("L5-error-in-between", [(0, answer(pod())), (200, refused(503)), (300, answer(pod()))], F, "CONTROLLER_MISSING F r"),
    row(
        "L5-each-for-itself",
        [(0, answer(KUSTOMIZE)), (200, answer(pod())), (310, answer(pod("other")))],
        P,
        MISSING,
        MISSING,
    ),
    row(
        "L5-each-since-its-own-time",
        [(0, answer(pod())), (200, answer(pod("other"))), (300, answer(pod("other")))],
        F,
        "CONTROLLER_MISSING F r",
        MISSING,
    ),
    row("L5-own-stuck-after", lasting(answer(pod()), 60), F, "CONTROLLER_MISSING F r", stuck_after=60),
    row("L5-off", answer(pod()), R, **OFF),
    row("L5-own-list", answer(pod()), R, controllers=["source-controller"]),
    row("L5-named-twice", answer(pod()), P, MISSING, controllers=["helm-controller", "helm-controller"]),
    row("L5-only-a-one-shot-pod", answer(pod(), job(app="kustomize-controller")), P, MISSING),
    row("L5-both-there", answer(pod(), KUSTOMIZE), R),
    row(
        "L5-demands-presence-only",
        answer(pod(), KUSTOMIZE, pod("helm-controller", containers=[waiting("ErrImageNeverPull")])),
        F,
        "POD_IMAGE_INVALID F T",
    ),
    row(
        "L5-own-list-does-not-narrow",
        answer(pod(), pod("helm-controller", containers=[waiting("CrashLoopBackOff", 40)])),
        F,
        "POD_CRASH_LOOP F r",
        controllers=["source-controller"],
    ),
    row("L6", INSTALL, U, "GITOPS_NO_WORKLOAD U T", **OFF),
    row("L6-running", answer(job(phase="Running")), U, "GITOPS_NO_WORKLOAD U T", **OFF),
    row("L6-failed", answer(job(phase="Failed")), F, "GITOPS_NO_WORKLOAD U T", "POD_JOB_FAILED F r", **OFF),
    row(
        "L6-hanging",
        answer(job(phase="Pending", containers=[waiting("ContainerCreating")])),
        U,
        "GITOPS_NO_WORKLOAD U T",
        "POD_STUCK_CREATING W",
        **OFF,
    ),
    row("L6-enabling", INSTALL, P, "GITOPS_NOT_ENABLED P", **OFF, **ENABLING),
    row("L6-enabling-for-299s", lasting(INSTALL, 299), P, "GITOPS_NOT_ENABLED P", **OFF, **ENABLING),
    row("L6-enabling-for-300s", lasting(INSTALL, 300), U, "GITOPS_NO_WORKLOAD U T", **OFF, **ENABLING),
    row("L6-beside-missing-controllers", INSTALL, U, "GITOPS_NO_WORKLOAD U T", MISSING, MISSING),
)


@rows(*LISTS)
def test_list(row: Row) -> None:
    row.check()


# --- The pod as a whole ----------------------------------------------------------------------------------------------------------

OLD: dict[str, Any] = {"hash_": "old", "age": 9000}
UNREADY = pod(containers=[waiting(None)], age=60)
EVICTED: dict[str, Any] = {"phase": "Failed", "containers": [], "reason": "Evicted", "message": "The node was low on memory"}
EVICTIONS = (
    "Evicted",
    "Preempting",
    "NodeShutdown",
    "NodeAffinity",
    "Shutdown",
    "Terminated",
    "UnexpectedAdmissionError",
    "OutOfcpu",
    "OutOfmemory",
    "OutOfpods",
    "outofephemeral-storage",
)
RUN_1, RUN_2 = "sync-28901230", "sync-28905550"


def failed_run(*others: Any, **fields: Any) -> dict[str, Any]:
    """A CronJob's run that failed 900 s ago, and others, beside a ready controller."""
    return beside(job(RUN_1, phase="Failed", **{"age": 900, **fields}), *others)


WHOLE = (
    row("P1-newest-ready", beside(pod(deleting=ago(5), **OLD)), R),
    row("P1-same-hash-ready", beside(pod(index="1", deleting=ago(5))), R),
    row("P1-nothing-else", answer(pod(deleting=ago(5))), P, "POD_TERMINATING P"),
    row("P1-newest-not-ready", answer(UNREADY, pod(deleting=ago(5), **OLD)), P, "POD_STARTING P", "POD_TERMINATING P"),
    row(
        "P1-only-an-old-one-ready",
        answer(UNREADY, pod(**OLD), pod(index="1", deleting=ago(5), **OLD)),
        P,
        "POD_STARTING P",
        "POD_TERMINATING P",
        "ROLLOUT_IN_PROGRESS P",
    ),
    row("P1-for-309s", beside(pod(index="1", deleting=ago(309))), R),
    row("P1-for-310s", beside(pod(index="1", deleting=ago(310))), R, "POD_TERMINATING W"),
    row("P1-for-310s-nothing-else", answer(pod(deleting=ago(310))), P, "POD_TERMINATING P"),
    row("P1-default-grace-329s", beside(changed(pod(index="1", deleting=ago(329)), "spec.terminationGracePeriodSeconds", GONE)), R),
    row(
        "P1-default-grace-330s",
        beside(changed(pod(index="1", deleting=ago(330)), "spec.terminationGracePeriodSeconds", None)),
        R,
        "POD_TERMINATING W",
    ),
    row("P1-unreadable-time", beside(pod(index="1", deleting="soon")), R),
    row("P1-unreadable-time-for-310s", lasting(beside(pod(index="1", deleting="soon")), 310), R, "POD_TERMINATING W"),
    row("P1-before-P4", answer(pod(deleting=ago(5), **EVICTED)), P, "POD_TERMINATING P"),
    row("P1-before-P5", beside(pod(index="1", deleting=ago(5), phase="Unknown")), R),
    row("P1-before-P2", beside(job(deleting=ago(5))), P, "POD_TERMINATING P"),
    row("P1-before-P3", beside(job(phase="Failed", app="source-controller", deleting=ago(5))), R),
    row("P1-not-set", single(deleting=None), R),
    row("P2-job", beside(job()), R),
    row("P2-never", beside(pod("x", hash_="", phase="Succeeded", policy="Never", owner=("Other", "x"))), R),
    row("P2-on-failure", beside(pod("x", hash_="", phase="Succeeded", policy="OnFailure", owner=("Other", "x"))), R),
    row("P2-policy-in-other-case", beside(pod("x", hash_="", phase="Succeeded", policy="never", owner=("Other", "x"))), R),
    row("P2-running", beside(job(phase="Running")), R),
    row("P2-running-not-ready", beside(job(phase="Running", containers=[container(ready=False)])), R),
    row("P2-pending", beside(job(phase="Pending", age=60, containers=[waiting("ContainerCreating")])), R),
    row("P2-pending-for-long", beside(job(phase="Pending", containers=[waiting("ContainerCreating")])), R, "POD_STUCK_CREATING W"),
    row("P2-pending-without-statuses", beside(job(phase="Pending", containers=[])), R, "POD_STUCK_CREATING W"),
    row("P2-image-invalid", beside(job(phase="Pending", containers=[waiting("InvalidImageName")])), R, "POD_IMAGE_INVALID W"),
    row("P2-image-pull", beside(job(phase="Pending", containers=[waiting("ErrImagePull")])), R, "POD_IMAGE_PULL W"),
    row("P2-image-pull-young", beside(job(phase="Pending", age=60, containers=[waiting("ErrImagePull")])), R),
    row(
        "P2-crash-loop",
        beside(job(phase="Running", policy="OnFailure", containers=[waiting("CrashLoopBackOff", 7)])),
        R,
        "POD_CRASH_LOOP W",
    ),
    row("P2-crash-loop-begins", beside(job(phase="Running", policy="OnFailure", containers=[waiting("CrashLoopBackOff", 2)])), R),
    row("P2-exited-often", beside(job(phase="Running", policy="OnFailure", containers=[ended(restarts=3)])), R, "POD_CONTAINER_EXITED W"),
    row("P2-succeeded-after-restarts", beside(job(policy="OnFailure", containers=[ended(0, restarts=4)])), R),
    row("P2-node-lost", beside(job(phase="Running", reason="NodeLost")), R, "POD_PHASE_UNKNOWN W"),
    row("P2-node-lost-for-long", beside(job(phase="Unknown", conditions=condition("Unknown", 900))), R, "POD_PHASE_UNKNOWN W"),
    row("P2-phase-missing", beside(job(phase=GONE)), R),
    row("P2-phase-missing-for-300s", lasting(beside(job(phase=GONE)), 300), R, "POD_PHASE_UNDOCUMENTED W"),
    row("P2-many-restarts", beside(job(phase="Running", containers=[container(restarts=9)])), R),
    row("P2-restart_max", beside(job(phase="Running", containers=[container(restarts=9)])), R, restart_max=1),
    row("P2-fewer-statuses", beside(job(phase="Running", containers=[])), R),
    row("P2-Ready-unknown", beside(job(phase="Running", conditions=condition("Unknown", 900))), R),
    row("P3", failed_run(), F, "POD_JOB_FAILED F r"),
    row("P3-later-run-succeeded", failed_run(job(RUN_2, age=800)), R, "POD_JOB_FAILED W"),
    row("P3-later-pod-of-the-same-job-succeeded", failed_run(job(RUN_1, "x2", age=800)), R, "POD_JOB_FAILED W"),
    row(
        "P3-later-run-succeeded-and-one-runs", failed_run(job(RUN_2, age=800), job("sync-9", phase="Running", age=9)), R, "POD_JOB_FAILED W"
    ),
    row("P3-later-run-runs", failed_run(job(RUN_2, phase="Running", age=800)), P, "POD_JOB_FAILED P"),
    row("P3-later-run-is-pending", failed_run(job(RUN_2, phase="Pending", age=90, containers=[])), P, "POD_JOB_FAILED P"),
    row("P3-later-run-runs-for-299s", lasting(failed_run(job(RUN_2, phase="Running", age=800)), 299), P, "POD_JOB_FAILED P"),
    row("P3-later-run-runs-for-300s", lasting(failed_run(job(RUN_2, phase="Running", age=800)), 300), F, "POD_JOB_FAILED F r"),
    row("P3-later-run-failed", failed_run(job(RUN_2, phase="Failed", age=800)), F, "POD_JOB_FAILED F r", "POD_JOB_FAILED F r"),
    row(
        "P3-each-failed-run-for-itself",
        failed_run(job(RUN_2, age=800), job("sync-9", phase="Failed", age=700)),
        F,
        "POD_JOB_FAILED W",
        "POD_JOB_FAILED F r",
    ),
    row("P3-earlier-run-succeeded", failed_run(job(RUN_2, age=1000)), F, "POD_JOB_FAILED F r"),
    row("P3-earlier-run-runs", failed_run(job(RUN_2, phase="Running", age=1000)), F, "POD_JOB_FAILED F r"),
    row("P3-of-the-same-second", failed_run(job(RUN_2, age=900)), F, "POD_JOB_FAILED F r"),
    row("P3-of-another-family", failed_run(job("backup-28905550", age=800)), F, "POD_JOB_FAILED F r"),
    row("P3-digits-in-the-middle-count", failed_run(job("sync-2-28905550", age=800)), F, "POD_JOB_FAILED F r"),
    row(
        "P3-unreadable-time-proves-nothing",
        beside(changed(job(RUN_1, phase="Failed"), "metadata.creationTimestamp", "x"), job(RUN_2, age=800)),
        F,
        "POD_JOB_FAILED F r",
    ),
    row("P3-before-P5", failed_run(reason="NodeLost"), F, "POD_JOB_FAILED F r"),
    row(
        "P3-bare-pod",
        beside(changed(pod("x", hash_="", policy="Never", phase="Failed"), "metadata.ownerReferences", GONE)),
        F,
        "POD_JOB_FAILED F r",
    ),
    row("P4-evicted-sibling", beside(pod(index="1", **EVICTED)), R, "POD_EVICTED W"),
    row("P4-evicted-of-old-hash", beside(pod(**{**OLD, **EVICTED})), R),
    row("P4-evicted-alone", answer(pod(**EVICTED)), P, "POD_EVICTED P"),
    row("P4-evicted-alone-for-119s", lasting(answer(pod(**EVICTED)), 119), P, "POD_EVICTED P"),
    row("P4-evicted-alone-for-120s", lasting(answer(pod(**EVICTED)), 120), F, "POD_EVICTED F r"),
    row("P4-sibling-not-ready", answer(UNREADY, pod(index="1", age=90, **EVICTED)), P, "POD_EVICTED P", "POD_STARTING P"),
    row("P4-old-hash-newest-not-ready", answer(UNREADY, pod(**{**OLD, **EVICTED})), P, "POD_EVICTED P", "POD_STARTING P"),
    *(row(f"P4-{reason}", answer(pod(**{**EVICTED, "reason": reason})), P, "POD_EVICTED P") for reason in EVICTIONS),
    row("P4-other-reason", answer(pod(**{**EVICTED, "reason": "DeadlineExceeded"})), P, "POD_FAILED P"),
    row("P4-no-reason", answer(pod(phase="Failed", containers=[ended()])), P, "POD_FAILED P"),
    row("P4-ended-119s-ago", answer(pod(phase="Failed", containers=[ended(since=900), ended(name="b", since=119)])), P, "POD_FAILED P"),
    row("P4-ended-120s-ago", answer(pod(phase="Failed", containers=[ended(since=900), ended(name="b", since=120)])), F, "POD_FAILED F r"),
    row("P4-failed-sibling", beside(pod(index="1", phase="Failed", containers=[ended(since=900)])), R, "POD_FAILED W"),
    row("P4-completed-sibling", beside(pod(index="1", phase="Succeeded", containers=[])), R, "POD_COMPLETED_UNEXPECTED W"),
    row("P4-completed-alone", answer(pod(phase="Succeeded", reason="Evicted")), P, "POD_COMPLETED_UNEXPECTED P"),
    row("P4-completed-alone-for-120s", lasting(answer(pod(phase="Succeeded")), 120), F, "POD_COMPLETED_UNEXPECTED F r"),
    row("P5", single(phase="Unknown"), U, "POD_PHASE_UNKNOWN U"),
    row("P5-seen-for-299s", lasting(single(phase="Unknown"), 299), U, "POD_PHASE_UNKNOWN U"),
    row("P5-seen-for-300s", lasting(single(phase="Unknown"), 300), F, "POD_PHASE_UNKNOWN F r"),
    row("P5-ready-lost-299s-ago", single(phase="Unknown", conditions=condition("Unknown", 299)), U, "POD_PHASE_UNKNOWN U"),
    row("P5-ready-lost-300s-ago", single(phase="Unknown", conditions=condition("Unknown", 300)), F, "POD_PHASE_UNKNOWN F r"),
    row("P5-ready-true-says-nothing", single(phase="Unknown", conditions=condition("True", 900)), U, "POD_PHASE_UNKNOWN U"),
    row("P5-NodeLost-while-Running", single(reason="NodeLost"), U, "POD_PHASE_UNKNOWN U"),
    row("P5-NodeLost-in-other-case", single(reason="nodelost"), U, "POD_PHASE_UNKNOWN U"),
    row("P5-NodeLost-299s", single(reason="NodeLost", conditions=condition("False", 299)), U, "POD_PHASE_UNKNOWN U"),
    row("P5-NodeLost-300s", single(reason="NodeLost", conditions=condition("False", 300)), F, "POD_PHASE_UNKNOWN F r"),
    row("P5-NodeLost-while-Failed", single(phase="Failed", reason="NodeLost"), U, "POD_PHASE_UNKNOWN U"),
    row("P5-sibling-ready", beside(pod(index="1", phase="Unknown")), U, "POD_PHASE_UNKNOWN U"),
    row("P6-missing", single(phase=GONE), P, "POD_PHASE_UNDOCUMENTED P"),
    row("P6-null", single(phase=None), P, "POD_PHASE_UNDOCUMENTED P"),
    row("P6-other", single(phase="Sleeping"), P, "POD_PHASE_UNDOCUMENTED P"),
    row("P6-other-for-299s", lasting(single(phase="Sleeping"), 299), P, "POD_PHASE_UNDOCUMENTED P"),
    row("P6-other-for-300s", lasting(single(phase="Sleeping"), 300), U, "POD_PHASE_UNDOCUMENTED U"),
    row("P6-documented-in-other-case", single(phase="running"), R),
)


@rows(*WHOLE)
def test_pod_as_a_whole(row: Row) -> None:
    row.check(**OFF)


# --- Containers ------------------------------------------------------------------------------------------------------------------

INVALID = ("InvalidImageName", "ErrImageNeverPull")
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
UNSCHEDULABLE = condition("False", kind="PodScheduled", reason="Unschedulable", message="0/3 nodes are available.")
GATED = condition("False", kind="PodScheduled", reason="SchedulingGated")
MESH = {"initContainers": [{"name": "mesh", "restartPolicy": "Always"}]}
TWO = {"containers": [{"name": "manager"}, {"name": "proxy"}]}


def by_age(id_: str, status: Any, limit: int, code: str, **fields: Any) -> tuple[Row, Row]:
    """A pod whose age decides: just before a limit, and at it."""
    before = single(status, age=limit - 1, **fields) if status else single(age=limit - 1, containers=[], **fields)
    late = single(status, age=limit, **fields) if status else single(age=limit, containers=[], **fields)
    return row(f"{id_}-{limit - 1}s", before, P, f"{code} P"), row(f"{id_}-{limit}s", late, F, f"{code} F r")


def crash(restarts: Any, **fields: Any) -> dict[str, Any]:
    """A container in CrashLoopBackOff."""
    return waiting("CrashLoopBackOff", restarts, **fields)


WAITING = (
    *(row(f"P7-{reason}", single(waiting(reason), age=9, phase="Pending"), F, "POD_IMAGE_INVALID F T") for reason in INVALID),
    row("P7-in-other-case", single(waiting("invalidimagename")), F, "POD_IMAGE_INVALID F T"),
    row("P7-init-container", single(initContainerStatuses=[waiting("InvalidImageName")]), F, "POD_IMAGE_INVALID F T"),
    *(each for reason in PULL for each in by_age(f"P8-{reason}", waiting(reason), 120, "POD_IMAGE_PULL", phase="Pending")),
    *(each for reason in CONFIG for each in by_age(f"P9-{reason}", waiting(reason), 120, "POD_CONTAINER_CONFIG", phase="Pending")),
    *(each for reason in OTHER for each in by_age(f"P11-{reason}", waiting(reason), 120, "POD_WAITING_ERROR")),
    row("P8-restartCount-absent", single(waiting("ErrImagePull", GONE)), F, "POD_IMAGE_PULL F r"),
    row("P8-own-failure-grace", single(waiting("ErrImagePull"), age=60), F, "POD_IMAGE_PULL F r", failure_grace=60),
    row("P8-ran-until-119s-ago", single(waiting("ImagePullBackOff", 1, last=run(119))), P, "POD_IMAGE_PULL P"),
    row("P8-ran-until-120s-ago", single(waiting("ImagePullBackOff", 1, last=run(120))), F, "POD_IMAGE_PULL F r"),
    row("P9-ran-until-120s-ago", single(waiting("RunContainerError", 1, last=run(120))), F, "POD_CONTAINER_CONFIG F r"),
    row("P11-ran-until-120s-ago", single(waiting("StrangeError", 1, last=run(120))), F, "POD_WAITING_ERROR F r"),
    row("P8-ran-lastState-as-JSON", single(waiting("ImagePullBackOff", last=json.dumps(run(120)))), F, "POD_IMAGE_PULL F r"),
    row("P8-ran-without-a-time", single(waiting("ImagePullBackOff", last={"terminated": {}})), P, "POD_IMAGE_PULL P"),
    row("P8-ran-lastState-as-text", single(waiting("ImagePullBackOff", last="{'terminated': {}}")), P, "POD_IMAGE_PULL P"),
    row("P8-never-ran-lastState-empty-text", single(waiting("ImagePullBackOff", last="")), F, "POD_IMAGE_PULL F r"),
    row("P8-never-ran-lastState-as-text", single(waiting("ImagePullBackOff", last="{}")), F, "POD_IMAGE_PULL F r"),
    row("P8-never-ran-lastState-null", single(changed(waiting("ImagePullBackOff"), "lastState", None)), F, "POD_IMAGE_PULL F r"),
    row("P8-restarted-without-a-time", single(waiting("ImagePullBackOff", 1)), P, "POD_IMAGE_PULL P"),
    row("P8-restarted-as-text", single(waiting("ImagePullBackOff", "1")), P, "POD_IMAGE_PULL P"),
    row("P8-restarted-seen-for-119s", lasting(single(waiting("ImagePullBackOff", 1)), 119), P, "POD_IMAGE_PULL P"),
    row("P8-restarted-seen-for-120s", lasting(single(waiting("ImagePullBackOff", 1)), 120), F, "POD_IMAGE_PULL F r"),
    row(
        "P8-back-off-between-tries",
        [(0, single(waiting("ErrImagePull", 1))), (120, single(waiting("ImagePullBackOff", 1)))],
        F,
        "POD_IMAGE_PULL F r",
    ),
    row(
        "P8-after-another-reason",
        [(0, single(waiting("CreateContainerError", 1))), (120, single(waiting("ImagePullBackOff", 1)))],
        P,
        "POD_IMAGE_PULL P",
    ),
    row("P8-startTime-unreadable", single(waiting("ErrImagePull"), start="x"), F, "POD_IMAGE_PULL F r"),
    row("P8-startTime-before-creationTimestamp", single(waiting("ErrImagePull"), start=ago(60)), P, "POD_IMAGE_PULL P"),
    row(
        "P8-no-readable-time",
        answer(changed(pod(containers=[waiting("ErrImagePull")], start="x"), "metadata.creationTimestamp", 1)),
        P,
        "POD_IMAGE_PULL P",
    ),
    row("P10-3-restarts", single(crash(3), age=9), F, "POD_CRASH_LOOP F r"),
    row("P10-3-restarts-as-text", single(crash("3"), age=9), F, "POD_CRASH_LOOP F r"),
    row("P10-2-restarts", single(crash(2)), P, "POD_CRASH_LOOP P"),
    row("P10-2-restarts-for-long", lasting(single(crash(2)), 900), P, "POD_CRASH_LOOP P"),
    row("P10-2-restarts-and-a-long-back-off", single(crash(2, message="back-off 5m0s restarting")), P, "POD_CRASH_LOOP P"),
    row("P10-no-count", single(crash(None)), P, "POD_CRASH_LOOP P"),
    row("P10-no-count-for-119s", lasting(single(crash(GONE)), 119), P, "POD_CRASH_LOOP P"),
    row("P10-no-count-for-120s", lasting(single(crash(GONE)), 120), F, "POD_CRASH_LOOP F r"),
    row(
        "P10-no-count-back-off-20s", single(crash(GONE, message="back-off 20s restarting failed container=manager")), P, "POD_CRASH_LOOP P"
    ),
    row(
        "P10-no-count-back-off-39s", single(crash(GONE, message="back-off 39s restarting failed container=manager")), P, "POD_CRASH_LOOP P"
    ),
    row(
        "P10-no-count-back-off-40s",
        single(crash(GONE, message="back-off 40s restarting failed container=manager")),
        F,
        "POD_CRASH_LOOP F r",
    ),
    row("P10-no-count-back-off-1m20s", single(crash(None, message="Back-off 1m20s restarting")), F, "POD_CRASH_LOOP F r"),
    row("P10-no-count-back-off-5m0s", single(crash(None, message="back-off 5m0s restarting")), F, "POD_CRASH_LOOP F r"),
    row("P10-no-count-back-off-of-nothing", single(crash(None, message="back-off restarting failed container")), P, "POD_CRASH_LOOP P"),
    row("P10-sidecar", single(initContainerStatuses=[crash(3, name="mesh")], spec=MESH), F, "POD_CRASH_LOOP F r"),
    row("P10-init-container", single(initContainerStatuses=[crash(3)]), F, "POD_CRASH_LOOP F r"),
    row("other-reason", single(waiting("Meditating")), U, "POD_PHASE_UNDOCUMENTED U"),
    row("reason-is-a-number", single(waiting(5)), U, "POD_PHASE_UNDOCUMENTED U"),
    *(
        row(f"P12-{reason}", single(waiting(reason), age=60, phase="Pending"), P, "POD_STARTING P")
        for reason in ("ContainerCreating", "PodInitializing", None, "", GONE)
    ),
    row("P12-299s", single(waiting("ContainerCreating"), age=299, phase="Pending"), P, "POD_STARTING P"),
    row("P12-300s", single(waiting("ContainerCreating"), age=300, phase="Pending"), F, "POD_STUCK_CREATING F r"),
    row("P12-state-empty", single(container(), container("b", False, state={}), age=60), P, "POD_STARTING P"),
    row("P12-state-empty-and-ready", single(container(), container("b", state={}), age=60), P, "POD_STARTING P"),
    row("P12-state-empty-300s", single(container("b", False, state={}), age=300), F, "POD_STUCK_CREATING F r"),
    row("P12-state-null", single(changed(container(), "state", None), age=60), P, "POD_STARTING P"),
    row("P12-init-container-null", single(initContainerStatuses=[None]), F, "POD_STUCK_CREATING F r"),
    row("P12-state-absent", single(changed(container(), "state", GONE), age=60), P, "POD_STARTING P"),
    row("P12-states-null", single(container(state={"running": None, "waiting": None}), age=60), P, "POD_STARTING P"),
    row("P12-waiting-empty", single(container(state={"waiting": {}}), age=60), P, "POD_STARTING P"),
    row("P12-container-is-no-object", single(5, age=60), P, "POD_STARTING P"),
    row("state-other", single(container(state={"paused": {}}), age=60), U, "POD_PHASE_UNDOCUMENTED U"),
    row("state-text", single(container(state="running"), age=60), U, "POD_PHASE_UNDOCUMENTED U"),
    row("state-running-is-no-object", single(container(state={"running": True}), age=60), U, "POD_PHASE_UNDOCUMENTED U"),
    row("P12-no-statuses", single(age=60, containers=[], phase="Pending"), P, "POD_STARTING P"),
    row("P12-no-statuses-null", single(age=60, containerStatuses=None, phase="Pending"), P, "POD_STARTING P"),
    row("P12-no-statuses-300s", single(age=300, containers=[], phase="Pending"), F, "POD_STUCK_CREATING F r"),
    row("P12-startTime-absent", single(waiting(None), age=300, start=GONE), F, "POD_STUCK_CREATING F r"),
    row("P12-restarted", single(waiting("ContainerCreating", 1)), P, "POD_STARTING P"),
    row("P12-restarted-ended-long-ago", single(waiting("ContainerCreating", 1, last=run(3000))), P, "POD_STARTING P"),
    row("P12-restarted-seen-for-300s", lasting(single(waiting("ContainerCreating", 1)), 300), F, "POD_STUCK_CREATING F r"),
    row("P12-pending-but-ready", single(age=60, phase="Pending"), P, "POD_STARTING P"),
    row(
        "P12-init-running",
        single(waiting("PodInitializing"), age=60, phase="Pending", initContainerStatuses=[container("init", False)]),
        P,
        "POD_STARTING P",
        "POD_STARTING P",
    ),
    row(
        "P12-init-running-for-long", single(phase="Pending", initContainerStatuses=[container("init", False)]), F, "POD_STUCK_CREATING F r"
    ),
    row("P12-init-waiting", single(age=60, initContainerStatuses=[waiting(None)]), P, "POD_STARTING P"),
    *by_age("P12-unschedulable", None, 300, "POD_UNSCHEDULABLE", phase="Pending", conditions=UNSCHEDULABLE),
    *by_age("P12-unschedulable-container", waiting(None), 300, "POD_UNSCHEDULABLE", phase="Pending", conditions=UNSCHEDULABLE),
    row(
        "P12-scheduled",
        single(age=60, containers=[], phase="Pending", conditions=condition("True", kind="PodScheduled")),
        P,
        "POD_STARTING P",
    ),
    *by_age("P21", None, 300, "POD_SCHEDULING_GATED", phase="Pending", conditions=GATED, start=GONE),
    row(
        "P21-in-other-case",
        single(age=60, containers=[], phase="Pending", conditions=condition("false", kind="podscheduled", reason="schedulinggated")),
        P,
        "POD_SCHEDULING_GATED P",
    ),
    row("P21-not-for-errors", single(waiting("ErrImagePull"), age=60, phase="Pending", conditions=GATED), P, "POD_IMAGE_PULL P"),
    row("P21-one-shot", beside(job(phase="Pending", containers=[], conditions=GATED)), R, "POD_SCHEDULING_GATED W"),
    row("P13", single(ended()), P, "POD_CONTAINER_EXITED P"),
    row("P13-exit-0", single(ended(0)), P, "POD_CONTAINER_EXITED P"),
    row("P13-2-restarts", single(ended(restarts=2)), P, "POD_CONTAINER_EXITED P"),
    row("P13-3-restarts", single(ended(restarts=3)), F, "POD_CONTAINER_EXITED F r"),
    row("P13-no-count", single(ended(restarts=None)), P, "POD_CONTAINER_EXITED P"),
    row("P13-init-beside-a-sidecar-done", single(initContainerStatuses=[ended(0, name="setup"), container("mesh")], spec=MESH), R),
    row("P13-init-done", single(initContainerStatuses=[ended(0, 5)]), R),
    row("P13-init-done-exit-as-text", single(initContainerStatuses=[ended("0")]), R),
    row("P13-init-ended-with-1", single(initContainerStatuses=[ended(1)]), P, "POD_CONTAINER_EXITED P"),
    row("P13-init-ended-with-false", single(initContainerStatuses=[ended(False)]), P, "POD_CONTAINER_EXITED P"),
    row("P13-init-ended-with-1-often", single(initContainerStatuses=[ended(1, 3)]), F, "POD_CONTAINER_EXITED F r"),
    row(
        "P13-sidecar-killed",
        single(initContainerStatuses=[ended(137, 6, "OOMKilled", name="mesh")], spec=MESH),
        F,
        "POD_CONTAINER_EXITED F r",
    ),
    row("P13-sidecar-ended-with-0", single(initContainerStatuses=[ended(0, name="mesh")], spec=MESH), P, "POD_CONTAINER_EXITED P"),
)
HOUR_OFF = condition("False", 3600)
STANDBY = pod(index="1", containers=[container(ready=False)], conditions=HOUR_OFF)


def unready(**fields: Any) -> dict[str, Any]:
    """A second replica that runs and is not ready, beside a ready one."""
    return beside(pod(**{"index": "1", "containers": [container(ready=False)], **fields}))


RUNNING = (
    row("P14-null", single(age=60, containerStatuses=None), P, "POD_NO_CONTAINER_STATUS P"),
    row("P14-text", single(age=60, containerStatuses="none"), P, "POD_NO_CONTAINER_STATUS P"),
    row("P14-empty-299s", single(containers=[], age=299), P, "POD_NO_CONTAINER_STATUS P"),
    row("P14-empty-300s", single(containers=[], age=300), U, "POD_NO_CONTAINER_STATUS U"),
    row("P14-startTime-unreadable", single(containers=[], start="x"), P, "POD_NO_CONTAINER_STATUS P"),
    row("P14-startTime-unreadable-for-300s", lasting(single(containers=[], start="x"), 300), U, "POD_NO_CONTAINER_STATUS U"),
    row("P14-fewer-299s", single(age=299, spec=TWO), P, "POD_NO_CONTAINER_STATUS P"),
    row("P14-fewer-300s", single(age=300, spec=TWO), U, "POD_NO_CONTAINER_STATUS U"),
    row("P14-fewer-and-one-fails", single(crash(3), spec=TWO), F, "POD_CRASH_LOOP F r", "POD_NO_CONTAINER_STATUS U"),
    row("P14-fewer-and-one-not-ready", single(container(ready=False), age=60, spec=TWO), P, "POD_NOT_READY P", "POD_NO_CONTAINER_STATUS P"),
    row("P14-as-many", single(container(), container("proxy"), spec=TWO), R),
    row("P14-spec-empty", single(spec={"containers": []}), R),
    row(
        "P14-sidecar-is-no-substitute",
        single(initContainerStatuses=[container("mesh")], spec={**TWO, **MESH}),
        U,
        "POD_NO_CONTAINER_STATUS U",
    ),
    row("P14-none-but-pending", single(age=60, containers=[], phase="Pending", spec=TWO), P, "POD_STARTING P"),
    row("P15", single(container(ready=False)), P, "POD_NOT_READY P"),
    *(row(f"P15-ready-{value!r}", single(container(ready=value)), P, "POD_NOT_READY P") for value in (None, 1, "yes", [])),
    row("P15-ready-missing", single(container(ready=GONE)), P, "POD_NOT_READY P"),
    row("P15-ready-as-text", single(container(ready="true")), R),
    row("P15-one-of-two", single(container(), container("proxy", ready=False)), P, "POD_NOT_READY P"),
    row("P15-299s", single(container(ready=False), conditions=condition("False", 299)), P, "POD_NOT_READY P"),
    row("P15-300s", single(container(ready=False), conditions=condition("False", 300)), F, "POD_STUCK_NOT_READY F r"),
    row("P15-startTime-does-not-count", single(container(ready=False), age=9000), P, "POD_NOT_READY P"),
    row("P15-time-of-true-does-not-count", single(container(ready=False), conditions=condition("True", 3600)), P, "POD_NOT_READY P"),
    row("P15-unreadable-time", single(container(ready=False), conditions=condition("False", "x")), P, "POD_NOT_READY P"),
    row("P15-seen-for-299s", lasting(single(container(ready=False)), 299), P, "POD_NOT_READY P"),
    row("P15-seen-for-300s", lasting(single(container(ready=False)), 300), F, "POD_STUCK_NOT_READY F r"),
    row(
        "P15-ready-in-between",
        [(0, single(container(ready=False))), (200, single()), (310, single(container(ready=False)))],
        P,
        "POD_NOT_READY P",
    ),
    row("P15-sidecar-by-state", single(initContainerStatuses=[container("mesh", False)]), P, "POD_NOT_READY P"),
    row("P15-sidecar-declared", single(initContainerStatuses=[container("mesh", False)], spec=MESH), P, "POD_NOT_READY P"),
    row(
        "P15-sidecar-300s",
        single(initContainerStatuses=[container("mesh", False)], conditions=condition("False", 300)),
        F,
        "POD_STUCK_NOT_READY F r",
    ),
    row("P15-sidecar-ready", single(initContainerStatuses=[container("mesh")]), R),
    row("P16-false", single(conditions=condition("False", 4000)), P, "POD_READY_CONDITION_FALSE P"),
    row("P16-false-in-other-case", single(conditions=condition("false", 4000)), P, "POD_READY_CONDITION_FALSE P"),
    row("P16-false-is-no-boolean", single(conditions=condition(False, 4000)), P, "POD_READY_CONDITION_FALSE P"),
    row("P16-true", single(conditions=condition("True", 4000)), R),
    row("P16-unknown-299s", single(conditions=condition("Unknown", 299)), P, "POD_READY_UNKNOWN P"),
    row("P16-unknown-300s", single(conditions=condition("Unknown", 300)), U, "POD_READY_UNKNOWN U"),
    row("P16-unknown-without-a-time", single(conditions=condition("Unknown")), P, "POD_READY_UNKNOWN P"),
    row("P16-unknown-seen-for-300s", lasting(single(conditions=condition("Unknown")), 300), U, "POD_READY_UNKNOWN U"),
    row("P16-other-status", single(conditions=condition("Perhaps")), P, "POD_READY_UNKNOWN P"),
    row("P16-not-stated", single(conditions=condition("True", 4000, kind="ContainersReady")), P, "POD_READY_UNKNOWN P"),
    row("P16-not-stated-for-299s", lasting(single(conditions=condition("True", kind="Initialized")), 299), P, "POD_READY_UNKNOWN P"),
    row("P16-not-stated-for-300s", lasting(single(conditions=condition("True", kind="Initialized")), 300), U, "POD_READY_UNKNOWN U"),
    row(
        "P16-twice-the-worse-counts",
        single(conditions=condition("False", 4000) + condition("True", 4000)),
        P,
        "POD_READY_CONDITION_FALSE P",
    ),
    *(row(f"P16-no-conditions-{value!r}", single(conditions=value), R) for value in ([], None)),
    row(
        "P16-beside-P18",
        single(container(restarts=1, last=run(60)), conditions=condition("False", 9)),
        P,
        "POD_READY_CONDITION_FALSE P",
        "POD_RECENT_RESTART W",
    ),
    row("P17", [(0, single()), (10, single(container(restarts=1)))], P, "POD_RESTARTED_DURING_WAIT P"),
    row("P17-from-not-ready", [(0, single(crash(2))), (10, single(container(restarts=3)))], P, "POD_RESTARTED_DURING_WAIT P"),
    row("P17-once-only", [(0, single()), (10, single(container(restarts=1))), (20, single(container(restarts=1)))], R),
    row("P17-another-pod", [(0, single()), (10, single(container(restarts=1), uid="new"))], R),
    row("P17-each-container-for-itself", lasting(single(container("proxy", restarts=5), container(restarts=1)), 10), R),
    row("P17-was-null", [(0, single(container(restarts=GONE))), (10, single(container(restarts=1)))], R),
    row(
        "P17-null-in-between",
        [(0, single()), (5, single(container(restarts=None))), (10, single(container(restarts=1)))],
        P,
        "POD_RESTARTED_DURING_WAIT P",
    ),
    row("P17-fell", [(0, single(container(restarts=4))), (10, single(container(restarts=0)))], R),
    row("P17-error-in-between", [(0, single()), (5, refused(503)), (10, single(container(restarts=1)))], P, "POD_RESTARTED_DURING_WAIT P"),
    row("P18-599s", single(container(restarts=1, last=run(599))), R, "POD_RECENT_RESTART W"),
    row("P18-600s", single(container(restarts=1, last=run(600))), R),
    row("P18-lastState-as-text", single(container(restarts=1, last=json.dumps(run(599)))), R, "POD_RECENT_RESTART W"),
    row("P18-no-count", single(container(restarts=None, last=run(599))), R, "POD_RECENT_RESTART W"),
    row("P18-5", single(container(restarts=5, last=run(599))), R, "POD_RECENT_RESTART W"),
    row("P18-6-is-P19", single(container(restarts=6, last=run(599))), P, "POD_MANY_RESTARTS P"),
    row("P19-5", single(container(restarts=5)), R),
    row("P19-6-600s", single(container(restarts=6, last=run(600))), R, "POD_MANY_RESTARTS W"),
    row("P19-6-11-min", single(container(restarts=6, last=run(660, 1))), R, "POD_MANY_RESTARTS W"),
    row("P19-6-as-text", single(container(restarts="6", last=run(600))), R, "POD_MANY_RESTARTS W"),
    row("P19-finishedAt-before-startedAt", single(container(restarts=6, last=run(700), age=599)), R, "POD_MANY_RESTARTS W"),
    row("P19-6-startedAt-599s", single(container(restarts=6, age=599)), P, "POD_MANY_RESTARTS P"),
    row("P19-6-startedAt-600s", single(container(restarts=6, age=600)), R, "POD_MANY_RESTARTS W"),
    row("P19-6-no-time", single(container(restarts=6, state={"running": {}})), P, "POD_MANY_RESTARTS P"),
    row("P19-6-no-time-for-599s", lasting(single(container(restarts=6, state={"running": {}})), 599), P, "POD_MANY_RESTARTS P"),
    row("P19-6-no-time-for-600s", lasting(single(container(restarts=6, state={"running": {}})), 600), R, "POD_MANY_RESTARTS W"),
    row(
        "P19-another-restart-begins-anew",
        [(at, single(container(restarts=count, state={"running": {}}), uid=f"u{count}")) for at, count in ((0, 6), (300, 7), (600, 7))],
        P,
        "POD_MANY_RESTARTS P",
    ),
    row("P19-restart_max-2", single(container(restarts=2)), R, restart_max=2),
    row("P19-over-restart_max", single(container(restarts=3)), F, "POD_MANY_RESTARTS F r", restart_max=2),
    row(
        "P19-over-restart_max-0",
        single(container(restarts=1, last=run(60))),
        F,
        "POD_MANY_RESTARTS F r",
        "POD_RECENT_RESTART W",
        restart_max=0,
    ),
    row("P19-restart_max-above", single(container(restarts=6)), R, "POD_MANY_RESTARTS W", restart_max=9),
    row("P19-not-for-crashing", single(crash(6), container("b", restarts=9)), F, "POD_CRASH_LOOP F r"),
    row("P19-sidecar", single(initContainerStatuses=[container("mesh", restarts=3)]), F, "POD_MANY_RESTARTS F r", restart_max=2),
    row("P20", single(), R),
    row("P20-restartCount-absent", single(container(restarts=GONE)), R),
    row("P20-spec-absent", answer(changed(pod(), "spec", GONE)), R),
    row("P22", beside(STANDBY), R, "POD_STANDBY W"),
    row("P22-299s", unready(conditions=condition("False", 299)), P, "POD_NOT_READY P"),
    row("P22-300s", unready(conditions=condition("False", 300)), R, "POD_STANDBY W"),
    row("P22-no-conditions-299s", unready(containers=[container("a", age=900), container(ready=False, age=299)]), P, "POD_NOT_READY P"),
    row("P22-no-conditions-300s", unready(containers=[container("a", age=900), container(ready=False, age=300)]), R, "POD_STANDBY W"),
    row("P22-a-time-is-missing", unready(containers=[container("a", state={"running": {}}), container(ready=False)]), P, "POD_NOT_READY P"),
    row("P22-no-time", unready(containers=[container(ready=False, state={"running": {}})]), P, "POD_NOT_READY P"),
    row("P22-no-time-for-300s", lasting(unready(containers=[container(ready=False, state={"running": {}})]), 300), R, "POD_STANDBY W"),
    row("P22-time-of-true-does-not-count", unready(conditions=condition("True", 3600)), P, "POD_NOT_READY P"),
    row("P22-alone", answer(STANDBY), F, "POD_STUCK_NOT_READY F r"),
    row(
        "P22-two-without-a-leader",
        answer(STANDBY, changed(STANDBY, "metadata.uid", "x")),
        F,
        "POD_STUCK_NOT_READY F r",
        "POD_STUCK_NOT_READY F r",
    ),
    row("P22-leader-going-away", answer(pod(deleting=ago(5)), STANDBY), F, "POD_STUCK_NOT_READY F r", "POD_TERMINATING P"),
    row(
        "P22-leader-restarts",
        answer(pod(containers=[container(restarts=9, last=run(60))]), STANDBY),
        F,
        "POD_MANY_RESTARTS P",
        "POD_STUCK_NOT_READY F r",
    ),
    row(
        "P22-leader-with-a-warning",
        answer(pod(containers=[container(restarts=1, last=run(60))]), STANDBY),
        R,
        "POD_RECENT_RESTART W",
        "POD_STANDBY W",
    ),
    row(
        "P22-a-container-waits",
        unready(containers=[container(ready=False), waiting(None, age=60)], age=60, conditions=condition("False", 400)),
        F,
        "POD_STARTING P",
        "POD_STUCK_NOT_READY F r",
    ),
    row(
        "P22-a-container-ended",
        unready(containers=[container(ready=False), ended(name="b")], conditions=HOUR_OFF),
        F,
        "POD_CONTAINER_EXITED P",
        "POD_STUCK_NOT_READY F r",
    ),
    row(
        "P22-restarted-599s-ago",
        unready(containers=[container(ready=False, restarts=1, last=run(599))], conditions=HOUR_OFF),
        F,
        "POD_STUCK_NOT_READY F r",
    ),
    row(
        "P22-restarted-600s-ago",
        unready(containers=[container(ready=False, restarts=1, last=run(600))], conditions=HOUR_OFF),
        R,
        "POD_STANDBY W",
    ),
    row(
        "P22-started-again-599s-ago",
        unready(containers=[container(ready=False, restarts=1, age=599)], conditions=HOUR_OFF),
        F,
        "POD_STUCK_NOT_READY F r",
    ),
    row(
        "P22-started-again-at-no-time",
        unready(containers=[container(ready=False, restarts=1, state={"running": {}})], conditions=HOUR_OFF),
        F,
        "POD_STUCK_NOT_READY F r",
    ),
    row("P22-restart_max-does-not-apply", beside(STANDBY), R, "POD_STANDBY W", restart_max=0),
    row(
        "P22-of-an-old-version",
        beside(pod(containers=[container(ready=False)], conditions=HOUR_OFF, **OLD)),
        P,
        "POD_STUCK_NOT_READY W",
        "ROLLOUT_IN_PROGRESS P",
    ),
    row("P23", single(container(restarts=None)), U, "POD_RESTARTS_UNKNOWN U", restart_max=0),
    row("P23-absent", single(container(restarts=GONE)), U, "POD_RESTARTS_UNKNOWN U", restart_max=5),
    row("P23-true-is-no-number", single(container(restarts=True)), U, "POD_RESTARTS_UNKNOWN U", restart_max=5),
    row("P23-one-of-two", single(container(), container("b", restarts=None)), U, "POD_RESTARTS_UNKNOWN U", restart_max=0),
    row("P23-not-demanded", single(container(restarts=None)), R),
    row("P23-not-ready", single(container(restarts=None, ready=False)), P, "POD_NOT_READY P", restart_max=0),
    row("G7-301s", single(container(age=-301)), R, "CLOCK_SKEW W"),
    row("G7-300s", single(container(age=-300)), R),
    row("G7-creationTimestamp", single(age=-301, start=ago(60), containers=[container()]), R, "CLOCK_SKEW W"),
    row("G7-age-is-0", single(waiting("ErrImagePull"), age=-400), P, "CLOCK_SKEW W", "POD_IMAGE_PULL P"),
    row("G7-time-of-Ready", single(conditions=condition("True", -301)), R, "CLOCK_SKEW W"),
    row("G7-not-the-end-of-a-grace-period", answer(pod(deleting=ago(-600))), P, "POD_TERMINATING P"),
    row("G7-one-shot", beside(job(age=-400)), R, "CLOCK_SKEW W"),
)


@rows(*WAITING, *RUNNING)
def test_container(row: Row) -> None:
    row.check(**OFF)


# --- Workloads -------------------------------------------------------------------------------------------------------------------

CRASHING = crash(9, last=run(30))
ROLLOUT = "ROLLOUT_IN_PROGRESS P"
WORKLOADS = (
    row("P24-old-pod", beside(pod(**OLD)), P, ROLLOUT),
    row("P24-two-old-pods-are-one-finding", beside(pod(**OLD), pod(index="1", **OLD)), P, ROLLOUT),
    row("P24-old-pod-goes-away", beside(pod(deleting=ago(5), **OLD)), R),
    row("P24-old-pod-ended", beside(pod(phase="Succeeded", **OLD)), R),
    row("P24-old-pod-fails", beside(pod(containers=[CRASHING], **OLD)), P, ROLLOUT, "POD_CRASH_LOOP W"),
    row("P24-old-pod-fails-terminally", beside(pod(containers=[waiting("InvalidImageName")], **OLD)), P, ROLLOUT, "POD_IMAGE_INVALID W"),
    row("P24-old-pod-progresses", beside(pod(containers=[waiting(None, 1)], **OLD)), P, ROLLOUT),
    row("P24-old-pod-unknown", beside(pod(phase="Unknown", **OLD)), P, ROLLOUT),
    row("P24-old-pod-lost-for-long", beside(pod(phase="Unknown", conditions=HOUR_OFF, **OLD)), P, ROLLOUT, "POD_PHASE_UNKNOWN W"),
    row(
        "P24-old-pod-fails-newest-starts",
        answer(UNREADY, pod(containers=[CRASHING], **OLD)),
        F,
        ROLLOUT,
        "POD_CRASH_LOOP F r",
        "POD_STARTING P",
    ),
    row(
        "P24-old-pod-fails-terminally-newest-starts",
        answer(UNREADY, pod(containers=[waiting("InvalidImageName")], **OLD)),
        F,
        ROLLOUT,
        "POD_IMAGE_INVALID F T",
        "POD_STARTING P",
    ),
    row("P24-newest-fails-old-ready", answer(pod(containers=[CRASHING]), pod(**OLD)), F, ROLLOUT, "POD_CRASH_LOOP F r"),
    row("newest-not-by-name", answer(pod(hash_="aaa"), pod(hash_="zzz", age=9000, containers=[CRASHING])), P, ROLLOUT, "POD_CRASH_LOOP W"),
    row(
        "newest-by-its-earliest-pod",
        answer(pod(containers=[CRASHING]), pod(**OLD), pod(index="1", hash_="old", age=900)),
        F,
        ROLLOUT,
        "POD_CRASH_LOOP F r",
    ),
    row(
        "newest-is-the-only-old-pod-made-anew",
        answer(pod(containers=[CRASHING]), pod(hash_="old", age=900)),
        P,
        ROLLOUT,
        "POD_CRASH_LOOP W",
    ),
    row("newest-tie-sorts-last", answer(pod(hash_="aaa", containers=[CRASHING]), pod(hash_="bbb")), P, ROLLOUT, "POD_CRASH_LOOP W"),
    row(
        "newest-no-creationTimestamp-is-oldest",
        answer(changed(pod(hash_="zzz", containers=[CRASHING]), "metadata.creationTimestamp", GONE), pod(hash_="aaa", age=9000)),
        P,
        ROLLOUT,
        "POD_CRASH_LOOP W",
    ),
    row("newest-among-those-that-stay", answer(pod(deleting=ago(5)), pod(**OLD)), R),
    row("newest-not-a-one-shot-pod", answer(pod(**OLD), job(app="source-controller", age=5)), R),
    row("two-replicas-one-failing", beside(pod(index="1", containers=[CRASHING])), F, "POD_CRASH_LOOP F r"),
    row("two-replicas-one-starting", beside(pod(index="1", containers=[waiting(None)], age=20)), P, "POD_STARTING P"),
    row("one-of-two-workloads-failing", beside(pod("kustomize-controller", containers=[CRASHING])), F, "POD_CRASH_LOOP F r"),
)


@rows(*WORKLOADS)
def test_workload(row: Row) -> None:
    row.check(**OFF)


@pytest.mark.parametrize(
    ("metadata", "workload"),
    [
        ({"labels": {"app": "helm"}, "ownerReferences": [{"name": "x", "controller": True}]}, "helm"),
        ({"labels": {"pod-template-hash": "77"}, "ownerReferences": [{"name": "helm-77", "controller": True}]}, "helm"),
        ({"labels": {"pod-template-hash": "7"}, "ownerReferences": [{"name": "helm-77", "controller": True}]}, "helm-77"),
        ({"ownerReferences": [{"name": "helm", "controller": True}]}, "helm"),
        ({"ownerReferences": [{"name": "helm", "controller": "true"}]}, "helm"),
        ({"ownerReferences": [{"name": "node", "controller": False}], "generateName": "helm-"}, "helm"),
        ({"generateName": "helm-"}, "helm"),
        ({"generateName": "helm-", "labels": {"app": 5}}, "helm"),
        ({}, "helm"),
    ],
    ids=["label", "owner-and-hash", "another-hash", "owner", "text", "no-controller", "generateName", "label-is-no-text", "name"],
)
def test_grouping_by_workload(metadata: dict[str, Any], workload: str) -> None:
    """labels.app, else the controller's name without the hash, else generateName, else the pod's name."""
    item = {**pod(), "metadata": {"name": "helm", "uid": "u", "creationTimestamp": ago(9), **metadata}}
    assert [each.name for each in judged(answer(item), **OFF).subjects] == [workload]


@pytest.mark.parametrize(
    ("metadata", "family"),
    [
        ({"ownerReferences": [{"kind": "Job", "name": "sync-28901230", "controller": True}]}, "sync"),
        ({"ownerReferences": [{"kind": "Job", "name": "sync-28901230"}]}, "sync"),
        ({"ownerReferences": [{"kind": "Job", "name": "install", "controller": True}], "labels": {"app": "x"}}, "install"),
        ({"ownerReferences": [{"kind": "Job", "name": "v2-install", "controller": True}]}, "v2-install"),
        ({}, "sync-1"),
    ],
    ids=["cron-job", "no-controller-flag", "label-does-not-count", "no-run-number", "own-name"],
)
def test_family_of_a_one_shot_pod(metadata: dict[str, Any], family: str) -> None:
    """The owner's name without a CronJob's run number, else the pod's own name, which stays whole."""
    item = {"metadata": {"name": "sync-1", **metadata}, "spec": {"restartPolicy": "Never"}, "status": {"phase": "Failed"}}
    assert Pod(item).one_shot
    assert Pod(item).family == family
    failed = judged(beside(item), **OFF)
    assert [(each.kind, each.name, each.verdict) for each in failed.subjects] == [
        ("Workload", "source-controller", R),
        ("Workload", family, F),
    ]


# --- Subjects --------------------------------------------------------------------------------------------------------------------


def listed(judgement: Any) -> list[tuple[str, str | None, str]]:
    """Kind, name and verdict of each subject."""
    return [(each.kind, each.name, each.verdict) for each in judgement.subjects]


def test_every_finding_has_an_object_or_the_notice() -> None:
    judgement = judged(answer(pod(), job(phase="Failed"), metadata={"continue": "x"}))
    assert listed(judgement) == [
        ("Workload", "source-controller", R),
        ("Workload", "install", F),
        ("Workload", "kustomize-controller", P),
        ("Cluster", None, U),
    ]
    assert [each.notice for each in judgement.subjects] == [False, False, False, True]
    assert subject(judgement, None).is_state
    assert all(each.asked for each in judgement.subjects)
    assert listed(judged(answer(pod()), **OFF)) == [("Workload", "source-controller", R)]
    assert listed(judged(answer(), **OFF)) == [("Cluster", None, F)]
    missing = subject(judgement, "kustomize-controller")
    assert (missing.origin.name, missing.namespace, missing.findings[0].kind) == ("kustomize-controller", "flux-system", "Workload")


def test_a_one_shot_pod_that_does_not_block_is_no_object() -> None:
    """Its warnings are listed with the workload that it names, else with the notice; they name the pod."""
    hook = {"phase": "Running", "policy": "OnFailure", "containers": [crash(7)]}
    judgement = judged(beside(job(**hook)), **OFF)
    assert listed(judgement) == [("Workload", "source-controller", R), ("Cluster", None, R)]
    warning = subject(judgement, None).findings[0]
    assert (warning.kind, warning.name, warning.namespace, warning.terminal, warning.retryable) == (
        "Pod",
        "install-x1",
        "flux-system",
        False,
        False,
    )
    judgement = judged(beside(job(app="source-controller", **hook)), **OFF)
    assert listed(judgement) == [("Workload", "source-controller", R)]
    assert marks(judgement) == ["POD_CRASH_LOOP W"]
    forgiven = judged(beside(job("a-1", phase="Failed", age=90), job("a-2", age=9)), **OFF)
    assert listed(forgiven) == [("Workload", "source-controller", R), ("Cluster", None, R)]


def test_a_failed_job_is_no_failure_of_the_workload_of_its_name() -> None:
    judgement = judged(beside(job("source-controller", phase="Failed"), job("other", phase="Failed", app="source-controller")), **OFF)
    assert listed(judgement) == [
        ("Workload", "source-controller", R),
        ("Workload", "other", F),
        ("Workload", "source-controller-x1", F),
    ]
    assert len({each.identity for each in judgement.subjects}) == 3


def test_one_sample_says_everything() -> None:
    """All rows that match give a finding; the worst decides."""
    restarted = container("b", restarts=8, last=run(60))
    assert marks(judged(single(restarted, waiting("InvalidImageName"), crash(4, name="c")), **OFF)) == [
        "POD_CRASH_LOOP F r",
        "POD_IMAGE_INVALID F T",
    ]
    assert marks(judged(single(container(restarts=None, last=run(9)), restarted), **OFF, restart_max=9)) == [
        "POD_MANY_RESTARTS P",
        "POD_RECENT_RESTART W",
        "POD_RESTARTS_UNKNOWN U",
    ]


def test_findings_name_their_object() -> None:
    judgement = judged(single(waiting("ErrImagePull", message="toomanyrequests: you have reached your limit.")), **OFF)
    seen = finding(judgement, "POD_IMAGE_PULL")
    assert (seen.kind, seen.cluster_id, seen.namespace, seen.name) == ("Pod", CLUSTER, "flux-system", "source-controller-97bdcd8cf-0")
    assert (seen.field, seen.observed, seen.since, seen.target) == ("state.waiting.reason", "ErrImagePull", ago(3600), CLUSTER)
    assert "repo/flux:v1: toomanyrequests: you have reached your limit." in seen.message
    assert seen.label == "Pod flux-system/source-controller-97bdcd8cf-0"


def test_a_crash_says_how_it_ended() -> None:
    last = {"terminated": {"exitCode": 137, "reason": "OOMKilled", "finishedAt": ago(30)}}
    message = finding(judged(single(crash(9, last=last)), **OFF), "POD_CRASH_LOOP").message
    assert "9 restarts (exit code 137, OOMKilled)" in message


MESSAGES: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("POD_TERMINATING", answer(pod(deleting=ago(5))), "The pod is going away; no pod of its workload's newest version is ready."),
    (
        "POD_TERMINATING",
        beside(pod(index="1", deleting=ago(320))),
        "The pod has been going away for 5 min 20 s; another pod of its workload's newest version is ready.",
    ),
    (
        "POD_JOB_FAILED",
        failed_run(),
        "The one-shot pod failed (container manager: exit code 1, Error); no later run of it succeeded or goes on.",
    ),
    (
        "POD_JOB_FAILED",
        failed_run(job(RUN_2, phase="Running", age=800), reason="Evicted"),
        "The one-shot pod failed (Evicted); a later run of it has not ended yet.",
    ),
    (
        "POD_EVICTED",
        beside(pod(index="1", **EVICTED)),
        "The pod ended with phase Failed (Evicted: The node was low on memory); a sibling is ready.",
    ),
    (
        "POD_FAILED",
        answer(pod(phase="Failed", message="Out of disk")),
        "The pod ended with phase Failed (Out of disk); no pod of the newest version is ready.",
    ),
    ("POD_PHASE_UNKNOWN", single(reason="NodeLost"), "The pod's state is not known: its node does not report (NodeLost)."),
    (
        "POD_CRASH_LOOP",
        single(crash(None, last=run(9, 2))),
        "Container manager keeps crashing after a number of restarts that is not stated (exit code 2, Error).",
    ),
    (
        "POD_CONTAINER_EXITED",
        single(ended(137, 2, "OOMKilled")),
        "Container manager has ended (exit code 137, OOMKilled) after 2 restarts.",
    ),
    (
        "POD_CONTAINER_EXITED",
        single(ended(None, None)),
        "Container manager has ended (exit code not stated, Error) after a number of restarts that is not stated.",
    ),
    ("POD_STARTING", single(waiting("ContainerCreating"), age=9), "Container manager is waiting (ContainerCreating)."),
    ("POD_STARTING", single(container(None, state={}), age=9), "Container without a name is waiting."),
    ("POD_STARTING", single(age=9, containers=[], phase="Pending"), "The pod is pending and reports no containers yet."),
    ("POD_STARTING", single(age=9, phase="Pending"), "The pod is pending."),
    ("POD_STARTING", single(age=9, phase="Pending", initContainerStatuses=[container("init", False)]), "Init container init still runs."),
    ("POD_STUCK_CREATING", single(waiting(None, message="No volume.")), "Container manager is waiting for 1 h: No volume."),
    (
        "POD_UNSCHEDULABLE",
        single(containers=[], phase="Pending", conditions=UNSCHEDULABLE),
        "No node can take the pod for 1 h: 0/3 nodes are available.",
    ),
    ("POD_NO_CONTAINER_STATUS", single(spec=TWO), "The pod reports nothing of 1 of its containers."),
    (
        "POD_NOT_READY",
        single(container(ready=False, started=False)),
        "Container manager runs but is not ready. Its startup probe has not passed.",
    ),
    (
        "POD_READY_CONDITION_FALSE",
        single(conditions=condition("False", 9, reason="ReadinessGatesNotReady")),
        "All containers are ready, but the pod's condition Ready is False (ReadinessGatesNotReady).",
    ),
    (
        "POD_STANDBY",
        beside(STANDBY),
        "The replica has not been ready (manager) for 1 h, while another pod of its version is ready: it stands by.",
    ),
)


@pytest.mark.parametrize(("code", "fields", "message"), MESSAGES, ids=[f"{code}-{index}" for index, (code, *_rest) in enumerate(MESSAGES)])
def test_messages_say_what_was_seen(code: str, fields: dict[str, Any], message: str) -> None:
    assert finding(judged(fields, **OFF), code).message == message


@pytest.mark.parametrize("value", [False, "false", "False"])
def test_a_startup_probe_that_has_not_passed_is_noted(value: Any) -> None:
    assert "startup probe" in finding(judged(single(container(ready=False, started=value)), **OFF), "POD_NOT_READY").message
    assert "startup probe" not in finding(judged(single(container(ready=False, started="true")), **OFF), "POD_NOT_READY").message


def test_only_what_was_looked_at_is_said() -> None:
    """No text says that all containers are ready where a sidecar is not; a single look says nothing of a duration."""
    stuck = judged(single(initContainerStatuses=[container("mesh", False)], conditions=condition("False", 600)), **OFF)
    assert "ll containers are ready" not in " ".join(each.message for each in stuck.findings)
    by_start = judged(unready(containers=[container(ready=False, age=400)]), **OFF)
    assert "has run for 6 min 40 s" in finding(by_start, "POD_STANDBY").message
    assert "One pod of another version than the newest is still there: source-controller-old-0." in " ".join(
        each.message for each in judged(beside(pod(**OLD)), **OFF).findings
    )
    assert "0 s" not in finding(judged(single(container(ready=False)), **OFF), "POD_NOT_READY").message
    assert (
        "nearest"
        in finding(judged(answer(pod("kustomize-controler")), controllers=["kustomize-controller"]), "CONTROLLER_MISSING").message.lower()
    )


@pytest.mark.parametrize("started", ["true", True])
def test_a_sidecar_that_has_started_is_a_container(started: Any) -> None:
    """Then its end is judged as a container's even where exit 0 would mean that an init container is done."""
    ended_sidecar = ended(0, name="mesh", started=started)
    assert marks(judged(single(initContainerStatuses=[ended_sidecar]), **OFF)) == ["POD_CONTAINER_EXITED P"]
    assert marks(judged(single(initContainerStatuses=[{**ended_sidecar, "started": "false"}]), **OFF)) == []


# --- Steady ----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "since"),
    [
        (pod(containers=[container(age=50), container("proxy", age=40)], age=900), 40),
        (pod(containers=[container(age=50)], initContainerStatuses=[container("mesh", age=30)]), 30),
        (pod(containers=[container(state={"running": {}}, restarts=0)], age=900), 900),
        (pod(containers=[container(state={"running": {}}, restarts=GONE)], age=900), None),
        (pod(containers=[container(state={"running": {}}, restarts=1)], age=900), None),
        (pod(containers=[container(state={"running": {"startedAt": "x"}}, restarts=1)], age=900), None),
        (pod(conditions=condition("True", 3)), 3),
        (pod(conditions=condition("True", 4000)), 3600),
        (pod(conditions=condition("True")), 3600),
        (pod(conditions=condition("True", "x")), None),
        (pod(conditions=condition("True", 3, kind="Initialized") + condition("True", 60)), 60),
    ],
    ids=[
        "startedAt",
        "sidecar",
        "startTime-without-restarts",
        "restartCount-absent",
        "restarted",
        "unreadable",
        "Ready-later",
        "Ready-earlier",
        "Ready-without-a-time",
        "Ready-unreadable",
        "only-Ready",
    ],
)
def test_times_that_prove_steadiness(item: dict[str, Any], since: float | None) -> None:
    workload = subject(judged(answer(item), **OFF))
    assert workload.ready_since == (None if since is None else NOW - timedelta(seconds=since))
    assert workload.observed["since"] == (None if since is None else ago(since))


def test_the_latest_of_the_pods_that_count_proves_steadiness() -> None:
    """What an ended or ignored pod leaves behind takes no proof away; a pod without times does."""
    since = NOW - timedelta(seconds=40)
    young = pod(index="1", age=40)
    leftovers = [
        pod(index="2", phase="Failed", containers=[ended()]),
        pod(index="3", deleting=ago(5), age=7),
        pod(phase="Succeeded", **OLD),
    ]
    assert subject(judged(beside(young), **OFF)).ready_since == since
    assert subject(judged(beside(young, *leftovers), **OFF)).ready_since == since
    unproven = pod(index="4", containers=[container(state={"running": {}}, restarts=None)])
    assert subject(judged(beside(young, unproven), **OFF)).ready_since is None
    assert subject(judged(answer(pod(deleting=ago(5))), **OFF)).ready_since is None


def test_parts_are_all_pods_with_their_restarts() -> None:
    judgement = judged(
        answer(
            pod(containers=[container("b", restarts=2), container("a", restarts=None)], uid="u0"),
            pod(index="1", uid="u1", **OLD),
            pod(index="2", uid="u2", deleting=ago(5)),
            pod(index="3", uid="u3", phase="Failed", containers=[ended(restarts=1)]),
            changed(pod(index="4"), "metadata.uid", GONE),
            job(app="source-controller"),
        ),
        **OFF,
    )
    workload = subject(judgement)
    assert {key: tuple(part) for key, part in workload.parts.items()} == {
        ("pod", "u0"): ((("a", None), ("b", 2)), False),
        ("pod", "u1"): ((("manager", 0),), False),
        ("pod", "u2"): (None, True),  # ignored, so its restarts are no break
        ("pod", "u3"): ((("manager", 1),), True),
        ("pod", "source-controller-97bdcd8cf-4"): ((("manager", 0),), False),
    }
    assert workload.observed == {"pods": 5, "ready_pods": 2, "restarts": None, "since": ago(3600)}
    assert workload.origin.pods[0].name == "source-controller-97bdcd8cf-0"


def test_what_a_receipt_tells_of_a_workload() -> None:
    workload = subject(judged(beside(pod(index="1", age=40, containers=[container(restarts=2, age=40)])), **OFF))
    assert workload.observed == {"pods": 2, "ready_pods": 2, "restarts": 2, "since": ago(40)}
    assert (workload.kind, workload.target, workload.read_at, workload.is_state) == ("Workload", CLUSTER, NOW, False)


def test_a_cluster_has_its_name() -> None:
    judgement = judged({**answer(metadata={"continue": "x"}), "cluster_name": "prod"})
    assert {each.cluster_name for each in judgement.findings} == {"prod"}


def test_each_cluster_for_itself() -> None:
    judgement = judged(answer(pod(), cluster="c1"), answer(pod(containers=[CRASHING]), cluster="c2"), **OFF)
    assert {each.cluster_id: each.verdict for each in judgement.subjects} == {"c1": R, "c2": F}
    assert {each.target for each in judgement.findings} == {"c2"}


def test_the_documented_example() -> None:
    """A pod that has been creating its container since the 5th of November; one read is enough."""
    judgement = judged({**documented("ucs_gitops"), "cluster_id": CLUSTER, "pods": documented("ucs_gitops")["items"]})
    assert marks(judgement) == ["CONTROLLER_MISSING P", "POD_STUCK_CREATING F r"]
    assert judgement.verdict == F
    assert finding(judgement, "POD_STUCK_CREATING").since == "2025-11-05T03:48:06Z"


# --- Properties ------------------------------------------------------------------------------------------------------------------

ESTATE = [
    pod(),
    pod(index="3", containers=[container("a"), waiting("ImagePullBackOff", 1, last=run(60))]),
    STANDBY,
    pod(**OLD),
    pod(deleting=ago(20), **{**OLD, "index": "2"}),
    pod("kustomize-controller"),
    pod("kustomize-controller", index="1", **EVICTED),
    job(RUN_1, phase="Failed", age=900),
    job(RUN_2, age=800),
]


def examples(number: int) -> settings:
    """So many examples of a property, the same ones in every run."""
    return settings(max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


@drawn(st.permutations(ESTATE), st.randoms(use_true_random=False))
@examples(60)
def test_order_does_not_matter(items: list[Any], rng: random.Random) -> None:
    expected = judged(answer(*ESTATE))
    items = json.loads(json.dumps(items))
    for item in items:
        rng.shuffle(item["status"].get("containerStatuses") or [])
    judgement = judged(answer(*items))
    assert marks(judgement) == marks(expected)
    assert {each.identity: (each.verdict, each.parts, each.observed) for each in judgement.subjects} == {
        each.identity: (each.verdict, each.parts, each.observed) for each in expected.subjects
    }


# The fields that make a pod ready; and for each what may stand there without taking readiness away.
DECIDING: dict[str, tuple[Any, ...]] = {
    "status": (),
    "status.phase": ("running",),
    "status.containerStatuses": (),
    "status.containerStatuses.0": (),
    "status.containerStatuses.0.state": (),
    "status.containerStatuses.0.state.running": ({},),
    "status.containerStatuses.0.ready": (True, "true"),
    "status.conditions.0.status": (True, "true"),
}


@drawn(st.sampled_from(sorted(DECIDING)), JSON)
@examples(150)
def test_arbitrary_json_in_a_deciding_field_is_never_ready(path: str, value: Any) -> None:
    kept = value.strip().lower() if isinstance(value, str) else value
    if path.endswith("running") and isinstance(value, dict):
        return  # an object without startedAt still says that the container runs
    judgement = judged(answer(changed(pod(conditions=condition("True", 9)), path, value)), **OFF)
    allowed = any(kept is each or (kept == each and isinstance(kept, str)) for each in DECIDING[path])
    assert judgement.verdict != R or allowed


# Fields that say more about a pod: whatever stands there, nothing may crash.
OTHERS = (
    "metadata",
    "metadata.name",
    "metadata.uid",
    "metadata.labels",
    "metadata.labels.app",
    "metadata.labels.pod-template-hash",
    "metadata.creationTimestamp",
    "metadata.deletionTimestamp",
    "metadata.generateName",
    "metadata.ownerReferences",
    "metadata.ownerReferences.0",
    "metadata.ownerReferences.0.name",
    "metadata.ownerReferences.0.kind",
    "spec",
    "spec.restartPolicy",
    "spec.terminationGracePeriodSeconds",
    "spec.containers",
    "spec.initContainers",
    "status.reason",
    "status.startTime",
    "status.conditions",
    "status.conditions.0.lastTransitionTime",
    "status.initContainerStatuses",
    "status.containerStatuses.0.name",
    "status.containerStatuses.0.image",
    "status.containerStatuses.0.restartCount",
    "status.containerStatuses.0.lastState",
    "status.containerStatuses.0.started",
)


@drawn(st.sampled_from(OTHERS), JSON, st.sampled_from(OTHERS), JSON)
@examples(150)
def test_arbitrary_json_elsewhere_never_crashes(path: str, value: Any, other: str, more: Any) -> None:
    spec = {"containers": [{}], "initContainers": [{}]}
    item = pod(conditions=condition("True", 9), initContainerStatuses=[ended(0)], deleting=None, spec=spec)
    broken = changed(item, path, value)
    with contextlib.suppress(KeyError, TypeError, IndexError):  # the first change may have taken the place of the second one away
        broken = changed(broken, other, more)
    for judgement in judge_series([(0, answer(broken, pod())), (10, answer(broken, broken))]):
        marks(judgement)


def elsewhere(made: dict[str, Any]) -> dict[str, Any]:
    """The same pod in another namespace."""
    return changed(made, "metadata.namespace", "kube-system")


def test_a_controller_of_another_namespace_is_not_the_one_that_is_demanded() -> None:
    """L5, of flux-system."""
    assert "CONTROLLER_MISSING P" in marks(judged(answer(elsewhere(pod()), KUSTOMIZE)))


def test_a_pod_of_another_namespace_serves_for_none_of_flux_system() -> None:
    """P4: what has ended is made up for by a pod of its own workload only."""
    ended_here = pod(hash_="0", phase="Failed", containers=[], age=9000)
    assert judged(answer(ended_here, pod(), KUSTOMIZE)).verdict == "ready"
    assert judged(answer(ended_here, elsewhere(pod()), KUSTOMIZE)).verdict == "progressing"


def test_a_run_in_another_namespace_makes_up_for_none_of_flux_system() -> None:
    """P3: a family is of one namespace."""
    failed, later = job(RUN_1, phase="Failed", age=900), job(RUN_2, age=800)
    assert marks(judged(beside(failed, later), **OFF)) == ["POD_JOB_FAILED W"]
    assert marks(judged(beside(failed, elsewhere(later)), **OFF)) == ["POD_JOB_FAILED F r"]
    assert marks(judged(beside(elsewhere(failed), later), **OFF)) == ["POD_JOB_FAILED F r"]


def test_a_workload_of_flux_system_serves_for_no_pod_of_another_namespace() -> None:
    """P1, P2: a one-shot pod elsewhere is of no workload of flux-system, whatever it calls itself."""
    leaving = changed(job("other", phase="Running", app="source-controller"), "metadata.deletionTimestamp", ago(5))
    assert judged(beside(leaving), **OFF).verdict == "ready"
    assert judged(beside(elsewhere(leaving)), **OFF).verdict == "progressing"
    crashing = changed(job("other", phase="Unknown", app="source-controller"), "metadata.namespace", "kube-system")
    assert listed(judged(beside(crashing), **OFF)) == [("Workload", "source-controller", R), ("Cluster", None, R)]


def test_a_status_that_comes_twice_is_one() -> None:
    """P14: fewer statuses than containers."""
    two = {"containers": [{"name": "manager"}, {"name": "proxy"}]}
    assert marks(judged(answer(pod(containers=[container(), container("proxy")], spec=two), KUSTOMIZE))) == []
    assert marks(judged(answer(pod(containers=[container(), container()], spec=two), KUSTOMIZE))) == ["POD_NO_CONTAINER_STATUS U"]


@pytest.mark.parametrize("stated", [[], [ended(0, name="setup")]], ids=["empty", "of another"])
def test_a_sidecar_that_states_nothing_is_missing(stated: Any) -> None:
    """P14: a declared sidecar is a container; where no statuses of init containers are stated at all, that says nothing."""
    declared = {"containers": [{"name": "manager"}], "initContainers": [{"name": "proxy", "restartPolicy": "Always"}]}
    assert marks(judged(answer(pod(spec=declared, initContainerStatuses=stated), KUSTOMIZE))) == ["POD_NO_CONTAINER_STATUS U"]
    assert marks(judged(answer(pod(spec=declared), KUSTOMIZE))) == []
    assert marks(judged(answer(pod(spec=declared, initContainerStatuses=[container("proxy")]), KUSTOMIZE))) == []


@pytest.mark.parametrize("stated", [{"type": "Ready", "status": "False"}, ["Ready"]], ids=["an object", "texts"])
def test_conditions_that_cannot_be_read_are_stated_all_the_same(stated: Any) -> None:
    """P16: Ready is not among them."""
    assert marks(judged(answer(pod(conditions=stated), KUSTOMIZE))) == ["POD_READY_UNKNOWN P"]


@pytest.mark.parametrize(("stated", "shown"), [("c1", "c1"), (None, "C1"), ("", "C1")])
def test_the_id_of_a_cluster_is_that_of_its_answer(stated: str | None, shown: str) -> None:
    """Asked for as C1; what the answer does not state is taken from the question."""
    entry = Entry("C1", NOW, {**answer(pod(), KUSTOMIZE), "cluster_id": stated})
    judgement = judge(Reading("ucs_gitops", {}, (entry,)), {}, History())
    assert {(each.target, each.cluster_id) for each in judgement.subjects} == {("C1", shown)}

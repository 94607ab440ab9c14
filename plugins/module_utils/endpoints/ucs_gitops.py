# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS GitOps enablement: the pods of flux-system in a cluster (GET /v1/clusters/{clusterid}/gitops; rules: readiness.md 2.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ..client import Client, segment
from ..endpoint import CLUSTER_IDS, MANAGED_FIELDS, Endpoint, check_ids, drop_managed_fields, read_each
from ..errors import OptionError
from ..findings import FAILED, PROGRESSING, READY, UNKNOWN, WARNING, Finding, worst
from ..judging import Context, Judgement, Notes, is_true, judge_errors, nearest, text
from ..values import Instant, nested, number, parse_time, span

CONTROLLERS = ["source-controller", "kustomize-controller"]

IMAGE_INVALID = {"invalidimagename", "errimageneverpull"}
IMAGE_PULL = {"errimagepull", "imagepullbackoff", "registryunavailable", "imageinspecterror", "signaturevalidationfailed"}
CONTAINER_CONFIG = {
    "createcontainerconfigerror",
    "createcontainererror",
    "runcontainererror",
    "prestarthookerror",
    "poststarthookerror",
    "containercannotrun",
}
STARTING = {"containercreating", "podinitializing", ""}
CRASHES = 3  # restarts from which a crash is a failure; P10, P13
MANY_RESTARTS = 5  # P19
RECENT_RESTART = 600.0  # seconds; the kubelet's back-off reset time, P18


def read(client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
    """The pods of each cluster asked for: ``{"clusters": [{cluster_id, metadata, pods}], "errors": [...]}``.

    :raises OptionError: for an unusable cluster id, before the first request
    """

    def cluster(cluster_id: str) -> dict[str, Any]:
        body = client.get("ucs", f"/v1/clusters/{segment('cluster_ids', cluster_id)}/gitops")
        pods = body.get("items") if isinstance(body.get("items"), list) else None
        if not options.get("managed_fields"):
            for pod in pods or []:
                drop_managed_fields(nested(pod, "metadata"))
        return {"cluster_id": cluster_id, "metadata": body.get("metadata"), "pods": pods}

    return read_each(client, "clusters", "cluster_id", cluster, options["cluster_ids"])


def judge(reading: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Judgement:
    """The findings of readiness.md 2.1, rows L1 to P20."""
    notes = Notes(options, context)
    judge_errors(notes, reading.get("errors") or [], "cluster_id", "GITOPS_NOT_FOUND")
    for cluster in reading.get("clusters") or []:
        _judge_cluster(notes, cluster)
    return notes.result()


def _judge_cluster(notes: Notes, cluster: Mapping[str, Any]) -> None:
    cluster_id, items = str(cluster.get("cluster_id")), cluster.get("pods")
    place: dict[str, Any] = {"cluster_id": cluster_id, "scope": cluster_id, "kind": "Cluster"}
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        notes.add(
            "API_SHAPE", UNKNOWN, "There is no pod list in the answer.", terminal=True, field="items", expected="a list of pods", **place
        )
        return
    rest = nested(cluster, "metadata", "remainingItemCount")
    if nested(cluster, "metadata", "continue") or (number(rest) or 0) > 0:
        left = f"{rest} pods" if rest else "Some pods"
        notes.add("LIST_INCOMPLETE", UNKNOWN, f"{left} were not returned, and the endpoint takes no continuation.", terminal=True, **place)
    if not items:
        wait = bool(notes.options.get("enabling")) and notes.gate_age < notes.stuck_after
        message = "There are no pods in flux-system: GitOps is " + ("being enabled." if wait else "not enabled.")
        notes.add("GITOPS_NOT_ENABLED", PROGRESSING if wait else FAILED, message, terminal=not wait, observed=0, expected="pods", **place)
        return
    pods = [Pod.of(cluster_id, item) for item in items]
    workloads: dict[str, list[Pod]] = {}
    for pod in pods:
        workloads.setdefault(pod.workload, []).append(pod)
    required = notes.options.get("controllers")
    required = CONTROLLERS if required is None else required
    judged = {name for name in sorted(workloads) if _judge_workload(notes, name, workloads[name], not required or name in required)}
    for name in required:
        if name not in judged:
            lasted = notes.seen_for(cluster_id, "CONTROLLER_MISSING", name)
            verdict = FAILED if lasted >= notes.stuck_after else PROGRESSING
            hint = nearest(name, judged)
            notes.add(
                "CONTROLLER_MISSING",
                verdict,
                f"The expected controller {name} has no pod.{hint}",
                **{**place, "kind": "Workload", "name": name},
            )
    if not judged:
        message = "Only completed one-shot pods are in flux-system; no controller is running."
        notes.add("GITOPS_NO_WORKLOAD", UNKNOWN, message, terminal=True, **place)


@dataclass
class Pod:
    """A pod of the answer, with the undocumented spellings of its fields made one, and its findings."""

    cluster_id: str
    name: str
    namespace: str
    uid: str
    workload: str
    hash: str
    created: Instant | None
    started: Instant | None
    raw: Mapping[str, Any]
    owner: str
    one_shot: bool
    phase: str
    containers: list[dict[str, Any]]
    restarts: list[int | None]
    findings: list[Finding] = field(default_factory=list)
    ignored: bool = False

    @classmethod
    def of(cls, cluster_id: str, raw: Mapping[str, Any]) -> Pod:
        """A pod from its JSON (readiness.md 2.1, "Normalise" and "Group by workload")."""
        metadata, status = _dict(raw.get("metadata")), _dict(raw.get("status"))
        labels, owners = _dict(metadata.get("labels")), metadata.get("ownerReferences")
        owner: dict[str, Any] = next((one for one in owners if nested(one, "controller")), {}) if isinstance(owners, list) else {}
        name, template = str(metadata.get("name") or "unnamed"), str(labels.get("pod-template-hash") or "")
        app, generated = labels.get("app"), metadata.get("generateName")
        if isinstance(app, str) and app:
            workload = app
        elif isinstance(owner.get("name"), str) and owner["name"]:
            workload = owner["name"].removesuffix(f"-{template}") if template else owner["name"]
        else:
            workload = str(generated).rstrip("-") if generated else name
        one_shot = text(owner.get("kind")) == "job" or text(nested(raw, "spec", "restartPolicy")) in ("never", "onfailure")
        listed = status.get("containerStatuses")
        containers = [_container(one) for one in listed] if isinstance(listed, list) else []
        return cls(
            cluster_id=cluster_id,
            name=name,
            namespace=str(metadata.get("namespace") or ""),
            uid=str(metadata.get("uid") or name),
            workload=workload,
            hash=template,
            created=parse_time(metadata.get("creationTimestamp")),
            started=parse_time(status.get("startTime")),
            raw=raw,
            owner=str(owner.get("name") or ""),
            one_shot=one_shot,
            phase=text(status.get("phase")),
            containers=containers,
            restarts=[number(one.get("restartCount")) for one in containers],
        )

    @property
    def deleting(self) -> Any:
        """The deletionTimestamp, None while the pod is not going away."""
        return nested(self.raw, "metadata", "deletionTimestamp")

    @property
    def verdict(self) -> str:
        """The worst of its findings."""
        return worst(finding.verdict for finding in self.findings)

    @property
    def serves(self) -> bool:
        """Whether the pod is ready and stays (a sibling that makes a leftover harmless)."""
        return not self.ignored and not self.deleting and not self.one_shot and self.phase == "running" and self.verdict == READY

    def condition(self, kind: str) -> Mapping[str, Any]:
        """The pod's condition of that type, empty when it is not stated."""
        listed = nested(self.raw, "status", "conditions")
        found = [one for one in listed if text(nested(one, "type")) == kind] if isinstance(listed, list) else []
        return found[-1] if found else {}

    @property
    def birth(self) -> Instant | None:
        """startTime, else creationTimestamp."""
        return self.started or self.created

    def never_ran(self, container: Mapping[str, Any]) -> bool:
        """Whether a container has never run, so that the pod's start is the time it has been waiting since."""
        return not isinstance(nested(container, "lastState", "terminated"), dict) and not number(container.get("restartCount"))


def _judge_workload(notes: Notes, name: str, pods: list[Pod], counts: bool) -> bool:
    """Judges the pods of one workload; whether there was anything that counts (readiness.md 2.0 and 2.1, "Workload")."""
    alive = [pod for pod in pods if not pod.deleting and not pod.one_shot]
    born = max(alive, key=lambda pod: (pod.created.latest.timestamp() if pod.created else 0.0, pod.hash), default=None)
    newest = born.hash if born else ""
    for pod in alive:
        if pod.phase not in ("succeeded", "failed"):
            _judge_running(notes, pod)
    served = any(pod.serves for pod in alive if pod.hash == newest)
    for pod in pods:
        if pod.one_shot and pod.phase == "succeeded":
            pod.ignored = True  # row P2
        elif pod.deleting:
            _judge_deleting(notes, pod, served)
        elif pod.one_shot:
            _judge_one_shot(notes, pod, pods)
        elif pod.phase in ("succeeded", "failed"):
            _judge_ended(notes, pod, served, pod.hash == newest)
    old = [pod for pod in alive if pod.hash != newest and not pod.ignored]
    deciding = [pod for pod in pods if not pod.ignored and pod not in old]
    findings = [finding for pod in deciding for finding in pod.findings]
    if old:
        # Pods of an older version never fail the workload; that they are still there is one finding for all of them.
        message = f"{len(old)} pods of an older version are still there: {', '.join(sorted(pod.name for pod in old)[:3])}."
        place = {
            "cluster_id": old[0].cluster_id,
            "scope": old[0].cluster_id,
            "kind": "Workload",
            "name": name,
            "namespace": old[0].namespace,
        }
        findings.append(notes.make("ROLLOUT_IN_PROGRESS", PROGRESSING, message, observed=len(old), expected=0, **place))
    notes.findings += findings
    if not deciding and not old:
        return False
    some = (deciding or old)[0]
    notes.judged(
        "Workload",
        name,
        findings,
        counts,
        scope=some.cluster_id,
        cluster_id=some.cluster_id,
        namespace=some.namespace,
        steady_since=_steady_since(deciding),
        fingerprint=sorted(((pod.uid, pod.restarts) for pod in deciding), key=repr),
    )
    return True


def _steady_since(pods: list[Pod]) -> datetime | None:
    """Since when all containers have been running without a restart, by the reading's own times (readiness.md section 1, "Steady")."""
    times: list[datetime] = []
    for pod in (one for one in pods if one.phase == "running"):
        for container, restarts in zip(pod.containers, pod.restarts):
            since = parse_time(nested(container, "state", "running", "startedAt")) or (pod.started if restarts == 0 else None)
            if since is None:
                return None
            times.append(since.latest)
    return max(times, default=None)


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _container(value: Any) -> dict[str, Any]:
    """A container's status; its lastState, documented as text, made an object where it is one (readiness.md 2.1, "Normalise")."""
    container = _dict(value)
    last = container.get("lastState")
    if not isinstance(last, str):
        return container
    try:
        last = json.loads(last or "{}")
    except ValueError:
        last = {"terminated": {"reason": last}}
    return {**container, "lastState": last}


def _place(pod: Pod) -> dict[str, Any]:
    return {"cluster_id": pod.cluster_id, "scope": pod.cluster_id, "kind": "Pod", "name": pod.name, "namespace": pod.namespace}


def _say(notes: Notes, pod: Pod, code: str, verdict: str, message: str, **fields: Any) -> None:
    pod.findings.append(notes.make(code, verdict, message, **{**_place(pod), **fields}))


def _judge_deleting(notes: Notes, pod: Pod, served: bool) -> None:
    """Row P1."""
    grace = number(nested(pod.raw, "spec", "terminationGracePeriodSeconds"))
    late = notes.age(pod.deleting)
    if late is not None and late >= (30 if grace is None else grace) + notes.stuck_after:
        _say(
            notes,
            pod,
            "POD_TERMINATING",
            WARNING if served else PROGRESSING,
            f"The pod has been going away for {span(late)}.",
            since=str(pod.deleting),
        )
    elif served:
        pod.ignored = True
    else:
        _say(
            notes, pod, "POD_TERMINATING", PROGRESSING, "The pod is going away and its successor is not ready yet.", since=str(pod.deleting)
        )


def _judge_one_shot(notes: Notes, pod: Pod, pods: list[Pod]) -> None:
    """Row P3; a one-shot pod that still runs is judged like any other."""
    if pod.phase == "failed":
        ended = [one.created.latest for one in pods if one.one_shot and one.owner == pod.owner and one.phase == "succeeded" and one.created]
        later = pod.created is not None and any(moment > pod.created.latest for moment in ended)
        reason = nested(pod.raw, "status", "reason") or nested(pod.raw, "status", "message") or "no reason stated"
        message = f"The one-shot pod failed ({reason})" + ("; a later one succeeded." if later else ".")
        _say(
            notes,
            pod,
            "POD_JOB_FAILED",
            WARNING if later else FAILED,
            message,
            field="status.phase",
            observed="Failed",
            expected="Succeeded",
        )
    else:
        _judge_running(notes, pod)


def _judge_ended(notes: Notes, pod: Pod, served: bool, newest: bool) -> None:
    """Row P4: a leftover of an evicted pod does not block."""
    if served and not newest:
        pod.ignored = True
        return
    lasted = notes.seen_for(pod.cluster_id, "ended", pod.uid)
    verdict = WARNING if served else FAILED if lasted >= notes.failure_grace else PROGRESSING
    code = "POD_EVICTED" if pod.phase == "failed" else "POD_COMPLETED_UNEXPECTED"
    reason = nested(pod.raw, "status", "reason") or nested(pod.raw, "status", "message") or "no reason stated"
    message = f"The pod ended with phase {pod.phase.capitalize()} ({reason})" + ("; a sibling is ready." if served else ".")
    _say(notes, pod, code, verdict, message, field="status.phase", observed=pod.phase.capitalize(), expected="Running")


def _judge_running(notes: Notes, pod: Pod) -> None:
    """Rows P5 to P20 for a pod that should run."""
    running = [nested(one, "state", "running", "startedAt") for one in pod.containers]
    notes.note_skew(pod.created, pod.started, *running, **_place(pod))
    if pod.phase == "unknown":
        stated = parse_time(pod.condition("ready").get("lastTransitionTime"))
        since = stated.latest if stated else notes.since_seen(pod.cluster_id, "P5", pod.uid)
        late = (notes.now - since).total_seconds() >= notes.stuck_after
        message = "The pod's state is unknown: its node does not report."
        _say(
            notes,
            pod,
            "POD_PHASE_UNKNOWN",
            FAILED if late else UNKNOWN,
            message,
            since=since,
            field="status.phase",
            observed="Unknown",
            expected="Running",
        )
        return
    if pod.phase not in ("pending", "running"):
        early = notes.seen_for(pod.cluster_id, "P6", pod.uid) < notes.stuck_after
        raw = nested(pod.raw, "status", "phase")
        message = f"The pod's phase is {'not stated' if raw is None else f'undocumented: {raw!r}'}."
        _say(
            notes,
            pod,
            "POD_PHASE_UNDOCUMENTED",
            PROGRESSING if early else UNKNOWN,
            message,
            field="status.phase",
            observed=raw,
            expected="Running",
        )
        return
    if not pod.containers:
        _judge_without_containers(notes, pod)
        return
    listed = nested(pod.raw, "status", "initContainerStatuses")
    inits = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    for container in inits:
        if text(nested(container, "state", "waiting", "reason")) not in STARTING:
            _judge_waiting(notes, pod, container)
    for container in pod.containers:
        _judge_container(notes, pod, container)
    if not pod.findings and pod.phase == "pending":
        _judge_starting(notes, pod, "The pod is pending.")
    if not pod.findings and text(pod.condition("ready").get("status")) == "false":
        reason = pod.condition("ready").get("message") or pod.condition("ready").get("reason") or "no reason stated"
        message = f"All containers are ready, but the pod's condition Ready is False ({reason})."
        _say(
            notes,
            pod,
            "POD_READY_CONDITION_FALSE",
            PROGRESSING,
            message,
            field="status.conditions[Ready]",
            observed="False",
            expected="True",
        )
    _judge_restarts(notes, pod, all_ready=not pod.findings)


def _judge_without_containers(notes: Notes, pod: Pod) -> None:
    """Row P14, and P12 for a pending pod."""
    if pod.phase == "pending":
        _judge_starting(notes, pod, "The pod is pending and reports no containers yet.")
        return
    lasted = notes.age(pod.birth)
    late = (lasted if lasted is not None else notes.seen_for(pod.cluster_id, "P14", pod.uid)) >= notes.stuck_after
    message = "The pod runs but reports no containers."
    _say(
        notes,
        pod,
        "POD_NO_CONTAINER_STATUS",
        UNKNOWN if late else PROGRESSING,
        message,
        field="status.containerStatuses",
        expected="a list",
    )


def _judge_starting(notes: Notes, pod: Pod, message: str, container: Mapping[str, Any] | None = None) -> None:
    """Row P12."""
    since, lasted = _waiting_since(notes, pod, container or {}, "P12")
    late = lasted >= notes.stuck_after
    scheduled = pod.condition("podscheduled")
    code = "POD_STUCK_CREATING" if late else "POD_STARTING"
    if text(scheduled.get("status")) == "false":
        code, message = (
            "POD_UNSCHEDULABLE",
            f"No node can take the pod: {scheduled.get('message') or scheduled.get('reason') or 'no reason stated'}.",
        )
    message += f" It has been so for {span(lasted)}." if late else ""
    _say(
        notes,
        pod,
        code,
        FAILED if late else PROGRESSING,
        message,
        since=since,
        field="status.phase",
        observed=pod.phase.capitalize(),
        expected="Running",
    )


def _waiting_since(notes: Notes, pod: Pod, container: Mapping[str, Any], row: str) -> tuple[datetime, float]:
    """Since when a container has been waiting, and the seconds: from the pod's start while it has never run, else as the gate saw it."""
    seen = notes.since_seen(pod.cluster_id, row, pod.uid, str(container.get("name")))
    since = pod.birth.latest if pod.birth and pod.never_ran(container) else seen
    return since, max(0.0, (notes.now - since).total_seconds())


def _judge_container(notes: Notes, pod: Pod, container: Mapping[str, Any]) -> None:
    """Rows P7 to P15 for one container, first match; what none of them knows is unknown."""
    name, state = container.get("name") or "unnamed", container.get("state")
    terminated = nested(state, "terminated")
    if isinstance(nested(state, "waiting"), dict):
        _judge_waiting(notes, pod, container)
    elif isinstance(terminated, dict):
        done = pod.one_shot and number(terminated.get("exitCode")) == 0
        restarts = number(container.get("restartCount")) or 0
        message = f"Container {name} has ended ({_ending(terminated)})."
        _say(
            notes,
            pod,
            "POD_CONTAINER_EXITED",
            FAILED if restarts >= CRASHES and not done else PROGRESSING,
            message,
            field="state.terminated",
            observed=_ending(terminated),
        )
    elif not isinstance(nested(state, "running"), dict):
        message = f"The state of container {name} is undocumented: {state!r}."
        _say(
            notes, pod, "POD_PHASE_UNDOCUMENTED", UNKNOWN, message, field="state", observed=state, expected="waiting, running or terminated"
        )
    elif not is_true(container.get("ready")):
        stated = parse_time(pod.condition("ready").get("lastTransitionTime"))
        since = stated.latest if stated else notes.since_seen(pod.cluster_id, "P15", pod.uid, str(name))
        lasted = (notes.now - since).total_seconds()
        late = lasted >= notes.stuck_after
        note = " It has not even passed its startup probe." if text(str(container.get("started"))) == "false" else ""
        message = f"Container {name} runs but is not ready{f' for {span(lasted)}' if late else ''}.{note}"
        code = "POD_STUCK_NOT_READY" if late else "POD_NOT_READY"
        _say(
            notes,
            pod,
            code,
            FAILED if late else PROGRESSING,
            message,
            since=since,
            field="ready",
            observed=container.get("ready"),
            expected=True,
        )


def _judge_waiting(notes: Notes, pod: Pod, container: Mapping[str, Any]) -> None:
    """Rows P7 to P12."""
    name, waiting = container.get("name") or "unnamed", nested(container, "state", "waiting")
    shown = str(nested(waiting, "reason") or "")
    reason, detail = text(shown), nested(waiting, "message")
    tail = f": {detail}" if detail else ""
    fields = {"field": "state.waiting.reason", "observed": shown or None, "expected": "running"}
    restarts = number(container.get("restartCount"))
    last = nested(container, "lastState", "terminated")
    if reason in IMAGE_INVALID:
        message = f"Container {name} cannot start, {shown}, image {container.get('image')}{tail}."
        _say(notes, pod, "POD_IMAGE_INVALID", FAILED, message, terminal=True, **fields)
    elif reason == "crashloopbackoff":
        long = restarts is None and notes.seen_for(pod.cluster_id, "P10", pod.uid, str(name)) >= notes.failure_grace
        failed = long or (restarts or 0) >= CRASHES
        count = "an unknown number of" if restarts is None else restarts
        message = f"Container {name} keeps crashing after {count} restarts ({_ending(last)}){tail}."
        _say(notes, pod, "POD_CRASH_LOOP", FAILED if failed else PROGRESSING, message, **fields)
    elif reason in STARTING:
        _judge_starting(notes, pod, f"Container {name} is waiting{f' ({shown})' if shown else ''}{tail}.", container)
    elif reason in IMAGE_PULL or reason in CONTAINER_CONFIG or reason.startswith("err") or reason.endswith(("error", "backoff")):
        code = "POD_IMAGE_PULL" if reason in IMAGE_PULL else "POD_CONTAINER_CONFIG" if reason in CONTAINER_CONFIG else "POD_WAITING_ERROR"
        since, lasted = _waiting_since(notes, pod, container, "P8")
        verdict = FAILED if lasted >= notes.failure_grace else PROGRESSING
        image = f", image {container.get('image')}" if code == "POD_IMAGE_PULL" else ""
        _say(notes, pod, code, verdict, f"Container {name} is waiting, {shown}{image}{tail}.", since=since, **fields)
    else:
        _say(
            notes,
            pod,
            "POD_PHASE_UNDOCUMENTED",
            UNKNOWN,
            f"Container {name} is waiting for an undocumented reason, {shown}{tail}.",
            **fields,
        )


def _judge_restarts(notes: Notes, pod: Pod, all_ready: bool) -> None:
    """Rows P17 to P19."""
    limit = number(notes.options.get("restart_max"))
    for container, restarts in zip(pod.containers, pod.restarts):
        name = str(container.get("name") or "unnamed")
        before = notes.remember(restarts, pod.cluster_id, "restarts", pod.uid, name)
        if not all_ready:
            continue
        fields = {"field": "restartCount", "observed": restarts}
        if restarts is not None and before is not None and restarts > before:
            message = f"Container {name} restarted while the gate watched: from {before} to {restarts} restarts."
            _say(notes, pod, "POD_RESTARTED_DURING_WAIT", PROGRESSING, message, expected=before, **fields)
        ended = nested(container, "lastState", "terminated", "finishedAt")
        ago = notes.age(ended)
        if ago is not None and ago < RECENT_RESTART:
            message = f"Container {name} restarted {span(ago)} ago ({_ending(nested(container, 'lastState', 'terminated'))})."
            _say(notes, pod, "POD_RECENT_RESTART", WARNING, message, since=str(ended), **fields)
        if restarts is not None and limit is not None and restarts > limit:
            message = f"Container {name} has restarted {restarts} times, more than restart_max."
            _say(notes, pod, "POD_MANY_RESTARTS", FAILED, message, expected=f"at most {limit}", **fields)
        elif restarts is not None and restarts > MANY_RESTARTS:
            message = f"Container {name} has restarted {restarts} times."
            _say(notes, pod, "POD_MANY_RESTARTS", WARNING, message, expected=f"at most {MANY_RESTARTS}", **fields)


def _ending(terminated: Any) -> str:
    """Exit code and reason of a container that ended."""
    if not isinstance(terminated, dict):
        return "its last end is not stated"
    reason = f", {terminated['reason']}" if terminated.get("reason") else ""
    return f"exit code {terminated.get('exitCode', 'not stated')}{reason}"


def _validate(options: Mapping[str, Any], path: str) -> None:
    check_ids(options, path, "cluster_ids")
    limit = options.get("restart_max")
    if limit is not None and limit < 0:
        raise OptionError(path + "restart_max", limit, "a number from 0 on; left out, many restarts are only a warning")


# What a judge reads of a pod, and what tells people which pod it is.
_CONTAINER = {"name": 0, "state": 0, "lastState": 0, "ready": 0, "restartCount": 0, "image": 0, "started": 0}
_SUMMARY = {
    "metadata": {
        "name": 0,
        "generateName": 0,
        "namespace": 0,
        "uid": 0,
        "labels": {"app": 0, "pod-template-hash": 0},
        "creationTimestamp": 0,
        "deletionTimestamp": 0,
        "ownerReferences": [{"kind": 0, "name": 0, "controller": 0}],
    },
    "spec": {"restartPolicy": 0, "terminationGracePeriodSeconds": 0},
    "status": {
        "phase": 0,
        "reason": 0,
        "message": 0,
        "startTime": 0,
        "conditions": [{"type": 0, "status": 0, "reason": 0, "message": 0, "lastTransitionTime": 0}],
        "containerStatuses": [_CONTAINER],
        "initContainerStatuses": [_CONTAINER],
    },
}

ENDPOINT = Endpoint(
    name="ucs_gitops",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="pods",
    summary=_SUMMARY,
    ids={"cluster_ids": CLUSTER_IDS},
    listing={"managed_fields": MANAGED_FIELDS},
    judging={
        "controllers": {"type": "list", "elements": "str", "default": CONTROLLERS},
        "enabling": {"type": "bool", "default": False},
        "restart_max": {"type": "int"},
    },
    read=read,
    judge=judge,
    validate=_validate,
)

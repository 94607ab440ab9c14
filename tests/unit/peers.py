# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What kstatus and Argo CD say of a GitRepository and of a pod: their published algorithms, stated here once more and independently.

kstatus: sigs.k8s.io/cli-utils, pkg/kstatus/status (Compute, checkGenericProperties, checkReadyCondition, podConditions). Argo CD:
health.lua of source.toolkit.fluxcd.io/GitRepository in resource_customizations, and getCorev1PodHealth of its engine. Both read words by
their case; here case does not matter, for how a service spells a word is no part of an algorithm. Messages are left out.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import parse_time

Object = Mapping[str, Any]
GOOD = ("Current", "Healthy")
SCHEDULE_WINDOW = 15.0  # seconds for which kstatus lets a pod be unschedulable


@dataclass(frozen=True)
class Peer:
    """Another tool that judges the same objects.

    :ivar source: the status of a GitRepository
    :ivar pod: the status of a pod at a time
    """

    name: str
    source: Callable[[Object], str]
    pod: Callable[[Object, datetime], str]


def at(value: Any, *path: str) -> Any:
    """A value in nested dicts, None where there is none."""
    for name in path:
        value = value.get(name) if isinstance(value, Mapping) else None
    return value


def word(value: Any) -> str:
    """A text without its case; empty where it is none."""
    return value.lower() if isinstance(value, str) else ""


def conditions(resource: Object) -> Iterator[tuple[str, str, Object]]:
    """Type, status and the whole of every condition, in their order."""
    for condition in at(resource, "status", "conditions") or []:
        yield word(condition.get("type")), word(condition.get("status")), condition


def containers(pod: Object) -> list[Any]:
    """The statuses of the containers, those of init containers left out."""
    return at(pod, "status", "containerStatuses") or []


# --- kstatus -------------------------------------------------------------------------------------------------------------------------


def kstatus_generic(resource: Object) -> str:
    """What kstatus asks of every resource first; empty where that does not decide."""
    if at(resource, "metadata", "deletionTimestamp"):
        return "Terminating"
    own, seen = at(resource, "metadata", "generation"), at(resource, "status", "observedGeneration")
    if own is not None and seen is not None and own != seen:
        return "InProgress"
    abnormal = {"reconciling": "InProgress", "stalled": "Failed"}
    return next((abnormal[kind] for kind, status, _condition in conditions(resource) if kind in abnormal and status == "true"), "")


def kstatus_source(source: Object) -> str:
    """A resource that kstatus has no rules for: its condition Ready decides, and without one it is current."""
    stated = next((status for kind, status, _condition in conditions(source) if kind == "ready"), "true")
    return kstatus_generic(source) or ("Current" if stated == "true" else "InProgress")


def kstatus_pod(pod: Object, now: datetime) -> str:
    """A pod: completed in either way, ready by its condition, crash-looping, not to be scheduled, or on its way."""
    generic, phase = kstatus_generic(pod), word(at(pod, "status", "phase"))
    if generic or phase not in ("running", "pending", "succeeded", "failed"):
        return generic or ("Unknown" if phase else "InProgress")
    if phase in ("succeeded", "failed"):
        return "Current"
    stated = [(kind, status, word(condition.get("reason"))) for kind, status, condition in conditions(pod)]
    if phase == "pending":
        born = parse_time(at(pod, "metadata", "creationTimestamp"))
        late = born is not None and (now - born.latest).total_seconds() >= SCHEDULE_WINDOW
        return "Failed" if ("podscheduled", "false", "unschedulable") in stated and late else "InProgress"
    if any(kind == "ready" and status == "true" for kind, status, _condition in stated):
        return "Current"
    crashing = any(word(at(each, "state", "waiting", "reason")) == "crashloopbackoff" for each in containers(pod))
    return "Failed" if crashing else "InProgress"


# --- Argo CD -------------------------------------------------------------------------------------------------------------------------


def argo_source(source: Object) -> str:
    """Argo CD counts: two good conditions are healthy, two that say that it goes on are progressing, all else is degraded."""
    if at(source, "spec", "suspend") is True:
        return "Suspended"
    if at(source, "status", "conditions") is None:
        return "Progressing"
    stated = [(kind, status) for kind, status, _condition in conditions(source)]
    going_on = stated.count(("ready", "unknown")) + stated.count(("reconciling", "true"))
    good = stated.count(("ready", "true")) + stated.count(("artifactinstorage", "true"))
    return "Progressing" if going_on == 2 else "Healthy" if good == 2 else "Degraded"


def argo_pod(pod: Object, _now: datetime) -> str:
    """A container that waits with an error decides first, then the phase; of one that runs its condition Ready."""
    always = word(at(pod, "spec", "restartPolicy")) == "always"
    reasons = [word(at(each, "state", "waiting", "reason")) for each in containers(pod)]
    if always and any(reason.startswith("err") or reason.endswith(("error", "backoff")) for reason in reasons):
        return "Degraded"
    phase = word(at(pod, "status", "phase"))
    if phase != "running":
        return {"pending": "Progressing", "succeeded": "Healthy", "failed": "Degraded"}.get(phase, "Unknown")
    if not always:
        return "Progressing"
    if next((status for kind, status, _condition in conditions(pod) if kind == "ready"), "") == "true":
        return "Healthy"
    return "Degraded" if any(at(each, "lastState", "terminated") for each in containers(pod)) else "Progressing"


KSTATUS = Peer("kstatus", kstatus_source, kstatus_pod)
ARGO = Peer("Argo CD", argo_source, argo_pod)
PEERS = (KSTATUS, ARGO)

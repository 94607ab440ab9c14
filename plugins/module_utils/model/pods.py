# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Pods as the GitOps endpoint states them, their containers, and the workloads they belong to (rules.rst, "GitOps pods").

Every spelling that is known of a field is made one here; the object that was parsed is kept.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from .shapes import is_true, lower, mapping, mappings, nested
from .times import Instant, parse_time
from .units import number

NAMESPACE = "flux-system"
GRACE_PERIOD = 30  # seconds; what Kubernetes takes where a pod states none
WAITING, RUNNING, TERMINATED, NO_STATE, OTHER_STATE = "waiting", "running", "terminated", "no state", "other"
ENDED = ("failed", "succeeded")
PHASES = ("pending", "running", "unknown", *ENDED)

_RUN_NUMBER = re.compile(r"-\d+$")  # of a CronJob's run, at the end of its Job's name
_OLDEST = float("-inf")


@dataclass(frozen=True)
class Container:
    """The status of one container.

    :ivar raw: as it stands in the answer; empty where it is no object
    :ivar init: an init container that is no native sidecar
    """

    raw: Mapping[str, Any]
    init: bool = False

    @property
    def name(self) -> str:
        """Its name, empty when it is not stated."""
        return str(self.raw.get("name") or "")

    @property
    def label(self) -> str:
        """What a message calls it."""
        return f"{'Init container' if self.init else 'Container'} {self.name or 'without a name'}"

    @property
    def image(self) -> str:
        """The image's name."""
        return str(self.raw.get("image") or "not stated")

    @property
    def ready(self) -> bool:
        """Whether it says that it is ready; a flag that is missing says no."""
        return is_true(self.raw.get("ready"))

    @property
    def not_started(self) -> bool:
        """Whether it says that its startup probe has not passed."""
        return lower(str(self.raw.get("started"))) == "false"

    @property
    def restarts(self) -> int | None:
        """restartCount; None when it is not stated, which is not 0."""
        return number(self.raw.get("restartCount"))

    @cached_property
    def state(self) -> str:
        """Which state it is in; an empty one is the kubelet's way of saying that it waits."""
        states = self.raw.get("state")
        if states is None or (isinstance(states, dict) and all(value is None for value in states.values())):
            return NO_STATE
        return next((name for name in (WAITING, TERMINATED, RUNNING) if isinstance(nested(states, name), dict)), OTHER_STATE)

    @property
    def runs(self) -> bool:
        """Whether it is meant to run, and does."""
        return self.state == RUNNING and not self.init

    def of_state(self, field: str) -> Any:
        """A field of the present state, e.g. ``reason``."""
        return nested(self.raw, "state", self.state, field)

    @property
    def reason(self) -> str:
        """Why it waits, in lower case; empty when it does not, or states no reason."""
        return lower(self.shown_reason)

    @property
    def shown_reason(self) -> str:
        """Why it waits, as it stands; empty when it does not, or states no reason."""
        return str(self.of_state("reason") or "") if self.state == WAITING else ""

    @property
    def waiting_message(self) -> str:
        """What it says about its waiting, empty when nothing."""
        return str(self.of_state("message") or "") if self.state == WAITING else ""

    @property
    def started(self) -> Instant | None:
        """When the present run began."""
        return parse_time(nested(self.raw, "state", RUNNING, "startedAt"))

    @property
    def finished(self) -> Instant | None:
        """When the run that was the present one ended."""
        return parse_time(nested(self.raw, "state", TERMINATED, "finishedAt"))

    @cached_property
    def last_state(self) -> Mapping[str, Any]:
        """lastState, documented as an object and seen as text; a text that is no JSON still says that there was a run before."""
        last = self.raw.get("lastState")
        if isinstance(last, str):
            try:
                last = json.loads(last or "{}")
            except ValueError:
                last = {TERMINATED: {"reason": last}}
        return {name: value for name, value in mapping(last).items() if value is not None}

    @property
    def last_finished(self) -> Instant | None:
        """When the run before the present one ended."""
        return parse_time(nested(self.last_state, TERMINATED, "finishedAt"))

    @property
    def last_exit(self) -> Instant | None:
        """When it last ended: the end of the last run, else the beginning of the present one, which cannot be earlier."""
        return self.last_finished or self.started

    @property
    def has_run(self) -> bool:
        """Whether it has run before: it states an earlier run or restarts."""
        return bool(self.last_state) or bool(self.restarts)

    @property
    def done(self) -> bool:
        """Whether it is an init container that did what it was for."""
        return self.init and self.state == TERMINATED and number(self.of_state("exitCode")) == 0


@dataclass(frozen=True)
class Pod:
    """A pod of the answer.

    :ivar raw: as it stands in the answer
    """

    raw: Mapping[str, Any]

    @cached_property
    def _metadata(self) -> Mapping[str, Any]:
        return mapping(self.raw.get("metadata"))

    @cached_property
    def _status(self) -> Mapping[str, Any]:
        return mapping(self.raw.get("status"))

    @property
    def name(self) -> str:
        """Its name, or a word for that there is none."""
        return str(self._metadata.get("name") or "unnamed")

    @property
    def namespace(self) -> str:
        """Its namespace; where it states none, that of the endpoint."""
        return str(self._metadata.get("namespace") or NAMESPACE)

    @property
    def uid(self) -> str:
        """Its uid, else its name."""
        return str(self._metadata.get("uid") or self.name)

    @property
    def hash(self) -> str:
        """The pod-template-hash: its version. Empty when it states none."""
        return str(mapping(self._metadata.get("labels")).get("pod-template-hash") or "")

    @cached_property
    def owner(self) -> Mapping[str, Any]:
        """The ownerReference that controls it, else that of a Job, empty when there is none."""
        owners = mappings(self._metadata.get("ownerReferences"))
        controllers = [owner for owner in owners if is_true(owner.get("controller"))]
        jobs = [owner for owner in owners if lower(owner.get("kind")) == "job"]
        return next(iter((*controllers, *jobs)), {})

    @cached_property
    def workload(self) -> str:
        """What it belongs to: labels.app, else its owner's name without the hash, else generateName trimmed, else its own name."""
        app, owner = mapping(self._metadata.get("labels")).get("app"), self.owner.get("name")
        if isinstance(app, str) and app:
            return app
        if isinstance(owner, str) and owner:
            suffix = f"-{self.hash}"
            return owner[: -len(suffix)] if self.hash and owner.endswith(suffix) else owner
        generated = self._metadata.get("generateName")
        return (generated.rstrip("-") if isinstance(generated, str) else "") or self.name

    @cached_property
    def one_shot(self) -> bool:
        """Whether it is meant to end: a Job's pod, or one that is not always restarted."""
        return lower(self.owner.get("kind")) == "job" or lower(nested(self.raw, "spec", "restartPolicy")) in ("never", "onfailure")

    @property
    def family(self) -> str:
        """What the runs of a one-shot pod have in common: the owner's name without a CronJob's run number, else its own name."""
        owner = self.owner.get("name")
        return (_RUN_NUMBER.sub("", owner) if isinstance(owner, str) else "") or self.name

    @cached_property
    def phase(self) -> str:
        """Its phase in lower case, empty when it states none."""
        return lower(self._status.get("phase"))

    @property
    def ended(self) -> bool:
        """Whether all its containers have ended for good."""
        return self.phase in ENDED

    @property
    def reason(self) -> str:
        """status.reason as it stands, empty when it states none."""
        return str(self._status.get("reason") or "")

    @property
    def explanation(self) -> str:
        """Its reason and its message, empty when it states none."""
        return ": ".join(str(said).rstrip(". ") for said in (self.reason, self._status.get("message")) if said)

    @property
    def deleting(self) -> Any:
        """The deletionTimestamp as it stands; None while it is not going away."""
        return self._metadata.get("deletionTimestamp") or None

    @cached_property
    def going_since(self) -> Instant | None:
        """The time of its deletionTimestamp, None when it is not stated or cannot be read."""
        return parse_time(self.deleting)

    @property
    def grace_period(self) -> int:
        """Seconds that it may take to go away."""
        seconds = number(nested(self.raw, "spec", "terminationGracePeriodSeconds"))
        return GRACE_PERIOD if seconds is None else seconds

    @cached_property
    def created(self) -> Instant | None:
        """When it was made."""
        return parse_time(self._metadata.get("creationTimestamp"))

    @cached_property
    def started(self) -> Instant | None:
        """When its node took it."""
        return parse_time(self._status.get("startTime"))

    @property
    def birth(self) -> Instant | None:
        """startTime, else creationTimestamp."""
        return self.started or self.created

    @property
    def states_conditions(self) -> bool:
        """Whether it states any condition."""
        return bool(self._status.get("conditions"))

    def condition(self, kind: str) -> Mapping[str, Any]:
        """The condition of a type, empty when it is not stated; of several the worst: False, Unknown, True."""
        stated = [condition for condition in mappings(self._status.get("conditions")) if lower(condition.get("type")) == kind.lower()]
        return min(stated, key=lambda condition: {"false": 0, "true": 2}.get(status_of(condition), 1), default={})

    @cached_property
    def containers(self) -> tuple[Container, ...]:
        """Its containers: those of containerStatuses, and its native sidecars."""
        sidecars = [status for status in self._inits if self._is_sidecar(status)]
        return tuple(Container(status) for status in (*self._statuses, *sidecars))

    @cached_property
    def init_containers(self) -> tuple[Container, ...]:
        """Its other init containers."""
        return tuple(Container(status, init=True) for status in self._inits if not self._is_sidecar(status))

    @property
    def reports_containers(self) -> bool:
        """Whether containerStatuses says anything."""
        return bool(self._statuses)

    @property
    def unreported(self) -> int:
        """How many containers its spec lists beyond those that state a status; sidecars, too, where their statuses are stated at all.

        initContainerStatuses is documented nowhere: where it is left out, that says nothing (services.rst, "UCS: GitOps pods").
        """
        declared = nested(self.raw, "spec", "containers")
        stated = len({str(status.get("name") or index) for index, status in enumerate(self._statuses)})  # one that comes twice is one
        missing = max(0, len(declared) - stated) if isinstance(declared, list) else 0
        if not isinstance(self._status.get("initContainerStatuses"), list):
            return missing
        known = [status.get("name") for status in self._inits]
        sidecars = [spec for spec in mappings(nested(self.raw, "spec", "initContainers")) if lower(spec.get("restartPolicy")) == "always"]
        return missing + sum(spec.get("name") not in known for spec in sidecars)

    @property
    def all_ready(self) -> bool:
        """Whether it runs, and every container of which it reports says that it runs and is ready."""
        up = all(container.state == RUNNING and container.ready for container in self.containers)
        return self.phase == "running" and self.reports_containers and up and all(container.done for container in self.init_containers)

    @cached_property
    def _statuses(self) -> list[Mapping[str, Any]]:
        return self._listed("containerStatuses")

    @cached_property
    def _inits(self) -> list[Mapping[str, Any]]:
        return self._listed("initContainerStatuses")

    def _listed(self, name: str) -> list[Mapping[str, Any]]:
        listed = self._status.get(name)
        return [mapping(status) for status in listed] if isinstance(listed, list) else []

    def _is_sidecar(self, status: Mapping[str, Any]) -> bool:
        declared = mappings(nested(self.raw, "spec", "initContainers"))
        if any(spec.get("name") == status.get("name") and lower(spec.get("restartPolicy")) == "always" for spec in declared):
            return True
        return self.phase == "running" and (Container(status).state == RUNNING or is_true(status.get("started")))

    @property
    def ready_since(self) -> datetime | None:
        """Since when it has been ready by its own times, None where these prove nothing (rules.rst, "Steady").

        The latest of its containers' ``startedAt`` (startTime where nothing restarted) and, where stated, the time of its condition Ready.
        """
        times = [container.started or (self.started if container.restarts == 0 else None) for container in self.containers]
        turned = self.condition("Ready").get("lastTransitionTime")
        if turned is not None:
            times.append(parse_time(turned))
        known = [moment.latest for moment in times if moment is not None]
        return max(known, default=None) if len(known) == len(times) else None

    @property
    def restarts(self) -> int | None:
        """The restarts of all its containers together, None where one does not state them."""
        counts = [container.restarts for container in self.containers]
        known = [count for count in counts if count is not None]
        return sum(known) if len(known) == len(counts) else None

    @property
    def restarts_by_container(self) -> tuple[tuple[str, int | None], ...]:
        """The restarts of each container, in an order that does not depend on that of the answer."""
        return tuple(sorted(((container.name, container.restarts) for container in self.containers), key=repr))


@dataclass(frozen=True)
class Workload:
    """The pods that belong together, without the one-shot ones."""

    name: str
    pods: tuple[Pod, ...]

    @property
    def namespace(self) -> str:
        """The namespace of its pods."""
        return self.pods[0].namespace if self.pods else NAMESPACE

    @cached_property
    def newest_hash(self) -> str | None:
        """The version of which the earliest pod is the latest; None when all its pods are going away.

        A pod that states no creationTimestamp counts as the oldest. Of two versions that began together it is the one that sorts last.
        """
        began: dict[str, float] = {}
        for pod in self.pods:
            if not pod.deleting:
                born = pod.created.latest.timestamp() if pod.created else _OLDEST
                began[pod.hash] = min(born, began.get(pod.hash, born))
        return max(began, key=lambda version: (began[version], version), default=None)


def workloads_of(pods: Iterable[Pod]) -> list[Workload]:
    """The workloads of some pods, by name and namespace; one-shot pods are of none."""
    by_name: dict[tuple[str, str], list[Pod]] = {}
    for pod in pods:
        if not pod.one_shot:
            by_name.setdefault((pod.workload, pod.namespace), []).append(pod)
    return [Workload(name, tuple(by_name[name, namespace])) for name, namespace in sorted(by_name)]


def status_of(condition: Mapping[str, Any]) -> str:
    """The status of a condition in lower case, empty when it is not stated; a boolean counts as its text."""
    status = condition.get("status")
    return lower(str(status)) if isinstance(status, (str, bool)) else ""

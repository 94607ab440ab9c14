# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the pods of flux-system mean (rules.rst, "GitOps pods": rows L2 to L6, P1 to P24; L1 is with the rows of errors).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NamedTuple

from ..model.findings import Finding
from ..model.history import History, Watch
from ..model.pods import NAMESPACE, NO_STATE, PHASES, RUNNING, TERMINATED, WAITING, Container, Pod, Workload, status_of, workloads_of
from ..model.readings import Entry, Reading
from ..model.shapes import lower, nearest, nested
from ..model.subjects import Judgement, Part, Subject
from ..model.text import some_of
from ..model.times import CLOCK_SKEW_LIMIT, Instant, format_time, parse_time
from ..model.units import duration, number, span
from ..model.verdicts import F_R, F_T, FAILED, READY, U_T, UNKNOWN, WARNING, Mark, P, U, W
from .errors import judge_errors

CONTROLLERS = ("source-controller", "kustomize-controller")  # L5, where the option says nothing

EVICTIONS = ("evicted", "preempting", "nodeshutdown", "nodeaffinity", "shutdown", "terminated", "unexpectedadmissionerror")
EVICTION_PREFIX = "outof"  # OutOfcpu, OutOfmemory, OutOfpods, ...
IMAGE_INVALID = ("invalidimagename", "errimageneverpull")
IMAGE_PULL = ("errimagepull", "imagepullbackoff", "registryunavailable", "imageinspecterror", "signaturevalidationfailed")
CONTAINER_CONFIG = (
    "createcontainerconfigerror",
    "createcontainererror",
    "runcontainererror",
    "prestarthookerror",
    "poststarthookerror",
    "containercannotrun",
)
CRASH_LOOP = "crashloopbackoff"
STARTING = ("containercreating", "podinitializing", "")
CRASHES = 3  # restarts from which a crash is a failure: P10, P13
LONG_BACK_OFF = 40.0  # seconds; the kubelet waits so long after three restarts: P10
MANY_RESTARTS = 5  # P18, P19
RECENT = 600.0  # seconds; the time after which the kubelet forgets a back-off: P18, P19, P22

_BACK_OFF = re.compile(r"back-?off\s+([0-9][0-9a-zµ.]*)", re.IGNORECASE)


@dataclass(eq=False)
class Case:
    """A pod, and what the rows say of it.

    :ivar served: whether a pod of the newest version of its workload is ready
    :ivar newest: whether it is of that version
    :ivar relatives: the pods of its family, where it is a one-shot pod
    :ivar ignored: whether a row took it out of the count
    """

    pod: Pod
    watch: Watch
    subject: Subject
    served: bool = False
    newest: bool = True
    relatives: Sequence[Pod] = ()
    ignored: bool = False
    restarted_from: dict[str, int] = field(default_factory=dict)

    @property
    def findings(self) -> list[Finding]:
        """What the rows have said so far."""
        return self.subject.findings

    @property
    def passing(self) -> bool:
        """Whether the pod may vanish without a break: it is ignored, has ended or is going away."""
        return self.ignored or self.pod.ended or bool(self.pod.deleting)

    @property
    def standing(self) -> bool:
        """Whether the pod is meant to run on: it has neither ended nor is it going away."""
        return not self.pod.ended and not self.pod.deleting

    @property
    def outdated(self) -> bool:
        """Whether the pod is of another version than the newest, and meant to run on."""
        return self.standing and not self.newest

    @property
    def may_be_ready(self) -> bool:
        """Whether nothing but the rows about ready containers can speak against the pod."""
        return self.standing and self.pod.all_ready

    def say(self, code: str, mark: Mark, message: str, field: str, observed: Any = None, expected: Any = None, **more: Any) -> None:
        """Adds a finding about the pod, as ``Subject.say`` does."""
        self.subject.say(code, mark, message, field, observed, expected, **more)

    def lasted(self, row: str, stated: Instant | None, *key: str) -> tuple[datetime, float]:
        """Since when a row has applied, and the seconds: by the stated time, else since the first sample of this gate that saw it."""
        seen = self.watch.since_seen(row, self.pod.uid, *key)
        since = stated.latest if stated else seen
        return since, self.watch.seconds_since(since)

    def waiting_since(self, container: Container | None) -> Instant | None:
        """The time of the answer since when a container has waited for its first run; None once it has run."""
        return None if container and container.has_run else self.pod.birth

    def lost_since(self) -> Instant | None:
        """The time of the pod's condition Ready; None where it is True, which says nothing about a pod that is not ready."""
        ready = self.pod.condition("Ready")
        return None if status_of(ready) == "true" else parse_time(ready.get("lastTransitionTime"))


# --- The pod as a whole: the first of these rows that applies decides alone ---------------------------------------------------------


def going_away(case: Case) -> bool:
    """P1: the pod is going away, which is nothing to speak of while a pod of the newest version is ready."""
    if not case.pod.deleting:
        return False
    since, seconds = case.lasted("P1", case.pod.going_since)
    late = seconds >= case.pod.grace_period + case.watch.stuck_after
    case.ignored = case.served and not late
    if not case.ignored:
        how = f"The pod has been going away for {span(seconds)}" if late else "The pod is going away"
        message = f"{how}; {'another pod' if case.served else 'no pod'} of its workload's newest version is ready."
        case.say("POD_TERMINATING", W if case.served else P, message, "metadata.deletionTimestamp", str(case.pod.deleting), since=since)
    return True


def one_shot(case: Case) -> bool:
    """P2: a one-shot pod that has not failed never counts; what would be a failure of another pod, or unknown, is told as a warning."""
    if not case.pod.one_shot or case.pod.phase == "failed":
        return False
    case.ignored = True
    if not node_lost(case) and not undocumented_phase(case) and case.pod.phase != "succeeded":
        judge_containers(case)
    case.subject.findings = [warning(finding) for finding in case.findings if finding.verdict in (FAILED, UNKNOWN)]
    return True


def job_failed(case: Case) -> bool:
    """P3: a one-shot pod failed; a later run of its family may make up for it."""
    if not case.pod.one_shot or case.pod.phase != "failed":
        return False
    later = [relative.phase for relative in case.relatives if is_later(relative, case.pod)]
    mark, outlook = F_R, "no later run of it succeeded or goes on"
    if "succeeded" in later:
        mark, outlook = W, "a later run of it succeeded"
    elif "running" in later or "pending" in later:
        _since, seconds = case.lasted("P3", None)
        mark, outlook = F_R if seconds >= case.watch.stuck_after else P, "a later run of it has not ended yet"
    message = f"The one-shot pod failed ({why_it_ended(case.pod)}); {outlook}."
    case.say("POD_JOB_FAILED", mark, message, "status.phase", "Failed", "Succeeded")
    return True


def node_lost(case: Case) -> bool:
    """P5: the pod's node does not report."""
    lost = lower(case.pod.reason) == "nodelost"
    if not lost and case.pod.phase != "unknown":
        return False
    since, seconds = case.lasted("P5", case.lost_since())
    mark = F_R if seconds >= case.watch.stuck_after else U
    name, observed = ("status.reason", case.pod.reason) if lost else ("status.phase", "Unknown")
    message = f"The pod's state is not known: its node does not report{f', for {span(seconds)}' if mark is F_R else ''} ({observed})."
    case.say("POD_PHASE_UNKNOWN", mark, message, name, observed, "Running", since=since)
    return True


def ended(case: Case) -> bool:
    """P4: a pod that should run on has ended; what an older version left behind, and what a ready sibling makes up for, does not block."""
    if not case.pod.ended or case.pod.one_shot:
        return False
    case.ignored = case.served and not case.newest
    if not case.ignored:
        ends = [container.finished for container in case.pod.containers if container.finished]
        since, seconds = case.lasted("P4", max(ends, key=lambda end: end.latest, default=None))
        mark = W if case.served else F_R if seconds >= case.watch.failure_grace else P
        phase, sibling = case.pod.phase.capitalize(), "a sibling is ready" if case.served else "no pod of the newest version is ready"
        message = f"The pod ended with phase {phase} ({why_it_ended(case.pod)}); {sibling}."
        case.say(code_of_end(case.pod), mark, message, "status.phase", phase, "Running", since=since)
    return True


def code_of_end(pod: Pod) -> str:
    """P4: its code, by the phase and the reason of the pod."""
    if pod.phase == "succeeded":
        return "POD_COMPLETED_UNEXPECTED"
    reason = lower(pod.reason)
    return "POD_EVICTED" if reason in EVICTIONS or reason.startswith(EVICTION_PREFIX) else "POD_FAILED"


def undocumented_phase(case: Case) -> bool:
    """P6: the pod states no phase, or one that is not documented."""
    if case.pod.phase in PHASES:
        return False
    since, seconds = case.lasted("P6", None)
    raw = nested(case.pod.raw, "status", "phase")
    message = f"The pod's phase is {'not stated' if raw is None else f'undocumented: {raw!r}'}."
    case.say("POD_PHASE_UNDOCUMENTED", U if seconds >= case.watch.stuck_after else P, message, "status.phase", raw, "Running", since=since)
    return True


POD_ROWS: tuple[Callable[[Case], bool], ...] = (going_away, one_shot, job_failed, node_lost, ended, undocumented_phase)


# --- One container: the first of these rows that applies ----------------------------------------------------------------------------


def image_invalid(case: Case, container: Container) -> bool:
    """P7: the image's name or pull policy cannot work."""
    if container.reason not in IMAGE_INVALID:
        return False
    message = f"{container.label} cannot start, {container.shown_reason}, image {container.image}{note_of(container)}."
    case.say("POD_IMAGE_INVALID", F_T, message, "state.waiting.reason", container.shown_reason, "running")
    return True


def image_pull(case: Case, container: Container) -> bool:
    """P8: the image cannot be pulled."""
    if container.reason not in IMAGE_PULL:
        return False
    mark, since = failing(case, container, "P8")
    message = f"{container.label} is waiting, {container.shown_reason}, image {container.image}{note_of(container)}."
    case.say("POD_IMAGE_PULL", mark, message, "state.waiting.reason", container.shown_reason, "running", since=since)
    return True


def container_config(case: Case, container: Container) -> bool:
    """P9: the container cannot be created or started."""
    if container.reason not in CONTAINER_CONFIG:
        return False
    mark, since = failing(case, container, "P9")
    message = f"{container.label} is waiting, {container.shown_reason}{note_of(container)}."
    case.say("POD_CONTAINER_CONFIG", mark, message, "state.waiting.reason", container.shown_reason, "running", since=since)
    return True


def crash_loop(case: Case, container: Container) -> bool:
    """P10: the container keeps crashing: a failure after three restarts, or what the answer says instead of their number."""
    if container.reason != CRASH_LOOP:
        return False
    since, seconds = case.lasted("P10", None, container.name)
    restarts = container.restarts
    failed = restarts >= CRASHES if restarts is not None else back_off(container) >= LONG_BACK_OFF or seconds >= case.watch.failure_grace
    count = "a number of restarts that is not stated" if restarts is None else f"{restarts} restarts"
    message = f"{container.label} keeps crashing after {count} ({ending(container.last_state.get(TERMINATED))}){note_of(container)}."
    case.say("POD_CRASH_LOOP", F_R if failed else P, message, "state.waiting.reason", container.shown_reason, "running", since=since)
    return True


def waiting_error(case: Case, container: Container) -> bool:
    """P11: the container waits for another reason that is an error by its name."""
    if not container.reason.startswith("err") and not container.reason.endswith(("error", "backoff")):
        return False
    mark, since = failing(case, container, "P11")
    message = f"{container.label} is waiting, {container.shown_reason}{note_of(container)}."
    case.say("POD_WAITING_ERROR", mark, message, "state.waiting.reason", container.shown_reason, "running", since=since)
    return True


def scheduling_gated(case: Case, container: Container | None) -> bool:
    """P21: a scheduling gate holds the pod back."""
    scheduled = case.pod.condition("PodScheduled")
    gated = status_of(scheduled) == "false" and lower(scheduled.get("reason")) == "schedulinggated"
    if not gated or not is_starting(container):
        return False
    since, seconds = case.lasted("P21", case.waiting_since(container), container.name if container else "")
    late = seconds >= case.watch.stuck_after
    message = f"A scheduling gate holds the pod back{f', for {span(seconds)}' if late else ''}."
    case.say("POD_SCHEDULING_GATED", F_R if late else P, message, "status.conditions[PodScheduled]", "SchedulingGated", since=since)
    return True


def starting(case: Case, container: Container | None) -> bool:
    """P12: the container is being created, or the pod is pending; an init container still runs."""
    if not is_starting(container):
        return False
    since, seconds = case.lasted("P12", case.waiting_since(container), container.name if container else "")
    late = seconds >= case.watch.stuck_after
    code, mark = ("POD_STUCK_CREATING", F_R) if late else ("POD_STARTING", P)
    lasting = f" for {span(seconds)}" if late else ""
    message = start_of(case.pod, container, lasting)
    scheduled = case.pod.condition("PodScheduled")
    if status_of(scheduled) == "false":
        code = "POD_UNSCHEDULABLE"
        message = f"No node can take the pod{lasting}: {why(scheduled)}."
    case.say(code, mark, message, "state" if container else "status.phase", observed_state(case.pod, container), "running", since=since)
    return True


def container_exited(case: Case, container: Container) -> bool:
    """P13: the container has ended: a failure after three restarts."""
    if container.state != TERMINATED:
        return False
    restarts, end = container.restarts, ending(nested(container.raw, "state", TERMINATED))
    count = "a number of restarts that is not stated" if restarts is None else f"{restarts} restarts"
    message = f"{container.label} has ended ({end}) after {count}."
    case.say("POD_CONTAINER_EXITED", F_R if (restarts or 0) >= CRASHES else P, message, "state.terminated", end, "running")
    return True


def undocumented_state(case: Case, container: Container) -> bool:
    """The last row, of a container: a state or a reason to wait that no row names."""
    if container.state == RUNNING:
        return False
    if container.state == WAITING:
        message = f"{container.label} is waiting for an undocumented reason, {container.shown_reason}{note_of(container)}."
        case.say("POD_PHASE_UNDOCUMENTED", U, message, "state.waiting.reason", container.shown_reason, "running")
        return True
    raw = container.raw.get("state")
    message = f"The state of {container.label[0].lower()}{container.label[1:]} is undocumented: {raw!r}."
    case.say("POD_PHASE_UNDOCUMENTED", U, message, "state", raw, "waiting, running or terminated")
    return True


CONTAINER_ROWS: tuple[Callable[[Case, Container], bool], ...] = (
    image_invalid,
    image_pull,
    container_config,
    crash_loop,
    waiting_error,
    scheduling_gated,
    starting,
    container_exited,
    undocumented_state,
)


def judge_containers(case: Case) -> list[Container]:
    """Applies the rows of one container to each, init containers that are done left out. Gives those that run: no row is about them."""
    pod = case.pod
    if pod.phase == "pending" and not pod.reports_containers:
        any(row(case, None) for row in (scheduling_gated, starting))
    listed = [container for container in (*pod.containers, *pod.init_containers) if not container.done]
    return [container for container in listed if container.runs or not any(row(case, container) for row in CONTAINER_ROWS)]


# --- Containers that run ------------------------------------------------------------------------------------------------------------


def no_container_status(case: Case) -> None:
    """P14: the pod runs and reports no containers, or fewer than its spec lists."""
    pod = case.pod
    if (pod.reports_containers and not pod.unreported) or (pod.phase == "pending" and not pod.reports_containers):
        return
    since, seconds = case.lasted("P14", pod.started)
    message, observed = "The pod runs but reports no containers.", "none"
    if pod.unreported:
        message, observed = f"The pod reports nothing of {pod.unreported} of its containers.", f"{pod.unreported} missing"
    mark = U if seconds >= case.watch.stuck_after else P
    case.say("POD_NO_CONTAINER_STATUS", mark, message, "status.containerStatuses", observed, "every container", since=since)


def standby(case: Case, unready: Sequence[Container]) -> bool:
    """P22: a replica that runs undisturbed and is not ready for long, while another pod of its version is ready: it stands by."""
    if not case.served or not case.newest or not undisturbed(case):
        return False
    names = some_of([container.name for container in unready], ", ", 3)
    stated, starts = case.lost_since(), [container.started.latest for container in case.pod.containers if container.started]
    since, seconds = case.lasted("P15", stated)
    how = f"has not been ready ({names}) for"
    if not case.pod.condition("Ready").get("lastTransitionTime") and len(starts) == len(case.pod.containers):
        since, how = max(starts), f"is not ready ({names}) and has run for"
        seconds = case.watch.seconds_since(since)
    if seconds < case.watch.stuck_after:
        return False
    message = f"The replica {how} {span(seconds)}, while another pod of its version is ready: it stands by."
    case.say("POD_STANDBY", W, message, "status.containerStatuses", names, "ready", since=since)
    return True


def not_ready(case: Case, container: Container) -> None:
    """P15: a container runs and is not ready."""
    since, seconds = case.lasted("P15", case.lost_since())
    late = seconds >= case.watch.stuck_after
    code, mark = ("POD_STUCK_NOT_READY", F_R) if late else ("POD_NOT_READY", P)
    probe = " Its startup probe has not passed." if container.not_started else ""
    message = f"{container.label} runs but is not ready{f', for {span(seconds)}' if late else ''}.{probe}"
    case.say(code, mark, message, "ready", container.raw.get("ready"), True, since=since)


def ready_condition(case: Case) -> None:
    """P16: all containers are ready, but the pod's condition Ready does not say so."""
    ready = case.pod.condition("Ready")
    if not case.pod.states_conditions or status_of(ready) == "true":
        return
    if status_of(ready) == "false":
        since, _seconds = case.lasted("P16", case.lost_since(), "False")
        message = f"All containers are ready, but the pod's condition Ready is False ({why(ready)})."
        case.say("POD_READY_CONDITION_FALSE", P, message, "status.conditions[Ready]", "False", "True", since=since)
        return
    since, seconds = case.lasted("P16", case.lost_since(), "Unknown")
    status = ready.get("status")
    message = f"All containers are ready, but the pod's condition Ready is {status or 'not stated'}."
    mark = U if seconds >= case.watch.stuck_after else P
    case.say("POD_READY_UNKNOWN", mark, message, "status.conditions[Ready]", status, "True", since=since)


def restarted_during_wait(case: Case, container: Container) -> None:
    """P17: the container restarted since the last sample."""
    before, restarts = case.restarted_from.get(container.name), container.restarts
    if before is not None and restarts is not None:
        message = f"{container.label} restarted while the gate watched: from {before} to {restarts} restarts."
        case.say("POD_RESTARTED_DURING_WAIT", P, message, "restartCount", restarts, before)


def recent_restart(case: Case, container: Container) -> None:
    """P18: the last run of the container ended a moment ago."""
    end, restarts = container.last_finished, container.restarts
    if end and case.watch.seconds_since(end.latest) < RECENT and (restarts is None or restarts <= MANY_RESTARTS):
        ago = span(case.watch.seconds_since(end.latest))
        message = f"{container.label} was started again: its last run ended {ago} ago ({ending(container.last_state.get(TERMINATED))})."
        case.say("POD_RECENT_RESTART", W, message, "lastState.terminated.finishedAt", str(end), since=end.latest)


def many_restarts(case: Case, container: Container) -> None:
    """P19: the container has restarted more often than demanded, or often; that must hold out for ten minutes first."""
    restarts, most = container.restarts, number(case.watch.options.get("restart_max"))
    if restarts is None:
        return
    if most is not None and restarts > most:
        message = f"{container.label} has restarted {restarts} times, more than restart_max allows ({most})."
        case.say("POD_MANY_RESTARTS", F_R, message, "restartCount", restarts, f"at most {most}")
    elif restarts > MANY_RESTARTS:
        since, seconds = case.lasted("P19", container.last_exit, container.name, str(restarts))
        message = f"{container.label} has restarted {restarts} times; it has held out for {span(seconds)}."
        mark, allowed = P if seconds < RECENT else W, f"at most {MANY_RESTARTS}"
        case.say("POD_MANY_RESTARTS", mark, message, "restartCount", restarts, allowed, since=since)


def restarts_unknown(case: Case, container: Container) -> None:
    """P23: a limit of restarts is demanded, and the answer does not state how many there were."""
    most = number(case.watch.options.get("restart_max"))
    if most is not None and container.restarts is None:
        message = f"{container.label} does not state how often it restarted, so restart_max cannot be checked."
        case.say("POD_RESTARTS_UNKNOWN", U, message, "restartCount", None, f"at most {most}")


READY_ROWS: tuple[Callable[[Case, Container], None], ...] = (restarted_during_wait, recent_restart, many_restarts, restarts_unknown)


def restart_limit(case: Case) -> None:
    """P19, P23: a waiver of what else speaks against the pod does not prove restart_max: what is beyond it is held."""
    first, most = len(case.findings), number(case.watch.options.get("restart_max"))
    for container in case.pod.containers if most is not None else ():
        if container.restarts is None or container.restarts > (most or 0):
            many_restarts(case, container)
            restarts_unknown(case, container)
    case.subject.hold(first)


def judge_running(case: Case) -> None:
    """Applies the rows of containers, and those of a pod whose containers run."""
    before = len(case.findings)
    unready = [container for container in judge_containers(case) if not container.ready]
    no_container_status(case)
    is_pending = case.pod.phase == "pending"
    if unready and not is_pending and not standby(case, unready):
        for container in unready:
            not_ready(case, container)
    against = case.findings[before:]
    if all(finding.code == "POD_NO_CONTAINER_STATUS" for finding in against):
        starting(case, None) if is_pending else ready_condition(case)
    if against:
        case.subject.hold(before + len(against))  # what a waiver of P14 does not prove
        restart_limit(case)
    elif not is_pending:  # all containers are ready
        # P20: where none of these rows says anything, the pod is ready, which is no finding.
        for container in case.pod.containers:
            for row in READY_ROWS:
                row(case, container)


# --- What the rows above have in common ---------------------------------------------------------------------------------------------


def failing(case: Case, container: Container, row: str) -> tuple[Mark, datetime]:
    """P8, P9, P11: progress until failure_grace is over, since the pod's start, after that since the last run's end where it is stated."""
    stated = container.last_finished if container.has_run else case.pod.birth
    since, seconds = case.lasted(row, stated, container.name)
    return F_R if seconds >= case.watch.failure_grace else P, since


def is_starting(container: Container | None) -> bool:
    """Whether a container waits without an error, or, as an init container, runs; None stands for the pod itself."""
    if container is None or container.state == NO_STATE:
        return True
    return (container.state == WAITING and container.reason in STARTING) or (container.init and container.state == RUNNING)


def start_of(pod: Pod, container: Container | None, lasting: str) -> str:
    """What is known of a start, in a sentence.

    :param lasting: for how long it has gone on, where that is too long
    """
    if container is None:
        return f"The pod is pending{lasting}{'' if pod.reports_containers else ' and reports no containers yet'}."
    if container.state == RUNNING:
        return f"{container.label} still runs{lasting}."
    reason = container.shown_reason
    return f"{container.label} is waiting{f' ({reason})' if reason else ''}{lasting}{note_of(container)}."


def observed_state(pod: Pod, container: Container | None) -> str:
    """What a start shows: the pod's phase, else the container's reason or state."""
    return pod.phase.capitalize() if container is None else container.shown_reason or container.state


def undisturbed(case: Case) -> bool:
    """P22: whether no container waits or has ended, and none restarted within ten minutes; a restart without a time may be recent."""

    def steady(container: Container) -> bool:
        if container.state != RUNNING:
            return False
        if not container.has_run:
            return True
        return container.last_exit is not None and case.watch.seconds_since(container.last_exit.latest) >= RECENT

    inits = all(container.done for container in case.pod.init_containers)
    return inits and not case.restarted_from and all(steady(container) for container in case.pod.containers)


def is_later(relative: Pod, pod: Pod) -> bool:
    """P3: whether a pod was made after another one; not where a time is not stated."""
    return bool(relative.created and pod.created and relative.created.latest > pod.created.latest)


def back_off(container: Container) -> float:
    """P10: the seconds of back-off that a waiting container states, 0 where it states none."""
    stated = _BACK_OFF.search(container.waiting_message)
    return (duration(stated.group(1).rstrip(".")) or 0.0) if stated else 0.0


def note_of(container: Container) -> str:
    """What a container says about its waiting, as the end of a sentence."""
    message = container.waiting_message.rstrip(". ")
    return f": {message}" if message else ""


def why(condition: Mapping[str, Any]) -> str:
    """What a condition says about its status."""
    return str(condition.get("message") or condition.get("reason") or "no reason stated").rstrip(". ")


def ending(terminated: Any) -> str:
    """Exit code and reason of a run."""
    if not isinstance(terminated, dict):
        return "its last end is not stated"
    code, reason = terminated.get("exitCode"), terminated.get("reason")
    return f"exit code {'not stated' if code is None else code}" + (f", {reason}" if reason else "")


def why_it_ended(pod: Pod) -> str:
    """Reason and message of a pod that ended, else how its containers did."""
    ends = [
        (each.label.lower(), nested(each.raw, "state", TERMINATED)) for each in (*pod.init_containers, *pod.containers) if not each.done
    ]
    told = [f"{label}: {ending(end)}" for label, end in ends if isinstance(end, dict)]
    return pod.explanation or some_of(told, "; ", 3) or "no reason stated"


def warning(finding: Finding) -> Finding:
    """The same finding as a warning."""
    return replace(finding, verdict=WARNING, terminal=False, retryable=False)


def clock_skew(case: Case) -> None:
    """G7: a time of the pod lies in the future; of several the latest is named. All ages that use it are 0."""
    pod = case.pod
    # Not the deletionTimestamp: it states when the grace period will be over.
    stated = [pod.created, pod.started, parse_time(pod.condition("Ready").get("lastTransitionTime"))]
    stated += [moment for each in pod.containers for moment in (each.started, each.finished, each.last_finished)]
    latest = max((moment for moment in stated if moment), key=lambda moment: moment.earliest, default=None)
    ahead = (latest.earliest - case.watch.now).total_seconds() if latest else 0.0
    if ahead > CLOCK_SKEW_LIMIT:
        case.say("CLOCK_SKEW", W, f"A time of the pod lies {span(ahead)} in the future: {latest}.", "status", str(latest))


def note_restarts(case: Case) -> None:
    """P17: keeps the restarts of each container for the next sample, and what they were before where they rose."""
    for container in case.pod.containers:
        key = ("restarts", case.pod.uid, container.name)
        before = case.watch.recall(*key)
        case.watch.remember(before if container.restarts is None else container.restarts, *key)
        if before is not None and container.restarts is not None and container.restarts > before:
            case.restarted_from[container.name] = before


def judge_pod(case: Case) -> None:
    """Applies all rows to one pod."""
    note_restarts(case)
    decides = next((row for row in POD_ROWS if row(case)), None)
    first = len(case.findings)
    if decides in (None, undocumented_phase):
        judge_running(case)
    if decides is undocumented_phase:
        case.subject.hold(first)  # what a waiver of P6 does not prove
    elif decides is node_lost:
        restart_limit(case)
    clock_skew(case)


# --- Workloads ----------------------------------------------------------------------------------------------------------------------


@dataclass
class Cluster:
    """What is judged of one entry.

    :ivar notice: for what no object stands for
    """

    entry: Entry
    watch: Watch
    subjects: list[Subject] = field(default_factory=list)
    notice: Subject = field(init=False)

    def __post_init__(self) -> None:
        self.notice = self.subject("Cluster", None, is_state=True, notice=True)

    def subject(self, kind: str, name: str | None, namespace: str | None = None, **more: Any) -> Subject:
        """A new subject in this cluster."""
        fields, target = self.entry.fields, self.entry.target
        place = {"cluster_id": str(fields.get("cluster_id") or target), "cluster_name": fields.get("cluster_name"), "namespace": namespace}
        return Subject(kind, name, target, self.entry.read_at, **{**place, **more})

    def case(self, pod: Pod, **more: Any) -> Case:
        """A pod to be judged."""
        return Case(pod, self.watch, self.subject("Pod", pod.name, pod.namespace), **more)


class WorkloadVerdict(NamedTuple):
    """What was judged of a workload, and whether a pod of its newest version is ready."""

    subject: Subject
    ready: bool


def judge_workload(cluster: Cluster, workload: Workload) -> WorkloadVerdict:
    """The verdict of a workload: that of its pods that count, and P24."""
    newest = workload.newest_hash
    cases = [cluster.case(pod, newest=pod.hash == newest) for pod in workload.pods]
    ready = judge_pods(cases)
    subject = cluster.subject("Workload", workload.name, workload.namespace, origin=workload, parts=parts_of(cases))
    counted = [case for case in cases if not case.ignored and not case.outdated]
    subject.findings = [finding for case in counted for finding in case.findings]
    subject.held = [finding for case in counted for finding in case.subject.held]
    roll_out(subject, [case for case in cases if case.outdated], bool(ready))
    subject.ready_since = ready_since(case.pod for case in cases if case.newest and not case.passing)
    subject.observed = observed(cases, len(ready), subject.ready_since)
    cluster.subjects.append(subject)
    return WorkloadVerdict(subject, bool(ready))


def judge_pods(cases: Sequence[Case]) -> list[Case]:
    """Judges the pods of a workload; gives those of its newest version that are ready."""
    # Rows of the others ask whether one of the newest version is ready, so those that may be come first.
    first = [case for case in cases if case.may_be_ready]
    for case in first:
        judge_pod(case)
    ready = [case for case in first if case.newest and case.subject.verdict == READY]
    for case in cases:
        if case not in first:
            case.served = bool(ready)
            judge_pod(case)
    return ready


def observed(cases: Sequence[Case], ready: int, since: datetime | None) -> dict[str, Any]:
    """What a receipt tells of a workload."""
    counts = [case.pod.restarts for case in cases]
    restarts = None if None in counts else sum(count for count in counts if count is not None)
    return {"pods": len(cases), "ready_pods": ready, "restarts": restarts, "since": format_time(since) if since else None}


def roll_out(subject: Subject, old: Sequence[Case], ready: bool) -> None:
    """P24: pods of another version than the newest are still there; where one of them failed, its own findings are told, too.

    :param ready: whether a pod of the newest version is ready; then these findings are warnings
    """
    if not old:
        return
    names = some_of(sorted(case.pod.name for case in old), ", ", 3)
    count = "One pod of another version than the newest is" if len(old) == 1 else f"{len(old)} pods of other versions than the newest are"
    message = f"{count} still there: {names}."
    subject.say("ROLLOUT_IN_PROGRESS", P, message, "metadata.labels.pod-template-hash", len(old), 0)
    for case in old:
        failures = [finding for finding in case.findings if finding.verdict == FAILED]
        subject.findings += [warning(finding) for finding in failures] if ready else failures
        subject.findings += [finding for finding in case.findings if finding.code == "CLOCK_SKEW"]
        if not ready:  # then these pods are all that runs, and a waiver of the roll-out does not prove how they are
            subject.held += [finding for finding in case.findings if finding.verdict not in (FAILED, WARNING)] + case.subject.held


def parts_of(cases: Iterable[Case]) -> dict[tuple[str, ...], Part]:
    """What must not change while the pods are ready: each pod, and the restarts of its containers."""
    return {("pod", case.pod.uid): Part(None if case.ignored else case.pod.restarts_by_container, case.passing) for case in cases}


def ready_since(pods: Iterable[Pod]) -> datetime | None:
    """Since when all of some pods have been ready by their own times; None where one proves nothing, or there is none."""
    times = [pod.ready_since for pod in pods]
    known = [moment for moment in times if moment is not None]
    return max(known) if known and len(known) == len(times) else None


def judge_one_shots(cluster: Cluster, pods: Sequence[Pod], workloads: Mapping[str, WorkloadVerdict]) -> None:
    """The one-shot pods: a family is an object only while something about it blocks; else there are warnings at most.

    These go to the workload that the pod names, else to the notice.
    """
    families: dict[tuple[str, str], list[Pod]] = {}
    for pod in pods:
        families.setdefault((pod.family, pod.namespace), []).append(pod)
    for family, namespace in sorted(families):
        relatives = families[family, namespace]
        cases = [cluster.case(pod, served=is_served(pod, workloads), relatives=relatives) for pod in relatives]
        for case in cases:
            judge_pod(case)
        if any(case.subject.verdict != READY for case in cases):
            cluster.subjects.append(family_subject(cluster, family, cases, workloads))
            continue
        for case in cases:
            home = home_of(case.pod, workloads)
            (home.subject if home else cluster.notice).findings.extend(case.findings)


def home_of(pod: Pod, workloads: Mapping[str, WorkloadVerdict]) -> WorkloadVerdict | None:
    """The workload that a one-shot pod names, one of its own namespace; None where there is none."""
    return workloads.get(pod.workload) if pod.namespace == NAMESPACE else None


def is_served(pod: Pod, workloads: Mapping[str, WorkloadVerdict]) -> bool:
    """Whether the workload that a one-shot pod names has a ready pod of its newest version."""
    home = home_of(pod, workloads)
    return home is not None and home.ready


def family_subject(cluster: Cluster, family: str, cases: Sequence[Case], workloads: Mapping[str, WorkloadVerdict]) -> Subject:
    """A family of one-shot pods as an object; a workload of the same name is another one, so it then has the name of a pod."""
    pods = tuple(case.pod for case in cases)
    name = pods[0].name if family in workloads else family
    subject = cluster.subject("Workload", name, pods[0].namespace, origin=Workload(name, pods), parts=parts_of(cases))
    subject.findings = [finding for case in cases for finding in case.findings]
    subject.observed = observed(cases, 0, None)
    return subject


# --- The list -----------------------------------------------------------------------------------------------------------------------


def no_list(cluster: Cluster, items: Any) -> bool:
    """L2: there is no list of pods in the answer."""
    if isinstance(items, list) and all(isinstance(item, dict) for item in items):
        return False
    cluster.notice.say("API_SHAPE", U_T, "There is no list of pods in the answer.", "items", expected="a list of pods")
    return True


def empty_list(cluster: Cluster, items: Sequence[Any]) -> bool:
    """L3: there are no pods."""
    if items:
        return False
    wait = is_being_enabled(cluster)
    message = (
        f"The answer has no pods of {NAMESPACE}: {'GitOps is being enabled' if wait else 'GitOps is not enabled, or all of them are gone'}."
    )
    cluster.notice.say("GITOPS_NOT_ENABLED", P if wait else F_T, message, "items", 0, "pods")
    return True


def incomplete_list(cluster: Cluster) -> None:
    """L4: there are more pods than were returned."""
    metadata = cluster.entry.fields.get("metadata")
    rest = number(nested(metadata, "remainingItemCount")) or 0
    if nested(metadata, "continue") or rest > 0:
        message = f"{f'{rest} pods' if rest > 0 else 'Some pods'} were not returned, and the endpoint takes no continuation."
        cluster.notice.say("LIST_INCOMPLETE", U_T, message, "metadata", rest or None)


def missing_controllers(cluster: Cluster, names: Iterable[str]) -> None:
    """L5: an expected controller has no pod.

    :param names: of the workloads that have pods
    """
    demanded = cluster.watch.options.get("controllers")
    present = list(names)
    for name in CONTROLLERS if demanded is None else dict.fromkeys(demanded):
        if name in present:
            continue
        since = cluster.watch.since_seen("L5", name)
        late = cluster.watch.seconds_since(since) >= cluster.watch.stuck_after
        message = f"The answer has no pod of the expected controller {name}.{nearest(name, present)}"
        subject = cluster.subject("Workload", name, NAMESPACE, origin=Workload(name, ()))
        subject.say("CONTROLLER_MISSING", F_R if late else P, message, "items", 0, "a pod", since=since)
        cluster.subjects.append(subject)


def no_workload(cluster: Cluster, workloads: Sequence[Workload]) -> None:
    """L6: there are only one-shot pods, so no controller runs."""
    if workloads:
        return
    message = f"The answer has only one-shot pods of {NAMESPACE}: no controller runs."
    if is_being_enabled(cluster):
        cluster.notice.say("GITOPS_NOT_ENABLED", P, f"{message} GitOps is being enabled.", "items", expected="pods of controllers")
    else:
        cluster.notice.say("GITOPS_NO_WORKLOAD", U_T, message, "items", expected="pods of controllers")


def is_being_enabled(cluster: Cluster) -> bool:
    """L3, L6: whether GitOps is said to be being enabled, and this gate has not waited too long for it."""
    return bool(cluster.watch.options.get("enabling")) and cluster.watch.gate_age < cluster.watch.stuck_after


def judge_cluster(entry: Entry, watch: Watch) -> list[Subject]:
    """The subjects of one cluster: its workloads, the controllers that are missing, and the notice where something is to be said."""
    cluster = Cluster(entry, watch)
    items: Any = entry.fields.get("pods")
    incomplete_list(cluster)
    if not no_list(cluster, items) and not empty_list(cluster, items):
        pods = [Pod(item) for item in items]
        workloads = workloads_of(pods)
        verdicts = [judge_workload(cluster, workload) for workload in workloads]
        # What runs elsewhere is judged as well, but stands for nothing of flux-system.
        judged = {workload.name: verdict for workload, verdict in zip(workloads, verdicts) if workload.namespace == NAMESPACE}
        judge_one_shots(cluster, [pod for pod in pods if pod.one_shot], judged)
        missing_controllers(cluster, judged)
        no_workload(cluster, workloads)
    return [*cluster.subjects, *([cluster.notice] if cluster.notice.findings else [])]


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """Judges the pods of each cluster.

    :param options: ``controllers`` (names that must have a pod; None for the usual ones, [] for none), ``enabling`` (bool),
        ``restart_max`` (a number, None for no limit), ``stuck_after`` and ``failure_grace`` (seconds)
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="GITOPS_NOT_FOUND", id_field="cluster_id")
    for entry in reading.entries:
        subjects += judge_cluster(entry, Watch(options, entry.target, entry.read_at, earlier, later))
    return Judgement(subjects, later)

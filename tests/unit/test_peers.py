# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten thousand generated sources and ten thousand pods, judged by the rules, by kstatus and by Argo CD.

Where the collection says something else than one of them, the reason is one of the classes of this file; and nothing is ready that both of
them call unready.
"""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import parse_time
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import READY, WARNING
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules import pods as pod_rules
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules import sources as source_rules

from unit.answers import GONE, NOW, OTHER_SHA, SHA, ago, given

from . import answers_pods, answers_sources
from .peers import ARGO, GOOD, KSTATUS, PEERS, Object, Peer, at, conditions, containers, word

pytestmark = pytest.mark.once

NUMBER = 10_000
RECENT = 600.0  # seconds; the time after which the kubelet forgets a back-off
MANY_RESTARTS = 5


@dataclass(frozen=True)
class Class:
    """Why the collection says something else than a peer.

    :ivar because: in one line
    :ivar codes: of the findings that it stands for; none where the collection calls ready what the peer does not
    :ivar applies: whether an object shows what the reason speaks of
    :ivar peers: those to which it may apply
    """

    name: str
    because: str
    applies: Callable[[Object], Any]
    codes: tuple[str, ...] = ()
    peers: tuple[Peer, ...] = PEERS


# --- What an object shows -----------------------------------------------------------------------------------------------------------------


def states(resource: Object, kind: str, *statuses: str) -> list[Object]:
    """Its conditions of a type that have one of these statuses."""
    return [condition for seen, status, condition in conditions(resource) if seen == kind and status in statuses]


def is_of_another_generation(source: Object, condition: Object) -> bool:
    seen = condition.get("observedGeneration") or at(source, "status", "observedGeneration")
    return seen != at(source, "metadata", "generation") or seen is None


def is_stated_twice(resource: Object) -> bool:
    kinds = [kind for kind, _status, _condition in conditions(resource)]
    return len(set(kinds)) < len(kinds)


def status_is_old(source: Object) -> bool:
    seen, own = at(source, "status", "observedGeneration"), at(source, "metadata", "generation")
    ready = states(source, "ready", "true", "false", "unknown")
    return seen is None or own is None or seen < own or any(is_of_another_generation(source, condition) for condition in ready)


def is_unverified(source: Object) -> bool:
    proved = [condition for condition in states(source, "sourceverified", "true") if not is_of_another_generation(source, condition)]
    return (at(source, "spec", "verify") is not None and not proved) or bool(states(source, "sourceverified", "unknown"))


def is_of_another_ref(source: Object) -> bool:
    return not str(at(source, "status", "artifact", "revision")).startswith(f"{at(source, 'spec', 'ref', 'branch')}@")


def a_request_is_open(source: Object) -> bool:
    return at(source, "metadata", "annotations", "reconcile.fluxcd.io/requestedAt") != at(source, "status", "lastHandledReconcileAt")


def waits_with(pod: Object, *reasons: str) -> bool:
    return any(word(at(each, "state", "waiting", "reason")) in reasons for each in every_container(pod))


def every_container(pod: Object) -> list[Any]:
    return [*containers(pod), *(at(pod, "status", "initContainerStatuses") or [])]


def seconds_since(time: Any) -> float:
    moment = parse_time(time)
    return (NOW - moment.latest).total_seconds() if moment else float("inf")


def restarted_often_of_late(pod: Object) -> bool:
    return any(
        (each.get("restartCount") or 0) > MANY_RESTARTS
        and seconds_since(at(each, "lastState", "terminated", "finishedAt") or at(each, "state", "running", "startedAt")) < RECENT
        for each in containers(pod)
    )


def is_done(init: Object) -> bool:
    return at(init, "state", "terminated", "exitCode") == 0


ABNORMAL = (("reconciling", "true"), ("stalled", "true"), ("artifactinstorage", "false"))
SOURCE_CLASSES = (
    Class(
        "deletion",
        "Argo CD does not look at deletionTimestamp",
        lambda s: at(s, "metadata", "deletionTimestamp"),
        ("SRC_TERMINATING",),
        (ARGO,),
    ),
    Class("suspended", "kstatus knows no suspension", lambda s: at(s, "spec", "suspend") is True, ("SRC_SUSPENDED",), (KSTATUS,)),
    Class("stalled", "Argo CD does not look at Stalled", lambda s: states(s, "stalled", "true"), ("SRC_STALLED",), (ARGO,)),
    Class(
        "failing beside ready",
        "an artifact may be ready while the last fetch failed: both look at Ready only",
        lambda s: states(s, "fetchfailed", "true"),
        ("SRC_FETCH_FAILED", "SRC_FETCH_RETRYING"),
    ),
    Class(
        "bad signature",
        "neither looks at SourceVerified",
        lambda s: states(s, "sourceverified", "false"),
        ("SRC_VERIFICATION_FAILED", "SRC_VERIFICATION_ERROR"),
    ),
    Class(
        "verification that has not happened",
        "neither asks whether what spec.verify demands was done",
        is_unverified,
        ("SRC_NOT_VERIFIED",),
    ),
    Class(
        "status of an older generation",
        "Argo CD compares no generations, kstatus not those of conditions, and neither minds if they are not stated",
        status_is_old,
        ("SRC_GENERATION_STALE",),
    ),
    Class(
        "status of a later generation",
        "Argo CD compares no generations; the answer is of two moments",
        lambda s: (at(s, "status", "observedGeneration") or 0) > (at(s, "metadata", "generation") or 0),
        ("SRC_GENERATION_AHEAD",),
        (ARGO,),
    ),
    Class(
        "reconciling",
        "Argo CD calls it progressing only while Ready is Unknown, too",
        lambda s: states(s, "reconciling", "true"),
        ("SRC_RECONCILING", "SRC_RETRYING"),
        (ARGO,),
    ),
    Class(
        "no word of Ready",
        "kstatus takes what states no Ready for current",
        lambda s: not states(s, "ready", "true", "false", "unknown"),
        ("SRC_READY_UNKNOWN", "SRC_NO_CONDITIONS", "SRC_NOT_OBSERVED", "SRC_NEVER_RECONCILED", "SRC_REPOSTATUS_FAILED"),
        (KSTATUS,),
    ),
    Class(
        "stated twice, and not ready",
        "kstatus takes the first, Argo CD counts both; here the worse counts",
        is_stated_twice,
        ("SRC_READY_UNKNOWN", "SRC_NOT_READY", "SRC_FETCH_RETRYING", "SRC_RECONCILING", "SRC_ARTIFACT_OUTDATED"),
    ),
    Class(
        "artifact about to be replaced",
        "kstatus does not look at the artifact, Argo CD only shows it",
        lambda s: states(s, "artifactoutdated", "true") or states(s, "artifactinstorage", "false"),
        ("SRC_ARTIFACT_OUTDATED",),
    ),
    Class(
        "no artifact",
        "neither asks for the artifact itself",
        lambda s: not at(s, "status", "artifact", "revision"),
        ("SRC_READY_WITHOUT_ARTIFACT",),
    ),
    Class("artifact of another ref", "neither compares it with spec.ref", is_of_another_ref, ("SRC_ARTIFACT_OTHER_REF",)),
    Class("repoStatus as second witness", "only UCS states it", lambda s: s["repoStatus"], ("SRC_STATUS_CONTRADICTION",)),
    Class("a reconcile that was asked for", "neither looks at the request", a_request_is_open, ("SRC_RECONCILE_REQUESTED",)),
    # The collection calls these ready, and the peer does not.
    Class(
        "older controller",
        "Argo CD counts ArtifactInStorage, which older controllers do not state",
        lambda s: not states(s, "artifactinstorage", "true", "false", "unknown"),
        peers=(ARGO,),
    ),
    Class("stated twice, and good", "Argo CD counts three good conditions, and wants two", is_stated_twice, peers=(ARGO,)),
    Class(
        "abnormal in an older generation",
        "neither looks at the generation of a condition; this one is of what the source was before",
        lambda s: any(is_of_another_generation(s, each) for kind, status in ABNORMAL for each in states(s, kind, status)),
    ),
)

POD_CLASSES = (
    Class(
        "deletion",
        "Argo CD does not look at deletionTimestamp",
        lambda p: at(p, "metadata", "deletionTimestamp"),
        ("POD_TERMINATING",),
        (ARGO,),
    ),
    Class(
        "ended for good",
        "both call a pod that succeeded completed, kstatus one that failed, too; a controller has to run",
        lambda p: word(at(p, "status", "phase")) in ("succeeded", "failed"),
        ("POD_FAILED", "POD_EVICTED", "POD_COMPLETED_UNEXPECTED"),
    ),
    Class(
        "one-shot, and nothing else",
        "a workload that is meant to end is no controller",
        lambda p: word(at(p, "spec", "restartPolicy")) != "always",
        ("GITOPS_NO_WORKLOAD", "POD_JOB_FAILED"),
    ),
    Class(
        "lost node",
        "neither looks at the reason of the status",
        lambda p: word(at(p, "status", "reason")) == "nodelost",
        ("POD_PHASE_UNKNOWN",),
    ),
    Class(
        "a container waits",
        "both believe the condition Ready, kstatus whatever a container says",
        lambda p: any(at(each, "state", "waiting") is not None or not each.get("state") for each in every_container(p)),
        (
            *("POD_IMAGE_INVALID", "POD_IMAGE_PULL", "POD_CONTAINER_CONFIG", "POD_CRASH_LOOP", "POD_WAITING_ERROR", "POD_STARTING"),
            *("POD_STUCK_CREATING", "POD_UNSCHEDULABLE", "POD_SCHEDULING_GATED", "POD_PHASE_UNDOCUMENTED"),
        ),
    ),
    Class(
        "an init container runs or failed",
        "neither looks at init containers",
        lambda p: any(not is_done(each) for each in at(p, "status", "initContainerStatuses") or []),
        ("POD_STARTING", "POD_STUCK_CREATING", "POD_CONTAINER_EXITED"),
    ),
    Class(
        "a container has ended",
        "both believe the condition Ready",
        lambda p: any(at(each, "state", "terminated") for each in every_container(p)),
        ("POD_CONTAINER_EXITED",),
    ),
    Class(
        "a container is not ready",
        "both believe the condition Ready",
        lambda p: any(each.get("ready") is not True for each in every_container(p)),
        ("POD_NOT_READY", "POD_STUCK_NOT_READY"),
    ),
    Class(
        "fewer statuses than containers",
        "neither counts the containers",
        lambda p: len(containers(p)) < len(at(p, "spec", "containers")) or not containers(p),
        ("POD_NO_CONTAINER_STATUS",),
    ),
    Class(
        "Ready stated twice",
        "both take the one they like; here the worse counts",
        is_stated_twice,
        ("POD_READY_CONDITION_FALSE", "POD_READY_UNKNOWN"),
    ),
    Class(
        "a restart a moment ago",
        "neither counts restarts; what restarted often is trusted after ten minutes",
        restarted_often_of_late,
        ("POD_MANY_RESTARTS",),
    ),
    # The collection calls these ready, and the peer does not.
    Class(
        "a pod that is resized in place",
        "kstatus waits for the generation of pods, too; its containers go on while the resources change",
        lambda p: at(p, "metadata", "generation") != at(p, "status", "observedGeneration"),
        peers=(KSTATUS,),
    ),
)


# --- Objects ------------------------------------------------------------------------------------------------------------------------------


class Dice(random.Random):
    """Draws what objects are made of."""

    def some(self, chance: float) -> bool:
        return self.random() < chance

    def one_of(self, **weights: float) -> str:
        """One of the names, by their weights."""
        return self.choices([*weights], [*weights.values()])[0]

    def age(self) -> float:
        """Seconds, on both sides of every limit of the rules."""
        return self.choice((1, 14, 16, 29, 31, 119, 121, 299, 301, 599, 601, 3600, 86400))


CONDITIONS = ("Ready", "ArtifactInStorage", "Reconciling", "Stalled", "FetchFailed", "SourceVerified")


def a_source(dice: Dice) -> dict[str, Any]:
    """A source as a source-controller might state it.

    One of before ArtifactInStorage states no generation in its conditions either. Else one condition at most is of an older generation, and
    none where one comes twice.
    """
    generation = dice.choice((1, 1, 2, 3))
    seen = {"same": generation, "before": generation - 1, "after": generation + 1, "none": GONE, "never": -1}[
        dice.one_of(same=88, before=4, after=2, none=3, never=3)
    ]
    older, twice = dice.some(0.15), dice.some(0.04)
    stray = "" if older or twice or dice.some(0.8) else dice.choice(CONDITIONS)

    def condition(kind: str, status: str, reason: str = "Succeeded", message: str = "") -> dict[str, Any]:
        stated = GONE if older else generation - 1 if kind == stray else generation
        return answers_sources.condition(kind, status, reason, message, since=dice.age(), og=stated)

    broken = {
        "reason": dice.choice(("GitOperationFailed", "AuthenticationFailed", "NewGeneration", "NoArtifact")),
        "message": dice.choice(("dial tcp 10.0.0.1:443: i/o timeout", "authentication required", "odd")),
    }
    listed = []
    ready = dice.one_of(true=76, false=12, unknown=7, absent=5)
    if ready != "absent":
        listed.append(condition("Ready", ready.capitalize(), **(broken if ready == "false" else {})))
    in_storage = "absent" if older else dice.one_of(true=95, false=5)
    if in_storage != "absent":
        listed.append(condition("ArtifactInStorage", in_storage.capitalize()))
    if dice.some(0.09):
        listed.append(
            condition("Reconciling", dice.choice(("True", "True", "False")), dice.choice(("NewRevision", "ProgressingWithRetry")))
        )
    if dice.some(0.03):
        listed.append(condition("Stalled", "True", "URLInvalid", "unsupported scheme"))
    if dice.some(0.05):
        listed.append(condition("FetchFailed", dice.choice(("True", "True", "False")), **broken))
    if dice.some(0.03):
        listed.append(condition("ArtifactOutdated", "True", "NewRevision"))
    if dice.some(0.06):
        verified = dice.one_of(true=3, false=2, unknown=1)
        reason = dice.choice(("InvalidCommitSignature", "VerificationError")) if verified == "false" else "Succeeded"
        listed.append(condition("SourceVerified", verified.capitalize(), reason))
    if twice and listed:
        doubled = dice.choice(listed)
        listed.append({**doubled, "status": dice.choice(("True", "False", "Unknown"))})
        dice.shuffle(listed)
    asked = dice.some(0.04)
    made = answers_sources.source(
        *listed,
        generation=GONE if dice.some(0.01) else generation,
        og=seen,
        revision=dice.choices((f"main@sha1:{SHA}", f"main/{SHA}", f"dev@sha1:{OTHER_SHA}", None), (88, 6, 3, 3))[0],
        repo_status=dice.choices((GONE, None, "Health", "Progressing", "Failed", "Unknown", "Sleeping"), (40, 10, 38, 3, 3, 3, 3))[0],
        deleting=ago(dice.age()) if dice.some(0.02) else GONE,
        annotations={"reconcile.fluxcd.io/requestedAt": ago(dice.age())} if asked else GONE,
        handled=ago(90000) if asked else GONE,
        age=dice.age(),
        spec=given(suspend=dice.choice((True, False)) if dice.some(0.05) else GONE, verify={"mode": "HEAD"} if dice.some(0.05) else GONE),
    )
    if not listed or dice.some(0.03):
        made["gitRepository"]["status"] = dice.choice((None, {}, {"observedGeneration": seen if seen is not GONE else 1}))
    return made


WAITING = (
    *("ErrImagePull", "ImagePullBackOff", "CrashLoopBackOff", "CreateContainerConfigError", "InvalidImageName", "PreStartHookError"),
    *("ContainerCreating", "PodInitializing", answers_pods.GONE, "Resting", "ErrOdd"),
)


def a_container(dice: Dice, name: str) -> dict[str, Any]:
    state = dice.one_of(ready=85, unready=5, waiting=6, ended=3, empty=1)
    restarts = dice.choices((0, 1, 3, 6, 40, answers_pods.GONE), (60, 12, 8, 8, 7, 5))[0]
    last = answers_pods.run(dice.age()) if restarts and dice.some(0.8) else {}
    if state == "waiting":
        return answers_pods.waiting(dice.choice(WAITING), restarts, name=name, last=last)
    if state == "ended":
        return answers_pods.ended(dice.choice((0, 1, 137)), restarts, since=dice.age(), name=name, last=last)
    if state == "empty":
        return answers_pods.container(name, False, restarts, {}, last)
    return answers_pods.container(name, state == "ready", restarts, last=last, age=dice.age())


def an_init_container(dice: Dice) -> dict[str, Any]:
    if dice.some(0.8):
        return answers_pods.ended(0, reason="Completed", name="init")
    return answers_pods.ended(1, name="init") if dice.some(0.5) else answers_pods.container("init", False)


def a_pod(dice: Dice) -> dict[str, Any]:
    """A pod of a workload of its own, as it is in its cluster, and as the service answers it.

    The cluster's has conditions, most of them as a kubelet states them. The service documents none: where it states none, they are usual.
    """
    names = ["manager", "proxy"][: dice.choice((1, 1, 2))]
    statuses = [a_container(dice, name) for name in names]
    phase = dice.one_of(Running=88, Pending=5, Failed=3, Succeeded=2, Unknown=1, Sleeping=1)
    inits = [an_init_container(dice)] if dice.some(0.1) else answers_pods.GONE
    up = phase == "Running" and all(each["ready"] for each in statuses) and (inits is answers_pods.GONE or is_done(inits[0]))
    usual = dice.some(0.9)
    ready = str(up) if usual else dice.choice(("True", "True", "False", "Unknown"))
    stated = [*answers_pods.condition(ready, dice.age()), *answers_pods.condition("True", kind="PodScheduled")]
    if phase == "Pending" and dice.some(0.5):
        stated[-1].update(status="False", reason=dice.choice(("Unschedulable", "SchedulingGated")))
    if not usual and dice.some(0.3):
        stated += answers_pods.condition(dice.choice(("True", "False", "Unknown")), dice.age())
    if dice.some(0.03):
        statuses = statuses[1:]
    reason = "NodeLost" if dice.some(0.01) else "Evicted" if phase == "Failed" else answers_pods.GONE
    pod = answers_pods.pod(
        containers=statuses,
        phase=phase,
        age=dice.age(),
        deleting=ago(dice.age()) if dice.some(0.03) else answers_pods.GONE,
        policy=dice.choices(("Always", "OnFailure", "Never"), (96, 2, 2))[0],
        conditions=stated,
        spec={"containers": [{"name": name} for name in names]},
        **answers_pods.given(initContainerStatuses=inits, reason=reason),
    )
    if dice.some(0.05):
        pod["metadata"]["generation"], pod["status"]["observedGeneration"] = 2, dice.choice((1, 2))
    bare = {**pod, "status": {name: value for name, value in pod["status"].items() if name != "conditions"}}
    return {"cluster": pod, "answer": bare if usual and dice.some(0.3) else pod}


# --- The comparison -----------------------------------------------------------------------------------------------------------------------


def judged_source(source: Mapping[str, Any]) -> Judgement:
    reading = answers_sources.Reading("ucs_repository_source", {}, (answers_sources.Entry("c1", NOW, answers_sources.sources(source)),))
    return source_rules.judge(reading, {}, History())


def judged_pod(pod: Mapping[str, Any]) -> Judgement:
    return pod_rules.judge(answers_pods.reading(answers_pods.answer(pod["answer"])), {"controllers": []}, History())


def shown(what: Any, judgement: Judgement, said: Mapping[str, str]) -> str:
    """Everything about an object, for whoever has to find a class for it."""
    findings = [(finding.code, str(finding.mark), finding.message) for finding in judgement.findings]
    return f"{said}; here {judgement.verdict}: {findings}\n{json.dumps(what, indent=1)}"


def reasons(peer: Peer, what: Object, judgement: Judgement, classes: tuple[Class, ...]) -> list[str]:
    """The classes of a disagreement with one peer: one for each finding that blocks, or one for that there is none; "" for none."""
    fitting = [each for each in classes if peer in each.peers and each.applies(what)]
    codes = [finding.code for finding in judgement.findings if finding.verdict != WARNING]
    if not codes:
        return [next((each.name for each in fitting if not each.codes), "")]
    return [next((each.name for each in fitting if code in each.codes), "") for code in codes]


def compare(
    number: int,
    make: Callable[[Dice], dict[str, Any]],
    judge: Callable[[Mapping[str, Any]], Judgement],
    ask: Callable[[Peer, Mapping[str, Any]], str],
    resource_of: Callable[[dict[str, Any]], Object],
    classes: tuple[Class, ...],
) -> Counter[Any]:
    """Judges so many objects; gives how often each class was the reason, and how often all three agreed."""
    dice, counts = Dice(20251201), Counter[Any]()
    for _round in range(number):
        what = make(dice)
        judgement, said = judge(what), {peer.name: ask(peer, what) for peer in PEERS}
        ready = judgement.verdict == READY
        good = [status in GOOD for status in said.values()]
        assert any(good) or not ready, f"both call it unready: {shown(what, judgement, said)}"
        counts["ready" if ready else "not ready", "all agree" if set(good) == {ready} else "not all"] += 1
        for peer, is_good in zip(PEERS, good):
            if is_good == ready:
                continue
            names = reasons(peer, resource_of(what), judgement, classes)
            assert all(names), f"no class for what differs from {peer.name}: {names}, {shown(what, judgement, said)}"
            counts.update((name, ready) for name in names)
    return counts


def check_counts(counts: Counter[Any], classes: tuple[Class, ...]) -> None:
    """No class is there in vain, and the objects are interesting enough."""
    assert {name for name, ready in counts if isinstance(ready, bool)} == {each.name for each in classes}
    assert counts["ready", "all agree"] > NUMBER / 5
    assert counts["not ready", "all agree"] > NUMBER / 20


def test_sources() -> None:
    """rules.rst, "Repository sources"."""

    def resource(source: dict[str, Any]) -> Object:
        """The GitRepository, with what UCS says of it beside."""
        return {**source["gitRepository"], "repoStatus": source.get("repoStatus")}

    counts = compare(NUMBER, a_source, judged_source, lambda peer, what: peer.source(what["gitRepository"]), resource, SOURCE_CLASSES)
    check_counts(counts, SOURCE_CLASSES)


def test_pods() -> None:
    """rules.rst, "GitOps pods"."""
    counts = compare(
        NUMBER, a_pod, judged_pod, lambda peer, what: peer.pod(what["cluster"], NOW), lambda what: what["cluster"], POD_CLASSES
    )
    check_counts(counts, POD_CLASSES)

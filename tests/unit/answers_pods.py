# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small builders for the pods that the GitOps endpoint answers, and for judging them as one sample or a series of samples.

Every builder gives something that is ready; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.pods import judge

from unit.answers import CLUSTER, GONE, NOW, ago, given, same_however_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement, Subject


def container(
    name: Any = "manager", ready: Any = True, restarts: Any = 0, state: Any = None, last: Any = None, age: float = 3600, **more: Any
) -> dict[str, Any]:
    """A container's status, running and ready for an hour."""
    running = {"running": {"startedAt": ago(age)}}
    fields = {"name": name, "ready": ready, "restartCount": restarts, "state": running if state is None else state, "image": "repo/flux:v1"}
    return given(**fields, lastState={} if last is None else last, **more)


def waiting(reason: Any, restarts: Any = 0, message: Any = GONE, **more: Any) -> dict[str, Any]:
    """A container that waits."""
    return container(ready=False, restarts=restarts, state={"waiting": given(reason=reason, message=message)}, **more)


def ended(code: Any = 1, restarts: Any = 0, reason: str = "Error", since: Any = None, **more: Any) -> dict[str, Any]:
    """A container that has ended; `since` in seconds before NOW."""
    end = given(exitCode=code, reason=reason, finishedAt=GONE if since is None else ago(since))
    return container(ready=False, restarts=restarts, state={"terminated": end}, **more)


def run(seconds: float, code: int = 1) -> dict[str, Any]:
    """A lastState: a run that ended so many seconds before NOW."""
    return {"terminated": {"exitCode": code, "reason": "Error", "finishedAt": ago(seconds)}}


def pod(
    app: Any = "source-controller",
    hash_: str = "97bdcd8cf",
    index: str = "0",
    containers: Any = None,
    phase: Any = "Running",
    age: float = 3600,
    start: Any = None,
    deleting: Any = GONE,
    owner: tuple[str, str] | None = None,
    policy: Any = "Always",
    conditions: Any = GONE,
    uid: Any = None,
    spec: Mapping[str, Any] | None = None,
    **status: Any,
) -> dict[str, Any]:
    """A pod of a controller, ready for an hour."""
    name = f"{app}-{hash_}-{index}"
    kind, owner_name = owner or ("ReplicaSet", f"{app}-{hash_}")
    metadata = given(
        name=name,
        generateName=f"{app}-{hash_}-",
        namespace="flux-system",
        uid=uid or f"uid-{name}",
        creationTimestamp=ago(age),
        deletionTimestamp=deleting,
        labels=given(**{"app": app, "pod-template-hash": hash_ or GONE}),
        ownerReferences=[{"apiVersion": "apps/v1", "kind": kind, "name": owner_name, "uid": "o", "controller": True}],
    )
    listed = [container(age=age)] if containers is None else containers
    fields = given(phase=phase, startTime=ago(age) if start is None else start, containerStatuses=listed, conditions=conditions)
    restart = {"restartPolicy": policy, "terminationGracePeriodSeconds": 10}
    return {"metadata": metadata, "spec": {**restart, **(spec or {})}, "status": {**fields, **status}}


def job(name: str = "install", index: str = "x1", phase: Any = "Succeeded", app: Any = GONE, **fields: Any) -> dict[str, Any]:
    """A Job's pod, done for an hour."""
    listed = [ended(0, reason="Completed")] if phase == "Succeeded" else [ended()] if phase == "Failed" else [container()]
    kept = {"containers": listed, "owner": ("Job", name), "policy": "Never", **fields}
    made = pod(name, hash_="", index=index, phase=phase, **kept)
    made["metadata"].update(name=f"{name}-{index}", uid=fields.get("uid") or f"uid-{name}-{index}", labels=given(app=app))
    return made


def condition(status: Any, since: Any = GONE, kind: str = "Ready", **more: Any) -> list[dict[str, Any]]:
    """The conditions of a pod, one of them; `since` in seconds before NOW."""
    turned = ago(since) if isinstance(since, (int, float)) else since
    return [given(type=kind, status=status, lastTransitionTime=turned, **more)]


KUSTOMIZE = pod("kustomize-controller")


def answer(*pods: Any, cluster: str = CLUSTER, metadata: Any = None) -> dict[str, Any]:
    """The fields of an entry: the pods of one cluster."""
    return {"cluster_id": cluster, "metadata": {} if metadata is None else metadata, "pods": list(pods)}


def refused(status: int = 404, code: str = "UCS.00000013", retryable: bool = False) -> ApiError:
    """A failed request."""
    return ApiError("refused", status=status, code=code, service="ucs", path="/v1/x", retryable=retryable)


def reading(*answers: Any, at: float = 0) -> Reading:
    """A reading so many seconds after NOW: an entry for each answer, an error for each ApiError (of CLUSTER)."""
    moment = NOW + timedelta(seconds=at)
    entries = tuple(Entry(fields.get("cluster_id", CLUSTER), moment, fields) for fields in answers if not isinstance(fields, ApiError))
    errors = tuple(ReadError(CLUSTER, moment, error) for error in answers if isinstance(error, ApiError))
    return Reading("ucs_gitops", {}, entries, errors)


def judge_series(samples: Iterable[tuple[float, Any]], **options: Any) -> list[Judgement]:
    """Samples over time, (seconds after NOW, answer), each judged with the history of those before it."""
    history, judgements = History(), []
    for seconds, fields in samples:
        taken, kept = reading(fields, at=seconds), copy.deepcopy((fields, history))
        judgements.append(same_however_read(judge, taken, options, history))
        assert (fields, history) == kept or isinstance(fields, ApiError), "a judge changes nothing"
        history = judgements[-1].history
    return judgements


def judged(*answers: Any, **options: Any) -> Judgement:
    """One sample, judged."""
    return same_however_read(judge, reading(*answers), options, History())


def marks(judgement: Judgement) -> list[str]:
    """Code and mark of every finding, sorted; each must be one that the catalogue knows."""
    for each in judgement.findings:
        assert str(each.mark) in CATALOGUE[each.code].marks, f"{each.code} {each.mark}"
        assert each.message
        assert not each.message.endswith((" .", ".."))
        assert each.target
        assert each.remediation
    return sorted(f"{each.code} {each.mark}" for each in judgement.findings)


def finding(judgement: Judgement, code: str) -> Finding:
    """The first finding with a code."""
    matching = [each for each in judgement.findings if each.code == code]
    assert matching, f"no {code} in {marks(judgement)}"
    return matching[0]


def subject(judgement: Judgement, name: str | None = "source-controller") -> Subject:
    """The subject of a name; None for the notice."""
    return next(each for each in judgement.subjects if each.name == name)


@dataclass(frozen=True)
class Row:
    """One row of a table: an answer (or samples of it, with their seconds) with options, and what it has to be judged as.

    `expected`: code and mark of every finding of the last sample, and no other.
    """

    id: str
    answer: Any
    verdict: str
    expected: tuple[str, ...] = ()
    options: Mapping[str, Any] = field(default_factory=dict)

    def check(self, **options: Any) -> None:
        """Judges the samples one after the other and asserts what the last one is."""
        samples = self.answer if isinstance(self.answer, list) else [(0, self.answer)]
        judgement = judge_series(samples, **{**options, **self.options})[-1]
        seen = [(each.code, str(each.mark), each.message) for each in judgement.findings]
        assert (judgement.verdict, marks(judgement)) == (self.verdict, sorted(self.expected)), seen


def row(id_: str, fields: Any, verdict: str, *expected: str, **options: Any) -> Row:
    """A row of a table."""
    return Row(id_, fields, verdict, expected, options)

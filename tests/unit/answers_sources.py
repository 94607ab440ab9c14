# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Repository sources as UCS answers them, as plain dicts, and judging them as one sample or a series of samples.

Every builder gives something that is ready; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules import sources as rules

from unit.answers import CLUSTER, GONE, NOW, SHA, ago, given, same_however_read

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement


URL = "https://github.com/stefanprodan/podinfo"


def condition(
    kind: str, status: Any = "True", reason: Any = "Succeeded", message: Any = "", since: Any = 3600, og: Any = 1
) -> dict[str, Any]:
    """A condition of a source; `since` in seconds before NOW, or as text."""
    at = since if isinstance(since, str) or since is GONE else ago(since)
    return given(type=kind, status=status, reason=reason, message=message, lastTransitionTime=at, observedGeneration=og)


def ready(status: Any = "True", since: Any = 3600, **fields: Any) -> dict[str, Any]:
    """The condition Ready."""
    return condition("Ready", status, since=since, **fields)


READY = ready(message="stored artifact for revision")
IN_STORAGE = condition("ArtifactInStorage")


def failing(message: str, reason: str = "GitOperationFailed", kind: str = "FetchFailed", since: Any = 5, og: Any = 1) -> list[Any]:
    """The conditions of a source that cannot be fetched, as Flux states them."""
    return [
        condition("Ready", "False", reason, message, since=since, og=og),
        condition(kind, "True", reason, message, since=since, og=og),
    ]


def source(
    *conditions: Any,
    name: Any = "podinfo",
    namespace: Any = "default",
    generation: Any = 1,
    og: Any = 1,
    revision: Any = f"main@sha1:{SHA}",
    artifact: Any = None,
    repo_status: Any = GONE,
    repo_type: Any = "GitRepository",
    deleting: Any = GONE,
    annotations: Any = GONE,
    handled: Any = GONE,
    age: float = 86400,
    spec: Mapping[str, Any] | None = None,
    status: Any = None,
    cluster: Any = GONE,
) -> dict[str, Any]:
    """A repository source, ready for an hour when no conditions are given."""
    listed = list(conditions) or [READY, IN_STORAGE]
    if artifact is None:
        artifact = {"path": "x.tar.gz", "revision": revision, "lastUpdateTime": ago(3600), "digest": "sha256:00"} if revision else GONE
    full = {
        "url": URL,
        "ref": {"branch": "main"},
        "interval": "1m0s",
        "timeout": "1m0s",
        "secretRef": {"name": "credentials"},
    }
    repository = {
        "metadata": given(
            name=name,
            namespace=namespace,
            uid="u1",
            generation=generation,
            creationTimestamp=ago(age),
            deletionTimestamp=deleting,
            annotations=annotations,
        ),
        "spec": given(**{**full, **(spec or {})}),
        "status": given(observedGeneration=og, conditions=listed, artifact=artifact, lastHandledReconcileAt=handled)
        if status is None
        else status,
    }
    fields = given(name=name, namespace=namespace, repoType=repo_type, repoStatus=repo_status)
    return {**fields, "uid": "u1", "gitRepository": repository, "clusterInfo": given(clusterName=cluster), "secretInfo": {}}


def bare(og: Any = GONE, **fields: Any) -> dict[str, Any]:
    """A source whose status states no conditions and no artifact."""
    return source(status=given(observedGeneration=og), **fields)


def sources(*items: Any, total: Any = None, cluster: str = CLUSTER) -> dict[str, Any]:
    """What was read of one cluster."""
    return {"cluster_id": cluster, "total": len(items) if total is None else total, "repository_sources": list(items)}


def only(*conditions: Any, **fields: Any) -> dict[str, Any]:
    """What was read of one cluster with one source."""
    return sources(source(*conditions, **fields))


def refused(status: int | None, code: str = "", retryable: bool = False) -> ApiError:
    """A failed request."""
    return ApiError("refused", status, code, "r1", "ucs", "GET", "/v1/configsets/repos", retryable=retryable)


def judge(fields: Mapping[str, Any] | ApiError, now: datetime = NOW, earlier: History | None = None, **options: Any) -> Judgement:
    """One judgement of what was read of one cluster; what was read, the options and the history are the same afterwards."""
    earlier = earlier or History()
    before = copy.deepcopy((fields, options, earlier)) if not isinstance(fields, ApiError) else None
    if isinstance(fields, ApiError):
        reading = Reading("ucs_repository_source", options, errors=(ReadError(CLUSTER, now, fields),))
    else:
        reading = Reading("ucs_repository_source", options, (Entry(fields["cluster_id"], now, fields),))
    judgement = same_however_read(rules.judge, reading, options, earlier)
    assert before is None or before == (fields, options, earlier), "a judge changes nothing"
    for seen in judgement.findings:
        assert str(seen.mark) in CATALOGUE[seen.code].marks, seen
    return judgement


def judge_series(samples: Iterable[tuple[float, Any]], by: Callable[..., Judgement] = judge, **options: Any) -> list[Judgement]:
    """Samples over time, (seconds after NOW, what was read), each judged with the history of those before it.

    :param by: what judges one of them
    """
    judgements: list[Judgement] = []
    for seconds, fields in samples:
        earlier = judgements[-1].history if judgements else None
        judgements.append(by(fields, NOW + timedelta(seconds=seconds), earlier, **options))
    return judgements


def codes(judgement: Judgement) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(seen.code for seen in judgement.findings)


def finding(judgement: Judgement, code: str) -> Finding:
    """The first finding with a code."""
    seen = [candidate for candidate in judgement.findings if candidate.code == code]
    assert seen, f"no {code} in {codes(judgement)}"
    return seen[0]


@dataclass(frozen=True)
class Row:
    """What was read (or samples of it, with their seconds) with options, and what it has to be judged as.

    `says`: `CODE mark` of every finding of the last sample, with the marks of the rules (F T, F r, U, U T, P, W).
    """

    id: str
    read: Any
    verdict: str
    says: Sequence[str] = ()
    options: Mapping[str, Any] = field(default_factory=dict)
    by: ClassVar[Callable[..., Judgement]] = judge

    def last(self) -> Judgement:
        """Judges the samples one after the other."""
        samples = self.read if isinstance(self.read, list) else [(0, self.read)]
        return judge_series(samples, type(self).by, **self.options)[-1]

    def check(self) -> None:
        """Asserts what the last sample is judged as."""
        last = self.last()
        said = sorted(f"{seen.code} {seen.mark}" for seen in last.findings)
        assert (last.verdict, said) == (self.verdict, sorted(self.says)), [seen.message for seen in last.findings]
        assert all(seen.message and seen.remediation for seen in last.findings)

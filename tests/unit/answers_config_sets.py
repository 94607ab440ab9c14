# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config sets as UCS answers them, as plain dicts, and judging them as one sample or a series of samples.

Every builder gives something that is applied; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules import config_sets as rules

from unit import answers_sources
from unit.answers import CLUSTER, GONE, NOW, SHA, ago, given, same_however_read
from unit.answers_sources import condition

if TYPE_CHECKING:
    from collections.abc import Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement

REVISION = f"main@sha1:{SHA}"


def ready(status: Any = "True", reason: Any = "ReconciliationSucceeded", since: Any = 3600, og: Any = 3, **fields: Any) -> dict[str, Any]:
    """The condition Ready of a config set."""
    return condition("Ready", status, reason, since=since, og=og, **fields)


def progress(since: Any = 5, reason: str = "Progressing", status: str = "Unknown", og: Any = 3) -> list[dict[str, Any]]:
    """The conditions of a config set that is being applied, as kustomize-controller states them at every interval."""
    return [ready(status, reason, since, og), condition("Reconciling", "True", reason, since=since, og=og)]


def config_set(
    *conditions: Any,
    name: Any = "apps",
    namespace: Any = "default",
    source: Any = None,
    follows: Any = None,
    generation: Any = 3,
    og: Any = 3,
    attempted: Any = REVISION,
    applied: Any = GONE,
    deleting: Any = GONE,
    age: float = 86400,
    spec: Mapping[str, Any] | None = None,
    status: Any = GONE,
    repo_status: Any = GONE,
    kind: str = "kustomization",
    cluster: Any = GONE,
) -> dict[str, Any]:
    """A config set, applied for an hour when no conditions are given.

    :param source: the source beside it, as ``answers_sources.source`` makes it; by default one that is ready
    :param follows: its sourceRef; by default that source
    """
    beside = answers_sources.source() if source is None else source
    repository = beside if beside is GONE else beside["gitRepository"]
    ref = {"kind": "GitRepository", "name": "podinfo"} if follows is None else follows
    fields = {"path": "./", "interval": "5m0s", "timeout": "2m0s", "sourceRef": ref, "prune": True}
    applies = {
        "metadata": given(
            name=name, namespace=namespace, uid="k1", generation=generation, creationTimestamp=ago(age), deletionTimestamp=deleting
        ),
        "spec": given(**{**fields, **(spec or {})}),
        "status": given(
            observedGeneration=og, conditions=list(conditions) or [ready()], lastAttemptedRevision=attempted, lastAppliedRevision=applied
        ),
    }
    known = given(
        name=name,
        namespace=namespace,
        uid="c1",
        gitRepository=repository,
        configSetStatus=status,
        repoStatus=repo_status,
        configSetType=kind,
    )
    return {**known, kind: applies, "clusterInfo": given(clusterName=cluster), "secretInfo": {}}


def config_sets(*items: Any, total: Any = None, cluster: str = CLUSTER) -> dict[str, Any]:
    """What was read of one cluster."""
    return {"cluster_id": cluster, "total": len(items) if total is None else total, "config_sets": list(items)}


def only(*conditions: Any, **fields: Any) -> dict[str, Any]:
    """What was read of one cluster with one config set."""
    return config_sets(config_set(*conditions, **fields))


def fetched(revision: Any, **fields: Any) -> dict[str, Any]:
    """A source that has fetched a revision."""
    return answers_sources.source(revision=revision, **fields)


def judge(fields: Mapping[str, Any] | ApiError, now: datetime = NOW, earlier: History | None = None, **options: Any) -> Judgement:
    """One judgement of what was read of one cluster."""
    if isinstance(fields, ApiError):
        reading = Reading("ucs_config_set", options, errors=(ReadError(CLUSTER, now, fields),))
    else:
        reading = Reading("ucs_config_set", options, (Entry(fields["cluster_id"], now, fields),))
    judgement = same_however_read(rules.judge, reading, options, earlier or History())
    for seen in judgement.findings:
        assert str(seen.mark) in CATALOGUE[seen.code].marks, seen
    return judgement


class Row(answers_sources.Row):
    """A row of a table of config sets."""

    by = judge

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Config sets of a cluster: kustomizations that follow its sources, filled from a few words of a scenario as in templates.py.

Where a cluster's entry has no ``config_sets``, each of its sources has one of its own name, which applies what the source has fetched.
"""

from __future__ import annotations

import re
from datetime import datetime, timezone
from typing import Any

from .templates import Moment, merge, rfc3339, seconds
from .templates import hex_digest as _hex
from .templates import managed_fields as _managed_fields
from .templates import pick as _pick
from .templates import uid as _uid

_PROGRESS = "Reconciliation in progress"
_FAILED_HEALTH = "health check failed after 2m0s: timeout waiting for: [Deployment/shop/{name} status: 'InProgress']"
_NO_MANIFEST = "kustomization path not found: stat /tmp/kustomization/{path}: no such file or directory"
_APPLIED = "Applied revision: {attempted}"

# name: ([(type, status, reason, message)], configSetStatus, observedGeneration is current, young)
_CONFIG_SETS: dict[str, tuple[list[tuple[str, str, str, str]], str, bool, bool]] = {
    "applied": ([("Ready", "True", "ReconciliationSucceeded", _APPLIED)], "Health", True, False),
    "new": ([], "Unknown", False, True),
    "progressing": (
        [("Reconciling", "True", "Progressing", _PROGRESS), ("Ready", "Unknown", "Progressing", _PROGRESS)],
        "Progressing",
        True,
        True,
    ),
    "health_failed": ([("Ready", "False", "HealthCheckFailed", _FAILED_HEALTH)], "Failed", True, False),
    "build_failed": ([("Ready", "False", "BuildFailed", _NO_MANIFEST)], "Failed", True, False),
    "dependency": ([("Ready", "False", "DependencyNotReady", "dependency 'default/base' is not ready")], "Failed", True, False),
    "no_artifact": ([("Ready", "False", "ArtifactFailed", "Source is not ready, artifact not found")], "Failed", True, False),
    "stalled": (
        [
            ("Stalled", "True", "AccessDenied", "the service account may not"),
            ("Ready", "False", "AccessDenied", "the service account may not"),
        ],
        "Failed",
        True,
        False,
    ),
}
_CONFIG_SETS["suspended"] = _CONFIG_SETS["applied"]


def config_set(spec: dict[str, Any], moment: Moment, cluster: str, sources: Any) -> dict[str, Any]:
    """A ConfigSetResponse. Words: template, name, namespace, source and source_namespace (one of the cluster's sources), path, interval,
    timeout, generation, revision (applied last; that of the source), attempted (the same), last_applied (whether lastAppliedRevision is
    stated), status (configSetStatus; null leaves it out), reconciles ({every, for}: see ``periodic``), plus the common ones.

    Args:
        sources: the RepoResponse objects of the cluster.
    """
    conditions, status, observed, young = _pick(_CONFIG_SETS, spec, "config set")
    name, namespace = spec.get("name", "podinfo"), spec.get("namespace", "default")
    source_name, source_namespace = spec.get("source", name), spec.get("source_namespace", namespace)
    beside = _source(sources, source_name, source_namespace)
    fetched = (((beside.get("gitRepository") or {}).get("status") or {}).get("artifact") or {}).get("revision")
    applied = _revision(spec.get("revision", fetched), fetched)
    attempted = _revision(spec.get("attempted", fetched if spec.get("template") in ("health_failed", "progressing") else applied), fetched)
    generation = spec.get("generation", 1)
    created = moment.created(spec, young)
    changed = rfc3339(moment.changed(spec, created))
    words = {"{name}": name, "{path}": spec.get("path", "./"), "{attempted}": str(attempted)}
    state = {
        "observedGeneration": generation if observed else -1,
        "conditions": [
            {
                "type": kind,
                "status": value,
                "observedGeneration": generation,
                "lastTransitionTime": changed,
                "reason": reason,
                "message": text,
            }
            for kind, value, reason, text in ((kind, value, reason, _filled(text, words)) for kind, value, reason, text in conditions)
        ],
        **({"lastAttemptedRevision": attempted} if attempted and conditions else {}),
        **({"lastAppliedRevision": applied} if applied and spec.get("last_applied") else {}),
    }
    uid = _uid("config set", cluster, namespace, name)
    said = spec.get("status", status)
    built = {
        "uid": uid,
        "name": name,
        "namespace": namespace,
        "configSetType": "kustomization",
        "repoName": source_name,
        **{field: beside[field] for field in ("gitRepository", "repoStatus", "secretInfo") if field in beside},
        "kustomization": {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": uid,
                "resourceVersion": str(826499 + int(moment.origin)),
                "generation": generation,
                "creationTimestamp": rfc3339(created),
                "finalizers": ["finalizers.fluxcd.io"],
                "managedFields": _managed_fields("kustomize-controller", "kustomize.toolkit.fluxcd.io/v1beta2", created),
            },
            "spec": {
                "path": spec.get("path", "./"),
                "interval": spec.get("interval", "1m0s"),
                "timeout": spec.get("timeout", "1m0s"),
                "sourceRef": {"kind": "GitRepository", "name": source_name, **_namespaced(source_namespace, namespace)},
                "targetNamespace": namespace,
                "prune": True,
                **({"suspend": True} if spec.get("template") == "suspended" else {}),
            },
            "status": state if conditions else {"observedGeneration": -1},
        },
        **({"configSetStatus": said} if said else {}),
        "clusterInfo": beside.get("clusterInfo")
        or {"clusterID": cluster, "clusterName": spec.get("cluster_name", cluster), "clusterPath": "./"},
    }
    return {**built, "reconciles": dict(spec["reconciles"])} if spec.get("reconciles") else built


def default_config_sets(sources: Any) -> list[dict[str, Any]]:
    """The words of the config sets of a cluster that names none: one for each source, which applies it."""
    words = []
    for source in sources if isinstance(sources, list) else []:
        if isinstance(source, dict) and isinstance(source.get("gitRepository"), dict):
            fetched = ((source["gitRepository"].get("status") or {}).get("artifact") or {}).get("revision")
            words.append(
                {
                    "template": "applied" if fetched else "no_artifact",
                    "name": source.get("name"),
                    "namespace": source.get("namespace", "default"),
                }
            )
    return words


def periodic(item: Any, now: datetime) -> Any:
    """A config set at this moment: ``reconciles: {every: 1m, for: 5s}`` makes it say Ready=Unknown for 5 s of each minute, as
    kustomize-controller does at every interval; each one at a time of its own (by its uid), or at ``at`` seconds of each interval."""
    if not isinstance(item, dict) or "reconciles" not in item:
        return item
    rhythm = item["reconciles"]
    every, lasts = seconds(rhythm["every"]), seconds(rhythm["for"])
    begins = seconds(rhythm["at"]) if "at" in rhythm else int(_hex(item["uid"])[:6], 16) / 0xFFFFFF * every
    phase = (now.timestamp() - begins) % every
    running = phase < lasts
    since = datetime.fromtimestamp(now.timestamp() - (phase if running else phase - lasts), timezone.utc)
    state = item["kustomization"]["status"]
    told = {"observedGeneration": state["observedGeneration"], "lastTransitionTime": rfc3339(since)}
    if running:
        said = {**told, "reason": "Progressing", "message": _PROGRESS}
        conditions = [{"type": "Reconciling", "status": "True", **said}, {"type": "Ready", "status": "Unknown", **said}]
    else:
        conditions = [{**condition, **told} for condition in state["conditions"]]
    changed = merge(item, {"kustomization": {"status": {**state, "conditions": conditions}}})
    return {name: value for name, value in changed.items() if name != "reconciles"}


def _source(sources: Any, name: Any, namespace: Any) -> dict[str, Any]:
    """The source of this name; empty where there is none."""
    listed = [source for source in sources if isinstance(source, dict)] if isinstance(sources, list) else []
    return next((source for source in listed if (source.get("name"), source.get("namespace")) == (name, namespace)), {})


def _revision(given: Any, fetched: str | None) -> str | None:
    """A revision as it is, a bare hash with the pointer of what the source has fetched."""
    if given is None or not re.fullmatch(r"[0-9a-f]{40}", str(given)):
        return given
    return f"{(fetched or 'main@').rpartition('@')[0] or 'main'}@sha1:{given}"


def _namespaced(source_namespace: str, namespace: str) -> dict[str, str]:
    return {} if source_namespace == namespace else {"namespace": source_namespace}


def _filled(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


def statistics(cluster: str, sources: Any, config_sets: Any) -> dict[str, Any]:
    """A ClusterReconcileStatus: how many config sets of each status, and sources, a cluster has."""
    said = [str(item.get("configSetStatus")) for item in config_sets or [] if isinstance(item, dict)]
    counts = {f"{name.lower()}StatusNum": said.count(name) for name in ("Health", "Failed", "Unknown", "Progressing")}
    number = len(sources) if isinstance(sources, list) else 0
    return {"clusterID": cluster, "configSetTotalNum": len(said), **counts, "k8sResourceNum": 10 * len(said), "sourceRepoNum": number}


def total(statuses: list[dict[str, Any]]) -> dict[str, int]:
    """An OverviewReconcileStatus: the sums over all clusters."""
    names = ("configSetTotalNum", "healthStatusNum", "failedStatusNum", "unknownStatusNum", "progressingStatusNum")
    return {name: sum(status[name] for status in statuses) for name in names}

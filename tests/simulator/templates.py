# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documented shapes of pods, sources, repositories and authorizations, filled from a few words of a scenario.

A template's words are: ``age`` (since creation) and ``since`` (in the present state), durations such as ``10m`` or ``1h30m``; the
names below; ``set`` (merged over the result, to any depth), ``drop`` (dotted fields to leave out) and ``count`` (so many
copies, ``{n}`` in texts is the number). ``{verbatim: {...}}`` is taken as it stands, and ``documented`` is the documented object.
"""

from __future__ import annotations

import hashlib
import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import Any

DOCUMENTED = Path(__file__).parent / "documented"
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d)")
_UNITS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400}
CONTROLLERS = ("source-controller", "kustomize-controller", "helm-controller", "notification-controller")


@cache
def documented(name: str) -> bytes:
    """The documented example ``name``, byte for byte."""
    return (DOCUMENTED / f"{name}.json").read_bytes()


def seconds(duration: str | float) -> float:
    """``1h30m`` in seconds; a number is one already.

    Raises:
        ValueError: not a duration.
    """
    if isinstance(duration, (int, float)):
        return float(duration)
    parts = _DURATION.findall(duration)
    if "".join(number + unit for number, unit in parts) != duration or not parts:
        raise ValueError(f"not a duration: {duration!r}")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


@dataclass(frozen=True)
class Moment:
    """When something in a scenario counts from: ``loaded`` plus ``origin`` seconds (the ``from`` of its timeline entry)."""

    loaded: datetime
    origin: float = 0.0

    def ago(self, duration: str | float) -> datetime:
        """So long before this moment."""
        return self.loaded + timedelta(seconds=self.origin - seconds(duration))

    def created(self, spec: dict[str, Any], young: bool) -> datetime:
        """When the object was made; counted from the loading whatever happened to it since."""
        young = young or self.origin > 0
        return self.loaded - timedelta(seconds=seconds(spec.get("age", "30s" if young else "1d")))

    def changed(self, spec: dict[str, Any], created: datetime) -> datetime:
        """When the object got into its present state, never before it was made."""
        default = "0s" if self.origin else "1h"
        return max(created, self.ago(spec.get("since", default)))


def rfc3339(moment: datetime) -> str:
    """UTC, whole seconds, as Kubernetes writes it."""
    return f"{moment:%Y-%m-%dT%H:%M:%SZ}"


def merge(base: Any, over: Any) -> Any:
    """``over`` laid over ``base``: dicts to any depth, everything else replaced."""
    if not (isinstance(base, dict) and isinstance(over, dict)):
        return over
    return {**base, **{key: merge(base[key], value) if key in base else value for key, value in over.items()}}


def uid(*parts: str) -> str:
    """A UUID that is always the same for the same parts."""
    return str(uuid.uuid5(uuid.NAMESPACE_URL, "/".join(parts)))


def hex_digest(text: str, algorithm: str = "md5") -> str:
    """The hexadecimal digest of a text."""
    return hashlib.new(algorithm, text.encode()).hexdigest()


def pick(states: dict[str, Any], spec: dict[str, Any], kind: str) -> Any:
    """The state that a spec's ``template`` names, by default the first."""
    name = spec.get("template", next(iter(states)))
    try:
        return states[name]
    except KeyError:
        raise ValueError(f"unknown {kind} template {name!r}; there are: {', '.join(states)}") from None


# --- pods

_POD_LISTS = {
    "healthy": [{"template": "ready", "app": app} for app in CONTROLLERS],
    "starting": [{"template": "creating", "app": app} for app in CONTROLLERS],
    "crashing": [{"template": "crash", "app": CONTROLLERS[0]}, *({"template": "ready", "app": app} for app in CONTROLLERS[1:])],
    "none": [],
}


def _waiting(reason: str, message: str | None = None) -> dict[str, Any]:
    return {"waiting": {"reason": reason, **({"message": message} if message else {})}}


# name: (phase, ready, state of the container; None is running, young)
_PODS: dict[str, tuple[str, bool, dict[str, Any] | None, bool]] = {
    "ready": ("Running", True, None, False),
    "not_ready": ("Running", False, None, False),
    "creating": ("Pending", False, _waiting("ContainerCreating"), True),
    "crash": ("Running", False, _waiting("CrashLoopBackOff", "back-off 5m0s restarting failed container=manager"), False),
    "image_pull": ("Pending", False, _waiting("ImagePullBackOff", 'Back-off pulling image "swr.example.com/flux/controller:v1"'), False),
    "image_invalid": ("Pending", False, _waiting("InvalidImageName", "Failed to apply default image tag"), False),
    "config_error": ("Pending", False, _waiting("CreateContainerConfigError", 'secret "flux" not found'), False),
    "pending": ("Pending", False, {}, True),
    "evicted": ("Failed", False, {}, False),
    "completed": ("Succeeded", False, {"terminated": {"exitCode": 0, "reason": "Completed"}}, False),
    "unknown": ("Unknown", False, None, False),
}


def pod(spec: dict[str, Any], moment: Moment, cluster: str) -> dict[str, Any]:
    """A pod as in the documented example. Words: template, app, hash, restarts, terminating, plus the common ones."""
    phase, ready, state, young = pick(_PODS, spec, "pod")
    app = spec.get("app", CONTROLLERS[0])
    template_hash = spec.get("hash", hex_digest(app)[:9])
    identity = (cluster, app, template_hash, str(spec.get("n", "")))
    created = moment.created(spec, young)
    changed = rfc3339(moment.changed(spec, created))
    replica_set = f"{app}-{template_hash}"
    restarts = spec.get("restarts", 5 if spec.get("template") == "crash" else 0)
    last_state: dict[str, Any] = {}
    if restarts:
        last_state = {"terminated": {"exitCode": 1, "reason": "Error", "startedAt": rfc3339(created), "finishedAt": changed}}
    container = {
        "name": "manager",
        "state": {"running": {"startedAt": changed}} if state is None else state,
        "lastState": last_state,
        "ready": ready,
        "restartCount": restarts,
        "image": f"swr.example.com/flux/{app}:v1",
        "imageID": "",
        "started": ready,
    }
    metadata = {
        "name": f"{replica_set}-{hex_digest('/'.join(identity))[:5]}",
        "generateName": f"{replica_set}-",
        "namespace": "flux-system",
        "uid": uid("pod", *identity),
        "resourceVersion": str(5273585 + int(moment.origin)),
        "creationTimestamp": rfc3339(created),
        "labels": {"app": app, "pod-template-hash": template_hash, "release": "cceaddon-flux"},
        "ownerReferences": [
            {
                "apiVersion": "apps/v1",
                "kind": "ReplicaSet",
                "name": replica_set,
                "uid": uid("rs", cluster, replica_set),
                "controller": True,
                "blockOwnerDeletion": True,
            }
        ],
        "managedFields": managed_fields("kubelet", "v1", created),
    }
    if spec.get("terminating"):
        metadata["deletionTimestamp"] = rfc3339(moment.ago(spec["terminating"]))
    return {
        "metadata": metadata,
        "spec": {
            "volumes": [],
            "containers": [],
            "restartPolicy": "Always",
            "terminationGracePeriodSeconds": 10,
            "dnsPolicy": "ClusterFirst",
            "serviceAccountName": app,
            "serviceAccount": app,
            "automountServiceAccountToken": True,
            "nodeName": "192.168.0.138",
            "schedulerName": "default-scheduler",
            "priority": 0,
            "enableServiceLinks": True,
            "preemptionPolicy": "PreemptLowerPriority",
        },
        "status": {
            "phase": phase,
            "hostIP": "192.168.0.138",
            "startTime": rfc3339(created),
            **({"containerStatuses": [container]} if state != {} else {}),
        },
    }


def managed_fields(manager: str, version: str, time: datetime) -> list[dict[str, Any]]:
    """An object's ``managedFields``."""
    return [
        {
            "manager": manager,
            "operation": "Update",
            "apiVersion": version,
            "time": rfc3339(time),
            "fieldsType": "FieldsV1",
            "fieldsV1": {"f:status": {}},
        }
    ]


# --- repository sources

_GIT_ERROR = "failed to checkout and determine revision: unable to clone '{url}': "
_TIMEOUT = "dial tcp: lookup {host} on 10.247.3.10:53: read udp 172.17.0.16:60193->10.247.3.10:53: i/o timeout"
_STORED = "stored artifact for revision '{revision}'"

# name: ([(type, status, reason, message)], repoStatus, has an artifact, observedGeneration is current, young)
_SOURCES: dict[str, tuple[list[tuple[str, str, str, str]], str, bool, bool, bool]] = {
    "ready": ([("Ready", "True", "Succeeded", _STORED), ("ArtifactInStorage", "True", "Succeeded", _STORED)], "Health", True, True, False),
    "new": ([], "Unknown", False, False, True),
    "progressing": (
        [
            ("Reconciling", "True", "NoArtifact", "no artifact for resource in storage"),
            ("Ready", "False", "NoArtifact", "no artifact for resource in storage"),
        ],
        "Progressing",
        False,
        False,
        True,
    ),
    "fetch_failed": (
        [
            ("Reconciling", "True", "NoArtifact", "no artifact for resource in storage"),
            ("Ready", "False", "GitOperationFailed", _GIT_ERROR + _TIMEOUT),
            ("FetchFailed", "True", "GitOperationFailed", _GIT_ERROR + _TIMEOUT),
        ],
        "Failed",
        False,
        False,
        False,
    ),
    "auth_failed": (
        [
            ("Ready", "False", "AuthenticationFailed", _GIT_ERROR + "authentication required"),
            ("FetchFailed", "True", "AuthenticationFailed", _GIT_ERROR + "authentication required"),
        ],
        "Failed",
        False,
        False,
        False,
    ),
    "branch_missing": (
        [
            ("Ready", "False", "GitOperationFailed", _GIT_ERROR + 'couldn\'t find remote ref "refs/heads/{branch}"'),
            ("FetchFailed", "True", "GitOperationFailed", _GIT_ERROR + 'couldn\'t find remote ref "refs/heads/{branch}"'),
        ],
        "Failed",
        False,
        False,
        False,
    ),
    "stalled": (
        [("Stalled", "True", "URLInvalid", "URL '{url}' is invalid"), ("Ready", "False", "URLInvalid", "URL '{url}' is invalid")],
        "Failed",
        False,
        True,
        False,
    ),
    "unverified": (
        [
            ("SourceVerified", "False", "InvalidCommitSignature", "signature verification of commit failed"),
            ("Ready", "False", "InvalidCommitSignature", "signature verification of commit failed"),
        ],
        "Failed",
        False,
        False,
        False,
    ),
}
_SOURCES["suspended"] = _SOURCES["ready"]


def source(spec: dict[str, Any], moment: Moment, cluster: str) -> dict[str, Any]:
    """A RepoResponse. Words: template, name, namespace, url, branch, revision (or a bare hash), interval, timeout, secret, generation,
    repo_status (null leaves it out), cluster_name, plus the common ones."""
    conditions, repo_status, stored, observed, young = pick(_SOURCES, spec, "source")
    name, namespace, branch = spec.get("name", "podinfo"), spec.get("namespace", "default"), spec.get("branch", "main")
    url, generation = spec.get("url", f"https://github.com/example/{name}"), spec.get("generation", 1)
    revision = str(spec.get("revision", hex_digest(name, "sha1")))
    if re.fullmatch(r"[0-9a-f]{40}", revision):
        revision = f"{branch}@sha1:{revision}"
    own_uid = uid("source", cluster, namespace, name)
    created = moment.created(spec, young)
    changed = rfc3339(moment.changed(spec, created))
    words = {"{url}": url, "{branch}": branch, "{revision}": revision, "{host}": ([*url.split("/"), "", "", ""])[2]}
    artifact = {
        "path": f"gitrepository/{namespace}/{name}/{revision.rpartition(':')[2]}.tar.gz",
        "url": f"http://source-controller.flux-system.svc.cluster.local./gitrepository/{namespace}/{name}/latest.tar.gz",
        "revision": revision,
        "digest": f"sha256:{hex_digest(revision, 'sha256')}",
        "lastUpdateTime": changed,
        "size": 20480,
    }
    status = {
        "observedGeneration": generation if observed else -1,
        "conditions": [
            {
                "type": kind,
                "status": state,
                "observedGeneration": generation,
                "lastTransitionTime": changed,
                "reason": reason,
                "message": _fill(message, words),
            }
            for kind, state, reason, message in conditions
        ],
        **({"artifact": artifact} if stored else {}),
    }
    secret_name = spec.get("secret")
    repo_status = spec.get("repo_status", repo_status)
    return {
        "uid": own_uid,
        "name": name,
        "repoType": "GitRepository",
        "namespace": namespace,
        "gitRepository": {
            "metadata": {
                "name": name,
                "namespace": namespace,
                "uid": own_uid,
                "resourceVersion": str(726499 + int(moment.origin)),
                "generation": generation,
                "creationTimestamp": rfc3339(created),
                "finalizers": ["finalizers.fluxcd.io"],
                "managedFields": managed_fields("source-controller", "source.toolkit.fluxcd.io/v1beta2", created),
            },
            "spec": {
                "url": url,
                "interval": spec.get("interval", "1m0s"),
                "timeout": spec.get("timeout", "1m0s"),
                "ref": {"branch": branch},
                **({"secretRef": {"name": secret_name}} if secret_name else {}),
                **({"suspend": True} if spec.get("template") == "suspended" else {}),
            },
            "status": status if conditions else {"observedGeneration": -1},
        },
        **({"repoStatus": repo_status} if repo_status else {}),
        "clusterInfo": {"clusterID": cluster, "clusterName": spec.get("cluster_name", cluster), "clusterPath": "./"},
        # A secret that tests can look for: it must never come out of the collection (services.rst, "Surprises").
        "secretInfo": {"authMode": "HTTPS", "secret": {"name": secret_name, "username": "bot", "password": "SimulatorSecretMustNotLeak"}}
        if secret_name
        else {},
    }


def _fill(text: str, words: dict[str, str]) -> str:
    for word, value in words.items():
        text = text.replace(word, value)
    return text


# --- CodeArts repositories

_REPOSITORIES = {"created": 0, "creating": 1, "create_failed": 2, "frozen": 3, "closed": 4, "clearing": 5, "deleting": 7}


def repository(spec: dict[str, Any], moment: Moment, project: str) -> dict[str, Any]:
    """A RepoInfoV2. Words: template, name, uuid, id, group, role, visibility, size, creator, utc_offset (hours), plus the common ones."""
    status = pick(_REPOSITORIES, spec, "repository")
    name, group = spec.get("name", "podinfo"), spec.get("group", "demo")
    number = spec.get("id", int(hex_digest(f"{project}/{name}")[:6], 16) + 1)
    zone = timedelta(hours=spec.get("utc_offset", 0))
    created = moment.created(spec, spec.get("template") == "creating")
    changed = moment.changed(spec, created)
    return {
        "repository_uuid": spec.get("uuid", hex_digest(f"{project}/{name}")),
        "repository_id": number,
        "repository_name": name,
        "ssh_url": f"git@repo.example.com:{group}/{name}.git",
        "https_url": f"https://repo.example.com/{group}/{name}.git",
        "group_name": group,
        "web_url": f"https://repo.example.com/repo/{number}/home",
        "visibility_level": spec.get("visibility", 0),
        "created_at": f"{created + zone:%Y-%m-%d %H:%M:%S}",
        "updated_at": f"{changed + zone:%Y-%m-%d %H:%M:%S}",
        "repository_size": spec.get("size", "0.06M"),
        "lfs_size": "0.00M",
        "creator_name": spec.get("creator", "deployer"),
        "domain_name": "demo",
        "star": False,
        "status": status,
        "is_owner": 1,
        "iam_user_uuid": hex_digest("deployer"),
        "project_uuid": project,
        "project_is_deleted": "false",
        "userRole": spec.get("role", 40),
    }


# --- ServiceStage authorizations

_AUTHORIZATIONS = {"normal": 0, "expired": 1, "unauthenticated": 2}


def authorization(spec: dict[str, Any], moment: Moment, _owner: str) -> dict[str, Any]:
    """An AuthorizationVO. Words: template, name, repo_type, host, user, token_type, plus the common ones."""
    status = pick(_AUTHORIZATIONS, spec, "authorization")
    name, kind, user = spec.get("name", "github-demo"), spec.get("repo_type", "github"), spec.get("user", "demo")
    host = spec.get("host", f"api.{kind}.com")
    created = moment.created(spec, False)
    return {
        "name": name,
        "repo_type": kind,
        "repo_host": f"https://{host}",
        "repo_home": f"https://{host.removeprefix('api.')}/{user}",
        "repo_user": user,
        "avartar": f"https://avatars.example.com/{user}",
        "token_type": spec.get("token_type", "oauth"),
        "create_time": _ms(created),
        "update_time": _ms(moment.changed(spec, created)),
        "tag": None,
        "status": status,
    }


def _ms(moment: datetime) -> int:
    return int(moment.replace(tzinfo=timezone.utc).timestamp() * 1000)


# --- lists

Builder = Callable[[dict[str, Any], Moment, str], dict[str, Any]]
# The documented object of each kind: the file, and the way to it.
_EXAMPLES: dict[Builder, tuple[str, list[Any]]] = {
    pod: ("ucs_gitops", ["items", 0]),
    source: ("ucs_repository_sources", ["items", 0]),
    repository: ("codearts_project_repositories", ["result", "repositories"]),
    authorization: ("servicestage_git_authorizations", ["authorizations", 0]),
}


def build_list(builder: Builder, value: Any, moment_of: Callable[[Any], Moment], owner: str) -> Any:
    """Turn a scenario's list (or the name of one) into API objects; what is no list (null, an object) stays as it is.

    Args:
        builder: pod, source, repository or authorization.
        value: the scenario's value; its entries are template names, templates or ``{verbatim: ...}``.
        moment_of: from when an entry counts.
        owner: the id of the cluster or project the objects belong to.

    Raises:
        ValueError: an unknown template.
    """
    if isinstance(value, str):
        if value == "documented":
            value = [value]
        elif builder is pod and value in _POD_LISTS:
            moment = moment_of(value)
            return [builder(entry, moment, owner) for entry in _POD_LISTS[value]]
        else:
            raise ValueError(f"unknown list {value!r} of {owner}")
    if not isinstance(value, list):
        return value
    return [built for entry in value for built in _build(builder, entry, moment_of(entry), owner)]


def _build(builder: Builder, entry: Any, moment: Moment, owner: str) -> list[Any]:
    if entry == "documented":
        file, way = _EXAMPLES[builder]
        found = json.loads(documented(file))
        for step in way:
            found = found[step]
        return [found]
    if isinstance(entry, str):
        entry = {"template": entry}
    if "verbatim" in entry:
        return [entry["verbatim"]]
    if "count" in entry:
        entry = {"name": "item-{n}", **entry}
        copies = [
            {**{key: value.replace("{n}", str(n)) if isinstance(value, str) else value for key, value in entry.items()}, "n": n}
            for n in range(1, entry["count"] + 1)
        ]
    else:
        copies = [entry]
    return [_adjust(builder(copy, moment, owner), copy) for copy in copies]


def _adjust(built: dict[str, Any], spec: dict[str, Any]) -> dict[str, Any]:
    built = merge(built, spec.get("set", {}))
    for dotted in spec.get("drop", []):
        parent: Any = built
        *way, last = dotted.split(".")
        for step in way:
            parent = parent[int(step)] if isinstance(parent, list) else parent[step]
        parent.pop(last, None)
    return built

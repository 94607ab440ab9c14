# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Kubernetes API of each cluster, as far as Flux needs it: discovery, lists in pages, single objects, RBAC.

The clusters share one port; a cluster's API is at ``/clusters/<its id>`` of it. It holds what UCS tells of the same cluster, and what is
under ``kubernetes`` of its entry in the scenario.
"""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from .errors import Answer, json_answer

if TYPE_CHECKING:
    from .services import Call

CERTIFICATE = ":client-certificate"  # in place of a header: the common name of the client's certificate, as TLS has verified it
SOURCE, KUSTOMIZE, HELM = (f"{name}.toolkit.fluxcd.io" for name in ("source", "kustomize", "helm"))
# By kind: its group, its plural, and the versions that serve it, the preferred one first.
KINDS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "Pod": ("", "pods", ("v1",)),
    "Secret": ("", "secrets", ("v1",)),
    "GitRepository": (SOURCE, "gitrepositories", ("v1", "v1beta2")),
    "OCIRepository": (SOURCE, "ocirepositories", ("v1beta2",)),
    "Bucket": (SOURCE, "buckets", ("v1", "v1beta2")),
    "HelmRepository": (SOURCE, "helmrepositories", ("v1", "v1beta2")),
    "Kustomization": (KUSTOMIZE, "kustomizations", ("v1", "v1beta2")),
    "HelmRelease": (HELM, "helmreleases", ("v2", "v2beta2")),
}
DEFAULTS: dict[str, Any] = {
    # Who a bearer token is, what of the API they may use (rules of a ClusterRole), and how many objects a page holds at most, where
    # somebody asks for pages.
    "tokens": {"demo-kubernetes-token": "reader"},
    "rules": {"reader": [{"apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list"]}]},
    "page": 500,
}
_LIST = re.compile(
    r"/(?:api/v1|apis/(?P<group>[^/]+)/(?P<version>[^/]+))(?:/namespaces/(?P<namespace>[^/]+))?/(?P<plural>[^/]+)(?:/(?P<name>[^/]+))?"
)


class Failed(Exception):
    """A ``Status`` of the kind that says what went wrong."""

    def __init__(self, code: int, reason: str, message: str) -> None:
        super().__init__(message)
        self.code, self.reason, self.message = code, reason, message

    @property
    def answer(self) -> Answer:
        """As Kubernetes answers."""
        status = {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure"}
        return json_answer({**status, "message": self.message, "reason": self.reason, "code": self.code}, self.code)


@dataclass(frozen=True)
class Cluster:
    """One cluster's API, at one moment.

    :ivar own: what stands under ``kubernetes`` of its entry: ``objects`` and ``versions`` (by kind; an empty list: it is not installed)
    """

    call: Call
    cluster: str
    own: Mapping[str, Any]

    def versions(self, kind: str) -> Sequence[str]:
        """The versions that serve a kind."""
        found: Sequence[str] = self.own.get("versions", {}).get(kind, KINDS[kind][2])
        return found

    def groups(self) -> dict[str, list[str]]:
        """The versions of each API group but the core."""
        groups: dict[str, list[str]] = {}
        for kind, (group, _plural, _versions) in KINDS.items():
            for version in self.versions(kind) if group else ():
                if version not in groups.setdefault(group, []):
                    groups[group].append(version)
        return groups

    def objects(self, kind: str) -> list[dict[str, Any]]:
        """All objects of a kind."""
        estate = self.call.estate
        held = {
            "Pod": lambda: estate.pods(self.cluster),
            "GitRepository": lambda: [item.get("gitRepository") for item in estate.sources(self.cluster) or []],
            "Kustomization": lambda: [item.get("kustomization") for item in estate.config_sets(self.cluster) or []],
        }.get(kind, list)()
        return [item for item in [*(held or []), *self.own.get("objects", {}).get(kind, [])] if isinstance(item, dict)]


def answer(call: Call) -> Answer:
    """The answer to a request.

    :param call: its ids are the cluster's id and the path in the cluster's API
    """
    cluster_id, path = call.ids[0], "/" + call.ids[1]
    try:
        user = _authenticate(call)
        entry = call.estate.cluster(cluster_id)
        if entry is None:
            raise Failed(404, "NotFound", "the server could not find the requested resource")
        cluster = Cluster(call, cluster_id, entry.get("kubernetes") or {})
        found = _discovery(cluster, path)
        return json_answer(found) if found is not None else _resource(cluster, user, path)
    except Failed as failure:
        return failure.answer


def _authenticate(call: Call) -> str:
    """The name of the user."""
    if CERTIFICATE in call.wire.headers:
        return call.wire.headers[CERTIFICATE]
    scheme, _space, token = call.wire.headers.get("authorization", "").partition(" ")
    user = call.raw["kubernetes"]["tokens"].get(token) if scheme == "Bearer" else None
    if user is None:
        raise Failed(401, "Unauthorized", "Unauthorized")
    return str(user)


# --- Discovery


def _discovery(cluster: Cluster, path: str) -> Any:
    """The document at a path of the discovery; None for any other path."""
    groups = cluster.groups()
    if path in ("/version", "/version/"):
        parts = ("gitCommit", "gitTreeState", "buildDate", "goVersion", "compiler", "platform")
        return {"major": "1", "minor": "28", "gitVersion": "v1.28.3", **dict.fromkeys(parts, "simulated")}
    if path == "/api":
        return {"kind": "APIVersions", "versions": ["v1"], "serverAddressByClientCIDRs": []}
    if path == "/api/v1":
        return _resources(cluster, "", "v1")
    if path == "/apis":
        return {"kind": "APIGroupList", "apiVersion": "v1", "groups": [_group(name, versions) for name, versions in groups.items()]}
    group, _slash, version = path.removeprefix("/apis/").partition("/")
    if not path.startswith("/apis/") or "/" in version:
        return None
    if group not in groups or (version and version not in groups[group]):
        raise Failed(404, "NotFound", "the server could not find the requested resource")
    return _resources(cluster, group, version) if version else {"kind": "APIGroup", "apiVersion": "v1", **_group(group, groups[group])}


def _group(name: str, versions: Sequence[str]) -> dict[str, Any]:
    listed = [{"groupVersion": f"{name}/{version}", "version": version} for version in versions]
    return {"name": name, "versions": listed, "preferredVersion": listed[0]}


def _resources(cluster: Cluster, group: str, version: str) -> dict[str, Any]:
    resources = [
        {"name": plural, "singularName": kind.lower(), "namespaced": True, "kind": kind, "verbs": ["get", "list", "watch"]}
        for kind, (own, plural, _versions) in KINDS.items()
        if own == group and version in cluster.versions(kind)
    ]
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": f"{group}/{version}".lstrip("/"),
        "resources": resources,
    }


# --- Objects


def _resource(cluster: Cluster, user: str, path: str) -> Answer:
    match = _LIST.fullmatch(path)
    group, version, namespace, plural, name = (
        (match[part] or "" for part in ("group", "version", "namespace", "plural", "name")) if match else [""] * 5
    )
    version = version or "v1"
    kind = next((kind for kind, (own, known, _versions) in KINDS.items() if (own, known) == (group, plural)), None)
    if kind is None or version not in cluster.versions(kind):
        raise Failed(404, "NotFound", "the server could not find the requested resource")
    if cluster.call.wire.method != "GET":
        raise Failed(405, "MethodNotAllowed", "the server does not allow this method on the requested resource")
    _authorize(cluster, user, "get" if name else "list", group, plural, namespace)
    api_version = f"{group}/{version}".lstrip("/")
    found = [
        {"apiVersion": api_version, "kind": kind, **item}
        for item in cluster.objects(kind)
        if namespace in ("", (item.get("metadata") or {}).get("namespace"))
    ]
    if not name:
        return json_answer(_page(cluster, found, api_version, kind))
    one = next((item for item in found if item["metadata"]["name"] == name), None)
    if one is None:
        raise Failed(404, "NotFound", f'{plural}.{group} "{name}" not found')
    return json_answer(one)


def _page(cluster: Cluster, found: list[dict[str, Any]], api_version: str, kind: str) -> dict[str, Any]:
    query = cluster.call.query
    asked = int(query.get("limit") or 0)
    limit = min(asked, int(cluster.call.raw["kubernetes"]["page"])) if asked else len(found)
    start = 0
    if query.get("continue"):
        try:
            start = int(json.loads(base64.urlsafe_b64decode(query["continue"]))["start"])
        except (ValueError, KeyError, TypeError):
            raise Failed(400, "BadRequest", "continue key is not valid") from None
    metadata: dict[str, Any] = {"resourceVersion": "726499"}
    if start + limit < len(found):
        metadata["continue"] = base64.urlsafe_b64encode(json.dumps({"v": "meta.k8s.io/v1", "start": start + limit}).encode()).decode()
        metadata["remainingItemCount"] = len(found) - start - limit
    return {"apiVersion": api_version, "kind": f"{kind}List", "metadata": metadata, "items": found[start : start + limit]}


def _authorize(cluster: Cluster, user: str, verb: str, group: str, plural: str, namespace: str) -> None:
    rules = cluster.call.raw["kubernetes"]["rules"].get(user, [])
    asked = {"apiGroups": group, "resources": plural, "verbs": verb}
    if any(all("*" in rule.get(part, []) or value in rule.get(part, []) for part, value in asked.items()) for rule in rules):
        return
    full = f"{plural}.{group}" if group else plural
    where = f'in the namespace "{namespace}"' if namespace else "at the cluster scope"
    message = f'{full} is forbidden: User "{user}" cannot {verb} resource "{plural}" in API group "{group}" {where}'
    raise Failed(403, "Forbidden", message)


# --- A kubeconfig that leads here


def kubeconfig(url: str, contexts: Mapping[str, Mapping[str, Any]], ca_path: str | None = None) -> dict[str, Any]:
    """A kubeconfig.

    :param url: of the port
    :param contexts: by name: ``cluster`` (the id), ``user`` (as a kubeconfig has it; by default a token that may read everything)
    :param ca_path: the authority's certificate, for https
    """
    users = {name: context.get("user", {"token": next(iter(DEFAULTS["tokens"]))}) for name, context in contexts.items()}
    return {
        "apiVersion": "v1",
        "kind": "Config",
        "clusters": [
            {
                "name": f"{name}-cluster",
                "cluster": {
                    "server": f"{url}/clusters/{context['cluster']}",
                    **({"certificate-authority": ca_path} if ca_path else {}),
                    **context.get("set", {}),
                },
            }
            for name, context in contexts.items()
        ],
        "users": [{"name": f"{name}-user", "user": user} for name, user in users.items()],
        "contexts": [{"name": name, "context": {"cluster": f"{name}-cluster", "user": f"{name}-user"}} for name in contexts],
        "current-context": next(iter(contexts), ""),
    }

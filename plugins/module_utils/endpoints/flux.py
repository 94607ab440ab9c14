# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Flux in clusters, from their own Kubernetes API: sources, kustomizations, Helm releases, and the pods of its controllers.

Only these kinds are read, and never a Secret.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..http.kubernetes_client import SERVICE, ContextClient, KubernetesClient
from ..model.errors import LIST_EXPIRED, UNEXPECTED_ANSWER, ApiError, OptionError
from ..model.flux import KINDS, POD, SOURCES, Kind
from ..model.pods import NAMESPACE
from ..model.shapes import lower, mappings, nested
from ..rules import expected_config_sets, expected_sources, flux
from . import ucs_config_set, ucs_gitops, ucs_repository_source
from .endpoint import MANAGED_FIELDS, Endpoint, clean_ids, drop_managed_fields, listed

PAGE_SIZE = 500  # objects of a list that are asked for at a time, as kubectl does


def read(requests: EntryRequests, context: str, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 the requests know it
    """What of Flux is in the cluster of a context: ``{"cluster", "server", "pods": [...], "git_repositories": [...], ...}``.

    A kind that could not be read has no list, and its error is among the failures of the requests.

    :raises ApiError: when nothing at all can be read
    """
    cluster = Cluster(requests, options)
    lists: dict[str, list[Any]] = {}
    for kind in (POD, *KINDS):
        outcome = cluster.outcome(kind)
        if not isinstance(outcome, ApiError):
            lists[kind.field] = outcome
            continue
        unanswered = outcome.status in (None, 401)
        if unanswered and not lists:
            raise outcome
        requests.failures.append(outcome)
        if unanswered:
            break  # the others would end alike, each after its time
    return {**cluster.place, **lists}


class Cluster:
    """The lists of one cluster."""

    def __init__(self, requests: EntryRequests, options: Mapping[str, Any]) -> None:
        self.requests, self.options = requests, options
        self._looked_for: set[str] = set()  # groups: once in a reading, for a kind may be installed later

    @property
    def place(self) -> dict[str, Any]:
        """The names of the cluster in the kubeconfig, and of its API's host."""
        sender = self.requests.client
        known = sender.context() if isinstance(sender, ContextClient) else None
        return {"cluster": known.cluster, "server": known.server} if known else {}

    def outcome(self, kind: Kind) -> list[Any] | ApiError:
        """All objects of a kind, or why they cannot be read."""
        try:
            return self.objects(kind)
        except ApiError as error:
            return error

    def objects(self, kind: Kind) -> list[Any]:
        """All objects of a kind; none of one that the cluster does not know and nobody demands.

        :raises ApiError: also for a kind that must be known
        """
        base = self._base(kind)
        if base is None:
            # Sources are what the check is about; the other controllers are those that it demands.
            if kind.controller in ("source-controller", *(self.options.get("controllers") or [])):
                message = f"The cluster does not know {kind.full_name}: {kind.controller} of Flux is not installed in it."
                raise ApiError(message, 404, "NotFound", service=SERVICE, path=f"/apis/{kind.group}")
            return []
        namespaces = [NAMESPACE] if kind is POD else self.options.get("namespaces") or [None]
        found = [item for namespace in namespaces for item in self._list(kind, base, namespace)]
        if not self.options.get("managed_fields"):
            for item in found:
                drop_managed_fields(nested(item, "metadata"))
        return found

    def _list(self, kind: Kind, base: str, namespace: str | None) -> list[Any]:
        """A list to its end; it begins anew when it expires on the way, for its rest would be of another time."""
        path = f"{base}/{kind.plural}" if namespace is None else f"{base}/namespaces/{segment('namespaces', namespace)}/{kind.plural}"
        try:
            return self._whole(kind, path, namespace)
        except ApiError as error:
            if error.code != LIST_EXPIRED:
                raise
        return self._whole(kind, path, namespace)

    def _whole(self, kind: Kind, path: str, namespace: str | None) -> list[Any]:
        return [item for page in self._pages(kind, path, namespace) for item in page]

    def _pages(self, kind: Kind, path: str, namespace: str | None) -> Iterator[list[Any]]:
        def other(body: Any) -> str | None:
            """E8: the answer is about another kind or namespace."""
            stated = nested(body, "kind")
            if isinstance(stated, str) and stated != f"{kind.name}List":
                return f"Asked for a {kind.name}List, the answer is about a {stated}."
            spaces = [nested(item, "metadata", "namespace") for item in mappings(nested(body, "items"))]
            places = {str(space) for space in spaces if space} - {namespace}
            return f"Asked for {namespace}, the answer is about {', '.join(sorted(places)[:3])}." if namespace and places else None

        token, tokens = "", set[str]()
        while True:
            query = [("limit", PAGE_SIZE), *([("continue", token)] if token else [])]
            body = self.requests.get(SERVICE, path, query, confirm=other)
            page = listed(body, "items")
            if page is None or not all(isinstance(item, dict) for item in page):
                raise _unexpected(f"There is no list of {kind.plural} in the answer.", path)
            yield page
            token = nested(body, "metadata", "continue") or ""
            if not token:
                return
            if not isinstance(token, str) or token in tokens:
                raise _unexpected("The list of the answer has no end: it continues where it was before.", path)
            tokens.add(token)

    def _base(self, kind: Kind) -> str | None:
        """The path of the version that serves a kind: the one that the server prefers, where it does; None where none does."""
        if not kind.group:
            return "/api/v1"
        known: dict[str, str] = getattr(self.requests.client, "known", {})
        if kind.full_name not in known and kind.group not in self._looked_for:
            known.update(self._discovered(kind.group))
            self._looked_for.add(kind.group)
        return known.get(kind.full_name)

    def _discovered(self, group: str) -> dict[str, str]:
        """The path of each kind of a group, by the kind's full name."""
        wanted = {kind.plural for kind in KINDS if kind.group == group}
        found: dict[str, str] = {}
        for version in self._versions(group):
            path = f"/apis/{group}/{segment('version', version)}"
            resources = mappings(self.requests.get(SERVICE, path).get("resources"))
            served = {str(resource.get("name")) for resource in resources} & wanted
            found = {**{f"{plural}.{group}": path for plural in served}, **found}
            if len(found) == len(wanted):
                break
        return found

    def _versions(self, group: str) -> list[str]:
        """The versions of a group, the one that the server prefers first; none where the cluster does not know the group."""
        path = f"/apis/{group}"
        try:
            body = self.requests.get(SERVICE, path)
        except ApiError as error:
            if error.status != 404:
                raise
            return []
        versions = [nested(version, "version") for version in (body.get("preferredVersion"), *mappings(body.get("versions")))]
        if not versions[1:] or not all(isinstance(version, str) and version for version in versions[1:]):
            raise _unexpected(f"There are no versions of {group} in the answer.", path)
        return list(dict.fromkeys(version for version in versions if version and isinstance(version, str)))


def _unexpected(message: str, path: str) -> ApiError:
    return ApiError(message, 200, UNEXPECTED_ANSWER, service=SERVICE, path=path)


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable contexts, namespaces, limits and expectations.

    :raises OptionError: naming the option with its path
    """
    contexts = options.get("contexts")
    if not contexts:
        raise OptionError(path + "contexts", contexts, "at least one context of the kubeconfig")
    for name in contexts:
        if not name.strip() or not name.isprintable():
            raise OptionError(path + "contexts", name, "the name of a context of the kubeconfig")
    names = clean_ids(contexts)
    alike = next((name for index, name in enumerate(names) if lower(name) in map(lower, names[:index])), None)
    if alike:
        raise OptionError(path + "contexts", alike, "names that differ in more than upper and lower case")
    for name in options.get("namespaces") or []:
        segment(path + "namespaces", name)
    if options.get("namespaces") == []:
        raise OptionError(path + "namespaces", [], "at least one namespace; left out, all of them")
    ucs_gitops.check_controllers(options, path)
    expected_sources.validate_expect(options, path)
    expected_config_sets.validate_expect(options, path, "expect_kustomizations")


_SOURCE = ucs_repository_source.SUMMARY["gitRepository"]
_OBJECT = {
    "metadata": _SOURCE["metadata"],
    "spec": {**_SOURCE["spec"], **dict.fromkeys(("type", "bucketName", "endpoint", "sourceRef", "path", "chart", "chartRef"), 0)},
    "status": {**_SOURCE["status"], **dict.fromkeys(("lastAttemptedRevision", "lastAppliedRevision"), 0)},
}
SUMMARY = {
    "cluster": 0,
    "server": 0,
    "pods": [ucs_gitops.SUMMARY],
    **{kind.field: [_OBJECT] for kind in KINDS},
}

ENDPOINT = Endpoint(
    name="flux",
    service=SERVICE,
    collection="contexts",
    id_field="context",
    objects=None,
    summary=SUMMARY,
    ids={"contexts": {"type": "list", "elements": "str", "required": True, "aliases": ["context"]}},
    listing={"managed_fields": MANAGED_FIELDS},
    judging={
        "namespaces": {"type": "list", "elements": "str"},
        **ucs_gitops.ENDPOINT.judging,
        "expect": {
            **ucs_repository_source.ENDPOINT.judging["expect"],
            "options": {
                "kind": {"type": "str", "choices": [kind.name for kind in SOURCES], "default": SOURCES[0].name},
                **ucs_repository_source.ENDPOINT.judging["expect"]["options"],
            },
        },
        "expect_kustomizations": ucs_config_set.ENDPOINT.judging["expect"],
        "on_superseded": ucs_repository_source.ENDPOINT.judging["on_superseded"],
    },
    narrowing=("namespaces",),
    read=read,
    rules=flux.judge,
    validate=validate,
    connect=KubernetesClient.from_options,
)

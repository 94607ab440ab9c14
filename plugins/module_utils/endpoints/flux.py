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
from ..http.kubernetes_client import GONE, SERVICE, ContextClient, KubernetesClient
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
        if unanswered and not lists and not requests.failures:
            raise outcome
        if outcome not in requests.failures:  # one of a group stands for all its kinds
            requests.failures.append(outcome)
        if unanswered:
            break  # the others would end alike, each after its time
    return {**cluster.place, **lists}


class Cluster:
    """The lists of one cluster."""

    def __init__(self, requests: EntryRequests, options: Mapping[str, Any]) -> None:
        self.requests, self.options = requests, options
        self._known: dict[str, str] = getattr(requests.client, "known", {})  # the paths of kinds, which outlast the reading
        # By group, once in a reading, for a kind may be installed later: why it could not be looked for, None where it could.
        self._looked_for: dict[str, ApiError | None] = {}

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
        namespaces: list[Any] = [NAMESPACE] if kind is POD else clean_ids(self.options.get("namespaces") or []) or [None]
        try:
            found = [item for namespace in namespaces for item in self._list(kind, base, namespace)]
        except ApiError as error:
            if not error.absent or not kind.group or kind.group in self._looked_for:
                raise
            self._look_for(kind.group)  # the path is of an earlier reading, and the cluster may serve another version by now
            return self.objects(kind)
        if not self.options.get("managed_fields"):
            for item in found:
                drop_managed_fields(nested(item, "metadata"))
        return found

    def _list(self, kind: Kind, base: str, namespace: str | None) -> list[Any]:
        """A list to its end; it begins anew when it expires on the way, for its rest would be of another time."""
        try:
            return self._whole(kind, base, namespace)
        except ApiError as error:
            if error.code != LIST_EXPIRED:
                raise
        return self._whole(kind, base, namespace)

    def _whole(self, kind: Kind, base: str, namespace: str | None) -> list[Any]:
        return [item for page in self._pages(kind, base, namespace) for item in page]

    def _pages(self, kind: Kind, base: str, namespace: str | None) -> Iterator[list[Any]]:
        path = f"{base}/{kind.plural}" if namespace is None else f"{base}/namespaces/{segment('namespaces', namespace)}/{kind.plural}"
        version = base.removeprefix("/apis/").removeprefix("/api/")

        def other(body: Any) -> str | None:
            """E8: the answer is about another kind, version or namespace."""
            items = mappings(nested(body, "items"))
            about = [
                _other(f"{kind.name}List", nested(body, "kind")),
                _other(version, nested(body, "apiVersion")),
                *(_other(kind.name, item.get("kind")) for item in items),
                *(_other(namespace, nested(item, "metadata", "namespace")) for item in items if namespace),
            ]
            return next(filter(None, about), None)

        token, tokens = "", set[str]()
        while True:
            query = [("limit", PAGE_SIZE), *([("continue", token)] if token else [])]
            try:
                body = self.requests.get(SERVICE, path, query, confirm=other)
            except ApiError as error:
                if token and error.status == GONE:
                    error.code, error.retryable = LIST_EXPIRED, True
                raise
            page = listed(body, "items")
            if page is None or not all(isinstance(item, dict) for item in page):
                raise _unexpected(f"There is no list of {kind.plural} in the answer.", path)
            yield page
            token = nested(body, "metadata", "continue") or ""
            if not token:
                if nested(body, "metadata", "remainingItemCount"):
                    raise _unexpected(f"The list of {kind.plural} ends before its end: remainingItemCount is not 0.", path)
                return
            if not isinstance(token, str) or token in tokens:
                raise _unexpected("The list of the answer has no end: it continues where it was before.", path)
            tokens.add(token)

    def _base(self, kind: Kind) -> str | None:
        """The path of the version that serves a kind: the one that the server prefers, where it does; None where none does."""
        if not kind.group:
            return "/api/v1"
        if kind.full_name not in self._known:
            self._look_for(kind.group)
        return self._known.get(kind.full_name)

    def _look_for(self, group: str) -> None:
        """Looks for the kinds of a group, once in a reading; what was known of them before does not count any more.

        :raises ApiError: also the next time, and the same
        """
        if group not in self._looked_for:
            try:
                found = self._discovered(group)
                for kind in KINDS:
                    if kind.group == group:
                        self._known.pop(kind.full_name, None)
                self._known.update(found)
                self._looked_for[group] = None
            except ApiError as error:
                self._looked_for[group] = error
        failed = self._looked_for[group]
        if failed:
            raise failed

    def _document(self, field: str, asked: str) -> dict[str, Any]:
        """The document of the discovery about a group or a version of it, which states in a field what it is about."""
        return self.requests.get(SERVICE, f"/apis/{asked}", confirm=lambda body: _other(asked, body.get(field)))

    def _discovered(self, group: str) -> dict[str, str]:
        """The path of each kind of a group, by the kind's full name."""
        wanted = {kind.plural for kind in KINDS if kind.group == group}
        found: dict[str, str] = {}
        for version in self._versions(group):
            path = f"/apis/{group}/{version}"
            body = self._document("groupVersion", f"{group}/{version}")
            resources = listed(body, "resources")
            names = [nested(resource, "name") for resource in resources or []]
            if resources is None or not all(isinstance(name, str) and name for name in names):
                raise _unexpected(f"There is no list of the kinds of {group}/{version} in the answer.", path)
            found = {**{f"{plural}.{group}": path for plural in wanted.intersection(names)}, **found}
            if len(found) == len(wanted):
                break
        return found

    def _versions(self, group: str) -> list[str]:
        """The versions of a group, the one that the server prefers first; none where the cluster does not know the group."""
        path = f"/apis/{group}"
        try:
            body = self._document("name", group)
        except ApiError as error:
            if not error.absent:
                raise
            return []
        versions = [nested(version, "version") for version in (listed(body, "versions") or [None])]
        if not all(isinstance(version, str) and version.isascii() and version.isalnum() for version in versions):
            raise _unexpected(f"There are no versions of {group} in the answer.", path)
        preferred = nested(body, "preferredVersion", "version")
        return sorted(dict.fromkeys(versions), key=lambda version: version != preferred)


def _other(asked: str, stated: Any) -> str | None:
    """E8: a sentence where an answer says that it is about something else; null and what is empty say nothing."""
    return f"Asked for {asked}, the answer is about {stated}." if stated and stated != asked else None


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

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS repository sources: the Flux GitRepository objects of a cluster (``GET /v1/configsets/repos``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests
from ..model.errors import UNEXPECTED_ANSWER, ApiError, OptionError
from ..model.shapes import mappings, nested
from ..model.units import largest, number
from ..rules import expected_sources, sources
from .cluster_lists import CLUSTERS
from .endpoint import MANAGED_FIELDS, Endpoint, check_clusters, drop_managed_fields, listed, other_id

PATH = "/v1/configsets/repos"


def read(requests: EntryRequests, cluster_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The sources of a cluster: ``{"total": int, "repository_sources": [...]}``.

    :raises ApiError: also for pages that repeat themselves or end too early
    """

    def other_cluster(body: Any) -> str | None:
        """E8: the answer is about another cluster."""
        stated = [nested(item, "clusterInfo", "clusterID") for item in mappings(nested(body, "items"))]
        return other_id("cluster", cluster_id, stated)

    def ask(*more: tuple[str, Any]) -> dict[str, Any]:
        order = [(name, options.get(name)) for name in ("order_by", "order")]
        return requests.get("ucs", PATH, [("clusterid", cluster_id), *order, *more], confirm=other_cluster)

    if options.get("limit") is None and options.get("offset") is None:
        body = ask()
        total, items = body.get("total"), listed(body, "items")
    else:
        total, items = _pages(ask, options)
    if not options.get("managed_fields"):
        for item in items or []:
            drop_managed_fields(nested(item, "gitRepository", "metadata"))
    return {"total": total, "repository_sources": items}


def _pages(ask: Any, options: Mapping[str, Any]) -> tuple[int | None, list[Any]]:
    """The sources from ``offset`` on, ``limit`` at a time (services.rst, "Paging"): what the offset counts is documented nowhere, so
    anything unexpected is an error instead of a loop.

    :raises ApiError: for an answer that repeats itself or ends before ``total``
    """
    start = offset = options.get("offset") or 0
    items: list[Any] = []
    known: set[Any] = set()
    total: int | None = None
    while True:
        body = ask(("limit", options.get("limit")), ("offset", offset))
        page, total = listed(body, "items") or [], largest(total, number(body.get("total")))
        names = {nested(item, "uid") or (nested(item, "namespace"), nested(item, "name")) for item in page}
        complete = total is None or start + len(items) + len(page) >= total
        if known & names or (not page and not complete):
            raise _unexpected_page(offset, total, bool(page))
        items += page
        known |= names
        offset += len(page)
        if not page or complete or options.get("limit") is None:
            return total, items


def _unexpected_page(offset: int, total: int | None, repeated: bool) -> ApiError:
    seen = "a source that was there already" if repeated else "an empty page"
    message = f"Unexpected paging: offset {offset} of {total} sources gave {seen}. Leave out limit and offset to read all at once."
    return ApiError(message, 200, UNEXPECTED_ANSWER, service="ucs", path=PATH)


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids, pages and expectations.

    :raises OptionError: naming the option with its path
    """
    check_clusters(options, path)
    for name, lowest in (("limit", 1), ("offset", 0)):
        value = options.get(name)
        if value is not None and value < lowest:
            raise OptionError(path + name, value, f"a number from {lowest} on; left out, all sources are read at once")
    expected_sources.validate_expect(options, path)


_OBJECT = {
    **dict.fromkeys(("name", "namespace", "uid", "generation", "creationTimestamp", "deletionTimestamp"), 0),
    "annotations": {"reconcile.fluxcd.io/requestedAt": 0},
}
SUMMARY = {
    **dict.fromkeys(("uid", "name", "namespace", "repoType", "repoStatus"), 0),
    "clusterInfo": {"clusterID": 0, "clusterName": 0},
    "gitRepository": {
        "metadata": _OBJECT,
        "spec": dict.fromkeys(("url", "ref", "interval", "timeout", "suspend", "secretRef", "verify"), 0),
        "status": {
            **dict.fromkeys(("observedGeneration", "conditions", "lastHandledReconcileAt"), 0),
            "artifact": {"revision": 0, "lastUpdateTime": 0},
        },
    },
}

ENDPOINT = Endpoint(
    name="ucs_repository_source",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="repository_sources",
    summary=SUMMARY,
    ids=CLUSTERS,
    listing={
        "limit": {"type": "int"},
        "offset": {"type": "int"},
        "order_by": {"type": "str", "choices": ["create_at", "update_at"]},
        "order": {"type": "str", "choices": ["desc", "asc"]},
        "managed_fields": MANAGED_FIELDS,
    },
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {
                **{name: {"type": "str"} for name in ("name", "namespace", "url", "branch", "revision")},
                "acceptable_revisions": {"type": "list", "elements": "str"},
            },
        },
        "on_superseded": {"type": "str", "choices": ["block", "wait", "allow"], "default": "block"},
    },
    read=read,
    rules=sources.judge,
    validate=validate,
)

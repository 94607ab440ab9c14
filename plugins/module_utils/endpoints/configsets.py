# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the two lists of UCS under ``/v1/configsets`` share: how they are asked for, page by page or whole, and what a summary keeps.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..http.client import EntryRequests
from ..model.errors import UNEXPECTED_ANSWER, ApiError, OptionError
from ..model.shapes import mappings, nested
from ..model.units import largest, number
from .cluster_lists import SELECTION
from .endpoint import MANAGED_FIELDS, check_clusters, drop_managed_fields, listed, other_id

LISTING: dict[str, Any] = {
    "limit": {"type": "int"},
    "offset": {"type": "int"},
    "order_by": {"type": "str", "choices": ["create_at", "update_at"]},
    "order": {"type": "str", "choices": ["desc", "asc"]},
    "managed_fields": MANAGED_FIELDS,
    **SELECTION,
}
ON_SUPERSEDED: dict[str, Any] = {"type": "str", "choices": ["block", "wait", "allow"], "default": "block"}

_METADATA = {
    **dict.fromkeys(("name", "namespace", "uid", "generation", "creationTimestamp", "deletionTimestamp"), 0),
    "annotations": {"reconcile.fluxcd.io/requestedAt": 0},
}
ITEM_SUMMARY: dict[str, Any] = {
    **dict.fromkeys(("uid", "name", "namespace", "repoStatus"), 0),
    "clusterInfo": {"clusterID": 0, "clusterName": 0},
    "gitRepository": {
        "metadata": _METADATA,
        "spec": dict.fromkeys(("url", "ref", "interval", "timeout", "suspend", "secretRef", "verify"), 0),
        "status": {
            **dict.fromkeys(("observedGeneration", "conditions", "lastHandledReconcileAt"), 0),
            "artifact": {"revision": 0, "lastUpdateTime": 0},
        },
    },
}


def read_list(
    requests: EntryRequests, path: str, cluster_id: str, options: Mapping[str, Any], noun: str, objects: Sequence[str]
) -> tuple[Any, list[Any] | None]:
    """The total and the items that a cluster has; None for items that are no list.

    :param noun: what an item is, in words
    :param objects: the fields of an item that hold objects of Kubernetes
    :raises ApiError: also for pages that repeat themselves or end too early
    """

    def other_cluster(body: Any) -> str | None:
        """E8: the answer is about another cluster."""
        stated = [nested(item, "clusterInfo", "clusterID") for item in mappings(nested(body, "items"))]
        return other_id("cluster", cluster_id, stated)

    def ask(*more: tuple[str, Any]) -> dict[str, Any]:
        order = [(name, options.get(name)) for name in ("order_by", "order")]
        return requests.get("ucs", path, [("clusterid", cluster_id), *order, *more], confirm=other_cluster)

    total: Any
    items: list[Any] | None
    if options.get("limit") is None and options.get("offset") is None:
        body = ask()
        total, items = body.get("total"), listed(body, "items")
    else:
        total, items = _pages(ask, path, options, noun)
    if not options.get("managed_fields"):
        for item in items or []:
            for field in objects:
                drop_managed_fields(nested(item, field, "metadata"))
    return total, items


def _pages(ask: Callable[..., dict[str, Any]], path: str, options: Mapping[str, Any], noun: str) -> tuple[int | None, list[Any] | None]:
    """The items from ``offset`` on, ``limit`` at a time (services.rst, "Paging"): what the offset counts is documented nowhere, so
    anything unexpected is an error instead of a loop. None once a page is no list.

    :raises ApiError: for an answer that repeats itself or ends before ``total``
    """
    start = offset = options.get("offset") or 0
    items: list[Any] = []
    known: set[str] = set()
    total: int | None = None
    while True:
        body = ask(("limit", options.get("limit")), ("offset", offset))
        page, total = listed(body, "items"), largest(total, number(body.get("total")))
        if page is None:
            return total, None
        # As text, for they may be of any type.
        names = {str(nested(item, "uid") or (nested(item, "namespace"), nested(item, "name"))) for item in page}
        complete = total is None or start + len(items) + len(page) >= total
        if known & names or (not page and not complete):
            raise _unexpected_page(path, noun, offset, total, bool(page))
        items += page
        known |= names
        offset += len(page)
        if not page or complete or options.get("limit") is None:
            return total, items


def _unexpected_page(path: str, noun: str, offset: int, total: int | None, repeated: bool) -> ApiError:
    seen = f"a {noun} that was there already" if repeated else "an empty page"
    message = f"Unexpected paging: offset {offset} of {total} {noun}s gave {seen}. Leave out limit and offset to read all at once."
    return ApiError(message, 200, UNEXPECTED_ANSWER, service="ucs", path=path)


def validate_list(options: Mapping[str, Any], path: str, noun: str) -> None:
    """Refuses a question without clusters, unusable ids, names and labels, and pages.

    :param noun: what an item is, in words
    :raises OptionError: naming the option with its path
    """
    check_clusters(options, path)
    for name, lowest in (("limit", 1), ("offset", 0)):
        value = options.get(name)
        if value is not None and value < lowest:
            raise OptionError(path + name, value, f"a number from {lowest} on; left out, all {noun}s are read at once")

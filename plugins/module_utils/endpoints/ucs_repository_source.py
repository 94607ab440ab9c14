# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS repository sources: the Flux GitRepository objects of a cluster (``GET /v1/configsets/repos``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests
from ..rules import expected_sources, sources
from .configsets import ITEM_SUMMARY, LISTING, ON_SUPERSEDED, read_list, validate_list
from .endpoint import CLUSTER_IDS, Endpoint

PATH = "/v1/configsets/repos"


def read(requests: EntryRequests, cluster_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The sources of a cluster: ``{"total": int, "repository_sources": [...]}``.

    :raises ApiError: also for pages that repeat themselves or end too early
    """
    total, items = read_list(requests, PATH, cluster_id, options, "source", ("gitRepository",))
    return {"total": total, "repository_sources": items}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids, pages and expectations.

    :raises OptionError: naming the option with its path
    """
    validate_list(options, path, "source")
    expected_sources.validate_expect(options, path)


SUMMARY = {**ITEM_SUMMARY, "repoType": 0}

ENDPOINT = Endpoint(
    name="ucs_repository_source",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="repository_sources",
    summary=SUMMARY,
    ids={"cluster_ids": CLUSTER_IDS},
    listing=LISTING,
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {
                **{name: {"type": "str"} for name in ("name", "namespace", "url", "branch", "revision")},
                "acceptable_revisions": {"type": "list", "elements": "str"},
            },
        },
        "on_superseded": ON_SUPERSEDED,
    },
    read=read,
    rules=sources.judge,
    validate=validate,
)

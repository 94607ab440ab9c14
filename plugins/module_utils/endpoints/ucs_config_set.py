# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS config sets: the sources of a cluster, and what was applied of them (``GET /v1/configsets``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests
from ..rules import config_sets, expected_config_sets
from .cluster_lists import CLUSTERS
from .configsets import ITEM_SUMMARY, LISTING, ON_SUPERSEDED, read_list, validate_list
from .endpoint import Endpoint

PATH = "/v1/configsets"
_OBJECTS = ("gitRepository", "kustomization", "helmRelease", "helmRepository", "bucket")  # of Kubernetes


def read(requests: EntryRequests, cluster_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The config sets of a cluster: ``{"total": int, "config_sets": [...]}``.

    :raises ApiError: also for pages that repeat themselves or end too early
    """
    total, items = read_list(requests, PATH, cluster_id, options, "config set", _OBJECTS)
    return {"total": total, "config_sets": items}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids, pages and expectations.

    :raises OptionError: naming the option with its path
    """
    validate_list(options, path, "config set")
    expected_config_sets.validate_expect(options, path)


_APPLIES = {
    "metadata": ITEM_SUMMARY["gitRepository"]["metadata"],
    "spec": dict.fromkeys(("path", "interval", "timeout", "suspend", "sourceRef", "targetNamespace", "prune", "chart", "chartRef"), 0),
    "status": dict.fromkeys(("observedGeneration", "conditions", "lastAttemptedRevision", "lastAppliedRevision"), 0),
}
SUMMARY = {
    **ITEM_SUMMARY,
    **dict.fromkeys(("configSetType", "repoName", "configSetStatus"), 0),
    "kustomization": _APPLIES,
    "helmRelease": _APPLIES,
}

ENDPOINT = Endpoint(
    name="ucs_config_set",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="config_sets",
    summary=SUMMARY,
    ids=CLUSTERS,
    listing=LISTING,
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {
                **{name: {"type": "str"} for name in ("name", "namespace", "source", "revision")},
                "acceptable_revisions": {"type": "list", "elements": "str"},
            },
        },
        "on_superseded": ON_SUPERSEDED,
    },
    read=read,
    rules=config_sets.judge,
    by_entry=True,
    validate=validate,
)

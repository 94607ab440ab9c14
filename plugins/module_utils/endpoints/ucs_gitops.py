# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS GitOps enablement: the pods of flux-system in a cluster (``GET /v1/clusters/{clusterid}/gitops``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..model.errors import OptionError
from ..model.shapes import mappings, nested
from ..rules import pods
from .cluster_lists import CLUSTERS, SELECTION
from .endpoint import MANAGED_FIELDS, Endpoint, check_clusters, drop_managed_fields, listed

NAMESPACE = "flux-system"


def read(requests: EntryRequests, cluster_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The pods of a cluster: ``{"metadata": {...}, "pods": [...]}``."""

    def other_namespace(body: Any) -> str | None:
        """E8: every pod states a namespace, and none is flux-system."""
        stated = [nested(pod, "metadata", "namespace") for pod in mappings(nested(body, "items"))]
        if not stated or not all(stated) or NAMESPACE in stated:
            return None
        return f"Asked for the pods of {NAMESPACE}, the answer is about {', '.join(sorted(set(map(str, stated)))[:3])}."

    body = requests.get("ucs", f"/v1/clusters/{segment('cluster_ids', cluster_id)}/gitops", confirm=other_namespace)
    items = listed(body, "items")
    if not options.get("managed_fields"):
        for pod in items or []:
            drop_managed_fields(nested(pod, "metadata"))
    return {"metadata": body.get("metadata"), "pods": items}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids and limits.

    :raises OptionError: naming the option with its path
    """
    check_clusters(options, path)
    check_controllers(options, path)


def check_controllers(options: Mapping[str, Any], path: str) -> None:
    """Refuses an unusable limit of restarts, and controllers without a name.

    :raises OptionError: naming the option with its path
    """
    limit = options.get("restart_max")
    if limit is not None and limit < 0:
        raise OptionError(path + "restart_max", limit, "a number from 0 on; left out, many restarts are only a warning")
    for index, name in enumerate(options.get("controllers") or []):
        if not str(name).strip():
            raise OptionError(f"{path}controllers[{index}]", name, "the name of a controller; [] where none is demanded")


_CONTAINER = dict.fromkeys(("name", "state", "lastState", "ready", "restartCount", "image", "started"), 0)
_DECLARED = [{"name": 0, "restartPolicy": 0}]
SUMMARY = {
    "metadata": {
        **dict.fromkeys(("name", "generateName", "namespace", "uid", "creationTimestamp", "deletionTimestamp"), 0),
        "deletionGracePeriodSeconds": 0,
        "labels": {"app": 0, "pod-template-hash": 0},
        "ownerReferences": [{"kind": 0, "name": 0, "controller": 0}],
    },
    "spec": {"restartPolicy": 0, "terminationGracePeriodSeconds": 0, "containers": _DECLARED, "initContainers": _DECLARED},
    "status": {
        **dict.fromkeys(("phase", "reason", "message", "startTime"), 0),
        "conditions": [dict.fromkeys(("type", "status", "reason", "message", "lastTransitionTime"), 0)],
        "containerStatuses": [_CONTAINER],
        "initContainerStatuses": [_CONTAINER],
    },
}

ENDPOINT = Endpoint(
    name="ucs_gitops",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="pods",
    summary=SUMMARY,
    ids=CLUSTERS,
    listing={"managed_fields": MANAGED_FIELDS, **SELECTION},
    judging={
        "controllers": {"type": "list", "elements": "str", "default": list(pods.CONTROLLERS)},
        "enabling": {"type": "bool", "default": False},
        "restart_max": {"type": "int"},
    },
    read=read,
    rules=pods.judge,
    by_entry=True,
    validate=validate,
)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Clusters and fleets as UCS answers them, and readings of what was selected among them."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.selections import ALL, Choice, ListRead, Selection

from unit.answers import NOW, ago, given

if TYPE_CHECKING:
    from datetime import datetime


def cluster(name: str = "prod-eu", **status: Any) -> dict[str, Any]:
    """A cluster that is available; ``status``: fields of its status."""
    return {
        "metadata": {"name": name, "uid": "c1"},
        "spec": {"clusterGroupID": "f1"},
        "status": given(
            **{
                "phase": "Available",
                "conditions": [condition()],
                "arrearFreeze": "false",
                "policyFreeze": "false",
                "nodeSummary": {"totalNum": 3, "readyNum": 3},
                **status,
            }
        ),
    }


def condition(status: Any = "Available", seconds: float = 3600, **fields: Any) -> dict[str, Any]:
    """A condition Ready, that has been so for some seconds."""
    return given(**{"type": "Ready", "status": status, "reason": "Reason", "lastTransitionTime": ago(seconds), **fields})


def clusters(*items: dict[str, Any], **more: Any) -> Reading:
    """A reading of these clusters, each of another id: c1, c2, ..."""
    entries = tuple(Entry(f"c{number}", NOW, item) for number, item in enumerate(items, 1))
    chosen = selection(Choice(ALL, "", tuple(entry.target for entry in entries)))
    return Reading("ucs_cluster", {}, **{"entries": entries, "selection": chosen, **more})


def selection(*choices: Choice, lists: tuple[ListRead, ...] = (ListRead("clusters", 3, 3),), at: datetime = NOW, **names: str) -> Selection:
    """What was selected, a minute ago at most."""
    return Selection(at, choices, names, lists)


def reading(
    chosen: Selection | None, *targets: str, endpoint: str = "ucs_gitops", now: Selection | None = None, age: float = 0, **more: Any
) -> Reading:
    """A reading by names, with an entry for each target."""
    entries = tuple(Entry(target, NOW - timedelta(seconds=age), {"pods": []}) for target in targets)
    return Reading(endpoint, {}, **{"entries": entries, "selection": chosen, "reselection": now, **more})

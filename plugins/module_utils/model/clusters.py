# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Clusters and fleets as UCS states them (rules.rst, rows N).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .selections import label_value
from .shapes import lower, mappings, nested

# The second is the spelling of the official SDK.
FREEZES = ("arrearFreeze", "policyFreeze", "policeFreeze")


@dataclass(frozen=True)
class Cluster:
    """A cluster as an answer states it; ``raw`` is the object of the answer."""

    raw: Mapping[str, Any]

    @property
    def uid(self) -> str:
        """Its id; empty where none is stated."""
        uid = nested(self.raw, "metadata", "uid")
        return uid.strip() if isinstance(uid, str) else ""

    @property
    def name(self) -> str | None:
        """Its name, which need not be unique."""
        name = nested(self.raw, "metadata", "name")
        return name if isinstance(name, str) and name else None

    @property
    def readable(self) -> bool:
        """Whether it can be told if names, fleets and labels mean it."""
        labels, fleet = nested(self.raw, "metadata", "labels"), nested(self.raw, "spec", "clusterGroupID")
        return bool(self.uid) and isinstance(labels, (dict, type(None))) and isinstance(fleet, (str, type(None)))

    @property
    def fleet_id(self) -> str:
        """The id of its fleet in the form that is compared; empty for a cluster in none."""
        return lower(nested(self.raw, "spec", "clusterGroupID"))

    def has_labels(self, wanted: Mapping[str, Any]) -> bool:
        """Whether it has all of some labels."""
        labels = nested(self.raw, "metadata", "labels") or {}
        stated = {name: label_value(value) for name, value in labels.items()}
        return all(stated.get(str(name)) == label_value(value) for name, value in wanted.items())

    @property
    def status(self) -> Mapping[str, Any]:
        """Its state; empty where none is stated."""
        status = self.raw.get("status")
        return status if isinstance(status, dict) else {}

    @property
    def ready_conditions(self) -> list[dict[str, Any]]:
        """Its conditions of the type Ready."""
        return [condition for condition in mappings(self.status.get("conditions")) if lower(condition.get("type")) == "ready"]

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS clusters and fleets (``GET /v1/clusters``, ``GET /v1/clustergroups``).

The clusters come with the lists by which names, fleets and labels are looked up: a gate reads them once for all its checks.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..http.client import Client, EntryRequests
from ..model.clusters import FREEZES
from ..model.errors import ApiError, OptionError
from ..model.readings import Entry, ReadError, Reading
from ..model.selections import ALL, IDS, Selection, asked_by_name
from ..model.shapes import lower
from ..rules import clusters
from .cluster_lists import CLUSTERS, CLUSTERS_PATH, FLEETS_PATH, everything, ids_in, list_all, selection, validate_clusters
from .endpoint import MANAGED_FIELDS, Endpoint, check_ids, clean_ids, drop_managed_fields

# The options of the list, as the API names them: what they leave out is not there to be asked about.
FILTERS = ("category", "enablestatus", "clustergroupid", "managetype", "limit", "offset", "order_by", "order")


def _query(options: Mapping[str, Any]) -> tuple[tuple[str, Any], ...]:
    """The filters that are set, as the API takes them."""
    values = ((name, options.get(name)) for name in FILTERS)
    return tuple((name, str(value).lower() if isinstance(value, bool) else value) for name, value in values if value is not None)


class ClusterEndpoint(Endpoint):
    """The endpoint of the clusters themselves: its entries are those of a list, and what is asked for by id is looked up there, too."""

    def question(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The same with the filters: a list that was narrowed answers another question."""
        asked = super().question(options)
        filters = options.get("filters") or ", ".join(f"{name}={value}" for name, value in _query(options))
        return {**asked, **({"filters": filters} if filters else {})}

    def asks(self, question: Mapping[str, Any], targets: Iterable[str] = ()) -> frozenset[tuple[str, str]]:  # noqa: ARG002
        """The same; all clusters where none is named, whichever were read."""
        named = bool(question.get(IDS) or asked_by_name(question))
        asked = super().asks(question, ()) if named else frozenset([(ALL, "")])
        return asked | ({("filters", question["filters"])} if question.get("filters") else frozenset())

    def take(
        self,
        client: Client,
        options: Mapping[str, Any],
        held: Sequence[Reading] = (),  # noqa: ARG002
        fixed: Selection | None = None,
        seen: Callable[[Entry], None] = lambda _entry: None,  # noqa: ARG002 one list has them all
        proven: Mapping[str, Entry] | None = None,  # noqa: ARG002
    ) -> Reading:
        """The clusters of the list that are asked for; of a fixed set one that is no longer in the list is an error of its own."""
        question, query = self.question(options), _query(options)
        try:
            listed = list_all(client, CLUSTERS_PATH, query)
            fleets = list_all(client, FLEETS_PATH) if question.get("fleets") or options.get("list_fleets") else None
        except ApiError as error:
            failed = ReadError("", EntryRequests(client).read_at, replace(error))
            return Reading(self.name, question, (), (failed,), dict(client.clocks), client.service_time, fixed)
        ids = clean_ids(question.get(IDS) or [])
        more = ids_in(ids, listed.objects)
        if not ids and not asked_by_name(question):
            more = (everything(listed.objects, question.get("filters", "")),)
        now = selection(question, more, listed, fleets if question.get("fleets") else None)
        chosen = fixed or now
        known = listed.by_id
        entries = tuple(
            Entry(cluster_id, listed.read_at, _fields(cluster.raw, options))
            for cluster_id in chosen.cluster_ids
            for cluster in known.get(lower(cluster_id), [])
        )
        beside = {"fleets": [dict(fleet.raw) for fleet in fleets.objects]} if fleets else {}
        reading = Reading(self.name, question, entries, (), dict(client.clocks), client.service_time, chosen, beside=beside)
        return replace(reading, reselection=now if fixed else None)

    def answered(self, reading: Reading) -> set[str]:
        """The same, and the ids that the list was searched for."""
        searched = [choice.asked for choice in reading.selection.choices if choice.by == IDS] if reading.selection else []
        return super().answered(reading) | set(map(lower, searched))


def _fields(raw: Mapping[str, Any], options: Mapping[str, Any]) -> Mapping[str, Any]:
    if not options.get("managed_fields"):
        drop_managed_fields(raw.get("metadata"))
    return raw


def read(_requests: EntryRequests, _cluster_id: str, _options: Mapping[str, Any]) -> dict[str, Any]:
    """Nothing: the clusters come with the list, see ``ClusterEndpoint.take``."""
    return {}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses ids and names that mean nothing, and pages that do not exist. Without any of them all clusters are meant.

    :raises OptionError: naming the option with its path
    """
    validate_clusters(options, path)
    if options.get(IDS) is not None:
        check_ids(options, path, IDS)
    for name, lowest in (("limit", 1), ("offset", 0)):
        value = options.get(name)
        if value is not None and value < lowest:
            raise OptionError(path + name, value, f"a number from {lowest} on; left out, all clusters are read at once")


SUMMARY = {
    "metadata": dict.fromkeys(("name", "uid", "labels", "creationTimestamp"), 0),
    "spec": dict.fromkeys(("clusterGroupID", "manageType", "provider", "type", "category", "region", "projectID", "projectName"), 0),
    "status": {
        **dict.fromkeys(("phase", "reason", "message", "kubernetesVersion", *FREEZES), 0),
        "conditions": [dict.fromkeys(("type", "status", "reason", "message", "lastTransitionTime"), 0)],
        "nodeSummary": dict.fromkeys(("totalNum", "readyNum"), 0),
    },
}

ENDPOINT = ClusterEndpoint(
    name="ucs_cluster",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects=None,
    summary=SUMMARY,
    ids=CLUSTERS,
    listing={
        "category": {"type": "str"},
        "managetype": {"type": "str", "choices": ["all", "grouped", "discrete"]},
        "clustergroupid": {"type": "str"},
        "enablestatus": {"type": "bool"},
        "limit": {"type": "int"},
        "offset": {"type": "int"},
        "order_by": {"type": "str", "choices": ["create_at", "update_at"]},
        "order": {"type": "str", "choices": ["desc", "asc"]},
        "list_fleets": {"type": "bool", "default": False},
        "managed_fields": MANAGED_FIELDS,
    },
    judging={},
    read=read,
    rules=clusters.judge,
    validate=validate,
)

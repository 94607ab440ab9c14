# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS repository sources: the Flux GitRepository objects of a cluster (``GET /v1/configsets/repos``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ..http.client import Client, EntryRequests
from ..model.config_sets import sources_in
from ..model.errors import ApiError
from ..model.readings import Entry, Reading
from ..model.shapes import lower, mappings
from ..model.sources import GitRepository
from ..model.units import number
from ..rules import expected_sources, sources
from . import ucs_config_set
from .cluster_lists import CLUSTERS
from .configsets import ITEM_SUMMARY, LISTING, ON_SUPERSEDED, read_list, validate_list
from .endpoint import Endpoint

PATH = "/v1/configsets/repos"
STATISTICS = "/v1/configsets/statistics"


def read(requests: EntryRequests, cluster_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The sources of a cluster: ``{"total": int, "repository_sources": [...]}``.

    :raises ApiError: also for pages that repeat themselves or end too early
    """
    total, items = read_list(requests, PATH, cluster_id, options, "source", ("gitRepository",))
    return {"total": total, "repository_sources": items}


# --- Sources that an answer about config sets holds already (rules.rst, "Read once") ---


def entry_within(held: Entry, options: Mapping[str, Any]) -> Entry | None:
    """The entry that one of ``ucs_config_set`` proves by itself: every expectation names a source by name and namespace, which is there."""
    expect = [want for want in options.get("expect") or [] if want]
    sources = _sources_in(held) if expect else []
    keys = {source.key for source in sources}
    named = bool(sources) and all(("source", want.get("namespace"), want.get("name")) in keys for want in expect)
    return _entry(held, sources, None) if named else None


def entries_within(
    client: Client, held: Sequence[Reading], targets: Sequence[str], options: Mapping[str, Any], proven: Mapping[str, Entry]
) -> dict[str, Entry]:
    """By cluster, in lower case, the entries that readings of ``ucs_config_set`` prove as well as the list of sources itself would.

    A list of sources is complete; what config sets follow need not be. So either every expectation names one source, by name and namespace,
    and that is there; or the statistics of UCS count as many sources as are there.

    :param proven: what ``entry_within`` has given for some of them already
    """
    asked = set(map(lower, targets))
    entries: dict[str, Entry] = {}
    counted: dict[str, tuple[Entry, list[GitRepository]]] = {}
    for entry in (entry for reading in held for entry in reading.entries if lower(entry.target) in asked):
        target = lower(entry.target)
        part = proven.get(target) or entry_within(entry, options)
        if part:
            entries[target] = part
        elif sources := _sources_in(entry):
            counted[target] = (entry, sources)
    if len(counted) > 1:  # the statistics of a single cluster would cost as much as its list
        numbers = source_numbers(client)
        for target, (entry, sources) in counted.items():
            if numbers.get(target) == len(sources):
                entries[target] = _entry(entry, sources, len(sources))
    return entries


def _sources_in(held: Entry) -> list[GitRepository]:
    """The sources that an entry about config sets states; none where one of them is stated in two ways, which proves nothing."""
    items = held.fields.get("config_sets")
    sources = sources_in(items) if isinstance(items, list) and all(isinstance(item, dict) for item in items) else []
    return sources if len({source.key for source in sources}) == len(sources) else []


def _entry(held: Entry, sources: Sequence[GitRepository], total: int | None) -> Entry:
    return replace(held, fields={"total": total, "repository_sources": [dict(source.raw) for source in sources]})


def source_numbers(client: Client) -> dict[str, int]:
    """By cluster, in lower case, how many sources UCS counts; empty where the statistics cannot be read, which is not asked again."""
    if STATISTICS in client.unavailable:
        return {}
    try:
        body = client.get("ucs", STATISTICS)
    except ApiError:
        client.unavailable.add(STATISTICS)
        return {}
    numbers = {lower(status.get("clusterID")): number(status.get("sourceRepoNum")) for status in mappings(body.get("items"))}
    return {cluster_id: count for cluster_id, count in numbers.items() if cluster_id and count is not None}


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
    ids=CLUSTERS,
    listing={**LISTING, "config_sets": {"type": "dict"}},
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
    by_entry=True,
    validate=validate,
    within=ucs_config_set.ENDPOINT,
    entry_within=entry_within,
    entries_within=entries_within,
)

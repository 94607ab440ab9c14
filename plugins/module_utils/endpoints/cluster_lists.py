# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The clusters and fleets of UCS (``GET /v1/clusters``, ``GET /v1/clustergroups``), and which of them a question means.

A list is read once in a round of reads, whichever checks need it.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any

from ..http.client import Client, EntryRequests
from ..model.clusters import Cluster
from ..model.errors import OptionError, Said
from ..model.findings import NAME_LIMIT
from ..model.selections import ALL, FLEETS, IDS, LABELS, NAMES, Choice, ListRead, Selection, asked_by_name, label_text, union_of_ids
from ..model.shapes import lower, nearest, nested
from ..model.text import clean_text
from ..model.units import largest, number

CLUSTERS_PATH, FLEETS_PATH = "/v1/clusters", "/v1/clustergroups"

# Where clusters are asked for: the options of every endpoint whose ids are those of clusters.
CLUSTERS: dict[str, Any] = {
    IDS: {"type": "list", "elements": "str", "aliases": ["cluster_id", "clusterid"]},
    NAMES: {"type": "list", "elements": "str", "aliases": ["cluster_name"]},
    FLEETS: {"type": "list", "elements": "str", "aliases": ["fleet"]},
    LABELS: {"type": "dict"},
}
# What another info module found them to mean, for the info modules that would look it up once more.
SELECTION: dict[str, Any] = {"selection": {"type": "dict"}}


@dataclass(frozen=True)
class Listed:
    """A list of UCS with all its pages.

    :ivar items: the objects; None where the answer has no list
    :ivar total: how many there are, as the service counts them
    :ivar read_at: the moment before its first request
    """

    items: Sequence[Any] | None
    total: int | None
    read_at: datetime

    def how_much(self, of: str) -> ListRead:
        """How much of it came: what is listed twice is one, and stands where another is missing."""
        if self.items is None:
            return ListRead(of, None, self.total)
        unreadable = sum(not _readable(item) for item in self.items)
        return ListRead(of, len(self.by_id) + unreadable, self.total, unreadable)

    @cached_property
    def by_id(self) -> dict[str, list[Cluster]]:
        """What can be told from other objects, by its id in lower case, each once; where the list says two things of one, both count."""
        known: dict[str, list[Cluster]] = {}
        for each in (Cluster(item) for item in self.items or [] if _readable(item)):
            same = known.setdefault(lower(each.uid), [])
            if each not in same:
                same.append(each)
        return known

    @property
    def objects(self) -> list[Cluster]:
        """The same in one list."""
        return [each for same in self.by_id.values() for each in same]


def _readable(item: Any) -> bool:
    return isinstance(item, dict) and Cluster(item).readable


def list_all(client: Client, path: str, query: Sequence[tuple[str, Any]] = ()) -> Listed:
    """A list with all its pages (services.rst, "Paging"), read once in a round of reads.

    Without a limit the service gives everything. Where it does not, further pages of the same size are asked for, until one is empty or
    brings nothing new; what is missing then shows in ``total``.

    :param query: filters; with ``limit`` or ``offset`` among them one page is read
    :raises ApiError: as ``Client.get``
    """
    return client.once((path, *query), lambda: _pages(EntryRequests(client), path, query))


def _pages(requests: EntryRequests, path: str, query: Sequence[tuple[str, Any]]) -> Listed:
    body = requests.get("ucs", path, query)
    items, total = body.get("items"), number(body.get("total"))
    if not isinstance(items, list):
        return Listed(None, total, requests.read_at)
    size, items = len(items), list(items)
    known = set(map(_uid, items))
    one_page = any(name in ("limit", "offset") and value is not None for name, value in query)
    while size and not one_page and total is not None and len(known) < total:
        body = requests.get("ucs", path, [*query, ("limit", size), ("offset", len(items))])
        page, total = body.get("items"), largest(total, number(body.get("total")))
        more = [item for item in page if _uid(item) not in known] if isinstance(page, list) else []
        if not more:
            break
        items += more
        known.update(map(_uid, more))
    return Listed(items, total, requests.read_at)


def _uid(item: Any) -> str:
    """The uid of an item, of whatever type it is, as text."""
    return str(nested(item, "metadata", "uid"))


# --- Which clusters a question means


def validate_clusters(options: Mapping[str, Any], path: str) -> None:
    """Refuses empty lists, empty names, and labels that are no texts.

    :param path: what stands before the option's name in messages: ``checks[0].ucs_gitops.``
    :raises OptionError: naming the option with its path
    """
    for name in (NAMES, FLEETS):
        values = options.get(name)
        if values is not None and not values:
            raise OptionError(path + name, values, "at least one name; left out, it asks for nothing")
        for index, value in enumerate(values or []):
            if not isinstance(value, str) or not value.strip() or not value.isprintable():
                raise OptionError(f"{path}{name}[{index}]", value, "a name")
    labels = options.get(LABELS)
    if labels is not None and not labels:
        raise OptionError(path + LABELS, Said("no label"), "at least one label with its value; left out, it asks for nothing")
    for name, value in (labels or {}).items():
        if isinstance(value, (dict, list)) or value is None or not str(name).strip():
            raise OptionError(f"{path}{LABELS}.{name}", value, "the value of the label, a text")
        if isinstance(value, float):
            raise OptionError(f"{path}{LABELS}.{name}", value, "the value of the label in quotes: without them, YAML made a number of it")


def choices_of(question: Mapping[str, Any], clusters: Sequence[Cluster], fleets: Sequence[Cluster]) -> tuple[Choice, ...]:
    """What each name, each fleet and the labels of a question stand for."""
    by_name = [
        _named(asked, clusters)
        if by == NAMES
        else _fleet(asked, clusters, fleets)
        if by == FLEETS
        else _labelled(question[LABELS], clusters)
        for by, asked in asked_by_name(question)
    ]
    return tuple(by_name)


def ids_in(asked: Iterable[str], clusters: Sequence[Cluster]) -> tuple[Choice, ...]:
    """What each id stands for, in a list of clusters."""
    known = {lower(cluster.uid): cluster.uid for cluster in clusters}
    return tuple(
        Choice(IDS, identifier, (known[lower(identifier)],))
        if lower(identifier) in known
        else Choice(IDS, identifier, hint=nearest(identifier, known))
        for identifier in union_of_ids(asked)
    )


def everything(clusters: Sequence[Cluster], filters: str) -> Choice:
    """All clusters of a list, for a question that names none."""
    return Choice(ALL, filters, _ids(clusters))


def _ids(objects: Iterable[Cluster]) -> tuple[str, ...]:
    return tuple(union_of_ids([each.uid for each in objects]))


def _named(asked: str, clusters: Sequence[Cluster]) -> Choice:
    ids = tuple(sorted(_ids(cluster for cluster in clusters if cluster.name == asked)))
    if len(ids) > 1:
        return Choice(NAMES, asked, candidates=ids)
    return Choice(NAMES, asked, ids, hint="" if ids else nearest(asked, [cluster.name for cluster in clusters]))


def _fleet(asked: str, clusters: Sequence[Cluster], fleets: Sequence[Cluster]) -> Choice:
    ids = tuple(sorted(_ids(fleet for fleet in fleets if fleet.name == asked or lower(fleet.uid) == lower(asked))))
    if len(ids) != 1:
        return Choice(FLEETS, asked, candidates=ids, hint="" if ids else nearest(asked, [fleet.name for fleet in fleets]))
    return Choice(FLEETS, asked, _ids(cluster for cluster in clusters if cluster.fleet_id == lower(ids[0])), ids[0])


def _labelled(labels: Mapping[str, Any], clusters: Sequence[Cluster]) -> Choice:
    return Choice(LABELS, label_text(labels), _ids(cluster for cluster in clusters if cluster.has_labels(labels)))


def given_selection(options: Mapping[str, Any], path: str = "") -> Selection | None:
    """The selection that the options hand over, of names, fleets and labels alone; None without one, and for one that is not clear, which
    is looked up again.

    :param path: what stands before the option's name in messages
    :raises OptionError: for half a selection, and for one of another question
    """
    value = options.get("selection")
    if value is None:
        return None
    selected = Selection.parse(value)
    if selected is None:
        raise OptionError(f"{path}selection", Said("half a selection"), "the whole value that an info module returned")
    by_name = tuple(choice for choice in selected.choices if choice.by in (NAMES, FLEETS, LABELS))
    chosen, asked = {(choice.by, choice.asked) for choice in by_name}, set(asked_by_name(options))
    if chosen != asked:
        seen, expected = (", ".join(sorted(f"{by} {value}" for by, value in each)) or "nothing" for each in (chosen, asked))
        raise OptionError(f"{path}selection", Said(f"what {seen} stands for"), f"what {expected} stands for, as this task asks for it")
    selected = replace(selected, choices=by_name)
    return selected if selected.clear else None


def select(client: Client, question: Mapping[str, Any]) -> Selection | None:
    """Which clusters a question means; None where it names all of them by their ids. Fleets are read only where one is named.

    :raises ApiError: as ``Client.get``
    """
    if not asked_by_name(question):
        return None
    listed = list_all(client, CLUSTERS_PATH)
    fleets = list_all(client, FLEETS_PATH) if question.get(FLEETS) else None
    return selection(question, (), listed, fleets)


def selection(question: Mapping[str, Any], more: tuple[Choice, ...], clusters: Listed, fleets: Listed | None) -> Selection:
    """What a question by names comes to in some lists.

    :param more: choices beside those by names
    """
    known = clusters.objects
    choices = (*more, *choices_of(question, known, fleets.objects if fleets else []))
    chosen = {lower(identifier) for choice in choices for identifier in choice.cluster_ids} | set(map(lower, question.get(IDS) or ()))
    names = {cluster.uid: clean_text(cluster.name, NAME_LIMIT) for cluster in known if cluster.name and lower(cluster.uid) in chosen}
    lists = (clusters.how_much("clusters"), *([fleets.how_much("fleets")] if fleets else []))
    return Selection(min(each.read_at for each in (clusters, fleets) if each), choices, names, lists)

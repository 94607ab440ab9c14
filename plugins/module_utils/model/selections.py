# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Clusters by name: which clusters names, fleets and labels stand for (rules.rst, "Clusters").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from .shapes import lower
from .times import format_time, parse_time

IDS, NAMES, FLEETS, LABELS, ALL = "cluster_ids", "cluster_names", "fleets", "cluster_labels", "all"


@dataclass(frozen=True)
class Choice:
    """What one name, one fleet or the labels stand for.

    :ivar by: the option it stands in; ``all`` for a question that names nothing
    :ivar asked: the name, or the labels as a text
    :ivar cluster_ids: the clusters that it selects
    :ivar fleet_id: of the fleet, where exactly one has the name
    :ivar candidates: the ids of what has the name, where that is more than one
    :ivar hint: a sentence with the nearest names, where nothing has the name
    """

    by: str
    asked: str
    cluster_ids: tuple[str, ...] = ()
    fleet_id: str | None = None
    candidates: tuple[str, ...] = ()
    hint: str = ""

    @property
    def clear(self) -> bool:
        """Whether it stands for something, and for one thing only."""
        return bool(self.cluster_ids) and not self.candidates

    @property
    def words(self) -> str:
        """What was asked, as messages name it: ``fleet prod``."""
        kind = {IDS: "cluster ", NAMES: "cluster ", FLEETS: "fleet ", LABELS: "labels "}.get(self.by)
        return f"{kind}{self.asked}" if kind else f"all clusters{f' with {self.asked}' if self.asked else ''}"


@dataclass(frozen=True)
class ListRead:
    """How much of a list came.

    :ivar of: clusters or fleets
    :ivar came: how many; None where the answer has no list
    :ivar total: how many there are, as the service counts them
    :ivar unreadable: how many state no id, or labels or a fleet of another type: they could be among those asked for
    """

    of: str
    came: int | None
    total: int | None = None
    unreadable: int = 0

    @property
    def whole(self) -> bool:
        """Whether nothing is missing from it, as far as it tells."""
        return self.came is not None and not self.unreadable and (self.total is None or self.total <= self.came)


@dataclass(frozen=True)
class Selection:
    """What a question by names, fleets and labels came to.

    :ivar read_at: when the lists were read, as that of an entry
    :ivar names: the name of each selected cluster, by its id
    """

    read_at: datetime
    choices: tuple[Choice, ...]
    names: Mapping[str, str] = field(default_factory=dict)
    lists: tuple[ListRead, ...] = ()

    @property
    def cluster_ids(self) -> tuple[str, ...]:
        """The clusters selected, each once, in the order asked."""
        return tuple(dict.fromkeys(identifier for choice in self.choices for identifier in choice.cluster_ids))

    @property
    def clear(self) -> bool:
        """Whether every choice stands for something, and the lists are whole: the set can then be fixed."""
        return self.whole and all(choice.clear for choice in self.choices)

    @property
    def whole(self) -> bool:
        """Whether the lists are whole that it was looked up in."""
        return all(each.whole for each in self.lists)

    def as_dict(self) -> dict[str, Any]:
        """The selection as it stands in a result."""
        choices = [
            {**asdict(choice), "cluster_ids": list(choice.cluster_ids), "candidates": list(choice.candidates)} for choice in self.choices
        ]
        lists = [asdict(each) for each in self.lists]
        return {"read_at": format_time(self.read_at), "choices": choices, "names": dict(self.names), "lists": lists}

    @classmethod
    def parse(cls, value: Any) -> Selection | None:
        """The selection that a result states; None for half of one."""
        try:
            return cls.from_dict(value)
        except (KeyError, TypeError, ValueError, AttributeError):
            return None

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Selection:
        """The selection that ``as_dict`` was made from.

        :raises KeyError, TypeError, ValueError: for what is none
        """
        choices = tuple(
            Choice(**{**choice, "cluster_ids": _texts(choice["cluster_ids"]), "candidates": _texts(choice["candidates"])})
            for choice in values["choices"]
        )
        moment = parse_time(values["read_at"])
        if moment is None:
            raise ValueError("no time")
        return cls(moment.latest, choices, dict(values["names"]), tuple(ListRead(**each) for each in values["lists"]))


def _texts(values: Any) -> tuple[str, ...]:
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise ValueError("no list of texts")
    return tuple(values)


def label_value(value: Any) -> str:
    """The value of a label as text: YAML makes booleans and numbers of some."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def label_text(labels: Mapping[str, Any]) -> str:
    """Labels as a text that is equal for equal labels."""
    return ", ".join(sorted(f"{name}={label_value(value)}" for name, value in labels.items()))


def asked_by_name(question: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The option and the value of each name, each fleet, and the labels that a question asks for."""
    texts = [(by, str(value).strip()) for by in (NAMES, FLEETS) for value in question.get(by) or []]
    labels = question.get(LABELS)
    return list(dict.fromkeys([*texts, *([(LABELS, label_text(labels))] if labels else [])]))


def union_of_ids(*groups: Iterable[str]) -> list[str]:
    """Ids, each once, compared without case, in the order given."""
    first: dict[str, str] = {}
    for group in groups:
        for identifier in group:
            first.setdefault(lower(identifier), identifier.strip())
    return list(first.values())

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repositories: their shape in an answer, and what is known of one from several answers (rules.rst, "CodeArts repositories").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from .git_urls import normal_url
from .shapes import is_true, lower, nested
from .times import parse_time
from .units import number, size_in_bytes

PRIVATE, PUBLIC = 0, 20  # visibility_level
INTERNAL = "internal"  # visibility of version 4 of the API: everybody in the account
VISIBILITIES = {"private": PRIVATE, "public": PUBLIC, INTERNAL: None}  # visibility of version 4, and the same as visibility_level
JUDGED = ("status", "project_is_deleted", "visibility_level", "visibility", "userRole", "repository_size", "created_at", "updated_at")


def repositories_of(result: Any) -> list[dict[str, Any]] | None:
    """The repositories in the ``result`` of a list: an object is a list of one; null, ``{}`` and nothing are an empty list (rules.rst, C2).

    :return: None for anything else: then the answer is not what is documented
    """
    if not isinstance(result, dict):
        return None
    listed = result.get("repositories")
    if listed is None or listed == {}:
        return []
    if isinstance(listed, dict):
        return [listed]
    return listed if isinstance(listed, list) and all(isinstance(element, dict) for element in listed) else None


def is_v4(options: Mapping[str, Any]) -> bool:
    """Whether a question is one to version 4 of the API."""
    return options.get("api") == "v4"


# The names of version 4 of the API, and those of version 2 for the same.
V4_NAMES = {
    "id": "repository_id",
    "name": "repository_name",
    "namespace": "group_name",
    "uuid": "repository_uuid",
    "project_id": "project_uuid",
    "http_url_to_repo": "https_url",
    "ssh_url_to_repo": "ssh_url",
    "starred": "star",
}


def from_v4(raw: Mapping[str, Any]) -> dict[str, Any]:
    """A repository of version 4 of the API with the names and values of version 2 (services.rst, "CodeArts: version 4").

    What version 2 does not have stays as it is, so does ``visibility``, of which version 2 does not have ``internal``.
    """
    values = {V4_NAMES.get(name, name): value for name, value in raw.items()}
    if isinstance(values.get("group_name"), dict):
        values["group_name"] = nested(values["group_name"], "full_path") or nested(values["group_name"], "name")
    level = VISIBILITIES.get(lower(raw.get("visibility")))
    return values if level is None else {**values, "visibility_level": level}


def is_deleted(value: Any) -> bool | None:
    """What ``project_is_deleted`` means, which is text in practice; None for a value that means neither (rules.rst, C6)."""
    if value is None or value is False or (isinstance(value, str) and lower(value) in ("false", "")):
        return False
    return True if is_true(value) else {0: False, 1: True}.get(number(value))  # type: ignore[arg-type]


class Repository(NamedTuple):
    """A repository as one answer states it.

    :ivar raw: the object of the answer; what it leaves open may be filled in from other answers of the same sample
    :ivar others: the same repository by other answers of the same sample, where these state something else
    """

    raw: Mapping[str, Any]
    others: tuple[Mapping[str, Any], ...] = ()

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Repository:
        """The repository of an answer's object."""
        return cls(raw, raw.others if isinstance(raw, Merged) else ())

    @property
    def uuid(self) -> str:
        """Its uuid in lower case: uuids are compared without case. Empty where none is stated."""
        return lower(self.raw.get("repository_uuid"))

    @property
    def name(self) -> str:
        """Its name, else its uuid."""
        return str(self.raw.get("repository_name") or self.raw.get("repository_uuid") or "unnamed")

    @property
    def group(self) -> str | None:
        """The name of its group."""
        return str(self.raw["group_name"]) if self.raw.get("group_name") else None

    @property
    def urls(self) -> list[str]:
        """The URLs that it is cloned from, in the form that is compared (rules.rst, X4)."""
        return [normal_url(self.raw[name]) for name in ("https_url", "ssh_url") if self.raw.get(name)]

    @property
    def visibility(self) -> int | None:
        """0 private, 20 public; None where it is not stated or no number."""
        return number(self.raw.get("visibility_level"))

    @property
    def visibility_is_odd(self) -> bool:
        """Whether version 4 states a visibility that is none of the documented ones."""
        return self.raw.get("visibility") is not None and lower(self.raw["visibility"]) not in VISIBILITIES

    @property
    def statements(self) -> list[Repository]:
        """The repository as each answer of the sample states it, this one first."""
        return [self._replace(others=()), *(Repository(other) for other in self.others)]

    def fits(self, want: Mapping[str, Any]) -> bool:
        """Whether an expectation means this repository: uuids without regard to case, names exactly."""
        if want.get("uuid") and self.uuid != lower(want["uuid"]):
            return False
        return not want.get("name") or self.raw.get("repository_name") == want["name"]


def repository_keys(raw: Mapping[str, Any]) -> list[tuple[str, Any]]:
    """What tells a repository in an answer: its uuid, and its number, which is all that the list of version 4 has."""
    uuid, identifier = lower(raw.get("repository_uuid")), number(raw.get("repository_id"))
    return [("uuid", uuid)] * bool(uuid) + [("number", identifier)] * bool(identifier)


def is_same(raw: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two answers are about one repository: the number tells only where one of them states no uuid."""
    uuids = {lower(raw.get("repository_uuid")), lower(other.get("repository_uuid"))} - {""}
    return len(uuids) < 2


class Merged(dict):  # type: ignore[type-arg]
    """The object of an answer, filled in from ``others``: the same repository by other answers, where these state something else."""

    def __init__(self, values: Mapping[str, Any], others: tuple[Mapping[str, Any], ...]) -> None:
        super().__init__(values)
        self.others = others


def filled(raw: Mapping[str, Any], others: list[Mapping[str, Any]]) -> dict[str, Any]:
    """What an answer says of a repository, and from the others what it leaves open: a value wins over null."""
    values = dict(raw)
    for other in others:
        values.update({name: value for name, value in other.items() if values.get(name) is None})
    return values


def differing(repository: Mapping[str, Any], other: Mapping[str, Any]) -> list[str]:
    """The fields that the rules judge and for which both answers state a value, but not the same; ``0`` and ``"0"`` are the same."""
    stated = (name for name in JUDGED if repository.get(name) is not None and other.get(name) is not None)
    return [name for name in stated if _meaning(name, repository[name]) != _meaning(name, other[name])]


def _meaning(name: str, value: Any) -> Any:
    """A value in a form that is equal for equal meanings."""
    if name == "project_is_deleted":
        meaning: Any = is_deleted(value)
    elif name == "repository_size":
        meaning = size_in_bytes(value)
    elif name.endswith("_at"):
        instant = parse_time(value)
        meaning = instant and (instant.earliest, instant.latest)
    else:
        meaning = number(value)
    return str(value).strip().lower() if meaning is None else meaning

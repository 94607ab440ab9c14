# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""YAML documents with the place of every field. Nothing is expanded before it is counted, and nothing is constructed but plain data.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import traceback
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model.errors import GitopsError

try:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError
    from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode
except ImportError:
    YAML_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    YAML_IMPORT_ERROR = None

LARGEST_DOCUMENT = 100_000  # values of a document, those of aliases counted where they are used: more is a bomb
DEEPEST = 100  # levels
MERGE = "tag:yaml.org,2002:merge"

BROKEN, DUPLICATE_KEY, TOO_MUCH = "broken", "duplicate_key", "too_much"  # kinds of faults

Place = tuple[int, int]  # line and column, from 1 on


class MissingYamlError(GitopsError):
    """The Python library ruamel.yaml cannot be imported by the Python that runs the module."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__(
            "The Python library 'ruamel.yaml' is missing: manifests are read with it. Install it with 'pip install ruamel.yaml'."
        )


@dataclass(frozen=True)
class Fault:
    """Why a text, or a document of it, cannot be used; ``kind`` is BROKEN, DUPLICATE_KEY or TOO_MUCH."""

    kind: str
    place: Place
    message: str


@dataclass(frozen=True)
class Document:
    """A YAML document.

    :ivar value: its plain data
    :ivar places: of each field, by its path: ``spec.ref.branch``, ``spec.patches[0].target``; the empty path is the document itself
    """

    value: Any
    places: Mapping[str, Place] = field(default_factory=dict)

    def place(self, path: str = "") -> Place:
        """Where a field stands; where it is missing, the nearest that is there around it."""
        while path and path not in self.places:
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.places.get(path, (1, 1))

    def part(self, path: str) -> Document:
        """A part of the document as a document of its own, such as ``items[0]`` of a list."""
        inner = {
            name[len(path) :].lstrip("."): place
            for name, place in self.places.items()
            if name == path or name.startswith((f"{path}.", f"{path}["))
        }
        value = self.value
        for step in path.replace("[", ".").replace("]", "").split("."):
            value = value[int(step)] if isinstance(value, list) else value[step]
        return Document(value, inner)


def require_yaml() -> None:
    """Refuses to go on without the library.

    :raises MissingYamlError: where it cannot be imported
    """
    if YAML_IMPORT_ERROR:
        raise MissingYamlError(YAML_IMPORT_ERROR)


def read_documents(text: str) -> tuple[list[Document], list[Fault]]:
    """The documents of a YAML (or JSON) text, and what is wrong with it; after a fault of syntax nothing more is read.

    :raises MissingYamlError: where the library cannot be imported
    """
    require_yaml()
    documents: list[Document] = []
    faults: list[Fault] = []
    try:
        for node in YAML(typ="safe", pure=True).compose_all(text):
            builder = _Builder()
            try:
                value = builder.build(node, "", 0)
            except _TooMuchError as error:
                faults.append(Fault(TOO_MUCH, _start(node), str(error)))
                continue
            faults += dict.fromkeys(builder.faults)  # what an alias repeats is said once
            if value is not None:
                documents.append(Document(value, builder.places))
    except YAMLError as error:
        faults.append(_syntax_fault(error, text))
    except (RecursionError, ValueError, OverflowError) as error:
        message = "it is nested too deeply" if isinstance(error, RecursionError) else f"it holds a value that cannot be read ({error})"
        faults.append(Fault(BROKEN, (1, 1), message))
    return documents, faults


def _syntax_fault(error: Any, text: str) -> Fault:
    mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
    parts = [getattr(error, name, None) for name in ("context", "problem")]
    words = ", ".join(part for part in parts if part)
    if mark is None:  # a character that no YAML may hold
        position = getattr(error, "position", 0)
        before = text[: position if isinstance(position, int) else 0]
        return Fault(
            BROKEN, (before.count("\n") + 1, len(before) - before.rfind("\n")), words or str(getattr(error, "reason", "")) or "no YAML"
        )
    return Fault(BROKEN, (mark.line + 1, mark.column + 1), words or "no YAML")


class _TooMuchError(Exception):
    """A document holds more than is read."""


def _start(node: Any) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


class _Builder:
    """Plain data of the nodes of one document, with the places of its fields."""

    def __init__(self) -> None:
        self.places: dict[str, Place] = {}
        self.faults: list[Fault] = []
        self._values = 0

    def build(self, node: Any, path: str, depth: int) -> Any:
        """The value of a node.

        :raises _TooMuchError: for more values than a manifest has, as aliases of aliases make them, or a value within itself
        """
        self._values += 1
        if self._values > LARGEST_DOCUMENT:
            raise _TooMuchError(f"it has more than {LARGEST_DOCUMENT} values, counting what its aliases repeat")
        if depth > DEEPEST:
            raise _TooMuchError(f"it is more than {DEEPEST} levels deep")
        self.places.setdefault(path, _start(node))
        if isinstance(node, MappingNode):
            return self._mapping(node, path, depth)
        if isinstance(node, SequenceNode):
            return [self.build(inner, f"{path}[{index}]", depth + 1) for index, inner in enumerate(node.value)]
        return _scalar(node)

    def _mapping(self, node: Any, path: str, depth: int) -> dict[str, Any]:
        result: dict[str, Any] = {}
        own: set[str] = set()
        for key, value in node.value:
            if key.tag == MERGE:
                for name, merged in self._merged(value, path, depth):
                    result.setdefault(name, merged)
                continue
            name = str(key.value) if isinstance(key, ScalarNode) else "?"
            here = f"{path}.{name}" if path else name
            if name in own:
                first = self.places[here]
                self.faults.append(Fault(DUPLICATE_KEY, _start(key), f"the key {name} stands there already, in line {first[0]}"))
            own.add(name)
            self.places[here] = _start(key)
            result[name] = self.build(value, here, depth + 1)
        return result

    def _merged(self, node: Any, path: str, depth: int) -> Iterator[tuple[str, Any]]:
        for source in node.value if isinstance(node, SequenceNode) else [node]:
            value = self.build(source, path, depth + 1)
            yield from value.items() if isinstance(value, dict) else ()


def _scalar(node: Any) -> Any:
    """Text, number, boolean or null, as Kubernetes reads it; a time stays text, as in JSON."""
    kind = node.tag.rpartition(":")[2]
    text = str(node.value)
    if kind == "null":
        return None
    if kind == "bool":
        return text.lower() in ("true", "yes", "on")
    try:
        if kind == "int":
            return int(text.replace("_", ""), 0)
        if kind == "float":
            return float(text.replace("_", ""))
    except ValueError:
        pass
    return text

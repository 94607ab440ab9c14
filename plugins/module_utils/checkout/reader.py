# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a path of a checkout declares: its manifests, what is not resolved of them, and what could not be read.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..model.flux_objects import text_of
from ..model.manifests import KINDS, Identity, only_text
from ..model.shapes import mapping
from .documents import Document, Fault, Place, read_documents
from .overlays import Construct, Overlays
from .tree import KUSTOMIZATION_NAMES, Tree

# ``${name}`` as Flux fills it in, also with a default; ``$${name}`` stands for itself.
_VARIABLE = re.compile(r"(?<!\$)\$\{[A-Za-z_]\w*(?:[:=/^,%#-][^}]*)?\}")
NOT_SHOWN = ("spec.values",)  # may hold secrets, and no rule looks at it
RENDERED = "rendered"  # in place of a file's name


@dataclass
class Found:
    """A manifest on its way into a reading."""

    identity: Identity
    document: Document
    file: str
    listed: bool = True
    changed_by: list[dict[str, Any]] = field(default_factory=list)

    def as_dict(self) -> dict[str, Any]:
        """The manifest as it stands in a reading."""
        line, column = self.document.place()
        shown = {path: place for path, place in self.document.places.items() if path and not path.startswith(NOT_SHOWN)}
        spec, metadata = self.document.value.get("spec"), mapping(self.document.value.get("metadata"))
        kept = {name: value for name, value in spec.items() if f"spec.{name}" not in NOT_SHOWN} if isinstance(spec, dict) else spec
        return {
            "file": self.file,
            "line": line,
            "column": column,
            "api_version": self.document.value.get("apiVersion"),
            "kind": self.identity.kind,
            "namespace": metadata.get("namespace") or None,
            "name": metadata.get("name") or None,
            "listed": self.listed,
            "spec": kept,
            "not_resolved": self.changed_by,
            "positions": {path: {"line": place[0], "column": place[1]} for path, place in shown.items()},
        }


def read_path(tree: Tree, start: str) -> dict[str, Any]:
    """What is declared below a path.

    :param start: a file or folder, by its name in the tree
    :return: ``start``, the name; ``manifests``, ``not_resolved``, ``skipped`` and ``problems``, each a list of dicts with ``file`` and
        mostly ``line``; and ``files``, how many were looked at
    """
    overlays = Overlays(tree)
    names = list(tree.files(start))
    built = [overlays.built(posixpath.dirname(name) or ".") for name in names if posixpath.basename(name) in KUSTOMIZATION_NAMES]
    reached = {file for each in built for file in each.files}
    whole = list(dict.fromkeys([*names, *sorted(reached)]))
    found: list[Found] = []
    faults: list[tuple[str, Fault]] = []
    for name in whole:
        if name in overlays.patches:
            continue
        manifests, wrong = _manifests_of(name, tree.manifests(name) or "")
        has_own = tree.kustomization(posixpath.dirname(name) or ".") is not None
        for manifest in manifests:
            manifest.listed = not has_own or name in reached or name == start
        found += manifests
        faults += [(name, fault) for fault in wrong]
    # Beside manifests: which of them are applied is not known.
    beside = {posixpath.dirname(manifest.file) for manifest in found}
    faults += [(name, fault) for name, fault in overlays.faults if posixpath.dirname(name) in beside and (name, fault) not in faults]
    changes = [change for each in built for change in each.constructs]
    changes += [(construct, frozenset(files)) for construct, files in _changes_of_flux(overlays, found, names)]
    constructs = [*overlays.remote.values(), *_marked(found, changes)]
    return {"start": start, **_fields(tree, found, constructs, faults, len(whole))}


def read_text(text: str) -> dict[str, Any]:
    """What a text declares that kustomize or Flux built already, in the form of ``read_path``."""
    found, faults = _manifests_of(RENDERED, text)
    return {"start": RENDERED, **_fields(None, found, _marked(found, []), [(RENDERED, fault) for fault in faults], 1)}


def _manifests_of(name: str, text: str) -> tuple[list[Found], list[Fault]]:
    """The manifests in a text, and what is wrong with it."""
    if not text:
        return [], []
    documents, faults = read_documents(text)
    return [found for document in documents for found in _objects(document, name)], faults


def _objects(document: Document, name: str) -> Iterator[Found]:
    """The manifests of a document, which may be a list of them: a List, or one of a kind, such as a GitRepositoryList."""
    value = document.value
    if not isinstance(value, dict):
        return
    if text_of(value.get("kind")).endswith("List") and isinstance(value.get("items"), list):
        for index, item in enumerate(value["items"]):
            if isinstance(item, dict):
                yield from _objects(document.part(f"items[{index}]"), name)
        return
    kind = text_of(value.get("kind"))
    group = text_of(value.get("apiVersion")).rpartition("/")[0]
    if kind in KINDS and KINDS[kind][0] == group:
        metadata = mapping(value.get("metadata"))
        yield Found(Identity(group, kind, only_text(metadata.get("namespace")), only_text(metadata.get("name"))), document, name)


def _changes_of_flux(overlays: Overlays, found: Iterable[Found], names: Iterable[str]) -> Iterator[tuple[Construct, list[str]]]:
    """What Flux's own Kustomizations change, each with the files it applies."""
    below: dict[str, list[str]] = {}
    for manifest in found:
        if manifest.identity.kind != "Kustomization":
            continue
        for construct, folder in overlays.of_flux(manifest.file, manifest.document):
            if folder not in below:
                own = overlays.built(folder).files if overlays.tree.kustomization(folder) else ()
                inside = [name for name in names if folder == "." or name.startswith(f"{folder}/")]
                inner = [file for name in inside for file in overlays.built(posixpath.dirname(name) or ".").files]
                below[folder] = list(own) or [*inside, *inner]
            yield construct, below[folder]


def _marked(found: Iterable[Found], changes: Iterable[tuple[Construct, Iterable[str]]]) -> list[Construct]:
    """Notes at each manifest what changes it; gives the constructs that change any."""
    by_file: dict[str, list[Found]] = {}
    for manifest in found:
        by_file.setdefault(manifest.file, []).append(manifest)
    effective: dict[tuple[str, str, Place], Construct] = {}
    for construct, files in changes:
        key = (construct.what, construct.file, (construct.line, construct.column))
        for file in files:
            for manifest in by_file.get(file, ()):
                if construct.touches(manifest.identity):
                    effective[key] = construct
                    note = _note(construct)
                    if note not in manifest.changed_by:
                        manifest.changed_by.append(note)
    for manifests in by_file.values():
        for manifest in manifests:
            for place, fields in _variables(manifest.document).items():
                substitution = Construct("substitution", manifest.file, *place, lambda _manifest: True, tuple(fields))
                manifest.changed_by.append(_note(substitution))
                effective["substitution", manifest.file, place] = substitution
    return list(effective.values())


def _note(construct: Construct) -> dict[str, Any]:
    """A construct as it stands at the manifests that it changes."""
    return {
        "construct": construct.what,
        "file": construct.file,
        "line": construct.line,
        "column": construct.column,
        "fields": list(construct.fields),
    }


def _variables(document: Document) -> dict[Place, list[str]]:
    """The fields that Flux fills in, by their place."""
    found: dict[Place, list[str]] = {}

    def look(value: Any, path: str) -> None:
        if path.startswith(NOT_SHOWN):
            return
        if isinstance(value, Mapping):
            for name, inner in value.items():
                look(inner, f"{path}.{name}" if path else name)
        elif isinstance(value, list):
            for index, inner in enumerate(value):
                look(inner, f"{path}[{index}]")
        elif isinstance(value, str) and _VARIABLE.search(value):
            found.setdefault(document.place(path), []).append(path)

    look({name: document.value.get(name) for name in ("metadata", "spec")}, "")
    return found


def _fields(
    tree: Tree | None, found: list[Found], constructs: list[Construct], faults: list[tuple[str, Fault]], files: int
) -> dict[str, Any]:
    unread = list(dict.fromkeys(tree.unread)) if tree else []
    return {
        "manifests": [manifest.as_dict() for manifest in found],
        "not_resolved": [
            {"construct": construct.what, "file": construct.file, "line": construct.line, "column": construct.column}
            for construct in sorted(constructs, key=lambda construct: (construct.file, construct.line, construct.what))
        ],
        "skipped": [{"file": each.file, "reason": each.reason} for each in unread if each.expected],
        "problems": [
            *(
                {"kind": fault.kind, "file": file, "line": fault.place[0], "column": fault.place[1], "message": fault.message}
                for file, fault in faults
            ),
            *(
                {"kind": "unread", "file": each.file, "line": None, "column": None, "message": each.reason}
                for each in unread
                if not each.expected
            ),
        ],
        "files": files,
    }

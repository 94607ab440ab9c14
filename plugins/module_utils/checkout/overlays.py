# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What kustomize and Flux change of a manifest before it is applied. Nothing is built: it is said what changes which manifest.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from ..model.manifests import Identity
from ..model.shapes import mapping, mappings
from .documents import BROKEN, Document, Fault, Place, read_documents
from .tree import Tree, joined

_REMOTE = re.compile(r"^(?:[a-z][a-z0-9+.-]*::?//|git@|[\w-]+(?:\.[\w-]+)+/[^/]+/)|[?&]ref=", re.IGNORECASE)
# Fields of a kustomization.yaml that change whatever is built, wherever it stands.
_CHANGES_ALL = ("namePrefix", "nameSuffix", "transformers", "vars", "helmCharts", "helmChartInflationGenerator")
RESOURCES = ("resources", "bases")
TAKING_IN = (*RESOURCES, "components")
_PATCHES = ("patches", "patchesStrategicMerge", "patchesJson6902")
# Fields of Flux's Kustomization that change what it applies.
_FLUX_CHANGES_ALL = ("namePrefix", "nameSuffix", "components")
_CHANGED_FIELDS = {"namePrefix": ("metadata.name",), "nameSuffix": ("metadata.name",)}

Touches = Callable[[Identity], bool]


@dataclass(frozen=True)
class Construct:
    """Something that is not resolved, where it stands, and which manifests it changes.

    :ivar what: its field, e.g. ``patches``, ``namePrefix``, ``substitution``
    :ivar fields: of the manifest, those that it changes, by their paths; empty where these are not known
    """

    what: str
    file: str
    line: int
    column: int
    touches: Touches
    fields: tuple[str, ...] = ()


@dataclass(frozen=True)
class Built:
    """What a folder's kustomization.yaml takes in: files, and the constructs that change what they hold."""

    files: frozenset[str] = frozenset()
    constructs: tuple[tuple[Construct, frozenset[str]], ...] = ()


@dataclass
class Overlays:
    """The kustomizations of a checkout.

    :ivar patches: files that are patches, and no manifests of their own
    :ivar remote: resources that are elsewhere, and what makes some
    :ivar faults: what is wrong with the files for kustomize
    """

    tree: Tree
    patches: set[str] = field(default_factory=set)
    remote: dict[tuple[str, Place], Construct] = field(default_factory=dict)
    faults: list[tuple[str, Fault]] = field(default_factory=list)
    _built: dict[str, Built] = field(default_factory=dict)
    _documents: dict[str, Document | None] = field(default_factory=dict)

    def built(self, folder: str) -> Built:
        """What the kustomization.yaml of a folder takes in; nothing where there is none. One that takes in itself is read once."""
        if folder in self._built:
            return self._built[folder]
        self._built[folder] = Built()
        name = self.tree.kustomization(folder)
        document = self._document(name) if name else None
        if name is None or document is None:
            return self._built[folder]
        files, inner = self._resources(folder, name, document)
        own = [(construct, files) for construct in self._constructs(folder, name, document)]
        for path, place in _texts(document, "components"):
            part = joined(folder, path)
            if not self.tree.is_folder(part):  # what it changes is not known
                own.append((_construct("components", name, document, place, lambda _manifest: True), files))
                continue
            component = self.built(part)
            files |= component.files
            own += [(construct, files) for construct, _files in component.constructs]
        self._built[folder] = Built(frozenset(files), (*own, *inner))
        return self._built[folder]

    def _document(self, name: str) -> Document | None:
        """A file for kustomize, the first document of it; None where it cannot be used."""
        if name not in self._documents:
            text = self.tree.text(name)
            documents, faults = read_documents(text) if text else ([], [])
            self._documents[name] = documents[0] if documents and isinstance(documents[0].value, dict) else None
            if text is not None and not faults:
                faults = _no_kustomization(self._documents[name])
            self.faults += [(name, fault) for fault in faults]
        return self._documents[name]

    def _resources(self, folder: str, name: str, document: Document) -> tuple[frozenset[str], list[tuple[Construct, frozenset[str]]]]:
        files: set[str] = set()
        constructs: list[tuple[Construct, frozenset[str]]] = []
        for entry in RESOURCES:
            for path, place in _texts(document, entry):
                target = joined(folder, path)
                if self.tree.is_folder(target):
                    inner = self.built(target)
                    files |= inner.files
                    constructs += inner.constructs
                elif self.tree.inside(target) and (self.tree.root / target).is_file():
                    files.add(target)
                else:
                    what = "remote resource" if _REMOTE.search(path) else "missing resource"
                    self._name_remote(what, name, document, place)
        if document.value.get("generators"):
            self._name_remote("generators", name, document, "generators")
        return frozenset(files), constructs

    def _name_remote(self, what: str, name: str, document: Document, place: str) -> None:
        self.remote[name, document.place(place)] = _construct(what, name, document, place, lambda _manifest: False)

    def _constructs(self, folder: str, name: str, document: Document) -> Iterator[Construct]:
        for what in _CHANGES_ALL:
            if document.value.get(what):
                yield _construct(what, name, document, what, lambda _manifest: True, _CHANGED_FIELDS.get(what, ()))
        namespace = document.value.get("namespace")
        if namespace:
            yield _construct("namespace", name, document, "namespace", partial(_moves, str(namespace)), ("metadata.namespace",))
        for index, replacement in enumerate(mappings(document.value.get("replacements"))):
            selects = [mapping(target.get("select")) for target in mappings(replacement.get("targets"))]
            touches: Touches = partial(_selected, selects) if selects else lambda _manifest: True
            yield _construct("replacements", name, document, f"replacements[{index}]", touches)
        for what in _PATCHES:
            yield from self._patches(folder, name, document, what)

    def _patches(self, folder: str, name: str, document: Document, field_name: str) -> Iterator[Construct]:
        """The patches of a list: each a file, a text, or either of them with a target."""
        value: Any = document.value
        for step in field_name.split("."):
            value = mapping(value).get(step)
        for index, entry in enumerate(value if isinstance(value, list) else []):
            text = entry if isinstance(entry, str) else mapping(entry).get("patch")
            path = entry if isinstance(entry, str) and "\n" not in entry else mapping(entry).get("path")
            if isinstance(path, str):
                patch_file = joined(folder, path)
                self.patches.add(patch_file)
                text = self.tree.text(patch_file) if self.tree.inside(patch_file) and (self.tree.root / patch_file).is_file() else None
            target = mapping(mapping(entry).get("target"))
            selects: Sequence[Mapping[str, Any]] = [target] if target else _patched(text)
            yield _construct(field_name, name, document, f"{field_name}[{index}]", partial(_selected, selects), _patched_fields(text))

    def of_flux(self, file: str, document: Document) -> Iterator[tuple[Construct, str]]:
        """What one of Flux's Kustomizations changes of what it applies, each with the folder in this checkout that it applies."""
        spec = mapping(document.value.get("spec"))
        folder = joined(".", str(spec.get("path") or "."))
        if not self.tree.is_folder(folder):
            return
        for what in _FLUX_CHANGES_ALL:
            if spec.get(what):
                fields = _CHANGED_FIELDS.get(what, ())
                yield _construct(f"spec.{what}", file, document, f"spec.{what}", lambda _manifest: True, fields), folder
        if spec.get("targetNamespace"):
            moves = partial(_moves, str(spec["targetNamespace"]))
            yield _construct("spec.targetNamespace", file, document, "spec.targetNamespace", moves, ("metadata.namespace",)), folder
        for field_name in ("spec.patches", "spec.patchesStrategicMerge", "spec.patchesJson6902"):
            for construct in self._patches(folder, file, document, field_name):
                yield construct, folder


def _no_kustomization(document: Document | None) -> list[Fault]:
    """Why kustomize would not take a document, so that what it takes in is not known."""
    if document is None:
        return [Fault(BROKEN, (1, 1), "it is empty or no mapping, so what it takes in is not known")]
    return [
        Fault(BROKEN, document.place(name), f"{name} is no list, so what it takes in is not known")
        for name in TAKING_IN
        if not isinstance(document.value.get(name) or [], list)
    ]


def _construct(what: str, file: str, document: Document, place: str, touches: Touches, fields: tuple[str, ...] = ()) -> Construct:
    return Construct(what, file, *document.place(place), touches, fields)


def _texts(document: Document, name: str) -> Iterator[tuple[str, str]]:
    """The texts of a list, each with its path."""
    value = document.value.get(name)
    for index, text in enumerate(value if isinstance(value, list) else []):
        if isinstance(text, str):
            yield text, f"{name}[{index}]"


def _patched(text: Any) -> list[Mapping[str, Any]]:
    """What a patch without a target changes: the objects whose kind and name stand in it."""
    documents = read_documents(text)[0] if isinstance(text, str) else []
    values = [mapping(document.value) for document in documents]
    named = [(value.get("kind"), mapping(value.get("metadata")).get("name")) for value in values]
    return [{"kind": re.escape(str(kind)), "name": re.escape(str(name))} for kind, name in named if kind]


def _patched_fields(text: Any) -> tuple[str, ...]:
    """The fields that a patch changes, by their paths: of a merge what stands in it, of a list of operations their paths."""
    documents = read_documents(text)[0] if isinstance(text, str) else []
    fields: list[str] = []
    for document in documents:
        operations = document.value if isinstance(document.value, list) else []
        paths = [str(mapping(operation).get("path", "")).strip("/").split("/") for operation in operations]
        fields += [".".join(part.replace("~1", "/").replace("~0", "~") for part in path) for path in paths]
        fields += _leaves({name: mapping(document.value).get(name) for name in ("metadata", "spec")}, "")
    named = ("metadata.name", "metadata.namespace")  # of a merge: they say whom it means
    return tuple(dict.fromkeys(name for name in fields if name not in named)) or (() if not documents else ("metadata.annotations",))


def _leaves(value: Any, path: str) -> list[str]:
    if not isinstance(value, dict):
        return [path] if value is not None else []
    return [leaf for name, inner in value.items() for leaf in _leaves(inner, f"{path}.{name}" if path else str(name))]


def _moves(namespace: str, manifest: Identity) -> bool:
    return manifest.namespace != namespace


def _selected(selects: Sequence[Mapping[str, Any]], manifest: Identity) -> bool:
    """Whether one of some selectors means a manifest; those by labels or annotations are taken to mean it."""
    return any(
        _fits(select.get("kind"), manifest.kind) and _fits(select.get("name"), manifest.name) and _in_group(select.get("group"), manifest)
        for select in selects
    )


def _fits(pattern: Any, value: str) -> bool:
    if not pattern:
        return True
    try:
        return bool(re.fullmatch(str(pattern), value))
    except re.error:
        return True


def _in_group(group: Any, manifest: Identity) -> bool:
    return not group or str(group) == manifest.group

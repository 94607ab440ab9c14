# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A manifest: an object of Flux as a file of a checkout declares it (rules.rst, "Declared in code").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .config_sets import source_ref
from .flux_objects import text_of
from .shapes import mapping, mappings, nested

SOURCE, KUSTOMIZATION, RELEASE = "GitRepository", "Kustomization", "HelmRelease"
# The kinds that are read, each with its group and the versions whose fields are known.
KINDS: dict[str, tuple[str, tuple[str, ...]]] = {
    SOURCE: ("source.toolkit.fluxcd.io", ("v1", "v1beta2")),
    KUSTOMIZATION: ("kustomize.toolkit.fluxcd.io", ("v1", "v1beta2")),
    RELEASE: ("helm.toolkit.fluxcd.io", ("v2", "v2beta2", "v2beta1")),
}


def only_text(value: Any) -> str:
    """A value that has to be text; empty for any other, such as the number of ``name: 5``, which Kubernetes does not take either."""
    return value if isinstance(value, str) else ""


class Identity(NamedTuple):
    """What names an object."""

    group: str
    kind: str
    namespace: str
    name: str


@dataclass(frozen=True)
class Manifest:
    """One declared object: ``raw`` is an element of ``manifests`` of a reading.

    :ivar namespace: empty where the file does not state it
    :ivar changed_by: the constructs that change it before it is applied
    """

    raw: Mapping[str, Any]
    kind: str
    namespace: str
    name: str
    file: str
    line: int
    changed_by: tuple[Mapping[str, Any], ...]

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> Manifest:
        """A manifest from its JSON."""
        texts = {name: only_text(raw.get(name)) for name in ("kind", "namespace", "name", "file")}
        line = raw.get("line")
        return cls(raw, **texts, line=line if isinstance(line, int) else 1, changed_by=tuple(mappings(raw.get("not_resolved"))))

    @property
    def version(self) -> str:
        """The version of its API."""
        return text_of(self.raw.get("api_version")).rpartition("/")[2]

    @property
    def is_known(self) -> bool:
        """Whether the fields of its version are known."""
        return self.version in KINDS.get(self.kind, ("", ()))[1]

    @property
    def listed(self) -> bool:
        """Whether kustomize would take the file in."""
        return self.raw.get("listed") is not False

    @property
    def is_settled(self) -> bool:
        """Whether it is known which of its fields are applied as they stand in the file; see ``is_open``."""
        return all(construct.get("fields") for construct in self.changed_by)

    @property
    def place(self) -> str:
        """File and line, for people."""
        return f"{self.file}:{self.line}"

    def spec(self, *path: str) -> Any:
        """A field of the spec, None where it is missing."""
        return nested(self.raw.get("spec"), *path)

    def is_open(self, path: str) -> bool:
        """Whether a field, or one around or in it, is changed before the manifest is applied."""
        fields = [str(name) for construct in self.changed_by for name in construct.get("fields") or []]
        return any(
            path == name or path.startswith((f"{name}.", f"{name}[")) or name.startswith((f"{path}.", f"{path}[")) for name in fields
        )

    def line_of(self, path: str) -> int:
        """The line of a field; where it is missing, of the nearest that is there around it."""
        positions = mapping(self.raw.get("positions"))
        while path:
            line = mapping(positions.get(path)).get("line")
            if isinstance(line, int):
                return line
            path = path[: max(path.rfind("."), path.rfind("["), 0)]
        return self.line

    @property
    def source_ref(self) -> tuple[str, str, str]:
        """Kind, namespace and name of the source that it follows; empty where it names none."""
        ref = source_ref(self.spec())
        name = only_text(ref.get("name"))
        return (only_text(ref.get("kind")), only_text(ref.get("namespace")) or self.namespace, name) if name else ("", "", "")

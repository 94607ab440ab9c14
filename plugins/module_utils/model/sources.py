# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A repository source: Flux's GitRepository as the services list it (rules.rst, "Repository sources").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from .flux_objects import FluxObject, text_of
from .revisions import HEADS, TAGS, Revision, is_commit, parse_revision, short_name
from .shapes import lower, mapping, nested

DEFAULT_BRANCH, DEFAULT_TAG = "master", "latest"  # Flux's own, where spec.ref names nothing
GIT_REPOSITORY = "GitRepository"
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
VERIFIED = ("sourceverified", "sourceverifiedcondition")


class EffectiveRef(NamedTuple):
    """What a source follows: of the fields of spec.ref the one that Flux obeys.

    :ivar kind: ``commit``, ``name``, ``semver``, ``tag`` or ``branch``; for an OCIRepository also ``digest``; for a Bucket or a
        HelmRepository the field that says where it is
    :ivar field: where it stands in the answer
    """

    kind: str
    value: str
    field: str

    @classmethod
    def parse(cls, ref: Any) -> EffectiveRef:
        """Commit wins over name, name over semver, that over tag, that over branch; nothing at all is the branch master."""
        return cls._first(ref, ("commit", "name", "semver", "tag", "branch"), DEFAULT_BRANCH)

    @classmethod
    def of(cls, kind: str, spec: Any) -> EffectiveRef:
        """What a source of a kind follows: of artifacts digest wins over semver, that over tag; a bucket and an index follow themselves."""
        if kind == GIT_REPOSITORY:
            return cls.parse(nested(spec, "ref"))
        if kind == "OCIRepository":
            return cls._first(nested(spec, "ref"), ("digest", "semver", "tag"), DEFAULT_TAG)
        field = "bucketName" if kind == "Bucket" else "url"
        return cls(field, text_of(nested(spec, field)), f"spec.{field}")

    @classmethod
    def _first(cls, ref: Any, kinds: Sequence[str], default: str) -> EffectiveRef:
        for kind in kinds:
            value = text_of(mapping(ref).get(kind)).strip()
            if value:
                return cls._named(value) if kind == "name" else cls(kind, value, f"spec.ref.{kind}")
        return cls(kinds[-1], default, f"spec.ref.{kinds[-1]}")

    @classmethod
    def _named(cls, value: str) -> EffectiveRef:
        for prefix, kind in ((HEADS, "branch"), (TAGS, "tag")):
            if value.startswith(prefix):
                return cls(kind, short_name(value, prefix), "spec.ref.name")
        return cls("name", value, "spec.ref.name")

    @property
    def words(self) -> str:
        """The ref for people: ``branch main``."""
        return f"{self.kind} {self.value}"

    def is_moving(self, text: str) -> bool:
        """Whether a text is the name of the branch, or of the other ref, that is followed: every revision of it would fit."""
        return self.kind in ("branch", "name") and short_name(text.strip(), HEADS) == short_name(self.value, HEADS)

    def holds(self, revision: Revision) -> bool:
        """Whether an artifact is of this ref; True where that cannot be compared (rules.rst, S18)."""
        if self.kind == "commit":
            return revision.hex is not None and is_commit(self.value, revision.hex)
        if self.kind == "digest":
            return revision.hex == self.value.rpartition(":")[2].lower()
        if self.kind not in ("branch", "tag", "name") or revision.pointer is None:
            return True
        prefix = {"branch": HEADS, "tag": TAGS}.get(self.kind, "")
        return short_name(revision.pointer, prefix) == short_name(self.value, prefix)


@dataclass(frozen=True)
class GitRepository(FluxObject):
    """A source: a GitRepository, or another kind of Flux's sources, which are built alike.

    ``raw`` is an element of the list, whose ``gitRepository`` is the object itself.

    :ivar revision: of the artifact; its text is empty where there is none
    """

    revision: Revision
    ref: EffectiveRef
    kind: str = GIT_REPOSITORY

    @classmethod
    def parse(cls, raw: Mapping[str, Any], kind: str = GIT_REPOSITORY) -> GitRepository:
        """A source from its JSON: an element of ``items`` of the list.

        :param kind: of those that are listed; others cannot be judged
        """
        repository = raw.get("gitRepository")
        revision = nested(repository, "status", "artifact", "revision")
        return cls(
            **cls.parsed(raw, repository),
            revision=parse_revision(revision if isinstance(revision, str) else ""),
            ref=EffectiveRef.of(kind, nested(repository, "spec")),
            kind=kind,
        )

    @property
    def key(self) -> tuple[str, ...]:
        """What it is remembered by from sample to sample."""
        return ("source" if self.kind == GIT_REPOSITORY else self.kind, self.namespace, self.name)

    @property
    def supported(self) -> bool:
        """Whether it is of its kind, with its content (rules.rst, S3)."""
        return lower(self.raw.get("repoType")) == self.kind.lower() and isinstance(self.content, dict)

    @property
    def has_artifacts(self) -> bool:
        """Whether it is one that fetches something: a HelmRepository of the type oci only says where charts are (rules.rst, F7)."""
        return not (self.kind == "HelmRepository" and lower(self.spec("type")) == "oci")

    @property
    def static(self) -> bool:
        """Whether no controller ever looks at it: it fetches nothing, and states no conditions (rules.rst, F7)."""
        return not self.has_artifacts and not self.conditions

    @property
    def url(self) -> str:
        """spec.url as it stands there; empty where it is no text."""
        url = self.spec("url")
        return url.strip() if isinstance(url, str) else ""

    @property
    def pickup_time(self) -> float:
        """Seconds that Flux may take until a pushed revision is its artifact: 2 x interval + timeout."""
        return 2 * self.spec_seconds("interval") + self.spec_seconds("timeout")

    @property
    def more_times(self) -> Mapping[str, Any]:
        """The times that a source states beside those of every object."""
        return {
            f"metadata.annotations[{REQUESTED_AT}]": self.metadata("annotations", REQUESTED_AT),
            "status.artifact.lastUpdateTime": self.status("artifact", "lastUpdateTime"),
        }

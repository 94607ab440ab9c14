# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A repository source: Flux's GitRepository as the services list it (rules.rst, "Repository sources").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .flux_objects import FluxObject, text_of
from .revisions import HEADS, TAGS, Revision, is_commit, parse_revision, short_name
from .shapes import lower, mapping, nested

DEFAULT_BRANCH = "master"  # Flux's own, where spec.ref names nothing
REQUESTED_AT = "reconcile.fluxcd.io/requestedAt"
VERIFIED = ("sourceverified", "sourceverifiedcondition")


@dataclass(frozen=True)
class EffectiveRef:
    """What a source follows: of the fields of spec.ref the one that Flux obeys.

    :ivar kind: ``commit``, ``name``, ``semver``, ``tag`` or ``branch``
    :ivar field: where it stands in the answer
    """

    kind: str
    value: str
    field: str

    @classmethod
    def parse(cls, ref: Any) -> EffectiveRef:
        """Commit wins over name, name over semver, that over tag, that over branch; nothing at all is the branch master."""
        for kind in ("commit", "name", "semver", "tag", "branch"):
            value = text_of(mapping(ref).get(kind)).strip()
            if value:
                return cls._named(value) if kind == "name" else cls(kind, value, f"spec.ref.{kind}")
        return cls("branch", DEFAULT_BRANCH, "spec.ref.branch")

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
        if self.kind == "semver" or revision.pointer is None:
            return True
        prefix = {"branch": HEADS, "tag": TAGS}.get(self.kind, "")
        return short_name(revision.pointer, prefix) == short_name(self.value, prefix)


@dataclass(frozen=True)
class GitRepository(FluxObject):
    """A source of the answer: ``raw`` is an element of the list, whose ``gitRepository`` is the object itself.

    :ivar revision: of the artifact; its text is empty where there is none
    """

    revision: Revision
    ref: EffectiveRef

    @classmethod
    def parse(cls, raw: Mapping[str, Any]) -> GitRepository:
        """A source from its JSON: an element of ``items`` of the list."""
        repository = raw.get("gitRepository")
        revision = nested(repository, "status", "artifact", "revision")
        return cls(
            **cls.parsed(raw, repository),
            revision=parse_revision(revision if isinstance(revision, str) else ""),
            ref=EffectiveRef.parse(nested(repository, "spec", "ref")),
        )

    @property
    def key(self) -> tuple[str, ...]:
        """What it is remembered by from sample to sample."""
        return ("source", self.namespace, self.name)

    @property
    def supported(self) -> bool:
        """Whether it is a GitRepository with its content (rules.rst, S3)."""
        return lower(self.raw.get("repoType")) == "gitrepository" and isinstance(self.content, dict)

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

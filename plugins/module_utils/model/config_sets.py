# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A config set: Flux's Kustomization (or another object that applies something) with the source that it follows (rules.rst, "Config sets").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .flux_objects import FluxObject, text_of
from .revisions import Revision, parse_revision
from .shapes import lower, mapping, nested
from .sources import GitRepository

KUSTOMIZATION, HELM_RELEASE = "Kustomization", "HelmRelease"
# The kinds of objects that apply something, by the field of a config set that holds them.
OBJECTS = {"kustomization": KUSTOMIZATION, "helmRelease": HELM_RELEASE}


@dataclass(frozen=True)
class ConfigSet(FluxObject):
    """A config set: ``raw`` is an element of the list, ``content`` the Kustomization or HelmRelease in it.

    :ivar kind: ``Kustomization``, ``HelmRelease``, or empty for one that holds neither
    :ivar source: what its sourceRef names; None where that is not in the answer
    :ivar attempted: status.lastAttemptedRevision, tried last, also in vain; its text is empty where it is not stated
    :ivar last_applied: status.lastAppliedRevision, of the last success; its text is empty where it is not stated
    """

    kind: str
    source: GitRepository | None
    attempted: Revision
    last_applied: Revision

    @classmethod
    def parse(cls, raw: Mapping[str, Any], sources: Sequence[GitRepository] = ()) -> ConfigSet:
        """A config set from its JSON: an element of ``items`` of the list.

        :param sources: those of the same cluster, among which its own is
        """
        field = _field_of(raw)
        return cls.of(OBJECTS.get(field, ""), raw.get(field), sources, raw)

    @classmethod
    def of(cls, kind: str, content: Any, sources: Sequence[GitRepository] = (), raw: Mapping[str, Any] | None = None) -> ConfigSet:
        """A config set from the object of Flux alone, as Kubernetes has it.

        :param kind: ``Kustomization``, ``HelmRelease``, or empty
        :param content: the object, with ``metadata``, ``spec`` and ``status``
        :param sources: those of the same cluster, among which its own is
        :param raw: the element of a list that it stands in, where there is one
        """
        attempted, applied = (nested(content, "status", name) for name in ("lastAttemptedRevision", "lastAppliedRevision"))
        fields = cls.parsed(raw or {}, content)
        return cls(
            **fields,
            kind=kind,
            source=_source_of(content, fields["namespace"], raw or {}, sources),
            attempted=parse_revision(text_of(attempted)),
            last_applied=parse_revision(text_of(applied)),
        )

    @property
    def key(self) -> tuple[str, ...]:
        """What it is remembered by from sample to sample."""
        return ("config_set", self.namespace, f"{self.kind} {self.name}")

    @property
    def applies_revisions(self) -> bool:
        """Whether it is a Kustomization, and listed as one where its type is stated: only of such a one a revision can be expected (K2)."""
        return self.kind == KUSTOMIZATION and lower(self.raw.get("configSetType")) in ("", KUSTOMIZATION.lower())

    @property
    def source_name(self) -> str:
        """Namespace and name of its source, as its sourceRef has them; empty where it names none."""
        return "/".join(reference(self.content, self.namespace))

    @property
    def source_label(self) -> str:
        """Kind and name of its source for people: ``OCIRepository apps/manifests``."""
        return f"{text_of(source_ref(nested(self.content, 'spec')).get('kind'))} {self.source_name or 'without a name'}".strip()

    def follows(self, source: str) -> bool:
        """Whether its sourceRef names this source: ``NAME``, or ``NAMESPACE/NAME``."""
        return bool(self.source_name) and source in (self.source_name, self.source_name.rpartition("/")[2])

    @property
    def timeout(self) -> float:
        """spec.timeout in seconds, by default spec.interval."""
        return self.spec_seconds("timeout", self.spec_seconds("interval"))

    @property
    def apply_time(self) -> float:
        """Seconds that Flux may take until a new artifact of its source is applied: interval + timeout."""
        return self.spec_seconds("interval") + self.timeout

    @property
    def pickup_time(self) -> float:
        """Seconds that Flux may take until a pushed revision is applied: what its source may take, then this one."""
        return (self.source or GitRepository.parse({})).pickup_time + self.apply_time


def sources_in(items: Sequence[Mapping[str, Any]]) -> list[GitRepository]:
    """The sources that the config sets of a cluster state, each once; one that is stated in several ways, in each way.

    :param items: as UCS lists them; what it says of a source stands beside it
    """
    sources: list[GitRepository] = []
    for item in items:
        raw = source_in(item)
        if raw and all(raw != known.raw for known in sources):
            sources.append(GitRepository.parse(raw))
    return sources


def source_in(item: Mapping[str, Any]) -> dict[str, Any] | None:
    """The source that a config set states, as the list of sources would have it; None where it states none."""
    repository = item.get("gitRepository")
    if not is_object(repository):
        return None
    beside = {name: item[name] for name in ("repoStatus", "clusterInfo") if item.get(name) is not None}
    names = ((name, nested(repository, "metadata", name)) for name in ("uid", "name", "namespace"))
    named = {name: value for name, value in names if value}
    return {**named, **beside, "repoType": "GitRepository", "gitRepository": repository}


def _field_of(raw: Mapping[str, Any]) -> str:
    """The field of a config set that holds its object: the one of configSetType, else the only one; empty where that is neither."""
    stated = [field for field in OBJECTS if is_object(raw.get(field))]
    named = [field for field in stated if nested(raw, field, "metadata", "name")]  # the other one may stand beside it, empty
    of_type = [field for field in stated if field.lower() == lower(raw.get("configSetType"))]
    fitting = of_type or named or stated[:1]
    return fitting[0] if len(fitting) == 1 else ""


def is_object(value: Any) -> bool:
    """Whether something is stated of an object of Flux."""
    return any(isinstance(mapping(value).get(part), dict) for part in ("metadata", "spec", "status"))


def reference(content: Any, namespace: str) -> tuple[str, ...]:
    """Namespace and name of the source that an object follows; empty where it names none.

    :param namespace: of the object, in which a source is that is named without one
    """
    ref = source_ref(nested(content, "spec"))
    name = text_of(ref.get("name"))
    own = text_of(nested(content, "metadata", "namespace")) or namespace
    return (text_of(ref.get("namespace")) or own, name) if name else ()


def source_ref(spec: Any) -> dict[str, Any]:
    """The reference of a Kustomization to its source, or that of a HelmRelease to where its chart is; empty where there is none."""
    return mapping(nested(spec, "sourceRef")) or mapping(nested(spec, "chart", "spec", "sourceRef")) or mapping(nested(spec, "chartRef"))


def _source_of(content: Any, namespace: str, raw: Mapping[str, Any], sources: Sequence[GitRepository]) -> GitRepository | None:
    """What sourceRef names: the one beside it, if that is it, else one of the others."""
    named = reference(content, namespace)
    kind = lower(source_ref(nested(content, "spec")).get("kind"))
    fitting = [source for source in sources if (source.namespace, source.name) == named and lower(source.raw.get("repoType")) == kind]
    own = source_in(raw) if len(fitting) > 1 else None
    return next((source for source in fitting if source.raw == own), fitting[0] if fitting else None)

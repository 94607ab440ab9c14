# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A finding: one reason, with its object, what was seen and expected, since when, and what to do (rules.rst, "Findings").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any

from .codes import CATALOGUE
from .shapes import lower
from .text import clean_text
from .times import format_time, parse_time
from .verdicts import SEVERITY, Mark

# What a finding weighs in the decision; its verdict stays what was found.
DECIDES, ADVISORY, TOLERATED, WAIVED, BESIDE = "decides", "advisory", "tolerated", "waived", "beside"
NAME_LIMIT = 253  # characters; the longest name that Kubernetes allows


def cluster_label(cluster_id: str | None, cluster_name: str | None = None, with_id: bool = True) -> str:
    """A cluster for people: ``prod-eu (8f0a1c52-...)``, only the id where no name is known; empty where there is no cluster.

    :param with_id: whether the id stands beside a name that is known
    """
    if not cluster_name or lower(cluster_name) == lower(cluster_id):
        return cluster_id or ""
    return f"{cluster_name} ({cluster_id})" if with_id and cluster_id else cluster_name


@dataclass(frozen=True)
class Finding:
    """One reason. Made by ``make_finding`` or ``Subject.say``, which clean foreign text; never changed, only replaced by a copy.

    ``target``: the id asked for that it belongs to. ``weight``: ``decides``; ``advisory`` (of a check that only warns); ``tolerated``
    (of a cluster that the decision can do without); ``waived``;
    ``beside`` (about an object that was not asked for). ``object_kind``: the kind by which commands know the object, where that is another
    one: ``Kustomization`` or ``HelmRelease`` for a ``ConfigSet``. ``file`` and ``line``: where it stands in a checkout.
    """

    code: str
    verdict: str
    message: str
    terminal: bool = False
    retryable: bool = False
    cause: str = ""
    check: str = ""
    kind: str = ""
    object_kind: str | None = None
    cluster_id: str | None = None
    cluster_name: str | None = None
    namespace: str | None = None
    name: str | None = None
    field: str | None = None
    observed: Any = None
    expected: Any = None
    since: str | None = None
    remediation: str = ""
    weight: str = DECIDES
    root_cause: str | None = None
    target: str | None = None
    file: str | None = None
    line: int | None = None

    @property
    def decides(self) -> bool:
        """Whether the finding takes part in the decision."""
        return self.weight == DECIDES

    @property
    def mark(self) -> Mark:
        """Verdict and terminal as the mark of rules.rst."""
        return Mark((self.verdict, self.terminal))

    @property
    def label(self) -> str:
        """The object in words, without its cluster: ``GitRepository default/podinfo``; empty for a cluster itself."""
        name = "/".join(part for part in (self.namespace, self.name) if part)
        if self.kind == "Cluster" and not self.cluster_id and name:
            return name  # what clusters were asked for by: fleet prod
        if self.kind == "Cluster" or not name:
            return "" if self.cluster_id else self.kind
        return name if self.kind == "API" else f"{self.kind} {name}"

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> Finding:
        """The finding that ``as_dict`` was made from; other keys are passed over."""
        return cls(**{field.name: values[field.name] for field in fields(cls) if field.name in values})

    def as_dict(self) -> dict[str, Any]:
        """The finding as it stands in a result."""
        return {**asdict(self), "waived": self.weight == WAIVED}


def make_finding(code: str, mark: Mark, message: str, **values: Any) -> Finding:
    """A finding with its foreign text made safe.

    :param values: fields of ``Finding``; ``since`` may be a datetime; a list or dict as ``observed`` or ``expected`` becomes text
    """
    for name in ("observed", "expected"):
        if isinstance(values.get(name), str):
            values[name] = clean_text(values[name])
        elif isinstance(values.get(name), (list, dict, float)):
            values[name] = clean_text(str(values[name]), 200)
    values["since"] = _time_of(values.get("since"))
    for name in ("name", "namespace", "field", "since", "root_cause", "cluster_name", "file"):
        if values.get(name) is not None:
            values[name] = clean_text(values[name], NAME_LIMIT)
    values["remediation"] = values.get("remediation") or remedy(code, values.get("cause", ""), values)
    return Finding(code, mark.verdict, clean_text(message), mark.terminal, mark.retryable, **values)


def _time_of(since: datetime | str | None) -> str | None:
    """A time in the one form in which times can be compared; as it was written, where its zone is not known or it is none."""
    stated = parse_time(since) if isinstance(since, str) else None
    moment = stated.latest if stated and stated.exact else since
    return format_time(moment) if isinstance(moment, datetime) else moment


# By kind, what stands in a command in place of the words for a GitRepository or a Kustomization.
_COMMANDS_OF = {
    **{
        kind: (("source git ", f"source {word} "), ("GitRepository/", f"{kind}/"), ("gitrepository ", f"{kind.lower()} "))
        for kind, word in (("OCIRepository", "oci"), ("Bucket", "bucket"), ("HelmRepository", "helm"))
    },
    "HelmRelease": (
        ("kustomization ", "helmrelease "),
        ("Kustomization/", "HelmRelease/"),
        ("kustomize-controller", "helm-controller"),
    ),
}


def remedy(code: str, cause: str, place: Mapping[str, Any]) -> str:
    """What to do for a code and a class of failure (``dns`` for one of names), with the names of the object in its commands.

    :param place: with ``kind``, ``object_kind``, ``name`` and ``namespace`` of the object
    """
    known = CATALOGUE[code]
    text = known.by_cause.get(cause, known.remediation)
    for words, others in _COMMANDS_OF.get(str(place.get("object_kind") or place.get("kind")), ()):
        text = text.replace(words, others)
    for word, name in (("NAMESPACE", place.get("namespace")), ("NAME", place.get("name"))):
        if name:
            shown = shlex.quote(str(name))
            text = re.sub(rf"\b{word}\b", lambda _match, shown=shown: shown, text)  # type: ignore[misc]
    return text


def by_severity(findings: Iterable[Finding]) -> list[Finding]:
    """Findings that decide first, worst first, then in an order that does not depend on that of the answers."""

    def key(finding: Finding) -> tuple[Any, ...]:
        place = (finding.cluster_id or "", finding.namespace or "", finding.name or "")
        weight = (DECIDES, ADVISORY, TOLERATED, WAIVED, BESIDE).index(finding.weight)
        return (weight, -SEVERITY[finding.verdict], not finding.terminal, finding.code, *place, finding.message)

    return sorted(findings, key=key)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""How many clusters of each fleet must be ready, and which ones may be set aside (rules.rst, "Enough clusters").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from ..model.codes import CATALOGUE
from ..model.errors import OptionError
from ..model.findings import DECIDES, TOLERATED, Finding, cluster_label
from ..model.requirements import Requirement
from ..model.selections import FLEETS
from ..model.shapes import lower
from ..model.subjects import Subject
from ..model.text import some_of
from ..model.verdicts import F_T, READY, SEVERITY, WARNING, U, worst
from .checked import CheckedSample
from .checks import Check

NAMES_SHOWN = 5


@dataclass(frozen=True)
class Group:
    """The clusters of one fleet; where no fleet was named, all clusters that were asked about.

    :ivar ids: in lower case, as they are compared
    """

    fleet: str | None
    fleet_id: str | None
    ids: Mapping[str, str]

    @property
    def words(self) -> str:
        """What it is, in words."""
        return f"fleet {self.fleet}" if self.fleet else "the question"


@dataclass(frozen=True)
class Count:
    """How a group stands in a sample.

    :ivar missing: the ids of the clusters that are not ready; ``names``: their names, ``verdicts``: what was found of them
    """

    group: Group
    required: int
    missing: Sequence[str]
    names: Mapping[str, str | None]
    verdicts: Mapping[str, str]

    @property
    def ready(self) -> int:
        """How many of its clusters are ready."""
        return len(self.group.ids) - len(self.missing)

    @property
    def missing_in_words(self) -> str:
        """The clusters that are not ready, by name and id."""
        return some_of([cluster_label(self.group.ids[each], self.names.get(each)) for each in self.missing], ", ", NAMES_SHOWN)

    def as_dict(self) -> dict[str, Any]:
        """The count as a receipt shows it."""
        missing = [{"id": self.group.ids[each], "name": self.names.get(each), "verdict": self.verdicts[each]} for each in self.missing]
        fleet = {"fleet": self.group.fleet, "fleet_id": self.group.fleet_id}
        return {**fleet, "clusters": len(self.group.ids), "required": self.required, "ready": self.ready, "missing": missing}


@dataclass(frozen=True)
class Tolerated:
    """A sample after clusters were set aside.

    :ivar set_aside: the ids of these clusters, in lower case
    :ivar subjects: what the gate itself has to say of the requirement
    """

    checks: Sequence[CheckedSample]
    counts: Sequence[Count]
    set_aside: frozenset[str]
    subjects: Sequence[Subject]


class _Clusters:
    """What the checks that decide found of each cluster."""

    def __init__(self, checks: Sequence[CheckedSample]) -> None:
        self._found: dict[str, list[Subject]] = {}
        self._checked: dict[str, bool] = {}  # whether every check that asks about it has something to say of it
        self.names: dict[str, str | None] = {}
        for checked in checks:
            by_cluster: dict[str, list[Subject]] = {}
            for subject in checked.subjects:
                if subject.asked:
                    by_cluster.setdefault(lower(subject.target), []).append(subject)
            for cluster in set(map(lower, checked.reading.targets)):
                subjects = by_cluster.get(cluster, [])
                says_something = any(not each.notice or each.verdict != READY for each in subjects)
                self._found.setdefault(cluster, []).extend(subjects)
                self._checked[cluster] = self._checked.get(cluster, True) and says_something
                self.names.setdefault(cluster, next((each.cluster_name for each in subjects if each.cluster_name), None))

    def verdict(self, cluster: str) -> str:
        """What was found of a cluster; unknown where a check has nothing to say of it."""
        if not self._checked.get(cluster):
            return worst(["unknown", *(subject.verdict for subject in self._found.get(cluster, []))])
        return worst(subject.verdict for subject in self._found[cluster])

    def against(self, cluster: str) -> list[Finding]:
        """What speaks against a cluster."""
        findings = (finding for subject in self._found.get(cluster, []) for finding in subject.findings)
        return [finding for finding in findings if finding.decides and finding.verdict != WARNING]

    def badness(self, cluster: str) -> tuple[int, bool, str]:
        """A key that orders the worst cluster last."""
        return SEVERITY[self.verdict(cluster)], any(finding.terminal for finding in self.against(cluster)), cluster


def never_tolerated(finding: Finding) -> bool:
    """Whether a finding is about the question, or a refusal: one that will not heal, and that no waiver may cover."""
    return finding.terminal and not CATALOGUE[finding.code].waivable


def tolerate(checks: Sequence[CheckedSample], requirement: Requirement, now: datetime) -> Tolerated:
    """A sample in which as many clusters are set aside as the requirement leaves, the worst ones first.

    :param checks: with weighed findings
    :param now: the time of the decision
    """
    about = [_is_about_clusters(checked.check) for checked in checks]
    deciding = [checked for checked, decides in zip(checks, about) if decides]
    clusters = _Clusters(deciding)
    counts = [_count(group, requirement, clusters) for group in _groups(deciding)]
    set_aside = _set_aside(counts, clusters)
    if set_aside:
        checks = [_weighed(checked, set_aside) if decides else checked for checked, decides in zip(checks, about)]
    return Tolerated(checks, counts, set_aside, [each for count in counts for each in _unmet(count, requirement, clusters, set_aside, now)])


def _is_about_clusters(check: Check) -> bool:
    return check.endpoint.by_cluster and not check.advisory


def _groups(checks: Sequence[CheckedSample]) -> list[Group]:
    if not any(checked.check.options.get(FLEETS) for checked in checks):
        ids = {lower(target): target for checked in checks for target in checked.reading.targets if target}
        return [Group(None, None, ids)] if ids else []
    groups: dict[str, Group] = {}
    for checked in checks:
        for choice in checked.reading.selection.choices if checked.reading.selection else ():
            if choice.by == FLEETS and choice.fleet_id:
                known = groups.get(choice.fleet_id)
                ids = {**(known.ids if known else {}), **{lower(cluster): cluster for cluster in choice.cluster_ids}}
                groups[choice.fleet_id] = Group(known.fleet if known else choice.asked, choice.fleet_id, ids)
    return list(groups.values())


def _count(group: Group, requirement: Requirement, clusters: _Clusters) -> Count:
    verdicts = {cluster: clusters.verdict(cluster) for cluster in group.ids}
    missing = sorted((cluster for cluster, verdict in verdicts.items() if verdict != READY), key=clusters.badness, reverse=True)
    return Count(group, requirement.needed(len(group.ids)), missing, clusters.names, verdicts)


def _set_aside(counts: Sequence[Count], clusters: _Clusters) -> frozenset[str]:
    """The clusters that every group they belong to can do without."""
    spared: list[tuple[Group, set[str]]] = []
    for count in counts:
        spare = max(0, len(count.group.ids) - count.required)
        tolerable = [cluster for cluster in count.missing if not any(map(never_tolerated, clusters.against(cluster)))]
        spared.append((count.group, set(tolerable[:spare])))
    return frozenset(
        cluster for _group, spare in spared for cluster in spare if all(cluster in other for group, other in spared if cluster in group.ids)
    )


def _weighed(checked: CheckedSample, set_aside: frozenset[str]) -> CheckedSample:
    def weigh(finding: Finding) -> Finding:
        return replace(finding, weight=TOLERATED) if finding.weight == DECIDES and finding.verdict != WARNING else finding

    subjects = [subject.weighed(weigh) if lower(subject.target) in set_aside else subject for subject in checked.subjects]
    return replace(checked, subjects=subjects, set_aside=set_aside)


def _unmet(count: Count, requirement: Requirement, clusters: _Clusters, set_aside: frozenset[str], now: datetime) -> list[Subject]:
    """G8: fewer clusters than must be ready are there at all, or are ready while nothing says why."""
    if not count.group.ids or requirement.number is None:
        return []
    subject = Subject("API", "require", "", now, is_state=True, notice=True)
    there, words = len(count.group.ids), count.group.words
    if there < count.required:
        message = f"{count.required} clusters must be ready, and {words} has only {there}."
        subject.say("GATE_TOO_FEW_CLUSTERS", F_T, message, "require", there, count.required)
    elif count.ready < count.required and not any(clusters.against(cluster) for cluster in count.missing if cluster not in set_aside):
        message = f"{count.ready} of {there} clusters of {words} are ready, {count.required} must be: {count.missing_in_words}."
        subject.say("GATE_TOO_FEW_CLUSTERS", U, message, "require", count.ready, count.required)
    return [subject] if subject.findings else []


def refuse_without_clusters(requirement: Requirement, checks: Sequence[Check]) -> None:
    """Refuses a requirement that no check is about.

    :raises OptionError: naming the option
    """
    if requirement.number is not None and not any(map(_is_about_clusters, checks)):
        raise OptionError("require", str(requirement), "all, as no check that decides is about clusters")

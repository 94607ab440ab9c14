# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules for Flux as clusters' own Kubernetes APIs state it (rules.rst, "Flux in Kubernetes").

Sources, config sets and pods are judged by the rows that hold for the answers of UCS; what differs is in this file.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from ..model.config_sets import KUSTOMIZATION, ConfigSet
from ..model.flux import CONFIG_SETS, KINDS, POD, SOURCES, Kind, as_source
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.sources import GIT_REPOSITORY, GitRepository
from ..model.subjects import Judgement, Subject
from ..model.verdicts import U_T
from . import expected_config_sets, expected_sources, pods
from .config_sets import judge_config_set, no_config_sets
from .errors import judge_errors
from .flux_objects import with_expectations
from .sources import judge_source, no_sources

Wants = Sequence[Mapping[str, Any]]


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The cluster of each context of a reading of ``flux``.

    :param options: ``expect`` (sources), ``expect_kustomizations``, and those of the rules of sources, config sets and pods
    """
    later = History()
    # F3: what the cluster does not know is a 404
    subjects = judge_errors(reading, options, earlier, later, not_found="GITOPS_NOT_FOUND", id_field="context")
    failed = {failure.target for failure in reading.errors}
    for entry in reading.entries:
        subjects += Cluster(entry, Watch(options, entry.target, entry.read_at, earlier, later), entry.target in failed).judge()
    return Judgement(subjects, later)


class Cluster:
    """What is judged of one entry.

    :param failed: whether some of its kinds could not be read, which the errors of the reading tell
    """

    def __init__(self, entry: Entry, watch: Watch, failed: bool) -> None:
        self.entry, self.watch, self.failed = entry, watch, failed
        self.name = str(entry.fields.get("cluster") or "") or None
        self.expect, self.expect_kustomizations = ([want for want in watch.options.get(name) or [] if want] for name in EXPECTATIONS)
        self.notice = Subject("Cluster", None, entry.target, entry.read_at, entry.target, self.name, notice=True)

    def judge(self) -> list[Subject]:
        """Everything in the cluster."""
        for kind in (POD, *KINDS):
            misshapen(self, kind)
        subjects = [*judge_sources(self), *judge_config_sets(self), *judge_pods(self)]
        return [self.notice, *subjects] if self.notice.findings else subjects

    def objects(self, kind: Kind) -> list[Any] | None:
        """The objects of a kind; None where they were not read."""
        listed = self.entry.fields.get(kind.field)
        return listed if isinstance(listed, list) and all(isinstance(item, dict) for item in listed) else None

    def were_read(self, kinds: Sequence[Kind]) -> bool:
        """Whether the objects of all these kinds were read."""
        return all(self.objects(kind) is not None for kind in kinds)

    @cached_property
    def sources(self) -> list[GitRepository]:
        """The sources of every kind."""
        return [GitRepository.parse(as_source(raw, kind, self.name), kind.name) for kind in SOURCES for raw in self.objects(kind) or []]

    @cached_property
    def config_sets(self) -> list[ConfigSet]:
        """What applies something: kustomizations and Helm releases."""
        place = {"clusterInfo": {"clusterName": self.name}}
        return [ConfigSet.of(kind.name, raw, self.sources, place) for kind in CONFIG_SETS for raw in self.objects(kind) or []]

    @cached_property
    def wanted_sources(self) -> list[tuple[GitRepository, Wants]]:
        """The sources, each with the expectations that mean it."""
        return list(with_expectations(self.sources, self.expect, [expected_sources.matching(want, self.sources) for want in self.expect]))

    @cached_property
    def wanted_config_sets(self) -> list[tuple[ConfigSet, Wants]]:
        """The config sets, each with the expectations that mean it, which are all of kustomizations."""
        kustomizations = [item for item in self.config_sets if item.kind == KUSTOMIZATION]
        meant = [expected_config_sets.matching(want, kustomizations) for want in self.expect_kustomizations]
        return list(with_expectations(self.config_sets, self.expect_kustomizations, meant))


EXPECTATIONS = ("expect", "expect_kustomizations")


def misshapen(cluster: Cluster, kind: Kind) -> None:
    """F5: a kind has no list, and no error says why."""
    if cluster.objects(kind) is None and (kind.field in cluster.entry.fields or not cluster.failed):
        message = f"There is no list of {kind.plural} in the reading."
        cluster.notice.say("API_SHAPE", U_T, message, kind.field, expected="a list")


def judge_sources(cluster: Cluster) -> list[Subject]:
    """F8: the sources by rows S; without expectations of its own, a source decides where an expected kustomization follows it."""
    followed = {id(item.source) for item, wants in cluster.wanted_config_sets if wants}
    free = not cluster.expect and not cluster.expect_kustomizations
    subjects = [
        judge_source(source, cluster.watch, wants, bool(wants) or free or (not cluster.expect and id(source) in followed))
        for source, wants in cluster.wanted_sources
    ]
    if not cluster.sources and cluster.were_read(SOURCES):
        no_sources(cluster.notice, cluster.expect)
        return subjects
    return subjects + [expected_sources.missing_source(want, cluster.sources, cluster.notice) for want in _missing_sources(cluster)]


def _missing_sources(cluster: Cluster) -> list[Mapping[str, Any]]:
    """F4: the expected sources that are not there; of a kind that could not be read nothing is missing, for its error says all."""
    read = {kind.name for kind in SOURCES if cluster.were_read([kind])}
    missing = [want for want in cluster.expect if not expected_sources.matching(want, cluster.sources)]
    return [want for want in missing if (want.get("kind") or GIT_REPOSITORY) in read]


def judge_config_sets(cluster: Cluster) -> list[Subject]:
    """F8: the config sets by rows K; without expectations of its own, one decides where it follows an expected source."""
    expected = {id(source) for source, wants in cluster.wanted_sources if wants}
    free = not cluster.expect and not cluster.expect_kustomizations
    subjects = [
        judge_config_set(
            item, cluster.watch, wants, bool(wants) or free or (not cluster.expect_kustomizations and id(item.source) in expected)
        )
        for item, wants in cluster.wanted_config_sets
    ]
    if free and not cluster.config_sets and cluster.were_read(CONFIG_SETS):
        no_config_sets(cluster.notice)
    if not cluster.were_read([CONFIG_SETS[0]]):
        return subjects
    known = [item for item in cluster.config_sets if item.kind == KUSTOMIZATION]
    missing = [want for want in cluster.expect_kustomizations if not expected_config_sets.matching(want, known)]
    return subjects + [expected_config_sets.missing_config_set(want, known, cluster.notice, EXPECTATIONS[1]) for want in missing]


def judge_pods(cluster: Cluster) -> list[Subject]:
    """The pods of the controllers, by rows L and P."""
    listed = cluster.objects(POD)
    if listed is None:
        return []
    fields = {"cluster_id": cluster.entry.target, "cluster_name": cluster.name, "pods": listed}
    return pods.judge_cluster(replace(cluster.entry, fields=fields), cluster.watch)

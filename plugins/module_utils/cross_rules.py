# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules across the readings of one sample (readiness.md 2.3 "Merge", and 2.6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Protocol

from .codearts import PRIVATE, Repository
from .endpoint import reading_time
from .findings import FAILED, PROGRESSING, READY, UNKNOWN, WARNING, Finding
from .judging import Judged, Judgement, make_finding, text
from .values import clean_text, duration, message_shape, nested, normal_host, normal_url, number, span

CONTROLLER = "source-controller"
EGRESS = "cluster egress or DNS"
DECIDING = ("status", "project_is_deleted", "visibility_level", "userRole")  # of a repository; its other values may differ by age
NOT_LOOKED_AT_YET = {"SRC_NEVER_RECONCILED": "SRC_NOT_OBSERVED", "SRC_RECONCILING": "SRC_RECONCILING", "SRC_RETRYING": "SRC_RETRYING"}


class _Check(Protocol):
    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def endpoint(self) -> Any:
        """What it reads."""

    @property
    def options(self) -> Mapping[str, Any]:
        """How it is judged."""

    @property
    def advisory(self) -> bool:
        """Whether it cannot block."""


Placed = tuple[int, Finding]  # the index of a check, and a finding for it


def merge_repositories(endpoints: Sequence[str], readings: Sequence[Mapping[str, Any]]) -> tuple[list[Mapping[str, Any]], list[Placed]]:
    """Fills what the list of a project leaves open about a repository from its details and the other way round: a non-null value wins
    over null; two different values each stay where they are, so that the worse one decides, and are warned about (readiness.md 2.3)."""
    places: dict[str, list[tuple[int, Mapping[str, Any]]]] = {}
    for index, (endpoint, reading) in enumerate(zip(endpoints, readings)):
        for repository in _repositories(endpoint, reading):
            places.setdefault(text(repository.get("repository_uuid")), []).append((index, repository))
    known: dict[str, dict[str, Any]] = {}
    differing: list[Placed] = []
    for uuid, found in places.items():
        if not uuid or len({endpoints[index] for index, _one in found}) < 2:
            continue
        values: dict[str, Any] = {}
        for index, one in found:
            for name, value in one.items():
                if value is None or text(str(values.setdefault(name, value))) == text(str(value)):
                    continue
                if name in DECIDING:
                    message = f"The list and the details give different values for {name}: {values[name]!r} and {value!r}."
                    place: dict[str, Any] = {"kind": "Repository", "name": Repository(one, "").name, "field": name}
                    place |= {"namespace": Repository(one, "").namespace, "observed": value, "expected": values[name]}
                    differing.append((index, make_finding("REPO_LIST_DETAIL_DIFFER", WARNING, message, **place)))
        known[uuid] = values
    return [_filled(endpoint, reading, known) for endpoint, reading in zip(endpoints, readings)], differing


def _repositories(endpoint: str, reading: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    if endpoint == "codearts_repository":
        lists: list[Any] = [reading.get("repositories")]
    elif endpoint == "codearts_project_repository":
        lists = [nested(project, "repositories") for project in reading.get("projects") or []]
    else:
        lists = []
    return [one for listed in lists for one in listed or [] if isinstance(one, dict)]


def _filled(endpoint: str, reading: Mapping[str, Any], known: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    def fill(one: Any) -> Any:
        more = known.get(text(nested(one, "repository_uuid")))
        return {**more, **{name: value for name, value in one.items() if value is not None}} if more else one

    if not known:
        return reading
    if endpoint == "codearts_repository":
        return {**reading, "repositories": [fill(one) for one in reading.get("repositories") or []]}
    if endpoint == "codearts_project_repository":
        projects = [
            {**project, "repositories": [fill(one) for one in project.get("repositories") or []]}
            for project in reading.get("projects") or []
        ]
        return {**reading, "projects": projects}
    return reading


def cross_findings(checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]) -> list[Placed]:
    """What only the readings together show: X1, X3 and C15 as findings, X2 and X6 as ``root_cause`` of findings that are there already;
    X5 takes a failure back; and readings of the same thing that differ."""
    _mark_shared_egress(judgements)
    _await_young_controller(checks, readings, judgements)
    return [
        *_controller_down(checks, judgements),
        *_origin_failed(checks, readings, judgements),
        *_private_without_secret(checks, readings, judgements),
        *_differing_readings(checks, judgements),
    ]


def _of(checks: Sequence[_Check], endpoint: str) -> list[int]:
    return [index for index, check in enumerate(checks) if check.endpoint.name == endpoint]


def _controller_down(checks: Sequence[_Check], judgements: Sequence[Judgement]) -> list[Placed]:
    """X1: a source that says ready proves nothing while the controller that says so is failed or missing."""
    down: dict[str, bool] = {}
    for index in _of(checks, "ucs_gitops"):
        judgement = judgements[index]
        failed = {found.cluster_id for found in judgement.objects if found.name == CONTROLLER and found.verdict == FAILED}
        missing = {one.cluster_id for one in judgement.findings if one.code == "CONTROLLER_MISSING" and one.name == CONTROLLER}
        nothing = {one.cluster_id for one in judgement.findings if one.code in ("GITOPS_NOT_ENABLED", "GITOPS_NO_WORKLOAD")}
        for cluster_id in failed | missing | nothing:
            if cluster_id:
                down[cluster_id] = checks[index].advisory and down.get(cluster_id, True)
    found: list[Placed] = []
    for index in _of(checks, "ucs_repository_source"):
        for one in judgements[index].objects:
            if one.cluster_id in down and one.verdict == READY:
                message = f"The source says ready, but {CONTROLLER} of the cluster is down: what it says may be old."
                verdict, cause = WARNING if down[one.cluster_id] else UNKNOWN, f"{CONTROLLER} in cluster {one.cluster_id}"
                found.append((index, one.note("SRC_READY_CONTROLLER_DOWN", verdict, message, root_cause=cause)))
    return found


def _await_young_controller(checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]) -> None:
    """X5: what a controller younger than spec.interval has not looked at is not failed yet."""
    ages: dict[str | None, float] = {}
    for index in _of(checks, "ucs_gitops"):
        workloads = judgements[index].objects
        unhealthy = {one.cluster_id for one in workloads if one.verdict != READY}
        for one in workloads:
            if one.name == CONTROLLER and one.steady_since and one.cluster_id not in unhealthy:
                ages[one.cluster_id] = (reading_time(readings[index]) - one.steady_since).total_seconds()
    for index in _of(checks, "ucs_repository_source"):
        specs = _specs(readings[index])
        for one in judgements[index].objects:
            interval = duration(nested(specs.get(_name(one)), "interval"))
            if one.cluster_id not in ages or interval is None or not ages[one.cluster_id] < interval:
                continue
            for finding in one.findings:
                if finding.verdict == FAILED and finding.code in NOT_LOOKED_AT_YET:
                    finding.code, finding.verdict, finding.retryable = NOT_LOOKED_AT_YET[finding.code], PROGRESSING, False
                    finding.message += f" But {CONTROLLER} has run only for {span(ages[one.cluster_id])}: its first look is pending."


def _private_without_secret(
    checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]
) -> list[Placed]:
    """C15: a private repository that a source fetches without a secret; a failure once the source is refused."""
    refused: dict[str, bool] = {}
    for index in _of(checks, "ucs_repository_source"):
        specs = _specs(readings[index])
        for one in judgements[index].objects:
            spec = specs.get(_name(one))
            if nested(spec, "url") and not nested(spec, "secretRef"):
                url = normal_url(nested(spec, "url"))
                refused[url] = refused.get(url, False) or any(finding.cause == "auth" for finding in one.findings)
    found: list[Placed] = []
    for endpoint in ("codearts_project_repository", "codearts_repository"):
        for index in _of(checks, endpoint):
            judged = {(one.namespace, one.name): one for one in judgements[index].objects}
            for raw in _repositories(endpoint, readings[index]):
                urls = [normal_url(raw[name]) for name in ("https_url", "ssh_url") if raw.get(name)]
                target = judged.get((Repository(raw, "").namespace, Repository(raw, "").name))
                used = [refused[url] for url in urls if url in refused]
                if target and used and number(raw.get("visibility_level")) == PRIVATE:
                    message = "The repository is private, but the source that fetches it names no secret."
                    fields = {"field": "spec.secretRef", "expected": "a secret"}
                    found.append((index, target.note("REPO_PRIVATE_NO_SECRET", FAILED if any(used) else WARNING, message, **fields)))
    return found


def _specs(reading: Mapping[str, Any]) -> dict[tuple[Any, Any, Any], Any]:
    """The spec of each source of a reading, by cluster, namespace and name."""
    specs = {}
    for cluster in reading.get("clusters") or []:
        for one in cluster.get("repository_sources") or []:
            name = (str(cluster.get("cluster_id")), str(nested(one, "namespace") or ""), str(nested(one, "name")))
            specs[name] = nested(one, "gitRepository", "spec")
    return specs


def _name(source: Judged) -> tuple[Any, Any, Any]:
    return source.cluster_id, source.namespace, source.name


def _origin_failed(checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]) -> list[Placed]:
    """X2: the failed repository behind a source that cannot be fetched; X3: the failed authorization for the host of a source."""
    hosts, repositories = _failed_hosts(checks, readings, judgements), _failed_repositories(checks, readings, judgements)
    found: list[Placed] = []
    for index in _of(checks, "ucs_repository_source"):
        specs = _specs(readings[index])
        for one in judgements[index].objects:
            url = nested(specs.get(_name(one)), "url")
            for finding in one.findings:
                if finding.verdict == FAILED and finding.cause in ("auth", "config") and normal_url(url) in repositories:
                    finding.root_cause = clean_text(f"Repository {repositories[normal_url(url)]}")
            name = hosts.get(normal_host(url)) if url else None
            if name:
                message = f"The authorization {name} for the source's host is not valid."
                found.append((index, one.note("SRC_AUTHORIZATION_FAILED", WARNING, message, root_cause=f"Authorization {name}")))
    return found


def _failed_hosts(checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]) -> dict[str, str]:
    """Hosts whose authorization is failed, with its name."""
    hosts = {}
    for index in _of(checks, "servicestage_git_authorization"):
        failed = {one.name for one in judgements[index].objects if one.verdict == FAILED}
        for one in readings[index].get("authorizations") or []:
            if str(nested(one, "name")) in failed:
                hosts[normal_host(one.get("repo_host"))] = str(one["name"])
    return hosts


def _failed_repositories(
    checks: Sequence[_Check], readings: Sequence[Mapping[str, Any]], judgements: Sequence[Judgement]
) -> dict[str, str]:
    """URLs of the repositories that are failed, with their names."""
    urls = {}
    for endpoint in ("codearts_project_repository", "codearts_repository"):
        for index in _of(checks, endpoint):
            failed = {(one.namespace, one.name) for one in judgements[index].objects if one.verdict == FAILED}
            for one in _repositories(endpoint, readings[index]):
                name = Repository(one, "").name
                if (Repository(one, "").namespace, name) in failed:
                    urls.update({normal_url(one[url]): name for url in ("https_url", "ssh_url") if one.get(url)})
    return urls


def _differing_readings(checks: Sequence[_Check], judgements: Sequence[Judgement]) -> Iterable[Placed]:
    """What two readings of the same id, judged by the same expectations, say differently about an object. The worse one decides already;
    this names both."""
    first: dict[Any, tuple[str, dict[Any, Judged]]] = {}
    readings = Counter(check.endpoint.name for check in checks)
    for index, (check, judgement) in enumerate(zip(checks, judgements)):
        if readings[check.endpoint.name] < 2:
            continue
        by_scope: dict[str | None, dict[Any, Judged]] = {}
        for one in judgement.objects:
            by_scope.setdefault(one.scope, {})[(one.kind, one.namespace or "", one.name)] = one
        criteria = repr([check.options.get(name) for name in check.endpoint.judging])
        for scope, mine in by_scope.items():
            other, theirs = first.setdefault((check.endpoint.name, scope, criteria), (check.name, mine))
            for key in sorted({*mine, *theirs}):
                here, there = (found[key].verdict if key in found else "not there" for found in (mine, theirs))
                if here != there:
                    one = mine.get(key) or theirs[key]
                    message = f"{other} says {there}, {check.name} says {here}."
                    yield index, make_finding("READING_CONTRADICTED", WARNING, message, observed=here, expected=there, **one.place)


def _mark_shared_egress(judgements: Sequence[Judgement]) -> None:
    """X6: several sources that fail on the network with the same message have one cause."""
    groups: dict[tuple[str | None, str], list[Finding]] = {}
    for judgement in judgements:
        for finding in judgement.findings:
            if finding.cause == "network":
                groups.setdefault((finding.cluster_id, message_shape(finding.message)), []).append(finding)
    for (cluster_id, _shape), findings in groups.items():
        if len({(finding.namespace, finding.name) for finding in findings}) > 1:
            for finding in findings:
                finding.root_cause = f"{EGRESS} of cluster {cluster_id}"

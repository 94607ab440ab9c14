# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules across the readings of one sample (rules.rst, rows X, C15 and G4), and how list and details of a repository are merged.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime, timezone
from functools import cached_property, partial
from typing import Any, NamedTuple

from ..model.authorizations import host_of
from ..model.commits import Commit
from ..model.config_sets import HELM_RELEASE
from ..model.findings import NAME_LIMIT, Finding, remedy
from ..model.git_urls import normal_url
from ..model.pods import NAMESPACE
from ..model.readings import Entry, Reading
from ..model.repositories import PRIVATE, Merged, differing, filled, is_same, repositories_of, repository_keys
from ..model.shapes import lower, mapping, nested
from ..model.subjects import Judgement, Subject
from ..model.text import clean_text, message_shape, some_of
from ..model.times import format_time
from ..model.units import duration, span
from ..model.verdicts import F_R, FAILED, READY, Mark, P, U, W
from .declared_live import declared_against_live, declared_without_secret

FLUX = "flux"
PODS = ("ucs_gitops", FLUX)  # endpoints that read them
LIST, DETAILS = "codearts_project_repository", "codearts_repository"  # endpoints
WORKLOAD, SOURCE, CONFIG_SET = "Workload", "GitRepository", "ConfigSet"  # kinds
EVERY_SOURCE = (SOURCE, "OCIRepository", "Bucket", "HelmRepository")
REPOSITORY, COMMIT, AUTHORIZATION = "Repository", "Commit", "Authorization"
SOURCE_CONTROLLER, KUSTOMIZE_CONTROLLER, HELM_CONTROLLER = "source-controller", "kustomize-controller", "helm-controller"
EGRESS = "cluster egress/DNS"
# By what a reading is judged; the other options say what is read.
CRITERIA = (
    "expect",
    "expect_kustomizations",
    "namespaces",
    "search",
    "checkout",
    "rendered",
    "policy",
    "allowed_hosts",
    "pinned_to",
    "allowed_branches",
    "private_repositories",
    "max_interval",
    "clusters",
    "on_superseded",
    "controllers",
    "enabling",
    "stuck_after",
    "failure_grace",
    "codearts_timezone",
    "restart_max",
)
NAMES_SHOWN = 3

_NEVER = datetime.fromtimestamp(0, timezone.utc)
_URL = re.compile(r"[a-z][a-z0-9+.-]*://[^\s'\"]+", re.IGNORECASE)


@dataclass(frozen=True)
class CheckedReading:
    """A reading with its check and how it was judged.

    :ivar check: the check's name
    :ivar endpoint: the endpoint's name: ``ucs_gitops``, ...
    :ivar advisory: whether the check only warns
    :ivar options: what it was judged by
    """

    check: str
    endpoint: str
    advisory: bool
    options: Mapping[str, Any]
    reading: Reading
    judgement: Judgement


class Sample:
    """The readings of one sample, with their subjects, which the rules add findings to.

    :ivar subjects: for each reading its subjects
    """

    def __init__(self, checked: Sequence[CheckedReading]) -> None:
        self.checked = checked
        self.subjects = [item.judgement.subjects for item in checked]
        self._by_kind: dict[str, list[tuple[CheckedReading, Subject]]] = {}
        for item, subjects in zip(checked, self.subjects):
            for subject in subjects:
                if not subject.notice:  # no rule adds other subjects than such
                    self._by_kind.setdefault(subject.kind, []).append((item, subject))

    def of_kind(self, *kinds: str) -> list[tuple[CheckedReading, Subject]]:
        """All objects of some kinds, each with its reading."""
        return [known for kind in kinds for known in self._by_kind.get(kind, ())]

    def entries(self, *endpoints: str) -> list[tuple[CheckedReading, Entry, list[Subject]]]:
        """What was read from some endpoints, each entry with its reading and its subjects; what ended in an error is not among them."""
        entries = []
        for item, subjects in zip(self.checked, self.subjects):
            if item.endpoint in endpoints:
                by_target: dict[str, list[Subject]] = {}
                for subject in subjects:
                    by_target.setdefault(subject.target, []).append(subject)
                entries += [(item, entry, by_target.get(entry.target, [])) for entry in item.reading.entries]
        return entries

    @cached_property
    def pods(self) -> list[tuple[CheckedReading, Entry, list[Subject]]]:
        """Where pods were read, each entry with its reading and its subjects."""
        return [
            (item, entry, [subject for subject in subjects if subject.kind not in (*EVERY_SOURCE, CONFIG_SET)])
            for item, entry, subjects in self.entries(*PODS)
            if item.endpoint != FLUX or "pods" in entry.fields  # of Flux one list may be missing
        ]


def judge_across(checked: Sequence[CheckedReading]) -> list[Judgement]:
    """The judgements of one sample, in their order, to which what only the readings together show was added.

    :param checked: readings that went through ``merge_repositories`` before they were judged
    """
    sample = Sample(checked)
    for rule in RULES:
        rule(sample)
    return [item.judgement for item in checked]


# --- A repository of list and details --------------------------------------------------------------------------------------------


def merge_repositories(readings: Sequence[Reading], advisory: Sequence[bool] = ()) -> list[Reading]:
    """The readings of a sample, in their order, in which the list of a project and the details of a repository fill each other's gaps.

    A value wins over null. Where both state a value and not the same, each repository is judged by both, and the worse verdict decides.

    :param advisory: for each reading whether its check only warns; what such a one says speaks against no check that decides
    """
    if not {LIST, DETAILS} <= {reading.endpoint for reading in readings}:
        return list(readings)
    warns = [*advisory, *[False] * (len(readings) - len(advisory))]
    statements: dict[tuple[str, tuple[str, Any]], list[tuple[int, Mapping[str, Any]]]] = {}
    for index, reading in enumerate(readings):
        for entry in reading.entries:
            for raw in _repositories_in(reading, entry):
                for key in repository_keys(raw):
                    statements.setdefault((reading.endpoint, key), []).append((index, raw))

    def merge(index: int, raw: Mapping[str, Any]) -> Mapping[str, Any]:
        endpoint = DETAILS if readings[index].endpoint == LIST else LIST
        stated = [statement for key in repository_keys(raw) for statement in statements.get((endpoint, key), ())]
        others = list({id(other): (place, other) for place, other in stated if is_same(raw, other)}.values())
        if not others:
            return raw
        gaps = [other for _place, other in others]
        against = [other for place, other in others if (warns[index] or not warns[place]) and differing(raw, other)]
        return Merged(filled(raw, gaps), tuple(filled(other, [raw, *gaps]) for other in against))

    return [
        replace(reading, entries=tuple(_with_repositories(reading, entry, partial(merge, index)) for entry in reading.entries))
        for index, reading in enumerate(readings)
    ]


def _repositories_in(reading: Reading, entry: Entry) -> list[Any]:
    if reading.endpoint == DETAILS:
        return [entry.fields]
    return repositories_of(entry.fields) or [] if reading.endpoint == LIST else []


def _with_repositories(reading: Reading, entry: Entry, change: Callable[[Any], Mapping[str, Any]]) -> Entry:
    """The entry with its repositories changed."""
    if not _repositories_in(reading, entry):
        return entry
    if reading.endpoint == DETAILS:
        return replace(entry, fields=change(entry.fields))
    return replace(entry, fields={**entry.fields, "repositories": [change(raw) for raw in _repositories_in(reading, entry)]})


def list_and_details_differ(sample: Sample) -> None:
    """The merge of list and details: two values that are not the same are warned about, once for each field, at the details."""
    details = [(item, subject) for item, subject in sample.of_kind(REPOSITORY) if item.endpoint == DETAILS and subject.origin is not None]
    lists: dict[tuple[str, Any], list[Mapping[str, Any]]] = {}
    for item, subject in sample.of_kind(REPOSITORY) if details else []:
        if item.endpoint == LIST and subject.origin is not None:
            for key in repository_keys(subject.origin.raw):
                lists.setdefault(key, []).append(subject.origin.raw)
    for item, subject in details:
        own = subject.origin.raw
        same = [raw for key in repository_keys(own) for raw in lists.get(key, ()) if is_same(raw, own)]
        for name, listed in {name: raw[name] for raw in same for name in differing(raw, own)}.items():
            message = f"The list and the details give different values for {name}: {listed!r} and {own[name]!r}."
            subject.say("REPO_LIST_DETAIL_DIFFER", W, message, name, own[name], listed, check=item.check)


# --- Controllers and sources -----------------------------------------------------------------------------------------------------


def source_controller_down(sample: Sample) -> None:
    """X1: a source that says ready proves nothing while the controller that says so has failed or is not there."""
    for item, subject, how, advisory in _without_controller(sample, EVERY_SOURCE, SOURCE_CONTROLLER):
        message = f"The source {_how_ready(subject)}, but {how}: what it says may be old."
        cause = f"{SOURCE_CONTROLLER} in cluster {subject.cluster_id}"
        _say_down(subject, "SRC_READY_CONTROLLER_DOWN", W if advisory else U, message, root_cause=cause, check=item.check)


def kustomize_controller_down(sample: Sample) -> None:
    """X7: a config set that says ready proves nothing while the controller that says so has failed or is not there."""
    for controller in (KUSTOMIZE_CONTROLLER, HELM_CONTROLLER):
        for item, subject, how, advisory in _without_controller(sample, (CONFIG_SET,), controller):
            helm = subject.origin is not None and subject.origin.kind == HELM_RELEASE
            if helm != (controller == HELM_CONTROLLER):
                continue
            message = f"The config set {_how_ready(subject)}, but {how}: what it says may be old."
            cause = f"{controller} in cluster {subject.cluster_id}"
            _say_down(subject, "CFG_READY_CONTROLLER_DOWN", W if advisory else U, message, root_cause=cause, check=item.check)


def _how_ready(subject: Subject) -> str:
    return "says ready" if subject.verdict == READY else "counts as ready by a waiver"


def _say_down(subject: Subject, code: str, mark: Mark, message: str, **more: Any) -> None:
    """Says that the controller is down; held where the object is not ready, for a waiver may make it count as ready."""
    first, is_ready = len(subject.findings), subject.verdict == READY
    subject.say(code, mark, message, **more)
    if not is_ready:
        subject.hold(first)


def _without_controller(sample: Sample, kinds: Sequence[str], controller: str) -> list[tuple[CheckedReading, Subject, str, bool]]:
    """The objects of some kinds where their controller is down, how it is, and whether only checks that warn say so."""
    down: dict[str, tuple[str, bool]] = {}
    for item, entry, subjects in sample.pods:
        how = _how_down(controller, subjects)
        if how and down.get(lower(entry.target), ("", True))[1]:  # a check that decides outweighs one that warns
            down[lower(entry.target)] = (how, item.advisory)
    return [
        (item, subject, *down[lower(subject.cluster_id)])
        for item, subject in (sample.of_kind(*kinds) if down else ())
        if lower(subject.cluster_id) in down
    ]


def _how_down(controller: str, subjects: Sequence[Subject]) -> str:
    """How a controller is down by the pods of its cluster, in words; empty where it is not, or where its pods may have been left out."""
    workloads = [
        subject for subject in subjects if subject.kind == WORKLOAD and (subject.namespace, subject.name) == (NAMESPACE, controller)
    ]
    running = [workload for workload in workloads if not _has(workload, "CONTROLLER_MISSING")]
    if running:
        return f"{controller} has failed" if any(workload.verdict == FAILED for workload in running) else ""
    cut = any(subject.notice and _has(subject, "API_SHAPE", "LIST_INCOMPLETE") for subject in subjects)
    return "" if cut else f"{controller} has no pod"


def _has(subject: Subject, *codes: str) -> bool:
    return any(finding.code in codes for finding in subject.findings)


NOT_LOOKED_AT_YET = {
    "SRC_NEVER_RECONCILED": "SRC_NOT_OBSERVED",
    "SRC_RECONCILING": "SRC_RECONCILING",
    "SRC_RETRYING": "SRC_RETRYING",
}


def first_look_pending(sample: Sample) -> None:
    """X5: what a source-controller that is younger than spec.interval has not looked at is not failed yet."""
    since = _young_controllers(sample)
    for _item, subject in sample.of_kind(*EVERY_SOURCE) if since else ():
        if not subject.findings:
            continue
        started, interval = since.get(lower(subject.cluster_id)), duration(_spec(subject).get("interval"))
        if started is None or interval is None:
            continue
        runs = max(0.0, (subject.read_at - started).total_seconds())
        if runs < interval:
            codes = dict(NOT_LOOKED_AT_YET)
            if _has(subject, "SRC_NOT_OBSERVED", "SRC_NEVER_RECONCILED"):
                codes["SRC_REPOSTATUS_FAILED"] = "SRC_STATUS_CONTRADICTION"  # S10 in the matrix of repoStatus
            words = f" But {SOURCE_CONTROLLER} has run only for {span(runs)}: its first look is pending."
            subject.findings = [_not_yet(finding, codes, words) for finding in subject.findings]


def _young_controllers(sample: Sample) -> dict[str, datetime]:
    """By cluster, since when source-controller has been ready; only where everything among the cluster's pods is ready."""
    since: dict[str, datetime] = {}
    unready: set[str] = set()
    for _item, entry, subjects in sample.pods:
        cluster = lower(entry.target)
        if any(subject.verdict != READY for subject in subjects):
            unready.add(cluster)
        for subject in subjects:
            if (subject.kind, subject.namespace, subject.name) == (WORKLOAD, NAMESPACE, SOURCE_CONTROLLER) and subject.ready_since:
                since[cluster] = max(subject.ready_since, since.get(cluster, subject.ready_since))
    return {cluster: started for cluster, started in since.items() if cluster not in unready}


def _not_yet(finding: Finding, codes: Mapping[str, str], words: str) -> Finding:
    """A failure as progress."""
    if finding.verdict != FAILED or finding.code not in codes:
        return finding
    code, message = codes[finding.code], clean_text(finding.message + words)
    progress: dict[str, Any] = {"verdict": P.verdict, "terminal": P.terminal, "retryable": P.retryable}
    return replace(finding, code=code, message=message, remediation=remedy(code, finding.cause, asdict(finding)), **progress)


# --- Where sources come from -----------------------------------------------------------------------------------------------------


def failed_repository(sample: Sample) -> None:
    """X2: the failed repository behind a source that is refused is its root cause; both findings stay."""
    failed = {
        url: subject.name
        for _item, subject in sample.of_kind(REPOSITORY)
        if subject.verdict == FAILED and subject.origin is not None
        for url in subject.origin.urls
    }
    for _item, subject in sample.of_kind(SOURCE) if failed else ():
        url = _url(subject)
        if url and normal_url(url) in failed:
            cause = clean_text(f"Repository {failed[normal_url(url)]}", NAME_LIMIT)
            subject.findings = [
                replace(finding, root_cause=cause) if finding.verdict == FAILED and finding.cause in ("auth", "config") else finding
                for finding in subject.findings
            ]


def failed_authorization(sample: Sample) -> None:
    """X3: an authorization for the host of a source has failed, and none for it is valid; only a warning, for Flux has its own secret."""
    by_host: dict[str, list[Subject]] = {}
    for _item, subject in sample.of_kind(AUTHORIZATION):
        if subject.origin is not None and subject.origin.host:
            by_host.setdefault(subject.origin.host, []).append(subject)
    for item, subject in sample.of_kind(SOURCE) if by_host else ():
        host = host_of(_url(subject)).name
        known = by_host.get(host, [])
        failed = sorted({str(each.name) for each in known if each.verdict == FAILED})
        if failed and not any(each.verdict == READY for each in known):
            names = some_of(failed, ", ", NAMES_SHOWN)
            message = f"No authorization for the source's host {host} is valid; failed: {names}."
            cause = f"Authorization {names}"
            subject.say("SRC_AUTHORIZATION_FAILED", W, message, "spec.url", root_cause=cause, check=item.check)


def private_without_secret(sample: Sample) -> None:
    """C15: a source fetches a private repository without a secret; a failure once the source is refused."""
    refused: dict[str, bool] = {}  # by URL
    repositories = sample.of_kind(REPOSITORY)
    for item, subject in sample.of_kind(SOURCE) if repositories else ():
        url = _url(subject)
        if url and not _spec(subject).get("secretRef"):
            is_refused = not item.advisory and any(finding.cause == "auth" for finding in subject.findings)
            refused[normal_url(url)] = refused.get(normal_url(url), False) or is_refused
    for item, subject in repositories if refused else ():
        if subject.origin is None or subject.origin.visibility != PRIVATE:
            continue
        joined = [refused[url] for url in subject.origin.urls if url in refused]
        if joined:
            message = "The repository is private, but the source that fetches it names no secret."
            mark: Mark = F_R if any(joined) else W
            subject.say("REPO_PRIVATE_NO_SECRET", mark, message, "spec.secretRef", expected="a secret", check=item.check)


def shared_egress(sample: Sample) -> None:
    """X6: several sources of a cluster that fail on the network with the same message have one root cause."""
    sources = [subject for _item, subject in sample.of_kind(*EVERY_SOURCE)]
    sharing: dict[tuple[str, str], set[tuple[str | None, ...]]] = {}
    for subject in sources:
        for finding in subject.findings:
            if finding.cause == "network":
                sharing.setdefault(_network_message(subject, finding), set()).add((subject.kind, subject.namespace, subject.name))
    for subject in sources if sharing else ():
        subject.findings = [
            replace(finding, root_cause=EGRESS)
            if finding.cause == "network" and len(sharing[_network_message(subject, finding)]) > 1
            else finding
            for finding in subject.findings
        ]


def _network_message(subject: Subject, finding: Finding) -> tuple[str, str]:
    """What is equal for the same failure in the same cluster."""
    return lower(subject.cluster_id), message_shape(_URL.sub("*", finding.message))


def _spec(subject: Subject) -> dict[str, Any]:
    """The ``spec`` of a source; empty where there is none."""
    return mapping(nested(getattr(subject.origin, "raw", None), "gitRepository", "spec"))


def _url(subject: Subject) -> str:
    """The URL of a source; empty where there is none."""
    url = _spec(subject).get("url")
    return url if isinstance(url, str) else ""


# --- Where an expected revision is -----------------------------------------------------------------------------------------------


def commit_explains(sample: Sample) -> None:
    """X8: what CodeArts says of an expected commit goes into the words of a source that does not have it; its verdict stays."""
    commits = [subject.origin for _item, subject in sample.of_kind(COMMIT) if subject.origin is not None]
    for _item, subject in sample.of_kind(SOURCE) if commits else []:
        url = normal_url(_url(subject))
        here = [commit for commit in commits if url in commit.urls]
        subject.findings = [_explained(finding, subject, here) for finding in subject.findings]


def _explained(finding: Finding, subject: Subject, commits: Sequence[Commit]) -> Finding:
    """A finding about an expected revision with what is known of that commit; any other as it is."""
    is_about = finding.code in ("SRC_REVISION_NOT_YET", "SRC_REVISION_NOT_PICKED_UP", "SRC_REVISION_SUPERSEDED")
    commit = next((commit for commit in commits if is_about and commit.is_meant_by(str(finding.expected))), None)
    if commit is None:
        return finding
    words, is_cause = _where_it_is(commit, subject, finding)
    cause = clean_text(f"Commit {commit.name} of {commit.place}", NAME_LIMIT) if is_cause else finding.root_cause
    return replace(finding, message=clean_text(f"{finding.message} {words}") if words else finding.message, root_cause=cause)


def _where_it_is(commit: Commit, subject: Subject, finding: Finding) -> tuple[str, bool]:
    """Where a commit is that a source does not have, in words; and whether that is why."""
    if not commit.is_there:
        return f"The commit was never pushed to {commit.place}.", True
    ref = getattr(subject.origin, "ref", None)
    followed = ref.value if ref is not None and ref.kind == "branch" else ""
    if commit.branch and commit.branch == followed and not commit.is_on_branch:
        seen = some_of(commit.branches, ", ", NAMES_SHOWN) or "no branch"
        return f"The commit is on {seen}, not on {followed}, which the source follows.", True
    if finding.code != "SRC_REVISION_SUPERSEDED":
        return (f"The commit is on {followed} in {commit.place}.", False) if commit.branch == followed and followed else ("", False)
    return _how_far(commit, str(finding.observed)), False


def _how_far(commit: Commit, observed: str) -> str:
    """How another revision is related to a commit of its branch, in words; empty where that is not known."""
    if not commit.branch or not commit.is_on_branch:
        return ""
    count = commit.newer_by(observed)
    if count:
        return f"The new one is newer by {count} commit{'s' if count > 1 else ''} of the same branch, {commit.branch}."
    if commit.knows_all_later and not commit.came_later(observed):
        return f"The new one is not among the commits that came after it on {commit.branch}: it is older, or of another branch."
    return ""


# --- Clusters by name -------------------------------------------------------------------------------------------------------------


def sets_differ(sample: Sample) -> None:
    """N4: readings of one sample that asked for the same names, fleets and labels, and got other clusters; said at the later one."""
    known: dict[tuple[str, str], tuple[str, set[str]]] = {}
    for item, subjects in zip(sample.checked, sample.subjects):
        for choice in item.reading.selection.choices if item.reading.selection else ():
            ids = set(map(lower, choice.cluster_ids))
            check, before = known.setdefault((choice.by, choice.asked), (item.check, ids))
            if before != ids:
                subject = Subject("Cluster", choice.words, "", item.reading.read_at or _NEVER, is_state=True, notice=True)
                differ = some_of(sorted(before ^ ids), ", ", NAMES_SHOWN)
                message = f"{item.check} and {check} got other clusters for {choice.words}; not in both: {differ}."
                subject.say("CLUSTER_SET_CHANGED", W, message, check=item.check)
                subjects.append(subject)


# --- Two readings of the same ----------------------------------------------------------------------------------------------------


class _Asked(NamedTuple):
    """An entry among those of the same id, asked by the same criteria; ``place``: the number of its reading."""

    read_at: datetime
    place: int
    target: str


def readings_contradict(sample: Sample) -> None:
    """G4: two readings of one id, asked by the same criteria, differ about an object; said at the later one, and the worse decides."""
    groups: dict[tuple[str, str, str], list[_Asked]] = {}
    for index, item in enumerate(sample.checked):
        criteria = repr([item.options.get(name) for name in CRITERIA])
        for entry in item.reading.entries:
            groups.setdefault((item.endpoint, lower(entry.target), criteria), []).append(_Asked(entry.read_at, index, entry.target))
    for group in groups.values():
        first, *others = sorted(group)
        for later in others:
            _compare(sample, first, later)


def _compare(sample: Sample, first: _Asked, later: _Asked) -> None:
    before, after = _objects(sample, first), _objects(sample, later)
    check = sample.checked[later.place].check
    for key in sorted({*before, *after}):
        then, now = (subjects[key].verdict if key in subjects else "not there" for subjects in (before, after))
        if then != now:
            subject = after.get(key) or _place_of(before[key], later)
            if subject.notice:
                sample.subjects[later.place].append(subject)
            message = f"{_said(sample, first)} {then}; {_said(sample, later)} {now}."
            subject.say("READING_CONTRADICTED", W, message, observed=now, expected=then, check=check)


def _objects(sample: Sample, asked: _Asked) -> dict[tuple[str, str, str], Subject]:
    """The objects of an entry, by what names them."""
    subjects = (subject for subject in sample.subjects[asked.place] if subject.target == asked.target and not subject.notice)
    return {(subject.kind, subject.namespace or "", subject.name or ""): subject for subject in subjects}


def _place_of(missing: Subject, later: _Asked) -> Subject:
    """A place for what is to be said of an object that the later reading does not have."""
    nothing: dict[str, Any] = {"origin": None, "parts": {}, "observed": {}, "ready_since": None, "findings": []}
    return replace(missing, target=later.target, read_at=later.read_at, notice=True, **nothing)


def _said(sample: Sample, asked: _Asked) -> str:
    return f"{sample.checked[asked.place].check} as read at {format_time(asked.read_at)} says"


RULES: tuple[Callable[[Sample], None], ...] = (
    shared_egress,
    first_look_pending,
    source_controller_down,
    kustomize_controller_down,
    failed_repository,
    failed_authorization,
    commit_explains,
    private_without_secret,
    list_and_details_differ,
    sets_differ,
    declared_without_secret,
    declared_against_live,
    readings_contradict,
)

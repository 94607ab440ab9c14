# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across the readings of one sample: rows X, C15 and G4 of rules.rst."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.git_urls import is_scp_style, normal_url
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement, Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.text import message_shape
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, Mark
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import U_T as U_T_MARK
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import P as P_MARK
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import W as W_MARK
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import CheckedReading, judge_across
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.authorizations import judge as judge_authorizations
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.repositories import judge_details, judge_projects
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import JSON, NOW, copy_of, examples
from unit.answers_codearts import OTHER_UUID, F, P, R, U, W, authorization, authorizations, details, failed, projects, repository, shown

if TYPE_CHECKING:
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding

CLUSTER = "c1"
Said = tuple[Any, ...]  # what a finding is made of: code, mark, and a message or none


def saying(subject: Subject, *said: Said, **more: Any) -> Subject:
    """The subject, with findings."""
    for code, mark, *message in said:
        subject.say(code, mark, message[0] if message else "Something was seen.", **more)
    return subject


def workload(*said: Said, name: str = "source-controller", cluster: str = CLUSTER, age: float | None = 3600) -> Subject:
    """A controller, ready for an hour."""
    since = None if age is None else NOW - timedelta(seconds=age)
    return saying(Subject("Workload", name, cluster, NOW, cluster, namespace="flux-system", ready_since=since), *said)


def notice(code: str, mark: Mark, cluster: str = CLUSTER) -> Subject:
    """What is said of the answer about a cluster."""
    return saying(Subject("Cluster", None, cluster, NOW, cluster, notice=True), (code, mark))


def source(*said: Said, name: str = "podinfo", cluster: str = CLUSTER, at: datetime = NOW, cause: str = "", **spec: Any) -> Subject:
    """A source that is ready."""
    full = {"url": "https://github.com/stefanprodan/podinfo", "interval": "1m0s", "secretRef": {"name": "x"}, **spec}
    item = {"name": name, "gitRepository": {"spec": {key: value for key, value in full.items() if value is not None}}}
    subject = Subject("GitRepository", name, cluster, at, cluster, namespace="default", origin=SimpleNamespace(raw=item))
    return saying(subject, *said, cause=cause)


def read(
    endpoint: str, *subjects: Subject, targets: Any = None, advisory: bool = False, name: str = "", at: datetime = NOW, **options: Any
) -> CheckedReading:
    """A reading of clusters, judged as its subjects say."""
    ids = dict.fromkeys(subject.target for subject in subjects) if targets is None else targets
    answer = Reading(endpoint, {}, tuple(Entry(target, at, {}) for target in ids))
    return CheckedReading(name or endpoint, endpoint, advisory, options, answer, Judgement(list(subjects), History()))


def pods(*subjects: Subject, targets: Any = (CLUSTER,), **more: Any) -> CheckedReading:
    """A reading of the pods of a cluster."""
    return read("ucs_gitops", *subjects, targets=targets, **more)


def sources(*subjects: Subject, **more: Any) -> CheckedReading:
    """A reading of the sources of a cluster."""
    return read("ucs_repository_source", *subjects, **more)


def judged(answer: Reading, advisory: bool = False, **options: Any) -> CheckedReading:
    """A reading of repositories or authorizations, judged by their rules."""
    rules = {"codearts_project_repository": judge_projects, "codearts_repository": judge_details}
    judgement = rules.get(answer.endpoint, judge_authorizations)(answer, options, History())
    return CheckedReading(answer.endpoint, answer.endpoint, advisory, options, answer, judgement)


def find(judgements: list[Judgement], code: str) -> list[Finding]:
    """The findings of a sample with a code."""
    return [finding for judgement in judgements for finding in judgement.findings if finding.code == code]


def across(*checked: CheckedReading) -> list[Judgement]:
    """The judgements after the rules, of copies: many tests share their subjects."""
    return judge_across([replace(item, judgement=copy_of(item.judgement)) for item in checked])


KUSTOMIZE = workload(name="kustomize-controller")
CRASHING = workload(("POD_CRASH_LOOP", F_R))
LOST = replace(pods(targets=()), reading=Reading("ucs_gitops", {}, (), (failed(503, target=CLUSTER, retryable=True),)))


# --- X1: ready by the word of a controller that is down --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "how"),
    [
        (pods(CRASHING, KUSTOMIZE), "has failed"),
        (pods(workload(("CONTROLLER_MISSING", F_R)), KUSTOMIZE), "has no pod"),
        (pods(workload(("CONTROLLER_MISSING", P_MARK)), KUSTOMIZE), "has no pod"),
        (pods(KUSTOMIZE), "has no pod"),
        (pods(notice("GITOPS_NOT_ENABLED", F_T)), "has no pod"),
        (pods(notice("GITOPS_NOT_ENABLED", P_MARK)), "has no pod"),
        (pods(notice("GITOPS_NO_WORKLOAD", U_T_MARK)), "has no pod"),
        (pods(CRASHING, notice("LIST_INCOMPLETE", U_T_MARK)), "has failed"),
        (pods(workload(), KUSTOMIZE), ""),
        (pods(workload(("POD_STANDBY", W_MARK))), ""),
        (pods(workload(("POD_STARTING", P_MARK))), ""),
        (pods(workload(), workload(("POD_CRASH_LOOP", F_R), name="kustomize-controller")), ""),
        (pods(workload(("POD_CRASH_LOOP", F_R), cluster="c2"), targets=("c2",)), ""),
        (pods(notice("API_SHAPE", U_T_MARK)), ""),
        (pods(KUSTOMIZE, notice("LIST_INCOMPLETE", U_T_MARK)), ""),
        (LOST, ""),
    ],
    ids=[
        "failed",
        "missing",
        "missing-for-a-short-time",
        "not-there-and-not-demanded",
        "no-pods",
        "no-pods-while-enabling",
        "only-one-shot",
        "failed-in-a-part-of-the-pods",
        "healthy",
        "standby",
        "starting",
        "other-controller",
        "other-cluster",
        "no-list-of-pods",
        "not-among-a-part-of-the-pods",
        "error",
    ],
)
def test_x1_controller_down(reading: CheckedReading, how: str) -> None:
    found = find(across(reading, sources(source())), "SRC_READY_CONTROLLER_DOWN")
    assert [finding.verdict for finding in found] == ([U] if how else [])
    for finding in found:
        assert how in finding.message
        assert (finding.kind, finding.name, finding.terminal, finding.check) == ("GitRepository", "podinfo", False, "ucs_repository_source")
        assert finding.root_cause == "source-controller in cluster c1"


def test_x1_is_a_warning_when_the_pods_are_advisory() -> None:
    advisory = pods(CRASHING, advisory=True)
    judgements = across(advisory, sources(source()))
    assert [finding.verdict for finding in find(judgements, "SRC_READY_CONTROLLER_DOWN")] == [W]
    assert judgements[1].verdict == R
    for checked in ((advisory, pods(CRASHING)), (pods(CRASHING), advisory)):
        assert [finding.verdict for finding in find(across(*checked, sources(source())), "SRC_READY_CONTROLLER_DOWN")] == [U]


def test_x1_what_runs_in_another_namespace_is_not_the_controller() -> None:
    elsewhere = replace(workload(), namespace="kube-system")
    found = find(across(pods(elsewhere, KUSTOMIZE), sources(source())), "SRC_READY_CONTROLLER_DOWN")
    assert ["has no pod" in finding.message for finding in found] == [True]


def test_x7_a_config_set_proves_nothing_while_its_controller_is_down() -> None:
    config_set = Subject("ConfigSet", "apps", CLUSTER, NOW, CLUSTER, namespace="default")
    failing = saying(Subject("ConfigSet", "b", CLUSTER, NOW, CLUSTER), ("CFG_NOT_READY", F_R))
    for advisory, verdict in ((False, U), (True, W)):
        down = workload(("POD_CRASH_LOOP", F_R), name="kustomize-controller")
        judgements = across(pods(workload(), down, advisory=advisory), sources(source(), config_set, failing))
        found = find(judgements, "CFG_READY_CONTROLLER_DOWN")
        assert [(finding.name, finding.verdict) for finding in found] == [("apps", verdict)]
        assert found[0].root_cause == "kustomize-controller in cluster c1"
        assert not find(judgements, "SRC_READY_CONTROLLER_DOWN")
    assert not find(across(pods(workload(), KUSTOMIZE), sources(config_set)), "CFG_READY_CONTROLLER_DOWN")
    assert find(across(pods(workload()), sources(config_set)), "CFG_READY_CONTROLLER_DOWN")


def test_x1_only_for_what_says_ready() -> None:
    items = [source(("SRC_RECONCILING", P_MARK), name="a"), source(("SRC_FETCH_FAILED", F_R), name="b")]
    assert not find(across(pods(CRASHING), sources(*items)), "SRC_READY_CONTROLLER_DOWN")


def test_x1_each_cluster_for_itself_and_without_case() -> None:
    down = workload(("POD_CRASH_LOOP", F_R), cluster="C2")
    judgements = across(pods(workload(), down, targets=(CLUSTER, "C2")), sources(source(), source(cluster="c2")))
    assert [finding.cluster_id for finding in find(judgements, "SRC_READY_CONTROLLER_DOWN")] == ["c2"]


def test_x1_a_source_beside_the_expected_ones_stays_beside() -> None:
    judgements = across(pods(CRASHING), sources(source(), replace(source(name="b"), asked=False)))
    assert [finding.weight for finding in find(judgements, "SRC_READY_CONTROLLER_DOWN")] == ["decides", "beside"]


# --- X2: the failed repository behind a source that is refused -------------------------------------------------------------------

URL = "https://codehub.example.com/Demo/shop.git"
REFUSED: Said = ("SRC_FETCH_FAILED", F_R, "authentication required")
FROZEN = repository(status=3)


@pytest.mark.parametrize("answer", [projects(FROZEN), details(FROZEN)], ids=["list", "details"])
@pytest.mark.parametrize("url", [URL, "ssh://git@codehub.example.com/Demo/shop", "https://user:x@CODEHUB.example.com:443/Demo/shop/"])
@pytest.mark.parametrize("cause", ["auth", "config"])
def test_x2_repository_is_the_root_cause(answer: Reading, url: str, cause: str) -> None:
    """Both are kept; the source's finding names the repository."""
    judgements = across(sources(source(REFUSED, url=url, cause=cause)), judged(answer))
    assert [finding.root_cause for finding in find(judgements, "SRC_FETCH_FAILED")] == ["Repository shop"]
    assert len(find(judgements, "REPO_FROZEN")) == 1


@pytest.mark.parametrize(
    ("item", "repo"),
    [
        (source(REFUSED, url=URL, cause="tls"), FROZEN),
        (source(("SRC_FETCH_RETRYING", P_MARK), url=URL, cause="auth"), FROZEN),
        (source(REFUSED, url=URL, cause="auth"), repository()),
        (source(REFUSED, url=URL.replace("shop", "cart"), cause="auth"), FROZEN),
        (source(REFUSED, url=URL, cause="auth"), repository(status=3, https_url=None, ssh_url=None)),
        (source(REFUSED, url=None, cause="auth"), FROZEN),
        (replace(source(("SRC_MISSING", F_R), url=URL), origin=None), FROZEN),
    ],
    ids=["class-tls", "not-failed", "repository-ready", "other-url", "no-urls", "source-without-url", "source-that-is-not-there"],
)
def test_x2_no_root_cause(item: Subject, repo: dict[str, Any]) -> None:
    judgements = across(sources(item), judged(projects(repo)))
    assert not any(finding.root_cause for finding in judgements[0].findings)


def test_x2_same_name_in_another_group_is_another_repository() -> None:
    other = repository(group_name="Other", repository_uuid=OTHER_UUID, status=3, https_url="https://x/Other/shop", ssh_url=None)
    judgements = across(sources(source(REFUSED, url=URL, cause="auth")), judged(projects(repository(), other)))
    assert not any(finding.root_cause for finding in judgements[0].findings)


# --- X3: the failed authorization of the host ------------------------------------------------------------------------------------

EXPIRED, VALID = authorization(name="old", status=1), authorization()


@pytest.mark.parametrize(
    ("listed", "url", "warned"),
    [
        ([EXPIRED], "https://github.com/a/b", True),
        ([authorization(status=2)], "ssh://git@github.com:22/a/b", True),
        ([EXPIRED], "git@github.com:a/b.git", True),
        ([authorization(status=1, repo_host="https://github.com:8443/")], "https://github.com/a/b", True),
        ([EXPIRED], "https://github.com:8443/a/b", True),
        ([EXPIRED, authorization(status=7)], "https://github.com/a/b", True),
        ([EXPIRED, VALID], "https://github.com/a/b", False),
        ([VALID], "https://github.com/a/b", False),
        ([authorization(status=7)], "https://github.com/a/b", False),
        ([EXPIRED], "https://gitlab.com/a/b", False),
        ([EXPIRED], None, False),
        ([authorization(status=1, repo_host=None)], None, False),
    ],
    ids=[
        "expired",
        "unauthenticated",
        "scp-style",
        "port-of-the-authorization",
        "port-of-the-source",
        "expired-and-unknown",
        "another-is-valid",
        "valid",
        "unknown",
        "other-host",
        "no-url",
        "neither-has-a-host",
    ],
)
def test_x3_authorization_failed(listed: list[Any], url: Any, warned: bool) -> None:
    """Only a warning: Flux uses the secretRef, not ServiceStage."""
    judgements = across(sources(source(url=url)), judged(authorizations(*listed)))
    found = find(judgements, "SRC_AUTHORIZATION_FAILED")
    assert [(finding.verdict, finding.name) for finding in found] == ([(W, "podinfo")] if warned else [])
    assert judgements[0].verdict == R


def test_x3_names_the_authorization() -> None:
    (found,) = find(across(sources(source()), judged(authorizations(EXPIRED), advisory=True)), "SRC_AUTHORIZATION_FAILED")
    assert (found.message, found.root_cause) == (
        "No authorization for the source's host github.com is valid; failed: old.",
        "Authorization old",
    )


def test_x3_an_expected_authorization_that_is_missing_has_no_host() -> None:
    missing = judged(authorizations(VALID), expect=[{"name": "x", "host": "github.com"}])
    assert not find(across(sources(source()), missing), "SRC_AUTHORIZATION_FAILED")


# --- X4: URLs --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://h/g/r",
        "https://H/g/r.git",
        "https://user:pass@h:443/g/r/",
        "ssh://git@h/g/r",
        "ssh://git@h:22/g/r.git",
        "git@h:g/r.git",
        "h:g/r",
        " https://h/g/r ",
    ],
)
def test_x4_same_repository(url: str) -> None:
    assert normal_url(url) == "h/g/r"


@pytest.mark.parametrize("url", ["https://h/g/R", "https://h:8443/g/r", "https://i/g/r", "https://h/g/r.gita", "", None, 5, "https://[/"])
def test_x4_another_repository(url: Any) -> None:
    assert normal_url(url) != "h/g/r"


@pytest.mark.parametrize(
    ("url", "scp"),
    [("git@h:g/r.git", True), ("h:g/r", True), ("ssh://git@h/g/r", False), ("https://h:443/g", False), ("", False), (None, False)],
)
def test_x4_scp_style(url: Any, scp: bool) -> None:
    assert is_scp_style(url) is scp


# --- X5: the first look of a young controller ------------------------------------------------------------------------------------

NEVER: Said = ("SRC_NEVER_RECONCILED", F_R, "No controller has ever looked at it.")
YOUNG = workload(age=59)


@pytest.mark.parametrize(
    ("said", "code"),
    [
        (NEVER, "SRC_NOT_OBSERVED"),
        (("SRC_RECONCILING", F_R), "SRC_RECONCILING"),
        (("SRC_RETRYING", F_R), "SRC_RETRYING"),
    ],
    ids=["S10", "S14", "S14-retrying"],
)
def test_x5_a_failure_is_progress(said: Said, code: str) -> None:
    (finding,) = across(pods(YOUNG, KUSTOMIZE), sources(source(said)))[1].findings
    assert (finding.code, finding.verdict, finding.terminal, finding.retryable) == (code, P, False, False)
    assert finding.message.endswith("But source-controller has run only for 59 s: its first look is pending.")
    assert finding.remediation


@pytest.mark.parametrize(
    ("reading", "item", "verdict"),
    [
        (pods(YOUNG, KUSTOMIZE), source(NEVER), P),
        (pods(workload(age=60), KUSTOMIZE), source(NEVER), F),
        (pods(YOUNG, workload(age=3600)), source(NEVER), P),
        (pods(workload(age=3600), YOUNG), source(NEVER), P),
        (pods(YOUNG), source(NEVER, at=NOW + timedelta(seconds=1)), F),
        (pods(workload(age=65)), source(NEVER, at=NOW - timedelta(seconds=6)), P),
        (pods(workload(age=-30)), source(NEVER), P),
        (pods(YOUNG), source(NEVER, interval="30s"), F),
        (pods(YOUNG), source(NEVER, interval="2m"), P),
        (pods(YOUNG), source(NEVER, interval=None), F),
        (pods(YOUNG), source(NEVER, interval=60), F),
        (pods(workload(("POD_RECENT_RESTART", W_MARK), age=59)), source(NEVER), P),
        (pods(YOUNG, workload(("POD_CRASH_LOOP", F_R), name="kustomize-controller")), source(NEVER), F),
        (pods(YOUNG, workload(("POD_STARTING", P_MARK), name="kustomize-controller")), source(NEVER), F),
        (pods(YOUNG, notice("LIST_INCOMPLETE", U_T_MARK)), source(NEVER), F),
        (pods(workload(age=None)), source(NEVER), F),
        (pods(KUSTOMIZE), source(NEVER), F),
        (LOST, source(NEVER), F),
        (pods(workload(age=10)), source(NEVER, cluster="c2"), F),
        (pods(YOUNG), source(REFUSED), F),
        (pods(YOUNG), source(NEVER, REFUSED), F),
        (pods(YOUNG), source(NEVER, ("SRC_REPOSTATUS_FAILED", F_R)), P),
        (pods(YOUNG), source(("SRC_NOT_OBSERVED", P_MARK), ("SRC_REPOSTATUS_FAILED", F_R)), P),
        (pods(YOUNG), source(("SRC_REPOSTATUS_FAILED", F_R)), F),
    ],
    ids=[
        "young",
        "as-old-as-the-interval",
        "the-younger-of-two",
        "the-younger-of-two-in-another-order",
        "by-the-time-of-the-source",
        "by-the-earlier-time-of-the-source",
        "in-the-future",
        "older-than-its-own-interval",
        "longer-interval",
        "no-interval",
        "unreadable-interval",
        "warning",
        "another-pod-failed",
        "another-pod-starting",
        "not-all-pods",
        "age-not-known",
        "no-controller",
        "unreadable",
        "other-cluster",
        "S8",
        "S8-beside",
        "repoStatus-Failed",
        "repoStatus-Failed-and-young",
        "repoStatus-Failed-alone",
    ],
)
def test_x5_young_controller(reading: CheckedReading, item: Subject, verdict: str) -> None:
    assert across(reading, sources(item))[1].verdict == verdict


# --- X6: one cause of many -------------------------------------------------------------------------------------------------------


def unreachable(name: str, port: int, host: str = "github.com", cluster: str = CLUSTER, mark: Mark = F_R, url: str = "https") -> Subject:
    """A source that cannot be fetched for want of DNS."""
    lookup = f"dial tcp: lookup {host} on 10.2.3.10:53: read udp 172.17.0.16:{port}->10.2.3.10:53: i/o timeout"
    code = "SRC_FETCH_FAILED" if mark is F_R else "SRC_FETCH_RETRYING"
    return source(
        (code, mark, f'Failing for at least {port} s: Get "{url}://{host}/{name}": {lookup}'), name=name, cluster=cluster, cause="network"
    )


def test_x6_one_root_cause() -> None:
    """Ports, URLs and how long it has lasted make no difference."""
    judgements = across(sources(unreachable("a", 60193), unreachable("b", 60194), unreachable("c", 1)))
    assert [finding.root_cause for finding in judgements[0].findings] == ["cluster egress/DNS"] * 3


@pytest.mark.parametrize(
    "items",
    [
        [unreachable("a", 1, mark=P_MARK), unreachable("b", 2, mark=P_MARK)],
        [unreachable("a", 1, url="ssh"), unreachable("b", 2, url="ssh")],
    ],
    ids=["still-retrying", "ssh-URLs"],
)
def test_x6_also_for(items: list[Subject]) -> None:
    assert [finding.root_cause for finding in across(sources(*items))[0].findings] == ["cluster egress/DNS"] * 2


@pytest.mark.parametrize(
    "items",
    [
        [unreachable("a", 1)],
        [unreachable("a", 1), unreachable("b", 2, host="gitlab.com")],
        [unreachable("a", 1), source(("SRC_FETCH_FAILED", F_R, "boom"), name="b", cause="other")],
        [source(REFUSED, name="a", cause="auth"), source(REFUSED, name="b", cause="auth")],
        [unreachable("a", 1), unreachable("a", 2, cluster="c2")],
        [unreachable("a", 1), unreachable("b", 2, cluster="c2")],
    ],
    ids=["one-source", "another-message", "another-class", "no-network", "each-cluster-for-itself", "other-names-in-other-clusters"],
)
def test_x6_no_root_cause(items: list[Subject]) -> None:
    assert not any(finding.root_cause for finding in across(sources(*items))[0].findings)


def test_x6_one_source_in_two_readings_is_one() -> None:
    judgements = across(sources(unreachable("a", 1)), sources(unreachable("a", 2)))
    assert not any(finding.root_cause for judgement in judgements for finding in judgement.findings)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("read udp 172.17.0.16:60193->10.2.3.10:53", "read udp 172.17.0.17:1->10.2.3.10:53"),
        ("after 1m30s", "after 250ms"),
        ("for 3 d 2 h.", "for 10 s."),
        ("commit 0a1b2c3d4e5f", "commit ffeeddccbbaa00"),
        ("at https://a/b?c", "at https://d"),
    ],
    ids=["address", "Go-duration", "duration-for-people", "hex", "url"],
)
def test_masked_messages(first: str, second: str) -> None:
    assert message_shape(first) == message_shape(second) != first


# --- C15: a private repository without a secret ----------------------------------------------------------------------------------

OPEN = {"url": URL, "secretRef": None}


@pytest.mark.parametrize(
    ("item", "repo", "of"),
    [
        (source(**OPEN), repository(), W),
        (source(REFUSED, **OPEN, cause="auth"), repository(), F),
        (source(REFUSED, **OPEN, cause="network"), repository(), W),
        (source(url=URL, secretRef={}), repository(), W),
        (source(url=URL), repository(), None),
        (source(**OPEN), repository(visibility_level=20), None),
        (source(**OPEN), repository(visibility_level=False), None),
        (source(**OPEN), repository(visibility_level=None), None),
        (source(url="https://other/x", secretRef=None), repository(), None),
        (source(url=None, secretRef=None), repository(https_url=None, ssh_url=None), None),
        (source(url="git@codehub.example.com:Demo/shop.git", secretRef=None), repository(), W),
    ],
    ids=[
        "C15",
        "C15-refused",
        "C15-network",
        "empty-secret",
        "secret",
        "public",
        "visibility-boolean",
        "visibility-null",
        "other-url",
        "no-urls",
        "scp-style",
    ],
)
@pytest.mark.parametrize("listed", [True, False], ids=["list", "details"])
def test_c15_private_without_secret(listed: bool, item: Subject, repo: dict[str, Any], of: str | None) -> None:
    judgements = across(sources(item), judged(projects(repo) if listed else details(repo)))
    found = find(judgements, "REPO_PRIVATE_NO_SECRET")
    assert [(finding.verdict, finding.terminal, finding.retryable) for finding in found] == ([(of, False, of == F)] if of else [])
    assert all((finding.kind, finding.name) == ("Repository", "shop") for finding in found)
    assert judgements[1].verdict == (F if of == F else R)


def test_c15_a_source_that_only_warns_fails_no_repository() -> None:
    refused = sources(source(REFUSED, **OPEN, cause="auth"), advisory=True)
    assert [finding.verdict for finding in find(across(refused, judged(projects(repository()))), "REPO_PRIVATE_NO_SECRET")] == [W]


# --- G4: two readings that differ ------------------------------------------------------------------------------------------------

LATER = NOW + timedelta(seconds=20)
SUSPENDED: Said = ("SRC_SUSPENDED", F_T)


def contradictions(*checked: CheckedReading) -> list[list[str]]:
    """By reading, the objects that an earlier one says otherwise about."""
    return [
        [str(finding.name) for finding in judgement.findings if finding.code == "READING_CONTRADICTED"] for judgement in across(*checked)
    ]


def test_g4_the_later_one_says_it_and_names_both() -> None:
    judgements = across(sources(source(), name="first"), sources(source(SUSPENDED), name="second", at=LATER))
    assert [judgement.verdict for judgement in judgements] == [R, F]
    (found,) = find(judgements, "READING_CONTRADICTED")
    assert found in judgements[1].findings
    assert (found.verdict, found.kind, found.name, found.observed, found.expected) == (W, "GitRepository", "podinfo", F, R)
    assert found.message == "first as read at 2025-12-01T12:00:00Z says ready; second as read at 2025-12-01T12:00:20Z says failed."


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        (sources(source(SUSPENDED), at=LATER), sources(source()), [["podinfo"], []]),
        (sources(source()), sources(source()), [[], []]),
        (sources(source()), sources(source(("SRC_URL_INSECURE", W_MARK))), [[], []]),
        (sources(source()), sources(source(SUSPENDED), expect=[{"name": "podinfo"}]), [[], []]),
        (sources(source(), cluster_ids=["c1"]), sources(source(SUSPENDED), cluster_ids=["c1", "c2"]), [[], ["podinfo"]]),
        (sources(source()), sources(source(SUSPENDED, cluster="c2")), [[], []]),
        (sources(source()), sources(source(), source(name="cart")), [[], ["cart"]]),
        (sources(source(), source(name="cart")), sources(source()), [[], ["cart"]]),
        (sources(source()), sources(targets=("c1",)), [[], ["podinfo"]]),
        (sources(source()), sources(targets=()), [[], []]),
        (sources(source()), read("other", source(SUSPENDED)), [[], []]),
        (pods(workload()), pods(workload(), notice("LIST_INCOMPLETE", U_T_MARK)), [[], []]),
    ],
    ids=[
        "later-by-its-time",
        "same",
        "a-warning-is-no-difference",
        "other-criteria",
        "other-ids-beside",
        "other-cluster",
        "appeared",
        "vanished",
        "nothing-left",
        "error",
        "other-endpoint",
        "about-the-answer",
    ],
)
def test_g4_what_is_a_contradiction(first: CheckedReading, second: CheckedReading, expected: list[list[str]]) -> None:
    assert contradictions(first, second) == expected


@pytest.mark.parametrize(
    "name",
    ["expect", "on_superseded", "controllers", "enabling", "stuck_after", "failure_grace", "codearts_timezone", "restart_max"],
)
def test_g4_each_criterion_makes_it_another_question(name: str) -> None:
    first, second = sources(source(), **{name: 1}), sources(source(SUSPENDED), **{name: 2})
    assert contradictions(first, second) == [[], []]
    assert contradictions(first, sources(source(SUSPENDED), **{name: 1})) == [[], ["podinfo"]]


def test_g4_what_vanished_is_no_object() -> None:
    judgement = across(sources(source(), source(name="cart")), sources(source()))[1]
    assert [(subject.name, subject.notice) for subject in judgement.subjects] == [("podinfo", False), ("cart", True)]
    (found,) = judgement.findings
    assert (found.observed, found.expected) == ("not there", R)


def test_g4_also_for_repositories() -> None:
    checked = judged(projects(repository())), judged(projects(FROZEN, at=LATER))
    assert contradictions(*checked) == [[], ["shop"]]


# --- Foreign text and properties -------------------------------------------------------------------------------------------------


def test_foreign_text_is_made_safe() -> None:
    nasty = "x \x1b[31m token=abcdef \u202e" + "y" * 3000
    judgements = across(
        sources(source(REFUSED, url=URL, cause="auth")),
        judged(projects(repository(status=3, repository_name=nasty))),
        judged(authorizations(authorization(name=nasty, status=1, repo_host="codehub.example.com"))),
    )
    findings = [finding for judgement in judgements for finding in judgement.findings]
    assert {finding.code for finding in findings} == {"SRC_FETCH_FAILED", "SRC_AUTHORIZATION_FAILED", "REPO_FROZEN", "AUTH_EXPIRED"}
    for finding in findings:
        assert "abcdef" not in shown(finding)
        assert "\x1b" not in shown(finding)
        assert "\u202e" not in shown(finding)
        assert len(finding.message) <= 2000


CHECKS = [
    pods(CRASHING, KUSTOMIZE),
    sources(source(), source(REFUSED, name="b", **OPEN, cause="auth"), unreachable("c", 1), unreachable("d", 2)),
    judged(projects(FROZEN)),
    judged(details(repository(status=None, userRole=20))),
    judged(authorizations(EXPIRED)),
]


@drawn(st.permutations(CHECKS))
@examples(60)
def test_order_of_the_checks_does_not_matter(checked: list[CheckedReading]) -> None:
    def findings(judgements: list[Judgement]) -> list[Any]:
        every = (finding for judgement in judgements for finding in judgement.findings)
        return sorted((finding.check, finding.code, finding.verdict, str(finding.name), str(finding.root_cause)) for finding in every)

    assert findings(across(*checked)) == findings(across(*CHECKS))


@drawn(
    st.dictionaries(st.sampled_from(["url", "interval", "secretRef", "ref"]), JSON),
    st.dictionaries(st.sampled_from(sorted(repository())), JSON),
    st.dictionaries(st.sampled_from(sorted(authorization())), JSON),
)
@examples(150)
def test_arbitrary_json_never_crashes(spec: dict[str, Any], repo: dict[str, Any], auth: dict[str, Any]) -> None:
    across(
        pods(YOUNG),
        sources(source(REFUSED, cause="auth", **spec), source(NEVER, name="b", **spec), replace(source(name="c"), origin=None)),
        judged(projects(repository(**repo), repository(**{**repo, "status": 3}))),
        judged(details(repository(**repo))),
        judged(authorizations(authorization(**auth), authorization(**{**auth, "status": 1}))),
    )

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the repository sources, row by row: rules.rst, "Repository sources" and "Expected revisions"."""

from __future__ import annotations

import contextlib
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History, Watch
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import mask_urls
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.sources import GitRepository
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.expected_sources import validate_expect
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.sources import UNSETTLED, Look
from hypothesis import HealthCheck, assume, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.answers import CLUSTER, GONE, JSON, NOW, OTHER_SHA, SHA, ago, changed, lasting, rows
from unit.answers_sources import (
    IN_STORAGE,
    READY,
    URL,
    Row,
    bare,
    codes,
    condition,
    failing,
    finding,
    judge,
    judge_series,
    only,
    ready,
    refused,
    source,
    sources,
)

F, U, P, R = "failed", "unknown", "progressing", "ready"
TIMEOUT = (
    'Get "https://github.com/x": dial tcp: lookup github.com on 10.247.3.10:53: read udp 172.17.0.16:{port}->10.247.3.10:53: i/o timeout'
)
NETWORK = failing(TIMEOUT.format(port=60193))
TIMELESS = failing("i/o timeout", since=GONE)
AUTH = failing("authentication required")
RETRYING, FETCH_FAILED, NOT_READY = "SRC_FETCH_RETRYING P", "SRC_FETCH_FAILED F r", "SRC_NOT_READY F r"
EXAMPLES = settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
ITEM = "repository_sources.0."
GIT = ITEM + "gitRepository."


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one source."""
    return {"expect": [{"name": "podinfo", **fields}]}


def expecting(*wants: dict[str, Any]) -> dict[str, Any]:
    """The options that expect these sources."""
    return {"expect": list(wants)}


# --- S0 to S5: the list and the life of a source ---------------------------------------------------------------------------------

HTTP, SSH = "http://github.com/stefanprodan/podinfo", "ssh://git@GitHub.com:22/stefanprodan/podinfo.git/"


def at(url: str, *conditions: Any, **fields: Any) -> dict[str, Any]:
    """A list with one source of a URL."""
    return only(*conditions, spec={"url": url}, **fields)


def ref(revision: str = f"main@sha1:{SHA}", **fields: Any) -> dict[str, Any]:
    """A list with one source that has this spec.ref."""
    return only(spec={"ref": fields}, revision=revision)


TAG = ref(f"v1@sha1:{SHA}", branch="main", tag="v1")
COMMIT = ref(f"main@sha1:{SHA}", branch="main", commit=SHA)
MISMATCH = "SRC_SPEC_MISMATCH F r"
INSECURE = "SRC_URL_INSECURE W"
LISTS = (
    Row("S0-expected", sources(), F, ["SRC_NONE F r"], wanting()),
    Row("S0-none-expected", sources(), U, ["SRC_NONE U T"]),
    Row("S0-not-of-an-incomplete-list", sources(total=2), U, ["LIST_INCOMPLETE U"]),
    Row("E6-items-null", {"cluster_id": CLUSTER, "total": 0, "repository_sources": None}, U, ["API_SHAPE U T"]),
    Row("E6-items-no-list", {"cluster_id": CLUSTER, "total": 0, "repository_sources": {}}, U, ["API_SHAPE U T"]),
    Row("E6-items-no-objects", sources(source(), 1), U, ["API_SHAPE U T"]),
    Row("E4-cluster-unknown", [(0, refused(404))], F, ["SRC_CLUSTER_NOT_FOUND F T"]),
    Row("E2-forbidden", [(0, refused(403))], U, ["API_FORBIDDEN U T"]),
    Row("S1", sources(source(), total=2), U, ["LIST_INCOMPLETE U"]),
    Row("S1-expected-one-found", sources(source(), total=2), U, ["LIST_INCOMPLETE U"], wanting()),
    Row("S1-expected-one-not-found", sources(source(), total=2), U, ["LIST_INCOMPLETE U"], expecting({"name": "x"})),
    Row("S1-as-text", sources(source(), total="2"), U, ["LIST_INCOMPLETE U"]),
    Row("S1-listed-twice", sources(source(), source(), total=2), U, ["LIST_INCOMPLETE U"]),
    Row("S1-same-name-elsewhere", sources(source(), source(namespace="other"), total=2), R),
    Row("S1-total-missing", changed(only(), "total", None), R),
    Row("S1-total-smaller", sources(source(), source(name="other"), total=1), R),
    Row("S1-total-a-boolean", sources(source(), total=True), R),
    Row("S2-name", only(), F, ["SRC_MISSING F r"], expecting({"name": "podinfos"})),
    Row("S2-name-in-another-case", only(), F, ["SRC_MISSING F r"], expecting({"name": "Podinfo"})),
    Row("S2-namespace", only(), F, ["SRC_MISSING F r"], wanting(namespace="prod")),
    Row("S2-url", only(), F, ["SRC_MISSING F r"], expecting({"url": "https://github.com/stefanprodan/other"})),
    Row("S2-two-missing", only(), F, ["SRC_MISSING F r"] * 2, expecting({"name": "x"}, {"name": "y"}, {"name": "podinfo"})),
    Row("S2-found", only(), R, options=wanting(namespace="default", branch="main", url=URL)),
    Row("S2-found-by-url", only(), R, options=expecting({"url": SSH})),
    Row("S2-other-url", only(), F, [MISMATCH], wanting(url="https://github.com/a/b")),
    *(
        Row(f"S2-{part}-is-another-host", at(mask_urls(f"https://evil.org{part}@{URL[8:]}")), F, [MISMATCH], wanting(url=URL))
        for part in ("#", "?", ":/")
    ),
    Row("S2-no-url", at(GONE), F, [MISMATCH], wanting(url=URL)),
    Row("S2-https-for-ssh", only(), R, options=wanting(url=SSH)),
    Row("S2-ssh-for-https", at(SSH), R, options=wanting(url=URL)),
    Row("S2-http-for-https", at(HTTP), F, [MISMATCH, INSECURE], wanting(url=URL)),
    Row("S2-http-for-https-by-url", at(HTTP), F, [MISMATCH, INSECURE], expecting({"url": URL})),
    Row("S2-git-for-ssh", at("git://github.com/stefanprodan/podinfo"), F, [MISMATCH, INSECURE], wanting(url=SSH)),
    Row("S2-http-for-scp-style", at(HTTP), F, [MISMATCH, INSECURE], wanting(url="git@github.com:stefanprodan/podinfo.git")),
    Row("S2-http-for-http", at(HTTP), R, options=wanting(url=HTTP)),
    Row("S2-https-for-http", only(), R, options=wanting(url=HTTP)),
    Row("S2-http-for-no-scheme", at(HTTP), R, [INSECURE], wanting(url="github.com/stefanprodan/podinfo")),
    Row("S2-branch", only(), F, [MISMATCH], wanting(branch="prod")),
    Row("S2-url-and-branch", only(), F, [MISMATCH] * 2, wanting(branch="prod", url="https://github.com/a/b")),
    Row("S2-branch-in-another-case", only(), F, [MISMATCH], wanting(branch="Main")),
    Row("S2-branch-with-prefix", only(), R, options=wanting(branch="refs/heads/main")),
    Row("S2-default-branch", only(spec={"ref": GONE}, revision=f"master@sha1:{SHA}"), R, options=wanting(branch="master")),
    Row("S2-default-branch-is-not-main", ref(f"master@sha1:{SHA}"), F, [MISMATCH], wanting(branch="main")),
    Row("S2-tag-beats-branch", TAG, F, [MISMATCH], wanting(branch="main")),
    Row("S2-semver-beats-branch", ref(f"v1@sha1:{SHA}", branch="main", semver=">=1"), F, [MISMATCH], wanting(branch="main")),
    Row("S2-name-beats-branch", ref(f"refs/x@sha1:{SHA}", branch="main", name="refs/x"), F, [MISMATCH], wanting(branch="main")),
    Row("S2-name-is-the-branch", ref(f"refs/heads/main@sha1:{SHA}", name="refs/heads/main"), R, options=wanting(branch="main")),
    Row("S2-name-is-a-tag", ref(f"refs/tags/main@sha1:{SHA}", name="refs/tags/main"), F, [MISMATCH], wanting(branch="main")),
    Row("S2-name-is-another-branch", ref(f"refs/heads/a@sha1:{SHA}", name="refs/heads/a"), F, [MISMATCH], wanting(branch="main")),
    Row("S2-commit-beats-branch", COMMIT, F, [MISMATCH], wanting(branch="main")),
    Row("S2-commit-is-expected", COMMIT, R, options=wanting(branch="main", revision=SHA)),
    Row("S2-commit-is-expected-in-short", COMMIT, R, options=wanting(branch="main", revision=SHA[:8])),
    Row("S2-commit-is-acceptable", COMMIT, R, options=wanting(branch="main", revision=OTHER_SHA, acceptable_revisions=[SHA])),
    Row("S2-commit-is-expected-branch-not", COMMIT, F, [MISMATCH], wanting(branch="prod", revision=SHA)),
    Row("S2-commit-is-expected-no-branch", ref(f"sha1:{SHA}", commit=SHA), R, options=wanting(branch="prod", revision=SHA)),
    Row("S2-another-commit", COMMIT, F, [MISMATCH, "SRC_PINNED_ELSEWHERE F T"], wanting(branch="main", revision=OTHER_SHA)),
    Row(
        "S2-of-two-the-one-that-is-as-expected",
        sources(source(), source(namespace="dev", spec={"ref": {"branch": "dev"}}, revision=f"dev@sha1:{SHA}")),
        R,
        options=wanting(branch="main"),
    ),
    Row(
        "S2-of-one-that-is-listed-in-two-ways",
        sources(source(), source(spec={"ref": {"branch": "dev"}}, revision=f"dev@sha1:{SHA}"), total=1),
        F,
        [MISMATCH],
        wanting(branch="main"),
    ),
    Row("S2-of-two-neither", sources(source(), source(namespace="dev")), F, [MISMATCH] * 2, wanting(branch="prod")),
    Row("S3-type", only(repo_type="HelmRepository"), U, ["SRC_UNSUPPORTED U T"]),
    Row("S3-type-in-another-case", only(repo_type="gitrepository"), R),
    Row("S3-type-absent", only(repo_type=GONE), U, ["SRC_UNSUPPORTED U T"]),
    Row("S3-null", sources({**source(), "gitRepository": None}), U, ["SRC_UNSUPPORTED U T"]),
    Row("S3-expected", only(repo_type="Bucket"), U, ["SRC_UNSUPPORTED U T"], wanting(branch="main")),
    Row("S4", only(deleting=ago(5)), F, ["SRC_TERMINATING F T"]),
    Row("S5", only(spec={"suspend": True}), F, ["SRC_SUSPENDED F T"]),
    Row("S5-as-text", only(spec={"suspend": "True"}), F, ["SRC_SUSPENDED F T"]),
    Row("S5-false", only(spec={"suspend": False}), R),
    Row("X4-scp-style", at("git@github.com:stefanprodan/podinfo.git"), R, ["SRC_URL_SCP_STYLE W"]),
    Row("S25-http", at(HTTP), R, [INSECURE]),
    Row("S25-git", at("git://github.com/stefanprodan/podinfo"), R, [INSECURE]),
    Row("S25-upper-case", at(HTTP.upper()), R, [INSECURE]),
    Row("S25-git-for-http", at("git://github.com/stefanprodan/podinfo"), R, [INSECURE], wanting(url=HTTP)),
    Row("S25-password", at("https://bob:hunter2@github.com/a/b"), R, ["SRC_URL_CREDENTIALS W"]),
    Row("S25-both", at("http://bob:hunter2@github.com/a/b"), R, ["SRC_URL_CREDENTIALS W", INSECURE]),
    Row("S25-user", at("ssh://git@github.com/a/b"), R),
    Row("S25-port", at("https://github.com:8443/a/b@c"), R),
)


@rows(*LISTS)
def test_list(row: Row) -> None:
    row.check()


@pytest.mark.parametrize(
    ("spec", "words", "field"),
    [
        ({"commit": "a", "name": "b", "semver": "c", "tag": "d", "branch": "e"}, "commit a", "spec.ref.commit"),
        ({"name": "b", "semver": "c", "tag": "d", "branch": "e"}, "name b", "spec.ref.name"),
        ({"semver": "c", "tag": "d", "branch": "e"}, "semver c", "spec.ref.semver"),
        ({"tag": "d", "branch": "e"}, "tag d", "spec.ref.tag"),
        ({"branch": "e"}, "branch e", "spec.ref.branch"),
        ({"commit": "", "tag": " ", "branch": None}, "branch master", "spec.ref.branch"),
        ({"name": "refs/heads/a/b"}, "branch a/b", "spec.ref.name"),
        ({"name": "refs/tags/v1"}, "tag v1", "spec.ref.name"),
        (None, "branch master", "spec.ref.branch"),
    ],
)
def test_effective_ref(spec: Any, words: str, field: str) -> None:
    followed = GitRepository.parse(source(spec={"ref": spec})).ref
    assert (followed.words, followed.field) == (words, field)


def test_missing_source_names_what_is_there() -> None:
    missing = finding(judge(only(), expect=[{"name": "podinf"}]), "SRC_MISSING")
    assert "Nearest: podinfo." in missing.message
    assert (missing.kind, missing.name, missing.namespace, missing.cluster_id) == ("GitRepository", "podinf", None, CLUSTER)
    missing = finding(judge(only(), **wanting(namespace="defaul")), "SRC_MISSING")
    assert "Nearest: default/podinfo." in missing.message
    missing = finding(judge(only(), expect=[{"url": "https://u:hunter2@github.com/stefanprodan/podinfos"}]), "SRC_MISSING")
    assert "hunter2" not in json.dumps(missing.as_dict())
    assert URL in missing.message


def test_spec_mismatch_names_both() -> None:
    mismatch = finding(judge(only(), **wanting(branch="prod")), "SRC_SPEC_MISMATCH")
    assert (mismatch.field, mismatch.observed, mismatch.expected) == ("spec.ref.branch", "main", "prod")
    mismatch = finding(judge(TAG, **wanting(branch="prod")), "SRC_SPEC_MISMATCH")
    assert (mismatch.field, mismatch.observed, mismatch.expected) == ("spec.ref.tag", "tag v1", "prod")
    mismatch = finding(judge(at(HTTP), **wanting(url=URL)), "SRC_SPEC_MISMATCH")
    assert (mismatch.field, mismatch.observed, mismatch.expected) == ("spec.url", HTTP, URL)


def test_an_incomplete_list_names_what_was_not_found() -> None:
    incomplete = finding(judge(sources(source(), total=3), **expecting({"name": "podinfo"}, {"name": "shop"})), "LIST_INCOMPLETE")
    assert (incomplete.observed, incomplete.expected) == (1, 3)
    assert "name shop" in incomplete.message
    assert "podinfo" not in incomplete.message


def test_findings_about_the_list_have_a_place_of_their_own() -> None:
    judgement = judge(sources(source(cluster="shop-1"), total=2))
    notice, listed = judgement.subjects
    assert (notice.kind, notice.name, notice.notice, notice.cluster_id, notice.cluster_name) == ("Cluster", None, True, CLUSTER, "shop-1")
    assert (listed.notice, listed.verdict) == (False, R)
    assert [subject.notice for subject in judge(only()).subjects] == [False]


def test_others_are_listed_but_do_not_count() -> None:
    judgement = judge(sources(source(), source(*AUTH, name="other")), **wanting())
    assert judgement.verdict == R
    assert {subject.name: (subject.asked, subject.verdict) for subject in judgement.subjects} == {
        "podinfo": (True, R),
        "other": (False, F),
    }
    assert finding(judgement, "SRC_FETCH_FAILED").weight == "beside"


def test_what_a_subject_tells() -> None:
    fields = {"url": "https://bob:hunter2@h/a", "ref": {"name": "refs/heads/main"}}
    judgement = judge(only(spec=fields, cluster="shop-1"), **wanting(revision=SHA[:8]))
    subject = judgement.subjects[0]
    assert (subject.kind, subject.name, subject.namespace) == ("GitRepository", "podinfo", "default")
    assert (subject.target, subject.cluster_id, subject.cluster_name, subject.read_at) == (CLUSTER, CLUSTER, "shop-1", NOW)
    assert isinstance(subject.origin, GitRepository)
    assert subject.parts == {("artifact",): (SHA, False)}
    assert not subject.is_state
    assert "hunter2" not in str(subject.observed)
    assert {**subject.observed, "url": ""} == {
        "url": "",
        "ref": "branch main",
        "revision": f"main@sha1:{SHA}",
        "since": ago(3600),
        "expected": [SHA[:8]],
        "fetched": f"main@sha1:{SHA}",
        "abbreviated": True,
    }


@pytest.mark.parametrize(
    ("conditions", "since"),
    [
        ([ready(since=60)], ago(60)),
        ([ready(since=60, og=GONE)], ago(60)),
        ([ready(since=-60)], ago(0)),
        ([ready(since=GONE)], None),
        ([ready(since="x")], None),
        ([ready("False", since=60)], None),
        ([ready("Unknown", since=60)], None),
        ([ready(since=60, og=2)], None),
        ([IN_STORAGE], None),
    ],
)
def test_ready_since(conditions: list[Any], since: str | None) -> None:
    """The lastTransitionTime of the current Ready=True, never one in the future."""
    moment = judge(only(*conditions)).subjects[0].ready_since
    assert (moment and moment.strftime("%Y-%m-%dT%H:%M:%SZ")) == since


@pytest.mark.parametrize("name", [None, 5, " ", {}])
def test_a_cluster_name_that_is_none(name: Any) -> None:
    assert judge(only(cluster=name)).subjects[0].cluster_name is None


def test_an_id_in_the_place_of_a_cluster_s_name_is_no_name() -> None:
    for name, known in (("shop-1", "shop-1"), ("C1", None)):
        raw = {**source(), "clusterInfo": {"clusterID": "c1", "clusterName": name}}
        assert GitRepository.parse(raw).cluster_name == known


def test_the_other_form_of_a_revision_is_no_other_artifact() -> None:
    first, second = (judge(only(revision=text)).subjects[0].parts for text in (f"main@sha1:{SHA}", f"main/{SHA}"))
    assert first == second
    assert judge(only(revision=f"main@sha1:{OTHER_SHA}")).subjects[0].parts != first


# --- Conditions: current, stated twice -------------------------------------------------------------------------------------------

TWICE = "SRC_DUPLICATE_CONDITION W"
STALE = "SRC_GENERATION_STALE"
UNREADABLE = "SRC_READY_UNKNOWN U"
CURRENT = (
    Row("own-generation", only(ready(og=2), generation=2, og=2), R),
    Row("own-generation-as-text", only(ready(og="1"), generation="1", og="1"), R),
    Row("generation-of-the-status-stands-in", only(ready(og=GONE)), R),
    Row("generation-0-is-none", only(ready(og=0)), R),
    *(Row(f"generation-unreadable-{og}", only(ready(og=og)), U, [UNREADABLE]) for og in ("x", True, [1], {})),
    Row("generation-unreadable-and-failing", only(condition("FetchFailed", message="x509", og="x"), READY), F, [FETCH_FAILED, UNREADABLE]),
    Row("generations-of-0", only(ready(og=0), generation=0, og=0), P, [f"{STALE} P"]),
    Row("generations-of-0-as-text", only(ready(og=GONE), generation="0", og="0"), P, [f"{STALE} P"]),
    Row("generations-below-0", only(ready(og=-1), generation=-1, og=-1), P, [f"{STALE} P"]),
    Row("older", only(ready(og=1), generation=2, og=2), P, [f"{STALE} P"]),
    Row("both-absent", only(ready(og=GONE), og=GONE, generation=GONE), P, [f"{STALE} P"]),
    Row(
        "failing-without-generation", only(READY, condition("FetchFailed", message="x509", og=GONE), og=-1), F, [FETCH_FAILED, f"{STALE} P"]
    ),
    Row("failing-and-no-generation-at-all", only(*failing("x509"), generation=GONE), F, [FETCH_FAILED]),
    Row("failing-of-an-older-generation", only(ready(og=2), condition("FetchFailed", message="x509"), generation=2, og=2), R),
    Row("types-without-case", only(READY, condition("FETCHFAILED", message="x509")), F, [FETCH_FAILED]),
    Row("status-without-case", only(READY, condition("FetchFailed", "TRUE", message="x509")), F, [FETCH_FAILED]),
    Row("status-as-boolean", only(condition("Ready", True), condition("FetchFailed", True, message="x509")), F, [FETCH_FAILED]),
    Row("ready-as-boolean", only(condition("Ready", True)), R),
    Row("twice-ready-false-first", only(ready("False", message="x509"), READY), F, [NOT_READY, TWICE]),
    Row("twice-ready-false-last", only(READY, ready("False", message="x509")), F, [NOT_READY, TWICE]),
    Row("twice-ready-unknown", only(ready("Unknown", since=5), READY), P, ["SRC_READY_UNKNOWN P", TWICE]),
    Row("twice-ready-in-other-case", only(READY, {**READY, "type": "ready", "status": "Unknown"}), U, ["SRC_READY_UNKNOWN U", TWICE]),
    Row("twice-the-same", only(READY, READY), R, [TWICE]),
    Row("three-times", only(READY, READY, READY), R, [TWICE]),
    Row(
        "twice-verified",
        only(READY, condition("SourceVerified"), condition("SourceVerified", "Unknown")),
        P,
        ["SRC_NOT_VERIFIED P", TWICE],
    ),
    Row("twice-in-storage", only(READY, IN_STORAGE, condition("ArtifactInStorage", "False")), P, ["SRC_ARTIFACT_OUTDATED P", TWICE]),
    Row("twice-failed-true", only(READY, condition("Stalled"), condition("Stalled", "False")), F, ["SRC_STALLED F T", TWICE]),
    Row("twice-reconciling-unknown", only(READY, condition("Reconciling", "Unknown"), condition("Reconciling", "False")), R, [TWICE]),
    Row("no-condition-among-them", only(READY, "FetchFailed"), U, ["SRC_READY_UNKNOWN U"]),
    Row("no-type", only(READY, {"status": "True"}), U, ["SRC_READY_UNKNOWN U"]),
)

# --- S6 to S9, S22: conditions that say it failed --------------------------------------------------------------------------------

BAD_URL = "bad scheme https://h/{} for 5s at 10.0.0.1:{}"


def stalled_with(*more: Any) -> dict[str, Any]:
    """A list with a source that is stalled, with other conditions beside."""
    return only(condition("Stalled", reason="URLInvalid", message=BAD_URL.format("a", 1), since=5), *more)


SAME = BAD_URL.format("b", 2)
STALLED = "SRC_STALLED F T"
BAD_SIGNATURE, NO_CHECK = "SRC_VERIFICATION_FAILED F T", "SRC_VERIFICATION_ERROR"


def unverified(reason: str, message: str = "boom", since: Any = 5, **fields: Any) -> dict[str, Any]:
    """A list with a source whose signature does not verify, or could not be checked."""
    return only(READY, condition("SourceVerified", "False", reason, message, since=since), spec={"verify": {"mode": "HEAD"}}, **fields)


CONDITIONS = (
    Row("S6", only(READY, condition("Stalled", reason="InvalidProviderConfiguration")), F, [STALLED]),
    Row("S6-generation-of-the-status", only(READY, condition("Stalled", og=GONE)), F, [STALLED]),
    Row("S6-of-an-older-generation", only(READY, condition("Stalled"), generation=2, og=2), P, [f"{STALE} P"]),
    Row("S6-false", only(READY, condition("Stalled", "False")), R),
    Row("S6-alone", stalled_with(ready("False", reason="URLInvalid", message=SAME), condition("FetchFailed", message=SAME)), F, [STALLED]),
    Row("S6-no-reconciling", stalled_with(READY, condition("Reconciling", reason="ProgressingWithRetry", since=3)), F, [STALLED]),
    Row("S6-no-progress-reason", stalled_with(ready("False", reason="NewRevision")), F, [STALLED]),
    Row("S6-no-retrying", stalled_with(ready("False", message="EOF", since=3)), F, [STALLED]),
    Row("S6-another-text-S9-120s", stalled_with(ready("False", message="EOF", since=120)), F, [STALLED, NOT_READY]),
    Row("S6-another-text-S9", stalled_with(ready("False", message="x509")), F, [STALLED, NOT_READY]),
    Row("S6-another-text-S8", stalled_with(READY, condition("FetchFailed", message="x509")), F, [STALLED, FETCH_FAILED]),
    *(
        Row(f"S7-{reason}", unverified(reason), F, [BAD_SIGNATURE])
        for reason in ("InvalidCommitSignature", "InvalidTagSignature", "InvalidGitObject", "InvalidVerificationMode", "invalidgitobject")
    ),
    Row("S7-other-name", only(READY, condition("SourceVerifiedCondition", "False", "InvalidGitObject")), F, [BAD_SIGNATURE]),
    Row("S7-types-without-case", only(READY, condition("sourceverified", "false", "InvalidGitObject", og=GONE)), F, [BAD_SIGNATURE]),
    Row("S7-of-an-older-generation", only(ready(og=2), condition("SourceVerified", "False", "InvalidGitObject"), generation=2, og=2), R),
    Row("S7-true", only(READY, condition("SourceVerified")), R),
    Row(
        "S8-failing-since-its-signature-did",
        [
            (0, only(ready("False", GONE, reason="VerificationFailed"))),
            (120, only(*failing("dial tcp: i/o timeout", since=GONE))),
        ],
        F,
        ["SRC_FETCH_FAILED F r"],
    ),
    Row("S7-ready-false", only(ready("False", reason="VerificationFailed")), F, [BAD_SIGNATURE]),
    Row("S7-ready-true-with-that-reason", only(ready(reason="VerificationFailed")), R),
    Row("S22-network-119s", unverified("VerificationError", "connection refused", since=119), P, [f"{NO_CHECK} P"]),
    Row("S22-network-120s", unverified("VerificationError", "connection refused", since=120), F, [f"{NO_CHECK} F r"]),
    Row("S22-auth", unverified("VerificationError", 'secrets "keys" not found'), F, [f"{NO_CHECK} F r"]),
    Row("S22-other-reason", unverified("Strange"), P, [f"{NO_CHECK} P"]),
    Row("S22-verification-failed-is-not-S7", unverified("VerificationFailed"), P, [f"{NO_CHECK} P"]),
    Row("S22-no-reason", unverified(""), P, [f"{NO_CHECK} P"]),
    Row(
        "S22-and-the-same-in-ready",
        only(condition("SourceVerified", "False", "X", "EOF", since=5), ready("False", reason="X", message="EOF", since=5)),
        P,
        [f"{NO_CHECK} P"],
    ),
    Row("S8-config", only(*failing("couldn't find remote ref")), F, [FETCH_FAILED]),
    Row("S8-auth", only(*AUTH), F, [FETCH_FAILED]),
    Row("S8-tls", only(*failing("x509: certificate signed by unknown authority")), F, [FETCH_FAILED]),
    Row("S8-network-119s", only(*failing("EOF", since=119)), P, [RETRYING]),
    Row("S8-network-120s", only(*failing("EOF", since=120)), F, [FETCH_FAILED]),
    Row("S8-other-119s", only(*failing("boom", since=119)), P, [RETRYING]),
    Row("S8-other-120s", only(*failing("boom", since=120)), F, [FETCH_FAILED]),
    Row("S8-storage-119s", only(*failing("x", "StatOperationFailed", "StorageOperationFailed", since=119)), P, [RETRYING]),
    Row("S8-storage-120s", only(*failing("x", "Y", "StorageOperationFailed", since=120)), F, ["SRC_STORAGE_FAILED F r"]),
    Row("S8-include-not-found", only(*failing("x", "NotFound", "IncludeUnavailable")), F, ["SRC_INCLUDE_UNAVAILABLE F r"]),
    Row("S8-include-119s", only(*failing("x", "Y", "IncludeUnavailable", since=119)), P, [RETRYING]),
    Row("S8-include-120s", only(*failing("x", "Y", "IncludeUnavailable", since=120)), F, ["SRC_INCLUDE_UNAVAILABLE F r"]),
    Row("S8-build-119s", only(*failing("x", "Strange", "BuildFailed", since=119)), P, [RETRYING]),
    Row("S8-build-120s", only(*failing("x", "Strange", "BuildFailed", since=120)), F, ["SRC_BUILD_FAILED F r"]),
    Row("S8-own-grace", only(*failing("EOF", since=30)), F, [FETCH_FAILED], {"failure_grace": 30}),
    Row(
        "S8-while-reconciling",
        only(*AUTH, condition("Reconciling", reason="NewRevision", since=5), og=-1, generation=1, age=60),
        F,
        [FETCH_FAILED, "SRC_RECONCILING P"],
    ),
    Row("S8-false", only(READY, condition("FetchFailed", "False")), R),
    Row("S8-unknown", only(READY, condition("FetchFailed", "Unknown")), R),
    Row("S8-path-of-the-url", at("https://h/a/x509", *failing("a/x509: boom")), P, [RETRYING]),
    Row("S9", only(ready("False", reason="AuthenticationFailed")), F, [NOT_READY]),
    Row("S9-network-119s", only(ready("False", reason="X", message="EOF", since=119)), P, [RETRYING]),
    Row("S9-network-120s", only(ready("False", reason="X", message="EOF", since=120)), F, [NOT_READY]),
    Row("S9-without-generation", only(ready("False", reason="URLInvalid", og=GONE), og=-1), F, [NOT_READY]),
    Row("S9-of-an-older-generation", only(ready("False", reason="URLInvalid"), generation=2, og=1), P, [f"{STALE} P"]),
    Row("S9-the-same-with-another-port", only(ready("False", message=TIMEOUT.format(port=1), since=5), NETWORK[1]), P, [RETRYING]),
    Row("S9-another-text", only(ready("False", message="no space left", since=5), AUTH[1]), F, [FETCH_FAILED, RETRYING]),
    Row(
        "S9-another-class",
        only(ready("False", reason="AuthenticationFailed", message="boom", since=5), failing("boom")[1]),
        F,
        [RETRYING, NOT_READY],
    ),
    *(
        Row(f"S14-progress-reason-{reason}", only(ready("False", reason=reason)), P, ["SRC_RECONCILING P"])
        for reason in ("NewGeneration", "NoArtifact", "NewRevision", "IncludeChange", "Progressing", "ProgressingWithRetry", "newrevision")
    ),
)

# --- S10 to S20, S23, S24 --------------------------------------------------------------------------------------------------------

RECONCILING = condition("Reconciling", reason="NewRevision", since=30)
NOT_YET_SEEN, NEVER = "SRC_NOT_OBSERVED P", "SRC_NEVER_RECONCILED F r"
ASKED = "reconcile.fluxcd.io/requestedAt"
NO_ARTIFACT = "SRC_READY_WITHOUT_ARTIFACT U"
OTHER_REF = "SRC_ARTIFACT_OTHER_REF"
DEV = only(revision=f"dev@sha1:{SHA}")
VERIFY = {"verify": {"mode": "HEAD", "secretRef": {"name": "keys"}}}
NOT_VERIFIED = "SRC_NOT_VERIFIED"


def requested(asked: Any, handled: Any) -> dict[str, Any]:
    """A list with a source of which a reconcile was requested."""
    return only(annotations={ASKED: asked}, handled=handled)


REST = (
    *(Row(f"S10-og-{og}", sources(bare(og=og, age=299)), P, [NOT_YET_SEEN]) for og in (-1, 0, "-1", GONE)),
    *(Row(f"S10-og-{og}-300s", sources(bare(og=og, age=300)), F, [NEVER]) for og in (-1, 0, "-1", GONE)),
    Row("S10-own-limit", sources(bare(age=30)), F, [NEVER], {"stuck_after": 30}),
    Row("S10-status-null", changed(only(age=60), GIT + "status", None), P, [NOT_YET_SEEN]),
    Row("S10-status-missing", changed(only(age=60), GIT + "status", GONE), P, [NOT_YET_SEEN]),
    Row("S10-conditions-empty", only(status={"observedGeneration": -1, "conditions": []}, age=60), P, [NOT_YET_SEEN]),
    Row("S10-conditions-null", only(status={"observedGeneration": -1, "conditions": None}, age=60), P, [NOT_YET_SEEN]),
    Row("S10-changed-since", sources(bare(generation=2)), P, [NOT_YET_SEEN]),
    Row("S10-changed-since-299s", lasting(sources(bare(generation=2)), 299), P, [NOT_YET_SEEN]),
    Row("S10-changed-since-300s", lasting(sources(bare(generation=2)), 300), F, [NEVER]),
    Row("S10-no-generation", sources(bare(generation=GONE)), P, [NOT_YET_SEEN]),
    Row("S10-no-time", changed(sources(bare()), GIT + "metadata.creationTimestamp", "x"), P, [NOT_YET_SEEN]),
    Row("S11", sources(bare(og=1)), U, ["SRC_NO_CONDITIONS U"]),
    Row("S11-conditions-empty", only(status={"observedGeneration": 1, "conditions": []}), U, ["SRC_NO_CONDITIONS U"]),
    Row("S12", only(og=2), U, ["SRC_GENERATION_AHEAD U"]),
    Row("S12-and-S13", only(ready(og=2), og=2), U, ["SRC_GENERATION_AHEAD U", f"{STALE} P"]),
    Row("S13-og-g-1", only(ready(og=2), generation=2, og=1), P, [f"{STALE} P"]),
    *(Row(f"S13-og-{og}", only(og=og), P, [f"{STALE} P"]) for og in (-1, 0, GONE, "x", True)),
    Row("S13-generation-absent", only(generation=GONE), P, [f"{STALE} P"]),
    Row("S13-unknown", only(ready("Unknown", since=5, og=GONE), generation=2, og=1), P, [f"{STALE} P", "SRC_READY_UNKNOWN P"]),
    Row("S13-unknown-for-long", only(ready("Unknown", since=9000), generation=2, og=1), P, [f"{STALE} P", "SRC_READY_UNKNOWN P"]),
    Row("S13-299s", lasting(only(og=-1), 299), P, [f"{STALE} P"]),
    Row("S13-300s", lasting(only(og=-1), 300), F, [f"{STALE} F r"]),
    Row("S13-gap", [(0, only(og=-1)), (200, only()), (310, only(og=-1))], P, [f"{STALE} P"]),
    Row("S13-error-is-no-gap", [(0, only(og=-1)), (200, refused(503)), (300, only(og=-1))], F, [f"{STALE} F r"]),
    Row("S14", only(ready("Unknown", since=5), RECONCILING, og=-1, age=60), P, ["SRC_RECONCILING P", "SRC_READY_UNKNOWN P"]),
    Row("S14-299s", only(READY, condition("Reconciling", reason="NewRevision", since=299)), P, ["SRC_RECONCILING P"]),
    Row("S14-300s", only(READY, condition("Reconciling", reason="NewRevision", since=300)), F, ["SRC_RECONCILING F r"]),
    Row("S14-retry", only(READY, condition("Reconciling", reason="ProgressingWithRetry", since=3000)), P, ["SRC_RETRYING P"]),
    Row(
        "S14-retry-300s",
        lasting(only(READY, condition("Reconciling", reason="ProgressingWithRetry", since=3000)), 300),
        F,
        ["SRC_RETRYING F r"],
    ),
    Row("S14-without-generation-and-og", only(READY, condition("Reconciling", reason="X", og=GONE)), F, ["SRC_RECONCILING F r"]),
    Row("S14-false", only(READY, condition("Reconciling", "False")), R),
    Row("S14-of-an-older-generation", only(ready(og=2), RECONCILING, generation=2, og=2), R),
    Row(
        "S14-progress-reason-no-second-finding", only(ready("False", reason="NewRevision", since=5), RECONCILING), P, ["SRC_RECONCILING P"]
    ),
    Row("S14-by-ready-false", only(ready("False", reason="NewRevision", since=300), RECONCILING), F, ["SRC_RECONCILING F r"]),
    Row("S15-unknown-299s", only(ready("Unknown", since=299)), P, ["SRC_READY_UNKNOWN P"]),
    Row("S15-unknown-300s", only(ready("Unknown", since=300)), U, ["SRC_READY_UNKNOWN U"]),
    Row("S15-no-time", only(ready("Unknown", since=GONE)), P, ["SRC_READY_UNKNOWN P"]),
    Row("S15-no-time-300s", lasting(only(ready("Unknown", since=GONE)), 300), U, ["SRC_READY_UNKNOWN U"]),
    Row("S15-missing", only(IN_STORAGE), P, ["SRC_READY_UNKNOWN P"]),
    Row("S15-missing-299s", lasting(only(IN_STORAGE), 299), P, ["SRC_READY_UNKNOWN P"]),
    Row("S15-missing-300s", lasting(only(IN_STORAGE), 300), U, ["SRC_READY_UNKNOWN U"]),
    Row("S15-status-null", only(condition("Ready", None, since=299)), P, ["SRC_READY_UNKNOWN P"]),
    Row("S15-status-missing", only(condition("Ready", GONE, since=300)), U, ["SRC_READY_UNKNOWN U"]),
    Row("last-row-other-status", only(ready("Perhaps", since=5)), U, ["SRC_READY_UNKNOWN U"]),
    Row("last-row-number", only(ready(1, since=5)), U, ["SRC_READY_UNKNOWN U"]),
    *(
        Row(f"last-row-{kind}-{status}", only(READY, condition(kind, status)), U, ["SRC_READY_UNKNOWN U"])
        for kind in ("Stalled", "Reconciling", "FetchFailed", "ArtifactInStorage", "ArtifactOutdated")
        for status in ("Perhaps", "", None, GONE, 1)
    ),
    *(
        Row(f"last-row-suspend-{value}", only(spec={"suspend": value}), U, ["SRC_READY_UNKNOWN U"])
        for value in ("yes", "1", 1, 0, [True], {"now": True})
    ),
    *(Row(f"S5-not-{value}", only(spec={"suspend": value}), R) for value in (False, "false", "False", "", None)),
    Row("S16", only(READY, condition("ArtifactOutdated", reason="NewRevision")), P, ["SRC_ARTIFACT_OUTDATED P"]),
    Row("S16-false", only(READY, condition("ArtifactOutdated", "False")), R),
    Row("S16-in-storage-false", only(READY, condition("ArtifactInStorage", "False")), P, ["SRC_ARTIFACT_OUTDATED P"]),
    Row("S16-in-storage-false-of-older", only(ready(og=2), condition("ArtifactInStorage", "False"), generation=2, og=2), R),
    Row("S16-in-storage-missing", only(READY), R),
    Row("S17-null", only(revision=None), U, [NO_ARTIFACT]),
    *(Row(f"S17-{revision!r}", only(artifact={"revision": revision}), U, [NO_ARTIFACT]) for revision in ("", " ", 7, None, {})),
    Row("S18", DEV, P, [f"{OTHER_REF} P"]),
    Row("S18-299s", lasting(DEV, 299), P, [f"{OTHER_REF} P"]),
    Row("S18-300s", lasting(DEV, 300), F, [f"{OTHER_REF} F r"]),
    Row("S18-legacy", only(revision=f"dev/{SHA}"), P, [f"{OTHER_REF} P"]),
    Row("S18-default-branch", only(spec={"ref": GONE}), P, [f"{OTHER_REF} P"]),
    Row("S18-ref-empty", ref(f"master@sha1:{SHA}"), R),
    Row("S18-branch-with-slash", ref(f"feature/a/{SHA}", branch="feature/a"), R),
    Row("S18-name-of-the-branch", ref(f"refs/heads/main@sha1:{SHA}", branch="main"), R),
    Row("S18-name-of-a-tag", ref(f"refs/tags/main@sha1:{SHA}", branch="main"), P, [f"{OTHER_REF} P"]),
    Row("S18-no-pointer", only(revision=f"HEAD/{SHA}"), R),
    Row("S18-hash-alone", only(revision=SHA), R),
    Row("S18-tag", TAG, R),
    Row("S18-branch-while-tag", ref(branch="main", tag="v2"), P, [f"{OTHER_REF} P"]),
    Row("S18-another-tag", ref(f"v1@sha1:{SHA}", tag="v2"), P, [f"{OTHER_REF} P"]),
    Row("S18-name", ref(f"refs/pull/420/head@sha1:{SHA}", name="refs/pull/420/head"), R),
    Row("S18-another-name", ref(f"refs/pull/421/head@sha1:{SHA}", name="refs/pull/420/head"), P, [f"{OTHER_REF} P"]),
    Row("S18-name-is-a-tag", ref(f"v1@sha1:{SHA}", name="refs/tags/v1"), R),
    Row("S18-semver", ref(f"v1@sha1:{SHA}", semver=">=2", tag="v3"), R),
    Row("S18-commit", COMMIT, R),
    Row("S18-commit-in-upper-case", ref(f"sha1:{SHA}", commit=SHA.upper()), R),
    Row("S18-commit-without-pointer", ref(f"sha1:{SHA}", commit=SHA, branch="x"), R),
    Row("S18-another-commit", ref(f"main@sha1:{SHA}", branch="main", commit=OTHER_SHA), P, [f"{OTHER_REF} P"]),
    Row("S18-another-commit-without-pointer", ref(f"sha1:{SHA}", commit=OTHER_SHA), P, [f"{OTHER_REF} P"]),
    Row("S20", only(), R),
    Row("S20-opaque-revision", ref("v1.0.0", tag="v1.0.0"), R),
    Row("S23-demanded", only(READY, spec=VERIFY), P, [f"{NOT_VERIFIED} P"]),
    Row("S23-demanded-299s", lasting(only(READY, spec=VERIFY), 299), P, [f"{NOT_VERIFIED} P"]),
    Row("S23-demanded-300s", lasting(only(READY, spec=VERIFY), 300), U, [f"{NOT_VERIFIED} U"]),
    Row("S23-verified", only(READY, condition("SourceVerified"), spec=VERIFY), R),
    Row("S23-verified-other-name", only(READY, condition("SourceVerifiedCondition"), spec=VERIFY), R),
    Row("S23-verified-before", only(ready(og=2), condition("SourceVerified"), generation=2, og=2, spec=VERIFY), P, [f"{NOT_VERIFIED} P"]),
    Row("S23-unknown", only(READY, condition("SourceVerified", "Unknown")), P, [f"{NOT_VERIFIED} P"]),
    Row("S23-unknown-300s", lasting(only(READY, condition("SourceVerified", "Unknown")), 300), U, [f"{NOT_VERIFIED} U"]),
    Row("S23-verify-null", only(READY, spec={"verify": None}), R),
    Row("S24", requested(ago(5), ago(9000)), P, ["SRC_RECONCILE_REQUESTED P"]),
    Row("S24-299s", requested(ago(299), ago(9000)), P, ["SRC_RECONCILE_REQUESTED P"]),
    Row("S24-300s", requested(ago(300), ago(9000)), R, ["SRC_RECONCILE_REQUESTED W"]),
    Row("S24-no-time", requested("now", ago(9000)), P, ["SRC_RECONCILE_REQUESTED P"]),
    Row("S24-no-time-300s", lasting(requested("now", ago(9000)), 300), R, ["SRC_RECONCILE_REQUESTED W"]),
    Row("S24-no-time-asked-again", [(0, requested("a", "x")), (300, requested("b", "x"))], P, ["SRC_RECONCILE_REQUESTED P"]),
    Row("S24-handled", requested(ago(5), ago(5)), R),
    Row("S24-not-in-the-answer", requested(ago(5), GONE), R),
    Row("S24-not-requested", only(handled=ago(5)), R),
    Row("G7-300s", only(ready(since=-300)), R),
    Row("G7-301s", only(ready(since=-301)), R, ["CLOCK_SKEW W"]),
    Row("G7-created", only(age=-301), R, ["CLOCK_SKEW W"]),
    Row("G7-once", only(ready(since=-301), condition("ArtifactInStorage", since=-999), age=-301), R, ["CLOCK_SKEW W"]),
)


@rows(*CURRENT, *CONDITIONS, *REST)
def test_source(row: Row) -> None:
    row.check()


def test_a_failure_says_where_since_when_and_why() -> None:
    failed = finding(judge(only(*AUTH, condition("Reconciling", reason="NewRevision", since=7200))), "SRC_FETCH_FAILED")
    assert (failed.cause, failed.since, failed.field) == ("auth", ago(7200), "status.conditions[FetchFailed]")
    assert "authentication required, failing for at least 2 h." in failed.message
    assert failed.label == "GitRepository default/podinfo"
    assert failed.retryable


@pytest.mark.parametrize("conditions", [TIMELESS, failing("x509", since=GONE), [ready("False", since=GONE)]])
def test_what_was_only_seen_once_has_not_lasted(conditions: list[Any]) -> None:
    for seen in judge(only(*conditions)).findings:
        assert " 0 s" not in seen.message
        assert "at least" not in seen.message
        assert seen.since is None


@pytest.mark.parametrize("generation", [GONE, None, "x", True])
def test_a_missing_generation_is_said_in_words(generation: Any) -> None:
    stale = finding(judge(only(generation=generation)), "SRC_GENERATION_STALE")
    assert "None" not in stale.message


# --- Failing since ---------------------------------------------------------------------------------------------------------------


def retry(port: int, seconds: float, reason: str = "GitOperationFailed") -> list[dict[str, Any]]:
    """The conditions after another try, with new times and a new port in the message."""
    return failing(TIMEOUT.format(port=port), reason, since=-seconds)


def v1(reason: str, since: float) -> dict[str, Any]:
    """Reconciling as Flux v1 states it: its reason flips at each try, and its time with it."""
    return condition("Reconciling", reason=reason, since=since)


def trying(since: float) -> list[dict[str, Any]]:
    """The conditions at the beginning of a run of Flux v1."""
    return [ready("Unknown", reason="Progressing", since=since), v1("Progressing", since)]


NEW = {"revision": None, "og": -1}
SINCE = (
    Row("seen-119s", lasting(only(*TIMELESS), 60, 119), P, [RETRYING]),
    Row("seen-120s", lasting(only(*TIMELESS), 60, 120), F, [FETCH_FAILED]),
    Row("new-times-at-each-try", [(at_, only(*retry(60000 + at_, at_))) for at_ in range(0, 121, 30)], F, [FETCH_FAILED]),
    Row("success-in-between", [(0, only(*TIMELESS)), (60, only()), (130, only(*TIMELESS))], P, [RETRYING]),
    Row("error-in-between", [(0, only(*TIMELESS)), (60, refused(503)), (120, only(*TIMELESS))], F, [FETCH_FAILED]),
    Row("no-list-in-between", [(0, only(*TIMELESS)), (60, sources(1)), (120, only(*TIMELESS))], F, [FETCH_FAILED]),
    Row(
        "not-in-an-incomplete-list-in-between",
        [(0, only(*TIMELESS)), (60, sources(source(name="x"), total=2)), (120, only(*TIMELESS))],
        F,
        [FETCH_FAILED],
    ),
    Row(
        "well-in-an-incomplete-list-in-between",
        [(0, only(*TIMELESS)), (60, sources(source(), total=2)), (120, only(*TIMELESS))],
        P,
        [RETRYING],
    ),
    Row("away-in-between", [(0, only(*TIMELESS)), (60, sources(source(name="x"))), (120, only(*TIMELESS))], P, [RETRYING]),
    Row("reconciling-in-between", [(0, only(*TIMELESS)), (60, only(*trying(-60))), (120, only(*TIMELESS))], F, [FETCH_FAILED]),
    Row(
        "progress-reason-in-between",
        [(0, only(*TIMELESS)), (60, only(ready("False", reason="NewRevision", since=-60))), (120, only(*TIMELESS))],
        F,
        [FETCH_FAILED],
    ),
    Row("nothing-in-between", [(0, only(*TIMELESS)), (60, sources(bare())), (120, only(*TIMELESS))], F, [FETCH_FAILED]),
    Row("reconciling-at-first-does-not-count", [(0, only(*trying(0))), (60, only(*TIMELESS)), (120, only(*TIMELESS))], P, [RETRYING]),
    Row("own-time-of-ready", only(ready("False", message="EOF", since=120)), F, [NOT_READY]),
    Row("own-time-of-stalled", only(*TIMELESS, condition("Stalled", message="no", since=120)), F, [FETCH_FAILED, "SRC_STALLED F T"]),
    Row("own-time-of-stalled-119s", only(*TIMELESS, condition("Stalled", message="no", since=119)), F, ["SRC_STALLED F T"]),
    Row("own-time-of-another-condition", only(*TIMELESS, condition("BuildFailed", since=120)), F, [FETCH_FAILED, "SRC_BUILD_FAILED F r"]),
    Row(
        "own-time-of-an-older-generation",
        only(*failing("EOF", since=GONE, og=2), condition("BuildFailed", since=120), generation=2, og=2),
        P,
        [RETRYING],
    ),
    Row(
        "by-reconciling-119s",
        only(*TIMELESS, condition("Reconciling", reason="NewRevision", since=119)),
        P,
        [RETRYING, "SRC_RECONCILING P"],
    ),
    Row(
        "by-reconciling-120s",
        only(*TIMELESS, condition("Reconciling", reason="NewRevision", since=120)),
        F,
        [FETCH_FAILED, "SRC_RECONCILING P"],
    ),
    Row("v1-proves-nothing", only(*TIMELESS, v1("ProgressingWithRetry", 9000)), P, [RETRYING, "SRC_RETRYING P"]),
    Row("v1-progressing-proves-nothing", only(*TIMELESS, v1("Progressing", 9000)), P, [RETRYING, "SRC_RECONCILING P"]),
    Row(
        "v1-flips-for-300s",
        [(at_, only(READY, v1(("Progressing", "ProgressingWithRetry")[at_ // 60 % 2], -at_))) for at_ in range(0, 301, 60)],
        F,
        ["SRC_RETRYING F r"],
    ),
    Row("never-succeeded-119s", only(*TIMELESS, age=119, **NEW), P, [RETRYING]),
    Row("never-succeeded-120s", only(*TIMELESS, age=120, **NEW), F, [FETCH_FAILED]),
    Row("never-succeeded-og-0", only(*TIMELESS, revision=None, og=0), F, [FETCH_FAILED]),
    Row("never-succeeded-og-absent", only(*TIMELESS, revision=None, og=GONE), F, [FETCH_FAILED]),
    Row("succeeded-and-lost-its-artifact", only(*TIMELESS, revision=None), P, [RETRYING]),
    Row("changed-since", only(*failing("EOF", since=GONE, og=2), generation=2, **NEW), P, [RETRYING]),
    Row("artifact-lost", only(*trying(10), revision=None), P, ["SRC_RECONCILING P", "SRC_READY_UNKNOWN P"]),
    Row("reconciling-for-the-first-time-300s", only(*trying(10), age=300, **NEW), F, ["SRC_RECONCILING F r", "SRC_READY_UNKNOWN P"]),
    Row("resumed", only(READY, v1("Progressing", 10)), P, ["SRC_RECONCILING P"]),
    Row("future-times-prove-nothing", only(*failing("EOF", since=-200)), P, [RETRYING]),
    Row("unreadable-times-prove-nothing", only(*failing("EOF", since="x")), P, [RETRYING]),
    Row("text-as-in-use", only(*failing("EOF", since=86400 * 30), v1("ProgressingWithRetry", 20)), F, [FETCH_FAILED, "SRC_RETRYING F r"]),
)


@rows(*SINCE)
def test_failing_since(row: Row) -> None:
    """rules.rst, "Failing-since"."""
    row.check()


# --- repoStatus as second witness ------------------------------------------------------------------------------------------------

COLUMNS = {
    "R": source(),
    "P": source(READY, RECONCILING),
    "F": source(*AUTH),
    "S10": bare(age=60),
    "S11": bare(og=1),
    "U": source(og=2),
}
BESIDE = {"R": [], "P": ["SRC_RECONCILING P"], "F": [FETCH_FAILED], "S10": [NOT_YET_SEEN], "S11": ["SRC_NO_CONDITIONS U"]}
BESIDE["U"] = ["SRC_GENERATION_AHEAD U"]
AGREED = {"R": R, "P": P, "F": F, "S10": P, "S11": U, "U": U}
CONTRADICTED, REPORTED = "SRC_STATUS_CONTRADICTION", "SRC_REPOSTATUS_FAILED F r"
HEALTH = {"P": (P, f"{CONTRADICTED} W"), "F": (F, f"{CONTRADICTED} W"), "S10": (U, f"{CONTRADICTED} U")}
OTHER = {"R": (U, f"{CONTRADICTED} U"), "S10": (U, f"{CONTRADICTED} U")}
MATRIX: dict[str, tuple[Any, dict[str, tuple[str, str]]]] = {
    # repoStatus: its value, and for each verdict of the conditions what it comes to where it says more
    "Health": ("Health", HEALTH),
    "Progressing": ("Progressing", {"R": (P, f"{CONTRADICTED} P")}),
    "Failed": ("Failed", {"R": (U, f"{CONTRADICTED} U"), "S10": (F, REPORTED), "S11": (F, REPORTED)}),
    "Unknown": ("Unknown", {"R": (R, f"{CONTRADICTED} W"), "S10": (U, f"{CONTRADICTED} U")}),
    "absent": (GONE, {}),
    "null": (None, {}),
    "other": ("Sunny", OTHER),
    # Spellings
    "Healthy": ("Healthy", HEALTH),
    "case": (" hEALTH ", HEALTH),
    "number": (5, OTHER),
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("said", MATRIX)
def test_repo_status(said: str, column: str) -> None:
    value, cells = MATRIX[said]
    verdict, more = cells.get(column, (AGREED[column], None))
    item = COLUMNS[column] if value is GONE else {**COLUMNS[column], "repoStatus": value}
    Row(f"{said}-{column}", sources(item), verdict, [*BESIDE[column], *([more] if more else [])]).check()


W_HEALTH = f"{CONTRADICTED} W"
WITNESS = (
    Row("S4", sources({**bare(deleting=ago(5), age=60), "repoStatus": "Health"}), F, ["SRC_TERMINATING F T", NOT_YET_SEEN, W_HEALTH]),
    Row("S10-failed", sources({**bare(), "repoStatus": "Health"}), F, [NEVER, W_HEALTH]),
    Row("S18", only(revision=f"dev@sha1:{SHA}", repo_status="Health"), P, [f"{OTHER_REF} P", W_HEALTH]),
    Row("S18-failed", only(revision=f"dev@sha1:{SHA}", repo_status="Failed"), P, [f"{OTHER_REF} P"]),
    Row("S22", unverified("X", repo_status="Health"), P, [f"{NO_CHECK} P", W_HEALTH]),
    Row("S23", only(READY, spec=VERIFY, repo_status="Health"), P, [f"{NOT_VERIFIED} P", W_HEALTH]),
    Row("S24", only(annotations={ASKED: ago(5)}, handled="x", repo_status="Health"), P, ["SRC_RECONCILE_REQUESTED P", W_HEALTH]),
    Row("S24-warning", only(annotations={ASKED: ago(300)}, handled="x", repo_status="Health"), R, ["SRC_RECONCILE_REQUESTED W"]),
    Row("S2-is-not-the-conditions", only(repo_status="Health"), F, [MISMATCH], wanting(branch="x")),
    Row(
        "S19-is-not-the-conditions",
        only(repo_status="Health"),
        P,
        ["SRC_REVISION_NOT_YET P"],
        wanting(revision=OTHER_SHA),
    ),
    Row("S25-is-none", at(HTTP, repo_status="Health"), R, [INSECURE]),
)


@rows(*WITNESS)
def test_repo_status_corners(row: Row) -> None:
    """The matrix is entered with the verdict of S4 to S18 and S22 to S24; an F there stays F, a U stays U."""
    row.check()


# --- Expected revisions ----------------------------------------------------------------------------------------------------------

OLD_REVISION, NEW_REVISION = f"main@sha1:{OTHER_SHA}", f"main@sha1:{SHA}"
THIRD = "7" * 40
BEFORE, AFTER = only(revision=OLD_REVISION), only(revision=NEW_REVISION)
LAST = only(revision=f"main@sha1:{THIRD}")
WANT = wanting(revision=SHA)
NOT_YET, NOT_PICKED_UP = "SRC_REVISION_NOT_YET P", "SRC_REVISION_NOT_PICKED_UP F r"
SUPERSEDED, PINNED = "SRC_REVISION_SUPERSEDED", "SRC_PINNED_ELSEWHERE F T"
IS_BRANCH, UNPARSABLE = "SRC_REVISION_UNPARSABLE U T", "SRC_REVISION_UNPARSABLE U"
SLOW = {"interval": "3m", "timeout": "1m40s"}
OLD_TIMELESS = only(*TIMELESS, revision=OLD_REVISION)
OLD_TRYING = only(*trying(-60), revision=OLD_REVISION)
TOO_LONG = "SRC_INTERVAL_LONGER_THAN_TIMEOUT W"
REVISIONS = (
    Row("equal", AFTER, R, options=WANT),
    Row("whole", AFTER, R, options=wanting(revision=NEW_REVISION)),
    Row("prefix", AFTER, R, options=wanting(revision=SHA[:7])),
    Row("upper-case", AFTER, R, options=wanting(revision=SHA.upper())),
    Row("legacy-observed", only(revision=f"main/{SHA}"), R, options=WANT),
    Row("legacy-expected", AFTER, R, options=wanting(revision=f"main/{SHA}")),
    Row("hash-decides-not-the-pointer", AFTER, R, options=wanting(revision=f"prod@sha1:{SHA}")),
    Row("another-algorithm", AFTER, P, [NOT_YET], wanting(revision=f"main@sha256:{SHA}")),
    Row("128-digits", only(revision=f"main@sha512:{'c' * 128}"), R, options=wanting(revision="c" * 128)),
    Row("never-artifact-digest", only(artifact={"revision": OLD_REVISION, "digest": f"sha1:{SHA}"}), P, [NOT_YET], WANT),
    Row("never-the-message", only(ready(message=f"stored {NEW_REVISION}"), revision=OLD_REVISION), P, [NOT_YET], WANT),
    Row("tag-by-name", ref(f"v1@sha1:{SHA}", tag="v1"), R, options=wanting(revision="v1")),
    Row("tag-of-a-name", ref(f"refs/tags/v1@sha1:{SHA}", name="refs/tags/v1"), R, options=wanting(revision="v1")),
    Row("tag-of-digits", ref(f"20251201@sha1:{SHA}", tag="20251201"), R, options=wanting(revision="20251201")),
    Row("tag-by-its-commit", TAG, R, options=WANT),
    Row("semver", ref(f"v1@sha1:{SHA}", semver="*"), R, options=wanting(revision="v1")),
    Row("semver-other", ref(f"v1@sha1:{SHA}", semver="*"), P, [NOT_YET], wanting(revision="v2")),
    Row("branch-named-like-a-text", ref(f"v1@sha1:{SHA}", branch="v1"), U, [IS_BRANCH], wanting(revision="v1")),
    Row("branch", AFTER, U, [IS_BRANCH], wanting(revision="main")),
    Row("branch-with-prefix", AFTER, U, [IS_BRANCH], wanting(revision="refs/heads/main")),
    Row("default-branch", ref(f"master@sha1:{SHA}"), U, [IS_BRANCH], wanting(revision="master")),
    Row("branch-by-name", ref(f"refs/heads/dev@sha1:{SHA}", name="refs/heads/dev"), U, [IS_BRANCH], wanting(revision="dev")),
    Row("ref-by-name", ref(f"refs/pull/1/head@sha1:{SHA}", name="refs/pull/1/head"), U, [IS_BRANCH], wanting(revision="refs/pull/1/head")),
    Row("branch-of-digits", ref(f"20251201@sha1:{SHA}", branch="20251201"), U, [IS_BRANCH], wanting(revision="20251201")),
    Row("branch-and-acceptable", AFTER, R, options=wanting(revision="main", acceptable_revisions=[SHA])),
    Row("tag-while-a-branch-is-followed", AFTER, P, [NOT_YET], wanting(revision="v1")),
    Row("not-yet", BEFORE, P, [NOT_YET], WANT),
    Row("not-yet-179s", lasting(BEFORE, 179), P, [NOT_YET], WANT),
    Row("not-picked-up-180s", lasting(BEFORE, 180), F, [NOT_PICKED_UP], WANT),
    Row("own-interval-459s", lasting(only(revision=OLD_REVISION, spec=SLOW), 459), P, [NOT_YET], WANT),
    Row("own-interval-460s", lasting(only(revision=OLD_REVISION, spec=SLOW), 460), F, [NOT_PICKED_UP], WANT),
    Row("unreadable-interval-179s", lasting(only(revision=OLD_REVISION, spec={"interval": 5, "timeout": GONE}), 179), P, [NOT_YET], WANT),
    Row(
        "unreadable-interval-180s",
        lasting(only(revision=OLD_REVISION, spec={"interval": 5, "timeout": GONE}), 180),
        F,
        [NOT_PICKED_UP],
        WANT,
    ),
    Row("comes", [(0, BEFORE), (60, AFTER)], R, (), WANT),
    Row("comes-late", [(0, BEFORE), (180, BEFORE), (200, AFTER)], R, (), WANT),
    Row("superseded", [(0, BEFORE), (60, LAST)], F, [f"{SUPERSEDED} F T"], WANT),
    Row("superseded-stays", [(0, BEFORE), (60, LAST), (70, LAST)], F, [f"{SUPERSEDED} F T"], WANT),
    Row("superseded-wait", [(0, BEFORE), (60, LAST)], P, [f"{SUPERSEDED} P"], {**WANT, "on_superseded": "wait"}),
    Row("superseded-allow", [(0, BEFORE), (60, LAST)], R, [f"{SUPERSEDED} W"], {**WANT, "on_superseded": "allow"}),
    Row("superseded-after-the-expected-one", [(0, AFTER), (60, LAST)], F, [f"{SUPERSEDED} F T"], WANT),
    Row("superseded-while-failing", [(0, BEFORE), (60, only(*TIMELESS, revision=f"main@sha1:{THIRD}"))], P, [RETRYING], WANT),
    Row("back-to-the-first", [(0, BEFORE), (60, LAST), (200, BEFORE)], P, [NOT_YET], {**WANT, "on_superseded": "wait"}),
    Row("back-to-the-first-for-180s", [(0, BEFORE), (60, LAST), *((at_, BEFORE) for at_ in (200, 380))], F, [NOT_PICKED_UP], WANT),
    Row("baseline-survives-a-missing-artifact", [(0, BEFORE), (10, only(revision=None)), (20, LAST)], F, [f"{SUPERSEDED} F T"], WANT),
    Row("baseline-survives-an-error", [(0, BEFORE), (10, refused(503)), (20, LAST)], F, [f"{SUPERSEDED} F T"], WANT),
    Row("other-form-is-no-new-revision", [(0, BEFORE), (60, only(revision=f"main/{OTHER_SHA}"))], P, [NOT_YET], WANT),
    # The clock goes on through samples that are no success, and what is over is said in each of them
    Row("clock-through-reconciling", [(0, BEFORE), (60, OLD_TRYING), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("clock-through-failing", [(0, BEFORE), (60, OLD_TIMELESS), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("clock-through-an-error", [(0, BEFORE), (60, refused(503)), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("clock-through-no-list", [(0, BEFORE), (60, sources(1)), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("clock-through-no-artifact", [(0, BEFORE), (60, only(*trying(-60), revision=None)), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("clock-begins-while-failing", [(0, OLD_TIMELESS), (180, BEFORE)], F, [NOT_PICKED_UP], WANT),
    Row("failing-before-it-is-over", [(0, BEFORE), (179, OLD_TIMELESS)], P, [RETRYING], WANT),
    Row("over-while-failing", [(0, BEFORE), (180, OLD_TIMELESS)], F, [RETRYING, NOT_PICKED_UP], WANT),
    Row(
        "over-while-reconciling",
        [(0, BEFORE), (180, only(*trying(-180), revision=OLD_REVISION))],
        F,
        ["SRC_RECONCILING P", "SRC_READY_UNKNOWN P", NOT_PICKED_UP],
        WANT,
    ),
    Row(
        "over-without-artifact",
        [(0, BEFORE), (180, only(*trying(-180), revision=None))],
        F,
        ["SRC_RECONCILING P", "SRC_READY_UNKNOWN P", NOT_PICKED_UP],
        WANT,
    ),
    Row("over-but-there-while-failing", [(0, BEFORE), (180, only(*TIMELESS, revision=NEW_REVISION))], P, [RETRYING], WANT),
    Row("acceptable", AFTER, R, (), wanting(revision=THIRD, acceptable_revisions=[OTHER_SHA, SHA[:12]])),
    Row("acceptable-comes", [(0, BEFORE), (60, AFTER)], R, (), wanting(revision=THIRD, acceptable_revisions=[SHA])),
    Row("acceptable-tag", TAG, R, (), wanting(revision=THIRD, acceptable_revisions=["v1"])),
    Row("pinned-commit", ref(f"sha1:{OTHER_SHA}", commit=OTHER_SHA), F, [PINNED], WANT),
    Row("pinned-commit-and-a-tag-is-expected", ref(f"sha1:{OTHER_SHA}", commit=OTHER_SHA), F, [PINNED], wanting(revision="v1")),
    Row(
        "pinned-commit-and-its-branch-is-expected",
        ref(f"main@sha1:{SHA}", commit=SHA, branch="main"),
        F,
        [PINNED],
        wanting(revision="main"),
    ),
    Row(
        "pinned-commit-right-and-not-there-yet",
        ref(f"sha1:{OTHER_SHA}", commit=SHA),
        P,
        [f"{OTHER_REF} P"],
        WANT,
    ),
    Row("pinned-commit-acceptable", COMMIT, R, (), wanting(revision=THIRD, acceptable_revisions=[SHA])),
    Row("pinned-tag", TAG, F, [PINNED], wanting(revision="v2")),
    Row("pinned-tag-of-a-name", ref(f"v1@sha1:{SHA}", name="refs/tags/v1"), F, [PINNED], wanting(revision="v2")),
    Row("pinned-tag-digits", ref(f"20251201@sha1:{SHA}", tag="20251201"), F, [PINNED], wanting(revision="20251202")),
    Row("pinned-tag-and-a-whole-hash", TAG, P, [NOT_YET], wanting(revision=OTHER_SHA)),
    Row("pinned-tag-and-a-whole-hash-180s", lasting(TAG, 180), F, [NOT_PICKED_UP], wanting(revision=OTHER_SHA)),
    Row("pinned-tag-and-a-whole-revision", TAG, P, [NOT_YET], wanting(revision=f"v2@sha1:{OTHER_SHA}")),
    Row("pinned-tag-and-an-acceptable-hash", TAG, P, [NOT_YET], wanting(revision="v2", acceptable_revisions=[OTHER_SHA])),
    Row("unparsable", ref("v1.0.0", tag="v1.0.0"), U, [UNPARSABLE], WANT),
    Row("unparsable-the-same-text", ref("v1.0.0", tag="v1.0.0"), U, [UNPARSABLE], wanting(revision="v1.0.0")),
    Row("other-branch-first", DEV, P, [f"{OTHER_REF} P"], WANT),
    Row("equal-but-failing", only(*AUTH, revision=NEW_REVISION), F, [FETCH_FAILED], WANT),
    Row("equal-but-suspended", only(spec={"suspend": True}), F, ["SRC_SUSPENDED F T"], WANT),
    Row("equal-but-old-generation", only(generation=2), P, [f"{STALE} P"], WANT),
    Row("not-equal-and-ready-is-not-current", only(revision=OLD_REVISION, generation=2), P, [f"{STALE} P"], WANT),
    Row(
        "superseded-while-ucs-says-progressing",
        [(0, BEFORE), (60, only(revision=f"main@sha1:{THIRD}", repo_status="Progressing"))],
        F,
        [f"{SUPERSEDED} F T", f"{CONTRADICTED} P"],
        WANT,
    ),
    Row("two-expectations", AFTER, P, [NOT_YET], expecting({"name": "podinfo", "revision": SHA}, {"url": URL, "revision": OTHER_SHA})),
    Row("the-same-twice", BEFORE, P, [NOT_YET], expecting({"name": "podinfo", "revision": SHA}, {"url": URL, "revision": SHA})),
    Row("S21-179s", BEFORE, P, [NOT_YET, TOO_LONG], {**WANT, "wait_timeout": 179}),
    Row("S21-180s", BEFORE, P, [NOT_YET], {**WANT, "wait_timeout": 180}),
    Row("S21-one-sample", BEFORE, P, [NOT_YET], {**WANT, "wait_timeout": 0}),
    Row("S21-no-gate", BEFORE, P, [NOT_YET], {**WANT, "wait_timeout": None}),
    Row("S21-there-already", AFTER, R, (), {**WANT, "wait_timeout": 10}),
    Row("S21-failed-anyway", only(*AUTH, revision=OLD_REVISION), F, [FETCH_FAILED], {**WANT, "wait_timeout": 10}),
    Row("S21-superseded", [(0, BEFORE), (60, LAST)], F, [f"{SUPERSEDED} F T"], {**WANT, "wait_timeout": 179}),
    Row(
        "S21-hours",
        only(revision=OLD_REVISION, spec={"interval": "1h30m"}),
        P,
        [NOT_YET, TOO_LONG],
        {**WANT, "wait_timeout": 10859},
    ),
    Row(
        "S21-once",
        BEFORE,
        P,
        [NOT_YET, NOT_YET, TOO_LONG],
        {**expecting({"name": "podinfo", "revision": SHA}, {"url": URL, "revision": THIRD}), "wait_timeout": 10},
    ),
)


@rows(*REVISIONS)
def test_expected_revision(row: Row) -> None:
    row.check()


def test_not_picked_up_says_since_when() -> None:
    last = judge_series([(0, BEFORE), (100, OLD_TIMELESS), (200, BEFORE)], **WANT)[-1]
    assert finding(last, "SRC_REVISION_NOT_PICKED_UP").since == ago(0)
    restarted = judge_series([(0, LAST), (50, BEFORE), (100, LAST), (280, LAST)], **WANT, on_superseded="wait")[-1]
    assert finding(restarted, "SRC_REVISION_NOT_PICKED_UP").since == ago(-100)


@pytest.mark.parametrize(
    ("fields", "fetched"),
    [
        (AFTER, NEW_REVISION),
        (BEFORE, None),
        (only(*AUTH, revision=NEW_REVISION), None),
        (only(revision=NEW_REVISION, generation=2), None),
        (only(revision=NEW_REVISION, spec={"suspend": True}), None),
    ],
)
def test_fetched_is_only_what_was_expected_and_is_ready(fields: dict[str, Any], fetched: str | None) -> None:
    assert judge(fields, **WANT).subjects[0].observed["fetched"] == fetched
    assert judge(fields).subjects[0].observed["fetched"] is None


# --- Options ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ([{"branch": "main"}], "expect[0]"),
        ([{"name": "", "url": None, "namespace": "a"}], "expect[0]"),
        ([{"name": "a", "revision": "abc123"}], "expect[0].revision"),
        ([{"name": "a"}, {"name": "b", "revision": "main branch"}], "expect[1].revision"),
        ([{"name": "a", "revision": ""}], "expect[0].revision"),
        ([{"name": "a", "revision": "HEAD~1"}], "expect[0].revision"),
        ([{"name": "a", "revision": SHA, "acceptable_revisions": [SHA, "12345"]}], "expect[0].acceptable_revisions[1]"),
        ([{"name": "a", "acceptable_revisions": [SHA]}], "expect[0].acceptable_revisions"),
        ([{"name": "a", "branch": "main", "revision": "main"}], "expect[0].revision"),
        ([{"name": "a", "branch": "main", "revision": "refs/heads/main"}], "expect[0].revision"),
        ([{"name": "a", "branch": "refs/heads/main", "revision": "main"}], "expect[0].revision"),
        ([{"name": "a", "branch": "20251201", "revision": "20251201"}], "expect[0].revision"),
        ([{"name": "a", "branch": "main", "revision": SHA, "acceptable_revisions": ["main"]}], "expect[0].acceptable_revisions[0]"),
    ],
)
def test_bad_expectations_are_refused(expect: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        validate_expect({"expect": expect}, "checks[0].")
    assert raised.value.option == f"checks[0].{path}"


@pytest.mark.parametrize(
    "expect",
    [
        None,
        [],
        [{"name": "a"}],
        [{"url": URL, "branch": "main", "revision": SHA[:7], "acceptable_revisions": ["v1", f"main/{SHA}"]}],
        [{"name": "a", "branch": "main", "revision": "v1"}],
        [{"name": "a", "branch": None, "revision": None, "acceptable_revisions": None}],
    ],
)
def test_good_expectations(expect: Any) -> None:
    validate_expect({"expect": expect})


# --- The documented example, foreign text ----------------------------------------------------------------------------------------


def test_documented_example() -> None:
    """Without success since 2023; one read is enough."""
    path = Path(__file__).resolve().parent.parent / "simulator" / "documented" / "ucs_repository_sources.json"
    judgement = judge(sources(*json.loads(path.read_text(encoding="utf-8"))["items"]))
    assert judgement.verdict == F
    failed = finding(judgement, "SRC_FETCH_FAILED")
    assert (failed.cause, failed.since, failed.name) == ("network", "2023-03-16T07:58:56Z", "official-podinfo-repo-06")
    assert "i/o timeout" in failed.message
    assert codes(judgement) == ["SRC_FETCH_FAILED", "SRC_RECONCILING"]


def test_foreign_text_is_made_safe() -> None:
    """No secret, no control character and no endless text comes out of a condition, whatever the field."""
    nasty = "https://user:hunter2@host/x \x1b[31m token=abcdef \u202e" + "x" * 5000
    conditions = [ready("False", nasty, reason=nasty, message=nasty), condition(nasty, "True"), condition(nasty, "False")]
    fields = only(
        *conditions,
        name=nasty,
        spec={"url": nasty, "interval": nasty, "ref": {"name": nasty}},
        revision=nasty,
        repo_status=nasty,
        cluster=nasty,
        annotations={ASKED: nasty},
        handled="x",
    )
    judgement = judge(fields, expect=[{"name": nasty, "url": nasty, "branch": nasty, "revision": SHA}])
    assert len(judgement.findings) >= 5
    subject = judgement.subjects[0]
    shown = [*(str(seen.as_dict()) for seen in judgement.findings), str([subject.name, subject.cluster_name, dict(subject.observed)])]
    for text in shown:
        assert "hunter2" not in text
        assert "abcdef" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
    assert all(len(seen.message) <= 2000 for seen in judgement.findings)


def test_name_and_namespace_may_stand_in_the_metadata_only() -> None:
    judgement = judge(sources({**source(), "name": None, "namespace": None}), **wanting(namespace="default"))
    assert [(subject.namespace, subject.name, subject.verdict) for subject in judgement.subjects] == [("default", "podinfo", R)]


def test_secret_info_stays_out() -> None:
    item = {**source(*AUTH), "secretInfo": {"name": "s", "secret": "hunter2", "type": "token"}}
    judgement = judge(sources(item))
    assert "hunter2" not in str([seen.as_dict() for seen in judgement.findings])
    assert "hunter2" not in str(judgement.subjects[0].observed)


# --- Properties ------------------------------------------------------------------------------------------------------------------

ESTATE = [
    source(),
    source(*AUTH, name="a"),
    source(*NETWORK, name="b"),
    source(name="c", og=-1),
    bare(name="d"),
    source(name="e", repo_status="Progressing"),
    source(name="f", revision=f"dev@sha1:{SHA}"),
    source(name="g", repo_type="Bucket"),
]


@drawn(st.permutations(ESTATE), st.permutations([READY, IN_STORAGE, RECONCILING, condition("FetchFailed", "False")]))
@EXAMPLES
def test_order_does_not_matter(items: list[Any], conditions: list[Any]) -> None:
    expected, judgement = judge(sources(*ESTATE)), judge(sources(*items))
    assert (judgement.verdict, codes(judgement)) == (expected.verdict, codes(expected))
    assert {subject.name: subject.verdict for subject in judgement.subjects} == {
        subject.name: subject.verdict for subject in expected.subjects
    }
    assert codes(judge(only(*conditions))) == ["SRC_RECONCILING"]


# The fields that make a source ready; and for each what may stand there without taking readiness away.
DECIDING: dict[str, tuple[Any, ...]] = {
    ITEM + "repoType": ("gitrepository",),
    ITEM + "gitRepository": (),
    GIT + "metadata": (),
    GIT + "metadata.generation": ("1",),
    GIT + "status": (),
    GIT + "status.observedGeneration": ("1",),
    GIT + "status.conditions": (),
    GIT + "status.conditions.0": (),
    GIT + "status.conditions.0.type": ("ready",),
    GIT + "status.conditions.0.status": ("true",),
    GIT + "status.artifact": (),
}


@drawn(st.sampled_from(sorted(DECIDING)), JSON)
@EXAMPLES
def test_arbitrary_json_in_a_deciding_field_is_never_ready(path: str, value: Any) -> None:
    """Deciding: repoType, generation, observedGeneration, conditions, the type and status of Ready, artifact (`DECIDING`)."""
    judgement = judge(changed(only(READY), path, value))
    if path.endswith("eneration") and not isinstance(value, bool) and value in (1, 1.0):
        return
    if path.endswith("0.status") and value is True:
        return
    assert judgement.verdict != R or (isinstance(value, str) and value.strip().lower() in DECIDING[path])


@drawn(JSON)
@EXAMPLES
def test_arbitrary_json_as_revision_is_never_ready_when_one_is_expected(value: Any) -> None:
    assert judge(only(artifact={"revision": value}), **WANT).verdict != R


# Fields that say more about a source: whatever stands there, nothing may crash.
OTHERS = (
    ITEM + "name",
    ITEM + "namespace",
    ITEM + "repoStatus",
    ITEM + "clusterInfo",
    GIT + "metadata.creationTimestamp",
    GIT + "metadata.deletionTimestamp",
    GIT + "metadata.annotations",
    GIT + "metadata.annotations." + "x",
    GIT + "spec",
    GIT + "spec.url",
    GIT + "spec.ref",
    GIT + "spec.ref.branch",
    GIT + "spec.ref.commit",
    GIT + "spec.ref.tag",
    GIT + "spec.verify",
    GIT + "spec.interval",
    GIT + "spec.timeout",
    GIT + "spec.suspend",
    GIT + "status.lastHandledReconcileAt",
    GIT + "status.conditions.0.type",
    GIT + "status.conditions.0.reason",
    GIT + "status.conditions.0.message",
    GIT + "status.conditions.0.lastTransitionTime",
    GIT + "status.conditions.0.observedGeneration",
    GIT + "status.conditions.1.status",
    GIT + "status.artifact.revision",
)


@drawn(st.sampled_from(OTHERS), JSON, st.sampled_from(OTHERS), JSON)
@EXAMPLES
def test_arbitrary_json_elsewhere_never_crashes(path: str, value: Any, other: str, more: Any) -> None:
    broken = only(*AUTH, RECONCILING, annotations={ASKED: ago(5)}, handled="x")
    for place, new in ((path, value), (other, more)):
        with contextlib.suppress(KeyError, TypeError, IndexError):  # the first change may have taken the place of the second one away
            broken = changed(broken, place, new)
    options = {"expect": [{"name": "podinfo", "url": URL, "branch": "main", "revision": SHA}]}
    item = broken["repository_sources"][0]
    judge_series([(0, broken), (10, sources(source(), item)), (20, broken)], **options)
    judge_series([(0, broken), (10, sources(item, item))])


STATED = st.builds(
    condition,
    st.sampled_from(["Ready", "Stalled", "Reconciling", "SourceVerified", "FetchFailed", "ArtifactInStorage", "ArtifactOutdated", "Other"]),
    st.sampled_from(["True", "False", "Unknown", True, "", GONE]),
    st.sampled_from(["Succeeded", "Progressing", "NewRevision", "VerificationFailed", "InvalidCommitSignature", GONE]),
    og=st.sampled_from([1, 2, 0, GONE]),
)


@drawn(st.lists(STATED, max_size=4), st.sampled_from([1, 2, GONE]), st.sampled_from([1, 2, 0, GONE]))
@EXAMPLES
def test_rows_of_unsettled_sources_say_nothing_of_settled_ones(conditions: list[Any], generation: Any, og: Any) -> None:
    item = GitRepository.parse(source(READY, *conditions, generation=generation, og=og))
    subject = Subject("GitRepository", "podinfo", CLUSTER, NOW)
    look = Look(item, subject, Watch({}, CLUSTER, NOW, History(), History()))
    assume(look.is_settled)
    for row in UNSETTLED:
        row(look)
    assert not subject.findings


YOUNG, AGED = ready(since=5), ready(since=3600)


@pytest.mark.parametrize("stated", [(YOUNG, AGED), (AGED, YOUNG)], ids=["young-first", "old-first"])
def test_of_two_good_conditions_the_younger_one_counts(stated: Any) -> None:
    """rules.rst, "Current": the worse one counts, in whatever order they come."""
    assert judge(only(*stated)).subjects[0].ready_since == NOW - timedelta(seconds=5)


@pytest.mark.parametrize("generations", [(1, 2), (2, 1)], ids=["older-first", "older-last"])
@pytest.mark.parametrize(("status", "verdict"), [("True", P), ("False", F)])
def test_of_two_alike_the_one_that_is_worse_by_its_generation_counts(generations: Any, status: str, verdict: str) -> None:
    """rules.rst, "Current": a good one that is not current, a bad one that is."""
    stated = [ready(status, reason="URLInvalid", og=generation) for generation in generations]
    assert judge(only(*stated, generation=2, og=2)).verdict == verdict


def test_what_ucs_says_is_shown_as_it_was_written() -> None:
    said = finding(judge(only(repo_status={"message": "it's broken"})), "SRC_STATUS_CONTRADICTION")
    assert said.observed == '{"message": "it\'s broken"}'
    assert said.message.startswith('repoStatus is {"message": "it\'s broken"}, but ')


def test_an_empty_status_of_ucs_can_be_seen() -> None:
    assert finding(judge(only(repo_status="")), "SRC_STATUS_CONTRADICTION").message.startswith('repoStatus is "", but ')


@pytest.mark.parametrize(
    ("fields", "seen"),
    [
        (only(og=-1), "The status is of generation -1, the source of 1: the controller has not come to an end with it."),
        (
            only(ready(og=1), generation=2, og=1),
            "The status is of generation 1, the source of 2: the controller has not come to an end with it.",
        ),
        (only(ready(og=1), generation=2, og=2), "The condition Ready is of generation 1, the source of 2."),
    ],
    ids=["og-minus-1", "both", "ready"],
)
def test_what_is_of_another_generation_is_named(fields: Any, seen: str) -> None:
    """S13: og is -1 where the controller never came to an end, whatever generation its conditions speak of."""
    assert finding(judge(fields), "SRC_GENERATION_STALE").message == seen

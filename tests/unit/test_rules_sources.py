# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the repository sources, row by row: rules.rst, "Repository sources" and "Expected revisions"."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.ucs_repository_source import failure_class
from ansible_collections.huaweicloud.gitops.plugins.module_utils.errors import OptionError
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    CLUSTER,
    GONE,
    IN_STORAGE,
    JSON,
    OTHER_SHA,
    READY,
    SHA,
    SOURCE,
    Row,
    ago,
    bare,
    changed,
    check,
    codes,
    condition,
    documented,
    error,
    examples,
    failing,
    finding,
    judge,
    judge_series,
    lasting,
    rows,
    shown,
    source,
    sources,
)

F, U, P, R, W = "failed", "unknown", "progressing", "ready", "warning"
TIMEOUT = (
    'Get "https://github.com/x": dial tcp: lookup github.com on 10.247.3.10:53: read udp 172.17.0.16:{port}->10.247.3.10:53: i/o timeout'
)
NETWORK = failing(TIMEOUT.format(port=60193))
AUTH = failing("authentication required")


def one(*conditions: Any, **fields: Any) -> dict[str, Any]:
    """A reading with one source."""
    return sources(source(*conditions, **fields))


def none_yet(**fields: Any) -> dict[str, Any]:
    """A reading with one source that nobody has looked at."""
    return sources(bare(**fields))


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect one source."""
    return {"expect": [{"name": "podinfo", **fields}]}


def ready_since(since: Any = 3600, status: str = "True", **fields: Any) -> dict[str, Any]:
    """The condition Ready."""
    return condition("Ready", status, since=since, **fields)


# --- S0 to S5: the list and the life of a source ---------------------------------------------------------------------------------

LIFE = (
    Row("S0-expected", sources(), F, "SRC_NONE", options=wanting()),
    Row("S0-none-expected", sources(), U, "SRC_NONE", terminal=True),
    Row("S0-items-null", {"clusters": [{"cluster_id": CLUSTER, "repository_sources": None}]}, U, "API_SHAPE", terminal=True),
    Row("S0-items-no-objects", sources(1, "x"), U, "API_SHAPE", terminal=True),
    Row("S0-cluster-unknown", {"clusters": [], "errors": [error(404)]}, F, "SRC_CLUSTER_NOT_FOUND", terminal=True),
    Row("S1", sources(source(), total=2), U, "LIST_INCOMPLETE"),
    Row("S1-as-text", sources(source(), total="2"), U, "LIST_INCOMPLETE"),
    Row("S1-nothing-came", sources(total=2), U, "LIST_INCOMPLETE"),
    Row("S1-total-missing", changed(one(), "clusters.0.total", None), R),
    Row("S1-total-smaller", sources(source(), source(name="other"), total=1), R),
    Row("S2-name", one(), F, "SRC_MISSING", options={"expect": [{"name": "podinfos"}]}),
    Row("S2-namespace", one(), F, "SRC_MISSING", options=wanting(namespace="prod")),
    Row("S2-url", one(), F, "SRC_MISSING", options={"expect": [{"url": "https://github.com/stefanprodan/other"}]}),
    Row("S2-found", one(), R, options=wanting(namespace="default", branch="main")),
    Row("S2-found-by-url", one(), R, options={"expect": [{"url": "ssh://git@GitHub.com:22/stefanprodan/podinfo.git/"}]}),
    Row("S2-spec-branch", one(), F, "SRC_SPEC_MISMATCH", options=wanting(branch="prod")),
    Row("S2-spec-url", one(), F, "SRC_SPEC_MISMATCH", options=wanting(url="https://github.com/a/b")),
    Row("S2-default-branch", one(spec={"ref": GONE}, revision=f"master@sha1:{SHA}"), R, options=wanting(branch="master")),
    Row(
        "S2-tag-is-no-branch",
        one(spec={"ref": {"tag": "v1"}}, revision=f"v1@sha1:{SHA}"),
        F,
        "SRC_SPEC_MISMATCH",
        options=wanting(branch="master"),
    ),
    Row("S3-type", one(repo_type="HelmRepository"), U, "SRC_UNSUPPORTED", terminal=True),
    Row("S3-type-absent", one(repo_type=GONE), U, "SRC_UNSUPPORTED", terminal=True),
    Row("S3-null", sources({**source(), "gitRepository": None}), U, "SRC_UNSUPPORTED", terminal=True),
    Row("S4", one(deleting=ago(5)), F, "SRC_TERMINATING", terminal=True),
    Row("S5", one(spec={"suspend": True}), F, "SRC_SUSPENDED", terminal=True),
    Row("S5-as-text", one(spec={"suspend": "true"}), F, "SRC_SUSPENDED", terminal=True),
    Row("S5-false", one(spec={"suspend": False}), R),
    Row("X4-scp-style", one(spec={"url": "git@github.com:stefanprodan/podinfo.git"}), R, "SRC_URL_SCP_STYLE", of=W),
    Row("duplicate-condition-last-wins", one(ready_since(status="False", reason="NewRevision"), READY), R, "SRC_DUPLICATE_CONDITION", of=W),
    Row("duplicate-condition-last-fails", one(READY, *AUTH), F, "SRC_FETCH_FAILED"),
    Row("clock-skew", one(ready_since(-301)), R, "CLOCK_SKEW", of=W),
)

# --- S6 to S9: conditions that say it failed -------------------------------------------------------------------------------------

VERIFY = "signature verification failed"
CONDITIONS = (
    Row("S6", one(READY, condition("Stalled", reason="InvalidProviderConfiguration")), F, "SRC_STALLED", terminal=True),
    Row("S6-og-of-the-status-only", one(READY, condition("Stalled", og=GONE)), F, "SRC_STALLED", terminal=True),
    Row("S6-of-an-older-generation", one(READY, condition("Stalled"), generation=2, og=2), P, "SRC_GENERATION_STALE"),
    Row("S6-false", one(READY, condition("Stalled", "False")), R),
    Row(
        "S7",
        one(READY, condition("SourceVerified", "False", "InvalidCommitSignature", VERIFY)),
        F,
        "SRC_VERIFICATION_FAILED",
        terminal=True,
    ),
    Row("S7-other-name", one(READY, condition("SourceVerifiedCondition", "False")), F, "SRC_VERIFICATION_FAILED", terminal=True),
    Row("S7-true", one(READY, condition("SourceVerified")), R),
    Row("S7-without-generation", one(READY, condition("SourceVerified", "false", og=GONE)), F, "SRC_VERIFICATION_FAILED", terminal=True),
    Row("S8-config", one(*failing("couldn't find remote ref")), F, "SRC_FETCH_FAILED"),
    Row("S8-auth", one(*AUTH), F, "SRC_FETCH_FAILED"),
    Row("S8-tls", one(*failing("x509: certificate signed by unknown authority")), F, "SRC_FETCH_FAILED"),
    Row("S8-network", one(*NETWORK), P, "SRC_FETCH_RETRYING"),
    Row("S8-network-119s", lasting(one(*NETWORK), 60, 119), P, "SRC_FETCH_RETRYING"),
    Row("S8-network-120s", lasting(one(*NETWORK), 60, 120), F, "SRC_FETCH_FAILED"),
    Row("S8-network-without-artifact", one(*NETWORK, revision=None), F, "SRC_FETCH_FAILED"),
    Row("S8-network-without-artifact-new", one(*NETWORK, revision=None, age=119), P, "SRC_FETCH_RETRYING"),
    Row("S8-storage", one(*failing("x", "StatOperationFailed", "StorageOperationFailed")), P, "SRC_FETCH_RETRYING"),
    Row("S8-storage-120s", lasting(one(*failing("x", "StatOperationFailed", "StorageOperationFailed")), 120), F, "SRC_STORAGE_FAILED"),
    Row("S8-include", lasting(one(*failing("x", "NotFound", "IncludeUnavailable")), 120), F, "SRC_INCLUDE_UNAVAILABLE"),
    Row("S8-build", lasting(one(*failing("x", "Strange", "BuildFailed")), 120), F, "SRC_BUILD_FAILED"),
    Row("S8-other-119s", lasting(one(*failing("boom")), 119), P, "SRC_FETCH_RETRYING"),
    Row("S8-other-120s", lasting(one(*failing("boom")), 120), F, "SRC_FETCH_FAILED"),
    Row("S8-own-grace", lasting(one(*NETWORK), 30), F, "SRC_FETCH_FAILED", options={"failure_grace": 30}),
    Row("S8-while-reconciling", one(*AUTH, condition("Reconciling", reason="NewRevision"), og=-1), F, "SRC_FETCH_FAILED"),
    Row("S8-without-generation", one(READY, condition("FetchFailed", message="authentication required", og=GONE)), F, "SRC_FETCH_FAILED"),
    Row("S8-of-an-older-generation", one(ready_since(og=2), condition("FetchFailed", message="x509"), generation=2, og=2), R),
    Row("S8-false", one(READY, condition("FetchFailed", "False")), R),
    Row("S8-status-in-other-case", one(READY, condition("FetchFailed", "TRUE", message="x509")), F, "SRC_FETCH_FAILED"),
    Row("S8-status-as-boolean", one(READY, condition("FetchFailed", True, message="x509")), F, "SRC_FETCH_FAILED"),
    Row("S9", one(ready_since(status="False", reason="AuthenticationFailed")), F, "SRC_NOT_READY"),
    Row("S9-network", one(ready_since(status="False", reason="X", message="EOF")), P, "SRC_FETCH_RETRYING"),
    Row("S9-network-120s", lasting(one(ready_since(status="False", reason="X", message="EOF")), 120), F, "SRC_NOT_READY"),
    Row("S9-without-generation", one(ready_since(status="False", reason="URLInvalid", og=GONE), og=-1), F, "SRC_NOT_READY"),
    Row("S9-of-an-older-generation", one(ready_since(status="False", reason="URLInvalid"), generation=2, og=1), P, "SRC_GENERATION_STALE"),
    *(
        Row(f"S9-progress-{reason}", one(ready_since(status="False", reason=reason)), P, "SRC_RECONCILING")
        for reason in ("NewGeneration", "NoArtifact", "NewRevision", "Progressing", "ProgressingWithRetry")
    ),
)

# --- S10 to S20 ------------------------------------------------------------------------------------------------------------------

RECONCILING = condition("Reconciling", reason="NewRevision", since=30)
LONG = condition("Reconciling", reason="NewRevision", since=300)
REST = (
    *(Row(f"S10-og-{og}", none_yet(og=og, age=299), P, "SRC_NOT_OBSERVED") for og in (-1, 0, "-1")),
    Row("S10-og-absent", none_yet(age=299), P, "SRC_NOT_OBSERVED"),
    Row("S10-300s", none_yet(age=300), F, "SRC_NEVER_RECONCILED"),
    Row("S10-status-null", changed(none_yet(age=60), "clusters.0.repository_sources.0.gitRepository.status", None), P, "SRC_NOT_OBSERVED"),
    Row(
        "S10-status-missing", changed(none_yet(age=60), "clusters.0.repository_sources.0.gitRepository.status", GONE), P, "SRC_NOT_OBSERVED"
    ),
    Row("S10-conditions-empty", one(status={"observedGeneration": -1, "conditions": []}, age=60), P, "SRC_NOT_OBSERVED"),
    Row("S10-conditions-null", one(status={"observedGeneration": -1, "conditions": None}, age=60), P, "SRC_NOT_OBSERVED"),
    Row(
        "S10-unparsable-time-counts-from-the-first-sample",
        lasting(changed(none_yet(), "clusters.0.repository_sources.0.gitRepository.metadata.creationTimestamp", "x"), 299),
        P,
        "SRC_NOT_OBSERVED",
    ),
    Row("S11", none_yet(og=1), U, "SRC_NO_CONDITIONS"),
    Row("S11-conditions-empty", one(status={"observedGeneration": 2, "conditions": []}), U, "SRC_NO_CONDITIONS"),
    Row("S12", one(og=2), U, "SRC_GENERATION_AHEAD"),
    Row("S13-ready-of-g-1", one(generation=2, og=2), P, "SRC_GENERATION_STALE"),
    Row("S13-og-g-1", one(ready_since(og=2), generation=2, og=1), P, "SRC_GENERATION_STALE"),
    Row("S13-og-minus-1", one(og=-1), P, "SRC_GENERATION_STALE"),
    Row("S13-og-0", one(og=0), P, "SRC_GENERATION_STALE"),
    Row("S13-og-absent", one(og=GONE), P, "SRC_GENERATION_STALE"),
    Row("S13-both-generations-absent", one(ready_since(og=GONE), og=GONE, generation=GONE), P, "SRC_GENERATION_STALE"),
    Row("S13-generation-absent", one(generation=GONE), P, "SRC_GENERATION_STALE"),
    Row("S13-unknown-og-g-1", one(ready_since(300, "Unknown", og=GONE), generation=2, og=1), P, "SRC_GENERATION_STALE"),
    Row("S13-299s", lasting(one(og=-1), 299), P, "SRC_GENERATION_STALE"),
    Row("S13-300s", lasting(one(og=-1), 300), F, "SRC_GENERATION_STALE"),
    Row("S13-og-of-status-stands-in", one(ready_since(og=GONE)), R),
    Row("S13-og-0-of-condition", one(ready_since(og=0)), R),
    Row("S13-as-text", one(ready_since(og="1"), generation="1", og="1"), R),
    Row("S14", one(ready_since(5, "Unknown"), RECONCILING, og=-1), P, "SRC_RECONCILING"),
    Row("S14-300s", one(ready_since(5, "Unknown"), LONG, og=-1), F, "SRC_RECONCILING"),
    Row("S14-ready-true", one(READY, RECONCILING), P, "SRC_RECONCILING"),
    Row("S14-retry", one(READY, condition("Reconciling", reason="ProgressingWithRetry", since=30)), P, "SRC_RETRYING"),
    Row("S14-false", one(READY, condition("Reconciling", "False")), R),
    Row("S14-of-an-older-generation", one(ready_since(og=2), RECONCILING, generation=2, og=2), R),
    Row("S15-unknown", one(ready_since(299, "Unknown")), P, "SRC_READY_UNKNOWN"),
    Row("S15-unknown-300s", one(ready_since(300, "Unknown")), U, "SRC_READY_UNKNOWN"),
    Row("S15-missing", one(IN_STORAGE), P, "SRC_READY_UNKNOWN"),
    Row("S15-missing-seen-for-300s", lasting(one(IN_STORAGE), 300), U, "SRC_READY_UNKNOWN"),
    Row("S15-other-status", one(ready_since(5, "Perhaps")), P, "SRC_READY_UNKNOWN"),
    Row("S15-status-null", one(condition("Ready", None, since=300)), U, "SRC_READY_UNKNOWN"),
    Row("S16", one(READY, condition("ArtifactOutdated", reason="NewRevision")), P, "SRC_ARTIFACT_OUTDATED"),
    Row("S16-false", one(READY, condition("ArtifactOutdated", "False")), R),
    Row("S17-null", one(revision=None), U, "SRC_READY_WITHOUT_ARTIFACT"),
    Row("S17-empty", one(artifact={"revision": ""}), U, "SRC_READY_WITHOUT_ARTIFACT"),
    Row("S17-blank", one(artifact={"revision": " "}), U, "SRC_READY_WITHOUT_ARTIFACT"),
    Row("S17-no-text", one(artifact={"revision": 7}), U, "SRC_READY_WITHOUT_ARTIFACT"),
    Row("S18", one(revision=f"dev@sha1:{SHA}"), P, "SRC_ARTIFACT_OTHER_REF"),
    Row("S18-for-300s", lasting(one(revision=f"dev@sha1:{SHA}"), 300), F, "SRC_ARTIFACT_OTHER_REF"),
    Row("S18-legacy", one(revision=f"dev/{SHA}"), P, "SRC_ARTIFACT_OTHER_REF"),
    Row("S18-default-branch", one(spec={"ref": GONE}, revision=f"main@sha1:{SHA}"), P, "SRC_ARTIFACT_OTHER_REF"),
    Row("S18-ref-empty", one(spec={"ref": {}}, revision=f"master@sha1:{SHA}"), R),
    Row("S18-branch-with-slash", one(spec={"ref": {"branch": "feature/a"}}, revision=f"feature/a/{SHA}"), R),
    Row("S18-no-pointer", one(revision=f"HEAD/{SHA}"), R),
    Row("S18-ref-is-a-tag", one(spec={"ref": {"tag": "v1"}}, revision=f"v1@sha1:{SHA}"), R),
    Row("S18-ref-is-branch-and-commit", one(spec={"ref": {"branch": "main", "commit": SHA}}, revision=f"sha1:{SHA}"), R),
    Row("S20", one(), R),
    Row("S20-health", one(repo_status="Health"), R),
    Row("S20-unknown", one(repo_status="Unknown"), R, "SRC_STATUS_CONTRADICTION", of=W),
    Row("S20-without-ArtifactInStorage", one(READY), R),
    Row("S20-ready-as-boolean", one(condition("Ready", True)), R),
)


@rows(*LIFE, *CONDITIONS, *REST)
def test_source(row: Row) -> None:
    row.check(SOURCE)


def test_missing_source_names_what_is_there() -> None:
    found = finding(judge(SOURCE, one(), expect=[{"name": "podinf"}]), "SRC_MISSING")
    assert "podinfo" in found.message
    assert (found.kind, found.name) == ("GitRepository", "podinf")


def test_spec_mismatch_names_both() -> None:
    found = finding(judge(SOURCE, one(), **wanting(branch="prod")), "SRC_SPEC_MISMATCH")
    assert (found.field, found.observed, found.expected) == ("spec.ref.branch", "main", "prod")


def test_others_are_listed_but_do_not_count() -> None:
    judgement = judge(SOURCE, sources(source(), source(*AUTH, name="other")), **wanting())
    check(judgement, R, "SRC_FETCH_FAILED", of=F)
    assert not finding(judgement, "SRC_FETCH_FAILED").counts
    assert [found.name for found in judgement.objects] == ["podinfo"]


def test_same_failure_under_two_names_is_one_finding() -> None:
    """S9 is not said again when the condition of S8 has told the same; a different message is."""
    assert codes(judge(SOURCE, one(*AUTH))) == ["SRC_FETCH_FAILED"]
    different = [condition("Ready", "False", "StorageOperationFailed", "no space left"), AUTH[1]]
    assert codes(judge(SOURCE, one(*different))) == ["SRC_FETCH_FAILED", "SRC_FETCH_RETRYING"]


def test_a_failure_says_where_since_when_and_why() -> None:
    found = finding(judge(SOURCE, one(*AUTH, condition("Reconciling", reason="NewRevision", since=7200))), "SRC_FETCH_FAILED")
    assert (found.cause, found.since, found.field) == ("auth", ago(7200), "status.conditions[FetchFailed]")
    assert "authentication required" in found.message
    assert "2 h" in found.message
    assert found.label == "GitRepository default/podinfo"


# --- Failure classes -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reason", "message", "name"),
    [
        ("URLInvalid", "", "config"),
        ("InvalidPath", "x509", "config"),
        ("", 'couldn\'t find remote ref "refs/heads/x"', "config"),
        ("", "reference not found", "config"),
        ("", "Repository Not Found", "config"),
        ("", "unsupported scheme 'ftp'", "config"),
        ("AuthenticationFailed", "i/o timeout", "auth"),
        ("", "authentication required", "auth"),
        ("", "ssh: handshake failed: knownhosts: key mismatch", "auth"),
        ("", "Permission denied (publickey)", "auth"),
        ("", "authorization failed", "auth"),
        ("", "failed to get secret 'default/x': not found", "auth"),
        ("", 'secrets "https-ca-credentials" not found', "auth"),
        ("", "x509: certificate signed by unknown authority", "tls"),
        ("", "bad certificate", "tls"),
        ("", "reference not found, x509", "config"),
        ("", "read udp 1.2.3.4:5->6.7.8.9:53: i/o timeout", "network"),
        ("", "dial tcp: lookup github.com: no such host", "network"),
        ("", "connection refused", "network"),
        ("", "connection reset by peer", "network"),
        ("", "unexpected EOF", "network"),
        ("", "net/http: TLS handshake timeout", "network"),
        ("", "context deadline exceeded", "network"),
        ("StorageOperationFailed", "EOF", "storage"),
        ("ArchiveOperationFailed", "", "storage"),
        ("DirectoryCreationFailed", "", "storage"),
        ("statoperationfailed", "", "storage"),
        ("", "no space left on device", "storage"),
        ("GitOperationFailed", "boom", "other"),
        ("", "GEOFENCE lookups unauthentication requiredness", "other"),
        (None, None, "other"),
        (5, {"x": 1}, "other"),
    ],
)
def test_failure_class(reason: Any, message: Any, name: str) -> None:
    """The reason first, then the message; whole words without regard to case; the top row wins."""
    assert failure_class(reason, message) == name


# --- Failing since ---------------------------------------------------------------------------------------------------------------


def retry(port: int, at: float, reason: str = "GitOperationFailed") -> list[dict[str, Any]]:
    """The conditions after another try, with new times and a new port in the message."""
    message = TIMEOUT.format(port=port)
    stamp = ago(-at)
    return [condition("Ready", "False", reason, message, stamp), condition("FetchFailed", "True", reason, message, stamp)]


def v1(reason: str, at: float) -> dict[str, Any]:
    """Reconciling as Flux v1 states it: its reason flips at each try, and its time with it."""
    return condition("Reconciling", reason=reason, since=ago(-at))


SINCE = (
    Row("message-with-changing-port", [(at, one(*retry(60000 + at, at))) for at in range(0, 121, 30)], F, "SRC_FETCH_FAILED"),
    Row("success-in-between", [(0, one(*NETWORK)), (60, one()), (130, one(*NETWORK))], P, "SRC_FETCH_RETRYING"),
    Row(
        "unreadable-in-between",
        [(0, one(*NETWORK)), (60, {"clusters": [], "errors": [error(503)]}), (120, one(*NETWORK))],
        F,
        "SRC_FETCH_FAILED",
    ),
    Row(
        "not-ready-without-a-reason-in-between",
        [(0, one(*NETWORK)), (60, one(ready_since(status="False", reason="NewRevision"))), (120, one(*NETWORK))],
        F,
        "SRC_FETCH_FAILED",
    ),
    Row("by-reconciling-119s", one(*NETWORK, condition("Reconciling", reason="NewRevision", since=119)), P, "SRC_FETCH_RETRYING"),
    Row("by-reconciling-120s", one(*NETWORK, condition("Reconciling", reason="NewRevision", since=120)), F, "SRC_FETCH_FAILED"),
    Row("by-readys-own-time-never", one(*changed(NETWORK, "0.lastTransitionTime", ago(9000))), P, "SRC_FETCH_RETRYING"),
    Row("v1-one-read-proves-nothing", one(*NETWORK, v1("ProgressingWithRetry", -9000)), P, "SRC_FETCH_RETRYING"),
    Row("v1-without-artifact", one(*NETWORK, v1("ProgressingWithRetry", -9), revision=None), F, "SRC_FETCH_FAILED"),
    Row(
        "v1-flips-for-120s",
        [
            (0, one(*retry(1, 0), v1("ProgressingWithRetry", 0))),
            (60, one(ready_since(status="Unknown", reason="Progressing"), v1("Progressing", 60))),
            (120, one(*retry(2, 120), v1("ProgressingWithRetry", 120))),
        ],
        F,
        "SRC_FETCH_FAILED",
    ),
    Row(
        "v1-flips-for-300s",
        [(at, one(READY, v1(("Progressing", "ProgressingWithRetry")[at // 60 % 2], at))) for at in range(0, 301, 60)],
        F,
        "SRC_RETRYING",
    ),
    Row("future-times-prove-nothing", one(*NETWORK, condition("Reconciling", reason="NewRevision", since=-200)), P, "SRC_FETCH_RETRYING"),
    Row(
        "unparsable-times-prove-nothing", one(*NETWORK, condition("Reconciling", reason="NewRevision", since="x")), P, "SRC_FETCH_RETRYING"
    ),
)


@rows(*SINCE)
def test_failing_since(row: Row) -> None:
    """rules.rst, "Failing-since": never by Ready's own time, which moves at every try."""
    row.check(SOURCE)


# --- repoStatus as second witness ------------------------------------------------------------------------------------------------

COLUMNS = {
    "R": source(),
    "P": source(READY, RECONCILING),
    "F": source(*AUTH),
    "none": bare(age=60),
}
CONTRADICTION = "SRC_STATUS_CONTRADICTION"
MATRIX: dict[str, tuple[Any, dict[str, tuple[str, str | None]]]] = {
    # repoStatus: its value, and for each verdict of the conditions what it comes to, with the finding about repoStatus
    "Health": ("Health", {"R": (R, None), "P": (P, W), "F": (F, W), "none": (U, U)}),
    "Progressing": ("Progressing", {"R": (P, P), "P": (P, None), "F": (F, None), "none": (P, None)}),
    "Failed": ("Failed", {"R": (U, U), "P": (P, None), "F": (F, None), "none": (F, F)}),
    "Unknown": ("Unknown", {"R": (R, W), "P": (P, None), "F": (F, None), "none": (U, U)}),
    "absent": (GONE, {"R": (R, None), "P": (P, None), "F": (F, None), "none": (P, None)}),
    "null": (None, {"R": (R, None), "P": (P, None), "F": (F, None), "none": (P, None)}),
    "other": ("Sunny", {"R": (U, U), "P": (P, None), "F": (F, None), "none": (U, U)}),
    # Spellings
    "Healthy": ("Healthy", {"R": (R, None), "P": (P, W), "F": (F, W), "none": (U, U)}),
    "case": (" hEALTH ", {"R": (R, None), "P": (P, W), "F": (F, W), "none": (U, U)}),
    "number": (5, {"R": (U, U), "P": (P, None), "F": (F, None), "none": (U, U)}),
}


@pytest.mark.parametrize("column", COLUMNS)
@pytest.mark.parametrize("said", MATRIX)
def test_repo_status(said: str, column: str) -> None:
    value, cells = MATRIX[said]
    verdict, of = cells[column]
    item = COLUMNS[column] if value is GONE else {**COLUMNS[column], "repoStatus": value}
    judgement = judge(SOURCE, sources(item))
    code = "SRC_REPOSTATUS_FAILED" if (said, column) == ("Failed", "none") else CONTRADICTION
    assert judgement.verdict == verdict
    assert [one_.verdict for one_ in judgement.findings if one_.code == code] == ([of] if of else [])
    assert not [one_ for one_ in judgement.findings if one_.code in (CONTRADICTION, "SRC_REPOSTATUS_FAILED") and one_.code != code]


WITNESS = (
    Row("S11-stays-unknown", sources({**bare(og=1), "repoStatus": "Progressing"}), U, "SRC_NO_CONDITIONS"),
    Row("S11-failed", sources({**bare(og=1), "repoStatus": "Failed"}), F, "SRC_REPOSTATUS_FAILED"),
    Row("S12-stays-unknown", one(og=2, repo_status="Health"), U, "SRC_GENERATION_AHEAD"),
    Row("S18-failed-stays-progressing", one(revision=f"dev@sha1:{SHA}", repo_status="Failed"), P, "SRC_ARTIFACT_OTHER_REF"),
    Row("S18-health", one(revision=f"dev@sha1:{SHA}", repo_status="Health"), P, CONTRADICTION, of=W),
    Row("S4-bare-health", sources({**bare(deleting=ago(5), age=60), "repoStatus": "Health"}), F, CONTRADICTION, of=W),
    Row("S10-never-reconciled-health", sources({**bare(), "repoStatus": "Health"}), F, "SRC_NEVER_RECONCILED"),
)


@rows(*WITNESS)
def test_repo_status_corners(row: Row) -> None:
    """The matrix is entered with the verdict of S4 to S18; an F there stays F, a U stays U."""
    row.check(SOURCE)


# --- Expected revisions -----------------------------------------------------------------------------------------------

OLD, NEW = f"main@sha1:{OTHER_SHA}", f"main@sha1:{SHA}"
THIRD = "main@sha1:" + "7" * 40
BEFORE, AFTER = one(revision=OLD), one(revision=NEW)
LAST = one(revision=THIRD)
WANT = wanting(revision=SHA)
TAGGED = {"ref": {"tag": "v1.0.0"}}
REVISIONS = (
    Row("S19-equal", AFTER, R, options=WANT),
    Row("S19-whole", AFTER, R, options=wanting(revision=NEW)),
    Row("S19-prefix", AFTER, R, options=wanting(revision=SHA[:7])),
    Row("S19-upper-case", AFTER, R, options=wanting(revision=SHA.upper())),
    Row("S19-legacy-observed", one(revision=f"main/{SHA}"), R, options=WANT),
    Row("S19-legacy-expected", AFTER, R, options=wanting(revision=f"main/{SHA}")),
    Row("S19-hash-decides-not-the-pointer", AFTER, R, options=wanting(revision=f"prod@sha1:{SHA}")),
    Row("S19-tag-by-name", one(spec=TAGGED, revision=f"v1.0.0@sha1:{SHA}"), R, options=wanting(revision="v1.0.0")),
    Row("S19-not-yet", BEFORE, P, "SRC_REVISION_NOT_YET", options=WANT),
    Row("S19-not-yet-179s", lasting(BEFORE, 179), P, "SRC_REVISION_NOT_YET", options=WANT),
    Row("S19-not-picked-up-180s", lasting(BEFORE, 180), F, "SRC_REVISION_NOT_PICKED_UP", options=WANT),
    Row(
        "S19-own-interval-459s",
        lasting(one(revision=OLD, spec={"interval": "3m", "timeout": "1m40s"}), 459),
        P,
        "SRC_REVISION_NOT_YET",
        options=WANT,
    ),
    Row(
        "S19-own-interval-460s",
        lasting(one(revision=OLD, spec={"interval": "3m", "timeout": "1m40s"}), 460),
        F,
        "SRC_REVISION_NOT_PICKED_UP",
        options=WANT,
    ),
    Row(
        "S19-interval-unreadable-180s",
        lasting(one(revision=OLD, spec={"interval": 5, "timeout": GONE}), 180),
        F,
        "SRC_REVISION_NOT_PICKED_UP",
        options=WANT,
    ),
    Row("S19-comes", [(0, BEFORE), (60, AFTER)], R, options=WANT),
    Row("S19-superseded", [(0, BEFORE), (60, LAST)], F, "SRC_REVISION_SUPERSEDED", terminal=True, options=WANT),
    Row("S19-superseded-stays", [(0, BEFORE), (60, LAST), (70, LAST)], F, "SRC_REVISION_SUPERSEDED", terminal=True, options=WANT),
    Row("S19-superseded-wait", [(0, BEFORE), (60, LAST)], P, "SRC_REVISION_SUPERSEDED", options={**WANT, "on_superseded": "wait"}),
    Row("S19-superseded-allow", [(0, BEFORE), (60, LAST)], R, "SRC_REVISION_SUPERSEDED", of=W, options={**WANT, "on_superseded": "allow"}),
    Row(
        "S19-baseline-survives-a-missing-artifact",
        [(0, BEFORE), (10, one(revision=None)), (20, LAST)],
        F,
        "SRC_REVISION_SUPERSEDED",
        terminal=True,
        options=WANT,
    ),
    Row(
        "S19-other-format-is-no-new-revision",
        [(0, BEFORE), (60, one(revision=f"main/{OTHER_SHA}"))],
        P,
        "SRC_REVISION_NOT_YET",
        options=WANT,
    ),
    Row("S19-acceptable", AFTER, R, options=wanting(revision=THIRD, acceptable_revisions=[OTHER_SHA, SHA[:12]])),
    Row("S19-acceptable-comes", [(0, BEFORE), (60, AFTER)], R, options=wanting(revision=THIRD, acceptable_revisions=[SHA])),
    Row("S19-acceptable-before-pinned", one(spec=TAGGED, revision=NEW), R, options=wanting(revision=THIRD, acceptable_revisions=[SHA])),
    Row("S19-pinned-tag", one(spec=TAGGED, revision=f"v1.0.0@sha1:{OTHER_SHA}"), F, "SRC_PINNED_ELSEWHERE", terminal=True, options=WANT),
    Row(
        "S19-pinned-commit",
        one(spec={"ref": {"commit": OTHER_SHA}}, revision=f"sha1:{OTHER_SHA}"),
        F,
        "SRC_PINNED_ELSEWHERE",
        terminal=True,
        options=WANT,
    ),
    Row("S19-pinned-right", one(spec={"ref": {"commit": SHA}}, revision=f"sha1:{OTHER_SHA}"), P, "SRC_REVISION_NOT_YET", options=WANT),
    Row("S19-unparsable", one(spec={"ref": {"tag": "x"}}, revision="v1.0.0"), U, "SRC_REVISION_UNPARSABLE", options=WANT),
    Row("S19-other-branch-first", one(revision=f"dev@sha1:{SHA}"), P, "SRC_ARTIFACT_OTHER_REF", options=WANT),
    Row("S19-equal-but-not-ready", one(*AUTH, revision=NEW), F, "SRC_FETCH_FAILED", options=WANT),
    Row("S19-equal-but-suspended", one(revision=NEW, spec={"suspend": True}), F, "SRC_SUSPENDED", terminal=True, options=WANT),
    Row("S19-equal-but-old-generation", one(revision=NEW, generation=2), P, "SRC_GENERATION_STALE", options=WANT),
    Row("S21", BEFORE, P, "SRC_INTERVAL_LONGER_THAN_TIMEOUT", of=W, options={**WANT, "wait_timeout": 179}),
    Row(
        "S21-hours",
        one(revision=OLD, spec={"interval": "1h30m"}),
        P,
        "SRC_INTERVAL_LONGER_THAN_TIMEOUT",
        of=W,
        options={**WANT, "wait_timeout": 10859},
    ),
)


@rows(*REVISIONS)
def test_expected_revision(row: Row) -> None:
    row.check(SOURCE)


@pytest.mark.parametrize(
    ("reading", "wait"),
    [(BEFORE, 180), (BEFORE, 0), (BEFORE, None), (AFTER, 10), (one(*AUTH, revision=OLD), 10)],
    ids=["long-enough", "one-sample", "no-gate", "there-already", "failed-anyway"],
)
def test_s21_is_said_only_before_waiting_too_short(reading: dict[str, Any], wait: float | None) -> None:
    assert "SRC_INTERVAL_LONGER_THAN_TIMEOUT" not in codes(judge(SOURCE, reading, **WANT, wait_timeout=wait))


@pytest.mark.parametrize(
    ("expect", "path"),
    [
        ([{"branch": "main"}], "expect[0]"),
        ([{"name": "a", "revision": "abc123"}], "expect[0].revision"),
        ([{"name": "a"}, {"name": "b", "revision": "main branch"}], "expect[1].revision"),
        ([{"name": "a", "revision": ""}], "expect[0].revision"),
        ([{"name": "a", "revision": SHA, "acceptable_revisions": [SHA, "12345"]}], "expect[0].acceptable_revisions[1]"),
    ],
    ids=["nothing-to-find-it-by", "prefix-too-short", "blank-inside", "empty", "acceptable"],
)
def test_bad_expectations_are_refused(expect: list[dict[str, Any]], path: str) -> None:
    with pytest.raises(OptionError) as raised:
        SOURCE.validate({"cluster_ids": [CLUSTER], "expect": expect}, "")
    assert raised.value.option == path


def test_two_expectations_of_one_source() -> None:
    """Each expectation is judged; equality in one of them does not cover the other."""
    options = {"expect": [{"name": "podinfo", "revision": SHA}, {"url": "https://github.com/stefanprodan/podinfo", "revision": OTHER_SHA}]}
    check(judge(SOURCE, AFTER, **options), P, "SRC_REVISION_NOT_YET")


# --- The documented example ------------------------------------------------------------------------------------------------------


def test_documented_example() -> None:
    """Without success since 2023; one read is enough."""
    judgement = judge(SOURCE, sources(*documented("ucs_repository_sources")["items"]))
    check(judgement, F, "SRC_FETCH_FAILED")
    found = finding(judgement, "SRC_FETCH_FAILED")
    assert (found.cause, found.since, found.name) == ("network", "2023-03-16T07:58:56Z", "official-podinfo-repo-06")
    assert "i/o timeout" in found.message


def test_foreign_text_is_made_safe() -> None:
    """No secret, no control character and no endless text comes out of a condition, whatever the field."""
    nasty = "https://user:hunter2@host/x \x1b[31m token=abcdef \u202e" + "x" * 5000
    conditions = [condition("Ready", "False", nasty, nasty, nasty), condition(nasty, "True"), condition(nasty, "False")]
    reading = one(*conditions, name=nasty, spec={"url": nasty, "interval": nasty}, repo_status=nasty)
    for found in judge(SOURCE, reading).findings:
        text = shown(found)
        assert "hunter2" not in text
        assert "abcdef" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert len(found.message) <= 2000


def test_name_and_namespace_may_stand_in_the_metadata_only() -> None:
    reading = sources({**source(), "name": None, "namespace": None})
    assert [(found.namespace, found.name) for found in judge(SOURCE, reading, **wanting(namespace="default")).objects] == [
        ("default", "podinfo")
    ]


def test_secret_info_stays_out() -> None:
    item = {**source(*AUTH), "secretInfo": {"name": "s", "secret": "hunter2", "type": "token"}}
    assert "hunter2" not in str([found.as_dict() for found in judge(SOURCE, sources(item)).findings])
    assert "secretInfo" not in str(SOURCE.summarise(sources(item)))


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
@examples(60)
def test_order_does_not_matter(items: list[Any], conditions: list[Any]) -> None:
    expected = judge(SOURCE, sources(*ESTATE))
    judgement = judge(SOURCE, sources(*items))
    assert (judgement.verdict, codes(judgement)) == (expected.verdict, codes(expected))
    assert {one_.name: one_.verdict for one_ in judgement.objects} == {one_.name: one_.verdict for one_ in expected.objects}
    assert codes(judge(SOURCE, one(*conditions))) == ["SRC_RECONCILING"]


GIT = "gitRepository."
# The fields that make a source ready; and for each what may stand there without taking readiness away.
DECIDING: dict[str, tuple[Any, ...]] = {
    "repoType": (),
    "gitRepository": (),
    GIT + "metadata": (),
    GIT + "metadata.generation": ("1",),
    GIT + "status": (),
    GIT + "status.observedGeneration": ("1",),
    GIT + "status.conditions": (),
    GIT + "status.conditions.0": (),
    GIT + "status.conditions.0.type": (),
    GIT + "status.conditions.0.status": ("true",),
    GIT + "status.artifact": (),
}


@drawn(st.sampled_from(sorted(DECIDING)), JSON)
@examples(150)
def test_arbitrary_json_in_a_deciding_field_is_never_ready(path: str, value: Any) -> None:
    """Deciding: repoType, generation, observedGeneration, conditions, the type and status of Ready, artifact (`DECIDING`)."""
    judgement = judge(SOURCE, sources(changed(source(READY), path, value)))
    if path.endswith("eneration") and not isinstance(value, bool) and value in (1, 1.0):
        return
    if path.endswith("0.status") and value is True:
        return
    assert judgement.verdict != R or (isinstance(value, str) and value.strip().lower() in DECIDING[path])


@drawn(JSON)
@examples(150)
def test_arbitrary_json_as_revision_is_never_ready_when_one_is_expected(value: Any) -> None:
    reading = one(artifact={"revision": value})
    assert judge(SOURCE, reading, **wanting(revision=SHA)).verdict != R


# Fields that say more about a source: whatever stands there, nothing may crash.
OTHERS = (
    "name",
    "namespace",
    "repoStatus",
    GIT + "metadata.creationTimestamp",
    GIT + "metadata.deletionTimestamp",
    GIT + "spec",
    GIT + "spec.url",
    GIT + "spec.ref",
    GIT + "spec.ref.branch",
    GIT + "spec.interval",
    GIT + "spec.timeout",
    GIT + "spec.suspend",
    GIT + "spec.secretRef",
    GIT + "status.conditions.0.reason",
    GIT + "status.conditions.0.message",
    GIT + "status.conditions.0.lastTransitionTime",
    GIT + "status.conditions.0.observedGeneration",
    GIT + "status.conditions.1.status",
    GIT + "status.artifact.revision",
)


@drawn(st.sampled_from(OTHERS), JSON, st.sampled_from(OTHERS), JSON)
@examples(150)
def test_arbitrary_json_elsewhere_never_crashes(path: str, value: Any, other: str, more: Any) -> None:
    broken = changed(source(*AUTH, RECONCILING), path, value)
    with contextlib.suppress(KeyError, TypeError, IndexError):  # the first change may have taken the place of the second one away
        broken = changed(broken, other, more)
    options = {"expect": [{"name": "podinfo", "url": "https://github.com/stefanprodan/podinfo", "branch": "main", "revision": SHA}]}
    judge_series(SOURCE, [(0, sources(broken)), (10, sources(source(), broken)), (20, sources(broken))], **options)
    judge_series(SOURCE, [(0, sources(broken)), (10, sources(broken, broken))])

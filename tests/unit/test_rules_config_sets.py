# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for the config sets, row by row: rules.rst, "Config sets"."""

from __future__ import annotations

import contextlib
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.config_sets import ConfigSet
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.sources import GitRepository
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.expected_config_sets import validate_expect
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit import answers_sources
from unit.answers import CLUSTER, GONE, JSON, OTHER_SHA, SHA, ago, changed, examples, lasting, rows
from unit.answers_config_sets import REVISION, Row, config_set, config_sets, fetched, judge, only, progress, ready
from unit.answers_sources import condition, finding, refused

F, U, P, R = "failed", "unknown", "progressing", "ready"
OTHER = f"main@sha1:{OTHER_SHA}"
NOT_YET, NOT_PICKED_UP, SUPERSEDED = "CFG_REVISION_NOT_YET P", "CFG_REVISION_NOT_PICKED_UP F r", "CFG_REVISION_SUPERSEDED F T"
RECONCILING, BEHIND, STALE = "CFG_RECONCILING P", "CFG_BEHIND_SOURCE P", "CFG_GENERATION_STALE P"
ITEM = "config_sets.0."
RELEASE = "helmRelease"
EMPTY: dict[str, Any] = {"metadata": {"creationTimestamp": None}, "spec": {}, "status": {}}


def expecting(*wants: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The options that expect these config sets."""
    return {"expect": list(wants), **options}


def wanting(revision: Any = SHA, **fields: Any) -> dict[str, Any]:
    """The options that expect one config set, by default at the revision that it has."""
    return expecting({"name": "apps", "revision": revision, **fields})


def failing(reason: str, since: float = 5, **fields: Any) -> dict[str, Any]:
    """A list with one config set that is not ready."""
    return only(ready("False", reason, since, message="because"), **fields)


TYPE = ITEM + "configSetType"
WITHOUT_CONDITIONS = changed(only(), ITEM + "kustomization.status", {})
TWO = changed(only(), ITEM + RELEASE, config_set(ready("False", "InstallFailed", 600), kind=RELEASE)[RELEASE])


# --- K1 to K4: the list, what is not judged, and what waiting does not help -------------------------------------------------------

LISTS = (
    Row("K11", only(), R),
    Row("K11-applied-stated", only(applied=REVISION), R),
    Row("K11-legacy-revision", only(attempted=f"main/{SHA}"), R),
    Row("K11-ready-states-no-generation", only(ready(og=GONE)), R),
    Row("K1-none", config_sets(), U, ["CFG_NONE U T"]),
    Row("K1-none-of-an-incomplete-list", config_sets(total=1), U, ["LIST_INCOMPLETE U"]),
    Row("K1-all-missing", config_sets(), F, ["CFG_MISSING F r"] * 2, expecting({"name": "a"}, {"source": "b"})),
    Row("K1-name", only(), F, ["CFG_MISSING F r"], expecting({"name": "app"})),
    Row("K1-namespace", only(), F, ["CFG_MISSING F r"], expecting({"name": "apps", "namespace": "prod"})),
    Row("K1-source", only(), F, ["CFG_MISSING F r"], expecting({"name": "apps", "source": "other"})),
    Row("K1-source-in-another-namespace", only(), F, ["CFG_MISSING F r"], expecting({"source": "prod/podinfo"})),
    Row("K1-found", only(), R, options=expecting({"name": "apps", "namespace": "default", "source": "podinfo"})),
    Row("K1-found-by-source", only(), R, options=expecting({"source": "default/podinfo"})),
    Row("K1-names-no-source", only(follows={}), F, ["CFG_BEHIND_SOURCE U", "CFG_MISSING F r"], expecting({"source": "podinfo"})),
    Row("S1", config_sets(config_set(), total=2), U, ["LIST_INCOMPLETE U"]),
    Row("S1-not-found", config_sets(config_set(), total=2), U, ["LIST_INCOMPLETE U"], expecting({"name": "x"})),
    Row("S1-listed-twice", config_sets(config_set(), config_set(), total=2), U, ["LIST_INCOMPLETE U"]),
    Row("E6-items-null", {"cluster_id": CLUSTER, "total": 0, "config_sets": None}, U, ["API_SHAPE U T"]),
    Row("E6-items-no-list", {"cluster_id": CLUSTER, "total": 1, "config_sets": {}}, U, ["API_SHAPE U T"]),
    Row("E6-null-item", config_sets(config_set(), None), U, ["API_SHAPE U T"]),
    Row("E4", [(0, refused(404))], F, ["SRC_CLUSTER_NOT_FOUND F T"]),
    Row("E3", [(0, refused(410))], U, ["API_WITHDRAWN U T"]),
    Row("E3-not-published", [(0, refused(404, "APIG.0101"))], U, ["API_WITHDRAWN U T"]),
    Row("K2-type", config_sets({"name": "x", "configSetType": "bucket"}), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-empty-kustomization", changed(only(), ITEM + "kustomization", {}), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-release", only(kind=RELEASE), R),
    Row("K2-release-failing", only(ready("False", "InstallFailed", 600), kind=RELEASE), F, ["CFG_NOT_READY F r"]),
    Row("K2-release-suspended", only(kind=RELEASE, spec={"suspend": True}), F, ["CFG_SUSPENDED F T"]),
    Row("K2-release-beside-an-empty-kustomization", changed(only(kind=RELEASE), ITEM + "kustomization", EMPTY), R),
    Row(
        "K2-release-suspended-beside-a-kustomization",
        changed(only(kind=RELEASE, spec={"suspend": True}), ITEM + "kustomization", config_set()["kustomization"]),
        F,
        ["CFG_SUSPENDED F T"],
    ),
    Row("K2-kustomization-beside-an-empty-release", changed(only(), ITEM + "helmRelease", EMPTY), R),
    Row("K2-release-without-conditions", changed(only(kind=RELEASE), ITEM + "helmRelease.status", {}), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-revision-of-a-release", only(kind=RELEASE), U, ["CFG_UNSUPPORTED U T"], wanting()),
    *(
        Row(f"K2-revision-of-{kind}-with-a-kustomization", changed(only(), TYPE, kind), U, ["CFG_UNSUPPORTED U T"], wanting())
        for kind in (RELEASE, "bucket")
    ),
    *(
        Row(f"K2-revision-of-{kind or 'no-type'}-with-a-kustomization", changed(only(), TYPE, kind), R, options=wanting())
        for kind in ("Kustomization", "", None, GONE)
    ),
    Row("K2-another-type-with-a-kustomization", changed(only(), TYPE, RELEASE), R),
    Row("K2-another-type-failing", changed(failing("BuildFailed", 600), TYPE, RELEASE), F, ["CFG_NOT_READY F r"]),
    Row("K2-another-type-without-conditions", changed(WITHOUT_CONDITIONS, TYPE, RELEASE), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-two-objects-of-no-type", changed(TWO, TYPE, GONE), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-two-objects-of-another-type", changed(TWO, TYPE, "bucket"), U, ["CFG_UNSUPPORTED U T"]),
    Row("K2-two-objects-the-release-failing", changed(TWO, TYPE, RELEASE), F, ["CFG_NOT_READY F r"]),
    Row("K2-two-objects-the-kustomization-ready", TWO, R),
    Row("K2-no-type-and-an-empty-release", changed(changed(only(), ITEM + RELEASE, EMPTY), TYPE, GONE), R),
    Row("K2-no-type-and-an-empty-kustomization", changed(changed(only(kind=RELEASE), ITEM + "kustomization", EMPTY), TYPE, GONE), R),
    Row("K2-beside", config_sets(config_set(), {"name": "x"}), R, ["CFG_UNSUPPORTED U T"], expecting({"name": "apps"})),
    Row("K3-deleted", only(deleting=ago(5)), F, ["CFG_TERMINATING F T"]),
    Row("K3-suspended", only(spec={"suspend": True}), F, ["CFG_SUSPENDED F T"]),
    Row("K3-not-suspended", only(spec={"suspend": False}), R),
    Row(
        "K4",
        only(condition("Stalled", "True", "AccessDenied", "no", og=3), ready("False", "AccessDenied", message="no")),
        F,
        ["CFG_STALLED F T"],
    ),
    Row("K4-alone", only(condition("Stalled", "True", "x", "no", og=3), *progress()), F, ["CFG_STALLED F T"]),
    Row(
        "K4-another-text",
        only(condition("Stalled", "True", "AccessDenied", "no", og=3), ready("False", "BuildFailed", 600, message="other")),
        F,
        ["CFG_STALLED F T", "CFG_NOT_READY F r"],
    ),
    Row("K4-of-an-earlier-generation", only(condition("Stalled", "True", "x", "no", og=2), ready()), R),
)


@rows(*LISTS)
def test_list(row: Row) -> None:
    row.check()


# --- K5 to K7: what the config set itself says ------------------------------------------------------------------------------------

SINCE_SEEN = only(ready("False", "BuildFailed", GONE))
STATES = (
    *(
        Row(f"K5-{reason}-{age}", failing(reason, age), verdict, [f"CFG_NOT_READY {mark}"])
        for reason in ("BuildFailed", "PruneFailed", "HealthCheckFailed", "HealthCheckCanceled", "ReconciliationFailed", "Whatever")
        for age, verdict, mark in ((119, P, "P"), (120, F, "F r"))
    ),
    *(
        Row(f"K5-{reason}-{age}", failing(reason, age), verdict, [f"CFG_NOT_READY {mark}"])
        for reason in ("DependencyNotReady", "ArtifactFailed")
        for age, verdict, mark in ((299, P, "P"), (300, F, "F r"))
    ),
    Row("K5-no-time", SINCE_SEEN, P, ["CFG_NOT_READY P"]),
    Row("K5-no-time-seen-long-enough", lasting(SINCE_SEEN, 119, 120), F, ["CFG_NOT_READY F r"]),
    Row("K5-no-time-not-long-enough", lasting(SINCE_SEEN, 119), P, ["CFG_NOT_READY P"]),
    Row("K5-year-0001", lasting(only(ready("False", "BuildFailed", "0001-01-01T00:00:00Z")), 119), P, ["CFG_NOT_READY P"]),
    Row("K5-go-form", failing("BuildFailed", "2025-12-01 11:58:00.5 +0000 UTC"), P, ["CFG_NOT_READY P"]),  # type: ignore[arg-type]
    Row("K5-go-form-over", failing("BuildFailed", "2025-12-01 11:57:59.5 +0000 UTC"), F, ["CFG_NOT_READY F r"]),  # type: ignore[arg-type]
    Row(
        "K5-an-unknown-in-between-is-no-gap",
        [(0, failing("HealthCheckFailed", 1)), (60, only(*progress(-59))), (120, failing("HealthCheckFailed", -119))],
        F,
        ["CFG_NOT_READY F r"],
    ),
    Row(
        "K5-failing-since-it-was-stalled",
        [
            (0, only(condition("Stalled", "True", "x", "no", since=GONE, og=3), ready("False", "x", GONE, message="no"))),
            (120, failing("HealthCheckFailed", GONE)),
        ],
        F,
        ["CFG_NOT_READY F r"],
    ),
    Row(
        "K5-a-success-in-between-is-one",
        [(0, failing("HealthCheckFailed", 1)), (60, only(ready(since=-59))), (120, failing("HealthCheckFailed", -119))],
        P,
        ["CFG_NOT_READY P"],
    ),
    Row("K5-v1-progress", failing("Progressing"), P, [RECONCILING]),
    Row("K6-unknown", only(*progress()), P, [RECONCILING]),
    Row("K6-applied-equals-attempted", only(*progress(), applied=REVISION), P, [RECONCILING]),
    Row("K6-missing", only(condition("Healthy", og=3)), P, [RECONCILING]),
    Row("K6-null-conditions", changed(only(), ITEM + "kustomization.status.conditions", None), P, [RECONCILING]),
    Row("K6-reconciling-beside-ready", only(ready(), condition("Reconciling", "True", "x", og=3)), P, [RECONCILING]),
    Row("K6-just-before-the-limit", only(*progress(419)), P, [RECONCILING]),
    Row("K6-limit", only(*progress(420)), F, ["CFG_RECONCILING F r"]),
    Row("K6-limit-without-timeout", only(*progress(599), spec={"timeout": GONE}), P, [RECONCILING]),
    Row("K6-limit-by-interval", only(*progress(600), spec={"timeout": GONE}), F, ["CFG_RECONCILING F r"]),
    Row("K6-limit-unreadable", only(*progress(360), spec={"timeout": "x", "interval": 5}), F, ["CFG_RECONCILING F r"]),
    Row("K6-missing-counts-from-the-first-sample", lasting(only(condition("Healthy", og=3)), 419), P, [RECONCILING]),
    Row("K6-missing-for-long", lasting(only(condition("Healthy", og=3)), 420), F, ["CFG_RECONCILING F r"]),
    Row("K7-behind", only(og=2), P, [STALE]),
    Row("K7-behind-for-long", lasting(only(og=2), 299, 300), F, ["CFG_GENERATION_STALE F r"]),
    Row("K7-behind-not-long", lasting(only(og=2), 299), P, [STALE]),
    Row("K7-ready-of-an-earlier-generation", only(ready(og=2)), P, [STALE]),
    Row("K7-ahead", only(og=4), U, ["CFG_GENERATION_STALE U"]),
    Row("K7-never", only(og=-1), P, [STALE]),
    Row("K7-not-stated", only(og=GONE), P, [STALE]),
    Row("K7-no-generation", only(generation=GONE), P, [STALE]),
    Row("K7-generations-of-0", only(ready(og=0), generation=0, og=0), P, [STALE]),
    Row("K7-generations-below-0", only(ready(og=-1), generation=-1, og=-1), P, [STALE]),
    Row("K7-failing", failing("BuildFailed", 5, og=2), P, [STALE, "CFG_NOT_READY P"]),
    Row("other-status", only(ready("Perhaps")), U, ["CFG_UNDOCUMENTED U"]),
    Row("false-of-an-earlier-generation", only(ready("False", "BuildFailed", og=2)), U, ["CFG_UNDOCUMENTED U"]),
    Row("false-of-a-later-generation", only(ready("False", "BuildFailed", og=4)), U, ["CFG_UNDOCUMENTED U"]),
    Row("false-of-an-earlier-generation-release", only(ready("False", "InstallFailed", og=2), kind=RELEASE), U, ["CFG_UNDOCUMENTED U"]),
    Row("unreadable-conditions", only(ready(), "x"), U, ["CFG_UNDOCUMENTED U"]),
    Row("unreadable-generation", only(ready(og="x")), U, ["CFG_UNDOCUMENTED U"]),
    *(
        Row(f"other-status-of-{kind}-{status}", only(ready(), condition(kind, status, og=3)), U, ["CFG_UNDOCUMENTED U"])
        for kind in ("Stalled", "Reconciling")
        for status in ("Perhaps", None, GONE)
    ),
    *(
        Row(f"other-suspend-{value}", only(spec={"suspend": value}), U, ["CFG_UNDOCUMENTED U"])
        for value in ("yes", "1", 1, 0, [True], {"now": True})
    ),
    *(Row(f"K3-not-suspended-{value}", only(spec={"suspend": value}), R) for value in (False, "false", "False", "", None)),
    Row("stated-twice", only(ready(), ready("False", "BuildFailed", 600)), F, ["CFG_NOT_READY F r", "SRC_DUPLICATE_CONDITION W"]),
    Row("G7", only(ready(since=-400)), R, ["CLOCK_SKEW W"]),
)


@rows(*STATES)
def test_state(row: Row) -> None:
    row.check()


# --- K6: what kustomize-controller says at every interval -------------------------------------------------------------------------

BEFORE = (0, only(ready(since=50)))


def again(at: float = 60, **fields: Any) -> tuple[float, Any]:
    """A sample in which the config set has been looked at for 5 s."""
    return at, only(*progress(5 - at), **fields)


PERIODIC = (
    Row("seen-ready-before", [BEFORE, again()], R),
    Row("twice-in-a-row", [BEFORE, again(60), again(70)], R),
    Row("ready-again", [BEFORE, again(), (70, only(ready(since=-65)))], R),
    Row("through-an-error", [BEFORE, (30, refused(503)), again()], R),
    Row("reconciling-beside-ready", [BEFORE, (60, only(ready(), condition("Reconciling", "True", "x", og=3)))], R),
    Row("not-the-first-sample", [again(0), again(60)], P, [RECONCILING]),
    Row("just-before-the-timeout", [BEFORE, (200, only(*progress(-81)))], R),
    Row("timeout", [BEFORE, (200, only(*progress(-80)))], P, [RECONCILING]),
    Row("with-retry", [BEFORE, (60, only(*progress(-55, "ProgressingWithRetry")))], P, [RECONCILING]),
    Row(
        "with-retry-beside",
        [BEFORE, (60, only(progress(-55)[0], condition("Reconciling", "True", "ProgressingWithRetry", since=-55, og=3)))],
        P,
        [RECONCILING],
    ),
    Row("another-generation", [BEFORE, (60, only(*progress(-55, og=4), generation=4, og=4))], P, [RECONCILING]),
    Row("another-attempt", [BEFORE, again(attempted=OTHER)], P, [RECONCILING]),
    Row("no-attempt", [(0, only(attempted=GONE, applied=REVISION)), again(attempted=GONE, applied=REVISION)], P, [RECONCILING]),
    Row("after-a-failure", [BEFORE, (30, failing("HealthCheckFailed", -25)), again()], P, [RECONCILING]),
    Row("after-a-ready-of-an-earlier-generation", [(0, only(ready(og=2))), again()], P, [RECONCILING]),
    Row("after-another-status", [BEFORE, (30, only(ready("Perhaps"))), again()], P, [RECONCILING]),
    Row("false-with-a-reason-of-progress", [BEFORE, (60, only(*progress(-55, status="False")))], P, [RECONCILING]),
    Row("its-source-has-fetched-another", [BEFORE, again(source=fetched(OTHER))], P, [BEHIND]),
    Row("expected", [BEFORE, again()], R, options=wanting()),
    Row("expected-another", [BEFORE, again()], P, [NOT_YET], wanting(OTHER_SHA)),
    Row("release", [(0, only(ready(since=50), kind=RELEASE)), again(kind=RELEASE)], R),
)


@rows(*PERIODIC)
def test_periodic_reconcile(row: Row) -> None:
    row.check()


# --- K8: behind its source --------------------------------------------------------------------------------------------------------

AHEAD = only(source=fetched(OTHER))
SOURCES = (
    Row("K8", AHEAD, P, [BEHIND]),
    Row("K8-just-before-the-limit", lasting(AHEAD, 419), P, [BEHIND]),
    Row("K8-limit", lasting(AHEAD, 419, 420), F, ["CFG_BEHIND_SOURCE F r"]),
    Row(
        "K8-an-unknown-in-between-is-no-gap",
        [(0, AHEAD), (200, only(*progress(-195), source=fetched(OTHER))), (420, AHEAD)],
        F,
        ["CFG_BEHIND_SOURCE F r"],
    ),
    Row("K8-nothing-attempted", only(attempted=GONE), P, [BEHIND]),
    Row("K8-applied-another", only(applied=OTHER), P, [BEHIND]),
    Row("K8-only-applied", only(attempted=GONE, applied=REVISION), R),
    Row("K8-source-not-in-the-answer", only(source=GONE), U, ["CFG_BEHIND_SOURCE U"]),
    Row("K8-another-source-beside", only(follows={"kind": "GitRepository", "name": "other"}), U, ["CFG_BEHIND_SOURCE U"]),
    Row(
        "another-source-beside-decides-too",
        only(follows={"kind": "GitRepository", "name": "other"}, source=fetched(REVISION, spec={"suspend": True})),
        F,
        ["CFG_BEHIND_SOURCE U", "SRC_SUSPENDED F T"],
        expecting({"name": "apps"}),
    ),
    Row("K8-another-kind-of-source", only(follows={"kind": "OCIRepository", "name": "podinfo"}), U, ["CFG_BEHIND_SOURCE U"]),
    Row("K8-source-without-artifact", only(source=fetched("")), U, ["CFG_BEHIND_SOURCE U", "SRC_READY_WITHOUT_ARTIFACT U"]),
    Row("K8-source-beside-another-config-set", config_sets(config_set(), config_set(name="more", source=GONE)), R),
    Row(
        "K8-source-in-another-namespace",
        only(
            follows={"kind": "GitRepository", "name": "podinfo", "namespace": "flux-system"},
            source=fetched(REVISION, namespace="flux-system"),
        ),
        R,
    ),
    Row("K8-not-ready", failing("BuildFailed", source=fetched(OTHER)), P, ["CFG_NOT_READY P"]),
    Row("S-source-suspended", only(source=answers_sources.source(spec={"suspend": True})), F, ["SRC_SUSPENDED F T"]),
    Row(
        "S-source-failing-once-for-two",
        config_sets(*(config_set(name=name, source=answers_sources.source(spec={"suspend": True})) for name in ("a", "b"))),
        F,
        ["SRC_SUSPENDED F T"],
    ),
    Row(
        "S-source-beside-what-is-expected",
        config_sets(config_set(), config_set(name="x", source=answers_sources.source(name="x", spec={"suspend": True}))),
        R,
        ["SRC_SUSPENDED F T"],
        expecting({"name": "apps"}),
    ),
    Row(
        "S-source-of-what-is-expected-stated-otherwise-beside-another",
        config_sets(config_set(), config_set(name="x", source=answers_sources.source(spec={"suspend": True}))),
        F,
        ["SRC_SUSPENDED F T"],
        expecting({"name": "apps"}),
    ),
    Row("S20-repo-status", only(repo_status="Failed"), U, ["SRC_STATUS_CONTRADICTION U"]),
    Row("S21-not-here", only(), P, [NOT_YET], {**wanting(OTHER_SHA), "wait_timeout": 10}),
)


@rows(*SOURCES)
def test_source(row: Row) -> None:
    row.check()


# --- K9: the expected revision ----------------------------------------------------------------------------------------------------

HERE = only()
REVISIONS = (
    *(Row(f"fits-{text}", HERE, R, options=wanting(text)) for text in (SHA, SHA[:7], SHA.upper(), REVISION, f"main/{SHA}")),
    Row("acceptable", HERE, R, options=wanting(OTHER_SHA, acceptable_revisions=[SHA])),
    Row("applied-decides", only(applied=OTHER, source=GONE), P, [NOT_YET], wanting()),
    Row("applied-fits", only(applied=REVISION, attempted=OTHER, source=GONE), R, options=wanting()),
    Row("attempted-only", failing("HealthCheckFailed", 20), P, ["CFG_NOT_READY P"], wanting()),
    Row("source-not-in-the-answer", only(source=GONE), R, options=wanting()),
    Row("source-not-in-the-answer-another", only(source=GONE), P, [NOT_YET], wanting(OTHER_SHA)),
    Row("states-none", only(source=GONE, attempted=GONE), U, ["CFG_REVISION_UNPARSABLE U"], wanting()),
    Row("states-none-any-more", [(0, HERE), (5, only(source=GONE, attempted=GONE))], U, ["CFG_REVISION_UNPARSABLE U"], wanting()),
    Row("not-yet", lasting(HERE, 599), P, [NOT_YET], wanting(OTHER_SHA)),
    Row("not-picked-up", lasting(HERE, 599, 600), F, [NOT_PICKED_UP], wanting(OTHER_SHA)),
    Row("not-picked-up-while-reconciling", [(0, HERE), (600, only(*progress(-595)))], F, [NOT_PICKED_UP], wanting(OTHER_SHA)),
    Row("superseded", [(0, HERE), (5, only(attempted=OTHER, source=fetched(OTHER)))], F, [SUPERSEDED], wanting("1" * 40)),
    Row(
        "superseded-wait",
        [(0, HERE), (5, only(attempted=OTHER, source=fetched(OTHER)))],
        P,
        ["CFG_REVISION_SUPERSEDED P"],
        {**wanting("1" * 40), "on_superseded": "wait"},
    ),
    Row(
        "superseded-allow",
        [(0, HERE), (5, only(attempted=OTHER, source=fetched(OTHER)))],
        R,
        ["CFG_REVISION_SUPERSEDED W"],
        {**wanting("1" * 40), "on_superseded": "allow"},
    ),
    Row("arrives", [(0, HERE), (5, only(attempted=OTHER, source=fetched(OTHER)))], R, options=wanting(OTHER_SHA)),
    Row("fetched-not-applied", AHEAD, P, [BEHIND, NOT_YET], wanting(OTHER_SHA)),
    Row("applied-and-behind", AHEAD, P, [BEHIND], wanting()),
    Row("superseded-and-behind", [(0, HERE), (5, only(attempted=OTHER))], F, [BEHIND, SUPERSEDED], wanting("1" * 40)),
    Row("branch", HERE, U, ["CFG_REVISION_UNPARSABLE U T"], wanting("main")),
    Row("opaque", only(attempted="v1.0.0", source=fetched("v1.0.0")), U, ["CFG_REVISION_UNPARSABLE U"], wanting()),
    Row("tag", only(attempted=f"v1@sha1:{SHA}", source=fetched(f"v1@sha1:{SHA}", spec={"ref": {"tag": "v1"}})), R, options=wanting("v1")),
    Row("tag-without-its-source", only(attempted=f"v1@sha1:{SHA}", source=GONE), P, [NOT_YET], wanting("v1")),
    Row(
        "of-every-config-set-of-a-source",
        config_sets(config_set(), config_set(name="b", attempted=OTHER)),
        P,
        [BEHIND, NOT_YET],
        expecting({"source": "podinfo", "revision": SHA}),
    ),
)


@rows(*REVISIONS)
def test_revision(row: Row) -> None:
    row.check()


def test_a_source_that_is_not_read_is_named_with_its_kind() -> None:
    said = finding(judge(only(follows={"kind": "OCIRepository", "name": "manifests"})), "CFG_BEHIND_SOURCE")
    assert (
        said.message == "Its source, OCIRepository default/manifests, is not in the answer, so it cannot be told whether that is applied."
    )
    assert said.remediation.startswith("Expect a revision of it: ")
    nothing = finding(judge(only(source=fetched(""))), "CFG_BEHIND_SOURCE")
    assert nothing.remediation.startswith("Bring its source back first: ")


def test_a_branch_expected_as_a_revision_is_told_as_what_to_correct() -> None:
    said = finding(judge(HERE, **wanting("main")), "CFG_REVISION_UNPARSABLE")
    assert said.remediation == "Expect a commit or a tag instead of the branch."


def test_messages_tell_fetched_from_applied() -> None:
    behind = finding(judge(AHEAD), "CFG_BEHIND_SOURCE")
    assert f"Applied is {REVISION}; its source default/podinfo has fetched {OTHER}." in behind.message
    not_yet = finding(judge(HERE, **wanting(OTHER_SHA)), "CFG_REVISION_NOT_YET")
    assert f"The applied revision is {REVISION}, not yet {OTHER_SHA}" in not_yet.message
    assert not_yet.message.endswith(f"Its source default/podinfo has fetched {REVISION}, which is not the expected one either.")
    waiting = judge(only(applied=REVISION, attempted=OTHER, source=fetched(OTHER)), **wanting(OTHER_SHA))
    assert finding(waiting, "CFG_BEHIND_SOURCE").verdict == P
    applying = finding(waiting, "CFG_REVISION_NOT_YET")
    assert applying.message.endswith(f"Its source default/podinfo has fetched {OTHER}, which is not applied yet.")


def test_only_an_equal_revision_is_called_applied() -> None:
    observed = judge(only(applied=REVISION), **wanting(SHA[:8])).subjects[0].observed
    assert observed == {
        "source": "default/podinfo",
        "source_revision": REVISION,
        "revision": REVISION,
        "attempted": REVISION,
        "since": ago(3600),
        "behind": False,
        "expected": [SHA[:8]],
        "applied": REVISION,
        "abbreviated": True,
    }
    for fields, options in ((HERE, {}), (HERE, wanting(OTHER_SHA)), (failing("BuildFailed"), wanting())):
        assert judge(fields, **options).subjects[0].observed["applied"] is None
    behind = judge(AHEAD, **wanting()).subjects[0].observed
    assert (behind["behind"], behind["applied"]) == (True, REVISION)
    assert judge(failing("BuildFailed")).subjects[0].observed["revision"] is None


@pytest.mark.parametrize(
    ("reason", "cause"),
    [
        ("DependencyNotReady", "dependency"),
        ("ArtifactFailed", "source"),
        ("BuildFailed", "build"),
        ("PruneFailed", "prune"),
        ("HealthCheckFailed", "health"),
        ("HealthCheckCanceled", "health"),
        ("ReconciliationFailed", "apply"),
    ],
)
def test_cause(reason: str, cause: str) -> None:
    assert finding(judge(failing(reason)), "CFG_NOT_READY").cause == cause


def test_what_is_missing_is_named_with_what_there_is() -> None:
    missing = finding(judge(HERE, **expecting({"name": "app"})), "CFG_MISSING")
    assert missing.message == "The expected config set is not there: name app. Nearest: apps."
    elsewhere = finding(judge(HERE, **expecting({"name": "apps", "source": "x"})), "CFG_MISSING")
    assert elsewhere.message.endswith(" There is default/apps of source default/podinfo.")
    assert (missing.kind, missing.name, missing.cluster_id) == ("ConfigSet", "app", CLUSTER)


def test_a_config_set_is_ready_since_its_current_ready() -> None:
    subject = judge(only(ready(since=40)))  # K11
    assert subject.subjects[0].ready_since is not None
    assert ago(40) == subject.subjects[0].ready_since.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert judge(only(ready(og=2))).subjects[0].ready_since is None
    assert judge(only(*progress())).subjects[0].ready_since is None


# --- K10: configSetStatus as second witness ---------------------------------------------------------------------------------------

BARE = changed(only(), ITEM + "kustomization.status", {"observedGeneration": 3})
CONTRADICTION = "CFG_STATUS_CONTRADICTION"
COLUMNS = {R: HERE, P: only(*progress()), F: failing("BuildFailed", 600), "none": BARE}
# configSetStatus: what it adds for R, P, F and none; empty: nothing.
MATRIX = {
    "Health": ("", "W", "W", "U"),
    "healthy": ("", "W", "W", "U"),
    "Progressing": ("P", "", "", ""),
    "Failed": ("U", "", "", "F r"),
    "Unknown": ("W", "", "", "U"),
    "Anything": ("W", "W", "W", "W"),
    "": ("W", "W", "W", "W"),
}


@pytest.mark.parametrize("status", MATRIX)
def test_second_witness(status: str) -> None:
    for (says, fields), mark in zip(COLUMNS.items(), MATRIX[status], strict=True):
        said = [str(seen.mark) for seen in judge(changed(fields, ITEM + "configSetStatus", status)).findings if seen.code == CONTRADICTION]
        assert said == ([mark] if mark else []), (says, status)
    assert not [seen for seen in judge(changed(HERE, ITEM + "configSetStatus", None)).findings if seen.code == CONTRADICTION]


def test_a_failure_or_unknown_stays_what_it_is() -> None:
    assert judge(changed(failing("BuildFailed", 600), ITEM + "configSetStatus", "Health")).verdict == F
    assert judge(changed(only(og=4), ITEM + "configSetStatus", "Progressing")).verdict == U


# --- options and shapes -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("want", "words"),
    [
        ({}, "expect[0]': got nothing, expected a name or a source"),
        ({"namespace": "x"}, "expect[0]': got namespace, expected a name or a source"),
        ({"name": "x", "revision": "abc123"}, "expect[0].revision'"),
        ({"name": "x", "acceptable_revisions": [SHA]}, "expect[0].acceptable_revisions'"),
        ({"source": "a/b/c"}, 'expect[0].source\': got "a/b/c", expected the name of a source, or its namespace/name'),
        ({"source": "/b"}, "expect[0].source'"),
    ],
)
def test_expectations_that_cannot_work(want: dict[str, Any], words: str) -> None:
    with pytest.raises(OptionError) as caught:
        validate_expect({"expect": [want]})
    assert words in str(caught.value)


def test_the_object_of_kubernetes_alone_is_enough() -> None:
    """As it is read from a cluster's own API."""
    item = config_set()
    source = GitRepository.parse({"repoType": "GitRepository", "gitRepository": item["gitRepository"]})
    alone = ConfigSet.of("Kustomization", item["kustomization"], [source])
    assert (alone.name, alone.namespace, alone.source, alone.attempted.text) == ("apps", "default", source, REVISION)
    assert alone.key == ConfigSet.parse(item, [source]).key


@drawn(st.dictionaries(st.sampled_from(["kustomization", "gitRepository", "helmRelease", "name", "configSetStatus", "clusterInfo"]), JSON))
@examples(150)
def test_any_shape_is_judged(item: Any) -> None:
    verdict = judge(config_sets(item, total=None)).verdict
    assert verdict != R or item.get("kustomization") or item.get("helmRelease")
    with contextlib.suppress(KeyError):
        assert verdict in (F, U, P, R)

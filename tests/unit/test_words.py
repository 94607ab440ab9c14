# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A decision in words: the headline and the reasons."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import headline, message, reasons
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE

F, U, P, R = "failed", "unknown", "progressing", "ready"


def check(verdict: str = R, advisory: bool = False, **counts: int) -> dict[str, Any]:
    """A check of a result."""
    return {"verdict": verdict, "advisory": advisory, "counts": {**dict.fromkeys((F, U, P, R), 0), **counts}}


NOTHING_MISSING = {"require": "all", "groups": [{"fleet": "prod", "clusters": 2, "required": 2, "ready": 2, "missing": []}]}


def decided(outcome: str, *checks: dict[str, Any], waited: float = 0.0) -> dict[str, Any]:
    """As much of a result as the headline needs."""
    decision = "allow" if outcome.startswith("passed") else "block"
    return {"decision": decision, "outcome": outcome, "checks": list(checks), "waited_seconds": waited, "tolerance": NOTHING_MISSING}


HEADLINES = [
    (decided("passed", check(ready=2)), "Deployment allowed: everything is ready (1 of 1 checks ready; objects: 2 ready)."),
    (
        decided("passed_with_warnings", check(ready=2), check(ready=1), check(F, advisory=True, failed=7)),
        "Deployment allowed: everything is ready, with warnings (2 of 2 checks ready; objects: 3 ready).",
    ),
    (
        decided("failed", check(F, failed=1, unknown=2, progressing=3, ready=4), check(ready=5), waited=9.2),
        "Deployment blocked: something has failed (1 of 2 checks ready; objects: 1 failed, 2 unknown, 3 progressing, 9 ready, after 9 s).",
    ),
    (
        decided("timeout", check(P, progressing=1), waited=1),
        "Deployment blocked: not ready in time (0 of 1 checks ready; objects: 1 progressing, after 1 s).",
    ),
    (decided("undecidable", check(U), waited=0.99), "Deployment blocked: it could not be found out (0 of 1 checks ready)."),
]


@pytest.mark.parametrize(("result", "line"), HEADLINES, ids=[result["outcome"] for result, _line in HEADLINES])
def test_headline(result: dict[str, Any], line: str) -> None:
    assert headline(result) == line


def test_message() -> None:
    assert message("First.", ["a", "b"]) == "First.\n1. a\n2. b"
    assert message("First.", []) == "First."


def finding(name: str = "podinfo", **fields: Any) -> dict[str, Any]:
    """A finding of a result."""
    known = {
        "code": "SRC_FETCH_FAILED",
        "verdict": F,
        "message": "It was refused.",
        "kind": "GitRepository",
        "namespace": "default",
        "name": name,
        "cluster_id": "c1",
        "since": None,
        "root_cause": None,
        "remediation": "Look.",
        "weight": "decides",
        "check": "sources",
    }
    return {**known, **fields}


TITLE = CATALOGUE["SRC_FETCH_FAILED"].title
NAMED = f"{TITLE} [SRC_FETCH_FAILED]."
SAID = f"{NAMED} It was refused."
PODINFO = "GitRepository default/podinfo"
ONE, TWO = f"{PODINFO} in cluster c1", "GitRepository default/a in cluster c1; GitRepository default/b in cluster c1"
API = {"kind": "API", "namespace": None, "name": None, "cluster_id": None}
REASONS: dict[str, tuple[list[dict[str, Any]], list[str]]] = {
    "none": ([], []),
    "one": ([finding()], [f"FAILED: {ONE}: {SAID} To do: Look."]),
    "since-and-cause": (
        [finding(since="2025-12-01T12:00:00Z", root_cause="Repository shop")],
        [f"FAILED: {ONE}: {SAID} Since 2025-12-01T12:00:00Z. Root cause: Repository shop. To do: Look."],
    ),
    "advisory": ([finding(weight="advisory")], [f"FAILED (advisory): {ONE}: {SAID} To do: Look."]),
    "waived": ([finding(weight="waived")], [f"FAILED (waived): {ONE}: {SAID} To do: Look."]),
    "beside": ([finding(weight="beside")], []),
    "no-cluster": ([finding(cluster_id=None)], [f"FAILED: {PODINFO}: {SAID} To do: Look."]),
    "cluster-only": ([finding(kind="Cluster", name=None, namespace=None)], [f"FAILED: sources in cluster c1: {SAID} To do: Look."]),
    "api": ([finding(**{**API, "name": "project p1"})], [f"FAILED: project p1: {SAID} To do: Look."]),
    "no-object": ([finding(**{**API, "kind": ""})], [f"FAILED: sources: {SAID} To do: Look."]),
    "two-objects": (
        [finding("a"), finding("b")],
        [f"FAILED: {TWO}: {SAID} To do: Look."],
    ),
    "one-object-in-clusters": (
        [finding(), finding(cluster_id="c2"), finding(cluster_id="c2")],
        [f"FAILED: GitRepository default/podinfo in 2 clusters (c1, c2): {SAID} To do: Look."],
    ),
    "many-clusters": (
        [finding(cluster_id=f"c{number}") for number in range(7)],
        [f"FAILED: GitRepository default/podinfo in 7 clusters (c0, c1, c2, c3, c4, and 2 more): {SAID} To do: Look."],
    ),
    "same-shape": (
        [finding("a", message="Failing for 10 s."), finding("b", message="Failing for 2 min.")],
        [f"FAILED: {TWO}: {NAMED} Failing for 10 s. To do: Look."],
    ),
    "no-full-stop": ([finding(message="no")], [f"FAILED: {ONE}: {NAMED} no. To do: Look."]),
    "title-in-the-message": (
        [finding(message=f"Yes: {TITLE}!")],
        [f"FAILED: {ONE}: Yes: {NAMED} To do: Look."],
    ),
}


@pytest.mark.parametrize("name", REASONS)
def test_reasons(name: str) -> None:
    findings, lines = REASONS[name]
    assert reasons(findings) == lines


@pytest.mark.parametrize(
    "other",
    [{"code": "SRC_NOT_READY"}, {"verdict": U}, {"weight": "waived"}, {"root_cause": "x"}, {"message": "It was lost."}],
    ids=["code", "verdict", "weight", "root-cause", "message"],
)
def test_what_is_another_reason(other: dict[str, Any]) -> None:
    assert len(reasons([finding("a"), finding("b", **other)])) == 2


def test_the_same_root_cause_is_one_reason_whatever_the_message() -> None:
    same = {"root_cause": "cluster egress/DNS"}
    assert len(reasons([finding("a", message="One.", **same), finding("b", message="Two.", **same)])) == 1


def test_past_ten_reasons_only_the_codes_are_counted() -> None:
    first = [finding(message=f"Reason {'i' * number}.") for number in range(10)]
    rest = [finding(message="x.", code="SRC_STALLED"), finding(message="Last."), finding("b", message="Last."), finding(message="y.")]
    lines = reasons([*first, *rest])
    assert len(lines) == 11
    assert lines[10] == "And more: SRC_FETCH_FAILED 3x, SRC_STALLED 1x. See findings for all of them."
    assert len(reasons(first)) == 10

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A decision in words: the headline, the numbers of objects, and the whole message."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.words import headline, message, ready_counts, worst_cause

F, U, P, R = "failed", "unknown", "progressing", "ready"


def of_clusters(advisory: bool = False, **verdicts: str) -> dict[str, Any]:
    """A check of clusters, each with its verdict."""
    targets = [{"id": name, "name": None, "verdict": verdict} for name, verdict in verdicts.items()]
    return {"advisory": advisory, "question": {"cluster_ids": list(verdicts)}, "targets": targets, "observed": [], "counts": {}}


def of_objects(kind: str = "Repository", advisory: bool = False, unread: int = 0, **verdicts: str) -> dict[str, Any]:
    """A check of a project's objects, each with its verdict; ``unread``: what stands for no object."""
    observed = [{"kind": kind, "namespace": None, "name": name, "verdict": verdict} for name, verdict in verdicts.items()]
    counts = {R: len(observed), U: unread}
    return {
        "advisory": advisory,
        "question": {"project_uuids": ["p"]},
        "targets": [],
        "observed": observed,
        "not_listed": {},
        "counts": counts,
    }


def not_listed(check: dict[str, Any], count: int) -> dict[str, Any]:
    """The check with more objects that are ready than it lists."""
    return {**check, "not_listed": {"Repository": count}, "counts": {**check["counts"], R: check["counts"][R] + count}}


def of_selected(by: str, **verdicts: str) -> dict[str, Any]:
    """A check of clusters that are asked for otherwise than by their ids."""
    check = of_clusters(**verdicts)
    return {**check, "question": {by: ["prod"]} if by else {}, "selection": {"choices": []}}


COUNTS = {
    "nothing": ([], ""),
    "one": ([of_clusters(a=R)], "1 of 1 cluster ready"),
    "clusters": ([of_clusters(a=R, b=F, c=P)], "1 of 3 clusters ready"),
    "a-cluster-of-two-checks": ([of_clusters(a=R, b=R), of_clusters(a=F, b=R, c=R)], "2 of 3 clusters ready"),
    "ids-in-another-case": ([of_clusters(a=R), of_clusters(A=U)], "0 of 1 cluster ready"),
    "two-kinds": ([of_clusters(a=R), of_objects(x=R, y=U)], "1 of 1 cluster and 1 of 2 repositories ready"),
    "three-kinds": (
        [of_clusters(a=R), of_objects(x=R), of_objects("Authorization", g=R)],
        "1 of 1 cluster, 1 of 1 repository and 1 of 1 authorization ready",
    ),
    "list-and-details": ([of_objects(x=R), of_objects(x=F)], "0 of 1 repository ready"),
    "advisory": ([of_clusters(a=R), of_clusters(advisory=True, b=F), of_objects(advisory=True, x=F)], "1 of 1 cluster ready"),
    "by-fleet": ([of_clusters(a=R), of_selected("fleets", a=R, b=F)], "1 of 2 clusters ready"),
    "all-clusters": ([of_clusters(a=R), of_selected("", A=R, b=R)], "2 of 2 clusters ready"),
    "no-list-of-clusters": ([{**of_selected("", **{"": U}), "selection": None, "not_listed": {}}], ""),
    "more-than-are-listed": ([not_listed(of_objects(x=R, y=F), 5)], "6 of 7 repositories ready"),
    "more-than-are-listed-in-one-of-two": ([of_clusters(a=R), not_listed(of_objects(x=R), 5), of_objects(z=R)], "1 of 1 cluster ready"),
    "a-list-that-was-not-read-whole": ([of_clusters(a=R), of_objects(unread=1, x=R)], "1 of 1 cluster ready"),
}


@pytest.mark.parametrize("name", COUNTS)
def test_objects_are_counted(name: str) -> None:
    checks, expected = COUNTS[name]
    assert ready_counts(checks) == expected


def reason(short: str = "It is so", verdict: str = F, weight: str = "decides", **fields: Any) -> dict[str, Any]:
    """As much of a reason as the words need."""
    told = {"summary": short, "detail": "", "since": None, "code": "SRC_STALLED", "consequences": [], "remediation": "Mend it."}
    return {**told, "short": short, "verdict": verdict, "weight": weight, **fields}


def tolerance(require: str, ready: int, clusters: int, *missing: dict[str, Any], fleet: str | None = "prod") -> dict[str, Any]:
    """How many clusters had to be ready, as it stands in a result."""
    group = {"fleet": fleet, "clusters": clusters, "required": clusters, "ready": ready, "missing": list(missing)}
    return {"require": require, "groups": [group]}


def decided(outcome: str, *reasons: dict[str, Any], waited: float = 0.0, checks: Any = ()) -> dict[str, Any]:
    """As much of a result as the headline needs; each reason is of one finding."""
    decision = "allow" if outcome.startswith("passed") else "block"
    told = {"causes": reasons, "findings": reasons, "checks": list(checks), "tolerance": tolerance("all", 2, 2), "decides_on": "deployment"}
    return {"decision": decision, "outcome": outcome, "waited_seconds": waited, **told}


WARNING = reason("Harmless", "warning")
HEADLINES = {
    "passed": (decided("passed", checks=[of_clusters(a=R)]), "Deployment allowed: everything is ready (1 of 1 cluster ready)."),
    "with-a-warning": (decided("passed_with_warnings", WARNING), "Deployment allowed: everything that counts is ready, with 1 warning."),
    "with-more": (
        decided("passed_with_warnings", WARNING, WARNING, reason(weight="waived"), reason(weight="advisory"), waited=9.2),
        "Deployment allowed: everything that counts is ready, with 1 waived finding, 1 advisory finding and 2 warnings (after 9 s).",
    ),
    "failed": (
        decided("failed", reason("A is broken"), checks=[of_clusters(a=F, b=R)], waited=9.2),
        "Deployment blocked: A is broken (1 of 2 clusters ready, after 9 s).",
    ),
    "and-more": (
        decided("failed", reason("A is broken"), reason(verdict=U), reason(verdict=P), WARNING, reason(weight="waived")),
        "Deployment blocked: A is broken, and 2 more.",
    ),
    "timeout": (decided("timeout", reason("A starts", P), waited=1), "Deployment blocked: not ready in time: A starts (after 1 s)."),
    "undecidable": (decided("undecidable", reason("A is silent", U), waited=0.99), "Deployment blocked: A is silent."),
    "code": (
        {**decided("passed", checks=[of_clusters(a=R)]), "decides_on": "code"},
        "Check passed: everything is in order (1 of 1 cluster in order).",
    ),
    "code-failed": ({**decided("failed", reason("A is broken")), "decides_on": "code"}, "Check failed: A is broken."),
    "no-reason": (decided("failed", WARNING), "Deployment blocked: something has failed."),
}


def test_files_are_not_counted_for_those_in_order_are_no_objects() -> None:
    objects = [
        {"kind": kind, "namespace": None, "name": kind, "verdict": verdict} for kind, verdict in (("File", F), ("DeclaredKustomization", R))
    ]
    checks = [{"advisory": False, "question": {}, "observed": objects, "not_listed": {}, "counts": {R: 1, F: 1}}]
    assert ready_counts(checks, "in order") == "1 of 1 declared kustomization in order"


@pytest.mark.parametrize("name", HEADLINES)
def test_headline(name: str) -> None:
    result, line = HEADLINES[name]
    assert headline(result) == line


EU, NAMELESS = {"id": "c1", "name": "prod-eu", "verdict": F}, {"id": "c2", "name": None, "verdict": U}
WITHOUT = {
    "fleet": (tolerance("90%", 9, 10, EU), " Without prod-eu (c1) of fleet prod: 9 of 10 clusters are ready, 90% must be."),
    "all-clusters": (tolerance("1", 1, 3, EU, NAMELESS, fleet=None), " Without prod-eu (c1), c2: 1 of 3 clusters are ready, 1 must be."),
}


@pytest.mark.parametrize("name", WITHOUT)
def test_clusters_that_were_not_needed_are_named_where_it_is_allowed(name: str) -> None:
    without, words = WITHOUT[name]
    allowed = {**decided("passed_with_warnings", reason(weight="tolerated")), "tolerance": without}
    assert headline(allowed) == f"Deployment allowed: everything that counts is ready, with 1 tolerated finding.{words}"
    blocked = {**decided("failed", reason(weight="tolerated"), reason("B")), "tolerance": without}
    assert headline(blocked) == "Deployment blocked: B."


def test_what_is_tolerated_says_that_it_did_not_block() -> None:
    lines = message("First.", [reason("A is broken", weight="tolerated")]).splitlines()
    assert lines[1] == "1. TOLERATED (did not block): A is broken. [SRC_STALLED]"


@pytest.mark.parametrize("weight", ["advisory", "waived", "tolerated"])
def test_what_does_not_decide_is_no_cause(weight: str) -> None:
    assert worst_cause([reason(weight=weight), WARNING]) == ""
    assert worst_cause([reason("A", weight=weight), reason("B")]) == "B"


def test_message() -> None:
    told = reason("A is broken", detail="It says so.", since="2025-12-01T12:00:00Z", consequences=["3 sources", "1 more"])
    assert message("First.", [told, WARNING]).splitlines() == [
        "First.",
        "1. FAILED: A is broken, since 2025-12-01T12:00:00Z at least. It says so. [SRC_STALLED]",
        "   With it: 3 sources, 1 more.",
        "   To do: Mend it.",
        "2. WARNING: Harmless. [SRC_STALLED]",
        "   To do: Mend it.",
    ]
    assert message("First.", []) == "First."


def test_past_ten_reasons_only_the_codes_are_counted() -> None:
    ten = [reason()] * 10
    assert len(message("First.", ten).splitlines()) == 21
    more = [reason(), reason(code="SRC_SUSPENDED"), reason()]
    assert message("First.", [*ten, *more]).splitlines()[21:] == [
        "And 3 more reasons: SRC_STALLED 2x, SRC_SUSPENDED 1x. See reasons for all of them."
    ]
    assert message("First.", [*ten, reason()]).splitlines()[-1].startswith("And 1 more reason: SRC_STALLED 1x.")

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for clusters: rows N of rules.rst."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.selections import Choice, ListRead, Selection
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.clusters import judge, judge_selection
from hypothesis import given as drawn

from unit.answers import ANY_VALUE, GONE, NOW, examples
from unit.answers_clusters import cluster, clusters, condition, reading, selection

ENDPOINT = ENDPOINTS["ucs_cluster"]
R, U, P, F = "ready", "unknown", "progressing", "failed"

# --- How a cluster is: what it states, its verdict, the codes with their marks

STATES: list[tuple[str, dict[str, Any], str, list[str]]] = [
    ("N5 in arrears", {"arrearFreeze": "true"}, F, ["CLUSTER_FROZEN F T"]),
    ("N5 as a boolean", {"arrearFreeze": True}, F, ["CLUSTER_FROZEN F T"]),
    ("N5 in capitals", {"arrearFreeze": "True"}, F, ["CLUSTER_FROZEN F T"]),
    ("N5 by policy", {"policyFreeze": "true"}, F, ["CLUSTER_FROZEN F T"]),
    ("N5 by policy, as the SDK spells it", {"policeFreeze": "true"}, F, ["CLUSTER_FROZEN F T"]),
    ("N5 both", {"arrearFreeze": "true", "policyFreeze": "true"}, F, ["CLUSTER_FROZEN F T", "CLUSTER_FROZEN F T"]),
    *((f"N5 not: {value!r}", {"arrearFreeze": value, "policyFreeze": value}, R, []) for value in ("false", "False", False, "", None, GONE)),
    *(
        (f"N8 freeze {value!r}", {"arrearFreeze": value}, U, ["CLUSTER_PHASE_UNDOCUMENTED U"])
        for value in ("yes", "1", 1, 0, [True], {"frozen": True})
    ),
    *((f"N6 status {value!r}", {"conditions": [condition(value)]}, R, []) for value in ("True", "Available", "true", "AVAILABLE", True)),
    *(
        (f"N6 status {value!r}", {"conditions": [condition(value, 299)]}, P, ["CLUSTER_NOT_READY P"])
        for value in ("False", "Unknown", False, None, "", "Federalized", 1)
    ),
    ("N6 at stuck_after", {"conditions": [condition("False", 300)]}, F, ["CLUSTER_NOT_READY F r"]),
    (
        "N6 with an offset",
        {"conditions": [condition("False", lastTransitionTime="2025-12-01T19:55:00+08:00")]},
        F,
        ["CLUSTER_NOT_READY F r"],
    ),
    (
        "N6 with an offset, younger",
        {"conditions": [condition("False", lastTransitionTime="2025-12-01T19:55:01+08:00")]},
        P,
        ["CLUSTER_NOT_READY P"],
    ),
    (
        "N6 in the form of Go",
        {"conditions": [condition("False", lastTransitionTime="2025-12-01 11:55:00.558128 +0000 UTC")]},
        P,
        ["CLUSTER_NOT_READY P"],
    ),
    (
        "N6 in the form of Go, older",
        {"conditions": [condition("False", lastTransitionTime="2025-12-01 11:54:59.558128 +0000 UTC")]},
        F,
        ["CLUSTER_NOT_READY F r"],
    ),
    ("N6 of the year 1", {"conditions": [condition("False", lastTransitionTime="0001-01-01T00:00:00Z")]}, P, ["CLUSTER_NOT_READY P"]),
    ("N6 without a time", {"conditions": [condition("False", lastTransitionTime=GONE)]}, P, ["CLUSTER_NOT_READY P"]),
    ("N6 type in other case", {"conditions": [condition("False", 0, type="READY")]}, P, ["CLUSTER_NOT_READY P"]),
    ("N6 side by side", {"conditions": [condition("Available"), condition("True")]}, R, []),
    ("N6 one of two", {"conditions": [condition("Available"), condition("False", 0)]}, P, ["CLUSTER_NOT_READY P"]),
    (
        "N6 both of two",
        {"conditions": [condition("Unknown", 5), condition("False", 300)]},
        F,
        ["CLUSTER_NOT_READY P", "CLUSTER_NOT_READY F r"],
    ),
    ("N6 another type", {"conditions": [condition("False", type="Federation")]}, R, []),
    *((f"N6 conditions {value!r}", {"conditions": value}, R, []) for value in ([], None, GONE)),
    *(
        (f"N8 conditions {value!r}", {"conditions": value}, U, ["CLUSTER_PHASE_UNDOCUMENTED U"])
        for value in (
            "x",
            "",
            False,
            1,
            {},
            condition("False"),
            [None],
            ["Ready"],
            [condition("False", type=GONE)],
            [condition("True"), []],
        )
    ),
    ("N7", {"nodeSummary": {"totalNum": 3, "readyNum": 0}}, F, ["CLUSTER_NO_NODE F r"]),
    ("N7 as text", {"nodeSummary": {"readyNum": "0"}}, F, ["CLUSTER_NO_NODE F r"]),
    *(
        (f"N7 not: {value!r}", {"nodeSummary": value}, R, [])
        for value in ({"readyNum": 1}, {"readyNum": "2"}, {"readyNum": None}, {"readyNum": ""}, {}, None, GONE)
    ),
    *(
        (f"N8 nodes {value!r}", {"nodeSummary": value}, U, ["CLUSTER_PHASE_UNDOCUMENTED U"])
        for value in ("x", "", 0, False, [], [{"readyNum": 0}], *({"readyNum": each} for each in (False, "none", "0/3", -1, 0.5, [0], {})))
    ),
    *(
        (f"N8 phase {value!r}", {"phase": value}, U, ["CLUSTER_PHASE_UNDOCUMENTED U"])
        for value in ("Pending", "Unavailable", "", None, GONE, True, 1)
    ),
    ("N9 in other case", {"phase": "available"}, R, []),
    ("N9", {}, R, []),
    ("all that fit", {"phase": "X", "arrearFreeze": "true"}, F, ["CLUSTER_FROZEN F T", "CLUSTER_PHASE_UNDOCUMENTED U"]),
    ("G7 301 s ahead", {"conditions": [condition("True", -301)]}, R, ["CLOCK_SKEW W"]),
    ("G7 300 s ahead", {"conditions": [condition("True", -300)]}, R, []),
]


@pytest.mark.parametrize(("status", "verdict", "codes"), [row[1:] for row in STATES], ids=[row[0] for row in STATES])
def test_state(status: dict[str, Any], verdict: str, codes: list[str]) -> None:
    given = clusters(cluster(**status))
    for how in (given, ENDPOINT.reading_of(ENDPOINT.as_dict(given, summary=True), "readings[0]")):
        judgement = judge(how, {}, History())
        assert judgement.verdict == verdict
        assert [f"{finding.code} {finding.mark}" for finding in judgement.findings] == codes
        assert {(finding.cluster_id, finding.cluster_name) for finding in judgement.findings} <= {("c1", "prod-eu")}


@pytest.mark.parametrize(
    ("status", "message"),
    [
        ({"nodeSummary": {"totalNum": 3, "readyNum": 0}}, "None of the 3 nodes of the cluster is ready."),
        ({"nodeSummary": {"readyNum": 0}}, "No node of the cluster is ready."),
        ({"nodeSummary": {"readyNum": "many"}}, "Whether the cluster is ready cannot be told: nodeSummary.readyNum is 'many'."),
        ({"conditions": "x"}, "Whether the cluster is ready cannot be told: conditions is 'x'."),
    ],
)
def test_what_is_said_of_a_state(status: dict[str, Any], message: str) -> None:
    assert [finding.message for finding in judge(clusters(cluster(**status)), {}, History()).findings] == [message]


def test_a_condition_without_a_time_counts_from_the_first_sample() -> None:
    history, verdicts = History(), []
    for seconds in (0, 299, 300):
        given = cluster(conditions=[condition("False", lastTransitionTime="0001-01-01T00:00:00Z")])
        read = clusters(entries=(Entry("c1", NOW + timedelta(seconds=seconds), given),), selection=None)
        judgement = judge(read, {}, history)
        history = judgement.history
        verdicts.append(judgement.verdict)
    assert verdicts == [P, P, F]


def test_a_cluster_tells_of_itself() -> None:
    (subject,) = judge(clusters(cluster(kubernetesVersion="v1.29.8-r0")), {}, History()).subjects
    assert (subject.kind, subject.name, subject.cluster_id, subject.cluster_name, subject.is_state) == (
        "Cluster",
        "prod-eu",
        "c1",
        "prod-eu",
        True,
    )
    assert subject.observed == {"phase": "Available", "kubernetes_version": "v1.29.8-r0", "nodes_ready": 3}


def test_a_selected_cluster_that_is_no_longer_in_the_list() -> None:
    chosen = selection(Choice("fleets", "prod", ("c1", "c2"), "f1"))
    judgement = judge(clusters(cluster(), selection=chosen), {}, History())
    assert [(each.cluster_id, each.code, str(each.mark)) for each in judgement.findings] == [("c2", "CLUSTER_NOT_FOUND", "F T")]
    cut = selection(Choice("fleets", "prod", ("c1", "c2"), "f1"), lists=(ListRead("clusters", 1, 2),))
    assert judge(clusters(cluster(), selection=cut), {}, History()).findings == []  # LIST_INCOMPLETE says it


@drawn(ANY_VALUE)
@examples(150)
def test_any_status_is_judged(value: Any) -> None:
    for status in ({"phase": value}, {"conditions": value}, {"conditions": [value]}, {"arrearFreeze": value}, {"nodeSummary": value}):
        assert judge(clusters(cluster(**status)), {}, History()).verdict in (R, U, P, F)
    assert judge(clusters({"status": value, "metadata": value, "spec": value}), {}, History()).verdict in (R, U, P, F)


# --- Which clusters a question means

WHOLE = (ListRead("clusters", 3, 3), ListRead("fleets", 1, 1))
CHOICES: list[tuple[str, Selection, list[tuple[str, str, str]]]] = [
    ("N1 name", selection(Choice("cluster_names", "prod-x", hint=" Nearest: prod-eu.")), [("cluster prod-x", "CLUSTER_NOT_FOUND", "F T")]),
    ("N1 fleet", selection(Choice("fleets", "prod")), [("fleet prod", "CLUSTER_NOT_FOUND", "F T")]),
    ("N1 id", selection(Choice("cluster_ids", "c9")), [("cluster c9", "CLUSTER_NOT_FOUND", "F T")]),
    ("N1 list cut", selection(Choice("fleets", "x"), lists=(ListRead("clusters", 2, 3),)), [("clusters", "LIST_INCOMPLETE", "U")]),
    (
        "N1 list cut, all found",
        selection(Choice("cluster_names", "a", ("c1",)), lists=(ListRead("clusters", 2, 3),)),
        [("clusters", "LIST_INCOMPLETE", "U")],
    ),
    (
        "N1 list of fleets cut",
        selection(Choice("fleets", "x"), lists=(WHOLE[0], ListRead("fleets", 1, 2))),
        [("fleets", "LIST_INCOMPLETE", "U")],
    ),
    ("N1 total below", selection(Choice("cluster_names", "a", ("c1",)), lists=(ListRead("clusters", 3, 2),)), []),
    ("N1 total not stated", selection(Choice("cluster_names", "a", ("c1",)), lists=(ListRead("clusters", 3),)), []),
    ("N2 name", selection(Choice("cluster_names", "a", candidates=("c1", "c2"))), [("cluster a", "CLUSTER_AMBIGUOUS", "F T")]),
    ("N2 fleet", selection(Choice("fleets", "a", candidates=("f1", "f2"))), [("fleet a", "CLUSTER_AMBIGUOUS", "F T")]),
    ("N3 fleet", selection(Choice("fleets", "a", fleet_id="f1")), [("fleet a", "CLUSTER_NONE", "U T")]),
    ("N3 labels", selection(Choice("cluster_labels", "env=prod")), [("labels env=prod", "CLUSTER_NONE", "U T")]),
    ("N3 none at all", selection(Choice("all", ""), lists=(ListRead("clusters", 0, 0),)), [("all clusters", "CLUSTER_NONE", "U T")]),
    ("E6 null", selection(Choice("fleets", "a"), lists=(ListRead("clusters", None),)), [("clusters", "API_SHAPE", "U T")]),
    (
        "E6 without an id",
        selection(Choice("cluster_names", "a", ("c1",)), lists=(ListRead("clusters", 3, 3, 1),)),
        [("clusters", "API_SHAPE", "U T")],
    ),
    ("clear", selection(Choice("fleets", "prod", ("c1",), "f1"), Choice("cluster_names", "a", ("c2",)), lists=WHOLE), []),
]


@pytest.mark.parametrize(("chosen", "expected"), [row[1:] for row in CHOICES], ids=[row[0] for row in CHOICES])
def test_selection(chosen: Selection, expected: list[tuple[str, str, str]]) -> None:
    for read in (reading(chosen), reading(selection(Choice("cluster_names", "a", ("c1",))), "c1", now=chosen)):
        found = [
            (each.name, finding.code, str(finding.mark))
            for each in judge_selection(read, History(), History())
            for finding in each.findings
        ]
        assert [each for each in found if each[1] != "CLUSTER_SET_CHANGED"] == expected
    assert chosen.clear is (not expected)
    assert Selection.from_dict(chosen.as_dict()) == chosen


def test_messages_name_what_was_asked_and_what_there_is() -> None:
    chosen = selection(
        Choice("cluster_names", "prod-x", hint=" Nearest: prod-eu."),
        Choice("fleets", "a", candidates=("f1", "f2")),
        Choice("cluster_labels", "env=prod"),
    )
    said = [finding.message for each in judge_selection(reading(chosen), History(), History()) for finding in each.findings]
    assert said == [
        "There is no cluster of the name prod-x. Nearest: prod-eu.",
        "2 fleets have the name a: f1, f2.",
        "No cluster has the labels env=prod.",
    ]


def test_the_set_changes_and_stays_said() -> None:
    fixed = selection(Choice("fleets", "prod", ("c1", "c2"), "f1"), c1="prod-eu", c2="prod-us")
    later = selection(Choice("fleets", "prod", ("c2", "c3"), "f1"), c2="prod-us", c3="prod-asia")
    history, said = History(), []
    for now in (fixed, later, fixed, None):
        read = reading(fixed, "c1", "c2", now=now)
        following = History()
        said.append([finding.message for each in judge_selection(read, history, following) for finding in each.findings])
        history = following
    change = "The set of clusters has changed since the first sample: prod-eu (c1) left; prod-asia (c3) came and was not asked."
    assert said == [[], [change], [change], [change]]


def test_the_case_and_order_of_ids_are_no_change() -> None:
    fixed, now = (selection(Choice("fleets", "prod", ids, "f1")) for ids in (("c1", "C2"), ("c2", "C1")))
    assert judge_selection(reading(fixed, "c1", "C2", now=now), History(), History()) == []


@pytest.mark.parametrize(
    ("status", "code", "expected"),
    [(403, "", "API_FORBIDDEN"), (404, "APIG.0101", "API_WITHDRAWN"), (404, "", "CLUSTER_NOT_FOUND"), (500, "", "API_UNAVAILABLE")],
)
def test_a_look_up_that_failed(status: int, code: str, expected: str) -> None:
    """E2, E3, E4, E9: by the code of clusters, whatever endpoint was to be asked about them; nothing seen before is forgotten."""
    failed = ReadError("", NOW, ApiError("refused", status, code, service="ucs", path="/v1/clusters"))
    endpoint = ENDPOINTS["ucs_gitops"]
    earlier = History(started={"c1": NOW}, seen={("c1", "x"): NOW})
    judgement = endpoint.judge(Reading("ucs_gitops", {"fleets": ["prod"]}, errors=(failed,)), {"fleets": ["prod"]}, earlier)
    assert [finding.code for finding in judgement.findings] == [expected]
    assert "Clusters could not be looked up" in judgement.findings[0].message
    assert judgement.history.seen == earlier.seen


def test_the_name_of_a_cluster_stands_in_every_finding_about_it() -> None:
    chosen = selection(Choice("fleets", "prod", ("c1",), "f1"), c1="prod-eu")
    judgement = ENDPOINTS["ucs_gitops"].judge(reading(chosen, "c1"), {}, History())
    assert {(finding.code, finding.cluster_id, finding.cluster_name) for finding in judgement.findings} == {
        ("GITOPS_NOT_ENABLED", "c1", "prod-eu")
    }

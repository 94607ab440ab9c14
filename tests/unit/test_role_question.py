# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question of the role: what its variables ask for, what is accepted for them, and what is refused in one sentence."""

from __future__ import annotations

from datetime import date, datetime, timezone
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.errors import AnsibleLookupError
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.loader import lookup_loader
from ansible.template import Templar
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import VARIABLES, question

try:
    from ansible.template import trust_as_template
except ImportError:  # before ansible-core 2.19 every text may be one
    trust_as_template = str

ROLE = Path(__file__).resolve().parent.parent.parent / "roles" / "gitops_gate"
NOW = datetime(2025, 12, 1, 12, tzinfo=timezone.utc)
COMMIT = "4be1f0c7a96d3258e07b41c5d8f2a6903b7ce514"
WAIVER = {"code": "SRC_SUSPENDED", "kind": "GitRepository", "name": "*", "reason": "CHG-7", "owner": "platform", "expires": "2025-12-03"}


def ask(purpose: str = "gate", **variables: Any) -> dict[str, Any]:
    """The question for variables without their prefix; a cluster is asked for, unless they say otherwise."""
    given = {"clusters": ["c1"], **variables}
    return question({f"gitops_gate_{name}": value for name, value in given.items()}, NOW, purpose)


def test_what_clusters_alone_ask_for() -> None:
    asked = ask()
    assert asked["refused"] is None
    assert asked["endpoints"] == ["ucs_gitops", "ucs_repository_source"]
    assert asked["checks"] == [
        {
            "ucs_gitops": {"cluster_ids": ["c1"], "controllers": ["source-controller", "kustomize-controller"], "enabling": False},
            "advisory": False,
        },
        {"ucs_repository_source": {"cluster_ids": ["c1"], "expect": [], "on_superseded": "block"}, "advisory": False},
    ]
    assert asked["reads"]["ucs_gitops"] == {**asked["checks"][0]["ucs_gitops"], "failure_grace": 120.0, "stuck_after": 300.0}
    assert asked["policy"] == {
        "wait_timeout": 600.0,
        "interval": 10.0,
        "steady_for": 30.0,
        "fail_fast": "terminal",
        "failure_grace": 120.0,
        "stuck_after": 300.0,
        "error_limit": 4,
        "max_reading_age": 600.0,
        "require": "all",
    }
    assert (asked["waivers"], asked["enforce"], asked["connection"], asked["receipt"]) == ([], True, {}, "")
    assert asked["report"] == {"path": "", "formats": ["json", "markdown", "junit", "html"]}


def test_what_everything_asks_for() -> None:
    """Expected repositories are looked for in the details, too; the revision of all goes to the sources that name none."""
    asked = ask(
        sources=[{"name": "shop"}, {"url": "https://git.example.net/x", "revision": "v1.0"}],
        revision=COMMIT,
        projects="p1",
        repository_uuids=["r1"],
        repositories=[{"name": "shop", "private": "yes", "min_role": "30"}],
        authorizations={"host": "github.com"},
        advisory="codearts_repository",
        codearts_timezone="Asia/Shanghai",
        restart_max="0",
    )
    checks = {kind: options for check in asked["checks"] for kind, options in check.items() if kind != "advisory"}
    assert list(checks) == asked["endpoints"]
    assert checks["ucs_repository_source"]["expect"] == [
        {"name": "shop", "revision": COMMIT},
        {"url": "https://git.example.net/x", "revision": "v1.0"},
    ]
    repositories = [{"name": "shop", "private": True, "min_role": 30}]
    assert checks["codearts_project_repository"] == {"project_uuids": ["p1"], "expect": repositories}
    assert checks["codearts_repository"] == {"repository_uuids": ["r1"], "expect": repositories}
    assert checks["servicestage_git_authorization"] == {"expect": [{"host": "github.com"}]}
    assert [check["advisory"] for check in asked["checks"]] == [False, False, False, True, False]
    assert (asked["policy"]["restart_max"], asked["policy"]["codearts_timezone"]) == (0, "Asia/Shanghai")
    assert asked["reads"]["ucs_gitops"]["restart_max"] == 0
    assert asked["reads"]["codearts_repository"]["codearts_timezone"] == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("name", "given", "path", "expected"),
    [
        pytest.param("wait_timeout", "10m", ("policy", "wait_timeout"), 600.0, id="minutes"),
        pytest.param("wait_timeout", "1h30m", ("policy", "wait_timeout"), 5400.0, id="hours and minutes"),
        pytest.param("wait_timeout", "600", ("policy", "wait_timeout"), 600.0, id="digits"),
        pytest.param("wait_timeout", 0, ("policy", "wait_timeout"), 0.0, id="zero"),
        pytest.param("wait_timeout", "0", ("policy", "wait_timeout"), 0.0, id="zero as text"),
        pytest.param("wait_timeout", None, ("policy", "wait_timeout"), 600.0, id="null is the default"),
        pytest.param("interval", 0.2, ("policy", "interval"), 0.2, id="fraction"),
        pytest.param("max_reading_age", "5m", ("policy", "max_reading_age"), 300.0, id="reading age"),
        pytest.param("error_limit", "7", ("policy", "error_limit"), 7, id="count as text"),
        pytest.param("fail_fast", "any", ("policy", "fail_fast"), "any", id="choice"),
        pytest.param("enforce", "false", ("enforce",), False, id="false"),
        pytest.param("enforce", "No", ("enforce",), False, id="no"),
        pytest.param("enforce", "0", ("enforce",), False, id="0 as text"),
        pytest.param("enforce", 0, ("enforce",), False, id="0"),
        pytest.param("enforce", "off", ("enforce",), False, id="off"),
        pytest.param("enforce", "True", ("enforce",), True, id="True as text"),
        pytest.param("check_gitops", "false", ("endpoints",), ["ucs_repository_source"], id="a check off by text"),
        pytest.param(
            "check_authorizations",
            "true",
            ("endpoints",),
            ["ucs_gitops", "ucs_repository_source", "servicestage_git_authorization"],
            id="a check on by text",
        ),
        pytest.param("check_authorizations", "false", ("endpoints",), ["ucs_gitops", "ucs_repository_source"], id="authorizations off"),
        pytest.param("clusters", "a,b", ("reads", "ucs_gitops", "cluster_ids"), ["a", "b"], id="a list as text"),
        pytest.param("clusters", "a", ("reads", "ucs_gitops", "cluster_ids"), ["a"], id="one of a list"),
        pytest.param("clusters", "a\nb\n", ("reads", "ucs_gitops", "cluster_ids"), ["a", "b"], id="a list in lines"),
        pytest.param("clusters", " a, b ,\n\n c \n", ("reads", "ucs_gitops", "cluster_ids"), ["a", "b", "c"], id="lines with commas"),
        pytest.param("clusters", ' ["a", "b"] ', ("reads", "ucs_gitops", "cluster_ids"), ["a", "b"], id="a list as JSON"),
        pytest.param("clusters", 12345, ("reads", "ucs_gitops", "cluster_ids"), ["12345"], id="an id of digits"),
        pytest.param("controllers", [], ("reads", "ucs_gitops", "controllers"), [], id="no controllers"),
        pytest.param("sources", '[{"name": "shop"}]', ("reads", "ucs_repository_source", "expect"), [{"name": "shop"}], id="JSON"),
        pytest.param("sources", {"name": "shop"}, ("reads", "ucs_repository_source", "expect"), [{"name": "shop"}], id="one source"),
        pytest.param(
            "sources", [{"name": "x", "branch": None}], ("reads", "ucs_repository_source", "expect"), [{"name": "x"}], id="null in a source"
        ),
        pytest.param(
            "sources",
            [{"name": "x", "revision": 1234567, "acceptable_revisions": "aaaaaaa,bbbbbbb"}],
            ("reads", "ucs_repository_source", "expect"),
            [{"name": "x", "revision": "1234567", "acceptable_revisions": ["aaaaaaa", "bbbbbbb"]}],
            id="revisions of a source",
        ),
        pytest.param("waivers", [{**WAIVER, "expires": date(2025, 12, 3)}], ("waivers",), [WAIVER], id="YAML makes dates"),
        pytest.param(
            "waivers", [{**WAIVER, "cluster": "test-*"}], ("waivers",), [{**WAIVER, "cluster": "test-*"}], id="waiver of a cluster"
        ),
        pytest.param("report_dir", "out", ("receipt",), "out/gitops-gate.json", id="the receipt is beside the reports"),
        pytest.param("report_formats", "json,html", ("report", "formats"), ["json", "html"], id="formats"),
        pytest.param("connection", '{"region": "cn-north-4"}', ("connection",), {"region": "cn-north-4"}, id="connection as JSON"),
    ],
)
def test_what_people_and_surveys_send_works(name: str, given: Any, path: tuple[str, ...], expected: Any) -> None:
    value: Any = ask(**{name: given})
    assert value["refused"] is None
    for key in path:
        value = value[key]
    assert value == expected
    assert type(value) is type(expected)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({"check_config_sets": True}, [], id="all"),
        pytest.param({"config_sets": {"name": "a"}}, [{"name": "a"}], id="named"),
        pytest.param(
            {"config_sets": [{"name": "a"}, {"source": "b", "revision": "v1"}], "revision": COMMIT},
            [{"name": "a", "revision": COMMIT}, {"source": "b", "revision": "v1"}],
            id="the-revision-of-all",
        ),
        pytest.param(
            {
                "check_config_sets": "yes",
                "sources": [
                    {"name": "a", "namespace": "x", "branch": "main"},
                    {"name": "b", "revision": "v1", "acceptable_revisions": ["v2"]},
                ],
                "revision": COMMIT,
            },
            [{"source": "x/a", "revision": COMMIT}, {"source": "b", "revision": "v1", "acceptable_revisions": ["v2"]}],
            id="what-follows-the-sources",
        ),
        pytest.param(
            {"config_sets": {"name": "a"}, "check_sources": False, "revision": COMMIT},
            [{"name": "a", "revision": COMMIT}],
            id="without-sources",
        ),
    ],
)
def test_what_config_sets_are_asked_for(given: dict[str, Any], expected: list[dict[str, Any]]) -> None:
    asked = ask(**given)
    assert asked["refused"] is None
    assert asked["reads"]["ucs_config_set"]["expect"] == expected
    assert asked["gate"]["checks"][1] == {
        "ucs_config_set": {"cluster_ids": ["c1"], "expect": expected, "on_superseded": "block"},
        "advisory": False,
    }


def test_config_sets_are_not_asked_for_unless_somebody_wants_them() -> None:
    assert "ucs_config_set" not in ask(sources=[{"name": "a"}], revision=COMMIT)["endpoints"]


@pytest.mark.parametrize("given", [1234567, "1234567", "  1234567 "], ids=["number", "text", "spaces"])
def test_a_short_commit_of_digits_is_text(given: Any) -> None:
    asked = ask(sources=[{"name": "podinfo"}], revision=given)
    assert asked["reads"]["ucs_repository_source"]["expect"] == [{"name": "podinfo", "revision": "1234567"}]


REFUSED: list[tuple[str, dict[str, Any], list[str]]] = [
    ("misspelt", {"cluster": ["c2"]}, ["gitops_gate_cluster is no variable of this role", "gitops_gate_clusters"]),
    ("misspelt-wait", {"wait_timout": 5}, ["gitops_gate_wait_timout", "Nearest: gitops_gate_wait_timeout"]),
    ("empty-revision", {"sources": [{"name": "x"}], "revision": ""}, ["gitops_gate_revision: got an empty text"]),
    ("blank-revision", {"sources": [{"name": "x"}], "revision": "  "}, ["gitops_gate_revision"]),
    ("float-revision", {"sources": [{"name": "x"}], "revision": 12e67}, ["gitops_gate_revision", "in quotes"]),
    ("boolean-revision", {"sources": [{"name": "x"}], "revision": True}, ["gitops_gate_revision: got true"]),
    ("float-branch", {"sources": [{"name": "x", "branch": 1.10}]}, ["gitops_gate_sources[0].branch: got 1.1, expected a text in quotes"]),
    ("waiver-code-in-lower-case", {"waivers": [{**WAIVER, "code": "src_suspended"}]}, [".code", "such as SRC_SUSPENDED"]),
    ("waiver-kind-in-lower-case", {"waivers": [{**WAIVER, "kind": "gitrepository"}]}, [".kind", "nearest: GitRepository"]),
    ("float-revision-of-a-source", {"sources": [{"name": "x", "revision": 1e9}]}, ["gitops_gate_sources[0].revision", "in quotes"]),
    (
        "revision-without-sources",
        {"revision": COMMIT},
        ["gitops_gate_revision", "are both empty"],
    ),
    (
        "revision-beside-commits-of-their-own",
        {"commits": {"repository_id": 1, "commit": COMMIT}, "revision": "1234567"},
        ["gitops_gate_revision is given", "are both empty"],
    ),
    (
        "revision-beside-commits-without-clusters",
        {"clusters": [], "commits": {"repository_id": 1, "commit": COMMIT}, "revision": "1234567"},
        ["gitops_gate_revision", "gitops_gate_clusters", "nobody would look at it"],
    ),
    (
        "revision-beside-sources-of-their-own",
        {"sources": [{"name": "x", "revision": "v1.0"}], "revision": COMMIT},
        ["gitops_gate_revision is given", "every entry of gitops_gate_sources has its own", "nobody would look at it"],
    ),
    (
        "revision-beside-config-sets-of-their-own",
        {"config_sets": [{"name": "x", "revision": "v1.0"}], "revision": COMMIT},
        ["gitops_gate_revision is given", "every entry of gitops_gate_config_sets has its own"],
    ),
    (
        "revision-beside-nothing-without-its-own",
        {
            "sources": [{"name": "x", "revision": "v1.0"}],
            "config_sets": [{"name": "x", "revision": "v1.0"}],
            "commits": {"repository_id": 1, "commit": COMMIT},
            "revision": COMMIT,
        },
        ["gitops_gate_revision is given", "every entry of gitops_gate_sources and gitops_gate_config_sets has its own"],
    ),
    (
        "controllers-check-off",
        {"check_gitops": False, "controllers": ["helm-controller"]},
        ["gitops_gate_controllers is given", "gitops_gate_check_gitops is off"],
    ),
    (
        "controllers-without-clusters",
        {"clusters": [], "projects": "p", "controllers": ["helm-controller"]},
        ["gitops_gate_controllers is given", "gitops_gate_clusters names no cluster"],
    ),
    *(
        (
            f"manifests-elsewhere-by-{name}",
            {"manifests": ["."], "manifest_options": {name: ["other"]}},
            [f"gitops_gate_manifest_options has {name}, expected all paths in gitops_gate_manifests"],
        )
        for name in ("path", "paths")
    ),
    (
        "sources-without-clusters",
        {"clusters": [], "sources": [{"name": "x"}], "projects": "p"},
        ["gitops_gate_sources", "gitops_gate_clusters"],
    ),
    (
        "revision-without-clusters",
        {"clusters": None, "revision": COMMIT, "projects": "p"},
        ["gitops_gate_revision", "gitops_gate_clusters"],
    ),
    ("sources-check-off", {"check_sources": False, "sources": [{"name": "x"}]}, ["gitops_gate_sources", "gitops_gate_check_sources"]),
    (
        "revision-check-off",
        {"check_sources": "no", "sources": [{"name": "x"}], "revision": COMMIT},
        ["gitops_gate_check_sources", "gitops_gate_sources"],
    ),
    (
        "config-sets-without-clusters",
        {"clusters": [], "config_sets": [{"name": "x"}], "projects": "p"},
        ["gitops_gate_check_config_sets is on", "gitops_gate_clusters"],
    ),
    (
        "config-sets-check-off",
        {"check_config_sets": "no", "config_sets": [{"name": "x"}]},
        ["gitops_gate_config_sets", "gitops_gate_check_config_sets is off"],
    ),
    (
        "config-sets-check-without-clusters",
        {"clusters": [], "check_config_sets": True, "projects": "p"},
        ["gitops_gate_check_config_sets is on"],
    ),
    (
        "config-sets-of-a-source-without-a-name",
        {"check_config_sets": True, "sources": [{"url": "https://x/y"}]},
        ["gitops_gate_sources[0]", "no name"],
    ),
    ("config-set-without-a-name", {"config_sets": [{"namespace": "x"}]}, ["gitops_gate_config_sets[0] has no name and no source"]),
    ("config-set-misspelt", {"config_sets": [{"nam": "x"}]}, ["gitops_gate_config_sets[0].nam is not known", "Nearest: name"]),
    ("config-set-revision", {"config_sets": [{"name": "x", "revision": "abc"}]}, ["gitops_gate_config_sets[0].revision", "abc"]),
    ("revision-of-config-sets", {"config_sets": [{"name": "x"}], "revision": "abc"}, ["gitops_gate_revision", "abc"]),
    (
        "config-sets-all-advisory",
        {"check_gitops": 0, "check_sources": 0, "config_sets": {"name": "x"}, "advisory": "ucs_config_set"},
        ["gitops_gate_advisory"],
    ),
    ("repositories-nowhere", {"repositories": [{"name": "x"}]}, ["gitops_gate_repositories", "gitops_gate_projects"]),
    (
        "authorizations-check-off",
        {"check_authorizations": "false", "authorizations": [{"name": "hub"}]},
        ["gitops_gate_check_authorizations", "gitops_gate_authorizations"],
    ),
    (
        "clusters-without-a-check",
        {"check_gitops": 0, "check_sources": 0, "projects": "p"},
        ["gitops_gate_clusters", "gitops_gate_check_gitops"],
    ),
    ("nothing", {"clusters": []}, ["Nothing to check", "gitops_gate_clusters"]),
    ("no-fleets", {"fleets": []}, ["gitops_gate_fleets: got an empty list", "at least one name"]),
    ("no-names", {"cluster_names": "[]"}, ["gitops_gate_cluster_names: got", "at least one name"]),
    ("an-empty-fleet", {"fleets": ["prod", " "]}, ["gitops_gate_fleets[1]"]),
    ("no-labels", {"cluster_labels": {}}, ["gitops_gate_cluster_labels: got no label"]),
    ("half-a-label", {"cluster_labels": "env=prod,tier"}, ["gitops_gate_cluster_labels", "env=prod,tier=web"]),
    ("a-label-without-value", {"cluster_labels": {"env": None}}, ["gitops_gate_cluster_labels.env"]),
    ("float-label", {"cluster_labels": {"version": 1.10}}, ["gitops_gate_cluster_labels.version: got 1.1", "in quotes"]),
    ("a-label-twice", {"cluster_labels": "env=prod, env=staging"}, ["gitops_gate_cluster_labels", "the label env twice"]),
    ("health-of-nothing", {"clusters": [], "cluster_health": True, "projects": "p"}, ["gitops_gate_cluster_health", "names no cluster"]),
    (
        "fleets-without-a-check",
        {"clusters": [], "fleets": "prod", "check_gitops": 0, "check_sources": 0, "projects": "p"},
        ["gitops_gate_fleets", "gitops_gate_check_gitops"],
    ),
    (
        "a-bucket-of-a-fleet",
        {"clusters": [], "fleets": "prod", "sources": [{"name": "x", "kind": "Bucket"}]},
        ["gitops_gate_sources[0].kind is Bucket", "gitops_gate_fleets names clusters"],
    ),
    *(
        (f"require-{value}", {"require": value}, ["gitops_gate_require: got", "from 1% to 100%"])
        for value in (0, "0%", "101%", "most", True)
    ),
    ("require-without-clusters", {"clusters": [], "projects": "p", "require": "90%"}, ["gitops_gate_require is 90%", "about clusters"]),
    (
        "require-of-advisory-checks",
        {"projects": "p", "require": 1, "advisory": ["ucs_gitops", "ucs_repository_source"]},
        ["gitops_gate_require is 1", "about clusters"],
    ),
    ("all-advisory", {"advisory": ["ucs_gitops", "ucs_repository_source"]}, ["gitops_gate_advisory", "expected at least one that decides"]),
    ("advisory-misspelt", {"advisory": ["ucs_gitop"]}, ["gitops_gate_advisory[0]", "Nearest: ucs_gitops"]),
    ("wait-below-steady", {"wait_timeout": 10}, ["gitops_gate_wait_timeout is 10 seconds", "gitops_gate_steady_for, 30 seconds"]),
    ("duration", {"wait_timeout": "soon"}, ["gitops_gate_wait_timeout", '"soon"', "10m"]),
    ("duration-nan", {"stuck_after": "nan"}, ["gitops_gate_stuck_after"]),
    ("duration-boolean", {"wait_timeout": True}, ["gitops_gate_wait_timeout: got true"]),
    ("duration-negative", {"failure_grace": -1}, ["gitops_gate_failure_grace: got -1"]),
    ("interval-zero", {"interval": 0}, ["gitops_gate_interval", "from 0.1 seconds"]),
    ("boolean", {"check_gitops": "maybe"}, ["gitops_gate_check_gitops", '"maybe"', "true or false"]),
    ("count", {"error_limit": "many"}, ["gitops_gate_error_limit"]),
    ("count-zero", {"error_limit": 0}, ["gitops_gate_error_limit: got 0"]),
    ("choice", {"fail_fast": "sometimes"}, ["gitops_gate_fail_fast", "terminal, any, never"]),
    ("superseded", {"on_superseded": "ignore"}, ["gitops_gate_on_superseded"]),
    ("no-format", {"report_dir": "reports", "report_formats": []}, ["gitops_gate_report_formats: got an empty list", "to have no report"]),
    ("format", {"report_formats": "json,pdf"}, ["gitops_gate_report_formats[1]", "json, markdown, junit, html"]),
    ("empty-clusters", {"clusters": "", "projects": "p"}, ["gitops_gate_clusters[0]: got an empty text"]),
    ("empty-cluster", {"clusters": ["c1", ""]}, ["gitops_gate_clusters[1]: got an empty text"]),
    ("empty-cluster-at-the-end", {"clusters": "c1,"}, ["gitops_gate_clusters[1]: got an empty text"]),
    ("empty-cluster-between", {"clusters": "c1, ,c2"}, ["gitops_gate_clusters[1]: got an empty text"]),
    ("empty-cluster-before", {"clusters": ",c2"}, ["gitops_gate_clusters[0]: got an empty text"]),
    ("empty-fleet-at-the-end", {"fleets": "prod,"}, ["gitops_gate_fleets[1]: got an empty text"]),
    ("null-cluster", {"clusters": [None]}, ["gitops_gate_clusters[0]: got null"]),
    ("clusters-as-a-dictionary", {"clusters": {"id": "c1"}}, ["gitops_gate_clusters: got a dictionary, expected a list"]),
    ("broken-json", {"clusters": '["c1'}, ["gitops_gate_clusters", "begins like JSON"]),
    ("source-as-text", {"sources": ["shop"]}, ["gitops_gate_sources[0]", "expected a dictionary with name"]),
    ("sources-as-text", {"sources": "shop"}, ["gitops_gate_sources", "a list of dictionaries"]),
    ("source-key", {"sources": [{"name": "x", "brunch": "main"}]}, ["gitops_gate_sources[0].brunch is not known", "Nearest: branch"]),
    ("source-without-name", {"sources": [{"branch": "main"}]}, ["gitops_gate_sources[0] has no name and no url"]),
    ("source-empty-name", {"sources": [{"name": ""}]}, ["gitops_gate_sources[0].name: got an empty text"]),
    ("repository-key", {"projects": "p", "repositories": [{"nam": "x"}]}, ["gitops_gate_repositories[0].nam", "Nearest: name"]),
    ("authorization-key", {"authorizations": [{"usr": "x"}]}, ["gitops_gate_authorizations[0].usr", "Nearest: user"]),
    ("authorization-empty", {"authorizations": [{}]}, ["gitops_gate_authorizations[0] has no name and no repo_type"]),
    ("waiver-without-owner", {"waivers": [{**WAIVER, "owner": None}]}, ["gitops_gate_waivers[0] has no owner"]),
    ("waiver-key", {"waivers": [{**WAIVER, "clusters": "x"}]}, ["gitops_gate_waivers[0].clusters", "Nearest: cluster"]),
    ("template", {"revision": "{{ commit }}", "sources": [{"name": "x"}]}, ["gitops_gate_revision still holds a template"]),
    ("template-inside", {"sources": [{"name": "{{ app }}"}]}, ["gitops_gate_sources still holds a template"]),
    ("short-revision", {"sources": [{"name": "x", "revision": "4be1f0"}]}, ["gitops_gate_sources[0].revision: got", "7"]),
    ("short-revision-of-all", {"sources": [{"name": "x"}], "revision": "4be1f0"}, ["gitops_gate_revision: got"]),
    ("size", {"projects": "p", "repositories": [{"name": "x", "max_size": "big"}]}, ["gitops_gate_repositories[0].max_size: got"]),
    ("role", {"projects": "p", "repositories": [{"name": "x", "min_role": 25}]}, ["gitops_gate_repositories[0].min_role: got 25", "30"]),
    ("waiver-code", {"waivers": [{**WAIVER, "code": "SRC_SUSPENDD"}]}, ["gitops_gate_waivers[0].code: got", "SRC_SUSPENDED"]),
    ("waiver-too-long", {"waivers": [{**WAIVER, "expires": "2027-01-01"}]}, ["gitops_gate_waivers[0].expires", "90 days"]),
    ("waiver-never", {"waivers": [{**WAIVER, "code": "API_FORBIDDEN"}]}, ["gitops_gate_waivers[0].code", "never can"]),
    ("zone", {"codearts_timezone": "Asia/Shangai"}, ["gitops_gate_codearts_timezone", "Asia/Shanghai"]),
    ("connection", {"connection": ["cn-north-4"]}, ["gitops_gate_connection: got a list"]),
]


@pytest.mark.parametrize(("variables", "words"), [pytest.param(given, words, id=name) for name, given, words in REFUSED])
@pytest.mark.parametrize("purpose", ["gate", "audit"])
def test_it_is_refused_in_one_sentence(variables: dict[str, Any], words: list[str], purpose: str) -> None:
    asked = ask(purpose, **variables)
    assert asked["refused"], asked
    assert not [word for word in words if word not in asked["refused"]], asked["refused"]
    assert "\n" not in asked["refused"]
    assert (asked["endpoints"], asked["checks"]) == ([], [])
    assert asked["enforce"] is (purpose == "gate")


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"check_gitops": False, "controllers": ["kustomize-controller", "source-controller"]}, id="the-usual-controllers"),
        pytest.param({"check_gitops": False, "controllers": []}, id="no-controllers"),
        pytest.param({"check_gitops": False, "flux_contexts": "prod", "controllers": "helm-controller"}, id="read-by-flux"),
        pytest.param({"check_gitops": False, "restart_max": 3}, id="a-threshold"),
        pytest.param({"sources": [{"name": "x", "revision": "v1.0"}, {"name": "y"}], "revision": COMMIT}, id="a-source-takes-the-revision"),
        pytest.param(
            {"sources": [{"name": "x", "revision": "v1.0"}], "commits": {"repository_id": 1}, "revision": COMMIT},
            id="a-commit-takes-the-revision",
        ),
    ],
)
def test_what_somebody_looks_at_or_nobody_demands_is_not_refused(given: dict[str, Any]) -> None:
    assert ask(**given)["refused"] is None


def test_what_is_refused_is_still_reported_and_enforced_as_it_says() -> None:
    asked = ask(clusters=[], report_dir="out", report_formats="json", enforce="no")
    assert asked["refused"]
    assert asked["report"] == {"path": "out", "formats": ["json"]}
    assert asked["enforce"] is False
    assert ask(clusters=[], enforce="perhaps")["enforce"] is True


def test_a_question_that_is_refused_for_its_formats_is_reported_in_the_usual_ones() -> None:
    assert ask(report_dir="reports", report_formats=[])["report"] == {"path": "reports", "formats": ["json", "markdown", "junit", "html"]}


def test_secrets_are_not_shown() -> None:
    assert "s3cret" not in ask(connection="s3cret-key")["refused"]
    assert "s3cret" not in ask(sources="https://user:s3cretpassword@git.example.net/x")["refused"]


@pytest.mark.parametrize("name", ["report", "readings", "runners"])
def test_what_the_product_itself_sets_is_no_misspelt_variable(name: str) -> None:
    assert ask(**{name: {"decision": "block"}})["refused"] is None


def test_an_audit_reads_once_and_is_never_enforced() -> None:
    asked = ask("audit", wait_timeout=900, enforce=True)
    assert (asked["policy"]["wait_timeout"], asked["enforce"]) == (0.0, False)


@pytest.mark.parametrize(
    ("variables", "receipt"),
    [
        pytest.param({"receipt": "r.json", "report_dir": "out"}, "r.json", id="named"),
        pytest.param({"report_dir": "out/"}, "out/gitops-gate.json", id="beside the reports"),
        pytest.param({}, None, id="nowhere"),
    ],
)
def test_a_confirmation_needs_a_receipt(variables: dict[str, Any], receipt: str | None) -> None:
    asked = ask("confirm", **variables)
    if receipt is None:
        assert "gitops_gate_receipt and gitops_gate_report_dir" in asked["refused"]
    else:
        assert (asked["refused"], asked["receipt"]) == (None, receipt)


def test_clusters_by_every_way() -> None:
    ways = {"cluster_names": "prod-eu, prod-us", "fleets": ["prod"], "cluster_labels": "env=prod,tier=1"}
    asked = ask(**ways, cluster_health="yes", check_config_sets="yes", require="90 %")
    clusters = {
        "cluster_ids": ["c1"],
        "cluster_names": ["prod-eu", "prod-us"],
        "fleets": ["prod"],
        "cluster_labels": {"env": "prod", "tier": "1"},
    }
    assert asked["endpoints"] == ["ucs_gitops", "ucs_config_set", "ucs_repository_source", "ucs_cluster"]
    for kind in asked["endpoints"]:
        assert clusters.items() <= asked["reads"][kind].items()
    assert clusters.keys() & ask(clusters=[], fleets="prod")["reads"]["ucs_gitops"].keys() == {"fleets"}
    assert (asked["gate"]["require"], asked["policy"]["require"]) == ("90%", "90%")
    assert (
        asked["asks"][3] == "ucs_cluster of c1, cluster_labels env=prod, tier=1, cluster_names prod-eu, cluster_names prod-us, fleets prod"
    )
    assert ask(cluster_labels={"main": True, "tier": 1})["reads"]["ucs_gitops"]["cluster_labels"] == {"main": "true", "tier": "1"}


def test_a_runner_without_clusters_may_share_what_is_required_of_the_others() -> None:
    asked = ask("runner", clusters=[], projects="p", require="90%")
    assert (asked["refused"], "require" in asked["gate"], asked["policy"]["require"]) == (None, False, "90%")


def test_defaults_are_the_same_in_the_role_its_documentation_and_here() -> None:
    defaults = yaml.safe_load((ROLE / "defaults" / "main.yml").read_text(encoding="utf-8"))
    assert {f"gitops_gate_{name}": default for name, (_parse, default) in VARIABLES.items()} == {
        name: float(value) if isinstance(value, int) and name.endswith(SECONDS) else value for name, value in defaults.items()
    }
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    assert list(specs) == ["main", "audit", "confirm"]
    assert {name: option.get("default") for name, option in specs["main"]["options"].items()} == defaults
    # Ansible's own check is of the entry point main; the role's own, of all of them, so that its page has each option once.
    assert [name for name, spec in specs.items() if "options" in spec] == ["main"]


SECONDS = ("_timeout", "_interval", "_for", "_grace", "_after", "_age")


def test_every_option_of_an_entry_is_documented_under_the_same_name() -> None:
    specs = yaml.safe_load((ROLE / "meta" / "argument_specs.yml").read_text(encoding="utf-8"))["argument_specs"]
    options = specs["main"]["options"]
    for name, entry in (
        ("sources", {"name": "x"}),
        ("repositories", {"name": "x"}),
        ("authorizations", {"name": "x"}),
        ("waivers", WAIVER),
    ):
        documented = set(options[f"gitops_gate_{name}"]["options"])
        places = {"projects": "p", "check_authorizations": True}
        for key in documented:
            asked = ask(**places, **{name: [{**entry, key: {}}]})
            assert "is not known" not in asked["refused"]
        assert "is not known" in ask(**places, **{name: [{**entry, "no_such_key": "x"}]})["refused"]


def look_up(purpose: str = "gate", **variables: Any) -> dict[str, Any]:
    """The question as the role asks it, from variables as a play has them."""
    loader = DataLoader()
    lookup = lookup_loader.get("huaweicloud.gitops.gate_question", loader=loader, templar=Templar(loader, variables=variables))
    (asked,) = lookup.run([purpose], variables=variables)
    return dict(asked)


def test_the_lookup() -> None:
    assert look_up("audit", gitops_gate_clusters="c1", other="x")["policy"]["wait_timeout"] == 0
    misspelt = look_up(gitops_gate_cluster="c1")
    assert "Nearest: gitops_gate_clusters" in misspelt["refused"]
    assert misspelt["block"]["decision"] == "block"
    assert [reason["text"] for reason in misspelt["block"]["causes"]] == [misspelt["refused"]]
    assert "gitops_gate_clusters" in look_up(gitops_gate_clusters=trust_as_template("{{ nowhere }}"))["refused"]
    with pytest.raises(AnsibleLookupError, match="expected one of gate, audit, confirm, runner"):
        look_up("confirmed")


@pytest.mark.parametrize(
    ("purpose", "variables", "steps"),
    [
        ("gate", {"clusters": "c1"}, ["read/ucs_gitops", "read/ucs_repository_source", "decide"]),
        (
            "runner",
            {"clusters": "c1", "check_config_sets": "yes"},
            ["wait", "read/ucs_gitops", "read/ucs_config_set", "read/ucs_repository_source", "hand_over"],
        ),
        ("gate", {"projects": "p1", "report_dir": "r"}, ["read/codearts_project_repository", "decide", "report"]),
        ("audit", {"check_authorizations": True}, ["read/servicestage_git_authorization", "decide"]),
        ("confirm", {"clusters": "c1", "receipt": "r.json"}, ["decide"]),
        ("runner", {"repository_uuids": "r1"}, ["wait", "read/codearts_repository", "hand_over"]),
        ("runner", {"repository_uuids": "r1", "wait_timeout": 0}, ["read/codearts_repository", "hand_over"]),
        ("gate", {"report_dir": "r"}, ["refuse", "report"]),
        ("runner", {}, ["refuse", "hand_over"]),
    ],
)
def test_what_the_role_does_for_it(purpose: str, variables: dict[str, Any], steps: list[str]) -> None:
    assert ask(purpose, **{"clusters": [], **variables})["steps"] == steps
    assert all((ROLE / "tasks" / f"{step}.yml").is_file() for step in steps)


def test_the_role_begins_with_a_block_of_every_key() -> None:
    (task,) = yaml.safe_load((ROLE.parent / "gitops_gate_begin" / "tasks" / "main.yml").read_text(encoding="utf-8"))
    begun = task["ansible.builtin.set_fact"]["gitops_gate_report"]
    block = look_up()["block"]
    assert set(begun) == set(block)
    fixed = ("decision", "outcome", "exit_code", "schema_version", "findings", "checks", "waiting_helps")
    assert {name: begun[name] for name in fixed} == {name: block[name] for name in fixed}


def test_choices_are_listed_once() -> None:
    refused = ask(advisory=[""])["refused"]
    assert "got an empty text, expected one of ucs_gitops, " in refused
    assert refused.endswith("declared, flux.")

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate says in the role: options by the names of the role's variables."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_names import (
    check_words,
    findings_in_words,
    role_words,
    variable,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import VARIABLES

SOURCES, LIST, AUTHS = "ucs_repository_source", "codearts_project_repository", "servicestage_git_authorization"


@pytest.mark.parametrize(
    ("option", "endpoint", "name"),
    [
        ("region", "", "gitops_gate_connection.region"),
        ("endpoints.iam", "", "gitops_gate_connection.endpoints.iam"),
        ("wait_timeout", "", "gitops_gate_wait_timeout"),
        ("waivers[0].code", "", "gitops_gate_waivers[0].code"),
        ("expect", SOURCES, "gitops_gate_sources"),
        ("expect[1].max_size", LIST, "gitops_gate_repositories[1].max_size"),
        ("expect", AUTHS, "gitops_gate_authorizations"),
        (f"checks[0].{SOURCES}.expect[0].revision", "", "gitops_gate_sources[0].revision"),
        ("checks[3].ucs_gitops.cluster_ids", "", "gitops_gate_clusters"),
        ("cluster_ids", "", "gitops_gate_clusters"),
        ("project_uuids", "", "gitops_gate_projects"),
        ("checks[0].codearts_commit.expect[1].commit", "", "gitops_gate_commits[1].commit"),
        ("repository_ids", "", "gitops_gate_commits"),
        ("api", "", "gitops_gate_codearts_api"),
    ],
)
def test_variable(option: str, endpoint: str, name: str) -> None:
    assert variable(option, endpoint) == name
    assert name.split("[", maxsplit=1)[0].split(".", maxsplit=1)[0].removeprefix("gitops_gate_") in VARIABLES


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Option 'region': got null, expected a region.", "gitops_gate_connection.region: got null, expected a region."),
        ("Create it, or correct 'expect'.", "Create it, or correct gitops_gate_repositories."),
        ("Remove large files, or raise 'max_size'.", "Remove large files, or raise max_size in gitops_gate_repositories."),
        ("Ready for 3 s (steady_for: 30 s)", "Ready for 3 s (gitops_gate_steady_for: 30 s)"),
        ("more than restart_max allows", "more than gitops_gate_restart_max allows"),
        ("the host in 'endpoints.ucs'", "the host in gitops_gate_connection.endpoints.ucs"),
        ("gitops_gate_steady_for stays", "gitops_gate_steady_for stays"),
        ("pod 'steady' of my-steady_for-app", "pod 'steady' of my-steady_for-app"),
        ("unable to clone 'https://expect'", "unable to clone 'https://expect'"),
    ],
)
def test_role_words(text: str, said: str) -> None:
    assert role_words(text, LIST) == said


def test_findings_are_told_by_the_kind_of_their_check() -> None:
    checks = [{"name": "mine", "endpoint": AUTHS}]
    findings = [{"check": name, "message": "m", "remediation": "Correct 'expect'."} for name in ("mine", "")]
    told = findings_in_words({"checks": checks, "findings": findings}, role_words)
    assert [finding["remediation"] for finding in told] == ["Correct gitops_gate_authorizations.", "Correct gitops_gate_sources."]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Option 'checks[0].declared.max_interval': got", "gitops_check_max_interval: got"),
        ("Option 'checks[0].declared.policy.prune_off': got", "gitops_check_policy.prune_off: got"),
        ("Option 'checks[2].ucs_gitops.cluster_ids': got", "gitops_check_live[1].ucs_gitops.cluster_ids: got"),
        ("Option 'waivers[0].expires': got", "gitops_check_waivers[0].expires: got"),
        ("Option 'region': got", "gitops_check_connection.region: got"),
        ("Use a host of 'allowed_hosts', or add it.", "Use a host of gitops_check_allowed_hosts, or add it."),
    ],
)
def test_check_words(text: str, said: str) -> None:
    assert check_words(text, "declared") == said


def test_what_is_live_is_told_by_the_options_of_its_check() -> None:
    assert check_words("Create it, or correct 'expect'.", SOURCES) == "Create it, or correct 'expect'."

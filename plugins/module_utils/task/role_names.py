# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the gate says, with the names that a reader of the role knows: its variables instead of the options of the modules.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from .arguments import CONNECTION

PREFIX, CHECK_PREFIX = "gitops_gate_", "gitops_check_"
# By kind of check, the variable that its expectations come from.
EXPECTATIONS = {
    "ucs_repository_source": "sources",
    "ucs_config_set": "config_sets",
    "codearts_project_repository": "repositories",
    "codearts_repository": "repositories",
    "codearts_commit": "commits",
    "servicestage_git_authorization": "authorizations",
    "flux": "sources",
}
_OTHER = {
    "cluster_ids": "clusters",
    "cluster_names": "cluster_names",
    "fleets": "fleets",
    "cluster_labels": "cluster_labels",
    "paths": "manifests",
    "project_uuids": "projects",
    "repository_uuids": "repository_uuids",
    "repository_ids": "commits",
    "api": "codearts_api",
    "contexts": "flux_contexts",
    "namespaces": "flux_namespaces",
    "expect_kustomizations": "config_sets",
}
# Options that are named without quotes; they are no words of a language.
_BARE = (
    "codearts_timezone error_limit failure_grace max_reading_age on_superseded restart_max steady_for stuck_after wait_timeout "
    "request_timeout total_timeout"
).split()
_DECLARED = "rendered allowed_hosts pinned_to allowed_branches max_interval".split()  # of the check declared
_KNOWN = [
    *_BARE,
    *_DECLARED,
    *CONNECTION,
    *_OTHER,
    "controllers",
    "enabling",
    "expect",
    "fail_fast",
    "interval",
    "max_age",
    "max_size",
    "min_role",
    "require",
]
_NAMED = re.compile(
    r"Option '(?P<option>[^']+)'"
    rf"|'(?P<quoted>(?:{'|'.join(map(re.escape, _KNOWN))})(?:\.\w+)*)'"
    rf"|(?<![\w.'-])(?P<bare>{'|'.join(_BARE)})(?![\w'-])"
)


def role_words(text: str, endpoint: str = "") -> str:
    """A text in which each option is named by the variable of the role that it comes from.

    :param endpoint: the kind of check that the text is about, where it is about one
    """
    return _NAMED.sub(lambda match: variable(match["option"] or match["quoted"] or match["bare"], endpoint), text)


def variable(option: str, endpoint: str = "") -> str:
    """The variable that an option of the gate or of an info module comes from: ``gitops_gate_sources[0].name`` for
    ``checks[0].ucs_repository_source.expect[0].name``."""
    in_check = re.fullmatch(r"checks\[\d+\]\.(\w+)\.(.+)", option)
    if in_check:
        endpoint, option = in_check[1], in_check[2]
    name, rest = re.fullmatch(r"(\w+)(.*)", option, re.DOTALL).groups()  # type: ignore[union-attr]
    if name == "expect":
        return f"{PREFIX}{EXPECTATIONS.get(endpoint, 'sources')}{rest}"
    if name in ("max_age", "max_size", "min_role"):
        return f"{name} in {PREFIX}repositories"
    if name in _DECLARED or (endpoint == "declared" and name != "paths"):
        return f"{PREFIX}manifest_options.{name}{rest}"
    if name in CONNECTION:
        return f"{PREFIX}connection.{name}{rest}"
    return f"{PREFIX}{_OTHER.get(name, name)}{rest}"


def check_words(text: str, endpoint: str = "") -> str:
    """A text in which each option is named by the variable of the playbook ``check`` that it comes from; see ``role_words``."""
    return _NAMED.sub(lambda match: check_variable(match["option"] or match["quoted"] or match["bare"], endpoint), text)


def check_variable(option: str, endpoint: str = "") -> str:
    """The variable that an option of the gate comes from: ``gitops_check_policy.prune_off`` for ``checks[0].declared.policy.prune_off``.

    The first check is that of what is declared; the others are those of ``gitops_check_live``.
    """
    in_check = re.fullmatch(r"checks\[(\d+)\]\.(.+)", option, re.DOTALL)
    if in_check and in_check[1] != "0":
        return f"{CHECK_PREFIX}live[{int(in_check[1]) - 1}].{in_check[2]}"
    if in_check:
        return CHECK_PREFIX + in_check[2].removeprefix("declared.")
    name = option.partition(".")[0]
    if name in CONNECTION:
        return f"{CHECK_PREFIX}connection.{option}"
    return f"{CHECK_PREFIX}{option}" if endpoint == "declared" or name.startswith("waivers") else f"'{option}'"


def findings_in_words(result: Mapping[str, Any], words_of: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """The findings of a result with the names of variables in them.

    :param words_of: ``role_words`` or ``check_words``
    """
    endpoints = {check["name"]: check["endpoint"] for check in result["checks"]}
    findings = []
    for finding in result["findings"]:
        words = {name: words_of(finding[name], endpoints.get(finding["check"], "")) for name in ("message", "remediation")}
        findings.append({**finding, **words})
    return findings

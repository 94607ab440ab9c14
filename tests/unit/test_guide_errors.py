# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "What each error means" has every message that the code can give, and each one that it has is real: provoked, over the wire."""

from __future__ import annotations

import ast
import json
import re
import sys
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from functools import cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.checkout import documents
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import client, kubeconfig, transport
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model import errors as error_module
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import GitopsError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report import receipt as receipts
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.declared_sources import declared_sources
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.terraform import expectations
from docutils import nodes
from docutils.core import publish_doctree

from simulator import Simulator
from simulator.errors import names

from .conftest import ACCESS_KEY, DOMAIN_ID, REGION, SECRET_KEY, SERVICES
from .guides import ROOT, text
from .kube import write_kubeconfig
from .receipts import allowed, blocked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GUIDE = text("guide_errors")
ANYTHING = "\0"  # where a message has a value
# Which argument is the message: of errors, and of what makes them of a message.
RAISED = {"ApiError": 0, "CredentialsError": 0, "GitopsError": 0, "OptionError": 2}
RAISED |= {"_lookup_error": 1, "_broken": 0, "_too_late": 0, "self._unexpected": 1}
RAISED |= {"QuestionError": 0, "_refuse": 2, "no_shape": 0}
RAISED |= {"_no_access": 0, "_unexpected": 0}
MAKERS = {  # functions whose messages come from elsewhere
    "_lookup_error",
    "_broken",
    "_too_late",
    "_unexpected",
    "_accepted",
    "_no_access",
    "no_shape",
}
RETURNED = {
    "_hint",
    "_why_not",
    "_version_words",
    "other_id",
    "other_namespace",
    "_other_commit",
    "_other_branch",
}  # functions that return messages, or the ends of some
# Messages of others: what a function of RETURNED said, a sentence about a key of a report (docs/receipt.schema.json), what ends others.
PASSED_ON = {"sentence", "fault.expected", "reason", "error.message"}
UNSENT = f" ({ANYTHING} {ANYTHING} s)."  # behind what was not sent because the time was over
CLUSTER, LIST = "c1000000-0000-4000-8000-000000000001", "b0000000000000000000000000000001"
REPOSITORY = "e0000000000000000000000000000001"
NOBODY = "http://127.0.0.1:1"


@cache
def tables() -> list[list[dict[str, str]]]:
    """The tables of the guide: each row by its headings."""
    tree = publish_doctree(GUIDE, settings_overrides={"report_level": 5, "halt_level": 5})
    found = []
    for table in tree.findall(nodes.table):
        head, *rows = [[cell.astext() for cell in row] for row in table.findall(nodes.row)]
        found.append([dict(zip(head, row)) for row in rows])
    return found


def column(heading: str) -> list[str]:
    return [row[heading] for table in tables() for row in table if heading in row]


def pattern(quoted: str) -> re.Pattern[str]:
    """A message of the guide, with anything in the place of its dots."""
    return re.compile(".*".join(re.escape(part) for part in quoted.split("...")), re.DOTALL)


def fitting(message: str, heading: str) -> set[str]:
    return {quoted for quoted in column(heading) if pattern(quoted).fullmatch(message)}


# --- every message of the code is in the guide


def strings(node: ast.expr, function: ast.AST, module: ast.Module) -> Iterator[str]:
    """What an expression may be as text, with ANYTHING for its values."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else ANYTHING for part in node.values)
    for inner in expressions(node, function, module):
        yield from strings(inner, function, module)


def expressions(node: ast.expr, function: ast.AST, module: ast.Module) -> Iterator[ast.expr]:
    """What an expression takes its value from: alternatives, what a name was set to, what a function of the file returns."""
    if isinstance(node, ast.BoolOp):
        yield from node.values
    elif isinstance(node, ast.IfExp):
        yield from (node.body, node.orelse)
    elif isinstance(node, ast.Name):
        yield from set_to(node.id, function)
    elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        called = [inner for inner in ast.walk(module) if isinstance(inner, ast.FunctionDef) and inner.name == node.func.id]
        yield from (end.value for inner in called for end in ast.walk(inner) if isinstance(end, ast.Return) and end.value)


def set_to(name: str, function: ast.AST) -> Iterator[ast.expr]:
    """What a name of a function is set to, by an assignment, as a default, or by a loop over rows that are written out."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and name in [ast.unparse(target) for target in node.targets]:
            yield node.value
        if isinstance(node, ast.For) and isinstance(node.target, ast.Tuple) and isinstance(node.iter, ast.Tuple):
            names = [ast.unparse(target) for target in node.target.elts]
            yield from (row.elts[names.index(name)] for row in node.iter.elts if name in names and isinstance(row, ast.Tuple))
        if isinstance(node, ast.arguments):
            yield from (default for argument, default in zip(node.args[::-1], node.defaults[::-1]) if argument.arg == name)


def raised(node: ast.AST, function: ast.FunctionDef, module: ast.Module, path: Path) -> Iterator[tuple[str, str]]:
    """What a call that makes an error says: heading of the guide and message."""
    place = RAISED.get(ast.unparse(node.func)) if isinstance(node, ast.Call) else None
    if not isinstance(node, ast.Call) or place is None or len(node.args) <= place or function.name == "_refuse":
        return
    heading = {"OptionError": "Expected", "QuestionError": "Refused"}.get(ast.unparse(node.func), "Message")
    said = [(heading, text) for text in strings(node.args[place], function, module)]
    if ast.unparse(node.func) == "_refuse":
        said = [("Refused", f"{ANYTHING}: got {ANYTHING}, expected {text}") for _heading, text in said]
    known = said or function.name in MAKERS or ast.unparse(node.args[place]) in PASSED_ON
    assert known, f"{path.name}, line {node.lineno}: this message is not understood"
    yield from said


def added(node: ast.AST, function: ast.FunctionDef, module: ast.Module) -> Iterator[tuple[str, str]]:
    """What is put behind a message, what a warning says, and what a function of RETURNED returns."""
    if isinstance(node, ast.AugAssign) and ast.unparse(node.target) == "error.message":
        yield from (("Message", said) for said in strings(node.value, function, module) if said != UNSENT)
    if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "warning":
        yield from (("Message", said) for said in strings(node.value, function, module))
    if isinstance(node, ast.Return) and node.value and function.name in RETURNED:
        yield from (("Message", said) for said in strings(node.value, function, module) if said)


def messages(path: Path) -> Iterator[tuple[str, str]]:
    """What the errors of a file may say: heading of the guide and message."""
    module = ast.parse(path.read_text(encoding="utf-8"))
    for function in (node for node in ast.walk(module) if isinstance(node, ast.FunctionDef)):
        if function.name == "_too_late":
            yield from (("Message", said) for said in strings(ast.Name("why"), function, module))
        for node in ast.walk(function):
            yield from raised(node, function, module, path)
            yield from added(node, function, module)


SOURCES = sorted((ROOT / "plugins").glob("*_utils/**/*.py"))
IN_CODE = sorted({said for path in SOURCES for said in messages(path)})


def test_the_code_was_understood() -> None:
    assert len(IN_CODE) > 60
    assert ("Expected", "a date such as 2026-12-31") in IN_CODE
    assert ("Message", f"The TLS connection to {ANYTHING} failed: {ANYTHING}.{ANYTHING}") in IN_CODE


@pytest.mark.parametrize(("heading", "message"), IN_CODE)
def test_every_message_is_in_the_guide(heading: str, message: str) -> None:
    # What stands last in a message may be nothing; what is too late has the limit behind it, and what a receipt lacks its path before it.
    spellings = {message, message.removesuffix(ANYTHING), message + UNSENT, f"The receipt {ANYTHING} {message}"}
    assert any(fitting(spelling.replace(ANYTHING, "x"), heading) for spelling in spellings)


def test_the_codes_of_the_catalogue_are_there() -> None:
    own = {code for code in CATALOGUE if code.startswith(("API_", "GATE_", "READING_", "WAIVER_", "LIST_", "CLOCK_"))}
    assert own <= set(re.findall(r"``([A-Z_]+)``", GUIDE))
    assert {value for name, value in vars(error_module).items() if name.isupper()} <= set(re.findall(r"``([A-Z_]+)``", GUIDE))


def test_the_kinds_of_failures_are_those_that_the_judges_give() -> None:
    kinds = next(table for table in tables() if {"Finding", "When"} <= table[0].keys())
    listed = {code for row in kinds for code in row["Finding"].split(", ")}
    rules = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "plugins" / "module_utils" / "rules").glob("*.py")}
    pattern = r'judge_errors\(.*not_found="(\w+)"|error_mark\(failure.error, "(CLUSTER_\w+)"\)'
    not_found = ["".join(code) for text in rules.values() for code in re.findall(pattern, text)]
    assert len(not_found) == len(ENDPOINTS)
    assert listed == {*not_found} | set(re.findall(r'"((?:API|KUBE)_\w+|REPO_API_ERROR|REPO_NO_PERMISSION_OR_ABSENT)"', rules["errors.py"]))
    assert not any(CATALOGUE[code].waivable for code in listed)


# --- every message of the guide is real


@dataclass(frozen=True)
class Provoked:
    """A way to a message: a module, what to change in options that work, what goes wrong with its requests, and what surrounds it."""

    changes: dict[str, Any]
    module: str = "ucs_gitops_info"
    fault: dict[str, Any] | None = None
    scenario: dict[str, Any] | None = None
    environ: dict[str, str] | None = None
    profile: str | None = None
    patches: dict[Any, dict[str, Any]] = field(default_factory=dict)
    endpoint: str = ""
    receipt: Any = None
    context: dict[str, Any] = field(default_factory=dict)
    kubeconfig: dict[str, Any] | str = field(default_factory=dict)


SOURCE_MODULE, CONFIG_SET_MODULE, LIST_MODULE, DETAIL, AUTH = (
    "ucs_repository_source_info",
    "ucs_config_set_info",
    "codearts_project_repository_info",
    "codearts_repository_info",
    "servicestage_git_authorization_info",
)
COMMITS = "codearts_commit_info"
COMMIT = {"commit": "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "branch": "main"}
PROBED = {"name": "gitlab-shop", "probe": {"clone_url": "https://gitlab.example.com/shop/tools.git"}}
GATE, FLUX = "gitops_gate", "flux_info"
SERVICE_OF = {**dict.fromkeys((LIST_MODULE, DETAIL, COMMITS), "codearts_repo"), AUTH: "servicestage", FLUX: "kubernetes"}
CHECK = [{"ucs_gitops": {"cluster_ids": [CLUSTER]}}]
NO_KEY = {"access_key": None, "secret_key": None}
PASSWORD = {**NO_KEY, "username": "deployer", "password": "demo-password", "domain_name": "demo"}
REPORT = "gitops_report"
CODE = "flux_manifest_info"
READING = {
    "endpoint": "ucs_gitops",
    "schema_version": 2,
    "question": {"cluster_ids": [CLUSTER]},
    "errors": [],
    "clusters": [{"cluster_id": CLUSTER, "read_at": "2026-01-01T00:00:00Z", "pods": []}],
}
SOON = (datetime.now(timezone.utc) + timedelta(days=30)).date().isoformat()
WAIVER = {"code": "SRC_SUSPENDED", "kind": "GitRepository", "name": "*", "reason": "a", "owner": "b", "expires": SOON}

PLUGIN = {"apiVersion": "client.authentication.k8s.io/v1"}


def no_library() -> Any:
    """As kubernetes_library does where it is missing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "kubernetes", None)
        return KUBERNETES_LIBRARY()


def old_library() -> Any:
    """As kubernetes_library does where a version is too old for this Python."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("builtins.__import__", unreadable)
        return KUBERNETES_LIBRARY()


def unreadable(name: str, *_more: Any) -> Any:
    """As an import of code for an older Python ends."""
    raise SyntaxError(name)


KUBERNETES_LIBRARY = kubeconfig.kubernetes_library

NO_CHOICE = {"read_at": "2026-01-31T08:00:00Z", "choices": [], "names": {}, "lists": []}
OPTIONS = [
    Provoked({"cluster_ids": []}),
    Provoked({"cluster_ids": None}),
    Provoked({"cluster_names": []}),
    Provoked({"fleets": ["prod", " "]}),
    Provoked({"cluster_labels": {}}),
    Provoked({"cluster_labels": {"env": None}}),
    Provoked({"cluster_labels": {"version": 1.1}}),
    Provoked({"limit": 0}, "ucs_cluster_info"),
    Provoked({"checks": CHECK, "require": "0%"}, GATE),
    Provoked({"checks": [{"codearts_repository": {"repository_uuids": REPOSITORY}}], "require": "90%"}, GATE),
    Provoked({"readings": [{**READING, "question": {"fleets": ["prod"]}}]}, GATE),
    Provoked({"readings": [{**READING, "question": {"fleets": ["prod"]}, "selection": NO_CHOICE}]}, GATE),
    Provoked({"cluster_ids": "a/b"}),
    Provoked({"request_timeout": -1}),
    Provoked({"stuck_after": -1}),
    Provoked({"restart_max": -1}),
    Provoked({"codearts_timezone": "Mars/Olympus"}),
    Provoked({"interval": 0, "checks": CHECK}, GATE),
    Provoked({"limit": 0}, SOURCE_MODULE),
    Provoked({"expect": [{"name": "shop", "branch": ""}]}, SOURCE_MODULE),
    Provoked({"expect": [{"namespace": "shop"}]}, SOURCE_MODULE),
    Provoked({"config_sets": {"failed": True}}, SOURCE_MODULE),
    Provoked({"cluster_ids": None, "fleets": ["prod"], "selection": {}}, SOURCE_MODULE),
    Provoked({"cluster_ids": None, "fleets": ["prod"], "selection": NO_CHOICE}, SOURCE_MODULE),
    Provoked({"expect": [{"namespace": "shop"}]}, CONFIG_SET_MODULE),
    Provoked({"expect": [{"source": "a/b/c"}]}, CONFIG_SET_MODULE),
    Provoked({"expect": [{"name": "shop", "revision": "abc"}]}, SOURCE_MODULE),
    Provoked({"expect": [{"name": "shop", "revision": "1f0c5a1", "acceptable_revisions": ["abc"]}]}, SOURCE_MODULE),
    Provoked({"expect": [{"name": "shop", "acceptable_revisions": ["1f0c5a1"]}]}, SOURCE_MODULE),
    Provoked({"expect": [{"name": "shop", "branch": "main", "revision": "main"}]}, SOURCE_MODULE),
    Provoked({"controllers": [""]}),
    Provoked({"contexts": []}, FLUX),
    Provoked({"contexts": [" "]}, FLUX),
    Provoked({"contexts": ["prod", "Prod"]}, FLUX),
    Provoked({"namespaces": []}, FLUX),
    Provoked({"expect": [{"name": "shop", "kind": "Bucket", "branch": "main"}]}, FLUX),
    Provoked({"page_size": 0}, LIST_MODULE),
    Provoked({"search": "x" * 129}, LIST_MODULE),
    Provoked({"expect": [{"private": True}]}, LIST_MODULE),
    Provoked({"expect": [{"name": "shop", "max_size": "2"}]}, LIST_MODULE),
    Provoked({"expect": [{"name": "shop", "max_age": "long"}]}, LIST_MODULE),
    Provoked({"expect": [{}]}, AUTH),
    Provoked({"expect": []}, COMMITS),
    Provoked({"repository_ids": ["1001", "2"], "expect": [{**COMMIT, "repository_id": "2"}]}, COMMITS),
    Provoked({"repository_ids": ["1001", "2"]}, COMMITS),
    Provoked({"repository_ids": "shop"}, COMMITS),
    Provoked({"expect": [{"commit": "main"}]}, COMMITS),
    Provoked({"expect": [{**COMMIT, "branch": ""}]}, COMMITS),
    Provoked({"expect": [{"commit": COMMIT["commit"], "protected": True}]}, COMMITS),
    Provoked({"api": "v4", "expect": [{"uuid": REPOSITORY}]}, LIST_MODULE),
    Provoked({"expect": [{**PROBED, "name": "my token"}]}, AUTH),
    *(
        Provoked({"expect": [{**PROBED, "probe": {**PROBED["probe"], **wrong}}]}, AUTH)  # type: ignore[dict-item]
        for wrong in ({"clone_url": "tools"}, {"clone_url": "https://bot@example.com/a/b"}, {"ref": ""}, {"commit": "main"})
    ),
    Provoked({"auth_token": "demo-domain-token"}),
    Provoked({"region": None, "endpoints": None}),
    Provoked({"region": "eu-de", "endpoints": None}),
    Provoked({"cloud": "example.com", "endpoints": None}),
    Provoked({"endpoints": {"ucs": "https://ucs.myhuaweicloud.com/v1"}}),
    Provoked({"region": None}, AUTH),
    Provoked({"region": None, **PASSWORD}, AUTH),
    Provoked({"checks": []}, GATE),
    Provoked({"checks": [{"ucs_gitops": None}]}, GATE),
    Provoked({"readings": []}, GATE),
    Provoked({"readings": [{"skipped": True}]}, GATE),
    Provoked({"checks": [{**CHECK[0], "advisory": True}]}, GATE),
    Provoked({"readings": [{**READING, "question": None}]}, GATE),
    Provoked({"readings": [{**READING, "packed": '[{"cluster_id": "c'}]}, GATE),
    Provoked({"readings": [{**READING, "clusters": [{"cluster_id": CLUSTER}]}]}, GATE),
    Provoked({"readings": [{**READING, "errors": [{"cluster_id": CLUSTER}]}]}, GATE),
    Provoked({"readings": [{**READING, "question": {"cluster_ids": ["a", "b"]}}]}, GATE),
    Provoked({"readings": [{**READING, "schema_version": 0}]}, GATE),
    Provoked({"readings": [{**READING, "advisory": "perhaps"}]}, GATE),
    Provoked({"readings": [READING, READING], "checks": CHECK}, GATE),
    Provoked({"checks": CHECK, "expect_readings": 1}, GATE),
    Provoked({"checks": CHECK, "wait_timeout": 10, "steady_for": 20}, GATE),
    *(
        Provoked({"checks": CHECK, "waivers": [{**WAIVER, **wrong}]}, GATE)
        for wrong in (
            {"owner": ""},
            {"cluster": ""},
            {"code": "NO_SUCH_CODE"},
            {"code": "API_FORBIDDEN"},
            {"kind": "House"},
            {"expires": "soon"},
            {"expires": "2999-12-31"},
        )
    ),
    Provoked({"report": {"skipped": True}}, REPORT),
    Provoked({"report_var": "nowhere"}, REPORT),
    Provoked({"formats": []}, REPORT),
    Provoked({"path": " "}, REPORT),
    Provoked({"name": ".hidden"}, REPORT),
    *(
        Provoked({"checkout": "/", "paths": ["usr"], **wrong}, CODE)
        for wrong in (
            {"paths": ["no/such/path"]},
            {"checkout": "/no/such/folder"},
            {"checkout": "/usr", "paths": [".."]},
            {"paths": []},
            {"paths": ["a", "b"], "rendered": "a"},
            {"rendered": " "},
            {"rendered": "a", "max_interval": "soon"},
            {"rendered": "a", "allowed_hosts": []},
            {"rendered": "a", "allowed_hosts": [""]},
        )
    ),
]
UNSUPPORTED = {"codearts_commit": {"repository_ids": 1001, "expect": [{**COMMIT, "branhc": "main"}]}}
ALLOWED = {**allowed(), "valid_until": "2100-01-01T00:00:00Z"}
OTHERS = [
    Provoked({"checks": [UNSUPPORTED]}, GATE),
    Provoked({"checks": [{"codearts_commit": {"repository_ids": 1001, "expect": [{"branch": "main"}]}}]}, GATE),
    Provoked(NO_KEY),
    Provoked({"secret_key": None}),
    Provoked({"access_key": "with a blank"}),
    Provoked(NO_KEY, profile="no profile"),
    Provoked(NO_KEY, profile=""),
    Provoked({"endpoints": {"ucs": NOBODY}}),
    Provoked({}, fault={"action": "truncate", "body": {"items": []}}),
    Provoked({}, fault={"body": {"items": []}, "headers": {"no header": "x"}}),
    Provoked({}, environ={"http_proxy": NOBODY}),
    Provoked({}, environ={"http_proxy": "gopher://127.0.0.1:1"}),
    Provoked({"request_timeout": 0.1}, fault={"action": "hang"}),
    Provoked({"total_timeout": 0.2, "max_concurrency": 1, "request_retries": 1, "cluster_ids": ["a", "b"]}, fault={"action": "hang"}),
    Provoked({}, endpoint="not encrypted"),
    Provoked({}, endpoint="encrypted"),
    Provoked({"ca_path": "/no/such/file"}, endpoint="encrypted"),
    Provoked({}, fault={"error": "html@200"}),
    Provoked({}, fault={"status": 200, "body": {"items": [], "error_code": "UCS.00000001", "error_msg": "no"}}),
    Provoked({}, fault={"error": "redirect"}),
    Provoked({}, DETAIL, fault={"body": {"status": "success", "result": {}}}),
    Provoked({}, LIST_MODULE, fault={"body": {"status": "success", "result": {"repositories": "none"}}}),
    Provoked({}, COMMITS, fault={"path": "/v4/repositories/1001", "body": {}}),
    Provoked({}, COMMITS, fault={"path": "*/commits", "body": {}}),
    Provoked({}, COMMITS, fault={"path": "*/branch", "body": {}}),
    Provoked({}, COMMITS, fault={"path": "*/refs", "body": [f"b{number}" for number in range(100)]}),
    Provoked({"api": "v4"}, LIST_MODULE, fault={"body": [{}]}),
    Provoked({"expect": [PROBED]}, AUTH, fault={"path": "*/project-info", "body": {}}),
    Provoked({}, DETAIL, fault={"error": "APIG.0101"}),
    Provoked({"limit": 1}, SOURCE_MODULE, fault={"body": {"items": [], "total": 5}}),
    Provoked({}, patches={transport: {"BODY_LIMIT": 10}}),
    Provoked({}, patches={client: {"REQUESTS_IMPORT_ERROR": "No module named 'requests'"}}),
    Provoked({}, fault={"status": 202, "body": {"items": []}}),
    Provoked({}, fault={"body": '{"items": [], "items": null}'}),
    Provoked({}, fault={"body": {"items": []}, "headers": {"Age": "90"}}),
    Provoked({}, fault={"body": {"items": [{"metadata": {"namespace": "default"}}]}}),
    Provoked({}, DETAIL, fault={"body": {"status": "success", "result": {"repository_uuid": LIST}}}),
    Provoked({"secret_key": f"'{SECRET_KEY}'"}),
    Provoked(
        {"total_timeout": 20, "max_concurrency": 1, "cluster_ids": ["a", "b"]},
        fault={"status": 429, "body": {}, "headers": {"Retry-After": "60"}},
    ),
    *(
        Provoked({}, GATE, receipt=given)
        for given in (
            None,
            Path,
            "{",
            {},
            {**ALLOWED, "schema_version": 99},
            {**ALLOWED, "schema_version": 1},
            blocked(),
            {**ALLOWED, "valid_until": "2026-01-01T00:00:00Z"},
            {**ALLOWED, "decided_at": "2099-01-01T00:00:00Z"},
        )
    ),
    Provoked({"max_reading_age": 9e8}, GATE, receipt=ALLOWED),
    Provoked({}, GATE, receipt=ALLOWED, patches={receipts: {"LARGEST": 10}}),
    Provoked({"path": "/dev/null/reports"}, REPORT),
    Provoked({}, fault={"body": "[" * 100000}),
    Provoked({"contexts": "prd"}, FLUX),
    Provoked({"kubeconfig": "/no/such/file"}, FLUX),
    Provoked({"kubeconfig": "/"}, FLUX),
    Provoked({}, FLUX, kubeconfig="[]"),
    Provoked({}, FLUX, kubeconfig={"clusters": []}),
    Provoked({}, FLUX, kubeconfig={"users": []}),
    Provoked({}, FLUX, patches={kubeconfig: {"kubernetes_library": no_library}}),
    Provoked({}, FLUX, patches={kubeconfig: {"kubernetes_library": old_library}}),
    *(
        Provoked({}, FLUX, kubeconfig={"clusters": [{"name": "prod-cluster", "cluster": {"server": "https://x", **changed}}]})
        for changed in ({"server": "https://"}, {"insecure-skip-tls-verify": "false"})
    ),
    *(
        Provoked({"request_timeout": 1}, FLUX, context=user)
        for user in (
            {"token": "x", "as": "admin"},
            {"auth-provider": {"name": "azure"}},
            {"tokenFile": sys.executable},
            {"token": ["x"]},
            {"token": "x\ny"},
            {"exec": {**PLUGIN, "command": "login", "args": "x"}},
            {"client-key-data": "!"},
            {"exec": {"command": "login"}},
            {"exec": {**PLUGIN, "command": "no-such-plugin"}},
            {"exec": {**PLUGIN, "command": "false"}},
            {"exec": {**PLUGIN, "command": "true"}},
            {"exec": {**PLUGIN, "command": "sleep", "args": ["60"]}},
            {"token": "x"},
        )
    ),
    Provoked({}, FLUX, fault={"path": "*/pods", "body": {}}),
    Provoked({}, FLUX, fault={"path": "*/source.toolkit.fluxcd.io", "body": {}}),
    Provoked({}, FLUX, fault={"path": "*/pods", "body": {"items": [], "metadata": {"continue": "x"}}}),
    Provoked({}, FLUX, fault={"path": "*/pods", "body": {"items": [], "metadata": {"remainingItemCount": 1}}}),
    Provoked({}, FLUX, fault={"path": "*/source.toolkit.fluxcd.io", "status": 404, "body": {}}),
    Provoked({}, FLUX, fault={"path": "*/pods", "status": 410, "body": {"message": "The provided continue parameter is too old."}}),
    Provoked({"region": "af-south-1"}, AUTH),
    Provoked({"domain_id": None}, fault={"service": "iam", "body": {"domains": []}}),
    Provoked(PASSWORD, fault={"service": "iam", "status": 201, "body": {}}),
    Provoked(
        PASSWORD,
        fault={
            "service": "iam",
            "status": 201,
            "headers": {"X-Subject-Token": "demo-token"},
            "body": {"token": {"domain": {"name": "other"}}},
        },
    ),
    Provoked({**NO_KEY, "use_ecs_agency": True}, scenario={"metadata": "v1"}, fault={"service": "metadata", "path": "*key", "body": {}}),
    Provoked({"domain_id": None}, scenario={"clock_offset": 3600}),
    Provoked({**NO_KEY, "auth_token": "demo-domain-token"}, AUTH),
    Provoked({}, fault={"error": "APIG.0101"}),
    Provoked({}, fault={"error": "empty"}),
    Provoked({"endpoints": {"ucs": NOBODY}, "cluster_ids": ["a", "b"]}),
]


@pytest.fixture(scope="module")
def encrypted() -> Iterator[Simulator]:
    with Simulator(tls=True) as running:
        yield running


def usual(running: Simulator) -> dict[str, Any]:
    """Options that work."""
    hosts = {name: running.urls[name] for name in SERVICES}
    return {"region": REGION, "endpoints": hosts, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "request_retries": 0}


def kubeconfig_of(way: Provoked, path: Path, running: Simulator) -> str:
    """A kubeconfig with the context prod, written as a way to a message wants it."""
    context = {"cluster": CLUSTER, **({"user": way.context} if way.context else {})}
    write_kubeconfig(path, running, {"prod": context}, **(way.kubeconfig if isinstance(way.kubeconfig, dict) else {}))
    if isinstance(way.kubeconfig, str):
        path.write_text(way.kubeconfig, encoding="utf-8")
    return str(path)


def written(receipt: Any, folder: Path) -> str:
    """The path of a receipt: Path for a folder, None for none, text as it is."""
    path = folder / "receipt.json"
    path.unlink(missing_ok=True)
    if receipt is Path:
        return str(folder)
    if receipt is not None:
        path.write_text(receipt if isinstance(receipt, str) else json.dumps(receipt), encoding="utf-8")
    return str(path)


@pytest.fixture
def provoke(
    running: Simulator,
    encrypted: Simulator,
    run_module: Callable[..., dict[str, Any]],
    tmp_path: Path,
) -> Callable[[Provoked], list[str]]:
    """All messages that a way leads to: that of the task, and those of its requests."""
    ids = {
        "ucs_gitops_info": {"cluster_ids": CLUSTER},
        SOURCE_MODULE: {"cluster_ids": CLUSTER},
        CONFIG_SET_MODULE: {"cluster_ids": CLUSTER},
        LIST_MODULE: {"project_uuids": LIST},
        DETAIL: {"repository_uuids": REPOSITORY},
        FLUX: {"contexts": "prod"},
        COMMITS: {"repository_ids": "1001", "expect": [COMMIT]},
        REPORT: {"report": allowed(), "path": str(tmp_path)},
    }
    places = {"encrypted": encrypted.urls["ucs"], "not encrypted": running.urls["ucs"].replace("http://", "https://")}

    def ways(way: Provoked) -> list[str]:
        service = SERVICE_OF.get(way.module, "ucs")
        faults = [{"service": service, **way.fault}] if way.fault else []
        running.load({"extends": "healthy", **(way.scenario or {}), "faults": faults})
        options = {**usual(running), "domain_id": DOMAIN_ID} if way.module not in (REPORT, CODE) else {}
        options |= ids.get(way.module, {})
        options |= {"kubeconfig": kubeconfig_of(way, tmp_path / "kubeconfig", running)} if way.module == FLUX else {}
        if way.module == GATE and way not in OPTIONS:
            options |= {"checks": CHECK, "receipt": written(way.receipt, tmp_path)}
        if "report_var" in way.changes:
            del options["report"]
        if way.endpoint:
            options["endpoints"]["ucs"] = places[way.endpoint]
        with pytest.MonkeyPatch.context() as patch:
            for name, value in {"no_proxy": "", "NO_PROXY": "", **way.environ}.items() if way.environ else ():
                patch.setenv(name, value)
            if way.profile is not None:
                profile = tmp_path / "profile"
                profile.write_text(way.profile, encoding="utf-8")
                patch.setenv("HUAWEICLOUD_SDK_CREDENTIALS_FILE", str(profile if way.profile else tmp_path))
            for module, values in way.patches.items():
                for name, patched in values.items():
                    patch.setattr(module, name, patched)
            result = run_module(way.module, **{**options, **way.changes})
        if "causes" in result:
            return [reason["text"] for reason in result["causes"]]
        failures = [*result.get("errors", []), *(probe["error"] for probe in result.get("probes") or [] if probe["error"])]
        said = [result["msg"]] if isinstance(result.get("msg"), str) else result.get("warnings", [])
        return [*said, *(failure["message"] for failure in failures)]

    return ways


@pytest.mark.parametrize("way", OPTIONS, ids=lambda way: f"{way.module} {list(way.changes)[-1]}")
def test_options_are_refused_in_words_of_the_guide(provoke: Callable[[Provoked], list[str]], way: Provoked) -> None:
    (message,) = provoke(way)
    said = re.fullmatch(r"Option '[\w.\[\]]+': got .*?, expected (.*)\.", message)
    assert said, message
    assert fitting(said.group(1), "Expected"), message


def test_every_expectation_of_the_guide_is_real(provoke: Callable[[Provoked], list[str]]) -> None:
    expected = [provoke(way)[0].split(", expected ", 1)[-1].removesuffix(".") for way in OPTIONS]
    assert set(column("Expected")) == set().union(*(fitting(one, "Expected") for one in expected))


def messages_about_code() -> list[str]:
    """What is said of a checkout, and of what Terraform printed, that nothing can be expected of."""
    source = "apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {name: a}\nspec: {url: https://example.com/a}\n"
    ways: list[Callable[[], object]] = [
        *(partial(expectations, given) for given in ("{", [], {"format_version": "2.0"}, {})),
        partial(expectations, {"format_version": "1.0"}, "a"),
        partial(expectations, {}, "a"),
    ]
    said = []
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        ways.append(partial(declared_sources, [folder], None))
        for way in ways:
            with pytest.raises(GitopsError) as error:
                way()
            said.append(str(error.value))
        Path(folder, "a.yaml").write_text(source, encoding="utf-8")
        with pytest.raises(GitopsError) as error:
            declared_sources([folder], None, "1f0c5a1", "https://example.com/b")
        said.append(str(error.value))
        patch.setattr(documents, "YAML_IMPORT_ERROR", "No module named 'ruamel'")
        with pytest.raises(GitopsError) as error:
            documents.require_yaml()
        said.append(str(error.value))
    return said


def test_every_message_of_the_guide_is_real(provoke: Callable[[Provoked], list[str]]) -> None:
    seen: set[str] = set()
    for way in OTHERS:
        said = provoke(way)
        found = [fitting(message, "Message") for message in said]
        assert all(found), said
        seen |= set().union(*found)
    for message in messages_about_code():
        assert fitting(message, "Message"), message
        seen |= fitting(message, "Message")
    assert set(column("Message")) == seen


NAME = {"name": "shop"}
REFUSED = [
    {"gitops_gate_cluster": CLUSTER},
    {"gitops_gate_sources": [{"names": "shop"}]},
    {"gitops_gate_enforce": "perhaps"},
    {"gitops_gate_interval": "soon"},
    {"gitops_gate_error_limit": 0},
    {"gitops_gate_revision": ""},
    {"gitops_gate_commits": [{"repository_id": 1001}]},
    {"gitops_gate_revision": 12e45},
    {"gitops_gate_fail_fast": "sometimes"},
    {"gitops_gate_codearts_timezone": "Mars/Olympus"},
    {"gitops_gate_clusters": {}},
    {"gitops_gate_fleets": []},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_report_dir": "reports", "gitops_gate_report_formats": []},
    {"gitops_gate_cluster_labels": "env=prod,tier"},
    {"gitops_gate_cluster_labels": {}},
    {"gitops_gate_cluster_labels": {"env": None}},
    {"gitops_gate_cluster_labels": {"version": 1.1}},
    {"gitops_gate_cluster_labels": "env=prod,env=staging"},
    {"gitops_gate_require": "most"},
    {"gitops_gate_projects": LIST, "gitops_gate_require": "90%"},
    {"gitops_gate_sources": "shop"},
    {"gitops_gate_sources": ["shop"]},
    {"gitops_gate_sources": "[{"},
    {"gitops_gate_connection": []},
    {"gitops_gate_repositories": [{**NAME, "min_role": 10}]},
    {"gitops_gate_sources": [{"branch": "main"}]},
    {"gitops_gate_clusters": "{{ undefined }}"},
    {"gitops_gate_sources": [NAME]},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_revision": "1f0c5a1"},
    {"gitops_gate_check_config_sets": True},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_check_config_sets": True, "gitops_gate_sources": [{"url": "https://example.com/shop"}]},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_wait_timeout": 10},
    {},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_advisory": ["ucs_gitops", "ucs_repository_source"]},
    {"gitops_gate_clusters": CLUSTER},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_check_flux": True},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_flux_contexts": "prod", "gitops_gate_sources": [{**NAME, "kind": "Bucket"}]},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_manifests": "/no/such/path"},
    {"gitops_gate_manifests": ".", "gitops_gate_manifest_options": {"paths": ["apps"]}},
    {"gitops_gate_clusters": CLUSTER, "gitops_gate_manifests": "/", "gitops_gate_revision": "1f0c5a1"},
]


def test_the_role_refuses_in_words_of_the_guide() -> None:
    seen: set[str] = set()
    for variables in REFUSED:
        refused = question(variables, datetime.now(timezone.utc), "confirm")["refused"]
        assert fitting(refused, "Refused"), refused
        seen |= fitting(refused, "Refused")
    refused = question({"gitops_gate_manifests": "."}, datetime.now(timezone.utc), "runner")["refused"]
    assert set(column("Refused")) == seen | fitting(refused, "Refused")


# --- codes of the services

CODES = [row for table in tables() for row in table if {"Code", "Status"} <= row.keys()]
PLAIN = [row for table in tables() for row in table if "Code" in row and "Status" not in row]


def test_every_code_that_is_known_is_in_the_guide() -> None:
    known = {name.replace("APIGW", "APIG") for name in names() if re.fullmatch(r"(APIGW?|UCS|CH|DEV|SVCSTG\.REPO)\.\d+", name)}
    listed = [code for row in CODES for code in row["Code"].split(", ")]
    assert sorted(listed) == sorted(known)
    statuses = {name.removeprefix("IAM.") for name in names() if name.startswith("IAM.")} | {"429", "502", "503", "504"}
    assert sorted(code for row in PLAIN for code in row["Code"].split(", ")) == sorted(statuses)


@pytest.mark.parametrize("row", CODES, ids=lambda row: row["Code"])
def test_a_code_is_what_the_guide_says(row: dict[str, str], running: Simulator, run_module: Any) -> None:
    for code in row["Code"].split(", "):
        service, module, asked = (
            ("codearts_repo", DETAIL, {"repository_uuids": REPOSITORY})
            if code.startswith("CH.")
            else ("servicestage", AUTH, {})
            if code.startswith("SVCSTG.")
            else ("ucs", "ucs_gitops_info", {"cluster_ids": CLUSTER})
        )
        running.load({"extends": "healthy", "faults": [{"service": service, "error": code}]})
        result = run_module(module, **usual(running), **asked, on_error="report")
        (error,), (finding, *_more) = result["errors"], result["readiness"]["findings"]
        seen = (error["code"], str(error["status"]), "yes" if error["retryable"] else "no", finding["code"])
        assert seen == (code, row["Status"], row["Again"], row["Finding"])


def test_the_plain_statuses_are_tried_again_as_the_guide_says(running: Simulator, run_module: Any) -> None:
    for row in PLAIN:
        for status in row["Code"].split(", "):
            running.load({"extends": "healthy", "faults": [{"service": "ucs", "status": int(status), "body": {}}]})
            (error,) = run_module("ucs_gitops_info", **usual(running), cluster_ids=CLUSTER, on_error="report")["errors"]
            assert (error["code"], "yes" if error["retryable"] else "no") == (status, row["Again"])

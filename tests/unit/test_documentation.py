# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The documentation of the modules says what the code does, and leaves out nothing that the pages of the API have."""

from __future__ import annotations

import ast
import importlib
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible.plugins.loader import fragment_loader
from ansible.utils.plugin_docs import get_docstring
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import FIELDS, KINDS, MANDATORY
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.receipt import receipt_of, render
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate, info, report
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.check_options import check_spec
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_names import role_words

from simulator.templates import DOCUMENTED

from .receipts import blocked

if TYPE_CHECKING:
    from collections.abc import Iterator

    from simulator import Simulator

ROOT = Path(__file__).resolve().parent.parent.parent
REFERENCE = Path(os.environ.get("SHARED") or ROOT.parent / "shared") / "api" / "reference"
MODULES = sorted(path.stem for path in (ROOT / "plugins" / "modules").glob("*.py"))
ENDPOINT_OF = {endpoint.module: name for name, endpoint in ENDPOINTS.items()}
INFO_MODULES = list(ENDPOINT_OF)
API_MODULES = [endpoint.module for endpoint in ENDPOINTS.values() if not endpoint.is_local]
# Where the pages of the API stand in the documentation: page, the type of its objects, the objects' place in RETURN.
PAGES = {
    "ucs_repository_source_info": ("ucs_repository_sources", "RepoResponse", ["clusters", "repository_sources"]),
    "ucs_gitops_info": ("ucs_gitops", "Pod", ["clusters", "pods"]),
    "codearts_project_repository_info": ("codearts_project_repositories", "RepoInfoV2", ["projects", "repositories"]),
    "codearts_repository_info": ("codearts_repository", "RepoInfoV2", ["repositories"]),
    "servicestage_git_authorization_info": ("servicestage_git_authorizations", "authorizations", ["authorizations"]),
}
# Types that the pages state wrongly (services.rst, "UCS: GitOps pods"), by table and field.
MISSTATED = {
    ("ListMeta", "remainingItemCount"): "int",
    ("ObjectMeta", "generation"): "int",
    ("ContainerStatus", "lastState"): "dict",
    ("ContainerStatus", "started"): "bool",
}
every_module = pytest.mark.parametrize("module", MODULES)
every_api_module = pytest.mark.parametrize("module", API_MODULES)
every_module_with_a_page = pytest.mark.parametrize("module", PAGES)


def documentation(module: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """DOCUMENTATION, with the fragments in it, and RETURN."""
    path = str(ROOT / "plugins" / "modules" / f"{module}.py")
    doc, _examples, returned, _metadata = get_docstring(path, fragment_loader, collection_name="huaweicloud.gitops", plugin_type="module")
    return doc, returned if isinstance(returned, dict) else yaml.safe_load(returned)


def argument_spec(module: str) -> dict[str, Any]:
    if module in ENDPOINT_OF:
        return info.argument_spec(ENDPOINTS[ENDPOINT_OF[module]])
    return {"gitops_gate": gate, "gitops_report": report}[module].argument_spec()


# --- options


def differences(documented: dict[str, Any], spec: dict[str, Any], path: str = "") -> Iterator[str]:
    for name in sorted({*documented, *spec}):
        here = f"{path}{name}"
        if name not in documented or name not in spec:
            yield f"{here}: only {'documented' if name in documented else 'in the spec'}"
            continue
        said, done = documented[name], spec[name]
        for key, missing in (("type", "str"), ("elements", None), ("required", False), ("default", None)):
            if said.get(key, missing) != done.get(key, missing):
                yield f"{here}: {key} is documented as {said.get(key, missing)!r} and is {done.get(key, missing)!r}"
        for key in ("choices", "aliases"):
            if list(said.get(key) or []) != list(done.get(key) or []):
                yield f"{here}: {key} are documented as {said.get(key)!r} and are {done.get(key)!r}"
        yield from differences(said.get("suboptions") or {}, done.get("options") or {}, f"{here}.")


@every_module
def test_options_and_argument_spec_agree_to_any_depth(module: str) -> None:
    assert list(differences(documentation(module)[0]["options"], argument_spec(module))) == []


@every_module
def test_every_option_is_described(module: str) -> None:
    def missing(options: dict[str, Any], path: str) -> Iterator[str]:
        for name, option in options.items():
            if not option.get("description"):
                yield path + name
            if isinstance(option.get("choices"), dict) and not all(option["choices"].values()):
                yield f"{path}{name}.choices"
            yield from missing(option.get("suboptions") or {}, f"{path}{name}.")

    assert list(missing(documentation(module)[0]["options"], "")) == []


@pytest.mark.parametrize("endpoint", ENDPOINTS)
def test_the_gate_names_the_options_that_a_check_takes_and_the_module_that_has_them(endpoint: str) -> None:
    told = " ".join(documentation("gitops_gate")[0]["options"]["checks"]["suboptions"][endpoint]["description"])
    options = check_spec(ENDPOINTS[endpoint])
    module = ENDPOINTS[endpoint].module
    assert f"M(huaweicloud.gitops.{module})" in told
    assert re.findall(r"C\((\w+)\)", told) == list(options)
    assert options.keys() <= documentation(module)[0]["options"].keys()


def test_no_credentials_and_no_listing_options_in_a_check() -> None:
    for endpoint in ENDPOINTS.values():
        inside = check_spec(endpoint)
        assert inside
        assert not set(inside) & {"access_key", "secret_key", "auth_token", "password", "detail", "on_error", *endpoint.listing}


def test_waivers_are_documented_as_they_are() -> None:
    documented = documentation("gitops_gate")[0]["options"]["waivers"]["suboptions"]
    assert sorted(documented) == sorted(FIELDS)
    assert [name for name, option in documented.items() if option.get("required")] == list(MANDATORY)
    kinds = documentation("ucs_gitops_info")[1]["readiness"]["contains"]["findings"]["contains"]["kind"]["description"]
    assert re.findall(r"V\((\w+)\)", kinds) == list(KINDS)


def test_every_module_is_in_the_action_group_and_the_other_way_round() -> None:
    groups = yaml.safe_load((ROOT / "meta" / "runtime.yml").read_text(encoding="utf-8"))["action_groups"]
    assert groups == {"api": sorted([*API_MODULES, "gitops_gate"])}, "the others have no connection"
    assert sorted([*INFO_MODULES, "gitops_gate", "gitops_report"]) == MODULES


# --- what the pages of the API have


def cells(page: str) -> list[str]:
    """The cells of the tables and all other lines, one after the other; both ways in which the pages show tables come down to this."""
    lines = (line.strip().strip("|").strip() for line in page.splitlines())
    return [line for line in lines if line and not set(line) <= set("-|")]


def tables(page: str) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    """The tables of parameters of a page: title, whether it is of a request, and name and type of each field."""
    found: list[tuple[str, bool, list[tuple[str, str]]]] = []
    title, all_cells = "", cells(page)
    for position, cell in enumerate(all_cells):
        named = re.fullmatch(r"Table \d+ (.+)", cell)
        if named:
            title = named.group(1).removesuffix(" parameters")
        elif cell in ("Parameter", "参数"):
            found.append((title, all_cells[position + 1] in ("Mandatory", "是否必选"), []))
            title = ""
        elif found and re.fullmatch(r"[A-Za-z]\w*", cell):
            kind = all_cells[position + 1 + found[-1][1]] if position + 2 < len(all_cells) else ""
            if re.fullmatch(r"String|Integer|Boolean|Long|Object|Array .*|Array<.*>|Map<.*>|\w+ object", kind):
                found[-1][2].append((cell, kind))
    return found


@pytest.fixture
def page(module: str) -> list[tuple[str, bool, list[tuple[str, str]]]]:
    files = list(REFERENCE.glob(f"{PAGES[module][0]}.*.txt"))
    if not files:
        pytest.skip("the reference pages are not at hand")
    return tables(files[0].read_text(encoding="utf-8"))


def place(returned: dict[str, Any], path: list[str]) -> dict[str, Any]:
    for name in path:
        returned = returned[name]["contains"]
    return returned


@every_module_with_a_page
def test_every_parameter_of_the_page_is_an_option(module: str, page: Any) -> None:
    options = documentation(module)[0]["options"]
    known = {*options, *(alias for option in options.values() for alias in option.get("aliases") or [])}
    asked = {name for _title, request, fields in page if request for name, _kind in fields}
    assert asked
    assert asked <= known
    expected = {
        "ucs_repository_source_info": {"clusterid", "limit", "offset", "order_by", "order"},
        "ucs_gitops_info": {"clusterid"},
        "codearts_project_repository_info": {"project_uuid", "page_index", "page_size", "search"},
        "codearts_repository_info": {"repository_uuid"},
        "servicestage_git_authorization_info": {"project_id"},
    }
    assert asked == expected[module]  # or the page was not understood


@every_module_with_a_page
def test_every_field_of_the_page_is_documented(module: str, page: Any) -> None:
    _page, objects, path = PAGES[module]
    answers = {title: fields for title, request, fields in page if not request and title}
    if objects == "RepoInfoV2":  # the tables of these pages have no titles
        answers["RepoInfoV2"] = next(
            fields for _title, _request, fields in page if ("repository_uuid", "String") in fields and len(fields) > 2
        )
    returned = documentation(module)[1]
    seen = 0

    def walk(title: str, contains: dict[str, Any], where: str) -> None:
        nonlocal seen
        for name, kind in answers[title]:
            if (title, name) == ("SecretInfo", "secret"):
                assert name not in contains  # never comes out
                continue
            assert name in contains, f"{where}{name} is not documented"
            seen += 1
            simple = {"String": "str", "Integer": "int", "Long": "int", "Boolean": "bool"}
            expected = MISSTATED.get((title, name)) or simple.get(kind) or ("list" if kind.startswith("Array") else "dict")
            assert contains[name]["type"] == expected, f"{where}{name}"
            inner = re.sub(r"^Array of | objects?$", "", kind)
            if inner in answers:
                walk(inner, contains[name]["contains"], f"{where}{name}.")

    walk(objects, place(returned, path), "")
    around = {"ucs_gitops_info": "ListMeta"}
    if module in around:
        walk("ListMeta", place(returned, ["clusters", "metadata"]), "metadata.")
    assert (
        seen
        == {
            "ucs_repository_source_info": 45,
            "ucs_gitops_info": 64,
            "codearts_project_repository_info": 21,
            "codearts_repository_info": 21,
            "servicestage_git_authorization_info": 11,
        }[module]
    )  # or the page was not understood


@every_module_with_a_page
def test_every_field_of_the_example_is_documented(module: str) -> None:
    name, _objects, path = PAGES[module]
    body = json.loads((DOCUMENTED / f"{name}.json").read_text(encoding="utf-8"))

    def walk(value: Any, contains: dict[str, Any], where: str) -> None:
        for one in value if isinstance(value, list) else [value]:
            for key, inner in one.items():
                assert key in contains, f"{where}{key} is not documented"
                if "contains" in contains[key] and inner:
                    walk(inner, contains[key]["contains"], f"{where}{key}.")

    result = body.get("result", {})
    objects = body.get("items") or body.get("authorizations") or result.get("repositories") or result
    walk(objects, place(documentation(module)[1], path), "")


# --- what the results have

FREE = {
    "repository_sources",
    "config_sets",
    "pods",
    "authorizations",
    "metadata",
    "repository",
    "commit",
    "branch_details",
    "compare",
    "last_pipeline",
}  # objects of the API: what is not listed is passed through
ALWAYS = {"changed", "invocation", "failed", "msg"}  # of every module


def compare(value: Any, contains: dict[str, Any], free: bool, where: str = "") -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if not free:
            yield from (f"{where}{name} is not documented" for name in one if name not in contains)
        for name, said in contains.items():
            if name not in one:
                if said["returned"] == "always":
                    yield f"{where}{name} is documented as always there"
            elif "contains" in said and one[name] is not None:
                inner_free = free or name in FREE or (where.startswith("projects") and name == "repositories")
                yield from compare(one[name], said["contains"], inner_free and name != "readiness", f"{where}{name}.")
            elif one[name] is not None:
                kinds = {"str": str, "int": int, "bool": bool, "float": (int, float), "list": list, "dict": dict, "raw": object}
                if not isinstance(one[name], kinds[said["type"]]):
                    yield f"{where}{name} is {one[name]!r}, documented as {said['type']}"


IDS = {
    "ucs_repository_source_info": {"cluster_ids": ["c1000000-0000-4000-8000-000000000001", "unknown"]},
    "ucs_config_set_info": {"cluster_ids": ["c1000000-0000-4000-8000-000000000001", "unknown"]},
    "ucs_gitops_info": {"cluster_ids": ["c1000000-0000-4000-8000-000000000003", "unknown"]},
    "ucs_cluster_info": {"cluster_names": ["prod-eu", "unknown"], "fleets": ["prod"]},
    "codearts_project_repository_info": {"project_uuids": ["b0000000000000000000000000000001", "unknown"]},
    "codearts_repository_info": {"repository_uuids": ["e0000000000000000000000000000001", "unknown"]},
    "codearts_commit_info": {
        "repository_ids": ["1001", "9999"],
        "expect": [
            {"repository_id": number, "commit": "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "ci": True} for number in ("1001", "9999")
        ],
    },
    "servicestage_git_authorization_info": {},
    "flux_info": {"contexts": ["prod", "unknown"]},
}


@every_api_module
@pytest.mark.parametrize("detail", ["full", "summary"])
def test_results_are_as_documented(
    module: str, detail: str, simulator: Simulator, options: dict[str, Any], kubeconfig: str, run_module: Any
) -> None:
    simulator.load("failing")
    returned = documentation(module)[1]
    id_field = ENDPOINTS[module.removesuffix("_info")].id_field
    returned["errors"]["contains"][id_field] = {"type": "str", "returned": "always"}  # said in the description
    assert id_field in str(returned["errors"]["description"])
    assert returned.pop("packed")["returned"] == "when O(detail=packed)"
    free_here = {"repositories"} if module == "codearts_repository_info" else set()
    for on_error in ("fail", "report"):
        result = run_module(module, **options, kubeconfig=kubeconfig, **IDS[module], detail=detail, on_error=on_error)
        assert result["readiness"]["findings"]
        assert bool(result["errors"]) is (module not in ("servicestage_git_authorization_info", "ucs_cluster_info"))
        assert returned.keys() <= result.keys()
        mine = {name: value for name, value in result.items() if name not in ALWAYS}
        objects = {name: mine.pop(name) for name in free_here}
        assert list(compare(mine, {name: said for name, said in returned.items() if name not in free_here}, free=False)) == []
        for name, listed in objects.items():
            assert list(compare(listed, returned[name]["contains"], free=True)) == []


@every_api_module
def test_a_packed_result_is_as_documented(
    module: str, simulator: Simulator, options: dict[str, Any], kubeconfig: str, run_module: Any
) -> None:
    simulator.load("failing")
    returned = documentation(module)[1]
    collection = ENDPOINTS[module.removesuffix("_info")].collection
    assert "not when O(detail=packed)" in returned.pop(collection)["returned"]
    asked = {**options, "kubeconfig": kubeconfig, **IDS[module], "on_error": "report"}
    packed, summary = (run_module(module, **asked, detail=detail) for detail in ("packed", "summary"))
    assert collection not in packed
    assert returned.keys() <= packed.keys()
    assert [each.keys() for each in json.loads(packed["packed"])] == [each.keys() for each in summary[collection]]


def returned_by_gate() -> dict[str, Any]:
    """RETURN of the gate, with the fields that it says are those of an info module."""
    returned, there = documentation("gitops_gate")[1], documentation("ucs_gitops_info")[1]
    findings, selection = returned["findings"], returned["checks"]["contains"]["selection"]
    for said, place in ((findings, "readiness.findings"), (selection, "selection")):
        assert f"RV(huaweicloud.gitops.ucs_gitops_info#module:{place})" in " ".join(said["description"])
    findings["contains"] = there["readiness"]["contains"]["findings"]["contains"]
    selection["contains"] = there["selection"]["contains"]
    return returned


def test_the_result_of_the_gate_is_as_documented(simulator: Simulator, options: dict[str, Any], kubeconfig: str, run_module: Any) -> None:
    returned = returned_by_gate()
    checks = [{module.removesuffix("_info"): asked} for module, asked in IDS.items()]
    for scenario, enforce in (("failing", True), ("failing", False), ("healthy", True)):
        simulator.load(scenario)
        result = run_module("gitops_gate", **options, kubeconfig=kubeconfig, wait_timeout=0, checks=checks, enforce=enforce)
        assert returned.keys() - {"confirmed_at"} <= result.keys()
        mine = {name: value for name, value in result.items() if name not in ALWAYS - {"msg"}}
        assert list(compare(mine, returned, free=False)) == []


@pytest.mark.parametrize("scenario", ["healthy", "failing"])
def test_a_confirmed_receipt_and_one_that_does_not_count_are_as_documented(
    scenario: str, simulator: Simulator, options: dict[str, Any], run_module: Any, tmp_path: Path
) -> None:
    simulator.load(scenario)
    checks = [{"ucs_gitops": {"cluster_ids": ["c1000000-0000-4000-8000-000000000003"]}}]
    receipt = tmp_path / "receipt.json"
    receipt.write_text(render(receipt_of(run_module("gitops_gate", **options, wait_timeout=0, checks=checks, enforce=False))))
    result = run_module("gitops_gate", **options, checks=checks, receipt=str(receipt))
    returned = returned_by_gate()
    assert returned.keys() - result.keys() == (set() if scenario == "healthy" else {"confirmed_at"})
    mine = {name: value for name, value in result.items() if name not in ALWAYS - {"msg"}}
    assert list(compare(mine, returned, free=False)) == []


def test_the_result_of_a_report_is_as_documented(tmp_path: Path, run_module: Any) -> None:
    returned = documentation("gitops_report")[1]
    tmp_path.joinpath("file").touch()
    for folder, warned in (("reports", False), ("file", True)):
        result = run_module("gitops_report", report=blocked(), path=str(tmp_path / folder))
        assert returned.keys() - result.keys() == (set() if warned else {"warnings"})
        mine = {name: value for name, value in result.items() if name not in ALWAYS}
        assert list(compare(mine, returned, free=False)) == []


# --- the modules themselves


def module_returns(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / "tools" / "module_returns", *arguments], capture_output=True, text=True, check=False)


@pytest.mark.once
def test_what_modules_return_alike_is_up_to_date() -> None:
    done = module_returns(ROOT, "--check")
    assert done.returncode == 0, done.stderr


@pytest.mark.once
def test_a_module_with_stale_returns_is_told_and_mended(tmp_path: Path) -> None:
    for folder in ("tools", "plugins/modules"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    module = tmp_path / "plugins" / "modules" / "ucs_gitops_info.py"
    right = module.read_text(encoding="utf-8")
    module.write_text(right.replace("What to do about it.", "What to do."), encoding="utf-8")
    stale = module_returns(tmp_path, "--check")
    assert (stale.returncode, stale.stderr) == (1, "not up to date, run tools/module_returns: ucs_gitops_info.py\n")
    assert module_returns(tmp_path).returncode == 0
    assert module.read_text(encoding="utf-8") == right


@pytest.mark.once
@pytest.mark.slow
def test_ansible_doc_shows_every_module_whole(tmp_path: Path) -> None:
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "ANSIBLE_HOME": str(tmp_path),
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [str(Path(sys.executable).with_name("ansible-doc")), "--json", *(f"huaweicloud.gitops.{module}" for module in MODULES)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    shown = json.loads(done.stdout)
    assert sorted(shown) == [f"huaweicloud.gitops.{module}" for module in MODULES]
    for module in MODULES:
        parts = shown[f"huaweicloud.gitops.{module}"]
        assert all(parts[name] for name in ("doc", "examples", "return")), module
        assert parts["doc"]["seealso"], module
        assert {"check_mode", "diff_mode", "action", "async"} <= parts["doc"]["attributes"].keys(), module


@every_module
def test_every_return_value_is_described(module: str) -> None:
    def missing(values: dict[str, Any], path: str) -> Iterator[str]:
        for name, value in values.items():
            yield from (f"{path}{name}.{key}" for key in ("description", "type", "returned") if not value.get(key))
            yield from missing(value.get("contains") or {}, f"{path}{name}.")

    assert list(missing(documentation(module)[1], "")) == []


@every_module
def test_a_module_is_little_more_than_its_documentation(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    spoken = [
        node
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign)
        and isinstance(node.targets[0], ast.Name)
        and node.targets[0].id in ("DOCUMENTATION", "EXAMPLES", "RETURN")
    ]
    assert len(spoken) == 3
    words = {number for node in spoken for number in range(node.lineno, (node.end_lineno or node.lineno) + 1)}
    code = [
        line
        for number, line in enumerate(source.splitlines(), 1)
        if number not in words and line.strip() and not line.lstrip().startswith("#")
    ]
    assert len(code) <= 15


@every_module
def test_a_module_can_be_imported_and_has_a_main(module: str) -> None:
    assert callable(importlib.import_module(f"ansible_collections.huaweicloud.gitops.plugins.modules.{module}").main)


# --- codes of findings

RESERVED: set[str] = set()  # in the catalogue for rules that no code follows yet
PREFIXES = sorted({code.split("_")[0] for code in CATALOGUE})
CODE = re.compile(rf"(?:{'|'.join(PREFIXES)})_[A-Z_]+")


def codes_in_the_code() -> dict[str, set[str]]:
    """The codes by file, wherever a text of the code is one; but not the catalogue itself."""
    found: dict[str, set[str]] = {}
    for path in sorted((ROOT / "plugins").glob("*_utils/**/*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        catalogue = {
            id(key)
            for node in ast.walk(tree)
            if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.target.id == "CATALOGUE"
            for key in (node.value.keys if isinstance(node.value, ast.Dict) else [])
        }
        texts = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in catalogue
        }
        found[path.name] = {text for text in texts if CODE.fullmatch(text)}
    return found


def test_every_code_that_is_used_is_in_the_catalogue() -> None:
    strays = {name: codes - set(CATALOGUE) for name, codes in codes_in_the_code().items() if codes - set(CATALOGUE)}
    assert strays == {}


def test_every_code_of_the_catalogue_is_used_or_reserved() -> None:
    used = set().union(*codes_in_the_code().values())
    assert set(CATALOGUE) - used == RESERVED


def test_every_code_says_what_it_is_and_what_to_do() -> None:
    """What to do is a sentence, or ends with a command that can be copied as it stands."""
    for code, meaning in CATALOGUE.items():
        assert re.fullmatch(r"[A-Z].*[^.]", meaning.title), code
        for text in (meaning.remediation, *meaning.by_cause.values()):
            assert text.endswith(".") or re.search(r"(: |with |then: )(kubectl|flux) [^:;]*[^.:;]$", text), (code, text)


def test_options_in_what_to_do_are_named_in_quotes() -> None:
    """So that the role can put its variables in their place."""
    for code, meaning in CATALOGUE.items():
        for name in re.findall(r"'([a-z_]+)'", meaning.remediation):
            assert role_words(f"'{name}'") != f"'{name}'", (code, name)


@every_module
def test_codes_in_the_documentation_exist(module: str) -> None:
    source = (ROOT / "plugins" / "modules" / f"{module}.py").read_text(encoding="utf-8")
    named = {
        code for code in re.findall(r"[CV]\(([A-Z]+_[A-Z_]+)\)|code: ([A-Z_]+)|sample: ([A-Z]+_[A-Z_]+)$", source) for code in code if code
    }
    assert {code for code in named if CODE.fullmatch(code)} <= set(CATALOGUE)

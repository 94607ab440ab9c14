# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The YAML examples of the guides: they parse, ansible-playbook takes them, and they name only options and variables that exist."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import jsonschema
import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate, info, report

from .guides import DOCSITE, GUIDES, ROOT, blocks, text
from .test_examples import ESTATE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from .conftest import Play

TASK_LISTS = ("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always")
every_guide = pytest.mark.parametrize("guide", GUIDES)


def examples(guide: str) -> dict[int, Any]:
    """What the YAML examples of a guide hold, by the line they begin in."""
    return {block.line: yaml.safe_load(block.text) for block in blocks(guide) if block.language == "yaml"}


def playbooks(guide: str) -> dict[int, list[dict[str, Any]]]:
    """Its examples that are plays, and its lists of tasks in a play of their own. What is neither is variables, or of another tool."""
    lists = {line: example for line, example in examples(guide).items() if isinstance(example, list)}
    return {line: example if "hosts" in example[-1] else [{"hosts": "all", "tasks": example}] for line, example in lists.items()}


def tasks(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    for name in TASK_LISTS:
        for task in part.get(name) or []:
            yield task
            yield from tasks(task)


def test_the_guides_are_there() -> None:
    assert {"guide_add_endpoint", "guide_authentication", "guide_errors", "guide_gate"} <= set(GUIDES)
    assert {"guide_kubernetes", "guide_pipelines", "guide_report", "guide_runners"} <= set(GUIDES)


def test_every_page_is_in_the_table_of_contents_once() -> None:
    sections = yaml.safe_load((DOCSITE / "extra-docs.yml").read_text(encoding="utf-8"))["sections"]
    listed = [page for section in sections for page in section["toctree"]]
    assert sorted(listed) == sorted(path.stem for path in (DOCSITE / "rst").glob("*.rst"))


@every_guide
def test_every_example_parses(guide: str) -> None:
    assert all(isinstance(example, (dict, list)) for example in examples(guide).values())


@pytest.mark.parametrize("guide", [guide for guide in GUIDES if playbooks(guide)])
def test_ansible_takes_the_plays_and_tasks(guide: str, tmp_path: Path) -> None:
    files = []
    for line, plays in playbooks(guide).items():
        files.append(tmp_path / f"{guide}_line_{line}.yml")
        files[-1].write_text(yaml.safe_dump(plays, sort_keys=False), encoding="utf-8")
    tmp_path.joinpath("gate-vars.yml").write_text("{}\n", encoding="utf-8")
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"),
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "ANSIBLE_NOCOLOR": "1",
    }
    command = [Path(sys.executable).with_name("ansible-playbook"), "-i", "web,", "--syntax-check", *files]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert [line.partition(": ")[2] for line in done.stdout.splitlines() if line.startswith("playbook: ")] == [str(file) for file in files]


@every_guide
def test_the_tasks_use_options_that_exist(guide: str) -> None:
    specs = {f"huaweicloud.gitops.{endpoint.module}": info.argument_spec(endpoint) for endpoint in ENDPOINTS.values()}
    specs |= {"huaweicloud.gitops.gitops_gate": gate.argument_spec(), "huaweicloud.gitops.gitops_report": report.argument_spec()}
    for line, plays in playbooks(guide).items():
        for task in (task for play in plays for task in tasks(play)):
            for module in (name for name in task if name.startswith("huaweicloud.gitops.")):
                options = task[module] or {}
                assert set(options) <= set(specs[module]), f"line {line}"
                for check in options.get("checks", []):
                    assert set(check) <= set(specs[module]["checks"]["options"]), f"line {line}"


@pytest.mark.slow
def test_the_report_of_the_guide_is_written(play: Play, tmp_path: Path) -> None:
    plays = [example for example in playbooks("guide_report").values() if "gitops_report" in str(example)]
    (example,) = plays
    done, _journal = play(example, ESTATE)
    assert done.returncode == 0, done.stdout + done.stderr
    reports = tmp_path / "reports"
    assert sorted(path.name for path in reports.glob("shop.*")) == ["shop.html", "shop.json", "shop.md", "shop.xml"]
    schema = json.loads((ROOT / "docs" / "receipt.schema.json").read_text(encoding="utf-8"))
    receipt = json.loads((reports / "shop.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator(schema).validate(receipt)
    # The fields that the guide names are those of the receipt, and the other way round.
    guide = text("guide_report")
    result = guide[guide.index("\nfield ") : guide.index("``reasons`` is for people")]
    assert set(re.findall(r"^``(\w+)``", result, re.MULTILINE)) == receipt.keys()
    check = guide[guide.index("``question``") : guide.index("A revision of a source says")]
    assert set(re.findall(r"^``(\w+)``", check, re.MULTILINE)) <= receipt["checks"][0].keys()
    fields = guide[guide.index("A finding\n~") : guide.index("The weight never changes")]
    finding = set(schema["$defs"]["finding"]["properties"])
    named = {name for row in re.findall(r"^(``.*?)  ", fields, re.MULTILINE) for name in re.findall(r"``(\w+)``", row)}
    assert named | {"cluster_name"} == finding


@every_guide
def test_the_variables_of_the_role_exist(guide: str) -> None:
    arguments = ROOT / "roles" / "gitops_gate" / "meta" / "argument_specs.yml"
    options = yaml.safe_load(arguments.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    assert set(re.findall(r"\bgitops_gate_\w+", text(guide))) <= {*options, "gitops_gate_report", "gitops_gate_runners"}
    for line, example in examples(guide).items():
        for place in [example] if isinstance(example, dict) else [play.get("vars") or {} for play in example]:
            for name in (name for name in map(str, place) if name.startswith("gitops_gate_")):
                fields = options[name].get("options")
                for entry in place[name] if fields and isinstance(place[name], list) else []:
                    assert set(entry) <= set(fields), f"line {line}: {name}"


@every_guide
def test_the_codes_exist(guide: str) -> None:
    added = set(re.findall(r'^ +\+ +"(\w+)": _code\(', text(guide), re.MULTILINE))
    named = set(re.findall(r"(?<![A-Z_])(?:SRC|CFG|KUBE|GITOPS|GATE|READING|POD|REPO|AUTH|API|WAIVER)_[A-Z_]+\b", text(guide)))
    assert named - added <= set(CATALOGUE)

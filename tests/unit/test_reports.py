# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports of the role, written by its own templates: right for machines, and deaf to what foreign text would have them do."""

from __future__ import annotations

import json
import os
import re
import subprocess
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import html5lib
import pytest
import xmlschema
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate_module import argument_spec, decide
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import Surroundings
from markdown_it import MarkdownIt

from .builders import NOW, failing, pod, pods, repositories, repository, source, sources

DATA = Path(__file__).parent / "data"
HOSTILE = (
    "</code><script>alert(1)</script><img src=x onerror=alert(2)> ]]> &lt;b&gt; | `code` [click](javascript:alert(3)) "
    "![x](http://evil.example/x.png) @everyone <!-- ::error file=x:: --> {{ 7 * 7 }} {% raw %} \x1b[31mred\x1b[0m \x00 &#x3C;i&#x3E; https://u:secretpw@h/x"
)


def reading(name: str, found: dict[str, Any], **criteria: Any) -> dict[str, Any]:
    """What a builder gave, as a registered result."""
    return {"endpoint": name, "schema_version": 1, "criteria": criteria, **found}


def result_of(*readings: dict[str, Any], **options: Any) -> dict[str, Any]:
    """The gate's result for readings, by its own defaults."""
    defaults = {name: spec.get("default") for name, spec in argument_spec().items()}
    return decide({**defaults, "enforce": False, "readings": list(readings), **options}, Surroundings({}, set(), now=lambda: NOW))


def write(
    folder: Path, report: dict[str, Any], directory: Path | None = None, formats: str = "json,markdown,junit,html"
) -> subprocess.CompletedProcess[str]:
    """Has the role write the reports of a result."""
    # from_json gives plain data, as a module's result is: whatever it looks like, it is no template.
    play = """
- hosts: localhost
  gather_facts: false
  tasks:
    - ansible.builtin.include_role: {name: huaweicloud.gitops.gitops_gate, tasks_from: report}
      vars:
        gitops_gate_report: "{{ lookup('ansible.builtin.file', 'report.json') | from_json }}"
        gitops_gate_report_dir: "{{ directory }}"
        gitops_gate_report_formats: "{{ formats | split(',') }}"
"""
    folder.joinpath("report.json").write_text(json.dumps(report), encoding="utf-8")
    folder.joinpath("write.yml").write_text(play, encoding="utf-8")
    command = ["ansible-playbook", "write.yml", "-e", f"directory={directory or folder / 'reports'} formats={formats}"]
    return subprocess.run(command, cwd=folder, env=dict(os.environ), capture_output=True, text=True, check=False)


def reports(folder: Path, report: dict[str, Any], formats: str = "json,markdown,junit,html") -> dict[str, str]:
    """The text of each report, by its ending."""
    done = write(folder, report, formats=formats)
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.suffix[1:]: path.read_text(encoding="utf-8") for path in (folder / "reports").iterdir()}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The reports about an estate whose every text is hostile."""
    bad = source(*failing(HOSTILE), name=f"n{HOSTILE}", artifact={}, age=9000)
    result = result_of(
        reading("ucs_repository_source", sources(bad, cluster="c<b>|1")),
        reading("ucs_gitops", pods(pod(app="source-controller"), pod(app="kustomize-controller")), controllers=[f"x{HOSTILE}"]),
    )
    assert result["decision"] == "block"
    return reports(tmp_path_factory.mktemp("hostile"), result)


def test_all_four_are_written(hostile: dict[str, str]) -> None:
    assert sorted(hostile) == ["html", "json", "md", "xml"]
    assert json.loads(hostile["json"])["decision"] == "block"


def test_no_secret_is_in_any(hostile: dict[str, str]) -> None:
    assert not [name for name, text in hostile.items() if "secretpw" in text]


def test_html_has_no_foreign_markup_and_no_network(hostile: dict[str, str]) -> None:
    tree = html5lib.parse(hostile["html"], namespaceHTMLElements=False)
    elements = list(tree.iter())
    names = {one.tag for one in elements if isinstance(one.tag, str)}
    allowed = set("html head meta title style body header main footer h1 h2 p span code strong div i".split())
    allowed |= set("table thead tbody tr th td details summary wbr".split())
    assert names <= allowed
    attributes = {name for one in elements for name in one.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "href")}
    assert not re.search(r"(?:src|href)\s*=|@import|url\(", re.sub(r">[^<]*<", "><", hostile["html"]))
    assert "<script>alert(1)</script>" in "".join(tree.itertext())
    assert "{{ 7 * 7 }}" in "".join(tree.itertext())


def test_markdown_has_no_foreign_markup(hostile: dict[str, str]) -> None:
    page = MarkdownIt("commonmark", {"html": True, "linkify": False}).enable("table").render(hostile["md"])
    tree = html5lib.parse(page, namespaceHTMLElements=False)
    names = {one.tag for one in tree.iter() if isinstance(one.tag, str)}
    assert names <= set("html head body h1 h2 p strong table thead tbody tr th td ol li ul".split())
    assert "@everyone" not in hostile["md"]
    assert "://" not in hostile["md"]


def test_junit_is_valid_and_fails_what_blocks(hostile: dict[str, str]) -> None:
    xmlschema.validate(hostile["xml"], str(DATA / "junit.xsd"))
    suites = {suite.get("name"): suite for suite in ET.fromstring(hostile["xml"])}
    assert suites["ucs_repository_source"].get("failures") == "1"
    assert len(suites["ucs_repository_source"].findall("testcase/failure")) == 1


@pytest.mark.parametrize(
    ("readings", "options", "failures", "errors"),
    [
        pytest.param([reading("codearts_project_repository", repositories(repository()))], {}, 0, 0, id="ready"),
        pytest.param([reading("codearts_project_repository", repositories(repository(status=3)))], {}, 1, 0, id="failed"),
        pytest.param([reading("codearts_project_repository", repositories(repository(status=6)))], {}, 0, 1, id="unknown"),
        pytest.param(
            [reading("codearts_project_repository", repositories(repository()))], {"expect_readings": 2}, 0, 1, id="a reading is missing"
        ),
        pytest.param(
            [{**reading("codearts_project_repository", repositories(repository(status=3))), "advisory": True}], {}, 0, 0, id="advisory"
        ),
    ],
)
def test_junit_agrees_with_the_decision(tmp_path: Path, readings: list[Any], options: dict[str, Any], failures: int, errors: int) -> None:
    result = result_of(*readings, **options)
    text = reports(tmp_path, result, "junit")["xml"]
    xmlschema.validate(text, str(DATA / "junit.xsd"))
    tree = ET.fromstring(text)
    assert (len(tree.findall(".//failure")), len(tree.findall(".//error"))) == (failures, errors)
    assert (result["decision"] == "block") == bool(failures or errors)
    cases = len(tree.findall(".//testcase"))
    assert tree.get("tests") == str(cases) == str(sum(int(suite.get("tests", "0")) for suite in tree))


def test_a_folder_that_cannot_be_written_does_not_lose_the_decision(tmp_path: Path) -> None:
    blocker = tmp_path / "a-file"
    blocker.write_text("in the way")
    done = write(tmp_path, result_of(reading("codearts_project_repository", repositories(repository(status=3)))), blocker / "reports")
    assert done.returncode == 0, done.stdout
    assert "The reports could not be written to" in done.stdout
    assert "The decision stands: Deployment blocked: something has failed" in done.stdout

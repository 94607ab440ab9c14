# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports: right for machines, the same numbers in each, and deaf to what foreign text would have them do."""

from __future__ import annotations

import base64
import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import html5lib
import jsonschema
import pytest
import xmlschema
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import GitopsError, OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report import contents, html, html_page, junit, markdown, receipt
from markdown_it import MarkdownIt

from . import receipts

ROOT = Path(__file__).parent.parent.parent
SCHEMA = json.loads(ROOT.joinpath("docs/receipt.schema.json").read_text(encoding="utf-8"))
JUNIT = xmlschema.XMLSchema(str(Path(__file__).parent / "data" / "junit.xsd"))
HOSTILE = (
    "</code><script>alert(1)</script><img src=x onerror=alert(2)> ]]> &lt;b&gt; | `code` ``` [click](javascript:alert(3)) "
    "![x](http://evil.example/x.png) @everyone #1 GH-1 shop/app#12 !7 www.evil.example https://evil.example <!-- ::error file=x:: --> "
    "**bold** _it_ ~~no~~ $x$ {{ 7 * 7 }} {% raw %} \x1b[31mred\x1b[0m \x00 &#x3C;i&#x3E; https://u:secretpw@h/x"
)
VARIANTS = [pytest.param(make, id=name) for name, make in receipts.VARIANTS.items()]
Make = Callable[[], "dict[str, Any]"]


def valid(text: str) -> dict[str, Any]:
    """A JSON report, held to its schema."""
    known: dict[str, Any] = json.loads(text)
    jsonschema.validate(known, SCHEMA, jsonschema.Draft202012Validator)
    return known


def suites_of(text: str) -> dict[str, ET.Element]:
    """A JUnit report, held to its schema, as its suites."""
    JUNIT.validate(text)
    tree = ET.fromstring(text)
    for counted in [tree, *tree]:
        numbers = [str(len(list(counted.iter(tag)))) for tag in ("testcase", "failure", "error")]
        assert [counted.get(name) for name in ("tests", "failures", "errors")] == numbers
    return {suite.get("name", ""): suite for suite in tree}


def page_of(text: str) -> Any:
    """Markdown as a page."""
    page = MarkdownIt("gfm-like", {"html": True, "linkify": False}).render(text)
    return html5lib.parse(page, namespaceHTMLElements=False)


def words_of(tree: Any) -> str:
    """The text of a page, on one line."""
    texts = (text for element in tree.iter() if element.tag not in ("style", "script") for text in (element.text, element.tail) if text)
    return " ".join(" ".join(texts).split())


@pytest.mark.parametrize("make", VARIANTS)
def test_the_json_report_is_the_result_and_follows_the_schema(make: Make) -> None:
    given = make()
    text = receipt.render(receipt.receipt_of({**given, "changed": False, "failed": True, "warnings": ["x"]}))
    assert valid(text) == given


def test_the_schema_is_one() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_a_table_of_the_fleets_says_what_was_demanded_and_who_is_missing() -> None:
    given = receipt.receipt_of(receipts.tolerated())
    rows = [["prod", "3", "2", "2 (60%)", "prod-1 (failed)"], ["edge", "1", "1", "1 (60%)", "–"]]
    for tree in (page_of(markdown.render(given)), html5lib.parse(html.render(given), namespaceHTMLElements=False)):
        (table,) = [each for each in tree.iter("table") if [head.text for head in each.iter("th")][:5] == list(contents.FLEET_HEADS)]
        assert [["".join(cell.itertext()) for cell in row if cell.tag in ("td", "th")] for row in list(table.iter("tr"))[1:]] == rows
    for other in (receipts.allowed(), {**receipts.allowed(), "tolerance": {"require": "all", "groups": [{"fleet": None}]}}):
        assert contents.fleet_rows(other) == []


def test_a_source_that_two_checks_read_is_one_source() -> None:
    read = [receipts.observed(cluster=receipts.cluster_id(number)) for number in range(3)]
    again = [dict(item) for item in read]
    again[2]["verdict"] = "progressing"
    checks = [receipts.check("sources", "ucs_repository_source", read), receipts.check("config sets", "ucs_config_set", again)]
    assert [row.ready for row in contents.source_rows(receipts.result("timeout", checks))] == ["2 of 3"]


def test_many_clusters_that_are_missing_are_cut_in_markdown_and_folded_in_html() -> None:
    given = receipt.receipt_of(receipts.tolerated())
    given["tolerance"]["groups"][0]["missing"] = [{"id": f"c{number}", "name": None, "verdict": "unknown"} for number in range(30)]
    assert "c9 (unknown), and 20 more" in markdown.render(given)
    page = html.render(given)
    assert "<summary>30 clusters</summary>" in page
    assert "c29 (unknown)" in page


@pytest.mark.parametrize("make", VARIANTS)
def test_junit_agrees_with_the_decision(make: Make) -> None:
    given = make()
    suites = suites_of(junit.render(receipt.receipt_of(given)))
    bad = [case for suite in suites.values() for case in suite.iter() if case.tag in ("failure", "error")]
    assert bool(bad) == (given["decision"] == "block")


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        pytest.param(receipts.allowed, {"sources": "..", "pods": ".."}, id="allowed"),
        pytest.param(receipts.blocked, {"sources": "F.", "pods": "F."}, id="blocked"),
        pytest.param(receipts.waived, {"sources": ".", "gate": "."}, id="waived"),
        pytest.param(receipts.advisory, {"sources": ".", "pods": "."}, id="advisory"),
        pytest.param(receipts.waiting, {"pods": "FE", "gate": "F"}, id="waiting"),
        pytest.param(receipts.not_steady, {"sources": ".", "gate": "F"}, id="no object is to blame"),
    ],
)
def test_junit_has_a_case_for_each_object_that_was_asked_for(make: Make, expected: Mapping[str, str]) -> None:
    suites = suites_of(junit.render(receipt.receipt_of(make())))

    def letter(case: ET.Element) -> str:
        return "F" if case.find("failure") is not None else "E" if case.find("error") is not None else "."

    assert {name: "".join(map(letter, suite.iter("testcase"))) for name, suite in suites.items()} == expected


def test_junit_puts_the_findings_of_a_pod_to_its_workload() -> None:
    given = receipts.blocked()
    other = receipts.observed("Workload", "source")
    given["checks"][1]["observed"].insert(0, other)
    suites = suites_of(junit.render(receipt.receipt_of(given)))
    case = next(case for case in suites["pods"].iter("testcase") if case.find("failure") is not None)
    assert case.get("name", "").startswith("Workload flux-system/source-controller in cluster prod-8f0a (8f0a1c52")
    assert case.get("classname") == "gitops_gate.ucs_gitops"
    assert case[0].attrib == {"type": "failed", "message": f"{CATALOGUE['POD_CRASH_LOOP'].title} [POD_CRASH_LOOP]"}
    assert "Pod flux-system/source-controller-97bdcd8cf-5fs52" in str(case[0].text)


def test_junit_tells_cases_of_the_same_name_apart() -> None:
    nowhere = {"namespace": None, "cluster_id": None, "cluster_name": None}
    objects = [receipts.observed("Repository", "app", target=target, **nowhere) for target in ("project-1", "project-2")]
    given = receipts.result("passed", [receipts.check("repositories", "codearts_project_repository", objects)])
    suite = suites_of(junit.render(receipt.receipt_of(given)))["repositories"]
    assert [case.get("name") for case in suite.iter("testcase")] == ["Repository app of project-1", "Repository app of project-2"]


def test_junit_numbers_cases_of_the_same_name() -> None:
    """Two fleets may be too small, and two checks of one kind may be about the same object."""
    checks = [receipts.check(name, "ucs_repository_source", [receipts.observed()]) for name in ("a", "b")]
    short = [receipts.gate_finding("GATE_TOO_FEW_CLUSTERS", "failed", name="require", message=fleet) for fleet in ("prod", "stage", "edge")]
    suites = suites_of(junit.render(receipt.receipt_of(receipts.result("failed", checks, short))))
    names = [case.get("name") for suite in suites.values() for case in suite.iter("testcase")]
    source, few = names[0], "Fewer clusters than must be ready: require"
    assert source.startswith("GitRepository flux-system/podinfo in cluster ")
    assert names == [source, f"{source} (2)", few, f"{few} (2)", f"{few} (3)"]


def test_junit_says_what_does_not_count_without_a_failure() -> None:
    waived = suites_of(junit.render(receipt.receipt_of(receipts.waived())))["sources"]
    told = str(waived.findtext("testcase/system-out"))
    assert told.startswith(
        f"waived: {CATALOGUE['SRC_SUSPENDED'].title} [SRC_SUSPENDED] GitRepository flux-system/podinfo in cluster prod-8f0a"
    )
    assert told.endswith("(waived by platform team until 2026-02-12 (12 days left): Suspended for the migration, CHG-1234)")
    assert not re.search("fail", told, re.IGNORECASE)
    advisory = suites_of(junit.render(receipt.receipt_of(receipts.advisory())))["sources"]
    assert str(advisory.findtext("testcase/system-out")).startswith(
        f"advisory: failed: {CATALOGUE['SRC_FETCH_FAILED'].title} [SRC_FETCH_FAILED] GitRepository"
    )


def test_junit_has_the_facts_as_properties() -> None:
    suites = suites_of(junit.render(receipt.receipt_of(receipts.allowed())))
    facts = {entry.get("name"): entry.get("value") for entry in suites["pods"].iter("property")}
    assert facts["decision"] == "allow"
    assert facts["outcome"] == "passed"
    assert facts["pipeline_url"] == "https://gitlab.example/shop/-/pipelines/17"
    assert facts["threshold steady_for"] == "30 s"
    assert facts["revision of GitRepository flux-system/podinfo"] == f"{receipts.REVISION}, since 2026-01-31T07:00:00Z"
    waived = suites_of(junit.render(receipt.receipt_of(receipts.waived())))
    facts = {entry.get("name"): entry.get("value") for entry in waived["sources"].iter("property")}
    assert facts["waiver SRC_SUSPENDED"] == (
        "GitRepository podinfo*, Suspended for the migration, CHG-1234, platform team, 2026-02-12 (12 days left), used"
    )


def test_junit_has_the_times_of_the_wait() -> None:
    """When the gate began, how long each check took to the verdict it ended with, and how long the gate took."""
    suites = suites_of(junit.render(receipt.receipt_of(receipts.waiting())))
    assert {name: suite.get("time") for name, suite in suites.items()} == {"pods": "540.000", "gate": "600.300"}
    assert {case.get("time") for case in suites["pods"].iter("testcase")} == {"540.000"}
    assert suites["pods"].get("timestamp") == "2026-01-31T08:00:00"


def test_every_endpoint_has_words_for_its_check() -> None:
    assert set(contents.CHECK_TITLES) == set(ENDPOINTS)


def test_junit_names_a_check_in_words_unless_its_caller_named_it() -> None:
    checks = [receipts.check("ucs_gitops", "ucs_gitops", [receipts.observed("Workload", "source-controller")])]
    checks.append(receipts.check("north: ucs_repository_source", "ucs_repository_source", [receipts.observed()]))
    suites = suites_of(junit.render(receipt.receipt_of(receipts.result("passed", checks))))
    assert list(suites) == ["GitOps pods", "north: Repository sources"]


@pytest.mark.parametrize(
    "words",
    [pytest.param(lambda text: words_of(html5lib.parse(text, namespaceHTMLElements=False)), id="html"), pytest.param(None, id="markdown")],
)
@pytest.mark.parametrize("make", [pytest.param(receipts.VARIANTS[name], id=name) for name in ("allowed", "blocked", "waived", "waiting")])
def test_the_whole_receipt_is_shown(make: Make, words: Callable[[str], str] | None) -> None:
    given = make()
    known = receipt.receipt_of(given)
    shown = words(html.render(known)) if words else words_of(page_of(markdown.render(known))).replace("\u2060", "")
    expected = [given["headline"].partition(": ")[2][1:], given["region"], given["decided_at"], given["started_at"]]
    expected += [reason[name] or "" for reason in given["causes"] for name in ("summary", "since", "detail", "remediation", "code")]
    expected += [text for reason in given["causes"] for text in reason["consequences"]]
    expected += [given["valid_until"], f"huaweicloud.gitops {given['collection_version']}", given["pipeline_url"] or ""]
    expected += [f"({given['outcome']}", f"exit code {given['exit_code']}"][1:]
    for check in given["checks"]:
        expected += [
            check["name"],
            *check["question"]["cluster_ids"],
            *(item["revision"] for item in check["observed"] if "revision" in item),
        ]
        expected += [item["since"] for item in check["observed"] if "since" in item]
        expected += [
            f"name {entry['name']}, namespace {entry['namespace']}, revision {entry['revision']}"
            for entry in check["question"].get("expect", [])
        ]
    for waiver in given["waivers"]:
        expected += [waiver["reason"], waiver["owner"], waiver["expires"], waiver["state"]]
    expected += [finding["message"] for finding in given["findings"]]
    assert not [text for text in expected if text not in shown]


def test_what_was_found_and_what_counted_stand_apart() -> None:
    known = receipt.receipt_of(receipts.advisory())
    text = markdown.render(known)
    assert "| sources | failed | advisory | 1 | 0 | 0 | 0 | 0 | 0 |" in text
    assert "| pods | ready | **ready** | 0 | 0 | 0 | 1 | 0 | 0 |" in text
    assert "| advisory, do not count | 1 | 0 | 0 | 0 |" in text
    assert "| count |" not in text


@pytest.mark.parametrize("render", [pytest.param(html.render, id="html"), pytest.param(markdown.render, id="markdown")])
def test_what_is_waived_is_not_called_a_failure(render: Callable[[Any], str]) -> None:
    text = render(receipt.receipt_of(receipts.waived()))
    body = text.partition("</style>")[2] or text
    assert '"chip failed"' not in body
    lines = [line for line in re.split(r"<tr>|\n", body) if re.search(r"\bfailed\b", line)]
    assert all("unknown" in line or "waived, do not count" in line for line in lines), lines


def test_what_is_ready_is_folded_away() -> None:
    text = html.render(receipt.receipt_of(receipts.large(300)))
    assert "<details><summary>297 more where everything is ready</summary>" in text
    assert "<details><summary>297 more ready</summary>" in text
    assert "<details><summary>300 values</summary>" in text


def test_markdown_stays_short() -> None:
    text = markdown.render(receipt.receipt_of(receipts.large(300)))
    assert len(text) < 60_000
    assert "And 500 more objects: see the JSON or HTML report." in text
    assert len(re.findall(r"^\| GitRepository.* \| failed \|", text, re.MULTILINE)) == 3


# Foreign text


@pytest.fixture(scope="module")
def hostile() -> dict[str, str]:
    """The reports of a result whose every text is hostile."""
    known = receipt.receipt_of(receipts.hostile(HOSTILE))
    return {"json": receipt.render(known), "html": html.render(known), "md": markdown.render(known), "xml": junit.render(known)}


def test_no_secret_and_no_control_character_is_in_any(hostile: dict[str, str]) -> None:
    assert not [name for name, text in hostile.items() if "secretpw" in text or "\x1b" in text or "\x00" in text]


def test_json_has_the_text_as_it_is(hostile: dict[str, str]) -> None:
    assert "<script>alert(1)</script>" in json.loads(hostile["json"])["findings"][0]["message"]


def element_names(tree: Any) -> set[str]:
    return {element.tag.rpartition("}")[2] for element in tree.iter() if isinstance(element.tag, str)}


def test_html_has_no_foreign_markup_and_no_network(hostile: dict[str, str]) -> None:
    tree = html5lib.parse(hostile["html"], namespaceHTMLElements=False)
    elements = list(tree.iter())
    allowed = set("html head meta title style body header main section footer h1 h2 h3 p span code strong div br ol li dl dt dd".split())
    allowed |= set("table thead tbody tr th td details summary svg rect script input select option output".split())
    assert element_names(tree) <= allowed
    attributes = {name for element in elements for name in element.attrib}
    assert not {name for name in attributes if name.startswith("on") or name in ("src", "href", "style", "action")}
    style = "".join(element.text or "" for element in elements if element.tag == "style")
    assert style
    assert not re.search(r"@import|url\(", style)
    assert "<script>alert(1)</script>" in "".join(tree.itertext())


def test_html_allows_its_own_script_and_style_and_nothing_else(hostile: dict[str, str]) -> None:
    """The policy names both by their hashes; the script is the same for every receipt, and asks nobody for anything."""
    tree = html5lib.parse(hostile["html"], namespaceHTMLElements=False)
    (script,) = (element.text for element in tree.iter("script"))
    (style,) = (element.text for element in tree.iter("style"))
    assert (script, style) == (html_page.SCRIPT, html_page.STYLE)
    assert not re.search(r"innerHTML|eval|fetch|XMLHttpRequest|import|https?:", script)
    (policy,) = (element.get("content") for element in tree.iter("meta") if element.get("http-equiv") == "Content-Security-Policy")
    hashes = [base64.b64encode(hashlib.sha256(text.encode()).digest()).decode() for text in (style, script)]
    assert policy == (
        f"default-src 'none'; style-src 'sha256-{hashes[0]}'; script-src 'sha256-{hashes[1]}'; base-uri 'none'; form-action 'none'"
    )


def test_html_is_complete_without_its_script() -> None:
    """What the script needs is hidden until it runs; nothing else is."""
    tree = html5lib.parse(html.render(receipt.receipt_of(receipts.large(300))), namespaceHTMLElements=False)
    assert [element.get("class") for element in tree.iter() if "hidden" in element.attrib] == ["filter"]


def test_html_links_to_the_pipeline_and_to_the_documentation_of_codes() -> None:
    def links(given: dict[str, Any]) -> set[str]:
        tree = html5lib.parse(html.render(receipt.receipt_of(given)), namespaceHTMLElements=False)
        return {str(element.get("href")) for element in tree.iter() if element.get("href")}

    assert links(receipts.allowed()) == {"https://gitlab.example/shop/-/pipelines/17"}
    codes = ("pod-crash-loop", "src-fetch-failed", "src-stalled", "src-url-insecure")
    assert links(receipts.blocked()) == {f"{contents.DOCUMENTATION}/finding_codes.rst#{code}" for code in codes}


def test_the_documentation_is_where_the_collection_says() -> None:
    repository = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))["repository"]
    assert f"{repository}/blob/main/docs/docsite/rst" == contents.DOCUMENTATION
    page = (ROOT / "docs/docsite/rst/finding_codes.rst").read_text(encoding="utf-8")
    assert not [code for code in CATALOGUE if f"* - _`{code}`" not in page]


def test_a_folded_group_shows_its_title_and_its_objects() -> None:
    given = receipts.large(300)
    tree = html5lib.parse(html.render(receipt.receipt_of(given)), namespaceHTMLElements=False)
    (shown,) = (" ".join("".join(element.itertext()).split()) for element in tree.iter("summary") if "SRC_" in words_of(element))
    assert shown.startswith(f"failed {CATALOGUE['SRC_FETCH_FAILED'].title} SRC_FETCH_FAILED · 3 GitRepository")
    assert shown.endswith("GitRepository flux-system/podinfo in prod-5, prod-150, prod-299")


@pytest.mark.parametrize("name", ["allowed", "waived"])
@pytest.mark.parametrize("render", [pytest.param(html.render, id="html"), pytest.param(markdown.render, id="markdown")])
def test_what_was_let_through_is_shown(render: Callable[[Any], str], name: str) -> None:
    """The revision of each source and since when."""
    text = render(receipt.receipt_of(receipts.VARIANTS[name]())).replace("&#8288;", "")
    part = text.partition("What was let through")[2].partition("What was asked")[0]
    for words in ("GitRepository flux-system/podinfo", receipts.REVISION, "2026-01-31T07:00:00Z", "prod-8f0a", "1 of 1"):
        assert words in part


@pytest.mark.parametrize("render", [pytest.param(html.render, id="html"), pytest.param(markdown.render, id="markdown")])
def test_a_waived_reason_says_who_let_it_pass(render: Callable[[Any], str]) -> None:
    text = render(receipt.receipt_of(receipts.waived()))
    words = "aived by platform team until 2026-02-12 (12 days left): Suspended for the migration, CHG-1234"
    assert text.count(words) >= 2  # in the reasons, and in the findings


def test_sources_of_the_same_revision_are_one_line() -> None:
    known = receipt.receipt_of(receipts.large(300))
    (row,) = contents.source_rows(known)
    assert row.clusters == "prod-0, prod-1, prod-2, and 297 more"
    assert (row.revision, row.since, row.ready) == (receipts.REVISION, "2026-01-31T07:00:00Z", "297 of 300")


def test_markdown_has_no_foreign_markup(hostile: dict[str, str]) -> None:
    tree = page_of(hostile["md"])
    assert element_names(tree) <= set("html head body h1 h2 p strong table thead tbody tr th td ol li ul".split())
    assert "".join(tree.itertext()).count("<script>alert(1)</script>") >= 10
    assert {element.text for element in tree.iter("strong")} == {"failed", "warning"}


@pytest.mark.parametrize(
    ("text", "gone"),
    [
        pytest.param("@everyone", r"@everyone", id="mention"),
        pytest.param("a@team b", r"@team", id="mention behind a word"),
        pytest.param("see #1", r"#1", id="issue"),
        pytest.param("shop/app#12", r"#12", id="issue elsewhere"),
        pytest.param("GH-1 gh-22", r"(?i)gh-\d", id="GitHub's other spelling"),
        pytest.param("!7 &3 %1 $5", r"[!&%$]\d", id="GitLab's references"),
        pytest.param('~"bug" ~bug', r'~["b]', id="GitLab's labels"),
        pytest.param("www.evil.example", r"www\.", id="address"),
        pytest.param("http://evil.example https://x", r"://|//", id="URL"),
        pytest.param("ftp://evil.example", r"//", id="another URL"),
        pytest.param("user@evil.example", r"@evil", id="mail address"),
    ],
)
def test_markdown_is_inert_once_it_is_rendered(text: str, gone: str) -> None:
    shown = "".join(page_of(f"x {markdown.inert(text)}").itertext()).strip()
    assert not re.search(gone, shown)
    assert shown.replace("\u2060", "") == f"x {text}"
    linked = MarkdownIt("commonmark", {"html": True}).render(markdown.inert(text))
    assert "<a" not in linked


@pytest.mark.parametrize(
    "text",
    [
        "- item",
        "+ item",
        "1. item",
        "12) item",
        "# head",
        "> quote",
        "=== x",
        "    code",
        "a\nb",
        "***",
        "<b>",
        "a_b _c_ __d__",
        "\\",
        "&lt;",
    ],
)
def test_markdown_shows_text_as_it_is(text: str) -> None:
    tree = page_of(markdown.inert(text))
    assert {element.tag for element in tree.iter()} == {"html", "head", "body", "p"}
    assert "".join(tree.itertext()).strip().replace("\u2060", "") == " ".join(text.split())


def test_junit_is_valid_whatever_the_text(hostile: dict[str, str]) -> None:
    assert suites_of(hostile["xml"])
    odd = receipt.receipt_of(receipts.hostile("a\ud800b\ufffec\x01d\u2028"))
    assert suites_of(junit.render(odd))


# What is no receipt


def change(path: str, value: Any) -> dict[str, Any]:
    """A result that is right but for one place."""
    given: Any = receipts.blocked()
    *way, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    place = given
    for step in way:
        place = place[step]
    if value is KeyError:
        del place[last]
    else:
        place[last] = value
    return dict(given)


WRONG = [
    ("decision", "maybe", 'report.decision\': got "maybe", expected one of allow, block'),
    ("decision", "allow", 'report.decision\': got "allow", expected block, as the outcome is failed'),
    ("exit_code", 0, "report.exit_code': got 0, expected 1, as the outcome is failed"),
    ("outcome", "fine", "report.outcome'"),
    ("findings", None, "report.findings': got null, expected a list"),
    ("findings.0.weight", "heavy", "report.findings[0].weight'"),
    ("findings.0.message", KeyError, "report.findings[0].message': got nothing, expected a text"),
    ("findings.0.file", 1, "report.findings[0].file': got 1, expected a text or null"),
    ("findings.0.line", "7", 'report.findings[0].line\': got "7", expected a whole number or null'),
    ("checks", {}, "report.checks': got a dictionary with nothing, expected a list"),
    ("checks.0", [], "report.checks[0]': got a list of 0, expected a dictionary"),
    ("checks.0.counts.ready", True, "report.checks[0].counts.ready': got true, expected a whole number from 0 on"),
    ("checks.1.observed.0.verdict", "warning", "report.checks[1].observed[0].verdict'"),
    ("checks.1.targets.0.id", None, "report.checks[1].targets[0].id'"),
    ("decided_at", "yesterday", 'report.decided_at\': got "yesterday", expected a time such as 2026-01-31T08:00:00Z'),
    ("waited_seconds", "long", "report.waited_seconds'"),
    ("schema_version", 1, "report.schema_version': got 1, expected 2, as this version of the collection writes it"),
    ("valid_until", KeyError, "report.valid_until'"),
]


@pytest.mark.parametrize(("path", "value", "message"), [pytest.param(*case, id=f"{case[0]} {case[1]!r}"[:40]) for case in WRONG])
def test_what_is_no_result_is_refused_by_the_options_and_by_the_schema(path: str, value: Any, message: str) -> None:
    given = change(path, value)
    with pytest.raises(OptionError, match=re.escape(message)):
        receipt.receipt_of(given)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(given)


@pytest.mark.parametrize("verdict", ["failed", "unknown", "progressing"])
def test_an_allow_in_spite_of_what_decides_is_refused_by_the_options_and_by_the_schema(verdict: str) -> None:
    given = {**receipts.allowed(), "findings": [{**receipts.blocked()["findings"][0], "verdict": verdict}]}
    words = f'report.findings[0].verdict\': got "{verdict}", expected warning, as the decision is allow'
    with pytest.raises(OptionError, match=re.escape(words)):
        receipt.receipt_of(given)
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(given)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param({}, "got a dictionary with nothing, expected the registered result of gitops_gate.", id="empty"),
        pytest.param({"skipped": True, "changed": False}, "got the result of a skipped task, expected", id="skipped"),
        pytest.param({"msg": "x", "failed": True}, "got a dictionary with failed, msg, expected", id="another task"),
        pytest.param([], "got a list of 0, expected a dictionary", id="list"),
    ],
)
def test_what_is_another_result_is_refused(given: Any, message: str) -> None:
    with pytest.raises(OptionError) as raised:
        receipt.receipt_of(given)
    assert str(raised.value).startswith(f"Option 'report': {message}")


def test_a_receipt_is_read_as_it_was_written(tmp_path: Path) -> None:
    path = tmp_path / "gate.json"
    path.write_text(receipt.render(receipt.receipt_of(receipts.blocked())), encoding="utf-8")
    assert receipt.read_receipt(path) == receipts.blocked()


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(None, r"There is no receipt at .*gate\.json\.", id="missing"),
        pytest.param("", "is no JSON, or was cut short", id="empty"),
        pytest.param(receipt.render(receipts.blocked())[:900], "is no JSON, or was cut short", id="truncated"),
        pytest.param("[" * 100_000, "is no JSON, or was cut short", id="nested without end"),
        pytest.param("[]", "is no receipt of a gate: it is no dictionary", id="list"),
        pytest.param('{"a": 1}', "is no receipt of a gate: its schema_version is nothing, expected 2", id="another JSON"),
        pytest.param(
            json.dumps(change("schema_version", 1)), "schema_version 1, which an earlier version .* Let the gate decide again", id="lower"
        ),
        pytest.param(
            json.dumps(change("schema_version", 3)), "schema_version 3, which a later version .* Install the same version", id="higher"
        ),
        pytest.param(json.dumps(change("schema_version", "2")), 'its schema_version is "2", expected 2', id="version as text"),
        pytest.param(
            json.dumps(change("decision", "allow")), 'decision is "allow", expected block, as the outcome is failed', id="contradiction"
        ),
        pytest.param(json.dumps(change("waited_seconds", float("nan"))), "is no JSON, or was cut short: a number is NaN", id="no number"),
        pytest.param(json.dumps(change("waited_seconds", 10**400)), "waited_seconds is 10+, expected a number", id="no such number"),
        pytest.param(
            json.dumps(change("thresholds.steady_for", 10**400)), "thresholds is .*, expected a dictionary whose numbers", id="no end"
        ),
    ],
)
def test_what_cannot_be_read_is_one_clear_error(tmp_path: Path, content: str | None, message: str) -> None:
    path = tmp_path / "gate.json"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(GitopsError, match=message):
        receipt.read_receipt(path)


@pytest.mark.parametrize("content", [pytest.param(b"\xff\xfe{", id="not UTF-8")])
def test_what_is_no_text_is_no_receipt(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "gate.json"
    path.write_bytes(content)
    with pytest.raises(GitopsError, match="is no JSON"):
        receipt.read_receipt(path)
    with pytest.raises(GitopsError, match="cannot be read: Is a directory"):
        receipt.read_receipt(tmp_path)


# The pipeline


@pytest.mark.parametrize(
    ("environ", "expected"),
    [
        pytest.param({}, None, id="none"),
        pytest.param(
            {"CI_PIPELINE_URL": "https://git.example/p/1", "CI_JOB_URL": "https://git.example/j/2"}, "https://git.example/p/1", id="GitLab"
        ),
        pytest.param({"CI_JOB_URL": "https://git.example/j/2"}, "https://git.example/j/2", id="GitLab's job"),
        pytest.param(
            {"GITHUB_SERVER_URL": "https://github.com", "GITHUB_REPOSITORY": "shop/app", "GITHUB_RUN_ID": "5"},
            "https://github.com/shop/app/actions/runs/5",
            id="GitHub",
        ),
        pytest.param({"GITHUB_SERVER_URL": "https://github.com", "GITHUB_RUN_ID": "5"}, None, id="GitHub, half"),
        pytest.param(
            {"SYSTEM_COLLECTIONURI": "https://dev.azure.com/shop/", "SYSTEM_TEAMPROJECT": "my app", "BUILD_BUILDID": "9"},
            "https://dev.azure.com/shop/my%20app/_build/results?buildId=9",
            id="Azure",
        ),
        pytest.param({"BUILD_URL": "http://jenkins.example/job/gate/3/"}, "http://jenkins.example/job/gate/3/", id="Jenkins"),
        pytest.param({"BUILD_URL": "https://me:secret@jenkins.example/job/3/"}, "https://jenkins.example/job/3/", id="user information"),
        pytest.param({"BUILD_URL": "javascript:alert(1)"}, None, id="no web address"),
        pytest.param({"BUILD_URL": "https://x/ <b>"}, None, id="no address"),
        pytest.param({"PASS_CONDITIONS_LINK": "https://devcloud.example/r/7"}, "https://devcloud.example/r/7", id="CodeArts"),
    ],
)
def test_the_url_of_the_pipeline(environ: dict[str, str], expected: str | None) -> None:
    assert receipt.pipeline_url(environ) == expected

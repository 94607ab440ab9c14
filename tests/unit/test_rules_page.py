# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of rules, the catalogue of codes and the code say the same, in both directions; and nothing needs a page that is not here."""

from __future__ import annotations

import re
from collections import defaultdict
from fnmatch import fnmatchcase
from textwrap import dedent
from typing import TYPE_CHECKING

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from docutils import nodes

from .guides import ROOT, text
from .rules_page import IDS, MARKS, codes_by_row, followers, lines, marks_by_code, never_waivable, tree

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.once
PAGE = tree(text("rules"))
LINES = lines(PAGE)
ROWS = codes_by_row(LINES)
MODULE_UTILS = ROOT / "plugins" / "module_utils"
FOLLOWERS = [
    follower
    for folder in ("rules", "gate", "model", "endpoints", "http", "task")
    for path in sorted((MODULE_UTILS / folder).rglob("*.py"))
    for follower in followers(f"{folder}/{path.name}", path.read_text(encoding="utf-8"), CATALOGUE)
]
# Folders and files whose text must be understood with the repository alone.
TEXTS = ("plugins", "roles", "playbooks", "docs", "demo", "extensions", "tests", "tools", "README.md", "CONTRIBUTING.md")
ELSEWHERE = re.compile(r"readiness\.md|facts\.md|design\.md|more\.md|tooling\.md|\.\./shared/(?!tasks/|vars/)")


# --- the page by itself


def test_no_row_is_missing_between_the_others() -> None:
    numbers: dict[str, list[int]] = defaultdict(list)
    for row in ROWS:
        numbers[row[0]].append(int(row[1:]))
    assert set("ACEGLPSX") <= numbers.keys()
    for letter, series in numbers.items():
        assert sorted(series) == list(range(min(series), max(series) + 1)), letter
        assert min(series) in (0, 1), letter


def test_every_line_has_a_row_marks_and_codes() -> None:
    assert [line for line in LINES if not (re.fullmatch(rf"{IDS}|-", line.row) and line.seen and line.marks <= MARKS)] == []
    assert [line for line in LINES if line.codes and line.marks & {"R", "-", "as found"}] == []
    assert [line for line in LINES if not line.codes and not line.marks <= {"R", "-", "as found"}] == []


def test_every_row_can_be_linked_to() -> None:
    assert {row.lower() for row in ROWS} <= set(PAGE.ids)


# --- the page and the catalogue


def test_the_codes_of_the_page_are_those_of_the_catalogue() -> None:
    assert sorted(marks_by_code(LINES)) == sorted(CATALOGUE)


@pytest.mark.parametrize("code", CATALOGUE)
def test_a_code_has_the_marks_of_its_rows(code: str) -> None:
    assert CATALOGUE[code].marks == marks_by_code(LINES).get(code)


def test_a_code_is_waivable_where_the_page_says_so() -> None:
    patterns = never_waivable(PAGE)
    never = {code for code in CATALOGUE if any(fnmatchcase(code, pattern) for pattern in patterns)}
    assert {code for code, meaning in CATALOGUE.items() if not meaning.waivable} == never
    assert [pattern for pattern in patterns if not any(fnmatchcase(code, pattern) for code in CATALOGUE)] == []


# --- the page and the code


@pytest.mark.parametrize("row", ROWS)
def test_code_follows_every_row(row: str) -> None:
    assert [follower.place for follower in FOLLOWERS if row in follower.rows]


def test_every_row_that_code_follows_is_on_the_page() -> None:
    strays = {follower.place: sorted(follower.rows - ROWS.keys()) for follower in FOLLOWERS if follower.rows - ROWS.keys()}
    assert strays == {}


@pytest.mark.parametrize("row", ROWS)
def test_code_gives_only_codes_of_its_rows(row: str) -> None:
    """Code that follows several rows may give the codes of all of them."""
    strays = {
        follower.place: codes
        for follower in FOLLOWERS
        if row in follower.rows and (codes := sorted(follower.codes - set().union(*(ROWS.get(name, set()) for name in follower.rows))))
    }
    assert strays == {}


# --- how code says which rows it follows

TABLE = """
    CODES = {"P8": "POD_IMAGE_PULL", "ErrX": "POD_WAITING_ERROR"}
    WAITING = (
        ("P7", {"InvalidImageName"}, "POD_IMAGE_INVALID"),
        Row("P8, P9", code="POD_CONTAINER_CONFIG"),
        "POD_STARTING",
        # P10: keeps crashing
        "POD_CRASH_LOOP",
    )
    REPOSITORY = {
        3: "REPO_FROZEN",  # C10
        4: "REPO_CLOSED",
    }
"""


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        pytest.param(
            'def f(pod):\n    """P8: no image."""\n    pod.say("POD_IMAGE_PULL", P)\n', {"P8": {"POD_IMAGE_PULL"}}, id="docstring"
        ),
        pytest.param(
            'def f(pod):\n    """P18, P19: restarts."""\n    return "POD_RECENT_RESTART", "text"\n',
            {"P18, P19": {"POD_RECENT_RESTART"}},
            id="several rows",
        ),
        pytest.param('def f():\n    """As in P8: no image."""\n    return "POD_IMAGE_PULL"\n', {}, id="a row that is only mentioned"),
        pytest.param(
            '''
            YOUNG = {"SRC_NEVER_RECONCILED": "SRC_NOT_OBSERVED"}

            def f(source, codes):
                """X5: its first look is pending."""
                if has(source, "SRC_STALLED"):
                    codes["SRC_NOT_READY"] = "SRC_RETRYING"
                return YOUNG, [code for code in codes if code != "SRC_NONE"], "SRC_RECONCILING" if "SRC_MISSING" in codes else None
            ''',
            {"X5": {"SRC_NOT_OBSERVED", "SRC_RETRYING", "SRC_RECONCILING"}},
            id="codes that are only asked for",
        ),
        pytest.param('if lost:  # E4\n    say("SRC_NONE")\nsay("SRC_MISSING")\n', {"E4": {"SRC_NONE"}}, id="comment in the line"),
        pytest.param('# S0: none at all\nsay("SRC_NONE")\nsay("SRC_MISSING")\n', {"S0": {"SRC_NONE"}}, id="comment above"),
        pytest.param("# S20 and S21: x\n# See S0.\nx = 1\n", {}, id="other comments"),
        pytest.param(
            TABLE,
            {
                "P8": {"POD_IMAGE_PULL"},
                "P7": {"POD_IMAGE_INVALID"},
                "P8, P9": {"POD_CONTAINER_CONFIG"},
                "P10": {"POD_CRASH_LOOP"},
                "C10": {"REPO_FROZEN"},
            },
            id="entries of tables",
        ),
        pytest.param(
            TABLE + '    def f(pod):\n        """P12: creating."""\n        return WAITING\n',
            {
                "P8": {"POD_IMAGE_PULL"},
                "P7": {"POD_IMAGE_INVALID"},
                "P8, P9": {"POD_CONTAINER_CONFIG"},
                "P10": {"POD_CRASH_LOOP"},
                "C10": {"REPO_FROZEN"},
                "P12": {"POD_STARTING"},
            },
            id="a function with a table, whose entries speak for themselves",
        ),
    ],
)
def test_rows_and_codes_are_found_in_code(source: str, expected: dict[str, set[str]]) -> None:
    codes: dict[str, set[str]] = defaultdict(set)
    for follower in followers("file.py", dedent(source), CATALOGUE):
        codes[", ".join(sorted(follower.rows, key=lambda row: int(row[1:])))] |= follower.codes
    assert codes == expected


# --- the repository alone


def texts() -> Iterator[tuple[Path, str]]:
    """The files that somebody reads, by their path in the repository."""
    for name in TEXTS:
        start = ROOT / name
        for path in sorted(start.rglob("*")) if start.is_dir() else [start]:
            if path.is_file() and "__pycache__" not in path.parts and path.suffix not in (".png", ".pyc"):
                yield path.relative_to(ROOT), path.read_text(encoding="utf-8")


def test_nothing_refers_to_pages_outside_the_repository() -> None:
    """``SHARED`` is another thing: the folder with test vectors and the pages of the API, for the tests that compare with them."""
    strays = [
        f"{path}: {content[match.start() : match.end() + 20]!r}" for path, content in texts() for match in ELSEWHERE.finditer(content)
    ]
    assert strays == []


def test_references_to_the_pages_lead_somewhere() -> None:
    """As they stand in code and tests: ``rules.rst, "Steady"``, ``services.rst, "Errors and retries"``, ``rules.rst, X4``."""
    known = {page: {title.astext() for title in tree(text(page)).findall(nodes.title)} for page in ("rules", "services")}
    strays = []
    for path, content in texts():
        for page, titles in re.findall(r'\b(rules|services)\.rst, ((?:"[^"\n]+"(?:, (?=")| and (?="))?)+)', content):
            strays += [f"{path}: {page}.rst, {title}" for title in re.findall(r'"([^"]+)"', titles) if title not in known[page]]
        rows = re.findall(rf"\brules\.rst, (?:rows? )?({IDS})\b", content)
        strays += [f"{path}: rules.rst, {row}" for row in rows if row not in ROWS]
    assert strays == []

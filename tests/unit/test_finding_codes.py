# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of finding codes is what tools/finding_codes makes of the catalogue and the rules, and says of every code what they say."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.codes import CATALOGUE
from docutils import nodes

from .rules_page import codes_by_row, lines, tree

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = Path("tools", "finding_codes")
PAGE = Path("docs", "docsite", "rst", "finding_codes.rst")
RULES = PAGE.with_name("rules.rst")
CODES = Path("plugins", "module_utils", "model", "codes.py")
WORDS = {
    "F T": "failed, terminal",
    "F r": "failed, retryable",
    "U T": "unknown, terminal",
    "U": "unknown",
    "P": "progressing",
    "W": "warning",
}


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / SCRIPT, *arguments], capture_output=True, text=True, check=False)


def rows(page: str) -> list[tuple[str, ...]]:
    """The rows of all tables, as somebody reads them."""
    return [tuple(cell.astext() for cell in row) for body in tree(page).findall(nodes.tbody) for row in body]


def test_the_page_is_up_to_date() -> None:
    done = run(ROOT, "--check")
    assert done.returncode == 0, done.stderr


def test_every_code_is_there_once_with_what_the_catalogue_says() -> None:
    wanted = [
        (name, code.title, code.remediation, {WORDS[mark] for mark in code.marks}, "yes" if code.waivable else "never")
        for name, code in CATALOGUE.items()
    ]
    page = [
        (name, title, remediation, {*verdicts.split("; ")}, waiver)
        for name, title, remediation, verdicts, _rules, waiver in rows((ROOT / PAGE).read_text(encoding="utf-8"))
    ]
    assert sorted(page, key=str) == sorted(wanted, key=str)


def test_every_code_leads_to_all_of_its_rows() -> None:
    page = {
        name: re.findall(r"([A-Z]\d+) <(\w+)>", rules) for name, *_cells, rules, _waiver in rows((ROOT / PAGE).read_text(encoding="utf-8"))
    }
    rules = codes_by_row(lines(tree((ROOT / RULES).read_text(encoding="utf-8"))))
    assert page == {name: [(row, row.lower()) for row, codes in rules.items() if name in codes] for name in CATALOGUE}


def test_every_code_can_be_linked_to() -> None:
    anchors = {name for target in tree((ROOT / PAGE).read_text(encoding="utf-8")).findall(nodes.target) for name in target["ids"]}
    assert {name.lower().replace("_", "-") for name in CATALOGUE} <= anchors


def test_a_stale_page_is_told_and_mended(tmp_path: Path) -> None:
    """In a copy: a title that was changed by hand, and a page that is not there."""
    tmp_path.joinpath("plugins").symlink_to(ROOT / "plugins")
    for path in (SCRIPT, PAGE, RULES):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / path, tmp_path / path)
    right = (tmp_path / PAGE).read_text(encoding="utf-8")
    (tmp_path / PAGE).write_text(right.replace("The source is suspended", "The source rests"), encoding="utf-8")
    stale = run(tmp_path, "--check")
    assert (stale.returncode, "is not up to date; run tools/finding_codes" in stale.stderr) == (1, True)
    (tmp_path / PAGE).unlink()
    assert run(tmp_path, "--check").returncode == 1
    assert not (tmp_path / PAGE).exists()
    assert run(tmp_path).returncode == 0
    assert (tmp_path / PAGE).read_text(encoding="utf-8") == right


@pytest.mark.parametrize(
    ("code", "complaint"),
    [pytest.param("NEW_NONE", "no section for NEW_NONE", id="section"), pytest.param("SRC_NEW", "no rule for SRC_NEW", id="rule")],
)
def test_a_code_without_a_place_is_refused(tmp_path: Path, code: str, complaint: str) -> None:
    for path in (SCRIPT, RULES, CODES):
        (tmp_path / path).parent.mkdir(parents=True)
        shutil.copy(ROOT / path, tmp_path / path)
    text = (ROOT / CODES).read_text(encoding="utf-8")
    (tmp_path / CODES).write_text(text.replace('"SRC_NONE": _code', f'"{code}": _code'), encoding="utf-8")
    done = run(tmp_path, "--check")
    assert (done.returncode, done.stderr) == (1, f"finding_codes: {complaint}\n")

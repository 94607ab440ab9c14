# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page of finding codes is what tools/finding_codes makes of the catalogue, and says of every code what the catalogue says."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.findings import CATALOGUE
from docutils import nodes
from docutils.core import publish_doctree

pytestmark = pytest.mark.once
ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = Path("tools", "finding_codes")
PAGE = Path("docs", "docsite", "rst", "finding_codes.rst")


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, root / SCRIPT, *arguments], capture_output=True, text=True, check=False)


def rows(page: str) -> list[tuple[str, ...]]:
    """The rows of all tables, as somebody reads them."""
    tree = publish_doctree(page, settings_overrides={"report_level": 5, "halt_level": 5})
    return [tuple(cell.astext() for cell in row) for body in tree.findall(nodes.tbody) for row in body]


def test_the_page_is_up_to_date() -> None:
    done = run(ROOT, "--check")
    assert done.returncode == 0, done.stderr


def test_every_code_is_there_once_with_what_the_catalogue_says() -> None:
    wanted = [(name, code.title, code.remediation, "yes" if code.waivable else "never") for name, code in CATALOGUE.items()]
    assert sorted(rows((ROOT / PAGE).read_text(encoding="utf-8"))) == sorted(wanted)


def test_every_code_can_be_linked_to() -> None:
    tree = publish_doctree((ROOT / PAGE).read_text(encoding="utf-8"), settings_overrides={"report_level": 5, "halt_level": 5})
    anchors = {name for target in tree.findall(nodes.target) for name in target["ids"]}
    assert {name.lower().replace("_", "-") for name in CATALOGUE} <= anchors


def test_a_stale_page_is_told_and_mended(tmp_path: Path) -> None:
    """In a copy: a title that was changed by hand, and a page that is not there."""
    tmp_path.joinpath("plugins").symlink_to(ROOT / "plugins")
    for path in (SCRIPT, PAGE):
        (tmp_path / path).parent.mkdir(parents=True)
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


def test_a_code_without_a_section_is_refused(tmp_path: Path) -> None:
    target = tmp_path / "plugins" / "module_utils" / "findings.py"
    target.parent.mkdir(parents=True)
    text = (ROOT / "plugins" / "module_utils" / "findings.py").read_text(encoding="utf-8")
    target.write_text(text.replace('"SRC_NONE": Code', '"NEW_NONE": Code'), encoding="utf-8")
    (tmp_path / SCRIPT).parent.mkdir()
    shutil.copy(ROOT / SCRIPT, tmp_path / SCRIPT)
    done = run(tmp_path, "--check")
    assert (done.returncode, done.stderr) == (1, "finding_codes: no section for NEW_NONE\n")

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a release has to agree on: its version, its links, and the picture in the README."""

from __future__ import annotations

import json
import re
import shlex
import struct
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.role_question import question
from markdown_it import MarkdownIt

from .guides import ROOT, text

if TYPE_CHECKING:
    from .conftest import Play

pytestmark = pytest.mark.once
METADATA = yaml.safe_load((ROOT / "galaxy.yml").read_text(encoding="utf-8"))
VERSION = tuple(int(part) for part in METADATA["version"].split("."))
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = f"{METADATA['repository']}/blob/main/"
PICTURES = PAGES.replace("https://github.com", "https://raw.githubusercontent.com").replace("/blob", "")


def test_the_changelog_ends_with_this_version() -> None:
    changelog = yaml.safe_load((ROOT / "changelogs" / "changelog.yaml").read_text(encoding="utf-8"))
    assert METADATA["version"] in changelog["releases"]
    assert max(tuple(int(part) for part in one.split(".")) for one in changelog["releases"]) == VERSION
    assert changelog["releases"][METADATA["version"]]["changes"]["release_summary"]
    assert f"\nv{METADATA['version']}\n" in (ROOT / "CHANGELOG.rst").read_text(encoding="utf-8")


def test_nothing_was_added_after_this_version() -> None:
    files = [*(ROOT / "plugins").glob("**/*.py"), *(ROOT / "roles").glob("*/meta/*.yml")]
    added = [one for file in files for one in re.findall(r"version_added: ['\"]?([\d.]+)", file.read_text(encoding="utf-8"))]
    assert len(added) >= 6
    assert max(tuple(int(part) for part in one.split(".")) for one in added) <= VERSION
    assert f'version: ">={METADATA["version"]}"' in text("guide_gate")


def links(markdown: str) -> list[tuple[str, str]]:
    """Links and images: where they lead, and the text of images."""
    inside = [token for block in MarkdownIt("commonmark").parse(markdown) for token in block.children or []]
    return [
        (str(token.attrs.get("href") or token.attrs.get("src")), token.content) for token in inside if token.type in ("link_open", "image")
    ]


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "roles/gitops_gate/README.md"])
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target, _text in links(path.read_text(encoding="utf-8")):
        own = next((target[len(place) :] for place in (PAGES, PICTURES) if target.startswith(place)), None)
        assert (ROOT / own).is_file() if own else target.startswith("https://") or (path.parent / target).is_file(), target


def test_the_readme_works_where_galaxy_shows_it() -> None:
    """Links are absolute, and nobody needs a clone before the section for contributors."""
    assert all(target.startswith("https://") for target, _text in links(README))
    before = README.partition("\n## Contributing\n")[0]
    assert "make " not in before
    assert "`make demo`" in README
    assert "`make test`" in README
    assert README.splitlines().index("## Read on") <= 60


@pytest.mark.slow
@pytest.mark.parametrize(("commits", "status"), [pytest.param("main", 0, id="ready"), pytest.param("other", 2, id="another branch")])
def test_the_gate_of_the_readme_runs_as_it_is_written(play: Play, commits: str, status: int) -> None:
    (plays,) = [yaml.safe_load(block) for block in re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)]
    (cluster,) = plays[0]["vars"]["gitops_gate_clusters"]
    estate = {"extends": "healthy", "clusters": {cluster: {"pods": "healthy", "sources": [{"name": "shop", "branch": commits}]}}}
    done, _journal = play(plays, estate, gitops_gate_report_dir="reports", gitops_gate_wait_timeout=0, gitops_gate_steady_for=0)
    assert done.returncode == status, done.stdout + done.stderr
    assert ("The deployment goes here." in done.stdout) == (status == 0)


def test_the_question_of_the_readme_about_a_fleet_is_taken() -> None:
    (command,) = re.findall(r"^ansible-playbook huaweicloud\.gitops\.audit -e .*?(?=^```)", README, re.DOTALL | re.MULTILINE)
    command = command.replace("\\\n", " ")
    words = shlex.split(command.replace("$(git rev-parse HEAD)", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002"))
    given: dict[str, Any] = {}
    for word in words[words.index("-e") + 1 :: 2]:
        given |= json.loads(word) if word.startswith("{") else [tuple(word.split("=", 1))]
    asked = question(given, datetime.now(timezone.utc), "audit")
    assert (asked["refused"], asked["endpoints"]) == (None, ["ucs_gitops", "ucs_config_set", "ucs_repository_source"])
    assert asked["reads"]["ucs_config_set"]["expect"] == [{"source": "shop", "revision": "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002"}]


def test_the_readme_links_every_guide() -> None:
    linked = [target for target, _text in links(README)]
    assert {PAGES + path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "docsite" / "rst").glob("*.rst")} <= set(linked)


def test_the_readme_shows_the_report() -> None:
    ((target, alternative),) = [(target, said) for target, said in links(README) if said]
    assert target.startswith(PICTURES)
    picture = (ROOT / target[len(PICTURES) :]).read_bytes()
    assert picture[:16] == b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR"
    width, height = struct.unpack(">II", picture[16:24])
    assert 800 <= width <= 1600
    assert 500 <= height <= 1600
    assert picture.endswith(b"IEND\xaeB`\x82")
    assert 10_000 < len(picture) < 150_000
    assert len(alternative) > 50
    # It is shown from the repository; so the artifact does without.
    assert any(target[len(PICTURES) :].startswith(f"{folder}/") for folder in METADATA["build_ignore"])


def test_the_pictures_of_the_guides_are_there_and_no_others() -> None:
    guides = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "docs" / "docsite" / "rst").glob("*.rst"))
    shown = {target[len(PICTURES) :] for target, said in links(README) if said}
    shown |= set(re.findall(rf"\.\. image:: {re.escape(PICTURES)}(\S+)\n +:alt: .{{50}}", guides))
    assert shown == {path.relative_to(ROOT).as_posix() for path in (ROOT / "docs" / "images").iterdir()}

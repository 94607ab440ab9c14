# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTML report in a browser: nothing is beside the window, every colour can be read, and search and filter work."""

from __future__ import annotations

import asyncio
import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.html import render
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.receipt import receipt_of

from . import receipts
from .browser import CHROMIUM, page

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from .browser import Page

pytestmark = [pytest.mark.once, pytest.mark.skipif(not CHROMIUM, reason="Chromium is not installed")]

# What can be looked for; rows about the question alone, such as its thresholds, are always there.
ROWS = "[...document.querySelectorAll('tbody tr, .finding')].filter(row => row.querySelector('.chip') || row.closest('details'))"
SHOWN = f"{ROWS}.filter(row => !row.hidden).length"
OPEN = "[...document.querySelectorAll('details')].map(group => group.open)"
OUTPUT = "document.querySelector('.filter output').textContent"
# Each text in a colour of its own: its colour and the nearest one behind it.
COLOURS = """(() => {
  const behind = part => {
    const colour = getComputedStyle(part).backgroundColor;
    return colour !== 'rgba(0, 0, 0, 0)' || !part.parentElement ? colour : behind(part.parentElement);
  };
  const parts = [...document.querySelectorAll('h1, p, .chip, .soft, dt, dd, code, thead th, a')];
  return [...new Set(parts.map(part => JSON.stringify([getComputedStyle(part).color, behind(part)])))];
})()"""


def shown(folder: Path, look: Callable[[Page], Awaitable[None]]) -> None:
    """Looks at pages of one browser."""

    async def main() -> None:
        async with page(folder / "profile") as opened:
            await look(opened)

    (folder / "profile").mkdir()
    asyncio.run(main())


def written(folder: Path, report: dict[str, Any]) -> Path:
    """The HTML report of a decision."""
    path = folder / "report.html"
    path.write_text(render(receipt_of(report)), encoding="utf-8")
    return path


async def asks(opened: Page, search: str = "", verdict: str = "") -> None:
    """Types into the search, and chooses a verdict, as a person does."""
    await opened.value(f"document.querySelector('.filter input').value = {json.dumps(search)}")
    await opened.value(f"document.querySelector('.filter select').value = {json.dumps(verdict)}")
    await opened.value("document.querySelector('.filter input').dispatchEvent(new Event('input'))")
    assert await opened.value("document.querySelector('.filter select').value") == verdict


def luminance(colour: str) -> float:
    """The relative luminance of a CSS colour, as WCAG defines it."""
    parts = [int(part) / 255 for part in re.findall(r"\d+", colour)[:3]]
    linear = [part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear))


def test_nothing_is_beside_the_window_and_every_text_can_be_read(tmp_path: Path) -> None:
    async def look(opened: Page) -> None:
        for name, report in receipts.VARIANTS.items():
            path = written(tmp_path, report())
            for width, dark in ((390, False), (390, True), (1280, False), (1280, True)):
                await opened.open(path, width, dark)
                assert await opened.value("document.documentElement.scrollWidth") == width, (name, width)
                colours = [json.loads(pair) for pair in await opened.value(COLOURS)]
                assert len(colours) >= 4
                for text, back in colours:
                    light, deep = sorted((luminance(text), luminance(back)), reverse=True)
                    assert (light + 0.05) / (deep + 0.05) >= 4.5, (name, dark, text, back)

    shown(tmp_path, look)


def test_search_and_filter_show_what_fits_and_all_again(tmp_path: Path) -> None:
    async def look(opened: Page) -> None:
        await opened.open(written(tmp_path, receipts.large(300)), 1280)
        assert not await opened.value("document.querySelector('.filter').hidden")
        every, states = await opened.value(SHOWN), await opened.value(OPEN)
        # One of the clusters, by a part of its id, and of its name and another word.
        identifier = receipts.cluster_id(17)
        for words in (identifier, f"{identifier[:8]} {identifier[-6:].upper()}"):
            await asks(opened, words)
            some = await opened.value(SHOWN)
            assert 0 < some < every
            assert (await opened.value(OUTPUT)).startswith(f"{some} of ")
            left = f"{ROWS}.filter(row => !row.hidden).map(row => row.textContent).join('|')"
            assert identifier in await opened.value(left)
            assert receipts.cluster_id(18) not in await opened.value(left)
        await asks(opened, "nothing has this text")
        assert (await opened.value(OUTPUT)).startswith("0 of ")
        await asks(opened, verdict="not")
        chips = (
            "[...document.querySelectorAll('tbody tr')].filter(row => !row.hidden && row.querySelector('.chip')).map(row => row.innerText)"
        )
        not_ready = await opened.value(chips)
        assert not_ready
        assert all(re.search("failed|unknown|progressing|warning", text) for text in not_ready)
        await asks(opened)
        assert (await opened.value(SHOWN), await opened.value(OPEN), await opened.value(OUTPUT)) == (every, states, "")

    shown(tmp_path, look)


def test_without_scripts_the_page_is_whole(tmp_path: Path) -> None:
    async def look(opened: Page) -> None:
        await opened.open(written(tmp_path, receipts.blocked()), 1280, scripts=False)
        assert await opened.value("document.querySelector('.filter').hidden")
        assert await opened.value(SHOWN) == await opened.value(f"{ROWS}.length")

    shown(tmp_path, look)

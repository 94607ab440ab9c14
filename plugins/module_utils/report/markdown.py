# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The report as Markdown, as pipelines show it beside a run. Every foreign text goes through ``inert``.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED
from ..model.text import some_of
from . import contents
from .contents import Item
from .receipt import web_url

ROWS_SHOWN = 100  # of a table: the places that show Markdown cut off what is long
_VALUES_SHOWN = 10

# An underscore within a word is no emphasis. A list begins only where a line does.
_SPECIAL = re.compile(r"[\\`*{}\[\]<>#!|~$^&]|(?<![^\W_])_|_(?![^\W_])|^[-+=]|(?<=^\d)[.)]|(?<=^\d\d)[.)]|(?<=^\d\d\d)[.)]")
_ENTITIES = {"&": "&amp;", "<": "&lt;", ">": "&gt;"}
# What would notify somebody or become a link. An escape does not help: it is gone when mentions and links are looked for. A word joiner,
# which nobody sees, keeps them apart.
_JOINER = "&#8288;"
_REFERENCE = re.compile(r"([@#!~%$&])(?=[\w\"'&<])")
_GITHUB = re.compile(r"\b(GH)-(?=\d)", re.IGNORECASE)
_WWW = re.compile(r"\b(www)(?=\.)", re.IGNORECASE)


def inert(text: Any) -> str:
    """Text that shows as it is and does nothing: no markup, no link, no mention, no reference to an issue."""
    # NUL marks the places of joiners until everything else is escaped; it cannot be in a clean text.
    marked = " ".join(str(text).replace("\0", " ").split())
    marked = _REFERENCE.sub("\\1\0", marked).replace("://", ":\0/\0/")
    marked = _WWW.sub("\\1\0", _GITHUB.sub("\\1-\0", marked))
    return _SPECIAL.sub(lambda match: _ENTITIES.get(match[0], f"\\{match[0]}"), marked).replace("\0", _JOINER)


def _table(heads: Sequence[str], rows: Iterable[Sequence[Any]]) -> list[str]:
    """The lines of a table; the cells are Markdown already."""
    lines = [heads, ["---"] * len(heads), *rows]
    return [*("| " + " | ".join(map(str, line)) + " |" for line in lines), ""]


def render(receipt: Item) -> str:
    """The receipt as Markdown."""
    lines = [f"# {contents.title(receipt)}", "", inert(contents.subtitle(receipt)), ""]
    lines += [f"- {name}: {inert(value)}" for name, value in contents.facts(receipt)]
    url = web_url(receipt["pipeline_url"])
    lines += [f"- Pipeline: <{url}>", ""] if url else [""]
    lines += _reasons(receipt)
    lines += _checks(receipt)
    lines += _beside_the_decision(receipt)
    lines += _waivers(receipt)
    lines += _questions(receipt)
    lines += _observed(receipt)
    lines += ["## Thresholds", ""]
    lines += _table(("threshold", "value"), ([inert(name), inert(value)] for name, value in contents.threshold_rows(receipt)))
    lines += _timeline(receipt)
    return "\n".join([*lines, inert(contents.PROVES), ""])


def _reasons(receipt: Item) -> list[str]:
    numbered = [f"{number}. {inert(reason)}" for number, reason in enumerate(receipt["reasons"], 1)]
    return ["## Reasons", "", *(numbered or ["None."]), ""]


def _checks(receipt: Item) -> list[str]:
    rows = [
        [inert(row.name), row.found, f"**{row.counted}**" if row.counted else "advisory", *row.numbers]
        for row in contents.check_rows(receipt)
    ]
    lines = ["## Checks", "", *(_table(contents.CHECK_HEADS, rows) if rows else ["Nothing could be checked.", ""])]
    counts = [[words, *numbers] for words, numbers in contents.weighing(receipt)]
    return lines + (_table(("findings that", *contents.FOUND), counts) if counts else [])


def _beside_the_decision(receipt: Item) -> list[str]:
    """The findings that are no reasons of the decision: of advisory checks, waived, and beside what was asked for."""
    lines = []
    for weight, heading in (
        (ADVISORY, "Advisory"),
        (TOLERATED, "Of clusters that were not needed"),
        (WAIVED, "Waived"),
        (BESIDE, "Beside what was asked for"),
    ):
        findings = contents.of_weight(receipt, weight)
        shown = [_finding(finding) for finding in findings[:ROWS_SHOWN]]
        if findings:
            lines += [f"## {heading}", "", *shown, "", *_rest(len(findings) - len(shown), "more")]
    return lines


def _finding(finding: Item) -> str:
    verdict = "" if finding["weight"] == WAIVED else f" ({finding['verdict']})"
    return f"- {inert(finding['code'])}{verdict}, {inert(contents.object_of(finding))}: {inert(finding['message'])}"


def _rest(count: int, words: str) -> list[str]:
    return [f"And {count} {words}: see the JSON or HTML report.", ""] if count > 0 else []


def _waivers(receipt: Item) -> list[str]:
    rows = [list(map(inert, row)) for row in contents.waiver_rows(receipt)]
    return ["## Waivers", "", *_table(contents.WAIVER_HEADS, rows)] if rows else []


def _questions(receipt: Item) -> list[str]:
    rows = [
        [inert(check["name"]), inert(name), inert(some_of(values, "; ", _VALUES_SHOWN))]
        for check in receipt["checks"]
        for name, values in contents.question_rows(check)
    ]
    return ["## What was asked", "", *_table(("check", "option", "value"), rows)] if rows else []


def _observed(receipt: Item) -> list[str]:
    """The objects, those that are not ready first, and as many as can be shown."""
    observed = [(check["name"], *contents.observed_rows(check)) for check in receipt["checks"]]
    items = [(name, item) for name, others, _ready in observed for item in others]
    items += [(name, item) for name, _others, ready in observed for item in ready]
    if not items:
        return []
    rows = [_observed_cells(name, item) for name, item in items[:ROWS_SHOWN]]
    heads = ("object", "cluster or id", "verdict", "revision", "since", "more", "check")
    rest = _rest(len(items) - len(rows), "more objects")
    return ["## What was observed", "", *_table(heads, rows), *rest]


def _observed_cells(name: str, item: Item) -> list[str]:
    verdict = {WAIVED: "waived", DECIDES: item["verdict"]}.get(item["weight"], f"{item['verdict']} ({item['weight']})")
    place = contents.cluster_of(item) or item["target"] or ""
    values = (item.get("revision") or "", item.get("since") or "", contents.more_of(item), name)
    return [inert(contents.label_of(item)), inert(place), verdict, *map(inert, values)]


def _timeline(receipt: Item) -> list[str]:
    changes = receipt["timeline"]
    if receipt["samples"] <= 1 or not changes:
        return []
    rows = [[f"{change['seconds']:.1f} s", inert(change["time"]), inert(change["check"]), change["verdict"]] for change in changes]
    shown = rows[:ROWS_SHOWN]
    rest = _rest(len(rows) - len(shown), "more changes")
    return ["## Timeline", "", *_table(("after", "time", "check", "verdict"), shown), *rest]

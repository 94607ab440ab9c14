# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The report as Markdown, as pipelines show it beside a run. Every foreign text goes through ``inert``.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Any

from ..gate.words import title
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
    lines = [f"# {title(receipt)}", "", inert(contents.subtitle(receipt)), ""]
    lines += [f"- {name}: {inert(value)}" for name, value in contents.facts(receipt)]
    url = web_url(receipt["pipeline_url"])
    lines += [f"- Pipeline: <{url}>", ""] if url else [""]
    lines += _reasons(receipt)
    lines += _checks(receipt)
    lines += _fleets(receipt)
    lines += _sources(receipt)
    lines += _targets(receipt)
    for weight, heading in _HEADINGS.items():
        lines += _findings(receipt, weight, heading)
    lines += _waivers(receipt)
    lines += _questions(receipt)
    lines += _observed(receipt)
    lines += ["## Thresholds", ""]
    lines += _table(("threshold", "value"), ([inert(name), inert(value)] for name, value in contents.threshold_rows(receipt)))
    lines += _timeline(receipt)
    return "\n".join([*lines, inert(contents.PROVES), ""])


def _reasons(receipt: Item) -> list[str]:
    lines = ["## Reasons", ""]
    for number, reason in enumerate(receipt["causes"], 1):
        verdict = {DECIDES: reason["verdict"], WAIVED: "waived"}.get(reason["weight"], f"{reason['weight']}: {reason['verdict']}")
        codes = f" {', '.join(map(_code, reason['codes']))}" if reason["codes"] else ""
        lines.append(f"{number}. **{verdict}**: {inert(contents.reason_head(reason))}{codes}")
        lines += [f"    - {inert(line)}" for line in contents.reason_lines(receipt, reason)]
    return [*lines, "" if receipt["causes"] else "None.", ""]


def _code(code: str) -> str:
    """A finding code, which leads to what the documentation tells of it."""
    page = contents.page_of(code)
    return f"[{inert(code)}]({page})" if page else inert(code)


def _checks(receipt: Item) -> list[str]:
    rows = [
        [inert(row.title), row.found, f"**{row.counted}**" if row.counted else "advisory", *row.numbers]
        for row in contents.check_rows(receipt)
    ]
    lines = ["## Checks", "", *(_table(contents.CHECK_HEADS, rows) if rows else ["Nothing could be checked.", ""])]
    counts = [[words, *numbers] for words, numbers in contents.weighing(receipt)]
    return lines + (_table(("findings that", *contents.FOUND), counts) if counts else [])


def _fleets(receipt: Item) -> list[str]:
    rows = [
        [inert(row.fleet), row.clusters, row.ready, inert(row.required), inert(some_of(row.missing, ", ", _VALUES_SHOWN)) or "–"]
        for row in contents.fleet_rows(receipt)
    ]
    return ["## Fleets", "", *_table(contents.FLEET_HEADS, rows)] if rows else []


def _sources(receipt: Item) -> list[str]:
    rows = [list(map(inert, row)) for row in contents.source_rows(receipt)]
    shown = _table(contents.SOURCE_HEADS, rows[:ROWS_SHOWN])
    return [f"## {contents.sources_title(receipt)}", "", *shown, *_rest(len(rows) - ROWS_SHOWN, "more")] if rows else []


def _targets(receipt: Item) -> list[str]:
    """Where something is not ready, and in how many places everything is."""
    others, ready = contents.target_rows(receipt)
    if not others:
        return []
    names = [check["name"] for check in receipt["checks"]]
    heads = ["asked for", *(inert(contents.check_title(name)) for name in names)]
    rows = [
        [inert(f"{name} ({key})" if key else name), *(cells.get(name, "–") for name in names)] for name, key, cells in others[:ROWS_SHOWN]
    ]
    rest = _rest(len(others) - ROWS_SHOWN, "more")
    return ["## Where", "", *_table(heads, rows), *rest, *([f"Everything is ready in {len(ready)} more.", ""] if ready else [])]


_HEADINGS = {
    DECIDES: "Findings that count",
    ADVISORY: "Advisory: does not count",
    TOLERATED: "Of clusters that were not needed: does not count",
    WAIVED: "Waived: does not count",
    BESIDE: "Beside what was asked for: does not count",
}


def _findings(receipt: Item, weight: str, heading: str) -> list[str]:
    """The findings of a weight by their codes, each with its objects."""
    groups = contents.by_code(contents.of_weight(receipt, weight))
    if not groups:
        return []
    shown = [line for group in groups for line in _group(receipt, group, weight)]
    more = len(shown) - ROWS_SHOWN
    return [f"## {heading}", "", *shown[:ROWS_SHOWN], "", *_rest(more, "more lines")]


def _group(receipt: Item, group: Sequence[Item], weight: str) -> list[str]:
    """A line for a code, and below it one for each message with the objects that it is about."""
    first = group[0]
    verdict = "" if weight == WAIVED else f" ({first['verdict']})"
    lines = [f"- {inert(contents.title_of(first))} {_code(first['code'])}{verdict}"]
    same: dict[str, list[Item]] = {}
    for finding in group:
        same.setdefault(_about(receipt, finding), []).append(finding)
    return lines + [f"  - {inert(contents.objects_of(findings))}: {about}" for about, findings in same.items()]


def _about(receipt: Item, finding: Item) -> str:
    """What is said of a finding beside its object."""
    since = f" Since {finding['since']}." if finding["since"] else ""
    waived = contents.waived_by(receipt, finding) if finding["weight"] == WAIVED else ""
    todo = f" ({waived})" if waived else f" To do: {finding['remediation']}"
    return inert(f"{finding['message']}{since}{todo}")


def _rest(count: int, words: str) -> list[str]:
    return [f"And {count} {words}: see the JSON or HTML report.", ""] if count > 0 else []


def _waivers(receipt: Item) -> list[str]:
    rows = [list(map(inert, row)) for row in contents.waiver_rows(receipt)]
    return ["## Waivers", "", *_table(contents.WAIVER_HEADS, rows)] if rows else []


def _questions(receipt: Item) -> list[str]:
    rows = [
        [inert(contents.check_title(check["name"])), inert(name), inert(some_of(values, "; ", _VALUES_SHOWN))]
        for check in receipt["checks"]
        for name, values in contents.question_rows(check)
    ]
    return ["## What was asked", "", *_table(("check", "option", "value"), rows)] if rows else []


def _observed(receipt: Item) -> list[str]:
    """The objects, those that are not ready first, and as many as can be shown."""
    observed = [(contents.check_title(check["name"]), *contents.observed_rows(check)) for check in receipt["checks"]]
    items = [(name, item) for name, others, _ready in observed for item in others]
    items += [(name, item) for name, _others, ready in observed for item in ready]
    if not items:
        return []
    rows = [_observed_cells(name, item) for name, item in items[:ROWS_SHOWN]]
    heads = ("object", "cluster or id", "verdict", "revision", "since", "more", "check")
    rest = _rest(len(items) - len(rows), "more objects")
    for check in receipt["checks"]:
        more = contents.not_listed(check)
        rest += [f"{contents.check_title(check['name'])}: and {more}.", ""] if more else []
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
    rows = [
        [f"{change['seconds']:.1f} s", inert(change["time"]), inert(contents.check_title(change["check"])), change["verdict"]]
        for change in changes
    ]
    shown = rows[:ROWS_SHOWN]
    rest = _rest(len(rows) - len(shown), "more changes")
    return ["## Timeline", "", *_table(("after", "time", "check", "verdict"), shown), *rest]

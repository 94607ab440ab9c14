# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The report as one HTML file: no network, light and dark, wide and narrow, complete without its script. Every text goes through ``_e``.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from html import escape
from typing import Any

from ..gate.words import title
from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED
from ..model.verdicts import READY, VERDICTS
from . import contents
from .contents import Item
from .html_page import SCRIPT, STYLE
from .receipt import web_url

_FOLDED_FROM = 8  # rows that are ready, or values of an option
_OPEN_GROUPS, _OPEN_FINDINGS = 5, 10
_UNSAFE = re.compile("[&<>\"']")
_NONE = '<span class="soft">–</span>'


def _e(text: Any) -> str:
    text = str(text)
    return escape(text) if _UNSAFE.search(text) else text


@lru_cache(64)
def _chip(verdict: str, light: bool = False) -> str:
    return f'<span class="chip {"light" if light else _e(verdict)}">{_e(verdict)}</span>'


def _title(check: Item) -> str:
    """A check in words."""
    return _e(contents.check_title(check["name"]))


def _code(code: str) -> str:
    """A finding code, which leads to what the documentation tells of it."""
    page = contents.page_of(code)
    return f'<a href="{page}" rel="noreferrer"><code>{_e(code)}</code></a>' if page else f"<code>{_e(code)}</code>"


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; the first of each row is its heading."""
    head = "".join(f'<th scope="col">{_e(name)}</th>' for name in heads)
    body = "\n".join(f'<tr><th scope="row">{row[0]}</th><td>{"</td><td>".join(row[1:])}</td></tr>' for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n'


def _folded(summary: str, inside: str, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary><div>\n{inside}</div></details>\n"


def _section(heading: str, *inside: str) -> str:
    return f"<section>\n<h2>{heading}</h2>\n{''.join(inside)}</section>\n"


def _hash(text: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"


# Nothing is loaded and nothing is sent; no style and no script runs but these two.
_POLICY = f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; base-uri 'none'; form-action 'none'"


def render(receipt: Item) -> str:
    """The receipt as a page."""
    parts = [
        _head(receipt),
        _header(receipt),
        "<main>\n",
        _reasons(receipt),
        _FILTER,
        _checks(receipt),
        _fleets(receipt),
        _sources(receipt),
        _targets(receipt),
        *_findings(receipt),
        _waivers(receipt),
        _questions(receipt),
        _observed(receipt),
        _timeline(receipt),
        _section("Thresholds", _table(("threshold", "value"), ((_e(name), _e(value)) for name, value in contents.threshold_rows(receipt)))),
        f"</main>\n<footer>\n<p>{_e(contents.PROVES)}</p>\n</footer>\n<script>{SCRIPT}</script>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _head(receipt: Item) -> str:
    return (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{_POLICY}">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{_e(receipt["headline"])}</title>\n'
        f'<style>{STYLE}</style>\n</head>\n<body class="{_e(receipt["decision"])}">\n'
    )


def _header(receipt: Item) -> str:
    rows = [(_e(name), _e(value)) for name, value in contents.facts(receipt)]
    url = web_url(receipt["pipeline_url"])
    if url:
        rows.append(("Pipeline", f'<a href="{_e(url)}" rel="noreferrer">{_e(url)}</a>'))
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in rows)
    lead = f"<h1>{_e(title(receipt))}</h1>\n<p>{_e(contents.subtitle(receipt))}</p>"
    return f"<header>\n{lead}\n<dl>\n{shown}</dl>\n</header>\n"


def _reasons(receipt: Item) -> str:
    if not receipt["causes"]:
        return _section("Reasons", "<p>None.</p>\n")
    return _section("Reasons", "<ol>\n", *(_reason(receipt, reason) for reason in receipt["causes"]), "</ol>\n")


def _reason(receipt: Item, reason: Item) -> str:
    shown = "".join(f"<p>{_e(line)}</p>" for line in contents.reason_lines(receipt, reason))
    since = f"since {_e(reason['since'])}" if reason["since"] else ""
    facts = " · ".join(filter(None, [since, ", ".join(map(_code, reason["codes"]))]))
    return f'<li>{_weighed(reason)} <strong>{_e(reason["summary"])}</strong>{shown}<p class="soft">{facts}</p></li>\n'


def _weighed(item: Item) -> str:
    """The verdict of a finding or reason as what it weighs: never a failure without the word that takes it back."""
    verdict, weight = item["verdict"], item["weight"]
    return _chip(verdict) if weight == DECIDES else _chip("waived" if weight == WAIVED else f"{weight}: {verdict}", light=True)


# Shown by the script, which it needs.
_FILTER = (
    '<div class="filter" role="search" hidden><input type="search" placeholder="Search: object, cluster, code, …" aria-label="Search">\n'
    '<select aria-label="Verdict"><option value="">every verdict</option><option value="not">not ready</option>'
    + "".join(f"<option>{verdict}</option>" for verdict in (*VERDICTS, "waived"))
    + '</select>\n<output class="soft"></output></div>\n'
)


def _checks(receipt: Item) -> str:
    rows = [
        [
            _e(row.title),
            _chip(row.found, light=not row.counted),
            _chip(row.counted) if row.counted else '<span class="soft">advisory</span>',
            _e(row.words),
        ]
        for row in contents.check_rows(receipt)
    ]
    counts = [[_e(words), *map(str, numbers)] for words, numbers in contents.weighing(receipt)]
    checks = _table(("check", "found", "counted", "objects"), rows) if rows else "<p>Nothing could be checked.</p>\n"
    return _section("Checks", checks, _table(("findings that", *contents.FOUND), counts) if counts else "")


def _fleets(receipt: Item) -> str:
    rows = [
        [_e(row.fleet), str(row.clusters), str(row.ready), _e(row.required), _missing(row.missing)] for row in contents.fleet_rows(receipt)
    ]
    return _section("Fleets", _table(contents.FLEET_HEADS, rows)) if rows else ""


def _missing(names: Sequence[str]) -> str:
    """The clusters that are not ready; folded away where they are many."""
    shown = _e(", ".join(names)) or _NONE
    return shown if len(names) <= _FOLDED_FROM else _folded(f"{len(names)} clusters", shown)


def _sources(receipt: Item) -> str:
    rows = [
        [_e(row.source), f"<code>{_e(row.revision)}</code>", _e(row.since), _e(row.clusters), _e(row.ready)]
        for row in contents.source_rows(receipt)
    ]
    if not rows:
        return ""
    return _section(contents.sources_title(receipt), _table(contents.SOURCE_HEADS, rows))


def _targets(receipt: Item) -> str:
    others, ready = contents.target_rows(receipt)
    if not others and not ready:
        return ""
    checks = receipt["checks"]
    heads = ["asked for", *(contents.check_title(check["name"]) + (" (advisory)" if check["advisory"] else "") for check in checks)]
    columns = [(check["name"], bool(check["advisory"])) for check in checks]

    def table(rows: Sequence[contents.TargetRow]) -> str:
        return _table(heads, ([_place(label, key), *(_cell(cells, *column) for column in columns)] for label, key, cells in rows))

    return _section("Where", _with_ready(table, others, ready, "where everything is ready"))


def _cell(cells: Mapping[str, str], name: str, advisory: bool) -> str:
    verdict = cells.get(name)
    return _chip(verdict, light=advisory and verdict != READY) if verdict else _NONE


def _place(name: str, key: str) -> str:
    """A cluster by name, its id below it."""
    return f"{_e(name)}<br>\n<code>{_e(key)}</code>" if key else _e(name)


def _with_ready(table: Callable[[Any], str], others: Sequence[Any], ready: Sequence[Any], words: str) -> str:
    """A table; its rows that are ready are folded away where they are many."""
    if len(ready) <= _FOLDED_FROM:
        return table([*others, *ready])
    return (table(others) if others else "") + _folded(f"{len(ready)}{' more' if others else ''} {words}", table(ready))


def _findings(receipt: Item) -> list[str]:
    deciding = contents.of_weight(receipt, DECIDES)
    groups = [
        _group(receipt, group, index < _OPEN_GROUPS and len(group) <= _OPEN_FINDINGS)
        for index, group in enumerate(contents.by_code(deciding))
    ]
    parts = [_section("Findings that count", *(groups or ["<p>None.</p>\n"]))]
    for weight, heading, words in (
        (ADVISORY, "Advisory", "Findings of checks that only advise: they do not count."),
        (TOLERATED, "Of clusters that were not needed", "Findings about clusters that 'require' leaves out: they do not count."),
        (WAIVED, "Waived", "Findings that a waiver covers: they do not count."),
        (BESIDE, "Beside what was asked for", "Findings about objects that were not asked for: they do not count."),
    ):
        findings = contents.of_weight(receipt, weight)
        if findings:
            groups = [_group(receipt, group, weight != BESIDE and len(group) == 1) for group in contents.by_code(findings)]
            parts.append(_section(heading, f'<p class="soft">{words}</p>\n', *groups))
    return parts


def _group(receipt: Item, group: Sequence[Item], is_open: bool) -> str:
    """The findings of a code. What it is about is seen while it is folded; what all of them say is said once."""
    first = group[0]
    same = [name for name in ("message", "remediation") if len(group) > 1 and len({finding[name] for finding in group}) == 1]
    inside = "".join(f"<p>{words}{_e(first[name])}</p>\n" for name, words in (("message", ""), ("remediation", "To do: ")) if name in same)
    inside += "".join(_finding(receipt, finding, same) for finding in group)
    number = f" · {len(group)}" if len(group) > 1 else ""
    summary = (
        f"{_weighed(first)} <strong>{_e(contents.title_of(first))}</strong> {_code(first['code'])}{number}"
        f'<br>\n<span class="soft">{_e(contents.objects_of(group))}</span>'
    )
    return _folded(summary, inside, is_open)


def _finding(receipt: Item, finding: Item, same: Sequence[str]) -> str:
    """A finding, less what all of its group say."""
    seen, check = contents.seen_of(finding), finding["check"]
    facts = [
        f"since {_e(finding['since'])}" if finding["since"] else "",
        f"<code>{_e(seen)}</code>" if seen else "",
        f"root cause: {_e(finding['root_cause'])}" if finding["root_cause"] else "",
        f"check: {_e(contents.check_title(check))}" if check else "the gate itself",
    ]
    lines = [
        _e(finding["message"]) if "message" not in same else "",
        f"To do: {_e(finding['remediation'])}" if "remediation" not in same else "",
        _e(contents.waived_by(receipt, finding)) if finding["weight"] == WAIVED else "",
    ]
    shown = "".join(f"<p>{line}</p>" for line in lines if line)
    where = _e(contents.object_of(finding))
    return f'<div class="finding"><strong>{where}</strong>{shown}<p class="soft">{" · ".join(filter(None, facts))}</p></div>\n'


def _waivers(receipt: Item) -> str:
    rows = [[_code(row[0]), *map(_e, row[1:])] for row in contents.waiver_rows(receipt)]
    return _section("Waivers", _table(contents.WAIVER_HEADS, rows) if rows else "<p>None.</p>\n")


def _questions(receipt: Item) -> str:
    parts = []
    for check in receipt["checks"]:
        rows = [(_e(name), _values(values)) for name, values in contents.question_rows(check)]
        advisory = ", advisory" if check["advisory"] else ""
        parts.append(f'<h3>{_title(check)} <span class="soft">({_e(check["endpoint"])}{advisory})</span></h3>\n')
        parts.append(_table(("option", "value"), rows) if rows else "<p>No options.</p>\n")
    return _section("What was asked", *parts) if parts else ""


def _values(values: list[str]) -> str:
    shown = "<br>".join(map(_e, values))
    return _folded(f"{len(values)} values", f"<p>{shown}</p>") if len(values) > _FOLDED_FROM else shown


def _observed(receipt: Item) -> str:
    parts = []
    for check in receipt["checks"]:
        others, ready = contents.observed_rows(check)
        parts.append(f"<h3>{_title(check)}</h3>\n")
        parts.append(_with_ready(_observed_table, others, ready, "ready") if others or ready else "<p>Nothing.</p>\n")
        rest = contents.not_listed(check)
        parts.append(f'<p class="soft">And {_e(rest)}.</p>\n' if rest else "")
    return _section("What was observed", *parts) if parts else ""


def _observed_table(items: Sequence[Item]) -> str:
    return _table(("object", "where", "verdict", "revision", "since", "more"), map(_observed_cells, items))


def _observed_cells(item: Item) -> tuple[str, ...]:
    weight, verdict = item["weight"], item["verdict"]
    chip = _chip("waived", light=True) if weight == WAIVED else _chip(verdict, light=weight != DECIDES and verdict != READY)
    revision = item.get("revision")
    return (
        _e(contents.label_of(item)),
        _place(*contents.place_of(item)),
        f'{chip} <span class="soft">{_e(weight)}</span>' if weight in (ADVISORY, TOLERATED, BESIDE) else chip,
        f"<code>{_e(revision)}</code>" if revision else "",
        _e(item.get("since") or ""),
        _e(contents.more_of(item)),
    )


def _timeline(receipt: Item) -> str:
    waited = max(receipt["waited_seconds"], 0.001)
    if receipt["samples"] <= 1:
        return _section("Timeline", "<p>Decided on the first sample.</p>\n")
    lanes = []
    for check in receipt["checks"]:
        changes = [change for change in receipt["timeline"] if change["check"] == check["name"]]
        ends = [*(change["seconds"] for change in changes[1:]), waited]
        bars = "".join(
            f'<rect class="{_e(change["verdict"])}" x="{100 * change["seconds"] / waited:.2f}" '
            f'width="{100 * max(0.0, end - change["seconds"]) / waited:.2f}" height="10">'
            f"<title>{_e(change['verdict'])} from {_e(change['time'])}</title></rect>"
            for change, end in zip(changes, ends)
        )
        label = ", ".join(f"{change['seconds']:.1f} s {change['verdict']}" for change in changes)
        lanes.append(
            f'<div class="lane"><span>{_title(check)}</span>'
            f'<svg viewBox="0 0 100 10" preserveAspectRatio="none" role="img" aria-label="{_e(label)}">{bars}</svg>'
            f'<span class="soft">{_e(label)}</span></div>\n'
        )
    scale = f'<div class="lane soft"><span></span><span class="scale"><span>0 s</span><span>{waited:.1f} s</span></span></div>\n'
    return _section("Timeline", *lanes, scale)

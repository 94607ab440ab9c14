# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The report as one HTML file: no network, no script, light and dark, wide and narrow. Every text goes through ``_e``.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any

from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED
from ..model.verdicts import READY
from . import contents
from .contents import Item
from .receipt import web_url

_FOLDED_FROM = 20  # rows that are ready, or values of an option
_OPEN_GROUPS, _OPEN_FINDINGS = 5, 10

_STYLE = """
:root { color-scheme: light dark; --back: #ffffff; --text: #1b1f24; --soft: #59636e; --line: #d1d9e0; --panel: #f6f8fa;
  --failed: #c62828; --unknown: #7b3fb3; --progressing: #1264c4; --warning: #9a6200; --ready: #1a7f37; --on: #ffffff; }
@media (prefers-color-scheme: dark) { :root { --back: #0d1117; --text: #e6edf3; --soft: #9198a1; --line: #30363d; --panel: #151b23;
  --failed: #ff7b72; --unknown: #d2a8ff; --progressing: #79c0ff; --warning: #e3b341; --ready: #56d364; --on: #0d1117; } }
* { box-sizing: border-box; }
body { margin: 0; background: var(--back); color: var(--text);
  font: 16px/1.5 system-ui, -apple-system, "Segoe UI", "DejaVu Sans", sans-serif; }
header, main, footer { max-width: 72rem; margin: 0 auto; padding: 1rem 1.25rem; }
header { border-left: .5rem solid var(--failed); padding-left: 1.5rem; margin-top: 1.5rem; }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; color: var(--failed); }
.allow header { border-left-color: var(--ready); } .allow h1 { color: var(--ready); }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1rem 0 .25rem; overflow-wrap: anywhere; }
p { margin: .4rem 0; overflow-wrap: anywhere; }
a { color: inherit; }
ol { margin: .4rem 0; padding-left: 1.5rem; } li { margin: .35rem 0; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .1rem 1rem; margin: .75rem 0 0; font-size: .9rem; }
dt { color: var(--soft); } dd { margin: 0; overflow-wrap: anywhere; }
.soft, footer { color: var(--soft); font-size: .9rem; }
code { font: .85em ui-monospace, "DejaVu Sans Mono", monospace; overflow-wrap: anywhere; }
.chip { display: inline-block; padding: 0 .5em; border-radius: .3em; border: 1px solid transparent; font-size: .8rem; font-weight: 600;
  color: var(--on); background: var(--soft); white-space: nowrap; }
.failed { background: var(--failed); } .unknown { background: var(--unknown); } .progressing { background: var(--progressing); }
.warning { background: var(--warning); } .ready { background: var(--ready); }
.chip.light { color: var(--soft); background: none; border-color: var(--soft); }
.scroll { overflow-x: auto; } .scroll + .scroll { margin-top: 1rem; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th, td { text-align: left; padding: .3rem .75rem .3rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
td { overflow-wrap: break-word; min-width: 3rem; font-variant-numeric: tabular-nums; }
thead th { color: var(--soft); font-weight: 600; vertical-align: bottom; }
tbody th { font-weight: 400; min-width: 9rem; overflow-wrap: anywhere; }
details { border: 1px solid var(--line); border-radius: .4rem; margin: .6rem 0; background: var(--panel); }
summary { cursor: pointer; padding: .5rem .75rem; overflow-wrap: anywhere; }
details > div { padding: 0 .75rem .5rem; }
.finding { padding: .5rem 0; border-top: 1px solid var(--line); overflow-wrap: anywhere; }
.lane { display: grid; grid-template-columns: minmax(6rem, 14rem) 1fr; gap: .75rem; align-items: center; margin: .3rem 0;
  font-size: .9rem; overflow-wrap: anywhere; }
.bar { position: relative; height: 1.25rem; background: var(--panel); border: 1px solid var(--line); border-radius: .2rem;
  overflow: hidden; }
.bar i { position: absolute; top: 0; bottom: 0; min-width: 3px; }
.scale { display: flex; justify-content: space-between; }
@media (max-width: 40rem) { h1 { font-size: 1.5rem; } .lane, dl { grid-template-columns: 1fr; gap: .1rem; } dd { margin-bottom: .3rem; }
  header, main, footer { padding-left: .9rem; padding-right: .9rem; } }
@media print { details { break-inside: avoid; } }
"""


def _e(text: Any) -> str:
    return escape(str(text))


def _chip(verdict: str, light: bool = False) -> str:
    return f'<span class="chip {"light" if light else _e(verdict)}">{_e(verdict)}</span>'


def _table(heads: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table of cells that are HTML already; the first of each row is its heading."""
    head = "".join(f'<th scope="col">{_e(name)}</th>' for name in heads)
    body = "\n".join(f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows)
    return f'<div class="scroll"><table>\n<thead><tr>{head}</tr></thead>\n<tbody>\n{body}\n</tbody></table></div>\n'


def _folded(summary: str, inside: str, is_open: bool = False) -> str:
    return f"<details{' open' if is_open else ''}><summary>{summary}</summary><div>\n{inside}</div></details>\n"


def render(receipt: Item) -> str:
    """The receipt as a page."""
    head = (
        f'<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta name="viewport" content="width=device-width, initial-scale=1">\n<title>{_e(receipt["headline"])}</title>\n'
        f'<style>{_STYLE}</style>\n</head>\n<body class="{_e(receipt["decision"])}">\n'
    )
    parts = [
        head,
        _header(receipt),
        "<main>\n",
        _reasons(receipt),
        _checks(receipt),
        _targets(receipt),
        _findings(receipt),
        _waivers(receipt),
        _questions(receipt),
        _observed(receipt),
        _timeline(receipt),
        "<h2>Thresholds</h2>\n",
        _table(("threshold", "value"), [(_e(name), _e(value)) for name, value in contents.threshold_rows(receipt)]),
        f"</main>\n<footer>\n<p>{_e(contents.PROVES)}</p>\n</footer>\n</body>\n</html>\n",
    ]
    return "".join(parts)


def _header(receipt: Item) -> str:
    rows = [(_e(name), _e(value)) for name, value in contents.facts(receipt)]
    url = web_url(receipt["pipeline_url"])
    if url:
        rows.append(("Pipeline", f'<a href="{_e(url)}" rel="noreferrer">{_e(url)}</a>'))
    shown = "".join(f"<dt>{name}</dt><dd>{value}</dd>\n" for name, value in rows)
    lead = f"<h1>{_e(contents.title(receipt))}</h1>\n<p>{_e(contents.subtitle(receipt))}</p>"
    return f"<header>\n{lead}\n<dl>\n{shown}</dl>\n</header>\n"


def _reasons(receipt: Item) -> str:
    if not receipt["reasons"]:
        return "<h2>Reasons</h2>\n<p>None.</p>\n"
    return "<h2>Reasons</h2>\n<ol>\n" + "".join(f"<li>{_e(reason)}</li>\n" for reason in receipt["reasons"]) + "</ol>\n"


def _checks(receipt: Item) -> str:
    rows = [
        [
            _e(row.name),
            _chip(row.found, light=not row.counted),
            _chip(row.counted) if row.counted else '<span class="soft">advisory</span>',
            *map(str, row.numbers),
        ]
        for row in contents.check_rows(receipt)
    ]
    counts = [[_e(words), *map(str, numbers)] for words, numbers in contents.weighing(receipt)]
    checks = _table(contents.CHECK_HEADS, rows) if rows else "<p>Nothing could be checked.</p>\n"
    return f"<h2>Checks</h2>\n{checks}" + (_table(("findings that", *contents.FOUND), counts) if counts else "")


def _targets(receipt: Item) -> str:
    others, ready = contents.target_rows(receipt)
    if not others and not ready:
        return ""
    checks = receipt["checks"]
    heads = ["asked for", *(check["name"] + (" (advisory)" if check["advisory"] else "") for check in checks)]

    def table(rows: Sequence[tuple[str, Mapping[str, str]]]) -> str:
        return _table(heads, ([f"<code>{_e(label)}</code>", *(_cell(cells, check) for check in checks)] for label, cells in rows))

    return "<h2>Where</h2>\n" + _with_ready(table, others, ready, "where everything is ready")


def _cell(cells: Mapping[str, str], check: Item) -> str:
    verdict = cells.get(check["name"])
    return _chip(verdict, light=check["advisory"] and verdict != READY) if verdict else '<span class="soft">–</span>'


def _with_ready(table: Any, others: list[Any], ready: list[Any], words: str) -> str:
    """A table; its rows that are ready are folded away where they are many."""
    if len(ready) <= _FOLDED_FROM:
        return str(table(others + ready))
    return (table(others) if others else "") + _folded(f"{len(ready)}{' more' if others else ''} {words}", table(ready))


def _findings(receipt: Item) -> str:
    parts = ["<h2>Findings that count</h2>\n"]
    deciding = contents.of_weight(receipt, DECIDES)
    for index, group in enumerate(contents.by_code(deciding)):
        parts.append(_group(group, index < _OPEN_GROUPS and len(group) <= _OPEN_FINDINGS))
    if not deciding:
        parts.append("<p>None.</p>\n")
    for weight, heading, words in (
        (ADVISORY, "Advisory", "Findings of checks that only advise"),
        (TOLERATED, "Of clusters that were not needed", "Findings about clusters that require leaves out"),
        (WAIVED, "Waived", "Findings that a waiver covers"),
        (BESIDE, "Beside what was asked for", "Findings about objects that were not asked for"),
    ):
        findings = contents.of_weight(receipt, weight)
        if findings:
            inside = "".join(_finding(finding, weight) for finding in findings)
            shown_open = weight != BESIDE and len(findings) <= _OPEN_FINDINGS
            parts.append(f"<h2>{heading}</h2>\n" + _folded(f"{words} ({len(findings)}), which do not count", inside, shown_open))
    return "".join(parts)


def _group(group: Sequence[Item], is_open: bool) -> str:
    first = group[0]
    same = len(group) > 1 and len({finding["message"] for finding in group}) == 1
    inside = f"<p>{_e(first['message'])}</p>\n" if same else ""
    inside += "".join(_finding(finding, DECIDES, with_message=not same) for finding in group)
    title = contents.title_of(first)
    summary = f"{_chip(first['verdict'])} <code>{_e(first['code'])}</code> · {len(group)}{' · ' if title else ''}{_e(title)}"
    return _folded(summary, inside, is_open)


def _finding(finding: Item, weight: str, with_message: bool = True) -> str:
    lead = "" if weight == DECIDES else f"{_chip(_weighed(finding, weight), light=True)} <code>{_e(finding['code'])}</code> "
    seen = contents.seen_of(finding)
    facts = [
        f"since {_e(finding['since'])}" if finding["since"] else "",
        f"<code>{_e(seen)}</code>" if seen else "",
        f"root cause: {_e(finding['root_cause'])}" if finding["root_cause"] else "",
        f"check {_e(finding['check'])}" if finding["check"] else "the gate itself",
        f"to do: {_e(finding['remediation'])}",
    ]
    message = f"<p>{_e(finding['message'])}</p>" if with_message else ""
    shown = " · ".join(fact for fact in facts if fact)
    where = _e(contents.object_of(finding))
    return f'<div class="finding">{lead}<strong>{where}</strong>{message}<p class="soft">{shown}</p></div>\n'


def _weighed(finding: Item, weight: str) -> str:
    """What a finding that does not decide is called: never a failure without the word that takes it back."""
    return "waived" if weight == WAIVED else f"{weight}: {finding['verdict']}"


def _waivers(receipt: Item) -> str:
    rows = [[f"<code>{_e(row[0])}</code>", *map(_e, row[1:])] for row in contents.waiver_rows(receipt)]
    return "<h2>Waivers</h2>\n" + (_table(contents.WAIVER_HEADS, rows) if rows else "<p>None.</p>\n")


def _questions(receipt: Item) -> str:
    parts = ["<h2>What was asked</h2>\n"] if receipt["checks"] else []
    for check in receipt["checks"]:
        rows = [(_e(name), _values(values)) for name, values in contents.question_rows(check)]
        advisory = ", advisory" if check["advisory"] else ""
        parts.append(f'<h3>{_e(check["name"])} <span class="soft">({_e(check["endpoint"])}{advisory})</span></h3>\n')
        parts.append(_table(("option", "value"), rows) if rows else "<p>No options.</p>\n")
    return "".join(parts)


def _values(values: list[str]) -> str:
    shown = "<br>".join(map(_e, values))
    return _folded(f"{len(values)} values", f"<p>{shown}</p>") if len(values) > _FOLDED_FROM else shown


def _observed(receipt: Item) -> str:
    parts = ["<h2>What was observed</h2>\n"] if receipt["checks"] else []
    heads = ("object", "cluster or id", "verdict", "revision", "since", "more")

    def table(rows: Sequence[Item]) -> str:
        return _table(heads, map(_observed_cells, rows))

    for check in receipt["checks"]:
        others, ready = contents.observed_rows(check)
        parts.append(f"<h3>{_e(check['name'])}</h3>\n")
        parts.append(_with_ready(table, others, ready, "ready") if others or ready else "<p>Nothing.</p>\n")
    return "".join(parts)


def _observed_cells(item: Item) -> tuple[str, ...]:
    decides, verdict = item["weight"] == DECIDES, item["verdict"]
    chip = _chip("waived", light=True) if item["weight"] == WAIVED else _chip(verdict, light=not decides and verdict != READY)
    note = f' <span class="soft">{_e(item["weight"])}</span>' if item["weight"] in (ADVISORY, TOLERATED, BESIDE) else ""
    place = contents.cluster_of(item) or item["target"] or ""
    return (
        _e(contents.label_of(item)),
        f"<code>{_e(place)}</code>",
        chip + note,
        f"<code>{_e(item.get('revision') or '')}</code>",
        _e(item.get("since") or ""),
        _e(contents.more_of(item)),
    )


def _timeline(receipt: Item) -> str:
    waited = max(receipt["waited_seconds"], 0.001)
    if receipt["samples"] <= 1:
        return "<h2>Timeline</h2>\n<p>Decided on the first sample.</p>\n"
    lanes = []
    for check in receipt["checks"]:
        changes = [change for change in receipt["timeline"] if change["check"] == check["name"]]
        ends = [*(change["seconds"] for change in changes[1:]), waited]
        bars = "".join(
            f'<i class="{_e(change["verdict"])}" style="left: {100 * change["seconds"] / waited:.2f}%; '
            f'width: {100 * max(0.0, end - change["seconds"]) / waited:.2f}%" '
            f'title="{_e(change["verdict"])} from {_e(change["time"])}"></i>'
            for change, end in zip(changes, ends)
        )
        label = ", ".join(f"{change['seconds']:.1f} s {change['verdict']}" for change in changes)
        lanes.append(
            f'<div class="lane"><span>{_e(check["name"])}</span><span class="bar" role="img" aria-label="{_e(label)}">{bars}</span></div>\n'
        )
    scale = f'<div class="lane soft"><span></span><span class="scale"><span>0 s</span><span>{waited:.1f} s</span></span></div>\n'
    return "<h2>Timeline</h2>\n" + "".join(lanes) + scale

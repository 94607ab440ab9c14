# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The report as JUnit XML: a suite for each check, a case for each object that was asked for, and one suite for the gate itself.

A case fails or is an error only where the decision is to block, and only by what decided: waived and advisory findings stand in its
output. So the cases that do not pass and the decision always agree.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from html import escape
from typing import Any, NamedTuple

from ..model.findings import BESIDE, DECIDES, WAIVED
from ..model.verdicts import READY, UNKNOWN, WARNING
from . import contents
from .contents import Item
from .receipt import web_url

# What XML does not allow, and what has to be written otherwise.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_ODD = re.compile("[^\t\n\r !#-%(-;=?-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _e(text: Any) -> str:
    text = str(text)
    return escape(_FORBIDDEN.sub("\ufffd", text)) if _ODD.search(text) else text


class _Case(NamedTuple):
    """A case: its outcome is ``failure``, ``error`` or empty, for passed; ``lines`` say what was found."""

    classname: str
    name: str
    outcome: str
    verdict: str
    message: str
    lines: Sequence[str]


class _Suite(NamedTuple):
    """A check, or the gate itself; ``seconds`` until it had the verdict that it ended with."""

    name: str
    cases: Sequence[_Case]
    seconds: float


def render(receipt: Item) -> str:
    """The receipt as JUnit XML."""
    blocks = receipt["decision"] == "block"
    left: dict[str, list[Item]] = {check["name"]: [] for check in receipt["checks"]}
    of_gate: list[Item] = []
    for finding in receipt["findings"]:
        if finding["weight"] != BESIDE:
            left.get(finding["check"], of_gate).append(finding)
    seconds: dict[str, float] = {change["check"]: change["seconds"] for change in receipt["timeline"]}
    suites = [
        _Suite(
            contents.check_title(check["name"]),
            _cases(receipt, check, left[check["name"]], blocks),
            seconds.get(check["name"], float(receipt["waited_seconds"])),
        )
        for check in receipt["checks"]
    ]
    gate = [_finding_case(receipt, "gate", finding, blocks) for finding in of_gate]
    if blocks and not any(case.outcome for suite in suites for case in suite.cases) and not any(case.outcome for case in gate):
        gate.append(_Case("gate", "decision", "failure", receipt["outcome"], receipt["headline"], [receipt["headline"]]))
    if gate:
        suites.append(_Suite("gate", gate, receipt["waited_seconds"]))
    return _document(receipt, _each_of_its_own_name(suites))


def _each_of_its_own_name(suites: Sequence[_Suite]) -> list[_Suite]:
    """The suites with numbered names where cases of one class have the same: what shows cases takes these for one."""
    seen: Counter[tuple[str, str]] = Counter()

    def numbered(case: _Case) -> _Case:
        seen[case.classname, case.name] += 1
        number = seen[case.classname, case.name]
        return case if number == 1 else case._replace(name=f"{case.name} ({number})")

    return [suite._replace(cases=[numbered(case) for case in suite.cases]) for suite in suites]


def _cases(receipt: Item, check: Item, findings: Sequence[Item], blocks: bool) -> list[_Case]:
    asked = [item for item in check["observed"] if item["weight"] != BESIDE]
    owned, rest = _owners(asked, findings)
    names = list(map(contents.object_of, asked))
    often = {name for name, count in Counter(names).items() if count > 1}
    cases = []
    for item, name, mine in zip(asked, names, owned):
        distinct = f"{name} of {item['target']}" if name in often else name
        decides = blocks and not check["advisory"] and item["weight"] == DECIDES
        cases.append(_case_of(receipt, check["endpoint"], distinct, item["verdict"], decides, mine))
    more = contents.not_listed(check)
    cases += [_Case(check["endpoint"], more, "", READY, READY, ())] if more else []
    return cases + [_finding_case(receipt, check["endpoint"], finding, blocks) for finding in rest]


def _case_of(receipt: Item, classname: str, name: str, verdict: str, decides: bool, findings: Sequence[Item]) -> _Case:
    if not findings:
        return _Case(classname, name, _outcome(verdict, decides), verdict, verdict, ())
    reasons = dict.fromkeys(f"{contents.title_of(finding)} [{finding['code']}]" for finding in findings if finding["weight"] == DECIDES)
    lines = [_line(receipt, finding) for finding in findings]
    return _Case(classname, name, _outcome(verdict, decides), verdict, "; ".join(reasons) or verdict, lines)


def _outcome(verdict: str, decides: bool) -> str:
    if not decides or verdict in (READY, WARNING):
        return ""
    return "error" if verdict == UNKNOWN else "failure"


def _finding_case(receipt: Item, classname: str, finding: Item, blocks: bool) -> _Case:
    """The case of a finding about no object that was asked for, such as one of the gate itself."""
    name = f"{contents.title_of(finding)}: {contents.object_of(finding)}"
    return _case_of(receipt, classname, name, finding["verdict"], blocks and finding["weight"] == DECIDES, [finding])


def _owners(items: Sequence[Item], findings: Sequence[Item]) -> tuple[list[list[Item]], list[Item]]:
    """The findings of each object, and those that belong to none. A pod's belong to the workload whose name it begins with."""
    owned: list[list[Item]] = [[] for _item in items]
    if not findings:
        return owned, []
    places = {_key(item): index for index, item in reversed(list(enumerate(items)))}
    workloads: dict[tuple[Any, ...], list[tuple[str, int]]] = {}
    for index, item in enumerate(items):
        if item["kind"] == "Workload":
            workloads.setdefault(_key(item)[2:], []).append((f"{item['name']}-", index))
    rest: list[Item] = []
    for finding in findings:
        index = places.get(_key(finding), -1)
        if index < 0:
            begins = [pair for pair in workloads.get(_key(finding)[2:], ()) if f"{finding['name']}-".startswith(pair[0])]
            index = max(begins, key=lambda pair: len(pair[0]))[1] if begins else -1
        (owned[index] if index >= 0 else rest).append(finding)
    return owned, rest


def _key(item: Item) -> tuple[Any, ...]:
    return (item["kind"], item["name"], item["namespace"], item["cluster_id"], item["target"])


def _document(receipt: Item, suites: Sequence[_Suite]) -> str:
    numbers = _numbers([case for suite in suites for case in suite.cases])
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gitops_gate" {numbers} time="{receipt["waited_seconds"]:.3f}">\n']
    properties, stamp = _properties(receipt), contents.stamp(receipt)
    for suite in suites:
        seconds = f"{suite.seconds:.3f}"
        head = f'<testsuite name="{_e(suite.name)}" {_numbers(suite.cases)} skipped="0" time="{seconds}" timestamp="{stamp}">'
        parts.append(f"{head}\n{properties}")
        parts.extend(_case(case, seconds) for case in suite.cases)
        parts.append("</testsuite>\n")
    parts.append("</testsuites>\n")
    return "".join(parts)


def _numbers(cases: Sequence[_Case]) -> str:
    counts = Counter(case.outcome for case in cases)
    return f'tests="{len(cases)}" failures="{counts["failure"]}" errors="{counts["error"]}"'


def _properties(receipt: Item) -> str:
    """The facts of the decision, its thresholds, what was let through, and the waivers."""
    names = ("decision", "outcome", "exit_code", "headline", "region", "collection_version", "started_at", "decided_at", "valid_until")
    values = [(name, receipt[name]) for name in names]
    values.append(("pipeline_url", web_url(receipt["pipeline_url"])))
    values += [(f"threshold {name}", value) for name, value in contents.threshold_rows(receipt)]
    values += [(f"revision of {row.source}", f"{row.revision}, since {row.since}") for row in contents.source_rows(receipt)]
    values += [(f"waiver {row[0]}", ", ".join(row[1:])) for row in contents.waiver_rows(receipt)]
    shown = "".join(f'<property name="{_e(name)}" value="{_e(value)}"/>\n' for name, value in values if value is not None)
    return f"<properties>\n{shown}</properties>\n"


def _case(case: _Case, seconds: str) -> str:
    head = f'<testcase classname="gitops_gate.{_e(case.classname)}" name="{_e(case.name)}" time="{seconds}"'
    text = _e("\n".join(case.lines))
    if case.outcome:
        inside = f'<{case.outcome} type="{_e(case.verdict)}" message="{_e(case.message)}">{text}</{case.outcome}>'
    elif text:
        inside = f"<system-out>{text}</system-out>"
    else:
        return f"{head}/>\n"
    return f"{head}>{inside}</testcase>\n"


def _line(receipt: Item, finding: Item) -> str:
    """A finding in a line; what does not decide begins with that, and what is waived says by whom."""
    weight, verdict = finding["weight"], finding["verdict"]
    lead = {DECIDES: verdict, WAIVED: "waived"}.get(weight, f"{weight}: {verdict}")
    waived = contents.waived_by(receipt, finding) if weight == WAIVED else ""
    end = f"({waived})" if waived else f"To do: {finding['remediation']}"
    since = f" Since {finding['since']}." if finding["since"] else ""
    title = f"{contents.title_of(finding)} [{finding['code']}]"
    return f"{lead}: {title} {contents.object_of(finding)}: {finding['message']}{since} {end}"

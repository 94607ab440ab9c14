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
from collections.abc import Iterable, Mapping, Sequence
from html import escape
from typing import Any, NamedTuple

from ..model.findings import BESIDE, DECIDES, WAIVED
from ..model.verdicts import READY, UNKNOWN, WARNING
from . import contents
from .contents import Item
from .receipt import web_url

_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def _e(text: Any) -> str:
    return escape(_FORBIDDEN.sub("\ufffd", str(text)))


class _Case(NamedTuple):
    """A case: its outcome is ``failure``, ``error`` or empty, for passed."""

    classname: str
    name: str
    outcome: str
    verdict: str
    findings: Sequence[Item]
    words: str = ""


def render(receipt: Item) -> str:
    """The receipt as JUnit XML."""
    blocks = receipt["decision"] == "block"
    left = [finding for finding in receipt["findings"] if finding["weight"] != BESIDE]
    suites: list[tuple[str, list[_Case]]] = []
    for check in receipt["checks"]:
        own = [finding for finding in left if finding["check"] == check["name"]]
        suites.append((check["name"], _cases(check, own, blocks)))
    names = {check["name"] for check in receipt["checks"]}
    gate = [_finding_case("gate", finding, blocks) for finding in left if finding["check"] not in names]
    if blocks and not any(case.outcome for _name, cases in [*suites, ("", gate)] for case in cases):
        gate.append(_Case("gate", "decision", "failure", receipt["outcome"], [], receipt["headline"]))
    if gate:
        suites.append(("gate", gate))
    return _document(receipt, suites)


def _cases(check: Item, findings: Sequence[Item], blocks: bool) -> list[_Case]:
    asked = [item for item in check["observed"] if item["weight"] != BESIDE]
    owned, rest = _owners(asked, findings)
    names = Counter(map(contents.object_of, asked))
    cases = []
    for item, mine in zip(asked, owned):
        name = contents.object_of(item)
        if names[name] > 1:  # what shows the cases takes those of one name for one
            name = f"{name} of {item['target']}"
        decides = blocks and not check["advisory"] and item["weight"] == DECIDES
        cases.append(_Case(check["endpoint"], name, _outcome(item["verdict"], decides), item["verdict"], mine))
    return cases + [_finding_case(check["endpoint"], finding, blocks) for finding in rest]


def _outcome(verdict: str, decides: bool) -> str:
    if not decides or verdict in (READY, WARNING):
        return ""
    return "error" if verdict == UNKNOWN else "failure"


def _finding_case(classname: str, finding: Item, blocks: bool) -> _Case:
    """The case of a finding about no object that was asked for, such as one of the gate itself."""
    place = contents.object_of(finding)
    name = f"{finding['code']} {place}".strip()
    return _Case(classname, name, _outcome(finding["verdict"], blocks and finding["weight"] == DECIDES), finding["verdict"], [finding])


def _owners(items: Sequence[Item], findings: Iterable[Item]) -> tuple[list[list[Item]], list[Item]]:
    """The findings of each object, and those that belong to none. A pod's belong to the workload whose name it begins with."""
    owned: list[list[Item]] = [[] for _item in items]
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


def _document(receipt: Item, suites: Sequence[tuple[str, Sequence[_Case]]]) -> str:
    waited = f"{receipt['waited_seconds']:.3f}"
    everything = [case for _name, cases in suites for case in cases]
    attributes = f"{_numbers(everything)} time={waited!r}".replace("'", '"')
    parts = [f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="gitops_gate" {attributes}>\n']
    properties = _properties(receipt)
    stamp = contents.stamp(receipt)
    for name, cases in suites:
        parts.append(f'<testsuite name="{_e(name)}" {_numbers(cases)} skipped="0" time="{waited}" timestamp="{stamp}">\n{properties}')
        parts.extend(map(_case, cases))
        parts.append("</testsuite>\n")
    parts.append("</testsuites>\n")
    return "".join(parts)


def _numbers(cases: Sequence[_Case]) -> str:
    failures, errors = (sum(case.outcome == outcome for case in cases) for outcome in ("failure", "error"))
    return f'tests="{len(cases)}" failures="{failures}" errors="{errors}"'


def _properties(receipt: Item) -> str:
    names = ("decision", "outcome", "exit_code", "region", "collection_version", "started_at", "decided_at", "valid_until")
    values: Mapping[str, Any] = {**{name: receipt[name] for name in names}, "pipeline_url": web_url(receipt["pipeline_url"])}
    shown = "".join(f'<property name="{name}" value="{_e(value)}"/>\n' for name, value in values.items() if value is not None)
    return f"<properties>\n{shown}</properties>\n"


def _case(case: _Case) -> str:
    head = f'<testcase classname="gitops_gate.{_e(case.classname)}" name="{_e(case.name)}" time="0"'
    text = _e("\n".join([case.words] if case.words else map(_line, case.findings)))
    if case.outcome:
        codes = ", ".join(dict.fromkeys(finding["code"] for finding in case.findings if finding["weight"] == DECIDES))
        message = _e(case.words or codes or case.verdict)
        inside = f'<{case.outcome} type="{_e(case.verdict)}" message="{message}">{text}</{case.outcome}>'
    elif text:
        inside = f"<system-out>{text}</system-out>"
    else:
        return f"{head}/>\n"
    return f"{head}>{inside}</testcase>\n"


def _line(finding: Item) -> str:
    """A finding in a line; what does not decide begins with that."""
    weight = "" if finding["weight"] == DECIDES else f"{finding['weight']}: "
    verdict = "" if finding["weight"] == WAIVED else f"{finding['verdict']} "
    return f"{weight}{verdict}{finding['code']} {contents.object_of(finding)}: {finding['message']} To do: {finding['remediation']}"

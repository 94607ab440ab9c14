# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A receipt as SARIF 2.1.0, for what shows findings beside the code: GitHub code scanning, editors.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote

from ..model.codes import CATALOGUE
from ..model.findings import BESIDE, DECIDES, WAIVED
from ..model.verdicts import WARNING
from .contents import waiver_of
from .fingerprints import fingerprints

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
HOME = "https://galaxy.ansible.com/ui/repo/published/huaweicloud/gitops/"
FINGERPRINT = "gitopsFinding/v1"  # changes when what goes into it does


def render(receipt: Mapping[str, Any]) -> str:
    """The receipt as SARIF.

    Findings in a file are results. What has no file, as a live object, would be refused as a result by GitHub, and is a notification.
    """
    findings = receipt["findings"]
    codes = sorted({str(finding["code"]) for finding in findings})
    marked = list(zip(findings, fingerprints(findings)))
    invocation = {
        "executionSuccessful": True,
        "exitCode": receipt["exit_code"],
        "exitCodeDescription": receipt["headline"],
        "startTimeUtc": receipt["started_at"],
        "endTimeUtc": receipt["decided_at"],
        "toolExecutionNotifications": [_notification(finding, codes) for finding in findings if not finding.get("file")],
    }
    run = {
        "tool": {
            "driver": {
                "name": "huaweicloud.gitops",
                "informationUri": HOME,
                "version": receipt["collection_version"],
                "rules": [_rule(code) for code in codes],
            }
        },
        "columnKind": "unicodeCodePoints",
        "invocations": [invocation],
        "results": [_result(receipt, finding, print_, codes) for finding, print_ in marked if finding.get("file")],
    }
    return json.dumps({"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}, ensure_ascii=False, indent=2) + "\n"


def _rule(code: str) -> dict[str, Any]:
    meaning = CATALOGUE.get(code)
    rule: dict[str, Any] = {"id": code}
    if meaning:
        marks = {str(mark) for mark in meaning.marks}
        rule["shortDescription"] = {"text": meaning.title}
        rule["fullDescription"] = {"text": f"{meaning.title}."}
        rule["help"] = {"text": meaning.remediation}
        rule["defaultConfiguration"] = {"level": "warning" if marks == {"W"} else "error"}
    return rule


def level_of(finding: Mapping[str, Any]) -> str:
    """error where it blocks, warning where it does not count, note where it is about something beside what was asked for."""
    if finding["weight"] == BESIDE:
        return "note"
    return "error" if finding["weight"] == DECIDES and finding["verdict"] != WARNING else "warning"


def _result(receipt: Mapping[str, Any], finding: Mapping[str, Any], fingerprint: str, codes: Sequence[str]) -> dict[str, Any]:
    place: dict[str, Any] = {"artifactLocation": {"uri": uri_of(finding["file"]), "uriBaseId": "%SRCROOT%"}}
    if finding.get("line"):
        place["region"] = {"startLine": finding["line"]}
    result: dict[str, Any] = {
        "ruleId": finding["code"],
        "ruleIndex": codes.index(finding["code"]),
        "level": level_of(finding),
        "message": {"text": _words(finding)},
        "locations": [{"physicalLocation": place}],
        "partialFingerprints": {FINGERPRINT: fingerprint},
    }
    if finding["weight"] == WAIVED:
        waiver = waiver_of(receipt, finding)
        reason = f"{waiver['reason']} ({waiver['owner']}, until {waiver['expires']})" if waiver else "waived"
        result["suppressions"] = [{"kind": "external", "justification": reason}]
    return result


def _notification(finding: Mapping[str, Any], codes: Sequence[str]) -> dict[str, Any]:
    return {
        "descriptor": {"id": finding["code"], "index": codes.index(finding["code"])},
        "level": level_of(finding),
        "message": {"text": _words(finding)},
    }


def _words(finding: Mapping[str, Any]) -> str:
    where = finding.get("cluster_name") or finding.get("cluster_id")
    lead = f"[{where}] " if where and str(where) not in finding["message"] else ""
    return f"{lead}{finding['message']} {finding['remediation']}".strip()


def uri_of(file: str) -> str:
    """A file as a relative URI."""
    return quote(file.replace("\\", "/"), safe="/.~-_")

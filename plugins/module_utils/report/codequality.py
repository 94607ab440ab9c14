# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A receipt as a code quality report of GitLab, which shows it in merge requests.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ..model.findings import DECIDES
from ..model.verdicts import FAILED, WARNING
from .fingerprints import fingerprints


def render(receipt: Mapping[str, Any]) -> str:
    """The findings that are in a file. GitLab refuses a report with one that is in none."""
    findings = receipt["findings"]
    issues = [
        {
            "description": f"{finding['message']} {finding['remediation']}".strip(),
            "check_name": finding["code"],
            "fingerprint": fingerprint,
            "severity": _severity(finding),
            "location": {"path": finding["file"], "lines": {"begin": finding.get("line") or 1}},
        }
        for finding, fingerprint in zip(findings, fingerprints(findings))
        if finding.get("file")
    ]
    return json.dumps(issues, ensure_ascii=False, indent=2) + "\n"


def _severity(finding: Mapping[str, Any]) -> str:
    """critical and major block, minor warns, info does not count."""
    if finding["weight"] != DECIDES:
        return "info"
    return {FAILED: "critical", WARNING: "minor"}.get(finding["verdict"], "major")

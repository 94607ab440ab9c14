# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The block of a gate that could not decide at all: every key of a result (rules.rst, "Result"), so that nobody mistakes it for an allow.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from ..model.readings import SCHEMA_VERSION
from ..model.times import format_time
from .reasons import plain_reason
from .words import DEPLOYMENT, EXIT_CODES, WORDS


def undecided(why: str, now: datetime, version: str | None = None, decides_on: str = DEPLOYMENT) -> dict[str, Any]:
    """A result that blocks, with what is known.

    :param why: a sentence or more, in one line
    :param now: the local time; ``version``: of the collection; ``decides_on``: a key of WORDS
    """
    moment, reason = format_time(now), plain_reason(why)
    headline = f"{WORDS[decides_on].block}: {reason['text']}"
    return {
        "decision": "block",
        "outcome": "undecidable",
        "decides_on": decides_on,
        "exit_code": EXIT_CODES["undecidable"],
        "findings": [],
        "checks": [],
        "thresholds": {},
        "waivers": [],
        "tolerance": {"require": "all", "groups": []},
        "samples": 0,
        "timeline": [],
        "waited_seconds": 0.0,
        "waiting_helps": False,
        "started_at": moment,
        "decided_at": moment,
        "valid_until": moment,
        "collection_version": version,
        "region": None,
        "pipeline_url": None,
        "schema_version": SCHEMA_VERSION,
        "headline": headline,
        "reasons": [reason["text"]],
        "causes": [reason],
        "msg": headline,
    }

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the builders of answers share: a moment, ids, times as the services state them, and changes to an answer.

A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import SCHEMA_VERSION
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Reading
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement


class _Gone:
    def __repr__(self) -> str:
        return "GONE"


GONE: Any = _Gone()
NOW = datetime(2025, 12, 1, 12, 0, tzinfo=timezone.utc)
CLUSTER, PROJECT, IAM_PROJECT = "c1", "p1", "a1"
UUID = "d0457f74cc5b43d989ded7248f71b4e5"
SHA = "5394cb7f48332b2de7c17dd8b8384bbc84b7e738"
OTHER_SHA = "0123456789abcdef0123456789abcdef01234567"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)
ANY_VALUE: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
DOCUMENTED = Path(__file__).resolve().parent.parent / "simulator" / "documented"


def examples(number: int) -> settings:
    """So many examples of a property, the same ones in every run."""
    return settings(max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


def copy_of(judgement: Judgement) -> Judgement:
    """A judgement with subjects of its own, which rules across may add findings to."""
    return replace(judgement, subjects=[subject.copied() for subject in judgement.subjects])


def documented(name: str) -> dict[str, Any]:
    """A documented example response, verbatim."""
    found: dict[str, Any] = json.loads((DOCUMENTED / f"{name}.json").read_text(encoding="utf-8"))
    return found


def ago(seconds: float, now: datetime = NOW) -> str:
    """A time as Kubernetes states it, so many seconds before now."""
    return (now - timedelta(seconds=seconds)).strftime("%Y-%m-%dT%H:%M:%SZ")


def local(seconds: float, now: datetime = NOW) -> str:
    """A time as CodeArts states it, without a zone, as if it were UTC."""
    return (now - timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S")


def given(**fields: Any) -> dict[str, Any]:
    """A dict without the fields that are GONE."""
    return {name: value for name, value in fields.items() if value is not GONE}


def changed(value: Any, path: str, new: Any) -> Any:
    """A copy with the value at a path such as `status.conditions.0.status` replaced (removed when GONE)."""
    result = copy.deepcopy(value)
    *way, last = [int(part) if part.isdigit() else part for part in path.split(".")]
    inner = result
    for part in way:
        inner = inner[part]
    if new is GONE:
        del inner[last]
    else:
        inner[last] = new
    return result


def lasting(fields: Any, *seconds: float) -> list[tuple[float, Any]]:
    """The same answer again and again: the first at 0, then at the seconds given."""
    return [(at, fields) for at in (0, *seconds)]


def rows(*table: Any) -> Any:
    """The parametrization of a test by a table of rows."""
    return pytest.mark.parametrize("row", table, ids=[row.id for row in table])


def same_however_read(judge: Callable[..., Judgement], reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """One judgement of a reading, which has to be the same where the reading came as a result with short objects, and where its entries
    were judged by themselves, as soon as each of them was read."""
    endpoint, before = ENDPOINTS[reading.endpoint], copy.deepcopy(earlier)
    judgement = judge(reading, options, earlier)
    if endpoint.by_entry:
        ahead = {entry.target: (entry, endpoint.judge_entry(entry, options, before)) for entry in reading.entries}
        together, early = endpoint.judge(reading, options, before), endpoint.judge(reading, options, before, ahead)
        assert (_told(early), early.history) == (_told(together), together.history), "judged by themselves, entries are something else"
    if not (endpoint.ids or reading.entries):
        return judgement  # as a result, this reading has its one object beside it or none at all
    result = {"schema_version": SCHEMA_VERSION, **endpoint.as_dict(reading, summary=True)}
    short = judge(endpoint.reading_of(result, "readings[0]"), options, before)
    assert _told(short) == _told(judgement), "summary and full detail differ"
    return judgement


def _told(judgement: Judgement) -> tuple[Any, ...]:
    """What a judgement comes to."""
    subjects = [(each.identity, each.verdict, each.ready_since) for each in judgement.subjects]
    return [each.as_dict() for each in judgement.findings], subjects

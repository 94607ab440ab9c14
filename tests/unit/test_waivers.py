# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Waivers: rules.rst, "Waivers", and row G6."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.waivers import (
    DAYS_AHEAD,
    Waiver,
    used_waivers,
    waiver_warnings,
    waivers_of,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding

from unit.answers import NOW
from unit.gates import said

TODAY = NOW.date()
FIELDS = {"code": "SRC_SUSPENDED", "kind": "GitRepository", "name": "podinfo", "reason": "CHG-1", "owner": "platform"}
GIVEN = {**FIELDS, "expires": "2025-12-31"}


def waiver(**fields: Any) -> Waiver:
    """A waiver that ends today."""
    return Waiver(**{**FIELDS, "expires": TODAY, **fields})


def finding(**fields: Any) -> Finding:
    """A finding that it means."""
    known = {"kind": "GitRepository", "name": "podinfo", "namespace": "default", "cluster_id": "c1", "cluster_name": "prod-1"}
    return Finding(**{"code": "SRC_SUSPENDED", "verdict": "failed", "message": "x", **known, **fields})


@pytest.mark.parametrize(
    ("cluster", "fields", "covers"),
    [
        (None, {}, True),
        (None, {"cluster_id": None, "cluster_name": None}, True),
        ("c1", {}, True),
        ("c?", {}, True),
        ("prod-*", {}, True),
        ("prod-1", {}, True),
        ("*", {}, True),
        ("c2", {}, False),
        ("PROD-1", {}, False),
        ("C1", {}, True),
        ("c1", {"cluster_id": "C1"}, True),
        ("prod", {}, False),
        ("prod-*", {"cluster_name": None}, False),
        ("c1", {"cluster_id": None}, False),
        ("*", {"cluster_id": None, "cluster_name": None}, False),
        ("podinfo", {}, False),
    ],
)
def test_cluster(cluster: str | None, fields: dict[str, Any], covers: bool) -> None:
    """A glob on id or name; it narrows the waiver to findings that belong to such a cluster."""
    assert waiver(cluster=cluster).covers(finding(**fields)) is covers


@pytest.mark.parametrize(
    ("fields", "of", "covers"),
    [
        ({"name": "default/podinfo"}, {}, True),
        ({"name": "default/*"}, {}, True),
        ({"name": "other/podinfo"}, {}, False),
        ({"name": "pod*"}, {}, True),
        ({"name": "c1"}, {}, False),
        ({"name": "c1", "kind": "Cluster"}, {"kind": "Cluster", "name": None}, True),
        ({"name": "*", "kind": "API"}, {"kind": "API", "name": None, "cluster_id": None, "namespace": "x"}, True),
        ({"name": "None", "kind": "API"}, {"kind": "API", "name": None, "cluster_id": None}, False),
        ({"code": "SRC_STALLED"}, {}, False),
        ({"kind": "Pod"}, {}, False),
    ],
)
def test_name_code_and_kind(fields: dict[str, Any], of: dict[str, Any], covers: bool) -> None:
    assert waiver(**fields).covers(finding(**of)) is covers


def test_as_a_receipt_shows_it() -> None:
    """Days left are whole days until its last day is over."""
    noon = datetime(2025, 12, 1, 12, tzinfo=timezone.utc)
    told = waiver(expires=date(2025, 12, 31), cluster="prod-*").as_dict(noon, used=True)
    assert told == {**GIVEN, "cluster": "prod-*", "days_left": 30, "state": "used"}
    assert waiver(expires=date(2025, 12, 1)).as_dict(noon, used=False)["days_left"] == 0
    assert waiver(expires=date(2025, 12, 2)).as_dict(noon, used=False)["days_left"] == 1
    assert waiver(expires=date(2025, 12, 1)).as_dict(noon, used=False)["state"] == "unused"
    over = waiver(expires=date(2025, 11, 20)).as_dict(noon, used=True)
    assert (over["state"], over["days_left"]) == ("expired", 0)


@pytest.mark.parametrize(("end", "expired"), [("2025-12-01T23:59:59+00:00", False), ("2025-12-02T00:00:00+00:00", True)])
def test_it_ends_with_its_day(end: str, expired: bool) -> None:
    assert waiver(expires=date(2025, 12, 1)).expired(datetime.fromisoformat(end)) is expired


@pytest.mark.parametrize("weight", ["decides", "advisory", "waived", "beside"])
def test_only_what_decides_uses_a_waiver(weight: str) -> None:
    mine = waiver()
    assert used_waivers([mine, waiver(name="x")], [finding(weight=weight)], NOW) == ({mine} if weight == "decides" else set())


def test_an_expired_waiver_is_not_used() -> None:
    over = waiver(expires=TODAY - timedelta(days=1))
    assert used_waivers([over], [finding()], NOW) == set()


def test_warnings() -> None:
    """G6: of what has ended and what matches nothing; none of what is used."""
    over, unused, used = waiver(name="a", expires=TODAY - timedelta(days=1)), waiver(name="b"), waiver(name="c")
    subjects = waiver_warnings([over, unused, used], {used}, NOW)
    assert said(subjects) == [
        ("GitRepository", "a", "WAIVER_EXPIRED", "W", None, None, None, None),
        ("GitRepository", "b", "WAIVER_UNUSED", "W", None, None, None, None),
    ]
    assert [(each.target, each.read_at, each.is_state, each.notice, each.asked) for each in subjects] == [("", NOW, True, True, True)] * 2


def test_warnings_in_words() -> None:
    over, unused = waiver_warnings([waiver(expires=date(2025, 11, 30)), waiver()], set(), NOW)
    assert over.findings[0].message == "The waiver for SRC_SUSPENDED of platform ended on 2025-11-30 and no longer counts."
    assert unused.findings[0].message == "The waiver for SRC_SUSPENDED of platform matches nothing."


def test_an_expired_waiver_that_would_be_used_is_only_expired() -> None:
    over = waiver(expires=TODAY - timedelta(days=1))
    assert [each.findings[0].code for each in waiver_warnings([over], {over}, NOW)] == ["WAIVER_EXPIRED"]


def test_how_it_is_read() -> None:
    (read,) = waivers_of({"waivers": [{**GIVEN, "cluster": "prod-*"}]}, NOW)
    assert read == Waiver(**FIELDS, expires=date(2025, 12, 31), cluster="prod-*")
    assert waivers_of({"waivers": [GIVEN]}, NOW)[0].cluster is None
    assert waivers_of({"waivers": None}, NOW) == waivers_of({}, NOW) == []


@pytest.mark.parametrize(
    ("fields", "option", "stated"),
    [
        ({"code": None}, "code", "null"),
        ({"owner": " "}, "owner", " "),
        ({"cluster": " "}, "cluster", " "),
        ({"code": "SRC_SUSPENDE"}, "code", "SRC_SUSPENDE"),
        ({"code": "API_SHAPE"}, "code", "API_SHAPE"),
        ({"kind": "Node"}, "kind", "Node"),
        ({"expires": "2026-13-01"}, "expires", "2026-13-01"),
        ({"expires": "20251231"}, "expires", "20251231"),
        ({"expires": "2026-W01-3"}, "expires", "2026-W01-3"),
        ({"expires": str(TODAY + timedelta(days=DAYS_AHEAD + 1))}, "expires", "2026-03-02"),
    ],
)
def test_what_is_refused(fields: dict[str, Any], option: str, stated: str) -> None:
    """Naming the waiver, the option and the value."""
    with pytest.raises(OptionError) as raised:
        waivers_of({"waivers": [GIVEN, {**GIVEN, **fields}]}, NOW)
    assert raised.value.option == f"waivers[1].{option}"
    assert stated in str(raised.value)


def test_a_code_with_a_slip_is_put_right() -> None:
    with pytest.raises(OptionError, match="SRC_SUSPENDED"):
        waivers_of({"waivers": [{**GIVEN, "code": "SRC_SUSPENDE"}]}, NOW)


def test_90_days_ahead_are_allowed() -> None:
    assert waivers_of({"waivers": [{**GIVEN, "expires": str(TODAY + timedelta(days=90))}]}, NOW)


@pytest.mark.parametrize(
    "kind", ["Cluster", "Workload", "Pod", "GitRepository", "ConfigSet", "Repository", "Commit", "Authorization", "API"]
)
def test_kinds(kind: str) -> None:
    assert waivers_of({"waivers": [{**GIVEN, "kind": kind}]}, NOW)[0].kind == kind

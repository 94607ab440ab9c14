# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests there are at once, in a minute, and after a host has asked to wait."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import PACES, Pacer
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import (
    TIMEOUT,
)
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Simulator
from unit.wire import (
    GITOPS,
    REPOSITORY,
    Connect,
    FakeClock,
    failure,
)

if TYPE_CHECKING:
    pass


# --- pacing


@given(st.lists(st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 120)), max_size=300), st.integers(0, 700))
@settings(deadline=None, max_examples=50)
def test_no_minute_has_more_calls_than_allowed(pauses: list[float], burst: int) -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    calls = []
    for pause in [*pauses, *[0.0] * burst]:
        clock.sleep(pause)
        calls.append(clock.monotonic() + pacer.delay())
    assert calls == sorted(calls)
    for number, call in enumerate(calls[590:]):  # ten fewer than the limit: on their way, calls move together
        assert call - calls[number] > 60 - 1e-6


def test_the_pace_is_that_of_the_limit() -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    delays = [pacer.delay() for _round in range(590)]
    assert delays[:50] == [0.0] * 50
    assert delays[50] == pytest.approx(1 / 9)
    assert delays[-1] == pytest.approx(60.0)
    clock.sleep(3600)
    assert [pacer.delay() for _round in range(51)] == [*[0.0] * 50, pytest.approx(1 / 9)]


def test_codearts_is_paced(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect()
    for _round in range(60):
        client.get(*REPOSITORY)
    assert clock.slept == pytest.approx([1 / 9] * 10)
    assert len(simulator.journal) == 60


def test_the_others_are_not(connect: Connect, clock: FakeClock) -> None:
    client = connect()
    for _round in range(70):
        client.get(*GITOPS)
    assert clock.slept == []


def test_a_place_after_the_deadline_is_not_waited_for(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    client = connect(request_retries=0)
    for _round in range(50):
        client.get(*REPOSITORY)
    client.begin_sample(0.1)
    assert failure(lambda: client.get(*REPOSITORY)).code == TIMEOUT
    assert len(simulator.journal) == 50
    assert clock.slept == []

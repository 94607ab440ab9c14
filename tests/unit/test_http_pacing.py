# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""How many requests there are at once, in a minute, and after a host has asked to wait."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import PACES, Clock, Limiter, Pacer
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import TIMEOUT
from hypothesis import given, settings
from hypothesis import strategies as st

from simulator import Simulator
from unit.wire import AUTHORIZATIONS, GITOPS, REPOSITORY, Connect, FakeClock, failure, fault

# --- pacing


@given(st.lists(st.one_of(st.just(0.0), st.floats(0, 0.2), st.floats(0, 120)), max_size=300), st.integers(0, 700))
@settings(deadline=None, max_examples=50)
def test_no_minute_has_more_calls_than_allowed(pauses: list[float], burst: int) -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    calls = []
    for pause in [*pauses, *[0.0] * burst]:
        clock.sleep(pause)
        calls.append(clock.monotonic() + (pacer.take() or 0.0))
    assert calls == sorted(calls)
    for number, call in enumerate(calls[590:]):  # ten fewer than the limit: on their way, calls move together
        assert call - calls[number] > 60 - 1e-6


def test_the_pace_is_that_of_the_limit() -> None:
    clock = FakeClock()
    pacer = Pacer(*PACES["codearts_repo"], clock)
    delays = [pacer.take() or 0.0 for _round in range(590)]
    assert delays[:50] == [0.0] * 50
    assert delays[50] == pytest.approx(1 / 9)
    assert delays[-1] == pytest.approx(60.0)
    clock.sleep(3600)
    assert [pacer.take() or 0.0 for _round in range(51)] == [*[0.0] * 50, pytest.approx(1 / 9)]


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
    # Nobody took the place that was too late.
    client.begin_sample(100)
    client.get(*REPOSITORY)
    assert clock.slept == pytest.approx([1 / 9])


# --- spacing


def test_samples_are_spaced_by_the_limit_of_each_region(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    limiter = Limiter(16, clock)
    first, second = connect(limiter=limiter), connect(limiter=limiter, region="cn-east-3")
    assert limiter.spacing == 0
    for _round in range(30):
        first.get(*REPOSITORY)
        first.get(*GITOPS)
    assert limiter.spacing == pytest.approx(3.0)
    for _round in range(40):
        second.get(*REPOSITORY)
    assert limiter.spacing == pytest.approx(4.0)  # not 7: another region has a limit of its own
    assert clock.slept == []
    limiter.begin_sample()
    assert limiter.spacing == 0


def test_clients_of_one_region_share_its_pace(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    limiter = Limiter(16, clock)
    clients = [connect(limiter=limiter) for _number in range(2)]
    for _round in range(30):
        for client in clients:
            client.get(*REPOSITORY)
    assert clock.slept == pytest.approx([1 / 9] * 10)
    assert limiter.spacing == pytest.approx(6.0)


def test_refused_calls_give_their_place_back(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault("codearts_repo", error="APIG.0308", headers={"Retry-After": "0"}, times=200))
    limiter = Limiter(16, clock)
    client = connect(limiter=limiter, request_retries=200)
    client.get(*REPOSITORY)
    assert len(simulator.journal) == 201
    assert clock.slept == []
    assert limiter.spacing == pytest.approx(0.1)


# --- waiting together


def test_a_host_that_refuses_is_left_alone_by_all(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "20"}, times=1))
    limiter = Limiter(16, clock)
    first, second = (connect(limiter=limiter, request_retries=0) for _number in range(2))
    assert failure(lambda: first.get(*GITOPS)).status == 429
    assert clock.slept == []
    first.get(*REPOSITORY)  # of another host
    assert clock.slept == []
    second.get(*GITOPS)
    assert clock.slept == [22.0]
    first.get(*GITOPS)
    assert clock.slept == [22.0]


def test_a_refusal_between_answers_is_waited_for_alone(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    """5 % of a fleet that are refused three times each must not stop all others hundreds of times."""
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "20"}, times=1, after=1))
    first, second = (connect(limiter=limiter, request_retries=0) for limiter in [Limiter(16, clock)] * 2)
    first.get(*GITOPS)
    assert failure(lambda: first.get(*GITOPS)).status == 429
    second.get(*GITOPS)
    assert clock.slept == []


def test_nobody_waits_alone_beyond_the_deadline(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    """What is added so that those who were refused together do not come back together counts, too."""
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "20"}, times=1, after=1))
    client = connect(request_retries=1, total_timeout=21)
    client.get(*GITOPS)
    error = failure(lambda: client.get(*GITOPS))
    assert (error.status, clock.slept) == (429, [])
    assert error.message.endswith(" The next attempt, in 22 s, would be too late (total_timeout 21 s).")


def test_two_refusals_in_a_row_are_the_hosts(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "20"}, times=2, after=1))
    first, second = (connect(limiter=limiter, request_retries=1) for limiter in [Limiter(16, clock)] * 2)
    first.get(*GITOPS)
    assert failure(lambda: first.get(*GITOPS)).attempts == 2
    assert clock.slept == [22.0]  # alone
    second.get(*GITOPS)
    assert clock.slept == [22.0, 22.0]
    assert [entry["status"] for entry in simulator.journal] == [200, 429, 429, 200]


def test_an_error_is_an_answer_too(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load({"extends": "documented", "faults": [{"error": "UCS.00030001", "times": 1}, {"error": "APIG.0308", "times": 1}]})
    first, second = (connect(limiter=limiter, request_retries=0) for limiter in [Limiter(16, clock)] * 2)
    assert [failure(lambda: first.get(*GITOPS)).status for _call in range(2)] == [404, 429]
    second.get(*GITOPS)
    assert clock.slept == []


def test_nobody_waits_for_a_host_beyond_the_deadline(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "20"}, times=1))
    client = connect(request_retries=0, total_timeout=15)
    failure(lambda: client.get(*GITOPS))
    error = failure(lambda: client.get(*GITOPS))
    assert (error.code, error.attempts, error.retryable) == (TIMEOUT, 0, True)
    assert error.message == (
        "The host refused a call as one too many, and the next one may be sent in 22 s, which is too late (total_timeout 15 s)."
    )
    assert len(simulator.journal) == 1
    assert clock.slept == []


def test_those_who_wait_come_back_at_different_moments() -> None:
    dice, pauses = iter((0.0, 0.5, 1.0)), []
    for _number in range(3):
        clock = FakeClock()
        clock.uniform = lambda low, high: low + (high - low) * next(dice)  # type: ignore[method-assign]
        limiter = Limiter(16, clock)
        limiter.refused("host", "ucs", None, 20)
        with limiter.turn("host", "ucs", None, lambda: 100.0):
            pauses += clock.slept
    assert pauses == [20.0, 21.0, 22.0]


def test_a_longer_wait_counts(connect: Connect, clock: FakeClock) -> None:
    limiter = Limiter(16, clock)
    limiter.refused("host", "ucs", None, 30)
    limiter.refused("host", "ucs", None, 5)
    with limiter.turn("host", "ucs", None, lambda: 100.0):
        assert clock.slept == [33.0]


# --- at once


def test_all_clients_of_a_task_share_the_bound(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load({"extends": "documented", "latency": 0.02})
    limiter = Limiter(3, clock)
    clients = [connect(limiter=limiter) for _number in range(4)]
    reads = [
        threading.Thread(target=client.fan_out, args=(lambda call, client=client: client.get(*call), [GITOPS] * 10)) for client in clients
    ]
    for read in reads:
        read.start()
    for read in reads:
        read.join()
    assert len(simulator.journal) == 40
    assert {entry["status"] for entry in simulator.journal} == {200}
    assert simulator.peak == 3


def test_waiting_holds_no_place(simulator: Simulator, connect: Connect) -> None:
    """A host that has asked to wait must not keep others waiting."""
    simulator.load(fault(error="APIG.0308", headers={"Retry-After": "1"}, times=1))
    client = connect(Clock(), limiter=Limiter(1))
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(client.get, *GITOPS)
        while not simulator.journal:
            time.sleep(0.01)
        client.get(*AUTHORIZATIONS)
        assert not waiting.done()
        assert waiting.result()["items"]

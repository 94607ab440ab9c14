# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""When the client tries again, after how long, and when it does not. No test sleeps: the clock is handed in."""

from __future__ import annotations

from datetime import timedelta, timezone
from email.utils import format_datetime

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import CONNECTION_FAILED

from simulator import Simulator
from unit.wire import GITOPS, Connect, FakeClock, failure, fault

# --- trying again


@pytest.mark.parametrize(
    ("service", "error", "again"),
    [
        *(("ucs", name, True) for name in ("APIG.0308", "APIGW.0308", "UCS.01000002", "html@429")),
        *(("ucs", name, True) for name in ("UCS.00000005", "UCS.00000006", "UCS.01000005", "UCS.01000006")),
        *(("ucs", name, True) for name in ("APIG.0601", "APIG.0606", "APIGW.0601", "APIG.0610", "APIG.0613")),
        *(("ucs", name, True) for name in ("html", "text@502", "empty", "text@503", "html@504", "empty@504")),
        *(("codearts_repo", name, True) for name in ("CH.10000", "CH.10000@200", "CH.10000@400")),
        *(("ucs", name, False) for name in ("text", "json_null", "html@500", "UCS.00000004@500", "UCS.00000005@400", "APIG.0601@403")),
        *(("ucs", name, False) for name in ("text@501", "text@505", "text@408", "text@405", "text@494")),
        *(
            ("ucs", name, False)
            for name in ("UCS.00000011", "APIG.0201", "camel", "k8s", "UCS.00000013", "APIG.0101", "APIG.0302", "APIG.0301")
        ),
        *(
            ("ucs", name, False)
            for name in ("redirect", "not_json", "html@200", "empty@200", "json_list@200", "json_null@200", "empty@204")
        ),
        *(("codearts_repo", name, False) for name in ("CH.080401", "CH.010001", "CH.080002", "CH.080401@200")),
        *(("servicestage", name, False) for name in ("SVCSTG.REPO.0401", "SVCSTG.REPO.0452")),
    ],
)
def test_what_is_tried_again(simulator: Simulator, connect: Connect, clock: FakeClock, service: str, error: str, again: bool) -> None:
    simulator.load(fault(service, error=error))
    found = failure(lambda: connect(request_retries=2).get(service, "/v1/x"))
    assert found.retryable is again
    assert found.attempts == len(simulator.journal) == (3 if again else 1)
    assert len(clock.slept) == found.attempts - 1


@pytest.mark.parametrize("action", ["reset", "truncate"])
def test_broken_connections_are_tried_again(simulator: Simulator, connect: Connect, clock: FakeClock, action: str) -> None:
    simulator.load(fault(action=action, body={"x": "y" * 1000}, times=2))
    assert connect(request_retries=2).get(*GITOPS)["items"]
    assert len(simulator.journal) == 3
    simulator.load(fault(action=action, body={"x": "y" * 1000}))
    error = failure(lambda: connect(request_retries=2).get(*GITOPS))
    assert (error.code, error.attempts, error.retryable, error.status) == (CONNECTION_FAILED, 3, True, None)
    assert ("broke off" if action == "truncate" else "reset") in error.message


def test_a_refused_connection_is_tried_again(connect: Connect, clock: FakeClock, closed_port: str) -> None:
    error = failure(lambda: connect(endpoints={"ucs": closed_port}, request_retries=2).get(*GITOPS))
    assert (error.code, error.attempts, error.retryable) == (CONNECTION_FAILED, 3, True)
    assert error.message.startswith(f"The connection to {closed_port.removeprefix('http://')} failed: ")
    assert error.message.endswith("Connection refused.")
    assert "0x" not in error.message
    assert clock.slept == [2.0, 4.0]


def test_a_connection_closed_after_an_answer_is_no_failure(simulator: Simulator, connect: Connect) -> None:
    client = connect()
    client.get(*GITOPS)
    simulator.load(fault(action="close", body={"items": []}))
    assert client.get(*GITOPS) == client.get(*GITOPS) == {"items": []}
    simulator.load("documented")
    assert client.get(*GITOPS)["items"]


@pytest.mark.parametrize("retries", [0, 1, 5])
def test_request_retries(simulator: Simulator, connect: Connect, retries: int) -> None:
    simulator.load(fault(error="empty"))
    client = connect(request_retries=retries)
    assert failure(lambda: client.get(*GITOPS)).attempts == len(simulator.journal) == retries + 1


def test_the_last_request_id_and_the_attempts_are_said(simulator: Simulator, connect: Connect) -> None:
    ids = ["first", "second", "third"]
    faults = [{"service": "ucs", "error": "APIG.0613", "headers": {"X-Request-Id": name}, "times": 1} for name in ids]
    simulator.load({"extends": "documented", "faults": faults})
    error = failure(lambda: connect(request_retries=2).get(*GITOPS))
    assert error.request_id == "third"
    assert str(error) == (
        "ucs: GET /v1/clusters/c1/gitops: IAM is temporarily unavailable (HTTP 503, APIG.0613, request id third, after 3 attempts)"
    )
    assert error.as_dict() == {
        "message": "IAM is temporarily unavailable",
        "status": 503,
        "code": "APIG.0613",
        "request_id": "third",
        "service": "ucs",
        "method": "GET",
        "path": "/v1/clusters/c1/gitops",
        "attempts": 3,
        "retryable": True,
    }


def test_every_attempt_is_signed_anew(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    simulator.load(fault(action="reset", times=2))
    assert connect(request_retries=2).get(*GITOPS)
    assert clock.slept == [2.0, 4.0]
    headers = [entry["headers"] for entry in simulator.journal]
    assert len({one["x-sdk-date"] for one in headers}) == 3
    assert len({one["authorization"] for one in headers}) == 3


@pytest.mark.parametrize(
    ("headers", "slept"),
    [
        pytest.param({"Retry-After": "7"}, [7.7] * 3, id="seconds"),
        pytest.param({"Retry-After": " 0 "}, [], id="at once"),
        pytest.param({"Retry-After": "86400"}, [65.0] * 3, id="absurd"),
        pytest.param({"Retry-After": "Thu, 01 Jan 2099 00:00:00 GMT"}, [65.0] * 3, id="absurd date"),
        pytest.param({"Retry-After": "Thu, 01 Jan 1970 00:00:00 GMT"}, [], id="date gone by"),
        pytest.param({"Retry-After": "Thu, 01 Jan 1970 00:00:00"}, [], id="date without a zone"),
        *(
            pytest.param({"Retry-After": value}, [5.5, 11.0, 22.0], id=f"senseless {value[:30]!r}")
            for value in ("", "soon", "-5", "1.5", "9" * 20, "Thu, 01 Jan 99999999999 00:00:00 GMT", "Thu, 32 Jan 2099 00:00:00 GMT", "٣")
        ),
        pytest.param({}, [5.5, 11.0, 22.0], id="none"),
    ],
)
def test_waiting_after_a_throttled_call(
    simulator: Simulator, connect: Connect, clock: FakeClock, headers: dict[str, str], slept: list[float]
) -> None:
    simulator.load(fault(error="APIG.0308", headers=headers))
    failure(lambda: connect().get(*GITOPS))
    # With a tenth more, at most five seconds: not everybody shall come back at the same moment.
    assert clock.slept == pytest.approx(slept)


def test_waiting_until_a_date(simulator: Simulator, connect: Connect, clock: FakeClock) -> None:
    date = format_datetime((clock.now() + timedelta(seconds=20)).astimezone(timezone.utc), usegmt=True)
    simulator.load(fault(error="APIG.0613", headers={"Retry-After": date}, times=1))
    assert connect().get(*GITOPS)
    assert len(clock.slept) == 1
    assert 15 < clock.slept[0] <= 20


@pytest.mark.parametrize(
    ("error", "message", "slept"),
    [
        ("APIG.0308", "over ratelimit,limit:60,time:1 minute", [5.5, 11.0, 22.0, 44.0, 65.0, 65.0]),
        ("APIG.0308", "over ratelimit,limit:60,time:1 second", [2.2] * 6),
        ("APIG.0610", None, [2.0, 4.0, 8.0, 16.0, 30.0, 30.0]),
    ],
)
def test_waiting_grows_to_a_limit(
    simulator: Simulator, connect: Connect, clock: FakeClock, error: str, message: str | None, slept: list[float]
) -> None:
    simulator.load(fault(error=error, **({"message": message} if message else {})))
    failure(lambda: connect(request_retries=6).get(*GITOPS))
    assert clock.slept == pytest.approx(slept)

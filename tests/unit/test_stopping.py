# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What ends the wait early: rules.rst, "Stopping early"."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import Sample
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.stopping import Stopping
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import F_R, F_T, U_T, Mark, P, U, W

from unit.answers import NOW
from unit.gates import sample, saying, subject


def failing(at: float, mark: Mark = F_R, code: str = "POD_CRASH_LOOP", own: float | None = None, **more: Any) -> Sample:
    """A sample with one finding; ``own``: since how many seconds it states to have lasted."""
    since = None if own is None else NOW - timedelta(seconds=own)
    return sample(saying(subject(), code, mark, since=since, **more), began=at)


def stops(*samples: Sample, **policy: Any) -> bool:
    """Whether the last of some samples ends the wait."""
    stopping = Stopping(Policy(**policy))
    for observed in samples:
        stopping.observe(observed)
    return stopping.stops(samples[-1])


ANY, NEVER = {"fail_fast": "any"}, {"fail_fast": "never"}
CASES: dict[str, tuple[list[Sample], dict[str, Any], bool]] = {
    "F-T-once": ([failing(0, F_T)], {}, False),
    "F-T-twice": ([failing(0, F_T), failing(10, F_T)], {}, True),
    "F-T-once-and-one-sample": ([failing(0, F_T)], {"wait_timeout": 0}, True),
    "F-T-once-by-its-time": ([failing(0, F_T, own=1)], {}, True),
    "F-T-once-since-now": ([failing(0, F_T, own=0)], {}, False),
    "F-T-never": ([failing(0, F_T, own=900), failing(10, F_T)], NEVER, False),
    "F-T-beside": ([failing(0, F_T, weight="beside"), failing(10, F_T, weight="beside")], {}, False),
    "F-T-waived": ([failing(0, F_T, weight="waived"), failing(10, F_T, weight="waived")], {}, False),
    "F-r-299s": ([failing(0), failing(299)], {}, False),
    "F-r-300s": ([failing(0), failing(300)], {}, True),
    "F-r-by-its-time-299s": ([failing(0, own=299)], {}, False),
    "F-r-by-its-time-300s": ([failing(0, own=300)], {}, True),
    "F-r-longer-of-both": ([failing(0, own=10), failing(310, own=20)], {}, True),
    "F-r-own-stuck-after": ([failing(0), failing(40)], {"stuck_after": 40}, True),
    "F-r-gone-in-between": ([failing(0), sample(subject(), began=150), failing(300), failing(310)], {}, False),
    "F-r-any-119s": ([failing(0), failing(119)], ANY, False),
    "F-r-any-120s": ([failing(0), failing(120)], ANY, True),
    "F-r-any-own-grace": ([failing(0), failing(10)], {**ANY, "failure_grace": 10}, True),
    "F-r-any-needs-two": ([failing(0)], {**ANY, "failure_grace": 0}, False),
    "F-r-terminal-not-by-grace": ([failing(0), failing(120)], {"failure_grace": 1}, False),
    "config-any": ([failing(0, cause="config"), failing(10, cause="config")], ANY, True),
    "auth-any": ([failing(0, cause="auth"), failing(10, cause="auth")], ANY, True),
    "tls-any": ([failing(0, cause="tls"), failing(10, cause="tls")], ANY, True),
    "network-any": ([failing(0, cause="network"), failing(10, cause="network")], ANY, False),
    "config-terminal": ([failing(0, cause="config"), failing(10, cause="config")], {}, False),
    "U-T": ([failing(0, U_T, "API_SHAPE")], {}, True),
    "U-T-never": ([failing(0, U_T, "API_SHAPE")], NEVER, False),
    "U-T-beside": ([failing(0, U_T, "API_SHAPE", weight="beside")], {}, False),
    "U": ([failing(0, U, "API_SHAPE"), failing(900, U, "API_SHAPE")], {}, False),
    "P": ([failing(0, P), failing(900, P)], {}, False),
    "W": ([failing(0, W), failing(900, W)], {}, False),
    "another-verdict-before": ([failing(0, P), failing(300)], {}, False),
    "another-code-before": ([failing(0, code="POD_NOT_READY"), failing(300)], {}, False),
    "another-cluster-before": ([failing(0, cluster_id="c2"), failing(300)], {}, False),
    "another-namespace-before": ([failing(0, namespace="b"), failing(300)], {}, False),
    "another-name-before": ([failing(0, name="b"), failing(300)], {}, False),
    "another-kind-before": ([failing(0, kind="Pod"), failing(300)], {}, False),
    "another-check-before": ([failing(0, check="b"), failing(300)], {}, False),
    "another-message-before": ([failing(0, observed=1), failing(300, observed=2)], {}, True),
}


@pytest.mark.parametrize("name", CASES)
def test_stops(name: str) -> None:
    samples, policy, ends = CASES[name]
    assert stops(*samples, **policy) is ends


@pytest.mark.parametrize(("mark", "fail_fast"), [(F_R, "terminal"), (F_R, "any"), (F_T, "terminal")])
def test_a_failure_since_an_earlier_sample_needs_two(mark: Mark, fail_fast: str) -> None:
    """What the gate itself has watched becoming a failure is no time of the reading, so it must be seen again."""

    def missing(at: float, verdict: Mark) -> Sample:
        seen = subject("kustomize-controller", read_at=NOW + timedelta(seconds=at, microseconds=500))
        return sample(saying(seen, "CONTROLLER_MISSING", verdict, since=NOW + timedelta(microseconds=500)), began=at)

    watched = [missing(0, P), missing(150, P), missing(300, mark)]
    assert not stops(*watched, fail_fast=fail_fast)
    assert stops(*watched, missing(310, mark), fail_fast=fail_fast)


def lost(**more: Any) -> Sample:
    """A sample in which a service answered with an error."""
    return failing(0, U, "API_UNAVAILABLE", **{"cause": "api", **more})


ERRORS: dict[str, tuple[list[Sample], dict[str, Any], bool]] = {
    "3": ([lost()] * 3, {}, False),
    "4": ([lost()] * 4, {}, True),
    "4-never": ([lost()] * 4, NEVER, True),
    "own-limit": ([lost()] * 2, {"error_limit": 2}, True),
    "not-in-a-row": ([lost(), lost(), sample(subject()), lost(), lost()], {}, False),
    "over-for-now": ([*[lost()] * 4, sample(subject())], {}, False),
    "advisory": ([lost(weight="advisory")] * 4, {}, False),
    "no-error-of-a-service": ([lost(cause="other")] * 4, {}, False),
    "a-404-is-an-answer": ([failing(0, P, "GITOPS_NOT_FOUND", cause="api")] * 4, {}, False),
}


@pytest.mark.parametrize("name", ERRORS)
def test_error_limit(name: str) -> None:
    samples, policy, ends = ERRORS[name]
    assert stops(*samples, **policy) is ends

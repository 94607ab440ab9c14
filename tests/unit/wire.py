# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of the HTTP layer share: a clock of their own, credentials, faults, and ways to look at what was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.signing import utc_now
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError

if TYPE_CHECKING:
    from simulator import Simulator

DOMAIN_ID, PROJECT_ID = "d0000000000000000000000000000001", "a0000000000000000000000000000001"
SERVICES = ("ucs", "codearts_repo", "servicestage", "iam", "metadata")
GITOPS = ("ucs", "/v1/clusters/c1/gitops")
REPOSITORY = ("codearts_repo", "/v2/repositories/r1")
AUTHORIZATIONS = ("servicestage", f"/v1/{PROJECT_ID}/git/auths")

NOBODY: dict[str, Any] = {"access_key": None, "secret_key": None}
TEMPORARY = {
    "access_key": "DEMOTEMPORARYKEY0001",
    "secret_key": "demo-temporary-secret-key-only-1",
    "security_token": "demo-security-token",
}
PASSWORD = {**NOBODY, "username": "deployer", "password": "demo-password", "domain_name": "demo"}
AGENCY = {**NOBODY, "use_ecs_agency": True}
DOMAIN_TOKEN, PROJECT_TOKEN = {**NOBODY, "auth_token": "demo-domain-token"}, {**NOBODY, "auth_token": "demo-project-token"}
IDS = {"project_id": PROJECT_ID, "domain_id": DOMAIN_ID}

Connect = Callable[..., Client]


class FakeClock(Clock):
    """Time that passes only in ``sleep``, which takes none; the dice always fall on the highest number."""

    def __init__(self) -> None:
        self.slept: list[float] = []
        self._start, self._elapsed, self._lock = utc_now(), 0.0, threading.Lock()

    def monotonic(self) -> float:
        return self._elapsed

    def now(self) -> datetime:
        return self._start + timedelta(seconds=self._elapsed)

    def sleep(self, seconds: float) -> None:
        with self._lock:
            self.slept.append(seconds)
            self._elapsed += seconds

    def uniform(self, low: float, high: float) -> float:
        return high


def fault(service: str = "ucs", **what: Any) -> dict[str, Any]:
    """The documented scenario with one fault."""
    return {"extends": "documented", "faults": [{"service": service, **what}]}


def failure(read: Callable[[], object]) -> ApiError:
    """The error that a read ends in."""
    with pytest.raises(ApiError) as caught:
        read()
    return caught.value


def asked(simulator: Simulator, service: str) -> list[tuple[str, str]]:
    """What a service was asked."""
    return [(entry["path"], entry["query"]) for entry in simulator.journal if entry["service"] == service]

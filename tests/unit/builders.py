# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small builders for what the services answer, as plain dicts, and for judging it as one sample or a series of samples.

Every builder gives something that is ready; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checks import Check
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import Clock, Gate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.result import gate_result
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import parse_time

from unit.answers import CLUSTER, IAM_PROJECT, NOW, PROJECT, ago

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.endpoint import Endpoint
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import Sample


SOURCE, GITOPS = ENDPOINTS["ucs_repository_source"], ENDPOINTS["ucs_gitops"]
LIST, DETAIL = ENDPOINTS["codearts_project_repository"], ENDPOINTS["codearts_repository"]
AUTH = ENDPOINTS["servicestage_git_authorization"]


# --- Pods --------------------------------------------------------------------------------------------------------------------------


def pods(*items: Any, cluster: str = CLUSTER, metadata: Any = None, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of ucs_gitops for one cluster."""
    entry = {"cluster_id": cluster, "metadata": {} if metadata is None else metadata, "pods": list(items)}
    return {"endpoint": GITOPS.name, "read_at": ago(0, now), "clusters": [entry], "errors": list(errors)}


# --- Sources -----------------------------------------------------------------------------------------------------------------------


def sources(*items: Any, cluster: str = CLUSTER, total: Any = None, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of ucs_repository_source for one cluster."""
    entry = {"cluster_id": cluster, "total": len(items) if total is None else total, "repository_sources": list(items)}
    return {"endpoint": SOURCE.name, "read_at": ago(0, now), "clusters": [entry], "errors": list(errors)}


# --- Repositories and authorizations -----------------------------------------------------------------------------------------------


def repositories(*items: Any, total: Any = None, project: str = PROJECT, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of codearts_project_repository for one project."""
    entry = {"project_uuid": project, "total": len(items) if total is None else total, "repositories": list(items)}
    return {"endpoint": LIST.name, "read_at": ago(0, now), "projects": [entry], "errors": list(errors)}


def details(*items: Any, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of codearts_repository."""
    return {"endpoint": DETAIL.name, "read_at": ago(0, now), "repositories": list(items), "errors": list(errors)}


def authorizations(*items: Any, count: Any = None, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of servicestage_git_authorization."""
    counted = len(items) if count is None else count
    listed = list(items)
    return {
        "endpoint": AUTH.name,
        "read_at": ago(0, now),
        "project_id": IAM_PROJECT,
        "authorizations": listed,
        "count": counted,
        "errors": list(errors),
    }


def error(status: int | None, code: str = "", **fields: Any) -> dict[str, Any]:
    """A failed request as it stands in `errors` of a reading of either UCS endpoint (give the id field for the others)."""
    known = {"message": "refused", "request_id": "r1", "service": "ucs", "method": "GET", "path": "/v1/x", "attempts": 1}
    return {"cluster_id": CLUSTER, **known, "status": status, "code": code, "retryable": False, **fields}


# --- Judging -----------------------------------------------------------------------------------------------------------------------


def read(endpoint: Endpoint, answer: Mapping[str, Any], now: datetime | None = None, **more: Any) -> Reading:
    """The reading that holds an answer.

    :param answer: as the builders of this file make it
    :param now: when it was read; None for the answer's own `read_at`
    :param more: the question, the clocks and the service's time
    """
    stated = parse_time(answer.get("read_at"))
    moment = now or (stated.latest if stated else NOW)
    listed = answer.get(endpoint.collection) or [] if endpoint.ids else [] if answer.get("errors") else [answer]
    entries = [Entry(str(one[endpoint.id_field if endpoint.ids else "project_id"]), moment, one) for one in listed]
    errors = [ReadError(str(one.get(endpoint.id_field) or ""), moment, ApiError.from_dict(one)) for one in answer.get("errors") or []]
    return Reading(endpoint.name, **{"question": {}, **more}, entries=tuple(entries), errors=tuple(errors))


# --- The gate ------------------------------------------------------------------------------------------------------------------------


@dataclass
class Time:
    """A clock that only moves when somebody sleeps; remembers how long each sleep was."""

    at: float = 0.0
    sleeps: list[float] = field(default_factory=list)
    factor: float = 1.0
    bounds: list[tuple[float, float]] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        """Moves the clock."""
        self.sleeps.append(round(seconds, 6))
        self.at += seconds

    @property
    def clock(self) -> Clock:
        """The clock as the gate takes it; its dice always fall on `factor`."""
        return Clock(lambda: self.at, self.sleep, self.dice, self.now)

    def now(self) -> datetime:
        """The local time."""
        return NOW + timedelta(seconds=self.at)

    def dice(self, low: float, high: float) -> float:
        """Remembers what was asked for."""
        self.bounds.append((low, high))
        return self.factor


def planned(plan: Any, at: float, index: int) -> Mapping[str, Any]:
    """What a plan gives for a sample: by its time, by its number (the last one lasts), or always the same."""
    if callable(plan):
        answer: Mapping[str, Any] = plan(at)
        return answer
    if isinstance(plan, list):
        return planned(plan[min(index, len(plan) - 1)], at, index)
    return dict(plan)


def gating(endpoint: Endpoint, name: str = "", advisory: bool = False, **options: Any) -> Check:
    """A check of the gate."""
    return Check(name or endpoint.name, endpoint, options, advisory)


def run_gate(
    *checks: tuple[Check, Any], time: Time | None = None, say: Callable[[str], None] = lambda _line: None, **policy: Any
) -> dict[str, Any]:
    """Runs a gate to its end over checks with the plan of their readings; no real time passes."""
    time = time or Time()
    thresholds = {name: policy[name] for name in ("stuck_after", "failure_grace") if name in policy}
    asked = [Check(check.name, check.endpoint, {**thresholds, **check.options}, check.advisory) for check, _plan in checks]
    gate = Gate(asked, Policy(**policy), time.clock, say)

    def take() -> list[Reading]:
        return [read(check.endpoint, planned(plan, time.at, gate.samples), time.now()) for check, plan in checks]

    return gate_result(gate, gate.run(take), {}, {})


def observe(*checks: tuple[Check, Mapping[str, Any]], **policy: Any) -> Sample:
    """One sample of a gate."""
    gate = Gate([check for check, _answer in checks], Policy(**policy), Time().clock)
    return gate.observe([read(check.endpoint, answer, NOW) for check, answer in checks], {})


def found_in(result: Mapping[str, Any], code: str) -> list[dict[str, Any]]:
    """The findings of a result with a code."""
    return [one for one in result["findings"] if one["code"] == code]

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small builders for what the services answer, as plain dicts, and for judging it as one sample or a series of samples.

Every builder gives something that is ready; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.checks import Check
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.engine import Clock, Gate
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.policy import Policy
from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.result import gate_result
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import parse_time
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.endpoint import Endpoint
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.samples import Sample
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
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
DOCUMENTED = Path(__file__).resolve().parent.parent / "simulator" / "documented"

SOURCE, GITOPS = ENDPOINTS["ucs_repository_source"], ENDPOINTS["ucs_gitops"]
LIST, DETAIL = ENDPOINTS["codearts_project_repository"], ENDPOINTS["codearts_repository"]
AUTH = ENDPOINTS["servicestage_git_authorization"]


def examples(number: int) -> settings:
    """So many examples of a property, the same ones in every run."""
    return settings(max_examples=number, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


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


# --- Pods --------------------------------------------------------------------------------------------------------------------------


def container(
    name: str = "manager",
    ready: Any = True,
    restarts: Any = 0,
    state: Any = None,
    last: Any = None,
    age: float = 3600,
    now: datetime = NOW,
    **more: Any,
) -> dict[str, Any]:
    """A container's status, running and ready for an hour."""
    running = {"running": {"startedAt": ago(age, now)}}
    fields = {"name": name, "ready": ready, "restartCount": restarts, "state": running if state is None else state, "image": "repo/flux:v1"}
    return given(**fields, lastState={} if last is None else last, **more)


def waiting(reason: Any, restarts: Any = 0, message: Any = GONE, **more: Any) -> dict[str, Any]:
    """A container that waits."""
    return container(ready=False, restarts=restarts, state={"waiting": given(reason=reason, message=message)}, **more)


def ended(code: int = 1, restarts: Any = 0, reason: str = "Error", **more: Any) -> dict[str, Any]:
    """A container that has ended."""
    return container(ready=False, restarts=restarts, state={"terminated": {"exitCode": code, "reason": reason}}, **more)


def pod(
    app: Any = "source-controller",
    hash_: str = "97bdcd8cf",
    index: str = "0",
    containers: Any = None,
    phase: Any = "Running",
    age: float = 3600,
    start: Any = None,
    deleting: Any = GONE,
    owner: tuple[str, str] | None = None,
    policy: Any = "Always",
    conditions: Any = GONE,
    now: datetime = NOW,
    uid: Any = None,
    **status: Any,
) -> dict[str, Any]:
    """A pod of a controller, ready for an hour."""
    name = f"{app}-{hash_}-{index}"
    kind, owner_name = owner or ("ReplicaSet", f"{app}-{hash_}")
    metadata = given(
        name=name,
        generateName=f"{app}-{hash_}-",
        namespace="flux-system",
        uid=uid or f"uid-{name}",
        creationTimestamp=ago(age, now),
        deletionTimestamp=deleting,
        labels=given(**{"app": app, "pod-template-hash": hash_ or GONE}),
        ownerReferences=[{"apiVersion": "apps/v1", "kind": kind, "name": owner_name, "uid": "o", "controller": True}],
    )
    listed = [container(now=now, age=age)] if containers is None else containers
    fields = given(phase=phase, startTime=ago(age, now) if start is None else start, containerStatuses=listed, conditions=conditions)
    return {"metadata": metadata, "spec": {"restartPolicy": policy, "terminationGracePeriodSeconds": 10}, "status": {**fields, **status}}


def ready_condition(status: str, since: float, now: datetime = NOW, **more: Any) -> list[dict[str, Any]]:
    """The pod condition Ready."""
    return [{"type": "Ready", "status": status, "lastTransitionTime": ago(since, now), **more}]


def pods(*items: Any, cluster: str = CLUSTER, metadata: Any = None, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of ucs_gitops for one cluster."""
    entry = {"cluster_id": cluster, "metadata": {} if metadata is None else metadata, "pods": list(items)}
    return {"endpoint": GITOPS.name, "read_at": ago(0, now), "clusters": [entry], "errors": list(errors)}


# --- Sources -----------------------------------------------------------------------------------------------------------------------


def condition(
    kind: str, status: Any = "True", reason: Any = "Succeeded", message: Any = "", since: Any = 3600, og: Any = 1
) -> dict[str, Any]:
    """A condition of a source; `since` in seconds before NOW, or as text."""
    at = since if isinstance(since, str) or since is GONE else ago(since)
    return given(type=kind, status=status, reason=reason, message=message, lastTransitionTime=at, observedGeneration=og)


READY = condition("Ready", message="stored artifact for revision")
IN_STORAGE = condition("ArtifactInStorage")


def failing(message: str, reason: str = "GitOperationFailed", kind: str = "FetchFailed", og: Any = 1) -> list[dict[str, Any]]:
    """The conditions of a source that cannot be fetched, as Flux states them."""
    return [
        condition("Ready", "False", reason, message, since=5, og=og),
        condition(kind, "True", reason, message, since=5, og=og),
    ]


def source(
    *conditions: Any,
    name: Any = "podinfo",
    namespace: Any = "default",
    generation: Any = 1,
    og: Any = 1,
    revision: Any = f"main@sha1:{SHA}",
    artifact: Any = None,
    repo_status: Any = GONE,
    repo_type: Any = "GitRepository",
    deleting: Any = GONE,
    age: float = 86400,
    spec: Mapping[str, Any] | None = None,
    status: Any = None,
) -> dict[str, Any]:
    """A repository source, ready for an hour when no conditions are given."""
    listed = list(conditions) or [READY, IN_STORAGE]
    if artifact is None:
        artifact = {"path": "x.tar.gz", "revision": revision, "lastUpdateTime": ago(3600), "digest": "sha256:00"} if revision else GONE
    full = {
        "url": "https://github.com/stefanprodan/podinfo",
        "ref": {"branch": "main"},
        "interval": "1m0s",
        "timeout": "1m0s",
        "secretRef": {"name": "credentials"},
    }
    repository = {
        "metadata": given(
            name=name, namespace=namespace, uid="u1", generation=generation, creationTimestamp=ago(age), deletionTimestamp=deleting
        ),
        "spec": given(**{**full, **(spec or {})}),
        "status": given(observedGeneration=og, conditions=listed, artifact=artifact) if status is None else status,
    }
    fields = given(name=name, namespace=namespace, repoType=repo_type, repoStatus=repo_status)
    return {**fields, "uid": "u1", "gitRepository": repository, "clusterInfo": {}, "secretInfo": {}}


def bare(og: Any = GONE, **fields: Any) -> dict[str, Any]:
    """A source whose status states no conditions and no artifact."""
    return source(status=given(observedGeneration=og), **fields)


def sources(*items: Any, cluster: str = CLUSTER, total: Any = None, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of ucs_repository_source for one cluster."""
    entry = {"cluster_id": cluster, "total": len(items) if total is None else total, "repository_sources": list(items)}
    return {"endpoint": SOURCE.name, "read_at": ago(0, now), "clusters": [entry], "errors": list(errors)}


# --- Repositories and authorizations -----------------------------------------------------------------------------------------------


def repository(**fields: Any) -> dict[str, Any]:
    """A CodeArts repository that is ready."""
    name = fields.get("repository_name", "shop")
    known = {
        "repository_uuid": UUID,
        "repository_name": "shop",
        "group_name": "Demo",
        "https_url": f"https://codehub.example.com/Demo/{name}.git",
        "ssh_url": f"git@codehub.example.com:Demo/{name}.git",
        "visibility_level": 0,
        "created_at": "2019-10-15 09:40:26",
        "updated_at": local(86400 * 10),
        "repository_size": "0.06M",
        "status": 0,
        "project_is_deleted": "false",
        "userRole": 30,
    }
    return given(**{**known, **fields})


def repositories(*items: Any, total: Any = None, project: str = PROJECT, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of codearts_project_repository for one project."""
    entry = {"project_uuid": project, "total": len(items) if total is None else total, "repositories": list(items)}
    return {"endpoint": LIST.name, "read_at": ago(0, now), "projects": [entry], "errors": list(errors)}


def details(*items: Any, errors: Iterable[Any] = (), now: datetime = NOW) -> dict[str, Any]:
    """A reading of codearts_repository."""
    return {"endpoint": DETAIL.name, "read_at": ago(0, now), "repositories": list(items), "errors": list(errors)}


def authorization(**fields: Any) -> dict[str, Any]:
    """A ServiceStage authorization that is valid."""
    known = {
        "name": "github-tom",
        "repo_type": "github",
        "repo_host": "https://api.github.com",
        "repo_home": "https://github.com/tom-repo",
        "repo_user": "tom-repo",
        "token_type": "oauth",
        "create_time": 1649731565642,
        "update_time": 1649731565642,
        "status": 0,
    }
    return given(**{**known, **fields})


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


def judge(endpoint: Endpoint, answer: Mapping[str, Any], now: datetime = NOW, history: History | None = None, **options: Any) -> Judgement:
    """One judgement; the answer is the same afterwards, and short detail is judged exactly like full detail."""
    before = copy.deepcopy(answer)
    earlier = copy.deepcopy(history) if history else History()
    reading = read(endpoint, answer, now)
    full = endpoint.judge(reading, options, history or History())
    again = {"schema_version": 2, **endpoint.as_dict(reading, summary=True)}
    short = endpoint.judge(endpoint.reading_of(again, "readings[0]"), options, earlier)
    assert answer == before, "the rules change nothing"
    assert [one.as_dict() for one in short.findings] == [one.as_dict() for one in full.findings], "summary and full detail differ"
    assert [(one.identity, one.verdict, one.ready_since, one.parts) for one in short.subjects] == [
        (one.identity, one.verdict, one.ready_since, one.parts) for one in full.subjects
    ]
    return full


def judge_series(endpoint: Endpoint, samples: Iterable[tuple[float, Mapping[str, Any]]], **options: Any) -> list[Judgement]:
    """Samples over time, (seconds after NOW, reading), each judged with the history of those before it."""
    history, found = History(), []
    for seconds, reading in samples:
        found.append(judge(endpoint, reading, NOW + timedelta(seconds=seconds), history, **options))
        history = found[-1].history
    return found


def finding(judgement: Judgement, code: str) -> Finding:
    """The one finding with a code."""
    found = [one for one in judgement.findings if one.code == code]
    assert found, f"no {code} in {[(one.code, one.verdict, one.message) for one in judgement.findings]}"
    return found[0]


def codes(judgement: Judgement) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(one.code for one in judgement.findings)


def shown(found: Finding) -> str:
    """All that a finding shows, as text."""
    return "\n".join(str(value) for value in found.as_dict().values())


def check(judgement: Judgement, verdict: str, code: str | None = None, of: str | None = None, terminal: bool = False) -> None:
    """Asserts the verdict of a judgement, and verdict and terminality of the finding with a code (None: no finding at all).

    :param of: the finding's verdict, where it is not that of the judgement
    """
    seen = [(one.code, one.verdict, one.terminal, one.message) for one in judgement.findings]
    assert judgement.verdict == verdict, seen
    if code is None:
        assert not judgement.findings, seen
        return
    one = finding(judgement, code)
    assert (one.verdict, one.terminal) == (of or verdict, terminal), seen
    assert one.retryable == (one.verdict == "failed" and not terminal), seen
    assert one.message
    assert one.remediation


@dataclass(frozen=True)
class Row:
    """One row of the rules: a reading (or samples of it, with their seconds) with options, and what it has to be judged as."""

    id: str
    reading: Any
    verdict: str
    code: str | None = None
    of: str | None = None
    terminal: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)

    @property
    def samples(self) -> list[tuple[float, Mapping[str, Any]]]:
        """The samples of the row."""
        return self.reading if isinstance(self.reading, list) else [(0, self.reading)]

    def check(self, endpoint: Endpoint) -> None:
        """Judges the samples one after the other and asserts what the last one is."""
        check(judge_series(endpoint, self.samples, **self.options)[-1], self.verdict, self.code, self.of, self.terminal)


def rows(*table: Row) -> Any:
    """The parametrization of a test by a table of rows."""
    return pytest.mark.parametrize("row", table, ids=[row.id for row in table])


def lasting(reading: Mapping[str, Any], *seconds: float) -> list[tuple[float, Mapping[str, Any]]]:
    """The same reading again and again: the first at 0, then at the seconds given."""
    return [(at, reading) for at in (0, *seconds)]


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

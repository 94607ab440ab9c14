# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Ten thousand generated answers over the wire: none of them is a mistake of the collection, and none passes the gate that is not ready.

An answer is a healthy one with a few changes, most of them where it matters. What is ready is said here once more, by an oracle for each
endpoint that knows only rules.rst, has no history, and is as simple as the rules allow.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Clock, Limiter
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate, info
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.info import judged_result
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings
from hypothesis import given
from hypothesis import strategies as st

from bench.server import Connection, Services
from unit.answers import ago, examples

from .conftest import DOMAIN_ID, PROJECT_ID, REGION, SERVICES
from .faults import healthy
from .test_info_modules import CASES, Case

pytestmark = pytest.mark.slow

STEADY = 30.0  # seconds; the gate's default
CONTROLLERS = ("source-controller", "kustomize-controller")
REVISION = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001"

# --- the oracle: when is an answer ready?


def at(value: Any, *path: str) -> Any:
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value


def word(value: Any) -> str:
    return value.strip().lower() if isinstance(value, str) else ""


def integer(value: Any) -> int | None:
    """Numbers, and texts that are numbers; never a boolean."""
    if isinstance(value, str):
        return int(value) if re.fullmatch(r"\s*-?[0-9]{1,18}\s*", value) else None
    if isinstance(value, float):
        return int(value) if value.is_integer() else None
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def yes(value: Any) -> bool:
    return value is True or word(value) == "true"


def lasted(value: Any, steady: float) -> bool:
    """Whether a time is not known to be younger than so many seconds."""
    try:
        return not steady or datetime.now(timezone.utc) - datetime.fromisoformat(value.replace("Z", "+00:00")) >= timedelta(seconds=steady)
    except (AttributeError, TypeError, ValueError):
        return True


def dicts(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(one, dict) for one in value)


def last_of(conditions: Any, kind: str) -> dict[str, Any]:
    found = [one for one in conditions if word(at(one, "type")) == kind] if isinstance(conditions, list) else []
    return found[-1] if found else {}


def pods_are_ready(body: dict[str, Any], _expecting: bool, steady: float) -> bool:
    items = body.get("items")
    if not dicts(items) or at(body, "metadata", "continue") or (integer(at(body, "metadata", "remainingItemCount")) or 0) > 0:
        return False
    return all(workload_is_ready([pod for pod in items if workload(pod) == name], steady) for name in CONTROLLERS)


def owner(pod: dict[str, Any]) -> dict[str, Any]:
    owners = at(pod, "metadata", "ownerReferences")
    return next((one for one in owners if at(one, "controller")), {}) if isinstance(owners, list) else {}


def workload(pod: dict[str, Any]) -> Any:
    app, name, generated = at(pod, "metadata", "labels", "app"), owner(pod).get("name"), at(pod, "metadata", "generateName")
    if isinstance(app, str) and app:
        return app
    if isinstance(name, str) and name:
        return name.removesuffix(f"-{at(pod, 'metadata', 'labels', 'pod-template-hash') or ''}")
    return str(generated).rstrip("-") if generated else at(pod, "metadata", "name")


def workload_is_ready(pods: list[dict[str, Any]], steady: float) -> bool:
    staying = [pod for pod in pods if not at(pod, "metadata", "deletionTimestamp")]
    jobs = [
        pod for pod in staying if word(owner(pod).get("kind")) == "job" or word(at(pod, "spec", "restartPolicy")) in ("never", "onfailure")
    ]
    serving = [pod for pod in staying if pod not in jobs and word(at(pod, "status", "phase")) not in ("succeeded", "failed")]
    done = [pod for pod in jobs if word(at(pod, "status", "phase")) == "succeeded"]
    return (
        bool(serving)
        and all(pod_is_ready(pod, steady) for pod in serving)
        and all(pod in done or pod_is_ready(pod, steady) or (done and word(at(pod, "status", "phase")) == "failed") for pod in jobs)
    )


def pod_is_ready(pod: dict[str, Any], steady: float) -> bool:
    containers = at(pod, "status", "containerStatuses")
    return (
        word(at(pod, "status", "phase")) == "running"
        and dicts(containers)
        and all(
            yes(one.get("ready"))
            and isinstance(at(one, "state", "running"), dict)
            and not any(isinstance(at(one, "state", other), dict) for other in ("waiting", "terminated"))
            and lasted(at(one, "state", "running", "startedAt"), steady)
            for one in containers
        )
        and word(last_of(at(pod, "status", "conditions"), "ready").get("status")) != "false"
    )


def sources_are_ready(body: dict[str, Any], expecting: bool, steady: float) -> bool:
    items = body.get("items")
    if not dicts(items) or (integer(body.get("total")) or 0) > len(items):
        return False
    if not expecting:
        return all(source_is_ready(one, steady) for one in items)
    named = [
        one
        for one in items
        if (one.get("name") or at(one, "gitRepository", "metadata", "name")) == "frontend"
        and at(one, "gitRepository", "spec", "ref", "branch") == "main"
    ]
    return bool(named) and all(
        source_is_ready(one, steady) and REVISION in str(at(one, "gitRepository", "status", "artifact", "revision")).lower()
        for one in named
    )


def source_is_ready(source: dict[str, Any], steady: float) -> bool:
    repository = source.get("gitRepository")
    generation, status = integer(at(repository, "metadata", "generation")), at(repository, "status")
    listed = at(status, "conditions")
    conditions = {one["type"]: one for one in listed if isinstance(at(one, "type"), str)} if isinstance(listed, list) else {}

    def said(kind: str, value: str) -> bool:
        """Whether a condition says so of this generation, or of none."""
        found = conditions.get(kind, {})
        own = integer(found.get("observedGeneration"))
        return word(str(found.get("status"))) == value and (not own or own == generation)

    bad = ("Stalled", "Reconciling", "FetchFailed", "StorageOperationFailed", "IncludeUnavailable", "BuildFailed")
    revision, ref = at(status, "artifact", "revision"), at(repository, "spec", "ref")
    pointer = revision.rpartition("@sha1:")[0] if isinstance(revision, str) else ""
    return (
        source.get("repoType") == "GitRepository"
        and generation is not None
        and integer(at(status, "observedGeneration")) == generation
        and said("Ready", "true")
        and lasted(conditions["Ready"].get("lastTransitionTime"), steady)
        and not any(said(kind, "true") for kind in bad)
        and not said("SourceVerified", "false")
        and word(str(conditions.get("ArtifactOutdated", {}).get("status"))) != "true"
        and not at(repository, "metadata", "deletionTimestamp")
        and not yes(at(repository, "spec", "suspend"))
        and bool(word(revision))
        and (not pointer or pointer == (at(ref, "branch") or "master") or (isinstance(ref, dict) and any(set(ref) - {"branch"})))
        and (source.get("repoStatus") is None or word(str(source["repoStatus"])) in ("health", "healthy", "unknown"))
    )


def enveloped(body: dict[str, Any]) -> dict[str, Any]:
    """The result of CodeArts, empty when it says that it failed."""
    error, result = body.get("error"), body.get("result")
    failed = any(value is not None for value in error.values()) if isinstance(error, dict) else error is not None
    return result if isinstance(result, dict) and not failed and str(body.get("status")).lower() == "success" else {}


def list_is_ready(body: dict[str, Any], expecting: bool, _steady: float) -> bool:
    result = enveloped(body)
    found, total = result.get("repositories"), integer(result.get("total"))
    found = [found] if isinstance(found, dict) and found else found
    if not dicts(found):
        return False
    if not expecting:
        return all(repository_is_ready(one) for one in found) and (total is None or total <= len(found))
    named = [one for one in found if one.get("repository_name") == "frontend"]
    return bool(named) and all(
        repository_is_ready(one)
        and (one.get("userRole") is None or integer(one["userRole"]) is None or integer(one["userRole"]) >= 30)  # type: ignore[operator]
        and integer(one.get("visibility_level")) != 20
        for one in named
    )


def details_are_ready(body: dict[str, Any], _expecting: bool, _steady: float) -> bool:
    return bool(enveloped(body)) and repository_is_ready(enveloped(body))


def repository_is_ready(repository: dict[str, Any]) -> bool:
    deleted = repository.get("project_is_deleted")
    return integer(repository.get("status")) == 0 and (deleted is None or word(str(deleted)) in ("false", "0", ""))


def authorizations_are_ready(body: dict[str, Any], _expecting: bool, _steady: float) -> bool:
    found = body.get("authorizations")
    return dicts(found) and all(integer(one.get("status")) == 0 for one in found)


def belongs(case: Case, body: dict[str, Any]) -> bool:
    """Whether an answer is about what was asked for, as far as it says (rules.rst, E8)."""
    stated: dict[str, list[Any]] = {
        "ucs_repository_source": [at(one, "clusterInfo", "clusterID") for one in elements(body, "items")],
        "codearts_project_repository": [at(one, "project_uuid") for one in elements(body, "result", "repositories")],
        "codearts_repository": [at(body, "result", "repository_uuid")],
    }
    namespaces = [word(at(pod, "metadata", "namespace")) for pod in elements(body, "items")] if case.endpoint == "ucs_gitops" else []
    elsewhere = bool(namespaces) and all(namespaces) and "flux-system" not in namespaces
    return not elsewhere and {word(one) for one in stated.get(case.endpoint, [])} <= {"", case.ids[0]}


def elements(body: dict[str, Any], *path: str) -> list[Any]:
    found = at(body, *path)
    return found if isinstance(found, list) else []


ORACLES: dict[str, Callable[[dict[str, Any], bool, float], bool]] = {
    "ucs_repository_source": sources_are_ready,
    "ucs_gitops": pods_are_ready,
    "codearts_project_repository": list_is_ready,
    "codearts_repository": details_are_ready,
    "servicestage_git_authorization": authorizations_are_ready,
}
EXPECT: dict[str, dict[str, Any]] = {
    "ucs_repository_source": {"expect": [{"name": "frontend", "branch": "main", "revision": REVISION}]},
    "codearts_project_repository": {"expect": [{"name": "frontend", "min_role": 30, "private": True}]},
}


# --- the answers


DECISIVE = set(
    """items metadata total continue remainingItemCount status phase containerStatuses ready state running startedAt restartCount
    lastState conditions type observedGeneration generation lastTransitionTime reason artifact revision ref branch repoType repoStatus
    gitRepository name namespace labels app pod-template-hash creationTimestamp startTime result repositories error
    project_is_deleted userRole visibility_level repository_uuid repository_name authorizations count clusterInfo clusterID
    project_uuid""".split()
)
WORDS: list[Any] = [
    *("Running", "running ", "Pending", "Succeeded", "Failed", "Unknown", "True", "False", "true", "false", "GitRepository"),
    *("HelmRepository", "Ready", "Stalled", "Reconciling", "FetchFailed", "SourceVerified", "ArtifactOutdated", "Health", "Healthy"),
    *("Progressing", "CrashLoopBackOff", "ImagePullBackOff", "ContainerCreating", "Job", "Never", "OnFailure", "success", "failed"),
    *(None, True, False, 0, 1, 2, 3, 5, 7, 20, 30, 40, -1, 0.0, 1.0, 0.5, 1e308, 10**18, 10**400, -(10**30)),
    *("0", "1", " 0 ", "-1", "٣", "1e3", "", " ", "frontend", "main", f"main@sha1:{'0' * 40}", f"other@sha1:{REVISION}"),
    *("\ud800", "\u202e", "\x00", "a" * 3000, "https://u:p@h/x", "${jndi:x}", "{{ 1/0 }}", [], {}, [None], [[]], [{}], {"": {}}),
    *({"waiting": {"reason": "CrashLoopBackOff"}}, {"waiting": {}}, {"terminated": {"exitCode": 1}}, {"running": {}}, {"waiting": None}),
    *({"type": "Stalled", "status": "True"}, {"type": "FetchFailed", "status": "True"}, {"type": "Ready", "status": "False"}),
    *({"code": "CH.080401", "message": "No Permission"}, {"code": None}),
]
NAMES = [*sorted(DECISIVE), "deletionTimestamp", "suspend", "initContainerStatuses", "started", "secretInfo", "extra", "commit", "tag"]
GONE, COPY = object(), object()
LATE: list[Callable[[], Any]] = [
    lambda: ago(0, datetime.now(timezone.utc)),
    lambda: ago(-9999, datetime.now(timezone.utc)),
    lambda: json.loads("[" * 120 + "]" * 120),
]
# Fields that change everything, and what they stand in; chance alone would hardly put them there.
TELLING: list[tuple[str, str, Any]] = [
    *(("spec", "suspend", value) for value in (True, "true")),
    *(
        ("metadata", name, value)
        for name, value in (("deletionTimestamp", "2026-01-01T00:00:00Z"), ("continue", "x"), ("remainingItemCount", 3))
    ),
    *(("status", "conditions", [{"type": kind, "status": value}]) for kind, value in (("Ready", "False"), ("Stalled", "True"))),
    *(
        ("status", name, value)
        for name, value in (("phase", "Failed"), ("observedGeneration", -1), ("artifact", None), ("containerStatuses", []))
    ),
    *(("state", kind, {"reason": "Error"}) for kind in ("waiting", "terminated")),
    *(("ref", name, "other") for name in ("branch", "tag", "commit")),
    *(("labels", name, "other") for name in ("app", "pod-template-hash")),
    *(("result", name, value) for name, value in (("total", 9), ("repositories", {}), ("status", 3), ("project_is_deleted", "true"))),
]
VALUES = [*WORDS, *LATE, *[GONE] * 8, *[COPY] * 4]
# A number makes an answer: to draw each change would take longer than to read and judge the answer.
NUMBERS = st.integers(0, 2**64)


def anything(dice: random.Random, depth: int = 3) -> Any:
    """Some JSON."""
    kind = dice.randrange(7 if depth else 5)
    if kind == 5:
        return [anything(dice, depth - 1) for _number in range(dice.randrange(4))]
    if kind == 6:
        return {dice.choice(NAMES): anything(dice, depth - 1) for _number in range(dice.randrange(4))}
    text = "".join(chr(dice.randrange(0x300)) for _number in range(dice.randrange(12)))
    return [None, dice.random() < 0.5, dice.randrange(-(10**9), 10**9), dice.uniform(-9, 9), text][kind]


def places(value: Any, found: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Every place of a JSON value: its container, and its name or number."""
    for name, inner in value.items() if isinstance(value, dict) else enumerate(value):
        found.append((value, name))
        if isinstance(inner, (dict, list)):
            places(inner, found)
    return found


def made(base: str, number: int, most: int = 4) -> dict[str, Any]:
    """An answer with a few changes: at a place, most of them where it matters, another value, or none, or one field more."""
    dice, body = random.Random(number), json.loads(base)
    for _change in range(dice.randrange(most + 1)):
        everywhere = places(body, [])
        if dice.random() < 0.2:
            parent, name, value = dice.choice(TELLING)
            there = [one[one_name] for one, one_name in everywhere if one_name == parent and isinstance(one[one_name], dict)]
            if there:
                dice.choice(there)[name] = value
                continue
        some = [one for one in everywhere if one[1] in DECISIVE or isinstance(one[0], list)] if dice.random() < 0.7 else everywhere
        if not some:
            break
        container, name = dice.choice(some)
        if isinstance(container[name], dict) and dice.random() < 0.6:
            container, name = container[name], dice.choice(NAMES)
        value = dice.choice(VALUES) if dice.random() < 0.8 else anything(dice)
        if value is GONE:
            if isinstance(container, list) or name in container:
                del container[name]
        elif value is COPY:
            if isinstance(container, list):
                container.append(json.loads(json.dumps(container[name])))
        else:
            container[name] = value() if callable(value) else json.loads(json.dumps(value))
    return dict(body)


# --- over the wire, and to the gate


class Generated(Services):
    """The services, all of which answer what they are told to, by path."""

    bodies: dict[str, bytes]

    def answer(self, target: str) -> bytes | None:
        return next(body for path, body in self.bodies.items() if path in target)


PATHS = dict(
    zip(
        (case.endpoint for case in CASES), ("/configsets/repos", "/gitops", "/v2/projects/", "/v2/repositories/", "/git/auths"), strict=True
    )
)


class Unpaced(Clock):
    """Waiting takes no time."""

    def __init__(self) -> None:
        self._slept = 0.0

    def monotonic(self) -> float:  # type: ignore[override]
        return time.monotonic() + self._slept

    def sleep(self, seconds: float) -> None:  # type: ignore[override]
        self._slept += seconds


@dataclass
class Wire:
    """The server, a client of it, the healthy answers, and what has been seen so far by endpoint."""

    services: Generated
    client: Client
    bases: dict[str, str]
    seen: dict[str, Counter[str]]

    def read(self, case: Case, body: dict[str, Any], expecting: bool) -> dict[str, Any]:
        """The result of an info module for an answer."""
        self.services.bodies[PATHS[case.endpoint]] = json.dumps(body).encode()
        endpoint = ENDPOINTS[case.endpoint]
        options = {**DEFAULTS[case.endpoint], **case.asked(0), **(EXPECT[case.endpoint] if expecting else {})}
        self.client.begin_sample(1e6)
        summary = self.seen[case.endpoint].total() % 2 == 1
        result = judged_result(endpoint, endpoint.take(self.client, options), {}, summary)
        assert {error["code"] for error in result["errors"]} <= {"UNEXPECTED_ANSWER", "ANSWER_MISMATCH", "200", "CH.080401"}
        json.dumps(result)
        return result


@pytest.fixture(scope="module")
def wire() -> Iterator[Wire]:
    loop, services = asyncio.new_event_loop(), Generated()
    services.bodies = {}
    server = loop.run_until_complete(loop.create_server(lambda: Connection(services), "127.0.0.1", 0))
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    options = {"region": REGION, "endpoints": dict.fromkeys(SERVICES, url), "auth_token": "a-token", "request_retries": 0}
    bases = {case.endpoint: json.dumps(plain(healthy(case, 0))).replace('"total": 3', '"total": 2') for case in CASES}
    ids, clock = {"domain_id": DOMAIN_ID, "project_id": PROJECT_ID}, Unpaced()
    with Client.from_options({**options, **ids}, os.environ, Limiter(16, clock), Masker(), clock) as client:
        yield Wire(services, client, bases, {case.endpoint: Counter() for case in CASES})
    loop.call_soon_threadsafe(server.close)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def plain(value: Any) -> Any:
    """An answer without managedFields, and with two of each kind: nothing looks at the rest, and it takes time."""
    if isinstance(value, dict):
        return {name: plain(one) for name, one in value.items() if name != "managedFields"}
    return [plain(one) for one in value[:2]] if isinstance(value, list) else value


def defaults(spec: dict[str, Any], **given_: Any) -> dict[str, Any]:
    """The options of a task after validation."""
    validated = ArgumentSpecValidator(spec).validate(given_)
    assert not validated.error_messages
    found: dict[str, Any] = validated.validated_parameters
    return found


# How many answers there are of each; five hundred more come together.
ANSWERS = dict(zip((case.endpoint for case in CASES), (2500, 2500, 2000, 1500, 1000)))
DEFAULTS = {case.endpoint: defaults(info.argument_spec(ENDPOINTS[case.endpoint]), **case.asked(0)) for case in CASES}
GATE = defaults(gate.argument_spec(), readings=[{}], enforce=False)


def decided(*readings: dict[str, Any]) -> dict[str, Any]:
    """What the gate makes of readings."""
    result = gate.gate_work({**GATE, "readings": list(readings)}, Surroundings({}, Masker()))
    json.dumps(result)
    return result


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.endpoint)
def test_no_generated_answer_passes_unless_it_is_ready(case: Case, wire: Wire) -> None:
    seen, number = wire.seen[case.endpoint], ANSWERS[case.endpoint]

    @examples(number // 10)
    @given(st.lists(NUMBERS, min_size=10, max_size=10))
    def check(numbers: list[int]) -> None:
        for one in numbers:
            expecting = case.endpoint in EXPECT and one % 2 == 1
            body = made(wire.bases[case.endpoint], one)
            result = wire.read(case, body, expecting)
            decision = decided(result)
            ready = belongs(case, body) and ORACLES[case.endpoint](body, expecting, STEADY)
            seen[f"{decision['decision']}, {'ready' if ready else 'not ready'}"] += 1
            assert ready or decision["decision"] == "block", (one, decision["msg"], body)
            # An info module tells what is, not for how long: only the gate waits (rules.rst, "Steady").
            assert not result["ready"] or (belongs(case, body) and ORACLES[case.endpoint](body, expecting, 0.0)), (
                one,
                result["readiness"],
                body,
            )

    check()
    assert seen.total() >= number
    # What never is ready, or always, proves nothing.
    assert min(seen["allow, ready"], seen["block, not ready"]) > seen.total() / 10, seen


def test_no_generated_answers_pass_together_unless_all_are_ready(wire: Wire) -> None:
    allowed = Counter[bool]()

    @examples(100)
    @given(st.lists(NUMBERS, min_size=len(CASES), max_size=len(CASES)))
    def check(numbers: list[int]) -> None:
        bodies = [made(wire.bases[case.endpoint], one, most=1) for case, one in zip(CASES, numbers)]
        decision = decided(*(wire.read(case, body, False) for case, body in zip(CASES, bodies)))
        allowed[decision["decision"] == "allow"] += 1
        ready = all(belongs(case, body) and ORACLES[case.endpoint](body, False, STEADY) for case, body in zip(CASES, bodies))
        assert ready or decision["decision"] == "block", (numbers, decision["msg"])

    check()
    assert min(allowed[True], allowed[False]) > 5

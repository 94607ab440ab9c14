# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Results of a gate, as gitops_report gets them: one of each sort, and large ones."""

from __future__ import annotations

import copy
from collections import Counter
from typing import Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate.result import worded

DECIDED = "2026-01-31T08:00:12Z"
SAMPLE_CLUSTER = "8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d"
REVISION = "main@sha1:132f4e719209eb10b9485302f8593fc0e680f4fc"
OUTCOMES = {"passed": 0, "passed_with_warnings": 0, "failed": 1, "timeout": 2, "undecidable": 3}
THRESHOLDS = {
    "wait_timeout": 600.0,
    "interval": 10.0,
    "steady_for": 30.0,
    "fail_fast": "terminal",
    "failure_grace": 120.0,
    "stuck_after": 300.0,
    "error_limit": 4,
    "max_reading_age": 600.0,
    "restart_max": None,
    "codearts_timezone": None,
}


def cluster_id(number: int) -> str:
    """The id of one of many clusters."""
    return f"{number:08x}-9c1e-11ee-8f5b-0255ac100c5d"


def observed(kind: str = "GitRepository", name: str = "podinfo", cluster: str = SAMPLE_CLUSTER, **values: Any) -> dict[str, Any]:
    """An object that was observed; ready unless ``verdict`` says otherwise."""
    place = {"namespace": "flux-system", "cluster_id": cluster, "cluster_name": f"prod-{cluster[:4]}", "target": cluster}
    more = {"revision": REVISION, "since": "2026-01-31T07:00:00Z"} if kind == "GitRepository" else {}
    return {"kind": kind, "name": name, **place, "verdict": "ready", "weight": "decides", **more, **values}


def finding(code: str, verdict: str, about: dict[str, Any], check: str, **values: Any) -> dict[str, Any]:
    """A finding about an observed object."""
    place = {name: about[name] for name in ("kind", "name", "namespace", "cluster_id", "cluster_name", "target")}
    result = {
        **place,
        "code": code,
        "verdict": verdict,
        "message": f"Something about {about['name']} was seen.",
        "terminal": False,
        "retryable": verdict == "failed",
        "cause": "",
        "check": check,
        "object_kind": None,
        "field": "status.conditions[Ready].reason",
        "observed": "GitOperationFailed",
        "expected": None,
        "since": "2026-01-31T07:12:00Z",
        "remediation": "Check URL, branch and credentials.",
        "weight": "decides",
        "root_cause": None,
        "file": None,
        "line": None,
        **values,
    }
    return {**result, "waived": result["weight"] == "waived"}


def gate_finding(code: str, verdict: str, **values: Any) -> dict[str, Any]:
    """A finding of the gate itself."""
    nowhere = dict.fromkeys(("kind", "name", "namespace", "cluster_id", "cluster_name", "target"))
    return finding(code, verdict, {**nowhere, "kind": "API", "name": "gate"}, "", **{"field": None, "observed": None, **values})


def check(
    name: str, endpoint: str, objects: list[dict[str, Any]], advisory: bool = False, warnings: int = 0, **question: Any
) -> dict[str, Any]:
    """A check with what it observed."""
    order = ("ready", "progressing", "unknown", "failed")
    asked = [item for item in objects if item["weight"] != "beside"]
    counts = Counter(item["verdict"] for item in asked)
    targets: dict[str, str] = {}
    for item in asked:
        targets[item["target"]] = max(targets.get(item["target"], "ready"), item["verdict"], key=order.index)
    names = {item["target"]: item["cluster_name"] for item in asked}
    return {
        "name": name,
        "endpoint": endpoint,
        "advisory": advisory,
        "verdict": max((item["verdict"] for item in asked), key=order.index, default="ready"),
        "counts": {verdict: counts[verdict] for verdict in ("failed", "unknown", "progressing", "ready")},
        "warnings": warnings,
        "beside": len(objects) - len(asked),
        "question": {"cluster_ids": list(targets), "region": "cn-north-4", "project_id": None, **question},
        "targets": [{"id": target, "name": names[target], "verdict": verdict} for target, verdict in targets.items()],
        "selection": None,
        "observed": objects,
        "not_listed": {},
    }


def result(outcome: str, checks: list[dict[str, Any]], findings: list[dict[str, Any]] | None = None, **values: Any) -> dict[str, Any]:
    """The result of a gate."""
    decided = {
        "schema_version": 2,
        "decision": "allow" if outcome.startswith("passed") else "block",
        "outcome": outcome,
        "exit_code": OUTCOMES[outcome],
        "findings": findings or [],
        "checks": checks,
        "thresholds": dict(THRESHOLDS),
        "waivers": [],
        "tolerance": {"require": "all", "groups": []},
        "samples": 1,
        "timeline": [{"time": DECIDED, "seconds": 0.2, "check": item["name"], "verdict": item["verdict"]} for item in checks],
        "waited_seconds": 0.4,
        "waiting_helps": False,
        "started_at": "2026-01-31T08:00:00Z",
        "decided_at": DECIDED,
        "valid_until": "2026-01-31T08:15:12Z",
        "decides_on": "deployment",
        "collection_version": "1.0.0",
        "region": "cn-north-4",
        "pipeline_url": None,
        **values,
    }
    return worded(decided)


def waiver(**values: Any) -> dict[str, Any]:
    """An exception that was used."""
    return {
        "code": "SRC_SUSPENDED",
        "kind": "GitRepository",
        "name": "podinfo*",
        "cluster": None,
        "reason": "Suspended for the migration, CHG-1234",
        "owner": "platform team",
        "expires": "2026-02-12",
        "days_left": 12,
        "state": "used",
        **values,
    }


def allowed() -> dict[str, Any]:
    """Everything is ready."""
    sources = [observed(), observed(name="apps")]
    pods = [observed("Workload", "source-controller", pods=2), observed("Workload", "kustomize-controller", pods=1)]
    expect = [{"name": "podinfo", "namespace": "flux-system", "revision": REVISION.rpartition(":")[2]}]
    return result(
        "passed",
        [
            check("sources", "ucs_repository_source", sources, expect=expect),
            check("pods", "ucs_gitops", pods, controllers=["source-controller"]),
        ],
        pipeline_url="https://gitlab.example/shop/-/pipelines/17",
    )


def blocked() -> dict[str, Any]:
    """A source cannot be fetched, a pod crashes, something beside fails as well."""
    broken = observed(verdict="failed", since="2026-01-31T07:12:00Z")
    workload = observed("Workload", "source-controller", verdict="failed")
    beside = observed(name="playground", verdict="failed", weight="beside")
    pod = {**workload, "kind": "Pod", "name": "source-controller-97bdcd8cf-5fs52"}
    findings = [
        finding("SRC_FETCH_FAILED", "failed", broken, "sources"),
        finding("POD_CRASH_LOOP", "failed", pod, "pods"),
        finding("SRC_URL_INSECURE", "warning", broken, "sources"),
        finding("SRC_STALLED", "failed", beside, "sources", weight="beside"),
    ]
    checks = [
        check("sources", "ucs_repository_source", [broken, observed(name="apps"), beside], warnings=1),
        check("pods", "ucs_gitops", [workload, observed("Workload", "kustomize-controller")]),
    ]
    return result("failed", checks, findings)


def waived() -> dict[str, Any]:
    """A source is suspended, and that is waived; another waiver is not used."""
    suspended = observed(weight="waived")
    findings = [
        gate_finding("WAIVER_UNUSED", "warning", message="The waiver for SRC_STALLED of platform team matches nothing."),
        finding("SRC_SUSPENDED", "failed", suspended, "sources", weight="waived", terminal=True),
    ]
    waivers = [waiver(), waiver(code="SRC_STALLED", cluster="prod-*", days_left=0, state="unused")]
    return result("passed_with_warnings", [check("sources", "ucs_repository_source", [suspended])], findings, waivers=waivers)


def advisory() -> dict[str, Any]:
    """What an advisory check found does not count."""
    broken = observed(verdict="failed", weight="advisory")
    findings = [finding("SRC_FETCH_FAILED", "failed", broken, "sources", weight="advisory")]
    checks = [
        check("sources", "ucs_repository_source", [broken], advisory=True),
        check("pods", "ucs_gitops", [observed("Workload", "source-controller")]),
    ]
    return result("passed_with_warnings", checks, findings)


def tolerated() -> dict[str, Any]:
    """Two of a fleet's three clusters must be ready, and one is not; the other fleet is whole."""
    clusters = [cluster_id(number) for number in range(4)]
    pods = [observed("Workload", "source-controller", cluster, cluster_name=f"prod-{number}") for number, cluster in enumerate(clusters)]
    pods[1] |= {"verdict": "failed", "weight": "tolerated"}
    missing = [{"id": clusters[1], "name": "prod-1", "verdict": "failed"}]
    groups = [
        {"fleet": "prod", "fleet_id": "f1", "clusters": 3, "required": 2, "ready": 2, "missing": missing},
        {"fleet": "edge", "fleet_id": "f2", "clusters": 1, "required": 1, "ready": 1, "missing": []},
    ]
    findings = [finding("POD_CRASH_LOOP", "failed", pods[1], "pods", weight="tolerated")]
    checks = [check("pods", "ucs_gitops", pods, fleets=["prod", "edge"])]
    return result("passed_with_warnings", checks, findings, tolerance={"require": "60%", "groups": groups})


def waiting() -> dict[str, Any]:
    """A rollout was not over in time, and something could not be read."""
    rolling = observed("Workload", "source-controller", verdict="progressing")
    unread = observed("Cluster", None, cluster_id(7), namespace=None, verdict="unknown")  # type: ignore[arg-type]
    findings = [
        finding("API_UNAVAILABLE", "unknown", unread, "pods", message="The service did not answer."),
        finding("ROLLOUT_IN_PROGRESS", "progressing", rolling, "pods"),
        gate_finding("GATE_NOT_STEADY", "progressing", message="It has been ready for 12 s of 30 s."),
    ]
    timeline = [
        {"time": "2026-01-31T08:00:01Z", "seconds": 0.5, "check": "pods", "verdict": "ready"},
        {"time": "2026-01-31T08:05:00Z", "seconds": 300.0, "check": "pods", "verdict": "progressing"},
        {"time": "2026-01-31T08:09:00Z", "seconds": 540.0, "check": "pods", "verdict": "unknown"},
    ]
    return result(
        "undecidable",
        [check("pods", "ucs_gitops", [rolling, unread])],
        findings,
        timeline=timeline,
        samples=38,
        waited_seconds=600.3,
        waiting_helps=True,
    )


def not_steady() -> dict[str, Any]:
    """Everything is ready, but not for long enough: no object is to blame."""
    return result("timeout", [check("sources", "ucs_repository_source", [observed()])])


def large(clusters: int) -> dict[str, Any]:
    """Many clusters, of which three have something wrong."""
    ids = [cluster_id(number) for number in range(clusters)]
    sources = [observed(cluster=cluster, cluster_name=f"prod-{number}") for number, cluster in enumerate(ids)]
    pods = [observed("Workload", "source-controller", cluster, cluster_name=f"prod-{number}") for number, cluster in enumerate(ids)]
    findings = []
    for index in (5, clusters // 2, clusters - 1):
        sources[index]["verdict"] = "failed"
        findings.append(finding("SRC_FETCH_FAILED", "failed", sources[index], "sources"))
    return result("failed", [check("sources", "ucs_repository_source", sources), check("pods", "ucs_gitops", pods)], findings)


VARIANTS = {
    "allowed": allowed,
    "blocked": blocked,
    "waived": waived,
    "advisory": advisory,
    "tolerated": tolerated,
    "waiting": waiting,
    "not steady": not_steady,
    "300 clusters": lambda: large(300),
}


def hostile(text: str) -> dict[str, Any]:
    """A blocked result in which every text that comes from outside is ``text``."""
    given = copy.deepcopy(blocked())
    for item in given["findings"]:
        item.update(dict.fromkeys(("message", "name", "namespace", "cluster_id", "cluster_name", "target", "observed", "since"), text))
        item.update(dict.fromkeys(("expected", "root_cause", "field", "check", "remediation", "kind", "code"), text))
    for item in given["checks"]:
        item.update(name=text, endpoint=text, question={text: [{text: text}], "cluster_ids": [text]})
        item["targets"] = [{"id": text, "name": text, "verdict": "failed"}]
        for thing in item["observed"]:
            thing.update(dict.fromkeys(("kind", "name", "namespace", "cluster_id", "cluster_name", "target", "revision", "since"), text))
            thing[text] = text
    for item in given["timeline"]:
        item.update(check=text, time=text)
    given["waivers"] = [waiver(**dict.fromkeys(("code", "kind", "name", "cluster", "reason", "owner", "expires"), text))]
    given["thresholds"] = {text: text}
    missing = [{"id": text, "name": text, "verdict": "failed"}]
    given["tolerance"] = {
        "require": text,
        "groups": [{"fleet": text, "fleet_id": text, "clusters": 2, "required": 1, "ready": 1, "missing": missing}],
    }
    for reason in given["causes"]:
        reason.update(dict.fromkeys(("summary", "short", "detail", "remediation", "since", "text", "code"), text))
        reason.update({key: [text] for key in ("codes", "checks", "consequences")})
        reason["objects"] = [dict.fromkeys(("kind", "namespace", "name", "cluster_id", "cluster_name"), text)]
    given.update(headline=text, msg=f"{text}\n1. {text}", region=text, collection_version=text, pipeline_url=text)
    given.update(waited_seconds=60.0, samples=5)
    return given

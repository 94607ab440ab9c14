# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is declared against what is live: rows D11 and D14 to D17, as tables and in a gate over the wire."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.checkout.reader import read_text
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.declared import read
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import CheckedReading, judge_across

from .answers import NOW
from .answers_codearts import details, repository
from .answers_config_sets import config_set
from .answers_sources import URL, source
from .checkouts import write_files

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

CLUSTER = "c1"
SOURCE = f"""\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: podinfo
  namespace: default
spec:
  interval: 60s
  url: {URL}.git
  ref:
    branch: main
"""
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: apps
  namespace: default
spec:
  interval: 5m
  path: .
  prune: true
  sourceRef:
    kind: GitRepository
    name: podinfo
"""
MARKS = {"F r": ("failed", False), "F T": ("failed", True), "U": ("unknown", False), "U T": ("unknown", True), "W": ("warning", False)}


def checked(endpoint: str, reading: Reading, **options: Any) -> CheckedReading:
    """A reading with its judgement."""
    known = ENDPOINTS.get(endpoint)
    judgement = known.judge(reading, options, History()) if known else Judgement([], History())
    return CheckedReading(endpoint, endpoint, False, options, reading, judgement)


def declared(*texts: str, **options: Any) -> CheckedReading:
    """A reading of a path for each text."""
    entries = tuple(Entry(f"path-{number}", NOW, read(None, ".", {"rendered": text})) for number, text in enumerate(texts))  # type: ignore[arg-type]
    return checked("declared", Reading("declared", {}, entries), **options)


def sources(*items: Any, cluster: str = CLUSTER, total: int | None = None) -> CheckedReading:
    """The sources of a cluster."""
    entry = Entry(cluster, NOW, {"cluster_id": cluster, "total": len(items) if total is None else total, "repository_sources": [*items]})
    return checked("ucs_repository_source", Reading("ucs_repository_source", {}, (entry,)))


def config_sets(*items: Any, cluster: str = CLUSTER) -> CheckedReading:
    """The config sets of a cluster."""
    entry = Entry(cluster, NOW, {"cluster_id": cluster, "total": len(items), "config_sets": [*items]})
    return checked("ucs_config_set", Reading("ucs_config_set", {}, (entry,)))


def flux(namespaces: list[str] | None = None, **fields: Any) -> CheckedReading:
    """The objects of a cluster as its own API has them; of some namespaces alone."""
    options = {"namespaces": namespaces} if namespaces else {}
    return checked("flux", Reading("flux", options, (Entry("context", NOW, {"cluster": "prod", **fields}),)), **options)


def failed() -> CheckedReading:
    """Sources that could not be read."""
    error = ApiError("The service is busy.", 503, "APIG.0308", service="ucs")
    return checked("ucs_repository_source", Reading("ucs_repository_source", {}, (), (ReadError(CLUSTER, NOW, error),)))


def found(*items: CheckedReading) -> list[dict[str, Any]]:
    """What the rules across say of what is declared."""
    judgements = judge_across(items)
    return [finding.as_dict() for each in judgements for finding in each.findings if finding.code.startswith("DECLARED_")]


def live(**spec: Any) -> dict[str, Any]:
    """The live source, with another spec."""
    return source(spec={"url": URL, "interval": "1m0s", "ref": {"branch": "main"}, "secretRef": None, **spec})


def applied(**spec: Any) -> dict[str, Any]:
    """The live kustomization, with another spec."""
    return config_set(source=live(), spec={"path": "./", "interval": "5m0s", "prune": True, **spec})


def put(text: str, line: str) -> str:
    """A manifest with one more line in its spec."""
    return text.replace("spec:\n", f"spec:\n  {line}\n")


ROWS = [
    ("D14", SOURCE, sources(source(name="other")), {}, [("DECLARED_NOT_LIVE", "F r", "metadata.name"), ("DECLARED_NOWHERE", "W", None)]),
    ("D14 in part of a list", SOURCE, sources(source(name="other"), total=9), {"policy": {"undeclared": "off"}}, []),
    (
        "D14 another namespace",
        SOURCE.replace("default", "x"),
        sources(live()),
        {"policy": {"undeclared": "off"}},
        [("DECLARED_NOT_LIVE", "F r", "metadata.name")],
    ),
    ("D14 namespace not stated", SOURCE.replace("  namespace: default\n", ""), sources(live()), {}, []),
    (
        "D17 namespace not stated, and there are two",
        SOURCE.replace("  namespace: default\n", ""),
        sources(live(), source(namespace="other")),
        {},
        [("DECLARED_NOT_COMPARED", "U", "metadata.namespace")],
    ),
    ("D14 kustomization", KUSTOMIZATION, config_sets(), {}, [("DECLARED_NOT_LIVE", "F r", "metadata.name")]),
    ("D14 what nobody read", KUSTOMIZATION, sources(live()), {"policy": {"undeclared": "off"}}, []),
    ("D15", SOURCE, sources(live(), source(name="other")), {}, [("DECLARED_NOWHERE", "W", None)]),
    (
        "D15 blocking",
        SOURCE,
        sources(live(), source(name="other")),
        {"policy": {"undeclared": "blocking"}},
        [("DECLARED_NOWHERE", "F T", None)],
    ),
    ("D15 off", SOURCE, sources(live(), source(name="other")), {"policy": {"undeclared": "off"}}, []),
    ("D16 the same", SOURCE, sources(live()), {}, []),
    ("D16 url", SOURCE, sources(live(url="https://github.com/x/podinfo")), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.url")]),
    ("D16 scheme", SOURCE, sources(live(url=URL.replace("https", "http"))), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.url")]),
    ("D16 branch", SOURCE, sources(live(ref={"branch": "develop"})), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.ref")]),
    (
        "D16 tag wins over branch",
        SOURCE,
        sources(live(ref={"branch": "main", "tag": "v1"})),
        {},
        [("DECLARED_LIVE_DIFFERS", "F r", "spec.ref")],
    ),
    ("D16 interval", SOURCE, sources(live(interval="2m")), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.interval")]),
    ("D16 secret", put(SOURCE, "secretRef: {name: s}"), sources(live()), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.secretRef")]),
    ("D16 secret not declared", SOURCE, sources(live(secretRef={"name": "s"})), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.secretRef")]),
    ("D16 suspended", SOURCE, sources(live(suspend=True)), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.suspend")]),
    (
        "D16 not suspended",
        put(SOURCE, "suspend: true"),
        sources(live(suspend=False)),
        {},
        [("DECLARED_LIVE_DIFFERS", "F r", "spec.suspend")],
    ),
    ("D16 of two the one that fits", SOURCE.replace("main", "next") + "---\n" + SOURCE, sources(live()), {}, []),
    ("D16 kustomization", KUSTOMIZATION + "---\n" + SOURCE, config_sets(applied()), {}, []),
    ("D16 path", KUSTOMIZATION + "---\n" + SOURCE, config_sets(applied(path="./x")), {}, [("DECLARED_LIVE_DIFFERS", "F r", "spec.path")]),
    (
        "D16 prune",
        KUSTOMIZATION + "---\n" + SOURCE,
        config_sets(applied(prune=False)),
        {},
        [("DECLARED_LIVE_DIFFERS", "F r", "spec.prune")],
    ),
    (
        "D16 sourceRef",
        KUSTOMIZATION.replace("name: podinfo", "name: other") + "---\n" + SOURCE,
        config_sets(applied()),
        {},
        [("DECLARED_LIVE_DIFFERS", "F r", "spec.sourceRef")],
    ),
    (
        "D17 suspend not stated",
        put(KUSTOMIZATION, "suspend: true") + "---\n" + SOURCE,
        config_sets(applied()),
        {},
        [("DECLARED_NOT_COMPARED", "U", "spec.suspend")],
    ),
    (
        "D17 prune not stated",
        KUSTOMIZATION + "---\n" + SOURCE,
        config_sets(applied(prune=None)),
        {},
        [("DECLARED_NOT_COMPARED", "U", "spec.prune")],
    ),
    (
        "D17 substituted",
        SOURCE.replace("main", "${branch}"),
        sources(live()),
        {"policy": {"not_resolved": "off"}},
        [("DECLARED_NOT_COMPARED", "U", "spec.ref")],
    ),
    (
        "D17 name",
        SOURCE.replace("name: podinfo", "name: ${name}"),
        sources(live()),
        {"policy": {"not_resolved": "off", "undeclared": "off"}},
        [("DECLARED_NOT_COMPARED", "U", None)],
    ),
    ("D17 cluster", SOURCE, sources(live()), {"clusters": ["prod"]}, [("DECLARED_NOT_COMPARED", "U T", "clusters")]),
    ("D17 cluster by id", SOURCE, sources(live()), {"clusters": ["C*"]}, []),
    ("D14 flux", SOURCE, flux(git_repositories=[]), {}, [("DECLARED_NOT_LIVE", "F r", "metadata.name")]),
    ("D14 flux, other namespaces", SOURCE, flux(["shop"], git_repositories=[]), {}, []),
    (
        "D16 flux",
        SOURCE,
        flux(git_repositories=[live(interval="3m")["gitRepository"]]),
        {"clusters": ["prod"]},
        [("DECLARED_LIVE_DIFFERS", "F r", "spec.interval")],
    ),
]


@pytest.mark.parametrize(("text", "other", "options", "findings"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_rows(text: str, other: CheckedReading, options: dict[str, Any], findings: list[tuple[str, str, str | None]]) -> None:
    # Two documents in one text stand for a base and its overlay.
    options = {**options, "policy": {"duplicate": "off", **options.get("policy", {})}}
    seen = found(declared(text, **options), other)
    assert [(each["code"], (each["verdict"], each["terminal"]), each["field"]) for each in seen] == [
        (code, MARKS[mark], field) for code, mark, field in findings
    ]
    for each in seen:
        assert each["file"] == "rendered"
        assert each["check"] == "declared"
        assert each["cluster_id"] in (CLUSTER, "context") or each["field"] == "clusters"


@pytest.mark.parametrize(
    ("other", "options", "mark"),
    [
        pytest.param(failed(), {"clusters": ["prod"]}, "U", id="the cluster may be what could not be read"),
        pytest.param(failed(), {}, None, id="a check that decides says so itself"),
        pytest.param(replace(failed(), advisory=True), {}, "U", id="a check that only warns"),
        pytest.param(replace(sources(total=3), advisory=True), {}, "U", id="a list that is not whole"),
        pytest.param(replace(sources(live()), advisory=True), {}, None, id="all was read"),
    ],
)
def test_what_could_not_be_read_is_not_taken_for_equal(other: CheckedReading, options: dict[str, Any], mark: str | None) -> None:
    seen = found(declared(SOURCE, **options), other)
    assert [(each["code"], (each["verdict"], each["terminal"])) for each in seen] == (
        [("DECLARED_NOT_COMPARED", MARKS[mark])] if mark else []
    )


def test_a_difference_stands_at_the_line_of_its_field_with_both_values() -> None:
    (difference,) = found(declared(SOURCE), sources(live(interval="2m")))
    assert (difference["line"], difference["observed"], difference["expected"]) == (7, "2m", "60s")
    assert difference["message"] == "rendered:7: spec.interval is 2m in cluster c1, declared is 60s (GitRepository podinfo)."


def test_each_path_is_compared_with_its_own_clusters_and_all_of_them_declare_for_one() -> None:
    own = declared(SOURCE, clusters=["c1"], policy={"undeclared": "warning"})
    other = declared(SOURCE.replace("name: podinfo", "name: other"), clusters=["c1"])
    assert (
        found(
            own,
            other,
            sources(live(), source(name="other", spec={"url": URL, "interval": "1m0s", "ref": {"branch": "main"}, "secretRef": None})),
        )
        == []
    )
    assert [each["code"] for each in found(own, sources(live()), sources(cluster="c2"))] == []


def test_a_file_that_its_kustomization_leaves_out_is_not_compared() -> None:
    fields = read_text(SOURCE)
    fields["manifests"][0]["listed"] = False
    reading = checked("declared", Reading("declared", {}, (Entry("x", NOW, fields),)), policy={"undeclared": "off"})
    assert found(reading, sources()) == []


@pytest.mark.parametrize(
    ("text", "visibility", "mark"),
    [
        (SOURCE, 0, "W"),
        (SOURCE, 20, None),
        (put(SOURCE, "secretRef: {name: s}"), 0, None),
        (SOURCE.replace("podinfo.git", "other.git"), 0, None),
    ],
)
def test_a_private_repository_by_codearts(text: str, visibility: int, mark: str | None) -> None:
    """D11, by what CodeArts says of the repository."""
    raw = repository(visibility_level=visibility, https_url=f"{URL}.git")
    seen = found(declared(text), checked("codearts_repository", details(raw)))
    assert [(each["code"], each["verdict"]) for each in seen] == ([("DECLARED_NO_SECRET", "warning")] if mark else [])


# --- in a gate, over the wire

PROD, STAGING = "c1000000-0000-4000-8000-000000000001", "c1000000-0000-4000-8000-000000000003"


def manifest(name: str, url: str, namespace: str = "shop", branch: str = "main", secret: bool = True) -> str:
    """A source of the healthy scenario."""
    ref = "  secretRef: {name: repo-credentials}\n" if secret else ""
    lead = f"apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepository\nmetadata: {{name: {name}, namespace: {namespace}}}\nspec:\n"
    return f"{lead}  interval: 1m\n  url: {url}\n  ref: {{branch: {branch}}}\n{ref}"


FRONTEND, BACKEND = (manifest(name, f"https://repo.example.com/shop/{name}.git") for name in ("frontend", "backend"))


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    tools = manifest("tools", "https://github.com/shop/tools", namespace="platform", secret=False)
    files = {
        "clusters/prod/frontend.yaml": FRONTEND,
        "clusters/prod/backend.yaml": BACKEND,
        "clusters/staging/all.yaml": f"{FRONTEND.replace('main', 'develop')}---\n{tools}",
    }
    return write_files(tmp_path / "checkout", files)


@pytest.fixture
def ask(simulator: Simulator, options: dict[str, Any], run_module: Any, checkout: Path) -> Any:
    def run(**more: Any) -> dict[str, Any]:
        paths = {"clusters/prod": "prod-*", "clusters/staging": "staging"}
        checks = [
            {
                "name": path,
                "declared": {"checkout": str(checkout), "paths": [path], "clusters": [name], "policy": {"undeclared": "blocking"}},
            }
            for path, name in paths.items()
        ]
        checks.append({"ucs_repository_source": {"cluster_ids": [PROD, STAGING]}})
        result: dict[str, Any] = run_module("gitops_gate", **options, checks=checks, wait_timeout=0, **more)
        return result

    simulator.load("healthy")
    return run


def test_a_gate_allows_what_is_live_as_it_is_declared(ask: Any) -> None:
    assert ask()["outcome"] == "passed"


def test_a_gate_blocks_what_is_live_otherwise_with_file_and_line(ask: Any, checkout: Path) -> None:
    write_files(checkout, {"clusters/prod/frontend.yaml": FRONTEND.replace("main", "next")})
    checkout.joinpath("clusters/prod/backend.yaml").unlink()
    result = ask()
    assert result["decision"] == "block"
    assert {(each["code"], each["file"], each["line"], each["cluster_name"], each["check"]) for each in result["findings"]} == {
        ("DECLARED_LIVE_DIFFERS", "clusters/prod/frontend.yaml", 7, "prod-eu", "clusters/prod"),
        ("DECLARED_NOWHERE", "clusters/prod", None, "prod-eu", "clusters/prod"),
    }


def test_a_finding_can_be_waived(ask: Any, checkout: Path) -> None:
    checkout.joinpath("clusters/prod/backend.yaml").unlink()
    ends = (datetime.now(timezone.utc) + timedelta(days=9)).date().isoformat()
    waiver = {
        "code": "DECLARED_NOWHERE",
        "kind": "DeclaredGitRepository",
        "name": "shop/back*",
        "reason": "moves",
        "owner": "sre",
        "expires": ends,
    }
    assert ask(waivers=[waiver])["outcome"] == "passed_with_warnings"


@pytest.mark.parametrize(
    ("stated", "instead", "code"),
    [
        ("toolkit.fluxcd.io/v1", "toolkit.fluxcd.io/v9", "DECLARED_VERSION_UNKNOWN"),
        ("name: frontend", "name: 5", "DECLARED_INVALID"),
        ("name: frontend", "labels: {}", "DECLARED_INVALID"),
    ],
)
def test_a_waived_version_or_name_does_not_prove_that_it_is_live(stated: str, instead: str, code: str, ask: Any, checkout: Path) -> None:
    """D17 beside a waived D4."""
    assert stated in FRONTEND
    write_files(checkout, {"clusters/prod/frontend.yaml": FRONTEND.replace(stated, instead)})
    ends = (datetime.now(timezone.utc) + timedelta(days=9)).date().isoformat()
    kind = {"kind": "DeclaredGitRepository", "name": "*", "reason": "moves", "owner": "sre", "expires": ends}
    result = ask(waivers=[{"code": code, **kind}])
    against = {each["code"] for each in result["findings"] if not each["waived"]} - {"DECLARED_NOWHERE"}
    assert (result["decision"], against) == ("block", {"DECLARED_NOT_COMPARED"})


def test_a_waived_version_hides_no_rule_of_the_policy(run_module: Any, tmp_path: Path) -> None:
    """D7 and D9 beside a waived D4: what an unknown version states is held against what is demanded."""
    write_files(tmp_path, {"a.yaml": FRONTEND.replace("toolkit.fluxcd.io/v1", "toolkit.fluxcd.io/v9").replace("https:", "http:")})
    ends = (datetime.now(timezone.utc) + timedelta(days=9)).date().isoformat()
    kind = {"kind": "DeclaredGitRepository", "name": "*", "reason": "moves", "owner": "sre", "expires": ends}
    check = {"declared": {"checkout": str(tmp_path), "paths": ["."], "allowed_hosts": ["git.example.org"]}}
    result = run_module("gitops_gate", checks=[check], wait_timeout=0, waivers=[{"code": "DECLARED_VERSION_UNKNOWN", **kind}])
    against = {each["code"] for each in result["findings"] if not each["waived"]}
    assert (result["decision"], against) == ("block", {"DECLARED_URL_INSECURE", "DECLARED_HOST_NOT_ALLOWED"})


def test_a_gate_that_reads_nothing_live_needs_neither_region_nor_credentials(run_module: Any, checkout: Path) -> None:
    check = {"declared": {"checkout": str(checkout)}}
    assert run_module("gitops_gate", checks=[check], wait_timeout=0)["decision"] == "allow"


def test_a_reading_of_manifests_can_be_handed_in(run_module: Any, checkout: Path) -> None:
    for detail in ("full", "summary", "packed"):
        reading = run_module("flux_manifest_info", checkout=str(checkout), detail=detail, allowed_hosts=["github.com"])
        result = run_module("gitops_gate", readings=[reading])
        assert (result["outcome"], result["findings"][0]["code"]) == ("failed", "DECLARED_HOST_NOT_ALLOWED")


# --- Which checkout it is


@pytest.fixture
def checkouts(tmp_path: Path) -> tuple[str, str]:
    """Two checkouts with the same path in it, each with a source of its own."""
    for name in ("mine", "theirs"):
        write_files(tmp_path / name, {"apps/source.yaml": SOURCE.replace("podinfo\n", f"{name}\n")})
    return str(tmp_path / "mine"), str(tmp_path / "theirs")


def test_the_reading_of_another_checkout_is_none_of_the_check(checkouts: tuple[str, str], run_module: Any) -> None:
    mine, theirs = checkouts
    check = {"declared": {"checkout": mine, "paths": ["apps"]}}
    readings = [run_module("flux_manifest_info", checkout=checkout, paths=["apps"]) for checkout in (mine, theirs)]
    assert run_module("gitops_gate", checks=[check], readings=readings[:1], wait_timeout=0)["decision"] == "allow"
    result = run_module("gitops_gate", checks=[check], readings=readings[1:], wait_timeout=0)
    assert f"got a reading of declared of apps, checkout {theirs}, expected a reading of one of the checks" in result["msg"]


def test_a_text_that_was_built_is_none_of_the_check_and_stays_out_of_the_question(checkouts: tuple[str, str], run_module: Any) -> None:
    asked = {"checkout": checkouts[0], "paths": ["apps"]}
    reading = run_module("flux_manifest_info", **asked, rendered=SOURCE)
    assert reading["question"]["rendered"] is True
    assert run_module("gitops_gate", readings=[reading])["decision"] == "allow"
    result = run_module("gitops_gate", checks=[{"declared": asked}], readings=[reading], wait_timeout=0)
    assert "expected a reading of one of the checks" in result["msg"]


def test_two_checkouts_are_two_readings_and_contradict_each_other_in_nothing(checkouts: tuple[str, str], run_module: Any) -> None:
    readings = [run_module("flux_manifest_info", checkout=checkout, paths=["apps"]) for checkout in checkouts]
    result = run_module("gitops_gate", readings=readings, expect_readings=2)
    assert (result["outcome"], result["findings"]) == ("passed", [])


def test_readings_by_another_policy_contradict_each_other_in_nothing(checkouts: tuple[str, str], run_module: Any) -> None:
    asked: dict[str, Any] = {"checkout": checkouts[0], "paths": ["apps"]}
    policies: list[dict[str, Any]] = [
        {"allowed_hosts": ["git.example.org"]},
        {"pinned_to": "commit"},
        {"allowed_branches": ["release"]},
        {"max_interval": "1s", "policy": {"interval_long": "blocking"}},
        {"private_repositories": ["*"], "policy": {"no_secret": "blocking"}},
    ]
    for policy in policies:
        checks = [{"declared": asked}, {"declared": {**asked, **policy}, "name": "strict"}]
        result = run_module("gitops_gate", checks=checks, wait_timeout=0, enforce=False)
        assert (result["outcome"], len(result["findings"])) == ("failed", 1), policy

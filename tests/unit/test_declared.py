# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is read of checkouts and judged: whole layouts, planted faults, input that is broken or hostile, and the rows D0 to D13."""

from __future__ import annotations

import os
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.checkout import documents
from ansible_collections.huaweicloud.gitops.plugins.module_utils.checkout.reader import read_text
from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.declared import ENDPOINT, read
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, Reading

from .checkouts import CLEAN, check_out, planted, write_files

if TYPE_CHECKING:
    from pathlib import Path

NOW = datetime(2025, 12, 1, 8, tzinfo=timezone.utc)
STRICT = {"allowed_hosts": ["git.example.com", "github.com"], "allowed_branches": ["main"], "max_interval": "1h"}
SOURCE = """\
apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata:
  name: shop
  namespace: flux-system
spec:
  interval: 1m
  url: https://git.example.com/shop/deploy
  ref:
    branch: main
"""
KUSTOMIZATION = """\
apiVersion: kustomize.toolkit.fluxcd.io/v1
kind: Kustomization
metadata:
  name: shop
  namespace: flux-system
spec:
  interval: 10m
  path: ./shop
  prune: true
  sourceRef:
    kind: GitRepository
    name: shop
"""
BUILT = "apiVersion: kustomize.config.k8s.io/v1beta1\nkind: Kustomization\n"


def places(result: dict[str, Any]) -> set[tuple[str, str, int | None]]:
    """Code, file and line of every finding."""
    return {(each["code"], each["file"], each["line"]) for each in result["readiness"]["findings"]}


# --- whole checkouts


@pytest.mark.parametrize("layout", CLEAN)
def test_a_clean_layout_yields_no_finding_but_what_is_not_resolved(layout: str, tmp_path: Path, run_module: Any) -> None:
    result = run_module("flux_manifest_info", path=str(check_out(layout, tmp_path)), **STRICT)
    assert result["readiness"]["verdict"] == "ready"
    assert {each["code"] for each in result["readiness"]["findings"]} <= {"DECLARED_NOT_RESOLVED"}
    assert result["paths"][0]["problems"] == []


@pytest.mark.parametrize(
    ("layout", "manifests", "constructs", "skipped"),
    [
        (
            "overlays",
            9,
            [("patchesStrategicMerge", "apps/production/kustomization.yaml", 6), ("patches", "apps/staging/kustomization.yaml", 6)],
            [],
        ),
        ("monorepo", 4, [], ["services/shop/templates/source.yaml"]),
        ("tenants", 4, [("patches", "tenants/production/kustomization.yaml", 7), ("patches", "tenants/staging/kustomization.yaml", 6)], []),
        ("generated", 3, [], []),
        (
            "sops",
            4,
            [
                ("remote resource", "kubernetes/apps/kustomization.yaml", 4),
                ("spec.targetNamespace", "kubernetes/apps/media/player/ks.yaml", 7),
                ("spec.patches", "kubernetes/flux/config/cluster.yaml", 38),
            ],
            ["kubernetes/apps/media/player/app/secret.sops.yaml", "kubernetes/flux/config/secret.sops.yaml"],
        ),
    ],
)
def test_what_is_read_of_a_layout(
    layout: str, manifests: int, constructs: list[tuple[str, str, int]], skipped: list[str], tmp_path: Path, run_module: Any
) -> None:
    entry = run_module("flux_manifest_info", path=str(check_out(layout, tmp_path)))["paths"][0]
    assert len(entry["manifests"]) == manifests
    assert [(each["construct"], each["file"], each["line"]) for each in entry["not_resolved"]] == constructs
    assert [each["file"] for each in entry["skipped"]] == skipped


def test_every_planted_fault_is_found_at_its_line_and_nothing_else(tmp_path: Path, run_module: Any) -> None:
    result = run_module("flux_manifest_info", path=str(check_out("faults", tmp_path)), **STRICT)
    assert len(planted()) == 10
    assert places(result) == planted()
    assert "planted-password-1" not in str(result)


def test_a_file_of_a_checkout_is_named_from_its_root_wherever_reading_begins(tmp_path: Path, run_module: Any) -> None:
    root = check_out("faults", tmp_path)
    for path in ("apps", "apps/release.yaml"):
        result = run_module("flux_manifest_info", path=str(root / path))
        assert ("DECLARED_KEY_DUPLICATE", "apps/release.yaml", 8) in places(result)
    assert (
        run_module("flux_manifest_info", checkout=str(root / "apps"), path="release.yaml")["paths"][0]["manifests"][0]["file"]
        == "release.yaml"
    )


def test_every_field_has_its_line_and_column(tmp_path: Path, run_module: Any) -> None:
    write_files(tmp_path, {"a.yaml": f"---\n{SOURCE}"})
    manifest = run_module("flux_manifest_info", path=str(tmp_path))["paths"][0]["manifests"][0]
    assert (manifest["line"], manifest["column"]) == (2, 1)
    assert manifest["positions"]["spec.ref.branch"] == {"line": 11, "column": 5}
    assert {"apiVersion", "kind", "metadata.name", "spec.interval", "spec.url", "spec.ref"} <= manifest["positions"].keys()


def test_values_of_a_release_are_not_shown(tmp_path: Path, run_module: Any) -> None:
    result = run_module("flux_manifest_info", path=str(check_out("overlays", tmp_path)))
    assert "not-a-real-one" not in str(result)


def test_ten_thousand_files(tmp_path: Path, run_module: Any) -> None:
    for number in range(100):
        folder = tmp_path / f"app-{number}"
        write_files(folder, {f"{each}.yaml": "kind: ConfigMap\n" for each in range(99)})
        write_files(folder, {"source.yaml": SOURCE.replace("name: shop", f"name: shop-{number}")})
    entry = run_module("flux_manifest_info", path=str(tmp_path), detail="summary")["paths"][0]
    assert (entry["files"], len(entry["manifests"]), entry["readiness"]["findings"]) == (10_000, 100, [])


# --- overlays


def judged(tmp_path: Path, files: dict[str, str], **options: Any) -> dict[str, Any]:
    """The readiness of files."""
    write_files(tmp_path, files)
    fields = read(None, str(tmp_path), options)  # type: ignore[arg-type]
    subjects = ENDPOINT.judge(Reading("declared", {}, (Entry(str(tmp_path), NOW, fields),)), options, History())
    findings = [finding.as_dict() for finding in subjects.findings]
    return {
        "verdict": subjects.verdict,
        "readiness": {"findings": findings},
        "codes": [each["code"] for each in findings],
        "fields": fields,
    }


@pytest.mark.parametrize(
    ("change", "fields"),
    [
        ("namePrefix: dev-\n", [["metadata.name"]]),
        ("namespace: other\n", [["metadata.namespace"]]),
        ("namespace: flux-system\n", []),
        ("images:\n  - name: podinfo\n", []),
        (
            "patches:\n  - target: {kind: GitRepository}\n    patch: |\n      - {op: add, path: /spec/ref/tag, value: v1}\n",
            [["spec.ref.tag"]],
        ),
        ("patches:\n  - target: {kind: GitRepository, name: other}\n    patch: '[]'\n", []),
        ("patches:\n  - target: {kind: Deployment}\n    patch: '[]'\n", []),
        ("patches:\n  - target: {kind: Git.*}\n    path: missing.yaml\n", [[]]),
        (
            "patchesStrategicMerge:\n  - |\n    kind: GitRepository\n    metadata: {name: shop}\n    spec: {suspend: true}\n",
            [["spec.suspend"]],
        ),
        ("patchesJson6902:\n  - target: {kind: GitRepository, name: shop}\n    path: ops.yaml\n", [["spec.url"]]),
        ("transformers:\n  - t.yaml\n", [[]]),
        ("replacements:\n  - targets: [{select: {kind: GitRepository}}]\n", [[]]),
        ("replacements:\n  - targets: [{select: {kind: Deployment}}]\n", []),
        ("components:\n  - component\n", [["spec.interval"]]),
    ],
)
def test_what_an_overlay_changes(change: str, fields: list[list[str]], tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": f"{BUILT}resources: [source.yaml]\n",
        "base/source.yaml": SOURCE,
        "prod/kustomization.yaml": f"{BUILT}resources: [../base]\n{change}",
        "prod/ops.yaml": "[{op: replace, path: /spec/url, value: x}]",
        "prod/component/kustomization.yaml": "kind: Component\npatches:\n  - target: {kind: GitRepository}\n"
        "    patch: |\n      spec: {interval: 2m}\n      kind: GitRepository\n",
    }
    manifests = judged(tmp_path, files)["fields"]["manifests"]
    assert [[change["fields"] for change in manifest["not_resolved"]] for manifest in manifests if manifest["kind"] == "GitRepository"] == [
        fields
    ]


def test_a_resource_outside_the_path_is_read_and_one_that_takes_in_itself_ends(tmp_path: Path) -> None:
    files = {
        "base/kustomization.yaml": f"{BUILT}resources: [source.yaml, ../base, ../prod]\n",
        "base/source.yaml": SOURCE,
        "prod/kustomization.yaml": f"{BUILT}resources: [../base]\n",
    }
    write_files(tmp_path, files)
    fields = read(None, "prod", {"checkout": str(tmp_path)})  # type: ignore[arg-type]
    assert [manifest["file"] for manifest in fields["manifests"]] == ["base/source.yaml"]


@pytest.mark.parametrize(
    ("takes_in", "what"),
    [
        ("resources: [a.yaml, missing.yaml]", "missing resource"),
        ("resources: [a.yaml, ../../outside]", "missing resource"),
        ("bases: [a.yaml, github.com/shop/deploy//base?ref=v1]", "remote resource"),
        ("resources: [a.yaml]\ngenerators: [maker.yaml]", "generators"),
        ("resources: [a.yaml]\ncomponents: [../missing]", "components"),
        ("resources: [a.yaml]\ncomponents: ['https://github.com/shop/deploy//part?ref=v1']", "components"),
    ],
)
def test_what_a_kustomization_takes_in_from_elsewhere_is_named(takes_in: str, what: str, tmp_path: Path) -> None:
    result = judged(tmp_path, {"a.yaml": SOURCE, "kustomization.yaml": f"{BUILT}{takes_in}\n"})
    assert [each["construct"] for each in result["fields"]["not_resolved"]] == [what]
    assert result["codes"] == ["DECLARED_NOT_RESOLVED"]
    # What is elsewhere may change the manifest only where it is a component.
    assert [each["construct"] for each in result["fields"]["manifests"][0]["not_resolved"]] == [what] * (what == "components")


@pytest.mark.parametrize(
    ("kustomization", "code"),
    [
        (f"{BUILT}resources: [a.yaml\n", "DECLARED_YAML_INVALID"),
        (f"{BUILT}resources: [a.yaml]\nresources: []\n", "DECLARED_KEY_DUPLICATE"),
        (f"{BUILT}resources: a.yaml\n", "DECLARED_YAML_INVALID"),
        ("", "DECLARED_YAML_INVALID"),
        ("# nothing yet\n", "DECLARED_YAML_INVALID"),
        ("[]\n", "DECLARED_YAML_INVALID"),
    ],
)
def test_a_broken_kustomization_beside_manifests_is_named(kustomization: str, code: str, tmp_path: Path) -> None:
    files = {"a.yaml": SOURCE, "kustomization.yaml": kustomization, "template/kustomization.yaml": "{{ a template }} of: [others\n"}
    result = judged(tmp_path, files)
    assert [(each["code"], each["file"]) for each in result["readiness"]["findings"]] == [(code, "kustomization.yaml")]


def test_a_file_that_its_kustomization_leaves_out_is_judged_and_known_as_such(tmp_path: Path) -> None:
    files = {"kustomization.yaml": f"{BUILT}resources: [a.yaml]\n", "a.yaml": SOURCE, "b.yaml": SOURCE.replace("https", "http")}
    result = judged(tmp_path, files)
    assert [(each["file"], each["listed"]) for each in result["fields"]["manifests"]] == [("a.yaml", True), ("b.yaml", False)]
    assert result["codes"] == ["DECLARED_URL_INSECURE"]


def test_what_was_built_is_read_in_the_place_of_files(tmp_path: Path, run_module: Any) -> None:
    write_files(tmp_path, {"a.yaml": SOURCE.replace("https", "http")})
    result = run_module("flux_manifest_info", path=str(tmp_path), rendered=f"kind: Secret\n---\n{SOURCE}")
    assert result["ready"]
    assert [(each["file"], each["line"]) for each in result["paths"][0]["manifests"]] == [("rendered", 3)]


# --- rows


def change(text: str, *pairs: tuple[str, str]) -> str:
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


REF = "  ref:\n    branch: main\n"
ROWS = [
    ("D0", "kind: ConfigMap\n", {}, [("DECLARED_NONE", "U T")]),
    ("D0 not", SOURCE, {}, []),
    ("D1", SOURCE + "x: y: z\n", {}, [("DECLARED_YAML_INVALID", "F T"), ("DECLARED_NONE", "U T")]),
    ("D1 the first document stands", SOURCE + "---\na: b: c\n", {}, [("DECLARED_YAML_INVALID", "F T")]),
    ("D2", SOURCE + "kind: GitRepository\n", {}, [("DECLARED_KEY_DUPLICATE", "F T")]),
    ("D2 not in two mappings", SOURCE + "---\n" + KUSTOMIZATION, {}, []),
    (
        "D3 bomb",
        SOURCE
        + "x: &a [1,1,1,1,1,1,1,1,1,1]\n"
        + "".join(f"x{n}: &a{n} [{','.join([f'*a{n - 1}' if n else '*a'] * 10)}]\n" for n in range(6)),
        {},
        [("DECLARED_UNREAD", "U T"), ("DECLARED_NONE", "U T")],
    ),
    ("D3 a few aliases", change(SOURCE, ("name: shop", "name: &n shop"), ("namespace: flux-system", "namespace: *n")), {}, []),
    ("D3 too deep", SOURCE + "x: " + "{a: " * 120 + "1" + "}" * 120 + "\n", {}, [("DECLARED_UNREAD", "U T"), ("DECLARED_NONE", "U T")]),
    ("D4 no name", change(SOURCE, ("  name: shop\n", "")), {}, [("DECLARED_INVALID", "F T")]),
    *(
        (f"D4 {name} {value}", change(SOURCE, (f"{name}: {known}", f"{name}: {value}")), {}, [("DECLARED_INVALID", "F T")])
        for name, known in (("name", "shop"), ("namespace", "flux-system"))
        for value in ("5", "1.5", "true", "[shop]")
    ),
    ("D4 name in quotes", change(SOURCE, ("name: shop", "name: '5'")), {}, []),
    ("D4 name of a source", change(KUSTOMIZATION, ("    name: shop", "    name: 5")), {}, [("DECLARED_INVALID", "F T")]),
    ("D4 kind of a source", change(KUSTOMIZATION, ("    kind: GitRepository", "    kind: 5")), {}, [("DECLARED_INVALID", "F T")]),
    *(
        (f"D4 {url}", change(SOURCE, ("https://git.example.com/shop/deploy", f"'{url}'")), {}, [("DECLARED_INVALID", "F T")])
        for url in ("HTTPS://git.example.com/shop/deploy", " https://git.example.com/shop/deploy")
    ),
    ("D4 no url", change(SOURCE, ("  url: https://git.example.com/shop/deploy\n", "")), {}, [("DECLARED_INVALID", "F T")]),
    (
        "D4 scp",
        change(SOURCE, ("https://git.example.com/shop/deploy", "git@git.example.com:shop/deploy")),
        {},
        [("DECLARED_INVALID", "F T")],
    ),
    ("D4 file", change(SOURCE, ("https://git.example.com/shop/deploy", "file:///srv/x")), {}, [("DECLARED_INVALID", "F T")]),
    ("D4 interval", change(SOURCE, ("interval: 1m", "interval: 60")), {}, [("DECLARED_INVALID", "F T")]),
    *(
        (f"D4 interval {text!r}", change(SOURCE, ("interval: 1m", f"interval: '{text}'")), {}, [("DECLARED_INVALID", "F T")])
        for text in ("1d", "2w", "0", "5us", " 1m", ".5h", "")
    ),
    ("D4 interval 1h0.5s", change(SOURCE, ("interval: 1m", "interval: 1h0.5s")), {}, []),
    ("D4 no kind of source", change(KUSTOMIZATION, ("    kind: GitRepository\n", "")), {}, [("DECLARED_INVALID", "F T")]),
    ("D4 no spec", SOURCE.partition("spec:")[0], {}, [("DECLARED_INVALID", "F T")]),
    ("D4 no source", KUSTOMIZATION.partition("  sourceRef:")[0], {}, [("DECLARED_INVALID", "F T")]),
    ("D4 no prune", change(KUSTOMIZATION, ("  prune: true\n", "")), {}, [("DECLARED_INVALID", "F T")]),
    ("D4 not", KUSTOMIZATION, {}, []),
    ("D4 filled in later", change(SOURCE, ("interval: 1m", "interval: ${interval}")), {}, [("DECLARED_NOT_RESOLVED", "W")]),
    ("D4 version", change(SOURCE, ("io/v1", "io/v1beta1")), {}, [("DECLARED_VERSION_UNKNOWN", "U T")]),
    ("D4 v1beta2", change(SOURCE, ("io/v1", "io/v1beta2")), {}, []),
    ("D5", SOURCE + "---\n" + SOURCE, {}, [("DECLARED_DUPLICATE", "F T")]),
    ("D5 as a warning", SOURCE + "---\n" + SOURCE, {"policy": {"duplicate": "warning"}}, [("DECLARED_DUPLICATE", "W")]),
    ("D5 off", SOURCE + "---\n" + SOURCE, {"policy": {"duplicate": "off"}}, []),
    ("D5 another namespace", SOURCE + "---\n" + change(SOURCE, ("flux-system", "other")), {}, []),
    ("D6", change(SOURCE, ("branch: main", "branch: ${branch:=main}")), {}, [("DECLARED_NOT_RESOLVED", "W")]),
    (
        "D6 blocking",
        change(SOURCE, ("branch: main", "branch: ${b}")),
        {"policy": {"not_resolved": "blocking"}},
        [("DECLARED_NOT_RESOLVED", "F T")],
    ),
    ("D6 off", change(SOURCE, ("branch: main", "branch: ${branch}")), {"policy": {"not_resolved": "off"}}, []),
    ("D6 stands for itself", change(SOURCE, ("branch: main", "branch: $${branch}")), {}, []),
    ("D7", change(SOURCE, ("https:", "http:")), {}, [("DECLARED_URL_INSECURE", "F T")]),
    ("D7 git", change(SOURCE, ("https:", "git:")), {}, [("DECLARED_URL_INSECURE", "F T")]),
    ("D7 warning", change(SOURCE, ("https:", "http:")), {"policy": {"url_insecure": "warning"}}, [("DECLARED_URL_INSECURE", "W")]),
    ("D7 off", change(SOURCE, ("https:", "http:")), {"policy": {"url_insecure": "off"}}, []),
    ("D8", change(SOURCE, ("https://", "https://bob:planted-password@")), {}, [("DECLARED_URL_CREDENTIALS", "F T")]),
    ("D8 token", change(SOURCE, ("https://", "https://ghp_0123456789abcdefghij@")), {}, [("DECLARED_URL_CREDENTIALS", "F T")]),
    ("D8 query", change(SOURCE, ("/deploy", "/deploy?private_token=abcdefgh")), {}, [("DECLARED_URL_CREDENTIALS", "F T")]),
    ("D8 off", change(SOURCE, ("https://", "https://bob:planted-password@")), {"policy": {"url_credentials": "off"}}, []),
    ("D8 a plain user", change(SOURCE, ("https://", "https://organisation@")), {}, []),
    ("D9", SOURCE, {"allowed_hosts": ["git.example.org"]}, [("DECLARED_HOST_NOT_ALLOWED", "F T")]),
    ("D9 glob, port", change(SOURCE, (".com/", ".com:8443/")), {"allowed_hosts": ["*.EXAMPLE.com"]}, []),
    (
        "D9 look-alike",
        change(SOURCE, (".com/", ".com.evil.org/")),
        {"allowed_hosts": ["*.example.com"]},
        [("DECLARED_HOST_NOT_ALLOWED", "F T")],
    ),
    (
        "D9 user as host",
        change(SOURCE, ("https://git.example.com", "https://git.example.com@evil.org")),
        {"allowed_hosts": ["git.example.com"]},
        [("DECLARED_HOST_NOT_ALLOWED", "F T")],
    ),
    *(
        (
            f"D9 {url}",
            change(SOURCE, ("https://git.example.com/shop/deploy", f"'{url}/shop/deploy'")),
            {"allowed_hosts": ["git.example.com"], "policy": {"url_credentials": "off"}},
            [("DECLARED_HOST_NOT_ALLOWED", "F T")],
        )
        for url in (
            "https://evil.org#@git.example.com",
            "https://evil.org?@git.example.com",
            "https://evil.org:443#@git.example.com",
            "https://evil.org:/@git.example.com",
            "https://",
            "https://[::1]",
        )
    ),
    ("D9 an address", change(SOURCE, ("git.example.com", "[2001:db8::1]:8443")), {"allowed_hosts": ["2001:db8::1"]}, []),
    ("D9 off", SOURCE, {"allowed_hosts": ["x"], "policy": {"host_not_allowed": "off"}}, []),
    ("D10 no ref", change(SOURCE, (REF, "")), {"pinned_to": "branch"}, [("DECLARED_REF_NOT_PINNED", "F T")]),
    *(
        (f"D10 {ref}", change(SOURCE, ("branch: main", ref)), {"pinned_to": "branch"}, [("DECLARED_REF_NOT_PINNED", "F T")])
        for ref in ("branch: ''", "branch: null", "Branch: main")
    ),
    ("D10 branch", SOURCE, {"pinned_to": "branch"}, []),
    ("D10 branch for tag", SOURCE, {"pinned_to": "tag"}, [("DECLARED_REF_NOT_PINNED", "F T")]),
    ("D10 tag", change(SOURCE, ("branch: main", "tag: v1")), {"pinned_to": "tag"}, []),
    (
        "D10 semver for commit",
        change(SOURCE, ("branch: main", "semver: '>=1'")),
        {"pinned_to": "commit"},
        [("DECLARED_REF_NOT_PINNED", "F T")],
    ),
    ("D10 commit", change(SOURCE, ("branch: main", "commit: 4b825dc642cb6eb9a060e54bf8d69288fbee4904")), {"pinned_to": "commit"}, []),
    ("D10 branches", SOURCE, {"allowed_branches": ["release/*"]}, [("DECLARED_REF_NOT_PINNED", "F T")]),
    (
        "D10 a ref that is no branch",
        change(SOURCE, ("branch: main", "name: refs/pull/7/head")),
        {"allowed_branches": ["main"]},
        [("DECLARED_REF_NOT_PINNED", "F T")],
    ),
    ("D10 a branch by its whole name", change(SOURCE, ("branch: main", "name: refs/heads/main")), {"allowed_branches": ["main"]}, []),
    ("D10 a tag beside branches", change(SOURCE, ("branch: main", "tag: v1")), {"allowed_branches": ["main"]}, []),
    ("D10 branch fits", change(SOURCE, ("branch: main", "branch: release/7")), {"allowed_branches": ["release/*"]}, []),
    *(
        (f"D10 branches {ref}", change(SOURCE, ("branch: main", ref)), {"allowed_branches": ["main"]}, [("DECLARED_REF_NOT_PINNED", "F T")])
        for ref in ("name: refs/pull/1/head", "name: HEAD", "name: refs/heads/dev", "commit: HEAD", "commit: refs/heads/main")
    ),
    *(
        (f"D10 branches and {ref}", change(SOURCE, ("branch: main", ref)), {"allowed_branches": ["main", "refs/pull/*"]}, [])
        for ref in ("name: refs/heads/main", "name: refs/tags/v1", "name: refs/pull/1/head", "tag: v1", "commit: 4b825dc")
    ),
    *(
        (f"D10 {pin} for {ref}", change(SOURCE, ("branch: main", ref)), {"pinned_to": pin}, [("DECLARED_REF_NOT_PINNED", "F T")])
        for pin in ("tag", "commit")
        for ref in ("commit: HEAD", "commit: main", "commit: abc123", "name: refs/pull/1/head")
    ),
    ("D10 nothing demanded", change(SOURCE, (REF, "")), {}, []),
    ("D10 filled in later", change(SOURCE, ("branch: main", "branch: ${b}")), {"pinned_to": "tag", "policy": {"not_resolved": "off"}}, []),
    ("D10 off", SOURCE, {"pinned_to": "tag", "policy": {"ref_not_pinned": "off"}}, []),
    ("D11 ssh", change(SOURCE, ("https://", "ssh://git@")), {}, [("DECLARED_NO_SECRET", "W")]),
    ("D11 ssh with secret", change(SOURCE, ("https://", "ssh://git@"), ("  ref:", "  secretRef: {name: x}\n  ref:")), {}, []),
    ("D11 private", SOURCE, {"private_repositories": ["git.example.com/shop/*"]}, [("DECLARED_NO_SECRET", "W")]),
    ("D11 blocking", SOURCE, {"private_repositories": ["git.*"], "policy": {"no_secret": "blocking"}}, [("DECLARED_NO_SECRET", "F T")]),
    ("D11 another", SOURCE, {"private_repositories": ["git.example.com/cart/*"]}, []),
    ("D11 provider", change(SOURCE, ("  ref:", "  provider: github\n  ref:")), {"private_repositories": ["git.*"]}, []),
    ("D11 off", SOURCE, {"private_repositories": ["git.*"], "policy": {"no_secret": "off"}}, []),
    ("D12", change(KUSTOMIZATION, ("prune: true", "prune: false")), {}, [("DECLARED_PRUNE_OFF", "W")]),
    (
        "D12 blocking",
        change(KUSTOMIZATION, ("prune: true", "prune: false")),
        {"policy": {"prune_off": "blocking"}},
        [("DECLARED_PRUNE_OFF", "F T")],
    ),
    ("D12 off", change(KUSTOMIZATION, ("prune: true", "prune: false")), {"policy": {"prune_off": "off"}}, []),
    ("D13", KUSTOMIZATION, {"max_interval": "9m59s"}, [("DECLARED_INTERVAL_LONG", "W")]),
    ("D13 equal", KUSTOMIZATION, {"max_interval": "10m"}, []),
    ("D13 blocking", KUSTOMIZATION, {"max_interval": "1m", "policy": {"interval_long": "blocking"}}, [("DECLARED_INTERVAL_LONG", "F T")]),
    ("D13 off", KUSTOMIZATION, {"max_interval": "1m", "policy": {"interval_long": "off"}}, []),
]


@pytest.mark.parametrize(("text", "options", "findings"), [pytest.param(*row[1:], id=row[0]) for row in ROWS])
def test_rows(text: str, options: dict[str, Any], findings: list[tuple[str, str]], tmp_path: Path) -> None:
    result = judged(tmp_path, {"a.yaml": text}, **options)
    marks = {"F T": ("failed", True), "U T": ("unknown", True), "W": ("warning", False)}
    assert [(each["code"], (each["verdict"], each["terminal"])) for each in result["readiness"]["findings"]] == [
        (code, marks[mark]) for code, mark in findings
    ]
    for each in result["readiness"]["findings"]:
        assert each["file"] == ("." if each["code"] == "DECLARED_NONE" else "a.yaml")
        assert each["line"] or each["code"] == "DECLARED_NONE"
        assert "planted" not in str(each)
        assert "ghp_" not in str(each)


@pytest.mark.parametrize(
    "version",
    [
        "apiVersion: &version source.toolkit.fluxcd.io/v1",
        "x: &version source.toolkit.fluxcd.io/v1\napiVersion: *version",
        "apiVersion: !!str source.toolkit.fluxcd.io/v1",
        "apiVersion: >-\n  source.toolkit.fluxcd.io/v1",
        "apiVersion: # of Flux\n  source.toolkit.fluxcd.io/v1",
        '"apiVersion": "source.toolkit.fluxcd.io\\/v1"',
    ],
)
def test_a_version_in_any_form_of_yaml_makes_a_manifest(version: str, tmp_path: Path) -> None:
    result = judged(tmp_path, {"a.yaml": change(SOURCE, ("apiVersion: source.toolkit.fluxcd.io/v1", version))})
    assert [each["name"] for each in result["fields"]["manifests"]] == ["shop"]
    assert result["codes"] == []


def test_the_items_of_a_list_of_a_kind_are_manifests(tmp_path: Path) -> None:
    item = "".join(f"  {line}\n" for line in change(SOURCE, ("https://", "http://")).splitlines())
    typed = f"apiVersion: source.toolkit.fluxcd.io/v1\nkind: GitRepositoryList\nitems:\n-{item[1:]}"
    result = judged(tmp_path, {"good.yaml": change(SOURCE, ("name: shop", "name: good")), "list.yaml": typed})
    assert [(each["code"], each["file"], each["line"]) for each in result["readiness"]["findings"]] == [
        ("DECLARED_URL_INSECURE", "list.yaml", 11)
    ]


# --- bad input


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.yaml", b"\xff\xfa\x00\x01kind", "a.yaml is no text: it is neither UTF-8 nor UTF-16, so what it declares is not known."),
        ("a.yml", b"kind: \0x", "a.yml is no text: it has NUL characters, so what it declares is not known."),
        ("a.json", b"x" * 10_000_001, "a.json is larger than 10 MB, so what it declares is not known."),
    ],
)
def test_a_file_that_is_no_text(name: str, content: bytes, message: str, tmp_path: Path) -> None:
    tmp_path.joinpath(name).write_bytes(content)
    result = judged(tmp_path, {"good.yaml": SOURCE})
    assert [(each["code"], each["message"]) for each in result["readiness"]["findings"]] == [("DECLARED_UNREAD", message)]
    assert result["verdict"] == "unknown"


@pytest.mark.parametrize(
    ("files", "messages"),
    [
        pytest.param({"a.yaml": SOURCE + "x: y: z\n"}, ["a.yaml:11:5: mapping values are not allowed here."], id="broken"),
        pytest.param(
            {"a.yaml": SOURCE + "kind: GitRepository\n"}, ["a.yaml:11:1: the key kind stands there already, in line 2."], id="duplicate key"
        ),
        pytest.param(
            {"a.yaml": change(SOURCE, ("name: shop", "name: 5"))},
            ["a.yaml:4: metadata.name is 5, which is no text without quotes, and Flux refuses it (GitRepository without a name)."],
            id="a number as a name",
        ),
        pytest.param(
            {"a.yaml": change(SOURCE, ("https://git.example.com/shop/deploy", "true"))},
            ["a.yaml:8: spec.url is no text with a URL, and Flux refuses it (GitRepository shop)."],
            id="a boolean as a URL",
        ),
        pytest.param(
            {"a.yaml": SOURCE, "b.yaml": SOURCE},
            ["b.yaml:4: it is declared a second time, first in a.yaml:1 (GitRepository shop)."],
            id="two documents for one object",
        ),
        pytest.param(
            {},
            ["There is no GitRepository, Kustomization or HelmRelease of Flux below {0} (it has no file of YAML or JSON)."],
            id="empty folder",
        ),
    ],
)
def test_what_is_broken_is_one_message(files: dict[str, str], messages: list[str], tmp_path: Path) -> None:
    result = judged(tmp_path, {"good.yaml": change(SOURCE, ("name: shop", "name: good")), **files} if files else {})
    assert [each["message"] for each in result["readiness"]["findings"]] == [message.format(tmp_path) for message in messages]
    assert result["verdict"] in ("failed", "unknown")


def test_utf_16_is_read(tmp_path: Path) -> None:
    tmp_path.joinpath("a.yaml").write_bytes(SOURCE.encode("utf-16"))
    assert judged(tmp_path, {})["verdict"] == "ready"


def test_links_stay_inside_the_checkout(tmp_path: Path) -> None:
    outside, inside = tmp_path / "outside", tmp_path / "inside"
    write_files(outside, {"secret.yaml": SOURCE})
    write_files(inside, {"good.yaml": SOURCE, "more/other.yaml": change(SOURCE, ("name: shop", "name: other"))})
    for name, target in (("file.yaml", outside / "secret.yaml"), ("folder", outside), ("loop", inside), ("gone.yaml", tmp_path / "gone")):
        inside.joinpath(name).symlink_to(target)
    result = judged(inside, {})
    assert [each["file"] for each in result["fields"]["manifests"]] == ["good.yaml", "more/other.yaml"]
    assert sorted((each["file"], each["message"].partition(", so")[0]) for each in result["readiness"]["findings"]) == [
        ("file.yaml", "file.yaml is a link out of the checkout"),
        ("folder", "folder is a link out of the checkout"),
        ("gone.yaml", "gone.yaml is a link out of the checkout"),
    ]


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    result = judged(tmp_path, {"good.yaml": SOURCE})
    assert result["codes"] == ["DECLARED_UNREAD"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"paths": ["gone"]}, "Option 'paths[0]': got \"gone\", expected a file or folder that is there, below {0}."),
        ({"paths": ["../outside"]}, "Option 'paths[0]': got ../outside, which leads to {1}, expected a path inside the checkout {0}."),
        ({"paths": ["link"]}, "Option 'paths[0]': got link, which leads to {1}, expected a path inside the checkout {0}."),
        ({"paths": []}, "Option 'paths': got [], expected at least one path; . is the whole checkout."),
        ({"checkout": "/nowhere"}, "Option 'checkout': got \"/nowhere\", expected a folder that is there."),
        ({"max_interval": "soon"}, "Option 'max_interval': got \"soon\", expected a duration such as 10m or 1h."),
        ({"allowed_hosts": []}, "Option 'allowed_hosts': got [], expected at least one; left out, nothing is demanded."),
        ({"allowed_hosts": [" "]}, "Option 'allowed_hosts[0]': got \" \", expected a text, which may have * in it."),
        ({"rendered": " "}, "Option 'rendered': got \" \", expected what kubectl kustomize or flux build printed."),
        (
            {"rendered": "a", "paths": [".", "."]},
            "Option 'rendered': got \"one text\", expected one path beside it, in whose place it is read.",
        ),
    ],
)
def test_bad_options(options: dict[str, Any], message: str, tmp_path: Path, run_module: Any) -> None:
    inside, outside = tmp_path / "inside", tmp_path / "outside"
    write_files(inside, {"a.yaml": SOURCE})
    outside.mkdir()
    inside.joinpath("link").symlink_to(outside)
    result = run_module("flux_manifest_info", **{"checkout": str(inside), **options})
    assert result["msg"] == message.format(inside, outside)


def test_without_the_library_there_is_one_clear_line(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, run_module: Any) -> None:
    monkeypatch.setattr(documents, "YAML_IMPORT_ERROR", "Traceback: ...")
    write_files(tmp_path, {"a.yaml": SOURCE})
    result = run_module("flux_manifest_info", path=str(tmp_path))
    assert (
        result["msg"]
        == "The Python library 'ruamel.yaml' is missing: manifests are read with it. Install it with 'pip install ruamel.yaml'."
    )


def test_a_text_that_was_built_is_named_as_such_where_it_is_broken() -> None:
    problem = read_text("apiVersion: v1\nkind: Kustomization\na: b: c\n")["problems"][0]
    assert (problem["file"], problem["line"], problem["kind"]) == ("rendered", 3, "broken")

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules across the readings of one sample: rules.rst, X1 to X6 and C15."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.values import is_scp_style, message_shape, normal_host, normal_url
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import (
    AUTH,
    DETAIL,
    GITOPS,
    GONE,
    JSON,
    LIST,
    NOW,
    READY,
    SOURCE,
    ago,
    authorization,
    authorizations,
    bare,
    condition,
    container,
    details,
    error,
    examples,
    failing,
    gating,
    observe,
    pod,
    pods,
    repositories,
    repository,
    shown,
    source,
    sources,
    waiting,
)

if TYPE_CHECKING:
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate import Sample

F, U, P, R, W = "failed", "unknown", "progressing", "ready", "warning"
KUSTOMIZE = pod("kustomize-controller")
CRASHING = [waiting("CrashLoopBackOff", restarts=9)]
HEALTHY = pods(pod(), KUSTOMIZE)
LOST = {"clusters": [], "errors": [error(503, retryable=True)]}


def find(sample: Sample, code: str) -> list[Finding]:
    """The findings of a sample with a code."""
    return [one for one in sample.findings if one.code == code]


# --- X1: ready by the word of a controller that is down --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("reading", "of"),
    [
        (pods(pod(containers=CRASHING), KUSTOMIZE), U),
        (pods(KUSTOMIZE), U),
        (pods(), U),
        (pods(pod(phase="Succeeded", policy="Never")), U),
        (HEALTHY, None),
        (pods(pod(), pod("kustomize-controller", containers=CRASHING)), None),
        (pods(pod(containers=[waiting(None)], age=20), KUSTOMIZE), None),
        (pods(pod(containers=CRASHING), KUSTOMIZE, cluster="c2"), None),
        (LOST, None),
    ],
    ids=["failed", "missing", "no-pods", "only-one-shot", "healthy", "other-controller", "starting", "other-cluster", "unreadable"],
)
def test_x1_controller_down(reading: dict[str, Any], of: str | None) -> None:
    sample = observe((gating(GITOPS), reading), (gating(SOURCE), sources(source())))
    assert [one.verdict for one in find(sample, "SRC_READY_CONTROLLER_DOWN")] == ([of] if of else [])
    if of:
        found = find(sample, "SRC_READY_CONTROLLER_DOWN")[0]
        assert (found.kind, found.name, found.terminal) == ("GitRepository", "podinfo", False)
        assert found.root_cause == "source-controller in cluster c1"


def test_x1_is_a_warning_when_the_pods_are_advisory() -> None:
    down = pods(pod(containers=CRASHING), KUSTOMIZE)
    sample = observe((gating(GITOPS, advisory=True), down), (gating(SOURCE), sources(source())))
    assert [one.verdict for one in find(sample, "SRC_READY_CONTROLLER_DOWN")] == [W]
    assert sample.verdict == R
    both = observe((gating(GITOPS, advisory=True), down), (gating(GITOPS, "again"), down), (gating(SOURCE), sources(source())))
    assert [one.verdict for one in find(both, "SRC_READY_CONTROLLER_DOWN")] == [U]


@pytest.mark.parametrize("item", [source(READY, condition("Reconciling", since=5)), source(*failing("x509"))], ids=["P", "F"])
def test_x1_only_for_what_says_ready(item: dict[str, Any]) -> None:
    sample = observe((gating(GITOPS), pods(pod(containers=CRASHING))), (gating(SOURCE), sources(item)))
    assert not find(sample, "SRC_READY_CONTROLLER_DOWN")


def test_x1_follows_the_list_of_controllers() -> None:
    """`controllers: []` asks for no controller by name, so none is missing."""
    sample = observe((gating(GITOPS, controllers=[]), pods(KUSTOMIZE)), (gating(SOURCE), sources(source())))
    assert sample.verdict == R


# --- X2: the failed repository behind a source that is refused -------------------------------------------------------------------

URL = "https://codehub.example.com/Demo/shop.git"
REFUSED = failing("authentication required")


@pytest.mark.parametrize(
    ("endpoint", "reading"),
    [(LIST, repositories(repository(status=3))), (DETAIL, details(repository(status=3)))],
    ids=["list", "details"],
)
@pytest.mark.parametrize("url", [URL, "ssh://git@codehub.example.com/Demo/shop", "https://user:x@CODEHUB.example.com:443/Demo/shop/"])
def test_x2_repository_is_the_root_cause(endpoint: Any, reading: dict[str, Any], url: str) -> None:
    """Both are kept; the source's finding names the repository."""
    sample = observe((gating(SOURCE), sources(source(*REFUSED, spec={"url": url}))), (gating(endpoint), reading))
    assert [one.root_cause for one in find(sample, "SRC_FETCH_FAILED")] == ["Repository shop"]
    assert len(find(sample, "REPO_FROZEN")) == 1


@pytest.mark.parametrize(
    ("conditions", "spec", "repo"),
    [
        (failing("x509"), {"url": URL}, repository(status=3)),
        (REFUSED, {"url": URL}, repository()),
        (REFUSED, {"url": URL.replace("shop", "cart")}, repository(status=3)),
        (REFUSED, {"url": URL}, repository(status=3, https_url=None, ssh_url=None)),
    ],
    ids=["class-tls", "repository-ready", "other-url", "no-urls"],
)
def test_x2_no_root_cause(conditions: list[Any], spec: dict[str, Any], repo: dict[str, Any]) -> None:
    sample = observe((gating(SOURCE), sources(source(*conditions, spec=spec))), (gating(LIST), repositories(repo)))
    assert not any(one.root_cause for one in find(sample, "SRC_FETCH_FAILED"))


def test_x2_same_name_in_another_group_is_another_repository() -> None:
    other = repository(group_name="Other", repository_uuid="2" * 32, status=3, https_url="https://x/Other/shop", ssh_url=None)
    sample = observe((gating(SOURCE), sources(source(*REFUSED, spec={"url": URL}))), (gating(LIST), repositories(repository(), other)))
    assert not any(one.root_cause for one in find(sample, "SRC_FETCH_FAILED"))


# --- X3: the failed authorization of the host ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("auth", "url", "warned"),
    [
        (authorization(status=1), "https://github.com/a/b", True),
        (authorization(status=2), "ssh://git@github.com:22/a/b", True),
        (authorization(status=0), "https://github.com/a/b", False),
        (authorization(status=7), "https://github.com/a/b", False),
        (authorization(status=1), "https://gitlab.com/a/b", False),
        (authorization(status=1), None, False),
    ],
    ids=["expired", "unauthenticated", "valid", "unknown", "other-host", "no-url"],
)
def test_x3_authorization_failed(auth: dict[str, Any], url: Any, warned: bool) -> None:
    """Only a warning: Flux uses the secretRef, not ServiceStage."""
    sample = observe((gating(SOURCE), sources(source(spec={"url": url}))), (gating(AUTH), authorizations(auth)))
    assert [one.verdict for one in find(sample, "SRC_AUTHORIZATION_FAILED")] == ([W] if warned else [])
    assert [one.verdict for one in sample.judgements[0].objects] == [R]


# --- X4: URLs --------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "https://h/g/r",
        "https://H/g/r.git",
        "https://user:pass@h:443/g/r/",
        "ssh://git@h/g/r",
        "ssh://git@h:22/g/r.git",
        "git@h:g/r.git",
        "h:g/r",
        " https://h/g/r ",
    ],
)
def test_x4_same_repository(url: str) -> None:
    assert normal_url(url) == "h/g/r"


@pytest.mark.parametrize("url", ["https://h/g/R", "https://h:8443/g/r", "https://i/g/r", "https://h/g/r.gita", "", None, 5, "https://[/"])
def test_x4_another_repository(url: Any) -> None:
    assert normal_url(url) != "h/g/r"


@pytest.mark.parametrize(
    ("url", "scp"),
    [("git@h:g/r.git", True), ("h:g/r", True), ("ssh://git@h/g/r", False), ("https://h:443/g", False), ("", False), (None, False)],
)
def test_x4_scp_style(url: Any, scp: bool) -> None:
    assert is_scp_style(url) is scp


def test_hosts() -> None:
    assert {normal_host(url) for url in ("https://api.github.com", "github.com/", "GITHUB.com:443", "https://github.com/x")} == {
        "github.com"
    }


# --- X5: the first look of a young controller ------------------------------------------------------------------------------------


def estate(age: float, *others: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """The pods of a cluster whose source-controller has run for so long."""
    return pods(pod(containers=[container(age=age)], age=age, **fields), *(others or (KUSTOMIZE,)))


NEVER, STUCK = bare(), source(READY, condition("Reconciling", reason="NewRevision", since=9000))


@pytest.mark.parametrize(
    ("reading", "item", "verdict"),
    [
        (estate(59), NEVER, P),
        (estate(59), STUCK, P),
        (estate(60), NEVER, F),
        (estate(60), STUCK, F),
        (estate(59), bare(spec={"interval": "30s"}), F),
        (estate(59), bare(spec={"interval": None}), F),
        (estate(59, pod("kustomize-controller", containers=CRASHING)), NEVER, F),
        (estate(59, pod("kustomize-controller", containers=[waiting(None)], age=20)), NEVER, F),
        (pods(KUSTOMIZE), NEVER, F),
        (LOST, NEVER, F),
        (estate(59), source(*REFUSED), F),
        (estate(59), bare(repo_status="Failed"), P),
    ],
    ids=[
        "S10-young",
        "S14-young",
        "S10-as-old-as-the-interval",
        "S14-as-old-as-the-interval",
        "older-than-its-own-interval",
        "no-interval",
        "another-pod-failed",
        "another-pod-starting",
        "no-controller",
        "unreadable",
        "S8",
        "repoStatus-Failed",
    ],
)
def test_x5_young_controller(reading: dict[str, Any], item: dict[str, Any], verdict: str) -> None:
    sample = observe((gating(GITOPS), reading), (gating(SOURCE), sources(item)))
    assert sample.judgements[1].verdict == verdict
    if verdict == P:
        assert "first look is pending" in "".join(one.message for one in sample.judgements[1].findings)
        assert not find(sample, "SRC_NEVER_RECONCILED")
        assert not any(one.retryable for one in sample.judgements[1].findings)


def test_x5_only_in_its_cluster() -> None:
    sample = observe((gating(GITOPS), estate(10)), (gating(SOURCE), sources(bare(), cluster="c2")))
    assert sample.verdict == F


# --- X6: one cause of many -------------------------------------------------------------------------------------------------------


def unreachable(name: str, port: int, host: str = "github.com", **fields: Any) -> dict[str, Any]:
    """A source that cannot be fetched for want of DNS."""
    message = (
        f'Get "https://{host}/{name}": dial tcp: lookup {host} on 10.2.3.10:53: read udp 172.17.0.16:{port}->10.2.3.10:53: i/o timeout'
    )
    return source(*failing(message), name=name, revision=None, **fields)


def test_x6_one_root_cause() -> None:
    """Ports, URLs and how long it has lasted make no difference."""
    items = [unreachable("a", 60193, age=300), unreachable("b", 60194, age=90000), unreachable("c", 1, age=4000000)]
    sample = observe((gating(SOURCE), sources(*items)))
    assert {one.root_cause for one in find(sample, "SRC_FETCH_FAILED")} == {"cluster egress or DNS of cluster c1"}


def test_x6_while_it_is_still_retrying() -> None:
    sample = observe((gating(SOURCE), sources(unreachable("a", 1, age=10), unreachable("b", 2, age=100))))
    assert [one.root_cause for one in find(sample, "SRC_FETCH_RETRYING")] == ["cluster egress or DNS of cluster c1"] * 2


@pytest.mark.parametrize(
    "items",
    [
        [unreachable("a", 1)],
        [unreachable("a", 1), unreachable("b", 2, host="gitlab.com")],
        [unreachable("a", 1), source(*failing("boom"), name="b")],
        [source(*REFUSED, name="a"), source(*REFUSED, name="b")],
    ],
    ids=["one-source", "another-message", "another-class", "no-network"],
)
def test_x6_no_root_cause(items: list[dict[str, Any]]) -> None:
    sample = observe((gating(SOURCE), sources(*items)))
    assert not any(one.root_cause for one in sample.findings)


def test_x6_each_cluster_for_itself() -> None:
    reading = sources(unreachable("a", 1))
    reading["clusters"] += sources(unreachable("a", 2), cluster="c2")["clusters"]
    assert not any(one.root_cause for one in observe((gating(SOURCE), reading)).findings)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ("read udp 172.17.0.16:60193->10.2.3.10:53", "read udp 172.17.0.17:1->10.2.3.10:53"),
        ("after 1m30s", "after 250ms"),
        ("for 3 d 2 h.", "for 10 s."),
        ("commit 0a1b2c3d4e5f", "commit ffeeddccbbaa00"),
        ("at https://a/b?c", "at https://d"),
    ],
    ids=["address", "Go-duration", "duration-for-people", "hex", "url"],
)
def test_masked_messages(first: str, second: str) -> None:
    assert message_shape(first) == message_shape(second) != first


# --- C15: a private repository without a secret ----------------------------------------------------------------------------------

PLAIN = {"url": URL, "secretRef": GONE}


@pytest.mark.parametrize(
    ("item", "repo", "of"),
    [
        (source(spec=PLAIN), repository(), W),
        (source(*REFUSED, spec=PLAIN), repository(), F),
        (source(*failing("i/o timeout"), spec=PLAIN), repository(), W),
        (source(spec={"url": URL}), repository(), None),
        (source(spec=PLAIN), repository(visibility_level=20), None),
        (source(spec=PLAIN), repository(visibility_level=False), None),
        (source(spec=PLAIN), repository(visibility_level=None), None),
        (source(spec={**PLAIN, "url": "https://other/x"}), repository(), None),
        (source(spec={**PLAIN, "url": "git@codehub.example.com:Demo/shop.git"}), repository(), W),
    ],
    ids=["C15", "C15-refused", "C15-network", "secret", "public", "visibility-boolean", "visibility-null", "other-url", "scp-style"],
)
@pytest.mark.parametrize("endpoint", [LIST, DETAIL], ids=["list", "details"])
def test_c15_private_without_secret(endpoint: Any, item: dict[str, Any], repo: dict[str, Any], of: str | None) -> None:
    reading = repositories(repo) if endpoint is LIST else details(repo)
    sample = observe((gating(SOURCE), sources(item)), (gating(endpoint), reading))
    found = find(sample, "REPO_PRIVATE_NO_SECRET")
    assert [(one.verdict, one.terminal, one.retryable) for one in found] == ([(of, False, of == F)] if of else [])
    assert all((one.kind, one.name) == ("Repository", "shop") for one in found)
    assert sample.judgements[1].objects[0].verdict == (F if of == F else R)


# --- Foreign text and properties -------------------------------------------------------------------------------------------------


def test_foreign_text_is_made_safe() -> None:
    nasty = "x \x1b[31m token=abcdef \u202e" + "y" * 3000
    sample = observe(
        (gating(SOURCE), sources(source(*REFUSED, spec={"url": URL}))),
        (gating(LIST), repositories(repository(status=3, repository_name=nasty))),
        (gating(AUTH), authorizations(authorization(name=nasty, status=1, repo_host="codehub.example.com"))),
    )
    assert {one.code for one in sample.findings} == {"SRC_FETCH_FAILED", "SRC_AUTHORIZATION_FAILED", "REPO_FROZEN", "AUTH_EXPIRED"}
    for one in sample.findings:
        text = shown(one)
        assert "abcdef" not in text
        assert "\x1b" not in text
        assert "\u202e" not in text
        assert len(one.message) <= 2000


CHECKS: list[tuple[Any, dict[str, Any]]] = [
    (gating(GITOPS), pods(pod(containers=CRASHING), KUSTOMIZE)),
    (gating(SOURCE), sources(source(), source(*REFUSED, name="b", spec=PLAIN), unreachable("c", 1), unreachable("d", 2))),
    (gating(LIST), repositories(repository(status=3))),
    (gating(DETAIL), details(repository(status=None))),
    (gating(AUTH), authorizations(authorization(status=1))),
]


@drawn(st.permutations(CHECKS))
@examples(60)
def test_order_of_the_checks_does_not_matter(checks: list[Any]) -> None:
    def summary(sample: Sample) -> list[Any]:
        return sorted((one.check, one.code, one.verdict, str(one.name), str(one.root_cause)) for one in sample.findings)

    assert summary(observe(*checks)) == summary(observe(*CHECKS))


@drawn(
    st.dictionaries(st.sampled_from(["url", "interval", "secretRef", "ref"]), JSON),
    st.dictionaries(st.sampled_from(sorted(repository())), JSON),
    st.dictionaries(st.sampled_from(sorted(authorization())), JSON),
    JSON,
)
@examples(150)
def test_arbitrary_json_never_crashes(spec: dict[str, Any], repo: dict[str, Any], auth: dict[str, Any], name: Any) -> None:
    observe(
        (gating(GITOPS), estate(10)),
        (gating(SOURCE), sources(source(*REFUSED, spec=spec, name=name, namespace=name), bare(spec=spec))),
        (gating(LIST), repositories(repository(**repo), repository(**{**repo, "status": 3}))),
        (gating(DETAIL), details(repository(**repo))),
        (gating(AUTH), authorizations(authorization(**auth), authorization(**{**auth, "status": 1}))),
    )


def test_now_is_that_of_the_reading() -> None:
    """The rules go by the time the readings state, not by this machine's clock."""
    assert ago(0) == NOW.strftime("%Y-%m-%dT%H:%M:%SZ")
    assert observe((gating(SOURCE), sources(source()))).now == NOW

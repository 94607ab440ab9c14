# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The official SDKs use the simulator unmodified: the proof that it behaves like the services (services.rst)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from simulator import Simulator

if TYPE_CHECKING:
    from types import SimpleNamespace

pytestmark = pytest.mark.sdk

ACCESS, SECRET = "DEMOACCESSKEY0000001", "demo-secret-key-for-the-simulator-only-1"
DOMAIN, PROJECT = "d0000000000000000000000000000001", "a0000000000000000000000000000001"
REGION = "cn-north-4"


@pytest.fixture(scope="module")
def sdk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The SDKs' names. HOME is a temporary folder meanwhile, as the import writes a file there."""
    from types import SimpleNamespace

    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        patch.setenv("NO_PROXY", "127.0.0.1")
        for name in ("HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", "HUAWEICLOUD_SDK_IAM_ENDPOINT"):
            patch.delenv(name, raising=False)
        core = import_module("huaweicloudsdkcore.auth.credentials")
        yield SimpleNamespace(
            basic=core.BasicCredentials,
            worldwide=core.GlobalCredentials,
            region=import_module("huaweicloudsdkcore.region.region").Region,
            errors=import_module("huaweicloudsdkcore.exceptions.exceptions"),
            ucs=import_module("huaweicloudsdkucs.v1"),
            codehub=import_module("huaweicloudsdkcodehub.v3"),
            codeartsrepo=import_module("huaweicloudsdkcodeartsrepo.v4"),
            servicestage=import_module("huaweicloudsdkservicestage.v2"),
        )
        # What the SDK found out through IAM it keeps for the whole process.
        core.BasicCredentials._CACHE.clear()
        core.GlobalCredentials._CACHE.clear()


@pytest.fixture
def simulator() -> Iterator[Simulator]:
    with Simulator() as running:
        yield running


def make(
    sdk: SimpleNamespace,
    simulator: Simulator,
    service: str,
    looked_up: bool = False,
    secret: str = SECRET,
    access: str = ACCESS,
    security_token: str | None = None,
) -> Any:
    """A client of the official SDK; ``looked_up`` leaves the project or domain for it to find through IAM."""
    client, credentials, owner = {
        "ucs": (sdk.ucs.UcsClient, sdk.worldwide, DOMAIN),
        "codearts_repo": (sdk.codehub.CodeHubClient, sdk.basic, PROJECT),
        "codearts_repo_v4": (sdk.codeartsrepo.CodeArtsRepoClient, sdk.basic, PROJECT),
        "servicestage": (sdk.servicestage.ServiceStageClient, sdk.basic, PROJECT),
    }[service]
    credential = credentials(access, secret) if looked_up else credentials(access, secret, owner)
    if security_token:
        credential = credential.with_security_token(security_token)
    builder = client.new_builder().with_credentials(credential.with_iam_endpoint(simulator.urls["iam"]))
    url = simulator.urls[service.removesuffix("_v4")]
    return (builder.with_region(sdk.region(REGION, url)) if looked_up else builder.with_endpoints([url])).build()


def list_repos(sdk: SimpleNamespace, client: Any) -> None:
    answer = client.list_repos(sdk.ucs.ListReposRequest(clusterid="c 1/~集", limit=10, offset=0, order_by="update_at", order="asc"))
    assert answer.status_code == 200
    assert answer.total == 1
    found = answer.items[0]
    assert (found.name, found.repo_type, found.uid, found.repo_status) == ("official-podinfo-repo-06", "GitRepository", None, None)
    assert found.git_repository.metadata.generation == 1
    assert found.git_repository.spec.ref.branch == "master"
    assert found.git_repository.spec.secret_ref.name == "https-ca-credentials"
    assert found.git_repository.status.observed_generation == -1
    assert [condition["type"] for condition in found.git_repository.status.conditions] == ["Reconciling", "Ready", "FetchFailed"]


def list_config_sets(sdk: SimpleNamespace, client: Any) -> None:
    answer = client.list_config_sets(sdk.ucs.ListConfigSetsRequest(clusterid="c1", limit=-1, offset=0, order_by="create_at", order="desc"))
    assert (answer.status_code, answer.total) == (200, 1)
    found = answer.items[0]
    assert (found.name, found.config_set_type, found.repo_name) == ("official-podinfo-repo-06", "kustomization", "official-podinfo-repo-06")
    assert found.git_repository.spec.url == "https://github.com/GitHubxsy/podinfo"
    assert found.kustomization.spec.source_ref.name == "official-podinfo-repo-06"
    assert [condition["reason"] for condition in found.kustomization.status.conditions] == ["ArtifactFailed"]


def show_git_ops_status(sdk: SimpleNamespace, client: Any) -> None:
    answer = client.show_git_ops_status(sdk.ucs.ShowGitOpsStatusRequest(clusterid="8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d"))
    pod = answer.items[0]
    assert pod.metadata.name == "source-controller-97bdcd8cf-5fs52"
    assert pod.metadata.labels["release"] == "cceaddon-flux"
    assert (pod.status.phase, pod.status.start_time) == ("Pending", "2025-11-05T03:48:06Z")
    assert pod.status.container_statuses[0].state == {"waiting": {"reason": "ContainerCreating"}}
    assert pod.status.container_statuses[0].ready is False


def list_repositories(sdk: SimpleNamespace, client: Any) -> None:
    request = sdk.codehub.ShowAllRepositoryByTwoProjectIdRequest(
        project_uuid="4838955a48e2492bbe44b31bc4c272f6", page_index=1, page_size=100
    )
    answer = client.show_all_repository_by_two_project_id(request)
    assert (answer.status, answer.error, answer.result.total) == ("success", None, 14)
    found = answer.result.repositories[0]
    assert (found.repository_name, found.repository_id, found.status) == ("CreatRepository_2qD5i", 468480, 0)
    assert (found.repository_size, found.project_is_deleted, found.user_role) == ("0.06M", "false", None)


def show_repository(sdk: SimpleNamespace, client: Any) -> None:
    answer = client.show_repository_by_uuid(sdk.codehub.ShowRepositoryByUuidRequest(repository_uuid="045ceabb9aea40579d5a759e84fa7f0a"))
    assert (answer.status, answer.result.repository_id, answer.result.status) == ("success", 468485, None)
    assert answer.result.created_at == "2019-10-15 09:40:27"


def list_authorizations(sdk: SimpleNamespace, client: Any) -> None:
    answer = client.list_authorizations(sdk.servicestage.ListAuthorizationsRequest())
    assert answer.count == 1
    found = answer.authorizations[0]
    assert (found.name, found.repo_type, found.repo_host, found.status) == ("test", "github", "https://api.github.com", 0)
    assert (found.create_time, found.tag, found.token_type) == (1649731565642, None, "oauth")


CALLS = [
    ("ucs", list_repos),
    ("ucs", list_config_sets),
    ("ucs", show_git_ops_status),
    ("codearts_repo", list_repositories),
    ("codearts_repo", show_repository),
    ("servicestage", list_authorizations),
]
Check = Callable[["SimpleNamespace", Any], None]


@pytest.mark.parametrize(("service", "check"), CALLS)
def test_reads_the_documented_answers(sdk: SimpleNamespace, simulator: Simulator, service: str, check: Check) -> None:
    check(sdk, make(sdk, simulator, service))
    (entry,) = simulator.journal
    assert (entry["service"], entry["status"]) == (service, 200)
    scope = "x-domain-id" if service == "ucs" else "x-project-id"
    assert f"SignedHeaders=content-type;host;user-agent;{scope};x-sdk-date" in entry["headers"]["authorization"]


def test_reads_a_rollout(sdk: SimpleNamespace, simulator: Simulator) -> None:
    """One config set alone, and the statistics, are as the list has them."""
    simulator.load("rollout_stuck", elapsed=600)
    client = make(sdk, simulator, "ucs")
    cluster = "c1000000-0000-4000-8000-000000000003"
    (listed,) = client.list_config_sets(sdk.ucs.ListConfigSetsRequest(clusterid=cluster)).items
    alone = client.show_config_set(sdk.ucs.ShowConfigSetRequest(configsetid=listed.uid))
    assert alone.kustomization.to_dict() == listed.kustomization.to_dict()
    assert [condition["reason"] for condition in alone.kustomization.status.conditions] == ["HealthCheckFailed"]
    assert alone.kustomization.status.last_attempted_revision == "main@sha1:1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000002"
    assert alone.cluster_info.cluster_id == cluster
    counted = client.show_gitops_statistics(sdk.ucs.ShowGitopsStatisticsRequest(limit=-1))
    assert (counted.total, counted.overview_status.config_set_total_num, counted.overview_status.failed_status_num) == (3, 3, 1)
    assert [(one.config_set_total_num, one.source_repo_num) for one in counted.items] == [(1, 1)] * 3


@pytest.mark.parametrize(("service", "check"), CALLS)
def test_finds_its_project_or_domain_through_iam(sdk: SimpleNamespace, simulator: Simulator, service: str, check: Check) -> None:
    sdk.basic._CACHE.clear()
    sdk.worldwide._CACHE.clear()
    check(sdk, make(sdk, simulator, service, looked_up=True))
    asked, sent = simulator.journal
    assert (asked["service"], asked["path"], asked["query"]) == (
        ("iam", "/v3/auth/domains", "") if service == "ucs" else ("iam", "/v3/projects", f"name={REGION}")
    )
    assert sent["headers"].get("x-domain-id", sent["headers"].get("x-project-id")) == (DOMAIN if service == "ucs" else PROJECT)


@pytest.mark.parametrize(("service", "check"), CALLS)
def test_temporary_keys(sdk: SimpleNamespace, simulator: Simulator, service: str, check: Check) -> None:
    keys: dict[str, Any] = {"access": "DEMOTEMPORARYKEY0001", "secret": "demo-temporary-secret-key-only-1"}
    check(sdk, make(sdk, simulator, service, **keys, security_token="demo-security-token"))
    with pytest.raises(sdk.errors.ClientRequestException):
        check(sdk, make(sdk, simulator, service, **keys, security_token="other"))


@pytest.mark.parametrize(("service", "check"), CALLS)
def test_a_wrong_secret_key_is_refused(sdk: SimpleNamespace, simulator: Simulator, service: str, check: Check) -> None:
    with pytest.raises(sdk.errors.ClientRequestException) as caught:
        check(sdk, make(sdk, simulator, service, secret=SECRET + "x"))
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIG.0301")
    assert "verify aksk signature fail" in caught.value.error_msg
    assert caught.value.request_id


def test_the_lookup_is_authenticated_too(sdk: SimpleNamespace, simulator: Simulator) -> None:
    sdk.basic._CACHE.clear()
    with pytest.raises(sdk.errors.SdkException, match="Failed to get project id"):
        make(sdk, simulator, "codearts_repo", looked_up=True, secret="wrong")


@pytest.mark.parametrize(
    ("name", "status", "code"),
    [
        ("APIG.0308", 429, None),
        ("APIGW.0307", 401, "APIGW.0307"),
        ("UCS.00000011", 400, "UCS.00000011"),
        ("camel", 400, "UCS.00000011"),
        ("k8s", 404, 404),
        ("CH.080401", 401, "CH.080401"),
        ("text", 500, None),
        ("json_string", 400, None),
        ("empty", 503, None),
        ("html", 502, None),
    ],
)
def test_understands_the_error_bodies(sdk: SimpleNamespace, simulator: Simulator, name: str, status: int, code: Any) -> None:
    simulator.load({"faults": [{"error": name}]})
    with pytest.raises(sdk.errors.ServiceResponseException) as caught:
        list_authorizations(sdk, make(sdk, simulator, "servicestage"))
    assert caught.value.status_code == status
    if code is not None:
        assert caught.value.error_code == code


def test_reads_clusters_and_fleets(sdk: SimpleNamespace, simulator: Simulator) -> None:
    simulator.load("healthy")
    client, ucs = make(sdk, simulator, "ucs"), sdk.ucs
    answer = client.show_cluster_list(ucs.ShowClusterListRequest())
    assert answer.total == 3
    assert [(cluster.metadata.name, cluster.status.phase, cluster.spec.manage_type) for cluster in answer.items] == [
        (name, "Available", "grouped") for name in ("prod-eu", "prod-asia", "staging")
    ]
    first = answer.items[0]
    assert (first.metadata.labels, first.status.arrear_freeze, first.status.kubernetes_version) == ({"env": "prod"}, "false", "v1.29.8-r0")
    assert (first.status.node_summary.total_num, first.status.node_summary.ready_num) == (3, 3)
    assert [(condition.type, condition.status) for condition in first.status.conditions] == [("Ready", "Available")]
    fleets = client.list_cluster_group(ucs.ListClusterGroupRequest(limit=1, offset=1, order_by="create_at", order="desc"))
    assert (fleets.total, [fleet.metadata.name for fleet in fleets.items]) == (2, ["staging"])
    narrowed = ucs.ShowClusterListRequest(
        clustergroupid=first.spec.cluster_group_id, category="self", managetype="grouped", enablestatus=False, limit=1, offset=1
    )
    (second,) = client.show_cluster_list(narrowed).items
    assert (second.metadata.name, second.status.node_summary) == ("prod-asia", None)
    one = client.show_cluster_list(ucs.ShowClusterListRequest(clusterids=first.metadata.uid))
    assert [cluster.metadata.uid for cluster in one.items] == [first.metadata.uid]


def test_clusters_and_fleets_want_the_whole_account(sdk: SimpleNamespace, simulator: Simulator) -> None:
    client = make(sdk, simulator, "ucs", secret=SECRET + "x")
    for call, request in (("show_cluster_list", sdk.ucs.ShowClusterListRequest), ("list_cluster_group", sdk.ucs.ListClusterGroupRequest)):
        with pytest.raises(sdk.errors.ClientRequestException) as caught:
            getattr(client, call)(request())
        assert (caught.value.status_code, caught.value.error_code) == (401, "APIG.0301")


# --- version 4 of CodeArts Repo, and what is behind an authorization

MAIN, OLDER = "1f0c2a5be5b9b0a1b7f4d6a1c0ffee0000000001", "1f0c2a5be5b9b0a1b7f4d6a1c0ffee00000000a1"


@pytest.fixture
def v4(sdk: SimpleNamespace, simulator: Simulator) -> Any:
    """The official client of version 4, of a simulator with the healthy estate."""
    simulator.load("healthy")
    return make(sdk, simulator, "codearts_repo_v4")


def test_v4_lists_repositories(sdk: SimpleNamespace, simulator: Simulator, v4: Any) -> None:
    def names(**more: Any) -> list[str]:
        request = sdk.codeartsrepo.ListProjectRepositoriesRequest(project_id="b0000000000000000000000000000001", **more)
        return [repository.name for repository in v4.list_project_repositories(request).body]

    assert names() == ["frontend", "backend", "charts"]
    assert (names(limit=2), names(limit=2, offset=2), names(search="back")) == (["frontend", "backend"], ["charts"], ["backend"])
    found = v4.list_project_repositories(
        sdk.codeartsrepo.ListProjectRepositoriesRequest(project_id="b0000000000000000000000000000001")
    ).body[2]
    assert (found.visibility, found.status, found.namespace, found.archived) == ("public", "0", "shop", False)


def test_v4_shows_a_repository(sdk: SimpleNamespace, v4: Any) -> None:
    found = v4.show_repository(sdk.codeartsrepo.ShowRepositoryRequest(repository_id=1001))
    assert (found.id, found.path_with_namespace, found.uuid) == (1001, "shop/frontend", "e0000000000000000000000000000001")
    assert (found.http_url_to_repo, found.default_branch) == ("https://repo.example.com/shop/frontend.git", "main")
    assert (found.namespace.full_path, found.statistics.repository_size) == ("shop", 0.06)


def test_v4_shows_a_commit(sdk: SimpleNamespace, v4: Any) -> None:
    for sha in (MAIN, MAIN[:40], "main"):
        found = v4.show_commit(sdk.codeartsrepo.ShowCommitRequest(repository_id=1001, sha=sha, stats=False))
        assert (found.id, found.status, found.last_pipeline.status, found.last_pipeline.sha) == (MAIN, "success", "success", MAIN)
        assert (found.verification_status, found.open_gpg_verified, found.project_id) == (1, True, 1001)
    refs = v4.list_commit_associated_refs(sdk.codeartsrepo.ListCommitAssociatedRefsRequest(repository_id=1001, sha=OLDER, type="branch"))
    assert refs.body == ["main", "develop"]


def test_v4_shows_a_branch_and_compares(sdk: SimpleNamespace, v4: Any) -> None:
    branch = v4.show_branch(sdk.codeartsrepo.ShowBranchRequest(repository_id=1001, branch_name="main"))
    assert (branch.name, branch.commit.id, branch.protected, branch.default) == ("main", MAIN, True, True)
    request = sdk.codeartsrepo.ShowRefCompareRequest(
        repository_id=1001, _from=OLDER, to=MAIN, compare_type="commit", straight=True, view="commits", limit=100
    )
    compared = v4.show_ref_compare(request)
    assert (compared.commits_count, compared.x_total, compared.compare_timeout, compared.compare_same_ref) == (1, "1", False, False)
    assert [(commit.id, commit.parent_ids) for commit in compared.commits] == [(MAIN, [OLDER])]


@pytest.mark.parametrize(
    ("request_of", "status", "code"),
    [
        (lambda v4: ("show_repository", v4.ShowRepositoryRequest(repository_id=9)), 404, "CH.010117"),
        (lambda v4: ("show_commit", v4.ShowCommitRequest(repository_id=1001, sha="f" * 40)), 404, "CH.010118"),
        (lambda v4: ("show_branch", v4.ShowBranchRequest(repository_id=1001, branch_name="none")), 404, "CH.010118"),
        (lambda v4: ("list_project_repositories", v4.ListProjectRepositoriesRequest(project_id="p", limit=101)), 404, "CH.010117"),
        (
            lambda v4: (
                "list_project_repositories",
                v4.ListProjectRepositoriesRequest(project_id="b0000000000000000000000000000001", limit=101),
            ),
            400,
            "APIG.0201",
        ),
    ],
    ids=["repository", "commit", "branch", "project", "limit"],
)
def test_v4_refuses(sdk: SimpleNamespace, v4: Any, request_of: Any, status: int, code: str) -> None:
    method, request = request_of(sdk.codeartsrepo)
    with pytest.raises(sdk.errors.ClientRequestException) as caught:
        getattr(v4, method)(request)
    assert (caught.value.status_code, caught.value.error_code) == (status, code)


def test_v4_is_authenticated_as_version_2_is(sdk: SimpleNamespace, simulator: Simulator) -> None:
    simulator.load("healthy")
    with pytest.raises(sdk.errors.ClientRequestException) as caught:
        make(sdk, simulator, "codearts_repo_v4", secret=SECRET + "x").show_repository(
            sdk.codeartsrepo.ShowRepositoryRequest(repository_id=1001)
        )
    assert (caught.value.status_code, caught.value.error_code) == (401, "APIG.0301")


def test_a_repository_behind_an_authorization(sdk: SimpleNamespace, simulator: Simulator) -> None:
    simulator.load("healthy")
    client, service = make(sdk, simulator, "servicestage"), sdk.servicestage
    url = "https://github.com/shop/tools.git"
    found = client.show_project_detail(service.ShowProjectDetailRequest(x_repo_auth="github-shop", clone_url=url))
    assert (found.namespace_id, found.namespace, found.project_id, found.project) == ("shop", "shop", "79", "tools")
    listed = client.list_commits(service.ListCommitsRequest(x_repo_auth="github-shop", namespace="shop", project="79", ref="main"))
    assert [commit.sha[-4:] for commit in listed.commits] == ["0004", "00b1"]
    for name, code in (("gitlab-shop", "SVCSTG.REPO.0451"), ("nobody", "SVCSTG.REPO.0450")):
        with pytest.raises(sdk.errors.ClientRequestException) as caught:
            client.show_project_detail(service.ShowProjectDetailRequest(x_repo_auth=name, clone_url=url))
        assert (caught.value.status_code, caught.value.error_code) == (400, code)

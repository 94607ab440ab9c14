# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulated Kubernetes API, read by others unmodified: the Python library kubernetes, and the module kubernetes.core.k8s_info."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import kubernetes
import pytest
from kubernetes.client.exceptions import ApiException
from kubernetes.dynamic.exceptions import ResourceNotFoundError

from simulator import Simulator
from simulator.kubernetes_api import KINDS

from .kube import CLUSTERS, flux_object, write_kubeconfig

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent.parent
COMMUNITY = ROOT / ".build" / "ansible-community"  # the package `ansible`, beside the environment: it brings an ansible-core of its own
SOURCE = "source.toolkit.fluxcd.io"
ESTATE = {
    "extends": "healthy",
    "clusters": {CLUSTERS[0]: {"kubernetes": {"objects": {"Bucket": [flux_object(f"bucket-{number}") for number in range(5)]}}}},
    "kubernetes": {"page": 2},
}


@pytest.fixture(scope="module")
def tls() -> Iterator[Simulator]:
    """The simulator with TLS."""
    with Simulator(ESTATE, tls=True) as simulator:
        yield simulator


@pytest.fixture
def client(tls: Simulator, tmp_path: Path) -> Iterator[Any]:
    """The library's client for the context prod."""
    tls.load(ESTATE)
    path = write_kubeconfig(tmp_path / "kubeconfig", tls)
    with kubernetes.config.new_client_from_config(path, "prod", persist_config=False) as found:
        yield found


def test_the_library_reads_pods_and_flux_objects(client: Any) -> None:
    pods = kubernetes.client.CoreV1Api(client).list_namespaced_pod("flux-system")
    assert sorted(pod.metadata.labels["app"] for pod in pods.items) == [
        "helm-controller",
        "kustomize-controller",
        "notification-controller",
        "source-controller",
    ]
    sources = kubernetes.client.CustomObjectsApi(client).list_cluster_custom_object(SOURCE, "v1", "gitrepositories")
    assert [item["metadata"]["name"] for item in sources["items"]] == ["frontend", "backend"]
    assert {condition["status"] for item in sources["items"] for condition in item["status"]["conditions"]} == {"True"}


def test_the_library_goes_from_page_to_page(client: Any) -> None:
    api, names, token = kubernetes.client.CustomObjectsApi(client), [], None
    while token != "":
        page = api.list_cluster_custom_object(SOURCE, "v1", "buckets", limit=2, **({"_continue": token} if token else {}))
        names += [item["metadata"]["name"] for item in page["items"]]
        token = page["metadata"].get("continue", "")
    assert names == [f"bucket-{number}" for number in range(5)]


def test_the_library_discovers_every_kind(client: Any) -> None:
    dynamic = kubernetes.dynamic.DynamicClient(client)
    for kind, (group, plural, versions) in KINDS.items():
        found = dynamic.resources.get(api_version=f"{group}/{versions[0]}".lstrip("/"), kind=kind)
        assert (found.name, found.namespaced) == (plural, True)
    one = dynamic.resources.get(api_version=f"{SOURCE}/v1", kind="GitRepository").get(name="frontend", namespace="shop")
    assert one.spec.url == "https://repo.example.com/shop/frontend.git"
    with pytest.raises(ResourceNotFoundError):
        dynamic.resources.get(api_version=f"{SOURCE}/v1", kind="HelmChart")
    versions = kubernetes.client.VersionApi(client).get_code()
    assert versions.git_version.startswith("v1.")


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        ({"kubernetes": {"rules": {"reader": []}}}, 403, "Forbidden"),
        ({"kubernetes": {"tokens": {"demo-kubernetes-token": None}}}, 401, "Unauthorized"),
        ({"clusters": {CLUSTERS[0]: {"kubernetes": {"versions": {"GitRepository": []}}}}}, 404, "NotFound"),
    ],
    ids=["forbidden", "unauthorized", "not installed"],
)
def test_the_library_understands_refusals(client: Any, tls: Simulator, change: dict[str, Any], status: int, reason: str) -> None:
    tls.load({"extends": "healthy", **change})
    with pytest.raises(ApiException) as refused:
        kubernetes.client.CustomObjectsApi(client).list_cluster_custom_object(SOURCE, "v1", "gitrepositories")
    assert refused.value.status == status
    assert json.loads(refused.value.body)["reason"] == reason


def test_the_library_authenticates_by_certificate(tls: Simulator, tmp_path: Path) -> None:
    certificate, key = tls.client_certificate("reader")
    for name, text in (("client.pem", certificate), ("client.key", key)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    user = {"client-certificate": str(tmp_path / "client.pem"), "client-key": str(tmp_path / "client.key")}
    path = write_kubeconfig(tmp_path / "kubeconfig", tls, {"prod": {"cluster": CLUSTERS[0], "user": user}})
    with kubernetes.config.new_client_from_config(path, "prod", persist_config=False) as client:
        assert kubernetes.client.CoreV1Api(client).list_namespaced_pod("flux-system", limit=1).items


@pytest.fixture(scope="module")
def community() -> Path:
    """The package `ansible` from the package index, with kubernetes.core in it, in a folder of its own."""
    if not (COMMUNITY / "ansible_collections" / "kubernetes" / "core").is_dir():
        tool = shutil.which("uv")
        command = [tool, "pip", "install", "--python", sys.executable] if tool else [sys.executable, "-m", "pip", "install"]
        shutil.rmtree(COMMUNITY, ignore_errors=True)
        done = subprocess.run([*command, "--no-deps", "--target", str(COMMUNITY), "ansible"], capture_output=True, text=True, check=False)
        if done.returncode:
            pytest.skip(f"the package ansible cannot be installed: {done.stderr.strip()[-200:]}")
    return COMMUNITY


@pytest.mark.once
@pytest.mark.slow
def test_k8s_info_sees_what_flux_info_sees(tls: Simulator, community: Path, tmp_path: Path, run_module: Any) -> None:
    tls.load(ESTATE)
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", tls)
    kinds = {"GitRepository": f"{SOURCE}/v1", "Bucket": f"{SOURCE}/v1", "Kustomization": "kustomize.toolkit.fluxcd.io/v1", "Pod": "v1"}
    tasks = [
        {
            "kubernetes.core.k8s_info": {"kubeconfig": kubeconfig, "context": "prod", "api_version": version, "kind": kind},
            "register": kind.lower(),
        }
        for kind, version in kinds.items()
    ]
    written = {kind: f"{{{{ {kind.lower()}.resources }}}}" for kind in kinds}
    tasks.append(
        {"ansible.builtin.copy": {"content": "{{ seen | to_json }}", "dest": str(tmp_path / "seen.json")}, "vars": {"seen": written}}
    )
    playbook = [{"hosts": "localhost", "connection": "local", "gather_facts": False, "tasks": tasks}]
    (tmp_path / "playbook.json").write_text(json.dumps(playbook), encoding="utf-8")
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "-i", "localhost,", "playbook.json"]
    environment = {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(community),
        "ANSIBLE_HOME": str(tmp_path / "ansible"),
        "ANSIBLE_LOCAL_TEMP": str(tmp_path / "ansible" / "tmp"),
        "ANSIBLE_NOCOLOR": "1",
    }
    python = ["-e", f"ansible_python_interpreter={sys.executable}"]
    done = subprocess.run([*command, *python], cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    seen = json.loads((tmp_path / "seen.json").read_text(encoding="utf-8"))
    [entry] = run_module("flux_info", kubeconfig=kubeconfig, contexts="prod", managed_fields=True)["contexts"]
    fields = {"GitRepository": "git_repositories", "Bucket": "buckets", "Kustomization": "kustomizations", "Pod": "pods"}
    for kind, field in fields.items():
        assert sorted(seen[kind], key=json.dumps) == sorted(entry[field], key=json.dumps), kind
    assert len(seen["Bucket"]) == 5

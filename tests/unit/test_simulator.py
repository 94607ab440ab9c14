# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulator behaves as services.rst says, refuses what it must, and leaves nothing running."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
import requests

from simulator import Simulator
from simulator.errors import Refused, error_answer, names
from simulator.identity import ALGORITHM, Identity, Wire, canonical_request, signature
from simulator.scenario import DEFAULTS, load
from simulator.templates import documented, seconds

if TYPE_CHECKING:
    pass

TESTS = Path(__file__).resolve().parent.parent
VECTORS = json.loads((Path(__file__).parent / "data" / "signing_vectors.json").read_text(encoding="utf-8"))["vectors"]
ACCESS, SECRET = "DEMOACCESSKEY0000001", "demo-secret-key-for-the-simulator-only-1"
TEMPORARY, TEMPORARY_SECRET, SECURITY_TOKEN = "DEMOTEMPORARYKEY0001", "demo-temporary-secret-key-only-1", "demo-security-token"
DOMAIN, PROJECT, OTHER_PROJECT = "d0000000000000000000000000000001", "a0000000000000000000000000000001", "a0000000000000000000000000000002"
DOMAIN_TOKEN, PROJECT_TOKEN = {"X-Auth-Token": "demo-domain-token"}, {"X-Auth-Token": "demo-project-token"}
PATHS = {
    "ucs_repository_sources": ("ucs", "/v1/configsets/repos?clusterid=c1", DOMAIN_TOKEN),
    "ucs_gitops": ("ucs", "/v1/clusters/c1/gitops", DOMAIN_TOKEN),
    "codearts_project_repositories": ("codearts_repo", "/v2/projects/p1/repositories", PROJECT_TOKEN),
    "codearts_repository": ("codearts_repo", "/v2/repositories/r1", PROJECT_TOKEN),
    "servicestage_git_authorizations": ("servicestage", f"/v1/{PROJECT}/git/auths", PROJECT_TOKEN),
}


@pytest.fixture
def simulator(running: Simulator) -> Simulator:
    running.load("documented")
    running.clear()
    return running


def fetch(
    simulator: Simulator, service: str, target: str, headers: dict[str, str] | None = None, method: str = "GET", **more: Any
) -> requests.Response:
    more.setdefault("timeout", 10)
    return requests.request(method, simulator.urls[service] + target, headers=headers, allow_redirects=False, **more)


def signed(
    simulator: Simulator,
    service: str,
    target: str,
    access: str = ACCESS,
    secret: str = SECRET,
    date: datetime | None = None,
    names_signed: str = "host;x-sdk-date",
    **headers: str,
) -> dict[str, str]:
    """Headers of a signed GET."""
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    headers["X-Sdk-Date"] = f"{date or datetime.now(timezone.utc):%Y%m%dT%H%M%SZ}"
    lower = {name.lower(): value for name, value in headers.items()}
    wire = Wire("GET", target, {"host": urlsplit(simulator.urls[service]).netloc, **lower})
    value = signature(secret, headers["X-Sdk-Date"], canonical_request(wire, names_signed.split(";")))
    return {**headers, "Authorization": f"{ALGORITHM} Access={access}, SignedHeaders={names_signed}, Signature={value}"}


def error_of(response: requests.Response) -> tuple[int, Any]:
    body = response.json()
    return response.status_code, body.get("error_code") or body["error"]["code"]


# --- signatures


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])
def test_vectors(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["body_hex"]) if vector.get("body_hex") else (vector["body"] or "").encode()
    headers = {name.lower(): value for name, value in vector["headers_sent"].items()}
    if vector["name"] == "hdr-unicode-value":
        headers["x-test"] = vector["headers"]["X-Test"]  # the vector shows the bytes as Latin-1, as http.client wants them
    wire = Wire(vector["method"], vector["uri_sent"], headers, body)
    canonical = canonical_request(wire, vector["signed_headers"].split(";"))
    assert canonical == vector["canonical_request"]
    assert signature(vector["sk"], vector["date"], canonical) == vector["signature"]

    accounts = {
        "a": {"domain_id": "d", "keys": {vector["ak"]: {"secret": vector["sk"], "security_token": headers.get("x-security-token")}}}
    }
    sent = datetime.strptime(vector["date"], "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
    identity = Identity(accounts, {}, sent)
    wire.headers["authorization"] = vector["authorization"]  # type: ignore[index]
    assert identity.authenticate(wire, sent + timedelta(minutes=15)).account == "a"
    with pytest.raises(Refused, match=r"APIG\.0303"):
        identity.authenticate(wire, sent + timedelta(minutes=15, seconds=1))
    with pytest.raises(Refused, match=r"verify aksk signature fail"):
        identity.authenticate(Wire("OPTIONS", wire.target, wire.headers, body), sent)


@pytest.mark.parametrize(
    "target", ["/v1/configsets/repos?clusterid=c1&limit=-1", "/v1/configsets/repos?order=asc&clusterid=a%20b%2Fc~%E9%9B%86"]
)
@pytest.mark.parametrize("names_signed", ["x-sdk-date", "host;x-sdk-date", "host;x-domain-id;x-sdk-date"])
def test_any_subset_of_headers_may_be_signed(simulator: Simulator, target: str, names_signed: str) -> None:
    headers = signed(simulator, "ucs", target, names_signed=names_signed, X_Domain_Id=DOMAIN)
    assert fetch(simulator, "ucs", target, headers).status_code == 200


def test_temporary_keys_need_their_security_token(simulator: Simulator) -> None:
    service, target, _token = PATHS["codearts_repository"]
    keys: dict[str, Any] = {"access": TEMPORARY, "secret": TEMPORARY_SECRET}
    assert fetch(simulator, service, target, signed(simulator, service, target, **keys, X_Security_Token=SECURITY_TOKEN)).status_code == 200
    wrongs: list[dict[str, Any]] = [{}, {"X_Security_Token": "other"}]
    for wrong in wrongs:
        assert error_of(fetch(simulator, service, target, signed(simulator, service, target, **keys, **wrong))) == (401, "APIG.0301")
    permanent = signed(simulator, service, target, X_Security_Token=SECURITY_TOKEN)
    assert error_of(fetch(simulator, service, target, permanent)) == (401, "APIG.0301")


# --- refusals


def test_wrong_credentials(simulator: Simulator) -> None:
    service, target, _token = PATHS["codearts_repository"]
    good = signed(simulator, service, target)
    old = signed(simulator, service, target, date=datetime.now(timezone.utc) - timedelta(minutes=16))
    ahead = signed(simulator, service, target, date=datetime.now(timezone.utc) + timedelta(minutes=16))
    cases: list[tuple[dict[str, str], int, str, str]] = [
        ({}, 401, "APIG.0301", "x-auth-token not found"),
        ({"X-Auth-Token": "no such token"}, 401, "APIG.0301", "token"),
        ({"X-Auth-Token": "demo-expired-token"}, 401, "APIG.0307", "must be updated"),
        ({**good, **PROJECT_TOKEN}, 401, "APIG.0301", "both"),
        (signed(simulator, service, target, access="UNKNOWN"), 401, "APIG.0301", "ak not exist"),
        (signed(simulator, service, target, secret="wrong"), 401, "APIG.0301", "verify aksk signature fail"),
        (signed(simulator, service, target + "x"), 401, "APIG.0301", "verify aksk signature fail"),
        (signed(simulator, service, target, names_signed="host"), 401, "APIG.0301", "x-sdk-date is not signed"),
        ({key: value for key, value in good.items() if key != "X-Sdk-Date"}, 401, "APIG.0301", "x-sdk-date"),
        ({**good, "Authorization": "Basic ZGVtbzpkZW1v"}, 401, "APIG.0301", "parsed"),
        (old, 401, "APIG.0303", "signature expired"),
        (ahead, 401, "APIG.0303", "signature expired"),
    ]
    for headers, status, code, words in cases:
        response = fetch(simulator, service, target, headers)
        assert error_of(response) == (status, code), words
        assert words in response.json()["error_msg"]
        assert response.json()["request_id"] == response.headers["X-Request-Id"]


def test_scopes(simulator: Simulator) -> None:
    for service, target, _token in PATHS.values():
        headers = PROJECT_TOKEN if service == "ucs" else DOMAIN_TOKEN
        assert fetch(simulator, service, target, headers).status_code in (401, 403)
    ucs = PATHS["ucs_gitops"][:2]
    assert error_of(fetch(simulator, *ucs, signed(simulator, *ucs))) == (401, "UCS.01000003")
    assert error_of(fetch(simulator, *ucs, signed(simulator, *ucs, X_Domain_Id="other"))) == (403, "UCS.00000004")
    codearts = PATHS["codearts_repository"][:2]
    assert error_of(fetch(simulator, *codearts, {**PROJECT_TOKEN, "X-Project-Id": OTHER_PROJECT})) == (403, "APIG.0310")
    assert fetch(simulator, *codearts, signed(simulator, *codearts, X_Project_Id=OTHER_PROJECT)).status_code == 200
    for project, more in ((OTHER_PROJECT, {}), (PROJECT, {"X-Project-Id": OTHER_PROJECT}), ("unknown", {})):
        assert fetch(simulator, "servicestage", f"/v1/{project}/git/auths", {**PROJECT_TOKEN, **more}).status_code == 403
    other = ("servicestage", f"/v1/{OTHER_PROJECT}/git/auths")
    assert fetch(simulator, *other, signed(simulator, *other)).status_code == 200
    assert "tenantId in token" in fetch(simulator, *other, signed(simulator, *other, X_Project_Id=PROJECT)).json()["error_msg"]


def test_each_service_refuses_the_paths_of_the_others(simulator: Simulator) -> None:
    paths = [(service, target) for service, target, _token in PATHS.values()]
    paths += [("iam", "/v3/projects"), ("iam", "/v3/auth/domains"), ("metadata", "/openstack/latest/securitykey")]
    for owner, target in paths:
        for service in DEFAULTS_SERVICES - {owner}:
            assert error_of(fetch(simulator, service, target, DOMAIN_TOKEN)) == (404, "APIG.0101")
        assert error_of(fetch(simulator, owner, target, DOMAIN_TOKEN, method="DELETE")) == (404, "APIG.0101")


DEFAULTS_SERVICES = {"ucs", "codearts_repo", "servicestage", "iam", "metadata", "kubernetes"}


# --- the endpoints


@pytest.mark.parametrize("name", PATHS)
def test_documented_answers_are_the_documented_bytes(simulator: Simulator, name: str) -> None:
    response = fetch(simulator, *PATHS[name])
    assert (response.status_code, response.headers["Content-Type"]) == (200, "application/json")
    assert response.content == documented(name)
    assert response.json() == json.loads(documented(name))
    assert response.headers["Date"].endswith("GMT")
    assert len(response.headers["X-Request-Id"]) == 32


def sources(simulator: Simulator, query: str, cluster: str = "c1") -> requests.Response:
    return fetch(simulator, "ucs", f"/v1/configsets/repos?clusterid={cluster}{query}", DOMAIN_TOKEN)


def test_sources_are_sorted_and_cut(simulator: Simulator) -> None:
    entries = [{"name": f"s{number}", "age": f"{number}h", "since": f"{10 - number}m"} for number in range(1, 6)]
    simulator.load({"clusters": {"c1": {"sources": entries}}})
    cases = {
        "": "s1 s2 s3 s4 s5",
        "&limit=-1&offset=0": "s1 s2 s3 s4 s5",
        "&order=asc": "s5 s4 s3 s2 s1",
        "&limit=2": "s1 s2",
        "&limit=2&offset=4": "s5",
        "&offset=3": "s4 s5",
        "&offset=9": "",
        "&order_by=update_at": "s5 s4 s3 s2 s1",
        "&order_by=update_at&order=asc&limit=1": "s1",
    }
    for query, expected in cases.items():
        body = sources(simulator, query).json()
        assert " ".join(item["name"] for item in body["items"]) == expected
        assert body["total"] == 5
    for query in ("&limit=x", "&limit=0", "&limit=-2", "&offset=-1", "&order=up", "&order_by=name"):
        assert error_of(sources(simulator, query)) == (400, "UCS.00000011")
    assert error_of(sources(simulator, "", cluster="")) == (400, "UCS.00000011")
    assert error_of(sources(simulator, "", cluster="c2")) == (404, "UCS.00030001")


def test_pods(simulator: Simulator) -> None:
    simulator.load({"clusters": {"c1": {"pods": "healthy", "metadata": {"continue": "more"}}, "off": {"sources": []}}})
    body = fetch(simulator, *PATHS["ucs_gitops"]).json()
    assert body["metadata"] == {"continue": "more"}
    assert {item["metadata"]["labels"]["app"] for item in body["items"]} >= {"source-controller", "kustomize-controller"}
    assert all(item["status"]["containerStatuses"][0]["ready"] for item in body["items"])
    assert error_of(fetch(simulator, "ucs", "/v1/clusters/off/gitops", DOMAIN_TOKEN)) == (404, "UCS.00000013")
    assert error_of(fetch(simulator, "ucs", "/v1/clusters/none/gitops", DOMAIN_TOKEN)) == (404, "UCS.00030001")


def test_repositories_are_paged_and_searched(simulator: Simulator) -> None:
    simulator.load({"projects": {"p1": {"repositories": [{"count": 250, "name": "repo-{n}"}, {"name": "Other", "creator": "carol"}]}}})

    def page(query: str) -> requests.Response:
        return fetch(simulator, "codearts_repo", f"/v2/projects/p1/repositories?{query}", PROJECT_TOKEN)

    for query, count in {"": 20, "page_size=100": 100, "page_size=100&page_index=3": 51, "page_index=4&page_size=100": 0}.items():
        result = page(query).json()["result"]
        assert (len(result["repositories"]), result["total"]) == (count, 251)
    for query, count in {"search=REPO-2": 62, "search=carol": 1, "search=nobody": 0}.items():
        assert page(query).json()["result"]["total"] == count
    for query in ("page_index=0", "page_index=x", "page_size=101", "page_index=2147483648", "search=" + "x" * 129):
        assert error_of(page(query)) == (400, "CH.010001")
    names_seen = {
        item["repository_name"]
        for index in (1, 2, 3)
        for item in page(f"page_size=100&page_index={index}").json()["result"]["repositories"]
    }
    assert len(names_seen) == 251


def test_repository_details(simulator: Simulator) -> None:
    project = {"repositories": [{"name": "one", "uuid": "u1"}], "details": {"u1": {"status": None}}}
    simulator.load({"projects": {"p1": project}, "repositories": {"u2": {"template": "frozen", "name": "two", "uuid": "u2"}}})

    def show(uuid: str) -> requests.Response:
        return fetch(simulator, "codearts_repo", f"/v2/repositories/{uuid}", PROJECT_TOKEN)

    assert show("u1").json()["result"]["status"] is None
    assert show("u2").json()["result"]["status"] == 3
    assert show("u3").json() == {"error": {"code": "CH.080401", "message": "No Permission"}, "status": "failed"}
    assert show("u3").status_code == 401
    assert error_of(fetch(simulator, "codearts_repo", "/v2/projects/p2/repositories", PROJECT_TOKEN)) == (401, "CH.080401")


def test_authorizations(simulator: Simulator) -> None:
    simulator.load({"authorizations": {PROJECT: ["expired", {"name": "x", "set": {"status": 9}}], "*": []}, "authorization_count": 5})
    body = fetch(simulator, *PATHS["servicestage_git_authorizations"]).json()
    assert [item["status"] for item in body["authorizations"]] == [1, 9]
    assert body["count"] == 5


def test_odd_shapes_pass_through(simulator: Simulator) -> None:
    simulator.load(
        {
            "clusters": {"c1": {"sources": None, "pods": None, "total": 3}},
            "projects": {"p1": {"repositories": {}, "total": 1}},
            "authorizations": None,
        }
    )
    assert fetch(simulator, *PATHS["ucs_repository_sources"]).json() == {"items": None, "total": 3}
    assert fetch(simulator, *PATHS["ucs_gitops"]).json()["items"] is None
    assert fetch(simulator, *PATHS["codearts_project_repositories"]).json()["result"] == {"repositories": {}, "total": 1}
    assert fetch(simulator, *PATHS["servicestage_git_authorizations"]).json() == {"authorizations": None, "count": 0}


def test_set_drop_and_verbatim(simulator: Simulator) -> None:
    entry = {
        "template": "ready",
        "set": {"gitRepository": {"spec": {"ref": {"tag": "v1"}}}},
        "drop": ["gitRepository.status.artifact", "repoStatus"],
    }
    simulator.load({"clusters": {"c1": {"sources": [entry, {"verbatim": {"name": "as it is"}}, "documented"]}}})
    found = {item["name"]: item for item in sources(simulator, "").json()["items"]}
    changed = found["podinfo"]
    assert changed["gitRepository"]["spec"]["ref"] == {"branch": "main", "tag": "v1"}
    assert "artifact" not in changed["gitRepository"]["status"]
    assert "repoStatus" not in changed
    assert found["as it is"] == {"name": "as it is"}
    assert found["official-podinfo-repo-06"] == json.loads(documented("ucs_repository_sources"))["items"][0]


# --- IAM and metadata


def ask_token(simulator: Simulator, scope: Any, password: str = "demo-password", domain: str = "demo") -> requests.Response:
    user = {"name": "deployer", "password": password, "domain": {"name": domain}}
    auth = {"identity": {"methods": ["password"], "password": {"user": user}}, **({"scope": scope} if scope else {})}
    return fetch(simulator, "iam", "/v3/auth/tokens?nocatalog=true", method="POST", json={"auth": auth})


@pytest.mark.parametrize(
    ("scope", "service"),
    [
        ({"project": {"name": "cn-north-4"}}, "codearts_repo"),
        ({"project": {"id": PROJECT}}, "codearts_repo"),
        ({"domain": {"name": "demo"}}, "ucs"),
        ({"domain": {"id": DOMAIN}}, "ucs"),
        (None, "ucs"),
        ({"project": {"name": "cn-north-4"}, "domain": {"name": "demo"}}, "codearts_repo"),
    ],
)
def test_tokens(simulator: Simulator, scope: Any, service: str) -> None:
    response = ask_token(simulator, scope)
    assert response.status_code == 201
    assert response.headers["X-IAM-Trace-Id"]
    assert response.json()["token"]["expires_at"].endswith("Z")
    headers = {"X-Auth-Token": response.headers["X-Subject-Token"]}
    for name, (owner, target, _token) in PATHS.items():
        assert fetch(simulator, owner, target, headers).ok is ((owner == "ucs") is (service == "ucs")), name
    simulator.load("documented")
    assert fetch(simulator, *PATHS["ucs_gitops" if service == "ucs" else "codearts_repository"][:2], headers).ok


def test_token_refusals(simulator: Simulator) -> None:
    for response in (
        ask_token(simulator, None, password="wrong"),
        ask_token(simulator, None, domain="other"),
        ask_token(simulator, {"project": {"name": "nowhere"}}),
        ask_token(simulator, {"domain": {"name": "other"}}),
    ):
        assert error_of(response) == (401, 401)
        assert response.json()["error"]["title"] == "Unauthorized"
    for body in (b"", b"{}", b'{"auth": 1}', b'{"auth": {"identity": {"methods": ["hw_ak_sk"]}}}'):
        assert error_of(fetch(simulator, "iam", "/v3/auth/tokens", method="POST", data=body)) == (400, 400)


def test_tokens_expire(simulator: Simulator) -> None:
    simulator.load({"extends": "documented", "accounts": {"demo": {"token_lifetime": -1}}})
    headers = {"X-Auth-Token": ask_token(simulator, None).headers["X-Subject-Token"]}
    assert error_of(fetch(simulator, *PATHS["ucs_gitops"][:2], headers)) == (401, "APIG.0307")


def test_projects_and_domains(simulator: Simulator) -> None:
    for target, kind, expected in (
        ("/v3/projects?name=cn-north-4", "projects", [PROJECT]),
        ("/v3/projects", "projects", [PROJECT, OTHER_PROJECT]),
        ("/v3/projects?name=nowhere", "projects", []),
        ("/v3/auth/projects", "projects", [PROJECT, OTHER_PROJECT]),
        ("/v3/auth/domains", "domains", [DOMAIN]),
    ):
        for headers in (signed(simulator, "iam", target), DOMAIN_TOKEN):
            assert [item["id"] for item in fetch(simulator, "iam", target, headers).json()[kind]] == expected
        assert error_of(fetch(simulator, "iam", target)) == (401, 401)


def test_metadata_service(simulator: Simulator) -> None:
    def token(**headers: str) -> requests.Response:
        return fetch(
            simulator,
            "metadata",
            "/meta-data/latest/api/token",
            {key.replace("_", "-"): value for key, value in headers.items()},
            method="PUT",
        )

    def key(headers: dict[str, str] | None = None) -> requests.Response:
        return fetch(simulator, "metadata", "/openstack/latest/securitykey", headers)

    assert key().status_code == 401
    assert token().status_code == 400
    credential = key({"X-Metadata-Token": token(X_Metadata_Token_Ttl_Seconds="21600").text}).json()["credential"]
    assert (credential["access"], credential["secret"], credential["securitytoken"]) == (TEMPORARY, TEMPORARY_SECRET, SECURITY_TOKEN)
    for kind, put, get in (("v1", 405, 200), ("off", 404, 404)):
        simulator.load({"metadata": kind})
        assert (token(X_Metadata_Token_Ttl_Seconds="1").status_code, key().status_code) == (put, get)
    simulator.load({"metadata": "no_agency"})
    response = key({"X-Metadata-Token": token(X_Metadata_Token_Ttl_Seconds="1").text})
    assert (response.status_code, response.text) == (401, "Please configure Cloud Service Agency first")


# --- scenarios


def test_timeline(simulator: Simulator) -> None:
    cluster = {
        "pods": "starting",
        "sources": [{"name": "a", "template": "new", "timeline": [{"from": 20, "until": 40, "template": "ready"}]}],
        "timeline": [{"from": 10, "pods": "healthy"}, {"from": 30, "pods": []}],
    }
    seen = []
    for elapsed in (0, 10, 20, 30, 40):
        simulator.load({"clusters": {"c1": cluster}}, elapsed=elapsed)
        pods = fetch(simulator, *PATHS["ucs_gitops"]).json()["items"]
        seen.append(
            (
                len(pods) and pods[0]["status"]["phase"],
                bool(sources(simulator, "").json()["items"][0]["gitRepository"]["status"].get("conditions")),
            )
        )
    assert seen == [("Pending", False), ("Running", False), ("Running", True), (0, True), (0, False)]


def test_identity_of_things_survives_their_changes(simulator: Simulator) -> None:
    simulator.load({"clusters": {"c1": {"pods": "starting", "timeline": [{"from": 0.2, "pods": "healthy"}]}}})
    before = fetch(simulator, *PATHS["ucs_gitops"]).json()["items"][0]["metadata"]
    while (after := fetch(simulator, *PATHS["ucs_gitops"]).json()["items"][0])["status"]["phase"] == "Pending":
        pass
    for key in ("uid", "name", "creationTimestamp"):
        assert after["metadata"][key] == before[key]


def test_moments(simulator: Simulator) -> None:
    texts = {
        "rfc": "${now-10m}",
        "text": "since ${now-1h30m|datetime}!",
        "ms": "${now+1d|ms}",
        "timeline": [{"from": 60, "late": "${now}"}],
    }
    simulator.load({"clusters": {"c1": {"pods": [{"verbatim": texts}]}}}, elapsed=60)
    response = fetch(simulator, *PATHS["ucs_gitops"])
    item, now = response.json()["items"][0], datetime.now(timezone.utc)
    loaded = now - timedelta(seconds=60)

    def near(text: str, layout: str, expected: datetime) -> bool:
        return abs(datetime.strptime(text, layout).replace(tzinfo=timezone.utc) - expected) < timedelta(seconds=20)

    assert near(item["rfc"], "%Y-%m-%dT%H:%M:%SZ", loaded - timedelta(minutes=10))
    assert near(item["text"], "since %Y-%m-%d %H:%M:%S!", loaded - timedelta(minutes=90))
    assert near(item["late"], "%Y-%m-%dT%H:%M:%SZ", now)
    assert abs(item["ms"] / 1000 - (loaded + timedelta(days=1)).timestamp()) < 20
    assert (seconds("1h30m"), seconds("1.5s"), seconds(7)) == (5400, 1.5, 7)


def test_clock_offset(simulator: Simulator) -> None:
    simulator.load({"extends": "documented", "clock_offset": 3600})
    service, target, _token = PATHS["codearts_repository"]
    response = fetch(simulator, service, target, signed(simulator, service, target))
    assert error_of(response) == (401, "APIG.0303")
    date = datetime.strptime(response.headers["Date"], "%a, %d %b %Y %H:%M:%S GMT").replace(tzinfo=timezone.utc)
    assert date - datetime.now(timezone.utc) > timedelta(minutes=55)


@pytest.mark.parametrize("name", ["documented", "healthy", "healing", "blip", "failing", "empty"])
def test_shipped_scenarios(simulator: Simulator, name: str) -> None:
    simulator.load(name)
    cluster = "c1000000-0000-4000-8000-000000000001"
    assert sources(simulator, "", cluster).status_code == 200
    assert fetch(simulator, "ucs", f"/v1/clusters/{cluster}/gitops", DOMAIN_TOKEN).status_code == 200
    assert fetch(simulator, "codearts_repo", "/v2/projects/b0000000000000000000000000000001/repositories", PROJECT_TOKEN).status_code == 200
    assert fetch(simulator, *PATHS["servicestage_git_authorizations"]).status_code == 200
    ready = {
        condition["type"]: condition["status"]
        for item in sources(simulator, "", cluster).json()["items"]
        for condition in item["gitRepository"]["status"].get("conditions", [])
    }.get("Ready")
    assert ready == {"documented": "False", "healthy": "True", "healing": None, "blip": "False", "failing": "False", "empty": None}[name]


def test_healing_heals(simulator: Simulator) -> None:
    simulator.load("healing", elapsed=6)
    cluster = "c1000000-0000-4000-8000-000000000001"
    assert sources(simulator, "", cluster).json()["items"][0]["repoStatus"] == "Health"
    assert all(
        item["status"]["phase"] == "Running"
        for item in fetch(simulator, "ucs", f"/v1/clusters/{cluster}/gitops", DOMAIN_TOKEN).json()["items"]
    )


@pytest.mark.parametrize(
    ("scenario", "words"),
    [
        ("nowhere", "shipped: blip, commit, documented, empty"),
        ({"cluster": {}}, "unknown keys"),
        ({"clusters": {"c": {"pods": ["fine"]}}}, "unknown pod template"),
        ({"clusters": {"c": {"timeline": [{"from": 5, "sources": ["bad"]}]}}}, "unknown source template"),
        ({"faults": [{"errors": "x"}]}, "unknown keys in a fault"),
        ({"faults": [{"action": "explode"}]}, "unknown action"),
        ({"faults": [{"service": "obs"}]}, "unknown service"),
        ({"faults": [{"error": "APIG.9"}]}, "unknown error"),
    ],
)
def test_mistakes_in_a_scenario_show_at_the_loading(simulator: Simulator, scenario: Any, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        simulator.load(scenario)
    assert fetch(simulator, *PATHS["ucs_gitops"]).ok  # the present one stays


def test_a_dict_does_not_change_the_defaults() -> None:
    before = json.dumps(DEFAULTS)
    load({"accounts": {"demo": {"keys": {"A": "B"}}, "other": {"domain_id": "x"}}, "faults": [{"error": "html"}]})
    assert json.dumps(DEFAULTS) == before


# --- faults


def faulty(simulator: Simulator, *faults: dict[str, Any]) -> None:
    simulator.load({"extends": "documented", "faults": list(faults)})


def test_every_error_of_the_catalogue(simulator: Simulator) -> None:
    faulty(simulator, *({"error": name, "times": 1} for name in names()))
    for name in names():
        response = fetch(simulator, *PATHS["ucs_gitops"])
        expected = error_answer(name)
        assert response.status_code == expected.status
        assert response.headers["Content-Type"] == expected.content_type
        if name.startswith(("APIG", "UCS", "SVCSTG")):
            assert response.json()["error_code"] == name
    assert fetch(simulator, *PATHS["ucs_gitops"]).ok


def test_faults_choose_their_requests(simulator: Simulator) -> None:
    faulty(
        simulator,
        {
            "service": "ucs",
            "path": "/v1/clusters/*/gitops",
            "cluster": "c1",
            "status": 429,
            "headers": {"Retry-After": 1},
            "body": {"a": 1},
            "times": 2,
        },
        {"query": "*clusterid=c2*", "error": "CH.080401@200", "message": "own words"},
        {"path": "/v2/repositories/*", "error": "APIG.0308", "after": 1, "times": 1},
        {"path": "/v2/projects/*", "error": "text", "from": 1000},
    )
    seen = [fetch(simulator, *PATHS["ucs_gitops"]) for _index in range(3)]
    assert [response.status_code for response in seen] == [429, 429, 200]
    assert (seen[0].headers["Retry-After"], seen[0].json()) == ("1", {"a": 1})
    assert fetch(simulator, "ucs", "/v1/clusters/c9/gitops", DOMAIN_TOKEN).status_code == 200
    other = sources(simulator, "", "c2")
    assert (other.status_code, other.json()) == (200, {"error": {"code": "CH.080401", "message": "own words"}, "status": "failed"})
    assert [fetch(simulator, *PATHS["codearts_repository"]).status_code for _index in range(3)] == [200, 429, 200]
    assert fetch(simulator, *PATHS["codearts_project_repositories"]).status_code == 200


@pytest.mark.parametrize(
    ("action", "outcome"),
    [
        ("reset", requests.ConnectionError),
        ("truncate", requests.exceptions.ChunkedEncodingError),
        ("break", requests.exceptions.ChunkedEncodingError),
        ("hang", requests.ReadTimeout),
        ("close", 200),
        ("drip", 200),
        ("drip_head", 200),
        ("html", 502),
        ("redirect", 302),
    ],
)
def test_actions(simulator: Simulator, action: str, outcome: Any) -> None:
    faulty(simulator, {"action": action, "times": 1, **({"seconds": 0} if action.startswith("drip") else {})})
    timeout = 0.1 if action == "hang" else 10
    if isinstance(outcome, int):
        response = fetch(simulator, *PATHS["ucs_gitops"], timeout=timeout)
        assert response.status_code == outcome
        assert outcome != 200 or response.content == documented("ucs_gitops")
    else:
        with pytest.raises(outcome):
            fetch(simulator, *PATHS["ucs_gitops"], timeout=timeout)
    assert simulator.journal[0]["status"] == (outcome if isinstance(outcome, int) else 200 if action in ("truncate", "break") else 0)
    assert fetch(simulator, *PATHS["ucs_gitops"]).ok


def test_a_delay_alone_does_not_answer(simulator: Simulator) -> None:
    faulty(simulator, {"delay": 0.01}, {"delay": 0.01, "error": "APIG.0308", "times": 1})
    assert [fetch(simulator, *PATHS["ucs_gitops"]).status_code for _index in range(2)] == [429, 200]


def test_throttle(simulator: Simulator) -> None:
    simulator.load({"extends": "documented", "throttle": {"codearts_repo": {"limit": 2, "seconds": 60}}})
    responses = [fetch(simulator, *PATHS["codearts_repository"]) for _index in range(3)]
    assert [response.status_code for response in responses] == [200, 200, 429]
    assert "limit:2,time:1 minute" in responses[2].json()["error_msg"]
    assert fetch(simulator, *PATHS["ucs_gitops"]).ok


# --- the journal, many requests, the end


def test_journal_connections_and_peak(simulator: Simulator) -> None:
    simulator.load({"extends": "documented", "latency": 0.2})
    with requests.Session() as session, ThreadPoolExecutor(4) as pool:
        url = simulator.urls["ucs"] + "/v1/clusters/c%201/gitops?a=%2B"
        assert all(response.ok for response in pool.map(lambda _: session.get(url, headers=DOMAIN_TOKEN), range(4)))
    entry = simulator.journal[0]
    assert (entry["service"], entry["method"], entry["path"], entry["query"], entry["status"]) == (
        "ucs",
        "GET",
        "/v1/clusters/c%201/gitops",
        "a=%2B",
        200,
    )
    assert entry["headers"]["x-auth-token"] == "demo-domain-token"
    assert entry["at"] >= 0
    assert simulator.connections == {service: 4 * (service == "ucs") for service in DEFAULTS_SERVICES}
    assert simulator.peak == 4
    simulator.journal[0]["headers"].clear()
    assert simulator.journal[0]["headers"]


def test_control_port(simulator: Simulator) -> None:
    fetch(simulator, *PATHS["ucs_gitops"])
    assert [entry["service"] for entry in fetch(simulator, "control", "/journal").json()] == ["ucs"]
    assert fetch(simulator, "control", "/connections").json()["connections"]["ucs"] == 1
    assert fetch(simulator, "control", "/journal", method="DELETE").status_code == 204
    assert simulator.journal == []
    assert fetch(simulator, "control", "/scenario", method="PUT", json="empty").status_code == 204
    assert sources(simulator, "").json() == {"items": [], "total": 0}
    assert fetch(simulator, "control", "/scenario?elapsed=6", method="PUT", json={"extends": "healing"}).status_code == 204
    assert fetch(simulator, "control", "/scenario", method="PUT", json={"nonsense": 1}).status_code == 400
    assert fetch(simulator, "control", "/nothing").status_code == 404


def test_long_tokens_fit(simulator: Simulator) -> None:
    token = "x" * 20000
    simulator.load({"extends": "documented", "accounts": {"demo": {"tokens": {token: {"scope": "domain"}}}}})
    assert fetch(simulator, *PATHS["ucs_gitops"][:2], {"X-Auth-Token": token}).ok


@pytest.mark.parametrize("kind", ["valid", "wrong_name", "expired"])
def test_tls(kind: str) -> None:
    with Simulator(tls=kind) as simulator:
        ca_path = simulator.urls["ca_path"]
        assert simulator.urls["metadata"].startswith("http://")
        for service in ("ucs", "codearts_repo", "servicestage", "iam"):
            assert simulator.urls[service].startswith("https://127.0.0.1:")
        if kind == "valid":
            assert fetch(simulator, *PATHS["ucs_gitops"], verify=ca_path).ok
        else:
            with pytest.raises(requests.exceptions.SSLError):
                fetch(simulator, *PATHS["ucs_gitops"], verify=ca_path)
    assert not Path(ca_path).exists()


def test_stop_leaves_nothing() -> None:
    before = set(threading.enumerate())
    simulator = Simulator({"faults": [{"action": "hang"}]}).start()
    ports = [urlsplit(url).port for url in simulator.urls.values()]
    with socket.create_connection(("127.0.0.1", ports[0] or 0)) as waiting:
        waiting.sendall(b"GET /v1/clusters/c1/gitops HTTP/1.1\r\nHost: x\r\n\r\n")
        while not simulator.journal:
            pass
        simulator.stop()
        assert waiting.recv(1) == b""
    simulator.stop()
    assert set(threading.enumerate()) == before
    for port in ports:
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(("127.0.0.1", port or 0))


def test_a_taken_port_is_an_error(simulator: Simulator) -> None:
    taken = urlsplit(simulator.urls["ucs"]).port
    with pytest.raises(OSError, match=r"[Aa]ddress already in use"):
        Simulator(ports_from=taken or 0).start()


def test_command_line(tmp_path: Path) -> None:
    ready = tmp_path / "urls.json"
    command = [sys.executable, str(TESTS / "simulator"), "--scenario", "empty", "--ready-file", str(ready)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        urls = json.loads(process.stdout.readline())
        assert json.loads(ready.read_text(encoding="utf-8")) == urls
        assert set(urls) == DEFAULTS_SERVICES | {"control"}
        assert requests.get(urls["ucs"] + "/v1/configsets/repos?clusterid=c", headers=DOMAIN_TOKEN, timeout=10).json()["total"] == 0
        os.kill(process.pid, signal.SIGTERM)
        rest, complaints = process.communicate(timeout=10)
        assert (rest, complaints, process.returncode) == ("", "", 0)
    finally:
        process.kill()  # whatever failed, it would run for ever
        process.communicate()


def test_command_line_names_the_mistake() -> None:
    done = subprocess.run(
        [sys.executable, str(TESTS / "simulator"), "--scenario", "nowhere"], capture_output=True, text=True, timeout=10, check=False
    )
    assert done.returncode == 2
    assert "no scenario 'nowhere'" in done.stderr

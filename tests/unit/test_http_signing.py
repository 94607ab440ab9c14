# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures agree with the official SDK to the letter."""

from __future__ import annotations

import hashlib
import json
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
import requests
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.signing import (
    ALGORITHM,
    EMPTY_BODY_SHA256,
    SdkHmacAuth,
    TokenAuth,
    canonical_path,
    canonical_query,
    canonical_request,
    signature,
)
from hypothesis import given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Iterator

VECTORS = json.loads((Path(__file__).parent / "data" / "signing_vectors.json").read_text(encoding="utf-8"))["vectors"]
each_vector = pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector["name"])


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)


def prepare(method: str, url: str, headers: dict[str, str], body: str | bytes | None = None) -> requests.PreparedRequest:
    """A prepared request; the headers are set afterwards, as requests refuses some that the vectors have."""
    prepared = requests.Request(method, url, data=body).prepare()
    prepared.headers.update(headers)
    return prepared


# --- the vectors


def test_there_are_all_vectors() -> None:
    assert len(VECTORS) == 39


@each_vector
def test_canonical_requests(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["body_hex"]) if vector.get("body_hex") else (vector["body"] or "").encode()
    headers = {"X-Sdk-Date": vector["date"], **vector["headers"]}
    if "host" not in {name.lower() for name in headers}:
        headers["Host"] = vector["host"]
    query = canonical_query(vector["query"])
    canonical = canonical_request(
        vector["method"].lower(), vector["path"], query, headers, vector["signed_headers"].split(";"), hashlib.sha256(body).hexdigest()
    )
    assert canonical == vector["canonical_request"]
    assert "\n".join([ALGORITHM, vector["date"], hashlib.sha256(canonical.encode()).hexdigest()]) == vector["string_to_sign"]
    assert signature(vector["sk"], vector["date"], canonical) == vector["signature"]
    assert vector["path"] + (f"?{query}" if query else "") == vector["uri_sent"]


@each_vector
def test_authorization_headers(vector: dict[str, Any]) -> None:
    body = bytes.fromhex(vector["body_hex"]) if vector.get("body_hex") else vector["body"]
    prepared = prepare(vector["method"], f"https://{vector['host']}{vector['uri_sent']}", vector["headers"], body)
    sign = SdkHmacAuth(vector["ak"], vector["sk"], headers=vector["signed_headers"].split(";"), now=lambda: moment(vector["date"]))
    assert sign(prepared) is prepared
    assert prepared.headers["Authorization"] == vector["authorization"]
    assert prepared.headers["X-Sdk-Date"] == vector["date"]


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        *(("", "/"), ("/", "/"), ("//", "//"), ("/v1/a", "/v1/a/"), ("/v1/a/", "/v1/a/"), ("/a+b", "/a%2Bb/"), ("/a%20b", "/a%20b/")),
        *(("/a%2520b", "/a%2520b/"), ("/a%2Fb", "/a/b/"), ("/%ff", "/%EF%BF%BD/"), ("/100%", "/100%25/"), ("/~a-b_c.d", "/~a-b_c.d/")),
    ],
)
def test_canonical_paths(path: str, expected: str) -> None:
    assert canonical_path(path) == expected


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        *(([], ""), ([("a", None)], ""), ([("a", [])], ""), ([("a", "")], "a="), ([("", "")], "=")),
        ([("n", 10), ("n", 9), ("n", 2)], "n=10&n=2&n=9"),
        ([("b", True), ("a", False)], "a=false&b=true"),
        ([("a", ["x", None, 1, True])], "a=1&a=true&a=x"),
        ([("a", (3, 2))], "a=2&a=3"),
        ([("search", "a b+c/d~")], "search=a%20b%2Bc%2Fd~"),
    ],
)
def test_canonical_queries(pairs: list[tuple[str, Any]], expected: str) -> None:
    assert canonical_query(pairs) == expected


# --- signing as the client does


def signed(url: str = "https://ucs.example.com/v1/x?a=1", token: str | None = None, **headers: str) -> requests.PreparedRequest:
    request = prepare("GET", url, {name.replace("_", "-"): value for name, value in headers.items()})
    result: requests.PreparedRequest = SdkHmacAuth("AK", "SK", token, now=lambda: moment("20240229T235959Z"))(request)
    return result


@pytest.mark.parametrize(
    ("headers", "token", "names"),
    [
        pytest.param({}, None, "host;x-sdk-date", id="least"),
        pytest.param({"X_Project_Id": "p"}, None, "host;x-project-id;x-sdk-date", id="project"),
        pytest.param({"X_Domain_Id": "d"}, "t", "host;x-domain-id;x-sdk-date;x-security-token", id="domain and temporary keys"),
        pytest.param({"User_Agent": "u", "Accept": "a", "Content_Type": "c", "X_Test": "t"}, None, "host;x-sdk-date", id="others stay out"),
    ],
)
def test_which_headers_are_signed(headers: dict[str, str], token: str | None, names: str) -> None:
    request = signed(token=token, **headers)
    assert f"{ALGORITHM} Access=AK, SignedHeaders={names}, Signature=" in request.headers["Authorization"]
    assert request.headers.get("X-Security-Token") == token
    assert request.headers["Host"] == "ucs.example.com"


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://UCS.example.com:8443/", "ucs.example.com:8443"),
        ("http://127.0.0.1:18080/x", "127.0.0.1:18080"),
        ("https://[::1]:8443/x", "[::1]:8443"),
    ],
)
def test_the_host_is_signed_as_sent(url: str, host: str) -> None:
    assert signed(url).headers["Host"] == host


def test_signing_again_replaces_the_signature() -> None:
    times = iter([moment("20240229T235959Z"), moment("20240301T000001Z")])
    sign = SdkHmacAuth("AK", "SK", "token", now=lambda: next(times))
    request = sign(prepare("GET", "https://ucs.example.com/v1/x", {}))
    first = dict(request.headers)
    again = sign(request)
    fresh = SdkHmacAuth("AK", "SK", "token", now=lambda: moment("20240301T000001Z"))(prepare("GET", "https://ucs.example.com/v1/x", {}))
    assert again.headers["X-Sdk-Date"] == "20240301T000001Z" != first["X-Sdk-Date"]
    assert again.headers["Authorization"] == fresh.headers["Authorization"] != first["Authorization"]
    assert sorted(again.headers) == sorted(first)


@pytest.mark.parametrize(("token", "headers"), [("t", {"X-Auth-Token": "t"}), (None, {}), ("", {})])
def test_tokens(token: str | None, headers: dict[str, str]) -> None:
    assert dict(TokenAuth(token)(requests.Request("GET", "https://ucs.example.com/").prepare()).headers) == headers


# --- the official signer as an oracle


@pytest.fixture(scope="module")
def official(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SimpleNamespace]:
    """The official signer. HOME is a temporary folder meanwhile, as the import writes a file there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HOME", str(tmp_path_factory.mktemp("home")))
        yield SimpleNamespace(
            request=import_module("huaweicloudsdkcore.sdk_request").SdkRequest,
            signer=import_module("huaweicloudsdkcore.signer.signer").Signer,
        )


TEXT = st.text(st.characters(codec="utf-8"), max_size=12)
SEGMENTS = st.lists(TEXT.filter(lambda text: text not in (".", "..")), max_size=4)
HEADERS = st.dictionaries(st.from_regex(r"\Ax-t[a-z0-9-]{0,6}\Z"), TEXT, max_size=3)


@pytest.mark.sdk
@settings(deadline=None, max_examples=200)
@given(
    method=st.sampled_from(["GET", "POST", "PUT", "DELETE"]),
    host=st.sampled_from(["ucs.myhuaweicloud.com", "127.0.0.1:8443", "[::1]:8443"]),
    segments=SEGMENTS,
    query=st.lists(st.tuples(TEXT, TEXT | st.booleans() | st.lists(TEXT, max_size=3)), max_size=4),
    headers=HEADERS,
    keys=st.tuples(st.from_regex(r"\A[A-Z0-9]{1,20}\Z"), st.text(st.characters(codec="utf-8"), min_size=1, max_size=40)),
    body=st.none() | TEXT | st.binary(max_size=12),
    when=st.datetimes(datetime(2000, 1, 1), datetime(2100, 1, 1)),  # noqa: DTZ001 the bounds have to be without a zone
)
def test_signatures_are_those_of_the_official_sdk(
    official: SimpleNamespace,
    method: str,
    host: str,
    segments: list[str],
    query: list[tuple[str, Any]],
    headers: dict[str, str],
    keys: tuple[str, str],
    body: str | bytes | None,
    when: datetime,
) -> None:
    path = "/v1/" + "/".join(quote(segment, safe="") for segment in segments)
    headers = {**headers, "Content-Type": "application/json"}
    date = when.strftime("%Y%m%dT%H%M%SZ")
    # The SDK sorts names before it opens lists and does not put repeated names in order: one list for each name is common ground.
    grouped: dict[str, list[str]] = {}
    for name, value in query:
        grouped.setdefault(name, []).extend(
            value if isinstance(value, list) else [str(value).lower() if isinstance(value, bool) else value]
        )
    theirs = official.signer(SimpleNamespace(ak=keys[0], sk=keys[1])).sign(
        official.request(
            method=method,
            host=host,
            resource_path=path,
            query_params=[(name, [*values]) for name, values in grouped.items()],
            header_params={**headers, "X-Sdk-Date": date, "Host": host},
            body=body,
        )
    )
    text = canonical_query(query)
    ours = prepare(method, f"https://{host}{path}" + (f"?{text}" if text else ""), headers, body)
    names = sorted({name.lower() for name in headers} | {"x-sdk-date", "host"})
    SdkHmacAuth(*keys, headers=names, now=lambda: when)(ours)
    assert ours.headers["Authorization"] == theirs.header_params["Authorization"]
    assert theirs.uri == path + (f"?{text}" if text else "")


def test_the_digest_of_nothing() -> None:
    assert EMPTY_BODY_SHA256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Signatures agree with the official SDK to the letter, and credentials come from one source, complete or not at all."""

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
from ansible_collections.huaweicloud.gitops.plugins.module_utils.auth import (
    ALGORITHM,
    EMPTY_BODY_SHA256,
    HW_VARIABLES,
    PROFILE_VARIABLE,
    SDK_VARIABLES,
    Credentials,
    SdkHmacAuth,
    TokenAuth,
    canonical_path,
    canonical_query,
    canonical_request,
    find_credentials,
    signature,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.errors import CredentialsError, OptionError
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


# --- credentials: every source

AKSK = {"access_key": "task-ak", "secret_key": "task-sk"}
SDK = {"HUAWEICLOUD_SDK_AK": "sdk-ak", "HUAWEICLOUD_SDK_SK": "sdk-sk"}
HW = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
USER = {"username": "u", "password": "p", "domain_name": "d"}
HW_USER = {"HW_USER_NAME": "u", "HW_USER_PASSWORD": "p", "HW_DOMAIN_NAME": "d"}
PROFILE = "[basic]\nak = profile-ak\nsk = profile-sk\n"
FAMILY_SDK, FAMILY_HW = "environment (HUAWEICLOUD_SDK_*)", "environment (HW_*)"


def find(options: dict[str, Any], environ: dict[str, str], profile: str | bytes | None, folder: Path) -> Credentials:
    """What is found with such options, such an environment and such a profile file."""
    path = folder / "credentials"
    if profile is not None:
        path.write_bytes(profile if isinstance(profile, bytes) else profile.encode())
    return find_credentials(options, {PROFILE_VARIABLE: str(path), **environ})


@pytest.mark.parametrize(
    ("options", "environ", "profile", "source", "expected"),
    [
        pytest.param(AKSK, {}, None, "task options", {"kind": "aksk", **AKSK}, id="task: keys"),
        pytest.param(
            {**AKSK, "security_token": "t"}, {}, None, "task options", {"kind": "aksk", **AKSK, "security_token": "t"}, id="task: temporary"
        ),
        pytest.param({"auth_token": "t"}, {}, None, "task options", {"kind": "token", "auth_token": "t"}, id="task: token"),
        pytest.param(USER, {}, None, "task options", {"kind": "password", **USER}, id="task: password"),
        pytest.param({}, SDK, None, FAMILY_SDK, {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk"}, id="SDK: keys"),
        pytest.param(
            *({}, {**SDK, "HUAWEICLOUD_SDK_SECURITY_TOKEN": "t"}, None, FAMILY_SDK),
            {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk", "security_token": "t"},
            id="SDK: temporary",
        ),
        pytest.param({}, HW, None, FAMILY_HW, {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"}, id="HW: keys"),
        pytest.param(
            *({}, {**HW, "HW_SECURITY_TOKEN": "t"}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk", "security_token": "t"},
            id="HW: temporary",
        ),
        pytest.param({}, {"HW_AUTH_TOKEN": "t"}, None, FAMILY_HW, {"kind": "token", "auth_token": "t"}, id="HW: token"),
        pytest.param({}, HW_USER, None, FAMILY_HW, {"kind": "password", **USER}, id="HW: password"),
        pytest.param(
            *({}, {**HW, **HW_USER, "HW_AUTH_TOKEN": "t"}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"},
            id="HW: keys before all else",
        ),
        pytest.param(
            *({}, {**HW_USER, "HW_AUTH_TOKEN": "t"}, None, FAMILY_HW), {"kind": "token", "auth_token": "t"}, id="HW: token before password"
        ),
        pytest.param({}, {}, PROFILE, "profile", {"kind": "aksk", "access_key": "profile-ak", "secret_key": "profile-sk"}, id="profile"),
        pytest.param({"use_ecs_agency": True}, {}, None, "ECS metadata service", {"kind": "ecs_agency"}, id="ECS agency"),
        # the order, and no source lends to another
        pytest.param({"auth_token": "t"}, {**SDK, **HW}, PROFILE, "task options", {"kind": "token", "auth_token": "t"}, id="task first"),
        pytest.param(
            {}, {**SDK, **HW}, PROFILE, FAMILY_SDK, {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk"}, id="SDK second"
        ),
        pytest.param({}, HW, PROFILE, FAMILY_HW, {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"}, id="HW third"),
        pytest.param(
            *({"use_ecs_agency": True}, {}, PROFILE, "profile"),
            {"kind": "aksk", "access_key": "profile-ak", "secret_key": "profile-sk"},
            id="the agency last",
        ),
        pytest.param(
            *(AKSK, {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "t", "HW_SECURITY_TOKEN": "t"}, None, "task options"),
            {"kind": "aksk", **AKSK},
            id="no security token from elsewhere",
        ),
        # what is empty or authenticates nobody is not there
        pytest.param(
            *(
                {"access_key": "", "secret_key": None, "domain_name": "d", "project_id": "p"},
                {"HUAWEICLOUD_SDK_AK": "", **HW},
                None,
                FAMILY_HW,
            ),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk", "project_id": "p"},
            id="empty values",
        ),
        pytest.param(
            *({}, {"HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_DOMAIN_ID": "d", **HW}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"},
            id="ids alone are no source",
        ),
    ],
)
def test_sources(
    tmp_path: Path, options: dict[str, Any], environ: dict[str, str], profile: str | None, source: str, expected: dict[str, Any]
) -> None:
    found = find(options, environ, profile, tmp_path)
    assert found == Credentials(source=f"profile file {tmp_path}/credentials" if source == "profile" else source, **expected)


@pytest.mark.parametrize(
    ("options", "environ", "profile", "expected"),
    [
        pytest.param({**AKSK, "project_id": "p", "domain_id": "d"}, {}, None, ("p", "d"), id="task"),
        pytest.param({}, {**SDK, "HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_DOMAIN_ID": "d"}, None, ("p", "d"), id="SDK"),
        pytest.param({}, {**HW, "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: keys"),
        pytest.param({}, {"HW_AUTH_TOKEN": "t", "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: token"),
        pytest.param({}, {**HW_USER, "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: password"),
        pytest.param({}, {}, PROFILE + "project_id = p\ndomain_id = d\n", ("p", "d"), id="profile"),
        pytest.param({"project_id": "mine"}, {**SDK, "HUAWEICLOUD_SDK_PROJECT_ID": "p"}, None, ("mine", None), id="the task's own counts"),
        pytest.param({"use_ecs_agency": True, "project_id": "p", "domain_id": "d"}, {}, None, ("p", "d"), id="ECS agency"),
        pytest.param(AKSK, {"HUAWEICLOUD_SDK_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, PROFILE, (None, None), id="not from another source"),
        pytest.param({}, {**SDK, "HW_PROJECT_ID": "p"}, None, (None, None), id="not from another family"),
    ],
)
def test_ids_come_from_where_the_credentials_come_from(
    tmp_path: Path, options: dict[str, Any], environ: dict[str, str], profile: str | None, expected: tuple[str | None, str | None]
) -> None:
    found = find(options, environ, profile, tmp_path)
    assert (found.project_id, found.domain_id) == expected


# --- credentials: what is refused


@pytest.mark.parametrize(
    ("options", "environ", "profile", "got", "missing"),
    [
        pytest.param({"access_key": "x"}, {}, None, "access_key", "secret_key", id="task: AK"),
        pytest.param({"secret_key": "x"}, {}, None, "secret_key", "access_key", id="task: SK"),
        pytest.param({"security_token": "x"}, {}, None, "security_token", "access_key, secret_key", id="task: security token"),
        pytest.param({"username": "x"}, {}, None, "username", "password, domain_name", id="task: user"),
        pytest.param({"username": "x", "password": "y"}, {}, None, "username, password", "domain_name", id="task: no domain"),
        pytest.param({"password": "y", "domain_name": "z"}, {}, None, "password", "username", id="task: no user"),
        pytest.param({}, {"HUAWEICLOUD_SDK_AK": "x"}, None, "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", id="SDK"),
        pytest.param({}, {"HW_SECRET_KEY": "x"}, None, "HW_SECRET_KEY", "HW_ACCESS_KEY", id="HW"),
        pytest.param({}, {"HW_USER_NAME": "x"}, None, "HW_USER_NAME", "HW_USER_PASSWORD, HW_DOMAIN_NAME", id="HW: user"),
        pytest.param({}, {}, "[basic]\nak = x\n", "ak", "sk", id="profile"),
    ],
)
@pytest.mark.parametrize("others", [False, True], ids=["alone", "others are complete"])
def test_half_a_set_is_refused_and_never_completed(
    tmp_path: Path, others: bool, options: dict[str, Any], environ: dict[str, str], profile: str | None, got: str, missing: str
) -> None:
    if others and options:
        environ, profile = {**SDK, **HW}, PROFILE
    elif others and "HUAWEICLOUD_SDK_AK" in environ:
        environ = {**HW, **environ}
    with pytest.raises(CredentialsError) as caught:
        find({"use_ecs_agency": others, **options}, environ, profile, tmp_path)
    assert str(caught.value).startswith("Half a set of credentials in ")
    assert str(caught.value).endswith(f": got {got}, expected {missing} as well. Sources are never mixed.")


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({**AKSK, "auth_token": "t"}, "access_key + secret_key and auth_token"),
        ({**AKSK, **USER}, "access_key + secret_key and username + password + domain_name"),
        ({"auth_token": "t", **USER}, "auth_token and username + password + domain_name"),
    ],
)
def test_two_sets_in_the_task_are_refused(tmp_path: Path, options: dict[str, Any], both: str) -> None:
    with pytest.raises(OptionError) as caught:
        find(options, {}, None, tmp_path)
    assert str(caught.value).endswith(f"got {both}, expected one set of credentials only.")
    assert caught.value.option in options


def test_nothing_found(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError) as caught:
        find({}, {}, None, tmp_path)
    assert str(caught.value) == (
        "No credentials found. Looked in: task options: access_key + secret_key or auth_token or username + password + domain_name; "
        "environment (HUAWEICLOUD_SDK_*): HUAWEICLOUD_SDK_AK + HUAWEICLOUD_SDK_SK; "
        "environment (HW_*): HW_ACCESS_KEY + HW_SECRET_KEY or HW_AUTH_TOKEN or HW_USER_NAME + HW_USER_PASSWORD + HW_DOMAIN_NAME; "
        f"profile file {tmp_path}/credentials: ak + sk; ECS agency: not asked for (use_ecs_agency)."
    )


@pytest.mark.parametrize("name", ["access_key", "security_token", "auth_token", "project_id", "domain_id"])
@pytest.mark.parametrize("value", ["hunter2\n", "hunter2\r\nX-Evil: 1", "hunt er2", "hunter2集", "\thunter2", "hunter2\x00"], ids=repr)
def test_what_cannot_stand_in_a_header_is_refused_and_not_shown(tmp_path: Path, name: str, value: str) -> None:
    options = {**({} if name == "auth_token" else AKSK), name: value}
    with pytest.raises(CredentialsError, match=rf"^The {name} \(credentials: task options\) cannot be sent: ") as caught:
        find(options, {}, None, tmp_path)
    assert "hunt" not in str(caught.value)


def test_ids_beside_the_agency_are_checked_too(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="The project_id"):
        find({"use_ecs_agency": True, "project_id": "a\nb"}, {}, None, tmp_path)


def test_a_secret_key_may_hold_anything(tmp_path: Path) -> None:
    assert find({"access_key": "a", "secret_key": " ключ\n"}, {}, None, tmp_path).secret_key == " ключ\n"


# --- the profile file


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        pytest.param(PROFILE, ("profile-ak", "profile-sk", None, None, None), id="basic"),
        pytest.param("[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, None, "d"), id="global"),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="both, one account"
        ),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\nak=b\nsk=t\ndomain_id=d\n", ("a", "s", None, "p", None), id="two accounts: basic"
        ),
        pytest.param(
            "[global]\nak=b\nsk=t\ndomain_id=d\n[basic]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="two accounts: any order"
        ),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="global has only the domain"
        ),
        pytest.param(
            "[basic]\nproject_id=p\n[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="basic has only the project"
        ),
        pytest.param("[basic]\nak=a\nsk=s\n[global]\nak=a\nsk=t\n", ("a", "s", None, None, None), id="one account, two secrets: basic"),
        pytest.param("[basic]\n[global]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="basic is empty"),
        pytest.param("[basic]\nak =\nsk =\n[global]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="basic has empty values"),
        pytest.param("[basic]\nak=a\nsk=s\nsecurity_token=t\n", ("a", "s", "t", None, None), id="temporary"),
        pytest.param("[basic]\nak=a\nsk=s%%20%(x)s%\n", ("a", "s%%20%(x)s%", None, None, None), id="percent signs"),
        pytest.param("[basic]\nak=a\nsk=s#1;2\n", ("a", "s#1;2", None, None, None), id="comment signs"),
        pytest.param("[basic]\nAK: a\nSk = s\n; a comment\n# another\n", ("a", "s", None, None, None), id="other spellings"),
        pytest.param("[other]\nak=b\n[basic]\nak=a\nsk=s=\niam_endpoint=x\n", ("a", "s=", None, None, None), id="other sections and keys"),
    ],
)
def test_profiles(tmp_path: Path, profile: str, expected: tuple[str | None, ...]) -> None:
    found = find({}, {}, profile, tmp_path)
    assert (found.access_key, found.secret_key, found.security_token, found.project_id, found.domain_id) == expected


@pytest.mark.parametrize("profile", ["", "[other]\nak=a\nsk=s\n", "[basic]\nproject_id=p\n", "[basic]\nak=\nsk=\n"])
def test_profiles_without_credentials(tmp_path: Path, profile: str) -> None:
    with pytest.raises(CredentialsError, match=r"^No credentials found\."):
        find({}, {}, profile, tmp_path)


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        pytest.param("ak = hunter2\nsk = hunter2\n", " (line 1)", id="no section"),
        pytest.param("[basic]\nak = hunter2\nak = hunter2\n", " (line 3)", id="twice"),
        pytest.param("[basic]\n[basic]\n", " (line 2)", id="section twice"),
        pytest.param("[basic]\nhunter2\n", "", id="no value"),
        pytest.param(b"[basic]\nak = hunter2\xff\n", "", id="not UTF-8"),
        pytest.param(b"\x00\x01hunter2", "", id="binary"),
    ],
)
def test_a_broken_profile_is_named_and_not_shown(tmp_path: Path, profile: str | bytes, line: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        find({}, {}, profile, tmp_path)
    path = tmp_path / "credentials"
    assert str(caught.value).startswith(f"The profile file {path} cannot be read")
    assert str(caught.value).endswith(": expected an INI file with sections [basic] or [global].")
    assert line in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert find(AKSK, {}, profile, tmp_path).access_key == "task-ak"  # nobody asked for the file


def test_a_profile_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    with pytest.raises(CredentialsError, match=r"/credentials cannot be read: Is a directory\.$"):
        find({}, {}, None, tmp_path)


def test_the_usual_profile_is_below_the_home(tmp_path: Path) -> None:
    folder = tmp_path / ".huaweicloud"
    folder.mkdir()
    (folder / "credentials").write_text(PROFILE, encoding="utf-8")
    found = find_credentials({}, {"HOME": str(tmp_path)})
    assert found.source == f"profile file {folder}/credentials"
    assert found.access_key == "profile-ak"


# --- secrets


@pytest.mark.parametrize(
    ("options", "secrets"),
    [
        ({**AKSK, "secret_key": "hunter2", "security_token": "hunter3"}, ["hunter2", "hunter3"]),
        ({"auth_token": "hunter2"}, ["hunter2"]),
        ({**USER, "password": "hunter2"}, ["hunter2"]),
        ({"use_ecs_agency": True}, []),
    ],
)
def test_secrets_are_known_and_not_shown(tmp_path: Path, options: dict[str, Any], secrets: list[str]) -> None:
    found = find(options, {}, None, tmp_path)
    assert found.secrets == secrets
    assert "hunter" not in f"{found!r} {found}"


def test_every_option_has_its_variables() -> None:
    known = {"access_key", "secret_key", "security_token", "auth_token", "username", "password", "domain_name", "project_id", "domain_id"}
    assert set(HW_VARIABLES) == known
    assert set(SDK_VARIABLES) <= known
    assert EMPTY_BODY_SHA256 == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"

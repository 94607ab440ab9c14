# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Secrets are masked when they are known, and by their shape; the words around them, and all that only looks like one, stay readable."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import (
    Masker,
    mask_secrets,
    mask_urls,
    passwords_in_urls,
    safe_json,
    secret_fault,
    secret_members,
    without_secrets,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.text import clean_text
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

UNHURRIED = settings(deadline=None)

# --- users and passwords in URLs


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:hunter2@git.example.com/r", "https://***:***@git.example.com/r"),
        ("https://hunter2@git.example.com/r", "https://***@git.example.com/r"),
        ("HTTP://user:hunter2@git.example.com", "HTTP://***:***@git.example.com"),
        ("https://user:hun@ter2@git.example.com/r", "https://***:***@git.example.com/r"),
        (r"https:\/\/user:hunter2@git.example.com\/r", r"https:\/\/***:***@git.example.com\/r"),
        (r"https://user:hun\ter2@git.example.com/r", "https://***:***@git.example.com/r"),
        ("ssh://git:hunter2@git.example.com/r", "ssh://git:***@git.example.com/r"),
        ("ssh://git@git.example.com/r", "ssh://git@git.example.com/r"),
        ("git@git.example.com:g/r", "git@git.example.com:g/r"),
        ("https://git.example.com/@scope/r", "https://git.example.com/@scope/r"),
        ("mail me@example.com, see https://example.com", "mail me@example.com, see https://example.com"),
        ("from https://a:hunter2@b/c to https://d:hunter2@e/f", "from https://***:***@b/c to https://***:***@e/f"),
        ("git+https://hunter2@git.example.com/r", "git+https://***@git.example.com/r"),
        # a password with what ends a user part
        ("https://user:hun/ter2@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://user:/hunter2@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://user:h@un/ter2@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://me@example.com:hun/ter2@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://user:hun?t@er2@git.example.com/r?a=b@c", "https://***:***?***@git.example.com/r?a=b@c"),
        (r"https:\/\/user:hun\/ter2@git.example.com\/r", r"https:\/\/***:***/***@git.example.com\/r"),
        ("ssh://git:hun/ter2@git.example.com/r", "ssh://git:***/***@git.example.com/r"),
        # what ends a host stays, so that no URL becomes one of another host
        ("https://evil.org#@git.example.com/r", "https://***#***@git.example.com/r"),
        ("https://evil.org?@git.example.com/r", "https://***?***@git.example.com/r"),
        ("https://evil.org:/@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://***:***/***@git.example.com/r", "https://***:***/***@git.example.com/r"),
        ("https://user:hunter2@[2001:db8::1]:8443/r", "https://***:***@[2001:db8::1]:8443/r"),
        # percent-encoded
        ("https://user:hun%40ter2@git.example.com/r", "https://***:***@git.example.com/r"),
        ("https://user:hun%2Fter2@git.example.com/r", "https://***:***@git.example.com/r"),
        ("https://user%3Ahunter2@git.example.com/r", "https://***%3A***@git.example.com/r"),
        ("ssh://git%3Ahunter2@git.example.com/r", "ssh://git%3A***@git.example.com/r"),
        ("?to=https%3A%2F%2Fuser%3Ahunter2%40git.example.com%2Fr", "?to=https%3A%2F%2F***%3A***%40git.example.com%2Fr"),
        ("?to=https%3a%2f%2fuser%3ahun%252Fter2%40git.example.com", "?to=https%3a%2f%2f***%3a***%40git.example.com"),
        ("https%253A%252F%252Fuser%253Ahunter2%2540git.example.com", "https%253A%252F%252F***%253A***%2540git.example.com"),
        # without a scheme
        ("user:hunter2@git.example.com/r", "***:***@git.example.com/r"),
        ("fetch //user:hunter2@git.example.com/r", "fetch //***:***@git.example.com/r"),
        ("user:hun@ter2@git.example.com/r", "***:***@git.example.com/r"),
        ("hunter2:x-oauth-basic@git.example.com/r", "***:***@git.example.com/r"),
        ("user:hunter2@[2001:db8::1]:8443/r", "***:***@[2001:db8::1]:8443/r"),
        ("http_proxy=user:hunter2@proxy:3128", "http_proxy=***:***@proxy:3128"),
        # several in one message
        ("https://a:hunter2@b/c,https://d:hunter2@e/f, g:hunter2@h/i", "https://***:***@b/c,https://***:***@e/f, ***:***@h/i"),
        ("'https://a:hun/ter2@b/c' or 'hunter2:x@h/i'", "'https://***:***/***@b/c' or '***:***@h/i'"),
        ('Get "https://a:hunter2@b/c": dial a:hunter2@b:80: EOF', 'Get "https://***:***@b/c": dial ***:***@b:80: EOF'),
    ],
)
def test_users_in_urls_are_masked(text: str, expected: str) -> None:
    assert mask_urls(text) == expected
    assert clean_text(text) == expected
    assert secret_members(json.dumps({"message": text})) is None or text == expected


@pytest.mark.parametrize(
    "text",
    [
        "git@git.example.com:g/r.git",
        "remote:git@git.example.com:g/r.git",
        "ssh://git@git.example.com:2222/g/r",
        "https://git.example.com:8443/@scope/r",
        "https://git.example.com:8443/g/r@main",
        "https://[2001:db8::1]:8443/g/r@main",
        "https://git.example.com/r?mail=me%40example.com",
        "?to=https%3A%2F%2Fgit.example.com%2Fr%40main",
        "ssh%3A%2F%2Fgit%40git.example.com%2Fr",
        "ghcr.io/fluxcd/source-controller:v1.2.0@sha256:0123456789abcdef",
        "source-controller:v1.2.0@sha256:0123456789abcdef",
        "repo/image@sha256:0123456789abcdef",
        "oci://ghcr.io/fluxcd/manifests:v1.2.0@sha256:0123456789abcdef",
        "oci://ghcr.io:443/fluxcd/manifests:v1.2.0@sha256:0123456789abcdef",
        "stored artifact for revision 'feature/a@sha1:0123456789abcdef'",
        "refs/tags/pkg@v1.0.0@sha1:0123456789abcdef",
        "owner:me@example.com, or mailto:me@example.com/x, or me@example.com: away",
        "panic: runtime error\ngoroutine 1 [running]:\nmain.(*T).Run(0xc0000:0x2)\n\t/go/pkg/mod/k8s.io/client-go@v0.29.0/a.go:229 +0x1d",
        "k8s.io/client-go@v0.29.0/tools/cache/reflector.go:229: failed to list: 50% done @ 12:00:00",
    ],
)
def test_other_text_stays_readable(text: str) -> None:
    assert mask_urls(text) == text
    assert clean_text(text) == " ".join(text.split())
    assert passwords_in_urls(text) == []


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://user:correct-horse@git.example.com/r", {"correct-horse"}),
        ("https://correct-horse@git.example.com/r", {"correct-horse"}),
        ("https://user:correct/horse@git.example.com/r", {"correct/horse", "correct%2Fhorse"}),
        ("https://user:correct@horse@git.example.com/r", {"correct@horse", "correct%40horse"}),
        ("user:correct-horse@git.example.com/r", {"correct-horse"}),
        ("https%3A%2F%2Fuser%3Acorrect-horse%40git.example.com", {"correct-horse"}),
        ("https://user:correct-horse@git.example.com/r@main", {"correct-horse"}),
        ("https://us%65r:correct%2Fhorse@proxy:3128", {"correct/horse", "dXNlcjpjb3JyZWN0L2hvcnNl"}),
        ("https://git:git@git.example.com/r", {"Z2l0OmdpdA"}),
        ("https://git@git.example.com/r", set()),
    ],
)
def test_passwords_in_urls_are_found(url: str, expected: set[str]) -> None:
    assert set(passwords_in_urls({"expect": [{"url": url}]})) >= expected
    assert bool(passwords_in_urls({"expect": [{"url": url}]})) == bool(expected)


USERINFO = st.text("abcXYZ019-._~!$&'()*+,;=:%", min_size=1, max_size=40)


@UNHURRIED
@given(
    st.sampled_from(["http", "https", "HTTPS", "ssh", "git+ssh", "ftp"]),
    USERINFO,
    st.sampled_from(["", "see ", "'", "(", '{"url": "', "x"]),
)
def test_no_password_stays(scheme: str, userinfo: str, before: str) -> None:
    assume(userinfo != "***")
    assert f":{userinfo}@" not in mask_urls(f"{before}{scheme}://git:{userinfo}@git.example.com/r")


# --- what follows a name

JWT = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJodW50ZXIyIn0.aHVudGVyMg-_"
LOGIN = base64.b64encode(b"user:hunter2").decode()
KEY = "-----BEGIN RSA PRIVATE KEY-----\nMIIEhunter2AAAABBBBCCCCDDDDEEEEFFFFGGGGHHHHIIIIJJJJKKKK\nhunter2==\n-----END RSA PRIVATE KEY-----"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token=hunter2 was refused", "token=*** was refused"),
        ("X-Auth-Token: hunter2, sent", "X-Auth-Token: ***, sent"),
        ("X-Auth-Token: x", "X-Auth-Token: ***"),
        ("Authorization: Basic hunter2", "Authorization: Basic ***"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer ***"),
        ("Authorization: Bearer x", "Authorization: Bearer ***"),
        ("Authorization: hunter2 and more", "Authorization: *** and more"),
        ("Authorization: token hunter2", "Authorization: token ***"),
        ("Authorization: SDK-HMAC-SHA256 Access=A, SignedHeaders=host;x, Signature=hunter2", "Authorization: SDK-HMAC-SHA256 ***"),
        ('Authorization: Digest username="u", response="hunter2"', "Authorization: Digest ***"),
        ("{'Authorization': 'Bearer hunter2', 'Accept': '*/*'}", "{'Authorization': 'Bearer ***', 'Accept': '*/*'}"),
        ("map[Authorization:[Bearer hunter2] Accept:[a]]", "map[Authorization:[Bearer *** Accept:[a]]"),
        (f"Proxy-Authorization: Basic {LOGIN}", "Proxy-Authorization: Basic ***"),
        (f"sent Basic {LOGIN} to the proxy", "sent Basic *** to the proxy"),
        ("sent Bearer hunter2 to it", "sent Bearer *** to it"),
        ("Cookie: sid=hunter2; other=hunter2", "Cookie: ***"),
        ("Set-Cookie: sid=hunter2; Path=/; HttpOnly, then", "Set-Cookie: ***, then"),
        ("Cookie: hunter2", "Cookie: ***"),
        ('{"password": "hunter2", "user": "u"}', '{"password": "***", "user": "u"}'),
        ('{"password": "hun\\"ter2", "user": "u"}', '{"password": "***", "user": "u"}'),
        (r"{\"password\": \"hun\\\"ter2\", \"user\": \"u\"}", r"{\"password\": \"***\", \"user\": \"u\"}"),
        ("&quot;password&quot;: &quot;hun ter2&quot;, u", "&quot;password&quot;: &quot;***&quot;, u"),
        ('{"secret": {"key": "hunter2"}}', '{"secret": {"key": "***"}}'),
        ('"auth": "aHVudGVyMg=="', '"auth": "***"'),
        ("password='hun ter2' is wrong", "password='***' is wrong"),
        ('password="hunter2', 'password="***'),
        ("password: hunter2", "password: ***"),
        ("password: topsecret", "password: ***"),
        ("password: secret", "password: ***"),
        ("password: topsecret was refused", "password: *** was refused"),
        ("{password: topsecret, user: u}", "{password: ***, user: u}"),
        ("password: |\n  hunter2", "password: |\n  ***"),
        ("password=hun,ter2&x=1", "password=***&x=1"),
        ("password=hun&ter2", "password=***"),
        ("password=hun'ter2", "password=***"),
        ("passwd=hunter2;user=u", "passwd=***;user=u"),
        ("a pass=hunter2", "a pass=***"),
        ("token%3Dhunter2", "token%3D***"),
        ("<password>hunter2</password>", "<password>***</password>"),
        ("?access_token=hunter2&x=y", "?access_token=***&x=y"),
        ("?private_token=hunter2#x", "?private_token=***"),
        ("?api_key=hunter2'", "?api_key=***'"),
        ("?X-Amz-Signature=hunter2&a=b", "?X-Amz-Signature=***&a=b"),
        ("?sig=hunter2%3D&se=2025", "?sig=***&se=2025"),
        ("?key=hunter2", "?key=***"),
        ("sshkey=hunter2", "sshkey=***"),
        ("client_secret: hunter2", "client_secret: ***"),
        ("secretAccessKey: hunter2", "secretAccessKey: ***"),
        ("secret=hunter2", "secret=***"),
        ("secret: hunter2", "secret: ***"),
        ("key: Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5", "key: ***"),
        ("token: hunter2: refused", "token: *** refused"),
        # where a message itself says more
        (
            'token: Post "https://u:hunter2@iam.example.com/v3?token=hunter2": EOF',
            'token: Post "https://***:***@iam.example.com/v3?token=***": EOF',
        ),
        (
            "unable to clone 'https://h/a?access_token=ghp_Xy12345678': not found",
            "unable to clone 'https://h/a?access_token=***': not found",
        ),
        # tokens by themselves
        ("used ghp_hunter2hunter2 there", "used *** there"),
        ("used github_pat_11AAA_hunter2, x", "used ***, x"),
        ("(glpat-hunter2-x_y)", "(***)"),
        (f"'{JWT}'", "'***'"),
        (f"{JWT[:30]}…", "***…"),
        # private keys
        (f"key {KEY} end", "key -----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY----- end"),
        (KEY.replace("\n", " "), "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"),
        (KEY.replace("\n", "\\n"), "-----BEGIN RSA PRIVATE KEY-----***-----END RSA PRIVATE KEY-----"),
        (KEY[:70], "-----BEGIN RSA PRIVATE KEY-----***"),
        (f"the end of it: {KEY[40:]} was", "the end of it: ***-----END RSA PRIVATE KEY----- was"),
        (KEY.replace("RSA ", ""), "-----BEGIN PRIVATE KEY-----***-----END PRIVATE KEY-----"),
        (KEY.replace("RSA", "OPENSSH"), "-----BEGIN OPENSSH PRIVATE KEY-----***-----END OPENSSH PRIVATE KEY-----"),
        # secretInfo
        ('{"secretInfo": {"secret": {"a": "hunter2"}}, "b": 1}', '{"secretInfo": ***, "b": 1}'),
        ('{"secret_info": "hunter2", "b": 1}', '{"secret_info": ***, "b": 1}'),
        ("{'secretInfo': {'a': 'hunter2'}}", "{'secretInfo': ***"),
        ("secretInfo: map[a:hunter2 b:hunter2]", "secretInfo: ***"),
        ("secretInfo: hunter2 and more", "secretInfo: *** and more"),
        (r"{\"secretInfo\":{\"a\":\"hunter2\"}}", r"{\"secretInfo\":***"),
        ('"SECRETINFO": ["hunter2", {"a": "hunt', '"SECRETINFO": ***'),
    ],
)
def test_secrets_are_masked(text: str, expected: str) -> None:
    assert mask_secrets(text) == expected
    assert mask_secrets(expected) == expected
    assert "hunter2" not in clean_text(text)
    assert secret_members(json.dumps({"message": text})) is None
    assert secret_members(json.dumps({"message": text}, separators=(",", ":"), ensure_ascii=False)) is None


@pytest.mark.parametrize(
    "text",
    [
        "The token must be updated",
        "password must be set",
        'secret "git-auth" not found',
        "failed to get secret 'flux-system/x': secrets not found",
        "failed to get secret: flux-system/git-auth",
        'failed to get authentication secret: secrets "git-auth" is forbidden: User "x" cannot get resource',
        "unable to get key: not found",
        "unable to get token: EOF",
        "token: context deadline exceeded",
        "failed to acquire token: dial tcp 10.0.0.1:443: connect: connection refused",
        "oauth2: cannot fetch token: 401 Unauthorized",
        "invalid token: x509: certificate signed by unknown authority",
        'token: Post "https://iam.example.com/v3/auth/tokens": EOF',
        "token: Get https://iam.example.com: EOF",
        "the token: something else went wrong",
        "ssh: handshake failed: knownhosts: key mismatch",
        "ssh: handshake failed: knownhosts: key is unknown",
        "ssh: unable to authenticate, attempted methods [none publickey], no supported methods remain",
        "git@git.example.com: Permission denied (publickey,password).",
        "references non-existent secret key: ca.crt",
        "secret 'x' key 'password': not found",
        "couldn't find key username in Secret default/git-auth",
        "invalid 'git-auth' secret data: required fields 'username' and 'password'",
        "unable to parse the private key: asn1: structure error",
        "failed to verify signature: openpgp: signature made by unknown entity",
        "unable to verify payload with any of the given key rings",
        "fatal: Authentication failed for 'https://git.example.com/r.git/'",
        "password: must be set",
        "invalid password: must not be empty",
        "Password: required",
        'invalid bearer token, or Bearer realm="https://ghcr.io/token",service="ghcr.io"',
        "basic authentication is off; Basic auth is required",
        "stored artifact for revision 'main@sha1:4be1f0c7a96d3258e07b41c5d8f2a6903b7ce514'",
        'MountVolume.SetUp failed for volume "tls" : secret "tls" not found',
        "secretInfo.secret must not be empty, secretInfo: must be an object",
        "unexpected token: '}'",
        '"token": null, "password": none',
        "the design=x, config=y and kubeconfig=z; significant: yes; keys: a, b; tokens=5",
        "a bypass=true, compass: north",
        "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----",
        "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----",
        "key type eyJ, ghp_, laughs_loudly, glpat",
    ],
)
def test_other_words_stay(text: str) -> None:
    assert mask_secrets(text) == text


PIECES = (
    ("token", "password", "key", "secret", "Authorization", "Cookie", "secretInfo", "sig", "Bearer ", "Basic ", "eyJhbGciOi", "ghp_abcd"),
    ("https://", "u:p", "@", "host", "hunter2", "must be", "Post", "word", "***", "…", "\n", "\x1b[0m", "\u200b", "##vso[", "::", "\ud800"),
    ("-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "MIIEabcd0", ": ", '\\"', "&quot;", "%3D", "%40"),
    tuple(" /:=\"'\\&,;%{}[]<>|*."),
)


@settings(deadline=None, max_examples=400)
@given(st.lists(st.sampled_from([piece for pieces in PIECES for piece in pieces]), max_size=30).map("".join))
@example("token:> ")
def test_twice_is_once(text: str) -> None:
    masked = mask_secrets(text)
    assert mask_secrets(masked) == masked
    clean = clean_text(text)
    assert clean_text(clean) == clean
    short = clean_text(text, 20)
    assert len(short) <= 20


@pytest.mark.parametrize(
    "text",
    [
        *(
            "token",
            "token=",
            "token: ",
            "token='",
            'token="',
            'token=\\"',
            "token=\\",
            "key: '",
            'key: "',
            'key: \\"',
            "key: &quot;",
            "password=a,",
        ),
        *(
            "key=&a=",
            "=",
            " ",
            "token ",
            "token = ",
            "secret>",
            "<",
            "\\",
            '\\"',
            "&",
            "&quot;",
            ",a",
            "a=,",
            "token=,a",
            "token:\n",
            "token%",
        ),
        *(
            "Authorization: ",
            "Authorization: Digest a=b, ",
            'Authorization: Digest a="',
            "Cookie: a=b; ",
            "Cookie: a;",
            'Cookie: a="',
            "Bearer ",
        ),
        *(
            "Basic ",
            "Basic YTpi",
            "eyJ",
            "eyJabcde.",
            "ghp_",
            "glpat-",
            "xox",
            "-----BEGIN ",
            "-----BEGIN PRIVATE KEY-----",
            "PRIVATE KEY-----",
        ),
        *(
            "-----END PRIVATE KEY-----",
            "-----END ",
            "A ",
            "secretInfo",
            "secretInfo: ",
            'secretInfo: "',
            "secretInfo: {",
            "secretInfo: 1 ",
            "{",
        ),
        *(
            "secretInfo: null ",
            '{"secretInfo":',
            "[",
            "\x1b[",
            "\x1b[1;",
            "##",
            "##a",
            "::",
            "section_start",
            "\u200b",
            "\ud800",
            "a-hmac-",
            "@",
        ),
        *("token: a ", "token: 123 ", "password: |", "key: aB1", "MIIEabcd0", "%253A", "x1 ", "1s", "1.", "0a", "a:b@", "https://a:b@"),
    ],
    ids=repr,
)
def test_long_texts_are_no_trouble(text: str) -> None:
    """What could make a pattern try again and again, 200,000 characters of it: the square of that would take hours."""
    long = text * (200_000 // len(text))
    for hostile in (f"token: {long}", f"{long}-----END PRIVATE KEY-----"):
        mask_secrets(hostile)
    clean_text(long)
    passwords_in_urls(long)
    secret_members(long)


# --- known secrets


@pytest.mark.parametrize(
    "spelling",
    [
        'pw-"<&>\\/%41 ü',
        json.dumps('pw-"<&>\\/%41 ü'),
        json.dumps('pw-"<&>\\/%41 ü', ensure_ascii=False),
        "pw-&quot;&lt;&amp;&gt;\\/%41 ü",
        "pw-%22%3C%26%3E%5C/%2541%20%C3%BC",
        "pw-%22%3C%26%3E%5C%2F%2541%20%C3%BC",
        "pw-%22%3c%26%3e%5c%2f%2541%20%c3%bc",
        "pw-%22%3C%26%3E%5C%2F%2541+%C3%BC",
        repr('pw-"<&>\\/%41 ü'),
    ],
    ids=range(9),
)
def test_a_known_secret_is_masked_in_every_spelling(spelling: str) -> None:
    masker = Masker('pw-"<&>\\/%41 ü')
    assert "pw-" not in masker.mask(f"a {spelling} b")
    assert masker.mask(f"a {spelling} b").startswith("a ")
    assert masker.holds(spelling)
    assert not masker.holds("pw")


def test_the_longest_first() -> None:
    masker = Masker()
    masker.add("abc", "", "abcdef")
    assert masker.mask("abcdef abc") == "******** ********"
    assert masker.mask("abcdef abc", longer_than=3) == "******** abc"
    assert masker.secrets == {"abc", "abcdef"}


def test_a_login_is_masked_in_base64() -> None:
    masker = Masker("user:hun?ter>2~")
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        assert masker.mask(f"Basic {encode(b'user:hun?ter>2~').decode()}").rstrip("=") == "Basic ********"


def test_stars_are_no_secret() -> None:
    masker = Masker("***", "secret")
    assert masker.mask(masker.mask("*** secret")) == "*** ********"


@UNHURRIED
@given(st.lists(st.text("ab01", min_size=1, max_size=6), max_size=5), st.text("ab01 *", max_size=60))
def test_known_secrets_masked_twice(secrets: list[str], text: str) -> None:
    masker = Masker(*secrets)
    masked = masker.mask(text)
    assert not masker.holds(masked)
    assert masker.mask(masked) == masked


@pytest.mark.parametrize(
    ("value", "fault"),
    [
        *(("abc/+=", None), ("", None), ("a'b", None), ("abc\n", "ends in a line break"), ("abc\r\n", "ends in a line break")),
        *(('"abc"', "has quotes around it"), ("'abc'", "has quotes around it"), ("'abc", "has a quote at one end")),
        *(
            (" abc", "has blanks or line breaks in it"),
            ("a b", "has blanks or line breaks in it"),
            ("a\nb", "has blanks or line breaks in it"),
        ),
        *(("a\x00b", "has control characters in it"), ("a\u200bb", "has control characters in it")),
    ],
    ids=repr,
)
def test_faults_of_a_secret(value: str, fault: str | None) -> None:
    assert secret_fault(value) == fault


# --- JSON


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"secretInfo": {"authMode": "https", "secret": {"password": "hunter2"}}}, {"secretInfo": {"authMode": "https"}}),
        ({"SecretInfo": {"AuthMode": "ssh", "other": "hunter2"}}, {"SecretInfo": {"AuthMode": "ssh"}}),
        ({"secret_info": {"auth_mode": {"a": "hunter2"}, "secret": None}}, {"secret_info": {}}),
        ({"a": [{"secretInfo": "hunter2", "b": 1}]}, {"a": [{"b": 1}]}),
        ({"secretInfo": 2, "b": 1}, {"b": 1}),
        ({"secretInfo": None}, {"secretInfo": None}),
        ({"secretInfo": {}}, {"secretInfo": {}}),
        ({"secretInfo": ["hunter2", {"authMode": "a", "x": "hunter2"}, [{"y": "hunter2"}]]}, {"secretInfo": [{"authMode": "a"}, [{}]]}),
        ({"secretInfo": {"authMode": "https://hunter2@x"}}, {"secretInfo": {}}),
        ({"url": "https://u:hunter2@h/r"}, {"url": "https://***:***@h/r"}),
        ({"note": '{"secretInfo":{"a":"hunter2"},"b":1}'}, {"note": '{"secretInfo":***,"b":1}'}),
        (["?token=hunter2", 1, None, True, 1.5], ["?token=***", 1, None, True, 1.5]),
        ({"spec": {"secretRef": {"name": "git-auth"}}}, {"spec": {"secretRef": {"name": "git-auth"}}}),
    ],
    ids=repr,
)
def test_json_without_secrets(value: Any, expected: Any) -> None:
    before = json.dumps(value)
    assert without_secrets(value) == expected
    assert json.dumps(value) == before
    assert safe_json(json.loads(before), before) == expected
    assert safe_json(value, json.dumps(value, separators=(",", ":"))) == expected


WORDS = st.sampled_from(
    [
        "secretInfo",
        "secret-info",
        "SECRET_INFO",
        "secretInfos",
        "x-secretInfo",
        "authMode",
        "token",
        "data",
        "hunter2",
        "git",
        "message",
        "secretInfo: hunter2",
        '"secretInfo": {"a": 1}',
        "token=hunter2",
        "https://a:hunter2@b/c",
        "git@h:g/r",
        "Bearer abcdefgh",
        "Bearer\nabcDEF123456",
        "Bearer\u200babcDEF123456",
        "basic\t dXNlcjpwYXNzd29yZA==",
        "token\u200b=hunter2",
        "token \n= hunter2",
        "'auth=hunter2",
        '"auth : hunter2',
        "secret__info",
        "http://git@h/r",
        "https://a:hunter2@sha1:443/r",
        "https",
    ]
)
SECRETIVE = st.recursive(
    st.one_of(WORDS, st.none(), st.integers(0, 3), st.text(max_size=12)),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(st.one_of(WORDS, st.text(max_size=6)), inner, max_size=3)),
)


@UNHURRIED
@given(SECRETIVE, st.sampled_from([(",", ":"), (", ", ": "), (" ,", " : ")]), st.booleans())
def test_the_quick_way_takes_out_the_same(value: Any, separators: tuple[str, str], ascii_only: bool) -> None:
    text = json.dumps(value, separators=separators, ensure_ascii=ascii_only)
    assert without_secrets(value) == safe_json(value, text)


@pytest.mark.parametrize("ascii_only", [True, False])
@pytest.mark.parametrize(
    "value",
    [
        {"message": "Bearer\nabcDEF123456"},
        {"message": "Bearer\u200babcDEF123456"},
        {"message": "Basic\tdXNlcjpodW50ZXIy"},
        {"message": "token\u200b=hunter2"},
        {"message": "token \n= hunter2"},
        {"message": "'auth=hunter2"},
        {"message": '"auth : hunter2'},
        {"message": "https://a:hunter2@sha1:443/r"},
        {"secret__info": "hunter2"},
    ],
    ids=repr,
)
def test_the_quick_way_finds_a_secret_behind_any_gap(value: dict[str, str], ascii_only: bool) -> None:
    assert safe_json(dict(value), json.dumps(value, ensure_ascii=ascii_only)) == without_secrets(value) != value


def test_an_ordinary_answer_needs_no_search() -> None:
    item = {
        "metadata": {"name": "podinfo", "annotations": {"a": "source-controller:v1.2.0@sha256:0123456789abcdef"}},
        "spec": {"url": "ssh://git@git.example.com/r", "secretRef": {"name": "x"}, "tolerations": [{"key": "a", "operator": "Exists"}]},
        "status": {"conditions": [{"message": "stored artifact for revision 'main@sha1:4be1f0c7a96d3258e07b41c5d8f2a6903b7ce514'"}]},
    }
    assert secret_members(json.dumps(item)) == set()
    assert secret_members(json.dumps(item, separators=(",", ":"))) == set()

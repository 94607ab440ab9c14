# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign values are read as rules.rst, "Foreign text", "Sizes" and "Time" say; nothing that comes in makes a reader raise."""

from __future__ import annotations

import json
import time
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.client import _may_hold_secrets
from ansible_collections.huaweicloud.gitops.plugins.module_utils.values import (
    Instant,
    age,
    clean_text,
    duration,
    format_time,
    is_scp_style,
    mask_urls,
    message_shape,
    nested,
    normal_host,
    normal_url,
    number,
    parse_time,
    parse_zone,
    passwords_in_urls,
    size_in_bytes,
    span,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import tzinfo

UNHURRIED = settings(deadline=None)

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2024, 2, 29, 12, tzinfo=timezone.utc)
EPOCH = 1709208000  # NOON


# --- times (rules.rst, "Time")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        pytest.param("2024-02-29T12:00:00Z", NOON, id="Z"),
        pytest.param("2024-02-29t12:00:00z", NOON, id="lower case"),
        pytest.param("  2024-02-29T12:00:00Z\n", NOON, id="blanks around"),
        pytest.param("2024-02-29 12:00:00Z", NOON, id="blank instead of T"),
        pytest.param("2024-02-29T20:00:00+08:00", NOON, id="offset"),
        pytest.param("2024-02-29T20:00:00+0800", NOON, id="offset without a colon"),
        pytest.param("2024-02-29T07:30:00-04:30", NOON, id="offset to the west"),
        pytest.param("2024-02-29T12:00:00.5Z", NOON + timedelta(milliseconds=500), id="1 digit"),
        pytest.param("2024-02-29T12:00:00.701000Z", NOON + timedelta(milliseconds=701), id="6 digits"),
        pytest.param("2024-02-29T12:00:00.123456789Z", NOON + timedelta(microseconds=123456), id="9 digits"),
        pytest.param(EPOCH, NOON, id="s"),
        pytest.param(EPOCH * 10**3 + 250, NOON + timedelta(milliseconds=250), id="ms"),
        pytest.param(EPOCH * 10**6 + 1, NOON + timedelta(microseconds=1), id="us"),
        pytest.param(f" {EPOCH}000 ", NOON, id="ms as text"),
        pytest.param(float(EPOCH), NOON, id="whole float"),
        pytest.param(946684800, datetime(2000, 1, 1, tzinfo=timezone.utc), id="first of 2000"),
    ],
)
def test_exact_times(value: object, expected: datetime) -> None:
    found = parse_time(value)
    assert found is not None
    assert found.exact
    assert abs(found.earliest - expected) < timedelta(microseconds=1)
    assert str(found) == format_time(expected)


@pytest.mark.parametrize(
    "value",
    [
        *(
            None,
            True,
            False,
            "",
            "-",
            "null",
            [],
            {},
            b"2024-02-29T12:00:00Z",
            0,
            -EPOCH,
            12345678,
            EPOCH + 0.5,
            float("nan"),
            float("inf"),
        ),
        *(10**18, 99999999999, "9" * 30, "٣٣٣٣٣٣٣٣٣٣"),
        *("2024-02-30T12:00:00Z", "2024-02-29T25:00:00Z", "2024-02-29T12:00:60Z", "2024-02-29", "2024-02-29T12:00Z"),
        *("2024-02-29T12:00:00", "2024-02-29T12:00:00.1234567890Z", "2024-02-29T12:00:00+25:00", "2024-02-29 12:00:00 GMT"),
        *("29.02.2024 12:00:00", "2024/02/29 12:00:00", "٢٠٢٤-02-29 12:00:00", "2024-02-29 12:00:00.5"),
        *("1999-12-31T23:59:59Z", "2100-01-01T00:00:01Z", "0001-01-01T00:00:00Z", "0001-01-01 00:00:00", "9999-12-31 23:59:59"),
    ],
    ids=repr,
)
def test_unreadable_times(value: object) -> None:
    assert parse_time(value) is None
    assert age(value, NOON) is None


def test_a_time_without_a_zone_is_an_interval() -> None:
    found = parse_time("2024-02-29 12:00:00")
    assert found == Instant(NOON - timedelta(hours=14), NOON + timedelta(hours=12), "2024-02-29 12:00:00")
    assert not found.exact
    assert str(found) == "2024-02-29 12:00:00 (zone unknown)"


@pytest.mark.parametrize(
    ("zone", "expected"),
    [(SHANGHAI, NOON - timedelta(hours=8)), (timezone.utc, NOON), (ZoneInfo("America/New_York"), NOON + timedelta(hours=5))],
    ids=str,
)
def test_a_zone_makes_it_exact(zone: tzinfo, expected: datetime) -> None:
    found = parse_time("2024-02-29 12:00:00", zone)
    assert found is not None
    assert found.exact
    assert found.earliest == expected


def test_a_zone_changes_no_time_that_states_one() -> None:
    assert parse_time("2024-02-29T12:00:00Z", SHANGHAI) == parse_time("2024-02-29T12:00:00Z")
    assert parse_time(EPOCH, SHANGHAI) == parse_time(EPOCH)


@pytest.mark.parametrize(
    ("value", "zone", "expected"),
    [
        pytest.param("2024-02-29T11:58:30Z", None, 90.0, id="exact"),
        pytest.param("2024-02-29T13:00:00Z", None, 0.0, id="future"),
        pytest.param("2024-02-28 12:00:00", None, 12 * 3600.0, id="the youngest it can be"),
        pytest.param("2024-02-29 12:00:00", None, 0.0, id="undecided"),
        pytest.param("2024-02-29 12:00:00", SHANGHAI, 8 * 3600.0, id="zone"),
        pytest.param(Instant(NOON, NOON + timedelta(hours=1), ""), None, 0.0, id="instant"),
    ],
)
def test_age(value: object, zone: tzinfo | None, expected: float) -> None:
    assert age(value, NOON, zone) == expected


@pytest.mark.parametrize(
    "name", ["", "Mars/Olympus", "../../etc/passwd", "/etc/localtime", "a\0b", "Europe", "x" * 5000], ids=lambda name: repr(name)[:20]
)
def test_no_such_zone(name: str) -> None:
    assert parse_zone(name) is None


def test_zones() -> None:
    assert parse_zone("utc") is timezone.utc
    assert parse_zone("Asia/Shanghai") == SHANGHAI


@UNHURRIED
@given(st.datetimes(datetime(2000, 1, 3), datetime(2099, 12, 30), timezones=st.timezones()))  # noqa: DTZ001 the bounds have to be without a zone
def test_what_is_written_is_read(moment: datetime) -> None:
    moment = moment.replace(microsecond=0)
    found = parse_time(format_time(moment))
    assert found is not None
    assert found.earliest == moment.astimezone(timezone.utc)


# --- sizes, numbers, durations


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            ("0.06M", 62914),
            ("1.20G", 1288490188),
            ("512B", 512),
            ("0B", 0),
            ("1K", 1024),
            ("1k", 1024),
            ("2T", 2 * 1024**4),
            (" 3 M ", 3 * 1024**2),
        ),
        *(("1KB", 1024), ("1KiB", 1024), ("1MiB", 1024**2), ("1iB", 1), ("0.5B", 0)),
        *(
            ("1,024M", None),
            ("", None),
            ("-", None),
            ("12", None),
            ("1.5", None),
            ("-1M", None),
            ("1.M", None),
            (".5M", None),
            ("1e3M", None),
        ),
        *(("M", None), ("1P", None), ("1 M B", None), ("٣M", None), (None, None), (12, None), (True, None), (["1M"], None)),
        *((f"{10**17}T", 10**17 * 1024**4), (f"{10**18}T", None)),
    ],
    ids=repr,
)
def test_sizes(value: object, expected: int | None) -> None:
    assert size_in_bytes(value) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((0, 0), (-3, -3), ("20", 20), (" -7\n", -7), ("007", 7), (2.0, 2)),
        *((True, None), (False, None), (2.5, None), (float("nan"), None), (float("inf"), None)),
        *(
            ("", None),
            ("1.0", None),
            ("1e3", None),
            ("+1", None),
            ("1_000", None),
            ("٣", None),
            ("9" * 5000, None),
            (None, None),
            ([1], None),
        ),
    ],
    ids=lambda value: repr(value)[:20],
)
def test_numbers(value: object, expected: int | None) -> None:
    found = number(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *(
            ("1m0s", 60),
            ("1h30m", 5400),
            ("10s", 10),
            ("90d", 90 * 86400),
            ("2w", 14 * 86400),
            ("1.5h", 5400),
            (".5s", 0.5),
            ("1.s", 1),
            ("0s", 0),
            ("0", 0),
        ),
        *(("100ms", 0.1), ("1us", 1e-6), ("1µs", 1e-6), ("1μs", 1e-6), ("1ns", 1e-9), (" 5m ", 300), ("1h0m0.25s", 3600.25)),
        *(
            ("", None),
            ("5", None),
            ("-5s", None),
            ("5 m", None),
            ("m", None),
            ("5M", None),
            ("5s!", None),
            ("1h,30m", None),
            ("s5", None),
            ("٣s", None),
        ),
        *((None, None), (60, None), (True, None), ("9" * 70 + "s", None)),
    ],
    ids=repr,
)
def test_durations(value: object, expected: float | None) -> None:
    assert duration(value) == (expected if expected is None else pytest.approx(expected))


@pytest.mark.parametrize(
    ("seconds", "expected"),
    [
        *(
            (0, "0 s"),
            (0.4, "0 s"),
            (-5, "0 s"),
            (1, "1 s"),
            (59.6, "1 min"),
            (60, "1 min"),
            (250, "4 min 10 s"),
            (3600, "1 h"),
            (3661, "1 h 1 min"),
        ),
        *((3605, "1 h 5 s"), (86400, "1 d"), (266400, "3 d 2 h"), (90 * 86400, "90 d")),
    ],
)
def test_spans(seconds: float, expected: str) -> None:
    assert span(seconds) == expected


# --- URLs (rules.rst, X4 and A3)


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.com/g/r",
        "https://git.example.com/g/r.git",
        "https://git.example.com/g/r/",
        "https://git.example.com/g/r.git/",
        "https://GIT.Example.COM/g/r",
        "https://git.example.com:443/g/r",
        "http://git.example.com:80/g/r",
        "https://user:secret@git.example.com/g/r.git",
        "ssh://git@git.example.com/g/r.git",
        "ssh://git@git.example.com:22/g/r",
        "git@git.example.com:g/r.git",
        "git.example.com:g/r.git",
        "git.example.com/g/r",
        "  https://git.example.com/g/r?x=1#readme\n",
    ],
)
def test_urls_of_the_same_repository(url: str) -> None:
    assert normal_url(url) == "git.example.com/g/r"
    assert normal_host(url) == "git.example.com"


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://git.example.com/G/r", "git.example.com/G/r"),
        ("https://git.example.com:8443/g/r", "git.example.com:8443/g/r"),
        ("ssh://git@git.example.com:2222/g/r.git", "git.example.com:2222/g/r"),
        ("https://git.example.com/g/r.github", "git.example.com/g/r.github"),
        ("https://git.example.com/a/b/c/r", "git.example.com/a/b/c/r"),
        ("https://git.example.com", "git.example.com/"),
        ("https://[::1]:8443/r", "::1:8443/r"),
        ("https://git.example.com:port/r", "https://git.example.com:port/r"),
        ("https://[bad/r", "https://[bad/r"),
        ("", "/"),
        (None, "/"),
    ],
    ids=repr,
)
def test_other_urls(url: object, expected: str) -> None:
    assert normal_url(url) == expected


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("https://api.github.com", "github.com"),
        ("https://API.GitHub.com/", "github.com"),
        ("github.com", "github.com"),
        ("https://gitlab.example.com:443", "gitlab.example.com"),
        ("https://gitlab.example.com:8443/api/v4", "gitlab.example.com:8443"),
        ("apigateway.example.com", "apigateway.example.com"),
        (None, ""),
    ],
)
def test_hosts(value: object, expected: str) -> None:
    assert normal_host(value) == expected


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        *(("git@git.example.com:g/r.git", True), ("git.example.com:g/r", True)),
        *(
            ("ssh://git@git.example.com/g/r", False),
            ("https://git.example.com:443/g", False),
            ("git.example.com/g/r", False),
            (None, False),
            ("", False),
        ),
    ],
)
def test_scp_style(url: object, expected: bool) -> None:
    assert is_scp_style(url) is expected


# --- text made safe


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("https://user:hunter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://hunter2@git.example.com/r", "https://***@git.example.com/r"),
        ("HTTP://user:hunter2@git.example.com", "HTTP://***@git.example.com"),
        ("https://user:hun@ter2@git.example.com/r", "https://***@git.example.com/r"),
        (r"https:\/\/user:hunter2@git.example.com\/r", r"https:\/\/***@git.example.com\/r"),
        (r"https://user:hun\ter2@git.example.com/r", "https://***@git.example.com/r"),
        ("ssh://git:hunter2@git.example.com/r", "ssh://git:***@git.example.com/r"),
        ("ssh://git@git.example.com/r", "ssh://git@git.example.com/r"),
        ("git@git.example.com:g/r", "git@git.example.com:g/r"),
        ("https://git.example.com/@scope/r", "https://git.example.com/@scope/r"),
        ("mail me@example.com, see https://example.com", "mail me@example.com, see https://example.com"),
        ("from https://a:hunter2@b/c to https://d:hunter2@e/f", "from https://***@b/c to https://***@e/f"),
        ("git+https://hunter2@git.example.com/r", "git+https://***@git.example.com/r"),
        # a password with what ends a user part
        ("https://user:hun/ter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://user:/hunter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://user:h@un/ter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://me@example.com:hun/ter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://user:hun?t@er2@git.example.com/r?a=b@c", "https://***@git.example.com/r?a=b@c"),
        (r"https:\/\/user:hun\/ter2@git.example.com\/r", r"https:\/\/***@git.example.com\/r"),
        ("ssh://git:hun/ter2@git.example.com/r", "ssh://git:***@git.example.com/r"),
        ("https://user:hunter2@[2001:db8::1]:8443/r", "https://***@[2001:db8::1]:8443/r"),
        # percent-encoded
        ("https://user:hun%40ter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://user:hun%2Fter2@git.example.com/r", "https://***@git.example.com/r"),
        ("https://user%3Ahunter2@git.example.com/r", "https://***@git.example.com/r"),
        ("ssh://git%3Ahunter2@git.example.com/r", "ssh://git%3A***@git.example.com/r"),
        ("?to=https%3A%2F%2Fuser%3Ahunter2%40git.example.com%2Fr", "?to=https%3A%2F%2F***%40git.example.com%2Fr"),
        ("?to=https%3a%2f%2fuser%3ahun%252Fter2%40git.example.com", "?to=https%3a%2f%2f***%40git.example.com"),
        ("https%253A%252F%252Fuser%253Ahunter2%2540git.example.com", "https%253A%252F%252F***%2540git.example.com"),
        # without a scheme
        ("user:hunter2@git.example.com/r", "***@git.example.com/r"),
        ("fetch //user:hunter2@git.example.com/r", "fetch //***@git.example.com/r"),
        ("user:hun@ter2@git.example.com/r", "***@git.example.com/r"),
        ("hunter2:x-oauth-basic@git.example.com/r", "***@git.example.com/r"),
        ("user:hunter2@[2001:db8::1]:8443/r", "***@[2001:db8::1]:8443/r"),
        ("http_proxy=user:hunter2@proxy:3128", "http_proxy=***@proxy:3128"),
        # several in one message
        ("https://a:hunter2@b/c,https://d:hunter2@e/f, g:hunter2@h/i", "https://***@b/c,https://***@e/f, ***@h/i"),
        ("'https://a:hun/ter2@b/c' or 'hunter2:x@h/i'", "'https://***@b/c' or '***@h/i'"),
        ('Get "https://a:hunter2@b/c": dial a:hunter2@b:80: EOF', 'Get "https://***@b/c": dial ***@b:80: EOF'),
    ],
)
def test_users_in_urls_are_masked(text: str, expected: str) -> None:
    assert mask_urls(text) == expected
    assert clean_text(text) == expected
    assert _may_hold_secrets(json.dumps({"message": text})) or text == expected


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
    assert mask_urls(text) == clean_text(text) == text
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
        ("https://git:git@git.example.com/r", set()),
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
    assert f":{userinfo}@" not in mask_urls(f"{before}{scheme}://git:{userinfo}@git.example.com/r")


@pytest.mark.parametrize(
    "text",
    [
        *("m", "https://" + "a" * 100, "a:", "token ", "https:", "ab1", "x@", "https://a:b", "(a:", "a://b:c/d", "%3A", "https%3A%2F%2F"),
        *("https%3A%2F%2Fa", "(a:b@", "=u:@", "u:p@h", ":@", "https://u:p@", "https://u:p/@sha256:0123456", "u:@sha256:0123456", "%25"),
    ],
)
def test_long_words_are_no_trouble(text: str) -> None:
    """100 kB of what could make a pattern try again and again; a square of it would take minutes."""
    long = text * (10**5 // len(text))
    started = time.process_time()
    mask_urls(long)
    clean_text(long)
    passwords_in_urls(long)
    _may_hold_secrets(long)
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("token=hunter2 was refused", "token=*** was refused"),
        ("X-Auth-Token: hunter2, sent", "X-Auth-Token: ***, sent"),
        ("Authorization: Basic hunter2", "Authorization: Basic ***"),
        ("Authorization: Bearer hunter2", "Authorization: Bearer ***"),
        ('{"password": "hunter2", "user": "u"}', '{"password": "***", "user": "u"}'),
        ("The token must be updated", "The token must be updated"),
        ("a\x00b\x1bc\u202ed\ufeff", "a b c d"),
        ("two\nlines\tkept", "two\nlines\tkept"),
        ("  around  ", "around"),
        (None, "None"),
        ({"a": 1}, "{'a': 1}"),
    ],
)
def test_clean_text(text: object, expected: str) -> None:
    assert clean_text(text) == expected


def test_clean_text_has_a_limit() -> None:
    assert clean_text("x" * 5000) == "x" * 1999 + "…"
    assert clean_text("x" * 10, limit=10) == "x" * 10
    assert clean_text("x" * 11, limit=10) == "x" * 9 + "…"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("dial tcp 10.0.0.1:52144: i/o timeout", "dial tcp 10.0.0.2:31022: i/o timeout"),
        ("lookup took 1.5s on 10.247.3.10:53", "lookup took 230ms on 10.247.3.10:53"),
        ("cannot find 1f0c2d3e4a5b6c7d", "cannot find 0a9b8c7d6e5f4a3b"),
        ("GET https://a.example.com/x failed", "GET https://b.example.com/y failed"),
    ],
)
def test_equal_shapes(one: str, other: str) -> None:
    assert message_shape(one) == message_shape(other) != one


@pytest.mark.parametrize(
    ("one", "other"), [("authentication failed", "connection refused"), ("branch main", "branch dev"), ("code 404", "code 500")]
)
def test_different_shapes(one: str, other: str) -> None:
    assert message_shape(one) != message_shape(other)


def test_nested() -> None:
    value = {"a": {"b": [1], "c": None}}
    assert nested(value, "a", "b") == [1]
    assert nested(value) is value
    for path in (["x"], ["a", "x"], ["a", "b", "c"], ["a", "c", "d"]):
        assert nested(value, *path) is None
    assert nested(None, "a") is None
    assert nested("text", "a") is None


# --- nothing that comes in makes a reader raise

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
# Text that looks as if it were right gets further than any text.
LIKELY = (
    st.from_regex(r"\A[0-9+:TtZz. -]{1,40}\Z")
    | st.from_regex(r"\A[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:?[0-9]{2})?\Z")
    | st.from_regex(r"\A[0-9.]{1,30}[KMGTsmhdwiBnu ]{0,4}\Z")
    | st.from_regex(r"\A([a-z]{1,5}:/{0,2})?([^@/]{0,5}@)?[][a-zA-Z0-9.:%-]{0,20}[/:?#]?.{0,10}\Z")
)


@pytest.mark.parametrize(
    "reader",
    [
        *(parse_time, size_in_bytes, duration, number, normal_url, normal_host, is_scp_style, clean_text, message_shape),
        pytest.param(lambda value: parse_time(value, SHANGHAI), id="parse_time in a zone"),
        pytest.param(lambda value: parse_zone(str(value)), id="parse_zone"),
        pytest.param(lambda value: mask_urls(str(value)), id="mask_urls"),
        pytest.param(lambda value: age(value, NOON), id="age"),
        pytest.param(lambda value: nested(value, "a", "b"), id="nested"),
    ],
)
@given(value=JSON | LIKELY)
@example(value="\ud800https://\ud800@x")
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)


@UNHURRIED
@given(st.floats(allow_nan=False, allow_infinity=False))
def test_a_span_is_short(seconds: float) -> None:
    assert 1 <= len(span(seconds).split()) // 2 <= 2

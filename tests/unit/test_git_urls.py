# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git URLs are compared as rules.rst says in X4 and S25, and nothing that comes in makes a reader raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.git_urls import (
    holds_password,
    is_scp_style,
    normal_url,
    url_path,
    url_scheme,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unit.answers import ANY_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable


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
    assert url_path(url) == "g/r"


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


@pytest.mark.parametrize(
    ("url", "scheme", "scp"),
    [
        ("https://h/g/r", "https", False),
        ("HTTP://h/g/r", "http", False),
        ("git://h/g/r", "git", False),
        ("ssh://git@h/g/r", "ssh", False),
        ("git@h:g/r.git", "ssh", True),
        ("h:g/r.git", "ssh", True),
        ("h/g/r", "", False),
        ("", "", False),
        (None, "", False),
        (5, "", False),
    ],
)
def test_scheme(url: object, scheme: str, scp: bool) -> None:
    assert (url_scheme(url), is_scp_style(url)) == (scheme, scp)


@pytest.mark.parametrize(
    ("url", "holds"),
    [
        ("https://bob:hunter2@h/g/r", True),
        ("ssh://git:hunter2@h/g/r", True),
        ("https://:hunter2@h/g/r", True),
        ("bob:hunter2@h/g/r", True),
        ("https://token@h/g/r", False),
        ("https://bob:@h/g/r", False),
        ("ssh://git@h:22/g/r", False),
        ("https://h:8443/g/r@v1", False),
        ("git@h:g/r.git", False),
        ("https://h/g/r:a@b", False),
        (None, False),
    ],
)
def test_password(url: object, holds: bool) -> None:
    assert holds_password(url) is holds


# Text that looks as if it were right gets further than any text.
LIKELY = st.from_regex(r"\A([a-z]{1,5}:/{0,2})?([^@/]{0,5}@)?[][a-zA-Z0-9.:%-]{0,20}[/:?#]?.{0,10}\Z")


@pytest.mark.parametrize("reader", [normal_url, url_path, url_scheme, holds_password, is_scp_style])
@given(value=ANY_VALUE | LIKELY)
@example(value="\ud800https://\ud800@x")
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git URLs are compared as rules.rst says in X4, and nothing that comes in makes a reader raise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.git_urls import is_scp_style, normal_host, normal_url
from hypothesis import example, given, settings
from hypothesis import strategies as st

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


JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
# Text that looks as if it were right gets further than any text.
LIKELY = st.from_regex(r"\A([a-z]{1,5}:/{0,2})?([^@/]{0,5}@)?[][a-zA-Z0-9.:%-]{0,20}[/:?#]?.{0,10}\Z")


@pytest.mark.parametrize("reader", [normal_url, normal_host, is_scp_style])
@given(value=JSON | LIKELY)
@example(value="\ud800https://\ud800@x")
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)

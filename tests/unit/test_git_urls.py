# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git URLs, and when two are the same: rules.rst, X4 and S25."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.git_urls import (
    holds_password,
    is_scp_style,
    normal_url,
    url_path,
    url_scheme,
)


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example.net/g/r",
        "https://GIT.example.NET/g/r.git",
        "HTTPS://git.example.net:443/g/r/",
        "http://git.example.net:80/g/r.git/",
        "ssh://git@git.example.net/g/r",
        "ssh://git@git.example.net:22/g/r.git",
        "https://user:pass@git.example.net/g/r",
        "git@git.example.net:g/r.git",
        "git.example.net/g/r",
        " https://git.example.net/g/r ",
    ],
)
def test_the_same_place(url: str) -> None:
    assert normal_url(url) == "git.example.net/g/r"
    assert url_path(url) == "g/r"


@pytest.mark.parametrize(
    "url", ["https://git.example.net/g/R", "https://git.example.net:8443/g/r", "https://example.net/g/r", "https://git.example.net/g"]
)
def test_another_place(url: str) -> None:
    assert normal_url(url) != "git.example.net/g/r"


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

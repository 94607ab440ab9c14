# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Artifact revisions: rules.rst, "Expected revisions"."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.revisions import is_revision, parse_revision, same_revision
from hypothesis import given as drawn
from hypothesis import strategies as st

from unit.builders import examples

SHA = "5394cb7f48332b2de7c17dd8b8384bbc84b7e738"
OTHER = "6394cb7f48332b2de7c17dd8b8384bbc84b7e738"
SHA256 = "b" * 64


@pytest.mark.parametrize(
    ("text", "pointer", "algo", "digits"),
    [
        # The strings of source-controller's test of TransformLegacyRevision, both spellings, and those of fluxcd/pkg git
        (f"HEAD/{SHA}", None, "sha1", SHA),
        (f"main/{SHA}", "main", "sha1", SHA),
        (f"main@sha1:{SHA}", "main", "sha1", SHA),
        (f"feature/branch/{SHA}", "feature/branch", "sha1", SHA),
        (f"feature/branch@sha1:{SHA}", "feature/branch", "sha1", SHA),
        (SHA, None, "sha1", SHA),
        (f"sha1:{SHA}", None, "sha1", SHA),
        (f"v1.0.0@sha1:{SHA}", "v1.0.0", "sha1", SHA),
        ("v1.0.0", None, None, None),
        ("arbitrary/revision", None, None, None),
        (f"6.2.0@sha256:{SHA256}", "6.2.0", "sha256", SHA256),
        (SHA256, None, "sha256", SHA256),
        # The pointer may hold @ and /
        (f"pkg@v1.0.0@sha1:{SHA}", "pkg@v1.0.0", "sha1", SHA),
        (f"refs/pull/420/head@sha1:{SHA}", "refs/pull/420/head", "sha1", SHA),
        (f"user@feature/{SHA}", "user@feature", "sha1", SHA),
        # Edges
        (f"HEAD@sha1:{SHA}", None, "sha1", SHA),
        (f"  main@sha1:{SHA} ", "main", "sha1", SHA),
        (f"main@SHA1:{SHA.upper()}", "main", "sha1", SHA),
        (f"main@blake3:{SHA256}", "main", "blake3", SHA256),
        (f"main@sha384:{'c' * 96}", "main", "sha384", "c" * 96),
        (f"main@sha512:{'c' * 128}", "main", "sha512", "c" * 128),
        (f"main@md5:{SHA}", None, None, None),
        (f"main/{SHA[:39]}", None, None, None),
        (f"main/{SHA}0", None, None, None),
        (f"main:{SHA}", None, None, None),
        (f"main@sha1:{SHA}x", None, None, None),
        ("main@sha1:", None, None, None),
        ("", None, None, None),
        ("latest", None, None, None),
    ],
)
def test_grammar(text: str, pointer: str | None, algo: str | None, digits: str | None) -> None:
    """The digest is what follows the last @; legacy forms end in a whole hash; anything else is opaque."""
    found = parse_revision(text)
    assert (found.pointer, found.algo, found.hex) == (pointer, algo, digits)


@pytest.mark.parametrize(
    ("expected", "observed", "same"),
    [
        (SHA, f"main@sha1:{SHA}", True),
        (SHA.upper(), f"main@sha1:{SHA}", True),
        (SHA, f"main/{SHA}", True),
        (SHA, f"HEAD/{SHA}", True),
        (f"main/{SHA}", f"main@sha1:{SHA}", True),
        (f"main@sha1:{SHA}", f"main/{SHA}", True),
        (f"dev@sha1:{SHA}", f"main@sha1:{SHA}", True),
        (SHA[:7], f"main@sha1:{SHA}", True),
        (SHA[:20].upper(), f"main@sha1:{SHA}", True),
        (SHA[1:9], f"main@sha1:{SHA}", False),
        (SHA[:6], f"main@sha1:{SHA}", False),
        (OTHER, f"main@sha1:{SHA}", False),
        (OTHER, f"{OTHER}/{SHA}", False),
        (f"main@sha256:{SHA256}", f"main@blake3:{SHA256}", False),
        (SHA256, f"main@sha256:{SHA256}", True),
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", True),
        ("v1.0.0", f"v1.0.1@sha1:{SHA}", False),
        ("v1.0.0", "v1.0.0", True),
        ("v1.0.0", SHA, False),
        (SHA, "v1.0.0", False),
        (SHA, "", False),
        ("main", f"main@sha1:{SHA}", True),
    ],
)
def test_same(expected: str, observed: str, same: bool) -> None:
    """The hash decides; a text without one is compared with the pointer."""
    assert same_revision(expected, observed) is same


@pytest.mark.parametrize("value", [SHA, SHA[:7], f"main@sha1:{SHA}", f"main/{SHA}", "v1.0.0", "release-1", " v1 "])
def test_what_can_be_expected(value: str) -> None:
    assert is_revision(value)


@pytest.mark.parametrize("value", ["", " ", "abc", SHA[:6], "123456", "two words", "a\nb", "a\x00b", None, 1234567, [SHA], True])
def test_what_cannot_be_expected(value: Any) -> None:
    """A prefix under seven digits is a bad option, and so is what is no text."""
    assert not is_revision(value)


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20)
HASHES = st.text("0123456789abcdef", min_size=40, max_size=40)


@drawn(NAMES, HASHES, HASHES)
@examples(150)
def test_both_formats_mean_the_same(pointer: str, digits: str, others: str) -> None:
    new, old = f"{pointer}@sha1:{digits}", f"{pointer}/{digits}"
    assert parse_revision(new).hex == digits
    assert same_revision(digits, new)
    if ":" not in pointer:
        assert parse_revision(old).hex == digits
        assert same_revision(old, new)
        assert same_revision(new, old)
    assert same_revision(others, new) == (others == digits)


@drawn(st.text(max_size=80), st.text(max_size=80))
@examples(150)
def test_no_text_crashes(expected: str, observed: str) -> None:
    assert parse_revision(observed).text == observed.strip()
    same_revision(expected, observed)


@pytest.mark.parametrize(
    ("expected", "valid", "same"),
    [
        (f"main@sha1:{SHA[:7]}", True, True),
        (f"sha1:{SHA[:12]}", True, True),
        (f"main@sha1:{OTHER[:7]}", True, False),
        (f"main@sha256:{SHA[:7]}", True, False),
        (f"main@sha1:{SHA[:6]}", False, True),
    ],
)
def test_an_abbreviated_hash_in_a_whole_revision(expected: str, valid: bool, same: bool) -> None:
    assert is_revision(expected) is valid
    assert same_revision(expected, f"main@sha1:{SHA}") is same

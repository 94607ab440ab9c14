# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Revisions of artifacts, and expected ones: rules.rst, "Expected revisions"."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.revisions import (
    could_be_tag,
    how_it_fits,
    is_commit,
    is_revision,
    parse_expected,
    parse_revision,
    same_artifact,
)
from hypothesis import HealthCheck, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

SHA = "5394cb7f48332b2de7c17dd8b8384bbc84b7e738"
OTHER = "6394cb7f48332b2de7c17dd8b8384bbc84b7e738"
SHA256 = "b" * 64
EXAMPLES = settings(max_examples=150, deadline=None, database=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])


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
        ("c" * 96, None, None, None),
        ("c" * 128, None, None, None),
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
    revision = parse_revision(text)
    assert (revision.pointer, revision.algos, revision.hex) == (pointer, (algo,) if algo else (), digits)
    assert revision.opaque is (digits is None)


HEX = {
    40: ("sha1",),
    64: ("sha256", "blake3"),
    96: ("sha384",),
    128: ("sha512",),
    7: (),
    39: (),
    41: (),
}


@pytest.mark.parametrize(("digits", "algos"), HEX.items())
def test_a_hash_alone_is_expected_whole_or_abbreviated(digits: int, algos: tuple[str, ...]) -> None:
    wanted = parse_expected("A" * digits)
    assert (wanted.hex, wanted.algos) == ("a" * digits, algos)


@pytest.mark.parametrize(
    ("expected", "observed", "how"),
    [
        (SHA, f"main@sha1:{SHA}", "hash"),
        (SHA.upper(), f"main@sha1:{SHA}", "hash"),
        (SHA, f"main/{SHA}", "hash"),
        (SHA, f"HEAD/{SHA}", "hash"),
        (SHA, SHA, "hash"),
        (f"main/{SHA}", f"main@sha1:{SHA}", "hash"),
        (f"main@sha1:{SHA}", f"main/{SHA}", "hash"),
        (f"dev@sha1:{SHA}", f"main@sha1:{SHA}", "hash"),
        (SHA[:7], f"main@sha1:{SHA}", "abbreviated"),
        (SHA[:20].upper(), f"main@sha1:{SHA}", "abbreviated"),
        (f"main@sha1:{SHA[:7]}", f"main@sha1:{SHA}", "abbreviated"),
        (SHA[:6], f"main@sha1:{SHA}", ""),
        (SHA[1:9], f"main@sha1:{SHA}", ""),
        (OTHER, f"main@sha1:{SHA}", ""),
        (OTHER, f"{OTHER}/{SHA}", ""),
        (SHA, f"main@sha1:{SHA[:7]}", ""),
        # The algorithm must agree where both are known
        (f"main@sha256:{SHA256}", f"main@blake3:{SHA256}", ""),
        (f"main@sha256:{SHA[:7]}", f"main@sha1:{SHA}", ""),
        (SHA256, f"main@sha256:{SHA256}", "hash"),
        (SHA256, f"main@blake3:{SHA256}", "hash"),
        ("c" * 40, f"main@sha512:{'c' * 128}", ""),
        ("c" * 96, f"main@sha384:{'c' * 96}", "hash"),
        ("c" * 128, f"main@sha512:{'c' * 128}", "hash"),
        ("c" * 41, f"main@sha512:{'c' * 128}", "abbreviated"),
        # An artifact without a hash proves nothing, a text without one nothing where a branch is followed
        ("v1.0.0", "v1.0.0", ""),
        (SHA, "v1.0.0", ""),
        (SHA, "", ""),
        ("main", f"main@sha1:{SHA}", ""),
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", ""),
    ],
)
def test_how_a_branchs_artifact_fits(expected: str, observed: str, how: str) -> None:
    assert how_it_fits(expected, observed, "branch") == how


@pytest.mark.parametrize(
    ("expected", "observed", "followed", "how"),
    [
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", "tag", "tag"),
        ("refs/tags/v1.0.0", f"v1.0.0@sha1:{SHA}", "tag", "tag"),
        ("v1.0.0", f"refs/tags/v1.0.0@sha1:{SHA}", "tag", "tag"),
        ("v1.0.0", f"v1.0.1@sha1:{SHA}", "tag", ""),
        ("V1.0.0", f"v1.0.0@sha1:{SHA}", "tag", ""),
        ("v1.0.0", SHA, "tag", ""),
        ("v1.0.0", "v1.0.0", "tag", ""),
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", "semver", "tag"),
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", "commit", ""),
        ("v1.0.0", f"v1.0.0@sha1:{SHA}", "name", ""),
        ("20251201", f"20251201@sha1:{SHA}", "tag", "tag"),
        ("20251201", f"20251202@sha1:{SHA}", "tag", ""),
        ("20251201", f"20251201@sha1:{SHA}", "semver", ""),
        ("20251201", f"20251201@sha1:{SHA}", "branch", ""),
        (SHA[:8], f"v1@sha1:{SHA}", "tag", "abbreviated"),
        (SHA, f"v1@sha1:{SHA}", "tag", "hash"),
    ],
)
def test_tags(expected: str, observed: str, followed: str, how: str) -> None:
    """A text without a hash is compared with the pointer of a tag or semver, one of digits only with that of a tag."""
    assert how_it_fits(expected, observed, followed) == how


@pytest.mark.parametrize(
    ("text", "could_be"),
    [
        ("v1", True),
        ("20251201", True),
        (SHA[:7], True),
        (SHA, False),
        ("c" * 64, False),
        ("c" * 128, False),
        ("c" * 63, True),
        (f"v1@sha1:{SHA}", False),
        (f"main/{SHA}", False),
    ],
)
def test_what_could_be_a_tag(text: str, could_be: bool) -> None:
    assert could_be_tag(parse_expected(text)) is could_be


@pytest.mark.parametrize(
    ("expected", "commit", "same"),
    [(SHA, SHA, True), (SHA[:9], SHA.upper(), True), (SHA, SHA[:9], True), (f"main@sha1:{SHA}", SHA, True), (OTHER, SHA, False)],
)
def test_the_commit_that_a_source_is_pinned_to(expected: str, commit: str, same: bool) -> None:
    assert is_commit(expected, commit) is same


def test_a_text_is_no_commit() -> None:
    assert not is_commit("v1", SHA)
    assert not is_commit(SHA, "main")
    assert not is_commit(SHA, SHA[:6])


@pytest.mark.parametrize(
    "value", [SHA, SHA[:7], "c" * 128, f"main@sha1:{SHA}", f"main@sha1:{SHA[:7]}", f"main/{SHA}", "v1.0.0", "release-1", "a/b", " v1 "]
)
def test_what_can_be_expected(value: str) -> None:
    assert is_revision(value)


BAD = ["", " ", "abc", SHA[:6], "123456", f"main@sha1:{SHA[:6]}", "two words", f"two words@sha1:{SHA}", "a\nb", "a\x00b", "HEAD~1", "main^"]


@pytest.mark.parametrize("value", [*BAD, "v1..v2", "v*", "main@sha1:xyz", None, 1234567, [SHA], True])
def test_what_cannot_be_expected(value: Any) -> None:
    """A prefix under seven digits, what no tag can be named, and what is no text."""
    assert not is_revision(value)


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        (f"main@sha1:{SHA}", f"main/{SHA}", True),
        (f"main@sha1:{SHA}", f"dev@sha1:{SHA}", True),
        (f"main@sha1:{SHA}", f"main@sha1:{OTHER}", False),
        ("v1", "v1", True),
        ("v1", "v2", False),
    ],
)
def test_same_artifact(first: str, second: str, same: bool) -> None:
    assert same_artifact(first, second) is same


NAMES = st.text(st.characters(codec="ascii", categories=["L", "N", "P"]), min_size=1, max_size=20)
HASHES = st.text("0123456789abcdef", min_size=40, max_size=40)


@drawn(NAMES, HASHES, HASHES)
@EXAMPLES
def test_both_formats_mean_the_same(pointer: str, digits: str, others: str) -> None:
    new, old = f"{pointer}@sha1:{digits}", f"{pointer}/{digits}"
    assert parse_revision(new).hex == digits
    assert how_it_fits(digits, new, "branch") == "hash"
    if ":" not in pointer:
        assert same_artifact(old, new)
        assert how_it_fits(old, new, "branch") == how_it_fits(new, old, "branch") == "hash"
    assert (how_it_fits(others, new, "branch") == "hash") == (others == digits)


@drawn(st.text(max_size=80), st.text(max_size=80), st.sampled_from(["branch", "tag", "semver", "commit", "name"]))
@EXAMPLES
def test_no_text_crashes(expected: str, observed: str, followed: str) -> None:
    assert parse_revision(observed).text == observed.strip()
    assert how_it_fits(expected, observed, followed) in ("", "hash", "abbreviated", "tag")

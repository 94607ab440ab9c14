# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Revisions of Flux's artifacts: their grammar, old and new, and when an artifact is what was expected (rules.rst, "Expected revisions").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

_DIGEST = re.compile(r"^(?:(.*)@)?(sha1|sha256|sha384|sha512|blake3):([0-9a-f]+)$", re.IGNORECASE | re.DOTALL)
_HASH = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$", re.IGNORECASE)
_HEX = re.compile(r"^[0-9a-f]+$", re.IGNORECASE)
_NO_TAG = re.compile(r"[\s\x00-\x1f\x7f~^:?*\[\\]|\.\.")  # what git allows in no name of a tag or branch
_ALGORITHMS = {40: ("sha1",), 64: ("sha256", "blake3"), 96: ("sha384",), 128: ("sha512",)}  # by the digits of a whole hash
PREFIX_MIN = 7  # hex digits
HEADS, TAGS = "refs/heads/", "refs/tags/"

# How an artifact fits an expected revision.
HASH, ABBREVIATED, TAG = "hash", "abbreviated", "tag"


@dataclass(frozen=True)
class Revision:
    """A revision: its text, the branch or tag it points to (None for HEAD or none), and its hash.

    ``hex`` is None when the text holds no hash; ``algos`` are the algorithms that the hash may be of, empty when not known.
    """

    text: str
    pointer: str | None = None
    hex: str | None = None
    algos: tuple[str, ...] = ()

    @property
    def opaque(self) -> bool:
        """Whether it holds no hash."""
        return self.hex is None

    @property
    def identity(self) -> str:
        """What tells it from another one: the hash, else the text."""
        return self.hex or self.text


@lru_cache(4096)  # a fleet has the same few revisions
def parse_revision(text: str) -> Revision:
    """The revision of an artifact: the new form ``main@sha1:abc``, the old form ``main/abc``, or opaque."""
    text = text.strip()
    digest = _DIGEST.match(text)
    if digest:
        return Revision(text, _pointer(digest[1]), digest[3].lower(), (digest[2].lower(),))
    head, _slash, tail = text.rpartition("/")
    if ":" not in text and _HASH.match(tail):
        return Revision(text, _pointer(head), tail.lower(), _ALGORITHMS[len(tail)][:1])
    return Revision(text)


def parse_expected(text: str) -> Revision:
    """A revision that somebody expects: as an artifact's, and also a hash alone, whole or its first digits."""
    text = text.strip()
    return Revision(text, None, text.lower(), _ALGORITHMS.get(len(text), ())) if _HEX.match(text) else parse_revision(text)


def _pointer(text: str | None) -> str | None:
    return None if text in (None, "", "HEAD") else text


def short_name(name: str, prefix: str) -> str:
    """A name without ``refs/heads/`` or ``refs/tags/``, whichever is the prefix."""
    return name[len(prefix) :] if name.startswith(prefix) else name


def is_revision(value: Any) -> bool:
    """Whether a value can be expected: a hash, its first digits (7 at least), a whole revision, or the name of a tag."""
    if not isinstance(value, str) or not value.strip():
        return False
    wanted = parse_expected(value)
    if wanted.hex is not None:
        return len(wanted.hex) >= PREFIX_MIN and not re.search(r"[\s\x00-\x1f\x7f]", wanted.text)
    return not _NO_TAG.search(wanted.text)


def same_hash(expected: Revision, observed: Revision) -> bool:
    """Whether the observed hash is the expected one or begins with it; the algorithms must agree where both are known."""
    if expected.hex is None or observed.hex is None or len(expected.hex) < PREFIX_MIN:
        return False
    agree = not expected.algos or not observed.algos or bool(set(expected.algos) & set(observed.algos))
    return agree and observed.hex.startswith(expected.hex)


def is_commit(expected: str, commit: str) -> bool:
    """Whether an expected revision is the commit that a source is pinned to; either may be abbreviated."""
    want, have = parse_expected(expected), parse_expected(commit)
    return same_hash(want, have) or same_hash(have, want)


def how_it_fits(expected: str, observed: str, followed: str) -> str:
    """How an artifact fits an expected revision: ``hash``, ``abbreviated`` (its first digits), ``tag``, or empty: it does not.

    The hash decides. The artifact's pointer counts only for a text that may be the name of a tag, and where a tag is followed.

    :param followed: what kind of ref the source follows: ``tag``, ``semver``, ``branch``, ``commit`` or ``name``
    """
    want, have = parse_expected(expected), parse_revision(observed)
    if have.hex is None:
        return ""
    if want.hex is not None and same_hash(want, have):
        return HASH if len(want.hex) == len(have.hex) else ABBREVIATED
    by_tag = could_be_tag(want) and followed in (("tag", "semver") if want.opaque else ("tag",))
    return TAG if by_tag and have.pointer and short_name(have.pointer, TAGS) == short_name(want.text, TAGS) else ""


def could_be_tag(expected: Revision) -> bool:
    """Whether an expected text may be the name of a tag: it holds no hash, or is of hex digits only and no whole hash."""
    return expected.opaque or (expected.text.lower() == expected.hex and len(expected.text) not in _ALGORITHMS)


def same_artifact(first: str, second: str) -> bool:
    """Whether two revisions of an artifact are the same, in whatever form."""
    return parse_revision(first).identity == parse_revision(second).identity

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Artifact revisions of Flux: their grammar, old and new, and when two are the same (rules.rst, "Expected revisions")."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_DIGEST = re.compile(r"^(?:(.*)@)?(sha1|sha256|sha384|sha512|blake3):([0-9a-f]+)$", re.IGNORECASE | re.DOTALL)
_HASH = re.compile(r"^(?:[0-9a-f]{40}|[0-9a-f]{64})$", re.IGNORECASE)
_PREFIX = re.compile(r"^[0-9a-f]{7,64}$", re.IGNORECASE)
PREFIX_MIN = 7  # hex digits


@dataclass(frozen=True)
class Revision:
    """A revision: its text, the branch or tag it points to (None for HEAD or none), and its hash; algo and hex are None when opaque."""

    text: str
    pointer: str | None = None
    algo: str | None = None
    hex: str | None = None


def parse_revision(text: str) -> Revision:
    """A revision in the new form ``main@sha1:abc``, the old form ``main/abc``, or opaque (rules.rst, "Expected revisions")."""
    text = text.strip()
    digest = _DIGEST.match(text)
    if digest:
        return Revision(text, _pointer(digest.group(1)), digest.group(2).lower(), digest.group(3).lower())
    head, _slash, tail = text.rpartition("/")
    if ":" not in text and _HASH.match(tail):
        return Revision(text, _pointer(head), "sha1" if len(tail) == 40 else "sha256", tail.lower())
    return Revision(text)


def _pointer(text: str | None) -> str | None:
    return None if text in (None, "", "HEAD") else text


def is_revision(value: Any) -> bool:
    """Whether a value can be expected as a revision: a hash, a prefix of at least seven digits, a whole revision or a tag."""
    if not isinstance(value, str) or not value.strip() or re.search(r"[\s\x00-\x1f]", value.strip()):
        return False
    parsed = parse_revision(value)
    return len(parsed.hex or parsed.text) >= PREFIX_MIN if parsed.hex or re.fullmatch(r"[0-9a-fA-F]+", parsed.text) else True


def same_revision(expected: str, observed: str) -> bool:
    """Whether an artifact's revision is the expected one: the hash decides, a text without a hash is compared with the pointer
    (rules.rst, "Expected revisions")."""
    want, have = parse_revision(expected), parse_revision(observed)
    if want.text.casefold() == have.text.casefold():
        return True
    if want.hex and have.hex:
        known = (want.algo, have.algo)
        return have.hex.startswith(want.hex) and (None in known or want.algo == have.algo)
    if have.hex and _PREFIX.match(want.text):
        return have.hex.startswith(want.text.lower())
    return bool(have.pointer) and want.text == have.pointer

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Foreign text made safe to show (rules.rst, "Foreign text").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from urllib.parse import quote

TEXT_LIMIT = 2000  # characters

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]+")
# A URL with user information. What follows the first slash belongs to it only when a colon stands before, with no port behind: then the
# slash is one of a password. Every repetition ends at the next URL or is bounded, so that a long text costs no square of its length.
_USERINFO = re.compile(
    r"""
    (?P<scheme>[a-z][a-z0-9+.-]{0,19}:(?:\\?/){2})
    (?P<info>
        (?=(?!\[)[^/:\s"\\]*(?::|%3A)(?!\d{1,5}(?:[/?\#\\\s"]|$)))
        (?:[^/\\\s"]|\\(?!/))*  (?:\\?/(?:(?!:(?:\\?/){2})[^\s"?\#])*)?
        | (?:[^/\\\s"]|\\(?!/))*
    )
    @(?!sha\d{1,3}:[0-9a-f]{7})
    """,
    re.IGNORECASE | re.VERBOSE,
)
# The same without a scheme, where the host is known by what follows it. No scp-like address and no digest of an image.
_BARE_USERINFO = re.compile(
    r"""
    (?<![^\s"'(<=,;\[{])(?P<scheme>(?://)?)
    (?P<info>(?!mailto:)[^\s"'(<=,;\[{@/:]{1,64}:(?!git@)[^\s"/]{1,256})
    @(?!sha\d{1,3}:[0-9a-f]{7})(?=(?:\[[0-9a-f:]{2,45}\]|[a-z0-9][a-z0-9._-]{0,252})[:/])
    """,
    re.IGNORECASE | re.VERBOSE,
)
# And percent-encoded, as in the query of another URL, any number of times over.
_ENCODED_USERINFO = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.-]{0,19}%(?P<times>(?:25){0,3})3A(?:%(?P=times)2F){2})"
    r"(?P<info>(?:(?!%(?P=times)2F)[^\s\"/&@])*)(?P<at>%(?P=times)40)",
    re.IGNORECASE,
)
_USERINFOS = (_USERINFO, _BARE_USERINFO, _ENCODED_USERINFO)
_COLON = re.compile(r":|%(?:25){0,3}3A", re.IGNORECASE)
_SECRET_WORDS = re.compile(
    r"((?:\btoken|\bauthorization|\bx-auth-token|\bx-security-token|\bpassword)[\"']?\s*[=:]\s*[\"']?(?:basic |bearer )?)[^\s\"'&,;]+",
    re.IGNORECASE,
)


def mask_urls(text: str) -> str:
    """``text`` without the user part of http(s) URLs, and of URLs that leave the scheme out, and without the password of other URLs
    (``ssh://git@host`` stays)."""
    if "@" in text:
        text = _BARE_USERINFO.sub(_hide, _USERINFO.sub(_hide, text))
    return _ENCODED_USERINFO.sub(_hide, text) if "%" in text else text


def _hide(match: re.Match[str]) -> str:
    scheme, at = match["scheme"], match[0][match.end("info") - match.start() :]
    if "http" in scheme.lower() or not scheme.strip("/"):
        return f"{scheme}***{at}"
    colon = _COLON.search(match["info"])
    return f"{scheme}{match['info'][: colon.end()]}***{at}" if colon else match[0]


def clean_text(value: object, limit: int = TEXT_LIMIT) -> str:
    """Foreign text as it may be shown: secrets masked, control characters stripped, capped in characters (rules.rst, "Foreign text")."""
    text = _CONTROL.sub(" ", str(value)[: 4 * limit])
    text = _SECRET_WORDS.sub(r"\1***", mask_urls(text)).strip()
    return text if len(text) <= limit else text[: limit - 1] + "…"


def spellings(secret: str) -> list[str]:
    """A secret as it is and as JSON, HTML, URLs and Python write it, longest first."""
    written = (json.dumps(secret)[1:-1], json.dumps(secret, ensure_ascii=False)[1:-1], html.escape(secret), repr(secret)[1:-1])
    return sorted({secret, *written, quote(secret), quote(secret, safe="")}, key=len, reverse=True) if secret else []


def passwords_in_urls(value: object) -> list[str]:
    """What stands before the @ of URLs, without the name before a colon; a short one is a name such as ``git`` (and would mask words)."""
    text = json.dumps(value, default=str)
    if "@" not in text and "%" not in text:
        return []
    found = {_COLON.split(match["info"], maxsplit=1)[-1] for pattern in _USERINFOS for match in pattern.finditer(text)}
    # Up to the first slash it may be all there is: https://user:password@host/name@version.
    found |= {one.partition("/")[0].rpartition("@")[0] for one in found}
    return [spelling for one in sorted(found) if len(one) >= 8 for spelling in spellings(one)]


_CHANGING = re.compile(
    "|".join(
        [
            r"\b\d+ (?:d|h|min|s)(?: \d+ (?:h|min|s))?\b",  # durations as this collection writes them
            r"\b(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+\b",  # and as Go does
            r"\b\d{1,3}(?:\.\d{1,3}){3}(?::\d+)?\b",  # addresses with ports
            r"\b(?=[a-f]*\d)[0-9a-f]{7,}\b",  # hashes
            r"https?://[^\s'\"]+",
        ]
    ),
    re.IGNORECASE,
)


def message_shape(message: object) -> str:
    """A message without addresses, ports, hex, durations and URLs: equal shapes are the same failure (rules.rst, X6)."""
    return _CHANGING.sub("*", str(message))


def some_of(texts: Sequence[str], joint: str, most: int) -> str:
    """The first few of a list, and how many there are beside."""
    more = f"{joint}and {len(texts) - most} more" if len(texts) > most else ""
    return joint.join(texts[:most]) + more

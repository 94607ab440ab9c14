# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Foreign text made safe to show (rules.rst, "Foreign text").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from .secrets import INVISIBLE, mask_secrets

TEXT_LIMIT = 2000  # characters
_READ_LIMIT = 100_000  # characters of a text that are looked at

_COLOURS = re.compile(r"(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]")  # and other sequences for terminals
# Line breaks and every other space but the blank, and what is not seen.
_CONTROL = re.compile(rf"(?:[^\S ]|[{INVISIBLE}])+")
_NO_CHARACTER = re.compile(
    "[\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    + "".join(chr(plane << 16 | last) for plane in range(1, 17) for last in (0xFFFE, 0xFFFF))
    + "]"
)
_PLAIN = re.compile(r"[\w./-](?:[\w./ -]*[\w./-])?", re.ASCII)  # most names: one line, and without a colon or # no command
_COMMAND = re.compile(r"##(?=[\w.-]{0,20}\[)")  # Azure Pipelines, TeamCity
_SECTION = re.compile(r"(section_(?:start|end))(?=:)", re.IGNORECASE)  # GitLab


def clean_text(value: object, limit: int = TEXT_LIMIT) -> str:
    """Foreign text as it may be shown (rules.rst, "Foreign text"); what is clean already stays as it is.

    One line without control characters, without what XML forbids (U+FFFD instead), without secrets, and without what CI systems take for a
    command.

    :param limit: characters; a longer text is cut after its secrets are masked, and ends in ``…``
    """
    text = str(value)
    return _remembered(text, limit) if len(text) <= _REMEMBERED else _clean(text, limit)


def _clean(text: str, limit: int) -> str:
    if len(text) <= limit and _PLAIN.fullmatch(text) and len(masked := mask_secrets(text)) <= limit:
        return masked
    if len(text) > _READ_LIMIT:  # without the last word: it could be a URL whose end would tell that it has a password
        text = re.split(r"[\s\"][^\s\"]*\Z", text[:_READ_LIMIT], maxsplit=1)[0][: _READ_LIMIT - 1]
        text += "…"
    line = _one_line(text)
    if line != text:  # masked before, too: what becomes a blank could end a secret too early
        line = _one_line(mask_secrets(text))
    line = _without_commands(mask_secrets(line.strip()))
    for _attempt in range(3):  # a word can look like a secret once nothing follows it
        if len(line) <= limit:
            break
        line = _without_commands(mask_secrets(line[: limit - 1] + "…"))
    return line if len(line) <= limit else line[: limit - 1] + "…"


# The clusters of a fleet say the same short texts again and again.
_REMEMBERED = 200  # characters
_remembered = lru_cache(4096)(_clean)


def _one_line(text: str) -> str:
    return _NO_CHARACTER.sub("\ufffd", _CONTROL.sub(" ", _COLOURS.sub("", text)))


def _without_commands(line: str) -> str:
    """A line that no CI system takes for a command; GitHub's begin with two colons, the others' stand anywhere."""
    line = _SECTION.sub(r"\1 ", _COMMAND.sub("## ", line))
    return f": {line[1:]}" if line.startswith("::") else line


def plain_json(value: Any) -> Any:
    """A JSON value that every encoder takes: U+FFFD for halves of characters, None for what is no number. The same object where it is one.

    :param value: what ``json.loads`` can give; objects of other types in it stay
    """
    try:
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (TypeError, ValueError):
        return _plain(value)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, str):
        return re.sub("[\ud800-\udfff]", "\ufffd", value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, dict):
        return {_plain_key(name): _plain(member) for name, member in value.items()}
    return [_plain(member) for member in value] if isinstance(value, (list, tuple)) else value


def _plain_key(name: Any) -> Any:
    return str(name) if isinstance(name, float) else _plain(name)


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

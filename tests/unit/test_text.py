# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Foreign text is made safe to show: one line, valid in every report, free of secrets and of commands for CI systems."""

from __future__ import annotations

import json
import math
import unicodedata
from typing import TYPE_CHECKING, Any
from xml.etree import ElementTree

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.text import (
    TEXT_LIMIT,
    clean_text,
    message_shape,
    plain_json,
    some_of,
)
from hypothesis import example, given, settings
from hypothesis import strategies as st

from unit.answers import ANY_VALUE

if TYPE_CHECKING:
    from collections.abc import Callable

UNHURRIED = settings(deadline=None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The token must be updated", "The token must be updated"),
        ("token=hunter2 was refused", "token=*** was refused"),
        ("a\x00b\x1bc\u202ed\ufeff", "a b c d"),
        ("two\nlines\tmore\r\nend\u2028x\x85y", "two lines more end x y"),
        ("a  b", "a  b"),
        ("  around  ", "around"),
        ("\x1b[1;31mred\x1b[0m and \x9b2Kmore", "red and more"),
        ("half \ud83d of, \ufffe and \uffff, \U0001fffe", "half \ufffd of, \ufffd and \ufffd, \ufffd"),
        ("\U0001f600 中文 ä", "\U0001f600 中文 ä"),
        ("中\u3000文\xa0x", "中 文 x"),
        ("pay\u00adload \u2066x\u2069 \U000e0041", "pay load  x"),
        (None, "None"),
        ({"a": 1}, "{'a': 1}"),
        # a secret that is cut by what is taken out, and a name put together by it
        ("https://u:hun\u200bter2@h/r", "https://***:***@h/r"),
        ("password='hun\nter2'", "password='***'"),
        ("pass\x1b[0mword=hunter2", "password=***"),
        ("Authorization:\x00Bearer hunter2", "Authorization: Bearer ***"),
        ("Authorization:\u200btoken\x00hunter2", "Authorization: token ***"),
    ],
)
def test_clean_text(text: object, expected: str) -> None:
    assert clean_text(text) == expected
    assert clean_text(expected) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("::error title=x::y", ": :error title=x::y"),
        ("\n \t::set-output name=a::b", ": :set-output name=a::b"),
        ("\u200b::stop-commands::x", ": :stop-commands::x"),
        ("a std::string", "a std::string"),
        (":::", ": ::"),
        (
            "not found\n##vso[task.complete result=Succeeded;]done\r\n##[error]z",
            "not found ## vso[task.complete result=Succeeded;]done ## [error]z",
        ),
        ("###[group]x", "### [group]x"),
        ("##\x1b[0m[group]x", "## [group]x"),
        ("x ##VSO[task.setvariable variable=a]b", "x ## VSO[task.setvariable variable=a]b"),
        ("##teamcity[buildStatus status='SUCCESS']", "## teamcity[buildStatus status='SUCCESS']"),
        ("section_start:1:a[collapsed=true]\r\x1b[0Kb", "section_start :1:a[collapsed=true] b"),
        ("\x1b[0Ksection_end:1:a\r\x1b[0K", "section_end :1:a"),
        ("## heading [x]", "## heading [x]"),
    ],
)
def test_commands_of_ci_systems_are_broken(text: str, expected: str) -> None:
    assert clean_text(text) == expected
    assert clean_text(expected) == expected


def test_clean_text_has_a_limit() -> None:
    assert clean_text("x" * 5000) == "x" * 1999 + "…"
    assert clean_text("x" * 10, limit=10) == "x" * 10
    assert clean_text("x" * 11, limit=10) == "x" * 9 + "…"


@pytest.mark.parametrize("length", [TEXT_LIMIT, 8000, 100_000])
@pytest.mark.parametrize("secret", ["https://user:hunter2secret@h/r", "token=hunter2secret", '{"password": "hunter2secret"}'])
def test_secrets_are_masked_before_the_cut(secret: str, length: int) -> None:
    for before in range(len(secret) + 2):
        assert "hunt" not in clean_text("-----BEGIN PRIVATE KEY-----" + "A" * (length - before - 27) + f" {secret}")
    for before in range(0, len(secret) + 2, 3):
        assert "hunt" not in clean_text(f"{'word ' * (length // 5)}"[: length - before] + secret)


@UNHURRIED
@given(st.text(max_size=200) | st.text(st.characters(max_codepoint=0x9F), max_size=50) | st.binary(max_size=20))
@example("\ud800\udc00\ufffe\x00\x0b\u2029")
@example("".join(chr(code) for code in range(0x3000)))
@example("".join(chr(code) for code in range(0xD700, 0x20000)))
def test_clean_text_is_one_line_for_every_report(value: object) -> None:
    line = clean_text(value)
    assert len(line.splitlines()) <= 1
    assert line == line.strip()
    assert not {"Cc", "Cs", "Zl", "Zp"} & {unicodedata.category(char) for char in line}
    assert not any(unicodedata.bidirectional(char) in {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"} for char in line)
    assert all(char == " " or not char.isspace() for char in line)
    assert line.encode().decode() == line
    element = ElementTree.Element("x", {"text": line})
    assert ElementTree.fromstring(ElementTree.tostring(element)).get("text") == line
    assert clean_text(line) == line


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (math.nan, None),
        ([1.5, math.inf, -math.inf], [1.5, None, None]),
        ({"a\ud800": ["\udfff", {"b": math.nan}]}, {"a\ufffd": ["\ufffd", {"b": None}]}),
        ({math.nan: 1, 2: math.inf}, {"nan": 1, 2: None}),
        (("\ud800",), ["\ufffd"]),
    ],
    ids=ascii,
)
def test_plain_json(value: Any, expected: Any) -> None:
    assert plain_json(value) == expected
    assert plain_json(plain_json(value)) == expected


@UNHURRIED
@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(), max_size=5), inner, max_size=3),
        max_leaves=5,
    )
)
def test_plain_json_can_be_written(value: Any) -> None:
    plain = plain_json(value)
    json.dumps(plain, allow_nan=False, ensure_ascii=False).encode()
    assert plain_json(plain) is plain


def test_what_is_plain_stays_the_same_object() -> None:
    value = {"a": [1, "中文\ufffe", None, True, 1.5]}
    assert plain_json(value) is value


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


def test_some_of() -> None:
    assert some_of(["a", "b"], ", ", 2) == "a, b"
    assert some_of(["a", "b", "c"], ", ", 2) == "a, b, and 1 more"
    assert some_of([], ", ", 2) == ""


@pytest.mark.parametrize("reader", [clean_text, message_shape, plain_json])
@given(value=ANY_VALUE)
@example(value="\ud800https://\ud800@x")
@example(value="9" * 4301)
@example(value=10**400)
@example(value=-(10**400))
@settings(deadline=None, max_examples=50)
def test_nothing_raises(reader: Callable[[Any], object], value: object) -> None:
    reader(value)


@pytest.mark.parametrize("text", ["1s", "1.", "0a", "1.1.1.1:", "https://", "1 h ", "a0b", "9"])
def test_long_messages_are_no_trouble(text: str) -> None:
    """200,000 characters of what could make a pattern try again and again."""
    message_shape(text * (200_000 // len(text)))

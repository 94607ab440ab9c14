# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From what a service sent to its JSON or to one ApiError; secrets in answers do not leave at all (rules.rst, rows E).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timezone
from typing import Any

from ..model.errors import STALE_ANSWER, UNEXPECTED_ANSWER, ApiError
from ..model.secrets import Masker, safe_json
from ..model.shapes import nested
from ..model.strict_json import NotStrict, strict_json
from ..model.text import TEXT_LIMIT, clean_text
from .retry import http_date, is_retryable, retry_after_seconds

NESTING_LIMIT = 48  # rounds of taking out innermost brackets; documented answers need ten, ansible-core gives up on a few hundred levels
LONG_SECRET = 64  # characters; a piece of a longer one could remain where a text is cut short
WITHOUT_ENVELOPE = ("ucs", "servicestage")  # whose documented answers have no field for an error
ERROR_FIELDS = ("error_code", "error_msg", "errorCode", "errorMsg", "errorMessage")  # beside ``error`` and ``errors``
OLDEST = 60  # seconds that an answer may have been in a cache (rules.rst, E7)

_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_SECRET_INFO = re.compile(r"secret_?info", re.IGNORECASE)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')
_YEAR = re.compile(r"\s2\d{3}\s", re.ASCII)  # in full: the library takes the years 1 and 68 for 2001 and 2068
_STALE_WARNING = re.compile(r"(?:^|,)\s*(11[012])\b", re.ASCII)
_EARLIEST, _LATEST = datetime(2000, 1, 1, tzinfo=timezone.utc), datetime(2100, 1, 1, tzinfo=timezone.utc)


@dataclass(frozen=True)
class Call:
    """What is asked of a service.

    :ivar path: with its variable parts quoted
    :ivar query: raw pairs of names and values, as for ``canonical_query``
    :ivar body: what to send as JSON
    :ivar as_text: whether the answer is text instead of JSON
    :ivar as_list: whether the answer is a JSON array instead of an object
    """

    service: str
    method: str
    path: str
    query: tuple[tuple[str, Any], ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    body: Any = None
    as_text: bool = False
    as_list: bool = False

    @property
    def has_envelope(self) -> bool:
        """Whether a success says so in its body, as CodeArts Repo does before version 4."""
        return self.service == "codearts_repo" and not self.path.startswith("/v4/")

    @property
    def states_no_error(self) -> bool:
        """Whether a documented answer has no field for an error: then one beside its content is no part of it."""
        return self.service in WITHOUT_ENVELOPE or (self.service == "codearts_repo" and not self.has_envelope)

    @property
    def expected(self) -> int:
        """The only HTTP status that is an answer (E5)."""
        return 201 if self.method == "POST" else 200


@dataclass(frozen=True)
class Received:
    """What came over the wire.

    :ivar headers: names in lower case
    :ivar now: the service's time at the arrival of the headers
    """

    call: Call
    status: int
    headers: Mapping[str, str]
    raw: bytes
    now: datetime

    @property
    def request_id(self) -> str:
        """As the headers name it; empty when they do not."""
        return self.headers.get("x-request-id") or self.headers.get("x-iam-trace-id") or ""


@dataclass(frozen=True)
class Answer:
    """A successful answer: its JSON (or its text), its headers (names in lower case) and its request id."""

    body: Any
    headers: Mapping[str, str]
    request_id: str = ""


# --- What the headers say ----------------------------------------------------------------------------------------------------------


def stated_time(headers: Mapping[str, str]) -> datetime | None:
    """The service's clock, in UTC and whole seconds (rules.rst, "Time").

    None without a Date header, for one that is unreadable, has no zone or lies outside 2000 to 2100, and for an answer from a cache.
    """
    text = "" if "age" in headers else headers.get("date", "")
    moment = http_date(text) if _YEAR.search(text) else None
    return moment if moment and _EARLIEST <= moment < _LATEST else None


def stated_age(headers: Mapping[str, str]) -> float | None:
    """Seconds that an answer has been in caches, 0 when it says nothing of it; None when what it says is unreadable."""
    text = headers.get("age")
    if text is None:
        return 0.0
    return float(text) if re.fullmatch(r"\s*\d{1,9}\s*", text, re.ASCII) else None


def staleness(headers: Mapping[str, str]) -> str:
    """Why an answer says nothing of now, as the end of a sentence (E7: from a cache); empty when it does."""
    seconds = stated_age(headers)
    if seconds is None:
        return f"its Age header is unreadable: {headers['age'][:40]!r}"
    if seconds > OLDEST:
        return f"it is {seconds:.0f} s old (Age header)"
    warning = _STALE_WARNING.search(_QUOTED.sub('""', headers.get("warning", "")))
    return f"its Warning header has the code {warning.group(1)}" if warning else ""


# --- What the body says ------------------------------------------------------------------------------------------------------------


def too_deep(raw: bytes) -> bool:
    """Whether JSON is nested too deeply for what comes after: ansible-core recurses for each level."""
    # Brackets in its texts may mislead, but seldom do: the texts are only taken out where they may have.
    return _nests_too_deep(raw) and _nests_too_deep(_TEXTS.sub(b"", raw))


def _nests_too_deep(raw: bytes) -> bool:
    left = raw.translate(None, _NO_BRACKETS)
    for _round in range(NESTING_LIMIT):
        if not left:
            return False
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    return bool(left)


def code_and_message(body: Any) -> tuple[str, str]:
    """Code and message of an error body, whatever its shape (services.rst, "Errors and retries"); ``error`` is read before the others."""
    if isinstance(body, dict):
        pair = _named(body)
        return pair if any(pair) else ("", json.dumps(body) if body else "")
    if isinstance(body, str):
        return "", re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)) if body.lstrip().startswith("<") else body
    return "", "" if body in (None, [], {}) else json.dumps(body)


_NAMES = (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("errorCode", "errorMessage"), ("code", "message"))


def _named(body: Mapping[str, Any]) -> tuple[str, str]:
    inner = _inner(body.get("error"))
    if any(inner):
        return inner
    if isinstance(body.get("error"), str) and body["error"]:
        return _code(body), body["error"]
    flat = [names for names in _NAMES if _states(body, *names)]
    if flat:
        code, message = flat[0]
        return str(body.get(code) or ""), str(body.get(message) or "")
    listed = _inner(body.get("errors"))
    nameless = {name: body[name] for name in ("error", "errors") if body.get(name)}
    if nameless and not any(listed):  # rather than what the content of the answer may have under such names
        return "", json.dumps(nameless)
    return next((pair for pair in (listed, *map(_inner, body.values())) if any(pair)), ("", ""))


def _code(body: Mapping[str, Any]) -> str:
    """The code beside an error that is a text."""
    code = body.get("error_code") or body.get("errorCode") or body.get("code")
    return str(code) if isinstance(code, (str, int)) else ""


def _states(body: Mapping[str, Any], code: str, message: str) -> bool:
    """Whether a body has an error under two names; errorCode has two companions, of which the one that is there counts."""
    elsewhere = code == "errorCode" and not isinstance(body.get(message), str) and isinstance(body.get("errorMessage"), str)
    return not elsewhere and (isinstance(body.get(code), (str, int)) or isinstance(body.get(message), str))


def _inner(value: Any) -> tuple[str, str]:
    """Code and message within an object, or within the first object of a list that has any."""
    if isinstance(value, dict):
        return _named(value)
    candidates = (_named(element) for element in value if isinstance(element, dict)) if isinstance(value, list) else ()
    return next((pair for pair in candidates if any(pair)), ("", ""))


def failed_envelope(body: Any) -> bool:
    """Whether CodeArts says "failed" in its envelope, whatever the HTTP status (rules.rst, C0)."""
    if not isinstance(body, dict):
        return False
    return body.get("error") is not None or str(body.get("status")).lower() != "success" or _has_error_fields(body)


def states_error(body: Any) -> bool:
    """Whether a body names an error, which is looked at before the rest of it (rules.rst, "The answer belongs to the question")."""
    return isinstance(body, dict) and (bool(body.get("error")) or _has_error_fields(body))


def _has_error_fields(body: Mapping[str, Any]) -> bool:
    """Whether one of the fields that an error has beside ``error`` says something."""
    listed = body.get("errors")
    return any(body.get(name) for name in ERROR_FIELDS) or bool(any(listed) if isinstance(listed, list) else listed)


# --- Both together -----------------------------------------------------------------------------------------------------------------


class Interpreter:
    """Makes answers and errors of what came over the wire.

    :param masker: the secrets that no service may tell to others by repeating them
    """

    def __init__(self, masker: Masker) -> None:
        self.masker = masker

    def shown(self, value: str, limit: int = TEXT_LIMIT) -> str:
        """Foreign text as it may be shown; masked before it is cut short, for nobody would recognise a piece of a secret."""
        return clean_text(self.masker.mask(value), limit)

    def interpret(self, received: Received) -> Answer:
        """The answer.

        :raises ApiError: when it is none
        """
        text = received.raw.decode("utf-8", "replace")
        if received.call.service != "metadata":  # which may hand out the same keys again
            text = self.masker.mask(text, LONG_SECRET)
        try:
            body, flaw = self._parse(received.raw, text)
        except RecursionError:
            raise self._unexpected(received, "The answer is nested too deeply to be read.") from None
        self._check_headers(received)
        status = received.status
        if not 200 <= status < 300:
            raise self._refusal(received, body)
        if status != received.call.expected:
            raise self._unexpected(received, f"The service answered with HTTP status {status}, expected {received.call.expected}.")
        if received.call.as_text:
            return Answer(text, received.headers, self.shown(received.request_id, 100))
        if flaw:
            raise self._unexpected(received, f"The JSON has no single meaning: {flaw}.")
        if received.call.has_envelope and failed_envelope(body):
            raise self._refusal(received, body if any(_named(body)) else {name: body[name] for name in body if name != "result"})
        if received.call.states_no_error and states_error(body):
            code, message = code_and_message(body)
            raise self._unexpected(
                received, f"The answer states an error beside its content: {self.shown(f'{code} {message}'.strip(), 400)}"
            )
        if not isinstance(body, list if received.call.as_list else dict):
            shown = f": {self.shown(body if isinstance(body, str) else json.dumps(body), 80)}" if text.strip() else ""
            wanted = "array" if received.call.as_list else "object"
            raise self._unexpected(received, f"Expected a JSON {wanted}, got {_kind(body, text)}{shown}.")
        return Answer(body, received.headers, self.shown(received.request_id, 100))

    def _parse(self, raw: bytes, text: str) -> tuple[Any, str]:
        """The body without secrets, as JSON where it is JSON, and why it is not strict."""
        body, flaw = _read(text)
        if not isinstance(body, str) and too_deep(raw):
            raise RecursionError
        if isinstance(body, str):  # cannot be searched for secrets name by name
            return _SECRET_INFO.split(body, maxsplit=1)[0], self.shown(flaw, 200)
        return safe_json(body, text), self.shown(flaw, 200)

    def _check_headers(self, received: Received) -> None:
        stale = staleness(received.headers)
        if stale:
            message = f"The answer is from a cache and says nothing of now: {self.shown(stale, 200)}."
            raise ApiError(message, received.status, STALE_ANSWER, self.shown(received.request_id, 100), retryable=True)
        target = self.shown(received.headers.get("location", ""), 200) if 300 <= received.status < 400 else ""
        if target:
            message = f"The service redirects to {target}; redirects are not followed."
            raise ApiError(message, received.status, str(received.status), self.shown(received.request_id, 100))

    def _unexpected(self, received: Received, message: str) -> ApiError:
        return ApiError(message, received.status, UNEXPECTED_ANSWER, self.shown(received.request_id, 100))

    def _refusal(self, received: Received, body: Any) -> ApiError:
        code, message = code_and_message(body)
        request_id = received.request_id or str(nested(body, "request_id") or "")
        error = ApiError(
            self.shown(message) or f"HTTP status {received.status} without a message",
            received.status,
            self.shown(code, 100) or str(received.status),
            self.shown(request_id, 100),
            retryable=is_retryable(received.status, code),
        )
        error.retry_after = retry_after_seconds(received.headers.get("retry-after"), received.now)
        return error


def _read(text: str) -> tuple[Any, str]:
    if not text.strip():
        return None, ""
    try:
        try:
            return strict_json(text), ""
        except NotStrict as flaw:
            return json.loads(text), str(flaw)
    except ValueError:
        return text, ""


def _kind(body: Any, text: str) -> str:
    if not text.strip():
        return "an empty body"
    if isinstance(body, str) and text.lstrip().startswith("<"):
        return "HTML"
    return {list: "a list", dict: "an object", str: "text", type(None): "null", bool: "a boolean"}.get(type(body), "a number")

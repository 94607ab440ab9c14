# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Putting an identity on a request: the signature SDK-HMAC-SHA256, or a token (services.rst, "Signing").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timezone
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

try:
    from requests.auth import AuthBase
except ImportError:  # said in one place: client.py

    class AuthBase:  # type: ignore[no-redef]
        """Stands in for the class of requests, so that this file can be imported without it."""


ALGORITHM = "SDK-HMAC-SHA256"
EMPTY_BODY_SHA256 = hashlib.sha256(b"").hexdigest()


def canonical_path(path: str) -> str:
    """The path as it is signed: decoded once, each segment encoded again, ended by a slash (services.rst, "Signing")."""
    encoded = quote(unquote(path or "/"), safe="/~")
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(pairs: Iterable[tuple[str, Any]]) -> str:
    """Raw query pairs as they are signed and sent: text, sorted before encoding (services.rst, "Signing").

    :param pairs: (name, value); a list is a repeated name, None is left out, a bool becomes true or false
    """
    flat: list[tuple[str, str]] = []
    for name, value in pairs:
        for element in value if isinstance(value, (list, tuple)) else [value]:
            if element is not None:
                flat.append((name, str(element).lower() if isinstance(element, bool) else str(element)))
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in sorted(flat))


def canonical_request(
    method: str, path: str, query: str, headers: Mapping[str, str], signed_headers: Sequence[str], body_sha256: str = EMPTY_BODY_SHA256
) -> str:
    """The text whose hash is signed.

    :param query: the canonical query
    :param headers: all headers of the request, names in any case
    :param signed_headers: names of the headers to sign, in lower case
    """
    values = {name.lower(): value.strip() for name, value in headers.items()}
    names = sorted(signed_headers)
    lines = [f"{name}:{values[name]}\n" for name in names]
    return "\n".join([method.upper(), canonical_path(path), query, "".join(lines), ";".join(names), body_sha256])


def signature(secret_key: str, timestamp: str, canonical: str) -> str:
    """The hexadecimal signature of a canonical request; no key is derived.

    :param timestamp: the value of X-Sdk-Date
    """
    text = "\n".join([ALGORITHM, timestamp, hashlib.sha256(canonical.encode()).hexdigest()])
    return hmac.digest(secret_key.encode(), text.encode(), "sha256").hex()


def utc_now() -> datetime:
    """The local clock in UTC."""
    return datetime.now(timezone.utc)


class SdkHmacAuth(AuthBase):
    """Signs a prepared request with SDK-HMAC-SHA256; signing again replaces the earlier signature.

    Being an AuthBase keeps requests from putting ~/.netrc credentials in the place of the signature.

    :param headers: names of the headers to sign, in lower case; those the request does not have are left out
    :param now: the clock
    """

    HEADERS = ("host", "x-sdk-date", "x-project-id", "x-domain-id", "x-security-token")

    def __init__(
        self,
        access_key: str,
        secret_key: str,
        security_token: str | None = None,
        headers: Sequence[str] = HEADERS,
        now: Callable[[], datetime] = utc_now,
    ) -> None:
        self.access_key, self.secret_key, self.security_token = access_key, secret_key, security_token
        self.headers, self.now = headers, now

    def __call__(self, request: Any) -> Any:
        """Puts X-Sdk-Date and Authorization on a prepared request."""
        url = urlsplit(request.url)
        if self.security_token:
            request.headers["X-Security-Token"] = self.security_token
        timestamp = self.now().strftime("%Y%m%dT%H%M%SZ")
        request.headers["X-Sdk-Date"] = timestamp
        request.headers.setdefault("Host", url.netloc)
        present = {name.lower() for name in request.headers}
        signed = sorted(name for name in self.headers if name in present)
        body = request.body.encode() if isinstance(request.body, str) else request.body or b""
        query = canonical_query(parse_qsl(url.query, keep_blank_values=True)) if url.query else ""
        digest = hashlib.sha256(body).hexdigest() if body else EMPTY_BODY_SHA256
        canonical = canonical_request(request.method, url.path, query, request.headers, signed, digest)
        sealed = signature(self.secret_key, timestamp, canonical)
        request.headers["Authorization"] = f"{ALGORITHM} Access={self.access_key}, SignedHeaders={';'.join(signed)}, Signature={sealed}"
        return request


class TokenAuth(AuthBase):
    """Sends an IAM token, or nothing at all for a request that needs no authentication; keeps ~/.netrc out either way."""

    def __init__(self, token: str | None = None) -> None:
        self.token = token

    def __call__(self, request: Any) -> Any:
        """Puts X-Auth-Token on a prepared request."""
        if self.token:
            request.headers["X-Auth-Token"] = self.token
        return request

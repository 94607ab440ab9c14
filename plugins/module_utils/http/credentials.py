# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Who the caller is: the search for credentials, and the two ways to put them on a request (api/facts.md sections 3 and 4)."""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Iterable, Mapping, Sequence
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import dataclass, field
from datetime import datetime, timezone
from pathlib import Path
from typing import Any, Callable
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from .errors import CredentialsError, OptionError, Said

try:
    from requests.auth import AuthBase
except ImportError:  # said in one place: client.py

    class AuthBase:  # type: ignore[no-redef]
        """Stands in for the class of requests, so that this file can be imported without it."""


ALGORITHM = "SDK-HMAC-SHA256"
EMPTY_BODY_SHA256 = hashlib.sha256(b"").hexdigest()


# --- Signing -----------------------------------------------------------------------------------------------------------------------


def canonical_path(path: str) -> str:
    """The path as it is signed: decoded once, each segment encoded again, ended by a slash (api/facts.md section 3, rule 2)."""
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path or "/").split("/"))
    return encoded if encoded.endswith("/") else encoded + "/"


def canonical_query(pairs: Iterable[tuple[str, Any]]) -> str:
    """Raw query pairs as they are signed and sent: text, sorted before encoding (api/facts.md section 3, rules 3 and 4).

    :param pairs: (name, value); a list is a repeated name, None is left out, a bool becomes true or false
    """
    flat: list[tuple[str, str]] = []
    for name, value in pairs:
        for one in value if isinstance(value, (list, tuple)) else [value]:
            if one is not None:
                flat.append((name, str(one).lower() if isinstance(one, bool) else str(one)))
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
    return hmac.new(secret_key.encode(), text.encode(), hashlib.sha256).hexdigest()


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
        query = canonical_query(parse_qsl(url.query, keep_blank_values=True))
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


# --- Credentials -------------------------------------------------------------------------------------------------------------------


@dataclass
class Credentials:
    """One complete set of credentials from one source. ``kind`` is aksk, token, password or ecs_agency; secrets stay out of repr()."""

    kind: str
    source: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    auth_token: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    domain_name: str | None = None
    project_id: str | None = None
    domain_id: str | None = None

    @property
    def secrets(self) -> list[str]:
        """Every secret value of the set, for masking."""
        return [value for value in (self.secret_key, self.security_token, self.auth_token, self.password) if value]


# What makes a set complete, in the order of preference within a source.
SETS = {"aksk": ("access_key", "secret_key"), "token": ("auth_token",), "password": ("username", "password", "domain_name")}
# Any of these without a complete set is half a set. domain_name, project_id and domain_id alone are no attempt to authenticate.
MARKERS = ("access_key", "secret_key", "security_token", "auth_token", "username", "password")
# What goes into a header as it is.
IN_HEADERS = ("access_key", "security_token", "auth_token", "project_id", "domain_id")
_IN_HEADER = re.compile(r"[!-~]+")
OPTIONS = (*MARKERS, "domain_name", "project_id", "domain_id")

SDK_VARIABLES = {
    "access_key": "HUAWEICLOUD_SDK_AK",
    "secret_key": "HUAWEICLOUD_SDK_SK",
    "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "domain_id": "HUAWEICLOUD_SDK_DOMAIN_ID",
}
HW_VARIABLES = {
    "access_key": "HW_ACCESS_KEY",
    "secret_key": "HW_SECRET_KEY",
    "security_token": "HW_SECURITY_TOKEN",
    "auth_token": "HW_AUTH_TOKEN",
    "username": "HW_USER_NAME",
    "password": "HW_USER_PASSWORD",
    "domain_name": "HW_DOMAIN_NAME",
    "project_id": "HW_PROJECT_ID",
    "domain_id": "HW_DOMAIN_ID",
}
PROFILE_KEYS = {
    "access_key": "ak",
    "secret_key": "sk",
    "security_token": "security_token",
    "project_id": "project_id",
    "domain_id": "domain_id",
}
PROFILE_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
PROFILE_DEFAULT = ".huaweicloud/credentials"  # below the home directory


def find_credentials(options: Mapping[str, Any], environ: Mapping[str, str]) -> Credentials:
    """The first source that holds credentials, as one complete set; sources are never mixed (design.md, "Credentials").

    :param options: the task's options
    :param environ: the process environment
    :raises CredentialsError: half a set in the first source that has anything, or nothing anywhere
    :raises OptionError: two complete sets among the task's options
    """
    profile_path = environ.get(PROFILE_VARIABLE) or str(Path(environ.get("HOME") or Path.home()) / PROFILE_DEFAULT)
    sources: list[tuple[str, Mapping[str, str], Callable[[], dict[str, Any]]]] = [
        ("task options", {name: name for name in OPTIONS}, lambda: {name: options.get(name) for name in OPTIONS}),
        ("environment (HUAWEICLOUD_SDK_*)", SDK_VARIABLES, lambda: _from_environment(SDK_VARIABLES, environ)),
        ("environment (HW_*)", HW_VARIABLES, lambda: _from_environment(HW_VARIABLES, environ)),
        (f"profile file {profile_path}", PROFILE_KEYS, lambda: _from_profile(profile_path)),
    ]
    for source, names, read in sources:
        values = {name: value for name, value in read().items() if value}
        complete = [kind for kind, needed in SETS.items() if all(name in values for name in needed)]
        if len(complete) > 1 and source == "task options":
            both = " and ".join(" + ".join(SETS[kind]) for kind in complete)
            raise OptionError(SETS[complete[1]][0], Said(both), "one set of credentials only")
        if complete:
            kind = complete[0]
            taken = {*SETS[kind], "project_id", "domain_id", *(["security_token"] if kind == "aksk" else [])}
            # What the task itself names as its project or domain is no credential and always counts.
            given = {name: options.get(name) or values.get(name) for name in ("project_id", "domain_id")}
            return _sendable(Credentials(kind, source, **{**{name: values.get(name) for name in taken}, **given}))
        if any(name in values for name in MARKERS):
            raise CredentialsError(_half_a_set(source, names, values))
    if options.get("use_ecs_agency"):
        given = {name: options.get(name) for name in ("project_id", "domain_id")}
        return _sendable(Credentials("ecs_agency", "ECS metadata service", **given))
    looked = "; ".join(f"{source}: {_wanted(names)}" for source, names, read in sources)
    raise CredentialsError(f"No credentials found. Looked in: {looked}; ECS agency: not asked for (use_ecs_agency).")


def _sendable(found: Credentials) -> Credentials:
    for name in IN_HEADERS:
        if not _IN_HEADER.fullmatch(getattr(found, name) or "-"):
            raise CredentialsError(
                f"The {name} (credentials: {found.source}) cannot be sent: it has blanks, line breaks or characters beyond ASCII."
            )
    return found


def _from_environment(variables: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, Any]:
    return {name: environ.get(variable) for name, variable in variables.items()}


def _from_profile(path: str) -> dict[str, Any]:
    """The sections [basic] and [global] of a profile file as one set; they must not name different accounts.

    RawConfigParser, because a "%" in a secret key is no interpolation.
    """
    parser = RawConfigParser()
    try:
        with Path(path).open(encoding="utf-8") as stream:
            parser.read_file(stream)
        sections = [dict(parser[name]) for name in ("basic", "global") if parser.has_section(name)]
    except FileNotFoundError:
        return {}
    except (ConfigError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise CredentialsError(
            f"The profile file {path} cannot be read{where}: expected an INI file with sections [basic] or [global]."
        ) from None
    except OSError as error:
        raise CredentialsError(f"The profile file {path} cannot be read: {error.strerror}.") from None
    sections = [{key: value for key, value in section.items() if value} for section in sections]
    if len({section["ak"] for section in sections if "ak" in section}) > 1:
        # Two accounts in one file: [basic] is the one the SDK uses for project services; [global] would be a second set.
        sections = sections[:1]
    merged: dict[str, str] = {}
    for section in reversed(sections):
        merged.update(section)
    return {name: merged.get(key) for name, key in PROFILE_KEYS.items()}


def _wanted(names: Mapping[str, str]) -> str:
    return " or ".join(" + ".join(names[part] for part in needed) for needed in SETS.values() if all(part in names for part in needed))


def _half_a_set(source: str, names: Mapping[str, str], values: Mapping[str, Any]) -> str:
    given = [names[name] for name in MARKERS if name in values]
    wanted = next((needed for needed in SETS.values() if any(name in values for name in needed)), SETS["aksk"])
    missing = [names[name] for name in wanted if name not in values]
    return f"Half a set of credentials in {source}: got {', '.join(given)}, expected {', '.join(missing)} as well. Sources are never mixed."

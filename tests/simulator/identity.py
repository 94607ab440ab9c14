# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is calling: AK/SK signatures, tokens and their scope (services.rst, "Signing" and "IAM: tokens").

The signature is recomputed from what arrived on the wire, without any code of the client under test.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import re
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from .errors import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

ALGORITHM = "SDK-HMAC-SHA256"
MAX_SKEW = timedelta(minutes=15)
_EMPTY_SHA256 = hashlib.sha256(b"").hexdigest()
_AUTHORIZATION = re.compile(
    ALGORITHM + r" Access=(?P<access>[^,\s]+), ?SignedHeaders=(?P<signed>[^,\s]+), ?Signature=(?P<signature>[0-9a-f]{64})"
)


@dataclass(frozen=True)
class Wire:
    """A request as it was received: ``target`` is the raw path with the raw query, header names are lower case."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The raw path."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        """The raw query."""
        return self.target.partition("?")[2]


@dataclass(frozen=True)
class Caller:
    """An authenticated caller; ``project`` is the id a token is scoped to, None for AK/SK and for domain tokens."""

    account: str
    method: str
    project: str | None = None


@dataclass(frozen=True)
class Token:
    """An IAM token; ``project`` is None when it is scoped to the domain."""

    account: str
    project: str | None
    expires: datetime


def canonical_request(wire: Wire, signed: list[str]) -> str:
    """The canonical request of services.rst, "Signing", points 1 to 9.

    Raises:
        KeyError: a signed header is not in the request.
    """
    uri = "/".join(quote(part, safe="~") for part in unquote(wire.path).split("/"))
    pairs = sorted(
        (unquote(key), unquote(value)) for key, _equals, value in (item.partition("=") for item in wire.query.split("&") if item)
    )
    body = _EMPTY_SHA256
    if wire.body:
        body = wire.headers.get("x-sdk-content-sha256") or hashlib.sha256(wire.body).hexdigest()
    return "\n".join(
        [
            wire.method.upper(),
            uri if uri.endswith("/") else uri + "/",
            "&".join(f"{quote(key, safe='~')}={quote(value, safe='~')}" for key, value in pairs),
            *(f"{name}:{wire.headers[name].strip()}" for name in signed),
            "",
            ";".join(signed),
            body,
        ]
    )


def signature(secret: str, date: str, canonical: str) -> str:
    """The signature in hexadecimal: HMAC-SHA256 with the secret key itself (services.rst, "Signing")."""
    digest = hashlib.sha256(canonical.encode("utf-8", "surrogateescape")).hexdigest()
    return hmac.new(secret.encode(), f"{ALGORITHM}\n{date}\n{digest}".encode(), hashlib.sha256).hexdigest()


class Identity:
    """The accounts of one scenario and the tokens they hold.

    Args:
        accounts: account (domain) name -> {domain_id, projects, users, keys, tokens, token_lifetime}, see scenario.py.
        issued: tokens handed out so far; shared between scenarios, so that loading one does not log everybody out.
        now: the service's clock when the scenario was loaded, from which the ready-made tokens' lifetimes count.
    """

    def __init__(self, accounts: dict[str, dict[str, Any]], issued: dict[str, Token], now: datetime) -> None:
        self.accounts = accounts
        self._issued = issued
        self._keys = {
            access: (name, key if isinstance(key, dict) else {"secret": key})
            for name, account in accounts.items()
            for access, key in account.get("keys", {}).items()
        }
        self._ready_made = {
            text: Token(
                name, self._project_id(account, token.get("scope", "domain")), now + timedelta(seconds=token.get("lifetime", 86400))
            )
            for name, account in accounts.items()
            for text, token in account.get("tokens", {}).items()
        }

    @staticmethod
    def _project_id(account: dict[str, Any], scope: str) -> str | None:
        return None if scope == "domain" else account["projects"][scope]

    # --- authentication of a request

    def authenticate(self, wire: Wire, now: datetime) -> Caller:
        """Find out who sent ``wire``: exactly one of a token and a signature.

        Raises:
            Refused: with the gateway's error.
        """
        token, authorization = wire.headers.get("x-auth-token"), wire.headers.get("authorization")
        if token and authorization:
            raise Refused("APIG.0301", "Incorrect IAM authentication information: both a token and a signature were sent")
        if token:
            return self._by_token(token, now)
        if authorization:
            return self._by_signature(wire, authorization, now)
        raise Refused("APIG.0301", "Incorrect IAM authentication information: x-auth-token not found")

    def _by_token(self, text: str, now: datetime) -> Caller:
        token = self._issued.get(text) or self._ready_made.get(text)
        if token is None or token.account not in self.accounts:
            raise Refused("APIG.0301", "Incorrect IAM authentication information: decrypt token fail")
        if token.expires <= now:
            raise Refused("APIG.0307")
        return Caller(token.account, "token", token.project)

    def _by_signature(self, wire: Wire, authorization: str, now: datetime) -> Caller:
        match = _AUTHORIZATION.fullmatch(authorization)
        if not match:
            raise Refused("APIG.0301", "Incorrect IAM authentication information: the Authorization header cannot be parsed")
        access, signed, date = match["access"], match["signed"].split(";"), wire.headers.get("x-sdk-date", "")
        if access not in self._keys:
            raise Refused("APIG.0301", f"Incorrect IAM authentication information: get secretKey failed,ak:{access},err:ak not exist")
        account, key = self._keys[access]
        if wire.headers.get("x-security-token") != key.get("security_token"):
            raise Refused("APIG.0301", "Incorrect IAM authentication information: the security token does not belong to the AK")
        if "x-sdk-date" not in signed:
            raise Refused("APIG.0301", "Incorrect IAM authentication information: x-sdk-date is not signed")
        try:
            sent = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=timezone.utc)
            expected = signature(key["secret"], date, canonical_request(wire, signed))
        except (ValueError, KeyError) as error:
            raise Refused(
                "APIG.0301", "Incorrect IAM authentication information: x-sdk-date or a signed header is missing or invalid"
            ) from error
        if abs(now - sent) > MAX_SKEW:
            raise Refused(
                "APIG.0303",
                f"Incorrect app authentication information: signature expired, signature time:{date},server time:{now:%Y%m%dT%H%M%SZ}",
            )
        if not hmac.compare_digest(expected, match["signature"]):
            raise Refused("APIG.0301", "Incorrect IAM authentication information: verify aksk signature fail, forbidden")
        return Caller(account, "signature")

    # --- scope

    def projects(self, caller: Caller) -> dict[str, str]:
        """The projects of the caller's account, name -> id."""
        projects: dict[str, str] = self.accounts[caller.account].get("projects", {})
        return projects

    def check_domain_scope(self, caller: Caller, wire: Wire) -> None:
        """Refuse whoever may not use a global service: it wants a domain token, or X-Domain-Id beside a signature."""
        domain = wire.headers.get("x-domain-id")
        if caller.method == "signature" and domain is None:
            raise Refused("UCS.01000003", "Authentication failed: X-Domain-Id is required with AK/SK")
        if domain not in (None, self.accounts[caller.account]["domain_id"]):
            raise Refused("UCS.00000004", "Forbidden: X-Domain-Id is not the caller's account")
        if caller.project:
            raise Refused("UCS.00000004", "Forbidden: a token scoped to the domain is required")

    def check_project_scope(self, caller: Caller, wire: Wire) -> None:
        """Refuse whoever may not use a project service: it wants a project token, or a project of the account."""
        if caller.method == "token" and not caller.project:
            raise Refused("APIG.0301", "Incorrect IAM authentication information: a token scoped to a project is required")
        self._check_project_header(caller, wire)

    def check_project_in_path(self, caller: Caller, wire: Wire, project: str) -> None:
        """Refuse a caller whose project is not that of the URL, as ServiceStage does (services.rst, "Scope of each service")."""
        self._check_project_header(caller, wire)
        if caller.method == "token":
            fits = caller.project == project
        else:
            fits = project in self.projects(caller).values() and wire.headers.get("x-project-id", project) == project
        if not fits:
            raise Refused("APIG.0306", "API access denied: tenantId in token is not the same with in URL")

    def _check_project_header(self, caller: Caller, wire: Wire) -> None:
        header = wire.headers.get("x-project-id")
        allowed = {caller.project} if caller.project else set(self.projects(caller).values())
        if header is not None and header not in allowed:
            raise Refused("APIG.0310", "The project of X-Project-Id is not available to the caller")

    # --- tokens

    def issue_token(self, body: bytes, now: datetime) -> tuple[str, dict[str, Any]]:
        """Answer ``POST /v3/auth/tokens`` (password method): the token's text and its description.

        Raises:
            Refused: IAM.400 for a body that is not understood, IAM.401 for wrong credentials, an unknown scope included.
        """
        try:
            auth = json.loads(body)["auth"]
            if auth["identity"]["methods"] != ["password"]:
                raise ValueError
            user = auth["identity"]["password"]["user"]
            name, password, account_name = user["name"], user["password"], user["domain"]["name"]
            scope = auth.get("scope") or {}
            wanted_project, wanted_domain = scope.get("project"), scope.get("domain")
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused("IAM.400") from None
        account = self.accounts.get(account_name)
        if account is None or account.get("users", {}).get(name) != password:
            raise Refused("IAM.401")
        domain = {"id": account["domain_id"], "name": account_name}
        project = None
        # Both scopes given: the project wins; none: a token for global services (services.rst, "IAM: tokens").
        if wanted_project:
            known = [{"id": key, "name": text, "domain": domain} for text, key in account.get("projects", {}).items()]
            project = next((item for item in known if _same(wanted_project, item)), None)
            if project is None:
                raise Refused("IAM.401", "The project of the scope does not exist or is not available to the user.")
        elif wanted_domain and not _same(wanted_domain, domain):
            raise Refused("IAM.401", "The domain of the scope is not the user's.")
        expires = now + timedelta(seconds=account.get("token_lifetime", 86400))
        text = "MII" + secrets.token_urlsafe(300)
        self._issued[text] = Token(account_name, project["id"] if project else None, expires)
        described = {
            "catalog": [],
            "expires_at": _micro(expires),
            "issued_at": _micro(now),
            "methods": ["password"],
            "roles": [{"id": "0", "name": "te_admin"}],
            "user": {"domain": domain, "id": hashlib.md5(name.encode()).hexdigest(), "name": name, "password_expires_at": ""},
            **({"project": project} if project else {"domain": domain}),
        }
        return text, {"token": described}


def _same(wanted: dict[str, str], known: dict[str, Any]) -> bool:
    return bool(wanted) and all(known.get(key) == value for key, value in wanted.items())


def _micro(moment: datetime) -> str:
    return f"{moment:%Y-%m-%dT%H:%M:%S.%f}Z"

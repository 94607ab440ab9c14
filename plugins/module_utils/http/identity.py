# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Tokens, temporary keys, project and domain ids: fetched from IAM or the metadata service when they are needed, and kept while they last
(services.rst, "Authentication").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta, timezone
from typing import TYPE_CHECKING, Any

from ..model.errors import UNEXPECTED_ANSWER, ApiError, OptionError
from ..model.shapes import lower, nested
from ..model.times import parse_time
from .answers import Call
from .credentials import Credentials, sendable
from .signing import SdkHmacAuth, TokenAuth

if TYPE_CHECKING:
    from .client import Client

RENEW_BEFORE = 600.0  # seconds before its end at which a token is renewed
SHORTEST_LIFE = 10.0  # seconds that a token is used, even if it states that it has ended: else each request would fetch one
UNSTATED_LIFE = timedelta(hours=1)  # of a token that does not state a readable end
PROJECT_SERVICES = ("codearts_repo", "servicestage")
GATEWAY_CODE = re.compile(r"^APIGW?\.(\d{4})$")
FOR_EVER = datetime.max.replace(tzinfo=timezone.utc)


class Identity:
    """What a client needs to say who it is. Safe to use from threads: who waits for one thing holds up nobody who needs another.

    A failure is kept as well: two hundred reads must not try a wrong password two hundred times.

    :param client: that sends the requests
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = threading.Lock()  # never held over the network
        self._locks: dict[str, threading.Lock] = {}  # by name, held while that is fetched
        self._known: dict[str, tuple[Any, datetime]] = {}  # by name: a value or an error, and until when it counts
        self._on_trial: set[tuple[str, str]] = set()  # services and tokens that replaced a refused one and were not accepted yet
        for name in ("project_id", "domain_id"):
            if getattr(client.credentials, name):
                self._known[name] = (getattr(client.credentials, name), FOR_EVER)

    def forget_failures(self) -> None:
        """Lets the next request try again what failed for a passing reason."""
        with self._lock:
            for name, (value, _until) in list(self._known.items()):
                if isinstance(value, ApiError) and value.retryable:
                    del self._known[name]

    def _once(self, name: str, issuer: str, fetch: Callable[[], tuple[Any, datetime]]) -> Any:
        """What ``fetch`` gave, fetched again only after the time it gave with it.

        :param issuer: the service by whose clock that is judged
        """
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:
            value, until = self._known.get(name, (None, None))
            if until is None or until <= self.client.time_of(issuer):
                try:
                    value, until = fetch()
                except ApiError as error:
                    value, until = replace(error), FOR_EVER  # a copy, for an error holds on to all frames it came through
                self._keep(name, value, until)
        if isinstance(value, ApiError):
            raise replace(value)
        return value

    def _keep(self, name: str, value: Any, until: datetime) -> None:
        with self._lock:
            self._known[name] = (value, until)

    # --- What a request carries ---

    def authenticate(self, service: str) -> tuple[Any, dict[str, str]]:
        """The auth object and the headers that a service wants.

        :raises ApiError: when IAM or the metadata service does not give what that takes
        """
        credentials = self.client.credentials
        project = service in PROJECT_SERVICES
        if credentials.kind == "token":
            known = credentials.project_id if project else credentials.domain_id
            return TokenAuth(credentials.auth_token), {("X-Project-Id" if project else "X-Domain-Id"): known} if known else {}
        if credentials.kind == "password":
            return TokenAuth(self._token(self._scope(service))), {}
        return self._signer(service), {"X-Project-Id": self.project_id} if project else {"X-Domain-Id": self.domain_id}

    def accepted(self, service: str, auth: Any) -> None:
        """Takes note that a service accepted what ``authenticate`` gave."""
        if self._on_trial:
            with self._lock:
                self._on_trial.discard((service, getattr(auth, "token", None) or ""))

    def renew(self, service: str, auth: Any, error: ApiError) -> bool:
        """Whether a new token is worth a try: ours, refused by the gateway for its age or validity. Then the refused one is forgotten.

        A token is replaced once, whoever was refused with it; one that replaced another and is refused by the same service at once is not.
        """
        if self.client.credentials.kind != "password":
            return False
        if not _is_refused_token(error):
            if error.status and error.status < 500 and error.status not in (401, 429):
                self.accepted(service, auth)
            return False
        scope = self._scope(service)
        name, token = f"{scope} token", str(auth.token)
        with self._lock:
            if (service, token) in self._on_trial:
                return False
            if self._known.get(name, (None, None))[0] == token:
                del self._known[name]
        new = self._token(scope)
        with self._lock:
            self._on_trial.add((service, new))
        return True

    def _scope(self, service: str) -> str:
        return "project" if service in PROJECT_SERVICES else self.client.settings.ucs_token_scope

    def _signer(self, service: str) -> SdkHmacAuth:
        keys = self._agency_keys() if self.client.credentials.kind == "ecs_agency" else self.client.credentials
        return SdkHmacAuth(keys.access_key or "", keys.secret_key or "", keys.security_token, now=lambda: self.client.time_of(service))

    # --- Ids ---

    @property
    def project_id(self) -> str:
        """The IAM project: as given, as the token names it, or the one named like the region.

        :raises ApiError: when IAM does not tell
        :raises OptionError: when there is no region to look it up by
        """
        return str(self._once("project_id", "iam", self._find_project))

    def _find_project(self) -> tuple[str, datetime]:
        region = self.client.settings.region
        if self.client.credentials.kind == "password":
            self._token("project")  # the answer names the project
            if "token's project_id" in self._known:
                return self._known["token's project_id"]
        if not region:
            raise OptionError("project_id", None, "the IAM project's id, or a region to look it up by")
        projects = nested(self._ask("/v3/projects", (("name", region),)), "projects")
        known = [project for project in projects if sendable(nested(project, "id"))] if isinstance(projects, list) else []
        named = [project for project in known if lower(project.get("name")) in ("", lower(region))]
        if len(named) != 1:
            raise _lookup_error("/v3/projects", f"{len(named)} projects are named {region}, expected one; set project_id.")
        return named[0]["id"], FOR_EVER

    @property
    def domain_id(self) -> str:
        """The account's domain: as given, or as IAM names it.

        :raises ApiError: when IAM does not tell
        """
        return str(self._once("domain_id", "iam", self._find_domain))

    def _find_domain(self) -> tuple[str, datetime]:
        domains = nested(self._ask("/v3/auth/domains", ()), "domains")
        domain_id = sendable(nested(domains[0], "id")) if isinstance(domains, list) and domains else ""
        if not domain_id:
            raise _lookup_error("/v3/auth/domains", "the account's domain id is not in the answer; set domain_id.")
        return domain_id, FOR_EVER

    def _ask(self, path: str, query: tuple[tuple[str, Any], ...]) -> Any:
        credentials = self.client.credentials
        if credentials.kind == "token":
            auth: Any = TokenAuth(credentials.auth_token)
        elif credentials.kind == "password":
            auth = TokenAuth(self._token("project"))
        else:
            auth = self._signer("iam")
        return self.client.send(Call("iam", "GET", path, query), auth).body

    # --- Tokens and temporary keys ---

    def _token(self, scope: str) -> str:
        return str(self._once(f"{scope} token", "iam", lambda: self._new_token(scope)))

    def _new_token(self, scope: str) -> tuple[str, datetime]:
        identity = {"methods": ["password"], "password": {"user": self._user()}}
        target = self._target(scope)
        body = {"auth": {"identity": identity, "scope": target}}
        answer = self.client.send(Call("iam", "POST", "/v3/auth/tokens", (("nocatalog", "true"),), body=body))
        token = sendable(answer.headers.get("x-subject-token"))
        if not token:
            raise _lookup_error("/v3/auth/tokens", "the answer has no X-Subject-Token header", "POST")
        self.client.masker.add(token)
        self._refuse_other(target, answer.body)
        project_id = sendable(nested(answer.body, "token", "project", "id"))
        if scope == "project" and project_id:
            self._keep("token's project_id", project_id, FOR_EVER)
        return token, self._renewal("iam", nested(answer.body, "token", "expires_at"))

    def _refuse_other(self, target: Mapping[str, Mapping[str, Any]], body: Any) -> None:
        """A token is of the project or domain that it was asked for, where the answer says of which: what it opens is judged as that.

        :raises ApiError: for one of another
        """
        for kind, names in target.items():
            for field, asked in names.items():
                stated = nested(body, "token", kind, field)
                if lower(stated) not in ("", lower(asked)):
                    other = self.client.shown(stated)
                    raise _lookup_error("/v3/auth/tokens", f"asked for a token of the {kind} {asked}, the answer is about {other}", "POST")

    def _user(self) -> dict[str, Any]:
        mine = self.client.credentials
        return {"name": mine.username, "password": mine.password, "domain": {"name": mine.domain_name}}

    def _target(self, scope: str) -> Mapping[str, Mapping[str, Any]]:
        mine, region = self.client.credentials, self.client.settings.region
        if scope == "domain":
            return {"domain": {"name": mine.domain_name}}
        if mine.project_id:
            return {"project": {"id": mine.project_id}}
        if region:
            return {"project": {"name": region}}
        raise OptionError("project_id", None, "the IAM project's id, or a region to scope the token to")

    def _agency_keys(self) -> Credentials:
        """Temporary keys of the machine's agency."""
        keys: Credentials = self._once("agency", "metadata", self._new_agency_keys)
        return keys

    def _new_agency_keys(self) -> tuple[Credentials, datetime]:
        path = "/openstack/latest/securitykey"
        stated = nested(self.client.send(Call("metadata", "GET", path, headers=self._metadata_headers())).body, "credential")
        values = [nested(stated, name) for name in ("access", "secret", "securitytoken")]
        if not all(map(sendable, values)):
            raise _lookup_error(path, "no temporary keys in the answer; does this machine have an agency?", service="metadata")
        keys = Credentials("aksk", "ECS metadata service", values[0], values[1], values[2])
        self.client.masker.add(*keys.secrets)
        return keys, self._renewal("metadata", nested(stated, "expires_at"))

    def _metadata_headers(self) -> dict[str, str]:
        """A metadata service without the token call is an older one, which wants none."""
        headers = {"X-Metadata-Token-Ttl-Seconds": "21600"}
        try:
            answer = self.client.send(Call("metadata", "PUT", "/meta-data/latest/api/token", headers=headers, as_text=True))
        except ApiError as error:
            if error.status not in (404, 405, 503):
                raise
            return {}
        token = answer.body.strip()
        self.client.masker.add(token)
        return {"X-Metadata-Token": token} if sendable(token) else {}

    def _renewal(self, issuer: str, expires_at: Any) -> datetime:
        """When to fetch anew, by the issuer's clock: ten minutes before the end, or half way through a shorter life."""
        now, end = self.client.time_of(issuer), parse_time(expires_at)
        if end is None:
            return now + UNSTATED_LIFE
        life = (end.latest - now).total_seconds()
        return now + timedelta(seconds=max(life / 2, life - RENEW_BEFORE, SHORTEST_LIFE))


def _is_refused_token(error: ApiError) -> bool:
    """A 401, whatever its code (E1); never CodeArts' own, which says so of what is not there (services.rst, "Authentication")."""
    return error.status == 401 and not error.code.startswith("CH.")


def _lookup_error(path: str, message: str, method: str = "GET", service: str = "iam") -> ApiError:
    return ApiError(message, code=UNEXPECTED_ANSWER, service=service, method=method, path=path)

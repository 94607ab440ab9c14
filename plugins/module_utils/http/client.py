# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP client: hosts, authentication, retries, pacing, one deadline, paging and fan-out. It knows no Ansible.

Every failure leaves as one ApiError; secrets in answers do not leave at all.
"""

from __future__ import annotations

import json
import random
import re
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from email.utils import parsedate_to_datetime
from typing import Any, Callable, Generic, TypeVar
from urllib.parse import quote, urlsplit

from .auth import Credentials, SdkHmacAuth, TokenAuth, canonical_query, find_credentials, utc_now
from .errors import CONNECTION_FAILED, TIMEOUT, TLS_FAILED, UNEXPECTED_ANSWER, ApiError, MissingRequestsError, OptionError
from .regions import service_url
from .transport import TimedAdapter
from .values import CLOCK_SKEW_LIMIT, TEXT_LIMIT, clean_text, mask_urls, nested, parse_time, spellings

try:
    import requests
    from requests.utils import get_environ_proxies
    from urllib3.exceptions import HTTPError, ReadTimeoutError
    from urllib3.util import Timeout
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

T = TypeVar("T")
R = TypeVar("R")

BODY_LIMIT = 32 * 1024 * 1024  # bytes of one answer; some ten thousand sources of a cluster
NESTING_LIMIT = 48  # rounds of taking out innermost brackets; documented answers need ten, ansible-core gives up on a few hundred levels
RETRY_AFTER_CAP = 60.0  # seconds
BACKOFF_CAP = 30.0  # seconds
RENEW_BEFORE = 600.0  # seconds before its end at which a token is renewed; api/facts.md section 4
SIGNATURE_WINDOW = 900.0  # seconds a gateway's clock may differ from ours; api/facts.md section 3, rule 8
METADATA_TIMEOUT = 3.0  # seconds; api/facts.md section 4
LONG_SECRET = 64  # characters; a piece of a longer one could remain where a text is cut short
# Calls per minute; api/facts.md section 1.3. 9 a second and 50 at once are 590 in any minute: the rest is for calls that arrive late.
CALLS_PER_MINUTE = {"codearts_repo": 600}
PACES = {"codearts_repo": (9.0, 50)}
PROJECT_SERVICES = ("codearts_repo", "servicestage")
FOR_EVER = datetime.max.replace(tzinfo=timezone.utc)

_GATEWAY_CODE = re.compile(r"^APIGW?\.(\d{4})$")
_RETRYABLE_500 = re.compile(r"^(UCS\.0[01]00000[56]|APIGW?\.06\d\d)$")
_WINDOW = re.compile(r"time:\s*1 (minute|second)", re.IGNORECASE)
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_TEXTS = re.compile(rb'"(?:[^"\\]|\\.)*"')
_USER_IN_URL = re.compile(r":[^\s\":]*@(?!sha\d{1,3}:)")


@dataclass(frozen=True)
class Settings:
    """How to reach the services; the field names and defaults are those of the connection options. Times in seconds."""

    region: str | None = None
    cloud: str | None = None
    endpoints: Mapping[str, str | None] = field(default_factory=dict)
    ucs_token_scope: str = "domain"  # noqa: S105 a scope, no password
    validate_certs: bool = True
    ca_path: str | None = None
    request_timeout: float = 30.0
    request_retries: int = 3
    total_timeout: float = 300.0
    max_concurrency: int = 16

    @classmethod
    def from_options(cls, options: Mapping[str, Any]) -> Settings:
        """The settings in a task's options.

        :raises OptionError: for a number out of range
        """
        for name, lowest in (("request_timeout", 0.001), ("total_timeout", 0.001), ("request_retries", 0), ("max_concurrency", 1)):
            value = options.get(name)
            if value is not None and not lowest <= value <= 86400:
                raise OptionError(name, value, f"a number from {lowest if lowest >= 1 or lowest == 0 else 'above 0'} to 86400")
        return cls(**{name: options[name] for name in cls.__dataclass_fields__ if options.get(name) is not None})


class Clock:
    """The clocks and the dice of a client; tests hand in their own."""

    monotonic: Callable[[], float] = staticmethod(time.monotonic)
    sleep: Callable[[float], None] = staticmethod(time.sleep)
    now: Callable[[], datetime] = staticmethod(utc_now)
    uniform: Callable[[float, float], float] = staticmethod(random.uniform)


@dataclass
class Answer:
    """A successful answer: its JSON, its status and its headers (names in lower case)."""

    body: Any
    status: int
    headers: dict[str, str]


@dataclass
class Outcome(Generic[T, R]):
    """What became of one item of a fan-out: a value or an error."""

    item: T
    value: R | None = None
    error: ApiError | None = None


class Pacer:
    """A token bucket: at most ``burst`` calls at once and ``rate`` calls a second on the long run."""

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._lock, self._tokens, self._at = threading.Lock(), float(burst), clock.monotonic()

    def delay(self) -> float:
        """Takes a place and says how many seconds to wait for it."""
        with self._lock:
            now = self.clock.monotonic()
            self._tokens = min(self.burst, self._tokens + (now - self._at) * self.rate) - 1
            self._at = now
            return max(0.0, -self._tokens / self.rate)


class Client:
    """Reads the services for one task, with one session, one set of credentials and one deadline. Safe to use from threads.

    :param settings: how to reach the services
    :param credentials: who asks
    :param environ: the process environment, for host variables
    :raises MissingRequestsError: when the library requests cannot be imported
    """

    def __init__(self, settings: Settings, credentials: Credentials, environ: Mapping[str, str], clock: Clock | None = None) -> None:
        if REQUESTS_IMPORT_ERROR:
            raise MissingRequestsError(REQUESTS_IMPORT_ERROR)
        self.settings, self.credentials, self.environ = settings, credentials, environ
        self.clock = clock or Clock()
        self.deadline, self.limit = self.clock.monotonic() + settings.total_timeout, ("total_timeout", settings.total_timeout)
        self.sent: Counter[str] = Counter()
        self.secrets: list[str] = []  # in all spellings; grows with every token and temporary key fetched
        self.keep_secret(*credentials.secrets)
        self._skew = timedelta(0)
        self._pacers = {service: Pacer(rate, burst, self.clock) for service, (rate, burst) in PACES.items()}
        self._identity = Identity(self)
        self._environment: dict[str, dict[str, Any]] = {}
        self._pool = ThreadPoolExecutor(max_workers=settings.max_concurrency, thread_name_prefix="gitops")
        # The adapter alone, no session: that would keep cookies, prepare to follow redirects, and walk the environment for each request.
        self._adapter = TimedAdapter(pool_connections=8, pool_maxsize=settings.max_concurrency)

    @classmethod
    def from_options(cls, options: Mapping[str, Any], environ: Mapping[str, str], clock: Clock | None = None) -> Client:
        """A client for a task's options.

        :raises OptionError: for a setting that cannot work
        :raises CredentialsError: without one complete set of credentials
        """
        settings = Settings.from_options(options)
        return cls(settings, find_credentials(options, environ), environ, clock)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *failure: object) -> None:
        # After a failure (a task's own timeout, say) nobody waits for what is still being read.
        self._pool.shutdown(wait=failure[0] is None, cancel_futures=True)
        self._adapter.close()

    # --- What endpoints use ---

    def get(self, service: str, path: str, query: Iterable[tuple[str, Any]] = ()) -> Any:
        """The JSON of a GET, authenticated as the service wants it.

        :param service: ucs, codearts_repo or servicestage
        :param path: a path whose variable parts were quoted by ``segment``
        :raises ApiError: for everything that is not a 2xx with JSON
        """
        try:
            return self.send(service, "GET", path, query, self._identity.authenticate(service)).body
        except ApiError as error:
            if self._identity.renew(service, error):
                return self.send(service, "GET", path, query, self._identity.authenticate(service)).body
            self._explain(service, error)
            raise

    @property
    def project_id(self) -> str:
        """The IAM project: as given, else looked up through IAM once.

        :raises ApiError: when IAM does not answer or knows no such project
        """
        try:
            return self._identity.project_id
        except ApiError as error:
            self._explain("", error)  # no service was asked yet
            raise

    def keep_secret(self, *found: str) -> None:
        """Takes up secrets, so that no service can tell them to others by repeating them."""
        self.secrets.extend(spelling for one in found for spelling in spellings(one))

    def begin_sample(self, seconds: float, option: str = "total_timeout") -> None:
        """Starts another round of reads, which has ``seconds`` for all its requests; ``option`` says why."""
        self.deadline, self.limit = self.clock.monotonic() + seconds, (option, seconds)
        self.sent.clear()
        self._identity.forget_failures()

    @property
    def spacing(self) -> float:
        """Seconds between two rounds like this one that keep it under the documented limits of calls (api/facts.md section 1.3)."""
        return max((self.sent[service] * 60 / limit for service, limit in CALLS_PER_MINUTE.items()), default=0.0)

    def now(self) -> datetime:
        """The services' clock: the local one set right by the last Date header (readiness.md 2.5)."""
        return self.clock.now() + self._skew

    def fan_out(self, work: Callable[[T], R], items: Sequence[T]) -> list[Outcome[T, R]]:
        """Runs ``work`` for each item, side by side over the kept-alive connections; the order of the items is kept, and one that fails
        loses no other."""

        def run(item: T) -> Outcome[T, R]:
            try:
                return Outcome(item, value=work(item))
            except ApiError as error:
                # A copy, for an error holds on to all frames it came through, with their connections, and one of them to the outcome.
                return Outcome(item, error=replace(error))

        if len(items) == 1:
            return [run(items[0])]
        reads = [self._pool.submit(run, item) for item in items]
        wait(reads)  # wakes this thread once, not for each item
        return [read.result() for read in reads]

    # --- Sending ---

    def send(
        self,
        service: str,
        method: str,
        path: str,
        query: Iterable[tuple[str, Any]] = (),
        auth: tuple[Any, Mapping[str, str]] = (None, {}),
        body: Any = None,
        as_text: bool = False,
    ) -> Answer:
        """Sends one request until it succeeds, cannot succeed, or the deadline comes.

        :param auth: a requests auth object and extra headers
        :param body: what to send as JSON
        :param as_text: whether the answer is text instead of a JSON object
        :raises ApiError: with the number of attempts and the last request id
        """
        url = service_url(service, self.settings.region, self.settings.cloud, self.settings.endpoints, self.environ) + path
        text = canonical_query(query)
        data = None if body is None else json.dumps(body).encode()
        headers = {
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "Content-Type": "application/json",
            "User-Agent": "huaweicloud.gitops",
            **auth[1],
        }
        request = requests.Request(method, url + (f"?{text}" if text else ""), headers=headers, data=data, auth=auth[0] or TokenAuth())
        attempt = 0
        while True:
            try:
                self._await_turn(service)
            except ApiError as error:
                error.service, error.method, error.path, error.attempts = service, method, path, attempt
                raise
            attempt += 1
            try:
                return self._attempt(service, request, as_text)
            except ApiError as error:
                error.service, error.method, error.path, error.attempts = service, method, path, attempt
                if not error.retryable or attempt > (0 if service == "metadata" else self.settings.request_retries):
                    raise
                pause = self._backoff(error, attempt)
                if pause >= self._left():
                    error.message += f" The next attempt, in {pause:.0f} s, would be too late ({self.limit[0]} {self.limit[1]:.4g} s)."
                    raise
            self.clock.sleep(pause)

    def _left(self) -> float:
        return float(self.deadline - self.clock.monotonic())

    def _await_turn(self, service: str) -> None:
        """Keeps to the service's limit of calls, and sends nothing once the time is over."""
        delay = self._pacers[service].delay() if service in self._pacers else 0.0
        if delay >= self._left():
            raise ApiError(f"The task's time is over ({self.limit[0]} {self.limit[1]:.4g} s).", code=TIMEOUT, retryable=True)
        if delay:
            self.clock.sleep(delay)

    def _backoff(self, error: ApiError, attempt: int) -> float:
        """Seconds until the next attempt (api/facts.md section 5, "Recommended for our GETs")."""
        if error.retry_after is not None:
            return min(error.retry_after, RETRY_AFTER_CAP)
        if error.status == 429:
            window = _WINDOW.search(error.message)
            if window and window.group(1).lower() == "second":
                return self.clock.uniform(1.0, 2.0)
            return min(self.clock.uniform(2.0, 5.0) * 2.0 ** (attempt - 1), RETRY_AFTER_CAP)
        return self.clock.uniform(0.0, min(max(2.0, 2.0**attempt), BACKOFF_CAP))

    def _attempt(self, service: str, request: Any, as_text: bool) -> Answer:
        prepared = request.prepare()
        url = str(prepared.url)
        host = urlsplit(url).netloc
        limit = METADATA_TIMEOUT if service == "metadata" else self.settings.request_timeout
        patience = max(0.001, min(limit, self._left()))
        self.sent[service] += 1
        try:
            whole: Any = Timeout(total=patience)
            response = self._adapter.send(prepared, stream=True, timeout=whole, **self._environment_for(service, url))
            with response:
                raw = self._read_body(response)
            headers = {name.lower(): value for name, value in response.headers.items()}
            return self._accept(service, response.status_code, headers, raw, as_text)
        except requests.exceptions.SSLError as error:
            reason = _reason(error)
            unknown = any(words in reason for words in ("issuer", "self-signed", "self signed", "no certificate"))
            hint = " Give the authority's certificates in ca_path." if unknown else ""
            raise ApiError(f"The TLS connection to {host} failed: {reason}.{hint}", code=TLS_FAILED) from None
        except requests.exceptions.ProxyError as error:
            raise ApiError(f"The proxy cannot be used: {_reason(error)}.", code=CONNECTION_FAILED, retryable=True) from None
        except (requests.exceptions.InvalidURL, requests.exceptions.InvalidSchema):
            # The reason would quote the address, with its password.
            message = "The proxy cannot be used: its address in the environment is none that the library requests understands."
            raise ApiError(message, code=CONNECTION_FAILED) from None
        except requests.exceptions.Timeout:
            which = "request_timeout" if patience == limit else f"what is left of {self.limit[0]}"
            raise ApiError(f"No complete answer within {patience:.3g} s ({which}).", code=TIMEOUT, retryable=True) from None
        except requests.exceptions.ConnectionError as error:
            raise ApiError(f"The connection to {host} failed: {_reason(error)}.", code=CONNECTION_FAILED, retryable=True) from None
        except requests.exceptions.RequestException as error:
            raise ApiError(f"The answer broke off: {_reason(error)}.", code=CONNECTION_FAILED, retryable=True) from None
        except OSError as error:  # of the exceptions above every one is an OSError, too
            raise ApiError(f"ca_path cannot be read: {error}.", code=TLS_FAILED) from None
        except RecursionError:
            raise ApiError("The answer is nested too deeply to be read.", response.status_code, UNEXPECTED_ANSWER) from None

    def _environment_for(self, service: str, url: str) -> dict[str, Any]:
        """Proxies and TLS settings for a host; looked up once, since that walks the whole environment."""
        host = "/".join(url.split("/", 3)[:3])
        if host not in self._environment:
            bundle = self.settings.ca_path or self.environ.get("REQUESTS_CA_BUNDLE") or self.environ.get("CURL_CA_BUNDLE") or True
            # A proxy must never see the credentials of the machine.
            proxies = {} if service == "metadata" else get_environ_proxies(url, None)
            if not self.settings.validate_certs:
                requests.packages.urllib3.disable_warnings()  # type: ignore[attr-defined]
            self._environment[host] = {"proxies": proxies, "verify": self.settings.validate_certs and bundle}
        return self._environment[host]

    @staticmethod
    def _read_body(response: Any) -> bytes:
        chunks, size = [], 0
        response.raw.enforce_content_length = True  # otherwise urllib3 1 takes a truncated body for a whole one
        try:
            for chunk in response.iter_content(65536):
                size += len(chunk)
                if size > BODY_LIMIT:
                    raise ApiError(f"The answer is larger than {BODY_LIMIT // 1024**2} MiB.", response.status_code, UNEXPECTED_ANSWER)
                chunks.append(chunk)
        except (HTTPError, requests.exceptions.ConnectionError) as error:
            if any(isinstance(one, ReadTimeoutError) for one in (error, *error.args)):
                raise requests.exceptions.Timeout from None
            raise requests.exceptions.ChunkedEncodingError(error) from None
        return b"".join(chunks)

    def _accept(self, service: str, status: int, headers: dict[str, str], raw: bytes, as_text: bool) -> Answer:
        text = raw.decode("utf-8", "replace")
        if service != "metadata":  # which may hand out the same keys again
            text = self._masked(text, LONG_SECRET)
        request_id = headers.get("x-request-id") or headers.get("x-iam-trace-id") or ""
        date = headers.get("date")
        if date:
            self._set_clock(date)
        try:
            body = json.loads(text) if text.strip() else None
            if _too_deep(raw) and _too_deep(_TEXTS.sub(b"", raw)):
                raise RecursionError
        except ValueError:
            body = text
        if isinstance(body, str):  # cannot be searched for secrets name by name
            body = re.split("secretInfo", body, maxsplit=1, flags=re.IGNORECASE)[0]
        elif _may_hold_secrets(text):
            body = _without_secrets(body)
        if 300 <= status < 400:
            target = self._shown(headers.get("location", ""), 200)
            message = f"The service redirects to {target or 'nowhere'}; redirects are not followed."
            raise ApiError(message, status, UNEXPECTED_ANSWER, self._shown(request_id, 100))
        if not 200 <= status < 300 or (service == "codearts_repo" and _failed_envelope(body)):
            raise self._refusal(status, headers, body, request_id)
        if as_text:
            return Answer(text, status, headers)
        if not isinstance(body, dict):
            shown = f": {self._shown(body if isinstance(body, str) else json.dumps(body), 80)}" if text.strip() else ""
            message = f"Expected a JSON object, got {_kind(body, text)}{shown}."
            raise ApiError(message, status, UNEXPECTED_ANSWER, self._shown(request_id, 100))
        return Answer(body, status, headers)

    def _masked(self, text: str, longer_than: int = 0) -> str:
        """``text`` without the secrets that this client knows of, before it is cut short: nobody would recognise a piece of one."""
        for secret in self.secrets:
            if len(secret) > longer_than:
                text = text.replace(secret, "********")
        return text

    def _shown(self, value: str, limit: int = TEXT_LIMIT) -> str:
        return clean_text(self._masked(value), limit)

    def _refusal(self, status: int, headers: Mapping[str, str], body: Any, request_id: str) -> ApiError:
        code, message = _code_and_message(body)
        request_id = request_id or str(nested(body, "request_id") or "")
        retryable = status in (429, 502, 503, 504) or (status == 500 and bool(_RETRYABLE_500.match(code))) or code == "CH.10000"
        error = ApiError(
            self._shown(message) or f"HTTP status {status} without a message",
            status,
            self._shown(code, 100) or str(status),
            self._shown(request_id, 100),
            retryable=retryable,
        )
        error.retry_after = _seconds(headers.get("retry-after"), self.now())
        return error

    def _set_clock(self, date: str) -> None:
        try:
            theirs = parsedate_to_datetime(date)
        except (TypeError, ValueError, OverflowError):
            return
        if theirs.tzinfo:
            skew = theirs - self.clock.now()
            # The header has whole seconds: within one of them our own clock is as good and finer.
            self._skew = skew if abs(skew.total_seconds()) > 2 else timedelta(0)

    def _explain(self, service: str, error: ApiError) -> None:
        """Adds to the message of a refusal what the caller can do about it."""
        hint = self._hint(service, error)
        if hint:
            error.message = error.message.rstrip(".") + "." + hint

    def _hint(self, service: str, error: ApiError) -> str:
        if error.status not in (401, 403) or error.service not in (service, "iam"):
            return ""
        gateway = _GATEWAY_CODE.match(error.code) or error.service == "iam"
        off = self._skew.total_seconds()
        if gateway and abs(off) > CLOCK_SKEW_LIMIT and self.credentials.kind in ("aksk", "ecs_agency"):
            way, limit = "behind" if off > 0 else "ahead of", SIGNATURE_WINDOW / 60
            return f" This machine's clock is {abs(off) / 60:.0f} min {way} the service's; a signature may be {limit:.0f} min off."
        if self.credentials.kind == "token" and error.service == service:
            scope = "project" if service in PROJECT_SERVICES else self.settings.ucs_token_scope
            return (
                f" The auth_token ({self.credentials.source}) may be expired or of the wrong scope: {service} wants a {scope}-scoped token."
                " access_key and secret_key serve every scope."
            )
        return ""


class Identity:
    """Tokens, temporary keys, project and domain ids: fetched from IAM or the metadata service at most once per task and scope.

    A failure is kept as well: two hundred reads must not try a wrong password two hundred times.
    """

    def __init__(self, client: Client) -> None:
        self.client = client
        self._lock = threading.RLock()
        self._found: dict[str, tuple[Any, datetime]] = {}
        self._renewed: set[str] = set()
        for name in ("project_id", "domain_id"):
            if getattr(client.credentials, name):
                self._found[name] = (getattr(client.credentials, name), FOR_EVER)

    def forget_failures(self) -> None:
        """Lets the next request try again what failed for a passing reason."""
        with self._lock:
            self._found = {
                name: found for name, found in self._found.items() if not (isinstance(found[0], ApiError) and found[0].retryable)
            }

    def _once(self, name: str, fetch: Callable[[], tuple[Any, datetime]]) -> Any:
        """What ``fetch`` gave, fetched again only after the time it gave with it."""
        with self._lock:
            value, until = self._found.get(name, (None, None))
            if until is None or until <= self.client.now():
                try:
                    value, until = fetch()
                except ApiError as error:
                    value, until = replace(error), FOR_EVER  # a copy, as in fan_out
                self._found[name] = (value, until)
        if isinstance(value, ApiError):
            raise replace(value)
        return value

    def authenticate(self, service: str) -> tuple[Any, dict[str, str]]:
        """The auth object and the headers that a service wants (api/facts.md sections 3 and 4)."""
        credentials = self.client.credentials
        project = service in PROJECT_SERVICES
        if credentials.kind == "token":
            known = credentials.project_id if project else credentials.domain_id
            return TokenAuth(credentials.auth_token), {("X-Project-Id" if project else "X-Domain-Id"): known} if known else {}
        if credentials.kind == "password":
            return TokenAuth(self._token("project" if project else self.client.settings.ucs_token_scope)), {}
        return self._signer(), {"X-Project-Id": self.project_id} if project else {"X-Domain-Id": self.domain_id}

    def renew(self, service: str, error: ApiError) -> bool:
        """Whether a new token is worth a try: ours, refused by the gateway for its age or validity (api/facts.md section 4).

        Never twice for one scope, and never on a code of CodeArts itself.
        """
        gateway = _GATEWAY_CODE.match(error.code)
        refused = error.status == 401 and (
            (gateway and gateway.group(1) in ("0301", "0307")) or "token must be updated" in error.message.lower()
        )
        if not refused or self.client.credentials.kind != "password":
            return False
        scope = "project" if service in PROJECT_SERVICES else self.client.settings.ucs_token_scope
        with self._lock:
            if scope not in self._renewed:
                self._renewed.add(scope)
                self._found.pop(f"{scope} token", None)
        return True

    @property
    def project_id(self) -> str:
        """The IAM project: as given, as the token names it, or the one named like the region.

        :raises ApiError: when IAM does not tell
        :raises OptionError: when there is no region to look it up by
        """

        def find() -> tuple[str, datetime]:
            region = self.client.settings.region
            if self.client.credentials.kind == "password":
                self._token("project")  # the answer names the project
                if "project_id" in self._found:
                    return self._found["project_id"]
            if not region:
                raise OptionError("project_id", None, "the IAM project's id, or a region to look it up by")
            projects = nested(self._ask("/v3/projects", [("name", region)]), "projects")
            found = [one for one in projects if isinstance(nested(one, "id"), str)] if isinstance(projects, list) else []
            if len(found) != 1:
                raise _lookup_error("/v3/projects", f"{len(found)} projects are named {region}, expected one; set project_id.")
            return found[0]["id"], FOR_EVER

        return str(self._once("project_id", find))

    @property
    def domain_id(self) -> str:
        """The account's domain: as given, or as IAM names it.

        :raises ApiError: when IAM does not tell
        """

        def find() -> tuple[str, datetime]:
            domains = nested(self._ask("/v3/auth/domains", []), "domains")
            found = nested(domains[0], "id") if isinstance(domains, list) and domains else None
            if not isinstance(found, str):
                raise _lookup_error("/v3/auth/domains", "the account's domain id is not in the answer; set domain_id.")
            return found, FOR_EVER

        return str(self._once("domain_id", find))

    def _ask(self, path: str, query: list[tuple[str, Any]]) -> Any:
        credentials = self.client.credentials
        auth = (
            TokenAuth(credentials.auth_token)
            if credentials.kind == "token"
            else TokenAuth(self._token("project"))
            if credentials.kind == "password"
            else self._signer()
        )
        return self.client.send("iam", "GET", path, query, (auth, {})).body

    def _signer(self) -> SdkHmacAuth:
        keys = self._agency_keys() if self.client.credentials.kind == "ecs_agency" else self.client.credentials
        return SdkHmacAuth(keys.access_key or "", keys.secret_key or "", keys.security_token, now=self.client.now)

    def _token(self, scope: str) -> str:
        return str(self._once(f"{scope} token", lambda: self._new_token(scope)))

    def _new_token(self, scope: str) -> tuple[str, datetime]:
        mine = self.client.credentials
        user = {"name": mine.username, "password": mine.password, "domain": {"name": mine.domain_name}}
        if scope == "domain":
            target: dict[str, Any] = {"domain": {"name": mine.domain_name}}
        elif mine.project_id:
            target = {"project": {"id": mine.project_id}}
        elif self.client.settings.region:
            target = {"project": {"name": self.client.settings.region}}
        else:
            raise OptionError("project_id", None, "the IAM project's id, or a region to scope the token to")
        identity = {"methods": ["password"], "password": {"user": user}}
        answer = self.client.send(
            "iam", "POST", "/v3/auth/tokens", [("nocatalog", "true")], body={"auth": {"identity": identity, "scope": target}}
        )
        token = answer.headers.get("x-subject-token")
        if not token:
            raise _lookup_error("/v3/auth/tokens", "the answer has no X-Subject-Token header", "POST")
        self.client.keep_secret(token)
        if scope == "project":
            found = nested(answer.body, "token", "project", "id")
            if isinstance(found, str):
                self._found.setdefault("project_id", (found, FOR_EVER))
        return token, self._renewal(nested(answer.body, "token", "expires_at"))

    def _agency_keys(self) -> Credentials:
        """Temporary keys of the machine's agency; a service without the token call is an older one (api/facts.md section 4)."""

        def fetch() -> tuple[Credentials, datetime]:
            path = "/openstack/latest/securitykey"
            headers = {"X-Metadata-Token-Ttl-Seconds": "21600"}
            try:
                token = self.client.send("metadata", "PUT", "/meta-data/latest/api/token", auth=(None, headers), as_text=True).body
                headers = {"X-Metadata-Token": token.strip()}
                self.client.keep_secret(token.strip())
            except ApiError as error:
                if error.status not in (404, 405, 503):
                    raise
                headers = {}
            found = nested(self.client.send("metadata", "GET", path, auth=(None, headers)).body, "credential")
            values = [nested(found, name) for name in ("access", "secret", "securitytoken")]
            if not all(isinstance(value, str) and value for value in values):
                raise _lookup_error(path, "no temporary keys in the answer; does this machine have an agency?", service="metadata")
            keys = Credentials("aksk", "ECS metadata service", values[0], values[1], values[2])
            self.client.keep_secret(*keys.secrets)
            return keys, self._renewal(nested(found, "expires_at"))

        keys: Credentials = self._once("agency", fetch)
        return keys

    def _renewal(self, expires_at: Any) -> datetime:
        """When to fetch anew: ten minutes before the end, or half way through a shorter life."""
        now, end = self.client.now(), parse_time(expires_at)
        if end is None:
            return now + timedelta(hours=1)
        life = (end.latest - now).total_seconds()
        return now + timedelta(seconds=max(life / 2, life - RENEW_BEFORE))


def segment(option: str, value: Any) -> str:
    """An identifier as one quoted segment of a path.

    :raises OptionError: for one that is empty or would change the path
    """
    text = value if isinstance(value, str) else ""
    if not text.strip() or "/" in text or "\\" in text or text.strip() in (".", "..") or not text.isprintable():
        raise OptionError(option, value, "an identifier: not empty, not '.' or '..', without '/', '\\' or control characters")
    return quote(text.strip(), safe="")


def _too_deep(raw: bytes) -> bool:
    """Whether JSON is nested too deeply for what comes after: ansible-core recurses for each level. Brackets in its texts may mislead."""
    left = raw.translate(None, _NO_BRACKETS)
    for _round in range(NESTING_LIMIT):
        if not left:
            return False
        left = left.replace(b"{}", b"").replace(b"[]", b"")
    return bool(left)


def _failed_envelope(body: Any) -> bool:
    """Whether CodeArts says "failed" in its envelope, whatever the HTTP status (readiness.md C0)."""
    if not isinstance(body, dict):
        return False
    error = body.get("error")
    said_no = any(value is not None for value in error.values()) if isinstance(error, dict) else error is not None
    return said_no or str(body.get("status")).lower() != "success"


def _lookup_error(path: str, message: str, method: str = "GET", service: str = "iam") -> ApiError:
    return ApiError(message, code=UNEXPECTED_ANSWER, service=service, method=method, path=path)


def _reason(error: BaseException) -> str:
    """The innermost reason of an exception of requests, in words."""
    inner: Any = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    text = str(inner.args[-1] if isinstance(inner, tuple) or getattr(inner, "args", None) else inner)
    return clean_text(re.sub(r"^.*?(?:object at 0x[0-9a-f]+>|(?:Connection|Pool)\(.*?\)): ?", "", text), 300)


def _code_and_message(body: Any) -> tuple[str, str]:
    """Code and message of an error body, whatever its shape (api/facts.md section 5, "Error bodies to accept")."""
    if isinstance(body, dict):
        for code, message in (("error_code", "error_msg"), ("errorCode", "errorMsg"), ("code", "message")):
            if isinstance(body.get(code), (str, int)) or isinstance(body.get(message), str):
                return str(body.get(code) or ""), str(body.get(message) or "")
        for value in body.values():
            found = _code_and_message(value) if isinstance(value, dict) else ("", "")
            if any(found):
                return found
        return "", json.dumps(body)[:2000] if body else ""
    if isinstance(body, str):
        return "", re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)) if body.lstrip().startswith("<") else body
    return "", "" if body in (None, [], {}) else json.dumps(body)[:2000]


def _kind(body: Any, text: str) -> str:
    if not text.strip():
        return "an empty body"
    if isinstance(body, str) and text.lstrip().startswith("<"):
        return "HTML"
    return {list: "a list", str: "text", type(None): "null", bool: "a boolean"}.get(type(body), "a number")


def _seconds(retry_after: str | None, now: datetime) -> float | None:
    """A Retry-After header, seconds or an HTTP date, as seconds from now; None when absent or senseless."""
    if not retry_after:
        return None
    if re.fullmatch(r"\s*\d{1,9}\s*", retry_after):
        return float(retry_after)
    try:
        moment = parsedate_to_datetime(retry_after)
    except (TypeError, ValueError, OverflowError):
        return None
    return max(0.0, (moment.replace(tzinfo=moment.tzinfo or timezone.utc) - now).total_seconds())


def _may_hold_secrets(text: str) -> bool:
    """Whether JSON may hold what ``_without_secrets`` takes out. One pattern for all three would take many times as long."""
    return any(word in text for word in ("secretInfo", "\\u00", "%")) or bool("@" in text and _USER_IN_URL.search(text))


def _without_secrets(value: Any) -> Any:
    """``value`` without secretInfo.secret and without the user part of URLs (api/facts.md section 0, item 6)."""
    if isinstance(value, dict):
        return {
            name: {inner: _without_secrets(one) for inner, one in item.items() if inner != "secret"}
            if name == "secretInfo" and isinstance(item, dict)
            else _without_secrets(item)
            for name, item in value.items()
        }
    if isinstance(value, list):
        return [_without_secrets(item) for item in value]
    return mask_urls(value) if isinstance(value, str) else value

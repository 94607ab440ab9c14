# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The HTTP client: it authenticates, sends, tries again until one deadline, and fans out. It knows no Ansible.

Every failure leaves as one ApiError; secrets in answers do not leave at all.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import threading
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import closing, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Generic, Protocol, TypeVar
from urllib.parse import quote, urlsplit

from ..model.errors import ANSWER_MISMATCH, ApiError, MissingRequestsError, OptionError
from ..model.secrets import Masker
from ..model.times import CLOCK_SKEW_LIMIT
from .answers import OLDEST, Answer, Call, Interpreter, Received, stated_age, stated_time
from .credentials import Credentials, find_credentials
from .hosts import service_url
from .identity import GATEWAY_CODE, PROJECT_SERVICES, Identity
from .pacing import Clock, Limiter
from .retry import THROTTLED, backoff, is_tried_again
from .signing import TokenAuth, canonical_query
from .transport import Deadline, Resolve, TimedAdapter, failure, read_body, usable_proxies

try:
    import requests
except ImportError:
    REQUESTS_IMPORT_ERROR: str | None = traceback.format_exc()
else:
    REQUESTS_IMPORT_ERROR = None

T = TypeVar("T")
R = TypeVar("R")

SIGNATURE_WINDOW = 900.0  # seconds a gateway's clock may differ from ours; services.rst, "Signing"
METADATA_TIMEOUT = 3.0  # seconds
DATE_PRECISION = 2.0  # seconds; a Date header has whole ones, so within these our own clock is as good and finer
HEADERS = {
    "Accept": "application/json",
    "Accept-Encoding": "gzip, deflate",
    "Cache-Control": "no-cache",
    "Content-Type": "application/json",
    "User-Agent": "huaweicloud.gitops",
}


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


@dataclass
class Outcome(Generic[T, R]):
    """What became of one item of a fan-out: a value or an error."""

    item: T
    value: R | None = None
    error: ApiError | None = None


@dataclass
class Once:
    """What became of work that runs once in a round of reads."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    outcome: Outcome[Any, Any] | None = None


@dataclass
class Trace:
    """What the answers to some requests said of time: seconds that their services' clocks are ahead, and seconds they were in caches."""

    offsets: list[float] = field(default_factory=list)
    ages: list[float] = field(default_factory=list)


class Sender(Protocol):
    """What sends the requests of an entry."""

    clock: Clock

    def ask(
        self,
        service: str,
        path: str,
        query: Iterable[tuple[str, Any]] = (),
        trace: Trace | None = None,
        fresh: bool = False,
        *,
        headers: Mapping[str, str] | None = None,
        as_list: bool = False,
    ) -> Answer:
        """The answer to a GET; see ``Client.ask``."""

    def shown(self, text: str) -> str:
        """Text with foreign parts as it may be shown."""


class Client:
    """Reads the services for one task, with one set of credentials and one deadline. Safe to use from threads.

    :param settings: how to reach the services
    :param credentials: who asks
    :param environ: the process environment, for host variables
    :param limiter: that of all clients of the task
    :param masker: learns every secret that is fetched
    :param clock: the clocks and the dice, the limiter's if there are no others
    :param resolve: what looks names up, with the signature of socket.getaddrinfo, which it is if there is no other
    :raises MissingRequestsError: when the library requests cannot be imported
    :ivar clocks: by host (and port, where a URL names one), the seconds that its clock is ahead of the local one; negative: behind
    :ivar service_time: the newest time that a service stated, None until one did
    :ivar unavailable: paths that only save requests and could not be read, so that nobody asks for them again
    """

    def __init__(
        self,
        settings: Settings,
        credentials: Credentials,
        environ: Mapping[str, str],
        limiter: Limiter,
        masker: Masker,
        clock: Clock | None = None,
        resolve: Resolve | None = None,
    ) -> None:
        if REQUESTS_IMPORT_ERROR:
            raise MissingRequestsError(REQUESTS_IMPORT_ERROR)
        self.settings, self.credentials, self.environ = settings, credentials, environ
        self.limiter, self.masker, self.clock = limiter, masker, clock or limiter.clock
        self.deadline, self.limit = self.clock.monotonic() + settings.total_timeout, ("total_timeout", settings.total_timeout)
        self.clocks: dict[str, float] = {}
        self.service_time: datetime | None = None
        self.unavailable: set[str] = set()
        masker.add(*credentials.secrets)
        self._interpreter, self._identity = Interpreter(masker), Identity(self)
        self._lock = threading.Lock()
        self._last_offset = 0.0
        self._environment: dict[str, dict[str, Any]] = {}
        self._bases: dict[str, str] = {}
        self._once: dict[Any, Once] = {}
        self._resolve = resolve
        self._pool = ThreadPoolExecutor(max_workers=settings.max_concurrency, thread_name_prefix="gitops")
        # The adapter alone, no session: that would keep cookies, prepare to follow redirects, and walk the environment for each request.
        self._adapter = TimedAdapter(resolve, pool_connections=8, pool_maxsize=settings.max_concurrency)

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], environ: Mapping[str, str], limiter: Limiter, masker: Masker, clock: Clock | None = None
    ) -> Client:
        """A client for a task's options.

        :raises OptionError: for a setting that cannot work
        :raises CredentialsError: without one complete set of credentials
        """
        settings = Settings.from_options(options)
        return cls(settings, find_credentials(options, environ), environ, limiter, masker, clock)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, *exception: object) -> None:
        # After a failure (a task's own timeout, say) nobody waits for what is still being read.
        self._pool.shutdown(wait=exception[0] is None, cancel_futures=True)
        self._adapter.close()

    # --- What endpoints use ---

    def of(self, target: str) -> Sender:  # noqa: ARG002
        """What sends the requests for an id: the client itself, where one host has the answers for all ids."""
        return self

    def get(self, service: str, path: str, query: Iterable[tuple[str, Any]] = ()) -> dict[str, Any]:
        """The JSON of a GET, authenticated as the service wants it.

        :param service: ucs, codearts_repo or servicestage
        :param path: a path whose variable parts were quoted by ``segment``
        :raises ApiError: for everything that is not a 200 with a JSON object
        """
        body: dict[str, Any] = self.ask(service, path, query).body
        return body

    def ask(
        self,
        service: str,
        path: str,
        query: Iterable[tuple[str, Any]] = (),
        trace: Trace | None = None,
        fresh: bool = False,
        *,
        headers: Mapping[str, str] | None = None,
        as_list: bool = False,
    ) -> Answer:
        """The same with what came beside the JSON.

        :param trace: takes note of what the answers, failures included, say of time
        :param fresh: whether to ask on a connection of its own
        :param headers: to send beside those of every request
        :param as_list: whether the answer is a JSON array instead of an object
        """
        call = Call(service, "GET", path, tuple(query), headers or {}, as_list=as_list)
        try:
            return self._authenticated(call, trace, fresh)
        except ApiError as error:
            self._explain(service, error)
            raise

    def _authenticated(self, call: Call, trace: Trace | None, fresh: bool) -> Answer:
        auth, headers = self._identity.authenticate(call.service)
        try:
            answer = self.send(replace(call, headers={**call.headers, **headers}), auth, trace, fresh)
        except ApiError as error:
            if not self._identity.renew(call.service, auth, error):
                raise
            auth, headers = self._identity.authenticate(call.service)
            answer = self.send(replace(call, headers={**call.headers, **headers}), auth, trace, fresh)
        self._identity.accepted(call.service, auth)
        return answer

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

    def once(self, key: Any, work: Callable[[], T]) -> T:
        """What ``work`` gives. In one round of reads it runs once for a key, whichever threads ask; a failure comes again, too.

        :raises ApiError: as ``work``
        """
        with self._lock:
            known: Once = self._once.setdefault(key, Once())
        with known.lock:
            if known.outcome is None:
                try:
                    known.outcome = Outcome(key, value=work())
                except ApiError as error:
                    known.outcome = Outcome(key, error=replace(error))
        if known.outcome.error:
            raise replace(known.outcome.error)
        value: T = known.outcome.value  # type: ignore[assignment]
        return value

    def begin_sample(self, seconds: float, option: str = "total_timeout") -> None:
        """Starts another round of reads, which has ``seconds`` for all its requests; ``option`` says why."""
        self.deadline, self.limit = self.clock.monotonic() + seconds, (option, seconds)
        self._identity.forget_failures()
        self._once.clear()

    def time_of(self, service: str) -> datetime:
        """A service's clock: the local one, set right by the last Date header of its host, or of any host while that has stated none."""
        return self.clock.now() + timedelta(seconds=self._offset(service))

    def shown(self, text: str) -> str:
        """Text with foreign parts as it may be shown."""
        return self._interpreter.shown(text)

    def fan_out(self, work: Callable[[T], R], items: Sequence[T]) -> list[Outcome[T, R]]:
        """Runs ``work`` for each item, side by side over the kept-alive connections; the order of the items is kept, and one that fails
        loses no other. Not to be used within ``work``."""

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

    def send(self, call: Call, auth: Any = None, trace: Trace | None = None, fresh: bool = False) -> Answer:
        """Sends a call until it succeeds, cannot succeed, or the deadline comes.

        :param auth: what puts an identity on it, an auth object of requests
        :raises ApiError: with the number of attempts and the last request id
        """
        base, attempt = self._base_url(call), 0
        host, region = urlsplit(base).netloc, self.settings.region
        retries = 0 if call.service == "metadata" else self.settings.request_retries
        while True:
            sent = False
            try:
                with self.limiter.turn(host, call.service, region, self._left):
                    attempt, sent = attempt + 1, True
                    return self._attempt(call, self._prepared(call, base, auth), host, trace, fresh)
            except ApiError as error:
                error.service, error.method, error.path, error.attempts = call.service, call.method, call.path, attempt
                if not sent:
                    error.message += f" ({self.limit[0]} {self.limit[1]:.4g} s)."
                    raise
                self._pause(error, attempt, retries, host)

    def _base_url(self, call: Call) -> str:
        return service_url(call.service, self.settings.region, self.settings.cloud, self.settings.endpoints, self.environ)

    def _prepared(self, call: Call, base: str, auth: Any) -> requests.PreparedRequest:
        """A request as the library would prepare it, which would look through each path and query again: these are quoted already."""
        if base not in self._bases:
            self._bases[base] = str(requests.Request("GET", f"{base}/").prepare().url).removesuffix("/")
        query = canonical_query(call.query)
        request = requests.PreparedRequest()
        request.method, request.url = call.method, f"{self._bases[base]}{call.path}{'?' if query else ''}{query}"
        request.body = None if call.body is None else json.dumps(call.body).encode()
        # Nobody writes a name in another case, and a dictionary that would not mind takes longer than to sign the request.
        request.headers = {**HEADERS, **call.headers}  # type: ignore[assignment]
        if call.method != "GET":
            request.headers["Content-Length"] = str(len(request.body or b""))
        prepared: requests.PreparedRequest = (auth or TokenAuth())(request)
        return prepared

    def _left(self) -> float:
        return float(self.deadline - self.clock.monotonic())

    def _pause(self, error: ApiError, attempt: int, retries: int, host: str) -> None:
        """Waits until the next attempt.

        :raises ApiError: the one given, if there is to be no other attempt
        """
        again = is_tried_again(error, attempt, retries)
        pause = backoff(error, attempt, self.clock.uniform) if again or error.status == THROTTLED else 0.0
        wait = pause
        if error.status == THROTTLED:
            wait = self.limiter.refused(host, error.service, self.settings.region, pause)
        if not again:
            raise error
        left = self._left()
        if max(pause, wait) >= left:
            late = pause if pause >= left else wait
            error.message += f" The next attempt, in {late:.0f} s, would be too late ({self.limit[0]} {self.limit[1]:.4g} s)."
            raise error
        if wait:
            self.clock.sleep(wait)

    def _attempt(self, call: Call, prepared: requests.PreparedRequest, host: str, trace: Trace | None, fresh: bool) -> Answer:
        longest = METADATA_TIMEOUT if call.service == "metadata" else self.settings.request_timeout
        patience = max(0.001, min(longest, self._left()))
        which = "request_timeout" if patience == longest else f"what is left of {self.limit[0]}"
        try:
            return self._interpreter.interpret(self._exchange(call, prepared, host, patience, trace, fresh))
        except ApiError:
            raise
        except Exception as error:
            known = failure(error, host, f"{patience:.3g} s ({which})")
            if known is None:
                raise
        raise known  # out here, where nothing holds on to the frames of the other error, and to their connections

    def _exchange(self, call: Call, prepared: Any, host: str, patience: float, trace: Trace | None, fresh: bool) -> Received:
        """Sends one request and reads what comes; a fresh connection ends with it."""
        environment = self._environment_for(call, str(prepared.url))
        whole: Any = Deadline(patience)
        with closing(self._new_adapter(call)) if fresh else nullcontext(self._adapter_for(call)) as adapter:
            response = adapter.send(prepared, stream=True, timeout=whole, **environment)
            headers = {name.lower(): value for name, value in response.raw.headers.itermerged()}
            with response:
                self._take_times(host, headers, trace)  # now, for a long body takes its time
                raw = read_body(response)
        return Received(call, response.status_code, headers, raw, self.time_of(call.service))

    def _new_adapter(self, call: Call, **more: Any) -> TimedAdapter:  # noqa: ARG002 for clients whose hosts differ in it
        return TimedAdapter(self._resolve, **more)

    def _adapter_for(self, call: Call) -> TimedAdapter:  # noqa: ARG002
        return self._adapter

    def _environment_for(self, call: Call, url: str) -> dict[str, Any]:
        """Proxies and TLS settings for a host; looked up once, since that walks the whole environment."""
        host = "/".join(url.split("/", 3)[:3])
        if host not in self._environment:
            bundle = self.settings.ca_path or self.environ.get("REQUESTS_CA_BUNDLE") or self.environ.get("CURL_CA_BUNDLE") or True
            # A proxy must never see the credentials of the machine.
            proxies = {} if call.service == "metadata" else usable_proxies(self._adapter, url)
            if not self.settings.validate_certs:
                requests.packages.urllib3.disable_warnings()  # type: ignore[attr-defined]
            self._environment[host] = {"proxies": proxies, "verify": self.settings.validate_certs and bundle}
        return self._environment[host]

    # --- Clocks ---

    def _take_times(self, host: str, headers: Mapping[str, str], trace: Trace | None) -> None:
        """Measures the service's clock, at the moment when the headers have arrived (rules.rst, "Time")."""
        now, stated = self.clock.now(), stated_time(headers)
        age = stated_age(headers)
        if trace and age is not None and age <= OLDEST:  # of what is older nothing is used
            trace.ages.append(age)
        if stated is None:
            return
        offset = (stated - now).total_seconds()
        offset = offset if abs(offset) > DATE_PRECISION else 0.0
        if trace:
            trace.offsets.append(offset)
        with self._lock:
            self.clocks[host] = self._last_offset = offset
            self.service_time = max(stated, self.service_time or stated)

    def _offset(self, service: str) -> float:
        try:
            url = service_url(service, self.settings.region, self.settings.cloud, self.settings.endpoints, self.environ)
        except OptionError:
            return self._last_offset
        return self.clocks.get(urlsplit(url).netloc, self._last_offset)

    # --- Refusals ---

    def _explain(self, service: str, error: ApiError) -> None:
        """Adds to the message of a refusal what the caller can do about it."""
        hint = self._hint(service, error)
        if hint:
            error.message = error.message.rstrip(".") + "." + hint

    def _hint(self, service: str, error: ApiError) -> str:
        if error.withdrawn and error.service == "codearts_repo" and error.path.startswith("/v2/"):
            return " CodeArts Repo may have withdrawn version 2 of this API: set 'api' to v4 to ask version 4."
        if error.withdrawn and error.service == "ucs":
            # What UCS files under its outdated APIs.
            return " UCS may have withdrawn this API: the check flux and the module flux_info read the same from Kubernetes itself."
        if error.status not in (401, 403) or error.service not in (service, "iam"):
            return ""
        gateway = GATEWAY_CODE.match(error.code) or error.service == "iam"
        ahead = self._offset(error.service)
        if gateway and abs(ahead) > CLOCK_SKEW_LIMIT and self.credentials.kind in ("aksk", "ecs_agency"):
            way, limit = "behind" if ahead > 0 else "ahead of", SIGNATURE_WINDOW / 60
            return f" This machine's clock is {abs(ahead) / 60:.0f} min {way} the service's; a signature may be {limit:.0f} min off."
        if self.credentials.kind == "token" and error.service == service:
            scope = "project" if service in PROJECT_SERVICES else self.settings.ucs_token_scope
            return (
                f" The auth_token ({self.credentials.source}) may be expired or of the wrong scope: {service} wants a {scope}-scoped token."
                " access_key and secret_key serve every scope."
            )
        return ""


class EntryRequests:
    """The requests of one entry of a reading, and the moment that its objects are judged by.

    :param client: that sends them
    :ivar failures: errors of requests without which the rest of the entry is of use
    """

    def __init__(self, client: Sender) -> None:
        self.client = client
        self.failures: list[ApiError] = []
        self._begun: datetime | None = None
        self._trace = Trace()

    @property
    def read_at(self) -> datetime:
        """The moment before the first request, by the earlier of the local and the service's clock, less the largest age of an answer.

        So what it makes old is old by both clocks. It can only become earlier with further requests. Without one it is now.
        """
        if self._begun is None:
            return self.client.clock.now()
        earlier = min([0.0, *self._trace.offsets]) - max([0.0, *self._trace.ages])
        return self._begun + timedelta(seconds=earlier)

    def get(
        self,
        service: str,
        path: str,
        query: Iterable[tuple[str, Any]] = (),
        confirm: Callable[[dict[str, Any]], str | None] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """The JSON of a GET, as ``Client.get``.

        :param confirm: says in a sentence that an answer is about something else than was asked for (E8), or nothing; then the client asks
            once more, on a fresh connection
        :param headers: to send beside those of every request
        :raises ApiError: as ``Client.get``, and with the code ANSWER_MISMATCH when the second answer is no better
        """
        body: dict[str, Any] = self._get(service, path, query, confirm, headers=headers)
        return body

    def get_list(
        self, service: str, path: str, query: Iterable[tuple[str, Any]] = (), confirm: Callable[[list[Any]], str | None] | None = None
    ) -> list[Any]:
        """The JSON of a GET whose answer is an array, as ``get``."""
        body: list[Any] = self._get(service, path, query, confirm, as_list=True)
        return body

    def _get(
        self,
        service: str,
        path: str,
        query: Iterable[tuple[str, Any]],
        confirm: Callable[[Any], str | None] | None,
        headers: Mapping[str, str] | None = None,
        as_list: bool = False,
    ) -> Any:
        if self._begun is None:
            self._begun = self.client.clock.now()
        query = tuple(query)
        answer = self.client.ask(service, path, query, self._trace, headers=headers, as_list=as_list)
        if confirm and confirm(answer.body):
            answer = self.client.ask(service, path, query, self._trace, fresh=True, headers=headers, as_list=as_list)
            sentence = confirm(answer.body)
            if sentence:
                sentence = self.client.shown(sentence)
                raise ApiError(sentence, 200, ANSWER_MISMATCH, answer.request_id, service=service, path=path, attempts=2)
        return answer.body


def segment(option: str, value: Any) -> str:
    """An identifier as one quoted segment of a path.

    :raises OptionError: for one that is empty or would change the path
    """
    text = value if isinstance(value, str) else ""
    if not text.strip() or "/" in text or "\\" in text or text.strip() in (".", "..") or not text.isprintable():
        raise OptionError(option, value, "an identifier: not empty, not '.' or '..', without '/', '\\' or control characters")
    return quote(text.strip(), safe="")

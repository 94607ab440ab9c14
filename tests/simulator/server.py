# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP side: one port per service, TLS, faults, the journal, the control port. Loopback only."""

from __future__ import annotations

import asyncio
import copy
import json
import shutil
import socket
import ssl
import struct
import tempfile
import threading
import time
import uuid
from collections import Counter, deque
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

import yaml
from aiohttp import web

from . import kubernetes_api, services
from .errors import Answer, Refused, error_answer, json_answer
from .identity import Identity, Token, Wire
from .scenario import SERVICES, Fault, Scenario, load, service_now

HOST = "127.0.0.1"
TLS_KINDS = ("valid", "wrong_name", "expired")
_NO_CHECK_TIME = 0x200000  # of OpenSSL: X509_V_FLAG_NO_CHECK_TIME
_HEADER_LIMIT = 32 * 1024  # services.rst, "Signing", point 10


class _Server(web.Server):
    """Counts the connections opened to it."""

    opened = 0

    def __call__(self) -> Any:
        self.opened += 1
        return super().__call__()


@dataclass
class _World:
    """A loaded scenario and what goes with it; replaced as a whole by ``Simulator.load``."""

    raw: dict[str, Any]
    scenario: Scenario
    identity: Identity
    loaded: float
    recent: dict[str, deque[float]] = field(default_factory=dict)


class Simulator:
    """The stand-in for the cloud; a context manager.

    Args:
        scenario: the name of a shipped scenario, a path to a YAML file, or a dict (see README.md).
        ports_from: the first of seven consecutive ports; 0 takes free ones.
        tls: False, True, or one of TLS_KINDS; the metadata and control ports stay plain, as the real metadata service is.

    Raises:
        ValueError: the scenario or ``tls`` is not understood.
    """

    def __init__(self, scenario: str | Path | dict[str, Any] = "documented", ports_from: int = 0, tls: bool | str = False) -> None:
        self._tls = "valid" if tls is True else tls
        if self._tls and self._tls not in TLS_KINDS:
            raise ValueError(f"unknown tls {tls!r}; there are: {', '.join(TLS_KINDS)}")
        self._ports_from = ports_from
        self._started = time.monotonic()
        self._issued: dict[str, Token] = {}
        self._metadata_tokens: set[str] = set()
        self._lock = threading.Lock()
        self._journal: list[dict[str, Any]] = []
        self._running = 0
        self._peak = 0
        self._servers: dict[str, _Server] = {}
        self._forgotten: Counter[str] = Counter()
        self._thread: threading.Thread | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._folder: str | None = None
        self._authority: Any = None
        self._certificate: Any = None
        self.urls: dict[str, str] = {}
        self.load(scenario)

    # --- what tests use

    def load(self, scenario: str | Path | dict[str, Any], elapsed: float = 0.0) -> None:
        """Take another scenario, at once; issued tokens stay valid.

        Args:
            scenario: as for the class.
            elapsed: seconds since the loading to begin with, so that a test need not wait for a timeline.

        Raises:
            ValueError: the scenario is not understood; the present one stays.
        """
        raw = load(scenario)
        loaded = service_now(raw) - timedelta(seconds=elapsed)
        self._world = _World(raw, Scenario(raw, loaded), Identity(raw["accounts"], self._issued, loaded), time.monotonic() - elapsed)

    @property
    def journal(self) -> list[dict[str, Any]]:
        """A copy of the requests received: service, method, path, query (both raw), headers (lower-case names), body (text),
        status (0 when no answer was given), at (seconds since the start)."""
        with self._lock:
            return copy.deepcopy(self._journal)

    def clear(self) -> None:
        """Empty the journal, and count connections and the peak from here."""
        with self._lock:
            self._journal.clear()
            self._peak = self._running
        self._forgotten = Counter({name: server.opened for name, server in self._servers.items()})

    @property
    def connections(self) -> dict[str, int]:
        """Connections opened per service."""
        return {name: server.opened - self._forgotten[name] for name, server in self._servers.items() if name in SERVICES}

    @property
    def peak(self) -> int:
        """The most requests that were in work at the same time, over all services."""
        return self._peak

    def start(self) -> Simulator:
        """Listen; returns when every port does.

        Raises:
            OSError: a port is taken.
        """
        self._loop = asyncio.new_event_loop()
        started = threading.Event()
        failure: list[BaseException] = []

        def run(loop: asyncio.AbstractEventLoop) -> None:
            try:
                loop.run_until_complete(self._serve(started))
            except BaseException as error:  # noqa: BLE001 handed to the thread that waits in start()
                failure.append(error)
            finally:
                loop.close()
                started.set()

        self._thread = threading.Thread(target=run, args=(self._loop,), name="simulator", daemon=True)
        self._thread.start()
        started.wait()
        if failure:
            self.stop()
            raise failure[0]
        return self

    def stop(self) -> None:
        """Close every socket and end the thread; may be called twice."""
        if self._thread and self._loop:
            if self._stopping:
                with suppress(RuntimeError):  # the loop has ended already
                    self._loop.call_soon_threadsafe(self._stopping.set)
            self._thread.join()
        self._thread = None
        if self._folder:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> Simulator:
        return self if self._thread else self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # --- listening

    async def _serve(self, started: threading.Event) -> None:
        self._stopping = asyncio.Event()
        context, ca_path = self._certificates() if self._tls else (None, None)
        for_clients = self._context(clients=True) if self._tls else None
        runners: list[web.ServerRunner] = []
        try:
            for number, name in enumerate((*SERVICES, "control")):
                handler = self._control if name == "control" else self._handler(name)
                # Cancelled with its client: a request that hangs must not outlive the one who gave up on it.
                server = _Server(
                    handler,
                    access_log=None,
                    handler_cancellation=True,
                    keepalive_timeout=75,
                    max_line_size=_HEADER_LIMIT,
                    max_field_size=_HEADER_LIMIT,
                )
                runner = web.ServerRunner(server, handle_signals=False, shutdown_timeout=0.1)
                await runner.setup()
                runners.append(runner)
                secure = {"metadata": None, "control": None, "kubernetes": for_clients}.get(name, context)
                port = self._ports_from + number if self._ports_from else 0
                await web.TCPSite(runner, HOST, port, ssl_context=secure, backlog=512, reuse_address=True).start()
                self._servers[name] = server
                self.urls[name] = f"{'https' if secure else 'http'}://{HOST}:{runner.addresses[0][1]}"
            if ca_path:
                self.urls["ca_path"] = ca_path
            started.set()
            await self._stopping.wait()
        finally:
            await asyncio.gather(*(runner.cleanup() for runner in runners))

    def _certificates(self) -> tuple[ssl.SSLContext, str]:
        import trustme  # only TLS needs it, and it takes longer to import than all the rest

        self._authority = trustme.CA()
        now = datetime.now(timezone.utc)
        if self._tls == "wrong_name":
            self._certificate = self._authority.issue_cert("wrong.example.com")
        elif self._tls == "expired":
            ended = now - timedelta(days=1)
            self._certificate = self._authority.issue_cert(HOST, "localhost", not_before=ended - timedelta(days=1), not_after=ended)
        else:
            self._certificate = self._authority.issue_cert(HOST, "localhost")
        self._folder = tempfile.mkdtemp(prefix="simulator-")
        ca_path = str(Path(self._folder) / "ca.pem")
        self._authority.cert_pem.write_to_path(ca_path)
        return self._context(), ca_path

    def _context(self, clients: bool = False) -> ssl.SSLContext:
        """What a port does TLS with; ``clients``: it asks for their certificates, and takes those of its own authority."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._certificate.configure_cert(context)
        if clients:
            context.verify_mode = ssl.CERT_OPTIONAL
            # One that has ended is refused with a 401, as Kubernetes does, and not by TLS.
            context.verify_flags = ssl.VerifyFlags(context.verify_flags | _NO_CHECK_TIME)
            self._authority.configure_trust(context)
        return context

    def client_certificate(self, user: str, lifetime: float = 3600) -> tuple[str, str]:
        """A certificate of a user of Kubernetes and its key, as PEM; only while it listens with TLS.

        Args:
            user: its common name.
            lifetime: seconds; a negative one has ended already.
        """
        ends = datetime.now(timezone.utc) + timedelta(seconds=lifetime)
        # With a name of its own: Python 3.13 refuses a certificate with an empty list of them.
        issued = self._authority.issue_cert("client.example.com", common_name=user, not_before=ends - timedelta(days=1), not_after=ends)
        return issued.cert_chain_pems[0].bytes().decode(), issued.private_key_pem.bytes().decode()

    # --- a request to a service

    def _handler(self, service: str) -> Any:
        async def handle(request: web.BaseRequest) -> web.StreamResponse:
            wire = Wire(request.method, request.raw_path, {**_headers(request), **_certificate(request)}, await request.read())
            entry = {
                "service": service,
                "method": wire.method,
                "path": wire.path,
                "query": wire.query,
                "headers": wire.headers,
                "body": wire.body.decode("utf-8", "replace"),
                "status": 0,
                "at": round(time.monotonic() - self._started, 4),
            }
            with self._lock:
                self._journal.append(entry)
                self._running += 1
                self._peak = max(self._peak, self._running)
            try:
                return await self._respond(service, wire, request, entry)
            finally:
                with self._lock:
                    self._running -= 1

        return handle

    async def _respond(self, service: str, wire: Wire, request: web.BaseRequest, entry: dict[str, Any]) -> web.StreamResponse:
        world = self._world
        elapsed = time.monotonic() - world.loaded
        request_id = uuid.uuid4().hex
        delay, fault = float(world.raw["latency"]), None
        for candidate in world.scenario.faults:
            if candidate.takes(service, wire.method, wire.path, wire.query, elapsed):
                delay += candidate.delay
                if candidate.answers or candidate.action:
                    fault = candidate
                    break
        if delay and await self._pause(delay):
            return _gone(request)
        if fault and fault.action == "reset":
            return _reset(request)
        if fault and fault.action == "hang":
            await self._pause(fault.raw.get("seconds", 3600))
            return _gone(request)
        answer = _fault_answer(fault, request_id) if fault and fault.answers else self._answer(world, service, wire, elapsed, request_id)
        headers = {
            "Date": format_datetime(service_now(world.raw), usegmt=True),
            "X-IAM-Trace-Id" if service == "iam" else "X-Request-Id": request_id,
            **answer.headers,
        }
        if answer.content_type:
            headers.setdefault("Content-Type", answer.content_type)
        entry["status"] = answer.status
        response = web.Response(status=answer.status, body=answer.body, headers=headers)
        if fault and fault.action in ("truncate", "close"):
            return _cut(request, response, answer.body, half=fault.action == "truncate")
        if fault and fault.action == "break":
            _write(request, response, answer.body[: len(answer.body) // 2], len(answer.body))
            await self._pause(0.05)  # what was sent shall arrive: a reset takes away what was not read yet
            return _reset(request)
        if fault and fault.action == "drip":
            return await self._drip(request, response, answer.body, fault.raw.get("seconds", 0.05))
        if fault and fault.action == "drip_head":
            return await self._drip_head(request, response, answer.body, fault.raw.get("seconds", 0.05))
        return response

    def _answer(self, world: _World, service: str, wire: Wire, elapsed: float, request_id: str) -> Answer:
        now = service_now(world.raw)

        def call_of(ids: tuple[str, ...]) -> services.Call:
            query = dict(reversed(parse_qsl(wire.query, keep_blank_values=True)))  # of a repeated key the first counts
            return services.Call(wire, query, ids, world.scenario.at(elapsed), world.identity, world.raw, now, self._metadata_tokens)

        try:
            self._throttle(world, service, elapsed)
            return services.answer(service, call_of, wire.method, wire.path)
        except Refused as refusal:
            name = refusal.name
            if service == "iam" and name.startswith("APIG.") and name != "APIG.0101" and name != "APIG.0308":
                name = "IAM.401"  # IAM authenticates for itself and answers in Keystone's shape
            return error_answer(name, refusal.message, request_id)

    @staticmethod
    def _throttle(world: _World, service: str, elapsed: float) -> None:
        rule = world.raw["throttle"].get(service)
        if not rule:
            return
        recent = world.recent.setdefault(service, deque())
        while recent and recent[0] <= elapsed - rule["seconds"]:
            recent.popleft()
        if len(recent) >= rule["limit"]:
            unit = "1 minute" if rule["seconds"] == 60 else f"{rule['seconds']} second"
            raise Refused(
                "APIG.0308", f"The throttling threshold has been reached: policy user over ratelimit,limit:{rule['limit']},time:{unit}"
            )
        recent.append(elapsed)

    async def _pause(self, duration: float) -> bool:
        """Wait; True when the simulator was stopped meanwhile."""
        assert self._stopping is not None
        try:
            await asyncio.wait_for(self._stopping.wait(), duration)
        except asyncio.TimeoutError:
            return False
        return True

    async def _drip(self, request: web.BaseRequest, response: web.Response, body: bytes, pause: float) -> web.StreamResponse:
        """Send the body byte by byte, ``pause`` seconds apart: no single read takes long, the whole does."""
        headers = {**response.headers, "Content-Length": str(len(body))}
        stream = web.StreamResponse(status=response.status, headers=headers)
        await stream.prepare(request)
        for position in range(len(body)):
            try:
                await stream.write(body[position : position + 1])
            except ConnectionResetError:  # nobody waits any more
                return _gone(request)
            if await self._pause(pause):
                return _gone(request)
        return stream

    async def _drip_head(self, request: web.BaseRequest, response: web.Response, body: bytes, pause: float) -> web.StreamResponse:
        """Likewise the status line and the headers, then the body at once."""
        head = _head(response, len(body))
        for position in range(len(head)):
            if request.transport:
                request.transport.write(head[position : position + 1])
            if await self._pause(pause):
                break
        else:
            if request.transport:
                request.transport.write(body)
                request.transport.close()
        return response

    # --- the control port

    async def _control(self, request: web.BaseRequest) -> web.StreamResponse:
        method, path = request.method, request.path
        if (method, path) == ("GET", "/journal"):
            return _plain(json_answer(self.journal))
        if (method, path) == ("DELETE", "/journal"):
            self.clear()
            return _plain(Answer(204))
        if (method, path) == ("GET", "/connections"):
            return _plain(json_answer({"connections": self.connections, "peak": self.peak}))
        if (method, path) == ("PUT", "/scenario"):
            try:
                # JSON is YAML: a name or a whole scenario
                self.load(yaml.safe_load(await request.read()), float(request.query.get("elapsed", 0)))
            except (ValueError, TypeError, AttributeError, yaml.YAMLError) as error:
                return _plain(json_answer({"error": str(error)}, 400))
            return _plain(Answer(204))
        return _plain(json_answer({"error": "GET /journal, DELETE /journal, GET /connections, PUT /scenario"}, 404))


def _headers(request: web.BaseRequest) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in request.headers.items():
        key = name.lower()
        headers[key] = f"{headers[key]},{value}" if key in headers else value
    return headers


def _certificate(request: web.BaseRequest) -> dict[str, str]:
    """Whom TLS has identified by a certificate."""
    seen = (request.transport.get_extra_info("peercert") if request.transport else None) or {}
    names = [value for names in seen.get("subject", ()) for key, value in names if key == "commonName"]
    valid = bool(names) and ssl.cert_time_to_seconds(str(seen["notAfter"])) > time.time()
    return {kubernetes_api.CERTIFICATE: names[0]} if valid else {}


def _fault_answer(fault: Fault, request_id: str) -> Answer:
    raw = fault.raw
    answer = error_answer(raw["error"], raw.get("message"), request_id) if fault.error else Answer(200)
    body, content_type = answer.body, answer.content_type
    if "body" in raw:
        if isinstance(raw["body"], str):
            body, content_type = raw["body"].encode(), "text/plain; charset=utf-8"
        else:
            body = json.dumps(raw["body"]).encode()
    return Answer(
        raw.get("status", answer.status),
        body,
        content_type,
        {**answer.headers, **{key: str(value) for key, value in raw.get("headers", {}).items()}},
    )


def _plain(answer: Answer) -> web.Response:
    return web.Response(status=answer.status, body=answer.body, content_type="application/json")


def _gone(request: web.BaseRequest) -> web.Response:
    if request.transport:
        request.transport.abort()
    return web.Response(status=500)


def _reset(request: web.BaseRequest) -> web.Response:
    if request.transport:
        # A linger of zero makes the kernel send a reset instead of an orderly end.
        request.transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    return _gone(request)


def _head(response: web.Response, length: int) -> bytes:
    """The status line and the headers of an answer, with a length of its body that need not be true."""
    headers = [f"{name}: {value}" for name, value in response.headers.items() if name != "Content-Length"]
    return "\r\n".join([f"HTTP/1.1 {response.status} {response.reason}", *headers, f"Content-Length: {length}", "", ""]).encode()


def _write(request: web.BaseRequest, response: web.Response, body: bytes, length: int) -> None:
    """Write an answer by hand."""
    if request.transport:
        request.transport.write(_head(response, length) + body)


def _cut(request: web.BaseRequest, response: web.Response, body: bytes, half: bool) -> web.Response:
    """Write the answer by hand, half of its body only or all of it, and close the connection without having announced it."""
    _write(request, response, body[: len(body) // 2] if half else body, len(body))
    if request.transport:
        request.transport.close()
    return response

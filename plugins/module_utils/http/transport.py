# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""One time limit for a whole request: looking up the name, connecting, and the answer from its first header to its last byte.

The timeouts of the library requests are those of single steps. A name with five addresses where nobody answers takes five of them, a
look-up takes what the resolver takes, and an answer that trickles in byte by byte meets every one of them for hours. Here each step has
what the ones before it left. Connecting tries the next address while the one before is still silent, as browsers do (RFC 8305): a broken
IPv6 costs a fraction of a second. All this works with urllib3 1 and 2 and holds for TLS and for proxies as well, except that the addresses
of a SOCKS proxy are looked up and tried by the library PySocks, in its own way.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import errno
import io
import os
import re
import selectors
import socket
from collections.abc import Callable, Sequence
from email.errors import FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect
from functools import cache
from http.client import HTTPResponse
from itertools import chain, zip_longest
from queue import Empty, SimpleQueue
from threading import Thread
from time import monotonic
from typing import Any

from ..model.errors import CONNECTION_FAILED, TIMEOUT, TLS_FAILED, UNEXPECTED_ANSWER, ApiError
from ..model.text import clean_text

try:
    import requests
    from requests.adapters import HTTPAdapter
    from requests.utils import get_environ_proxies, prepend_scheme_if_needed, select_proxy
    from urllib3.exceptions import ConnectTimeoutError, HTTPError, LocationParseError, NewConnectionError, ReadTimeoutError
    from urllib3.util import Timeout, parse_url
except ImportError:  # client.py tells
    HTTPAdapter = Timeout = object  # type: ignore[assignment,misc]

BODY_LIMIT = 32 * 1024 * 1024  # bytes of one answer; some ten thousand sources of a cluster
HEAD_START = 0.25  # seconds that an address has before the next one is tried beside it (RFC 8305, section 5)
SHORTEST = 0.001  # seconds; a timeout of 0 would mean something else

Resolve = Callable[..., Sequence[Any]]  # as socket.getaddrinfo: (family, type, protocol, canonical name, socket address) for each address
_NO_HEADER = (FirstHeaderLineIsContinuationDefect, MissingHeaderBodySeparatorDefect)
_NUMERIC = re.compile(r"[0-9.]+|[0-9a-fA-F:.%]*:.*")


class Deadline(Timeout):
    """The seconds that are left for a request, whatever step it is at.

    :param seconds: for the whole request, from now on
    """

    def __init__(self, seconds: float) -> None:
        super().__init__(total=seconds)
        self._ends = monotonic() + seconds

    @property
    def left(self) -> float:
        """Seconds that are left, never 0."""
        return max(SHORTEST, self._ends - monotonic())

    # What urllib3 asks for, for each connection and each request anew.
    connect_timeout = left
    read_timeout = left

    def clone(self) -> Deadline:
        """The same, for a copy would begin anew."""
        return self

    def start_connect(self) -> float:
        """Nothing begins here."""
        return monotonic()


# --- Names and connections ---------------------------------------------------------------------------------------------------------


def look_up(resolve: Resolve, host: str, port: int, seconds: float) -> list[Any]:
    """The addresses of a host, IPv6 and IPv4 in turn.

    :param resolve: what looks names up, with the signature of socket.getaddrinfo
    :raises socket.timeout: when that takes longer than ``seconds``; the resolver cannot be stopped, but nobody waits for it
    :raises OSError: as the resolver
    """
    question = (host, port, 0, socket.SOCK_STREAM)
    if _NUMERIC.fullmatch(host):
        return _mixed(resolve(*question))
    results: SimpleQueue[Any] = SimpleQueue()

    def work() -> None:
        try:
            results.put(resolve(*question))
        except Exception as error:  # noqa: BLE001 raised again by who asked
            results.put(error)

    Thread(target=work, name=f"look up {host}", daemon=True).start()
    try:
        result = results.get(timeout=seconds)
    except Empty:
        raise socket.timeout("the name was not looked up in time") from None
    if isinstance(result, Exception):
        raise result
    return _mixed(result)


def _mixed(addresses: Sequence[Any]) -> list[Any]:
    """Addresses with their families in turn, beginning with the first one's."""
    first = [address for address in addresses if address[0] == addresses[0][0]]
    others = [address for address in addresses if address[0] != addresses[0][0]]
    return [address for address in chain.from_iterable(zip_longest(first, others)) if address]


class _Race:
    """Connections to several addresses of one host, of which the first to stand is taken.

    :param prepare: sets the options of a new socket
    """

    def __init__(self, addresses: Sequence[Any], prepare: Callable[[socket.socket], None]) -> None:
        self.waiting, self.prepare = list(addresses), prepare
        self.selector = selectors.DefaultSelector()
        self.error: OSError = OSError("the name has no addresses")
        self.next_start = 0.0

    def run(self, seconds: float) -> socket.socket:
        """The first connection that stands.

        :raises socket.timeout: when none does within ``seconds``
        :raises OSError: of the address that failed last, when all have
        """
        ends = monotonic() + seconds
        try:
            while self.waiting or self.selector.get_map():
                now = monotonic()
                if now >= ends:
                    raise socket.timeout("timed out")
                if self.waiting and (now >= self.next_start or not self.selector.get_map()):
                    self._start(now)
                    continue
                winner = self._await((min(ends, self.next_start) if self.waiting else ends) - now)
                if winner:
                    return winner
            raise self.error
        finally:
            for key in list(self.selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]
            self.selector.close()

    def _start(self, now: float) -> None:
        family, kind, protocol, _name, address = self.waiting.pop(0)
        self.next_start = now + HEAD_START
        sock = None
        try:
            sock = socket.socket(family, kind, protocol)
            self.prepare(sock)
            sock.setblocking(False)
            _begin(sock, address)
            self.selector.register(sock, selectors.EVENT_WRITE)
        except OSError as error:
            self._give_up(sock, error)

    def _give_up(self, sock: socket.socket | None, error: OSError) -> None:
        if sock:
            sock.close()
        self.error, self.next_start = error, 0.0  # the next one need not wait

    def _await(self, seconds: float) -> socket.socket | None:
        for key, _events in self.selector.select(max(0.0, seconds)):
            sock: Any = key.fileobj
            self.selector.unregister(sock)
            failed = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if not failed:
                return sock  # type: ignore[no-any-return]
            self._give_up(sock, OSError(failed, os.strerror(failed)))
        return None


def _begin(sock: socket.socket, address: Any) -> None:
    failed = sock.connect_ex(address)
    if failed not in (0, errno.EINPROGRESS, errno.EWOULDBLOCK):
        raise OSError(failed, os.strerror(failed))


def _connect(connection: Any, resolve: Resolve) -> socket.socket:
    """A connection of urllib3's to the first address that answers, within the connection's timeout, of which it keeps what is left.

    :raises OSError: when no address can be reached
    """
    ends = monotonic() + connection.timeout
    host = connection._dns_host.strip("[]")  # noqa: SLF001 with the dot at its end, if it has one
    addresses = look_up(resolve, host, connection.port, connection.timeout)

    def prepare(sock: socket.socket) -> None:
        for option in connection.socket_options or ():
            sock.setsockopt(*option)
        if connection.source_address:
            sock.bind(connection.source_address)

    sock = _Race(addresses, prepare).run(ends - monotonic())
    sock.settimeout(max(SHORTEST, ends - monotonic()))  # for the TLS handshake
    return sock


def _new_connection(connection: Any, resolve: Resolve) -> socket.socket:
    """The same, with the errors that requests expects of urllib3."""
    try:
        return _connect(connection, resolve)
    except socket.gaierror as error:
        raise NewConnectionError(connection, f"Failed to resolve '{connection.host}': {error}") from None
    except socket.timeout:
        raise ConnectTimeoutError(connection, f"Connection to {connection.host} timed out") from None
    except UnicodeError:
        raise LocationParseError("a label of the host's name is empty or too long") from None
    except OSError as error:
        raise NewConnectionError(connection, f"Failed to establish a new connection: {error}") from None


# --- Answers -----------------------------------------------------------------------------------------------------------------------


class _Received(io.RawIOBase):
    """What a socket receives within the time that it has for a single read when this is made."""

    def __init__(self, raw: io.RawIOBase, sock: Any, seconds: float) -> None:
        self._raw, self._socket, self._ends = raw, sock, monotonic() + seconds
        self._begun = False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._begun:  # the first time the socket has its timeout still
            left = self._ends - monotonic()
            if left <= 0:
                raise socket.timeout("timed out")
            self._socket.settimeout(left)
        self._begun = True
        return self._raw.readinto(buffer)

    def fileno(self) -> int:
        return self._raw.fileno()

    def close(self) -> None:
        self._raw.close()
        super().close()


class _Response(HTTPResponse):
    """An answer whose headers and body have the time of a single read."""

    def __init__(self, sock: Any, *args: Any, **more: Any) -> None:
        super().__init__(sock, *args, **more)
        seconds = sock.gettimeout()
        if seconds and isinstance(self.fp, io.BufferedReader):
            self.fp = io.BufferedReader(_Received(self.fp.detach(), sock, seconds))

    def begin(self) -> None:
        """Reads the status and the headers.

        :raises ApiError: for a line among them that is no header: the library would leave out what comes after it, an Age for one (E7)
        """
        super().begin()
        if self.headers and any(isinstance(defect, _NO_HEADER) for defect in self.headers.defects):
            raise _broken("The headers of the answer cannot be read: a line among them is no header.")


def read_body(response: Any) -> bytes:
    """The whole body of a streamed answer.

    :raises ApiError: for more than BODY_LIMIT bytes
    :raises requests.exceptions.Timeout: when its time is over
    :raises requests.exceptions.ChunkedEncodingError: when it breaks off
    """
    chunks, size = [], 0
    response.raw.enforce_content_length = True  # otherwise urllib3 1 takes a truncated body for a whole one
    try:
        for chunk in response.iter_content(65536):
            size += len(chunk)
            if size > BODY_LIMIT:
                raise ApiError(f"The answer is larger than {BODY_LIMIT // 1024**2} MiB.", response.status_code, UNEXPECTED_ANSWER)
            chunks.append(chunk)
    except (HTTPError, requests.exceptions.ConnectionError) as error:
        if any(isinstance(cause, ReadTimeoutError) for cause in (error, *error.args)):
            raise requests.exceptions.Timeout from None
        raise requests.exceptions.ChunkedEncodingError(error) from None
    return b"".join(chunks)


# --- The adapter -------------------------------------------------------------------------------------------------------------------


@cache
def _timed(pool: Any, resolve: Resolve) -> Any:
    """A class of connection pools (of HTTP, HTTPS or SOCKS) whose connections and answers are limited."""
    parts: dict[str, Any] = {"response_class": _Response}
    if "SOCKS" not in pool.__name__:
        parts["_new_conn"] = lambda connection: _new_connection(connection, resolve)
    connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), parts)
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


class TimedAdapter(HTTPAdapter):
    """An adapter of requests that limits whole requests. Their time is given as a ``Deadline``.

    :param resolve: what looks names up, with the signature of socket.getaddrinfo
    :param more: as for an adapter of requests
    """

    def __init__(self, resolve: Resolve | None = None, **more: Any) -> None:
        self.resolve = resolve or socket.getaddrinfo
        self._pools: dict[Any, Any] = {}
        super().__init__(**more)

    def close(self) -> None:
        """Closes every connection at once; urllib3 2 would leave that to the garbage collector, after a failed connection."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 it refuses to be iterated
                manager.pools[key].close()
        super().close()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Makes the pools of direct connections."""
        super().init_poolmanager(*args, **more)
        self._limit(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **more: Any) -> Any:
        """The pools of connections through a proxy."""
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **more)
        return manager if known else self._limit(manager)

    def get_connection_with_tls_context(self, request: Any, verify: Any, proxies: Any = None, cert: Any = None) -> Any:
        """The pool of connections to a request's host; looked up once, since that takes apart the URL and the proxies again."""
        place = ("/".join(request.url.split("/", 3)[:3]), verify, cert, *(proxies or {}).items())
        known = self._pools.get(place)
        if known is None or known.pool is None:  # closed to make room for others
            known = self._pools[place] = super().get_connection_with_tls_context(request, verify, proxies, cert)
        return known

    def request_url(self, request: Any, proxies: Any) -> str:
        """What is asked of a host: without a proxy the URL from its path on, for which nobody needs to take it apart."""
        return str(super().request_url(request, proxies)) if proxies else f"/{request.url.split('/', 3)[3]}"

    def build_response(self, request: Any, raw: Any) -> Any:
        """What is read of an answer; the library would look through its headers for cookies and for an encoding, too."""
        response = requests.Response()
        response.status_code, response.headers, response.url = raw.status, raw.headers, request.url
        response.raw, response.request, response.connection = raw, request, self
        return response

    def _limit(self, manager: Any) -> Any:
        pools = manager.pool_classes_by_scheme
        manager.pool_classes_by_scheme = {scheme: _timed(pool, self.resolve) for scheme, pool in pools.items()}
        return manager


def usable_proxies(adapter: TimedAdapter, url: str) -> dict[str, str]:
    """The proxies that the environment has for a URL, as requests wants them.

    :raises ApiError: for an address that is none
    """
    try:
        proxies: dict[str, str] = get_environ_proxies(url, None)
        proxy = select_proxy(url, proxies)
        usable = not proxy or _is_usable(adapter, proxy)
    except Exception as error:  # noqa: BLE001 depends on what is wrong with it and on the versions of the libraries, TypeError included
        raise _no_proxy("SOCKS" in str(error) and "SOCKS needs the Python library PySocks") from None
    if not usable:
        raise _no_proxy()
    return proxies


def _is_usable(adapter: TimedAdapter, proxy: str) -> bool:
    """Whether requests makes something of a proxy's address; it may raise anything instead."""
    address = prepend_scheme_if_needed(proxy, "http")  # type: ignore[no-untyped-call]
    adapter.proxy_manager_for(address)
    host = parse_url(address).host
    return bool(host) and not re.search(r"[\s\x00-\x1f]", str(host))


# --- Failures ----------------------------------------------------------------------------------------------------------------------


def failure(error: Exception, host: str, limit: str) -> ApiError | None:
    """What an exception of the libraries requests and urllib3 means; None for one that is none of theirs.

    :param host: that was to be reached
    :param limit: the time that the request had, in words
    """
    for kinds, say in _failures():
        if isinstance(error, kinds):
            return say(error, host, limit)
    return None


def _failures() -> tuple[tuple[Any, Callable[[Exception, str, str], ApiError]], ...]:
    """What says which exception; the first that fits counts."""
    known = requests.exceptions
    return (
        (known.SSLError, _tls),
        (known.ProxyError, lambda error, *_: _broken(f"The proxy cannot be used: {_reason(error)}.")),
        ((known.InvalidURL, known.InvalidSchema), lambda *_: _no_proxy()),  # that of the host was checked
        (known.Timeout, lambda _error, _host, limit: ApiError(f"No complete answer within {limit}.", code=TIMEOUT, retryable=True)),
        (known.ConnectionError, lambda error, host, _: _broken(f"The connection to {host} failed: {_reason(error)}.")),
        (known.RequestException, lambda error, *_: _broken(f"The answer broke off: {_reason(error)}.")),
        # Of the exceptions above every one is an OSError, too.
        (OSError, lambda error, *_: ApiError(f"ca_path cannot be read: {error}.", code=TLS_FAILED)),
        (HTTPError, lambda *_: _no_proxy()),
    )


def _broken(message: str) -> ApiError:
    return ApiError(message, code=CONNECTION_FAILED, retryable=True)


def _no_proxy(reason: str | bool = "") -> ApiError:
    # The library's reason would quote the address, with its password.
    reason = reason or "its address in the environment is none that the library requests understands"
    return ApiError(f"The proxy cannot be used: {reason}.", code=CONNECTION_FAILED)


def _tls(error: Exception, host: str, _limit: str) -> ApiError:
    reason = _reason(error)
    unknown = any(words in reason for words in ("issuer", "self-signed", "self signed", "no certificate"))
    hint = " Give the authority's certificates in ca_path." if unknown else ""
    return ApiError(f"The TLS connection to {host} failed: {reason}.{hint}", code=TLS_FAILED)


def _reason(error: BaseException) -> str:
    """The innermost reason of an exception of requests, in words."""
    inner: Any = error.args[0] if error.args else error
    inner = getattr(inner, "reason", inner)
    last: Any = inner.args[-1] if isinstance(inner, tuple) or getattr(inner, "args", None) else inner
    while isinstance(last, BaseException) and last.args and isinstance(last.args[-1], BaseException):
        last = last.args[-1]
    text = str(last)
    return clean_text(re.sub(r"^.*?(?:object at 0x[0-9a-f]+>|(?:Connection|Pool)\(.*?\)): ?", "", text), 300)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""One time limit for a whole answer, from its first header to the last byte of its body.

The timeouts of the library requests are those of single reads: an answer that trickles in byte by byte, its headers included, meets
every one of them for hours. Here the timeout of the socket shrinks with each read instead. That takes no thread, works with urllib3 1
and 2, and holds for TLS and for the answer of a proxy as well. What is not limited is the lookup of a host's name: that takes what
the resolver takes.
"""

from __future__ import annotations

import io
import socket
from functools import cache
from http.client import HTTPResponse
from time import monotonic
from typing import Any

try:
    from requests.adapters import HTTPAdapter
except ImportError:  # client.py tells
    HTTPAdapter = object  # type: ignore[assignment,misc]


class _Received(io.RawIOBase):
    """What a socket receives within the time that it has for a single read when this is made."""

    def __init__(self, raw: io.RawIOBase, sock: Any, seconds: float) -> None:
        self._raw, self._socket, self._ends = raw, sock, monotonic() + seconds

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        left = self._ends - monotonic()
        if left <= 0:
            raise socket.timeout("timed out")
        self._socket.settimeout(left)
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


@cache
def _timed(pool: Any) -> Any:
    """A class of connection pools (of HTTP, HTTPS or SOCKS) whose answers are limited."""
    connection = type(pool.ConnectionCls.__name__, (pool.ConnectionCls,), {"response_class": _Response})
    return type(pool.__name__, (pool,), {"ConnectionCls": connection})


def _limit(manager: Any) -> Any:
    manager.pool_classes_by_scheme = {scheme: _timed(pool) for scheme, pool in manager.pool_classes_by_scheme.items()}
    return manager


class TimedAdapter(HTTPAdapter):
    """An adapter of requests that limits whole answers. Its time is given as ``Timeout(total=...)`` of urllib3, which counts connecting."""

    def close(self) -> None:
        """Closes every connection at once; urllib3 2 would leave that to the garbage collector, after a failed connection."""
        for manager in (self.poolmanager, *self.proxy_manager.values()):
            for key in manager.pools.keys():  # noqa: SIM118 it refuses to be iterated
                manager.pools[key].close()
        super().close()

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Makes the pools of direct connections."""
        super().init_poolmanager(*args, **more)
        _limit(self.poolmanager)

    def proxy_manager_for(self, proxy: Any, **more: Any) -> Any:
        """The pools of connections through a proxy."""
        known = proxy in self.proxy_manager
        manager = super().proxy_manager_for(proxy, **more)
        return manager if known else _limit(manager)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services at the speed of their answers: what the simulator says of a healthy estate, made once and sent without any checks.

The simulator verifies each request, keeps a journal, and searches the whole list of repositories for each page of it: with 100,000 of them
it is the bottleneck, and on two processors its work is taken from the client. This server runs in a process of its own, on loopback, counts
what comes, and knows its own CPU time.

    python tests/bench/server.py        (prints its address, and ends with its standard input)
"""

from __future__ import annotations

import asyncio
import json
import resource
import sys
from collections.abc import Callable
from datetime import datetime, timezone
from email.utils import formatdate
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import clusters
from simulator.scenario import Scenario, load

SOURCES = [
    {"name": name, "namespace": "shop", "url": f"https://repo.example.com/shop/{name}.git", "branch": "main", "secret": "repo-credentials"}
    for name in ("frontend", "backend")
]
PAGE = 100
CLUSTER, PROJECT = "c" * 32, "f" * 32  # stand in the answers where the id that is asked for belongs
FLEET = "f1000000-0000-4000-8000-000000000001"
MARK = "fade0000"  # stands in a repository's uuid and name where the number of its page belongs; hexadecimal, as uuids are


class Services:
    """The answers by path, the latency and the counters."""

    def __init__(self) -> None:
        self.latency = 0.0
        self.requests = self.connections = self.running = self.peak = 0
        repositories = {"count": PAGE, "name": "repository-{n}", "group": "shop", "size": "12.50M"}
        raw = load({"clusters": {"*": {"pods": "healthy", "sources": SOURCES}}, "projects": {"*": {"repositories": [repositories]}}})
        estate = Scenario(raw, datetime.now(timezone.utc)).at(0.0)
        self.pods = _json({"metadata": {"resourceVersion": "5273601"}, "items": estate.pods("*")})
        self.sources = _json({"items": estate.sources(CLUSTER), "total": len(SOURCES)})
        self.config_sets = _json({"items": estate.config_sets(CLUSTER), "total": len(SOURCES)})
        self.fleets = self.clusters = b""
        self.set_fleet(0)
        listed = estate.repositories(PROJECT)
        for number, one in enumerate(listed):
            one["repository_uuid"] = f"{MARK}{number:024d}"
            one.update(
                {name: one[name].replace("repository-", f"repository-{MARK}-") for name in ("repository_name", "ssh_url", "https_url")}
            )
        self.page = _json({"result": {"total": 0, "repositories": listed}, "status": "success"}).replace(b'"total":0', b'"total":@total@')

    def set_fleet(self, count: int) -> None:
        """Lets the fleet prod have so many clusters, of the ids that ``measure.clusters`` gives."""
        named = {uid: {"cluster": {"name": f"prod-{number}", "fleet": FLEET}} for number, uid in enumerate(clusters(count))}
        estate = Scenario(load({"clusters": named, "fleets": {FLEET: {"name": "prod"}}}), datetime.now(timezone.utc)).at(0.0)
        self.fleets = _json({"items": estate.fleets(), "total": 1})
        self.clusters = _json({"items": estate.registered(), "total": count})

    def answer(self, target: str) -> bytes | None:
        """The body for a GET, None for a path that is not known."""
        parts = urlsplit(target)
        by_cluster = {"/v1/configsets/repos": self.sources, "/v1/configsets": self.config_sets}
        if parts.path in by_cluster:
            return by_cluster[parts.path].replace(CLUSTER.encode(), dict(parse_qsl(parts.query))["clusterid"].encode())
        lists = {"/v1/clusters": self.clusters, "/v1/clustergroups": self.fleets}
        if parts.path in lists:
            return lists[parts.path]
        if parts.path.startswith("/v1/clusters/") and parts.path.endswith("/gitops"):
            return self.pods
        if parts.path.startswith("/v2/projects/") and parts.path.endswith("/repositories"):
            # The project's id says how many repositories it has: 00000000000000000000000000100000.
            project = parts.path.split("/")[3]
            total, asked = int(project), dict(parse_qsl(parts.query))
            page = int(asked.get("page_index", 1))
            if (page - 1) * PAGE >= total:
                return _json({"result": {"total": total, "repositories": []}, "status": "success"})
            body = self.page.replace(MARK.encode(), b"%08x" % page).replace(PROJECT.encode(), project.encode())
            return body.replace(b"@total@", b"%d" % total)
        return None

    def control(self, target: str) -> bytes:
        """The counters since the last ``/reset?latency=SECONDS``, which begins anew; ``/fleet?clusters=COUNT`` fills the fleet."""
        used = resource.getrusage(resource.RUSAGE_SELF)
        counted = {
            "requests": self.requests,
            "connections": self.connections,
            "peak": self.peak,
            "cpu": used.ru_utime + used.ru_stime,
        }
        parts = urlsplit(target)
        if parts.path == "/reset":
            self.requests = self.connections = self.peak = 0
            self.latency = float(dict(parse_qsl(parts.query)).get("latency", "0"))
        if parts.path == "/fleet":
            self.set_fleet(int(dict(parse_qsl(parts.query))["clusters"]))
        return _json(counted)


class Connection(asyncio.Protocol):
    """One connection: GET after GET, each answered after the latency."""

    def __init__(self, services: Services) -> None:
        self.services, self.buffer, self.counted = services, b"", False
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]

    def connection_lost(self, exc: Exception | None) -> None:
        self.transport = None

    def data_received(self, data: bytes) -> None:
        self.buffer += data
        while b"\r\n\r\n" in self.buffer:
            head, self.buffer = self.buffer.split(b"\r\n\r\n", 1)
            target = head.split(b" ", 2)[1].decode("latin-1")
            services = self.services
            if target.startswith(("/reset", "/stats", "/fleet")):
                self.send(services.control(target), 200)
                continue
            services.requests += 1
            services.connections += not self.counted
            self.counted = True
            services.running += 1
            services.peak = max(services.peak, services.running)
            asyncio.get_running_loop().call_later(services.latency, self.reply, target)

    def reply(self, target: str) -> None:
        self.services.running -= 1
        body = self.services.answer(target)
        self.send(body or b'{"error_code":"APIG.0101","error_msg":"The API does not exist"}', 200 if body else 404)

    def send(self, body: bytes, status: int) -> None:
        if self.transport:
            head = (
                f"HTTP/1.1 {status} {'OK' if status == 200 else 'Not Found'}\r\nContent-Type: application/json\r\n"
                f"Content-Length: {len(body)}\r\nDate: {formatdate(usegmt=True)}\r\nX-Request-Id: 5d2e5f6a3b1c4d7e8f90a1b2c3d4e5f6\r\n\r\n"
            )
            self.transport.write(head.encode() + body)


def _json(value: object) -> bytes:
    return json.dumps(value, separators=(",", ":")).encode()


async def _serve(said: Callable[[str], object]) -> None:
    services = Services()
    server = await asyncio.get_running_loop().create_server(lambda: Connection(services), "127.0.0.1", 0, backlog=512)
    said(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}\n")
    # Ends with whoever started it: then there is no more of its standard input.
    await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(lambda line: (sys.stdout.write(line), sys.stdout.flush())))

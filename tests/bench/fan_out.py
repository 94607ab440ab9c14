# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""CPU per request of the fan-out, against the library requests alone; as a script, one of the two in a Python of its own.

python tests/bench/fan_out.py ours|requests URL   prints the seconds of CPU that the reads took, without start and imports
"""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import COLLECTIONS, LATENCY, THREADS, Figure, Run, Server, clusters, in_turn, python, urls

CLUSTERS, ROUNDS = 200, 7


def figures(server: Server) -> list[Figure]:
    """The figure, from 400 reads over 16 threads each."""
    requests = 2 * CLUSTERS

    def one(which: str) -> tuple[Run, dict[str, float]]:
        return server.counted(lambda: python("fan_out.py", which, server.url), LATENCY, requests)

    found = in_turn({"ours": lambda: one("ours"), "requests": lambda: one("requests")}, ROUNDS)
    ours, theirs = ([1000 * float(done.output) / requests for done, _stats in found[which]] for which in ("ours", "requests"))
    share = [1000 * stats["cpu"] / requests for _done, stats in found["ours"]]
    note = f"ours signs each request; the server's CPU, in a process of its own: {min(share):.2f} ms per request"
    return [Figure("CPU per request in the fan-out, 16 threads", "requests alone doing the same reads", 1.5, ours, theirs, "ms", [note])]


def ours(url: str) -> float:
    """What the endpoints' ``read`` takes: signing, pacing, the fan-out and the shape of the reading included, judging not."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.client import Client, Settings
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.credentials import Credentials
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.pacing import Limiter
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker

    from bench.measure import ACCESS_KEY, DOMAIN_ID, SECRET_KEY

    credentials = Credentials("aksk", "bench", ACCESS_KEY, SECRET_KEY, domain_id=DOMAIN_ID)
    settings = Settings(endpoints={"ucs": url}, max_concurrency=THREADS)
    started = time.process_time()
    with Client(settings, credentials, {}, Limiter(THREADS), Masker()) as client:
        for name in ("ucs_gitops", "ucs_repository_source"):
            reading = ENDPOINTS[name].take(client, {"cluster_ids": clusters(CLUSTERS)})
            assert len(reading.entries) == CLUSTERS, reading.errors
    return time.process_time() - started


def alone(url: str) -> float:
    """One session with 16 connections, a token in its headers, and JSON."""
    import requests

    started = time.process_time()
    with requests.Session() as session, ThreadPoolExecutor(THREADS) as pool:
        session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=THREADS))
        session.headers["X-Auth-Token"] = "token"
        answers = list(pool.map(lambda one: session.get(one, timeout=30).json(), urls(url, clusters(CLUSTERS))))
        assert len(answers) == 2 * CLUSTERS
    return time.process_time() - started


if __name__ == "__main__":
    print({"ours": ours, "requests": alone}[sys.argv[1]](sys.argv[2]))

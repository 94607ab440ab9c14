# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""100,000 repositories of one project: a gate over them, and their listing; as a script, the pages by the library requests.

The client keeps to 600 calls a minute, the documented limit; a thousand pages then take 105 seconds of waiting, which costs neither memory
nor CPU. Here a callback takes the pacing off, in the measured process alone (callbacks/unpaced.py).

python tests/bench/listing.py URL   prints JSON
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import HERE, Figure, Run, Server, in_turn, play, python

REPOSITORIES, PAGE, ROUNDS = 100_000, 100, 3
PAGES = REPOSITORIES // PAGE
PROJECT = f"{REPOSITORIES:032d}"  # which tells server.py how many there are
OPTIONS = {"project_uuids": [PROJECT], "detail": "summary"}
PLUGINS = {
    "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
    "ANSIBLE_CALLBACKS_ENABLED": "unpaced",
}


def figures(server: Server) -> list[Figure]:
    """Memory of the listing against the size of the JSON, and CPU of a gate over it against reading the pages with requests."""
    listing = {"huaweicloud.gitops.codearts_project_repository_info": {**server.connection, **OPTIONS}}
    check = {"codearts_project_repository": {"project_uuids": [PROJECT]}}
    gate = {"huaweicloud.gitops.gitops_gate": {**server.connection, "total_timeout": 600, "wait_timeout": 0, "checks": [check]}}

    def measured(task: dict[str, Any]) -> tuple[Run, dict[str, Any]]:
        return server.counted(lambda: play([{"name": "Read", **task}], PLUGINS), 0.0, PAGES)

    def alone() -> dict[str, Any]:
        return dict(json.loads(python("listing.py", server.url).output))

    variants = {
        "empty": lambda: play([], PLUGINS),
        "listing": lambda: measured(listing),
        "gate": lambda: measured(gate),
        "requests": alone,
    }
    found = in_turn(variants, ROUNDS)
    empty = [one.cpu for one in found["empty"]]
    whole = [done.cpu - nothing for (done, _stats), nothing in zip(found["gate"], empty)]
    size = [one["size"] / 1024**2 for one in found["requests"]]
    memory = [float(done.memory) / 1024**2 for done, _stats in found["listing"]]
    sent = [float(stats["requests"]) for _done, stats in found["gate"]]
    unpaced = "measured without the pacing of 600 calls a minute, which is taken off in the measured process alone"
    largest = f"of the largest process, everything included; the largest of an empty play: {found['empty'][0].memory / 1024**2:.0f} MiB"
    return [
        Figure("requests sent for 100,000 repositories", f"fewest possible, {PAGES}", 1.0, sent, [float(PAGES)] * ROUNDS, "requests"),
        Figure("peak memory listing 100,000 repositories (summary)", "size of the JSON", 8, memory, size, "MiB", [largest]),
        Figure(
            "CPU of a gate over 100,000 repositories",
            "requests alone reading the pages",
            2.5,
            whole,
            [one["cpu"] for one in found["requests"]],
            "s",
            [unpaced, f"the listing as a task: {min(done.cpu for done, _stats in found['listing']) - min(empty):.1f} s"],
        ),
    ]


def path(page: int) -> str:
    """The path of a page."""
    return f"/v2/projects/{PROJECT}/repositories?page_index={page}&page_size={PAGE}"


def alone(url: str) -> dict[str, Any]:
    """The pages by the library requests, nothing kept: seconds of CPU, and the bytes of the JSON."""
    import requests

    started, size = time.process_time(), 0
    with requests.Session() as session:
        for page in range(1, PAGES + 1):
            answer = session.get(url + path(page), timeout=30)
            size += len(answer.content)
            assert len(answer.json()["result"]["repositories"]) == PAGE
    return {"cpu": time.process_time() - started, "size": size}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(alone(sys.argv[1])))

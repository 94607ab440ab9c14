# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The listing of 100,000 repositories of one project: its memory and CPU; as a script, what the parts of it take.

The client keeps to 600 calls a minute, the documented limit; a thousand pages then take 105 seconds of waiting, which costs neither memory
nor CPU. Here a callback takes the pacing off, in the measured process alone (callbacks/unpaced.py).

python tests/bench/listing.py loads|requests|work URL   prints JSON
"""

from __future__ import annotations

import http.client
import json
import sys
import time
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import COLLECTIONS, HERE, ROOT, Figure, Run, Server, in_turn, play, python

REPOSITORIES, PAGE, ROUNDS = 100_000, 100, 3
PAGES = REPOSITORIES // PAGE
PROJECT = f"{REPOSITORIES:032d}"  # which tells server.py how many there are
OPTIONS = {"project_uuids": [PROJECT], "detail": "summary"}
RESULT = ROOT / ".build" / "bench" / "listing.json"
PLUGINS = {
    "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callbacks"),
    "ANSIBLE_CALLBACKS_ENABLED": "unpaced",
    "ANSIBLE_ACTION_PLUGINS": str(HERE / "actions"),
}


def figures(server: Server) -> list[Figure]:
    """Peak memory against the size of the JSON, CPU against json.loads of the same pages; what takes it in the notes."""
    task = {"huaweicloud.gitops.codearts_project_repository_info": {**server.connection, **OPTIONS}}

    def listing() -> tuple[Run, dict[str, Any]]:
        return server.counted(lambda: play([{"name": "List", **task}], PLUGINS), 0.0, PAGES)

    def part(which: str) -> dict[str, Any]:
        return dict(json.loads(python("listing.py", which, server.url).output))

    found = in_turn({"empty": lambda: play([], PLUGINS), "listing": listing, "loads": lambda: part("loads")}, ROUNDS)
    bare, work = part("requests"), part("work")
    again = play([{"name": "The same result, from a file", "same_result": {"path": str(RESULT)}}], PLUGINS)

    empty = [one.cpu for one in found["empty"]]
    whole = [done.cpu - nothing for (done, _stats), nothing in zip(found["listing"], empty)]
    loads, size = [one["cpu"] for one in found["loads"]], found["loads"][0]["size"]
    core = again.cpu - min(empty) - work["loads"]
    share = min(stats["cpu"] for _done, stats in found["listing"])
    memory = [float(done.memory) / 1024**2 for done, _stats in found["listing"]]
    sent = [float(stats["requests"]) for _done, stats in found["listing"]]
    parts = (
        f"requests alone for the same pages: {bare['cpu']:.1f} s; the task's own work: {work['cpu']:.1f} s; what ansible-core spends on any"
        f" task with this result: {core:.1f} s; the server's own, beside it: {share:.2f} s"
    )
    notes = [
        "measured without the pacing of 600 calls a minute, which is taken off in the measured process alone",
        parts,
    ]
    return [
        Figure("requests sent for 100,000 repositories", f"fewest possible, {PAGES}", 1.0, sent, [float(PAGES)] * ROUNDS, "requests"),
        Figure(
            "peak memory listing 100,000 repositories (summary)",
            "size of the JSON",
            8,
            memory,
            [size / 1024**2] * ROUNDS,
            "MiB",
            [f"of the largest process, everything included; the largest of an empty play: {found['empty'][0].memory / 1024**2:.0f} MiB"],
        ),
        Figure("CPU of that listing, whole task", "json.loads of the same pages", 4, whole, loads, "s", notes),
    ]


def path(page: int) -> str:
    """The path of a page."""
    return f"/v2/projects/{PROJECT}/repositories?page_index={page}&page_size={PAGE}"


def loads(url: str) -> dict[str, Any]:
    """What json.loads takes for each page, nothing kept."""
    connection, spent, size = http.client.HTTPConnection(url.removeprefix("http://")), 0.0, 0
    for page in range(1, PAGES + 1):
        connection.request("GET", path(page))
        raw = connection.getresponse().read()
        started = time.process_time()
        json.loads(raw)
        spent += time.process_time() - started
        size += len(raw)
    connection.close()
    return {"cpu": spent, "size": size}


def alone(url: str) -> dict[str, Any]:
    """The pages by the library requests, nothing kept."""
    import requests

    started = time.process_time()
    with requests.Session() as session:
        for page in range(1, PAGES + 1):
            assert len(session.get(url + path(page), timeout=30).json()["result"]["repositories"]) == PAGE
    return {"cpu": time.process_time() - started}


def work(url: str) -> dict[str, Any]:
    """What the info module does between its options and its result, which is left in a file."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.huaweicloud.gitops.plugins.module_utils import client, info, registry
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import Surroundings

    client.PACES.clear()
    endpoint = registry.ENDPOINTS["codearts_project_repository"]
    given = {"endpoints": {"codearts_repo": url}, "auth_token": "token", "region": "cn-north-4", **OPTIONS}
    options = ArgumentSpecValidator(endpoint.argument_spec()).validate(given).validated_parameters
    started = time.process_time()
    result = info.info_work(endpoint)(options, Surroundings({}, set()))
    spent = time.process_time() - started
    text = json.dumps(result)
    RESULT.write_text(text, encoding="utf-8")
    started = time.process_time()
    json.loads(text)
    return {"cpu": spent, "loads": time.process_time() - started}


if __name__ == "__main__":
    sys.stdout.write(json.dumps({"loads": loads, "requests": alone, "work": work}[sys.argv[1]](sys.argv[2])))

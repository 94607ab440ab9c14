# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the gate costs over many clusters: the whole ansible-playbook, against others that only do the reads."""

from __future__ import annotations

from typing import Any

from bench.measure import LATENCY, ROOT, THREADS, Figure, Run, Server, clusters, in_turn, play, python, run, urls

CLUSTERS, LOOPED, ROUNDS, URI_ROUNDS = 200, 20, 5, 3
SMALL, LARGE = 500, 1000


def figures(server: Server) -> list[Figure]:
    """The figures of the gate over 200 clusters, 400 requests, and how its cost grows."""
    requests = 2 * CLUSTERS
    stats: list[dict[str, Any]] = []

    def gate(count: int = CLUSTERS) -> Run:
        ids = {"cluster_ids": clusters(count)}
        checks = [{"ucs_gitops": ids}, {"ucs_repository_source": ids}]
        task = {"huaweicloud.gitops.gitops_gate": {**server.connection, "wait_timeout": 0, "max_concurrency": THREADS, "checks": checks}}
        done, counted = server.counted(lambda: play([{"name": "Gate", **task}]), LATENCY, 2 * count)
        if count == CLUSTERS:
            stats.append(counted)
        return done

    def sdk() -> Run:
        return server.counted(lambda: python("sdk.py", server.url), LATENCY, requests)[0]

    def curl() -> Run:
        return server.counted(lambda: run(curl_command(server.url)), LATENCY, requests)[0]

    def uri() -> Run:
        task = {"ansible.builtin.uri": {"url": "{{ item }}", "headers": {"X-Auth-Token": "token"}}, "loop": looped}
        return server.counted(lambda: play([{"name": "Read", **task}]), LATENCY, LOOPED)[0]

    looped = urls(server.url, clusters(LOOPED // 2))
    found = in_turn({"gate": gate, "sdk": sdk, "curl": curl, "empty": lambda: play([])}, ROUNDS)
    dear = in_turn({"gate": gate, "uri": uri, "empty": lambda: play([])}, URI_ROUNDS)
    growth = in_turn({"empty": lambda: play([]), "small": lambda: gate(SMALL), "large": lambda: gate(LARGE)}, URI_ROUNDS)

    whole = [one.wall for one in found["gate"]]
    scaled = [empty.wall + (one.wall - empty.wall) * requests / LOOPED for one, empty in zip(dear["uri"], dear["empty"])]
    small, large = ([one.wall - empty.wall for one, empty in zip(growth[size], growth["empty"])] for size in ("small", "large"))
    cpu = [one.cpu for one in found["gate"]]
    share = min(one["cpu"] for one in stats)
    note = (
        f"CPU of the whole: {min(cpu):.2f} s, of it {min(one.cpu for one in found['empty']):.2f} s for an empty play; the server's own,"
        f" beside it: {share:.2f} s; {requests} reads of {1000 * LATENCY:.0f} ms by {THREADS} take {requests * LATENCY / THREADS:.2f} s"
    )
    counts = [float(one["requests"]) for one in stats]
    return [
        Figure(
            "gate over 200 clusters, whole ansible-playbook",
            "an ansible.builtin.uri loop that only reads",
            0.02,
            [one.wall for one in dear["gate"]],
            scaled,
            "s",
            [note, f"the loop: {LOOPED} reads measured, less an empty play, scaled to {requests}"],
        ),
        Figure("the same", "a script on the official SDK, 16 threads, only reads", 1.2, whole, [one.wall for one in found["sdk"]], "s"),
        Figure(
            "the same",
            "curl --parallel-max 16 and an empty ansible-playbook",
            1.5,
            whole,
            [one.wall + empty.wall for one, empty in zip(found["curl"], found["empty"])],
            "s",
            [f"curl alone: {min(one.wall for one in found['curl']):.2f} s"],
        ),
        Figure("requests sent", f"fewest possible, {requests}", 1.0, counts, [float(requests)] * len(counts), "requests"),
        Figure(
            "connections opened for 400 requests",
            f"a count; max_concurrency {THREADS}",
            17,
            [float(one["connections"]) for one in stats],
            [1.0] * len(stats),
            "connections",
        ),
        Figure("cost of 1,000 clusters", "cost of 500, both less an empty play", 2.2, large, small, "s"),
    ]


def curl_command(url: str, token: str = "token") -> list[str]:
    """All the reads by one curl, over 16 connections at most."""
    config = ROOT / ".build" / "bench" / "curl.txt"
    config.parent.mkdir(parents=True, exist_ok=True)
    config.write_text("".join(f"url = {one}\noutput = /dev/null\n" for one in urls(url, clusters(CLUSTERS))), encoding="utf-8")
    common = ["curl", "--silent", "--show-error", "--fail", "--parallel", "--parallel-max", str(THREADS)]
    return [*common, "--header", f"X-Auth-Token: {token}", "--config", str(config)]

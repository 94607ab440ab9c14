# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What one task costs in a play of twenty: in the controller's process, as a plain module, and what uri and debug cost."""

from __future__ import annotations

from typing import Any

from bench.measure import LATENCY, Figure, Server, clusters, in_turn, play, urls

TASKS, ROUNDS, CHEAP_ROUNDS = 20, 3, 7


def figures(server: Server) -> list[Figure]:
    """The three figures of single tasks; what an empty play costs is taken off each."""
    (cluster,) = clusters(1)
    info = {"huaweicloud.gitops.ucs_gitops_info": {**server.connection, "cluster_ids": cluster}}
    uri = {"ansible.builtin.uri": {"url": urls(server.url, [cluster])[0], "return_content": True, "headers": {"X-Auth-Token": "token"}}}
    debug = {"ansible.builtin.debug": {"msg": "nothing"}}

    def cost(task: dict[str, Any], requests: int = TASKS, **variables: Any) -> float:
        done, _stats = server.counted(lambda: play([{"name": "One", **task}] * TASKS, **variables), LATENCY, requests)
        return done.wall

    def empty() -> float:
        return play([]).wall

    def marginal(found: dict[str, list[float]], name: str) -> list[float]:
        return [1000 * (whole - nothing) / TASKS for whole, nothing in zip(found[name], found["empty"])]

    cheap = in_turn({"empty": empty, "info": lambda: cost(info), "debug": lambda: cost(debug, 0)}, CHEAP_ROUNDS)
    dear = in_turn(
        {
            "empty": empty,
            "info": lambda: cost(info),
            "uri": lambda: cost(uri),
            "module": lambda: cost(info, huaweicloud_gitops_in_process=False),
        },
        ROUNDS,
    )
    uri_each = marginal(dear, "uri")
    less = [each - 1000 * LATENCY for each in marginal(cheap, "info")]
    return [
        Figure("one info task, in a play of 20", "the same answer by ansible.builtin.uri", 0.12, marginal(dear, "info"), uri_each, "ms"),
        Figure("the same, less the latency", "ansible.builtin.debug", 2.0, less, marginal(cheap, "debug"), "ms"),
        Figure("the same as a plain module", "ansible.builtin.uri", 1.2, marginal(dear, "module"), uri_each, "ms"),
    ]

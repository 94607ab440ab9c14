# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""How soon the gate decides once it may; as a script, gates that wait, in a Python of their own.

On the simulator, since estates that change with time are what it is for, and speed matters nothing here. The interval is fixed: the
back-off, which makes it longer by a quarter after each sample that says the same, is off; the jitter of 20 % is on.

python tests/bench/reaction.py UCS_URL LOADED   prints the seconds as JSON
"""

from __future__ import annotations

import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import ACCESS_KEY, COLLECTIONS, DOMAIN_ID, SECRET_KEY, Figure, Simulator, in_turn, python

INTERVAL, STEADY_FOR, WAIT, ROUNDS = 2.0, 2.0, 60.0, 2
READY_AT = {f"cluster-{number}": 3.0 + number * INTERVAL / 8 for number in range(8)}  # seconds after the loading, all over an interval


def figures(simulator: Simulator) -> list[Figure]:
    """The figure, from several clusters that become ready at other moments of an interval."""
    source = {"name": "shop", "url": "https://repo.example.com/shop/shop.git", "secret": "credentials"}
    estate = {
        name: {
            "pods": "starting",
            "sources": [{**source, "template": "progressing"}],
            "timeline": [{"from": at, "pods": "healthy", "sources": [source]}],
        }
        for name, at in READY_AT.items()
    }

    def delays() -> list[float]:
        loaded = time.time()
        simulator.load({"clusters": estate})
        return list(json.loads(python("reaction.py", simulator.urls["ucs"], str(loaded)).output))

    found = [delay for one in in_turn({"gates": delays}, ROUNDS)["gates"] for delay in one]
    note = "back-off off, jitter on; steady-ready: the moment the estate becomes ready, and steady_for"
    return [Figure("steady-ready to decision, interval 2", "one interval", 1.2, found, [INTERVAL] * len(found), "s", [note])]


def wait(url: str, loaded: float) -> list[float]:
    """Seconds from the moment a gate could allow to its decision, for each cluster."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate import policy
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings

    policy.BACKOFF = 1.0
    connection = {"endpoints": {"ucs": url}, "access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "domain_id": DOMAIN_ID}
    times = {"wait_timeout": WAIT, "interval": INTERVAL, "steady_for": STEADY_FOR}

    def one(cluster: str) -> float:
        ids = {"cluster_ids": [cluster]}
        given = {**connection, **times, "checks": [{"ucs_gitops": ids}, {"ucs_repository_source": ids}]}
        validated = ArgumentSpecValidator(gate.argument_spec(), **gate.VALIDATION).validate(given)
        result: dict[str, Any] = gate.gate_work(validated.validated_parameters, Surroundings({}, Masker()))
        assert result["outcome"].startswith("passed"), result["msg"]
        return time.time() - (loaded + READY_AT[cluster] + STEADY_FOR)

    with ThreadPoolExecutor(len(READY_AT)) as pool:
        return list(pool.map(one, READY_AT))


if __name__ == "__main__":
    sys.stdout.write(json.dumps(wait(sys.argv[1], float(sys.argv[2]))))

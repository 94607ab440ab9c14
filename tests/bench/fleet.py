# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A fleet by its name: what the gate over pods, config sets and sources costs, and what a long wait keeps; as a script, such a wait.

python tests/bench/fleet.py URL   prints the memory after each sample, in bytes, as JSON
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path
from typing import Any

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import (
    COLLECTIONS,
    LATENCY,
    ROOT,
    SERVICES,
    THREADS,
    Figure,
    Run,
    Server,
    Simulator,
    connection,
    in_turn,
    play,
    python,
    run,
)

SMALL, LARGE, ROUNDS = 1000, 2000, 3
WAITING, SAMPLES, WARM = 500, 60, 20  # clusters; samples, and those after which the memory must be flat
RECONCILING, EVERY, LASTS, INTERVAL = 200, 60.0, 5.0, 8.0  # clusters; seconds
WAIT_LIMIT = 600  # seconds that all samples of the wait may take
MEMORY = 300.0  # MiB
GATE = ROOT / ".build" / "bench" / "gate.json"
EXPECT = [{"name": name, "namespace": "shop"} for name in ("frontend", "backend")]
OF_PROD = {"fleets": ["prod"]}
CHECKS = [{"ucs_gitops": OF_PROD}, {"ucs_config_set": OF_PROD}, {"ucs_repository_source": {**OF_PROD, "expect": EXPECT}}]


def figures(server: Server) -> list[Figure]:
    """The figures over 1,000 and 2,000 clusters at 20 ms a request, of a wait, and of a fleet that reconciles all the time."""
    found = in_turn(
        {
            "empty": lambda: play([]),
            "small": lambda: _gate(server, SMALL),
            "large": lambda: _gate(server, LARGE),
            "role": lambda: _role(server, LARGE),
        },
        ROUNDS,
    )
    empty = [done.wall for done in found["empty"]]
    small, large = ([done.wall - nothing for (done, _sent), nothing in zip(found[size], empty)] for size in ("small", "large"))
    roles = [done for done, _sent in found["role"]]
    sent = [float(requests) for size in ("large", "role") for _done, requests in found[size]]
    fewest = float(_fewest(LARGE))
    least = fewest * LATENCY / THREADS
    memory = [done.memory / 1024**2 for done in roles]
    role = f"the role, with four reports: {min(done.wall for done in roles):.1f} s, of it {min(done.cpu for done in roles):.1f} s of CPU"
    most, least_cpu = (min(run.cpu for run in runs) for runs in ([done for done, _sent in found["large"]], found["empty"]))
    cpu = f"CPU: {most:.1f} s, of it {least_cpu:.1f} s for an empty play"
    kept = [float(each) for each in json.loads(python("fleet.py", _filled(server, WAITING), limit=WAIT_LIMIT).output)]
    early, late = (statistics.median(part) / 1024**2 for part in (kept[WARM : WARM + 10], kept[-10:]))
    samples = float(_reconciling())
    return [
        Figure("requests sent, 2,000 clusters by fleet", f"fewest possible, {fewest:.0f}", 1.0, sent, [fewest] * len(sent), "requests"),
        Figure("cost of 2,000 clusters by fleet", "cost of 1,000, both less an empty play", 2.2, large, small, "s"),
        Figure(
            "gate over 2,000 clusters, less an empty play", "requests x latency / threads", 1.5, large, [least] * ROUNDS, "s", [cpu, role]
        ),
        Figure("memory of the role over 2,000 clusters", f"{MEMORY:.0f} MiB", 1.0, memory, [MEMORY] * ROUNDS, "MiB"),
        Figure(f"memory after {SAMPLES} samples of {WAITING} clusters", f"memory after {WARM}", 1.05, [late], [early], "MiB"),
        Figure(f"samples until {RECONCILING} that reconcile in turn pass", "the fewest by row K6, 2", 1.0, [samples], [2.0], "samples"),
    ]


def _fewest(count: int) -> int:
    """Both lists once; the pods and the config sets of each cluster, which hold its sources."""
    return 2 + 2 * count


def _filled(server: Server, count: int) -> str:
    """The address of the server, which now answers at once, with so many clusters in the fleet."""
    server.fleet(count)
    server.reset()
    return server.url


def _gate(server: Server, count: int) -> tuple[Run, int]:
    """A playbook with the task gitops_gate alone, and how many requests it sent."""
    server.fleet(count)
    task = {**server.connection, "wait_timeout": 0, "steady_for": 0, "max_concurrency": THREADS, "checks": CHECKS}
    done, stats = server.counted(lambda: play([{"name": "Gate", "huaweicloud.gitops.gitops_gate": task}]), LATENCY, _fewest(count))
    return done, stats["requests"]


def _role(server: Server, count: int) -> tuple[Run, int]:
    """The gate playbook with its reports, and how many requests it sent."""
    server.fleet(count)
    with tempfile.TemporaryDirectory() as folder:
        asked = {
            "gitops_gate_fleets": "prod",
            "gitops_gate_sources": EXPECT,
            "gitops_gate_check_config_sets": True,
            "gitops_gate_connection": server.connection,
            "gitops_gate_report_dir": folder,
            "gitops_gate_steady_for": 0,
        }
        variables = ROOT / ".build" / "bench" / "role.json"
        variables.write_text(json.dumps(asked), encoding="utf-8")
        command = ["ansible-playbook", "huaweicloud.gitops.gate", "--extra-vars", f"@{variables}"]
        done, stats = server.counted(lambda: run(command), LATENCY, _fewest(count))
        receipt = json.loads(Path(folder, "gitops-gate.json").read_text(encoding="utf-8"))
        assert len(receipt["checks"][0]["targets"]) == count, done.output
    return done, stats["requests"]


def _reconciling() -> int:
    """After how many samples a gate allows over clusters that each reconcile for 5 s of every minute, at times of their own."""
    source, config_set = (
        {"name": "shop", "namespace": "shop"},
        {"name": "shop", "namespace": "shop", "reconciles": {"every": EVERY, "for": LASTS}},
    )
    shops = {f"c{number}": {"pods": "healthy", "sources": [source], "config_sets": [config_set]} for number in range(RECONCILING)}
    with Simulator() as simulator:
        simulator.load({"clusters": shops})
        options = {
            **simulator.connection,
            "checks": [{"ucs_config_set": {"cluster_ids": list(shops)}}],
            "wait_timeout": 10 * INTERVAL,
            "interval": INTERVAL,
            "steady_for": 0,
        }
        tasks = [
            {"name": "Gate", "huaweicloud.gitops.gitops_gate": options, "register": "gate"},
            {"name": "Keep", "ansible.builtin.copy": {"content": "{{ gate | to_json }}", "dest": str(GATE), "mode": "0644"}},
        ]
        play(tasks)
    return int(json.loads(GATE.read_text(encoding="utf-8"))["samples"])


class Enough(Exception):
    """All samples of the wait were taken."""


def wait(url: str) -> list[int]:
    """The memory of this process after each of the samples of a gate that waits for a commit, in bytes; without pauses between them."""
    sys.path.insert(0, str(COLLECTIONS))
    from ansible.module_utils.common.arg_spec import ArgumentSpecValidator
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.gate import policy
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.secrets import Masker
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task import gate
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings

    kept: list[int] = []

    class Reader(gate.Reader):
        """One that looks at the memory before each sample."""

        def read(self) -> Any:
            kept.append(int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1]) * os.sysconf("SC_PAGE_SIZE"))
            if len(kept) > SAMPLES:
                raise Enough
            return super().read()

    gc.disable()  # as in a worker of ansible-playbook (plugin_utils/in_process.py)
    policy.BACKOFF, gate.Reader = 1.0, Reader  # type: ignore[misc]
    expect = [{**each, "revision": "f" * 40} for each in EXPECT]
    given = {
        **connection(dict.fromkeys(SERVICES, url)),
        "checks": [{"ucs_config_set": {**OF_PROD, "expect": expect}}, {"ucs_repository_source": {**OF_PROD, "expect": expect}}],
        "wait_timeout": 3600,
        "interval": 0.1,
        "fail_fast": "never",
    }
    validated = ArgumentSpecValidator(gate.argument_spec(), **gate.VALIDATION).validate(given)
    try:
        gate.gate_work(validated.validated_parameters, Surroundings({}, Masker()))
    except Enough:
        return kept[1:]
    raise AssertionError("the gate decided before all samples were taken")


if __name__ == "__main__":
    sys.stdout.write(json.dumps(wait(sys.argv[1])))

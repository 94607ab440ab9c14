# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What people run: ``ansible-playbook huaweicloud.gitops.gate`` with all four reports, against an empty play and the gate alone."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from bench.measure import LATENCY, ROOT, Figure, Run, Server, clusters, in_turn, play, run

SMALL, MIDDLE, LARGE, ROUNDS, DEAR_ROUNDS = 1, 50, 1000, 5, 3
REPORTS = {"json", "md", "xml", "html"}


def figures(server: Server) -> list[Figure]:
    """The figures of the main job: clusters with pods and sources, ready, at 20 ms a request."""
    lines: list[float] = []

    def role(count: int) -> Run:
        with tempfile.TemporaryDirectory() as folder:
            asked = {
                "gitops_gate_clusters": clusters(count),
                "gitops_gate_connection": server.connection,
                "gitops_gate_report_dir": folder,
                "gitops_gate_steady_for": 0,
            }
            variables = ROOT / ".build" / "bench" / "role.json"
            variables.parent.mkdir(parents=True, exist_ok=True)
            variables.write_text(json.dumps(asked), encoding="utf-8")
            command = ["ansible-playbook", "huaweicloud.gitops.gate", "--extra-vars", f"@{variables}"]
            done, _stats = server.counted(lambda: run(command), LATENCY, 2 * count)
            assert {path.suffix[1:] for path in Path(folder).glob("gitops-gate.*")} == REPORTS, done.output
        if count == SMALL:
            lines.append(float(len(done.output.splitlines())))
        return done

    def gate(count: int) -> Run:
        return server.counted(lambda: play([{"name": "Gate", **_gate(server, count)}]), LATENCY, 2 * count)[0]

    def reported(reports: int) -> Run:
        """A gate over 1,000 clusters, and its reports or a task that does nothing."""
        with tempfile.TemporaryDirectory() as folder:
            report = {"huaweicloud.gitops.gitops_report": {"report_var": "answer", "path": folder}}
            after = report if reports else {"ansible.builtin.debug": {"msg": ""}}
            plays = [{"name": "Gate", **_gate(server, LARGE), "register": "answer"}, {"name": "Then", **after}]
            return server.counted(lambda: play(plays), 0.0, 2 * LARGE)[0]

    cheap = in_turn({"empty": lambda: play([]), "small": lambda: role(SMALL), "middle": lambda: role(MIDDLE)}, ROUNDS)
    dear = in_turn({"role": lambda: role(LARGE), "gate": lambda: gate(LARGE)}, DEAR_ROUNDS)
    reports = in_turn({"gate": lambda: reported(0), "report": lambda: reported(1)}, DEAR_ROUNDS)

    def walls(runs: list[Run]) -> list[float]:
        return [one.wall for one in runs]

    empty = walls(cheap["empty"])
    note = f"memory of the largest process: {max(one.memory for one in dear['role']) / 1024**2:.0f} MiB"
    spent = [one.cpu - nothing.cpu for one, nothing in zip(reports["report"], reports["gate"])]
    return [
        Figure("gate playbook for 1 cluster, four reports", "an empty ansible-playbook", 2.0, walls(cheap["small"]), empty, "s"),
        Figure("the same for 50 clusters", "an empty ansible-playbook", 3.0, walls(cheap["middle"]), empty, "s"),
        Figure("the same for 1,000 clusters", "the gate module alone", 1.8, walls(dear["role"]), walls(dear["gate"]), "s", [note]),
        Figure("CPU of four reports for 1,000 clusters", "a second; less an empty task", 0.5, spent, [1.0] * len(spent), "s"),
        Figure("lines printed by an allowed gate", "a count", 30, lines, [1.0] * len(lines), "lines"),
    ]


def _gate(server: Server, count: int) -> dict[str, Any]:
    """The task gitops_gate over the pods and sources of some clusters."""
    ids = {"cluster_ids": clusters(count)}
    checks = [{"ucs_gitops": ids}, {"ucs_repository_source": ids}]
    return {"huaweicloud.gitops.gitops_gate": {**server.connection, "steady_for": 0, "checks": checks}}

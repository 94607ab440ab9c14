# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/bench [--check] [GROUP...]``, or rather ``make bench``, which sets up what it needs. README.md tells more."""

from __future__ import annotations

import argparse
import compileall
import json
import os
import platform
import statistics
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

if not __package__:
    # Run as a folder: the folder itself is then on the path, where its parent belongs.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench import fan_out, fleet, gate, listing, reaction, role, tasks
from bench.measure import ROOT, Failed, Figure, Server, Simulator, clusters, columns, play, run, urls

GROUPS = {"role": role, "tasks": tasks, "gate": gate, "fleet": fleet, "fan_out": fan_out, "listing": listing, "reaction": reaction}
RESULT = ROOT / ".build" / "bench.json"


def main() -> int:
    """Measures and prints; 1 with --check when a figure falls short, 2 when it cannot measure."""
    parser = argparse.ArgumentParser(prog="bench", description="Measures what the collection costs against others that do the same.")
    parser.add_argument("--check", action="store_true", help="exit 1 and name the figures that fall short")
    parser.add_argument("groups", nargs="*", metavar="GROUP", help=f"all of them, or some of {', '.join(GROUPS)}")
    options = parser.parse_args()
    if unknown := set(options.groups) - set(GROUPS):
        parser.error(f"no group {', '.join(sorted(unknown))}; there are: {', '.join(GROUPS)}")

    started = time.monotonic()
    found: list[Figure] = []
    try:
        with Server() as server, Simulator() as simulator:
            about = prepare(server, simulator)
            print("\n".join(f"{name}: {value}" for name, value in about.items()), flush=True)
            for name in options.groups or GROUPS:
                begun = time.monotonic()
                found += GROUPS[name].figures(simulator if name == "reaction" else server)
                print(f"measured {name} in {time.monotonic() - begun:.0f} s", flush=True)
    except (Failed, OSError) as error:
        print(f"bench: {error}", file=sys.stderr)
        return 2
    about["seconds"] = round(time.monotonic() - started)
    report = {"about": about, "figures": [one.as_dict() for one in found]}
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print("", table(found), f"{about['seconds']} seconds; written to {RESULT.relative_to(ROOT)}", sep="\n")
    short = [f"{one.name}, against {one.against}" for one in found if not one.met]
    if short and options.check:
        print("bench: these fall short:", *short, sep="\n  ", file=sys.stderr)
        return 1
    return 0


def prepare(server: Server, simulator: Simulator) -> dict[str, Any]:
    """Compiles what is measured, runs it once, and finds out how fast the servers are."""
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for folder in ("plugins", "tests/bench", "tests/simulator"):
        compileall.compile_dir(ROOT / folder, quiet=1)
    play([{"name": "Once", "huaweicloud.gitops.ucs_gitops_info": {**server.connection, "cluster_ids": clusters(1)}}])
    simulator.load({"clusters": {"*": {"pods": "healthy", "sources": [{"name": "frontend"}, {"name": "backend"}]}}})
    reads = len(urls("", clusters(gate.CLUSTERS)))
    speed = {}
    for name, url in (("server.py", server.url), ("the simulator", simulator.urls["ucs"])):
        server.reset()
        speed[name] = max(reads / run(gate.curl_command(url, "demo-domain-token")).wall for _try in range(2))
    return {
        "python": platform.python_version(),
        "ansible-core": version("ansible-core"),
        "requests": version("requests"),
        "processors": os.cpu_count(),
        "load before": round(os.getloadavg()[0], 2),
        "server": f"server.py, in a process of its own: {speed['server.py']:.0f} answers a second to curl. The simulator gives"
        f" {speed['the simulator']:.0f}, and searches the whole list for each page of it, which makes it the bottleneck of the listing; it"
        " serves the reaction, where an estate has to change with time",
    }


def table(figures: list[Figure]) -> str:
    """The figures, one line each with notes below."""
    head = ("figure", "against", "ours", "theirs", "median", "min", "max", "must reach", "met")
    rows = [head]
    for one in figures:
        ratios = one.ratios
        rows.append(
            (
                one.name,
                one.against,
                f"{statistics.median(one.ours):.4g} {one.unit}",
                f"{statistics.median(one.theirs):.4g} {one.unit}",
                *(f"{value:.3g}" for value in (statistics.median(ratios), min(ratios), max(ratios))),
                f"<= {one.must_reach:g}",
                "yes" if one.met else "NO",
            )
        )
    notes = [f"  {one.name}: {note}" for one in figures for note in one.notes]
    return "\n".join([columns(rows), "", "Ratios are ours through theirs in pairs of runs. Notes:", *notes, ""])


if __name__ == "__main__":
    sys.exit(main())

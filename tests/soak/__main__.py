# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""``python tests/soak [--minutes N] [--clusters N] [load] [endurance]``, or rather ``make soak``. README.md tells more."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
from importlib.metadata import version
from pathlib import Path
from typing import Any

if not __package__:
    # Run as a folder: the folder itself is then on the path, where its parent belongs.
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.measure import ROOT, Failed, Simulator, columns
from soak import endurance, load

PARTS = ("load", "endurance")
RESULT = ROOT / ".build" / "soak.json"


def main() -> int:
    """Runs both parts and prints; 1 when something is not as it must be, 2 when it cannot be measured."""
    parser = argparse.ArgumentParser(prog="soak", description="Gates over many clusters on a bad day, and for a long time.")
    parser.add_argument("--minutes", type=float, default=10.0, help="of endurance (default: %(default)g)")
    parser.add_argument("--clusters", type=int, default=2000, help="of the load (default: %(default)d)")
    parser.add_argument("parts", nargs="*", metavar="PART", help=f"both, or one of {', '.join(PARTS)}")
    options = parser.parse_args()
    if unknown := set(options.parts) - set(PARTS):
        parser.error(f"no part {', '.join(sorted(unknown))}; there are: {', '.join(PARTS)}")
    if options.minutes < 0.5 or options.clusters < 100:
        parser.error("at least half a minute and 100 clusters, else it says nothing")

    about: dict[str, Any] = {"python": platform.python_version(), "processors": os.cpu_count()}
    about |= {name: version(name) for name in ("ansible-core", "requests")}
    about["load before"] = round(os.getloadavg()[0], 2)
    report: dict[str, Any] = {"about": about}
    wrong: list[str] = []
    print(", ".join(f"{name} {value}" for name, value in about.items()), flush=True)
    try:
        with Simulator() as simulator:
            if "load" in (options.parts or PARTS):
                wrong += _load(simulator, options.clusters, report)
            if "endurance" in (options.parts or PARTS):
                wrong += _endurance(simulator, options.minutes, report)
    except (Failed, OSError) as error:
        print(f"soak: {error}", file=sys.stderr)
        return 2
    about["load after"] = round(os.getloadavg()[0], 2)
    report["wrong"] = wrong
    RESULT.write_text(json.dumps(report, indent=1) + "\n", encoding="utf-8")
    print(f"written to {RESULT.relative_to(ROOT)}; load of the machine {about['load before']} before, {about['load after']} after")
    if wrong:
        print("soak: not as it must be:", *wrong, sep="\n  ", file=sys.stderr)
    return bool(wrong)


def _load(simulator: Simulator, clusters: int, report: dict[str, Any]) -> list[str]:
    names = "decision outcome findings wall budget samples requests fewest retries per_second busiest_minute peak connections".split()
    found: list[load.Played] = []
    rows = [("gate", *(name.replace("_", " ") for name in names))]
    for case in load.cases(clusters):
        found.append(load.played(simulator, case))
        print(f"{found[-1].name}: {found[-1].wall} s", flush=True)
        rows.append((case.name, *(str(getattr(found[-1], name)) for name in names)))
    report["load"] = {"clusters": clusters, "gates": [one.as_dict() for one in found]}
    print("", f"{clusters} clusters; seconds, and requests a second", columns(rows), "", sep="\n", flush=True)
    return [f"{one.name}: {line}" for one in found for line in one.wrong]


def _endurance(simulator: Simulator, minutes: float, report: dict[str, Any]) -> list[str]:
    found = endurance.watched(simulator, 60 * minutes)
    flat = [one for name, looks in found.looks.items() for one in endurance.flatness(name, looks)]
    wrong = endurance.complaints(found, flat, 60 * minutes)
    rows: list[tuple[str, ...]] = [("process", "measure", "begin", "end", "growth", "allowed", "flat")]
    for one in flat:
        numbers = (one.begin, one.end, one.growth, one.allowed)
        rows.append((one.process, f"{one.measure}, {one.unit}", *(f"{value:.2f}" for value in numbers), "yes" if one.flat else "NO"))
    told = {
        "seconds": round(found.took),
        "samples of the waiting gate": found.result["samples"],
        "its changes of verdict": len(found.result["timeline"]),
        "gates that followed each other": found.outcomes,
        "connections opened": found.connections,
        "load of the machine, at most": round(found.load, 2),
    }
    report["endurance"] = {"minutes": minutes, **told, "figures": [one.as_dict() for one in flat]}
    print(f"{minutes:g} minutes, without the warm-up; memory: the ends of a line fitted to it; the rest: the most in each half")
    print(columns(rows))
    print("\n".join(f"{name}: {value}" for name, value in told.items()), "", sep="\n", flush=True)
    return wrong


if __name__ == "__main__":
    sys.exit(main())

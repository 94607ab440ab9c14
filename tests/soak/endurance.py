# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Minutes of gating over an estate that never settles: do memory, open files and threads stay what they are?

Two ways, side by side: an ``ansible-playbook`` whose one gate waits all the time, and a process that runs one gate after the other.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench.measure import ROOT, THREADS, Failed, Simulator, clusters, playbook

CLUSTERS, FLIP = 200, 4.0  # seconds that the estate is well, and as long not
STEADY_FOR = 60  # seconds, which it never is
GRACE = 60.0  # seconds for ansible-playbook around the gate, and for its last sample
WARM_UP = 0.2  # of the time
UNITS = {"memory": "MiB", "files": "files", "threads": "threads"}
MOST_GROWTH = 0.02  # of the memory
MOST_MORE = 2.0  # files or threads: two looks may just have missed the moment when there are most
RESULT = ROOT / ".build" / "bench" / "waited.json"
LOG = RESULT.with_suffix(".log")


@dataclass
class Flatness:
    """What became of one measure of one process after the warm-up.

    ``begin`` and ``end`` are those of a straight line fitted to the memory; of what comes and goes all the time, the most in each half.
    """

    process: str
    measure: str
    unit: str
    begin: float
    end: float
    allowed: float

    @property
    def growth(self) -> float:
        """From begin to end."""
        return self.end - self.begin

    @property
    def flat(self) -> bool:
        """Whether it does not grow."""
        return self.growth <= self.allowed

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        return {**asdict(self), "growth": self.growth, "flat": self.flat}


def usage(pid: int) -> dict[str, float]:
    """Memory (MiB), open files and threads of a process.

    :raises OSError: when it has ended
    """
    status = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/status").read_text(encoding="ascii", errors="replace").splitlines())
    if "VmRSS" not in status:
        raise ProcessLookupError
    files = len(os.listdir(f"/proc/{pid}/fd"))  # noqa: PTH208 as a number, without a path for each
    return {"memory": int(status["VmRSS"].split()[0]) / 1024, "files": files, "threads": int(status["Threads"])}


def children(pid: int) -> list[int]:
    """The processes that a process has started; none when it has ended."""
    with suppress(OSError):
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()]
    return []


def flatness(process: str, samples: list[tuple[float, dict[str, float]]]) -> list[Flatness]:
    """Each measure of a process after the warm-up.

    :raises Failed: when there are too few samples to say anything
    """
    first, last = samples[0][0], samples[-1][0]
    rest = [one for one in samples if one[0] >= first + WARM_UP * (last - first)]
    if len(rest) < 10:
        raise Failed(f"only {len(rest)} looks at {process}")
    found = []
    for measure, unit in UNITS.items():
        if process == "simulator" and measure != "files":
            continue  # its files are the connections; the rest is its own affair
        values = [one[measure] for _at, one in rest]
        if measure == "memory":
            line = statistics.linear_regression([at for at, _one in rest], values)
            begin, end = (line.intercept + line.slope * rest[place][0] for place in (0, -1))
            allowed = MOST_GROWTH * statistics.median(values)
        else:
            begin, end = max(values[: len(values) // 2]), max(values[len(values) // 2 :])
            allowed = MOST_MORE
        found.append(Flatness(process, measure, unit, begin, end, allowed))
    return found


def estates() -> tuple[dict[str, Any], dict[str, Any]]:
    """The estate when it is well, and has been for no time, and when it is not: then every kind of trouble is in it."""
    ids = clusters(CLUSTERS)
    trouble: list[dict[str, Any]] = [
        {"action": "reset"},
        {"action": "truncate"},
        {"action": "close"},
        {"action": "hang", "seconds": 30},
        {"error": "APIG.0308", "headers": {"Retry-After": "1"}},
        {"error": "APIG.0610"},
        {"error": "UCS.00000004"},
        {"error": "not_json"},
    ]
    young = [{"template": "ready", "app": app, "age": "0s", "since": "0s"} for app in ("source-controller", "kustomize-controller")]
    well = {"pods": young, "sources": [{"name": "shop", "secret": "credentials", "age": "0s", "since": "0s"}]}
    ill = {"pods": "starting", "sources": [{"name": "shop", "template": "progressing"}]}
    faults = [{"cluster": one, **fault} for one, fault in zip(ids, trouble)]
    return {"clusters": {"*": well}}, {"clusters": {"*": ill}, "faults": faults}


@contextmanager
def started(command: list[Any], **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process that is ended, with all that it started."""
    process = subprocess.Popen(command, cwd=ROOT, text=True, start_new_session=True, **options)
    try:
        yield process
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def task(simulator: Simulator, seconds: float) -> dict[str, Any]:
    """The task of the gate that waits so long."""
    options = {
        **simulator.connection,
        "checks": [{name: {"cluster_ids": clusters(CLUSTERS)}} for name in ("ucs_gitops", "ucs_repository_source")],
        "wait_timeout": seconds,
        "steady_for": min(STEADY_FOR, seconds),
        "interval": 1,
        "fail_fast": "never",
        "error_limit": 1_000_000,
        "request_timeout": 2,
        "request_retries": 1,
        "max_concurrency": THREADS,
        "enforce": False,
    }
    return {"name": "Gate", "huaweicloud.gitops.gitops_gate": options, "register": "gate"}


@dataclass
class Watched:
    """What was seen: looks at each process with their seconds, how long it took, and what the processes said."""

    looks: dict[str, list[tuple[float, dict[str, float]]]]
    took: float
    load: float
    connections: int
    outcomes: dict[str, int]
    result: dict[str, Any]


def watched(simulator: Simulator, seconds: float) -> Watched:
    """Runs both ways of gating for so long and looks at their processes every second.

    :raises Failed: when one of them fails
    """
    well, ill = estates()
    simulator.load(well)
    RESULT.unlink(missing_ok=True)
    keep = {"content": "{{ gate | to_json }}", "dest": str(RESULT), "mode": "0644"}
    path = playbook([task(simulator, seconds), {"name": "Keep", "ansible.builtin.copy": keep}])
    looks: dict[str, list[tuple[float, dict[str, float]]]] = {}
    workers: dict[int, list[tuple[float, dict[str, float]]]] = {}
    connections = flips = 0
    load = 0.0
    with ExitStack() as stack:
        log = stack.enter_context(LOG.open("w", encoding="utf-8"))
        play = stack.enter_context(started(["ansible-playbook", path], stdin=subprocess.DEVNULL, stdout=log, stderr=log))
        command = [sys.executable, Path(__file__).with_name("gates.py"), json.dumps(simulator.urls)]
        gates = stack.enter_context(started(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=log))
        begun = time.monotonic()
        while play.poll() is None and gates.poll() is None and time.monotonic() < begun + seconds + GRACE:
            at, load = time.monotonic() - begun, max(load, os.getloadavg()[0])
            for name, pid in (("gates", gates.pid), ("simulator", simulator.pid), ("playbook", play.pid)):
                look(pid, at, looks.setdefault(name, []))
            for pid in children(play.pid):
                look(pid, at, workers.setdefault(pid, []))
            if at >= (flips + 1) * FLIP:
                flips += 1
                connections += sum(simulator.ask("GET", "/connections")["connections"].values())
                simulator.ask("DELETE", "/journal")
                simulator.load(ill if flips % 2 else well)
            time.sleep(1)
        took = time.monotonic() - begun
        if gates.poll() is None:
            told = gates.communicate(timeout=GRACE)[0]
        if play.poll() != 0 or gates.returncode != 0:
            raise Failed(f"the playbook: {play.poll()}, the gates: {gates.returncode}\n{LOG.read_text(encoding='utf-8')[-3000:]}")
    looks["waiting gate"] = max(workers.values(), key=len)
    return Watched(looks, took, load, connections, json.loads(told), json.loads(RESULT.read_text(encoding="utf-8")))


def look(pid: int, at: float, into: list[tuple[float, dict[str, float]]]) -> None:
    """Takes a look at a process, if it is still there."""
    with suppress(OSError):
        into.append((at, usage(pid)))


def complaints(found: Watched, flat: list[Flatness], seconds: float) -> list[str]:
    """What is not as it must be."""
    wrong = [f"{one.process}: {one.measure} grew by {one.growth:.2f} {one.unit}, {one.allowed:.2f} at most" for one in flat if not one.flat]
    result = found.result
    if result["decision"] != "block" or not result["waiting_helps"]:
        wrong.append(f"the gate did not wait to the end: {result['headline']}")
    if found.took > seconds + GRACE:
        wrong.append(f"took {found.took:.0f} s, {seconds + GRACE:.0f} s at most")
    if len({one["verdict"] for one in result["timeline"]}) < 2:
        wrong.append("the estate did not change before the waiting gate")
    if not {"passed", "undecidable", "timeout"} <= found.outcomes.keys():
        wrong.append(f"the gates that follow each other did not end in every way: {found.outcomes}")
    return wrong

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What all figures share: the server, processes with their time and memory, runs in turn, and the figure itself."""

from __future__ import annotations

import http.client
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
COLLECTIONS = ROOT / ".build" / "collections"
ACCESS_KEY, SECRET_KEY = "DEMOACCESSKEY0000001", "demo-secret-key-for-the-simulator-only-1"
DOMAIN_ID, PROJECT_ID, REGION = "d0000000000000000000000000000001", "a0000000000000000000000000000001", "cn-north-4"
SERVICES = ("ucs", "codearts_repo", "servicestage", "iam")
LATENCY = 0.02  # seconds
THREADS = 16
TIME_LIMIT = 180  # seconds that one measured process may take

Sample = Mapping[str, float]


@dataclass
class Figure:
    """One line of the table: our cost against another, as the ratio of each pair of runs."""

    name: str
    against: str
    must_reach: float
    ours: list[float]
    theirs: list[float]
    unit: str
    notes: list[str] = field(default_factory=list)

    @property
    def ratios(self) -> list[float]:
        """Ours through theirs, run by run."""
        return [mine / other for mine, other in zip(self.ours, self.theirs)]

    @property
    def met(self) -> bool:
        """Whether the median reaches what it must."""
        return statistics.median(self.ratios) <= self.must_reach

    def as_dict(self) -> dict[str, Any]:
        """For the JSON file."""
        ratios = {"median": statistics.median(self.ratios), "min": min(self.ratios), "max": max(self.ratios)}
        return {**asdict(self), "ratio": ratios, "met": self.met}


@dataclass
class Run:
    """A process that has ended: seconds by the clock, seconds of CPU and the memory (bytes) of its largest process, children included."""

    wall: float
    cpu: float
    memory: int
    output: str


class Failed(Exception):
    """A measured process did not do what it should."""


def run(command: Sequence[str | Path], environment: Mapping[str, str] | None = None, limit: int = TIME_LIMIT) -> Run:
    """Runs a process to its end.

    :raises Failed: when it takes more than ``limit`` seconds or does not end with 0
    """
    with tempfile.TemporaryFile() as output:
        started = time.perf_counter()
        # In a session of its own, so that all of it can be ended.
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **(environment or {})}, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
            start_new_session=True,
        )  # fmt: skip
        alarm = signal.signal(signal.SIGALRM, lambda *_args: os.killpg(process.pid, signal.SIGKILL))
        signal.alarm(limit)
        try:
            _pid, status, used = os.wait4(process.pid, 0)
        except BaseException:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        finally:
            signal.alarm(0)
            signal.signal(signal.SIGALRM, alarm)
        wall = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        output.seek(0)
        text = output.read().decode("utf-8", "replace")
    if process.returncode:
        raise Failed(f"{' '.join(map(str, command))[:200]} ended with {process.returncode}:\n{text[-3000:]}")
    memory = used.ru_maxrss * (1 if sys.platform == "darwin" else 1024)
    return Run(wall, used.ru_utime + used.ru_stime, memory, text)


def python(script: str, *arguments: str, limit: int = TIME_LIMIT) -> Run:
    """Runs a script of this folder in a Python of its own."""
    return run([sys.executable, HERE / script, *arguments], limit=limit)


def playbook(tasks: list[dict[str, Any]], **variables: Any) -> Path:
    """A playbook with these tasks on localhost, in a play like anybody's."""
    folder = ROOT / ".build" / "bench"
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "playbook.yml"  # JSON is YAML
    content = [{"name": "Bench", "hosts": "localhost", "gather_facts": False, "vars": variables, "tasks": tasks}]
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
    return path


def play(tasks: list[dict[str, Any]], environment: Mapping[str, str] | None = None, limit: int = TIME_LIMIT, **variables: Any) -> Run:
    """Runs ``ansible-playbook`` with these tasks.

    :raises Failed: when it takes more than ``limit`` seconds or fails
    """
    return run(["ansible-playbook", playbook(tasks, **variables)], environment, limit)


def in_turn(variants: Mapping[str, Callable[[], Any]], rounds: int) -> dict[str, list[Any]]:
    """Runs each variant once in each round, A B A B, so that what else the machine does hits them alike."""
    found: dict[str, list[Any]] = {name: [] for name in variants}
    for _round in range(rounds):
        for name, variant in variants.items():
            found[name].append(variant())
    return found


class Server:
    """The fast server in a process of its own; a context manager."""

    def __enter__(self) -> Server:
        command = [sys.executable, HERE / "server.py"]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.url = self._process.stdout.readline().strip()
        return self

    def __exit__(self, *failure: object) -> None:
        assert self._process.stdin
        self._process.stdin.close()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()

    def reset(self, latency: float = 0.0) -> dict[str, Any]:
        """The counters (requests, connections, peak; cpu since its start), which begin anew with this latency."""
        return self._ask(f"/reset?latency={latency}")

    def fleet(self, count: int) -> None:
        """Lets the fleet prod have so many clusters."""
        self._ask(f"/fleet?clusters={count}")

    def stats(self) -> dict[str, Any]:
        """The counters since the last reset."""
        return self._ask("/stats")

    def _ask(self, path: str) -> dict[str, Any]:
        connection = http.client.HTTPConnection(self.url.removeprefix("http://"), timeout=30)
        try:
            connection.request("GET", path)
            return dict(json.loads(connection.getresponse().read()))
        finally:
            connection.close()

    def counted(self, work: Callable[[], Run], latency: float, requests: int) -> tuple[Run, dict[str, Any]]:
        """A run with the server's counters of it.

        :raises Failed: when it did not send exactly so many requests
        """
        before = self.reset(latency)["cpu"]
        done = work()
        stats = self.stats()
        stats["cpu"] -= before
        if stats["requests"] < requests:
            raise Failed(f"{stats['requests']} requests arrived, expected {requests}: {done.output[-2000:]}")
        return done, stats

    @property
    def connection(self) -> dict[str, Any]:
        """The connection options of a task."""
        return connection(dict.fromkeys(SERVICES, self.url))


class Simulator:
    """The simulator in a process of its own; a context manager."""

    def __enter__(self) -> Simulator:
        self._process = subprocess.Popen([sys.executable, ROOT / "tests" / "simulator"], stdout=subprocess.PIPE, text=True)
        assert self._process.stdout
        self.urls: dict[str, str] = json.loads(self._process.stdout.readline())
        self.pid = self._process.pid
        return self

    def __exit__(self, *failure: object) -> None:
        self._process.terminate()
        try:
            self._process.wait(5)
        except subprocess.TimeoutExpired:
            self._process.kill()

    @property
    def connection(self) -> dict[str, Any]:
        """The connection options of a task."""
        return connection({name: self.urls[name] for name in SERVICES})

    def load(self, scenario: dict[str, Any]) -> None:
        """Another estate, at once."""
        self.ask("PUT", "/scenario", scenario)

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """What the control port answers.

        :raises Failed: when it refuses
        """
        connection = http.client.HTTPConnection(self.urls["control"].removeprefix("http://"), timeout=30)
        try:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json"})
            answer = connection.getresponse()
            text = answer.read()
            if answer.status >= 300:
                raise Failed(f"the simulator refuses {method} {path}: {text!r}")
            return json.loads(text) if text else None
        finally:
            connection.close()


def connection(endpoints: Mapping[str, str]) -> dict[str, Any]:
    """The connection options that lead to some endpoints, without a look-up of ids."""
    ids = {"domain_id": DOMAIN_ID, "project_id": PROJECT_ID}
    return {"region": REGION, "endpoints": dict(endpoints), "access_key": ACCESS_KEY, "secret_key": SECRET_KEY, **ids}


def clusters(count: int) -> list[str]:
    """Ids of clusters."""
    return [f"8f0a1c52-9c1e-11ee-8f5b-{number:012x}" for number in range(count)]


def urls(server: str, ids: Sequence[str]) -> list[str]:
    """What has to be read of some clusters: the pods and the sources of each."""
    return [url for one in ids for url in (f"{server}/v1/clusters/{one}/gitops", f"{server}/v1/configsets/repos?clusterid={one}")]


def columns(rows: Sequence[Sequence[str]]) -> str:
    """Rows with their columns in line, the first one as the head."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    return "\n".join([lines[0], "  ".join("-" * width for width in widths), *lines[1:]])

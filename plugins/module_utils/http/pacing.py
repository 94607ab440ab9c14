# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""How many requests there may be: at once, in a minute, and after a host has asked to wait. One limiter serves all clients of a task.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

from ..model.errors import TIMEOUT, ApiError
from .retry import THROTTLED
from .signing import utc_now

# Calls per minute of one region; services.rst, "Limits". 9 a second and 50 at once are 590 in any minute: the rest is for calls that
# arrive late.
CALLS_PER_MINUTE = {"codearts_repo": 600}
PACES = {"codearts_repo": (9.0, 50)}
MOST_JITTER = 5.0  # seconds; and at most a tenth of what a host asked to wait


class Clock:
    """The clocks and the dice; tests hand in their own."""

    monotonic: Callable[[], float] = staticmethod(time.monotonic)
    sleep: Callable[[float], None] = staticmethod(time.sleep)
    now: Callable[[], datetime] = staticmethod(utc_now)
    uniform: Callable[[float, float], float] = staticmethod(random.uniform)


class Pacer:
    """A token bucket: at most ``burst`` calls at once and ``rate`` calls a second on the long run."""

    def __init__(self, rate: float, burst: int, clock: Clock) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self._lock, self._places, self._at = threading.Lock(), float(burst), clock.monotonic()

    def take(self, within: float = float("inf")) -> float | None:
        """Takes a place and says how many seconds to wait for it; None, and no place is taken, if that is not below ``within``."""
        with self._lock:
            now = self.clock.monotonic()
            self._places = min(self.burst, self._places + (now - self._at) * self.rate)
            self._at = now
            delay = max(0.0, (1 - self._places) / self.rate)
            if delay >= within:
                return None
            self._places -= 1
            return delay

    def give_back(self) -> None:
        """Gives back a place whose call did not count."""
        with self._lock:
            self._places = min(self.burst, self._places + 1)


class Limiter:
    """Bounds the requests of all clients of one task. Safe to use from threads.

    :param max_concurrency: how many requests may be open at the same time
    :param clock: the clocks and the dice
    """

    def __init__(self, max_concurrency: int, clock: Clock | None = None) -> None:
        self.clock = clock or Clock()
        self._open = threading.BoundedSemaphore(max(1, max_concurrency))
        self._lock = threading.Lock()
        self._pacers: dict[tuple[str, str], Pacer] = {}
        self._sent: Counter[tuple[str, str]] = Counter()
        self._cooling: dict[str, tuple[float, float]] = {}  # by host: until when, and how much jitter
        self._answering: set[str] = set()  # hosts whose last answer was no refusal

    @property
    def spacing(self) -> float:
        """Seconds between two samples like the present one that keep the documented limits of every service and region."""
        with self._lock:
            return max((calls * 60 / CALLS_PER_MINUTE[place[0]] for place, calls in self._sent.items()), default=0.0)

    def begin_sample(self) -> None:
        """Counts the calls for ``spacing`` from here."""
        with self._lock:
            self._sent.clear()

    @contextmanager
    def turn(self, host: str, service: str, region: str | None, left: Callable[[], float]) -> Iterator[None]:
        """Waits for the turn of one request, which is open for as long as the context.

        :param left: how many seconds the request has, at the moment
        :raises ApiError: when they are over, or would be before the turn comes; nothing is kept then
        """
        place = (service, region or "")
        self._wait_for(host, left)
        pacer = self._pacer(place)
        if pacer:
            delay = pacer.take(left())
            if delay is None:
                raise _too_late()
            self._sleep(delay)
        try:
            self._open_place(host, left)
        except ApiError:
            if pacer:
                pacer.give_back()
            raise
        self._count(place, 1)
        try:
            yield
        except ApiError as error:
            if error.status and error.status != THROTTLED:
                self._answering.add(host)
            raise
        else:
            self._answering.add(host)
        finally:
            self._open.release()

    def _open_place(self, host: str, left: Callable[[], float]) -> None:
        while True:
            self._wait_for(host, left)
            if not self._open.acquire(timeout=max(0.0, min(left(), threading.TIMEOUT_MAX))):
                raise _too_late()
            # Somebody else may have been asked to wait meanwhile.
            if left() > 0 and self._still_cooling(host) <= 0:
                return
            self._open.release()

    def refused(self, host: str, service: str, region: str | None, seconds: float) -> float:
        """Takes note that a host refused a call as one too many; the call does not count.

        Where it refuses one after the other, nobody sends it another for ``seconds``. Where it answers others in between, only the call
        itself has to wait, or a few refusals would stop the reads of a whole fleet again and again.

        :return: the seconds that the call has to wait by itself; 0 where all wait
        """
        place, jitter = (service, region or ""), min(MOST_JITTER, seconds / 10)
        with self._lock:
            alone = host in self._answering
            self._answering.discard(host)
            until = self.clock.monotonic() + seconds
            if not alone and until > self._cooling.get(host, (0.0, 0.0))[0]:
                self._cooling[host] = (until, jitter)
        pacer = self._pacer(place)
        if pacer:
            pacer.give_back()
        self._count(place, -1)
        # Those who were refused together must not come back at the same moment.
        return seconds + self.clock.uniform(0.0, jitter) if alone else 0.0

    def _wait_for(self, host: str, left: Callable[[], float]) -> None:
        while True:
            if left() <= 0:
                raise _too_late()
            pause = self._still_cooling(host)
            if pause <= 0:
                return
            # Not all at the same moment.
            pause += self.clock.uniform(0.0, self._cooling[host][1])
            if pause >= left():
                raise _too_late(
                    f"The host refused a call as one too many, and the next one may be sent in {pause:.0f} s, which is too late"
                )
            self._sleep(pause)

    def _still_cooling(self, host: str) -> float:
        return self._cooling.get(host, (0.0, 0.0))[0] - self.clock.monotonic()

    def _sleep(self, seconds: float) -> None:
        if seconds > 0:
            self.clock.sleep(seconds)

    def _pacer(self, place: tuple[str, str]) -> Pacer | None:
        if place[0] not in PACES:
            return None
        with self._lock:
            if place not in self._pacers:
                self._pacers[place] = Pacer(*PACES[place[0]], self.clock)
            return self._pacers[place]

    def _count(self, place: tuple[str, str], calls: int) -> None:
        if place[0] in CALLS_PER_MINUTE:
            with self._lock:
                self._sent[place] = max(0, self._sent[place] + calls)


def _too_late(why: str = "The task's time is over") -> ApiError:
    return ApiError(why, code=TIMEOUT, retryable=True)

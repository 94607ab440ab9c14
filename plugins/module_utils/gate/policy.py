# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The gate's options as one value (rules.rst, "Options").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ..model.errors import OptionError, Said
from ..model.history import THRESHOLDS
from ..model.requirements import Requirement
from ..model.units import span
from .waivers import Waiver

BACKOFF, INTERVAL_CAP, JITTER = 1.25, 60.0, 0.2
SAMPLES_TO_FAIL = 2  # consecutive samples before a failure stops a wait
LOWEST = {
    "wait_timeout": 0,
    "steady_for": 0,
    "interval": 0.1,
    "error_limit": 1,
    "max_reading_age": 1,
    "restart_max": 0,
    "expect_readings": 1,
}
HIGHEST = 1e9


@dataclass(frozen=True)
class Policy:
    """How long the gate waits, for what, and when it stops; times in seconds."""

    wait_timeout: float = 600.0
    interval: float = 10.0
    steady_for: float = 30.0
    fail_fast: str = "terminal"
    failure_grace: float = THRESHOLDS["failure_grace"]
    stuck_after: float = THRESHOLDS["stuck_after"]
    error_limit: int = 4
    max_reading_age: float = 600.0
    waivers: Sequence[Waiver] = ()
    require: Requirement = field(default_factory=Requirement)

    @classmethod
    def of(cls, options: Mapping[str, Any], waivers: Sequence[Waiver], one_sample: bool) -> Policy:
        """The policy in a task's options.

        :param one_sample: whether the gate may not wait, whatever the options say
        :raises OptionError: for a number out of range, and for a wait that cannot hold ``steady_for``
        """
        for name, lowest in LOWEST.items():
            value = options.get(name)
            if value is not None and not lowest <= value < HIGHEST:
                raise OptionError(name, value, f"a number from {lowest} on")
        wait, steady = options["wait_timeout"], options["steady_for"]
        if options.get("checks") is not None and 0 < wait < steady:
            raise OptionError("steady_for", Said(span(steady)), f"at most wait_timeout, which is {span(wait)}")
        names = ("interval", "steady_for", "fail_fast", "failure_grace", "stuck_after", "error_limit", "max_reading_age")
        given = {name: options[name] for name in names if options.get(name) is not None}
        require = Requirement.of(options.get("require", "all"))
        return cls(wait_timeout=0.0 if one_sample else wait, waivers=tuple(waivers), require=require, **given)

    def next_pause(self, pause: float, changed: bool) -> float:
        """Seconds until the next sample, before jitter: grown by the back-off, or ``interval`` again after a change of verdict.

        :param pause: the one before; 0 where the first sample of the gate's own followed given readings at once
        """
        return self.interval if changed or not pause else min(pause * BACKOFF, max(INTERVAL_CAP, self.interval))

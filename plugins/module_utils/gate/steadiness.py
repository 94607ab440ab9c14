# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Whether readiness has lasted (rules.rst, "Steady").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from typing import Any

from ..model.shapes import lower
from ..model.subjects import Part, Subject
from ..model.verdicts import READY
from .samples import Sample

Parts = dict[Any, Part]
STANDING, PASSING = Part(None), Part(None, True)  # an object itself
OBJECT = 5  # elements of a key that name an object: its check, and its ``Subject.identity``


class Steadiness:
    """Follows the samples of one gate.

    Until the first break the answers' own times or the gate's own watch prove that ready has lasted; after it only the watch does.
    The watch runs from the end of the first sample of an unbroken row to the beginning of the latest: only that long it was surely ready.

    :param steady_for: seconds
    :param single: whether there is only one sample, which nothing is compared with
    """

    def __init__(self, steady_for: float, single: bool = False) -> None:
        self.steady_for, self.single = steady_for, single
        self._broken = False
        self._watched_from: float | None = None
        self._before: Parts | None = None
        self._without: frozenset[str] = frozenset()  # clusters that the sample before could do without

    def observe(self, sample: Sample) -> None:
        """Takes up the next sample."""
        parts = {} if self.single else _parts(sample)
        broken = sample.verdict != READY or (self._before is not None and _changed(self._before, self._known(parts), _waived(sample)))
        self._before, self._without = parts, sample.set_aside
        self._broken = self._broken or broken
        if sample.verdict != READY:
            self._watched_from = None
        elif broken or self._watched_from is None:
            self._watched_from = sample.ended

    def _known(self, parts: Parts) -> Parts:
        """Without the parts of clusters that come back after they were set aside: that is no break."""
        return {key: part for key, part in parts.items() if len(key) < 3 or lower(key[2]) not in self._without} if self._without else parts

    def lasted(self, sample: Sample) -> bool:
        """Whether a ready sample has been ready for ``steady_for``."""
        return self.missing(sample) <= 0

    def missing(self, sample: Sample) -> float:
        """Seconds until a ready sample will have lasted, by the watch or by the answers' own times."""
        if self._watched_from is None:
            return self.steady_for
        by_watch = self.steady_for - self._watched(sample)
        return by_watch if self._broken else min(by_watch, max((self._missing(subject) for subject in sample.deciding), default=0.0))

    def _watched(self, sample: Sample) -> float:
        """Seconds that the gate itself has seen everything ready, without a break."""
        return max(0.0, sample.began - (sample.began if self._watched_from is None else self._watched_from))

    def due(self) -> float | None:
        """When the watch will have lasted, in seconds of the monotonic clock; None while nothing is ready."""
        return None if self._watched_from is None else self._watched_from + self.steady_for

    def lasted_for(self, sample: Sample) -> float:
        """Seconds that everything has provably been ready, by the watch or by the answers' own times."""
        return max(0.0, self.steady_for - self.missing(sample))

    def young(self, sample: Sample) -> list[Subject]:
        """The objects whose own times do not prove enough; none where these no longer count."""
        return [] if self._broken else [subject for subject in sample.deciding if self._missing(subject) > 0]

    def _missing(self, subject: Subject) -> float:
        if subject.is_state or subject.waived:
            return 0.0
        if subject.ready_since is None:
            return float("inf")
        return self.steady_for - (subject.read_at - subject.ready_since).total_seconds()


def _parts(sample: Sample) -> Parts:
    """What must not change between two samples: the objects that decide, and their pods, restarts and revisions."""
    parts: Parts = {}
    for checked in sample.checks:
        now = checked.reading.reselection or checked.reading.selection
        if now and not checked.check.advisory:
            parts[checked.check.name, "clusters"] = Part(frozenset(map(lower, now.cluster_ids)))
        for subject in checked.deciding:
            key = (checked.check.name, *subject.identity)
            parts[key] = PASSING if subject.passing else STANDING
            if subject.parts:
                parts.update({(*key, *inner): part for inner, part in subject.parts.items()})
    return parts


def _waived(sample: Sample) -> set[Any]:
    """The keys of the objects that are ready only by a waiver: nothing of such a one is a break, but that it comes or goes."""
    return {(checked.check.name, *subject.identity) for checked in sample.checks for subject in checked.deciding if subject.waived}


def _changed(before: Parts, now: Parts, waived: set[Any]) -> bool:
    """Whether something that stays appeared, vanished or became another.

    :param waived: the objects whose parts may do so now
    """
    for key in {*before, *now}:
        earlier, later = before.get(key), now.get(key)
        if waived and len(key) > OBJECT and key[:OBJECT] in waived:
            continue
        if earlier is None or later is None:
            if not (earlier or later).passing:  # type: ignore[union-attr]
                return True
        elif None not in (earlier.value, later.value) and earlier.value != later.value:
            return True
    return False

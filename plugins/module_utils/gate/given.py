# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Readings that are given to the gate: which check each belongs to, which are missing, stale or copies (rules.rst, rows G1 to G3).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..endpoints.endpoint import Endpoint
from ..endpoints.registry import ENDPOINTS
from ..model.errors import OptionError, Said
from ..model.readings import Reading
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.times import CLOCK_SKEW_LIMIT, format_time
from ..model.units import span
from ..model.verdicts import U_T, Mark, U, W
from .checks import Check, gate_thresholds, refuse_advisory_only, unique
from .engine import FirstSample
from .samples import OWN

TRUE_TEXTS, FALSE_TEXTS = ("true", "yes", "on", "1", "y", "t"), ("false", "no", "off", "0", "n", "f")


@dataclass(frozen=True)
class GivenReading:
    """A registered result of an info module.

    :ivar path: how messages name it: ``readings[0]``
    :ivar failure: what became of its task, where that failed although nothing that was asked for is missing; empty where it did not
    """

    path: str
    name: str
    endpoint: Endpoint
    reading: Reading
    advisory: bool
    failure: str = ""

    @property
    def identity(self) -> tuple[str, frozenset[tuple[str, str]]]:
        """The endpoint and what is asked of it: two readings with the same are copies."""
        return self.endpoint.name, self.endpoint.asks(self.reading.question, self.reading.targets)


@dataclass(frozen=True)
class LostReading:
    """The result of a task that failed before it read anything, or whose host could not be reached."""

    name: str
    message: str


def given_readings(values: Sequence[Mapping[str, Any]]) -> tuple[list[GivenReading], list[LostReading]]:
    """The readings of the option ``readings``, and those that are lost.

    :raises OptionError: for an entry that is no result of an info module, half of one, or one of another schema
    """
    readings: list[GivenReading] = []
    lost: list[LostReading] = []
    for path, value in _flat(values):
        endpoint = ENDPOINTS.get(str(value.get("endpoint")))
        if endpoint is not None:
            name = clean_text(value.get("check") or endpoint.name, 253)
            reading = endpoint.reading_of(value, path)
            failure = _failure(name, value) if _is_lost(value) and not reading.errors else ""
            readings.append(GivenReading(path, name, endpoint, reading, _advisory(path, value.get("advisory")), failure))
        elif _is_lost(value) or ("failed_when_result" in value and value.get("msg")):
            name = clean_text(value["check"], 253) if value.get("check") else path
            lost.append(LostReading(name, _failure(name, value)))
        else:
            modules = ", ".join(endpoint.module for endpoint in ENDPOINTS.values())
            raise OptionError(path, Said(_in_words(value)), f"a registered result of one of {modules}")
    return readings, lost


def _flat(values: Sequence[Mapping[str, Any]]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The readings with their paths; a task in a loop has registered several of them in one.

    A loop over nothing stands for itself, and so does one that failed although none of its items did: else nobody would miss it.
    """
    for index, value in enumerate(values):
        results = value.get("results") if "endpoint" not in value else None
        inner = [each if isinstance(each, Mapping) else {} for each in results] if isinstance(results, list) else []
        for number, each in enumerate(inner):
            yield f"readings[{index}].results[{number}]", each
        if not inner or (_is_lost(value) and not any(map(_is_lost, inner))):
            yield f"readings[{index}]", value


def _in_words(value: Mapping[str, Any]) -> str:
    """What was handed in that is no reading."""
    if value.get("results") == [] and "endpoint" not in value:
        return "a loop over nothing"
    return "a skipped task" if value.get("skipped") else f"a dict with {', '.join(sorted(map(str, value))[:8]) or 'nothing'}"


def _is_lost(value: Mapping[str, Any]) -> bool:
    """Whether a task says that it failed, or that its host could not be reached."""
    return bool(value.get("failed") or value.get("unreachable"))


def _failure(name: str, value: Mapping[str, Any]) -> str:
    """What became of a task that is lost, in words."""
    happened = "could not be run on its host" if value.get("unreachable") else "failed"
    return f"The task behind {name} {happened}: {clean_text(value.get('msg') or 'no message')}"


def _advisory(path: str, value: Any) -> bool:
    text = str(value).strip().lower()
    if value is None or value is False or text in FALSE_TEXTS:
        return False
    if value is True or text in TRUE_TEXTS:
        return True
    raise OptionError(f"{path}.advisory", value, "true or false")


def checks_of_readings(options: Mapping[str, Any], readings: Sequence[GivenReading]) -> list[Check]:
    """The checks that the readings are: with the expectations that they carry, and the gate's thresholds where its caller gave them.

    :raises OptionError: for a gate in which nothing decides
    """
    names: set[str] = set()
    checks = []
    for given in readings:
        asked = {**given.reading.question, **gate_thresholds(options)}
        if options.get("restart_max") is not None:
            asked["restart_max"] = options["restart_max"]
        checks.append(Check(unique(given.name, names), given.endpoint, asked, given.advisory))
    if checks:
        refuse_advisory_only("readings", checks)
    return checks


def first_sample(
    options: Mapping[str, Any], checks: Sequence[Check], readings: Sequence[GivenReading], lost: Sequence[LostReading], now: datetime
) -> FirstSample:
    """The readings as the first sample of the checks, with what failed, is missing, stale, ahead or twice.

    :param now: the local time
    """
    subjects: dict[int, list[Subject]] = {}
    newest = _later_clock(readings, now)
    identities: dict[Any, str] = {}
    for index, (check, given) in enumerate(zip(checks, readings)):
        alone = _of_one(check, given, now, newest, options["max_reading_age"], U_T)
        subjects[index] = [*alone, *_copy(check, given, identities, newest)]
    subjects[OWN] = _missing(options, len(identities), lost, newest, U_T)
    return FirstSample([given.reading for given in readings], subjects)


def readings_for_checks(
    options: Mapping[str, Any], checks: Sequence[Check], readings: Sequence[GivenReading], lost: Sequence[LostReading], now: datetime
) -> FirstSample:
    """Given readings as the first sample of given checks: each reading belongs to one check.

    :raises OptionError: for a reading that belongs to none
    """
    placed: dict[int, GivenReading] = {}
    for given in readings:
        fitting = [index for index, check in enumerate(checks) if _fits(given, check)]
        free = next((index for index in fitting if index not in placed), None)
        if free is None:
            asked = f"{given.endpoint.name} of {', '.join(sorted(text for _option, text in given.identity[1])[:3]) or 'nothing'}"
            seen = f"another reading of {asked}" if fitting else f"a reading of {asked}"
            raise OptionError(given.path, Said(seen), "a reading of one of the checks, with the same ids, each once")
        placed[free] = given
    subjects: dict[int, list[Subject]] = {OWN: _missing(options, len(placed), lost, now, U)}
    newest = _later_clock(readings, now)
    for index, check in enumerate(checks):
        if index in placed:
            subjects[index] = _of_one(check, placed[index], now, newest, options["max_reading_age"], U)
        else:
            subject = _notice(check.name, now)
            subject.say("READING_MISSING", U, f"There is no reading of the check {check.name} among those given.")
            subjects[index] = [subject]
    nothing = [Reading(check.endpoint.name, check.question) for check in checks]
    first = [placed[index].reading if index in placed else nothing[index] for index in range(len(checks))]
    return FirstSample(first, subjects, incomplete=any(subjects.values()))


def _later_clock(readings: Sequence[GivenReading], now: datetime) -> datetime:
    """The local time, or the newest that a reading tells of (rules.rst, "Time"): a reading from the future makes the others old."""
    times = [moment for given in readings for moment in (given.reading.service_time, given.reading.read_at)]
    return max([now, *(moment for moment in times if moment)])


def _fits(given: GivenReading, check: Check) -> bool:
    if given.endpoint.name != check.endpoint.name:
        return False
    project = [] if check.endpoint.ids else [check.options.get("project_id") or next(iter(given.reading.targets), "")]
    return check.endpoint.asks(check.options, project) == given.identity[1]


def _of_one(check: Check, given: GivenReading, now: datetime, newest: datetime, limit: float, failed: Mark) -> list[Subject]:
    """What is to be said of a reading by itself.

    :param now: the local time; ``newest``: the later clock
    :param failed: the mark of a reading whose task failed
    """
    return [*_failed(check, given, newest, failed), *_stale(check, given, newest, limit), *_ahead(check, given, now)]


def _notice(name: str, read_at: datetime) -> Subject:
    """A place for findings about a reading itself."""
    return Subject("API", name, "", read_at, is_state=True, notice=True)


def _failed(check: Check, given: GivenReading, now: datetime, mark: Mark) -> list[Subject]:
    """G1: a whole reading of a task that failed for another reason than what it read."""
    if not given.failure:
        return []
    subject = _notice(check.name, now)
    subject.say("READING_MISSING", mark, given.failure)
    return [subject]


def _ahead(check: Check, given: GivenReading, now: datetime) -> list[Subject]:
    """G7: a reading with an entry that was read more than five minutes ahead of the local clock."""
    latest = max((entry.read_at for entry in given.reading.entries), default=now)
    ahead = (latest - now).total_seconds()
    if ahead <= CLOCK_SKEW_LIMIT:
        return []
    subject = _notice(check.name, now)
    message = f"It was read {span(ahead)} in the future by the local clock: that of its reader is ahead, or this one behind."
    subject.say("CLOCK_SKEW", W, message, "read_at", format_time(latest), format_time(now))
    return [subject]


def _stale(check: Check, given: GivenReading, now: datetime, limit: float) -> list[Subject]:
    """G2: a reading with an entry that is too old to decide on, by the later clock."""
    oldest = given.reading.read_at
    old = (now - oldest).total_seconds() if oldest else 0.0
    if old < limit or oldest is None:
        return []
    subject = _notice(check.name, oldest)
    message = f"It was read {span(old)} before the decision; max_reading_age is {span(limit)}."
    subject.say("READING_STALE", U, message, "read_at", format_time(oldest), since=oldest)
    return [subject]


def _copy(check: Check, given: GivenReading, identities: dict[Any, str], now: datetime) -> list[Subject]:
    """G3: a second reading of the same endpoint and ids proves nothing more."""
    first = identities.setdefault(given.identity, check.name)
    if first == check.name:
        return []
    subject = _notice(check.name, now)
    subject.say("READING_DUPLICATE", W, f"It is of the same ids as {first}, and counts once.")
    return [subject]


def _missing(options: Mapping[str, Any], distinct: int, lost: Sequence[LostReading], now: datetime, mark: Mark) -> list[Subject]:
    """G1: the readings of tasks that failed, and those that are fewer than expected."""
    subjects = []
    for reading in lost:
        subject = _notice(reading.name, now)
        subject.say("READING_MISSING", mark, reading.message)
        subjects.append(subject)
    expected = options.get("expect_readings")
    if expected is not None and distinct < expected:
        subject = _notice("readings", now)
        subject.say("READING_MISSING", mark, f"{distinct} of {expected} readings are there.", None, distinct, expected)
        subjects.append(subject)
    return subjects

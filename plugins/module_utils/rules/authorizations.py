# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations (rules.rst, rows A).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model.authorizations import Authorization
from ..model.errors import OptionError, Said
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.shapes import nearest
from ..model.subjects import Judgement, Subject
from ..model.units import number
from ..model.verdicts import F_T, SEVERITY, U_T, U, W
from .common import nothing_read, shown, stated_in_the_future
from .errors import judge_errors

WAYS = ("name", "repo_type", "host", "user")  # to say which authorization is meant
_FIELDS = {"name": "name", "repo_type": "repo_type", "host": "repo_host", "user": "repo_user"}


def validate_expect(options: Mapping[str, Any], path: str) -> None:
    """Refuses an expectation that names nothing.

    :param path: what stands before the option's name: ``checks[0].servicestage_git_authorization.``
    :raises OptionError: naming the option with its path
    """
    for index, want in enumerate(options.get("expect") or []):
        if not any(want.get(name) for name in WAYS):
            expected = "a name, or repo_type, host or user, to know which authorization is meant"
            raise OptionError(f"{path}expect[{index}]", Said("nothing"), expected)


def misshapen(notice: Subject) -> None:
    """A0: the answer has no list of authorizations."""
    notice.say("API_SHAPE", U_T, "There is no list of authorizations in the answer.", "authorizations", expected="a list")


def none_at_all(notice: Subject, wanted: Sequence[str]) -> None:
    """A1: the project has no authorization."""
    lacking = f"; expected: {', '.join(wanted)}." if wanted else "."
    message = f"There is no authorization in the project{lacking}"
    notice.say("AUTH_NONE", F_T if wanted else U_T, message, "authorizations", 0, "an authorization")


def incomplete(notice: Subject, came: int, count: int, missing: Sequence[str]) -> None:
    """A2: not as many authorizations came as there are; only a warning where nothing that is expected is missing."""
    lacking = f" Not found among them: {', '.join(missing)}." if missing else ""
    message = f"{came} authorizations were read, the answer counts {count}.{lacking}"
    notice.say("LIST_INCOMPLETE", U if missing or not came else W, message, "count", came, count)


def not_found(subject: Subject, want: Mapping[str, Any], others: Sequence[Authorization]) -> None:
    """A3: an expected authorization is not there, and the list is complete."""
    way = next(name for name in WAYS if want.get(name))
    hint = nearest(str(want[way]), [other.raw.get(_FIELDS[way]) for other in others])
    subject.say("AUTH_NOT_FOUND", F_T, f"No authorization fits {subject.name}.{hint}", expected=subject.name)


def expired(subject: Subject, status: Any) -> None:
    """A5: the authorization is expired; the English documentation calls this overdue."""
    if number(status) == 1:
        subject.say("AUTH_EXPIRED", F_T, "The authorization is expired.", "status", status, 0)


def unauthenticated(subject: Subject, status: Any) -> None:
    """A6: the authorization is not authenticated."""
    if number(status) == 2:
        subject.say("AUTH_UNAUTHENTICATED", F_T, "The authorization is not authenticated.", "status", status, 0)


def undocumented(subject: Subject, status: Any) -> None:
    """A4, A7: 0 is ready; any other status than that and those of A5 and A6 is unknown, as is none."""
    if number(status) not in (0, 1, 2):
        seen = "not stated" if status is None else f"{status!r}; documented are 0, 1 and 2"
        subject.say("AUTH_STATUS_UNDOCUMENTED", U_T, f"Its status is {seen}.", "status", status, 0)


def ambiguous(subject: Subject, wanted: str, names: Sequence[str]) -> None:
    """A8: several authorizations match one expectation; the best of them decides."""
    subject.say("AUTH_AMBIGUOUS", W, f"{len(names)} authorizations match {wanted}: {', '.join(names)}.", expected=wanted)


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The authorizations of an IAM project.

    Entries: one, ``target`` the project's id, ``fields`` ``{"authorizations": [object, ...] or None, "count", "project_id"}``.
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="AUTH_PROJECT_NOT_FOUND", id_field="project_id")
    for entry in reading.entries:
        watch = Watch(options, entry.target, entry.read_at, earlier, later)
        subjects += _judge_entry(entry, watch, options.get("expect") or [])
    return Judgement(subjects or [nothing_read(reading)], later)


def _judge_entry(entry: Entry, watch: Watch, expect: Sequence[Mapping[str, Any]]) -> list[Subject]:
    listed, count = entry.fields.get("authorizations"), number(entry.fields.get("count"))
    notice = Subject("API", f"project {entry.target}", entry.target, entry.read_at, is_state=True, notice=True)
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        misshapen(notice)
        return [notice]
    authorizations = [Authorization(each) for each in listed]
    matches = [_matches(watch, authorizations, want) for want in expect]
    subjects = _subjects(watch, authorizations, expect, matches)
    missing = [want for want, indexes in zip(expect, matches) if not indexes]
    if listed or (count and count > 0):
        subjects += _judge_list(notice, entry, count, authorizations, missing)
    else:
        none_at_all(notice, [_wanted(want) for want in expect])
    return subjects + ([notice] if notice.findings else [])


def _judge_list(
    notice: Subject, entry: Entry, count: int | None, authorizations: Sequence[Authorization], missing: Sequence[Mapping[str, Any]]
) -> list[Subject]:
    """What is to be said of the list itself; gives the authorizations that were expected and are not there."""
    if count in (None, len(authorizations)):
        return [_absent(entry, want, authorizations) for want in missing]
    incomplete(notice, len(authorizations), count or 0, [_wanted(want) for want in missing])
    return []


def _subjects(
    watch: Watch, authorizations: Sequence[Authorization], expect: Sequence[Mapping[str, Any]], matches: Sequence[Sequence[int]]
) -> list[Subject]:
    """All authorizations; of those that an expectation means the best decides.

    :param matches: for each expectation the authorizations that it means, the best first
    """
    chosen = {indexes[0] for indexes in matches if indexes}
    subjects = [_subject(watch, each, asked=not expect or index in chosen) for index, each in enumerate(authorizations)]
    for want, indexes in zip(expect, matches):
        if len(indexes) > 1:
            ambiguous(subjects[indexes[0]], _wanted(want), sorted(authorizations[index].name for index in indexes))
    return subjects


def _matches(watch: Watch, authorizations: Sequence[Authorization], want: Mapping[str, Any]) -> list[int]:
    """Which authorizations an expectation means, the best first: one that is valid is enough to work with."""

    def badness(index: int) -> tuple[int, str]:
        return SEVERITY[_subject(watch, authorizations[index]).verdict], authorizations[index].name

    return sorted((index for index, each in enumerate(authorizations) if each.fits(want)), key=badness)


def _subject(watch: Watch, authorization: Authorization, asked: bool = True) -> Subject:
    """An authorization with its findings."""
    raw = authorization.raw
    observed = {"status": raw.get("status"), "repo_type": raw.get("repo_type"), "host": authorization.host}
    subject = Subject(
        "Authorization",
        authorization.name,
        watch.target,
        watch.now,
        asked=asked,
        is_state=True,
        origin=authorization,
        observed={name: shown(value) for name, value in observed.items()},
    )
    for row in (expired, unauthenticated, undocumented):
        row(subject, raw.get("status"))
    stated_in_the_future(subject, watch, raw.get("create_time"), raw.get("update_time"))
    return subject


def _absent(entry: Entry, want: Mapping[str, Any], others: Sequence[Authorization]) -> Subject:
    subject = Subject("Authorization", _wanted(want), entry.target, entry.read_at, is_state=True)
    not_found(subject, want, others)
    return subject


def _wanted(want: Mapping[str, Any]) -> str:
    """An expectation in words."""
    return " ".join(str(want[name]) if name == "name" else f"{name} {want[name]}" for name in WAYS if want.get(name))

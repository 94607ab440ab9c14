# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repositories, from the list of a project and from their details (rules.rst, rows C).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any, Callable, NamedTuple

from ..model.errors import OptionError, Said
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.repositories import INTERNAL, PRIVATE, PUBLIC, Repository, is_deleted, is_v4, repositories_of
from ..model.shapes import lower, nearest
from ..model.subjects import Judgement, Subject
from ..model.times import parse_time
from ..model.units import duration, number, size_in_bytes, span
from ..model.verdicts import F_R, F_T, U_T, P, U, W
from .common import Shown, nothing_read, stated_in_the_future
from .errors import judge_errors

ROLES = {20: "read-only member", 30: "common member", 40: "administrator"}
OBSERVED = ("status", "updated_at", "visibility_level", "userRole", "repository_size")
# What the rows read of a repository of which nothing is demanded; where it is being created, which is always said, its times, too.
STATE = ("status", "project_is_deleted", "visibility_level", "visibility")


def validate_expect(options: Mapping[str, Any], path: str) -> None:
    """Refuses an expectation that names no repository, and limits that are none.

    :param path: what stands before the option's name: ``checks[0].codearts_repository.``
    :raises OptionError: naming the option with its path
    """
    for index, want in enumerate(options.get("expect") or []):
        place = f"{path}expect[{index}]"
        if not (want.get("name") or want.get("uuid")):
            seen = Said(", ".join(name for name in want if want[name]) or "nothing")
            raise OptionError(place, seen, "a name or a uuid, to know which repository is meant")
        if want.get("max_size") is not None and size_in_bytes(want["max_size"]) is None:
            raise OptionError(f"{place}.max_size", want["max_size"], "a size with its unit, such as 512M or 2G")
        if want.get("max_age") is not None and not duration(want["max_age"]):
            raise OptionError(f"{place}.max_age", want["max_age"], "a duration such as 90d or 12h")


class Demands(NamedTuple):
    """What the expectations that mean a repository demand of it; of several the strictest. None: nothing."""

    min_role: int | None = None
    private: bool = False
    max_size: str | None = None
    max_age: str | None = None

    @classmethod
    def of(cls, wants: Sequence[Mapping[str, Any]]) -> Demands:
        """The strictest demands of some expectations."""
        if not wants:
            return NOTHING

        def stated(name: str) -> list[Any]:
            return [want[name] for want in wants if want.get(name) is not None]

        return cls(
            max(stated("min_role"), default=None),
            any(stated("private")),
            min(stated("max_size"), key=lambda size: size_in_bytes(size) or 0, default=None),
            min(stated("max_age"), key=lambda longest: duration(longest) or 0.0, default=None),
        )


NOTHING = Demands()


class Case(NamedTuple):
    """A repository as one answer states it, with what is demanded of it, and the subject that takes the findings."""

    subject: Subject
    repository: Repository
    watch: Watch
    demands: Demands

    def stated(self, name: str) -> Any:
        """What the answer says in a field; None where it says nothing."""
        return self.repository.raw.get(name)


# --- The state of a repository ---------------------------------------------------------------------------------------------------


def project_deleted(case: Case) -> None:
    """C6: the repository's project is deleted, or it is not known whether it is."""
    stated = case.stated("project_is_deleted")
    deleted = is_deleted(stated)
    if deleted:
        case.subject.say("REPO_PROJECT_DELETED", F_T, "The repository's project is deleted.", "project_is_deleted", stated, "false")
    elif deleted is None:
        message = f"Whether the project is deleted is not known: {stated!r}."
        case.subject.say("REPO_PROJECT_DELETED_UNKNOWN", U, message, "project_is_deleted", stated, "false")


def creating(case: Case) -> None:
    """C8: the repository is being created; where its own time does not decide, that of the gate's first sample that saw it does."""
    if number(case.stated("status")) != 1:
        return
    created, key = parse_time(case.stated("created_at"), case.watch.zone), ("creating", case.repository.uuid or case.repository.name)
    lasted = case.watch.age(created) if created else 0.0
    if not (created and created.exact):
        lasted = max(lasted or 0.0, case.watch.seen_for(*key))
    late = (lasted or 0.0) >= case.watch.stuck_after
    message = f"The repository is being created, for {span(lasted or 0.0)} already." if late else "The repository is being created."
    since = str(created) if created else case.watch.since_seen(*key)
    case.subject.say("REPO_CREATING", F_R if late else P, message, "status", case.stated("status"), 0, since=since)


def creation_failed(case: Case) -> None:
    """C9: the creation of the repository failed."""
    if number(case.stated("status")) == 2:
        case.subject.say("REPO_CREATE_FAILED", F_T, "The repository could not be created.", "status", case.stated("status"), 0)


def out_of_service(case: Case) -> None:
    """C10: the repository is frozen, closed, being cleared or being deleted."""
    states = {
        3: ("REPO_FROZEN", "The repository is frozen."),
        4: ("REPO_CLOSED", "The repository is closed."),
        5: ("REPO_CLEARING", "The repository is being cleared."),
        7: ("REPO_DELETING", "The repository is being deleted."),
    }
    state = states.get(number(case.stated("status")) or 0)
    if state:
        case.subject.say(state[0], F_T, state[1], "status", case.stated("status"), 0)


def status_undocumented(case: Case) -> None:
    """C7, C11: 0 is ready; any other status than that and those of C8 to C10 is unknown."""
    status = case.stated("status")
    if status is not None and number(status) not in (0, 1, 2, 3, 4, 5, 7):
        case.subject.say("REPO_STATUS_UNDOCUMENTED", U, f"Its status is {status!r}; documented are 0 to 5 and 7.", "status", status, 0)


def status_missing(case: Case) -> None:
    """C12: no answer states the status."""
    if case.stated("status") is None:
        case.subject.say("REPO_STATUS_MISSING", U_T, "The repository's status is not stated.", "status", None, 0)


# --- What is demanded of it ------------------------------------------------------------------------------------------------------


def role(case: Case) -> None:
    """C13: the user's role is too low, or not known where one is demanded."""
    lowest = case.demands.min_role
    if lowest is None:
        return
    stated = case.stated("userRole")
    level, expected = number(stated), f"at least {lowest}"
    needed = f"needed is {lowest} ({ROLES.get(lowest, 'undocumented')})"
    if level is None:
        case.subject.say("REPO_ROLE_UNKNOWN", U, f"The user's role is not known; {needed}.", "userRole", stated, expected)
    elif level < lowest:
        message = f"The user's role is {level} ({ROLES.get(level, 'undocumented')}); {needed}."
        case.subject.say("REPO_ROLE_TOO_LOW", F_T, message, "userRole", stated, expected)


def visibility(case: Case) -> None:
    """C14: the repository is public where it must be private, or its visibility is not known or not documented."""
    stated, level, private = case.stated("visibility_level"), case.repository.visibility, case.demands.private
    place: tuple[str, Any, Any] = ("visibility_level", stated, PRIVATE if private else None)
    internal, odd = lower(case.stated("visibility")) == INTERNAL, case.repository.visibility_is_odd
    if private and (level == PUBLIC or internal):
        seen = "visible to the whole account" if internal else "public"
        case.subject.say("REPO_PUBLIC", F_T, f"The repository is {seen}; it must be private.", *place)
        return
    if odd:
        stated = case.stated("visibility")
        place = ("visibility", stated, "private" if private else None)
    if private and (odd or level != PRIVATE):
        seen = "not stated" if stated is None else f"undocumented: {stated!r}"
        case.subject.say("REPO_VISIBILITY_UNKNOWN", U, f"The repository must be private, but its visibility is {seen}.", *place)
    elif odd or (stated is not None and level not in (PRIVATE, PUBLIC)):
        case.subject.say("REPO_VISIBILITY_UNDOCUMENTED", W, f"The visibility of the repository is undocumented: {stated!r}.", *place)


def size(case: Case) -> None:
    """C16: the repository is larger than allowed, or its size is not known where one is demanded."""
    largest = case.demands.max_size
    if largest is None:
        return
    stated = case.stated("repository_size")
    holds, limit, expected = size_in_bytes(stated), size_in_bytes(largest), f"at most {largest}"
    if holds is None or limit is None:
        seen = "not stated" if stated is None else f"not readable: {stated!r}"
        case.subject.say("REPO_SIZE_UNKNOWN", U, f"The size of the repository is {seen}.", "repository_size", stated, expected)
    elif holds > limit:
        message = f"The repository has {stated}, allowed are {largest}."
        case.subject.say("REPO_TOO_LARGE", F_R, message, "repository_size", stated, expected)


def last_update(case: Case) -> None:
    """C17: the last update is longer ago than allowed; or when it was is not known, or not without a time zone."""
    if case.demands.max_age is None:
        return
    limit, stated, expected = duration(case.demands.max_age) or 0.0, case.stated("updated_at"), f"within {case.demands.max_age}"
    updated = parse_time(stated, case.watch.zone)
    if updated is None:
        seen = "not stated" if stated is None else f"not readable: {stated!r}"
        case.subject.say("REPO_AGE_UNKNOWN", U, f"The time of the last update is {seen}.", "updated_at", stated, expected)
        return
    least, most = (case.watch.seconds_since(moment) for moment in (updated.latest, updated.earliest))
    if least >= limit:
        message = f"The repository was last updated at least {span(least)} ago."
        case.subject.say("REPO_STALE", F_R, message, "updated_at", stated, expected, since=str(updated))
    elif most >= limit:
        message = f"Whether the last update, {updated}, is longer ago than {case.demands.max_age} cannot be told without its time zone."
        case.subject.say("REPO_AGE_UNKNOWN", W, message, "updated_at", stated, expected)


ROWS: tuple[Callable[[Case], None], ...] = (
    project_deleted,
    creating,
    creation_failed,
    out_of_service,
    status_undocumented,
    status_missing,
    role,
    visibility,
    size,
    last_update,
)


# --- The list --------------------------------------------------------------------------------------------------------------------


def misshapen(notice: Subject) -> None:
    """C1, C2: the answer has no list of repositories."""
    notice.say("API_SHAPE", U_T, "There is no list of repositories in the answer.", "result.repositories", expected="a list")


def incomplete(notice: Subject, fetched: int, total: int | None, wanted: Sequence[str], missing: Sequence[str]) -> None:
    """C3: fewer repositories came than there are; only a warning where every expected one is among them."""
    lacking = f" Not found among them: {', '.join(missing)}." if missing else ""
    if total is None or total <= fetched:
        message = f"{fetched} repositories of {notice.name} were read, and nothing shows that these are all.{lacking}"
    else:
        message = f"{fetched} of {total} repositories of {notice.name} were read.{lacking}"
    notice.say("LIST_INCOMPLETE", W if wanted and not missing else U, message, "result.total", fetched, total)


def not_found(subject: Subject, others: Sequence[Any]) -> None:
    """C4: an expected repository is not among those that were read, and nothing is missing of these."""
    hint = nearest(str(subject.name), others)
    message = f"The expected repository {subject.name} is not among those that were read, or not visible to this user.{hint}"
    subject.say("REPO_NOT_FOUND", F_T, message, expected=subject.name)


def none_at_all(notice: Subject) -> None:
    """C5: the project has no repository, and none is expected."""
    notice.say("REPO_NONE", U_T, f"There is no repository in {notice.name}.", "result.repositories", 0)


class _Listed(NamedTuple):
    """The repositories of one entry; None where it has no list.

    ``total``: how many there are, None where it is not stated. ``complete``: false where version 4, which states none, did not come to an
    end; else None or true.
    """

    entry: Entry
    repositories: list[Repository] | None
    total: int | None = None
    complete: bool | None = None

    @property
    def cut(self) -> bool:
        """Whether fewer came than there are."""
        if self.repositories is None:
            return False
        return self.complete is False or (self.total is not None and len(self.repositories) < self.total)


def judge_projects(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The lists of some projects; an expected repository may be in any of them.

    Entries: ``target`` the project's uuid, ``fields`` ``{"project_uuid", "total", "repositories": [object, ...]}``.
    """
    later = History()
    listed = [_list_of(entry) for entry in reading.entries]
    complete = not reading.errors and not any(answer.repositories is None or answer.cut for answer in listed)
    missing = _missing(listed, options)
    subjects = judge_errors(reading, options, earlier, later, not_found="REPO_PROJECT_NOT_FOUND", id_field="project_uuid")
    for answer in listed:
        subjects += _judged(answer, options, earlier, later)
        subjects += _noticed(answer, options, missing)
    return Judgement(subjects + (_not_found(listed, missing) if complete else []) or [nothing_read(reading)], later)


def judge_details(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The details of some repositories.

    Entries: ``target`` the uuid that was asked for, ``fields`` the repository itself.
    """
    later = History()
    listed = [_Listed(entry, [Repository.parse(entry.fields)]) for entry in reading.entries]
    id_field = "repository_id" if is_v4(options) else "repository_uuid"
    subjects = judge_errors(reading, options, earlier, later, not_found="REPO_NOT_FOUND", id_field=id_field)
    for answer in listed:
        subjects += _judged(answer, options, earlier, later)
    if not reading.errors:
        subjects += _not_found(listed, _missing(listed, options))
    return Judgement(subjects or [nothing_read(reading)], later)


def _list_of(entry: Entry) -> _Listed:
    objects = repositories_of(entry.fields)
    listed = None if objects is None else [Repository.parse(each) for each in objects]
    return _Listed(entry, listed, number(entry.fields.get("total")), entry.fields.get("complete"))


def _judged(listed: _Listed, options: Mapping[str, Any], earlier: History, later: History) -> list[Subject]:
    """The repositories of an entry with their findings; beside expected ones the others do not decide."""
    expect, subjects = options.get("expect") or [], []
    quiet: set[str] = set()  # the states of which no row had anything to say: a large project has few
    watch = Watch(options, listed.entry.target, listed.entry.read_at, earlier, later)
    for repository in listed.repositories or []:
        wants = [want for want in expect if repository.fits(want)] if expect else []
        subject = Subject(
            "Repository",
            repository.name,
            listed.entry.target,
            listed.entry.read_at,
            namespace=repository.group,
            asked=bool(wants) or not expect,
            is_state=True,
            origin=repository,
            observed=Shown(repository.raw, OBSERVED),
        )
        subjects.append(subject)
        state = None if wants or repository.others else repr([repository.raw.get(name) for name in STATE])
        if state in quiet:
            _judge_times(subject, repository, watch)
        else:
            _judge(subject, repository, watch, Demands.of(wants))
            if state and not subject.findings:
                quiet.add(state)
    return subjects


def _judge(subject: Subject, repository: Repository, watch: Watch, demands: Demands) -> None:
    """All rows, for each answer's statement of the repository: where two differ, the worse decides."""
    own, *others = repository.statements
    _judge_statement(Case(subject, own, watch, demands))
    for statement in others:
        case = Case(replace(subject, findings=[]), statement, watch, demands)
        _judge_statement(case)
        known = {(finding.code, finding.verdict) for finding in subject.findings}
        subject.findings += [finding for finding in case.subject.findings if (finding.code, finding.verdict) not in known]


def _judge_statement(case: Case) -> None:
    for row in ROWS:
        row(case)
    _judge_times(case.subject, case.repository, case.watch)


def _judge_times(subject: Subject, repository: Repository, watch: Watch) -> None:
    stated_in_the_future(subject, watch, repository.raw.get("created_at"), repository.raw.get("updated_at"))


def _noticed(listed: _Listed, options: Mapping[str, Any], missing: Sequence[Mapping[str, Any]]) -> list[Subject]:
    """What is to be said of the list itself, if anything."""
    entry = listed.entry
    notice = Subject("API", f"project {entry.target}", entry.target, entry.read_at, is_state=True, notice=True)
    expect = [_wanted(want) for want in options.get("expect") or []]
    if listed.repositories is None:
        misshapen(notice)
    elif listed.cut:
        incomplete(notice, len(listed.repositories), listed.total, expect, [_wanted(want) for want in missing])
    elif not listed.repositories and not expect:
        none_at_all(notice)
    return [notice] if notice.findings else []


def _missing(listed: Sequence[_Listed], options: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The expectations that no repository meets."""
    repositories = [repository for answer in listed for repository in answer.repositories or []]
    return [want for want in options.get("expect") or [] if not any(repository.fits(want) for repository in repositories)]


def _not_found(listed: Sequence[_Listed], missing: Sequence[Mapping[str, Any]]) -> list[Subject]:
    """A subject for each expected repository that is not there; it belongs to an id only where there is no other."""
    subjects = []
    for want in missing if listed else []:
        target = listed[0].entry.target if len(listed) == 1 else ""
        subject = Subject("Repository", _wanted(want), target, min(answer.entry.read_at for answer in listed), is_state=True)
        field = "repository_name" if want.get("name") else "repository_uuid"
        not_found(subject, [repository.raw.get(field) for answer in listed for repository in answer.repositories or []])
        subjects.append(subject)
    return subjects


def _wanted(want: Mapping[str, Any]) -> str:
    return str(want.get("name") or want.get("uuid"))

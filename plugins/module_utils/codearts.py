# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the two CodeArts endpoints share: the expectation options and the rules for a repository (readiness.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from .errors import OptionError, Said
from .findings import FAILED, PROGRESSING, UNKNOWN, WARNING, Finding
from .judging import Notes, nearest, text
from .values import duration, number, parse_time, size_in_bytes, span

EXPECT: dict[str, Any] = {
    "type": "list",
    "elements": "dict",
    "options": {
        "name": {"type": "str"},
        "uuid": {"type": "str"},
        "min_role": {"type": "int", "choices": [20, 30, 40]},
        "private": {"type": "bool"},
        "max_size": {"type": "str"},
        "max_age": {"type": "str"},
    },
}

ROLES = {20: "read-only member", 30: "common member", 40: "administrator"}
PRIVATE, PUBLIC = 0, 20
STATUSES = {
    2: ("REPO_CREATE_FAILED", "The creation of the repository failed."),
    3: ("REPO_FROZEN", "The repository is frozen."),
    4: ("REPO_CLOSED", "The repository is closed."),
    5: ("REPO_CLEARING", "The repository is being cleared."),
    7: ("REPO_DELETING", "The repository is being deleted."),
}
DELETED, KEPT = ("true", "1"), ("false", "0", "")

SUMMARY = dict.fromkeys(
    """repository_uuid repository_id repository_name group_name project_uuid project_is_deleted status userRole visibility_level
    repository_size created_at updated_at ssh_url https_url""".split(),
    0,
)


def validate_expect(options: Mapping[str, Any], path: str) -> None:
    """Refuses an expectation that names no repository, and limits that are none.

    :raises OptionError: naming the option with its path
    """
    for index, want in enumerate(options.get("expect") or []):
        here = f"{path}expect[{index}]"
        if not (want.get("name") or want.get("uuid")):
            raise OptionError(
                here,
                Said(", ".join(name for name in want if want[name]) or "nothing"),
                "a name or a uuid, to know which repository is meant",
            )
        if want.get("max_size") is not None and size_in_bytes(want["max_size"]) is None:
            raise OptionError(f"{here}.max_size", want["max_size"], "a size with its unit, such as 512M or 2G")
        if want.get("max_age") is not None and not duration(want["max_age"]):
            raise OptionError(f"{here}.max_age", want["max_age"], "a duration such as 90d or 12h")


@dataclass
class Repository:
    """A repository of an answer, with the id that was asked for and what was found about it."""

    raw: Mapping[str, Any]
    scope: str
    findings: list[Finding] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The repository's name, else its uuid."""
        return str(self.raw.get("repository_name") or self.raw.get("repository_uuid") or "unnamed")

    @property
    def namespace(self) -> str | None:
        """Its group."""
        return str(self.raw["group_name"]) if self.raw.get("group_name") else None

    def fits(self, want: Mapping[str, Any]) -> bool:
        """Whether an expectation means this repository: uuids without regard to case, names exactly."""
        if want.get("uuid") and text(self.raw.get("repository_uuid")) != text(want["uuid"]):
            return False
        return not want.get("name") or self.raw.get("repository_name") == want["name"]

    def say(self, notes: Notes, code: str, verdict: str, message: str, field: str, expected: object, **fields: Any) -> None:
        """Adds a finding about one field of the repository; failures of a repository do not heal by themselves."""
        place = {"kind": "Repository", "name": self.name, "namespace": self.namespace, "scope": self.scope}
        known = {"field": field, "observed": self.raw.get(field), "expected": expected, "terminal": verdict == FAILED}
        self.findings.append(notes.make(code, verdict, message, **{**place, **known, **fields}))


def judge_repositories(notes: Notes, repositories: list[Repository], complete: bool) -> bool:
    """Judges all repositories of a reading and looks for the expected ones (rows C4 to C17).

    :param complete: whether the reading is known to hold every repository there is
    :return: whether every expected repository was found
    """
    expect = notes.options.get("expect") or []
    missing = [want for want in expect if not any(repository.fits(want) for repository in repositories)]
    for want in missing if complete else []:
        wanted = str(want.get("name") or want.get("uuid"))
        hint = nearest(wanted, [one.raw.get("repository_name" if want.get("name") else "repository_uuid") for one in repositories])
        message = f"The expected repository {wanted} is not there, or not visible to this user.{hint}"
        notes.add("REPO_NOT_FOUND", FAILED, message, terminal=True, kind="Repository", name=wanted, expected=wanted)
    for repository in repositories:
        _judge_state(notes, repository)
        wants = [want for want in expect if repository.fits(want)]
        for want in wants:
            _judge_access(notes, repository, want)
            _judge_limits(notes, repository, want)
        notes.findings += repository.findings
        place = {"scope": repository.scope, "namespace": repository.namespace}
        notes.judged("Repository", repository.name, repository.findings, not expect or bool(wants), is_state=True, **place)
    return not missing


def _judge_state(notes: Notes, repository: Repository) -> None:
    """Rows C6 to C12."""
    deleted, stated = repository.raw.get("project_is_deleted"), repository.raw.get("status")
    place = {"kind": "Repository", "name": repository.name, "namespace": repository.namespace, "scope": repository.scope}
    notes.note_skew(repository.raw.get("created_at"), repository.raw.get("updated_at"), **place)
    deleted = "" if deleted is None else deleted
    if text(str(deleted)) in DELETED:
        repository.say(notes, "REPO_PROJECT_DELETED", FAILED, "The project of the repository is deleted.", "project_is_deleted", "false")
    elif text(str(deleted)) not in KEPT:
        message = f"Whether the project is deleted is not known: {deleted!r}."
        repository.say(notes, "REPO_PROJECT_DELETED_UNKNOWN", UNKNOWN, message, "project_is_deleted", "false")
    status = number(stated)
    if stated is None:
        repository.say(notes, "REPO_STATUS_MISSING", UNKNOWN, "The status of the repository is not stated.", "status", 0, terminal=True)
    elif status == 1:
        born = parse_time(repository.raw.get("created_at"), notes.zone)
        lasted = notes.age(born)
        late = lasted is not None and lasted >= notes.stuck_after
        message = "The repository is being created" + (f", for {span(lasted or 0)} already." if late else ".")
        since = str(born) if born else None
        repository.say(notes, "REPO_CREATING", FAILED if late else PROGRESSING, message, "status", 0, since=since, terminal=False)
    elif status in STATUSES:
        repository.say(notes, STATUSES[status][0], FAILED, STATUSES[status][1], "status", 0)
    elif status != 0:
        message = f"The status of the repository is undocumented: {stated!r}."
        repository.say(notes, "REPO_STATUS_UNDOCUMENTED", UNKNOWN, message, "status", 0)


def _judge_access(notes: Notes, repository: Repository, want: Mapping[str, Any]) -> None:
    """Rows C13 and C14."""
    if want.get("min_role") is not None:
        role, lowest = number(repository.raw.get("userRole")), want["min_role"]
        needed = f"needed is {lowest} ({ROLES[lowest]})"
        if role is None:
            message = f"The user's role is not stated; {needed}."
            repository.say(notes, "REPO_ROLE_UNKNOWN", WARNING, message, "userRole", f"at least {lowest}")
        elif role < lowest:
            message = f"The user's role is {role} ({ROLES.get(role, 'undocumented')}); {needed}."
            repository.say(notes, "REPO_ROLE_TOO_LOW", FAILED, message, "userRole", f"at least {lowest}")
    if want.get("private"):
        visibility = number(repository.raw.get("visibility_level"))
        if visibility == PUBLIC:
            repository.say(notes, "REPO_PUBLIC", FAILED, "The repository is public; it must be private.", "visibility_level", PRIVATE)
        elif visibility != PRIVATE:
            message = f"The visibility of the repository is undocumented: {repository.raw.get('visibility_level')!r}."
            repository.say(notes, "REPO_VISIBILITY_UNDOCUMENTED", WARNING, message, "visibility_level", PRIVATE)


def _judge_limits(notes: Notes, repository: Repository, want: Mapping[str, Any]) -> None:
    """Rows C16 and C17."""
    if want.get("max_size") is not None:
        size, limit = size_in_bytes(repository.raw.get("repository_size")), size_in_bytes(want["max_size"])
        expected = f"at most {want['max_size']}"
        if size is None or limit is None:
            message = "The size of the repository is not stated or cannot be read."
            repository.say(notes, "REPO_SIZE_UNKNOWN", WARNING, message, "repository_size", expected)
        elif size > limit:
            message = f"The repository has {repository.raw.get('repository_size')}, allowed are {want['max_size']}."
            repository.say(notes, "REPO_TOO_LARGE", FAILED, message, "repository_size", expected)
    if want.get("max_age") is not None:
        lasted, longest = notes.age(parse_time(repository.raw.get("updated_at"), notes.zone)), duration(want["max_age"])
        if lasted is not None and longest is not None and lasted >= longest:
            message = f"The repository was last updated {span(lasted)} ago."
            repository.say(notes, "REPO_STALE", WARNING, message, "updated_at", f"within {want['max_age']}")

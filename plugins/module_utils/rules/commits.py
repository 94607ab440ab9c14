# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Commits of CodeArts repositories: on their branch, built, protected, signed (rules.rst, rows M).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from ..model.commits import Commit, branch_name, check_repository_number, commit_hash
from ..model.errors import OptionError
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.shapes import lower, mapping, mappings, nested
from ..model.subjects import Judgement, Subject
from ..model.text import some_of
from ..model.units import number
from ..model.verdicts import F_R, F_T, U_T, P, U
from .common import nothing_read, shown, stated_in_the_future
from .errors import judge_errors

DEMANDS = ("ci", "protected", "signed")
RUNNING, ENDED_BADLY = ("pending", "running"), {"failed": "failed", "canceled": "was canceled", "timedout": "took too long"}
VERIFIED, UNVERIFIED = 1, 0  # verification_status
BRANCH_LONGEST = 2000  # characters
NAMES_SHOWN = 3


def is_of(want: Mapping[str, Any], repository_id: str) -> bool:
    """Whether an expectation is about a repository: the one that it names, else the only one there is."""
    return str(want.get("repository_id") or repository_id).strip() == repository_id


def validate_expect(options: Mapping[str, Any], path: str) -> None:
    """Refuses expectations that name no commit, or one of no repository that is read, and repositories of which nothing is expected.

    :param path: what stands before the option's name: ``checks[0].codearts_commit.``
    :raises OptionError: naming the option with its path
    """
    ids = [str(identifier).strip() for identifier in options.get("repository_ids") or []]
    expect = options.get("expect") or []
    if not expect:
        raise OptionError(f"{path}expect", options.get("expect"), "at least one commit: without one there is nothing to look for")
    for index, want in enumerate(expect):
        _validate_want(want, f"{path}expect[{index}]", ids)
    idle = next((identifier for identifier in ids if not any(is_of(want, identifier) for want in expect)), None)
    if idle:
        raise OptionError(
            f"{path}repository_ids", idle, "repositories of which 'expect' names a commit: nothing would be looked for in this one"
        )


def _validate_want(want: Mapping[str, Any], place: str, ids: Sequence[str]) -> None:
    if commit_hash(want.get("commit")) is None:
        expected = "a commit hash, at least 7 hex digits of one, or a revision such as main@sha1:...; a branch or a tag is no commit"
        raise OptionError(f"{place}.commit", want.get("commit"), expected)
    named = want.get("repository_id")
    if named is not None:
        check_repository_number(f"{place}.repository_id", named)
    if named is None and len(set(ids)) > 1:
        raise OptionError(f"{place}.repository_id", named, "one of repository_ids: there are several, and a commit is of one repository")
    if named is not None and str(named).strip() not in ids:
        raise OptionError(f"{place}.repository_id", named, "one of repository_ids: no other repository is read")
    branch = want.get("branch")
    if branch is not None and not (branch_name(branch) and branch.isprintable() and len(branch) <= BRANCH_LONGEST):
        raise OptionError(f"{place}.branch", branch, "the name of a branch; left out, the commit may be on any")
    if want.get("protected") and branch is None:
        raise OptionError(f"{place}.branch", branch, "the name of the branch that must be protected")


class Case(NamedTuple):
    """A commit with what is demanded of it, and the subject that takes the findings."""

    subject: Subject
    commit: Commit
    demands: frozenset[str]

    @property
    def branch_is_there(self) -> bool:
        """Whether the repository has the branch that was asked for; also where none was."""
        return not self.commit.branch or isinstance(self.commit.raw.get("branch_details"), dict)


# --- Where it is -----------------------------------------------------------------------------------------------------------------


def misshapen(notice: Subject) -> None:
    """M0: there are no commits in the reading, or one of them has no id."""
    notice.say("API_SHAPE", U_T, "There are no commits with their ids in the answer.", "commits", expected="a list")


def not_found(case: Case) -> None:
    """M1: the repository does not have the commit; a push may still come."""
    if not case.commit.is_there:
        message = f"The repository {case.commit.place} has no commit {case.commit.sha}: it was never pushed there."
        case.subject.say("COMMIT_NOT_FOUND", F_R, message, "commit", None, case.commit.sha)


def branch_not_found(case: Case) -> None:
    """M2: the repository does not have the branch; a push may still come."""
    if not case.branch_is_there:
        message = f"The repository {case.commit.place} has no branch {case.commit.branch}."
        case.subject.say("COMMIT_BRANCH_NOT_FOUND", F_R, message, "branch_details", None, case.commit.branch)


def not_on_branch(case: Case) -> None:
    """M3: the commit is on another branch, or on none; a merge may still come."""
    commit = case.commit
    if not commit.is_there or not case.branch_is_there or commit.is_on_branch:
        return
    seen = f"on {some_of(commit.branches, ', ', NAMES_SHOWN)}" if commit.branches else "on no branch"
    wanted = f", not on {commit.branch}" if commit.branch else ""
    case.subject.say("COMMIT_NOT_ON_BRANCH", F_R, f"The commit is {seen}{wanted}.", "branches", seen, commit.branch or "a branch")


# --- Its build -------------------------------------------------------------------------------------------------------------------


def _states(case: Case) -> list[tuple[str, Any]]:
    """The CI states that are stated of the commit, each with its field: its own, and that of its last pipeline where it has one."""
    last = nested(case.commit.details, "last_pipeline", "status")
    return [
        ("commit.status", case.commit.details.get("status")),
        *([("commit.last_pipeline.status", last)] if last not in (None, "") else []),
    ]


def _wants_ci(case: Case) -> bool:
    return "ci" in case.demands and case.commit.is_there


def ci_running(case: Case) -> None:
    """M4: the pipeline of the commit waits or runs."""
    for field, state in _states(case) if _wants_ci(case) else ():
        if lower(state) in RUNNING:
            case.subject.say("COMMIT_CI_RUNNING", P, f"The pipeline of the commit is {lower(state)}.", field, state, "success")
            return


def ci_failed(case: Case) -> None:
    """M5: the pipeline of the commit ended badly; it does not start again by itself."""
    for field, state in _states(case) if _wants_ci(case) else ():
        if lower(state) in ENDED_BADLY:
            url = nested(case.commit.details, "last_pipeline", "web_url")
            where = f" See {url}." if isinstance(url, str) and url else ""
            message = f"The pipeline of the commit {ENDED_BADLY[lower(state)]}.{where}"
            case.subject.say("COMMIT_CI_FAILED", F_T, message, field, state, "success")
            return


def ci_skipped(case: Case) -> None:
    """M6: the pipeline of the commit was skipped: nothing was built, nothing is proven, and nothing will be."""
    for field, state in _states(case) if _wants_ci(case) else ():
        if lower(state) == "skipped":
            message = "The pipeline of the commit was skipped, so nothing shows that it can be built."
            case.subject.say("COMMIT_CI_SKIPPED", U_T, message, field, state, "success")
            return


def ci_unknown(case: Case) -> None:
    """M7: no CI state is stated, none that is documented, or that of another commit."""
    if not _wants_ci(case):
        return
    built = lower(nested(case.commit.details, "last_pipeline", "sha"))
    if built and built != case.commit.id:
        message = f"The last pipeline that is stated is one of commit {built}: it shows nothing of this one."
        case.subject.say("COMMIT_CI_UNKNOWN", U, message, "commit.last_pipeline.sha", built, case.commit.id)
        return
    for field, state in _states(case):
        if lower(state) not in ("success", "skipped", *RUNNING, *ENDED_BADLY):
            seen = f"The state of its pipeline is {'not stated' if state in (None, '') else f'undocumented: {state!r}'}"
            case.subject.say("COMMIT_CI_UNKNOWN", U, f"{seen}.", field, state, "success")
            return


# --- Its branch and its signature ------------------------------------------------------------------------------------------------


def unprotected(case: Case) -> None:
    """M8: the branch must be protected, and say so."""
    if "protected" not in case.demands or not case.branch_is_there:
        return
    stated = nested(case.commit.raw, "branch_details", "protected")
    if stated is not True:
        seen = "is not protected" if stated is False else "does not say whether it is protected"
        mark = F_T if stated is False else U_T
        message = f"The branch {case.commit.branch} {seen}."
        case.subject.say("COMMIT_BRANCH_UNPROTECTED", mark, message, "branch_details.protected", shown(stated), True)


def unsigned(case: Case) -> None:
    """M9: the signature of the commit does not verify, or what is stated of it does not show that it does."""
    if "signed" not in case.demands or not case.commit.is_there:
        return
    stated = case.commit.details
    status = number(stated.get("verification_status"))
    proofs: dict[str, tuple[bool, Any]] = {
        "verification_status": (status == VERIFIED, VERIFIED),
        "open_gpg_verified": (stated.get("open_gpg_verified") is True, True),
        "gpg_primary_key_id": (bool(lower(stated.get("gpg_primary_key_id"))), "a key"),
    }
    lacking = next(((f"commit.{name}", shown(stated.get(name)), wanted) for name, (proven, wanted) in proofs.items() if not proven), None)
    if lacking and status == UNVERIFIED:
        case.subject.say("COMMIT_UNSIGNED", F_T, "The signature of the commit does not verify, or it has none.", *lacking)
    elif lacking:
        seen = ", ".join(f"{name} is {_in_words(stated.get(name))}" for name in proofs)
        message = f"Nothing shows that the signature of the commit was verified with a key: {seen}."
        case.subject.say("COMMIT_SIGNATURE_UNKNOWN", U_T, message, *lacking)


def _in_words(value: Any) -> str:
    return "not stated" if value is None else repr(value)


# M10: any other commit is ready.
ROWS: tuple[Callable[[Case], None], ...] = (
    not_found,
    branch_not_found,
    not_on_branch,
    ci_running,
    ci_failed,
    ci_skipped,
    ci_unknown,
    unprotected,
    unsigned,
)


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The commits that are expected in some repositories.

    Entries: ``target`` the repository's number, ``fields`` ``{"repository": object, "commits": [object, ...]}``.
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="REPO_NOT_FOUND", id_field="repository_id")
    for entry in reading.entries:
        watch = Watch(options, entry.target, entry.read_at, earlier, later)
        subjects += _judge_entry(entry, watch, [want for want in options.get("expect") or [] if is_of(want, entry.target)])
    return Judgement(subjects or [nothing_read(reading)], later)


def _judge_entry(entry: Entry, watch: Watch, expect: Sequence[Mapping[str, Any]]) -> list[Subject]:
    repository, listed = mapping(entry.fields.get("repository")), mappings(entry.fields.get("commits"))
    commits = [Commit(raw, repository) for raw in listed]
    expected = {_key(want) for want in expect}
    is_whole = listed == entry.fields.get("commits") and expected <= {(commit.sha, commit.branch) for commit in commits}
    if not is_whole or any(raw.get("commit") is not None and not commit.id for raw, commit in zip(listed, commits)):
        notice = Subject("API", f"repository {entry.target}", entry.target, entry.read_at, is_state=True, notice=True)
        misshapen(notice)
        return [notice]
    return [_judged(watch, commit, [want for want in expect if _key(want) == (commit.sha, commit.branch)]) for commit in commits]


def _key(want: Mapping[str, Any]) -> tuple[str, str]:
    return commit_hash(want.get("commit")) or "", branch_name(want.get("branch"))


def _judged(watch: Watch, commit: Commit, wants: Sequence[Mapping[str, Any]]) -> Subject:
    """A commit with its findings; of several expectations that mean it, all demands count."""
    observed = {
        "commit": commit.id or None,
        "branch": commit.branch or None,
        "on_branch": commit.is_on_branch,
        "ci": commit.details.get("status"),
        "protected": nested(commit.raw, "branch_details", "protected"),
        "verification_status": commit.details.get("verification_status"),
        "newer": commit.behind,
    }
    subject = Subject(
        "Commit",
        commit.name,
        watch.target,
        watch.now,
        namespace=commit.place or watch.target,
        asked=bool(wants),
        is_state=True,
        origin=commit,
        observed={name: shown(value) for name, value in observed.items()},
    )
    case = Case(subject, commit, frozenset(name for name in DEMANDS for want in wants if want.get(name)))
    for row in ROWS:
        row(case)
    stated_in_the_future(subject, watch, commit.details.get("committed_date"))
    return subject

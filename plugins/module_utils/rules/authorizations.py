# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations (rules.rst, rows A).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from ..model.authorizations import Authorization
from ..model.commits import commit_hash
from ..model.errors import ApiError, OptionError, Said
from ..model.git_urls import url_path, url_scheme
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.revisions import parse_expected, same_hash
from ..model.shapes import mappings, nearest
from ..model.subjects import Judgement, Subject
from ..model.units import number
from ..model.verdicts import F_R, F_T, SEVERITY, U_T, U, W
from .common import nothing_read, shown, stated_in_the_future
from .errors import error_mark, in_words, judge_errors

WAYS = ("name", "repo_type", "host", "user")  # to say which authorization is meant
PROBED_SCHEMES = ("https", "http", "ssh")
REFUSED_AUTHORIZATION = ("SVCSTG.REPO.0450", "SVCSTG.REPO.0451", "SVCSTG.REPO.0452")  # services.rst, "Codes"
COMMITS_SHOWN = 10  # the newest ones of a branch or tag; services.rst, "ServiceStage: through an authorization"
_HEADER_SAFE = re.compile(r"[!-~]+", re.ASCII)
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
        if want.get("probe"):
            _validate_probe(want, f"{path}expect[{index}]")


def _validate_probe(want: Mapping[str, Any], place: str) -> None:
    name, url = want.get("name"), want["probe"].get("clone_url")
    if not name or not _HEADER_SAFE.fullmatch(name):
        expected = (
            "the name of an authorization in printable ASCII without blanks: a probe sends it in a header, where nothing else is documented"
        )
        raise OptionError(f"{place}.name", name, expected)
    if url_scheme(url) not in PROBED_SCHEMES or not url_path(url) or re.search(r"\s", url.strip()):
        raise OptionError(f"{place}.probe.clone_url", url, "the clone URL of a repository, such as https://github.com/shop/frontend.git")
    if "@" in urlsplit(url).netloc:
        raise OptionError(f"{place}.probe.clone_url", Said("a URL with a user or password"), "one without: the authorization has its own")
    ref = want["probe"].get("ref")
    if ref is not None and not (ref.strip() and ref.isprintable()):
        raise OptionError(f"{place}.probe.ref", ref, "the name of a branch or tag; left out, it is the default branch")
    commit = want["probe"].get("commit")
    if commit is not None and commit_hash(commit) is None:
        raise OptionError(f"{place}.probe.commit", commit, "a commit hash, or at least 7 hex digits of one")


def misshapen(notice: Subject) -> None:
    """A0: the answer has no list of authorizations."""
    notice.say("API_SHAPE", U_T, "There is no list of authorizations in the answer.", "authorizations", expected="a list")


def none_at_all(notice: Subject, wanted: Sequence[str]) -> None:
    """A1: the project has no authorization."""
    lacking = f"; expected: {', '.join(wanted)}." if wanted else "."
    message = f"The project has no authorization{lacking}"
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


# --- Whether it still works ------------------------------------------------------------------------------------------------------


class Probe(NamedTuple):
    """What a repository answered through an authorization; ``raw`` as the reading has it, None where it has none.

    ``commit``: the one that is expected there; None for none.
    """

    subject: Subject
    clone_url: str
    raw: Mapping[str, Any] | None
    commit: str | None

    @property
    def error(self) -> ApiError | None:
        """The failure, where it failed."""
        error = (self.raw or {}).get("error")
        return ApiError.from_dict(error) if isinstance(error, dict) else None


def probe_refused(probe: Probe, error: ApiError) -> bool:
    """A9: ServiceStage says that the authorization does not work."""
    if error.code not in REFUSED_AUTHORIZATION:
        return False
    message = f"The authorization does not open {probe.clone_url}: {error.message} ({error.code})"
    probe.subject.say("AUTH_PROBE_REFUSED", F_T, message, "probes", error.code, "an answer")
    commit_not_looked_for(probe)
    return True


def commit_not_looked_for(probe: Probe) -> None:
    """A11: a waiver of A9 does not prove an expected commit, so that is held."""
    if probe.commit is not None:
        first = len(probe.subject.findings)
        message = f"Whether the commit {probe.commit} is in {probe.clone_url} is not known: the authorization does not open it."
        probe.subject.say("AUTH_PROBE_COMMIT_MISSING", U, message, "probes", None, probe.commit)
        probe.subject.hold(first)


def probe_failed(probe: Probe, error: ApiError) -> None:
    """A10: the repository is not there, or what came through the authorization is an error as any other (rows E)."""
    code, mark = error_mark(error, "AUTH_PROBE_NOT_FOUND")
    message = f"The probe of {probe.clone_url} failed: {in_words(error)}"
    probe.subject.say(code, mark, message, "probes", error.status, cause="api")


def probe_misshapen(probe: Probe) -> None:
    """A10: there is no answer to the probe, or one without a list of commits."""
    message = f"There is no list of commits in the answer to the probe of {probe.clone_url}."
    probe.subject.say("API_SHAPE", U_T, message, "probes", expected="a list")


def probed_commit(probe: Probe, commits: Sequence[Mapping[str, Any]]) -> None:
    """A11: an expected commit is not among the newest ones; where there are fewer than the service shows, it is not there."""
    if probe.commit is None or any(same_hash(parse_expected(probe.commit), parse_expected(str(each.get("sha")))) for each in commits):
        return
    cut = len(commits) >= COMMITS_SHOWN
    older = ", which is all that the service shows: it may be older" if cut else ""
    message = f"The commit {probe.commit} is not among the newest {len(commits)} of {probe.clone_url}{older}."
    probe.subject.say("AUTH_PROBE_COMMIT_MISSING", U if cut else F_R, message, "probes", len(commits), probe.commit)


def _judge_probe(probe: Probe) -> None:
    error = probe.error
    commits = (probe.raw or {}).get("commits")
    if error is not None:
        if not probe_refused(probe, error):
            probe_failed(probe, error)
    elif not isinstance(commits, list) or not all(isinstance(each, dict) for each in commits):
        probe_misshapen(probe)
    else:
        probed_commit(probe, commits)


# --- All of them -----------------------------------------------------------------------------------------------------------------


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
    probes = mappings(entry.fields.get("probes"))
    for want, indexes in zip(expect, matches):
        if want.get("probe") and indexes:
            asked = {"name": want["name"], "clone_url": want["probe"]["clone_url"], "ref": want["probe"].get("ref")}
            raw = next((each for each in probes if all(each.get(name) == value for name, value in asked.items())), None)
            _judge_probe(Probe(subjects[indexes[0]], asked["clone_url"], raw, commit_hash(want["probe"].get("commit"))))
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

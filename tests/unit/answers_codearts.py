# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builders for readings of CodeArts repositories and ServiceStage authorizations, and for judging them.

Every builder gives something that is ready; a test says only what is different. A keyword that is `GONE` leaves the field out.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import ApiError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.verdicts import FAILED, PROGRESSING, READY, UNKNOWN, WARNING

from unit.answers import IAM_PROJECT, NOW, PROJECT, UUID, given, local, same_however_read

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Judgement, Subject

F, U, P, R, W = FAILED, UNKNOWN, PROGRESSING, READY, WARNING


OTHER_UUID = "2" * 32
HOURS, DAYS = 3600.0, 86400.0


def repository(**fields: Any) -> dict[str, Any]:
    """A CodeArts repository that is ready."""
    name = fields.get("repository_name", "shop")
    known = {
        "repository_uuid": UUID,
        "repository_name": "shop",
        "group_name": "Demo",
        "https_url": f"https://codehub.example.com/Demo/{name}.git",
        "ssh_url": f"git@codehub.example.com:Demo/{name}.git",
        "visibility_level": 0,
        "created_at": "2019-10-15 09:40:26",
        "updated_at": local(10 * DAYS),
        "repository_size": "0.06M",
        "status": 0,
        "project_is_deleted": "false",
        "userRole": 30,
    }
    return given(**{**known, **fields})


def reading(endpoint: str, *entries: Entry, errors: Iterable[ReadError] = ()) -> Reading:
    """A reading."""
    return Reading(endpoint, {}, entries, tuple(errors))


def projects(*items: Any, total: Any = None, project: str = PROJECT, errors: Iterable[ReadError] = (), at: datetime = NOW) -> Reading:
    """A reading of the list of one project."""
    fields = given(project_uuid=project, total=len(items) if total is None else total, repositories=list(items))
    return reading("codearts_project_repository", Entry(project, at, fields), errors=errors)


def details(*items: dict[str, Any], errors: Iterable[ReadError] = (), at: datetime = NOW) -> Reading:
    """A reading of the details of some repositories."""
    entries = (Entry(str(item.get("repository_uuid")), at, item) for item in items)
    return reading("codearts_repository", *entries, errors=errors)


def authorization(**fields: Any) -> dict[str, Any]:
    """A ServiceStage authorization that is valid."""
    known = {
        "name": "github-tom",
        "repo_type": "github",
        "repo_host": "https://api.github.com",
        "repo_home": "https://github.com/tom-repo",
        "repo_user": "tom-repo",
        "token_type": "oauth",
        "create_time": 1649731565642,
        "update_time": 1649731565642,
        "status": 0,
    }
    return given(**{**known, **fields})


def authorizations(*items: Any, at: datetime = NOW, **fields: Any) -> Reading:
    """A reading of the authorizations of a project."""
    known = {"authorizations": list(items), "count": len(items), "project_id": IAM_PROJECT}
    return reading("servicestage_git_authorization", Entry(IAM_PROJECT, at, given(**{**known, **fields})))


def failed(status: int | None, code: str = "", target: str = PROJECT, **fields: Any) -> ReadError:
    """A failed request."""
    known = {"message": "refused", "request_id": "r1", "service": "codearts_repo", "path": "/v1/x"}
    return ReadError(target, NOW, ApiError(**{**known, "status": status, "code": code, **fields}))


# --- Judging -----------------------------------------------------------------------------------------------------------------------


def judged(judge: Any, answer: Reading, history: History | None = None, **options: Any) -> Judgement:
    """One judgement; the reading and the history are the same afterwards."""
    earlier = history or History()
    before = copy.deepcopy((answer.entries, earlier))
    found = same_however_read(judge, answer, options, earlier)
    assert (answer.entries, earlier) == before, "a judge changes nothing"
    return found


def finding(judgement: Judgement, code: str) -> Finding:
    """The first finding with a code."""
    found = [each for each in judgement.findings if each.code == code]
    assert found, f"no {code} in {summary(judgement)}"
    return found[0]


def summary(judgement: Judgement) -> list[Any]:
    """Codes, marks and messages."""
    return [(each.code, str(each.mark), each.message) for each in judgement.findings]


def codes(judgement: Judgement) -> list[str]:
    """The codes of all findings, sorted."""
    return sorted(each.code for each in judgement.findings)


def deciding(judgement: Judgement) -> list[Subject]:
    """The objects that decide."""
    return [subject for subject in judgement.subjects if subject.asked and not subject.notice]


def shown(found: Finding) -> str:
    """All that a finding shows, as text."""
    return "\n".join(str(value) for value in found.as_dict().values())


def moved(answer: Reading, seconds: float) -> Reading:
    """The same answer, read so many seconds later."""
    entries = tuple(Entry(entry.target, entry.read_at + timedelta(seconds=seconds), entry.fields) for entry in answer.entries)
    return Reading(answer.endpoint, answer.question, entries, answer.errors)


@dataclass(frozen=True)
class Row:
    """A reading (again after some seconds) with options, and what it has to be judged as.

    `mark`: that of the finding with the code, as rules.rst writes it. No code: no finding at all.
    """

    id: str
    reading: Reading
    verdict: str
    code: str | None = None
    mark: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    again: tuple[float, ...] = ()

    def check(self, judge: Any) -> None:
        """Judges and asserts; where it is read again, the last one counts."""
        judgement = judged(judge, self.reading, **self.options)
        for seconds in self.again:
            judgement = judged(judge, moved(self.reading, seconds), judgement.history, **self.options)
        assert judgement.verdict == self.verdict, summary(judgement)
        if self.code is None:
            assert not judgement.findings, summary(judgement)
            return
        found = finding(judgement, self.code)
        assert str(found.mark) == self.mark, summary(judgement)
        assert (found.retryable, bool(found.message), bool(found.remediation)) == (self.mark == "F r", True, True)

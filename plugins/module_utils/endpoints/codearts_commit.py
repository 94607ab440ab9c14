# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Commits of CodeArts repositories, their branches and their CI state (``GET /v4/repositories/{repository_id}/repository/...``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from ..http.client import EntryRequests
from ..model.commits import branch_name, commit_hash
from ..model.errors import ApiError
from ..model.shapes import lower, nested
from ..rules import commits
from .codearts import SERVICE, check_repository_ids, no_shape, other_number, read_repository, v4_path
from .endpoint import Endpoint

PAGE_SIZE = 100  # the largest the API takes
MOST_PAGES = 50  # of branches that have a commit


def read(requests: EntryRequests, repository_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """What is known of the commits that are expected in a repository: ``{"repository": {...}, "commits": [...]}``.

    :raises ApiError: also for an answer without an id
    """
    repository = read_repository(requests, repository_id)
    wanted = [want for want in options.get("expect") or [] if commits.is_of(want, repository_id)]
    asked = dict.fromkeys((commit_hash(want["commit"]) or "", branch_name(want.get("branch"))) for want in wanted)
    return {"repository": repository, "commits": [_Question(requests, repository_id, *each).answer() for each in asked]}


class _Question:
    """What is asked of one commit.

    :param sha: its hash, or the first digits of it
    :param branch: the branch that it has to be on; empty where any will do
    """

    def __init__(self, requests: EntryRequests, repository_id: str, sha: str, branch: str) -> None:
        self.requests, self.repository_id, self.sha, self.branch = requests, repository_id, sha, branch

    def answer(self) -> dict[str, Any]:
        """The object of the reading; None for what the service does not have, or what was not asked."""
        commit = self._ask("commits", [("sha", self.sha), ("stats", False)], self._other_commit)
        branch = self._ask("branch", [("branch_name", self.branch)], self._other_branch) if self.branch else None
        whole = lower(nested(commit, "id"))
        if commit is not None and not whole:
            raise no_shape("The answer names no id of the commit.", self._path("commits"))
        if branch is not None and not branch_name(branch.get("name")):
            raise no_shape("The answer names no branch.", self._path("branch"))
        branches = self._branches(whole) if commit is not None else None
        return {
            "sha": self.sha,
            "branch": self.branch or None,
            "commit": commit,
            "branches": branches,
            "branch_details": branch,
            "compare": self._later(whole, lower(nested(branch, "commit", "id")), branches or []),
        }

    def _path(self, *parts: str) -> str:
        return v4_path(self.repository_id, "repository", *parts)

    def _ask(self, part: str, query: Iterable[tuple[str, Any]], confirm: Callable[[dict[str, Any]], str | None]) -> dict[str, Any] | None:
        """An object of the repository; None where it has no such one: that the repository is there is known."""
        try:
            return self.requests.get(SERVICE, self._path(part), query, confirm=confirm)
        except ApiError as error:
            if not error.absent:
                raise
        return None

    def _other_commit(self, body: dict[str, Any]) -> str | None:
        """E8: the answer is about another commit, as for a branch that is named like the first digits of a hash, or another repository."""
        stated = lower(body.get("id"))
        if stated and not stated.startswith(self.sha):
            return f"Asked for commit {self.sha}, the answer is about {stated}."
        return other_number(self.repository_id, body.get("project_id"))  # which is the repository here

    def _other_branch(self, body: dict[str, Any]) -> str | None:
        """E8: the answer is about another branch; the case of their names matters."""
        stated = branch_name(body.get("name"))
        return f"Asked for branch {self.branch}, the answer is about {stated}." if stated and stated != self.branch else None

    def _branches(self, commit: str) -> list[str]:
        """The branches that have a commit, until the one that was asked for is among them.

        :raises ApiError: for pages that do not end, and for what is no list of names
        """
        path = self._path("commits", commit, "refs")
        names: list[str] = []
        for page_number in range(MOST_PAGES):
            query = [("type", "branch"), ("offset", page_number * PAGE_SIZE), ("limit", PAGE_SIZE)]
            page = self.requests.get_list(SERVICE, path, query)
            if not all(isinstance(name, str) for name in page):
                raise no_shape("There is no list of branches in the answer.", path)
            names += page
            if len(page) < PAGE_SIZE or (self.branch and self.branch in map(branch_name, page)):
                return names
        raise no_shape(f"The list of branches that have the commit does not end within {len(names)} names.", path)

    def _later(self, commit: str, head: str, branches: list[str]) -> dict[str, Any] | None:
        """The commits of the branch that came after this one, of many the newest; None where there is none, or it is not on the branch."""
        if not head or not commit or head == commit or self.branch not in map(branch_name, branches):
            return None
        query = [("from", commit), ("to", head), ("compare_type", "commit"), ("straight", True), ("view", "commits"), ("limit", PAGE_SIZE)]
        return self.requests.get(SERVICE, v4_path(self.repository_id, "compare"), query)


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids and expectations.

    :raises OptionError: naming the option with its path
    """
    check_repository_ids(options, path, "repository_ids")
    commits.validate_expect(options, path)


_COMMIT = dict.fromkeys(("id", "status", "committed_date", "open_gpg_verified", "verification_status", "gpg_primary_key_id"), 0)

ENDPOINT = Endpoint(
    name="codearts_commit",
    service=SERVICE,
    collection="repositories",
    id_field="repository_id",
    objects="commits",
    summary={
        **dict.fromkeys(("sha", "branch", "branches"), 0),
        "commit": {**_COMMIT, "last_pipeline": dict.fromkeys(("id", "web_url", "sha", "ref", "status"), 0)},
        "branch_details": {"name": 0, "protected": 0, "commit": {"id": 0}},
        "compare": {"commits_count": 0, "compare_timeout": 0, "commits": [{"id": 0, "parent_ids": 0}]},
    },
    ids={"repository_ids": {"type": "list", "elements": "str", "required": True, "aliases": ["repository_id"]}},
    listing={},
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "required": True,
            "options": {
                "repository_id": {"type": "str"},
                "commit": {"type": "str", "required": True},
                "branch": {"type": "str"},
                "ci": {"type": "bool"},
                "protected": {"type": "bool"},
                "signed": {"type": "bool"},
            },
        }
    },
    read=read,
    rules=commits.judge,
    validate=validate,
    numeric=True,
)

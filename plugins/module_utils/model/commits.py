# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Commits of CodeArts repositories, as version 4 of its API states them: where one is, and what came after it (rules.rst, rows M and X8).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .errors import OptionError
from .git_urls import normal_url
from .revisions import HEADS, PREFIX_MIN, parse_expected, same_hash, short_name
from .shapes import lower, mapping, mappings, nested
from .units import number

MAX_NUMBER = 2147483647
_NUMBER = re.compile(r"[1-9][0-9]{0,9}", re.ASCII)
LONGEST_HASH = 64  # hex digits: SHA-256, the longest that git has


def commit_hash(value: Any) -> str | None:
    """The hash of a commit, whole or its first digits, in lower case; also that of ``main@sha1:...``. None for what is none."""
    digits = parse_expected(value).hex if isinstance(value, str) else None
    return digits if digits and PREFIX_MIN <= len(digits) <= LONGEST_HASH else None


def check_repository_number(option: str, value: str) -> None:
    """Refuses what is no number of a repository, by which version 4 of the API names it.

    :raises OptionError: naming the option
    """
    if not _NUMBER.fullmatch(value.strip()) or int(value) > MAX_NUMBER:
        expected = f"the number of a repository, its repository_id, from 1 to {MAX_NUMBER}; it is no UUID and no name"
        raise OptionError(option, value, expected)


def branch_name(value: Any) -> str:
    """The name of a branch without ``refs/heads/``; empty for none."""
    return short_name(value.strip(), HEADS) if isinstance(value, str) else ""


@dataclass(frozen=True)
class Commit:
    """A commit that was asked for.

    :ivar raw: the object of a reading: ``{"sha", "branch", "commit", "branches", "branch_details", "compare"}``
    :ivar repository: the details of its repository
    """

    raw: Mapping[str, Any]
    repository: Mapping[str, Any]

    @property
    def sha(self) -> str:
        """The hash as it was asked for, in lower case."""
        return lower(self.raw.get("sha"))

    @property
    def branch(self) -> str:
        """The branch that it has to be on; empty where any will do."""
        return branch_name(self.raw.get("branch"))

    @property
    def details(self) -> dict[str, Any]:
        """What is stated of it; empty where the repository does not have it."""
        return mapping(self.raw.get("commit"))

    @property
    def is_there(self) -> bool:
        """Whether the repository has it."""
        return isinstance(self.raw.get("commit"), dict)

    @property
    def id(self) -> str:
        """Its whole hash, as stated; empty where it is not there."""
        return lower(self.details.get("id"))

    @property
    def branches(self) -> list[str]:
        """The branches that have it; where the one that was asked for is among them, perhaps not all."""
        listed = self.raw.get("branches")
        return [branch_name(name) for name in listed if isinstance(name, str)] if isinstance(listed, list) else []

    @property
    def is_on_branch(self) -> bool:
        """Whether it is on the branch that was asked for, or on any where none was."""
        return self.branch in self.branches if self.branch else bool(self.branches)

    @property
    def head(self) -> str:
        """The newest commit of the branch; empty where it is not stated."""
        return lower(nested(self.raw, "branch_details", "commit", "id"))

    @property
    def behind(self) -> int | None:
        """How many commits the branch has that came after it; None where that is not known."""
        if self.id and self.head == self.id:
            return 0
        return number(nested(self.raw, "compare", "commits_count"))

    @property
    def name(self) -> str:
        """What it is called: ``main@5394cb7...``."""
        return f"{self.branch}@{self.sha}" if self.branch else self.sha

    @property
    def place(self) -> str:
        """The repository in words: its path with its groups, else its name or number."""
        stated = (self.repository.get(name) for name in ("path_with_namespace", "name_with_namespace", "name", "id"))
        return next((str(value) for value in stated if value), "")

    @property
    def urls(self) -> list[str]:
        """The URLs that its repository is cloned from, in the form that is compared (rules.rst, X4)."""
        return [normal_url(self.repository[name]) for name in ("http_url_to_repo", "ssh_url_to_repo") if self.repository.get(name)]

    def is_meant_by(self, revision: str) -> bool:
        """Whether a revision is this commit; either may be abbreviated."""
        mine, other = parse_expected(self.id or self.sha), parse_expected(revision)
        return same_hash(mine, other) or same_hash(other, mine)

    @property
    def _later(self) -> dict[str, list[str]]:
        """The commits of the branch that came after it, each with its parents."""
        listed = mappings(nested(self.raw, "compare", "commits"))
        return {lower(each.get("id")): [lower(parent) for parent in each.get("parent_ids") or []] for each in listed}

    @property
    def knows_all_later(self) -> bool:
        """Whether every commit of the branch that came after it is known."""
        if self.id and self.head == self.id:
            return True
        compare = mapping(self.raw.get("compare"))
        return compare.get("compare_timeout") is not True and number(compare.get("commits_count")) == len(self._later)

    def came_later(self, revision: str) -> bool:
        """Whether a revision is one of the commits of the branch that are known to have come after it."""
        return any(same_hash(parse_expected(revision), parse_expected(known)) for known in self._later)

    def newer_by(self, revision: str) -> int | None:
        """How many commits of the branch lead from this commit to a revision; None where that does not come after it, or is not known."""
        later, wanted = self._later, parse_expected(revision)
        start = next((known for known in later if same_hash(wanted, parse_expected(known))), None)
        if start is None or not self.id:
            return None
        seen: set[str] = set()
        ahead, descends = [start], False
        while ahead:
            known = ahead.pop()
            if known in seen:
                continue
            seen.add(known)
            for parent in later[known]:
                descends = descends or parent == self.id
                if parent in later:
                    ahead.append(parent)
                elif parent != self.id and not self.knows_all_later:
                    return None  # it may be one of those that are not known
        return len(seen) if descends else None

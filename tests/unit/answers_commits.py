# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Builders for readings of commits. Every builder gives something that is ready; a test says only what is different."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.readings import Entry, ReadError, Reading

from unit.answers import NOW, OTHER_SHA, SHA, given

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

NUMBER = "1001"
THIRD_SHA = "89abcdef0123456789abcdef0123456789abcdef"
URL = "https://codehub.example.com/Demo/shop.git"
REPOSITORY = {"id": 1001, "name": "shop", "path_with_namespace": "Demo/shop", "http_url_to_repo": URL, "ssh_url_to_repo": None}


def details(sha: str = SHA, **fields: Any) -> dict[str, Any]:
    """What is stated of a commit that was built and signed."""
    known = {
        "id": sha,
        "status": "success",
        "last_pipeline": {"id": 7, "web_url": "https://devcloud.example.com/7", "sha": sha, "ref": "main", "status": "success"},
        "committed_date": "2025-12-01T10:00:00.000+08:00",
        "open_gpg_verified": True,
        "verification_status": 1,
        "gpg_primary_key_id": "4AEE18F83AFDEB23",
    }
    return given(**{**known, **fields})


def branch(head: str = SHA, **fields: Any) -> dict[str, Any]:
    """A protected branch whose newest commit is the one that is asked for."""
    return given(**{"name": "main", "protected": True, "commit": {"id": head}, **fields})


def commit(**fields: Any) -> dict[str, Any]:
    """A commit on its branch, as a reading holds it."""
    known = {
        "sha": SHA,
        "branch": "main",
        "commit": details(),
        "branches": ["develop", "main"],
        "branch_details": branch(),
        "compare": None,
    }
    return given(**{**known, **fields})


def later(*commits: tuple[str, list[str]], count: Any = None, **fields: Any) -> dict[str, Any]:
    """What compare says of the commits that came after: each with its parents, the newest first."""
    listed = [{"id": sha, "parent_ids": parents} for sha, parents in commits]
    return {"commits_count": len(listed) if count is None else count, "commits": listed, "compare_timeout": False, **fields}


AFTER = commit(branch_details=branch(THIRD_SHA), compare=later((THIRD_SHA, [OTHER_SHA]), (OTHER_SHA, [SHA])))


def commits(
    *listed: Any, errors: Iterable[ReadError] = (), at: datetime = NOW, number: str = NUMBER, repository: Any = None, **fields: Any
) -> Reading:
    """A reading of one repository."""
    entry = {"repository": REPOSITORY if repository is None else repository, "commits": list(listed), **fields}
    failed = tuple(errors)
    return Reading("codearts_commit", {}, () if failed else (Entry(number, at, given(**entry)),), failed)


def wanting(**fields: Any) -> dict[str, Any]:
    """The options that expect the commit on its branch."""
    return {"repository_ids": [NUMBER], "expect": [given(**{"commit": SHA, "branch": "main", **fields})]}

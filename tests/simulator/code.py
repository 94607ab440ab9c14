# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Git repositories of the simulated cloud: branches and commits as CodeArts Repo v4 shows them, and those behind an authorization."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .templates import merge

SHOWN_TIME = "2025-11-30T08:00:00.000+08:00"
VISIBILITIES = {0: "private", 10: "internal", 20: "public"}


class Git:
    """The branches and commits of one repository.

    Args:
        spec: ``branches``: by name the commits, the newest first, or ``{commits, protected, default}``. ``commits``: by hash what else is
            known of one: ``parents``, ``status`` (of its pipeline), ``signed`` (true, false), ``set`` (merged over the answer); one that is
            on no branch exists all the same.
    """

    def __init__(self, spec: Mapping[str, Any]) -> None:
        self.more: Mapping[str, Any] = spec.get("commits") or {}
        named = {name: value if isinstance(value, dict) else {"commits": value} for name, value in (spec.get("branches") or {}).items()}
        self.branches: dict[str, dict[str, Any]] = named
        self.parents: dict[str, list[str]] = {sha: [] for sha in self.more}
        for branch in named.values():
            shas = branch["commits"]
            for position, sha in enumerate(shas):
                self.parents[sha] = self.parents.get(sha) or shas[position + 1 : position + 2]
        self.parents.update({sha: more["parents"] for sha, more in self.more.items() if "parents" in more})

    def find(self, name: str) -> str | None:
        """The commit that a branch, a hash or the first digits of one names."""
        if name in self.branches:
            return self.head(name)
        fitting = [sha for sha in self.parents if name and sha.startswith(name.lower())]
        return fitting[0] if len(fitting) == 1 else None

    def head(self, branch: str) -> str:
        """The newest commit of a branch."""
        return str(self.branches[branch]["commits"][0])

    def reachable(self, sha: str) -> list[str]:
        """A commit and all that came before it, the newest first."""
        found: list[str] = []
        ahead = [sha]
        while ahead:
            known = ahead.pop(0)
            if known not in found:
                found.append(known)
                ahead += self.parents.get(known, [])
        return found

    def branches_with(self, sha: str) -> list[str]:
        """The branches that have a commit."""
        return [branch for branch in self.branches if sha in self.reachable(self.head(branch))]

    def commit(self, sha: str) -> dict[str, Any]:
        """A CommitDto."""
        more = self.more.get(sha, {})
        signed = more.get("signed")
        built = {
            "id": sha,
            "short_id": sha[:8],
            "title": f"Change {sha[:8]}",
            "message": f"Change {sha[:8]}",
            "parent_ids": self.parents.get(sha, []),
            "author_name": "deployer",
            "author_email": "deployer@example.com",
            "authored_date": SHOWN_TIME,
            "committer_name": "deployer",
            "committer_email": "deployer@example.com",
            "committed_date": SHOWN_TIME,
            "created_at": SHOWN_TIME,
            "open_gpg_verified": signed is True,
            "verification_status": None if signed is None else int(signed),
            "gpg_primary_key_id": "4AEE18F83AFDEB23" if signed else None,
        }
        merged: dict[str, Any] = merge(built, more.get("set", {}))
        return merged

    def details(self, sha: str, number: int) -> dict[str, Any]:
        """A commit with its pipeline, as it is shown alone."""
        status = self.more.get(sha, {}).get("status")
        url = f"https://devcloud.example.com/pipelines/{sha[:8]}"
        pipeline = {"id": 77, "web_url": url, "sha": sha, "ref": "main", "status": status} if status else None
        built = {**self.commit(sha), "status": status, "last_pipeline": pipeline, "project_id": number, "merge_request": None}
        merged: dict[str, Any] = merge(built, self.more.get(sha, {}).get("set", {}))
        return merged

    def branch(self, name: str) -> dict[str, Any]:
        """A branch, as it is shown alone."""
        spec = self.branches[name]
        return {
            "name": name,
            "commit": self.commit(self.head(name)),
            "merged": False,
            "protected": spec.get("protected", False),
            "developers_can_push": True,
            "developers_can_merge": True,
            "can_push": True,
            "default": spec.get("default", name == next(iter(self.branches))),
        }

    def compare(self, start: str, end: str) -> list[dict[str, Any]]:
        """The commits of ``end`` that ``start`` does not have, the newest first."""
        before = set(self.reachable(start))
        return [self.commit(sha) for sha in self.reachable(end) if sha not in before]


def basic(repository: Mapping[str, Any]) -> dict[str, Any]:
    """A BasicRepositoryDto, the object of the list of version 4, for a RepoInfoV2."""
    group, name = repository["group_name"], repository["repository_name"]
    return {
        "id": repository["repository_id"],
        "name": name,
        "namespace": group,
        "path": name,
        "develop_mode": "normal",
        "visibility": VISIBILITIES.get(repository["visibility_level"], repository["visibility_level"]),
        "security": "product_internal",
        "name_with_namespace": f"{group} / {name}",
        "archived": False,
        "status": None if repository["status"] is None else str(repository["status"]),
    }


def detailed(repository: Mapping[str, Any], branches: Iterable[str] = ()) -> dict[str, Any]:
    """The details of version 4 for a RepoInfoV2: with its uuid and URLs, and without its status."""
    shown = basic(repository)
    group, names = repository["group_name"], list(branches)
    del shown["status"]
    return {
        **shown,
        "description": "",
        "path_with_namespace": f"{group}/{shown['name']}",
        "namespace": {"id": 1, "name": group, "path": group, "kind": "group", "full_path": group, "full_name": group},
        "created_at": repository["created_at"],
        "updated_at": repository["updated_at"],
        "last_activity_at": repository["updated_at"],
        "http_url_to_repo": repository["https_url"],
        "ssh_url_to_repo": repository["ssh_url"],
        "project_id": repository["project_uuid"],
        "default_branch": next(iter(names), None),
        "empty_repo": not names,
        "starred": False,
        "uuid": repository["repository_uuid"],
        "import_status": "none",
        "import_error": None,
        "only_allow_merge_if_pipeline_succeeds": False,
        "merge_method": "merge",
        "statistics": {"commit_count": 3, "storage_size": 0.06, "repository_size": 0.06, "lfs_objects_size": 0.0},
        "branch_count": len(names),
    }

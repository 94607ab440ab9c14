# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repository details (GET /v2/repositories/{repository_uuid}; rules: readiness.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import Client, segment
from ..codearts import EXPECT, SUMMARY, Repository, judge_repositories, validate_expect
from ..endpoint import Endpoint, check_ids, read_each
from ..errors import UNEXPECTED_ANSWER, ApiError
from ..judging import Context, Judgement, Notes, judge_errors


def read(client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
    """The details of each repository: ``{"repositories": [RepoInfoV2], "errors": [...]}``.

    :raises OptionError: for an unusable repository_uuid, before the first request
    """

    def repository(uuid: str) -> dict[str, Any]:
        path = f"/v2/repositories/{segment('repository_uuids', uuid)}"
        result = client.get("codearts_repo", path).get("result")
        if not isinstance(result, dict) or not result:
            raise ApiError("There is no repository in the answer.", 200, UNEXPECTED_ANSWER, service="codearts_repo", path=path)
        return {**result, "repository_uuid": result.get("repository_uuid") or uuid}

    return read_each(client, "repositories", "repository_uuid", repository, options["repository_uuids"])


def judge(reading: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Judgement:
    """The findings of readiness.md 2.3 for single repositories."""
    notes = Notes(options, context)
    errors = reading.get("errors") or []
    judge_errors(notes, errors, "repository_uuid", "REPO_NOT_FOUND")
    listed = [one for one in reading.get("repositories") or [] if isinstance(one, dict)]
    judge_repositories(notes, [Repository(one, str(one.get("repository_uuid"))) for one in listed], complete=not errors)
    return notes.result()


def _validate(options: Mapping[str, Any], path: str) -> None:
    check_ids(options, path, "repository_uuids")
    validate_expect(options, path)


ENDPOINT = Endpoint(
    name="codearts_repository",
    service="codearts_repo",
    collection="repositories",
    id_field="repository_uuid",
    objects=None,
    summary=SUMMARY,
    ids={"repository_uuids": {"type": "list", "elements": "str", "required": True, "aliases": ["repository_uuid"]}},
    listing={},
    judging={"expect": EXPECT},
    read=read,
    judge=judge,
    validate=_validate,
)

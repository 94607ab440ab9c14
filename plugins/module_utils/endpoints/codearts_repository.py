# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repository details (``GET /v2/repositories/{repository_uuid}``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..model.errors import UNEXPECTED_ANSWER, ApiError
from ..model.repositories import from_v4, is_v4
from ..model.shapes import nested
from ..rules import repositories
from .codearts import API, EXPECT, SUMMARY, check_repository_ids, read_repository
from .endpoint import Endpoint, check_ids, other_id


def read(requests: EntryRequests, repository_uuid: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The details of a repository: a RepoInfoV2.

    :raises ApiError: also for an answer without a repository (C1)
    """
    if is_v4(options):
        return from_v4(read_repository(requests, repository_uuid))

    def other_repository(body: Any) -> str | None:
        """E8: the answer is about another repository."""
        return other_id("repository", repository_uuid, [nested(body, "result", "repository_uuid")])

    path = f"/v2/repositories/{segment('repository_uuids', repository_uuid)}"
    result = nested(requests.get("codearts_repo", path, confirm=other_repository), "result")
    if not isinstance(result, dict) or not result:
        raise ApiError("There is no repository in the answer.", 200, UNEXPECTED_ANSWER, service="codearts_repo", path=path)
    return {**result, "repository_uuid": repository_uuid}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids and expectations.

    :raises OptionError: naming the option with its path
    """
    if is_v4(options):
        check_repository_ids(options, path, "repository_uuids")
    else:
        check_ids(options, path, "repository_uuids")
    repositories.validate_expect(options, path)


ENDPOINT = Endpoint(
    name="codearts_repository",
    service="codearts_repo",
    collection="repositories",
    id_field="repository_uuid",
    objects=None,
    summary=SUMMARY,
    ids={
        "repository_uuids": {
            "type": "list",
            "elements": "str",
            "required": True,
            "aliases": ["repository_uuid", "repository_ids", "repository_id"],
        }
    },
    listing={},
    judging={"expect": EXPECT, "api": API},
    read=read,
    rules=repositories.judge_details,
    validate=validate,
    v4_id_field="repository_id",
)

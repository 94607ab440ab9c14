# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the CodeArts endpoints share: expectations, what a summary keeps of a repository, and how version 4 of the API is asked.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..model.commits import check_repository_number
from ..model.errors import UNEXPECTED_ANSWER, ApiError, OptionError
from ..model.units import number
from .endpoint import other_id

SERVICE = "codearts_repo"
API: dict[str, Any] = {"type": "str", "choices": ["v2", "v4"], "default": "v2"}
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

SUMMARY = dict.fromkeys(
    """repository_uuid repository_id repository_name group_name project_uuid project_is_deleted status userRole visibility_level
    visibility repository_size created_at updated_at ssh_url https_url""".split(),
    0,
)


def no_shape(message: str, path: str) -> ApiError:
    """An answer that is not what is documented (E6)."""
    return ApiError(message, 200, UNEXPECTED_ANSWER, service=SERVICE, path=path)


def v4_path(repository_id: str, *parts: str) -> str:
    """A path of version 4 within a repository."""
    return "/".join(["/v4/repositories", segment("repository_ids", repository_id), *parts])


def read_repository(requests: EntryRequests, repository_id: str) -> dict[str, Any]:
    """The details of a repository by version 4 (``GET /v4/repositories/{repository_id}``), as the answer has them.

    :raises ApiError: also for an answer without its id
    """

    def other_repository(body: Any) -> str | None:
        """E8: the answer is about another repository."""
        return other_number(repository_id, body.get("id"))

    path = v4_path(repository_id)
    body = requests.get(SERVICE, path, confirm=other_repository)
    if number(body.get("id")) is None:
        raise no_shape("The answer names no id of the repository.", path)
    return body


def other_number(repository_id: str, stated: Any) -> str | None:
    """E8: a sentence when an answer of version 4 states the number of another repository than was asked for."""
    identifier = number(stated)
    return other_id("repository", repository_id, [] if identifier is None else [str(identifier)])


def check_repository_ids(options: Mapping[str, Any], path: str, name: str) -> None:
    """Refuses an empty list, and ids of repositories that version 4 does not know: it has numbers.

    :raises OptionError: naming the option with its path
    """
    if not options.get(name):
        raise OptionError(path + name, options.get(name), "at least one identifier")
    for identifier in options[name]:
        check_repository_number(path + name, identifier)

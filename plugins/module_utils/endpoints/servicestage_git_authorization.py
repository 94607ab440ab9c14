# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations (``GET /v1/{project_id}/git/auths``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..rules import authorizations
from .endpoint import Endpoint, listed


def read(requests: EntryRequests, project_id: str, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001
    """The authorizations of an IAM project: ``{"authorizations": [...], "count": int}``."""
    body = requests.get("servicestage", f"/v1/{segment('project_id', project_id)}/git/auths")
    return {"authorizations": listed(body, "authorizations"), "count": body.get("count")}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses an unusable project and expectations.

    :raises OptionError: naming the option with its path
    """
    if options.get("project_id") is not None:
        segment(path + "project_id", options["project_id"])
    authorizations.validate_expect(options, path)


ENDPOINT = Endpoint(
    name="servicestage_git_authorization",
    service="servicestage",
    collection="authorizations",
    id_field="project_id",
    objects="authorizations",
    summary=dict.fromkeys("name repo_type repo_host repo_home repo_user token_type status create_time update_time".split(), 0),
    ids={},
    listing={},
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {name: {"type": "str"} for name in ("name", "repo_type", "host", "user")},
        }
    },
    read=read,
    rules=authorizations.judge,
    validate=validate,
)

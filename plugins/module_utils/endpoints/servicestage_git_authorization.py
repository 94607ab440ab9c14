# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations (``GET /v1/{project_id}/git/auths``), and whether one still works (``.../git/repos/...``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ..http.client import EntryRequests, segment
from ..model.errors import UNEXPECTED_ANSWER, ApiError
from ..rules import authorizations
from .endpoint import Endpoint, listed

SERVICE = "servicestage"


def read(requests: EntryRequests, project_id: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The authorizations of an IAM project: ``{"authorizations": [...], "count": int, "probes": [...]}``."""
    path = f"/v1/{segment('project_id', project_id)}/git"
    body = requests.get(SERVICE, f"{path}/auths")
    probes = [_probe(requests, path, want["name"], want["probe"]) for want in options.get("expect") or [] if want.get("probe")]
    return {"authorizations": listed(body, "authorizations"), "count": body.get("count"), "probes": probes}


def _probe(requests: EntryRequests, path: str, name: str, probe: Mapping[str, Any]) -> dict[str, Any]:
    """What a repository answers through an authorization: ``project`` and ``commits``, or the ``error`` that came instead.

    Its failure is one of this authorization, so the list is not lost with it.
    """
    found: dict[str, Any] = {"name": name, "clone_url": probe["clone_url"], "ref": probe.get("ref")}
    headers = {"X-Repo-Auth": name}
    try:
        project = requests.get(SERVICE, f"{path}/repos/project-info", [("clone_url", probe["clone_url"])], headers=headers)
        namespace, repository = (_part(path, project, *names) for names in (("namespace_id", "namespace"), ("project_id", "project")))
        body = requests.get(SERVICE, f"{path}/repos/{namespace}/{repository}/commits", [("ref", probe.get("ref"))], headers=headers)
    except ApiError as error:
        return {**found, "project": None, "commits": None, "error": error.as_dict()}
    return {**found, "project": project, "commits": listed(body, "commits"), "error": None}


def _part(path: str, project: Mapping[str, Any], *names: str) -> str:
    """The id of a namespace or repository, else its name, as one part of a path, in which a slash is written as a colon.

    :raises ApiError: where neither is stated
    """
    text = next((str(project[name]).strip() for name in names if project.get(name)), "")
    if text in ("", ".", ".."):
        message = f"The answer names no {names[1]} for the clone URL."
        raise ApiError(message, 200, UNEXPECTED_ANSWER, service=SERVICE, path=f"{path}/repos/project-info")
    return quote(text.replace("/", ":"), safe="")


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
            "options": {
                **{name: {"type": "str"} for name in ("name", "repo_type", "host", "user")},
                "probe": {
                    "type": "dict",
                    "options": {"clone_url": {"type": "str", "required": True}, "ref": {"type": "str"}, "commit": {"type": "str"}},
                },
            },
        }
    },
    read=read,
    rules=authorizations.judge,
    validate=validate,
)

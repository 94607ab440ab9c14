# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repositories of a project (GET /v2/projects/{project_uuid}/repositories; rules: readiness.md 2.3)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import Client, segment
from ..codearts import EXPECT, SUMMARY, Repository, judge_repositories, validate_expect
from ..endpoint import Endpoint, check_ids, read_each
from ..errors import UNEXPECTED_ANSWER, ApiError, OptionError, Said
from ..findings import UNKNOWN, WARNING
from ..judging import Context, Judgement, Notes, judge_errors
from ..values import largest, number

PAGE_SIZE = 100  # the largest the API takes
PAGES_WITHOUT_TOTAL = 1000  # where an answer does not say how many there are
SEARCH_MAX = 128  # characters


def read(client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
    """The repositories of each project: ``{"projects": [{project_uuid, total, repositories}], "errors": [...]}``.

    :raises OptionError: for an unusable project_uuid, before the first request
    """
    return read_each(client, "projects", "project_uuid", lambda uuid: _read_project(client, uuid, options), options["project_uuids"])


def _read_project(client: Client, project_uuid: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Every page one after the other, since the limit of calls is shared by all users; each repository once, as the list can shift
    between pages; bounded by ``total`` (api/facts.md section 2). One page when it was asked for."""
    path = f"/v2/projects/{segment('project_uuids', project_uuid)}/repositories"
    one_page = options.get("page_index") is not None or options.get("page_size") is not None
    size = options.get("page_size") or (20 if one_page else PAGE_SIZE)
    index = options.get("page_index") or 1
    found: dict[str, Any] = {}
    total: int | None = None
    pages = 0
    while True:
        body = client.get("codearts_repo", path, [("page_index", index + pages), ("page_size", size), ("search", options.get("search"))])
        page, stated = page_of(body, path)
        # The largest that any page states: a total that shrinks while the list is read must not hide what was not read.
        total = largest(total, stated)
        pages += 1
        before = len(found)
        here: set[str] = set()
        for repository in page:
            uuid = repository.get("repository_uuid")
            key = uuid.lower() if isinstance(uuid, str) else str(repository)
            if key in here and found[key] != repository:
                key = str(repository)  # a page that contradicts itself: both count
            here.add(key)
            found[key] = repository  # as a later page states it
        # A total that is less than what was found, where the page is full, is none. Nothing new is the end, whatever the total: an empty
        # page, or one that is repeated for ever.
        known = None if total is not None and total < len(found) and len(page) >= size else total
        limit = PAGES_WITHOUT_TOTAL if known is None else (known + size - 1) // size + 1
        if one_page or len(found) == before or (known is not None and len(found) >= known) or pages >= limit:
            return {"project_uuid": project_uuid, "total": total, "repositories": list(found.values())}


def page_of(body: Mapping[str, Any], path: str) -> tuple[list[Mapping[str, Any]], int | None]:
    """The repositories of one answer, and the total. The documented example has an object in the place of the list; null and {} are an
    empty list (api/facts.md section 2).

    :raises ApiError: for anything else (rows C1 and C2)
    """
    result = body.get("result")
    listed = result.get("repositories") if isinstance(result, dict) else "no result"
    if listed is None or listed == {}:
        listed = []
    elif isinstance(listed, dict):
        listed = [listed]
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        raise ApiError("There is no list of repositories in the answer.", 200, UNEXPECTED_ANSWER, service="codearts_repo", path=path)
    return listed, number(result.get("total")) if isinstance(result, dict) else None


def judge(reading: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Judgement:
    """The findings of readiness.md 2.3 for the lists of a reading; an expected repository may be in any of the projects."""
    notes = Notes(options, context)
    errors = reading.get("errors") or []
    judge_errors(notes, errors, "project_uuid", "REPO_PROJECT_NOT_FOUND")
    projects = reading.get("projects") or []
    cut = {}
    repositories = []
    for project in projects:
        mine = [Repository(one, str(project.get("project_uuid"))) for one in project.get("repositories") or [] if isinstance(one, dict)]
        total = number(project.get("total"))
        if total is not None and len(mine) < total:
            cut[str(project.get("project_uuid"))] = (len(mine), total)
        elif not mine and not options.get("expect"):
            uuid = str(project.get("project_uuid"))
            notes.add(
                "REPO_NONE",
                UNKNOWN,
                f"Project {uuid} has no repository.",
                terminal=True,
                kind="API",
                name=f"project {uuid}",
                observed=0,
                scope=uuid,
            )
        repositories += mine
    found_all = judge_repositories(notes, repositories, complete=not cut and not errors)
    for uuid, (fetched, total) in cut.items():
        enough = found_all and bool(options.get("expect"))
        message = f"{fetched} of {total} repositories of project {uuid} were read."
        fields = {"kind": "API", "name": f"project {uuid}", "field": "result.total", "observed": fetched, "expected": total, "scope": uuid}
        notes.add("LIST_INCOMPLETE", WARNING if enough else UNKNOWN, message, **fields)
    return notes.result()


def _validate(options: Mapping[str, Any], path: str) -> None:
    check_ids(options, path, "project_uuids")
    for name, highest in (("page_index", 2147483647), ("page_size", PAGE_SIZE)):
        value = options.get(name)
        if value is not None and not 1 <= value <= highest:
            raise OptionError(path + name, value, f"a number from 1 to {highest}; left out, every page is read")
    search = options.get("search")
    if search is not None and len(search) > SEARCH_MAX:
        raise OptionError(path + "search", Said(f"{len(search)} characters"), f"at most {SEARCH_MAX} characters")
    validate_expect(options, path)


ENDPOINT = Endpoint(
    name="codearts_project_repository",
    service="codearts_repo",
    collection="projects",
    id_field="project_uuid",
    objects="repositories",
    summary=SUMMARY,
    ids={"project_uuids": {"type": "list", "elements": "str", "required": True, "aliases": ["project_uuid"]}},
    listing={"search": {"type": "str"}, "page_index": {"type": "int"}, "page_size": {"type": "int"}},
    judging={"expect": EXPECT},
    read=read,
    judge=judge,
    validate=_validate,
)

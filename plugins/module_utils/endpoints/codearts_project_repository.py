# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""CodeArts repositories of a project (``GET /v2/projects/{project_uuid}/repositories``).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ..http.client import EntryRequests, segment
from ..model.errors import UNEXPECTED_ANSWER, ApiError, OptionError, Said
from ..model.repositories import from_v4, is_v4, repositories_of
from ..model.shapes import lower, nested
from ..model.units import largest, number
from ..rules import repositories
from .codearts import API, EXPECT, SERVICE, SUMMARY, no_shape
from .endpoint import Endpoint, check_ids, other_id

PAGE_SIZE = 100  # the largest the API takes
DEFAULT_PAGE_SIZE = 20  # the API's own
PAGES_WITHOUT_TOTAL = 1000  # where an answer does not say how many there are
SEARCH_MAX = 128  # characters


def read(requests: EntryRequests, project_uuid: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The repositories of a project: ``{"total": int, "repositories": [RepoInfoV2]}``; one page when it was asked for, else all of them."""
    if is_v4(options):
        return _read_v4(requests, project_uuid, options)
    single = options.get("page_index") is not None or options.get("page_size") is not None
    size = options.get("page_size") or (DEFAULT_PAGE_SIZE if single else PAGE_SIZE)
    pages = _pages(requests, project_uuid, options.get("search"), options.get("page_index") or 1, size)
    if single:
        page, total = next(pages)
        part = {"complete": False} if total is None and ((options.get("page_index") or 1) > 1 or len(page) >= size) else {}
        return {"total": total, "repositories": list(_merged({}, page).values()), **part}
    return _all_pages(pages, size)


def _pages(
    requests: EntryRequests, project_uuid: str, search: str | None, index: int, size: int
) -> Iterator[tuple[list[dict[str, Any]], int | None]]:
    """One page after the other, since the limit of calls is shared by all users (services.rst, "Paging"), each with the total it states."""
    path = f"/v2/projects/{segment('project_uuids', project_uuid)}/repositories"

    def other_project(body: Any) -> str | None:
        """E8: the answer is about another project."""
        stated = [repository.get("project_uuid") for repository in repositories_of(nested(body, "result")) or []]
        return other_id("project", project_uuid, stated)

    while True:
        query = [("page_index", index), ("page_size", size), ("search", search)]
        result = nested(requests.get("codearts_repo", path, query, confirm=other_project), "result")
        page = repositories_of(result)
        if page is None:
            message = "There is no list of repositories in the answer."
            raise ApiError(message, 200, UNEXPECTED_ANSWER, service="codearts_repo", path=path)
        yield page, number(nested(result, "total"))
        index += 1


def _all_pages(pages: Iterator[tuple[list[dict[str, Any]], int | None]], size: int) -> dict[str, Any]:
    """Every page, until everything that was stated is there or nothing new comes; bounded by ``total``."""
    known: dict[str, dict[str, Any]] = {}
    total: int | None = None
    part: dict[str, bool] = {}
    for count, (page, stated) in enumerate(pages, 1):
        # The largest that any page states: a total that shrinks while the list is read must not hide what was not read.
        total = largest(total, stated)
        before = len(known)
        _merged(known, page)
        # A total that is less than what is there, where the page is full, is none. Nothing new is the end, whatever the total: an empty
        # page, or one that is repeated for ever.
        believed = None if total is not None and total < len(known) and len(page) >= size else total
        most = PAGES_WITHOUT_TOTAL if believed is None else (believed + size - 1) // size + 1
        if len(known) == before or (believed is not None and len(known) >= believed) or count >= most:
            # A full page that nothing new came after, and no total to believe: there may be more.
            part = {"complete": False} if believed is None and len(page) >= size else {}
            break
    return {"total": total, "repositories": list(known.values()), **part}


def _merged(known: dict[str, dict[str, Any]], page: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """What is known, with a page added to it: each repository once, as the list can shift between pages; a later page states it anew."""
    stated = {_key(repository): repository for repository in page}
    if len(stated) < len(page):  # a page that contradicts itself: both count
        stated = {_key(repository) if stated[_key(repository)] == repository else str(repository): repository for repository in page}
    known.update(stated)
    return known


def _key(repository: Mapping[str, Any]) -> str:
    """What tells a repository: its uuid, in the list of version 4 its number; else all of it. An empty id states nothing."""
    uuid = lower(repository.get("repository_uuid"))
    if uuid:
        return uuid
    identifier = number(repository.get("repository_id"))
    return f"number {identifier}" if identifier else str(repository)


def _read_v4(requests: EntryRequests, project_uuid: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """The same by version 4, which states no total: ``complete`` says whether a page that was not full has shown the end."""
    single = options.get("page_index") is not None or options.get("page_size") is not None
    size = options.get("page_size") or (DEFAULT_PAGE_SIZE if single else PAGE_SIZE)
    first = ((options.get("page_index") or 1) - 1) * size
    path = f"/v4/projects/{segment('project_uuids', project_uuid)}/repositories"

    def other_project(page: list[Any]) -> str | None:
        """E8: the answer is about another project; a number would be that of the repository, as commits have it."""
        stated = [nested(repository, "project_id") for repository in page]
        return other_id("project", project_uuid, [each for each in stated if number(each) is None])

    known: dict[str, dict[str, Any]] = {}
    ended = False
    for count in range(1 if single else PAGES_WITHOUT_TOTAL):
        query = [("offset", first + count * size), ("limit", size), ("search", options.get("search"))]
        page, before = requests.get_list(SERVICE, path, query, confirm=other_project), len(known)
        if any(number(nested(repository, "id")) is None for repository in page):
            raise no_shape("A repository in the answer has no id.", path)
        _merged(known, [from_v4(repository) for repository in page])
        ended = len(page) < size
        if ended or len(known) == before:
            break
    return {"total": None, "repositories": list(known.values()), "complete": ended and not first}


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable ids, pages, searches and expectations.

    :raises OptionError: naming the option with its path
    """
    check_ids(options, path, "project_uuids")
    for name, highest in (("page_index", 2147483647), ("page_size", PAGE_SIZE)):
        value = options.get(name)
        if value is not None and not 1 <= value <= highest:
            raise OptionError(path + name, value, f"a number from 1 to {highest}; left out, every page is read")
    search = options.get("search")
    if search is not None and len(search) > SEARCH_MAX:
        raise OptionError(path + "search", Said(f"{len(search)} characters"), f"at most {SEARCH_MAX} characters")
    validate_expect(options, path)


def validate_expect(options: Mapping[str, Any], path: str) -> None:
    """Refuses unusable expectations, and with version 4 those that its list cannot meet.

    :raises OptionError: naming the option with its path
    """
    repositories.validate_expect(options, path)
    for index, want in enumerate(options.get("expect") or [] if is_v4(options) else []):
        if want.get("uuid"):
            raise OptionError(f"{path}expect[{index}].uuid", want["uuid"], "a name: the list of version 4 (api: v4) states no uuid")


ENDPOINT = Endpoint(
    name="codearts_project_repository",
    service="codearts_repo",
    collection="projects",
    id_field="project_uuid",
    objects="repositories",
    summary=SUMMARY,
    ids={"project_uuids": {"type": "list", "elements": "str", "required": True, "aliases": ["project_uuid"]}},
    listing={"search": {"type": "str"}, "page_index": {"type": "int"}, "page_size": {"type": "int"}},
    judging={"expect": EXPECT, "api": API},
    narrowing=("search",),
    read=read,
    rules=repositories.judge_projects,
    validate=validate,
)

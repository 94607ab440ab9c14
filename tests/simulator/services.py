# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The services' paths and what each answers. No I/O: a request goes in, an Answer comes out or ``Refused`` is raised."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from . import kubernetes_api
from .code import basic, detailed
from .config_sets import periodic, statistics, total
from .errors import Answer, Refused, json_answer
from .templates import documented

if TYPE_CHECKING:
    from .code import Git
    from .identity import Caller, Identity, Wire
    from .scenario import Estate

MAX_INDEX = 2147483647


@dataclass(frozen=True)
class Call:
    """One request with all that is needed to answer it; ``ids`` are the decoded identifiers of the path."""

    wire: Wire
    query: dict[str, str]
    ids: tuple[str, ...]
    estate: Estate
    identity: Identity
    raw: dict[str, Any]
    now: datetime
    metadata_tokens: set[str]

    def caller(self) -> Caller:
        """Authenticate."""
        return self.identity.authenticate(self.wire, self.now)

    def cached(self, key: Any, build: Callable[[], Any]) -> Answer:
        """The answer for ``key`` in this estate; ``build`` gives its data (or its bytes) the first time."""
        if key not in self.estate.answers:
            data = build()
            self.estate.answers[key] = Answer(200, data) if isinstance(data, bytes) else json_answer(data)
        return self.estate.answers[key]


Handler = Callable[[Call], Answer]


def answer(service: str, call_of: Callable[[tuple[str, ...]], Call], method: str, path: str) -> Answer:
    """Answer a request to ``service``, whose own paths are the only ones it knows.

    Raises:
        Refused: APIG.0101 for any other path or method, else what the handler refuses.
    """
    for wanted, pattern, handler in ROUTES[service]:
        match = pattern.fullmatch(path)
        if match and wanted == method:
            return handler(call_of(tuple(unquote(part) for part in match.groups())))
    raise Refused("APIG.0101")


# --- UCS (services.rst, "UCS: repository sources", "UCS: config sets" and "UCS: GitOps pods")


@dataclass(frozen=True)
class _Page:
    """What a list is asked for, of one cluster."""

    cluster: str
    entry: Any
    limit: int
    offset: int
    order_by: str
    order: str

    def cut(self, items: Any) -> Any:
        """The part of the list, in order; what is no list stays as it is."""
        if not isinstance(items, list):
            return items
        items = sorted(items, key=_created if self.order_by == "create_at" else _updated, reverse=self.order == "desc")
        return items[self.offset :] if self.limit == -1 else items[self.offset : self.offset + self.limit]


def _page_of(call: Call) -> _Page:
    """The page that is asked for.

    Raises:
        Refused: bad parameters, or an unknown cluster.
    """
    call.identity.check_domain_scope(call.caller(), call.wire)
    cluster = call.query.get("clusterid")
    if not cluster:
        raise Refused("UCS.00000011", "clusterid is required")
    part = _part_of(call)
    entry = call.estate.cluster(cluster)
    if entry is None:
        raise Refused("UCS.00030001")
    return _Page(cluster, entry, *part)


def _part_of(call: Call) -> tuple[int, int, str, str]:
    """The limit, the offset, and the order that is asked for.

    Raises:
        Refused: bad parameters.
    """
    limit, offset = _number(call, "limit", -1, -1), _number(call, "offset", 0, 0)
    order_by, order = call.query.get("order_by", "create_at"), call.query.get("order", "desc")
    # What limit=0 means is not established (services.rst, "Not established"): refused, so that no client comes to rely on it.
    if limit == 0 or order_by not in ("create_at", "update_at") or order not in ("desc", "asc"):
        raise Refused("UCS.00000011", "limit, order_by or order has an invalid value")
    return limit, offset, order_by, order


def _list_sources(call: Call) -> Answer:
    page = _page_of(call)

    def build() -> Any:
        if page.entry.get("sources") == "documented" and (page.limit, page.offset) == (-1, 0):
            return documented("ucs_repository_sources")
        items = call.estate.sources(page.cluster)
        return {"items": page.cut(items), "total": page.entry.get("total", len(items) if isinstance(items, list) else 0)}

    return call.cached(("sources", page.cluster, page.limit, page.offset, page.order_by, page.order), build)


def _list_config_sets(call: Call) -> Answer:
    page = _page_of(call)
    items = call.estate.config_sets(page.cluster)
    listed = items if isinstance(items, list) else []

    def build() -> Any:
        cut = page.cut(items)
        shown = [periodic(item, call.now) for item in cut] if isinstance(cut, list) else cut
        return {"items": shown, "total": page.entry.get("config_set_total", len(listed))}

    if any(isinstance(item, dict) and "reconciles" in item for item in listed):
        return json_answer(build())  # another one at each moment
    return call.cached(("config sets", page.cluster, page.limit, page.offset, page.order_by, page.order), build)


def _show_config_set(call: Call) -> Answer:
    call.identity.check_domain_scope(call.caller(), call.wire)
    for cluster in call.estate.clusters:
        items = call.estate.config_sets(cluster)
        for item in items if isinstance(items, list) else []:
            if isinstance(item, dict) and item.get("uid") == call.ids[0]:
                return json_answer(periodic(item, call.now))
    raise Refused("UCS.00000013")


def _statistics(call: Call) -> Answer:
    call.identity.check_domain_scope(call.caller(), call.wire)

    def build() -> Any:
        counted = [
            {**statistics(cluster, call.estate.sources(cluster), call.estate.config_sets(cluster)), **_stated(call, cluster)}
            for cluster in call.estate.clusters
        ]
        return {"overviewStatus": total(counted), "items": counted, "total": len(counted)}

    return call.cached("statistics", build)


def _stated(call: Call, cluster: str) -> dict[str, Any]:
    """What a scenario states in place of the true numbers."""
    stated: dict[str, Any] = call.estate.cluster(cluster).get("statistics", {})
    return stated


def _number(call: Call, name: str, default: int, least: int) -> int:
    text = call.query.get(name, str(default))
    if not re.fullmatch(r"-?\d{1,10}", text) or int(text) < least:
        raise Refused("UCS.00000011", f"{name} has an invalid value")
    return int(text)


def _object(item: Any) -> dict[str, Any]:
    """What an item is sorted by: the kustomization of a config set, else the Git repository."""
    found = (item.get("kustomization") or item.get("gitRepository")) if isinstance(item, dict) else None
    return found if isinstance(found, dict) else {}


def _created(item: dict[str, Any]) -> str:
    return (_object(item).get("metadata") or {}).get("creationTimestamp") or ""


def _updated(item: dict[str, Any]) -> str:
    status = _object(item).get("status") or {}
    return max([condition.get("lastTransitionTime", "") for condition in status.get("conditions") or []], default=_created(item))


def _gitops(call: Call) -> Answer:
    call.identity.check_domain_scope(call.caller(), call.wire)
    cluster = call.ids[0]
    entry = call.estate.cluster(cluster)
    if entry is None:
        raise Refused("UCS.00030001")
    if "pods" not in entry:
        raise Refused("UCS.00000013", "GitOps is not enabled for the cluster")
    if entry["pods"] == "documented":
        return call.cached(("pods", cluster), lambda: documented("ucs_gitops"))
    return call.cached(("pods", cluster), lambda: {"metadata": entry.get("metadata", {}), "items": call.estate.pods(cluster)})


# --- UCS (services.rst, "UCS: clusters and fleets")


def _list_clusters(call: Call) -> Answer:
    call.identity.check_domain_scope(call.caller(), call.wire)
    query = call.query
    if query.get("managetype", "all") not in ("all", "grouped", "discrete") or query.get("enablestatus", "true") not in ("true", "false"):
        raise Refused("UCS.00000011", "managetype or enablestatus has an invalid value")
    wanted = [identifier for identifier in query.get("clusterids", "").split(",") if identifier]

    def fits(item: Any) -> bool:
        spec = item.get("spec") or {}
        return (
            query.get("category") in (None, spec.get("category"))
            and query.get("clustergroupid") in (None, spec.get("clusterGroupID"))
            and query.get("managetype", "all") in ("all", spec.get("manageType"))
            and (not wanted or (item.get("metadata") or {}).get("uid") in wanted)
        )

    def shown(item: Any) -> Any:
        if query.get("enablestatus") != "false":
            return item
        return {**item, "status": {key: part for key, part in item["status"].items() if key not in ("nodeSummary", "resourceSummary")}}

    return _list_of(
        call, "clusters", lambda: [shown(item) for item in call.estate.registered() if not isinstance(item, dict) or fits(item)]
    )


def _list_fleets(call: Call) -> Answer:
    call.identity.check_domain_scope(call.caller(), call.wire)
    return _list_of(call, "fleets", call.estate.fleets)


def _list_of(call: Call, name: str, items: Callable[[], list[Any]]) -> Answer:
    """A page of a list of UCS, ``most_per_page`` of the scenario at most."""
    limit, offset, _order_by, order = _part_of(call)
    most = call.raw["most_per_page"]
    limit = min((number for number in (limit, most) if number and number > 0), default=-1)

    def build() -> Any:
        found = items()
        if order == "asc":
            found = found[::-1]
        return {"items": found[offset:] if limit == -1 else found[offset : offset + limit], "total": len(found)}

    return call.cached((name, *sorted(call.query.items())), build)


# --- CodeArts Repo (services.rst, "CodeArts: repositories of a project" and "CodeArts: one repository")


def _list_repositories(call: Call) -> Answer:
    call.identity.check_project_scope(call.caller(), call.wire)
    project = call.ids[0]
    index, size, search = _page(call, "page_index", 1, MAX_INDEX), _page(call, "page_size", 20, 100), call.query.get("search", "")
    if len(search) > 128:
        raise Refused("CH.010001", "search has an invalid value")
    entry = call.estate.project(project)
    if entry is None:
        raise Refused("CH.080401")

    def build() -> Any:
        if entry.get("repositories") == "documented" and index == 1 and not search:
            return documented("codearts_project_repositories")
        found = call.estate.repositories(project)
        if entry.get("repositories") == "documented":
            found = []  # the example announces 14 repositories and shows one
        if not isinstance(found, list):
            return {"result": {"total": entry.get("total", 0), "repositories": found}, "status": "success"}
        needle = search.casefold()
        found = [
            item for item in found if any(needle in str(item.get(key) or "").casefold() for key in ("repository_name", "creator_name"))
        ]
        page = found[(index - 1) * size : index * size]
        return {"result": {"total": entry.get("total", len(found)), "repositories": page}, "status": "success"}

    return call.cached(("repositories", project, index, size, search), build)


def _page(call: Call, name: str, default: int, most: int) -> int:
    text = call.query.get(name, str(default))
    if not re.fullmatch(r"\d{1,10}", text) or not 1 <= int(text) <= most:
        raise Refused("CH.010001", f"{name} has an invalid value")
    return int(text)


def _show_repository(call: Call) -> Answer:
    call.identity.check_project_scope(call.caller(), call.wire)
    uuid = call.ids[0]
    found = call.estate.repository(uuid)
    if found is None:
        raise Refused("CH.080401")
    if found == "documented":
        return call.cached(("repository", uuid), lambda: documented("codearts_repository"))
    return call.cached(("repository", uuid), lambda: {"result": found, "status": "success"})


# --- CodeArts Repo, version 4 (services.rst, "CodeArts: version 4")


def _list_repositories_v4(call: Call) -> Answer:
    call.identity.check_project_scope(call.caller(), call.wire)
    project, search = call.ids[0], call.query.get("search", "").casefold()
    found = call.estate.repositories(project) if call.estate.project(project) else None
    if found is None:
        raise Refused("CH.010117", "The project does not exist")
    fitting = [item for item in found if search in str(item.get("repository_name") or "").casefold()]
    return json_answer([basic(item) for item in _section(call, fitting)])


def _section(call: Call, found: list[Any]) -> list[Any]:
    offset, limit = _v4_number(call, "offset", 0, 0, MAX_INDEX), _v4_number(call, "limit", 20, 1, 100)
    return found[offset : offset + limit]


def _v4_number(call: Call, name: str, default: int, least: int, most: int) -> int:
    text = call.query.get(name, str(default))
    if not re.fullmatch(r"\d{1,10}", text) or not least <= int(text) <= most:
        raise Refused("APIG.0201", f"{name} has an invalid value")
    return int(text)


def _numbered(call: Call) -> dict[str, Any]:
    """The repository of a call of version 4, as version 2 has it."""
    call.identity.check_project_scope(call.caller(), call.wire)
    if not re.fullmatch(r"[1-9]\d{0,9}", call.ids[0]):
        raise Refused("APIG.0201", "repository_id has an invalid value")
    found = call.estate.numbered(call.ids[0])
    if found is None:
        raise Refused("CH.010117")
    return found


def _show_repository_v4(call: Call) -> Answer:
    found = _numbered(call)
    return json_answer(detailed(found, call.estate.code(call.ids[0]).branches))


def _named(call: Call, git: Git, name: str) -> str:
    """The commit that a value of the query names."""
    sha = git.find(call.query.get(name, ""))
    if sha is None:
        raise Refused("CH.010118")
    return sha


def _show_commit(call: Call) -> Answer:
    _numbered(call)
    git = call.estate.code(call.ids[0])
    return json_answer(git.details(_named(call, git, "sha"), int(call.ids[0])))


def _list_refs(call: Call) -> Answer:
    _numbered(call)
    git = call.estate.code(call.ids[0])
    sha, kind = git.find(call.ids[1]), call.query.get("type", "branch")
    if kind not in ("branch", "tag"):
        raise Refused("APIG.0201", "type has an invalid value")
    if sha is None:
        raise Refused("CH.010118")
    return json_answer(_section(call, git.branches_with(sha) if kind == "branch" else []))


def _show_branch(call: Call) -> Answer:
    _numbered(call)
    git, name = call.estate.code(call.ids[0]), call.query.get("branch_name", "")
    if name not in git.branches:
        raise Refused("CH.010118")
    return json_answer(git.branch(name))


def _compare(call: Call) -> Answer:
    _numbered(call)
    git = call.estate.code(call.ids[0])
    start, end = _named(call, git, "from"), _named(call, git, "to")
    found = git.compare(start, end)
    body = {
        "commit": found[0] if found else None,
        "commits": _section(call, found),
        "diffs": [],
        "compare_timeout": False,
        "compare_same_ref": start == end,
        "commits_count": len(found),
        "diffs_count": 0,
    }
    return json_answer(body, headers={"X-Total": str(len(found))})


# --- ServiceStage (services.rst, "ServiceStage: Git authorizations" and "ServiceStage: through an authorization")


def _list_authorizations(call: Call) -> Answer:
    project = call.ids[0]
    call.identity.check_project_in_path(call.caller(), call.wire, project)

    def build() -> Any:
        found = call.estate.authorizations(project)
        if call.raw["authorizations"] == "documented":
            return documented("servicestage_git_authorizations")
        count = len(found) if isinstance(found, list) else 0
        return {"authorizations": found, "count": count if call.estate.authorization_count is None else call.estate.authorization_count}

    return call.cached(("authorizations", project), build)


def _behind(call: Call, fits: Callable[[str, dict[str, Any]], bool]) -> dict[str, Any]:
    """What is behind the clone URL that fits, for the authorization of the header X-Repo-Auth."""
    project, name = call.ids[0], call.wire.headers.get("x-repo-auth")
    call.identity.check_project_in_path(call.caller(), call.wire, project)
    known = {item["name"]: item for item in call.estate.authorizations(project)}
    if name not in known:
        raise Refused("SVCSTG.REPO.0450")
    if known[name]["status"] != 0:
        raise Refused("SVCSTG.REPO.0451")
    found = next((entry for url, entry in call.estate.clone_urls.items() if fits(url, entry)), None)
    if found is None:
        raise Refused("SVCSTG.REPO.0402", "The repository cannot be read")
    if name not in found.get("authorizations", [name]):
        raise Refused("SVCSTG.REPO.0451")
    return found


def _show_project_info(call: Call) -> Answer:
    found = _behind(call, lambda url, _entry: url == call.query.get("clone_url"))
    return json_answer({name: found[name] for name in ("namespace_id", "namespace", "project_id", "project") if name in found})


def _list_project_commits(call: Call) -> Answer:
    namespace, project = call.ids[1:]

    def fits(_url: str, entry: dict[str, Any]) -> bool:
        names = [
            {str(entry.get(name)).replace("/", ":") for name in pair} for pair in (("namespace_id", "namespace"), ("project_id", "project"))
        ]
        return namespace in names[0] and project in names[1]

    found = _behind(call, fits)
    refs = found.get("refs", {})
    shas = refs.get(call.query.get("ref") or next(iter(refs), ""))
    if shas is None:
        raise Refused("SVCSTG.REPO.0402", "The branch cannot be read")
    return json_answer({"commits": [{"sha": sha, "message": f"Change {sha[:8]}", "authored_date": 1764460800000} for sha in shas[:10]]})


# --- IAM (services.rst, "Signing" and "IAM: tokens")


def _create_token(call: Call) -> Answer:
    text, described = call.identity.issue_token(call.wire.body, call.now)
    return json_answer(described, 201, {"X-Subject-Token": text})


def _list_projects(call: Call) -> Answer:
    caller = call.caller()
    domain = call.identity.accounts[caller.account]["domain_id"]
    wanted = call.query.get("name")
    projects = [
        {
            "id": key,
            "name": name,
            "domain_id": domain,
            "parent_id": domain,
            "is_domain": False,
            "enabled": True,
            "description": "",
            "links": {"self": f"https://iam.example.com/v3/projects/{key}"},
        }
        for name, key in call.identity.projects(caller).items()
        if wanted in (None, name)
    ]
    return json_answer({"links": {"self": "https://iam.example.com/v3/projects", "previous": None, "next": None}, "projects": projects})


def _list_domains(call: Call) -> Answer:
    account = call.caller().account
    domain = call.identity.accounts[account]["domain_id"]
    found = {
        "id": domain,
        "name": account,
        "enabled": True,
        "description": "",
        "links": {"self": f"https://iam.example.com/v3/domains/{domain}"},
    }
    return json_answer({"links": {"self": "https://iam.example.com/v3/auth/domains", "previous": None, "next": None}, "domains": [found]})


# --- ECS metadata service (services.rst, "ECS metadata")


def _metadata_token(call: Call) -> Answer:
    if call.raw["metadata"] == "v1":
        return Answer(405, b"Method Not Allowed", "text/plain")
    if call.raw["metadata"] == "off":
        return Answer(404, b"Not Found", "text/plain")
    if not call.wire.headers.get("x-metadata-token-ttl-seconds", "").isdigit():
        return Answer(400, b"Bad Request", "text/plain")
    token = secrets.token_urlsafe(32)
    call.metadata_tokens.add(token)
    return Answer(200, token.encode(), "text/plain")


def _security_key(call: Call) -> Answer:
    kind = call.raw["metadata"]
    if kind == "off":
        return Answer(404, b"Not Found", "text/plain")
    if kind != "v1" and call.wire.headers.get("x-metadata-token") not in call.metadata_tokens:
        return Answer(401, b"Unauthorized", "text/plain")
    for account in call.identity.accounts.values():
        for access, key in account.get("keys", {}).items():
            if isinstance(key, dict) and "security_token" in key and kind != "no_agency":
                expires = call.now + timedelta(days=1)
                return json_answer(
                    {
                        "credential": {
                            "access": access,
                            "secret": key["secret"],
                            "securitytoken": key["security_token"],
                            "expires_at": f"{expires:%Y-%m-%dT%H:%M:%S.%fZ}",
                        }
                    }
                )
    return Answer(401, b"Please configure Cloud Service Agency first", "text/plain")


ROUTES: dict[str, list[tuple[str, re.Pattern[str], Handler]]] = {
    service: [(method, re.compile(pattern), handler) for method, pattern, handler in routes]
    for service, routes in {
        "ucs": [
            ("GET", "/v1/configsets", _list_config_sets),
            ("GET", "/v1/configsets/repos", _list_sources),
            ("GET", "/v1/configsets/statistics", _statistics),
            ("GET", "/v1/configsets/([^/]+)", _show_config_set),
            ("GET", "/v1/clusters/([^/]+)/gitops", _gitops),
            ("GET", "/v1/clusters", _list_clusters),
            ("GET", "/v1/clustergroups", _list_fleets),
        ],
        "codearts_repo": [
            ("GET", "/v2/projects/([^/]+)/repositories", _list_repositories),
            ("GET", "/v2/repositories/([^/]+)", _show_repository),
            ("GET", "/v4/projects/([^/]+)/repositories", _list_repositories_v4),
            ("GET", "/v4/repositories/([^/]+)", _show_repository_v4),
            ("GET", "/v4/repositories/([^/]+)/repository/commits", _show_commit),
            ("GET", "/v4/repositories/([^/]+)/repository/commits/([^/]+)/refs", _list_refs),
            ("GET", "/v4/repositories/([^/]+)/repository/branch", _show_branch),
            ("GET", "/v4/repositories/([^/]+)/compare", _compare),
        ],
        "servicestage": [
            ("GET", "/v1/([^/]+)/git/auths", _list_authorizations),
            ("GET", "/v1/([^/]+)/git/repos/project-info", _show_project_info),
            ("GET", "/v1/([^/]+)/git/repos/([^/]+)/([^/]+)/commits", _list_project_commits),
        ],
        "iam": [
            ("POST", "/v3/auth/tokens", _create_token),
            ("GET", "/v3/projects", _list_projects),
            ("GET", "/v3/auth/projects", _list_projects),
            ("GET", "/v3/auth/domains", _list_domains),
        ],
        "kubernetes": [(method, "/clusters/([^/]+)/(.*)", kubernetes_api.answer) for method in ("GET", "POST", "PUT", "PATCH", "DELETE")],
        "metadata": [("PUT", "/meta-data/latest/api/token", _metadata_token), ("GET", "/openstack/latest/securitykey", _security_key)],
    }.items()
}

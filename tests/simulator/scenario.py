# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the simulated cloud holds, and how that changes with time. README.md beside this file describes the format."""

from __future__ import annotations

import copy
import re
from bisect import bisect_right
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

import yaml

from . import kubernetes_api
from .code import Git
from .config_sets import config_set, default_config_sets
from .errors import Answer, error_answer
from .templates import Builder, Moment, authorization, build_list, cluster, fleet, merge, pod, repository, rfc3339, seconds, source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

SCENARIOS = Path(__file__).parent / "scenarios"
SERVICES = ("ucs", "codearts_repo", "servicestage", "iam", "metadata", "kubernetes")

# The defaults every scenario is laid over. Everything here is invented.
DEFAULTS: dict[str, Any] = {
    "accounts": {
        "demo": {
            "domain_id": "d0000000000000000000000000000001",
            "projects": {"cn-north-4": "a0000000000000000000000000000001", "ap-southeast-3": "a0000000000000000000000000000002"},
            "users": {"deployer": "demo-password"},
            "keys": {
                "DEMOACCESSKEY0000001": "demo-secret-key-for-the-simulator-only-1",
                "DEMOTEMPORARYKEY0001": {"secret": "demo-temporary-secret-key-only-1", "security_token": "demo-security-token"},
            },
            "tokens": {
                "demo-domain-token": {"scope": "domain"},
                "demo-project-token": {"scope": "cn-north-4"},
                "demo-expired-token": {"scope": "cn-north-4", "lifetime": 0},
            },
            "token_lifetime": 86400,
        },
    },
    "metadata": "v2",
    "clock_offset": 0,
    "latency": 0,
    "throttle": {},
    "faults": [],
    "most_per_page": None,
    "clusters": {},
    "fleets": {},
    "projects": {},
    "repositories": {},
    "authorizations": [],
    "kubernetes": kubernetes_api.DEFAULTS,
    "code": {},
    "clone_urls": {},
}
HELD = ("clusters", "fleets", "projects", "repositories", "authorizations", "code", "clone_urls")  # what the estate is made of
_FAULT_KEYS = {
    "service",
    "method",
    "path",
    "query",
    "cluster",
    "from",
    "until",
    "after",
    "times",
    "delay",
    "status",
    "headers",
    "body",
    "error",
    "message",
    "action",
    "seconds",
}
ACTIONS = ("reset", "close", "truncate", "break", "drip", "drip_head", "hang")
_NOW = re.compile(r"\$\{now(?:(?P<sign>[+-])(?P<duration>[0-9.a-z]+))?(?:\|(?P<format>datetime|ms))?\}")


class Spec(dict[str, Any]):
    """A dict of the scenario as it stands at one time; ``origins`` says from when each of its keys counts (seconds since the loading)."""

    def __init__(self, values: Mapping[str, Any], origins: dict[str, float]) -> None:
        super().__init__(values)
        self.origins = origins

    @property
    def origin(self) -> float:
        """From when the whole counts: its last change."""
        return max(self.origins.values(), default=0.0)


def load(scenario: str | Path | dict[str, Any]) -> dict[str, Any]:
    """Read a scenario: the name of a shipped one, a path, or a dict; laid over what it ``extends`` and over the defaults.

    Raises:
        ValueError: an unknown name or key.
    """
    if isinstance(scenario, dict):
        raw = copy.deepcopy(scenario)
    else:
        path = Path(scenario)
        if path.suffix not in (".yml", ".yaml"):
            path = SCENARIOS / f"{scenario}.yml"
        if not path.is_file():
            raise ValueError(f"no scenario {str(scenario)!r}; shipped: {', '.join(sorted(file.stem for file in SCENARIOS.glob('*.yml')))}")
        raw = yaml.safe_load(path.read_text(encoding="utf-8")) or {}
    base = load(raw.pop("extends")) if "extends" in raw else DEFAULTS
    unknown = raw.keys() - DEFAULTS.keys() - {"authorization_count", "description"}
    if unknown:
        raise ValueError(f"unknown keys in the scenario: {', '.join(sorted(unknown))}")
    merged: dict[str, Any] = merge(base, raw)
    return merged


class Scenario:
    """A loaded scenario: pure data, answering what it holds at a time.

    Args:
        raw: as ``load`` returns it.
        loaded: the service's clock at the loading.

    Raises:
        ValueError: something in it is unknown or misspelt.
    """

    def __init__(self, raw: dict[str, Any], loaded: datetime) -> None:
        self.raw = raw
        self.loaded = loaded
        self.faults = [Fault(fault) for fault in raw["faults"]]
        self._changes = sorted(set(_changes(raw)))
        self._estates: dict[int, Estate] = {}
        for moment in (0.0, *self._changes):  # so that a mistake shows at the loading, not in the middle of a test
            self.at(moment).check()

    def at(self, elapsed: float) -> Estate:
        """The estate ``elapsed`` seconds after the loading; the same object until something changes."""
        number = bisect_right(self._changes, elapsed)
        if number not in self._estates:
            held = {key: self._resolve(self.raw[key], elapsed, 0.0) for key in HELD}
            self._estates[number] = Estate(held, self.loaded, self.raw.get("authorization_count"))
        return self._estates[number]

    def _resolve(self, value: Any, elapsed: float, origin: float) -> Any:
        if isinstance(value, str):
            return self._text(value, origin)
        if isinstance(value, list):
            return [self._resolve(item, elapsed, origin) for item in value]
        if not isinstance(value, dict):
            return value
        values = {key: (item, origin) for key, item in value.items() if key != "timeline"}
        for entry in sorted(value.get("timeline", []), key=lambda entry: entry.get("from", 0)):
            start = float(entry.get("from", 0))
            if start <= elapsed < entry.get("until", float("inf")):
                values.update({key: (item, start) for key, item in entry.items() if key not in ("from", "until")})
        return Spec(
            {key: self._resolve(item, elapsed, start) for key, (item, start) in values.items()},
            {key: start for key, (_name, start) in values.items()},
        )

    def _text(self, text: str, origin: float) -> Any:
        whole = _NOW.fullmatch(text)
        if whole and whole["format"] == "ms":
            return int(self._moment(whole, origin).timestamp() * 1000)
        return _NOW.sub(lambda match: self._format(match, origin), text)

    def _moment(self, match: re.Match[str], origin: float) -> datetime:
        distance = seconds(match["duration"] or 0) * (-1 if match["sign"] == "-" else 1)
        return self.loaded + timedelta(seconds=origin + distance)

    def _format(self, match: re.Match[str], origin: float) -> str:
        moment = self._moment(match, origin)
        if match["format"] == "ms":
            return str(int(moment.timestamp() * 1000))
        return f"{moment:%Y-%m-%d %H:%M:%S}" if match["format"] == "datetime" else rfc3339(moment)


def _changes(value: Any) -> list[float]:
    if isinstance(value, dict):
        own = [float(entry[key]) for entry in value.get("timeline", []) for key in ("from", "until") if key in entry]
        return own + [change for item in value.values() for change in _changes(item)]
    return [change for item in value for change in _changes(item)] if isinstance(value, list) else []


class Estate:
    """What the cloud holds between two changes; lists are built once, when first asked for.

    ``answers`` is a cache for the services: ready-made bodies by request.
    """

    def __init__(self, held: dict[str, Any], loaded: datetime, authorization_count: int | None) -> None:
        self._held = held
        self._loaded = loaded
        self._built: dict[tuple[str, str], Any] = {}
        self.authorization_count = authorization_count
        self.answers: dict[Any, Answer] = {}

    def check(self) -> None:
        """Build every list once.

        Raises:
            ValueError: an unknown template.
        """
        for uid in self._held["clusters"]:
            self.sources(uid)
            self.config_sets(uid)
            self.pods(uid)
        self.registered()
        self.fleets()
        for project in self._held["projects"]:
            self.repositories(project)
        self.authorizations("*")
        for uuid in self._held["repositories"]:
            self.repository(uuid)
        for number in self._held["code"]:
            self.code(number)
            self.numbered(number)

    def cluster(self, cluster: str) -> Any:
        """The cluster's entry, that of ``*`` for one not named, None for an unknown one."""
        return self._entry("clusters", cluster)

    def registered(self) -> list[Any]:
        """The Cluster objects of all clusters that are named and not deleted, each from the words of its ``cluster``."""
        return [
            built
            for uid, entry in self._held["clusters"].items()
            if uid != "*" and not (entry or {}).get("deleted")
            for built in self._once((uid, "cluster"), cluster, [entry.get("cluster", Spec({}, entry.origins))], 0.0, uid)
        ]

    def fleets(self) -> list[Any]:
        """The ClusterGroup objects."""
        return [built for uid, entry in self._held["fleets"].items() for built in self._once((uid, "fleet"), fleet, [entry], 0.0, uid)]

    def project(self, project: str) -> Any:
        """The CodeArts project's entry, likewise."""
        return self._entry("projects", project)

    def sources(self, cluster: str) -> Any:
        """The cluster's RepoResponse objects (or whatever the scenario puts in the place of the list)."""
        return self._list("clusters", cluster, "sources", source)

    def config_sets(self, cluster: str) -> Any:
        """The cluster's ConfigSetResponse objects, likewise; where the scenario names none, one for each source."""
        entry = self._entry("clusters", cluster) or Spec({}, {})
        sources = self.sources(cluster)

        def build(spec: dict[str, Any], moment: Moment, owner: str) -> dict[str, Any]:
            return config_set(spec, moment, owner, sources)

        origin = entry.origins.get("config_sets", entry.origins.get("sources", 0.0))
        return self._once((cluster, "config_sets"), build, entry.get("config_sets", default_config_sets(sources)), origin, cluster)

    @property
    def clusters(self) -> list[str]:
        """The ids of the clusters that are named."""
        return [cluster for cluster in self._held["clusters"] if cluster != "*"]

    def pods(self, cluster: str) -> Any:
        """The cluster's pods, likewise."""
        return self._list("clusters", cluster, "pods", pod)

    def repositories(self, project: str) -> Any:
        """The project's RepoInfoV2 objects, likewise."""
        return self._list("projects", project, "repositories", repository)

    def authorizations(self, project: str) -> Any:
        """The AuthorizationVO objects of an IAM project: one list for all, or a dict of lists by project id and ``*``."""
        held = self._held["authorizations"]
        if isinstance(held, Spec):
            held = self._entry("authorizations", project)
        return self._once(("authorizations", project), authorization, held, 0.0, project)

    def numbered(self, number: str) -> dict[str, Any] | None:
        """The RepoInfoV2 of a repository by its number, as version 4 asks for it: of ``code`` by itself, else of a project's list."""
        spec = self._held["code"].get(number) or {}
        if "repository" in spec:
            made: dict[str, Any] = self._once(("code", number), repository, [{"id": int(number), **spec["repository"]}], 0.0, "0" * 32)[0]
            return made
        for project in self._held["projects"]:
            built = self.repositories(project)
            for item in built if isinstance(built, list) else []:
                if isinstance(item, dict) and str(item.get("repository_id")) == number:
                    return item
        return None

    def code(self, number: str) -> Git:
        """The branches and commits of a repository."""
        return Git(self._held["code"].get(number) or {})

    @property
    def clone_urls(self) -> dict[str, Any]:
        """What is behind each clone URL."""
        found: dict[str, Any] = self._held["clone_urls"]
        return found

    def repository(self, uuid: str) -> Any:
        """The details of a repository: the entry of its own, else that of a project's list with ``details`` over it, else that of ``*``."""
        own = self._held["repositories"]
        if uuid not in own:
            for project in self._held["projects"]:
                built = self.repositories(project)
                for item in built if isinstance(built, list) else []:
                    if isinstance(item, dict) and item.get("repository_uuid") == uuid:
                        return merge(item, (self.project(project) or {}).get("details", {}).get(uuid, {}))
        entry = own.get(uuid, own.get("*"))
        if entry is None or entry == "documented":
            return entry
        built = self._once(("repositories", uuid), repository, [entry], 0.0, "0" * 32)[0]
        # What stands for all of them has the uuid of each.
        return built if uuid in own else {**built, "repository_uuid": uuid}

    def _entry(self, kind: str, key: str) -> Any:
        entry = self._held[kind].get(key, self._held[kind].get("*"))
        return None if isinstance(entry, dict) and entry.get("deleted") else entry

    def _list(self, kind: str, key: str, field: str, builder: Builder) -> Any:
        entry = self._entry(kind, key) or Spec({}, {})
        return self._once((key, field), builder, entry.get(field), entry.origins.get(field, 0.0), key)

    def _once(self, key: tuple[str, str], builder: Builder, value: Any, origin: float, owner: str) -> Any:
        if key not in self._built:
            self._built[key] = build_list(builder, value, self._moment_of(origin), owner)
        return self._built[key]

    def _moment_of(self, origin: float) -> Callable[[Any], Moment]:
        return lambda entry: Moment(self._loaded, entry.origin if isinstance(entry, Spec) else origin)


class Fault:
    """Something that goes wrong with the requests that fit.

    Args:
        fault: an entry of the scenario's ``faults``.

    Raises:
        ValueError: an unknown key, service, action or error.
    """

    def __init__(self, fault: dict[str, Any]) -> None:
        unknown = fault.keys() - _FAULT_KEYS
        if unknown:
            raise ValueError(f"unknown keys in a fault: {', '.join(sorted(unknown))}")
        if fault.get("action") in ("html", "redirect"):  # answers of the catalogue, by another name
            fault = {**fault, "error": fault["action"], "action": None}
        if fault.get("action") not in (None, *ACTIONS):
            raise ValueError(f"unknown action {fault['action']!r}; there are: {', '.join(ACTIONS)}")
        if fault.get("service") not in (None, *SERVICES):
            raise ValueError(f"unknown service {fault['service']!r}; there are: {', '.join(SERVICES)}")
        if "error" in fault:
            error_answer(fault["error"])
        self.raw = fault
        self.error: str | None = fault.get("error")
        self.action: str | None = fault.get("action")
        self.delay = float(fault.get("delay", 0))
        self.answers = any(key in fault for key in ("error", "status", "body"))
        self._matched = 0

    def takes(self, service: str, method: str, path: str, query: str, elapsed: float) -> bool:
        """True when the fault hits this request; counts it then (``after`` lets the first ones pass, ``times`` ends the fault)."""
        fault = self.raw
        fits = (
            fault.get("service") in (None, service)
            and fault.get("method", method).upper() == method
            and fnmatchcase(unquote(path), fault.get("path", "*"))
            and fnmatchcase(unquote(query), fault.get("query", "*"))
            and str(fault.get("cluster", "")) in f"{path}?{query}"
            and fault.get("from", 0) <= elapsed < fault.get("until", float("inf"))
        )
        if not fits:
            return False
        self._matched += 1
        first = fault.get("after", 0)
        return bool(first < self._matched <= first + fault.get("times", float("inf")))


def service_now(raw: dict[str, Any]) -> datetime:
    """The service's clock: this machine's, shifted by the scenario's ``clock_offset`` (seconds)."""
    return datetime.now(timezone.utc) + timedelta(seconds=raw["clock_offset"])

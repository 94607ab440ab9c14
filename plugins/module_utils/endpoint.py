# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What an endpoint is: its options, its read and its judge, and what all endpoints do alike (design.md, layer 2)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Callable

from .arguments import CONNECTION, INFO
from .client import Client, segment
from .errors import OptionError
from .findings import READY, by_severity
from .judging import Context, Judgement
from .values import format_time, parse_time, parse_zone

SCHEMA_VERSION = 1

CLUSTER_IDS = {"type": "list", "elements": "str", "required": True, "aliases": ["cluster_id", "clusterid"]}
MANAGED_FIELDS = {"type": "bool", "default": False}


@dataclass(frozen=True)
class Endpoint:
    """One of the services' endpoints.

    ``collection`` is the result key that holds what was read, one entry for each id (or one for each object where there is no id list);
    ``objects`` the key of an entry that holds the documented objects, None when the entry is the object; ``summary`` the fields that
    ``detail: summary`` leaves of an object: all that ``judge`` reads, and what tells people which object it is.
    """

    name: str
    service: str
    collection: str
    id_field: str
    objects: str | None
    summary: Mapping[str, Any]
    ids: Mapping[str, Any]
    listing: Mapping[str, Any]
    judging: Mapping[str, Any]
    read: Callable[[Client, Mapping[str, Any]], dict[str, Any]]
    judge: Callable[[Mapping[str, Any], Mapping[str, Any], Context], Judgement]
    validate: Callable[[Mapping[str, Any], str], None]
    thresholds: tuple[str, ...] = field(default=("stuck_after", "failure_grace", "codearts_timezone"))

    def argument_spec(self) -> dict[str, Any]:
        """The argument spec of the endpoint's info module."""
        return {**CONNECTION, **INFO, **self.ids, **self.listing, **self.judging}

    def criteria(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The options a judgement depends on; they travel with a reading, so that the gate judges it by the same."""
        return {name: options.get(name) for name in (*self.judging, *self.thresholds) if options.get(name) is not None}

    def take(self, client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
        """A reading: what ``read`` gives, with the services' time, the endpoint's name and the criteria to judge it by."""
        found = self.read(client, options)
        stamp = {"endpoint": self.name, "schema_version": SCHEMA_VERSION, "read_at": format_time(client.now())}
        return {**stamp, **found, "criteria": self.criteria(options)}

    def summarise(self, reading: Mapping[str, Any]) -> dict[str, Any]:
        """A reading with only the fields of ``summary`` in its objects."""
        entries = reading.get(self.collection)
        if not isinstance(entries, list):
            return dict(reading)
        if self.objects is None:
            short: list[Any] = [keep(entry, {**self.summary, "readiness": 0}) for entry in entries]
        else:
            short = [{**entry, self.objects: keep(entry.get(self.objects), [self.summary])} for entry in entries]
        return {**reading, self.collection: short}

    def result(self, reading: Mapping[str, Any]) -> dict[str, Any]:
        """A reading with its readiness, overall and for each entry of the collection that was asked for by an id."""
        judgement = self.judge(reading, reading["criteria"], Context(now=reading_time(reading)))
        for finding in judgement.findings:
            finding.check = self.name
        if self.objects is None and not self.ids:
            return {**reading, **readiness(judgement)}
        findings, objects = _by_scope(judgement.findings), _by_scope(judgement.objects)
        entries = []
        for entry in reading[self.collection]:
            scope = str(entry[self.id_field])
            mine = Judgement(findings.get(scope, []), objects.get(scope, []), judgement.history)
            entries.append({**entry, "readiness": readiness(mine)["readiness"]})
        return {**reading, self.collection: entries, **readiness(judgement)}


def _by_scope(found: Iterable[Any]) -> dict[str | None, list[Any]]:
    """Findings or objects by the id they belong to."""
    scopes: dict[str | None, list[Any]] = {}
    for one in found:
        scopes.setdefault(one.scope, []).append(one)
    return scopes


def reading_time(reading: Mapping[str, Any]) -> datetime:
    """When a reading was taken.

    :raises ValueError: when it does not say
    """
    instant = parse_time(reading.get("read_at"))
    if instant is None:
        raise ValueError(f"no time of reading: {reading.get('read_at')!r}")
    return instant.latest


def readiness(judgement: Judgement) -> dict[str, Any]:
    """The ``ready`` and ``readiness`` of a result."""
    verdict = judgement.verdict
    return {
        "ready": verdict == READY,
        "readiness": {"verdict": verdict, "findings": [one.as_dict() for one in by_severity(judgement.findings)]},
    }


def read_each(
    client: Client, collection: str, id_field: str, work: Callable[[str], dict[str, Any]], ids: Iterable[str], **more: Any
) -> dict[str, Any]:
    """Reads each id once, side by side: the answers in the order asked, the failures beside them."""
    outcomes = client.fan_out(work, list(dict.fromkeys(one.strip() for one in ids)))
    return {
        collection: [outcome.value for outcome in outcomes if outcome.error is None],
        **more,
        "errors": [{id_field: outcome.item, **outcome.error.as_dict()} for outcome in outcomes if outcome.error],
    }


def check_ids(options: Mapping[str, Any], path: str, name: str) -> None:
    """Refuses an empty list of ids, and ids that would change the path.

    :raises OptionError: naming the option with its path
    """
    ids = options.get(name)
    if not ids:
        raise OptionError(path + name, ids, "at least one identifier")
    for one in ids:
        segment(path + name, one)


def check_thresholds(options: Mapping[str, Any], path: str = "") -> None:
    """Refuses negative times and time zones that do not exist.

    :raises OptionError: naming the option
    """
    for name in ("stuck_after", "failure_grace"):
        value = options.get(name)
        if value is not None and not 0 <= value < 1e9:
            raise OptionError(path + name, value, "a number of seconds, 0 or more")
    zone = options.get("codearts_timezone")
    if zone and parse_zone(zone) is None:
        raise OptionError(path + "codearts_timezone", zone, "an IANA time zone such as Asia/Shanghai or UTC")


def keep(value: Any, template: Any) -> Any:
    """The part of ``value`` that a template names: a dict of names, or a list with the template of its elements; 0 keeps all."""
    if isinstance(template, list) and isinstance(value, list):
        return [keep(one, template[0]) for one in value]
    if isinstance(template, Mapping) and isinstance(value, dict):
        return {name: keep(value[name], inner) if inner else value[name] for name, inner in template.items() if name in value}
    return value


def drop_managed_fields(metadata: Any) -> None:
    """Takes managedFields out of an object's metadata: they are large and say nothing about readiness."""
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A check: an endpoint with the ids asked for and what is demanded of them.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ..endpoints.endpoint import THRESHOLDS, Endpoint, clean_ids
from ..endpoints.registry import ENDPOINTS
from ..http.client import segment
from ..model.errors import OptionError, Said


@dataclass(frozen=True)
class Check:
    """One thing to be ready. An advisory check keeps its verdicts but weighs no more than a warning."""

    name: str
    endpoint: Endpoint
    options: Mapping[str, Any]
    advisory: bool = False

    @property
    def place(self) -> tuple[Any, Any]:
        """Region and IAM project: checks of one place share a client."""
        return self.options.get("region"), self.options.get("project_id")

    @property
    def ids(self) -> list[str] | None:
        """The ids asked for; None for an endpoint that is asked for the IAM project."""
        name = self.endpoint.ids_option
        return clean_ids(self.options.get(name) or []) if name else None

    @property
    def question(self) -> dict[str, Any]:
        """What is asked, for the receipt: ids and judging options, region and project."""
        where = {name: self.options[name] for name in ("region", "project_id") if self.options.get(name)}
        return {**self.endpoint.question(self.options), **where}


def checks_of(options: Mapping[str, Any]) -> list[Check]:
    """The checks of the option ``checks``, each with the gate's thresholds.

    :raises OptionError: naming the entry and the option
    """
    if not options["checks"]:
        raise OptionError("checks", [], "at least one check: a gate without checks would prove nothing")
    names: set[str] = set()
    checks = [_check(index, entry, options, names) for index, entry in enumerate(options["checks"])]
    refuse_advisory_only("checks", checks)
    return checks


def _check(index: int, entry: Mapping[str, Any], options: Mapping[str, Any], names: set[str]) -> Check:
    path = f"checks[{index}]"
    kinds = [name for name in ENDPOINTS if entry.get(name) is not None]
    if len(kinds) != 1:
        seen = Said(" and ".join(kinds) or "no kind of check")
        raise OptionError(path, seen, f"exactly one of {', '.join(ENDPOINTS)}, with its options ({{}} where it needs none)")
    endpoint = ENDPOINTS[kinds[0]]
    asked = {**entry[endpoint.name], **gate_thresholds(options)}
    for name in ("region", "project_id"):
        asked[name] = entry.get(name) or options.get(name)
    endpoint.check_options(asked, f"{path}.{endpoint.name}.")
    if asked.get("restart_max") is None:
        asked["restart_max"] = options.get("restart_max")  # refused under its own name where it cannot work
    if entry.get("project_id"):
        segment(f"{path}.project_id", entry["project_id"])
    return Check(unique(entry.get("name") or endpoint.name, names), endpoint, asked, bool(entry.get("advisory")))


def gate_thresholds(options: Mapping[str, Any]) -> dict[str, Any]:
    """The thresholds that the gate's caller gave."""
    return {name: options[name] for name in THRESHOLDS if options.get(name) is not None}


def refuse_advisory_only(option: str, checks: Iterable[Check]) -> None:
    """Refuses a gate in which nothing decides.

    :raises OptionError: naming the option
    """
    if all(check.advisory for check in checks):
        raise OptionError(option, "advisory checks only", "at least one check that is not advisory: else nothing decides")


def unique(name: str, names: set[str]) -> str:
    """``name``, with a number behind it when it is taken already; added to ``names``."""
    chosen = next(candidate for candidate in _numbered(name) if candidate not in names)
    names.add(chosen)
    return chosen


def _numbered(name: str) -> Iterator[str]:
    yield name
    number = 2
    while True:
        yield f"{name} ({number})"
        number += 1

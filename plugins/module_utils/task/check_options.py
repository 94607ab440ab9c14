# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The options of the checks, and names that are no option.

Each kind of check takes options of its info module. They are checked here instead of by Ansible, which would want them documented a second
time with the gate, and names neither the entry nor what is near.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible.module_utils.common.arg_spec import ArgumentSpecValidator

from ..endpoints.endpoint import Endpoint
from ..endpoints.registry import ENDPOINTS
from ..model.errors import GitopsError
from ..model.shapes import mapping, nearest


def check_spec(endpoint: Endpoint) -> dict[str, Any]:
    """The argument spec of a kind of check: the ids and the expectations of its info module."""
    return {**endpoint.ids, **endpoint.judging}


def validated_checks(entries: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The entries of ``checks`` with the options of their kinds as these are to be taken, with defaults.

    :raises GitopsError: for the first option that is none or has a wrong type
    """
    return [_validated(entry, f"checks[{index}]") for index, entry in enumerate(entries)]


def _validated(entry: Mapping[str, Any], path: str) -> dict[str, Any]:
    taken = dict(entry)
    for name in ENDPOINTS:
        if entry.get(name) is None:
            continue
        spec = check_spec(ENDPOINTS[name])
        refuse_unknown(spec, entry[name], f"{path}.{name}.")
        validated = ArgumentSpecValidator(spec).validate(entry[name])
        if validated.error_messages:
            raise GitopsError(f"The options of '{path}.{name}': {validated.error_messages[0]}")
        taken[name] = validated.validated_parameters
    return taken


def refuse_unknown(spec: Mapping[str, Any], given: Mapping[str, Any], path: str = "", of: str = "") -> None:
    """Refuses a name that is no option, at any depth.

    :param path: of ``given`` in messages, with its full stop
    :param of: whose options they are, as Ansible says it: `` for (huaweicloud.gitops.gitops_gate) module``
    :raises GitopsError: for the first one, with the names that are near
    """
    known = {alias: option for name, option in spec.items() for alias in (name, *option.get("aliases", ()))}
    for name, value in given.items():
        if name not in known:
            raise GitopsError(f"Unsupported parameters{of}: {path}{name}.{nearest(str(name), known)}")
        for where, inner in _dictionaries(f"{path}{name}", value):
            if "options" in known[name]:
                refuse_unknown(known[name]["options"], inner, f"{where}.", of)


def _dictionaries(path: str, value: Any) -> Iterable[tuple[str, Mapping[str, Any]]]:
    """The dictionaries that an option holds, each with its path."""
    if isinstance(value, list):
        return [(f"{path}[{index}]", mapping(element)) for index, element in enumerate(value)]
    return [(path, mapping(value))]

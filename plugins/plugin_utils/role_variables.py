# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The question of the role gitops_gate, from the variables of a host."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ansible.errors import AnsibleError, AnsibleLookupError
from jinja2.exceptions import UndefinedError

from ..module_utils.gate.undecided import undecided
from ..module_utils.model.times import utc_now
from ..module_utils.task.role_question import (
    DECIDING,
    NOT_FILLED_IN,
    OTHER_NAMES,
    PREFIX,
    PURPOSES,
    VARIABLES,
    otherwise_asked,
    plain,
    question,
    refusal,
)
from ..module_utils.task.version import COLLECTION_VERSION

ASKER = "__gitops_gate_asker"  # set by gitops_gate_begin: the host whose variables are asked, which under run_once is one for all


def questions(purposes: Sequence[str], variables: Mapping[str, Any], templar: Any, for_all: bool = False) -> list[dict[str, Any]]:
    """A question for each purpose.

    :param variables: all variables of the host, not filled in
    :param templar: that of the lookup
    :param for_all: refuse what another host for which this one asks (``run_once``) would ask otherwise
    :raises AnsibleLookupError: for a purpose that is not known
    """
    given = {name: _filled_in(variables[name], templar) for name in _names(variables)}
    otherwise = _asked_otherwise(given, variables, templar) if for_all else None
    return [_asked(given, purpose, otherwise) for purpose in purposes]


def _names(variables: Mapping[str, Any]) -> list[str]:
    """The variables of the role, without an earlier decision: to fill one in takes seconds, for nothing."""
    return [str(name) for name in variables if str(name).startswith(PREFIX) and name not in OTHER_NAMES]


def _filled_in(value: Any, templar: Any) -> Any:
    """A variable as plain data; ansible-core from 2.19 on fills in what is nested only when it is looked at."""
    try:
        return plain(templar.template(value))
    except (AnsibleError, UndefinedError):
        return NOT_FILLED_IN


def _asked(given: Mapping[str, Any], purpose: str, otherwise: tuple[str, Mapping[str, Any]] | None) -> dict[str, Any]:
    if purpose not in PURPOSES:
        raise AnsibleLookupError(f"gate_question: got {purpose}, expected one of {', '.join(PURPOSES)}.")
    now = utc_now()
    asked = question(given, now, purpose)
    if otherwise and not asked["refused"]:
        reason, others = otherwise
        asked = refusal(given, reason, purpose)
        # Where one of the hosts holds the deployment, a difference between them does, too.
        asked["enforce"] |= refusal(others, reason, purpose)["enforce"]
    if asked["refused"]:
        asked["block"] = undecided(asked["refused"], now, COLLECTION_VERSION)
    return asked


# --- one host asks for others -----------------------------------------------------------------------------------------------------------


def _asked_otherwise(given: Mapping[str, Any], variables: Mapping[str, Any], templar: Any) -> tuple[str, Mapping[str, Any]] | None:
    """Why one host cannot ask for all of the batch, with the variables of the first one that has others in its inventory."""
    me, hosts = variables.get("inventory_hostname"), variables.get("hostvars")
    others = [host for host in variables.get("ansible_play_batch") or () if host != me]
    if not others or hosts is None:
        return None
    mine = hosts.raw_get(me)  # without what the play and its tasks set, which holds for all hosts
    mentioned = _mentioned(variables)
    for host in others:
        theirs = hosts.raw_get(host)
        if theirs.get(ASKER) != me:
            continue
        differing = {name: theirs[name] for name in mentioned if name in theirs and _is_own(name, variables, mine)}
        differing = {name: value for name, value in differing.items() if name not in variables or value != variables[name]}
        if differing:
            view = {**variables, **differing}
            filler = templar.copy_with_new_env(available_variables=view)
            changed = [name for name in _names(view) if name in differing or _is_template(view[name])]
            asks = {**given, **{name: _filled_in(view[name], filler) for name in changed}}
            reason = otherwise_asked(given, asks, str(me), str(host))
            if reason:
                return reason, asks
    return None


def _mentioned(variables: Mapping[str, Any]) -> set[str]:
    """The variables of the role, and all that are named in them, and in these.

    To fill in all of them for each host would repeat their lookups.
    """
    names = {PREFIX + name for name in DECIDING}
    rest = list(names)
    names |= {"hostvars", "vars"}  # of all hosts, and all of this one: what is taken out of them is named, too
    while rest:
        value = variables.get(rest.pop())
        new = set(re.findall(r"\w+", str(value))) - names if _is_template(value) else set()
        names |= new
        rest += new
    return names


def _is_template(value: Any) -> bool:
    return value is not None and ("{{" in str(value) or "{%" in str(value))


def _is_own(name: str, variables: Mapping[str, Any], mine: Mapping[str, Any]) -> bool:
    """Whether each host may have a value of its own: neither the play nor a task sets the variable."""
    if name not in variables:
        return True
    if name in mine:
        return bool(variables[name] == mine[name])
    parsed_with_default = VARIABLES.get(name.removeprefix(PREFIX)) if name.startswith(PREFIX) else None
    return bool(parsed_with_default and variables[name] == parsed_with_default[1])

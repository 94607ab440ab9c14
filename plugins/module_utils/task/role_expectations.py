# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What the modules would refuse in the expectations and waivers of the role gitops_gate, found before the first request.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from ..endpoints import codearts_project_repository, codearts_repository
from ..gate.waivers import waivers_of
from ..model.errors import OptionError
from ..rules import authorizations, commits, expected_config_sets, expected_sources

# By kind of check, the option with its expectations, what refuses them, and the variable that they come from.
_EXPECTATIONS: tuple[tuple[str, str, Callable[[Mapping[str, Any], str], None], str], ...] = (
    ("ucs_repository_source", "expect", expected_sources.validate_expect, "sources"),
    ("ucs_config_set", "expect", expected_config_sets.validate_expect, "config_sets"),
    ("codearts_project_repository", "expect", codearts_project_repository.validate_expect, "repositories"),
    ("codearts_repository", "expect", codearts_repository.validate, "repositories"),
    ("codearts_commit", "expect", commits.validate_expect, "commits"),
    ("servicestage_git_authorization", "expect", authorizations.validate_expect, "authorizations"),
    ("flux", "expect", expected_sources.validate_expect, "sources"),
    ("flux", "expect_kustomizations", expected_config_sets.validate_expect, "config_sets"),
)


def first_fault(reads: Mapping[str, Any], waivers: Any, now: datetime) -> tuple[OptionError, str] | None:
    """The first thing that would be refused, with the variable that it is in, without its prefix; None where nothing would be.

    :param reads: each kind of check with its options
    :param now: the local time, by which waivers end
    """
    checks: list[tuple[Callable[[], object], str]] = [
        (partial(validate, {**reads[kind], "expect": reads[kind].get(option)}, ""), variable)
        for kind, option, validate, variable in _EXPECTATIONS
        if kind in reads
    ]
    checks.append((partial(waivers_of, {"waivers": waivers}, now), "waivers"))
    faults = ((_fault(check), variable) for check, variable in checks)
    return next(((error, variable) for error, variable in faults if error), None)


def _fault(check: Callable[[], object]) -> OptionError | None:
    try:
        check()
    except OptionError as error:
        return error
    return None

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

# By kind of check, what refuses its expectations, and the variable that they come from.
_EXPECTATIONS: dict[str, tuple[Callable[[Mapping[str, Any], str], None], str]] = {
    "ucs_repository_source": (expected_sources.validate_expect, "sources"),
    "ucs_config_set": (expected_config_sets.validate_expect, "config_sets"),
    "codearts_project_repository": (codearts_project_repository.validate_expect, "repositories"),
    "codearts_repository": (codearts_repository.validate, "repositories"),
    "codearts_commit": (commits.validate_expect, "commits"),
    "servicestage_git_authorization": (authorizations.validate_expect, "authorizations"),
}


def first_fault(reads: Mapping[str, Any], waivers: Any, now: datetime) -> tuple[OptionError, str] | None:
    """The first thing that would be refused, with the variable that it is in, without its prefix; None where nothing would be.

    :param reads: each kind of check with its options
    :param now: the local time, by which waivers end
    """
    checks: list[tuple[Callable[[], object], str]] = [
        (partial(validate, reads[kind], ""), variable) for kind, (validate, variable) in _EXPECTATIONS.items() if kind in reads
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

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Which config sets somebody expects, and which of them are there (rules.rst, K1).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model.codes import CATALOGUE
from ..model.config_sets import ConfigSet
from ..model.errors import OptionError
from ..model.shapes import nearest
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.verdicts import F_R
from .expected_sources import named_by, short_text, validate_revisions


def validate_expect(options: Mapping[str, Any], path: str = "", option: str = "expect") -> None:
    """Refuses expectations that cannot work, before the first request.

    :param path: where the options stand, e.g. ``checks[0].ucs_config_set.``
    :param option: that holds them
    :raises OptionError: for an expectation without name and source, and for a revision that is none
    """
    for index, want in enumerate(options.get(option) or []):
        place = f"{path}{option}[{index}]"
        if not (want.get("name") or want.get("source")):
            raise OptionError(place, named_by(want), "a name or a source, to know which config set is meant")
        source = str(want.get("source") or "x")
        if source.count("/") > 1 or not all(part.strip() for part in source.split("/")):
            raise OptionError(f"{place}.source", source, "the name of a source, or its namespace/name")
        validate_revisions(place, want)


def describe(want: Mapping[str, Any]) -> str:
    """What names an expected config set, in words."""
    return " ".join(f"{name} {clean_text(want[name])}" for name in ("name", "namespace", "source") if want.get(name))


def matching(want: Mapping[str, Any], config_sets: Sequence[ConfigSet]) -> list[ConfigSet]:
    """The config sets that an expectation means, all of them."""
    return [
        item
        for item in config_sets
        if (not want.get("name") or item.name == want["name"])
        and (not want.get("namespace") or item.namespace == want["namespace"])
        and (not want.get("source") or item.follows(str(want["source"])))
    ]


def missing_config_set(want: Mapping[str, Any], config_sets: Sequence[ConfigSet], notice: Subject, option: str = "expect") -> Subject:
    """K1: an expected config set is not in the complete list.

    :param option: that holds the expectation
    """
    name, namespace = short_text(want.get("name") or want.get("source")), short_text(want.get("namespace"))
    subject = Subject("ConfigSet", name, notice.target, notice.read_at, notice.cluster_id, notice.cluster_name, namespace)
    known = [item.name if want.get("name") else item.source_name for item in config_sets]
    hint = nearest(str(name), known)
    elsewhere = [item for item in config_sets if want.get("name") == item.name]
    if elsewhere:
        places = ", ".join(sorted({f"{item.namespace}/{item.name} of source {item.source_name or 'unknown'}" for item in elsewhere})[:3])
        hint = f" There is {clean_text(places)}."
    todo = CATALOGUE["CFG_MISSING"].remediation.replace("'expect'", f"'{option}'")
    message = f"The expected config set is not there: {describe(want)}.{hint}"
    subject.say("CFG_MISSING", F_R, message, expected=describe(want), remediation=todo)
    return subject

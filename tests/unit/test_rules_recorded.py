# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the rows of the tables state beside their verdict: field, observed, expected, since, the place, and what a receipt tells.

The tables of ``test_rules_*.py`` say which code and mark a row has. Here all the rest of its findings and subjects, without the words, has
to be among what ``data/recorded_findings.json`` lists, each line once. After a change that is meant:
``RECORD=1 make unit ARGS="-n 0 -k rules_recorded"``; then read the difference.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.history import History
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules import authorizations, clusters, commits, repositories
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.across import judge_across

from unit import (
    answers_clusters,
    answers_codearts,
    answers_config_sets,
    answers_pods,
    answers_sources,
    test_declared,
    test_declared_live,
    test_rules_across,
    test_rules_authorizations,
    test_rules_clusters,
    test_rules_commits,
    test_rules_config_sets,
    test_rules_errors,
    test_rules_flux,
    test_rules_pods,
    test_rules_repositories,
    test_rules_sources,
)

if TYPE_CHECKING:
    from types import ModuleType

    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.findings import Finding
    from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.subjects import Subject

FILE = Path(__file__).with_name("data") / "recorded_findings.json"
DEFAULTS = {"asked": True, "notice": False, "is_state": False, "passing": False, "ready_since": None}
# Wording, and what is in the subject's line already.
WORDS = {"code", "verdict", "terminal", "retryable", "message", "remediation", "waived"}
PLACE = ("kind", "namespace", "name", "cluster_id", "cluster_name", "target")

Judged = Callable[[], "list[Subject]"]


def lines(subjects: list[Subject]) -> list[str]:
    """The subjects, each with its findings below it."""
    return [line for subject in subjects for line in (subject_line(subject), *(finding_line(subject, said) for said in subject.findings))]


def subject_line(subject: Subject) -> str:
    """A subject: its place, and what is not as usual about it."""
    place = " ".join(str(getattr(subject, name)) for name in PLACE)
    unusual = [f"{name}={getattr(subject, name)}" for name, usual in DEFAULTS.items() if getattr(subject, name) != usual]
    parts = [f"{'/'.join(key)}: {part.value!r}{' passing' if part.passing else ''}" for key, part in sorted(subject.parts.items())]
    observed = [f"{name}={value!r}" for name, value in subject.observed.items()]
    at = (subject.read_at - answers_pods.NOW).total_seconds()
    return " | ".join(filter(None, [place, f"at {at:g}" if at else "", *unusual, ", ".join(parts), ", ".join(observed)]))


def finding_line(subject: Subject, finding: Finding) -> str:
    """A finding: code, mark, and what it states, as far as that is not what its subject says."""
    assert finding.message not in ("", "None")
    values = {name: value for name, value in finding.as_dict().items() if name not in WORDS and value not in (None, "")}
    own = {name: value for name, value in values.items() if name not in PLACE or value != getattr(subject, name)}
    stated = [f"{name}={value!r}" for name, value in own.items() if (name, value) != ("weight", "decides")]
    return " ".join([finding.code, str(finding.mark), *stated])


def table_of(module: ModuleType, kind: type) -> list[Any]:
    """The rows of all tables of a test file."""
    return [row for table in vars(module).values() if isinstance(table, tuple) for row in table if isinstance(row, kind)]


def last_of(judge_series: Any, answers: Any, **options: Any) -> list[Subject]:
    """The subjects of the last of some samples."""
    subjects: list[Subject] = judge_series(answers if isinstance(answers, list) else [(0, answers)], **options)[-1].subjects
    return subjects


def of_codearts(judge: Any, row: answers_codearts.Row) -> list[Subject]:
    """The subjects of the last time that a row's reading was read."""
    judgement = answers_codearts.judged(judge, row.reading, **row.options)
    for seconds in row.again:
        again = answers_codearts.moved(row.reading, seconds)
        judgement = answers_codearts.judged(judge, again, judgement.history, **row.options)
    subjects: list[Subject] = judgement.subjects
    return subjects


def of_row(row: answers_sources.Row) -> list[Subject]:
    """The subjects of the last of a row's samples."""
    subjects: list[Subject] = row.last().subjects
    return subjects


def of_status(status: dict[str, Any]) -> list[Subject]:
    """The subjects of a cluster with this status."""
    subjects: list[Subject] = clusters.judge(answers_clusters.clusters(answers_clusters.cluster(**status)), {}, History()).subjects
    return subjects


def of_context(row: test_rules_flux.Row) -> list[Subject]:
    """The subjects of what Kubernetes lists in a context."""
    subjects: list[Subject] = test_rules_flux.judged(row.lists, **row.options).subjects
    return subjects


def of_error(endpoint: str, status: int | None, code: str, retryable: bool) -> list[Subject]:
    """The subjects of a failed request."""
    service = test_rules_errors.IDS[endpoint][0]
    return test_rules_errors.judged(endpoint, answers_codearts.failed(status, code, "x1", retryable=retryable, service=service))


def of_text(text: str, options: dict[str, Any]) -> list[Subject]:
    """The subjects of a text of manifests."""
    subjects: list[Subject] = test_declared_live.declared(text, **options).judgement.subjects
    return subjects


def of_live(text: str, other: Any, options: dict[str, Any]) -> list[Subject]:
    """The subjects of a text of manifests, compared with what another check has read."""
    subjects: list[Subject] = judge_across([test_declared_live.declared(text, **options), other])[0].subjects
    return subjects


def of_sample(*checked: Any) -> list[Subject]:
    """The subjects of a sample after the rules across readings."""
    return [subject for judgement in test_rules_across.across(*checked) for subject in judgement.subjects]


def samples() -> Iterator[tuple[str, Judged]]:
    """Samples of several readings, for the rules across them."""
    across = test_rules_across
    source, sources, pods, judged = across.source, across.sources, across.pods, across.judged
    first_look = [across.NEVER, ("SRC_RECONCILING", across.F_R), ("SRC_RETRYING", across.F_R), ("SRC_REPOSTATUS_FAILED", across.F_R)]
    later = across.NOW + timedelta(seconds=20)
    frozen = answers_codearts.repository(status=3)
    yield "all", partial(of_sample, *across.CHECKS)
    for name, pods_reading in {"failed": pods(across.CRASHING), "missing": pods(across.KUSTOMIZE), "lost": across.LOST}.items():
        yield f"X1-{name}", partial(of_sample, pods_reading, sources(source(), replace(source(name="b"), asked=False)))
    yield "X1-advisory", partial(of_sample, pods(across.CRASHING, advisory=True), sources(source()))
    yield "X2", partial(of_sample, sources(source(across.REFUSED, url=across.URL, cause="auth")), judged(answers_codearts.projects(frozen)))
    for said in first_look:
        young = replace(source(said), cluster_name="prod")
        yield f"X5-{said[0]}", partial(of_sample, pods(across.YOUNG), sources(young))
    yield "G4-later", partial(of_sample, sources(source()), sources(source(across.SUSPENDED), name="second", at=later))
    yield "G4-vanished", partial(of_sample, sources(source(), source(name="cart")), sources(source(), at=later))
    yield "G4-appeared", partial(of_sample, sources(source(), at=later), sources(source(), source(name="cart"), name="second"))
    listed = judged(answers_codearts.projects(answers_codearts.repository(status=None, userRole=20)))
    yield "merged", partial(of_sample, listed, judged(answers_codearts.details(answers_codearts.repository(userRole=30))))


def fleets() -> Iterator[tuple[str, Judged]]:
    """The rows about clusters and what is applied in them."""
    for row in table_of(test_rules_config_sets, answers_config_sets.Row):
        yield f"config_sets {row.id}", partial(of_row, row)
    for id_, status, *_comes in test_rules_clusters.STATES:
        yield f"clusters {id_}", partial(of_status, status)
    for row in test_rules_flux.ROWS:
        yield f"flux {row.id}", partial(of_context, row)


def cases() -> Iterator[tuple[str, Judged]]:
    """Every row of every table."""
    for row in table_of(test_rules_pods, answers_pods.Row):
        yield f"pods {row.id}", partial(last_of, answers_pods.judge_series, row.answer, **row.options)
    for row in table_of(test_rules_sources, answers_sources.Row):
        yield f"sources {row.id}", partial(of_row, row)
    for row in table_of(test_rules_repositories, answers_codearts.Row):
        judge = repositories.judge_details if row.reading.endpoint == "codearts_repository" else repositories.judge_projects
        yield f"repositories {row.id}", partial(of_codearts, judge, row)
    for row in table_of(test_rules_commits, answers_codearts.Row):
        yield f"commits {row.id}", partial(of_codearts, commits.judge, row)
    for row in table_of(test_rules_authorizations, answers_codearts.Row):
        yield f"authorizations {row.id}", partial(of_codearts, authorizations.judge, row)
    for id_, *error in test_rules_errors.ERRORS:
        for endpoint in test_rules_errors.IDS:
            yield f"errors {id_} {endpoint}", partial(of_error, endpoint, *error[:3])
    for id_, text, options, _findings in test_declared.ROWS:
        yield f"declared {id_}", partial(of_text, text, options)
    for id_, text, other, options, _findings in test_declared_live.ROWS:
        yield f"declared {id_}", partial(of_live, text, other, options)
    for name, judged in samples():
        yield f"across {name}", judged
    yield from fleets()


def seen() -> dict[str, dict[str, list[str]]]:
    """By the area of its rules and its lines, the cases that state a line."""
    areas: dict[str, dict[str, list[str]]] = {}
    for name, judged in cases():
        for line in lines(judged()):
            areas.setdefault(name.partition(" ")[0], {}).setdefault(line, []).append(name)
    return areas


@pytest.fixture(scope="module")
def stated() -> dict[str, dict[str, list[str]]]:
    """What all cases state now; recorded where that is asked for."""
    areas = seen()
    if os.environ.get("RECORD"):
        kept = {area: sorted(areas[area]) for area in sorted(areas)}
        FILE.write_text(json.dumps(kept, indent=0, ensure_ascii=False) + "\n", encoding="utf-8")
    return areas


AREAS = ("across authorizations clusters commits config_sets declared errors flux pods repositories sources").split()


@pytest.mark.parametrize("area", AREAS)
def test_recorded(area: str, stated: dict[str, dict[str, list[str]]]) -> None:
    recorded = json.loads(FILE.read_text(encoding="utf-8"))[area]
    assert {line: names[:3] for line, names in stated[area].items() if line not in recorded} == {}, "not recorded"
    assert [line for line in recorded if line not in stated[area]] == [], "no longer stated by any case"

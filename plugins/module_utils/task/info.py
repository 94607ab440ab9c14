# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What an info module does: read its endpoint, judge the reading, and say which requests failed.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import partial
from typing import Any
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleModule

from ..endpoints.endpoint import PACKED, Ahead, Endpoint
from ..http.pacing import Limiter
from ..model.errors import ApiError, OptionError, Said
from ..model.findings import Finding, by_severity
from ..model.history import History
from ..model.readings import ReadError, Reading
from ..model.subjects import Subject
from ..model.text import some_of
from ..model.verdicts import READY, worst
from .arguments import CONNECTION, INFO, check_thresholds
from .run import Surroundings, Work, masked, run_module

ERRORS_SHOWN = 10


def argument_spec(endpoint: Endpoint) -> dict[str, Any]:
    """The argument spec of an endpoint's info module; one that sends nothing has nothing to connect to, and no time to judge by."""
    if endpoint.is_local:
        return {"detail": INFO["detail"], **endpoint.ids, **endpoint.listing, **endpoint.judging}
    return {**CONNECTION, **INFO, **endpoint.ids, **endpoint.listing, **endpoint.judging}


def info_work(endpoint: Endpoint) -> Work:
    """What the info module of an endpoint does."""

    def work(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
        check_thresholds(options)
        endpoint.check_options(options, "")
        ahead: Ahead = {}
        judge = partial(endpoint.judge_ahead, ahead, endpoint.question(options), History())
        with endpoint.connect(options, around.environ, Limiter(options.get("max_concurrency") or 1), around.masker) as client:
            reading = endpoint.take(client, options, held_readings(endpoint, options), seen=judge)
        result = judged_result(endpoint, reading, ahead, summary=options["detail"] != "full")
        if options["detail"] == "packed":
            # Without secrets before it is a text, in which those with quotes would look different.
            objects = masked({PACKED: result.pop(endpoint.collection)}, around.masker)[PACKED]
            result[PACKED] = json.dumps(objects, ensure_ascii=False, separators=(",", ":"))
        if reading.errors and options.get("on_error") == "fail":
            return {"failed": True, "msg": errors_in_words(reading.errors, endpoint.key(reading.question)), **result}
        return result

    return work


def held_readings(endpoint: Endpoint, options: Mapping[str, Any]) -> list[Reading]:
    """The readings of another module that hold a part of what is asked for.

    :raises OptionError: for an option that is no whole reading of that module
    """
    holder = endpoint.within
    value = options.get(holder.objects or "") if holder else None
    if holder is None or value is None:
        return []
    if value.get("endpoint") != holder.name:
        raise OptionError(str(holder.objects), Said("something else"), f"the registered result of {holder.module}")
    return [holder.reading_of(value, str(holder.objects))]


def run_info(module: AnsibleModule, endpoint: Endpoint) -> None:
    """Runs an info module to its end."""
    run_module(module, info_work(endpoint))


def judged_result(endpoint: Endpoint, reading: Reading, ahead: Ahead, summary: bool) -> dict[str, Any]:
    """A reading with its readiness, of the whole and of each entry.

    :param ahead: entries that were judged already
    """
    judgement = endpoint.judge(reading, reading.question, History(), ahead)
    result = endpoint.as_dict(reading, summary)
    if endpoint.ids:
        by_target: dict[str, list[Subject]] = {}
        for subject in judgement.subjects:
            by_target.setdefault(subject.target, []).append(subject)
        for entry in result[endpoint.collection]:
            entry["readiness"] = readiness(endpoint.name, by_target.get(str(entry[endpoint.key(reading.question)]), []))
    overall = readiness(endpoint.name, judgement.subjects)
    return {**result, "ready": overall["verdict"] == READY, "readiness": overall}


def readiness(check: str, subjects: list[Subject]) -> dict[str, Any]:
    """The verdict and the findings of some subjects, worst first."""
    findings: list[Finding] = [finding for subject in subjects for finding in subject.findings]
    verdict = worst(subject.verdict for subject in subjects if subject.asked)
    return {"verdict": verdict, "findings": [{**finding.as_dict(), "check": check} for finding in by_severity(findings)]}


def errors_in_words(errors: tuple[ReadError, ...], id_field: str) -> str:
    """The failed requests as one message, each with the id it was for; the same failure of many ids is said once."""
    if len(errors) == 1:
        asked, words = errors[0].target, str(errors[0].error)
        return f"The read failed: {words}" + (f" [{id_field} {asked}]" if asked and quote(asked, safe="") not in words else "")
    causes: dict[str, list[str]] = {}
    for failure in errors:
        path = failure.error.path.replace(quote(failure.target, safe=""), f"{{{id_field}}}") if failure.target else failure.error.path
        same = ApiError.from_dict({**failure.error.as_dict(), "request_id": "", "path": path})
        causes.setdefault(str(same), []).append(failure.target)
    shown = [f"{words} [{id_field} {some_of(ids, ', ', ERRORS_SHOWN)}]" for words, ids in causes.items()]
    return f"{len(errors)} of the reads failed: {some_of(shown, '; ', ERRORS_SHOWN)}"

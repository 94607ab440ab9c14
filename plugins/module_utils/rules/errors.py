# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a failed request means (rules.rst, rows E).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ..model.errors import (
    ANSWER_MISMATCH,
    CONTEXT_NOT_FOUND,
    LIST_EXPIRED,
    NO_ACCESS,
    STALE_ANSWER,
    TLS_FAILED,
    UNEXPECTED_ANSWER,
    ApiError,
)
from ..model.history import History, Watch
from ..model.readings import Reading
from ..model.subjects import Subject
from ..model.verdicts import F_T, U_T, Mark, P, U

_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_HEX = re.compile(r"[0-9a-f]{32}", re.IGNORECASE)
# How ids are written; those of CodeArts and of IAM cannot be told from each other.
FORMS = {_UUID: "the id of a cluster", _HEX: "the id of a project or of a repository"}
FORM_OF = {"cluster_id": _UUID, "project_uuid": _HEX, "repository_uuid": _HEX, "project_id": _HEX}
EXAMPLES = {_UUID: "one is written like 8f0a1c52-9c1e-11ee-8f5b-0255ac100c5d", _HEX: "one has 32 hex digits"}
NO_PERMISSION_OR_ABSENT = "CH.080401"
CODEARTS_TERMINAL = (NO_PERMISSION_OR_ABSENT, "CH.010001")


def unauthorized(error: ApiError) -> tuple[str, Mark] | None:
    """E1: the credentials are refused; CodeArts says the same of a repository that is absent or not permitted."""
    if error.status != 401:
        return None
    absent = error.service == "codearts_repo" and error.code == NO_PERMISSION_OR_ABSENT
    return ("REPO_NO_PERMISSION_OR_ABSENT" if absent else "API_UNAUTHORIZED", U_T)


def refused(error: ApiError) -> tuple[str, Mark] | None:
    """E2: the credentials may not read this, or the request is not accepted."""
    codes = {403: "API_FORBIDDEN", 400: "API_BAD_REQUEST"}
    return (codes[error.status], U_T) if error.status in codes else None


def without_context(error: ApiError) -> tuple[str, Mark] | None:
    """F1, F2: the kubeconfig has no such context, or a context cannot be used as it is there."""
    if error.code == CONTEXT_NOT_FOUND:
        return "KUBE_CONTEXT_NOT_FOUND", F_T
    return ("KUBE_NO_ACCESS", U if error.retryable else U_T) if error.code == NO_ACCESS else None


def expired(error: ApiError) -> tuple[str, Mark] | None:
    """F6: a list of Kubernetes changed too much, twice, before its end was read."""
    return ("API_UNAVAILABLE", U) if error.code == LIST_EXPIRED else None


def withdrawn(error: ApiError) -> tuple[str, Mark] | None:
    """E3: the API is not offered, or no longer."""
    return ("API_WITHDRAWN", U_T) if error.withdrawn else None


def misshapen(error: ApiError) -> tuple[str, Mark] | None:
    """E5, E6: an answer that is none of the documented ones."""
    return ("API_SHAPE", U_T) if error.code == UNEXPECTED_ANSWER else None


def stale(error: ApiError) -> tuple[str, Mark] | None:
    """E7: an answer from a cache."""
    return ("API_STALE", U) if error.code == STALE_ANSWER else None


def mismatched(error: ApiError) -> tuple[str, Mark] | None:
    """E8: an answer about something else than was asked for."""
    return ("API_ANSWER_MISMATCH", U_T) if error.code == ANSWER_MISMATCH else None


def envelope(error: ApiError) -> tuple[str, Mark] | None:
    """C0: CodeArts reports an error in a 200."""
    if error.status is None or not 200 <= error.status < 300:
        return None
    return ("REPO_API_ERROR", U_T if error.code in CODEARTS_TERMINAL else U)


def unavailable(error: ApiError) -> tuple[str, Mark]:
    """E9: anything else: worth waiting for where the client retries it."""
    return ("API_UNAVAILABLE", U if error.retryable and error.code != TLS_FAILED else U_T)


# In this order; the first that knows the error decides. E4, the other 404, needs the endpoint's own code.
ROWS: tuple[Callable[[ApiError], Any], ...] = (
    misshapen,
    stale,
    mismatched,
    without_context,
    expired,
    withdrawn,
    unauthorized,
    refused,
    envelope,
)


def error_mark(error: ApiError, not_found: str) -> tuple[str, Mark]:
    """The code and the mark of a failed request.

    :param not_found: the endpoint's code for an id that is not there
    """
    for row in ROWS:
        judged: tuple[str, Mark] | None = row(error)
        if judged:
            return judged
    if error.absent:  # E4
        return not_found, F_T
    return unavailable(error)


def judge_errors(
    reading: Reading, options: Mapping[str, Any], earlier: History, later: History, not_found: str, id_field: str
) -> list[Subject]:
    """A subject for each failed request of a reading.

    :param not_found: the endpoint's code for an id that is not there (E4)
    :param id_field: the option that names the ids, in singular: ``cluster_id``
    """
    subjects = []
    for failure in reading.errors:
        watch = Watch(options, failure.target, failure.read_at, earlier, later)
        watch.keep()
        code, mark = error_mark(failure.error, not_found)
        if code == "GITOPS_NOT_FOUND" and options.get("enabling") and watch.gate_age < watch.stuck_after:
            mark = P  # L1
        in_cluster = id_field in ("cluster_id", "context")
        cluster_id = failure.target if in_cluster else None
        name = None if in_cluster else f"{id_field} {failure.target}"
        subject = Subject("Cluster" if in_cluster else "API", name, failure.target, failure.read_at, cluster_id, is_state=True, notice=True)
        hint = _other_kind(id_field, failure.target) if code in (not_found, "REPO_NO_PERMISSION_OR_ABSENT", "API_BAD_REQUEST") else ""
        subject.say(code, mark, in_words(failure.error) + hint, observed=failure.error.status, cause="api")
        subjects.append(subject)
    return subjects


def in_words(error: ApiError) -> str:
    """A failed request as a finding says it: its message, then status, code and request id."""
    if error.code in (CONTEXT_NOT_FOUND, NO_ACCESS):
        return error.message  # nothing was asked
    status = f"HTTP {error.status}" if error.status else "no answer"
    details = (status, error.code, error.request_id and f"request id {error.request_id}")
    return f"{(error.message or 'no message').rstrip('. ')} ({', '.join(str(detail) for detail in details if detail)})"


def _other_kind(id_field: str, target: str) -> str:
    """What an id that the service does not know looks like, where that is none of its kind."""
    form = FORM_OF.get(id_field)
    if form is None or not target or form.fullmatch(target):
        return ""
    looks = next((kind for known, kind in FORMS.items() if known.fullmatch(target)), "a name")
    return f". It is no {id_field}, for {EXAMPLES[form]}; it looks like {looks}"

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can go wrong with an answer, as a table: what the simulator does, and what has to become of it in an info module and in the gate.

Every row is done to the requests for one id of each endpoint; what is asked for beside it must not suffer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.times import utc_now

from simulator.scenario import Scenario, load

from .test_info_modules import CASES, DETAILS, ESTATE, LISTS, PODS, SOURCES, Case

NEVER = {"request_timeout": 0.4, "request_retries": 0}  # options for answers that never come; everything else comes well within that
RETRIES = 2
ELSEWHERE = "https://elsewhere.example.com/login"
MEGABYTE = 1024**2


@dataclass(frozen=True)
class Row:
    """A fault and its outcome.

    ``what``: the simulator's fault, for all endpoints or made for one. ``says``, ``code``, ``status``: of the error. ``finding``: its code,
    with its verdict and whether it ends a wait. ``tries``: how often the request is sent. ``pauses``: the shortest and the longest of
    the waits between. A row without ``finding`` is ready in the end.
    """

    name: str
    what: Mapping[str, Any] | Callable[[Case], Mapping[str, Any]]
    says: str = ""
    code: str = ""
    status: int | None = None
    finding: str = ""
    verdict: str = "unknown"
    terminal: bool = False
    tries: int = 1
    pauses: tuple[float, float] = (0, 8)
    options: Mapping[str, Any] = field(default_factory=lambda: {"request_retries": RETRIES})
    cases: tuple[Case, ...] = tuple(CASES)

    @property
    def throttled(self) -> bool:
        """Whether the host refuses the call as one too many, and so the next ones, too."""
        return (isinstance(self.what, Mapping) and self.what.get("error") == "APIG.0308") or self.what is soon

    def fault(self, case: Case) -> dict[str, Any]:
        """The fault for the second id of an endpoint, or for the only one."""
        return case.fault(number_of(case), **(self.what(case) if callable(self.what) else self.what))

    def code_of(self, case: Case) -> str:
        """The code of the finding for an endpoint."""
        return case.not_found if self.finding == "NOT_FOUND" else self.finding


def number_of(case: Case) -> int:
    """The number of the id that suffers."""
    return 1 if case.aliases else 0


def healthy(case: Case, number: int | None = None) -> dict[str, Any]:
    """What an endpoint answers for an id, the one that suffers unless another is given, when all is well."""
    estate = Scenario(load(ESTATE), utc_now()).at(0.0)
    where = case.ids[number_of(case) if number is None else number]
    if case is SOURCES:
        return {"items": estate.sources(where), "total": len(estate.sources(where))}
    if case is PODS:
        return {"metadata": {}, "items": estate.pods(where)}
    if case is LISTS:
        listed = estate.repositories(where)
        return {"result": {"repositories": listed, "total": len(listed)}, "status": "success"}
    if case is DETAILS:
        return {"result": estate.repository(where), "status": "success"}
    listed = estate.authorizations(where)
    return {"authorizations": listed, "count": len(listed)}


def with_more(case: Case, more: str) -> dict[str, Any]:
    """A healthy answer of which the first object has one field more, given as JSON."""
    found = healthy(case)
    result = found.get("result", found)
    objects = next((value for value in result.values() if isinstance(value, list)), [result])
    objects[0]["more"] = "MORE"
    return {"body": json.dumps(found).replace('"MORE"', more)}


def instead(**bodies: Any) -> Callable[[Case], Mapping[str, Any]]:
    """Another body for each endpoint, by its name."""
    return lambda case: {"body": bodies[case.endpoint]}


def success(result: Any) -> dict[str, Any]:
    """The envelope of CodeArts."""
    return {"result": result, "status": "success"}


def throttled(**headers: Any) -> dict[str, Any]:
    """An answer that asks for a pause."""
    return {"error": "APIG.0308", "headers": {name.replace("_", "-"): value for name, value in headers.items()}}


def soon(_case: Case) -> dict[str, Any]:
    """Likewise, until a time twenty seconds from now."""
    return throttled(Retry_After=format_datetime(utc_now() + timedelta(seconds=20), usegmt=True))


def unavailable(name: str, what: Any, says: str, code: str, status: int | None = None, *, again: bool = True, **more: Any) -> Row:
    """A row whose cause may pass; most are tried again at once, and what is not is nothing to wait for either (rules.rst, E9)."""
    tries = 1 + RETRIES if again and "options" not in more else 1
    return Row(name, what, says, code, status, "API_UNAVAILABLE", **{"tries": tries, "terminal": not again, **more})


def refused(name: str, error: str, status: int, finding: str, says: str, **more: Any) -> Row:
    """A row that waiting does not help."""
    return Row(name, {"error": error}, says, error.partition("@")[0], status, finding, **{"terminal": True, **more})


def odd(name: str, what: Any, says: str = "", code: str = "UNEXPECTED_ANSWER", status: int = 200, **more: Any) -> Row:
    """A row with an answer that is none."""
    return Row(name, what, says, code, status, "API_SHAPE", **{"terminal": True, **more})


def passing(name: str, what: Any, tries: int = 2, **more: Any) -> Row:
    """A row that is ready in the end."""
    return Row(name, what, tries=tries, **more)


SLOW = r"No complete answer within 0\.4 s \(request_timeout\)\."
THROTTLED = ("The throttling threshold has been reached", "APIG.0308", 429)
LONG_AGO, FAR_AWAY = "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 2099 00:00:00 GMT"
ROWS = [
    # the connection
    unavailable("reset before the answer", {"action": "reset"}, r"The connection to 127\.0\.0\.1:\d+ failed: .*reset", "CONNECTION_FAILED"),
    unavailable("reset in the middle of the answer", {"action": "break"}, "The answer broke off: .*reset", "CONNECTION_FAILED"),
    unavailable("closed in the middle of the answer", {"action": "truncate"}, "The answer broke off: ", "CONNECTION_FAILED"),
    unavailable("body that drips", {"action": "drip", "seconds": 0.02}, SLOW, "TIMEOUT", options=NEVER),
    unavailable("headers that drip", {"action": "drip_head", "seconds": 0.02}, SLOW, "TIMEOUT", options=NEVER),
    unavailable("header that stops", {"action": "drip_head", "seconds": 30}, SLOW, "TIMEOUT", options=NEVER),
    unavailable("header that never comes", {"action": "hang"}, SLOW, "TIMEOUT", options=NEVER),
    passing("reset once", {"action": "reset", "times": 1}),
    passing("broken off once", {"action": "break", "times": 1}),
    # throttling
    unavailable("429", throttled(), *THROTTLED, pauses=(2, 10)),
    unavailable("429 with seconds", throttled(Retry_After=7), *THROTTLED, pauses=(7, 7)),
    unavailable("429 with a date", soon, *THROTTLED, pauses=(10, 20)),
    unavailable("429 with a date gone by", throttled(Retry_After=LONG_AGO), *THROTTLED, pauses=(0, 0)),
    unavailable("429 with absurd seconds", throttled(Retry_After=86400), *THROTTLED, pauses=(60, 60)),
    unavailable("429 with an absurd date", throttled(Retry_After=FAR_AWAY), *THROTTLED, pauses=(60, 60)),
    unavailable("429 with a senseless date", throttled(Retry_After="in a while"), *THROTTLED, pauses=(2, 10)),
    unavailable("429 with less than nothing", throttled(Retry_After=-5), *THROTTLED, pauses=(2, 10)),
    passing("429 once", {**throttled(Retry_After=0), "times": 1}, pauses=(0, 0)),
    # the service's own failures
    unavailable("500 for ever", {"error": "UCS.00000006"}, "Internal error", "UCS.00000006", 500),
    unavailable("500 of nobody for ever", {"error": "html@500"}, "502 Bad Gateway", "500", 500, again=False),
    unavailable("502 for ever", {"error": "html"}, "502 Bad Gateway", "502", 502),
    unavailable("503 for ever", {"error": "empty"}, "HTTP status 503 without a message", "503", 503),
    unavailable("504 for ever", {"error": "text@504"}, "The request could not be executed", "504", 504),
    *(passing(f"{error} once", {"error": error, "times": 1}) for error in ("UCS.00000005", "APIG.0601", "html", "empty", "text@504")),
    # success that is none
    odd("200 with HTML", {"error": "html@200"}, "Expected a JSON object, got HTML: <html>"),
    odd("200 with nothing", {"error": "empty@200"}, r"Expected a JSON object, got an empty body\."),
    odd("200 with truncated JSON", {"error": "not_json"}, "Expected a JSON object, got text: "),
    odd("200 with a list", {"body": [{"items": []}]}, "Expected a JSON object, got a list"),
    odd(
        "200 with a wrong type",
        instead(
            ucs_repository_source={"items": {"name": "shop"}, "total": 1},
            ucs_gitops={"items": "none", "metadata": {}},
            codearts_project_repository=success({"repositories": "none", "total": 1}),
            codearts_repository=success([{"status": 0}]),
            servicestage_git_authorization={"authorizations": {"status": 0}, "count": 1},
        ),
        code="",
    ),
    odd(
        "200 with wrong types inside",
        instead(
            ucs_repository_source={"items": [None], "total": 1},
            ucs_gitops={"items": ["pod"], "metadata": 5},
            codearts_project_repository=success({"repositories": [[]], "total": []}),
            codearts_repository=success("ok"),
            servicestage_git_authorization={"authorizations": [0], "count": {}},
        ),
        code="",
    ),
    odd("300 levels deep", lambda case: with_more(case, '{"a":[' * 150 + "]}" * 150), r"The answer is nested too deeply to be read\."),
    odd("100,000 levels deep", {"body": "[" * 100_000}, r"The answer is nested too deeply to be read\."),
    odd("50 MB", lambda case: with_more(case, f'"{"x" * 50 * MEGABYTE}"'), r"The answer is larger than 32 MiB\."),
    passing("brackets in texts", lambda case: with_more(case, '"' + "[{" * 200 + '\\""'), tries=1),
    # refusals
    Row(
        "302 to another host",
        {"error": "redirect", "headers": {"Location": ELSEWHERE}},
        "redirects to https://elsewhere",
        "302",
        302,
        "API_UNAVAILABLE",
        terminal=True,
    ),
    refused("401: the token is wrong", "APIG.0301", 401, "API_UNAUTHORIZED", "Incorrect IAM authentication information"),
    refused("401: the signature is wrong", "APIG.0303", 401, "API_UNAUTHORIZED", "the signature has expired"),
    refused("401: unknown caller", "APIG.0305", 401, "API_UNAUTHORIZED", "Incorrect authentication information"),
    refused("401: the token is too old", "APIG.0307", 401, "API_UNAUTHORIZED", "The token must be updated"),
    refused("401 of the service", "UCS.00000018", 401, "API_UNAUTHORIZED", "Authentication failed"),
    Row("401 of nobody", {"error": "html@401"}, "502 Bad Gateway", "401", 401, "API_UNAUTHORIZED", terminal=True),
    Row("401 in the shape of IAM", {"error": "IAM.401"}, "username or password", "401", 401, "API_UNAUTHORIZED", terminal=True),
    refused("401 of CodeArts", "CH.080401", 401, "REPO_NO_PERMISSION_OR_ABSENT", "No Permission", cases=(LISTS, DETAILS)),
    refused("403", "APIG.0302", 403, "API_FORBIDDEN", "not authorized to access the API"),
    refused("404: the API is gone", "APIG.0101", 404, "API_WITHDRAWN", "The API does not exist"),
    refused("404", "UCS.00030001", 404, "NOT_FOUND", "Cluster Not Found", verdict="failed"),
    refused("410", "APIG.0101@410", 410, "API_WITHDRAWN", "The API does not exist"),
    refused("400", "UCS.00000011", 400, "API_BAD_REQUEST", "Invalid query parameter"),
]

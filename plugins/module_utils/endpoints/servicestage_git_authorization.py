# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations (GET /v1/{project_id}/git/auths; rules: readiness.md 2.4)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..client import Client, segment
from ..endpoint import Endpoint
from ..errors import ApiError, OptionError, Said
from ..findings import FAILED, SEVERITY, UNKNOWN, WARNING, Finding, worst
from ..judging import Context, Judgement, Notes, judge_errors, nearest, text
from ..values import normal_host, number

BAD_STATUSES = {
    1: ("AUTH_EXPIRED", "The authorization is expired."),
    2: ("AUTH_UNAUTHENTICATED", "The authorization is not authenticated."),
}


def read(client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
    """The authorizations of the project: ``{"authorizations": [...], "count", "project_id", "errors"}``.

    :raises OptionError: for an unusable project_id, before the first request
    """
    found: dict[str, Any] = {"authorizations": None, "count": None, "project_id": options.get("project_id"), "errors": []}
    try:
        found["project_id"] = client.project_id
        body = client.get("servicestage", f"/v1/{segment('project_id', client.project_id)}/git/auths")
    except ApiError as error:
        return {**found, "authorizations": [], "errors": [{"project_id": found["project_id"], **error.as_dict()}]}
    listed = body.get("authorizations")
    return {**found, "authorizations": listed if isinstance(listed, list) else None, "count": body.get("count")}


def judge(reading: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Judgement:
    """The findings of readiness.md 2.4, rows A0 to A8."""
    notes = Notes(options, context)
    errors = reading.get("errors") or []
    judge_errors(notes, errors, "project_id", "AUTH_PROJECT_NOT_FOUND")
    if not errors:
        _judge_list(notes, reading)
    return notes.result()


def _judge_list(notes: Notes, reading: Mapping[str, Any]) -> None:
    listed, expect = reading.get("authorizations"), notes.options.get("expect") or []
    place = {"kind": "API", "name": f"project {reading.get('project_id')}", "scope": str(reading.get("project_id"))}
    if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
        message = "There is no list of authorizations in the answer."
        notes.add("API_SHAPE", UNKNOWN, message, terminal=True, field="authorizations", expected="a list", **place)
        return
    if not listed and not number(reading.get("count")):
        message = "There is no authorization in the project" + (
            f"; expected {', '.join(_wanted(one) for one in expect)}." if expect else "."
        )
        notes.add("AUTH_NONE", FAILED if expect else UNKNOWN, message, terminal=True, observed=0, expected="an authorization", **place)
        return
    count = number(reading.get("count"))
    complete = count is None or count == len(listed)
    judged = [(one, _judge_one(notes, one)) for one in listed]
    chosen: set[int] = set()
    missing = False
    for want in expect:
        matches = [index for index, (one, _findings) in enumerate(judged) if _fits(one, want)]
        if not matches:
            missing = True
            if complete:
                hint = nearest(
                    str(want.get("name") or want.get("host") or ""),
                    [one.get("name" if want.get("name") else "repo_host") for one in listed],
                )
                message = f"The expected authorization {_wanted(want)} is not there.{hint}"
                notes.add(
                    "AUTH_NOT_FOUND",
                    FAILED,
                    message,
                    terminal=True,
                    kind="Authorization",
                    name=_wanted(want),
                    expected=_wanted(want),
                    scope=place["scope"],
                )
            continue
        # The best of several decides (row A8): one valid authorization is enough for Flux or a pipeline to work with.
        best = min(
            matches, key=lambda index: (SEVERITY[worst(finding.verdict for finding in judged[index][1])], str(judged[index][0].get("name")))
        )
        chosen.add(best)
        if len(matches) > 1:
            names = ", ".join(sorted(str(judged[index][0].get("name")) for index in matches))
            judged[best][1].append(
                notes.make(
                    "AUTH_AMBIGUOUS",
                    WARNING,
                    f"{len(matches)} authorizations match {_wanted(want)}: {names}.",
                    **_place(judged[best][0], place),
                )
            )
    if not complete:
        message = f"{len(listed)} of {count} authorizations were read."
        notes.add("LIST_INCOMPLETE", UNKNOWN if missing else WARNING, message, field="count", observed=len(listed), expected=count, **place)
    for index, (one, findings) in enumerate(judged):
        for finding in findings:
            finding.scope = place["scope"]
        notes.findings += findings
        notes.judged(
            "Authorization", str(one.get("name") or "unnamed"), findings, not expect or index in chosen, scope=place["scope"], is_state=True
        )


def _judge_one(notes: Notes, one: Mapping[str, Any]) -> list[Finding]:
    """Rows A4 to A7."""
    stated = one.get("status")
    status = number(stated)
    fields = {**_place(one, {}), "field": "status", "observed": stated, "expected": 0}
    notes.note_skew(one.get("update_time"), **_place(one, {}))
    if status == 0:
        return []
    if status in BAD_STATUSES:
        code, message = BAD_STATUSES[status]
        return [notes.make(code, FAILED, message, terminal=True, **fields)]
    seen = "not stated" if stated is None else f"undocumented: {stated!r}"
    return [notes.make("AUTH_STATUS_UNDOCUMENTED", UNKNOWN, f"The status of the authorization is {seen}.", terminal=True, **fields)]


def _place(one: Mapping[str, Any], place: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "Authorization", "name": str(one.get("name") or "unnamed"), "scope": place.get("scope")}


def _fits(one: Mapping[str, Any], want: Mapping[str, Any]) -> bool:
    """Whether an expectation means this authorization; fields left out are not compared (row A3)."""
    same = {
        "name": one.get("name") == want.get("name"),
        "repo_type": text(one.get("repo_type")) == text(want.get("repo_type")),
        "host": normal_host(one.get("repo_host")) == normal_host(want.get("host")),
        "user": one.get("repo_user") == want.get("user"),
    }
    return all(fits for name, fits in same.items() if want.get(name))


def _wanted(want: Mapping[str, Any]) -> str:
    return " ".join(
        f"{name} {want[name]}" if name != "name" else str(want[name]) for name in ("name", "repo_type", "host", "user") if want.get(name)
    )


def _validate(options: Mapping[str, Any], path: str) -> None:
    if options.get("project_id") is not None:
        segment(path + "project_id", options["project_id"])
    for index, want in enumerate(options.get("expect") or []):
        if not any(want.get(name) for name in ("name", "repo_type", "host", "user")):
            raise OptionError(
                f"{path}expect[{index}]", Said("nothing"), "a name, or repo_type, host or user, to know which authorization is meant"
            )


ENDPOINT = Endpoint(
    name="servicestage_git_authorization",
    service="servicestage",
    collection="authorizations",
    id_field="project_id",
    objects=None,
    summary=dict.fromkeys("name repo_type repo_host repo_home repo_user token_type status create_time update_time".split(), 0),
    ids={},
    listing={},
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {name: {"type": "str"} for name in ("name", "repo_type", "host", "user")},
        }
    },
    read=read,
    judge=judge,
    validate=_validate,
)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a service sends to JSON or to one error; secrets stay behind."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import CONNECTION_FAILED, STALE_ANSWER, UNEXPECTED_ANSWER

from simulator import Simulator
from simulator.errors import names
from unit.wire import AGENCY, DOMAIN_TOKEN, GITOPS, PASSWORD, REPOSITORY, TEMPORARY, Connect, FakeClock, failure, fault

# --- what errors say

TEXT = "What the service says"
SHAPES = {
    "camel": (400, "UCS.00000011", TEXT),
    "code_message": (400, "UCS.00000011", TEXT),
    "k8s": (404, "404", TEXT),
    "encoded_authorization": (403, "IAM.0003", TEXT),
    "json_string": (400, "400", TEXT),
    "json_list": (400, "400", f'["{TEXT}"]'),
    "json_null": (500, "500", "HTTP status 500 without a message"),
    "text": (500, "500", TEXT),
    "not_json": (200, UNEXPECTED_ANSWER, 'Expected a JSON object, got text: {"items": [.'),
    "empty": (503, "503", "HTTP status 503 without a message"),
    "html": (502, "502", "502 Bad Gateway 502 Bad Gateway"),
    "redirect": (302, "302", "The service redirects to https://login.example.com/ui/; redirects are not followed."),
}


@pytest.mark.parametrize("name", names())
def test_every_error_body_is_understood(simulator: Simulator, connect: Connect, name: str) -> None:
    simulator.load(fault("codearts_repo", error=name, message=TEXT))
    error = failure(lambda: connect(request_retries=0).get(*REPOSITORY))
    status, code, message = SHAPES.get(name, (simulator.journal[0]["status"], name.removeprefix("IAM."), TEXT))
    if name in ("APIG.0101", "APIGW.0101"):
        message += ". CodeArts Repo may have withdrawn version 2 of this API: set 'api' to v4 to ask version 4."
    assert (error.status, error.code, error.message) == (status, code, message)
    assert len(error.request_id) == 32
    assert (error.service, error.method, error.path, error.attempts) == (*REPOSITORY[:1], "GET", REPOSITORY[1], 1)


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        pytest.param({"error_code": "X", "error_msg": ""}, "X", "HTTP status 400 without a message", id="no message"),
        pytest.param({"error_msg": "m"}, "400", "m", id="no code"),
        pytest.param({"error_code": 17, "error_msg": "m"}, "17", "m", id="number"),
        pytest.param({"error_code": None, "error_msg": None}, "400", '{"error_code": null, "error_msg": null}', id="nulls"),
        pytest.param({"error_code": {}, "error_msg": []}, "400", '{"error_code": {}, "error_msg": []}', id="objects"),
        pytest.param({"message": "m"}, "400", "m", id="only a message"),
        pytest.param({"errorCode": "X", "errorMessage": "m"}, "X", "m", id="errorMessage"),
        pytest.param({"errorMessage": "m"}, "400", "m", id="only errorMessage"),
        pytest.param({"errorCode": "X", "errorMsg": "m", "errorMessage": "n"}, "X", "m", id="errorMsg before errorMessage"),
        pytest.param({"errors": [{"error_code": "X", "error_msg": "m"}, {"code": "Y"}]}, "X", "m", id="list of errors"),
        pytest.param({"errors": ["x", {}, {"errorCode": "X", "errorMessage": "m"}]}, "X", "m", id="list with others"),
        pytest.param({"a": {"code": 1}, "errors": [{"code": "X", "message": "m"}]}, "X", "m", id="errors before others"),
        pytest.param({"code": "Y", "message": "n", "error": {"code": "X", "message": "m"}}, "X", "m", id="error first"),
        pytest.param({"error_code": "Y", "error_msg": "n", "error": {"code": "X", "message": "m"}}, "X", "m", id="error before flat"),
        pytest.param({"error": "m", "message": "n", "code": "Y"}, "Y", "m", id="error as text"),
        pytest.param({"error": None, "error_code": "X", "error_msg": "m"}, "X", "m", id="error is null"),
        pytest.param({"error": {}, "code": "X", "message": "m"}, "X", "m", id="error is empty"),
        pytest.param({"error": [{"code": "X", "message": "m"}]}, "X", "m", id="error is a list"),
        pytest.param({"a": {"b": {"error_code": "X", "error_msg": "m"}}}, "X", "m", id="deep"),
        pytest.param({"a": {}, "b": {"code": 5, "message": "m"}}, "5", "m", id="second"),
        pytest.param({"detail": [1]}, "400", '{"detail": [1]}', id="unknown"),
        *(pytest.param(body, "400", "HTTP status 400 without a message", id=repr(body)) for body in ({}, [], None)),
        *(pytest.param(body, "400", str(body).lower(), id=repr(body)) for body in (0, 1.5, True)),
        pytest.param("<p>Not <b>here</b></p>", "400", "Not here", id="HTML"),
        pytest.param("two\x1b[31m\x00 lines\u202e", "400", "two  lines", id="control characters"),
        pytest.param("m" * 5000, "400", "m" * 1999 + "…", id="long"),
        pytest.param({"error_code": "X" * 5000, "error_msg": "m"}, "X" * 99 + "…", "m", id="long code"),
        pytest.param({"error_code": "\x1b[31mX\x00", "error_msg": "m"}, "X", "m", id="code with control characters"),
    ],
)
def test_other_error_bodies(simulator: Simulator, connect: Connect, body: Any, code: str, message: str) -> None:
    simulator.load(fault(status=400, body=body))
    error = failure(lambda: connect().get(*GITOPS))
    assert (error.code, error.message) == (code, message)


@pytest.mark.parametrize(
    ("body", "headers", "expected"),
    [
        ({"error_code": "X", "request_id": "body"}, {"X-Request-Id": "header"}, "header"),
        ({"error_code": "X", "request_id": "body"}, {"X-Request-Id": ""}, "body"),
        ({"error_code": "X", "request_id": 5}, {"X-Request-Id": ""}, "5"),
        ({"error_code": "X"}, {"X-Request-Id": "", "X-IAM-Trace-Id": "iam"}, "iam"),
        ({"error_code": "X"}, {"X-Request-Id": ""}, ""),
        ("text", {"X-Request-Id": ""}, ""),
        ({"error_code": "X"}, {"X-Request-Id": "x" * 500}, "x" * 99 + "…"),
    ],
)
def test_request_ids(simulator: Simulator, connect: Connect, body: Any, headers: dict[str, str], expected: str) -> None:
    simulator.load(fault(status=400, body=body, headers=headers))
    assert failure(lambda: connect().get(*GITOPS)).request_id == expected


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param({"status": "failed"}, "200", id="failed"),
        pytest.param({"status": "fail", "result": {}}, "200", id="fail"),
        pytest.param({"result": {}}, "200", id="no status"),
        pytest.param({"status": None}, "200", id="null"),
        pytest.param({"status": True}, "200", id="true"),
        pytest.param({"status": "success", "error": {"code": "CH.080401", "message": "No"}}, "CH.080401", id="both"),
        pytest.param({"status": "success", "error": "No"}, "200", id="text"),
        pytest.param({"status": "failed", "error": {"code": "CH.010001", "message": "No"}}, "CH.010001", id="documented"),
        pytest.param({}, "200", id="empty"),
    ],
)
def test_a_failure_with_status_200(simulator: Simulator, connect: Connect, body: Any, code: str) -> None:
    simulator.load(fault("codearts_repo", body=body))
    error = failure(lambda: connect().get(*REPOSITORY))
    assert (error.status, error.code, error.attempts) == (200, code, 1)
    simulator.load(fault("ucs", body=body))
    if body.get("error"):
        assert failure(lambda: connect().get(*GITOPS)).code == UNEXPECTED_ANSWER
    else:
        assert connect().get(*GITOPS) == body  # the envelope is CodeArts' own


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"error_code": "UCS.00000011", "error_msg": "half"}, "UCS.00000011 half"),
        ({"errorCode": "X", "errorMessage": "half"}, "X half"),
        ({"errors": [{"code": "X", "message": "half"}]}, "X half"),
        ({"errors": {"code": "X", "message": "half"}}, "X half"),
        ({"errors": "half"}, "half"),
        ({"error_msg": "half"}, "half"),
        ({"errorMsg": "half"}, "half"),
        ({"errorMessage": "half"}, "half"),
    ],
    ids=repr,
)
def test_an_error_beside_the_content_is_looked_at_first(simulator: Simulator, connect: Connect, beside: Any, told: str) -> None:
    """rules.rst, "The answer belongs to the question"."""
    simulator.load(fault("ucs", body={"items": [], **beside}))
    error = failure(lambda: connect().get(*GITOPS))
    assert (error.status, error.code) == (200, UNEXPECTED_ANSWER)
    assert told in error.message
    simulator.load(fault("codearts_repo", body={"status": "success", "error": None, "result": {}, **beside}))
    error = failure(lambda: connect().get(*REPOSITORY))
    assert error.status == 200
    assert told in f"{error.code} {error.message}"


def test_a_body_that_cannot_be_unpacked_says_why(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault("ucs", body={"items": []}, headers={"Content-Encoding": "gzip"}))
    error = failure(lambda: connect().get(*GITOPS))
    assert error.message.startswith("The answer broke off: Error -3 while decompressing data: ")


@pytest.mark.parametrize("beside", [{"error": None}, {"errors": []}, {"error_code": "", "error_msg": ""}], ids=repr)
def test_a_field_for_errors_that_names_none_is_no_error(simulator: Simulator, connect: Connect, beside: Any) -> None:
    simulator.load(fault("ucs", body={"items": [], **beside}))
    assert connect().get(*GITOPS)["items"] == []
    simulator.load(fault("codearts_repo", body={"status": "success", "result": {"a": 1}, **beside}))
    assert connect().get(*REPOSITORY)["result"] == {"a": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"status": "success"},
        {"status": "Success", "error": None},
    ],
    ids=repr,
)
def test_success_in_an_envelope(simulator: Simulator, connect: Connect, body: Any) -> None:
    simulator.load(fault("codearts_repo", body=body))
    assert connect().get(*REPOSITORY) == body


@pytest.mark.parametrize("error", [{}, {"code": None, "message": None}, "", False, 0, []], ids=repr)
def test_an_error_in_an_envelope_need_not_say_anything(simulator: Simulator, connect: Connect, error: Any) -> None:
    """C0: it is one as soon as it is not null; of the rest of the body, what it holds of repositories is not shown."""
    simulator.load(fault("codearts_repo", body={"result": {"repositories": []}, "error": error, "status": "success"}))
    found = failure(lambda: connect().get(*REPOSITORY))
    assert (found.status, found.code, found.retryable) == (200, "200", False)
    assert json.loads(found.message) == {"error": error, **({} if error else {"status": "success"})}


@pytest.mark.parametrize("beside", [{"errors": ["no"]}, {"error": ["no"]}, {"error": True}, {"errors": {"title": "no"}}], ids=repr)
@pytest.mark.parametrize("status", [200, 400])
def test_an_error_without_a_known_name_is_told_from_the_content(simulator: Simulator, connect: Connect, beside: Any, status: int) -> None:
    body = {"items": [{"status": {"code": 7, "message": "stored artifact"}}], **beside}
    simulator.load(fault("ucs", body=body, status=status))
    message = failure(lambda: connect().get(*GITOPS)).message
    assert message == ("The answer states an error beside its content: " if status == 200 else "") + json.dumps(beside)


@pytest.mark.parametrize(
    ("what", "message"),
    [
        pytest.param({"error": "html@200"}, "got HTML: <html><head><title>502 Bad Gateway</title>", id="HTML"),
        pytest.param({"error": "empty@200"}, "got an empty body.", id="empty"),
        pytest.param({"body": " \n"}, "got an empty body.", id="blank"),
        pytest.param({"body": [{"items": []}]}, 'got a list: [{"items": []}].', id="list"),
        pytest.param({"body": "plain"}, "got text: plain.", id="text"),
        pytest.param({"error": "json_string@200", "message": "quoted"}, "got text: quoted.", id="string"),
        pytest.param({"error": "json_null@200"}, "got null: null.", id="null"),
        pytest.param({"body": True}, "got a boolean: true.", id="boolean"),
        pytest.param({"body": 5}, "got a number: 5.", id="number"),
        pytest.param({"error": "not_json"}, 'got text: {"items": [.', id="broken"),
        pytest.param({"body": "\ufeff{}"}, "got text: {}.", id="byte order mark"),
        pytest.param({"body": "1" * 5000}, "got text: " + "1" * 79 + "….", id="huge number"),
        pytest.param({"body": "[" * 100000}, "nested too deeply", id="deep"),
        pytest.param({"body": '{"a":' * 900 + '"secretInfo"' + "}" * 900}, "nested too deeply", id="deep object"),
    ],
)
@pytest.mark.parametrize("call", [GITOPS, REPOSITORY], ids=["ucs", "codearts_repo"])
def test_success_that_is_none(simulator: Simulator, connect: Connect, call: tuple[str, str], what: dict[str, Any], message: str) -> None:
    simulator.load(fault(call[0], **what))
    error = failure(lambda: connect().get(*call))
    assert (error.code, error.attempts, error.retryable) == (UNEXPECTED_ANSWER, 1, False)
    assert message in error.message


@pytest.mark.parametrize("call", [GITOPS, REPOSITORY], ids=["ucs", "codearts_repo"])
@pytest.mark.parametrize("status", [201, 202, 203, 204, 206])
def test_other_successes_are_none(simulator: Simulator, connect: Connect, call: tuple[str, str], status: int) -> None:
    simulator.load(fault(call[0], status=status, body={"items": [], "status": "success"}))
    error = failure(lambda: connect().get(*call))
    assert error.message == f"The service answered with HTTP status {status}, expected 200."
    assert (error.status, error.code, error.attempts, error.retryable) == (status, UNEXPECTED_ANSWER, 1, False)


@pytest.mark.parametrize("status", [200, 202])
def test_a_token_comes_with_its_own_status(simulator: Simulator, connect: Connect, status: int) -> None:
    simulator.load(fault("iam", status=status, body={"token": {}}, headers={"X-Subject-Token": "demo-domain-token"}))
    error = failure(lambda: connect(**PASSWORD).get(*GITOPS))
    assert (error.message, error.service) == (f"The service answered with HTTP status {status}, expected 201.", "iam")


@pytest.mark.parametrize(
    ("body", "seen"),
    [
        pytest.param('{"items": [], "items": [1]}', 'an object has the member "items" more than once', id="twice"),
        pytest.param('{"items": [{"a": {"b": 1, "c": 2, "b": 1}}]}', 'the member "b" more than once', id="twice, deep"),
        pytest.param('{"items": 1, "item\\u0073": 1}', 'the member "items" more than once', id="twice, spelt differently"),
        pytest.param('{"items": [NaN]}', "a number is NaN", id="NaN"),
        pytest.param('{"items": Infinity}', "a number is Infinity", id="Infinity"),
        pytest.param('{"items": -Infinity}', "a number is -Infinity", id="negative Infinity"),
        pytest.param('{"items": 1e999}', "a number is too large: 1e999", id="too large"),
        pytest.param('{"status": "failed", "status": "success"}', 'the member "status" more than once', id="envelope"),
    ],
)
@pytest.mark.parametrize("call", [GITOPS, REPOSITORY], ids=["ucs", "codearts_repo"])
def test_json_that_has_no_single_meaning(simulator: Simulator, connect: Connect, call: tuple[str, str], body: str, seen: str) -> None:
    simulator.load(fault(call[0], body=body))
    error = failure(lambda: connect().get(*call))
    assert error.message.startswith("The JSON has no single meaning: ")
    assert seen in error.message
    assert (error.status, error.code, error.attempts, error.retryable) == (200, UNEXPECTED_ANSWER, 1, False)
    simulator.load(fault(call[0], body=body, status=400))
    assert failure(lambda: connect().get(*call)).status == 400  # an error all the same


def test_a_duplicate_in_broken_json_is_no_json(simulator: Simulator, connect: Connect) -> None:
    simulator.load(fault(body='{"a": {"b": 1, "b": 2}, '))
    assert "Expected a JSON object, got text" in failure(lambda: connect().get(*GITOPS)).message


# --- answers from a cache


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        pytest.param({"Age": "61"}, "it is 61 s old (Age header)", id="old"),
        pytest.param({"Age": "999999999"}, "it is 999999999 s old", id="very old"),
        *(pytest.param({"Age": age}, "its Age header is unreadable", id=repr(age)) for age in ("", "-1", "1.5", "soon", "5, 7", "9" * 20)),
        *(
            pytest.param({"Warning": f'{code} cache "Response is stale"'}, f"its Warning header has the code {code}", id=f"warning {code}")
            for code in (110, 111, 112)
        ),
        pytest.param({"Warning": '199 a "fine, 110", 111 b "Revalidation failed"'}, "has the code 111", id="second warning"),
    ],
)
@pytest.mark.parametrize("status", [200, 404, 503])
def test_an_answer_from_a_cache_is_none(
    simulator: Simulator, connect: Connect, clock: FakeClock, headers: dict[str, str], seen: str, status: int
) -> None:
    simulator.load(fault(status=status, body={"items": []}, headers=headers))
    error = failure(lambda: connect().get(*GITOPS))
    assert error.message.startswith("The answer is from a cache and says nothing of now: ")
    assert seen in error.message
    assert (error.status, error.code, error.attempts, error.retryable) == (status, STALE_ANSWER, 1, True)
    assert clock.slept == []


@pytest.mark.parametrize(
    "headers",
    [
        {"Age": "0"},
        {"Age": "60"},
        {"Warning": '199 a "x"'},
        {"Warning": '113 a "110"'},
        {"Warning": '214 a "b, 110 c"'},
        {"Warning": "1100 a"},
    ],
    ids=repr,
)
def test_an_answer_that_is_fresh_enough(simulator: Simulator, connect: Connect, headers: dict[str, str]) -> None:
    simulator.load(fault(body={"items": []}, headers=headers))
    assert connect().get(*GITOPS) == {"items": []}


@pytest.mark.parametrize("headers", [{"Age ": "86400"}, {"no header": "x", "Age": "86400"}], ids=repr)
@pytest.mark.parametrize("status", [200, 404])
def test_an_age_is_not_missed_behind_what_is_no_header(
    simulator: Simulator, connect: Connect, headers: dict[str, str], status: int
) -> None:
    """E7: the library would leave out the rest of the headers, which may say how old the answer is."""
    simulator.load(fault(status=status, body={"items": []}, headers=headers))
    error = failure(lambda: connect(request_retries=1).get(*GITOPS))
    assert error.message == "The headers of the answer cannot be read: a line among them is no header."
    assert (error.status, error.code, error.attempts, error.retryable) == (None, CONNECTION_FAILED, 2, True)


# --- secrets in answers


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param(
            {"secretInfo": {"authMode": "basic", "secret": {"password": "hunter2"}}}, {"secretInfo": {"authMode": "basic"}}, id="secret"
        ),
        pytest.param({"items": [{"secretInfo": {"secret": "hunter2"}}]}, {"items": [{"secretInfo": {}}]}, id="in a list"),
        pytest.param({"secretInfo": None, "x": {"secret": "kept"}}, {"secretInfo": None, "x": {"secret": "kept"}}, id="only there"),
        pytest.param({"secretInfo": {"url": "https://u:hunter2@h/r", "password": "hunter2"}}, {"secretInfo": {}}, id="beside the secret"),
        pytest.param({"secretInfo": "hunter2"}, {}, id="as text"),
        pytest.param({"url": "https://u:hunter2@h/r.git"}, {"url": "https://***:***@h/r.git"}, id="user in a URL"),
        pytest.param({"url": ["http://hunter2@h"]}, {"url": ["http://***@h"]}, id="token in a URL"),
        pytest.param({"url": "ssh://git:hunter2@h/r"}, {"url": "ssh://git:***@h/r"}, id="ssh with a password"),
        pytest.param({"url": "ssh://git@h/r"}, {"url": "ssh://git@h/r"}, id="ssh without"),
        pytest.param({"m": "cannot clone 'https://u:hunter2@h/r': x"}, {"m": "cannot clone 'https://***:***@h/r': x"}, id="in a message"),
        pytest.param('{"url": "https:\\/\\/u:hunter2@h\\/r"}', {"url": "https://***:***@h/r"}, id="escaped slashes"),
        pytest.param('{"url": "https://u:hunter2\\u0040h/r"}', {"url": "https://***:***@h/r"}, id="escaped at"),
        pytest.param('{"url": "https:\\u002f\\u002Fu:hunter2@h/r"}', {"url": "https://***:***@h/r"}, id="escaped slashes, too"),
        pytest.param('{"secretInf\\u006f": {"secret": "hunter2"}}', {"secretInfo": {}}, id="escaped name"),
    ],
)
def test_secrets_stay_behind(simulator: Simulator, connect: Connect, body: Any, expected: Any) -> None:
    simulator.load(fault(body=body))
    assert connect().get(*GITOPS) == expected
    for status in (400, 500):
        simulator.load(fault(body=body, status=status))
        assert "hunter2" not in str(failure(lambda: connect().get(*GITOPS)).as_dict())


@pytest.mark.parametrize("status", [200, 400, 500])
@pytest.mark.parametrize(
    "body",
    [
        pytest.param('{"items": [{"secretInfo": {"secret": "hunter2"}}', id="broken JSON"),
        pytest.param("{'secretInfo': {'secret': 'hunter2'}}", id="no JSON"),
        pytest.param([{"secretInfo": {"secret": "hunter2"}}], id="list"),
        pytest.param('[{"secretInf\\u006f": {"secret": "hunter2"}}]', id="list with an escaped name"),
        pytest.param('"{\\"secretInfo\\": {\\"secret\\": \\"hunter2\\"}}"', id="JSON in JSON"),
        pytest.param("cannot clone https://u:hunter2@h/r", id="text"),
        pytest.param("<html>https://u:hunter2@h/r</html>", id="HTML"),
        pytest.param({"error_code": "X", "error_msg": "https://u:hunter2@h/r"}, id="message"),
        pytest.param({"error_code": "https://u:hunter2@h/r", "error_msg": "m"}, id="code"),
        pytest.param({"error_code": "X", "error_msg": "m", "request_id": "https://u:hunter2@h/r"}, id="request id"),
        pytest.param({"error_code": "X", "error_msg": "Authorization: Basic hunter2"}, id="header"),
    ],
)
def test_secrets_stay_out_of_errors(simulator: Simulator, connect: Connect, body: Any, status: int) -> None:
    simulator.load(fault("codearts_repo", body=body, status=status, headers={"X-Request-Id": ""}))
    assert "hunter2" not in str(failure(lambda: connect(request_retries=0).get(*REPOSITORY)).as_dict())


@pytest.mark.parametrize(
    "changes", [{}, TEMPORARY, PASSWORD, DOMAIN_TOKEN, AGENCY], ids=["keys", "temporary", "password", "token", "agency"]
)
@pytest.mark.parametrize("what", [{"error": "APIG.0302"}, {"action": "reset"}, {"error": "html@200"}], ids=["refused", "reset", "HTML"])
def test_credentials_stay_out_of_errors(simulator: Simulator, connect: Connect, changes: dict[str, Any], what: dict[str, Any]) -> None:
    simulator.load(fault(**what))
    client = connect(**changes, request_retries=0)
    shown = str(failure(lambda: client.get(*GITOPS)))
    assert client.masker.secrets
    assert not [secret for secret in client.masker.secrets if secret in shown]

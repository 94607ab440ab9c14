# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers, and the catalogue of every error body the services are known to give (services.rst, "Errors and retries").

An error is named by its code or, where the body has none, by its shape: ``APIG.0308``, ``APIGW.0308``, ``UCS.00000011``,
``CH.080401``, ``SVCSTG.REPO.0450``, ``IAM.401``, ``k8s``, ``html`` ... A name may carry another HTTP status: ``CH.080401@200``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

JSON = "application/json"

# code: (HTTP status, message). The messages are the simulator's own words, the codes and statuses are those of services.rst, "Codes".
_GATEWAY = {
    "0101": (404, "The API does not exist or has not been published in the environment"),
    "0201": (400, "Bad request"),
    "0301": (401, "Incorrect IAM authentication information"),
    "0302": (403, "The IAM user is not authorized to access the API"),
    "0303": (401, "Incorrect app authentication information: the signature has expired"),
    "0304": (403, "The app is not authorized to access the API"),
    "0305": (401, "Incorrect authentication information"),
    "0306": (403, "API access denied"),
    "0307": (401, "The token must be updated"),
    "0308": (429, "The throttling threshold has been reached: policy user over ratelimit,limit:60,time:1 minute"),
    "0310": (403, "The project is unavailable"),
    "0601": (500, "Internal server error"),
    "0606": (500, "Internal server error: the authorizer failed"),
    "0610": (502, "Failed to connect to the service backend"),
    "0613": (503, "IAM is temporarily unavailable"),
    "0802": (403, "The IAM user is forbidden in the currently selected region"),
}
_FLAT = {
    "UCS.00000004": (403, "Forbidden"),
    "UCS.01000004": (403, "Forbidden"),
    "UCS.00000005": (500, "Database error"),
    "UCS.00000006": (500, "Internal error"),
    "UCS.01000005": (500, "Database error"),
    "UCS.01000006": (500, "Internal error"),
    "UCS.00000011": (400, "Invalid query parameter"),
    "UCS.00000013": (404, "Resource not found"),
    "UCS.00000018": (401, "Authentication failed"),
    "UCS.01000003": (401, "Authentication failed"),
    "UCS.01000002": (429, "Too many requests"),
    "UCS.00030001": (404, "Cluster Not Found"),
    "UCS.01030001": (404, "Cluster Not Found"),
    # ServiceStage's digits are no HTTP statuses: every one of these is a 400 (services.rst, "Surprises").
    "SVCSTG.REPO.0400": (400, "The parameter is invalid"),
    "SVCSTG.REPO.0401": (400, "The repository type is not implemented"),
    "SVCSTG.REPO.0402": (400, "The repository request failed"),
    "SVCSTG.REPO.0403": (400, "The repository already exists"),
    "SVCSTG.REPO.0450": (400, "The repository has no authorization"),
    "SVCSTG.REPO.0451": (400, "The repository authorization is invalid"),
    "SVCSTG.REPO.0452": (400, "The repository authorization has expired"),
    # CodeArts Repo, version 4 (services.rst, "CodeArts: version 4"); that what is absent is a 404 is not documented.
    "DEV.00000003": (401, "Unauthorized"),
    "CH.010117": (404, "The repository does not exist"),
    "CH.010118": (404, "The branch or commit does not exist"),
}
_CODEHUB = {
    "CH.010001": (400, "Parameter error"),
    "CH.080401": (401, "No Permission"),
    "CH.080002": (200, "The repository cannot be read"),
    "CH.10000": (500, "The system is busy"),
}
_KEYSTONE = {
    400: ("Bad Request", "The request body is invalid"),
    401: ("Unauthorized", "The username or password is wrong."),
    403: ("Forbidden", "You have no right to do this action"),
    404: ("Not Found", "Could not find the resource"),
    500: ("Internal Server Error", "An unexpected error prevented the server from fulfilling the request"),
    503: ("Service Unavailable", "The service is unavailable"),
}
_HTML = "<html><head><title>502 Bad Gateway</title></head><body><center><h1>502 Bad Gateway</h1></center></body></html>"


@dataclass(frozen=True)
class Answer:
    """What goes back to the client; the server adds the date and the request id."""

    status: int
    body: bytes = b""
    content_type: str = JSON
    headers: dict[str, str] = field(default_factory=dict)


class Refused(Exception):
    """A request that ends in an error of the catalogue.

    Args:
        name: the error's name.
        message: replaces the catalogue's message.
    """

    def __init__(self, name: str, message: str | None = None) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


def json_answer(data: Any, status: int = 200, headers: dict[str, str] | None = None) -> Answer:
    """The answer that carries ``data`` as JSON."""
    return Answer(status, json.dumps(data, ensure_ascii=False).encode("utf-8", "surrogateescape"), JSON, headers or {})


def error_answer(name: str, message: str | None = None, request_id: str = "") -> Answer:
    """Build the error called ``name``.

    Raises:
        ValueError: no such name.
    """
    base, _at, status = name.partition("@")
    answer = _build(base, message, request_id)
    return Answer(int(status), answer.body, answer.content_type, answer.headers) if status else answer


def names() -> list[str]:
    """Every name of the catalogue, for tests that try them all."""
    gateway = [f"{prefix}.{digits}" for prefix in ("APIG", "APIGW") for digits in _GATEWAY]
    return [*gateway, *_FLAT, *_CODEHUB, *(f"IAM.{status}" for status in _KEYSTONE), *_shapes(None, "")]


def _build(name: str, message: str | None, request_id: str) -> Answer:
    prefix, _dot, digits = name.partition(".")
    if prefix in ("APIG", "APIGW") and digits in _GATEWAY:
        status, text = _GATEWAY[digits]
        return json_answer({"error_msg": message or text, "error_code": name, "request_id": request_id}, status)
    if name in _FLAT:
        status, text = _FLAT[name]
        return json_answer({"error_code": name, "error_msg": message or text}, status)
    if name in _CODEHUB:
        status, text = _CODEHUB[name]
        return json_answer({"error": {"code": name, "message": message or text}, "status": "failed"}, status)
    if prefix == "IAM" and digits.isdigit() and int(digits) in _KEYSTONE:
        title, text = _KEYSTONE[int(digits)]
        return json_answer({"error": {"code": int(digits), "message": message or text, "title": title}}, int(digits))
    try:
        return _shapes(message, request_id)[name]
    except KeyError:
        raise ValueError(f"unknown error {name!r}; there are: {', '.join(names())}") from None


def _shapes(message: str | None, request_id: str) -> dict[str, Answer]:
    text = message or "The request could not be executed"
    return {
        "camel": json_answer({"errorCode": "UCS.00000011", "errorMsg": text}, 400),
        "code_message": json_answer({"code": "UCS.00000011", "message": text}, 400),
        "k8s": json_answer(
            {"kind": "Status", "apiVersion": "v1", "metadata": {}, "status": "Failure", "message": text, "reason": "NotFound", "code": 404},
            404,
        ),
        "encoded_authorization": json_answer(
            {"error_code": "IAM.0003", "error_msg": text, "request_id": request_id, "encoded_authorization_message": "ZW5jb2RlZA=="}, 403
        ),
        "json_string": json_answer(text, 400),
        "json_list": json_answer([text], 400),
        "json_null": Answer(500, b"null"),
        "text": Answer(500, text.encode(), "text/plain; charset=utf-8"),
        "not_json": Answer(200, b'{"items": [', JSON),
        "empty": Answer(503, b"", JSON),
        "html": Answer(502, _HTML.encode(), "text/html"),
        "redirect": Answer(302, b"", JSON, {"Location": "https://login.example.com/ui/"}),
    }

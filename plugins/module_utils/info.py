# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What an info module does: read its endpoint, judge the reading, and say which requests failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleModule

from .client import Client
from .endpoint import Endpoint, check_thresholds
from .errors import ApiError
from .task import Surroundings, Work, run_module
from .values import some_of

ERRORS_SHOWN = 10


def info_work(endpoint: Endpoint) -> Work:
    """What the info module of an endpoint does."""

    def work(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
        check_thresholds(options)
        endpoint.validate(options, "")
        with Client.from_options(options, around.environ) as client:
            try:
                reading = endpoint.take(client, options)
            finally:
                around.secrets.update(client.secrets)
        result = endpoint.result(reading)
        if options["detail"] == "summary":
            result = endpoint.summarise(result)
        if result["errors"] and options["on_error"] == "fail":
            return {"failed": True, "msg": errors_in_words(result["errors"], endpoint.id_field), **result}
        return result

    return work


def run_info(module: AnsibleModule, endpoint: Endpoint) -> None:
    """Runs an info module to its end."""
    run_module(module, info_work(endpoint))


def errors_in_words(errors: list[dict[str, Any]], id_field: str) -> str:
    """The failed requests as one message, each with the id it was for; the same failure of many ids is said once."""
    if len(errors) == 1:
        asked, words = errors[0][id_field], str(ApiError.from_dict(errors[0]))
        return f"The read failed: {words}" + (f" [{id_field} {asked}]" if asked and quote(str(asked), safe="") not in words else "")
    causes: dict[str, list[str]] = {}
    for error in errors:
        same = {**error, "request_id": "", "path": error["path"].replace(quote(str(error[id_field]), safe=""), f"{{{id_field}}}")}
        causes.setdefault(str(ApiError.from_dict(same)), []).append(str(error[id_field]))
    shown = [f"{words} [{id_field} {some_of(ids, ', ', ERRORS_SHOWN)}]" for words, ids in causes.items()]
    return f"{len(errors)} of the reads failed: {some_of(shown, '; ', ERRORS_SHOWN)}"

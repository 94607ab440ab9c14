# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From a task to its result: the one place where info modules read and judge, and where an error becomes a failed task."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any
from urllib.parse import quote

from ansible.module_utils.basic import AnsibleModule, missing_required_lib

from .client import Client
from .endpoint import Endpoint, check_thresholds
from .errors import ApiError, GitopsError, MissingRequestsError

ERRORS_SHOWN = 10


def read_and_judge(endpoint: Endpoint, options: Mapping[str, Any], environ: Mapping[str, str], secrets: set[str]) -> dict[str, Any]:
    """The result of an info module, without ``changed``.

    :param secrets: takes up every secret found or fetched on the way, for masking
    :raises GitopsError: for bad options or missing credentials; failed requests stand in ``errors``
    """
    check_thresholds(options)
    endpoint.validate(options, "")
    with Client.from_options(options, environ) as client:
        try:
            reading = endpoint.take(client, options)
        finally:
            secrets.update(client.secrets)
    result = endpoint.result(reading)
    return endpoint.summarise(result) if options["detail"] == "summary" else result


def run_info(module: AnsibleModule, endpoint: Endpoint) -> None:
    """Runs an info module to its end."""
    with failing_plainly(module):
        result = read_and_judge(endpoint, module.params, os.environ, module.no_log_values)
        if result["errors"] and module.params["on_error"] == "fail":
            module.fail_json(msg=errors_in_words(result["errors"], endpoint.id_field), **result)
        module.exit_json(changed=False, **result)


@contextmanager
def failing_plainly(module: AnsibleModule) -> Iterator[None]:
    """Turns every error of the collection into a failed task with one clear message."""
    try:
        yield
    except MissingRequestsError as error:
        module.fail_json(msg=missing_required_lib("requests"), exception=error.reason)
    except ApiError as error:
        module.fail_json(msg=str(error), error=error.as_dict())
    except GitopsError as error:
        module.fail_json(msg=str(error))


def errors_in_words(errors: list[dict[str, Any]], id_field: str) -> str:
    """The failed requests as one message, each with the id it was for; the same failure of many ids is said once."""
    if len(errors) == 1:
        asked, words = errors[0][id_field], str(ApiError.from_dict(errors[0]))
        return f"The read failed: {words}" + (f" [{id_field} {asked}]" if asked and quote(str(asked), safe="") not in words else "")
    causes: dict[str, list[str]] = {}
    for error in errors:
        same = {**error, "request_id": "", "path": error["path"].replace(quote(str(error[id_field]), safe=""), f"{{{id_field}}}")}
        causes.setdefault(str(ApiError.from_dict(same)), []).append(str(error[id_field]))
    shown = [f"{words} [{id_field} {some_of(ids)}]" for words, ids in causes.items()]
    return f"{len(errors)} of the reads failed: {some_of(shown, '; ')}"


def some_of(texts: list[str], joint: str = ", ") -> str:
    """The first few of a list, and how many there are beside."""
    more = f"{joint}and {len(texts) - ERRORS_SHOWN} more" if len(texts) > ERRORS_SHOWN else ""
    return joint.join(texts[:ERRORS_SHOWN]) + more

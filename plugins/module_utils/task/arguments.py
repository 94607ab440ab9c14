# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The argument specs that all modules share; documented in the doc fragments connection and info.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.parameters import env_fallback

from ..model.errors import OptionError
from ..model.history import THRESHOLDS as DEFAULTS
from ..model.times import parse_zone

LONGEST = 1e9  # seconds; more than any wait, and less than what breaks a datetime


def _env(*names: str) -> dict[str, Any]:
    return {"fallback": (env_fallback, list(names))}


# Credentials, project_id and domain_id have no fallback here: http/credentials.py searches source by source, and must see where a
# value came from.
CONNECTION: dict[str, Any] = {
    "region": {"type": "str", **_env("HUAWEICLOUD_SDK_REGION", "HW_REGION_NAME")},
    "cloud": {"type": "str", **_env("HW_CLOUD")},
    "endpoints": {
        "type": "dict",
        "options": {name: {"type": "str"} for name in ("ucs", "codearts_repo", "servicestage", "iam", "metadata")},
    },
    "project_id": {"type": "str"},
    "domain_id": {"type": "str"},
    "ucs_token_scope": {"type": "str", "choices": ["domain", "project"], "default": "domain", "no_log": False},
    "access_key": {"type": "str", "no_log": False},
    "secret_key": {"type": "str", "no_log": True},
    "security_token": {"type": "str", "no_log": True},
    "auth_token": {"type": "str", "no_log": True},
    "username": {"type": "str"},
    "password": {"type": "str", "no_log": True},
    "domain_name": {"type": "str"},
    "use_ecs_agency": {"type": "bool", "default": False},
    "kubeconfig": {"type": "path"},
    "validate_certs": {"type": "bool", "default": True},
    "ca_path": {"type": "path", **_env("HW_CACERT", "REQUESTS_CA_BUNDLE")},
    "request_timeout": {"type": "float", "default": 30.0},
    "request_retries": {"type": "int", "default": 3, **_env("HW_MAX_RETRIES")},
    "total_timeout": {"type": "float", "default": 300.0},
    "max_concurrency": {"type": "int", "default": 16},
}

THRESHOLDS: dict[str, Any] = {
    "stuck_after": {"type": "float", "default": DEFAULTS["stuck_after"]},
    "failure_grace": {"type": "float", "default": DEFAULTS["failure_grace"]},
    "codearts_timezone": {"type": "str"},
}

INFO: dict[str, Any] = {
    "detail": {"type": "str", "choices": ["full", "summary", "packed"], "default": "full"},
    "on_error": {"type": "str", "choices": ["fail", "report"], "default": "fail"},
    **THRESHOLDS,
}


def check_thresholds(options: Mapping[str, Any]) -> None:
    """Refuses negative times and time zones that do not exist.

    :raises OptionError: naming the option
    """
    for name in ("stuck_after", "failure_grace"):
        value = options.get(name)
        if value is not None and not 0 <= value < LONGEST:
            raise OptionError(name, value, "a number of seconds, 0 or more")
    zone = options.get("codearts_timezone")
    if zone is not None and parse_zone(zone) is None:
        raise OptionError("codearts_timezone", zone, "an IANA time zone such as Asia/Shanghai or UTC")

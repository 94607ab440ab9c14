# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The errors of the collection: every failure a user can meet is one of these, and each becomes a failed task in one place (task/run.py).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

# Codes of ApiError for failures that no service answered. Service codes (APIG.0101, UCS.00000013, ...) are kept as the service sent them.
CONNECTION_FAILED = "CONNECTION_FAILED"
TIMEOUT = "TIMEOUT"
TLS_FAILED = "TLS_FAILED"
UNEXPECTED_ANSWER = "UNEXPECTED_ANSWER"
STALE_ANSWER = "STALE_ANSWER"  # from a cache
ANSWER_MISMATCH = "ANSWER_MISMATCH"  # about another id than was asked for
CONTEXT_NOT_FOUND = "CONTEXT_NOT_FOUND"  # no context of that name in the kubeconfig
NO_ACCESS = "NO_ACCESS"  # the kubeconfig, a credential in it or the library that reads it cannot be used
LIST_EXPIRED = "EXPIRED_LIST"  # a list of Kubernetes changed too much before its end was read


class GitopsError(Exception):
    """Base of all errors of this collection; str() is the message for the user, free of secrets."""


class Said(str):
    """What was given, in words instead of as a value."""


class OptionError(GitopsError):
    """An option has a value that cannot work, found before the first request.

    :param option: the option's name, with its path when nested (``checks[0].ucs_gitops.cluster_ids``)
    :param seen: what was given
    :param expected: what would be right, in words
    """

    def __init__(self, option: str, seen: object, expected: str) -> None:
        self.option, self.seen, self.expected = option, seen, expected
        plain = isinstance(seen, (str, bool, int, float)) or seen is None
        shown = json.dumps(seen, ensure_ascii=False) if plain and not isinstance(seen, Said) else str(seen)
        super().__init__(f"Option '{option}': got {shown}, expected {expected}.")


class CredentialsError(GitopsError):
    """No complete set of credentials was found, or half a set; the message lists what was looked for and where."""


class MissingRequestsError(GitopsError):
    """The Python library requests cannot be imported by the Python that runs the module."""

    def __init__(self, reason: str = "") -> None:
        self.reason = reason
        super().__init__("The Python library 'requests' is missing.")


@dataclass(eq=False)
class ApiError(GitopsError):
    """One failed request to a service, after all attempts.

    ``status`` is the HTTP status, None when no answer came; ``code`` the service's own error code or one of the codes above;
    ``attempts`` how often the request was sent; ``request_id`` that of the last attempt.
    """

    message: str
    status: int | None = None
    code: str = ""
    request_id: str = ""
    service: str = ""
    method: str = "GET"
    path: str = ""
    attempts: int = 1
    retryable: bool = False

    def __post_init__(self) -> None:
        self.retry_after: float | None = None  # seconds the service asked to wait; advice for the client, no part of the report

    @property
    def withdrawn(self) -> bool:
        """Whether it says that the API is not offered, or no longer."""
        return self.status == 410 or (self.status == 404 and self.code in ("APIG.0101", "APIGW.0101"))

    @property
    def absent(self) -> bool:
        """Whether it says that what was asked for is not there."""
        return self.status == 404 and self.service not in ("iam", "metadata") and not self.withdrawn

    @classmethod
    def from_dict(cls, fields: dict[str, Any]) -> ApiError:
        """The error that ``as_dict`` was made from; other keys are passed over."""
        return cls(**{name: fields[name] for name in cls.__dataclass_fields__})

    def as_dict(self) -> dict[str, Any]:
        """The fields as a plain dict, as they stand in ``errors`` of a result."""
        return asdict(self)

    def __str__(self) -> str:
        facts = [f"HTTP {self.status}" if self.status else "", self.code, f"request id {self.request_id}" if self.request_id else ""]
        facts.append(f"after {self.attempts} attempts" if self.attempts > 1 else "")
        detail = ", ".join(fact for fact in facts if fact)
        asked = f"{self.method} {self.path}: " if self.path else ""  # what failed before anything was asked has no path
        return f"{self.service}: {asked}{self.message}" + (f" ({detail})" if detail else "")

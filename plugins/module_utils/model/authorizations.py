# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""ServiceStage Git authorizations, and the host that one is for (rules.rst, "ServiceStage authorizations").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from .shapes import lower

_HOST = re.compile(
    r"^(?:(?P<scheme>[a-z][a-z0-9+.-]*)://|//)?(?:[^@/?#]*@)?(?P<host>\[[^\]]*\]|[^:/?#]*)(?::(?P<port>\d{1,5})(?=[/?#]|$))?", re.ASCII
)
_PORTS = {"http": 80, "ssh": 22, "git": 9418}
_HTTPS = 443  # also where no scheme is stated


class Host(NamedTuple):
    """Where a Git host listens.

    ``port``: the one that is stated; None where none is. ``default``: the one of its scheme.
    """

    name: str
    port: int | None
    default: int


def host_of(url: Any) -> Host:
    """The host of a URL, of ``git@host:path``, or of a bare host with or without a port; its name is empty for what is none.

    Case, user, scheme and path go; ``api.github.com`` is ``github.com`` (rules.rst, A3).
    """
    match = _HOST.match(lower(url))
    if not match:
        return Host("", None, _HTTPS)
    name = match["host"].rstrip(".")
    port = int(match["port"]) if match["port"] else None
    return Host("github.com" if name == "api.github.com" else name, port, _PORTS.get(match["scheme"] or "", _HTTPS))


def is_same_host(wanted: Any, stated: Any) -> bool:
    """Whether an expected host is the stated one: any port, unless the expectation states one (rules.rst, A3)."""
    want, have = host_of(wanted), host_of(stated)
    return bool(want.name) and want.name == have.name and want.port in (None, have.port or have.default)


@dataclass(frozen=True)
class Authorization:
    """An authorization as an answer states it; ``raw`` is the object of the answer."""

    raw: Mapping[str, Any]

    @property
    def name(self) -> str:
        """Its name."""
        return str(self.raw.get("name") or "unnamed")

    @property
    def host(self) -> str:
        """The name of its Git host in the form that is compared, without a port."""
        return host_of(self.raw.get("repo_host")).name

    def fits(self, want: Mapping[str, Any]) -> bool:
        """Whether an expectation means this authorization (A3): name exactly, type, host and user without case, if stated."""
        same = {
            "name": self.raw.get("name") == want.get("name"),
            "repo_type": lower(self.raw.get("repo_type")) == lower(want.get("repo_type")),
            "host": is_same_host(want.get("host"), self.raw.get("repo_host")),
            "user": lower(self.raw.get("repo_user")) == lower(want.get("user")),
        }
        return all(fits for name, fits in same.items() if want.get(name))

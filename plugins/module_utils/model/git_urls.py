# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Git URLs: the form that is compared, and forms that Flux refuses (rules.rst, X4).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from .secrets import mask_secrets

_SCP_STYLE = re.compile(r"^(?:[^@/\s]+@)?([^:/\s]+):(?!//)(.+)$")
_SCHEME = re.compile(r"^([a-z][a-z0-9+.-]*)://", re.IGNORECASE)
_PASSWORD = re.compile(r"^(?:[a-z][a-z0-9+.-]*://)?[^/@:\s]*:[^/@\s]+@", re.IGNORECASE)
_USER = re.compile(r"^https?://(?P<user>[^/@:\s]+)@", re.IGNORECASE)
_IN_QUERY = re.compile(r"[?&](?:\w*token|\w*secret|password|passwd|api_?key)=[^&\s]", re.IGNORECASE)
SHORTEST_TOKEN = 20  # characters
INSECURE_SCHEMES = ("http", "git")
SECURE_SCHEMES = ("https", "ssh")


def is_scp_style(url: object) -> bool:
    """Whether a Git URL has the form ``git@host:group/name``, which Flux refuses (rules.rst, X4)."""
    return isinstance(url, str) and "://" not in url and bool(_SCP_STYLE.match(url))


def normal_url(url: object) -> str:
    """A Git URL as ``host/path`` for comparison: lower host, no user, default port, .git or trailing slash (rules.rst, X4)."""
    text = str(url or "").strip()
    scp = _SCP_STYLE.match(text) if "://" not in text else None
    if scp:
        text = f"ssh://{scp.group(1)}/{scp.group(2)}"
    try:
        parts = urlsplit(text if "://" in text else f"//{text}")
        host, port = (parts.hostname or "").lower(), parts.port
    except ValueError:
        return text
    path = parts.path.strip("/")
    return f"{host}{f':{port}' if port not in (None, 22, 80, 443) else ''}/{path[:-4] if path.endswith('.git') else path}"


def url_scheme(url: object) -> str:
    """The scheme that a Git URL states, in lower case; ``ssh`` for ``git@host:path``, empty where it states none."""
    text = str(url or "").strip()
    match = _SCHEME.match(text)
    return match[1].lower() if match else "ssh" if is_scp_style(text) else ""


def url_path(url: object) -> str:
    """The path of a Git URL without its slashes at both ends and ``.git``."""
    return normal_url(url).partition("/")[2]


def holds_credentials(url: object) -> bool:
    """Whether a Git URL has a password, or a token as its user, in it. A plain user (``https://name@host``) is none."""
    text = str(url or "").strip()
    user = (_USER.match(text) or {"user": ""})["user"]
    token = len(user) >= SHORTEST_TOKEN and any(char.isdigit() for char in user)
    return holds_password(text) or token or mask_secrets(user) != user or bool(_IN_QUERY.search(text))


def holds_password(url: object) -> bool:
    """Whether a Git URL has the form ``scheme://user:password@host`` (rules.rst, S25)."""
    return bool(_PASSWORD.match(str(url or "").strip()))

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The search for credentials: one complete set from one source (services.rst, "Credentials").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from configparser import Error as ConfigError
from configparser import RawConfigParser
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ..model.errors import CredentialsError, OptionError, Said
from ..model.secrets import secret_fault


@dataclass
class Credentials:
    """One complete set of credentials from one source. ``kind`` is aksk, token, password or ecs_agency; secrets stay out of repr()."""

    kind: str
    source: str
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    security_token: str | None = field(default=None, repr=False)
    auth_token: str | None = field(default=None, repr=False)
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    domain_name: str | None = None
    project_id: str | None = None
    domain_id: str | None = None

    @property
    def secrets(self) -> list[str]:
        """Every secret value of the set, for masking."""
        return [value for value in (self.secret_key, self.security_token, self.auth_token, self.password) if value]


# What makes a set complete, in the order of preference within a source.
SETS = {"aksk": ("access_key", "secret_key"), "token": ("auth_token",), "password": ("username", "password", "domain_name")}
# Any of these without a complete set is half a set. domain_name, project_id and domain_id alone are no attempt to authenticate.
MARKERS = ("access_key", "secret_key", "security_token", "auth_token", "username", "password")
# What goes into a header as it is.
IN_HEADERS = ("access_key", "security_token", "auth_token", "project_id", "domain_id")
_IN_HEADER = re.compile(r"[!-~]+")  # printable ASCII without blanks
OPTIONS = (*MARKERS, "domain_name", "project_id", "domain_id")

SDK_VARIABLES = {
    "access_key": "HUAWEICLOUD_SDK_AK",
    "secret_key": "HUAWEICLOUD_SDK_SK",
    "security_token": "HUAWEICLOUD_SDK_SECURITY_TOKEN",
    "project_id": "HUAWEICLOUD_SDK_PROJECT_ID",
    "domain_id": "HUAWEICLOUD_SDK_DOMAIN_ID",
}
HW_VARIABLES = {
    "access_key": "HW_ACCESS_KEY",
    "secret_key": "HW_SECRET_KEY",
    "security_token": "HW_SECURITY_TOKEN",
    "auth_token": "HW_AUTH_TOKEN",
    "username": "HW_USER_NAME",
    "password": "HW_USER_PASSWORD",
    "domain_name": "HW_DOMAIN_NAME",
    "project_id": "HW_PROJECT_ID",
    "domain_id": "HW_DOMAIN_ID",
}
PROFILE_KEYS = {
    "access_key": "ak",
    "secret_key": "sk",
    "security_token": "security_token",
    "project_id": "project_id",
    "domain_id": "domain_id",
}
PROFILE_VARIABLE = "HUAWEICLOUD_SDK_CREDENTIALS_FILE"
PROFILE_DEFAULT = ".huaweicloud/credentials"  # below the home directory


def sendable(value: Any) -> str:
    """A value that can go into a header as it is; empty for any other."""
    return value if isinstance(value, str) and _IN_HEADER.fullmatch(value) else ""


def find_credentials(options: Mapping[str, Any], environ: Mapping[str, str]) -> Credentials:
    """The first source that holds credentials, as one complete set; sources are never mixed (services.rst, "Credentials").

    :param options: the task's options
    :param environ: the process environment
    :raises CredentialsError: half a set in the first source that has anything, or nothing anywhere
    :raises OptionError: two complete sets among the task's options
    """
    profile_path = environ.get(PROFILE_VARIABLE) or str(Path(environ.get("HOME") or Path.home()) / PROFILE_DEFAULT)
    sources: list[tuple[str, Mapping[str, str], Callable[[], dict[str, Any]]]] = [
        ("task options", {name: name for name in OPTIONS}, lambda: {name: options.get(name) for name in OPTIONS}),
        ("environment (HUAWEICLOUD_SDK_*)", SDK_VARIABLES, lambda: _from_environment(SDK_VARIABLES, environ)),
        ("environment (HW_*)", HW_VARIABLES, lambda: _from_environment(HW_VARIABLES, environ)),
        (f"profile file {profile_path}", PROFILE_KEYS, lambda: _from_profile(profile_path)),
    ]
    for source, names, read in sources:
        values = {name: value for name, value in read().items() if value}
        kind = _complete_set(source, values)
        if kind:
            return _sendable(_credentials(kind, source, values, options))
        if any(name in values for name in MARKERS):
            raise CredentialsError(_half_a_set(source, names, values))
    if options.get("use_ecs_agency"):
        return _sendable(_credentials("ecs_agency", "ECS metadata service", {}, options))
    looked = "; ".join(f"{_wanted(names)} in {source}" for source, names, read in sources)
    advice = " and ".join(SDK_VARIABLES[name] for name in SETS["aksk"])
    raise CredentialsError(f"No credentials found: set {advice}, say. Looked for {looked}; ECS agency: not asked for (use_ecs_agency).")


def _complete_set(source: str, values: Mapping[str, Any]) -> str | None:
    """The kind of the complete set that a source holds; None where it holds none.

    :raises OptionError: two complete sets among the task's options
    """
    complete = [kind for kind, needed in SETS.items() if all(name in values for name in needed)]
    if len(complete) > 1 and source == "task options":
        both = " and ".join(" + ".join(SETS[kind]) for kind in complete)
        raise OptionError(SETS[complete[1]][0], Said(both), "one set of credentials only")
    return complete[0] if complete else None


def _credentials(kind: str, source: str, values: Mapping[str, Any], options: Mapping[str, Any]) -> Credentials:
    """A complete set. What the task itself names as its project or domain is no credential and always counts."""
    taken = {name: values.get(name) for name in (*SETS.get(kind, ()), *(["security_token"] if kind == "aksk" else []))}
    ids = {name: options.get(name) or values.get(name) for name in ("project_id", "domain_id")}
    return Credentials(kind, source, **taken, **ids)


def _sendable(credentials: Credentials) -> Credentials:
    """The credentials, if they can be what they are said to be and can be sent.

    :raises CredentialsError: without the value
    """
    fault = secret_fault(credentials.secret_key or "")
    if fault:
        raise CredentialsError(f"The secret_key (credentials: {credentials.source}) {fault}: give it as it was issued.")
    for name in IN_HEADERS:
        if not sendable(getattr(credentials, name) or "-"):
            raise CredentialsError(
                f"The {name} (credentials: {credentials.source}) cannot be sent: it has blanks, line breaks or characters beyond ASCII."
            )
    return credentials


def _from_environment(variables: Mapping[str, str], environ: Mapping[str, str]) -> dict[str, Any]:
    return {name: environ.get(variable) for name, variable in variables.items()}


def _from_profile(path: str) -> dict[str, Any]:
    """The sections [basic] and [global] of a profile file as one set; they must not name different accounts.

    RawConfigParser, because a "%" in a secret key is no interpolation.
    """
    parser = RawConfigParser()
    try:
        with Path(path).open(encoding="utf-8") as stream:
            parser.read_file(stream)
        sections = [dict(parser[name]) for name in ("basic", "global") if parser.has_section(name)]
    except FileNotFoundError:
        return {}
    except (ConfigError, UnicodeDecodeError) as error:
        line = getattr(error, "lineno", None)
        where = f" (line {line})" if line else ""
        raise CredentialsError(
            f"The profile file {path} cannot be read{where}: expected an INI file with sections [basic] or [global]."
        ) from None
    except OSError as error:
        raise CredentialsError(f"The profile file {path} cannot be read: {error.strerror}.") from None
    sections = [{key: value for key, value in section.items() if value} for section in sections]
    if len({section["ak"] for section in sections if "ak" in section}) > 1:
        # Two accounts in one file: [basic] is the one the SDK uses for project services; [global] would be a second set.
        sections = sections[:1]
    merged: dict[str, str] = {}
    for section in reversed(sections):
        merged.update(section)
    return {name: merged.get(key) for name, key in PROFILE_KEYS.items()}


def _wanted(names: Mapping[str, str]) -> str:
    return " or ".join(" + ".join(names[part] for part in needed) for needed in SETS.values() if all(part in names for part in needed))


def _half_a_set(source: str, names: Mapping[str, str], values: Mapping[str, Any]) -> str:
    given = [names[name] for name in MARKERS if name in values]
    wanted = next((needed for needed in SETS.values() if any(name in values for name in needed)), SETS["aksk"])
    missing = [names[name] for name in wanted if name not in values]
    return f"Half a set of credentials in {source}: got {', '.join(given)}, expected {', '.join(missing)} as well. Sources are never mixed."

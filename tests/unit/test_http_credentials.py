# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials come from one source, complete or not at all."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http.credentials import (
    HW_VARIABLES,
    PROFILE_VARIABLE,
    SDK_VARIABLES,
    Credentials,
    find_credentials,
)
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import CredentialsError, OptionError

# --- credentials: every source

AKSK = {"access_key": "task-ak", "secret_key": "task-sk"}
SDK = {"HUAWEICLOUD_SDK_AK": "sdk-ak", "HUAWEICLOUD_SDK_SK": "sdk-sk"}
HW = {"HW_ACCESS_KEY": "hw-ak", "HW_SECRET_KEY": "hw-sk"}
USER = {"username": "u", "password": "p", "domain_name": "d"}
HW_USER = {"HW_USER_NAME": "u", "HW_USER_PASSWORD": "p", "HW_DOMAIN_NAME": "d"}
PROFILE = "[basic]\nak = profile-ak\nsk = profile-sk\n"
FAMILY_SDK, FAMILY_HW = "environment (HUAWEICLOUD_SDK_*)", "environment (HW_*)"


def find(options: dict[str, Any], environ: dict[str, str], profile: str | bytes | None, folder: Path) -> Credentials:
    """What is found with such options, such an environment and such a profile file."""
    path = folder / "credentials"
    if profile is not None:
        path.write_bytes(profile if isinstance(profile, bytes) else profile.encode())
    return find_credentials(options, {PROFILE_VARIABLE: str(path), **environ})


@pytest.mark.parametrize(
    ("options", "environ", "profile", "source", "expected"),
    [
        pytest.param(AKSK, {}, None, "task options", {"kind": "aksk", **AKSK}, id="task: keys"),
        pytest.param(
            {**AKSK, "security_token": "t"}, {}, None, "task options", {"kind": "aksk", **AKSK, "security_token": "t"}, id="task: temporary"
        ),
        pytest.param({"auth_token": "t"}, {}, None, "task options", {"kind": "token", "auth_token": "t"}, id="task: token"),
        pytest.param(USER, {}, None, "task options", {"kind": "password", **USER}, id="task: password"),
        pytest.param({}, SDK, None, FAMILY_SDK, {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk"}, id="SDK: keys"),
        pytest.param(
            *({}, {**SDK, "HUAWEICLOUD_SDK_SECURITY_TOKEN": "t"}, None, FAMILY_SDK),
            {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk", "security_token": "t"},
            id="SDK: temporary",
        ),
        pytest.param({}, HW, None, FAMILY_HW, {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"}, id="HW: keys"),
        pytest.param(
            *({}, {**HW, "HW_SECURITY_TOKEN": "t"}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk", "security_token": "t"},
            id="HW: temporary",
        ),
        pytest.param({}, {"HW_AUTH_TOKEN": "t"}, None, FAMILY_HW, {"kind": "token", "auth_token": "t"}, id="HW: token"),
        pytest.param({}, HW_USER, None, FAMILY_HW, {"kind": "password", **USER}, id="HW: password"),
        pytest.param(
            *({}, {**HW, **HW_USER, "HW_AUTH_TOKEN": "t"}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"},
            id="HW: keys before all else",
        ),
        pytest.param(
            *({}, {**HW_USER, "HW_AUTH_TOKEN": "t"}, None, FAMILY_HW), {"kind": "token", "auth_token": "t"}, id="HW: token before password"
        ),
        pytest.param({}, {}, PROFILE, "profile", {"kind": "aksk", "access_key": "profile-ak", "secret_key": "profile-sk"}, id="profile"),
        pytest.param({"use_ecs_agency": True}, {}, None, "ECS metadata service", {"kind": "ecs_agency"}, id="ECS agency"),
        # the order, and no source lends to another
        pytest.param({"auth_token": "t"}, {**SDK, **HW}, PROFILE, "task options", {"kind": "token", "auth_token": "t"}, id="task first"),
        pytest.param(
            {}, {**SDK, **HW}, PROFILE, FAMILY_SDK, {"kind": "aksk", "access_key": "sdk-ak", "secret_key": "sdk-sk"}, id="SDK second"
        ),
        pytest.param({}, HW, PROFILE, FAMILY_HW, {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"}, id="HW third"),
        pytest.param(
            *({"use_ecs_agency": True}, {}, PROFILE, "profile"),
            {"kind": "aksk", "access_key": "profile-ak", "secret_key": "profile-sk"},
            id="the agency last",
        ),
        pytest.param(
            *(AKSK, {"HUAWEICLOUD_SDK_SECURITY_TOKEN": "t", "HW_SECURITY_TOKEN": "t"}, None, "task options"),
            {"kind": "aksk", **AKSK},
            id="no security token from elsewhere",
        ),
        # what is empty or authenticates nobody is not there
        pytest.param(
            *(
                {"access_key": "", "secret_key": None, "domain_name": "d", "project_id": "p"},
                {"HUAWEICLOUD_SDK_AK": "", **HW},
                None,
                FAMILY_HW,
            ),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk", "project_id": "p"},
            id="empty values",
        ),
        pytest.param(
            *({}, {"HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_DOMAIN_ID": "d", **HW}, None, FAMILY_HW),
            {"kind": "aksk", "access_key": "hw-ak", "secret_key": "hw-sk"},
            id="ids alone are no source",
        ),
    ],
)
def test_sources(
    tmp_path: Path, options: dict[str, Any], environ: dict[str, str], profile: str | None, source: str, expected: dict[str, Any]
) -> None:
    found = find(options, environ, profile, tmp_path)
    assert found == Credentials(source=f"profile file {tmp_path}/credentials" if source == "profile" else source, **expected)


@pytest.mark.parametrize(
    ("options", "environ", "profile", "expected"),
    [
        pytest.param({**AKSK, "project_id": "p", "domain_id": "d"}, {}, None, ("p", "d"), id="task"),
        pytest.param({}, {**SDK, "HUAWEICLOUD_SDK_PROJECT_ID": "p", "HUAWEICLOUD_SDK_DOMAIN_ID": "d"}, None, ("p", "d"), id="SDK"),
        pytest.param({}, {**HW, "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: keys"),
        pytest.param({}, {"HW_AUTH_TOKEN": "t", "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: token"),
        pytest.param({}, {**HW_USER, "HW_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, None, ("p", "d"), id="HW: password"),
        pytest.param({}, {}, PROFILE + "project_id = p\ndomain_id = d\n", ("p", "d"), id="profile"),
        pytest.param({"project_id": "mine"}, {**SDK, "HUAWEICLOUD_SDK_PROJECT_ID": "p"}, None, ("mine", None), id="the task's own counts"),
        pytest.param({"use_ecs_agency": True, "project_id": "p", "domain_id": "d"}, {}, None, ("p", "d"), id="ECS agency"),
        pytest.param(AKSK, {"HUAWEICLOUD_SDK_PROJECT_ID": "p", "HW_DOMAIN_ID": "d"}, PROFILE, (None, None), id="not from another source"),
        pytest.param({}, {**SDK, "HW_PROJECT_ID": "p"}, None, (None, None), id="not from another family"),
    ],
)
def test_ids_come_from_where_the_credentials_come_from(
    tmp_path: Path, options: dict[str, Any], environ: dict[str, str], profile: str | None, expected: tuple[str | None, str | None]
) -> None:
    found = find(options, environ, profile, tmp_path)
    assert (found.project_id, found.domain_id) == expected


# --- credentials: what is refused


@pytest.mark.parametrize(
    ("options", "environ", "profile", "got", "missing"),
    [
        pytest.param({"access_key": "x"}, {}, None, "access_key", "secret_key", id="task: AK"),
        pytest.param({"secret_key": "x"}, {}, None, "secret_key", "access_key", id="task: SK"),
        pytest.param({"security_token": "x"}, {}, None, "security_token", "access_key, secret_key", id="task: security token"),
        pytest.param({"username": "x"}, {}, None, "username", "password, domain_name", id="task: user"),
        pytest.param({"username": "x", "password": "y"}, {}, None, "username, password", "domain_name", id="task: no domain"),
        pytest.param({"password": "y", "domain_name": "z"}, {}, None, "password", "username", id="task: no user"),
        pytest.param({}, {"HUAWEICLOUD_SDK_AK": "x"}, None, "HUAWEICLOUD_SDK_AK", "HUAWEICLOUD_SDK_SK", id="SDK"),
        pytest.param({}, {"HW_SECRET_KEY": "x"}, None, "HW_SECRET_KEY", "HW_ACCESS_KEY", id="HW"),
        pytest.param({}, {"HW_USER_NAME": "x"}, None, "HW_USER_NAME", "HW_USER_PASSWORD, HW_DOMAIN_NAME", id="HW: user"),
        pytest.param({}, {}, "[basic]\nak = x\n", "ak", "sk", id="profile"),
    ],
)
@pytest.mark.parametrize("others", [False, True], ids=["alone", "others are complete"])
def test_half_a_set_is_refused_and_never_completed(
    tmp_path: Path, others: bool, options: dict[str, Any], environ: dict[str, str], profile: str | None, got: str, missing: str
) -> None:
    if others and options:
        environ, profile = {**SDK, **HW}, PROFILE
    elif others and "HUAWEICLOUD_SDK_AK" in environ:
        environ = {**HW, **environ}
    with pytest.raises(CredentialsError) as caught:
        find({"use_ecs_agency": others, **options}, environ, profile, tmp_path)
    assert str(caught.value).startswith("Half a set of credentials in ")
    assert str(caught.value).endswith(f": got {got}, expected {missing} as well. Sources are never mixed.")


@pytest.mark.parametrize(
    ("options", "both"),
    [
        ({**AKSK, "auth_token": "t"}, "access_key + secret_key and auth_token"),
        ({**AKSK, **USER}, "access_key + secret_key and username + password + domain_name"),
        ({"auth_token": "t", **USER}, "auth_token and username + password + domain_name"),
    ],
)
def test_two_sets_in_the_task_are_refused(tmp_path: Path, options: dict[str, Any], both: str) -> None:
    with pytest.raises(OptionError) as caught:
        find(options, {}, None, tmp_path)
    assert str(caught.value).endswith(f"got {both}, expected one set of credentials only.")
    assert caught.value.option in options


def test_nothing_found(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError) as caught:
        find({}, {}, None, tmp_path)
    assert str(caught.value) == (
        "No credentials found: set HUAWEICLOUD_SDK_AK and HUAWEICLOUD_SDK_SK, say. "
        "Looked for access_key + secret_key or auth_token or username + password + domain_name in task options; "
        "HUAWEICLOUD_SDK_AK + HUAWEICLOUD_SDK_SK in environment (HUAWEICLOUD_SDK_*); "
        "HW_ACCESS_KEY + HW_SECRET_KEY or HW_AUTH_TOKEN or HW_USER_NAME + HW_USER_PASSWORD + HW_DOMAIN_NAME in environment (HW_*); "
        f"ak + sk in profile file {tmp_path}/credentials; ECS agency: not asked for (use_ecs_agency)."
    )


@pytest.mark.parametrize("name", ["access_key", "security_token", "auth_token", "project_id", "domain_id"])
@pytest.mark.parametrize("value", ["hunter2\n", "hunter2\r\nX-Evil: 1", "hunt er2", "hunter2集", "\thunter2", "hunter2\x00"], ids=repr)
def test_what_cannot_stand_in_a_header_is_refused_and_not_shown(tmp_path: Path, name: str, value: str) -> None:
    options = {**({} if name == "auth_token" else AKSK), name: value}
    with pytest.raises(CredentialsError, match=rf"^The {name} \(credentials: task options\) cannot be sent: ") as caught:
        find(options, {}, None, tmp_path)
    assert "hunt" not in str(caught.value)


def test_ids_beside_the_agency_are_checked_too(tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match="The project_id"):
        find({"use_ecs_agency": True, "project_id": "a\nb"}, {}, None, tmp_path)


def test_a_secret_key_may_hold_any_letters(tmp_path: Path) -> None:
    assert find({"access_key": "a", "secret_key": "ключ%{}"}, {}, None, tmp_path).secret_key == "ключ%{}"


@pytest.mark.parametrize(
    ("secret", "words"), [("hidden\n", "ends in a line break"), ('"hidden"', "has quotes around it"), ("hid den", "has blanks")]
)
def test_a_secret_key_that_was_copied_badly_is_refused(secret: str, words: str, tmp_path: Path) -> None:
    with pytest.raises(CredentialsError, match=f"The secret_key .* {words}") as raised:
        find({"access_key": "a", "secret_key": secret}, {}, None, tmp_path)
    assert "hid" not in str(raised.value).replace("The secret_key", "")


# --- the profile file


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        pytest.param(PROFILE, ("profile-ak", "profile-sk", None, None, None), id="basic"),
        pytest.param("[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, None, "d"), id="global"),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="both, one account"
        ),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\nak=b\nsk=t\ndomain_id=d\n", ("a", "s", None, "p", None), id="two accounts: basic"
        ),
        pytest.param(
            "[global]\nak=b\nsk=t\ndomain_id=d\n[basic]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="two accounts: any order"
        ),
        pytest.param(
            "[basic]\nak=a\nsk=s\nproject_id=p\n[global]\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="global has only the domain"
        ),
        pytest.param(
            "[basic]\nproject_id=p\n[global]\nak=a\nsk=s\ndomain_id=d\n", ("a", "s", None, "p", "d"), id="basic has only the project"
        ),
        pytest.param("[basic]\nak=a\nsk=s\n[global]\nak=a\nsk=t\n", ("a", "s", None, None, None), id="one account, two secrets: basic"),
        pytest.param("[basic]\n[global]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="basic is empty"),
        pytest.param("[basic]\nak =\nsk =\n[global]\nak=a\nsk=s\n", ("a", "s", None, None, None), id="basic has empty values"),
        pytest.param("[basic]\nak=a\nsk=s\nsecurity_token=t\n", ("a", "s", "t", None, None), id="temporary"),
        pytest.param("[basic]\nak=a\nsk=s%%20%(x)s%\n", ("a", "s%%20%(x)s%", None, None, None), id="percent signs"),
        pytest.param("[basic]\nak=a\nsk=s#1;2\n", ("a", "s#1;2", None, None, None), id="comment signs"),
        pytest.param("[basic]\nAK: a\nSk = s\n; a comment\n# another\n", ("a", "s", None, None, None), id="other spellings"),
        pytest.param("[other]\nak=b\n[basic]\nak=a\nsk=s=\niam_endpoint=x\n", ("a", "s=", None, None, None), id="other sections and keys"),
    ],
)
def test_profiles(tmp_path: Path, profile: str, expected: tuple[str | None, ...]) -> None:
    found = find({}, {}, profile, tmp_path)
    assert (found.access_key, found.secret_key, found.security_token, found.project_id, found.domain_id) == expected


@pytest.mark.parametrize("profile", ["", "[other]\nak=a\nsk=s\n", "[basic]\nproject_id=p\n", "[basic]\nak=\nsk=\n"])
def test_profiles_without_credentials(tmp_path: Path, profile: str) -> None:
    with pytest.raises(CredentialsError, match=r"^No credentials found:"):
        find({}, {}, profile, tmp_path)


@pytest.mark.parametrize(
    ("profile", "line"),
    [
        pytest.param("ak = hunter2\nsk = hunter2\n", " (line 1)", id="no section"),
        pytest.param("[basic]\nak = hunter2\nak = hunter2\n", " (line 3)", id="twice"),
        pytest.param("[basic]\n[basic]\n", " (line 2)", id="section twice"),
        pytest.param("[basic]\nhunter2\n", "", id="no value"),
        pytest.param(b"[basic]\nak = hunter2\xff\n", "", id="not UTF-8"),
        pytest.param(b"\x00\x01hunter2", "", id="binary"),
    ],
)
def test_a_broken_profile_is_named_and_not_shown(tmp_path: Path, profile: str | bytes, line: str) -> None:
    with pytest.raises(CredentialsError) as caught:
        find({}, {}, profile, tmp_path)
    path = tmp_path / "credentials"
    assert str(caught.value).startswith(f"The profile file {path} cannot be read")
    assert str(caught.value).endswith(": expected an INI file with sections [basic] or [global].")
    assert line in str(caught.value)
    assert "hunter2" not in str(caught.value)
    assert find(AKSK, {}, profile, tmp_path).access_key == "task-ak"  # nobody asked for the file


def test_a_profile_that_cannot_be_opened(tmp_path: Path) -> None:
    (tmp_path / "credentials").mkdir()
    with pytest.raises(CredentialsError, match=r"/credentials cannot be read: Is a directory\.$"):
        find({}, {}, None, tmp_path)


def test_the_usual_profile_is_below_the_home(tmp_path: Path) -> None:
    folder = tmp_path / ".huaweicloud"
    folder.mkdir()
    (folder / "credentials").write_text(PROFILE, encoding="utf-8")
    found = find_credentials({}, {"HOME": str(tmp_path)})
    assert found.source == f"profile file {folder}/credentials"
    assert found.access_key == "profile-ak"


# --- secrets


@pytest.mark.parametrize(
    ("options", "secrets"),
    [
        ({**AKSK, "secret_key": "hunter2", "security_token": "hunter3"}, ["hunter2", "hunter3"]),
        ({"auth_token": "hunter2"}, ["hunter2"]),
        ({**USER, "password": "hunter2"}, ["hunter2"]),
        ({"use_ecs_agency": True}, []),
    ],
)
def test_secrets_are_known_and_not_shown(tmp_path: Path, options: dict[str, Any], secrets: list[str]) -> None:
    found = find(options, {}, None, tmp_path)
    assert found.secrets == secrets
    assert "hunter" not in f"{found!r} {found}"


def test_every_option_has_its_variables() -> None:
    known = {"access_key", "secret_key", "security_token", "auth_token", "username", "password", "domain_name", "project_id", "domain_id"}
    assert set(HW_VARIABLES) == known
    assert set(SDK_VARIABLES) <= known

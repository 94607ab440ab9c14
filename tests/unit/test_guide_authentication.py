# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide "Authentication and endpoints": its examples run, and it leaves out no source, variable, option or host."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.http import credentials, hosts
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.arguments import CONNECTION

from .guides import text
from .test_examples import ESTATE
from .test_guides import playbooks, tasks

if TYPE_CHECKING:
    from .conftest import Play

NAME = "guide_authentication"
GUIDE = text(NAME)
ABOUT_TIME = {"request_timeout", "request_retries", "total_timeout", "max_concurrency"}
ELSEWHERE = ("endpoints", "use_ecs_agency")  # these examples name real hosts


def test_no_option_and_no_variable_is_left_out() -> None:
    variables = {*credentials.SDK_VARIABLES.values(), *credentials.HW_VARIABLES.values(), credentials.PROFILE_VARIABLE}
    named = set(re.findall(r"\w+", GUIDE))
    assert variables <= named
    assert CONNECTION.keys() - ABOUT_TIME <= named
    assert {*CONNECTION["endpoints"]["options"], *credentials.PROFILE_KEYS.values()} <= named
    assert {name for names in hosts.HOST_VARIABLES.values() for name in names if "{" not in name} <= named


def test_the_sources_are_in_the_order_in_which_they_are_searched(tmp_path: Any) -> None:
    """The message for "nothing found" lists them, too."""
    with pytest.raises(credentials.CredentialsError) as nothing:
        credentials.find_credentials({}, {"HOME": str(tmp_path)})
    order = ["task", "HUAWEICLOUD_SDK_AK", "HW_ACCESS_KEY", "profile file", "ECS"]
    looked = str(nothing.value).partition("Looked for ")[2]
    said = [looked.index(name) for name in order]
    table = GUIDE[GUIDE.index("order  source") :]
    assert said == sorted(said)
    assert [table.index(name) for name in order] == sorted(table.index(name) for name in order)


def test_the_hosts_are_those_of_the_table() -> None:
    table = GUIDE[GUIDE.index("service                host") : GUIDE.index("``cloud`` says which cloud")]
    for cloud in (hosts.MAIN, hosts.INTERNATIONAL):
        for service, rows in hosts.HOSTS[cloud].items():
            for known, host in rows:
                shown = host.format(region="<region>", domain=hosts.MAIN)
                assert f"``{shown}``" in table, service
                if service == "codearts_repo":
                    after = table[table.index(f"``{shown}``") :]
                    cells = re.match(r"``.*?``\s+(.*?)(?=\n\S|\n=)", after, re.DOTALL)
                    assert cells
                    assert sorted(re.findall(r"[a-z]+-[a-z]+-\d+", cells.group(1))) == sorted(known)


def test_the_clouds_are_those_of_the_table() -> None:
    table = GUIDE[GUIDE.index("``cloud``              when") : GUIDE.index("Where a service is not known in a region")]
    assert re.findall(r"^``(\S+)``", table, re.MULTILINE)[1:] == list(hosts.HOSTS)


@pytest.mark.slow
def test_the_examples_run(play: Play) -> None:
    plays = [{"gather_facts": False, **one, "hosts": "localhost"} for plays in playbooks(NAME).values() for one in plays]
    inside = [one for one in plays if not any(name in str(task) for task in tasks(one) for name in ELSEWHERE)]
    assert (len(plays), len(inside)) == (7, 5)
    done, journal = play(
        inside,
        ESTATE,
        vault_temporary_access_key="DEMOTEMPORARYKEY0001",
        vault_temporary_secret_key="demo-temporary-secret-key-only-1",
        vault_security_token="demo-security-token",
        vault_domain_token="demo-domain-token",
        vault_project_token="demo-project-token",
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert {entry["status"] for entry in journal} == {200, 201}
    assert any("x-security-token" in entry["headers"] for entry in journal)
    assert [entry["path"] for entry in journal].count("/v3/auth/tokens") == 1

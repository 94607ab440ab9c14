# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role in a deploying play, and the playbooks, run with ansible-playbook.

What its variables ask for is in test_role_question.py, that it cannot be skipped in test_never_skipped.py.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from .playground import CLUSTER, Playground, deploy_task, deployment

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

HOSTS = ("web1", "web2", "web3")
ALLOWED = {"when": "gitops_gate_report.decision == 'allow'", "block": [deploy_task("Deploy what was allowed", "tied")]}
FORMATS = {"gitops-gate.json", "gitops-gate.md", "gitops-gate.xml", "gitops-gate.html"}
SHORT = "1234567"
FRONTEND = {"name": "frontend", "namespace": "shop"}
COMMIT_OF_DIGITS = {
    "extends": "healthy",
    "clusters": {
        CLUSTER: {
            "sources": [
                {
                    "name": "frontend",
                    "namespace": "shop",
                    "url": "https://repo.example.com/shop/frontend.git",
                    "revision": SHORT + "a96d3258e07b41c5d8f2a6903b7ce5140",
                }
            ]
        }
    },
}


@pytest.fixture
def blocked(tmp_path: Path, simulator: Simulator) -> Playground:
    """An estate of the documented examples: a pod has been starting for a year."""
    return Playground(tmp_path, simulator, HOSTS)


@pytest.fixture
def ready(tmp_path: Path, simulator: Simulator) -> Playground:
    """An estate in which everything is ready."""
    simulator.load("healthy")
    return Playground(tmp_path, simulator, HOSTS)


def gate(entry: str = "main", **variables: Any) -> dict[str, Any]:
    """The role in the documented form, with variables."""
    (include, *_rest) = deployment()["tasks"]
    role = {**include["ansible.builtin.include_role"], "tasks_from": entry}
    return {**include, "ansible.builtin.include_role": role, "vars": variables}


def play(*tasks: dict[str, Any], **keywords: Any) -> list[dict[str, Any]]:
    return [{"name": "Deploy the shop", "hosts": "web", "gather_facts": False, **keywords, "tasks": [*tasks]}]


def report(playground: Playground, folder: str = "reports") -> dict[str, Any]:
    """The receipt that was written."""
    decision: dict[str, Any] = json.loads(playground.folder.joinpath(folder, "gitops-gate.json").read_text(encoding="utf-8"))
    return decision


# --- what it shows ------------------------------------------------------------------------------------------------------------------------


def test_an_allowed_gate_is_short(ready: Playground) -> None:
    """Pods and sources of a cluster, and all four reports: at most 30 lines and nine tasks, none of them skipped."""
    del ready.variables["gitops_gate_check_sources"]
    done = ready.play("huaweicloud.gitops.gate", gitops_gate_report_dir="reports")
    assert done.returncode == 0, done.stdout + done.stderr
    lines = done.stdout.splitlines()
    assert len(lines) <= 30, done.stdout
    assert len(re.findall(r"^TASK ", done.stdout, re.MULTILINE)) <= 9
    assert "skipping" not in done.stdout
    headlines = [number for number, line in enumerate(lines) if "Deployment allowed: everything is ready" in line]
    assert len(headlines) == 1
    assert lines[headlines[0] + 1] == "ok: [localhost]"
    assert {path.name for path in ready.folder.joinpath("reports").glob("gitops-gate.*")} == FORMATS
    assert report(ready)["decision"] == "allow"
    assert ready.reads == 2


def test_the_playbook_gate_blocks_and_audit_only_tells(blocked: Playground) -> None:
    gated = blocked.play("huaweicloud.gitops.gate", gitops_gate_report_dir="reports")
    assert gated.returncode == 2, gated.stdout
    own = gated.stdout.partition("fatal: ")[2]
    headline, *reasons = [json.dumps(line) for line in report(blocked)["msg"].splitlines()]
    assert len(reasons) > 2
    assert [line.strip().rstrip(",") for line in own.splitlines() if line.strip().rstrip(",") in (headline, *reasons)] == [
        headline,
        *reasons,
    ]
    # ansible-core from 2.19 on shows what an action failed with, too: that is the headline alone.
    assert [gated.stdout.count(reason[1:-1]) for reason in set(reasons)] == [reasons.count(reason) for reason in set(reasons)]
    audit = blocked.play("huaweicloud.gitops.audit")
    assert audit.returncode == 0, audit.stdout
    for done in (gated, audit):
        assert "Deployment blocked: Pod flux-system/" in done.stdout
        assert "POD_STUCK_CREATING" in done.stdout


def test_a_gate_without_reports_skips_nothing(ready: Playground) -> None:
    done = ready.play("huaweicloud.gitops.gate")
    assert done.returncode == 0, done.stdout
    assert "skipping" not in done.stdout
    assert "Write the reports" not in done.stdout


def test_warnings_of_an_allowed_gate_are_told(blocked: Playground) -> None:
    del blocked.variables["gitops_gate_check_sources"]
    blocked.simulator.load({"extends": "healthy", "clusters": {CLUSTER: {"pods": "crashing"}}})
    done = blocked.play("deploy.yml", gitops_gate_advisory="ucs_gitops")
    assert done.returncode == 0, done.stdout
    assert "Deployment allowed: everything that counts is ready, with " in done.stdout
    assert "ADVISORY: " in done.stdout
    assert blocked.deployed == blocked.tied == [*HOSTS]


# --- what is asked ------------------------------------------------------------------------------------------------------------------------


OTHER = "c1000000-0000-4000-8000-00000000bad0"
BY_HOST = ["{{ cluster }}"]


@pytest.mark.parametrize(
    ("hosts", "of_the_play", "name"),
    [
        pytest.param([{"gitops_gate_clusters": [CLUSTER]}, {"gitops_gate_clusters": [OTHER]}], {}, "clusters", id="of hosts"),
        pytest.param([{"cluster": CLUSTER}, {"cluster": OTHER}], {"gitops_gate_clusters": BY_HOST}, "clusters", id="template of the play"),
        pytest.param(
            [{}, {}],
            {"gitops_gate_clusters": "{{ clusters_of[inventory_hostname] }}", "clusters_of": {"web1": [CLUSTER], "web2": [OTHER]}},
            "clusters",
            id="by the name of the host",
        ),
        pytest.param(
            [{"gitops_gate_enforce": False}, {"gitops_gate_enforce": True}], {"gitops_gate_clusters": [CLUSTER]}, "enforce", id="enforce"
        ),
        pytest.param([{}, {"gitops_gate_enforce": True}], {"gitops_gate_clusters": [CLUSTER]}, None, id="as it would be anyway"),
        pytest.param([{}, {"gitops_gate_restart_max": 3}], {"gitops_gate_clusters": [CLUSTER]}, "restart_max", id="of the other alone"),
        pytest.param([{"gitops_gate_clusters": [CLUSTER]}, {}], {}, None, id="no value of its own"),
        pytest.param(
            [{"gitops_gate_report_dir": "a"}, {"gitops_gate_report_dir": "b"}], {"gitops_gate_clusters": [CLUSTER]}, None, id="reports"
        ),
    ],
)
def test_one_host_does_not_ask_for_another_that_asks_for_something_else(
    ready: Playground, hosts: list[dict[str, Any]], of_the_play: dict[str, Any], name: str | None
) -> None:
    del ready.variables["gitops_gate_clusters"]
    ready.inventory["web"]["hosts"] = dict(zip(("web1", "web2"), hosts))
    ready.write("deploy.yml", [deployment({"vars": of_the_play})])
    done = ready.play("deploy.yml")
    if name is None:
        assert done.returncode == 0, done.stdout
        assert ready.deployed == ["web1", "web2"]
        return
    assert done.returncode == 2, done.stdout
    assert f"gitops_gate_{name} differs between the hosts web1 and web2, and one gate decides for both" in done.stdout
    assert ready.deployed == ready.tied == []
    assert ready.reads == 0


@pytest.mark.parametrize(("apply", "of_the_play"), [({"run_once": False}, {}), ({}, {"serial": 1})], ids=["each by itself", "serial"])
def test_hosts_that_ask_by_themselves_may_ask_for_different_things(
    ready: Playground, apply: dict[str, Any], of_the_play: dict[str, Any]
) -> None:
    del ready.variables["gitops_gate_clusters"]
    ready.inventory["web"]["hosts"] = {"web1": {"gitops_gate_clusters": [CLUSTER]}, "web2": {"gitops_gate_clusters": [OTHER]}}
    ready.write("deploy.yml", [deployment(of_the_play, apply=apply)])
    done = ready.play("deploy.yml")
    assert done.returncode == 2, done.stdout
    assert "differs between the hosts" not in done.stdout
    assert ready.deployed == ready.tied == ["web1"]


@pytest.mark.parametrize("playbook", ["huaweicloud.gitops.gate", "huaweicloud.gitops.audit"])
@pytest.mark.parametrize(
    ("variables", "words"),
    [
        pytest.param({"gitops_gate_clusters": []}, ["Nothing to check: set at least one of gitops_gate_clusters"], id="nothing"),
        pytest.param({"gitops_gate_cluster": ["c1"]}, ["gitops_gate_cluster is no variable"], id="misspelt"),
        pytest.param(
            {"gitops_gate_clusters": [], "gitops_gate_sources": [{"name": "nosuch"}], "gitops_gate_projects": ["p"]},
            ["gitops_gate_sources", "gitops_gate_clusters"],
            id="sources without clusters",
        ),
        pytest.param({"gitops_gate_revision": "{{ nosuch }}"}, ["gitops_gate_revision"], id="undefined"),
    ],
)
def test_a_bad_question_is_refused_before_the_first_request(
    ready: Playground, playbook: str, variables: dict[str, Any], words: list[str]
) -> None:
    done = ready.play(playbook, gitops_gate_report_dir="reports", **variables)
    assert done.returncode == (0 if playbook.endswith("audit") else 2), done.stdout
    refused = report(ready)
    assert (refused["decision"], refused["outcome"], refused["exit_code"]) == ("block", "undecidable", 3)
    assert not [word for word in words if word not in refused["msg"]], refused["msg"]
    (reason,) = refused["causes"]
    assert refused["msg"] == refused["headline"] == f"Deployment blocked: {reason['text']}"
    assert json.dumps(reason["text"])[1:-1] in done.stdout
    assert ready.reads == 0


def test_an_undefined_variable_inside_a_list_is_refused(ready: Playground) -> None:
    variables = {"gitops_gate_check_sources": True, "gitops_gate_sources": [{"name": "{{ nosuch }}"}]}
    done = ready.play("huaweicloud.gitops.audit", gitops_gate_report_dir="reports", **variables)
    assert done.returncode == 0, done.stdout
    assert "gitops_gate_sources" in report(ready)["msg"]


@pytest.mark.parametrize(("revision", "status"), [(1234567, 0), (7654321, 2)], ids=["fetched", "another"])
def test_a_short_commit_of_digits_may_be_a_number(ready: Playground, revision: int, status: int) -> None:
    ready.simulator.load(COMMIT_OF_DIGITS)
    variables = {"gitops_gate_check_sources": True, "gitops_gate_sources": [{"name": "frontend"}], "gitops_gate_revision": revision}
    done = ready.play("huaweicloud.gitops.gate", gitops_gate_report_dir="reports", **variables)
    assert done.returncode == status, done.stdout
    codes = {finding["code"] for finding in report(ready)["findings"]}
    assert bool({code for code in codes if code.startswith("SRC_REVISION_")}) == bool(status)


@pytest.mark.parametrize(("estate", "number", "status"), [("healthy", 1, 0), ("rollout_stuck", 2, 2)], ids=["applied", "fetched"])
def test_a_commit_must_be_applied_and_each_cluster_is_asked_once(ready: Playground, estate: str, number: int, status: int) -> None:
    """In the one estate the commit is fetched and not applied. What the config sets tell of the sources is not asked for again."""
    ready.simulator.load(estate, elapsed=600)
    ready.variables |= {"gitops_gate_clusters": [CLUSTER[:-1] + "2"], "gitops_gate_check_gitops": False, "gitops_gate_check_sources": True}
    expected = {"gitops_gate_sources": [FRONTEND], "gitops_gate_revision": f"1f0c2a5be5b9b0a1b7f4d6a1c0ffee000000000{number}"}
    one_reading = {"gitops_gate_wait_timeout": 0, "gitops_gate_report_dir": "reports"}
    done = ready.play("huaweicloud.gitops.gate", **expected, **one_reading, gitops_gate_check_config_sets=True)
    assert done.returncode == status, done.stdout
    receipt = report(ready)
    assert {check["endpoint"]: check["verdict"] for check in receipt["checks"]} == {
        "ucs_config_set": "progressing" if status else "ready",
        "ucs_repository_source": "ready",
    }
    assert [request["path"] for request in ready.simulator.journal if request["service"] == "ucs"] == ["/v1/configsets"]
    told = [item for item in receipt["checks"][0]["observed"] if item["kind"] == "ConfigSet" and item["name"] == "frontend"]
    assert [(item["behind"], item["applied"] is None) for item in told] == [(bool(status), bool(status))]


def test_a_reading_of_an_earlier_gate_is_not_taken_for_this_one(ready: Playground) -> None:
    """The second gate of the play does not ask for config sets, so that its sources are read anew."""
    del ready.variables["gitops_gate_check_sources"]
    both = {"gitops_gate_sources": [FRONTEND]}
    ready.write("twice.yml", play(gate(**both, gitops_gate_check_config_sets=True), gate(**both)))
    done = ready.play("twice.yml")
    assert done.returncode == 0, done.stdout
    paths = [request["path"] for request in ready.simulator.journal if request["path"].startswith("/v1/configsets")]
    assert paths == ["/v1/configsets", "/v1/configsets/repos"]


def test_switches_may_be_texts(blocked: Playground) -> None:
    """Extra variables of the form name=value are always texts. The pods fail, and are not asked for."""
    blocked.simulator.load({"extends": "healthy", "clusters": {CLUSTER: {"pods": "crashing"}}})
    del blocked.variables["gitops_gate_check_sources"]
    switches = [
        "-e",
        "gitops_gate_check_gitops=false",
        "-e",
        "gitops_gate_check_authorizations=false",
        "-e",
        "gitops_gate_wait_timeout=10m",
    ]
    done = blocked.play("deploy.yml", *switches)
    assert done.returncode == 0, done.stdout
    assert {request["service"] for request in blocked.simulator.journal} & {"ucs", "servicestage"} == {"ucs"}
    assert blocked.reads == 1


def test_waiting_goes_on_while_it_can_help(ready: Playground) -> None:
    """The service is down for the role's own reading, which decides nothing; the gate reads again."""
    ready.simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]})
    ready.variables["gitops_gate_connection"]["request_retries"] = 0
    waiting = {"gitops_gate_wait_timeout": "1m", "gitops_gate_interval": 0.2, "gitops_gate_steady_for": 0}
    done = ready.play("deploy.yml", **waiting)
    assert done.returncode == 0, done.stdout
    assert ready.reads > 1
    assert ready.deployed == [*HOSTS]
    assert re.search(
        r"^\[web1\] Waiting, 1 min at most: Cluster \S+: the service does not answer \(0 of 1 cluster ready\)\.$", done.stdout, re.MULTILINE
    )
    assert re.search(r"^\[web1\] Decided after \d+ s: everything is ready\.$", done.stdout, re.MULTILINE)
    assert "[web1]" not in done.stderr
    assert "sample 1" not in done.stdout + done.stderr


# --- nothing that fails allows ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "second",
    [
        pytest.param({"gitops_gate_clusters": [], "gitops_gate_sources": []}, id="nothing to check"),
        pytest.param({"gitops_gate_fail_fast": "sometimes"}, id="refused by Ansible"),
        pytest.param({"gitops_gate_clusters": "{{ nosuch }}"}, id="undefined"),
        pytest.param({"gitops_gate_connection": {"region": "cn-north-4", "access_key": "half-a-pair"}}, id="no credentials"),
    ],
)
def test_an_allow_does_not_outlive_a_gate_that_cannot_begin(ready: Playground, second: dict[str, Any]) -> None:
    variables, ready.variables = ready.variables, {}
    rescued = {"block": [gate(**{**variables, **second})], "rescue": [{"ansible.builtin.debug": {"msg": "Never mind"}}]}
    ready.write("twice.yml", play(gate(**variables), deploy_task("Deploy", "deployed"), rescued, ALLOWED))
    done = ready.play("twice.yml")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (ready.deployed, ready.tied) == ([*HOSTS], []), done.stdout


def test_an_allow_of_an_earlier_run_is_not_taken_from_the_cache(ready: Playground) -> None:
    cache = {
        "ANSIBLE_CACHE_PLUGIN": "jsonfile",
        "ANSIBLE_CACHE_PLUGIN_CONNECTION": str(ready.folder / "cache"),
        "ANSIBLE_GATHERING": "smart",
    }
    cached = {"ansible.builtin.set_fact": {"gitops_gate_report": {"decision": "allow"}, "cacheable": True}}
    ready.write("cache.yml", play(cached))
    assert ready.play("cache.yml", settings=cache).returncode == 0
    rescued = {"block": [gate(gitops_gate_cluster="c1")], "rescue": [{"ansible.builtin.debug": {"msg": "Never mind"}}]}
    ready.write("again.yml", play(rescued, ALLOWED))
    done = ready.play("again.yml", settings=cache)
    assert (done.returncode, ready.tied) == (0, []), done.stdout + done.stderr


def test_a_decision_from_outside_is_refused(ready: Playground) -> None:
    done = ready.play("deploy.yml", gitops_gate_report={"decision": "allow", "headline": "Deployment allowed", "msg": "", "reasons": []})
    assert done.returncode == 2, done.stdout
    assert "may not be set from outside" in done.stdout + done.stderr
    assert (ready.deployed, ready.reads) == ([], 0)


@pytest.mark.parametrize("enforced", [True, False], ids=["enforced", "not enforced"])
def test_a_gate_that_fails_by_itself_is_a_block_for_every_host(ready: Playground, enforced: bool) -> None:
    """Half a set of credentials. Not enforced, all hosts go on together; what is tied to the decision stays."""
    ready.variables["gitops_gate_connection"]["access_key"] = "half-a-pair"
    done = ready.play("deploy.yml", gitops_gate_enforce="yes" if enforced else "no", gitops_gate_report_dir="reports")
    assert done.returncode == (2 if enforced else 0), done.stdout
    assert (ready.deployed, ready.tied) == ([] if enforced else [*HOSTS], [])
    assert "Half a set of credentials in task options: got access_key, expected secret_key as well." in done.stdout
    assert report(ready)["decision"] == "block"


def test_a_gate_that_is_stopped_by_a_timeout_leaves_no_earlier_allow(receipt: Playground) -> None:
    done = receipt.play(
        "huaweicloud.gitops.gate",
        settings={"ANSIBLE_TASK_TIMEOUT": "3"},
        gitops_gate_report_dir="reports",
        gitops_gate_check_sources=True,
        gitops_gate_sources=[{"name": "nowhere"}],
        gitops_gate_fail_fast="never",
        gitops_gate_wait_timeout=60,
    )
    assert done.returncode == 2, done.stdout + done.stderr
    assert report(receipt)["headline"].startswith("Deployment blocked: The gate was stopped before it decided.")
    assert "expected the registered result of gitops_gate" not in done.stdout


def test_an_audit_without_credentials_tells_what_is_missing_and_does_not_fail(ready: Playground) -> None:
    ready.variables["gitops_gate_connection"]["access_key"] = "half-a-pair"
    ready.write("audit.yml", play(gate("audit"), deploy_task("Go on", "deployed")))
    done = ready.play("audit.yml")
    assert done.returncode == 0, done.stdout
    assert "Deployment blocked:" in done.stdout
    assert "Half a set of credentials" in done.stdout
    assert ready.deployed == [*HOSTS]


@pytest.mark.parametrize("estate", ["healthy", "documented"])
def test_reports_that_cannot_be_written_take_no_host_out_of_the_play(blocked: Playground, estate: str) -> None:
    blocked.simulator.load(estate)
    done = blocked.play("deploy.yml", gitops_gate_report_dir="/proc/nowhere")
    assert blocked.tied == blocked.deployed == ([*HOSTS] if estate == "healthy" else []), done.stdout
    assert done.returncode == (0 if estate == "healthy" else 2)
    assert "/proc/nowhere" in " ".join((done.stdout + done.stderr).split())


def test_roles_and_import_role_gate_as_well(blocked: Playground) -> None:
    forms = {
        "roles": {"roles": ["huaweicloud.gitops.gitops_gate"], "tasks": [deploy_task("Deploy", "deployed")]},
        "import": {
            "tasks": [{"ansible.builtin.import_role": {"name": "huaweicloud.gitops.gitops_gate"}}, deploy_task("Deploy", "deployed")]
        },
    }
    for name, form in forms.items():
        blocked.write(f"{name}.yml", [{"hosts": "web", "gather_facts": False, **form}])
        done = blocked.play(f"{name}.yml")
        assert (done.returncode, blocked.deployed) == (2, []), done.stdout
        assert done.stdout.index("Block until it is decided") < done.stdout.index("Validating arguments")


def test_hosts_that_ask_for_different_things_read_all_of_it_before_they_decide(ready: Playground) -> None:
    """Each host asks for itself. What they include alike runs once, and not before what only one of them asks for."""
    ready.inventory["web"]["hosts"]["web2"] = {"gitops_gate_projects": ["b0000000000000000000000000000001"]}
    role = {"name": "Ask for each host", "ansible.builtin.include_role": {"name": "huaweicloud.gitops.gitops_gate"}}
    told = {"ansible.builtin.debug": {"msg": "{{ gitops_gate_report.checks | map(attribute='endpoint') | join('+') }}"}}
    ready.write("each.yml", play(role, told))
    done = ready.play("each.yml")
    assert done.returncode == 0, done.stdout
    assert done.stdout.count('"msg": "ucs_gitops"') == 2
    assert done.stdout.count('"msg": "ucs_gitops+codearts_project_repository"') == 1


# --- confirm ------------------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def receipt(ready: Playground) -> Playground:
    """A gate that allowed, with its receipt; what the services were asked is forgotten."""
    done = ready.play("huaweicloud.gitops.gate", gitops_gate_report_dir="reports")
    assert done.returncode == 0, done.stdout
    ready.simulator.clear()
    return ready


@pytest.mark.parametrize(
    ("variables", "words"),
    [
        pytest.param({"gitops_gate_report_dir": "reports"}, "", id="beside the reports"),
        pytest.param({"gitops_gate_receipt": "reports/gitops-gate.json"}, "", id="named"),
        pytest.param({"gitops_gate_report_dir": "elsewhere"}, "elsewhere/gitops-gate.json", id="not there"),
        pytest.param(
            {"gitops_gate_report_dir": "reports", "gitops_gate_clusters": [CLUSTER, "c2"]},
            "with these ids and expectations: gitops_gate_clusters differs.",
            id="another question",
        ),
        pytest.param(
            {"gitops_gate_report_dir": "reports", "gitops_gate_steady_for": "2m", "gitops_gate_wait_timeout": "10m"},
            "answers another question: gitops_gate_steady_for 30, expected at least 120.",
            id="longer steadiness",
        ),
        pytest.param({}, "gitops_gate_receipt and gitops_gate_report_dir", id="nowhere"),
    ],
)
def test_a_later_step_goes_on_only_with_a_receipt(receipt: Playground, variables: dict[str, Any], words: str) -> None:
    done = receipt.play("huaweicloud.gitops.confirm", **variables)
    assert done.returncode == (2 if words else 0), done.stdout + done.stderr
    assert words in done.stdout
    assert receipt.reads == 0


def test_a_question_that_is_refused_leaves_the_receipt_as_it_is(receipt: Playground) -> None:
    done = receipt.play("huaweicloud.gitops.confirm", gitops_gate_report_dir="reports", gitops_gate_cluster="c1")
    assert done.returncode == 2
    assert report(receipt)["decision"] == "allow"


def test_a_deployment_can_confirm_in_its_own_play(receipt: Playground) -> None:
    receipt.write("confirm.yml", play(gate("confirm", gitops_gate_receipt="reports/gitops-gate.json"), ALLOWED))
    done = receipt.play("confirm.yml")
    assert (done.returncode, receipt.tied) == (0, [*HOSTS]), done.stdout + done.stderr


# --- clusters by name ---------------------------------------------------------------------------------------------------------------------

FLEET = {"gitops_gate_clusters": [], "gitops_gate_fleets": "prod", "gitops_gate_check_sources": True, "gitops_gate_cluster_health": "yes"}


def test_a_fleet_by_name(ready: Playground) -> None:
    done = ready.play("huaweicloud.gitops.gate", gitops_gate_report_dir="reports", gitops_gate_cluster_names="staging", **FLEET)
    assert done.returncode == 0, done.stdout + done.stderr
    decision = report(ready)
    assert (decision["outcome"], [check["endpoint"] for check in decision["checks"]]) == (
        "passed",
        ["ucs_gitops", "ucs_repository_source", "ucs_cluster"],
    )
    for check in decision["checks"]:
        assert [target["name"] for target in check["targets"]] == ["staging", "prod-eu", "prod-asia"]
    assert ready.reads == 2 + 2 * 3  # both lists once for all checks, and three clusters for two of them
    confirmed = ready.play("huaweicloud.gitops.confirm", gitops_gate_report_dir="reports", gitops_gate_cluster_names="staging", **FLEET)
    assert confirmed.returncode == 0, confirmed.stdout
    other = ready.play("huaweicloud.gitops.confirm", gitops_gate_report_dir="reports", **FLEET)
    assert "answers another question" in other.stdout


def test_enough_of_a_fleet(ready: Playground, simulator: Simulator) -> None:
    simulator.load({"extends": "healthy", "clusters": {CLUSTER: {"pods": "crashing"}}})
    blocked_by_one = ready.play("huaweicloud.gitops.gate", **FLEET)
    assert blocked_by_one.returncode == 2, blocked_by_one.stdout
    assert f" in prod-eu ({CLUSTER})" in blocked_by_one.stdout
    done = ready.play("huaweicloud.gitops.gate", gitops_gate_require="50%", gitops_gate_report_dir="reports", **FLEET)
    assert done.returncode == 0, done.stdout
    assert f"Without prod-eu ({CLUSTER}) of fleet prod: 1 of 2 clusters are ready, 50% must be." in done.stdout
    assert report(ready)["outcome"] == "passed_with_warnings"
    confirmed = ready.play("huaweicloud.gitops.confirm", gitops_gate_report_dir="reports", **FLEET)
    assert "require 50%, expected all" in confirmed.stdout


def test_a_fleet_that_is_not_there(ready: Playground) -> None:
    done = ready.play("huaweicloud.gitops.gate", **{**FLEET, "gitops_gate_fleets": ["production"]}, gitops_gate_require="1%")
    assert done.returncode == 2, done.stdout
    assert "There is no fleet of the name production. Nearest: prod." in done.stdout
    assert "CLUSTER_NOT_FOUND" in done.stdout

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reports that are shown beside the code: SARIF, held to its official schema, and code quality of GitLab; and the playbook that
writes them."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report import codequality, sarif
from ansible_collections.huaweicloud.gitops.plugins.module_utils.report.receipt import receipt_of

from . import receipts
from .checkouts import CLEAN, check_out, planted

SCHEMA = json.loads(Path(__file__).with_name("data").joinpath("sarif", "sarif-schema-2.1.0.json").read_text(encoding="utf-8"))
ROOT = Path(__file__).resolve().parent.parent.parent
DEMANDS = {"allowed_hosts": ["git.example.com", "github.com"], "allowed_branches": ["main"], "max_interval": "1h"}


def valid_sarif(text: str) -> dict[str, Any]:
    """The one run of a SARIF log that keeps to the schema."""
    log = json.loads(text)
    jsonschema.Draft4Validator(SCHEMA).validate(log)
    (run,) = log["runs"]
    return dict(run)


def decide(run_module: Any, folder: Path, **more: Any) -> dict[str, Any]:
    """What a gate over a checkout decides."""
    check = {"declared": {"checkout": str(folder), **DEMANDS}}
    result: dict[str, Any] = run_module("gitops_gate", checks=[check], wait_timeout=0, enforce=False, **more)
    return receipt_of(result)


def results(run: dict[str, Any]) -> list[tuple[str, str, int | None]]:
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    return [
        (result["ruleId"], place["artifactLocation"]["uri"], place.get("region", {}).get("startLine"))
        for result, place in zip(run["results"], places, strict=True)
    ]


# --- SARIF


def test_every_fault_is_a_result_with_its_place(tmp_path: Path, run_module: Any) -> None:
    receipt = decide(run_module, check_out("faults", tmp_path))
    run = valid_sarif(sarif.render(receipt))
    assert set(results(run)) == planted()
    rules = run["tool"]["driver"]["rules"]
    assert all(rules[result["ruleIndex"]]["id"] == result["ruleId"] for result in run["results"])
    assert {result["level"] for result in run["results"]} == {"error", "warning"}
    assert run["invocations"][0]["exitCode"] == receipt["exit_code"] == 1
    assert "planted-password-1" not in str(run)


def test_a_fingerprint_stays_when_lines_move_and_differs_within_a_report(tmp_path: Path, run_module: Any) -> None:
    folder = check_out("faults", tmp_path)

    def prints() -> list[str]:
        run = valid_sarif(sarif.render(decide(run_module, folder)))
        return [next(iter(result["partialFingerprints"].values())) for result in run["results"]]

    before = prints()
    for path in folder.rglob("*.yaml"):
        path.write_text(f"# moved\n\n{path.read_text()}")
    assert prints() == before
    assert len(set(before)) == len(before) == 10


def test_what_is_waived_is_suppressed_with_its_reason(tmp_path: Path, run_module: Any) -> None:
    ends = (datetime.now(timezone.utc) + timedelta(days=9)).date().isoformat()
    waiver = {
        "code": "DECLARED_URL_INSECURE",
        "kind": "DeclaredGitRepository",
        "name": "plain",
        "reason": "moves",
        "owner": "sre",
        "expires": ends,
    }
    other = {**waiver, "name": "another", "reason": "of another"}
    run = valid_sarif(sarif.render(decide(run_module, check_out("faults", tmp_path), waivers=[waiver, other])))
    suppressed = [result for result in run["results"] if "suppressions" in result]
    assert [(each["ruleId"], each["level"]) for each in suppressed] == [("DECLARED_URL_INSECURE", "warning")]
    assert suppressed[0]["suppressions"] == [{"kind": "external", "justification": f"moves (sre, until {ends})"}]


@pytest.mark.parametrize("layout", CLEAN)
def test_a_clean_layout_has_warnings_at_most(layout: str, tmp_path: Path, run_module: Any) -> None:
    run = valid_sarif(sarif.render(decide(run_module, check_out(layout, tmp_path))))
    assert {result["level"] for result in run["results"]} <= {"warning"}
    assert run["invocations"][0]["exitCode"] == 0


@pytest.mark.parametrize(
    ("weight", "verdict", "level"),
    [
        ("decides", "failed", "error"),
        ("decides", "unknown", "error"),
        ("decides", "warning", "warning"),
        ("advisory", "failed", "warning"),
        ("tolerated", "failed", "warning"),
        ("waived", "failed", "warning"),
        ("beside", "failed", "note"),
    ],
)
def test_only_what_counts_is_an_error(weight: str, verdict: str, level: str) -> None:
    assert sarif.level_of({"weight": weight, "verdict": verdict}) == level


def test_what_is_in_no_file_is_a_notification() -> None:
    receipt = receipt_of(receipts.blocked())
    run = valid_sarif(sarif.render(receipt))
    assert run["results"] == []
    assert [each["descriptor"]["id"] for each in run["invocations"][0]["toolExecutionNotifications"]] == [
        finding["code"] for finding in receipt["findings"]
    ]


@pytest.mark.parametrize(
    ("file", "uri"), [("a b/c#d.yaml", "a%20b/c%23d.yaml"), ("ünder/100%.yaml", "%C3%BCnder/100%25.yaml"), ("a:b.yaml", "a%3Ab.yaml")]
)
def test_a_file_is_a_uri(file: str, uri: str) -> None:
    assert sarif.uri_of(file) == uri


# --- code quality of GitLab


def test_every_fault_is_an_issue_of_gitlab(tmp_path: Path, run_module: Any) -> None:
    issues = json.loads(codequality.render(decide(run_module, check_out("faults", tmp_path))))
    assert {(each["check_name"], each["location"]["path"], each["location"]["lines"]["begin"]) for each in issues} == planted()
    assert {each["severity"] for each in issues} == {"critical", "minor"}
    assert len({each["fingerprint"] for each in issues}) == len(issues)
    assert all(set(each) == {"description", "check_name", "fingerprint", "severity", "location"} and each["description"] for each in issues)


def test_gitlab_gets_no_issue_without_a_file() -> None:
    assert json.loads(codequality.render(receipt_of(receipts.blocked()))) == []


# --- the playbook


def check(folder: Path, **variables: Any) -> subprocess.CompletedProcess[str]:
    """Runs the playbook in a folder, without any cloud in its environment."""
    environment = {name: value for name, value in os.environ.items() if not re.match("HUAWEICLOUD|HW_|OS_", name)}
    command = [str(Path(sys.executable).with_name("ansible-playbook")), "huaweicloud.gitops.check", "-e", json.dumps(variables)]
    environment |= {"ANSIBLE_COLLECTIONS_PATH": str(ROOT / ".build" / "collections"), "ANSIBLE_NOCOLOR": "1"}
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_one_command_checks_a_checkout_and_writes_all_formats(tmp_path: Path) -> None:
    folder = check_out("faults", tmp_path / "checkout")
    reports = tmp_path / "reports"
    # Begun below the root: files are named from the root all the same.
    demands = {f"gitops_check_{name}": value for name, value in DEMANDS.items()}
    done = check(folder / "clusters", gitops_check_paths=[".."], gitops_check_report_dir=str(reports), **demands)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "clusters/production/sources.yaml:8: spec.url uses http://" in done.stdout
    endings = {"json", "md", "xml", "html", "sarif", "codequality.json"}
    assert {path.name for path in reports.iterdir() if path.name[0] != "."} == {f"gitops-check.{ending}" for ending in endings}
    assert set(results(valid_sarif(reports.joinpath("gitops-check.sarif").read_text(encoding="utf-8")))) == planted()
    assert json.loads(reports.joinpath("gitops-check.json").read_text(encoding="utf-8"))["exit_code"] == 1
    assert "planted-password-1" not in done.stdout + done.stderr + "".join(path.read_text() for path in reports.iterdir())


def test_a_clean_checkout_passes_and_a_misspelt_variable_does_not(tmp_path: Path) -> None:
    folder = check_out("monorepo", tmp_path)
    assert check(folder).returncode == 0
    refused = check(folder, gitops_check_path=".")
    assert refused.returncode == 2
    assert "gitops_check_path: there is no such variable." in refused.stdout


def test_a_bad_variable_is_told_by_its_name_and_is_no_pass(tmp_path: Path) -> None:
    done = check(check_out("monorepo", tmp_path), gitops_check_max_interval="soon")
    assert done.returncode == 2
    assert 'Check failed: gitops_check_max_interval: got "soon", expected a duration such as 10m or 1h.' in done.stdout


@pytest.mark.parametrize(("enforce", "status"), [("false", 0), (" Off", 0), (False, 0), ("yes", 2), (1, 2), (None, 2)])
def test_a_check_can_be_told_not_to_enforce(enforce: Any, status: int, tmp_path: Path) -> None:
    done = check(check_out("faults", tmp_path), gitops_check_enforce=enforce)
    assert done.returncode == status
    assert "Check failed" in done.stdout


@pytest.mark.parametrize("enforce", ["", "ture"])
def test_a_switch_that_is_none_does_not_turn_the_failure_off(enforce: str, tmp_path: Path) -> None:
    done = check(check_out("faults", tmp_path), gitops_check_enforce=enforce)
    assert done.returncode == 2
    assert f'gitops_check_enforce: got "{enforce}", expected true or false.' in done.stdout.replace('\\"', '"')


@pytest.mark.parametrize(
    "name", ["paths", "checkout", "policy", "allowed_hosts", "pinned_to", "clusters", "waivers", "report_dir", "enforce", "live"]
)
def test_a_variable_that_holds_an_undefined_one_does_not_pass_for_left_out(name: str, tmp_path: Path) -> None:
    done = check(check_out("monorepo", tmp_path), **{f"gitops_check_{name}": "{{ nosuch }}"})
    assert done.returncode == 2, done.stdout
    assert f"gitops_check_{name}: a variable in it is not defined." in done.stdout or "'nosuch' is undefined" in done.stdout


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("paths", "", "got an empty text, expected a folder or file"),
        ("paths", [".", ""], "got an empty text, expected a folder or file"),
        ("checkout", "", "got an empty text, expected a folder"),
        ("live", "", "got an empty text, expected a list of checks"),
        ("live", "ucs_gitops", "got a text, expected a list of checks"),
        ("live", {"ucs_gitops": {"cluster_ids": ["c1"]}}, "got no list, expected a list of checks"),
    ],
)
def test_a_variable_of_the_wrong_shape_is_told_by_its_name(name: str, value: Any, words: str, tmp_path: Path) -> None:
    done = check(check_out("monorepo", tmp_path), **{f"gitops_check_{name}": value})
    assert done.returncode == 2, done.stdout
    assert f"gitops_check_{name}: {words}" in done.stdout


@pytest.mark.parametrize("name", ["live", "connection", "waivers", "report_dir", "enforce"])
def test_null_is_as_good_as_left_out(name: str, tmp_path: Path) -> None:
    done = check(check_out("monorepo", tmp_path), **{f"gitops_check_{name}": None})
    assert done.returncode == 0, done.stdout

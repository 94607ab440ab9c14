# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of gitops_report: whole or not at all, never an allow over a block of the same run, and where the caller expects them."""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.errors import OptionError
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.report import DEFAULT_FORMATS, FORMATS, report_work
from ansible_collections.huaweicloud.gitops.plugins.module_utils.task.run import Surroundings

from . import receipts

COLLECTIONS = Path(__file__).resolve().parent.parent.parent / ".build" / "collections"
FORK = multiprocessing.get_context("fork")


def write(folder: Path, report: dict[str, Any] | None = None, run: str = "run 1", started_in: str = "", **options: Any) -> dict[str, Any]:
    """What gitops_report returns."""
    given = {
        "report": report or receipts.blocked(),
        "path": str(folder),
        "formats": DEFAULT_FORMATS,
        "name": "gitops-gate",
        "enforce": None,
    }
    return report_work({**given, **options}, Surroundings({}, set(), started_in=started_in, run=run))


def names(folder: Path) -> list[str]:
    """The files that are meant to be seen."""
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def decision(folder: Path, name: str = "gitops-gate") -> str:
    """What the receipt says."""
    return str(json.loads(folder.joinpath(f"{name}.json").read_text(encoding="utf-8"))["decision"])


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o7777


ALL = ["gitops-gate.html", "gitops-gate.json", "gitops-gate.md", "gitops-gate.xml"]


def test_all_are_written_with_their_modes(tmp_path: Path) -> None:
    umask = os.umask(0o077)
    try:
        done = write(tmp_path / "a" / "reports")
    finally:
        os.umask(umask)
    folder = tmp_path / "a" / "reports"
    assert done["changed"] is done["written"] is True
    assert done["files"] == [
        {"path": str(folder / f"gitops-gate.{ending}"), "format": name}
        for name, (ending, _render) in FORMATS.items()
        if name in DEFAULT_FORMATS
    ]
    assert names(folder) == ALL
    assert [mode(folder.parent), mode(folder)] == [0o755, 0o755]
    assert {mode(folder / name) for name in ALL} == {0o644}


def test_a_folder_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    tmp_path.chmod(0o2770)
    write(tmp_path)
    assert mode(tmp_path) == 0o2770


def test_the_same_again_changes_nothing(tmp_path: Path) -> None:
    write(tmp_path)
    before = {path.name: path.stat().st_ino for path in tmp_path.iterdir()}
    assert write(tmp_path, run="run 2")["changed"] is False
    assert {path.name: path.stat().st_ino for path in tmp_path.iterdir()} == before
    assert write(tmp_path, receipts.allowed(), run="run 3")["changed"] is True


def test_formats_that_are_not_asked_for_do_not_stay_behind(tmp_path: Path) -> None:
    write(tmp_path)
    write(tmp_path, name="other")
    done = write(tmp_path, run="run 2", formats=["json", "html"])
    assert done["changed"] is True
    assert names(tmp_path) == ["gitops-gate.html", "gitops-gate.json", "other.html", "other.json", "other.md", "other.xml"]


@pytest.mark.parametrize("formats", [pytest.param(["json"], id="json"), pytest.param(["html"], id="html only")])
def test_an_allow_does_not_take_the_place_of_a_block_of_the_same_run(tmp_path: Path, formats: list[str]) -> None:
    write(tmp_path, receipts.blocked(), formats=formats)
    kept = {path.name: path.read_bytes() for path in tmp_path.iterdir()}
    done = write(tmp_path, receipts.allowed(), formats=formats)
    ending = FORMATS[formats[0]][0]
    assert done["files"] == [{"path": str(tmp_path / f"gitops-gate.allowed.{ending}"), "format": formats[0]}]
    assert done["warnings"][0].startswith(
        f"Another gate of this run blocks, and its reports stay at {tmp_path}/gitops-gate. This one allows"
    )
    assert {name: tmp_path.joinpath(name).read_bytes() for name in kept} == kept


def test_a_block_takes_the_place_of_an_allow(tmp_path: Path) -> None:
    write(tmp_path, receipts.allowed())
    assert "warnings" not in write(tmp_path, receipts.blocked())
    assert decision(tmp_path) == "block"


def test_a_block_takes_the_place_of_a_block_and_still_counts(tmp_path: Path) -> None:
    for report in (receipts.blocked(), receipts.waiting(), receipts.allowed()):
        write(tmp_path, report)
    assert decision(tmp_path) == "block"
    assert decision(tmp_path, "gitops-gate.allowed") == "allow"


def test_another_run_begins_anew(tmp_path: Path) -> None:
    write(tmp_path, receipts.blocked())
    write(tmp_path, receipts.allowed())
    assert "warnings" not in write(tmp_path, receipts.allowed(), run="run 2")
    assert decision(tmp_path) == "allow"
    assert names(tmp_path) == ALL


def test_gates_of_other_names_stay_apart(tmp_path: Path) -> None:
    write(tmp_path, receipts.blocked(), name="first")
    assert "warnings" not in write(tmp_path, receipts.allowed(), name="second")
    assert [decision(tmp_path, name) for name in ("first", "second")] == ["block", "allow"]


@pytest.mark.parametrize(
    "note", [pytest.param("", id="empty"), pytest.param("[1]", id="list"), pytest.param('{"run": "run 1", "deci', id="cut")]
)
def test_a_note_that_cannot_be_read_is_none(tmp_path: Path, note: str) -> None:
    tmp_path.joinpath(".gitops-gate.lock").write_text(note, encoding="utf-8")
    assert write(tmp_path, receipts.allowed())["written"] is True


def test_hosts_that_write_at_once_never_leave_an_allow_over_a_block(tmp_path: Path) -> None:
    workers = [
        FORK.Process(target=write, args=(tmp_path, receipts.blocked() if number == 3 else receipts.allowed())) for number in range(8)
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(30)
    assert [worker.exitcode for worker in workers] == [0] * 8
    assert decision(tmp_path) == "block"
    assert {".tmp"} & {path.suffix for path in tmp_path.iterdir()} == set()


def test_a_reader_never_sees_half_a_report_and_a_killed_writer_leaves_none(tmp_path: Path) -> None:
    def write_on_and_on() -> None:
        reports = (receipts.large(300), receipts.large(299))
        for number in range(10_000):
            write(tmp_path, reports[number % 2])

    writer = FORK.Process(target=write_on_and_on)
    writer.start()
    path = tmp_path / "gitops-gate.json"
    deadline = time.monotonic() + 30
    while not path.exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    for _round in range(50):
        assert decision(tmp_path) == "block"
    os.kill(int(writer.pid or 0), signal.SIGKILL)
    writer.join()
    assert decision(tmp_path) == "block"


def test_the_next_run_cleans_up_behind_a_killed_one(tmp_path: Path) -> None:
    for name in (".gitops-gate.ab12_x9z.tmp", ".gitops-gate.allowed.ab12_x9z.tmp", ".other.ab12_x9z.tmp", ".gitops-gate.tmp"):
        tmp_path.joinpath(name).write_text("half", encoding="utf-8")
    write(tmp_path)
    assert sorted(path.name for path in tmp_path.glob(".*.tmp")) == [".gitops-gate.tmp", ".other.ab12_x9z.tmp"]


# Places that cannot be written


def test_a_full_disk_leaves_no_allow_of_an_earlier_run(tmp_path: Path) -> None:
    write(tmp_path, receipts.allowed())
    queue = FORK.SimpleQueue()

    def write_with_no_room() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
        queue.put(write(tmp_path, receipts.blocked(), run="run 2"))

    writer = FORK.Process(target=write_with_no_room)
    writer.start()
    writer.join(30)
    done = queue.get()
    assert (done["changed"], done["written"], done["files"]) == (False, False, [])
    assert f"could not be written to {tmp_path}: File too large. The decision stands: Deployment blocked" in done["warnings"][0]
    assert names(tmp_path) == []
    assert [path.name for path in tmp_path.iterdir()] == [".gitops-gate.lock"]


@pytest.mark.parametrize(("report", "left"), [(receipts.blocked, []), (receipts.allowed, ALL)], ids=["block", "allow"])
def test_a_lock_that_cannot_be_had_leaves_no_allow_of_an_earlier_run_to_a_block(tmp_path: Path, report: Any, left: list[str]) -> None:
    write(tmp_path, receipts.allowed())
    lock = tmp_path / ".gitops-gate.lock"
    lock.unlink()
    lock.mkdir()  # as bad as one of another user, which root could open
    assert not write(tmp_path, report(), run="run 2")["written"]
    assert names(tmp_path) == left


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        pytest.param("a-file/reports", "Not a directory", id="below a file"),
        pytest.param("a-file", "Not a directory", id="a file"),
        pytest.param("taken", "Is a directory", id="a folder where a report should be"),
        pytest.param("linked", "Too many levels of symbolic links", id="a link where the lock should be"),
        pytest.param("x" * 300, "File name too long", id="too long"),
    ],
)
def test_a_place_that_cannot_be_written_does_not_lose_the_decision(tmp_path: Path, path: str, reason: str) -> None:
    tmp_path.joinpath("a-file").write_text("in the way", encoding="utf-8")
    tmp_path.joinpath("taken", "gitops-gate.json").mkdir(parents=True)
    tmp_path.joinpath("linked").mkdir()
    tmp_path.joinpath("linked", ".gitops-gate.lock").symlink_to(tmp_path / "a-file")
    done = write(tmp_path / path)
    assert (done["changed"], done["written"], done["files"]) == (False, False, [])
    assert done["warnings"] == [
        f"The reports could not be written to {tmp_path / path}: {reason}. The decision stands: {receipts.blocked()['headline']}"
    ]
    assert tmp_path.joinpath("a-file").read_text(encoding="utf-8") == "in the way"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        pytest.param({"formats": []}, "'formats': got [], expected at least one of json, markdown, junit, html", id="no format"),
        pytest.param({"path": " "}, "'path': got \" \", expected a folder", id="no folder"),
        pytest.param({"path": "a\0b"}, "'path'", id="no path"),
        pytest.param({"name": ""}, "'name'", id="no name"),
        pytest.param({"name": "../x"}, "'name'", id="a path as name"),
        pytest.param({"name": ".x"}, "'name'", id="a hidden name"),
        pytest.param({"name": "x.allowed"}, "'name'", id="the name of another's reports"),
        pytest.param({"name": "x" * 101}, "'name'", id="a long name"),
        pytest.param({"report": {"skipped": True}}, "'report': got the result of a skipped task", id="no report"),
    ],
)
def test_options_that_cannot_work_are_refused(tmp_path: Path, options: dict[str, Any], message: str) -> None:
    with pytest.raises(OptionError) as raised:
        write(tmp_path, **options)
    assert message in str(raised.value)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("enforce", "fails"), [(True, True), (False, False), (None, False)])
def test_a_block_fails_where_it_is_enforced_and_its_reports_are_written(tmp_path: Path, enforce: bool | None, fails: bool) -> None:
    report = receipts.blocked()
    done = write(tmp_path, report, enforce=enforce)
    assert done.get("failed", False) is fails
    assert done["msg"] == report["msg"].splitlines()
    assert names(tmp_path) == ALL


def test_an_allow_never_fails(tmp_path: Path) -> None:
    assert not write(tmp_path, receipts.allowed(), enforce=True).get("failed")


def test_without_a_path_nothing_is_written(tmp_path: Path, run_module: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    done = run_module("gitops_report", report=receipts.blocked(), enforce=True)
    assert done["failed"]
    assert not done["changed"]
    assert "files" not in done
    assert names(tmp_path) == []


def test_a_relative_path_begins_where_the_run_was_started(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    done = write(Path("reports"), started_in=str(tmp_path / "start"))
    assert done["files"][0]["path"] == str(tmp_path / "start" / "reports" / "gitops-gate.json")


# In plays


@pytest.fixture
def run_play(tmp_path: Path) -> Callable[..., str]:
    """Runs tasks with a playbook in a folder of its own, started in ``start``; gives what ansible-playbook says."""

    def run(tasks: list[dict[str, Any]], *arguments: str, hosts: str = "localhost,", fails: bool = False, **play: Any) -> str:
        project, start = tmp_path / "project", tmp_path / "start"
        for folder in (project, start):
            folder.mkdir(exist_ok=True)
        for name, make in (("blocked", receipts.blocked), ("allowed", receipts.allowed)):
            project.joinpath(f"{name}.json").write_text(json.dumps(make()), encoding="utf-8")
        reports = {name: f"{{{{ lookup('ansible.builtin.file', '{name}.json') | from_json }}}}" for name in ("blocked", "allowed")}
        plays = [{"hosts": "all", "gather_facts": False, "vars": reports, "tasks": tasks, **play}]
        project.joinpath("play.yml").write_text(json.dumps(plays), encoding="utf-8")
        environment = {
            **os.environ,
            "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
            "ANSIBLE_HOME": str(tmp_path / "ansible"),
            "ANSIBLE_NOCOLOR": "1",
            "HOME": str(tmp_path / "home"),
            "PWD": "/no/such/place",
        }
        program = str(Path(sys.executable).with_name("ansible-playbook"))
        command = [program, "-i", hosts, *arguments, str(project / "play.yml")]
        done = subprocess.run(command, cwd=start, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False)
        assert bool(done.returncode) == fails, done.stdout + done.stderr
        return done.stdout + done.stderr

    return run


OMITTED = "{{ omit }}"


def report_task(**options: Any) -> dict[str, Any]:
    return {"huaweicloud.gitops.gitops_report": {"report": "{{ blocked }}", "path": "reports", **options}, "register": "written"}


def test_a_play_writes_where_it_was_started_in_check_mode_too(tmp_path: Path, run_play: Callable[..., str]) -> None:
    tasks = [
        report_task(),
        report_task(path="~/receipts", formats="json,html", report="{{ allowed }}", name="before"),
        {"ansible.builtin.debug": {"msg": "written {{ written.files | map(attribute='format') | join(' ') }}"}},
    ]
    said = run_play(tasks, "--check", become=True, environment={"A": "b"})
    assert "written json html" in said
    assert names(tmp_path / "start" / "reports") == ALL
    assert names(tmp_path / "home" / "receipts") == ["before.html", "before.json"]


def test_a_template_within_a_report_is_filled_in_and_data_is_not(tmp_path: Path, run_play: Callable[..., str]) -> None:
    """What another task registered is taken as it is; what the play itself composes may hold templates at any depth."""
    composed = {**receipts.allowed(), "region": "{{ word }}", "thresholds": {"interval": ["{{ word }}"]}}
    foreign = {**receipts.blocked(), "region": "{{ 7 * 7 }}"}
    tmp_path.joinpath("project").mkdir()
    tmp_path.joinpath("project", "foreign.json").write_text(json.dumps(foreign), encoding="utf-8")
    tasks = [
        {"vars": {"composed": composed, "word": "cn-north-4"}, **report_task(report="{{ composed }}", name="composed")},
        {"vars": {"composed": composed, "word": "cn-north-4"}, **report_task(report=composed, name="literal")},
        report_task(report="{{ lookup('ansible.builtin.file', 'foreign.json') | from_json }}", name="foreign"),
    ]
    run_play(tasks)
    written = {
        name: json.loads((tmp_path / "start" / "reports" / f"{name}.json").read_text()) for name in ("composed", "literal", "foreign")
    }
    for name in ("composed", "literal"):
        assert (written[name]["region"], written[name]["thresholds"]) == ("cn-north-4", {"interval": ["cn-north-4"]})
    assert written["foreign"]["region"] == "{{ 7 * 7 }}"


def test_a_play_may_name_the_variable(tmp_path: Path, run_play: Callable[..., str]) -> None:
    tasks = [
        {"ansible.builtin.set_fact": {"registered": "{{ allowed }}"}},
        report_task(report=OMITTED, report_var="registered", name="registered"),
        report_task(report=OMITTED, report_var="blocked", name="from_a_template"),
    ]
    run_play(tasks)
    assert decision(tmp_path / "start" / "reports", "registered") == "allow"
    assert decision(tmp_path / "start" / "reports", "from_a_template") == "block"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"report_var": "nowhere"}, "expected the name of a variable that holds what gitops_gate returned"),
        ({}, "one of the following is required: report, report_var"),
        ({"report": "{{ blocked }}", "report_var": "blocked"}, "parameters are mutually exclusive: report|report_var"),
    ],
    ids=["unknown", "neither", "both"],
)
def test_which_report_is_meant(options: dict[str, Any], message: str, run_play: Callable[..., str]) -> None:
    said = " ".join(run_play([report_task(**{"report": OMITTED, **options})], fails=True).split())
    assert message in said, said


def test_hosts_of_one_run_share_a_place(tmp_path: Path, run_play: Callable[..., str]) -> None:
    given = "{{ blocked if inventory_hostname == 'web2' else allowed }}"
    said = run_play([report_task(report=given)], hosts="web1,web2,web3,web4,", serial=1)
    assert decision(tmp_path / "start" / "reports") == "block"
    assert "Another gate of this run blocks" in said
    assert "Another gate" not in run_play([report_task(report="{{ allowed }}")])
    assert decision(tmp_path / "start" / "reports") == "allow"


def test_a_play_goes_on_without_reports(tmp_path: Path, run_play: Callable[..., str]) -> None:
    tmp_path.joinpath("file").write_text("", encoding="utf-8")
    said = " ".join(run_play([report_task(path=str(tmp_path / "file" / "x"))]).split())
    assert "The decision stands: Deployment blocked" in said


def test_a_play_stops_at_what_is_no_report(run_play: Callable[..., str]) -> None:
    said = run_play([report_task(report={"skipped": True})], fails=True)
    assert "got the result of a skipped task, expected the registered result of gitops_gate" in said
    assert "Unsupported parameters for (huaweicloud.gitops.gitops_report) module: reports" in run_play([report_task(reports=1)], fails=True)

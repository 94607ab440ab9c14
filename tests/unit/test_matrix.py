# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The matrix runs what it says: it knows what each ansible-core supports, leaves out no pair without a word, and counts right."""

from __future__ import annotations

import re
import sys
from importlib.machinery import SourceFileLoader
from importlib.util import module_from_spec, spec_from_loader
from pathlib import Path
from typing import Any

import pytest
from ansible.release import __version__
from ansible_test._util.target.common.constants import CONTROLLER_PYTHON_VERSIONS, REMOTE_ONLY_PYTHON_VERSIONS

MATRIX = Path(__file__).resolve().parent.parent.parent / "tools" / "matrix"
HERE = f"{sys.version_info[0]}.{sys.version_info[1]}"
CELL = re.compile(r"\b2\.\d\d-3\.\d+\b")


@pytest.fixture
def matrix(monkeypatch: pytest.MonkeyPatch) -> Any:
    """The tool as a module."""
    loader = SourceFileLoader("matrix", str(MATRIX))
    spec = spec_from_loader("matrix", loader)
    assert spec
    module = module_from_spec(spec)
    monkeypatch.setitem(sys.modules, "matrix", module)  # where dataclasses look
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    loader.exec_module(module)
    return module


def having(monkeypatch: pytest.MonkeyPatch, matrix: Any, *versions: str) -> None:
    """Lets the machine have these Pythons and no others."""
    monkeypatch.setattr(matrix, "interpreter", lambda version: f"/python{version}" if version in versions else "")


def test_what_this_core_supports_is_known(matrix: Any) -> None:
    oldest, newest = matrix.SUPPORTED[".".join(__version__.split(".")[:2])]
    assert [f"3.{minor}" for minor in range(oldest, newest + 1)] == list(CONTROLLER_PYTHON_VERSIONS)
    assert f"3.{matrix.OLDEST_TARGET}" in REMOTE_ONLY_PYTHON_VERSIONS


@pytest.mark.parametrize(
    ("versions", "arguments", "cells"),
    [
        pytest.param(
            ("3.10", "3.11", "3.12", "3.13"), [], ["2.17-3.10", "2.18-3.11", "2.19-3.11", "2.20-3.12", "2.21-3.12", "2.21-3.13"], id="all"
        ),
        pytest.param(("3.10", "3.11", "3.12", "3.13"), ["--test"], ["2.17-3.10", "2.21-3.13"], id="test"),
        pytest.param(("3.11",), [], ["2.17-3.11", "2.18-3.11", "2.19-3.11"], id="one Python"),
        pytest.param(("3.11",), ["--test"], ["2.17-3.11", "2.19-3.11"], id="test with one Python"),
        pytest.param(("3.14",), ["--test"], ["2.20-3.14", "2.21-3.14"], id="only a new Python"),
        pytest.param(("3.11", "3.12"), ["--test", "2.20"], ["2.20-3.12"], id="one cell"),
        pytest.param(("3.11", "3.12"), ["--all", "2.17", "2.19"], ["2.17-3.11", "2.17-3.12", "2.19-3.11", "2.19-3.12"], id="every pair"),
        pytest.param(("3.9",), ["2.17"], [], id="none"),
    ],
)
def test_every_pair_is_run_or_named(
    matrix: Any,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    versions: tuple[str, ...],
    arguments: list[str],
    cells: list[str],
) -> None:
    having(monkeypatch, matrix, *versions)
    monkeypatch.setattr(sys, "argv", ["matrix", "--list", *arguments])
    assert matrix.main() == (not cells)
    lines = capsys.readouterr().out.splitlines()
    assert [f"{line[:6].strip()}-{line[6:14].strip()}" for line in lines if line.startswith("2.")] == cells
    left = [name for line in lines if line.startswith("not run: ") for name in CELL.findall(line)]
    cores = [one for one in arguments if one in matrix.SUPPORTED] or list(matrix.SUPPORTED)
    pairs = [f"{core}-3.{minor}" for core in cores for minor in range(matrix.SUPPORTED[core][0], matrix.SUPPORTED[core][1] + 1)]
    assert sorted(cells + left) == sorted(pairs)
    assert ("not run: modules on a host with Python 3.9: there is none on this machine" in lines) == ("3.9" not in versions)


def test_a_core_that_is_not_known_is_refused(matrix: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "argv", ["matrix", "2.16"])
    with pytest.raises(SystemExit) as ended:
        matrix.main()
    assert ended.value.code == 2
    assert "there is no ansible-core 2.16 here; there are 2.17, 2.18" in capsys.readouterr().err


def test_a_python_is_found_only_where_it_runs(matrix: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Not a shim for one that is not there, nor one of another version, nor that of an environment."""
    for number, script in enumerate(["exit 127", "echo 3.9 True", "echo 3.13 False", "echo 3.13 True"]):
        shim = tmp_path / str(number) / "python3.13"
        shim.parent.mkdir()
        shim.write_text(f"#!/bin/sh\n{script}\n")
        shim.chmod(0o755)
    monkeypatch.setenv("PATH", ":".join(str(tmp_path / str(number)) for number in range(4)))
    monkeypatch.setattr(sys, "executable", "/nowhere")
    assert matrix.interpreter("3.13") == str(tmp_path / "3" / "python3.13")


@pytest.mark.parametrize(
    ("stage", "text", "counts"),
    [
        ("sanity", 'Running sanity test "pep8"\nRunning sanity test "compile" on Python 3.10\n', "2 passed"),
        (
            "sanity",
            'Running sanity test "a"\n' * 3
            + 'WARNING: Required program "shellcheck" not found.\n'
            + "FATAL: The 1 sanity test(s) listed below (out of 3) failed. See error output above for details.\npep8\n",
            "1 passed, 1 failed, 1 skipped",
        ),
        ("molecule", "allowed > converge: Executed: Successful\nallowed > verify: Executed: Successful\n", "1 passed"),
        ("molecule", "allowed > converge: Executed: Successful\nallowed > verify: Executed: Failed\n", "1 failed"),
        ("unit", ".. [100%]\n3446 passed, 2 skipped in 290.65s (0:04:50)\n", "3446 passed, 2 skipped"),
        (
            "unit",
            "FAILED x - 5 passed\n2 failed, 3446 passed, 5 skipped, 42 errors in 432.65s (0:07:12)\n",
            "3446 passed, 2 failed, 5 skipped",
        ),
        ("unit", "================== 18 passed in 124.24s (0:02:04) ==================\n", "18 passed"),
        ("environment", "setup: installing\n", ""),
    ],
)
def test_successes_are_counted(matrix: Any, stage: str, text: str, counts: str) -> None:
    assert matrix.counted(stage, text) == counts

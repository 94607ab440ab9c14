# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The role in a deploying play, and the playbooks, run with ansible-playbook; that it cannot be skipped is in test_never_skipped.py."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from .playground import Playground

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator


@pytest.fixture
def playground(tmp_path: Path, simulator: Simulator) -> Playground:
    return Playground(tmp_path, simulator)


def test_the_playbook_gate_blocks_and_audit_only_tells(playground: Playground) -> None:
    gate = playground.play("huaweicloud.gitops.gate")
    assert gate.returncode == 2, gate.stdout
    audit = playground.play("huaweicloud.gitops.audit")
    assert audit.returncode == 0, audit.stdout
    for done in (gate, audit):
        assert "Deployment blocked: something has failed" in done.stdout
        assert "POD_STUCK_CREATING" in done.stdout


def test_an_audit_without_credentials_tells_what_is_missing_and_does_not_fail(playground: Playground) -> None:
    playground.variables["gitops_gate_connection"]["access_key"] = "half-a-pair"
    done = playground.play("huaweicloud.gitops.audit")
    assert done.returncode == 0, done.stdout
    assert "Deployment blocked: it could not be found out" in done.stdout
    assert "Half a set of credentials in task options: got access_key, expected secret_key as well." in done.stdout


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        pytest.param({"gitops_gate_clusters": []}, "Nothing to check: set at least one of gitops_gate_clusters", id="nothing to check"),
        pytest.param({"gitops_gate_revision": "abcdef0123"}, "but gitops_gate_sources is empty", id="revision without a source"),
        pytest.param({"gitops_gate_fail_fast": "sometimes"}, "value of gitops_gate_fail_fast must be one of", id="no such choice"),
        pytest.param({"gitops_gate_advisory": ["ucs"]}, "value of gitops_gate_advisory must be one or more of", id="no such endpoint"),
    ],
)
def test_bad_variables_are_refused_before_the_first_request(playground: Playground, variables: dict[str, Any], message: str) -> None:
    done = playground.play("huaweicloud.gitops.gate", **variables)
    assert done.returncode == 2, done.stdout
    assert message in done.stdout
    assert playground.reads == 0


def test_an_advisory_check_does_not_block(playground: Playground) -> None:
    done = playground.play("deploy.yml", gitops_gate_advisory=["ucs_gitops"])
    assert done.returncode == 0, done.stdout
    assert "Deployment allowed: everything is ready, with warnings" in done.stdout
    assert playground.deployed == ["web1", "web2"]


def test_waiting_goes_on_while_it_can_help(playground: Playground) -> None:
    """The service is down for the role's own reading, which decides nothing; the gate reads again."""
    playground.simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]})
    playground.variables["gitops_gate_connection"]["request_retries"] = 0
    done = playground.play("deploy.yml", gitops_gate_wait_timeout=60, gitops_gate_interval=0.2)
    assert done.returncode == 0, done.stdout
    assert playground.reads == 2
    assert playground.deployed == ["web1", "web2"]
    assert "[web1] ucs_gitops: ready" in done.stderr
    assert "sample 1" not in done.stdout + done.stderr


def test_with_v_each_sample_is_told(playground: Playground) -> None:
    playground.simulator.load({"extends": "healthy", "faults": [{"service": "ucs", "error": "APIG.0613", "times": 1}]})
    playground.variables["gitops_gate_connection"]["request_retries"] = 0
    done = playground.play("deploy.yml", "-v", gitops_gate_wait_timeout=60, gitops_gate_interval=0.2)
    assert done.returncode == 0, done.stdout
    assert "sample 1: ready" in done.stdout + done.stderr

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fleets whose kustomizations reconcile all the time, and commits that travel over a fleet (rules.rst, K6, K8 and K9)."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from ansible_collections.huaweicloud.gitops.plugins.module_utils.endpoints.registry import ENDPOINTS

from unit.answers import NOW, OTHER_SHA, SHA, ago
from unit.answers_config_sets import config_set, config_sets, fetched, progress, ready
from unit.builders import Time, gating, run_gate

if TYPE_CHECKING:
    from simulator import Simulator

FLEET, EVERY, LASTS = 200, 60.0, 5.0  # clusters; seconds
CONFIG_SETS = ENDPOINTS["ucs_config_set"]


def observed(result: dict[str, Any]) -> list[dict[str, Any]]:
    """What the receipt tells of the config sets."""
    return [one for one in result["checks"][0]["observed"] if one["kind"] == "ConfigSet"]


CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
OLD, NEW = (f"1f0c2a5be5b9b0a1b7f4d6a1c0ffee000000000{number}" for number in (1, 2))


class Fleet:
    """Healthy clusters, each with a kustomization that reconciles for 5 s of each minute, one after the other; of some it fails.

    :ivar unknown: for each sample, how many say Ready=Unknown
    """

    def __init__(self, failing: int = 0) -> None:
        self.failing = failing
        self.unknown: list[int] = []

    def at(self, seconds: float) -> dict[str, Any]:
        """The reading of all clusters, so many seconds after NOW."""
        phases = [(seconds - number * EVERY / FLEET) % EVERY for number in range(FLEET)]
        self.unknown.append(sum(phase < LASTS for phase in phases))
        entries = [self._cluster(number, phase, seconds) for number, phase in enumerate(phases)]
        return {"clusters": entries, "errors": [], "read_at": ago(-seconds)}

    def _cluster(self, number: int, phase: float, seconds: float) -> dict[str, Any]:
        since = (phase if phase < LASTS else phase - LASTS) - seconds
        settled = [ready("False", "HealthCheckFailed", since)] if number < self.failing else [ready(since=since)]
        conditions = progress(since) if phase < LASTS else settled
        spec = {"interval": "1m0s", "timeout": "1m0s"}
        return config_sets(config_set(*conditions, spec=spec), cluster=f"c{number}")


def test_a_healthy_fleet_passes_although_someone_reconciles_at_every_moment() -> None:
    fleet, time = Fleet(), Time()
    result = run_gate((gating(CONFIG_SETS), fleet.at), time=time)
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    assert min(fleet.unknown) >= 10
    # The first sample cannot tell a reconcile that is as ever from one that changes something; later ones know that it was ready before.
    assert [change["verdict"] for change in result["timeline"]] == ["progressing", "ready"]
    assert time.at <= 60
    assert result["checks"][0]["counts"]["ready"] == 2 * FLEET  # each with its source


def test_a_fleet_in_which_one_fails_its_health_check_is_blocked() -> None:
    """Also in the moments in which the one that fails says Ready=Unknown."""
    result = run_gate((gating(CONFIG_SETS), Fleet(failing=1).at))
    assert result["decision"] == "block"
    assert {finding["code"] for finding in result["findings"]} <= {"CFG_NOT_READY", "CFG_RECONCILING"}
    assert {finding["cluster_id"] for finding in result["findings"]} == {"c0"}


def test_a_healthy_fleet_passes_over_the_wire(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    """With a minute as short as a second and a half, each cluster at a time of its own."""
    source = {"name": "shop", "namespace": "shop", "revision": SHA}
    shop = {"name": "shop", "namespace": "shop", "reconciles": {"every": 1.5, "for": 0.3}}
    clusters = {f"c{number}": {"sources": [source], "config_sets": [shop]} for number in range(30)}
    simulator.load({"clusters": clusters})
    check = {"ucs_config_set": {"cluster_ids": list(clusters), "expect": [{"name": "shop", "revision": SHA}]}}
    result = run_module("gitops_gate", **options, checks=[check], steady_for=1, interval=0.2, wait_timeout=60)
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    assert {one["applied"] for one in observed(result)} == {f"main@sha1:{SHA}"}


# --- a commit that travels ---------------------------------------------------------------------------------------------------------


def travel(at: float) -> dict[str, Any]:
    """One cluster: pushed at 0, fetched at 20 s, being applied from 25 s on, applied at 40 s."""
    source = fetched(f"main@sha1:{OTHER_SHA if at >= 20 else SHA}")
    if 25 <= at < 40:
        item = config_set(*progress(-25), source=source, attempted=f"main@sha1:{OTHER_SHA}")
    else:
        item = config_set(ready(since=3600 if at < 40 else -40), source=source, attempted=f"main@sha1:{OTHER_SHA if at >= 40 else SHA}")
    return {"clusters": [config_sets(item)], "errors": [], "read_at": ago(-at)}


def test_a_commit_is_allowed_only_when_it_is_applied() -> None:
    time = Time()
    expect = [{"name": "apps", "revision": OTHER_SHA}]
    result = run_gate((gating(CONFIG_SETS, expect=expect), travel), time=time)
    assert result["decision"] == "allow"
    assert time.at >= 70  # applied at 40 s, and steady_for
    seen = observed(result)[0]
    assert (seen["applied"], seen["since"]) == (
        f"main@sha1:{OTHER_SHA}",
        (NOW + timedelta(seconds=40)).strftime("%Y-%m-%dT%H:%M:%SZ"),
    )


def test_without_an_expected_revision_a_commit_on_its_way_breaks_steadiness() -> None:
    assert run_gate((gating(CONFIG_SETS), travel), wait_timeout=0, steady_for=0)["decision"] == "allow"
    later = run_gate((gating(CONFIG_SETS), lambda at: travel(at + 20)), wait_timeout=0, steady_for=0)
    assert [finding["code"] for finding in later["findings"]] == ["CFG_BEHIND_SOURCE"]


def test_a_rollout_over_a_fleet(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("rollout")
    check = {"ucs_config_set": {"cluster_ids": CLUSTERS, "expect": [{"name": "frontend", "revision": NEW}]}}
    result = run_module("gitops_gate", **options, checks=[check], steady_for=1, interval=0.5, wait_timeout=60)
    assert (result["decision"], result["outcome"]) == ("allow", "passed")
    assert [one["applied"] for one in observed(result)] == [f"main@sha1:{NEW}"] * 3
    assert [change["verdict"] for change in result["timeline"]][-1] == "ready"


def test_a_rollout_that_gets_stuck_names_who_is_behind(simulator: Simulator, options: dict[str, Any], run_module: Any) -> None:
    simulator.load("rollout_stuck", elapsed=600)
    check = {"ucs_config_set": {"cluster_ids": CLUSTERS, "expect": [{"name": "frontend", "revision": NEW}]}}
    result = run_module("gitops_gate", **options, checks=[check], wait_timeout=0, enforce=False)
    assert result["decision"] == "block"
    said = {(finding["cluster_id"], finding["code"], finding["verdict"]) for finding in result["findings"]}
    assert said == {
        (CLUSTERS[1], "CFG_BEHIND_SOURCE", "progressing"),
        (CLUSTERS[1], "CFG_REVISION_NOT_YET", "progressing"),
        (CLUSTERS[2], "CFG_NOT_READY", "failed"),
    }
    told = {one["cluster_id"]: (one["behind"], one["applied"], one["source_revision"]) for one in observed(result)}
    new = f"main@sha1:{NEW}"
    assert told == {CLUSTERS[0]: (False, new, new), CLUSTERS[1]: (True, None, new), CLUSTERS[2]: (False, None, new)}

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the tests of Kubernetes share: a kubeconfig that leads to the simulator, credential plugins, objects of Flux."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

import yaml
from ansible_collections.huaweicloud.gitops.plugins.module_utils.model.flux import KINDS, POD

from simulator.kubernetes_api import kubeconfig

if TYPE_CHECKING:
    from pathlib import Path

    from simulator import Simulator

CLUSTERS = [f"c1000000-0000-4000-8000-00000000000{number}" for number in (1, 2, 3)]
TOKEN = "demo-kubernetes-token"
FIELDS = [kind.field for kind in (POD, *KINDS)]


def write_kubeconfig(path: Path, simulator: Simulator, contexts: dict[str, Any] | None = None, **changes: Any) -> str:
    """Writes a kubeconfig that leads to the simulator.

    :param contexts: as ``simulator.kubernetes_api.kubeconfig`` takes them; by default prod and test, two healthy clusters
    :param changes: top-level entries in place of its own
    """
    contexts = contexts or {"prod": {"cluster": CLUSTERS[0]}, "test": {"cluster": CLUSTERS[1]}}
    written = {**kubeconfig(simulator.urls["kubernetes"], contexts, simulator.urls.get("ca_path")), **changes}
    path.write_text(yaml.safe_dump(written), encoding="utf-8")
    return str(path)


def plugin(path: Path, code: str, **more: Any) -> dict[str, Any]:
    """A user of a kubeconfig with a credential plugin, which runs some lines of Python."""
    path.write_text(f"#!{sys.executable}\n{code}\n", encoding="utf-8")
    path.chmod(0o755)
    return {"exec": {"apiVersion": "client.authentication.k8s.io/v1", "command": str(path), "interactiveMode": "Never", **more}}


def credential(**status: Any) -> str:
    """Python that prints an ExecCredential."""
    printed = {"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}
    return f"print({json.dumps(json.dumps(printed))})"


def flux_object(
    name: str = "podinfo", spec: dict[str, Any] | None = None, status: dict[str, Any] | None = None, **metadata: Any
) -> dict[str, Any]:
    """An object of Flux in the namespace default, of generation 1, which says Ready=True of it."""
    ready = {
        "type": "Ready",
        "status": "True",
        "reason": "Succeeded",
        "message": "stored artifact",
        "observedGeneration": 1,
        "lastTransitionTime": "2025-11-30T12:00:00Z",
    }
    state = {"observedGeneration": 1, "conditions": [ready]}
    return {
        "metadata": {
            "name": name,
            "namespace": "default",
            "uid": f"uid-{name}",
            "generation": 1,
            "creationTimestamp": "2025-11-01T12:00:00Z",
            **metadata,
        },
        "spec": {"interval": "1m0s", **(spec or {})},
        "status": {**state, **(status or {})},
    }

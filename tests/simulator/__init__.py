# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""A stand-in for the cloud: UCS, CodeArts Repo, ServiceStage, IAM and the ECS metadata service over real HTTP on loopback.

``with Simulator("healthy") as simulator: ... simulator.urls["ucs"]``. README.md describes scenarios; ``python tests/simulator`` runs one.
"""

from __future__ import annotations

from .server import Simulator

__all__ = ["Simulator"]

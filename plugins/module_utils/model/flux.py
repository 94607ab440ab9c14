# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The kinds of Flux objects that are read from Kubernetes (services.rst, "Kubernetes: Flux"), and the form in which their rules take them.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from .shapes import nested

SOURCE_GROUP, KUSTOMIZE_GROUP, HELM_GROUP = (f"{name}.toolkit.fluxcd.io" for name in ("source", "kustomize", "helm"))


@dataclass(frozen=True)
class Kind:
    """A kind of objects.

    :ivar name: as the objects state it
    :ivar plural: in paths
    :ivar group: its API group; empty for the core of Kubernetes
    :ivar field: under which a reading has its objects
    :ivar controller: whose objects they are; without this kind it is not installed. Empty where it need not be there
    """

    name: str
    plural: str
    group: str
    field: str
    controller: str = ""

    @property
    def full_name(self) -> str:
        """The name that permissions have for it."""
        return f"{self.plural}.{self.group}" if self.group else self.plural


POD = Kind("Pod", "pods", "", "pods")
GIT_REPOSITORY = Kind("GitRepository", "gitrepositories", SOURCE_GROUP, "git_repositories", "source-controller")
OCI_REPOSITORY = Kind("OCIRepository", "ocirepositories", SOURCE_GROUP, "oci_repositories")
BUCKET = Kind("Bucket", "buckets", SOURCE_GROUP, "buckets")
HELM_REPOSITORY = Kind("HelmRepository", "helmrepositories", SOURCE_GROUP, "helm_repositories")
KUSTOMIZATION = Kind("Kustomization", "kustomizations", KUSTOMIZE_GROUP, "kustomizations", "kustomize-controller")
HELM_RELEASE = Kind("HelmRelease", "helmreleases", HELM_GROUP, "helm_releases", "helm-controller")
SOURCES = (GIT_REPOSITORY, OCI_REPOSITORY, BUCKET, HELM_REPOSITORY)
CONFIG_SETS = (KUSTOMIZATION, HELM_RELEASE)
KINDS = (*SOURCES, *CONFIG_SETS)


def as_source(raw: Mapping[str, Any], kind: Kind, cluster: str | None) -> dict[str, Any]:
    """A source as the rules of sources take it: in the envelope that UCS puts around each."""
    metadata = raw.get("metadata")
    return {
        "name": nested(metadata, "name"),
        "namespace": nested(metadata, "namespace"),
        "repoType": kind.name,
        "gitRepository": raw,
        "clusterInfo": {"clusterName": cluster},
    }

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""All endpoints, each in a file of its name.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import TYPE_CHECKING

from .endpoint import Endpoint

if TYPE_CHECKING:
    # Never run. The packer of Ansible modules takes along what such lines name, and follows no other imports.
    from . import (  # noqa: F401
        codearts_commit,
        codearts_project_repository,
        codearts_repository,
        declared,
        flux,
        servicestage_git_authorization,
        ucs_cluster,
        ucs_config_set,
        ucs_gitops,
        ucs_repository_source,
    )

# In the order in which messages name them.
_NAMES = (
    "ucs_repository_source",
    "ucs_config_set",
    "ucs_gitops",
    "ucs_cluster",
    "codearts_project_repository",
    "codearts_repository",
    "codearts_commit",
    "declared",
    "servicestage_git_authorization",
    "flux",
)


class _Registry(Mapping[str, Endpoint]):
    """Endpoints by name. A file is imported when its endpoint is asked for: a gate needs few of them, and all take a tenth of a second."""

    def __getitem__(self, name: str) -> Endpoint:
        if name not in _NAMES:
            raise KeyError(name)
        endpoint: Endpoint = import_module(f".{name}", __package__).ENDPOINT
        return endpoint

    def __iter__(self) -> Iterator[str]:
        return iter(_NAMES)

    def __len__(self) -> int:
        return len(_NAMES)


ENDPOINTS: Mapping[str, Endpoint] = _Registry()

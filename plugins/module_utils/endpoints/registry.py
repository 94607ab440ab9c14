# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""All endpoints. The imports are static, because the packer of Ansible modules follows no others.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from . import (
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
from .endpoint import Endpoint

# In the order in which messages name them.
_ENDPOINT_FILES = (
    ucs_repository_source,
    ucs_config_set,
    ucs_gitops,
    ucs_cluster,
    codearts_project_repository,
    codearts_repository,
    codearts_commit,
    declared,
    servicestage_git_authorization,
    flux,
)
ENDPOINTS: dict[str, Endpoint] = {file.ENDPOINT.name: file.ENDPOINT for file in _ENDPOINT_FILES}

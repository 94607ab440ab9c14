# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""All endpoints. The imports are static, because the packer of Ansible modules follows no others."""

from __future__ import annotations

from .endpoint import Endpoint
from .endpoints import (
    codearts_project_repository,
    codearts_repository,
    servicestage_git_authorization,
    ucs_gitops,
    ucs_repository_source,
)

# In the order in which messages name them.
_MODULES = (
    ucs_repository_source,
    ucs_gitops,
    codearts_project_repository,
    codearts_repository,
    servicestage_git_authorization,
)
ENDPOINTS: dict[str, Endpoint] = {module.ENDPOINT.name: module.ENDPOINT for module in _MODULES}

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""The reads of the gate by the official SDK: python tests/bench/sdk.py URL."""

from __future__ import annotations

import os
import sys
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

if not __package__:
    sys.path[0] = str(Path(__file__).resolve().parent.parent)

from bench.gate import CLUSTERS
from bench.measure import ACCESS_KEY, DOMAIN_ID, SECRET_KEY, THREADS, clusters


def main(url: str) -> None:
    """As the SDK's documentation has it, with as many connections as threads."""
    from huaweicloudsdkcore.auth.credentials import GlobalCredentials
    from huaweicloudsdkcore.http.http_config import HttpConfig
    from huaweicloudsdkucs.v1 import ListReposRequest, ShowGitOpsStatusRequest, UcsClient

    builder = UcsClient.new_builder().with_credentials(GlobalCredentials(ACCESS_KEY, SECRET_KEY, DOMAIN_ID))
    client = builder.with_http_config(HttpConfig(pool_maxsize=THREADS)).with_endpoints([url]).build()

    def read(cluster: str) -> None:
        assert client.show_git_ops_status(ShowGitOpsStatusRequest(clusterid=cluster)).items
        assert client.list_repos(ListReposRequest(clusterid=cluster)).items

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(read, clusters(CLUSTERS)))


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as home:  # the SDK writes a file there when it is imported
        os.environ["HOME"] = home
        main(sys.argv[1])

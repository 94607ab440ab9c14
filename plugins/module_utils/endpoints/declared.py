# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a checkout declares: the manifests of Flux in its files. Nothing is sent, and no credentials are needed.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ..checkout.client import LocalClient
from ..checkout.reader import read_path, read_text
from ..checkout.tree import open_tree
from ..http.client import EntryRequests
from ..model.errors import OptionError
from ..model.git_urls import holds_credentials
from ..model.secrets import without_secrets
from ..model.shapes import mappings, nested
from ..rules import declared
from .endpoint import Endpoint

NAME = "declared"


def read(requests: EntryRequests, path: str, options: Mapping[str, Any]) -> dict[str, Any]:  # noqa: ARG001 nothing is sent
    """What is declared below a path, as ``checkout/reader.py`` gives it, without the credentials in it.

    :raises OptionError: for a path that is not there, or outside the checkout
    """
    rendered = options.get("rendered")
    fields = read_text(rendered) if rendered else read_path(*open_tree("paths", path, options.get("checkout")))
    flags = [holds_credentials(nested(manifest.get("spec"), "url")) for manifest in mappings(fields["manifests"])]
    safe: dict[str, Any] = without_secrets(fields)
    for manifest, flag in zip(safe["manifests"], flags):
        manifest["url_credentials"] = flag
    return safe


def validate(options: Mapping[str, Any], path: str) -> None:
    """Refuses paths that cannot be read, and demands that cannot be met.

    :raises OptionError: naming the option with its path
    """
    paths = options.get("paths")
    if not paths:
        raise OptionError(f"{path}paths", paths, "at least one path; . is the whole checkout")
    rendered = options.get("rendered")
    if rendered is not None:
        if not rendered.strip():
            raise OptionError(f"{path}rendered", rendered, "what kubectl kustomize or flux build printed")
        if len(paths) > 1:
            raise OptionError(f"{path}rendered", "one text", "one path beside it, in whose place it is read")
    else:
        for index, each in enumerate(paths):
            open_tree(f"{path}paths[{index}]", each, options.get("checkout"))
    declared.validate_policy(options, path)


def _globs() -> dict[str, Any]:
    return {"type": "list", "elements": "str"}


SUMMARY = {
    **dict.fromkeys("file line column api_version kind namespace name listed url_credentials not_resolved positions".split(), 0),
    "spec": {
        **dict.fromkeys("url ref interval secretRef provider suspend path prune sourceRef targetNamespace".split(), 0),
        "chart": {"spec": {"sourceRef": 0}},
        "chartRef": 0,
    },
}

ENDPOINT = Endpoint(
    name=NAME,
    service="",
    collection="paths",
    id_field="path",
    objects="manifests",
    summary=SUMMARY,
    ids={
        "paths": {"type": "list", "elements": "path", "default": ["."], "aliases": ["path"]},
        "checkout": {"type": "path"},
    },
    listing={"rendered": {"type": "str"}},
    judging={
        "policy": {
            "type": "dict",
            "apply_defaults": True,
            "options": {
                name: {"type": "str", "choices": [declared.OFF, declared.WARN, declared.BLOCK], "default": level}
                for name, level in declared.POLICY.items()
            },
        },
        "allowed_hosts": _globs(),
        "pinned_to": {"type": "str", "choices": list(declared.PINS)},
        "allowed_branches": _globs(),
        "private_repositories": _globs(),
        "max_interval": {"type": "str"},
        "clusters": _globs(),
    },
    narrowing=("checkout", "rendered"),
    untold=("rendered",),
    read=read,
    rules=declared.judge,
    validate=validate,
    connect=LocalClient.from_options,
    module="flux_manifest_info",
    is_local=True,
)

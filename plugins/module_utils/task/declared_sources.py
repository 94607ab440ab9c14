# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What a gate expects of sources, from what a checkout declares.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ..checkout.reader import read_path
from ..checkout.tree import open_tree
from ..model.errors import GitopsError
from ..model.git_urls import normal_url
from ..model.manifests import SOURCE, Manifest
from ..model.sources import EffectiveRef


def declared_sources(
    paths: Sequence[str], checkout: str | None, revision: str | None = None, own_url: str | None = None
) -> list[dict[str, Any]]:
    """The declared GitRepositories as expectations: name, namespace, url, branch, each as far as it is known before it is applied.

    Of several documents for one object, as bases and overlays have them, only what they agree on is expected.

    :param revision: the commit that is checked out; only the sources of the checkout itself must have fetched it
    :param own_url: the URL of the checkout's own repository
    :raises GitopsError: for a path that cannot be read, for one that declares no source, and for a revision that no source would have
    """
    found: dict[tuple[str, str], dict[str, Any]] = {}
    own: set[tuple[str, str]] = set()
    for index, path in enumerate(paths):
        for raw in read_path(*open_tree(f"paths[{index}]", path, checkout))["manifests"]:
            manifest = Manifest.parse(raw)
            if manifest.kind != SOURCE or not manifest.listed or not manifest.name or manifest.is_open("metadata"):
                continue
            key = (manifest.namespace, manifest.name)
            wanted = _expectation(manifest)
            found[key] = {name: value for name, value in wanted.items() if found.get(key, wanted).get(name) == value}
            if own_url and normal_url(manifest.spec("url")) == normal_url(own_url):
                own.add(key)
    if not found:
        raise GitopsError(f"{', '.join(paths)} declares no GitRepository whose name is known.")
    if revision and not own:
        urls = sorted({str(wanted.get("url")) for wanted in found.values() if wanted.get("url")})
        raise GitopsError(f"no declared source has the url {own_url}; there are {', '.join(urls[:5]) or 'none that are known'}.")
    return [{**wanted, **({"revision": revision} if revision and key in own else {})} for key, wanted in found.items()]


def _expectation(manifest: Manifest) -> dict[str, Any]:
    wanted: dict[str, Any] = {"name": manifest.name}
    if manifest.namespace:
        wanted["namespace"] = manifest.namespace
    if manifest.is_settled and not manifest.is_open("spec.url"):
        wanted["url"] = manifest.spec("url")
    ref = EffectiveRef.parse(manifest.spec("ref"))
    if manifest.is_settled and not manifest.is_open("spec.ref") and ref.kind == "branch":
        wanted["branch"] = ref.value
    return {name: value for name, value in wanted.items() if isinstance(value, str) and value}

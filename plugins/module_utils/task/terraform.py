# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What Terraform prints as JSON, as expectations of a gate.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from ..model.errors import GitopsError
from ..model.shapes import mapping, mappings, nested
from ..model.text import clean_text

KEYS = ("repositories", "projects", "repository_uuids", "clusters", "cluster_names", "fleets")
FORMAT = "1."  # the format_version that is read: later minor versions only add to it
PRIVATE = 0  # visibility_level


def expectations(value: Any, output: str | None = None) -> dict[str, list[Any]]:
    """What was made, or will be: ``repositories``, ``projects``, ``repository_uuids``, ``clusters``, ``cluster_names``, ``fleets``.

    :param value: what ``terraform show -json`` or ``terraform output -json`` printed, as text or parsed
    :param output: the name of an output
    :raises GitopsError: for anything else, and where nothing is to be expected
    """
    document = _parsed(value)
    if "format_version" in document:
        if output:
            raise GitopsError(f"got the output name {clean_text(output, 80)}, expected what terraform output -json prints beside it.")
        found = _of_resources(document)
        what = "no huaweicloud_codearts_repository, huaweicloud_ucs_cluster or huaweicloud_ucs_fleet in it"
    else:
        found = _of_outputs(document, output)
        what = f"no output with {', '.join(KEYS)} in it"
    if not any(found.values()):
        raise GitopsError(f"there is {what}, so there is nothing to expect.")
    return found


def _parsed(value: Any) -> Mapping[str, Any]:
    if isinstance(value, (str, bytes)):
        try:
            value = json.loads(value)
        except ValueError as error:
            raise GitopsError(
                f"got a text that is no JSON ({clean_text(error, 100)}), expected what terraform show -json prints."
            ) from None
    if not isinstance(value, Mapping):
        raise GitopsError(f"got a {type(value).__name__}, expected what terraform show -json or terraform output -json prints.")
    version = value.get("format_version")
    if version is not None and not str(version).startswith(FORMAT):
        raise GitopsError(f"got format_version {clean_text(version, 20)}, expected {FORMAT}x.")
    return value


def _of_resources(document: Mapping[str, Any]) -> dict[str, list[Any]]:
    values = document.get("planned_values") if "planned_values" in document else document.get("values")
    found: dict[str, list[Any]] = {name: [] for name in KEYS}
    for resource in _resources(mapping(mapping(values).get("root_module"))):
        attributes = mapping(resource.get("values"))
        take = _TAKE.get(str(resource.get("type")))
        if take and resource.get("mode", "managed") == "managed":
            for name, entry in take(attributes):
                if entry not in found[name]:
                    found[name].append(entry)
    return found


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from mappings(module.get("resources"))
    for inner in mappings(module.get("child_modules")):
        yield from _resources(inner)


def _repository(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    name, uuid, project = (attributes.get(key) for key in ("name", "id", "project_id"))
    if name:
        private = {"private": True} if attributes.get("visibility_level") == PRIVATE else {}
        yield "repositories", {"name": name, **({"uuid": uuid} if uuid else {}), **private}
    if uuid:
        yield "repository_uuids", uuid
    if project:
        yield "projects", project


def _cluster(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if attributes.get("id"):
        yield "clusters", attributes["id"]
    elif attributes.get("cluster_name"):
        yield "cluster_names", attributes["cluster_name"]


def _fleet(attributes: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    if attributes.get("name"):
        yield "fleets", attributes["name"]


_TAKE = {
    "huaweicloud_codearts_repository": _repository,
    "huaweicloud_ucs_cluster": _cluster,
    "huaweicloud_ucs_fleet": _fleet,
}


def _of_outputs(document: Mapping[str, Any], output: str | None) -> dict[str, list[Any]]:
    """The lists of outputs: of an output that is a dictionary with such keys, or of outputs that have these names themselves.

    :raises GitopsError: for an output that is not there
    """
    if output is not None and output not in document:
        raise GitopsError(f"there is no output {clean_text(output, 80)}; there are {', '.join(sorted(map(str, document))) or 'none'}.")
    found: dict[str, list[Any]] = {name: [] for name in KEYS}
    for name, entry in document.items():
        if output is not None and name != output:
            continue
        value = nested(entry, "value")
        for key, listed in (value if isinstance(value, Mapping) else {str(name): value}).items():
            if key in found and isinstance(listed, list):
                found[key] += [each for each in listed if each not in found[key]]
    return found

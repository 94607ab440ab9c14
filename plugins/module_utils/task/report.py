# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From the task gitops_report to its result: a gate's decision into files, in the formats that are asked for, and into a task that fails.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from ..model.errors import OptionError
from ..report import receipt
from ..report.files import ASIDE, write_reports
from .run import Surroundings

# A format is imported only where it is asked for.


def _markdown(known: Mapping[str, Any]) -> str:
    from ..report import markdown  # noqa: PLC0415

    return markdown.render(known)


def _junit(known: Mapping[str, Any]) -> str:
    from ..report import junit  # noqa: PLC0415

    return junit.render(known)


def _html(known: Mapping[str, Any]) -> str:
    from ..report import html  # noqa: PLC0415

    return html.render(known)


def _sarif(known: Mapping[str, Any]) -> str:
    from ..report import sarif  # noqa: PLC0415

    return sarif.render(known)


def _codequality(known: Mapping[str, Any]) -> str:
    from ..report import codequality  # noqa: PLC0415

    return codequality.render(known)


FORMATS: dict[str, tuple[str, Callable[[Mapping[str, Any]], str]]] = {  # name: ending of the file, what renders it
    "json": ("json", receipt.render),
    "markdown": ("md", _markdown),
    "junit": ("xml", _junit),
    "html": ("html", _html),
    "sarif": ("sarif", _sarif),
    "codequality": ("codequality.json", _codequality),
}
DEFAULT_FORMATS = ["json", "markdown", "junit", "html"]  # the others are for findings in files
# What the validator takes beside the argument spec.
VALIDATION: dict[str, Any] = {
    "required_one_of": [("report", "report_var"), ("path", "enforce")],
    "mutually_exclusive": [("report", "report_var")],
}
_NAME = re.compile(r"[^./\x00-\x1f\x7f][^/\x00-\x1f\x7f]{0,99}")


def argument_spec() -> dict[str, Any]:
    """The argument spec of gitops_report."""
    return {
        "report": {"type": "dict"},
        "report_var": {"type": "str"},
        "path": {"type": "path"},
        "formats": {"type": "list", "elements": "str", "choices": list(FORMATS), "default": DEFAULT_FORMATS},
        "name": {"type": "str", "default": "gitops-gate"},
        "enforce": {"type": "bool"},
    }


def with_report(options: Mapping[str, Any], variables: Mapping[str, Any], filled_in: Callable[[Any], Any]) -> dict[str, Any]:
    """The options with the value of ``report_var`` as ``report``.

    :param filled_in: fills in a template; a result that a task registered needs none, and to look for templates in one takes long
    """
    value = variables.get(str(options.get("report_var")))
    if value is None or "report" in options:
        return dict(options)
    report = value if isinstance(value, Mapping) else filled_in(value)
    return {**{name: option for name, option in options.items() if name != "report_var"}, "report": report}


def report_work(options: Mapping[str, Any], around: Surroundings) -> dict[str, Any]:
    """Writes the reports where a path is given, and fails on a block where that is enforced.

    :returns: ``msg`` (the headline and the reasons as lines), and for a path ``changed``, ``written``, ``files`` (each with ``path`` and
        ``format``), and ``warnings`` where there are any
    :raises OptionError: for a report that is no gate's result, and for options that cannot work
    """
    name, formats = _name(options["name"]), options["formats"]
    folder = _folder(options["path"], around.started_in) if options["path"] is not None else None
    if options["report"] is None:
        raise OptionError("report_var", options["report_var"], "the name of a variable that holds what gitops_gate returned")
    if not formats:
        raise OptionError("formats", [], f"at least one of {', '.join(FORMATS)}")
    known = receipt.receipt_of(options["report"])
    blocked = {"failed": True} if options["enforce"] and known["decision"] != "allow" else {}
    written = _write(known, folder, name, formats, around.run) if folder else {}
    return {**blocked, "msg": known["msg"].splitlines(), **written}


def _write(known: Mapping[str, Any], folder: Path, name: str, formats: Sequence[str], run: str) -> dict[str, Any]:
    """Writes the reports. A place that cannot be written is a warning: the decision stands without its reports.

    :param run: what names the run of ansible-playbook
    """
    texts = {ending: render(known) for key, (ending, render) in FORMATS.items() if key in formats}
    try:
        endings = [ending for ending, _render in FORMATS.values()]
        written = write_reports(folder, name, texts, endings, known["decision"] == "allow", run)
    except OSError as error:
        reason = error.strerror or str(error)
        warning = f"The reports could not be written to {folder}: {reason}. The decision stands: {known['headline']}"
        return {"changed": False, "written": False, "files": [], "warnings": [warning]}
    files = [{"path": str(written.files[ending]), "format": key} for key, (ending, _render) in FORMATS.items() if ending in written.files]
    result = {"changed": written.changed, "written": True, "files": files}
    if written.aside:
        first = f"Another gate of this run blocks, and its reports stay at {folder / name}. This one allows, and its reports are beside"
        result["warnings"] = [f"{first} them, at {folder / name}{ASIDE}. Give each gate a 'name' of its own."]
    return result


def _folder(path: str, started_in: str) -> Path:
    if not path.strip() or "\0" in path:
        raise OptionError("path", path, "a folder")
    return (Path(started_in) / path).absolute()  # the type path has expanded ~


def _name(name: str) -> str:
    if not _NAME.fullmatch(name) or name.endswith(ASIDE) or len(name.encode()) > 200:
        raise OptionError(
            "name", name, f"a file name of at most 100 characters without its ending, not beginning with a dot or ending with {ASIDE}"
        )
    return name

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The receipt: the result of a gate as an artifact. What it must be, how its text is made safe, how it is written as JSON and read again.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit, urlunsplit

from ..gate.words import EXIT_CODES, WORDS
from ..model.errors import GitopsError, OptionError, Said
from ..model.findings import ADVISORY, BESIDE, DECIDES, TOLERATED, WAIVED
from ..model.readings import SCHEMA_VERSION
from ..model.strict_json import strict_json
from ..model.text import clean_text
from ..model.times import parse_time
from ..model.verdicts import FAILED, PROGRESSING, UNKNOWN, VERDICTS, WARNING

TEXT_LIMIT = 20_000  # characters of one text: a reason names several objects with a message each
LARGEST = 200_000_000  # bytes of a receipt that is read
LARGEST_NUMBER = 1e15  # of seconds, say


class _Kind(NamedTuple):
    """A kind of value: whether one fits, and what it should be, in words.

    ``types`` and ``choices`` are for whole columns of values: all of these types, and all of these values, fit.
    """

    fits: Callable[[Any], bool]
    words: str
    types: frozenset[type] = frozenset()
    choices: frozenset[str] = frozenset()

    def fits_all(self, values: list[Any]) -> bool:
        """Whether it is certain that all values fit; a False means that they have to be looked at one by one."""
        if not set(map(type, values)) <= (self.types or {str}):
            return False
        return bool(self.types) or set(values) <= self.choices


def _one_of(*choices: str) -> _Kind:
    words = f"one of {', '.join(choices)}"
    return _Kind(lambda value: isinstance(value, str) and value in choices, words, choices=frozenset(choices))


def _or_null(kind: _Kind) -> _Kind:
    types = kind.types | {type(None)} if kind.types else kind.types
    return _Kind(lambda value: value is None or kind.fits(value), f"{kind.words} or null", types)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_finite(value: float) -> bool:
    return abs(value) < LARGEST_NUMBER  # so NaN is none


def _is_integer(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


_TEXT = _Kind(lambda value: isinstance(value, str), "a text", frozenset({str}))
_COUNT = _Kind(lambda value: _is_integer(value) and value >= 0, "a whole number from 0 on")
_INTEGER = _Kind(_is_integer, "a whole number", frozenset({int}))
_NUMBER = _Kind(lambda value: _is_number(value) and _is_finite(value), "a number")
_BOOL = _Kind(lambda value: isinstance(value, bool), "true or false", frozenset({bool}))
_TIME = _Kind(lambda value: isinstance(value, str) and parse_time(value) is not None, "a time such as 2026-01-31T08:00:00Z")
_DICT = _Kind(lambda value: isinstance(value, Mapping), "a dictionary")
_SETTINGS = _Kind(
    lambda value: isinstance(value, Mapping) and all(map(_is_finite, filter(_is_number, value.values()))),
    "a dictionary whose numbers are finite",
)
_TEXT_OR_NULL = _or_null(_TEXT)
_VERDICT = _one_of(*VERDICTS)
_WEIGHT = _one_of(DECIDES, ADVISORY, TOLERATED, WAIVED, BESIDE)
_PLACE = dict.fromkeys(("namespace", "name", "cluster_id", "cluster_name", "target"), _TEXT_OR_NULL)

# What the reports need of a result; other keys of the parts pass, other keys at the top are left out. docs/receipt.schema.json says all.
_SHAPE: dict[str, Any] = {
    "schema_version": _COUNT,
    "decision": _one_of("allow", "block"),
    "outcome": _one_of(*EXIT_CODES),
    "decides_on": _one_of(*WORDS),
    "exit_code": _COUNT,
    "headline": _TEXT,
    "reasons": [_TEXT],
    "causes": [
        {
            **dict.fromkeys(("summary", "short", "detail", "remediation", "text"), _TEXT),
            **dict.fromkeys(("code", "since"), _TEXT_OR_NULL),
            "verdict": _one_of(FAILED, UNKNOWN, PROGRESSING, WARNING),
            "weight": _WEIGHT,
            "codes": [_TEXT],
            "count": _COUNT,
            "objects": [{"kind": _TEXT, **dict.fromkeys(("namespace", "name", "cluster_id", "cluster_name"), _TEXT_OR_NULL)}],
            "checks": [_TEXT],
            "consequences": [_TEXT],
        }
    ],
    "msg": _TEXT,
    "findings": [
        {
            **_PLACE,
            "code": _TEXT,
            "verdict": _one_of(FAILED, UNKNOWN, PROGRESSING, WARNING),
            "weight": _WEIGHT,
            "message": _TEXT,
            "remediation": _TEXT,
            "check": _TEXT,
            "kind": _TEXT,
            "object_kind": _TEXT_OR_NULL,
            "field": _TEXT_OR_NULL,
            "since": _TEXT_OR_NULL,
            "root_cause": _TEXT_OR_NULL,
            "file": _TEXT_OR_NULL,
            "line": _or_null(_INTEGER),
        }
    ],
    "checks": [
        {
            "name": _TEXT,
            "endpoint": _TEXT,
            "advisory": _BOOL,
            "verdict": _VERDICT,
            "counts": dict.fromkeys(VERDICTS, _COUNT),
            "warnings": _COUNT,
            "beside": _COUNT,
            "question": _DICT,
            "targets": [{"id": _TEXT, "name": _TEXT_OR_NULL, "verdict": _VERDICT}],
            "observed": [{**_PLACE, "kind": _TEXT, "verdict": _VERDICT, "weight": _WEIGHT}],
            "not_listed": _DICT,
        }
    ],
    "thresholds": _SETTINGS,
    "waivers": [
        {
            **dict.fromkeys(("code", "kind", "name", "reason", "owner", "expires"), _TEXT),
            "cluster": _TEXT_OR_NULL,
            "days_left": _INTEGER,
            "state": _one_of("used", "unused", "expired"),
        }
    ],
    "tolerance": {
        "require": _TEXT,
        "groups": [
            {
                "fleet": _TEXT_OR_NULL,
                **dict.fromkeys(("clusters", "required", "ready"), _COUNT),
                "missing": [{"id": _TEXT, "name": _TEXT_OR_NULL, "verdict": _VERDICT}],
            }
        ],
    },
    "samples": _COUNT,
    "timeline": [{"time": _TEXT, "seconds": _NUMBER, "check": _TEXT, "verdict": _VERDICT}],
    "waited_seconds": _NUMBER,
    "waiting_helps": _BOOL,
    "started_at": _TIME,
    "decided_at": _TIME,
    "valid_until": _TIME,
    "collection_version": _TEXT,
    "region": _TEXT_OR_NULL,
    "pipeline_url": _TEXT_OR_NULL,
}


class Fault(NamedTuple):
    """What is wrong with a result: where (``checks[0].verdict``), what stands there, what should."""

    path: str
    seen: Any
    expected: str


_MISSING = object()


def fault_of(result: Any) -> Fault | None:
    """The first thing that keeps a value from being the result of a gate; None when it is one."""
    if not isinstance(result, Mapping):
        return Fault("", result, "a dictionary")
    fault = _version_fault(result) or _fault(result, _SHAPE, "")
    if fault:
        return fault
    code = EXIT_CODES[result["outcome"]]
    for name, right in (("decision", "block" if code else "allow"), ("exit_code", code)):
        if result[name] != right:
            return Fault(name, result[name], f"{right}, as the outcome is {result['outcome']}")
    return _contradiction(result["findings"]) if code == 0 else None


def _contradiction(findings: Sequence[Mapping[str, Any]]) -> Fault | None:
    """A finding that would have blocked, in a result that allows."""
    against = (index for index, finding in enumerate(findings) if finding["weight"] == DECIDES and finding["verdict"] != WARNING)
    index = next(against, None)
    return (
        None if index is None else Fault(f"findings[{index}].verdict", findings[index]["verdict"], f"{WARNING}, as the decision is allow")
    )


def _version_fault(result: Mapping[str, Any]) -> Fault | None:
    version = result.get("schema_version", _MISSING)
    if "decision" in result and version != SCHEMA_VERSION:
        return Fault("schema_version", version, f"{SCHEMA_VERSION}, as this version of the collection writes it")
    return None


def _fault(value: Any, shape: Any, path: str) -> Fault | None:
    if isinstance(shape, _Kind):
        return None if shape.fits(value) else Fault(path, value, shape.words)
    if isinstance(shape, list):
        if not isinstance(value, list):
            return Fault(path, value, "a list")
        if _fits_all(value, shape[0]):
            return None
        faults = (_fault(element, shape[0], f"{path}[{index}]") for index, element in enumerate(value))
    else:
        if not isinstance(value, Mapping):
            return Fault(path, value, "a dictionary")
        lead = f"{path}." if path else ""
        faults = (_fault(value.get(name, _MISSING), inner, f"{lead}{name}") for name, inner in shape.items())
    return next((fault for fault in faults if fault), None)


def _fits_all(elements: list[Any], shape: Any) -> bool:
    """Whether it is certain that all elements are right: looked at key by key, which takes a fraction of one by one."""
    if isinstance(shape, _Kind):
        return shape.fits_all(elements)
    if not isinstance(shape, dict) or set(map(type, elements)) != {dict}:
        return not elements
    return all(
        isinstance(kind, _Kind) and kind.fits_all([element.get(name, _MISSING) for element in elements]) for name, kind in shape.items()
    )


def _shown(seen: Any) -> Any:
    if seen is _MISSING:
        return Said("nothing")
    if isinstance(seen, Mapping):
        return Said(f"a dictionary with {', '.join(sorted(map(str, seen))[:8]) or 'nothing'}")
    if isinstance(seen, list):
        return Said(f"a list of {len(seen)}")
    return clean_text(seen, 100) if isinstance(seen, str) else seen


def _quoted(seen: Any) -> str:
    """The same within a sentence: a text in quotes, which tells "2" from 2."""
    shown = _shown(seen)
    return str(shown) if isinstance(shown, Said) else json.dumps(shown, ensure_ascii=False)


def receipt_of(report: Any) -> dict[str, Any]:
    """The receipt of a gate's result as it was registered: its own keys only, every text made safe to show.

    :raises OptionError: for ``report`` when it is no gate's result
    """
    fault = fault_of(report)
    if fault:
        whole = isinstance(report, Mapping) and "decision" not in report
        if whole:
            seen: Any = Said("the result of a skipped task") if report.get("skipped") else _shown(report)
            raise OptionError("report", seen, "the registered result of gitops_gate")
        option = f"report.{fault.path}" if fault.path else "report"
        raise OptionError(option, _shown(fault.seen), fault.expected)
    known: dict[str, str] = {}
    # Of all texts the message alone has several lines, some of them indented, of the gate's own making.
    lines = ((line, line.lstrip(" ")) for line in report["msg"].split("\n"))
    message = "\n".join(" " * (len(line) - len(text)) + clean_text(text, TEXT_LIMIT) for line, text in lines)
    return {name: message if name == "msg" else _cleaned(report[name], known) for name in _SHAPE}


def _cleaned(value: Any, known: dict[str, str]) -> Any:
    """A copy with safe texts. ``known`` keeps what was cleaned already: most texts of a large receipt stand in it many times."""
    if isinstance(value, dict):
        return {
            known.get(name) or _clean(name, known): (known.get(inner) if isinstance(inner, str) else None) or _cleaned(inner, known)
            for name, inner in value.items()
        }
    if isinstance(value, str):
        return _clean(value, known) if value else value
    if isinstance(value, (list, tuple)):
        return [_cleaned(inner, known) for inner in value]
    return value


def _clean(text: Any, known: dict[str, str]) -> str:
    cleaned = known.get(text)
    if cleaned is None:
        known[str(text)] = cleaned = clean_text(text, TEXT_LIMIT)
    return cleaned


def render(receipt: Mapping[str, Any]) -> str:
    """The receipt as JSON: a line for each key and each element of a list, down to the objects of a check."""
    # An encoder with an indent takes several times as long for a large receipt, and makes it twice as large.
    return _lines(receipt, "", 2) + "\n"


_encode = json.JSONEncoder(ensure_ascii=False, default=str).encode


def _lines(value: Any, lead: str, levels: int) -> str:
    """A value as JSON. A dictionary has a line for each key, and a list for each element, on the uppermost levels of dictionaries."""
    inner = f"{lead}  "
    if isinstance(value, dict) and value and levels:
        parts = [f"{inner}{_encode(name)}: {_lines(part, inner, levels - 1)}" for name, part in value.items()]
        return f"{{\n{_joined(parts, lead)}}}"
    if isinstance(value, list) and value and isinstance(value[0], (dict, str)) and lead:
        if isinstance(value[0], dict) and not _is_deep(value[0]):
            # Where one object ends and the next begins. No text can hold this: its quote would be escaped.
            rows = _encode(value)[1:-1].replace('}, {"', "},\n" + inner + '{"')
            return f"[\n{inner}{rows}\n{lead}]"
        return f"[\n{_joined([inner + _lines(part, inner, levels if _is_deep(part) else 0) for part in value], lead)}]"
    return _encode(value)


def _joined(parts: list[str], lead: str) -> str:
    lines = ",\n".join(parts)
    return f"{lines}\n{lead}"


def _is_deep(value: Any) -> bool:
    """Whether it is a dictionary with lists of dictionaries, as a check is."""
    return isinstance(value, dict) and any(isinstance(part, list) and part and isinstance(part[0], dict) for part in value.values())


def read_receipt(path: str | Path) -> dict[str, Any]:
    """A receipt that ``gitops_report`` wrote.

    :raises GitopsError: where it is missing, unreadable, no JSON (cut short, say), no receipt, or of another version
    """
    try:
        with Path(path).open("rb") as file:
            content = file.read(LARGEST + 1)
    except FileNotFoundError:
        raise GitopsError(f"There is no receipt at {path}.") from None
    except OSError as error:
        raise GitopsError(f"The receipt {path} cannot be read: {error.strerror or error}.") from None
    if len(content) > LARGEST:
        raise GitopsError(f"The receipt {path} is larger than {LARGEST // 1_000_000} MB.")
    try:
        receipt = strict_json(content.decode("utf-8"))
    except (ValueError, RecursionError) as error:
        raise GitopsError(f"The receipt {path} is no JSON, or was cut short: {clean_text(error, 200)}.") from None
    fault = fault_of(receipt)
    if not fault:
        return dict(receipt)
    if fault.path == "schema_version":
        raise GitopsError(_version_words(path, fault.seen))
    place = f"{fault.path} is {_quoted(fault.seen)}, expected {fault.expected}" if fault.path else "it is no dictionary"
    raise GitopsError(f"{path} is no receipt of a gate: {place}.")


def _version_words(path: str | Path, version: Any) -> str:
    if not isinstance(version, int) or isinstance(version, bool):
        return f"{path} is no receipt of a gate: its schema_version is {_quoted(version)}, expected {SCHEMA_VERSION}."
    if version > SCHEMA_VERSION:
        return (
            f"The receipt {path} has schema_version {version}, which a later version of the collection wrote; this one reads "
            f"{SCHEMA_VERSION}. Install the same version of huaweicloud.gitops on both sides."
        )
    return (
        f"The receipt {path} has schema_version {version}, which an earlier version of the collection wrote; this one reads "
        f"{SCHEMA_VERSION}. Let the gate decide again."
    )


_WEB = re.compile(r"https?://[^\s<>\"'`|\\()\[\]{}]{1,2000}", re.IGNORECASE)


def web_url(value: Any) -> str | None:
    """An http(s) URL without its user information; None for anything else."""
    if not isinstance(value, str) or not _WEB.fullmatch(value):
        return None
    try:
        parts = urlsplit(value)
    except ValueError:
        return None
    host = parts.netloc.rpartition("@")[2]
    return clean_text(urlunsplit(parts._replace(netloc=host))) if host else None


def pipeline_url(environ: Mapping[str, str]) -> str | None:
    """Where the pipeline run can be seen that the environment belongs to; None outside the pipelines known."""
    github = [environ.get(name) for name in ("GITHUB_SERVER_URL", "GITHUB_REPOSITORY", "GITHUB_RUN_ID")]
    azure = [environ.get(name) for name in ("SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT", "BUILD_BUILDID")]
    candidates = [
        environ.get("CI_PIPELINE_URL"),  # GitLab
        environ.get("CI_JOB_URL"),
        f"{github[0]}/{github[1]}/actions/runs/{github[2]}" if all(github) else None,
        f"{str(azure[0]).rstrip('/')}/{quote(str(azure[1]))}/_build/results?buildId={azure[2]}" if all(azure) else None,
        environ.get("BUILD_URL"),  # Jenkins
        environ.get("PASS_CONDITIONS_LINK"),  # CodeArts Pipeline, where a step hands the parameter of this name on
    ]
    return next((url for url in map(web_url, candidates) if url), None)

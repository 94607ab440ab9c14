# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""From the variables of the role gitops_gate to its question: checks, what is read for them, and how it is decided.

Nothing narrows silently (rules.rst, "Nothing narrows silently"): a variable that is misspelt, empty or of the wrong shape, or that nobody
would look at, is refused in one sentence.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from ..model.errors import GitopsError, OptionError
from ..model.requirements import Requirement
from ..model.selections import FLEETS, IDS, LABELS, NAMES, asked_by_name, label_value
from ..model.shapes import nearest, nearest_names
from ..model.text import clean_text
from ..model.times import parse_zone
from ..model.units import duration

PREFIX = "gitops_gate_"
# Set by the role and its playbooks, or for them; no part of the question.
OTHER_NAMES = frozenset({"gitops_gate_report", "gitops_gate_readings", "gitops_gate_runners"})

DEFAULT_FORMATS = ("json", "markdown", "junit", "html")
FORMATS = (*DEFAULT_FORMATS, "sarif", "codequality")
RECEIPT = "gitops-gate.json"
LONGEST = 1e9  # seconds
NOT_FILLED_IN = "{{ undefined }}"  # in place of a variable that cannot be filled in

# What a question is for: hold a deployment; find out whether it could go on (one sample, never enforced); go on with an earlier decision,
# by its receipt; read one runner's slice of a decision over several.
PURPOSES = ("gate", "audit", "confirm", "runner")

Parser = Callable[[str, Any], Any]


class QuestionError(GitopsError):
    """A variable that cannot be meant as it stands; str() is one sentence that names it, what was seen and what was expected."""


def _refuse(name: str, seen: Any, expected: str) -> QuestionError:
    return QuestionError(f"{name}: got {_shown(seen)}, expected {expected}")


def _shown(value: Any) -> str:
    """A value as people write it; what is long or nested is named only."""
    if isinstance(value, Mapping):
        return "a dictionary"
    if isinstance(value, (list, tuple)):
        return "a list" if value else "an empty list"
    if value == "":
        return "an empty text"
    return clean_text(json.dumps(value, ensure_ascii=False, default=str), 200)


# --- values -------------------------------------------------------------------------------------------------------------------------------


def boolean(name: str, value: Any) -> bool:
    """A boolean, or a text or number that people write for one."""
    text = str(value).strip().lower() if isinstance(value, (bool, int, str)) else ""
    if text in ("true", "yes", "on", "1", "y", "t"):
        return True
    if text in ("false", "no", "off", "0", "n", "f"):
        return False
    raise _refuse(name, value, "true or false.")


def seconds(name: str, value: Any, lowest: float = 0.0) -> float:
    """A number of seconds, as number or text, or a duration such as ``1h30m``."""
    amount = None
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        amount = float(value)
    elif isinstance(value, str):
        amount = _as_float(value) if _as_float(value) is not None else duration(value)
    if amount is None or not lowest <= amount < LONGEST:
        raise _refuse(name, value, f"seconds, or a duration such as 10m or 1h30m, from {lowest:g} seconds on.")
    return amount


def _as_float(value: str) -> float | None:
    try:
        return float(value)
    except ValueError:
        return None


def count(name: str, value: Any, lowest: int = 0) -> int:
    """A whole number, as number or text."""
    if isinstance(value, str) and value.strip().isdecimal() and len(value) < 10:
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int) or value < lowest:
        raise _refuse(name, value, f"a whole number from {lowest} on.")
    return value


def text(name: str, value: Any) -> str:
    """A text that says something. A whole number is one; YAML makes one of digits without quotes.

    It makes one with a fraction of ``12e4567`` or ``1.10``: which text it was cannot be told any more.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if isinstance(value, float):
        raise _refuse(name, value, "a text in quotes: without them, YAML made a number of it.")
    if not isinstance(value, str) or not value.strip():
        raise _refuse(name, value, "a text; leave the variable out (or null) to ask for nothing.")
    return value.strip()


def text_or_none(name: str, value: Any) -> str:
    """A text, empty for none."""
    return "" if value == "" else text(name, value)


def choice(*choices: str) -> Parser:
    """One of some words."""

    def parse(name: str, value: Any) -> str:
        if not isinstance(value, str) or value.strip() not in choices:
            close = nearest_names(str(value), choices)
            hint = f" Nearest: {', '.join(close)}." if close else ""
            raise _refuse(name, value, f"one of {', '.join(choices)}.{hint}")
        return value.strip()

    return parse


def zone(name: str, value: Any) -> str:
    """The IANA name of a time zone, empty for none."""
    if value != "" and (not isinstance(value, str) or parse_zone(value.strip()) is None):
        raise _refuse(name, value, "the IANA name of a time zone, such as Asia/Shanghai.")
    return str(value).strip()


def listed(element: Parser = text) -> Parser:
    """A list; also one element, several with commas or in lines, or a list as JSON.

    Nothing between two commas is a variable that was not set, and no shorter list.
    """

    def parse(name: str, value: Any) -> list[Any]:
        value = _from_json(name, value, "[")
        if isinstance(value, str):
            value = re.split(r"\s*,?\s*\n\s*|\s*,\s*", value.strip())
        elif isinstance(value, int) and not isinstance(value, bool):
            value = [value]
        if not isinstance(value, (list, tuple)):
            raise _refuse(name, value, "a list.")
        return [element(f"{name}[{index}]", inner) for index, inner in enumerate(value)]

    return parse


def names(name: str, value: Any) -> list[str]:
    """A list of names that has at least one: an empty look-up must not make a gate ask for less."""
    found: list[str] = listed()(name, value)
    if not found:
        raise _refuse(name, value, "at least one name; leave the variable out (or null) to ask for none.")
    return found


def labels(name: str, value: Any) -> dict[str, str]:
    """Labels with their values: a dictionary, or a text such as ``env=prod,tier=web``."""
    value = _from_json(name, value, "{")
    if isinstance(value, str):
        parts = [part.partition("=") for part in value.split(",")]
        given = [label.strip() for label, _sign, _wanted in parts]
        twice = next((label for label in given if given.count(label) > 1), None)
        if twice:
            seen = clean_text(twice, 80)
            raise QuestionError(f"{name}: got the label {seen} twice, expected it once: a cluster has one value of a label.")
        value = {label: wanted for label, _sign, wanted in parts} if all(sign for _label, sign, _wanted in parts) else value
    if not isinstance(value, Mapping):
        raise _refuse(name, value, "labels with their values: a dictionary, or a text such as env=prod,tier=web.")
    if not value:
        raise QuestionError(f"{name}: got no label, expected at least one; leave the variable out (or null) to ask for none.")
    for label, wanted in value.items():
        if wanted is None or isinstance(wanted, (Mapping, list, tuple)) or not str(label).strip():
            raise _refuse(f"{name}.{label}", wanted, "the value of the label, a text.")
        if isinstance(wanted, float):
            raise _refuse(f"{name}.{label}", wanted, "the value of the label in quotes: without them, YAML made a number of it.")
    return {str(label).strip(): label_value(wanted).strip() for label, wanted in value.items()}


def requirement(name: str, value: Any) -> str:
    """How many clusters must be ready, as a text."""
    try:
        return str(Requirement.of(value))
    except OptionError as error:
        raise _refuse(name, value, "all, a number of clusters from 1 on, or a percentage from 1% to 100%.") from error


def entries(keys: Mapping[str, Parser], needs: Sequence[Sequence[str]]) -> Parser:
    """A list of dictionaries; a single one may stand without its list.

    :param keys: what each may have; None is as good as left out
    :param needs: groups of keys, of each of which one must be there
    """

    def parse(name: str, value: Any) -> list[dict[str, Any]]:
        value = _from_json(name, value, "[{")
        value = [value] if isinstance(value, Mapping) else value
        if not isinstance(value, (list, tuple)):
            raise _refuse(name, value, "a list of dictionaries.")
        return [_entry(f"{name}[{index}]", inner, keys, needs) for index, inner in enumerate(value)]

    return parse


def one(keys: Mapping[str, Parser], needs: Sequence[Sequence[str]]) -> Parser:
    """A dictionary; see ``entries``."""
    return lambda name, value: _entry(name, _from_json(name, value, "{"), keys, needs)


def _entry(name: str, value: Any, keys: Mapping[str, Parser], needs: Sequence[Sequence[str]]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _refuse(name, value, f"a dictionary with {', '.join(keys)}.")
    for key in value:
        if key not in keys:
            raise QuestionError(f"{name}.{clean_text(key, 80)} is not known.{nearest(str(key), keys)}")
    parsed = {key: keys[key](f"{name}.{key}", inner) for key, inner in value.items() if inner is not None}
    for group in needs:
        if not any(key in parsed for key in group):
            raise QuestionError(f"{name} has no {' and no '.join(group)}, expected {'one of them' if len(group) > 1 else 'it'}.")
    return parsed


def connection(name: str, value: Any) -> dict[str, Any]:
    """Options of the modules. It may hold credentials, so nothing of it is ever shown."""
    value = _from_json(name, value, "{")
    if not isinstance(value, Mapping):
        raise QuestionError(f"{name}: got {'a list' if isinstance(value, (list, tuple)) else 'a text or number'}, expected a dictionary.")
    return dict(value)


def role(name: str, value: Any) -> int:
    """The number of a role in CodeArts."""
    if str(value).strip() not in ("20", "30", "40"):
        raise _refuse(name, value, "20 (read-only), 30 (member) or 40 (administrator).")
    return int(value)


def _from_json(name: str, value: Any, openings: str) -> Any:
    """What a text that begins like JSON holds: ``-e name='[...]'`` hands over a text."""
    if not isinstance(value, str) or not value.strip().startswith(tuple(openings)):
        return value
    try:
        return json.loads(value)
    except ValueError as error:
        raise QuestionError(f"{name}: got a text that begins like JSON and is none, expected a list or dictionary.") from error


# --- variables ----------------------------------------------------------------------------------------------------------------------------

_SOURCE_KINDS = ("GitRepository", "OCIRepository", "Bucket", "HelmRepository")
_SOURCE = {
    "name": text,
    "namespace": text,
    "url": text,
    "branch": text,
    "revision": text,
    "acceptable_revisions": listed(),
    "kind": choice(*_SOURCE_KINDS),
}
_CONFIG_SET = {"name": text, "namespace": text, "source": text, "revision": text, "acceptable_revisions": listed()}
_REPOSITORY = {"name": text, "uuid": text, "min_role": role, "private": boolean, "max_size": text, "max_age": text}
_COMMIT = {"repository_id": text, "commit": text, "branch": text, "ci": boolean, "protected": boolean, "signed": boolean}
_PROBE = {"clone_url": text, "ref": text, "commit": text}
_AUTHORIZATION = {"name": text, "repo_type": text, "host": text, "user": text, "probe": one(_PROBE, [("clone_url",)])}
_WAIVER_NEEDS = ("code", "kind", "name", "reason", "owner", "expires")
_WAIVER = dict.fromkeys((*_WAIVER_NEEDS, "cluster"), text)

# Each kind of check, in the order in which they are read.
KINDS = (
    "ucs_gitops",
    "ucs_config_set",  # before the sources, which it holds in part
    "ucs_repository_source",
    "ucs_cluster",
    "codearts_project_repository",
    "codearts_repository",
    "codearts_commit",
    "servicestage_git_authorization",
    "declared",
    "flux",
)

# Name without its prefix: how it is read, and what it is where nobody set it. roles/gitops_gate/defaults/main.yml says the same.
VARIABLES: dict[str, tuple[Parser, Any]] = {
    "clusters": (listed(), []),
    "cluster_names": (names, None),
    "fleets": (names, None),
    "cluster_labels": (labels, None),
    "require": (requirement, "all"),
    "cluster_health": (boolean, False),
    "check_gitops": (boolean, True),
    "controllers": (listed(), ["source-controller", "kustomize-controller"]),
    "enabling": (boolean, False),
    "check_sources": (boolean, True),
    "sources": (entries(_SOURCE, [("name", "url")]), []),
    "check_config_sets": (boolean, None),
    "config_sets": (entries(_CONFIG_SET, [("name", "source")]), []),
    "revision": (text, None),
    "manifests": (listed(), []),
    "manifest_options": (connection, {}),
    "manifests_url": (text_or_none, ""),
    "on_superseded": (choice("block", "wait", "allow"), "block"),
    "projects": (listed(), []),
    "repositories": (entries(_REPOSITORY, [("name", "uuid")]), []),
    "repository_uuids": (listed(), []),
    "codearts_api": (choice("v2", "v4"), "v2"),
    "commits": (entries(_COMMIT, [("repository_id",)]), []),
    "check_authorizations": (boolean, None),
    "authorizations": (entries(_AUTHORIZATION, [("name", "repo_type", "host", "user")]), []),
    "flux_contexts": (listed(), []),
    "flux_namespaces": (listed(), []),
    "flux_kubeconfig": (text_or_none, ""),
    "check_flux": (boolean, None),
    "advisory": (listed(choice(*KINDS)), []),
    "wait_timeout": (seconds, 600.0),
    "interval": (lambda name, value: seconds(name, value, 0.1), 10.0),
    "steady_for": (seconds, 30.0),
    "fail_fast": (choice("terminal", "any", "never"), "terminal"),
    "failure_grace": (seconds, 120.0),
    "stuck_after": (seconds, 300.0),
    "error_limit": (lambda name, value: count(name, value, 1), 4),
    "max_reading_age": (seconds, 600.0),
    "restart_max": (count, None),
    "codearts_timezone": (zone, ""),
    "enforce": (boolean, True),
    "waivers": (entries(_WAIVER, [(key,) for key in _WAIVER_NEEDS]), []),
    "report_dir": (text_or_none, ""),
    "report_formats": (listed(choice(*FORMATS)), list(DEFAULT_FORMATS)),
    "receipt": (text_or_none, ""),
    "connection": (connection, {}),
}

# Those of the question itself.
DECIDING = tuple(name for name in VARIABLES if name not in ("report_dir", "report_formats"))

# The ways to say which clusters are meant, and the modules' options for them.
_WAYS = {"clusters": IDS, "cluster_names": NAMES, "fleets": FLEETS, "cluster_labels": LABELS}

_POLICY = ("wait_timeout", "interval", "steady_for", "fail_fast", "failure_grace", "stuck_after", "error_limit", "max_reading_age")
_POLICY_WHERE_SET = ("restart_max", "codearts_timezone")
_THRESHOLDS = ("failure_grace", "stuck_after")


def question(variables: Mapping[str, Any], now: datetime, purpose: str = "gate") -> dict[str, Any]:
    """What the role does for its variables; never raises, so that a report can tell what was refused.

    :param variables: those whose name begins with ``gitops_gate_``
    :param now: the local time, by which waivers end; ``purpose``: one of PURPOSES
    :return: ``refused`` (a sentence, or None), ``endpoints`` (kinds of checks in order), ``asks`` (each kind with its ids, a text),
        ``advisory`` (kinds), ``checks`` (as gitops_gate takes them), ``reads`` (kind to options of its info module), ``gate`` (all options
        of gitops_gate), ``policy`` (its thresholds), ``waivers``, ``enforce``, ``report`` {path, formats}, ``receipt`` (path),
        ``connection``, ``steps`` (files of the role's tasks, in order)
    """
    given = {str(name): plain(value) for name, value in variables.items()}
    try:
        answered = {"refused": None, **_answered(given, now, purpose)}
        return {**answered, "steps": _steps(answered, purpose)}
    except QuestionError as error:
        return refusal(given, str(error), purpose)


def refusal(given: Mapping[str, Any], reason: str, purpose: str) -> dict[str, Any]:
    """A question that is refused, see ``question``: nothing is asked for, and it is enforced unless it says otherwise.

    :param given: the variables as plain data
    """
    nothing: dict[str, Any] = {key: [] for key in ("endpoints", "asks", "advisory", "checks", "waivers")}
    nothing |= {"gate": {}, "policy": {}, "receipt": ""}
    nothing["reads"] = {kind: {} for kind in KINDS}
    refused = {
        "refused": reason,
        **nothing,
        "enforce": purpose != "audit" and bool(_lenient(given, "enforce")),
        "report": {"path": _lenient(given, "report_dir"), "formats": _lenient(given, "report_formats") or list(DEFAULT_FORMATS)},
        "connection": {},
    }
    return {**refused, "steps": _steps(refused, purpose)}


def _steps(asked: Mapping[str, Any], purpose: str) -> list[str]:
    """The files of the role's tasks that do what is asked for, in order."""
    report = ["report"] if asked["report"]["path"] and purpose != "confirm" else []  # the receipt may be there
    if asked["refused"]:
        return ["refuse", *(["hand_over"] if purpose == "runner" else report)]
    if purpose == "confirm":
        return ["decide"]
    # The list of clusters first: what names and fleets stand for is in it.
    reads = [f"read/{kind}" for kind in sorted(asked["endpoints"], key=lambda kind: kind != "ucs_cluster")]
    if purpose == "runner":
        return [*(["wait"] if asked["policy"]["wait_timeout"] else []), *reads, "hand_over"]
    return [*reads, "decide", *report]


def _answered(given: Mapping[str, Any], now: datetime, purpose: str) -> dict[str, Any]:
    _known(given)
    values = {name: _value(given, name) for name in VARIABLES}
    for kind in ("authorizations", "config_sets"):
        if values[f"check_{kind}"] is None:
            values[f"check_{kind}"] = bool(values[kind])
    if values["check_flux"] is None:
        values["check_flux"] = bool(values["flux_contexts"])
    _from_code(values, purpose)
    _looked_for(values)
    _controllers_looked_for(values)
    _kinds(values)
    _long_enough(values)
    if values["report_dir"] and not values["report_formats"]:
        raise _refuse("gitops_gate_report_formats", [], "a format at least; leave gitops_gate_report_dir empty to have no report.")
    reads = _reads(values)
    _decides(reads, values["advisory"])
    requires = _requires(reads, values, purpose)
    _accepted(reads, values, now)
    policy = {name: values[name] for name in _POLICY}
    policy |= {name: values[name] for name in _POLICY_WHERE_SET if values[name] not in (None, "")}
    if purpose == "audit":
        policy["wait_timeout"] = 0.0
    checks = [{kind: options, "advisory": kind in values["advisory"]} for kind, options in reads.items()]
    return {
        "endpoints": list(reads),
        "asks": [_asked(kind, options) for kind, options in reads.items()],
        "advisory": values["advisory"],
        "checks": checks,
        "reads": {kind: {**options, **_thresholds(kind, values)} if (options := reads.get(kind)) else {} for kind in KINDS},
        "gate": {"checks": checks, **policy, **requires, "waivers": values["waivers"], "enforce": False},
        "policy": {**policy, "require": values["require"]},
        "waivers": values["waivers"],
        "enforce": purpose != "audit" and values["enforce"],
        "report": {"path": values["report_dir"], "formats": values["report_formats"]},
        "receipt": _receipt(values, purpose),
        "connection": {**values["connection"], **({"kubeconfig": values["flux_kubeconfig"]} if values["flux_kubeconfig"] else {})},
    }


def otherwise_asked(given: Mapping[str, Any], others: Mapping[str, Any], host: str, other: str) -> str | None:
    """Why one host cannot ask for another, whose variables differ in more than where reports go; None where it can."""
    for name in DECIDING:
        key = PREFIX + name
        if given.get(key) != others.get(key):
            return (
                f"{key} differs between the hosts {host} and {other}, and one gate decides for both (run_once): have it the same for all "
                "hosts of the play, or leave out run_once."
            )
    return None


def plain(value: Any) -> Any:
    """A variable as plain data: without tags, vaulted texts decrypted, dates as text."""
    if isinstance(value, Mapping):
        return {str(name): plain(inner) for name, inner in value.items()}
    if isinstance(value, (list, tuple)):
        return [plain(inner) for inner in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return value.isoformat() if isinstance(value, date) else str(value)


def _value(given: Mapping[str, Any], name: str) -> Any:
    parse, default = VARIABLES[name]
    value = given.get(PREFIX + name)
    if value is None:
        return default
    if _holds_template(value):
        raise QuestionError(
            f"{PREFIX}{name} still holds a template after Ansible filled it in: a variable in it is not defined, or it is foreign text."
        )
    return parse(PREFIX + name, value)


def _lenient(given: Mapping[str, Any], name: str) -> Any:
    """A variable of a question that is refused, its default where it is what was refused."""
    try:
        return _value(given, name)
    except QuestionError:
        return VARIABLES[name][1]


def _holds_template(value: Any) -> bool:
    if isinstance(value, Mapping):
        return any(map(_holds_template, value.values()))
    if isinstance(value, list):
        return any(map(_holds_template, value))
    return isinstance(value, str) and ("{{" in value or "{%" in value)


# --- expectations from code ---------------------------------------------------------------------------------------------------------------


def _from_code(values: dict[str, Any], purpose: str) -> None:
    """Makes the paths of manifests absolute, from where ansible-playbook was started, and what they declare the sources that are expected.

    The revision is that of the checkout: only the sources of its own repository must have fetched it.
    """
    values["from_code"] = False
    if not values["manifests"]:
        for name in ("manifest_options", "manifests_url"):
            if values[name]:
                raise QuestionError(f"{PREFIX}{name} is given, but gitops_gate_manifests is empty: nobody would look at it.")
        return
    if purpose == "runner":
        raise QuestionError(
            "gitops_gate_manifests is given to a runner, but the checkout is on the controller: give it to a gate of its own."
        )
    options = values["manifest_options"]
    paths = next((name for name in ("paths", "path") if name in options), None)
    if paths:
        raise QuestionError(f"gitops_gate_manifest_options has {paths}, expected all paths in gitops_gate_manifests.")
    if options.get("checkout"):
        options = values["manifest_options"] = {**options, "checkout": os.path.abspath(str(options["checkout"]))}  # noqa: PTH100
    else:
        values["manifests"] = [os.path.abspath(path) for path in values["manifests"]]  # noqa: PTH100
    if values["sources"] or not _reads_sources(values):
        return
    if values["revision"] and not values["manifests_url"]:
        raise QuestionError(
            "gitops_gate_revision is given with gitops_gate_manifests, but gitops_gate_manifests_url is empty: it names the repository "
            "that is checked out, whose sources must have fetched the revision."
        )
    # Imported only where it is needed, as what it reads with need not be there.
    from .declared_sources import declared_sources  # noqa: PLC0415

    try:
        values["sources"] = declared_sources(values["manifests"], options.get("checkout"), values["revision"], values["manifests_url"])
    except GitopsError as error:
        raise QuestionError(f"gitops_gate_manifests: {error}") from error
    values["from_code"] = True


# --- what would not be looked at ----------------------------------------------------------------------------------------------------------

_NO_CLUSTER = "gitops_gate_clusters names no cluster and gitops_gate_flux_contexts no context"


def _known(given: Mapping[str, Any]) -> None:
    names = [PREFIX + name for name in VARIABLES]
    for name in sorted(given):
        if name not in names and name not in OTHER_NAMES:
            raise QuestionError(f"{clean_text(name, 80)} is no variable of this role.{nearest(name, names)}")


def _looked_for(values: Mapping[str, Any]) -> None:
    """Refuses what is expected of something that nobody would read."""
    asked = _clusters(values)
    flux = _reads_flux(values)
    clusters = bool(asked) or flux
    looked_at = values["check_gitops"] or values["check_sources"] or values["check_config_sets"] or values["cluster_health"]
    read = {
        "sources": _reads_sources(values),
        "config_sets": clusters and values["check_config_sets"],
        "flux": values["check_flux"],
        "contexts": flux,
        "repositories": bool(values["projects"] or values["repository_uuids"]),
        "authorizations": values["check_authorizations"],
        **dict.fromkeys(_WAYS, looked_at),
        "cluster_health": bool(asked),
    }
    sources_place = _NO_CLUSTER if not clusters else "gitops_gate_check_sources is off"
    config_sets_place = _NO_CLUSTER if not clusters else "gitops_gate_check_config_sets is off"
    no_context = "gitops_gate_flux_contexts names no context"
    checks_off = "gitops_gate_check_gitops and gitops_gate_check_sources are both off, and so is gitops_gate_check_config_sets"
    problems = {
        "sources": (values["sources"], sources_place, "sources"),
        "config_sets": (values["config_sets"], config_sets_place, "config_sets"),
        "revision": (
            values["revision"] and not _commits_take_revision(values),
            sources_place,
            "config_sets" if values["config_sets"] else "sources",
        ),
        "repositories": (
            values["repositories"],
            "neither gitops_gate_projects nor gitops_gate_repository_uuids names where they are looked for",
            "repositories",
        ),
        "authorizations": (values["authorizations"], "gitops_gate_check_authorizations is off", "authorizations"),
        "cluster_health": (values["cluster_health"], "gitops_gate_clusters names no cluster", "cluster_health"),
        **{way: (values[way], checks_off, way) for way in _WAYS},
    }
    problems |= {
        "flux_contexts": (values["flux_contexts"], "gitops_gate_check_flux is off", "flux"),
        "flux_namespaces": (values["flux_namespaces"], no_context, "contexts"),
        "flux_kubeconfig": (values["flux_kubeconfig"], no_context, "contexts"),
    }
    if values["check_flux"] and not values["flux_contexts"]:
        raise QuestionError(f"gitops_gate_check_flux is on, but {no_context}: nobody would look at it.")
    if values["check_config_sets"] and not clusters:
        raise QuestionError(f"gitops_gate_check_config_sets is on, but {_NO_CLUSTER}: nobody would look at it.")
    for name, (given, why, place) in problems.items():
        if given and not read[place]:
            raise QuestionError(f"{PREFIX}{name} is given, but {why}: nobody would look at it.")
    _named(values)


def _controllers_looked_for(values: Mapping[str, Any]) -> None:
    """Refuses controllers that are demanded where nobody would read the pods."""
    clusters = bool(_clusters(values))
    demanded = set(values["controllers"]) not in (set(), set(VARIABLES["controllers"][1]))
    if demanded and not _reads_flux(values) and not (clusters and values["check_gitops"]):
        why = "gitops_gate_check_gitops is off" if clusters else _NO_CLUSTER
        raise QuestionError(f"gitops_gate_controllers is given, but {why}: nobody would look at it.")


def _commits_take_revision(values: Mapping[str, Any]) -> bool:
    """Whether any commit that is expected is that of the revision, as it names none of its own."""
    return any("commit" not in commit for commit in values["commits"])


def _revision_is_taken(values: Mapping[str, Any]) -> bool:
    """Whether anything that is expected must have the revision: what code declares has taken it already."""
    without = any("revision" not in want for want in (*values["sources"], *values["config_sets"]))
    return without or values["from_code"] or _commits_take_revision(values)


def _named(values: Mapping[str, Any]) -> None:
    """Refuses a revision of which nobody says what must have it, and sources of which nobody can tell what follows them."""
    if values["revision"] and not (values["sources"] or values["config_sets"] or _commits_take_revision(values)):
        raise QuestionError(
            "gitops_gate_revision is given, but gitops_gate_sources and gitops_gate_config_sets are both empty: name the sources that must "
            "have fetched it, or the config sets that must have applied it."
        )
    if values["revision"] and not _revision_is_taken(values):
        named = " and ".join(PREFIX + name for name in ("sources", "config_sets") if values[name])
        raise QuestionError(f"gitops_gate_revision is given, but every entry of {named} has its own: nobody would look at it.")
    if values["check_config_sets"] and not values["config_sets"]:
        for index, source in enumerate(values["sources"]):
            if "name" not in source:
                raise QuestionError(
                    f"gitops_gate_check_config_sets is on, but gitops_gate_sources[{index}] has no name by which what follows it could be "
                    "found: name it, or name the config sets in gitops_gate_config_sets."
                )
    for index, commit in enumerate(values["commits"]):
        if not (commit.get("commit") or values["revision"]):
            raise QuestionError(f"gitops_gate_commits[{index}] has no commit, and gitops_gate_revision is not set, expected one of them.")


def _kinds(values: Mapping[str, Any]) -> None:
    """Refuses sources of kinds that UCS does not list, where UCS is asked for them."""
    way = next((way for way in _WAYS if values[way]), None)
    if way is None or not values["check_sources"]:
        return
    for index, source in enumerate(values["sources"]):
        if source.get("kind", _SOURCE_KINDS[0]) != _SOURCE_KINDS[0]:
            raise QuestionError(
                f"gitops_gate_sources[{index}].kind is {source['kind']}, but gitops_gate_{way} names clusters whose sources UCS lists, "
                f"which are of the kind {_SOURCE_KINDS[0]} alone."
            )


def _long_enough(values: Mapping[str, Any]) -> None:
    if 0 < values["wait_timeout"] < values["steady_for"]:
        raise QuestionError(
            f"gitops_gate_wait_timeout is {values['wait_timeout']:g} seconds, expected at least gitops_gate_steady_for, "
            f"{values['steady_for']:g} seconds, or 0 for one reading."
        )


def _decides(reads: Mapping[str, Any], advisory: Sequence[str]) -> None:
    if not reads:
        raise QuestionError(
            "Nothing to check: set at least one of gitops_gate_clusters, gitops_gate_fleets, gitops_gate_flux_contexts, "
            "gitops_gate_projects, gitops_gate_repository_uuids, gitops_gate_commits, gitops_gate_authorizations and "
            "gitops_gate_manifests. A gate without checks would prove nothing."
        )
    if all(kind in advisory for kind in reads):
        raise QuestionError(
            f"gitops_gate_advisory names every check ({', '.join(reads)}), expected at least one that decides. "
            "A gate in which nothing decides would prove nothing."
        )


def _requires(reads: Mapping[str, Any], values: Mapping[str, Any], purpose: str) -> dict[str, str]:
    """How many clusters must be ready, for the gate; a runner's slice need not be about clusters, though the whole must.

    :raises QuestionError: where nobody would count clusters
    """
    counted = [kind for kind in reads if kind.startswith("ucs_") and kind not in values["advisory"]]
    if not counted and values["require"] != "all":
        if purpose == "runner":
            return {}
        raise QuestionError(
            f"gitops_gate_require is {values['require']}, but no check that decides is about clusters: nobody would look at it."
        )
    return {"require": values["require"]}


def _accepted(reads: Mapping[str, Any], values: Mapping[str, Any], now: datetime) -> None:
    """Refuses before the first request what the modules would refuse, by the name of the variable."""
    if not values["waivers"] and not any(options.get("expect") or options.get("expect_kustomizations") for options in reads.values()):
        return
    # Imported only where it is needed: it brings all rules along, which takes longer than the rest of the question.
    from .role_expectations import first_fault  # noqa: PLC0415

    fault = first_fault(reads, values["waivers"], now)
    if fault:
        error, variable = fault
        name = re.sub(r"^expect\b", variable, error.option)
        expected = re.fullmatch(r"(sources|config_sets|commits)\[(\d+)\]\.(revision|commit)", name)
        if expected and expected[3] not in values[expected[1]][int(expected[2])]:
            name = "revision"
        raise QuestionError(PREFIX + name + str(error).partition(f"'{error.option}'")[2]) from error


# --- what is asked for --------------------------------------------------------------------------------------------------------------------


def _reads(values: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """Each kind of check that is asked for, with its ids and judging options."""
    clusters = _clusters(values)
    asked = {
        "ucs_gitops": clusters and values["check_gitops"],
        "ucs_config_set": clusters and values["check_config_sets"],
        "ucs_repository_source": clusters and values["check_sources"],
        "ucs_cluster": clusters and values["cluster_health"],
        "codearts_project_repository": values["projects"],
        "codearts_repository": values["repository_uuids"],
        "codearts_commit": values["commits"],
        "servicestage_git_authorization": values["check_authorizations"],
        "declared": values["manifests"],
        "flux": values["check_flux"],
    }
    # Sources that are expected of code name their revisions themselves, and what follows them goes by these.
    expected = None if values["from_code"] else values["revision"]
    sources = [_with_revision(source, expected) for source in values["sources"]]
    expected = values["revision"] if values["config_sets"] else expected
    config_sets = [_with_revision(config_set, expected) for config_set in _config_sets(values)]
    version = {"api": values["codearts_api"]} if values["codearts_api"] != VARIABLES["codearts_api"][1] else {}
    options: dict[str, dict[str, Any]] = {
        "ucs_gitops": {**clusters, "controllers": values["controllers"], "enabling": values["enabling"]},
        "ucs_config_set": {**clusters, "expect": config_sets, "on_superseded": values["on_superseded"]},
        "ucs_cluster": clusters,
        "ucs_repository_source": {
            **clusters,
            "expect": [{key: value for key, value in source.items() if key != "kind"} for source in sources],
            "on_superseded": values["on_superseded"],
        },
        "codearts_project_repository": {"project_uuids": values["projects"], "expect": values["repositories"], **version},
        "codearts_repository": {"repository_uuids": values["repository_uuids"], "expect": values["repositories"], **version},
        "codearts_commit": {
            "repository_ids": list(dict.fromkeys(commit["repository_id"] for commit in values["commits"])),
            "expect": [_with_commit(commit, values["revision"]) for commit in values["commits"]],
        },
        "servicestage_git_authorization": {"expect": values["authorizations"]},
        "declared": {"paths": values["manifests"], **values["manifest_options"]},
        "flux": {
            "contexts": values["flux_contexts"],
            **({"namespaces": values["flux_namespaces"]} if values["flux_namespaces"] else {}),
            "controllers": values["controllers"],
            "enabling": values["enabling"],
            "expect": sources,
            "expect_kustomizations": config_sets if values["check_config_sets"] else [],
            "on_superseded": values["on_superseded"],
        },
    }
    return {kind: options[kind] for kind in KINDS if asked[kind]}


def _clusters(values: Mapping[str, Any]) -> dict[str, Any]:
    """The clusters that are asked about, as the modules take them; empty where none is."""
    return {option: values[way] for way, option in _WAYS.items() if values[way]}


def _reads_flux(values: Mapping[str, Any]) -> bool:
    return bool(values["flux_contexts"]) and values["check_flux"]


def _reads_sources(values: Mapping[str, Any]) -> bool:
    """Whether any check reads sources."""
    return _reads_flux(values) or (bool(_clusters(values)) and values["check_sources"])


def _config_sets(values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The config sets that are expected: those named, else whatever follows the sources that are named."""
    if values["config_sets"]:
        named: list[dict[str, Any]] = values["config_sets"]
        return named
    expected = []
    for source in values["sources"]:
        name = "/".join(source[part] for part in ("namespace", "name") if part in source)
        revisions = {key: source[key] for key in ("revision", "acceptable_revisions") if key in source}
        expected.append({"source": name, **revisions})
    return expected


def _asked(kind: str, options: Mapping[str, Any]) -> str:
    """A kind with what it asks for: equal texts ask for the same."""
    by_id = (IDS, "project_uuids", "repository_uuids", "repository_ids", "contexts", "paths")
    ids: list[str] = next((options[name] for name in by_id if name in options), [])
    by_name = [f"{by} {value}" for by, value in asked_by_name(options)]
    return f"{kind} of {', '.join(sorted({*ids, *by_name}))}"


def _with_revision(want: Mapping[str, Any], expected: str | None) -> dict[str, Any]:
    """An expectation with the revision that is expected of all, unless it names its own."""
    return {**({"revision": expected} if expected else {}), **want}


def _with_commit(commit: Mapping[str, Any], expected: str | None) -> dict[str, Any]:
    """An expected commit, which is that of the revision unless it names its own."""
    return {**({"commit": expected} if expected else {}), **commit}


def _thresholds(kind: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """The gate's thresholds, so that a reading judges as the gate will; what is declared has no age."""
    if kind == "declared":
        return {}
    thresholds = {name: values[name] for name in _THRESHOLDS}
    if values["codearts_timezone"]:
        thresholds["codearts_timezone"] = values["codearts_timezone"]
    if kind in ("ucs_gitops", "flux") and values["restart_max"] is not None:
        thresholds["restart_max"] = values["restart_max"]
    return thresholds


def _receipt(values: Mapping[str, Any], purpose: str) -> str:
    """Where the receipt is: beside the reports of the gate, unless it is named."""
    path = str(values["receipt"]) or (f"{values['report_dir'].rstrip('/')}/{RECEIPT}" if values["report_dir"] else "")
    if purpose == "confirm" and not path:
        raise QuestionError("gitops_gate_receipt and gitops_gate_report_dir are both empty, expected one of them, to find the receipt.")
    return path

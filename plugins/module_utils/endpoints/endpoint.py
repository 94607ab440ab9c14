# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What an endpoint is: its options, its read and its rules, and what all endpoints do alike; a reading as a result, and back.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..http.client import Client, EntryRequests, segment
from ..http.pacing import Limiter
from ..model.errors import ApiError, OptionError, Said
from ..model.history import History
from ..model.readings import SCHEMA_VERSION, Entry, ReadError, Reading
from ..model.secrets import Masker
from ..model.shapes import lower, mapping, nested
from ..model.subjects import Judgement, Subject
from ..model.times import format_time, parse_time, utc_now
from ..model.verdicts import READY, U

PACKED = "packed"  # the key of a result with its objects as a JSON text
THRESHOLDS = ("stuck_after", "failure_grace", "codearts_timezone")  # options of every check, beside those of its endpoint
CLUSTER_IDS = {"type": "list", "elements": "str", "required": True, "aliases": ["cluster_id", "clusterid"]}
MANAGED_FIELDS = {"type": "bool", "default": False}


@dataclass(frozen=True)
class Endpoint:
    """One of the services' endpoints.

    :ivar collection: the result key that holds the entries, one for each id; for an endpoint without ids the one that holds the objects
    :ivar id_field: the key of an entry's id
    :ivar objects: the key of an entry that holds the documented objects; None where the entry itself is the object
    :ivar summary: the fields that ``detail: summary`` leaves of an object: all that the rules read, and what tells which object it is
    :ivar ids: the argument spec of the list of ids; empty for an endpoint that is asked for the IAM project
    :ivar listing: the argument spec of what an info module takes beside it
    :ivar judging: the argument spec of the expectations
    :ivar read: takes the requests of an entry, the id and the options, and gives the fields of the entry
    :ivar rules: a reading, the options and the history to a judgement
    :ivar validate: refuses options that cannot work; takes the options and the path to them in messages
    :ivar within: the name of an endpoint whose answers may hold all that this one is asked for; empty where there is none
    :ivar entries_within: from readings of that endpoint the entries that need not be asked for again, because they prove as much
    :ivar connect: makes the client of a task that reads it, of options, the environment, the task's limiter and its masker
    :ivar module: its info module
    :ivar is_local: whether nothing is sent to read it
    """

    name: str
    service: str
    collection: str
    id_field: str
    objects: str | None
    summary: Mapping[str, Any]
    ids: Mapping[str, Any]
    listing: Mapping[str, Any]
    judging: Mapping[str, Any]
    read: Callable[[EntryRequests, str, Mapping[str, Any]], dict[str, Any]]
    rules: Callable[[Reading, Mapping[str, Any], History], Judgement]
    validate: Callable[[Mapping[str, Any], str], None]
    within: str = ""
    entries_within: Callable[[Client, Sequence[Reading], Mapping[str, Any]], Mapping[str, Entry]] = lambda _client, _held, _options: {}
    connect: Callable[[Mapping[str, Any], Mapping[str, str], Limiter, Masker], Client] = Client.from_options
    module: str = ""
    is_local: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "module", self.module or f"{self.name}_info")

    @property
    def ids_option(self) -> str | None:
        """The name of the option with the ids, None for an endpoint that is asked for the IAM project."""
        return next(iter(self.ids), None)

    def question(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The ids and the judging options that are set: what a reading answers, and how it is judged."""
        names = (*self.ids, *self.judging, *THRESHOLDS)
        return {name: options[name] for name in names if options.get(name) is not None}

    def targets(self, client: Client, options: Mapping[str, Any]) -> list[str]:
        """The ids to ask for, each once.

        :raises ApiError: when the IAM project is not given and cannot be found out
        """
        return clean_ids(options[self.ids_option]) if self.ids_option else [client.project_id]

    def take(self, client: Client, options: Mapping[str, Any], held: Sequence[Reading] = ()) -> Reading:
        """Reads every id side by side; one that fails loses no other.

        :param held: readings of the endpoint ``within``, taken just now
        """
        known = self.entries_within(client, held, options) if held else {}

        def entry(target: str) -> Entry | ReadError:
            if lower(target) in known:
                return replace(known[lower(target)], target=target)
            requests = EntryRequests(client)
            try:
                fields = self.read(requests, target, options)
            except ApiError as error:
                # A copy, for an error holds on to all frames it came through, with their connections.
                return ReadError(target, requests.read_at, replace(error))
            return Entry(target, requests.read_at, fields)

        try:
            outcomes = [outcome.value for outcome in client.fan_out(entry, self.targets(client, options))]
        except ApiError as error:
            outcomes = [ReadError(str(options.get(self.id_field) or ""), EntryRequests(client).read_at, replace(error))]
        return Reading(
            self.name,
            self.question(options),
            tuple(outcome for outcome in outcomes if isinstance(outcome, Entry)),
            tuple(outcome for outcome in outcomes if isinstance(outcome, ReadError)),
            dict(client.clocks),
            client.service_time,
        )

    def judge(self, reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
        """A reading judged by its rules; never ready without an object (rules.rst, "What decides").

        :param options: the judging options and the thresholds
        :param earlier: what earlier samples of this gate left behind
        """
        judgement = self.rules(reading, options, earlier)
        if any(subject.asked and not (subject.notice and subject.verdict == READY) for subject in judgement.subjects):
            return judgement
        notice = Subject("API", self.name, next(iter(reading.targets), ""), reading.read_at or utc_now(), is_state=True, notice=True)
        notice.say("API_SHAPE", U, "The check found nothing to judge.")
        return Judgement([*judgement.subjects, notice], judgement.history)

    # --- A reading as a result, and back ---

    def as_dict(self, reading: Reading, summary: bool = False) -> dict[str, Any]:
        """A reading as it stands in a result.

        :param summary: whether to leave only the fields of ``summary`` in the objects
        """
        errors = [
            {self.id_field: failed.target, "read_at": format_time(failed.read_at), **failed.error.as_dict()} for failed in reading.errors
        ]
        entries = [self._entry_as_dict(entry, summary) for entry in reading.entries]
        head = {
            "endpoint": self.name,
            "schema_version": SCHEMA_VERSION,
            "read_at": format_time(reading.read_at) if reading.read_at else None,
            "question": dict(reading.question),
            "clocks": dict(reading.clocks),
            "service_time": format_time(reading.service_time) if reading.service_time else None,
            "errors": errors,
        }
        if self.ids:
            return {**head, self.collection: entries}
        nothing: dict[str, Any] = {self.id_field: reading.targets[0] if reading.targets else None, self.collection: []}
        return {**head, **(entries[0] if entries else nothing)}

    def _entry_as_dict(self, entry: Entry, summary: bool) -> dict[str, Any]:
        fields = entry.fields
        if summary and self.objects is None:
            fields = keep(fields, self.summary)
        elif summary:
            fields = {**fields, str(self.objects): keep(fields.get(str(self.objects)), [self.summary])}
        own = {self.id_field: entry.target, "read_at": format_time(entry.read_at)}
        return {**own, **fields, **own}  # first, and whatever the answer holds

    def reading_of(self, result: Mapping[str, Any], path: str) -> Reading:
        """The reading that a registered result holds.

        :param path: how messages name it
        :raises OptionError: for a result of another schema, or half of one
        """
        if result.get("schema_version") != SCHEMA_VERSION:
            expected = f"{SCHEMA_VERSION}, as this version of the collection writes it; read again with this version"
            raise OptionError(f"{path}.schema_version", result.get("schema_version"), expected)
        errors = result.get("errors")
        if PACKED in result:
            result = {**result, self.collection: _unpacked(result[PACKED], path)}
        listed = result.get(self.collection) if self.ids else ([] if errors else [result])
        for name, value, kind in (("question", result.get("question"), dict), ("errors", errors, list), (self.collection, listed, list)):
            if not isinstance(value, kind):
                raise OptionError(f"{path}.{name}", value, f"a {kind.__name__}: the whole registered result of {self.module}")
        service_time = parse_time(result.get("service_time"))
        reading = Reading(
            self.name,
            mapping(result.get("question")),
            tuple(self._entry_of(entry, f"{path}.{self.collection}[{index}]") for index, entry in enumerate(listed or [])),
            tuple(self._error_of(error, f"{path}.errors[{index}]") for index, error in enumerate(errors or [])),
            mapping(result.get("clocks")),
            service_time.latest if service_time else None,
        )
        self._refuse_gaps(reading, path)
        return reading

    def _refuse_gaps(self, reading: Reading, path: str) -> None:
        """Every id that was asked for has an entry or an error (rules.rst, "Nothing narrows silently").

        :raises OptionError: naming those that have neither
        """
        asked = reading.question.get(self.ids_option or "")
        answered = {lower(target) for target in reading.targets}
        missing = [text for text in map(str, asked if isinstance(asked, list) else []) if lower(text) not in answered]
        if missing and "" not in answered:
            expected = f"an entry or an error for each of {self.ids_option}: the whole registered result of {self.module}"
            raise OptionError(path, Said(f"a reading without {', '.join(missing[:3])}"), expected)

    def _entry_of(self, value: Any, path: str) -> Entry:
        target, moment = nested(value, self.id_field), parse_time(nested(value, "read_at"))
        if not isinstance(target, str) or moment is None:
            raise OptionError(path, Said("half an entry"), f"{self.id_field} and read_at, as {self.module} returns them")
        return Entry(target, moment.latest, {name: field for name, field in value.items() if name not in ("read_at", "readiness")})

    def _error_of(self, value: Any, path: str) -> ReadError:
        moment = parse_time(nested(value, "read_at"))
        try:
            error = ApiError.from_dict(value)
        except (KeyError, TypeError):
            moment = None
        if moment is None:
            raise OptionError(path, Said("half an error"), f"an error as {self.module} returns it")
        return ReadError(str(value.get(self.id_field) or ""), moment.latest, error)


def _unpacked(text: Any, path: str) -> Any:
    """The objects of a reading from their JSON text.

    :raises OptionError: for a text that is none, or cut
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{path}.{PACKED}", Said("a text that is no JSON"), "the text as the module returned it") from error


def clean_ids(ids: Iterable[str]) -> list[str]:
    """Ids without blanks around them, each once, in the order given."""
    return list(dict.fromkeys(identifier.strip() for identifier in ids))


def check_ids(options: Mapping[str, Any], path: str, name: str) -> None:
    """Refuses an empty list of ids, and ids that would change the path of the request.

    :raises OptionError: naming the option with its path
    """
    ids = options.get(name)
    if not ids:
        raise OptionError(path + name, ids, "at least one identifier")
    for identifier in ids:
        segment(path + name, identifier)


def other_id(kind: str, asked: str, stated: Iterable[Any]) -> str | None:
    """A sentence when an answer states an id and it is another one than was asked for (rules.rst, E8); ids are compared without case.

    :param kind: what the ids are of, in words
    """
    others = sorted({identifier for identifier in stated if isinstance(identifier, str) and lower(identifier) not in ("", lower(asked))})
    return f"Asked for {kind} {asked}, the answer is about {', '.join(others[:3])}." if others else None


def keep(value: Any, template: Any) -> Any:
    """The part of ``value`` that a template names: a dict of names, or a list with the template of its elements; 0 keeps all."""
    if isinstance(template, list) and isinstance(value, list):
        return [keep(element, template[0]) for element in value]
    if isinstance(template, Mapping) and isinstance(value, dict):
        return {name: keep(value[name], inner) if inner else value[name] for name, inner in template.items() if name in value}
    return value


def drop_managed_fields(metadata: Any) -> None:
    """Takes managedFields out of an object's metadata: they are large and say nothing about readiness."""
    if isinstance(metadata, dict):
        metadata.pop("managedFields", None)


def listed(body: Mapping[str, Any], name: str) -> list[Any] | None:
    """The list of an answer; None, which the rules judge as API_SHAPE, where it is none."""
    value = body.get(name)
    return value if isinstance(value, list) else None

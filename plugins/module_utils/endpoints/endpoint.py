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
from ..model.repositories import is_v4
from ..model.secrets import Masker
from ..model.selections import IDS, NAMES, Selection, asked_by_name, union_of_ids
from ..model.shapes import lower, mapping, nested
from ..model.subjects import Judgement, Subject
from ..model.times import format_time, parse_time, utc_now
from ..model.verdicts import READY, U
from ..rules.clusters import judge_selection
from .cluster_lists import given_selection, select, validate_clusters

PACKED = "packed"  # the key of a result with its objects as a JSON text
THRESHOLDS = ("stuck_after", "failure_grace", "codearts_timezone")  # options of every check, beside those of its endpoint
MANAGED_FIELDS = {"type": "bool", "default": False}
EntriesWithin = Callable[[Client, Sequence[Reading], Sequence[str], Mapping[str, Any], Mapping[str, Entry]], Mapping[str, Entry]]
Ahead = dict[str, tuple[Entry, Judgement]]  # by their targets, entries that were judged as soon as they were read


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
    :ivar narrowing: the options that ask for a part of what an id has, or for another thing of its name, where the answer does not tell it
    :ivar untold: those of ``narrowing`` of which a question says only that they are given: they are long, and may hold secrets
    :ivar read: takes the requests of an entry, the id and the options, and gives the fields of the entry
    :ivar rules: a reading, the options and the history to a judgement
    :ivar by_entry: whether the rules judge every entry and every error by itself
    :ivar validate: refuses options that cannot work; takes the options and the path to them in messages
    :ivar within: another endpoint whose answers may hold all that this one is asked for
    :ivar entry_within: from an entry of that endpoint, the entry of the same id that it proves by itself; None where it does not
    :ivar entries_within: from readings of that endpoint, the entries of those ids that need not be asked for: they prove as much; takes
        what ``entry_within`` gave before, by the ids in lower case
    :ivar connect: makes the client of a task that reads it, of options, the environment, the task's limiter and its masker
    :ivar numeric: whether its ids are numbers, and stand as such in the entries
    :ivar v4_id_field: the key of an entry's id where version 4 of the API was asked, which knows numbers; None where they are the same
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
    narrowing: Sequence[str] = ()
    untold: Sequence[str] = ()
    within: Endpoint | None = None
    entry_within: Callable[[Entry, Mapping[str, Any]], Entry | None] = lambda _entry, _options: None
    entries_within: EntriesWithin = lambda _client, _held, _targets, _options, _proven: {}
    connect: Callable[[Mapping[str, Any], Mapping[str, str], Limiter, Masker], Client] = Client.from_options
    numeric: bool = False
    v4_id_field: str | None = None
    by_entry: bool = False
    module: str = ""
    is_local: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "module", self.module or f"{self.name}_info")

    def key(self, question: Mapping[str, Any]) -> str:
        """The key of an entry's id in a result that answers a question."""
        return self.v4_id_field if self.v4_id_field and is_v4(question) else self.id_field

    @property
    def ids_option(self) -> str | None:
        """The name of the option with the ids, None for an endpoint that is asked for the IAM project."""
        return next(iter(self.ids), None)

    @property
    def by_cluster(self) -> bool:
        """Whether its ids are those of clusters, which can be asked for by names, fleets and labels, too."""
        return NAMES in self.ids

    def check_options(self, options: Mapping[str, Any], path: str) -> None:
        """Refuses options that cannot work, and an empty text in an expectation, which would demand nothing.

        :param path: to the options, in messages
        :raises OptionError: naming the option
        """
        self.validate(options, path)
        expectations = [name for name, spec in self.judging.items() if spec.get("elements") == "dict"]
        for place, want in ((f"{path}{name}[{at}]", want) for name in expectations for at, want in enumerate(options.get(name) or [])):
            for name, value in want.items():
                if isinstance(value, str) and not value.strip():
                    raise OptionError(f"{place}.{name}", value, "a text, or to be left out where nothing is demanded")

    def question(self, options: Mapping[str, Any]) -> dict[str, Any]:
        """The ids and the judging options that are set: what a reading answers, and how it is judged."""
        names = dict.fromkeys((*self.ids, *self.judging, *self.narrowing, *THRESHOLDS))
        return {name: name in self.untold or options[name] for name in names if options.get(name) is not None}

    def targets(self, client: Client, options: Mapping[str, Any]) -> list[str]:
        """The ids to ask for, each once.

        :raises ApiError: when the IAM project is not given and cannot be found out
        """
        return clean_ids(options.get(self.ids_option) or []) if self.ids_option else [client.project_id]

    def asks(self, question: Mapping[str, Any], targets: Iterable[str] = ()) -> frozenset[tuple[str, str]]:
        """What a question asks for, each with its option: equal for questions that ask for the same (ids without case: rules.rst, E8).

        :param targets: the ids that were read, for a question that names none
        """
        by_name = asked_by_name(question) if self.by_cluster else []
        ids = question.get(self.ids_option or "") or ([] if by_name else targets)
        parts = [(name, f"{name} {part}") for name in self.narrowing for part in _each(question.get(name))]
        return frozenset([*by_name, *parts, *((self.id_field, lower(str(identifier))) for identifier in ids)])

    def select(self, client: Client, options: Mapping[str, Any]) -> Selection | None:
        """Which clusters are meant where they are named otherwise than by their ids: as another task found, else as the lists say.

        :raises ApiError: when the lists of clusters and fleets cannot be read
        """
        return (given_selection(options) or select(client, self.question(options))) if self.by_cluster else None

    def take(
        self,
        client: Client,
        options: Mapping[str, Any],
        held: Sequence[Reading] = (),
        fixed: Selection | None = None,
        seen: Callable[[Entry], None] = lambda _entry: None,
        proven: Mapping[str, Entry] | None = None,
    ) -> Reading:
        """Reads every id side by side; one that fails loses no other.

        :param held: readings of the endpoint ``within``, taken just now
        :param fixed: the clusters that an earlier sample of the gate has fixed: these are read, whatever the names stand for now
        :param seen: is called with each entry that was read, in the thread that did, while others are still being read
        :param proven: what ``entry_within`` has given already, by the ids in lower case
        """
        failed, now = [], None
        try:
            now = self.select(client, options)
        except ApiError as error:
            failed = [ReadError("", EntryRequests(client).read_at, replace(error))]
        reading = self._read(client, options, held, fixed or now, failed, seen, proven or {})
        return replace(reading, selection=fixed or now, reselection=now if fixed else None)

    def _read_target(self, client: Client, target: str, options: Mapping[str, Any]) -> list[Entry | ReadError]:
        """What was read for one id, and what of it could not be."""
        requests = EntryRequests(client.of(target))
        try:
            read: list[dict[str, Any]] = [self.read(requests, target, options)]
        except ApiError as error:
            read, requests.failures = [], [error]
        # Copies, for an error holds on to all frames it came through, with their connections.
        failed = [ReadError(target, requests.read_at, replace(error)) for error in requests.failures]
        return [*(Entry(target, requests.read_at, fields) for fields in read), *failed]

    def _read(
        self,
        client: Client,
        options: Mapping[str, Any],
        held: Sequence[Reading],
        chosen: Selection | None,
        failed: Sequence[ReadError],
        seen: Callable[[Entry], None],
        proven: Mapping[str, Entry],
    ) -> Reading:
        try:
            targets = self.targets(client, options)
            targets = union_of_ids(targets, chosen.cluster_ids) if chosen else targets
            known = self.entries_within(client, held, targets, options, proven) if held else {}

            def read(target: str) -> list[Entry | ReadError]:
                parts = self._read_target(client, target, options)
                for part in parts:
                    if isinstance(part, Entry):
                        seen(part)
                return parts

            unknown = [target for target in targets if lower(target) not in known]
            came = {outcome.item: outcome.value or [] for outcome in client.fan_out(read, unknown)}
            outcomes = [
                part for target in targets for part in (came[target] if target in came else [replace(known[lower(target)], target=target)])
            ]
        except ApiError as error:
            outcomes = [ReadError(str(options.get(self.id_field) or ""), EntryRequests(client).read_at, replace(error))]
        return Reading(
            self.name,
            self.question(options),
            tuple(outcome for outcome in outcomes if isinstance(outcome, Entry)),
            (*failed, *(outcome for outcome in outcomes if isinstance(outcome, ReadError))),
            dict(client.clocks),
            client.service_time,
        )

    def judge(self, reading: Reading, options: Mapping[str, Any], earlier: History, ahead: Ahead | None = None) -> Judgement:
        """A reading judged by its rules; never ready without an object (rules.rst, "What decides").

        :param options: the judging options and the thresholds
        :param earlier: what earlier samples of this gate left behind
        :param ahead: entries that were judged already, with the same options and history
        """
        judgement = self._judge_objects(reading, options, earlier, ahead)
        if self.by_cluster:
            about_question = judge_selection(reading, earlier, judgement.history)
            names = {
                lower(cluster): name
                for chosen in (reading.selection, reading.reselection)
                if chosen
                for cluster, name in chosen.names.items()
            }
            judgement = Judgement([*about_question, *(each.with_cluster_name(names) for each in judgement.subjects)], judgement.history)
        if any(subject.asked and not (subject.notice and subject.verdict == READY) for subject in judgement.subjects):
            return judgement
        notice = Subject("API", self.name, next(iter(reading.targets), ""), reading.read_at or utc_now(), is_state=True, notice=True)
        notice.say("API_SHAPE", U, "The check found nothing to judge.")
        return Judgement([*judgement.subjects, notice], judgement.history)

    def judge_ahead(self, ahead: Ahead, options: Mapping[str, Any], earlier: History, entry: Entry) -> None:
        """Judges an entry while others are still being read, where the rules allow that. May be called by several threads.

        :param ahead: takes it up for ``judge``
        """
        if self.by_entry:
            ahead[entry.target] = entry, self.judge_entry(entry, options, earlier)

    def judge_entry(self, entry: Entry, options: Mapping[str, Any], earlier: History) -> Judgement:
        """An entry by itself, of an endpoint whose rules allow that."""
        return self.rules(Reading(self.name, {}, (entry,)), options, earlier)

    def _judge_entries(self, reading: Reading, options: Mapping[str, Any], earlier: History, ahead: Ahead | None) -> Judgement:
        """What the rules say of a reading, together with what they have said of some of its entries already."""
        if not ahead:
            return self.rules(reading, options, earlier)
        judgement = self.rules(replace(reading, entries=()), options, earlier)
        for entry in reading.entries:
            known, judged = ahead.get(entry.target, (None, None))
            judgement.add(judged if judged and known == entry else self.judge_entry(entry, options, earlier))
        return judgement

    def _judge_objects(self, reading: Reading, options: Mapping[str, Any], earlier: History, ahead: Ahead | None) -> Judgement:
        """The objects that were read; where the clusters could not be told, there is nothing else to be said."""
        if not self.by_cluster:
            return self._judge_entries(reading, options, earlier, ahead)
        of_clusters = replace(reading, errors=tuple(failure for failure in reading.errors if failure.target))
        unclear = len(of_clusters.errors) < len(reading.errors) or not (reading.selection is None or reading.selection.clear)
        if unclear and not of_clusters.answered:
            return Judgement([], History(dict(earlier.started), dict(earlier.seen), dict(earlier.facts)))  # an error is no gap
        return self._judge_entries(of_clusters, options, earlier, ahead)

    # --- A reading as a result, and back ---

    def as_dict(self, reading: Reading, summary: bool = False) -> dict[str, Any]:
        """A reading as it stands in a result.

        :param summary: whether to leave only the fields of ``summary`` in the objects
        """
        key = self.key(reading.question)
        errors = [{key: failed.target, "read_at": format_time(failed.read_at), **failed.error.as_dict()} for failed in reading.errors]
        entries = [self._entry_as_dict(entry, key, summary) for entry in reading.entries]
        head = {
            "endpoint": self.name,
            "schema_version": SCHEMA_VERSION,
            "read_at": format_time(reading.read_at) if reading.read_at else None,
            "question": dict(reading.question),
            "clocks": dict(reading.clocks),
            "service_time": format_time(reading.service_time) if reading.service_time else None,
            "errors": errors,
        }
        if self.by_cluster:
            head["selection"] = reading.selection.as_dict() if reading.selection else None
        head.update(reading.beside)
        if self.ids:
            return {**head, self.collection: entries}
        nothing: dict[str, Any] = {self.id_field: reading.targets[0] if reading.targets else None, self.collection: []}
        return {**head, **(entries[0] if entries else nothing)}

    def _entry_as_dict(self, entry: Entry, key: str, summary: bool) -> dict[str, Any]:
        fields = entry.fields
        if summary and self.objects is None:
            fields = keep(fields, self.summary)
        elif summary:
            fields = {**fields, str(self.objects): keep(fields.get(str(self.objects)), [self.summary])}
        is_number = (self.numeric or key != self.id_field) and entry.target.isdecimal()
        own = {key: int(entry.target) if is_number else entry.target, "read_at": format_time(entry.read_at)}
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
        service_time, question = parse_time(result.get("service_time")), mapping(result.get("question"))
        key = self.key(question)
        reading = Reading(
            self.name,
            question,
            tuple(self._entry_of(entry, key, f"{path}.{self.collection}[{index}]") for index, entry in enumerate(listed or [])),
            tuple(self._error_of(error, key, f"{path}.errors[{index}]") for index, error in enumerate(errors or [])),
            mapping(result.get("clocks")),
            service_time.latest if service_time else None,
        )
        if self.by_cluster:
            reading = replace(reading, selection=self._selection_of(reading, result.get("selection"), f"{path}.selection"))
        self._refuse_gaps(reading, path)
        return reading

    def _selection_of(self, reading: Reading, value: Any, path: str) -> Selection | None:
        """The selection of a reading: it has an answer for each name that was asked for, unless the lists could not be read.

        :raises OptionError: for half of one
        """
        if value is None and (not asked_by_name(reading.question) or "" in reading.answered):
            return None
        selection = Selection.parse(value)
        if selection is None:
            raise OptionError(path, Said("half a selection"), f"the clusters that were selected, as {self.module} returns them")
        missing = [
            asked for asked in asked_by_name(reading.question) if asked not in {(choice.by, choice.asked) for choice in selection.choices}
        ]
        if missing:
            raise OptionError(
                path, Said(f"nothing about {missing[0][1]}"), f"what each of the names asked for stands for, as {self.module} returns it"
            )
        return selection

    def answered(self, reading: Reading) -> set[str]:
        """The ids that a reading has an answer for, in lower case."""
        return {lower(target) for target in reading.answered}

    def _refuse_gaps(self, reading: Reading, path: str) -> None:
        """Every id that was asked for has an entry or an error (rules.rst, "Nothing narrows silently").

        :raises OptionError: naming those that have neither
        """
        asked = reading.question.get(self.ids_option or "")
        answered = self.answered(reading)
        selected = reading.selection.cluster_ids if reading.selection else ()
        missing = [text for text in map(str, [*(asked if isinstance(asked, list) else []), *selected]) if lower(text) not in answered]
        if missing and "" not in answered:
            expected = f"an entry or an error for each of {self.ids_option}: the whole registered result of {self.module}"
            raise OptionError(path, Said(f"a reading without {', '.join(missing[:3])}"), expected)

    def _entry_of(self, value: Any, key: str, path: str) -> Entry:
        target, moment = nested(value, key), parse_time(nested(value, "read_at"))
        if isinstance(target, int) and not isinstance(target, bool):
            target = str(target)
        if not isinstance(target, str) or moment is None:
            raise OptionError(path, Said("half an entry"), f"{key} and read_at, as {self.module} returns them")
        return Entry(target, moment.latest, {name: field for name, field in value.items() if name not in ("read_at", "readiness")})

    def _error_of(self, value: Any, key: str, path: str) -> ReadError:
        moment = parse_time(nested(value, "read_at"))
        try:
            error = ApiError.from_dict(value)
        except (KeyError, TypeError):
            moment = None
        if moment is None:
            raise OptionError(path, Said("half an error"), f"an error as {self.module} returns it")
        return ReadError(str(value.get(key) or ""), moment.latest, error)


def _unpacked(text: Any, path: str) -> Any:
    """The objects of a reading from their JSON text.

    :raises OptionError: for a text that is none, or cut
    """
    try:
        return json.loads(text)
    except (TypeError, ValueError) as error:
        raise OptionError(f"{path}.{PACKED}", Said("a text that is no JSON"), "the text as the module returned it") from error


def _each(value: Any) -> list[Any]:
    """The values of an option that may be one, several or none."""
    return [] if value is None else value if isinstance(value, list) else [value]


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


def check_clusters(options: Mapping[str, Any], path: str) -> None:
    """Refuses a question without clusters, ids, names and labels that mean nothing, and a selection of another question.

    :raises OptionError: naming the option with its path
    """
    validate_clusters(options, path)
    given_selection(options, path)
    if options.get(IDS) is not None:
        check_ids(options, path, IDS)
    elif not asked_by_name(options):
        raise OptionError(path + IDS, Said("nothing"), "at least one identifier, or cluster_names, fleets or cluster_labels in its place")


def other_id(kind: str, asked: str, stated: Iterable[Any]) -> str | None:
    """A sentence when an answer states an id and it is another one than was asked for (rules.rst, E8); ids are compared without case.

    :param kind: what the ids are of, in words
    :param stated: what stands in the place of an id; null and what is empty state nothing
    """
    identifiers = {str(identifier) for identifier in stated if identifier or identifier == 0}
    others = sorted(identifier for identifier in identifiers if lower(identifier) not in ("", lower(asked)))
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

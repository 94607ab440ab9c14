# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules for the config sets of a cluster: is it applied? (rules.rst, "Config sets")

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any, NamedTuple

from ..model.config_sets import HELM_RELEASE, KUSTOMIZATION, OBJECTS, ConfigSet, is_object, sources_in
from ..model.findings import remedy
from ..model.flux_objects import Condition
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.revisions import parse_revision, same_artifact
from ..model.shapes import is_true
from ..model.sources import GitRepository
from ..model.subjects import Judgement, Part, Subject
from ..model.text import clean_text
from ..model.times import format_time
from ..model.units import number, span
from ..model.verdicts import F_R, F_T, FAILED, PROGRESSING, READY, U_T, UNKNOWN, P, U, W
from .errors import judge_errors
from .expected_config_sets import describe, matching, missing_config_set
from .expected_sources import short_text
from .flux_objects import (
    NONE,
    V1_PROGRESS_REASONS,
    FluxLook,
    Matrix,
    Witness,
    at_least,
    clock_skew,
    distinct,
    duplicated,
    incomplete,
    is_said_by,
    keep_unread,
    unreadable_suspend,
    with_expectations,
)
from .revisions import Compared, expected_texts, fit, judge_revisions, not_stated
from .sources import judge_source

WITH_RETRY = "progressingwithretry"
# K5: by the reason, why it is not ready; what waits for something else may do so for longer.
CAUSES = {"dependencynotready": "dependency", "artifactfailed": "source", "buildfailed": "build", "prunefailed": "prune"}
WAITING = ("dependency", "source")
HEALTH, APPLY = "health", "apply"


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The config sets of each cluster of a reading of ``ucs_config_set``.

    :param options: ``expect``, ``on_superseded`` and the thresholds of ``Watch``
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="SRC_CLUSTER_NOT_FOUND", id_field="cluster_id")
    for entry in reading.entries:
        subjects += judge_entry(entry, Watch(options, entry.target, entry.read_at, earlier, later))
    return Judgement(subjects, later)


# --- A cluster's list of config sets -------------------------------------------------------------------------------------------------


def judge_entry(entry: Entry, watch: Watch) -> list[Subject]:
    """The config sets of one cluster and their sources, what was expected and is not there, and what is to be said of the list itself."""
    cluster_id = str(entry.fields.get("cluster_id") or entry.target)
    notice = Subject("Cluster", None, entry.target, watch.now, cluster_id, notice=True)
    items = entry.fields.get("config_sets")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        misshapen(notice)
        watch.keep()
        return [notice]
    sources = sources_in(items)
    config_sets = [ConfigSet.parse(item, sources) for item in items]
    notice.cluster_name = next((short_text(item.cluster_name) for item in config_sets if item.cluster_name), None)
    subjects = judge_config_sets(config_sets, sources, watch, notice, number(entry.fields.get("total")))
    return [notice, *subjects] if notice.findings else subjects


def judge_config_sets(
    config_sets: Sequence[ConfigSet], sources: Sequence[GitRepository], watch: Watch, notice: Subject, total: int | None
) -> list[Subject]:
    """The config sets of a cluster, each with its source, and those that are missing.

    :param sources: those that the answer states
    :param notice: the place of what is to be said of the list itself
    :param total: how many config sets there are, where that is stated
    """
    expect = [want for want in watch.options.get("expect") or [] if want]
    meant = [matching(want, config_sets) for want in expect]
    judged = [(item, wants, bool(wants) or not expect) for item, wants in with_expectations(config_sets, expect, meant)]
    followed = {id(source) for item, _wants, asked in judged if asked for source in _sources_of(item, sources)}
    subjects = [judge_config_set(item, watch, wants, asked, notice.cluster_id) for item, wants, asked in judged]
    subjects += [judge_source(source, watch, (), id(source) in followed, notice.cluster_id) for source in sources]
    missing = [want for want, matches in zip(expect, meant) if not matches]
    if incomplete(notice, total, distinct(config_sets), ", ".join(map(describe, missing)), "config sets"):
        keep_unread(watch, "config_set", config_sets)
        keep_unread(watch, "source", sources)
        return subjects
    if not config_sets and not expect:
        no_config_sets(notice)
    return subjects + [missing_config_set(want, config_sets, notice) for want in missing]


def _sources_of(item: ConfigSet, sources: Sequence[GitRepository]) -> list[GitRepository]:
    """The sources that a config set has to do with: the one it follows, in each way that it is stated, and the one beside it."""
    followed, beside = item.source.key if item.source else None, item.raw.get("gitRepository")
    return [source for source in sources if source.key == followed or (beside and source.content == beside)]


def misshapen(notice: Subject) -> None:
    """E6: the answer holds no list of config sets."""
    notice.say("API_SHAPE", U_T, "There is no list of config sets in the answer.", "items", expected="a list")


def no_config_sets(notice: Subject) -> None:
    """K1: there is no config set, and none was expected."""
    notice.say("CFG_NONE", U_T, "There is no config set in the cluster, so nothing is applied by GitOps.", "items", 0, "a config set")


# --- One config set ------------------------------------------------------------------------------------------------------------------


class LastReady(NamedTuple):
    """What Ready was when this gate last saw it as something else than Unknown.

    :ivar status: ``true`` only if it was current
    :ivar generation: metadata.generation at that time
    :ivar attempted: the revision that had been attempted then; empty where it was not stated
    """

    status: str
    generation: int | None
    attempted: str


@dataclass(frozen=True)
class Look(FluxLook[ConfigSet]):
    """A config set at the time of its entry.

    :ivar before: what Ready was in the samples before; None where this gate never saw it as something else than Unknown
    """

    before: LastReady | None

    @cached_property
    def is_ready(self) -> bool:
        """K11: whether it states a current Ready=True, which is ready where no other row speaks against it."""
        return self.item.has("ready", "true") is not None

    @cached_property
    def reasons(self) -> set[str]:
        """The reasons, in lower case, that Ready and a Reconciling=True state."""
        conditions = (self.item.ready, self.item.conditions.get("reconciling"))
        return {
            condition.reason.lower()
            for condition in conditions
            if condition and (condition is self.item.ready or condition.status == "true")
        }

    @cached_property
    def reconciles(self) -> bool:
        """Whether K6 speaks of it: Ready is unknown or not stated, Reconciling is True, or the reason is one of progress."""
        ready, reconciling = self.item.ready, self.item.conditions.get("reconciling")
        if self.stalled:
            return False
        unknown = ready is None or ready.status in ("", "unknown")
        return unknown or (reconciling is not None and reconciling.status == "true") or bool(self.reasons & set(V1_PROGRESS_REASONS))

    @cached_property
    def reconciles_since(self) -> datetime:
        """Since when it has been reconciled: lastTransitionTime of an unknown Ready, else the first sample that saw it."""
        ready = self.item.ready
        stated = ready.since if ready and ready.status != "true" and self.item.is_current(ready) else None
        return self.since(stated, "K6")

    @cached_property
    def is_periodic(self) -> bool:
        """Whether it is only looked at again, as at every interval: nothing about it has changed since this gate saw it ready."""
        ready, attempted = self.item.ready, self.item.attempted.identity
        if not self.reconciles or WITH_RETRY in self.reasons or not attempted or (ready and ready.status == "false"):
            return False
        unchanged = self.before == LastReady("true", self.item.generation, attempted)
        return unchanged and self.watch.seconds_since(self.reconciles_since) < self.item.timeout

    @property
    def applied(self) -> str:
        """The revision that is applied, as the config set states it; empty where nothing proves one (K9)."""
        item = self.item
        return item.last_applied.text or (item.attempted.text if self.is_ready or self.is_periodic else "")


def last_ready(item: ConfigSet, watch: Watch) -> LastReady | None:
    """What Ready was in the samples before; takes up for later ones what it is now, unless that is Unknown."""
    key = (*item.key, "ready")
    earlier: LastReady | None = watch.recall(*key)
    ready, now = item.ready, earlier
    if ready and ready.status not in ("", "unknown"):
        status = ready.status if ready.status != "true" or item.has("ready", "true") else "of another generation"
        now = LastReady(status, item.generation, item.attempted.identity)
    if now is not None:
        watch.remember(now, *key)
    return earlier


def judge_config_set(
    item: ConfigSet, watch: Watch, wants: Sequence[Mapping[str, Any]] = (), asked: bool = True, cluster_id: str | None = None
) -> Subject:
    """One config set with its findings.

    :param wants: the expectations that mean it
    :param asked: whether it decides
    :param cluster_id: by default the target of the watch
    """
    ready = item.has("ready", "true")
    subject = Subject(
        kind="ConfigSet",
        name=short_text(item.name),
        target=watch.target,
        read_at=watch.now,
        cluster_id=cluster_id or watch.target,
        cluster_name=short_text(item.cluster_name),
        namespace=short_text(item.namespace) or None,
        asked=asked,
        ready_since=min(ready.since, watch.now) if ready and ready.since else None,
        origin=item,
    )
    look = Look(item, subject, watch, last_ready(item, watch))
    look.bridge()
    if not look.is_ready:
        watch.keep(*item.key, "K8")  # an unknown Ready in between is no gap
    subject.parts = {(item.kind, "applied"): Part(parse_revision(look.applied).identity)}
    expected = any(expected_texts(want) for want in wants)
    if unsupported(look, expected):
        demands_of_unsupported(look, wants)
        return subject
    for row in ROWS:
        row(look)
    if item.kind == KUSTOMIZATION:
        says = subject.verdict
        behind = behind_source(look, expected)
        second_witness(look, says)
        revisions = judge_revisions(subject, _compared(look, wants), wants, watch, in_order=says == READY)
        subject.observed = {**_observed(look), "behind": behind, **revisions}
    else:
        subject.observed = _observed(look)
    for aside in (duplicated, clock_skew):
        aside(look)
    return subject


def _observed(look: Look) -> dict[str, Any]:
    """What a receipt tells of it: what is applied and since when, and what its source has fetched."""
    item, ready = look.item, look.item.ready
    return {
        "source": clean_text(item.source_name) or None,
        "source_revision": (clean_text(item.source.revision.text) or None) if item.source else None,
        "revision": clean_text(look.applied) or None,
        "attempted": clean_text(item.attempted.text) or None,
        "since": format_time(ready.since) if ready and ready.since else None,
    }


def _compared(look: Look, wants: Sequence[Mapping[str, Any]]) -> Compared:
    """K9: what is applied, to be held against what is expected."""
    item = look.item
    field = "status.lastAppliedRevision" if item.last_applied.text else "status.lastAttemptedRevision"
    ref = item.source.ref if item.source else None
    aside = _fetched_in_words(item, wants) if wants else ""
    return Compared("K9", "applied revision", field, look.applied, ref, item, aside=aside)


def _fetched_in_words(item: ConfigSet, wants: Sequence[Mapping[str, Any]]) -> str:
    """What its source has fetched, so that nobody takes the one for the other."""
    if item.source is None or not item.source.revision.text:
        return f"What its source {item.source_name or 'of no name'} has fetched is not in the answer."
    fetched = item.source.revision.text
    fits = any(fit(expected_texts(want), fetched, item.source.ref) for want in wants if expected_texts(want))
    return f"Its source {item.source_name} has fetched {fetched}, " + (
        "which is not applied yet." if fits else "which is not the expected one either."
    )


def unsupported(look: Look, expected: bool) -> bool:
    """K2: it is not judged, or a revision is expected of what is no Kustomization by its type; gives whether it is so.

    :param expected: whether a revision is expected of it
    """
    item = look.item
    if item.applies_revisions or (item.kind and item.conditions and not expected):
        return False
    kind = item.raw.get("configSetType")
    seen = f"it is a {item.kind}" if item.kind == HELM_RELEASE else f"its type is {clean_text(kind) if kind else 'not stated'}"
    if not item.kind:
        seen += f", and it holds {'several objects' if any(is_object(item.raw.get(field)) for field in OBJECTS) else 'no object'} of Flux"
    wanted = ", of which no revision can be expected" if expected else ", and it states no conditions" if item.kind else ""
    message = f"The config set cannot be judged: {seen}{wanted}."
    look.subject.say("CFG_UNSUPPORTED", U_T, message, "configSetType", kind or item.kind or None, "a kustomization")
    return True


def demands_of_unsupported(look: Look, wants: Sequence[Mapping[str, Any]]) -> None:
    """K3 to K7, K9: a waiver of K2 proves no revision, and hides nothing that conditions say: both are held."""
    first = len(look.subject.findings)
    for row in ROWS if look.item.kind and look.item.conditions else ():
        row(look)
    for texts in dict.fromkeys(tuple(expected_texts(want)) for want in wants if expected_texts(want)):
        not_stated(look.subject, _compared(look, wants), texts[0])
    look.subject.hold(first)


def ending(look: Look) -> None:
    """K3: it is being deleted, or suspended."""
    since = look.item.metadata("deletionTimestamp")
    if since:
        message = "The config set is being deleted."
        look.subject.say("CFG_TERMINATING", F_T, message, "metadata.deletionTimestamp", since, since=str(since))
    if is_true(look.item.spec("suspend")):
        message = "The config set is suspended: nothing of its source is applied."
        look.subject.say("CFG_SUSPENDED", F_T, message, "spec.suspend", True)


def stalled(look: Look) -> None:
    """K4: it cannot be applied as it is."""
    condition = look.stalled
    if condition:
        message = f"The config set cannot be applied as it is ({condition.words})."
        look.subject.say("CFG_STALLED", F_T, message, condition.field, "True", since=condition.since)


def not_ready(look: Look) -> None:
    """K5: Ready=False. Not said again where Stalled has told the same."""
    condition = look.item.failing("ready")
    if condition is None or condition.reason.lower() in V1_PROGRESS_REASONS or is_said_by(condition, look.stalled):
        return
    cause = _cause(condition)
    since = look.failing_since("failing")
    lasted = look.watch.seconds_since(since)
    limit = look.watch.stuck_after if cause in WAITING else look.watch.failure_grace
    words = at_least(lasted)
    message = f"The config set is not applied ({condition.words}){words}."
    shown: dict[str, Any] = {
        "field": condition.field,
        "observed": str(condition.raw_status),
        "cause": cause,
        "since": since if words else None,
    }
    look.subject.say("CFG_NOT_READY", F_R if lasted >= limit else P, message, **shown)


def _cause(condition: Condition) -> str:
    reason = condition.reason.lower()
    return CAUSES.get(reason, HEALTH if reason.startswith("healthcheck") else APPLY)


def reconciling(look: Look) -> None:
    """K6: it is being applied. Not said of one that is only looked at again, as at every interval."""
    if not look.reconciles or look.is_periodic:
        return
    since = look.reconciles_since
    lasted = look.watch.seconds_since(since)
    late = lasted >= look.watch.stuck_after + look.item.timeout
    ready = look.item.ready
    words = f" ({ready.words})" if ready and (ready.reason or ready.message) else ""
    message = f"The config set is being applied{words}" + (f", for at least {span(int(lasted))}." if lasted >= 1 else ".")
    place: tuple[str, Any, str] = ("status.conditions[Ready]", str(ready.raw_status) if ready and ready.status else None, "True")
    other = look.item.conditions.get("reconciling")
    if ready and ready.status == "true" and other and other.status == "true":
        place = (other.field, str(other.raw_status), "False")
    look.subject.say("CFG_RECONCILING", F_R if late else P, message, *place, since=since)


def generation(look: Look) -> None:
    """K7: what it states is not of its generation."""
    item, ready = look.item, look.item.ready
    seen, own = item.observed, item.generation
    field = "status.observedGeneration"
    if seen is not None and own is not None and seen > own:
        look.subject.say("CFG_GENERATION_STALE", U, f"The status is of generation {seen}, the config set only of {own}.", field, seen, own)
        return
    older = seen is not None and own is not None and seen < own
    unproven = item.says_ready and (seen is None or own is None or not look.is_ready)
    if not older and not unproven:
        return
    late = look.seen_for("K7") >= look.watch.stuck_after
    stated = ready.generation if ready and ready.generation not in (None, own) else seen
    shown = ["no generation" if value is None else f"generation {value}" for value in (stated, own)]
    message = f"The status is of {shown[0]}, the config set of {shown[1]}: what it says may be old."
    look.subject.say("CFG_GENERATION_STALE", F_R if late else P, message, field, stated, own)


def undocumented(look: Look) -> None:
    """The unwritten last row of the table: a status of Ready that is none of the three, a Ready=False of another generation beside a status
    of this one, and conditions or a suspend that cannot be read."""
    ready = look.item.ready
    if ready and ready.status not in ("", "true", "false", "unknown"):
        message = f"The condition Ready is {ready.raw_status} ({ready.words})."
        look.subject.say("CFG_UNDOCUMENTED", U, message, ready.field, str(ready.raw_status), "True")
    elif ready and ready.status == "false" and look.item.failing("ready") is None:
        first, is_alone = len(look.subject.findings), look.subject.verdict == READY
        own, stated = look.item.generation, ready.generation
        message = f"The condition Ready is {ready.raw_status} ({ready.words}), of generation {stated}; the config set is of {own}."
        look.subject.say("CFG_UNDOCUMENTED", U, message, ready.field, str(ready.raw_status), "True")
        if not is_alone:
            look.subject.hold(first)
    if look.item.unreadable:
        message = "Not every condition of the config set can be read."
        look.subject.say("CFG_UNDOCUMENTED", U, message, "status.conditions", look.item.unreadable, 0)
    unreadable_suspend(look, "CFG_UNDOCUMENTED", "config set")


# K3 to K7: what the config set itself says. K11 is what is left: it is applied.
ROWS: tuple[Callable[[Look], None], ...] = (ending, stalled, not_ready, reconciling, generation, undocumented)


def behind_source(look: Look, expected: bool) -> bool:
    """K8: what was applied is not what its source has fetched; gives whether it is so.

    :param expected: whether a revision is expected of it, which then decides where the source is not in the answer
    """
    item = look.item
    if not (look.is_ready or look.is_periodic):
        return False
    fetched = item.source.revision.text if item.source else ""
    if not fetched:
        if not expected:
            seen, why = ("has fetched nothing", "source") if item.source else ("is not in the answer", "unread")
            message = f"Its source, {item.source_label}, {seen}, so it cannot be told whether that is applied."
            todo = remedy("CFG_BEHIND_SOURCE", why, {})
            look.subject.say("CFG_BEHIND_SOURCE", U, message, "spec.sourceRef", item.source_name or None, "its source", remediation=todo)
        return False
    stated = [revision for revision in (item.attempted, item.last_applied) if revision.text]
    if stated and all(same_artifact(revision.text, fetched) for revision in stated):
        return False
    late = look.seen_for("K8") >= item.apply_time
    other = next((revision.text for revision in stated if not same_artifact(revision.text, fetched)), "nothing")
    message = f"Applied is {other}; its source {item.source_name} has fetched {fetched}. Flux may take {span(item.apply_time)}."
    look.subject.say("CFG_BEHIND_SOURCE", F_R if late else P, message, "status.lastAttemptedRevision", other, fetched)
    return True


# By configSetStatus, for what the config set itself says: what is to be said as well. No value of it is documented.
WITNESS: Matrix = {
    "health": {PROGRESSING: W, FAILED: W, NONE: U},
    "progressing": {READY: P},
    "failed": {READY: U, NONE: F_R},
    "unknown": {READY: W, NONE: U},
    "other": dict.fromkeys((READY, PROGRESSING, FAILED, UNKNOWN, NONE), W),
}


def second_witness(look: Look, verdict: str) -> None:
    """K10: configSetStatus against what the conditions say; where only the rest of it speaks against it, what they say is held."""
    first = len(look.subject.findings)
    if verdict != READY and look.is_settled:
        second_witness(look, READY)
        look.subject.hold(first)
    witness = Witness.compare(look.item.raw.get("configSetStatus"), look.item, verdict, WITNESS)
    if witness.mark:
        message = witness.words("configSetStatus", "config set", look.subject.findings)
        look.subject.say("CFG_STATUS_CONTRADICTION", witness.mark, message, "configSetStatus", witness.stated, witness.expected)

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Rules for the repository sources of a cluster (rules.rst, "Repository sources").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..model.findings import remedy
from ..model.flux_objects import Condition, moment_of
from ..model.git_urls import INSECURE_SCHEMES, holds_password, is_scp_style, url_scheme
from ..model.history import History, Watch
from ..model.readings import Entry, Reading
from ..model.shapes import is_true, lower
from ..model.sources import REQUESTED_AT, VERIFIED, GitRepository
from ..model.subjects import Judgement, Part, Subject
from ..model.text import clean_text
from ..model.times import format_time
from ..model.units import number, span
from ..model.verdicts import F_R, F_T, FAILED, PROGRESSING, READY, U_T, Mark, P, U, W
from .errors import judge_errors
from .expected_sources import describe, matching, missing_source, short_text, spec_mismatches
from .failure_classes import AT_ONCE, failure_class, is_lookup
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
from .revisions import Compared, expected_texts, judge_revisions

FAILING_CONDITIONS = {  # S8
    "fetchfailed": "SRC_FETCH_FAILED",
    "storageoperationfailed": "SRC_STORAGE_FAILED",
    "includeunavailable": "SRC_INCLUDE_UNAVAILABLE",
    "buildfailed": "SRC_BUILD_FAILED",
}
PROGRESS_REASONS = ("newgeneration", "noartifact", "newrevision", "includechange", *V1_PROGRESS_REASONS)
BAD_SIGNATURE = ("invalidcommitsignature", "invalidtagsignature", "invalidgitobject", "invalidverificationmode")


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The sources of each cluster of a reading of ``ucs_repository_source``.

    :param options: ``expect``, ``on_superseded``, ``wait_timeout`` (seconds; none or 0: one sample) and the thresholds of ``Watch``
    """
    later = History()
    subjects = judge_errors(reading, options, earlier, later, not_found="SRC_CLUSTER_NOT_FOUND", id_field="cluster_id")
    for entry in reading.entries:
        subjects += judge_entry(entry, Watch(options, entry.target, entry.read_at, earlier, later))
    return Judgement(subjects, later)


# --- A cluster's list of sources ---------------------------------------------------------------------------------------------------


def judge_entry(entry: Entry, watch: Watch) -> list[Subject]:
    """The sources of one cluster, what was expected and is not there, and what is to be said of the list itself."""
    cluster_id = str(entry.fields.get("cluster_id") or entry.target)
    notice = Subject("Cluster", None, entry.target, watch.now, cluster_id, notice=True)
    items = entry.fields.get("repository_sources")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        misshapen(notice)
        watch.keep()
        return [notice]
    sources = [GitRepository.parse(item) for item in items]
    notice.cluster_name = next((short_text(source.cluster_name) for source in sources if source.cluster_name), None)
    subjects, missing = judge_sources(sources, watch, cluster_id)
    subjects += judge_list(notice, watch, entry, sources, missing)
    return [notice, *subjects] if notice.findings else subjects


def judge_sources(sources: Sequence[GitRepository], watch: Watch, cluster_id: str) -> tuple[list[Subject], list[Mapping[str, Any]]]:
    """The sources that are there, and the expectations that none of them meets."""
    expect = [want for want in watch.options.get("expect") or [] if want]
    meant = [matching(want, sources) for want in expect]
    subjects = [
        judge_source(source, watch, wants, asked=bool(wants) or not expect, cluster_id=cluster_id)
        for source, wants in with_expectations(sources, expect, meant)
    ]
    return subjects, [want for want, matches in zip(expect, meant) if not matches]


def judge_list(
    notice: Subject, watch: Watch, entry: Entry, sources: Sequence[GitRepository], missing: Sequence[Mapping[str, Any]]
) -> list[Subject]:
    """What is to be said of the list itself; gives the sources that were expected and are not there.

    :param missing: the expectations that no source meets
    """
    unfound = ", ".join(describe(want) for want in missing)
    if incomplete(notice, number(entry.fields.get("total")), distinct(sources), unfound):
        keep_unread(watch, "source", sources)
        return []
    if not sources:
        no_sources(notice, watch.options.get("expect") or [])
        return []
    return [missing_source(want, sources, notice) for want in missing]


def misshapen(notice: Subject) -> None:
    """E6: the answer holds no list of sources."""
    notice.say("API_SHAPE", U_T, "There is no list of sources in the answer.", "items", expected="a list")


def no_sources(notice: Subject, expect: Sequence[Mapping[str, Any]]) -> None:
    """S0: the list is empty. Said once for all that were expected, in place of S2."""
    wanted = ", ".join(describe(want) for want in expect)
    message = "There is no repository source in the cluster" + (f"; expected: {wanted}." if wanted else ".")
    notice.say("SRC_NONE", F_R if expect else U_T, message, "items", 0, wanted or "a source")


# --- One source --------------------------------------------------------------------------------------------------------------------


class Look(FluxLook[GitRepository]):
    """A source at the time of its entry."""

    failing_kinds = ("stalled", *VERIFIED, *FAILING_CONDITIONS, "ready")
    progress_reasons = PROGRESS_REASONS

    @property
    def source(self) -> GitRepository:
        """The source."""
        return self.item


def judge_source(
    source: GitRepository, watch: Watch, wants: Sequence[Mapping[str, Any]] = (), asked: bool = True, cluster_id: str | None = None
) -> Subject:
    """One source with its findings.

    :param wants: the expectations that mean it
    :param asked: whether it decides
    :param cluster_id: by default the target of the watch
    """
    ready = source.has("ready", "true")
    subject = Subject(
        kind=source.kind,
        name=short_text(source.name),
        target=watch.target,
        read_at=watch.now,
        cluster_id=cluster_id or watch.target,
        cluster_name=short_text(source.cluster_name),
        namespace=short_text(source.namespace) or None,
        asked=asked and (bool(wants) or not source.static),
        ready_since=min(ready.since, watch.now) if ready and ready.since else None,
        parts={("artifact",): Part(source.revision.identity)},
        origin=source,
    )
    look = Look(source, subject, watch)
    if not source.supported:
        unsupported(look)
        demands_of_unsupported(look, wants)
        return subject
    without_revisions(look, wants)
    if source.static:
        static(look, wants)
        return subject
    look.bridge()
    for row in ROWS_OF_SETTLED if look.is_settled else ROWS:
        row(look)
    verdict = subject.verdict
    second_witness(look, verdict)
    for aside in ASIDE:
        aside(look)
    spec_mismatches(subject, source, wants)
    insecure_url(look, wants)
    revisions = judge_revisions(subject, Compared.of_source(source), wants, watch, in_order=verdict == READY)
    stated = source.ready.since if source.ready else None
    subject.observed = {
        "url": clean_text(source.url),
        "ref": clean_text(source.ref.words),
        "revision": clean_text(source.revision.text) or None,
        "since": format_time(stated) if stated else None,
        **revisions,
    }
    return subject


def unsupported(look: Look) -> None:
    """S3: no GitRepository, or one without its content."""
    kind = look.source.raw.get("repoType")
    seen = "the answer holds no gitRepository" if lower(kind) == "gitrepository" else f"its type is {kind}"
    look.subject.say("SRC_UNSUPPORTED", U_T, f"The source cannot be judged: {seen}.", "repoType", kind, "GitRepository")


def demands_of_unsupported(look: Look, wants: Sequence[Mapping[str, Any]]) -> None:
    """S2, S19: a waiver of S3 proves neither url nor branch nor revision: what of these is not as expected is held."""
    first = len(look.subject.findings)
    spec_mismatches(look.subject, look.source, wants)
    look.subject.hold(first)
    judge_revisions(look.subject, Compared.of_source(look.source), wants, look.watch, in_order=False)


def static(look: Look, wants: Sequence[Mapping[str, Any]]) -> None:
    """F7: no controller looks at it, so there is nothing to judge but that it is there, as it was expected."""
    terminating(look)
    spec_mismatches(look.subject, look.source, wants)


def without_revisions(look: Look, wants: Sequence[Mapping[str, Any]]) -> None:
    """F7: a revision is demanded of what fetches nothing."""
    if not look.source.has_artifacts and any(expected_texts(want) for want in wants):
        message = "A HelmRepository of the type oci has no artifact, so no revision can be expected of it."
        look.subject.say("SRC_UNSUPPORTED", U_T, message, "spec.type", "oci")


def terminating(look: Look) -> None:
    """S4: it is being deleted."""
    since = look.source.metadata("deletionTimestamp")
    if since:
        look.subject.say("SRC_TERMINATING", F_T, "The source is being deleted.", "metadata.deletionTimestamp", since, since=str(since))


def suspended(look: Look) -> None:
    """S5: it is suspended."""
    if is_true(look.source.spec("suspend")):
        look.subject.say("SRC_SUSPENDED", F_T, "The source is suspended: it does not follow its repository.", "spec.suspend", True)


def stalled(look: Look) -> None:
    """S6: it cannot be reconciled as it is."""
    condition = look.stalled
    if condition:
        message = f"The source cannot be reconciled as it is ({condition.words})."
        look.subject.say("SRC_STALLED", F_T, message, condition.field, "True", since=condition.since)


def unverified(look: Look) -> None:
    """S7: the signature does not verify."""
    for condition in _bad_signatures(look):
        message = f"The signature of the fetched commit does not verify ({condition.words})."
        look.subject.say("SRC_VERIFICATION_FAILED", F_T, message, condition.field, condition.raw_status, "True", since=condition.since)


def _bad_signatures(look: Look) -> list[Condition]:
    by_name = {kind: look.source.failing(kind) for kind in (*VERIFIED, "ready")}
    reasons = {**dict.fromkeys(VERIFIED, BAD_SIGNATURE), "ready": ("verificationfailed",)}
    return [condition for kind, condition in by_name.items() if condition and condition.reason.lower() in reasons[kind]]


def verification_error(look: Look) -> None:
    """S22: the signature could not be checked."""
    said = _bad_signatures(look)
    for condition in filter(None, map(look.source.failing, VERIFIED)):
        if condition not in said:
            cause, mark, lasted = _weigh(look, condition)
            message = f"The signature could not be checked ({condition.words}){lasted}."
            look.subject.say("SRC_VERIFICATION_ERROR", mark, message, **_failure(look, condition, cause, bool(lasted)))


def failed(look: Look) -> None:
    """S8: a condition says that it failed."""
    for kind, code in FAILING_CONDITIONS.items():
        condition = look.source.failing(kind)
        if condition and not is_said_by(condition, look.stalled):
            _say_failure(look, condition, code)


def not_ready(look: Look) -> None:
    """S9: Ready=False. Not said again where another condition has told the same."""
    condition = look.source.failing("ready")
    if condition is None or condition.reason.lower() in PROGRESS_REASONS or is_said_by(condition, look.stalled):
        return
    if condition in _bad_signatures(look) or any(_is_same(look, condition, other) for other in look.failures if other is not condition):
        return
    _say_failure(look, condition, "SRC_NOT_READY")


def _say_failure(look: Look, condition: Condition, code: str) -> None:
    """S8, S9: failed, or tried again for now, by the class of the failure."""
    cause, mark, lasted = _weigh(look, condition)
    failure = _failure(look, condition, cause, bool(lasted))
    if mark is F_R:
        look.subject.say(code, F_R, f"{condition.words}{lasted}.", **failure)
        return
    first = len(look.subject.findings)
    look.subject.say("SRC_FETCH_RETRYING", P, f"{condition.words}{lasted}.", **failure)
    if look.stalled:
        look.subject.hold(first)


def _weigh(look: Look, condition: Condition) -> tuple[str, Mark, str]:
    """The class of a failure, what it comes to, and for how long it has lasted in words; empty for what was only seen once."""
    cause = _class(look, condition)
    lasted = look.watch.seconds_since(look.failing_since("failing"))
    over = cause in AT_ONCE or lasted >= look.watch.failure_grace
    return cause, F_R if over else P, at_least(lasted)


def _class(look: Look, condition: Condition) -> str:
    return failure_class(condition.reason, condition.message, look.source.url, condition.kind)


def _failure(look: Look, condition: Condition, cause: str, known: bool) -> dict[str, Any]:
    """The fields of a finding about a failing condition."""
    since = look.failing_since("failing") if known else None
    failure = {"field": condition.field, "observed": str(condition.raw_status), "cause": cause, "since": since}
    if not is_lookup(cause, condition.message):
        return failure
    return {**failure, "remediation": remedy("SRC_FETCH_FAILED", "dns", {"name": look.subject.name, "namespace": look.subject.namespace})}


def _is_same(look: Look, condition: Condition, other: Condition) -> bool:
    """Whether another condition tells of the same failure."""
    same_cause = condition.reason.lower() == other.reason.lower() or _class(look, condition) == _class(look, other)
    return same_cause and is_said_by(condition, other)


def never_observed(look: Look) -> None:
    """S10: no controller has looked at it."""
    if look.source.conditions or not look.source.never_succeeded:
        return
    since = look.since(look.source.created, "S10")
    if look.is_stuck(since):
        message = f"No controller has looked at the source for at least {span(int(look.watch.seconds_since(since)))}."
        look.subject.say("SRC_NEVER_RECONCILED", F_R, message, "status.conditions", None, "conditions", since=since)
    else:
        look.subject.say("SRC_NOT_OBSERVED", P, "No controller has looked at the source yet.", "status.conditions", None, "conditions")


def no_conditions(look: Look) -> None:
    """S11: it was looked at, and states no conditions."""
    if not look.source.conditions and not look.source.never_succeeded:
        message = "The controller has looked at the source, but it states no conditions."
        look.subject.say("SRC_NO_CONDITIONS", U, message, "status.conditions", None, "conditions")


def ahead(look: Look) -> None:
    """S12: its status is of a later generation."""
    seen, own = look.source.observed, look.source.generation
    if seen is not None and own is not None and seen > own:
        message = f"The status is of generation {seen}, the source only of {own}."
        look.subject.say("SRC_GENERATION_AHEAD", U, message, "status.observedGeneration", seen, own)


def stale(look: Look) -> None:
    """S13: what Ready says is not of the source's generation."""
    source, ready = look.source, look.source.ready
    if ready is None or not _is_stale(source, ready):
        return
    late = look.seen_for("S13") >= look.watch.stuck_after
    seen = source.observed if ready.generation in (None, source.generation) else ready.generation
    if source.generation is None:
        message = "The source states no generation, so it cannot be told whether its condition Ready is of now."
    elif seen is None:
        message = "The status states no generation, so it cannot be told whether the condition Ready is of now."
    elif seen == source.observed:
        message = f"The status is of generation {seen}, the source of {source.generation}: the controller has not come to an end with it."
    else:
        message = f"The condition Ready is of generation {seen}, the source of {source.generation}."
    look.subject.say("SRC_GENERATION_STALE", F_R if late else P, message, "status.observedGeneration", seen, source.generation)


def _is_stale(source: GitRepository, ready: Condition) -> bool:
    seen, own = source.observed, source.generation
    unproven = ready.status == "true" and (seen is None or own is None or seen < own)
    return unproven or not source.is_current(ready, failing=ready.status == "false")


def reconciling(look: Look) -> None:
    """S14: it is being reconciled; so is one whose Ready=False states a progress reason."""
    condition = look.reconciling
    if look.stalled:
        return
    if condition is None:
        ready = look.source.failing("ready")
        if ready and ready.reason.lower() in PROGRESS_REASONS:
            message = f"The source is being reconciled ({ready.words})."
            look.subject.say("SRC_RECONCILING", P, message, ready.field, str(ready.raw_status), since=ready.since)
        return
    since = look.failing_since("reconciling")
    late = look.is_stuck(since)
    code = "SRC_RETRYING" if condition.reason.lower() == "progressingwithretry" else "SRC_RECONCILING"
    lasted = look.watch.seconds_since(since)
    message = f"The source is being reconciled ({condition.words})" + (
        f", without success for at least {span(int(lasted))}." if lasted >= 1 else "."
    )
    look.subject.say(code, F_R if late else P, message, condition.field, "True", since=since if lasted >= 1 else None)


def ready_unknown(look: Look) -> None:
    """S15: Ready is unknown, or not stated."""
    ready = look.source.ready
    status = ready.status if ready else ""
    if not look.source.conditions or status in ("true", "false"):
        return
    # The time of a condition of another generation says nothing of this one.
    since = look.since(ready.since if ready and look.source.is_current(ready) else None, "S15")
    seen = "is not stated" if not status else f"is {ready.raw_status if ready else None}"
    words = f" ({ready.words})" if ready and (ready.reason or ready.message) else ""
    # The last row of the table: a status that is none of the three is not known at all.
    mark = U if status not in ("", "unknown") or look.is_stuck(since) else P
    message = f"The condition Ready {seen}{words}."
    observed = ready.raw_status if ready else None
    look.subject.say("SRC_READY_UNKNOWN", mark, message, "status.conditions[Ready]", observed, "True", since=since)


def unreadable_conditions(look: Look) -> None:
    """S15: a condition without a type, with a status that is none of the three, or of a generation that is no number."""
    count = look.source.unreadable
    if count:
        look.subject.say("SRC_READY_UNKNOWN", U, "Not every condition of the source can be read.", "status.conditions", count, 0)


def suspend_unknown(look: Look) -> None:
    """S15: what is neither true nor false does not tell whether it is suspended."""
    unreadable_suspend(look, "SRC_READY_UNKNOWN", "source")


def outdated(look: Look) -> None:
    """S16: a newer artifact is about to be made."""
    stated = look.source.conditions.get("artifactoutdated")
    newer = stated if stated and stated.status == "true" else None
    for condition in filter(None, (newer, look.source.has("artifactinstorage", "false"))):
        message = f"The artifact is about to be replaced ({condition.kind} is {condition.raw_status}; {condition.words})."
        look.subject.say("SRC_ARTIFACT_OUTDATED", P, message, condition.field, str(condition.raw_status), since=condition.since)


def without_artifact(look: Look) -> None:
    """S17: it says ready, and has no artifact."""
    if look.source.says_ready and not look.source.revision.text and look.source.has_artifacts:
        message = "The source says Ready, but it has no artifact with a revision."
        look.subject.say("SRC_READY_WITHOUT_ARTIFACT", U, message, "status.artifact.revision", None, "a revision")


def other_ref(look: Look) -> None:
    """S18: the artifact is not of what the source follows."""
    source = look.source
    if not source.says_ready or not source.revision.text or source.ref.holds(source.revision):
        return
    late = look.seen_for("S18") >= look.watch.stuck_after
    message = f"The artifact is {source.revision.text}, the source follows {source.ref.words}."
    artifact = source.revision.text
    look.subject.say("SRC_ARTIFACT_OTHER_REF", F_R if late else P, message, "status.artifact.revision", artifact, source.ref.words)


def not_verified(look: Look) -> None:
    """S23: verification is demanded or stated, and nothing says that the signature was checked."""
    source = look.source
    stated = [source.conditions[kind] for kind in VERIFIED if kind in source.conditions]
    if any(map(source.failing, VERIFIED)):
        return  # S7, S22
    doubtful = next((condition for condition in stated if condition.status not in ("true", "false")), None)
    demanded = source.spec("verify") is not None and not any(source.has(kind, "true") for kind in VERIFIED)
    if not doubtful and not demanded:
        return
    mark = U if look.seen_for("S23") >= look.watch.stuck_after else P
    observed = doubtful.raw_status if doubtful else None
    message = "Nothing says that the signature of the fetched commit was checked" + (f" ({doubtful.words})." if doubtful else ".")
    look.subject.say("SRC_NOT_VERIFIED", mark, message, "status.conditions[SourceVerified]", observed, "True")


def reconcile_requested(look: Look) -> None:
    """S24: a reconcile was asked for, and the controller has not got to it."""
    asked, handled = look.source.metadata("annotations", REQUESTED_AT), look.source.status("lastHandledReconcileAt")
    if asked is None or handled is None or asked == handled:
        return
    since = look.since(moment_of(asked), "S24", str(asked))
    mark = W if look.is_stuck(since) else P
    message = f"A reconcile was requested at {asked}, and the last one that was handled is of {handled}."
    look.subject.say("SRC_RECONCILE_REQUESTED", mark, message, "status.lastHandledReconcileAt", str(handled), str(asked), since=since)


# S4 to S18 and S22 to S24: what the source itself says.
ROWS: tuple[Callable[[Look], None], ...] = (
    terminating,
    suspended,
    stalled,
    unverified,
    verification_error,
    failed,
    not_ready,
    never_observed,
    no_conditions,
    ahead,
    stale,
    reconciling,
    ready_unknown,
    unreadable_conditions,
    suspend_unknown,
    outdated,
    without_artifact,
    other_ref,
    not_verified,
    reconcile_requested,
)
UNSETTLED = (stalled, unverified, verification_error, failed, not_ready, never_observed, no_conditions, reconciling, ready_unknown)
ROWS_OF_SETTLED = tuple(row for row in ROWS if row not in UNSETTLED)  # nothing is unsettled about most sources of a fleet


# --- repoStatus as second witness, and warnings ----------------------------------------------------------------------------------------

# By repoStatus, for what the source itself says: what is to be said as well.
WITNESS: Matrix = {
    "health": {PROGRESSING: W, FAILED: W, NONE: U},
    "progressing": {READY: P},
    "failed": {READY: U, NONE: F_R},
    "unknown": {READY: W, NONE: U},
    "other": {READY: U, NONE: U},
}


def second_witness(look: Look, verdict: str) -> None:
    """S20: repoStatus against what the conditions say; where only the rest of the source speaks against it, what they say is held."""
    first = len(look.subject.findings)
    if verdict != READY and look.is_settled:
        second_witness(look, READY)
        look.subject.hold(first)
    witness = Witness.compare(look.source.raw.get("repoStatus"), look.source, verdict, WITNESS)
    if witness.mark:
        code = "SRC_REPOSTATUS_FAILED" if witness.mark is F_R else "SRC_STATUS_CONTRADICTION"
        message = witness.words("repoStatus", "source", look.subject.findings)
        look.subject.say(code, witness.mark, message, "repoStatus", witness.stated, witness.expected)


def scp_style(look: Look) -> None:
    """X4: Flux refuses the form of its URL."""
    url = look.source.url
    if is_scp_style(url):
        look.subject.say("SRC_URL_SCP_STYLE", W, f"Flux refuses URLs of the form {url}.", "spec.url", url, "ssh://git@host/path")


def credentials_in_url(look: Look) -> None:
    """S25: its URL holds a password."""
    url = look.source.url
    if holds_password(url):
        look.subject.say("SRC_URL_CREDENTIALS", W, f"The URL {url} holds credentials.", "spec.url", url, "a Secret")


def insecure_url(look: Look, wants: Sequence[Mapping[str, Any]]) -> None:
    """S25: it is fetched without encryption, and nobody has said that this is expected."""
    url, scheme = look.source.url, url_scheme(look.source.url)
    if scheme in INSECURE_SCHEMES and not any(url_scheme(want.get("url")) == scheme for want in wants):
        look.subject.say("SRC_URL_INSECURE", W, f"The source is fetched from {url}, without encryption.", "spec.url", url, "https or ssh")


ASIDE: tuple[Callable[[Look], None], ...] = (duplicated, scp_style, credentials_in_url, clock_skew)

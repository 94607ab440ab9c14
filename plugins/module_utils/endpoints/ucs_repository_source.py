# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""UCS repository sources: the Flux GitRepository objects of a cluster (GET /v1/configsets/repos; rules: readiness.md 2.2 and 3)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from ..client import Client
from ..endpoint import CLUSTER_IDS, MANAGED_FIELDS, Endpoint, check_ids, drop_managed_fields, read_each
from ..errors import UNEXPECTED_ANSWER, ApiError, OptionError, Said
from ..findings import CATALOGUE, FAILED, PROGRESSING, READY, UNKNOWN, WARNING, Finding, worst
from ..judging import Context, Judgement, Notes, is_true, judge_errors, nearest, text
from ..revisions import is_revision, parse_revision, same_revision
from ..values import duration, is_scp_style, largest, nested, normal_url, number, parse_time, span

FAILING_CONDITIONS = {
    "FetchFailed": "SRC_FETCH_FAILED",
    "StorageOperationFailed": "SRC_STORAGE_FAILED",
    "IncludeUnavailable": "SRC_INCLUDE_UNAVAILABLE",
    "BuildFailed": "SRC_BUILD_FAILED",
}
PROGRESS_REASONS = {"newgeneration", "noartifact", "newrevision", "progressing", "progressingwithretry"}
V1_PROGRESS_REASONS = {"progressing", "progressingwithretry"}
DEFAULT_INTERVAL = 60.0  # seconds, where spec.interval or spec.timeout is absent or unreadable; Flux's default timeout


def _words(*words: str) -> re.Pattern[str]:
    return re.compile("|".join(rf"(?<!\w){re.escape(word)}(?!\w)" for word in words), re.IGNORECASE)


# Failure classes, top row first: name, reasons, words of the message (readiness.md 2.2, "Classes").
CLASSES: list[tuple[str, set[str], re.Pattern[str]]] = [
    (
        "config",
        {"urlinvalid", "invalidpath"},
        _words("couldn't find remote ref", "reference not found", "repository not found", "unsupported scheme"),
    ),
    (
        "auth",
        {"authenticationfailed"},
        re.compile(
            _words("authentication required", "authorization failed", "handshake failed", "knownhosts", "permission denied").pattern
            + r"|(?<!\w)secrets?(?!\w).*(?<!\w)not found(?!\w)",
            re.IGNORECASE | re.DOTALL,
        ),
    ),
    ("tls", set(), _words("x509", "certificate")),
    (
        "network",
        set(),
        _words(
            "i/o timeout",
            "no such host",
            "lookup",
            "connection refused",
            "connection reset",
            "EOF",
            "TLS handshake timeout",
            "context deadline exceeded",
        ),
    ),
    (
        "storage",
        {"storageoperationfailed", "archiveoperationfailed", "directorycreationfailed", "statoperationfailed"},
        _words("no space left"),
    ),
]
AT_ONCE = ("config", "auth", "tls")


def failure_class(reason: Any, message: Any) -> str:
    """config, auth, tls, network, storage or other: by the reason first, then by the message (readiness.md 2.2, "Classes")."""
    by_reason = next((name for name, reasons, _pattern in CLASSES if text(reason) in reasons), None)
    return by_reason or next((name for name, _reasons, pattern in CLASSES if pattern.search(str(message or ""))), "other")


def read(client: Client, options: Mapping[str, Any]) -> dict[str, Any]:
    """The sources of each cluster: ``{"clusters": [{cluster_id, total, repository_sources}], "errors": [...]}``.

    :raises OptionError: for an unusable cluster id, before the first request
    """
    query = [(name, options.get(name)) for name in ("order_by", "order")]

    def cluster(cluster_id: str) -> dict[str, Any]:
        asked = [("clusterid", cluster_id), *query]
        if options.get("limit") is None and options.get("offset") is None:
            body = client.get("ucs", "/v1/configsets/repos", asked)
            items = body.get("items") if isinstance(body.get("items"), list) else None
        else:
            body, items = _pages(client, asked, options)
        if not options.get("managed_fields"):
            for item in items or []:
                drop_managed_fields(nested(item, "gitRepository", "metadata"))
        return {"cluster_id": cluster_id, "total": body.get("total"), "repository_sources": items}

    return read_each(client, "clusters", "cluster_id", cluster, options["cluster_ids"])


def _pages(client: Client, asked: list[tuple[str, Any]], options: Mapping[str, Any]) -> tuple[dict[str, Any], list[Any]]:
    """The sources from ``offset`` on, ``limit`` at a time. What the offset counts is documented nowhere, so anything unexpected is an error
    instead of a loop (api/facts.md section 2).

    :raises ApiError: for an answer that repeats itself or ends before ``total``
    """
    start = offset = options.get("offset") or 0
    items: list[Any] = []
    known: set[Any] = set()
    total: int | None = None
    while True:
        body = client.get("ucs", "/v1/configsets/repos", [*asked, ("limit", options.get("limit")), ("offset", offset)])
        page, total = body.get("items"), largest(total, number(body.get("total")))
        page = page if isinstance(page, list) else []
        names = {nested(one, "uid") or (nested(one, "namespace"), nested(one, "name")) for one in page}
        complete = total is None or start + len(items) + len(page) >= total
        if known & names or (not page and not complete):
            seen = "an empty page" if not page else "a source that was there already"
            raise ApiError(
                f"Unexpected paging: offset {offset} of {total} sources gave {seen}. Leave out limit and offset to read all at once.",
                200,
                UNEXPECTED_ANSWER,
                service="ucs",
                path="/v1/configsets/repos",
            )
        items += page
        known |= names
        offset += len(page)
        if not page or complete or options.get("limit") is None:
            return {**body, "total": total}, items


def judge(reading: Mapping[str, Any], options: Mapping[str, Any], context: Context) -> Judgement:
    """The findings of readiness.md 2.2, rows S0 to S20, and of section 3."""
    notes = Notes(options, context)
    judge_errors(notes, reading.get("errors") or [], "cluster_id", "SRC_CLUSTER_NOT_FOUND")
    for cluster in reading.get("clusters") or []:
        _judge_cluster(notes, cluster)
    return notes.result()


def _judge_cluster(notes: Notes, cluster: Mapping[str, Any]) -> None:
    """Rows S0 to S2, then each source."""
    cluster_id, items = str(cluster.get("cluster_id")), cluster.get("repository_sources")
    place = {"cluster_id": cluster_id, "scope": cluster_id, "kind": "Cluster"}
    expect = notes.options.get("expect") or []
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        notes.add(
            "API_SHAPE", UNKNOWN, "There is no list of sources in the answer.", terminal=True, field="items", expected="a list", **place
        )
        return
    total = number(cluster.get("total"))
    if total is not None and total > len(items):
        message = f"{len(items)} of {total} sources were read."
        notes.add("LIST_INCOMPLETE", UNKNOWN, message, field="total", observed=len(items), expected=total, **place)
    if not items:
        wanted = ", ".join(_wanted(one) for one in expect)
        message = "There is no repository source in the cluster" + (f"; expected {wanted}." if expect else ".")
        notes.add(
            "SRC_NONE", FAILED if expect else UNKNOWN, message, terminal=not expect, observed=0, expected=wanted or "a source", **place
        )
        return
    sources = [Source.of(cluster_id, item) for item in items]
    wants: dict[int, list[Mapping[str, Any]]] = {}
    for one in expect:
        for source in _matching(notes, one, sources, place):
            wants.setdefault(id(source), []).append(one)
    for source in sources:
        _judge_source(notes, source, wants.get(id(source), []), counts=not expect or id(source) in wants)


@dataclass
class Source:
    """A source of the answer with what the rows look at."""

    cluster_id: str
    name: str
    namespace: str
    raw: Mapping[str, Any]
    generation: int | None
    observed: int | None
    conditions: dict[str, Mapping[str, Any]]
    duplicates: list[str]
    revision: str

    @classmethod
    def of(cls, cluster_id: str, raw: Mapping[str, Any]) -> Source:
        """A source from its JSON; of a condition stated twice the last one counts (readiness.md 2.2)."""
        repository = raw.get("gitRepository")
        listed = nested(repository, "status", "conditions")
        conditions: dict[str, Mapping[str, Any]] = {}
        duplicates = []
        for one in listed if isinstance(listed, list) else []:
            kind = nested(one, "type")
            if isinstance(kind, str):
                if kind in conditions:
                    duplicates.append(kind)
                conditions[kind] = one
        revision = nested(repository, "status", "artifact", "revision")
        return cls(
            cluster_id=cluster_id,
            name=str(raw.get("name") or nested(repository, "metadata", "name") or "unnamed"),
            namespace=str(raw.get("namespace") or nested(repository, "metadata", "namespace") or ""),
            raw=raw,
            generation=number(nested(repository, "metadata", "generation")),
            observed=number(nested(repository, "status", "observedGeneration")),
            conditions=conditions,
            duplicates=duplicates,
            revision=revision.strip() if isinstance(revision, str) else "",
        )

    def spec(self, *path: str) -> Any:
        """A field of the GitRepository's spec."""
        return nested(self.raw, "gitRepository", "spec", *path)

    def current(self, kind: str, failing: bool = False) -> bool:
        """Whether a condition is of the source's generation; a failing one without a generation of its own counts as current."""
        own = number(self.conditions.get(kind, {}).get("observedGeneration"))
        if own:
            return own == self.generation
        return failing or (self.observed is not None and self.observed == self.generation)

    def status(self, kind: str) -> str:
        """A condition's status in lower case: true, false, unknown, or empty when it is not stated."""
        value = self.conditions.get(kind, {}).get("status")
        return str(value).lower() if isinstance(value, bool) else text(value)

    def told(self, kind: str) -> str:
        """Reason and message of a condition."""
        reason, message = self.conditions[kind].get("reason"), self.conditions[kind].get("message")
        return ": ".join(str(part) for part in (reason, message) if part) or "no reason stated"

    @property
    def branch(self) -> Any:
        """The branch the source follows, Flux's default where spec.ref names nothing; None where it names something else only."""
        ref = self.spec("ref")
        return self.spec("ref", "branch") or (None if isinstance(ref, dict) and any(ref.values()) else "master")

    @property
    def pickup_time(self) -> float:
        """Seconds that Flux may take until a pushed revision is its artifact: 2 x interval + timeout (readiness.md section 3, item 6)."""
        interval, timeout = duration(self.spec("interval")), duration(self.spec("timeout"))
        return 2 * (DEFAULT_INTERVAL if interval is None else interval) + (DEFAULT_INTERVAL if timeout is None else timeout)


def _matching(notes: Notes, want: Mapping[str, Any], sources: list[Source], place: Mapping[str, Any]) -> list[Source]:
    """The sources an expectation means; a finding when there is none, or when its spec differs (row S2)."""

    def fits(source: Source, name: str) -> bool:
        if name == "url":
            return normal_url(source.spec("url")) == normal_url(want["url"])
        if name == "branch":
            return bool(source.branch == want["branch"])
        return bool(getattr(source, name) == want[name])

    identity = (
        [name for name in ("name", "namespace") if want.get(name)]
        if want.get("name")
        else [name for name in ("url", "namespace") if want.get(name)]
    )
    found = [source for source in sources if all(fits(source, name) for name in identity)]
    rest = [name for name in ("url", "branch") if want.get(name) and name not in identity]
    exact = [source for source in found if all(fits(source, name) for name in rest)]
    if not found:
        hint = nearest(str(want.get("name") or want.get("url")), [one.name if want.get("name") else one.spec("url") for one in sources])
        fields = {**place, "kind": "GitRepository", "name": want.get("name") or want.get("url"), "namespace": want.get("namespace")}
        notes.add("SRC_MISSING", FAILED, f"The expected source {_wanted(want)} is not there.{hint}", expected=_wanted(want), **fields)
    elif not exact:
        for source in found:
            for name in (name for name in rest if not fits(source, name)):
                seen = source.spec("url") if name == "url" else source.branch or source.spec("ref")
                fields = {
                    **_place(source),
                    "field": f"spec.{'ref.branch' if name == 'branch' else name}",
                    "observed": seen,
                    "expected": want[name],
                }
                notes.add("SRC_SPEC_MISMATCH", FAILED, f"The source has {name} {seen}, expected {want[name]}.", **fields)
    return exact or found


def _wanted(want: Mapping[str, Any]) -> str:
    return " ".join(f"{name} {want[name]}" for name in ("name", "namespace", "url", "branch") if want.get(name))


def _place(source: Source) -> dict[str, Any]:
    return {
        "cluster_id": source.cluster_id,
        "scope": source.cluster_id,
        "kind": "GitRepository",
        "name": source.name,
        "namespace": source.namespace,
    }


def _judge_source(notes: Notes, source: Source, wants: list[Mapping[str, Any]], counts: bool) -> None:
    """Rows S3 to S20 and the expected revisions of one source."""
    findings: list[Finding] = []
    key = (source.cluster_id, "source", source.namespace, source.name)

    def say(code: str, verdict: str, message: str, **fields: Any) -> None:
        findings.append(notes.add(code, verdict, message, **{**_place(source), **fields}))

    repository = source.raw.get("gitRepository")
    if source.raw.get("repoType") != "GitRepository" or not isinstance(repository, dict):
        kind = source.raw.get("repoType")
        seen = f"type {kind}" if kind != "GitRepository" else "no gitRepository in the answer"
        say(
            "SRC_UNSUPPORTED",
            UNKNOWN,
            f"The source cannot be judged: {seen}.",
            terminal=True,
            field="repoType",
            observed=kind,
            expected="GitRepository",
        )
    else:
        _judge_life(source, say)
        bare = _judge_conditions(notes, source, key, say)
        _judge_other_ref(notes, source, key, say)
        _judge_second_witness(source, findings, bare, say)
        if worst(finding.verdict for finding in findings) == READY:
            for want in wants:
                if want.get("revision"):
                    _judge_revision(notes, source, want, key, say)
    baseline = notes.context.history.facts.get((*key, "baseline")) or source.revision
    if baseline:
        notes.remember(baseline, *key, "baseline")
    ready = parse_time(source.conditions.get("Ready", {}).get("lastTransitionTime"))
    times = [condition.get("lastTransitionTime") for condition in source.conditions.values()]
    notes.note_skew(nested(repository, "metadata", "creationTimestamp"), *times, counts=counts, **_place(source))
    notes.judged(
        "GitRepository",
        source.name,
        findings,
        counts,
        scope=source.cluster_id,
        cluster_id=source.cluster_id,
        namespace=source.namespace,
        steady_since=ready.latest if ready and source.status("Ready") == "true" else None,
        fingerprint=parse_revision(source.revision).hex or source.revision,
    )


def _judge_life(source: Source, say: Any) -> None:
    """Rows S4 and S5, doubled conditions, and a URL that Flux refuses (X4)."""
    deleting = nested(source.raw, "gitRepository", "metadata", "deletionTimestamp")
    if deleting:
        say(
            "SRC_TERMINATING",
            FAILED,
            "The source is being deleted.",
            terminal=True,
            since=str(deleting),
            field="metadata.deletionTimestamp",
        )
    if is_true(source.spec("suspend")):
        say(
            "SRC_SUSPENDED",
            FAILED,
            "The source is suspended: it does not follow its repository.",
            terminal=True,
            field="spec.suspend",
            observed=True,
        )
    for kind in source.duplicates:
        say("SRC_DUPLICATE_CONDITION", WARNING, f"The condition {kind} is stated more than once.", field=f"status.conditions[{kind}]")
    if is_scp_style(source.spec("url")):
        say(
            "SRC_URL_SCP_STYLE",
            WARNING,
            f"Flux refuses URLs of this form: {source.spec('url')}",
            field="spec.url",
            observed=source.spec("url"),
        )


def _judge_conditions(notes: Notes, source: Source, key: tuple[str, ...], say: Any) -> bool:
    """Rows S6 to S17; whether there are no conditions to go by (S10, S11)."""
    ready, observed, generation = source.status("Ready"), source.observed, source.generation
    for kind in ("SourceVerified", "SourceVerifiedCondition"):
        if source.status(kind) == "false" and source.current(kind, failing=True):
            message = f"The signature of the fetched commit does not verify ({source.told(kind)})."
            say("SRC_VERIFICATION_FAILED", FAILED, message, terminal=True, **_stated(source, kind))
    if source.status("Stalled") == "true" and source.current("Stalled", failing=True):
        say(
            "SRC_STALLED",
            FAILED,
            f"The source cannot be reconciled as it is ({source.told('Stalled')}).",
            terminal=True,
            **_stated(source, "Stalled"),
        )
    if not source.conditions:
        _judge_unobserved(notes, source, key, say)
        return True
    if observed is not None and generation is not None and observed > generation:
        message = f"The status is of generation {observed}, the source only of {generation}."
        say("SRC_GENERATION_AHEAD", UNKNOWN, message, field="status.observedGeneration", observed=observed, expected=generation)
    failing = [kind for kind in FAILING_CONDITIONS if source.status(kind) == "true" and source.current(kind, failing=True)]
    reason = text(source.conditions.get("Ready", {}).get("reason"))
    not_ready = ready == "false" and source.current("Ready", failing=True)
    if not_ready and reason not in PROGRESS_REASONS and not any(source.told(kind) == source.told("Ready") for kind in failing):
        # The same failure under two names (as in the documented example) is one finding.
        failing.append("Ready")
    reconciling = source.status("Reconciling") == "true" and source.current("Reconciling")
    since = _failing_since(notes, source, key, bool(failing) or reconciling or not_ready)
    for kind in failing:
        _judge_failure(notes, source, kind, since, say)
    if reconciling:
        _judge_reconciling(notes, source, since, say)
    elif not_ready and reason in PROGRESS_REASONS:
        say("SRC_RECONCILING", PROGRESSING, f"The source is being reconciled ({source.told('Ready')}).", **_stated(source, "Ready"))
    _judge_ready(notes, source, key, say)
    if source.status("ArtifactOutdated") == "true":
        say(
            "SRC_ARTIFACT_OUTDATED",
            PROGRESSING,
            f"A newer artifact is being made ({source.told('ArtifactOutdated')}).",
            **_stated(source, "ArtifactOutdated"),
        )
    if ready == "true" and not source.revision:
        message = "The source says Ready but has no artifact with a revision."
        say("SRC_READY_WITHOUT_ARTIFACT", UNKNOWN, message, field="status.artifact.revision", observed=None, expected="a revision")
    return False


def _judge_ready(notes: Notes, source: Source, key: tuple[str, ...], say: Any) -> None:
    """Rows S13 and S15: Ready that is old, or says nothing."""
    ready, observed, generation = source.status("Ready"), source.observed, source.generation
    behind = ready == "true" and (observed is None or generation is None or observed < generation)
    if ready and (behind or not source.current("Ready", failing=ready == "false")):
        late = notes.seen_for(*key, "S13") >= notes.stuck_after
        known = "no generation" if observed is None else f"generation {observed}"
        message = f"The status is of {known}, the source already of {generation}: what it says is old."
        say(
            "SRC_GENERATION_STALE",
            FAILED if late else PROGRESSING,
            message,
            field="status.observedGeneration",
            observed=observed,
            expected=generation,
        )
    elif ready not in ("true", "false"):
        stated = parse_time(source.conditions.get("Ready", {}).get("lastTransitionTime"))
        began = stated.latest if stated else notes.since_seen(*key, "S15")
        late = (notes.now - began).total_seconds() >= notes.stuck_after
        seen = source.conditions.get("Ready", {}).get("status")
        told = f" ({source.told('Ready')})" if "Ready" in source.conditions else ""
        message = f"Its condition Ready is {'not stated' if seen is None else seen}{told}."
        fields = {"field": "status.conditions[Ready]", "observed": seen, "expected": "True", "since": began}
        say("SRC_READY_UNKNOWN", UNKNOWN if late else PROGRESSING, message, **fields)


def _stated(source: Source, kind: str) -> dict[str, Any]:
    """Where a finding about a condition comes from."""
    condition = source.conditions[kind]
    since = condition.get("lastTransitionTime")
    return {"field": f"status.conditions[{kind}]", "observed": str(condition.get("status")), "since": str(since) if since else None}


def _judge_unobserved(notes: Notes, source: Source, key: tuple[str, ...], say: Any) -> None:
    """Rows S10 and S11."""
    if source.observed is not None and source.observed >= 1:
        message = "The controller has looked at the source but states no conditions."
        say("SRC_NO_CONDITIONS", UNKNOWN, message, field="status.conditions", observed=None, expected="conditions")
        return
    born = parse_time(nested(source.raw, "gitRepository", "metadata", "creationTimestamp"))
    began = born.latest if born else notes.since_seen(*key, "S10")
    lasted = (notes.now - began).total_seconds()
    late = lasted >= notes.stuck_after
    code = "SRC_NEVER_RECONCILED" if late else "SRC_NOT_OBSERVED"
    message = f"No controller has looked at the source{f' for {span(lasted)}' if late else ' yet'}."
    say(code, FAILED if late else PROGRESSING, message, since=began, field="status.conditions", observed=None, expected="conditions")


def _failing_since(notes: Notes, source: Source, key: tuple[str, ...], failing: bool) -> datetime:
    """Since when a source is without success: never by Ready's own time, which moves at every retry (readiness.md 2.2, "Failing-since")."""
    if not failing:
        return notes.now
    times = [notes.since_seen(*key, "failing")]
    reconciling = source.conditions.get("Reconciling", {})
    if source.status("Reconciling") == "true" and text(reconciling.get("reason")) not in V1_PROGRESS_REASONS:
        times += _known(reconciling.get("lastTransitionTime"))
    if not source.revision:
        times += _known(nested(source.raw, "gitRepository", "metadata", "creationTimestamp"))
    return min(times)


def _known(value: Any) -> Iterable[datetime]:
    instant = parse_time(value)
    return [instant.latest] if instant else []


def _judge_failure(notes: Notes, source: Source, kind: str, since: datetime, say: Any) -> None:
    """Rows S8 and S9 by class of failure."""
    condition = source.conditions[kind]
    cause = failure_class(condition.get("reason"), condition.get("message"))
    lasted = (notes.now - since).total_seconds()
    told = source.told(kind)
    fields = {**_stated(source, kind), "cause": cause, "since": since}
    if cause in AT_ONCE or lasted >= notes.failure_grace:
        code = FAILING_CONDITIONS.get(kind, "SRC_NOT_READY")
        say(code, FAILED, f"{told}. Without success for {span(lasted)}." if lasted >= 1 else f"{told}.", **fields)
    else:
        say("SRC_FETCH_RETRYING", PROGRESSING, f"The last try failed {span(lasted)} ago and is repeated ({told}).", **fields)


def _judge_reconciling(notes: Notes, source: Source, since: datetime, say: Any) -> None:
    """Row S14."""
    reason = text(source.conditions["Reconciling"].get("reason"))
    lasted = (notes.now - since).total_seconds()
    late = lasted >= notes.stuck_after
    code = "SRC_RETRYING" if reason == "progressingwithretry" else "SRC_RECONCILING"
    message = f"The source is being reconciled ({source.told('Reconciling')})" + (f", without success for {span(lasted)}." if late else ".")
    remediation = {"remediation": CATALOGUE["SRC_NOT_READY"].remediation} if late else {}
    say(code, FAILED if late else PROGRESSING, message, **{**_stated(source, "Reconciling"), "since": since, **remediation})


def _judge_second_witness(source: Source, findings: list[Finding], bare: bool, say: Any) -> None:
    """What UCS itself says in repoStatus against the conditions (readiness.md 2.2, "repoStatus as second witness")."""
    raw = source.raw.get("repoStatus")
    if raw is None:
        return
    said = text(raw)
    verdict = worst(finding.verdict for finding in findings)
    fields = {"field": "repoStatus", "observed": str(raw), "expected": "Health"}
    message = f"UCS says {raw}, the source's conditions say {'nothing' if bare else verdict}."
    healthy, known = said in ("health", "healthy"), said in ("health", "healthy", "progressing", "failed", "unknown")
    if verdict == FAILED:
        if healthy:
            say("SRC_STATUS_CONTRADICTION", WARNING, message, **fields)
    elif bare:
        if said == "failed":
            say("SRC_REPOSTATUS_FAILED", FAILED, message, **fields)
        elif said != "progressing" and verdict == PROGRESSING:
            say("SRC_STATUS_CONTRADICTION", UNKNOWN, message, **fields)
    elif verdict == PROGRESSING:
        if healthy:
            say("SRC_STATUS_CONTRADICTION", WARNING, message, **fields)
    elif verdict == READY and not healthy:
        says = {"progressing": PROGRESSING, "unknown": WARNING}.get(said, UNKNOWN) if known else UNKNOWN
        say("SRC_STATUS_CONTRADICTION", says, message, **fields)


def _judge_other_ref(notes: Notes, source: Source, key: tuple[str, ...], say: Any) -> None:
    """Row S18: the artifact is of another branch than the one the source follows."""
    ref = source.spec("ref")
    fields = {name for name, value in ref.items() if value} if isinstance(ref, dict) else set()
    pointer = parse_revision(source.revision).pointer
    branch = source.spec("ref", "branch") or "master"
    if source.status("Ready") != "true" or fields - {"branch"} or not pointer or pointer == branch:
        return
    late = notes.seen_for(*key, "S18") >= notes.stuck_after
    message = f"The artifact is of {pointer}, the source follows {branch}."
    detail = {"field": "status.artifact.revision", "observed": source.revision, "expected": branch}
    say("SRC_ARTIFACT_OTHER_REF", FAILED if late else PROGRESSING, message, **detail)


def _judge_revision(notes: Notes, source: Source, want: Mapping[str, Any], key: tuple[str, ...], say: Any) -> None:
    """The expected revision of a source that is otherwise ready (readiness.md section 3, items 3 to 5)."""
    expected, observed = str(want["revision"]), source.revision
    if any(same_revision(str(one), observed) for one in [expected, *(want.get("acceptable_revisions") or [])]):
        return
    fields = {"field": "status.artifact.revision", "observed": observed, "expected": expected}
    if parse_revision(observed).hex is None:
        say("SRC_REVISION_UNPARSABLE", UNKNOWN, f"The artifact's revision {observed} cannot be compared with {expected}.", **fields)
        return
    for name in ("commit", "tag"):
        pinned = source.spec("ref", name)
        if isinstance(pinned, str) and pinned and not same_revision(expected, pinned):
            message = f"The source is pinned to {name} {pinned}, expected {expected}."
            say("SRC_PINNED_ELSEWHERE", FAILED, message, terminal=True, **{**fields, "field": f"spec.ref.{name}", "observed": pinned})
            return
    baseline = notes.context.history.facts.get((*key, "baseline"), observed)
    if same_revision(baseline, observed):
        lasted, limit = notes.seen_for(*key, "revision", expected), source.pickup_time
        late = lasted >= limit
        code = "SRC_REVISION_NOT_PICKED_UP" if late else "SRC_REVISION_NOT_YET"
        more = f"for {span(lasted)}, longer than Flux may take ({span(limit)})" if late else f"yet; Flux may take up to {span(limit)}"
        say(code, FAILED if late else PROGRESSING, f"The artifact is {observed}; {expected} was not picked up {more}.", **fields)
        wait = notes.options.get("wait_timeout")
        if wait and limit > wait:
            message = f"Flux may take up to {span(limit)} for a new revision, and the wait is {span(wait)}."
            found = {"field": "spec.interval", "observed": source.spec("interval"), "expected": wait}
            say("SRC_INTERVAL_LONGER_THAN_TIMEOUT", WARNING, message, **found)
        return
    choice = notes.options.get("on_superseded") or "block"
    verdict = {"block": FAILED, "wait": PROGRESSING, "allow": WARNING}[choice]
    message = f"The artifact went from {baseline} to {observed}, not to {expected}."
    say("SRC_REVISION_SUPERSEDED", verdict, message, terminal=choice == "block", **fields)


def _validate(options: Mapping[str, Any], path: str) -> None:
    check_ids(options, path, "cluster_ids")
    for name, lowest in (("limit", 1), ("offset", 0)):
        value = options.get(name)
        if value is not None and value < lowest:
            raise OptionError(path + name, value, f"a number from {lowest} on; left out, all sources are read")
    for index, want in enumerate(options.get("expect") or []):
        here = f"{path}expect[{index}]"
        if not (want.get("name") or want.get("url")):
            given = Said(", ".join(name for name in want if want[name]) or "nothing")
            raise OptionError(here, given, "a name or a url, to know which source is meant")
        for revision in [want["revision"]] if want.get("revision") is not None else []:
            if not is_revision(revision):
                raise OptionError(
                    f"{here}.revision",
                    revision,
                    "a commit hash, a prefix of at least 7 hex digits, a revision such as main@sha1:..., or a tag",
                )
        for number_, revision in enumerate(want.get("acceptable_revisions") or []):
            if not is_revision(revision):
                raise OptionError(
                    f"{here}.acceptable_revisions[{number_}]", revision, "a commit hash, a prefix of at least 7 hex digits, or a revision"
                )


ENDPOINT = Endpoint(
    name="ucs_repository_source",
    service="ucs",
    collection="clusters",
    id_field="cluster_id",
    objects="repository_sources",
    summary={
        "uid": 0,
        "name": 0,
        "namespace": 0,
        "repoType": 0,
        "repoStatus": 0,
        "gitRepository": {
            "metadata": {"name": 0, "namespace": 0, "uid": 0, "generation": 0, "creationTimestamp": 0, "deletionTimestamp": 0},
            "spec": {"url": 0, "ref": 0, "interval": 0, "timeout": 0, "suspend": 0, "secretRef": 0},
            "status": {"observedGeneration": 0, "conditions": 0, "artifact": {"revision": 0, "lastUpdateTime": 0}},
        },
    },
    ids={"cluster_ids": CLUSTER_IDS},
    listing={
        "limit": {"type": "int"},
        "offset": {"type": "int"},
        "order_by": {"type": "str", "choices": ["create_at", "update_at"]},
        "order": {"type": "str", "choices": ["desc", "asc"]},
        "managed_fields": MANAGED_FIELDS,
    },
    judging={
        "expect": {
            "type": "list",
            "elements": "dict",
            "options": {
                "name": {"type": "str"},
                "namespace": {"type": "str"},
                "url": {"type": "str"},
                "branch": {"type": "str"},
                "revision": {"type": "str"},
                "acceptable_revisions": {"type": "list", "elements": "str"},
            },
        },
        "on_superseded": {"type": "str", "choices": ["block", "wait", "allow"], "default": "block"},
    },
    read=read,
    judge=judge,
    validate=_validate,
)

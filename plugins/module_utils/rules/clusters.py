# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Clusters: which ones a question means, and how they are (rules.rst, rows N).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ..model.clusters import FREEZES, Cluster
from ..model.findings import NAME_LIMIT, cluster_label
from ..model.history import History, Watch
from ..model.readings import Entry, ReadError, Reading
from ..model.selections import IDS, Choice, ListRead
from ..model.shapes import lower, nested
from ..model.subjects import Judgement, Subject
from ..model.text import clean_text, some_of
from ..model.units import number
from ..model.verdicts import F_R, F_T, U_T, P, U, W
from .common import shown, stated_in_the_future
from .errors import error_mark, in_words

NAMES_SHOWN = 5
CHANGED = ("", "clusters")  # in the facts of a history: how the set of clusters changed last


# --- Which clusters a question means


def not_found(subject: Subject, choice: Choice) -> None:
    """N1: no cluster, or no fleet, has the name."""
    what = "fleet" if choice.by == "fleets" else "cluster"
    way = "id" if choice.by == IDS else "name"
    subject.say("CLUSTER_NOT_FOUND", F_T, f"There is no {what} of the {way} {choice.asked}.{choice.hint}", choice.by, expected=choice.asked)


def vanished(subject: Subject) -> None:
    """N1: a cluster that was selected is no longer there."""
    subject.say("CLUSTER_NOT_FOUND", F_T, "The cluster is no longer in the list of clusters.", "metadata.uid", expected=subject.cluster_id)


def ambiguous(subject: Subject, choice: Choice) -> None:
    """N2: several clusters, or several fleets, have the name."""
    ids = some_of(choice.candidates, ", ", NAMES_SHOWN)
    message = f"{len(choice.candidates)} {'fleets' if choice.by == 'fleets' else 'clusters'} have the name {choice.asked}: {ids}."
    subject.say("CLUSTER_AMBIGUOUS", F_T, message, choice.by, ids, choice.asked)


def none_selected(subject: Subject, choice: Choice) -> None:
    """N3: a fleet without a cluster, labels that no cluster has, or no cluster at all."""
    says = {"fleets": f"The fleet {choice.asked} has no cluster.", "cluster_labels": f"No cluster has the labels {choice.asked}."}
    subject.say("CLUSTER_NONE", U_T, says.get(choice.by, "There is no cluster."), choice.by, 0, "a cluster")


def set_changed(subject: Subject, change: str) -> None:
    """N4: what the question means has changed since the set of clusters was fixed."""
    subject.say("CLUSTER_SET_CHANGED", W, change)


def incomplete(subject: Subject, listed: ListRead) -> None:
    """N1, N2, N3: the list is cut short, so it cannot be told what is missing from it."""
    message = f"{listed.came} of {listed.total} {listed.of} came, so it is not certain which ones are meant."
    subject.say("LIST_INCOMPLETE", U, message, "total", listed.came, listed.total)


def misshapen(subject: Subject, listed: ListRead) -> None:
    """E6: there is no list, or it holds what cannot be told from what is meant."""
    if listed.came is None:
        subject.say("API_SHAPE", U_T, f"There is no list of {listed.of} in the answer.", "items", expected="a list")
    else:
        what = f"{listed.unreadable} of {listed.came} {listed.of}"
        message = f"{what} state no id, or labels or a fleet that cannot be read: they could be among those meant."
        subject.say("API_SHAPE", U_T, message, "metadata.uid", listed.unreadable, 0)


def judge_selection(reading: Reading, earlier: History, later: History) -> list[Subject]:
    """What is to be said of names, fleets and labels: by the newest look at the lists, and whether it is the set that was fixed."""
    subjects = [_lookup_failed(failure) for failure in reading.errors if not failure.target]
    now = reading.reselection or reading.selection
    if now is None:
        _keep_change(reading, earlier, later, subjects)
        return subjects
    moment = now.read_at
    for listed in (each for each in now.lists if not each.whole):
        subject = _notice(listed.of, moment)
        cut = listed.came is not None and not listed.unreadable
        (incomplete if cut else misshapen)(subject, listed)
        subjects.append(subject)
    for choice in now.choices if now.whole else ():
        subject = _notice(choice.words, moment)
        _judge_choice(subject, choice)
        subjects += [subject] if subject.findings else []
    if now.whole:
        later.facts.update({CHANGED: change} if (change := _change(reading)) else {})
    _keep_change(reading, earlier, later, subjects)
    return subjects


def _judge_choice(subject: Subject, choice: Choice) -> None:
    if choice.candidates:
        ambiguous(subject, choice)
    elif not choice.cluster_ids:
        by_name = choice.by in (IDS, "cluster_names") or (choice.by == "fleets" and choice.fleet_id is None)
        (not_found if by_name else none_selected)(subject, choice)


def _notice(name: str, moment: datetime) -> Subject:
    return Subject("Cluster", name, "", moment, is_state=True, notice=True)


def _lookup_failed(failure: ReadError) -> Subject:
    """E4 and the other rows of errors, for the lists of clusters and fleets."""
    code, mark = error_mark(failure.error, "CLUSTER_NOT_FOUND")
    subject = Subject("API", "clusters", "", failure.read_at, is_state=True, notice=True)
    subject.say(code, mark, f"Clusters could not be looked up: {in_words(failure.error)}", observed=failure.error.status, cause="api")
    return subject


def _change(reading: Reading) -> str:
    """How what the question means differs from the set that was fixed, in words; the last change where there is none any more."""
    if reading.reselection is None or reading.selection is None:
        return ""
    names = {**reading.selection.names, **reading.reselection.names}
    fixed, now = ({lower(each): each for each in chosen.cluster_ids} for chosen in (reading.selection, reading.reselection))
    gone = [cluster_label(fixed[key], names.get(fixed[key])) for key in sorted(fixed.keys() - now.keys())]
    new = [cluster_label(now[key], names.get(now[key])) for key in sorted(now.keys() - fixed.keys())]
    parts = [
        f"{some_of(clusters, ', ', NAMES_SHOWN)} {how}" for clusters, how in ((gone, "left"), (new, "came and was not asked")) if clusters
    ]
    return f"The set of clusters has changed since the first sample: {'; '.join(parts)}." if parts else ""


def _keep_change(reading: Reading, earlier: History, later: History, subjects: list[Subject]) -> None:
    """N4 holds from the first change on, also when the set is what it was, or cannot be looked up any more."""
    change = later.facts.setdefault(CHANGED, earlier.facts.get(CHANGED))
    if change and reading.read_at:
        subject = _notice("clusters", reading.read_at)
        set_changed(subject, change)
        subjects.append(subject)


# --- How a cluster is


def frozen(subject: Subject, cluster: Cluster) -> None:
    """N5, N8: the cluster is frozen for debt or by policy; what is neither true nor false is unknown."""
    for name in FREEZES:
        value = cluster.status.get(name)
        text = lower(value) if isinstance(value, str) else str(value).lower()
        if text == "true":
            why = "the account is in arrears" if name == "arrearFreeze" else "of a policy"
            subject.say("CLUSTER_FROZEN", F_T, f"The cluster is frozen because {why}.", f"status.{name}", value, False)
        elif value is not None and text not in ("false", ""):
            message = f"Whether the cluster is frozen cannot be told: {name} is {value!r}."
            subject.say("CLUSTER_PHASE_UNDOCUMENTED", U, message, f"status.{name}", shown(value), False)


def not_ready(subject: Subject, watch: Watch, cluster: Cluster) -> None:
    """N6: the condition Ready is neither True nor Available."""
    for condition in cluster.ready_conditions:
        status = condition.get("status")
        if status is True or lower(status) in ("true", "available"):
            continue
        since = condition.get("lastTransitionTime")
        seen = watch.seen_for("not_ready")
        lasted = watch.age(since)
        mark = F_R if (seen if lasted is None else lasted) >= watch.stuck_after else P
        reason = " ".join(str(part) for part in (condition.get("reason"), condition.get("message")) if part)
        message = f"The cluster is not ready, its condition Ready is {shown(status)}{f': {reason}' if reason else ''}."
        more = {} if lasted is None else {"since": str(since)}
        subject.say("CLUSTER_NOT_READY", mark, message, "status.conditions", shown(status), "True or Available", **more)


def no_node(subject: Subject, cluster: Cluster) -> None:
    """N7: no node of the cluster is ready."""
    if number(nested(cluster.status, "nodeSummary", "readyNum")) == 0:
        total = number(nested(cluster.status, "nodeSummary", "totalNum"))
        which = f"None of the {total} nodes" if total else "No node"
        subject.say("CLUSTER_NO_NODE", F_R, f"{which} of the cluster is ready.", "status.nodeSummary.readyNum", 0, 1)


def undocumented_phase(subject: Subject, cluster: Cluster) -> None:
    """N8, N9: Available is ready; another phase, or none, is unknown."""
    phase = cluster.status.get("phase")
    if lower(phase) != "available":
        seen = "not stated" if phase is None else f"undocumented: {phase!r}"
        subject.say("CLUSTER_PHASE_UNDOCUMENTED", U, f"The phase of the cluster is {seen}.", "status.phase", shown(phase), "Available")


def unreadable(subject: Subject, cluster: Cluster) -> None:
    """N8: what N6 and N7 look at is stated in another form than documented, so it could say that the cluster is not ready."""
    conditions, nodes = cluster.status.get("conditions"), cluster.status.get("nodeSummary")
    ready = nodes.get("readyNum") if isinstance(nodes, dict) else None
    count = number(ready)
    stated: tuple[tuple[str, Any, bool, str], ...] = (
        ("conditions", conditions, conditions is None or _are_conditions(conditions), "a list of conditions, each with its type"),
        ("nodeSummary", nodes, nodes is None or isinstance(nodes, dict), "totalNum and readyNum"),
        ("nodeSummary.readyNum", ready, ready in (None, "") or (count is not None and count >= 0), "a number of nodes"),
    )
    for name, value, fits, expected in stated:
        if not fits:
            message = f"Whether the cluster is ready cannot be told: {name} is {shown(value)!r}."
            subject.say("CLUSTER_PHASE_UNDOCUMENTED", U, message, f"status.{name}", shown(value), expected)


def _are_conditions(value: Any) -> bool:
    return isinstance(value, list) and all(lower(nested(condition, "type")) for condition in value)


def judge(reading: Reading, options: Mapping[str, Any], earlier: History) -> Judgement:
    """The clusters of an account; which ones are meant is judged by ``judge_selection``.

    Entries: for each cluster, ``target`` its id, ``fields`` the object of the answer.
    """
    later = History()
    subjects = [_judge_cluster(entry, Watch(options, entry.target, entry.read_at, earlier, later)) for entry in reading.entries]
    there = {lower(entry.target) for entry in reading.entries}
    now = reading.reselection or reading.selection
    if reading.selection and now and now.whole:
        for cluster_id in (each for each in reading.selection.cluster_ids if lower(each) not in there):
            subject = Subject("Cluster", None, cluster_id, now.read_at, cluster_id, is_state=True)
            vanished(subject)
            subjects.append(subject)
    return Judgement(subjects, later)


def _judge_cluster(entry: Entry, watch: Watch) -> Subject:
    cluster = Cluster(entry.fields)
    name = clean_text(cluster.name, NAME_LIMIT) if cluster.name else None
    nodes = nested(cluster.status, "nodeSummary")
    observed = {
        "phase": cluster.status.get("phase"),
        "kubernetes_version": cluster.status.get("kubernetesVersion"),
        "nodes_ready": number(nested(nodes, "readyNum")),
    }
    subject = Subject(
        "Cluster",
        name,
        entry.target,
        entry.read_at,
        entry.target,
        name,
        is_state=True,
        origin=cluster,
        observed={name: shown(value) for name, value in observed.items()},
    )
    frozen(subject, cluster)
    not_ready(subject, watch, cluster)
    no_node(subject, cluster)
    unreadable(subject, cluster)
    undocumented_phase(subject, cluster)
    stated_in_the_future(subject, watch, *(condition.get("lastTransitionTime") for condition in cluster.ready_conditions))
    return subject

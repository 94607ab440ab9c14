# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Which sources somebody expects, and whether they are there as expected (rules.rst, S2).

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..model.errors import OptionError, Said
from ..model.findings import NAME_LIMIT
from ..model.git_urls import INSECURE_SCHEMES, SECURE_SCHEMES, normal_url, url_scheme
from ..model.revisions import HEADS, is_commit, is_revision, short_name
from ..model.shapes import nearest
from ..model.sources import GIT_REPOSITORY, GitRepository
from ..model.subjects import Subject
from ..model.text import clean_text
from ..model.verdicts import F_R
from .revisions import expected_texts


def validate_expect(options: Mapping[str, Any], path: str = "") -> None:
    """Refuses expectations that cannot work, before the first request.

    :param path: where the options stand, e.g. ``checks[0].ucs_repository_source.``
    :raises OptionError: for an expectation without name and url, and for a revision that is none
    """
    for index, want in enumerate(options.get("expect") or []):
        place = f"{path}expect[{index}]"
        if not (want.get("name") or want.get("url")):
            raise OptionError(place, named_by(want), "a name or a url, to know which source is meant")
        if want.get("branch") and _kind(want) != GIT_REPOSITORY:
            raise OptionError(f"{place}.branch", want["branch"], f"none: {_kind(want)} follows no branch")
        validate_revisions(place, want)


def named_by(want: Mapping[str, Any]) -> Said:
    """What an expectation gives, for the message about what it does not."""
    return Said(", ".join(name for name in want if want[name]) or "nothing")


def validate_revisions(place: str, want: Mapping[str, Any]) -> None:
    """Refuses an expectation's revisions where they are none, and acceptable ones without an expected one.

    :param place: where the expectation stands
    :raises OptionError: naming the option
    """
    texts = [("revision", want.get("revision"))] if want.get("revision") is not None else []
    texts += [(f"acceptable_revisions[{at}]", text) for at, text in enumerate(want.get("acceptable_revisions") or [])]
    if texts and want.get("revision") is None:
        raise OptionError(f"{place}.acceptable_revisions", want["acceptable_revisions"], "a revision beside it")
    for option, text in texts:
        _validate_revision(f"{place}.{option}", text, want.get("branch"))


def _validate_revision(option: str, text: Any, branch: Any) -> None:
    if not is_revision(text):
        raise OptionError(option, text, "a commit hash, at least 7 hex digits of one, a revision such as main@sha1:..., or a tag")
    if branch and short_name(str(text).strip(), HEADS) == short_name(str(branch).strip(), HEADS):
        raise OptionError(option, text, "a commit, or a tag: this is the branch, and every revision of it would fit")


def describe(want: Mapping[str, Any]) -> str:
    """What names an expected source, in words."""
    kind = f"{_kind(want)} " if _kind(want) != GIT_REPOSITORY else ""
    return kind + ", ".join(f"{name} {clean_text(want[name])}" for name in ("name", "namespace", "url", "branch") if want.get(name))


def _kind(want: Mapping[str, Any]) -> str:
    """The kind of source that is expected."""
    return want.get("kind") or GIT_REPOSITORY


def matching(want: Mapping[str, Any], sources: Sequence[GitRepository]) -> list[GitRepository]:
    """The sources that an expectation means, by name or else by url: of several those that are as expected, if there are any. One that is
    listed in several ways is meant in each."""
    named = "name" if want.get("name") else "url"

    def is_meant(source: GitRepository) -> bool:
        if source.kind != _kind(want) or (want.get("namespace") and source.namespace != want["namespace"]):
            return False
        return source.name == want["name"] if named == "name" else bool(source.url) and _same_place(source, want)

    meant = [source for source in sources if is_meant(source)]
    as_expected = {source.key for source in meant if source.supported and not differences(source, want)}
    return [source for source in meant if source.supported and source.key in as_expected] or meant


def _same_place(source: GitRepository, want: Mapping[str, Any]) -> bool:
    return normal_url(source.url) == normal_url(want["url"])


def missing_source(want: Mapping[str, Any], sources: Sequence[GitRepository], notice: Subject) -> Subject:
    """S2: an expected source is not in the complete list."""
    by_name = bool(want.get("name"))
    name, namespace = (short_text(want["name"] if by_name else want["url"]), short_text(want.get("namespace")))
    subject = Subject(_kind(want), name, notice.target, notice.read_at, notice.cluster_id, notice.cluster_name, namespace)
    place = f"{namespace}/" if by_name and namespace else ""
    alike = [source for source in sources if source.kind == _kind(want)]
    known = [f"{source.namespace}/{source.name}" if place else source.name if by_name else clean_text(source.url) for source in alike]
    hint = nearest(f"{place}{name}", known)
    subject.say("SRC_MISSING", F_R, f"There is no source with {describe(want)}.{hint}", expected=describe(want))
    return subject


def spec_mismatches(subject: Subject, source: GitRepository, wants: Sequence[Mapping[str, Any]]) -> None:
    """S2: the expected source is there, with another url or branch."""
    mismatches = dict.fromkeys(difference for want in wants for difference in differences(source, want))
    for field, observed, expected, message in mismatches:
        subject.say("SRC_SPEC_MISMATCH", F_R, message, field, observed, expected)


def differences(source: GitRepository, want: Mapping[str, Any]) -> list[tuple[str, str, str, str]]:
    """Where a source's spec is not as expected: field, observed, expected, and that in a sentence."""
    mismatches = []
    if want.get("url") and not _is_expected_url(source, want):
        message = f"The source has url {source.url or 'none'}, expected {want['url']}."
        mismatches.append(("spec.url", source.url, str(want["url"]), message))
    if want.get("branch") and not _is_expected_branch(source, want):
        observed = source.ref.value if source.ref.kind == "branch" else source.ref.words
        message = f"The source follows {source.ref.words}, expected branch {want['branch']}."
        if not isinstance(source.content, dict):
            observed, message = "", f"The source states no ref, expected branch {want['branch']}."
        mismatches.append((source.ref.field, observed, str(want["branch"]), message))
    return mismatches


def _is_expected_url(source: GitRepository, want: Mapping[str, Any]) -> bool:
    weaker = url_scheme(want["url"]) in SECURE_SCHEMES and url_scheme(source.url) in INSECURE_SCHEMES
    return _same_place(source, want) and not weaker


def _is_expected_branch(source: GitRepository, want: Mapping[str, Any]) -> bool:
    branch = short_name(str(want["branch"]), HEADS)
    if not isinstance(source.content, dict):
        return False
    if source.ref.kind != "commit":
        return source.ref.kind == "branch" and source.ref.value == branch
    stated = source.spec("ref", "branch")
    pinned_to_it = any(is_commit(text, source.ref.value) for text in expected_texts(want))
    return pinned_to_it and (not stated or short_name(str(stated), HEADS) == branch)


def short_text(text: Any) -> str | None:
    """A name from an answer or an option as it may be shown; None where it is none."""
    return None if text is None else clean_text(text, NAME_LIMIT)

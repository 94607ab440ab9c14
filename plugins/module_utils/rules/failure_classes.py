# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Why a source failed, from what its controller says: the table of classes (rules.rst, "Classes").

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from ..model.git_urls import url_path

AUTH, NETWORK, TLS, CONFIG, STORAGE, OTHER = "auth", "network", "tls", "config", "storage", "other"
AT_ONCE = (CONFIG, AUTH, TLS)  # waiting does not help: failed from the first read


class FailureClass(NamedTuple):
    """A row of the table: its name, the reasons (in lower case) and the texts that belong to it.

    In a text, ``""`` stands for whatever was quoted, and ``5xx`` for any such status.
    """

    name: str
    reasons: tuple[str, ...]
    texts: tuple[str, ...]


# The top row wins, by its reasons or by its texts.
CLASSES = (
    FailureClass(
        AUTH,
        ("authenticationfailed",),  # only where no text of the next two rows stands beside
        (
            "authentication required",
            "authorization failed",
            "unable to authenticate",
            "no supported methods remain",
            "permission denied (publickey",
            "host key",
            "knownhosts",
            "known_hosts",
            "HTTP error 401",
            "HTTP error 403",
            "status code: 401",
            "status code: 403",
            "invalid auth method",
            "access to the resource is denied",
            "could not be found or you don't have permission",
            'secret "" not found',
            'secrets "" not found',
        ),
    ),
    FailureClass(
        NETWORK,
        (),
        (
            "i/o timeout",
            "no such host",
            "connection refused",
            "connection reset",
            "connection timed out",
            "no route to host",
            "network is unreachable",
            "broken pipe",
            "EOF",
            "TLS handshake timeout",
            "context deadline exceeded",
            "Client.Timeout",
            "server misbehaving",
            "dial tcp",
            "status code: 429",
            "status code: 5xx",
            "HTTP error 429",
            "HTTP error 5xx",
        ),
    ),
    FailureClass(
        TLS,
        (),
        (
            "x509",
            "certificate signed by",
            "certificate has expired",
            "certificate is not valid",
            "failed to find any PEM data",
            "first record does not look like a TLS handshake",
            "tls: ",
        ),
    ),
    FailureClass(
        CONFIG,
        (
            "urlinvalid",
            "invalidproviderconfiguration",
            "featuregatedisabled",
            "emptygitrepository",
            "illegalpath",
            "copyfailure",
            "invalidstsconfiguration",
        ),
        (
            "couldn't find remote ref",
            "reference not found",
            'reference "" not found',
            "unable to lookup branch",
            "repository not found",
            "remote repository is empty",
            "unable to resolve ref",
            "semver",
            'git commit "" not found',
            "object not found",
            "unsupported scheme",
            "HTTP error 404",
            "status code: 404",
            "project you were looking for could not be found",
            "sparse checkout",
            "URL cannot contain credentials",
            "Git refs cannot",
            "redirects are not allowed",
        ),
    ),
    FailureClass(
        STORAGE,
        (
            "storageoperationfailed",
            "archiveoperationfailed",
            "directorycreationfailed",
            "statoperationfailed",
            "symlinkupdatefailed",
            "invalidpath",  # of the controller's own folder
        ),
        ("no space left", "disk quota exceeded", "read-only file system", "failed to acquire lock"),
    ),
)
_LONGEST = 10_000  # characters of a message that are looked at
_INCLUDE = "includeunavailable"  # whose reason NotFound is one of config


def failure_class(reason: str, message: str, url: str = "", kind: str = "") -> str:
    """auth, network, tls, config, storage or other.

    :param url: spec.url of the source, whose path proves nothing
    :param kind: the type of the condition that states reason and message
    """
    word, plain = reason.strip().lower(), without_names(message, url)
    named = [name for name, pattern in _patterns() if pattern.search(plain)]
    if word == "notfound" and kind.lower() == _INCLUDE:
        named.append(CONFIG)
    named += [row.name for row in CLASSES if word in row.reasons and not (row.name == AUTH and {NETWORK, TLS} & set(named))]
    return next((row.name for row in CLASSES if row.name in named), OTHER)


def is_lookup(cause: str, message: str) -> bool:
    """Whether a failure of the network is one of names: the host could not be looked up."""
    return cause == NETWORK and bool(_LOOKUP.search(message))


def cause_words(cause: str, message: str) -> str:
    """The class of a failure for people, such as ``DNS``; empty where there is no more to say than the message has."""
    if is_lookup(cause, message):
        return "DNS"
    words = {AUTH: "authentication", NETWORK: "network", TLS: "TLS", CONFIG: "URL or ref", STORAGE: "storage"}
    # Those of a config set (K5).
    words |= {"dependency": "a dependency", "source": "its source", "build": "build", "prune": "prune", "health": "health checks"}
    return words.get(cause, "")


def without_names(message: str, url: str = "") -> str:
    """A message without what is only a name in it: quoted texts emptied, URLs, spec.url's path and names of refs taken out."""
    text = _QUOTED.sub(lambda match: match[0][0] * 2, " ".join(message[:_LONGEST].split()))
    text = _URL.sub(" ", text)
    path = url_path(url)
    if path:
        # A path of one word is known by its slash, or by the colon of an scp-like address; the bare word may be a word of the message.
        begin = r"(?:/|(?<![\w./-]))" if "/" in path else r"(?:/|(?<=:))"
        text = re.sub(rf"{begin}{re.escape(path)}(?:\.git)?(?![\w-])", " ", text, flags=re.IGNORECASE)
    return " ".join(_REF.sub(" ", text).split())


_LOOKUP = re.compile(r"\blookup \S+|no such host|server misbehaving", re.IGNORECASE)
# An apostrophe inside a word opens no quotation, nor does it close one.
_QUOTED = re.compile(r"""(?<!\w)(?:"(?:[^"\\]|\\.)*"|'(?:[^']|(?<=\w)'(?=\w))*'(?!\w))""")
_URL = re.compile(r"""\b[a-z][a-z0-9+.-]*://[^\s'"]*""", re.IGNORECASE)
_REF = re.compile(r"""(?<![\w/])refs/[^\s'"]*""")


def _words(text: str) -> str:
    """A text of the table as a pattern of whole words."""
    pattern = re.escape(text).replace('""', """(?:""|'')""").replace("5xx", r"5\d\d")
    return (r"(?<!\w)" if re.match(r"\w", text) else "") + pattern + (r"(?!\w)" if re.search(r"\w$", text) else "")


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """The classes with their patterns; a run without a failure needs none of them."""
    return tuple((row.name, re.compile("|".join(map(_words, row.texts)), re.IGNORECASE)) for row in CLASSES)

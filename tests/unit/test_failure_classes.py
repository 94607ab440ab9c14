# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Classes of failures, by what source-controller says: rules.rst, "Classes"."""

from __future__ import annotations

import pytest
from ansible_collections.huaweicloud.gitops.plugins.module_utils.rules.failure_classes import failure_class, without_names

# Every text of the table, in a sentence.
TEXTS = {
    "auth": [
        "authentication required",
        "remote: Authorization Failed",
        "ssh: handshake failed: ssh: unable to authenticate, attempted methods [none publickey]",
        "ssh: no supported methods remain",
        "git@github.com: Permission denied (publickey).",
        "git@github.com: Permission denied (publickey,password).",
        "ssh: handshake failed: host key mismatch",
        "ssh: handshake failed: knownhosts: key mismatch",
        "known_hosts is empty",
        "unhandled HTTP error 401 Unauthorized",
        "unhandled HTTP error 403 Forbidden",
        "unexpected status code: 401",
        "unexpected status code: 403 Forbidden",
        "invalid auth method",
        "access to the resource is denied",
        "the project could not be found or you don't have permission to view it",
        "remote: The project you were looking for could not be found or you don't have permission to view it.",
        'secrets "https-ca-credentials" not found',
        "failed to get secret 'default/x': secrets \"x\" not found",
        "secret 'x' not found",
    ],
    "network": [
        "read udp 1.2.3.4:5->6.7.8.9:53: i/o timeout",
        "lookup github.com: no such host",
        "connect: connection refused",
        "read: connection reset by peer",
        "connect: connection timed out",
        "connect: no route to host",
        "connect: network is unreachable",
        "write: broken pipe",
        "unexpected EOF",
        "net/http: TLS handshake timeout",
        "context deadline exceeded",
        "(Client.Timeout exceeded while awaiting headers)",
        "lookup github.com on 10.247.3.10:53: server misbehaving",
        "dial tcp 10.1.1.1:443: something",
        "unexpected status code: 429",
        "unexpected status code: 500",
        "unexpected status code: 503 Service Unavailable",
        "HTTP error 429",
        "HTTP error 502 Bad Gateway",
        "ssh: handshake failed: read tcp 10.0.0.4:4412->10.1.1.1:22: read: connection reset by peer",
        "ssh: handshake failed: EOF",
    ],
    "tls": [
        "x509: certificate is strange",
        "certificate signed by unknown authority",
        "certificate has expired or is not yet valid",
        "certificate is not valid for any names",
        "failed to find any PEM data in certificate input",
        "first record does not look like a TLS handshake",
        "remote error: tls: bad certificate",
    ],
    "config": [
        'couldn\'t find remote ref "refs/heads/x"',
        "reference not found",
        "reference 'refs/remotes/origin/nope' not found",
        'reference "x" not found',
        "unable to lookup branch 'nope'",
        "Repository Not Found",
        "remote repository is empty",
        "unable to resolve ref 'main' to a specific commit",
        "no match found for semver: >=9.0.0",
        "git commit 'abc' not found",
        "object not found",
        "unsupported scheme 'ftp'",
        "HTTP error 404",
        "unexpected status code: 404",
        "The project you were looking for could not be found.",
        "sparse checkout of a file",
        "URL cannot contain credentials",
        "Git refs cannot end with a dot",
        "redirects are not allowed",
    ],
    "storage": ["write /data: no space left on device", "disk quota exceeded", "read-only file system", "failed to acquire lock"],
    "other": ["boom", "", "GEOFENCE lookups unauthentication requiredness", "a certificate", "lookup of nothing", "handshake failed"],
}


@pytest.mark.parametrize(("name", "message"), [(name, message) for name, messages in TEXTS.items() for message in messages])
def test_texts(name: str, message: str) -> None:
    """Whole words without regard to case."""
    assert failure_class("GitOperationFailed", message) == name
    assert failure_class("", message.swapcase()) == name


REASONS = {
    "auth": ["AuthenticationFailed"],
    "config": [
        "URLInvalid",
        "InvalidProviderConfiguration",
        "FeatureGateDisabled",
        "EmptyGitRepository",
        "IllegalPath",
        "CopyFailure",
        "InvalidSTSConfiguration",
    ],
    "storage": [
        "StorageOperationFailed",
        "ArchiveOperationFailed",
        "DirectoryCreationFailed",
        "StatOperationFailed",
        "SymlinkUpdateFailed",
        "InvalidPath",
    ],
    "other": ["GitOperationFailed", "NotFound", "Failed", ""],
}


@pytest.mark.parametrize(("name", "reason"), [(name, reason) for name, reasons in REASONS.items() for reason in reasons])
def test_reasons(name: str, reason: str) -> None:
    assert failure_class(reason, "boom") == name
    assert failure_class(f" {reason.lower()} ", "") == name


def test_not_found_is_a_reason_of_an_include_only() -> None:
    assert failure_class("NotFound", "", kind="IncludeUnavailable") == "config"
    assert failure_class("NotFound", "", kind="FetchFailed") == "other"


ORDER = [
    # The top row wins, by its reasons or by its texts
    ("StorageOperationFailed", "unexpected EOF", "network"),
    ("StorageOperationFailed", "repository not found", "config"),
    ("URLInvalid", "authentication required", "auth"),
    ("URLInvalid", "x509", "tls"),
    ("InvalidPath", "reference not found", "config"),
    ("", "reference not found, x509", "tls"),
    ("", "TLS handshake timeout: tls: bad", "network"),
    ("", "authentication required: i/o timeout", "auth"),
    # The reason AuthenticationFailed, unless a network or a certificate stood in the way
    ("AuthenticationFailed", "i/o timeout", "network"),
    ("AuthenticationFailed", "x509: certificate signed by unknown authority", "tls"),
    ("AuthenticationFailed", "authentication required: i/o timeout", "auth"),
    ("AuthenticationFailed", "repository not found", "auth"),
    ("AuthenticationFailed", "failed to configure options: 'identity' is required", "auth"),
    ("AuthenticationFailed", "failed to get secret 'apps/key': Get \"https://10.247.0.1:443/api\": dial tcp 10.247.0.1:443", "network"),
]


@pytest.mark.parametrize(("reason", "message", "name"), ORDER)
def test_order(reason: str, message: str, name: str) -> None:
    assert failure_class(reason, message) == name


NAMES = [
    # Names prove nothing: quoted, in a URL, as the path of spec.url, as a ref
    ("https://git.example.net/pki/x509", 'Get "https://git.example.net/pki/x509/info/refs": boom', "other"),
    ("https://git.example.net/pki/x509", "unable to clone https://git.example.net/pki/x509: boom", "other"),
    ("https://git.example.net/pki/x509", "pki/x509: boom", "other"),
    ("https://git.example.net/pki/x509.git", "git.example.net/pki/x509.git: boom", "other"),
    ("https://git.example.net/PKI/x509", "/pki/X509 boom", "other"),
    ("ssh://git@git.example.net/pki/knownhosts", "git@git.example.net:pki/knownhosts.git: boom", "other"),
    ("ssh://git@git.example.net/pki/knownhosts", "unable to clone 'ssh://git@git.example.net/pki/knownhosts': boom", "other"),
    ("https://git.example.net/pki/knownhosts", "pki/knownhosts: unexpected EOF", "network"),
    ("https://git.example.net/a/certificate-tools", "a/certificate-tools: repository not found", "config"),
    ("https://git.example.net/x509", "/x509: boom", "other"),
    ("git@git.example.net:x509.git", "git@git.example.net:x509.git: boom", "other"),
    # What is no name counts
    ("https://git.example.net/x509", "x509: certificate signed by unknown authority", "tls"),
    ("https://git.example.net/pki/x509", "pki/x509: x509: certificate is strange", "tls"),
    ("https://git.example.net/pki/x5", "pki/x509: boom", "tls"),
    ("", 'couldn\'t find remote ref "refs/heads/authentication required"', "config"),
    ("", "couldn't find remote ref refs/heads/knownhosts", "config"),
    ("", "branch 'x509' boom", "other"),
    ("", 'branch "no such host" boom', "other"),
    ("", 'parse "a \\"x509\\" b": boom', "other"),
    ("", "you don't need x509 if you can't", "tls"),
    ("", "the users' x509 of 'y'", "tls"),
    ("", "'it isn't x509' boom", "other"),
    ("", "'open: x509", "tls"),
    ("", "authentication\n  required", "auth"),
]


@pytest.mark.parametrize(("url", "message", "name"), NAMES)
def test_names_prove_nothing(url: str, message: str, name: str) -> None:
    assert failure_class("", message, url) == name


def test_quotes_stay() -> None:
    assert without_names("secrets \"a b\" not found in 'c'") == "secrets \"\" not found in ''"


@pytest.mark.parametrize("text", [" 'a" * 50_000, '\\"' * 50_000, "https://a" * 50_000, "'" * 99_999, "refs/" * 50_000])
def test_a_long_message_is_looked_at_from_its_beginning(text: str) -> None:
    assert failure_class("x", text, "https://h/a/b") == "other"
    assert failure_class("x", "authentication required " + text) == "auth"

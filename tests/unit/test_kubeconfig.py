# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: GPL-3.0-or-later
"""Access to clusters by a kubeconfig: credentials of every kind work, and whatever keeps a context from being used is one clear line that
tells no secret (rules.rst, F1 and F2)."""

from __future__ import annotations

import base64
import builtins
import json
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from simulator import Simulator

from .kube import CLUSTERS, TOKEN, credential, plugin, write_kubeconfig

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Read = Callable[..., dict[str, Any]]

SECRET = "S3cret-that-must-not-be-told"


@pytest.fixture(autouse=True)
def no_kubeconfig(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Nobody's real clusters may be read."""
    for name in ("KUBECONFIG", "K8S_AUTH_KUBECONFIG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))


@pytest.fixture(scope="module")
def tls() -> Iterator[Simulator]:
    """A simulator with TLS."""
    with Simulator("healthy", tls=True) as simulator:
        yield simulator


@pytest.fixture
def healthy(running: Simulator) -> Simulator:
    """The simulator with healthy clusters."""
    running.load("healthy")
    running.clear()
    return running


@pytest.fixture
def read(run_module: Any) -> Read:
    """Reads by flux_info, once per request, and reports what cannot be read."""

    def run(**options: Any) -> dict[str, Any]:
        result: dict[str, Any] = run_module("flux_info", **{"on_error": "report", "request_retries": 0, "contexts": ["prod"], **options})
        return result

    return run


def only_finding(result: dict[str, Any]) -> dict[str, Any]:
    """The one finding of a result, which tells no secret; nothing else of the result does either."""
    assert SECRET not in json.dumps(result)
    [finding] = result["readiness"]["findings"]
    return {name: finding[name] for name in ("code", "verdict", "terminal", "message", "cluster_id")}


def context(**user: Any) -> dict[str, Any]:
    """The contexts of a kubeconfig whose one context has this user."""
    return {"prod": {"cluster": CLUSTERS[0], "user": user}}


# --- Credentials that work


def test_a_token_works(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy))
    assert result["ready"]
    assert {entry["headers"]["authorization"] for entry in healthy.journal} == {f"Bearer {TOKEN}"}


def test_a_token_in_a_file_works_and_is_read_anew_once_it_is_refused(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text(f"{TOKEN}\n", encoding="utf-8")
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", healthy, context(tokenFile="token"))
    assert read(kubeconfig=kubeconfig)["ready"]
    token.write_text("expired", encoding="utf-8")
    assert only_finding(read(kubeconfig=kubeconfig))["code"] == "API_UNAUTHORIZED"


def test_a_token_in_a_file_is_a_secret(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(SECRET, encoding="utf-8")
    body = {"kind": "Status", "reason": "BadRequest", "message": f"It was {SECRET}"}
    healthy.load({"extends": "healthy", "faults": [{"service": "kubernetes", "path": "*", "status": 400, "body": body}]})
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(tokenFile="token")))
    assert result["errors"]
    assert SECRET not in json.dumps(result)


@pytest.mark.parametrize(("provider", "field"), [("oidc", "id-token"), ("gcp", "access-token")])
def test_the_token_of_an_auth_provider_is_used_as_it_is(healthy: Simulator, read: Read, tmp_path: Path, provider: str, field: str) -> None:
    """Also one that has expired: nobody is asked for another, and no command is run."""
    config = {field: TOKEN, "expiry": "2020-01-01T00:00:00Z", "cmd-path": "sleep 60", "idp-issuer-url": "https://127.0.0.1:9"}
    user = {"auth-provider": {"name": provider, "config": config}}
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**user)))["ready"]


def test_a_certificate_may_be_written_in_several_lines(tls: Simulator, read: Read, tmp_path: Path) -> None:
    authority = base64.encodebytes(Path(tls.urls["ca_path"]).read_bytes()).decode()
    contexts = {"prod": {"cluster": CLUSTERS[0], "set": {"certificate-authority": None, "certificate-authority-data": authority}}}
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, contexts))["ready"]


def test_the_scheme_of_a_server_has_no_case(tls: Simulator, read: Read, tmp_path: Path) -> None:
    server = f"{tls.urls['kubernetes'].replace('https', 'HTTPS')}/clusters/{CLUSTERS[0]}"
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, {"prod": {"cluster": CLUSTERS[0], "set": {"server": server}}}))[
        "ready"
    ]


def test_a_credential_plugin_has_no_terminal(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    code = "import os\nassert os.getsid(0) == os.getpid()\n" + credential(token=TOKEN)
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**plugin(tmp_path / "login", code))))["ready"]


@pytest.mark.parametrize("inline", [True, False], ids=["data", "files"])
def test_a_client_certificate_works(tls: Simulator, read: Read, tmp_path: Path, inline: bool) -> None:
    certificate, key = tls.client_certificate("reader")
    if inline:
        encoded = {name: base64.b64encode(text.encode()).decode() for name, text in (("certificate", certificate), ("key", key))}
        user = {f"client-{name}-data": text for name, text in encoded.items()}
    else:
        (tmp_path / "client.pem").write_text(certificate, encoding="utf-8")
        (tmp_path / "client.key").write_text(key, encoding="utf-8")
        user = {"client-certificate": "client.pem", "client-key": str(tmp_path / "client.key")}
    tls.clear()
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, context(**user)))
    assert result["ready"], result
    assert not any("authorization" in entry["headers"] for entry in tls.journal)


def test_no_key_stays_behind(tls: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    certificate, key = (base64.b64encode(text.encode()).decode() for text in tls.client_certificate("reader"))
    user = {"client-certificate-data": certificate, "client-key-data": key}
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", tls, context(**user))
    assert read(kubeconfig=kubeconfig)["ready"]
    assert [path.name for path in tmp_path.iterdir()] == ["kubeconfig"]


def test_a_credential_plugin_works_and_runs_once_for_all_requests(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    code = (
        f"import os, json\nopen({str(tmp_path / 'runs')!r}, 'a').write(os.environ['KUBERNETES_EXEC_INFO'] + os.environ['MINE'] + '\\n')\n"
    )
    user = plugin(tmp_path / "login", code + credential(token=TOKEN), env=[{"name": "MINE", "value": " yes"}], provideClusterInfo=True)
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**user)))["ready"]
    [asked] = (tmp_path / "runs").read_text(encoding="utf-8").splitlines()
    assert asked.endswith(" yes")
    spec = json.loads(asked.removesuffix(" yes"))["spec"]
    assert spec["cluster"]["server"] == f"{healthy.urls['kubernetes']}/clusters/{CLUSTERS[0]}"


def test_a_credential_plugin_beside_the_kubeconfig_is_found(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    user = plugin(tmp_path / "login", credential(token=TOKEN), command="./login")
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**user)))["ready"]


def test_a_credential_plugin_that_gives_a_certificate_works(tls: Simulator, read: Read, tmp_path: Path) -> None:
    certificate, key = tls.client_certificate("reader")
    user = plugin(tmp_path / "login", credential(clientCertificateData=certificate, clientKeyData=key))
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, context(**user)))["ready"]


def test_a_credential_that_ends_soon_is_asked_for_again(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    code = f"open({str(tmp_path / 'runs')!r}, 'a').write('x')\n" + credential(token=TOKEN, expirationTimestamp="2025-12-01T08:00:00Z")
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**plugin(tmp_path / "login", code)))
    assert read(kubeconfig=kubeconfig)["ready"]
    assert len((tmp_path / "runs").read_text(encoding="utf-8")) > 1


def test_the_name_in_the_certificate_may_be_another_than_that_of_the_url(read: Read, tmp_path: Path) -> None:
    with Simulator("healthy", tls="wrong_name") as simulator:
        contexts = {"prod": {"cluster": CLUSTERS[0], "set": {"tls-server-name": "wrong.example.com"}}, "test": {"cluster": CLUSTERS[1]}}
        result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", simulator, contexts), contexts=["prod", "test"])
    assert [entry["context"] for entry in result["contexts"]] == ["prod"]
    assert only_finding(result)["code"] == "API_UNAVAILABLE"
    assert result["errors"][0]["code"] == "TLS_FAILED"


def test_only_the_kubeconfig_or_the_option_turns_verification_off(tls: Simulator, read: Read, tmp_path: Path) -> None:
    contexts = {"prod": {"cluster": CLUSTERS[0], "set": {"certificate-authority": None}}}
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", tls, contexts)
    finding = only_finding(read(kubeconfig=kubeconfig))
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("API_UNAVAILABLE", "unknown", True)
    assert "Give the authority's certificates in certificate-authority-data of the kubeconfig, or in ca_path" in finding["message"]
    assert read(kubeconfig=kubeconfig, validate_certs=False)["ready"]
    assert read(kubeconfig=kubeconfig, ca_path=tls.urls["ca_path"])["ready"]
    contexts["prod"]["set"]["insecure-skip-tls-verify"] = True
    assert read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, contexts))["ready"]


def test_where_the_kubeconfig_is_looked_for(healthy: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def place(name: str, *folders: str) -> str:
        path = tmp_path.joinpath(*folders, name)
        path.parent.mkdir(exist_ok=True)
        return write_kubeconfig(path, healthy, {name: {"cluster": CLUSTERS[0]}})

    option, both, second = place("option"), place("both"), place("second")
    (tmp_path / ".kube").mkdir()
    write_kubeconfig(tmp_path / ".kube" / "config", healthy, {"home": {"cluster": CLUSTERS[0]}})
    assert read(contexts=["home"])["ready"]
    monkeypatch.setenv("KUBECONFIG", os.pathsep.join((both, str(tmp_path / "nowhere"), second)))
    assert read(contexts=["both", "second"])["ready"]
    assert only_finding(read(contexts=["home"]))["code"] == "KUBE_CONTEXT_NOT_FOUND"
    monkeypatch.setenv("K8S_AUTH_KUBECONFIG", second)
    assert only_finding(read(contexts=["both"]))["code"] == "KUBE_CONTEXT_NOT_FOUND"
    assert read(contexts=["option"], kubeconfig=option)["ready"]


# --- What keeps a context from being used


def test_f1_a_context_that_is_not_there(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", healthy)
    result = read(kubeconfig=kubeconfig, contexts=["prod", "prd"])
    assert only_finding(result) == {
        "code": "KUBE_CONTEXT_NOT_FOUND",
        "verdict": "failed",
        "terminal": True,
        "message": f"The kubeconfig {kubeconfig} (option kubeconfig) has no context prd. Nearest: prod.",
        "cluster_id": "prd",
    }
    assert [entry["context"] for entry in result["contexts"]] == ["prod"]


USERS: dict[str, tuple[dict[str, Any], str]] = {
    "acts as another": ({"token": SECRET, "as": "admin"}, "The user prod-user is to act as somebody else (as), which is not supported."),
    "certificate file": (
        {"client-certificate": "gone.pem", "client-key": "gone.key"},
        "The file {folder}/gone.pem (client-certificate) does not exist.",
    ),
    "token file": ({"tokenFile": "gone"}, "The file {folder}/gone (tokenFile) does not exist."),
    "base64": (
        {"client-certificate-data": SECRET + "!", "client-key-data": SECRET},
        "client-certificate-data of the context is not in base64.",
    ),
    "unknown provider": (
        {"auth-provider": {"name": "azure", "config": {"access-token": SECRET}}},
        "The user prod-user gives no credentials: the kubeconfig states an auth-provider alone.",
    ),
    "half a certificate": (
        {"client-key-data": base64.b64encode(SECRET.encode()).decode()},
        "The user prod-user gives no credentials: the kubeconfig states a client certificate alone.",
    ),
    "no command": (
        {"exec": {"apiVersion": "v1", "args": [SECRET]}},
        "The credential plugin of the user prod-user states no command or no apiVersion.",
    ),
    "certificate without its key": (
        {"client-certificate-data": base64.b64encode(SECRET.encode()).decode()},
        "The user prod-user gives no credentials: the kubeconfig states a client certificate alone.",
    ),
    "provider without a token": (
        {"auth-provider": {"name": "gcp", "config": {"cmd-path": "sleep 60", "token-key": SECRET}}},
        "The user prod-user gives no credentials: the kubeconfig states an auth-provider alone.",
    ),
    "token of two lines": (
        {"token": f"{SECRET}\n{SECRET}"},
        "The user prod-user cannot be used: no header can hold a token with such characters.",
    ),
    "token beyond ASCII": (
        {"token": f"{SECRET}\u20ac"},
        "The user prod-user cannot be used: no header can hold a token with such characters.",
    ),
    "token that is no text": ({"token": [SECRET]}, "token of the user prod-user is no text in the kubeconfig."),
    "args that are no list": (
        {"exec": {"apiVersion": "v1", "command": "echo", "args": SECRET}},
        "The args of the credential plugin of the user prod-user are no list.",
    ),
    "what no process takes": (
        {"exec": {"apiVersion": "v1", "command": "echo", "args": [f"\0{SECRET}"]}},
        "The credential plugin echo cannot be run: its command, args or env hold what no process takes.",
    ),
    "no such plugin": (
        {"exec": {"apiVersion": "v1", "command": "no-such-plugin", "installHint": "Install it with\nyour heart."}},
        "The credential plugin no-such-plugin cannot be run: No such file or directory. Install it with your heart.",
    ),
}


@pytest.mark.parametrize("name", USERS)
def test_f2_a_user_who_cannot_be_used(healthy: Simulator, read: Read, tmp_path: Path, name: str) -> None:
    user, words = USERS[name]
    contexts = {**context(**user), "test": {"cluster": CLUSTERS[1]}}
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, contexts), contexts=["prod", "test"])
    finding = only_finding(result)
    assert finding["message"] == words.format(folder=tmp_path)
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("KUBE_NO_ACCESS", "unknown", True)
    assert [entry["context"] for entry in result["contexts"]] == ["test"]


UNUSABLE = "The server of the cluster prod-cluster must be an http or https URL of host, port and path, without user and query."
CLUSTER_FIELDS: dict[str, tuple[dict[str, Any], str]] = {
    "verification turned off by a text": (
        {"insecure-skip-tls-verify": "false"},
        "insecure-skip-tls-verify of the cluster prod-cluster is neither true nor false in the kubeconfig.",
    ),
    "server name": ({"tls-server-name": 5}, "tls-server-name of the cluster prod-cluster is no text in the kubeconfig."),
    "proxy": ({"proxy-url": ["x"]}, "proxy-url of the cluster prod-cluster is no text in the kubeconfig."),
    "server of no text": ({"server": 5}, "server of the cluster prod-cluster is no text in the kubeconfig."),
    "user": ({"server": f"https://admin:{SECRET}@127.0.0.1:6443"}, UNUSABLE),
    "no host": ({"server": "https://"}, UNUSABLE),
    "blanks": ({"server": "https://no such host"}, UNUSABLE),
    "brackets": ({"server": "https://[::1"}, UNUSABLE),
    "port": ({"server": "https://127.0.0.1:99999"}, UNUSABLE),
    "query": ({"server": "https://127.0.0.1:6443/?a=b"}, UNUSABLE),
}


@pytest.mark.parametrize("name", CLUSTER_FIELDS)
def test_f2_a_cluster_that_cannot_be_used(healthy: Simulator, read: Read, tmp_path: Path, name: str) -> None:
    changed, words = CLUSTER_FIELDS[name]
    contexts = {"prod": {"cluster": CLUSTERS[0], "set": changed}, "test": {"cluster": CLUSTERS[1]}}
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, contexts), contexts=["prod", "test"])
    finding = only_finding(result)
    assert (finding["code"], finding["terminal"], finding["message"]) == ("KUBE_NO_ACCESS", True, words)
    assert [entry["context"] for entry in result["contexts"]] == ["test"]


PLUGINS: dict[str, tuple[str, str, bool]] = {
    "exits": (f"import sys; print({SECRET!r}); sys.exit({SECRET!r})", "failed with exit code 1.", False),
    "hangs": ("import time; time.sleep(60)", "gave no answer within 1 s.", False),
    "no JSON": (f"print({SECRET!r})", "gave no credential: it must print an ExecCredential with a token or certificate.", True),
    "no status": (
        'print(\'{"kind": "ExecCredential"}\')',
        "gave no credential: it must print an ExecCredential with a token or certificate.",
        True,
    ),
    "nested too deeply": (
        "print('[' * 200000)",
        "gave no credential: it must print an ExecCredential with a token or certificate.",
        True,
    ),
    "half": (
        credential(clientKeyData=SECRET),
        "gave no credential: it must print an ExecCredential with a token or certificate.",
        True,
    ),
}


@pytest.mark.parametrize("name", PLUGINS)
def test_f2_a_plugin_that_gives_no_credential(healthy: Simulator, read: Read, tmp_path: Path, name: str) -> None:
    code, words, terminal = PLUGINS[name]
    user = plugin(tmp_path / "login", code)
    result = read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(**user)), request_timeout=1)
    finding = only_finding(result)
    assert finding["message"] == f"The credential plugin {tmp_path}/login {words}"
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("KUBE_NO_ACCESS", "unknown", terminal)
    assert healthy.journal == []


FILES: dict[str, tuple[str | None, str]] = {
    "missing": (None, "does not exist."),
    "empty": ("", "is no kubeconfig."),
    "no YAML": (f"users:\n  - name: {{ {SECRET}\n", "is no kubeconfig (line "),
    "a list": ("- 1", "is no kubeconfig."),
    "no lists": ("contexts: 7", "is no kubeconfig."),
}


@pytest.mark.parametrize("name", FILES)
def test_f2_a_file_that_is_no_kubeconfig(read: Read, tmp_path: Path, name: str) -> None:
    content, words = FILES[name]
    path = tmp_path / "kubeconfig"
    if content is not None:
        path.write_text(content, encoding="utf-8")
    finding = only_finding(read(kubeconfig=str(path)))
    assert finding["message"].startswith(f"The kubeconfig {path} (option kubeconfig) {words}")
    assert (finding["code"], finding["terminal"]) == ("KUBE_NO_ACCESS", True)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        (
            {"clusters": []},
            "The context names the cluster prod-cluster, of which the kubeconfig {path} (option kubeconfig) states no server.",
        ),
        ({"users": []}, "The context names the user prod-user, of whom the kubeconfig {path} (option kubeconfig) says nothing."),
    ],
    ids=["cluster", "user"],
)
def test_f2_half_a_context(healthy: Simulator, read: Read, tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    path = write_kubeconfig(tmp_path / "kubeconfig", healthy, **changes)
    assert only_finding(read(kubeconfig=path))["message"] == words.format(path=path)


def fail_to_import(monkeypatch: pytest.MonkeyPatch, error: type[Exception]) -> None:
    """From now on the library fails to be imported, with this error."""
    real = builtins.__import__

    def failing(name: str, *more: Any) -> Any:
        if name.partition(".")[0] == "kubernetes":
            raise error(name)
        return real(name, *more)

    monkeypatch.setattr(builtins, "__import__", failing)


def test_f2_with_a_library_that_cannot_be_imported(healthy: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", healthy)
    fail_to_import(monkeypatch, SyntaxError)
    words = f"The Python library 'kubernetes' cannot be imported in {sys.executable} (SyntaxError). Take another version"
    assert only_finding(read(kubeconfig=kubeconfig))["message"].startswith(words)


def test_f2_without_the_library(healthy: Simulator, read: Read, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    kubeconfig = write_kubeconfig(tmp_path / "kubeconfig", healthy)
    fail_to_import(monkeypatch, ImportError)
    finding = only_finding(read(kubeconfig=kubeconfig))
    python = sys.executable
    assert (
        finding["message"] == f"The Python library 'kubernetes' is missing in {python}. Install it with: {python} -m pip install kubernetes"
    )


# --- What the server says of a credential


def test_e1_a_token_that_is_refused(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    finding = only_finding(read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context(token=SECRET))))
    assert (finding["code"], finding["verdict"], finding["terminal"]) == ("API_UNAUTHORIZED", "unknown", True)
    words = "Unauthorized. The cluster prod-cluster refuses a token of the kubeconfig: it may have expired (HTTP 401, Unauthorized, "
    assert finding["message"].startswith(words)
    assert len(healthy.journal) == 1, "another token is not to be had"


def test_a_certificate_that_has_expired_is_told(tls: Simulator, read: Read, tmp_path: Path) -> None:
    certificate, key = tls.client_certificate("reader", lifetime=-60)
    user = {
        name: base64.b64encode(text.encode()).decode()
        for name, text in (("client-certificate-data", certificate), ("client-key-data", key))
    }
    finding = only_finding(read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", tls, context(**user))))
    assert finding["code"] == "API_UNAUTHORIZED"
    assert "refuses a client certificate of the kubeconfig: it may have expired" in finding["message"]


def test_nobody_is_refused_too(healthy: Simulator, read: Read, tmp_path: Path) -> None:
    finding = only_finding(read(kubeconfig=write_kubeconfig(tmp_path / "kubeconfig", healthy, context())))
    assert "refuses a user without credentials" in finding["message"]


def test_a_server_that_cannot_be_reached(read: Read, tmp_path: Path, closed_port: str) -> None:
    known = {"clusters": [{"name": "c", "cluster": {"server": closed_port}}], "users": []}
    (tmp_path / "kubeconfig").write_text(
        yaml.safe_dump({**known, "contexts": [{"name": "prod", "context": {"cluster": "c"}}]}), encoding="utf-8"
    )
    finding = only_finding(read(kubeconfig=str(tmp_path / "kubeconfig")))
    assert (finding["code"], finding["terminal"]) == ("API_UNAVAILABLE", False)
    assert finding["message"].startswith(f"The connection to {closed_port.removeprefix('http://')} failed: ")

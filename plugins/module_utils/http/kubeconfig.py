# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""A context of a kubeconfig: where its cluster's API is, and who asks (services.rst, "Kubernetes: access").

What a kubeconfig means is known by the Python library ``kubernetes``. It is imported when the first context is looked for, since that takes
longer than to read a cluster. What it says about a file that it cannot use may quote that file with all its secrets, so nothing of that is
ever shown. A credential plugin is run here, and not by the library: that would wait for it for ever, and log what it writes.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import base64
import json
import os
import re
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..model.errors import CONTEXT_NOT_FOUND, NO_ACCESS, ApiError
from ..model.secrets import Masker
from ..model.shapes import mapping, mappings, nearest, nested
from ..model.text import clean_text
from ..model.times import parse_time

KUBECONFIG_VARIABLES = ("K8S_AUTH_KUBECONFIG", "KUBECONFIG")
DEFAULT_KUBECONFIG = "~/.kube/config"
RENEWED_BEFORE = timedelta(seconds=60)  # the end of a credential that a plugin gave
CERTIFICATES = ("certificate-authority", "client-certificate", "client-key")
FILES = (*CERTIFICATES, "tokenFile")  # relative to the kubeconfig that names them
TEXTS = (
    *("server", "tls-server-name", "proxy-url", "token", "username", "password"),
    *FILES,
    *(f"{name}-data" for name in CERTIFICATES),
)
SERVER = re.compile(r"(?i:https?)://(?:[A-Za-z0-9][A-Za-z0-9._-]*|\[[0-9A-Fa-f:.]+\])(?::[0-9]+)?(?:/[^\s?#]*)?", re.ASCII)
PROVIDER_TOKENS = {"oidc": "id-token", "gcp": "access-token"}  # by the name of an auth-provider, where its configuration has its token


@dataclass(frozen=True)
class KubeContext:
    """Where a cluster's API is, and who asks.

    :ivar cluster: the name that the kubeconfig has for the cluster
    :ivar server: the URL of the API, without a slash at its end
    :ivar headers: what identifies who asks; empty for a client certificate
    :ivar certificate: files of the client certificate and of its key
    :ivar authorities: file with the certificates that may sign that of the server; None for those of the system
    :ivar credential: what identifies who asks, in words
    :ivar expires: the end of a credential that a plugin gave
    """

    name: str
    cluster: str
    server: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    certificate: tuple[str, str] | None = None
    authorities: str | None = None
    verify: bool = True
    server_name: str | None = None
    proxy: str | None = None
    credential: str = ""
    expires: datetime | None = None

    @property
    def host(self) -> str:
        """Host and port of the API."""
        return urlsplit(self.server).netloc

    def is_current(self, now: datetime) -> bool:
        """Whether its credential will last for the next request."""
        return self.expires is None or now < self.expires - RENEWED_BEFORE


class Kubeconfig:
    """The kubeconfig of a task: one file or several, as ``kubectl`` finds them.

    :param option: the option ``kubeconfig``; None for the usual places
    :param environ: the process environment
    :param folder: for the certificates that the kubeconfig holds; whoever made it takes it away
    :param masker: learns the secrets
    :param patience: seconds for a credential plugin
    """

    def __init__(self, option: str | None, environ: Mapping[str, str], folder: str, masker: Masker, patience: float) -> None:
        variable = next((name for name in KUBECONFIG_VARIABLES if environ.get(name)), None)
        self.paths = option or (environ[variable] if variable else DEFAULT_KUBECONFIG)
        self.origin = "option kubeconfig" if option else variable or "the usual place"
        self.environ, self.folder, self.masker, self.patience = environ, folder, masker, patience
        self._merged: Any = None
        self._lock = threading.Lock()

    def context(self, name: str) -> KubeContext:
        """A context, with credentials that are valid now.

        :raises ApiError: with the code CONTEXT_NOT_FOUND, or NO_ACCESS for all that keeps it from being used
        """
        merged = self._load()
        context, _folder = self._entry(merged, "context", name)
        if context is None:
            raise ApiError(f"{self._which} has no context {name}.{nearest(name, self._names(merged))}", code=CONTEXT_NOT_FOUND)
        cluster_name, user_name = (clean_text(context.get(kind) or "", 253) for kind in ("cluster", "user"))
        cluster, cluster_folder = self._entry(merged, "cluster", context.get("cluster"))
        server = mapping(cluster).get("server")
        if cluster is None or not server:
            raise _no_access(f"The context names the cluster {cluster_name or 'nobody'}, of which {self._named} states no server.")
        user, user_folder = self._entry(merged, "user", context.get("user"))
        if user is None and user_name:
            raise _no_access(f"The context names the user {user_name}, of whom {self._named} says nothing.")
        for entry, whose in ((cluster, f"the cluster {cluster_name}"), (user or {}, f"the user {user_name}")):
            _check_types(entry, whose)
        server = _usable_server(server, cluster_name)
        cluster = {**cluster, "server": server}
        user, credential, expires = self._credentials(user or {}, user_name, user_folder, cluster)
        cluster, user = self._with_files(cluster, cluster_folder), self._with_files(user, user_folder)
        settings = self._settings(name, context, cluster, user)
        certificate = (settings.cert_file, settings.key_file) if settings.cert_file and settings.key_file else None
        if credential and not settings.api_key and not certificate:
            raise _no_access(f"The user {user_name} gives no credentials: the kubeconfig states {credential} alone.")
        headers = {
            setting["key"]: setting["value"].strip() for setting in settings.auth_settings().values() if str(setting["value"] or "").strip()
        }
        self.masker.add(*(value.partition(" ")[2] for value in headers.values()))
        if not all(value.isascii() and value.isprintable() for value in headers.values()):
            raise _no_access(f"The user {user_name} cannot be used: no header can hold {credential} with such characters.")
        return KubeContext(
            name,
            cluster_name,
            server.rstrip("/"),
            headers,
            certificate,
            settings.ssl_ca_cert or None,
            bool(settings.verify_ssl),
            cluster.get("tls-server-name"),
            cluster.get("proxy-url"),
            credential,
            expires,
        )

    def forget(self) -> None:
        """Reads the files anew the next time: a credential in them may have been renewed."""
        self._merged = None

    # --- The files ---

    @property
    def _which(self) -> str:
        return f"The {self._named.partition(' ')[2]}"

    @property
    def _named(self) -> str:
        return f"the kubeconfig {self.paths} ({self.origin})"

    def _load(self) -> Any:
        """The kubeconfig, several files as one.

        :raises ApiError: when there is none that can be read
        """
        with self._lock:
            self._merged = self._merged or self._read()
            return self._merged

    def _read(self) -> Any:
        library = kubernetes_library()
        there = [path for path in self.paths.split(os.pathsep) if path and Path(path).expanduser().exists()]
        if not there:
            raise _no_access(f"{self._which} does not exist.")
        try:
            merged = library.config.kube_config.KubeConfigMerger(self.paths).config
            known = all(isinstance(merged.value.get(kind), list) for kind in ("clusters", "contexts", "users"))
        except OSError as error:
            raise _no_access(f"{self._which} cannot be read: {error.strerror or type(error).__name__}.") from None
        except Exception as error:  # noqa: BLE001 a YAML error, or whatever comes of YAML that is no kubeconfig; its text may quote secrets
            line = getattr(getattr(error, "problem_mark", None), "line", None)
            where = "" if line is None else f" (line {line + 1})"
            raise _no_access(f"{self._which} is no kubeconfig{where}.") from None
        if not known:
            raise _no_access(f"{self._which} is no kubeconfig.")
        return merged

    @staticmethod
    def _entry(merged: Any, kind: str, name: Any) -> tuple[dict[str, Any] | None, str]:
        """A context, cluster or user by its name, and the folder of the file that it is in."""
        for node in merged.value[f"{kind}s"]:
            if nested(node.value, "name") == name and isinstance(nested(node.value, kind), dict):
                return node.value[kind], str(Path(node.path).absolute().parent)
        return None, ""

    @staticmethod
    def _names(merged: Any) -> list[Any]:
        return [nested(node.value, "name") for node in merged.value["contexts"] if isinstance(nested(node.value, "context"), dict)]

    # --- Credentials ---

    def _credentials(
        self, user: Mapping[str, Any], name: str, folder: str, cluster: Mapping[str, Any]
    ) -> tuple[dict[str, Any], str, datetime | None]:
        """A user with the credential of its plugin, the kind of credential in words, and when it ends.

        :raises ApiError: for a plugin that gives none, and for what nobody would obey
        """
        self.masker.add(*(str(user[key]) for key in ("token", "password", "client-key-data") if user.get(key)))
        unknown = next((key for key in ("as", "as-uid", "as-groups", "as-user-extra") if user.get(key)), None)
        if unknown:
            raise _no_access(f"The user {name} is to act as somebody else ({unknown}), which is not supported.")
        # The library would run what these name, without a limit of time.
        rest = {key: value for key, value in user.items() if key not in ("exec", "auth-provider")}
        if user.get("token") or user.get("tokenFile"):
            return rest, "a token", None
        if user.get("exec"):
            status = self._run_plugin(name, mapping(user["exec"]), folder, cluster)
            ends = parse_time(status.get("expirationTimestamp"))
            return {**rest, **_credential_of(status)}, "a credential plugin", ends.latest if ends else None
        provider = mapping(user.get("auth-provider"))
        token = nested(provider, "config", PROVIDER_TOKENS.get(str(provider.get("name")), ""))
        if isinstance(token, str) and token:
            return {**rest, "token": token}, "an auth-provider", None
        certificate = dict.fromkeys(("client-certificate", "client-key"), "a client certificate")
        kinds = {**certificate, "auth-provider": "an auth-provider", "username": "a password"}
        known = (words for key, words in kinds.items() if user.get(key) or user.get(f"{key}-data"))
        return rest, next(known, ""), None

    def _run_plugin(self, name: str, plugin: Mapping[str, Any], folder: str, cluster: Mapping[str, Any]) -> dict[str, Any]:
        """What a credential plugin gives, as ``client.authentication.k8s.io`` has it.

        :raises ApiError: with what went wrong; never with what the plugin wrote, which may be secret
        """
        command, version = plugin.get("command"), plugin.get("apiVersion")
        if not isinstance(command, str) or not command or not isinstance(version, str):
            raise _no_access(f"The credential plugin of the user {name} states no command or no apiVersion.")
        args = plugin.get("args") or []
        if not isinstance(args, list):
            raise _no_access(f"The args of the credential plugin of the user {name} are no list.")
        shown = clean_text(command, 200)
        spec: dict[str, Any] = {"interactive": False}
        if plugin.get("provideClusterInfo"):
            spec["cluster"] = {key: value for key, value in cluster.items() if key not in ("extensions", "certificate-authority")}
        asked = {"kind": "ExecCredential", "apiVersion": version, "spec": spec}
        own = {str(item.get("name")): str(item.get("value")) for item in mappings(plugin.get("env"))}
        where = command if "/" not in command else str(Path(folder) / command)
        try:
            # This layer knows no Ansible, whose run_command has no limit of time either.
            done = subprocess.run(  # noqa: S603 the command that the kubeconfig names # pylint: disable=ansible-bad-function
                [where, *map(str, args)],
                env={**self.environ, **own, "KUBERNETES_EXEC_INFO": json.dumps(asked, default=str)},
                stdin=subprocess.DEVNULL,
                capture_output=True,
                timeout=self.patience,
                check=False,
                start_new_session=True,  # no terminal, not even that of whoever started this
            )
        except subprocess.TimeoutExpired:
            raise _no_access(f"The credential plugin {shown} gave no answer within {self.patience:.3g} s.", retryable=True) from None
        except (OSError, ValueError) as error:
            why = error.strerror if isinstance(error, OSError) else "its command, args or env hold what no process takes"
            hint = f" {clean_text(plugin['installHint'], 300)}" if plugin.get("installHint") else ""
            raise _no_access(f"The credential plugin {shown} cannot be run: {why}.{hint}") from None
        if done.returncode:
            raise _no_access(f"The credential plugin {shown} failed with exit code {done.returncode}.", retryable=True)
        status = _status_of(done.stdout)
        if not _credential_of(status):
            raise _no_access(
                f"The credential plugin {shown} gave no credential: it must print an ExecCredential with a token or certificate."
            )
        self.masker.add(*(str(status[key]) for key in ("token", "clientKeyData") if status.get(key)))
        return status

    def _with_files(self, entry: Mapping[str, Any], folder: str) -> dict[str, Any]:
        """An entry whose files are named with their folders, and whose certificates are in files.

        :raises ApiError: for a file that is not there, and for a certificate that is none
        """
        changed = {key: value for key, value in entry.items() if value is not None}
        for key in CERTIFICATES:
            data = changed.pop(f"{key}-data", None)
            if data:
                changed[key] = self._file_of(key, data)
        for key in FILES:
            if changed.get(key):
                changed[key] = str(Path(folder) / str(changed[key]))
                if not Path(changed[key]).is_file():
                    raise _no_access(f"The file {clean_text(changed[key], 300)} ({key}) does not exist.")
        return changed

    def _file_of(self, key: str, data: Any) -> str:
        try:
            content = base64.b64decode("".join(data.split()), validate=True)  # it may be written in several lines
        except (TypeError, ValueError):
            raise _no_access(f"{key}-data of the context is not in base64.") from None
        handle, path = tempfile.mkstemp(dir=self.folder)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        return path

    def _settings(self, name: str, context: Mapping[str, Any], cluster: Mapping[str, Any], user: Mapping[str, Any]) -> Any:
        """What the library makes of a context.

        :raises ApiError: when it can make nothing of it
        """
        library = kubernetes_library()
        parts = {
            "contexts": [{"name": name, "context": {**context, "cluster": "cluster", "user": "user"}}],
            "clusters": [{"name": "cluster", "cluster": cluster}],
            "users": [{"name": "user", "user": user}],
        }
        settings = library.client.Configuration()
        try:
            loader = library.config.kube_config.KubeConfigLoader(parts, name, config_base_path="")
            loader.load_and_set(settings)
        except Exception as error:  # noqa: BLE001 of any kind, and its text may quote secrets
            raise _no_access(f"{self._which} cannot be used for the context: {type(error).__name__} in the library kubernetes.") from None
        return settings


def kubernetes_library() -> Any:
    """The Python library ``kubernetes``.

    :raises ApiError: saying how to install it, where it is not there
    """
    python = sys.executable or "this Python"
    try:
        import kubernetes  # noqa: PLC0415 slow, and only what reads Kubernetes needs it
        import kubernetes.config.kube_config  # noqa: PLC0415
    except ImportError:
        message = f"The Python library 'kubernetes' is missing in {python}. Install it with: {python} -m pip install kubernetes"
        raise _no_access(message) from None
    except Exception as error:  # noqa: BLE001 of any kind, where a version is too old for this Python
        message = (
            f"The Python library 'kubernetes' cannot be imported in {python} ({type(error).__name__}). "
            f"Take another version with: {python} -m pip install --upgrade kubernetes"
        )
        raise _no_access(message) from None
    return kubernetes


def _no_access(message: str, retryable: bool = False) -> ApiError:
    return ApiError(message, code=NO_ACCESS, retryable=retryable)


def _check_types(entry: Mapping[str, Any], whose: str) -> None:
    """Refuses what kubectl would not read either: the text "false" is true for the library.

    :raises ApiError: naming the field, never its value
    """
    for key in TEXTS:
        if not isinstance(entry.get(key) or "", str):
            raise _no_access(f"{key} of {whose} is no text in the kubeconfig.")
    if not isinstance(entry.get("insecure-skip-tls-verify") or False, bool):
        raise _no_access(f"insecure-skip-tls-verify of {whose} is neither true nor false in the kubeconfig.")


def _usable_server(server: str, cluster: str) -> str:
    """The URL of a cluster's API, its scheme in lower case, as the library looks for it.

    :raises ApiError: for one that cannot be asked
    """
    try:
        usable = SERVER.fullmatch(server) is not None and urlsplit(server).port != 0
    except ValueError:  # a port above 65535, brackets around what is no address
        usable = False
    if not usable:
        raise _no_access(
            f"The server of the cluster {cluster} must be an http or https URL of host, port and path, without user and query."
        )
    scheme, rest = server.split(":", 1)
    return f"{scheme.lower()}:{rest}"


def _status_of(output: bytes) -> dict[str, Any]:
    """The status of the ExecCredential that a plugin printed; empty where it printed none."""
    try:
        printed = json.loads(output)
    except (ValueError, RecursionError):
        return {}
    return mapping(nested(printed, "status")) if nested(printed, "kind") == "ExecCredential" else {}


def _credential_of(status: Mapping[str, Any]) -> dict[str, str]:
    """The credential of a plugin, as a user of a kubeconfig has it; empty where there is none."""
    token, certificate, key = (status.get(name) for name in ("token", "clientCertificateData", "clientKeyData"))
    if isinstance(token, str) and token:
        return {"token": token}
    if isinstance(certificate, str) and isinstance(key, str) and certificate and key:
        pairs = (("client-certificate-data", certificate), ("client-key-data", key))
        return {name: base64.b64encode(value.encode()).decode() for name, value in pairs}
    return {}

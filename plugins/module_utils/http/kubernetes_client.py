# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The client for clusters' own Kubernetes APIs: the HTTP client, with the hosts and the credentials of a kubeconfig's contexts.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from ..model.errors import CONTEXT_NOT_FOUND, NO_ACCESS, TLS_FAILED, ApiError
from ..model.secrets import Masker
from ..model.shapes import mapping, nested
from .answers import Answer, Call, Interpreter, Received
from .client import Client, Settings, Trace
from .credentials import Credentials
from .kubeconfig import Kubeconfig, KubeContext
from .pacing import Clock, Limiter
from .transport import Resolve, TimedAdapter

SERVICE = "kubernetes"
GONE = 410  # the HTTP status of a list that has changed too much since it was begun


@dataclass(frozen=True)
class ContextCall(Call):
    """What is asked of the cluster of a context."""

    context: KubeContext | None = None


class StatusInterpreter(Interpreter):
    """Makes answers and errors of what Kubernetes sends: the reason of a ``Status`` is the code."""

    def _parse(self, raw: bytes, text: str) -> tuple[Any, str]:
        body, flaw = super()._parse(raw, text)
        metadata = mapping(nested(body, "metadata"))
        if metadata.get("continue"):
            # It looks like a token, which is masked everywhere; it is none, and the next page is to be had for it alone.
            metadata["continue"] = nested(json.loads(raw), "metadata", "continue")
        return body, flaw

    def _refusal(self, received: Received, body: Any) -> ApiError:
        error = super()._refusal(received, body)
        if nested(body, "kind") == "Status" and nested(body, "reason"):
            error.code = self.shown(str(nested(body, "reason")), 100)
        error.retryable = error.retryable or received.status >= 500
        return error


class ContextAdapter(TimedAdapter):
    """An adapter for the cluster of one context: its connections carry its certificate, and expect its name.

    :param server_name: the name in the server's certificate, where it is not that of its URL
    """

    def __init__(self, server_name: str | None, resolve: Resolve | None = None, **more: Any) -> None:
        self._tls = {"server_hostname": server_name} if server_name else {}
        super().__init__(resolve, **more)

    def init_poolmanager(self, *args: Any, **more: Any) -> None:
        """Makes the pools of direct connections."""
        super().init_poolmanager(*args, **more, **self._tls)

    def proxy_manager_for(self, proxy: Any, **more: Any) -> Any:
        """The pools of connections through a proxy."""
        return super().proxy_manager_for(proxy, **more, **self._tls)


class KubernetesClient(Client):
    """Reads the clusters of a kubeconfig's contexts. A context is looked for when it is first asked, so that one that cannot be used loses
    no other.

    :param kubeconfig: the option of that name
    :ivar known: for each context the paths of kinds in its cluster's API, by the full names of the kinds
    """

    def __init__(
        self,
        settings: Settings,
        kubeconfig: str | None,
        environ: Mapping[str, str],
        limiter: Limiter,
        masker: Masker,
        clock: Clock | None = None,
    ) -> None:
        super().__init__(settings, Credentials("kubeconfig", "kubeconfig"), environ, limiter, masker, clock)
        self._interpreter = StatusInterpreter(masker)
        self._folder = tempfile.mkdtemp(prefix="gitops-")
        self._kubeconfig = Kubeconfig(kubeconfig, environ, self._folder, masker, settings.request_timeout)
        self._contexts: dict[str, KubeContext] = {}
        self._adapters: dict[tuple[Any, ...], TimedAdapter] = {}
        self._locks: dict[str, threading.Lock] = {}
        self.known: dict[str, dict[str, str]] = {}

    @classmethod
    def from_options(
        cls, options: Mapping[str, Any], environ: Mapping[str, str], limiter: Limiter, masker: Masker, clock: Clock | None = None
    ) -> KubernetesClient:
        """A client for a task's options.

        :raises OptionError: for a setting that cannot work
        """
        return cls(Settings.from_options(options), options.get("kubeconfig"), environ, limiter, masker, clock)

    def __exit__(self, *exception: object) -> None:
        super().__exit__(*exception)
        for adapter in self._adapters.values():
            adapter.close()
        shutil.rmtree(self._folder, ignore_errors=True)  # it holds keys

    def of(self, target: str) -> ContextClient:
        """What asks the cluster of a context."""
        return ContextClient(self, target)

    # --- Contexts ---

    def context(self, name: str) -> KubeContext:
        """A context with a credential that is valid now.

        :raises ApiError: for one that cannot be used
        """
        with self._lock:
            lock = self._locks.setdefault(name, threading.Lock())
        with lock:  # its plugin runs once, whoever asks
            known = self._contexts.get(name)
            if known is None or not known.is_current(self.clock.now()):
                known = self._contexts[name] = self._kubeconfig.context(name)
            return known

    def renewed(self, refused: KubeContext) -> KubeContext:
        """A context whose credential was refused, looked for anew: it may have been renewed in its file, or by its plugin.

        :raises ApiError: for one that cannot be used
        """
        with self._lock:
            if self._contexts.get(refused.name) is refused:
                self._kubeconfig.forget()
                del self._contexts[refused.name]
        return self.context(refused.name)

    # --- Sending, as the client does, to the cluster of a context ---

    def _base_url(self, call: Call) -> str:
        return _context_of(call).server

    def _new_adapter(self, call: Call, **more: Any) -> TimedAdapter:
        return ContextAdapter(_context_of(call).server_name, self._resolve, **more)

    def _adapter_for(self, call: Call) -> TimedAdapter:
        context = _context_of(call)
        # Not one for all contexts: requests before 2.32 would send the certificate of one to the same host for another.
        key = (context.name, context.certificate)
        with self._lock:
            if key not in self._adapters:
                self._adapters[key] = self._new_adapter(call, pool_maxsize=self.settings.max_concurrency)
            return self._adapters[key]

    def _environment_for(self, call: Call, url: str) -> dict[str, Any]:
        """Proxy and TLS settings as the kubeconfig has them, else as the environment has them."""
        context = _context_of(call)
        found = super()._environment_for(call, url)
        proxies = {urlsplit(url).scheme: context.proxy} if context.proxy else found["proxies"]
        verify = found["verify"] and context.verify and (context.authorities or found["verify"])
        return {"proxies": proxies, "verify": verify, "cert": context.certificate}

    def _offset(self, service: str) -> float:  # noqa: ARG002 one service has many hosts
        return self._last_offset


class ContextClient:
    """Asks the cluster of one context, by the client of all.

    :ivar name: the context
    :ivar known: the paths of kinds in the cluster's API, for as long as the task
    """

    def __init__(self, client: KubernetesClient, name: str) -> None:
        self._client, self.name, self.clock = client, name, client.clock
        self.known = client.known.setdefault(name, {})

    def context(self) -> KubeContext:
        """The context.

        :raises ApiError: for one that cannot be used
        """
        return self._client.context(self.name)

    def shown(self, text: str) -> str:
        """Text with foreign parts as it may be shown."""
        return self._client.shown(text)

    def ask(
        self,
        service: str,
        path: str,
        query: Iterable[tuple[str, Any]] = (),
        trace: Trace | None = None,
        fresh: bool = False,
        *,
        headers: Mapping[str, str] | None = None,
        as_list: bool = False,
    ) -> Answer:
        """As ``Client.ask``; a credential that is refused is looked for anew, once."""
        context = None
        try:
            context = self.context()
            beside = headers or {}
            call = ContextCall(
                service=service,
                method="GET",
                path=path,
                query=tuple(query),
                headers={**beside, **context.headers},
                as_list=as_list,
                context=context,
            )
            try:
                return self._client.send(call, None, trace, fresh)
            except ApiError as error:
                if error.status != 401:
                    raise
                renewed = self._client.renewed(context)
                if renewed == context:
                    raise
            return self._client.send(replace(call, headers={**beside, **renewed.headers}, context=renewed), None, trace, fresh)
        except ApiError as error:
            error.service = service
            if error.code not in (CONTEXT_NOT_FOUND, NO_ACCESS):
                error.path = path
            if context:
                _explain(error, context)
            raise


def _context_of(call: Call) -> KubeContext:
    context: KubeContext | None = getattr(call, "context", None)
    if context is None:
        raise TypeError("a call without a context")
    return context


def _explain(error: ApiError, context: KubeContext) -> None:
    """Adds to the message of a refusal what the caller can do about it."""
    if error.status == 401:
        who = f"{context.credential} of the kubeconfig: it may have expired" if context.credential else "a user without credentials"
        error.message = f"{error.message.rstrip('.')}. The cluster {context.cluster} refuses {who}."
    elif context.proxy:
        error.message = error.message.replace("its address in the environment", "proxy-url of the kubeconfig")
    if error.code == TLS_FAILED:
        error.message = error.message.replace("in ca_path", "in certificate-authority-data of the kubeconfig, or in ca_path")

# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""What stands in the client's place where a checkout is read: it needs no credentials, and sends nothing.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from ..http.client import Client, Outcome
from ..http.pacing import Clock, Limiter
from ..model.errors import ApiError
from ..model.secrets import Masker, mask_secrets
from .documents import require_yaml

T = TypeVar("T")
R = TypeVar("R")


class LocalClient(Client):
    """Reads one path after the other, in the task's own thread."""

    def __init__(self, clock: Clock, masker: Masker) -> None:
        # Nothing of a client that sends is needed: neither its library nor its pool.
        self.clock, self.masker = clock, masker
        self.clocks, self.service_time = {}, None

    @classmethod
    def from_options(
        cls,
        options: Mapping[str, Any],  # noqa: ARG003
        environ: Mapping[str, str],  # noqa: ARG003
        limiter: Limiter,
        masker: Masker,
        clock: Clock | None = None,
    ) -> LocalClient:
        """A client for a task.

        :raises MissingYamlError: without the library that reads manifests
        """
        require_yaml()
        return cls(clock or limiter.clock, masker)

    def __exit__(self, *exception: object) -> None:
        """Nothing was opened."""

    def begin_sample(self, seconds: float, option: str = "total_timeout") -> None:
        """Starts another round of reads, which need no time worth a limit."""

    def shown(self, text: str) -> str:
        """Text with foreign parts as it may be shown."""
        return mask_secrets(self.masker.mask(text))

    def fan_out(self, work: Callable[[T], R], items: Sequence[T]) -> list[Outcome[T, R]]:
        """Runs ``work`` for each item, in their order."""

        def run(item: T) -> Outcome[T, R]:
            try:
                return Outcome(item, value=work(item))
            except ApiError as error:
                return Outcome(item, error=error)

        return [run(item) for item in items]

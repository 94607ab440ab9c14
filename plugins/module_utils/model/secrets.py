# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Secrets that must not be shown.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

from .text import spellings


class Masker:
    """Knows secrets and takes them out of texts."""

    def __init__(self) -> None:
        self.secrets: set[str] = set()

    def add(self, *secrets: str) -> None:
        """Takes up secrets."""
        self.secrets.update(secret for secret in secrets if secret)

    def mask(self, text: str, longer_than: int = 0) -> str:
        """``text`` with ``********`` in the place of every spelling of a secret that has more than ``longer_than`` characters."""
        written = {spelling for secret in self.secrets for spelling in spellings(secret)}
        for spelling in sorted(written, key=len, reverse=True):
            if len(spelling) > longer_than:
                text = text.replace(spelling, "********")
        return text

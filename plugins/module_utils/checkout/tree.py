# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""The files of a checkout: only what is inside it, each once, and only those that can hold a manifest of Flux are parsed.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath

from ..model.errors import OptionError, Said

LARGEST_FILE = 10_000_000  # bytes
MOST_FILES = 100_000  # of YAML or JSON, below one path
ENDINGS = (".yaml", ".yml", ".json")
KUSTOMIZATION_NAMES = ("kustomization.yaml", "kustomization.yml", "Kustomization")

# A file without this holds no manifest of Flux: most files of a checkout need not be parsed. A version may stand elsewhere than right after
# apiVersion, as with an anchor or in a block, and JSON may write its slash with a backslash.
_GROUP = r"(?:source|kustomize|helm)\.toolkit\.fluxcd\.io"
_FLUX = re.compile(rf"""apiVersion["']?\s*:\s*["']?{_GROUP}/|{_GROUP}\\?/v[0-9]""")
_SOPS_NAME = re.compile(r"[^/]\.(?:sops|enc)\.(?:ya?ml|json)$")
_SOPS_MARK = re.compile(r"""^\s*["']?sops["']?\s*:""", re.MULTILINE)


@dataclass(frozen=True)
class Unread:
    """A file that was not read, and why: ``reason`` ends the sentence "It ..."; a file that is ``expected`` not to be is no problem."""

    file: str
    reason: str
    expected: bool = False


@dataclass
class Tree:
    """A checkout: what is read of it, with names relative to its root.

    :ivar root: the folder, free of links
    :ivar unread: the files that were not read
    """

    root: Path
    unread: list[Unread] = field(default_factory=list)
    _texts: dict[str, str | None] = field(default_factory=dict)

    def name_of(self, path: Path) -> str:
        """A path relative to the root, with ``/``."""
        return PurePosixPath(os.path.relpath(path, self.root)).as_posix()

    def inside(self, name: str) -> bool:
        """Whether a name leads to something in the checkout, through whatever links."""
        target = Path(os.path.realpath(self.root / name))
        return target == self.root or self.root in target.parents

    def is_folder(self, name: str) -> bool:
        """Whether a name is that of a folder in the checkout."""
        return self.inside(name) and (self.root / name).is_dir()

    def kustomization(self, folder: str) -> str | None:
        """The name of a folder's file for kustomize; None where it has none."""
        names = (joined(folder, name) for name in KUSTOMIZATION_NAMES)
        return next((name for name in names if (self.root / name).is_file()), None)

    def files(self, start: str) -> Iterator[str]:
        """The names of the YAML and JSON files below a path, or of the one file that it is; in order. Folders that begin with a dot are
        left out, as Flux leaves them out."""
        path = self.root / start
        if not path.is_dir():
            yield start
            return
        for count, name in enumerate(self._below(path, {os.path.realpath(path)})):
            if count == MOST_FILES:
                self.unread.append(Unread(start, f"has more than {MOST_FILES} files of YAML or JSON, and the rest was left out"))
                return
            yield name

    def _below(self, folder: Path, visited: set[str]) -> Iterator[str]:
        try:
            entries = sorted(os.scandir(folder), key=lambda entry: entry.name)
        except OSError as error:
            self.unread.append(Unread(self.name_of(folder), f"cannot be read ({error.strerror})"))
            return
        for entry in entries:
            name = self.name_of(Path(entry.path))
            if entry.is_symlink() and not self.inside(name):
                if entry.name.endswith(ENDINGS) or Path(entry.path).is_dir():
                    self.unread.append(Unread(name, "is a link out of the checkout"))
            elif entry.is_dir():
                real = os.path.realpath(entry.path)
                if not entry.name.startswith(".") and real not in visited:
                    visited.add(real)
                    yield from self._below(Path(entry.path), visited)
            elif entry.name.endswith(ENDINGS) or entry.name in KUSTOMIZATION_NAMES:
                yield name

    def text(self, name: str) -> str | None:
        """The text of a file; None, and a note among the unread, where it cannot be read."""
        if name not in self._texts:
            self._texts[name] = None
            content = self._content(name)
            if content is not None:
                self._texts[name] = content
        return self._texts[name]

    def _content(self, name: str) -> str | None:
        path = self.root / name
        try:
            status = path.stat()
            if not stat.S_ISREG(status.st_mode):
                return self._refuse(name, "is no ordinary file")
            if status.st_size > LARGEST_FILE:
                return self._refuse(name, f"is larger than {LARGEST_FILE // 1_000_000} MB")
            raw = path.read_bytes()
        except OSError as error:
            return self._refuse(name, f"cannot be read ({error.strerror or error})")
        coding = "utf-16" if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
        try:
            text = raw.decode(coding)
        except UnicodeDecodeError:
            return self._refuse(name, "is no text: it is neither UTF-8 nor UTF-16")
        return self._refuse(name, "is no text: it has NUL characters") if "\0" in text else text

    def _refuse(self, name: str, reason: str) -> str | None:
        """Notes why a file has no text."""
        self.unread.append(Unread(name, reason))
        return None

    def manifests(self, name: str) -> str | None:
        """The text of a file where it can hold manifests of Flux, None where it cannot, or was not read."""
        text = self.text(name)
        if text is None:
            return None
        if _SOPS_NAME.search(name) or (_SOPS_MARK.search(text) and "ENC[" in text):
            self.unread.append(Unread(name, "is encrypted with SOPS", expected=not _FLUX.search(text)))
            return None
        if not _FLUX.search(text):
            return None
        if self._is_template(name):
            self.unread.append(Unread(name, "is a template of a Helm chart", expected=True))
            return None
        return text

    def _is_template(self, name: str) -> bool:
        folders = PurePosixPath(name).parents
        return any(folder.name == "templates" and (self.root / folder.parent / "Chart.yaml").is_file() for folder in folders)


def joined(folder: str, name: str) -> str:
    """A name relative to a folder, as one relative to the root; it may lead out of it (``../x``)."""
    return PurePosixPath(os.path.normpath(f"{folder}/{name}")).as_posix()


def find_root(path: Path) -> Path:
    """The checkout that a path belongs to: the nearest folder around it with ``.git``; without one the path itself, or a file's folder."""
    folder = path if path.is_dir() else path.parent
    return next((candidate for candidate in (folder, *folder.parents) if (candidate / ".git").exists()), folder)


def open_tree(option: str, path: str, checkout: str | None) -> tuple[Tree, str]:
    """The checkout of a path, and the path's name in it.

    :param option: how messages name the path, e.g. ``paths[0]``
    :param checkout: the root, where it was given
    :raises OptionError: for a path that is not there, and for one outside the checkout
    """
    base = Path(checkout) if checkout else Path()
    if checkout is not None and not base.is_dir():
        raise OptionError("checkout", checkout, "a folder that is there")
    whole = Path(os.path.abspath(base / path))  # noqa: PTH100 a link is to be seen as one
    if not path.strip() or "\0" in path or not whole.exists():
        raise OptionError(option, path, f"a file or folder that is there{f', below {checkout}' if checkout else ''}")
    root = Path(os.path.realpath(base if checkout else find_root(Path(os.path.realpath(whole)))))
    real = Path(os.path.realpath(whole))
    if real != root and root not in real.parents:
        raise OptionError(option, Said(f"{path}, which leads to {real}"), f"a path inside the checkout {root}")
    return Tree(root), PurePosixPath(os.path.relpath(real, root)).as_posix()

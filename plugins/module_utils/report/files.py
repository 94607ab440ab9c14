# Copyright: Contributors to the huaweicloud.gitops project
# SPDX-License-Identifier: BSD-2-Clause
"""Writes reports so that each is there whole or not at all, and that of one run an "allow" never stands where a "block" stood.

A hidden file beside the reports, ``.NAME.lock``, is locked while they are written, and says what the last run wrote there.

Private to the collection: names and signatures may change with any release.
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import IO, NamedTuple

ASIDE = ".allowed"
LOCK_TIMEOUT = 30.0  # seconds; a writer takes milliseconds


class Written(NamedTuple):
    """What became of the reports: their files by format ending, whether any changed, whether a block of this run was left as it is."""

    files: dict[str, Path]
    changed: bool
    aside: bool


def write_reports(folder: Path, name: str, texts: Mapping[str, str], endings: Collection[str], allows: bool, run: str) -> Written:
    """Writes each text to ``folder/name.ending``, and removes what an earlier run left under the other endings.

    :param endings: all that a report may have
    :param allows: whether the decision is to allow
    :param run: what names this run of ansible-playbook; empty where nothing does, and then every writer counts as a run of its own
    :raises OSError: what could not be written is not there either, as far as it could be removed
    """
    _make_folder(folder)
    with ExitStack() as stack:
        try:
            note = stack.enter_context(_alone(folder / f".{name}.lock"))
        except OSError:
            if not allows:
                with suppress(OSError):
                    _remove(folder, name, endings)  # an allow of an earlier run, say
            raise
        earlier = _read_note(note)
        same_run = bool(run) and earlier.get("run") == run
        aside = allows and same_run and earlier.get("decision") == "block"
        chosen = f"{name}{ASIDE}" if aside else name
        pending = set(endings)
        try:
            if not aside:
                _write_note(note, {"run": run, "decision": "allow" if allows else "block"})
            _remove_leftovers(folder, name)
            changed = False if same_run else _remove(folder, f"{name}{ASIDE}", endings)
            changed |= _remove(folder, chosen, pending - set(texts))
            for ending, text in texts.items():
                changed |= _replace(folder, chosen, ending, text.encode("utf-8", "replace"))
                pending.discard(ending)
        except OSError:
            # Better no report than one of another decision.
            with suppress(OSError):
                _remove(folder, chosen, pending)
            raise
    return Written({ending: folder / f"{chosen}.{ending}" for ending in texts}, changed, aside)


def _make_folder(folder: Path) -> None:
    """Makes the folder and what leads to it, with mode 0755 whatever the umask; one that is there keeps its mode."""
    for path in [*reversed(folder.parents), folder]:
        if not path.is_dir():
            with suppress(FileExistsError):
                path.mkdir()
                path.chmod(0o755)


@contextmanager
def _alone(path: Path) -> Iterator[IO[str]]:
    """The open file, locked against all other writers."""
    # No symbolic link is followed: in a shared folder it may lead to a file of somebody else's choice.
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o644)
    with os.fdopen(descriptor, "r+", encoding="utf-8", errors="replace") as note:
        _lock(note)
        yield note


def _lock(note: IO[str]) -> None:
    ends = time.monotonic() + LOCK_TIMEOUT
    while not _is_locked(note):
        if time.monotonic() > ends:
            raise TimeoutError(errno.ETIMEDOUT, f"another process has been writing there for {LOCK_TIMEOUT:g} s")
        time.sleep(0.02)


def _is_locked(note: IO[str]) -> bool:
    """Whether the lock was free and is now held. A file system without locks has to do without: the note still says what was written."""
    try:
        fcntl.flock(note, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno in (errno.EAGAIN, errno.EACCES, errno.EINTR):
            return False
        if error.errno not in (errno.ENOLCK, errno.ENOSYS, errno.EOPNOTSUPP):
            raise
    return True


def _read_note(note: IO[str]) -> dict[str, object]:
    try:
        content = json.loads(note.read(4096))
    except ValueError:
        return {}
    return content if isinstance(content, dict) else {}


def _write_note(note: IO[str], content: Mapping[str, str]) -> None:
    note.seek(0)
    note.write(json.dumps(content))
    note.truncate()
    note.flush()


def _remove_leftovers(folder: Path, name: str) -> None:
    """Removes the temporary files of writers that were killed."""
    pattern = re.compile(rf"\.{re.escape(name)}(?:{re.escape(ASIDE)})?\.[a-z0-9_]{{8}}\.tmp")
    for entry in os.scandir(folder):
        if pattern.fullmatch(entry.name):
            Path(entry.path).unlink(missing_ok=True)


def _remove(folder: Path, name: str, endings: Collection[str]) -> bool:
    gone = False
    for ending in sorted(endings):
        path = folder / f"{name}.{ending}"
        if path.is_symlink() or path.is_file():
            path.unlink(missing_ok=True)
            gone = True
    return gone


def _replace(folder: Path, name: str, ending: str, content: bytes) -> bool:
    """Puts a file there in one step; whether it is another than before."""
    path = folder / f"{name}.{ending}"
    with suppress(OSError):
        if not path.is_symlink() and path.read_bytes() == content:
            return False
    descriptor, temporary = tempfile.mkstemp(prefix=f".{name}.", suffix=".tmp", dir=folder)
    try:
        with os.fdopen(descriptor, "wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(content)
        Path(temporary).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(temporary).unlink()
        raise
    return True

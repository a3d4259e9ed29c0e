"""Locks between processes on files: held by the kernel for a living process, so that no crash leaves one behind."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class LockedError(Exception):
    """Somebody else holds the lock; the message is what they wrote into the file."""


@contextmanager
def shared_work(path: Path) -> Iterator[None]:
    """Wait for the lock, then hold it: for work that is done once and used by all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def only_one(path: Path) -> Iterator[IO[str]]:
    """Hold the lock or raise `LockedError` at once; the file given is for a note to the next who tries."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            raise LockedError(file.read().strip()) from None
        file.truncate(0)
        yield file
        path.unlink(missing_ok=True)

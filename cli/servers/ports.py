"""TCP ports of this machine: who holds one, and which is free."""

import fcntl
import os
import secrets
import socket
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path

import psutil

LOCALHOST = "127.0.0.1"
_LOWEST, _HIGHEST, _TRIED = 15_000, 32_000, 1_000
_given: set[int] = set()


def free_port(following: int = 0) -> int:
    """A port that nothing listens on now, nor on as many ``following`` it; no two that live are given the same.

    None of those that the system gives to connections on their way out (from 32768 on where it is Linux): one of
    these may be taken before its server starts.

    Raises:
        OSError: none of a thousand is free.

    """
    for _ in range(_TRIED):
        first = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST - following)
        if all(is_free(port) and _claim(port) for port in range(first, first + following + 1)):
            return first
    raise OSError(f"no port between {_LOWEST} and {_HIGHEST} is free")


def is_free(port: int) -> bool:
    """Whether a server could listen on ``port`` now; a connection that lingers does not count."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOCALHOST, port))
        except OSError:
            return False
        return True


def _claim(port: int) -> bool:
    """Whether nobody was given the port before, this process or another one of this user that lives.

    A server may begin to listen long after its port was chosen: each choice is a byte locked in a file of all.
    """
    if port in _given:
        return False
    register = _register()
    if register is not None:
        try:
            fcntl.lockf(register, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, port)
        except OSError:
            return False
    _given.add(port)
    return True


@cache
def _register() -> int | None:
    """The file whose locked bytes are the ports given, open while the process lives; None where it cannot be made."""
    with suppress(OSError):
        return os.open(Path(tempfile.gettempdir()) / f"luna-ports-{os.getuid()}", os.O_RDWR | os.O_CREAT, 0o600)
    return None


def answers(port: int, host: str = LOCALHOST) -> bool:
    """Whether something accepts connections on ``port``."""
    with suppress(OSError), socket.create_connection((host, port), timeout=0.5):
        return True
    return False


def holder(port: int) -> str:
    """The process that listens on ``port``, as ``name (process id)``; processes of others may be hidden from us."""
    with suppress(psutil.Error):
        for connection in psutil.net_connections(kind="tcp"):
            listens = connection.status == psutil.CONN_LISTEN and connection.laddr and connection.laddr[1] == port
            if listens and connection.pid:
                process = psutil.Process(connection.pid)
                command = " ".join(process.cmdline())[:80]
                return f"{process.name()} (process {connection.pid}: {command})"
    return "a process that this user may not see"

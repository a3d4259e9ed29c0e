"""TCP ports of this machine: who holds one, and which is free."""

import secrets
import socket
from contextlib import suppress

import psutil

LOCALHOST = "127.0.0.1"
_LOWEST, _HIGHEST, _TRIED = 15_000, 32_000, 1_000


def free_port(following: int = 0) -> int:
    """A port that nothing listens on now, nor on as many ``following`` it.

    None of those that the system gives to connections on their way out (from 32768 on where it is Linux): one of
    these may be taken before its server starts.

    Raises:
        OSError: none of a thousand is free.

    """
    for _ in range(_TRIED):
        first = _LOWEST + secrets.randbelow(_HIGHEST - _LOWEST - following)
        if all(is_free(port) for port in range(first, first + following + 1)):
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

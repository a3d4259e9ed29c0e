"""Messages between a city and its shards over a socket pair: a frame of two parts, and files handed over with it."""

import copyreg
import io
import pickle
import socket
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from services.simulator.domain.calendar import Moment
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import Effects
from services.simulator.domain.state import POOLS
from services.simulator.domain.venues import Hours

_HEAD = struct.Struct("<QQB")
MOST_FILES = 2 + len(POOLS)
"""Files that a message brings at most: one of each table."""
_CHUNK = 1 << 20


class GoneError(Exception):
    """The other side is not there any more."""


class SilentError(Exception):
    """The other side is there and says nothing, or takes nothing, for longer than it may."""


@dataclass(frozen=True)
class Asked:
    """What everybody is asked: `call`, and the shared state as of now.

    ``counts`` are rows by table: people, venues and pools, which lie in shared memory; ``capacities`` those of the
    tables whose files come with the message, in its order. Of the rest only what changed is sent.
    """

    call: str
    tick: int
    start: int
    end: int
    now: Moment
    effects: Sequence[Effects]
    causes: Sequence[int]
    numbers: dict[str, int]
    counts: dict[str, int] = field(default_factory=dict)
    capacities: dict[str, int] = field(default_factory=dict)
    action_weights: Array | None = None
    places: tuple[Hours, Array] | None = None


@dataclass(frozen=True)
class Share:
    """What one shard is asked for: people from ``first`` on and below ``last``, and who of them is in the app."""

    first: int
    last: int
    active: Array


@dataclass(frozen=True)
class Raised:
    """A decision that could not be made, and why."""

    reason: str


def packed(value: object) -> bytes:
    """A message's part; read-only mappings come along as what they are."""
    out = io.BytesIO()
    pickler = pickle.Pickler(out, protocol=5)
    pickler.dispatch_table = copyreg.dispatch_table.copy()
    pickler.dispatch_table[MappingProxyType] = _proxy
    pickler.dump(value)
    return out.getvalue()


def send(to: socket.socket, first: bytes, second: bytes = b"", files: Sequence[int] = ()) -> None:
    """Send a frame. Raises `GoneError` where nobody is there to read it, `SilentError` where nobody does in time."""
    head = _HEAD.pack(len(first), len(second), len(files))
    try:
        if files:
            socket.send_fds(to, [head], files)
        else:
            to.sendall(head)
        to.sendall(first)
        to.sendall(second)
    except TimeoutError as error:
        raise SilentError from error
    except OSError as error:
        raise GoneError(str(error)) from error


def receive(source: socket.socket) -> tuple[Any, Any, list[int]]:
    """Both parts of the next frame, None for an empty one, and its files.

    Raises:
        GoneError: There is no more.
        SilentError: None comes within the socket's timeout.

    """
    try:
        head, files, _, _ = socket.recv_fds(source, _HEAD.size, MOST_FILES)
        head += _read(source, _HEAD.size - len(head)) if head else b""
        if not head:
            raise GoneError("closed")
        first, second, _ = _HEAD.unpack(head)
        parts = _read(source, first), _read(source, second)
    except TimeoutError as error:
        raise SilentError from error
    except OSError as error:
        raise GoneError(str(error)) from error
    # both ends are ours and of one start: nobody else can write to a socket pair
    left, right = (pickle.loads(part) if part else None for part in parts)  # noqa: S301
    return left, right, files


def _read(source: socket.socket, size: int) -> bytes:
    out = bytearray(size)
    view, at = memoryview(out), 0
    while at < size:
        got = source.recv_into(view[at : at + _CHUNK])
        if not got:
            raise GoneError("closed")
        at += got
    return bytes(out)


def _proxy(value: MappingProxyType[Any, Any]) -> tuple[Any, ...]:
    return _read_only, (dict(value),)


def _read_only(values: dict[Any, Any]) -> MappingProxyType[Any, Any]:
    return MappingProxyType(values)

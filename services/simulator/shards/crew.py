"""The city's side: asks every shard for its people, and puts the answers together in order of people.

A shard that dies or hangs is asked once more, after all of them were started anew: nothing was decided yet, so nobody
can tell. The second time fails the tick: the city takes it back, and the next try starts them all anew.
"""

import os
import signal
import socket
import subprocess
import sys
import weakref
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import fields
from functools import partial
from typing import Any

import numpy as np

from services.simulator.domain.columns import Columns, Pool
from services.simulator.domain.draws import Array
from services.simulator.domain.turn import Decisions, Turn
from services.simulator.shards.memory import ROWS, SHAPES, Shared
from services.simulator.shards.wire import Asked, GoneError, Raised, Share, SilentError, packed, receive, send
from services.simulator.shards.worker import DECIDE, SESSIONS, Fixed
from streamkit.logs import get_logger

LAST_WORDS = 5.0
"""Seconds that shards have to end once their city has left them; they need a millisecond."""

PATIENCE = 120.0
"""Seconds a shard may say nothing before it counts as hung: a thousand times what a tick of 100,000 people takes."""

FIRST_WORDS = 120.0
"""The same for the first answer after a start, which waits for an interpreter and the fixed side of the city."""


class ShardError(Exception):
    """A shard died, hung or could not decide; nothing of the tick was kept."""


class LostError(Exception):
    """A shard died or hung."""


class Shards:
    """Some processes that decide for a city: a `Crew`. Started when asked; ended by `close` or with this object."""

    def __init__(self, count: int, fixed: Fixed, patience: float = PATIENCE) -> None:
        """``patience``: seconds a shard may say nothing."""
        self.count = count
        self._patience = patience
        self._fixed = packed(fixed)
        self._team: _Team | None = None
        self._told: dict[str, object] = {}
        self._pools: dict[str, Shared] = {}

    def sessions(self, turn: Turn) -> tuple[Array, list[Array]]:
        """As `sessions.draw`, for everybody.

        Raises:
            ShardError: A shard died or could not.

        """
        parts = self._ask(SESSIONS, turn)
        levels = [np.concatenate([outcomes[level] for _, outcomes in parts]) for level in range(len(turn.effects))]
        return np.concatenate([rows for rows, _ in parts]), levels

    def decide(self, turn: Turn) -> Decisions:
        """As `behaviour.decide`, for everybody.

        Raises:
            ShardError: A shard died or could not.

        """
        return together(self._ask(DECIDE, turn))

    @property
    def pid(self) -> int | None:
        """The process that the shards are children of; None while there are none."""
        return None if self._team is None else self._team.pid

    def close(self) -> None:
        """End the processes; they start again when asked."""
        team, self._team = self._team, None
        self._told.clear()
        if team is not None:
            team.close()

    def _ask(self, call: str, turn: Turn) -> list[Any]:
        try:
            return self._try(call, turn)
        except LostError as error:
            get_logger().warning("shards.anew", reason=str(error))
        try:
            return self._try(call, turn)
        except LostError as error:
            raise ShardError(f"{error}, and again after a new start; the next try starts all anew") from error

    def _try(self, call: str, turn: Turn) -> list[Any]:
        try:
            return self._answers(call, turn)
        except BaseException:
            self.close()  # answers may still be under way, and would be taken for those of the next question
            raise

    def _answers(self, call: str, turn: Turn) -> list[Any]:
        if self._team is None:
            self._team = _Team(self.count, self._fixed)
        links = self._team.links
        asked, files = self._asked(call, turn)
        common = packed(asked)
        shares = self._shares(turn)
        for number, link in enumerate(links):
            self._with(number, link, partial(send, link, common, packed(shares[number]), files))
        answers = [self._with(number, link, partial(_answer, link)) for number, link in enumerate(links)]
        for link in links:
            link.settimeout(self._patience)
        return answers

    def _with(self, number: int, link: socket.socket, act: Callable[[], Any]) -> Any:
        """Talk to one shard; what goes wrong names it."""
        who = f"shard {number + 1} of {self.count}"
        try:
            return act()
        except GoneError as error:
            raise LostError(f"{who} died") from error
        except SilentError as error:
            raise LostError(f"{who} said nothing for {link.gettimeout():g} s") from error
        except _RaisedError as error:
            raise ShardError(f"{who}: {error}") from error

    def _asked(self, call: str, turn: Turn) -> tuple[Asked, list[int]]:
        """The question with all of the state that the shards do not know yet."""
        state = turn.state
        blocks = {"users": _block(state.users), "venues": _block(state.venues)}
        blocks |= {name: self._shown(name, pool) for name, pool in state.pools.items()}
        moved = {name: block for name, block in blocks.items() if self._is_new(name, block)}
        counts = {name: len(pool) for name, pool in state.pools.items()}
        asked = Asked(
            call, turn.tick, turn.start, turn.end, turn.now, turn.effects, turn.causes, state.numbers,
            counts | {"users": state.users.count, "venues": state.venues.count},
            capacities={name: block.capacity for name, block in moved.items()},
            action_weights=state.action_weights if self._is_new("weights", state.action_weights) else None,
            places=(turn.hours, turn.zone_table) if self._is_new("places", turn.hours) else None,
        )  # fmt: skip
        return asked, [block.fd for block in moved.values()]

    def _shown(self, name: str, pool: Pool) -> Shared:
        """A pool's rows where the shards see them: no shard reads while it is not asked, so one place is enough."""
        block = self._pools.get(name)
        if block is None or block.capacity < len(pool):
            block = self._pools[name] = Shared(SHAPES[name], 2 * len(pool))
            self._told.pop(f"rows of {name}", None)
        if self._is_new(f"rows of {name}", pool.rows):
            block[ROWS][: len(pool)] = pool.rows
        return block

    def _is_new(self, name: str, value: object) -> bool:
        """Whether something is another object than when it was last told; what is told is never written to again."""
        if self._told.get(name) is value:
            return False
        self._told[name] = value
        return True

    def _shares(self, turn: Turn) -> list[Share]:
        """Equal parts of the people, in order."""
        edges = [turn.state.users.count * number // self.count for number in range(self.count + 1)]
        places = np.searchsorted(turn.active, edges)
        return [
            Share(first, last, turn.active[start:stop])
            for first, last, start, stop in zip(edges, edges[1:], places, places[1:], strict=False)
        ]


def together(parts: Sequence[Decisions]) -> Decisions:
    """Decisions about some people each, in order of people, as one."""
    whole = Decisions()
    for name in (field.name for field in fields(Decisions) if field.name != "walk_levels"):
        columns = [getattr(part, name) for part in parts]
        setattr(whole, name, np.concatenate([column for column in columns if len(column)] or columns[:1]))
    whole.walk_levels = [np.concatenate(level) for level in zip(*(part.walk_levels for part in parts), strict=True)]
    return whole


class _RaisedError(Exception):
    """What a shard says went wrong."""


def _answer(link: socket.socket) -> Any:
    answer, _, _ = receive(link)
    if isinstance(answer, Raised):
        raise _RaisedError(answer.reason)
    return answer


def _block(columns: Columns) -> Shared:
    block = columns.arrays
    assert isinstance(block, Shared), "a city with shards has its columns in shared memory"
    return block


class _Team:
    """The processes of one start and the sockets to them."""

    def __init__(self, count: int, fixed: bytes) -> None:
        pairs = [socket.socketpair() for _ in range(count)]
        self.links = [ours for ours, _ in pairs]
        theirs = [end.fileno() for _, end in pairs]
        command = [sys.executable, "-m", "services.simulator.shards", *map(str, theirs)]
        # a session of its own: Ctrl-C on a terminal is for the city alone
        process = subprocess.Popen(  # noqa: S603 - our own module, by our own interpreter
            command, pass_fds=theirs, stdin=subprocess.DEVNULL, start_new_session=True
        )
        self.pid = process.pid
        for ours, end in pairs:
            ours.settimeout(FIRST_WORDS)
            end.close()
        self.close = weakref.finalize(self, _end, self.links, process)
        with suppress(GoneError, SilentError):  # the first question finds out
            send(self.links[0], fixed)


def _end(links: Sequence[socket.socket], process: subprocess.Popen[bytes]) -> None:
    for link in links:
        link.close()
    try:
        process.wait(LAST_WORDS)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)  # a session of its own: a shard that hangs outlives its mother
        process.wait()

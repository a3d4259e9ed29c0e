"""A shard's side: the fixed side of the city is built once, then every shard is a copy that decides for its people.

A shard ends when the socket to its city does, however the city ended: there is nothing to clean up after a kill -9.
"""

import os
import signal
import socket
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from services.simulator.domain import behaviour, sessions
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.domain.draws import Array
from services.simulator.domain.specification import CityData
from services.simulator.domain.state import State
from services.simulator.domain.town import Town, make_town
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import Hours
from services.simulator.domain.weights import base_log_weights
from services.simulator.shards.memory import ROWS, SHAPES, mapped
from services.simulator.shards.wire import Asked, GoneError, Raised, Share, packed, receive, send

SESSIONS, DECIDE = "sessions", "decide"


@dataclass(frozen=True)
class Fixed:
    """What the fixed side of a city is a function of."""

    config: CityConfig
    seed: int
    identity: Identity
    data: CityData


def work(files: Sequence[int]) -> None:
    """Be as many shards as there are sockets, until their city is gone. The first is told what the city is."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the city, which ends us
    links = [socket.socket(fileno=file) for file in files]
    try:
        fixed, _, _ = receive(links[0])
    except GoneError:
        return
    town = make_town(fixed.config, fixed.seed, fixed.identity, fixed.data)
    for own in links:
        if os.fork() == 0:
            for other in links:
                if other is not own:
                    other.close()
            _serve(own, town)
            os._exit(0)
    for link in links:
        link.close()
    for _ in links:
        os.wait()


def _serve(link: socket.socket, town: Town) -> None:
    shard = Shard(town)
    try:
        while True:
            asked, share, files = receive(link)
            shard.learn(asked, files)
            try:
                answer = shard.answer(asked, share)
            except Exception as error:  # noqa: BLE001 - told to the city, which fails the tick
                answer = Raised(f"{type(error).__name__}: {error}")
            send(link, packed(answer))
    except GoneError:
        return


class Shard:
    """The state as one shard sees it: the city's own tables, to read, and copies of what is small."""

    def __init__(self, town: Town) -> None:
        self._town = town
        self._state = State(base_log_weights(town.data))
        self._tables: dict[str, dict[str, Array]] = {}
        self._hours: Hours | None = None
        self._zones: Array = np.zeros(0, dtype=np.int32)

    def learn(self, asked: Asked, files: Sequence[int]) -> None:
        """Take up what changed since the last message."""
        state = self._state
        for (name, capacity), file in zip(asked.capacities.items(), files, strict=True):
            self._tables[name] = mapped(file, SHAPES[name], capacity)
            os.close(file)
        state.users.attach(self._tables["users"], asked.counts["users"])
        state.venues.attach(self._tables["venues"], asked.counts["venues"])
        for name, pool in state.pools.items():
            pool.rows = self._tables[name][ROWS][: asked.counts[name]]
        state.numbers = asked.numbers
        if asked.action_weights is not None:
            state.action_weights = asked.action_weights
        if asked.places is not None:
            self._hours, self._zones = asked.places

    def answer(self, asked: Asked, share: Share) -> object:
        """Decide for the people of a share."""
        assert self._hours is not None
        turn = Turn(
            self._town, self._state, self._hours, self._zones, asked.tick, asked.start, asked.end, asked.now,
            effects=list(asked.effects), causes=list(asked.causes), active=share.active,
            span=slice(share.first, share.last),
        )  # fmt: skip
        if asked.call == SESSIONS:
            return sessions.draw(turn)
        behaviour.decide(turn)
        return turn.decisions

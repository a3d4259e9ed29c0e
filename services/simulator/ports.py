"""What the simulation needs of the outside: a city to compute, a log to publish on and to be told by."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from services.simulator.domain.city import CityConfig, Command, CommandResult, Identity, Step
from services.simulator.runtime.admission import Raw, Received
from services.simulator.runtime.past import Past
from streamkit.positions import Positions
from streamkit.processor import Output
from streamkit.records import Batch


class CityPort(Protocol):
    """A city that is computed tick by tick: a function of its state and what it is told."""

    @property
    def tick(self) -> int:
        """The next tick to compute."""
        ...

    @property
    def time_us(self) -> int:
        """Simulated time at which that tick starts."""
        ...

    @property
    def scenarios(self) -> Sequence[str]:
        """Names of the scenarios that hold."""
        ...

    def opening(self) -> Sequence[Output]:
        """Everything that holds before the first tick: the rows of people and venues."""
        ...

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        """Compute one tick."""
        ...

    def foresee(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> list[CommandResult]:
        """What the next tick will answer to commands; changes nothing."""
        ...

    def explain(self, user_id: str, time_us: int) -> Mapping[str, object]:
        """Why a person acts as they do at a time; raises ValueError where there is no such person."""
        ...

    def save(self) -> dict[str, NDArray[np.generic]]:
        """The whole state, as arrays of plain types."""
        ...

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        """Take up a saved state."""
        ...


MakeCity: TypeAlias = Callable[[CityConfig, int, Identity], CityPort]
"""(configuration, seed, identity) → the city before its first tick."""

Decode: TypeAlias = Callable[[str, Sequence[Raw]], Received]
"""Journaled records of one topic, decoded again."""

FailPoint: TypeAlias = Callable[[str, int], None]
"""Called with the name of a place in the code and the tick: where a test kills the process."""


class Publisher(Protocol):
    """Publishes and says, later, where the records ended up."""

    def produce_nowait(self, outputs: Sequence[Output]) -> Awaitable[Positions]:
        """Hand over records; awaiting the handle gives the end offset of each partition written."""
        ...


class Arrivals(Protocol):
    """Records that arrive on the topics which the simulator reads."""

    async def assign(self, positions: Positions) -> None:
        """Read on from these positions; a partition that is not named is read from its end."""
        ...

    def poll(self) -> Sequence[Received]:
        """Everything that has arrived since the last call, in order within each partition; never waits."""
        ...

    def positions(self) -> Positions:
        """Next offsets after everything that `poll` has handed over."""
        ...

    def hold(self, waiting: int) -> None:
        """Tells how many records wait for a tick, so that no more are read than memory should hold."""
        ...

    async def arrived(self) -> None:
        """Wait until `poll` may return something."""
        ...


class Memory(Protocol):
    """What the topics remember."""

    async def past(self) -> Past:
        """The ends of system_metrics and simulation_control."""
        ...

    async def living(self, topic: str) -> set[str]:
        """Keys of a compacted topic that have a row."""
        ...

    async def ends(self, topics: Sequence[str]) -> Positions:
        """Where some topics end."""
        ...

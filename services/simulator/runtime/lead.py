"""How far the city runs ahead of the services that answer it, by what they say they have processed.

A service has completed a tick when its progress covers the end offsets of every partition which the city had written
by then and which that service reads; partitions without records need nothing, so an idle topic holds nobody.
"""

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from streamkit.positions import Positions, advance, covers


@dataclass(slots=True)
class _Follower:
    topics: frozenset[str]
    completed: int
    reached: Positions = field(default_factory=dict)
    open_ticks: deque[tuple[int, Positions]] = field(default_factory=deque)

    def settle(self) -> None:
        while self.open_ticks and covers(self.reached, self.open_ticks[0][1]):
            self.completed = self.open_ticks.popleft()[0]


class Lead:
    """State of the back-pressure: the completed tick of each service that the city waits for."""

    def __init__(self, readers: Mapping[str, frozenset[str]], first_tick: int) -> None:
        """``readers``: topics of the city that each awaited service reads. Ticks before the first are complete."""
        self.readers = readers
        self._followers = {name: _Follower(topics, first_tick - 1) for name, topics in readers.items()}

    def published(self, tick: int, ends: Positions) -> None:
        """A tick is on the broker: ``ends`` are the end offsets of every partition written up to it."""
        for follower in self._followers.values():
            needed = {key: end for key, end in ends.items() if key[0] in follower.topics}
            follower.open_ticks.append((tick, needed))
            follower.settle()

    def progressed(self, service: str, positions: Positions) -> None:
        """A service says how far it is; several instances add up, each partition by its furthest."""
        follower = self._followers.get(service)
        if follower is None:
            return
        advance(follower.reached, positions)
        follower.settle()

    def ahead(self, tick: int) -> dict[str, int]:
        """By how many ticks each service is behind once this tick is computed."""
        return {name: tick - follower.completed for name, follower in self._followers.items()}

    def holding(self, tick: int, max_lead: int) -> tuple[str, ...]:
        """Services for which this tick must wait; empty when it may be computed."""
        return tuple(name for name, ahead in self.ahead(tick).items() if ahead > max_lead)

    def silent(self) -> tuple[str, ...]:
        """Services that have never said how far they are."""
        return tuple(name for name, follower in self._followers.items() if not follower.reached)

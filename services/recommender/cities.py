"""The tellings of the city that the recommender holds: the live one, and those too new to have been announced."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from services.recommender.domain.state import CityState

UNANNOUNCED_KEPT = 4
"""Tellings held whose state.changed has not been read yet (a topic can run ahead of `simulation_control`)."""

Telling: TypeAlias = tuple[str, int]
"""A (run_id, branch)."""


@dataclass
class Cities:
    """State of the live telling of the city, and of those too new to have been announced."""

    begin: Callable[[Telling], CityState] = lambda _: CityState()
    """State that a telling begins from: empty, or that of a loaded snapshot."""
    known: dict[Telling, CityState] = field(default_factory=dict)
    announced: dict[Telling, int] = field(default_factory=dict)

    @property
    def live(self) -> Telling | None:
        """The telling of the newest state.changed."""
        return max(self.announced, key=lambda telling: self.announced[telling], default=None)

    def announce(self, telling: Telling, wall_us: int) -> None:
        """A state.changed of a telling, said at that wall-clock time; the tellings before it are closed."""
        self.announced[telling] = max(wall_us, self.announced.get(telling, 0))
        for closed in [key for key in self.known if self._closed(key)]:
            del self.known[closed]

    def of(self, telling: Telling) -> CityState | None:
        """State of a telling, begun if new; None if it is closed."""
        if self._closed(telling):
            return None
        city = self.known.get(telling)
        if city is None:
            city = self.known[telling] = self.begin(telling)
            waiting = [key for key in self.known if key not in self.announced]
            for oldest in waiting[:-UNANNOUNCED_KEPT]:
                del self.known[oldest]
        return city

    def _closed(self, telling: Telling) -> bool:
        return telling in self.announced and telling != self.live

    @property
    def latest(self) -> CityState | None:
        """The live city, or the newest one while none was announced."""
        live = self.live
        if live is not None:
            return self.known.get(live)
        return self.known[next(reversed(self.known))] if self.known else None

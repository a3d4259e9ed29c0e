"""The workspace of one tick: what the five nodes hand to each other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np

from services.simulator.domain.calendar import MINUTE, Moment
from services.simulator.domain.days import kinds_of_day
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import Effects
from services.simulator.domain.events import EventBuffer, Kind
from services.simulator.domain.state import State
from services.simulator.domain.town import Town
from services.simulator.domain.venues import Hours
from streamkit.processor import Output
from streamkit.records import Batch


@dataclass(frozen=True)
class Command:
    """An order from simulation_control, already parsed."""

    command_id: str
    name: str
    parameters: Mapping[str, object]


@dataclass(frozen=True)
class CommandResult:
    """What became of it."""

    command_id: str
    accepted: bool
    reason: str | None
    result: Mapping[str, object]


NOBODY: Array = np.zeros(0, dtype=np.int64)
_ENTITY_SHIFT = np.uint64(24)
"""What is left of 64 bits fits the place of an entity in an id."""


@dataclass
class Decisions:
    """What the behaviour engine decided, before anything is done.

    Rows of actions: user, time, number in the tick, action, venue (-1 none), cause. Walk-ins: user, time, venue,
    cause; ``walk_levels`` is who would go out with the first causes only, level by level. Recommendations: user,
    choice (0 none, 1.. the item).
    """

    user: Array = field(default_factory=lambda: NOBODY)
    time: Array = field(default_factory=lambda: NOBODY)
    step: Array = field(default_factory=lambda: NOBODY)
    action: Array = field(default_factory=lambda: NOBODY)
    venue: Array = field(default_factory=lambda: NOBODY)
    cause: Array = field(default_factory=lambda: NOBODY)
    walk_user: Array = field(default_factory=lambda: NOBODY)
    walk_time: Array = field(default_factory=lambda: NOBODY)
    walk_venue: Array = field(default_factory=lambda: NOBODY)
    walk_cause: Array = field(default_factory=lambda: NOBODY)
    walk_levels: list[Array] = field(default_factory=list)
    list_user: Array = field(default_factory=lambda: NOBODY)
    list_choice: Array = field(default_factory=lambda: NOBODY)


class Crew(Protocol):
    """Others who decide in this process's place, each for some of the people; the answers are in order of people."""

    def sessions(self, turn: "Turn") -> tuple[Array, list[Array]]:
        """As `sessions.draw`."""
        ...

    def decide(self, turn: "Turn") -> Decisions:
        """As `behaviour.decide`."""
        ...


@dataclass
class Turn:
    """One tick being computed; ``span`` is whose decisions are made here: everybody's, or those of some rows."""

    town: Town
    state: State
    hours: Hours
    zone_table: Array
    tick: int
    start: int
    end: int
    now: Moment
    admitted: Sequence[Batch] = ()
    commands: Sequence[Command] = ()
    events: EventBuffer = field(default_factory=EventBuffer)
    effects: list[Effects] = field(default_factory=lambda: [Effects()])
    causes: list[int] = field(default_factory=list)
    level: int = -1
    active: Array = field(default_factory=lambda: NOBODY)
    span: slice = field(default_factory=lambda: slice(None))
    crew: Crew | None = None
    decisions: Decisions = field(default_factory=Decisions)
    results: list[CommandResult] = field(default_factory=list)
    dirty_users: list[Array] = field(default_factory=list)
    dirty_venues: list[Array] = field(default_factory=list)
    engagements: Array | None = None
    """Who means to be where when, once somebody has asked (`engagements`)."""
    members: dict[int, str] = field(default_factory=dict)
    outputs: list[Output] = field(default_factory=list)

    @property
    def weekend(self) -> int:
        """1 on Saturday, Sunday and holidays without work."""
        return int(self.now.weekday >= 5 or self.now.day in self.town.data.days_off)  # noqa: PLR2004

    def ids(self, kind: Kind, entity: Array, ordinal: int | Array = 0) -> tuple[Array, Array]:
        """Ids of this tick's events."""
        return self.town.ids.of(int(kind), entity, self.tick + 1, ordinal)

    def ids_after(self, kind: Kind | Array, low: Array) -> tuple[Array, Array]:
        """Ids of events of which each follows from another, by the lower half of that one's id, and from nothing else.

        Whatever else happens in the tick leaves them as they are, so that a twin tells the same event by the same id.
        """
        return self.town.ids.of(kind, low >> _ENTITY_SHIFT, self.tick + 1)

    def suppress(
        self, kind: Kind | Array, user: Array, time: Array, step: Array | int, venue: Array | int, cause: Array
    ) -> None:
        """Record actions that a cause prevented; ``step`` tells those of one kind, person and tick apart."""
        if len(user) == 0:
            return
        rows = self.events.add(Kind.TRUTH_SUPPRESSED, time, user)
        rows["subject"], rows["venue"], rows["cause"] = kind, venue, cause
        rows["ordinal"] = np.asarray(kind, dtype=np.int64) * 64 + np.asarray(step) % 64

    def anchor(self, users: Array) -> tuple[Array, Array, Array]:
        """Zone, latitude and longitude where people are now: a venue on a visit and shortly after, work, else home."""
        columns = self.state.users
        minute = (self.now.minute - columns["chronotype"][users]) % 1440
        persona = columns["persona"][users]
        at_work = self.town.tables.at_work[persona, kinds_of_day(self.town, self.now, users, persona), minute]
        left = self.start - columns["last_at"][users] < int(self.town.data.world.outings.linger_minutes * MINUTE)
        at = np.where(columns["visit_venue"][users] >= 0, columns["visit_venue"][users],
                      np.where(left, columns["last_venue"][users], -1))  # fmt: skip
        visiting = at >= 0

        def of(name: str) -> Array:
            usual = np.where(at_work, columns[f"work_{name}"][users], columns[f"home_{name}"][users])
            if visiting.any():
                usual[visiting] = self.state.venues[name][at[visiting]]
            return usual

        return of("zone"), of("latitude"), of("longitude")

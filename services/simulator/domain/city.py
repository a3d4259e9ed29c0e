"""A city: its fixed side, its memory, and the step from one tick to the next — deterministic, all or nothing."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from services.simulator.domain import emission, environment, inbox, knowing, orders
from services.simulator.domain.calendar import DAY
from services.simulator.domain.causes import WAITING
from services.simulator.domain.columns import Allocate, own_memory
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.emission import latest_columns
from services.simulator.domain.events import Kind
from services.simulator.domain.friends import first_graph
from services.simulator.domain.memory import first_places
from services.simulator.domain.nodes import in_order
from services.simulator.domain.population import KNOWN
from services.simulator.domain.rows import user_rows, venue_rows
from services.simulator.domain.specification import CityData
from services.simulator.domain.state import State
from services.simulator.domain.town import MOST_USERS, MOST_VENUES, CityConfig, Identity, make_town
from services.simulator.domain.turn import Command, CommandResult, Crew, Turn
from services.simulator.domain.venues import ZONE_DRAWS, Hours, make_venues, zone_tables
from services.simulator.domain.weights import base_log_weights
from streamkit.processor import Output
from streamkit.records import Batch

__all__ = ["MOST_USERS", "MOST_VENUES", "City", "CityConfig", "Command", "CommandResult", "Identity", "Step"]


_OPENING = 900
"""Ordinal of what opens a branch: the first tick may say the same again, as another event."""


@dataclass(frozen=True)
class Step:
    """What one tick brought."""

    outputs: list[Output]
    results: list[CommandResult]
    active_users: int
    population: int


class City:
    """One telling of one city. Not safe for threads."""

    def __init__(
        self,
        config: CityConfig,
        seed: int,
        identity: Identity,
        data: CityData,
        run_nodes: Callable[[Turn], None] = in_order,
        crew: Crew | None = None,
        allocate: Allocate = own_memory,
    ) -> None:
        """``run_nodes`` runs the five nodes over a turn: a graph, or just `in_order`; ``crew`` decides in their place.

        ``allocate`` gives the columns their memory: a crew must see it.
        """
        self._town = make_town(config, seed, identity, data)
        self._run_nodes = run_nodes
        self._crew = crew
        self._state = State(base_log_weights(data), allocate)
        made = make_venues(data, self._town.draws, config.venues)
        self._state.venues.append(made, config.venues)
        people = self._town.people.initial(config.users, config.start)
        people["friends"], people["friend_count"] = first_graph(
            people["home_zone"], self._town.draws, data.world.social
        )
        self._precompute()
        people |= self._remembered(people)
        self._state.users.append(people, config.users)
        environment.advance(self._turn(0, (), ()), opening=True)

    def _precompute(self) -> None:
        venues = self._state.venues
        self._hours = Hours(venues["opens"].copy(), venues["closes"].copy(), self._town.local)
        placed = {name: venues[name] for name in ("latitude", "longitude", "popularity")}
        self._zones = zone_tables(self._town.data, placed, self._town.draws)

    def _remembered(self, people: Mapping[str, Array]) -> dict[str, Array]:
        """Places that people know who were there before: near home or near work, in the order of the zone's table."""
        if self._state.venues.count == 0 or len(people["home_zone"]) == 0:
            return {}
        ids, draws = np.arange(len(people["home_zone"])), self._town.draws
        uniform = draws.uniform(Purpose.PLACES, ids[:, None], also=[np.arange(KNOWN)[None, :]])
        at_work = (np.arange(KNOWN) % 3 == 2)[None, :]  # noqa: PLR2004 - two of three near home: a choice
        zone = np.where(at_work, people["work_zone"][:, None], people["home_zone"][:, None])
        age = np.maximum((self._town.config.start - people["registered"]) / DAY, 0.0)
        return first_places(draws, ids, age, self._zones[zone, (uniform * ZONE_DRAWS).astype(np.int64)])

    @property
    def config(self) -> CityConfig:
        """What shapes its behaviour."""
        return self._town.config

    @property
    def data(self) -> CityData:
        """What its place and its people are made of."""
        return self._town.data

    @property
    def tick(self) -> int:
        """Next tick to compute."""
        return self._state.numbers["tick"]

    @property
    def time_us(self) -> int:
        """Simulated start of that tick."""
        return self._town.time_of(self.tick)

    @property
    def population(self) -> int:
        """People who ever registered."""
        return self._state.users.count

    @property
    def active_users(self) -> int:
        """People in a session."""
        return int(np.count_nonzero(self._state.users["session_end"]))

    @property
    def scenarios(self) -> tuple[str, ...]:
        """Names of the scenarios that hold."""
        names, rows = list(self._town.data.scenarios), self._state.pools["causes"].rows
        return tuple(names[number] for number in rows["scenario"][rows["phase"] < WAITING].tolist())

    def opening(self) -> list[Output]:
        """Rows of everybody and every venue, and the weather: what a new branch begins with. Changes nothing."""
        turn = self._turn(self.tick, (), ())
        self._state.begin()
        environment.advance(turn, opening=True)
        self._state.rollback()
        turn.events.renumber(_OPENING)
        emission.emit(turn)
        venues, users = np.arange(self._state.venues.count), np.arange(self._state.users.count)
        outputs: list[Output] = []
        if len(venues):
            outputs.append(
                venue_rows(self._town, self._state, venues, latest_columns(turn, Kind.VENUE_UPDATED, venues, 0))
            )
        if len(users):
            outputs.append(user_rows(self._town, self._state, users, latest_columns(turn, Kind.USER_UPDATED, users, 0)))
        return outputs + turn.outputs

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        """Compute tick `tick`. If a node raises, the state is as it was and the error goes on."""
        turn = self._turn(self.tick, admitted, commands)
        self._state.begin()
        try:
            self._run_nodes(turn)
        except BaseException:
            self._state.rollback()
            raise
        self._state.numbers["tick"] += 1
        return Step(turn.outputs, turn.results, len(turn.active), self.population)

    def foresee(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> list[CommandResult]:
        """What the next tick will answer to commands, told this. Changes nothing."""
        turn = self._turn(self.tick, admitted, commands)
        self._state.begin()
        try:
            inbox.admit(turn)
            orders.obey(turn)
        finally:
            self._state.rollback()
        return turn.results

    def explain(self, user_id: str, time_us: int) -> Mapping[str, object]:
        """Why a person's action probabilities are what they are at a time, as plain values. Changes nothing.

        Raises:
            ValueError: There is no such person.

        """
        return knowing.told(self._town, self._state, user_id, self.tick, time_us)

    def save(self) -> dict[str, Array]:
        """Complete state as arrays without objects."""
        return self._state.save()

    def load(self, arrays: Mapping[str, Array]) -> None:
        """Continue exactly as the city that was saved would."""
        self._state.load(arrays)
        self._precompute()

    def _turn(self, tick: int, admitted: Sequence[Batch], commands: Sequence[Command]) -> Turn:
        start = self._town.time_of(tick)
        moment = self._town.local.moment(start)
        return Turn(
            self._town, self._state, self._hours, self._zones, tick, start, start + self._town.tick_us, moment,
            admitted, commands, crew=self._crew,
        )  # fmt: skip

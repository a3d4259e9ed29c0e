"""Everything a city remembers between two ticks, saved and restored as plain arrays, with one undo for all of it."""

from collections.abc import Mapping

import numpy as np

from services.simulator.domain.causes import CAUSE
from services.simulator.domain.columns import Allocate, Columns, Pool, own_memory
from services.simulator.domain.draws import Array
from services.simulator.domain.population import USER_COLUMNS
from services.simulator.domain.venues import VENUE_COLUMNS

MEMBERS = 8
"""Most people of a planned group."""

_ID = [("high", "u8"), ("low", "u8")]
_TRIGGER = [("from_high", "u8"), ("from_low", "u8"), ("cause", "i2")]

POOLS: dict[str, np.dtype[np.void]] = {
    "arrivals": np.dtype([
        ("time", "i8"), ("until", "i8"), ("user", "i4"), ("venue", "i4"), ("size", "i2"),
        ("booking_high", "u8"), ("booking_low", "u8"), *_TRIGGER,
    ]),
    "invites": np.dtype([
        *_ID, ("plan", "u8"), ("user", "i4"), ("other", "i4"), ("venue", "i4"), ("when", "i8"), ("sent", "i8"),
        ("due", "i8"), ("answer", "u1"), ("cause", "i2"),
    ]),
    "plans": np.dtype([
        *_ID, ("user", "i4"), ("venue", "i4"), ("when", "i8"), ("deadline", "i8"), ("invited", "u1"),
        ("answered", "u1"), ("accepted", "u1"), ("members", "i4", (MEMBERS,)), *_TRIGGER,
    ]),
    "bookings": np.dtype([
        *_ID, ("user", "i4"), ("venue", "i4"), ("when", "i8"), ("made", "i8"), ("size", "i2"), ("status", "u1"),
        ("tries", "u1"), ("cancel_at", "i8"), ("group_high", "u8"), ("group_low", "u8"),
        ("members", "i4", (MEMBERS,)), *_TRIGGER,
    ]),
    "requests": np.dtype([*_ID, ("user", "i4"), ("other", "i4"), ("sent", "i8"), ("due", "i8"), ("cause", "i2")]),
    "gatherings": np.dtype([
        ("number", "i4"), ("arena", "u1"), ("phase", "u1"), ("starts", "i8"), ("ends", "i8"), *_ID,
        ("latitude", "f4"), ("longitude", "f4"), ("radius_km", "f4"), ("crowd", "i4"), ("cause", "i2"),
        ("sent", "?"),
    ]),
    "causes": CAUSE,
}  # fmt: skip
"""Pending things. ``from_*`` is the event that led to them; a booking's ``status`` is one of the three below."""

ASKED, CONFIRMED, GIVEN_UP = 0, 1, 2

UNDECIDED, DECLINE, ACCEPT, EXPIRE = 0, 1, 2, 3

NUMBERS = (
    "tick",
    "next_cause",
    "weather",
    "traffic",
    "holiday",
    "weather_until",
    "weather_forced",
    "next_gathering",
    "holiday_ordered",
    "holiday_until",
    "traffic_until",
)


class State:
    """The memory of one city."""

    def __init__(self, action_weights: Array, allocate: Allocate = own_memory) -> None:
        self.users = Columns(USER_COLUMNS, allocate=allocate)
        self.venues = Columns(VENUE_COLUMNS, allocate=allocate)
        self.pools = {name: Pool(dtype) for name, dtype in POOLS.items()}
        self.numbers = dict.fromkeys(NUMBERS, 0)
        self.cause_ids: list[str] = [""]
        self.action_weights = action_weights
        self.pool_memo: Array = np.zeros(0, dtype=np.bool_)
        """What `may_act` found for the population of its length: a function of the fixed side, never saved."""
        self.scenario_weights: dict[str, Array] = {}
        """What commands add to log weights while a scenario holds, shape (actions,)."""
        self.queue: tuple[tuple[int, bytes], ...] = ()
        """Triggered events of the future: when, and what as JSON, in order of time."""
        self._before = (dict(self.numbers), list(self.cause_ids), action_weights)
        self._before_commands: tuple[dict[str, Array], tuple[tuple[int, bytes], ...]] = ({}, ())

    def name_cause(self, cause_id: str) -> int:
        """The number under which rows carry a cause from now on."""
        self.numbers["next_cause"] += 1
        self.cause_ids.append(cause_id)
        return self.numbers["next_cause"]

    def begin(self) -> None:
        """Remember this moment for `rollback`."""
        self.users.begin()
        self.venues.begin()
        for pool in self.pools.values():
            pool.begin()
        self._before = (dict(self.numbers), list(self.cause_ids), self.action_weights)
        self._before_commands = (self.scenario_weights, self.queue)

    def rollback(self) -> None:
        """Be as at `begin`."""
        self.users.rollback()
        self.venues.rollback()
        for pool in self.pools.values():
            pool.rollback()
        self.numbers, self.cause_ids, self.action_weights = self._before
        self.scenario_weights, self.queue = self._before_commands

    def save(self) -> dict[str, Array]:
        """The whole state as arrays without objects."""
        return {
            **self.users.save("users"),
            **self.venues.save("venues"),
            **{f"pool.{name}": pool.rows.copy() for name, pool in self.pools.items()},
            "numbers": np.array([self.numbers[name] for name in NUMBERS], dtype=np.int64),
            "cause_ids": np.array(self.cause_ids, dtype="S26"),
            "action_weights": self.action_weights.copy(),
            "scenario_names": np.array([name.encode() for name in self.scenario_weights], dtype="S"),
            "scenario_weights": np.array(list(self.scenario_weights.values()), dtype=np.float64).reshape(
                -1, self.action_weights.shape[1]
            ),
            "queue_due": np.array([due for due, _ in self.queue], dtype=np.int64),
            "queue": np.array([what for _, what in self.queue], dtype="S"),
        }

    def load(self, arrays: Mapping[str, Array]) -> None:
        """The state of an earlier `save`."""
        self.users.load("users", arrays)
        self.venues.load("venues", arrays)
        for name, pool in self.pools.items():
            pool.rows = np.array(arrays[f"pool.{name}"], dtype=POOLS[name])
        self.numbers = {name: int(value) for name, value in zip(NUMBERS, arrays["numbers"], strict=True)}
        self.cause_ids = [name.decode() for name in arrays["cause_ids"].tolist()]
        self.action_weights = np.array(arrays["action_weights"])
        names = [name.decode() for name in arrays["scenario_names"].tolist()]
        self.scenario_weights = dict(zip(names, np.array(arrays["scenario_weights"]), strict=True))
        self.queue = tuple(zip(arrays["queue_due"].tolist(), arrays["queue"].tolist(), strict=True))
        self.begin()

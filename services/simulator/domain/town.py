"""What of a city never changes during a run: its configuration, its draws, and tables precomputed from both."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from services.simulator.domain.calendar import SECOND, LocalTime
from services.simulator.domain.draws import Array, Draws, cumulate
from services.simulator.domain.hours import meal_hours, outing_curves, visit_curves
from services.simulator.domain.ids import EventIds
from services.simulator.domain.modifiers import Mechanism
from services.simulator.domain.population import People, session_curves
from services.simulator.domain.specification import CityData
from services.simulator.domain.weights import chain_weights, situation_weights

FRIDAY_2024 = 1_717_200_000 * SECOND


MOST_USERS, MOST_VENUES = 10_000_000, 100_000
"""As many as ids have digits for: u0000000 and v00000 are the first."""


@dataclass(frozen=True)
class Identity:
    """Which telling of which run this is."""

    run_id: str
    branch: int
    world: str
    city: str


@dataclass(frozen=True)
class CityConfig:
    """What shapes behaviour. ``start`` is simulated UTC microseconds.

    ``active_percentage`` of the people, and never more than ``maximum_active_users`` of them, ever act; the others are
    there, have friends and are invited, and stay at home. ``data`` is a directory of files in place of the city's own,
    and ``data_digest`` stands for what they say.
    """

    users: int = 2000
    venues: int = 600
    start: int = FRIDAY_2024
    tick_seconds: int = 60
    profile: str = "realistic"
    world: str = "dining"
    city: str = "new_york"
    active_percentage: float = 100.0
    maximum_active_users: int | None = None
    data: str = ""
    data_digest: str = ""

    def __post_init__(self) -> None:
        """Raises ValueError where ids would not tell people or places apart."""
        for name, count, most in (("users", self.users, MOST_USERS), ("venues", self.venues, MOST_VENUES)):
            if not 0 <= count <= most:
                raise ValueError(f"{name} must be from 0 to {most:,}, not {count:,}")

    def behaviour(self) -> Mapping[str, object]:
        """What enters the run id: never speed, shards, hosts or addresses."""
        return {
            "users": self.users,
            "venues": self.venues,
            "start": self.start,
            "tick_seconds": self.tick_seconds,
            "profile": self.profile,
            "world": self.world,
            "city": self.city,
            "active_percentage": self.active_percentage,
            "maximum_active_users": self.maximum_active_users,
        } | ({"data_digest": self.data_digest} if self.data_digest else {})


@dataclass(frozen=True)
class Tables:
    """Arrays that decisions look up."""

    session_curve: Array  # (personas, kinds of day, 1440), mean 1 over a week
    at_work: Array  # (personas, kinds of day, 1440)
    outing_curve: Array  # (weekday, weekend, holiday; personas; 24), mean 1
    hours_log: Array  # (categories, 24), ln of the real check-in curve relative to its mean
    meal_hours: Array  # (weekday, weekend; categories; 24), cumulative: hour of a planned meal
    party: Array  # cumulative of party sizes from 0 on
    lead_days: Array
    persona: Array  # (personas, 7): outings, explore, lead, review, openness, group, promotions
    stay: Array  # (categories,) minutes
    takeaway: Array  # (categories,) share of guests
    spend: Array  # (categories,) minor units
    registration_hours: Array  # (24,), mean 1
    days_off: Array  # (personas,), share of weekdays
    session_length: Array  # (personas,), factor
    situations: Array  # (situations, personas, actions), added to log weights
    chain: Array  # (1 + actions, actions), added to log weights after each act


@dataclass(frozen=True)
class Town:
    """The fixed side of a city."""

    config: CityConfig
    identity: Identity
    data: CityData
    draws: Draws
    ids: EventIds
    local: LocalTime
    people: People
    tables: Tables
    mechanism: Mechanism
    category_numbers: Mapping[str, int] = field(default_factory=dict)
    memo: dict[tuple[int, ...], Array] = field(default_factory=dict)
    """What was computed for (period, first, last person): a function of the fixed side, kept for speed only."""

    @property
    def tick_us(self) -> int:
        """Length of a tick."""
        return self.config.tick_seconds * SECOND

    def time_of(self, tick: int) -> int:
        """Simulated start of a tick."""
        return self.config.start + tick * self.tick_us


def make_town(config: CityConfig, seed: int, identity: Identity, data: CityData) -> Town:
    """Precompute the fixed side."""
    draws = Draws(seed)
    profile = data.world.profiles[config.profile]
    return Town(
        config,
        identity,
        data,
        draws,
        EventIds(identity.run_id, identity.branch),
        LocalTime(data.place.time_zone, config.start),
        People(data, draws, profile.sessions_per_day),
        make_tables(data),
        Mechanism(data),
        {name: number for number, name in enumerate(data.world.categories)},
    )


def make_tables(data: CityData) -> Tables:
    """Lookups out of the configuration."""
    world = data.world
    session_curve, at_work = session_curves(data)
    hours = np.array(world.lifecycle.registration_hours)
    return Tables(
        session_curve,
        at_work,
        outing_curves(data),
        np.log(visit_curves(data)),
        meal_hours(data),
        cumulate(data.reservations["party_size"]),
        cumulate(data.reservations["lead_days"]),
        np.array(
            [
                (p.outings, p.explore, p.lead, p.review, p.openness, p.group, p.promotions)
                for p in data.people.personas.values()
            ]
        ),
        np.array([c.stay_minutes for c in world.categories.values()]),
        np.array([c.takeaway for c in world.categories.values()]),
        np.array([c.spend_minor for c in world.categories.values()]),
        hours / hours.mean(),
        np.array([data.people.days_off[name] for name in data.people.personas]),
        np.array([data.people.session_length[name] for name in data.people.personas]),
        situation_weights(data),
        chain_weights(data),
    )

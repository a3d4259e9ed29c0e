"""Settings of the simulator: what shapes the city, how fast it is told, and where it keeps its memory."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from services.simulator.domain.city import MOST_USERS, MOST_VENUES
from services.simulator.imperfections.rules import Rule
from services.simulator.shards.city import MOST_SHARDS
from streamkit.settings import Section, ServiceSettings

NEW_YORK_WEDNESDAY = "2026-06-03T18:00:00-04:00"
"""Two days before a Friday 18:00 in New York: with two days of backfill the city goes live as the weekend begins.
Fixed, so that the default seed tells the same city every day."""


def _zoned(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("has no time zone; write for example 2026-06-03T18:00:00-04:00")
    return moment


class Host(Section):
    """How a simulator runs: none of it shapes the city."""

    shards: int = Field(
        default=1, ge=1, le=MOST_SHARDS, description="Local processes that decide for the city's people"
    )
    checkpoint_minutes: float = Field(default=3.0, gt=0, description="Minutes between checkpoints, wall clock")
    barrier_seconds: float = Field(
        default=30.0, gt=0, description="Seconds for services to come together, and to save or load their state"
    )
    poison_limit: int = Field(default=1_000, ge=1, description="Unreadable records in a row that stop the simulator")
    stack_id: str = Field(
        default="", description="Name of this stack: after a crash within it the branch goes on, else a new one opens"
    )
    fail_point: str | None = Field(default=None, description="For tests: place:tick at which the process kills itself")


class Simulator(Host):
    """The city and its telling."""

    seed: int = Field(default=42, ge=0, le=2**63 - 1, description="Seed of the run: the same seed, the same city")
    city: str = Field(
        default="new_york", pattern=r"^[a-z][a-z0-9_]{0,63}$", description="City: a file of the simulator's data/cities"
    )
    data: Path | None = Field(
        default=None, description="Directory of files of one's own, laid out as the simulator's data, in their place"
    )
    users: int = Field(default=2_000, ge=0, le=MOST_USERS, description="People when the city opens")
    venues: int = Field(default=600, ge=1, le=MOST_VENUES, description="Venues of the city")
    start: Annotated[datetime, AfterValidator(_zoned)] | Literal["now"] = Field(
        default=datetime.fromisoformat(NEW_YORK_WEDNESDAY),
        description="Simulated time of the first tick, ISO 8601; now: backfill_days ago, to arrive at the present",
    )
    profile: str = Field(default="realistic", description="How dense life is: a profile of the simulator's YAML")
    speed: Annotated[float, Field(ge=1, le=1000)] | Literal["max"] = Field(
        default=60.0, description="Simulated seconds a second once the backfill is over, 1 to 1000, or max"
    )
    backfill_days: float = Field(default=2.0, ge=0, le=400, description="Simulated days told at full speed first")
    tick_seconds: int = Field(default=60, ge=1, le=3_600, description="Simulated seconds a tick")
    max_lead: int = Field(default=5, ge=1, description="Ticks that booking and recommender may be behind")
    backfill_lead: int = Field(default=30, ge=1, description="The same, during the backfill")
    imperfections: tuple[Rule, ...] = Field(
        default=(), description="What goes wrong with records on purpose: topic, kind, rate, delay_minutes, event_type"
    )


class SimulatorSettings(ServiceSettings):
    """What the simulator needs beside what every service needs."""

    health_port: int = Field(
        default=9101, ge=0, le=65535, description="Port of /livez, /readyz and /metrics; 0 takes a free one"
    )
    simulator: Simulator = Field(default=Simulator(), description="The city")

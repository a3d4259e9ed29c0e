"""One person's story, and why people do what they do."""

from pydantic import Field

from services.gateway.api.answers.answer import Answer, Time
from services.gateway.api.answers.records import RECORD, STORED, CityRecord, JourneyRecord, StoryRecord


class Milestone(Answer):
    """Something done for the first time."""

    milestone: str
    simulation_time: Time
    venue_id: str | None
    venue_name: str | None


class ReachedMilestone(Answer):
    """A milestone as analytics counts it."""

    milestone: str
    time: Time
    venue_id: str | None
    since_previous_seconds: int | None


class JourneyDetail(Answer):
    """What analytics knows of a person beside."""

    user_id: str
    stage: str | None
    lifecycle: str | None
    quiet_spells: int
    visits: int
    milestones: list[ReachedMilestone]
    tastes: dict[str, float] | None


class Journey(Answer):
    """Stage, milestones and the newest records of a person."""

    user_id: str
    name: str
    stage: str | None
    milestones: list[Milestone]
    recent: list[CityRecord]
    detail: JourneyDetail | None
    """Null where it was not asked for, or analytics did not answer."""
    events: list[JourneyRecord] | None
    """Of the range that was asked for, from the event store; else null."""


class _OfTelling(Answer):
    run_id: str
    branch: int


class _Page(_OfTelling):
    next_cursor: str | None
    """Leads to the next page; null at the end."""


class JourneyEvents(_Page):
    """A page of a person's life."""

    user_id: str
    events: list[JourneyRecord]


class TasteVersion(Answer, extra="allow"):
    """Tastes after a change. Further members are those columns of `preferences` that are no tastes."""

    event_id: str
    simulation_time: Time
    version: int
    tastes: dict[str, float]
    price_tier: float
    outdoor: float
    reason: str | None
    shift: float | None


class TasteVersions(_Page):
    """A page of a person's tastes."""

    user_id: str
    versions: list[TasteVersion]


class StoredRecords(_Page):
    """A page of stored records."""

    events: list[CityRecord]


class Story(Answer):
    """What led to an event and what came of it, in order of time."""

    event_id: str
    root: str
    """The first event of the chain that led to it."""
    events: list[StoryRecord]
    truncated: bool
    """Whether there is more than was asked for."""


class ExplainedStep(Answer):
    """One thing that changes a probability, and by what it multiplies it."""

    source: str
    target: str
    change: str
    factor: float


class Explanation(Answer):
    """Why a person is likely to do what. Probabilities sum to 1; rates are sessions an hour and outings a day."""

    user_id: str
    persona: str
    local_time: str
    """As clocks in the city say it: `2024-06-07 12:30`."""
    surroundings: dict[str, str]
    base: dict[str, float]
    result: dict[str, float]
    rates: dict[str, float]
    steps: list[ExplainedStep]
    unknown: list[str]
    """What would matter and is not known at that time."""


class Figure(Answer):
    """A figure of a closed window; a count without a value where it is a plain count."""

    metric: str
    dimension: str | None
    dimension_value: str | None
    count: int | None
    value: float | None
    version: int
    rolled_up: bool
    """Whether it was summed from narrower windows."""


class FigureBucket(Answer):
    """Figures of a window."""

    start: Time
    end: Time
    figures: list[Figure]


class FigureHistory(_OfTelling):
    """Figures of closed windows; the range is widened to whole ones."""

    group_by: str
    from_: Time = Field(alias="from")
    to: Time
    buckets: list[FigureBucket]


class StoredDay(Answer):
    """A day of the event store."""

    day: str
    events: int
    bytes: int


class StoreState(Answer):
    """What the event store holds."""

    enabled: bool
    ready: bool
    reason: str | None
    days: list[StoredDay]
    events: int
    bytes: int
    positions: dict[str, int]
    """Next offset by `topic:partition`."""


_RUN = {"run_id": "01hzx5w8q2y4n6r8t0v2x4z6b8", "branch": 3}
_PERSON = {"user_id": "u0000123", **_RUN, "next_cursor": None}
_NOON = "2024-06-07T16:00:00.000000Z"
DETAIL = {
    "user_id": "u0000123",
    "stage": "booking",
    "lifecycle": "active",
    "quiet_spells": 0,
    "visits": 3,
    "milestones": [{"milestone": "first_session", "time": _NOON, "venue_id": None, "since_previous_seconds": None}],
    "tastes": {"italian": 0.71},
}
JOURNEY = {
    "user_id": "u0000123",
    "name": "Ada Reyes",
    "stage": "booking",
    "milestones": [
        {"milestone": "first_visit", "simulation_time": _NOON, "venue_id": "v00012", "venue_name": "Bar Luce"}
    ],
    "recent": [RECORD],
    "detail": DETAIL,
    "events": None,
}
JOURNEY_EVENTS = {**_PERSON, "events": [{"part": "booking", **STORED}]}
TASTES = {
    **_PERSON,
    "versions": [
        {
            "event_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
            "simulation_time": _NOON,
            "version": 12,
            "tastes": {"italian": 0.71},
            "price_tier": 2.1,
            "outdoor": 0.5,
            "reason": "visit",
            "shift": 0.0123,
        }
    ],
}
STORED_RECORDS = {**_RUN, "events": [STORED], "next_cursor": None}
STORY = {
    "event_id": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "root": "01hzx5w8q2y4n6r8t0v2x4z6b8",
    "events": [{"depth": 0, "relation": "asked", **STORED}],
    "truncated": False,
}
EXPLAINED = {
    "user_id": "u0000123",
    "persona": "foodie_explorer",
    "local_time": "2024-06-07 12:30",
    "surroundings": {"weather": "rain"},
    "base": {"browse": 0.4},
    "result": {"browse": 0.52},
    "rates": {"sessions_an_hour": 0.03},
    "steps": [{"source": "hour", "target": "action.browse", "change": "multiply 1.3", "factor": 1.3}],
    "unknown": [],
}
FIGURES = {
    **_RUN,
    "group_by": "hour",
    "from": _NOON,
    "to": "2024-06-07T17:00:00.000000Z",
    "buckets": [
        {
            "start": _NOON,
            "end": "2024-06-07T17:00:00.000000Z",
            "figures": [
                {
                    "metric": "events",
                    "dimension": None,
                    "dimension_value": None,
                    "count": 812,
                    "value": None,
                    "version": 1,
                    "rolled_up": False,
                }
            ],
        }
    ],
}
STORE = {
    "enabled": True,
    "ready": True,
    "reason": None,
    "days": [{"day": "2024-06-07", "events": 1_204_000, "bytes": 210_000_000}],
    "events": 1_204_000,
    "bytes": 210_000_000,
    "positions": {"bookings:0": 4711},
}

"""How far each person has come: milestones, each once, and the funnel from browsing to reviewing.

All a person's records come on the person's partition (bookings through `bookings_by_user`). Each topic is in order;
topics are not read in step, so a record may lie before what was told of its person last: it is then told with that
time, for a person's journey never goes back. Which milestones and stages somebody reached does not depend on how topics
interleave; the moment of one may, by as much as one topic is read ahead of another.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

import orjson
import polars as pl

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import COMMON, consequences
from streamkit.records import Column, Outgoing

KIND = "journey"
TOPICS = ("user_actions", "social_interactions", "bookings_by_user")
TENTH = 10

STAGES = ("registered", "browsing", "interested", "inviting", "booking", "visiting", "reviewing")

STAGE_OF: Mapping[str, int] = {
    "user.registered": 0,
    "session.started": 1,
    "venue.browsed": 1,
    "venue.viewed": 1,
    "venue.saved": 1,
    "interest.expressed": 2,
    "invite.sent": 3,
    "booking.requested": 4,
    "visit.started": 5,
    "review.submitted": 6,
}

MILESTONE_OF: Mapping[str, str] = {
    "session.started": "first_session",
    "venue.saved": "first_save",
    "interest.expressed": "first_interest",
    "invite.sent": "first_invite",
    "booking.requested": "first_booking",
    "visit.started": "first_visit",
    "review.submitted": "first_review",
    "user.dormant": "dormant",
    "user.returned": "returned",
    "user.churned": "churned",
}
"""Milestones by the event that reaches them the first time; `tenth_visit` is counted."""

LIFECYCLE: Mapping[str, str] = {"user.dormant": "dormant", "user.returned": "active", "user.churned": "churned"}
"""What a person is from such an event on; a session alone makes nobody active again, coming back is told."""

_RELEVANT = tuple(sorted(STAGE_OF.keys() | MILESTONE_OF.keys()))
_COUNTED = ("visit.started", *LIFECYCLE)
"""Events of which each one matters, not only a person's first."""

_BITS: Mapping[str, int] = {kind: 1 << place for place, kind in enumerate(_RELEVANT) if kind not in _COUNTED}
"""A bit for each event of which only the first matters."""


@dataclass(slots=True)
class Journey:
    """What is known of a person.

    ``milestones``: name → (simulated time, venue), in the order reached. ``told``: simulated time of what was told of
    the person last, ``staged`` of the stage reached last. ``spells``: how often the person went quiet.
    """

    milestones: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    stages: set[int] = field(default_factory=set)
    visits: int = 0
    told: int = 0
    staged: int | None = None
    lifecycle: str = "active"
    spells: int = 0

    @property
    def stage(self) -> str | None:
        """The furthest stage, None before the first."""
        return STAGES[max(self.stages)] if self.stages else None

    def reached(self) -> Iterator[Mapping[str, object]]:
        """Milestones in order, with simulated seconds since the one before."""
        before: int | None = None
        for name, (time, venue) in self.milestones.items():
            since = None if before is None else (time - before) // 1_000_000
            yield {"milestone": name, "time": time, "venue_id": venue, "since_previous_seconds": since}
            before = time

    def passed(self) -> int:
        """`_BITS` of the events that neither reach a stage nor a milestone any more."""
        return sum(
            bit
            for kind, bit in _BITS.items()
            if (kind not in STAGE_OF or STAGE_OF[kind] in self.stages)
            and (kind not in MILESTONE_OF or MILESTONE_OF[kind] in self.milestones)
        )

    def pack(self) -> bytes:
        """Bytes of the journey; milestones as a list, for their order counts."""
        return pack_json(
            {
                "milestones": [[name, *reached] for name, reached in self.milestones.items()],
                "stages": sorted(self.stages),
                "visits": self.visits,
                "told": self.told,
                "staged": self.staged,
                "lifecycle": self.lifecycle,
                "spells": self.spells,
            }
        )

    @staticmethod
    def unpack(data: bytes) -> "Journey":
        """Journey out of its bytes."""
        content = orjson.loads(data)
        milestones = {name: (time, venue) for name, time, venue in content.pop("milestones")}
        return Journey(milestones, set(content.pop("stages")), **content)


class Journeys:
    """Everybody's journey in one scope."""

    def __init__(self, scope: Scope, cells: Cells) -> None:
        self._scope = scope
        self._cells = cells
        self._people: dict[str, Journey] = {}
        self._passed: dict[str, int] = {}
        """Bits of the events that tell nothing new of a person: most are of people who have long come further."""

    def load(self, _partition: int, name: str, data: bytes) -> None:
        """Take back one journey."""
        journey = self._people[name] = Journey.unpack(data)
        self._passed[name] = journey.passed()

    def fold(self, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        """Add records of one partition of one of `TOPICS`; rows for ``journeys``.

        Only the first of a kind in the batch can matter for a person, but for what is counted.
        """
        relevant = frame.filter(pl.col("event_type").is_in(_RELEVANT) & pl.col("user_id").is_not_null())
        if relevant.is_empty():
            return
        new = self._new(relevant["user_id"].to_list(), relevant["event_type"].to_list())
        if not new:
            return
        if "venue_id" not in relevant.columns:
            relevant = relevant.with_columns(pl.lit(None, pl.String).alias("venue_id"))
        candidates = relevant.select(*COMMON, "event_type", "user_id", "venue_id")[new]
        touched: dict[str, Journey] = {}
        told: list[_Line] = []
        events = (candidates[name].to_list() for name in ("user_id", "event_type", "simulation_time", "venue_id"))
        for row, (user, event_type, time, venue) in enumerate(zip(*events, strict=True)):
            journey = self._people.get(user) or self._people.setdefault(user, Journey())
            if _step(journey, row, event_type, time, venue, told):
                touched[user] = journey
        for user, journey in touched.items():
            self._passed[user] = journey.passed()
            self._cells.write(partition, cell_key(self._scope, KIND, user), journey.pack())
        if told:
            yield _outgoing(candidates, told)

    def _new(self, users: Sequence[str], event_types: Sequence[str]) -> list[int]:
        """Places of the events that may tell something new."""
        passed, found = self._passed, []
        seen: dict[str, int] = {}
        for row, (user, event_type) in enumerate(zip(users, event_types, strict=True)):
            bit = _BITS.get(event_type, 0)
            if bit:
                if passed.get(user, 0) & bit:
                    continue
                before = seen.get(user, 0)
                if before & bit:
                    continue
                seen[user] = before | bit
            found.append(row)
        return found

    def of(self, user: str) -> Journey | None:
        """The journey of one person, None if never seen."""
        return self._people.get(user)


class _Line(NamedTuple):
    """What is told because of one of the events: a milestone reached, or a stage."""

    row: int
    event_type: str
    ordinal: int
    time: int
    milestone: str | None
    stage: str | None
    previous_stage: str | None
    since: int | None


def _outgoing(events: pl.DataFrame, told: Sequence[_Line]) -> Outgoing:
    row, event_type, ordinal, time, milestone, stage, previous_stage, since = map(list, zip(*told, strict=True))
    triggers = events[row].with_columns(pl.Series("simulation_time", time))
    columns: dict[str, Column] = {
        "user_id": triggers["user_id"],
        "milestone": pl.Series(milestone, dtype=pl.String),
        "stage": pl.Series(stage, dtype=pl.String),
        "previous_stage": pl.Series(previous_stage, dtype=pl.String),
        "venue_id": triggers["venue_id"],
        "since_previous_seconds": pl.Series(since, dtype=pl.Int64),
    }
    return consequences("journeys", triggers, event_type, columns, ordinal)


def _step(journey: Journey, row: int, event_type: str, time: int, venue: str | None, told: list[_Line]) -> bool:
    """Go one event further, telling what is reached; whether the journey changed."""
    time = max(time, journey.told)
    if event_type == "visit.started":
        journey.visits += 1
    elif event_type in LIFECYCLE:
        journey.lifecycle = LIFECYCLE[event_type]
        journey.spells += event_type == "user.dormant"
    before = len(told)
    for ordinal, name in enumerate(_new_milestones(journey, event_type)):
        latest = max((reached for reached, _ in journey.milestones.values()), default=None)
        told.append(_Line(row, "milestone.reached", ordinal, time, name, None, None, _seconds(latest, time)))
        journey.milestones[name] = (time, venue)
    stage = STAGE_OF.get(event_type)
    new_stage = stage is not None and stage not in journey.stages
    if stage is not None and new_stage:
        furthest = max(journey.stages, default=None)
        journey.stages.add(stage)
        if furthest is None or stage > furthest:
            previous = None if furthest is None else STAGES[furthest]
            since = _seconds(journey.staged, time)
            told.append(_Line(row, "funnel.stage_changed", 0, time, None, STAGES[stage], previous, since))
            journey.staged = time
    if len(told) > before:
        journey.told = time
    return len(told) > before or new_stage or event_type in _COUNTED


def _new_milestones(journey: Journey, event_type: str) -> list[str]:
    names = [MILESTONE_OF[event_type]] if event_type in MILESTONE_OF else []
    if event_type == "visit.started" and journey.visits >= TENTH:
        names.append("tenth_visit")
    return [name for name in names if name not in journey.milestones]


def _seconds(since: int | None, time: int) -> int | None:
    return None if since is None else max(0, time - since) // 1_000_000

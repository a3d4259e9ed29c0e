"""How far each person has come: first milestones, and the funnel from browsing to reviewing.

A person's records come on several topics (bookings by venue, so on any partition). Each partition's cells hold what
its own records contributed; the person is the union. A milestone is contributed once, by the first record that
reaches it, and published with that record's id. Topics are not read in step, so a record may lie before what was
told of its person last: it is then told with that time, for a person's journey never goes back.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import polars as pl

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.emitting import COMMON, Row, caused

KIND = "journey"
TENTH = 10

STAGES = ("registered", "browsing", "interested", "inviting", "booking", "visiting", "reviewing")

FUNNEL: Mapping[str, str] = {
    "browse": "browsing",
    "interest": "interested",
    "invite": "inviting",
    "booking": "booking",
    "visit": "visiting",
    "review": "reviewing",
}
"""Steps of the funnel as people name them, and the stage each one is."""

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
}


@dataclass(slots=True)
class Journey:
    """What one partition knows of a person.

    ``milestones``: name → (simulated time, venue). ``told``: simulated time of what was told of the person last.
    """

    milestones: dict[str, tuple[int, str | None]] = field(default_factory=dict)
    stages: set[int] = field(default_factory=set)
    visits: int = 0
    told: int = 0

    def pack(self) -> bytes:
        """Bytes of the contribution."""
        return pack_json(
            {"milestones": self.milestones, "stages": sorted(self.stages), "visits": self.visits, "told": self.told}
        )

    @staticmethod
    def unpack(data: bytes) -> "Journey":
        """Contribution out of its bytes."""
        content = json.loads(data)
        milestones = {name: (time, venue) for name, (time, venue) in content["milestones"].items()}
        return Journey(milestones, set(content["stages"]), content["visits"], content["told"])


class Journeys:
    """Everybody's journey in one scope."""

    def __init__(self, scope: Scope, cells: Cells) -> None:
        self._scope = scope
        self._cells = cells
        self._parts: dict[str, dict[int, Journey]] = {}
        self._reached = [0] * len(STAGES)

    def load(self, partition: int, name: str, data: bytes) -> None:
        """Take back one contribution."""
        before = self._stages(name)
        journey = self._parts.setdefault(name, {})[partition] = Journey.unpack(data)
        self._count(journey.stages - before)

    def fold(self, partition: int, frame: pl.DataFrame) -> Iterator[tuple[str, Row]]:
        """Add records of one partition; rows for ``journeys``.

        Only the first of a kind in the batch can matter for a person, but for visits, which are counted.
        """
        relevant = frame.filter(pl.col("event_type").is_in(list(STAGE_OF)) & pl.col("user_id").is_not_null())
        if relevant.is_empty():
            return
        matters = pl.struct("user_id", "event_type").is_first_distinct() | (pl.col("event_type") == "visit.started")
        touched: dict[str, Journey] = {}
        columns = [*COMMON, "event_type", "user_id", "venue_id"]
        if "venue_id" not in relevant.columns:
            relevant = relevant.with_columns(pl.lit(None, pl.String).alias("venue_id"))
        for row in relevant.filter(matters).select(columns).iter_rows(named=True):
            changed, rows = self._step(partition, row)
            if changed is not None:
                touched[row["user_id"]] = changed
            yield from rows
        for user, journey in touched.items():
            self._cells.write(partition, cell_key(self._scope, KIND, user), journey.pack())

    def _step(self, partition: int, row: Row) -> tuple[Journey | None, list[tuple[str, Row]]]:
        user, event_type = row["user_id"], row["event_type"]
        parts = self._parts.setdefault(user, {})
        mine = parts.get(partition) or parts.setdefault(partition, Journey())
        rows: list[tuple[str, Row]] = []
        changed = False
        row = {**row, "simulation_time": max(row["simulation_time"], *(part.told for part in parts.values()))}
        if event_type == "visit.started":
            mine.visits += 1
            changed = True
        for ordinal, name in enumerate(self._milestones(parts, event_type)):
            previous = max((time for part in parts.values() for time, _ in part.milestones.values()), default=None)
            since = None if previous is None else max(0, row["simulation_time"] - previous) // 1_000_000
            mine.milestones[name] = (row["simulation_time"], row["venue_id"])
            changed = True
            rows.append(("journeys", _milestone(row, name, ordinal, since)))
        stage = STAGE_OF[event_type]
        before = self._stages(user)
        if stage not in before:
            mine.stages.add(stage)
            self._count({stage})
            changed = True
            furthest = max(before, default=None)
            if furthest is None or stage > furthest:
                rows.append(("journeys", _stage(row, stage, furthest)))
        if rows:
            mine.told = row["simulation_time"]
        return (mine if changed else None), rows

    @staticmethod
    def _milestones(parts: Mapping[int, Journey], event_type: str) -> Iterator[str]:
        reached = {name for part in parts.values() for name in part.milestones}
        first = MILESTONE_OF.get(event_type)
        if first is not None and first not in reached:
            yield first
        visits = sum(part.visits for part in parts.values())
        if event_type == "visit.started" and visits == TENTH and "tenth_visit" not in reached:
            yield "tenth_visit"

    def _stages(self, user: str) -> set[int]:
        return {stage for part in self._parts.get(user, {}).values() for stage in part.stages}

    def _count(self, stages: set[int]) -> None:
        for stage in stages:
            self._reached[stage] += 1

    def of(self, user: str) -> Journey | None:
        """The merged journey of one person, None if never seen."""
        parts = self._parts.get(user)
        if parts is None:
            return None
        merged = Journey()
        for part in parts.values():
            merged.milestones |= part.milestones
            merged.stages |= part.stages
            merged.visits += part.visits
            merged.told = max(merged.told, part.told)
        return merged

    def funnel(self) -> dict[str, int]:
        """People who ever reached each step of the funnel."""
        return {step: self._reached[STAGES.index(stage)] for step, stage in FUNNEL.items()}

    def most_visits(self, limit: int) -> list[tuple[str, int]]:
        """People with the most visits, most first."""
        totals = ((user, sum(part.visits for part in parts.values())) for user, parts in self._parts.items())
        return sorted(totals, key=lambda pair: (-pair[1], pair[0]))[:limit]


def _milestone(row: Row, name: str, ordinal: int, since: int | None) -> Row:
    return caused(
        row,
        "milestone.reached",
        ordinal,
        user_id=row["user_id"],
        milestone=name,
        venue_id=row["venue_id"],
        since_previous_seconds=since,
    )


def _stage(row: Row, stage: int, furthest: int | None) -> Row:
    return caused(
        row,
        "funnel.stage_changed",
        user_id=row["user_id"],
        stage=STAGES[stage],
        previous_stage=None if furthest is None else STAGES[furthest],
        venue_id=row["venue_id"],
    )

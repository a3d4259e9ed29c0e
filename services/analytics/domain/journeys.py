"""How far each person has come: milestones, each once, and the funnel from browsing to reviewing.

All a person's records come on the person's partition (bookings through `bookings_by_user`). Each topic is in order;
topics are not read in step, so a record may lie before what was told of its person last: it is then told with that
time, for a person's journey never goes back. Which milestones and stages somebody reached does not depend on how topics
interleave; the moment of one may, by as much as one topic is read ahead of another.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.cells import Cells, Scope, cell_key
from services.analytics.domain.codes import Numbers
from services.analytics.domain.emitting import COMMON, consequences
from services.analytics.domain.journey_rows import (
    LIFECYCLES,
    MILESTONES,
    NEVER,
    STAGES,
    Journey,
    JourneyRows,
    seconds_since,
)
from services.analytics.domain.turns import turns
from streamkit.records import Column, Outgoing

KIND = "journey"
TOPICS = ("user_actions", "social_interactions", "bookings_by_user")
TENTH = 10
_MILESTONE_REACHED, _STAGE_CHANGED = "milestone.reached", "funnel.stage_changed"

STAGE_OF: Mapping[str, str] = {
    "user.registered": "registered",
    "session.started": "browsing",
    "venue.browsed": "browsing",
    "venue.viewed": "browsing",
    "venue.saved": "browsing",
    "interest.expressed": "interested",
    "invite.sent": "inviting",
    "booking.requested": "booking",
    "visit.started": "visiting",
    "review.submitted": "reviewing",
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

_COUNTED = ("visit.started", *LIFECYCLE)
"""Events of which each one matters, not only a person's first."""

_RELEVANT = tuple(sorted(STAGE_OF.keys() | MILESTONE_OF.keys()))
_CODES: Mapping[str, int] = {kind: code for code, kind in enumerate(_RELEVANT)}


def _by_code(values: Mapping[str, str], names: tuple[str, ...]) -> Numbers:
    return np.array([names.index(values[kind]) if kind in values else NEVER for kind in _RELEVANT], dtype=np.int64)


_STAGE, _MILESTONE = _by_code(STAGE_OF, STAGES), _by_code(MILESTONE_OF, MILESTONES)
_LIFECYCLE = _by_code(LIFECYCLE, LIFECYCLES)
_VISIT, _DORMANT = _CODES["visit.started"], _CODES["user.dormant"]
_TENTH_VISIT = MILESTONES.index("tenth_visit")
_FURTHEST = np.array([stages.bit_length() - 1 for stages in range(1 << len(STAGES))], dtype=np.int64)
"""By the bits of the stages reached."""

_EACH = np.array([kind in _COUNTED for kind in _RELEVANT])
"""By code of an event: whether each one matters."""


class Journeys:
    """Everybody's journey in one scope."""

    def __init__(self, scope: Scope, cells: Cells) -> None:
        self._cells = cells
        self._key = cell_key(scope, KIND, "")
        self._people = JourneyRows()

    def load(self, _partition: int, name: str, data: bytes) -> None:
        """Take back one journey."""
        self._people.unpack(name, data)

    def of(self, user: str) -> Journey | None:
        """The journey of one person, None if never seen."""
        return self._people.of(user)

    def fold(self, partition: int, frame: pl.DataFrame) -> Iterator[Outgoing]:
        """Add records of one partition of one of `TOPICS`; rows for ``journeys``.

        Only the first of a kind in the batch can matter for a person, but for what is counted.
        """
        relevant = frame.filter(pl.col("event_type").is_in(_RELEVANT) & pl.col("user_id").is_not_null())
        if relevant.is_empty():
            return
        person = self._people.rows(relevant["user_id"].to_list())
        code = np.fromiter(map(_CODES.__getitem__, relevant["event_type"].to_list()), np.int64, len(person))
        new = self._new(person, code)
        if not len(new):
            return
        if "venue_id" not in relevant.columns:
            relevant = relevant.with_columns(pl.lit(None, pl.String).alias("venue_id"))
        events = relevant.select(*COMMON, "user_id", "venue_id")[new]
        walked = _walk(
            self._people,
            person[new],
            code[new],
            events["simulation_time"].to_numpy(),
            self._people.venue_numbers(events["venue_id"].to_list()),
        )
        changed, first = np.unique(person[new][walked.changed], return_index=True)
        users = events["user_id"].gather(np.flatnonzero(walked.changed)[first]).to_list()
        packed = zip(users, self._people.pack(changed), strict=True)
        self._cells.write_all(partition, {self._key + user: data for user, data in packed})
        if len(walked.row):
            yield _outgoing(events, walked)

    def _new(self, person: Numbers, code: Numbers) -> NDArray[np.intp]:
        """Rows of the events that may tell something new: most are of people who have long come further."""
        stage, milestone, each = _STAGE[code], _MILESTONE[code], _EACH[code]
        staged = (stage == NEVER) | self._people.at_stage(person, stage)
        reached = (milestone == NEVER) | (self._people.order[person, milestone] > 0)
        once = np.flatnonzero(~(staged & reached | each))
        _, first = np.unique(person[once] * len(_RELEVANT) + code[once], return_index=True)
        return np.sort(np.concatenate([once[first], np.flatnonzero(each)]))


@dataclass(frozen=True, slots=True)
class _Walked:
    """What events reached: ``changed`` is whether each changed its person's journey.

    The rest is what is to be told, a milestone or a stage each, shape (told,); ``row`` is that of the event.
    """

    changed: NDArray[np.bool_]
    row: Numbers
    ordinal: Numbers
    time: Numbers
    milestone: Numbers
    stage: Numbers
    previous_stage: Numbers
    since: Numbers


def _walk(people: JourneyRows, person: Numbers, code: Numbers, time: Numbers, venue: Numbers) -> _Walked:
    """Go on with each person, one event after the other: everybody's first, then everybody's second."""
    changed = _EACH[code]
    told: list[Numbers] = []
    for rows in turns(person):
        moved, lines = _step(people, rows, person[rows], code[rows], time[rows], venue[rows])
        changed[rows] |= moved
        told += lines
    columns = np.concatenate(told, axis=1)
    row, ordinal, _, milestone, *_ = columns
    return _Walked(changed, *columns[:, np.lexsort((ordinal, milestone == NEVER, row))])


def _step(
    people: JourneyRows, rows: NDArray[np.intp], person: Numbers, code: Numbers, time: Numbers, venue: Numbers
) -> tuple[NDArray[np.bool_], list[Numbers]]:
    """One event of each of different people: which changed a journey, and what is to be told."""
    time = np.maximum(time, people.told[person])
    milestone, stage, lifecycle = _MILESTONE[code], _STAGE[code], _LIFECYCLE[code]
    first = (milestone != NEVER) & (people.order[person, milestone] == 0)
    since = people.reach(person[first], milestone[first], time[first], venue[first])
    told = [_lines(rows[first], 0, time[first], milestone[first], NEVER, NEVER, since)]
    people.visits[person] += code == _VISIT
    tenth = (code == _VISIT) & (people.visits[person] >= TENTH) & (people.order[person, _TENTH_VISIT] == 0)
    since = people.reach(person[tenth], _TENTH_VISIT, time[tenth], venue[tenth])
    told.append(_lines(rows[tenth], first[tenth], time[tenth], _TENTH_VISIT, NEVER, NEVER, since))
    lived = lifecycle != NEVER
    people.lifecycle[person[lived]] = lifecycle[lived]
    people.spells[person] += code == _DORMANT
    entered = (stage != NEVER) & ~people.at_stage(person, stage)
    furthest = _FURTHEST[people.stages[person]]
    people.stages[person[entered]] |= (1 << stage[entered]).astype(np.uint8)
    further = entered & (stage > furthest)
    ahead = person[further]
    since = seconds_since(people.staged[ahead], time[further])
    told.append(_lines(rows[further], 0, time[further], NEVER, stage[further], furthest[further], since))
    people.staged[ahead] = time[further]
    tells = first | tenth | further
    people.told[person[tells]] = time[tells]
    return tells | entered, told


def _lines(*columns: NDArray[Any] | int) -> Numbers:
    return np.stack(np.broadcast_arrays(*columns)).astype(np.int64, copy=False)


_MILESTONE_NAMES, _STAGE_NAMES = pl.Series([*MILESTONES, None]), pl.Series([*STAGES, None])
"""The last is that of `NEVER`."""


def _outgoing(events: pl.DataFrame, walked: _Walked) -> Outgoing:
    triggers = events[walked.row].with_columns(pl.Series("simulation_time", walked.time))
    event_types = [_MILESTONE_REACHED if one else _STAGE_CHANGED for one in (walked.milestone != NEVER).tolist()]
    since = pl.Series(walked.since)
    columns: dict[str, Column] = {
        "user_id": triggers["user_id"],
        "milestone": _MILESTONE_NAMES.gather(walked.milestone % _MILESTONE_NAMES.len()),
        "stage": _STAGE_NAMES.gather(walked.stage % _STAGE_NAMES.len()),
        "previous_stage": _STAGE_NAMES.gather(walked.previous_stage % _STAGE_NAMES.len()),
        "venue_id": triggers["venue_id"],
        "since_previous_seconds": since.set(since == NEVER, None),
    }
    return consequences("journeys", triggers, event_types, columns, walked.ordinal.tolist())

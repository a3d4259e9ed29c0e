"""How far everybody has come in one scope: columns, a row a person, and the cell each row is kept in."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from services.analytics.domain.codes import Codes, Numbers

STAGES = ("registered", "browsing", "interested", "inviting", "booking", "visiting", "reviewing")

MILESTONES = (
    "first_session", "first_save", "first_interest", "first_invite", "first_booking", "first_visit", "first_review",
    "tenth_visit", "dormant", "returned", "churned",
)  # fmt: skip

LIFECYCLES = ("active", "dormant", "churned")

NEVER = -1
"""In a column of times or numbers: there is none."""

_STEPS = len(MILESTONES)
_HEAD = struct.Struct("<4B2i2q")
_FORMAT = 1
"""First byte of a cell. Those written before there were columns begin with a brace: they are JSON."""

_GROWING = {
    "told": 0, "staged": NEVER, "visits": 0, "spells": 0, "stages": 0, "lifecycle": 0, "order": 0, "times": NEVER,
    "venues": NEVER,
}  # fmt: skip


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


class JourneyRows:
    """Columns of shape (rows,), those of milestones (rows, len(MILESTONES)).

    ``stages`` is a bit for each of `STAGES` reached, ``order`` the place of a milestone among those reached, from 1 on
    and 0 where it is not. Times are microseconds.
    """

    def __init__(self) -> None:
        self.index = Codes()
        self._venues = Codes()
        self.told, self.staged = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64)
        self.visits, self.spells = np.empty(0, dtype=np.int32), np.empty(0, dtype=np.int32)
        self.stages, self.lifecycle = np.empty(0, dtype=np.uint8), np.empty(0, dtype=np.uint8)
        self.order = np.empty((0, _STEPS), dtype=np.uint8)
        self.times = np.empty((0, _STEPS), dtype=np.int64)
        self.venues = np.empty((0, _STEPS), dtype=np.int32)

    def rows(self, users: Sequence[str]) -> Numbers:
        """Row of each person, shape (users,), made where somebody is new."""
        found = self.index.numbers(users)
        short = len(self.index) - len(self.told)
        if short > 0:
            more = max(short, 1024, len(self.told))
            for name, empty in _GROWING.items():
                held = getattr(self, name)
                filled = np.full((more, *held.shape[1:]), empty, dtype=held.dtype)
                setattr(self, name, np.concatenate([held, filled]))
        return found

    def venue_numbers(self, venues: Sequence[str | None]) -> Numbers:
        """What stands in ``venues`` for each of these, `NEVER` for none."""
        number = self._venues.__getitem__
        each = (NEVER if venue is None else number(venue) for venue in venues)
        return np.fromiter(each, dtype=np.int64, count=len(venues))

    def at_stage(self, row: Numbers, stage: Numbers) -> NDArray[np.bool_]:
        """Whether each person reached a stage, `NEVER` nobody."""
        found: NDArray[np.bool_] = (stage != NEVER) & (self.stages[row] >> np.maximum(stage, 0) & 1 > 0)
        return found

    def reach(
        self,
        row: Numbers,
        milestone: Numbers | int,
        time: Numbers,
        venue: Numbers,
    ) -> Numbers:
        """Note a milestone of each of different people; seconds since the last of each, `NEVER` before the first."""
        latest = self.times[row].max(axis=1, initial=NEVER)
        self.order[row, milestone] = self.order[row].max(axis=1, initial=0) + 1
        self.times[row, milestone] = time
        self.venues[row, milestone] = venue
        return seconds_since(latest, time)

    def of(self, user: str) -> Journey | None:
        """The journey of one person, None if never seen."""
        row = self.index.get(user)
        if row is None:
            return None
        reached = sorted(np.flatnonzero(self.order[row]).tolist(), key=lambda one: int(self.order[row, one]))
        names = [*self._venues.order, None]
        return Journey(
            {MILESTONES[one]: (int(self.times[row, one]), names[self.venues[row, one]]) for one in reached},
            {stage for stage in range(len(STAGES)) if self.stages[row] >> stage & 1},
            int(self.visits[row]),
            int(self.told[row]),
            None if self.staged[row] == NEVER else int(self.staged[row]),
            LIFECYCLES[self.lifecycle[row]],
            int(self.spells[row]),
        )

    def pack(self, people: Numbers) -> Iterator[bytes]:
        """Bytes of the rows of different people: columns, then the venues of their milestones by name."""
        flags = np.full(len(people), _FORMAT, dtype=np.uint8)
        kept: list[NDArray[np.generic]] = [flags, self.stages[people], self.lifecycle[people], np.zeros_like(flags)]
        kept += [column[people] for column in (self.visits, self.spells, self.told, self.staged)]
        kept += [self.order[people], self.times[people]]
        bytes_of = [np.ascontiguousarray(one).view(np.uint8).reshape(len(people), -1) for one in kept]
        rows = np.concatenate(bytes_of, axis=1)
        data, width = rows.tobytes(), rows.shape[1]
        name = [*self._venues.order, ""].__getitem__
        for place, venues in enumerate(self.venues[people].tolist()):
            yield data[place * width : (place + 1) * width] + "\n".join(map(name, venues)).encode()

    def unpack(self, user: str, data: bytes) -> None:
        """A row out of its bytes."""
        row = int(self.rows([user])[0])
        if data.startswith(b"{"):
            self._take(row, orjson.loads(data))
            return
        _, stages, lifecycle, _, visits, spells, told, staged = _HEAD.unpack_from(data)
        self.stages[row], self.lifecycle[row], self.visits[row], self.spells[row] = stages, lifecycle, visits, spells
        self.told[row], self.staged[row] = told, staged
        at = _HEAD.size
        for column in (self.order, self.times):
            size = column[row].nbytes
            column[row] = np.frombuffer(data[at : at + size], dtype=column.dtype)
            at += size
        self.venues[row] = self.venue_numbers([venue or None for venue in data[at:].decode().split("\n")])

    def _take(self, row: int, content: Mapping[str, Any]) -> None:
        """A row as it was kept before there were columns."""
        for place, (name, time, venue) in enumerate(content["milestones"], start=1):
            milestone = MILESTONES.index(name)
            self.order[row, milestone], self.times[row, milestone] = place, time
            self.venues[row, milestone] = self.venue_numbers([venue])[0]
        self.stages[row] = sum(1 << stage for stage in content["stages"])
        self.lifecycle[row] = LIFECYCLES.index(content["lifecycle"])
        self.visits[row], self.spells[row], self.told[row] = content["visits"], content["spells"], content["told"]
        self.staged[row] = NEVER if content["staged"] is None else content["staged"]


def seconds_since(before: Numbers, time: Numbers) -> Numbers:
    """Whole seconds from one time to another, not negative; `NEVER` where there is none before."""
    return np.where(before == NEVER, NEVER, np.maximum(time - before, 0) // 1_000_000)

"""Stored records found and decoded: pages in the order of (simulated time, event id), day by day."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from psycopg import Cursor

from services.analytics.store import names
from services.analytics.store.rows import DAY_US
from streamkit.codec import Codec

Told = dict[str, Any]
"""One record: its columns that are set, with topic, partition and offset."""

_FOUND = 'e.event_id, e.simulation_us, e.kind_id, e.partition, e."offset", e.body'


@dataclass(frozen=True, slots=True)
class Where:
    """Conditions that all hold, and their values."""

    conditions: Sequence[str] = field(default=())
    values: Sequence[object] = field(default=())

    def also(self, condition: str, *values: object) -> "Where":
        """One more condition."""
        return Where((*self.conditions, condition), (*self.values, *values))

    def equal(self, **columns: object) -> "Where":
        """Columns that have a value; those given as None are any."""
        where = self
        for name, value in columns.items():
            if value is not None:
                where = where.also(f"e.{name} = %s", value)
        return where

    def of_kinds(self, cursor: Cursor[Any], topics: Sequence[str] | None, types: Sequence[str] | None) -> "Where":
        """Records of some topics and types."""
        if topics is None and types is None:
            return self
        numbers = [
            number
            for number, (topic, event_type, _) in names.kinds(cursor).items()
            if (topics is None or topic in topics) and (types is None or event_type in types)
        ]
        return self.also("e.kind_id = ANY(%s)", numbers)


@dataclass(frozen=True, slots=True)
class Span:
    """Simulated time in [start, end), either of which may be open, and the event behind which to go on."""

    start: int | None = None
    end: int | None = None
    behind: tuple[int, str] | None = None
    backward: bool = False


@dataclass(frozen=True, slots=True)
class Found:
    """A stored record, not decoded yet."""

    event_id: str
    simulation_us: int
    kind_id: int
    partition: int
    offset: int
    body: bytes


def select(cursor: Cursor[Any], where: Where, span: Span, limit: int) -> list[Found]:
    """The first records that fit, in order, ``limit`` at most."""
    found: list[Found] = []
    for day in _days(cursor, span):
        found += _select_day(cursor, where.equal(day=day), span, limit - len(found))
        if len(found) == limit:
            break
    return found


def of_events(cursor: Cursor[Any], where: Where, limit: int) -> list[Found]:
    """Records that fit, of any day, by an index of its own; in order of time."""
    cursor.execute(
        f"SELECT {_FOUND} FROM analytics.events e WHERE {' AND '.join(where.conditions)}"  # noqa: S608 - words of ours
        " ORDER BY e.simulation_us, e.event_id LIMIT %s",
        (*where.values, limit),
    )
    return [Found(*row) for row in cursor]


def tell(cursor: Cursor[Any], codec: Codec, found: Sequence[Found]) -> list[Told]:
    """Records as they were on their topics, in the order given; one that no schema reads any more says so."""
    kinds = names.kinds(cursor)
    told: list[Told | None] = [None] * len(found)
    for topic in dict.fromkeys(kinds[one.kind_id][0] for one in found):
        rows = [row for row, one in enumerate(found) if kinds[one.kind_id][0] == topic]
        decoded = codec.decode(topic, [found[row].body for row in rows])
        for row, columns in zip(decoded.rows.tolist(), decoded.frame.iter_rows(named=True), strict=True):
            told[rows[row]] = _told(topic, found[rows[row]], columns)
        for poison in decoded.poison:
            one = found[rows[poison.index]]
            columns = {"event_id": one.event_id, "event_type": kinds[one.kind_id][1], "unreadable": poison.message}
            told[rows[poison.index]] = _told(topic, one, columns | {"simulation_time": one.simulation_us})
    return [one for one in told if one is not None]


def _told(topic: str, one: Found, columns: Mapping[str, Any]) -> Told:
    place = {"topic": topic, "partition": one.partition, "offset": one.offset}
    return place | {name: value for name, value in columns.items() if value is not None}


def _days(cursor: Cursor[Any], span: Span) -> Iterator[int]:
    cursor.execute("SELECT day FROM analytics.days ORDER BY day")
    days = [day for (day,) in cursor]
    first, last = span.start, None if span.end is None else span.end - 1
    if span.behind is not None:
        first, last = (first, span.behind[0]) if span.backward else (span.behind[0], last)
    kept = [
        day for day in days if (first is None or day >= first // DAY_US) and (last is None or day <= last // DAY_US)
    ]
    yield from reversed(kept) if span.backward else kept


def _select_day(cursor: Cursor[Any], where: Where, span: Span, limit: int) -> list[Found]:
    if span.start is not None:
        where = where.also("e.simulation_us >= %s", span.start)
    if span.end is not None:
        where = where.also("e.simulation_us < %s", span.end)
    sign, direction = ("<", "DESC") if span.backward else (">", "ASC")
    if span.behind is not None:  # the first condition is for the index, which knows times alone
        where = where.also(f"e.simulation_us {sign}= %s", span.behind[0])
        where = where.also(f"(e.simulation_us, e.event_id) {sign} (%s, %s)", *span.behind)
    cursor.execute(
        f"SELECT {_FOUND} FROM analytics.events e WHERE {' AND '.join(where.conditions)}"  # noqa: S608 - words of ours
        f" ORDER BY e.simulation_us {direction}, e.event_id {direction} LIMIT %s",
        (*where.values, limit),
    )
    return [Found(*row) for row in cursor]

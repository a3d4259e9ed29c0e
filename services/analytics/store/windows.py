"""Closed windows: the newest version of every figure, summed to wider windows, and dropped when they are old."""

from collections.abc import Collection, Iterable, Mapping
from typing import Any

import polars as pl
from psycopg import Cursor

from services.analytics.domain.cells import Scope
from services.analytics.store.rows import windows_of
from streamkit.records import Batch

MINUTE_US, HOUR_US, DAY_US = 60_000_000, 3_600_000_000, 86_400_000_000
WIDTHS = {"minute": MINUTE_US, "hour": HOUR_US, "day": DAY_US}
ADDITIVE = ("events", "sessions", "invites", "bookings")
"""Metrics whose windows add up: counts of records. People, ratios and medians do not."""
FIGURE_BYTES = 200
"""Of one row with its place in the index: 158 measured without a dimension, whose words stand in both."""

_FIGURE = "start_us, metric, dimension, dimension_value, version, count, value, rolled_up"
_PUT = (
    "INSERT INTO analytics.aggregates AS a SELECT *, false FROM unnest(%s::int[], %s::bigint[], %s::bigint[],"
    " %s::text[], %s::text[], %s::text[], %s::int[], %s::bigint[], %s::float8[])"
    " ON CONFLICT (scope_id, width_us, start_us, metric, dimension, dimension_value) DO UPDATE"
    " SET version = excluded.version, count = excluded.count, value = excluded.value, rolled_up = false"
    " WHERE a.rolled_up OR a.version < excluded.version"
)
_SUM = (
    "SELECT scope_id, %(wide)s::bigint AS width_us, start_us - mod(start_us, %(wide)s) AS start_us, metric, dimension,"
    " dimension_value, max(version) AS version, sum(count)::bigint AS count, sum(value) AS value, true AS rolled_up"
    " FROM analytics.aggregates WHERE width_us = %(narrow)s AND metric = ANY(%(additive)s)"
)
_BY = " GROUP BY scope_id, start_us - mod(start_us, %(wide)s), metric, dimension, dimension_value"
_ROLL_UP = (
    f"INSERT INTO analytics.aggregates AS a {_SUM} AND start_us < %(before)s AND scope_id = %(scope)s {_BY}"
    " ON CONFLICT (scope_id, width_us, start_us, metric, dimension, dimension_value) DO UPDATE"
    " SET version = excluded.version, count = excluded.count, value = excluded.value"
    " WHERE a.rolled_up AND a.count < excluded.count"
)


def put(cursor: Cursor[Any], batches: Iterable[Batch], scopes: Mapping[Scope, int]) -> None:
    """Keep the newest version of each figure."""
    for batch in batches:
        closed = windows_of(batch)
        if closed.is_empty():
            continue
        numbers = [scopes[Scope(*pair)] for pair in closed.select("run_id", "branch").iter_rows()]
        columns = [closed[name].to_list() for name in closed.columns[2:]]
        cursor.execute(_PUT, (numbers, *columns))


def figures(cursor: Cursor[Any], scope_id: int, width: int, start: int, end: int) -> pl.DataFrame:
    """Figures of windows of a width that start within [start, end): published ones, else summed from narrower ones."""
    cursor.execute(
        f"SELECT {_FIGURE} FROM analytics.aggregates WHERE scope_id = %s AND width_us = %s"  # noqa: S608 - words of ours
        " AND start_us >= %s AND start_us < %s",
        (scope_id, width, start, end),
    )
    frames = [_frame(cursor.fetchall())]
    for narrow in (one for one in (HOUR_US, MINUTE_US) if one < width):
        cursor.execute(
            f"SELECT {_FIGURE} FROM ({_SUM} AND scope_id = %(scope)s AND start_us >= %(start)s"  # noqa: S608 - words of ours
            f" AND start_us < %(end)s {_BY}) AS wide",
            {
                "wide": width,
                "narrow": narrow,
                "additive": list(ADDITIVE),
                "scope": scope_id,
                "start": start,
                "end": end,
            },
        )
        frames.append(_frame(cursor.fetchall()))
    key = ["start_us", "metric", "dimension", "dimension_value"]
    return pl.concat(frames).unique(key, keep="first", maintain_order=True).sort(key)


def reach(cursor: Cursor[Any], scope_id: int, width: int, end: int) -> int | None:
    """From when on windows of a width can be told, where before it only wider ones are kept; None: nowhere."""
    firsts = {}
    for one in WIDTHS.values():
        cursor.execute(
            "SELECT min(start_us) FROM analytics.aggregates WHERE scope_id = %s AND width_us = %s", (scope_id, one)
        )
        ((firsts[one],),) = cursor.fetchall()
    own = min([end, *(first for one, first in firsts.items() if one <= width and first is not None)])
    wider = any(first + one <= own for one, first in firsts.items() if one > width and first is not None)
    return own if wider else None


def roll_up(cursor: Cursor[Any], minutes_before: Mapping[int, int], hours_before: Mapping[int, int]) -> int:
    """Sum minutes to hours and hours to days, then drop the narrow ones of each telling before a time; how many."""
    dropped = 0
    for narrow, wide, limits in ((MINUTE_US, HOUR_US, minutes_before), (HOUR_US, DAY_US, hours_before)):
        for scope_id, limit in limits.items():
            before = limit - limit % wide
            values = {
                "wide": wide, "narrow": narrow, "additive": list(ADDITIVE), "before": before, "scope": scope_id,
            }  # fmt: skip
            cursor.execute(_ROLL_UP, values)
            cursor.execute(
                "DELETE FROM analytics.aggregates WHERE scope_id = %s AND width_us = %s AND start_us < %s",
                (scope_id, narrow, before),
            )
            dropped += cursor.rowcount
    return dropped


def newest(cursor: Cursor[Any]) -> dict[int, int]:
    """Start of the newest window of each telling."""
    cursor.execute("SELECT scope_id, max(start_us) FROM analytics.aggregates GROUP BY scope_id")
    return dict(cursor.fetchall())


def sizes(cursor: Cursor[Any]) -> dict[int, int]:
    """Bytes that the figures of each telling take, about: what was deleted stays in the table's size for a while."""
    cursor.execute("SELECT scope_id, count(*) FROM analytics.aggregates GROUP BY scope_id")
    return {scope_id: count * FIGURE_BYTES for scope_id, count in cursor}


def drop(cursor: Cursor[Any], scopes: Collection[int]) -> None:
    """Delete the figures of some tellings."""
    cursor.execute("DELETE FROM analytics.aggregates WHERE scope_id = ANY(%s)", (list(scopes),))


def _frame(rows: list[tuple[Any, ...]]) -> pl.DataFrame:
    schema = {
        "start_us": pl.Int64,
        "metric": pl.String,
        "dimension": pl.String,
        "dimension_value": pl.String,
        "version": pl.Int32,
        "count": pl.Int64,
        "value": pl.Float64,
        "rolled_up": pl.Boolean,
    }
    return pl.DataFrame(rows, schema=schema, orient="row")

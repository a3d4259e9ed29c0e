"""Numbers that stand for what repeats in every row: tellings of a run, and kinds of records."""

from collections.abc import Collection, Iterable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import polars as pl
from psycopg import Cursor

from services.analytics.domain.cells import Scope
from services.analytics.store.rows import Kind
from streamkit.records import Batch


def add_scopes(cursor: Cursor[Any], known: MutableMapping[Scope, int], seen: Mapping[Scope, tuple[str, str]]) -> None:
    """Give tellings that are not known a number; ``seen`` has the world and city of each."""
    for scope in sorted(seen.keys() - known.keys(), key=str):
        found = _one(cursor, _FIND_SCOPE, (scope.run_id, scope.branch))
        if found is None:
            cursor.execute(_ADD_SCOPE, (scope.run_id, scope.branch, *seen[scope]))
            found = _one(cursor, _FIND_SCOPE, (scope.run_id, scope.branch))
        known[scope] = int(found or 0)


def add_kinds(cursor: Cursor[Any], known: MutableMapping[Kind, int], seen: Collection[Kind]) -> None:
    """Give kinds of records that are not known a number."""
    for kind in sorted(set(seen) - known.keys()):
        found = _one(cursor, _FIND_KIND, kind)
        if found is None:
            cursor.execute(_ADD_KIND, kind)
            found = _one(cursor, _FIND_KIND, kind)
        known[kind] = int(found or 0)


def live(cursor: Cursor[Any], batches: Iterable[Batch], scopes: Mapping[Scope, int]) -> None:
    """Note when each telling first said that it lives, by the wall clock."""
    for batch in batches:
        if batch.topic == "simulation_control":
            changes = batch.frame.filter(pl.col("event_type") == "state.changed", pl.col("wall_time").is_not_null())
            for run_id, branch, since in changes.group_by("run_id", "branch").agg(pl.min("wall_time")).iter_rows():
                cursor.execute(_LIVES, (since, scopes[Scope(run_id, branch)], since))


def ticked(cursor: Cursor[Any], batches: Iterable[Batch], scopes: Mapping[Scope, int]) -> None:
    """Note how far each telling has come by its newest tick."""
    for batch in batches:
        if batch.topic == "system_metrics":
            ticks = batch.frame.filter(pl.col("event_type") == "simulator.tick")
            for run_id, branch, at in ticks.group_by("run_id", "branch").agg(pl.max("simulation_time")).iter_rows():
                number = scopes[Scope(run_id, branch)]
                cursor.execute(_TICKED, (at, number, at))


@dataclass(frozen=True, slots=True)
class Living:
    """A telling that lives, and its newest tick."""

    scope_id: int
    scope: Scope
    ticked_us: int | None


def living(cursor: Cursor[Any]) -> list[Living]:
    """Of each city the telling that began to live last."""
    cursor.execute(
        "SELECT DISTINCT ON (world, city) scope_id, run_id, branch, ticked_us FROM analytics.scopes"
        " WHERE lives_since_us IS NOT NULL ORDER BY world, city, lives_since_us DESC, run_id DESC, branch DESC"
    )
    return [Living(number, Scope(run_id, branch), at) for number, run_id, branch, at in cursor]


def over(cursor: Cursor[Any]) -> list[int]:
    """Tellings that do not live any more, the first to live first; one that came last may not have said so yet."""
    live = [one.scope_id for one in living(cursor)]
    cursor.execute(
        "SELECT scope_id FROM analytics.scopes WHERE scope_id <> ALL(%s) AND scope_id < %s"
        " ORDER BY coalesce(lives_since_us, 0), scope_id",
        (live, max(live, default=0)),
    )
    return [number for (number,) in cursor]


def newest(cursor: Cursor[Any]) -> Scope | None:
    """The telling that began to live last; None where none ever said so."""
    cursor.execute(
        "SELECT run_id, branch FROM analytics.scopes WHERE lives_since_us IS NOT NULL"
        " ORDER BY lives_since_us DESC, run_id DESC, branch DESC LIMIT 1"
    )
    row = cursor.fetchone()
    return None if row is None else Scope(*row)


def number_of(cursor: Cursor[Any], scope: Scope) -> int | None:
    """Number of a telling; None where nothing of it is stored."""
    return _one(cursor, _FIND_SCOPE, (scope.run_id, scope.branch))


def kinds(cursor: Cursor[Any]) -> dict[int, Kind]:
    """What every number of a kind stands for."""
    cursor.execute("SELECT kind_id, topic, event_type, source FROM analytics.kinds")
    return {number: (topic, event_type, source) for number, topic, event_type, source in cursor}


_FIND_SCOPE = "SELECT scope_id FROM analytics.scopes WHERE run_id = %s AND branch = %s"
_ADD_SCOPE = "INSERT INTO analytics.scopes (run_id, branch, world, city) VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING"
_FIND_KIND = "SELECT kind_id FROM analytics.kinds WHERE topic = %s AND event_type = %s AND source = %s"
_ADD_KIND = "INSERT INTO analytics.kinds (topic, event_type, source) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING"
_TICKED = "UPDATE analytics.scopes SET ticked_us = %s WHERE scope_id = %s AND (ticked_us IS NULL OR ticked_us < %s)"
_LIVES = (
    "UPDATE analytics.scopes SET lives_since_us = %s WHERE scope_id = %s"
    " AND (lives_since_us IS NULL OR lives_since_us > %s)"
)


def _one(cursor: Cursor[Any], query: str, values: tuple[object, ...]) -> int | None:
    cursor.execute(query, values)
    row = cursor.fetchone()
    return None if row is None else int(row[0])

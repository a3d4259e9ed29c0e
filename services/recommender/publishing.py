"""What the recommender's decisions look like on the wire."""

import json
from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import TypeAlias

import polars as pl

from services.recommender.domain.acceptance import Measured
from services.recommender.domain.crowd import Crowd
from services.recommender.domain.people import Match
from services.recommender.domain.places import Places
from services.recommender.domain.venues import Pick
from streamkit.identity import Stem, event_id, hash_id, hash_ids, print_hashes
from streamkit.records import Outgoing

Row = Mapping[str, object]

GENERATED = "recommendation.generated"
COMPATIBILITY = "compatibility.calculated"
ACCEPTANCE = "acceptance.measured"

_INHERITED = ("run_id", "branch", "simulation_time", "world", "city", "user_id", "cause_id")
COLUMNS = (
    *_INHERITED, "event_id", "event_type", "source", "correlation_id", "list_id", "rank", "item_kind", "venue_id",
    "other_user_id", "score", "distance_km", "reason_1", "reason_2", "reason_3", "taste_similarity", "mutual_friends",
    "trigger", "model_version", "candidates_considered",
)  # fmt: skip
"""Columns of `recommendations`, in the order of a `Told`."""

Told: TypeAlias = tuple[object, ...]
"""A record of `recommendations` as a row of `COLUMNS`."""

TRIGGER = (*_INHERITED, "event_id")
"""Columns of a trigger that what it leads to is told by."""


def caused_by(trigger: Row, event_type: str, ordinal: int = 0) -> dict[str, object]:
    """Common columns of a record that the event ``trigger`` led to."""
    record = {name: trigger[name] for name in _INHERITED}
    run, branch, cause = str(trigger["run_id"]), int(str(trigger["branch"])), str(trigger["event_id"])
    record["event_id"] = event_id(run, branch, "recommender", cause, event_type, ordinal)
    record["event_type"] = event_type
    record["source"] = "recommender"
    record["correlation_id"] = cause
    return record


def at_meal(record: Row, user_id: str, meal: str, day: int, time_us: int) -> dict[str, object]:
    """What stands for the trigger of a push at a meal: the person, the meal and the day, and no event.

    ``record`` is any of the telling.
    """
    purpose = hash_id(str(record["run_id"]), int(str(record["branch"])), user_id, meal, day)
    return {**{name: record[name] for name in _INHERITED}, "user_id": user_id, "simulation_time": time_us,
            "cause_id": None, "event_id": purpose, "is_event": False}  # fmt: skip


def venue_lists(
    triggers: Sequence[Row], why: str, places: Places, picks: Sequence[Pick], model_version: str
) -> list[Told]:  # fmt: skip
    """A list of venues for each trigger that got picks; a pick's user is the place of the trigger."""
    if not picks:
        return []
    framed = [(t["run_id"], t["branch"], t["event_id"]) for t in triggers]
    lists = hash_ids([(str(cause), "list", "venues") for _, _, cause in framed])
    stems = [Stem(str(run), int(str(branch)), "recommender", str(cause), GENERATED) for run, branch, cause in framed]
    events = print_hashes([stems[pick.user].digest(pick.rank) for pick in picks])
    heads = [tuple(trigger[name] for name in _INHERITED) for trigger in triggers]
    causes = [trigger["event_id"] if trigger.get("is_event", True) else None for trigger in triggers]
    return [
        (
            *heads[pick.user], event, GENERATED, "recommender", causes[pick.user], lists[pick.user], pick.rank, "venue",
            places.ids[pick.venue], None, pick.score, pick.distance_km, *(*pick.reasons, None, None)[:3], pick.taste,
            pick.friends, why, model_version, pick.considered,
        )
        for pick, event in zip(picks, events, strict=True)
    ]  # fmt: skip


def outgoing(told: Sequence[Told]) -> Outgoing:
    """Records of `recommendations` in order of time."""
    at = COLUMNS.index("simulation_time")
    columns = zip(*sorted(told, key=itemgetter(at)), strict=True)
    series = {name: pl.Series(name, column, strict=False) for name, column in zip(COLUMNS, columns, strict=True)}
    return Outgoing("recommendations", len(told), series)


def people_lists(found: Sequence[tuple[Row, Sequence[Match]]], people: Crowd, model_version: str) -> list[Told]:
    """A list of people, and the compatibility behind each of them, for everyone who looked at friends."""
    rows: list[Row] = []
    for trigger, matches in found:
        for rank, match in enumerate(matches, start=1):
            item = {
                "list_id": list_id(trigger, "people"), "model_version": model_version,
                **person_item(people, match, rank),
            }  # fmt: skip
            rows.append({**caused_by(trigger, GENERATED, rank), **item, "trigger": "friends_checked"})
            rows.append({**caused_by(trigger, COMPATIBILITY, rank), **item})
    return [tuple(row.get(name) for name in COLUMNS) for row in rows]


def list_id(trigger: Row, kind: str) -> str:
    """Name of the list of that kind which the trigger led to."""
    return hash_id(str(trigger["event_id"]), "list", kind)


def venue_item(places: Places, pick: Pick) -> dict[str, object]:
    """Columns of a recommended venue."""
    return {
        "rank": pick.rank,
        "item_kind": "venue",
        "venue_id": places.ids[pick.venue],
        "score": pick.score,
        "distance_km": pick.distance_km,
        "taste_similarity": pick.taste,
        "mutual_friends": pick.friends,
        "candidates_considered": pick.considered,
        **_reasons(pick.reasons),
    }


def person_item(people: Crowd, match: Match, rank: int) -> dict[str, object]:
    """Columns of a recommended person; the parts that have no column stand in the reasons."""
    return {
        "rank": rank,
        "item_kind": "person",
        "other_user_id": people.ids[match.other],
        "score": match.score,
        "distance_km": match.distance_km,
        "taste_similarity": match.taste_similarity,
        "mutual_friends": match.mutual_friends,
        "candidates_considered": match.considered,
        **_reasons(match.reasons),
    }


_REASONS = ("reason_1", "reason_2", "reason_3")


def _reasons(reasons: Sequence[str]) -> dict[str, object]:
    return dict(zip(_REASONS, reasons, strict=False))


def reply(request: Row, wall_us: int, status: str, reason: str | None = None, payload: object = None) -> Row:
    """Row of `replies` that answers a request; ``payload`` becomes JSON."""
    return {
        **caused_by(request, "reply.given"),
        "request_id": request["request_id"],
        "status": status,
        "reason": reason,
        "payload": None if payload is None else json.dumps(payload, ensure_ascii=False),
        "wall_time": wall_us,
    }


def acknowledgement(
    command: Row, wall_us: int, status: str, reason: str | None = None, result: object = None
) -> Row:  # fmt: skip
    """Row of `simulation_control` that answers a command."""
    return {
        **caused_by(command, "ack.given"),
        "command_id": command["command_id"],
        "command": command["command"],
        "status": status,
        "reason": reason,
        "effective_time": command["simulation_time"] if status == "accepted" else None,
        "result": None if result is None else json.dumps(result),
        "wall_time": wall_us,
    }


def acceptance(record: Row, measured: Measured) -> Row:
    """Row of `system_metrics`: the share of lists with an item taken, of everybody or of one week since joining."""
    week = None if measured.week is None else str(measured.week)
    window = hash_id(str(record["run_id"]), int(str(record["branch"])), ACCEPTANCE, measured.start_us, week or "all")
    return {
        **caused_by({**record, "event_id": window, "user_id": None, "cause_id": None}, ACCEPTANCE),
        "correlation_id": None,
        "simulation_time": measured.end_us,
        "metric": "recommendation_acceptance",
        "dimension": None if week is None else "weeks_since_joining",
        "dimension_value": week,
        "window_start": measured.start_us,
        "window_end": measured.end_us,
        "count": measured.decided,
        "value": measured.accepted / measured.decided,
    }

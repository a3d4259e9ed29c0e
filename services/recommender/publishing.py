"""What the recommender's decisions look like on the wire."""

import json
from collections.abc import Mapping, Sequence

import polars as pl

from services.recommender.domain.people import Match
from services.recommender.domain.places import Places
from services.recommender.domain.venues import Pick
from streamkit.identity import event_id, hash_id

Row = Mapping[str, object]

GENERATED = "recommendation.generated"
COMPATIBILITY = "compatibility.calculated"

_INHERITED = ("run_id", "branch", "simulation_time", "world", "city", "user_id", "cause_id")


def caused_by(trigger: Row, event_type: str, ordinal: int = 0) -> dict[str, object]:
    """Common columns of a record that the event ``trigger`` led to."""
    record = {name: trigger[name] for name in _INHERITED}
    run, branch, cause = str(trigger["run_id"]), int(str(trigger["branch"])), str(trigger["event_id"])
    record["event_id"] = event_id(run, branch, "recommender", cause, event_type, ordinal)
    record["event_type"] = event_type
    record["source"] = "recommender"
    record["correlation_id"] = cause
    return record


def venue_lists(sessions: pl.DataFrame, places: Places, picks: Sequence[Pick], model_version: str) -> list[Row]:
    """One list of venues for each session started."""
    triggers = sessions.to_dicts()
    return [
        {
            **caused_by(triggers[pick.user], GENERATED, pick.rank),
            "list_id": list_id(triggers[pick.user], "venues"),
            "trigger": "session_start",
            "model_version": model_version,
            **venue_item(places, pick),
        }
        for pick in picks
    ]


def people_lists(found: Sequence[tuple[Row, Sequence[Match]]], model_version: str) -> list[Row]:
    """A list of people, and the compatibility behind each of them, for everyone who looked at friends."""
    rows: list[Row] = []
    for trigger, matches in found:
        for rank, match in enumerate(matches, start=1):
            rows.append(
                {
                    **caused_by(trigger, GENERATED, rank),
                    "list_id": list_id(trigger, "people"),
                    "trigger": "friends_checked",
                    "model_version": model_version,
                    **person_item(match, rank),
                }
            )
            rows.append(
                {
                    **caused_by(trigger, COMPATIBILITY, rank),
                    "list_id": list_id(trigger, "people"),
                    "model_version": model_version,
                    **person_item(match, rank),
                }
            )
    return rows


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


def person_item(match: Match, rank: int) -> dict[str, object]:
    """Columns of a recommended person."""
    return {
        "rank": rank,
        "item_kind": "person",
        "other_user_id": match.other.user_id,
        "score": match.score,
        "distance_km": match.distance_km,
        "taste_similarity": match.taste_similarity,
        "mutual_friends": match.mutual_friends,
        "candidates_considered": match.considered,
        **_reasons(match.reasons),
    }


def _reasons(reasons: Sequence[str]) -> dict[str, object]:
    return {f"reason_{place}": text for place, text in enumerate(reasons, start=1)}


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

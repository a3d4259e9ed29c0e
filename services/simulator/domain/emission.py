"""EventEmitter: rows of a tick become batches, one a topic, in order of time; ids are printed once for all."""

from collections.abc import Callable

import numpy as np
import polars as pl

from services.simulator.domain.almanac import HOLIDAY_TYPES
from services.simulator.domain.causes import PHASES
from services.simulator.domain.columns import selected
from services.simulator.domain.draws import Array
from services.simulator.domain.events import TYPE_NAMES, Kind
from services.simulator.domain.ids import printed
from services.simulator.domain.rows import user_ids, user_rows, venue_ids, venue_rows
from services.simulator.domain.turn import Turn
from services.simulator.domain.weekly import own_event_kinds
from streamkit.records import Coded, Column, Outgoing

_TOPICS: tuple[tuple[str, int, int], ...] = (
    ("user_actions", 0, 20),
    ("social_interactions", 20, 30),
    ("bookings", 30, 40),
    ("environment", 40, 50),
    ("ground_truth", 50, 60),
    ("simulation_control", 60, 70),
)
"""Topic and the range of `Kind` numbers on it."""
_TOPIC_OF = np.full(len(TYPE_NAMES), -1)
for _number, (_, _first, _end) in enumerate(_TOPICS):
    _TOPIC_OF[_first:_end] = _number
_TOPIC_OF[Kind.VENUE_AVAILABILITY_CHANGED] = _TOPIC_OF[Kind.VENUE_TRENDING]
_TOPIC_OF[Kind.ROUTINE_FORMED] = _TOPIC_OF[Kind.VISIT_ENDED]
_ID_FIELDS = ("", "from_", "ref_", "also_")


def emit(turn: Turn) -> None:
    """Fill ``turn.outputs``."""
    rows = turn.events.rows()
    if len(rows):
        rows = selected(rows, np.argsort(rows["time"], kind="stable"))
        _stamp(turn, rows)
        _publish(turn, rows)
    _publish_latest(turn)


def _publish(turn: Turn, rows: Array) -> None:
    letters = printed(
        np.concatenate([rows[f"{field}high"] for field in _ID_FIELDS]),
        np.concatenate([rows[f"{field}low"] for field in _ID_FIELDS]),
    ).reshape(len(_ID_FIELDS), len(rows))
    places = _TOPIC_OF[rows["kind"]]
    for number, (topic, _, _) in enumerate(_TOPICS):
        index = np.flatnonzero(places == number)
        if len(index):
            part, ids = selected(rows, index), letters[:, index]
            columns = _common(turn, part["time"]) | {
                "event_id": ids[0],
                "event_type": Coded(part["kind"].astype(np.int32), TYPE_NAMES),
                "correlation_id": ids[1],
                "cause_id": _causes(turn, part["cause"]),
                "user_id": user_ids(part["user"]),
            }
            turn.outputs.append(Outgoing(topic, len(part), columns | _BUILDERS[topic](turn, part, ids)))


def _stamp(turn: Turn, rows: Array) -> None:
    """Ids of events that were not needed before."""
    index = np.flatnonzero((rows["high"] | rows["low"]) == 0)
    part = selected(rows, index)
    entity = np.where(part["user"] >= 0, part["user"], np.maximum(part["venue"], 0))
    rows["high"][index], rows["low"][index] = turn.town.ids.of(part["kind"], entity, turn.tick + 1, part["ordinal"])


def _common(turn: Turn, time: Array | int) -> dict[str, Column]:
    who = turn.town.identity
    return {
        "run_id": who.run_id,
        "branch": who.branch,
        "simulation_time": time,
        "world": who.world,
        "city": who.city,
        "source": "simulator",
    }


def _causes(turn: Turn, cause: Array) -> Column:
    if not cause.any():
        return None
    return Coded(np.where(cause > 0, cause, -1).astype(np.int32), turn.state.cause_ids)


def _masked(values: Array, given: Array, dtype: str) -> Column:
    """Values where given, null elsewhere; None when nowhere."""
    some = np.count_nonzero(given)
    if some == 0:
        return None
    if some == len(given):
        return values.astype(dtype)
    return np.ma.MaskedArray(values.astype(dtype), mask=~given, keep_mask=False, shrink=False)


def _only(ids: Array, given: Array) -> Column:
    """Ids where given, null elsewhere."""
    some = np.count_nonzero(given)
    return None if some == 0 else ids if some == len(given) else np.where(given, ids, b"")


def _user_actions(turn: Turn, rows: Array, ids: Array) -> dict[str, Column]:
    kind = rows["kind"]
    visit = (kind == Kind.VISIT_STARTED) | (kind == Kind.VISIT_ENDED)
    review = kind == Kind.REVIEW_SUBMITTED
    listed = (kind == Kind.RECOMMENDATION_ACCEPTED) | (kind == Kind.RECOMMENDATION_IGNORED)
    somewhere = rows["latitude"] != 0
    lasted = (kind == Kind.SESSION_ENDED) | (kind == Kind.VISIT_ENDED)
    texts = rows["text"]
    return {
        "session_id": _only(ids[2], ~visit),
        "latitude": _masked(rows["latitude"], somewhere, "f4"),
        "longitude": _masked(rows["longitude"], somewhere, "f4"),
        "venue_id": venue_ids(rows["venue"]),
        "query": Coded(np.where(texts > 0, texts, -1).astype(np.int32), turn.events.texts) if texts.any() else None,
        "preferred_time": _masked(rows["when"], rows["when"] > 0, "i8"),
        "party_size": _masked(rows["size"], rows["size"] > 0, "i4"),
        "recommendation_id": _only(ids[3], listed),
        "booking_id": _only(ids[3], visit),
        "visit_id": np.where(review, ids[3], np.where(visit, ids[2], b"")) if (visit | review).any() else None,
        "rating": _masked(rows["value"], review, "i4"),
        "spend_minor": _masked(rows["money"], kind == Kind.VISIT_ENDED, "i8"),
        "duration_seconds": _masked(rows["value"], lasted, "i4"),
    }


def _social(turn: Turn, rows: Array, ids: Array) -> dict[str, Column]:
    kind = rows["kind"]
    group = kind >= Kind.GROUP_FORMED
    invite = (kind >= Kind.INVITE_SENT) & ~group
    answered = (kind == Kind.FRIEND_ACCEPTED) | (invite & (kind != Kind.INVITE_SENT))
    return {
        "other_user_id": user_ids(rows["other"]),
        "invite_id": _only(ids[2], invite),
        "group_id": _only(ids[2], group),
        "member_ids": _members(turn, rows["ref_low"], kind == Kind.GROUP_FORMED),
        "venue_id": venue_ids(rows["venue"]),
        "planned_time": _masked(rows["when"], rows["when"] > 0, "i8"),
        "party_size": _masked(rows["size"], rows["size"] > 0, "i4"),
        "compatibility": _masked(rows["score"], kind == Kind.FRIEND_ACCEPTED, "f4"),
        "latency_seconds": _masked(rows["value"], answered & (kind != Kind.INVITE_EXPIRED), "i4"),
    }


def _members(turn: Turn, key: Array, given: Array) -> Column:
    if not turn.members or not given.any():
        return None
    values = [turn.members.get(low) if ok else None for low, ok in zip(key.tolist(), given.tolist(), strict=True)]
    return pl.Series(values, dtype=pl.String)


def _bookings(turn: Turn, rows: Array, ids: Array) -> dict[str, Column]:
    asked = rows["kind"] == Kind.BOOKING_REQUESTED
    return {
        "venue_id": venue_ids(rows["venue"]),
        "booking_id": ids[2],
        "party_size": _masked(rows["size"], asked, "i4"),
        "start_time": _masked(rows["when"], asked, "i8"),
        "flexibility_minutes": _masked(np.full(len(rows), 30), asked, "i4"),
        "group_id": _only(ids[3], asked),
        "member_ids": _members(turn, rows["ref_low"], asked),
        "created_by": Coded(np.where(asked, 0, -1), ["user"]),
        "reason": Coded(np.where(asked, -1, 0), ["by_user"]),
    }


def _environment(turn: Turn, rows: Array, _ids: Array) -> dict[str, Column]:
    kind, texts = rows["kind"], turn.events.texts
    arenas = turn.town.data.almanac.venues_of_crowds
    weather, traffic = kind == Kind.WEATHER_CHANGED, kind == Kind.TRAFFIC_CHANGED
    gathering = (kind >= Kind.EVENT_SCHEDULED) & (kind <= Kind.EVENT_ENDED)
    placed = gathering & (kind != Kind.EVENT_ENDED)
    own = gathering & (rows["venue"] >= 0)
    arena = np.where(gathering & ~own, rows["value"], -1)
    where = np.array([(a.latitude, a.longitude, a.radius_km, a.crowd) for a in arenas] or [(0.0, 0.0, 0.0, 0)])[arena]
    for place, column in enumerate(("latitude", "longitude", "score", "size")):
        where[own, place] = rows[column][own]
    text = np.where(rows["text"] > 0, rows["text"], -1).astype(np.int32)
    holiday = kind == Kind.HOLIDAY_STARTED
    names = [*texts, *(a.name for a in arenas)]
    kinds = [*HOLIDAY_TYPES, *(a.kind for a in arenas), "promotion", "happy_hour", *own_event_kinds(turn.town.data)]
    promoted = (kind == Kind.PROMOTION_STARTED) | (kind == Kind.PROMOTION_ENDED)
    what = np.where(gathering, len(HOLIDAY_TYPES) + arena, np.where(holiday, rows["value"], -1))
    beyond = len(HOLIDAY_TYPES) + len(arenas)
    what = np.where(promoted, beyond + rows["value"], what)
    what = np.where(own, beyond + 2 + rows["value"], what).astype(np.int32)
    ends = placed | (kind == Kind.PROMOTION_STARTED)
    priced = (kind == Kind.PRICE_CHANGED) | (kind == Kind.VENUE_AVAILABILITY_CHANGED) | (kind == Kind.VENUE_TRENDING)
    return {
        "venue_id": venue_ids(rows["venue"]),
        "condition": Coded(np.where(weather | traffic, text, -1), texts),
        "temperature_c": _masked(rows["score"], weather, "f4"),
        "precipitation_mm": _masked(rows["latitude"], weather, "f4"),
        "wind_kph": _masked(rows["longitude"], weather, "f4"),
        "delay_minutes": _masked(rows["score"], traffic, "f4"),
        "name": Coded(np.where(arena >= 0, len(texts) + arena, np.where(holiday | own, text, -1)), names),
        "kind": Coded(what, kinds),
        "latitude": _masked(where[:, 0], placed, "f4"),
        "longitude": _masked(where[:, 1], placed, "f4"),
        "radius_km": _masked(where[:, 2], placed, "f4"),
        "starts_at": _masked(rows["when"], placed, "i8"),
        "ends_at": _masked(rows["money"], ends, "i8"),
        "crowd": _masked(where[:, 3], placed, "i4"),
        "value": _masked(rows["score"], priced | (kind == Kind.PROMOTION_STARTED), "f8"),
    }


def _ground_truth(turn: Turn, rows: Array, _ids: Array) -> dict[str, Column]:
    window = rows["kind"] == Kind.TRUTH_WINDOW
    names = list(turn.town.data.scenarios)
    text = np.where(window, rows["text"], -1).astype(np.int32)
    return {
        "kind": Coded(np.where(window, 0, 1), ["scenario", "suppressed"]),
        "name": Coded(np.where(window, rows["value"], -1).astype(np.int32), names),
        "starts_at": _masked(rows["when"], window, "i8"),
        "ends_at": _masked(rows["money"], window, "i8"),
        "subject_event_type": Coded(np.where(window, -1, rows["subject"].astype(np.int32)), TYPE_NAMES),
        "venue_id": venue_ids(rows["venue"]),
        "parameters": Coded(text, turn.events.texts),
    }


def _control(turn: Turn, rows: Array, _ids: Array) -> dict[str, Column]:
    return {
        "scenario": Coded(rows["text"].astype(np.int32), turn.events.texts),
        "scenario_phase": Coded(rows["value"].astype(np.int32), PHASES),
    }


_BUILDERS: dict[str, Callable[[Turn, Array, Array], dict[str, Column]]] = {
    "user_actions": _user_actions,
    "social_interactions": _social,
    "bookings": _bookings,
    "environment": _environment,
    "ground_truth": _ground_truth,
    "simulation_control": _control,
}


def _publish_latest(turn: Turn) -> None:
    """Rows of people and venues that changed, once each."""
    for kind, dirty, build in (
        (Kind.USER_UPDATED, turn.dirty_users, user_rows),
        (Kind.VENUE_UPDATED, turn.dirty_venues, venue_rows),
    ):
        if dirty:
            index = np.unique(np.concatenate(dirty))
            turn.outputs.append(build(turn.town, turn.state, index, latest_columns(turn, kind, index, turn.tick + 1)))


def latest_columns(turn: Turn, kind: Kind, index: Array, when: int) -> dict[str, Column]:
    """Common columns of a compacted topic's rows."""
    high, low = turn.town.ids.of(int(kind), index, when)
    return _common(turn, np.full(len(index), turn.start)) | {
        "event_id": printed(high, low),
        "event_type": TYPE_NAMES[kind],
    }

"""Events that people inject: checked against the contracts, kept until their time, labelled as external causes.

Only what happens in the city can be triggered, and only what the simulator itself says: an outcome of another service
would be a lie. A triggered event goes out at the start of its tick, so that no key's time goes back.
"""

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from difflib import get_close_matches

import numpy as np

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.felt import TIMED, check, completed, feel, midnight
from services.simulator.domain.ids import printed
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn
from services.simulator.domain.weather_orders import USUAL_HOURS, hours_of, weather_of, weather_of_kind
from streamkit.records import Outgoing
from streamkit.topic import EventType, Topic

CHANNELS = ("user_actions", "social_interactions", "bookings", "environment")
"""Topics of what happens in the city; the truth about it and the machinery are not to be made up."""

OWN_ID = {
    "session.started": "session_id", "visit.started": "visit_id", "invite.sent": "invite_id",
    "group.formed": "group_id", "booking.requested": "booking_id",
}  # fmt: skip
"""Events that name a thing after themselves."""

HOURS = "hours"
"""In the payload of weather and traffic: how long it holds. No column."""

_LABELLING = ("booking.requested", "special_event.scheduled", "special_event.started")
"""Events of which single records follow: these carry the label. What others change is the state of the city."""
_MOST_LABELLING = 30_000
"""Of the 32,767 causes that a column can tell apart; the others are left to scenarios."""
_KIND = 250
"""Stands for a kind in the ids of triggered events; no kind has this number."""
_ENTITIES = {"user_id": "u", "other_user_id": "u", "venue_id": "v"}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_TEXT = 1_000
_WHOLE = {"int": 31, "long": 63}
_BEYOND_COMMON = ("user_id",)


def trigger(turn: Turn, place: int, parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Accept command number ``place`` of this tick; the answer names its event.

    Raises:
        RefusedError: The event is unknown, another service's, incomplete, or of the past.

    """
    topic, event = _event(turn, parameters)
    due = _due(turn, parameters.get("simulation_time"))
    high, low = turn.town.ids.of(_KIND, np.array([place, place]), turn.tick + 1, np.array([0, 1]))
    own, truth = (name.decode() for name in printed(high, low).tolist())
    payload = parameters.get("payload") or {}
    if not isinstance(payload, Mapping):
        raise RefusedError("payload must map columns to values")
    hours = USUAL_HOURS
    if event.name in TIMED:
        hours = hours_of(payload.get(HOURS, USUAL_HOURS))
        payload = {name: value for name, value in payload.items() if name != HOURS}
    if event.name == "weather.changed":
        weather_of(payload.get("condition"), hours)
    row = _row(turn, topic, event, {**payload, **_named(parameters)}, own)
    check(turn, event.name, row)
    if event.name in _LABELLING and turn.state.numbers["next_cause"] + len(turn.state.queue) >= _MOST_LABELLING:
        raise RefusedError(f"the city has {_MOST_LABELLING:,} causes already, and labels no more of them")
    what = {"topic": topic.name, "event_id": own, "cause_id": truth, "event_type": event.name, "columns": row}
    what[HOURS] = hours
    queue = [*turn.state.queue, (due, json.dumps(what, sort_keys=True).encode())]
    turn.state.queue = tuple(sorted(queue, key=lambda entry: entry[0]))
    when = turn.town.time_of((due - turn.town.config.start) // turn.town.tick_us)
    return {"event_id": own, "channel": topic.name, "simulation_time": _iso(when), "queued": due >= turn.end}


def release(turn: Turn) -> None:
    """Let happen what is due in this tick."""
    due = [what for when, what in turn.state.queue if when < turn.end]
    if not due:
        return
    turn.state.queue = turn.state.queue[len(due) :]
    for what in map(json.loads, due):
        columns = what["columns"]
        common = _common(turn) | {"event_id": what["event_id"], "event_type": what["event_type"]}
        follows = what.get("follows")
        if follows is None:
            turn.outputs.append(_truth(turn, what))
            if what["event_type"] in _LABELLING:
                what["cause"] = turn.state.name_cause(what["cause_id"])
        feel(turn, what)
        row = columns | common | {"cause_id": what["cause_id"], "correlation_id": follows}
        turn.outputs.append(Outgoing.from_rows(what["topic"], [row]))


def _named(parameters: Mapping[str, object]) -> dict[str, object]:
    """Person and place, which stand beside the payload."""
    return {name: parameters[name] for name in ("user_id", "venue_id") if parameters.get(name) is not None}


def _event(turn: Turn, parameters: Mapping[str, object]) -> tuple[Topic, EventType]:
    topics = {name: turn.town.data.topics[name] for name in CHANNELS if name in turn.town.data.topics}
    name, channel = str(parameters.get("event_type")), parameters.get("channel")
    if channel is not None and channel not in topics:
        raise RefusedError(f"nothing can be triggered on {channel!r}{_near(str(channel), topics)}")
    known = {event.name: (topic, event) for topic in topics.values() for event in topic.events.values()}
    if name not in known:
        raise RefusedError(f"no event {name!r}{_near(name, known)}")
    topic, event = known[name]
    if channel not in {None, topic.name}:
        raise RefusedError(f"{name} is told on {topic.name}, not on {channel}")
    if "simulator" not in event.producers:
        raise RefusedError(f"{name} is for {', '.join(event.producers)} to say; it cannot be triggered")
    return topic, event


def _due(turn: Turn, moment: object) -> int:
    if moment is None:
        return turn.start
    try:
        when = datetime.fromisoformat(str(moment))
        due = (when - _EPOCH) // timedelta(microseconds=1)
    except (ValueError, TypeError) as error:
        raise RefusedError(f"simulation_time {moment!r} is no moment with a time zone") from error
    if due < turn.start:
        raise RefusedError(f"simulation_time {_iso(due)} has gone by; it is {_iso(turn.start)}")
    return due


def _row(turn: Turn, topic: Topic, event: EventType, payload: Mapping[str, object], own: str) -> dict[str, object]:
    """Columns beside the common ones, of the types of their schema."""
    kinds = {column["name"]: _kind(column["type"]) for column in topic.schema["fields"]}
    open_columns = [name for name in kinds if name not in _common(turn) or name in _BEYOND_COMMON]
    row: dict[str, object] = {}
    for name, value in payload.items():
        if name not in open_columns:
            raise RefusedError(f"{event.name} has no column {name!r} to set{_near(str(name), open_columns)}")
        row[name] = _typed(str(name), value, kinds[name])
        if name in _ENTITIES:
            _known(turn, str(name), str(value))
    row = {name: value for name, value in row.items() if value is not None}
    if event.name in OWN_ID:
        row[OWN_ID[event.name]] = own
    for name, value in _defaults(turn, event, row).items():
        row.setdefault(name, value)
    missing = [name for name in dict.fromkeys((*event.sets, topic.key)) if name not in row and name in open_columns]
    if missing:
        raise RefusedError(f"{event.name} needs {', '.join(missing)}")
    return row


def _defaults(turn: Turn, event: EventType, row: Mapping[str, object]) -> dict[str, object]:
    """What the city knows of the person and the place."""
    found: dict[str, object] = completed(turn, event.name, row)
    users, venues = turn.state.users, turn.state.venues
    if "created_by" in event.sets:
        found["created_by"] = "user"
    if event.name == "weather.changed":
        kind = CONDITIONS.index(str(row["condition"]))
        names = ("temperature_c", "precipitation_mm", "wind_kph")
        found |= dict(zip(names, weather_of_kind(turn, kind)[1:].tolist(), strict=True))
    if "user_id" in row:
        user = int(str(row["user_id"])[1:])
        found["latitude"] = float(users["home_latitude"][user])
        found["longitude"] = float(users["home_longitude"][user])
        if users["session_end"][user] > 0:
            high, low = users["session_high"][[user]], users["session_low"][[user]]
            found["session_id"] = printed(high, low)[0].decode()
    if "venue_id" in row:
        venue = int(str(row["venue_id"])[1:])
        found |= {"latitude": float(venues["latitude"][venue]), "longitude": float(venues["longitude"][venue])}
    return {name: value for name, value in found.items() if name in event.sets}


def _known(turn: Turn, column: str, name: str) -> None:
    letter = _ENTITIES[column]
    count = turn.state.users.count if letter == "u" else turn.state.venues.count
    if name[:1] != letter or not name[1:].isdigit() or int(name[1:]) >= count:
        raise RefusedError(f"{column}: there is no {name}")


def _kind(declared: object) -> str:
    """The type of a column without its null branch: an Avro primitive, or ``timestamp``."""
    options = declared if isinstance(declared, list) else [declared]
    kind = next(option for option in options if option != "null")
    return "timestamp" if isinstance(kind, Mapping) else str(kind)


def _typed(name: str, value: object, kind: str) -> object:
    """A value as its column takes it; None stays None."""
    if value is None:
        return None
    if kind == "timestamp":
        if isinstance(value, str):
            try:
                return (datetime.fromisoformat(value) - _EPOCH) // timedelta(microseconds=1)
            except (ValueError, TypeError) as error:
                raise RefusedError(f"{name}: {value!r} is no moment with a time zone") from error
        kind = "long"
    whole = isinstance(value, int) and not isinstance(value, bool)
    if kind in _WHOLE:
        good = whole and -(2 ** _WHOLE[kind]) <= int(str(value)) < 2 ** _WHOLE[kind]
    elif kind == "boolean":
        good = isinstance(value, bool)
    elif kind in {"float", "double"}:
        good = whole or (isinstance(value, float) and math.isfinite(value))
    else:
        good = isinstance(value, str) and len(value) <= _LONGEST_TEXT
    if not good:
        raise RefusedError(f"{name} must be of type {kind}, not {value!r}")
    return float(str(value)) if kind in {"float", "double"} else value


def _truth(turn: Turn, what: Mapping[str, object]) -> Outgoing:
    row = _common(turn) | {
        "event_id": what["cause_id"],
        "event_type": "truth.external_event",
        "cause_id": what["cause_id"],
        "kind": "external_event",
        "name": what["event_type"],
        "starts_at": turn.start,
        "ends_at": _over(turn, what),
        "subject_event_id": what["event_id"],
        "subject_event_type": what["event_type"],
        "subject_topic": what["topic"],
    }
    return Outgoing.from_rows("ground_truth", [row])


def _over(turn: Turn, what: Mapping[str, object]) -> int:
    """When what was triggered is over: what it says itself, its hours, midnight of a holiday; else its tick."""
    columns, name = what["columns"], what["event_type"]
    assert isinstance(columns, Mapping)
    if name == "holiday.started":
        return midnight(turn)
    if name in TIMED:
        return turn.start + int(float(str(what[HOURS])) * HOUR)
    return max(turn.end, int(str(columns.get("ends_at", turn.end))))


def _common(turn: Turn) -> dict[str, object]:
    who = turn.town.identity
    return {
        "event_id": "", "event_type": "", "run_id": who.run_id, "branch": who.branch, "simulation_time": turn.start,
        "world": who.world, "city": who.city, "source": "simulator", "correlation_id": None, "cause_id": None,
    }  # fmt: skip


def _iso(moment: int) -> str:
    return (_EPOCH + timedelta(microseconds=moment)).isoformat()


def _near(word: str, valid: Mapping[str, object] | list[str]) -> str:
    found = get_close_matches(word, list(valid), n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; there are: {', '.join(valid)}"

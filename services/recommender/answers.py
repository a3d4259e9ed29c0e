"""Answers to the requests that the recommender owns. A bad question is answered with its reason, never raised."""

import datetime as dt
import json
from collections.abc import Callable, Mapping
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from pydantic import ValidationError

from services.recommender import publishing
from services.recommender.cities import Cities
from services.recommender.domain.groups import Group, meet
from services.recommender.domain.meals import meals_between
from services.recommender.domain.people import suggest
from services.recommender.domain.scene import Scene, scene_of
from services.recommender.domain.state import CityState
from services.recommender.domain.venues import Moment, Wanted, recommend
from services.recommender.domain.weights import Weights
from services.recommender.questions import ForGroup, ForUser, Interest, VenuesForUser
from streamkit.frames import where
from streamkit.processor import Output
from streamkit.records import Outgoing

Row = Mapping[str, object]

DAY_US = 86_400_000_000
FURTHEST_DAYS = 60
"""How far ahead recommendations and interests are taken: nothing is known of later days (a choice)."""


class Rejected(Exception):  # noqa: N818 - an answer, not a fault
    """The question cannot be answered; the message says why, ``status`` how the reply names it."""

    def __init__(self, reason: str, status: str = "rejected") -> None:
        super().__init__(reason)
        self.status = status


class Asked(NamedTuple):
    """A question with what it is answered from."""

    city: CityState
    weights: Weights
    request: Row
    parameters: object
    rerank: bool
    scenes: dict[int, Scene]
    """Scenes of the moments asked for so far: nothing changes in the city while a batch of requests is answered."""


Answer = tuple[object, list[Output]]


def answer(cities: Cities, weights: Weights, requests: pl.DataFrame, wall_us: int, *, rerank: bool) -> list[Output]:
    """Replies to every request of the frame that names the recommender as its owner and is not past its deadline."""
    outputs: list[Output] = []
    replies: list[Row] = []
    scenes: dict[int, Scene] = {}
    ours = where(requests, [owner == "recommender" for owner in requests["owner"].to_list()])
    for request in ours.iter_rows(named=True):
        if request["deadline"] < wall_us:
            continue
        try:
            payload, led_to = _answer_one(cities, weights, request, scenes, rerank=rerank)
        except Rejected as rejected:
            replies.append(publishing.reply(request, wall_us, rejected.status, str(rejected)))
            continue
        outputs += led_to
        replies.append(publishing.reply(request, wall_us, "ok", payload=payload))
    if replies:
        outputs.append(Outgoing.from_rows("replies", replies))
    return outputs


def _answer_one(
    cities: Cities, weights: Weights, request: Row, scenes: dict[int, Scene], *, rerank: bool
) -> Answer:  # fmt: skip
    city = cities.latest
    if city is None:
        raise Rejected("no city has begun yet")
    kinds: dict[str, Callable[[Asked], Answer]] = {
        "recommendations.personal": _personal,
        "recommendations.venues": _venues,
        "recommendations.people": _people,
        "recommendations.group": _group,
        "interest.express": _interest,
    }
    kind = str(request["kind"])
    if kind not in kinds:
        raise Rejected(f"unknown kind {kind!r}; the recommender answers {', '.join(kinds)}")
    try:
        parameters = json.loads(str(request["parameters"] or "{}"))
        return kinds[kind](Asked(city, weights, request, parameters, rerank, scenes))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise Rejected(f"{field}: {first['msg']}") from error
    except json.JSONDecodeError as error:
        raise Rejected(f"parameters are not JSON: {error}") from error


def _known(city: CityState, user_id: str) -> int:
    row = city.people.known(user_id)
    if row is None:
        raise Rejected(f"unknown user {user_id!r}", "not_found")
    return row


def _time(city: CityState, asked: dt.datetime | None, field: str) -> int:
    """A time asked for, in µs, or now."""
    if asked is None:
        return city.latest_time
    if asked.tzinfo is None:
        raise Rejected(f"{field}: needs a time zone, for example 2026-06-05T19:30:00-04:00")
    time_us = int(asked.timestamp() * 1_000_000)
    if time_us < city.latest_time:
        raise Rejected(f"{field}: lies in the simulated past")
    if time_us > city.latest_time + FURTHEST_DAYS * DAY_US:
        raise Rejected(f"{field}: lies more than {FURTHEST_DAYS} days ahead")
    return time_us


def _venues(asked: Asked) -> Answer:
    city, question = asked.city, VenuesForUser.model_validate(asked.parameters)
    return _items(asked, question, _known(city, question.user_id)), []


def _items(asked: Asked, question: VenuesForUser, row: int) -> list[dict[str, object]]:
    city, people = asked.city, asked.city.people
    north, east = question.latitude, question.longitude
    moment = Moment(
        np.array([row]),
        np.array([people["latitude"][row] if north is None else north], dtype=np.float32),
        np.array([people["longitude"][row] if east is None else east], dtype=np.float32),
        _time(city, question.time, "time"),
    )
    scene = asked.scenes.get(moment.time_us)
    if scene is None:
        scene = asked.scenes[moment.time_us] = scene_of(city, asked.weights, moment.time_us, asked=True)
    wanted = Wanted(question.limit, question.radius_km, asked.rerank, asked=True)
    picks = recommend(city, asked.weights, moment, wanted, scene)
    version = asked.weights.model_version
    return [
        {
            **publishing.venue_item(city.places, pick),
            "name": city.places.names[pick.venue],
            "model_version": version,
        }
        for pick in picks
    ]


def _people(asked: Asked) -> Answer:
    question = ForUser.model_validate(asked.parameters)
    return _matches(asked, question.limit, _known(asked.city, question.user_id)), []


def _matches(asked: Asked, limit: int, row: int) -> list[dict[str, object]]:
    people = asked.city.people
    return [
        {
            **publishing.person_item(people, match, rank),
            "activity_match": match.activity_match,
            "openness": match.openness,
            "name": people.names[match.other],
        }
        for rank, match in enumerate(suggest(asked.city, asked.weights, row, limit), start=1)
    ]


def _personal(asked: Asked) -> Answer:
    """Venues and people in one answer."""
    question = VenuesForUser.model_validate(asked.parameters)
    row = _known(asked.city, question.user_id)
    return {"venues": _items(asked, question, row), "people": _matches(asked, question.limit, row)}, []


def _group(asked: Asked) -> Answer:
    city, weights = asked.city, asked.weights
    question = ForGroup.model_validate(asked.parameters)
    members = np.array([_known(city, user_id) for user_id in question.user_ids])
    group = Group(
        members,
        _time(city, question.time, "time"),
        question.centre or weights.groups.centre,
        question.radius_km or weights.limits.radius_km,
        weights.groups.fairness if question.fairness is None else question.fairness,
    )
    found = meet(city, weights, group, question.limit, rerank=asked.rerank)
    return [
        {
            "rank": rank,
            "item_kind": "venue",
            "venue_id": city.places.ids[one.venue],
            "name": city.places.names[one.venue],
            "score": one.score,
            "distance_km": one.distance_km,
            "member_scores": dict(zip(question.user_ids, one.member_scores, strict=True)),
            "candidates_considered": one.considered,
            "model_version": weights.model_version,
            "reason_1": f"Mean {sum(one.member_scores) / len(members):.2f}, least happy {min(one.member_scores):.2f}",
            "reason_2": f"{one.distance_km:.1f} km from the middle of the group",
            "reason_3": f"Within the smallest purse (tier {city.places['price_tier'][one.venue]:.0f})",
        }
        for rank, one in enumerate(found, start=1)
    ], []


def _interest(asked: Asked) -> Answer:
    """Publishes the interest as a keyed event of the user first; what it changes follows from that record."""
    city, question = asked.city, Interest.model_validate(asked.parameters)
    _known(city, question.user_id)
    if question.venue_id not in city.places.index:
        raise Rejected(f"unknown venue {question.venue_id!r}", "not_found")
    preferred_us = _time(city, question.preferred_time, "preferred_time")
    if question.preferred_time is None:
        zone, now = ZoneInfo(city.places.time_zone), city.latest_time
        preferred_us = min(time_us for _, time_us in meals_between(asked.weights.pushes, zone, now, now + DAY_US))
    event = {
        **publishing.caused_by(asked.request, "interest.expressed"),
        "user_id": question.user_id,
        "simulation_time": city.latest_time,
        "venue_id": question.venue_id,
        "preferred_time": preferred_us,
    }
    return {"event_id": event["event_id"]}, [Outgoing.from_rows("user_actions", [event])]

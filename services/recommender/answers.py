"""Answers to the requests that the recommender owns. A bad question is answered with its reason, never raised."""

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import polars as pl
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.recommender import publishing
from services.recommender.domain.people import suggest
from services.recommender.domain.state import CityState, Person
from services.recommender.domain.venues import Moment, recommend
from services.recommender.domain.weights import Weights
from streamkit.processor import Output
from streamkit.records import Outgoing

if TYPE_CHECKING:
    from services.recommender.handlers import Cities

Row = Mapping[str, object]


class Rejected(Exception):  # noqa: N818 - an answer, not a fault
    """The question cannot be answered; the message says why, ``status`` how the reply names it."""

    def __init__(self, reason: str, status: str = "rejected") -> None:
        super().__init__(reason)
        self.status = status


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class _ForUser(_Question):
    user_id: str
    limit: int = Field(default=10, ge=1, le=50)
    radius_km: float | None = Field(default=None, gt=0, le=100)


class _ForGroup(_Question):
    user_ids: list[str] = Field(min_length=1, max_length=20)
    limit: int = Field(default=10, ge=1, le=50)
    radius_km: float | None = Field(default=None, gt=0, le=100)


class _Interest(_Question):
    user_id: str
    venue_id: str
    preferred_time: dt.datetime


def answer(cities: "Cities", weights: Weights, requests: pl.DataFrame, wall_us: int) -> list[Output]:
    """Replies to every request of the frame that names the recommender as its owner and is not past its deadline."""
    outputs: list[Output] = []
    replies: list[Row] = []
    for request in requests.filter(pl.col("owner") == "recommender").iter_rows(named=True):
        if request["deadline"] < wall_us:
            continue
        try:
            payload, led_to = _answer_one(cities, weights, request)
        except Rejected as rejected:
            replies.append(publishing.reply(request, wall_us, rejected.status, str(rejected)))
            continue
        outputs += led_to
        replies.append(publishing.reply(request, wall_us, "ok", payload=payload))
    if replies:
        outputs.append(Outgoing.from_rows("replies", replies))
    return outputs


def _answer_one(cities: "Cities", weights: Weights, request: Row) -> tuple[object, list[Output]]:
    city = cities.latest
    if city is None:
        raise Rejected("no city has begun yet")
    kinds: dict[str, Callable[[CityState, Weights, Row, object], tuple[object, list[Output]]]] = {
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
        return kinds[kind](city, weights, request, parameters)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise Rejected(f"{field}: {first['msg']}") from error
    except json.JSONDecodeError as error:
        raise Rejected(f"parameters are not JSON: {error}") from error


def _known(city: CityState, user_id: str) -> Person:
    person = city.people.get(user_id)
    if person is None:
        raise Rejected(f"unknown user {user_id!r}", "not_found")
    return person


def _moment(city: CityState, people: Sequence[Person]) -> Moment:
    return Moment(
        people,
        np.array([person.latitude for person in people], dtype=np.float32),
        np.array([person.longitude for person in people], dtype=np.float32),
        np.full(len(people), city.latest_time, dtype=np.int64),
    )


def _venues(city: CityState, weights: Weights, _: Row, parameters: object) -> tuple[object, list[Output]]:
    question = _ForUser.model_validate(parameters)
    person = _known(city, question.user_id)
    picks = recommend(city, weights, _moment(city, [person]), question.limit, question.radius_km)
    places = city.places.columns
    return [{**publishing.venue_item(places, pick), "name": places.names[pick.venue]} for pick in picks], []


def _people(city: CityState, weights: Weights, _: Row, parameters: object) -> tuple[object, list[Output]]:
    question = _ForUser.model_validate(parameters)
    matches = suggest(city, weights, _known(city, question.user_id), question.limit)
    return [
        {**publishing.person_item(match, rank), "name": match.other.name} for rank, match in enumerate(matches, start=1)
    ], []


def _group(city: CityState, weights: Weights, _: Row, parameters: object) -> tuple[object, list[Output]]:
    """Venues around the centroid of the members, ranked by the mean score, the least happy member counting double."""
    question = _ForGroup.model_validate(parameters)
    people = [_known(city, user_id) for user_id in question.user_ids]
    here = _moment(city, people)
    centre = Moment(
        people, np.full_like(here.latitude, here.latitude.mean()), np.full_like(here.longitude, here.longitude.mean()),
        here.times_us,
    )  # fmt: skip
    places = city.places.columns
    scores = np.zeros((len(people), len(places.ids)))
    found = {}
    for pick in recommend(city, weights, centre, len(places.ids), question.radius_km):
        scores[pick.user, pick.venue] = pick.score
        found[pick.venue] = pick
    joint = (scores.sum(axis=0) + scores.min(axis=0)) / (len(people) + 1)
    best = np.argsort(-joint, kind="stable")[: question.limit].tolist()
    return [
        {
            **publishing.venue_item(places, found[venue]),
            "name": places.names[venue],
            "rank": rank,
            "score": float(joint[venue]),
            "member_scores": dict(zip(question.user_ids, scores[:, venue].tolist(), strict=True)),
        }
        for rank, venue in enumerate(best, start=1)
        if venue in found
    ], []


def _interest(city: CityState, _: Weights, request: Row, parameters: object) -> tuple[object, list[Output]]:
    """Publishes the interest as a keyed event of the user first; what it changes follows from that record."""
    question = _Interest.model_validate(parameters)
    _known(city, question.user_id)
    if question.venue_id not in city.places.index:
        raise Rejected(f"unknown venue {question.venue_id!r}", "not_found")
    if question.preferred_time.tzinfo is None:
        raise Rejected("preferred_time: needs a time zone, for example 2026-06-05T19:30:00-04:00")
    preferred_us = int(question.preferred_time.timestamp() * 1_000_000)
    if preferred_us < city.latest_time:
        raise Rejected("preferred_time: lies in the simulated past")
    event = {
        **publishing.caused_by(request, "interest.expressed"),
        "user_id": question.user_id,
        "simulation_time": city.latest_time,
        "venue_id": question.venue_id,
        "preferred_time": preferred_us,
    }
    return {"event_id": event["event_id"]}, [Outgoing.from_rows("user_actions", [event])]

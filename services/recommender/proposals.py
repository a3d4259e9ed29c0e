"""What is proposed unasked: venues at session starts and before meals, people to whoever looks at friends."""

from collections.abc import Sequence
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl

from services.recommender import publishing
from services.recommender.domain.clock import day_of
from services.recommender.domain.meals import hungry, meals_between, note_list
from services.recommender.domain.people import suggest
from services.recommender.domain.places import Ints
from services.recommender.domain.state import CityState
from services.recommender.domain.venues import Moment, Pick, Wanted, recommend
from services.recommender.domain.weights import Weights
from services.recommender.publishing import Row, Told

HOUR_US = 3_600_000_000


def venues_at_sessions(city: CityState, weights: Weights, sessions: pl.DataFrame, *, rerank: bool) -> list[Told]:
    """A list of venues for everybody whose session starts in this minute, unless they were shown enough that day."""
    if sessions.is_empty() or not len(city.places):
        return []
    people, zone = city.people, ZoneInfo(city.places.time_zone)
    triggers = sessions.select(*publishing.TRIGGER, "latitude", "longitude").to_dicts()
    day = day_of(int(triggers[0]["simulation_time"]), zone)
    rows = [people.meet(str(trigger["user_id"])) for trigger in triggers]
    told_day, told_lists, told_at = people["told_day"], people["told_lists"], people["told_at"]
    shown: list[tuple[int, Row]] = []
    for row, trigger in zip(rows, triggers, strict=True):
        if trigger["latitude"] is not None and trigger["longitude"] is not None:
            people.place(row, float(trigger["latitude"]), float(trigger["longitude"]))
        if told_day[row] == day and told_lists[row] >= weights.pushes.lists_a_day:
            continue
        trigger["simulation_time"] = time_us = max(int(trigger["simulation_time"]), int(told_at[row]))
        note_list(people, row, day, time_us)
        shown.append((row, trigger))
    if not shown:
        return []
    users = np.array([row for row, _ in shown], dtype=np.int64)
    time_us = int(triggers[0]["simulation_time"])
    picks = recommend(city, weights, _moment(city, users, time_us), Wanted(
        weights.limits.items_at_session_start, rerank=rerank, explore=True
    ))  # fmt: skip
    return _told(city, weights, [trigger for _, trigger in shown], picks, "session_start")


def venues_at_meals(
    city: CityState, weights: Weights, record: Row, last_us: int, now_us: int, *, rerank: bool
) -> list[Told]:
    """Lists of venues for who usually eats out at a meal whose minute has come; ``record`` is any of the telling."""
    if not len(city.places) or not last_us:
        return []
    zone, people = ZoneInfo(city.places.time_zone), city.people
    told: list[Told] = []
    for meal, time_us in meals_between(weights.pushes, zone, last_us, now_us):
        day = day_of(time_us, zone)
        rows = hungry(people, weights.pushes, weights.pushes.meals[meal], day)
        triggers = []
        for row in rows.tolist():
            at = max(time_us, int(people["told_at"][row]))
            people["meal_day"][row] = day
            note_list(people, row, day, at)
            triggers.append(publishing.at_meal(record, people.ids[row], meal, day, at))
        wanted = Wanted(weights.pushes.items, rerank=rerank, explore=True)
        picks = recommend(city, weights, _moment(city, rows, time_us), wanted)
        told += _told(city, weights, triggers, picks, "meal_time")
    return told


def people_at_checks(city: CityState, weights: Weights, checks: pl.DataFrame) -> list[Told]:
    """A list of people for everybody who looks at friends, once in a while."""
    limits, people, found = weights.limits, city.people, []
    for row in checks.iter_rows(named=True):
        person = people.meet(row["user_id"])
        if row["simulation_time"] - int(people["shown_people_at"][person]) < limits.people_every_hours * HOUR_US:
            continue
        matches = suggest(city, weights, person, limits.people_per_suggestion)
        if matches:
            time_us = max(int(row["simulation_time"]), int(people["told_at"][person]))
            people["shown_people_at"][person] = people["told_at"][person] = time_us
            found.append(({**row, "simulation_time": time_us}, matches))
    return publishing.people_lists(found, people, weights.model_version)


def _moment(city: CityState, rows: Ints, time_us: int) -> Moment:
    return Moment(rows, city.people["latitude"][rows], city.people["longitude"][rows], time_us)


def _told(city: CityState, weights: Weights, triggers: Sequence[Row], picks: Sequence[Pick], why: str) -> list[Told]:
    return publishing.venue_lists(triggers, why, city.places, picks, weights.model_version)

"""Who is told of places before lunch or dinner: people who usually eat out then, once a day, and not too much."""

from zoneinfo import ZoneInfo

import numpy as np

from services.recommender.domain.clock import local_time
from services.recommender.domain.crowd import LIFECYCLES, Crowd
from services.recommender.domain.opening import DAY
from services.recommender.domain.places import Ints
from services.recommender.domain.weights import MealHours, Pushes

ACTIVE = LIFECYCLES.index("active")
MINUTE_US = 60_000_000


def meals_between(pushes: Pushes, zone: ZoneInfo, last_us: int, now_us: int) -> list[tuple[str, int]]:
    """Meals whose minute came after one simulated time and up to another, with that time; at most a day's."""
    moment = local_time(now_us, zone)
    midnight = now_us // MINUTE_US - (moment.hour * 60 + moment.minute)
    due = []
    for day in (midnight - DAY, midnight):
        for name, meal in pushes.meals.items():
            time_us = (day + meal.minute) * MINUTE_US
            if max(last_us, now_us - DAY * MINUTE_US) < time_us <= now_us:
                due.append((name, time_us))
    return sorted(due, key=lambda one: one[1])


def hungry(people: Crowd, pushes: Pushes, meal: MealHours, day: int) -> Ints:
    """Rows of the people to tell: active, eating out at these hours often enough, not told of a meal that day."""
    hours = people["hours"]
    at_meal = np.add.reduce(hours[:, meal.from_hour : meal.to_hour], axis=1, dtype=np.int64)
    share = at_meal / np.maximum(np.add.reduce(hours, axis=1, dtype=np.int64), 1)
    usual = (at_meal >= pushes.least_meals) & (share >= pushes.least_share)
    free = people["known"] & (people["lifecycle"] == ACTIVE) & (people["meal_day"] != day)
    room = (people["told_day"] != day) | (people["told_lists"] < pushes.lists_a_day)
    return np.flatnonzero(usual & free & room)


def note_list(people: Crowd, row: int, day: int, time_us: int) -> None:
    """Count a list of venues that somebody was shown."""
    if people["told_day"][row] != day:
        people["told_day"][row], people["told_lists"][row] = day, 0
    people["told_lists"][row] += 1
    people["told_at"][row] = max(int(people["told_at"][row]), time_us)

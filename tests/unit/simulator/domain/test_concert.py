"""People dine around the arena before the concert and after it: one evening, told with the concert and without it."""

from datetime import datetime

import polars as pl
import pytest

from tests.unit.simulator.domain.neighbours import data
from tests.unit.simulator.domain.test_scenarios import TIMES, of, told

SCENARIO, NEAR_KM = "concert_night", 1.5
START = int(datetime.fromisoformat(TIMES[SCENARIO]).timestamp()) * 1_000_000
USERS = {"before": 4_000, "after": 1_200}
"""Few are out yet in the first hour and a half of a city: more people make up for it."""

TIMES_MORE = {"before": 2, "after": 5}
"""More after it: then people also come to tables that they asked for during the concert."""


def people_come() -> dict[str, tuple[int, int]]:
    """Minutes between which the scenario's file sends people out: before the concert, and after it.

    What is after it ends where another scenario may follow, which would draw people too.
    """
    scenario = data().scenarios[SCENARIO]
    (next_begins,) = (int(cascade.after_minutes) for cascade in scenario.cascades)
    before, after = (
        (int(each.from_minutes), int(next_begins if each.until_minutes is None else each.until_minutes))
        for each in scenario.modifiers
        if each.target == "walk_ins" and each.value > 1.0
    )
    return {"before": before, "after": after}


def visits(part: str) -> dict[str, tuple[int, int]]:
    """Visits begun before the concert or after it, near the arena and far: with the concert and without it."""
    first, last = people_come()[part]
    minute = (pl.col("time") - START) / 60_000_000
    with_it, without = (
        of(told(SCENARIO, happens=happens, minutes=last, users=USERS[part]), "visit.started").filter(minute >= first)
        for happens in (True, False)
    )
    areas = {"near": pl.col("km") < NEAR_KM, "far": pl.col("km") >= NEAR_KM}
    return {area: (with_it.filter(there).height, without.filter(there).height) for area, there in areas.items()}


def test_people_come_out_before_the_concert_and_again_when_it_is_over() -> None:
    parts = people_come()
    assert 0 == parts["before"][0] < parts["before"][1] < parts["after"][0] < parts["after"][1]


@pytest.mark.parametrize("part", ["before", "after"])
def test_near_the_arena_more_people_dine_before_the_concert_and_after_it(part: str) -> None:
    seen = visits(part)
    (near, near_else), (far, far_else) = seen["near"], seen["far"]
    assert near > 15, seen
    assert near > TIMES_MORE[part] * near_else, seen
    assert near * max(far_else, 1) > far * max(near_else, 1), "the area gains more than the rest of the city"

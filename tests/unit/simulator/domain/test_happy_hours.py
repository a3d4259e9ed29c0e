"""Happy hours belong to venues: drawn by the world's shares, kept at their hours, told on the venue's row."""

from collections import defaultdict
from dataclasses import replace
from functools import cache
from typing import NamedTuple

import numpy as np
import pytest

from services.simulator.domain import dynamics
from services.simulator.domain.calendar import DAY, HOUR, weekday_of
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.events import Kind
from services.simulator.domain.venues import HAPPY_HOUR, NO_PROMOTION
from tests.unit.simulator.domain.many import many_venues, within
from tests.unit.simulator.domain.neighbours import START, data, make_city
from tests.unit.simulator.domain.watched import MINUTE, Watched, iso

VENUES = 300
CATEGORIES = list(data().world.categories)
RATES = data().world.dynamics.happy_hours
WEEK = 7


@pytest.mark.parametrize("name", CATEGORIES)
def test_venues_of_a_category_have_happy_hours_as_the_world_says(name: str) -> None:
    made = many_venues()
    of_kind = made["category"] == CATEGORIES.index(name)
    keeps = of_kind & (made["happy_days"] > 0)
    columns = {column: made[f"happy_{column}"][keeps] for column in ("from", "until", "days", "percent")}
    assert not any(made[f"happy_{column}"][of_kind & ~keeps].any() for column in columns)
    rates = RATES.get(name)
    if rates is None:
        assert not keeps.any()
        return
    count = int(keeps.sum())
    assert within(keeps.sum() / of_kind.sum(), rates.share, int(of_kind.sum()))
    assert set(columns["percent"].tolist()) == {round(100 * rates.discount)}
    for found, weights in ((columns["from"], rates.starts), (columns["until"] - columns["from"], rates.hours)):
        assert set(found.tolist()) == set(weights)
        assert all(within((found == k).mean(), w / sum(weights.values()), count) for k, w in weights.items())
    for day, share in enumerate(rates.weekdays):
        assert within((columns["days"] >> day & 1).mean(), share, count)


class Spell(NamedTuple):
    """A promotion of a venue, in local time."""

    weekday: int
    start_hour: int
    length_hours: float
    percent: int
    happy: bool


@cache
def _week() -> tuple[City, dict[int, list[Spell]]]:
    """What a city full of promotions tells in seven days from midnight on: by venue what began and ended."""
    world = replace(data().world, dynamics=replace(data().world.dynamics, promotions_per_day=2.0))
    config = CityConfig(users=5, venues=VENUES, start=START + 6 * HOUR)
    city = City(config, 5, Identity("run", 0, "dining", "new_york"), replace(data(), world=world))
    told: dict[int, list[Spell]] = defaultdict(list)
    begun: dict[int, tuple[int, bool, int]] = {}
    for tick in range(0, WEEK * 1440 + 15, 15):
        turn = city._turn(tick, (), ())
        dynamics.advance(turn)
        for row in sorted(turn.events.rows(), key=lambda row: row["kind"] != Kind.PROMOTION_ENDED):
            venue, happy = int(row["venue"]), bool(row["value"])
            if row["kind"] == Kind.PROMOTION_STARTED:
                assert venue not in begun, "one began while one was on"
                begun[venue] = (turn.start, happy, round(float(row["score"])))
                assert turn.state.venues["discount"][venue] == pytest.approx(row["score"] / 100)
            elif row["kind"] == Kind.PROMOTION_ENDED:
                since, kind, percent = begun.pop(venue)
                assert happy == kind, "it ends as what it began"
                local = np.array([city._town.local.to_local(np.array([since]))[0]])
                told[venue].append(
                    Spell(
                        int(weekday_of(local)[0]),
                        int(local[0] % DAY // HOUR),
                        (int(row["time"]) - since) / HOUR,
                        percent,
                        happy,
                    )
                )
    assert not begun
    return city, told


def test_a_venue_keeps_its_happy_hours_on_its_weekdays_and_at_no_other_time() -> None:
    city, told = _week()
    venues = city._state.venues
    keepers = np.flatnonzero(venues["happy_days"])
    assert len(keepers) > 15
    for venue in range(VENUES):
        first, last = int(venues["happy_from"][venue]), int(venues["happy_until"][venue])
        expected = {
            Spell(day, first, last - first, int(venues["happy_percent"][venue]), happy=True)
            for day in range(WEEK)
            if venues["happy_days"][venue] >> day & 1
        }
        happy = [spell for spell in told[venue] if spell.happy]
        assert set(happy) == expected
        assert len(happy) == len(expected)


def test_other_promotions_leave_room_for_happy_hours() -> None:
    city, told = _week()
    rates = city._town.data.world.dynamics
    others = [spell for venue in np.flatnonzero(city._state.venues["happy_days"]) for spell in told[int(venue)]]
    others = [spell for spell in others if not spell.happy]
    assert others, "who has happy hours gives other discounts, too"
    assert {spell.length_hours for spell in others} == {rates.promotion_length_hours}
    assert {spell.start_hour for spell in others} <= set(rates.promotion_hours)


def test_the_row_of_a_venue_tells_its_happy_hours_and_what_is_on() -> None:
    start = START - 70 * MINUTE
    watched = Watched(make_city(20, venues=VENUES, start=start))
    venues = watched.city._state.venues
    keepers = np.flatnonzero((venues["happy_from"] == 17) & (venues["happy_until"] == 19))
    assert len(keepers) >= 3
    assert not venues["promotion"].any()
    watched.run(15)
    rows = [watched.rows("venues").filter(venue_id=f"v{venue:05d}").row(-1, named=True) for venue in keepers]
    ends = START + 60 * MINUTE
    for venue, row in zip(keepers, rows, strict=True):
        percent = float(venues["happy_percent"][venue])
        days = [venues["happy_days"][venue] >> day & 1 for day in range(WEEK)]
        assert row["happy_hours"] == ",".join("1020-1140" if day else "-" for day in days)
        assert (row["happy_hour_discount"], row["price_level"]) == (percent, pytest.approx(1.0, abs=0.4))
        assert (row["promotion"], row["discount"], row["promotion_ends_at"]) == ("happy_hour", percent, ends)
    watched.run(120)
    for venue in keepers:
        row = watched.rows("venues").filter(venue_id=f"v{venue:05d}").row(-1, named=True)
        assert (row["promotion"], row["discount"], row["promotion_ends_at"]) == (None, 0.0, None)
        assert row["happy_hours"] is not None
    nobody = int(np.flatnonzero(venues["happy_days"] == 0)[0])
    watched.order("trigger", {"event_type": "venue.trending", "payload": {"value": 1}, "venue_id": f"v{nobody:05d}"})
    row = watched.rows("venues").filter(venue_id=f"v{nobody:05d}").row(-1, named=True)
    assert (row["happy_hours"], row["happy_hour_discount"]) == (None, None)


def test_prices_and_promotions_that_somebody_orders_are_on_the_row() -> None:
    watched = Watched(make_city(20, venues=30))
    venues = watched.city._state.venues

    def row(event: str, **payload: object) -> dict[str, object]:
        asked = {"event_type": event, "venue_id": "v00003", "payload": payload}
        assert watched.order("trigger", asked).accepted
        return watched.rows("venues").filter(venue_id="v00003").row(-1, named=True)

    tier = int(venues["price"][3])
    assert row("price.changed", value=1.25 * tier)["price_level"] == pytest.approx(1.25)
    ends = START + 90 * MINUTE
    on = row("promotion.started", kind="happy_hour", value=20, ends_at=iso(ends))
    assert (on["promotion"], on["discount"], on["promotion_ends_at"]) == ("happy_hour", 20.0, ends)
    assert venues["promotion"][3] == HAPPY_HOUR
    off = row("promotion.ended", kind="happy_hour")
    assert (off["promotion"], off["discount"], off["promotion_ends_at"]) == (None, 0.0, None)
    assert venues["promotion"][3] == NO_PROMOTION


def test_a_venue_whose_price_moves_is_told_anew() -> None:
    turn = make_city(5, venues=VENUES)._turn(0, (), ())
    for turn.tick in range(0, 10 * 1440, 1440):
        dynamics._move_prices(turn)
    moved = turn.events.rows()["venue"].tolist()
    assert np.concatenate(turn.dirty_venues).tolist() == moved
    assert len(moved) > 0

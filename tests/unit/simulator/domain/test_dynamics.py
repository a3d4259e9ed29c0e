"""Promotions, happy hours, prices and full houses, and that people feel them."""

import numpy as np

from services.simulator.domain import dynamics
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.events import Kind
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import FULL
from tests.unit.simulator.domain.neighbours import make_city


def _at_local_hour(hour: int, users: int = 50, venues: int = 300) -> Turn:
    """A turn of a city at the beginning of a local hour of its first days, on a weekday."""
    city = make_city(users, venues=venues)
    for tick in range(4 * 1440):
        turn = city._turn(tick, (), ())
        if turn.now.hour == hour and turn.now.minute % 60 == 0 and not turn.weekend:
            return turn
    raise AssertionError("no such hour")


def _kinds(turn: Turn) -> list[int]:
    return [int(kind) for kind in turn.events.rows()["kind"]]


def test_bars_have_a_happy_hour_that_ends() -> None:
    turn = _at_local_hour(17)
    dynamics.advance(turn)
    bars = turn.state.venues["category"] == turn.town.category_numbers["bar"]
    assert (turn.state.venues["discount"][bars] == np.float32(0.25)).mean() > 0.2
    assert Kind.PROMOTION_STARTED in _kinds(turn)
    turn.state.venues.put("discount_until", np.arange(300), turn.start)
    dynamics._end_promotions(turn)
    assert Kind.PROMOTION_ENDED in _kinds(turn)
    assert not turn.state.venues["discount"].any()


def test_prices_move_now_and_then_and_the_bill_follows() -> None:
    turn = _at_local_hour(9)
    turn.state.venues.put("price_level", np.arange(300), 1.0)
    for tick in range(0, 400 * 1440, 1440):
        turn.tick = tick
        dynamics._move_prices(turn)
    assert Kind.PRICE_CHANGED in _kinds(turn)
    level = turn.state.venues["price_level"]
    assert level.min() >= 0.7 - 1e-6
    assert level.max() <= 1.4 + 1e-6
    assert level.std() > 0.02
    turn.state.venues.put("discount", np.array([0]), 0.2)
    assert np.isclose(dynamics.bill_factor(turn, np.array([0]))[0], level[0] * 0.8)


def test_a_full_house_says_so_and_lets_nobody_in() -> None:
    turn = _at_local_hour(19, users=2000, venues=40)
    columns, users = turn.state.users, np.arange(1000)
    columns.put("visit_venue", users, 3)
    columns.put("visit_size", users, 2)
    dynamics.advance(turn)
    assert turn.state.venues["fullness"][3] == FULL
    rows = turn.events.rows()
    told = rows[rows["kind"] == Kind.VENUE_AVAILABILITY_CHANGED]
    assert told["venue"].tolist() == [3]
    assert told["score"].tolist() == [0]
    who = np.arange(1000, 2000)
    no, yes = np.zeros(1000, dtype=bool), np.ones(1000, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(who, who % 6, no, yes, yes, np.full(1000, 19)))
    assert not (venue == 3).any()


def test_a_discount_pulls_guests() -> None:
    turn = _at_local_hour(19, users=3000, venues=60)
    users = np.arange(3000)
    no = np.zeros(3000, dtype=bool)
    wish = Wish(users, users % 6, no, no, no, np.full(3000, 19))
    before, _, _ = choose_venues(turn, wish)
    busiest = int(np.bincount(before[before >= 0]).argmax())
    turn.state.venues.put("discount", np.array([busiest]), 0.3)
    after, _, _ = choose_venues(turn, wish)
    assert (after == busiest).sum() > 1.1 * (before == busiest).sum()

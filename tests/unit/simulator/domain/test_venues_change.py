"""What changes about venues and how it is felt: trends out of visits, prices, promotions, ratings out of reviews."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.simulator.domain import actions, dynamics, environment
from services.simulator.domain.calendar import HOUR
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.events import Kind
from services.simulator.domain.turn import Turn
from services.simulator.domain.visits import end_visits
from tests.unit.simulator.domain.neighbours import data, make_city

USERS, VENUES = 4000, 200
WEIGHTS = data().world.venue_choice
TRENDS = data().almanac.trends
RATES = data().world.dynamics
HALF = np.arange(0, VENUES, 2)


def _turn(users: int = USERS, tick: int = 0) -> Turn:
    """Everybody, and venues all alike in what this file is about."""
    turn = make_city(users, venues=VENUES)._turn(tick, (), ())
    for name, value in (("trending", 0.0), ("price_level", 1.0), ("discount", 0.0), ("visits", 0.0)):
        turn.state.venues.put(name, np.arange(VENUES), value)
    return turn


def _chosen(turn: Turn) -> np.ndarray:
    users, no = np.arange(USERS), np.zeros(USERS, dtype=bool)
    return choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(USERS, 19)))[0]


def _log_odds(turn: Turn) -> float:
    """Of choosing one of every second venue."""
    share = np.isin(_chosen(turn), HALF).mean()
    return float(np.log(share / (1 - share)))


def _gain(column: str, value: float) -> float:
    """What another value of every second venue adds to the log-odds of choosing one of them."""
    turn = _turn()
    before = _log_odds(turn)
    turn.state.venues.put(column, HALF, value)
    return _log_odds(turn) - before


def _hourly(turn: Turn, hours: int) -> np.ndarray:
    """Let trends go on for so many hours; the rows told."""
    for _ in range(hours):
        environment._trends(turn)
    return turn.events.rows()


def test_visits_fade_by_half_in_a_half_life() -> None:
    turn = _turn(users=10)
    turn.state.venues.put("visits", np.arange(VENUES), 8.0)
    _hourly(turn, int(TRENDS.half_life_hours))
    assert turn.state.venues["visits"] == pytest.approx(4.0, rel=1e-4)


def test_a_venue_that_many_visit_trends_is_told_and_is_forgotten_when_nobody_comes() -> None:
    turn, guests = _turn(users=60), np.arange(60)
    columns, place = turn.state.users, int(turn.state.venues["popularity"].argmin())
    columns.put("visit_venue", guests, place)
    columns.put("visit_from", guests, turn.start - HOUR)
    columns.put("visit_end", guests, turn.start)
    end_visits(turn)
    assert turn.state.venues["visits"][place] == 60
    rows = _hourly(turn, 1)
    told = rows[rows["kind"] == Kind.VENUE_TRENDING]
    assert told["venue"].tolist() == [place]
    assert told["score"][0] == turn.state.venues["trending"][place] > 0
    assert [place] in [rows.tolist() for rows in turn.dirty_venues]
    lives = np.log2(60 / TRENDS.least_visits) * TRENDS.half_life_hours
    _hourly(turn, int(lives) - 2)
    assert turn.state.venues["trending"][place] > 0
    _hourly(turn, 4)
    assert not turn.state.venues["trending"].any()


def test_few_venues_trend_those_above_their_usual_share_and_a_few_visits_are_no_trend() -> None:
    turn = _turn(users=10)
    turn.state.venues.put("visits", np.arange(VENUES), 30.0)
    _hourly(turn, 1)
    trending = np.flatnonzero(turn.state.venues["trending"])
    popularity = np.sort(turn.state.venues["popularity"])
    assert len(trending) == TRENDS.most
    assert turn.state.venues["popularity"][trending].max() <= popularity[2 * TRENDS.most]
    quiet = _turn(users=10)
    quiet.state.venues.put("visits", np.arange(VENUES), TRENDS.least_visits)
    assert len(_hourly(quiet, 3)) == 0


def test_what_trends_is_chosen_more_by_the_weight_of_trends() -> None:
    gain = _gain("trending", 1.0)
    assert 0.5 * WEIGHTS.trending < gain < 1.2 * WEIGHTS.trending


def test_everybody_considers_the_most_trending_place_wherever_it_is() -> None:
    turn = _turn()
    zones = turn.zone_table
    listed = np.bincount(zones.ravel(), minlength=VENUES)
    remote = int(listed.argmin())
    before = (_chosen(turn) == remote).sum()
    turn.state.venues.put("trending", np.array([remote]), 0.2)
    assert (_chosen(turn) == remote).sum() > 3 * before + 10


@pytest.mark.parametrize("level", [0.7, 0.85, 1.2, 1.4])
def test_demand_falls_with_the_price_by_the_elasticity(level: float) -> None:
    """Of venues that stay as they are, those that are left: a little less than the weight, as people differ."""
    gain = _gain("price_level", level)
    slope = gain / np.log(level)
    assert -1.1 * WEIGHTS.elasticity < slope < -0.5 * WEIGHTS.elasticity


def test_a_promotion_draws_more_the_larger_it_is_and_more_than_the_money_it_saves() -> None:
    small, large = (_gain("discount", cut) for cut in (0.1, 0.3))
    saved = _gain("price_level", 0.7)
    assert 0 < small < large
    assert WEIGHTS.promotion > 1
    assert large > 1.1 * saved


def test_promotions_start_at_their_hours_as_often_as_the_world_says_and_last_as_long() -> None:
    city, everything = make_city(5, venues=600), np.arange(600)
    city._state.venues.put("happy_days", everything, 0)
    expected, told = 0.0, []
    for hour in range(60 * 24):
        city._state.venues.put("discount", everything, 0.0)
        turn = city._turn(hour * 60, (), ())
        dynamics._start_promotions(turn)
        rows = turn.events.rows()
        free = turn.hours.minutes_left(everything, np.full(600, turn.start)) > 60
        if turn.now.hour not in RATES.promotion_hours:
            assert len(rows) == 0
            continue
        expected += float(free.sum()) * RATES.promotions_per_day / len(RATES.promotion_hours)
        assert (rows["money"] - turn.start == int(RATES.promotion_length_hours * HOUR)).all()
        assert free[rows["venue"]].all()
        told += rows["score"].tolist()
    assert len(told) == pytest.approx(expected, abs=5 * np.sqrt(expected))
    low, high = RATES.promotion_discount
    assert (min(told), max(told)) == pytest.approx((100 * low, 100 * high), abs=1.0)


_REVIEWS = st.lists(st.tuples(st.integers(0, 9), st.integers(1, 5)), min_size=1, max_size=40)


@given(reviews=_REVIEWS)
@settings(max_examples=40, deadline=None)
def test_a_rating_is_the_mean_of_all_reviews_in_whatever_order_and_batches_they_come(
    reviews: list[tuple[int, int]],
) -> None:
    at_once, singly = (make_city(5, venues=10)._turn(0, (), ()) for _ in range(2))
    first = {name: at_once.state.venues[name].astype(np.float64) for name in ("rating", "rating_count")}
    where, stars = (np.array(column) for column in zip(*reviews, strict=True))
    actions.rate(at_once, where, stars)
    for place, given_stars in reversed(reviews):
        actions.rate(singly, np.array([place]), np.array([given_stars]))
    number = first["rating_count"] + np.bincount(where, minlength=10)
    total = first["rating"] * first["rating_count"] + np.bincount(where, weights=stars, minlength=10)
    for turn in (at_once, singly):
        assert turn.state.venues["rating_count"].tolist() == number.tolist()
        assert turn.state.venues["rating"] == pytest.approx(total / number, abs=1e-4)


def test_reviews_written_in_a_session_move_the_venues_rating_towards_them() -> None:
    turn, writers = _turn(users=300), np.arange(300)
    columns, venues = turn.state.users, turn.state.venues
    before = {name: venues[name].copy() for name in ("rating", "rating_count")}
    columns.put("review_at", writers, turn.start)
    columns.put("review_at", writers[200:], turn.end)
    columns.put("review_venue", writers, writers % 2)
    columns.put("review_stars", writers, np.where(writers % 2 == 0, 5, 1))
    columns.put("session_from", writers, turn.start - 1)
    columns.put("session_end", writers, turn.end)
    turn.active = writers
    actions._reviews(turn)
    rows = turn.events.rows()
    assert rows["user"].tolist() == writers[:200].tolist()
    assert (venues["rating_count"] - before["rating_count"]).tolist()[:3] == [100, 100, 0]
    assert 5 > venues["rating"][0] > before["rating"][0]
    assert 1 < venues["rating"][1] < before["rating"][1]
    assert (venues["rating"][2:] == before["rating"][2:]).all()

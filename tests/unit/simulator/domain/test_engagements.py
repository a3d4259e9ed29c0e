"""Nobody is at two dinners at once, nor home sooner than the way takes; opinions are somebody's."""

from dataclasses import replace

import numpy as np
import pytest

from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.engagements import engaged
from services.simulator.domain.geography import kilometres
from services.simulator.domain.invitations import decide_answers
from services.simulator.domain.state import ACCEPT, DECLINE
from services.simulator.domain.turn import Turn
from services.simulator.domain.visits import _own_view
from services.simulator.domain.ways import on_the_way, way
from tests.unit.simulator.domain.neighbours import data, make_city

USERS = 1_000
APART = int(data().world.social.apart_minutes)
RATES = data().world.outings


def _turn() -> Turn:
    return make_city(USERS, venues=100)._turn(5, (), ())


def _book(turn: Turn, members: list[int], when: int, made: int) -> None:
    rows = turn.state.pools["bookings"].empty(1)
    rows["members"], rows["when"], rows["made"] = -1, when, made
    rows["members"][0, : len(members)] = members
    turn.state.pools["bookings"].add(rows)


@pytest.mark.parametrize("minutes", [0, APART - 1, -(APART - 1), APART, -APART])
def test_whoever_sits_at_a_table_is_engaged_until_it_is_far_enough_away(minutes: int) -> None:
    turn = _turn()
    when = turn.start + 30 * HOUR
    _book(turn, [3, 7], when, turn.start - HOUR)
    asked = engaged(turn, np.array([3, 7, 8]), np.full(3, when + minutes * MINUTE))
    assert asked.tolist() == [abs(minutes) < APART] * 2 + [False]


def test_what_this_tick_brings_is_not_looked_at_and_who_asks_friends_is_engaged() -> None:
    turn = _turn()
    when = turn.start + 30 * HOUR
    _book(turn, [3], when, turn.start)
    invites = turn.state.pools["invites"].empty(2)
    invites["user"], invites["other"], invites["when"] = [5, 6], 9, when
    invites["sent"] = [turn.start - MINUTE, turn.start]
    turn.state.pools["invites"].add(invites)
    assert engaged(turn, np.array([3, 5, 6, 9]), np.full(4, when)).tolist() == [False, True, False, False]


def test_whoever_has_a_table_elsewhere_declines_what_they_would_have_accepted() -> None:
    answers = []
    for booked in (False, True):
        turn = _turn()
        rows = turn.state.pools["invites"].empty(USERS - 1)
        rows["other"] = 1 + np.arange(USERS - 1)
        rows["low"] = rows["high"] = 1 + np.arange(USERS - 1)
        rows["sent"], rows["when"] = turn.start - 1, turn.start + 900 * HOUR
        turn.state.pools["invites"].add(rows)
        for first in range(1, USERS - 1, 8) if booked else ():
            _book(turn, list(range(first, min(first + 8, USERS))), turn.start + 901 * HOUR, turn.start - HOUR)
        decide_answers(turn)
        answers.append(turn.state.pools["invites"].rows["answer"].copy())
    free, busy = answers
    assert (free == ACCEPT).mean() > 0.3
    assert not (busy == ACCEPT).any()
    assert (busy[free == ACCEPT] == DECLINE).all()
    assert (busy[free != ACCEPT] == free[free != ACCEPT]).all()


def test_a_way_is_walked_as_far_as_people_walk_and_ridden_beyond_and_traffic_makes_it_longer() -> None:
    turn = _turn()
    turn.state.numbers["traffic"] = 0
    km = np.array([0.0, RATES.walk_km, RATES.walk_km + RATES.ride_kmh])
    walked = 60 * RATES.walk_km / RATES.walk_kmh
    assert way(turn, km) / MINUTE == pytest.approx([0.0, walked, walked + 60])
    turn.state.numbers["traffic"] = 3
    late = turn.town.data.almanac.traffic.levels[2]
    assert way(turn, km) / MINUTE == pytest.approx([0.0, walked, walked + 60 + late])


def _left(turn: Turn, minutes: int) -> tuple[np.ndarray, np.ndarray]:
    """Everybody has left some place so many minutes ago: the place, and how far it is from where they usually are."""
    users, venue = np.arange(USERS), np.arange(USERS) % 100
    _, latitude, longitude = turn.anchor(users)
    there = turn.state.venues["latitude"][venue], turn.state.venues["longitude"][venue]
    turn.state.users.put("last_venue", users, venue)
    turn.state.users.put("last_at", users, np.full(USERS, turn.start - minutes * MINUTE))
    return venue, kilometres(*there, latitude, longitude)


def test_who_has_left_a_place_far_from_home_is_still_on_the_way() -> None:
    turn = _turn()
    _, km = _left(turn, 40)
    coming = on_the_way(turn, np.arange(USERS))
    assert coming[km > 14].all()
    assert (km > 14).any()
    assert not coming[km < 5].any()
    turn.state.users.put("last_venue", np.arange(USERS), -1)
    assert not on_the_way(turn, np.arange(USERS)).any()


def test_shortly_after_a_visit_people_are_still_there_and_can_go_on_from_there() -> None:
    turn = _turn()
    usual = turn.anchor(np.arange(USERS))[1]
    venue, _ = _left(turn, int(RATES.linger_minutes) - 1)
    assert (turn.anchor(np.arange(USERS))[1] == turn.state.venues["latitude"][venue]).all()
    assert not on_the_way(turn, np.arange(USERS)).any()
    turn.state.users.put("last_at", np.arange(USERS), np.full(USERS, turn.start - int(RATES.linger_minutes * MINUTE)))
    assert (turn.anchor(np.arange(USERS))[1] == usual).all()


def test_some_judge_kindly_and_what_one_likes_gets_more_stars_while_opinions_spread_as_before() -> None:
    turn, review = _turn(), data().world.review
    users = np.arange(USERS)
    own, rest = _own_view(turn, users, users % 100)
    again, _ = _own_view(turn, users, (users + 1) % 100)
    assert np.corrcoef(own, again)[0, 1] > 0.4  # it is the person's
    taste = turn.state.users["tastes"][users, turn.state.venues["cuisine"][users % 100]].astype(float)
    assert np.polyfit(taste, own, 1)[0] == pytest.approx(review.taste, abs=0.25)
    residual = own - review.taste * (taste - 0.6)
    assert residual.std() == pytest.approx(review.leniency_sd, rel=0.1)
    assert rest < review.opinion_sd
    plain = replace(review, leniency_sd=0.0, taste=0.0)
    assert np.sqrt(rest**2 + residual.var() + (review.taste * 0.2) ** 2) == pytest.approx(plain.opinion_sd, rel=0.02)

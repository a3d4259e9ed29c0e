"""What people do: the base mix when everything is possible, traits of personas, venues that suit."""

import numpy as np
import pytest
from scipy import stats

from services.simulator.domain import choice
from services.simulator.domain.behaviour import BOOK, INVITE, RESPOND, choose_actions
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.memory import exploring, remember
from services.simulator.domain.population import KNOWN
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city


def everything_possible(users: int = 4000) -> Turn:
    """A turn of a city in which everybody has friends, an invitation waiting, and the base mix of actions."""
    city = make_city(users)
    state = city._state
    state.users.put("friend_count", np.arange(users), 3)
    invites = state.pools["invites"].empty(users)
    invites["other"] = np.arange(users)
    state.pools["invites"].add(invites)
    base = np.log([data().world.actions[name] for name in ACTIONS])
    state.action_weights = np.broadcast_to(base, state.action_weights.shape).copy()
    return city._turn(0, (), ())


def test_the_mix_of_actions_is_the_base_mix_when_everything_is_possible() -> None:
    turn = everything_possible()
    users = np.arange(4000)
    chosen, _, _ = choose_actions(turn, users, np.zeros(4000, dtype=np.int64))
    expected = np.array([data().world.actions[name] for name in ACTIONS]) * len(users)
    assert stats.chisquare(np.bincount(chosen, minlength=len(ACTIONS)), expected).pvalue > 0.001


def test_nobody_answers_without_an_invitation_invites_without_friends_or_books_a_third_table() -> None:
    turn = everything_possible(1000)
    state, users = turn.state, np.arange(1000)
    state.pools["invites"].take(np.ones(1000, dtype=bool))
    state.users.put("friend_count", users, 0)
    bookings = state.pools["bookings"].empty(2000)
    bookings["user"] = np.repeat(users, 2)
    state.pools["bookings"].add(bookings)
    chosen, _, _ = choose_actions(turn, users, np.zeros(1000, dtype=np.int64))
    assert not np.isin(chosen, (BOOK, INVITE, RESPOND)).any()


def test_what_can_be_done_once_a_tick_is_done_once() -> None:
    turn = everything_possible(200)
    users, steps = np.repeat(np.arange(200), 6), np.tile(np.arange(6), 200)
    chosen, _, _ = choose_actions(turn, users, steps)
    for action in (BOOK, INVITE, RESPOND):
        assert np.bincount(users[chosen == action]).max() == 1


def test_people_who_need_a_table_or_an_open_door_choose_none_other() -> None:
    turn = make_city(800)._turn(0, (), ())
    users, no, yes = np.arange(800), np.zeros(800, dtype=bool), np.ones(800, dtype=bool)
    hour = np.full(800, 19)
    booked, _, _ = choose_venues(turn, Wish(users, users % 6, yes, no, yes, hour))
    entered, _, _ = choose_venues(turn, Wish(users, users % 6, no, yes, yes, hour))
    assert turn.state.venues["takes_bookings"][booked[booked >= 0]].all()
    entered = entered[entered >= 0]
    assert len(entered) > 400
    assert (turn.hours.minutes_left(entered, np.full(len(entered), turn.start)) > 30).all()


@pytest.mark.parametrize("trending", [(), (41,), (41, 42)])
def test_what_is_talked_about_is_considered_and_nothing_in_its_place(trending: tuple[int, ...]) -> None:
    turn = make_city(800, venues=300)._turn(0, (), ())
    turn.state.venues.put("trending", np.array(trending, dtype=np.int64), 1.0)
    turn.state.venues.put("popularity", np.array([0, 1]), 0.0)
    users, no = np.arange(800), np.zeros(800, dtype=bool)
    candidates = choice._around(turn, Wish(users, users % 6, no, no, no, np.full(800, 19)))
    count = data().world.venue_choice.candidates
    by_everybody = [venue for venue in range(300) if (candidates == venue).any(axis=1).all()]
    assert set(by_everybody) == set(trending)
    rest = candidates[:, count + 1 + len(trending) :]
    assert (rest == candidates[:, :1]).all()


def test_people_choose_what_they_like_at_prices_they_like() -> None:
    turn = make_city(3000, venues=300)._turn(0, (), ())
    users, no = np.arange(3000), np.zeros(3000, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(3000, 19)))
    columns, venues = turn.state.users, turn.state.venues
    taste = columns["tastes"][users, venues["cuisine"][venue]]
    assert taste.mean() > columns["tastes"].mean() + 0.05
    assert stats.spearmanr(columns["price"][users], venues["price"][venue]).statistic > 0.15


def test_people_return_in_proportion_to_their_visits_and_explore_by_how_many_places_they_know() -> None:
    turn = make_city(3000, venues=300)._turn(0, (), ())
    users, steps, columns = np.arange(3000), np.zeros(3000, dtype=np.int64), turn.state.users
    few, many = np.full((3000, KNOWN), -1), np.tile(np.arange(KNOWN), (3000, 1))
    few[:, 0] = 7
    columns.put("known", users, few)
    columns.put("places", users, 1)
    early = exploring(turn, users, steps).mean()
    columns.put("known", users, many)
    columns.put("places", users, 60)
    gamma = data().world.venue_choice.explore_gamma
    assert exploring(turn, users, steps).mean() == pytest.approx(early * 60**-gamma, rel=0.2)
    visits = np.where(np.arange(KNOWN) == 3, 40, 1)
    columns.put("known_count", users, np.tile(visits, (3000, 1)))
    no, yes = np.zeros(3000, dtype=bool), np.ones(3000, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(users, steps, no, no, yes, np.full(3000, 19)))
    back = venue[~exploring(turn, users, steps)]
    assert np.isin(back, np.arange(KNOWN)).all()
    assert (back == 3).mean() > 0.3


def test_a_visit_is_remembered_and_the_least_visited_place_forgotten() -> None:
    turn = make_city(10)._turn(0, (), ())
    users, columns = np.arange(1), turn.state.users
    columns.put("known", users, np.arange(KNOWN)[None, :])
    columns.put("known_count", users, np.where(np.arange(KNOWN) == 5, 1, 9)[None, :])
    columns.put("places", users, KNOWN)
    remember(turn, users, np.array([30]))
    remember(turn, users, np.array([30]))
    assert columns["known"][0, 5] == 30
    assert columns["known_count"][0, 5] == 2
    assert columns["places"][0] == KNOWN + 1

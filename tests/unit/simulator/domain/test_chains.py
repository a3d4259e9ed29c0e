"""Within a session: what people do next and where, how long they wait, and what the session before says of it."""

from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from services.simulator.domain import behaviour
from services.simulator.domain.actions import execute
from services.simulator.domain.behaviour import (
    BOOK,
    BROWSE,
    INVITE,
    LIKE,
    NEEDS_VENUE,
    RESPOND,
    SAVE,
    SEARCH,
    VIEW,
    choose_actions,
    decide,
)
from services.simulator.domain.draws import Array
from services.simulator.domain.sessions import open_sessions
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.turn import Turn
from services.simulator.domain.weights import chain_weights
from tests.unit.simulator.domain.neighbours import data, make_city
from tests.unit.simulator.domain.test_behaviour import everything_possible

SHARES = np.array([data().world.actions[name] for name in ACTIONS])
STEPS, USERS = 6, 4000


def _next(chain: Array) -> Array:
    """Chance of each act after each, shape (1 + actions, actions)."""
    return np.asarray(SHARES * np.exp(chain))


@given(st.dictionaries(st.sampled_from(ACTIONS), st.dictionaries(st.sampled_from(ACTIONS), st.floats(0.05, 20.0))))
@settings(max_examples=60, deadline=None)
def test_whatever_follows_what_the_mix_stays_the_mean(chain: dict[str, dict[str, float]]) -> None:
    following = _next(chain_weights(replace(data(), world=replace(data().world, chain=chain))))
    assert following.sum(axis=1) == pytest.approx(np.ones(1 + len(ACTIONS)), abs=1e-6)
    assert SHARES @ following[1:] == pytest.approx(SHARES, abs=1e-6)


def test_a_factor_is_what_two_acts_after_one_another_differ_by() -> None:
    chain = {"search": {"view": 4.0}}
    following = _next(chain_weights(replace(data(), world=replace(data().world, chain=chain))))
    odds = following / (1 - following)
    ratio = odds[1 + SEARCH, VIEW] / odds[1 + BROWSE, VIEW]
    assert ratio == pytest.approx(4.0, rel=0.15)


@cache
def _acts() -> Array:
    """Six acts of each of many people to whom everything is possible, shape (users, steps); -1 for none."""
    turn = everything_possible(USERS)
    chosen, _, _ = choose_actions(turn, np.repeat(np.arange(USERS), STEPS), np.tile(np.arange(STEPS), USERS))
    return chosen.reshape(USERS, STEPS)


def test_the_mix_of_whole_sessions_is_the_base_mix() -> None:
    often = [n for n in range(len(ACTIONS)) if n not in (INVITE, RESPOND, BOOK)]  # those are done once a tick
    counts = np.array([(_acts() == n).sum() for n in often])
    assert counts / counts.sum() == pytest.approx(SHARES[often] / SHARES[often].sum(), abs=0.01)


@pytest.mark.parametrize(("before", "after"), [(SEARCH, VIEW), (VIEW, SAVE), (VIEW, LIKE)])
def test_one_thing_leads_to_another(before: int, after: int) -> None:
    acts = _acts()
    follows = (acts[:, 1:] == after)[acts[:, :-1] == before].mean()
    assert follows > 1.3 * (acts == after).mean()


def test_the_first_act_of_the_next_minute_goes_on_from_the_last() -> None:
    turn = everything_possible(USERS)
    users = np.arange(USERS)
    turn.state.users.put("session_last", users, 1 + SEARCH)
    chosen, _, _ = choose_actions(turn, users, users * 0)
    assert np.bincount(chosen)[VIEW] / USERS == pytest.approx(_next(turn.town.tables.chain)[1 + SEARCH, VIEW], abs=0.03)


def _decided() -> Turn:
    """A tick of a dense city in which everybody is in the app, decided."""
    turn = make_city(USERS, venues=400, profile="dense")._turn(0, (), ())
    columns, users = turn.state.users, np.arange(USERS)
    columns.put("session_from", users, turn.start)
    columns.put("session_end", users, turn.end)
    turn.active = users
    decide(turn)
    return turn


@cache
def _busy() -> Turn:
    """The same for tests that only look at it."""
    return _decided()


def test_people_stay_with_the_venue_that_they_look_at() -> None:
    made, rates = _busy().decisions, data().world.session
    rows = np.flatnonzero(NEEDS_VENUE[made.action] & (made.venue >= 0))
    user, venue, action = made.user[rows], made.venue[rows], made.action[rows]
    same_user = user[1:] == user[:-1]
    stays = venue[1:] == venue[:-1]
    looks = same_user & np.isin(action[1:], (VIEW, SAVE, LIKE))
    assert stays[looks].mean() == pytest.approx(rates.same_venue, abs=0.08)
    assert stays[~same_user].mean() < 0.05
    tables = same_user & (action[1:] == BOOK)
    assert stays[tables].mean() < 0.5 * rates.same_venue


def test_gaps_between_acts_are_heavy_tailed() -> None:
    made = _busy().decisions
    assert (np.diff(made.time)[made.user[1:] == made.user[:-1]] > 0).all()
    turn, users = _busy(), np.arange(USERS)
    inside = (made.time >= turn.start) & (made.time < turn.end)
    assert inside.all()
    counts = np.bincount(made.user, minlength=USERS)
    gaps = np.concatenate([np.diff(made.time[made.user == user]) for user in users[counts == 6][:400]]) / 1e6
    assert gaps.std() / gaps.mean() > 0.75, "of equally spaced acts with a jitter it is 0.4"
    assert stats.skew(np.log(gaps)) == pytest.approx(0.0, abs=0.6), "log-normal, but for the minute's end"


@pytest.mark.parametrize("first", [1, 1777, 3999])
def test_when_somebody_acts_does_not_depend_on_whose_rows_stand_before(first: int) -> None:
    turn, users = _busy(), np.arange(USERS)
    count = 1 + users % STEPS
    user = np.repeat(users, count)
    step = np.arange(len(user)) - np.repeat(np.cumsum(count) - count, count)
    whole = behaviour._moments(turn, user, step, count)
    some = user >= first
    alone = behaviour._moments(turn, user[some], step[some], count[first:])
    assert (alone == whole[some]).all(), "to the last bit: shards, and levels of labels, decide for some people only"


def test_a_world_in_which_nobody_does_something_has_no_chain_of_it() -> None:
    actions = {**data().world.actions, "respond": 0.0}
    chain = chain_weights(replace(data(), world=replace(data().world, actions=actions)))
    assert np.isfinite(chain).all()
    assert not chain[1 + RESPOND].any()
    assert chain[1 + SEARCH, VIEW] > 0


def test_a_new_session_begins_with_nothing_before_it() -> None:
    turn = make_city(50, venues=30)._turn(0, (), ())
    columns, users = turn.state.users, np.arange(50)
    columns.put("session_last", users, 1 + VIEW)
    columns.put("session_venue", users, 3)
    open_sessions(turn, users, np.zeros(50, dtype=np.int16))
    assert (columns["session_last"] == 0).all()
    assert (columns["session_venue"] == -1).all()


def test_what_was_done_last_and_where_is_kept_for_the_minute_after() -> None:
    turn = _decided()
    execute(turn)
    made, columns, users = turn.decisions, turn.state.users, np.arange(USERS)
    for user in users[np.bincount(made.user, minlength=USERS) > 1][:200]:
        rows = np.flatnonzero((made.user == user) & ((made.venue >= 0) | ~NEEDS_VENUE[made.action]))
        assert columns["session_last"][user] == made.action[rows[-1]] + 1
        seen = made.venue[rows][made.venue[rows] >= 0]
        assert columns["session_venue"][user] == (seen[-1] if len(seen) else -1)

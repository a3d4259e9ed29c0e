"""How long people stay: by the time since they came, by friends, anew for who returns; and company by weeks."""

import numpy as np

from services.simulator.domain.calendar import DAY
from services.simulator.domain.invitations import free_for_company
from services.simulator.domain.lifecycle import drift, leaving
from services.simulator.domain.population import ACTIVE, DORMANT
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city

USERS = 60
WHO = np.arange(USERS)
RATES = data().world.lifecycle
TICKS_AN_HOUR = 60


def _turn(tick: int = 0) -> Turn:
    return make_city(USERS)._turn(tick, (), ())


def _chances(turn: Turn, days: list[float], friends: int = 3) -> list[float]:
    users = turn.state.users
    users.put("friend_count", WHO, friends)
    found = []
    for stayed in days:
        users.put("came", WHO, turn.start - int(stayed * DAY))
        found.append(float(leaving(turn)[0]))
    return found


def test_nobody_leaves_at_once_most_within_days_and_who_has_stayed_long_stays() -> None:
    at_once, soon, later, settled = _chances(_turn(), [0.0, RATES.settling_days, 5.0, 200.0])
    assert at_once == 0
    assert soon > 2 * later > 20 * settled > 0


def test_a_settled_stay_ends_more_rarely_than_by_the_power_alone() -> None:
    early, late = _chances(_turn(), [100.0, 200.0])
    assert late / early < 2.0**-RATES.leaving_fall


def test_who_has_friends_stays() -> None:
    turn = _turn()
    alone, among = (_chances(turn, [3.0], friends)[0] for friends in (0, 15))
    assert among / alone == 16.0**-RATES.ties


def test_who_comes_back_settles_anew() -> None:
    turn, users = _turn(), None
    for tick in range(0, 24 * 60 * TICKS_AN_HOUR, TICKS_AN_HOUR):
        turn = make_city(USERS)._turn(tick, (), ())
        users = turn.state.users
        users.put("lifecycle", WHO, DORMANT)
        long_ago = turn.start - 100 * DAY
        users.put("came", WHO, long_ago)
        drift(turn)
        back = users["lifecycle"] == ACTIVE
        if back.any():
            break
    assert users is not None
    assert back.any()
    assert (users["came"][back] == turn.start).all()
    assert (users["came"][~back] == long_ago).all()


def test_people_are_free_for_whole_weeks_and_not_all_for_the_same() -> None:
    hours = [free_for_company(_turn(hour * TICKS_AN_HOUR), WHO) for hour in range(0, 24 * 21, 6)]
    changed = np.diff(np.array(hours), axis=0) != 0
    assert set(changed.sum(axis=0).tolist()) <= {2, 3}
    assert changed.sum(axis=1).max() < USERS / 4

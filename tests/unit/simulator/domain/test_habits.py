"""Use that becomes regular, places that become a routine."""

import numpy as np

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.events import Kind
from services.simulator.domain.population import MOST_DAYS
from services.simulator.domain.sessions import open_sessions
from services.simulator.domain.turn import Turn
from services.simulator.domain.visits import end_visits
from tests.unit.simulator.domain.neighbours import data, make_city

USERS = 50
RATES = data().world.lifecycle
WHO = np.arange(USERS)


def _turn() -> Turn:
    return make_city(USERS)._turn(0, (), ())


def _told(turn: Turn, kind: Kind) -> np.ndarray:
    rows = turn.events.rows()
    return np.asarray(rows[rows["kind"] == kind])


def _open(turn: Turn) -> None:
    open_sessions(turn, WHO, np.full(USERS, 2, dtype=np.int16))


def test_who_has_been_in_the_app_on_enough_days_is_regular_from_that_session_on() -> None:
    turn = _turn()
    turn.state.users.put("seen_days", WHO, RATES.regular_days - 1)
    _open(turn)
    told, opened = _told(turn, Kind.USER_BECAME_REGULAR), _told(turn, Kind.SESSION_STARTED)
    assert told["user"].tolist() == WHO.tolist()
    assert (told["ref_low"] == opened["low"]).all()
    assert (told["from_low"] == opened["low"]).all()
    assert (told["time"] == opened["time"]).all()
    assert (told["cause"] == 2).all()


def test_more_sessions_of_one_day_are_one_day() -> None:
    turn = _turn()
    turn.state.users.put("seen_days", WHO, 0)
    for _ in range(RATES.regular_days + 1):
        _open(turn)
    assert (turn.state.users["seen_days"] == 1).all()
    assert len(_told(turn, Kind.USER_BECAME_REGULAR)) == 0


def test_nobody_becomes_regular_twice_and_who_was_there_from_the_start_is_so_already() -> None:
    turn = _turn()
    assert (turn.state.users["seen_days"] == MOST_DAYS).all()
    _open(turn)
    turn.state.users.put("seen_days", WHO, RATES.regular_days)
    turn.state.users.put("seen_day", WHO, turn.now.day - 1)
    _open(turn)
    assert len(_told(turn, Kind.USER_BECAME_REGULAR)) == 0


def test_the_visit_that_makes_a_place_a_routine_says_so_and_no_other() -> None:
    turn = _turn()
    columns = turn.state.users
    columns.put("known", WHO, -1)
    columns.put("known_count", WHO, 0)
    for visits in range(1, RATES.routine_visits + 3):
        columns.put("visit_venue", WHO, WHO % 7)
        columns.put("visit_from", WHO, turn.start - HOUR)
        columns.put("visit_end", WHO, turn.start)
        columns.put("visit_low", WHO, 100 + WHO)
        end_visits(turn)
        told = _told(turn, Kind.ROUTINE_FORMED)
        assert len(told) == (USERS if visits >= RATES.routine_visits else 0)
    assert (told["venue"] == told["user"] % 7).all()
    assert (told["from_low"] == 100 + told["user"]).all()

"""Answers to invitations: how many accept, decline and never answer, and how long they take over it."""

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from services.simulator.domain.calendar import HOUR, SECOND
from services.simulator.domain.city import City, CityConfig, Identity
from services.simulator.domain.invitations import _closes, decide_answers
from services.simulator.domain.state import ACCEPT, DECLINE, EXPIRE, UNDECIDED
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import START, data

USERS, EACH = 2000, 6
RATES = data().world.social
CITY = CityConfig(users=USERS, venues=10, start=START)


def _invited(*, dinner_in: float, patience_hours: float = RATES.patience_hours) -> Turn:
    """A turn in which everybody but the first has invitations of that one, to a dinner in so many hours; answered."""
    world = replace(data().world, social=replace(RATES, patience_hours=patience_hours))
    city = City(CITY, 5, Identity("run", 0, "dining", "new_york"), replace(data(), world=world))
    turn = city._turn(1, (), ())
    pool = turn.state.pools["invites"]
    rows = pool.empty((USERS - 1) * EACH)
    rows["other"] = 1 + np.arange(len(rows)) % (USERS - 1)
    rows["low"] = rows["high"] = np.arange(len(rows)) + 1
    rows["sent"] = turn.start - 1
    rows["when"] = turn.start + int(dinner_in * HOUR)
    pool.add(rows)
    decide_answers(turn)
    return turn


def _answers(turn: Turn) -> np.ndarray:
    return np.asarray(turn.state.pools["invites"].rows["answer"])


def _in_time(hours: float) -> float:
    """Share of answers that take no longer, of the log-normal that the world's latency is."""
    return float(stats.norm.cdf(np.log(hours * 3600 / RATES.answer_log_median_seconds) / RATES.answer_log_sd))


def _five_sd(share: float, count: int = (USERS - 1) * EACH) -> float:
    return 5 * float(np.sqrt(share * (1 - share) / count))


def test_accepted_declined_and_unanswered_are_as_many_as_the_world_says() -> None:
    """Patience comes before some answers; whether somebody is open to it moves the mean of acceptance a little."""
    answer, in_time = _answers(_invited(dinner_in=1000.0)), _in_time(RATES.patience_hours)
    accept, decline = RATES.accept_share * in_time, RATES.decline_share * in_time
    assert (answer == ACCEPT).mean() == pytest.approx(accept, abs=_five_sd(accept) + 0.03)
    assert (answer == DECLINE).mean() == pytest.approx(decline, abs=_five_sd(decline))
    assert (answer == EXPIRE).mean() == pytest.approx(1 - accept - decline, abs=_five_sd(accept) + 0.03)


def test_the_open_accept_more_and_whoever_has_plans_of_their_own_less() -> None:
    turn = _invited(dinner_in=1000.0)
    rows, openness = turn.state.pools["invites"].rows, turn.state.users["openness"]
    low, high = np.quantile(openness, [0.25, 0.75])
    accepted = rows["answer"] == ACCEPT
    shy, open_minded = (accepted[which].mean() for which in (
        openness[rows["other"]] < low, openness[rows["other"]] > high))  # fmt: skip
    assert open_minded > shy + 0.05
    planning = rows.copy()
    planning["answer"], planning["user"] = UNDECIDED, planning["other"]
    turn.state.pools["invites"].rows = planning
    decide_answers(turn)
    assert (_answers(turn) == ACCEPT).mean() < 0.8 * accepted.mean()


def test_the_time_an_answer_takes_is_log_normal_about_the_worlds_median() -> None:
    rows = _invited(dinner_in=1e6, patience_hours=1e6).state.pools["invites"].rows
    answered = rows[rows["answer"] != EXPIRE]
    seconds = (answered["due"] - answered["sent"]) / SECOND
    log, count = np.log(np.maximum(seconds, 0.1)), len(seconds)
    middle, spread = np.log(RATES.answer_log_median_seconds), RATES.answer_log_sd
    assert np.median(log) == pytest.approx(middle, abs=5 * 1.2533 * spread / np.sqrt(count))  # sd of a sample median
    assert log.std() == pytest.approx(spread, rel=5 / np.sqrt(2 * count) + 0.01)
    assert stats.kstest(log, "norm", (middle, spread)).pvalue > 0.001


def test_nobody_answers_later_than_the_plan_closes_and_who_would_have_never_answers() -> None:
    turn = _invited(dinner_in=2.5)
    rows, when = turn.state.pools["invites"].rows, np.array([turn.start + int(2.5 * HOUR)])
    closes = int(_closes(np.array([turn.start - 1]), when)[0])
    assert (rows["due"] <= closes).all()
    assert (rows["due"][rows["answer"] == EXPIRE] == closes).all()
    in_time = _in_time((closes - turn.start) / HOUR)
    decline = RATES.decline_share * in_time
    assert (rows["answer"] == DECLINE).mean() == pytest.approx(decline, abs=_five_sd(decline))
    patient = _answers(_invited(dinner_in=1000.0))
    assert (patient == EXPIRE).mean() < (rows["answer"] == EXPIRE).mean() - 0.1


def test_an_invitation_of_this_very_tick_has_not_arrived_and_one_decided_stays_so() -> None:
    turn = _invited(dinner_in=1000.0)
    pool = turn.state.pools["invites"]
    before = pool.rows.copy()
    fresh = pool.empty(10)
    fresh["sent"], fresh["when"] = turn.start, turn.start + 100 * HOUR
    pool.add(fresh)
    decide_answers(turn)
    assert (pool.rows["answer"][-10:] == UNDECIDED).all()
    assert pool.rows[:-10].tobytes() == before.tobytes()

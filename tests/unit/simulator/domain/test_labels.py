"""Labels are exact: without a cause, what it labelled is gone and what it prevented is back."""

from collections.abc import Callable

import numpy as np
import pytest

from services.simulator.domain import behaviour, running, sessions
from services.simulator.domain.behaviour import ACTION_KINDS, decide
from services.simulator.domain.causes import OVER, SETTLING, label, settled_at, strength
from services.simulator.domain.city import City
from services.simulator.domain.effects import Running
from services.simulator.domain.events import Kind
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city

Outcome = tuple[int, int, int]


def _frozen(city: City, scenarios: list[str]) -> Turn:
    turn = city._turn(city.tick, (), ())
    running.hold(turn, [Running(data().scenarios[name], 1.0) for name in scenarios], range(1, len(scenarios) + 1))
    turn.active = np.flatnonzero(city._state.users["session_end"] > 0)
    return turn


def _sessions(turn: Turn) -> tuple[set[Outcome], set[Outcome]]:
    """Unlabelled starts, and all of them."""
    turn.state.begin()
    sessions.start_sessions(turn)
    turn.state.rollback()
    rows = turn.events.rows()
    rows = rows[rows["kind"] == Kind.SESSION_STARTED]
    return {(int(r["user"]), 0, 0) for r in rows if r["cause"] == 0}, {(int(r["user"]), 0, 0) for r in rows}


def _actions(turn: Turn) -> tuple[set[Outcome], set[Outcome]]:
    decide(turn)
    made = turn.decisions
    kinds = [*(ACTION_KINDS[made.action] if len(made.user) else []), *[Kind.VISIT_STARTED] * len(made.walk_user)]
    users = [*made.user.tolist(), *made.walk_user.tolist()]
    steps = [*made.step.tolist(), *[7] * len(made.walk_user)]
    causes = [*made.cause.tolist(), *made.walk_cause.tolist()]
    rows = [(int(k) * 8 + s, u, c) for k, u, s, c in zip(kinds, users, steps, causes, strict=True)]
    return {(u, k, 0) for k, u, c in rows if c == 0}, {(u, k, 0) for k, u, _ in rows}


def _suppressed(turn: Turn, *, actions: bool) -> set[Outcome]:
    rows = turn.events.rows()
    rows = rows[rows["kind"] == Kind.TRUTH_SUPPRESSED]
    return {(int(r["user"]), int(r["ordinal"]) if actions else 0, 0) for r in rows}


@pytest.mark.parametrize("scenarios", [["lunch_rush"], ["friday_night"], ["lunch_rush", "friday_night"]])
@pytest.mark.parametrize("watch", [_sessions, _actions])
def test_a_twin_without_causes_is_the_unlabelled_rest_and_the_suppressed(
    scenarios: list[str], watch: Callable[[Turn], tuple[set[Outcome], set[Outcome]]]
) -> None:
    city = make_city(1500, profile="dense")
    compared = labelled = prevented = 0
    for _ in range(40):
        city.step((), ())
        factual, twin = _frozen(city, scenarios), _frozen(city, [])
        unlabelled, everything = watch(factual)
        _, expected = watch(twin)
        suppressed = _suppressed(factual, actions=watch is _actions)
        assert not unlabelled & suppressed or watch is _actions
        assert unlabelled | suppressed == expected
        compared += len(expected)
        labelled += len(everything - unlabelled)
        prevented += len(suppressed)
    assert compared > 50
    assert labelled > 10
    assert watch is _sessions or prevented > 10


def test_the_label_is_the_last_cause_that_changed_the_outcome() -> None:
    baseline, one, two = np.array([1, 1, 1, 1]), np.array([1, 2, 2, 2]), np.array([1, 2, 3, 1])
    assert label([baseline, one, two], [7, 8]).tolist() == [0, 7, 8, 0]


def test_without_causes_nothing_is_labelled_and_decided_once() -> None:
    turn = _frozen(make_city(), [])
    assert turn.effects == [turn.effects[0]]
    behaviour.decide(turn)
    assert not turn.decisions.cause.any()


def test_a_rush_at_three_in_the_morning_still_rushes() -> None:
    quiet = make_city(1500, start=1_795_100_400_000_000)
    factual = _frozen(quiet, ["lunch_rush"])
    assert factual.effects[1].session_override == (2.6, 1.0)
    _, starts = _sessions(factual)
    _, baseline = _sessions(_frozen(quiet, []))
    assert len(starts) > 2 * max(len(baseline), 1) or len(starts) > len(baseline) + 3


@pytest.mark.parametrize("name", ["lunch_rush", "friday_night"])
def test_a_scenario_settles_within_five_percent_and_says_when(name: str) -> None:
    scenario = data().scenarios[name]
    released = 3_600_000_000 * 3
    end = settled_at(scenario, 0, released)
    assert strength(scenario, 0, released, end)[1] == OVER
    assert strength(scenario, 0, released, end - 60_000_000)[1] == SETTLING
    part = strength(scenario, 0, released, end)[0]
    assert max(abs(m.value - 1) * part for m in scenario.modifiers if m.operation != "add") <= 0.05

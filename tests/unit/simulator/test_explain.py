"""An explanation is what the engine really does: the same weights, the same modifiers, the same rates."""

import json
from dataclasses import replace

import numpy as np
import pytest

from services.simulator.domain import behaviour, running
from services.simulator.domain.behavior_orders import adjust_behavior
from services.simulator.domain.calendar import DAY, HOUR, MINUTE
from services.simulator.domain.city import Command
from services.simulator.domain.effects import Running
from services.simulator.domain.explain import explain
from services.simulator.domain.explain_person import Known, Under
from services.simulator.domain.knowing import known
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.turn import Turn
from services.simulator.preview import AROUND, preview
from tests.unit.gateway import answering
from tests.unit.simulator.domain.neighbours import START, data, make_city

NOBODY_KNOWS = Known()
ALONE = Known(
    (),
    "cloudy",
    "light",
    "",
    bookings=0,
    friends=0,
    invitations=0,
    planning=False,
    intent=False,
    heat=0.0,
    newcomer=False,
    trends=False,
    owes=False,
    doing="",
)

FRIDAY = START + 2 * DAY


def _turn(*names: str, start: int = START) -> Turn:
    city = make_city(60, start=start)
    city.step((), ())
    turn = city._turn(city.tick, (), ())
    running.hold(turn, [Running(data().scenarios[name], 1.0) for name in names], range(1, len(names) + 1))
    return turn


def _mix(turn: Turn, user: int) -> dict[str, float]:
    """The engine's own probabilities of somebody for whom everything is possible."""
    effects, persona = turn.effects[-1], turn.state.users["persona"][user]
    weights = turn.state.action_weights[persona] + effects.actions
    if effects.by_persona is not None:
        weights = weights + effects.by_persona[persona, 2:]
    shares = np.exp(weights) / np.exp(weights).sum()
    return dict(zip(ACTIONS, shares.tolist(), strict=True))


@pytest.mark.parametrize("start", [START, FRIDAY])
@pytest.mark.parametrize("names", [(), ("friday_night",), ("lunch_rush", "weekend_brunch")])
def test_the_result_is_the_engines(names: tuple[str, ...], start: int) -> None:
    turn = _turn(*names, start=start)
    around = running.around(turn)
    under = [Under(name, turn.start - HOUR, turn.start + HOUR) for name in names]
    seen = replace(NOBODY_KNOWS, scenarios=under, weather=around.weather, traffic=around.traffic)
    for user in range(60):
        found = explain(turn.town, user, turn.start, seen)
        persona = int(turn.state.users["persona"][user])
        assert found.persona == list(data().people.personas)[persona]
        assert found.result == pytest.approx(_mix(turn, user))


def test_behaviour_that_somebody_ordered_is_what_is_explained() -> None:
    turn = _turn()
    adjust_behavior(turn, {"action_probabilities": {"search": 0.5}})
    around = running.around(turn)
    for user in range(60):
        of_state = known(turn.town, turn.state, user, turn.start)
        only = replace(NOBODY_KNOWS, ordered=of_state.ordered, weather=around.weather, traffic=around.traffic)
        found = explain(turn.town, user, turn.start, only)
        assert found.result == pytest.approx(_mix(turn, user))
        assert {step.target for step in found.steps if step.source == "ordered behaviour"} >= {"action.search"}


def test_shares_that_somebody_ordered_of_a_scenario_are_what_is_explained() -> None:
    city = make_city(60)
    shares = {"scenario": "lunch_rush", "action_probabilities": {"search": 0.9, "browse": 0.1}}
    city.step((), [Command("a", "behavior", shares)])
    city.step((), [Command("b", "scenario", {"scenario": "lunch_rush"})])
    for _ in range(20):
        city.step((), ())
    turn = city._turn(city.tick, (), ())
    running.advance(turn)
    around = running.around(turn)
    under = known(turn.town, turn.state, 7, turn.start).scenarios
    found = explain(
        turn.town,
        7,
        turn.start,
        replace(NOBODY_KNOWS, scenarios=under, weather=around.weather, traffic=around.traffic),
    )
    assert found.result == pytest.approx(_mix(turn, 7))
    assert found.result["search"] > 3 * found.base["search"]


@pytest.mark.parametrize("names", [(), ("lunch_rush", "friday_night")])
def test_base_times_the_factors_told_is_the_result(names: tuple[str, ...]) -> None:
    turn = _turn()
    under = [Under(name, turn.start - HOUR, turn.start + HOUR) for name in names]
    ordered = tuple(np.log(np.arange(1.0, 1.0 + len(ACTIONS))).tolist())
    alone = replace(
        ALONE, scenarios=under, friends=3, intent=True, invitations=1, ordered=ordered, trends=True, owes=True,
        doing="view",
    )  # fmt: skip
    found = explain(turn.town, 7, turn.start, alone)
    product = dict(found.base)
    for step in found.steps:
        if step.target.startswith("action."):
            product[step.target.removeprefix("action.")] *= step.factor
    total = sum(product.values())
    assert found.result == pytest.approx({name: weight / total for name, weight in product.items()})
    assert not found.unknown
    assert {step.source for step in found.steps} >= {
        *(f"scenario {name}" for name in names),
        "has a venue in mind",
        "after view",
    }


def test_what_is_impossible_has_no_chance_and_what_nobody_knows_is_said() -> None:
    town = _turn().town
    found = explain(town, 7, START, replace(ALONE, bookings=2))
    assert [found.result[name] for name in ("book", "invite", "respond")] == [0, 0, 0]
    blind = explain(town, 7, START, NOBODY_KNOWS)
    assert {"bookings held", "behaviour that somebody ordered"} <= set(blind.unknown)
    assert blind.result["book"] > 0


def test_the_day_of_the_week_is_told() -> None:
    found = explain(_turn(start=FRIDAY).town, 7, FRIDAY, ALONE)
    assert found.surroundings["weekday"] == "friday"
    assert {step.target for step in found.steps if step.source == "friday"} >= {"walk_ins", "category.restaurant"}


def test_who_has_just_joined_looks_for_friends_whether_there_are_any_or_not() -> None:
    town = _turn().town
    new, settled, friendless = (
        explain(town, 7, START, replace(ALONE, newcomer=newcomer, friends=friends)).result["check_friends"]
        for newcomer, friends in ((True, 0), (False, 3), (False, 0))
    )
    assert new > settled > friendless
    steps = explain(town, 7, START, replace(ALONE, newcomer=True)).steps
    assert [step.source for step in steps if step.target == "action.check_friends" and step.factor > 1] == [
        "has just joined"
    ]


def test_the_rate_of_outings_is_the_persons_own() -> None:
    turn = _turn()
    users, factor = turn.state.users, behaviour.walk_in_factor(turn, turn.effects[0])
    per_day = turn.town.data.world.profiles["realistic"].walk_ins_per_day
    around = running.around(turn)
    known = replace(ALONE, weather=around.weather, traffic=around.traffic)
    told = [explain(turn.town, user, turn.start, known).rates["outings_a_day"] for user in range(60)]
    persona = users["persona"][:60]
    engine = turn.town.tables.persona[persona, 0] * users["outing"][:60] * per_day * factor[persona]
    assert told == pytest.approx(engine.tolist())


def test_recent_activity_raises_the_rate_of_sessions() -> None:
    town = _turn().town
    calm, warm = (explain(town, 7, START, replace(ALONE, heat=heat)).rates["sessions_an_hour"] for heat in (0.0, 1.0))
    assert warm == pytest.approx(calm * (1 + data().world.session.excitation))


def test_a_preview_begins_and_ends_at_the_baseline_and_shows_only_what_changes() -> None:
    found = preview(data().scenarios["friday_night"], data(), START)
    assert {"sessions", "walk_ins", "action.invite", "category.bar (odds)", "price"} <= set(found.series)
    assert "registrations" not in found.series
    assert found.minutes[0] == -AROUND
    for name, (without, changed) in found.series.items():
        assert changed[0] == without[0]
        assert changed[-1] == without[-1], name
    without, changed = found.series["walk_ins"]
    assert changed[found.phases == 1] == pytest.approx(2 * without[found.phases == 1])


def test_a_preview_knows_the_day_of_the_week() -> None:
    wednesday, friday = (
        preview(data().scenarios["friday_night"], data(), start).series["walk_ins"][0] for start in (START, FRIDAY)
    )
    assert friday[: 2 * AROUND].mean() > 1.02 * wednesday[: 2 * AROUND].mean()


def test_a_rush_at_three_in_the_morning_still_rushes() -> None:
    night = START + 9 * HOUR
    without, changed = preview(data().scenarios["lunch_rush"], data(), night).series["sessions"]
    assert changed.max() > 2.5 > 10 * without[AROUND : AROUND + 60].max()
    assert found_phases(night) == [-1, 0, 1, 2, 3]


def found_phases(start_us: int) -> list[int]:
    """Phases that a lunch rush goes through."""
    phases = preview(data().scenarios["lunch_rush"], data(), start_us - start_us % MINUTE).phases
    return [int(phase) for phase in np.unique(phases)]


def test_an_explanation_is_told_as_the_api_declares_it() -> None:
    city = make_city(60)
    city.step((), ())
    for time in (START, START + HOUR):
        answering.check("explain", json.loads(json.dumps(city.explain("u0000007", time))))

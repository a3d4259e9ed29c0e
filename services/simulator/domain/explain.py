"""Why a person's action probabilities are what they are at a moment: base, each modifier with its source, result.

A person, the calendar and the weather are functions of seed and configuration; what depends on the course of the run
(`Known`) is taken where somebody read it from a run's records, and said to be unknown where nobody did.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from services.simulator.domain.calendar import MINUTE, Moment
from services.simulator.domain.causes import OVER, overridden, strength
from services.simulator.domain.days import common_kind, kinds_of_day
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import BY_PERSONA, TIERS, Running, Surroundings, amount, edge, surroundings
from services.simulator.domain.explain_person import Known, Step, Under, of_person
from services.simulator.domain.modifiers import Sum
from services.simulator.domain.running import adjusted
from services.simulator.domain.scenarios import TRAFFIC
from services.simulator.domain.specification import ACTIONS, CONDITIONS
from services.simulator.domain.town import Town
from services.simulator.domain.weather_orders import weather_as_if
from services.simulator.domain.weights import base_log_weights

_HOURS_A_DAY = 24.0
KIND_NAMES = ("weekday", "weekend", "holiday", "day off")
_FRIDAY = 4


@dataclass(frozen=True)
class Explanation:
    """The answer. Probabilities sum to 1; rates are sessions an hour and outings a day."""

    user_id: str
    persona: str
    local_time: str
    surroundings: Mapping[str, str]
    base: Mapping[str, float]
    result: Mapping[str, float]
    rates: Mapping[str, float]
    steps: Sequence[Step]
    unknown: Sequence[str] = field(default_factory=tuple)


def explain(town: Town, user: int, time_us: int, known: Known) -> Explanation:
    """Explain person number ``user`` at a simulated UTC time."""
    now = town.local.moment(time_us)
    person = town.people.rows(np.array([user]), np.array([time_us]))
    personas = list(town.data.people.personas)
    number = int(person["persona"][0])
    around = _around(town, time_us, known)
    running = _running(town, known.scenarios or (), time_us)
    total = town.mechanism.total(around, running)
    weights = np.log([town.data.world.actions[name] for name in ACTIONS])
    base = _softmax(weights)
    own = base_log_weights(town.data)[number]
    ordered = own if known.ordered is None else own + np.array(known.ordered)
    steps = _of_persona(town, personas[number]) + _of_orders(own, ordered)
    steps += _of_modifiers(town, number, around, running)
    state, unknown = of_person(known, town, number)
    steps += state
    actions = [list(town.mechanism.kinds).index(f"action.{name}") for name in ACTIONS]
    final = ordered + total.total[actions] + total.by_persona[number, 2:]
    for step in state:
        if step.target.startswith("action."):
            final[ACTIONS.index(step.target.removeprefix("action."))] += (
                np.log(step.factor) if step.factor > 0 else -np.inf
            )
    kind = int(np.asarray(kinds_of_day(town, now, np.array([user]), person["persona"])).max())
    local = np.datetime64(now.local_us, "us").astype(str)[:16].replace("T", " ")
    return Explanation(
        user_id=f"u{user:07d}",
        persona=personas[number],
        local_time=local,
        surroundings={name: str(value) for name, value in around._asdict().items()}
        | {"day_of_person": KIND_NAMES[kind], "routine_state": routine_state(town, person, now.minute, kind)},
        base=dict(zip(ACTIONS, base.tolist(), strict=True)),
        result=dict(zip(ACTIONS, _softmax(final).tolist(), strict=True)),
        rates=_rates(town, person, now, kind, total, known),
        steps=steps,
        unknown=unknown,
    )


def _around(town: Town, time_us: int, known: Known) -> Surroundings:
    now = town.local.moment(time_us)
    own = int(town.data.weather[now.year_hour % len(town.data.weather)][0])
    weather = own if known.weather is None else CONDITIONS.index(known.weather)
    return surroundings(
        town.data.temporal,
        now.minute,
        weekend=now.weekday > _FRIDAY or now.day in town.data.days_off,
        holiday=known.holiday or town.data.holidays.get(now.day),
        weather=weather,
        traffic=TRAFFIC.index(known.traffic or "moderate"),
        weekday=now.weekday,
        celsius=float(weather_as_if(town.data, now.year_hour, weather)[1]),
    )


def _running(town: Town, scenarios: Sequence[Under], time_us: int) -> list[Running]:
    """Those that hold at a time, in start order."""
    running = []
    for one in sorted(scenarios, key=lambda under: under.started):
        scenario = adjusted(town.data.scenarios[one.name], one.weights)
        part, phase = strength(scenario, one.started, one.released, time_us, one.intensity)
        if one.started <= time_us and phase != OVER and part > 0:
            minutes = (time_us - one.started) / MINUTE
            running.append(Running(scenario, part, one.intensity, edge(scenario, minutes)))
    return running


def _of_persona(town: Town, name: str) -> list[Step]:
    weights = town.data.people.personas[name].weights
    return [Step(f"persona {name}", f"action.{action}", f"multiply {w:g}", w) for action, w in weights.items()]


def _of_orders(own: Array, ordered: Array) -> list[Step]:
    """What people have made of a persona's shares of actions since the city opened."""
    factors = _softmax(ordered) / _softmax(own)
    return [
        Step("ordered behaviour", f"action.{action}", f"multiply {factor:.2f}", float(factor))
        for action, factor in zip(ACTIONS, factors.tolist(), strict=True)
        if abs(factor - 1) > 1e-6  # noqa: PLR2004 — rounding
    ]


def _of_modifiers(town: Town, persona: int, around: Surroundings, running: Sequence[Running]) -> list[Step]:
    """What the temporal modifiers do one by one, then what each scenario changes, target by target."""
    mechanism, steps = town.mechanism, []
    own = list(town.data.people.personas)[persona]
    for source, modifier, strong in mechanism.temporal(around):
        if not modifier.personas or own in modifier.personas:
            change = amount(modifier, mechanism.kinds[modifier.target], 0.0, 1.0, strong)
            told = f"{modifier.operation} {modifier.value:g}" + ("" if strong == 1 else f" at strength {strong:g}")
            steps.append(Step(source, modifier.target, told, _factor(mechanism.kinds[modifier.target], change)))
    for count, one in enumerate(running, 1):
        before, after = (_mine(town, persona, mechanism.total(around, running[:n])) for n in (count - 1, count))
        words = {m.target: f"{m.operation} {m.value:g}" for m in one.scenario.modifiers}
        for place, target in enumerate(mechanism.kinds):
            change = float(after[place] - before[place])
            if abs(change) > 1e-9 or words.get(target, "").startswith("override"):  # noqa: PLR2004 — rounding
                why = words.get(target, f"in place of {around.period or 'no meal'}, {around.day}")
                part = "" if one.part == 1 else f" at {one.part:.0%}"
                steps.append(
                    Step(f"scenario {one.scenario.name}{part}", target, why, _factor(mechanism.kinds[target], change))
                )
    return steps


def _factor(kind: str, change: float) -> float:
    return change if kind == TIERS else float(np.exp(change))


def _mine(town: Town, persona: int, total: Sum) -> Array:
    amounts = total.total.copy()
    names = list(town.mechanism.kinds)
    for column, target in enumerate(BY_PERSONA):
        amounts[names.index(target)] += total.by_persona[persona, column]
    return amounts


def _rates(
    town: Town, person: Mapping[str, Array], now: Moment, kind: int, total: Sum, known: Known
) -> dict[str, float]:
    """Expected sessions an hour and outings a day of this person now, spells of keenness aside."""
    persona = int(person["persona"][0])
    own = (now.minute - int(person["chronotype"][0])) % 1440
    routine = town.tables.session_curve[persona, kind, own]
    sessions = _shaped(routine, total, "sessions", town, persona)
    heat = 1.0 + town.data.world.session.excitation * (known.heat or 0.0)
    profile = town.data.world.profiles[town.config.profile]
    curve = town.tables.outing_curve[common_kind(town.data, now), persona, now.hour]
    outings = _shaped(curve, total, "walk_ins", town, persona)
    return {
        "sessions_an_hour": float(person["activity"][0]) / _HOURS_A_DAY * sessions * heat,
        "outings_a_day": float(town.tables.persona[persona, 0] * person["outing"][0])
        * profile.walk_ins_per_day
        * outings,
    }


def _shaped(curve: float, total: Sum, target: str, town: Town, persona: int) -> float:
    value, part = total.overrides.get(target, (0.0, 0.0))
    shaped = curve * (1 - part) + float(overridden(np.asarray(curve), value)) * part if part else curve
    log = town.mechanism.value(total, target) + total.by_persona[persona, BY_PERSONA.index(target)]
    return float(shaped * np.exp(log))


def routine_state(town: Town, person: Mapping[str, Array], minute: int, kind: int) -> str:
    """What a person's routine says they do at a local minute of a kind of day."""
    people = town.data.people
    routine = people.routines[list(people.personas.values())[int(person["persona"][0])].routine]
    hours = (routine.weekday, routine.weekend, routine.holiday or routine.weekend, routine.day_off or routine.weekend)
    own = (minute - int(person["chronotype"][0])) % 1440 // 60
    return hours[kind][max(hour for hour in hours[kind] if hour <= own)]


def _softmax(log_weights: Array) -> Array:
    weights = np.exp(log_weights - log_weights.max())
    return np.asarray(weights / weights.sum())

"""What a scenario does to rates over time, without running the city: the neutral mix, the usual weather, no people."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from services.simulator.domain.calendar import MINUTE, LocalTime, Moment
from services.simulator.domain.causes import OVER, overridden, settled_at, strength
from services.simulator.domain.days import common_kind
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import FACTOR, Running, Surroundings, edge, surroundings
from services.simulator.domain.modifiers import Mechanism, Sum
from services.simulator.domain.scenarios import Scenario
from services.simulator.domain.specification import ACTIONS, CityData
from services.simulator.domain.town import Tables, make_tables

AROUND = 30
"""Minutes shown before the start and after the end."""
_MODERATE = 1
_FRIDAY = 4


@dataclass(frozen=True)
class Preview:
    """Rates by the minute: ``minutes`` from the start, phases, and for each rate (without, with) the scenario."""

    scenario: str
    start_us: int
    minutes: Array
    phases: Array
    series: Mapping[str, tuple[Array, Array]]


def preview(scenario: Scenario, data: CityData, start_us: int, intensity: float = 1.0) -> Preview:
    """Follow a scenario from half an hour before its start to half an hour after it settled."""
    mechanism, tables, local = Mechanism(data), make_tables(data), LocalTime(data.place.time_zone, start_us)
    released = start_us + int((scenario.ramp_minutes + scenario.hold_minutes) * MINUTE)
    end = (settled_at(scenario, start_us, released, intensity) - start_us) // MINUTE
    minutes = np.arange(-AROUND, end + AROUND + 1)
    without: list[dict[str, float]] = []
    changed: list[dict[str, float]] = []
    phases = []
    for minute in minutes.tolist():
        time_us = start_us + minute * MINUTE
        now = local.moment(time_us)
        around, running = _around(data, now), []
        phase = -1
        if minute >= 0:
            part, phase = strength(scenario, start_us, released, time_us, intensity)
            if phase != OVER:
                running.append(Running(scenario, part, intensity, edge(scenario, minute)))
        phases.append(phase)
        without.append(_rates(data, mechanism, tables, now, mechanism.total(around, [])))
        changed.append(_rates(data, mechanism, tables, now, mechanism.total(around, running)))
    series = {
        name: (np.array([row[name] for row in without]), np.array([row[name] for row in changed]))
        for name in without[0]
    }
    kept = {name: pair for name, pair in series.items() if not np.allclose(*pair, rtol=1e-3)}
    return Preview(scenario.name, start_us, minutes, np.array(phases), kept)


def _around(data: CityData, now: Moment) -> Surroundings:
    row = data.weather[now.year_hour % len(data.weather)]
    return surroundings(
        data.temporal,
        now.minute,
        weekend=now.weekday > _FRIDAY or now.day in data.days_off,
        holiday=data.holidays.get(now.day),
        weather=int(row[0]),
        traffic=_MODERATE,
        weekday=now.weekday,
        celsius=float(row[1]),
    )


def _rates(data: CityData, mechanism: Mechanism, tables: Tables, now: Moment, total: Sum) -> dict[str, float]:
    """Every rate at a moment: shares of the neutral mix, factors, and what utilities multiply a choice's odds by."""
    shares = np.array([p.share for p in data.people.personas.values()])
    shares = shares / shares.sum()
    sessions = (tables.session_curve[:, common_kind(data, now), now.minute] * shares).sum()
    outings = (tables.outing_curve[common_kind(data, now), :, now.hour] * shares).sum()
    values = {
        "sessions": _shaped(sessions, total, mechanism, "sessions", shares),
        "walk_ins": _shaped(outings, total, mechanism, "walk_ins", shares),
    }
    weights = np.log([data.world.actions[name] for name in ACTIONS])
    weights += [mechanism.value(total, f"action.{name}") for name in ACTIONS]
    mix = np.exp(weights) / np.exp(weights).sum()
    for name, kind in mechanism.kinds.items():
        if name in values:
            continue
        if name.startswith("action."):
            values[name] = float(mix[ACTIONS.index(name.removeprefix("action."))])
        elif name == "price":
            values[name] = mechanism.value(total, name)
        else:
            values[name if kind == FACTOR else f"{name} (odds)"] = float(np.exp(mechanism.value(total, name)))
    return values


def _shaped(curve: float, total: Sum, mechanism: Mechanism, target: str, shares: Array) -> float:
    value, part = total.overrides.get(target, (0.0, 0.0))
    shaped = curve * (1 - part) + float(overridden(np.asarray(curve), value)) * part if part else curve
    column = ("sessions", "walk_ins").index(target)
    persona = float((np.exp(total.by_persona[:, column]) * shares).sum())
    return float(shaped * np.exp(mechanism.value(total, target)) * persona)

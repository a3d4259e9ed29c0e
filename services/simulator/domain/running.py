"""Scenarios under way: how they start, ramp, hold, settle, end and lead to others, and what holds each tick."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from services.simulator.domain import environment
from services.simulator.domain.calendar import MINUTE
from services.simulator.domain.causes import (
    HOLDING,
    OVER,
    RAMPING,
    SETTLING,
    WAITING,
    settled_at,
    strength,
)
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.effects import Running, Surroundings, edge, surroundings
from services.simulator.domain.events import Kind
from services.simulator.domain.ids import printed
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.scenarios import WEEKDAYS, Modifier, Scenario
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.state import State
from services.simulator.domain.town import Town
from services.simulator.domain.turn import Turn
from services.simulator.domain.weather_orders import weather_now

INTENSITY = (0.1, 3.0)
"""Least and most: at 3 a factor of 2 is a factor of 8."""
LONGEST_HOLD = 7 * 1440.0


def order(turn: Turn, parameters: Mapping[str, object]) -> dict[str, object]:
    """Start or stop a scenario as a command says. Raises `RefusedError`."""
    name, action = str(parameters.get("scenario", "")), str(parameters.get("action") or "start")
    scenarios = turn.town.data.scenarios
    if name not in scenarios:
        raise RefusedError(f"no scenario {name!r}; there are {', '.join(scenarios)}")
    if action == "stop":
        return _stop(turn, name)
    if action != "start":
        raise RefusedError("action must be start or stop")
    scenario = scenarios[name]
    intensity = _number(parameters, "intensity", INTENSITY, 1.0)
    hold = _number(parameters, "hold_minutes", (0.0, LONGEST_HOLD), scenario.hold_minutes)
    if len(_under_way(turn, name)):
        raise RefusedError(f"{name} is already running")
    told: dict[str, object] = {"scenario": name, "phase": "ramping", "intensity": intensity, "hold_minutes": hold}
    unmet = unmet_condition(scenario, turn.now.weekday, turn.now.minute)
    if unmet is not None and scenario.conditions.otherwise == "refuse":
        raise RefusedError(unmet)
    if unmet is not None:
        told["warning"] = unmet
    return told | {"cause_id": begin(turn, name, intensity, hold)}


def unmet_condition(scenario: Scenario, weekday: int, minute: int) -> str | None:
    """Why a scenario is not meant to start at a local weekday (0 is Monday) and minute of the day; None if it is."""
    given = scenario.conditions
    if WEEKDAYS[weekday] not in given.weekdays:
        return f"{scenario.name} is meant for {', '.join(given.weekdays)}; it is {WEEKDAYS[weekday]}"
    if not given.from_hour <= minute / 60 < given.until_hour:
        hours = f"{_clock(given.from_hour)} to {_clock(given.until_hour)}"
        return f"{scenario.name} is meant to start from {hours}; it is {_clock(minute / 60)}"
    return None


def begin(turn: Turn, name: str, intensity: float, hold: float, parent: Array | None = None) -> str:
    """Start a scenario: its window on ground_truth names the cause, and follow-ups are drawn. Returns the cause id."""
    state, scenario = turn.state, turn.town.data.scenarios[name]
    high, low = turn.ids(Kind.TRUTH_WINDOW, np.array([state.numbers["next_cause"] + 1]))
    cause_id = str(printed(high, low)[0], "ascii")
    cause = state.name_cause(cause_id)
    row = state.pools["causes"].empty(1)
    row["number"], row["scenario"], row["started"] = cause, _place(turn, name), turn.start
    row["released"] = turn.start + int((scenario.ramp_minutes + hold) * MINUTE)
    row["high"], row["low"], row["intensity"] = high, low, intensity
    if parent is not None:
        row["parent"], row["from_high"], row["from_low"] = parent["parent"], parent["from_high"], parent["from_low"]
    state.pools["causes"].add(row)
    _window(turn, row, high, low)
    _phase_event(turn, Kind.SCENARIO_STARTED, row, RAMPING)
    _draw_cascades(turn, row)
    if (about := scenario.special_event) is not None:
        starts, ends = (turn.start + int(minutes * MINUTE) for minutes in (about.from_minutes, about.until_minutes))
        environment.happen(turn, about.place, starts, ends, cause)
    return cause_id


def advance(turn: Turn) -> None:
    """Move scenarios through their phases; say what holds now, at the baseline and cause by cause in start order."""
    _open_cascades(turn)
    pool, scenarios = turn.state.pools["causes"], list(turn.town.data.scenarios.values())
    running: list[Running] = []
    causes: list[int] = []
    phases = pool.rows["phase"].copy()
    for place, row in enumerate(pool.rows):
        if row["phase"] == WAITING:
            continue
        scenario, intensity = scenarios[int(row["scenario"])], float(row["intensity"])
        part, phase = strength(scenario, int(row["started"]), int(row["released"]), turn.start, intensity)
        one = pool.rows[place : place + 1]
        if phase == HOLDING and row["phase"] < HOLDING:
            _phase_event(turn, Kind.SCENARIO_HOLDING, one, HOLDING)
        if phase >= SETTLING and row["phase"] < SETTLING:
            _phase_event(turn, Kind.SCENARIO_SETTLING, one, SETTLING)
        if phase == OVER:
            _phase_event(turn, Kind.SCENARIO_SETTLED, one, OVER)
        elif part > 0:
            minutes = (turn.start - int(row["started"])) / MINUTE
            ordered = adjusted(scenario, turn.state.scenario_weights.get(scenario.name))
            running.append(Running(ordered, part, intensity, edge(scenario, minutes)))
            causes.append(int(row["number"]))
        phases[place] = phase
    if len(phases):
        pool.put("phase", np.arange(len(phases)), phases)
        pool.take(phases == OVER)
    hold(turn, running, causes)


def hold(turn: Turn, running: Sequence[Running], causes: Sequence[int]) -> None:
    """Let scenarios hold in a turn, in start order, with their numbers."""
    columns = {name: turn.state.venues[name] for name in ("outdoor", "features", "latitude", "longitude")}
    turn.effects[:] = turn.town.mechanism.levels(around(turn), running, columns)
    turn.causes[:] = causes


def adjusted(scenario: Scenario, weights: Iterable[float] | None) -> Scenario:
    """A scenario with its modifiers of actions replaced by ordered log weights, one of each, if there are any."""
    if weights is None:
        return scenario
    others = tuple(one for one in scenario.modifiers if not one.target.startswith("action."))
    ordered = zip(ACTIONS, weights, strict=True)
    return replace(scenario, modifiers=others + tuple(Modifier(f"action.{a}", "add", float(w)) for a, w in ordered))


def around(turn: Turn) -> Surroundings:
    """What the clock, the calendar and the environment say now."""
    numbers = turn.state.numbers
    return surroundings(
        turn.town.data.temporal,
        turn.now.minute,
        weekend=bool(turn.weekend),
        holiday=_holiday(turn),
        weather=numbers["weather"],
        traffic=numbers["traffic"],
        weekday=turn.now.weekday,
        celsius=float(weather_now(turn)[1]),
    )


def _holiday(turn: Turn) -> str | None:
    """Today's of the calendar, or one that somebody triggered."""
    return ordered_holiday(turn.town, turn.state, turn.start) or turn.town.data.holidays.get(turn.now.day)


def ordered_holiday(town: Town, state: State, now: int) -> str:
    """The name of the holiday that somebody triggered, while it lasts, else empty."""
    names = ["", *town.data.almanac.holidays, "Holiday"]
    return names[state.numbers["holiday_ordered"]] if state.numbers["holiday_until"] > now else ""


def _stop(turn: Turn, name: str) -> dict[str, object]:
    """Let a scenario settle from now on; its window moves, and what it would have led to does not come."""
    pool = turn.state.pools["causes"]
    running = _under_way(turn, name)
    if len(running) == 0:
        raise RefusedError(f"{name} is not running")
    pool.put("released", running, turn.start)
    rows = pool.rows[running]
    for place in range(len(rows)):
        row = rows[place : place + 1]
        _window(turn, row, *turn.ids(Kind.TRUTH_WINDOW, row["number"], 1))
    pool.take((pool.rows["phase"] == WAITING) & np.isin(pool.rows["parent"], rows["number"]))
    environment.call_off(turn, rows["number"])
    return {"scenario": name, "phase": "settling"}


def _draw_cascades(turn: Turn, row: Array) -> None:
    """Decide now which scenarios will follow; they wait in the pool until their time comes."""
    pool = turn.state.pools["causes"]
    scenario = list(turn.town.data.scenarios.values())[int(row["scenario"][0])]
    for step, cascade in enumerate(scenario.cascades):
        uniform = turn.town.draws.uniform(Purpose.CASCADE, row["number"].astype(np.int64), step=step)
        if uniform[0] >= cascade.probability:
            continue
        waiting = pool.empty(1)
        waiting["scenario"], waiting["phase"] = _place(turn, cascade.scenario), WAITING
        waiting["started"] = turn.start + int(cascade.after_minutes * MINUTE)
        waiting["parent"], waiting["intensity"] = row["number"], 1.0
        waiting["from_high"], waiting["from_low"] = row["high"], row["low"]
        pool.add(waiting)


def _open_cascades(turn: Turn) -> None:
    """Start the scenarios whose time has come, but those that run already or are refused at this hour."""
    pool, scenarios = turn.state.pools["causes"], turn.town.data.scenarios
    due = (pool.rows["phase"] == WAITING) & (pool.rows["started"] < turn.end)
    if not due.any():
        return
    for row in pool.take(due):
        name = list(scenarios)[int(row["scenario"])]
        unmet = unmet_condition(scenarios[name], turn.now.weekday, turn.now.minute)
        if len(_under_way(turn, name)) or (unmet and scenarios[name].conditions.otherwise == "refuse"):
            continue
        begin(turn, name, float(row["intensity"]), scenarios[name].hold_minutes, row)


def _under_way(turn: Turn, name: str) -> Array:
    """Rows of a scenario that ramps or holds."""
    rows = turn.state.pools["causes"].rows
    return np.flatnonzero((rows["scenario"] == _place(turn, name)) & (rows["phase"] < SETTLING))


def _window(turn: Turn, row: Array, high: Array, low: Array) -> None:
    """Say on ground_truth from when to when a scenario holds; again when it is stopped."""
    scenario = list(turn.town.data.scenarios.values())[int(row["scenario"][0])]
    started, released, intensity = int(row["started"][0]), int(row["released"][0]), float(row["intensity"][0])
    out = turn.events.add(Kind.TRUTH_WINDOW, np.array([turn.start]))
    out["high"], out["low"], out["cause"] = high, low, row["number"]
    out["from_high"], out["from_low"] = row["from_high"], row["from_low"]
    out["when"], out["money"] = started, settled_at(scenario, started, released, intensity)
    parameters = {
        "modifiers": [[m.target, m.operation, m.value] for m in scenario.modifiers],
        "ramp_minutes": scenario.ramp_minutes,
        "hold_minutes": round((released - started) / MINUTE - scenario.ramp_minutes, 3),
        "curve": scenario.curve,
        "intensity": intensity,
        "parent": turn.state.cause_ids[int(row["parent"][0])] or None,
    }
    out["text"], out["value"] = turn.events.text(json.dumps(parameters, sort_keys=True)), row["scenario"]


def _phase_event(turn: Turn, kind: Kind, row: Array, phase: int) -> None:
    name = list(turn.town.data.scenarios)[int(row["scenario"][0])]
    out = turn.events.add(kind, np.array([turn.start]))
    out["cause"], out["text"], out["value"] = row["number"], turn.events.text(name), phase
    out["from_high"], out["from_low"], out["ordinal"] = row["high"], row["low"], row["number"]


def _place(turn: Turn, name: str) -> int:
    return list(turn.town.data.scenarios).index(name)


def _number(parameters: Mapping[str, object], name: str, bounds: tuple[float, float], otherwise: float) -> float:
    value = parameters.get(name)
    if value is None:
        return otherwise
    if not isinstance(value, int | float) or isinstance(value, bool) or not bounds[0] <= value <= bounds[1]:
        raise RefusedError(f"{name} must be a number from {bounds[0]:g} to {bounds[1]:g}")
    return float(value)


def _clock(hour: float) -> str:
    return f"{int(hour):02d}:{round(hour % 1 * 60):02d}"

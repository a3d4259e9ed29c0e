"""Commands that act on the city: spawn, scenario, behavior, weather; and the phases of running scenarios."""

import json
from collections.abc import Mapping

import numpy as np

from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.causes import HOLDING, OVER, RAMPING, SETTLING, add, settled_at, strength
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.friendship import befriend
from services.simulator.domain.ids import printed
from services.simulator.domain.lifecycle import join
from services.simulator.domain.specification import ACTIONS, CONDITIONS
from services.simulator.domain.turn import Command, CommandResult, Turn

MOST_SPAWNED = 100_000
_IDS_TOLD = 100


class RefusedError(Exception):
    """A command that cannot be carried out, and why."""


def obey(turn: Turn) -> None:
    """Carry out the commands of this tick, in order; each gets a result."""
    for command in turn.commands:
        try:
            done = _obey(turn, command)
        except RefusedError as refusal:
            turn.results.append(CommandResult(command.command_id, accepted=False, reason=str(refusal), result={}))
        else:
            turn.results.append(CommandResult(command.command_id, accepted=True, reason=None, result=done))


def _obey(turn: Turn, command: Command) -> Mapping[str, object]:
    if command.name == "spawn":
        return _spawn(turn, command.parameters)
    if command.name == "scenario":
        return _scenario(turn, command.parameters)
    if command.name == "behavior":
        return _behavior(turn, command.parameters)
    if command.name == "weather":
        return _weather(turn, command.parameters)
    if command.name == "trigger":
        return _trigger(turn, command.parameters)
    raise RefusedError(f"the city has no command {command.name!r}")


def _spawn(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    count = parameters.get("count", 1)
    if not isinstance(count, int) or isinstance(count, bool) or not 1 <= count <= MOST_SPAWNED:
        raise RefusedError(f"count must be a whole number from 1 to {MOST_SPAWNED}")
    ids = join(turn, count)
    if parameters.get("befriend") and turn.state.users.count > count:
        others = turn.town.draws.uniform(Purpose.FRIENDS, ids[:, None], tick=turn.tick, also=[np.arange(3)[None, :]])
        for user, row in zip(ids.tolist(), (others * turn.state.users.count).astype(np.int64).tolist(), strict=True):
            for other in row:
                befriend(turn, user, other)
    told = [f"u{number:07d}" for number in ids[:_IDS_TOLD].tolist()]
    return {"count": count, "user_ids": told, "population": turn.state.users.count}


def _scenario(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    name, action = str(parameters.get("scenario", "")), str(parameters.get("action", "start"))
    scenarios = turn.town.data.scenarios
    if name not in scenarios:
        raise RefusedError(f"no scenario {name!r}; there are {', '.join(scenarios)}")
    number = list(scenarios).index(name)
    pool = turn.state.pools["causes"]
    running = np.flatnonzero((pool.rows["scenario"] == number) & (pool.rows["phase"] < SETTLING))
    if action == "stop":
        if len(running) == 0:
            raise RefusedError(f"{name} is not running")
        pool.put("released", running, turn.start)
        return {"scenario": name, "phase": "settling"}
    if action != "start":
        raise RefusedError("action must be start or stop")
    if len(running):
        raise RefusedError(f"{name} is already running")
    return {"scenario": name, "phase": "ramping", "cause_id": _begin(turn, number)}


def _begin(turn: Turn, number: int) -> str:
    """Start a scenario: its window on ground_truth names the cause."""
    name, scenario = list(turn.town.data.scenarios.items())[number]
    state = turn.state
    state.numbers["next_cause"] += 1
    cause = state.numbers["next_cause"]
    high, low = turn.ids(Kind.TRUTH_WINDOW, np.array([cause]))
    cause_id = str(printed(high, low)[0], "ascii")
    state.cause_ids.append(cause_id)
    released = turn.start + int((scenario.ramp_minutes + scenario.hold_minutes) * MINUTE)
    row = state.pools["causes"].empty(1)
    row["number"], row["scenario"], row["started"], row["released"] = cause, number, turn.start, released
    row["high"], row["low"] = high, low
    state.pools["causes"].add(row)
    out = turn.events.add(Kind.TRUTH_WINDOW, np.array([turn.start]))
    out["high"], out["low"], out["cause"] = high, low, cause
    out["when"], out["money"] = turn.start, settled_at(scenario, released)
    parameters = {
        "modifiers": {m.target: [m.operation, m.value] for m in scenario.modifiers},
        "ramp_minutes": scenario.ramp_minutes,
        "hold_minutes": scenario.hold_minutes,
        "curve": scenario.curve,
    }
    out["text"], out["value"] = turn.events.text(json.dumps(parameters, sort_keys=True)), number
    _phase_event(turn, Kind.SCENARIO_STARTED, row, name, RAMPING)
    return cause_id


def advance_causes(turn: Turn) -> None:
    """Move running scenarios through their phases and sum up what holds, cause by cause in start order."""
    pool, scenarios = turn.state.pools["causes"], list(turn.town.data.scenarios.items())
    if len(pool) == 0:
        return
    phases = pool.rows["phase"].copy()
    for place, row in enumerate(pool.rows):
        name, scenario = scenarios[int(row["scenario"])]
        part, phase = strength(scenario, int(row["started"]), int(row["released"]), turn.start)
        one = pool.rows[place : place + 1]
        if phase >= SETTLING and row["phase"] < SETTLING:
            _phase_event(turn, Kind.SCENARIO_SETTLING, one, name, SETTLING)
        if phase == OVER:
            _phase_event(turn, Kind.SCENARIO_SETTLED, one, name, OVER)
        elif part > 0:
            turn.effects.append(add(turn.effects[-1], scenario, part, turn.town.category_numbers))
            turn.causes.append(int(row["number"]))
        phases[place] = phase if phase != HOLDING else HOLDING
    pool.put("phase", np.arange(len(phases)), phases)
    pool.take(phases == OVER)


def _phase_event(turn: Turn, kind: Kind, row: Array, name: str, phase: int) -> None:
    out = turn.events.add(kind, np.array([turn.start]))
    out["cause"], out["text"], out["value"] = row["number"], turn.events.text(name), phase
    out["from_high"], out["from_low"], out["ordinal"] = row["high"], row["low"], row["number"]


def _behavior(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    personas = list(turn.town.data.people.personas)
    persona, wanted = parameters.get("persona"), parameters.get("probabilities")
    if persona is not None and persona not in personas:
        raise RefusedError(f"no persona {persona!r}; there are {', '.join(personas)}")
    if not isinstance(wanted, Mapping) or not wanted:
        raise RefusedError("probabilities must map actions to numbers")
    for action, value in wanted.items():
        if action not in ACTIONS:
            raise RefusedError(f"no action {action!r}; there are {', '.join(ACTIONS)}")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 < value <= 1:
            raise RefusedError(f"probability of {action} must be above 0 and at most 1")
    rows = [personas.index(str(persona))] if persona is not None else list(range(len(personas)))
    weights = np.exp(turn.state.action_weights)
    weights /= weights.sum(axis=1, keepdims=True)
    fixed = np.array([ACTIONS.index(str(a)) for a in wanted])
    given = np.array([float(v) for v in wanted.values() if isinstance(v, int | float)])
    rest = np.setdiff1d(np.arange(len(ACTIONS)), fixed)
    for row in rows:
        weights[row, fixed] = given
        left = max(1.0 - given.sum(), 0.001)
        weights[row, rest] *= left / weights[row, rest].sum()
    turn.state.action_weights = np.log(weights)
    mix = (weights[rows[0]] / weights[rows[0]].sum()).round(4).tolist()
    return {"persona": persona, "probabilities": dict(zip(ACTIONS, mix, strict=True))}


def _weather(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    condition, hours = parameters.get("condition"), parameters.get("hours", 3)
    if condition not in CONDITIONS:
        raise RefusedError(f"condition must be one of {', '.join(CONDITIONS)}")
    if not isinstance(hours, int | float) or isinstance(hours, bool) or not 0 < hours <= 240:  # noqa: PLR2004 — ten days
        raise RefusedError("hours must be above 0 and at most 240")
    numbers = turn.state.numbers
    numbers["weather_forced"] = numbers["weather"] = CONDITIONS.index(str(condition))
    numbers["weather_until"] = turn.start + int(hours * HOUR)
    row = turn.town.data.weather[turn.now.year_hour % len(turn.town.data.weather)]
    out = turn.events.add(Kind.WEATHER_CHANGED, np.array([turn.start]))
    out["text"], out["ordinal"] = turn.events.text(str(condition)), 1
    out["score"], out["latitude"], out["longitude"] = row[1], row[2], row[3]
    return {"condition": condition, "hours": hours}


def _trigger(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Only the weather may be triggered so far; outcomes of other services never."""
    event_type, payload = parameters.get("event_type"), parameters.get("payload")
    if event_type == "weather.changed" and isinstance(payload, Mapping):
        return _weather(turn, payload)
    raise RefusedError(f"{event_type} cannot be triggered; weather.changed can, with a payload of condition and hours")

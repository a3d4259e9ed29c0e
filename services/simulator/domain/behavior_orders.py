"""Shares of actions that people order: of one persona, of everybody, or for as long as a scenario holds."""

from collections.abc import Mapping
from difflib import get_close_matches

import numpy as np

from services.simulator.domain.draws import Array
from services.simulator.domain.refusals import RefusedError
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.turn import Turn

LEAST = 1e-9
"""Share of an action that is to happen never: its logarithm is still a number."""


def adjust_behavior(turn: Turn, parameters: Mapping[str, object]) -> Mapping[str, object]:
    """Give some actions the shares asked for; the others keep their proportions. The answer is the mix that results.

    For a scenario the shares are those of everybody at its full strength, in place of its own modifiers of actions.

    Raises:
        RefusedError: A persona, scenario, action or share is none, or the shares do not add up.

    """
    wanted = _shares(parameters.get("action_probabilities", parameters.get("probabilities")))
    personas = list(turn.town.data.people.personas)
    persona, scenario = parameters.get("persona"), parameters.get("scenario")
    if persona is not None and scenario is not None:
        raise RefusedError("behavior is of a persona or of a scenario, not of both")
    if persona is not None and parameters.get("global"):
        raise RefusedError("behavior is of a persona or of everybody, not of both")
    if scenario is not None:
        return _of_scenario(turn, str(scenario), wanted)
    if persona is not None and persona not in personas:
        raise RefusedError(f"no persona {persona!r}{_near(str(persona), personas)}")
    rows = list(range(len(personas))) if persona is None else [personas.index(str(persona))]
    weights = np.exp(turn.state.action_weights)
    for row in rows:
        weights[row] = _mixed(weights[row] / weights[row].sum(), wanted)
    turn.state.action_weights = np.log(weights)
    mixes = {personas[row]: _told(weights[row]) for row in rows}
    return {"persona": persona, "global": persona is None, "probabilities": mixes}


def _of_scenario(turn: Turn, name: str, wanted: Mapping[int, float]) -> Mapping[str, object]:
    scenarios = turn.town.data.scenarios
    if name not in scenarios:
        raise RefusedError(f"no scenario {name!r}{_near(name, list(scenarios))}")
    weights = np.exp(turn.state.action_weights)
    base = (weights / weights.sum(axis=1, keepdims=True)).mean(axis=0)
    mix = _mixed(base, wanted)
    turn.state.scenario_weights = {**turn.state.scenario_weights, name: np.log(mix) - np.log(base)}
    return {"scenario": name, "probabilities": {name: _told(mix)}}


def _shares(given: object) -> dict[int, float]:
    """Shares by number of the action."""
    if not isinstance(given, Mapping) or not given:
        raise RefusedError("action_probabilities must map actions to shares")
    found: dict[int, float] = {}
    for action, value in given.items():
        if action not in ACTIONS:
            raise RefusedError(f"no action {action!r}{_near(str(action), list(ACTIONS))}")
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 1:
            raise RefusedError(f"share of {action} must be from 0 to 1, not {value!r}")
        found[ACTIONS.index(str(action))] = float(value)
    total = sum(found.values())
    if total > 1 + LEAST or (len(found) == len(ACTIONS) and total < 1 - LEAST):
        raise RefusedError(f"shares add up to {total:g}, not to 1")
    return found


def _mixed(mix: Array, wanted: Mapping[int, float]) -> Array:
    """A mix of shape (actions,) with some shares as wanted."""
    fixed = np.array(list(wanted))
    rest = np.setdiff1d(np.arange(len(ACTIONS)), fixed)
    changed = mix.copy()
    changed[fixed] = list(wanted.values())
    if len(rest):
        changed[rest] *= max(1.0 - sum(wanted.values()), 0.0) / changed[rest].sum()
    return np.asarray(np.maximum(changed, LEAST))


def _told(mix: Array) -> dict[str, float]:
    return dict(zip(ACTIONS, (mix / mix.sum()).round(4).tolist(), strict=True))


def _near(word: str, valid: list[str]) -> str:
    found = get_close_matches(word, valid, n=1)
    return f"; did you mean {found[0]!r}?" if found else f"; there are: {', '.join(valid)}"

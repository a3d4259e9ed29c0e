"""Log weights of actions that are fixed for a run: the mix of each persona, their situations, the act before."""

import numpy as np

from services.simulator.domain.balancing import balance
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import WEIGHT, amount
from services.simulator.domain.scenarios import SITUATIONS
from services.simulator.domain.specification import ACTIONS, CityData


def base_log_weights(data: CityData) -> Array:
    """Ln of the action mix of each persona, shape (personas, actions)."""
    base = np.array([data.world.actions[name] for name in ACTIONS])
    factors = np.array([[p.weights.get(name, 1.0) for name in ACTIONS] for p in data.people.personas.values()])
    return np.asarray(np.log(base * factors))


def situation_weights(data: CityData) -> Array:
    """What each situation adds to the log weights of a persona's actions, shape (situations, personas, actions)."""
    personas = list(data.people.personas)
    table = np.zeros((len(SITUATIONS), len(personas), len(ACTIONS)))
    for number, name in enumerate(SITUATIONS):
        for modifier in data.temporal.situations.get(name, ()):
            who = [personas.index(persona) for persona in modifier.personas] or list(range(len(personas)))
            change = amount(modifier, WEIGHT, 0.0, 1.0, 1.0)
            table[number, who, ACTIONS.index(modifier.target.removeprefix("action."))] += change
    return table


def chain_weights(data: CityData) -> Array:
    """What the act before adds to the log weight of the next, shape (1 + actions, actions); row 0 is of none before.

    The factors of the world's ``chain`` are balanced, so that the base mix stays the mean whatever follows what.
    """
    share = np.array([data.world.actions[name] for name in ACTIONS])
    share = share / share.sum()
    factor = np.ones((len(ACTIONS), len(ACTIONS)))
    for before, following in data.world.chain.items():
        for name, value in following.items():
            factor[ACTIONS.index(before), ACTIONS.index(name)] = value
    some = np.flatnonzero(share > 0)  # what nobody ever does follows nothing
    part, chain = share[some], np.zeros(factor.shape)
    independent = part[:, None] * part
    chain[np.ix_(some, some)] = np.log(balance(independent * factor[np.ix_(some, some)], part, part) / independent)
    return np.concatenate([np.zeros((1, len(ACTIONS))), chain])

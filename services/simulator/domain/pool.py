"""Who of the population may act at all: a share of people, and never more than a number of them."""

import numpy as np

from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.turn import Turn

_PERCENT = 100.0


def may_act(turn: Turn, who: Array) -> Array | bool:
    """Whether each of some people may act, shape (people,); True where nothing limits it.

    A function of the configuration and the people's numbers, so that every shard knows it of everybody: those whose
    draw is below the share, and of them the first by number up to the most.
    """
    config, count = turn.town.config, turn.state.users.count
    if config.active_percentage >= _PERCENT and config.maximum_active_users is None:
        return True
    known = turn.state.pool_memo
    if len(known) != count:
        draw = turn.town.draws.uniform(Purpose.ACTIVE_POOL, np.arange(count))
        known = draw * _PERCENT < config.active_percentage
        if config.maximum_active_users is not None:
            known &= np.cumsum(known) <= config.maximum_active_users
        turn.state.pool_memo = known
    return known[who]

"""What somebody's own situation does to what they do in the app: modifiers as of hours and weather, of one person."""

import numpy as np

from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.draws import Array
from services.simulator.domain.turn import Turn


def has_just_joined(turn: Turn, who: Array) -> Array:
    """Whether each person is in their first hours, shape of ``who``."""
    hours = turn.town.data.world.social.newcomer_hours
    return np.asarray(turn.state.users["registered"][who] > turn.start - int(hours * HOUR))


def owes_invitation(turn: Turn, who: Array) -> Array:
    """Whether a friend's invitation that each person said yes to lately still waits for one back, shape of ``who``."""
    columns, days = turn.state.users, turn.town.data.world.social.owed_days
    lately = columns["invited_tick"][who] > turn.tick - int(days * DAY / turn.town.tick_us)
    return np.asarray((columns["invited_by"][who] >= 0) & lately)


def holding(turn: Turn, who: Array) -> Array:
    """Which of `SITUATIONS` each person is in, shape (situations, people)."""
    columns, trending = turn.state.users, turn.state.venues["trending"]
    venue, new = columns["intent_venue"][who], has_just_joined(turn, who)
    in_mind = venue >= 0
    trends = in_mind & (trending[venue] > 0) if len(trending) else in_mind
    friendless = (columns["friend_count"][who] == 0) & ~new
    return np.stack([in_mind, trends, new, friendless, owes_invitation(turn, who)])

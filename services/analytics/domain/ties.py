"""How often each person lately had to do with each friend: interactions that fade, the most met friends kept.

Counted from the person's own records of ``social_interactions``, which are on one partition in one order.
"""

import json

from services.analytics.domain.cells import Cells, Scope, cell_key, pack_json
from services.analytics.domain.learning import Social
from services.analytics.domain.tastes import DAY_US

KIND = "ties"


class Ties:
    """Counts by person and friend."""

    def __init__(self, scope: Scope, cells: Cells, parameters: Social) -> None:
        self._scope = scope
        self._cells = cells
        self._parameters = parameters
        self._counts: dict[str, dict[str, tuple[float, int]]] = {}

    def load(self, name: str, data: bytes) -> None:
        """Take back the friends of one person."""
        self._counts[name] = {friend: (count, time) for friend, (count, time) in json.loads(data).items()}

    def meet(self, user: str, friend: str, worth: float, time: int) -> float:
        """Count one interaction; 0 to 1, how close the friend is now: half at ``half_closeness`` interactions."""
        friends = self._counts.setdefault(user, {})
        count, last = friends.get(friend, (0.0, time))
        count = count * self._left(time - last) + worth * self._left(last - time)
        friends[friend] = count, max(time, last)
        if len(friends) > self._parameters.friends_kept:
            now = max(at for _, at in friends.values())
            del friends[min(friends, key=lambda name: (friends[name][0] * self._left(now - friends[name][1]), name))]
        return count / (count + self._parameters.half_closeness)

    def save(self, partition: int, user: str) -> None:
        """Write the friends of one person."""
        self._cells.write(partition, cell_key(self._scope, KIND, user), pack_json(self._counts[user]))

    def closest(self, user: str, limit: int) -> list[tuple[str, float]]:
        """Friends met most lately, most first, with their counts as of the last interaction with each."""
        friends = self._counts.get(user, {})
        ranked = sorted(friends.items(), key=lambda item: (-item[1][0], item[0]))
        return [(friend, count) for friend, (count, _) in ranked[:limit]]

    def _left(self, span_us: int) -> float:
        return float(0.5 ** (max(span_us, 0) / (self._parameters.half_life_days * DAY_US)))

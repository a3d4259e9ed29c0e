"""What of a person figures are broken down by, from the `users` topic: persona, home, since when, how many friends."""

from collections.abc import Iterable

import numpy as np
import polars as pl
from numpy.typing import NDArray


class PeopleDirectory:
    """Latest row of everybody as columns: about 150 bytes a person, most of them the id."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._personas: list[str] = []
        self._boroughs: list[str | None] = []
        self._registered: list[int] = []
        self._friends: list[int] = []
        self._removed: list[int] = []
        self._sorted: NDArray[np.int64] | None = None
        self._words: dict[str, str] = {}

    def __len__(self) -> int:
        return len(self._rows)

    def update(self, frame: pl.DataFrame) -> None:
        """Take rows of the ``users`` topic."""
        friends = pl.when(pl.col("friend_ids").is_null() | (pl.col("friend_ids") == "")).then(0)
        counted = friends.otherwise(pl.col("friend_ids").str.count_matches(",", literal=True) + 1).cast(pl.Int64)
        rows = frame.select("user_id", "persona", "borough", "registered_at", counted.alias("friends"))
        for user, persona, borough, registered, count in rows.iter_rows():
            row = self._rows.get(user)
            if row is None:
                row = self._place(user)
            self._personas[row] = self._word(persona)
            self._boroughs[row] = None if borough is None else self._word(borough)
            if self._registered[row] != registered:
                self._registered[row] = registered
                self._sorted = None
            self._friends[row] = count

    def _place(self, user: str) -> int:
        if self._removed:
            row = self._removed.pop()
        else:
            row = len(self._personas)
            self._personas.append("")
            self._boroughs.append(None)
            self._registered.append(-1)
            self._friends.append(0)
        self._rows[user] = row
        return row

    def _word(self, text: str) -> str:
        """The same object for the same text: there are few personas and boroughs, and many people."""
        return self._words.setdefault(text, text)

    def remove(self, users: Iterable[str]) -> None:
        """Forget people."""
        for user in users:
            row = self._rows.pop(user, None)
            if row is not None:
                self._registered[row], self._friends[row] = -1, 0
                self._removed.append(row)
                self._sorted = None

    def persona(self, user: str) -> str | None:
        """Persona of a person, None where unknown."""
        row = self._rows.get(user)
        return None if row is None else self._personas[row]

    def home(self, user: str) -> str | None:
        """Borough a person lives in, None where unknown."""
        row = self._rows.get(user)
        return None if row is None else self._boroughs[row]

    def unknown(self, users: Iterable[str]) -> set[str]:
        """Those of these people that are not in the directory."""
        return set(users).difference(self._rows)

    def registered(self, until: int) -> int:
        """People who had joined before a simulated time."""
        if self._sorted is None:
            times = np.array(self._registered, dtype=np.int64)
            self._sorted = np.sort(times[times >= 0])
        return int(np.searchsorted(self._sorted, until))

    def friendships(self) -> int:
        """Pairs of friends: each is in the rows of both."""
        return sum(self._friends) // 2

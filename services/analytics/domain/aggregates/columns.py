"""A chunk as small numbers: everything the folds add up, with no Python object a record but its ids.

Each record gets the number of its minute, type, person, venue, and of the values its figures are broken down by.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.aggregates.kinds import DIMENSIONS, UNKNOWN
from services.analytics.domain.aggregates.names import Names, Numbering
from services.analytics.domain.codes import Numbers
from services.analytics.domain.people import PeopleDirectory
from services.analytics.domain.venues import VenueDirectory

MINUTE_US = 60_000_000
NONE = -1
"""A record without: no person, no venue, no value."""


@dataclass(frozen=True, slots=True)
class Columns:
    """Arrays of shape (records,). ``values`` are numbers of `Values`, one array for each of `DIMENSIONS`."""

    topic: str
    minute: Numbers
    kind: Numbers
    person: Numbers
    venue: Numbers
    values: tuple[Numbers, ...]
    frame: pl.DataFrame

    def __len__(self) -> int:
        return len(self.minute)


class Words:
    """Numbers of words that are few: types of record, values of a dimension. Of this process only, never saved."""

    def __init__(self, *words: str) -> None:
        self.words = list(words)
        self._numbers = {word: number for number, word in enumerate(words)}

    def number(self, word: str) -> int:
        """Number of a word, given when it is first asked for."""
        found = self._numbers.get(word)
        if found is None:
            found = self._numbers[word] = len(self.words)
            self.words.append(word)
        return found

    def numbers(self, words: pl.Series) -> Numbers:
        """Number of each word, shape (words,)."""
        listed = words.to_list()
        known = self._numbers
        try:
            return np.fromiter(map(known.__getitem__, listed), dtype=np.int64, count=len(listed))
        except KeyError:
            for word in sorted(set(listed) - known.keys()):
                self.number(word)
            return np.fromiter(map(known.__getitem__, listed), dtype=np.int64, count=len(listed))


@dataclass(slots=True)
class _Known:
    """A value by number of person or venue of one partition; `_UNASKED` until a directory knew it."""

    values: Numbers = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def of(self, names: Names, numbers: Numbers, look_up: Callable[[str], int]) -> Numbers:
        if len(names.order) > len(self.values):
            more = np.full(2 * len(names.order) - len(self.values), 0, dtype=np.int64)
            self.values = np.concatenate([self.values, more])
        found = self.values[numbers]
        if not found.all():
            for number in np.unique(numbers[found == 0]).tolist():
                self.values[number] = look_up(names.order[number])
            found = self.values[numbers]
        return found


class ColumnReader:
    """Turns records of one scope into columns; remembers what the directories said of whom.

    What a directory said first stays: persona, category and borough are for life, and a count must not depend on
    when it was asked.
    """

    def __init__(
        self, people: PeopleDirectory, venues: VenueDirectory, numberings: tuple[Numbering, Numbering]
    ) -> None:
        """``numberings`` of people and of venues."""
        self._people = people
        self._venues = venues
        self._of_people, self._of_venues = numberings
        self.kinds = Words()
        self.values = Words(UNKNOWN)
        self._known: dict[tuple[str, int], _Known] = {}

    def read(self, topic: str, partition: int, frame: pl.DataFrame) -> Columns:
        """Columns of records of one partition of one topic."""
        person, of_person = _numbered(frame, "user_id", self._of_people.of(partition))
        venue, of_venue = _numbered(frame, "venue_id", self._of_venues.of(partition))
        people, venues = self._of_people.of(partition), self._of_venues.of(partition)
        persona = np.full(frame.height, NONE, dtype=np.int64)
        category, borough = persona.copy(), persona.copy()
        persona[of_person] = self._look_up("persona", partition, people, person[of_person], self._persona)
        category[of_venue] = self._look_up("category", partition, venues, venue[of_venue], self._category)
        borough[of_person] = self._look_up("home", partition, people, person[of_person], self._home)
        borough[of_venue] = self._look_up("borough", partition, venues, venue[of_venue], self._borough)
        return Columns(
            topic,
            frame["simulation_time"].to_numpy() // MINUTE_US,
            self.kinds.numbers(frame["event_type"]),
            person,
            venue,
            (persona, category, borough),
            frame,
        )

    def _look_up(
        self, what: str, partition: int, names: Names, numbers: Numbers, look_up: Callable[[str], str | None]
    ) -> Numbers:
        known = self._known.setdefault((what, partition), _Known())
        return known.of(names, numbers, lambda name: self.values.number(look_up(name) or UNKNOWN))

    def _persona(self, user: str) -> str | None:
        return self._people.persona(user)

    def _home(self, user: str) -> str | None:
        return self._people.home(user)

    def _category(self, venue_id: str) -> str | None:
        venue = self._venues.get(venue_id)
        return None if venue is None else venue.category

    def _borough(self, venue_id: str) -> str | None:
        venue = self._venues.get(venue_id)
        return None if venue is None else venue.borough


def _numbered(frame: pl.DataFrame, column: str, names: Names) -> tuple[Numbers, NDArray[np.bool_]]:
    """Numbers of a column of ids, `NONE` where null or absent, and which are not."""
    numbers = np.full(frame.height, NONE, dtype=np.int64)
    if column not in frame.columns:
        return numbers, np.zeros(frame.height, dtype=np.bool_)
    ids = frame[column]
    if not ids.null_count():
        return names.numbers(ids.to_list()), np.ones(frame.height, dtype=np.bool_)
    present = ids.is_not_null().to_numpy()
    numbers[present] = names.numbers(ids.drop_nulls().to_list())
    return numbers, present


assert DIMENSIONS == ("persona", "category", "borough")

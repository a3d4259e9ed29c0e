"""The tables of a venue and the choice among them: the smallest that fits, or the pair that wastes least."""

import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations

_GROUP = re.compile(r"^(\d{1,3})x(\d{1,4})$")
LARGEST_HOUSE = 500
"""Tables of one venue: the pairs of more would be slow to look through, and no house has them."""


@dataclass(frozen=True, slots=True)
class Option:
    """Tables, by venue-local number from 1, that can be given to one party."""

    tables: tuple[int, ...]
    seats: int


@dataclass(frozen=True, slots=True)
class Tables:
    """Sizes of a venue's tables, smallest first; number n is ``sizes[n - 1]``."""

    sizes: tuple[int, ...]

    @property
    def seats(self) -> int:
        """Seats of all tables together."""
        return sum(self.sizes)

    def largest_party(self) -> int:
        """Most people who can ever sit together: the two largest tables, the last ones."""
        return sum(self.sizes[-2:])


@lru_cache(maxsize=4096)
def parse_tables(text: str) -> Tables:
    """Tables out of ``2x6,4x5`` (seats x count); raises ValueError naming the part that is wrong."""
    sizes: list[int] = []
    for part in filter(None, text.replace(" ", "").split(",")):
        match = _GROUP.match(part)
        if match is None or int(match[1]) < 1:
            raise ValueError(f"tables: {part!r} is not `seats x count`")
        sizes += [int(match[1])] * int(match[2])
    if len(sizes) > LARGEST_HOUSE:
        raise ValueError(f"tables: {len(sizes)} tables are more than {LARGEST_HOUSE}")
    return Tables(tuple(sorted(sizes)))


@lru_cache(maxsize=65_536)
def options(tables: Tables, party_size: int, pair_waste: int) -> tuple[Option, ...]:
    """What can be offered to a party, best first: single tables by size, then pairs by seats.

    A pair is offered where no single table seats the party, or where it leaves at most ``pair_waste`` seats empty.
    """
    singles = [Option((number,), size) for number, size in enumerate(tables.sizes, 1) if size >= party_size]
    pairs = [
        Option((a, b), tables.sizes[a - 1] + tables.sizes[b - 1])
        for a, b in combinations(range(1, len(tables.sizes) + 1), 2)
        if tables.sizes[a - 1] < party_size > tables.sizes[b - 1]
        and party_size <= tables.sizes[a - 1] + tables.sizes[b - 1]
    ]
    fitting = [pair for pair in pairs if not singles or pair.seats - party_size <= pair_waste]
    return tuple(sorted(singles, key=_rank) + sorted(fitting, key=_rank))


def _rank(option: Option) -> tuple[int, tuple[int, ...]]:
    return option.seats, option.tables

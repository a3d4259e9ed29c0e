"""Which tables of one venue are taken when: one integer a table, one bit a slot.

Deciding in memory is fast but promises nothing; the store's constraint on (venue, table, slot) does.
"""

from dataclasses import dataclass, field

from services.booking.domain.tables import Option, Tables, options

NONE_CLOSED: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Claim:
    """A table held by a booking for the slots ``first`` to ``first + count - 1``."""

    booking_id: str
    venue_id: str
    table: int
    first: int
    count: int


@dataclass(slots=True)
class Floor:
    """The taken slots of a venue's tables from ``base`` until before ``until``, as bit sets counted from ``base``.

    Claims in force outside that span are not known here.
    """

    tables: Tables
    base: int
    until: int
    taken: dict[int, int] = field(default_factory=dict)

    def offer(
        self, party_size: int, first: int, count: int, pair_waste: int, closed: frozenset[int] = NONE_CLOSED
    ) -> Option | None:
        """The best free option for a party over a span of slots, without closed tables; None where nothing is free."""
        wanted = self._mask(first, count)
        taken = self.taken
        for option in options(self.tables, party_size, pair_waste):
            for table in option.tables:  # the innermost loop of a batch: a generator costs twice as much
                if table in closed or taken.get(table, 0) & wanted:
                    break
            else:
                return option
        return None

    def free_options(self, party_size: int, first: int, count: int, closed: frozenset[int] = NONE_CLOSED) -> int:
        """How many single tables a party could still have over a span of slots, without closed tables."""
        wanted = self._mask(first, count)
        return sum(
            size >= party_size and number not in closed and not self.taken.get(number, 0) & wanted
            for number, size in enumerate(self.tables.sizes, 1)
        )

    def take(self, claim: Claim) -> None:
        """Mark a claim's slots as taken; raises ValueError where one already is."""
        wanted = self._mask(claim.first, claim.count)
        if self.taken.get(claim.table, 0) & wanted:
            raise ValueError(f"table {claim.table} of {claim.venue_id} is taken in slot {claim.first}")
        self.taken[claim.table] = self.taken.get(claim.table, 0) | wanted

    def leave(self, claim: Claim) -> None:
        """Free a claim's slots."""
        self.taken[claim.table] = self.taken.get(claim.table, 0) & ~self._mask(claim.first, claim.count)

    def _mask(self, first: int, count: int) -> int:
        shift = first - self.base
        if shift < 0:
            count, shift = max(count + shift, 0), 0
        return ((1 << count) - 1) << shift

"""Who may share a table without having chosen each other: wishes close in time, tastes not far apart."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from services.booking.domain.policy import MINUTE_US, AutoBookPolicy
from services.booking.domain.venue import Venue


@dataclass(frozen=True, slots=True)
class Taste:
    """What a person's interests tell: kinds of houses (cuisine, or category where it has none), mean price tier."""

    kinds: frozenset[str]
    price_tier: float


@dataclass(frozen=True, slots=True)
class Guest:
    """A person who wants to come at a time with so many."""

    user_id: str
    preferred_us: int
    party_size: int
    taste: Taste


def taste_of(venues: Iterable[Venue]) -> Taste:
    """The taste of who is interested in these houses, at least one."""
    found = list(venues)
    kinds = frozenset(venue.cuisine or venue.category for venue in found)
    return Taste(kinds, sum(venue.price_tier for venue in found) / len(found))


def compatible(one: Taste, other: Taste, policy: AutoBookPolicy) -> bool:
    """Whether two tastes share enough kinds of houses (Jaccard) and are about as dear."""
    overlap = len(one.kinds & other.kinds) / len(one.kinds | other.kinds)
    return overlap >= policy.taste_overlap and abs(one.price_tier - other.price_tier) <= policy.price_apart


def companies(guests: Sequence[Guest], largest: int, policy: AutoBookPolicy) -> list[list[Guest]]:
    """Guests at tables of at most ``largest``, each at the first where everybody's time and taste agree with theirs.

    ``guests`` are ordered by time and user: the first of a table has its earliest time. A party is never split.
    """
    tables: list[list[Guest]] = []
    for guest in guests:
        for table in tables:
            if _fits(guest, table, largest, policy):
                table.append(guest)
                break
        else:
            tables.append([guest])
    return tables


def _fits(guest: Guest, table: Sequence[Guest], largest: int, policy: AutoBookPolicy) -> bool:
    if guest.preferred_us - table[0].preferred_us > policy.together * MINUTE_US:
        return False
    if guest.party_size + sum(member.party_size for member in table) > largest:
        return False
    return all(compatible(guest.taste, member.taste, policy) for member in table)


def guests_of(
    wishes: Iterable[tuple[str, int, int]], liked: Mapping[str, Sequence[Venue]], venue: Venue
) -> list[Guest]:
    """Guests out of (user, preferred time, party) wishes for a house, their tastes out of all the houses they like."""
    return [
        Guest(user_id, preferred_us, max(party_size, 1), taste_of([venue, *liked.get(user_id, ())]))
        for user_id, preferred_us, party_size in wishes
    ]

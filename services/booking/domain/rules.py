"""What holds at one house for one start: weather, traffic, holidays and crowds change what is given, and when."""

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np

from services.booking.domain.near import distances_km
from services.booking.domain.policy import DAY_MINUTES, MINUTE_US, SLOT_US, Policy
from services.booking.domain.venue import Venue

WEATHER, TRAFFIC, CROWD, HOLIDAY = "weather", "traffic", "crowd", "holiday"
REMEMBERED = 50_000
"""Houses and starts of which the rules are remembered: 15 MB."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that holds in a city, for all of it or around a place; moments in UTC microseconds.

    ``word`` is the weather; ``value`` the traffic's delay in minutes. Weather and traffic have no end: the next
    record replaces them.
    """

    city: str
    kind: str
    name: str
    starts_us: int
    ends_us: int | None = None
    word: str | None = None
    value: float | None = None
    latitude: float | None = None
    longitude: float | None = None
    radius_km: float | None = None

    def near(self, venue: Venue) -> bool:
        """Whether a house is within its reach; without a place it reaches the whole city."""
        if self.city != venue.city:
            return False
        if self.latitude is None or self.longitude is None:
            return True
        there = np.array([venue.latitude]), np.array([venue.longitude])
        return bool(distances_km(self.latitude, self.longitude, *there)[0] <= (self.radius_km or 0.0))


@dataclass(frozen=True, slots=True)
class Rules:
    """Limits at one house for one start. ``open``: and not about to close; ``closed``: tables that are not given."""

    open: bool
    closed: frozenset[int]
    lead: int
    party_limit: int
    deposit_from: int


@lru_cache(maxsize=1024)
def numbered(tables: int, every: int) -> frozenset[int]:
    """Every nth table by its number."""
    return frozenset(range(every, tables + 1, every))


@lru_cache(maxsize=65_536)
def _local(slot: int, zone: ZoneInfo) -> tuple[int, int]:
    """Weekday and minute of the local day at which a quarter of an hour begins."""
    local = (_EPOCH + timedelta(microseconds=slot * SLOT_US)).astimezone(zone)
    return local.weekday(), local.hour * 60 + local.minute


@dataclass(slots=True)
class Rulebook:
    """The policy under what holds in the cities of a telling."""

    policy: Policy
    conditions: tuple[Condition, ...] = ()
    _known: dict[tuple[str, int, bool], Rules] = field(default_factory=dict)
    """By house, start and whether it is wet; a batch asks the same again and again."""

    @classmethod
    def of(cls, policy: Policy, conditions: Iterable[Condition] = ()) -> "Rulebook":
        """A rulebook of what holds."""
        return cls(policy, tuple(conditions))

    def rules(self, venue: Venue, start_us: int, now_us: int) -> Rules:
        """What holds for a table at a start, asked for now."""
        wet = self.wet(venue) and start_us - now_us <= self.policy.outdoor.closed_ahead * MINUTE_US
        key = venue.venue_id, start_us, wet
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            found = self._known[key] = self._rules(venue, start_us, wet=wet)
        return found

    def outdoor(self, venue: Venue) -> frozenset[int]:
        """Numbers of the tables outside."""
        every = self.policy.outdoor.every
        return numbered(len(venue.tables.sizes), every) if venue.outdoor_seating else frozenset()

    def wet(self, venue: Venue) -> bool:
        """Whether nobody sits outside at a house now."""
        return venue.outdoor_seating and any(
            one.kind == WEATHER and one.city == venue.city and one.word in self.policy.outdoor.closed_by
            for one in self.conditions
        )

    def delay(self, city: str) -> int:
        """Minutes by which heavy traffic makes people late; 0 where it is not heavy."""
        found = [one.value or 0.0 for one in self.conditions if one.kind == TRAFFIC and one.city == city]
        longest = math.ceil(max(found, default=0.0))
        return longest if longest >= self.policy.traffic.heavy_from else 0

    def grace(self, city: str) -> int:
        """Minutes for which a table is held after its start."""
        return self.policy.limits.no_show_grace + min(self.delay(city), self.policy.traffic.grace_limit)

    def deposit(self, venue: Venue, start_us: int, party_size: int) -> int | None:
        """Minor units asked for at confirmation; None where no deposit applies."""
        if party_size < self.rules(venue, start_us, start_us).deposit_from:
            return None
        return party_size * self.policy.deposit.head_minor(venue.price_tier) or None

    def kept(self, deposit_minor: int, start_us: int, now_us: int) -> int:
        """What the house keeps of a deposit when the table is given up at a moment."""
        in_time = start_us - now_us >= self.policy.deposit.refund_until * MINUTE_US
        return 0 if in_time else deposit_minor

    def _rules(self, venue: Venue, start_us: int, *, wet: bool) -> Rules:
        policy, tables = self.policy, len(venue.tables.sizes)
        holiday = any(self._holds(one, HOLIDAY, venue, start_us, 0, 0) for one in self.conditions)
        crowd = policy.crowd
        crowded = any(self._holds(one, CROWD, venue, start_us, crowd.before, crowd.after) for one in self.conditions)
        busy = crowded or self._peak(venue, start_us)
        closed = self.outdoor(venue) if wet else frozenset[int]()
        deposits = [policy.deposit.party_from]
        if busy:
            closed |= numbered(tables, policy.peak.walk_in_every)
            deposits.append(policy.deposit.peak_party_from)
        if holiday:
            closed |= numbered(tables, policy.holiday.walk_in_every)
            deposits.append(policy.deposit.holiday_party_from)
        last_seating = max(policy.tables.last_seating, policy.holiday.last_seating if holiday else 0)
        left = venue.hours.closes_in(start_us) if venue.hours is not None else None
        return Rules(
            left is not None and left >= last_seating,
            closed,
            max(self.delay(venue.city), crowd.lead if crowded else 0),
            min(policy.limits.party_limit, policy.holiday.party_limit if holiday else policy.limits.party_limit),
            min(deposits),
        )

    def _peak(self, venue: Venue, start_us: int) -> bool:
        peak, hours = self.policy.peak, venue.hours
        if hours is None:
            return False
        weekday, minute = _local(start_us // SLOT_US, hours.zone)
        return weekday in peak.weekdays and peak.opens <= minute % DAY_MINUTES < peak.closes

    @staticmethod
    def _holds(one: Condition, kind: str, venue: Venue, start_us: int, before: int, after: int) -> bool:
        if one.kind != kind or one.ends_us is None:
            return False
        in_time = one.starts_us - before * MINUTE_US <= start_us < one.ends_us + after * MINUTE_US
        return in_time and one.near(venue)

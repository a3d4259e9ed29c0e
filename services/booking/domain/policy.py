"""Limits of the house: how long a table is held, how early and how late one may book, when a timer fires.

The values are in `data/policy.yaml`; here is what they mean. Minutes unless the name says otherwise.
"""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

MINUTE_US = 60_000_000
SLOT_MINUTES = 15
"""Tables are claimed in quarters of an hour, the grain of every reservation book."""
SLOT_US = SLOT_MINUTES * MINUTE_US
DAY_MINUTES = 1440
LONGEST_DWELL = 225
"""The stores look for claims that began up to 16 quarters before; one of them may be begun late."""

Count = Annotated[int, Field(ge=1)]
Minutes = Annotated[int, Field(ge=0)]
Dwell = Annotated[int, Field(ge=SLOT_MINUTES, le=LONGEST_DWELL)]
Every = Annotated[int, Field(ge=2)]
Km = Annotated[float, Field(ge=0)]


class Part(BaseModel):
    """A frozen part of the policy; a key that is not known is refused."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class TablePolicy(Part):
    """How tables are given: for how long, and which may be put together."""

    dwell_steps: tuple[tuple[Count, Dwell], ...]
    """(party up to, minutes): larger parties stay longer."""
    dwell_longest: Dwell
    last_seating: Minutes
    """A reservation starts at least this long before closing."""
    pair_waste: Annotated[int, Field(ge=0)]
    """Seats that may stay empty when two tables are put together."""


class LimitPolicy(Part):
    """What may be asked for, and how long one waits."""

    days_ahead: Count
    party_limit: Count
    no_show_grace: Minutes
    """After the start, until an empty table is given away."""
    wait_lead: Minutes
    """A wait for a table makes sense only this long before the start."""
    wait_ends_before: Minutes
    """A wait ends this long before the start."""
    seated_longest: Minutes
    """After the end of its time a party whose leaving nobody told of counts as gone."""


class NearPolicy(Part):
    """Which other houses and times are offered to who finds no table."""

    alternatives: Count
    time_steps: tuple[int, ...]
    """Other starts at the same house, in the order in which they are tried."""
    radius_km: Km
    price_tiers: Annotated[int, Field(ge=0)]
    other_cuisine_km: Km
    price_tier_km: Km
    looked_at: Count
    """Houses whose tables are looked at for one request."""


class OutdoorPolicy(Part):
    """Tables outside, where a house has any: every nth by number, so that all sizes are among them."""

    every: Every
    closed_by: frozenset[str]
    """Conditions of `weather.changed` in which nobody sits outside."""
    closed_ahead: Minutes
    """While it rains, tables outside are not given for starts within this time: later it may be dry."""


class PeakPolicy(Part):
    """When a house keeps tables for who walks in: busy hours of busy days, holidays, crowds nearby."""

    weekdays: frozenset[int]
    """0 is Monday."""
    opens: Minutes
    """Local minute after midnight at which the busy hours begin."""
    closes: Minutes
    walk_in_every: Every
    """Every nth table by number is kept for who walks in."""


class HolidayPolicy(Part):
    """Limits of a holiday, all day."""

    walk_in_every: Every
    last_seating: Minutes
    party_limit: Count
    """Larger parties are asked to come on another day."""


class CrowdPolicy(Part):
    """Limits near a special event, from ``before`` its start to ``after`` its end."""

    before: Minutes
    after: Minutes
    lead: Minutes
    """A table near it is asked for at least this long ahead."""


class TrafficPolicy(Part):
    """What a delay on the roads changes."""

    heavy_from: Minutes
    """Delays below are everybody's own business."""
    grace_limit: Minutes
    """A late table is held at most this much longer."""


class DepositPolicy(Part):
    """Money asked for at confirmation, in minor units, and what the house keeps of it."""

    party_from: Count
    """Parties this large leave a deposit at any time."""
    peak_party_from: Count
    holiday_party_from: Count
    per_head_minor: Annotated[tuple[Annotated[int, Field(ge=0)], ...], Field(min_length=1)]
    """By price tier of the house, the first for tier 1."""
    refund_until: Minutes
    """A cancellation at least this long before the start gets all of it back; a later one and a no-show nothing."""

    def head_minor(self, price_tier: int) -> int:
        """Deposit of one guest in a house of a price tier; tiers outside the list count as the nearest in it."""
        return self.per_head_minor[min(max(price_tier, 1), len(self.per_head_minor)) - 1]


class GroupPolicy(Part):
    """Groups whose members are asked before a table is booked, and how long one is held for them."""

    hold_longest: Minutes
    """A table is held at most this long while people answer; then it is free for others."""
    answer_longest: Minutes
    """The deadline lies at most this far ahead."""
    answer_before: Minutes
    """The deadline lies at least this long before the start."""
    smallest: Count
    """Fewer than this many who come are no group, unless the organiser says otherwise."""
    invite_slack: Minutes
    """An invitation of the city counts as an answer where its time is this close to the group's."""


class AutoBookPolicy(Part):
    """Who may share a table without having chosen each other."""

    together: Minutes
    """Wished times at most this far apart."""
    largest_group: Count
    flexibility: Minutes
    taste_overlap: Annotated[float, Field(ge=0, le=1)]
    """Least share of kinds of houses, of those either has shown interest in, that both have."""
    price_apart: Annotated[float, Field(ge=0)]
    """Most that the mean price tiers of what they showed interest in differ."""


class PastPolicy(Part):
    """How long the past stays in the tables that decisions read."""

    archive_after_days: Count
    """Bookings that are over move to the archive this long after their start."""
    forget_after_days: Count
    """They leave the archive."""
    inbox_days: Count
    """Ids of events stay in the inbox; an older request is looked up among the bookings instead."""
    every: Count
    """How often to tidy up."""
    at_once: Count
    """Rows moved or deleted in one transaction."""


class Policy(Part):
    """All values; frozen."""

    tables: TablePolicy
    limits: LimitPolicy
    near: NearPolicy
    outdoor: OutdoorPolicy
    peak: PeakPolicy
    holiday: HolidayPolicy
    crowd: CrowdPolicy
    traffic: TrafficPolicy
    deposit: DepositPolicy
    groups: GroupPolicy
    auto_book: AutoBookPolicy
    past: PastPolicy

    def dwell(self, party_size: int) -> int:
        """Minutes for which a party holds its table."""
        for up_to, minutes in self.tables.dwell_steps:
            if party_size <= up_to:
                return minutes
        return self.tables.dwell_longest

    def no_show_at(self, start_us: int) -> int:
        """Moment at which a party that has not come counts as not coming."""
        return start_us + self.limits.no_show_grace * MINUTE_US

    def wait_ends_at(self, start_us: int) -> int:
        """Moment at which a wait for a table ends."""
        return start_us - self.limits.wait_ends_before * MINUTE_US


def slots_of(start_us: int, duration_minutes: int) -> tuple[int, int]:
    """First slot and number of slots that a reservation touches; slots are counted from 1970 UTC."""
    first = start_us // SLOT_US
    end = -(-(start_us + duration_minutes * MINUTE_US) // SLOT_US)
    return first, end - first

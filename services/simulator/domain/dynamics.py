"""What venues do by themselves: promotions and happy hours, prices that move, doors that fill up."""

import numpy as np

from services.simulator.domain.calendar import HOUR
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.events import Kind
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import BUSY, FREE, FULL, HAPPY_HOUR, NO_PROMOTION, PROMOTION, seats

_QUARTER = 15


def advance(turn: Turn) -> None:
    """Emit what changed at venues: fullness every quarter of an hour, the rest on the hour."""
    if turn.state.venues.count == 0 or turn.now.minute % _QUARTER >= max(turn.town.config.tick_seconds / 60, 1):
        return
    _fill(turn)
    _end_promotions(turn)
    if turn.now.minute % 60 < max(_QUARTER, turn.town.config.tick_seconds / 60):
        _start_promotions(turn)
        if turn.now.hour == turn.town.data.world.dynamics.prices_hour:
            _move_prices(turn)


def _fill(turn: Turn) -> None:
    """Guests against seats: people at the door see it, and `venue.availability_changed` tells of every step."""
    rates, venues, columns = turn.town.data.world.dynamics, turn.state.venues, turn.state.users
    inside = np.flatnonzero(columns["visit_venue"] >= 0)
    # a member of a booked group is a row of their own; who walked in brought the others along
    alone = (columns["visit_booking_high"][inside] | columns["visit_booking_low"][inside]) != 0
    guests = np.zeros(venues.count, dtype=np.int64)
    np.add.at(
        guests, columns["visit_venue"][inside], np.where(alone, 1, columns["visit_size"][inside]).astype(np.int64)
    )
    places = seats(venues, np.arange(venues.count))
    free = 1.0 - guests / np.maximum(places, 1)
    level = np.where(free <= rates.full_below, FULL, np.where(free <= rates.busy_below, BUSY, FREE))
    changed = np.flatnonzero(level != venues["fullness"])
    if len(changed):
        venues.put("fullness", changed, level[changed])
        out = turn.events.add(Kind.VENUE_AVAILABILITY_CHANGED, np.full(len(changed), turn.start))
        out["venue"], out["score"] = changed, np.maximum(places - guests, 0)[changed]


def _start_promotions(turn: Turn) -> None:
    """Happy hours that begin at this hour, and promotions of those that have none before one would be over."""
    rates, venues, draws = turn.town.data.world.dynamics, turn.state.venues, turn.town.draws
    ids = np.arange(venues.count)
    free = (venues["discount"] == 0) & (turn.hours.minutes_left(ids, np.full(len(ids), turn.start)) > 60)  # noqa: PLR2004 — an hour
    today = (venues["happy_days"] >> turn.now.weekday & 1).astype(bool)
    ahead = venues["happy_from"].astype(np.int64) - turn.now.hour
    happy = free & today & (ahead == 0)
    lot = draws.uniform(Purpose.PROMOTION, ids, tick=turn.tick, step=1)
    promoted = free & ~(today & (ahead >= 0) & (ahead < rates.promotion_length_hours))
    promoted &= (turn.now.hour in rates.promotion_hours) & (lot < rates.promotions_per_day / len(rates.promotion_hours))
    size = draws.uniform(Purpose.PROMOTION, ids, tick=turn.tick, step=2)
    low, high = rates.promotion_discount
    discount = np.where(happy, venues["happy_percent"] / 100, np.round(low + (high - low) * size, 2))
    lasts = venues["happy_until"].astype(np.int64) - venues["happy_from"]
    who = np.flatnonzero(happy | promoted)
    if len(who):
        until = turn.start + (np.where(happy, lasts, rates.promotion_length_hours)[who] * HOUR).astype(np.int64)
        venues.put("discount", who, discount[who])
        venues.put("discount_until", who, until)
        venues.put("promotion", who, np.where(happy[who], HAPPY_HOUR, PROMOTION))
        turn.dirty_venues.append(who)
        out = turn.events.add(Kind.PROMOTION_STARTED, np.full(len(who), turn.start))
        out["venue"], out["score"], out["money"] = who, 100 * discount[who], until
        out["value"] = happy[who]


def _end_promotions(turn: Turn) -> None:
    venues = turn.state.venues
    over = np.flatnonzero((venues["discount"] > 0) & (venues["discount_until"] < turn.end))
    if len(over):
        out = turn.events.add(Kind.PROMOTION_ENDED, np.maximum(venues["discount_until"][over], turn.start))
        out["venue"], out["value"] = over, venues["promotion"][over] == HAPPY_HOUR
        end_promotions(turn, over)


def end_promotions(turn: Turn, which: Array) -> None:
    """Nothing is taken off the bill any more, and the venues' rows say so."""
    for name, value in (("discount", 0.0), ("discount_until", 0), ("promotion", NO_PROMOTION)):
        turn.state.venues.put(name, which, value)
    turn.dirty_venues.append(which)


def _move_prices(turn: Turn) -> None:
    rates, venues, draws = turn.town.data.world.dynamics, turn.state.venues, turn.town.draws
    ids = np.arange(venues.count)
    who = np.flatnonzero(draws.uniform(Purpose.PRICE, ids, tick=turn.tick) < rates.price_changes_per_day)
    if len(who) == 0:
        return
    step = np.exp(rates.price_log_sd * draws.normal(Purpose.PRICE, who, tick=turn.tick, step=1))
    level = np.clip(np.round(venues["price_level"][who] * step, 3), 0.7, 1.4).astype(np.float32)
    moved = level != venues["price_level"][who]
    who, level = who[moved], level[moved]
    if len(who) == 0:
        return
    venues.put("price_level", who, level)
    turn.dirty_venues.append(who)
    out = turn.events.add(Kind.PRICE_CHANGED, np.full(len(who), turn.start))
    out["venue"], out["score"] = who, np.round(venues["price"][who] * level, 3)


def bill_factor(turn: Turn, venue: Array) -> Array:
    """What a guest pays relative to the usual bill of the house, shape of ``venue``."""
    venues = turn.state.venues
    return np.asarray(venues["price_level"][venue] * (1.0 - venues["discount"][venue]))

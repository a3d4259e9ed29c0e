"""Arriving, dining, leaving: visits of bookings, of groups and of people who walk in; only while the venue is open."""

import numpy as np

from services.simulator.domain.calendar import HOUR, MINUTE, SECOND
from services.simulator.domain.columns import first_of_each, joined, selected
from services.simulator.domain.draws import Array, Purpose
from services.simulator.domain.dynamics import bill_factor
from services.simulator.domain.events import Kind
from services.simulator.domain.memory import remember
from services.simulator.domain.onward import go_on
from services.simulator.domain.population import CHURNED
from services.simulator.domain.turn import Turn
from services.simulator.domain.weather_orders import weather_now

_SHORTEST = 20.0
_USUAL_STARS = 3.75
_USUAL_TASTE, _TASTE_SD = 0.6, 0.2
"""Of the kitchens that people go to, as they like them."""
_MILD = 15.0
_MARGIN = 2.0
"""Minutes before closing time at which the last guests have left."""


def end_visits(turn: Turn) -> None:
    """Emit visit.ended with the bill; some will review, and remember the place."""
    columns = turn.state.users
    done = np.flatnonzero((columns["visit_venue"] >= 0) & (columns["visit_end"] < turn.end))
    if len(done) == 0:
        return
    town = turn.town
    venue = columns["visit_venue"][done]
    time = np.maximum(columns["visit_end"][done], turn.start)
    rows = turn.events.add(Kind.VISIT_ENDED, time, done)
    rows["venue"], rows["size"], rows["cause"] = venue, columns["visit_size"][done], columns["visit_cause"][done]
    rows["ref_high"] = rows["from_high"] = columns["visit_high"][done]
    rows["ref_low"] = rows["from_low"] = columns["visit_low"][done]
    rows["also_high"], rows["also_low"] = columns["visit_booking_high"][done], columns["visit_booking_low"][done]
    rows["value"] = np.maximum((time - columns["visit_from"][done]) // SECOND, 1)
    spend = town.tables.spend[turn.state.venues["category"][venue]] * 1.75 ** (turn.state.venues["price"][venue] - 2.0)
    noise = town.draws.normal(Purpose.SPEND, done, tick=turn.tick)
    spend = spend * bill_factor(turn, venue)
    rows["money"] = np.maximum(np.round(spend * np.exp(0.35 * noise)), 200).astype(np.int64)
    _may_review(turn, done, venue, time, rows)
    _form_routines(turn, rows, remember(turn, done, venue))
    columns.put("last_venue", done, venue)
    columns.put("last_at", done, time)
    go_on(turn, rows)
    visits = np.bincount(venue, minlength=turn.state.venues.count)
    touched = np.flatnonzero(visits)
    turn.state.venues.put("visits", touched, turn.state.venues["visits"][touched] + visits[touched])
    columns.put("visit_venue", done, -1)


def _form_routines(turn: Turn, ended: Array, visits: Array) -> None:
    """Emit routine.formed of visits that make going there a routine: so many there have been, of each one ended."""
    formed = selected(ended, np.flatnonzero(visits == turn.town.data.world.lifecycle.routine_visits))
    if len(formed):
        rows = turn.events.add(Kind.ROUTINE_FORMED, formed["time"], formed["user"])
        for name in ("venue", "cause", "from_high", "from_low"):
            rows[name] = formed[name]


def arrive(turn: Turn) -> None:
    """Start the visits that are due; who has left for good does not come."""
    pool = turn.state.pools["arrivals"]
    if len(pool) and (due := pool.rows["time"] < turn.end).any():
        rows = pool.take(due)
        rows = selected(rows, turn.state.users["lifecycle"][rows["user"]] != CHURNED)
        first = first_of_each(rows["user"])
        again = np.ones(len(rows), dtype=bool)
        again[first] = False
        rows, later = selected(rows, first), selected(rows, again)
        busy = turn.state.users["visit_venue"][rows["user"]] >= 0
        turn.state.users.put("visit_end", rows["user"][busy], turn.end)
        left = turn.hours.minutes_left(rows["venue"], np.maximum(rows["time"], turn.start))
        open_now = ~busy & (left > _SHORTEST + _MARGIN)
        start_visits(turn, selected(rows, open_now))
        later = joined([later, selected(rows, ~open_now)])
        later["time"] = turn.end
        pool.add(selected(later, later["until"] >= turn.end))


def start_visits(turn: Turn, arrivals: Array) -> None:
    """Emit visit.started of arrival rows (one a person, venue open)."""
    if len(arrivals) == 0:
        return
    columns, venues, town = turn.state.users, turn.state.venues, turn.town
    users, venue = arrivals["user"], arrivals["venue"]
    time = np.maximum(arrivals["time"], turn.start)
    high, low = turn.ids(Kind.VISIT_STARTED, users)
    rows = turn.events.add(Kind.VISIT_STARTED, time, users)
    for name in ("venue", "size", "from_high", "from_low", "cause"):
        rows[name] = arrivals[name]
    rows["high"], rows["low"], rows["ref_high"], rows["ref_low"] = high, low, high, low
    rows["also_high"], rows["also_low"] = arrivals["booking_high"], arrivals["booking_low"]
    rows["latitude"], rows["longitude"] = venues["latitude"][venue], venues["longitude"][venue]
    stay = town.tables.stay[venues["category"][venue]] * np.exp(
        0.3 * town.draws.normal(Purpose.STAY, users, tick=turn.tick)
    )
    stay *= cold_factor(turn)
    left = turn.hours.minutes_left(venue, time) - _MARGIN
    minutes = np.clip(stay * (0.85 + 0.07 * arrivals["size"]), 8, 240)
    minutes = np.minimum(np.where(_takes_away(turn, arrivals), _at_the_counter(turn, users), minutes), left)
    columns.put("visit_venue", users, venue)
    columns.put("visit_from", users, time)
    columns.put("visit_end", users, time + (minutes * MINUTE).astype(np.int64))
    columns.put("visit_high", users, high)
    columns.put("visit_low", users, low)
    columns.put("visit_booking_high", users, arrivals["booking_high"])
    columns.put("visit_booking_low", users, arrivals["booking_low"])
    columns.put("visit_size", users, arrivals["size"])
    columns.put("visit_cause", users, arrivals["cause"])


def _takes_away(turn: Turn, arrivals: Array) -> Array:
    """Who only fetches something at the counter: nobody with a table, and few where one sits down to eat."""
    shares = turn.town.tables.takeaway[turn.state.venues["category"][arrivals["venue"]]]
    seated = (arrivals["booking_high"] | arrivals["booking_low"]) != 0
    uniform = turn.town.draws.uniform(Purpose.STAY, arrivals["user"], tick=turn.tick, step=1)
    return np.asarray(~seated & (uniform < shares))


def _at_the_counter(turn: Turn, users: Array) -> Array:
    """Minutes for which those stay who fetch something."""
    rates = turn.town.data.world.outings
    normal = turn.town.draws.normal(Purpose.STAY, users, tick=turn.tick, step=2)
    return np.asarray(np.clip(rates.takeaway_median_minutes * np.exp(rates.takeaway_log_sd * normal), 2, 30))


def cold_factor(turn: Turn) -> float:
    """How much longer people stay when it is colder than mild (15 degrees), or shorter when it is hotter."""
    celsius = float(weather_now(turn)[1])
    return float(np.clip(1.0 + turn.town.data.world.outings.cold_stay * (_MILD - celsius), 0.7, 1.3))


def walk_in(turn: Turn) -> None:
    """People who decided to go somewhere right now, alone or with company."""
    made = turn.decisions
    good = np.flatnonzero((made.walk_venue >= 0) & (turn.state.users["visit_venue"][made.walk_user] < 0))
    if len(good) == 0:
        return
    users, venue, time = made.walk_user[good], made.walk_venue[good], made.walk_time[good]
    open_still = turn.hours.minutes_left(venue, time) > _SHORTEST + _MARGIN
    good, users, venue, time = good[open_still], users[open_still], venue[open_still], time[open_still]
    rows = turn.state.pools["arrivals"].empty(len(users))
    uniform = turn.town.draws.uniform(Purpose.WALK_IN_PARTY, users, tick=turn.tick)
    rows["time"], rows["user"], rows["venue"] = time, users, venue
    uniform = uniform ** (1.0 / turn.effects[-1].party_size)
    rows["size"] = 1 + np.searchsorted(np.cumsum(turn.town.data.world.outings.walk_in_party), uniform)
    rows["cause"] = made.walk_cause[good]
    start_visits(turn, rows)


def _own_view(turn: Turn, users: Array, venue: Array) -> tuple[Array, float]:
    """What of an opinion is the person's, in stars, and what is left to the day: how kindly they judge, what they like.

    All three together spread as opinions do.
    """
    rates = turn.town.data.world.review
    kindly = rates.leniency_sd * turn.town.draws.normal(Purpose.ATTRIBUTE, users, step=7)
    liked = turn.state.users["tastes"][users, turn.state.venues["cuisine"][venue]] - _USUAL_TASTE
    spread = rates.opinion_sd**2 - rates.leniency_sd**2 - (rates.taste * _TASTE_SD) ** 2
    return np.asarray(kindly + rates.taste * liked), float(np.sqrt(max(spread, 0.0)))


def _may_review(turn: Turn, users: Array, venue: Array, time: Array, ended: Array) -> None:
    """Draw an opinion; extremes are told likelier (REALISM R2, R4)."""
    columns, town = turn.state.users, turn.town
    rates = town.data.world.review
    quality = rates.quality * (turn.state.venues["rating"][venue] - _USUAL_STARS)
    own, spread = _own_view(turn, users, venue)
    normal = town.draws.normal(Purpose.REVIEW, users, tick=turn.tick, step=1)
    opinion = np.clip(np.round(rates.opinion_mean + quality + own + spread * normal), 1, 5).astype(np.int64)
    opinion[town.draws.uniform(Purpose.REVIEW, users, tick=turn.tick, step=2) < rates.disaster_share] = 1
    asked = (ended["also_high"] | ended["also_low"]) != 0  # the app asks for a review of what was booked
    extreme = (opinion == 1) | (opinion == 5)  # noqa: PLR2004 — stars
    told = np.where(asked, rates.prompted_share, rates.share) * town.tables.persona[columns["persona"][users], 3]
    told = told * np.where(extreme, np.where(asked, rates.prompted_polarity, rates.polarity), 1.0)
    free = (columns["review_at"][users] == 0) & (town.draws.uniform(Purpose.REVIEW, users, tick=turn.tick) < told)
    who = users[free]
    if len(who) == 0:
        return
    delay = rates.delay_log_median_hours * np.exp(
        rates.delay_log_sd * town.draws.normal(Purpose.REVIEW_DELAY, who, tick=turn.tick)
    )
    columns.put("review_at", who, np.maximum(time[free] + (np.minimum(delay, 240) * HOUR).astype(np.int64), turn.end))
    columns.put("review_venue", who, venue[free])
    columns.put("review_stars", who, opinion[free])
    columns.put("review_high", who, ended["ref_high"][free])
    columns.put("review_low", who, ended["ref_low"][free])
    columns.put("review_cause", who, ended["cause"][free])

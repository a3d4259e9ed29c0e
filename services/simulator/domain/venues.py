"""Venues: what they are, where they stand, when they are open, and which are near whom."""

from collections.abc import Sequence

import numpy as np

from services.simulator.domain.boroughs import category_shares, cuisine_shares
from services.simulator.domain.calendar import DAY, MINUTE, LocalTime, weekday_of
from services.simulator.domain.columns import Columns
from services.simulator.domain.draws import Array, Draws, Purpose, cumulate, pick
from services.simulator.domain.geography import kilometres, moved
from services.simulator.domain.specification import AMBIANCES, CityData
from services.simulator.domain.weekly import happy_hours, own_events

ZONE_DRAWS = 1024
"""Venues listed for each zone: a sample by popularity and rank of distance, from which candidates are drawn."""
RANK_EXPONENT = 0.84  # Noulas et al. 2012: P(choose j) ~ rank of distance ** -a
BOOKING_RATING_SD = 0.45
MINUTES_A_DAY = 1440
_BREAKFAST = 450
"""Minute of the day at which places open that serve breakfast."""
_STREETS = 64
_INTO_THE_NEXT_DAY = 1680
"""Closing time of a place that never closes: the next day has begun by then."""
FREE, BUSY, FULL = 0, 1, 2
"""How full a venue is: places to choose from, few, none."""

NO_PROMOTION, PROMOTION, HAPPY_HOUR = 0, 1, 2
"""Why a discount is given."""
NOT_ANNOUNCED, ANNOUNCED, ON = 0, 1, 2
"""How far a venue's own event of today has come."""

VENUE_COLUMNS: dict[str, tuple[str, int]] = {
    "category": ("u1", 1), "cuisine": ("u1", 1), "zone": ("u1", 1), "latitude": ("f4", 1), "longitude": ("f4", 1),
    "price": ("u1", 1), "rating": ("f4", 1), "rating_count": ("i4", 1), "popularity": ("f4", 1),
    "two": ("i2", 1), "four": ("i2", 1), "six": ("i2", 1), "eight": ("i2", 1),
    "takes_bookings": ("?", 1), "outdoor": ("?", 1), "ambiance": ("u1", 1), "features": ("u1", 1),
    "opens": ("i2", 7), "closes": ("i2", 7), "visits": ("f4", 1), "trending": ("f4", 1),
    "price_level": ("f4", 1), "discount": ("f4", 1), "discount_until": ("i8", 1), "fullness": ("u1", 1),
    "happy_from": ("u1", 1), "happy_until": ("u1", 1), "happy_days": ("u1", 1), "happy_percent": ("u1", 1),
    "promotion": ("u1", 1),
    "event_kind": ("u1", 1), "event_day": ("u1", 1), "event_from": ("u1", 1), "event_hours": ("u1", 1),
    "event_phase": ("u1", 1), "event_starts": ("i8", 1), "event_ends": ("i8", 1),
    "event_high": ("u8", 1), "event_low": ("u8", 1),
}  # fmt: skip


def make_venues(data: CityData, draws: Draws, count: int) -> dict[str, Array]:
    """Columns of ``count`` venues, a function of (seed, venue number)."""
    ids = np.arange(count)
    world, places = data.world, data.place.neighbourhoods
    kinds = list(world.categories.values())
    uniform = [draws.uniform(Purpose.VENUE, ids, step=step) for step in range(16)]
    normal = [draws.normal(Purpose.VENUE, ids, step=step + 20) for step in range(6)]
    zone = pick(cumulate(np.array([p.venues for p in places])), uniform[1])
    category, cuisine = _kinds(data, zone, uniform[0], uniform[2])
    centre = np.array([(p.latitude, p.longitude, p.spread_km) for p in places])[zone]
    north, east = _spots(data, draws, zone, centre[:, 2], normal[:2])
    latitude, longitude = moved(centre[:, 0], centre[:, 1], north, east)
    popularity = np.exp(1.1 * normal[2])
    moods = cumulate(np.array([[k.ambiance.get(mood, 0.0) for mood in AMBIANCES] for k in kinds]))
    prices = cumulate(np.array([k.price for k in kinds]))
    seats = np.array([k.seats for k in kinds])[category]
    size = seats[:, 0] + (seats[:, 1] - seats[:, 0]) * uniform[4] ** 1.5
    hours = np.array([[_range(text) for text in k.hours] for k in kinds])[category]
    shift = (np.floor(uniform[5] * 5) - 2)[:, None].astype(np.int64) * 15
    always = uniform[9] < np.array([k.round_the_clock for k in kinds])[category]
    early = uniform[10] < np.array([k.breakfast for k in kinds])[category]
    opens, closes = hours[:, :, 0] + shift, hours[:, :, 1] + shift
    opens = np.where(early[:, None], np.minimum(opens, _BREAKFAST), opens)
    features = sum(
        (draws.uniform(Purpose.VENUE, ids, step=40 + bit) < share).astype(np.int64) << bit
        for bit, share in enumerate(world.features.values())
    )
    return {
        "category": category,
        "cuisine": cuisine,
        "zone": zone,
        "latitude": latitude,
        "longitude": longitude,
        "price": 1 + (prices[category] < uniform[3][:, None]).sum(axis=1),
        "rating": np.round(np.clip(3.75 + BOOKING_RATING_SD * normal[3], 2.2, 4.9), 2),
        "rating_count": np.floor(20 * popularity * np.exp(0.5 * normal[4])) + 3,
        "popularity": popularity,
        "two": np.maximum(1, size * 0.40 / 2), "four": np.maximum(1, size * 0.40 / 4),
        "six": size * 0.14 / 6, "eight": size * 0.10 / 8,
        "takes_bookings": uniform[6] < np.array([k.takes_bookings for k in kinds])[category],
        "outdoor": uniform[7] < np.array([k.outdoor for k in kinds])[category],
        "ambiance": (moods[category] < uniform[8][:, None]).sum(axis=1),
        "features": features,
        "price_level": np.ones(count),
        "opens": np.where(always[:, None], 0, opens),
        "closes": np.where(always[:, None], _INTO_THE_NEXT_DAY, closes),
        **happy_hours(data, draws, category, opens, closes),
        **own_events(data, draws, category, opens, closes),
    }  # fmt: skip


def _kinds(data: CityData, zone: Array, of_category: Array, of_cuisine: Array) -> tuple[Array, Array]:
    """Category and cuisine of venues by their neighbourhood, out of a uniform for each."""
    shares = category_shares(data)
    categories, cuisines = cumulate(shares), cumulate(cuisine_shares(data, shares))
    category = np.minimum((categories[zone] <= of_category[:, None]).sum(axis=1), categories.shape[1] - 1)
    return category, (cuisines[zone, category] < of_cuisine[:, None]).sum(axis=1)


def _spots(data: CityData, draws: Draws, zone: Array, spread_km: Array, normal: Sequence[Array]) -> tuple[Array, Array]:
    """Kilometres north and east of the neighbourhood's centre: most places are in one of its few busy streets.

    Streets are unequally busy: of K, the k-th (from 0) has a part in proportion to 1 / (k + 1).
    """
    streets, ids = data.world.streets, np.arange(len(zone))
    which = pick(cumulate(1.0 / np.arange(1, streets.streets + 1)), draws.uniform(Purpose.VENUE, ids, step=17))
    inside = draws.uniform(Purpose.VENUE, ids, step=18) < streets.share
    number = zone * _STREETS + which
    found = []
    for axis, own in enumerate(normal):
        street = draws.normal(Purpose.VENUE, number, step=26 + axis)
        near = draws.normal(Purpose.VENUE, ids, step=28 + axis) * streets.spread_km
        found.append(np.where(inside, np.clip(street, -2, 2) * spread_km + near, np.clip(own, -2, 2) * spread_km))
    return found[0], found[1]


def seats(venues: Columns, index: Array) -> Array:
    """Seats at all tables of some venues, shape of ``index``."""
    sizes = (("two", 2), ("four", 4), ("six", 6), ("eight", 8))
    return np.asarray(sum(venues[name][index].astype(np.int64) * size for name, size in sizes))


def largest_party(venues: Columns, index: Array) -> Array:
    """Seats of the two largest tables, which the house puts together, shape of ``index``."""
    seats = np.array([8, 6, 4, 2])
    tables = np.stack([venues[name][index] for name in ("eight", "six", "four", "two")], axis=1).astype(np.int64)
    before = np.minimum(np.cumsum(tables, axis=1), 2)
    used = np.diff(before, axis=1, prepend=0)
    return np.asarray((used * seats).sum(axis=1))


class Hours:
    """Answers whether venues are open, over columns of (venue, time)."""

    def __init__(self, opens: Array, closes: Array, local: LocalTime) -> None:
        self._opens = opens
        self._closes = closes
        self._local = local

    def minutes_left(self, venue: Array, time_us: Array) -> Array:
        """Minutes until a venue closes if it is open then; below zero or zero when closed. Shape of ``venue``."""
        local = self._local.to_local(time_us)
        minute = local % DAY / MINUTE
        today = weekday_of(local)
        yesterday = (today + 6) % 7
        open_today = (self._opens[venue, today] <= minute) & (minute < self._closes[venue, today])
        left_today = np.where(open_today, self._closes[venue, today] - minute, 0.0)
        late = minute + MINUTES_A_DAY
        open_late = (self._opens[venue, yesterday] <= late) & (late < self._closes[venue, yesterday])
        return np.maximum(left_today, np.where(open_late, self._closes[venue, yesterday] - late, 0.0))


def zone_tables(data: CityData, venues: dict[str, Array], draws: Draws) -> Array:
    """For each zone `ZONE_DRAWS` venues, drawn by popularity x rank of distance ** -0.84. Shape (zones, ZONE_DRAWS)."""
    count = len(venues["latitude"])
    zones = data.place.neighbourhoods
    table = np.zeros((len(zones), ZONE_DRAWS), dtype=np.int32)
    if count == 0:
        return table
    for number, zone in enumerate(zones):
        away = kilometres(venues["latitude"], venues["longitude"], zone.latitude, zone.longitude)
        rank = np.empty(count)
        rank[np.argsort(away, kind="stable")] = np.arange(1, count + 1)
        weights = venues["popularity"] * (rank + 4.0) ** -RANK_EXPONENT
        uniform = draws.uniform(Purpose.ZONE_TABLE, np.arange(ZONE_DRAWS), step=number)
        table[number] = pick(cumulate(weights), uniform)
    return table


def _range(text: str) -> tuple[int, int]:
    if text == "-":
        return (0, 0)
    start, end = text.split("-")
    return int(start), int(end)

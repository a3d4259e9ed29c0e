"""Records for analytics as columns: actions of a crowd at an even pace, as the simulator writes them."""

import numpy as np
from numpy.typing import NDArray

from streamkit.positions import Positions, print_positions
from streamkit.records import Coded, Column, Outgoing

RUN = "bench"
START = 1_780_668_000_000_000
"""Friday 2026-06-05, 14:00 UTC."""
MINUTE = 60_000_000
VENUES = 1_200
KINDS = (
    "venue.browsed", "venue.viewed", "venue.saved", "venue.liked", "session.started", "session.ended",
    "interest.expressed", "visit.started", "visit.ended", "review.submitted",
)  # fmt: skip
SHARES = (0.3, 0.25, 0.05, 0.05, 0.1, 0.1, 0.05, 0.04, 0.04, 0.02)
BOROUGHS = ("manhattan", "brooklyn", "queens", "bronx", "staten_island")
PERSONAS = ("social_butterfly", "foodie_explorer", "routine_regular", "busy_professional")
CATEGORIES, CUISINES = ("restaurant", "bar", "cafe"), ("american", "italian", "mexican", "bar")


def _common(ids: Column, event_type: Column, time_us: Column) -> dict[str, Column]:
    return {
        "event_id": ids,
        "event_type": event_type,
        "run_id": RUN,
        "branch": 0,
        "simulation_time": time_us,
        "world": "dining",
        "city": "new_york",
        "source": "simulator",
    }


def _ids(prefix: str, numbers: NDArray[np.int64]) -> NDArray[np.bytes_]:
    return np.char.add(prefix, np.char.zfill(numbers.astype("S"), 26 - len(prefix)).astype(str)).astype("S26")


def venues() -> Outgoing:
    """The houses."""
    numbers = np.arange(VENUES)
    latitude, longitude = _places()
    return Outgoing(
        "venues",
        VENUES,
        {
            **_common(_ids("V", numbers), "venue.updated", START),
            "venue_id": np.array([f"v{number:05}" for number in numbers], dtype="S6"),
            "name": np.array([f"House {number}" for number in numbers], dtype="S12"),
            "category": Coded((numbers % len(CATEGORIES)).astype(np.int32), list(CATEGORIES)),
            "cuisine": Coded((numbers % len(CUISINES)).astype(np.int32), list(CUISINES)),
            "latitude": latitude,
            "longitude": longitude,
            "borough": Coded((numbers % len(BOROUGHS)).astype(np.int32), list(BOROUGHS)),
            "time_zone": "America/New_York",
            "price_tier": 2,
            "rating": 4.0,
            "rating_count": 10,
            "seats": 52,
            "tables": "2x4,4x6",
            "takes_bookings": True,
            "opening_hours": ",".join(["660-1440"] * 7),
            "outdoor_seating": False,
        },
    )


def users(first: int, count: int) -> Outgoing:
    """Rows of people number ``first`` to ``first + count``."""
    numbers = np.arange(first, first + count)
    names = np.char.add("u", np.char.zfill(numbers.astype("S"), 7).astype(str)).astype("S8")
    return Outgoing(
        "users",
        count,
        {
            **_common(_ids("U", numbers), "user.updated", START),
            "user_id": names,
            "name": names,
            "username": names,
            "email": names,
            "is_simulated": True,
            "lifecycle": "active",
            "registered_at": START,
            "home_latitude": 40.7,
            "home_longitude": -73.9,
            "borough": Coded((numbers % len(BOROUGHS)).astype(np.int32), list(BOROUGHS)),
            "price_tier": 2.0,
            "openness": 0.5,
            "group_size": 2.0,
            "persona": Coded((numbers % len(PERSONAS)).astype(np.int32), list(PERSONAS)),
        },
    )


def _places() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Latitude and longitude of the houses."""
    draw = np.random.default_rng(0)
    return draw.uniform(40.5, 40.9, VENUES), draw.uniform(-74.2, -73.7, VENUES)


def actions(first: int, count: int, users: int, a_minute: int) -> Outgoing:
    """Actions number ``first`` to ``first + count`` of so many users, so many a simulated minute."""
    draw = np.random.default_rng(first)
    numbers = np.arange(first, first + count)
    ids = _ids("A", numbers)
    people = draw.integers(0, users, count)
    if first < users:  # the first of everybody, so that there are as many as there should be
        known = numbers < users
        people[known] = numbers[known]
    names = [f"v{number:05}" for number in range(VENUES)]
    houses = draw.zipf(1.3, count) % VENUES
    latitude, longitude = _places()
    return Outgoing(
        "user_actions",
        count,
        {
            **_common(
                ids,
                Coded(draw.choice(len(KINDS), count, p=SHARES).astype(np.int32), list(KINDS)),
                START + numbers * MINUTE // a_minute,
            ),
            "user_id": np.char.add("u", np.char.zfill(people.astype("S"), 7).astype(str)).astype("S8"),
            "venue_id": Coded(houses.astype(np.int32), names),
            "session_id": ids,
            "visit_id": ids,
            "latitude": latitude[houses],
            "longitude": longitude[houses],
            "preferred_time": START,
            "party_size": 2,
            "rating": 4,
            "duration_seconds": 60,
            "spend_minor": 2_000,
        },
    )


def tick(number: int, at: int, positions: Positions) -> Outgoing:
    """``simulator.tick``: everything before the positions is written, up to ``at``."""
    row = {
        **_common(f"tick-{number:021}", "simulator.tick", at),
        "tick": number,
        "wall_time": START,
        "positions": print_positions(positions),
        "count": 0,
        "speed_target": 60.0,
        "speed_achieved": 60.0,
        "active_users": 1,
    }
    return Outgoing("system_metrics", 1, row)


def living() -> Outgoing:
    """``state.changed``: the telling lives."""
    row = {
        **_common("state-changed-of-the-bench", "state.changed", START),
        "phase": "running",
        "tick": 0,
        "start_time": START,
        "speed_target": 60.0,
        "speed_achieved": 60.0,
        "population": 10,
        "active_users": 1,
        "wall_time": START,
    }
    return Outgoing("simulation_control", 1, row)

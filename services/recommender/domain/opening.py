"""Opening hours as columns: seven ranges a venue, in minutes after local midnight (see ``venues.opening_hours``)."""

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

DAY = 1440
DAYS = 7
WEEK = DAYS * DAY


@lru_cache(maxsize=4096)
def parse_hours(text: str) -> tuple[tuple[int, int], ...]:
    """Ranges Monday to Sunday; a closed day is (0, 0). Raises ValueError on anything else than seven ranges."""
    days = text.split(",")
    if len(days) != DAYS:
        raise ValueError(f"opening hours need seven days, got {len(days)}: {text!r}")
    return tuple(_parse_day(day) for day in days)


def _parse_day(day: str) -> tuple[int, int]:
    if day.strip() == "-":
        return 0, 0
    opens, _, closes = day.partition("-")
    return int(opens), int(closes)


def hours_columns(texts: Sequence[str]) -> NDArray[np.int32]:
    """Opening hours of many venues, shape (venues, 7, 2)."""
    return np.array([parse_hours(text) for text in texts], dtype=np.int32).reshape(len(texts), DAYS, 2)


def open_within(hours: NDArray[np.int32], minute_of_week: NDArray[np.int64], minutes: int) -> NDArray[np.bool_]:
    """Whether each venue is open at each moment or opens within ``minutes``; shape (moments, venues).

    ``minute_of_week`` counts from Monday 00:00 local time, shape (moments,).
    """
    day_starts = (np.arange(DAYS) * DAY).astype(np.int32)
    starts = (hours[:, :, 0] + day_starts)[None, :, :]
    ends = (hours[:, :, 1] + day_starts)[None, :, :]
    now = minute_of_week.astype(np.int32)[:, None, None]
    here = (now + minutes >= starts) & (now < ends)
    week_after = (now + WEEK + minutes >= starts) & (now + WEEK < ends)
    return np.asarray(((here | week_after) & (ends > starts)).any(axis=2))

"""Local time of a city over columns of UTC microseconds, daylight saving included."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np

from services.simulator.domain.draws import Array

SECOND = 1_000_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR
_YEARS_AHEAD = 3
_EPOCH_WEEKDAY = 3  # 1 January 1970 was a Thursday; Monday is 0


@dataclass(frozen=True)
class Moment:
    """One instant in the city."""

    time_us: int
    local_us: int
    day: int
    weekday: int
    minute: int
    year_hour: int

    @property
    def hour(self) -> int:
        """Local hour, 0 to 23."""
        return self.minute // 60


class LocalTime:
    """Offsets of one time zone from a year before ``start_us`` on."""

    def __init__(self, time_zone: str, start_us: int) -> None:
        zone = ZoneInfo(time_zone)
        first = datetime.fromtimestamp(start_us // SECOND, UTC) - timedelta(days=366)
        hours = range(0, (_YEARS_AHEAD + 1) * 366 * 24, 24)
        changes: list[tuple[int, int]] = []
        for hour in hours:
            day = first + timedelta(hours=hour)
            offset = _offset(day, zone)
            if not changes or changes[-1][1] != offset:
                exact = next((h for h in range(-24, 1) if _offset(day + timedelta(hours=h), zone) == offset), 0)
                changes.append((int((day + timedelta(hours=exact)).timestamp()) * SECOND // HOUR * HOUR, offset))
        self._from = np.array([c[0] for c in changes[1:]], dtype=np.int64)
        self._offsets = np.array([c[1] for c in changes], dtype=np.int64)

    def offset(self, time_us: Array) -> Array:
        """Local minus UTC, microseconds."""
        return np.asarray(self._offsets[np.searchsorted(self._from, time_us, side="right")])

    def to_local(self, time_us: Array) -> Array:
        """Local microseconds since 1970."""
        return np.asarray(time_us + self.offset(time_us))

    def to_utc(self, local_us: Array) -> Array:
        """UTC of local microseconds; an hour that does not exist moves on, one that exists twice is the earlier."""
        guess = local_us - self.offset(np.asarray(local_us) - self._offsets[0])
        return np.asarray(local_us - self.offset(guess))

    def moment(self, time_us: int) -> Moment:
        """All of local time at one instant."""
        local = int(self.to_local(np.array([time_us]))[0])
        day = local // DAY
        date = datetime.fromtimestamp(local // SECOND, UTC)
        day_of_year = datetime(2013, date.month, min(date.day, 28) if date.month == 2 else date.day, tzinfo=UTC)  # noqa: PLR2004
        return Moment(
            time_us,
            local,
            day,
            (day + _EPOCH_WEEKDAY) % 7,
            local % DAY // MINUTE,
            (day_of_year.timetuple().tm_yday - 1) * 24 + date.hour,
        )


def weekday_of(local_us: Array) -> Array:
    """0 is Monday."""
    return np.asarray((local_us // DAY + _EPOCH_WEEKDAY) % 7)


def _offset(moment: datetime, zone: ZoneInfo) -> int:
    found = moment.astimezone(zone).utcoffset()
    return int((found or timedelta()).total_seconds()) * SECOND

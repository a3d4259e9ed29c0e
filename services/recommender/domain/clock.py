"""Local time of simulated moments."""

import datetime as dt
from zoneinfo import ZoneInfo

from services.recommender.domain.opening import DAY


def local_time(time_us: int, zone: ZoneInfo) -> dt.datetime:
    """A simulated time in µs as local time."""
    return dt.datetime.fromtimestamp(time_us // 1_000_000, tz=zone)


def minute_of_week(time_us: int, zone: ZoneInfo) -> int:
    """Minutes since local Monday 00:00."""
    moment = local_time(time_us, zone)
    return moment.weekday() * DAY + moment.hour * 60 + moment.minute


def day_of(time_us: int, zone: ZoneInfo) -> int:
    """Number of the local day."""
    return local_time(time_us, zone).toordinal()

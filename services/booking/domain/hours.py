"""Opening hours: seven ranges of local minutes, Monday to Sunday, as venues publish them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

DAY_MINUTES = 1440
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Hours:
    """(opens, closes) in minutes after local midnight for each weekday; None is closed, past 1440 is next morning."""

    days: tuple[tuple[int, int] | None, ...]
    zone: ZoneInfo

    def closes_in(self, moment_us: int) -> int | None:
        """Minutes from a moment (UTC microseconds) until closing; None while closed."""
        local = (_EPOCH + timedelta(microseconds=moment_us)).astimezone(self.zone)
        minute = local.hour * 60 + local.minute
        for weekday, since in ((local.weekday(), minute), ((local.weekday() - 1) % 7, minute + DAY_MINUTES)):
            span = self.days[weekday]
            if span is not None and span[0] <= since < span[1]:
                return span[1] - since
        return None


@lru_cache(maxsize=8192)
def parse_hours(text: str, time_zone: str) -> Hours:
    """Hours out of ``660-1380,…,-``; raises ValueError naming the day that is wrong."""
    parts = text.replace(" ", "").split(",")
    if len(parts) != 7:  # noqa: PLR2004 - days of a week
        raise ValueError(f"opening_hours: {len(parts)} ranges, a week has seven")
    return Hours(tuple(_span(part) for part in parts), ZoneInfo(time_zone))


def _span(part: str) -> tuple[int, int] | None:
    if part == "-":
        return None
    opens, dash, closes = part.partition("-")
    if not dash or not opens.isdigit() or not closes.isdigit() or not int(opens) < int(closes) <= 2 * DAY_MINUTES:
        raise ValueError(f"opening_hours: {part!r} is not `opens-closes` in minutes, nor `-`")
    return int(opens), int(closes)


def iso(moment_us: int) -> str:
    """A moment as ISO 8601 in UTC, to the second."""
    return (_EPOCH + timedelta(microseconds=moment_us)).strftime("%Y-%m-%dT%H:%M:%SZ")


def parse_iso(text: str) -> int:
    """UTC microseconds of an ISO 8601 time; raises ValueError where it has no zone or is none."""
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError(f"{text!r} has no time zone")
    return (moment - _EPOCH) // timedelta(microseconds=1)

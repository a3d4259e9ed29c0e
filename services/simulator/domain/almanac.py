"""What the calendar and the streets of one city bring: holidays, special events, traffic, trends; and on which days."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from services.simulator.domain.scenarios import WEEKDAYS, Modifier, Weekday
from services.simulator.domain.strict import Strict

Impact = Literal["low", "medium", "high"]
HOLIDAY_TYPES = ("national", "regional", "cultural")
_EPOCH = date(1970, 1, 1)
_OBSERVED = " (observed)"


@dataclass(frozen=True)
class DateRule(Strict):
    """One day of every year: a ``day`` of the ``month``, or its ``nth`` ``weekday`` (-1 is the last).

    ``shift_days`` moves it: the day after the fourth Thursday of November.
    """

    month: int
    day: int = 0
    weekday: Weekday | None = None
    nth: int = 0
    shift_days: int = 0


@dataclass(frozen=True)
class HolidayEntry(Strict):
    """A marked day: its kind, how strongly it is felt, and what it does beside what all holidays do.

    Public holidays have their dates from the calendar of the country; others need a ``date``. Only on a ``day_off``
    do people live as on a holiday.
    """

    type: Literal["national", "regional", "cultural"]
    impact: Impact
    date: DateRule | None = None
    day_off: bool = True
    modifiers: tuple[Modifier, ...] = ()


@dataclass(frozen=True)
class Arena(Strict):
    """A place where crowds gather now and then: ``per_week`` times, in the ``months`` given or in all of them."""

    name: str
    kind: Literal["concert", "sport", "festival"]
    latitude: float
    longitude: float
    crowd: int
    radius_km: float
    per_week: float
    from_hours: tuple[float, ...]
    hours: float
    months: tuple[int, ...] = ()


@dataclass(frozen=True)
class Fixture(Strict):
    """A special event of the calendar: every year, for ``days`` days from its date on."""

    name: str
    kind: Literal["concert", "sport", "festival"]
    date: DateRule
    latitude: float
    longitude: float
    crowd: int
    radius_km: float
    from_hour: float
    hours: float
    days: int = 1


@dataclass(frozen=True)
class TrafficRates(Strict):
    """Minutes a typical trip is late: by local hour, times factors, plus what crowds on their way add.

    ``levels`` are the least minutes of moderate, heavy and severe. A crowd is on its way ``before_minutes`` before
    its event and ``after_minutes`` after it.
    """

    delay_minutes: tuple[float, ...]
    weekend: float
    weather: Mapping[str, float]
    log_sd: float
    levels: tuple[float, float, float]
    minutes_per_10_000: float
    before_minutes: float
    after_minutes: float


@dataclass(frozen=True)
class TrendRates(Strict):
    """How visits of late make a venue trend."""

    half_life_hours: float
    most: int
    least_visits: float
    least_step: float


@dataclass(frozen=True)
class Almanac(Strict):
    """almanacs/<city>.yaml.

    ``impacts`` are the strength at which holiday modifiers act; ``announce_hour`` is when the day's events, and those
    of the calendar for the next day, are announced.
    """

    impacts: Mapping[Impact, float]
    holidays: Mapping[str, HolidayEntry]
    announce_hour: int
    crowd_from_hours: float
    arenas: tuple[Arena, ...]
    fixtures: tuple[Fixture, ...]
    traffic: TrafficRates
    trends: TrendRates

    @property
    def venues_of_crowds(self) -> tuple[Arena | Fixture, ...]:
        """Arenas, then fixtures: an event's place is a number in this row."""
        return (*self.arenas, *self.fixtures)


ANY_HOLIDAY = HolidayEntry("national", "medium")
"""What a public holiday is that the almanac does not name."""


def entry_of(almanac: Almanac, name: str) -> HolidayEntry:
    """The entry of a holiday; one "(observed)" on another day is the same, of several the first that is known."""
    names = [part.strip().removesuffix(_OBSERVED) for part in name.split(";")]
    return next((almanac.holidays[part] for part in names if part in almanac.holidays), ANY_HOLIDAY)


def day_of(rule: DateRule, year: int) -> int:
    """Local day since 1970. Raises ValueError where the year has no such day."""
    if rule.weekday is None:
        found = date(year, rule.month, rule.day)
    elif rule.nth < 0:
        last = date(year + rule.month // 12, rule.month % 12 + 1, 1) - timedelta(days=1)
        back = (last.weekday() - WEEKDAYS.index(rule.weekday)) % 7
        found = last - timedelta(days=back + 7 * (-rule.nth - 1))
    else:
        first = date(year, rule.month, 1)
        ahead = (WEEKDAYS.index(rule.weekday) - first.weekday()) % 7
        found = first + timedelta(days=ahead + 7 * (rule.nth - 1))
    return (found - _EPOCH).days + rule.shift_days


def marked_days(almanac: Almanac, public: Mapping[int, str], years: Iterable[int]) -> dict[int, str]:
    """Every holiday by its local day: ``public`` ones of the country, then others on days that are free."""
    marked = dict(public)
    for year in years:
        for name, entry in almanac.holidays.items():
            if entry.date is not None:
                marked.setdefault(day_of(entry.date, year), name)
    return marked


def days_off(almanac: Almanac, holidays: Mapping[int, str]) -> frozenset[int]:
    """Of the marked days those on which most people need not work."""
    return frozenset(day for day, name in holidays.items() if entry_of(almanac, name).day_off)


def fixtures_by_day(almanac: Almanac, years: Iterable[int]) -> dict[int, tuple[int, ...]]:
    """Numbers in ``venues_of_crowds`` of the fixtures of each local day."""
    found: dict[int, tuple[int, ...]] = {}
    for day, number in _fixture_days(almanac, years):
        found[day] = (*found.get(day, ()), number)
    return found


def _fixture_days(almanac: Almanac, years: Iterable[int]) -> Iterator[tuple[int, int]]:
    for year in years:
        for number, fixture in enumerate(almanac.fixtures, len(almanac.arenas)):
            first = day_of(fixture.date, year)
            yield from ((day, number) for day in range(first, first + fixture.days))

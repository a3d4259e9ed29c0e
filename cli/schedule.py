"""Scenarios of an offline run: what is to begin and end when, as people write it and as orders to the city."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from services.simulator.domain.city import CityConfig, Command
from services.simulator.offline import Order

SECOND = 1_000_000
GRAMMAR = "NAME@WHEN or NAME@WHEN..WHEN, WHEN being minutes from the start or DAY/HH:MM (local, the first day is 1)"

_SCENARIO = re.compile(r"(?P<name>[^@]+)@(?P<start>[^@]+?)(\.\.(?P<stop>[^@]+))?")
_CLOCK = re.compile(r"(?P<day>\d+)/(?P<hour>\d{1,2}):(?P<minute>\d{2})")


class ScheduleError(Exception):
    """A scenario that cannot be scheduled, and why."""


@dataclass(frozen=True, slots=True)
class Scheduled:
    """A scenario, in minutes from the start of the run; without a stop it holds as long as its file says."""

    name: str
    start: int
    stop: int | None = None

    @property
    def order_id(self) -> str:
        """Name of the command that starts it."""
        return f"scenario {self.name}@{self.start}"


def parse(text: str, config: CityConfig, time_zone: str, known: Collection[str]) -> Scheduled:
    """A scenario out of its text; raises `ScheduleError` with the grammar or the names there are."""
    found = _SCENARIO.fullmatch(text.strip())
    if found is None:
        raise ScheduleError(f"{text!r} is not {GRAMMAR}")
    name, stop = found["name"], found["stop"]
    if name not in known:
        raise ScheduleError(f"no scenario {name!r}; there are: {', '.join(known)}")
    start_minute = _minute(found["start"], text, config, time_zone)
    stop_minute = None if stop is None else _minute(stop, text, config, time_zone)
    if stop_minute is not None and stop_minute <= start_minute:
        raise ScheduleError(f"{text!r} ends before it begins")
    return Scheduled(name, start_minute, stop_minute)


def _minute(text: str, whole: str, config: CityConfig, time_zone: str) -> int:
    if text.isdecimal():
        return int(text)
    clock = _CLOCK.fullmatch(text)
    if clock is None:
        raise ScheduleError(f"{text!r} in {whole!r} is no time: {GRAMMAR}")
    zone = ZoneInfo(time_zone)
    opening = datetime.fromtimestamp(config.start // SECOND, UTC)
    day = opening.astimezone(zone).date() + timedelta(days=int(clock["day"]) - 1)
    try:
        at = datetime.combine(day, time(int(clock["hour"]), int(clock["minute"])), zone)
    except ValueError:
        raise ScheduleError(f"{text!r} in {whole!r} is no time of day") from None
    minute = round((at.astimezone(UTC) - opening).total_seconds() / 60)
    if minute < 0:
        raise ScheduleError(f"{text!r} in {whole!r} lies before the start of the run")
    return minute


def orders(scenarios: Sequence[Scheduled], config: CityConfig) -> list[Order]:
    """Commands for the ticks in which the scenarios begin and end."""
    found = []
    for one in scenarios:
        found.append(_order(one, "start", one.start, one.order_id, config))
        if one.stop is not None:
            found.append(_order(one, "stop", one.stop, f"{one.order_id} stop", config))
    return sorted(found, key=lambda order: order.tick)


def _order(one: Scheduled, action: str, minute: int, command_id: str, config: CityConfig) -> Order:
    command = Command(command_id, "scenario", {"scenario": one.name, "action": action})
    return Order(minute * 60 // config.tick_seconds, command)

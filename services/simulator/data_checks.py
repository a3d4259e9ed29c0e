"""What the city's files refer to: names of each other, numbers that make sense. A mistake is a `DataError`."""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from services.simulator.data_refusals import check_known, check_row, unknown, wrong
from services.simulator.domain.almanac import Almanac, DateRule, day_of
from services.simulator.domain.effects import BY_PERSONA, OPERATIONS, targets
from services.simulator.domain.scenarios import TRAFFIC, Modifier, Scenario, Temporal
from services.simulator.domain.specification import ACTIONS, AMBIANCES, CONDITIONS, DIETARY, TASTES, CityData

_COMMON_YEAR, _WEEKDAYS, _HOURS = 2013, 7, 24
_LONGEST_MINUTES = 43_200


def check_world(data: CityData, worlds: Path, personas: Path) -> None:
    """Names that a world and its people refer to. Raises `DataError`, as all checks do."""
    _check_chain(worlds, data)
    _check_happy_hours(worlds, data)
    _check_own_events(worlds, data)
    check_known(worlds, "actions", data.world.actions, ACTIONS)
    check_known(worlds, "categories", data.world.categories, tuple(data.checkins))
    _check_skies(worlds, data)
    check_known(worlds, "diets", data.world.diets, DIETARY)
    for name, category in data.world.categories.items():
        check_known(worlds, f"{name}.ambiance", category.ambiance, AMBIANCES)
    for diet, shifts in data.world.diets.items():
        check_known(worlds, f"diets.{diet}", shifts, TASTES)
    _check_people(personas, data)


def _check_skies(path: Path, data: CityData) -> None:
    check_known(path, "skies", data.world.skies, CONDITIONS)
    for name in CONDITIONS:
        if name not in data.world.skies:
            raise wrong(path, ["skies"], f"nothing is said of {name}")
        sky = data.world.skies[name]
        for field, (least, most) in (("temperature_c", sky.temperature_c), ("precipitation_mm", sky.precipitation_mm)):
            if least > most:
                raise wrong(path, ["skies", name, field], f"the least, {least:g}, is above the most, {most:g}")


def _check_chain(path: Path, data: CityData) -> None:
    check_known(path, "chain", data.world.chain, ACTIONS)
    for name, following in data.world.chain.items():
        check_known(path, f"chain.{name}", following, ACTIONS)
        if refused := [action for action, factor in following.items() if factor <= 0]:
            raise wrong(path, ["chain", name, refused[0]], f"a factor is above 0, not {following[refused[0]]:g}")


def _check_people(personas: Path, data: CityData) -> None:
    for name, persona in data.people.personas.items():
        check_known(personas, f"{name}.weights", persona.weights, ACTIONS)
        check_known(personas, f"{name}.ambiance", persona.ambiance, AMBIANCES)
        check_known(personas, f"{name}.routine", {persona.routine: 0}, tuple(data.people.routines))
    for place, given in (("days_off", data.people.days_off), ("session_length", data.people.session_length)):
        check_known(personas, place, given, tuple(data.people.personas))
        if missing := [name for name in data.people.personas if name not in given]:
            raise wrong(personas, [place], f"no value for {', '.join(missing)}")
    for name, routine in data.people.routines.items():
        if 0 not in routine.weekday or 0 not in routine.weekend:
            raise wrong(personas, ["routines", name], "weekday and weekend begin at hour 0")
        if (routine.holiday and 0 not in routine.holiday) or (routine.day_off and 0 not in routine.day_off):
            raise wrong(personas, ["routines", name], "a day begins at hour 0")
        days = (routine.weekday, routine.weekend, routine.holiday, routine.day_off)
        states = dict.fromkeys([state for hours in days for state in hours.values()])
        check_known(personas, "routines", states, tuple(data.people.states))


def _check_happy_hours(path: Path, data: CityData) -> None:
    for name, rates in data.world.dynamics.happy_hours.items():
        here: list[str | int] = ["dynamics", "happy_hours", name]
        if name not in data.world.categories:
            raise unknown(path, here, name, data.world.categories)
        if len(rates.weekdays) != _WEEKDAYS or not all(0 <= share <= 1 for share in (rates.share, *rates.weekdays)):
            raise wrong(path, [*here, "weekdays"], f"share and the {_WEEKDAYS} weekdays are 0 to 1")
        if not all(0 <= hour < _HOURS for hour in rates.starts) or not all(0 < hours < _HOURS for hours in rates.hours):
            raise wrong(path, [*here, "starts"], f"starts are 0 to {_HOURS - 1}, hours 1 to {_HOURS - 1}")
        if not all(weights and min(weights) > 0 for weights in (rates.starts.values(), rates.hours.values())):
            raise wrong(path, [*here, "starts"], "weights of starts and hours must be above 0")
        if not 0 < rates.discount < 1:
            raise wrong(path, [*here, "discount"], "discount must be between 0 and 1")


def _check_own_events(path: Path, data: CityData) -> None:
    for name, rates in data.world.dynamics.own_events.items():
        here: list[str | int] = ["dynamics", "own_events", name]
        if name not in data.world.categories:
            raise unknown(path, here, name, data.world.categories)
        if not 0 <= rates.share <= 1:
            raise wrong(path, [*here, "share"], "share is 0 to 1")
        if len(rates.weekdays) != _WEEKDAYS or min(rates.weekdays) < 0:
            raise wrong(path, [*here, "weekdays"], f"weekdays are {_WEEKDAYS} weights, none below 0")
        first = data.almanac.announce_hour + 1
        if not all(first <= hour < _HOURS for hour in rates.starts) or not all(0 < one < _HOURS for one in rates.hours):
            said = f"starts are {first}, after the day's events are announced, to {_HOURS - 1}, hours 1 to {_HOURS - 1}"
            raise wrong(path, [*here, "starts"], said)
        for column, weights in (("kinds", rates.kinds), ("starts", rates.starts), ("hours", rates.hours)):
            if not weights or min(weights.values()) <= 0:
                raise wrong(path, [*here, column], f"weights of {column} must be above 0")


def check_visits(path: Path, data: CityData) -> None:
    """Whether a city's visits by borough are of its boroughs and of the world's categories and cuisines."""
    boroughs, categories = {place.borough for place in data.place.neighbourhoods}, data.world.categories
    for line, row in enumerate(data.category_visits, 2):
        check_row(path, line, "borough", row.borough, sorted(boroughs))
        check_row(path, line, "category", row.category, categories)
        if row.cuisine is not None:
            check_row(path, line, "cuisine", row.cuisine, categories[row.category].cuisines)


def check_scenario(path: Path, scenario: Scenario, data: CityData) -> None:
    """What a scenario refers to. Raises `DataError` with file, line and the nearest valid name."""
    _check_modifiers(path, ["modifiers"], scenario.modifiers, data)
    if path.stem != scenario.name:
        raise wrong(path, ["name"], f"name: {scenario.name!r} is not the file's, {path.stem!r}")
    if scenario.period is not None and scenario.period not in data.temporal.periods:
        raise unknown(path, ["period"], scenario.period, data.temporal.periods)
    _check_minutes(path, scenario)
    if scenario.special_event is not None:
        given, places = scenario.special_event, [one.name for one in data.almanac.venues_of_crowds]
        if given.place not in places:
            raise unknown(path, ["special_event", "place"], given.place, places)
        if not 0 <= given.from_minutes < given.until_minutes:
            raise wrong(path, ["special_event"], "until_minutes must come after from_minutes, and that not below 0")
    for number, cascade in enumerate(scenario.cascades):
        if cascade.scenario not in data.scenarios:
            raise unknown(path, ["cascades", number, "scenario"], cascade.scenario, data.scenarios)
        if not 0 <= cascade.probability <= 1 or cascade.after_minutes <= 0:
            raise wrong(path, ["cascades", number], "cascades: probability is 0 to 1, after_minutes above 0")


def _check_minutes(path: Path, scenario: Scenario) -> None:
    if scenario.settle_minutes <= 0 or scenario.ramp_minutes < 0 or scenario.hold_minutes < 0:
        raise wrong(path, ["settle_minutes"], "minutes: settle must be above 0, ramp and hold not below")
    if max(scenario.settle_minutes, scenario.ramp_minutes, scenario.hold_minutes) > _LONGEST_MINUTES:
        raise wrong(path, ["settle_minutes"], f"minutes: at most {_LONGEST_MINUTES:,} each, 30 days")


def check_temporal(path: Path, data: CityData) -> None:
    """Whether all that modifiers of hours, days, surroundings and situations name is there."""
    given = data.temporal
    for name in given.weather:
        if name not in CONDITIONS:
            raise unknown(path, ["weather", name], name, CONDITIONS)
    for name in given.traffic:
        if name not in TRAFFIC:
            raise unknown(path, ["traffic", name], name, TRAFFIC)
    for name, period in given.periods.items():
        _check_modifiers(path, ["periods", name, "modifiers"], period.modifiers, data)
    for name, warmth in given.temperature.items():
        _check_modifiers(path, ["temperature", name, "modifiers"], warmth.modifiers, data)
    groups: tuple[tuple[str, Mapping[Any, tuple[Modifier, ...]]], ...] = (
        ("days", given.days), ("weather", given.weather), ("traffic", given.traffic), ("situations", given.situations),
    )  # fmt: skip
    for place, group in groups:
        for name, modifiers in group.items():
            _check_modifiers(path, [place, name], modifiers, data)
    _check_modifiers(path, ["holiday"], given.holiday, data)
    _check_situations(path, given)


def _check_situations(path: Path, given: Temporal) -> None:
    for name, modifiers in given.situations.items():
        for number, modifier in enumerate(modifiers):
            if not modifier.target.startswith("action.") or modifier.operation not in ("multiply", "shift"):
                told = "a situation is of one person, and multiplies or shifts an action.* of theirs"
                raise wrong(path, ["situations", name, number], told)


def check_dates(path: Path, almanac: Almanac) -> None:
    """Whether every date of an almanac is one of every year. Raises `DataError`."""
    dated: list[tuple[list[str | int], DateRule]] = [
        (["holidays", name, "date"], entry.date) for name, entry in almanac.holidays.items() if entry.date is not None
    ]
    dated += [(["fixtures", number, "date"], fixture.date) for number, fixture in enumerate(almanac.fixtures)]
    for place, rule in dated:
        try:
            day_of(rule, _COMMON_YEAR)
        except ValueError as error:
            raise wrong(path, place, f"no date of every year: {error}") from error


def check_almanac(path: Path, data: CityData) -> None:
    """Whether all that an almanac names is there, once."""
    given = data.almanac
    for name, entry in given.holidays.items():
        _check_modifiers(path, ["holidays", name, "modifiers"], entry.modifiers, data)
    for name in given.traffic.weather:
        if name not in CONDITIONS:
            raise unknown(path, ["traffic", "weather", name], name, CONDITIONS)
    if len(given.traffic.delay_minutes) != _HOURS:
        raise wrong(path, ["traffic", "delay_minutes"], f"{_HOURS} hours, not {len(given.traffic.delay_minutes)}")
    names = [one.name for one in given.venues_of_crowds]
    for name in names:
        if names.count(name) > 1:
            raise wrong(path, ["fixtures"], f"two events are called {name!r}")
    for number, arena in enumerate(given.arenas):
        if not arena.from_hours:
            raise wrong(path, ["arenas", number, "from_hours"], "at least one hour")


def _check_modifiers(path: Path, place: list[str | int], modifiers: Iterable[Modifier], data: CityData) -> None:
    known = targets(data)
    for number, modifier in enumerate(modifiers):
        here = [*place, number]
        if modifier.target not in known:
            raise unknown(path, [*here, "target"], modifier.target, known)
        allowed = OPERATIONS[known[modifier.target]]
        if modifier.operation not in allowed:
            raise wrong(path, [*here, "operation"], f"{modifier.target} takes {', '.join(allowed)}")
        until = modifier.until_minutes
        if modifier.from_minutes < 0 or (until is not None and until <= modifier.from_minutes):
            raise wrong(
                path, [*here, "until_minutes"], "until_minutes must come after from_minutes, and that not below 0"
            )
        if modifier.operation in ("multiply", "override") and modifier.value <= 0:
            raise wrong(path, [*here, "value"], f"{modifier.operation}: value must be above 0")
        for name in modifier.personas:
            if name not in data.people.personas:
                raise unknown(path, [*here, "personas"], name, data.people.personas)
        if modifier.personas and (modifier.target not in BY_PERSONA or modifier.operation == "override"):
            raise wrong(path, [*here, "personas"], f"only {', '.join(BY_PERSONA)} differ by persona, without override")

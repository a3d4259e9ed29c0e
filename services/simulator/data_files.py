"""Reading the city's YAML and CSV: every error names file, line, reason and the nearest valid name."""

import difflib
from collections.abc import Iterable
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import holidays
import numpy as np
import yaml
from pydantic import TypeAdapter, ValidationError

from services.simulator.data_refusals import LOADER, DataError, check_known, check_row, hint_of, line_of, unknown, wrong
from services.simulator.data_tables import category_visits, checkins, reservations, rows
from services.simulator.domain.almanac import Almanac, DateRule, day_of, days_off, fixtures_by_day, marked_days
from services.simulator.domain.climate import year_of
from services.simulator.domain.draws import Array
from services.simulator.domain.effects import BY_PERSONA, OPERATIONS, targets
from services.simulator.domain.scenarios import TRAFFIC, Modifier, Scenario, Temporal
from services.simulator.domain.specification import (
    ACTIONS,
    AMBIANCES,
    CONDITIONS,
    DIETARY,
    TASTES,
    CityData,
    People,
    Place,
    World,
)
from streamkit.contracts import Catalogue

__all__ = ["DATA", "DataError", "check_dates", "check_scenario", "load_city_data", "read_yaml"]

DATA = Path(__file__).parent / "data"
_YEARS = range(2012, 2041)
_COMMON_YEAR, _MONTHS, _WEEKDAYS, _HOURS = 2013, 12, 7, 24
_EPOCH_DAY = np.datetime64("1970-01-01")
_Spec = TypeVar("_Spec")


def load_city_data(world: str = "dining", city: str = "new_york", directory: Path = DATA) -> CityData:
    """Everything a city is made of. Raises `DataError`."""
    place = read_yaml(Place, directory / "cities" / f"{city}.yaml")
    found = read_yaml(World, directory / "worlds" / f"{world}.yaml")
    people = read_yaml(People, directory / "personas" / f"{world}.yaml")
    paths = _scenario_paths(directory, city)
    scenarios = {scenario.name: scenario for scenario in (read_yaml(Scenario, path) for path in paths)}
    almanac = read_yaml(Almanac, directory / "almanacs" / f"{city}.yaml")
    check_dates(directory / "almanacs" / f"{city}.yaml", almanac)
    marked = marked_days(almanac, _holidays(place.country, place.subdivision), _YEARS)
    data = CityData(
        found,
        people,
        scenarios,
        place,
        checkins(directory / "tables" / "checkins_by_category_hour.csv"),
        reservations(directory / "tables" / "reservations.csv"),
        _weather(directory / "cities" / f"{city}.yaml", place),
        marked,
        days_off(almanac, marked),
        fixtures_by_day(almanac, _YEARS),
        almanac,
        read_yaml(Temporal, directory / "modifiers" / f"{world}.yaml"),
        Catalogue.load().topics,
        category_visits(_visits_path(directory, city)),
    )
    _check(data, directory, world)
    return data


def _visits_path(directory: Path, city: str) -> Path:
    return directory / "cities" / f"{city}_categories.csv"


def _scenario_paths(directory: Path, city: str) -> list[Path]:
    """Scenarios of all cities, a city's own in place of those of the same name."""
    everywhere, own = (directory / "scenarios").glob("*.yaml"), (directory / "scenarios" / city).glob("*.yaml")
    return list({path.name: path for path in (*sorted(everywhere), *sorted(own))}.values())


def read_yaml(kind: type[_Spec], path: Path) -> _Spec:
    """One file as a specification; unknown keys, wrong types and bad syntax are errors with their line."""
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        there = sorted(p.stem for p in path.parent.glob("*.yaml"))
        near = hint_of(difflib.get_close_matches(path.stem, there, n=1)) or f"; there are: {', '.join(there)}"
        raise DataError(f"{path}: {error.strerror}{near}") from error
    try:
        tree = yaml.compose(text, Loader=LOADER)
        value = yaml.load(text, Loader=LOADER)  # noqa: S506 — a safe loader, in C where there is one
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        raise DataError(f"{path}:{line}: {getattr(error, 'problem', error)}") from error
    try:
        return TypeAdapter(kind).validate_python(value)
    except ValidationError as error:
        found = error.errors(include_url=False)
        first = next((one for one in found if one["type"] != "missing"), found[0])
        place = [part for part in first["loc"] if part != "[key]"]
        hint = hint_of(difflib.get_close_matches(str(place[-1]), _names(kind, place[:-1]), n=1)) if place else ""
        where = ".".join(map(str, place))
        raise DataError(f"{path}:{line_of(tree, place)}: {where}: {first['msg']}{hint}") from error


def _names(kind: Any, place: list[Any]) -> list[str]:
    """Field names that are valid at a path of a specification."""
    for part in place:
        hints = {field.name: field.type for field in fields(kind)} if is_dataclass(kind) else {}
        inner = hints.get(str(part), kind)
        arguments = getattr(inner, "__args__", ())
        kind = next((a for a in reversed(arguments) if is_dataclass(a)), inner) if arguments else inner
    return [field.name for field in fields(kind)] if is_dataclass(kind) else []


def _check(data: CityData, directory: Path, world: str) -> None:
    """References between files."""
    worlds, personas = directory / "worlds" / f"{world}.yaml", directory / "personas" / f"{world}.yaml"
    check_known(worlds, "actions", data.world.actions, ACTIONS)
    check_known(worlds, "categories", data.world.categories, tuple(data.checkins))
    check_known(worlds, "diets", data.world.diets, DIETARY)
    for name, category in data.world.categories.items():
        check_known(worlds, f"{name}.ambiance", category.ambiance, AMBIANCES)
    for diet, shifts in data.world.diets.items():
        check_known(worlds, f"diets.{diet}", shifts, TASTES)
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
    _check_happy_hours(worlds, data)
    _check_visits(_visits_path(directory, data.place.name), data)
    _check_temporal(directory / "modifiers" / f"{world}.yaml", data)
    _check_almanac(directory / "almanacs" / f"{data.place.name}.yaml", data)
    for path in _scenario_paths(directory, data.place.name):
        check_scenario(path, read_yaml(Scenario, path), data)


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


def _check_visits(path: Path, data: CityData) -> None:
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
    if scenario.settle_minutes <= 0 or scenario.ramp_minutes < 0 or scenario.hold_minutes < 0:
        raise wrong(path, ["settle_minutes"], "minutes: settle must be above 0, ramp and hold not below")
    for number, cascade in enumerate(scenario.cascades):
        if cascade.scenario not in data.scenarios:
            raise unknown(path, ["cascades", number, "scenario"], cascade.scenario, data.scenarios)
        if not 0 <= cascade.probability <= 1 or cascade.after_minutes <= 0:
            raise wrong(path, ["cascades", number], "cascades: probability is 0 to 1, after_minutes above 0")


def _check_temporal(path: Path, data: CityData) -> None:
    given = data.temporal
    for name in given.weather:
        if name not in CONDITIONS:
            raise unknown(path, ["weather", name], name, CONDITIONS)
    for name in given.traffic:
        if name not in TRAFFIC:
            raise unknown(path, ["traffic", name], name, TRAFFIC)
    for name, period in given.periods.items():
        _check_modifiers(path, ["periods", name, "modifiers"], period.modifiers, data)
    for place, group in (("days", given.days), ("weather", given.weather), ("traffic", given.traffic)):
        for name, modifiers in group.items():
            _check_modifiers(path, [place, name], modifiers, data)
    _check_modifiers(path, ["holiday"], given.holiday, data)


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


def _check_almanac(path: Path, data: CityData) -> None:
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
        if modifier.operation in ("multiply", "override") and modifier.value <= 0:
            raise wrong(path, [*here, "value"], f"{modifier.operation}: value must be above 0")
        for name in modifier.personas:
            if name not in data.people.personas:
                raise unknown(path, [*here, "personas"], name, data.people.personas)
        if modifier.personas and (modifier.target not in BY_PERSONA or modifier.operation == "override"):
            raise wrong(path, [*here, "personas"], f"only {', '.join(BY_PERSONA)} differ by persona, without override")


def _weather(city: Path, place: Place) -> Array:
    """The measured year of a city, or one drawn from its climate."""
    path = city.with_name(f"{city.stem}_weather.csv")
    if not path.exists():
        if place.climate is None:
            raise DataError(f"{city}:1: climate: needed, as there is no {path.name}")
        for name, months in (("temperature_c", place.climate.temperature_c), ("wet_days", place.climate.wet_days)):
            if len(months) != _MONTHS:
                raise wrong(city, ["climate", name], f"{_MONTHS} months, not {len(months)}")
        return year_of(place.climate)
    names = ("temperature_c", "precipitation_mm", "wind_kph")
    return np.array([[CONDITIONS.index(r["condition"]), *(float(r[n]) for n in names)] for r in rows(path)])


@lru_cache(maxsize=4)
def _holidays(country: str, subdivision: str) -> dict[int, str]:
    found = holidays.country_holidays(country, subdiv=subdivision, years=_YEARS)
    return {int((np.datetime64(day) - _EPOCH_DAY).astype(int)): name for day, name in found.items()}

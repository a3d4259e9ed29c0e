"""Reading the city's YAML and CSV: every error names file, line, reason and the nearest valid name."""

import difflib
from dataclasses import fields, is_dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import holidays
import numpy as np
import yaml
from pydantic import TypeAdapter, ValidationError

from services.simulator.data_checks import (
    check_almanac,
    check_dates,
    check_scenario,
    check_temporal,
    check_visits,
    check_world,
)
from services.simulator.data_refusals import LOADER, DataError, hint_of, line_of, wrong
from services.simulator.data_tables import category_visits, checkins, reservations, rows, visits_by_hour_of_week
from services.simulator.domain.almanac import Almanac, days_off, fixtures_by_day, marked_days
from services.simulator.domain.climate import year_of
from services.simulator.domain.draws import Array
from services.simulator.domain.scenarios import Scenario, Temporal
from services.simulator.domain.specification import (
    CONDITIONS,
    CityData,
    People,
    Place,
    World,
)
from streamkit.contracts import Catalogue

__all__ = ["DATA", "DataError", "check_dates", "check_scenario", "load_city_data", "read_yaml"]

DATA = Path(__file__).parent / "data"
_YEARS = range(2012, 2041)
_MONTHS = 12
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
        visits_by_hour_of_week(directory / "tables" / "checkins_by_hour_of_week.csv"),
        _weather(directory / "cities" / f"{city}.yaml", place),
        marked,
        days_off(almanac, marked),
        fixtures_by_day(almanac, _YEARS),
        almanac,
        read_yaml(Temporal, directory / "modifiers" / f"{world}.yaml"),
        Catalogue.load().topics,
        category_visits(_visits_path(directory, city)),
    )
    check_world(data, directory, world)
    check_visits(_visits_path(directory, city), data)
    check_temporal(directory / "modifiers" / f"{world}.yaml", data)
    check_almanac(directory / "almanacs" / f"{city}.yaml", data)
    for path in paths:
        check_scenario(path, read_yaml(Scenario, path), data)
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

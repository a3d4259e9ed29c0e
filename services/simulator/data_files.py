"""Reading the city's YAML and CSV: every error names file, line, reason and the nearest valid name."""

import difflib
from dataclasses import fields, is_dataclass, replace
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
from services.simulator.data_shelf import DATA, Shelf, digest
from services.simulator.data_tables import category_visits, checkins, reservations, rows, visits_by_hour_of_week
from services.simulator.domain.almanac import Almanac, days_off, fixtures_by_day, marked_days
from services.simulator.domain.city import CityConfig
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

__all__ = ["DATA", "DataError", "check_dates", "check_scenario", "data_of", "load_city_data", "read_yaml", "with_own"]

_YEARS = range(2012, 2041)
_MONTHS = 12
_EPOCH_DAY = np.datetime64("1970-01-01")
_Spec = TypeVar("_Spec")


def with_own(config: CityConfig, own: Path | None) -> CityConfig:
    """The configuration of a city with somebody's files in place of its own. Raises `DataError`."""
    return config if own is None else replace(config, data=str(own.resolve()), data_digest=digest(own))


def data_of(config: CityConfig) -> CityData:
    """Everything the city of a configuration is made of.

    Raises:
        DataError: A file is not as it must be, or says something else than when this city began.

    """
    own = Path(config.data) if config.data else None
    if own is None and config.data_digest:
        raise DataError("this city was told with files of somebody's own; name their directory")
    if own is not None and digest(own) != config.data_digest:
        raise DataError(f"{own}: says something else than when this city began; begin a new one, or put it back")
    return load_city_data(config.world, config.city, own=own)


def load_city_data(
    world: str = "dining", city: str = "new_york", directory: Path = DATA, own: Path | None = None
) -> CityData:
    """Everything a city is made of; files of ``own`` take the places of those of ``directory``. Raises `DataError`."""
    shelf = Shelf(directory, own)
    cities, worlds, personas, almanacs, modifiers = (
        shelf.file(folder, f"{name}.yaml")
        for folder, name in (
            ("cities", city), ("worlds", world), ("personas", world), ("almanacs", city), ("modifiers", world),
        )
    )  # fmt: skip
    visits = shelf.file("cities", f"{city}_categories.csv")
    place, found, people = read_yaml(Place, cities), read_yaml(World, worlds), read_yaml(People, personas)
    paths = shelf.scenarios(city)
    scenarios = {scenario.name: scenario for scenario in (read_yaml(Scenario, path) for path in paths)}
    almanac = read_yaml(Almanac, almanacs)
    check_dates(almanacs, almanac)
    marked = marked_days(almanac, _holidays(place.country, place.subdivision), _YEARS)
    data = CityData(
        found,
        people,
        scenarios,
        place,
        checkins(shelf.file("tables", "checkins_by_category_hour.csv")),
        reservations(shelf.file("tables", "reservations.csv")),
        visits_by_hour_of_week(shelf.file("tables", "checkins_by_hour_of_week.csv")),
        _weather(cities, shelf.file("cities", f"{city}_weather.csv"), place),
        marked,
        days_off(almanac, marked),
        fixtures_by_day(almanac, _YEARS),
        almanac,
        read_yaml(Temporal, modifiers),
        Catalogue.load().topics,
        category_visits(visits),
    )
    check_world(data, worlds, personas)
    check_visits(visits, data)
    check_temporal(modifiers, data)
    check_almanac(almanacs, data)
    for path in paths:
        check_scenario(path, read_yaml(Scenario, path), data)
    return data


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


def _weather(city: Path, path: Path, place: Place) -> Array:
    """The measured year of a city, or one drawn from its climate."""
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

"""`luna scenario`: what can happen to the city, whether a file is sound, and what it does to rates over time."""

from datetime import datetime
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo

import typer
from rich.console import Console
from rich.table import Column, Table

from cli.ending import city_data, refuse
from cli.figures import write
from cli.sketch import page, sparkline, svg
from services.simulator.data_files import DATA, DataError, check_scenario, read_yaml
from services.simulator.domain.calendar import MINUTE, SECOND
from services.simulator.domain.causes import settled_at
from services.simulator.domain.city import CityConfig
from services.simulator.domain.effects import OPERATIONS, targets
from services.simulator.domain.scenarios import WEEKDAYS, Scenario
from services.simulator.domain.specification import CityData
from services.simulator.preview import preview

FRIDAY = datetime(2026, 6, 5)  # noqa: DTZ001 — local; the city's time zone is put to it
File = Annotated[Path, typer.Argument(help="A scenario file, or the name of one that there is")]
City = Annotated[
    str | None,
    typer.Option(
        envvar="LUNA_SIMULATOR__CITY",
        help="City; else that of the file's folder, or New York",
    ),
]
Data = Annotated[
    Path | None,
    typer.Option("--data", envvar="LUNA_SIMULATOR__DATA", help="Directory of files in place of the city's own"),
]
Figures = Annotated[Path | None, typer.Option("--json", help="File for the figures printed")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Scenarios: list, check, preview.", no_args_is_help=True)
    group.command("list")(list_scenarios)
    group.command("check")(check)
    group.command("preview")(show)
    group.command("targets")(list_targets)
    app.add_typer(group, name="scenario")


def list_scenarios(city: City = None, own: Data = None, figures: Figures = None) -> None:
    """Print every scenario with its times and what may follow it."""
    data = city_data("scenario", city or CityConfig.city, own)
    table = Table(Column("name", no_wrap=True), "title", "ramp", "hold", "settles after", "meant for", "may lead to")
    rows = []
    for scenario in data.scenarios.values():
        row = _summary(scenario)
        rows.append(row)
        table.add_row(*(str(row[name]) for name in row))
    Console().print(table)
    write(figures, rows)


def list_targets(city: City = None, own: Data = None) -> None:
    """Print every named rate that a modifier may act on, and the operations that make sense on it."""
    table = Table("target", "kind", "operations")
    for name, kind in targets(city_data("scenario", city or CityConfig.city, own)).items():
        table.add_row(name, kind, ", ".join(OPERATIONS[kind]))
    Console().print(table)


def check(file: File, city: City = None, own: Data = None) -> None:
    """Read a scenario file whole, or say file, line, reason and the nearest valid name."""
    scenario, _ = _read(file, city, own)
    row = _summary(scenario)
    Console().print(
        f"{scenario.name}: sound; {len(scenario.modifiers)} modifiers, settles {row['settles after']} after its start",
        markup=False,
        soft_wrap=True,
    )


def show(
    file: File,
    out: Annotated[Path | None, typer.Option(help="Plot to write: .svg or .html")] = None,
    start: Annotated[str | None, typer.Option(help="Local start, ISO 8601; by default the first meant")] = None,
    intensity: Annotated[float, typer.Option(min=0.1, max=3.0, help="How strong")] = 1.0,
    city: City = None,
    own: Data = None,
    figures: Figures = None,
) -> None:
    """Show what a scenario does to rates over time, without running the city."""
    if out is not None and out.suffix not in {".svg", ".html"}:
        refuse("scenario", f"--out {out} is neither .svg nor .html")
    scenario, data = _read(file, city, own)
    found = preview(scenario, data, _start(scenario, data, start), intensity)
    console = Console()
    if not found.series:
        console.print(f"{scenario.name} changes no rate")
    table = Table("rate", "without", "with, at most", "least", "by time", title=f"{scenario.title}, from {AROUND_TEXT}")
    for name, (without, changed) in found.series.items():
        figure = (f"{value:.3g}" for value in (without.mean(), changed.max(), changed.min()))
        table.add_row(name, *figure, sparkline(changed.tolist(), 24))
    if found.series:
        console.print(table)
    if out is not None:
        out.write_text(svg(found) if out.suffix == ".svg" else page(found), encoding="utf-8")
        console.print(f"plot: {out}", markup=False, soft_wrap=True)
    write(
        figures,
        {
            "scenario": found.scenario,
            "minutes": found.minutes.tolist(),
            "phases": found.phases.tolist(),
            "series": {name: [a.tolist(), b.tolist()] for name, (a, b) in found.series.items()},
        },
    )


AROUND_TEXT = "half an hour before its start to half an hour after it has settled"


def _summary(scenario: Scenario) -> dict[str, object]:
    released = int((scenario.ramp_minutes + scenario.hold_minutes) * MINUTE)
    given = scenario.conditions
    days = "any day" if given.weekdays == WEEKDAYS else ", ".join(given.weekdays)
    hours = "" if (given.from_hour, given.until_hour) == (0, 24) else f" {given.from_hour:g}-{given.until_hour:g} h"
    return {
        "name": scenario.name,
        "title": scenario.title,
        "ramp": f"{scenario.ramp_minutes:g} min",
        "hold": f"{scenario.hold_minutes:g} min",
        "settles after": f"{settled_at(scenario, 0, released) // MINUTE} min",
        "meant for": f"{days}{hours}",
        "may lead to": ", ".join(f"{c.scenario} ({c.probability:.0%})" for c in scenario.cascades),
    }


def _start(scenario: Scenario, data: CityData, text: str | None) -> int:
    """UTC microseconds of the local start asked for, or of the first that the scenario is meant for."""
    zone = ZoneInfo(data.place.time_zone)
    if text is not None:
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            refuse("scenario", f"--start {text!r} is not ISO 8601, for example 2026-06-05T18:00")
    else:
        given = scenario.conditions
        days = [day for day in range(5, 12) if WEEKDAYS[FRIDAY.replace(day=day).weekday()] in given.weekdays]
        hour = given.from_hour
        moment = FRIDAY.replace(day=days[0] if days else 5, hour=int(hour), minute=int(hour % 1 * 60))
    local = moment if moment.tzinfo else moment.replace(tzinfo=zone)
    return int(local.timestamp()) * SECOND


def _read(file: Path, city: str | None, own: Path | None) -> tuple[Scenario, CityData]:
    """A scenario file that is sound; a bare name is one of the city's own."""
    folder = file.parent.name
    of_folder = folder if (DATA / "cities" / f"{folder}.yaml").exists() else CityConfig.city
    data = city_data("scenario", city or of_folder, own)
    if not file.suffix and not file.exists() and str(file) in data.scenarios:
        return data.scenarios[str(file)], data
    try:
        scenario = read_yaml(Scenario, file)
        check_scenario(file, scenario, data)
    except DataError as error:
        refuse("scenario", error)
    return scenario, data

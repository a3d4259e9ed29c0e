"""`luna evaluate anomalies`: how many of a city's scenarios the detector finds, how soon, and how often it is wrong."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from cli import figures, schedule
from cli.commands.generate import DEFAULT_START, moment
from cli.ending import refuse
from services.simulator.domain.city import MOST_VENUES, CityConfig

if TYPE_CHECKING:
    from cli.evaluate.anomalies import Assessment, Found, Heard

TICKS_A_DAY = 1440
SCHEDULE = (
    "lunch_rush@14/11:45", "concert_night@15/18:00", "lunch_rush@16/11:30", "friday_night@17/18:00",
    "weekend_brunch@18/10:00", "new_user_onboarding@20/14:00", "lunch_rush@22/03:00", "concert_night@23/18:00",
    "friday_night@24/19:00",
)  # fmt: skip
"""Each scenario of the dining world at an hour that suits it, and one rush at an hour that does not."""


def anomalies(
    users: Annotated[int, typer.Option(min=2, help="People of the city made for it")] = 1_000,
    venues: Annotated[int, typer.Option(min=1, max=MOST_VENUES, help="Venues of the city made for it")] = 600,
    days: Annotated[float, typer.Option(min=2, help="Simulated days")] = 24.5,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the city")] = 42,
    scenario: Annotated[
        list[str] | None, typer.Option(help=f"{schedule.GRAMMAR}; may be repeated; else one of each")
    ] = None,
    after: Annotated[float, typer.Option(min=0, help="Days that are left out: what is usual is learned first")] = 12.0,
    city: Annotated[
        Path | None, typer.Option(metavar="DIR", help="Output of generate --format parquet --scenario …, instead")
    ] = None,
    json: Annotated[Path | None, typer.Option("--json", help="Where the figures go")] = None,
) -> None:
    """Let the detector watch a city with scenarios, and compare what it says with the ground truth."""
    from cli.evaluate.anomalies import NoTruthError, assess, told  # noqa: PLC0415 - the services' code
    from cli.realism.files import DirectoryError  # noqa: PLC0415

    try:
        heard = _made(users, venues, days, seed, scenario) if city is None else told(city)
        found = assess(heard, after)
    except (NoTruthError, DirectoryError, schedule.ScheduleError) as error:
        refuse("evaluate anomalies", error)
    _print(found)
    figures.write(json, measurements(found))


def _made(users: int, venues: int, days: float, seed: int, texts: list[str] | None) -> "Heard":
    from cli.evaluate.anomalies import live  # noqa: PLC0415
    from services.simulator.data_files import load_city_data  # noqa: PLC0415

    config = CityConfig(users=users, venues=venues, start=moment(DEFAULT_START))
    data = load_city_data(config.world, config.city)
    ticks = round(days * TICKS_A_DAY)
    planned = [schedule.parse(text, config, data.place.time_zone, data.scenarios) for text in texts or SCHEDULE]
    planned = [one for one in planned if texts or one.start < ticks]
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("living", total=ticks)
        return live(config, seed, ticks, schedule.orders(planned, config), lambda: progress.advance(task))


def measurements(found: "Assessment") -> list[dict[str, object]]:
    """Figures as every evaluation writes them."""
    named: dict[str, tuple[object, str]] = {
        "anomalies precision": (round(found.precision, 4), "share of detections"),
        "anomalies precision by chance": (round(found.chance, 4), "share of time"),
        "anomalies recall": (round(found.recall, 4), "share of scenarios"),
        "anomalies delay": (found.delay_minutes, "simulated minutes, median"),
        "anomalies false": (round((found.detections - found.right) / found.days, 3), "detections a day"),
        "anomalies false on holidays": (found.false_on_holidays, "detections"),
    }
    figures_of_all = [{"name": name, "value": value, "unit": unit} for name, (value, unit) in named.items()]
    return [*figures_of_all, *(_of_one(one) for one in found.scenarios)]


def _of_one(one: "Found") -> dict[str, object]:
    return {
        "name": f"anomalies delay of {one.scenario.name}",
        "value": one.delay_minutes,
        "unit": "simulated minutes",
        "starts_at": one.scenario.start,
        "rates": dict(one.rates),
    }


def _print(found: "Assessment") -> None:
    console = figures.wide_console()
    false = found.detections - found.right
    table = Table("measure", "value", title=f"{found.days:.1f} days, {len(found.scenarios)} scenarios")
    table.add_row("precision", f"{found.precision:.0%} of {found.detections:,} (by chance {found.chance:.0%})")
    table.add_row("recall", f"{found.recall:.0%} of {len(found.scenarios)}")
    delay = found.delay_minutes
    table.add_row("delay, median", "-" if delay is None else f"{delay:.0f} min")
    days = ", ".join(f"{day} ({count})" for day, count in sorted(found.false_days.items()))
    table.add_row("false detections", f"{false / found.days:.2f} a day{f', on days {days}' if days else ''}")
    table.add_row("of them on a holiday", f"{found.false_on_holidays:,}")
    console.print(table)
    table = Table("scenario", "found after", "rates that told it (detections)")
    for one in found.scenarios:
        rates = ", ".join(f"{name} {count}" for name, count in sorted(one.rates.items(), key=lambda item: -item[1]))
        table.add_row(
            one.scenario.name, "missed" if one.delay_minutes is None else f"{one.delay_minutes:.0f} min", rates
        )
    console.print(table)
    table = Table("rate", "detections", "right")
    for name, (count, right) in found.by_rate.items():
        table.add_row(name, f"{count:,}", f"{right / count:.0%}")
    console.print(table)

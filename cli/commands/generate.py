"""`luna generate`: a city told into files, without a broker."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Annotated, NoReturn

import typer
from rich.console import Console
from rich.progress import Progress

from cli.export import Exporter
from cli.offline import OfflineRun, compose
from services.simulator.data_files import DataError, load_city_data
from services.simulator.domain.city import CityConfig
from streamkit.codec import Codec
from streamkit.contracts import Catalogue

SECOND = 1_000_000
DEFAULT_START = "2026-06-03T18:00:00-04:00"


class Format(StrEnum):
    """File formats."""

    parquet = "parquet"
    avro = "avro"
    jsonl = "jsonl"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("generate")(generate)


def generate(
    out: Annotated[Path, typer.Option(help="Directory to write to: new or empty")],
    users: Annotated[int, typer.Option(min=0, help="People when the city opens")] = 2_000,
    venues: Annotated[int, typer.Option(min=1, help="Venues of the city")] = 600,
    days: Annotated[float, typer.Option(min=0.001, help="Simulated days")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same files")] = 42,
    start: Annotated[str, typer.Option(help="Simulated start, ISO 8601 with a time zone")] = DEFAULT_START,
    profile: Annotated[str, typer.Option(help="How dense life is: realistic or dense")] = "realistic",
    form: Annotated[Format, typer.Option("--format", help="File format")] = Format.parquet,
) -> None:
    """Tell a city into files: one a topic and simulated day (UTC), and manifest.json."""
    if out.exists() and any(out.iterdir()):
        _refuse(f"{out} is not empty; nothing was written")
    config = CityConfig(users=users, venues=venues, start=_moment(start), profile=profile)
    _check_profile(profile, config)
    out.mkdir(parents=True, exist_ok=True)
    run = compose(config, seed)
    catalogue = Catalogue.load()
    exporter = Exporter(catalogue, Codec(catalogue), out, form.value)
    ticks = max(round(days * 86_400 / config.tick_seconds), 1)
    _tell(run, exporter, ticks)
    identity = run.city.identity
    manifest = exporter.manifest(
        {
            "run_id": identity.run_id,
            "branch": identity.branch,
            "seed": seed,
            "configuration": dict(config.behaviour()),
            "ticks": ticks,
        }
    )
    records = sum(file.records for file in exporter.files)
    Console(stderr=True).print(f"{records:,} records in {len(exporter.files)} files: {manifest}", markup=False)


def _tell(run: OfflineRun, exporter: Exporter, ticks: int) -> None:
    """Run the city day by day, writing and forgetting each."""
    city, done = run.city.city, 0
    with Progress(console=Console(stderr=True)) as bar:
        task = bar.add_task("telling", total=ticks)
        while done < ticks:
            today = _day(city.time_us)
            midnight = int((datetime.fromisoformat(today).replace(tzinfo=UTC) + timedelta(days=1)).timestamp()) * SECOND
            tick_us = city.config.tick_seconds * SECOND
            count = min(-(-(midnight - city.time_us) // tick_us), ticks - done)
            run.host.run(count, lambda _: bar.advance(task))
            done += count
            exporter.write(run.log, today)
            run.host.forget_read()


def _day(time_us: int) -> str:
    return datetime.fromtimestamp(time_us // SECOND, UTC).date().isoformat()


def _moment(text: str) -> int:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        _refuse(f"--start {text!r} is not ISO 8601, for example {DEFAULT_START}")
    if moment.tzinfo is None:
        _refuse(f"--start {text!r} has no time zone, for example {DEFAULT_START}")
    return int(moment.timestamp()) * SECOND


def _check_profile(profile: str, config: CityConfig) -> None:
    try:
        known = load_city_data(config.world, config.city).world.profiles
    except DataError as error:
        _refuse(str(error))
    if profile not in known:
        _refuse(f"no profile {profile!r}; there are: {', '.join(known)}")


def _refuse(reason: str) -> NoReturn:
    Console(stderr=True).print(f"generate: {reason}", markup=False, soft_wrap=True)
    raise typer.Exit(2)

"""`luna generate`: a city told into files, without a broker."""

import errno
import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
import yaml
from pydantic import ValidationError
from rich.console import Console

from cli import schedule
from cli.ending import refuse
from cli.export import ChangedError, Exporter
from cli.manifest import Manifest, ManifestError, about, opened
from cli.offline import OfflineRun, compose
from cli.schedule import Scheduled, ScheduleError
from cli.telling import Told, tell
from cli.twin import compare, without
from services.simulator.data_files import DataError, data_of, with_own
from services.simulator.domain.city import MOST_USERS, MOST_VENUES, CityConfig
from services.simulator.imperfections.rules import Rule, parse, plain
from services.simulator.shards.city import MOST_SHARDS
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal

SECOND = 1_000_000
DEFAULT_START = "2026-06-03T18:00:00-04:00"
FAILED = 1


class Format(StrEnum):
    """File formats."""

    parquet = "parquet"
    avro = "avro"
    jsonl = "jsonl"


@dataclass(frozen=True, slots=True)
class Job:
    """One run into one directory."""

    out: Path
    config: CityConfig
    seed: int
    form: str
    ticks: int
    scenarios: Sequence[Scheduled]
    rules: Sequence[Rule] = ()
    shards: int = 1

    def run(self) -> OfflineRun:
        """The city, not yet opened."""
        orders = schedule.orders(self.scenarios, self.config)
        return compose(self.config, self.seed, orders, rules=self.rules, shards=self.shards)


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("generate")(generate)


def generate(
    out: Annotated[Path, typer.Option(help="Directory to write to: new, empty, or of the same run, which goes on")],
    users: Annotated[int, typer.Option(min=0, max=MOST_USERS, help="People when the city opens")] = 2_000,
    venues: Annotated[int, typer.Option(min=1, max=MOST_VENUES, help="Venues of the city")] = 600,
    days: Annotated[float, typer.Option(min=0.001, help="Simulated days")] = 1.0,
    seed: Annotated[int, typer.Option(min=0, help="The same seed, the same files")] = 42,
    start: Annotated[str, typer.Option(help="Simulated start, ISO 8601 with a time zone")] = DEFAULT_START,
    profile: Annotated[str, typer.Option(help="How dense life is: realistic or dense")] = "realistic",
    city: Annotated[str, typer.Option(help="City: a file of the simulator's data/cities")] = CityConfig.city,
    form: Annotated[Format, typer.Option("--format", help="File format")] = Format.parquet,
    data: Annotated[
        Path | None, typer.Option(help="Directory of YAML and CSV of one's own, laid out as the simulator's data")
    ] = None,
    shards: Annotated[int, typer.Option(min=1, max=MOST_SHARDS, help="Processes; the same files for any number")] = 1,
    scenario: Annotated[list[str] | None, typer.Option(help=f"{schedule.GRAMMAR}; may be repeated")] = None,
    imperfections: Annotated[
        str | None, typer.Option(metavar="FILE|JSON", help="Records that go wrong on purpose: a list of rules")
    ] = None,
    twin: Annotated[
        str | None, typer.Option(metavar="CAUSE", help="Tell OUT-twin too, without this scenario, and compare")
    ] = None,
    figures: Annotated[Path | None, typer.Option("--json", help="File for the figures printed")] = None,
) -> None:
    """Tell a city into files: one a topic and simulated day (UTC), and manifest.json."""
    config = CityConfig(users=users, venues=venues, start=moment(start), profile=profile, city=city)
    try:
        config = with_own(config, data)
    except DataError as error:
        refuse("generate", error)
    ticks = max(round(days * 86_400 / config.tick_seconds), 1)
    job = Job(out, config, seed, form.value, ticks, _scenarios(config, scenario or ()), _rules(imperfections), shards)
    console = Console(stderr=True)
    others = None if twin is None else _without(job, twin)
    told = carry_out(job, console)
    if twin is not None and others is not None:
        carry_out(others[0], console)
        report = compare(job.out, others[0].out, twin, others[1])
        report.write(others[0].out)
        report.show(Console())
    if figures is not None:
        figures.write_text(json.dumps(asdict(told)) + "\n")


def _without(job: Job, cause: str) -> tuple[Job, list[str]]:
    """The twin's job, and the orders of the cause that it does without."""
    try:
        scenarios, orders = without(job.scenarios, cause)
    except ScheduleError as error:
        refuse("generate", error)
    return replace(job, out=job.out.with_name(f"{job.out.name}-twin"), scenarios=scenarios), orders


def carry_out(job: Job, console: Console) -> Told:
    """Tell a run, or what is missing of it. Leaves the process with a reason where that cannot be."""
    run = job.run()
    manifest = _open(job, run)
    if manifest.complete and manifest.ticks == job.ticks:
        console.print(f"{job.out} holds this run already, whole", markup=False, soft_wrap=True)
        return Told(sum(file.records for file in manifest.files.values()), job.ticks, 0.0)
    catalogue = Catalogue.load()
    exporter = Exporter(catalogue, Codec(catalogue), job.out, job.form, manifest)
    try:
        job.out.mkdir(parents=True, exist_ok=True)
        manifest.drop_open_day(job.out)
        manifest.write(job.out)
        told = tell(run, exporter, manifest, job.out, job.ticks, console)
    except OSError as error:
        refuse("generate", _disk(error, job.out, manifest), FAILED)
    except (ChangedError, Fatal) as error:
        refuse("generate", error, FAILED)
    except KeyboardInterrupt:
        refuse("generate", f"stopped; {_whole(manifest)}, the same command goes on from there", 130)
    rate = told.records / max(told.seconds, 1e-9)
    summary = (
        f"{told.records:,} records in {len(manifest.files)} files in {told.seconds:,.1f} s ({rate:,.0f} records/s)"
    )
    console.print(f"{summary}: {job.out}", markup=False, soft_wrap=True)
    return told


def _open(job: Job, run: OfflineRun) -> Manifest:
    identity = run.city.identity
    described = {
        "seed": job.seed,
        "configuration": dict(job.config.behaviour()),
        "scenarios": [asdict(scenario) for scenario in job.scenarios],
        "imperfections": plain(job.rules),
        "run_id": identity.run_id,
        "branch": identity.branch,
    }
    try:
        manifest = opened(job.out, about(described, job.form, Catalogue.load()))
    except ManifestError as error:
        refuse("generate", error)
    if manifest.ticks > job.ticks:
        refuse(
            "generate",
            f"{job.out} holds {manifest.ticks:,} ticks of this run, more than asked for; nothing was written",
        )
    return manifest


def _scenarios(config: CityConfig, texts: Sequence[str]) -> list[Scheduled]:
    try:
        data = data_of(config)
        if config.profile not in data.world.profiles:
            refuse("generate", f"no profile {config.profile!r}; there are: {', '.join(data.world.profiles)}")
        return [schedule.parse(text, config, data.place.time_zone, data.scenarios) for text in texts]
    except (DataError, ScheduleError) as error:
        refuse("generate", error)


def _rules(text: str | None) -> tuple[Rule, ...]:
    """Rules out of a file of YAML or JSON, or out of JSON on the spot."""
    if text is None:
        return ()
    try:
        return parse(yaml.safe_load(text if text.lstrip().startswith("[") else Path(text).read_text(encoding="utf-8")))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        refuse("generate", f"--imperfections: {'.'.join(map(str, first['loc']))}: {first['msg']}")
    except (OSError, yaml.YAMLError) as error:
        refuse("generate", f"--imperfections: {error}")


def moment(text: str) -> int:
    """Microseconds UTC of a time of day as people write it. Leaves the process with a reason where it is none."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse("generate", f"--start {text!r} is not ISO 8601, for example {DEFAULT_START}")
    if moment.tzinfo is None:
        refuse("generate", f"--start {text!r} has no time zone, for example {DEFAULT_START}")
    return int(moment.timestamp()) * SECOND


def _disk(error: OSError, out: Path, manifest: Manifest) -> str:
    if error.errno not in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return f"{out} cannot be written to: {error}; {_whole(manifest)}"
    near = next(path for path in (out, *out.parents) if path.exists())
    free = shutil.disk_usage(near).free
    return f"the disk of {out} is full ({free:,} bytes free); {_whole(manifest)}, the same command goes on from there"


def _whole(manifest: Manifest) -> str:
    return f"days up to {manifest.days[-1]} are written" if manifest.days else "no day was finished"

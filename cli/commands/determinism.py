"""`luna determinism`: the same city told several ways, and whether every byte of it is the same."""

import json
import tempfile
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from cli.commands.generate import DEFAULT_START, moment
from cli.ending import city_data
from cli.export import records_digest
from cli.offline import OfflineRun, compose
from services.simulator.domain.city import MOST_USERS, MOST_VENUES, CityConfig
from services.simulator.shards.city import sharded
from services.simulator.snapshots import city as snapshots
from services.simulator.snapshots.files import SnapshotFiles
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id

EXEMPT = frozenset({"system_metrics", "simulation_control", "requests", "replies"})
"""Topics that may carry wall-clock times."""
WAYS = "1,4,16"
SNAPSHOT = "half"
DAY_SECONDS = 86_400


@dataclass(frozen=True, slots=True)
class Way:
    """One telling: how, how long it took, how many records it has, and the digest of all of them by topic."""

    name: str
    seconds: float
    records: int
    digest: str
    topics: Mapping[str, str]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("determinism")(determinism)


def determinism(
    users: Annotated[int, typer.Option(min=1, max=MOST_USERS, help="People when the city opens")] = 2_000,
    venues: Annotated[int, typer.Option(min=1, max=MOST_VENUES, help="Venues of the city")] = 600,
    days: Annotated[float, typer.Option(min=0.001, help="Simulated days")] = 7.0,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the run")] = 42,
    profile: Annotated[str, typer.Option(help="How dense life is: realistic or dense")] = "realistic",
    shards: Annotated[str, typer.Option(help="Processes of each telling, separated by commas")] = WAYS,
    times: Annotated[int, typer.Option(min=1, help="How often each of them is told")] = 2,
    city: Annotated[str, typer.Option(help="City: a file of the simulator's data/cities")] = CityConfig.city,
    figures: Annotated[Path | None, typer.Option("--json", help="File for the figures printed")] = None,
) -> None:
    """Tell one city with several numbers of processes, twice, and across snapshots; fail unless all bytes are the same.

    Across a snapshot: half of it with each number of processes, the other half with the next one.
    """
    city_data("determinism", city)
    config = CityConfig(users=users, venues=venues, start=moment(DEFAULT_START), profile=profile, city=city)
    ticks = max(round(days * DAY_SECONDS / config.tick_seconds), 2)
    counts = [int(count) for count in shards.split(",")]
    ways: list[Way] = []
    console = Console()
    for count in counts * times:
        ways.append(_way(f"{count} shards", compose(config, seed, shards=count), lambda run: run.host.run(ticks)))
        _say(console, ways[-1])
    for count, other in zip(counts, [*counts[1:], counts[0]], strict=True):
        first = compose(config, seed, shards=count)
        name = f"{count} shards, restored to {other}"
        ways.append(_way(name, first, partial(_restored, seed=seed, ticks=ticks, shards=other)))
        _say(console, ways[-1])
    differing = sorted(
        {topic for way in ways for topic in way.topics if way.topics[topic] != ways[0].topics.get(topic)}
    )
    if figures is not None:
        figures.write_text(json.dumps({"ways": [asdict(way) for way in ways], "differing": differing}, indent=2) + "\n")
    if differing:
        console.print(f"not the same: {', '.join(differing)}", style="red")
        raise typer.Exit(1)
    console.print(f"the same to the byte: {len(ways)} tellings of {users:,} people and {ticks:,} ticks", style="green")


def _way(name: str, run: OfflineRun, tell: Callable[[OfflineRun], None]) -> Way:
    began = time.monotonic()
    tell(run)
    run.host.settle()
    seconds = time.monotonic() - began
    catalogue = Catalogue.load().topics
    found = sorted(name for name in run.log.topics if name in catalogue and name not in EXEMPT)
    topics = {topic: records_digest(run.log.raw(topic, 0, run.log.size(topic))) for topic in found}
    return Way(name, round(seconds, 1), sum(map(run.log.size, found)), hash_id(*topics.values()), topics)


def _restored(run: OfflineRun, seed: int, ticks: int, shards: int) -> None:
    """Half of it; then another city goes on from what the first one saved, among the same services."""
    run.host.run(ticks // 2)
    host = run.city
    with tempfile.TemporaryDirectory() as directory:
        files = SnapshotFiles(Path(directory))
        snapshots.save(files, host.city, host.identity, seed, SNAPSHOT)
        again = sharded(host.city.config, seed, host.identity, host.city.data, shards=shards)
        snapshots.load(files, again, seed, SNAPSHOT)
    host.city = again
    run.host.run(ticks - ticks // 2)


def _say(console: Console, way: Way) -> None:
    console.print(f"{way.name}: {way.records:,} records in {way.seconds:,.1f} s, digest {way.digest}", soft_wrap=True)

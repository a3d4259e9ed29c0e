"""`luna up`: the whole city on this machine, until Ctrl-C or for a time."""

import signal
from collections.abc import Callable
from pathlib import Path
from threading import Event
from types import FrameType
from typing import Annotated

import typer
from confluent_kafka import KafkaException
from pydantic import ValidationError
from rich.console import Console

from cli import figures
from cli.ending import fail
from cli.servers.locks import LockedError
from cli.servers.processes import ServerError
from cli.topics import TopicError
from cli.up.city import City, PortTakenError, Told, Wanted, city
from cli.up.demo import Watch, print_summary
from cli.up.services import RANKS
from cli.up.settings import Ports, UpSettings
from cli.up.summary import Summary
from cli.up.supervisor import CrashLoopError
from services.simulator.shards.city import MOST_SHARDS
from streamkit.errors import Fatal

DEMO_FIGURES = "demo.json"


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    *,
    demo: Annotated[bool, typer.Option(help="End with a summary and a verdict")] = False,
    seconds: Annotated[float | None, typer.Option("--for", help="Seconds to run after the backfill")] = None,
    free_ports: Annotated[bool, typer.Option("--free-ports", help="Take free ports instead of the usual")] = False,
    backfill_days: Annotated[
        float | None, typer.Option("--backfill-days", min=0, max=400, help="Simulated days told at full speed first")
    ] = None,
    live: Annotated[
        bool, typer.Option("--live", help="Begin so long ago, arrive at now, and go on in step with the clock")
    ] = False,
    shards: Annotated[
        int | None, typer.Option("--shards", min=1, max=MOST_SHARDS, help="Processes that decide for the city's people")
    ] = None,
    verbose: Annotated[bool, typer.Option(help="Say how long each step took")] = False,
    json: Annotated[Path | None, typer.Option("--json", help="Write the summary to this file")] = None,
) -> None:
    """Run Kafka, PostgreSQL and the five services here; Ctrl-C stops all of it."""
    console = Console()
    stop = Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _stopper(stop))
    summary: Summary | None = None
    try:
        settings = UpSettings()
        if free_ports:
            settings = settings.model_copy(update={"ports": Ports.free(len(RANKS))})
        told = Told(console.print, console.print if verbose else lambda _: None)
        with city(Wanted(settings, of_simulator(backfill_days, shards, live=live)), told) as running:
            _welcome(console, running)
            summary = Watch(running, console, stop.is_set).run(seconds)
            console.print("stopping …")
    except LockedError as error:
        fail(f"Luna already runs here: {error}")
    except ValidationError as error:
        first = error.errors()[0]
        fail(f"configuration: LUNA_{'__'.join(map(str, first['loc'])).upper()}: {first['msg']}")
    except (PortTakenError, ServerError, TopicError, KafkaException, Fatal) as error:
        fail(error)
    except CrashLoopError as error:
        for line in error.last_lines:
            console.print(f"  {line}", style="dim", markup=False, highlight=False)
        fail(f"stopped all, because of {error}")
    if summary is not None:
        _judge(console, summary, json or (settings.data_dir / DEMO_FIGURES if demo else None))


def of_simulator(backfill_days: float | None, shards: int | None, *, live: bool) -> dict[str, str]:
    """What the simulator is told of its time and its processes: nothing where the environment is to say it."""
    told = {} if backfill_days is None else {"LUNA_SIMULATOR__BACKFILL_DAYS": str(backfill_days)}
    if shards is not None:
        told["LUNA_SIMULATOR__SHARDS"] = str(shards)
    if live:
        told |= {"LUNA_SIMULATOR__START": "now", "LUNA_SIMULATOR__SPEED": "1"}
    return told


def _judge(console: Console, summary: Summary, path: Path | None) -> None:
    print_summary(console, summary)
    figures.write(path, summary.printable())
    failures = summary.failures()
    if failures:
        fail("the city did not live: " + "; ".join(failures))
    console.print("the city lived", style="green")


def _welcome(console: Console, running: City) -> None:
    console.print(f"Kafka {running.bootstrap_servers} · page and API [bold]{running.url}[/bold]")
    console.print(f"logs in {running.settings.data_dir}/logs", highlight=False)


def _stopper(stop: Event) -> Callable[[int, FrameType | None], None]:
    def handle(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    return handle

"""`luna topics`: the topics of the catalogue on a broker."""

from typing import Annotated, NoReturn

import typer
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from rich.console import Console
from rich.table import Table

from cli.topics import TopicError, differences, overridden, plans
from cli.topics import apply as apply_plans
from cli.up.settings import UpSettings
from streamkit.contracts import Catalogue

Bootstrap = Annotated[str | None, typer.Option("--bootstrap-servers", help="Kafka addresses")]
Replication = Annotated[int, typer.Option(help="Copies of each partition")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Topics on the broker.", no_args_is_help=True)
    group.command("apply")(apply)
    group.command("check")(check)
    group.command("show")(show)
    app.add_typer(group, name="topics")


def bootstrap_of(named: str | None) -> str:
    """The address given, else the environment's, else the local one."""
    settings = UpSettings()
    return named or settings.kafka.bootstrap_servers or f"127.0.0.1:{settings.ports.kafka}"


def apply(bootstrap_servers: Bootstrap = None, replication: Replication = 1) -> None:
    """Make what is missing, set what differs."""
    console = Console()
    try:
        done = apply_plans(_admin(bootstrap_servers), plans(Catalogue.load()), replication)
    except (KafkaException, TopicError) as error:
        _fail(console, error)
    for line in done or ["all topics are as they should be"]:
        console.print(line, markup=False)


def check(bootstrap_servers: Bootstrap = None) -> None:
    """Say what differs from the catalogue; exit code 1 where something does."""
    console = Console()
    try:
        found = differences(_admin(bootstrap_servers), plans(Catalogue.load()))
    except KafkaException as error:
        _fail(console, error)
    for difference in found:
        console.print(str(difference), markup=False, soft_wrap=True)
    if found:
        raise typer.Exit(1)
    console.print("all topics are as they should be")


def show(topic: Annotated[str | None, typer.Argument()] = None, bootstrap_servers: Bootstrap = None) -> None:
    """List the topics of the catalogue, or the settings of one on the broker."""
    console = Console()
    catalogue = Catalogue.load()
    if topic is not None:
        try:
            settings = overridden(_admin(bootstrap_servers), topic)
        except KafkaException as error:
            _fail(console, error)
        for name, value in sorted(settings.items()):
            console.print(f"{name}={value}", markup=False)
        return
    table = Table("topic", "key", "partitions", "cleanup", "producers", "consumers", "purpose")
    for declared in catalogue.topics.values():
        producers = sorted({name for event in declared.events.values() for name in event.producers})
        written = (declared.name, declared.key, str(declared.partitions), declared.cleanup)
        table.add_row(*written, ", ".join(producers), ", ".join(declared.consumers), declared.purpose)
    console.print(table)


def _admin(bootstrap_servers: str | None) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap_of(bootstrap_servers), "log_level": 2})


def _fail(console: Console, error: Exception) -> NoReturn:
    console.print(str(error), style="red", markup=False, soft_wrap=True)
    raise typer.Exit(1)

"""`luna topics`: the topics of the catalogue on a broker."""

from typing import Annotated

import typer
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from rich.console import Console
from rich.table import Table

from cli.ending import fail
from cli.topics import TopicError, differences, overridden, plans, register_schemas
from cli.topics import apply as apply_plans
from cli.up.settings import UpSettings
from streamkit.contracts import Catalogue
from streamkit.errors import ConfigurationError, Fatal, Retryable
from streamkit.settings import ServiceSettings, load

Bootstrap = Annotated[str | None, typer.Option("--bootstrap-servers", help="Kafka addresses")]
Replication = Annotated[int, typer.Option(help="Copies of each partition")]
Register = Annotated[bool, typer.Option("--register", help="Also put the schemas into LUNA_SCHEMA_REGISTRY_URL")]


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


def apply(*, bootstrap_servers: Bootstrap = None, replication: Replication = 1, with_schemas: Register = False) -> None:
    """Make what is missing, set what differs."""
    console = Console()
    catalogue = Catalogue.load()
    try:
        done = apply_plans(_admin(bootstrap_servers), plans(catalogue), replication)
        for line in done or ["all topics are as they should be"]:
            console.print(line, markup=False)
        if with_schemas:
            ids = register_schemas(_registry_url(), catalogue)
            console.print(f"{len(ids)} schemas are in the registry", markup=False)
    except (KafkaException, TopicError, ConfigurationError, Fatal, Retryable) as error:
        fail(error)


def check(bootstrap_servers: Bootstrap = None) -> None:
    """Say what differs from the catalogue; exit code 1 where something does."""
    console = Console()
    try:
        found = differences(_admin(bootstrap_servers), plans(Catalogue.load()))
    except KafkaException as error:
        fail(error)
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
            fail(error)
        for name, value in sorted(settings.items()):
            console.print(f"{name}={value}", markup=False)
        return
    table = Table("topic", "key", "partitions", "cleanup", "producers", "consumers", "purpose")
    for declared in catalogue.topics.values():
        producers = sorted({name for event in declared.events.values() for name in event.producers})
        written = (declared.name, declared.key, str(declared.partitions), declared.cleanup)
        table.add_row(*written, ", ".join(producers), ", ".join(declared.consumers), declared.purpose)
    console.print(table)


def _registry_url() -> str:
    url = load(ServiceSettings).schema_registry_url
    if not url:
        raise ConfigurationError("--register needs the address of a registry in LUNA_SCHEMA_REGISTRY_URL")
    return url


def _admin(bootstrap_servers: str | None) -> AdminClient:
    return AdminClient({"bootstrap.servers": bootstrap_of(bootstrap_servers), "log_level": 2})

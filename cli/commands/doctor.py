"""`luna doctor`: whether this machine can run the city, and what it would use."""

import shutil
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Annotated

import typer
from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient
from rich.console import Console
from sqlalchemy import create_engine
from sqlalchemy.exc import SQLAlchemyError

from cli import figures
from cli.servers.jars import system_java
from cli.servers.ports import holder, is_free
from cli.up.services import health_ports
from cli.up.settings import UpSettings

OLDEST_PYTHON = (3, 11)
ANSWER_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing looked at. What is not ``ok`` keeps the city from running."""

    what: str
    ok: bool
    detail: str


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor(json: Annotated[Path | None, typer.Option("--json")] = None) -> None:
    """Check Python, Node, Java, ports, broker and database."""
    console = Console()
    found = examine(UpSettings())
    for finding in found:
        mark = "[green]ok[/green]" if finding.ok else "[red]no[/red]"
        console.print(f"{mark}  {finding.what}: {finding.detail}", soft_wrap=True)
    figures.write(json, [asdict(finding) for finding in found])
    if not all(finding.ok for finding in found):
        raise typer.Exit(1)


def examine(settings: UpSettings) -> list[Finding]:
    """Look at everything the city needs."""
    version = sys.version_info[:2]
    java, maven, node = system_java(), shutil.which("mvn"), shutil.which("node")
    return [
        Finding("Python", version >= OLDEST_PYTHON, f"{version[0]}.{version[1]}"),
        Finding("Java", ok=True, detail=str(java) if java else "none of its own: one from PyPI"),
        Finding("Maven", ok=True, detail=maven or "none: the resolver from PyPI"),
        Finding("Node", ok=True, detail=node or "none: one from PyPI"),
        *_ports(settings),
        _broker(settings),
        _database(settings),
    ]


def _ports(settings: UpSettings) -> list[Finding]:
    needed = {"gateway": settings.ports.gateway} | health_ports(settings.ports)
    if settings.kafka.bootstrap_servers is None:
        needed["Kafka"] = settings.ports.kafka
    if settings.database.url is None:
        needed["PostgreSQL"] = settings.ports.postgres
    taken = {name: port for name, port in needed.items() if not is_free(port)}
    return [
        Finding(f"port {port} ({name})", ok=False, detail=f"held by {holder(port)}") for name, port in taken.items()
    ]


def _broker(settings: UpSettings) -> Finding:
    address = settings.kafka.bootstrap_servers
    if address is None:
        return Finding("Kafka", ok=True, detail="a local one, started by luna up")
    try:
        brokers = (
            AdminClient({"bootstrap.servers": address, "log_level": 2}).list_topics(timeout=ANSWER_SECONDS).brokers
        )
    except KafkaException as error:
        return Finding("Kafka", ok=False, detail=f"{address}: {error}")
    return Finding("Kafka", ok=True, detail=f"{address}: {len(brokers)} brokers")


def _database(settings: UpSettings) -> Finding:
    url = settings.database.url
    if url is None:
        return Finding("PostgreSQL", ok=True, detail="a local one, started by luna up")
    engine = create_engine(url, connect_args={"connect_timeout": int(ANSWER_SECONDS)})
    try:
        with engine.connect() as connection:
            version = str(connection.exec_driver_sql("show server_version").scalar())
    except SQLAlchemyError as error:
        return Finding("PostgreSQL", ok=False, detail=str(error).splitlines()[0])
    finally:
        engine.dispose()
    return Finding("PostgreSQL", ok=True, detail=version)

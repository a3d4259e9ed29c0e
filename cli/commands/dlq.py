"""`luna dlq`: what consumers could not read, why, and putting it back after a repair."""

from collections import Counter
from contextlib import closing
from pathlib import Path
from typing import Annotated

import typer
from confluent_kafka import KafkaException
from rich.console import Console
from rich.table import Table

from cli import figures
from cli.commands.topics import Bootstrap, bootstrap_of
from cli.dead_letters import DeadLetter, letter
from cli.dead_letters import replay as replay_letters
from cli.ending import fail
from cli.topic_reader import TopicReader
from cli.topics import DLQ_SUFFIX
from streamkit.contracts import Catalogue, ContractError

Json = Annotated[Path | None, typer.Option("--json", help="Also write the figures to this file")]
Group = Annotated[str | None, typer.Option(help="Only letters of this consumer group")]


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Dead letters.", no_args_is_help=True)
    group.command("list")(list_letters)
    group.command("show")(show)
    group.command("replay")(replay)
    app.add_typer(group, name="dlq")


def list_letters(bootstrap_servers: Bootstrap = None, json: Json = None) -> None:
    """Count the dead letters of every topic by group and error."""
    console = Console()
    counts: Counter[tuple[str, str, str]] = Counter()
    for topic in Catalogue.load().topics.values():
        if topic.dlq:
            counts.update((topic.name, one.group, one.error) for one in _letters(bootstrap_servers, topic.name))
    table = Table("topic", "group", "error", "records")
    for (name, group, error), count in sorted(counts.items()):
        table.add_row(name, group, error, str(count))
    console.print(table if counts else "no dead letters")
    rows = [
        {"topic": name, "group": group, "error": error, "records": count}
        for (name, group, error), count in sorted(counts.items())
    ]
    figures.write(json, rows)


def show(topic: str, group: Group = None, limit: int = 20, bootstrap_servers: Bootstrap = None) -> None:
    """Print the newest dead letters of a topic with their reasons."""
    console = Console()
    for one in _chosen(_letters(bootstrap_servers, topic), group)[-limit:]:
        line = f"{one.partition}@{one.offset} from {one.source} group {one.group}: {one.error}: {one.reason}"
        console.print(line, markup=False, highlight=False, soft_wrap=True)
        console.print(f"  key {one.key!r} value {(one.value or b'')[:80]!r}", markup=False, style="dim", soft_wrap=True)


def replay(topic: str, group: Group = None, bootstrap_servers: Bootstrap = None) -> None:
    """Put the dead letters of a topic back, each for its own group only."""
    console = Console()
    letters = _chosen(_letters(bootstrap_servers, topic), group)
    try:
        console.print(f"{replay_letters(bootstrap_of(bootstrap_servers), letters)} records put back on {topic}")
    except (RuntimeError, KafkaException) as error:
        fail(error)


def _chosen(letters: list[DeadLetter], group: str | None) -> list[DeadLetter]:
    return [one for one in letters if group is None or one.group == group]


def _letters(bootstrap_servers: str | None, topic: str) -> list[DeadLetter]:
    try:
        name = Catalogue.load().topic(topic).name + DLQ_SUFFIX
        with closing(TopicReader(bootstrap_of(bootstrap_servers), name)) as reader:
            return [letter(message) for batch in reader.present() for message in batch]
    except (KafkaException, ContractError) as error:
        fail(error)

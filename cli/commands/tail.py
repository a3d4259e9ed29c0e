"""`luna tail TOPIC`: records of a topic as JSON lines, decoded by the contracts."""

import json
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from threading import Event
from typing import Annotated, Any

import typer
from confluent_kafka import KafkaException, Message

from cli.commands.topics import Bootstrap, bootstrap_of
from cli.ending import fail
from cli.topic_reader import TopicReader
from streamkit.codec import Codec
from streamkit.codec.registry import codec_for
from streamkit.contracts import Catalogue, ContractError
from streamkit.errors import Fatal, Retryable
from streamkit.settings import ServiceSettings, load


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("tail")(tail)


def tail(
    topic: str,
    *,
    from_beginning: Annotated[bool, typer.Option("--from-beginning", help="First what is there already")] = False,
    until_end: Annotated[bool, typer.Option("--until-end", help="Only what is there already")] = False,
    event_type: Annotated[str | None, typer.Option(help="Only events of this type")] = None,
    bootstrap_servers: Bootstrap = None,
) -> None:
    """Print the records of a topic, a JSON object a line; null columns are left out."""
    stop = Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    try:
        catalogue = Catalogue.load()
        codec = codec_for(load(ServiceSettings), catalogue)
        name = catalogue.topic(topic).name
        with closing(TopicReader(bootstrap_of(bootstrap_servers), name)) as reader:
            batches = reader.present() if until_end else reader.follow(stop.is_set, from_beginning=from_beginning)
            for batch in batches:
                for row in rows(codec, name, batch):
                    if event_type is None or row.get("event_type") == event_type:
                        sys.stdout.write(json.dumps(row, ensure_ascii=False, default=str) + "\n")
                sys.stdout.flush()
    except (ContractError, KafkaException, Fatal, Retryable) as error:
        fail(error)
    except KeyboardInterrupt:
        return


def rows(codec: Codec, topic: str, batch: Sequence[Message]) -> Iterator[dict[str, Any]]:
    """Decoded records without their null columns, in order; then what could not be decoded."""
    decoded = codec.decode(topic, [message.value() for message in batch])
    for row in decoded.frame.iter_rows(named=True):
        yield {name: value for name, value in row.items() if value is not None}
    for index in decoded.removed:
        yield {"tombstone": (batch[int(index)].key() or b"").decode(errors="replace")}
    for poison in decoded.poison:
        message = batch[poison.index]
        place = {"partition": message.partition(), "offset": message.offset()}
        yield {"poison": poison.error, "reason": poison.message, **place}

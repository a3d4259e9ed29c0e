"""`luna replay`: have the event store tell a stretch of the past again, and print what comes."""

import json
import signal
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from threading import Event
from typing import Annotated, Any

import typer
from confluent_kafka import KafkaException, Message
from rich.console import Console
from rich.table import Table

from cli.commands.control import LOCAL, Token, Url
from cli.commands.topics import Bootstrap, bootstrap_of
from cli.ending import fail, refuse
from cli.gateway import Gateway, GatewayError
from cli.topic_reader import TopicReader
from streamkit.codec import Codec
from streamkit.codec.registry import codec_for
from streamkit.contracts import Catalogue
from streamkit.errors import Fatal, Retryable
from streamkit.settings import ServiceSettings, load

TOPIC = "replay"
_REPLAYS = "/admin/streams/replay"


def register(app: typer.Typer) -> None:
    """Add the command group."""
    group = typer.Typer(help="Tell the past of the city again.", no_args_is_help=True)
    group.command()(start)
    group.command("list")(list_all)
    group.command()(stop)
    app.add_typer(group, name="replay")


def start(
    from_: Annotated[str, typer.Option("--from", help="Simulated time, ISO 8601 with a zone")],
    to: Annotated[str, typer.Option(help="Simulated time where it ends, exclusive")],
    *,
    speed: Annotated[str, typer.Option(help="Simulated seconds a second, 1 to 1000, or max")] = "60",
    topic: Annotated[list[str] | None, typer.Option(help="Only of this topic; again for more")] = None,
    event_type: Annotated[list[str] | None, typer.Option(help="Only events of this type; again for more")] = None,
    user: Annotated[str | None, typer.Option(help="Only of this person")] = None,
    venue: Annotated[str | None, typer.Option(help="Only at this venue")] = None,
    branch: Annotated[int | None, typer.Option(help="Branch of the run; by default the living one")] = None,
    follow: Annotated[bool, typer.Option(help="Print the records as they come, JSON lines")] = True,
    url: Url = LOCAL,
    token: Token = None,
    bootstrap_servers: Bootstrap = None,
) -> None:
    """Start a replay and print its records; leaving with Ctrl-C does not end it."""
    body = {
        "start_time": from_,
        "end_time": to,
        "speed": "max" if speed == "max" else _number(speed),
        "channels": topic or [],
        "event_types": event_type or [],
        "user_id": user,
        "venue_id": venue,
        "branch": branch,
    }
    stopped = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        if not follow:
            Console().print_json(json.dumps(_start(url, token, body)))
            return
        codec = codec_for(load(ServiceSettings), Catalogue.load())
        with closing(TopicReader(bootstrap_of(bootstrap_servers), TOPIC)) as reader:
            ends = reader.ends()  # before it begins, so that its first record is not missed
            replay_id = str(_start(url, token, body)["replay_id"])
            end = print_records(codec, reader.since(ends, stopped.is_set), replay_id)
    except (GatewayError, KafkaException, Fatal, Retryable) as error:
        fail(error)
    if end is None:
        Console(stderr=True).print(f"replay {replay_id} goes on; end it with: luna replay stop {replay_id}")
    elif end["status"] == "failed":
        fail(f"replay {replay_id} failed after {end['told']} records: {end['reason']}")
    else:
        Console(stderr=True).print(f"replay {replay_id} {end['status']}: {end['told']} records", highlight=False)


def list_all(url: Url = LOCAL, token: Token = None) -> None:
    """Replays under way and those that are over."""
    with closing(Gateway(url, token)) as gateway:
        try:
            found = gateway.get("/admin/streams/replays")["replays"]
        except GatewayError as error:
            fail(error)
    columns = ("replay_id", "status", "told", "speed", "from", "to", "at", "reason")
    table = Table(*columns)
    for one in found:
        table.add_row(*("" if one.get(name) is None else str(one[name]) for name in columns))
    Console().print(table)


def stop(replay_id: str, url: Url = LOCAL, token: Token = None) -> None:
    """End a replay."""
    with closing(Gateway(url, token)) as gateway:
        try:
            Console().print_json(json.dumps(gateway.delete(f"{_REPLAYS}/{replay_id}")))
        except GatewayError as error:
            fail(error)


def told(codec: Codec, batch: Sequence[Message], replay_id: str) -> Iterator[Mapping[str, Any]]:
    """Rows of one replay among messages of the topic, in order of arrival."""
    frame = codec.decode(TOPIC, [message.value() for message in batch]).frame
    for row in frame.iter_rows(named=True):
        if row["replay_id"] == replay_id:
            yield row


def print_records(codec: Codec, batches: Iterable[Sequence[Message]], replay_id: str) -> Mapping[str, Any] | None:
    """Print records until the one that ends the replay; what that says, None where it was left before.

    A replay that another process took over tells a few records again: each position is printed once.
    """
    position = 0
    for batch in batches:
        for row in told(codec, batch, replay_id):
            if row["replayed_topic"] == "":
                end: Mapping[str, Any] = json.loads(row["payload"])
                return end
            if row["position"] >= position:
                sys.stdout.write(row["payload"] + "\n")
                position = row["position"] + 1
        sys.stdout.flush()
    return None


def _start(url: str, token: str | None, body: Mapping[str, object]) -> Mapping[str, Any]:
    given = {name: value for name, value in body.items() if value is not None}
    with closing(Gateway(url, token)) as gateway:
        return gateway.post(_REPLAYS, given)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        refuse("luna replay", f"--speed is a number from 1 to 1000, or max; got {text!r}")

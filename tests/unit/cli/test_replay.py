"""`luna replay` prints every record of its replay once, and passes on what the gateway says."""

import json
from typing import Any, cast

import pytest
from confluent_kafka import Message
from typer.testing import CliRunner

from cli.commands.replay import print_records
from cli.main import build
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id
from streamkit.records import Outgoing

CODEC = Codec(Catalogue.load())


class Value:
    """A message of the topic, as far as the command looks at it."""

    def __init__(self, value: bytes) -> None:
        self._value = value

    def value(self) -> bytes:
        return self._value


def messages(*told: tuple[str, int, str, Any]) -> list[Message]:
    """Messages out of (replay, position, topic, payload)."""
    rows = [
        {
            "event_id": hash_id(replay, position),
            "event_type": "record.replayed",
            "run_id": "run",
            "branch": 0,
            "simulation_time": 1,
            "world": "dining",
            "city": "new_york",
            "source": "analytics",
            "replay_id": replay,
            "replayed_topic": topic,
            "position": position,
            "payload": json.dumps(payload),
        }
        for replay, position, topic, payload in told
    ]
    return [cast("Message", Value(value)) for value in CODEC.encode(Outgoing.from_rows("replay", rows)).values]


def test_each_record_of_the_replay_is_printed_once_until_its_end(capsys: pytest.CaptureFixture[str]) -> None:
    first = messages(("mine", 0, "bookings", "a"), ("other", 0, "bookings", "x"), ("mine", 1, "bookings", "b"))
    again = messages(("mine", 0, "bookings", "a"), ("mine", 1, "bookings", "b"), ("mine", 2, "bookings", "c"))
    end = messages(("other", 1, "", {"told": 1}), ("mine", 3, "", {"status": "finished", "told": 3}))
    after = messages(("mine", 4, "bookings", "never"))
    assert print_records(CODEC, [first, again, end, after], "mine") == {"status": "finished", "told": 3}
    assert capsys.readouterr().out.splitlines() == ['"a"', '"b"', '"c"']


def test_a_replay_that_is_left_has_no_end() -> None:
    assert print_records(CODEC, [messages(("mine", 0, "bookings", "a"))], "mine") is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["start", "--from", "a", "--to", "b", "--speed", "fast"], 2, "--speed is a number from 1 to 1000, or max"),
        (["start", "--from", "a", "--to", "b", "--no-follow", "--url", "http://127.0.0.1:9"], 1, "does not answer"),
        (["stop", "r1", "--url", "http://127.0.0.1:9"], 1, "does not answer"),
        (["list", "--url", "http://127.0.0.1:9"], 1, "does not answer"),
    ],
)
def test_what_cannot_be_done_is_said(arguments: list[str], code: int, said: str) -> None:
    result = CliRunner().invoke(build(), ["replay", *arguments])
    assert result.exit_code == code
    assert said in result.output

import json

import numpy as np
import pytest
from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient
from typer.testing import CliRunner

from cli.main import build
from cli.topic_reader import TopicReader
from cli.topics import apply, plans
from streamkit import dlq
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.raw import REPLAY_GROUP
from streamkit.records import Column, Outgoing

pytestmark = pytest.mark.kafka

TOPIC = "environment"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(build(), list(words), env={"COLUMNS": "200"})
    return result.exit_code, result.output


@pytest.fixture
def broker(kafka_bootstrap: str) -> str:
    apply(AdminClient({"bootstrap.servers": kafka_bootstrap}), plans(Catalogue.load()))
    return kafka_bootstrap


def publish(broker: str, topic: str, values: list[bytes], headers: list[tuple[str, str | bytes | None]]) -> None:
    producer = Producer({"bootstrap.servers": broker})
    for value in values:
        producer.produce(topic, value=value, key=b"tail_city", headers=headers)
    assert producer.flush(20) == 0


def weather(event_ids: list[str]) -> list[bytes]:
    catalogue = Catalogue.load()
    columns: dict[str, Column] = {
        "event_id": np.array(event_ids, dtype="S26"),
        "event_type": "weather.changed",
        "run_id": "tail",
        "branch": 0,
        "simulation_time": np.full(len(event_ids), 1_700_000_000_000_000),
        "world": "dining",
        "city": "tail_city",
        "source": "simulator",
    }
    wanted = catalogue.topic(TOPIC).events["weather.changed"].sets
    fill = {column["name"]: column["type"] for column in catalogue.topic(TOPIC).schema["fields"]}
    for name in wanted:
        if name not in columns:
            columns[name] = "rain" if "string" in str(fill[name]) else 1.0
    return Codec(catalogue, catalogue.schema_ids).encode(Outgoing(TOPIC, len(event_ids), columns)).values


def test_tail_prints_decoded_records_and_what_cannot_be_decoded(broker: str) -> None:
    publish(broker, TOPIC, [*weather(["a" * 26]), b"garbage"], [])
    code, output = run("tail", TOPIC, "--until-end", "--bootstrap-servers", broker)
    assert code == 0, output
    lines = [json.loads(line) for line in output.splitlines()]
    assert any(line.get("event_id") == "a" * 26 for line in lines)
    assert any("poison" in line for line in lines)
    code, output = run("tail", TOPIC, "--until-end", "--event-type", "weather.changed", "--bootstrap-servers", broker)
    assert all(json.loads(line)["event_type"] == "weather.changed" for line in output.splitlines())


def test_an_unknown_topic_is_named_with_the_nearest(broker: str) -> None:
    code, _ = run("tail", "enviroment", "--bootstrap-servers", broker)
    assert code == 1


def test_a_dead_letter_is_listed_shown_and_put_back_for_its_group_only(broker: str) -> None:
    value = weather(["b" * 26])[0]
    headers: list[tuple[str, str | bytes | None]] = [
        (dlq.ERROR_CLASS, b"ValueError"),
        (dlq.ERROR_MESSAGE, b"no such venue"),
        (dlq.TOPIC, TOPIC.encode()),
        (dlq.PARTITION, b"0"),
        (dlq.OFFSET, b"7"),
        (dlq.GROUP, b"cli-tests"),
    ]
    publish(broker, TOPIC + ".dlq", [value], headers)
    assert "cli-tests" in run("dlq", "list", "--bootstrap-servers", broker)[1]
    assert "no such venue" in run("dlq", "show", TOPIC, "--bootstrap-servers", broker)[1]
    code, output = run("dlq", "replay", TOPIC, "--group", "cli-tests", "--bootstrap-servers", broker)
    assert (code, output.strip()) == (0, f"1 records put back on {TOPIC}")
    reader = TopicReader(broker, TOPIC)
    found = [message for batch in reader.present() for message in batch if message.value() == value]
    reader.close()
    assert [dict(message.headers() or []) for message in found] == [{REPLAY_GROUP: b"cli-tests"}]

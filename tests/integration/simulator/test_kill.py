"""kill -9 of the real simulator on a real Kafka: the same people, the same ids, nothing told twice in two ways."""

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest

from services.simulator.adapters.decoding import journal_decoder
from services.simulator.adapters.journal import read
from services.simulator.domain.city import CityConfig, Identity
from services.simulator.frame import FRAME_TICKS
from services.simulator.graph import build_city
from services.simulator.runtime.admission import arrange
from tests.integration.simulator.service import (
    CATALOGUE,
    CODEC,
    Reader,
    Service,
    answering,
    command,
    ended,
    eventually,
    make_topics,
)

pytestmark = pytest.mark.kafka

CITY_TOPICS = ("user_actions", "social_interactions", "bookings", "environment", "users", "venues", "ground_truth")
SMALL = {
    "users": "60",
    "venues": "40",
    "profile": "dense",
    "backfill_days": "0.2",
    "speed": "max",
    "checkpoint_minutes": "0.05",
}


def ticks(reader: Reader, run_ids: set[str]) -> pl.DataFrame:
    frame = reader.frame("system_metrics")
    mine = frame.filter((pl.col("event_type") == "simulator.tick") & ~pl.col("run_id").is_in(list(run_ids)))
    return mine.sort("tick")


def told_by_the_journal(service: Service, run_id: str, last_tick: int) -> dict[tuple[str, bytes], list[bytes]]:
    """Every record of the branch up to a tick as an uninterrupted city tells it, by topic and key."""
    start = 1780524000_000_000
    config = CityConfig(users=60, venues=40, start=start, profile="dense")
    city = build_city(config, service.seed, Identity(run_id, 1, "dining", "new_york"))
    decode = journal_decoder(CATALOGUE, CODEC)
    told = {entry.tick: entry.records for entry in read(service.data_dir / "simulator" / run_id / "1" / "journal.bin")}
    stream: dict[tuple[str, bytes], list[bytes]] = {}
    outputs = list(city.opening())
    for tick in range(last_tick + 2):
        for output in outputs:
            if output.topic in CITY_TOPICS:
                encoded = CODEC.encode(output)  # type: ignore[arg-type]
                for key, value in zip(encoded.keys, encoded.values, strict=True):
                    stream.setdefault((encoded.topic, key), []).append(value)
        if tick > last_tick:
            break
        groups: dict[str, list[object]] = {}
        for raw in told.get(tick, ()):
            groups.setdefault(raw.topic, []).append(raw)
        admitted = arrange([decode(topic, raws) for topic, raws in groups.items()])  # type: ignore[arg-type]
        outputs = city.step(admitted.batches, [order.command for order in admitted.orders]).outputs
    return stream


def told_on_kafka(reader: Reader, run_id: str) -> dict[tuple[str, bytes], list[bytes]]:
    stream: dict[tuple[str, bytes], list[bytes]] = {}
    first: dict[str, bytes] = {}
    for topic in CITY_TOPICS:
        for rows in reader.records(topic).values():
            values = [value for _, value in rows]
            decoded = CODEC.decode(topic, values)
            frame = decoded.frame
            for row, event, run, source in zip(
                decoded.rows.tolist(), frame["event_id"], frame["run_id"], frame["source"], strict=True
            ):
                key, value = rows[row]
                assert key is not None
                assert value is not None
                if run != run_id or source != "simulator":
                    continue
                if event in first:
                    assert first[event] == value, "a duplicate must be identical"
                    continue
                first[event] = value
                stream.setdefault((topic, key), []).append(value)
    return stream


def comparable(stream: dict[tuple[str, bytes], list[bytes]]) -> dict[tuple[str, bytes], list[bytes]]:
    """Of a compacted topic the latest row of each key: the broker may have dropped the others."""
    return {place: values[-1:] if CATALOGUE.topic(place[0]).compacted else values for place, values in stream.items()}


async def test_a_simulator_killed_again_and_again_tells_one_story(kafka_bootstrap: str, tmp_path: Path) -> None:
    await make_topics(kafka_bootstrap)
    reader = Reader(kafka_bootstrap)
    others = set(ticks(reader, set())["run_id"].to_list())
    service = Service(kafka_bootstrap, tmp_path / "data", 4711, SMALL)
    async with answering(kafka_bootstrap) as producer:
        for fail_point in ("opened:0", "journaled:40", "produced:90", "delivered:150", "tick_sent:210"):
            with ended(service.start(fail_point=fail_point)) as process:
                await eventually(lambda p=process: p.poll() is not None)  # type: ignore[misc]
                assert process.returncode == -9
        with ended(service.start()) as process:
            await eventually(lambda: max(ticks(reader, others)["tick"].to_list()) > 300)
            pause = await command(producer, "pause", "{}", 1)
            await eventually(
                lambda: (
                    pause
                    in reader.frame("simulation_control").filter(pl.col("event_type") == "ack.given")["command_id"]
                )
            )
            process.terminate()
            await eventually(lambda: process.poll() is not None)
            assert process.returncode == 0
    said = ticks(reader, others)
    assert said["branch"].unique().to_list() == [1]
    numbers = said["tick"].to_list()
    frames = [after - before for before, after in pairwise([-1, *numbers])]
    assert all(1 <= ticks_told <= FRAME_TICKS for ticks_told in frames), "no tick is left out, none told as another"
    run_id = said["run_id"][0]
    expected = comparable(told_by_the_journal(service, run_id, numbers[-1]))
    found = comparable(told_on_kafka(reader, run_id))
    different = {place for place in expected.keys() | found.keys() if expected.get(place) != found.get(place)}
    assert not different
    assert found == expected
    assert sum(map(len, expected.values())) > 1_000

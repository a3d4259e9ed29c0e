"""A city in lock-step with simple stand-ins for the booking service and the recommender, and what one reads from it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache

import numpy as np
import polars as pl

from services.simulator.data_files import load_city_data
from services.simulator.domain.city import City, CityConfig, Command, CommandResult, Identity
from services.simulator.domain.specification import CityData
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id
from streamkit.memory import LockStep, MemoryLog
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing
from tests.laws.reading import Reading, Record

START = int(datetime(2026, 11, 18, 23, tzinfo=UTC).timestamp()) * 1_000_000
"""A Wednesday, 18:00 in New York."""
COMMON = ("run_id", "branch", "simulation_time", "world", "city", "correlation_id", "cause_id")


@cache
def data() -> CityData:
    return load_city_data()


@cache
def catalogue() -> Catalogue:
    return Catalogue.load()


def make_city(
    users: int = 300, *, venues: int = 80, seed: int = 5, profile: str = "realistic", start: int = START
) -> City:
    config = CityConfig(users=users, venues=venues, start=start, profile=profile)
    return City(config, seed, Identity("run", 0, "dining", "new_york"), data())


class Hostess:
    """Confirms most bookings, declines some with an alternative; asks for one on behalf of a person now and then."""

    name = "booking"
    subscriptions = ("bookings",)

    def process(self, batch: Batch) -> Sequence[Output]:
        rows = []
        for row in batch.frame.iter_rows(named=True):
            if row["source"] != "simulator":
                continue
            chance = int(row["event_id"][-1], 36) % 8
            kind = {
                "booking.requested": "booking.declined" if chance == 0 else "booking.confirmed",
                "booking.cancel_requested": "booking.cancelled",
            }[row["event_type"]]
            rows.append(_answer(row, kind, "booking"))
            if kind == "booking.declined":
                later = datetime.fromtimestamp(row["start_time"] / 1e6 + 3600, UTC)
                rows[-1]["alternatives"] = f"{row['venue_id']}@{later:%Y-%m-%dT%H:%M:%SZ}"
        return [Outgoing.from_rows("bookings", rows)] if rows else []


class Concierge:
    """Proposes three venues at every start of a session."""

    name = "recommender"
    subscriptions = ("user_actions",)

    def process(self, batch: Batch) -> Sequence[Output]:
        rows = []
        for row in batch.frame.filter(pl.col("event_type") == "session.started").iter_rows(named=True):
            for rank in (1, 2, 3):
                item = {name: row[name] for name in COMMON} | {
                    "user_id": row["user_id"],
                    "source": "recommender",
                    "event_type": "recommendation.generated",
                    "event_id": hash_id(row["event_id"], rank),
                    "correlation_id": row["event_id"],
                    "list_id": hash_id(row["event_id"]),
                    "rank": rank,
                    "item_kind": "venue",
                    "venue_id": f"v{int(row['user_id'][1:]) * 7 % 60 + rank:05d}",
                    "score": 0.9,
                    "reason_1": "near",
                    "trigger": "session_start",
                    "model_version": "test",
                    "candidates_considered": 3,
                }
                rows.append(item)
        return [Outgoing.from_rows("recommendations", rows)] if rows else []


def _answer(row: dict[str, object], kind: str, source: str) -> dict[str, object]:
    names = ("user_id", "venue_id", "booking_id", "party_size", "start_time", "member_ids", "group_id", "created_by")
    return {name: row[name] for name in (*COMMON, *names)} | {
        "event_id": hash_id(str(row["event_id"]), kind),
        "event_type": kind,
        "source": source,
        "correlation_id": row["event_id"],
        "duration_minutes": 90,
        "tables": "1",
        "seats": 8,
        "confirmation_code": hash_id(str(row["booking_id"]))[-8:],
        "reason": "no_table",
    }


class Driver:
    """The city as the ticker of a lock-step host; ``orders`` maps a tick to its commands."""

    subscriptions = ("bookings", "recommendations")

    def __init__(self, city: City, orders: dict[int, list[Command]] | None = None) -> None:
        self.city = city
        self.orders = orders or {}
        self.results: list[CommandResult] = []

    def opening(self) -> Sequence[Output]:
        return self.city.opening()

    def step(self, batches: Sequence[Batch]) -> Sequence[Output]:
        done = self.city.step(batches, self.orders.get(self.city.tick, ()))
        self.results += done.results
        return done.outputs


class Stage:
    """A running city with its log."""

    def __init__(self, city: City, orders: dict[int, list[Command]] | None = None) -> None:
        self.driver = Driver(city, orders)
        self.log = MemoryLog(catalogue(), Codec(catalogue()))
        self.host = LockStep(self.driver, [Concierge(), Hostess()], self.log)

    def run(self, ticks: int) -> "Stage":
        self.host.run(ticks)
        return self

    def frame(self, topic: str) -> pl.DataFrame:
        """All records of a topic, decoded, in order of arrival."""
        return self.log.batch(topic, 0, self.log.size(topic)).frame

    def reading(self) -> Reading:
        """All of it as an outside consumer has it."""
        return read(self.log)


def read(log: MemoryLog) -> Reading:
    """What a log holds as an outside consumer has it."""
    records = []
    for topic in log.topics:
        if topic.endswith(".dlq") or not log.size(topic):
            continue
        batch = log.batch(topic, 0, log.size(topic))
        times = [name for name in batch.frame.columns if name in _TIMES]
        frame = batch.frame.with_columns(pl.col(times).cast(pl.Datetime("us", "UTC")))
        keys = [value.encode() for value in batch.frame[catalogue().topic(topic).key].to_list()]
        for row, partition, offset, key in zip(
            frame.iter_rows(named=True), batch.partitions.tolist(), batch.offsets.tolist(), keys, strict=True
        ):
            records.append(Record(topic, partition, offset, key, row, b""))
    return Reading.of(records)


_TIMES = {"simulation_time", "start_time", "preferred_time", "planned_time", "starts_at", "ends_at", "registered_at"}


def same(one: dict[str, np.ndarray], two: dict[str, np.ndarray]) -> bool:
    """Whether two saved states are equal to the byte."""
    return one.keys() == two.keys() and all(one[name].tobytes() == two[name].tobytes() for name in one)


def told(outputs: Sequence[Output]) -> list[object]:
    """Outputs as bytes of the wire: equal means equal for everybody."""
    codec = Codec(catalogue(), service="simulator")
    return [
        (encoded.topic, encoded.keys, encoded.values)
        for encoded in (codec.encode(output) for output in outputs if isinstance(output, Outgoing))
    ]

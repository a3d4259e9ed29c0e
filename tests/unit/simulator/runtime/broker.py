"""A broker in memory, and services that answer at once."""

import asyncio
import json
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from services.simulator.adapters.decoding import received
from services.simulator.runtime.admission import Received
from services.simulator.runtime.past import Past
from streamkit.identity import hash_id
from streamkit.partitioner import murmur2
from streamkit.positions import Positions, print_positions
from streamkit.processor import Output
from streamkit.raw import RawBatch
from streamkit.records import Outgoing, Tombstones
from tests.unit.simulator.runtime.tiny_city import CATALOGUE, CODEC, EXEMPT, START_US

SERVICES = ("booking", "recommender")


@dataclass
class Broker:
    """Topics in memory; two services answer inside `append`, as if they were infinitely fast."""

    answering: bool = True
    chatter: int = 0
    deaf: frozenset[str] = frozenset()
    refusing: dict[str, str] = field(default_factory=dict)
    told: list[tuple[str, str, int, str]] = field(default_factory=list)
    records: dict[tuple[str, int], list[tuple[bytes, bytes | None]]] = field(default_factory=dict)
    seen: set[str] = field(default_factory=set)
    changed: asyncio.Event = field(default_factory=asyncio.Event)

    def append(self, outputs: Sequence[Output]) -> Positions:
        ends: Positions = {}
        for output in outputs:
            if isinstance(output, Tombstones):
                pairs: list[tuple[bytes, bytes | None]] = [(key.encode(), None) for key in output.keys]
            else:
                encoded = CODEC.encode(output)
                pairs = list(zip(encoded.keys, encoded.values, strict=True))
            for key, value in pairs:
                partition = int((murmur2([key])[0] & 0x7FFFFFFF) % 4)
                place = self.records.setdefault((output.topic, partition), [])
                place.append((key, value))
                ends[output.topic, partition] = len(place)
        self.changed.set()
        self._obey(outputs)
        if self.answering and not any(output.topic in EXEMPT for output in outputs):
            self._answer()
        return ends

    def frame(self, topic: str) -> pl.DataFrame:
        frames = [batch.batch.frame for batch in self.read(topic, {})]
        return pl.concat(frames) if frames else pl.DataFrame()

    def values(self) -> dict[tuple[str, int], list[bytes | None]]:
        """Values of the city's topics after first-wins deduplication; a duplicate must be identical."""
        told: dict[tuple[str, int], list[bytes | None]] = {}
        for place, pairs in self.records.items():
            if place[0] in EXEMPT:
                continue
            first: dict[str, bytes | None] = {}
            ids = CODEC.decode(place[0], [value for _, value in pairs]).frame["event_id"]
            for name, (_, value) in zip(ids, pairs, strict=True):
                assert first.setdefault(name, value) == value
            told[place] = list(first.values())
        return told

    def read(self, topic: str, positions: Positions) -> list[Received]:
        found = []
        for partition in range(4):
            start = positions.get((topic, partition), 0)
            pairs = self.records.get((topic, partition), [])[start:]
            if pairs:
                raw = RawBatch(
                    topic,
                    [key for key, _ in pairs],
                    [value for _, value in pairs],
                    np.full(len(pairs), partition, dtype=np.int32),
                    np.arange(start, start + len(pairs)),
                )
                found.append(received(CATALOGUE, CODEC, raw)[0])
        return found

    def command(self, name: str, parameters: str = "{}", command_id: str = "") -> str:
        command_id = command_id or hash_id("command", sum(len(pairs) for pairs in self.records.values()))
        row = {
            "event_id": hash_id(command_id),
            "event_type": "command.issued",
            "run_id": "r",
            "branch": 0,
            "simulation_time": START_US,
            "world": "dining",
            "city": "new_york",
            "source": "gateway",
            "command_id": command_id,
            "command": name,
            "parameters": parameters,
            "issued_by": "test",
            "wall_time": 1,
        }
        self.append([Outgoing.from_rows("simulation_control", [row])])
        return command_id

    def chat(self) -> None:
        """Somebody else writes while ends are looked at, ``chatter`` times; services are done with it at once."""
        if self.chatter:
            self.chatter -= 1
            self.records.setdefault(("user_actions", 0), []).append((b"stranger", b"{}"))
            for service in SERVICES:
                self.progress(service)

    def progress(self, service: str) -> None:
        ends = {place: len(pairs) for place, pairs in self.records.items() if place[0] not in EXEMPT}
        row = {
            "event_id": hash_id(service, print_positions(ends)),
            "event_type": "service.progress",
            "run_id": "",
            "branch": 0,
            "simulation_time": 0,
            "world": "",
            "city": "",
            "source": service,
            "instance": "1",
            "wall_time": 1,
            "positions": print_positions(ends),
        }
        self.append([Outgoing.from_rows("system_metrics", [row])])

    def _obey(self, outputs: Sequence[Output]) -> None:
        """Services save and load as they are told, but those that ``refusing`` or ``deaf`` name."""
        for output in outputs:
            if not isinstance(output, Outgoing) or output.topic != "simulation_control":
                continue
            for row in CODEC.decode(output.topic, CODEC.encode(output).values).frame.iter_rows(named=True):
                service = row["target"]
                if row["event_type"] != "command.issued" or service in {None, "simulator", *self.deaf}:
                    continue
                self.told.append((service, row["command"], row["branch"], json.loads(row["parameters"])["snapshot_id"]))
                ack = row | {
                    "event_id": hash_id("ack", row["event_id"]),
                    "event_type": "ack.given",
                    "source": service,
                    "status": "rejected" if service in self.refusing else "accepted",
                    "reason": self.refusing.get(service),
                    "result": "{}",
                }
                self.append([Outgoing.from_rows("simulation_control", [ack])])

    def _answer(self) -> None:
        requests = self.frame("bookings")
        if not requests.is_empty():
            asked = requests.filter((pl.col("source") == "simulator") & ~pl.col("event_id").is_in(list(self.seen)))
            self.seen.update(asked["event_id"].to_list())
            rows = [
                row
                | {
                    "event_id": hash_id("declined", row["event_id"]),
                    "event_type": "booking.declined",
                    "correlation_id": row["event_id"],
                    "source": "booking",
                    "reason": "no_table",
                }
                for row in asked.unique("event_id", maintain_order=True).iter_rows(named=True)
            ]
            if rows:
                self.answering = False
                self.append([Outgoing.from_rows("bookings", rows)])
                self.answering = True
        for service in SERVICES:
            self.progress(service)


class BrokerPublisher:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    def produce_nowait(self, outputs: Sequence[Output]) -> Awaitable[Positions]:
        done: asyncio.Future[Positions] = asyncio.get_running_loop().create_future()
        done.set_result(self._broker.append(outputs))
        return done

    async def publish(self, outputs: Sequence[Output]) -> Positions:
        return self._broker.append(outputs)


class BrokerArrivals:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._next: Positions = {}

    async def assign(self, positions: Positions) -> None:
        ends = {place: len(pairs) for place, pairs in self._broker.records.items()}
        self._next = {**ends, **positions}

    def poll(self) -> list[Received]:
        self._broker.changed.clear()
        found = [
            part for topic in CATALOGUE.topics_read_by("simulator") for part in self._broker.read(topic, self._next)
        ]
        for part in found:
            for raw in part.raws:
                self._next[raw.topic, raw.partition] = raw.offset + 1
        return found

    async def arrived(self) -> None:
        await self._broker.changed.wait()

    def positions(self) -> Positions:
        return dict(self._next)

    def hold(self, waiting: int) -> None:
        del waiting


class BrokerMemory:
    def __init__(self, broker: Broker) -> None:
        self._broker = broker

    async def past(self) -> Past:
        places = [(topic, partition) for topic in CATALOGUE.topics_read_by("simulator") for partition in range(4)]
        ends = {place: len(self._broker.records.get(place, [])) for place in places}
        empty = {topic: CODEC.decode(topic, []).frame for topic in EXEMPT}
        frames = {
            topic: pl.concat([empty[topic], self._broker.frame(topic)])
            if not self._broker.frame(topic).is_empty()
            else empty[topic]
            for topic in EXEMPT
        }
        return Past(frames["system_metrics"], frames["simulation_control"], ends)

    async def ends(self, topics: Sequence[str]) -> Positions:
        self._broker.chat()
        return {place: len(pairs) for place, pairs in self._broker.records.items() if place[0] in topics}

    async def living(self, topic: str) -> set[str]:
        alive: dict[bytes, bool] = {}
        for (name, _), pairs in self._broker.records.items():
            if name == topic:
                alive.update({key: value is not None for key, value in pairs})
        return {key.decode() for key, present in alive.items() if present}

"""A tiny city, a broker in memory and services that answer at once: enough to watch the loop from outside."""

import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from numpy.typing import NDArray

from services.simulator.adapters.decoding import journal_decoder, received
from services.simulator.adapters.ledger import LedgerFile
from services.simulator.beginning import Beginning, Plan
from services.simulator.domain.city import CityConfig, Command, CommandResult, Identity, Step
from services.simulator.opening import Opener
from services.simulator.ports import FailPoint
from services.simulator.runtime.admission import Received
from services.simulator.runtime.past import Past
from services.simulator.simulation import Simulation
from streamkit.clock import Clock, ManualClock
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.health import Readiness
from streamkit.identity import event_id, hash_id
from streamkit.partitioner import murmur2
from streamkit.positions import Positions, print_positions
from streamkit.processor import Output
from streamkit.progress import Progress
from streamkit.raw import RawBatch
from streamkit.records import Batch, Outgoing, Tombstones

START_US = 1_780_000_000_000_000 // 60_000_000 * 60_000_000
CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
PERSON: dict[str, Any] = {
    "username": "somebody",
    "email": "somebody@example.org",
    "is_simulated": True,
    "lifecycle": "active",
    "registered_at": START_US,
    "home_latitude": 40.7,
    "home_longitude": -74.0,
    "price_tier": 0.5,
    "openness": 0.5,
    "group_size": 2.0,
}
EXEMPT = {"system_metrics", "simulation_control"}


class Crash(Exception):  # noqa: N818 - a death, not a fault
    """The process dies here."""


class FakeCity:
    """Every event id holds a digest of everything the city was ever told: one record more or less changes all."""

    def __init__(self, config: CityConfig, seed: int, identity: Identity) -> None:
        self._config, self._identity = config, identity
        self._digest = hash_id(seed, identity.run_id, identity.branch)
        self._people = config.users
        self.tick = 0

    @property
    def time_us(self) -> int:
        return self._config.start + self.tick * self._config.tick_seconds * 1_000_000

    @property
    def scenarios(self) -> tuple[str, ...]:
        return ()

    def opening(self) -> list[Output]:
        self._digest = hash_id("opened", self._digest)
        rows = [
            self._common("user.updated", f"opening:{number}", self.time_us)
            | {"user_id": f"u{number:07d}", "name": "Somebody", "persona": "foodie"}
            | PERSON
            for number in range(self._people)
        ]
        return [Outgoing.from_rows("users", rows)] if rows else []

    def step(self, admitted: Sequence[Batch], commands: Sequence[Command]) -> Step:
        for batch in admitted:
            for told in batch.frame["event_id"]:
                self._digest = hash_id(self._digest, told)
        results = [self._obey(command) for command in commands]
        rows = []
        for ordinal in range(3):
            common = self._common(
                "booking.requested", f"{self.tick}:{ordinal}:{self._digest}", self.time_us + ordinal * 20_000_000
            )
            rows.append(
                common
                | {
                    "venue_id": f"v{ordinal:05d}",
                    "user_id": "u0000001",
                    "booking_id": common["event_id"],
                    "party_size": 2,
                    "start_time": self.time_us,
                    "created_by": "user",
                }
            )
        self.tick += 1
        return Step([Outgoing.from_rows("bookings", rows)], results, 1, self._people)

    def save(self) -> dict[str, NDArray[np.generic]]:
        return {"tick": np.array([self.tick, self._people]), "digest": np.array([self._digest], dtype="S26")}

    def load(self, arrays: Mapping[str, NDArray[np.generic]]) -> None:
        self.tick, self._people = (int(value) for value in arrays["tick"].tolist())
        self._digest = arrays["digest"].tolist()[0].decode()

    def _obey(self, command: Command) -> CommandResult:
        if command.name != "spawn":
            return CommandResult(command.command_id, False, f"no {command.name} here", {})
        self._people += int(str(command.parameters["count"]))
        self._digest = hash_id(self._digest, command.command_id)
        return CommandResult(command.command_id, True, None, {"population": self._people})

    def _common(self, kind: str, trigger: str, time_us: int) -> dict[str, Any]:
        identity = self._identity
        return {
            "event_id": event_id(identity.run_id, identity.branch, "simulator", trigger, kind),
            "event_type": kind,
            "run_id": identity.run_id,
            "branch": identity.branch,
            "simulation_time": time_us,
            "world": identity.world,
            "city": identity.city,
            "source": "simulator",
        }


@dataclass
class Broker:
    """Topics in memory; two services answer inside `append`, as if they were infinitely fast."""

    answering: bool = True
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
        for service in ("booking", "recommender"):
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

    async def living(self, topic: str) -> set[str]:
        alive: dict[bytes, bool] = {}
        for (name, _), pairs in self._broker.records.items():
            if name == topic:
                alive.update({key: value is not None for key, value in pairs})
        return {key.decode() for key, present in alive.items() if present}


def silent(place: str, tick: int) -> None:
    """A fail point that does nothing."""
    del place, tick


@dataclass
class World:
    """A simulator's surroundings: the same broker and disk for one process after another."""

    root: Path
    broker: Broker = field(default_factory=Broker)
    clock: Clock = field(default_factory=ManualClock)
    readiness: Readiness = field(default_factory=lambda: Readiness("branch"))
    stack_id: str = "stack"
    boot_id: str = "boot"
    backfill_minutes: int = 10_000
    backfill_lead: int = 5  # frames of one tick
    speed: float = 0.0
    checkpoint_seconds: float = 1e9
    config: CityConfig = field(default_factory=lambda: CityConfig(users=5, venues=3, start=START_US))

    def simulation(self, fail_point: FailPoint = silent) -> Simulation:
        decode = journal_decoder(CATALOGUE, CODEC)
        readers = {name: frozenset(CATALOGUE.topics_read_by(name)) for name in ("booking", "recommender")}
        opener = Opener(
            self.root, LedgerFile(self.root / "ledger.json"), self.stack_id, self.boot_id, FakeCity, decode, readers
        )
        arrivals = BrokerArrivals(self.broker)
        beginning = Beginning(
            opener, BrokerMemory(self.broker), arrivals, self.clock, {"users": "user_id", "venues": "venue_id"}
        )
        plan = Plan(
            self.config,
            7,
            self.speed,
            self.backfill_minutes * 60_000_000,
            5,
            self.backfill_lead,
            self.checkpoint_seconds,
        )
        publisher = BrokerPublisher(self.broker)
        progress = Progress("simulator", "test", publisher, self.clock)
        return Simulation(plan, beginning, publisher, arrivals, self.clock, self.readiness, fail_point, progress)

    async def until_tick(self, tick: int) -> Simulation:
        """Run a simulator until it has computed a tick, then end it properly."""
        stop = asyncio.Event()

        def reached(place: str, at: int) -> None:
            if place == "produced" and at >= tick:
                stop.set()

        simulation = self.simulation(reached)
        await simulation.run(stop)
        return simulation

    async def crash(self, place: str, tick: int) -> None:
        """Run a simulator until it dies at a fail point."""

        def die(at: str, number: int) -> None:
            if (at, number) == (place, tick):
                raise Crash

        with pytest.raises(Crash) if place in {"journaled", "produced", "opened"} else pytest.RaisesGroup(Crash):
            await self.simulation(die).run(asyncio.Event())

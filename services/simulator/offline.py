"""The city as what drives time in the in-memory host: no broker, no journal, no pacer, branch 0.

Its ticks say their end offsets like those of the live simulator, because booking's timers and analytics' windows go
by them; where a live record has the wall clock, these have simulated time, so that the whole run is a function of
its seed and configuration. The five nodes of a tick run one after another without the graph around them, which
costs as much as two of them (1.2 ms) and changes nothing.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from services.simulator.data_files import data_of
from services.simulator.domain.city import CityConfig, Command, CommandResult, Identity
from services.simulator.imperfections.distortion import Tick
from services.simulator.imperfections.imperfect import Imperfect
from services.simulator.imperfections.rules import Rule
from services.simulator.reports import city_topics
from services.simulator.runtime.admission import Inbox, Raw, Received
from services.simulator.runtime.notices import Published, State, state_record, tick_record
from services.simulator.runtime.pacer import SECOND, UNPACED
from services.simulator.shards.city import sharded
from services.simulator.shards.crew import ShardError
from services.simulator.snapshots import city as snapshots
from services.simulator.snapshots.files import SnapshotFiles
from services.simulator.snapshots.layout import Arrays
from services.simulator.snapshots.manifest import Manifest
from streamkit.errors import Fatal
from streamkit.identity import run_id
from streamkit.memory import MemoryLog
from streamkit.positions import Positions, advance, parse_positions, print_positions
from streamkit.processor import Output
from streamkit.records import Batch, Outgoing

OFFLINE_BRANCH = 0
SUBSCRIPTIONS = ("bookings", "recommendations", "preferences")
_NO_BYTES = Raw("", 0, 0, b"")
"""Stands for the bytes of a record where nothing is journaled."""


@dataclass(frozen=True, slots=True)
class Order:
    """A command that reaches the city at the beginning of a tick, counted from its opening."""

    tick: int
    command: Command


class OfflineCity:
    """A `Ticker` of streamkit's lock-step host. It appends its records itself, to know where they end."""

    def __init__(
        self,
        config: CityConfig,
        seed: int,
        log: MemoryLog,
        orders: Sequence[Order] = (),
        *,
        rules: Sequence[Rule] = (),
        shards: int = 1,
    ) -> None:
        """``orders`` of one tick are obeyed in the order given; ``rules`` say what goes wrong with records on purpose.

        ``shards`` processes decide, which nobody can tell.
        """
        self.seed = seed
        self.imperfect = Imperfect(seed, rules)
        self.results: dict[str, CommandResult] = {}
        """What became of each order so far, by command id."""
        self._orders = _by_tick(orders)
        self.identity = Identity(run_id(seed, config.behaviour()), OFFLINE_BRANCH, config.world, config.city)
        self.city = sharded(config, seed, self.identity, data_of(config), shards=shards)
        self._config = config
        self._log = log
        self._inbox = Inbox(self.identity.run_id, self.identity.branch)
        self._ends: Positions = {}
        self._people = (config.users, 0)

    @property
    def subscriptions(self) -> Sequence[str]:
        """Topics whose records people of the city learn of."""
        return SUBSCRIPTIONS

    @property
    def causes(self) -> Mapping[str, str]:
        """Id of each cause that an order has brought so far, as on the stream, and the order's command id."""
        named = {name: result.result.get("cause_id") for name, result in self.results.items()}
        return {cause_id: name for name, cause_id in named.items() if isinstance(cause_id, str)}

    def opening(self) -> Sequence[Output]:
        """The first state, then everybody and every venue."""
        state = state_record(self.identity, self._state("starting"), self._config.start)
        self._log.append([state])
        self._write(self.city.opening())
        return [state_record(self.identity, self._state("running"), self._config.start)]

    def step(self, batches: Sequence[Batch]) -> Sequence[Output]:
        """One tick.

        Raises:
            Fatal: where the city refuses an order: a run is a function of what it was told to do; where a shard died.

        """
        for batch in batches:
            if len(batch):
                self._inbox.offer(Received(batch, [_NO_BYTES] * len(batch)))
        tick, time_us = self.city.tick, self.city.time_us
        try:
            step = self.city.step(self._inbox.take().batches, self._orders.get(tick, ()))
        except ShardError as error:
            raise Fatal(f"tick {tick}: {error}") from error
        self._note(step.results)
        self._people = (step.population, step.active_users)
        span = Tick(self.identity, time_us, time_us + self._config.tick_seconds * SECOND)
        outputs = self.imperfect.publish(step.outputs, span)
        self._write(outputs)
        events = sum(output.rows for output in outputs if isinstance(output, Outgoing))
        published = Published(tick, time_us, dict(self._ends), events, 0)
        return [tick_record(self.identity, published, self._state("running"), time_us)]

    def save(self, files: SnapshotFiles, name: str, description: str = "") -> Manifest:
        """Save the city between two ticks with all that this host knows of it; the other services save their own.

        Raises:
            SnapshotError: The name is taken or none, or the disk refuses it.

        """
        parts: dict[str, Arrays] = {"imperfect": self.imperfect.save(), "host": {"recent": self._inbox.recent.save()}}
        notes = {"ends": print_positions(self._ends), "people": list(self._people)}
        return snapshots.save(files, self.city, self.identity, self.seed, name, description, parts, notes)

    def load(self, files: SnapshotFiles, name: str) -> None:
        """Go on from a snapshot of the same seed and configuration, saved with any number of shards.

        Raises:
            SnapshotError: There is none of the name, it cannot be trusted, or it is of another city or version.

        """
        manifest, parts = snapshots.load(files, self.city, self.seed, name)
        self.imperfect.load(parts["imperfect"])
        recent: Any = parts["host"]["recent"]
        self._inbox.recent.load(recent)
        notes: Any = manifest.notes
        self._ends = parse_positions(notes["ends"])
        self._people = (int(notes["people"][0]), int(notes["people"][1]))

    def _note(self, results: Sequence[CommandResult]) -> None:
        for result in results:
            if not result.accepted:
                raise Fatal(f"the city refuses {result.command_id}: {result.reason}")
            self.results[result.command_id] = result

    def _write(self, outputs: Sequence[Output]) -> None:
        advance(self._ends, city_topics(self._log.append(outputs)))

    def _state(self, phase: str) -> State:
        return State(
            phase=phase,
            tick=self.city.tick,
            time_us=self.city.time_us,
            start_us=self._config.start,
            speed_target=UNPACED,
            speed_achieved=0.0,
            population=self._people[0],
            active_users=self._people[1],
        )


def _by_tick(orders: Sequence[Order]) -> Mapping[int, Sequence[Command]]:
    found: dict[int, list[Command]] = {}
    for order in orders:
        found.setdefault(order.tick, []).append(order.command)
    return found

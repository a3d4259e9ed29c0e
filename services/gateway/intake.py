"""What becomes of records that arrive: answers to the desk, the rest into the folds and out to watchers."""

from services.gateway.adapters.desk import Desk
from services.gateway.live.hub import Hub
from services.gateway.state.chunk import Chunk
from services.gateway.state.ledger import Ledger
from services.gateway.state.monitor import Monitor
from streamkit.health import Readiness

ANSWERS = "replies"
"""Read for the desk alone: nothing of it is remembered or shown."""


class Intake:
    """The feed's listener, on the event loop."""

    def __init__(self, ledger: Ledger, monitor: Monitor, hub: Hub, desk: Desk, readiness: Readiness) -> None:
        self._ledger = ledger
        self._monitor = monitor
        self._hub = hub
        self._desk = desk
        self._readiness = readiness

    def accept(self, chunk: Chunk) -> None:
        """Fold a chunk and pass its live records on."""
        self._desk.settle(chunk)
        if chunk.topic == ANSWERS:
            return
        live, events = self._ledger.apply(chunk)
        if live is None:
            return
        self._monitor.arrived(live, events)
        if self._ledger.caught_up or self._hub.clients:
            self._hub.publish(live)
        if chunk.topic == "simulation_control":
            self._hub.announce("state_update", self._monitor.state())

    def found(self, cluster: str) -> None:
        """The cluster has answered."""
        self._ledger.cluster = cluster
        self.reached(True, "")

    def caught_up(self) -> None:
        """Every topic has been folded to its end."""
        self._ledger.catch_up()
        self._readiness.set("topics", ok=True)

    def reached(self, ok: bool, detail: str) -> None:  # noqa: FBT001 - Kafka answered or did not
        """Whether Kafka answers."""
        self._ledger.connected = ok
        self._readiness.set("kafka", ok, detail)

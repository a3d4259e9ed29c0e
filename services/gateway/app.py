"""Composition root: the one place that sees Kafka, the folds, the hub and the web at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.access import Gate
from services.gateway.adapters.bearers import JwtBearers
from services.gateway.adapters.desk import Desk, Publish
from services.gateway.adapters.feed import KafkaFeed
from services.gateway.adapters.letters import KafkaLetters
from services.gateway.adapters.watermarks import Watermarks
from services.gateway.api.context import Context
from services.gateway.intake import Intake
from services.gateway.live.hub import Hub
from services.gateway.scenarios import load_scenarios
from services.gateway.server import Beats, WebServer
from services.gateway.settings import GatewaySettings
from services.gateway.state.ledger import Ledger
from services.gateway.state.letters import Letters
from services.gateway.state.monitor import Monitor
from services.gateway.state.records import Records
from services.gateway.web import create_app
from streamkit.clock import Clock, SystemClock
from streamkit.codec.registry import codec_for
from streamkit.contracts import Catalogue
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import LongRunning, Service
from streamkit.producer import Producer


@dataclass(frozen=True, slots=True)
class Core:
    """The gateway without Kafka: what a feed is plugged into."""

    context: Context
    intake: Intake
    web: WebServer
    parts: Sequence[LongRunning]


def compose(settings: GatewaySettings, catalogue: Catalogue, publish: Publish, letters: Letters, clock: Clock) -> Core:
    """Wire everything that knows no Kafka."""
    own = settings.gateway
    ledger = Ledger(catalogue, history=own.history_records, bookings=own.bookings)
    records = Records(catalogue, ledger)
    live = own.live
    hub = Hub(ledger, records, clock, tick_s=live.tick_s, most_rows=live.most_rows, most_clients=live.clients)
    monitor = Monitor(ledger, clock, hub.counts)
    hub.sent = monitor.sent
    desk = Desk(publish, ledger, clock, settings.instance_name)
    bearers = JwtBearers(own.oidc, clock) if own.oidc.jwks_url else None
    gate = Gate(own.access, clock, bearers)
    readiness = Readiness("kafka", "topics")
    scenarios = load_scenarios()
    context = Context(own, ledger, records, monitor, hub, desk, gate, scenarios, readiness, letters, clock)
    patience_s = own.access.patience_s
    web = WebServer(create_app(context), own.host, own.port, message_bytes=live.message_bytes, patience_s=patience_s)
    beats = Beats(hub, clock, own.live.counters_s, monitor.beat)
    return Core(context, Intake(ledger, monitor, hub, desk, readiness), web, (hub, beats, desk, web))


def build(settings: GatewaySettings) -> Service:
    """The gateway on Kafka."""
    clock = SystemClock()
    catalogue = Catalogue.load()
    codec = codec_for(settings, catalogue, "gateway")
    producer = Producer(settings.kafka, codec, clock)
    core = compose(settings, catalogue, producer.publish, KafkaLetters(settings.kafka), clock)
    context, intake = core.context, core.intake
    health = HealthServer(settings.health_port, context.readiness, settings.health_host)
    feed = KafkaFeed(settings.kafka, catalogue, codec, intake)
    watermarks = Watermarks(settings.kafka, catalogue, context.ledger.services, clock, intake.reached)
    return Service((health, *core.parts, feed, watermarks), (producer,))

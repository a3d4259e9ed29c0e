"""Composition root: the one place that sees Kafka, the folds, the hub and the web at once."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.gateway.access import Gate
from services.gateway.adapters.desk import Desk, Publish
from services.gateway.adapters.feed import KafkaFeed
from services.gateway.adapters.watermarks import Watermarks
from services.gateway.api.context import Context
from services.gateway.intake import Intake
from services.gateway.live.hub import Hub
from services.gateway.scenarios import load_scenarios
from services.gateway.server import Beats, WebServer
from services.gateway.settings import GatewaySettings
from services.gateway.state.ledger import Ledger
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


def compose(settings: GatewaySettings, catalogue: Catalogue, publish: Publish, clock: Clock) -> Core:
    """Wire everything that knows no Kafka."""
    own = settings.gateway
    ledger = Ledger(catalogue, history=own.history_records, bookings=own.bookings)
    records = Records(catalogue, ledger)
    hub = Hub(ledger, records, clock, tick_s=own.live.tick_s, most_rows=own.live.most_rows)
    monitor = Monitor(ledger, clock, hub.counts)
    hub.sent = monitor.sent
    desk = Desk(publish, ledger, clock, settings.instance_name)
    gate = Gate(own.access, clock)
    readiness = Readiness("kafka", "topics")
    scenarios = load_scenarios()
    context = Context(own, ledger, records, monitor, hub, desk, gate, scenarios, readiness, clock)
    web = WebServer(create_app(context), own.host, own.port, own.live.message_bytes)
    beats = Beats(hub, clock, own.live.counters_s, monitor.stats)
    return Core(context, Intake(ledger, monitor, hub, desk, readiness), web, (hub, beats, desk, web))


def build(settings: GatewaySettings) -> Service:
    """The gateway on Kafka."""
    clock = SystemClock()
    catalogue = Catalogue.load()
    codec = codec_for(settings, catalogue, "gateway")
    producer = Producer(settings.kafka, codec, clock)
    core = compose(settings, catalogue, producer.publish, clock)
    context, intake = core.context, core.intake
    health = HealthServer(settings.health_port, context.readiness, settings.health_host)
    feed = KafkaFeed(settings.kafka, catalogue, codec, intake)
    watermarks = Watermarks(settings.kafka, catalogue, context.ledger.services, clock, intake.reached)
    return Service((health, *core.parts, feed, watermarks), (producer,))

"""Composition root: the one place that sees the city, the disk and Kafka at once."""

import difflib
from functools import partial
from pathlib import Path

from services.simulator.adapters.dead_letters import DeadLetters
from services.simulator.adapters.decoding import journal_decoder
from services.simulator.adapters.fail_points import fail_point
from services.simulator.adapters.kafka_arrivals import KafkaArrivals
from services.simulator.adapters.kafka_memory import KafkaMemory
from services.simulator.adapters.ledger import LedgerFile, boot_id
from services.simulator.barrier import BarrierPolicy
from services.simulator.beginning import Beginning, Plan
from services.simulator.data_files import DataError, data_of, with_own
from services.simulator.domain.city import CityConfig
from services.simulator.graph import build_city
from services.simulator.opening import Opener
from services.simulator.runtime.horizon import start_before
from services.simulator.runtime.pacer import SECOND, UNPACED
from services.simulator.settings import Simulator, SimulatorSettings
from services.simulator.simulation import Simulation
from services.simulator.snapshots.files import DIRECTORY
from streamkit.clock import SystemClock
from streamkit.codec.registry import codec_for
from streamkit.contracts import Catalogue
from streamkit.dlq import DeadLetterPolicy
from streamkit.errors import ConfigurationError
from streamkit.health import HealthServer, Readiness
from streamkit.lifecycle import Service
from streamkit.producer import Producer
from streamkit.progress import Progress

AWAITED = ("booking", "recommender")
"""Services that the city waits for: those whose answers people act on."""

STATEFUL = (*AWAITED, "analytics")
"""Services that save their state with a snapshot; analytics where it is there."""

DAY_US = 86_400 * SECOND


def checked(config: CityConfig) -> CityConfig:
    """The configuration, once the city's data is known to be sound and to have its profile.

    Raises:
        ConfigurationError: With file, line and reason.

    """
    try:
        profiles = data_of(config).world.profiles
    except DataError as error:
        setting = f"LUNA_SIMULATOR__DATA={config.data}" if config.data else f"LUNA_SIMULATOR__CITY={config.city}"
        raise ConfigurationError(f"{setting}: {error}") from error
    if config.profile not in profiles:
        nearest = difflib.get_close_matches(config.profile, profiles, n=1)
        reason = f"LUNA_SIMULATOR__PROFILE: no profile {config.profile!r}; there are: {', '.join(profiles)}"
        raise ConfigurationError(reason, nearest="".join(nearest))
    return config


def build(settings: SimulatorSettings) -> Service:
    """The simulator on Kafka."""
    own, clock, catalogue = settings.simulator, SystemClock(), Catalogue.load()
    codec = codec_for(settings, catalogue, "simulator")
    reader = codec_for(settings, catalogue)
    producer = Producer(settings.kafka, codec, clock)
    readiness = Readiness("branch")
    progress = Progress("simulator", settings.instance_name, producer, clock)
    arrivals = KafkaArrivals(
        settings.kafka, catalogue, reader, DeadLetters(producer, DeadLetterPolicy(own.poison_limit))
    )
    root = settings.data_dir / "simulator"
    decode = journal_decoder(catalogue, reader)
    opener = Opener(
        root, LedgerFile(root / "ledger.json"), own.stack_id, boot_id(), partial(build_city, shards=own.shards), decode,
        followed(catalogue), own.imperfections,
    )  # fmt: skip
    memory = KafkaMemory(settings.kafka, catalogue, reader, clock)
    beginning = Beginning(opener, memory, arrivals, clock, compacted(catalogue))
    simulation = Simulation(
        plan_of(own, clock.now_us(), settings.data_dir),
        beginning,
        producer,
        arrivals,
        clock,
        readiness,
        fail_point(own.fail_point),
        progress,
    )
    health = HealthServer(settings.health_port, readiness, settings.health_host)
    return Service((health, progress, arrivals, simulation), (producer,))


def plan_of(own: Simulator, now_us: int, data_dir: Path) -> Plan:
    """The settings as the simulation understands them; ``now_us`` is the wall clock."""
    backfill_us = int(own.backfill_days * DAY_US)
    config = CityConfig(
        users=own.users,
        venues=own.venues,
        start=start_before(now_us, backfill_us, own.tick_seconds * SECOND)
        if own.start == "now"
        else int(own.start.timestamp()) * SECOND,
        tick_seconds=own.tick_seconds,
        profile=own.profile,
        city=own.city,
    )
    try:
        config = with_own(config, own.data)
    except DataError as error:
        raise ConfigurationError(f"LUNA_SIMULATOR__DATA={own.data}: {error}") from error
    return Plan(
        config=checked(config),
        seed=own.seed,
        speed=UNPACED if own.speed == "max" else own.speed,
        backfill_us=backfill_us,
        max_lead=own.max_lead,
        backfill_lead=own.backfill_lead,
        checkpoint_seconds=own.checkpoint_minutes * 60,
        until_now=own.start == "now",
        snapshots=data_dir / DIRECTORY,
        barrier=BarrierPolicy(stateful(Catalogue.load()), own.barrier_seconds, own.barrier_seconds),
    )


def followed(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Topics of the city that each awaited service reads."""
    written = {name for name in catalogue.topics_written_by("simulator") if not catalogue.topic(name).wall_clock}
    return {service: frozenset(catalogue.topics_read_by(service)) & frozenset(written) for service in AWAITED}


def stateful(catalogue: Catalogue) -> dict[str, frozenset[str]]:
    """Topics of the city that each service with a state of its own reads, whoever writes them."""
    return {
        service: frozenset(name for name in catalogue.topics_read_by(service) if not catalogue.topic(name).wall_clock)
        for service in STATEFUL
    }


def compacted(catalogue: Catalogue) -> dict[str, str]:
    """Key columns of the topics that keep one row of each entity of the city."""
    topics = [catalogue.topic(name) for name in catalogue.topics_written_by("simulator")]
    return {topic.name: topic.key for topic in topics if topic.compacted}

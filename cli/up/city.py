"""Brings a city up in order (lock, ports, servers, topics, services) and takes it down in reverse, whatever happens."""

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from confluent_kafka import Producer
from confluent_kafka.admin import AdminClient

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.locks import only_one
from cli.servers.ports import holder, is_free
from cli.servers.postgres import PostgresPlan, PostgresServer
from cli.servers.processes import ServerError
from cli.topics import apply, plans
from cli.up.services import health_ports, service_specs
from cli.up.settings import UpSettings
from cli.up.supervisor import ServiceSpec, Supervisor
from streamkit.contracts import Catalogue

BROKER_SECONDS = 30.0
_OTHERS = "`luna up --free-ports` takes others, and LUNA_PORTS__… says which (docs/settings.md)"


class PortTakenError(Exception):
    """A port that the city needs is held by another process."""


@dataclass(frozen=True, slots=True)
class Told:
    """How a city tells what it does: ``say`` for every run, ``detail`` for who asked for more."""

    say: Callable[[str], None]
    detail: Callable[[str], None]


@dataclass(frozen=True)
class City:
    """A running city."""

    settings: UpSettings
    bootstrap_servers: str
    database_url: str
    supervisor: Supervisor
    in_memory: bool

    @property
    def url(self) -> str:
        """Address of the page and the API."""
        return f"http://127.0.0.1:{self.settings.ports.gateway}"


@dataclass(frozen=True)
class Wanted:
    """What to run. ``services`` replaces the five, for tests; ``environment`` is set for each."""

    settings: UpSettings
    environment: Mapping[str, str] = field(default_factory=dict)
    services: tuple[ServiceSpec, ...] | None = None


@contextmanager
def city(wanted: Wanted, told: Told) -> Iterator[City]:
    """A city that lives while the context does.

    Raises:
        LockedError: where one runs already on this data directory.
        PortTakenError: where a port is held; names the holder.
        ServerError: where a server cannot be had.

    """
    settings = wanted.settings
    data = settings.data_dir.resolve()
    with ExitStack() as stack:
        note = stack.enter_context(only_one(data / "luna.lock"))
        note.write(f"http://127.0.0.1:{settings.ports.gateway}")
        note.flush()
        check_ports(settings)
        guard = stack.enter_context(closing(Guard()))
        guard.remove(data / "luna.lock")
        stack.callback(guard.keep, data / "luna.lock")
        steps = _Steps(told.detail)
        postgres = _postgres(settings, data, guard, stack)
        bootstrap_servers, in_memory = _kafka(settings, data, guard, stack, told)
        steps.done("Kafka")
        if postgres is not None:
            postgres.wait()
        database_url = settings.database.url or (postgres.url() if postgres else "")
        steps.done("PostgreSQL")
        if not in_memory:
            # silent: the library may hold the client until after the broker has been stopped
            admin = AdminClient({"bootstrap.servers": bootstrap_servers, "log_level": 2})
            apply(admin, plans(Catalogue.load()))
        steps.done("topics")
        specs = wanted.services or tuple(
            service_specs(bootstrap_servers, database_url, data, settings.ports, wanted.environment)
        )
        supervisor = Supervisor(specs, logs=data / "logs", guard=guard, clock=time.monotonic, say=told.say)
        stack.callback(supervisor.stop)
        supervisor.step()
        steps.done("services started")
        yield City(settings, bootstrap_servers, database_url, supervisor, in_memory)


def check_ports(settings: UpSettings) -> None:
    """Raise `PortTakenError` for the first port that is held by somebody."""
    ports = settings.ports
    needed = {"the gateway": ports.gateway}
    needed |= {f"the health of {name}": port for name, port in health_ports(ports).items()}
    if settings.kafka.bootstrap_servers is None:
        needed["Kafka"] = ports.kafka
    if settings.database.url is None:
        needed["PostgreSQL"] = ports.postgres
    for purpose, port in needed.items():
        if not is_free(port):
            raise PortTakenError(f"port {port}, which {purpose} needs, is held by {holder(port)}; {_OTHERS}")


class _Steps:
    """Times each step of a start."""

    def __init__(self, detail: Callable[[str], None]) -> None:
        self._detail = detail
        self._since = time.monotonic()

    def done(self, what: str) -> None:
        now = time.monotonic()
        self._detail(f"{what}: {now - self._since:.1f} s")
        self._since = now


def _postgres(settings: UpSettings, data: Path, guard: Guard, stack: ExitStack) -> PostgresServer | None:
    if settings.database.url is not None:
        return None
    plan = PostgresPlan(data / "postgres", data / "logs" / "postgres.log", settings.ports.postgres)
    server = PostgresServer.start(plan, guard)
    stack.callback(server.stop)
    return server


def _kafka(settings: UpSettings, data: Path, guard: Guard, stack: ExitStack, told: Told) -> tuple[str, bool]:
    """Address of the broker, and whether it is the one in memory."""
    if settings.kafka.bootstrap_servers is not None:
        return settings.kafka.bootstrap_servers, False
    try:
        files = kafka_files(data)
    except ServerError as error:
        told.say(f"no Kafka ({error}): librdkafka's cluster in memory instead, 5 MiB a partition, gone at the end")
        cluster = Producer({"test.mock.num.brokers": 1})
        stack.callback(cluster.flush)
        catalogue = Catalogue.load()
        for topic in plans(catalogue):
            cluster.list_topics(topic.name, BROKER_SECONDS)  # it has no controller, and makes what is asked for
        brokers = cluster.list_topics(timeout=BROKER_SECONDS).brokers.values()
        return ",".join(f"{broker.host}:{broker.port}" for broker in brokers), True
    server = KafkaServer.start(
        files, KafkaPlan(data / "kafka", data / "logs" / "kafka.log", settings.ports.kafka), guard
    )
    stack.callback(server.stop)
    server.wait()
    return server.bootstrap_servers, False

"""Real servers for the tests that need them: those the environment names, else servers started for this session.

Nothing is skipped for want of a server. Each session has its own data and ports, so that any number may run at once.
"""

import logging
import os
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import structlog
from hypothesis import settings

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from cli.servers.kafka import KafkaPlan, KafkaServer
from cli.servers.ports import free_port
from cli.servers.postgres import PostgresPlan, PostgresServer

# how long an example takes says how busy the machine is
settings.register_profile("luna", deadline=None, max_examples=40)
settings.load_profile("luna")

CACHE = Path(__file__).parents[1] / ".luna"
STARTED_S = 240.0
"""A broker listens after two seconds where it is alone, after more than sixty where many want its two cores."""

# what the tests start runs as it is shipped: only the processes that share the tests count which lines are covered
if "PYTEST_XDIST_WORKER" in os.environ:
    os.environ.pop("COVERAGE_PROCESS_CONFIG", None)


def pytest_addoption(parser: pytest.Parser) -> None:
    """How long the city of the whole-stack tests lives at least before its laws are checked."""
    parser.addoption("--city-seconds", type=float, default=25.0, help="seconds that a whole city lives (default 25)")


@pytest.fixture(autouse=True)
def _logging_as_found() -> Iterator[None]:
    """A test that runs a service's main leaves no logging into its own, closed, stderr behind."""
    configured, root = structlog.get_config(), logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    structlog.configure(**configured)
    root.handlers[:], root.level = handlers, level
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="session")
def guard() -> Iterator[Guard]:
    """Ends every server of this session, even when the session itself is killed."""
    with closing(Guard()) as watching:
        yield watching


@pytest.fixture(scope="session")
def server_files(guard: Guard) -> Iterator[Path]:
    """A directory for the data of this session's servers."""
    with tempfile.TemporaryDirectory(prefix="luna-tests-", ignore_cleanup_errors=True) as name:
        guard.remove(Path(name))
        yield Path(name)


@pytest.fixture(scope="session")
def kafka_bootstrap(guard: Guard, server_files: Path) -> Iterator[str]:
    """Address of a real Apache Kafka."""
    named = os.environ.get("LUNA_KAFKA__BOOTSTRAP_SERVERS")
    if named:
        yield named
        return
    plan = KafkaPlan(server_files / "kafka", server_files / "kafka.log", free_port())
    server = KafkaServer.start(kafka_files(CACHE), plan, guard)
    server.wait(STARTED_S)
    yield server.bootstrap_servers
    server.stop()


@pytest.fixture(scope="session")
def postgres_url(guard: Guard, server_files: Path) -> Iterator[str]:
    """SQLAlchemy URL (psycopg 3) of a database on a real PostgreSQL."""
    named = os.environ.get("LUNA_DATABASE__URL")
    if named:
        yield named
        return
    plan = PostgresPlan(server_files / "postgres", server_files / "postgres.log", free_port(), durable=False)
    server = PostgresServer.start(plan, guard)
    server.wait()
    yield server.url()
    server.stop()

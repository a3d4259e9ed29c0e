"""A database of its own for each test, on the session's PostgreSQL."""

from collections.abc import Iterator
from itertools import count

import pytest
from pydantic import SecretStr
from sqlalchemy import Engine, create_engine, make_url, text

from services.analytics.store.database import connect, prepare
from streamkit.postgres import DatabaseSettings
from tests.integration.analytics.stored import Store

_NUMBERS = count()


@pytest.fixture
def database(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[DatabaseSettings]:
    name = f"store_{abs(hash(request.node.nodeid)) % 10**8}_{next(_NUMBERS)}"
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    url = make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    yield DatabaseSettings(url=SecretStr(url), pool_wait_s=5.0)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database: DatabaseSettings) -> Iterator[Engine]:
    made = connect(database)
    prepare(made, migrate=True)
    yield made
    made.dispose()


@pytest.fixture
def store(engine: Engine) -> Store:
    return Store(engine)

"""A database of its own for each test, on the session's PostgreSQL."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import count

import pytest
from sqlalchemy import Engine, create_engine, make_url, text

from services.booking.adapters.database import connect, prepare
from services.booking.adapters.memory import MemoryState
from services.booking.adapters.postgres import PostgresState

_NUMBERS = count()


@pytest.fixture
def database_url(postgres_url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    name = f"booking_{abs(hash(request.node.nodeid)) % 10**8}_{next(_NUMBERS)}"
    admin = create_engine(postgres_url, isolation_level="AUTOCOMMIT")
    with admin.connect() as connection:
        connection.execute(text(f"CREATE DATABASE {name}"))
    yield make_url(postgres_url).set(database=name).render_as_string(hide_password=False)
    with admin.connect() as connection:
        connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    admin.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    made = connect(database_url, pool_size=4, pool_wait_s=5.0)
    prepare(made, migrate=True)
    yield made
    made.dispose()


@pytest.fixture
def durable(engine: Engine) -> PostgresState:
    return PostgresState(engine)


Opened = tuple[MemoryState | PostgresState, "Transaction"]


class Transaction:
    """Opens a transaction where the state has any."""

    def __init__(self, state: MemoryState | PostgresState) -> None:
        self._state = state

    def __call__(self) -> AbstractContextManager[object]:
        return self._state.transaction() if isinstance(self._state, PostgresState) else nullcontext()


@pytest.fixture(params=["memory", pytest.param("postgres", marks=pytest.mark.postgres)])
def opened(request: pytest.FixtureRequest) -> Opened:
    state = MemoryState() if request.param == "memory" else request.getfixturevalue("durable")
    return state, Transaction(state)

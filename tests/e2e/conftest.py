"""One running city for all tests that can share it, and stacks of their own for the rest."""

from collections.abc import Iterator
from contextlib import closing
from itertools import count
from pathlib import Path

import pytest

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from tests.conftest import CACHE
from tests.e2e.stack import Stack, prepare

_NUMBERS = count()


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stacks of their own first, as nothing takes longer; what shares the city last, so that it slows nothing."""
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    if item.get_closest_marker("e2e") is None:
        return 0
    return 1 if "city" in getattr(item, "fixturenames", ()) else -1


@pytest.fixture(scope="session")
def data_dirs(server_files: Path) -> Iterator[Path]:
    """Data directories for stacks, as many as are wanted."""
    kafka_files(CACHE)
    return (prepare(server_files / f"stack-{number}", CACHE) for number in _NUMBERS)


@pytest.fixture(scope="session")
def shared_city(guard: Guard, data_dirs: Iterator[Path]) -> Iterator[Stack]:
    """A small city that lives as long as this session has tests for it."""
    with closing(Stack(next(data_dirs), guard)) as stack:
        stack.start().wait_until_live()
        yield stack
        assert stack.stop() == 0, stack.output[-2000:]


@pytest.fixture
def city(shared_city: Stack) -> Stack:
    """The shared city, running."""
    if shared_city.state().get("phase") == "paused":
        shared_city.resume()
    return shared_city


@pytest.fixture
def own_stack(guard: Guard, data_dirs: Iterator[Path]) -> Iterator[Stack]:
    """A stack of this test's own, not started."""
    with closing(Stack(next(data_dirs), guard)) as stack:
        yield stack

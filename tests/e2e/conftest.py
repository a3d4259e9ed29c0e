"""One running city for all tests that can share it, and stacks of their own for the rest."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing
from functools import partial
from itertools import count
from pathlib import Path
from typing import Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, ViewportSize, expect, sync_playwright

from cli.servers.guard import Guard
from cli.servers.jars import kafka_files
from tests.conftest import CACHE
from tests.e2e.stack import Stack, prepare

_NUMBERS = count()
CHROMIUM = "/usr/bin/chromium"
TEST_SECONDS = 900.0
"""Of a test with what it needs set up: whichever comes first has the shared city to wait for."""

PATIENCE_MS = 60_000.0
"""For what the page does: a moment on an idle machine, seconds where browser and city share two loaded cores."""

Theme = Literal["dark", "light"]
Arrive = Callable[[tuple[int, int], Theme], Page]


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Stacks of their own first, as nothing takes longer; what shares the city last, so that it slows nothing."""
    items.sort(key=_turn)
    for item in items:
        if item.get_closest_marker("e2e") and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(TEST_SECONDS))


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


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Chromium without a window; whatever is expected of a page may take as long as a loaded machine needs."""
    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        yield running
        running.close()


@pytest.fixture
def complaints() -> list[str]:
    """Errors that the page has put on its console, or has thrown."""
    return []


@pytest.fixture
def page(browser: Browser, city: Stack, complaints: list[str]) -> Iterator[Page]:
    """The page, connected to the shared city."""
    opened = browser.new_page(viewport={"width": 1440, "height": 900})
    opened.set_default_timeout(PATIENCE_MS)
    opened.on("console", partial(_heard, complaints))
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.goto(city.url)
    expect(opened.get_by_test_id("connection")).to_have_attribute("data-state", "live", timeout=PATIENCE_MS)
    yield opened
    opened.close()


@pytest.fixture
def arrive(browser: Browser) -> Iterator[Arrive]:
    """Opens a blank page for a newcomer who wants little motion; all are closed in the end, whatever happens."""
    with ExitStack() as opened:

        def newcomer(size: tuple[int, int], theme: Theme) -> Page:
            width, height = size
            shown: ViewportSize = {"width": width, "height": height}
            context = browser.new_context(viewport=shown, color_scheme=theme, reduced_motion="reduce")
            opened.callback(context.close)
            context.set_default_timeout(PATIENCE_MS)
            return context.new_page()

        yield newcomer


def _heard(complaints: list[str], message: ConsoleMessage) -> None:
    if message.type == "error":
        complaints.append(message.text)

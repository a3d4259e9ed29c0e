"""The page measured in a headless browser: first paint, frames and long tasks while the city is busy, memory.

The gateway is that of its own bench: no Kafka, records handed over as its feed does. Browser and gateway share the
machine, and without a graphics card the browser draws with its processor: frames say what such a machine shows.
"""

import shutil
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from cli.bench.gateway import ask, process
from cli.bench.gateway_servers import Publish, run_gateway
from cli.bench.measure import Measurement

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, ViewportSize

PAINT_BAR_MS, BUNDLE_BAR_KB, FRAMES_BAR, LONG_TASK_BAR_MS = 1_000.0, 600.0, 57.0, 50.0
BROWSERS = ("chromium", "google-chrome", "chromium-browser")
SIZE: "ViewportSize" = {"width": 1_440, "height": 900}
VIEWS = ("city", "people", "flow", "events", "control", "health")
_LOOK_MS = 20.0
_WATCH = """
    window.seen = { frames: 0, tasks: [] };
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => window.seen.tasks.push(entry.duration)))
      .observe({ type: "longtask" });
    const count = () => { window.seen.frames += 1; requestAnimationFrame(count); };
    requestAnimationFrame(count);
"""
_LOADED = """
    performance.getEntriesByType("resource").filter((one) => /[.](js|css)$/.test(one.name))
      .reduce((all, one) => all + one.encodedBodySize, 0) / 1000
"""
_PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"


@dataclass(frozen=True, slots=True)
class Size:
    """Events a second, seconds of each view, and how often the page is opened anew."""

    rate: int = 2_000
    seconds: float = 8.0
    openings: int = 5


QUICK = Size(seconds=3.0, openings=2)


def measure(size: Size | None = None) -> Sequence[Measurement]:
    """Every view in turn; where there is no browser, that."""
    program = next((found for name in BROWSERS if (found := shutil.which(name))), None)
    if program is None:
        return [Measurement(f"the page, not measured: install one of {', '.join(BROWSERS)}", 0, "")]
    return list(_figures(program, size or Size()))


def _figures(program: str, size: Size) -> Iterator[Measurement]:
    from playwright.sync_api import sync_playwright  # noqa: PLC0415 - of the developers' tools, not in an image

    records = round(size.rate * size.seconds * (len(VIEWS) + 1) * 1.2) + 1_000
    with process(run_gateway, records) as server, sync_playwright() as playwright:
        address = f"http://127.0.0.1:{server.recv()}"
        browser = playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        paints, loaded = zip(*(_first_paint(browser, address) for _ in range(size.openings)), strict=True)
        name = f"first contentful paint, nothing cached, slowest of {size.openings}"
        yield Measurement(name, max(paints), "ms", bar=PAINT_BAR_MS, lower_is_better=True)
        name = "scripts and styles until then, compressed"
        yield Measurement(name, max(loaded), "kB", bar=BUNDLE_BAR_KB, lower_is_better=True)
        page = browser.new_context(viewport=SIZE).new_page()
        page.add_init_script(_WATCH)
        for view in VIEWS:
            page.goto(f"{address}/#/{view}")
            page.locator("[data-testid=connection][data-state=live]").wait_for()
            yield from _busy(server, page, view, size)
        browser.close()


def _busy(server: Any, page: "Page", view: str, size: Size) -> Iterator[Measurement]:
    """What a view shows while so many events a second arrive, once it has settled for a second."""
    ask(server, Publish(size.rate, 1.0))
    page.evaluate("window.seen = { frames: 0, tasks: [], began: performance.now() }")
    ask(server, Publish(size.rate, size.seconds))
    found = page.evaluate("({ ...window.seen, took: performance.now() - window.seen.began })")
    frames, tasks = found["frames"] * 1e3 / found["took"], sorted(found["tasks"])
    busy = f"{view}, {size.rate:,} events/s"
    yield Measurement(f"{busy}: frames", frames, "1/s", bar=FRAMES_BAR)
    longest = tasks[-1] if tasks else 0.0
    yield Measurement(f"{busy}: longest task", longest, "ms", bar=LONG_TASK_BAR_MS, lower_is_better=True)
    yield Measurement(f"{busy}: tasks over 50 ms", len(tasks), "of them")
    heap = page.evaluate("performance.memory?.usedJSHeapSize ?? 0") / 2**20
    yield Measurement(f"{busy}: memory of scripts", heap, "MiB")


def _first_paint(browser: "Browser", address: str) -> tuple[float, float]:
    """Milliseconds to the first content, and what was loaded for it: of somebody who has never been here."""
    context = browser.new_context(viewport=SIZE)
    page = context.new_page()
    page.goto(f"{address}/")
    while (painted := page.evaluate(_PAINT)) is None:  # what polls in the page itself, its policy does not let in
        page.wait_for_timeout(_LOOK_MS)
    found = float(painted), float(page.evaluate(_LOADED))
    context.close()
    return found

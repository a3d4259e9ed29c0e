"""Pictures of every view in both themes and three widths, of a city that lives: `make screenshots URL=...`."""

import argparse
from collections.abc import Sequence
from itertools import product
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

VIEWS = ("city", "people", "flow", "events", "control", "health")
THEMES = ("dark", "light")
SIZES = ((1440, 900), (1024, 768), (390, 844))
CHROMIUM = "/usr/bin/chromium"
SETTLED_MS = 6_000
"""Until the first records have come and a graph has found its form."""
QUALITY = 72


def main(arguments: Sequence[str] | None = None) -> None:
    """Write ``<view>-<theme>-<width>.jpg`` for all, and a page that shows them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("url", help="address of the gateway, such as http://127.0.0.1:8000")
    parser.add_argument("--out", type=Path, default=Path("docs"), help="directory of screenshots.md and images/")
    chosen = parser.parse_args(arguments)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--enable-unsafe-swiftshader"]
        )
        for theme, (width, height) in product(THEMES, SIZES):
            _take(browser, chosen.url.rstrip("/"), theme, (width, height), chosen.out / "images")
        browser.close()
    (chosen.out / "screenshots.md").write_text(_page(), encoding="utf-8")


def _take(browser: Browser, url: str, theme: str, size: tuple[int, int], images: Path) -> None:
    images.mkdir(parents=True, exist_ok=True)
    viewport = {"width": size[0], "height": size[1]}
    page = browser.new_page(viewport=viewport, color_scheme=theme)  # type: ignore[arg-type]
    for view in VIEWS:
        page.goto(f"{url}/#/{view}")
        page.wait_for_timeout(SETTLED_MS)
        page.screenshot(path=images / _name(view, theme, size[0]), type="jpeg", quality=QUALITY)
    page.close()


def _name(view: str, theme: str, width: int) -> str:
    return f"{view}-{theme}-{width}.jpg"


def _page() -> str:
    lines = ["# Screenshots", "", "Every view in both themes at 1440, 1024 and 390 pixels, by `make screenshots`."]
    for view in VIEWS:
        lines += ["", f"## {view.capitalize()}"]
        for theme in THEMES:
            shown = " | ".join(f"![{view}, {theme}, {width}](images/{_name(view, theme, width)})" for width, _ in SIZES)
            lines += ["", f"| {theme}, 1440 | 1024 | 390 |", "|---|---|---|", f"| {shown} |"]
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()

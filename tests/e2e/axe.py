"""What keeps some people from using a page, by the rules of axe-core."""

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
_SOURCE = Path(__file__).parents[2] / "services/gateway/dashboard/node_modules/axe-core/axe.min.js"
_RUN = "rules => axe.run(document, {runOnly: rules}).then(found => found.violations)"


def violations(page: Page) -> list[str]:
    """A line for each rule broken, with where."""
    # evaluated by the debugger, which the page's content security policy does not bind
    page.evaluate(_SOURCE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate(_RUN, list(RULES))
    return [f"{one['id']}: {[node['target'] for node in one['nodes']]}" for one in found]

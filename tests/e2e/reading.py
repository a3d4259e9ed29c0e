"""What a page shows, read in one moment: no list that goes on changing is half of one state, half of the next."""

from playwright.sync_api import Locator, Page, expect


def attributes(rows: Locator, name: str) -> list[str]:
    """An attribute of each row, in the page's order; empty where a row has none."""
    found: list[str] = rows.evaluate_all("(rows, name) => rows.map(row => row.getAttribute(name) ?? '')", name)
    return found


def acknowledged(page: Page, control: str) -> Locator:
    """The newest order of a control in the view Control, once the simulator has acknowledged it."""
    newest = page.locator(f'[data-testid=orders] [data-control="{control}"]').first
    expect(newest).to_have_attribute("data-status", "acknowledged")
    return newest

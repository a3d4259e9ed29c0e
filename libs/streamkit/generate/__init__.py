"""Code and documentation out of the contracts: ``python -m streamkit.generate``.

The files are committed; a test fails when one is stale. Nothing here runs in a service.
"""

from collections.abc import Mapping
from pathlib import Path

from streamkit.contracts import Catalogue
from streamkit.generate.markdown import events_page
from streamkit.generate.python_types import python_modules
from streamkit.generate.typescript import typescript_module

__all__ = ["rendered", "stale", "write"]

PYTHON = Path("libs/streamkit/generated")
DOCUMENT = Path("docs/events.md")
TYPESCRIPT = Path("services/gateway/dashboard/src/generated/events.ts")


def rendered(catalogue: Catalogue) -> Mapping[Path, str]:
    """Content of every generated file, by its path in the repository."""
    modules = {PYTHON / name: text for name, text in python_modules(catalogue).items()}
    return {**modules, DOCUMENT: events_page(catalogue), TYPESCRIPT: typescript_module(catalogue)}


def stale(root: Path, catalogue: Catalogue) -> list[Path]:
    """Generated files that are missing, differ, or should not be there."""
    wanted = rendered(catalogue)
    differing = [
        path
        for path, text in wanted.items()
        if not (root / path).is_file() or (root / path).read_text(encoding="utf-8") != text
    ]
    orphans = [path.relative_to(root) for path in sorted((root / PYTHON).glob("*.py"))]
    return differing + [path for path in orphans if path not in wanted]


def write(root: Path, catalogue: Catalogue) -> list[Path]:
    """Bring every generated file up to date; returns those that were stale."""
    wanted = rendered(catalogue)
    changed = stale(root, catalogue)
    for path in changed:
        if path not in wanted:
            (root / path).unlink()
            continue
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(wanted[path], encoding="utf-8")
    return changed

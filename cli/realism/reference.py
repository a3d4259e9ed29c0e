"""Aggregates of real data that facts compare with: `data/reference.json`, sources in docs/realism.md."""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

PATH: Final = Path(__file__).parent / "data" / "reference.json"


@cache
def _content() -> dict[str, Any]:
    content: dict[str, Any] = json.loads(PATH.read_text(encoding="utf-8"))
    return content


def reference(*path: str) -> Any:
    """The aggregate at a path of keys, for example ``reference("nyc_checkins", "hour")``.

    Raises:
        KeyError: There is none.
    """
    found: Any = _content()
    for key in path:
        found = found[key]
    return found

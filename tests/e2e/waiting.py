"""Bounded waiting for what the city does by itself."""

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")


def eventually(
    find: Callable[[], Found], seconds: float = 120.0, every: float = 0.25, said: Callable[[], object] | None = None
) -> Found:
    """The first true value of ``find``; fails after ``seconds``, with what ``said`` says or what was found last."""
    deadline = time.monotonic() + seconds
    while True:
        found = find()
        if found:
            return found
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {said() if said else found!r}"
        time.sleep(every)

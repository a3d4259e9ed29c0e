"""Chunks on their way from the agent to the host."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from services.analytics.transport import Chunk


@dataclass(frozen=True, slots=True)
class Arrived:
    """A chunk handed on by the agent under some assignment; ``acknowledge`` lets Faust commit it."""

    topic: str
    partition: int
    chunk: Chunk
    acknowledge: Callable[[], object]
    assignment: int = 0


def together(arrived: Sequence[Arrived]) -> Sequence[Arrived]:
    """The chunks of each partition as few as they can be, in order of their first: a fold costs more than a record."""
    found: dict[tuple[str, int, int], Arrived] = {}
    last: dict[tuple[str, int], int] = {}
    for number, one in enumerate(arrived):
        place = one.topic, one.partition
        before = found[*place, last[place]] if place in last else None
        joined = before.chunk.followed_by(one.chunk) if before else None
        if before and joined:
            found[*place, last[place]] = replace(before, chunk=joined)
        else:
            last[place] = number
            found[*place, number] = one
    return list(found.values())

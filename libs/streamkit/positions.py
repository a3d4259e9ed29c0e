"""Places in topics: for each partition the offset of the next record, printed as `topic:partition=offset,…`."""

from collections.abc import Mapping
from typing import TypeAlias

Positions: TypeAlias = dict[tuple[str, int], int]
"""(topic, partition) → next offset: everything below it has been consumed, or written."""


def print_positions(positions: Mapping[tuple[str, int], int]) -> str:
    """Text of positions, sorted, so that equal positions print alike."""
    return ",".join(f"{topic}:{partition}={offset}" for (topic, partition), offset in sorted(positions.items()))


def parse_positions(text: str) -> Positions:
    """Positions out of their text.

    Raises:
        ValueError: where the text is not `topic:partition=offset,…`.

    """
    positions: Positions = {}
    for part in text.split(",") if text else ():
        place, separator, offset = part.partition("=")
        topic, colon, partition = place.rpartition(":")
        if not separator or not colon or not topic:
            raise ValueError(f"not a position: {part!r} (expected topic:partition=offset)")
        positions[topic, int(partition)] = int(offset)
    return positions


def covers(positions: Mapping[tuple[str, int], int], needed: Mapping[tuple[str, int], int]) -> bool:
    """Whether every needed offset has been reached; a partition needed from offset 0 is reached by anyone."""
    return all(positions.get(place, 0) >= offset for place, offset in needed.items())


def advance(positions: Positions, by: Mapping[tuple[str, int], int]) -> None:
    """Move positions forward in place, never back."""
    for place, offset in by.items():
        if offset > positions.get(place, -1):
            positions[place] = offset

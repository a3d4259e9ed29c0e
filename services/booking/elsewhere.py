"""Free tables of other houses for who was declined: one query for all the declined of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.booking.domain.booking import Request
from services.booking.domain.decide import offer
from services.booking.domain.hours import iso

if TYPE_CHECKING:
    from services.booking.desk import Desk


@dataclass(frozen=True, slots=True)
class Refused:
    """A declined request, the other times of the same house it was offered, and its record, not yet published."""

    request: Request
    times: tuple[str, ...]
    row: dict[str, object]


def places(desk: "Desk", refused: Sequence[Refused]) -> list[tuple[str, ...]]:
    """For each declined request the houses like the one asked for that have a table at the wanted time, best first.

    What they have free is what is free at the end of the batch.
    """
    wanted = [near_houses(desk, one.request) for one in refused]
    desk.open_floors({name for names in wanted for name in names}, [one.request.start_us for one in refused])
    return [free_places(desk, one.request, names) for one, names in zip(refused, wanted, strict=True)]


def near_houses(desk: "Desk", request: Request) -> list[str]:
    """The houses like the one asked for nearby that are large enough."""
    venue = desk.venues.get(request.venue_id)
    names = desk.neighbourhood.like(venue) if venue is not None else ()
    return [name for name in names if request.party_size <= desk.venues[name].tables.largest_party()]


def free_places(desk: "Desk", request: Request, names: Sequence[str]) -> tuple[str, ...]:
    """The first houses that have a table at the wanted time, as ``venue_id@ISO-8601 time``."""
    found: list[str] = []
    for name in names:
        if offer(request, desk.venues[name], desk.floors[name], request.start_us, desk.rulebook) is not None:
            found.append(f"{name}@{iso(request.start_us)}")
        if len(found) == desk.rulebook.policy.near.alternatives:
            break
    return tuple(found)

"""Free tables of other houses for who was declined: one query for all the declined of a batch."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from services.booking.domain.booking import Request
from services.booking.domain.decide import offer, refusal
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
    wanted = [(one.request, near_requests(desk, one.request)) for one in refused]
    desk.open_floors([request for _, requests in wanted for request in requests])
    limit = desk.rulebook.policy.near.alternatives
    return [free_places(desk, requests, limit) for _, requests in wanted]


def near_requests(desk: "Desk", request: Request) -> list[Request]:
    """The request as it would be asked of each house like its own nearby, without those that would refuse it."""
    venue = desk.venues.get(request.venue_id)
    if venue is None:
        return []
    asked = [replace(request, venue_id=name, flexibility_minutes=0) for name in desk.neighbourhood.like(venue)]
    return [one for one in asked if refusal(one, desk.venues[one.venue_id], desk.rulebook) is None]


def free_places(desk: "Desk", requests: Sequence[Request], limit: int) -> tuple[str, ...]:
    """The first houses that have a table, as ``venue_id@ISO-8601 time``."""
    found: list[str] = []
    for request in requests:
        name = request.venue_id
        if offer(request, desk.venues[name], desk.floors[name], request.start_us, desk.rulebook) is not None:
            found.append(f"{name}@{iso(request.start_us)}")
        if len(found) == limit:
            break
    return tuple(found)

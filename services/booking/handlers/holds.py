"""Tables held for groups, and what becomes of a group once its request is decided."""

from collections.abc import Iterable
from dataclasses import replace

from services.booking.desk import Desk
from services.booking.domain.booking import Booking, Request, Status
from services.booking.domain.floor import Claim
from services.booking.domain.group import Group, GroupStatus
from services.booking.domain.policy import slots_of

CREATED_BY = "group"


def hold_of(group: Group) -> list[Claim]:
    """The claims of a group's held table."""
    first, count = slots_of(group.start_us, group.duration_minutes)
    return [Claim(group.group_id, group.venue_id, table, first, count) for table in group.tables]


def release_hold(desk: Desk, group: Group | None) -> None:
    """Give a group's held table back, for its own request that is decided next or for others."""
    if group is not None:
        desk.leave(hold_of(group))


def groups_of(desk: Desk, requests: Iterable[Booking]) -> dict[str, Group]:
    """The groups whose requests these are, by booking_id; nearly always there are none."""
    ids = {
        booking.booking_id: booking.request.group_id
        for booking in requests
        if booking.request.created_by == CREATED_BY and booking.request.group_id
    }
    found = desk.state.groups(desk.scope, [name for name in ids.values() if name]) if ids else {}
    return {booking_id: found[name] for booking_id, name in ids.items() if name and _asks(found.get(name), booking_id)}


def _asks(group: Group | None, booking_id: str) -> bool:
    return group is not None and group.status is GroupStatus.BOOKING and group.booking_id == booking_id


def note_outcomes(desk: Desk, asked: dict[str, Group]) -> None:
    """Groups are booked or declined as their requests were; a wait counts as neither yet, its hold is gone."""
    changed: list[Group] = []
    for booking_id, group in asked.items():
        booking = desk.bookings[booking_id]
        free = replace(group, tables=())
        if booking.status is Status.CONFIRMED:
            changed.append(free.to(GroupStatus.BOOKED))
        elif booking.status is Status.DECLINED:
            changed.append(free.to(GroupStatus.DECLINED, reason=booking.reason))
        else:
            changed.append(free)
    desk.state.put_groups(desk.scope, changed)


def request_of(group: Group, party_size: int) -> Request:
    """What a group of so many would ask for."""
    return Request(
        group.group_id, group.venue_id, group.user_id, party_size, group.start_us, 0, group.asked_us, CREATED_BY
    )

# ruff: noqa: D102 - what each method does stands at the port
"""Groups, whose members are asked first, in PostgreSQL."""

from collections.abc import Iterable, Sequence
from typing import Any

from services.booking.adapters.session import Session, names_of
from services.booking.domain.booking import Origin
from services.booking.domain.group import Group, GroupStatus
from services.booking.ports import Scope

_COLUMNS = (
    "group_id, venue_id, user_id, start_us, invited, smallest, deadline_us, hold_until_us, asked_us, world, city,"
    " cause_id, status, accepted, declined, tables, duration_minutes, booking_id, reason"
)


class Gatherings(Session):
    """The part of `BookingState` that is about groups."""

    def groups(self, scope: Scope, group_ids: Iterable[str]) -> dict[str, Group]:
        names = names_of(group_ids)
        if not names:
            return {}
        found = self._groups("group_id = ANY(%s) ORDER BY group_id FOR UPDATE", scope, names)
        return {group.group_id: group for group in found}

    def groups_of(self, scope: Scope, user_ids: Iterable[str]) -> list[Group]:
        names = names_of(user_ids)
        if not names:
            return []
        return self._groups("user_id = ANY(%s) AND status = 'collecting' ORDER BY group_id FOR UPDATE", scope, names)

    def groups_due(self, scope: Scope, now_us: int, limit: int) -> list[Group]:
        where = "due_us <= %s ORDER BY due_us, group_id LIMIT %s FOR UPDATE SKIP LOCKED"
        return self._groups(where, scope, now_us, limit)

    def put_groups(self, scope: Scope, groups: Sequence[Group]) -> None:
        if groups:
            number = self._scope(scope)
            query = "DELETE FROM booking.groups WHERE scope_id = %s AND group_id = ANY(%s)"
            self._run(query, number, names_of(group.group_id for group in groups))
            self._copy("groups", (_row(number, group) for group in groups))

    def _groups(self, where: str, scope: Scope, *values: object) -> list[Group]:
        query = f"SELECT {_COLUMNS} FROM booking.groups WHERE scope_id = %s AND {where}"  # noqa: S608
        return [_group(row) for row in self._all(query, self._scope(scope), *values)]


def _group(row: tuple[Any, ...]) -> Group:
    return Group(
        group_id=row[0],
        venue_id=row[1],
        user_id=row[2],
        start_us=row[3],
        invited=_split(row[4]),
        smallest=row[5],
        deadline_us=row[6],
        hold_until_us=row[7],
        asked_us=row[8],
        origin=Origin(*row[9:12]),
        status=GroupStatus(row[12]),
        accepted=_split(row[13]),
        declined=_split(row[14]),
        tables=tuple(int(number) for number in _split(row[15])),
        duration_minutes=row[16],
        booking_id=row[17],
        reason=row[18],
    )


def _row(number: int, group: Group) -> tuple[object, ...]:
    return (
        number,
        group.group_id,
        group.venue_id,
        group.user_id,
        group.start_us,
        ",".join(group.invited),
        group.smallest,
        group.deadline_us,
        group.hold_until_us,
        group.asked_us,
        group.origin.world,
        group.origin.city,
        group.origin.cause_id,
        group.status.value,
        ",".join(group.accepted),
        ",".join(group.declined),
        ",".join(map(str, group.tables)),
        group.duration_minutes,
        group.booking_id,
        group.reason,
        group.due_us,
    )


def _split(text: str) -> tuple[str, ...]:
    return tuple(text.split(",")) if text else ()

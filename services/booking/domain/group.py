"""A party whose members are asked first: who comes, until when they may say so, and the table held meanwhile."""

from dataclasses import dataclass, replace
from enum import StrEnum

from services.booking.domain.booking import Origin


class GroupStatus(StrEnum):
    """States of a group. From `BOOKING` on its reservation goes its own way on the topic."""

    COLLECTING = "collecting"
    BOOKING = "booking"
    BOOKED = "booked"
    DECLINED = "declined"


GROUP_TRANSITIONS: dict[GroupStatus, frozenset[GroupStatus]] = {
    GroupStatus.COLLECTING: frozenset({GroupStatus.BOOKING, GroupStatus.DECLINED}),
    GroupStatus.BOOKING: frozenset({GroupStatus.BOOKED, GroupStatus.DECLINED}),
    GroupStatus.BOOKED: frozenset(),
    GroupStatus.DECLINED: frozenset(),
}


class IllegalGroupTransitionError(ValueError):
    """A group was asked to go where its state does not lead."""


@dataclass(frozen=True, slots=True)
class Group:
    """Who was asked, who answered what, and the held table; moments in UTC microseconds.

    ``tables`` is empty where nothing is held any more.
    """

    group_id: str
    venue_id: str
    user_id: str
    start_us: int
    invited: tuple[str, ...]
    smallest: int
    deadline_us: int
    hold_until_us: int
    asked_us: int
    origin: Origin
    status: GroupStatus = GroupStatus.COLLECTING
    accepted: tuple[str, ...] = ()
    declined: tuple[str, ...] = ()
    tables: tuple[int, ...] = ()
    duration_minutes: int = 0
    booking_id: str | None = None
    reason: str | None = None

    @property
    def coming(self) -> tuple[str, ...]:
        """The organiser and who accepted."""
        return self.user_id, *self.accepted

    @property
    def complete(self) -> bool:
        """Whether everybody has answered."""
        return len(self.accepted) + len(self.declined) == len(self.invited)

    @property
    def due_us(self) -> int | None:
        """When its next timer fires: the end of its hold, or its deadline; None where neither runs."""
        if self.status is not GroupStatus.COLLECTING:
            return None
        return min(self.hold_until_us, self.deadline_us) if self.tables else self.deadline_us

    def answered(self, user_id: str, *, yes: bool) -> "Group":
        """The group with a member's answer, the newest of one member counting; who was not asked changes nothing."""
        if user_id not in self.invited or self.status is not GroupStatus.COLLECTING:
            return self
        accepted = tuple(name for name in self.accepted if name != user_id)
        declined = tuple(name for name in self.declined if name != user_id)
        if yes:
            return replace(self, accepted=(*accepted, user_id), declined=declined)
        return replace(self, accepted=accepted, declined=(*declined, user_id))

    def to(self, status: GroupStatus, *, booking_id: str | None = None, reason: str | None = None) -> "Group":
        """The group in its next state; raises IllegalGroupTransitionError."""
        if status not in GROUP_TRANSITIONS[self.status]:
            raise IllegalGroupTransitionError(f"group {self.group_id}: {self.status} does not lead to {status}")
        return replace(self, status=status, booking_id=booking_id or self.booking_id, reason=reason)

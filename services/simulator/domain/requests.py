"""Asking the booking service for a table."""

from services.simulator.domain.draws import Array
from services.simulator.domain.events import Kind
from services.simulator.domain.turn import Turn


def request_tables(
    turn: Turn, time: Array, users: Array, venues: Array, size: Array, when: Array, members: Array,
    trigger: tuple[Array, Array], cause: Array, group: tuple[Array, Array] | None = None,
    ordinal: int = 0, tries: int = 0,
) -> None:  # fmt: skip
    """Emit booking.requested and remember the bookings asked for."""
    if len(users) == 0:
        return
    high, low = turn.ids(Kind.BOOKING_REQUESTED, users, ordinal)
    rows = turn.events.add(Kind.BOOKING_REQUESTED, time, users)
    pool = turn.state.pools["bookings"]
    kept = pool.empty(len(users))
    for name, values in (
        ("high", high), ("low", low), ("venue", venues), ("when", when), ("size", size), ("cause", cause),
        ("from_high", trigger[0]), ("from_low", trigger[1]),
    ):  # fmt: skip
        rows[name] = kept[name] = values
    rows["ref_high"], rows["ref_low"], rows["ordinal"] = high, low, ordinal
    kept["user"], kept["made"], kept["members"], kept["tries"] = users, time, members, tries
    if group is not None:
        rows["also_high"] = kept["group_high"] = group[0]
        rows["also_low"] = kept["group_low"] = group[1]
    for row, party in enumerate(members):
        present = party[party >= 0]
        if len(present) > 1:
            turn.members[int(low[row])] = ",".join(f"u{number:07d}" for number in present)
    pool.add(kept)

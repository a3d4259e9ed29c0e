"""The records booking publishes: ids that follow from their trigger, times that never go back under a key."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from services.booking.domain.booking import Booking
from services.booking.ports import BookingState, Scope
from streamkit import identity
from streamkit.processor import Output
from streamkit.records import Outgoing

SOURCE = "booking"


@dataclass(frozen=True, slots=True)
class Trigger:
    """The event that leads to another: its id, time and ground truth are handed on."""

    event_id: str
    time_us: int
    world: str
    city: str
    cause_id: str | None = None


@dataclass(slots=True)
class Records:
    """Rows to publish because of one batch, in the order in which they were decided."""

    scope: Scope
    rows: dict[str, list[dict[str, object]]] = field(default_factory=lambda: defaultdict(list))

    def add(
        self,
        topic: str,
        event_type: str,
        trigger: Trigger,
        columns: Mapping[str, object],
        ordinal: int = 0,
        about: str = "",
    ) -> str:
        """Add a record and give its event_id, a function of its trigger and of what it is ``about``.

        One event moves several bookings: a table that one party leaves may seat two that wait.
        """
        run_id, branch = self.scope
        cause = f"{trigger.event_id}/{about}" if about and about != trigger.event_id else trigger.event_id
        event_id = identity.event_id(run_id, branch, SOURCE, cause, event_type, ordinal)
        self.rows[topic].append(
            {
                "event_id": event_id,
                "event_type": event_type,
                "run_id": run_id,
                "branch": branch,
                "simulation_time": trigger.time_us,
                "world": trigger.world,
                "city": trigger.city,
                "source": SOURCE,
                "correlation_id": trigger.event_id,
                "cause_id": trigger.cause_id,
                **columns,
            }
        )
        return event_id

    def outputs(self, state: BookingState) -> Sequence[Output]:
        """Everything added, with each key's simulated time held where it would go back.

        Requests and visits come from different topics, so the triggers of one venue are not in order of time.
        """
        if not self.rows:
            return []
        keyed = [(row, _clock_key(topic, row)) for topic, rows in self.rows.items() for row in rows]
        times = state.times(self.scope, sorted({key for _, key in keyed if key}))
        for row, key in keyed:
            if key:
                time_us = row["simulation_time"]
                assert isinstance(time_us, int)
                times[key] = row["simulation_time"] = max(time_us, times.get(key, time_us))
        state.put_times(self.scope, times)
        return [Outgoing.from_rows(topic, rows) for topic, rows in sorted(self.rows.items())]


def _clock_key(topic: str, row: dict[str, object]) -> str:
    """Under which name the newest time of a record's key is kept; empty where a key has one record only."""
    if topic == "replies":
        return ""
    return str(row["venue_id"]) if topic == "bookings" else f":{topic}"


def booking_columns(booking: Booking) -> dict[str, object]:
    """Columns that every record about a booking repeats."""
    request = booking.request
    return {
        "user_id": request.user_id,
        "venue_id": request.venue_id,
        "booking_id": request.booking_id,
        "party_size": request.party_size,
        "start_time": booking.start_us or request.start_us,
        "group_id": request.group_id,
        "member_ids": request.member_ids,
        "created_by": request.created_by,
    }


def requested_trigger(booking: Booking) -> Trigger:
    """The request as the trigger of what follows from it."""
    origin = booking.origin
    return Trigger(booking.booking_id, booking.request.requested_us, origin.world, origin.city, origin.cause_id)

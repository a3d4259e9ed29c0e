"""Every kind of event the engine emits, and the buffer in which one tick collects them as rows.

The number of a kind is part of its events' ids: kinds are appended, never renumbered.
"""

from enum import IntEnum

import numpy as np

from services.simulator.domain.columns import joined
from services.simulator.domain.draws import Array


class Kind(IntEnum):
    """Number of an event type; its name in records is in `EVENT_TYPES`."""

    USER_REGISTERED = 0
    PROFILE_COMPLETED = 1
    SESSION_STARTED = 2
    SESSION_ENDED = 3
    VENUE_BROWSED = 4
    VENUE_VIEWED = 5
    SEARCH_PERFORMED = 6
    VENUE_SAVED = 7
    VENUE_LIKED = 8
    FRIENDS_CHECKED = 9
    INTEREST_EXPRESSED = 10
    RECOMMENDATION_ACCEPTED = 11
    RECOMMENDATION_IGNORED = 12
    VISIT_STARTED = 13
    VISIT_ENDED = 14
    REVIEW_SUBMITTED = 15
    USER_DORMANT = 16
    USER_RETURNED = 17
    USER_CHURNED = 18
    USER_BECAME_REGULAR = 19
    FRIEND_REQUESTED = 20
    FRIEND_ACCEPTED = 21
    INVITE_SENT = 22
    INVITE_ACCEPTED = 23
    INVITE_DECLINED = 24
    INVITE_EXPIRED = 25
    GROUP_FORMED = 26
    GROUP_DISBANDED = 27
    BOOKING_REQUESTED = 30
    BOOKING_CANCEL_REQUESTED = 31
    WEATHER_CHANGED = 40
    TRAFFIC_CHANGED = 41
    EVENT_SCHEDULED = 42
    EVENT_STARTED = 43
    EVENT_ENDED = 44
    PROMOTION_STARTED = 45
    PROMOTION_ENDED = 46
    VENUE_TRENDING = 47
    HOLIDAY_STARTED = 48
    PRICE_CHANGED = 49
    TRUTH_WINDOW = 50
    TRUTH_SUPPRESSED = 51
    SCENARIO_STARTED = 60
    SCENARIO_SETTLING = 61
    SCENARIO_SETTLED = 62
    SCENARIO_HOLDING = 63
    USER_UPDATED = 70
    VENUE_UPDATED = 71
    VENUE_AVAILABILITY_CHANGED = 72
    ROUTINE_FORMED = 73
    PLAN = 80  # never emitted: names a plan


EVENT_TYPES: dict[Kind, str] = {
    kind: kind.name.lower().replace("_", ".", 1)
    for kind in Kind
    if kind not in (Kind.BOOKING_CANCEL_REQUESTED, Kind.EVENT_SCHEDULED, Kind.EVENT_STARTED, Kind.EVENT_ENDED)
} | {
    Kind.BOOKING_CANCEL_REQUESTED: "booking.cancel_requested",
    Kind.EVENT_SCHEDULED: "special_event.scheduled",
    Kind.EVENT_STARTED: "special_event.started",
    Kind.EVENT_ENDED: "special_event.ended",
    Kind.TRUTH_WINDOW: "truth.scenario_window",
    Kind.VENUE_AVAILABILITY_CHANGED: "venue.availability_changed",
}

TYPE_NAMES: list[str] = ["" for _ in range(128)]
for _kind, _name in EVENT_TYPES.items():
    TYPE_NAMES[_kind] = _name

EVENT = np.dtype([
    ("kind", "u1"), ("ordinal", "u2"), ("time", "i8"),
    ("user", "i4"), ("other", "i4"), ("venue", "i4"),
    ("high", "u8"), ("low", "u8"),                    # its own id; given or made by `stamp`
    ("from_high", "u8"), ("from_low", "u8"),          # correlation_id
    ("ref_high", "u8"), ("ref_low", "u8"),            # session, invite, group or booking it belongs to
    ("also_high", "u8"), ("also_low", "u8"),          # recommendation, booking of a visit, visit of a review, a group
    ("when", "i8"), ("size", "i4"), ("value", "i4"), ("money", "i8"),
    ("latitude", "f4"), ("longitude", "f4"), ("score", "f4"),
    ("cause", "i2"), ("text", "i4"), ("subject", "u1"),
])  # fmt: skip
"""One event. -1 or 0 is none: users and venues count from 0 and use -1, times and ids use 0."""


class EventBuffer:
    """Rows of one tick, in the order in which they were decided."""

    def __init__(self) -> None:
        self._chunks: list[Array] = []
        self.texts: list[str] = [""]

    def add(self, kind: Kind | Array, time: Array, user: Array | int = -1) -> Array:
        """New rows to fill in, of shape (len(time),); -1 and 0 where not filled."""
        rows = np.zeros(len(time), dtype=EVENT)
        rows["kind"], rows["time"], rows["user"] = kind, time, user
        rows["other"] = -1
        rows["venue"] = -1
        self._chunks.append(rows)
        return rows

    def text(self, text: str) -> int:
        """Number that stands for a string in ``text``."""
        self.texts.append(text)
        return len(self.texts) - 1

    def renumber(self, ordinal: int) -> None:
        """Give every row this ordinal."""
        for chunk in self._chunks:
            chunk["ordinal"] = ordinal

    @property
    def chunks(self) -> list[Array]:
        """Rows as they were added; to read, or to set the cause of."""
        return self._chunks

    def rows(self) -> Array:
        """All rows."""
        return joined(self._chunks) if self._chunks else np.zeros(0, dtype=EVENT)

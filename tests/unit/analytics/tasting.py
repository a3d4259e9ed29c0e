"""People whose tastes learn, and the records that teach them."""

from collections.abc import Mapping

import polars as pl
import pytest
from hypothesis import strategies as st

from services.analytics.domain import preferences as evolution
from services.analytics.domain.cells import MemoryCells, Scope
from services.analytics.domain.learning import LearningParameters, Switches
from services.analytics.domain.preferences import Preferences
from services.analytics.domain.rekeying import as_told
from services.analytics.domain.venues import VenueDirectory
from services.analytics.settings import PREFERENCES_FILE, read_learning
from tests.unit.analytics.city import DAY, START, Frames, event, rows_of, venue

LEARNING = read_learning(PREFERENCES_FILE)
FRAMES = Frames()
KINDS = sorted(LEARNING.actions)
ALL_OFF = dict.fromkeys(Switches.model_fields, False)
STILL = LEARNING.model_copy(update={"parts": Switches(**ALL_OFF | {"actions": True, "reviews": True, "decay": True})})
"""Own acts and decay alone."""

Record = dict[str, object]
Streams = Mapping[str, list[Record]]


def only(**on: bool) -> LearningParameters:
    return LEARNING.model_copy(update={"parts": Switches(**ALL_OFF | on)})


def learner(learning: LearningParameters = LEARNING, cells: MemoryCells | None = None) -> Preferences:
    directory = VenueDirectory()
    directory.update(FRAMES.batch("venues", [venue(number) for number in range(8)]).frame)
    return Preferences(Scope("run", 0), cells or MemoryCells(), directory, learning)


def frame_of(topic: str, records: list[Record]) -> pl.DataFrame:
    frame = FRAMES.batch(topic, records).frame
    return as_told(frame) if topic == "bookings_by_user" else frame


def tell(preferences: Preferences, topic: str, *records: Record) -> list[dict[str, object]]:
    if not records:
        return []
    return rows_of(list(preferences.fold(topic, 0, frame_of(topic, list(records)))), "preferences")


def taken(number: object, at: int, user: int = 0, friend: int = 9, place: int = 1) -> Record:
    """An invitation of a friend's that somebody accepted."""
    others = {"other_user_id": f"u{friend:07d}", "invite_id": "i" * 26, "latency_seconds": 1}
    return event("invite.accepted", number, at, user, venue_id=f"v{place:05d}", **others)


def followed(number: object, at: int, user: int = 0, place: int = 1, step: str = "booking.requested") -> Record:
    ids = {"correlation_id": f"c{number}".ljust(26, "0"), "booking_id": "b" * 26}
    return event("booking.followed", f"{step}{number}", at, user, venue_id=f"v{place:05d}", step=step, **ids)


acts = st.lists(
    st.tuples(
        st.sampled_from([*KINDS, "taken", "booked", "cancelled"]),
        st.integers(0, 3),  # user
        st.integers(0, 7),  # venue
        st.integers(1, 5),  # stars, or which friend
        st.integers(0, 5 * DAY),
    ),
    min_size=1,
    max_size=40,
)
Acts = list[tuple[str, int, int, int, int]]


def streams(told: Acts) -> Streams:
    """Each topic's records in the order given."""
    found: dict[str, list[Record]] = {topic: [] for topic in evolution.TOPICS}
    for number, (kind, user, place, stars, at) in enumerate(told):
        if kind == "taken":
            found["social_interactions"].append(taken(number, at, user, 10 + stars, place))
        elif kind in ("booked", "cancelled"):
            step = "booking.requested" if kind == "booked" else "booking.cancel_requested"
            found["bookings_by_user"].append(followed(number, at, user, place, step))
        else:
            found["user_actions"].append(event(kind, number, at, user, venue_id=f"v{place:05d}", rating=stars))
    return {topic: records for topic, records in found.items() if records}


def state(preferences: Preferences, at: int = START + 6 * DAY) -> dict[str, dict[str, float]]:
    shown = {user: preferences.of(user, at) for user in (f"u{number:07d}" for number in range(4))}
    return {user: dict(columns) for user, columns in shown.items() if columns is not None}


def assert_same(one: dict[str, dict[str, float]], other: dict[str, dict[str, float]]) -> None:
    assert one.keys() == other.keys()
    for user, columns in one.items():
        assert columns == pytest.approx(other[user], abs=1e-9)

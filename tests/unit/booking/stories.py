"""Random stories of a small city for hypothesis: what people ask for, cancel, visit, and how time passes."""

from typing import Any

from hypothesis import strategies as st

from tests.unit.booking.city import EVENING, FRIDAY_10H, HOUR, MINUTE, cancel_row, request_row, visit_row

VENUES = {"v00001": "2x1", "v00002": "2x2,4x1", "v00003": "2x1,4x1,6x1"}

requests = st.fixed_dictionaries(
    {
        "venue_id": st.sampled_from([*VENUES, "v00099"]),
        "user_id": st.sampled_from(["u0000001", "u0000002"]),
        "party_size": st.sampled_from([1, 2, 2, 3, 4, 5, 7, 0]),
        "start_time": st.integers(0, 24).map(lambda quarter: EVENING + quarter * 15 * MINUTE),
        "flexibility_minutes": st.sampled_from([0, 0, 30]),
    }
)
steps = st.one_of(
    requests.map(lambda columns: ("request", columns)),
    requests.map(lambda columns: ("request", columns)),
    st.integers(0, 30).map(lambda index: ("cancel", index)),
    st.integers(0, 30).map(lambda index: ("start", index)),
    st.integers(0, 30).map(lambda index: ("end", index)),
    st.integers(0, 12).map(lambda hours: ("tick", hours)),
    st.integers(0, 30).map(lambda index: ("again", index)),
)
stories = st.lists(steps, max_size=60)


def told(story: list[tuple[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """A story as (kind, topic, row): what the simulator writes, in order."""
    written: list[tuple[str, str, dict[str, Any]]] = []
    names: list[dict[str, Any]] = []
    for number, (kind, detail) in enumerate(story):
        at = FRIDAY_10H + number * MINUTE
        if kind == "request":
            names.append(request_row(f"b{number:03}", at, **detail))
            written.append((kind, "bookings", names[-1]))
        elif kind == "tick":
            written.append((kind, "", {"at": EVENING + (detail - 2) * HOUR}))
        elif names:
            booked = names[detail % len(names)]
            name, who = booked["booking_id"], {key: booked[key] for key in ("user_id", "venue_id")}
            row = {
                "cancel": cancel_row(f"c{number:03}", name, at, **who),
                "start": visit_row(f"s{number:03}", "visit.started", name, at, **who),
                "end": visit_row(f"e{number:03}", "visit.ended", name, at, **who),
                "again": booked,
            }[kind]
            written.append((kind, "user_actions" if kind in ("start", "end") else "bookings", row))
    return written

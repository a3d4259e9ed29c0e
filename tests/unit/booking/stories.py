"""Random stories of a small city for hypothesis: what people ask for, cancel, visit, and how time passes."""

from typing import Any

from hypothesis import strategies as st

from services.booking.domain.hours import iso
from tests.unit.booking.city import (
    EVENING,
    FRIDAY_10H,
    HOUR,
    MINUTE,
    cancel_row,
    question_row,
    request_row,
    visit_row,
    weather_row,
)

VENUES = {"v00001": "2x1", "v00002": "2x2,4x1", "v00003": "2x1,4x1,6x1", "v00004": "2x3,4x2"}
"""The fourth has a table outside, number 4."""

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
    st.sampled_from(["rain", "clear"]).map(lambda condition: ("weather", condition)),
    st.tuples(st.sampled_from(list(VENUES)), st.integers(1, 2), st.integers(0, 24)).map(lambda one: ("group", one)),
    st.tuples(st.integers(0, 9), st.integers(1, 2), st.sampled_from([True, True, False])).map(
        lambda one: ("answer", one)
    ),
)
stories = st.lists(steps, max_size=60)


def told(story: list[tuple[str, Any]]) -> list[tuple[str, str, dict[str, Any]]]:
    """A story as (kind, topic, row): what the simulator writes, in order."""
    written: list[tuple[str, str, dict[str, Any]]] = []
    names: list[dict[str, Any]] = []
    groups: list[str] = []
    for number, (kind, detail) in enumerate(story):
        at = FRIDAY_10H + number * MINUTE
        if kind == "request":
            names.append(request_row(f"b{number:03}", at, **detail))
            written.append((kind, "bookings", names[-1]))
        elif kind == "tick":
            written.append((kind, "", {"at": EVENING + (detail - 2) * HOUR}))
        elif kind == "weather":
            written.append((kind, "environment", weather_row(f"w{number:03}", detail, at + 8 * HOUR)))
        elif kind == "group":
            groups.append(f"g{number:03}")
            written.append((kind, "requests", _group(groups[-1], at, *detail)))
        elif kind == "answer" and groups:
            told_by = {"group_id": groups[detail[0] % len(groups)], "user_id": f"m{detail[1]}", "accept": detail[2]}
            written.append((kind, "requests", question_row(f"a{number:03}", "booking.group_answer", at, **told_by)))
        elif names and kind != "answer":
            written.append(_about(kind, number, at, names[detail % len(names)]))
    return written


def _group(name: str, at: int, venue_id: str, members: int, quarter: int) -> dict[str, Any]:
    asked = {
        "user_id": "u0000003",
        "venue_id": venue_id,
        "start_time": iso(EVENING + quarter * 15 * MINUTE),
        "member_ids": [f"m{member}" for member in range(1, members + 1)],
    }
    return question_row(name, "booking.group", at, **asked)


def _about(kind: str, number: int, at: int, booked: dict[str, Any]) -> tuple[str, str, dict[str, Any]]:
    name, who = booked["booking_id"], {key: booked[key] for key in ("user_id", "venue_id")}
    row = {
        "cancel": cancel_row(f"c{number:03}", name, at, **who),
        "start": visit_row(f"s{number:03}", "visit.started", name, at, **who),
        "end": visit_row(f"e{number:03}", "visit.ended", name, at, **who),
        "again": booked,
    }[kind]
    return kind, "user_actions" if kind in ("start", "end") else "bookings", row

"""Laws of people: sessions, visits, reviews, recommendations."""

import datetime as dt
from typing import Any
from zoneinfo import ZoneInfo

from tests.laws.reading import Reading, Record

Moment = dt.datetime

DAY, DAYS = 1440, 7


def sessions_come_first(reading: Reading) -> list[str]:
    """Per user, session.started comes before any action in it, on the stream and in simulated time."""
    started: dict[str, Record] = {}
    broken = []
    for record in reading.of_topic("user_actions"):
        if record["event_type"] == "session.started":
            started[record["event_id"]] = record
            if record["session_id"] != record["event_id"]:
                broken.append(f"session {record['event_id']} names itself {record['session_id']}")
            continue
        session = record["session_id"]
        if session is None:
            continue
        begin = started.get(session)
        if begin is None:
            broken.append(f"{record['event_type']} {record['event_id']} in session {session} that had not started")
        elif begin["user_id"] != record["user_id"]:
            broken.append(f"{record['event_type']} {record['event_id']} in a session of somebody else")
        elif begin["simulation_time"] > record["simulation_time"]:
            broken.append(f"{record['event_type']} {record['event_id']} lies before its session")
    return broken


def visits_are_in_opening_hours(reading: Reading) -> list[str]:
    """Every visit starts and ends while its venue is open, and ends after it started."""
    venues = {record["venue_id"]: record.value for record in reading.of_topic("venues")}
    started: dict[str, Record] = {}
    broken = []
    for visit in reading.of_topic("user_actions", "visit.started", "visit.ended"):
        venue = venues.get(visit["venue_id"])
        if venue is None:
            broken.append(f"visit of unknown venue {visit['venue_id']}")
            continue
        if visit["event_type"] == "visit.started":
            started[visit["event_id"]] = visit
        elif visit["visit_id"] not in started:
            broken.append(f"visit {visit['visit_id']} ended without having started")
            continue
        at_end = visit["event_type"] == "visit.ended"
        if not is_open(venue, visit["simulation_time"], at_end=at_end):
            broken.append(f"{visit['event_type']} at {visit['venue_id']} {visit['simulation_time']}: it is closed")
    return broken


def is_open(venue: Any, moment: Moment, *, at_end: bool = False) -> bool:
    """Whether a venue is open at a moment; the closing minute itself still counts for who leaves."""
    local = moment.astimezone(ZoneInfo(venue["time_zone"]))
    minute = local.weekday() * DAY + local.hour * 60 + local.minute + local.second / 60
    for day, hours in enumerate(venue["opening_hours"].split(",")):
        opens, _, closes = hours.partition("-")
        if not opens:
            continue
        begin, end = day * DAY + int(opens), day * DAY + int(closes) + at_end
        if any(begin <= minute + shift < end for shift in (0, DAYS * DAY)):
            return True
    return False


def reviews_follow_visits(reading: Reading) -> list[str]:
    """Every review comes after a completed visit of the same user and venue."""
    ended: dict[str, Record] = {}
    broken = []
    for record in reading.of_topic("user_actions", "visit.ended", "review.submitted"):
        if record["event_type"] == "visit.ended":
            ended[record["visit_id"]] = record
            continue
        visit = ended.get(record["visit_id"])
        if visit is None:
            broken.append(f"review {record['event_id']} of a visit that had not ended")
        elif (visit["user_id"], visit["venue_id"]) != (record["user_id"], record["venue_id"]):
            broken.append(f"review {record['event_id']} of somebody else's visit, or of another venue")
        elif visit["simulation_time"] > record["simulation_time"]:
            broken.append(f"review {record['event_id']} lies before the end of its visit")
    return broken


def accepted_recommendations_were_generated(reading: Reading) -> list[str]:
    """Every accepted recommendation was generated for that user before."""
    generated = {item["event_id"]: item for item in reading.of_topic("recommendations", "recommendation.generated")}
    broken = []
    for record in reading.of_topic("user_actions", "recommendation.accepted"):
        item = generated.get(record["recommendation_id"])
        if item is None:
            broken.append(f"acceptance {record['event_id']} of a recommendation that was never generated")
        elif item["user_id"] != record["user_id"]:
            broken.append(f"acceptance {record['event_id']} of somebody else's recommendation")
        elif item["simulation_time"] > record["simulation_time"]:
            broken.append(f"acceptance {record['event_id']} lies before its recommendation")
    return broken

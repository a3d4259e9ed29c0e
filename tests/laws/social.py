"""Laws of what links people and records: answers to invitations, bookings honoured, causes told, ids used once."""

from tests.laws.reading import Reading, Record

ANSWERS = ("invite.accepted", "invite.declined", "invite.expired")


def answers_follow_invitations(reading: Reading) -> list[str]:
    """Every invitation is answered once at most, after it was sent, between the same two people."""
    sent = {record["invite_id"]: record for record in reading.of_topic("social_interactions", "invite.sent")}
    answered: set[str] = set()
    broken = []
    for answer in reading.of_topic("social_interactions", *ANSWERS):
        invite = sent.get(answer["invite_id"])
        name = f"{answer['event_type']} {answer['event_id']}"
        if invite is None:
            broken.append(f"{name} of an invitation that was never sent")
            continue
        if {invite["user_id"], invite["other_user_id"]} != {answer["user_id"], answer["other_user_id"]}:
            broken.append(f"{name} is by people who were not invited")
        if invite["simulation_time"] > answer["simulation_time"]:
            broken.append(f"{name} lies before its invitation")
        if answer["invite_id"] in answered:
            broken.append(f"{name}: invitation {answer['invite_id']} was answered before")
        answered.add(answer["invite_id"])
    return broken


def visits_honour_confirmed_bookings(reading: Reading) -> list[str]:
    """A visit that names a booking comes after its confirmation, at that venue, and no booking is honoured twice."""
    confirmed = {record["booking_id"]: record for record in reading.of_topic("bookings", "booking.confirmed")}
    honoured: set[tuple[str, str]] = set()
    broken = []
    for visit in reading.of_topic("user_actions", "visit.started"):
        booking = visit["booking_id"]
        if booking is None:
            continue
        found = confirmed.get(booking)
        if found is None:
            broken.append(f"visit {visit['event_id']} of booking {booking}, which was never confirmed")
            continue
        if found["venue_id"] != visit["venue_id"]:
            broken.append(f"visit {visit['event_id']} of booking {booking} at another venue")
        if found["simulation_time"] > visit["simulation_time"]:
            broken.append(f"visit {visit['event_id']} lies before the confirmation of booking {booking}")
        if (booking, visit["user_id"]) in honoured:
            broken.append(f"visit {visit['event_id']}: booking {booking} was honoured before by the same person")
        honoured.add((booking, visit["user_id"]))
    return broken


def causes_are_told(reading: Reading) -> list[str]:
    """Every cause that a record carries stands on ground_truth."""
    told = {record["cause_id"] for record in reading.of_topic("ground_truth")}
    unknown = {
        (record.topic, record["event_type"], record["cause_id"])
        for record in reading.records
        if record["cause_id"] is not None and record["cause_id"] not in told
    }
    return [
        f"{topic}: {event_type} has the cause {cause}, told nowhere" for topic, event_type, cause in sorted(unknown)
    ]


def no_id_is_used_again(reading: Reading) -> list[str]:
    """No two records of whatever topics and tellings share an event_id."""
    first: dict[str, Record] = {}
    broken = []
    for record in reading.records:
        other = first.setdefault(record["event_id"], record)
        if other is not record:
            places = [f"{one.topic} {one['event_type']} of branch {one['branch']}" for one in (other, record)]
            broken.append(f"event_id {record['event_id']}: {' and '.join(places)}")
    return broken

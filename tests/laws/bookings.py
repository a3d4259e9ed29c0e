"""Laws of reservations: one outcome each, and never more seats or tables than there are."""

from dataclasses import dataclass, field

from tests.laws.reading import Reading, Record

OUTCOMES = ("booking.confirmed", "booking.declined", "booking.expired")
RELEASES = ("booking.cancelled", "booking.no_show", "booking.completed")
SEATS = ("booking.confirmed", "booking.moved")
"""What gives tables to a booking; one that is moved gives back those it had."""


def every_request_has_one_outcome(reading: Reading, *, settled_before: object = None) -> list[str]:
    """Every outcome comes after exactly one request, and there is no second one.

    With ``settled_before`` (a simulated time) also: every request made before it has an outcome.
    """
    requests: dict[str, Record] = {}
    outcomes: dict[str, Record] = {}
    broken = []
    for record in reading.of_topic("bookings"):
        booking = record["booking_id"]
        if record["event_type"] == "booking.requested":
            if booking in requests or booking != record["event_id"]:
                broken.append(f"booking {booking} was requested twice, or is not named by its request")
            requests[booking] = record
        elif record["event_type"] in OUTCOMES:
            if booking not in requests:
                broken.append(f"{record['event_type']} of booking {booking} without a request before it")
            if booking in outcomes:
                broken.append(f"booking {booking} has two outcomes")
            outcomes[booking] = record
    if settled_before is not None:
        broken += [
            f"booking {booking} requested {request['simulation_time']} has no outcome"
            for booking, request in requests.items()
            if booking not in outcomes and request["simulation_time"] < settled_before
        ]
    return broken


@dataclass
class _Floor:
    """Reservations that hold tables of one venue."""

    held: dict[str, Record] = field(default_factory=dict)

    def overlapping(self, record: Record) -> list[Record]:
        begin, end = _span(record)
        return [other for other in self.held.values() if _span(other)[0] < end and begin < _span(other)[1]]


def _span(record: Record) -> tuple[float, float]:
    begin = record["start_time"].timestamp() / 60
    return begin, begin + record["duration_minutes"]


def never_over_capacity(reading: Reading) -> list[str]:
    """Per venue and moment, confirmed and moved reservations never take more seats than it has, nor a table twice."""
    seats = {record["venue_id"]: record["seats"] for record in reading.of_topic("venues")}
    floors: dict[str, _Floor] = {}
    broken = []
    for record in reading.of_topic("bookings"):
        floor = floors.setdefault(record["venue_id"], _Floor())
        if record["event_type"] in (*RELEASES, "booking.moved"):
            floor.held.pop(record["booking_id"], None)
        if record["event_type"] in SEATS:
            others = floor.overlapping(record)
            tables = set(record["tables"].split(","))
            if any(tables & set(other["tables"].split(",")) for other in others):
                broken.append(f"{record['venue_id']} {record['start_time']}: a table is taken twice")
            if record["seats"] < record["party_size"]:
                broken.append(f"booking {record['booking_id']} has fewer seats than people")
            if record["venue_id"] not in seats:
                broken.append(f"booking {record['booking_id']} is of the unknown venue {record['venue_id']}")
            elif _most_at_once(record, others) > seats[record["venue_id"]]:
                broken.append(f"{record['venue_id']} {record['start_time']}: more seats confirmed than it has")
            floor.held[record["booking_id"]] = record
    return broken


def _most_at_once(record: Record, others: list[Record]) -> int:
    begin, end = _span(record)
    moments = [begin, *(_span(other)[0] for other in others if begin <= _span(other)[0] < end)]
    return max(
        int(record["seats"]) + sum(int(o["seats"]) for o in others if _span(o)[0] <= moment < _span(o)[1])
        for moment in moments
    )


def codes_are_unique_while_live(reading: Reading) -> list[str]:
    """No two live reservations of a telling share a confirmation code."""
    live: dict[str, str] = {}
    codes: dict[str, str] = {}
    broken = []
    for record in sorted(reading.of_topic("bookings"), key=lambda item: item["simulation_time"]):
        booking = record["booking_id"]
        if record["event_type"] == "booking.confirmed":
            code = codes[booking] = record["confirmation_code"]
            if live.setdefault(code, booking) != booking:
                broken.append(f"bookings {live[code]} and {booking} share the code {code}")
        elif record["event_type"] in RELEASES and live.get(codes.get(booking, "")) == booking:
            del live[codes[booking]]
    return broken

"""What one telling of the city taught the recommender: people, places, who goes where, the weather, what is liked.

What people do is folded with the granularity of a simulated minute: what happened in a minute is known from the next
one on. That makes a recommendation depend on the order of its input and not on how it was batched.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple
from zoneinfo import ZoneInfo

import numpy as np

from services.recommender.domain.acceptance import Acceptance
from services.recommender.domain.clock import local_time
from services.recommender.domain.columns import Array, forget, tally
from services.recommender.domain.crowd import DIETS, INVITE_TIE, MEETING_TIE, ROW_TIE, Crowd, number
from services.recommender.domain.model import Model
from services.recommender.domain.occupancy import GONE, Occupancy
from services.recommender.domain.places import CATEGORIES, Places

MINUTE_US = 60_000_000
_LEAST_KM = 0.01
"""Of what an event is felt: a house."""


class Happening(NamedTuple):
    """Something somebody did that waits for its minute to pass; ``value`` are the stars of a review."""

    minute: int
    kind: str
    user_id: str
    venue_id: str
    value: int | None = None


class Gathering(NamedTuple):
    """A special event: where, how far it is felt, in km, and when, in µs; of a house its venue id."""

    latitude: float
    longitude: float
    radius_km: float
    starts_at: int
    ends_at: int
    name: str
    venue_id: str = ""


AFFINITY = {"visit.started": 2, "venue.liked": 1, "venue.saved": 1}
"""How many times an event counts as going to a venue."""

JUDGED = frozenset({"recommendation.accepted", "recommendation.ignored"})


@dataclass
class CityState:
    """State of one (run, branch)."""

    people: Crowd = field(default_factory=Crowd)
    places: Places = field(default_factory=Places)
    occupancy: Occupancy = field(default_factory=Occupancy)
    gatherings: dict[str, Gathering] = field(default_factory=dict)
    invites: dict[str, tuple[int, int]] = field(default_factory=dict)
    by_hour: Array = field(default_factory=lambda: np.zeros((CATEGORIES, 24), dtype=np.float32))
    condition: str = "clear"
    delay_minutes: float = 0.0
    latest_time: int = 0
    latest_minute: int = 0
    pending: list[Happening] = field(default_factory=list)
    model: Model = field(default_factory=Model)
    acceptance: Acceptance = field(default_factory=Acceptance)

    def put_venue(self, row: Mapping[str, object]) -> None:
        """Take the latest row of a venue."""
        self.places.put(row, DIETS)

    def put_social(self, row: Mapping[str, object]) -> None:
        """Friendships begin, and grow with invitations taken and tables shared."""
        people, kind = self.people, row["event_type"]
        if kind == "group.formed":
            members = [people.row(name) for name in str(row["member_ids"] or "").split(",") if name][:12]
            for place, one in enumerate(members):
                for other in members[place + 1 :]:
                    if one != other and people.are_friends(one, other):
                        people.befriend(one, other, MEETING_TIE)
            return
        if row["user_id"] is None or row["other_user_id"] is None:
            return
        one, other = people.row(str(row["user_id"])), people.row(str(row["other_user_id"]))
        if one == other:
            return
        if kind == "friend.accepted":
            people.befriend(one, other, ROW_TIE)
        elif kind == "invite.accepted" and people.are_friends(one, other):
            people.befriend(one, other, INVITE_TIE)

    def put_booking(self, row: Mapping[str, object]) -> None:
        """Tables that are taken, and tables that are free again."""
        kind = row["event_type"]
        if kind == "booking.confirmed":
            self.occupancy.confirm(self.places, row)
        elif kind in GONE:
            self.occupancy.release(str(row["booking_id"]))
        elif kind == "booking.requested" and row["user_id"] is not None and row["source"] == "simulator":
            minute = minute_of(int(number(row["simulation_time"])))
            self.pending.append(Happening(minute, str(kind), str(row["user_id"]), str(row["venue_id"])))

    def put_environment(self, row: Mapping[str, object]) -> None:
        """What the city does by itself."""
        kind, value = str(row["event_type"]), row["value"]
        if kind == "weather.changed":
            self.condition = str(row["condition"])
        elif kind == "traffic.changed":
            self.delay_minutes = number(row["delay_minutes"])
        elif kind.startswith("special_event."):
            self._gather(kind, row)
        place = self.places.index.get(str(row["venue_id"]))
        if place is None:
            return
        column, told = {
            "promotion.started": ("discount", number(value) if value is not None else 1.0),
            "promotion.ended": ("discount", 0.0),
            "venue.trending": ("trending", number(value)),
            "venue.availability_changed": ("seats_free", number(value)),
            "price.changed": ("price_tier", number(value)),
        }.get(kind, ("", 0.0))
        if column:
            self.places[column][place] = told

    def _gather(self, kind: str, row: Mapping[str, object]) -> None:
        name, venue = str(row["name"]), str(row["venue_id"] or "")
        if kind == "special_event.ended":
            now = int(number(row["simulation_time"]))
            over = {
                key for key, one in self.gatherings.items()
                if (one.name, one.venue_id) == (name, venue) and one.starts_at <= now
            }  # fmt: skip
            self.gatherings = {key: one for key, one in self.gatherings.items() if key not in over}
            return
        starts, ends = int(number(row["starts_at"])), int(number(row["ends_at"]))
        radius = max(number(row["radius_km"]), _LEAST_KM)
        place = number(row["latitude"]), number(row["longitude"])
        self.gatherings[f"{name}/{venue}/{starts}"] = Gathering(*place, radius, starts, ends, name, venue)

    def forget_past(self, time_us: int) -> None:
        """Drop what is over whatever was or was not told of its end; called on the hour."""
        self.occupancy.forget_before(time_us)
        self.gatherings = {key: one for key, one in self.gatherings.items() if one.ends_at >= time_us}

    def due(self, minute: int) -> list[Happening]:
        """Take out what happened before a simulated minute, in an order that does not depend on its arrival."""
        if not self.pending:
            return []
        due = [happening for happening in self.pending if happening.minute < minute]
        if due:
            self.pending = [happening for happening in self.pending if happening.minute >= minute]
            due.sort(key=lambda one: (one.minute, one.user_id, one.venue_id, one.kind, one.value or 0))
        return due

    def fold(self, happening: Happening) -> None:
        """Remember who went where, liked or ignored what."""
        venue = self.places.index.get(happening.venue_id)
        if venue is None:
            return
        people = self.people
        row = people.meet(happening.user_id)
        if happening.kind == "recommendation.ignored":
            tally(people["ignored"][row], people["ignored_times"][row], venue, 1)
            return
        weight = AFFINITY.get(happening.kind)
        if weight is None:
            return
        tally(people["went"][row], people["went_times"][row], venue, weight)
        forget(people["ignored"][row], people["ignored_times"][row], venue)
        self.places["visitors"][venue] += weight
        if happening.kind == "visit.started":
            hour = local_time(happening.minute * MINUTE_US, ZoneInfo(self.places.time_zone)).hour
            self.by_hour[self.places["category"][venue], hour] += 1
            hours = people["hours"][row]
            if hours[hour] == np.iinfo(np.uint8).max:
                hours //= 2
            hours[hour] += 1


def minute_of(time_us: int) -> int:
    """Simulated minute of a simulated time in microseconds."""
    return time_us // MINUTE_US

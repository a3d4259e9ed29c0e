"""Whatever people do, in whatever batches: never over capacity, one outcome a request, duplicates change nothing."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.adapters.memory import MemoryState
from services.booking.domain.floor import Claim
from services.booking.ports import Scope
from services.booking.processor import BookingProcessor
from tests import ledger
from tests.unit.booking.city import EVENING, HOUR, City, request_row, venue_row
from tests.unit.booking.stories import VENUES, stories, told

LIMITS = settings(max_examples=60, deadline=None)


def opened(city: City | None = None) -> City:
    rows = [venue_row(venue_id, tables, outdoor_seating=True) for venue_id, tables in VENUES.items()]
    return (city or City()).publish("venues", *rows).settle()


def live(city: City, story: list[tuple[str, Any]], at_once: int = 1_000_000, *, duplicates: bool = True) -> City:
    for kind, topic, row in told(story):
        if kind == "tick":
            city.settle(at_once).tick(row["at"])
        elif topic != "bookings":  # nothing orders one topic against another: what came before is decided first
            city.settle(at_once).publish(topic, row).settle(at_once)
        elif duplicates or kind != "again":
            city.publish(topic, row)
    return city.settle(at_once).tick(EVENING + 24 * HOUR)


@given(stories, st.sampled_from([1, 3, 1_000_000]))
@LIMITS
def test_the_ledger_holds_whatever_happens(story: list[tuple[str, Any]], at_once: int) -> None:
    city = live(opened(), story, at_once)
    assert ledger.violations(city.rows("bookings"), VENUES) == []


@given(stories)
@LIMITS
def test_the_same_records_in_other_batches_lead_to_the_same_decisions(story: list[tuple[str, Any]]) -> None:
    def outcomes(at_once: int) -> list[tuple[str, str, str]]:
        rows = live(opened(), story, at_once).rows("bookings")
        return sorted((r["booking_id"], r["event_type"], r["tables"] or "") for r in rows if r["source"] == "booking")

    assert outcomes(1) == outcomes(1_000_000)


@given(stories)
@LIMITS
def test_duplicates_change_nothing(story: list[tuple[str, Any]]) -> None:
    def outcomes(*, duplicates: bool) -> list[dict[str, Any]]:
        rows = live(opened(), story, duplicates=duplicates).rows("bookings")
        return [row for row in rows if row["source"] == "booking"]

    assert outcomes(duplicates=True) == outcomes(duplicates=False)


class ClaimAsAnIf(MemoryState):
    """Broken on purpose: what is claimed is looked up in a state that is never told of claims."""

    def claim(self, scope: Scope, claims: Any) -> None:
        del scope, claims

    def claims(self, scope: Scope, venue_ids: Any, since: int, until: int) -> list[Claim]:
        del scope, venue_ids, since, until
        return []


class Forgetful(MemoryState):
    """Broken on purpose: no inbox."""

    def fresh(self, scope: Scope, event_ids: Any, day: int = 0) -> set[str]:
        del scope, day
        return set(event_ids)


def test_the_ledger_finds_a_table_sold_twice() -> None:
    city = opened(City(BookingProcessor(ClaimAsAnIf())))
    for name in ("a", "b"):
        city.publish("bookings", request_row(name, venue_id="v00001")).settle()
    assert "table 1 of v00001 is sold to a and b" in ledger.violations(city.rows("bookings"), VENUES)


def test_the_ledger_finds_a_lost_request_and_a_second_outcome() -> None:
    rows = opened().publish("bookings", request_row("a", venue_id="v00001")).settle().rows("bookings")
    assert ledger.violations(rows[:1], VENUES) == ["request a has no outcome"]
    again = {**rows[1], "event_id": "another"}
    assert "booking a: booking.confirmed after booking.confirmed" in ledger.violations([*rows, again], VENUES)
    assert ledger.violations([*rows, {**rows[1], "seats": 99}], VENUES) == [
        f"event {rows[1]['event_id']} came twice and differs"
    ]

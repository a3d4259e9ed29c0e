"""All laws by name."""

from collections.abc import Callable, Mapping

from tests.laws import bookings, people, social, wire
from tests.laws.reading import Reading

LAWS: tuple[Callable[[Reading], list[str]], ...] = (
    people.sessions_come_first,
    people.visits_are_in_opening_hours,
    people.reviews_follow_visits,
    people.accepted_recommendations_were_generated,
    social.answers_follow_invitations,
    social.visits_honour_confirmed_bookings,
    social.causes_are_told,
    bookings.every_request_has_one_outcome,
    bookings.never_over_capacity,
    bookings.codes_are_unique_while_live,
    wire.time_never_goes_back,
    wire.keys_are_the_key_column_on_java_s_partition,
    wire.producers_keep_to_the_contract,
)


MOST = 5
"""Violations of one law that are named; the rest are counted."""


ORDER = frozenset({"time_never_goes_back", "sessions_come_first"})
"""Laws on the order in which records come."""

ORIGIN = frozenset({
    "sessions_come_first", "visits_are_in_opening_hours", "answers_follow_invitations", "reviews_follow_visits",
})  # fmt: skip
"""Laws that look for the record from which another follows."""

EXEMPT: Mapping[str, frozenset[str]] = {
    "late": ORDER | ORIGIN,  # one that is still held back when the reading ends is missing in it
    "reorder": ORDER | ORIGIN,
    "duplicate": frozenset(),
    "drop": ORIGIN,
    "corrupt": ORIGIN,
}
"""Laws that go where such a thing went wrong on purpose: they look at the records that are struck. All others hold."""


def exempt(reading: Reading) -> frozenset[str]:
    """Laws that hold no longer because of what ground_truth says went wrong: none unless it says so."""
    kinds = {record["name"] for record in reading.of_topic("ground_truth", "truth.imperfection")}
    return frozenset[str]().union(*(EXEMPT[kind] for kind in kinds))


def violations(reading: Reading) -> dict[str, list[str]]:
    """The laws broken in any telling of the city, each with its first violations and the number of the others.

    Imperfections that are labelled as such take the laws of `EXEMPT` away.
    """
    found: dict[str, list[str]] = {}
    for (run, branch), telling in reading.tellings().items():
        for law in LAWS:
            for broken in law(telling):
                found.setdefault(law.__name__, []).append(f"{run} branch {branch}: {broken}")
    if reading.differing_duplicates:
        found["duplicates_are_identical"] = reading.differing_duplicates
    if reused := social.no_id_is_used_again(reading):
        found["no_id_is_used_again"] = reused
    allowed = exempt(reading)
    return {law: _shortened(broken) for law, broken in found.items() if law not in allowed}


def _shortened(broken: list[str]) -> list[str]:
    return broken if len(broken) <= MOST else [*broken[:MOST], f"and {len(broken) - MOST} more"]

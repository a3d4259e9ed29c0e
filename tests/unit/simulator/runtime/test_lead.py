"""The city waits for the services that answer it, and only for them."""

from hypothesis import given
from hypothesis import strategies as st

from services.simulator.runtime.lead import Lead
from streamkit.positions import Positions

READERS = {"booking": frozenset({"bookings"}), "recommender": frozenset({"bookings", "user_actions"})}
PLACES = [("bookings", 0), ("bookings", 1), ("user_actions", 0), ("ground_truth", 0)]


def test_a_service_that_was_never_heard_of_holds_the_city_at_the_lead() -> None:
    lead = Lead(READERS, first_tick=0)
    for tick in range(6):
        lead.published(tick, {("bookings", 0): tick + 1})
    assert lead.holding(4, max_lead=5) == ()
    assert lead.holding(5, max_lead=5) == ("booking", "recommender")
    assert lead.silent() == ("booking", "recommender")


def test_topics_that_a_service_does_not_read_and_empty_partitions_hold_nobody() -> None:
    lead = Lead(READERS, first_tick=0)
    for tick in range(20):
        lead.published(tick, {("user_actions", 0): tick + 1, ("ground_truth", 0): 7})
    assert lead.holding(20, max_lead=1) == ("recommender",)


def test_two_instances_add_up_and_an_older_report_takes_nothing_back() -> None:
    lead = Lead(READERS, first_tick=0)
    lead.published(0, {("bookings", 0): 10, ("bookings", 1): 20})
    lead.progressed("booking", {("bookings", 0): 10})
    assert lead.ahead(1)["booking"] == 2
    lead.progressed("booking", {("bookings", 1): 20})
    lead.progressed("booking", {("bookings", 0): 3})
    assert lead.ahead(1)["booking"] == 1


@given(
    st.lists(st.dictionaries(st.sampled_from(PLACES), st.integers(1, 5), max_size=4), min_size=1, max_size=20),
    st.data(),
)
def test_the_lead_is_the_number_of_ticks_not_wholly_covered(
    written: list[dict[tuple[str, int], int]], data: st.DataObject
) -> None:
    lead, ends, history = Lead(READERS, first_tick=0), Positions(), []
    for tick, added in enumerate(written):
        for place, count in added.items():
            ends[place] = ends.get(place, 0) + count
        history.append(dict(ends))
        lead.published(tick, dict(ends))
    reached = {place: data.draw(st.integers(0, end)) for place, end in ends.items()}
    lead.progressed("recommender", reached)
    covered = 0
    for needed in history:
        if any(reached.get(place, 0) < end for place, end in needed.items() if place[0] != "ground_truth"):
            break
        covered += 1
    assert lead.ahead(len(written) - 1)["recommender"] == len(written) - covered
    lead.progressed("recommender", ends)
    assert (
        lead.holding(len(written), max_lead=1) == ("booking",)
        if any(place[0] == "bookings" for place in ends)
        and len(written) >= 1
        and lead.ahead(len(written))["booking"] > 1
        else lead.holding(len(written), 1) == ()
    )

"""Who takes part in a snapshot, and who is behind."""

from services.simulator.runtime.partners import HEARD_SECONDS, Partners

NAMES = ("booking", "analytics")


def test_a_service_that_nobody_heard_of_takes_part_only_if_it_is_needed() -> None:
    partners = Partners(("booking",))
    assert partners.present(NAMES, 100.0) == ("booking",)
    partners.progressed("analytics", {("bookings", 0): 3}, 100.0)
    assert partners.present(NAMES, 100.0 + HEARD_SECONDS) == NAMES
    assert partners.present(NAMES, 101.0 + HEARD_SECONDS) == ("booking",)


def test_a_service_is_behind_until_it_has_processed_every_end_of_what_it_tells_of() -> None:
    partners = Partners(("booking",))
    ends = {("bookings", 0): 5, ("venues", 0): 2}
    assert partners.behind({"booking": ends}) == ("booking",)
    partners.progressed("booking", {("bookings", 0): 5}, 0.0)
    assert partners.behind({"booking": ends}) == ("booking",), "one that is needed tells of all it reads"
    partners.progressed("booking", {("venues", 0): 2}, 0.0)
    assert partners.behind({"booking": ends}) == ()


def test_what_an_optional_service_reads_beside_its_group_is_not_waited_for() -> None:
    partners = Partners(("booking",))
    partners.progressed("analytics", {("bookings", 0): 4}, 0.0)
    ends = {("bookings", 0): 5, ("venues", 0): 2}
    assert partners.behind({"analytics": ends}) == ("analytics",)
    partners.progressed("analytics", {("bookings", 0): 5}, 0.0)
    assert partners.behind({"analytics": ends}) == ()

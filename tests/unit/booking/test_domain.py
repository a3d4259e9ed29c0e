from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.booking.data_files import load_policy
from services.booking.domain.booking import TRANSITIONS, Booking, IllegalTransitionError, Origin, Request, Status
from services.booking.domain.codes import LETTERS, confirmation_code
from services.booking.domain.floor import Claim, Floor
from services.booking.domain.hours import iso, parse_hours, parse_iso
from services.booking.domain.policy import MINUTE_US, slots_of
from services.booking.domain.tables import Tables, options, parse_tables
from services.booking.fail_points import fail_at
from streamkit.errors import ConfigurationError
from tests.unit.booking.city import FRIDAY_10H, HOUR

REQUEST = Request("b", "v", "u", 2, 0, 0, 0, "user")


def booking(status: Status) -> Booking:
    return Booking(REQUEST, Origin("dining", "new_york", None), status)


@pytest.mark.parametrize("before", Status)
@pytest.mark.parametrize("after", Status)
def test_every_transition_that_is_not_listed_is_refused(before: Status, after: Status) -> None:
    if after in TRANSITIONS[before]:
        assert booking(before).to(after).status is after
    else:
        with pytest.raises(IllegalTransitionError):
            booking(before).to(after)


def test_tables_are_counted_smallest_first() -> None:
    assert parse_tables("4x1, 2x2").sizes == (2, 2, 4)
    assert parse_tables("").sizes == ()


@pytest.mark.parametrize("text", ["2", "x", "0x1", "2x", "2x1;4x1", "2x9999"])
def test_tables_that_cannot_be_read_are_named(text: str) -> None:
    with pytest.raises(ValueError, match="tables"):
        parse_tables(text)


sizes = st.lists(st.sampled_from([2, 2, 4, 6, 8]), max_size=8).map(lambda found: Tables(tuple(sorted(found))))


@given(sizes, st.integers(1, 20))
def test_every_option_seats_the_party_and_the_first_single_wastes_least(tables: Tables, party: int) -> None:
    found = options(tables, party, 3)
    assert all(option.seats >= party for option in found)
    assert all(sum(tables.sizes[number - 1] for number in option.tables) == option.seats for option in found)
    fitting = [size for size in tables.sizes if size >= party]
    assert bool(found) == bool(fitting or sum(sorted(tables.sizes)[-2:]) >= party)
    if fitting:
        assert found[0].seats == min(fitting)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(0, 40), st.integers(1, 10)), max_size=60))
def test_a_floor_never_gives_a_table_twice(wishes: list[tuple[int, int, int]]) -> None:
    floor = Floor(Tables((2, 4, 6)), base=0, until=96)
    given_out: set[tuple[int, int]] = set()
    for party, first, count in wishes:
        option = floor.offer(party, first, count, 3)
        for table in option.tables if option else ():
            floor.take(Claim("b", "v", table, first, count))
            slots = {(table, slot) for slot in range(first, first + count)}
            assert not slots & given_out
            given_out |= slots


def test_a_table_that_is_left_is_free_again() -> None:
    floor, claim = Floor(Tables((2,)), base=10, until=96), Claim("b", "v", 1, 12, 4)
    floor.take(claim)
    with pytest.raises(ValueError, match="taken"):
        floor.take(claim)
    floor.leave(claim)
    assert floor.offer(2, 12, 4, 3) is not None


def test_hours_past_midnight_belong_to_the_day_before() -> None:
    hours = parse_hours("-,-,-,-,1020-1560,-,-", "America/New_York")
    opening = FRIDAY_10H + 7 * HOUR
    assert hours.zone == ZoneInfo("America/New_York")
    assert hours.closes_in(opening - 1) is None
    assert hours.closes_in(opening) == 540
    assert hours.closes_in(opening + 8 * HOUR) == 60
    assert hours.closes_in(opening + 9 * HOUR) is None


@pytest.mark.parametrize("text", ["660-1380", "a-b," * 6 + "-", ",".join(["900-600"] * 7), ",".join(["0-9999"] * 7)])
def test_hours_that_cannot_be_read_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="opening_hours"):
        parse_hours(text, "America/New_York")


@given(st.integers(0, 2_000_000_000))
def test_a_moment_survives_being_printed(second: int) -> None:
    assert parse_iso(iso(second * 1_000_000)) == second * 1_000_000


def test_a_reservation_touches_every_slot_it_overlaps() -> None:
    assert slots_of(14 * MINUTE_US, 90) == (0, 7)
    assert slots_of(15 * MINUTE_US, 90) == (1, 6)


@given(st.integers(1, 100), st.integers(1, 100))
def test_larger_parties_stay_at_least_as_long(one: int, other: int) -> None:
    small, large = sorted((one, other))
    assert load_policy().dwell(small) <= load_policy().dwell(large) <= 150


@given(st.text(max_size=30), st.integers(0, 9))
def test_a_code_is_easy_to_say_and_always_the_same(name: str, attempt: int) -> None:
    code = confirmation_code("run", 0, name, attempt)
    assert code == confirmation_code("run", 0, name, attempt)
    assert code != confirmation_code("run", 1, name, attempt)
    assert set(code.replace("-", "")) <= set(LETTERS)
    assert len(code) == 7


def test_a_fail_point_that_does_not_exist_is_refused_and_none_is_inert() -> None:
    with pytest.raises(ConfigurationError, match="befor_commit"):
        fail_at("befor_commit")
    fail_at("")("before_commit")
    fail_at("after_poll:9")("before_commit")
    fail_at("stop@after_poll")("before_commit")

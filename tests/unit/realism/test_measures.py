"""Statistics of cities so small that the answer is known without computing it."""

import networkx as nx
import numpy as np
import polars as pl
import pytest

from cli.realism.city import DAY, HOUR, MINUTE, NotMeasuredError
from cli.realism.measures import (
    calendar_days,
    choice,
    friends,
    funnel,
    influence,
    lifetimes,
    opinions,
    places,
    rhythm,
    tables,
    weather_and_crowds,
)
from tests.unit.realism.told import START, acts, at, bookings, city, pairs, people, venues, visits


def test_events_are_bursty_within_whole_windows_of_28_days_only() -> None:
    steady = [START + day * DAY for day in range(56)]
    later = [START + 57 * DAY + minute * MINUTE for minute in range(30)]
    windows, unmet = rhythm.burst_windows(city(60, visits=visits([0] * 86, [0] * 86, steady + later)), "visits")
    assert windows == pytest.approx([-1.0, -1.0])
    assert unmet == ""


def test_a_fortnight_is_told_to_be_shorter_than_the_window() -> None:
    told = city(14, visits=visits([0] * 20, [0] * 20, [START + hour * HOUR for hour in range(20)]))
    assert rhythm.t2(told).unmet == "14.0 days told, the window is 28"


def test_an_hour_of_silence_ends_a_session() -> None:
    times = [0, 10, 60, 121, 200, 400]
    found = rhythm.t18(city(actions=acts([0] * 6, [START + one * MINUTE for one in times])))
    assert found.values == pytest.approx({"single": 0.75, "mean": 1.5})


def test_hours_are_those_of_the_city() -> None:
    hours = [*range(24), 19, 19, 19, 19, 19, 19]
    found = calendar_days.t8(city(visits=visits([0] * 30, [0] * 30, [START + hour * HOUR for hour in hours])))
    assert found.values == pytest.approx({"peak_to_trough": 7.0, "night": 3 / 30})
    assert found.note == "peak at 19 h"


def test_an_hour_without_check_ins_counts_as_one_with_a_single_one() -> None:
    found = calendar_days.t8(city(visits=visits([0] * 9, [0] * 9, [START + 19 * HOUR] * 9)))
    assert found.values == pytest.approx({"peak_to_trough": 9.0, "night": 0.0})


def test_a_weekend_day_counts_against_a_weekday() -> None:
    moments = [START + day * DAY + 12 * HOUR for day in range(14) for _ in range(3 if day % 7 >= 5 else 2)]
    found = calendar_days.t11(city(14, visits=visits([0] * len(moments), [0] * len(moments), moments)))
    assert found.values == pytest.approx({"all": 1.5, "restaurants": 1.5})


def test_the_week_of_a_restaurant_is_relative_to_its_own_mean_and_a_table_counts_once() -> None:
    rows = [(0, day) for day in range(14)] + [(1, day) for day in (5, 12)]
    moments = [START + day * DAY + 19 * HOUR for _, day in rows]
    told = visits([one for one, _ in rows], [0] * 16, moments, booking_id=[str(day) for _, day in rows])
    found = calendar_days.t12(city(14, visits=told))
    assert set(found.values.values()) == {1.0}
    apart = visits([one for one, _ in rows], [0] * 16, moments)
    assert calendar_days.t12(city(14, visits=apart)).values["sat"] == pytest.approx(4 / (32 / 14))


def test_displacements_and_bands_leave_out_staying() -> None:
    told = city(visits=visits([0] * 5, [0, 0, 9, 9, 0], [START + hour * HOUR for hour in range(5)]))
    assert places.s1(told).values["median_km"] == pytest.approx(10.0, abs=0.1)
    assert places.s2(told).values["to_20"] + places.s2(told).values["to_10"] == 1.0


def test_going_always_to_the_next_place_is_a_steep_rule_of_rank() -> None:
    here = [number % 40 for number in range(400)]
    told = city(visits=visits([0] * 400, here, [START + hour * HOUR for hour in range(400)]), venues=venues(40))
    assert places.s4(told).values["exponent"] > 2


def test_half_the_visits_are_to_new_places() -> None:
    there = [number // 2 for number in range(60)]
    found = places.s10(city(visits=visits([0] * 60, there, [START + hour * HOUR for hour in range(60)])))
    assert found.values == pytest.approx({"overall": 0.5, "later": 0.5})


def test_places_seen_twice_are_familiar() -> None:
    there = [0, 0, 1, 1, 2, *range(10, 30)]
    found = places.s12(city(visits=visits([0] * 25, there, [START + hour * HOUR for hour in range(25)])))
    assert found.values == {"places": 2.0}


def test_a_ring_of_friends_has_the_degree_and_paths_of_a_ring() -> None:
    ring = nx.convert_node_labels_to_integers(nx.cycle_graph(21))
    told = city(
        people=21, users=people(21, np.random.default_rng(1)), friends=pairs(list(ring.edges)), ties=pairs([], [])
    )
    assert friends.f1(told).values == {"mean": 2.0}
    assert friends.f3(told).values == {"local": 0.0, "transitivity": 0.0}
    assert friends.f5(told).note == "5.50 among 21"


def test_a_new_friendship_closes_a_triangle_only_with_a_friend_in_common() -> None:
    told = city(
        friends=pairs([(0, 1), (1, 2), (3, 4)]), ties=pairs([(0, 2), (0, 3), (5, 6)], [START, START + 1, START + 2])
    )
    found = friends.f6(told)
    assert (found.values, found.n) == ({"share": 0.5}, 2)


def test_friends_who_met_had_been_to_the_same_place_before() -> None:
    told = city(
        visits=visits([0, 1, 2, 3], [5, 5, 6, 6], [START, START, START, START + 9 * HOUR]),
        ties=pairs([(0, 1), (2, 3)], [START + HOUR, START + HOUR]),
    )
    assert influence.f7(told).values == {"share": 0.5}


def test_people_who_follow_their_friends_are_moved_by_them() -> None:
    rng = np.random.default_rng(6)
    first = rng.integers(0, 200, 400)
    start = START + np.sort(rng.integers(0, 50 * DAY, 400))
    user = [0] * 400 + [1] * 400
    told = city(
        visits=visits(user, [*first.tolist(), *first.tolist()], [*start.tolist(), *(start + HOUR).tolist()]),
        friends=pairs([(0, 1)]),
        ties=pairs([], []),
    )
    assert influence.f9(told).values["excess"] > 0.05


def test_answers_are_counted_by_the_clock() -> None:
    seconds = [60.0] * 50 + [7_200.0] * 30 + [200_000.0] * 20
    table = pl.DataFrame({"user": 0, "t": START, "accepted": [True] * 80 + [False] * 20, "seconds": seconds})
    told = city(answers=table)
    assert influence.f11(told).values["within_hour"] == 0.5
    assert influence.f11(told).values["within_day"] == 0.8
    assert influence.f13(told).values == pytest.approx({"accepted": 0.8, "declined": 0.2})


def test_the_best_tenth_of_places_is_counted_among_those_with_ten_visits() -> None:
    there = [0] * 40 + [one for place in range(1, 10) for one in [place] * 20] + [11]
    found = choice.c1(city(visits=visits([0] * len(there), there, list(range(START, START + len(there))))))
    assert found.values["top_10"] == pytest.approx(40 / 220)
    assert found.unmet.startswith("10 places")


def test_an_elasticity_is_recovered_from_price_changes() -> None:
    user, venue, t, spend = [], [], [], []
    for place in range(12):
        ratio = 1.0 + 0.05 * (place + 1)
        for side, count, bill in ((0, 400, 1_000), (1, round(400 * ratio**-0.8), round(1_000 * ratio))):
            user += [0] * count
            venue += [place] * count
            t += [START + (20 + 10 * side) * DAY + number for number in range(count)]
            spend += [bill] * count
    steady = 200_000
    user, venue, spend = user + [0] * steady, venue + [99] * steady, spend + [1_000] * steady
    t += [START + (20 + 10 * (number % 2)) * DAY + number for number in range(steady)]
    told = city(
        visits=visits(user, venue, t, spend=spend, party_size=[1] * len(user)),
        prices=pl.DataFrame({"t": START + 25 * DAY, "venue": pl.Series(range(12), dtype=pl.UInt32), "value": 3.0}),
    )
    assert choice.c5(told).values["elasticity"] == pytest.approx(-0.8, abs=0.05)


def test_rain_halves_the_share_of_terraces() -> None:
    t = [START + 12 * HOUR + number for number in range(100)] + [START + 36 * HOUR + number for number in range(100)]
    there = [0] * 40 + [1] * 60 + [0] * 20 + [1] * 80
    weather = pl.DataFrame(
        {"t": [START, START + DAY], "condition": ["clear", "rain"], "celsius": [20.0, 15.0], "rain_mm": [0.0, 1.0]}
    )
    told = city(visits=visits([0] * 200, there, t), venues=venues(2, outdoor_seating=[True, False]), weather=weather)
    assert weather_and_crowds.c8(told).values == pytest.approx({"outdoors": 0.5, "food": 1.0})


def test_a_game_lifts_the_places_beside_it() -> None:
    there = [0] * 10 + [0] * 10 + [0] * 15 + [50] * 30
    weeks = [0] * 10 + [2] * 10 + [1] * 15 + [0, 1, 2] * 10
    t = [START + week * 7 * DAY + 19 * HOUR + number for number, week in enumerate(weeks)]
    events = pl.DataFrame(
        {
            "name": ["Park"],
            "latitude": [40.7],
            "longitude": [-73.95],
            "crowd": [40_000],
            "starts_at": [START + 7 * DAY + 19 * HOUR],
            "ends_at": [START + 7 * DAY + 22 * HOUR],
        }
    )
    more = venues(51, latitude=[40.7] + [40.73] * 50)
    found = weather_and_crowds.c12(city(21, visits=visits([0] * 65, there, t), venues=more, events=events))
    assert found.values == pytest.approx({"uplift": 0.5, "decay": 0.5})


def test_days_ahead_are_those_of_the_calendar() -> None:
    late = START + 23 * HOUR
    told = bookings(t=[late] * 4, start=[late + 30 * MINUTE, late + 2 * HOUR, late + 7 * DAY, late + 40 * DAY])
    found = tables.b1(city(bookings=told))
    assert found.values == {"same_day": 0.25, "within_1": 0.5, "within_7": 0.75, "within_14": 0.75, "beyond_30": 0.25}


def test_larger_parties_that_book_earlier_are_seen() -> None:
    lead = [*range(1, 51), *range(3, 153, 3)]
    told = bookings(
        t=[START] * 100, start=[START + one * HOUR for one in lead], party_size=[2] * 50 + [6] * 50, user=range(100)
    )
    found = tables.b3(city(people=100, bookings=told))
    assert found.values["six_to_two"] == pytest.approx(3.0)
    assert found.values["rho"] > 0.4


def test_no_shows_of_sixty_days_become_those_of_a_year() -> None:
    guests = 1_000
    rng = np.random.default_rng(8)
    missed = np.flatnonzero(rng.random(guests) < 0.03).tolist()
    told = city(
        people=guests,
        visits=visits(list(range(guests)), [0] * guests, [START] * guests),
        bookings=bookings(
            user=missed, t=[START] * len(missed), start=[START] * len(missed), no_show=[True] * len(missed)
        ),
    )
    assert tables.b10(told).values["yearly"] == pytest.approx(1 - np.exp(-len(missed) / guests * 365.25 / 60), abs=0.02)


def test_a_session_with_a_request_is_a_conversion_and_an_empty_one_ends_on_its_first_page() -> None:
    sessions = at({"user": [0] * 4, "t": [START + hour * HOUR for hour in range(4)], "seconds": [60] * 4})
    rows = acts([0, 0, 0], [START, START + 1, START + HOUR], "venue.viewed").with_columns(
        pl.Series("session", [0, 0, 1], dtype=pl.UInt32),
        pl.Series("kind", ["venue.viewed", "booking.requested", "venue.viewed"]),
    )
    told = city(sessions=sessions.with_row_index("session"), actions=rows)
    assert funnel.b13(told).values == {"share": 0.25}
    assert funnel.b16(told).values["zero_length"] == 0.5


def test_stars_have_the_shape_of_a_j() -> None:
    rating = [1] * 15 + [2] * 5 + [3] * 10 + [4] * 20 + [5] * 50
    table = pl.DataFrame({"user": 0, "venue": 0, "t": START, "rating": rating, "booked": [True, False] * 50})
    told = city(reviews=table)
    assert opinions.r2(told).values == {"shape": 1.0}
    assert opinions.r1(told).values == pytest.approx({"five": 0.5, "four": 0.2, "one": 0.15, "four_up": 0.7})
    assert opinions.r3(told).values == pytest.approx({"mean": 3.85})


def test_retention_is_of_the_day_itself() -> None:
    joined = at({"user": [0, 1, 2, 3], "t": [START + HOUR] * 4}).with_columns(pl.col("user").cast(pl.UInt32))
    back = at({"user": [0, 1, 0, 2], "t": [START + DAY, START + DAY, START + 7 * DAY, START + 29 * DAY]})
    told = city(registrations=joined, sessions=back.with_columns(pl.col("user").cast(pl.UInt32)))
    assert lifetimes.l1(told).values == {"day_1": 0.5, "day_7": 0.25, "day_30": 0.0}


def test_the_shape_of_lifetimes_is_recovered_behind_the_end_of_the_data() -> None:
    rng = np.random.default_rng(10)
    size = 3_000
    joined = START + (rng.random(size) * 20 * DAY).astype(np.int64)
    last = joined + (20 * rng.weibull(0.6, size) * DAY + HOUR).astype(np.int64)
    told = city(80, size)
    seen = np.minimum(last, told.end_us - 1)
    rows = acts([*range(size), *range(size)], [*joined.tolist(), *seen.tolist()])
    table = at({"user": range(size), "t": joined}).with_columns(pl.col("user").cast(pl.UInt32))
    told = city(80, size, actions=rows, registrations=table)
    assert lifetimes.l4(told).values["shape"] == pytest.approx(0.6, abs=0.05)


def test_unequal_customers_have_a_small_shape() -> None:
    rng = np.random.default_rng(11)
    size = 800
    counts = 1 + rng.poisson(rng.gamma(0.3, 10.0, size))
    user = np.repeat(np.arange(size), counts).tolist()
    t = (START + rng.random(len(user)) * 40 * DAY).astype(np.int64).tolist()
    table = at({"user": range(size), "t": [START] * size}).with_columns(pl.col("user").cast(pl.UInt32))
    told = city(60, size, visits=visits(user, [0] * len(user), t), registrations=table)
    assert 0.1 < lifetimes.l6(told).values["r"] < 0.7
    assert lifetimes.l5(told).values["share"] == pytest.approx(float((counts == 1).mean()), abs=0.03)


def test_what_has_no_data_says_so() -> None:
    with pytest.raises(NotMeasuredError, match="no visits in the data"):
        calendar_days.t8(city())
    with pytest.raises(NotMeasuredError, match="nobody answered"):
        influence.f11(city(answers=pl.DataFrame({"seconds": pl.Series([], dtype=pl.Int64)})))

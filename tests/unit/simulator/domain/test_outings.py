"""Going out: on to the next place, to the counter, to the game; how unequally, and in which streets."""

from dataclasses import replace

import numpy as np
import pytest

from services.simulator.domain.attendance import attend
from services.simulator.domain.behaviour import _pace
from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.draws import Draws
from services.simulator.domain.events import Kind
from services.simulator.domain.geography import kilometres
from services.simulator.domain.onward import go_on
from services.simulator.domain.running import hold
from services.simulator.domain.sessions import keenness, open_sessions
from services.simulator.domain.specification import CONDITIONS
from services.simulator.domain.turn import Turn
from services.simulator.domain.venues import make_venues
from services.simulator.domain.visits import _at_the_counter, _takes_away, cold_factor
from services.simulator.domain.ways import way
from services.simulator.domain.weather_orders import Forced, force_weather
from tests.unit.simulator.domain.neighbours import START, data, make_city

RATES = data().world.outings
STADIUM = (40.8296, -73.9262)


def _after_dinner(users: int = 3000) -> tuple[Turn, np.ndarray]:
    """People whose visits end now, at dinner, each at some place, because of cause 3."""
    turn = make_city(users, venues=300)._turn(0, (), ())
    who = np.arange(users)
    rows = turn.events.add(Kind.VISIT_ENDED, np.full(users, turn.start), who)
    rows["venue"], rows["size"], rows["cause"] = who % 300, 2 + who % 6, 3
    rows["ref_high"], rows["ref_low"] = who, who + 7
    return turn, np.asarray(rows)


def _away(turn: Turn, one: np.ndarray, two: np.ndarray) -> np.ndarray:
    venues = turn.state.venues
    latitude, longitude = venues["latitude"], venues["longitude"]
    return kilometres(latitude[one], longitude[one], latitude[two], longitude[two])


def test_a_share_of_visits_leads_to_another_place_close_by_soon_and_for_the_same_cause() -> None:
    turn, ended = _after_dinner()
    go_on(turn, ended)
    gone = turn.state.pools["arrivals"].rows
    share = RATES.onward_share * RATES.onward_dinner
    assert 0.8 * share < len(gone) / len(ended) < 1.1 * share
    before = ended["venue"][gone["user"]]
    assert (gone["venue"] != before).all()
    km = _away(turn, gone["venue"], before)
    idle = (gone["time"] - turn.end - way(turn, km)) / MINUTE
    assert idle.min() >= RATES.onward_minutes[0] - 1e-6
    assert idle.max() <= RATES.onward_minutes[1]
    assert (gone["cause"] == 3).all()
    assert (gone["from_low"] == gone["user"] + 7).all()
    assert gone["size"].max() <= 4
    elsewhere = _away(turn, np.roll(gone["venue"], 1), before)
    assert np.median(_away(turn, gone["venue"], before)) < 0.5 * np.median(elsewhere)
    assert (turn.hours.minutes_left(gone["venue"].astype(np.int64), gone["time"]) > 0).all()


def test_fewer_go_on_after_a_table_they_had_reserved() -> None:
    turn, ended = _after_dinner()
    ended["also_low"] = 1
    go_on(turn, ended)
    gone = turn.state.pools["arrivals"].rows
    share = RATES.onward_share * RATES.onward_dinner * RATES.onward_reserved
    assert 0.8 * share < len(gone) / len(ended) < 1.1 * share


def test_nobody_goes_on_who_is_expected_elsewhere() -> None:
    turn, ended = _after_dinner(400)
    rows = turn.state.pools["arrivals"].empty(400)
    rows["user"], rows["time"] = np.arange(400), turn.end + 30 * MINUTE
    turn.state.pools["arrivals"].add(rows)
    go_on(turn, ended)
    assert len(turn.state.pools["arrivals"]) == 400


def test_food_is_taken_away_from_counters_and_never_from_a_reserved_table() -> None:
    turn, _ = _after_dinner()
    rows = turn.state.pools["arrivals"].empty(3000)
    rows["user"], rows["venue"] = np.arange(3000), np.arange(3000) % 300
    shares = _takes_away(turn, rows)
    category = turn.state.venues["category"][rows["venue"]]
    for number, kind in enumerate(data().world.categories.values()):
        found = shares[category == number]
        assert abs(found.mean() - kind.takeaway) < 4 * np.sqrt(0.25 / len(found)) + 0.01
    rows["booking_low"] = 1
    assert not _takes_away(turn, rows).any()
    minutes = _at_the_counter(turn, np.arange(3000))
    assert abs(np.median(minutes) / RATES.takeaway_median_minutes - 1) < 0.1


@pytest.mark.parametrize("start", ["2026-01-20T18:00", "2026-07-20T18:00"])
def test_people_stay_longer_when_it_is_cold(start: str) -> None:
    moment = int(np.datetime64(start, "us").astype(int))
    factor = cold_factor(make_city(5, start=moment)._turn(0, (), ()))
    assert 0.7 <= factor <= 1.3
    assert (factor > 1) == (start[5:7] == "01")


def _crowd(size: int, people: int = 20_000) -> tuple[Turn, np.ndarray]:
    """Arrivals because of an event in the afternoon, which begins in two and a half hours."""
    turn = make_city(people, venues=300, start=START - 4 * HOUR)._turn(0, (), ())
    row = turn.state.pools["gatherings"].empty(1)
    row["number"], row["crowd"], row["low"] = 5, size, 9
    row["latitude"], row["longitude"] = STADIUM
    row["starts"] = turn.start + int(RATES.crowd_before_minutes[0] * MINUTE)
    row["ends"] = row["starts"] + 3 * HOUR
    turn.state.pools["gatherings"].rows = row
    attend(turn)
    return turn, np.asarray(turn.state.pools["arrivals"].rows)


def test_part_of_a_stadiums_crowd_eats_near_it_before_or_after_the_game() -> None:
    turn, gone = _crowd(48_000)
    expected = 20_000 * 48_000 / RATES.city_people * RATES.stadium_dining
    assert 0.6 * expected < len(gone) < 1.3 * expected  # some are not free, or find nothing open
    row = turn.state.pools["gatherings"].rows[0]
    venues = turn.state.venues
    away = kilometres(venues["latitude"][gone["venue"]], venues["longitude"][gone["venue"]], *STADIUM)
    assert away.max() < RATES.crowd_km
    early = gone["time"] < row["starts"]
    assert (early | (gone["time"] > row["ends"])).all()
    assert 0.3 < early.mean() < 0.9
    assert (gone["from_low"] == 9).all()


def test_an_indoor_arena_sends_hardly_anybody_and_a_crowd_sets_out_once() -> None:
    assert len(_crowd(18_000)[1]) < 0.3 * len(_crowd(48_000)[1])
    turn, gone = _crowd(48_000)
    turn.state.pools["gatherings"].rows["starts"] -= 10 * MINUTE
    attend(turn)
    assert len(turn.state.pools["arrivals"]) == len(gone)


def test_people_go_out_very_unequally_at_the_same_mean_and_in_spells() -> None:
    city = make_city(20_000)
    keen = keenness(city._turn(0, (), ()))
    rates = data().world.outings
    spread = np.hypot(rates.rate_log_sd, rates.spell_log_sd)
    assert np.log(keen).std() == pytest.approx(spread, rel=0.03)
    assert np.log(keen).mean() == pytest.approx(-(spread**2) / 2, abs=0.1)  # of the log-normal whose mean is one
    assert np.quantile(keen, 0.9) > 12 * np.quantile(keen, 0.2)
    assert (keenness(city._turn(30, (), ())) == keen).all()
    later = keenness(city._turn(3 * 24 * 60, (), ()))
    assert 0.15 < np.corrcoef(np.log(keen), np.log(later))[0, 1] < 0.85


def test_everybody_acts_at_a_pace_of_their_own() -> None:
    city, who = make_city(5000), np.arange(5000)
    pace = _pace(city._turn(0, (), ()), who)
    assert (pace == _pace(city._turn(77, (), ()), who)).all()
    assert abs(np.median(pace) - 1) < 0.05
    assert abs(np.log(pace).std() - data().world.session.pace_log_sd) < 0.03


def test_most_places_stand_beside_another_one() -> None:
    def beside(share: float) -> float:
        world = replace(data().world, streets=replace(data().world.streets, share=share))
        venues = make_venues(replace(data(), world=world), Draws(4), 600)
        latitude, longitude = np.asarray(venues["latitude"]), np.asarray(venues["longitude"])
        away = kilometres(latitude[:, None], longitude[:, None], latitude[None, :], longitude[None, :])
        away = away + np.eye(600) * 99
        return float((away.min(axis=1) < 0.1).mean())

    assert beside(data().world.streets.share) > 1.7 * beside(0.0) > 0.2


def test_last_call_is_later_where_nothing_closes_and_breakfast_earlier() -> None:
    venues = make_venues(data(), Draws(4), 2000)
    opens, closes = np.asarray(venues["opens"]), np.asarray(venues["closes"])
    always = (opens == 0).all(axis=1) & (closes >= 1440).all(axis=1)
    for number, kind in enumerate(data().world.categories.values()):
        mine = np.asarray(venues["category"]) == number
        assert abs(always[mine].mean() - kind.round_the_clock) < 2 / np.sqrt(mine.sum())
        usual = mine & ~always
        early = (opens[usual] <= 450).all(axis=1).mean()
        if kind.breakfast > 0:
            assert abs(early - kind.breakfast) < 2 / np.sqrt(usual.sum())


def test_who_is_out_thinks_from_there_and_the_app_says_so() -> None:
    turn = make_city(200, venues=60)._turn(0, (), ())
    out, usual = np.arange(0, 200, 2), turn.anchor(np.arange(200))
    turn.state.users.put("visit_venue", out, out % 60)
    venues, inside = turn.state.venues, turn.anchor(np.arange(200))
    for name, before, now in zip(("zone", "latitude", "longitude"), usual, inside, strict=True):
        assert now[out].tolist() == venues[name][out % 60].tolist()
        assert now[1::2].tolist() == before[1::2].tolist()
    open_sessions(turn, out, np.zeros(len(out), dtype=np.int16))
    told = turn.events.rows()
    told = told[told["kind"] == Kind.SESSION_STARTED]
    assert told["latitude"].tolist() == venues["latitude"][out % 60].tolist()


def test_in_the_rain_nobody_goes_on_to_a_terrace() -> None:
    outside = []
    for sky in ("clear", "storm"):
        turn, ended = _after_dinner()
        force_weather(turn, Forced(CONDITIONS.index(sky), 3.0), turn.start)
        hold(turn, [], [])
        go_on(turn, ended)
        gone = turn.state.pools["arrivals"].rows
        outside.append(turn.state.venues["outdoor"][gone["venue"]].mean())
    assert outside[1] < 0.5 * outside[0]

"""What an outside consumer finds in two days of a city, and what makes it the same city twice."""

import numpy as np
import polars as pl
import pytest

from services.simulator.domain import nodes
from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.domain.turn import Turn
from streamkit.records import Outgoing
from tests.laws import bookings, people, wire
from tests.unit.simulator.domain.neighbours import START, Stage, data, make_city, same, told

DAYS = 2
ORDERS = {
    600: [Command("a", "scenario", {"scenario": "lunch_rush"})],
    640: [Command("b", "scenario", {"scenario": "friday_night"})],
    700: [Command("c", "scenario", {"scenario": "friday_night", "action": "stop"})],
    800: [Command("d", "spawn", {"count": 12, "befriend": True})],
    900: [Command("e", "weather", {"condition": "storm", "hours": 2})],
    901: [Command("f", "behavior", {"persona": "foodie_explorer", "probabilities": {"book": 0.3}})],
}


@pytest.fixture(scope="module")
def stage() -> Stage:
    return Stage(make_city(240, venues=70), ORDERS).run(DAYS * 1440)


@pytest.mark.parametrize(
    "law",
    [
        people.sessions_come_first,
        people.visits_are_in_opening_hours,
        people.reviews_follow_visits,
        people.accepted_recommendations_were_generated,
        bookings.every_request_has_one_outcome,
        wire.time_never_goes_back,
        wire.producers_keep_to_the_contract,
    ],
)
def test_no_law_of_the_city_is_broken(stage: Stage, law: object) -> None:
    assert law(stage.reading()) == []  # type: ignore[operator]


def test_no_event_id_comes_twice(stage: Stage) -> None:
    for topic in stage.log.topics:
        if stage.log.size(topic):
            assert stage.frame(topic)["event_id"].is_unique().all(), topic


def test_everything_of_a_life_happens(stage: Stage) -> None:
    seen = set(stage.reading().count())
    assert {
        "user.registered", "profile.completed", "session.started", "venue.browsed", "venue.viewed", "search.performed",
        "venue.saved", "venue.liked", "friends.checked", "interest.expressed", "recommendation.accepted",
        "recommendation.ignored", "visit.started", "visit.ended", "review.submitted", "friend.requested",
        "friend.accepted", "invite.sent", "invite.accepted", "invite.declined", "invite.expired", "group.formed",
        "booking.requested", "booking.cancel_requested", "weather.changed", "traffic.changed", "scenario.started",
        "scenario.settling", "scenario.settled", "truth.scenario_window", "truth.suppressed",
    } <= seen  # fmt: skip


def test_actions_in_the_app_lie_in_an_open_session(stage: Stage) -> None:
    actions = stage.frame("user_actions")
    starts = actions.filter(event_type="session.started").select("session_id", begin="simulation_time")
    ends = actions.filter(event_type="session.ended").select("session_id", end="simulation_time")
    inside = actions.filter(pl.col("session_id").is_not_null()).join(starts, "session_id").join(ends, "session_id")
    assert inside.height > 1000
    assert inside.filter(
        (pl.col("simulation_time") < pl.col("begin")) | (pl.col("simulation_time") > pl.col("end"))
    ).is_empty()
    assert starts["session_id"].is_unique().all()


def test_confirmed_bookings_are_honoured_near_their_time_given_up_or_missed(stage: Stage) -> None:
    booked = stage.frame("bookings")
    confirmed = booked.filter(pl.col("event_type") == "booking.confirmed")
    over = confirmed.filter(pl.col("start_time") < START + (DAYS * 86_400 - 3600) * 1_000_000)
    visits = stage.frame("user_actions").filter(
        (pl.col("event_type") == "visit.started") & pl.col("booking_id").is_not_null()
    )
    came = over.join(visits, ["booking_id", "user_id", "venue_id"], suffix="_visit")
    cancelled = booked.filter(pl.col("event_type") == "booking.cancel_requested")["booking_id"]
    kept = over.filter(~pl.col("booking_id").is_in(cancelled.implode()))
    assert kept.height > 30
    assert 0.8 < came.height / kept.height < 1.0
    late = (came["simulation_time_visit"] - came["start_time"]) / 60_000_000
    assert late.min() >= -9  # type: ignore[operator]
    assert late.max() <= 26  # type: ignore[operator]
    assert not came["booking_id"].is_in(cancelled.implode()).any()


def test_bookings_are_asked_only_where_they_are_taken_and_after_now(stage: Stage) -> None:
    takes = stage.frame("venues").filter(pl.col("takes_bookings"))["venue_id"].implode()
    asked = stage.frame("bookings").filter(pl.col("event_type") == "booking.requested")
    assert asked["venue_id"].is_in(takes).all()
    assert (asked["start_time"] > asked["simulation_time"]).all()
    groups = asked.filter(pl.col("group_id").is_not_null())
    assert groups.height > 2
    assert (groups["member_ids"].str.split(",").list.len() == groups["party_size"]).all()
    assert (groups["member_ids"].str.split(",").list.first() == groups["user_id"]).all()


def test_invitations_are_answered_after_they_were_sent_and_once(stage: Stage) -> None:
    social = stage.frame("social_interactions")
    sent = social.filter(pl.col("event_type") == "invite.sent").select(
        "invite_id", "user_id", "other_user_id", sent="simulation_time"
    )
    answers = social.filter(pl.col("event_type").is_in(["invite.accepted", "invite.declined", "invite.expired"]))
    paired = answers.join(sent, "invite_id", suffix="_sent")
    assert paired.height == answers.height
    assert answers["invite_id"].is_unique().all()
    assert (paired["simulation_time"] > paired["sent"]).all()
    assert (paired["user_id"] == paired["other_user_id_sent"]).all()
    formed = social.filter(pl.col("event_type") == "group.formed")
    accepted = set(answers.filter(pl.col("event_type") == "invite.accepted")["event_id"])
    assert set(formed["correlation_id"]) <= accepted


def test_labelled_events_name_a_window_that_was_published(stage: Stage) -> None:
    truth = stage.frame("ground_truth")
    windows = set(truth.filter(pl.col("event_type") == "truth.scenario_window")["cause_id"])
    assert len(windows) == 2
    labels = set(stage.frame("user_actions")["cause_id"].drop_nulls()) | set(truth["cause_id"].drop_nulls())
    assert labels == windows
    before = stage.frame("user_actions").filter(pl.col("simulation_time") < START + 600 * 60_000_000)
    assert before["cause_id"].null_count() == before.height


def test_the_same_seed_tells_the_same_city_to_the_byte_and_another_seed_another() -> None:
    one, two, other = (Stage(make_city(80, venues=30, seed=seed)).run(200) for seed in (1, 1, 2))
    for topic in one.log.topics:
        values = [[s.log.values(topic, partition) for partition in range(4)] for s in (one, two, other)]
        assert values[0] == values[1]
    assert (
        values[0] != values[2]
        or one.frame("user_actions")["user_id"].to_list() != other.frame("user_actions")["user_id"].to_list()
    )


def test_a_saved_city_goes_on_to_the_byte() -> None:
    city = make_city(150, profile="dense")
    for tick in range(150):
        city.step((), [Command("a", "scenario", {"scenario": "lunch_rush"})] if tick == 60 else ())
    arrays = city.save()
    assert all(array.dtype.kind != "O" for array in arrays.values())
    again = make_city(150, profile="dense", seed=5)
    again.load(arrays)
    assert (again.tick, again.time_us) == (city.tick, city.time_us)
    for _ in range(100):
        assert told(city.step((), ()).outputs) == told(again.step((), ()).outputs)
    assert same(city.save(), again.save())


def test_opening_a_branch_changes_nothing() -> None:
    city, silent = (
        make_city(40, venues=20, start=START + 17 * 60_000_000),
        make_city(40, venues=20, start=START + 17 * 60_000_000),
    )
    before = city.save()
    assert told(city.opening()) == told(city.opening())
    assert same(before, city.save())
    assert told(city.step((), ()).outputs) == told(silent.step((), ()).outputs)


@pytest.mark.parametrize("broken", list(nodes.NODES))
def test_a_node_that_raises_leaves_the_city_as_it_was(broken: str) -> None:
    armed = False

    def run(turn: Turn) -> None:
        for name, node in nodes.NODES.items():
            node(turn)
            if armed and name == broken:
                raise RuntimeError(name)

    city = City(
        CityConfig(users=150, venues=50, start=START, profile="dense"), 5, Identity("run", 0, "d", "n"), data(), run
    )
    for _ in range(60):
        city.step((), ())
    before, armed = city.save(), True
    orders = [
        Command("a", "spawn", {"count": 2000, "befriend": True}),
        Command("b", "scenario", {"scenario": "lunch_rush"}),
    ]
    with pytest.raises(RuntimeError, match=broken):
        city.step((), orders)
    assert same(before, city.save())
    armed = False
    assert city.step((), ()).population >= 150


def test_a_city_without_people_waits_for_the_first() -> None:
    stage = Stage(
        City(CityConfig(users=0, venues=20, start=START), 1, Identity("run", 0, "dining", "new_york"), data())
    )
    stage.run(2 * 1440)
    assert stage.frame("user_actions").filter(pl.col("event_type") == "user.registered").height > 5
    assert stage.driver.city.population == stage.frame("users")["user_id"].n_unique()


@pytest.mark.parametrize(
    ("command", "reason"),
    [
        (Command("x", "spawn", {"count": 0}), "count"),
        (Command("x", "spawn", {"count": 100_001}), "count"),
        (Command("x", "scenario", {"scenario": "lunch_rsh"}), "lunch_rush"),
        (Command("x", "scenario", {"scenario": "lunch_rush", "action": "stop"}), "not running"),
        (Command("x", "behavior", {"persona": "nobody", "probabilities": {"book": 0.1}}), "social_butterfly"),
        (Command("x", "behavior", {"probabilities": {"fly": 0.1}}), "browse"),
        (Command("x", "trigger", {"event_type": "booking.confirmed", "payload": {}}), "cannot be triggered"),
        (Command("x", "sing", {}), "sing"),
    ],
)
def test_a_command_that_makes_no_sense_is_refused_with_its_reason(command: Command, reason: str) -> None:
    city = make_city(20, venues=10)
    result = city.step((), [command]).results[0]
    assert not result.accepted
    assert reason in str(result.reason)


def test_spawned_people_are_told_and_live() -> None:
    city = make_city(20, venues=10)
    step = city.step((), [Command("x", "spawn", {"count": 5, "befriend": True})])
    assert step.results[0].accepted
    assert step.population >= 25
    assert np.asarray(step.results[0].result["user_ids"]).shape == (5,)
    users = next(output for output in step.outputs if output.topic == "users")
    assert getattr(users, "rows", 0) >= 5


def test_tastes_that_analytics_learned_are_taken_up() -> None:
    city = make_city(20, venues=10)
    stage = Stage(city)
    taste = {f"taste_{name}": 0.25 for name in ("american", "italian", "mexican", "chinese", "japanese", "indian",
             "mediterranean", "cafe", "dessert", "bar", "healthy", "fast_food")}  # fmt: skip
    row = {"event_id": "0" * 26, "event_type": "preference.updated", "run_id": "run", "branch": 0, "world": "dining",
           "simulation_time": START, "city": "new_york", "source": "analytics", "user_id": "u0000003",
           "price_tier": 3.5, "outdoor": 0.5, "version": 1, "reason": "visit", "shift": 0.1} | taste  # fmt: skip
    stage.log.append([Outgoing.from_rows("preferences", [row])])
    city.step([stage.log.batch("preferences", 0, 1)], ())
    assert np.allclose(city._state.users["tastes"][3], 0.25)
    assert city._state.users["price"][3] == 3.5

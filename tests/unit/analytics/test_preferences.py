"""Tastes: what teaches, decay, seasons, friends, bookings, switches."""

import numpy as np
import pytest

from services.analytics.domain import ties
from services.analytics.domain.cells import MemoryCells, Scope, split_key
from services.analytics.domain.emitting import COMMON
from services.analytics.domain.preferences import KIND
from services.analytics.domain.tastes import COLUMNS, PRICE, WIDTH, Formula
from tests.unit.analytics.city import DAY, MINUTE, START, event, rows_of
from tests.unit.analytics.tasting import KINDS, LEARNING, STILL, followed, frame_of, learner, only, streams, taken, tell


def test_kinds_of_actions_teach_in_the_order_of_their_weight() -> None:
    moved = {}
    for kind in KINDS:
        preferences = learner(only(actions=True, reviews=True))
        tell(preferences, "user_actions", event(kind, 0, 0, venue_id="v00001"))
        tastes = preferences.tastes("u0000000")
        assert tastes is not None
        moved[kind] = tastes["italian"] - 0.5
    for topic, record in (("booking", followed(0, 0)), ("cancel", followed(0, 0, step="booking.cancel_requested"))):
        preferences = learner(only(bookings=True))
        tell(preferences, "bookings_by_user", record)
        moved[topic] = (preferences.tastes("u0000000") or {})["italian"] - 0.5
    assert 0 < moved["venue.viewed"] < moved["interest.expressed"] < moved["visit.started"]
    assert moved["booking"] > moved["venue.viewed"] > 0 > moved["cancel"] > -moved["booking"]
    assert moved["recommendation.accepted"] > 0 > moved["recommendation.ignored"]


def test_a_good_review_draws_to_price_terrace_and_mood_and_a_bad_one_pushes_away() -> None:
    liked, hated = learner(only(reviews=True)), learner(only(reviews=True))
    for preferences, stars in ((liked, 5), (hated, 1)):
        tell(preferences, "user_actions", event("review.submitted", 0, 0, venue_id="v00003", rating=stars))
    good, bad = liked.of("u0000000"), hated.of("u0000000")
    assert good is not None
    assert bad is not None
    for column, middle in (
        ("taste_bar", 0.5),
        ("ambiance_lively", 0.5),
        ("price_tier", 2.5),
    ):  # v00003: a bar of tier 4
        assert good[column] > middle > bad[column], column
    assert good["outdoor"] < 0.5 < bad["outdoor"]  # it has no terrace


def test_without_acts_a_taste_returns_to_the_baseline_by_a_share_a_day() -> None:
    preferences = learner(STILL)
    visits = [event("visit.started", number, number, venue_id="v00001") for number in range(20)]
    tell(preferences, "user_actions", *visits)
    high = preferences.tastes("u0000000")
    tell(preferences, "user_actions", event("visit.started", "later", 10 * DAY + 19, venue_id="v00000"))
    low = preferences.tastes("u0000000")
    assert high is not None
    assert low is not None
    expected = high["italian"] + (LEARNING.baseline - high["italian"]) * LEARNING.decay_per_day * 10
    assert low["italian"] == pytest.approx(expected, abs=1e-12)


def test_somebody_at_rest_is_published_once_tastes_have_faded_far_enough() -> None:
    preferences = learner(STILL)
    visits = [event("visit.started", number, number, venue_id="v00001") for number in range(20)]
    first = tell(preferences, "user_actions", *visits)[-1]
    days = [event("session.started", day, day * DAY, user=1) for day in range(1, 40)]
    drifted = [row for day in days for row in tell(preferences, "user_actions", day)]
    assert drifted
    assert {row["reason"] for row in drifted} == {"decay"}
    assert {row["user_id"] for row in drifted} == {"u0000000"}
    assert float(str(drifted[0]["shift"])) >= LEARNING.publish_drift_after
    assert 0.5 < float(str(drifted[-1]["taste_italian"])) < float(str(first["taste_italian"]))
    assert [row["version"] for row in drifted] == list(range(21, 21 + len(drifted)))


def test_a_friend_teaches_the_more_the_more_one_has_to_do_with_them() -> None:
    stranger, close = learner(only(social=True)), learner(only(social=True))
    for number in range(6):
        answered = event("invite.declined", f"n{number}", number, other_user_id="u0000009", invite_id="i" * 26)
        tell(close, "social_interactions", answered | {"latency_seconds": 1})
    moved = []
    for preferences in (stranger, close):
        tell(preferences, "social_interactions", taken("t", 60))
        moved.append((preferences.tastes("u0000000") or {})["italian"] - 0.5)
    assert 0 < moved[0] < moved[1] < LEARNING.social.weight
    assert close.ties.closest("u0000000", 5)[0][0] == "u0000009"


def test_friends_alone_never_move_a_taste_beyond_their_limit_and_are_forgotten() -> None:
    preferences = learner(only(social=True))
    for number in range(400):
        tell(preferences, "social_interactions", taken(number, number))
    now = preferences.of("u0000000")
    later = preferences.of("u0000000", START + 365 * DAY)
    assert now is not None
    assert later is not None
    assert 0.58 < now["taste_italian"] <= 0.5 + LEARNING.pull.limit * 0.5
    assert later["taste_italian"] == pytest.approx(0.5, abs=1e-2)


def test_only_the_friends_met_most_are_remembered() -> None:
    parameters = LEARNING.social.model_copy(update={"friends_kept": 2})
    kept = ties.Ties(Scope("run", 0), MemoryCells(), parameters)
    for friend, times in (("a", 3), ("b", 1), ("c", 2)):
        for number in range(times):
            kept.meet("me", friend, 1.0, number)
    assert [friend for friend, _ in kept.closest("me", 9)] == ["a", "c"]


def test_summer_favours_terraces_and_light_food_and_winter_comfort() -> None:
    formula = Formula(only(season=True))
    middle = np.full((2, WIDTH), 0.5)
    middle[:, PRICE] = 2.5
    july, january = 1_784_505_600_000_000, 1_768_867_200_000_000  # 20 July and 20 January 2026
    summer, winter = (dict(zip(COLUMNS, row, strict=True)) for row in formula.shown(middle, np.array([july, january])))
    for column in ("outdoor", "taste_healthy"):
        assert summer[column] > 0.5 > winter[column], column
    for column in ("taste_american", "ambiance_cosy"):
        assert winter[column] > 0.5 > summer[column], column
    assert summer["price_tier"] == winter["price_tier"] == 2.5


def test_nothing_is_learned_when_it_is_switched_off_in_whole_or_in_part() -> None:
    records = streams([(kind, 0, 1, 5, 0) for kind in ("visit.started", "review.submitted", "taken", "booked")])
    for off in (LEARNING.model_copy(update={"enabled": False}), only(season=True, decay=True)):
        preferences = learner(off)
        assert [row for topic, told in records.items() for row in tell(preferences, topic, *told)] == []
        assert preferences.of("u0000000") is None
    for part, reason in (("actions", "visit"), ("reviews", "review"), ("social", "social"), ("bookings", "booking")):
        preferences = learner(only(**{part: True}).model_copy(update={"publish_after": 0.0}))
        rows = [row for topic, told in records.items() for row in tell(preferences, topic, *told)]
        assert {row["reason"] for row in rows} == {reason}


def test_what_was_published_last_of_somebody_can_be_asked_for() -> None:
    preferences = learner(STILL)
    rows = tell(preferences, "user_actions", *[event("visit.started", n, n, venue_id="v00001") for n in range(7)])
    latest = list(preferences.learners.shifts(preferences.learners.index["u0000000"]))
    assert [shift.time for shift in latest] == [START + n for n in (6, 5, 4, 3, 2)]
    assert latest[0].size == pytest.approx(rows[-1]["shift"], abs=1e-6)
    assert latest[0].reason == "visit"


def test_whoever_had_a_row_has_one_again_in_the_telling_that_goes_on_with_the_state() -> None:
    cells = MemoryCells()
    before = learner(cells=cells)
    told = tell(
        before,
        "user_actions",
        *(event("visit.started", number, number * MINUTE, number % 3, venue_id="v00001") for number in range(9)),
    )
    assert {row["user_id"] for row in told} == {"u0000000", "u0000001", "u0000002"}
    after = learner()
    for key, data in cells.scan(0):
        _, kind, name = split_key(key)
        if kind == KIND:
            after.load(0, name, data)
    trigger = frame_of("user_actions", [event("session.started", "command", DAY, 9)]).select(COMMON)
    restated = after.restated(0, trigger)
    assert restated is not None
    rows = rows_of([restated], "preferences")
    latest = {str(row["user_id"]): row for row in told}
    assert sorted(str(row["user_id"]) for row in rows) == sorted(latest)
    for row in rows:
        user = str(row["user_id"])
        assert {name: row[name] for name in COLUMNS} == pytest.approx(dict(before.of(user) or {}))
        assert (row["reason"], row["version"]) == (latest[user]["reason"], latest[user]["version"])
        assert START <= int(str(row["simulation_time"])) < START + DAY
        assert row["event_id"] != latest[user]["event_id"]
    assert after.restated(1, trigger) is None, "nobody lives on another partition"

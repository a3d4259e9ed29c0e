"""The recommender's bench measures something: people are known, advised and asked about, or it fails."""

import numpy as np
import pytest

from cli.bench import recommender_alone as alone
from cli.bench import recommender_people as made
from cli.bench.recommender_live import Waited
from streamkit.records import Outgoing


def test_everybody_who_opens_the_app_is_advised() -> None:
    scored = alone.score(people=120, users=40, rounds=2)
    assert len(scored.seconds) == 2
    assert scored.items >= 3 * 40
    assert scored.rate == pytest.approx(40 / np.median(scored.seconds))


def test_memory_is_that_of_the_people_between() -> None:
    held = alone.Held(few=5_000_000, many=6_500_000, people=1_000)
    assert held.bytes == 1_500
    told = alone.hold(few=50, many=150)
    assert told.people == 100
    assert told.few > 2**20


def test_the_profile_names_where_the_time_goes() -> None:
    assert "tottime" in alone.profile(people=60, users=30, lines=5)


def test_people_are_the_same_however_they_are_cut() -> None:
    feed = made.Feed()
    known = feed.batches(made.world(np.arange(30), 30))
    assert [batch.topic for batch in known] == ["users", "preferences", *["user_actions"] * made.VISITS]
    friends = known[0].frame["friend_ids"].to_list()
    assert all(len(listed.split(",")) == made.FRIENDS for listed in friends)
    assert sum(output.rows for output in made.venues()) == made.VENUES


def test_a_record_that_breaks_its_contract_is_no_measurement() -> None:
    session = made.sessions(np.arange(3), 1)
    broken = Outgoing(session.topic, session.rows, {**session.columns, "session_id": None})
    with pytest.raises(ValueError, match="3 records break their contract"):
        made.Feed().batches([broken])


def test_a_request_that_was_never_answered_counts_as_infinitely_long() -> None:
    took = Waited(np.array([5.0] * 98 + [np.inf] * 2), np.ones(100), 0.1, 0)
    assert took.quantile(0.5) == 5.0
    assert took.quantile(0.99) == np.inf

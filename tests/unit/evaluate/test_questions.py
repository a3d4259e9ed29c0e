"""Which venues would have been right answers, and what the baselines make of them."""

import pytest

from cli.evaluate import baselines
from cli.evaluate.history import History, HistoryError
from cli.evaluate.questions import ALL, FREE, NEW, Questions, at_sessions, at_split, ids_of
from tests.unit.evaluate.builders import EVENINGS, HOUR_US, START_US, action, written

SPLIT_US = START_US + 24 * HOUR_US


def asked(history: History) -> Questions:
    return at_sessions(history, ids_of(history), SPLIT_US, 99, 1)


def right(questions: Questions, kind: str) -> list[set[int]]:
    """Right venues of each question, by number."""
    relevant = questions.relevant[kind]
    pairs = [divmod(key, relevant.venues) for key in relevant.keys.tolist()]
    return [{venue for question, venue in pairs if question == row} for row in range(len(questions))]


def opened(hour: float, user: str = "ann") -> dict[str, object]:
    return action("session.started", hour, user)


def went(hour: float, venue: str, user: str = "ann", **more: object) -> dict[str, object]:
    return action("visit.started", hour, user, venue, **more)


def test_right_is_where_a_person_goes_within_a_day_and_nobody_else() -> None:
    history = written(
        [opened(30), went(29, "v0"), went(31, "v1"), went(53, "v2"), went(55, "v3"), went(32, "v0", "bob")]
    )
    assert right(asked(history), ALL) == [{1, 2}]


def test_a_session_before_the_split_or_with_no_visit_after_it_is_no_question() -> None:
    history = written([opened(20), went(21, "v1"), opened(60, "bob"), opened(61), went(62, "v2")])
    questions = asked(history)
    assert questions.opened == ["session.started/ann/61"]


def test_a_visit_booked_before_the_question_is_no_answer_and_one_booked_after_is() -> None:
    tables = [
        action("booking.requested", hour, venue=venue, booking_id=venue) for hour, venue in ((29, "v1"), (31, "v2"))
    ]
    history = written([opened(30), went(40, "v1", booking_id="v1"), went(50, "v2", booking_id="v2")], tables)
    assert right(asked(history), ALL) == [{2}]


def test_asking_for_a_table_is_an_answer_even_if_the_visit_is_next_week() -> None:
    history = written([opened(30)], [action("booking.requested", 31, venue="v3", booking_id="b")])
    assert right(asked(history), ALL) == [{3}]


def test_what_follows_from_a_recommendation_taken_is_told_apart_through_the_whole_chain() -> None:
    taken = action("recommendation.accepted", 31, venue="v1", event_id="taken")
    tables = [
        action("booking.requested", 31.1, venue="v1", booking_id="b", event_id="asked", correlation_id="taken"),
        action("booking.confirmed", 31.2, venue="v1", booking_id="b", event_id="given", correlation_id="asked"),
    ]
    led = went(33, "v1", booking_id="b", correlation_id="given")
    history = written([opened(30), taken, led, went(35, "v2")], tables)
    assert right(asked(history), ALL) == [{1, 2}]
    assert right(asked(history), FREE) == [{2}]


def test_a_place_is_new_to_a_person_until_the_first_visit() -> None:
    history = written([went(3, "v1"), opened(30), went(31, "v1"), went(32, "v2"), went(33, "v2")])
    assert right(asked(history), ALL) == [{1, 2}]
    assert right(asked(history), NEW) == [{2}]


def test_at_the_split_everything_after_it_is_right() -> None:
    history = written([went(3, "v1"), went(30, "v1"), went(90, "v2"), went(30, "v3", "bob")])
    questions = at_split(history, ids_of(history), SPLIT_US)
    assert right(questions, ALL) == [{1, 2}, {3}]
    assert set(questions.time_us.tolist()) == {SPLIT_US}


def test_no_more_sessions_of_a_person_are_asked_about_than_wanted() -> None:
    history = written([opened(30), opened(31), opened(32), went(33, "v1"), opened(30.5, "bob"), went(40, "v2", "bob")])
    assert len(asked(history)) == 4
    assert sorted(at_sessions(history, ids_of(history), SPLIT_US, 1, 1).user.tolist()) == [0, 1]


def test_a_history_in_which_nobody_goes_anywhere_is_refused() -> None:
    with pytest.raises(HistoryError, match="nobody goes anywhere"):
        asked(written([opened(30)]))


def test_baselines_know_only_what_lies_before_the_question() -> None:
    before = [went(1, "v2", "bob"), went(2, "v2", "bob"), went(3, "v3"), went(4, "v3"), went(5, "v3"), went(6, "v1")]
    later = [went(35, "v0", "bob"), went(36, "v0", "bob"), went(37, "v0", "bob"), went(38, "v0", "bob")]
    history = written([*before, opened(36.1), went(40, "v1"), *later])
    questions = asked(history)
    lists = baselines.ranked(history, ids_of(history), questions, 4, 1)
    assert lists[baselines.POPULARITY][0].tolist() == [3, 0, 2, 1]  # of two as popular the nearer one
    assert lists[baselines.NEAREST][0].tolist() == [0, 1, 2, 3]
    assert lists[baselines.OWN][0].tolist() == [3, 1, 0, 2]
    assert lists[baselines.POPULARITY_NEAR][0].tolist()[0] == 0


def test_all_baselines_but_plain_popularity_name_no_place_that_is_shut() -> None:
    morning = [went(1, "v0", "bob"), opened(32), went(40, "v1")]
    history = written(morning, hours=[EVENINGS])
    lists = baselines.ranked(history, ids_of(history), asked(history), 3, 1)
    assert lists[baselines.POPULARITY][0, 0] == 0
    assert all(0 not in lists[name][0] for name in lists if name != baselines.POPULARITY)


def test_a_place_that_opens_soon_is_not_shut() -> None:
    history = written([opened(40), went(45, "v1")], hours=[EVENINGS])
    lists = baselines.ranked(history, ids_of(history), asked(history), 1, 1)
    assert lists[baselines.NEAREST][0, 0] == 0

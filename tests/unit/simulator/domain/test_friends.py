"""Friends: how they are found, what they do to where people go, groups that form, dine together and dissolve."""

import numpy as np
import pytest

from services.simulator.domain import choice, friendship, invitations, nodes
from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.effects import Effects
from services.simulator.domain.events import Kind
from services.simulator.domain.labels import carry_out, nothing
from services.simulator.domain.population import FRIENDS, KNOWN
from services.simulator.domain.specification import DIETARY, TASTES
from services.simulator.domain.state import MEMBERS
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import make_city


def _turn(users: int = 2000, venues: int = 400) -> Turn:
    return make_city(users, venues=venues)._turn(0, (), ())


def _shared(turn: Turn, users: np.ndarray, others: np.ndarray) -> np.ndarray:
    known = turn.state.users["known"]
    same = known[users][:, :, None] == known[others][:, None, :]
    return np.asarray((same & (known[users] >= 0)[:, :, None]).any(axis=(1, 2)))


def test_new_friends_are_friends_of_friends_or_people_of_the_same_places() -> None:
    turn, users = _turn(), np.arange(2000)
    whom, columns = friendship._whom(turn, users), turn.state.users
    friends = columns["friends"]
    second = friends[np.where(friends >= 0, friends, 0)].reshape(2000, -1)
    of_friends = (second == whom[:, None]).any(axis=1)
    strangers = np.roll(users, 700)
    assert of_friends.mean() > 0.5
    assert _shared(turn, users, whom)[~of_friends].mean() > 1.5 * _shared(turn, users, strangers).mean()


def test_people_go_where_their_friends_go() -> None:
    turn, users = _turn(), np.arange(2000)
    columns = turn.state.users
    columns.put("known", users, -1)
    columns.put("places", users, 0)
    theirs = np.full((2000, KNOWN), -1)
    theirs[:, 0] = users % 400
    columns.put("known", users, theirs)
    columns.put("places", users, 1)
    no = np.zeros(2000, dtype=bool)
    wish = Wish(users, users % 6, no, no, no, np.full(2000, 19))
    friends_place = choice._of_a_friend(turn, users, users % 6)
    chosen, _, _ = choose_venues(turn, wish)
    followed = (chosen == friends_place)[friends_place >= 0].mean()
    by_chance = (np.roll(chosen, 1) == friends_place)[friends_place >= 0].mean()
    assert followed > 0.05
    assert followed > 4 * by_chance


def _plan(turn: Turn, venue: int, accepted: int) -> np.ndarray:
    plan = turn.state.pools["plans"].empty(1)
    plan["user"], plan["venue"], plan["when"] = 3, venue, turn.start + 5 * HOUR
    plan["invited"], plan["accepted"], plan["low"] = 3, accepted, 77
    plan["members"] = -1
    plan["members"][0, : accepted + 1] = 3 + np.arange(accepted + 1)
    return plan


@pytest.mark.parametrize("accepted", [1, 3])
def test_whoever_accepts_is_of_the_group_and_all_dine_at_one_place_at_one_time(accepted: int) -> None:
    turn = _turn(50)
    venue = int(np.flatnonzero(~turn.state.venues["takes_bookings"])[0])
    invitations._form_groups(turn, _plan(turn, venue, accepted))
    rows = turn.events.rows()
    assert rows["kind"].tolist() == [Kind.GROUP_FORMED]
    assert rows["size"].tolist() == [accepted + 1]
    arrivals = turn.state.pools["arrivals"].rows
    assert sorted(arrivals["user"].tolist()) == list(range(3, 4 + accepted))
    assert set(arrivals["venue"].tolist()) == {venue}
    assert arrivals["time"].max() - arrivals["time"].min() < 10 * MINUTE
    assert set(arrivals["from_low"].tolist()) == set(rows["low"].tolist())


def test_a_group_books_as_one_and_nobody_alone_is_a_group() -> None:
    turn = _turn(50)
    venue = int(np.flatnonzero(turn.state.venues["takes_bookings"])[0])
    invitations._form_groups(turn, _plan(turn, venue, 0))
    assert len(turn.events.rows()) == 0
    invitations._form_groups(turn, _plan(turn, venue, 2))
    formed, asked = turn.events.rows()
    assert (formed["kind"], asked["kind"], asked["size"]) == (Kind.GROUP_FORMED, Kind.BOOKING_REQUESTED, 3)
    assert turn.state.pools["bookings"].rows["members"].shape == (1, MEMBERS)
    assert turn.state.pools["bookings"].rows["group_low"] == formed["low"]


def test_a_dietary_restriction_shapes_tastes_and_with_them_choices() -> None:
    turn, users = _turn(6000), np.arange(6000)
    columns = turn.state.users
    tastes, diet = columns["tastes"], columns["dietary"]
    assert ((tastes >= 0) & (tastes <= 1)).all()
    anything, vegan = (diet == DIETARY.index(name) for name in ("none", "vegan"))
    for name, sign in (("healthy", 1), ("fast_food", -1)):
        gap = tastes[vegan, TASTES.index(name)].mean() - tastes[anything, TASTES.index(name)].mean()
        assert sign * gap > 0.1
    no = np.zeros(6000, dtype=bool)
    quick = np.zeros(6000)
    for turn.tick in range(10):  # of one tick's 163 vegans so few choose it that chance decides
        venue, _, _ = choose_venues(turn, Wish(users, users % 6, no, no, no, np.full(6000, 13)))
        quick += turn.state.venues["cuisine"][venue] == TASTES.index("fast_food")
    assert quick[vegan].mean() < 0.8 * quick[anything].mean()


def _asked(turn: Turn, who: range, of: int) -> np.ndarray:
    """Requests to be friends of one person, all due in this tick; ids by the number of who asks."""
    rows = turn.state.pools["requests"].empty(len(who))
    rows["user"], rows["other"], rows["high"], rows["low"] = who, of, 1, (np.array(who) + 1) << 24
    rows["sent"], rows["due"] = turn.start - HOUR, turn.start
    return rows


def test_an_answer_that_a_cause_brings_about_leaves_the_ids_and_labels_of_the_others_alone() -> None:
    turn = _turn(400)
    turn.effects[:], turn.causes[:] = [Effects(), Effects(friend_answers=1.0)], [1]
    turn.state.pools["requests"].rows = _asked(turn, range(10, 50), 5)
    carry_out(turn, nothing, friendship.answer_requests)
    told, alone = turn.events.rows(), _turn(400)
    alone.state.pools["requests"].rows = _asked(alone, range(10, 50), 5)
    friendship.answer_requests(alone)
    before = alone.events.rows()
    assert Kind.TRUTH_SUPPRESSED not in told["kind"]
    assert 0 < len(before) < len(told) == len(np.unique(told["low"]))
    kept = np.isin(told["other"], before["other"])
    assert told["low"][kept].tolist() == before["low"].tolist()
    assert told["cause"].tolist() == (~kept).astype(int).tolist()
    assert not kept[: np.flatnonzero(kept)[-1]].all(), "one of the others comes before"


def test_a_cancellation_more_leaves_the_ids_of_the_others_alone() -> None:
    ids = []
    for owners in ([7], [3, 7]):
        turn = _turn(50)
        rows = turn.state.pools["bookings"].empty(len(owners))
        rows["user"], rows["low"], rows["when"] = owners, np.array(owners) << 30, turn.start + HOUR
        rows["cancel_at"] = turn.start + 1
        turn.state.pools["bookings"].rows = rows
        nodes._bookings(turn)
        told = turn.events.rows()
        ids.append(told["low"][told["user"] == 7].tolist())
    assert ids[0] == ids[1] != [0]


def test_pairs_made_at_once_are_those_made_one_after_another() -> None:
    """People with hardly any room, pairs that repeat, the other way round too, and one with oneself."""
    at_once, singly = _turn(300, 10), _turn(300, 10)
    crowd = np.random.default_rng(3).integers(0, 60, (4000, 2))
    made = friendship.befriend(at_once, crowd[:, 0], crowd[:, 1])
    assert made.tolist() == [bool(friendship.befriend(singly, a, b)[0]) for a, b in crowd[:, :, None]]
    assert 0 < made.sum() < 2000
    for name in ("friends", "friend_count"):
        assert (at_once.state.users[name] == singly.state.users[name]).all()
    assert at_once.state.users["friend_count"].max() == FRIENDS

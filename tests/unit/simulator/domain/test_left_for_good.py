"""Whoever has left for good does nothing more: comes to no table, answers nobody, makes no friends."""

from collections.abc import Callable

import numpy as np

from services.simulator.domain import friendship, invitations, nodes, visits
from services.simulator.domain.calendar import HOUR, MINUTE
from services.simulator.domain.events import Kind
from services.simulator.domain.population import CHURNED
from services.simulator.domain.state import ACCEPT, CONFIRMED
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import make_city
from tests.unit.simulator.domain.watched import Watched

WHO = np.arange(20)
STAYS = WHO % 2 == 0


def _done_by(prepare: Callable[[Turn], None], act: Callable[[Turn], None]) -> tuple[np.ndarray, Turn]:
    """What people did of whom every other one has left for good."""
    turn = make_city(60, venues=80)._turn(0, (), ())
    prepare(turn)
    turn.state.users.put("lifecycle", WHO[~STAYS], CHURNED)
    act(turn)
    return turn.events.rows(), turn


def test_who_has_left_comes_to_no_place() -> None:
    def expected(turn: Turn) -> None:
        open_now = np.flatnonzero(turn.hours.minutes_left(np.arange(80), np.full(80, turn.start)) > HOUR // MINUTE)
        rows = turn.state.pools["arrivals"].empty(len(WHO))
        rows["user"], rows["venue"], rows["size"] = WHO, open_now[0], 1
        rows["time"], rows["until"] = turn.start, turn.end + HOUR
        turn.state.pools["arrivals"].rows = rows

    told, turn = _done_by(expected, visits.arrive)
    assert told["user"].tolist() == WHO[STAYS].tolist()
    assert len(turn.state.pools["arrivals"]) == 0


def test_who_has_left_gives_up_the_tables_that_were_confirmed() -> None:
    def booked(turn: Turn) -> None:
        rows = turn.state.pools["bookings"].empty(len(WHO))
        rows["user"], rows["low"], rows["status"], rows["when"] = WHO, WHO + 1, CONFIRMED, turn.start + 2 * HOUR
        turn.state.pools["bookings"].rows = rows

    told, turn = _done_by(booked, nodes._bookings)
    assert set(told["kind"].tolist()) == {Kind.BOOKING_CANCEL_REQUESTED}
    assert told["user"].tolist() == WHO[~STAYS].tolist()
    nodes._bookings(turn)
    assert len(turn.events.rows()) == len(told), "once"


def test_who_has_left_makes_no_friends() -> None:
    def asked(turn: Turn) -> None:
        rows = turn.state.pools["requests"].empty(2 * len(WHO))
        rows["user"] = np.concatenate([30 + WHO, WHO])
        rows["other"] = np.concatenate([WHO, 30 + WHO])
        rows["low"], rows["due"] = np.arange(2 * len(WHO)) + 1, turn.start
        turn.state.pools["requests"].rows = rows

    told, _ = _done_by(asked, friendship.answer_requests)
    people = set(told["user"].tolist()) | set(told["other"].tolist())
    assert people & set(WHO[STAYS].tolist())
    assert not people & set(WHO[~STAYS].tolist())


def test_what_who_has_left_would_have_answered_expires_in_its_time() -> None:
    def invited(turn: Turn) -> None:
        rows = turn.state.pools["invites"].empty(len(WHO))
        rows["user"], rows["other"], rows["low"], rows["answer"] = 40, WHO, WHO + 1, ACCEPT
        rows["sent"], rows["due"], rows["when"] = turn.start - HOUR, turn.start, turn.start + 200 * HOUR
        turn.state.pools["invites"].rows = rows

    told, turn = _done_by(invited, invitations.settle_invitations)
    assert set(told["kind"].tolist()) == {Kind.INVITE_ACCEPTED}
    assert told["user"].tolist() == WHO[STAYS].tolist()
    hours = int(turn.town.data.world.social.patience_hours)
    later = make_city(60, venues=80)._turn(60 * hours, (), ())
    later.state.pools["invites"].rows = turn.state.pools["invites"].rows
    later.state.users.put("lifecycle", WHO[~STAYS], CHURNED)
    invitations.settle_invitations(later)
    assert set(later.events.rows()["kind"].tolist()) == {Kind.INVITE_EXPIRED}


def test_no_group_forms_for_who_has_left() -> None:
    def planned(turn: Turn) -> None:
        rows = turn.state.pools["plans"].empty(len(WHO))
        rows["user"], rows["low"], rows["when"] = WHO, WHO + 1, turn.start + 5 * HOUR
        rows["invited"] = rows["answered"] = rows["accepted"] = 1
        rows["members"] = -1
        rows["members"][:, 0], rows["members"][:, 1] = WHO, 40
        turn.state.pools["plans"].rows = rows

    told, _ = _done_by(planned, invitations.settle_invitations)
    formed = told[told["kind"] == Kind.GROUP_FORMED]
    assert formed["user"].tolist() == WHO[STAYS].tolist()


def test_the_session_of_who_is_made_to_leave_ends_and_nothing_more_is_done_in_it() -> None:
    watched = Watched(make_city(200, venues=40, profile="dense"))
    watched.run(30)
    users = watched.city._state.users
    left = int(np.flatnonzero(users["session_end"] > watched.city.time_us + 2 * MINUTE)[0])
    before = len(watched.rows("user_actions"))
    assert watched.order("trigger", {"event_type": "user.churned", "user_id": f"u{left:07d}"}).accepted
    watched.run(60)
    told = watched.rows("user_actions")[before:].filter(user_id=f"u{left:07d}")
    assert told["event_type"].to_list() == ["user.churned", "session.ended"]

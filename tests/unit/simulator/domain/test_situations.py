"""Situations of one person: modifiers of what they do next; reciprocity is one of them."""

import numpy as np
import pytest

from services.simulator.domain import invitations
from services.simulator.domain.behaviour import ACTION_KINDS, INVITE, choose_actions
from services.simulator.domain.calendar import DAY, HOUR
from services.simulator.domain.draws import Array
from services.simulator.domain.events import Kind
from services.simulator.domain.scenarios import SITUATIONS, Situation
from services.simulator.domain.situations import holding, owes_invitation
from services.simulator.domain.specification import ACTIONS
from services.simulator.domain.state import ACCEPT, DECLINE
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import data, make_city
from tests.unit.simulator.domain.test_behaviour import everything_possible

USERS = 4000
RATES = data().world.social


def _put_into(turn: Turn, situation: str) -> None:
    """Everybody into one situation and no other."""
    columns, users = turn.state.users, np.arange(turn.state.users.count)
    if situation in ("venue_in_mind", "venue_trends"):
        columns.put("intent_venue", users, 5)
    if situation == "venue_trends":
        turn.state.venues.put("trending", np.array([5]), 1.0)
    if situation == "just_joined":
        columns.put("registered", users, turn.start - HOUR)
    if situation == "friendless":
        columns.put("friend_count", users, 0)
    if situation == "owes_invitation":
        columns.put("invited_by", users, 0)
        columns.put("invited_tick", users, turn.tick)


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_holds_for_whoever_is_in_it(situation: str) -> None:
    turn, users = everything_possible(50), np.arange(50)
    assert not holding(turn, users).any()
    _put_into(turn, situation)
    held = {name for name, row in zip(SITUATIONS, holding(turn, users), strict=True) if row.all()}
    assert held == {situation} | ({"venue_in_mind"} if situation == "venue_trends" else set())


@pytest.mark.parametrize("situation", SITUATIONS)
def test_a_situation_does_what_the_file_says(situation: Situation) -> None:
    turn, users = everything_possible(USERS), np.arange(USERS)
    before = np.bincount(choose_actions(turn, users, users * 0)[0], minlength=len(ACTIONS)) / USERS
    _put_into(turn, situation)
    after = np.bincount(choose_actions(turn, users, users * 0)[0], minlength=len(ACTIONS)) / USERS
    modifiers = data().temporal.situations[situation]
    assert modifiers
    for modifier in modifiers:
        number = ACTIONS.index(modifier.target.removeprefix("action."))
        if situation == "friendless" and ACTION_KINDS[number] == Kind.INVITE_SENT:
            continue
        factor = modifier.value if modifier.operation == "multiply" else float(np.exp(modifier.value))
        if situation == "venue_trends":  # on top of that a venue is in mind
            others = data().temporal.situations["venue_in_mind"]
            factor *= float(np.prod([one.value for one in others if one.target == modifier.target]))
        changed = after[number] / (1 - after[number]) / (before[number] / (1 - before[number]))
        assert changed == pytest.approx(factor, rel=0.3)


def _answered(turn: Turn, who: Array, by: Array, answer: int) -> None:
    rows = turn.state.pools["invites"].empty(len(who))
    rows["other"], rows["user"], rows["answer"], rows["due"] = who, by, answer, turn.start
    rows["low"] = 1 + np.arange(len(who))
    invitations._answered(turn, rows)


def test_who_says_yes_owes_an_invitation_for_some_weeks_and_who_declines_does_not() -> None:
    turn = make_city(60)._turn(0, (), ())
    _answered(turn, np.array([3, 4, 3]), np.array([7, 8, 9]), ACCEPT)
    _answered(turn, np.array([5]), np.array([7]), DECLINE)
    users = np.arange(60)
    assert np.flatnonzero(owes_invitation(turn, users)).tolist() == [3, 4]
    assert turn.state.users["invited_by"][[3, 4]].tolist() == [9, 8], "the last who asked is owed"
    turn.tick += int(RATES.owed_days * DAY / turn.town.tick_us)
    assert not owes_invitation(turn, users).any()


def _invited(*, owed: bool) -> tuple[Turn, Array]:
    """A tick in which everybody invites friends, and the friend each may owe an invitation."""
    turn = make_city(1500, venues=200)._turn(0, (), ())
    columns, users = turn.state.users, np.arange(1500)
    friend = columns["friends"][:, 0].copy()
    if owed:
        columns.put("invited_by", users, friend)
        columns.put("invited_tick", users, turn.tick)
    made = turn.decisions
    made.user, made.time, made.step = users, np.full(1500, turn.start), users * 0
    made.action, made.venue = np.full(1500, INVITE), users % 200
    made.cause = np.zeros(1500, dtype=np.int16)
    invitations.invite_friends(turn, users)
    return turn, friend


def test_the_friend_who_is_owed_comes_to_mind_sooner_and_is_owed_no_more() -> None:
    asked = []
    for owed in (False, True):
        turn, friend = _invited(owed=owed)
        rows = turn.state.pools["invites"].rows
        asked.append(int((rows["other"] == friend[rows["user"]]).sum()))
    assert asked[1] > 1.1 * asked[0], "most people invite most of their friends: the owed one is seldom left out"
    returned = np.unique(rows["user"][rows["other"] == friend[rows["user"]]])
    owes = np.flatnonzero(turn.state.users["invited_by"] >= 0)
    assert not np.isin(returned, owes).any()
    assert len(owes) == (friend >= 0).sum() - len(returned)

"""What each persona is known for, shown on many people at once: the same question to all, and who stands out."""

from functools import cache

import numpy as np
import pytest

from services.simulator.domain import visits
from services.simulator.domain.behaviour import choose_actions
from services.simulator.domain.calendar import HOUR
from services.simulator.domain.choice import Wish, choose_venues
from services.simulator.domain.days import WEEKDAY
from services.simulator.domain.invitations import invite_friends
from services.simulator.domain.meals import meal_times, party_sizes
from services.simulator.domain.memory import exploring
from services.simulator.domain.population import KNOWN
from services.simulator.domain.sessions import open_sessions
from services.simulator.domain.specification import ACTIONS, AMBIANCES
from services.simulator.domain.turn import Decisions, Turn
from tests.unit.simulator.domain.neighbours import data, make_city

USERS = 7000
PERSONAS = list(data().people.personas)


def _turn(*, everything_possible: bool = False) -> Turn:
    """Everybody at home on a Wednesday evening; where asked, with friends and an invitation to answer."""
    city = make_city(USERS, venues=300)
    if everything_possible:
        invites = city._state.pools["invites"].empty(USERS)
        invites["other"] = np.arange(USERS)
        city._state.pools["invites"].add(invites)
        city._state.users.put("friend_count", np.arange(USERS), 3)
    return city._turn(0, (), ())


@cache
def acts() -> dict[str, dict[str, float]]:
    """Share of each action by persona, when every action is possible and nothing is special about the moment."""
    turn, users = _turn(everything_possible=True), np.arange(USERS)
    persona = turn.state.users["persona"]
    counts = np.zeros((len(PERSONAS), len(ACTIONS)))
    for tick in range(8):
        turn.tick = tick
        chosen, _, _ = choose_actions(turn, users, users * 0)
        np.add.at(counts, (persona, chosen), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    return {name: dict(zip(ACTIONS, row, strict=True)) for name, row in zip(PERSONAS, shares.tolist(), strict=True)}


def by_persona(turn: Turn, values: np.ndarray, users: np.ndarray | None = None) -> dict[str, float]:
    """Mean of a value of people by persona."""
    persona = turn.state.users["persona"][users if users is not None else np.arange(USERS)]
    return {name: float(np.mean(values[persona == number])) for number, name in enumerate(PERSONAS)}


def first(values: dict[str, float]) -> str:
    """Who has the most of it, by a margin that is no luck."""
    order = sorted(values, key=lambda name: -values[name])
    assert values[order[0]] > 1.03 * values[order[1]], values
    return order[0]


def last(values: dict[str, float]) -> str:
    """Who has the least of it."""
    return first({name: 1 / value for name, value in values.items()})


def share(action: str) -> dict[str, float]:
    """Share of an action by persona."""
    return {name: mix[action] for name, mix in acts().items()}


def _looking(turn: Turn, *, going: bool) -> np.ndarray:
    users, no = np.arange(USERS), np.zeros(USERS, dtype=bool)
    venue, _, _ = choose_venues(turn, Wish(users, users % 6, no, no, np.full(USERS, going), np.full(USERS, 19)))
    return venue


def test_the_mean_of_all_personas_is_the_base_mix_when_every_action_is_possible() -> None:
    people = data().people
    weight = {name: p.share * p.activity * people.session_length[name] for name, p in people.personas.items()}
    mean = {
        action: sum(weight[name] * acts()[name][action] for name in PERSONAS) / sum(weight.values())
        for action in ACTIONS
    }
    groups = [sum(mean[name] for name in ACTIONS[:5]), *(mean[name] for name in ACTIONS[5:])]
    assert np.allclose(groups, [0.40, 0.20, 0.15, 0.10, 0.10, 0.05], atol=0.02)


def test_social_butterflies_see_to_their_friends_and_are_there_the_most() -> None:
    social = {name: mix["check_friends"] + mix["invite"] + mix["respond"] for name, mix in acts().items()}
    assert first({name: value for name, value in social.items() if name != "event_organizer"}) == "social_butterfly"
    assert first(share("respond")) == "social_butterfly"
    turn = _turn()
    assert first(by_persona(turn, turn.state.users["activity"])) == "social_butterfly"


def test_foodie_explorers_look_around_try_new_places_and_review() -> None:
    looks = {name: mix["browse"] + mix["view"] + mix["save"] for name, mix in acts().items()}
    assert first(looks) == "foodie_explorer"
    turn = _turn()
    users = np.arange(USERS)
    turn.state.users.put("places", users, 12)
    tries = np.mean([exploring(turn, users, np.full(USERS, step)) for step in range(12)], axis=0)
    assert first(by_persona(turn, tries)) == "foodie_explorer"
    assert last(by_persona(turn, tries)) == "routine_regular"
    assert first(_reviews()) == "foodie_explorer"


def _reviews() -> dict[str, float]:
    """Share of visits that are reviewed, by persona."""
    turn = _turn()
    users, columns = np.arange(USERS), turn.state.users
    told = np.zeros(USERS)
    for tick in range(8):
        turn.tick = tick
        columns.put("review_at", users, 0)
        columns.put("visit_venue", users, users % 300)
        columns.put("visit_from", users, turn.start - HOUR)
        columns.put("visit_end", users, turn.start)
        visits.end_visits(turn)
        told += columns["review_at"] > 0
    return by_persona(turn, told / 8)


def test_routine_regulars_go_where_they_always_go() -> None:
    turn = _turn()
    users = np.arange(USERS)
    turn.state.users.put("places", users, 8)
    turn.state.users.put("known", users, np.tile(np.arange(KNOWN), (USERS, 1)))
    turn.state.users.put("known_count", users, 3)
    chosen = np.isin(_looking(turn, going=True), np.arange(KNOWN))
    assert last(by_persona(turn, ~chosen)) == "routine_regular"


def test_event_organizers_invite_the_most_and_gather_the_largest_groups() -> None:
    assert first(share("invite")) == "event_organizer"
    turn = _turn()
    users = np.arange(USERS)
    size = party_sizes(turn, users, users % 5, np.full(USERS, 20))
    assert first(by_persona(turn, size)) == "event_organizer"
    made = turn.decisions = Decisions()
    made.user, made.step, made.venue = users, users * 0, users % 300
    made.time, made.cause = np.full(USERS, turn.start + 1), np.zeros(USERS, dtype=np.int16)
    invite_friends(turn, np.flatnonzero(turn.state.users["friend_count"] > 8))
    plans = turn.state.pools["plans"].rows
    asked = by_persona(turn, plans["invited"].astype(float), plans["user"])
    assert first(asked) == "event_organizer"


def test_spontaneous_diners_decide_late_and_go_out_on_a_whim() -> None:
    turn = _turn()
    users = np.arange(USERS)
    venues = np.flatnonzero(turn.state.venues["category"] == 0)[users % 50]
    when = meal_times(turn, users, venues, np.full(USERS, 2), users % 5)
    lead = np.where(when > 0, (when - turn.start) / HOUR, np.nan)
    persona = turn.state.users["persona"]
    median = {name: float(np.nanmedian(lead[persona == number])) for number, name in enumerate(PERSONAS)}
    assert last(median) == "spontaneous_diner"
    outings = by_persona(turn, turn.town.tables.persona[persona, 0])
    assert outings["spontaneous_diner"] == max(outings.values())


def test_busy_professionals_have_short_windows_and_like_dear_places() -> None:
    turn = _turn()
    curve = turn.town.tables.session_curve[:, WEEKDAY].reshape(len(PERSONAS), 24, 60).mean(axis=2)
    best = np.sort(curve, axis=1)[:, -5:].sum(axis=1) / curve.sum(axis=1)
    assert first(dict(zip(PERSONAS, best.tolist(), strict=True))) == "busy_professional"
    users = np.arange(USERS)
    open_sessions(turn, users, np.zeros(USERS, dtype=np.int16))
    seconds = (turn.state.users["session_end"] - turn.state.users["session_from"]) / 1_000_000
    assert last(by_persona(turn, seconds)) == "busy_professional"
    price = turn.state.venues["price"][_looking(turn, going=False)]
    assert first(by_persona(turn, price)) == "busy_professional"
    assert first(share("book")) == "busy_professional"


def test_people_choose_places_of_the_mood_they_like_and_professionals_upscale_ones() -> None:
    turn = _turn()
    users, moods = np.arange(USERS), turn.state.users["moods"]
    mood = turn.state.venues["ambiance"][_looking(turn, going=False)]
    others = np.roll(mood, 1)
    assert moods[users, mood].mean() > 1.05 * moods[users, others].mean()
    liked = by_persona(turn, moods[:, AMBIANCES.index("upscale")].astype(float))
    assert first(liked) == "busy_professional"
    assert first(by_persona(turn, (mood == AMBIANCES.index("upscale")).astype(float))) == "busy_professional"


def test_the_budget_conscious_look_for_what_is_cheap_and_follow_promotions() -> None:
    turn = _turn()
    before = _looking(turn, going=False)
    assert last(by_persona(turn, turn.state.venues["price"][before].astype(float))) == "budget_conscious"
    third = np.arange(0, 300, 3)
    turn.state.venues.put("discount", third, 0.3)
    after = _looking(turn, going=False)
    followed = np.isin(after, third).astype(float) - np.isin(before, third)
    gain = by_persona(turn, followed)
    assert min(gain.values()) > 0
    assert first(gain) == "budget_conscious"
    assert last(gain) == "busy_professional"


@pytest.mark.parametrize("persona", PERSONAS)
def test_nobody_is_only_their_persona(persona: str) -> None:
    mix = acts()[persona]
    assert min(mix.values()) > 0.01
    turn = _turn()
    mine = turn.state.users["persona"] == PERSONAS.index(persona)
    for trait in ("price", "openness", "group", "activity"):
        assert np.std(turn.state.users[trait][mine]) > 0
    assert abs(mine.mean() - data().people.personas[persona].share) < 0.02

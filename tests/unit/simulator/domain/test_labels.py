"""Labels are exact: without a cause, what it labelled is gone and what it prevented is back."""

from collections import Counter
from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.simulator.domain.causes import label
from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.domain.draws import Array
from services.simulator.domain.events import EVENT, Kind
from services.simulator.domain.nodes import in_order
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import START, data

COMPARED = [name for name in EVENT.names or () if name not in ("cause", "text")]
ANSWERS = (Kind.INVITE_ACCEPTED, Kind.INVITE_DECLINED, Kind.INVITE_EXPIRED)
GROUPS = (Kind.GROUP_FORMED, Kind.GROUP_DISBANDED)
KIND, USER = COMPARED.index("kind"), COMPARED.index("user")
WARM_UP = 25


class Watched:
    """A city whose events of the last tick can be read, before they are printed."""

    def __init__(self, seed: int, users: int = 250) -> None:
        self.rows: Array = np.zeros(0, dtype=EVENT)
        config = CityConfig(users=users, venues=60, start=START, profile="dense")
        self.city = City(config, seed, Identity("run", 0, "dining", "new_york"), data(), self._run)

    def _run(self, turn: Turn) -> None:
        in_order(turn)
        self.rows = turn.events.rows()

    def step(self, *scenarios: str) -> Array:
        orders = [Command(name, "scenario", {"scenario": name}) for name in scenarios]
        self.city.step((), orders)
        return self.rows

    def twin(self, seed: int, causes: int = 0) -> "Watched":
        """The same city in the same state, but with the first ``causes`` scenarios only."""
        other = Watched(seed)
        arrays = dict(self.city.save())
        arrays["pool.causes"] = arrays["pool.causes"][:causes]
        other.city.load(arrays)
        return other


def told(rows: Array) -> dict[tuple[object, ...], int]:
    """Content of the records of what people do, with their labels."""
    rows = rows[(rows["kind"] < 40) & ~np.isin(rows["kind"], GROUPS) & ~_of_groups(rows)]
    return {tuple(row[name].item() for name in COMPARED): int(row["cause"]) for row in rows}


def _of_groups(rows: Array) -> Array:
    """Bookings of groups: they follow from answers of the same tick."""
    return np.asarray((rows["kind"] == Kind.BOOKING_REQUESTED) & (rows["ordinal"] == 9))


class Feedback:
    """What follows from other decisions within the tick: no label of this tick can be compared there.

    People whose session or registration is another in the twin; and whom people ask to be friends, which is drawn
    among all who are registered.
    """

    def __init__(self, factual: Array, twin: Array) -> None:
        self.newcomers = self._apart(factual, twin, Kind.USER_REGISTERED)
        self.people = self.newcomers | self._apart(factual, twin, Kind.SESSION_STARTED)

    @staticmethod
    def _apart(factual: Array, twin: Array, kind: Kind) -> set[int]:
        return set(np.setxor1d(*(rows["user"][rows["kind"] == kind] for rows in (factual, twin))).tolist())

    def __contains__(self, record: tuple[object, ...]) -> bool:
        kind, user = record[KIND], record[USER]
        if kind == Kind.USER_REGISTERED:
            return False
        if kind == Kind.SESSION_STARTED:
            return user in self.newcomers
        return user in self.people or (kind == Kind.FRIEND_REQUESTED and bool(self.newcomers))


def _check(factual: Array, twin: Array, cause: int) -> Counter[str]:
    """Twin records are the unlabelled ones and the suppressed; everything the cause brought about is labelled."""
    feedback, had, would = Feedback(factual, twin), told(factual), told(twin)
    prevented = factual[factual["kind"] == Kind.TRUTH_SUPPRESSED]
    assert set(prevented["cause"].tolist()) <= {cause}
    seen: Counter[str] = Counter()
    for record, caused_by in had.items():
        if record in would:
            assert caused_by == would[record], "a label appears on a record that is there without the cause"
            seen["alike"] += 1
        elif record not in feedback:
            assert caused_by == cause, record
            seen["labelled"] += 1
    missing = [record for record in would.keys() - had.keys() if record not in feedback]
    gone: Counter[tuple[object, object]] = Counter((record[KIND], record[USER]) for record in missing)
    suppressed: Counter[tuple[object, object]] = Counter((int(r["subject"]), int(r["user"])) for r in prevented)
    assert gone <= suppressed, gone - suppressed
    extra = [one for one in suppressed - gone if one[0] not in ANSWERS and one[1] not in feedback.people]
    assert not extra or feedback.newcomers, "what is called prevented was not there without the cause"
    seen["suppressed"] = sum(gone.values())
    return seen


@pytest.mark.parametrize("scenario", [name for name in data().scenarios if data().scenarios[name].modifiers])
def test_a_twin_of_the_same_state_without_the_cause_is_the_unlabelled_rest_and_the_suppressed(scenario: str) -> None:
    seed, seen = 11, Counter[str]()
    watched = Watched(seed)
    for _ in range(WARM_UP):
        watched.step()
    watched.step(scenario)
    for tick in range(60):
        twin = watched.twin(seed) if tick % 2 else None
        factual = watched.step()
        if twin is not None:
            seen += _check(factual, twin.step(), 1)
    assert min(seen["alike"], seen["labelled"], seen["suppressed"]) > 20, seen


@settings(max_examples=4, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    seed=st.integers(0, 10_000),
    names=st.permutations(["lunch_rush", "friday_night", "weekend_brunch", "concert_night", "new_user_onboarding"]),
    apart=st.integers(0, 20),
)
def test_the_label_of_any_record_is_the_last_of_two_causes_that_brought_it_about(
    seed: int, names: list[str], apart: int
) -> None:
    watched = Watched(seed, 150)
    watched.step(names[0])
    for _ in range(apart):
        watched.step()
    watched.step(names[1])
    for _ in range(3):
        for _ in range(7):
            watched.step()
        nothing, first = watched.twin(seed), watched.twin(seed, 1)
        _check_two(watched.step(), nothing.step(), first.step())


def _check_two(factual: Array, baseline: Array, first: Array) -> None:
    """Null where the baseline has the record too, else the last cause without which it is not there."""
    ways = [Feedback(factual, baseline), Feedback(factual, first), Feedback(first, baseline)]
    without, with_one = told(baseline), told(first)
    for record, cause in told(factual).items():
        if any(record in feedback for feedback in ways):
            continue
        assert cause == (without.get(record, 1 if record in with_one else 2))


def test_the_label_is_the_last_cause_that_changed_the_outcome() -> None:
    baseline, one, two = np.array([1, 1, 1, 1]), np.array([1, 2, 2, 2]), np.array([1, 2, 3, 1])
    assert label([baseline, one, two], [7, 8]).tolist() == [0, 7, 8, 0]


def test_without_causes_nothing_is_labelled_and_nothing_is_suppressed() -> None:
    watched = Watched(4)
    for _ in range(30):
        rows = watched.step()
        assert not rows["cause"].any()
        assert not (rows["kind"] == Kind.TRUTH_SUPPRESSED).any()


def test_no_two_records_of_what_was_prevented_have_the_same_id() -> None:
    watched, ids = Watched(5), Counter[tuple[object, ...]]()
    watched.step("friday_night", "lunch_rush")
    for tick in range(40):
        rows = watched.step()
        rows = rows[rows["kind"] == Kind.TRUTH_SUPPRESSED]
        ids.update((tick, int(r["user"]), int(r["ordinal"])) for r in rows)
    assert len(ids) > 50
    assert max(ids.values()) == 1


def test_what_follows_from_a_labelled_record_carries_its_label() -> None:
    watched = Watched(6)
    for _ in range(WARM_UP):
        watched.step()
    watched.step("friday_night")
    caused: Mapping[int, int] = {}
    followers = 0
    for _ in range(90):
        rows = watched.step()
        known = {**caused, **{int(r["low"]): int(r["cause"]) for r in rows if r["low"] and r["cause"]}}
        for row in rows[(rows["from_low"] != 0) & (rows["kind"] < 40)]:
            if known.get(int(row["from_low"]), 0):
                assert row["cause"] > 0, Kind(int(row["kind"])).name
                followers += 1
        caused = known
    assert followers > 100

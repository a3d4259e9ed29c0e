"""The same tick of the same state with all causes and with the first ones only, and how the two tellings differ."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

import numpy as np

from services.simulator.domain.city import City, CityConfig, Command, Identity
from services.simulator.domain.draws import Array
from services.simulator.domain.events import EVENT, Kind
from services.simulator.domain.nodes import in_order
from services.simulator.domain.state import ACCEPT, DECLINE, EXPIRE, UNDECIDED
from services.simulator.domain.turn import Turn
from tests.unit.simulator.domain.neighbours import START, data

Content: TypeAlias = tuple[int, ...]
Prevented: TypeAlias = tuple[int, ...]
"""Kind, user, time and venue of a record that is there without a cause, and the number of that cause."""

COMPARED = [name for name in EVENT.names or () if name not in ("cause", "text")]
KIND, USER, TIME, VENUE, ORDINAL, FROM = (
    COMPARED.index(name) for name in ("kind", "user", "time", "venue", "ordinal", "from_low")
)
TOLD_OF = 40
"""Kinds below are what people do."""

ANSWERS = (Kind.INVITE_ACCEPTED, Kind.INVITE_DECLINED, Kind.INVITE_EXPIRED)
IN_THE_APP = (
    Kind.SESSION_ENDED, Kind.USER_BECAME_REGULAR, Kind.VENUE_BROWSED, Kind.VENUE_VIEWED, Kind.SEARCH_PERFORMED,
    Kind.VENUE_SAVED, Kind.VENUE_LIKED, Kind.FRIENDS_CHECKED, Kind.INTEREST_EXPRESSED, Kind.RECOMMENDATION_ACCEPTED,
    Kind.RECOMMENDATION_IGNORED, Kind.REVIEW_SUBMITTED, Kind.FRIEND_REQUESTED, Kind.INVITE_SENT,
    Kind.BOOKING_REQUESTED, *ANSWERS,
)  # fmt: skip
"""What a person does only while a session is open, or then at other moments than else."""

OF_A_GROUP = 9
"""Ordinal of the bookings of groups."""

DECISIONS = 32
"""Ordinals from here on, of 64 a kind, are those of decisions on invitations that were prevented."""

_DECIDED = {DECLINE: Kind.INVITE_DECLINED, ACCEPT: Kind.INVITE_ACCEPTED, EXPIRE: Kind.INVITE_EXPIRED}


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

    @property
    def undecided(self) -> set[int]:
        """Invitations that have arrived and are decided in the next tick."""
        rows = self.city._state.pools["invites"].rows
        return set(rows["low"][rows["answer"] == UNDECIDED].tolist())

    def answers(self, fresh: set[int]) -> dict[int, tuple[int, int, int]]:
        """Of some invitations what was decided in the last tick, given or still to be given: kind, user, venue."""
        waiting = self.city._state.pools["invites"].rows
        decided = {
            int(row["low"]): (int(_DECIDED[int(row["answer"])]), int(row["other"]), int(row["venue"]))
            for row in waiting[waiting["answer"] != UNDECIDED]
        }
        given = self.rows[np.isin(self.rows["kind"], ANSWERS)]
        decided |= {int(row["from_low"]): (int(row["kind"]), int(row["user"]), int(row["venue"])) for row in given}
        return {low: decided[low] for low in fresh if low in decided}


class Telling:
    """The next tick of a city as it tells it: records by content with their labels, and decisions on invitations."""

    def __init__(self, city: Watched) -> None:
        fresh, start = city.undecided, city.city.time_us
        rows = city.step()
        self.rows = rows[rows["kind"] < TOLD_OF]
        self.records = {tuple(row[name].item() for name in COMPARED): int(row["cause"]) for row in self.rows}
        assert len(self.records) == len(self.rows), "no two records of a tick are the same"
        self.answers = city.answers(fresh)
        assert self.answers.keys() == fresh
        self.suppressed = Counter[Prevented]()
        self.given_up = Counter[Prevented]()
        """Answers that were decided otherwise: told at the beginning of the tick."""
        for row in rows[rows["kind"] == Kind.TRUTH_SUPPRESSED]:
            subject, user, time, venue, cause = (
                int(row[name]) for name in ("subject", "user", "time", "venue", "cause")
            )
            if row["ordinal"] % 64 < DECISIONS:
                self.suppressed[subject, user, time, venue, cause] += 1
            else:
                assert (subject in ANSWERS, time) == (True, start)
                self.given_up[subject, user, venue, cause] += 1

    def of(self, *kinds: Kind) -> Array:
        """Records of some kinds."""
        return np.asarray(self.rows[np.isin(self.rows["kind"], kinds)])


class Exempt:
    """Records that follow from another decision of the same tick, which is another one in the twin.

    * All of a person who joins in one telling only, but the registration.
    * Of a person whose session opens in one telling only what is done in the app, but the session.
    * Whom people ask to be friends where somebody joins in one telling only: drawn among all who are registered.
    * A group, and its booking, of a plan that got an answer in one telling only.
    """

    def __init__(self, *tellings: Telling) -> None:
        self.newcomers = _apart(tellings, "user", Kind.USER_REGISTERED)
        self.sessions = _apart(tellings, "user", Kind.SESSION_STARTED)
        self.organisers = _apart(tellings, "other", *ANSWERS)

    def __contains__(self, record: Content) -> bool:
        return self.holds(record[KIND], record[USER], record[ORDINAL])

    def holds(self, kind: int, user: int, ordinal: int = 0) -> bool:
        """Whether records of a kind and a person are exempt."""
        if kind == Kind.USER_REGISTERED:
            return False
        if user in self.newcomers or (kind == Kind.FRIEND_REQUESTED and bool(self.newcomers)):
            return True
        if kind == Kind.GROUP_FORMED or (kind == Kind.BOOKING_REQUESTED and ordinal == OF_A_GROUP):
            return user in self.organisers
        return kind in IN_THE_APP and user in self.sessions


def check(tellings: Sequence[Telling]) -> Counter[str]:
    """Of a tick without causes, with the first, and so on to all of them: are labels and what was prevented exact?

    Causes are numbered from 1. Returns how much was compared, and how much was exempt.
    """
    baseline, factual, exempt, seen = tellings[0], tellings[-1], Exempt(*tellings), Counter[str]()
    changed = {low for low in factual.answers if len({telling.answers[low] for telling in tellings}) > 1}
    for record, caused_by in factual.records.items():
        if record in baseline.records:
            assert caused_by == baseline.records[record], "a label appears on a record that is there without the cause"
            seen["alike"] += 1
        elif record in exempt:
            seen["exempt"] += 1
        else:
            assert caused_by == last_change([record in telling.records for telling in tellings]), record
            seen["labelled"] += 1
    gone = Counter[Prevented]()
    for record in baseline.records.keys() - factual.records.keys():
        if record in exempt:
            seen["exempt"] += 1
        elif record[KIND] not in ANSWERS or record[FROM] not in changed:
            cause = last_change([record in telling.records for telling in tellings])
            gone[record[KIND], record[USER], record[TIME], record[VENUE], cause] += 1
    prevented = {one: times for one, times in factual.suppressed.items() if not exempt.holds(one[0], one[1])}
    assert prevented == gone
    given_up = Counter(
        (*baseline.answers[low], last_change([telling.answers[low] for telling in tellings]))
        for low in changed
        if factual.answers[low] != baseline.answers[low]
    )
    assert factual.given_up == given_up
    seen["suppressed"] += gone.total()
    seen["answers"] += given_up.total()
    return seen


def last_change(outcomes: Sequence[object]) -> int:
    """The last cause whose addition changed an outcome; ``outcomes[j]`` is with the first j causes."""
    return max(number for number in range(1, len(outcomes)) if outcomes[number] != outcomes[number - 1])


def _apart(tellings: Iterable[Telling], whose: str, *kinds: Kind) -> set[int]:
    """People of whom some kinds of records, by what they follow from, are not in all of the tellings."""
    names = ("kind", "user", "from_low", whose)
    told: list[set[Content]] = [
        {tuple(int(row[name]) for name in names) for row in telling.of(*kinds)} for telling in tellings
    ]
    return {record[-1] for number, one in enumerate(told) for record in one ^ told[number - 1]}

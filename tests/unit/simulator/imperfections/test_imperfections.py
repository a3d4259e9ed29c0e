"""What goes wrong on purpose goes wrong as asked, is labelled, and is the same every time."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from pydantic import ValidationError

from services.simulator.domain.town import Identity
from services.simulator.imperfections.distortion import Tick
from services.simulator.imperfections.imperfect import Imperfect
from services.simulator.imperfections.rules import Rule, parse
from services.simulator.runtime.spread import slices
from streamkit.codec import Codec
from streamkit.contracts import Catalogue
from streamkit.identity import hash_id
from streamkit.processor import Output
from streamkit.records import Coded, Column, Outgoing

CATALOGUE = Catalogue.load()
CODEC = Codec(CATALOGUE)
WHO = Identity("run", 3, "dining", "new_york")
MINUTE = 60_000_000
START = 1_780_000_000_000_000 // MINUTE * MINUTE
TICKS, ROWS = 12, 40


def emitted(tick: int) -> list[Output]:
    """A tick of people who look at venues and stop being active: columns of every kind, in order of time."""
    names = np.array([hash_id(tick, row).encode() for row in range(ROWS)], dtype="S26")
    kinds = np.arange(ROWS) % 4 == 0
    columns: dict[str, Column] = {
        "event_id": names,
        "event_type": Coded((~kinds).astype(np.int32), ["session.ended", "venue.viewed"]),
        "run_id": WHO.run_id,
        "branch": WHO.branch,
        "simulation_time": START + tick * MINUTE + np.arange(ROWS) * 1_000_000,
        "world": WHO.world,
        "city": WHO.city,
        "source": "simulator",
        "user_id": np.array([f"u{row % 5:07d}".encode() for row in range(ROWS)], dtype="S8"),
        "session_id": names,
        "venue_id": np.where(kinds, b"", b"v00001"),
        "latitude": np.ma.MaskedArray(np.linspace(40.1, 40.9, ROWS).astype("f4"), mask=kinds),
        "duration_seconds": np.ma.MaskedArray(np.arange(ROWS, dtype="i4"), mask=~kinds),
    }
    return [Outgoing("user_actions", ROWS, columns)]


@dataclass
class Told:
    """What came out, tick by tick: the bytes of each record in order, and the labels."""

    values: list[bytes] = field(default_factory=list)
    ticks: list[int] = field(default_factory=list)
    labels: list[dict[str, object]] = field(default_factory=list)

    def ids(self) -> list[str]:
        return CODEC.decode("user_actions", self.values).frame["event_id"].to_list()


def tell(imperfect: Imperfect, ticks: Sequence[int], told: Told | None = None) -> Told:
    told = told or Told()
    for tick in ticks:
        span = Tick(WHO, START + tick * MINUTE, START + (tick + 1) * MINUTE)
        outputs = imperfect.publish(emitted(tick) if tick < TICKS else [], span)
        for _, part in slices(outputs, span.start_us, MINUTE // 20):
            for output in part:
                assert isinstance(output, Outgoing)
                values = CODEC.encode(output).values
                if output.topic == "ground_truth":
                    assert CATALOGUE.violations(output) == []
                    told.labels += CODEC.decode("ground_truth", values).frame.to_dicts()
                else:
                    told.values += values
                    told.ticks += [tick] * len(values)
    return told


def perfect() -> Told:
    return tell(Imperfect(1), range(TICKS))


def broken(kind: str, rate: float = 0.2, **more: object) -> Imperfect:
    return Imperfect(1, parse([{"topic": "user_actions", "kind": kind, "rate": rate, **more}]))


def subjects(told: Told) -> set[str]:
    return {str(label["subject_event_id"]) for label in told.labels}


def test_without_rules_records_stay_as_they_are() -> None:
    outputs = emitted(0)
    assert Imperfect(1).publish(outputs, Tick(WHO, START, START + MINUTE)) == outputs


@pytest.mark.parametrize("kind", ["late", "duplicate", "drop", "reorder", "corrupt"])
def test_what_goes_wrong_is_exactly_what_is_labelled(kind: str) -> None:
    told, clean = tell(broken(kind), range(TICKS + 15)), perfect()
    struck = subjects(told)
    assert 50 < len(struck) < 150, "a fifth of 480"
    assert {label["name"] for label in told.labels} == {kind}
    times = Counter(told.values)
    expected = {"late": 1, "duplicate": 2, "drop": 0, "reorder": 1, "corrupt": 0}[kind]
    for value, name in zip(clean.values, clean.ids(), strict=True):
        assert times[value] == (expected if name in struck else 1), "to the byte"


def test_what_is_corrupt_cannot_be_decoded_and_nothing_else_suffers() -> None:
    told = tell(broken("corrupt"), range(TICKS))
    decoded = CODEC.decode("user_actions", told.values)
    assert len(decoded.poison) == len(told.labels) > 0
    assert subjects(told).isdisjoint(decoded.frame["event_id"].to_list())


def test_late_records_come_after_their_minute_and_within_the_delay() -> None:
    told, clean = tell(broken("late", 0.5, delay_minutes=3), range(TICKS + 4)), perfect()
    meant, came = dict(zip(clean.ids(), clean.ticks, strict=True)), dict(zip(told.ids(), told.ticks, strict=True))
    assert meant.keys() == came.keys()
    lag = [came[name] - meant[name] for name in meant]
    assert max(lag) == 3
    assert min(lag) == 0
    assert all(came[name] == meant[name] for name in meant.keys() - subjects(told))


def test_a_record_out_of_order_is_overtaken_by_others_of_its_topic() -> None:
    told, clean = tell(broken("reorder", 0.1), range(TICKS + 1)), perfect()
    assert sorted(told.ids()) == sorted(clean.ids())
    order = {name: place for place, name in enumerate(clean.ids())}
    places = [order[name] for name in told.ids()]
    behind = {told.ids()[at] for at in range(1, len(places)) if places[at] < max(places[:at])}
    assert behind <= subjects(told)
    assert len(behind) > 0.9 * len(told.labels), "unless what would overtake it is out of order as well"


def test_a_rule_strikes_only_the_event_type_it_names() -> None:
    told = tell(broken("drop", 1.0, event_type="session.ended"), range(TICKS))
    assert {label["subject_event_type"] for label in told.labels} == {"session.ended"}
    assert len(told.values) == TICKS * ROWS * 3 // 4


EVERYTHING = parse([
    {"topic": "*", "kind": kind, "rate": 0.1} for kind in ("late", "duplicate", "drop", "reorder", "corrupt")
])  # fmt: skip


def test_the_same_seed_does_the_same_and_another_does_not() -> None:
    first, again, other = (tell(Imperfect(seed, EVERYTHING), range(TICKS)) for seed in (1, 1, 2))
    assert first == again
    assert first.values != other.values


def test_a_city_saved_in_between_goes_on_with_what_it_held_back() -> None:
    whole = tell(Imperfect(1, EVERYTHING), range(TICKS + 15))
    before = Imperfect(1, EVERYTHING)
    told = tell(before, range(5))
    assert before.held
    after = Imperfect(1)
    after.load(before.save())
    assert tell(after, range(5, TICKS + 15), told) == whole


def test_rules_can_be_changed_and_ended_on_the_way() -> None:
    imperfect = broken("late", 0.5)
    told = tell(imperfect, range(3))
    assert imperfect.obey({"rules": []}) == {"rules": [], "held": len(imperfect.held)}
    labels = len(told.labels)
    assert len(tell(imperfect, range(3, TICKS + 15), told).labels) == labels, "nothing new goes wrong"
    assert sorted(told.ids()) == sorted(perfect().ids()), "what was held back came all the same"


@pytest.mark.parametrize(
    "rule",
    [
        {"topic": "ground_truth", "kind": "drop", "rate": 0.1},
        {"topic": "*", "kind": "lose", "rate": 0.1},
        {"topic": "*", "kind": "drop", "rate": 1.1},
        {"topic": "*", "kind": "drop", "rate": 0.1, "dealy_minutes": 3},
    ],
)
def test_a_wrong_rule_is_refused(rule: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        parse([rule])


def test_a_rule_is_what_its_values_say() -> None:
    assert parse([{"topic": "bookings", "kind": "late", "rate": 0.01}]) == (Rule("bookings", "late", 0.01),)

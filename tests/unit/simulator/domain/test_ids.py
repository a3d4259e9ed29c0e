"""Ids of the engine: unique, the same when computed again, and readable back."""

import numpy as np
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.simulator.domain.city import MOST_USERS, MOST_VENUES, CityConfig
from services.simulator.domain.events import EVENT_TYPES, Kind
from services.simulator.domain.ids import EventIds, parsed, printed
from services.simulator.domain.rows import user_ids, venue_ids
from tests.unit.simulator.domain.neighbours import catalogue

ENTITIES = np.arange(5_000)


def _ids(run: str = "run", branch: int = 0, kind: int = 2, tick: int = 7, ordinal: int = 0) -> set[bytes]:
    return set(printed(*EventIds(run, branch).of(kind, ENTITIES, tick, ordinal)).tolist())


def test_ids_that_differ_in_anything_never_meet() -> None:
    every = [_ids(), _ids(run="other"), _ids(branch=1), _ids(kind=3), _ids(tick=8), _ids(ordinal=1)]
    assert len(set.union(*every)) == len(every) * len(ENTITIES)


def test_a_city_has_no_more_people_and_places_than_their_ids_can_tell_apart() -> None:
    for ids, most in ((user_ids, MOST_USERS), (venue_ids, MOST_VENUES)):
        assert len(set(ids(np.array([0, 1, most // 10, most - 1])).tolist())) == 4
    with pytest.raises(ValueError, match="users must be from 0 to 10,000,000"):
        CityConfig(users=MOST_USERS + 1)
    with pytest.raises(ValueError, match="venues must be from 0 to 100,000"):
        CityConfig(venues=MOST_VENUES + 1)


def test_an_id_computed_again_is_the_same_alone_or_in_company() -> None:
    together = printed(*EventIds("run", 3).of(4, ENTITIES, 9))
    alone = printed(*EventIds("run", 3).of(4, ENTITIES[77:78], 9))
    assert together[77] == alone[0]


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), min_size=1, max_size=20))
def test_printed_ids_read_back_as_the_same_numbers(numbers: list[tuple[int, int]]) -> None:
    high, low = (np.array(half, dtype=np.uint64) for half in zip(*numbers, strict=True))
    texts = pl.Series([text.decode() for text in printed(high, low).tolist()])
    again_high, again_low = parsed(texts)
    assert np.array_equal(again_high, high)
    assert np.array_equal(again_low, low)


def test_whatever_is_no_id_reads_as_none() -> None:
    high, low = parsed(pl.Series(["", None, "short"], dtype=pl.String))
    assert not (high | low).any()


def test_every_kind_is_an_event_type_that_the_contract_lets_the_simulator_produce() -> None:
    allowed = {
        name
        for topic in catalogue().topics.values()
        for name, event in topic.events.items()
        if "simulator" in event.producers
    }
    assert {name for kind, name in EVENT_TYPES.items() if kind is not Kind.PLAN} <= allowed

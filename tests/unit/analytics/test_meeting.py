"""When rows of people and venues are read on: now and then for records, at once for who asks or is unknown."""

import numpy as np
import polars as pl
import pytest

from services.analytics.domain.directories import Directories
from services.analytics.meeting import Meeting, MeetingPolicy
from streamkit.clock import ManualClock
from streamkit.errors import Retryable
from streamkit.records import Batch
from tests.unit.analytics.city import COMMON

POLICY = MeetingPolicy(every_s=1.0, asked_s=0.1, wait_s=0.5)
NOTHING = pl.DataFrame(schema=dict.fromkeys((*COMMON, "user_id", "venue_id"), pl.String))


class Reader:
    """Rows that come with the given readings; each takes a while."""

    def __init__(self, clock: ManualClock, takes_s: float, *comings: list[str]) -> None:
        self._clock = clock
        self._takes_s = takes_s
        self._comings = list(comings)
        self.readings = 0

    async def catch_up(self) -> list[Batch]:
        self._clock.advance(self._takes_s)
        self.readings += 1
        users = self._comings.pop(0) if self._comings else []
        if not users:
            return []
        rest = {"persona": "foodie_explorer", "borough": "Queens", "registered_at": 1, "friend_ids": ""}
        frame = pl.DataFrame([{**COMMON, "user_id": user, **rest} for user in users])
        return [Batch("users", frame, np.zeros(len(users), dtype=np.int32), np.arange(len(users)))]


def _meeting(clock: ManualClock, reader: Reader) -> Meeting:
    return Meeting(reader, Directories(), clock, POLICY)  # type: ignore[arg-type]


@pytest.mark.parametrize(("topic", "often_s"), [("user_actions", 1), ("requests", 0.1), ("simulation_control", 0.1)])
async def test_rows_are_as_old_as_a_topic_allows(topic: str, often_s: float) -> None:
    clock = ManualClock()
    reader = Reader(clock, 0.0)
    meeting = _meeting(clock, reader)
    for turns, seconds in ((1, 0.0), (1, 0.9 * often_s), (2, 0.2 * often_s), (2, 0.9 * often_s), (3, 0.2 * often_s)):
        clock.advance(seconds)
        await meeting.meet(topic, NOTHING)
        assert reader.readings == turns


def _naming(user: str) -> pl.DataFrame:
    return pl.DataFrame([{**COMMON, "user_id": user, "venue_id": None}], schema_overrides={"venue_id": pl.String})


async def test_who_is_unknown_is_waited_for_until_the_row_comes() -> None:
    clock = ManualClock()
    reader = Reader(clock, 0.1, [], [], ["u0000001"])
    await _meeting(clock, reader).meet("user_actions", _naming("u0000001"))
    assert reader.readings == 3


async def test_a_row_that_does_not_come_is_given_up_and_asked_for_no_more() -> None:
    clock = ManualClock()
    reader = Reader(clock, 0.2)
    meeting = _meeting(clock, reader)
    await meeting.meet("user_actions", _naming("u0000001"))
    readings = reader.readings
    assert 0.5 < readings * 0.2 < 1.0
    await meeting.meet("user_actions", _naming("u0000001"))
    assert reader.readings == readings


class Silent:
    """A broker that does not answer."""

    async def catch_up(self) -> list[Batch]:
        raise Retryable("no answer")


async def test_a_broker_that_is_silent_costs_rows_their_freshness_and_ends_only_who_needs_them() -> None:
    meeting = Meeting(Silent(), Directories(), ManualClock(), POLICY)  # type: ignore[arg-type]
    await meeting.meet("user_actions", NOTHING)
    with pytest.raises(Retryable):
        await meeting.meet("user_actions", _naming("u0000001"))

"""One bad request costs itself: it goes to the dead letters, and the others of its batch are decided."""

from collections.abc import Callable, Sequence
from hashlib import blake2b

import numpy as np
import pytest
from sqlalchemy import Engine

from services.booking.adapters.outbox import Relay
from services.booking.adapters.postgres import PostgresState
from services.booking.culprit import culprit
from services.booking.fail_points import no_failure
from services.booking.host import Host
from services.booking.processor import BookingProcessor
from streamkit.clock import SystemClock
from streamkit.errors import Poison, Retryable
from streamkit.positions import Positions
from streamkit.records import Batch, Outgoing
from tests.unit.booking.city import CODEC, request_row, venue_row

pytestmark = pytest.mark.postgres

HUGE = "".join(blake2b(bytes([number])).hexdigest() for number in range(200))
"""More than an index takes of a row, also after the server has compressed it."""


class Published:
    """Keeps what is published; with ``away`` the broker is, for so many times."""

    def __init__(self) -> None:
        self.values: list[bytes | None] = []
        self.away = 0

    async def publish_raw(
        self,
        topic: str,
        keys: Sequence[bytes | None],
        values: Sequence[bytes | None],
        headers: Sequence[list[tuple[str, str | bytes | None]]],
    ) -> Positions:
        if self.away:
            self.away -= 1
            raise Retryable("the broker is away")
        if topic == "bookings":
            self.values += values
        return {}

    def outcomes(self) -> dict[str, str]:
        values = [value for value in self.values if value is not None]
        return {row["booking_id"]: row["event_type"] for row in CODEC.decode("bookings", values).frame.to_dicts()}


def batch(topic: str, rows: Sequence[dict[str, object]], first: int = 0) -> Batch:
    encoded = CODEC.encode(Outgoing.from_rows(topic, rows))
    frame = CODEC.decode(topic, list(encoded.values)).frame
    return Batch(topic, frame, np.zeros(len(rows), np.int32), np.arange(first, first + len(rows), dtype=np.int64))


def without(given: Batch, dead: Sequence[int]) -> Batch:
    keep = ~np.isin(given.offsets, dead)
    return Batch(given.topic, given.frame.filter(keep), given.partitions[keep], given.offsets[keep])


@pytest.fixture
def published() -> Published:
    return Published()


@pytest.fixture
def host(engine: Engine, published: Published) -> Host:
    state, clock = PostgresState(engine), SystemClock()
    relay = Relay(engine, published, clock, no_failure)
    return Host(BookingProcessor(state), state, relay, CODEC, clock, no_failure)


@pytest.mark.parametrize("bad", [{"user_id": "nul\0"}, {"event_id": HUGE}, {"venue_id": HUGE}, {"party_size": -1}])
async def test_a_bad_request_among_good_ones_is_the_only_one_that_is_not_decided(
    host: Host, published: Published, bad: dict[str, object]
) -> None:
    good = [request_row(f"r{number:02}", venue_id=f"v{number % 8:05}") for number in range(40)]
    rows = [*good[:23], {**request_row("bad"), **bad}, *good[23:]]
    requests = batch("bookings", rows)
    await host.handle([batch("venues", [venue_row(f"v{number:05}", "2x6") for number in range(8)])], {})
    dead: list[int] = []
    while True:
        try:
            await host.handle([without(requests, dead)], {("bookings", 0): len(rows)})
        except Poison as poison:
            dead.append(poison.offset)
        else:
            break
    assert dead in ([], [23])
    told = published.outcomes()
    assert {name for name, outcome in told.items() if outcome == "booking.confirmed"} == {f"r{n:02}" for n in range(40)}
    assert dead == [23] or told["bad"] == "booking.declined"


async def test_what_was_decided_while_the_broker_was_away_is_out_before_the_batch_is_done(
    host: Host, published: Published
) -> None:
    requests = batch("bookings", [request_row("asked")])
    await host.handle([batch("venues", [venue_row()])], {})
    published.away = 1
    with pytest.raises(Retryable):
        await host.handle([requests], {("bookings", 0): 1})
    assert published.values == []
    await host.handle([requests], {("bookings", 0): 1})
    assert published.outcomes() == {"asked": "booking.confirmed"}


def test_the_culprit_is_the_record_with_which_a_beginning_first_fails() -> None:
    batches = [batch("bookings", [request_row(f"a{n}") for n in range(7)]), batch("bookings", [request_row("b")], 9)]

    def fails_on(name: str) -> Callable[[Sequence[Batch]], bool]:
        return lambda beginning: any(name in one.frame["event_id"].to_list() for one in beginning)

    for index in range(7):
        assert culprit(batches, fails_on(f"a{index}")) == ("bookings", 0, index)
    assert culprit(batches, fails_on("b")) == ("bookings", 0, 9)
    assert culprit(batches, fails_on("nobody")) is None
    assert culprit([], fails_on("a1")) is None

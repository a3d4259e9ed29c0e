"""A client's outbox: in order whatever goes past it, bounded, and of a state only the newest."""

import asyncio

from services.gateway.live.client import TOO_SLOW, Client
from services.gateway.live.frames import Frame, Notice


class Line:
    """A connection that takes bytes at once while it is free."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.free = True
        self.seen: list[bytes] = []
        client.write = self.write

    def write(self, wire: bytes) -> bool:
        if self.free:
            self.seen.append(wire)
        return self.free

    async def empty(self) -> None:
        """As the writer task does: wait for room, then write what waited."""
        self.seen += [message.wire for message in await self.client.take()]


def let_go(client: Client) -> int | None:
    return None if client.closing is None else client.closing.code


def notices(count: int) -> list[Notice]:
    return [Notice("note", {"number": number}) for number in range(count)]


async def idle(line: Line) -> "asyncio.Task[None]":
    """The writer as it waits for something to write."""
    task = asyncio.create_task(line.empty())
    await asyncio.sleep(0)
    return task


async def test_what_a_free_client_is_told_goes_past_the_outbox() -> None:
    line = Line(Client("stream", limit=10))
    writer = await idle(line)
    said = notices(3)
    for notice in said:
        line.client.offer(notice)
    line.client.tell(Notice("counters", {"payload": 1}))
    assert line.seen == [*(notice.wire for notice in said), Notice("counters", {"payload": 1}).wire]
    await asyncio.sleep(0)
    assert not writer.done(), "nobody was woken"
    writer.cancel()


async def test_nothing_overtakes_what_waits_or_is_being_written() -> None:
    line = Line(Client("stream", limit=10))
    said = notices(5)
    line.client.offer(said[0])
    line.free = False
    line.client.offer(said[1])
    line.free = True
    line.client.offer(said[2])
    taken = await line.client.take()
    line.client.offer(said[3])  # the writer still holds what it took
    line.seen += [message.wire for message in taken]
    await line.empty()
    writer = await idle(line)
    line.client.offer(said[4])
    assert line.seen == [notice.wire for notice in said]
    writer.cancel()


async def test_a_slow_client_is_told_the_newest_state_and_let_go_at_its_limit() -> None:
    client = Client("stream", limit=3)
    line = Line(client)
    line.free = False
    for number in range(3):
        client.tell(Notice("counters", {"payload": number}))
    assert [message.wire for message in await client.take()] == [Notice("counters", {"payload": 2}).wire]
    client.offer(Frame("e", "bookings", (1,), [b"{}"] * 3))
    assert let_go(client) is None
    client.offer(notices(1)[0])
    assert let_go(client) == TOO_SLOW
    line.free = True
    client.offer(notices(1)[0])
    assert line.seen == [], "nothing is said to one that is let go"

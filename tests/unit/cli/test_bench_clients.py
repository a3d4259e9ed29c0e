"""The bench's clients of the gateway: they count what they are sent, and live on as a client does."""

import asyncio
import struct

from cli.bench.gateway_clients import Tally, Watcher

UPGRADED = b"HTTP/1.1 101 Switching Protocols\r\n\r\n"


class Wire(asyncio.Transport):
    """Keeps what is written to it."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []

    def write(self, data: object) -> None:
        assert isinstance(data, bytes)
        self.written.append(data)


def frame(kind: int, payload: bytes) -> bytes:
    return (
        struct.pack("!BBH", kind, 126, len(payload)) + payload
        if len(payload) > 125
        else bytes((kind, len(payload))) + payload
    )


def test_a_ping_between_frames_is_answered_with_its_words_however_the_bytes_come() -> None:
    events = frame(0x81, b'{"type":"events","channel":"user_actions","events":[' + b" " * 300 + b"]}")
    sent = UPGRADED + events + frame(0x89, b"luna") + frame(0x89, b"") + events
    for step in (1, 3, len(sent)):
        tally, wire = Tally(), Wire()
        client = Watcher(tally, stalled=False)
        client.connection_made(wire)
        for at in range(0, len(sent), step):
            client.data_received(sent[at : at + step])
        assert tally.frames == 2
        pongs = [data for data in wire.written if data[0] == 0x8A]
        assert pongs == [b"\x8a\x84\0\0\0\0luna", b"\x8a\x80\0\0\0\0"]

"""A text message as the bytes of its WebSocket frame (RFC 6455, unmasked as a server's are), made once for everyone."""

from websockets.frames import Frame, Opcode


def framed(text: bytes) -> bytes:
    """The frame of a whole text message, without extensions."""
    return Frame(Opcode.TEXT, text).serialize(mask=False)

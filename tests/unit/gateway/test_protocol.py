"""No message of a client can crash the protocol."""

from hypothesis import given
from hypothesis import settings as effort
from hypothesis import strategies as st

from services.gateway.sockets.protocol import ProtocolError, parse


@effort(max_examples=300)
@given(st.one_of(st.text(max_size=200), st.binary(max_size=200)))
def test_no_message_crashes_the_protocol(message: str | bytes) -> None:
    try:
        parse(message, 1_000)
    except ProtocolError as error:
        assert error.notice().message.startswith(b'{"type":"error"')  # noqa: PT017 - either outcome is fine

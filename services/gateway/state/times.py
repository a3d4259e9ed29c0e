"""Microseconds to ISO 8601 and back."""

from datetime import UTC, datetime, timedelta

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def iso(time_us: int | None) -> str | None:
    """ISO 8601 in UTC with microseconds, as all of the API writes times."""
    if time_us is None:
        return None
    return f"{(_EPOCH + timedelta(microseconds=time_us)).isoformat(timespec='microseconds')[:-6]}Z"


def microseconds(time: datetime) -> int:
    """Microseconds since 1970 UTC of an aware time."""
    return (time - _EPOCH) // timedelta(microseconds=1)

"""Times in questions: with a zone as they are, without one UTC; checked, because they may be out of range."""

from datetime import UTC, datetime

from services.gateway.api.problems import InvalidError
from services.gateway.state.times import iso, microseconds


def moment(time: datetime, field: str) -> int:
    """Microseconds since 1970 of a time that somebody gave; a 422 where it cannot be told."""
    try:
        aware = time.replace(tzinfo=UTC) if time.tzinfo is None else time.astimezone(UTC)
    except (OverflowError, ValueError) as error:
        raise InvalidError(field, "the year must be between 1 and 9999 in UTC") from error
    return microseconds(aware)


def in_utc(time: datetime, field: str) -> str:
    """ISO 8601 in UTC of a time that somebody gave."""
    text = iso(moment(time, field))
    assert text is not None
    return text

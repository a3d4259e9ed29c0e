"""Arguments of questions to the store, checked, and the opaque cursor that continues an answer."""

import base64
import hashlib
import json
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from services.analytics.domain.queries import RefusedError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MAX_US = 2**62
"""Far beyond any simulated time, and still a bigint when a window is added."""


def _moment(value: object) -> object:
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        raise ValueError("must be microseconds since 1970 or ISO 8601 with a zone") from None
    if moment.tzinfo is None:
        raise ValueError("needs a time zone, for example 2024-11-08T18:00:00Z")
    passed = moment - _EPOCH
    return (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds


def _several(value: object) -> object:
    return [value] if isinstance(value, str) else value


Moment = Annotated[int, BeforeValidator(_moment), Field(ge=-MAX_US, le=MAX_US, strict=True)]
"""Microseconds since 1970 UTC, also given as ISO 8601 with a zone."""
Name = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]
Names = Annotated[tuple[Name, ...], BeforeValidator(_several), Field(min_length=1, max_length=64)]
"""One name or several."""


class Question(BaseModel):
    """What every question may say: which telling it is about."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)

    run_id: Name | None = None
    branch: Annotated[int, Field(ge=0, lt=2**31)] | None = None

    @model_validator(mode="after")
    def _telling(self) -> "Question":
        if (self.run_id is None) != (self.branch is None):
            raise ValueError("run_id and branch go together")
        return self


class Ranged(Question):
    """A question about simulated time in [from, to)."""

    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None

    @model_validator(mode="after")
    def _forward(self) -> "Ranged":
        if self.from_ is not None and self.to is not None and self.from_ >= self.to:
            raise ValueError("from must lie before to")
        return self


class Paged(Ranged):
    """A question whose answer comes in pages."""

    order: Literal["asc", "desc"] = "desc"
    limit: Annotated[int, Field(ge=1, le=500)] = 100
    cursor: Name | None = None


class History(Paged):
    """``history.get``."""

    topic: Names | None = None
    event_type: Names | None = None
    user_id: Name | None = None
    venue_id: Name | None = None
    booking_id: Name | None = None
    cause_id: Name | None = None


class Journey(Paged):
    """``journey.events``."""

    user_id: Name
    order: Literal["asc", "desc"] = "asc"


class Tastes(Paged):
    """``preferences.history``."""

    user_id: Name


class Story(Question):
    """``story.get``."""

    event_id: Name
    depth: Annotated[int, Field(ge=1, le=50)] = 20
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Figures(Ranged):
    """``aggregate.history``."""

    from_: Moment = Field(alias="from")
    to: Moment
    group_by: Literal["minute", "hour", "day"] = "hour"
    metric: Names | None = None
    dimension: Name | None = None


class State(Question):
    """``store.state``."""


class ReplayStart(Ranged):
    """``replay.start``; a speed of ``max`` is as fast as the broker takes it."""

    from_: Moment = Field(alias="from")
    to: Moment
    topics: Names | None = None
    speed: Annotated[float, Field(ge=1, le=1000)] | Literal["max"] = 60.0
    event_types: Names | None = None
    user_id: Name | None = None
    venue_id: Name | None = None
    replay_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")] | None = None


class ReplayStop(Question):
    """``replay.stop``."""

    replay_id: Annotated[str, Field(pattern=r"^[A-Za-z0-9._-]{1,64}$")]


class ReplayList(Question):
    """``replay.list``."""


Asked = TypeVar("Asked", bound=Question)


def parse(kind: type[Asked], parameters: str | None) -> Asked:
    """Arguments of a question out of their JSON.

    Raises:
        RefusedError: naming the field and the reason.

    """
    try:
        return kind.model_validate(json.loads(parameters or "{}"))
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "parameters"
        raise RefusedError(f"{place}: {first['msg'].removeprefix('Value error, ')}") from error
    except (ValueError, RecursionError) as error:
        raise RefusedError(f"parameters are not JSON: {error}") from error


def print_cursor(question: Paged, at_us: int, event_id: str) -> str:
    """Cursor that continues behind an event."""
    text = json.dumps([_fingerprint(question), at_us, event_id], separators=(",", ":"))
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def read_cursor(question: Paged) -> tuple[int, str] | None:
    """Event behind which to go on; None at the beginning.

    Raises:
        RefusedError: it is none of ours, or another question's.

    """
    if question.cursor is None:
        return None
    try:
        padded = question.cursor + "=" * (-len(question.cursor) % 4)
        content: Any = json.loads(base64.urlsafe_b64decode(padded.encode()))
        fingerprint, at_us, event_id = content
    except (ValueError, TypeError) as error:
        raise RefusedError("cursor: not one that an answer gave") from error
    if fingerprint != _fingerprint(question) or type(at_us) is not int or not isinstance(event_id, str):
        raise RefusedError("cursor: it belongs to another question; begin without one")
    return at_us, event_id


def _fingerprint(question: Paged) -> str:
    content = f"{type(question).__name__}{question.model_dump_json(exclude={'cursor', 'limit'})}"
    return hashlib.blake2b(content.encode(), digest_size=6).hexdigest()

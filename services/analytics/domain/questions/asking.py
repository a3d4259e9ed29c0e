"""What questions have in common: strict parameters, two ways to fail, ranges of simulated time."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.aggregates.store import WIDTHS
from services.analytics.domain.branches import BranchState

MAX_BUCKETS = 1_500
"""Buckets of one answer: a day of minutes, and some."""

AHEAD_MINUTES = 15
"""Minutes after the last tick whose records belong to now; what is dated later is of the future."""

LATEST_US = 253_402_300_800_000_000
"""The year 10000: no later time can be written as ISO 8601."""

RANGE_MINUTES = {"1h": 60, "24h": 1_440, "7d": 10_080, "30d": 43_200}


class RefusedError(Exception):
    """The question is bad; the message says what about it."""


class NotFoundError(Exception):
    """The question is good, but nobody knows what it is about."""


class Question(BaseModel):
    """Parameters of a question: nothing unknown, nothing implied."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


def _moment(value: object) -> object:
    """Microseconds out of ISO 8601 with a zone; numbers stay."""
    if not isinstance(value, str):
        return value
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise ValueError(f"{value!r} is neither microseconds nor ISO 8601") from error
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone; append Z for UTC")
    return int((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)


Moment = Annotated[int, BeforeValidator(_moment), Field(ge=0, lt=LATEST_US, strict=True)]


class RangeQuestion(Question):
    """A question about a range: back from now, or between two moments."""

    time_range: Literal["1h", "24h", "7d", "30d"] | None = None
    from_: Moment | None = Field(default=None, alias="from")
    to: Moment | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "RangeQuestion":
        if self.time_range and (self.from_ is not None or self.to is not None):
            raise ValueError("time_range and from/to exclude each other")
        if self.to is not None and self.from_ is None:
            raise ValueError("to needs from")
        if self.from_ is not None and self.to is not None and self.to <= self.from_:
            raise ValueError("to must be after from")
        return self

    @property
    def everything(self) -> bool:
        """Whether no range is given."""
        return self.time_range is None and self.from_ is None


@dataclass(frozen=True, slots=True)
class Stretches:
    """Whole buckets of one width, first to end (exclusive), and those of them that have records."""

    width: str
    first: int
    end: int
    starts: Sequence[int]

    @property
    def minutes(self) -> int:
        """Simulated minutes a bucket is long."""
        return WIDTHS[self.width]

    @property
    def start_us(self) -> int:
        """Where the range starts."""
        return self.first * self.minutes * MINUTE_US

    @property
    def end_us(self) -> int:
        """Where it ends, exclusive."""
        return self.end * self.minutes * MINUTE_US


def now_minute(state: BranchState) -> int:
    """First minute that has not begun: after the last tick, or after the newest record where there is no tick yet."""
    newest = state.aggregates.newest + 1
    tick = state.windows.newest_tick
    if tick is None:
        return newest
    ticked = int(tick.row["simulation_time"]) // MINUTE_US
    return max(ticked, min(newest, ticked + AHEAD_MINUTES))


def stretches(state: BranchState, question: RangeQuestion, width: str, default: str | None = None) -> Stretches:
    """Buckets of a width that a question asks about; without a range those of ``default``, or everything kept.

    Raises:
        RefusedError: the range lies after now.

    """
    minutes = WIDTHS[width]
    end = now_minute(state)
    named = question.time_range or default
    partials = state.aggregates.partials
    if question.from_ is not None:
        begin = question.from_ // MINUTE_US
        if begin >= end:
            raise RefusedError(f"from: lies after now, {end * MINUTE_US}")
        if question.to is not None:
            end = min(end, -(-question.to // MINUTE_US))
    elif question.everything and default is None:
        kept = partials.between(width, 0, -(-end // minutes))
        begin = kept[0] * minutes if kept else end - 1
    else:
        assert named is not None
        begin = end - RANGE_MINUTES[named]
    first, last = begin // minutes, -(-end // minutes)
    return Stretches(width, first, last, partials.between(width, first, last))


def coarse(state: BranchState, question: RangeQuestion) -> Stretches:
    """Hours of a range while all of them are kept, days where not or where everything is asked about."""
    if not question.everything:
        hours = stretches(state, question, "hour")
        if hours.first > state.aggregates.partials.horizon("hour"):
            return hours
    return stretches(state, question, "day")

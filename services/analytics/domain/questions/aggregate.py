"""``aggregate.get``: figures by bucket of simulated time, of all records or of some."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import Field, model_validator

from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.aggregates.figures import Kinds, answered
from services.analytics.domain.aggregates.kinds import COUNTED, DIMENSIONS
from services.analytics.domain.aggregates.merging import Merged
from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.asking import (
    MAX_BUCKETS,
    RangeQuestion,
    RefusedError,
    Stretches,
    now_minute,
    stretches,
)

FORGOTTEN = "what lies before figures_from is no longer in the live tables"


class AggregateQuestion(RangeQuestion):
    """``aggregate.get``."""

    group_by: Literal["minute", "hour", "day"] = "minute"
    topic: Literal["user_actions", "social_interactions", "bookings", "recommendations", "environment"] | None = None
    type: str | None = Field(default=None, min_length=1)
    persona: str | None = Field(default=None, min_length=1)
    category: str | None = Field(default=None, min_length=1)
    borough: str | None = Field(default=None, min_length=1)
    breakdown: Literal["persona", "category", "borough"] | None = None

    @model_validator(mode="after")
    def _one_dimension(self) -> "AggregateQuestion":
        named = [dimension for dimension in DIMENSIONS if getattr(self, dimension) is not None]
        if len(named) > 1:
            raise ValueError(f"{' and '.join(named)} cannot be combined: counts are kept by one of them at a time")
        if named and self.breakdown and self.breakdown != named[0]:
            raise ValueError(f"breakdown {self.breakdown} cannot be combined with {named[0]}")
        return self

    @property
    def dimension(self) -> str | None:
        """The dimension that records are chosen by."""
        return next((name for name in DIMENSIONS if getattr(self, name) is not None), None)

    @property
    def filters(self) -> Mapping[str, str]:
        """What chooses records."""
        named = {name: getattr(self, name) for name in ("topic", "type", *DIMENSIONS)}
        return {name: value for name, value in named.items() if value is not None}


def aggregate(state: BranchState, question: AggregateQuestion) -> Mapping[str, Any]:
    """Figures of each bucket up to now, and of the whole range; buckets without records are left out.

    What lies before ``figures_from`` is no longer kept here: the answer says whether it is complete.
    """
    asked = stretches(state, question, question.group_by, "1h")
    buckets = asked.end - asked.first
    if buckets > MAX_BUCKETS:
        raise RefusedError(
            f"group_by: {buckets} buckets of a {question.group_by} are more than {MAX_BUCKETS}; "
            "ask for a shorter range or longer buckets"
        )
    reach = state.aggregates.partials.reach(asked.width, now_minute(state)) * asked.minutes * MINUTE_US
    described = [_bucket(state, question, asked, start) for start in asked.starts]
    return {
        "group_by": question.group_by,
        "from": asked.start_us,
        "to": asked.end_us,
        "filters": question.filters,
        "buckets": [bucket for bucket in described if bucket["events"] or not question.filters],
        "total": _figures(state, question, asked, asked.starts, asked.end_us),
        "complete": reach <= asked.start_us,
        "figures_from": max(reach, asked.start_us),
        "reason": None if reach <= asked.start_us else FORGOTTEN,
    }


def _bucket(state: BranchState, question: AggregateQuestion, asked: Stretches, start: int) -> Mapping[str, Any]:
    first, end = start * asked.minutes, (start + 1) * asked.minutes
    closed = end <= state.aggregates.closed_until
    figures = _figures(state, question, asked, [start], end * MINUTE_US)
    return {"start": first * MINUTE_US, "end": end * MINUTE_US, "closed": closed, **figures}


def _figures(
    state: BranchState, question: AggregateQuestion, asked: Stretches, starts: Sequence[int], end_us: int
) -> dict[str, Any]:
    splits = {dimension for dimension in (question.dimension, question.breakdown) if dimension}
    merged = state.windows.merger.merged(asked.width, starts, splits=splits)
    chosen = None
    if question.filters:
        chosen = _chosen(_of_dimension(merged, question), question)
    minutes = asked.minutes if len(starts) == 1 else (asked.end - asked.first) * asked.minutes
    registered = state.aggregates.people.registered(min(end_us, now_minute(state) * MINUTE_US))
    figures = answered(merged, 60 * minutes, registered, chosen)
    if question.breakdown:
        split = merged.split.get(question.breakdown, {})
        wanted = getattr(question, question.breakdown)
        figures[f"by_{question.breakdown}"] = {
            value: _chosen(kinds, question).total() for value, kinds in sorted(split.items()) if wanted in (None, value)
        }
    return figures


def _of_dimension(merged: Merged, question: AggregateQuestion) -> Kinds:
    if question.dimension is None:
        return merged.kinds
    return merged.split.get(question.dimension, {}).get(getattr(question, question.dimension), Counter())


def _chosen(kinds: Kinds, question: AggregateQuestion) -> Kinds:
    return Counter(
        {
            (topic, kind): count
            for (topic, kind), count in kinds.items()
            if question.topic in (None, topic) and question.type in (None, kind)
        }
    )


assert set(COUNTED) == {"user_actions", "social_interactions", "bookings", "recommendations", "environment"}

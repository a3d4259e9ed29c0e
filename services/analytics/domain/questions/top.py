"""``top.get``: the most of something, counted exactly."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import Field

from services.analytics.domain.aggregates.figures import by_type
from services.analytics.domain.aggregates.folding import PEOPLE, VENUES
from services.analytics.domain.aggregates.kinds import PEOPLE_DEEDS, UNKNOWN, VENUE_DEEDS
from services.analytics.domain.aggregates.names import Numbering
from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.asking import RangeQuestion, RefusedError, Stretches, coarse

OLDER = {"booked_venues": ("venues", "bookings"), "visited_venues": ("venues", "visits")}
"""Names from before ``by``."""

MEASURES: Mapping[str, tuple[str, ...]] = {
    "venues": VENUE_DEEDS,
    "cuisines": VENUE_DEEDS,
    "categories": VENUE_DEEDS,
    "boroughs": VENUE_DEEDS,
    "users": PEOPLE_DEEDS,
    "personas": PEOPLE_DEEDS,
    "event_types": ("events",),
}
"""What is ranked, and by what it can be: the first is the default."""


class TopQuestion(RangeQuestion):
    """``top.get``."""

    what: Literal[
        "venues",
        "booked_venues",
        "visited_venues",
        "cuisines",
        "categories",
        "boroughs",
        "users",
        "personas",
        "event_types",
    ] = "venues"
    by: Literal["views", "saves", "interests", "bookings", "visits", "reviews", "spend", "invites", "events"] | None = (
        None
    )
    limit: Annotated[int, Field(ge=1, le=100)] = 10


def top(state: BranchState, question: TopQuestion) -> Mapping[str, Any]:
    """The most frequent of a kind, most first, equals by id."""
    what, given = OLDER.get(question.what, (question.what, None))
    by = question.by or given or MEASURES[what][0]
    if by not in MEASURES[what] or (given is not None and by != given):
        raise RefusedError(f"by: {question.what} are not ranked by {by}; by one of {', '.join(MEASURES[what])}")
    asked = coarse(state, question)
    counts = _counts(state, asked, what, by)
    ranked = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[: question.limit]
    return {
        "what": question.what,
        "by": by,
        "from": asked.start_us,
        "to": asked.end_us,
        "items": [{"id": name, "name": _name(state, what, name), "count": count} for name, count in ranked],
    }


def _counts(state: BranchState, asked: Stretches, what: str, by: str) -> Mapping[str, int]:
    if what == "event_types":
        return by_type(state.windows.merger.merged(asked.width, asked.starts).kinds)
    aggregates = state.aggregates
    if what in ("users", "personas"):
        counts = _of_deed(state, asked, aggregates.persons, PEOPLE, PEOPLE_DEEDS, by)
        return counts if what == "users" else _grouped(counts, aggregates.people.persona)
    counts = _of_deed(state, asked, aggregates.places, VENUES, VENUE_DEEDS, by)
    if what == "venues":
        return counts
    attribute = {"cuisines": "cuisine", "categories": "category", "boroughs": "borough"}[what]
    return _grouped(counts, lambda venue_id: getattr(state.venues.get(venue_id), attribute, None))


def _of_deed(
    state: BranchState, asked: Stretches, numbering: Numbering, vector: int, deeds: tuple[str, ...], by: str
) -> dict[str, int]:
    total = state.windows.merger.vector(vector, numbering, asked.width, asked.starts)
    counts = total.reshape(-1, len(deeds))[:, deeds.index(by)]
    at = np.flatnonzero(counts)
    return {numbering.names[number]: count for number, count in zip(at.tolist(), counts[at].tolist(), strict=True)}


def _grouped(counts: Mapping[str, int], group_of: Callable[[str], str | None]) -> Counter[str]:
    grouped: Counter[str] = Counter()
    for name, count in counts.items():
        grouped[group_of(name) or UNKNOWN] += count
    return grouped


def _name(state: BranchState, what: str, name: str) -> str | None:
    venue = state.venues.get(name) if what == "venues" else None
    return None if venue is None else venue.name

"""Adds buckets that the live tables no longer have to a live answer of `aggregate.get`."""

import json
from collections.abc import Mapping
from typing import Any

import polars as pl

from services.analytics.domain.questions.asking import MAX_BUCKETS, NotFoundError
from services.analytics.store import windows
from services.analytics.store.parameters import Question
from services.analytics.store.questions import Questions

_BREAKDOWNS = {"topic": "by_topic", "event_type": "by_type"}
_SCALARS = ("events", "active_users", "sessions", "invites", "bookings")
"""Counts; of other metrics it is the value that is told."""
_FILTERS = ("topic", "type", "persona", "category", "borough")


def reaches_back(answer: Mapping[str, Any]) -> bool:
    """Whether a live answer begins later than what was asked for, so that older windows may be in the store."""
    start, buckets = answer.get("from"), answer.get("buckets")
    if not isinstance(start, int) or not isinstance(buckets, list):
        return False
    return not buckets or buckets[0]["start"] > start


def joined(questions: Questions, answer: Mapping[str, Any], parameters: str | None) -> Mapping[str, Any]:
    """The live answer with older buckets from the store before its own, each marked.

    A question that filters gets none: what was published is not divided by several things at once.
    """
    asked = json.loads(parameters or "{}")
    if any(asked.get(name) is not None for name in _FILTERS):
        return answer
    width = windows.WIDTHS[answer["group_by"]]
    live = answer["buckets"]
    end = live[0]["start"] if live else answer["to"]
    if end <= answer["from"] or (end - answer["from"]) // width + len(live) > MAX_BUCKETS:
        return answer
    try:
        number = questions.scope(Question())[1]
    except NotFoundError:
        return answer
    old = windows.figures(questions.cursor, number, width, answer["from"], end)
    buckets = [_bucket(int(start), width, rows) for (start,), rows in old.group_by("start_us", maintain_order=True)]
    return {**answer, "buckets": [*buckets, *live]}


def _bucket(start: int, width: int, rows: pl.DataFrame) -> Mapping[str, Any]:
    bucket: dict[str, Any] = {"start": start, "end": start + width, "closed": True, "source": "store"}
    for row in rows.iter_rows(named=True):
        metric, dimension = row["metric"], row["dimension"]
        figure = row["count"] if metric in _SCALARS else row["value"]
        if not dimension:
            bucket[metric] = figure
        elif metric == "events" and dimension in _BREAKDOWNS:
            bucket.setdefault(_BREAKDOWNS[dimension], {})[row["dimension_value"]] = figure
    return bucket

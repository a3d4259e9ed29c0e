"""Adds buckets that the live tables no longer have to a live answer of `aggregate.get`."""

import json
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from services.analytics.domain.aggregates.figures import COUNTS, of_types, ratio
from services.analytics.domain.aggregates.kinds import DIMENSIONS
from services.analytics.domain.questions.asking import MAX_BUCKETS, NotFoundError
from services.analytics.store import windows
from services.analytics.store.parameters import Question
from services.analytics.store.questions import Questions

Answer = Mapping[str, Any]
_COLUMNS = {"topic": "topic", "type": "event_type", **{name: name for name in DIMENSIONS}}
"""What a question chooses records by, and the dimension that figures are published by."""
_MAPS = {"topic": "by_topic", "event_type": "by_type", **{name: f"by_{name}" for name in DIMENSIONS}}
_COUNTED = ("events", "active_users", *COUNTS)
"""Metrics that are counts; of others it is the value that is told."""


def reaches_back(answer: Answer) -> bool:
    """Whether older windows than the live tables keep are asked for, so that they may be in the store."""
    return answer.get("complete") is False


def incomplete(answer: Answer, reason: str) -> Answer:
    """The live answer alone, saying why there is no more."""
    return {**answer, "reason": f"{answer['reason']}, and the event store does not add it: {reason}"}


def joined(questions: Questions, answer: Answer, parameters: str | None) -> Answer:
    """The live answer with older buckets from the store before its own, each marked, and counted in the total.

    Figures are published by one dimension at a time: a question that chooses by several gets none of them.
    """
    asked = json.loads(parameters or "{}")
    width, live = windows.WIDTHS[answer["group_by"]], answer["buckets"]
    chosen = [name for name in _COLUMNS if asked.get(name) is not None]
    end = min([answer["figures_from"], *(bucket["start"] for bucket in live[:1])])
    divided = [*dict.fromkeys([*chosen, *filter(None, [asked.get("breakdown")])])]
    if len(divided) > 1:
        return incomplete(answer, f"old figures are not kept by {' and '.join(divided)} together")
    if {*divided} & {*DIMENSIONS} and width == windows.MINUTE_US:
        return incomplete(answer, f"figures by {', '.join(DIMENSIONS)} are published for hours and days")
    if (end - answer["from"]) // width + len(live) > MAX_BUCKETS:
        return incomplete(answer, f"more than {MAX_BUCKETS} buckets")
    try:
        number = questions.scope(Question())[1]
    except NotFoundError as unknown:
        return incomplete(answer, str(unknown))
    old = windows.figures(questions.cursor, number, width, answer["from"], end)
    only = (_COLUMNS[chosen[0]], asked[chosen[0]]) if chosen else None
    buckets = [
        bucket
        for (start,), rows in old.group_by("start_us", maintain_order=True)
        if (bucket := _bucket(int(start), width, rows, only, asked.get("breakdown"))) is not None
    ]
    first = windows.reach(questions.cursor, number, width, end)
    told = {**answer, "buckets": [*buckets, *live], "total": _total(answer, buckets)}
    if first is not None and first > answer["from"]:
        return told | {"figures_from": first, "reason": "what lies before figures_from is kept by longer buckets alone"}
    return told | {"complete": True, "figures_from": answer["from"], "reason": None}


def _bucket(
    start: int, width: int, rows: pl.DataFrame, only: tuple[str, str] | None, breakdown: str | None
) -> dict[str, Any] | None:
    """One stored bucket as answers have them; None where records are chosen and it has none of them."""
    figures: dict[str, Any] = dict.fromkeys(COUNTS, 0) if only and only[0] in DIMENSIONS else {}
    maps: dict[str, dict[str, int]] = {}
    for row in rows.iter_rows(named=True):
        metric, dimension, value = row["metric"], row["dimension"], row["dimension_value"]
        if (dimension, value) == (only or ("", "")):
            figures[metric] = row["count"] if metric in _COUNTED else row["value"]
        if metric == "events" and dimension in _MAPS and (only is None or (dimension, value) == only):
            maps.setdefault(_MAPS[dimension], {})[value] = row["count"]
    if only is not None and not figures.get("events"):
        return None
    shown = {name: counts for name, counts in maps.items() if name in ("by_topic", "by_type", f"by_{breakdown}")}
    derived = of_types(maps["by_type"], width // 1_000_000) if "by_type" in maps else {}
    place = {"start": start, "end": start + width, "closed": True, "source": "store"}
    return {**place, **derived, **figures, **shown}


def _total(answer: Answer, old: Sequence[Answer]) -> Answer:
    """Of the whole range what adds up, null what does not; figures of people and medians do not."""
    live = answer["total"]
    if not old:
        return dict(live)
    seconds = (answer["to"] - answer["from"]) // 1_000_000
    total: dict[str, Any] = {**dict.fromkeys(live), "registered_users": live["registered_users"]}
    for name in ("events", *COUNTS):
        if all(name in bucket for bucket in old):
            total[name] = live[name] + sum(bucket[name] for bucket in old)
    for name in (one for one in _MAPS.values() if one in live and any(one in bucket for bucket in old)):
        summed = Counter(live[name])
        for bucket in old:
            summed.update(bucket.get(name, {}))
        total[name] = dict(sorted(summed.items()))
    if total["by_type"] is not None:
        total |= of_types(total["by_type"], seconds)
    return total | {"events_per_second": ratio(total["events"] or 0, seconds)}

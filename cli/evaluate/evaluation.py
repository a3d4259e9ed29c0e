"""The evaluation: a split in time, two ways of asking, every ranking scored on the same questions."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cli.bench.measure import Measurement
from cli.evaluate import baselines, metrics, replay
from cli.evaluate.acceptance import Acceptance, over_time
from cli.evaluate.history import History, HistoryError
from cli.evaluate.metrics import Estimate, Lists
from cli.evaluate.questions import ALL, FREE, KINDS, Ids, Questions, at_sessions, at_split, ids_of, visits
from streamkit.processor import Processor

BAR = 1.5
"""Times the recall of popularity that the recommender must reach, of all visits and of those it did not lead to."""

BARRED = (ALL, FREE)
NOON = 12
SECOND = 1_000_000


@dataclass(frozen=True, slots=True)
class Plan:
    """``share`` of the history lies before the split; ``each`` sessions of a person are asked about at most."""

    share: float = 0.7
    k: int = 10
    each: int = 5
    seed: int = 1


@dataclass(frozen=True, slots=True)
class Score:
    """One ranking by one way of asking. Recall, NDCG and times (recall over popularity's) by kind of answer."""

    ranking: str
    recall: Mapping[str, Estimate]
    ndcg: Mapping[str, Estimate]
    times: Mapping[str, Estimate]
    coverage: float
    novelty: float


@dataclass(frozen=True, slots=True)
class Asked:
    """One way of asking: how many questions and people there were by kind of answer, and every ranking's score."""

    way: str
    questions: Mapping[str, int]
    people: Mapping[str, int]
    scores: Sequence[Score]


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was found on one history."""

    plan: Plan
    split_us: int
    ways: Sequence[Asked]
    acceptance: Sequence[Acceptance]

    def measurements(self) -> list[tuple[Measurement, Estimate | None]]:
        """Every figure, those of the recommender beside popularity's; with its interval where it has one."""
        found: list[tuple[Measurement, Estimate | None]] = []
        for way in self.ways:
            other = next(score for score in way.scores if score.ranking == baselines.POPULARITY)
            for score in way.scores:
                found += _figures(score, other, way, self.plan.k)
            for kind in KINDS:
                found.append((Measurement(f"questions, {way.way}, {kind}", way.questions[kind], "questions"), None))
                found.append((Measurement(f"people asked, {way.way}, {kind}", way.people[kind], "people"), None))
        for one in self.acceptance:
            for week, (share, lists) in enumerate(zip(one.shares, one.lists, strict=True), start=1):
                found.append((Measurement(f"lists taken, {one.whose}: {week}", share, "share"), None))
                found.append((Measurement(f"lists looked at, {one.whose}: {week}", lists, "lists"), None))
            for name, slope in (("slope of the share", one.slope), ("slope within a person", one.own)):
                found.append((Measurement(f"{name}, {one.whose}", slope.value, "a week"), slope))
        return found


def evaluate(
    history: History, plan: Plan, makers: Mapping[str, Callable[[], Processor]] | None = None,
    advance: Callable[[int, int], None] = lambda _done, _all: None,
) -> Evaluation:  # fmt: skip
    """Score the recommender (each of ``makers``; the first is held to the bar) and the baselines.

    ``advance`` is told how many questions were answered, and of how many.

    Raises:
        HistoryError: The history is too short to be split, or nobody goes anywhere after the split.

    """
    makers = makers or replay.variants()
    ids, split_us = ids_of(history), split_of(history, plan.share)
    asked = [at_sessions(history, ids, split_us, plan.each, plan.seed), at_split(history, ids, split_us)]
    lists: list[dict[str, Lists]] = [{} for _ in asked]
    total = len(makers) * sum(len(questions) for questions in asked)
    for name, make in makers.items():
        told = replay.answers(history, ids, asked, make, plan.k, lambda done: advance(done, total))
        for place, one in enumerate(told):
            lists[place][name] = one
    for place, questions in enumerate(asked):
        lists[place] |= baselines.ranked(history, ids, questions, plan.k, plan.seed)
    visitors = _visitors(history, ids, split_us)
    ways = [_asked(*pair, visitors, ids, plan) for pair in zip(asked, lists, strict=True)]
    return Evaluation(plan, split_us, ways, over_time(history, plan.seed))


def split_of(history: History, share: float) -> int:
    """The noon, local time, at or before that share of the history: most places are open then or soon.

    Raises:
        HistoryError: Nothing lies before it, or less than a day after it.

    """
    moment = (history.start_us + int((history.end_us - history.start_us) * share)) // SECOND
    local = datetime.fromtimestamp(moment, UTC).astimezone(ZoneInfo(history.zone))
    noon = local.replace(hour=NOON, minute=0, second=0, microsecond=0)
    if noon > local:
        noon -= timedelta(days=1)
    split = int(noon.timestamp()) * SECOND
    if split <= history.start_us or history.end_us - split < timedelta(days=1).total_seconds() * SECOND:
        raise HistoryError("the history is too short: a day must lie before the split and one after it")
    return split


def _visitors(history: History, ids: Ids, split_us: int) -> tuple[NDArray[np.int64], int]:
    """People who had been at each venue before the split, and all who had been anywhere."""
    before = visits(history, ids).filter(pl.col("t") < split_us).unique(["user", "venue"])
    counts = np.bincount(before["venue"].to_numpy(), minlength=len(ids.venues))
    return counts, before["user"].n_unique()


def _asked(
    questions: Questions, lists: Mapping[str, Lists], visitors: tuple[NDArray[np.int64], int], ids: Ids, plan: Plan
) -> Asked:
    recalls, gains = ({name: _by_kind(questions, one, of) for name, one in lists.items()} for of in _MEASURES)
    other = recalls[baselines.POPULARITY]
    scores = [
        Score(
            name,
            {kind: metrics.mean(recalls[name][kind], plan.seed) for kind in KINDS},
            {kind: metrics.mean(gains[name][kind], plan.seed) for kind in KINDS},
            {kind: metrics.ratio(recalls[name][kind], other[kind], plan.seed) for kind in KINDS},
            metrics.coverage(one, len(ids.venues)),
            metrics.novelty(one, *visitors),
        )
        for name, one in lists.items()
    ]
    counted = {kind: int((questions.relevant[kind].counts > 0).sum()) for kind in KINDS}
    return Asked(questions.way, counted, {kind: len(other[kind]) for kind in KINDS}, scores)


_MEASURES = (metrics.recall, metrics.ndcg)


def _by_kind(
    questions: Questions, lists: Lists, measure: Callable[[NDArray[np.bool_], NDArray[np.int64]], metrics.Floats]
) -> dict[str, metrics.Floats]:
    found = {}
    for kind, relevant in questions.relevant.items():
        found[kind] = metrics.by_user(measure(relevant.hits(lists), relevant.counts), questions.user)
    return found


def _figures(score: Score, other: Score, way: Asked, k: int) -> list[tuple[Measurement, Estimate | None]]:
    """Figures of a ranking; those of the recommender as it runs are held to the bar."""
    found: list[tuple[Measurement, Estimate | None]] = []
    peer = None if score is other else other.ranking
    held = score is way.scores[0]
    for kind in KINDS:
        for name, mine, theirs in (("recall", score.recall, other.recall), ("NDCG", score.ndcg, other.ndcg)):
            bar = BAR * theirs[kind].value if held and kind in BARRED and name == "recall" else None
            called = f"{name}@{k} of {score.ranking}, {way.way}, {kind}"
            beside = None if peer is None else theirs[kind].value
            found.append((Measurement(called, mine[kind].value, "0..1", peer, beside, bar), mine[kind]))
        if peer is not None:
            called = f"recall@{k} of {score.ranking} over {peer}'s, {way.way}, {kind}"
            found.append((Measurement(called, score.times[kind].value, "x"), score.times[kind]))
    for name, unit, mine_, theirs_ in (
        ("coverage", "share of venues", score.coverage, other.coverage),
        ("novelty", "bits", score.novelty, other.novelty),
    ):
        called = f"{name}@{k} of {score.ranking}, {way.way}"
        found.append((Measurement(called, mine_, unit, peer, None if peer is None else theirs_), None))
    return found

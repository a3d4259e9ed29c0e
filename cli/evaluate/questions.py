"""What is asked of a recommender about a history, and which venues would have been the right answers.

Two ways of asking. ``sessions``: a person opens the app in the test time; right are the venues they go to or ask a
table of within a day. ``split``: everybody is asked once, at the split; right are the venues of the whole test time.
A visit that was booked before the question is no answer to it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from cli.evaluate.history import History, HistoryError
from cli.evaluate.metrics import Relevant

DAY_US = 86_400_000_000
HORIZON_US = DAY_US
"""How long after opening the app a visit still counts as an answer (a choice: most plans are for the same day)."""

HOPS = 12
"""Longest chain of causes followed: recommendation, interest, booking, outcome, visit, companion, and then some."""

SESSIONS, SPLIT = "sessions", "split"
ALL, FREE, NEW = "all visits", "no recommendation led to it", "places new to the person"
KINDS = (ALL, FREE, NEW)


@dataclass(frozen=True, slots=True)
class Ids:
    """Names of users and venues by index."""

    users: Sequence[str]
    venues: Sequence[str]

    def coded(self, frame: pl.DataFrame) -> pl.DataFrame:
        """``user`` and ``venue`` as indices from 0 beside a frame's ids; rows of venues nobody knows are dropped."""
        users, venues = pl.Enum(self.users), pl.Enum(self.venues)
        return frame.with_columns(
            pl.col("user_id").cast(users, strict=False).to_physical().cast(pl.Int64).alias("user"),
            pl.col("venue_id").cast(venues, strict=False).to_physical().cast(pl.Int64).alias("venue"),
        )


@dataclass(frozen=True, slots=True)
class Questions:
    """One row a question, earliest first; every column has shape (questions,).

    ``opened`` is the event_id of the session a question belongs to, None where it belongs to none. ``relevant`` are the
    right answers of each of `KINDS`.
    """

    way: str
    time_us: NDArray[np.int64]
    user: NDArray[np.int64]
    latitude: NDArray[np.float64]
    longitude: NDArray[np.float64]
    opened: Sequence[str | None]
    relevant: Mapping[str, Relevant]

    def __len__(self) -> int:
        return len(self.time_us)


def ids_of(history: History) -> Ids:
    """Everybody and every venue that the history names, ascending."""
    people = set(history.topics["users"]["user_id"].to_list())
    people |= set(history.topics["user_actions"]["user_id"].drop_nulls().to_list())
    return Ids(sorted(people), sorted(set(history.topics["venues"]["venue_id"].to_list())))


def visits(history: History, ids: Ids) -> pl.DataFrame:
    """Who was where: ``t``, ``user``, ``venue``, earliest first."""
    started = ids.coded(history.events("user_actions", "visit.started"))
    return started.select(pl.col("simulation_time").alias("t"), "user", "venue").drop_nulls()


def choices(history: History, ids: Ids) -> pl.DataFrame:
    """Visits and requests for a table: ``t``, ``user``, ``venue``, ``planned`` and ``led``, ``new``.

    ``planned`` is when the table of a visit was asked for (null for a walk-in), ``led`` whether a recommendation taken
    is among the causes, ``new`` whether the person had not been there before.
    """
    asked = history.events("bookings", "booking.requested")
    went = history.events("user_actions", "visit.started")
    plans = asked.select("booking_id", pl.col("simulation_time").alias("planned")).unique("booking_id", keep="first")
    columns = ["event_id", pl.col("simulation_time").alias("t"), "user_id", "venue_id", "booking_id"]
    both = pl.concat([went.select(columns).join(plans, on="booking_id", how="left"),
                      asked.select(columns).with_columns(planned=pl.lit(None, pl.Int64))])  # fmt: skip
    first = visits(history, ids).group_by("user", "venue").agg(pl.col("t").min().alias("first"))
    both = ids.coded(both).drop_nulls(["user", "venue"]).join(first, on=["user", "venue"], how="left")
    return both.select(
        "t", "user", "venue", "planned",
        pl.col("event_id").is_in(_led(history).implode()).alias("led"),
        (pl.col("first").is_null() | (pl.col("first") >= pl.col("t"))).alias("new"),
    ).sort("t", maintain_order=True)  # fmt: skip


def _led(history: History) -> pl.Series:
    """Ids of the events that have a recommendation taken among their causes."""
    links = pl.concat(
        history.topics[topic].select("event_id", "correlation_id")
        for topic in ("user_actions", "bookings", "social_interactions")
    ).drop_nulls()
    found = history.events("user_actions", "recommendation.accepted")["event_id"]
    newest = found
    for _ in range(HOPS):
        newest = links.filter(pl.col("correlation_id").is_in(newest.implode()))["event_id"]
        newest = newest.filter(~newest.is_in(found.implode()))
        if newest.is_empty():
            break
        found = pl.concat([found, newest])
    return found.unique()


def at_sessions(history: History, ids: Ids, split_us: int, each: int, seed: int) -> Questions:
    """Sessions after the split whose day has a right answer; at most ``each`` of a person, drawn by ``seed``.

    Raises:
        HistoryError: There is none.

    """
    opened = history.events("user_actions", "session.started").filter(
        pl.col("simulation_time").is_between(split_us, history.end_us - HORIZON_US)
    )
    opened = opened.select(
        pl.col("simulation_time").alias("asked"), pl.col("event_id").alias("opened"), "user_id", "venue_id",
        "latitude", "longitude",
    )  # fmt: skip
    coded = ids.coded(opened).drop("venue", "venue_id").with_row_index("question")
    answers = _answers(coded, choices(history, ids), HORIZON_US)
    good = coded.filter(pl.col("question").is_in(answers["question"].unique().implode()))
    lots = np.random.default_rng(seed).random(good.height)
    drawn = good.with_columns(pl.Series("lot", lots)).filter(pl.col("lot").rank().over("user") <= each)
    return _questions(SESSIONS, drawn, answers, ids)


def at_split(history: History, ids: Ids, split_us: int) -> Questions:
    """One question for everybody known before the split who goes somewhere after it.

    Raises:
        HistoryError: There is nobody.

    """
    before = pl.col("simulation_time") < split_us
    homes = history.topics["users"].filter(before).unique("user_id", keep="first", maintain_order=True)
    last = history.events("user_actions", "session.started").filter(before)
    seen = pl.concat([
        homes.select("user_id", pl.col("home_latitude").alias("latitude"), pl.col("home_longitude").alias("longitude")),
        last.select("user_id", "latitude", "longitude"),
    ]).unique("user_id", keep="last", maintain_order=True)  # fmt: skip
    asked = seen.sort("user_id").with_columns(
        asked=pl.lit(split_us), opened=pl.lit(None, pl.String), venue_id=pl.lit(None, pl.String)
    )
    coded = ids.coded(asked).drop("venue", "venue_id").with_row_index("question")
    answers = _answers(coded, choices(history, ids), history.end_us - split_us)
    good = coded.filter(pl.col("question").is_in(answers["question"].unique().implode()))
    return _questions(SPLIT, good, answers, ids)


def _answers(asked: pl.DataFrame, chosen: pl.DataFrame, horizon_us: int) -> pl.DataFrame:
    """Right answers of each question, with the kinds they are of."""
    pairs = asked.select("question", "user", "asked").join(chosen, on="user")
    later = (pl.col("t") > pl.col("asked")) & (pl.col("t") <= pl.col("asked") + horizon_us)
    unplanned = pl.col("planned").is_null() | (pl.col("planned") > pl.col("asked"))
    return pairs.filter(later & unplanned)


def _questions(way: str, asked: pl.DataFrame, answers: pl.DataFrame, ids: Ids) -> Questions:
    if asked.is_empty():
        raise HistoryError(f"nothing to ask ({way}): nobody goes anywhere in the test time, or it is under a day long")
    asked = asked.sort("asked", "user", maintain_order=True).with_row_index("row")
    rows = answers.join(asked.select("question", "row"), on="question")
    kinds = {ALL: rows, FREE: rows.filter(~pl.col("led")), NEW: rows.filter("new")}
    relevant = {
        kind: Relevant.of(found["row"].to_list(), found["venue"].to_list(), asked.height, len(ids.venues))
        for kind, found in kinds.items()
    }
    numbers = {name: asked[name].cast(pl.Float64).to_numpy() for name in ("latitude", "longitude")}
    times, users = asked["asked"].to_numpy(), asked["user"].to_numpy()
    return Questions(way, times, users, numbers["latitude"], numbers["longitude"], asked["opened"].to_list(), relevant)

"""Influence against likeness: adoption of places by people whose friends have been there, matched on propensity.

After Aral, Muchnik, Sundararajan 2009 (doi 10.1073/pnas.0908800106): somebody is treated with a place in a week in
which a friend went there, adopts it by going there for the first time in the week after, and is compared with people
who were as likely to be treated, by what can be known of them and the place beforehand.
"""

from typing import Final

import numpy as np
import polars as pl
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler

from cli.realism.city import DAY, City, NotMeasuredError
from cli.realism.estimators import Floats, kilometres

WEEK_US: Final = 7 * DAY
PEOPLE: Final = 1_000
"""People looked at in one week, evenly over all; with every place each."""

MOST_WEEKS: Final = 6
STRATA: Final = 100
FITTED: Final = 200_000
"""Pairs that the propensity is learnt from; more are thinned."""

FEWEST: Final = 30
"""Adoptions by treated people below which the ratio is noise."""

Flags = NDArray[np.bool_]


def matched_ratio(city: City, edges: pl.DataFrame) -> tuple[float, float, int]:
    """Naive and matched risk ratio of adoption, and how many treated people adopted.

    Args:
        city: The city.
        edges: Friendships, both ways: ``user``, ``friend``, ``since``.

    Raises:
        NotMeasuredError: Less than three weeks told, or too few adoptions.
    """
    weeks = int((city.end_us - city.start_us) // WEEK_US)
    if weeks < 3:  # noqa: PLR2004 — one to know people, one to treat them, one to see what they do
        raise NotMeasuredError(f"{weeks} weeks told, 3 are needed")
    starts = np.unique(np.linspace(1, weeks - 2, min(MOST_WEEKS, weeks - 2)).astype(int))
    parts = [_week(city, edges, city.start_us + int(week) * WEEK_US) for week in starts]
    treated, adopted = np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])
    features = np.concatenate([p[2] for p in parts])
    count = int((treated & adopted).sum())
    if count < FEWEST or not (adopted & ~treated).any():
        raise NotMeasuredError(f"{count} places adopted after a friend, {FEWEST} are needed")
    naive = float(adopted[treated].mean() / adopted[~treated].mean())
    return naive, _matched(treated, adopted, features), count


def _matched(treated: Flags, adopted: Flags, features: Floats) -> float:
    """Adoptions of the treated over those expected of untreated people in the same stratum of propensity."""
    step = max(len(treated) // FITTED, 1)
    scaled = StandardScaler().fit_transform(features)
    model = LogisticRegression(max_iter=200).fit(scaled[::step], treated[::step])
    score = model.decision_function(scaled)
    cuts = np.quantile(score[treated], np.linspace(0, 1, STRATA + 1)[1:-1])
    stratum = np.searchsorted(cuts, score)
    plain = ~treated
    untreated = np.bincount(stratum[plain], minlength=STRATA)
    base = np.bincount(stratum[plain], weights=adopted[plain], minlength=STRATA) / np.maximum(untreated, 1)
    usable = untreated > 0
    inside = treated & usable[stratum]
    expected = float((np.bincount(stratum[inside], minlength=STRATA) * base).sum())
    if expected == 0:
        raise NotMeasuredError("nobody alike was left to compare with")
    return float(adopted[inside].sum() / expected)


def _week(city: City, edges: pl.DataFrame, start: int) -> tuple[Flags, Flags, Floats]:
    """Pairs of a person and a place new to them: treated in the week from ``start``, adopted in the next; features."""
    visits, venues, users = city.table("visits"), city.table("venues"), city.table("users")
    picked = np.unique(np.linspace(0, users.height - 1, min(PEOPLE, users.height)).astype(int))
    people = users.gather(picked)
    shape = (people.height, int(venues["venue"].to_numpy().max()) + 1)
    row_of = np.full(city.users, -1)
    row_of[people["user"].to_numpy()] = np.arange(people.height)

    def marked(pairs: pl.DataFrame) -> Flags:
        grid = np.zeros(shape, dtype=bool)
        rows = row_of[pairs["user"].to_numpy()]
        grid[rows[rows >= 0], pairs["venue"].to_numpy()[rows >= 0]] = True
        return grid

    before = visits.filter(pl.col("t") < start)
    during = visits.filter(pl.col("t").is_between(start, start + WEEK_US, closed="left"))
    after = visits.filter(pl.col("t").is_between(start + WEEK_US, start + 2 * WEEK_US, closed="left"))
    friends = edges.filter(pl.col("since") < start)
    treated = marked(friends.join(during, left_on="friend", right_on="user").select("user", "venue").unique())
    open_to = ~marked(before) & ~marked(during)
    open_to &= np.isin(np.arange(shape[1]), venues["venue"].to_numpy())[None, :]
    features = _features(city, people, before, friends, shape)
    return treated[open_to], marked(after)[open_to], features[open_to]


def _features(
    city: City, people: pl.DataFrame, before: pl.DataFrame, friends: pl.DataFrame, shape: tuple[int, int]
) -> Floats:
    """What is known of person and place beforehand, shape (people, venues, 6)."""
    venues = city.table("venues")
    at = venues["venue"].to_numpy()
    place = np.zeros((shape[1], 4))
    place[at] = venues.select(pl.col("latitude", "longitude", "price_tier").cast(pl.Float64), popular=0.0).to_numpy()
    place[:, 3] = np.log1p(np.bincount(before["venue"].to_numpy(), minlength=shape[1])[: shape[1]])
    own = np.bincount(before["user"].to_numpy(), minlength=city.users)[people["user"].to_numpy()]
    known = np.bincount(friends["user"].to_numpy(), minlength=city.users)[people["user"].to_numpy()]
    home = people.select(pl.col("home_latitude", "home_longitude", "price_tier").cast(pl.Float64)).to_numpy()
    features = np.empty((*shape, 6))
    features[..., 0] = np.log1p(kilometres(home[:, 0, None], home[:, 1, None], place[None, :, 0], place[None, :, 1]))
    features[..., 1] = np.abs(home[:, 2, None] - place[None, :, 2])
    features[..., 2] = place[None, :, 3]
    features[..., 3] = np.log1p(own)[:, None]
    features[..., 4] = np.log1p(known)[:, None]
    features[..., 5] = _liking(city, people, before, shape)
    return features


def _liking(city: City, people: pl.DataFrame, before: pl.DataFrame, shape: tuple[int, int]) -> Floats:
    """Share of the person's own earlier visits that went to the place's kind of food, shape (people, venues)."""
    venues = city.table("venues").with_columns(pl.col("cuisine").fill_null("").rank("dense").cast(pl.Int64) - 1)
    kind = np.zeros(shape[1], dtype=np.int64)
    kind[venues["venue"].to_numpy()] = venues["cuisine"].to_numpy()
    counts = np.zeros((city.users, int(kind.max()) + 1))
    np.add.at(counts, (before["user"].to_numpy(), kind[before["venue"].to_numpy()]), 1.0)
    mine = counts[people["user"].to_numpy()]
    shares = (mine + 1 / mine.shape[1]) / (mine.sum(axis=1, keepdims=True) + 1)
    return np.asarray(shares[:, kind])

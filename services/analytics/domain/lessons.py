"""What of the records teaches tastes: one lesson a record, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.learning import REASONS, ActionWeight, LearningParameters
from services.analytics.domain.tastes import Array
from services.analytics.domain.venues import Venue, VenueDirectory

MIDDLING = 3.0
"""Stars of a review that has none."""


@dataclass(frozen=True, slots=True)
class Lessons:
    """Columns of shape (rows,), in order of arrival.

    ``target`` is where taste and mood go, ``worth`` how strongly, ``repels`` whether a target below the baseline pushes
    price, terrace and mood away too, ``reason`` the kind of shift as a number of `REASONS`.
    """

    records: pl.DataFrame
    reason: NDArray[np.int8]
    taste: NDArray[np.intp]
    mood: NDArray[np.intp]
    price_tier: Array
    outdoor: Array
    target: Array
    worth: Array
    repels: NDArray[np.bool_]
    time: NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.reason)


def teaching(frame: pl.DataFrame, kinds: Mapping[str, ActionWeight], directory: VenueDirectory) -> pl.DataFrame:
    """Records that teach: of these kinds, of somebody, at a venue that serves a taste."""
    return frame.filter(
        pl.col("event_type").is_in(list(kinds))
        & pl.col("venue_id").is_in(list(directory.served()))
        & pl.col("user_id").is_not_null()
    )


def lessons(
    records: pl.DataFrame,
    kinds: Mapping[str, ActionWeight],
    directory: VenueDirectory,
    parameters: LearningParameters,
    worth: Sequence[float] | None = None,
) -> Lessons:
    """Lessons of `teaching` records; ``worth`` where it is not the kind's weight times the learning rate."""
    ids = records["venue_id"].to_list()
    number = {venue_id: place for place, venue_id in enumerate(dict.fromkeys(ids))}
    venues = [_known(directory, venue_id) for venue_id in number]
    at = np.fromiter(map(number.__getitem__, ids), dtype=np.intp, count=len(ids))
    place = {event_type: place for place, event_type in enumerate(kinds)}
    kind = np.fromiter(map(place.__getitem__, records["event_type"].to_list()), dtype=np.intp, count=len(ids))
    target = np.array([np.nan if one.target is None else one.target for one in kinds.values()])[kind]
    if "rating" in records.columns:
        stars = records["rating"].fill_null(MIDDLING).to_numpy().astype(np.float64)
    else:
        stars = np.full(len(ids), MIDDLING)
    weight = np.array([one.weight * parameters.learning_rate for one in kinds.values()])
    return Lessons(
        records=records,
        reason=np.array([REASONS.index(one.reason) for one in kinds.values()], dtype=np.int8)[kind],
        taste=np.array([venue.taste for venue in venues], dtype=np.intp)[at],
        mood=np.array([venue.mood for venue in venues], dtype=np.intp)[at],
        price_tier=np.array([venue.price_tier for venue in venues], dtype=np.float64)[at],
        outdoor=np.array([venue.outdoor for venue in venues], dtype=np.float64)[at],
        target=np.where(np.isnan(target), (stars - 1) / 4, target),
        worth=weight[kind] if worth is None else np.array(worth),
        repels=np.array([one.repels for one in kinds.values()], dtype=np.bool_)[kind],
        time=records["simulation_time"].to_numpy(),
    )


def _known(directory: VenueDirectory, venue_id: str) -> Venue:
    venue = directory.get(venue_id)
    assert venue is not None
    return venue

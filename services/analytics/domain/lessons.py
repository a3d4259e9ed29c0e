"""What of the records teaches tastes: one lesson a record, as columns."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.learning import ActionWeight, LearningParameters
from services.analytics.domain.tastes import Array
from services.analytics.domain.venues import Venue, VenueDirectory


@dataclass(frozen=True, slots=True)
class Lessons:
    """Columns of shape (rows,), in order of arrival.

    ``target`` is where taste and mood go, ``worth`` how strongly, ``repels`` whether a target below the baseline pushes
    price, terrace and mood away too. ``turn`` counts a person's lessons, so that those of one turn are of different
    people.
    """

    records: pl.DataFrame
    kinds: Sequence[ActionWeight]
    taste: NDArray[np.intp]
    mood: NDArray[np.intp]
    price_tier: Array
    outdoor: Array
    target: Array
    worth: Array
    repels: NDArray[np.bool_]
    time: NDArray[np.int64]
    turn: NDArray[np.intp]

    def __len__(self) -> int:
        return len(self.kinds)


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
    chosen = [kinds[event_type] for event_type in records["event_type"].to_list()]
    rating = records["rating"].fill_null(3).to_list() if "rating" in records.columns else [3] * len(chosen)
    return Lessons(
        records=records,
        kinds=chosen,
        taste=np.array([venue.taste for venue in venues], dtype=np.intp)[at],
        mood=np.array([venue.mood for venue in venues], dtype=np.intp)[at],
        price_tier=np.array([venue.price_tier for venue in venues], dtype=np.float64)[at],
        outdoor=np.array([venue.outdoor for venue in venues], dtype=np.float64)[at],
        target=np.array([
            (stars - 1) / 4 if kind.target is None else kind.target for kind, stars in zip(chosen, rating, strict=True)
        ]),
        worth=np.array([kind.weight * parameters.learning_rate for kind in chosen] if worth is None else worth),
        repels=np.array([kind.repels for kind in chosen], dtype=np.bool_),
        time=records["simulation_time"].to_numpy(),
        turn=records.select(pl.int_range(pl.len()).over("user_id"))["literal"].to_numpy().astype(np.intp),
    )  # fmt: skip


def _known(directory: VenueDirectory, venue_id: str) -> Venue:
    venue = directory.get(venue_id)
    assert venue is not None
    return venue

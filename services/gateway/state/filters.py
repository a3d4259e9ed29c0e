"""Which records of a channel a watcher wants, decided on whole columns."""

from dataclasses import dataclass, field

import numpy as np
import polars as pl
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions that all must hold; an empty one lets everything pass. Hashable, so that equal ones share work.

    ``user_id`` matches who acted and who was acted on. ``sample`` keeps one record in so many, chosen by event_id,
    so that every watcher sees the same sample. ``max_rate`` is no condition of a record: records a second that a
    watcher wants at most, which the fan-out keeps.
    """

    event_types: frozenset[str] = field(default=frozenset())
    user_id: str | None = None
    venue_id: str | None = None
    source: str | None = None
    cause_id: str | None = None
    sample: int = 1
    max_rate: int | None = None

    def keep(self, frame: pl.DataFrame) -> NDArray[np.intp] | None:
        """Indices of the rows that pass, ascending; None when all do."""
        conditions = self._conditions(frame)
        if not conditions:
            return None
        mask = frame.select(pl.all_horizontal(conditions).fill_null(value=False)).to_series()
        return np.flatnonzero(mask.to_numpy())

    def _conditions(self, frame: pl.DataFrame) -> list[pl.Expr]:
        conditions = []
        if self.event_types:
            conditions.append(pl.col("event_type").is_in(sorted(self.event_types)))
        if self.user_id is not None:
            columns = [name for name in ("user_id", "other_user_id") if name in frame.columns]
            conditions.append(pl.any_horizontal(*[pl.col(name) == self.user_id for name in columns]))
        for name in ("venue_id", "source", "cause_id"):
            wanted = getattr(self, name)
            if wanted is not None:
                conditions.append(pl.col(name) == wanted if name in frame.columns else pl.lit(value=False))
        if self.sample > 1:
            conditions.append(pl.col("event_id").hash(seed=0) % self.sample == 0)
        return conditions

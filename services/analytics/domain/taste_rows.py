"""Rows of ``preferences``: built from columns, those of a batch together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from services.analytics.domain.emitting import COMMON, consequences
from services.analytics.domain.learning import REASONS
from services.analytics.domain.lessons import Lessons
from services.analytics.domain.tastes import COLUMNS, Array
from streamkit.records import Column, Outgoing

TOPIC, EVENT_TYPE = "preferences", "preference.updated"
_REASON_NAMES = pl.Series(REASONS)


@dataclass(frozen=True, slots=True)
class Due:
    """Rows of the lessons after which somebody is published: shape (rows,), ``shown`` (rows, WIDTH)."""

    row: NDArray[np.intp]
    time: NDArray[np.int64]
    shown: Array
    version: NDArray[np.int64]


def taught_rows(taught: Lessons, due: Sequence[Due], size: Array) -> Outgoing | None:
    """Rows to publish in the order of the lessons; None where nobody moved far enough."""
    places = np.concatenate([one.row for one in due])
    if not len(places):
        return None
    order = np.argsort(places)
    row = places[order]
    triggers = taught.records[row].select(*COMMON, "user_id")
    return told_tastes(
        triggers.with_columns(pl.Series("simulation_time", np.concatenate([one.time for one in due])[order])),
        np.concatenate([one.shown for one in due])[order],
        np.concatenate([one.version for one in due])[order],
        taught.reason[row],
        size[row],
    )


def told_tastes(
    triggers: pl.DataFrame,
    shown: Array,
    version: NDArray[np.int64],
    reasons: NDArray[np.int8],
    size: Array,
    identities: Sequence[str] | None = None,
) -> Outgoing:
    """Rows of ``preferences`` of the people of the triggers; ``shown`` are their `COLUMNS`, shape (rows, WIDTH)."""
    columns: dict[str, Column] = {name: np.ascontiguousarray(shown[:, place]) for place, name in enumerate(COLUMNS)}
    columns |= {
        "user_id": triggers["user_id"],
        "version": version,
        "reason": _REASON_NAMES.gather(reasons),
        "shift": size,
    }
    return consequences(TOPIC, triggers, [EVENT_TYPE] * triggers.height, columns, identities=identities)


def rows_of(
    users: Sequence[str],
    trigger: pl.DataFrame,
    times: NDArray[np.int64],
    shown: Array,
    version: NDArray[np.int64],
    reasons: NDArray[np.int8],
    size: Array,
    about: str,
) -> Outgoing:
    """Rows of different people that no record of theirs set off but ``trigger``, a row of `COMMON`.

    ``about`` names them beside the person.
    """
    triggers = pl.concat([trigger] * len(users)).with_columns(
        pl.Series("simulation_time", times),
        pl.Series("user_id", users),
        pl.lit(None, pl.String).alias("cause_id"),
    )
    return told_tastes(triggers, shown, version, reasons, size, [f"{about}/{user}" for user in users])

"""What other services said: booking outcomes, recommendations, preferences, folded into the city's memory."""

import numpy as np
import polars as pl

from services.simulator.domain.ids import numbers, parsed
from services.simulator.domain.outcomes import fold_outcomes
from services.simulator.domain.population import LISTED
from services.simulator.domain.specification import TASTES
from services.simulator.domain.turn import Turn
from streamkit.frames import where


def admit(turn: Turn) -> None:
    """Fold every admitted batch; records of other services only."""
    for batch in turn.admitted:
        frame = where(batch.frame, [source != "simulator" for source in batch.frame["source"].to_list()])
        if frame.height == 0:
            continue
        if batch.topic == "bookings":
            fold_outcomes(turn, frame)
        elif batch.topic == "recommendations":
            _lists(turn, frame)
        elif batch.topic == "preferences":
            _tastes(turn, frame)


def _tastes(turn: Turn, frame: pl.DataFrame) -> None:
    frame = frame.unique("user_id", keep="last", maintain_order=True)
    users = numbers(frame["user_id"], turn.state.users.count)
    good = users >= 0
    tastes = frame.select([f"taste_{name}" for name in TASTES]).to_numpy()
    turn.state.users.put("tastes", users[good], tastes[good])
    turn.state.users.put("price", users[good], frame["price_tier"].to_numpy()[good])


def _lists(turn: Turn, frame: pl.DataFrame) -> None:
    """Keep the latest list of venues of each person, its first items."""
    listed = (frame[name].to_list() for name in ("event_type", "item_kind", "rank", "trigger"))
    frame = where(frame, [
        kind == "recommendation.generated" and item == "venue" and 1 <= rank <= LISTED and trigger != "request"
        for kind, item, rank, trigger in zip(*listed, strict=True)
    ])  # fmt: skip
    columns = turn.state.users
    users = numbers(frame["user_id"], columns.count)
    venues = numbers(frame["venue_id"], turn.state.venues.count)
    lists = frame["list_id"].to_numpy()
    last = dict(zip(users.tolist(), lists.tolist(), strict=True))
    newest = np.array([last[user] == one for user, one in zip(users.tolist(), lists.tolist(), strict=True)], dtype=bool)
    rows = np.flatnonzero((users >= 0) & (venues >= 0) & newest)
    if len(rows) == 0:
        return
    who = np.unique(users[rows])
    high, low = parsed(frame["event_id"])
    slot = frame["rank"].to_numpy()[rows] - 1
    place = np.searchsorted(who, users[rows])
    for name, fill, values in (
        ("list_high", 0, high[rows]), ("list_low", 0, low[rows]), ("list_venue", -1, venues[rows]),
        ("list_score", 0.0, frame["score"].to_numpy()[rows]),
    ):  # fmt: skip
        kept = np.full((len(who), LISTED), fill, dtype=columns[name].dtype)
        kept[place, slot] = values
        columns.put(name, who, kept)
    columns.put("list_at", who, turn.start)

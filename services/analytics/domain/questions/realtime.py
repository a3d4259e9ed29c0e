"""``realtime.get``: the city now."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

from services.analytics.domain.aggregates.columns import MINUTE_US
from services.analytics.domain.aggregates.figures import answered
from services.analytics.domain.branches import BranchState
from services.analytics.domain.questions.asking import Question, now_minute


class RealtimeQuestion(Question):
    """``realtime.get``."""

    window_minutes: Annotated[int, Field(ge=1, le=1_440)] = 60


def realtime(state: BranchState, question: RealtimeQuestion) -> Mapping[str, Any]:
    """Figures of the last minutes, how far they lie behind, and the social graph."""
    end = now_minute(state)
    starts = state.aggregates.partials.between("minute", end - question.window_minutes, end)
    merged = state.windows.merger.merged("minute", starts)
    people = state.aggregates.people
    registered = people.registered(end * MINUTE_US)
    return {
        **answered(merged, 60 * question.window_minutes, registered),
        "window_minutes": question.window_minutes,
        "now": end * MINUTE_US,
        "closed_until": state.aggregates.closed_until * MINUTE_US,
        **_pace(state),
        "social": _social(registered, people.friendships()),
    }


def _pace(state: BranchState) -> Mapping[str, Any]:
    """Speed as the last tick told it; lag in simulated seconds between the last tick and what is folded whole."""
    newest, folded = state.windows.newest_tick, state.windows.latest
    if newest is None:
        return {"lag_seconds": None, "speed_target": None, "speed_achieved": None, "wall_events_per_second": None}
    lag = None if folded is None else (newest.row["simulation_time"] - folded.row["simulation_time"]) / 1e6
    return {
        "lag_seconds": lag,
        "speed_target": newest.row["speed_target"],
        "speed_achieved": newest.row["speed_achieved"],
        "wall_events_per_second": state.windows.wall_rate,
    }


def _social(users: int, friendships: int) -> Mapping[str, Any]:
    pairs = users * (users - 1) // 2
    return {"users": users, "friendships": friendships, "density": round(friendships / pairs, 8) if pairs else None}

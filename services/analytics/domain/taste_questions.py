"""``preferences.get``: somebody's tastes as of now, what moved them lately, and who is close."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from services.analytics.domain.preferences import Preferences


class PreferencesQuestion(BaseModel):
    """``preferences.get``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    user_id: str = Field(min_length=1)
    friends: Annotated[int, Field(ge=0, le=32)] = 5


def tastes_of(preferences: Preferences, question: PreferencesQuestion, now: int) -> Mapping[str, Any] | None:
    """Every column at a simulated time, the shifts published last (latest first), the closest friends.

    None where nothing was ever learned of the person.
    """
    shown = preferences.of(question.user_id, now)
    if shown is None:
        return None
    learners = preferences.learners
    person = learners.index[question.user_id]
    shifts = [{"time": one.time, "reason": one.reason, "size": one.size} for one in learners.shifts(person)]
    friends = preferences.ties.closest(question.user_id, question.friends)
    return {
        "user_id": question.user_id,
        "preferences": {name: round(value, 6) for name, value in shown.items()},
        "shifts": int(learners.version[person]),
        "last_shift": shifts[0] if shifts else None,
        "latest_shifts": shifts,
        "closest_friends": [{"user_id": friend, "interactions": round(count, 3)} for friend, count in friends],
    }

"""Parameters of preference evolution: what teaches, how strongly, what fades, and which parts are on."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from services.analytics.domain.venues import AMBIANCES, TASTES

Share = Annotated[float, Field(ge=0, le=1)]
Drift = Annotated[float, Field(ge=-1, le=1)]

Reason = Literal[
    "browse", "interest", "visit", "review", "accepted", "ignored", "booking", "cancel", "social", "decay", "season"
]
REASONS: tuple[Reason, ...] = (
    "browse", "interest", "visit", "review", "accepted", "ignored", "booking", "cancel", "social", "decay", "season",
)  # fmt: skip
"""Every value of ``preferences.reason``; cells hold its place in this list, so that new ones go to the end."""

OUTDOORS = "outdoor"
MOOD = "ambiance_"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ActionWeight(_Part):
    """How one kind of action teaches."""

    reason: Reason = Field(description="Kind of shift as it stands in `preferences.reason`")
    target: Share | None = Field(default=None, description="Where it pulls the taste; absent: to the stars given")
    weight: Share = Field(description="How strongly it pulls")
    repels: bool = Field(
        default=False, description="A target below the baseline also pushes away from price, terrace and mood"
    )


class Switches(_Part):
    """Parts of preference evolution that can be switched off one by one."""

    actions: bool = Field(description="What people look at, want, visit, take and pass over")
    reviews: bool = Field(description="The stars they give")
    bookings: bool = Field(description="Tables asked for and given up")
    social: bool = Field(description="Places that friends propose and people say yes to")
    season: bool = Field(description="Summer and winter")
    decay: bool = Field(description="The way back to the baseline")


class Pull(_Part):
    """What bookings and friends add to what people taught by themselves: bounded, and gone after a while."""

    limit: Share = Field(description="Largest share of the way to what it pulls to")
    half_life_days: float = Field(gt=0, description="Simulated days after which half of a pull is left")


class Social(_Part):
    """How friends teach."""

    weight: Share = Field(description="Pull of one accepted proposal of a friend met so often that it hardly matters")
    half_closeness: float = Field(gt=0, description="Interactions with a friend that make half of the full weight")
    half_life_days: float = Field(gt=0, description="Simulated days after which half of the interactions are forgotten")
    friends_kept: int = Field(ge=1, le=1_000, description="Friends remembered of a person, those met most")
    interactions: Mapping[str, Annotated[float, Field(ge=0)]] = Field(
        description="What counts as an interaction, by event type of `social_interactions`"
    )


class Season(_Part):
    """Drift with the time of the year, a cosine with its summit on the warmest day."""

    warmest_day: int = Field(ge=0, le=365, description="Days after 1 January of the height of summer")
    drifts: Mapping[str, Drift] = Field(
        description="Largest shift in summer (the opposite in winter) of a taste, `outdoor` or `ambiance_<mood>`"
    )

    def model_post_init(self, _context: object) -> None:
        """Refuse names that nothing has."""
        known = {*TASTES, OUTDOORS, *(MOOD + mood for mood in AMBIANCES)}
        unknown = sorted(self.drifts.keys() - known)
        if unknown:
            raise ValueError(f"drifts: no taste {unknown[0]!r}; there are {', '.join(sorted(known))}")


class LearningParameters(_Part):
    """Everything that shapes how tastes move; see ``data/preferences.yaml``."""

    enabled: bool = Field(description="Off: tastes stay where they are")
    parts: Switches
    learning_rate: Share = Field(description="Share of the way to the target for an action of weight 1")
    cap_per_action: Share = Field(description="Largest move of a column by one action, as a share of its range")
    decay_per_day: Share = Field(description="Share of the way back to the baseline in a simulated day")
    baseline: Share = Field(description="Where tastes start and return to")
    publish_after: Share = Field(description="L1 distance from the last published row that publishes the next")
    publish_drift_after: Share = Field(description="The same, for a drift without an action; looked at once a day")
    actions: Mapping[str, ActionWeight] = Field(description="What teaches, by event type of `user_actions`")
    bookings: Mapping[str, ActionWeight] = Field(description="What teaches, by event type of `bookings`")
    pull: Pull
    social: Social
    season: Season

    def acting(self) -> Mapping[str, ActionWeight]:
        """Kinds of `user_actions` that teach, as far as they are switched on."""
        on = {"review": self.parts.reviews}
        return {name: kind for name, kind in self.actions.items() if on.get(kind.reason, self.parts.actions)}

    @property
    def decay(self) -> float:
        """Share of the way back in a day, 0 where switched off."""
        return self.decay_per_day if self.parts.decay else 0.0

"""Parameters of preference evolution."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Share = Annotated[float, Field(ge=0, le=1)]


class ActionWeight(BaseModel):
    """How one kind of action teaches."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    reason: str = Field(description="Kind of shift as it stands in `preferences.reason`")
    target: Share | None = Field(default=None, description="Where it pulls the taste; absent: to the stars given")
    weight: Share = Field(description="How strongly it pulls")


class LearningParameters(BaseModel):
    """Everything that shapes how tastes move; see ``data/preferences.yaml``."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    enabled: bool = Field(description="Off: tastes stay where they are")
    learning_rate: Share = Field(description="Share of the way to the target for an action of weight 1")
    cap_per_action: Share = Field(description="Largest move of a taste by one action")
    decay_per_day: Share = Field(description="Share of the way back to the baseline in a simulated day")
    baseline: Share = Field(description="Where tastes start and return to")
    publish_after: Share = Field(description="L1 move since the last published row that publishes the next")
    actions: dict[str, ActionWeight] = Field(description="What teaches, by event type of `user_actions`")

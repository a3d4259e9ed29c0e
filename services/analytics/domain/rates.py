"""Rates that are watched for anomalies: parameters, and what a closed window says of each."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

EVERY = "*"


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RateRule(_Part):
    """One figure of ``aggregate.window_closed``, or one of each value of a dimension."""

    name: str = Field(min_length=1, description="`metric` of the anomaly")
    metric: str = Field(min_length=1, description="`metric` of the window")
    dimension: str | None = Field(default=None, description="`dimension` of the window")
    value: str | None = Field(default=None, description="`dimension_value` of the window; `*` watches each by itself")
    window_minutes: int = Field(default=1, ge=1, description="Length of the windows that are read")
    bucket_minutes: int = Field(default=15, ge=1, le=1_440, description="Simulated minutes judged at a time")

    def model_post_init(self, _context: object) -> None:
        """Refuse what does not fit into a day, or is read in larger pieces than it is judged in."""
        if 1_440 % self.bucket_minutes or self.bucket_minutes % self.window_minutes:
            raise ValueError(f"{self.name}: a bucket must hold whole windows, and a day whole buckets")

    def matches(self, metric: str, dimension: str | None, value: str | None, minutes: int) -> bool:
        """Whether a closed window is one of this rate."""
        return (
            metric == self.metric
            and dimension == self.dimension
            and minutes == self.window_minutes
            and (self.value in (value, EVERY))
        )


class AnomalyParameters(_Part):
    """Everything that shapes detection; see ``data/anomalies.yaml``."""

    enabled: bool = Field(description="Off: nothing is watched")
    threshold: float = Field(gt=0, description="Standard deviations from what is usual that make an anomaly")
    buckets_together: int = Field(ge=1, le=96, description="Latest buckets whose surprise is averaged")
    grace_minutes: int = Field(ge=0, description="Simulated minutes after the end of a bucket in which it may change")
    warm_up_days: int = Field(ge=1, description="Days of the same kind on which a slot must have been seen")
    warm_up_buckets: int = Field(ge=10, description="Buckets whose surprise must be known")
    week_weight: Annotated[float, Field(gt=0)] = Field(
        description="Weeks of the same slot that weigh as much as all days of its kind"
    )
    forget_days: float = Field(ge=1, description="Days of a kind that the usual value of a slot is a mean over, about")
    forget_weeks: float = Field(ge=1, description="The same, in weeks, for a slot of the week")
    noise_buckets: int = Field(ge=100, description="Buckets that the spread of surprises is learned over, about")
    smallest_noise: float = Field(gt=0, description="Standard deviation that is never gone below, of root counts")
    rates: Sequence[RateRule] = Field(description="What is watched")


NOTHING_WATCHED = AnomalyParameters(
    enabled=False, threshold=1, buckets_together=1, grace_minutes=0, warm_up_days=1, warm_up_buckets=10, week_weight=1,
    forget_days=1, forget_weeks=1, noise_buckets=100, smallest_noise=1,
    rates=(),
)  # fmt: skip
"""For hosts that watch for no anomalies."""

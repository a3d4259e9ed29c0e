"""The parameters of the requests that the recommender answers; anything else is refused with its reason."""

import datetime as dt

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, model_validator

from services.recommender.domain.groups import Centre


class _Question(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ForUser(_Question):
    """People for a user."""

    user_id: str
    limit: int = Field(default=10, ge=1, le=50)


class VenuesForUser(ForUser):
    """Venues for a user, now and where the user is, or at another time and place."""

    radius_km: float | None = Field(default=None, gt=0, le=100)
    time: AwareDatetime | None = None
    latitude: float | None = Field(default=None, ge=-90, le=90)
    longitude: float | None = Field(default=None, ge=-180, le=180)

    @model_validator(mode="after")
    def _whole_place(self) -> "VenuesForUser":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude are given together or not at all")
        return self


class ForGroup(_Question):
    """Venues for several people."""

    user_ids: list[str] = Field(min_length=1, max_length=20)
    limit: int = Field(default=10, ge=1, le=50)
    radius_km: float | None = Field(default=None, gt=0, le=100)
    time: AwareDatetime | None = None
    centre: Centre | None = None
    fairness: float | None = Field(default=None, ge=0, le=1)

    @model_validator(mode="after")
    def _each_once(self) -> "ForGroup":
        if len(set(self.user_ids)) < len(self.user_ids):
            raise ValueError("user_ids names somebody twice")
        return self


class Interest(_Question):
    """A venue that a user would like to go to, at a time or at the next meal."""

    user_id: str
    venue_id: str
    preferred_time: dt.datetime | None = None

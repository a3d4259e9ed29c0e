"""The shape of ``data/weights.yaml``: how much each term of a score counts."""

from pydantic import BaseModel, ConfigDict, Field

VENUE_TERMS = (
    "taste", "price", "distance", "friends", "popularity", "rating", "trending", "weather", "offer", "habit",
)  # fmt: skip


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class VenueWeights(_Strict):
    """Weight of each term of the venue score; the terms are in 0..1."""

    taste: float
    price: float
    distance: float
    friends: float
    popularity: float
    rating: float
    trending: float
    weather: float
    offer: float
    habit: float


class PersonaFactors(_Strict):
    """What a persona multiplies the venue weights by."""

    taste: float = 1.0
    price: float = 1.0
    distance: float = 1.0
    friends: float = 1.0
    popularity: float = 1.0
    rating: float = 1.0
    trending: float = 1.0
    weather: float = 1.0
    offer: float = 1.0
    habit: float = 1.0


class PeopleWeights(_Strict):
    """Weight of each term of the compatibility of two people; the terms are in 0..1."""

    mutual_friends: float
    taste: float
    distance: float
    openness: float


class Limits(_Strict):
    """Bounds of a recommendation; kilometres, minutes, hours, items."""

    radius_km: float = Field(gt=0)
    distance_scale_km: float = Field(gt=0)
    friends_half: float = Field(gt=0)
    ignored_penalty: float = Field(ge=0)
    items_at_session_start: int = Field(ge=1, le=20)
    people_per_suggestion: int = Field(ge=0, le=20)
    people_every_hours: float = Field(ge=0)
    open_within_minutes: int = Field(ge=0)


class Weights(_Strict):
    """Everything the scoring can be tuned by."""

    model_version: str
    venues: VenueWeights
    personas: dict[str, PersonaFactors]
    people: PeopleWeights
    limits: Limits

"""The shape of ``data/weights.yaml``: how much each term of a score counts, and what bounds a recommendation."""

from collections.abc import Mapping
from typing import Annotated, Literal, TypeAlias, get_args

from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.recommender.domain.crowd import DIETS, PERSONAS
from services.recommender.domain.places import AMBIANCES, TASTES

VenueTerm: TypeAlias = Literal[
    "taste", "price", "ambiance", "dietary", "distance", "friends", "mutuals", "popularity", "rating", "trending",
    "time_of_day", "weather", "event", "offer", "availability", "habit", "novelty",
]  # fmt: skip
VENUE_TERMS: tuple[VenueTerm, ...] = get_args(VenueTerm)
"""Terms of the venue score in their order as columns; each is in 0..1."""

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class PeopleWeights(_Strict):
    """Weight of each term of the compatibility of two people; the terms are in 0..1."""

    mutual_friends: float = Field(ge=0)
    taste: float = Field(ge=0)
    activity: float = Field(ge=0)
    distance: float = Field(ge=0)
    openness: float = Field(ge=0)


class GroupWeights(_Strict):
    """How the members of a group are weighed against each other."""

    fairness: Share = Field(
        description="Part of the joint score that is the least happy member's; the rest is the mean"
    )
    centre: Literal["median", "centroid"] = Field(description="Where a group meets if the question does not say")


class MealHours(_Strict):
    """When a meal is proposed, and which hours count as eating it; local time."""

    minute: int = Field(ge=0, lt=1440, description="Minute of the day at which people are told")
    from_hour: int = Field(ge=0, le=23)
    to_hour: int = Field(ge=1, le=24)


class Pushes(_Strict):
    """What people are told without asking."""

    items: int = Field(ge=1, le=20)
    lists_a_day: int = Field(ge=1, le=200, description="Lists of venues that a person is shown in a day, at most")
    least_meals: int = Field(ge=1, description="Visits at a meal's hours that make somebody one who eats out then")
    least_share: Share = Field(description="Share of a person's visits at a meal's hours that does")
    meals: dict[str, MealHours]


class Feedback(_Strict):
    """What an event says of a venue that was or could have been recommended."""

    target: Share | None = Field(default=None, description="1 liked, 0 not; absent: the stars given")
    weight: float = Field(ge=0)


class Learning(_Strict):
    """The online model that re-ranks."""

    strength: float = Field(ge=0, description="Score gained for one more expected acceptance")
    rate: float = Field(gt=0, description="Step of the shared weights (AdaGrad)")
    personal_rate: float = Field(gt=0, description="Step of what is learned of one person or one venue")
    decay: Share = Field(description="What personal and venue offsets lose at each step, against running away")
    prior: Share = Field(description="Acceptance expected before anything is known")
    warm_up: float = Field(ge=0, description="Examples after which the model has half of its say")
    feedback: dict[str, Feedback]


class Limits(_Strict):
    """Bounds of a recommendation; kilometres, minutes, hours, items."""

    radius_km: float = Field(gt=0)
    distance_scale_km: float = Field(gt=0)
    friends_half: float = Field(gt=0)
    mutuals_half: float = Field(gt=0)
    habit_half: float = Field(gt=0)
    ignored_penalty: float = Field(ge=0)
    ignored_most: float = Field(ge=0)
    cold_half: float = Field(gt=0)
    cold_boost: float = Field(ge=0)
    items_at_session_start: int = Field(ge=1, le=20)
    people_per_suggestion: int = Field(ge=0, le=20)
    people_every_hours: float = Field(ge=0)
    open_within_minutes: int = Field(ge=0)
    shortlist: int = Field(ge=20, le=500)
    explore_share: Share
    new_below_visits: float = Field(ge=0)


class Weights(_Strict):
    """Everything the scoring can be tuned by."""

    model_version: str
    venues: dict[VenueTerm, float]
    personas: dict[str, dict[VenueTerm, float]]
    on_request: dict[VenueTerm, float]
    ambiances: dict[str, dict[str, Share]]
    diets: dict[str, dict[str, Share]]
    people: PeopleWeights
    groups: GroupWeights
    pushes: Pushes
    learning: Learning
    limits: Limits

    @field_validator("venues")
    @classmethod
    def _every_term(cls, given: Mapping[VenueTerm, float]) -> Mapping[VenueTerm, float]:
        missing = [term for term in VENUE_TERMS if term not in given]
        if missing:
            raise ValueError(f"no weight for {', '.join(missing)}")
        if sum(abs(weight) for weight in given.values()) == 0:
            raise ValueError("all weights are 0")
        return given

    @field_validator("personas", "ambiances")
    @classmethod
    def _known_personas(cls, given: Mapping[str, object]) -> Mapping[str, object]:
        return _named(given, PERSONAS, "persona")

    @field_validator("ambiances")
    @classmethod
    def _known_ambiances(cls, given: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
        for moods in given.values():
            _named(moods, AMBIANCES, "ambiance")
        return given

    @field_validator("diets")
    @classmethod
    def _known_diets(cls, given: Mapping[str, Mapping[str, float]]) -> Mapping[str, Mapping[str, float]]:
        _named(given, DIETS, "diet")
        for kitchens in given.values():
            _named(kitchens, TASTES, "cuisine")
        return given


def _named(given: Mapping[str, object], names: tuple[str, ...], kind: str) -> Mapping[str, object]:
    for name in given:
        if name not in names:
            raise ValueError(f"unknown {kind} {name!r}; there are {', '.join(names)}")
    return given

"""Records of the topic preferences, generated from schemas/ by `make generate`; not edited by hand."""

from typing import Final, TypedDict

TOPIC: Final = "preferences"
KEY: Final = "user_id"

PREFERENCE_UPDATED: Final = "preference.updated"

COLUMNS: Final = (
    "event_id",
    "event_type",
    "run_id",
    "branch",
    "simulation_time",
    "world",
    "city",
    "user_id",
    "source",
    "correlation_id",
    "cause_id",
    "taste_american",
    "taste_italian",
    "taste_mexican",
    "taste_chinese",
    "taste_japanese",
    "taste_indian",
    "taste_mediterranean",
    "taste_cafe",
    "taste_dessert",
    "taste_bar",
    "taste_healthy",
    "taste_fast_food",
    "price_tier",
    "outdoor",
    "version",
    "reason",
    "shift",
    "ambiance_casual",
    "ambiance_cosy",
    "ambiance_lively",
    "ambiance_romantic",
    "ambiance_upscale",
    "ambiance_family",
    "ambiance_trendy",
)


class PreferencesRow(TypedDict):
    """Latest tastes of each person.

    Times are microseconds since 1970 UTC.
    """

    event_id: str
    event_type: str
    run_id: str
    branch: int
    simulation_time: int
    world: str
    city: str
    user_id: str
    source: str
    correlation_id: str | None
    cause_id: str | None
    taste_american: float
    taste_italian: float
    taste_mexican: float
    taste_chinese: float
    taste_japanese: float
    taste_indian: float
    taste_mediterranean: float
    taste_cafe: float
    taste_dessert: float
    taste_bar: float
    taste_healthy: float
    taste_fast_food: float
    price_tier: float
    outdoor: float
    version: int
    reason: str | None
    shift: float | None
    ambiance_casual: float | None
    ambiance_cosy: float | None
    ambiance_lively: float | None
    ambiance_romantic: float | None
    ambiance_upscale: float | None
    ambiance_family: float | None
    ambiance_trendy: float | None

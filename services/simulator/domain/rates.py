"""How often, how far, how long: rates and weights of `worlds/<world>.yaml`; its comments give units and sources."""

from collections.abc import Mapping
from dataclasses import dataclass

from services.simulator.domain.strict import Strict


@dataclass(frozen=True)
class Profile(Strict):
    """How dense life is."""

    sessions_per_day: float
    gap_seconds: float
    walk_ins_per_day: float


@dataclass(frozen=True)
class SessionRates(Strict):
    """Length of sessions and how they cluster."""

    median_seconds: float
    log_sd: float
    minimum_seconds: float
    maximum_seconds: float
    excitation: float
    excitation_half_life_minutes: float
    spell_log_sd: float
    activity_log_sd: float
    pace_log_sd: float
    gap_log_sd: float
    same_venue: float
    same_venue_out: float
    spell_hours: int
    review_pull: float


@dataclass(frozen=True)
class DecisionRates(Strict):
    """What becomes of a list of recommendations."""

    list_share: float
    list_taste: float
    list_score: float
    list_price: float
    list_nothing: float


@dataclass(frozen=True)
class OutingRates(Strict):
    """How unequally people go out, and what follows of one visit."""

    rate_log_sd: float
    spell_log_sd: float
    onward_share: float
    onward_candidates: int
    onward_dinner: float
    onward_late: float
    onward_reserved: float
    onward_distance: float
    onward_familiar: float
    onward_minutes: tuple[float, float]
    walk_km: float
    walk_kmh: float
    ride_kmh: float
    typical_trip_km: float
    linger_minutes: float
    takeaway_median_minutes: float
    takeaway_log_sd: float
    cold_stay: float
    commute_km: float
    city_people: float
    stadium_crowd: int
    stadium_dining: float
    arena_dining: float
    crowd_km: float
    crowd_before_share: float
    crowd_before_minutes: tuple[float, float]
    crowd_after_minutes: tuple[float, float]
    reserved_share: float
    walk_in_party: tuple[float, ...]


@dataclass(frozen=True)
class Streets(Strict):
    """Where places lie close together."""

    streets: int
    share: float
    spread_km: float


@dataclass(frozen=True)
class SocialRates(Strict):
    """Friendships and invitations."""

    mean_friends: float
    request_share: float
    answer_log_median_seconds: float
    answer_log_sd: float
    accept_share: float
    decline_share: float
    at_once_hours: float
    patience_hours: float
    plan_hours: float
    degree_exponent: float
    degree_most: float
    friend_accept_share: float
    newcomer_request_share: float
    newcomer_hours: float
    about_days: float
    about_factor: float
    asked_in_spell: float
    free_log_sd: float
    late_yes_share: float
    owed_days: float
    apart_minutes: float
    owed_factor: float
    local_share: float
    closure_share: float
    triangle_share: float
    people_tried: int
    places_tried: int
    few_friends: int
    few_friends_factor: float
    friend_answer_log_median_seconds: float
    friend_answer_log_sd: float


@dataclass(frozen=True)
class BookingRates(Strict):
    """Lead times, no-shows, cancellations."""

    lead_log_median_hours: float
    lead_log_sd: float
    any_hour_share: float
    weekend_lunch: float
    lead_party_slope: float
    same_day_share: float
    longest_lead_days: int
    careless_share: float
    careless_factor: float
    careful_factor: float
    weekdays: tuple[float, ...]
    no_show_share: float
    no_show_lead_factor: float
    cancel_share: float
    followed_walk_in_share: float
    late_mean_minutes: float
    late_sd_minutes: float
    retry_share: float


@dataclass(frozen=True)
class ReviewRates(Strict):
    """Who reviews, and when."""

    share: float
    delay_log_median_hours: float
    delay_log_sd: float
    polarity: float
    prompted_share: float
    prompted_polarity: float
    opinion_mean: float
    opinion_sd: float
    quality: float
    leniency_sd: float
    taste: float
    disaster_share: float


@dataclass(frozen=True)
class LifecycleRates(Strict):
    """Joining, going quiet, coming back."""

    registrations_per_day: float
    growth_per_day: float
    leaving: float
    leaving_fall: float
    settling_days: float
    settled_days: float
    ties: float
    return_per_day: float
    churn_per_day: float
    regular_days: int
    routine_visits: int
    initially_dormant: float
    profile_share: float
    registration_hours: tuple[float, ...]


@dataclass(frozen=True)
class ChoiceWeights(Strict):
    """Coefficients of the utility of a venue."""

    candidates: int
    distance: float
    taste: float
    ambiance: float
    price: float
    rating: float
    familiar: float
    friends: float
    recent_days: float
    explore_rho: float
    explore_gamma: float
    elasticity: float
    promotion: float
    trending: float
    hours: float
    crowd: float
    own_event: float


@dataclass(frozen=True)
class HappyHours(Strict):
    """Happy hours of a category: share of its venues, weights of the hour they start and of how many hours they last.

    ``weekdays`` is the chance of each, Monday first; ``discount`` the part taken off the bill.
    """

    share: float
    starts: Mapping[int, float]
    hours: Mapping[int, float]
    weekdays: tuple[float, ...]
    discount: float


@dataclass(frozen=True)
class OwnEvents(Strict):
    """Events that venues of a category hold once a week: share of venues, and weights of what, when and how many hours.

    ``weekdays`` are weights, too, Monday first; those on which a house is closed then do not count.
    """

    share: float
    kinds: Mapping[str, float]
    weekdays: tuple[float, ...]
    starts: Mapping[int, float]
    hours: Mapping[int, float]


@dataclass(frozen=True)
class Dynamics(Strict):
    """What venues do by themselves: fullness, promotions, happy hours, events of their own, prices."""

    busy_below: float
    full_below: float
    promotions_per_day: float
    promotion_hours: tuple[int, ...]
    promotion_length_hours: float
    promotion_discount: tuple[float, float]
    happy_hours: Mapping[str, HappyHours]
    own_events: Mapping[str, OwnEvents]
    own_event_radius_km: float
    own_event_from_hours: float
    prices_hour: int
    price_changes_per_day: float
    price_log_sd: float

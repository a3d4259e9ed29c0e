"""What a city is configured with: the parsed YAML and CSV, validated at the border, plain data here."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from services.simulator.domain.almanac import Almanac
from services.simulator.domain.climate import CONDITIONS as SKY
from services.simulator.domain.climate import Climate, Sky
from services.simulator.domain.draws import Array
from services.simulator.domain.rates import (
    BookingRates,
    ChoiceWeights,
    DecisionRates,
    Dynamics,
    LifecycleRates,
    OutingRates,
    Profile,
    ReviewRates,
    SessionRates,
    SocialRates,
    Streets,
)
from services.simulator.domain.scenarios import Scenario, Temporal
from services.simulator.domain.strict import Strict
from streamkit.topic import Topic

ACTIONS = ("browse", "view", "search", "save", "like", "check_friends", "interest", "invite", "respond", "book")
TASTES = (
    "american", "italian", "mexican", "chinese", "japanese", "indian", "mediterranean", "cafe", "dessert", "bar",
    "healthy", "fast_food",
)  # fmt: skip
AMBIANCES = ("casual", "cosy", "lively", "romantic", "upscale", "family", "trendy")
LIFECYCLE = ("registered", "active", "dormant", "churned")
CONDITIONS = SKY
DIETARY = ("none", "vegetarian", "vegan", "halal", "kosher", "gluten_free")


@dataclass(frozen=True)
class Category(Strict):
    """A kind of venue."""

    share: float
    cuisines: Mapping[str, float]
    takes_bookings: float
    hours: tuple[str, ...]
    price: tuple[float, ...]
    stay_minutes: float
    spend_minor: int
    seats: tuple[int, int]
    outdoor: float
    takeaway: float
    round_the_clock: float
    breakfast: float
    ambiance: Mapping[str, float]
    words: tuple[str, ...]


@dataclass(frozen=True)
class Names(Strict):
    """Word lists that names are composed of."""

    first: tuple[str, ...]
    last: tuple[str, ...]
    venue: tuple[str, ...]


@dataclass(frozen=True)
class World(Strict):
    """One world: worlds/<name>.yaml."""

    name: str
    actions: Mapping[str, float]
    profiles: Mapping[str, Profile]
    session: SessionRates
    decisions: DecisionRates
    chain: Mapping[str, Mapping[str, float]]
    outings: OutingRates
    streets: Streets
    social: SocialRates
    booking: BookingRates
    review: ReviewRates
    lifecycle: LifecycleRates
    venue_choice: ChoiceWeights
    dynamics: Dynamics
    categories: Mapping[str, Category]
    skies: Mapping[str, Sky]
    features: Mapping[str, float]
    diets: Mapping[str, Mapping[str, float]]
    names: Names


@dataclass(frozen=True)
class Persona(Strict):
    """One archetype."""

    share: float
    activity: float
    outings: float
    explore: float
    price: float
    openness: float
    group: float
    lead: float
    review: float
    promotions: float
    ambiance: Mapping[str, float]
    routine: str
    weights: Mapping[str, float]


@dataclass(frozen=True)
class RoutineState(Strict):
    """What a person does at an hour, and factors of how likely sessions and going out are meanwhile."""

    sessions: float
    outings: float
    at_work: bool


@dataclass(frozen=True)
class Routine(Strict):
    """State from an hour of the local day on; a holiday and a day off without hours of their own are as a weekend."""

    weekday: Mapping[int, str]
    weekend: Mapping[int, str]
    holiday: Mapping[int, str] = field(default_factory=dict)
    day_off: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class People(Strict):
    """personas/<world>.yaml. By persona ``days_off`` is the share of weekdays, ``session_length`` a factor."""

    personas: Mapping[str, Persona]
    days_off: Mapping[str, float]
    session_length: Mapping[str, float]
    states: Mapping[str, RoutineState]
    routines: Mapping[str, Routine]


@dataclass(frozen=True)
class Neighbourhood(Strict):
    """A centre around which homes, venues and jobs cluster."""

    name: str
    borough: str
    latitude: float
    longitude: float
    spread_km: float
    homes: float
    venues: float
    jobs: float


@dataclass(frozen=True)
class Place(Strict):
    """cities/<name>.yaml; ``climate`` where there is no <name>_weather.csv."""

    name: str
    time_zone: str
    country: str
    subdivision: str
    neighbourhoods: tuple[Neighbourhood, ...]
    climate: Climate | None = None


@dataclass(frozen=True)
class CategoryVisits:
    """Visits to one kind of venue in a borough: of a category, or of one cuisine of it."""

    borough: str
    category: str
    cuisine: str | None
    count: float


@dataclass(frozen=True)
class CityData:
    """All of it, with the tables.

    ``checkins`` maps a category to 24 counts; ``reservations`` a measure to its shares; ``visits_by_hour_of_week`` are
    shares, (7, 24), Monday first; ``weather`` is (8760, 4):
    condition code, temperature, precipitation, wind; ``holidays`` maps a local day (since 1970) to its name, of which
    ``days_off`` are those without work; ``fixtures`` maps a local day to its special events of the calendar, as numbers
    in the almanac's ``venues_of_crowds``. ``temporal`` is modifiers/<world>.yaml, ``topics`` the contracts of what may
    be said. ``category_visits`` tilts what kinds of venues a borough has; without any it is all the same.
    """

    world: World
    people: People
    scenarios: Mapping[str, Scenario]
    place: Place
    checkins: Mapping[str, Array]
    reservations: Mapping[str, Array]
    visits_by_hour_of_week: Array
    weather: Array
    holidays: Mapping[int, str]
    days_off: frozenset[int]
    fixtures: Mapping[int, tuple[int, ...]]
    almanac: Almanac
    temporal: Temporal
    topics: Mapping[str, Topic] = field(default_factory=dict)
    category_visits: tuple[CategoryVisits, ...] = ()

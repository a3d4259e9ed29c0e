"""What may change rates: one kind of modifier for hours, days, holidays, weather, traffic and scenarios alike."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from services.simulator.domain.strict import Strict

Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
WEEKDAYS: tuple[Weekday, ...] = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
Situation = Literal["venue_in_mind", "venue_trends", "just_joined", "friendless", "owes_invitation"]
SITUATIONS: tuple[Situation, ...] = ("venue_in_mind", "venue_trends", "just_joined", "friendless", "owes_invitation")
TRAFFIC = ("light", "moderate", "heavy", "severe")


@dataclass(frozen=True)
class Modifier(Strict):
    """One effect on one named rate.

    ``multiply`` is a factor of a rate, or of the weight of an alternative; ``add`` adds to a rate, or to the utility
    of an alternative; ``override`` takes the place of what the hour, the day and the weather make of the rate;
    ``shift`` adds to the log-odds of an outcome. ``personas`` limits it to some people; ``from_minutes`` and
    ``until_minutes`` to a part of its scenario, counted from the start.
    """

    target: str
    operation: Literal["multiply", "add", "override", "shift"]
    value: float
    personas: tuple[str, ...] = ()
    from_minutes: float = 0.0
    until_minutes: float | None = None


@dataclass(frozen=True)
class Conditions(Strict):
    """When a scenario is meant to start, in local time; ``otherwise`` says what becomes of a start at another time."""

    weekdays: tuple[Weekday, ...] = WEEKDAYS
    from_hour: float = 0.0
    until_hour: float = 24.0
    otherwise: Literal["refuse", "warn"] = "warn"


@dataclass(frozen=True)
class Cascade(Strict):
    """A scenario that may follow: ``after_minutes`` from the start of the first, with a probability."""

    scenario: str
    after_minutes: float
    probability: float


@dataclass(frozen=True)
class Happening(Strict):
    """The special event that a scenario is about: where crowds gather by the almanac, in minutes from its start."""

    place: str
    from_minutes: float
    until_minutes: float


@dataclass(frozen=True)
class Scenario(Strict):
    """scenarios/<name>.yaml.

    ``period`` and ``day`` say which temporal modifiers hold while it does, whatever the clock says. Of scenarios
    that act on one rate those of the highest ``precedence`` hold; with equal ones the effects multiply.
    ``settle_minutes`` is the time to zero for linear, to 1/e for exponential, of the backlog for step, which keeps
    ``backlog`` times the full effect until then.
    """

    name: str
    title: str
    ramp_minutes: float
    hold_minutes: float
    settle_minutes: float
    curve: Literal["linear", "exponential", "step"]
    modifiers: tuple[Modifier, ...]
    conditions: Conditions = Conditions()
    period: str | None = None
    day: Literal["weekday", "weekend"] | None = None
    precedence: int = 0
    backlog: float = 1.5
    cascades: tuple[Cascade, ...] = ()
    special_event: Happening | None = None


@dataclass(frozen=True)
class Period(Strict):
    """A part of the day; ``until_hour`` below ``from_hour`` is the next morning's."""

    from_hour: float
    until_hour: float
    modifiers: tuple[Modifier, ...]


@dataclass(frozen=True)
class Warmth(Strict):
    """A range of temperatures, degrees Celsius, open where a bound is missing."""

    modifiers: tuple[Modifier, ...]
    from_celsius: float | None = None
    below_celsius: float | None = None


@dataclass(frozen=True)
class Temporal(Strict):
    """modifiers/<world>.yaml: what hours, days and the environment do to rates, before any scenario.

    ``situations`` are of one person each (`situations`), and change what that person does in the app.
    """

    periods: Mapping[str, Period]
    days: Mapping[Literal["weekday", "weekend"] | Weekday, tuple[Modifier, ...]]
    holiday: tuple[Modifier, ...]
    weather: Mapping[str, tuple[Modifier, ...]]
    temperature: Mapping[str, Warmth]
    traffic: Mapping[str, tuple[Modifier, ...]]
    situations: Mapping[Situation, tuple[Modifier, ...]]

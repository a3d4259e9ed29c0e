"""What people may ask of the city: each command validated with a reason that names the nearest valid word.

Pause, resume, speed and rate act on the pacer at once, questions are answered at once; reset, seed, start, stop,
snapshots and travel act between two ticks; imperfections act on what is published, all others on the city: both are
journaled with the tick they take effect in.
"""

import difflib
import json
from collections.abc import Iterable
from dataclasses import fields
from enum import Enum
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import AliasChoices, AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, ValidationError

from services.simulator.domain.city import MOST_USERS, MOST_VENUES
from services.simulator.imperfections.rules import Rule

LARGEST_SPAWN = 100_000
"""People one command may add: registering them is one tick's work."""

LARGEST_PAYLOAD = 50
"""Columns that a triggered event may set."""


class Scope(Enum):
    """When a command acts, and on what."""

    PACER = "at once, on the clock"
    QUESTION = "at once, on nothing"
    BRANCH = "between two ticks, on the telling"
    CITY = "at the next tick, in the city"


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)


Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_.-]{0,63}$")]
"""A name that is also a directory's."""


class Nothing(_Parameters):
    """No parameters."""


class Speed(_Parameters):
    """Simulated seconds a second, or as fast as possible."""

    multiplier: Annotated[float, Field(ge=1, le=1000)] | Literal["max"]


class Rate(_Parameters):
    """Target rate; null ends it."""

    events_per_second: Annotated[float, Field(gt=0, le=MOST_USERS)] | None


class Scenario(_Parameters):
    """A named scenario, on or off."""

    scenario: str
    action: Literal["start", "stop"] = "start"
    intensity: Annotated[float, Field(ge=0.1, le=3)] | None = None
    hold_minutes: Annotated[float, Field(ge=0, le=10_080)] | None = None


class Spawn(_Parameters):
    """New people."""

    count: Annotated[int, Field(ge=1, le=LARGEST_SPAWN)]
    befriend: bool = False


class Trigger(_Parameters):
    """An event that somebody injects. ``payload`` holds columns of the channel's record."""

    event_type: str
    channel: str | None = None
    payload: Annotated[dict[str, Any], Field(max_length=LARGEST_PAYLOAD)] = {}
    user_id: str | None = None
    venue_id: str | None = None
    simulation_time: AwareDatetime | None = None


class Behavior(_Parameters):
    """Shares of actions to hold from now on: of one persona, while one scenario holds, or of everybody."""

    action_probabilities: Annotated[
        dict[str, Annotated[float, Field(ge=0, le=1)]],
        Field(min_length=1, validation_alias=AliasChoices("action_probabilities", "probabilities")),
    ]
    persona: str | None = None
    scenario: str | None = None
    everybody: Annotated[bool, Field(alias="global")] = False


class Weather(_Parameters):
    """Weather that holds instead of the city's own; without a condition its own holds again."""

    condition: str | None = None
    hours: Annotated[float, Field(gt=0, le=240)] = 3.0
    city: str | None = None


class Imperfections(_Parameters):
    """What is to go wrong with published records from now on; an empty list ends it."""

    rules: tuple[Rule, ...]


class Snapshot(_Parameters):
    """A snapshot to save."""

    name: Name
    description: Annotated[str, Field(max_length=1_000)] = ""


class Saved(_Parameters):
    """A snapshot that was saved, by its id or its name."""

    snapshot: Annotated[
        str, Field(min_length=1, max_length=64, validation_alias=AliasChoices("snapshot", "snapshot_id", "name"))
    ]


class Travel(_Parameters):
    """A moment to go to; with ``pause`` the clock stands still on arrival."""

    to: Annotated[
        AwareDatetime, Field(validation_alias=AliasChoices("to", "simulation_time", "target_time", "timestamp"))
    ]
    pause: bool = False


class Explain(_Parameters):
    """A person whose action probabilities are to be explained, now or at another time."""

    user_id: Annotated[str, StringConstraints(pattern=r"^u\d{7}$")]
    time: AwareDatetime | None = None


class Start(_Parameters):
    """Begin anew, with some of the configuration changed."""

    population: Annotated[int, Field(ge=0, le=MOST_USERS)] | None = None
    active_percentage: Annotated[float, Field(gt=0, le=100)] | None = None
    maximum_active_users: Annotated[int, Field(ge=0, le=MOST_USERS)] | None = None
    start_time: AwareDatetime | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


class Seed(_Parameters):
    """Begin anew with data made from a seed: the same words make the same people, places and friendships."""

    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None
    users: Annotated[int, Field(ge=0, le=MOST_USERS)] | None = None
    venues: Annotated[int, Field(ge=1, le=MOST_VENUES)] | None = None


Parameters: TypeAlias = (
    Nothing
    | Speed
    | Rate
    | Scenario
    | Spawn
    | Trigger
    | Behavior
    | Weather
    | Imperfections
    | Snapshot
    | Saved
    | Travel
    | Explain
    | Start
    | Seed
)

COMMANDS: dict[str, tuple[Scope, type[Parameters]]] = {
    "pause": (Scope.PACER, Nothing),
    "resume": (Scope.PACER, Nothing),
    "speed": (Scope.PACER, Speed),
    "rate": (Scope.PACER, Rate),
    "scenario": (Scope.CITY, Scenario),
    "spawn": (Scope.CITY, Spawn),
    "trigger": (Scope.CITY, Trigger),
    "behavior": (Scope.CITY, Behavior),
    "weather": (Scope.CITY, Weather),
    "imperfections": (Scope.CITY, Imperfections),
    "snapshot": (Scope.BRANCH, Snapshot),
    "snapshot.create": (Scope.BRANCH, Snapshot),
    "snapshot.restore": (Scope.BRANCH, Saved),
    "snapshot.delete": (Scope.QUESTION, Saved),
    "snapshot.list": (Scope.QUESTION, Nothing),
    "travel": (Scope.BRANCH, Travel),
    "explain": (Scope.QUESTION, Explain),
    "reset": (Scope.BRANCH, Nothing),
    "seed": (Scope.BRANCH, Seed),
    "start": (Scope.BRANCH, Start),
    "stop": (Scope.BRANCH, Nothing),
}


_NESTED: tuple[type[Parameters], ...] = (Behavior, Imperfections)
"""Parameters with an inside, whose faults are told by their whole path."""


class Refused(ValueError):  # noqa: N818 - a refusal, with its reason in words
    """A command that cannot be carried out."""


def scope_of(name: str) -> Scope:
    """When a command acts.

    Raises:
        Refused: There is no such command.

    """
    if name not in COMMANDS:
        raise Refused(f"no command {name!r}{_nearest(name, COMMANDS)}")
    return COMMANDS[name][0]


def parse(name: str, parameters: str | None) -> Parameters:
    """The parameters of a command out of their JSON.

    Raises:
        Refused: The command or a parameter is unknown, missing or out of bounds.

    """
    scope_of(name)
    model = COMMANDS[name][1]
    try:
        values = json.loads(parameters or "{}")
    except ValueError as error:
        raise Refused(f"parameters of {name} are not JSON: {error}") from None
    if not isinstance(values, dict):
        raise Refused(f"parameters of {name} are not a JSON object")
    try:
        return model.model_validate(values)
    except ValidationError as error:
        raise Refused(f"{name}: {_reason(error, model)}") from None


def _reason(error: ValidationError, model: type[Parameters]) -> str:
    said = []
    for fault in error.errors(include_url=False):
        shown = fault["loc"] if model in _NESTED else fault["loc"][:1]
        place = ".".join(str(part) for part in shown)
        if fault["type"] in {"extra_forbidden", "unexpected_keyword_argument"}:
            said.append(f"no parameter {place!r}{_nearest(place.rpartition('.')[2], _words(model, fault['loc']))}")
        else:
            said.append(f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}, got {fault['input']!r}")
    return "; ".join(dict.fromkeys(said))


def _words(model: type[Parameters], place: tuple[int | str, ...]) -> Iterable[str]:
    """Names that are valid where an unknown one stood."""
    if len(place) > 1 and model is Imperfections:
        return [field.name for field in fields(Rule)]
    return [field.alias or name for name, field in model.model_fields.items()]


def _nearest(word: str, valid: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(valid), n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    listed = ", ".join(valid)
    return f"; there are: {listed}" if listed else "; it takes none"

"""What people may ask of the city: each command validated with a reason that names the nearest valid word.

Pause, resume, speed and rate act on the pacer at once; reset, start and stop act between two ticks; all others are
the city's own and are journaled with the tick that they take effect in.
"""

import difflib
import json
from collections.abc import Iterable
from datetime import datetime
from enum import Enum
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

LARGEST_SPAWN = 10_000
"""People one command may add: registering them is one tick's work."""


class Scope(Enum):
    """When a command acts, and on what."""

    PACER = "at once, on the clock"
    BRANCH = "between two ticks, on the telling"
    CITY = "at the next tick, in the city"


class _Parameters(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Nothing(_Parameters):
    """No parameters."""


class Speed(_Parameters):
    """Simulated seconds a second, or as fast as possible."""

    multiplier: Annotated[float, Field(ge=1, le=1000)] | Literal["max"]


class Rate(_Parameters):
    """Target rate; null ends it."""

    events_per_second: Annotated[float, Field(gt=0, le=10_000_000)] | None


class Scenario(_Parameters):
    """A named scenario, on or off."""

    scenario: str
    action: Literal["start", "stop"] = "start"


class Spawn(_Parameters):
    """New people."""

    count: Annotated[int, Field(ge=1, le=LARGEST_SPAWN)]
    befriend: bool = False


class Open(BaseModel):
    """An event that somebody injects, or a behaviour that somebody bends: the city knows which words it has."""

    model_config = ConfigDict(extra="allow", frozen=True)


class Start(_Parameters):
    """Begin anew, with some of the configuration changed."""

    population: Annotated[int, Field(ge=0, le=10_000_000)] | None = None
    start_time: datetime | None = None
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] | None = None


Parameters: TypeAlias = Nothing | Speed | Rate | Scenario | Spawn | Open | Start

COMMANDS: dict[str, tuple[Scope, type[Parameters]]] = {
    "pause": (Scope.PACER, Nothing),
    "resume": (Scope.PACER, Nothing),
    "speed": (Scope.PACER, Speed),
    "rate": (Scope.PACER, Rate),
    "scenario": (Scope.CITY, Scenario),
    "spawn": (Scope.CITY, Spawn),
    "trigger": (Scope.CITY, Open),
    "behavior": (Scope.CITY, Open),
    "reset": (Scope.BRANCH, Nothing),
    "start": (Scope.BRANCH, Start),
    "stop": (Scope.BRANCH, Nothing),
}


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
        place = ".".join(str(part) for part in fault["loc"][:1])
        if fault["type"] == "extra_forbidden":
            said.append(f"no parameter {place!r}{_nearest(place, model.model_fields)}")
        else:
            said.append(f"{place}: {fault['msg'][:1].lower()}{fault['msg'][1:]}, got {fault['input']!r}")
    return "; ".join(dict.fromkeys(said))


def _nearest(word: str, valid: Iterable[str]) -> str:
    near = difflib.get_close_matches(word, list(valid), n=1)
    if near:
        return f"; did you mean {near[0]!r}?"
    listed = ", ".join(valid)
    return f"; there are: {listed}" if listed else "; it takes none"
